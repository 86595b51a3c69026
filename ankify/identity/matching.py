"""Which question of the lock is which question of the notes: the best pairs of all files at once.

What is identical is paired first, by dictionary. What is left is compared by answer, title and
place, each with those few it shares something rare with, and taken in falling order of score.
The score is a sum, so strong evidence of one kind makes up for another that is gone: a reworded
title with a like answer, a like title with a rewritten answer, a moved and edited question.

    1.1 x answers shared  +  0.5 x titles shared  +  0.2 x same place

The weights and bounds were set on real edit histories of public notes: of 1,600 questions that
outlived an edit two were lost, none was mistaken for another.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import chain, islice
from math import log
from typing import NamedTuple

from ankify.identity.likeness import (
    normalise_title,
    same_but_for_one_thing,
    title_likeness,
    without_digits,
    words,
)
from ankify.identity.lock import LOCK_NAME, RESTORE, LockEntry
from ankify.model import AnkifyError, Location
from ankify.rendering.sketch import BINS, Sketch, bins_in_columns, read_sketch, unpacked

KEEP = 0.75  # from here on a pair is one question
DOUBT = 0.6  # from here on it may be: it is reported, or asked about
SURE = 0.9  # from here on a pair helps to tell which file became which
MARGIN = 0.05  # two choices as near as this are reported
EQUAL_TITLE = 0.6  # how far an equal title goes before a like one
OTHER = 0.8  # below it, answers are not those of one question about another thing
ENOUGH = 8  # shingles of an answer that say something: "Yes." says nothing
NEAREST = 8  # entries that a candidate is compared with
CROWD = 32  # a feature that more entries share than this is no help in finding them


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question as it stands in the notes now; `sketch` is that of its stem and answer."""

    file: str
    line: int
    number: str | None
    title: str
    sketch: str
    marked_id: str | None = None
    is_cloze: bool = False


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


class Item:
    """One question of either side, as the matcher compares it."""

    def __init__(self, of: LockEntry | Candidate, title: str, mark: str | None) -> None:
        self.file = of.file
        self.number = of.number
        self.raw_title = of.title
        self.title = title
        self.mark = mark
        self.nth = 0
        self.alive = True
        self.sketch = of.sketch
        data = unpacked(of.sketch)
        self.checksum, self.size = data[:4], int.from_bytes(data[4:6], "big")

    @cached_property
    def answer(self) -> Sketch:
        """The sketch, read."""
        return read_sketch(self.sketch)

    @cached_property
    def bins(self) -> frozenset[int]:
        """The bins of the sketch, each with its place."""
        return frozenset(_bin(place, value) for place, value in enumerate(self.answer.bins))

    @cached_property
    def features(self) -> tuple[object, ...]:
        """What another version of the question probably has too."""
        bins = sorted(filter(_holds, self.bins))
        return self.title, (self.file, self.title), *sorted(words(self.raw_title)), *bins


def _bin(place: int, value: int) -> int:
    """Give a value of a bin together with its place."""
    return place << 16 | value


def _holds(one: int) -> int:
    """Whether a bin is not empty."""
    return one & 0xFFFF


Normalise = Callable[[str], str]


def old_items(entries: Sequence[LockEntry], normalise: Normalise) -> list[Item]:
    """Make the items of the lock."""
    items = []
    for entry in entries:
        try:
            item = Item(entry, normalise(entry.title), entry.marked_id)
        except ValueError as error:
            message = f"the lock is damaged: the sketch of {entry.title!r} cannot be read"
            raise AnkifyError(message, Location(LOCK_NAME), RESTORE) from error
        item.nth, item.alive = entry.nth, entry.removed is None
        items.append(item)
    return items


def new_items(candidates: Sequence[Candidate], normalise: Normalise) -> list[Item]:
    """Make the items of the notes as they are now."""
    marks = Counter(candidate.marked_id for candidate in candidates if candidate.marked_id)
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    items = []
    for new in candidates:
        # A mark that was copied along with its question says nothing.
        mark = new.marked_id if new.marked_id and marks[new.marked_id] == 1 else None
        item = Item(new, normalise(new.title), mark)
        titles = seen[item.file]
        item.nth = titles[item.title]
        titles[item.title] += 1
        items.append(item)
    return items


class Counts(NamedTuple):
    """How often a file has each title, and each gist of one."""

    titles: Counter[str]
    gists: Counter[frozenset[str]]


