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
changed, all files at once. A guid on another question is worse than a lost one (the learner would
see a new question as long known), so what is not likely enough counts as new.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise
from math import log
from struct import pack, unpack

from ankify.lock import Lock, LockEntry, sorted_entries
from ankify.model import Change, ChangeKind, Location

# Above KEEP a pair is the same question; between DOUBT and KEEP it is asked about, or taken as new.
KEEP, DOUBT = 0.75, 0.6
SURE = 0.9  # pairs so sure tell which file became which
MARGIN = 0.05  # two choices as near as this are reported
BINS = 24  # of a sketch, two bytes each
ENOUGH = 8  # shingles of an answer that say something: "Yes." says nothing
CROWD = 32  # more questions than this that share a feature are not all compared
NOT_WORD = re.compile(r"[^\w+#]+|_")  # "C++ vs. C#?" -> "c++vsc#"
TOKEN = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]|[^\W_\u2e80-\u9fff\uac00-\ud7af]+[+#]*"
)
DIGITS = re.compile(r"[\d一二三四五六七八九十百]+")  # "第12题", "第十二题"
SERIAL = 10  # letters of a title like "Question 7", at most
TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Candidate:
    """A question as it stands in the notes now; `text` is the plain text of its stem and answer."""

    file: str
    line: int
    number: str | None
    title: str
    text: str
    marked_id: str | None = None


class MatchKind(StrEnum):
    """How a question was recognised, in rising order of doubt."""

    MARKED = "marked"
    SAME = "same"
    MOVED = "moved"
    REWORDED = "reworded"
    REWRITTEN = "rewritten"
    RETURNED = "returned"
    NEW = "new"


@dataclass(frozen=True)
class Match:
    """The guid of a candidate, and the entry it continues (None: never seen before).

    `nth` counts the candidates of the file with the same title; `sure` is 0 - 1.
    """

    candidate: Candidate
    guid: str
    entry: LockEntry | None
    kind: MatchKind
    sure: float
    nth: int
    sketch: str


@dataclass(frozen=True)
class Doubt:
    """A question of the lock and the candidates that may continue it, the likeliest first.

    `sure` has one figure for each candidate. `chosen` is the one that was taken, None if none was.
    """

    entry: LockEntry
    candidates: tuple[Candidate, ...]
    sure: tuple[float, ...]
    chosen: Candidate | None


# Asked once for each doubt (`chosen` is the default): the candidate that continues the entry.
Decide = Callable[[Doubt], Candidate | None]


@dataclass(frozen=True)
class Matching:
    """All candidates with their guids, the entries now found gone, and the doubts."""

    matches: tuple[Match, ...]
    removed: tuple[LockEntry, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True)
class Record:
    """What a build makes of one question, for the lock."""

    deck: str
    fingerprint: str
    added: int
    modified: int


def normalise_title(title: str) -> str:
    """Reduce a title to its letters and digits. First-time guids depend on it: never change it."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    return NOT_WORD.sub("", folded) or "".join(folded.split())


def guid_for(namespace: str, file: str, title: str, nth: int = 0, clash: int = 0) -> str:
    """Give the guid of a question never seen before: 12 url-safe characters, no number in it.

    `nth` counts equal titles in the file; `clash` counts the guids tried before, for a title whose
    guid a question took along when it was reworded or moved.
    """
    place = unicodedata.normalize("NFC", file)
    key = "\0".join([namespace, place, normalise_title(title), str(nth), str(clash)])
    return _short(key)


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

    Without `decide`, doubts take their default and are reported all the same.
    """
    entries = lock.entries if lock else ()
    matcher = _Matcher(entries, candidates, decide)
    matcher.run()
    return matcher.result(namespace)


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
    """Make the lock of this build; `records` in the order of `matching.matches`.

    `packed` holds `pack_note` of the last known note of removed questions, by guid. A question
    found gone is kept as removed, with a newer modified time: its tombstone must reach learners.
    """
    live = [_entry(found, record) for found, record in zip(matching.matches, records, strict=True)]
    alive = {entry.guid for entry in live}
    gone = {entry.guid for entry in matching.removed}
    rest = [
        bury(entry, now, (packed or {}).get(entry.guid)) if entry.guid in gone else entry
        for entry in (lock.entries if lock else ())
        if entry.guid not in alive
    ]
    return Lock(namespace, note_type, sorted_entries([*live, *rest]))


