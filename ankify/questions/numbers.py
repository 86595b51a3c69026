"""Titles: the dialects they are numbered in, whether they ask, the labels of answers below them.

Here words are read, and inline tokens cut; which titles are questions is decided in `choice.py`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from ankify.questions.words import ASKED, EXERCISE, LABEL, QUESTION_LABEL

# -- the dialects of numbering ---------------------------------------------------------------------

# Full-width digits and punctuation, one character for one, so that offsets into a title stay true.
NARROW = {ord(wide): narrow for wide, narrow in zip("．：（）［］，　", ".:()[], ", strict=True)}
NARROW |= {0xFF10 + digit: str(digit) for digit in range(10)}
WIDE = re.compile(f"[{''.join(map(chr, NARROW))}]")

CHINESE = "一二三四五六七八九十百零〇"
DIGITS = r"\d{1,4}(?:[.\-]\d{1,4}){0,4}[a-z]?"
# The dot of `1. X`, not of `1.5`; both signs of `1.) X`, not the second of `1、.gitignore`.
SEPARATOR = r"(?:\s*[.、):,。|](?:[、),。|]|[.:]+(?![.:\w]))*(?!\d)|\s+[-–—·]\s+|[-–—]\s+)"
COUNTED = "个种大步点次层维阶倍类年天分"  # `3.2种方法` is number 3 and "2种方法", not number 3.2


@dataclass(frozen=True)
class Dialect:
    """One way to number a question; `pattern` matches the number in front of a title."""

    name: str
    example: str
    pattern: re.Pattern[str]
    labelled: bool = False


def _dialect(name: str, example: str, pattern: str, labelled: bool = False) -> Dialect:
    return Dialect(name, example, re.compile(pattern, re.IGNORECASE), labelled)


# The first dialect that matches wins, so the plainest stand last.
DIALECTS = (
    _dialect(
        "ordinal",
        "第 3 题：X",
        rf"第\s*(?P<number>\d{{1,4}}|[{CHINESE}]+)\s*[道个個]?(?:{ASKED})(?:{SEPARATOR}|\s+|(?!\w))",
        labelled=True,
    ),
    _dialect(
        "labelled",
        "Question 17a. X",
        rf"[(【]?(?:{LABEL})\s*(?:[#№.\-_]|no[.:]?)?\s*(?P<number>{DIGITS}|(?<!问题)(?<!問題)[{CHINESE}]{{1,4}}(?!\w))"
        rf"(?:\s*(?:/|of)\s*\d{{1,4}})?(?:\s*[(\[【][^()\[\]【】]{{1,20}}[)\]】](?=\s*(?::|$)))?"
        rf"(?:[】\]]\s*|{SEPARATOR}\s*|\s+|(?!\w))",
        labelled=True,
    ),
    _dialect(
        "exercise",
        "Problem 2: X",
        rf"(?:{EXERCISE})\s*#?(?P<number>{DIGITS}|[{CHINESE}]{{1,4}})(?:{SEPARATOR}\s*|\s+|$)",
    ),
    _dialect("bracketed", "(3) X", rf"[(\[【](?P<number>{DIGITS})[)\]】]\s*[.、:]?\s*(?=\S)"),
    _dialect("keycap", "3️⃣ X", rf"(?P<number>(?:\d\ufe0f?\u20e3)+|🔟)(?:{SEPARATOR})?\s*(?=\S)"),
    _dialect("chinese", "三、X", rf"\(?(?P<number>[{CHINESE}]{{1,4}})(?:\)|[、.:,]|\s)\s*(?=\S)"),
    _dialect(
        "glued",
        "3.2什么是 X",
        rf"(?P<number>\d{{1,3}}(?:\.\d{{1,3}})+)(?=[\u4e00-\u9fff])(?![{COUNTED}])",
    ),
    _dialect("separated", "3. X", rf"(?P<number>{DIGITS})(?:{SEPARATOR})\s*(?=\S)"),
    _dialect("spaced", "3 X", r"(?P<number>\d{1,3}(?:[.\-]\d{1,3}){0,4})\s+(?=\S)"),
    _dialect("tight", "3.1x1 X", r"(?P<number>\d{1,4})[.、)]\s*(?=\S)"),
    _dialect("bare", "3.", rf"(?P<number>{DIGITS})\s*[.、):]?\s*$"),
    _dialect("label", "Q: X", rf"(?:{LABEL})\s*[.:]\s*(?P<number>)(?=\S)", labelled=True),
)
# Only these can match a title that begins with a digit.
DIGITS_FIRST = tuple(dialect for dialect in DIALECTS if dialect.example[0].isdigit())

ITEM_NUMBER = _dialect(
    "list item", "3. **X**", r"(?!)"
)  # the number is the list's, not the title's
CUSTOM = _dialect("custom", "what [questions] pattern says", r"(?!)")
DECORATION = re.compile(r"(?:[\s#*_~>•▶►]|:[a-z0-9_+-]+:)+")  # in front of a number: `## # 1. X`


class Numbered(NamedTuple):
    """A title taken apart: `start` is where its words begin."""

    dialect: Dialect | None
    number: str | None
    separator: str
    start: int

    @property
    def depth(self) -> int:
        """How many parts the number has; 0 without a number."""
        return 1 + self.number.count(".") + self.number.count("-") if self.number else 0


# What any of the dialects begins with, to be quick about all other titles.
NUMBERED = re.compile(rf"[\d(\[【第{CHINESE}🔟]|{LABEL}|{EXERCISE}", re.IGNORECASE)
KEYCAPS = {0xFE0F: None, 0x20E3: None, ord("🔟"): "10"}
UNNUMBERED = Numbered(None, None, "", 0)


def read_number(title: str) -> Numbered:
    """Find the number in front of a title, in whatever dialect it is written."""
    narrow = title.translate(NARROW) if WIDE.search(title) else title
    start = _skip_decoration(narrow)
    if not NUMBERED.match(narrow, start):
        return UNNUMBERED
    for dialect in DIALECTS if narrow[start] not in "0123456789" else DIGITS_FIRST:
        match = dialect.pattern.match(narrow, start)
        if match:
            number = match["number"].translate(KEYCAPS)
            separator = narrow[match.end("number") : match.end()].strip()
            label = QUESTION_LABEL.match(narrow, match.end())  # `1. Q: X`
            return Numbered(dialect, number or None, separator, (label or match).end())
    return UNNUMBERED


def _skip_decoration(title: str) -> int:
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


def strip_number(title: str) -> str:
    """A section's title for the trail: without its number, or the words that count chapters."""
    read = read_number(title)
    if read.start:
        return title[read.start :].strip()
    return CHAPTER.sub("", title).strip() or title.strip()


# `第三章 X`, `Section 3: X`
CHAPTER = re.compile(
    rf"^\s*第\s*[\d{CHINESE}]+\s*[章节部分篇讲课]+\s*[:：.、]?\s*"
    r"|^\s*(?:section|chapter|part|unit|module|lesson)\s+[\dIVX]+\s*[:：.–—-]\s*",
    re.IGNORECASE,
)

# -- does a title ask? -----------------------------------------------------------------------------


# -- inline tokens ---------------------------------------------------------------------------------
