"""Identity: which note a question was at the last build, through every edit since.

How `project` uses it:

    lock = read_lock(path)                                    # ankify.lock; None the first time
    matching = match(lock, candidates, namespace=namespace)   # one Match a candidate, same order
    for found in matching.matches:                            # render, then per question:
        added, modified = touch(found.entry, fingerprint, now)
        records.append(Record(deck, fingerprint, added, modified))
    report = changes(matching, records)
    lock = update(lock, matching, records, namespace=..., note_type=..., now=now, packed={...})

A question is recognised by its mark, its title, its answer and its place, in whatever way they
changed (`matching.py`). A guid on another question is worse than a lost one, because the learner
would see a new question as long known: what is not likely enough counts as new. The promises that
hold are in docs/identity.md.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import NamedTuple

from ankify.identity.items import Candidate, Decide, Doubt, Item
from ankify.identity.likeness import normalise_title
from ankify.identity.lock import DAY, Lock, LockEntry, sorted_entries
from ankify.identity.matching import Matcher
from ankify.model import Change, ChangeKind, Location

__all__ = [
    "OUR_GUID",
    "Candidate",
    "Decide",
    "Doubt",
    "Match",
    "Matching",
    "Record",
    "changes",
    "guid_for",
    "match",
    "touch",
    "update",
]


# As `guid_for` gives them; those of adopted notes, and of all others in a collection, are shorter.
OUR_GUID = re.compile(r"[\w-]{12}", re.ASCII)
KEEP_TOMBSTONES = 365 * DAY  # a learner who imports no package for a year keeps the note unmarked


class Match(NamedTuple):
    """The guid of a candidate, and the entry it continues (None: never seen before).

    `nth` counts the candidates of the file with the same title, from 0.
    """

    candidate: Candidate
    guid: str
    entry: LockEntry | None
    nth: int


class Matching(NamedTuple):
    """All candidates with their guids, the entries now found gone, and the doubts."""

    matches: tuple[Match, ...]
    removed: tuple[LockEntry, ...]
    doubts: tuple[Doubt, ...]


class Record(NamedTuple):
    """What a build makes of one matched question, for the lock."""

    match: Match
    deck: str
    fingerprint: str
    added: int
    modified: int


def guid_for(namespace: str, file: str, title: str, nth: int = 0, clash: int = 0) -> str:
    """Give the guid of a question never seen before: 12 url-safe characters, no number in it.

    `nth` counts equal titles in the file; `clash` counts the guids tried before, for a title whose
    guid went along with a question that was reworded or moved.
    """
    place = unicodedata.normalize("NFC", file)
    return _hash(namespace, place, normalise_title(title), str(nth), str(clash))


def touch(entry: LockEntry | None, fingerprint: str, now: int) -> tuple[int, int]:
    """Give the times `(added, modified)` of a note; `now` in whole seconds.

    Anki updates a note only if its modified time is newer, in whole seconds: a changed note moves
    by at least one, and never goes back. A question that returns counts as changed, because the
    learner's note has become a tombstone in between.
    """
    if entry is None:
        return now, now
    if entry.fingerprint == fingerprint and entry.removed is None:
        return entry.added, entry.modified
    return entry.added, max(now, entry.modified + 1)


def match(
    lock: Lock | None,
    candidates: Sequence[Candidate],
    *,
    namespace: str,
    decide: Decide | None = None,
) -> Matching:
    """Find the guid of every candidate.

    Without `decide`, doubts take their default and are reported all the same. An answer needs no
    record of its own: the lock of the build holds what it led to, so it is not asked again.
    """
    entries = lock.entries if lock else ()
    taken = {entry.guid for entry in entries}
    matches: dict[int, Match] = {}
    kept: set[str] = set()
    doubts: list[Doubt] = []
    for is_cloze in (False, True):  # Anki never makes a note of the one type one of the other
        own = [entry for entry in entries if entry.is_cloze is is_cloze]
        places = [at for at, one in enumerate(candidates) if one.is_cloze is is_cloze]
        asked = [candidates[at] for at in places]
        matcher = Matcher(own, asked, decide, is_ordered=bool(lock and lock.is_ordered))
        if own or places:
            matcher.run()
        matches |= {at: _match(matcher, new, namespace, taken) for new, at in enumerate(places)}
        kept |= {own[old].guid for old in matcher.taken}
        doubts += matcher.doubts
    removed = (one for one in entries if one.removed is None and one.guid not in kept)
    return Matching(tuple(matches[at] for at in sorted(matches)), tuple(removed), tuple(doubts))


def _match(matcher: Matcher, new: int, namespace: str, taken: set[str]) -> Match:
    """The match of one candidate; a guid that it is the first to have is added to those taken."""
    candidate, item = matcher.candidates[new], matcher.news[new]
    if new not in matcher.found:
        guid = _new_guid(namespace, item, taken, is_cloze=candidate.is_cloze)
        taken.add(guid)
        return Match(candidate, guid, None, item.nth)
    old, _ = matcher.found[new]
    entry = matcher.entries[old]
    return Match(candidate, entry.guid, entry, item.nth)


def _new_guid(namespace: str, item: Item, taken: set[str], *, is_cloze: bool) -> str:
    space = ("cloze", namespace) if is_cloze else (namespace,)
    clash = 0
    while True:
        if item.mark:
            guid = _hash(*space, "id", item.mark, str(clash))
        elif is_cloze:
            guid = _hash(*space, guid_for(namespace, item.file, item.title, item.nth, clash))
        else:
            guid = guid_for(namespace, item.file, item.title, item.nth, clash)
        if guid not in taken:
            return guid
        clash += 1


def _hash(*parts: str) -> str:
    digest = blake2b("\0".join(parts).encode(), digest_size=9).digest()
    return urlsafe_b64encode(digest).decode("ascii")


def update(
    lock: Lock | None,
    matching: Matching,
    records: Sequence[Record],
    *,
    namespace: str,
    note_type: tuple[str, int],
    now: int,
    packed: Mapping[str, str] | None = None,
) -> Lock:
    """Make the lock of this build from its `records`, one for each match.

    `packed` holds `lock.pack_note` of the last known note of removed questions, by guid. A question
    found gone is kept as removed, with a newer modified time: its tombstone must reach learners.
    It ships for KEEP_TOMBSTONES; what stays then is the entry, for a question that comes back.
    """
    live = [_entry(record) for record in records]
    alive = {entry.guid for entry in live}
    gone = {entry.guid for entry in matching.removed}
    notes = packed or {}
    rest = [
        _bury(entry, now, notes.get(entry.guid)) if entry.guid in gone else _aged(entry, now)
        for entry in (lock.entries if lock else ())
        if entry.guid not in alive
    ]
    return Lock(namespace, note_type, sorted_entries([*live, *rest]))


def _entry(record: Record) -> LockEntry:
    found = record.match
    new, old = found.candidate, found.entry
    if old and _is_unchanged(old, record):
        return old
    return LockEntry(
        guid=found.guid,
        file=new.file,
        number=new.number,
        title=new.title,
        deck=record.deck,
        fingerprint=record.fingerprint,
        modified=record.modified,
        added=record.added,
        sketch=new.sketch,
        nth=found.nth,
        marked_id=new.marked_id,
        is_cloze=new.is_cloze,
    )


def _is_unchanged(old: LockEntry, record: Record) -> bool:
    """Whether the entry of a question is the same: most are, and need not be written anew."""
    found = record.match
    new = found.candidate
    return (
        (old.file, old.number, old.title, old.deck, old.fingerprint)
        == (new.file, new.number, new.title, record.deck, record.fingerprint)
        and (old.modified, old.added) == (record.modified, record.added)
        and (old.sketch, old.nth, old.marked_id) == (new.sketch, found.nth, new.marked_id)
        and (old.removed, old.tombstone) == (None, None)
    )


def _bury(entry: LockEntry, now: int, packed: str | None) -> LockEntry:
    modified = max(now, entry.modified + 1)
    return replace(entry, removed=now, modified=modified, tombstone=packed)


def _aged(entry: LockEntry, now: int) -> LockEntry:
    """An entry without its tombstone, once that has been shipped long enough."""
    if entry.tombstone is None or entry.removed is None or now - entry.removed <= KEEP_TOMBSTONES:
        return entry
    return replace(entry, tombstone=None)


def changes(matching: Matching, records: Sequence[Record]) -> list[Change]:
    """List what happened since the last build, by place; a question can have several changes."""
    found = [
        change
        for record in records
        if not (record.match.entry and _is_unchanged(record.match.entry, record))
        for change in _changes(record)
    ]
    found += [
        Change(ChangeKind.REMOVED, Location(e.file), e.guid, e.title, e.number, e.deck)
        for e in matching.removed
    ]
    kinds = list(ChangeKind)
    return sorted(found, key=lambda one: (one.location, kinds.index(one.kind), one.guid))


def _changes(record: Record) -> Iterator[Change]:
    found = record.match
    new, old = found.candidate, found.entry
    base = Change(ChangeKind.ADDED, Location(new.file, new.line), found.guid, new.title)
    if old is None:
        yield base
        return
    if old.removed is not None:
        yield base._replace(kind=ChangeKind.RETURNED)
    deck = old.deck or record.deck  # a deck that is not known has not changed
    moved = old.file != new.file or deck != record.deck
    if moved:
        before = old.file if old.file != new.file else deck
        # Anki never moves a card that is there: only a changed deck needs the learner's hand.
        decks = (deck, record.deck) if deck != record.deck else (None, None)
        yield base._replace(
            kind=ChangeKind.MOVED, before=before, old_deck=decks[0], new_deck=decks[1]
        )
    if old.title != new.title:
        yield base._replace(kind=ChangeKind.REWORDED, before=old.title)
    elif old.removed is None and (
        # A move alone changes topic and tags.
        old.sketch != new.sketch if moved else old.fingerprint != record.fingerprint
    ):
        yield base._replace(kind=ChangeKind.UPDATED)
    if old.number != new.number:
        yield base._replace(kind=ChangeKind.RENUMBERED, before=old.number)
