"""`ankify push`: shows what will change in Anki, asks, and reports what was done."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ankify.commands.as_json import push_as_json
from ankify.commands.console import say, tell, tell_json
from ankify.commands.options import notes_argument, reports_errors, unnumbered_option
from ankify.commands.project import (
    SHOWN,
    ask,
    read,
    rescue_line,
    show_problems,
    with_reasons,
)
from ankify.commands.report import counted, place_from_here
from ankify.commands.watch import saved_files
from ankify.config import REMOVALS
from ankify.identity.lock import LOCK_NAME
from ankify.model import AnkifyError, Location, Note, Project

if TYPE_CHECKING:
    from ankify.anki.plan import PushPlan
    from ankify.anki.push import PushReport
    from ankify.running_anki import PushOptions


@click.command("push")
@notes_argument
@click.option("--url", help="Where AnkiConnect answers.  [default: http://127.0.0.1:8765]")
@click.option("--profile", help="The profile that must be open in Anki.")
@click.option(
    "--removed",
    type=click.Choice(REMOVALS),
    help="What becomes of notes whose question is gone: keep marks them, suspend also stops asking,"
    " delete deletes them with their reviews.  [default: keep]",
)
@click.option(
    "--move/--no-move", default=None, help="Move cards to the new deck of their question, or not."
)
@click.option("--sync/--no-sync", default=None, help="Start a sync in Anki afterwards, or not.")
@click.option(
    "--keep-edits", is_flag=True, help="Leave out notes that were changed in Anki and here."
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and do nothing.")
@click.option("--watch", is_flag=True, help="Push again, without asking, when a note is saved.")
@click.option("-y", "--yes", is_flag=True, help="Push without asking.")
@unnumbered_option
@click.option("-v", "--verbose", is_flag=True, help="List every note, not only the first ones.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@reports_errors
def push_command(notes: Path, *, watch: bool, **options: Any) -> None:
    """Bring NOTES into the Anki that runs on this machine.

    Builds as `ankify build` does, shows what will change in your collection, asks, and has Anki
    import it through its add-on AnkiConnect (number 2055492159). Reviews, your own tags and your
    edits stay; what would overwrite an edit is shown first, with both texts.

    Example: ankify push notes --sync
    """
    saved = saved_files(notes, debounce=500) if watch else ()
    done = _Push(notes, **options).run()
    if watch:
        say(f"watching {notes}; Ctrl-C ends it")
    _push_again(notes, options, saved)
    sys.exit(0 if done else 1)


class _Push:
    """One push, with the options of the command line."""

    def __init__(
        self,
        notes: Path,
        *,
        dry_run: bool,
        yes: bool,
        unnumbered: bool,
        verbose: bool,
        as_json: bool,
        **options: Any,
    ) -> None:
        from ankify.running_anki import PushOptions

        self._notes, self._dry, self._yes = notes, dry_run, yes
        self._unnumbered, self._verbose, self._as_json = unnumbered, verbose, as_json
        self._options: PushOptions = PushOptions(**options)

    def run(self) -> bool:
        """Push; returns whether it was done, or there was only to show."""
        from ankify.running_anki import push as push_project

        decide = partial(ask, self._notes) if sys.stdin.isatty() and sys.stderr.isatty() else None
        project = read(self._notes, self._unnumbered, decide=decide)
        project = with_reasons(project)
        show_problems(project.problems, self._notes)
        agreed = False

        def agree(plan: PushPlan, profile: str) -> bool:
            nonlocal agreed
            agreed = self._agree(project, plan, profile)
            return agreed

        report = push_project(project, replace(self._options, agree=agree))
        if self._as_json:
            tell_json(push_as_json(report))
        elif agreed:
            say(done_line(report))
        return agreed or self._dry

    def _agree(self, project: Project, plan: PushPlan, profile: str) -> bool:
        from ankify.building.deck import write_deck

        show = tell if self._dry and not self._as_json else say
        for line in plan_lines(plan, profile, self._notes, verbose=self._verbose):
            show(line)
        if self._dry:
            return False
        if plan.changes_something and not self._yes and not confirmed("Push to Anki?"):
            say("nothing was pushed")
            return False
        deck = write_deck(project)
        if deck.rescue:
            say(rescue_line(deck.rescue, project.root))
        return True


def push_again(notes: Path, *, url: str, unnumbered: bool, verbose: bool) -> None:
    """Push without asking, as the last step of a command that has asked already."""
    _Push(
        notes,
        dry_run=False,
        yes=True,
        unnumbered=unnumbered,
        verbose=verbose,
        as_json=False,
        url=url,
    ).run()


def confirmed(question: str) -> bool:
    """Ask on the terminal. Raises AnkifyError where there is none."""
    if not sys.stdin.isatty():
        raise AnkifyError(
            "nothing was done: there is no terminal to ask on",
            hint="-y does it without asking",
        )
    return click.confirm(question, default=True, err=True)


def _push_again(notes: Path, options: dict[str, Any], saved: Iterable[list[Path]]) -> None:
    """Push whenever a note is saved: never over an edit of the learner's, never deleting.

    A file is saved half-written, too, and what is gone for a minute must not be gone for good.
    """
    careful = options | {"yes": True, "keep_edits": True, "removed": "keep", "dry_run": False}
    for files in saved:
        if any(file.name != LOCK_NAME and ".ankify-" not in str(file) for file in files):
            try:
                _Push(notes, **careful).run()
            except AnkifyError as error:
                say(str(error))


# What is said -------------------------------------------------------------------------------------


def plan_lines(plan: PushPlan, profile: str, notes: Path, *, verbose: bool) -> Iterator[str]:
    """What a push will do: a line of counts, what is lost first, then note by note."""
    counts = [
        f"{count} {what}"
        for count, what in (
            (len(plan.new), "new"),
            (len(plan.updated), "updated"),
            (len(plan.moved), "moved"),
            (len(plan.removed), "removed"),
            (plan.untouched, "untouched"),
        )
        if count
    ]
    yield f'To Anki, profile "{profile}": {", ".join(counts) or "nothing"}'
    yield from _edit_lines(plan, notes)
    yield from _removed_lines(plan, notes)
    lines = list(_note_lines(plan, notes))
    yield from lines if verbose else lines[:SHOWN]
    if len(lines) > SHOWN and not verbose:
        yield f"  ... and {len(lines) - SHOWN} more; -v lists them"
    yield from _remarks(plan, notes, verbose=verbose)


def _edit_lines(plan: PushPlan, notes: Path) -> Iterator[str]:
    for conflicts, title in (
        (plan.overwritten, "changed in Anki, too, and overwritten (--keep-edits leaves them out)"),
        (plan.kept, "changed in Anki, too, and left out"),
    ):
        if conflicts:
            yield f"  {title}; [-the notes-] {{+in Anki+}}:"
        for conflict in conflicts:
            yield f"    {place(conflict.note, notes)}"
            for edit in conflict.edits:
                yield f"      {edit.field}: {edit.diff()}"


def _removed_lines(plan: PushPlan, notes: Path) -> Iterator[str]:
    what = {
        "keep": "removed, marked and still asked",
        "suspend": "removed, marked and suspended",
        "delete": "removed, deleted",
    }[plan.wishes.removed]
    for gone in plan.removed:
        file = f"{place_from_here(Location(gone.file), notes)}: " if gone.file else ""
        yield f"  {what}: {file}{gone.title} ({counted(gone.reviews, 'review')})"


def _note_lines(plan: PushPlan, notes: Path) -> Iterator[str]:
    returning = {note.guid for note in plan.returning}
    for note in plan.new:
        back = " (again: it was deleted in Anki)" if note.guid in returning else ""
        yield f"  new: {place(note, notes)}{back}"
    for note in plan.updated:
        yield f"  updated: {place(note, notes)}"
    for move in plan.moved:
        yield f"  moved: {place(move.note, notes)}: {move.old_deck} -> {move.note.deck}"


def _remarks(plan: PushPlan, notes: Path, *, verbose: bool) -> Iterator[str]:
    """What is left as it is, or cannot be told, with the way to change it."""
    left_out = [note for note in plan.returning if note not in plan.new]
    elsewhere = [note for note, _ in plan.elsewhere]
    listed: tuple[tuple[Sequence[Note], str], ...] = (
        (plan.edited, "changed in Anki and not here: left as they are (ankify progress shows how)"),
        (plan.uncertain, "of an older build, or changed in Anki before the last one: replaced"),
        (left_out, "deleted in Anki: left out by --keep-edits"),
        (plan.foreign, "of another note type, left out (ankify adopt --url takes them over)"),
        (elsewhere, "in a deck of your own choice: left there"),
    )
    for many, what in listed:
        if many:
            yield f"  {counted(len(many), 'note')} {what}"
        for note in many if verbose else ():
            yield f"    {place(note, notes)}"
    if plan.restyled:
        yield "  the cards get a new look"
    if plan.own_style:
        yield "  the cards keep the look that was set in Anki"


def place(note: Note, notes: Path) -> str:
    """Where a question is, as seen from here, and its title."""
    assert note.question
    return f"{place_from_here(note.question.location, notes)}: {note.question.title}"


def done_line(report: PushReport) -> str:
    """What a push did, in one line."""
    steps = list(report.steps)
    if "remove empty decks" in steps:
        steps.remove("remove empty decks")
    if report.removed_decks:
        steps.append(f"remove {counted(len(report.removed_decks), 'empty deck')}")
    return f"Pushed: {', '.join(steps)}" if steps else "Nothing to push"
