"""`ankify diff`: what the next import will do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ankify.commands.as_json import forecast_as_json
from ankify.commands.console import tell, tell_json
from ankify.commands.options import notes_argument, reports_errors, unnumbered_option
from ankify.commands.project import read, say_why_empty
from ankify.commands.report import (
    forecast_lines,
)

if TYPE_CHECKING:
    from ankify.anki.forecast import Forecast
    from ankify.anki.read import Package


@click.command("diff")
@notes_argument
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    help="Compare with this package instead of the last build.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the forecast as JSON.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if the import changes anything.")
@unnumbered_option
@reports_errors
def diff_command(
    notes: Path, against: Path | None, *, as_json: bool, exit_code: bool, unnumbered: bool
) -> None:
    """Say what the next import of NOTES will do in Anki.

    Writes nothing. Compared are the notes as they are now and the last build, which ankify.lock
    knows.

    Example: ankify diff notes --against old.apkg
    """
    from ankify.anki.forecast import diff as compare

    project = read(notes, unnumbered, last_package=against)
    forecast = compare(project, read_package(against))
    if as_json:
        tell_json(forecast_as_json(forecast))
    else:
        print_forecast(forecast, notes)
    is_empty = not as_json and say_why_empty(project)
    sys.exit(1 if is_empty or (exit_code and forecast.changes_something) else 0)


def read_package(path: Path | None) -> Package | None:
    """Read the package that was named, if any."""
    from ankify.anki.read import read_apkg

    return read_apkg(path) if path else None


def print_forecast(forecast: Forecast, notes: Path) -> None:
    """Print a forecast to stdout."""
    for line in forecast_lines(forecast, notes):
        tell(line)
