"""What a push will do to a learner's collection, decided before anything is sent.

The package that is imported holds just the notes of the plan, each as it is to become: with the
learner's own edits and tags merged in, so that the import itself overwrites none of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from html import unescape

from ankify.anki.collection import (
    Collection,
    LearnerNote,
    LearnerNoteType,
    same_deck,
)
from ankify.anki.edits import (
    Edit,
    LastBuild,
    as_shipped,
    edits,
    last_build,
    merged,
    same_text,
    unknown_base,
)
from ankify.anki.note_type import CLOZE, FIELDS_BEFORE, LAYOUTS, QUESTION, Layout, layout_of
from ankify.anki.notes import REMOVED_STATUS, STATUS, note_type_fingerprint
from ankify.anki.pushed import Pushed
from ankify.model import REMOVED_TAG, AnkifyError, Media, Note, NoteType, Past, Project, Template

# What carries the name of a media file in a field: an attribute, or a sound.
_NAMED = re.compile(r'"([^"]*)"|\[sound:([^\]]*)\]')


class Removal(StrEnum):
    """What becomes of a note whose question is gone from the notes."""

    KEEP = "keep"  # tagged, with a banner on the card; it is still asked
    SUSPEND = "suspend"  # no longer asked
    DELETE = "delete"  # gone, and its reviews with it


@dataclass(frozen=True)
class Wishes:
    """How a push is to be done: what becomes of removed notes, moved cards, the learner's edits."""

    removed: Removal = Removal.KEEP
    move: bool = True
    keep_edits: bool = False


@dataclass(frozen=True)
class Conflict:
    """A note that both sides changed in the same fields; each edit has the notes' text first."""

    note: Note
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Move:
    """Cards that go to the deck of their question."""

    note: Note
    old_deck: str
    cards: tuple[int, ...]


@dataclass(frozen=True)
class Gone:
    """A note in the collection whose question is gone; `waking` are its cards not yet suspended."""

    guid: str
    title: str
    file: str
    id: int
    waking: tuple[int, ...]
    reviews: int


@dataclass(frozen=True)
class PushPlan:
    """What a push will do, note by note, in the order of the notes.

    `new` notes are added; `returning` are those of them that the learner had deleted in Anki.
    `updated` ones get what changed; `untouched` counts the others. Of the learner's own edits,
    `overwritten` lose against the notes, `kept` ones make the push leave their note out, and
    `edited` stay because the notes did not change there. `uncertain` notes are replaced, too, but
    nobody knows whether they were edited. `foreign` notes are of another note type and are left
    out. `elsewhere` are cards in a deck of the learner's choice. `woken` are cards of questions
    that came back.
    """

    new: tuple[Note, ...] = ()
    returning: tuple[Note, ...] = ()
    updated: tuple[Note, ...] = ()
    untouched: int = 0
    overwritten: tuple[Conflict, ...] = ()
    kept: tuple[Conflict, ...] = ()
    edited: tuple[Note, ...] = ()
    uncertain: tuple[Note, ...] = ()
    foreign: tuple[Note, ...] = ()
    moved: tuple[Move, ...] = ()
    elsewhere: tuple[tuple[Note, str], ...] = ()
    removed: tuple[Gone, ...] = ()
    woken: tuple[int, ...] = ()
    wishes: Wishes = Wishes()
    restyled: bool = False
    own_style: bool = False
    package: Project | None = field(default=None, repr=False)

    @property
    def changes_something(self) -> bool:
        """Whether there is anything to do in Anki."""
        suspends = self.wishes.removed is Removal.SUSPEND and any(g.waking for g in self.removed)
        deletes = self.wishes.removed is Removal.DELETE and self.removed
        return bool(self.package or self.moved or self.woken or suspends or deletes)


def make_plan(
    project: Project,
    collection: Collection,
    record: Pushed | None = None,
    *,
    last: Mapping[str, LastBuild] | None = None,
    wishes: Wishes = Wishes(),
) -> PushPlan:
    """Decide what a push does. `last` are the notes of the last build, by guid.

    Raises AnkifyError where the learner changed the note type so that an import could do harm.
    """
    for layout in LAYOUTS.values():
        if learners := collection.note_types.get(layout.id):
            refuse_changed(learners, layout)
    return _Planner(project, collection, record or Pushed(""), last or {}, wishes).plan()


