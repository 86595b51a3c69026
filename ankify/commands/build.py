"""`ankify build`: the package and the lock."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ankify.commands.console import say, tell_json
from ankify.commands.options import notes_argument, reports_errors, unnumbered_option
from ankify.commands.project import (
    ask,
    read,
    reasons,
    rescue_line,
    show_problems,
)
from ankify.commands.report import (
    build_lines,
    build_report,
)
from ankify.identity.lock import LOCK_NAME
from ankify.model import Project

if TYPE_CHECKING:
    pass


@click.command("build")
@notes_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The package to write.  [default: build/DECK.apkg]",
)
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.option("--locked", is_flag=True, help="Fail if ankify.lock would change (for CI).")
@unnumbered_option
@click.option("--fetch", is_flag=True, help="Download remote pictures into the deck.")
@click.option("--no-cache", is_flag=True, help="Render all notes again.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Print each change with its place.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@reports_errors
def build_command(
    notes: Path,
    output: Path | None,
    *,
    strict: bool,
    locked: bool,
    unnumbered: bool,
    fetch: bool,
    no_cache: bool,
    quiet: bool,
    verbose: bool,
    as_json: bool,
) -> None:
    """Build the Anki package of NOTES, and NOTES/ankify.lock.

    Example: ankify build notes -o build/notes.apkg
    """
    from ankify.building.deck import write_deck
    from ankify.building.stamp import leave, look

    seen = None if fetch or no_cache else look(notes)
    decide = ask if sys.stdin.isatty() and sys.stderr.isatty() else None
    project = read(notes, unnumbered, quiet=quiet, fetch=fetch, cached=not no_cache, decide=decide)
    known = replace(project, problems=(*project.problems, *reasons(project)))
    if not quiet or strict:
        show_problems(known.problems, notes)
    deck = write_deck(known, output, strict=strict, locked=locked)
    path = deck.path
    if project.lock_merged:
        say(f"{(notes / LOCK_NAME).as_posix()}: {project.lock_merged}")
    if deck.rescue:
        say(rescue_line(deck.rescue, project.root))

    def report(project: Project) -> None:
        if as_json:
            tell_json(build_report(project, path))
        elif not quiet:
            print_report(project, path, verbose=verbose)

    report(known)
    arguments = click.get_current_context().obj
    if seen and arguments:
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
            if not quiet:
                show_problems(project.problems, notes)
            report(replace(project, changes=()))
        leave(arguments, seen, project, path, (out.getvalue(), err.getvalue()))


def print_report(project: Project, path: Path, *, verbose: bool) -> None:
    """Print the report of a build to stderr."""
    for line in build_lines(project, path, verbose=verbose):
        say(line)
