"""The right option of a multiple-choice question, marked where the question shows its options."""

from __future__ import annotations

import html
import re

from ankify.questions.words import answers, label_end

_FIRST_LINE = re.compile(r"(?:<(?!/p|br)[^>]*>|[^<\n])*")
_TAG = re.compile(r"<[^>]*>")
# "B", "A, C and D", "AC"; not the article of "A list is"
_LETTERS = re.compile(
    r"\W*((?:[A-H]\b|[A-H](?=[A-H]))(?:\W{0,3}(?:and\b|和)?\W{0,3}[A-H])*)\s*(?:$|[^\w\s])"
)
# <li>B. two, <li><strong>(B)</strong> two
_OPTION = re.compile(r"<li>(?=\s*(?:<(?:p|strong|b|em)>)*\(?([A-H])(?:</\w+>)?[.):：、）])")


def mark_right(question: str, answer: str) -> str:
    """Give the class `right` to the options that the answer names: "Answer: B".

    Both are HTML. On the front the class means nothing; on the back style.css marks it.
    """
    if "<li>" not in question:
        return question
    first = _FIRST_LINE.match(answer.lstrip())
    words = html.unescape(_TAG.sub("", first[0])).strip() if first else ""
    named = _LETTERS.match(words, label_end(words)) if answers(words) else None
    letters = set(re.findall("[A-H]", named[1])) if named else set()
    return _OPTION.sub(
        lambda option: '<li class="right">' if option[1] in letters else option[0], question
    )