def bury(entry: LockEntry, now: int, packed: str | None) -> LockEntry:
    """Mark an entry as removed."""
    return replace(entry, removed=now, modified=max(now, entry.modified + 1), tombstone=packed)


def changes(matching: Matching, records: Sequence[Record]) -> list[Change]:
    """List what happened since the last build, by place; a question can have several changes."""
    found = [
        change
        for one, record in zip(matching.matches, records, strict=True)
        for change in _changes(one, record)
    ]
    found += [
        Change(ChangeKind.REMOVED, Location(e.file), e.guid, e.title, e.number, e.deck)
        for e in matching.removed
    ]
    return sorted(found, key=lambda change: (change.location, list(ChangeKind).index(change.kind)))


def _changes(found: Match, record: Record) -> Iterable[Change]:
    new, old = found.candidate, found.entry

    def change(kind: ChangeKind, before: str | None = None, *, decks: bool = False) -> Change:
        old_deck = old.deck if old and decks else None
        place = Location(new.file, new.line)
        new_deck = record.deck if decks else None
        return Change(kind, place, found.guid, new.title, before, old_deck, new_deck)

    if old is None:
        yield change(ChangeKind.ADDED)
        return
    if old.removed is not None:
        yield change(ChangeKind.RETURNED)
    if old.file != new.file or old.deck != record.deck:
        before = old.file if old.file != new.file else old.deck
        yield change(ChangeKind.MOVED, before, decks=old.deck != record.deck)
    if old.title != new.title:
        yield change(ChangeKind.REWORDED, old.title)
    elif old.fingerprint != record.fingerprint and old.removed is None:
        yield change(ChangeKind.UPDATED)
    if old.number != new.number:
        yield change(ChangeKind.RENUMBERED, old.number)


def sketch(text: str) -> str:
    """Sketch a text in 72 characters, enough to tell how much of it another text shares.

    One-permutation min-hashing (Li, Owen and Zhang 2012): the pairs of neighbouring words (or CJK
    characters) are hashed into 24 bins, each keeps 16 bits of its least hash. In front stand a
    checksum of the whole text and the number of different pairs.
    """
    tokens = TOKEN.findall(text.casefold())
    pairs = set(zip(tokens, tokens[1:] or tokens, strict=False))
    least = [0] * BINS
    for first, second in pairs:
        mixed = zlib.crc32(f"{first} {second}".encode()) * 0x9E3779B97F4A7C15 >> 16 & 0xFFFFFFFFFFFF
        place, value = mixed % BINS, mixed // BINS
        if not least[place] or value < least[place]:
            least[place] = value
    bins = [value and ((value & 0xFFFF) or 1) for value in least]
    data = pack(f">IH{BINS}H", _checksum(text), min(len(pairs), 0xFFFF), *bins)
    return urlsafe_b64encode(data).decode("ascii")


class _Item:
    """One question of either side, as the matcher compares it."""

    def __init__(
        self, file: str, number: str | None, title: str, mark: str | None, *, text: str, known: str
    ) -> None:
        self.file = file
        self.number = number
        self.title = normalise_title(title)
        self.raw_title = title
        self.mark = mark
        self.text = text
        self.checksum = _checksum(text) if not known else unpack(">I", _decode(known)[:4])[0]
        self.sketch = known  # empty until it is needed: hashing a text takes a while
        self.nth = 0
        self.alive = True

    @cached_property
    def bins(self) -> tuple[int, ...]:
        self.sketch = self.sketch or sketch(self.text)
        values: tuple[int, ...] = unpack(f">{BINS}H", _decode(self.sketch)[6:])
        return values

    @cached_property
    def size(self) -> int:
        self.sketch = self.sketch or sketch(self.text)
        return int(unpack(">H", _decode(self.sketch)[4:6])[0])

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(_words(self.raw_title))

    def features(self) -> Iterable[object]:
        """What another version of the question probably shares."""
        yield self.title
        yield self.file, self.title
        yield from self.words
        yield from ((place, value) for place, value in enumerate(self.bins) if value)


