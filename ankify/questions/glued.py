"""Titles in a line right below the answer to the question above, where Markdown sees no new block.

    **3. Why do owls fly quietly?**

    Their feathers have soft combs.
    **4. How far does a tern fly?**

Editors that show each line as one invite this. The parser is told to begin a block there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ankify.questions.evidence import value
from ankify.questions.numbers import NUMBERED, read_number
from ankify.questions.words import asks
from ankify.reading.formulas import Masked
from ankify.reading.tokens import Token


class Shape(NamedTuple):
    """What titles that are counted together have in common."""

    mark: str
    dialect: str
    separator: str


class GluedTitle(NamedTuple):
    """A line that may be a title: how it looks, its number (-1 without one), whether it is sure."""

    line: int
    shape: Shape
    number: int
    is_sure: bool


MARK = re.compile(r"(?P<mark>[*_]{1,3}|<(?:b|strong)>)?(?=[^\s*_<>|~=-])")
MARKS = re.compile(r"[*_]{1,3}|</?(?:b|strong)>")
PARTS = ("tr_open", "th_open", "td_open", "inline")  # of blocks, and no blocks themselves
END_TAG = re.compile(r".*</\w+>\s*$")


def glued_titles(masked: Masked, tokens: Sequence[Token]) -> list[int]:
    """The lines of a parsed text, 0-based, that begin a question though no block begins there.

    Each goes on from a title of the same shape, which begins a block or is one of these itself;
    there are other lines between the two.
    """
    if not any(map(_may_hold_titles, tokens)):  # nearly all files: all lines take far longer
        return []
    lines = masked.text.split("\n")
    begins, raw, code = _places(tokens)
    found: list[int] = []
    last: dict[Shape, tuple[int, int]] = {}  # number and line
    for at, shape, number, is_sure in _titles(lines):
        line = masked.lines[at]
        above = last.get(shape)
        if line in code or (line in raw and not END_TAG.match(lines[at - 1])):
            continue
        if line in begins:
            last[shape] = number, at
        elif is_sure and above and at > above[1] + 1 and number == above[0] + (number >= 0):
            found.append(at)
            last[shape] = number, at
    return found


def _may_hold_titles(token: Token) -> bool:
    """Whether a line of a block, but for its first one, may begin with a number or a label."""
    if token.type == "table_open":
        return True
    is_text = token.type in ("inline", "html_block") and "\n" in token.content
    return is_text and any(map(_mark_of_title, token.content.split("\n")[1:]))


def _mark_of_title(line: str) -> re.Match[str] | None:
    """What a line that begins with a number or a label has in front of it, if only ""."""
    mark = MARK.match(line)
    return mark if mark and NUMBERED.match(line, mark.end()) else None


def _titles(lines: Sequence[str]) -> Iterator[GluedTitle]:
    """The lines that begin with a number or a label."""
    for at, line in enumerate(lines):
        mark = _mark_of_title(line)
        if not mark:
            continue
        words = MARKS.sub("", line).strip()
        read = read_number(words)
        if read.dialect:
            shape = Shape(mark["mark"] or "", read.dialect.name, read.separator)
            is_sure = read.is_labelled or bool(shape.mark) or asks(words[read.start :])
            yield GluedTitle(at, shape, value(read.number), is_sure)


def _places(tokens: Sequence[Token]) -> tuple[set[int], set[int], set[int]]:
    """The lines in which a block begins, those of raw HTML, and those of code."""
    begins: set[int] = set()
    raw: set[int] = set()
    code: set[int] = set()
    for token in tokens:
        if token.map and token.block and token.type not in PARTS:
            begins.add(token.map[0])
            if token.type in ("fence", "code_block"):
                code.update(range(*token.map))
            elif token.type == "html_block":
                raw.update(range(*token.map))
    return begins, raw, code
