"""Answers in the line of what is asked: `1. Why? **So.**`, `2. X. **False**`, `3. Why? For X.`"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from ankify.questions import thresholds as limit
from ankify.questions.block import Block
from ankify.questions.numbers import Dialect
from ankify.questions.titles import Kind, Title
from ankify.questions.words import (
    QUESTION_MARKS,
    demands,
    is_button,
    is_verdict,
    normal,
    only_points,
    says_answer,
)
from ankify.reading.inline import cut, visible, without_code
from ankify.reading.tokens import Token

Found = tuple[int, tuple[Token, ...]]  # how much of a title stands before an answer, and it


def with_answers_behind_titles(blocks: list[Block]) -> list[Block]:
    """Take what is behind the questions that numbered headings or paragraphs ask for the answers.

    Of each style of titles, nearly all have to be like that, with nothing below.
    """
    groups: dict[tuple[Kind, int, Dialect | None], list[int]] = defaultdict(list)
    for at, block in enumerate(blocks):
        title = block.title
        if title and title.read.number and title.kind in (Kind.HEADING, Kind.BOLD, Kind.TEXT):
            groups[title.kind, title.level, title.read.dialect].append(at)
    for group in groups.values():
        alone = [at for at in group if at + 1 == len(blocks) or blocks[at + 1].title]
        if len(alone) >= max(limit.COUNTED_TITLES, limit.NEARLY_ALL_ASK * len(group)):
            answered = _with_plain_answers([blocks[at] for at in alone])
            for at, block in zip(alone, answered, strict=True):
                blocks[at] = block
    return blocks


def with_answers_in_line(items: tuple[Block, ...]) -> tuple[Block, ...]:
    """Take what is bold behind what a list asks for the answers: `1. Why? **So.**`.

    Badges, `**Easy**`, come again and again; so does what is said of statements, `**False**`.
    Neither need be bold where nearly all of a list is like that.
    """
    if len(items) < limit.JUDGED:
        return items
    least = max(limit.COUNTED_TITLES, limit.NEARLY_ALL_ASK * len(items))
    found = [_bold_behind(item.title) for item in items]
    said = [visible(it[1]) for it in found if it]
    if len(said) < least or len({*map(normal, said)}) < limit.DIFFERENT * len(said):
        found = [it if it and is_verdict(visible(it[1])) else None for it in found]
        if sum(map(bool, found)) < limit.JUDGED:
            found = [_verdict_behind(item.title) for item in items]
            if sum(map(bool, found)) < least:
                return _with_plain_answers(items)
    return _with_answers(items, found)


def with_answer_behind(item: Block) -> Block | None:
    """The item with what is bold, or is said, behind its question mark as its answer, if any is.

    It may stand in the next line: `- Why? -`, and `For X.` below.
    """
    title = item.title
    asked = title.name.rstrip(SIGNS) if title else ""
    if title and title.glued and asked.endswith(QUESTION_MARKS):
        if asked == title.name and title.below > title.name.count("\n"):
            return None
        said = visible(title.glued)
        begins = len(said) - len(said.lstrip(SIGNS))
        end = visible(title.children).rindex(asked[-1]) + 1
        own = replace(
            title, children=cut(title.children, 0, end), glued=cut(title.glued, begins), below=0
        )
        return item._replace(title=own)
    found = _bold_behind(title) or _said_behind(title)
    return _with_answer_in_line(item, *found) if found else None


SIGNS = " \n:–—-"  # between a question and its answer


def _with_plain_answers(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The same for what is behind question marks and not bold, if nearly all have such an answer.

    Or all others have one below: then a whole sentence is an answer, too.
    """
    found = [_said_behind(block.title) for block in blocks]
    said = [visible(it[1]) for it in found if it]
    if not said or len(blocks) < limit.COUNTED_TITLES:
        return tuple(blocks)
    below = [bool(block.title and block.title.glued) or bool(block.inside) for block in blocks]
    least = limit.NEARLY_ALL_ASK * len(blocks)
    is_usual = len(said) >= max(limit.COUNTED_TITLES, least)
    if not is_usual or len({*map(normal, said)}) < limit.DIFFERENT * len(said):
        found = [
            it if it and not more and _is_said(it[1]) else None
            for it, more in zip(found, below, strict=True)
        ]
        if sum(below) + sum(map(bool, found)) < least or not any(below):
            return tuple(blocks)
    return _with_answers(blocks, found)


