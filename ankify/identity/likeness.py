"""How alike two texts are: titles by their words, answers by a sketch that stands for them.

Nothing in here knows of questions. What it makes is kept in `ankify.lock`, so neither
`normalise_title` nor `sketch` may ever give another result for the same text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from math import fsum

from ankify.questions.words.patterns import word_set
from ankify.rendering.sketch import CJK, TOKEN

NOT_WORD = re.compile(r"[^\w+#]+|_")  # "C++ vs. C#?" -> "c++vsc#"
ASCII_WORD = {
    code: chr(code).lower() if NOT_WORD.sub("", chr(code)) else None for code in range(128)
}
ASCII_TOKEN = re.compile(r"[a-z0-9]+[+#]*")
DIGITS = re.compile(r"[\d一二三四五六七八九十百]+")  # "第12题", "第十二题"
SHORT_WORD = 6  # letters; a letter more makes another word of a shorter one
ALIKE = 80  # percent of the letters that words of one spelling share


def normalise_title(title: str) -> str:
    """Reduce a title to its letters and digits, `+` and `#`; without any, to what is not blank."""
    if title.isascii():  # the same, in a tenth of the time
        return title.translate(ASCII_WORD) or "".join(title.split()).lower()
    folded = unicodedata.normalize("NFKC", title).casefold()
    return NOT_WORD.sub("", folded) or "".join(folded.split())


def words(title: str) -> frozenset[str]:
    """The words of a title, and the pairs of CJK characters: "LoRA是什么" -> lora, 是什, 什么."""
    if title.isascii():
        return frozenset(ASCII_TOKEN.findall(title.lower()))
    tokens = TOKEN.findall(unicodedata.normalize("NFKC", title).casefold())
    pairs = [a + b for a, b in pairwise(tokens) if a >= CJK and b >= CJK]
    return frozenset([token for token in tokens if token < CJK] + (pairs or tokens))


def without_digits(title: str) -> str:
    """Leave the digits out, so that "Question 7" and "Question 8" are equal."""
    return DIGITS.sub(" ", title)


def title_likeness(
    ours: frozenset[str], theirs: frozenset[str], weight: Callable[[str], float]
) -> float:
    """Tell how much of two titles is shared (Dice), 0 - 1, each word with its weight."""
    both = 2 * fsum(map(weight, ours & theirs))  # exact: a set has no order
    apart = fsum(map(weight, ours ^ theirs))
    for one, other in spelled_alike(ours - theirs, theirs - ours):
        moved = weight(one) + weight(other)
        both, apart = both + moved, apart - moved
    return both / (both + apart) if both else 0.0


def spelled_alike(
    ours: frozenset[str], theirs: frozenset[str], *, strictly: bool = False
) -> Iterator[tuple[str, str]]:
    """Pair words that differ by an ending or a typing error; `strictly` by a typing error."""
    from rapidfuzz.fuzz import ratio  # most builds have no titles to compare

    letters = {word[0] for word in ours} & {word[0] for word in theirs}
    left = sorted(word for word in theirs if word[0] in letters)
    is_same = _is_misspelled if strictly else _is_same_word
    for word in sorted(word for word in ours if word[0] in letters):
        alike = [other for other in left if word[0] == other[0] and is_same(word, other)]
        if alike:
            best = max(alike, key=lambda other: ratio(word, other))
            left.remove(best)
            yield word, best


THING = 3  # words, or so many times as many CJK characters, that name one thing
LONG_WORD = 5  # letters; two of a shorter word that changed places make another one


@cache
def articles() -> frozenset[str]:
    """The words in front of a thing that are no part of its name, in all languages."""
    return word_set("articles")


def spelling(title: str) -> tuple[str, ...]:
    """The words of a title, the letters of long ones sorted: equal where letters changed places."""
    tokens = TOKEN.findall(title.casefold())
    return tuple(
        "".join(sorted(token)) if len(token) >= LONG_WORD and token.isalpha() else token
        for token in tokens
    )


_PIECE = re.compile(r"\d+|\D+")  # "react15" -> react, 15


def one_difference(ours: str, theirs: str) -> tuple[str, str] | None:
    """The one stretch in which titles differ, by what is no typing error: Flask, and Svelte.

    Articles are no difference, nor is the spelling of a version: "4" and "v4", "React15" and
    "React v15". None where there is no such stretch, or several.
    """
    a, b = _pieces(ours), _pieces(theirs)
    before = _equal_first(a, b)
    after = min(_equal_first(a[::-1], b[::-1]), len(a) - before, len(b) - before)
    one, other = a[before : len(a) - after], b[before : len(b) - after]
    if not one or not other or before + after < 2:
        return None
    most = THING * 3 if one[0] >= CJK else THING
    alike = spelled_alike(frozenset(one), frozenset(other))
    if max(len(one), len(other)) > most or next(alike, None) is not None:
        return None
    return " ".join(one), " ".join(other)


def _pieces(title: str) -> list[str]:
    """The words of a title in order, without articles; letters and digits apart."""
    tokens = (token for token in TOKEN.findall(title.casefold()) if token not in articles())
    return [piece for token in tokens for piece in _PIECE.findall(token)]


def _equal_first(ours: Sequence[str], theirs: Sequence[str]) -> int:
    both = zip(ours, theirs, strict=False)
    return next((at for at, (a, b) in enumerate(both) if a != b), min(len(ours), len(theirs)))


def _is_same_word(a: str, b: str) -> bool:
    """No typing error makes "python2" of "python3", or "disadvantage" of "advantage"."""
    from rapidfuzz.fuzz import ratio

    if max(len(a), len(b)) < SHORT_WORD and not _is_misspelled(a, b):
        return False  # "SMTP" and "SMTPS" are two things, as "Adam" and "AdamW"
    return ratio(a, b) >= ALIKE and DIGITS.findall(a) == DIGITS.findall(b)


def _is_misspelled(a: str, b: str) -> bool:
    """Whether two letters changed places, as in "Rbiosom" and "Ribosom", or one was missed."""
    if DIGITS.search(a) or DIGITS.search(b):
        return False
    if sorted(a) == sorted(b):
        return True
    short, long = sorted((a, b), key=len)
    missed = any(long[:at] + long[at + 1 :] == short for at in range(1, len(long) - 1))
    return missed and len(short) >= SHORT_WORD