def refuse_changed(note_type: LearnerNoteType, layout: Layout = QUESTION) -> None:
    """Raise AnkifyError where fields or card templates are not those of ankify any more.

    Anki then rewrites all notes at each import, and asks for a full sync.
    """
    for what, first, names, theirs in (
        ("fields", layout.field_id, layout.fields, note_type.fields),
        ("cards", layout.template_id, layout.templates, note_type.templates),
    ):
        own = [(name, first + at) for at, name in enumerate(names)]
        known = [_is_same(*pair) for pair in zip(own, theirs, strict=False)]
        if len(own) == len(theirs) and all(known):
            continue
        further = [name for name, _ in theirs if name not in {name for name, _ in own}]
        missing = [name for name, _ in own if name not in {name for name, _ in theirs}]
        if len(theirs) == FIELDS_BEFORE and not further and layout is QUESTION:
            raise AnkifyError(
                "the deck in Anki is of ankify 0.1, whose note type had fewer fields",
                hint="once, by hand: ankify build, then File > Import"
                ' with "Merge note types" ticked',
            )
        named = f"further: {', '.join(further)}; missing: {', '.join(missing)}"
        raise AnkifyError(
            f'the note type "{note_type.name}" was changed in Anki: its {what} are not those of'
            f" ankify any more ({named if further or missing else 'another order'})",
            hint=f"Tools > Manage Note Types > {what.capitalize()}: bring back {len(own)} {what}:"
            f" {', '.join(name for name, _ in own)}; styling and the text of cards may be your own",
        )


def _is_same(own: tuple[str, int], theirs: tuple[str, int | None]) -> bool:
    """As Anki compares: by id where both have one, else by name."""
    return own[1] == theirs[1] if theirs[1] is not None else own[0] == theirs[0]


