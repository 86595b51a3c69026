"""Headings as high as the questions that lead to none: sections, and parts of the answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import dropwhile, pairwise, takewhile

from ankify.questions import thresholds as limit
from ankify.questions.answers import is_filler
from ankify.questions.block import Block, title_in
from ankify.questions.evidence import share
from ankify.questions.numbers import counted_chapter, number_value
from ankify.questions.styles import style_of
from ankify.questions.titles import Title
from ankify.questions.words import NO_QUESTION, is_button, normal

SECTION_LEVEL = 2  # a `##` is a section even above a `#` that asks; a `#####` above `##` is none


def section_headings(blocks: Sequence[Block], chosen: Container[int]) -> frozenset[int]:
    """Headings with nothing but headings between them and the question below: sections."""
    found: set[int] = set()
    level = 0
    for at in reversed(range(len(blocks))):
        title, heading = blocks[at].title, blocks[at].heading
        if title and at in chosen:
            level = title.level
        elif heading and heading.level <= max(level, SECTION_LEVEL * bool(level)):
            found |= set() if is_button(heading.name) else {at}
        elif level and not is_filler(blocks[at]):
            level = 0
    return frozenset(found)


def parts_of_answers(
    blocks: Sequence[Block], chosen: Container[int], sections: Container[int]
) -> frozenset[int]:
    """Headings of the questions' own level that come again below most of them.

    `### In practice` after each of `### 1. X`, `### 2. Y` is a part of the answer. Below
    `### Question 1` all headings down to `### Question 2` are, if below most of these questions
    there are some that come again.
    """
    below: dict[int, dict[int, list[int]]] = defaultdict(dict)  # by level and the question above
    above = level = -1
    for at, block in enumerate(blocks):
        title = block.heading
        if not title:
            continue
        if at in chosen:
            above, level = at, title.level
            below[level][above] = []
        elif title.level < level:
            level = -1  # another section
        elif title.level == level and at not in sections:
            below[level][above].append(at)
    return frozenset(at for own in below.values() for at in _parts(blocks, own))


def _parts(blocks: Sequence[Block], below: Mapping[int, Sequence[int]]) -> Iterator[int]:
    """The parts among the headings below each question of one level."""
    if sum(map(bool, below.values())) < SEVERAL:
        return
    names = {at: normal(title_in(blocks[at]).name) for own in below.values() for at in own}
    times = Counter(name for own in below.values() for name in {names[at] for at in own})
    again = {name for name, count in times.items() if count >= SEVERAL}
    holding = [at for at, own in below.items() if any(names[it] in again for it in own)]
    enough = limit.MOST * len(below)
    labelled = share(_is_labelled(title_in(blocks[at])) for at in below)
    if labelled >= limit.NEARLY_ALL_ASK and len(holding) >= max(enough, SEVERAL):
        for own in below.values():
            yield from takewhile(lambda at: names[at] in again or not _is_other(blocks, at), own)
        return
    for at, name in names.items():
        if times[name] >= max(enough, SEVERAL) and not title_in(blocks[at]).read.number:
            yield at


def held_headings(
    blocks: Sequence[Block], chosen: Container[int], sections: Container[int]
) -> frozenset[int]:
    """Headings as high as the questions, or higher, that are parts of an answer all the same.

    They are between question n and n + 1, and lead to no question. So it is where at least half of
    the questions hold such headings, as chapters do not; where titles numbered as the questions are
    below them, which count from 1; where the answers end with a break, but the heading is below
    text, and the break below what it heads; and where they are steps right below `Question 2`.
    """
    asked = [at for at, block in enumerate(blocks) if at in chosen and block.heading]
    held = {
        at: headings
        for at, below in pairwise(asked)
        if (headings := _held_between(blocks, at, below, sections))
    }
    if not held:
        return frozenset()
    ends = {at: _is_break(blocks, below, sections) for at, below in pairwise(asked)}
    usual = len(held) >= max(limit.MOST * len(asked), SEVERAL)
    breaks = sum(ends.values()) >= max(limit.NEARLY_ALL_ASK * len(ends), limit.COUNTED_TITLES)
    found: list[int] = []
    for at, headings in held.items():
        style = style_of(title_in(blocks[at]))
        inner = any(style_of(title_in(blocks[it])) == style for it in headings)
        below_text = blocks[headings[0] - 1].tokens[0].type != "hr"
        steps = _are_steps(blocks, at, headings)
        if usual or inner or steps or (breaks and below_text and ends[at]):
            found += headings
    return frozenset(found)


def _held_between(
    blocks: Sequence[Block], at: int, below: int, sections: Container[int]
) -> list[int]:
    """The headings from the first as high as a question, or higher, down to a section.

    Or to the next question, which has to have the next number; what is below the last is unknown.
    """
    title = title_in(blocks[at])
    number = number_value(title.read.number)
    if number < 1 or number_value(title_in(blocks[below]).read.number) != number + 1:
        return []
    headings = [it for it in range(at + 1, below) if blocks[it].heading]
    own = list(takewhile(lambda it: it not in sections and not _is_other(blocks, it), headings))
    return list(dropwhile(lambda it: title_in(blocks[it]).level > title.level, own))


def _are_steps(blocks: Sequence[Block], at: int, headings: Sequence[int]) -> bool:
    """Whether headings count from 1, right below a question with a label: its only answer."""
    numbers = [number_value(title_in(blocks[it]).read.number) for it in headings]
    counted = numbers == [*range(1, len(numbers) + 1)]
    return counted and headings[0] == at + 1 and _is_labelled(title_in(blocks[at]))


def _is_break(blocks: Sequence[Block], at: int, sections: Container[int]) -> bool:
    """Whether a thematic break is right above a question, or above the section that it begins."""
    while at and at - 1 in sections:
        at -= 1
    return bool(at) and blocks[at - 1].tokens[0].type == "hr"


def _is_labelled(title: Title) -> bool:
    """Whether a title is `Question 1`."""
    return bool(title.read.number) and title.read.is_labelled


def _is_other(blocks: Sequence[Block], at: int) -> bool:
    """Whether a heading begins something else, unless it comes again: "Notes", "Part 2"."""
    name = title_in(blocks[at]).name
    return bool(NO_QUESTION.match(name) or counted_chapter(name))


SEVERAL = 2  # questions below which a part of answers comes
