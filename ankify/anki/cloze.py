r"""Cloze deletions in the HTML of a question: found, numbered, and safe from the TeX around them.

Anki reads `{{c1::Paris}}` and `{{c1::Paris::city}}` in the text of a cloze note and makes one card
for each number. It ends a deletion at the first `}}`, whatever that belongs to: in
`{{c1::\(\frac{a}{b^{2}}\)}}` that would be the end of the formula. So braces of TeX inside of a
deletion are kept apart: `} }` (Anki's manual, "Cloze deletion", says the same).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

OPENING = re.compile(r"\{\{c(\d{1,3})::")
_CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)
_FORMULA = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
# `==mark==` and bold, as the serialiser writes them; without those in each other.
MARKS = {"mark": "mark", "bold": "strong|b"}


class Deletion(NamedTuple):
    """A deletion in a text, `opening` and `inner` of it and a closing `}}`.

    `start` and `end` are offsets, those of its braces included.
    """

    number: int
    start: int
    end: int
    opening: str
    inner: str


def has_deletion(html: str) -> bool:
    """Whether some HTML holds a cloze deletion outside of code, where it may be an example."""
    return "{{c" in html and bool(deletions(without_code(html)))


def without_code(html: str) -> str:
    """Some HTML without its code, in which a gap may be an example."""
    return _CODE.sub("", html)


def deletions(html: str) -> list[Deletion]:
    """Find the outermost deletions of some HTML, in order; one that never ends is none."""
    found: list[Deletion] = []
    at = 0
    while opening := OPENING.search(html, at):
        end = _end(html, opening.end())
        if end is None:
            at = opening.end()
            continue
        inner = html[opening.end() : end - 2]
        found.append(Deletion(int(opening[1]), opening.start(), end, opening[0], inner))
        at = end
    return found


def numbers(html: str) -> tuple[int, ...]:
    """The numbers of all deletions, those in others included; each makes a card."""
    found = {int(number) for number in OPENING.findall(html) if number != "0"}
    return tuple(sorted(found)) if deletions(html) else ()


def _end(html: str, at: int) -> int | None:
    """Where an open deletion ends: behind its own `}}`, not behind those of TeX."""
    depth = 0  # of the braces of TeX, and of deletions in this one
    while at < len(html):
        if html.startswith("}}", at) and depth == 0:
            return at + 2
        if html[at] == "\\" and html[at + 1 : at + 2] in ("{", "}", "\\"):
            at += 2
            continue
        depth += {"{": 1, "}": -1}.get(html[at], 0)
        if depth < 0:
            return None
        at += 1
    return None


def _rewritten(html: str, around: Callable[[str], str], gap: Callable[[Deletion], str]) -> str:
    """Some HTML with what is around its outermost deletions, and these, written anew."""
    parts: list[str] = []
    at = 0
    for one in deletions(html):
        parts += [around(html[at : one.start]), gap(one)]
        at = one.end
    return "".join([*parts, around(html[at:])])


def cloze_text(html: str) -> str:
    """Write deletions so that Anki ends each where the author did."""
    return _rewritten(html, str, _kept_apart)


def _kept_apart(one: Deletion) -> str:
    """A deletion with no `}}` in it but those of deletions, and no `::` in TeX."""
    text = _rewritten(one.inner, _spaced, _kept_apart)
    return f"{one.opening}{text} }}}}" if text.endswith("}") else f"{one.opening}{text}}}}}"


def _spaced(text: str) -> str:
    text = re.sub(r"\}(?=\})", "} ", text)
    # What follows `::` would be the hint.
    return _FORMULA.sub(lambda formula: formula[0].replace("::", ": :"), text)


def marks_as_deletions(html: str, kind: str) -> str:
    """Turn marked words into deletions, numbered in order; `kind` is a key of `MARKS`.

    What is in code stays as it is, and `{{c1::` there is text.
    """
    name = MARKS[kind]
    pattern = re.compile(rf"<({name})>((?:(?!<(?:{name})>).)*?)</\1>", re.DOTALL)
    number = 0

    def numbered(found: re.Match[str]) -> str:
        nonlocal number
        if not found[2].strip():
            return found[0]
        number += 1
        return f"{{{{c{number}::{found[2]}}}}}"

    parts: list[str] = []
    at = 0
    for code in _CODE.finditer(html):
        parts.append(pattern.sub(numbered, html[at : code.start()]))
        parts.append(OPENING.sub(r"{&#123;c\1::", code[0]))
        at = code.end()
    return "".join([*parts, pattern.sub(numbered, html[at:])])


def shown_cloze(html: str, number: int, *, is_answer: bool) -> str:
    """A side of one card of a cloze note as Anki shows it, for the preview."""

    def gap(one: Deletion) -> str:
        inner = one.inner
        text, hint = (inner, "") if deletions(inner) else inner.partition("::")[::2]
        text = shown_cloze(text, number, is_answer=is_answer)
        if one.number != number:
            return f'<span class="cloze-inactive" data-ordinal="{one.number}">{text}</span>'
        shown = text if is_answer else f"[{hint or '...'}]"
        return f'<span class="cloze" data-ordinal="{number}">{shown}</span>'

    return _rewritten(html, str, gap)
