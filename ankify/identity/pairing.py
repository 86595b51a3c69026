"""The state of a match: which entry is which candidate, and which file became which."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache, cached_property

from ankify.identity.items import Item, answer_of, text_of
from ankify.identity.thresholds import PHRASE
from ankify.identity.titles import Titles

Pair = tuple[int, int]  # the positions of an entry and of a candidate


def are_marked_apart(old: Item, new: Item) -> bool:
    """Whether the author's marks say that two items are two questions."""
    return bool(old.mark and new.mark and new.mark not in old.marks)


class Places:
    """Which file became which, as far as questions that are known tell."""

    def __init__(self, olds: Sequence[Item], pairs: Iterable[tuple[Item, Item]]) -> None:
        self.total = Counter(item.file for item in olds if item.is_alive)
        self.went: Counter[tuple[str, str]] = Counter()
        self.left: Counter[str] = Counter()
        self.targets: dict[str, set[str]] = defaultdict(set)
        self.learn(pairs)

    def learn(self, pairs: Iterable[tuple[Item, Item]]) -> None:
        """Count pairs that were found."""
        for old, new in pairs:
            self.went[old.file, new.file] += 1
            self.left[old.file] += 1
            self.targets[old.file].add(new.file)

    def is_gone(self, file: str) -> bool:
        """Whether most of a file's questions went elsewhere, and none stayed: if a file has its
        name, it is another one."""
        return not self.went[file, file] and 2 * self.left[file] > self.total[file]

    def share(self, old: str, new: str) -> float:
        """How much the new place is the old one, 0 - 1: the same file, or where the others went."""
        if old == new:
            return 0.0 if self.is_gone(old) else 1.0
        went = self.went[old, new]
        return went / self.left[old] if went else 0.0

    def of(self, file: str) -> list[str]:
        """The files that a file's questions went to, most of them first."""
        return sorted(self.targets[file], key=lambda new: (-self.went[file, new], new))


class Pairing:
    """Entries and candidates, and which of them are paired."""

    def __init__(self, olds: Sequence[Item], news: Sequence[Item], *, is_ordered: bool) -> None:
        self.olds, self.news, self.is_ordered = olds, news, is_ordered
        self.found: dict[int, int] = {}  # candidate -> entry
        self.taken: dict[int, int] = {}  # entry -> candidate
        self.unsure: list[Pair] = []  # what a reviewer would want to see
        self.places = Places(olds, ())
        self.titles = Titles(olds, news)
        self.phrases = cache(self.find_phrases)

    def take(self, old: int, new: int) -> bool:
        """Pair two that are free, unless their marks say that they are two."""
        if old in self.taken or new in self.found:
            return False
        if are_marked_apart(self.olds[old], self.news[new]):
            return False
        self.found[new], self.taken[old] = old, new
        return True

    def open_olds(self, *, alive: bool = True) -> list[int]:
        """The entries that are not paired; either the removed ones, or those that are not."""
        return [
            at
            for at, item in enumerate(self.olds)
            if item.is_alive is alive and at not in self.taken
        ]

    def open_news(self) -> list[int]:
        """The candidates that are not paired."""
        return [at for at in range(len(self.news)) if at not in self.found]

    def is_done(self) -> bool:
        """Whether one side has no question left."""
        return len(self.found) == len(self.news) or len(self.taken) == len(self.olds)

    def open_by_file(self) -> dict[str, tuple[list[int], list[int]]]:
        """The open entries (not removed) and candidates of each file name."""
        files: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for old in self.open_olds():
            files[self.olds[old].file][0].append(old)
        for new in self.open_news():
            files[self.news[new].file][1].append(new)
        return files

    def open_places(self) -> list[tuple[str, str, list[int], list[int]]]:
        """Each old file and a file that it became, with the open ones of both; its own first."""
        files = self.open_by_file()
        own = [(name, name) for name in sorted(files) if not self.places.is_gone(name)]
        became = [(name, to) for name in sorted(files) for to in self.places.of(name) if to != name]
        return [
            (old, new, files[old][0], files[new][1])
            for old, new in (*own, *became)
            if new in files and files[old][0] and files[new][1]
        ]

    def learn_places(self) -> None:
        """See which file became which from what is paired, and what is alike once on both sides."""
        pairs = [(self.olds[old], self.news[new]) for new, old in self.found.items()]
        known = {old.file for old, _ in pairs}
        olds, news = self.open_olds(), self.open_news()
        agreed = self.alike_once(olds, news, text_of)
        # A file of which nothing is as it was is known by titles or answers alone.
        known |= {self.olds[old].file for old, _ in agreed}
        rest = [old for old in olds if self.olds[old].file not in known]
        for key in (lambda item: item.title, answer_of):
            agreed += self.not_alone(self.alike_once(rest, news, key)) if rest else []
        pairs += [(self.olds[old], self.news[new]) for old, new in agreed]
        self.places = Places(self.olds, pairs)

    def not_alone(self, pairs: list[Pair]) -> list[Pair]:
        """Leave out what alone says that one file became another: it may be a chance."""
        files = [(self.olds[old].file, self.news[new].file) for old, new in pairs]
        count = Counter(files)
        return [pair for pair, both in zip(pairs, files, strict=True) if count[both] > 1]

    def alike_once(
        self,
        olds: Iterable[int],
        news: Iterable[int],
        key: Callable[[Item], Hashable | None],
    ) -> list[Pair]:
        """Pairs with an equal key (not None) that none of the others on either side has."""
        ours: dict[Hashable, list[int]] = defaultdict(list)
        theirs: dict[Hashable, list[int]] = defaultdict(list)
        for positions, items, index in ((olds, self.olds, ours), (news, self.news, theirs)):
            for at in positions:
                value = key(items[at])
                if value is not None:
                    index[value].append(at)
        return [
            (group[0], theirs[value][0])
            for value, group in ours.items()
            if len(group) == 1 and len(theirs.get(value, ())) == 1
        ]

    def is_shared(self, item: Item) -> bool:
        """Whether two questions of one side have the answer of an item, under other titles."""
        return any(len(titles[item.checksum]) > 1 for titles in self.titles_of)

    @cached_property
    def titles_of(self) -> list[dict[bytes, set[str]]]:
        """The titles that each answer has, before and after."""
        sides: list[dict[bytes, set[str]]] = [defaultdict(set), defaultdict(set)]
        for titles, items in zip(sides, (self.olds, self.news), strict=True):
            for item in items:
                if item.is_alive:
                    titles[item.checksum].add(item.title)
        return sides

    def find_phrases(self, old: str, new: str) -> frozenset[int]:
        """The bins that many answers of a file have: a frame of code, "It prints"."""
        found: set[int] = set()
        for items in (self.file_of(True, old), self.file_of(False, new)):
            texts = {item.text: item.bins for item in items}
            common = Counter(one for bins in texts.values() for one in bins)
            found |= {one for one, number in common.items() if number >= PHRASE.value}
        return frozenset(found)

    def file_of(self, old: bool, file: str) -> list[Item]:
        """All items of a file on one side."""
        return (self.titles.olds if old else self.titles.news).get(file, [])
