"""The two sides of a match: questions as the lock knows them, and as the notes have them now."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from ankify.identity.likeness import words
from ankify.identity.lock import LOCK_NAME, RESTORE, LockEntry
from ankify.model import AnkifyError, Location
from ankify.rendering.sketch import CJK, Sketch, read_sketch, unpacked


class Candidate(NamedTuple):
    """A question as it is in the notes now; `sketch` is that of its stem and answer."""

    file: str
    line: int
    number: str | None
    title: str
    sketch: str
    marked_id: str | None = None
    is_cloze: bool = False


class Doubt(NamedTuple):
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
    """One question of either side, as it is compared."""

    def __init__(self, of: LockEntry | Candidate, title: str, mark: str | None) -> None:
        self.file = of.file
        self.number = of.number
        self.raw_title = of.title
        self.title = title
        self.mark = mark
        # An entry also answers to its guid: the hint on a doubt says to write it as a mark.
        self.marks = (of.guid, mark) if isinstance(of, LockEntry) else (mark,)
        self.nth = 0
        self.at = 0  # position among those of its side
        self.is_alive = True
        self.sketch = of.sketch
        data = unpacked(of.sketch)
        self.checksum, self.size = data[:4], int.from_bytes(data[4:6], "big")

    @property
    def text(self) -> tuple[str, bytes]:
        """Title and answer, as far as they can be compared for being equal."""
        return self.title, self.checksum

    @cached_property
    def answer(self) -> Sketch:
        """The sketch, read."""
        return read_sketch(self.sketch)

    @cached_property
    def words(self) -> float:
        """How many words the answer has, about; two CJK characters say as much as a word.

        The lock does not know the script of an answer; it is that of the title.
        """
        letters = [char for char in self.raw_title if char.isalpha()]
        is_cjk = 2 * sum(char >= CJK for char in letters) > len(letters)
        return self.size / 2 if is_cjk else self.size

    @cached_property
    def bins(self) -> frozenset[int]:
        """The bins of the sketch, each with its place."""
        return frozenset(bin_of(place, value) for place, value in enumerate(self.answer.bins))

    @cached_property
    def features(self) -> tuple[object, ...]:
        """What another version of the question probably has too."""
        bins = sorted(filter(is_filled, self.bins))
        return self.title, (self.file, self.title), *sorted(words(self.raw_title)), *bins


def bin_of(place: int, value: int) -> int:
    """Give a value of a bin together with its place."""
    return place << 16 | value


def is_filled(one: int) -> int:
    """Whether a bin is not empty."""
    return one & 0xFFFF


def title_of(item: Item) -> str:
    """The letters of a title: as it is compared nearly everywhere."""
    return item.title


def written_title(item: Item) -> str:
    """A title sign for sign."""
    return item.raw_title


def text_of(item: Item) -> tuple[str, bytes] | None:
    """Title and answer; None where there is no answer in words."""
    return item.text if item.size else None


def answer_of(item: Item) -> bytes | None:
    """What stands for the answer; None where there is none in words."""
    return item.checksum if item.size else None


def has_equal_answer(old: Item, new: Item) -> bool:
    """Whether two items have the same answer to the letter, and one that is not empty."""
    return new.size > 0 and old.checksum == new.checksum


def shared_bins(old: Item, new: Item) -> frozenset[int]:
    """The bins that two answers have in common: some of the stretches of words that they share."""
    return frozenset(filter(is_filled, old.bins & new.bins))


def answers_alike(old: Item, new: Item, *, without: frozenset[int] = frozenset()) -> float:
    """How much two answers share (Dice), 0 - 1, leaving some bins out."""
    if has_equal_answer(old, new):
        return 1.0
    both = len(shared_bins(old, new) - without)
    each = sum(1 for one in (*old.bins, *new.bins) if is_filled(one) and one not in without)
    return 2 * both / each if each else 0.0


Normalise = Callable[[str], str]


def old_items(entries: Sequence[LockEntry], normalise: Normalise) -> list[Item]:
    """Make the items of the lock."""
    items = []
    for at, entry in enumerate(entries):
        try:
            item = Item(entry, normalise(entry.title), entry.marked_id)
        except ValueError as error:
            message = f"the lock is damaged: the sketch of {entry.title!r} cannot be read"
            raise AnkifyError(message, Location(LOCK_NAME), RESTORE) from error
        item.at, item.nth, item.is_alive = at, entry.nth, entry.removed is None
        items.append(item)
    return items


def new_items(candidates: Sequence[Candidate], normalise: Normalise) -> list[Item]:
    """Make the items of the notes as they are now."""
    marks = Counter(candidate.marked_id for candidate in candidates if candidate.marked_id)
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    items = []
    for at, new in enumerate(candidates):
        # A mark that was copied along with its question says nothing.
        mark = new.marked_id if new.marked_id and marks[new.marked_id] == 1 else None
        item = Item(new, normalise(new.title), mark)
        titles = seen[item.file]
        item.at = at
        item.nth = titles[item.title]
        titles[item.title] += 1
        items.append(item)
    return items


def by_file(items: Sequence[Item], *, alive: bool = False) -> dict[str, list[Item]]:
    """The items of each file, in their order; only those that were not removed, if `alive`."""
    files: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.is_alive or not alive:
            files[item.file].append(item)
    return files
