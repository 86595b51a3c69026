r"""Cloze deletions in the HTML of a question: found, numbered, and safe from the TeX around them.

Anki reads `{{c1::Paris}}` and `{{c1::Paris::city}}` in the text of a cloze note and makes one card
for each number. It ends a deletion at the first `}}`, whatever that belongs to: in
`{{c1::\(\frac{a}{b^{2}}\)}}` that would be the end of the formula. So braces of TeX inside of a
deletion are kept apart: `} }` (Anki's manual, "Cloze deletion", says the same).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

OPENING = re.compile(r"\{\{c(\d{1,3})::")
_CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)
_FORMULA = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
DEEPEST = 10  # deletions in one another, as Anki counts them
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
    for opening, end in sorted(_closed(html), key=lambda one: one[0].start()):
        if not found or opening.start() >= found[-1].end:
            inner = html[opening.end() : end - 2]
            found.append(Deletion(int(opening["number"]), opening.start(), end, opening[0], inner))
    return found


def numbers(html: str) -> tuple[int, ...]:
    """The numbers of all deletions, those in others included; each makes a card."""
    found = {int(number) for number in OPENING.findall(html) if number != "0"}
    return tuple(sorted(found)) if deletions(html) else ()


# {{c1::  \\{  {  }
_BRACE = re.compile(r"\{\{c(?P<number>\d{1,3})::|\\(?!\{\{c\d{1,3}::)[{}\\]|[{}]")


def _closed(html: str) -> Iterator[tuple[re.Match[str], int]]:
    """Each opening that has an end, and where that is: at its own `}}`, not at those of TeX.

    In one pass, whatever is left open: a text of 10,000 openings without an end is read once.
    """
    open_braces: list[re.Match[str] | None] = []  # an opening, or None for a brace of TeX
    behind = 0  # the brackets that were read
    for found in _BRACE.finditer(html) if "}}" in html else ():
        if found["number"] or found[0] == "{":
            open_braces.append(found if found["number"] else None)
        elif found[0] != "}" or not open_braces or found.start() < behind:
            continue
        elif (opening := open_braces.pop()) is None:
            pass  # closed a brace of TeX
        elif html.startswith("}}", found.start()):
            behind = found.start() + 2
            yield opening, behind
        else:
            open_braces.append(None)  # `{{c1::a}`: two braces, of which one is closed


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
    return _rewritten(html, str, partial(_kept_apart, deepest=DEEPEST))


def _kept_apart(one: Deletion, deepest: int) -> str:
    """A deletion with no `}}` in it but those of deletions, and no `::` in TeX."""
    inside = partial(_kept_apart, deepest=deepest - 1)
    text = _rewritten(one.inner, _spaced, inside) if deepest > 1 else _spaced(one.inner)
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


def shown_cloze(html: str, number: int, *, is_answer: bool, deepest: int = DEEPEST) -> str:
    """A side of one card of a cloze note as Anki shows it, for the preview."""

    def gap(one: Deletion) -> str:
        inner = one.inner
        text, hint = (inner, "") if deletions(inner) else inner.partition("::")[::2]
        if deepest > 1:
            text = shown_cloze(text, number, is_answer=is_answer, deepest=deepest - 1)
        if one.number != number:
            return f'<span class="cloze-inactive" data-ordinal="{one.number}">{text}</span>'
        shown = text if is_answer else f"[{hint or '...'}]"
        return f'<span class="cloze" data-ordinal="{number}">{shown}</span>'

    return _rewritten(html, str, gap)
