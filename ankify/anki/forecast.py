"""What the next import will do to a learner's collection, before anything is built.

Anki matches notes by guid, replaces a note only by one with a newer modified time, never moves a
card and never deletes a note (measured in tests/test_anki.py); so the forecast needs no Anki.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ankify.anki.note_type import asked_at
from ankify.anki.read import Package, read_apkg
from ankify.model import REMOVED_TAG, Note, Past, Project, StrPath
from ankify.reading.html import html_text


@dataclass(frozen=True)
class Forecast:
    """What an import with Anki's default options will do, note by note, in the order of the notes.

    Anki adds the `new` ones, replaces the text and the tags of the `updated` ones and leaves the
    `untouched` ones alone. `conflicting` notes are of another note type, so Anki skips them unless
    it is told to merge note types. `removed` are questions that are gone since: their notes stay,
    and `marked` are the tombstones that mark them; neither is among the four before. `moved` are
    notes whose deck changed, with the deck in which their cards stay; `staying` those that are
    right in these decks, or are removed, with the deck.
    """

    new: tuple[Note, ...]
    updated: tuple[Note, ...]
    untouched: tuple[Note, ...]
    conflicting: tuple[Note, ...]
    removed: tuple[Past, ...]
    marked: tuple[Note, ...]
    moved: tuple[tuple[Note, str], ...]
    staying: tuple[tuple[Note | Past, str], ...]

    @property
    def changes_something(self) -> bool:
        """Whether the import will do anything at all."""
        return bool(self.new or self.updated or self.conflicting or self.marked)


def diff(project: Project, against: Package | StrPath | None = None) -> Forecast:
    """Say what importing `project` does to who has the package `against`, or one at that path.

    Without `against`: to who has the last build, as the lock knows it. Raises AnkifyError where
    the package cannot be read.
    """
    package = against if against is None or isinstance(against, Package) else read_apkg(against)
    foreign = {note.guid for note in package.notes if note.foreign} if package else set()
    before = {past.guid: past for past in (_pasts(package) if package else project.before)}
    kinds: dict[str, list[Note]] = {"new": [], "updated": [], "untouched": [], "conflicting": []}
    marked = []
    for note in project.notes:
        kind = _kind(note, before.get(note.guid), foreign)
        if note.cards:
            kinds[kind].append(note)
        elif kind == "updated":
            marked.append(note)
    live = {note.guid for note in project.notes if note.cards}
    moved = tuple(_moved(project, before))
    return Forecast(
        **{kind: tuple(notes) for kind, notes in kinds.items()},
        removed=tuple(p for p in before.values() if not p.removed and p.guid not in live),
        marked=tuple(marked),
        moved=moved,
        staying=tuple(_staying(project, before, moved)),
    )


def _kind(note: Note, past: Past | None, foreign: set[str]) -> str:
    if past is None:
        return "new"
    if note.guid in foreign:
        return "conflicting"
    return "updated" if note.modified > past.modified else "untouched"


def _pasts(package: Package) -> Iterator[Past]:
    for note in package.notes:
        title = html_text(note.fields[asked_at(note)])
        removed = REMOVED_TAG in note.tags
        yield Past(note.guid, title, note.deck or "", note.modified, removed=removed)


def _moved(project: Project, before: Mapping[str, Past]) -> Iterator[tuple[Note, str]]:
    for note in project.notes:
        past = before.get(note.guid)
        if past and past.deck and note.cards and past.deck != note.deck:
            yield note, past.deck


def _staying(
    project: Project, before: Mapping[str, Past], moved: Sequence[tuple[Note, str]]
) -> Iterator[tuple[Note | Past, str]]:
    left = {old for _, old in moved}
    gone = {note.guid for note, _ in moved}
    known: dict[str, Note | Past] = {**before, **{note.guid: note for note in project.notes}}
    for guid, note in known.items() if left else ():
        past = before.get(guid)
        deck = (past and past.deck) or note.deck
        if deck in left and guid not in gone:
            yield note, deck
