"""Which question of the lock is which question of the notes: certain before likely.

First the rules of `rules.py`, one after the other. What is left is compared by answer, title and
place (`weighing.py`), each with those few that it shares something rare with, and taken in falling
order of score, the best pairs of all files first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import chain, islice

from ankify.identity.items import Candidate, Decide, Doubt, new_items, old_items
from ankify.identity.likeness import normalise_title
from ankify.identity.lock import LockEntry
from ankify.identity.pairing import Pairing
from ankify.identity.rules import run_rules
from ankify.identity.thresholds import CROWD, DOUBT, EQUAL_TITLE, KEEP, MARGIN, NEAREST, SURE
from ankify.identity.weighing import Evidence


class Matcher:
    """Pairs entries with candidates, the surest first; `found` is candidate -> (entry, sure)."""

    def __init__(
        self,
        entries: Sequence[LockEntry],
        candidates: Sequence[Candidate],
        decide: Decide | None,
        *,
        is_ordered: bool = False,
    ) -> None:
        self.entries, self.candidates, self.decide = entries, candidates, decide
        normalise = cache(normalise_title)  # most titles are those of the last build
        self.olds = old_items(entries, normalise)
        self.news = new_items(candidates, normalise)
        self.pairing = Pairing(self.olds, self.news, is_ordered=is_ordered)
        self.sure: dict[int, float] = {}  # by candidate, of weighed pairs
        self.refused: set[int] = set()
        self.learnt = 0  # so many of the pairs found
        self.doubts: list[Doubt] = []
        self.found: dict[int, tuple[int, float]] = {}
        self.taken: set[int] = set()

    def run(self) -> None:
        """Pair all that can be paired."""
        run_rules(self.pairing)
        if not self.pairing.is_done():
            evidence = Evidence(self.pairing)
            for least in (SURE, KEEP, KEEP, DOUBT):  # each round learns from the pairs before
                if not self.pairing.is_done():
                    self.pair_alike(evidence, least.value)
        self.report_unsure()
        self.found = {
            new: (old, self.sure.get(new, 1.0)) for new, old in self.pairing.found.items()
        }
        self.taken = set(self.pairing.taken)

    def pair_alike(self, evidence: Evidence, least: float) -> None:
        """Pair what scores so much or more, the best of all files first."""
        pairs = islice(self.pairing.found.items(), self.learnt, None)
        evidence.learn_places((self.olds[old], self.news[new]) for new, old in pairs)
        self.learnt = len(self.pairing.found)
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
            if old not in self.refused and self.is_open(old, new):
                self.settle(old, score, new, choices[old])

    def is_open(self, old: int, new: int) -> bool:
        """Whether neither is paired."""
        return old not in self.pairing.taken and new not in self.pairing.found

    def likely(self) -> list[tuple[int, int]]:
        """List the pairs that share something few others have: never all with all."""
        index: dict[object, list[int]] = defaultdict(list)
        for old, item in enumerate(self.olds):
            if old not in self.pairing.taken and old not in self.refused:
                for feature in item.features:
                    index[feature].append(old)
        pairs = []
        for new in self.pairing.open_news():
            features = self.news[new].features
            groups = [index[feature] for feature in features if feature in index]
            small = [group for group in groups if len(group) <= CROWD.value]
            votes = Counter(chain.from_iterable(small))
            pairs += [(old, new) for old, _ in votes.most_common(int(NEAREST.value))]
        return pairs

    def rank(self, score: float, old: int, new: int) -> tuple[object, ...]:
        """Order pairs: the better score; an equal title before a like one, the old place first."""
        a, b = self.olds[old], self.news[new]
        best = score + EQUAL_TITLE.value * (a.title == b.title)
        order = (not a.is_alive, a.file != b.file, a.number != b.number, a.nth != b.nth)
        return -best, *order, old, new

    def settle(self, old: int, score: float, new: int, choices: list[tuple[float, int]]) -> None:
        """Take the best pair of an entry, or leave it; report it or ask where that is not plain."""
        near = [
            (other, rival)
            for other, rival in choices
            if self.is_open(old, rival)
            and other >= score - MARGIN.value
            and not self.is_twin(new, rival)
        ]
        chosen: int | None = new if score >= KEEP.value else None
        if chosen is None or near:
            chosen = self.ask(old, [(score, new), *near[:1]], chosen)
        if chosen is None:
            self.refused.add(old)
        else:
            self.pairing.take(old, chosen)
            self.sure[chosen] = min(1.0, {n: s for s, n in choices}[chosen])

    def is_twin(self, one: int, other: int) -> bool:
        """Whether two candidates are the same question, asked twice in one file: order decides."""
        a, b = self.news[one], self.news[other]
        return (a.file, *a.text) == (b.file, *b.text)

    def ask(self, old: int, choices: list[tuple[float, int]], default: int | None) -> int | None:
        """Have a doubt decided, or take its default; keep it for the report."""
        options = tuple(self.candidates[new] for _, new in choices)
        sure = tuple(min(1.0, round(score, 2)) for score, _ in choices)
        chosen = None if default is None else self.candidates[default]
        doubt = Doubt(self.entries[old], options, sure, chosen)
        if self.decide:
            doubt = doubt._replace(chosen=self.decide(doubt))
        self.doubts.append(doubt)
        return None if doubt.chosen is None else choices[options.index(doubt.chosen)][1]

    def report_unsure(self) -> None:
        """Report what the rules left, where a reviewer might see it otherwise."""
        for old, new in self.pairing.unsure:
            if not self.is_open(old, new) or old in self.refused:
                continue
            if self.ask(old, [(DOUBT.value, new)], None) is not None:
                self.pairing.take(old, new)
