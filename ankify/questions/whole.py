"""Files that are one question: its name asks, `What is a stack.md`, or `### Question` opens it.

What is below headings such as "Overview" and "Advantages" is then a part of the answer, however
many files have the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from ankify.questions import thresholds as limit
from ankify.questions.block import Block, title_in
from ankify.questions.evidence import Group
from ankify.questions.numbers import HEADED, UNNUMBERED, Numbered, read_number
from ankify.questions.pairs import may_be_asked, may_be_paired, says_question
from ankify.questions.titles import HEADINGS, Kind, Title, with_title_of
from ankify.questions.words import NO_QUESTION, QUESTION_MARKS, asks, asks_in_full
from ankify.reading.tokens import Token

NO_LEVEL = 0  # no heading is as high: all of the file is below such a title
LANGUAGE = re.compile(r"\.[a-z]{2}(?:[-_][A-Za-z]{2,4})?$")  # what-is-a-stack.fr, queue.zh-TW
SLUG = re.compile(r"(?:\d{4}-\d\d-\d\d-)?(?P<words>\w+(?:[-_]\w+)+)")  # 2024-05-01-what-is-a-stack
COUNT = re.compile(r"^(\d{1,3})[-_]+(?=[^\W\d_])")  # `01_What is it`
TOPIC = re.compile(r"^\[[^\W\d][^\[\]]*\]\s*")  # `[Boats] What is a keel`
INDEX = ("index", "_index")  # of a folder that holds one page and its pictures; not README


def called(path: str, title: str | None) -> str:
    """What a note file is called: by the title in its front matter, if that asks, or by its name.

    `what-is-a-stack.md` is called "what is a stack", and so are `7. what is a stack.md` and
    `what-is-a-stack/index.md`.
    """
    asked = _without_number(title) if title else ""
    if asks(asked):
        return asked
    file = PurePosixPath(path)
    folder = _in_words(file.parent.name) if file.stem in INDEX else ""
    return folder if asks(folder) else _in_words(LANGUAGE.sub("", file.stem))


def _in_words(name: str) -> str:
    """The name of a file, or of a folder, in words."""
    slug = SLUG.fullmatch(name)
    return _without_number(re.sub("[-_]+", " ", slug["words"]) if slug else name)


def _without_number(name: str) -> str:
    """A name without the number or the topic in front of it, if what is left asks.

    In `3 cups hold how much?` the number is a part of what is asked.
    """
    counted = COUNT.sub(r"\1 ", TOPIC.sub("", name))
    read = read_number(counted)
    is_thing = read.dialect and read.dialect.name == "spaced" and asks(counted)
    rest = counted[read.start :] if read.number and not is_thing else counted
    return rest if asks(rest) else name


def as_one_question(
    blocks: Sequence[Block], name: str, question: str = ""
) -> tuple[list[Block], int] | None:
    """The blocks of a file with its one question, and where that is; None if nothing asks it.

    It is what its front matter says to be the `question`, the text below the only heading
    "Question", the `#` heading that asks, or the name.
    """
    heads = [at for at, block in enumerate(blocks) if block.heading]
    known = [at for at in heads if (title := blocks[at].title) and title.level == NO_LEVEL]
    if known:  # the same blocks once more
        return [*blocks], known[0]
    if question:
        return _asked_above(blocks, question, Numbered(HEADED)), 0
    found = _below_label(blocks, heads)
    if found:
        return found
    first = blocks[heads[0]].title if heads else None
    is_top = first is not None and first.level == 1 and not first.read.number
    alone = _asks_alone([title_in(blocks[at]) for at in heads])
    if not asks(name) and not alone:
        return None
    is_top = is_top or alone
    if first and is_top and asks(first.name):
        top = blocks[heads[0]]._replace(title=replace(first, level=NO_LEVEL))
        return [*blocks[: heads[0]], top, *blocks[heads[0] + 1 :]], heads[0]
    return _asked_above(blocks, name, UNNUMBERED), 0


def _asked_above(blocks: Sequence[Block], question: str, read: Numbered) -> list[Block]:
    """The blocks of a file below a question that is not in its text."""
    word = Token("text", "", 0, content=question)
    title = Title(
        Kind.HEADING, NO_LEVEL, read, (word,), (word,), 0, is_paired=read is not UNNUMBERED
    )
    return [Block((Token("hr", "hr", 0, map=(0, 0)),), title), *blocks]


def _asks_alone(headings: Sequence[Title]) -> bool:
    """Whether the first heading surely asks, and no other but "Links" is as high."""
    if not headings or headings[0].read.number:
        return False
    name, level = headings[0].name, headings[0].level
    tops = [it.name for it in headings if it.level <= level and not NO_QUESTION.match(it.name)]
    sure = name.endswith(QUESTION_MARKS) or asks_in_full(name)
    return tops == [name] and (sure or (name.endswith((".", "。")) and asks(name)))


def asks_quietly(top: Block, name: str) -> bool:
    """Whether the title of a file is no `# X?`, and no sentence, but "Explain X" or `## X?`.

    Then the file is that question only if nothing else in it is one; not if its name asks, too.
    """
    title = title_in(top)
    if title.level != NO_LEVEL or may_be_paired(title) or asks(name):
        return False
    aloud = title.name.endswith((*QUESTION_MARKS, ".", "。"))
    return title.read.dialect is None and not (aloud and top.tokens[0].tag == "h1")


def _below_label(blocks: Sequence[Block], heads: Sequence[int]) -> tuple[list[Block], int] | None:
    """The text below the only heading that says "Question", if it is the first but for a `#`."""
    labels = [at for at in heads[:2] if _is_label(blocks[at].title)]
    if len(labels) != 1 or any(_is_label(blocks[other].title) for other in heads[2:]):
        return None
    at = labels[0]
    title = blocks[at].title
    if not title or title.read.number or at + 1 == len(blocks):
        return None
    below = blocks[at + 1]
    if says_question(title.name):  # and has no heading "Answer" beside it
        if not may_be_asked(below):
            return None
        title = with_title_of(title, (1,), tuple(below.tokens[1].children or ()), below.line)
        title = replace(title, read=Numbered(HEADED))
    asked = blocks[at]._replace(title=replace(title, level=NO_LEVEL))
    return [*blocks[:at], asked, *blocks[at + 1 :]], at


def _is_label(title: Title | None) -> bool:
    """Whether a heading is `### Question`, or `### Q: X`."""
    return title is not None and (title.read.is_labelled or says_question(title.name))


def has_own_questions(group: Group) -> bool:
    """Whether titles that ask or are labelled hold nearly all of a file: it is no one question."""
    if not group:
        return False
    sure = max(group.share_asking, group.share_solved) >= limit.MOST_ASK
    if group.first.read.number or (group.is_labelled and sure):
        return sure
    aloud = group.share_with_question_mark >= limit.MOST
    asked = aloud and group.share_asking >= limit.NEARLY_ALL_ASK
    return asked and group.coverage >= limit.COVERING_ALL


def is_beside(blocks: Sequence[Block], at: int, group: Group) -> bool:
    """Whether titles are headings as high as the `### Question` that asks, and not below it.

    Then they are the parts of its answer: `### 1. Overview`.
    """
    title, opening = blocks[at].title, blocks[at].tokens[0]
    label = title and title.read.dialect is HEADED and asks(title.name)
    beside = f"h{group.first.level}" == opening.tag and group.first.kind in HEADINGS
    return bool(label and beside and opening.type == "heading_open")
