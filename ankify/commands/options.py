"""Options that commands share, and how they end on an error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from ankify.commands.console import say
from ankify.commands.report import (
    hint_from_here,
    place_from_here,
)
from ankify.files import link_away, real_path
from ankify.model import AnkifyError


def notes_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """The NOTES argument that most commands take."""
    return click.argument(
        "notes", required=False, type=click.Path(path_type=Path), callback=_notes_folder
    )(command)


def _notes_folder(context: click.Context, __: click.Parameter, value: Path | None) -> Path:
    """The folder of the notes; with --why, a note file will do, too."""
    return value if value and context.params.get("why") else default_notes(value)


def default_notes(value: Path | None) -> Path:
    """NOTES, else the folder here if it has an ankify.toml, else notes/, else the folder here.

    Raises BadParameter for a file, and for a link of a cloned repository (`notes -> ../..`): its
    author would say which notes are packed, and where the lock is written.
    """
    if value is not None and os.path.isfile(value):
        hint = f"name its folder: {value.parent}"
        raise click.BadParameter(f"{value} is a file, and NOTES is a folder; {hint}")
    here = Path("notes") if not Path("ankify.toml").is_file() and Path("notes").is_dir() else Path()
    notes = here if value is None else value
    if step := link_away(notes):
        raise click.BadParameter(
            f"{step} is a link to {os.readlink(step)}; if those are the notes you mean, name them"
            f" by their absolute path: {real_path(notes)}"
        )
    return notes


unnumbered_option = click.option(
    "--unnumbered", is_flag=True, help="Take questions without a number, too."
)


def reports_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Show an error that a user can fix as its message and exit with 1.

    Those are AnkifyError and what the system refuses; anything else keeps its traceback.
    """

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except AnkifyError as error:
            say(str(_from_here(error, kwargs.get("notes", Path()))))
            sys.exit(1)
        except BrokenPipeError:  # `ankify list | head`: click knows what to do
            raise
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            say(str(AnkifyError(f"{place}{error.strerror or error}")))
            sys.exit(1)
        except KeyboardInterrupt:
            say("interrupted")
            sys.exit(130)

    return wrapped


def _from_here(error: AnkifyError, notes: Path) -> AnkifyError:
    """An error whose file is named as seen from the folder that ankify was called in."""
    place, hint = error.location, error.hint
    if place:
        hint = hint_from_here(hint, place, notes)
    if place and os.path.exists(notes / place.file):
        place = place_from_here(place, notes)
    return AnkifyError(error.message, place, hint)