class Evidence:
    """What speaks for two items being one question, weighed by how common it is in these notes."""

    def __init__(self, olds: Sequence[Item], news: Sequence[Item], left: Sequence[Item]) -> None:
        alive = [item for item in olds if item.alive]
        self.spread = _spread(alive, left)
        self.by_chance = len(alive) / 0xFFFF  # 16 bits of a hash are often the same in 100,000
        self.words = cache(words)  # of titles, most of which are on both sides
        titles = (item.raw_title for item in (*olds, *left))
        self.common = Counter(chain.from_iterable(map(self.words, titles)))
        self.total = len(olds) + len(left)
        self.weights = {word: log(1 + self.total / n) for word, n in self.common.items()}
        self.known: dict[str, frozenset[str]] = {}
        self.old_files, self.new_files = _by_file(alive), _by_file(news)
        self.counted: dict[tuple[bool, str], Counts] = {}
        self.old_titles = Counter(item.title for item in alive)
        self.new_titles = Counter(item.title for item in news)
        self.bare = cache(_bare)
        self.bare_counted = cache(self.count_bare)
        self.went: Counter[tuple[str, str]] = Counter()
        self.left: Counter[str] = Counter()
        self.stayed: dict[tuple[str, str, int], tuple[str, str, int]] = {}
        self.likenesses: dict[tuple[Item, Item], tuple[float, float]] = {}

    def learn_places(self, pairs: Iterable[tuple[Item, Item]]) -> None:
        """See from pairs that were found which file became which, and what kept its order."""
        for old, new in pairs:
            self.went[old.file, new.file] += 1
            self.left[old.file] += 1
            self.stayed[old.file, old.title, old.nth] = new.file, new.title, new.nth

    def score(self, old: Item, new: Item, least: float) -> float:
        """How likely the two are one question: 0 - 1.8, see KEEP and DOUBT; 0 if below `least`."""
        if (old.mark and new.mark and old.mark != new.mark) or self.both_stay(old, new):
            return 0.0
        if (old, new) not in self.likenesses:
            self.likenesses[old, new] = self.answers_shared(old, new), self.titles_alike(old, new)
        answers, alike = self.likenesses[old, new]
        if alike < 1 and 1.1 * answers + 0.5 * alike + 0.2 < least:
            return 0.0
        titles, place = alike and alike * self.worth(old, new, alike), self.place(old, new)
        score = 1.1 * answers + 0.5 * titles + 0.2 * place
        same_answer = new.size > 0 and old.checksum == new.checksum
        if titles == place == 1.0 and (old.title == new.title or same_answer):
            # Only the answer speaks against an equal title in its old place: that is an edit.
            score = max(score, SURE)
        elif score >= KEEP and answers < OTHER and not same_answer and _other_thing(old, new):
            score = KEEP - 0.01
        return score if score >= least else 0.0

    def both_stay(self, old: Item, new: Item) -> bool:
        """Whether both titles are asked as before, each once: then neither became the other."""
        if old.title == new.title or not old.alive:
            return False
        asked = [self.old_titles[old.title], self.new_titles[old.title]]
        asked += [self.old_titles[new.title], self.new_titles[new.title]]
        numbered = self.bare(old.raw_title) == self.bare(
            new.raw_title
        )  # "Question 7", "Question 8"
        return asked == [1] * 4 and not numbered and self.tells(old, new)

    def answers_shared(self, old: Item, new: Item) -> float:
        """How much the answers share (Dice), 0 - 1; what other answers have too counts less."""
        same = old.bins & new.bins
        held = sorted(filter(_holds, same))
        if not held:
            return 0.0
        shared = sum(1 / max(1.0, self.spread[one] - self.by_chance) for one in held)
        share = shared / (BINS - len(same) + len(held))
        enough = min(1.0, old.answer.size / ENOUGH, new.answer.size / ENOUGH)
        return enough * 2 * share / (1 + share)

    def titles_alike(self, old: Item, new: Item) -> float:
        """How much the titles share, 0 - 1; rare words count more than common ones."""
        if old.title == new.title:
            return 1.0
        ours, theirs = self.words(old.raw_title), self.words(new.raw_title)
        return title_likeness(ours, theirs, self.weights.__getitem__)

    def worth(self, old: Item, new: Item, alike: float) -> float:
        """What titles so much alike can tell, 0 - 1: little where the file repeats them."""
        ours, theirs = self.count(True, old.file), self.count(False, new.file)
        if max(ours.gists[self.gist(old)], theirs.gists[self.gist(new)]) == 1:
            return 1.0
        if alike > 0.999 and self.tells(old, new):
            return 1.0
        if old.title != new.title:
            return 0.15
        # Order tells repeated titles apart: all of them, as long as none came or went, else
        # those whose neighbours with that title are still their neighbours.
        before, after = ours.titles[old.title], theirs.titles[new.title]
        if (old.nth, before) == (new.nth, after):
            return 0.6
        beside = sum(
            self.stayed.get((old.file, old.title, old.nth + step))
            == (new.file, new.title, new.nth + step)
            for step in (-1, 1)
        )
        return (0.15, 0.4, 0.6)[beside]

    def tells(self, old: Item, new: Item) -> bool:
        """Whether neither file has the title a second time, or with another number."""
        mine, its = self.bare(old.raw_title), self.bare(new.raw_title)
        if not mine or not its:
            return False
        return (
            self.bare_counted(True, old.file)[mine] == self.bare_counted(False, new.file)[its] == 1
        )

    def count_bare(self, old: bool, file: str) -> Counter[frozenset[str]]:
        """How often a file has each title without its numbers."""
        items = (self.old_files if old else self.new_files).get(file, ())
        return Counter(self.bare(item.raw_title) for item in items)

    def count(self, old: bool, file: str) -> Counts:
        """How often a file has each title, in all its forms."""
        if (old, file) not in self.counted:
            items = (self.old_files if old else self.new_files).get(file, ())
            self.counted[old, file] = Counts(
                Counter(item.title for item in items),
                Counter(map(self.gist, items)),
            )
        return self.counted[old, file]

    def gist(self, item: Item) -> frozenset[str]:
        """The words of a title that not many others have: what is left is what it asks."""
        known = self.known.get(item.raw_title)
        if known is None:
            many = max(4, self.total / 8)
            plain = self.words(without_digits(item.raw_title))
            known = frozenset(word for word in plain if self.common[word] <= many)
            self.known[item.raw_title] = known
        return known

    def place(self, old: Item, new: Item) -> float:
        """How much the new place is the old one, 0 - 1: the same file, or where the others went."""
        went = self.went[old.file, new.file]
        if old.file == new.file:
            gone = not went and 2 * self.left[old.file] > len(self.old_files.get(old.file, ()))
            return 0.0 if gone else 1.0  # most of its questions went: another file has its name
        return went / self.left[old.file] if went else 0.0


