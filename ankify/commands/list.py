"""`ankify list`: the questions, or why titles are questions and others are not."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ankify.commands.as_json import note_as_json, verdict_as_json
from ankify.commands.console import tell, tell_json
from ankify.commands.options import notes_argument, reports_errors, unnumbered_option
from ankify.commands.project import (
    read,
    say_why_empty,
)
from ankify.commands.report import place_from_here, verdict_lines
from ankify.config import CONFIG_NAME
from ankify.model import AnkifyError, Location, Page


@click.command("list")
@notes_argument
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@click.option("--html", is_flag=True, help="With --json: the fields of each note, too.")
@click.option(
    "--why",
    is_flag=True,
    is_eager=True,
    help="Say of all titles why they are questions, or are not; NOTES may be one note file.",
)
@unnumbered_option
@reports_errors
def list_command(notes: Path, *, as_json: bool, html: bool, why: bool, unnumbered: bool) -> None:
    """List the questions of NOTES that become cards.

    Example: ankify list notes --json
    """
    if html and (why or not as_json):
        raise click.UsageError("--html goes with --json, and without --why")
    if why:
        show_why(notes, unnumbered, as_json=as_json)
        return
    # As on GitHub; pages that are not for the phone are not kept, or each build would begin anew.
    project = read(notes, unnumbered, for_phone=not html, cached=not html)
    listed = [note for note in project.notes if note.question]
    if as_json:  # to a program, an empty array says it
        tell_json([note_as_json(note, html=html) for note in listed])
        return
    for note in listed:
        assert note.question
        number = f"{note.question.number}. " if note.question.number else ""
        place = place_from_here(note.question.location, notes)
        tell(f"{place}: {number}{note.question.title}")
    if say_why_empty(project):
        sys.exit(1)


def show_why(notes: Path, unnumbered: bool, *, as_json: bool) -> None:
    """Print the verdict on each group of titles; of one note file, if `notes` is one."""
    root = _notes_of(notes) if notes.is_file() else notes
    project = read(root, unnumbered, tolerant=True)
    pages = project.pages
    if root != notes:
        file = notes.resolve().relative_to(root.resolve()).as_posix()
        pages = tuple(page for page in pages if page.file == file)
        if not pages:
            raise AnkifyError(f"{notes} is no note file of {root}, or ankify.toml leaves it out")
    verdicts = [(page.file, verdict) for page in pages for verdict in page.verdicts]
    if as_json:
        tell_json([verdict_as_json(file, verdict) for file, verdict in verdicts])
        return
    for page in pages:
        for verdict in page.verdicts:
            for line in verdict_lines(page.file, verdict, root):
                tell(line)
        if not page.verdicts and not page.unreadable:
            tell(f"{place_from_here(Location(page.file), root)}: {_without_titles(page)}")


def _without_titles(page: Page) -> str:
    if page.is_template:
        return "a template of another program, left out"
    if page.is_drawing:
        return "a drawing of Excalidraw, left out"
    return "no title that could be a question"


def _notes_of(file: Path) -> Path:
    """The notes folder of a note file: the outermost with an `ankify.toml`, else its own."""
    configured = [folder for folder in file.parents if (folder / CONFIG_NAME).is_file()]
    return configured[-1] if configured else file.parent
