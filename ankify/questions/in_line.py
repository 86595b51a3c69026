"""Answers that stand in the line of what is asked: `1. Why? **So.**`, `2. X. **False**`."""

from __future__ import annotations

import re
from dataclasses import replace

from ankify.questions import thresholds as limit
from ankify.questions.block import Block
from ankify.questions.titles import Title
from ankify.questions.words import QUESTION_MARKS, is_verdict, normal
from ankify.reading.inline import cut, visible
from ankify.reading.tokens import Token


def with_answers_in_line(items: tuple[Block, ...]) -> tuple[Block, ...]:
    """Take what is bold behind what a list asks for the answers: `1. Why? **So.**`.

    Badges, `**Easy**`, come again and again; so does what is said of statements, `**False**`,
    which need not be bold where nearly all of a list is like that.
    """
    least = max(limit.COUNTED_TITLES, limit.NEARLY_ALL_ASK * len(items))
    found = [_bold_behind(item.title) for item in items]
    said = [visible(it[1]) for it in found if it]
    if len(said) < least or len({*map(normal, said)}) < limit.DIFFERENT * len(said):
        found = [it if it and is_verdict(visible(it[1])) else None for it in found]
        if sum(map(bool, found)) < limit.JUDGED:
            found = [_verdict_behind(item.title) for item in items]
            if sum(map(bool, found)) < least:
                return items
    return tuple(
        _with_answer_in_line(item, *it) if it else item
        for item, it in zip(items, found, strict=True)
    )


ARROW = re.compile(r"\s*[-–—=]*[>→⇒]\s*$")


def _bold_behind(title: Title | None) -> tuple[int, tuple[Token, ...]] | None:
    """How much of a title stands before the bold answer in its line, and this answer.

    It is right behind a question mark, or is what may be said of a statement.
    """
    if not title or title.glued:
        return None
    children = title.children
    for at, token in enumerate(children):
        if token.type != "strong_open" or not at:
            continue
        asked = visible(children[:at]).rstrip(" *_")
        end = next(i for i in range(at, len(children)) if children[i].type == "strong_close")
        rest = visible(children[end:]).strip(" .")
        is_judged = is_verdict(visible(children[at:end])) and (not rest or ENDED.search(asked))
        if is_judged or (not rest and asked.endswith(QUESTION_MARKS)):
            return len(ARROW.sub("", asked)), children[at:]
    return None


def _verdict_behind(title: Title | None) -> tuple[int, tuple[Token, ...]] | None:
    """The same for "True" and the like behind a statement, which need not be bold."""
    found = LAST_WORDS.search(visible(title.children)) if title and not title.glued else None
    if not title or not found or not is_verdict(found["said"]):
        return None
    return found.start(), cut(title.children, *found.span("said"))


ENDED = re.compile(r"[.!?>→⇒。！？]$")  # before `**False**, for X`
# `X. (False)`, `X. False`, `X → False`, `X - False`
LAST_WORDS = re.compile(
    r"(?:(?<=[.!?。！？])\s*(?:[-–—]\s)?|\s*[-–—=]*[>→⇒]|\s+[-–—]\s|\s*(?=[(（]))\s*"
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
            glued=answer,
            below=0,
        )
    )
