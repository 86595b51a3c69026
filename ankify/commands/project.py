"""Read the notes for a command, ask what is not certain, and show their problems."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ankify.commands.console import progress_bar, say
from ankify.commands.report import (
    counted,
    from_here,
    place_from_here,
)
from ankify.identity.lock import LOCK_NAME
from ankify.model import AnkifyError, ChangeKind, Location, Problem, Project

if TYPE_CHECKING:
    from ankify.building.deck import Rescue
    from ankify.identity.guids import Candidate, Doubt

SHOWN = 20  # problems that `ankify build` prints


def read(notes: Path, unnumbered: bool, *, quiet: bool = False, **options: Any) -> Project:
    """Read the notes, with a bar on a terminal; `options` are fields of `ReadOptions`."""
    from ankify.config import read_settings
    from ankify.pipeline import ReadOptions, read_project

    settings = read_settings(notes)
    if unnumbered:
        settings = replace(settings, questions=replace(settings.questions, unnumbered=True))
    with progress_bar(quiet) as advance:
        return read_project(
            notes,
            ReadOptions(
                settings=settings, progress=advance, processes=os.cpu_count() or 1, **options
            ),
        )


def ask(notes: Path, doubt: Doubt) -> Candidate | None:
    """Ask on the terminal which question continues an old one; no answer takes the default."""
    old = place_from_here(Location(doubt.entry.file), notes)
    say(f"{old}: what became of {doubt.entry.title!r}?")
    for number, (candidate, sure) in enumerate(zip(doubt.candidates, doubt.sure, strict=True), 1):
        place = place_from_here(Location(candidate.file, candidate.line), notes)
        say(f"  {number}: {place}: {candidate.title} ({sure:.0%} alike)")
    say("  0: none of them, it is gone")
    default = doubt.candidates.index(doubt.chosen) + 1 if doubt.chosen else 0
    kind = click.IntRange(0, len(doubt.candidates))

    def meant(typed: str) -> int:
        """The number; that of the likeliest for yes, 0 for no."""
        words: dict[str, Any] = {"y": default or 1, "yes": default or 1, "n": 0, "no": 0}
        return int(kind.convert(words.get(typed.strip().lower(), typed), None, None))

    answer = click.prompt("which one", default=str(default), value_proc=meant, err=True)
    return doubt.candidates[answer - 1] if answer else None


def show_problems(problems: Sequence[Problem], notes: Path) -> None:
    """Print the first problems to stderr, in the order of their places."""
    for line in problem_lines(problems, notes):
        say(line)


def problem_lines(problems: Sequence[Problem], notes: Path) -> Iterator[str]:
    """The first problems, in the order of their places, and how many more there are."""
    for problem in problems[:SHOWN]:
        yield str(from_here(problem, notes))
    if len(problems) > SHOWN:
        yield f"... and {len(problems) - SHOWN} more: run `ankify check {notes}`"


def confirm_gone(project: Project) -> None:
    """Ask on the terminal before the questions of a whole file are marked as removed."""
    places = (it.location for it in project.problems if it.rule == "questions-gone")
    gone = [str(place_from_here(place, project.root)) for place in places]
    if gone and not click.confirm(f"mark the questions of {', '.join(gone)} as removed?", err=True):
        raise AnkifyError("nothing was written")


def with_reasons(project: Project) -> Project:
    """Add the problems that say why questions are gone; a build looks for no others.

    Of a file they say more than that it has no questions any more, which is left out then.
    """
    if not any(change.kind is ChangeKind.REMOVED for change in project.changes):
        return project
    from ankify.checks.rules import why_removed

    reasons = why_removed(project)
    told = {it.location.file for it in reasons}
    rest = (
        it for it in project.problems if it.rule != "questions-gone" or it.location.file not in told
    )
    return replace(project, problems=(*reasons, *rest))


def rescue_line(rescue: Rescue, root: Path) -> str:
    """Say that the lock was gone, and how the history of its notes can be kept."""
    lock = root / LOCK_NAME
    lock_name, old, notes = (shlex.quote(it.as_posix()) for it in (lock, rescue.path, root))
    return (
        f"warning: {lock.as_posix()} was gone: {counted(rescue.lost, 'note')} of the last package"
        " would lose the history\n"
        f"  hint: remove {lock_name}, then `ankify adopt {old} {notes}` keeps it; build again"
    )


def say_why_empty(project: Project) -> bool:
    """Print to stderr why there is no card, most often, what a question is; False if there is."""
    from ankify.anki.write import no_question

    error = no_question(project)
    if error:
        say(str(error))
    return error is not None
