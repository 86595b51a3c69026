"""Headings as high as the questions that lead to none: sections, and parts of the answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import takewhile

from ankify.questions import thresholds as limit
from ankify.questions.answers import is_filler
from ankify.questions.block import Block, title_in
from ankify.questions.evidence import share
from ankify.questions.numbers import counted_chapter
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


def _is_labelled(title: Title) -> bool:
    """Whether a title is `Question 1`."""
    return bool(title.read.number) and title.read.is_labelled


def _is_other(blocks: Sequence[Block], at: int) -> bool:
    """Whether a heading begins something else, unless it comes again: "Notes", "Part 2"."""
    name = title_in(blocks[at]).name
    return bool(NO_QUESTION.match(name) or counted_chapter(name))


SEVERAL = 2  # questions below which a part of answers comes