class _Matcher:
    """Pairs entries with candidates, the surest first."""

    def __init__(
        self, entries: Sequence[LockEntry], candidates: Sequence[Candidate], decide: Decide | None
    ) -> None:
        self.entries, self.candidates, self.decide = entries, candidates, decide
        self.olds = [_old_item(entry) for entry in entries]
        self.news = [_new_item(candidate) for candidate in candidates]
        repeated = Counter(item.mark for item in self.news)
        for item in self.news:
            if repeated[item.mark] > 1:  # a copied mark says nothing
                item.mark = None
        self.titles = Counter((i.file, i.title) for i in self.olds if i.alive)
        self.new_titles: Counter[tuple[str, str]] = Counter()
        for item in self.news:
            item.nth = self.new_titles[item.file, item.title]
            self.new_titles[item.file, item.title] += 1
        self.shapes = Counter((file, _shape(title)) for file, title in self.new_titles)
        self.found: dict[int, tuple[int, float, MatchKind | None]] = {}
        self.taken: set[int] = set()
        self.refused: set[int] = set()
        self.doubts: list[Doubt] = []

    def run(self) -> None:
        self.by_mark()
        self.identical(lambda item: (item.file, item.title, item.checksum), least=0)
        self.identical(lambda item: (item.title, item.checksum), least=ENOUGH)
        if len(self.taken) < len(self.olds) and len(self.found) < len(self.news):
            self.weigh()
            for least in (SURE, KEEP):
                self.compare(least)

    def take(self, old: int, new: int, sure: float, kind: MatchKind | None = None) -> None:
        self.found[new] = (old, sure, kind)
        self.taken.add(old)

    def by_mark(self) -> None:
        known: dict[str, int] = {}
        for index, entry in enumerate(self.entries):
            known[entry.guid] = index
        known |= {item.mark: index for index, item in enumerate(self.olds) if item.mark}
        for new, item in enumerate(self.news):
            old = known.get(item.mark) if item.mark else None
            if old is not None and old not in self.taken:
                self.take(old, new, 1.0, MatchKind.MARKED)

    def identical(self, key: Callable[[_Item], object], least: int) -> None:
        waiting: dict[object, list[int]] = defaultdict(list)
        for old, item in enumerate(self.olds):
            if old not in self.taken and item.alive and (not least or item.size >= least):
                waiting[key(item)].append(old)
        for group in waiting.values():
            group.sort(key=lambda old: _order(self.olds[old]), reverse=True)
        for new, item in enumerate(self.news):
            group = waiting.get(key(item), []) if new not in self.found else []
            if group and _fits(self.olds[group[-1]], item):
                self.take(group.pop(), new, 1.0)

    def weigh(self) -> None:
        """Learn how telling the words and the shared bits of answers are."""
        self.left = [item for new, item in enumerate(self.news) if new not in self.found]
        wanted = {(p, v) for item in self.left for p, v in enumerate(item.bins) if v}
        self.spread = Counter(
            pair
            for item in self.olds
            if item.alive
            for pair in enumerate(item.bins)
            if pair in wanted
        )
        self.common = Counter(word for item in [*self.olds, *self.left] for word in item.words)
        self.total = len(self.olds) + len(self.left)

    def compare(self, least: float) -> None:
        """Take all pairs of at least this score, the best of all files first."""
        self.went = Counter(
            (self.olds[o].file, self.news[n].file) for n, (o, *_) in self.found.items()
        )
        self.left_file = Counter(self.olds[old].file for old in self.taken)
        scored = [
            (score, old, new)
            for old, new in self.likely()
            if (score := self.score(old, new)) >= (DOUBT if least == KEEP else least)
        ]
        scored.sort(key=lambda row: (-row[0], *self.tie(row[1], row[2])))
        rivals: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for score, old, new in scored:
            rivals[old].append((score, new))
        for score, old, new in scored:
            if old in self.taken or old in self.refused or new in self.found:
                continue
            near = [
                (other, rival)
                for other, rival in rivals[old]
                if rival != new and rival not in self.found and other >= score - MARGIN
            ]
            self.settle(old, [(score, new), *near[:1]])

    def settle(self, old: int, choices: list[tuple[float, int]]) -> None:
        score, new = choices[0]
        chosen: int | None = new if score >= KEEP else None
        if chosen is None or len(choices) > 1:
            options = tuple(self.candidates[index] for _, index in choices)
            sure = tuple(min(1.0, round(value, 2)) for value, _ in choices)
            default = None if chosen is None else options[0]
            doubt = Doubt(self.entries[old], options, sure, default)
            if self.decide:
                answer = self.decide(doubt)
                doubt = replace(doubt, chosen=answer)
                index = options.index(answer) if answer else None
                score, chosen = choices[index] if index is not None else (0.0, None)
            self.doubts.append(doubt)
        if chosen is None:
            self.refused.add(old)
        else:
            self.take(old, chosen, min(1.0, score))

    def likely(self) -> list[tuple[int, int]]:
        """List the pairs that share something few others have: never all with all."""
        index: dict[object, list[int]] = defaultdict(list)
        for old, item in enumerate(self.olds):
            if old not in self.taken and old not in self.refused:
                for feature in item.features():
                    index[feature].append(old)
        pairs: set[tuple[int, int]] = set()
        for new, item in enumerate(self.news):
            if new not in self.found:
                for feature in item.features():
                    group = index.get(feature, ())
                    if len(group) <= CROWD:
                        pairs.update((old, new) for old in group)
        return sorted(pairs)

    def score(self, old: int, new: int) -> float:
        """How likely the two are one question: about 0 - 1.75, see KEEP and DOUBT."""
        a, b = self.olds[old], self.news[new]
        if not _fits(a, b):
            return 0.0
        return self.answers(a, b) + 0.55 * self.title_likeness(a, b) + 0.2 * self.place(a, b)

    def answers(self, a: _Item, b: _Item) -> float:
        """How much of the shorter answer is in the other, 0 - 1; less for what others have too."""
        same = [(p, v) for p, (v, w) in enumerate(zip(a.bins, b.bins, strict=True)) if v and v == w]
        either = sum(1 for v, w in zip(a.bins, b.bins, strict=True) if v or w)
        if not same:
            return 0.0
        share = sum(1 / max(1, self.spread[pair]) for pair in same) / either
        less = min(a.size, b.size)
        contained = min(1.0, share * (a.size + b.size) / (1 + share) / less)
        return max(share, 0.8 * contained if len(same) > 2 else 0.0) * min(1.0, less / ENOUGH)

    def title_likeness(self, a: _Item, b: _Item) -> float:
        """How much of both titles is shared, 0 - 1; rare words count more than common ones."""
        if a.title == b.title:
            numbers = self.shapes[b.file, _shape(b.title)] > 1 and len(_shape(b.title)) <= SERIAL
            before, after = self.titles[a.file, a.title], self.new_titles[b.file, b.title]
            repeated = max(before, after) > 1 and (a.nth != b.nth or before != after)
            return 0.5 if numbers or repeated or not b.title else 1.0
        both = sum(self.telling(word) for word in a.words & b.words)
        every = sum(self.telling(word) for words in (a.words, b.words) for word in words)
        return 2 * both / every if every else 0.0

    def telling(self, word: str) -> float:
        return log(1 + self.total / self.common[word])

    def place(self, a: _Item, b: _Item) -> float:
        """How much the new place is the old one: the same file, or where its questions went."""
        stayed = self.went[a.file, b.file]
        if a.file == b.file:
            return 1.0 if stayed or not self.left_file[a.file] else 0.0
        return stayed / self.left_file[a.file] if stayed else 0.0

    def tie(self, old: int, new: int) -> tuple[object, ...]:
        a, b = self.olds[old], self.news[new]
        return (not a.alive, a.file != b.file, a.number != b.number, a.nth != b.nth, old, new)

    def result(self, namespace: str) -> Matching:
        guids = {entry.guid for entry in self.entries}
        matches = []
        for new, candidate in enumerate(self.candidates):
            item = self.news[new]
            if new in self.found:
                old, sure, kind = self.found[new]
                entry = self.entries[old]
                how = kind or _kind(self.olds[old], item)
                known = entry.sketch if self.olds[old].checksum == item.checksum else ""
                found = Match(candidate, entry.guid, entry, how, sure, item.nth, known)
            else:
                guid = self.new_guid(namespace, item, guids)
                guids.add(guid)
                found = Match(candidate, guid, None, MatchKind.NEW, 1.0, item.nth, item.sketch)
            matches.append(replace(found, sketch=found.sketch or item.sketch or sketch(item.text)))
        removed = [
            entry
            for old, entry in enumerate(self.entries)
            if entry.removed is None and old not in self.taken
        ]
        return Matching(tuple(matches), tuple(removed), tuple(self.doubts))

    def new_guid(self, namespace: str, item: _Item, taken: set[str]) -> str:
        clash = 0
        while True:
            if item.mark:
                guid = _short("\0".join([namespace, "id", item.mark, str(clash)]))
            else:
                guid = guid_for(namespace, item.file, item.title, item.nth, clash)
            if guid not in taken:
                return guid
            clash += 1


