"""Questions that are plain paragraphs: `What is X?`, and what is below it, with no mark-up at all.

They are looked for only where a file has no other questions: a text on anything asks now and then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ankify.questions import thresholds as limit
from ankify.questions.answers import LISTS
from ankify.questions.block import Block
from ankify.questions.blocks import DIVIDERS
from ankify.questions.borrowed import QUOTED
from ankify.questions.labels import COUNTED
from ankify.questions.numbers import UNNUMBERED
from ankify.questions.titles import SENTENCE_ENDED, Title, end_of_question, plain_title
from ankify.questions.words import QUESTION_MARKS, QUIZ, asks, names_questions
from ankify.reading.tokens import Token

LONGEST = 400  # characters of a question
# `What is X? (2 points)`
BEHIND = re.compile(r"(?<=[?？])[*_ ]*[(（\[][^()（）\[\]\n]{1,30}[)）\]][*_ ]*$")
# Lines that begin as items do are text to Markdown where they are indented below a paragraph.
ITEM = re.compile(r"\s*[-*•+–]\s")


def with_asking_paragraphs(blocks: Sequence[Block]) -> list[Block] | None:
    """The blocks with a title for each paragraph that asks; None if too few of a file's do."""
    found = [_titled(block) for block in blocks]
    asked = sum(block is not own for block, own in zip(found, blocks, strict=True))
    texts = sum(block.type not in ("heading_open", "hr") for block in blocks)
    enough = asked >= limit.COUNTED_TITLES and asked >= limit.ASKING_PARAGRAPHS * texts
    return found if enough else None


def with_asking_paragraphs_in_quizzes(blocks: Sequence[Block]) -> list[Block] | None:
    """The same below "Quiz", or a line "Questions:", alone: a report may end with one."""
    found: list[Block] = []
    level = NO_QUIZ
    for block in blocks:
        heading = block.heading
        if heading and heading.level <= level:
            level = NO_QUIZ
        if heading and level == NO_QUIZ and QUIZ.match(heading.name):
            level = heading.level
        elif level == NO_QUIZ and _opens_quiz(block):
            level = ABOVE_NO_HEADING
        found.append(block if level == NO_QUIZ else _titled(block, in_quiz=True))
    asked = sum(block is not own for block, own in zip(found, blocks, strict=True))
    return found if asked >= limit.COUNTED_TITLES else None


def with_asking_paragraphs_over_lists(blocks: Sequence[Block]) -> list[Block] | None:
    """The same where at least three follow each other, with nothing but a list below each."""
    found = [_titled(block) for block in blocks]
    runs: list[list[int]] = [[]]
    for at, (block, own) in enumerate(zip(found, blocks, strict=True)):
        is_list = block.type in LISTS
        if block is not own and blocks[at + 1 : at + 2] and blocks[at + 1].type in LISTS:
            runs[-1].append(at)
        elif not is_list:
            runs.append([])
    kept = {at for run in runs if len(run) >= limit.COUNTED_TITLES for at in run}
    return [found[at] if at in kept else own for at, own in enumerate(blocks)] if kept else None


def _opens_quiz(block: Block) -> bool:
    """Whether a paragraph is a line such as `Questions (locus X):`."""
    if block.type != "paragraph_open":
        return False
    line = block.tokens[1].words.strip()
    return line.endswith((":", "：")) and "\n" not in line and names_questions(line)


ABOVE_NO_HEADING = 8
NO_QUIZ = 9  # deeper than any heading


def _titled(block: Block, *, in_quiz: bool = False) -> Block:
    """A paragraph that asks with its title, without the quote that may be around it."""
    is_quoted = block.type == "blockquote_open" and len(block.tokens) == QUOTED
    tokens = block.tokens[1:-1] if is_quoted else block.tokens
    if block.title or tokens[0].type != "paragraph_open":
        return block
    title = _title(tokens[1], in_quiz=in_quiz)
    return block._replace(tokens=tokens, title=title) if title else block


def _title(inline: Token, *, in_quiz: bool) -> Title | None:
    """The first line of a paragraph, if it asks: with a question mark, or over a list.

    `Name the oceans.` may be anything, but in a quiz. A sentence may go on in the lines below.
    """
    children = tuple(inline.children or ())
    first, *below = inline.words.split("\n")
    asked = inline.words[: end_of_question(children, inline.words)]
    if len(asked) > len(first) and not SENTENCE_ENDED.search(asked):
        first, below = asked, below[asked.count("\n") :]
    words = BEHIND.sub("", first).rstrip("*_ ")
    if len(words) > LONGEST or COUNTED.match(words):  # a label of the author's, `Riddle 3: X?`
        return None
    if below and below[0].strip() in DIVIDERS:
        return None
    listed = in_quiz or (bool(below) and all(map(ITEM.match, below[:1])))
    if not words.endswith(QUESTION_MARKS) and not (listed and asks(words)):
        return None
    line = inline.map[0] if inline.map else 0
    return plain_title(children, line, UNNUMBERED, len(first))