def _other_thing(old: Item, new: Item) -> bool:
    """Whether the titles ask the same of two things: "What is Flask?", "What is Svelte?"."""
    return old.title != new.title and same_but_for_one_thing(old.raw_title, new.raw_title)


def _bare(title: str) -> frozenset[str]:
    """The words of a title without its numbers: none of "Question 7" but one."""
    return frozenset(word for word in words(without_digits(title)) if len(word) > 1)


def _spread(olds: Sequence[Item], news: Sequence[Item]) -> Counter[int]:
    """How many of the one side have each bin of the other."""
    columns = zip(
        bins_in_columns(unpacked(item.sketch) for item in olds),
        map(set, bins_in_columns(unpacked(item.sketch) for item in news)),
        strict=True,
    )
    return Counter(
        {
            _bin(place, value): number
            for place, (values, wanted) in enumerate(columns)
            for value, number in Counter(filter(wanted.__contains__, values)).items()
        }
    )


def _by_text(items: Iterable[tuple[int, Item]]) -> dict[tuple[str, bytes], list[int]]:
    """The positions of items by title and answer, if they have one."""
    found: dict[tuple[str, bytes], list[int]] = defaultdict(list)
    for at, item in items:
        if item.size:
            found[item.title, item.checksum].append(at)
    return found


def _by_file(items: Sequence[Item]) -> dict[str, list[Item]]:
    files: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        files[item.file].append(item)
    return files


