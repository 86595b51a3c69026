"""Titles that stand below their number, `### Question 3`, or below the one that they share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import chain, takewhile

from ankify.questions import thresholds as limit
from ankify.questions.block import Block, inline_of, title_in
from ankify.questions.numbers import ALONE, IDENTIFIER, UNNUMBERED, number_value, read_number
from ankify.questions.titles import Kind, Title, with_title_of
from ankify.questions.words import (
    NO_QUESTION,
    QUESTION_LABEL,
    QUESTION_MARKS,
    TASK,
    asks,
    demands,
    is_button,
    is_question_label,
    normal,
    only_labels,
    only_points,
    says_answer,
)
from ankify.reading.inline import cut, visible
from ankify.reading.tokens import Token

# `(5 points)`, `🟢`
REMARK = re.compile(r"(?:[^\w(\[【（]|[(\[【（][^()\[\]【】（）]{0,40}[)\]】）])*")
FACT = re.compile(r"[^\s:：?？][^:：?？\n]{0,20}[:：][^?？\n]{0,30}")  # `Type: multiple choice`


def is_fact(line: str) -> bool:
    """Whether a line says something of a question, `Type: multiple choice`."""
    return bool(FACT.fullmatch(line.strip()))


CODE = ("fence", "code_block")
FAR = 20  # blocks down to the answer of a question that is all below its number
SEVERAL = 2  # headings below one number
REACH = 5  # blocks below a number that may stand above its question
QUOTED = 5  # tokens of a quote that holds one paragraph


def with_borrowed_titles(blocks: list[Block]) -> list[Block]:
    """Give a title that is only a number, `### 第 1 题`, the text below as its title."""
    for at, block in enumerate(blocks):
        title = block.title
        if title and title.read.number and not title.glued and _only_names(title, blocks, at):
            asked = blocks[at + 1]
            taken = with_title_of(title, (1,), inline_of(asked), asked.line)
            blocks[at] = block._replace(title=taken)
        elif title and title.kind is Kind.BOLD and at and _answers(title, blocks[at - 1]):
            blocks[at] = block._replace(title=None)
        elif title and title.read.number and not title.glued and _is_bare(title):
            below = blocks[at + 1 : at + 1 + REACH]
            below[:1] = [_unlisted(it, title) for it in below[:1]]
            found = _borrowed(title, below)
            if title.read.dialect is ALONE:
                found = replace(found, asked=_asked(below, found.borrowed))
            elif title.read.dialect is IDENTIFIER and not found.children:
                found = replace(title, children=title.whole)
            elif not found.children and (shown := _shown(below)):
                found = replace(title, children=title.whole, asked=shown)
            elif not found.children and _is_solved_below(title, blocks[at + 1 : at + 1 + FAR]):
                found = replace(title, children=title.whole)
            blocks[at] = block._replace(title=found)
    return blocks


def _unlisted(block: Block, title: Title) -> Block:
    """The paragraph of a list of one item, if that may be asked: `- [ ] **Task:** X`."""
    if len(block.items) != 1 or block.items[0].inside or len(block.tokens) != LIST_OF_ONE:
        return block
    paragraph = block.tokens[2:5]
    may_ask = title.read.dialect is IDENTIFIER or asks(visible(paragraph[1].children or ()))
    return Block(paragraph) if may_ask else block


LIST_OF_ONE = 7  # tokens


def with_linked_titles(blocks: Sequence[Block]) -> Sequence[Block]:
    """Call a heading that is only a number, `### #2`, as the link above that leads to it.

    `* [What is a keel?](#2)` in the list on top is what is asked; below are the answers.
    """
    bare = {
        normal(visible(title.whole)): at
        for at, block in enumerate(blocks)
        if (title := block.heading) and title.read.number
        if not visible(cut(title.whole, title.read.start)).strip()
    }
    if len(bare) < SEVERAL:
        return blocks
    found = list(blocks)
    for target, words in chain.from_iterable(map(_linked, blocks[: min(bare.values())])):
        at = bare.get(normal(target))
        if at is not None:
            title = title_in(blocks[at])
            own = replace(title, children=words, glued=(), below=1, borrowed=(), asked=0)
            found[at] = blocks[at]._replace(title=own)
    return found


def _linked(block: Block) -> Iterator[tuple[str, tuple[Token, ...]]]:
    """The places in the file that a block links to, with the words of each link, if it has some."""
    for token in block.tokens:
        start = 0
        children = token.children or () if "](#" in token.content else ()
        for at, child in enumerate(children):
            if child.type == "link_open":
                start = at + 1
            elif child.type == "link_close":
                words = tuple(children[start:at])
                read = read_number(visible(words))
                title = cut(words, read.start)
                target = str(children[start - 1].attrs.get("href") or "")
                name = visible(title)
                if target.startswith("#") and normal(name) and not is_button(name):
                    yield target, title


def with_numbered_parts(blocks: list[Block]) -> list[Block]:
    """Give the headings below `## Question 2` its number, if it has several, and most of them ask.

    Each has an answer of its own, so each is a question; their heading names them together.
    """
    headings = [at for at, it in enumerate(blocks) if it.title and it.title.kind is Kind.HEADING]
    for index, at in enumerate(headings):
        title = blocks[at].title
        if title and title.read.is_labelled and title.read.number and _is_bare(title):
            below = (headings[it] for it in range(index + 1, len(headings)))
            parts = _asking_parts(blocks, title, at, below)
            if parts:
                section = replace(title, read=UNNUMBERED, children=title.whole)
                blocks[at] = blocks[at]._replace(title=section)
            for place, part in parts:
                read = title.read._replace(start=part.read.start)
                numbered = replace(part, level=title.level, read=read)
                blocks[place] = blocks[place]._replace(title=numbered)
    return blocks


def _asking_parts(
    blocks: Sequence[Block], title: Title, at: int, headings: Iterable[int]
) -> list[tuple[int, Title]]:
    """The headings of one level below a number, the first right below it, if most of them ask."""
    parts: list[tuple[int, Title]] = []
    for place in headings:
        part = blocks[place].title
        if not part or part.level <= title.level:
            break
        if part.read.number or (not parts and place != at + 1):
            return []
        if not parts or part.level == parts[0][1].level:
            parts.append((place, part))
    asking = [asks(part.name) for _, part in parts]
    is_several = len(parts) >= SEVERAL and asking[0]
    return parts if is_several and sum(asking) > limit.MOST_ASK * len(asking) else []


def _only_names(title: Title, blocks: Sequence[Block], at: int) -> bool:
    """Whether a label with a topic, `# Question 3 - Stacks`, has right below the heading that asks.

    It is the only one in this part of the file.
    """
    below = blocks[at + 1].title if at + 1 < len(blocks) else None
    if not title.read.is_labelled or asks(title.name) or not below or not asks(below.name):
        return False
    if {title.kind, below.kind} != {Kind.HEADING} or below.level <= title.level:
        return False
    others = (blocks[it].title for it in range(at + 2, len(blocks)))
    levels = (it.level for it in others if it and it.kind is Kind.HEADING)
    return next((level for level in levels if level <= below.level), 0) <= title.level


def _is_solved_below(title: Title, below: Sequence[Block]) -> bool:
    """Whether a heading `Question 3` has an answer with a label below, past lists and the like."""
    own = takewhile(lambda it: not it.title or it.title.kind is not Kind.HEADING, below)
    words = [visible(inline_of(block)) for block in own]
    while words and only_labels(words[-1]):
        words.pop()
    return title.kind is Kind.HEADING and any(map(says_answer, words))


def _asked(below: Sequence[Block], borrowed: Sequence[int]) -> int:
    """How many blocks below a number alone are asked: the paragraphs down to one that asks."""
    paragraphs = list(takewhile(lambda it: it.type == "paragraph_open", below))
    words = [visible(inline_of(block)).rstrip("*_ ") for block in paragraphs]
    asking = [at for at, said in enumerate(words, 1) if asks(said)]
    return max(asking[-1:], default=0) - len(borrowed) if asking else 0


def _shown(below: Sequence[Block]) -> int:
    """How many blocks of pictures and code are all that is asked, above an answer.

    Below code the answer needs a label, if only `**Output:**`: code may be the answer itself.
    """
    asked = [*takewhile(lambda it: it.type in CODE or _is_picture(it), below)]
    rest = [*takewhile(lambda it: not it.title or not it.title.read.number, below[len(asked) :])]
    words = visible(inline_of(rest[0])) if rest else ""
    if not rest or (only_labels(words) and len(rest) == 1):
        return 0
    says = says_answer(words) or _has_label(words)
    return len(asked) if says or all(map(_is_picture, asked)) else 0


def _has_label(words: str) -> bool:
    """Whether a paragraph begins with one to three words and a colon, and sets no task."""
    found = FIRST_LABEL.match(words)
    return bool(
        found
        and len(found[0].split()) <= WORDS
        and words[found.end() :].strip()
        and not (TASK.match(found[0]) or demands(words[found.end() :].split("\n")[0]))
    )


WORDS = 3  # of a label, `**Output:** X`


def _is_picture(block: Block) -> bool:
    """Whether a paragraph holds pictures and no words."""
    children = inline_of(block) if block.type == "paragraph_open" else ()
    return not visible(children).strip() and any(it.type == "image" for it in children)


def _answers(title: Title, above: Block) -> bool:
    """Whether a bold number is the answer to the paragraph above: `Which port?`, `**110**`."""
    number = title.read.number and not title.name and not title.read.is_labelled
    asked = not above.title and above.type == "paragraph_open"
    words = visible(inline_of(above)).rstrip("*_ \n") if number and asked else ""
    return words.endswith(QUESTION_MARKS)


def _is_bare(title: Title) -> bool:
    """Whether nothing but a remark follows the number."""
    remark = REMARK.fullmatch(title.name) and not asks(title.name)
    is_said = title.read.is_labelled and (remark or only_points(title.name))
    return bool(is_said or not (title.name or title.is_picture))


def _borrowed(title: Title, below: Sequence[Block]) -> Title:
    """Take the title from what stands below, past labels, facts and code."""
    passed: list[int] = []  # labels, which are no part of the answer
    fact = title  # if there is nothing else
    coded = False
    for offset, block in enumerate(below, 1):
        role = _role(block, title)
        same = block.title and _is_same(title, block.title)
        said = block.title.read.start if block.title and same else _end_of_labels(block)
        children = cut(inline_of(block), said)
        taken = with_title_of(title, (*passed, offset), children, block.line)
        if role is Role.TITLE and (not coded or asks(visible(children))):
            return taken
        if role in (Role.TITLE, Role.END):
            break
        if role is Role.LABEL:
            passed.append(offset)
        elif role is Role.FACT and fact is title and not coded:
            fact = taken
        coded = coded or role is Role.CODE
    return fact


def _end_of_labels(block: Block) -> int:
    """Where the question begins in `**Code:** **Question:** X`."""
    words = visible(inline_of(block))
    first = FIRST_LABEL.match(words)
    second = QUESTION_LABEL.match(words, first.end()) if first else None
    return second.end() if second else 0


FIRST_LABEL = re.compile(r"[^:：?？\n]{1,30}[:：]\s*")


def _is_same(title: Title, below: Title) -> bool:
    """Whether a label is said once more: `**Question 3.** X?` below `### Question 3`."""
    read, again = title.read, below.read
    same = number_value(read.number) == number_value(again.number) >= 0
    return read.is_labelled and again.is_labelled and same


class Role(StrEnum):
    """What stands between a number and its question."""

    TITLE = "title"
    LABEL = "label"  # `**Question**`, `### 题目`, `1 of 1 points`
    FACT = "fact"  # `Type: multiple choice`
    CODE = "code"
    COMMENT = "comment"
    END = "end"  # another question, or the answer


def _role(block: Block, title: Title) -> Role:
    kind, own = block.type, block.title
    words = visible(inline_of(block))
    if kind in CODE or (kind == "html_block" and block.comments):
        return Role.CODE if kind in CODE else Role.COMMENT
    if kind == "paragraph_open" and only_points(words):
        return Role.LABEL
    counts = own and own.read.number and not (own.kind is Kind.TEXT and own.has_spaced_number)
    if own and _is_same(title, own):
        return Role.TITLE
    if counts or says_answer(words) or not words.strip():  # `8 bits hold what?` counts bits
        return Role.END
    if kind == "heading_open":
        deeper = own and own.level > title.level and not is_button(own.name)
        return Role.END if not deeper else Role.LABEL if NO_QUESTION.match(words) else Role.TITLE
    if kind == "paragraph_open" or (kind == "blockquote_open" and len(block.tokens) == QUOTED):
        if is_question_label(words):
            return Role.LABEL
        return Role.FACT if FACT.fullmatch(words.split("\n")[0].strip()) else Role.TITLE
    return Role.END
