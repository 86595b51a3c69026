"""Titles that count in another way than by a number in front: letters, Roman numerals, names."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from unicodedata import numeric

from ankify.questions import thresholds as limit
from ankify.questions.block import Block, name_of, title_in
from ankify.questions.numbers import (
    IDENTIFIER,
    LETTER,
    ROMAN,
    UNNUMBERED,
    Numbered,
    number_value,
    read_number,
    roman_value,
    skip_decoration,
)
from ankify.questions.titles import Kind, Title, paragraph_title
from ankify.questions.words import asks
from ankify.reading.inline import cut

NAMED = re.compile(r"(?P<stem>[^\W\d](?:[./-]?\w)*[._/-])(?P<number>\d{1,4})")  # road.signs.003


def with_identifiers(blocks: list[Block]) -> list[Block]:
    """Take the number from the end of names that two headings at least have in common."""
    names = {
        at: found
        for at, block in enumerate(blocks)
        if block.title and block.title.kind is Kind.HEADING
        if (found := NAMED.fullmatch(block.title.name))
    }
    stems = Counter(found["stem"] for found in names.values())
    for at, found in names.items():
        title = title_in(blocks[at])
        if stems[found["stem"]] > 1:
            read = Numbered(IDENTIFIER, found["number"], "", len(title.name))
            blocks[at] = blocks[at]._replace(title=replace(title, read=read, children=()))
    return blocks


CODED_KINDS = (Kind.HEADING, Kind.HTML, Kind.BOLD, Kind.SUMMARY)
SEVERAL = 2  # letters that go on from the one above
LETTERED = re.compile(r"\(?(?P<number>[a-z])(?P<separator>[.)])\s*(?=\S)")  # `### b) X`
# `## B. Why?`; where they do not ask, they are sections
CAPITAL = re.compile(r"(?P<number>[A-Z])(?P<separator>[.)])\s*(?=\S)")
# `### A7. Why?`, `## K.1. Why?`; a few that do not ask are requirements or decisions
CODED = re.compile(r"\W*(?P<number>[A-ZА-Я]{1,3}[-.]?\d{1,3})(?P<separator>[.):：])\s*(?=\S)")
# `### ③ Why?`; where they do not ask, they are parts of answers
CIRCLED = re.compile(r"\W*(?P<number>[①-⑳⑴-⒇])(?P<separator>[.、)]?)\s*(?=\S)")
# `## IV. Why?`; where they do not ask, they are chapters
NUMERAL = re.compile(r"\W*(?P<number>[IVX]{1,7})(?P<separator>[.):])\s+(?=\S)")


def with_letters(blocks: list[Block]) -> list[Block]:
    """Take letters, or letters with numbers, for numbers where they count most of a level.

    `b)` counts headings; in bold it is an option. Roman numerals and circled numbers count
    questions only where nothing else does: else they are sections, or parts of answers, though some
    of them ask.
    """
    levels: dict[tuple[Kind, int], list[int]] = defaultdict(list)
    for at, block in enumerate(blocks):
        if block.title and block.title.kind in CODED_KINDS and not block.title.read.number:
            levels[block.title.kind, block.title.level].append(at)
    for (kind, level), positions in levels.items():
        for pattern in SIGNS if kind is Kind.HEADING else SIGNS[1:]:
            found = [(at, pattern.match(name_of(blocks[at]))) for at in positions]
            sure = pattern in (LETTERED, CODED) or not _has_numbered_questions(
                blocks if pattern is not CAPITAL else _above_level(blocks, level)
            )
            if _count_on([match for _, match in found]) and sure:
                for at, match in found:
                    blocks[at] = _lettered(blocks[at], match) if match else blocks[at]
    return _with_counted_paragraphs(blocks)


SIGNS = (LETTERED, CAPITAL, CODED, CIRCLED, NUMERAL)


def _above_level(blocks: Iterable[Block], level: int) -> list[Block]:
    """The headings above a level: below one that asks, `### A. X` may be an option."""
    return [block for block in blocks if block.heading and block.heading.level < level]


def _has_numbered_questions(blocks: Iterable[Block]) -> bool:
    """Whether titles with a number, or items of lists, ask."""
    both = (it for block in blocks for it in (block, *block.items))
    return any(it.title and it.title.read.number and asks(it.title.name) for it in both)


def _with_counted_paragraphs(blocks: list[Block]) -> list[Block]:
    """Take plain paragraphs for titles that something counts from 1 on: `I. Why?`, `P1. Why?`."""
    paragraphs = [
        at for at, block in enumerate(blocks) if not block.title and block.type == "paragraph_open"
    ]
    for pattern in (NUMERAL, CODED, CIRCLED):
        found = [
            (at, match)
            for at in paragraphs
            if pattern.match(blocks[at].tokens[1].content)
            if (match := pattern.match(blocks[at].tokens[1].words))
        ]
        counts = [_ordinal(match["number"])[1] for _, match in found]
        if len(found) < limit.COUNTED_TITLES or counts != [*range(1, len(found) + 1)]:
            continue
        if not _count_on([match for _, match in found]) or _has_numbered_questions(blocks):
            continue
        for at, match in found:
            title = paragraph_title(blocks[at].tokens[1], _numbered(match))
            blocks[at] = blocks[at]._replace(title=title)
        break
    return blocks


def _count_on(found: Sequence[re.Match[str] | None]) -> bool:
    """Whether most of what was found goes on from the one above, and asks if it is no letter.

    Or it is a long list; then the verdict on it says what it counts.
    """
    counts = [_count(match) if match else None for match in found]
    pairs = [(a, b) for a, b in pairwise(counts) if a and b]
    on = sum(a[0] == b[0] and b[1] == a[1] + 1 for a, b in pairs)
    starts = sum(count is not None and count[1] == 1 for count in counts)
    if on < max(SEVERAL, limit.MOST * (len(counts) - starts)):
        return False
    coded = [match for match in found if match and match.re is not LETTERED]
    if coded and coded[0].re is CODED and on >= limit.LONG_RUN:
        return True
    least = limit.MOST_ASK if coded and coded[0].re is CODED else limit.NEARLY_ALL_ASK
    return sum(asks(_line(it.string[it.end() :])) for it in coded) >= least * len(coded)


def _count(found: re.Match[str]) -> tuple[str, int]:
    return _ordinal(found["number"].lower() if found.re is CAPITAL else found["number"])


def _line(words: str) -> str:
    """The first line of a text."""
    return words.partition("\n")[0]


def _ordinal(number: str) -> tuple[str, int]:
    """What counts, and how far: ("", 2) for `b`, ("A", 7) for `A7`, ("", 4) for `IV`."""
    digits = re.sub(r"^\D+", "", number)
    if digits.isdecimal():
        return number.removesuffix(digits), int(digits)
    if number.isupper():
        return "", roman_value(number)
    if number.isalpha():
        return "", ord(number) - ord("a") + 1
    return "", int(numeric(number))


def _lettered(block: Block, found: re.Match[str]) -> Block:
    title = title_in(block)
    children = cut(title.whole, found.end())
    return block._replace(title=replace(title, read=_numbered(found), children=children))


def _numbered(found: re.Match[str]) -> Numbered:
    dialect = ROMAN if found.re is NUMERAL else LETTER
    number = str(int(numeric(found["number"]))) if found.re is CIRCLED else found["number"]
    return Numbered(dialect, number, found["separator"], found.end())


# `2/HTML`, `💡2-HTML`, `2-💡HTML`; not `0/1 knapsack`
TIGHT = re.compile(r"\d{1,3}[-–—/](?=[\U0001f300-\U0001faff]?[^\W\d_])")


def with_tight_numbers(blocks: list[Block]) -> list[Block]:
    """Read `2/HTML` as number 2 where the title above is `1/ X`, or the one below `3/ X`.

    Or where three of a kind, without their blanks, are counted one after the other.
    """
    if not any(_tight(name_of(block)) for block in blocks):
        return blocks
    for positions in _alike(blocks):
        for run in zip(positions, positions[1:], positions[2:], strict=False):
            reads = [_tight_number(blocks[at]) for at in run]
            if all(
                first and second and _follows(first, second) for first, second in pairwise(reads)
            ):
                blocks[run[0]] = _tightly_numbered(blocks[run[0]])
        for first, second in pairwise(positions):
            blocks[second] = _counted_on(blocks[second], blocks[first], 1)
            blocks[first] = _counted_on(blocks[first], blocks[second], -1)
    return blocks


def _alike(blocks: Sequence[Block]) -> list[list[int]]:
    """Where the titles of each mark-up and level are."""
    like: dict[tuple[Kind, int], list[int]] = defaultdict(list)
    for at, block in enumerate(blocks):
        if block.title:
            like[block.title.kind, block.title.level].append(at)
    return list(like.values())


def _counted_on(block: Block, beside: Block, by: int) -> Block:
    """The block with its tight number, if that is `by` more than the number of another."""
    read, other = _tight_number(block), beside.title.read if beside.title else UNNUMBERED
    return _tightly_numbered(block) if read and _follows(other, read, by) else block


def _tight(name: str) -> re.Match[str] | None:
    return TIGHT.match(name, skip_decoration(name))


def _tight_number(block: Block) -> Numbered | None:
    """The number that a title without one begins with."""
    found = _tight(name_of(block))
    if not found or not block.title or block.title.read.number:
        return None
    return read_number(f"{found[0]} X")._replace(start=found.end())


def _tightly_numbered(block: Block) -> Block:
    title, read = block.title, _tight_number(block)
    if not title or not read:
        return block
    return block._replace(title=replace(title, read=read, children=cut(title.whole, read.start)))


def _follows(above: Numbered, read: Numbered, by: int = 1) -> bool:
    """Whether a number is `by` more than another that has the same sign behind it."""
    numbers = above.number or "", read.number or ""
    if above.separator != read.separator or not all(map(str.isdecimal, numbers)):
        return False
    return int(numbers[1]) == int(numbers[0]) + by


def without_counts_of_things(blocks: Sequence[Block]) -> list[Block]:
    """Take `5 ways to X` for an un-numbered title where the titles like it have no number.

    Or where theirs are no neighbours of it: `57 questions` above `1.` and `2.`.
    """
    found = list(blocks)
    for positions in _alike(blocks):
        titles = [title_in(blocks[at]) for at in positions]
        for at in _counts_of_things(titles):
            plain = replace(titles[at], read=UNNUMBERED, children=titles[at].whole)
            found[positions[at]] = blocks[positions[at]]._replace(title=plain)
    return found


def _counts_of_things(titles: Sequence[Title]) -> list[int]:
    """Which of the titles of one mark-up and level count something else."""
    spaced = [at for at, title in enumerate(titles) if title.has_spaced_number]
    if not spaced:
        return []
    if len(spaced) < sum(not title.read.number for title in titles):
        return spaced
    numbers = [0, *(number_value(title.read.number) for title in titles), -2]
    apart = [
        at
        for at in spaced
        if numbers[at + 1] != numbers[at] + 1 and numbers[at + 2] != numbers[at + 1] + 1
    ]
    return apart if len(spaced) < limit.MOST * len(titles) else []