@dataclass(frozen=True)
class _Fate:
    """What becomes of the note of one question; `ship` is the note as it is to become."""

    note: Note
    kind: str = "untouched"
    ship: Note | None = None
    conflict: Conflict | None = None
    returning: bool = False
    edited: bool = False
    uncertain: bool = False
    move: Move | None = None
    elsewhere: tuple[str, ...] = ()
    woken: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Planner:
    """Decides note by note."""

    project: Project
    collection: Collection
    record: Pushed
    last: Mapping[str, LastBuild]
    wishes: Wishes

    def plan(self) -> PushPlan:
        live = [note for note in self.project.notes if note.question]
        before = {past.guid: past for past in self.project.before}
        fates = [self._fate(note, before.get(note.guid)) for note in live]
        removed, buried = self._removed(live, before)
        modified, restyled, own_style = self._style()
        shipped = [*(fate.ship for fate in fates if fate.ship), *buried]
        return PushPlan(
            new=tuple(fate.note for fate in fates if fate.kind == "new"),
            returning=tuple(fate.note for fate in fates if fate.returning),
            updated=tuple(fate.note for fate in fates if fate.kind == "updated"),
            untouched=sum(fate.kind == "untouched" for fate in fates),
            overwritten=tuple(f.conflict for f in fates if f.conflict and f.kind == "updated"),
            kept=tuple(f.conflict for f in fates if f.conflict and f.kind == "kept"),
            edited=tuple(fate.note for fate in fates if fate.edited),
            uncertain=tuple(fate.note for fate in fates if fate.uncertain),
            foreign=tuple(fate.note for fate in fates if fate.kind == "foreign"),
            moved=tuple(fate.move for fate in fates if fate.move),
            elsewhere=tuple((fate.note, deck) for fate in fates for deck in fate.elsewhere),
            removed=removed,
            woken=tuple(card for fate in fates for card in fate.woken),
            wishes=self.wishes,
            restyled=bool(restyled),
            own_style=own_style,
            package=self._package(shipped, modified, restyled),
        )

    # Notes of questions that are there ------------------------------------------------------------

    def _fate(self, note: Note, past: Past | None) -> _Fate:
        learner = self.collection.notes.get(note.guid)
        if learner is None:
            return self._added(note)
        if learner.note_type != layout_of(note).id:
            return _Fate(note, "foreign")
        fate = self._placed(note, learner, past)
        if note.guid in self.record.suspended:
            fate = replace(fate, woken=tuple(c.id for c in learner.cards if c.suspended))
        return self._updated(fate, learner, past)

    def _added(self, note: Note) -> _Fate:
        returning = note.guid in self.record.notes
        if returning and self.wishes.keep_edits:  # deleting it was an edit, too
            return _Fate(note, "kept", returning=True)
        return _Fate(note, "new", ship=note, returning=returning)

    def _placed(self, note: Note, learner: LearnerNote, past: Past | None) -> _Fate:
        """Plan to move the cards that are where ankify put them; all others stay."""
        recorded = self.record.notes.get(note.guid)
        put = (recorded and recorded.deck) or (past and past.deck) or note.deck
        away = [card for card in learner.cards if not same_deck(card.deck, note.deck)]
        ours = [card for card in away if self.wishes.move and same_deck(card.deck, put)]
        move = Move(note, ours[0].deck, tuple(card.id for card in ours)) if ours else None
        left = {card.deck for card in away if card not in ours}
        return _Fate(note, move=move, elsewhere=tuple(sorted(left)))

    def _updated(self, fate: _Fate, learner: LearnerNote, past: Past | None) -> _Fate:
        note = fate.note
        recorded = self.record.notes.get(note.guid)
        built = last_build(note, past, self.last.get(note.guid))
        shipped = as_shipped(learner, recorded, built)
        base, known = shipped or (unknown_base(learner, recorded, built, note.fields), None)
        fields, clashes = merged(base, learner.fields, note.fields)
        tags = _merged_tags(note.tags, learner.tags, known)
        if clashes:
            names = layout_of(note).fields
            both = tuple(Edit(names[at], note.fields[at], learner.fields[at]) for at in clashes)
            fate = replace(fate, conflict=Conflict(note, both))
            if self.wishes.keep_edits:
                return replace(fate, kind="kept")
        fate = replace(fate, edited=not all(map(same_text, fields, note.fields)))
        if _is_as(learner, fields, tags):
            return fate
        unknown = shipped is None and not clashes and any(edits(learner, note.fields))
        deck = note.deck if fate.move else _home(learner) or note.deck
        ship = _changed(note, learner, fields, tags, deck)
        return replace(fate, kind="updated", ship=ship, uncertain=unknown)

    # Notes of questions that are gone -------------------------------------------------------------

    def _removed(
        self, live: Sequence[Note], before: Mapping[str, Past]
    ) -> tuple[tuple[Gone, ...], list[Note]]:
        there = {note.guid for note in live}
        gone = dict.fromkeys(
            [*before, *(note.guid for note in self.project.notes if not note.question)]
        )
        found = [
            learner
            for guid in gone
            if guid not in there
            and (learner := self.collection.notes.get(guid))
            and learner.note_type in LAYOUTS
        ]
        delete = self.wishes.removed is Removal.DELETE
        buried = [] if delete else [_buried(learner, self.project.name) for learner in found]
        return (
            tuple(_gone(learner, before.get(learner.guid), self.record) for learner in found),
            [note for note in buried if note],
        )

    # The package ----------------------------------------------------------------------------------

    def _style(self) -> tuple[int, tuple[Layout, ...], bool]:
        """The time of the note types to ship, those that get a new look, and whether one is own.

        The newer look wins, as in any import; one that the last push brought and nobody changed
        since counts as older, whatever its time: each import sets that anew. A package has one time
        for all, so it is not raised where a look of the learner's own would be lost.
        """
        newest, restyled, own = self.project.note_type.modified, [], False
        for layout in LAYOUTS.values():
            ours, theirs = (
                note_type_of(self.project, layout),
                self.collection.note_types.get(layout.id),
            )
            if ours is None or theirs is None or theirs.look == _look(ours):
                continue
            brought = self.record.looks.get(layout.name)
            if ours.modified <= theirs.modified and _look_fingerprint(theirs) != brought:
                own = True
                continue
            restyled.append(layout)
            newest = max(newest, theirs.modified + 1)
        return self.project.note_type.modified if own else newest, tuple(restyled), own

    def _package(
        self, notes: Sequence[Note], modified: int, restyled: Sequence[Layout]
    ) -> Project | None:
        ships = [*notes]
        for layout in restyled:
            if all(layout_of(note) is not layout for note in notes):
                # A note type comes with a note; this one is older than any, so that Anki skips it.
                known = (n for n in self.project.notes if n.guid in self.collection.notes)
                ships += [n._replace(modified=1) for n in known if layout_of(n) is layout][:1]
        if not any(note.cards for note in ships):
            return None
        media = _named_media(self.project.media, ships)
        note_type = self.project.note_type._replace(modified=modified)
        return replace(self.project, notes=tuple(ships), media=media, note_type=note_type)


