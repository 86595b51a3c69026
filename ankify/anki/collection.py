"""A learner's collection, read from what Anki exports with scheduling: notes, cards and reviews.

Needs no Anki: an `.apkg` of some decks or a `.colpkg` of everything, in any of Anki's formats.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ankify.anki import foreign_json
from ankify.anki.read import deck_names, fields_of, opened_package, tables, tags_of
from ankify.model import StrPath

SUSPENDED = -1  # the queue of a card
AGAIN = 1  # the answer that means: not known
REVIEW = 1  # the kind of a review that came when it was due; others are learning, filtered, manual
FLAGS = ("", "red", "orange", "green", "blue", "pink", "turquoise", "purple")
_LONGEST = 100_000  # days; a hostile package can hold any number


@dataclass(frozen=True, slots=True)
class Review:
    """One answer: when (ms since 1970), which button (1 Again to 4 Easy), and of what kind."""

    time: int
    button: int
    kind: int


@dataclass(frozen=True, slots=True)
class Card:
    """A card as the learner has it.

    `deck` is its home, also while it is in a filtered deck. `interval` is in days, `flag` a colour
    or "". `reviews` are in the order of time.
    """

    id: int
    ordinal: int
    deck: str
    suspended: bool
    interval: int
    lapses: int
    flag: str
    reviews: tuple[Review, ...] = ()


@dataclass(frozen=True, slots=True)
class LearnerNote:
    """A note as the learner has it; `modified` in s since 1970, `cards` by ordinal."""

    id: int
    guid: str
    note_type: int
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    modified: int
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class LearnerNoteType:
    """A note type as the learner has it: (name, id) of fields and templates, and its look."""

    name: str
    fields: tuple[tuple[str, int | None], ...]
    templates: tuple[tuple[str, int | None], ...]
    look: tuple[tuple[tuple[str, str, str], ...], str]
    modified: int


@dataclass(frozen=True)
class Collection:
    """Notes by guid, and note types by id (none where the newer format keeps them elsewhere)."""

    notes: Mapping[str, LearnerNote] = field(default_factory=dict)
    note_types: Mapping[int, LearnerNoteType] = field(default_factory=dict)

    @property
    def has_reviews(self) -> bool:
        """Whether anything was ever learnt: else it may have been exported without scheduling."""
        return any(card.reviews for note in self.notes.values() for card in note.cards)


def read_collection(path: StrPath) -> Collection:
    """Read a package or a whole collection that Anki exported.

    Raises AnkifyError where it is neither, or is damaged.
    """
    with opened_package(Path(path)) as (_, connection):
        names = tables(connection)
        if not {"col", "notes", "cards", "revlog"} <= names:
            raise ValueError("its collection is not that of Anki")
        cards = _cards(connection, deck_names(connection, names), _reviews(connection))
        notes = {note.guid: note for note in _notes(connection, cards)}
        return Collection(notes, _note_types(connection, names))


def joined(collections: Iterable[Collection]) -> Collection:
    """Put together what was exported deck by deck; cards of one note can lie in several."""
    notes: dict[str, LearnerNote] = {}
    note_types: dict[int, LearnerNoteType] = {}
    for one in collections:
        note_types |= one.note_types
        for guid, note in one.notes.items():
            known = notes.get(guid)
            notes[guid] = _with_cards(known, note) if known else note
    return Collection(notes, note_types)


def _with_cards(note: LearnerNote, other: LearnerNote) -> LearnerNote:
    cards = {card.id: card for card in (*note.cards, *other.cards)}
    ordered = tuple(sorted(cards.values(), key=lambda card: card.ordinal))
    return LearnerNote(
        note.id, note.guid, note.note_type, note.fields, note.tags, note.modified, ordered
    )


def same_deck(one: str, other: str) -> bool:
    """Whether Anki takes two names for one deck: case and Unicode's forms make no difference."""
    return one == other or _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _notes(
    connection: sqlite3.Connection, cards: Mapping[int, Sequence[Card]]
) -> Iterator[LearnerNote]:
    rows = connection.execute("SELECT id, guid, mid, mod, tags, flds FROM notes ORDER BY id")
    for number, guid, note_type, modified, tags, fields in rows:
        shapes = [type(each) for each in (number, guid, note_type, modified, tags, fields)]
        if shapes != [int, str, int, int, str, str]:
            raise ValueError("a note lacks something")
        yield LearnerNote(
            number,
            guid,
            note_type,
            fields_of(fields),
            tags_of(tags),
            modified,
            tuple(cards.get(number, ())),
        )


def _cards(
    connection: sqlite3.Connection,
    decks: Mapping[int, str],
    reviews: Mapping[int, tuple[Review, ...]],
) -> dict[int, list[Card]]:
    found: dict[int, list[Card]] = defaultdict(list)
    rows = connection.execute(
        "SELECT id, nid, ord, did, odid, queue, ivl, lapses, flags FROM cards ORDER BY nid, ord"
    )
    for number, note, *rest in rows:
        ordinal, deck, home, queue, interval, lapses, flags = map(int, rest)
        found[note].append(
            Card(
                number,
                ordinal,
                decks.get(home or deck, ""),
                queue == SUSPENDED,
                min(max(interval, 0), _LONGEST),
                max(lapses, 0),
                FLAGS[flags & 7],
                reviews.get(number, ()),
            )
        )
    return found


def _reviews(connection: sqlite3.Connection) -> dict[int, tuple[Review, ...]]:
    """The answers of each card; rescheduling by hand is in the log too, without a button."""
    found: dict[int, list[Review]] = defaultdict(list)
    rows = connection.execute("SELECT cid, id, ease, type FROM revlog WHERE ease > 0 ORDER BY id")
    for card, time, button, kind in rows:
        found[card].append(Review(int(time), int(button), int(kind)))
    return {card: tuple(many) for card, many in found.items()}


def _note_types(connection: sqlite3.Connection, names: set[str]) -> dict[int, LearnerNoteType]:
    if "notetypes" in names:
        return {}
    (text,) = connection.execute("SELECT models FROM col").fetchone()
    return {int(number): _note_type(each) for number, each in foreign_json.load(text).items()}


def _note_type(model: Mapping[str, Any]) -> LearnerNoteType:
    templates = model["tmpls"]
    return LearnerNoteType(
        str(model["name"]),
        tuple((str(each["name"]), each.get("id")) for each in model["flds"]),
        tuple((str(each["name"]), each.get("id")) for each in templates),
        (tuple((t["name"], t["qfmt"], t["afmt"]) for t in templates), model["css"]),
        int(model["mod"]),
    )
