"""Callouts of Obsidian that are questions, with the answer inside: `> [!question]- Why?`.

So are `> [!note] Question 3` and `> [!note] 1.1 Why?` where most of a file is in such callouts. In
the answers to questions that are headings, a callout is a box. Folded details, `::: details Why?`,
are what `<summary>` is: titles without a number.
"""

from __future__ import annotations

from collections.abc import Sequence

from ankify.questions import thresholds as limit
from ankify.questions.block import Block, is_numbered_heading, paragraph_of
from ankify.questions.blocks import read_blocks
from ankify.questions.borrowed import with_borrowed_titles
from ankify.questions.numbers import CALLOUT, Numbered, read_number
from ankify.questions.titles import PARAGRAPH_LEVEL, Kind, Title
from ankify.questions.words import QUESTION_MARKS, asks, is_button, only_labels
from ankify.reading.inline import cut, visible
from ankify.reading.tokens import Token

QUESTIONS = ("question", "faq", "help")  # one type of Obsidian's, with three names
DETAILS = ("details", "dropdown", "spoiler")  # as in VitePress, MyST and HackMD
FEW = 2  # one may be a box of any kind
TITLED = ("alert_title_open", "inline", "alert_title_close")


def without_callouts(blocks: Sequence[Block]) -> Sequence[Block]:
    """Open the callouts that are questions, where headings are none."""
    callouts = [at for at, block in enumerate(blocks) if block.type == "alert_open"]
    if len(callouts) < FEW or any(is_numbered_heading(block) for block in blocks):
        return blocks
    asking = [at for at in callouts if blocks[at].tokens[0].info in QUESTIONS]
    numbered = [at for at in callouts if read_number(visible(_title(blocks[at]))).number]
    lines = sum(blocks[at].end - blocks[at].line for at in numbered)
    if lines >= limit.MOST * sum(block.end - block.line for block in blocks):
        asking = sorted({*asking, *numbered})
    asking = sorted({*asking, *_asking_details(blocks, callouts)})
    if len(asking) < FEW:
        return blocks
    chosen = frozenset(asking)
    found: list[Block] = []
    answered = -1  # the position of a callout "Answer" that is part of the one above
    for at, block in enumerate(blocks):
        if at in chosen:
            below = blocks[at + 1 : at + 2]
            answers = below if any(map(_is_answer, below)) else ()
            answered = at + len(answers)
            found += _opened(block, answers)
        elif at != answered:
            found.append(block)
    return found


def _asking_details(blocks: Sequence[Block], callouts: Sequence[int]) -> list[int]:
    """The folded details with a title, if most of these ask: the others are topics of the list."""
    details = [at for at in callouts if blocks[at].tokens[0].info in DETAILS]
    titles = [(at, visible(_title(blocks[at]))) for at in details]
    titled = [(at, title) for at, title in titles if title and not is_button(title)]
    asked = sum(title.endswith(QUESTION_MARKS) or asks(title) for _, title in titled)
    return [at for at, _ in titled] if asked >= limit.MOST_ASK * len(titled) else []


def _title(block: Block) -> tuple[Token, ...]:
    """The inline tokens of a callout's own title."""
    titled = tuple(token.type for token in block.tokens[1:4]) == TITLED
    return tuple(block.tokens[2].children or ()) if titled else ()


def inside_callout(block: Block) -> list[Block]:
    """The blocks of a callout, without its own title."""
    start = 4 if _title(block) else 1
    return read_blocks(block.tokens[start:-1])


def _is_answer(block: Block) -> bool:
    """Whether this is a callout "Answer": `??? success "Answer"`, `> [!solution]-`."""
    return block.type == "alert_open" and only_labels(visible(_title(block)))


def _opened(block: Block, answers: Sequence[Block]) -> list[Block]:
    """A callout as its title and what is inside; without a title of its own, as it is.

    What is in the callout "Answer" right below is inside, too.
    """
    inside = [*inside_callout(block), *answers]
    title, line = _title(block), block.line
    if block.tokens[0].meta.get("is_untitled"):
        if len(inside) <= 1 or inside[0].type != "paragraph_open":
            return [block, *answers]
        title, line, inside = tuple(inside[0].tokens[1].children or ()), inside[0].line, inside[1:]
    if not inside and block.tokens[0].info not in QUESTIONS:
        return [block]
    answer = [part for inner in inside for part in _without_label(inner)]
    end = max(block.end, *(below.end for below in answers)) if answers else block.end
    closing = Token("html_block", "", 0, content="</details>\n", map=(end, end))
    return with_borrowed_titles(
        [_heading(block, title, line), *answer, Block((closing,), depth=-1)]
    )


def _heading(block: Block, children: tuple[Token, ...], line: int) -> Block:
    """The title as that of a toggle, so that the answer ends with the callout."""
    read = read_number(visible(children))
    if not read.number and block.tokens[0].info not in DETAILS:
        read = Numbered(CALLOUT)
    inside = cut(children, read.start)
    is_paired = read.dialect is CALLOUT
    title = Title(
        Kind.SUMMARY, PARAGRAPH_LEVEL, read, children, inside, block.line, is_paired=is_paired
    )
    return Block(paragraph_of(children, line), title, depth=1)


def _without_label(block: Block) -> list[Block]:
    """A callout with the title "Answer" as a paragraph that says so, and what is inside."""
    if not _is_answer(block):
        return [block]
    return [*read_blocks(paragraph_of(_title(block), block.line)), *inside_callout(block)]
