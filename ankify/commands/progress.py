"""`ankify progress`: what learning says about the notes, the hardest questions first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ankify.commands.as_json import progress_as_json
from ankify.commands.console import say, tell, tell_json
from ankify.commands.options import notes_argument, reports_errors, unnumbered_option
from ankify.commands.project import (
    read,
)
from ankify.commands.report import counted, place_from_here
from ankify.model import AnkifyError

if TYPE_CHECKING:
    from ankify.anki.progress import FileProgress, Progress, QuestionProgress

FIRST = 10  # questions that are shown unless `-n` says more


@click.command("progress")
@notes_argument
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help="A package (.apkg) or collection (.colpkg) that Anki exported with scheduling.",
)
@click.option("--url", help="Where AnkiConnect answers.  [default: http://127.0.0.1:8765]")
@click.option(
    "-n",
    "--number",
    type=click.IntRange(0),
    help=f"How many questions to show.  [default: {FIRST}; with --json: all]",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@click.option("--markdown", is_flag=True, help="Print tables, for a pull request.")
@unnumbered_option
@reports_errors
def progress_command(
    notes: Path,
    *,
    source: Path | None,
    url: str | None,
    number: int | None,
    as_json: bool,
    markdown: bool,
    unnumbered: bool,
) -> None:
    """Show what learning says about NOTES: the hardest questions first, each with its place.

    Reads the Anki that runs on this machine, or with --from what Anki exported; changes nothing in
    either. Beside reviews and lapses it shows what was edited in Anki, so that it can be taken over
    into the notes: `[-old-]{+new+}`.

    Example: ankify progress notes --from deck.apkg
    """
    from ankify.running_anki import progress as read_progress

    if as_json and markdown:
        raise click.UsageError("--json and --markdown exclude each other")
    if source and url:
        raise click.UsageError("--from and --url exclude each other")
    found = read_progress(read(notes, unnumbered), source, url=url)
    _refuse_nothing(found, source)
    if as_json:
        tell_json([progress_as_json(each) for each in found.hardest[:number]])
        return
    lines = markdown_lines if markdown else text_lines
    for line in lines(found, notes, FIRST if number is None else number):
        tell(line)


def _refuse_nothing(found: Progress, source: Path | None) -> None:
    where = source or "Anki"
    if not found.questions:
        raise AnkifyError(
            f"none of {counted(len(found.missing), 'question')} is in {where}",
            hint="is it another deck? ankify push brings the notes into Anki",
        )
    if source and not found.has_reviews:
        say(
            f"warning: no review in {source}\n"
            '  hint: export it again with "Include scheduling information" ticked'
        )


def text_lines(found: Progress, notes: Path, number: int) -> Iterator[str]:
    """A line a question and its edits, then a line a note file."""
    for each in [one for one in found.hardest if one.deserves_a_look][:number]:
        place = place_from_here(each.question.location, notes)
        yield f"{place}: {each.question.title}"
        yield f"  {', '.join(_facts(each))}"
        for edit in each.edits:
            yield f"  edited in Anki: {edit.field}: {edit.diff()}"
    for file in found.files:
        kept = f", {file.retention:.0%} retained" if file.retention is not None else ""
        yield (
            f"{(notes / file.file).as_posix()}: {file.studied} of"
            f" {counted(file.questions, 'question')} learnt, {counted(file.reviews, 'review')},"
            f" {counted(file.lapses, 'lapse')}{kept}"
        )
    if found.missing:
        yield f"{counted(len(found.missing), 'question')} not in Anki: ankify push brings them"


def _facts(each: QuestionProgress) -> Iterator[str]:
    yield from ("leech",) if each.leech else ()
    yield counted(each.lapses, "lapse")
    yield f"{each.again} of {counted(each.reviews, 'review')} failed"
    if each.retention is not None:
        yield f"{each.retention:.0%} retained"
    if each.reviews:
        yield f"interval {counted(each.interval, 'day')}"
    yield from ("suspended",) if each.suspended else ()
    yield from (f"{flag} flag" for flag in each.flags)


def badges(found: Progress) -> dict[str, str]:
    """How each question fares, in a word, by guid; those that nobody has learnt have none."""
    return {each.guid: _badge(each) for each in found.questions if each.reviews}


def _badge(each: QuestionProgress) -> str:
    if each.leech:
        return f"leech, {counted(each.lapses, 'lapse')}"
    if each.lapses:
        return counted(each.lapses, "lapse")
    return f"{each.again} of {counted(each.reviews, 'review')} failed"


def markdown_lines(found: Progress, notes: Path, number: int) -> Iterator[str]:
    """Two tables and the edits, as GitHub shows them."""
    shown = [one for one in found.hardest if one.deserves_a_look][:number]
    yield "### What learning says"
    if shown:
        yield from ("", "| question | lapses | failed | retained | interval | |")
        yield "|---|--:|--:|--:|--:|---|"
    for each in shown:
        yield _row(
            f"`{place_from_here(each.question.location, notes)}` {_cell(each.question.title)}",
            each.lapses,
            f"{each.again} of {each.reviews}",
            _share(each.retention),
            f"{each.interval} d" if each.reviews else "",
            ", ".join(_marks(each)),
        )
    yield from ("", "| file | learnt | reviews | lapses | retained |", "|---|--:|--:|--:|--:|")
    for file in found.files:
        yield _file_row(file, notes)
    edited = [each for each in shown if each.edits]
    yield from ("", "Edited in Anki:", "") if edited else ()
    for each in edited:
        for edit in each.edits:
            where = place_from_here(each.question.location, notes)
            diff = edit.diff().replace("`", "'")
            yield f"- `{where}` {edit.field}: `{diff}`"


def _marks(each: QuestionProgress) -> Iterator[str]:
    yield from ("leech",) if each.leech else ()
    yield from ("suspended",) if each.suspended else ()
    yield from (f"{flag} flag" for flag in each.flags)
    yield from ("edited",) if each.edits else ()


def _file_row(file: FileProgress, notes: Path) -> str:
    return _row(
        f"`{(notes / file.file).as_posix()}`",
        f"{file.studied} of {file.questions}",
        file.reviews,
        file.lapses,
        _share(file.retention),
    )


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
