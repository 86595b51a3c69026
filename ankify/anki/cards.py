"""Which cards a question makes beside the first, and the fields that switch them on.

| card | made where | the front shows |
|---|---|---|
| Formula | the answer has a displayed formula | the question, "Formulas" |
| Image | the answer has a picture | the pictures |
| Reversed | it is wanted; "short": the answer has at most `SHORT` characters | the answer |
| Typed | the answer is one short line of text | the question, and a line to type into |
| Cloze | the text has `{{c1::deletions}}` | the text with a gap; another note type |

What is wanted is said by a comment on the question, by a tag `ankify/KIND` of its file, or by
`[cards]` of `ankify.toml`, in this order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from ankify.anki.cloze import cloze_text, deletions, has_deletion, marks_as_deletions, numbers
from ankify.config import CardSettings
from ankify.model import Question
from ankify.reading.html import html_lines, html_text

SHORT = 80  # characters: what a person can recall from, or type, without a slip
KINDS = ("formula", "image", "reversed", "typed", "cloze")
TAG_PREFIXES = ("ankify/", "ankify::")
_FORMULA = re.compile(r"\\\(|\\\[")


class Wanted(NamedTuple):
    """The kinds of cards that a question is to have; `by_name`: its author said so on it."""

    kinds: frozenset[str]
    reversed_if_short: bool = False
    marks: tuple[str, ...] = ()
    is_explicit: bool = False

    @property
    def is_cloze_off(self) -> bool:
        """Whether `{{c1::..}}` is to stay text."""
        return "no cloze" in self.kinds


def wanted_cards(question: Question, tags: Sequence[str], settings: CardSettings) -> Wanted:
    """Say which cards a question of a file with these tags is to have."""
    marks = () if settings.cloze in ("auto", "off") else (settings.cloze,)
    if question.cards is not None:
        said = frozenset(question.cards) or frozenset({"no cloze"})
        return Wanted(said, marks=marks or ("mark", "bold"), is_explicit=True)
    tagged = {tag[len(start) :] for tag in tags for start in TAG_PREFIXES if tag.startswith(start)}
    kinds: set[str] = {
        *(kind for kind in KINDS[:2] if getattr(settings, kind)),
        *(["reversed"] if settings.reversed is True else []),
        *(["typed"] if settings.typed else []),
        *(["no cloze"] if settings.cloze == "off" else []),
        *(tagged & set(KINDS)),
    }
    own_marks = marks or (("mark", "bold") if "cloze" in tagged else ())
    return Wanted(frozenset(kinds), settings.reversed == "short", own_marks)


def is_short(answer: str) -> bool:
    """Whether an answer (HTML) is one that can be asked the other way round."""
    return len(html_text(answer)) <= SHORT


def typed_text(answer: str) -> str:
    """The text to type for an answer (HTML): its one line; empty where it cannot be typed."""
    lines = html_lines(answer)
    if len(lines) != 1 or len(lines[0]) > SHORT or _FORMULA.search(answer) or "<img" in answer:
        return ""
    return escape(lines[0], quote=False)


class ClozeParts(NamedTuple):
    """The fields of a cloze note that its question and answer make, and its numbers."""

    text: str
    question: str
    back: str
    numbers: tuple[int, ...]


def cloze_parts(asked: str, answer: str, wanted: Wanted) -> ClozeParts | None:
    """Split question and answer (HTML) into the fields of a cloze note; None where it is none.

    Deletions in the title make the title the text, and the answer what the back says.
    """
    if wanted.is_cloze_off:
        return None
    if not (has_deletion(asked) or has_deletion(answer)):
        is_named = "cloze" in wanted.kinds
        marks = wanted.marks if is_named or not wanted.is_explicit else ()
        tried = (marks_as_deletions(answer, kind) for kind in marks)
        marked = next((one for one in tried if has_deletion(one)), None)
        if marked is None and not (is_named and deletions(answer)):  # in code alone
            return None
        answer = marked or answer
    asked, answer = cloze_text(asked), cloze_text(answer)
    if not deletions(asked):
        return ClozeParts(answer, asked, "", numbers(answer))
    title = f'<div class="question">{asked}</div>'
    if not deletions(answer):
        return ClozeParts(title, "", answer, numbers(asked))
    text = f'{title}<div class="answer">{answer}</div>'
    return ClozeParts(text, "", "", numbers(text))
