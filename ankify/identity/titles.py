"""What two titles say of each other: one thing, two things, or nothing.

A file of short questions asks the same of many things: "Capital of France?", "Capital of Spain?".
What its titles have in common is their frame, and says nothing; what is left is the thing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from enum import Enum
from functools import cache

from ankify.identity.items import Item, answers_alike, by_file, has_equal_answer, title_of
from ankify.identity.likeness import (
    articles,
    one_difference,
    spelled_alike,
    without_digits,
    words,
)
from ankify.identity.thresholds import FRAME, FRAME_SHARE, OTHER_THING, PROVES
from ankify.questions.words.patterns import word_set
from ankify.rendering.sketch import CJK


class Relation(Enum):
    """What two titles say of their questions being one."""

    SAME = "they name the same thing"
    REWRITTEN = "neither frame nor thing is the same, as in a translation"
    OTHER = "the frame is the same, and the thing is another"
    SILENT = "they are labels: Question 7, Question 8"


class Titles:
    """The titles of both sides, file by file."""

    def __init__(self, olds: Sequence[Item], news: Sequence[Item]) -> None:
        self.olds, self.news = by_file(olds, alive=True), by_file(news)
        self.words = cache(_words)
        self.bare = cache(_bare)
        self.frame = cache(self.find_frame)
        self.running = cache(self.find_running)
        self.count = cache(self.count_titles)

    def count_titles(self, old: bool, file: str, key: Callable[[Item], str]) -> Counter[str]:
        """How often a file has each title."""
        return Counter(map(key, (self.olds if old else self.news).get(file, ())))

    def find_frame(self, old: str, new: str) -> frozenset[str]:
        """The words that many titles of the file have, before or after."""
        frame: set[str] = {*articles(), *asking_words()}
        for items in (self.olds.get(old, ()), self.news.get(new, ())):
            titles = {item.title: self.words(item.raw_title) for item in items}
            common = Counter(word for title in titles.values() for word in title)
            least = max(FRAME.value, FRAME_SHARE.value * len(titles))
            frame |= {word for word, number in common.items() if number >= least}
        return frozenset(frame)

    def is_once(self, old: Item, new: Item, key: Callable[[Item], str] = title_of) -> bool:
        """Whether each file has the title of its item once."""
        ours, theirs = self.count(True, old.file, key), self.count(False, new.file, key)
        return ours[key(old)] == theirs[key(new)] == 1

    def relation(self, old: Item, new: Item) -> Relation:
        """What the titles of two items say; spelled alike is the same."""
        if old.title == new.title:
            return Relation.SAME if self.is_once(old, new) else Relation.SILENT
        if self.is_label(old) and self.is_label(new):
            return Relation.SILENT
        frame = self.frame(old.file, new.file)
        ours, theirs = self.words(old.raw_title), self.words(new.raw_title)
        our_thing, their_thing = ours - frame, theirs - frame
        if our_thing & their_thing or any(spelled_alike(our_thing, their_thing, strictly=True)):
            return Relation.SAME
        if self.name_two_things(old, new):
            return Relation.OTHER
        our_frame, their_frame = ours & frame - articles(), theirs & frame - articles()
        kept = len(our_frame & their_frame)
        has_kept_frame = 2 * kept >= max(len(our_frame), len(their_frame))
        return Relation.OTHER if has_kept_frame else Relation.REWRITTEN

    def name_two_things(self, old: Item, new: Item) -> bool:
        """Whether titles differ in one stretch, and it names a thing on both sides.

        "When was" and "Which year saw" name nothing: that is another way to ask the same.
        """
        stretches = one_difference(old.raw_title, new.raw_title)
        if old.title == new.title or stretches is None:
            return False
        frame = self.frame(old.file, new.file)
        letters = frozenset(char for word in frame if word >= CJK for char in word)
        return all(
            any(
                word.isdigit() or word not in (letters if word >= CJK else frame)
                for word in stretch.split()
            )
            for stretch in stretches
        )

    def are_two_things(self, old: Item, new: Item) -> bool:
        """Whether the titles name two things, and the answers are not nearly equal.

        What other answers share, too, counts here: a frame of code makes no two questions of one.
        """
        if not self.name_two_things(old, new):
            return False
        if has_equal_answer(old, new):
            return min(old.words, new.words) < PROVES.value
        return answers_alike(old, new) < OTHER_THING.value

    def is_said_otherwise(self, old: Item, new: Item) -> bool:
        """Whether only words that name nothing changed, or the one title says more of the thing."""
        frame = self.frame(old.file, new.file)
        ours, theirs = self.words(old.raw_title), self.words(new.raw_title)
        one, other = ours - frame, theirs - frame
        is_reworded = bool(ours & frame ^ theirs & frame)
        return is_reworded and bool(one) and (one <= other or other <= one)

    def is_label(self, item: Item) -> bool:
        """Whether a title is a word and a number, or less, that others of its file have, too."""
        return (
            len(self.bare(item.raw_title)) < 2 and without_digits(item.raw_title) != item.raw_title
        )

    def is_running(self, old: Item, new: Item) -> bool:
        """Whether the number in a title counts its place, and so names nothing.

        It does in "Question 7", and in "Exercise 7 of 12" if most answers that are the same to the
        letter have another number now. In "What happened in 1789?" it is what is asked about.
        """
        if without_digits(old.raw_title) == old.raw_title:
            return False
        return self.is_label(old) or self.running(old.file, new.file, self.bare(old.raw_title))

    def find_running(self, old: str, new: str, bare: frozenset[str]) -> bool:
        """Whether most questions of a frame that kept their answer changed their number."""
        ours = [item for item in self.olds.get(old, ()) if self.bare(item.raw_title) == bare]
        theirs = [item for item in self.news.get(new, ()) if self.bare(item.raw_title) == bare]
        answers: dict[bytes, list[Item]] = defaultdict(list)
        for item in theirs:
            answers[item.checksum].append(item)
        kept = changed = 0
        for item in ours:
            same = answers[item.checksum]
            if len(same) == 1 and has_equal_answer(item, same[0]):
                kept += item.title == same[0].title
                changed += item.title != same[0].title
        return changed > kept


@cache
def asking_words() -> frozenset[str]:
    """The words that ask, in the languages that ankify knows: they name no thing.

    Not the single words of a request such as "find the": `find` alone is the name of a function.
    """
    phrases = word_set("question_words", "asks_within", "asks_last")
    requests = (phrase for phrase in word_set("requests") if " " not in phrase)
    return frozenset(word for phrase in (*phrases, *requests) for word in words(phrase))


_NUMBER = re.compile(r"\d+(?:[.:/-]\d+)+")  # "4.0": its digits are common, it is not


def _words(title: str) -> frozenset[str]:
    return words(title).union(_NUMBER.findall(title))


def _bare(title: str) -> frozenset[str]:
    """The words of a title without its numbers: none of "Question 7" but one."""
    return frozenset(word for word in words(without_digits(title)) if len(word) > 1)
