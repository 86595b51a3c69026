"""Questions of a test that have options and nothing that says which of them is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ankify.questions import thresholds as limit
from ankify.questions.evidence import OFFER, only_offers
from ankify.reading.inline import visible
from ankify.reading.tokens import Token

Tokens = Sequence[Token]


def without_key(sides: Sequence[tuple[Tokens, Tokens]], *, has_key: bool) -> frozenset[int]:
    """The positions of the questions, stem and answer each, whose answer is only options.

    `has_key` says that an answer of the file has a label; it parts the stem from the answer.

    Where none has, `a) X` and `b) Y` may be the answers themselves, unless nearly all of the
    questions have as many of them.
    """
    counts = [_options((*stem, *answer)) for stem, answer in sides]
    asked = (at for at, (stem, _) in enumerate(sides) if counts[at] and not stem)
    left = {at for at in asked if _is_open(sides[at][1])}
    if has_key:
        is_test = sum(map(bool, counts)) >= limit.MOST * len(counts)
    else:
        usual, times = Counter(counts[at] for at in left).most_common(1)[0] if left else (0, 0)
        is_test = usual > FEW and times >= max(limit.NEARLY_ALL_ASK * len(counts), SEVERAL)
    return frozenset(left if is_test else ())


FEW = 2  # options
SEVERAL = 3  # questions with as many options that make a test
BOXES = 99  # options: boxes to tick are no answers, however many there are


def _options(answer: Tokens) -> int:
    """How many options an answer has: `a) X` and `b) Y`, or boxes; 0 for none."""
    has_boxes = any("checked" in token.meta for token in answer)
    inline = (token for token in answer if token.type == "inline")
    lines = (line for token in inline for line in visible(token.children or ()).split("\n"))
    letters = {found[1].lower() for line in lines if (found := OFFER.match(line))}
    return len(letters) if {"a", "b"} <= letters else BOXES * has_boxes


def _is_open(answer: Tokens) -> bool:
    """Whether an answer ends with options, none of them marked or ticked."""
    boxes = [token for token in answer if "checked" in token.meta]
    if not boxes:
        return only_offers(answer)
    is_last = bool(answer) and answer[-1].type in ("bullet_list_close", "ordered_list_close")
    return is_last and not any(token.meta["checked"] for token in boxes)
