"""Inline tokens: the characters a reader sees of them, and cutting them at one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ankify.reading.tokens import BREAKS, WORDS, Token, visible

__all__ = ["BREAKS", "WORDS", "cut", "may_link", "visible", "without_code"]


def may_link(source: str) -> bool:
    """Whether inline text may hold a link: none is written without one of these signs."""
    return "]" in source or "<" in source or "://" in source or "www." in source or "@" in source


def _letters(token: Token) -> str:
    return token.content if token.type in WORDS else "\n" if token.type in BREAKS else ""


def without_code(children: Sequence[Token]) -> str:
    """The characters of `visible`, those of code as some that are no mark."""
    letters = ((token.type == "code_inline", _letters(token)) for token in children)
    return "".join("\0" * len(words) if is_code else words for is_code, words in letters)


VOID = re.compile(r"<(?:br|img|hr|wbr)\b", re.IGNORECASE)  # HTML that is whole in one tag


def cut(children: Sequence[Token], start: int, end: int | None = None) -> tuple[Token, ...]:
    """The inline tokens of the visible characters from start to end, without emptied mark-up.

    Of pictures and `<br>`, those outside are left out, but not what only spaces part from the
    characters, nor what is in front of all: between two parts none is lost.
    """
    if not start and end is None:
        return tuple(children)
    kept: list[Token] = []
    words = visible(children)
    at, stop = 0, len(words) if end is None else end
    first = len(words[:start].rstrip(" \t"))
    last = len(words) - len(words[stop:].lstrip(" \t"))
    for token in children:
        letters = _letters(token)
        low, high = max(start - at, 0), min(stop - at, len(letters))
        if not letters:
            if not at or first <= at <= last or not _is_shown_alone(token):
                kept.append(token)
        elif low < high:
            kept.append(token if high - low == len(letters) else _part(token, low, high))
        at += len(letters)
    return tuple(_without_empty(kept))


def _is_shown_alone(token: Token) -> bool:
    return token.type == "image" or (
        token.type == "html_inline" and bool(VOID.match(token.content))
    )


def _part(token: Token, low: int, high: int) -> Token:
    return token.copy(content=token.content[low:high])


def _without_empty(children: Sequence[Token]) -> list[Token]:
    """Drop pairs such as `<strong></strong>` that hold nothing any more."""
    kept: list[Token] = []
    for token in children:
        if kept and token.nesting == -1 and kept[-1].nesting == 1 and kept[-1].tag == token.tag:
            kept.pop()
        elif token.nesting == 0 and token.type == "text" and not token.content:
            continue
        else:
            kept.append(token)
    return kept
