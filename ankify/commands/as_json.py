"""What `--json` prints: the shapes, and how each is made. docs/json.md is made from the shapes.

From version 0.2 on names are added, never changed or taken away.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from ankify.commands.report import card_names, searches, short_title
from ankify.model import Note, Problem, Project, Verdict

if TYPE_CHECKING:
    from ankify.anki.adopt import Adoption
    from ankify.anki.forecast import Forecast
    from ankify.anki.progress import QuestionProgress
    from ankify.anki.push import PushReport


class Place(TypedDict):
    """A line of a note file; both are null where there is none any more."""

    file: str | None
    line: int | None


class NotePlace(Place):
    """A note: where its question is, and its guid in Anki."""

    guid: str
    title: str | None


# list ---------------------------------------------------------------------------------------------


class _ListedNote(TypedDict):
    file: str
    line: int
    end_line: int
    number: str | None
    title: str
    guid: str
    deck: str
    tags: list[str]
    images: list[str]
    formulas: int
    cards: list[str]


class ListedNote(_ListedNote, total=False):
    """A note of `list --json`. `images` are paths; the last two are there with `--html`."""

    question_html: str
    answer_html: str


def note_as_json(note: Note, *, html: bool) -> ListedNote:
    """A note as `ankify list --json` prints it."""
    question, content = note.question, note.content
    assert question
    assert content
    entry: ListedNote = {
        "file": question.file,
        "line": question.line,
        "end_line": question.end_line,
        "number": question.number,
        "title": question.title,
        "guid": note.guid,
        "deck": note.deck,
        "tags": list(note.tags),
        "images": [reference.src for reference in content.references],
        "formulas": content.formulas,
        "cards": list(card_names(note)),
    }
    if html:
        asked, answer = (1, 0) if note.is_cloze else (0, 1)
        entry["question_html"], entry["answer_html"] = note.fields[asked], note.fields[answer]
    return entry


class TitlesOfOneStyle(TypedDict):
    """A group of titles of `list --why --json`: what it was taken for, why, what overrules it."""

    file: str
    line: int
    style: str
    count: int
    taken: int
    titles: list[str]
    verdict: str
    ground: str
    reason: str
    overrule: str


def verdict_as_json(file: str, verdict: Verdict) -> TitlesOfOneStyle:
    """A verdict as `ankify list --why --json` prints it."""
    return {
        "file": file,
        "line": verdict.line,
        "style": verdict.style,
        "count": verdict.count,
        "taken": verdict.taken,
        "titles": list(verdict.titles),
        "verdict": str(verdict.ruling),
        "ground": verdict.ground,
        "reason": verdict.reason,
        "overrule": verdict.overrule,
    }


# check --------------------------------------------------------------------------------------------


class Finding(Place):
    """A problem of `check --format json` and `build --json`; `severity` is error or warning."""

    rule: str
    severity: str
    message: str
    hint: str | None


def problem_as_json(problem: Problem) -> Finding:
    """A problem as `ankify check --format json` prints it."""
    return {
        "file": problem.location.file,
        "line": problem.location.line or None,
        "rule": problem.rule,
        "severity": str(problem.severity),
        "message": problem.message,
        "hint": problem.hint,
    }


# build --------------------------------------------------------------------------------------------


class ChangedNote(NotePlace):
    """What an edit did to a question; `before` is its old title, number or place."""

    kind: str
    before: str | None


class BuildReport(TypedDict):
    """`build --json`. `searches` find, in Anki, the cards to move after the import."""

    package: str
    notes: int
    decks: list[str]
    media: int
    changes: list[ChangedNote]
    problems: list[Finding]
    searches: list[str]


def build_as_json(project: Project, path: Path) -> BuildReport:
    """A build as `ankify build --json` prints it."""
    return {
        "package": path.as_posix(),
        "notes": sum(bool(note.cards) for note in project.notes),
        "decks": sorted({note.deck for note in project.notes if note.cards}),
        "media": len(project.media),
        "changes": [
            {
                "kind": str(change.kind),
                "file": change.location.file,
                "line": change.location.line or None,
                "guid": change.guid,
                "title": change.title,
                "before": change.before,
            }
            for change in project.changes
        ],
        "problems": [problem_as_json(problem) for problem in project.problems],
        "searches": [line.strip() for line in searches(project)],
    }


# diff ---------------------------------------------------------------------------------------------


class GoneNote(TypedDict):
    """A note whose question is gone."""

    file: str
    guid: str
    title: str


_Decks = TypedDict("_Decks", {"from": str, "to": str})  # `from` is a word of Python's


class MovedNote(NotePlace, _Decks):
    """A note whose cards are to go from one deck to another."""


class NextImport(TypedDict):
    """`diff --json`: what the next import does. `conflicting` notes have another note type.

    The notes of `removed` questions are counted nowhere else, although the import may mark them.
    """

    new: list[NotePlace]
    updated: list[NotePlace]
    conflicting: list[NotePlace]
    untouched: int
    removed: list[GoneNote]
    moved: list[MovedNote]


def forecast_as_json(forecast: Forecast) -> NextImport:
    """A forecast as `ankify diff --json` prints it."""
    return {
        "new": _places(forecast.new),
        "updated": _places(forecast.updated),
        "conflicting": _places(forecast.conflicting),
        "untouched": len(forecast.untouched),
        "removed": [
            {"file": past.file, "guid": past.guid, "title": past.title} for past in forecast.removed
        ],
        "moved": [_moved(note, old) for note, old in forecast.moved],
    }


def _places(notes: Iterable[Note]) -> list[NotePlace]:
    return list(map(_place, notes))


def _place(note: Note) -> NotePlace:
    """What a person needs to find a note again; a tombstone has no place any more."""
    question = note.question
    return {
        "file": question.file if question else None,
        "line": question.line if question else None,
        "guid": note.guid,
        "title": question.title if question else None,
    }


def _moved(note: Note, old_deck: str) -> MovedNote:
    return {**_place(note), "from": old_deck, "to": note.deck}


# push ---------------------------------------------------------------------------------------------


class RemovedNote(GoneNote):
    """A note whose question is gone, with how often it was answered."""

    reviews: int


class EditInAnki(NotePlace):
    """A learner's edit of a field that the notes changed, too: both texts, and whose is kept."""

    field: str
    notes: str
    anki: str
    kept: bool


