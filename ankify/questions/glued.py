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

from ankify.questions.numbers import NUMBERED, number_value, read_number
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
    there are other lines between the two. Or it is number 1, and the next of its shape number 2.
    """
    if not _may_hold_titles(tokens):  # most files: all lines take far longer
        return []
    lines = masked.text.split("\n")
    begins, raw, code = _places(tokens)
    titles = list(_titles(lines))
    opens = _first_of_several(titles)
    found: list[int] = []
    last: dict[Shape, tuple[int, int]] = {}  # number and line
    for at, shape, number, is_sure in titles:
        line = masked.lines[at]
        above = last.get(shape)
        if line in code or (line in raw and not END_TAG.match(lines[at - 1])):
            continue
        if line in begins:
            last[shape] = number, at
        elif is_sure and (_goes_on(at, number, *above) if above else at in opens):
            found.append(at)
            last[shape] = number, at
    return found


def _goes_on(at: int, number: int, before: int, above: int) -> bool:
    """Whether a number is the next one, or both are none, with other lines between the titles."""
    return at > above + 1 and number == before + (number >= 0)


def _first_of_several(titles: Sequence[GluedTitle]) -> set[int]:
    """The lines of titles with number 1 whose next one of this shape has number 2."""
    found: set[int] = set()
    below: dict[Shape, int] = {}
    for at, shape, number, _ in reversed(titles):
        if number == 1 and below.get(shape) == number + 1:
            found.add(at)
        below[shape] = number
    return found


def _may_hold_titles(tokens: Sequence[Token]) -> bool:
    """Whether a line of a block, but for its first one, may begin with a number or a label.

    Of a table, whether a row does.
    """
    above = ""
    for token in tokens:
        if token.type in ("inline", "html_block"):
            lines = token.content.split("\n") if "\n" in token.content else [token.content]
            if any(map(_mark_of_title, lines if above == "first cell" else lines[1:])):
                return True
        above = "first cell" if above == "tr_open" else token.type
    return False


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
            yield GluedTitle(at, shape, number_value(read.number), is_sure)


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