def _old_item(entry: LockEntry) -> _Item:
    item = _Item(
        entry.file, entry.number, entry.title, entry.marked_id, text="", known=entry.sketch
    )
    item.nth = entry.nth
    item.alive = entry.removed is None
    return item


def _new_item(new: Candidate) -> _Item:
    return _Item(new.file, new.number, new.title, new.marked_id, text=new.text, known="")


def _fits(a: _Item, b: _Item) -> bool:
    """Two different marks are two questions, whatever they look like."""
    return not (a.mark and b.mark and a.mark != b.mark)


def _order(item: _Item) -> tuple[object, ...]:
    return item.file, item.nth


def _kind(old: _Item, new: _Item) -> MatchKind:
    if not old.alive:
        return MatchKind.RETURNED
    if old.file != new.file:
        return MatchKind.MOVED
    if old.checksum != new.checksum and old.size >= ENOUGH and old.bins != new.bins:
        shared = sum(1 for v, w in zip(old.bins, new.bins, strict=True) if v == w)
        if shared < BINS // 4:
            return MatchKind.REWRITTEN
    return MatchKind.SAME if old.title == new.title else MatchKind.REWORDED


def _shape(title: str) -> str:
    """A title without its digits: "question7" and "question8" are of one shape."""
    return DIGITS.sub("", title)


def _words(title: str) -> list[str]:
    """The words of a title, and the pairs of CJK characters: "LoRA是什么" -> lora, 是什, 什么."""
    tokens = TOKEN.findall(unicodedata.normalize("NFKC", title).casefold())
    cjk = [a + b for a, b in pairwise(tokens) if _is_cjk(a) and _is_cjk(b)]
    return [token for token in tokens if not _is_cjk(token)] + (cjk or tokens)


def _is_cjk(token: str) -> bool:
    return len(token) == 1 and token >= "\u2e80"


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text)


def _checksum(text: str) -> int:
    return zlib.crc32(text.encode())


def _short(key: str) -> str:
    return urlsafe_b64encode(blake2b(key.encode(), digest_size=9).digest()).decode("ascii")


def _entry(found: Match, record: Record) -> LockEntry:
    new = found.candidate
    return LockEntry(
        found.guid,
        new.file,
        new.number,
        new.title,
        record.deck,
        record.fingerprint,
        record.modified,
        record.added,
        found.sketch,
        found.nth,
        new.marked_id,
    )