class NoteElsewhere(NotePlace):
    """A note whose cards are in a deck of the learner's choice."""

    deck: str


class PushSummary(TypedDict):
    """`push --json`: what changed in Anki, and the steps that were done.

    `edited` notes keep the learner's words; of `uncertain` ones nobody knows whether they were
    edited; `returning` ones had been deleted in Anki; `foreign` ones have another note type.
    """

    profile: str
    done: list[str]
    new: list[NotePlace]
    updated: list[NotePlace]
    untouched: int
    moved: list[MovedNote]
    removed: list[RemovedNote]
    edits: list[EditInAnki]
    edited: list[NotePlace]
    uncertain: list[NotePlace]
    returning: list[NotePlace]
    foreign: list[NotePlace]
    elsewhere: list[NoteElsewhere]
    removed_decks: list[str]


def push_as_json(report: PushReport) -> PushSummary:
    """A push as `ankify push --json` prints it."""
    plan = report.plan
    return {
        "profile": report.profile,
        "done": list(report.steps),
        "new": _places(plan.new),
        "updated": _places(plan.updated),
        "untouched": plan.untouched,
        "moved": [_moved(move.note, move.old_deck) for move in plan.moved],
        "removed": [
            {"file": gone.file, "guid": gone.guid, "title": gone.title, "reviews": gone.reviews}
            for gone in plan.removed
        ],
        "edits": [
            {
                **_place(conflict.note),
                "field": edit.field,
                "notes": edit.shipped,
                "anki": edit.learner,
                "kept": kept,
            }
            for conflicts, kept in ((plan.overwritten, False), (plan.kept, True))
            for conflict in conflicts
            for edit in conflict.edits
        ],
        "edited": _places(plan.edited),
        "uncertain": _places(plan.uncertain),
        "returning": _places(plan.returning),
        "foreign": _places(plan.foreign),
        "elsewhere": [{**_place(note), "deck": deck} for note, deck in plan.elsewhere],
        "removed_decks": list(report.removed_decks),
    }


# progress -----------------------------------------------------------------------------------------


class FieldEdit(TypedDict):
    """What a learner wrote into a field: `{+came+}`, `{-went-}`."""

    field: str
    diff: str


class LearntQuestion(TypedDict):
    """A question of `progress --json`, over all of its cards.

    `again` counts the answers "Again", `lapses` how often a known card was forgotten; `interval` is
    that of the weakest card, in days; `retention` the share of answers to due cards that were not
    "Again", 0 to 1, null before there are any.
    """

    file: str
    line: int
    title: str
    guid: str
    cards: int
    reviews: int
    again: int
    lapses: int
    interval: int
    retention: float | None
    leech: bool
    suspended: bool
    flags: list[str]
    edits: list[FieldEdit]


def progress_as_json(each: QuestionProgress) -> LearntQuestion:
    """A question as `ankify progress --json` prints it."""
    question = each.question
    return {
        "file": question.file,
        "line": question.line,
        "title": question.title,
        "guid": each.guid,
        "cards": each.cards,
        "reviews": each.reviews,
        "again": each.again,
        "lapses": each.lapses,
        "interval": each.interval,
        "retention": None if each.retention is None else round(each.retention, 3),
        "leech": each.leech,
        "suspended": each.suspended,
        "flags": list(each.flags),
        "edits": [{"field": edit.field, "diff": edit.diff()} for edit in each.edits],
    }


# adopt --------------------------------------------------------------------------------------------


class FoundQuestion(TypedDict):
    """A question of the notes."""

    file: str
    line: int
    title: str


class AdoptedQuestion(FoundQuestion):
    """A question and the note that it continues; `sure` is 0 to 1."""

    guid: str
    sure: float


class NoteOfPackage(TypedDict):
    """A note that no question continues."""

    guid: str
    title: str


class AdoptReport(TypedDict):
    """`adopt --json`."""

    matched: list[AdoptedQuestion]
    unmatched_questions: list[FoundQuestion]
    unmatched_notes: list[NoteOfPackage]


def adoption_as_json(adoption: Adoption) -> AdoptReport:
    """An adoption as `ankify adopt --json` prints it."""
    return {
        "matched": [
            {"guid": guid, "file": q.file, "line": q.line, "title": q.title, "sure": round(sure, 2)}
            for guid, q, sure in adoption.matched
        ],
        "unmatched_questions": [
            {"file": q.file, "line": q.line, "title": q.title} for q in adoption.unmatched_questions
        ],
        "unmatched_notes": [
            {"guid": note.guid, "title": short_title(note)} for note in adoption.unmatched_notes
        ],
    }


# Each command, and what it prints.
PRINTED: dict[str, type] = {
    "ankify list --json": ListedNote,
    "ankify list --why --json": TitlesOfOneStyle,
    "ankify check --format json": Finding,
    "ankify build --json": BuildReport,
    "ankify diff --json": NextImport,
    "ankify push --json": PushSummary,
    "ankify progress --json": LearntQuestion,
    "ankify adopt --json": AdoptReport,
}
