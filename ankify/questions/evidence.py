"""Titles of one style, and what stands between them: all that tells questions from other titles.

A style is mark-up, level and way of numbering; the titles that share one form a group. Here the
groups are measured; `choice.py` goes by it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

from ankify.questions.answers import is_filler, shows_answer
from ankify.questions.blocks import Block
from ankify.questions.contents import hollow, letters
from ankify.questions.numbers import CHINESE, UNNUMBERED
from ankify.questions.titles import Kind, Title
from ankify.questions.words import (
    CHAPTER_TITLE,
    KEY,
    NO_QUESTION,
    OTHER_PAPER,
    QUIZ,
    STEP_TITLE,
    asks,
    normal,
)
from ankify.reading.inline import visible
from ankify.reading.tokens import Token

LETTER = re.compile(r"[^\W\d_]")
Group = list[int]  # positions of titles of one style, in file order
ASKS = ("?", "？")

HEADINGS = (Kind.HTML, Kind.HEADING, Kind.ITEM_HEADING)
LISTED = (Kind.ITEM_LINK, Kind.ITEM_BOLD, Kind.ITEM)

# In which order groups are tried: the plainer the mark-up, the more other things look like it.
WEAK = {Kind.BOLD: 5, Kind.ITEM_BOLD: 6, Kind.ITEM: 7, Kind.TEXT: 8}
RANK = {Kind.HTML: 0, Kind.HEADING: 1, Kind.ITEM_HEADING: 1, Kind.ITEM_LINK: 2, Kind.SUMMARY: 4}
RANK |= WEAK
LABELLED_RANK = 3  # `**Q1: X**` says itself that it is a question, `**1. X**` does not

FAMILIES = {"list item": "item"} | {own: own for own in ("chinese", "bracketed", "exercise")}


class Style(NamedTuple):
    """What the titles of a group have in common; the order is that of the search."""

    rank: int
    arabic: bool  # 一、二、 number the sections around 1. 2. 3.
    level: int
    depth: int
    kind: Kind
    family: str


def style_of(title: Title) -> Style:
    """The style of a title."""
    dialect = title.read.dialect
    labelled = bool(dialect and dialect.labelled)
    rank = LABELLED_RANK if labelled and title.kind in WEAK else RANK[title.kind]
    family = "" if not dialect else "labelled" if labelled else FAMILIES.get(dialect.name, "arabic")
    depth = title.read.depth if family == "arabic" and title.kind not in LISTED else 1
    return Style(rank, family != "chinese", title.level, depth, title.kind, family)


DIGITS = "零一二三四五六七八九"
UNITS = {"十": 10, "百": 100}


def value(number: str | None) -> int:
    """The last part of a number: 12 for `3.4.12`, 17 for `17a`, 21 for 二十一; -1 for none."""
    if not number:
        return -1
    if number.isdecimal():
        return int(number)
    if number[0] in CHINESE:
        total = digit = 0
        for sign in number.replace("〇", "零"):
            if sign in UNITS:
                total, digit = total + UNITS[sign] * (digit or 1), 0
            else:
                digit = max(DIGITS.find(sign), 0)
        return total + digit
    digits = re.findall(r"\d+", number)
    return int(digits[-1]) if digits else -1


@dataclass(frozen=True)
class Flow:
    """The blocks of a file with its lists opened.

    `contents` are the positions of the table of contents, `listed` the normalised titles it names.
    """

    blocks: tuple[Block, ...]
    contents: frozenset[int] = frozenset()
    listed: frozenset[str] = frozenset()


def unread_counts(flow: Flow) -> Flow:
    """Take `5 ways to X` for an un-numbered title where the titles like it have no number."""
    spaced: dict[tuple[Kind, int], Group] = defaultdict(list)
    loose: Counter[tuple[Kind, int]] = Counter()
    blocks = list(flow.blocks)
    for at, block in enumerate(blocks):
        if title := block.title:
            if title.read.dialect and title.read.dialect.name == "spaced":
                spaced[title.kind, title.level].append(at)
            loose[title.kind, title.level] += not title.read.number
    for like, group in spaced.items():
        for at in group if len(group) < loose[like] else ():
            if title := blocks[at].title:
                plain = replace(title, read=UNNUMBERED, children=title.whole)
                blocks[at] = blocks[at]._replace(title=plain)
    return replace(flow, blocks=tuple(blocks))


def _leads_away(token: Token) -> bool:
    """Whether a token opens a link to another note file."""
    path = str(token.attrs.get("href") or "").partition("#")[0]
    return token.type == "link_open" and "://" not in path and path.endswith((".md", ".markdown"))


def _share(found: Iterable[bool]) -> float:
    listed = list(found)
    return sum(listed) / len(listed) if listed else 0.0


def _above(sizes: Iterable[int]) -> list[int]:
    """The sum of what stands above each position."""
    return [0, *accumulate(sizes)]


def _is_headline(block: Block) -> bool:
    """Whether nothing of a block but what is glued to its title can be content."""
    return bool(block.title and block.title.kind in (*HEADINGS, Kind.SUMMARY))


def _size(block: Block) -> int:
    """The letters of content in a block that says something, if only by a picture."""
    return 1 if _is_headline(block) else max(letters(block), 1)


def _hollow_sizes(block: Block) -> list[int]:
    """The letters in each place of a block that answers nothing."""
    return [] if _is_headline(block) else [len(normal(text)) for text in hollow(block)]


class Titles:
    """The titles of a file, their groups, and what stands between them."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.found = {
            at: block.title
            for at, block in enumerate(flow.blocks)
            if block.title and at not in flow.contents
        }
        self.headings = [at for at, title in self.found.items() if title.kind in HEADINGS]
        self.above = self._parents()
        self.listing = [*sorted(flow.contents), len(flow.blocks)]

    def _parents(self) -> dict[int, Title]:
        """The heading above each title."""
        parents: dict[int, Title] = {}
        stack: list[Title] = []
        for at, title in self.found.items():
            while stack and stack[-1].level >= title.level:
                stack.pop()
            if stack:
                parents[at] = stack[-1]
            if title.kind in HEADINGS:
                stack.append(title)
        return parents

    # How much stands above each position is measured when it is first asked for: the titles alone
    # settle most files.

    @cached_property
    def content(self) -> list[Block | None]:
        """Each block that answers something; None for the others."""
        return [block if self._says(at) else None for at, block in enumerate(self.flow.blocks)]

    def _says(self, at: int) -> bool:
        block = self.flow.blocks[at]
        if _is_headline(block):
            return self._opens(at)
        return at not in self.flow.contents and not is_filler(block)

    @cached_property
    def filled(self) -> list[int]:
        """How many blocks of content stand above each position."""
        return _above(block is not None for block in self.content)

    @cached_property
    def worded(self) -> list[int]:
        """How many of them are no code."""
        return _above(bool(block and block.tokens[0].type != "fence") for block in self.content)

    @cached_property
    def letters(self) -> list[int]:
        """How many letters of content stand above each position."""
        return _above(_size(block) if block else 0 for block in self.content)

    @cached_property
    def hollow(self) -> list[int]:
        """How many of these letters answer nothing."""
        return _above(map(sum, self._hollows))

    @cached_property
    def places(self) -> list[int]:
        """In how many places they stand."""
        return _above(map(len, self._hollows))

    @cached_property
    def depths(self) -> list[int]:
        """How many <details> are open at each position."""
        return _above(block.depth for block in self.flow.blocks)

    @cached_property
    def _hollows(self) -> list[list[int]]:
        return [_hollow_sizes(block) if block else [] for block in self.content]

    def _opens(self, at: int) -> bool:
        """Whether the answer to a title begins within its own block."""
        block = self.flow.blocks[at]
        return bool(block.inside or (block.title and visible(block.title.glued).strip()))

    def groups(self, *, numbered: bool) -> dict[Style, Group]:
        """The groups of numbered (or of un-numbered) titles that can be questions at all."""
        groups: dict[Style, Group] = defaultdict(list)
        for at, title in self.found.items():
            other = any(sign.match(title.name) for sign in (NO_QUESTION, QUIZ, KEY))
            if bool(title.read.number) == numbered and not other and LETTER.search(title.name):
                groups[style_of(title)].append(at)
        return groups

    def spans(self, group: Group) -> list[tuple[int, int]]:
        """From each title to the next of its group."""
        return list(pairwise([*group, len(self.flow.blocks)]))

    def answered(self, start: int, end: int) -> bool:
        """Whether there is content between a title and a position below."""
        # `Question: X` with nothing but code below leaves the answer to the reader.
        found = self.worded if self.found[start].kind is Kind.TEXT else self.filled
        return self._opens(start) or found[end] > found[start + 1]

    @cached_property
    def shown(self) -> Group:
        """Where the label of an answer stands, or the button that opens one."""
        return [at for at, block in enumerate(self.flow.blocks) if shows_answer(block)]

    def solved(self, start: int, end: int) -> bool:
        """Whether an answer that calls itself one stands between a title and a position below."""
        index = bisect_left(self.shown, start)
        return index < len(self.shown) and self.shown[index] < end

    def solving(self, group: Group) -> float:
        """The share of titles with an answer that calls itself one."""
        return _share(self.solved(*span) for span in self.spans(group))

    def asking(self, group: Group) -> float:
        """The share of titles that read as questions."""
        return _share(asks(self.found[at].name) for at in group)

    def listed(self, group: Group) -> float:
        """The share of titles that the table of contents names."""
        if not self.flow.listed:
            return 0.0
        return _share(normal(self.found[at].name) in self.flow.listed for at in group)

    def coverage(self, group: Group) -> float:
        """The share of the file's text that stands below the titles of a group."""
        below = sum(
            self.letters[self._end(*span)] - self.letters[span[0]] for span in self.spans(group)
        )
        return below / max(self.letters[-1], 1)

    def _end(self, start: int, end: int) -> int:
        """Where what stands below a title ends: at a heading as high, but not one in <details>."""
        title = self.found[start]
        first, last = bisect_right(self.headings, start), bisect_left(self.headings, end)
        for at in map(self.headings.__getitem__, range(first, last)):
            folded = title.kind is Kind.SUMMARY and self.depths[at] > 0
            if self.found[at].level <= title.level and not folded:
                return at
        return end

    def labelled(self, group: Group) -> bool:
        """Whether the titles call themselves questions."""
        dialect = self.found[group[0]].read.dialect
        return bool(dialect and dialect.labelled)

    def other_paper(self) -> bool:
        """Whether the first heading says that versions or clauses are numbered here."""
        first = self.headings[:1]
        return bool(first and OTHER_PAPER.match(self.found[first[0]].name))

    def value(self, at: int) -> int:
        """The number of a title."""
        return value(self.found[at].read.number)

    def parts(self, group: Group) -> list[tuple[int, int]]:
        """Where a heading above the level of a group begins a part of the file without it."""
        found = []
        for start, end in self.spans(group):
            heading = self.parted(start, end)
            if heading is not None:
                found.append((heading, end))
        return found

    def quizzes(self, group: Group) -> list[tuple[int, int]]:
        """The parts that hold none of a group, below a "Quiz" or a heading beside it."""
        found = []
        for index, at in enumerate(self.headings):
            level, own = self.found[at].level, self.found[group[0]].level
            if QUIZ.match(self.found[at].name) or (level == own and not self.found[at].read.number):
                below = map(self.headings.__getitem__, range(index + 1, len(self.headings)))
                ends = (it for it in below if self.found[it].level <= level)
                end = next(ends, len(self.flow.blocks))
                if bisect_left(group, at) == bisect_left(group, end):
                    found.append((at, end))
        return found

    def parted(self, start: int, end: int) -> int | None:
        """The first heading between a title and a position below it that stands above its level."""
        level = self.found[start].level
        index = bisect_right(self.headings, start)
        for at in self.headings[index : bisect_left(self.headings, end)]:
            if self.found[at].level < level:
                return at
        return None

    # -- is it a group of questions? ---------------------------------------------------------------

    def plausible(self, group: Group) -> bool:
        """Whether a reader would take a group for questions."""
        title, asked = self.found[group[0]], self.asking(group)
        if title.kind in WEAK and not self._weak_but_plausible(group, asked):
            return False
        if self.labelled(group):
            return True
        if style_of(title).family == "exercise" and max(asked, self.solving(group)) < 0.5:
            return False
        if self.stray(group) or self._to_do(group) or self._elsewhere(group):
            return False
        if asked < 0.5 and (self._hollow(group) or self._steps(group) or self._chapters(group)):
            return False
        if self._parts_of_one(group):
            return False
        return asked >= 0.15 or not (self._restarts(group) or self._books(group))

    def minor(self, group: Group) -> bool:
        """Whether the titles number something in a part of the file, as a README does."""
        quiet = not self.labelled(group) and self.asking(group) < 0.15
        return quiet and self.coverage(group) < 0.3

    def stray(self, group: Group) -> bool:
        """Whether the only number is one that counts something else: `3 ways to do it`."""
        dialect = self.found[group[0]].read.dialect
        return len(group) == 1 and dialect is not None and dialect.name == "spaced"

    def own(self, at: int, end: int) -> bool:
        """Whether what stands below a title is its own answer, and no table of contents."""
        return self.answered(at, end) and not self.holds_contents(at, end)

    def holds_contents(self, at: int, end: int) -> bool:
        """Whether a table of contents stands between two positions."""
        return self.listing[bisect_left(self.listing, at)] < end

    def _weak_but_plausible(self, group: Group, asked: float) -> bool:
        answered = [
            self.answered(*span) and not self._asks_on(span[0]) for span in self.spans(group)
        ]
        asks_enough = self.labelled(group) or (
            len(group) > 1 and max(asked, self.solving(group)) >= 0.6
        )
        return asks_enough and _share(answered) >= 0.5

    def _asks_on(self, at: int) -> bool:
        """Whether all that stands in a list item is further questions."""
        inside = [t for t in self.flow.blocks[at].inside if t.type in ("inline", "fence")]
        return bool(inside) and all(visible(t.children or ()).rstrip()[-1:] in ASKS for t in inside)

    def _hollow(self, group: Group) -> bool:
        """Most of what stands below the titles is links, or lists of further questions."""
        start, end = group[0], self.spans(group)[-1][1]
        hollow = self.hollow[end] - self.hollow[start]
        many = self.places[end] - self.places[start] >= 2 * len(group)
        return many and hollow > 0.6 * (self.letters[end] - self.letters[start])

    def _steps(self, group: Group) -> bool:
        """The titles are numbered steps in the answers to un-numbered questions."""
        above = [self.above.get(at) for at in group]
        return (
            _share(bool(title and not title.read.number and asks(title.name)) for title in above)
            >= 0.5
        )

    def _parts_of_one(self, group: Group) -> bool:
        """The file is one question: its title has a question mark, and few of these have one."""
        above = {title.name for at in group if (title := self.above.get(at)) and title.level == 1}
        loud = _share(self.found[at].name.endswith(ASKS) for at in group)
        return len(above) == 1 and above.pop().endswith(ASKS) and loud < 0.5

    def _chapters(self, group: Group) -> bool:
        """The titles are chapters of a text: "Introduction", "Methods", "Results"."""
        like = style_of(self.found[group[0]])
        titles = [title.name for title in self.found.values() if style_of(title) == like]
        return _share(bool(CHAPTER_TITLE.match(name)) for name in titles) > 0.2

    def _elsewhere(self, group: Group) -> bool:
        """The titles lead to other note files: `### 3. [Trees](trees.md)`."""
        return _share(any(map(_leads_away, self.found[at].children)) for at in group) > 0.5

    def _to_do(self, group: Group) -> bool:
        """The titles say what to do: "Install it", "Run it"."""
        return _share(bool(STEP_TITLE.match(self.found[at].name)) for at in group) > 0.5

    def _books(self, group: Group) -> bool:
        """Most of the titles hold two or more without a number: they are chapters, or parts."""
        loose = [at for at in self.headings if not self.found[at].read.number]
        held = (bisect_left(loose, end) - bisect_left(loose, at) for at, end in self.spans(group))
        return _share(count >= 2 for count in held) > 0.5 and not self._repeat(loose)

    def _restarts(self, group: Group) -> bool:
        """Numbers begin again and again, as steps do, and no table of contents names them."""
        starts = sum(self.value(at) == 1 for at in group)
        return starts > 2 and self.listed(group) < 0.5

    # -- section or question? ----------------------------------------------------------------------

    def is_section(self, outer: Group, inner: Group) -> bool:
        """Whether the titles of the outer group only hold the questions of the inner one."""
        if self.labelled(outer) or not self.plausible(inner):
            return False
        if self.is_quiz(outer, inner):
            return True
        holders = self.holders(outer, inner)
        share = len(holders) / len(outer)
        if share < 0.5:
            return False
        asked = self.asking(outer), self.asking(inner)
        if self.labelled(inner):
            return True
        named = self.listed(outer), self.listed(inner)
        if abs(named[0] - named[1]) > 0.5:
            return named[1] > named[0]
        if asked[1] >= 0.5 and asked[0] <= 0.3:
            return True
        bare = _share(not self.answered(start, first) for start, first in holders)
        if asked[1] >= 0.8 and asked[0] < 0.5 and share >= 0.8 and bare == 1:
            return True
        title, below = self.found[outer[0]], self.found[inner[0]]
        extends = (
            below.read.depth > title.read.depth
        )  # 1.1 under 1 may be a part of the answer to 1
        if asked[0] > (0.3 if extends else max(asked[1], 0.3)) or below.kind in WEAK:
            return False
        return bare >= 0.6 and not (extends and self._repeat(inner))

    def is_quiz(self, outer: Group, inner: Group) -> bool:
        """Whether titles that do not ask are chapters, and the inner ones the questions on them."""
        sure = self.labelled(inner) or self.found[inner[0]].kind is Kind.SUMMARY
        asked = self.asking(outer), self.asking(inner)
        return sure and asked[0] < 0.15 and asked[1] >= 0.8 and 2 * len(inner) >= len(outer)

    def _repeat(self, group: Group) -> bool:
        """Titles that come again and again ("Definition", "Cost") are parts of answers."""
        return len({normal(self.found[at].name) for at in group}) < 0.7 * len(group)

    def doubtful(self, outer: Group, inner: Group) -> bool:
        """Whether neither words nor labels nor a table of contents tell sections from questions."""
        named = abs(self.listed(outer) - self.listed(inner)) > 0.5
        asked = abs(self.asking(outer) - self.asking(inner)) >= 0.3
        chinese = style_of(self.found[outer[0]]).family == "chinese"
        return not (named or asked or chinese or self.labelled(inner))

    def holders(self, outer: Group, inner: Group) -> list[tuple[int, int]]:
        """The outer titles that hold inner ones, each with the first of these."""
        found = []
        for start, end in self.spans(outer):
            index = bisect_left(inner, start)
            if index < len(inner) and inner[index] < end:
                beside = self.found[start].level == self.found[inner[index]].level
                if not (beside and self.answered(start, inner[index])):
                    found.append((start, inner[index]))
        return found

    def bare_sections(self, outer: Group, inner: Group) -> list[tuple[int, int]]:
        """Titles that do not ask, and hold nothing but headings of an inner group that do."""
        kinds = self.found[outer[0]].kind, self.found[inner[0]].kind
        sure = kinds[1] in HEADINGS or self.labelled(inner)
        if self.labelled(outer) or not sure or kinds == (Kind.HTML, Kind.HEADING):
            return []
        found = []
        ends = dict(self.spans(outer))
        for start, below in self.holders(outer, inner):
            held = inner[bisect_left(inner, start) : bisect_left(inner, ends[start])]
            bare = not self.answered(start, below) and not asks(self.found[start].name)
            if bare and self.asking(held) >= 0.8:
                found.append((start, ends[start]))
        return found