class Matcher:
    """Pairs entries with candidates, the surest first; `found` is candidate -> (entry, sure)."""

    def __init__(
        self, entries: Sequence[LockEntry], candidates: Sequence[Candidate], decide: Decide | None
    ) -> None:
        self.entries, self.candidates, self.decide = entries, candidates, decide
        normalise = cache(normalise_title)  # most titles are those of the last build
        self.olds = old_items(entries, normalise)
        self.news = new_items(candidates, normalise)
        self.found: dict[int, tuple[int, float]] = {}
        self.taken: set[int] = set()
        self.refused: set[int] = set()
        self.learnt = 0  # so many of the pairs found
        self.doubts: list[Doubt] = []

    def run(self) -> None:
        """Pair all that can be paired."""
        self.pair_marked()
        self.pair_identical(lambda item: (item.file, item.title, item.checksum), least=0)
        self.pair_identical(lambda item: (item.title, item.checksum), least=ENOUGH)
        self.pair_only()
        left = [item for new, item in enumerate(self.news) if new not in self.found]
        if left and len(self.taken) < len(self.olds):
            evidence = Evidence(self.olds, self.news, left)
            for least in (SURE, KEEP, KEEP, DOUBT):  # each round learns from the pairs before
                if len(self.found) < len(self.news):
                    self.pair_alike(evidence, least)

    def take(self, old: int, new: int, sure: float) -> None:
        """Keep a pair: both are out of the search."""
        self.found[new] = (old, min(1.0, sure))
        self.taken.add(old)

    def pair_marked(self) -> None:
        """Pair by the author's own mark; the guid of an entry will do for a mark."""
        if not any(item.mark for item in self.news):
            return
        known = {entry.guid: old for old, entry in enumerate(self.entries)}
        known |= {item.mark: old for old, item in enumerate(self.olds) if item.mark}
        for new, item in enumerate(self.news):
            old = known.get(item.mark) if item.mark else None
            if old is not None and old not in self.taken:
                self.take(old, new, 1.0)

    def pair_identical(self, key: Callable[[Item], object], least: int) -> None:
        """Pair what is equal and has an answer of at least so many shingles, in order."""
        waiting: dict[object, list[int]] = defaultdict(list)
        for old, item in enumerate(self.olds):
            if old not in self.taken and item.alive and (not least or item.size >= least):
                waiting[key(item)].append(old)
        for group in waiting.values():
            group.sort(key=lambda old: (self.olds[old].file, self.olds[old].nth), reverse=True)
        for new, item in enumerate(self.news):
            group = [] if new in self.found else waiting.get(key(item), [])
            if group and (not item.mark or not self.olds[group[-1]].mark):
                self.take(group.pop(), new, 1.0)

    def pair_only(self) -> None:
        """Pair what no other question has the title and the answer of, short as it may be."""
        if len(self.taken) == len(self.olds):
            return
        news = _by_text((at, it) for at, it in enumerate(self.news) if at not in self.found)
        for alive in (True, False):
            left = (
                (at, item)
                for at, item in enumerate(self.olds)
                if at not in self.taken and item.alive is alive
            )
            olds = _by_text(left)
            for text, new in news.items():
                if len(new) == len(olds.get(text, ())) == 1 and new[0] not in self.found:
                    [old] = olds[text]
                    if not (self.olds[old].mark and self.news[new[0]].mark):
                        self.take(old, new[0], 1.0)

    def pair_alike(self, evidence: Evidence, least: float) -> None:
        """Pair what scores so much or more, the best of all files first."""
        pairs = islice(self.found.items(), self.learnt, None)
        evidence.learn_places((self.olds[old], self.news[new]) for new, (old, _) in pairs)
        self.learnt = len(self.found)
        scored = []
        for old, new in self.likely():
            score = evidence.score(self.olds[old], self.news[new], least)
            if score:
                scored.append((score, old, new))
        scored.sort(key=lambda row: self.rank(*row))
        choices: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for score, old, new in scored:
            choices[old].append((score, new))
        for score, old, new in scored:
            if old not in self.taken and old not in self.refused and new not in self.found:
                self.settle(old, score, new, choices[old])

    def likely(self) -> list[tuple[int, int]]:
        """List the pairs that share something few others have: never all with all."""
        index: dict[object, list[int]] = defaultdict(list)
        for old, item in enumerate(self.olds):
            if old not in self.taken and old not in self.refused:
                for feature in item.features:
                    index[feature].append(old)
        pairs = []
        for new, item in enumerate(self.news):
            if new not in self.found:
                groups = [index[feature] for feature in item.features if feature in index]
                small = [group for group in groups if len(group) <= CROWD]
                votes = Counter(chain.from_iterable(small))
                pairs += [(old, new) for old, _ in votes.most_common(NEAREST)]
        return pairs

    def rank(self, score: float, old: int, new: int) -> tuple[object, ...]:
        """Order pairs: the better score; an equal title before a like one, the old place first."""
        a, b = self.olds[old], self.news[new]
        best = score + EQUAL_TITLE * (a.title == b.title)
        order = (not a.alive, a.file != b.file, a.number != b.number, a.nth != b.nth)
        return -best, *order, old, new

    def settle(self, old: int, score: float, new: int, choices: list[tuple[float, int]]) -> None:
        """Take the best pair of an entry, or leave it; report it or ask where that is not plain."""
        near = [
            (other, rival)
            for other, rival in choices
            if rival != new and rival not in self.found and other >= score - MARGIN
        ]
        chosen: int | None = new if score >= KEEP else None
        if chosen is None or near:
            chosen = self.ask(old, [(score, new), *near[:1]], chosen)
        if chosen is None:
            self.refused.add(old)
        else:
            self.take(old, chosen, {n: s for s, n in choices}[chosen])

    def ask(self, old: int, choices: list[tuple[float, int]], default: int | None) -> int | None:
        """Have a doubt decided, or take its default; keep it for the report."""
        options = tuple(self.candidates[new] for _, new in choices)
        sure = tuple(min(1.0, round(score, 2)) for score, _ in choices)
        chosen = None if default is None else self.candidates[default]
        doubt = Doubt(self.entries[old], options, sure, chosen)
        if self.decide:
            doubt = replace(doubt, chosen=self.decide(doubt))
        self.doubts.append(doubt)
        return None if doubt.chosen is None else choices[options.index(doubt.chosen)][1]
