"""The dialects that titles are numbered in; `1. X`, `Question 3: X` and the like are taken apart.

Which titles are questions is decided in `choice/`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from ankify.questions.words import QUESTION_LABEL, exercise, label
from ankify.questions.words.patterns import JOINED, Pattern, any_of, phrases, word_set

# -- the dialects of numbering ---------------------------------------------------------------------

# Digits and punctuation of other scripts, one for one, so that offsets into a title stay true.
NARROW = {ord(wide): narrow for wide, narrow in zip("．：（）［］，　", ".:()[], ", strict=True)}
# Zeros of full-width, Arabic, Persian, Hindi, Bengali and Thai digits.
ZEROS = (0xFF10, 0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50)
NARROW[0x0983] = ":"  # a Bengali letter that looks like a colon, and is often written for it
NARROW |= {zero + digit: str(digit) for zero in ZEROS for digit in range(10)}
WIDE = re.compile(f"[{''.join(map(chr, NARROW))}]")

CHINESE = "一二三四五六七八九十百零〇"
DIGITS = r"\d{1,4}(?:[.\-]\d{1,4}){0,4}[a-z]?"
# Behind a number with a label: `Q3–Q5`, `Q3–5`
RANGE = r"(?:\s*[-–—]\s*(?P=label)\s*|[–—])(?P<last>\d{1,4})"
MOST_AT_ONCE = 3  # questions that one title may ask together; more are only counted: `Q3–Q16: more`
CODE = r"[A-Z]{1,4}[.\-]?\d{2,4}(?:[.\-]\d{1,4}){0,2}"  # Question PL010-0001
# The dot of `1. X`, not of `1.5`; both signs of `1.) X`, not the second of `1、.gitignore`; all of
# the Spanish `1.- X`, not the dash of `1.-5 degrees` or `1.--force`; the slash of `1/ X`, not of
# `1/2`; the sign of `1º X` and `1°) X`, not of `90° angles`.
SEPARATOR = (
    r"(?:\s*(?:[ºª]|°(?=[.):]))?[.、):,。|\]](?:[、),。|]|[.:]+(?![.:\w]))*(?:(?<=[.):])[-–—](?![-–—\d]))?(?!\d)"
    r"|[ºª]\s+|\s+[-–—·]\s+|[-–—/]\s+)"
)


class Dialect(NamedTuple):
    """One way to number a question; `pattern` matches the number in front of a title."""

    name: str
    example: str
    pattern: Pattern
    labelled: bool = False


def _dialect(
    name: str, example: str, pattern: Callable[[], str], labelled: bool = False
) -> Dialect:
    return Dialect(name, example, Pattern(pattern), labelled)


def _ordinal() -> str:
    first, counters = any_of(phrases("ordinals")), any_of(phrases("counters"))
    labels = any_of(word for word in phrases("question") if JOINED.match(word))
    return (
        rf"[(【\[]?{first}\s*(?P<number>\d{{1,4}}|[{CHINESE}]+)\s*(?:{counters})?(?:{labels})"
        rf"(?:[)】\]]{SEPARATOR}?\s*|{SEPARATOR}|\s+|(?!\w))"
    )


def _labelled() -> str:
    return (
        rf"(?:[(【\[]\s*)?(?:(?P<label>{label()})(?:\s*[】\]])?\.?\s*(?:[#№.\-_]|{any_of(phrases('number_words'))}[.:]?)?|no(?=\.)\.)"
        rf"\s*(?P<open>\()?(?P<number>{DIGITS}|(?-i:{CODE})(?!\w)|(?<!问题)(?<!問題)[{CHINESE}]{{1,4}}(?!\w))"
        rf"(?(open)\))(?:{RANGE})?(?:\s*{any_of(phrases('counters'))}(?!\w))?"
        r"(?:\s*(?:/|of)\s*\d{1,4})?(?:\s*[(\[【][^()\[\]【】]{1,20}[)\]】](?=\s*(?::|$)))?"
        rf"(?:\s*[】\]]\s*|{SEPARATOR}\s*|\s+|(?!\w))"
    )


def _exercise() -> str:
    return (
        rf"(?:{exercise()})\.?\s*(?:#|{any_of(phrases('number_words'))}[.:]?\s*)?"
        rf"(?P<number>{DIGITS}|[{CHINESE}]{{1,4}})(?:{SEPARATOR}\s*|\s+|$)"
    )


def _ordinal_number() -> str:
    return rf"(?P<number>\d{{1,3}})[.:\-]?{any_of(phrases('ordinal_endings'))}\s*(?=\w)"


def _glued() -> str:
    counted = any_of(phrases("units"))  # `3.2种方法` is number 3 and "2种方法", not number 3.2
    return rf"(?P<number>\d{{1,3}}(?:\.\d{{1,3}})+)(?=[\u4e00-\u9fff])(?!{counted})"


# A label has to follow: "2nd edition" is no question.
ORDINAL_NUMBER = _dialect("ordinal number", "3rd question: X", _ordinal_number, labelled=True)
LABEL = Dialect("label", "Q: X", QUESTION_LABEL, labelled=True)
# The first dialect that matches wins, so the plainest come last.
DIALECTS = (
    _dialect("ordinal", "第 3 题：X", _ordinal, labelled=True),
    _dialect("labelled", "Question 17a. X", _labelled, labelled=True),
    _dialect("exercise", "Problem 2: X", _exercise),
    _dialect(
        "bracketed",
        "(3) X",
        lambda: rf"[(\[【](?P<number>(?-i:[A-Z]?){DIGITS})[)\]】]\s*[.、:]?\s*(?=\S)",
    ),
    _dialect(
        "keycap",
        "3️⃣ X",
        lambda: rf"(?P<number>\d*(?:\d\ufe0f?\u20e3)+|🔟)(?:{SEPARATOR})?\s*(?=\S)",
    ),
    _dialect(
        "chinese",
        "三、X",
        lambda: rf"\(?(?P<number>[{CHINESE}]{{1,4}})(?:\)|[、.:,]|\s)\s*(?=\S)",
    ),
    ORDINAL_NUMBER,
    _dialect("glued", "3.2什么是 X", _glued),
    _dialect("separated", "3. X", lambda: rf"(?P<number>{DIGITS})(?:{SEPARATOR})\s*(?=\S)"),
    _dialect("spaced", "3 X", lambda: r"(?P<number>0\d{3}|\d{1,3}(?:[.\-]\d{1,3}){0,4})\s+(?=\S)"),
    _dialect("tight", "3.1x1 X", lambda: r"(?P<number>\d{1,4})[.、)]\s*(?=\S)"),
    _dialect("bare", "3.", lambda: rf"(?P<number>{DIGITS})\s*[.、):]?\s*$"),
    LABEL,
)
# Only these can match a title that begins with a digit.
DIGITS_FIRST = tuple(dialect for dialect in DIALECTS if dialect.example[0].isdigit())

ITEM_NUMBER = _dialect(
    "list item", "3. **X**", lambda: r"(?!)"
)  # the number is the list's, not the title's
ALONE = _dialect("alone", "3) and nothing else", lambda: r"(?!)", labelled=True)
IDENTIFIER = _dialect("identifier", "road.signs.003", lambda: r"(?!)")
LETTER = _dialect("letter", "b) X", lambda: r"(?!)")
ROMAN = _dialect("roman", "IV. X", lambda: r"(?!)")
TOPIC = _dialect("topic", "3. X, and `Q: Y` below", lambda: r"(?!)", labelled=True)
HEADED = _dialect("headed", "### Question", lambda: r"(?!)", labelled=True)
CLASSED = _dialect("classed", '<div class="question">', lambda: r"(?!)", labelled=True)
CALLOUT = _dialect("callout", "> [!question] X", lambda: r"(?!)", labelled=True)
TOGGLED = _dialect("toggled", "X, and a toggle `Answer` below", lambda: r"(?!)", labelled=True)
CUSTOM = _dialect("custom", "what [questions] pattern says", lambda: r"(?!)")
# In front of a number: `## # 1. X`, `## - 1. X`, `--> 1. X`
DECORATION = re.compile(r"(?:[\s#*_~>•▶►»]|[-–]\s+(?=\d)|[-–—=]{1,3}>+\s*(?=\d)|:[a-z0-9_+-]+:)+")


def label_dialect(labels: Iterable[str]) -> Dialect:
    """The dialect of labels that the author names: `Card 3: X` for "Card", `Card: X` as well."""
    words = "|".join(re.escape(label) for label in labels)
    return _dialect(
        "own label",
        "Card 3: X",
        lambda: (
            rf"[(【\[]?(?:{words})(?:\s*[#№._-]?\s*(?P<number>{DIGITS})(?:[】\])]\s*|{SEPARATOR}\s*|\s+|(?!\w))"
            r"|\s*:\s*(?=\S))"
        ),
        labelled=True,
    )


class Numbered(NamedTuple):
    """A title taken apart: `start` is where its words begin."""

    dialect: Dialect | None
    number: str | None = None
    separator: str = ""
    start: int = 0

    @property
    def is_labelled(self) -> bool:
        """Whether the title calls itself a question: `Question 3: X`, `Q: X`."""
        return self.dialect is not None and self.dialect.labelled

    @property
    def depth(self) -> int:
        """How many parts the number has; 0 without a number."""
        return 1 + self.number.count(".") + self.number.count("-") if self.number else 0


def _begins() -> str:
    """What any of the dialects begins with, to be quick about all other titles."""
    words = {word[:3] for word in phrases("question_qualifiers", "question", "exercise")}
    return rf"[\d(\[【{''.join(phrases('ordinals'))}{CHINESE}🔟]|no\.|{any_of(sorted(words))}"


NUMBERED = Pattern(_begins)
KEYCAPS = {0xFE0F: None, 0x20E3: None, ord("🔟"): "10"}
UNNUMBERED = Numbered(None)


@lru_cache(4096)
def read_number(title: str) -> Numbered:
    """Find the number in front of a title, in whatever dialect it is written.

    `question_3.md`, the name of a note file, is a number alone.
    """
    narrow = title.translate(NARROW) if WIDE.search(title) else title
    start = skip_decoration(narrow)
    if not NUMBERED.match(narrow, start):
        return UNNUMBERED
    for dialect in DIALECTS if narrow[start] not in "0123456789" else DIGITS_FIRST:
        match = dialect.pattern.match(narrow, start)
        if match:
            number = match["number"].translate(KEYCAPS)
            last = match.groupdict().get("last")
            if last and int(last) - number_value(number) >= MOST_AT_ONCE:
                return UNNUMBERED
            separator = narrow[match.end("last" if last else "number") : match.end()].strip()
            again = QUESTION_LABEL.match(narrow, match.end())  # `1. Q: X`
            if dialect is ORDINAL_NUMBER and not again:
                continue
            start = (again or match).end()
            is_file = dialect.labelled and narrow[start:] == "md" and narrow[start - 1] == "."
            return Numbered(dialect, number or None, separator, len(title) if is_file else start)
    return UNNUMBERED


def read_label(dialect: Dialect, title: str) -> Numbered | None:
    """Find the number that a dialect of `label_dialect` matches in front of a title."""
    narrow = title.translate(NARROW)
    match = dialect.pattern.match(narrow, skip_decoration(narrow))
    if not match:
        return None
    number = match["number"]
    separator = narrow[match.end("number") : match.end()].strip() if number else ""
    return Numbered(dialect, number, separator, match.end())


def skip_decoration(title: str) -> int:
    """How many signs and emoji are in front of a title, before its number or its words."""
    at = 0
    while at < len(title) and not title[at].isalnum() and title[at] != "🔟":
        found = DECORATION.match(title, at)
        if found:
            at = found.end()
        elif unicodedata.category(title[at]) in ("So", "Sk", "Mn", "Cf"):  # emoji and their parts
            at += 1
        else:
            break
    return at


def number_value(number: str | None) -> int:
    """The last part of a number: 12 for `3.4.12`, 17 for `17a`, 21 for 二十一, 4 for IV; or -1."""
    if not number:
        return -1
    if number.isdecimal():
        return int(number)
    if roman := roman_value(number):
        return roman
    if number[0] in CHINESE:
        total = digit = 0
        for character in number.replace("〇", "零"):
            if character in CHINESE_UNITS:
                total, digit = total + CHINESE_UNITS[character] * (digit or 1), 0
            else:
                digit = max(CHINESE_DIGITS.find(character), 0)
        return total + digit
    digits = re.findall(r"\d+", number)
    return int(digits[-1]) if digits else -1


CHINESE_DIGITS = "零一二三四五六七八九"
CHINESE_UNITS = {"十": 10, "百": 100}


def roman_value(number: str) -> int:
    """What a Roman numeral up to XXXIX counts; 0 for what is none."""
    if not ROMAN_NUMBER.fullmatch(number):
        return 0
    digits = [ROMAN_DIGITS[letter] for letter in number]
    return sum(-it if it < below else it for it, below in pairwise([*digits, 0]))


ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}
ROMAN_NUMBER = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})")


def strip_number(title: str) -> str:
    """A section's title for the trail: without its number, or the words that count chapters."""
    read = read_number(title)
    if read.start:
        return title[read.start :].strip() or title.strip()
    chapter = counted_chapter(title)
    return title[chapter.end() if chapter else 0 :].strip() or title.strip()


def counted_chapter(title: str) -> re.Match[str] | None:
    """The words in front of a title that count a chapter: `Chapter 3: X`."""
    found = CHAPTER.match(title)
    word = found and (found["counter"] or found["word"]).lower()
    return found if word in word_set("chapter_words") else None


# `第三章 X`, `Section 3: X`, `Tema 3.- X`
CHAPTER = re.compile(
    rf"\s*[第제]\s*[\d{CHINESE}]+\s*(?P<counter>部分|\w)\s*[:：.、]?\s*"
    r"|\s*(?P<word>\w+)\s+[\dIVX]+\s*(?:[:：.]?[–—-]\s*|[:：.]\s*|$)",
    re.IGNORECASE,
)
