"""Code fences and comments that are closed too late, or never: the titles in them are none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ankify.model import Location, Problem
from ankify.questions.numbers import read_number
from ankify.questions.words import QUESTION_LABEL, asks
from ankify.reading.tokens import Token

_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(?P<marks>`{3,}|~{3,})(?P<info>.*)")
MARKDOWN = ("markdown", "md", "mdx")  # as languages of code
_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})[ \t]+(?P<title>\S.*)")


class _Markup(NamedTuple):
    """Raw HTML that empty lines do not end (CommonMark 0.31, section 4.6), and what does."""

    begin: re.Pattern[str]
    end: re.Pattern[str]
    name: str
    hint: str


_MARKUP = (
    _Markup(re.compile(r"\s*<!--"), re.compile("-->"), "comment", "close it with -->"),
    _Markup(
        re.compile(r"\s*<(?:pre|script|style|textarea)\b", re.IGNORECASE),
        re.compile(r"</(?:pre|script|style|textarea)>", re.IGNORECASE),
        "raw HTML",
        "write its end tag",
    ),
)


class _Open(NamedTuple):
    """A block that is not closed where it should be: its first line, and those inside (1-based)."""

    line: int
    inside: Sequence[tuple[int, str]]
    name: str
    hint: str


def unclosed_blocks(tokens: Iterable[Token], text: str, path: str) -> Iterator[Problem]:
    """Find the blocks that were not meant to hold the titles in them."""
    lines = text.rstrip().split("\n")
    for token in tokens:
        if token.type == "fence" and token.map and token.map[0] < len(lines):
            block = _open_fence(token.map[0], token.map[1], token.content, lines)
        elif token.type == "html_block" and token.map and token.map[1] >= len(lines):
            block = _open_markup(token.map[0], token.content)
        else:
            continue
        titles = [line for line, words in block.inside if _is_title(words)] if block else []
        if block and titles:
            count = "a line" if len(titles) == 1 else f"{len(titles)} lines"
            yield Problem(
                Location(path, block.line),
                "unclosed-block",
                f"the {block.name} from here on holds {count} that may head a question:"
                f" line {titles[0]}",
                hint=f"{block.hint} if it should end above",
            )


def _open_fence(start: int, end: int, content: str, lines: Sequence[str]) -> _Open | None:
    """A fence that the end of the file ends, or the closing one of another that begins in it."""
    fence = _FENCE.match(lines[start])
    if fence is None:  # that of a note which was set in
        return None
    inside = list(enumerate(content.split("\n"), start + 2))
    begun = (at for at, (_, line) in enumerate(inside) if _begins(line, fence["marks"]))
    # One that shows Markdown was to hold the other: what is in it is no question.
    inner = None if fence["info"].strip() in MARKDOWN else next(begun, None)
    if inner is None and (end < len(lines) or _ends(lines[-1], fence["marks"])):
        return None
    if inner is not None:
        inside = inside[:inner]
    return _Open(start + 1, inside, "code fence", f"close it with {fence['marks']}")


def _begins(line: str, marks: str) -> bool:
    """Whether a line inside of a fence begins another one."""
    found = _FENCE.fullmatch(line)
    return bool(found and found["marks"].startswith(marks) and re.match(r"\s*\w", found["info"]))


def _ends(line: str, marks: str) -> bool:
    """Whether a line closes a fence."""
    found = _FENCE.fullmatch(line)
    return bool(found and found["marks"].startswith(marks) and not found["info"].strip())


def _open_markup(start: int, content: str) -> _Open | None:
    """Raw HTML that only the end of the file ends."""
    for markup in _MARKUP:
        if markup.begin.match(content) and not markup.end.search(content):
            inside = list(enumerate(content.split("\n"), start + 1))
            return _Open(start + 1, inside[1:], markup.name, markup.hint)
    return None


def _is_title(line: str) -> bool:
    """Whether a line looks like a heading, or like a question with a number or a label.

    `# Sum up` is a comment in many languages: of level 1 only those that ask are headings.
    """
    heading = _HEADING.match(line)
    if heading and len(heading["marks"]) > 1:
        return True
    words = heading["title"] if heading else line.strip()
    has_mark = read_number(words).number is not None or QUESTION_LABEL.match(words) is not None
    return has_mark and not line.startswith("    ") and asks(words)