def _said_behind(title: Title | None) -> Found | None:
    """What is behind the question mark of a title and does not ask: `Why? For X.`"""
    if not title or title.name[-1:] in QUESTION_MARKS:
        return None
    found = SAID.match(without_code(title.children))
    said = found["said"] if found else ""
    if not found or demands(said) or only_points(said) or OPTIONS.match(said):
        return None
    if says_answer(said) or is_button(said):
        return None
    return found.end("asked"), cut(title.children, found.start("said"))


SAID = re.compile(r"(?P<asked>.*(?:[?](?=\s)|？))[\s:–—-]*(?P<said>[\w\"'“«「].*)$", re.DOTALL)


def _is_said(answer: tuple[Token, ...]) -> bool:
    """Whether an answer is a sentence, and no remark behind a question."""
    words = visible(answer).strip()
    return words[-1:] in tuple(".。") and len(words) >= SHORTEST


SHORTEST = 12  # characters of a sentence: "It is a bird."
OPTIONS = re.compile(r"[(\[]?[aA1][.)\]]\s")  # `Which is a bird? a) duck b) cow`


def _with_answers(blocks: Sequence[Block], found: Sequence[Found | None]) -> tuple[Block, ...]:
    return tuple(
        _with_answer_in_line(block, *it) if it else block
        for block, it in zip(blocks, found, strict=True)
    )


ARROW = re.compile(r"\s*[-–—=]*[>→⇒]\s*$")


def _bold_behind(title: Title | None) -> Found | None:
    """How much of a title stands before the bold answer in its line, and this answer.

    It is right behind a question mark, or is what may be said of a statement.
    """
    if not title or title.glued:
        return None
    children = title.children
    opened = (at for at, token in enumerate(children) if token.type == "strong_open" and at)
    for at in islice(opened, MOST_BOLD):
        asked = visible(children[:at]).rstrip(" *_")
        closed = (i for i in range(at, len(children)) if children[i].type == "strong_close")
        end = next(closed, len(children))
        rest = visible(children[end:]).strip(" .")
        is_judged = is_verdict(visible(children[at:end])) and ENDED.search(asked)
        if is_judged or (not rest and asked.endswith(QUESTION_MARKS)):
            arrow = ARROW.search(asked, max(len(asked) - NEAR, 0))
            return arrow.start() if arrow else len(asked), children[at:]
    return None


def _verdict_behind(title: Title | None) -> Found | None:
    """The same for "True" and the like behind a statement, which need not be bold."""
    if not title or title.glued:
        return None
    words = visible(title.children)
    found = LAST_WORDS.search(words, max(len(words) - NEAR, 0))
    if not found or not is_verdict(found["said"]):
        return None
    return found.start(), cut(title.children, *found.span("said"))


ENDED = re.compile(r"[.!?>→⇒。！？]$")  # before `**False**, for X`
NEAR = 40  # characters: so far from the end is what is said of a statement
MOST_BOLD = 5  # words of a statement
# `X. (False)`, `X. False`, `X → False`
LAST_WORDS = re.compile(
    r"(?:(?<=[.!?。！？])\s*(?:[-–—]\s)?|\s*[-–—=]*[>→⇒])\s*"
    r"[(（]?(?P<said>[^\W\d_][^\W\d_' ]{0,18})[.)）!\s]*$"
)


def _with_answer_in_line(item: Block, end: int, answer: tuple[Token, ...]) -> Block:
    """The item with the rest of its line, behind `end` characters of the title, as its answer."""
    title = item.title
    assert title is not None
    behind = len(visible(title.children)) - end
    asked = visible(title.whole)
    return item._replace(
        title=replace(
            title,
            whole=cut(title.whole, 0, len(asked[: len(asked) - behind].rstrip())),
            children=cut(title.children, 0, end),
            glued=(*answer, Token("softbreak", "br", 0), *title.glued) if title.glued else answer,
            below=0,
        )
    )