def note_type_of(project: Project, layout: Layout) -> NoteType | None:
    """The look that a project has for a note type."""
    return project.cloze_type if layout.is_cloze else project.note_type


def _buried(learner: LearnerNote, root: str) -> Note | None:
    """The note marked as removed, all else as the learner has it; None if it is that already."""
    fields = list(learner.fields)
    fields[STATUS] = REMOVED_STATUS
    tags = tuple(sorted({*learner.tags, REMOVED_TAG}))
    if _is_as(learner, fields, tags):
        return None
    cards = tuple(card.ordinal for card in learner.cards)
    modified, added = learner.modified + 1, learner.id // 1000
    deck = _home(learner) or root
    is_cloze = learner.note_type == CLOZE.id
    return Note(learner.guid, tuple(fields), deck, tags, 0, modified, added, cards, is_cloze)


def _changed(
    note: Note, learner: LearnerNote, fields: Sequence[str], tags: tuple[str, ...], deck: str
) -> Note:
    """The note as it is to become, with a time that makes Anki take it."""
    own = tuple(fields) == note.fields and tags == note.tags
    newest = max(note.modified, learner.modified + 1)
    # With something of the learner's in it, never the time of a build: a note of that time counts
    # as untouched.
    modified = newest if own else max(newest, note.modified + 1)
    return note._replace(fields=tuple(fields), tags=tags, deck=deck, modified=modified)


def _merged_tags(
    ours: Sequence[str], learners: Sequence[str], shipped: Sequence[str] | None
) -> tuple[str, ...]:
    """The tags of both sides; a tag that one side has taken away stays away."""
    known = {tag.casefold() for tag in shipped or ()}
    have = {tag.casefold() for tag in learners}
    own = [tag for tag in learners if tag.casefold() not in known and tag != REMOVED_TAG]
    kept = [tag for tag in ours if tag.casefold() in have or tag.casefold() not in known]
    by_name = {tag.casefold(): tag for tag in (*own, *kept)}
    return tuple(sorted(by_name.values()))


def _is_as(learner: LearnerNote, fields: Sequence[str], tags: Sequence[str]) -> bool:
    same = {tag.casefold() for tag in learner.tags} == {tag.casefold() for tag in tags}
    return same and all(map(same_text, learner.fields, fields))


def _home(learner: LearnerNote) -> str | None:
    return learner.cards[0].deck if learner.cards else None


def _gone(learner: LearnerNote, past: Past | None, record: Pushed) -> Gone:
    reviews = sum(len(card.reviews) for card in learner.cards)
    title, file = (past.title, past.file) if past else ("", "")
    done = learner.guid in record.suspended  # once: the learner may have woken them since
    waking = () if done else tuple(card.id for card in learner.cards if not card.suspended)
    return Gone(learner.guid, title, file, learner.id, waking, reviews)


def _look(note_type: NoteType) -> tuple[tuple[tuple[str, str, str], ...], str]:
    return tuple((t.name, t.front, t.back) for t in note_type.templates), note_type.css


def _look_fingerprint(note_type: LearnerNoteType) -> str:
    """The same hash of the learner's note type as that of our own."""
    templates = tuple(Template(*each) for each in note_type.look[0])
    return note_type_fingerprint(NoteType(templates, note_type.look[1]))


def _named_media(media: Sequence[Media], notes: Sequence[Note]) -> tuple[Media, ...]:
    """The media that these notes name; those of the templates, whose names start with `_`, too."""
    named = {
        unescape(found[1] or found[2] or "")
        for note in notes
        for text in note.fields
        for found in _NAMED.finditer(text)
    }
    return tuple(one for one in media if one.name in named or one.name.startswith("_"))
