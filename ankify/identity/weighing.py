"""What is left after the certain rules, weighed: by answer, title and place.

The score is a sum, so strong evidence of one kind makes up for another that is gone: a reworded
title with a like answer, a like title with a rewritten answer, a moved and edited question.

    1.1 x answers shared  +  0.5 x titles shared  +  0.2 x same place
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from math import log
from typing import NamedTuple

from ankify.identity.items import (
    Item,
    bin_of,
    by_file,
    has_equal_answer,
    is_filled,
)
from ankify.identity.likeness import title_likeness, without_digits
from ankify.identity.pairing import Pairing, Places, are_marked_apart
from ankify.identity.thresholds import ENOUGH, KEEP, SURE
from ankify.identity.titles import Relation
from ankify.rendering.sketch import BINS, bins_in_columns, unpacked


class Counts(NamedTuple):
    """How often a file has each title, and each gist of one."""

    titles: Counter[str]
    gists: Counter[frozenset[str]]


class Evidence:
    """What speaks for two items being one question, weighed by how common it is in these notes."""

    def __init__(self, pairing: Pairing) -> None:
        olds, news = pairing.olds, pairing.news
        left = [news[new] for new in pairing.open_news()]
        alive = [item for item in olds if item.is_alive]
        self.spread = _spread(_without_twins(alive), _without_twins(left))
        self.by_chance = len(alive) / 0xFFFF  # 16 bits of a hash are often the same in 100,000
        self.titles = pairing.titles
        self.words = pairing.titles.words
        titles = (item.raw_title for item in (*olds, *left))
        self.common = Counter(chain.from_iterable(map(self.words, titles)))
        self.total = len(olds) + len(left)
        self.weights = {word: log(1 + self.total / n) for word, n in self.common.items()}
        self.old_files, self.new_files = by_file(alive), by_file(news)
        self.old_titles = Counter(item.title for item in alive)
        self.new_titles = Counter(item.title for item in news)
        self.is_shared = pairing.is_shared
        self.places = Places(olds, ())
        self.stayed: dict[tuple[str, str, int], tuple[str, str, int]] = {}
        self.likenesses: dict[tuple[Item, Item], tuple[float, float]] = {}
        self.gist = cache(self.find_gist)
        self.count = cache(self.count_titles)
        self.count_bare = cache(self.count_bare_titles)

    def learn_places(self, pairs: Iterable[tuple[Item, Item]]) -> None:
        """See from pairs that were found which file became which, and what kept its order."""
        for old, new in pairs:
            self.places.learn([(old, new)])
            self.stayed[old.file, old.title, old.nth] = new.file, new.title, new.nth

    def score(self, old: Item, new: Item, least: float) -> float:
        """How likely the two are one question: 0 - 1.8, see KEEP and DOUBT; 0 if below `least`."""
        if are_marked_apart(old, new) or self.are_both_asked(old, new):
            return 0.0
        if (old, new) not in self.likenesses:
            self.likenesses[old, new] = self.answers_shared(old, new), self.titles_alike(old, new)
        answers, alike = self.likenesses[old, new]
        if answers and self.proves_nothing(old, new):
            answers = 0.0
        if alike < 1 and 1.1 * answers + 0.5 * alike + 0.2 < least:
            return 0.0
        place = self.places.share(old.file, new.file)
        titles = alike and alike * self.worth(old, new, alike)
        score = 1.1 * answers + 0.5 * titles + 0.2 * place
        if titles == place == 1.0 and (old.title == new.title or has_equal_answer(old, new)):
            # Only the answer speaks against an equal title in its old place: that is an edit.
            score = max(score, SURE.value)
        elif score >= KEEP.value and self.titles.are_two_things(old, new):
            score = KEEP.value - 0.01
        return score if score >= least else 0.0

    def proves_nothing(self, old: Item, new: Item) -> bool:
        """Whether the answers may be a placeholder, and the titles name no thing that is the same.

        It may be one if it is short, or if questions with other titles have it, too.
        """
        is_short = min(old.words, new.words) < ENOUGH.value
        if not is_short and not self.is_shared(old) and not self.is_shared(new):
            return False
        return self.titles.relation(old, new) not in (Relation.SAME, Relation.SILENT)

    def are_both_asked(self, old: Item, new: Item) -> bool:
        """Whether both titles are asked as before, each once: then neither became the other."""
        if old.title == new.title or not old.is_alive:
            return False
        asked = [self.old_titles[old.title], self.new_titles[old.title]]
        asked += [self.old_titles[new.title], self.new_titles[new.title]]
        bare = self.titles.bare
        is_numbered = bare(old.raw_title) == bare(new.raw_title)  # "Question 7", "Question 8"
        return asked == [1] * 4 and not is_numbered and self.tells(old, new)

    def answers_shared(self, old: Item, new: Item) -> float:
        """How much the answers share (Dice), 0 - 1; what other answers have too counts less."""
        same = old.bins & new.bins
        filled = sorted(filter(is_filled, same))
        if not filled:
            return 0.0
        shared = sum(1 / max(1.0, self.spread[one] - self.by_chance) for one in filled)
        share = shared / (BINS - len(same) + len(filled))
        enough = min(1.0, old.size / ENOUGH.value, new.size / ENOUGH.value)
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
        mine, its = self.titles.bare(old.raw_title), self.titles.bare(new.raw_title)
        if not mine or not its:
            return False
        return self.count_bare(True, old.file)[mine] == self.count_bare(False, new.file)[its] == 1

    def count_bare_titles(self, old: bool, file: str) -> Counter[frozenset[str]]:
        """How often a file has each title without its numbers."""
        items = (self.old_files if old else self.new_files).get(file, ())
        return Counter(self.titles.bare(item.raw_title) for item in items)

    def count_titles(self, old: bool, file: str) -> Counts:
        """How often a file has each title, in all its forms."""
        items = (self.old_files if old else self.new_files).get(file, ())
        return Counts(Counter(item.title for item in items), Counter(map(self.gist, items)))

    def find_gist(self, item: Item) -> frozenset[str]:
        """The words of a title that not many others have: what is left is what it asks."""
        many = max(4, self.total / 8)
        plain = self.words(without_digits(item.raw_title))
        return frozenset(word for word in plain if self.common[word] <= many)


def _without_twins(items: Sequence[Item]) -> list[Item]:
    """Questions that are there twice count once: what twins share is no common phrase."""
    return list({item.text: item for item in items}.values())


def _spread(olds: Sequence[Item], news: Sequence[Item]) -> Counter[int]:
    """How many of the one side have each bin of the other."""
    columns = zip(
        bins_in_columns(unpacked(item.sketch) for item in olds),
        map(set, bins_in_columns(unpacked(item.sketch) for item in news)),
        strict=True,
    )
    return Counter(
        {
            bin_of(place, value): number
            for place, (values, wanted) in enumerate(columns)
            for value, number in Counter(filter(wanted.__contains__, values)).items()
        }
    )
