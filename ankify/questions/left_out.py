"""What of a note file is on no card: text between and below the questions, and titles not taken."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence, Set
from itertools import accumulate, chain, pairwise

from ankify.model import LeftOut, Location, Problem, Question
from ankify.questions import thresholds as limit
from ankify.questions.answers import is_filler, opening_words
from ankify.questions.block import Block, end_of_section
from ankify.questions.contents import text_size
from ankify.questions.evidence import Group
from ankify.questions.numbers import number_value
from ankify.questions.styles import LISTED
from ankify.questions.words import NO_QUESTION, asks, is_button

Span = tuple[int, int]  # blocks of a question: from its title to the one below its answer


def left_out(blocks: Sequence[Block], spans: Sequence[Span]) -> Iterator[LeftOut]:
    """Find the text that is on no card.

    What a section opens with, above its first question, is no such text, and neither are
    references and the like, but answers are. What is above the first question is a preface, unless
    it is the most of the file.
    """
    if spans and blocks and blocks[spans[0][0]].line >= PREFACE * blocks[-1].end:
        yield from _above(blocks, spans[0][0])
    for (_, end), (below, _) in pairwise([*spans, (len(blocks), 0)]):
        yield from _in_gap(blocks, end, below)


PREFACE = 1 - limit.COVERING  # the share of a file that is more than a preface


def _above(blocks: Sequence[Block], first: int) -> Iterator[LeftOut]:
    """What is above the first question, if it is the most of the file."""
    sizes = [0, *accumulate(0 if is_filler(block) else text_size(block) for block in blocks)]
    if sizes[first] >= PREFACE * sizes[-1] > 0:
        yield LeftOut(1, max(block.end for block in blocks[:first]), 0, sizes[first])


def _in_gap(blocks: Sequence[Block], start: int, end: int) -> Iterator[LeftOut]:
    """The parts of a gap between two questions that are lost, each from heading to heading."""
    is_last = end == len(blocks)
    lost = True  # text right below an answer that has ended
    first, headings, size = start, 0, 0
    for at in range(start, end + 1):
        title = blocks[at].heading if at < end else None
        if at == end or title:
            if size:
                last = max(block.end for block in blocks[first:at])
                yield LeftOut(blocks[first].line + 1, last, headings, size)
            first, size, headings = at, 0, 1
            name = title.name if title else ""
            is_other = NO_QUESTION.match(name) and not is_button(name)
            lost = not is_other and (is_last or not _leads(blocks, at, end))
        elif lost and not is_filler(blocks[at]) and not blocks[at].comments:
            size += max(text_size(blocks[at]), 1)


def _leads(blocks: Sequence[Block], at: int, question: int) -> bool:
    """Whether a heading is that of the section that the next question is in."""
    own, asked = blocks[at].title, blocks[question].title
    if not own or not asked:
        return False
    is_above = end_of_section(blocks, at, question, own.level) == question
    return own.level < asked.level and is_above


def covered_lines(blocks: Sequence[Block], spans: Sequence[Span]) -> frozenset[int]:
    """The lines of questions and answers, 0-based."""
    own = ([block for block in blocks[start:end] if not block.keyed] for start, end in spans)
    parts = (range(_first_line(block[0]), block[-1].end) for block in own if block)
    return frozenset(chain.from_iterable(parts))


def _first_line(block: Block) -> int:
    """The line a question begins on; that of an item's block is the one of its list."""
    return block.title.line if block.title else block.line


def lost_titles(group: Group, covered: Container[int], questions: Set[int]) -> int:
    """How many titles with something below are on none of the lines of questions and answers.

    Lists are part of any text; only a long one that is nearly all of a file without questions may
    be what the file is about.
    """
    if group.first.kind in LISTED and (
        questions or len(group) < limit.LONG_RUN or not group.covers(limit.COVERING_ALL)
    ):
        return 0
    file = group.file
    free = ((at, end) for at, end in group.spans if file.titles[at].line not in covered)
    return sum(file.is_answered(at, end) for at, end in free)


NEXT = re.compile(r"\W*(?P<number>\d{1,4})\s*[.)、:：]\s*\S")


def swallowed(
    questions: Sequence[tuple[Question, Span]], blocks: Sequence[Block]
) -> Iterator[Problem]:
    """Answers that look as if they held the next question: its number is missing, and in there.

    In the last answer it is the first number; else it may be one of a list.
    """
    numbers = {question.number for question, _ in questions}
    nexts = [*(number_value(below.number) for below, _ in questions[1:]), None]
    for (question, (start, end)), below in zip(questions, nexts, strict=False):
        number = number_value(question.number)
        wanted = str(number + 1)
        if number < 1 or below not in (None, number + 2) or wanted in numbers:
            continue
        for line, words in _lines(blocks[start + 1 : end]):
            found = NEXT.match(words)
            if found and found["number"] != wanted and below is None:
                break
            if found and found["number"] == wanted and asks(words):
                yield Problem(
                    Location(question.file, line),
                    "swallowed-question",
                    f"question {wanted} seems to be in the answer to {question.number}",
                    hint="give it a title like the others, with a blank line above",
                )
                break


def _lines(blocks: Sequence[Block]) -> Iterator[tuple[int, str]]:
    """The lines of paragraphs, headings and items, with their 1-based numbers."""
    for block in blocks:
        yield from _lines(block.items)
        for offset, words in enumerate(opening_words(block).split("\n")):
            yield block.line + 1 + offset, words
