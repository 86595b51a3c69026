"""Lists of topics whose items hold numbered questions: each topic is a section, not a question.

`1. ### Rivers` with `<summary>1. Why?</summary>` inside, or `1. Rivers` with `1. Why?` below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ankify.questions import thresholds as limit
from ankify.questions.block import Block, is_numbered_heading, shown, title_in
from ankify.questions.blocks import read_blocks
from ankify.questions.evidence import share
from ankify.questions.numbers import UNNUMBERED
from ankify.questions.titles import Kind, Title
from ankify.questions.words import asks

FEW = 2  # questions of a topic, and topics of a list
LEVEL = 6  # of the heading that a topic becomes: it is below all others


def without_outlines(blocks: Sequence[Block]) -> Sequence[Block]:
    """Open the lists of topics, with each topic as a heading above its questions.

    Not where headings have numbers: there they are the questions, and lists are in their answers.
    """
    if any(is_numbered_heading(block) for block in blocks):
        return blocks
    opened = {at: parts for at, block in enumerate(blocks) if (parts := _opened(block))}
    if not opened:
        return blocks
    return [part for at, block in enumerate(blocks) for part in opened.get(at, (block,))]


def _opened(block: Block) -> list[Block]:
    """The topics of a list with what is inside of them; nothing if it is another list."""
    if sum(map(_may_be_topic, block.items)) < max(FEW, limit.MOST * len(block.items)):
        return []
    inside = [read_blocks(tuple(shown(item.inside))) if item.inside else [] for item in block.items]
    topics = [_is_topic(item, own) for item, own in zip(block.items, inside, strict=True)]
    if sum(topics) < FEW or share(topics) < limit.MOST:
        return []
    return [
        part
        for item, own, is_topic in zip(block.items, inside, topics, strict=True)
        for part in (_section(item, own) if is_topic else (item,))
    ]


def _may_be_topic(item: Block) -> bool:
    """Whether there is something in an item that may have a number."""
    return bool(item.title) and any(token.type in HOLDING for token in item.inside)


HOLDING = ("ordered_list_open", "heading_open", "html_block", "paragraph_open")


def _is_topic(item: Block, inside: Sequence[Block]) -> bool:
    """Whether an item does not ask, and holds several questions with a number."""
    title = item.title
    if not title or asks(title.name) or not inside:
        return False
    asked = [*_questions(inside)]
    return len(asked) >= FEW and share(asked) >= limit.NEARLY_ALL_ASK


def _questions(blocks: Sequence[Block]) -> Iterator[bool]:
    """Of each title with a number, whether it asks; points without anything below are none."""
    for block in blocks:
        for part in block.items or (block,):
            title = part.title
            if title and title.read.number and (part.inside or not block.items):
                yield asks(title.name)


def _section(item: Block, inside: Sequence[Block]) -> Iterator[Block]:
    title = title_in(item)
    tokens = item.tokens[2:5]  # of its first paragraph or heading
    level = title.level if title.kind is Kind.ITEM_HEADING else LEVEL
    section = Title(Kind.HEADING, level, UNNUMBERED, title.children, title.children, title.line)
    yield Block(tokens, section)
    for block in inside:
        yield from _opened(block) or (block,)
