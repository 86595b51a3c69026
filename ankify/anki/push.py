"""A plan carried out in a running Anki, step by step; what is not reached, the next push does.

Only the first step can change a text, and it is one import: Anki does it whole or not at all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ankify.anki.collection import Collection, joined, read_collection, same_deck
from ankify.anki.connect import AnkiConnect
from ankify.anki.edits import same_text
from ankify.anki.note_type import LAYOUTS
from ankify.anki.notes import note_type_fingerprint
from ankify.anki.plan import PushPlan, Removal, note_type_of
from ankify.anki.pushed import Pushed, Records, Shipped
from ankify.anki.write import staged_apkg
from ankify.identity.guids import OUR_GUID
from ankify.model import AnkifyError, Note, Project

OURS = " or ".join(f"mid:{number}" for number in LAYOUTS)  # a search for all notes of ankify's
_NO_FILE = re.compile(r"os error|no such file|cannot find|failed to (create|open)|permission", re.I)
_SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in '\\"*_'})  # in a search of Anki


@dataclass(frozen=True)
class PushReport:
    """What a push did: its plan, the steps that were done, the decks that were removed.

    `steps` is empty where there was nothing to do, or nobody agreed.
    """

    plan: PushPlan
    profile: str
    steps: tuple[str, ...] = ()
    removed_decks: tuple[str, ...] = ()


# Reading ----------------------------------------------------------------------------------------


def read_running(anki: AnkiConnect, folder: Path, guids: Iterable[str] = ()) -> Collection:
    """Read all notes of ankify's type out of a running Anki, through packages in `folder`.

    AnkiConnect tells no guid, an exported package does. Where the lock has `guids` of other tools
    that are not found so, all decks are read: their notes may be of another type still.
    """
    cards = anki.ask("findCards", query=OURS)
    decks = anki.ask("getDecks", cards=cards) if cards else {}
    found = read_all(anki, decks, folder)
    if all(OUR_GUID.fullmatch(guid) or guid in found.notes for guid in guids):
        return found
    others = set(_topmost(anki.ask("deckNames"))) - set(_topmost(decks))
    return joined([found, read_all(anki, others, folder)])


def read_all(anki: AnkiConnect, decks: Iterable[str], folder: Path) -> Collection:
    """Read decks with all that is below them."""
    return joined(_exported(anki, deck, folder) for deck in _topmost(decks))


def _topmost(decks: Iterable[str]) -> list[str]:
    """The decks that lie in no other one of these: an export takes sub-decks along."""
    found: list[str] = []
    for deck in sorted(decks, key=lambda name: (name.count("::"), name)):
        if not any(deck.startswith(f"{above}::") for above in found):
            found.append(deck)
    return found


def _exported(anki: AnkiConnect, deck: str, folder: Path) -> Collection:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"export-{os.getpid()}.apkg"
    try:
        anki.ask("exportPackage", deck=deck, path=str(path), includeSched=True)
        if not path.is_file():
            raise _elsewhere(anki)
        return read_collection(path)
    except AnkifyError as error:
        if _sees_no_file(error, "exportPackage"):
            raise _elsewhere(anki) from error
        raise
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _sees_no_file(error: AnkifyError, action: str) -> bool:
    return action in error.message and bool(_NO_FILE.search(error.message))


def _elsewhere(anki: AnkiConnect) -> AnkifyError:
    return AnkifyError(
        f"Anki at {anki.url} does not see the files of this machine, so it cannot be handed a deck",
        hint="run ankify on the machine of Anki (outside of WSL or a container), or build the"
        " package here and import it there: ankify build, File > Import",
    )


# Writing ----------------------------------------------------------------------------------------


@dataclass
class Pusher:
    """Carries out a plan; the record is kept after each step, so that it never says too much."""

    anki: AnkiConnect
    project: Project
    collection: Collection
    plan: PushPlan
    records: Records
    record: Pushed
    folder: Path
    done: list[str] = field(default_factory=list)
    removed_decks: list[str] = field(default_factory=list)

    def run(self, *, sync: bool = False) -> None:
        """Do all steps. Raises AnkifyError that says what was done, and what was not."""
        steps = list(self._steps(sync))
        if not self.plan.package:
            self._keep(notes=self._shipped())
        for at, (name, step) in enumerate(steps):
            try:
                step()
            except AnkifyError as error:
                raise self._stopped(error, [name for name, _ in steps[at:]]) from error
            self.done.append(name)

    def _stopped(self, error: AnkifyError, left: Sequence[str]) -> AnkifyError:
        done = f"done: {', '.join(self.done)}; " if self.done else ""
        message = f"{error.message} ({done}not done: {', '.join(left)})"
        cure = (error.hint or "").removesuffix(", then try again")
        again = "push again: it does what is left"
        return AnkifyError(message, hint=f"{cure}, then {again}" if cure else again)

    def _steps(self, sync: bool) -> Iterator[tuple[str, Callable[[], object]]]:
        plan, wish = self.plan, self.plan.wishes.removed
        if plan.package:
            yield "import", self._import
        if plan.moved:
            yield "move cards", self._move
        if plan.woken:
            yield "unsuspend cards of questions that came back", self._wake
        if wish is Removal.SUSPEND and any(gone.waking for gone in plan.removed):
            yield "suspend cards of removed questions", self._suspend
        if wish is Removal.DELETE and plan.removed:
            yield "delete notes of removed questions", self._delete
        if self._spare_decks():
            yield "remove empty decks", self._remove_decks
        if sync:
            yield "start a sync", lambda: self.anki.ask("sync")

    def _keep(self, **changes: Any) -> None:
        self.record = replace(self.record, **changes)
        self.records.write(self.record)

    # The import -----------------------------------------------------------------------------------

    def _import(self) -> None:
        assert self.plan.package
        before = len(self._cards())
        self.folder.mkdir(parents=True, exist_ok=True)
        with staged_apkg(self.plan.package, self.folder / f"push-{os.getpid()}.apkg") as staged:
            try:
                self.anki.ask("importPackage", path=str(staged))
            except AnkifyError as error:
                if _sees_no_file(error, "importPackage"):
                    raise _elsewhere(self.anki) from error
                raise
        came, due = len(self._cards()) - before, sum(len(note.cards) for note in self.plan.new)
        self._verify(came, due)
        looks = {} if self.plan.own_style else dict(_looks(self.project))
        self._keep(notes=self._shipped(), decks=self._decks(), looks=looks)

    def _cards(self) -> list[int]:
        return list(self.anki.ask("findCards", query=OURS))

    def _verify(self, came: int, due: int) -> None:
        """Raise AnkifyError if Anki does not have what it was given."""
        assert self.plan.package
        known = self.collection.notes
        sent = [
            note for note in self.plan.package.notes if note.guid in known and note.modified > 1
        ]
        infos = self.anki.ask("notesInfo", notes=[known[note.guid].id for note in sent])
        infos += [{}] * (len(sent) - len(infos))
        lost = [n for n, info in zip(sent, infos, strict=False) if not _arrived(n, info)]
        if lost or came < due:
            missing = f"{len(lost)} updated notes" if lost else f"{due - came} new cards"
            raise AnkifyError(
                f"Anki imported the package, but {missing} of it did not arrive",
                hint="in Anki: Tools > Check Database",
            )

    def _shipped(self) -> dict[str, Shipped]:
        """The record of all notes that are now as the notes folder has them."""
        plan = self.plan
        skipped = {conflict.note.guid for conflict in plan.kept} | {n.guid for n in plan.foreign}
        if plan.wishes.keep_edits:
            skipped |= {note.guid for note in plan.returning}
        put = {note.guid: self._put(note.guid) for note, _ in plan.elsewhere}
        put |= {move.note.guid: move.old_deck for move in plan.moved}
        now = {
            note.guid: Shipped(note.fields, note.tags, note.modified, put.get(note.guid, note.deck))
            for note in self.project.notes
            if note.question and note.guid not in skipped
        }
        # Left out for edits that nobody knows the start of: they are edits next time, too.
        unknown = {
            conflict.note.guid: Shipped((), (), 0, self._put(conflict.note.guid))
            for conflict in plan.kept
        }
        return {**unknown, **self.record.notes, **now}

    def _put(self, guid: str) -> str | None:
        """Where ankify put the cards of a note last."""
        if guid in self.record.notes:
            return self.record.notes[guid].deck
        return next((past.deck for past in self.project.before if past.guid == guid), None)

    # What an import cannot do ---------------------------------------------------------------------

    def _move(self) -> None:
        by_deck: dict[str, list[int]] = {}
        for move in self.plan.moved:
            by_deck.setdefault(move.note.deck, []).extend(move.cards)
        self.anki.ask_all("changeDeck", [{"cards": c, "deck": d} for d, c in by_deck.items()])
        notes = dict(self.record.notes)
        for move in self.plan.moved:
            if move.note.guid in notes:
                notes[move.note.guid] = replace(notes[move.note.guid], deck=move.note.deck)
        self._keep(notes=notes, decks=self._decks())

    def _wake(self) -> None:
        self.anki.ask("unsuspend", cards=list(self.plan.woken))
        there = {note.guid for note in self.project.notes if note.question}
        self._keep(suspended=self.record.suspended - there)

    def _suspend(self) -> None:
        gone = [one for one in self.plan.removed if one.waking]
        self.anki.ask("suspend", cards=[card for one in gone for card in one.waking])
        self._keep(suspended=self.record.suspended | {one.guid for one in gone})

    def _delete(self) -> None:
        self.anki.ask("deleteNotes", notes=[gone.id for gone in self.plan.removed])
        gone = {one.guid for one in self.plan.removed}
        left = {guid: note for guid, note in self.record.notes.items() if guid not in gone}
        self._keep(notes=left, suspended=self.record.suspended - gone)

    # Decks ----------------------------------------------------------------------------------------

    def _decks(self) -> tuple[str, ...]:
        """All decks that ankify has made in this profile."""
        return tuple(sorted({*self._known_decks(), *self._needed_decks()}))

    def _known_decks(self) -> set[str]:
        """Those of the record; before the first push, what the lock knows below the root deck."""
        if self.record.decks:
            return set(self.record.decks)
        decks = {past.deck for past in self.project.before}
        return _with_parents(
            (d for d in decks if _is_below(d, self.project.name)), self.project.name
        )

    def _needed_decks(self) -> set[str]:
        decks = (note.deck for note in self.project.notes if note.question)
        return _with_parents(decks, self.project.name)

    def _spare_decks(self) -> list[str]:
        """Decks that ankify made and needs no more, the innermost first."""
        needed = self._needed_decks()
        spare = [d for d in self._known_decks() if not any(same_deck(d, each) for each in needed)]
        return sorted(spare, key=lambda deck: (-deck.count("::"), deck))

    def _remove_decks(self) -> None:
        for deck in self._spare_decks():
            names = self.anki.ask("deckNames")
            if deck in names and not any(name.startswith(f"{deck}::") for name in names):
                search = f'"deck:{deck.translate(_SPECIAL)}"'
                if not self.anki.ask("findCards", query=search):
                    self.anki.ask("deleteDecks", decks=[deck], cardsToo=True)
                    self.removed_decks.append(deck)
        left = set(self.record.decks or self._decks()) - set(self.removed_decks)
        self._keep(decks=tuple(sorted(left)))


def _looks(project: Project) -> Iterator[tuple[str, str]]:
    for layout in LAYOUTS.values():
        if note_type := note_type_of(project, layout):
            yield layout.name, note_type_fingerprint(note_type)


def _arrived(note: Note, info: Mapping[str, Any]) -> bool:
    try:
        values = sorted(info["fields"].values(), key=lambda each: int(each["order"]))
        theirs = [str(each["value"]) for each in values]
    except (AttributeError, LookupError, TypeError, ValueError):  # `{}`: there is no such note
        return False
    return len(theirs) == len(note.fields) and all(map(same_text, note.fields, theirs))


def _is_below(deck: str, root: str) -> bool:
    return deck == root or deck.startswith(f"{root}::")


def _with_parents(decks: Iterable[str], root: str) -> set[str]:
    """Decks, and those above them down to the root deck, which Anki makes along with them."""
    found: set[str] = set()
    for deck in decks:
        parts = deck.split("::")
        above = ("::".join(parts[:end]) for end in range(1, len(parts) + 1))
        found.update(each for each in above if _is_below(each, root) or each == deck)
    return found
