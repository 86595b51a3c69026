"""Which of the titles in a note file are questions, and which are sections or steps of an answer.

Titles of one style (mark-up, level, way of numbering) form a group. The outermost group of numbered
titles holds the questions, unless it only holds a deeper group that does: then it is sections. The
groups that read like chapters, lists of links or change logs are nobody's questions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from ankify.headings import (
    CHINESE,
    NO_QUESTION,
    asks,
    visible,
)
from ankify.pieces import Kind, Mark, Piece

HEADINGS = (Kind.HTML, Kind.HEADING, Kind.ITEM_HEADING)

# -- what a piece holds ----------------------------------------------------------------------------

BACK_TO_TOP = re.compile(
    r"^\W*(?:(?:back|go|return|jump)\s+to\s+(?:the\s+)?[\w\s]{2,20}|top|toc|up|返回\w{0,4}|回到\w{0,4})?\W*$",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(
    r"""^\W*(?:todo|tbd|tba|wip|to\sbe\s(?:completed|added|done|continued|updated|written)|coming\ssoon
    |work\sin\sprogress|no\sanswer(?:\syet)?|n/?a|待(?:补充|完善|更新|续|完成|填|添加|写|整理)|未完(?:待续)?
    |暂无(?:答案)?|略|空|answers?|答案?|解答|解析|答案解析)?\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
BLANK_HTML = re.compile(
    r"^(?:\s|&nbsp;|<br\s*/?>|<hr\s*/?>|</?(?:p|div|center|span|ul|ol|li|b|a|details|section|table)\b[^>]*>"
    r"|<!--[\s\S]*?-->)*$",
    re.IGNORECASE,
)
TAG = re.compile(r"<!--[\s\S]*?-->|<[^>]*>")
SHOWN = re.compile(r"<(?:img|video|audio|iframe|svg|table|input)\b", re.IGNORECASE)


def is_filler(piece: Piece) -> bool:
    """Whether a piece answers nothing: a rule, blank HTML, a link back to the top, a `TODO`."""
    token = piece.tokens[0]
    if token.type == "hr":
        return True
    if token.type == "html_block":
        words = TAG.sub(" ", token.content)
        return not SHOWN.search(token.content) and _says_nothing(words, "href" in token.content)
    if token.type == "paragraph_open":
        return _blank_inline(piece.tokens[1])
    if token.type in ("bullet_list_open", "ordered_list_open", "blockquote_open"):
        inlines = [t for t in piece.tokens if t.nesting == 0]
        return all(t.type == "inline" and _blank_inline(t) for t in inlines)
    return False


def _says_nothing(words: str, linked: bool) -> bool:
    words = words.strip()
    return bool(PLACEHOLDER.match(words) or (linked and BACK_TO_TOP.match(words)))


def _blank_inline(inline: Token) -> bool:
    children = inline.children or []
    if any(c.type == "image" or SHOWN.match(c.content) for c in children if c.nesting == 0):
        return False
    linked = any(child.type == "link_open" or "href" in child.content for child in children)
    return _says_nothing(visible(children), linked)


# -- groups of titles ------------------------------------------------------------------------------

DIGITS = "零一二三四五六七八九"


def value(number: str | None) -> int:
    """The last part of a number: 12 for `3.4.12`, 17 for `17a`, 21 for 二十一, -1 for none."""
    if not number:
        return -1
    if number[0] in CHINESE:
        tens, _, ones = number.replace("〇", "零").rpartition("十")
        if "十" in number:
            return (DIGITS.find(tens) if tens else 1) * 10 + max(DIGITS.find(ones[:1] or "零"), 0)
        return DIGITS.find(number[-1])
    digits = re.findall(r"\d+", number)
    return int(digits[-1]) if digits else -1


FAMILIES = {"ordinal": "labelled", "chinese": "chinese", "bracketed": "bracketed"}


@dataclass(frozen=True, order=True)
class Style:
    """What the titles of a group have in common; the order is that of the search for questions."""

    rank: int
    not_chinese: bool
    level: int
    depth: int
    kind: Kind
    family: str


RANK = {Kind.HTML: 0, Kind.HEADING: 1, Kind.ITEM_HEADING: 1, Kind.ITEM_LINK: 2, Kind.SUMMARY: 4}
WEAK = {Kind.BOLD: 5, Kind.ITEM_BOLD: 6, Kind.ITEM: 7, Kind.TEXT: 8}  # steps look like that, too
LABELLED_RANK = 3


def style_of(mark: Mark) -> Style:
    """The style of a title."""
    dialect = mark.read.dialect
    labelled = bool(dialect and dialect.labelled)
    rank = LABELLED_RANK if labelled and mark.kind in WEAK else {**RANK, **WEAK}[mark.kind]
    family = "" if not dialect else "labelled" if labelled else FAMILIES.get(dialect.name, "arabic")
    depth = mark.read.depth if family == "arabic" else 1
    return Style(rank, family != "chinese", mark.level, depth, mark.kind, family)


@dataclass(frozen=True)
class Flow:
    """The pieces of a file with lists opened, and which list each came from (-1: none)."""

    pieces: tuple[Piece, ...]
    lists: tuple[int, ...]
    contents: frozenset[int] = frozenset()  # pieces of a table of contents
    filler: tuple[bool, ...] = ()


def members(flow: Flow) -> dict[Style, list[int]]:
    """The numbered titles of a file by style, each group in file order."""
    groups: dict[Style, list[int]] = defaultdict(list)
    for at, piece in enumerate(flow.pieces):
        mark = piece.mark
        if mark and mark.read.number and at not in flow.contents and can_be_question(mark):
            groups[style_of(mark)].append(at)
    return groups


def can_be_question(mark: Mark) -> bool:
    """Not the label of an answer, not "References", not a version or a date."""
    name = mark.name
    return not NO_QUESTION.match(name) and bool(re.search(r"[^\W\d_]", name) or not name)


@dataclass(frozen=True)
class Outline:
    """The indices of the pieces that head questions."""

    questions: frozenset[int]
    candidates: int = 0  # un-numbered titles that would be questions with --unnumbered
    undecided: str | None = None


def _share(found: Iterable[bool]) -> float:
    listed = list(found)
    return sum(listed) / len(listed) if listed else 0.0


class Groups:
    """Answers what has to be known about groups of titles; positions are indices of pieces."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.content = [0]  # how many pieces before each position are no filler and no title
        for at, piece in enumerate(flow.pieces):
            empty = piece.mark if not piece.inside and not self._glued(piece) else None
            holds = not (empty or flow.filler[at] or at in flow.contents)
            self.content.append(self.content[-1] + holds)

    @staticmethod
    def _glued(piece: Piece) -> bool:
        return bool(piece.mark and visible(piece.mark.glued).strip())

    def mark(self, at: int) -> Mark:
        """The mark of a piece that is known to have one."""
        mark = self.flow.pieces[at].mark
        assert mark
        return mark

    def holds(self, at: int, end: int) -> bool:
        """Whether there is content between a title and a position below it."""
        own = bool(self.flow.pieces[at].inside) or self._glued(self.flow.pieces[at])
        return own or self.content[end] > self.content[at + 1]

    def asking(self, group: Sequence[int]) -> float:
        """The share of titles that read as questions."""
        return _share(asks(self.mark(at).name) for at in group)

    def is_section(self, outer: list[int], inner: list[int]) -> bool:
        """Whether the titles of the outer group only hold the questions of the inner one."""
        first, last = self.mark(outer[0]), self.mark(inner[0])
        labelled = [bool(m.read.dialect and m.read.dialect.labelled) for m in (first, last)]
        if labelled[0]:
            return False
        spans = list(zip(outer, [*outer[1:], len(self.flow.pieces)], strict=True))
        holders = []
        index = 0
        for start, end in spans:
            while index < len(inner) and inner[index] < start:
                index += 1
            if index < len(inner) and inner[index] < end:
                holders.append((start, inner[index]))
        if not holders:
            return False
        if labelled[1]:
            return True
        bare = _share(not self.holds(start, below) for start, below in holders)
        asked = self.asking(outer), self.asking(inner)
        share = len(holders) / len(outer)
        if last.kind in WEAK:
            return share > 0.5 and bare >= 0.6 and asked[1] >= 0.5 > asked[0]
        if asked[0] >= asked[1] + 0.15 or share <= 0.4:
            return False
        if asked[1] >= 0.5 and asked[0] <= 0.3:
            return True
        return bare >= 0.6

    def plausible(self, group: list[int]) -> bool:
        """Whether a reader would take a group for questions at all."""
        mark = self.mark(group[0])
        dialect = mark.read.dialect
        if dialect and dialect.labelled:
            return True
        if mark.kind in WEAK:
            return len(group) > 1 and self.asking(group) >= 0.6
        if dialect and dialect.name == "spaced" and len(group) == 1:
            return False
        return not self._chapters(group)

    def _chapters(self, group: list[int]) -> bool:
        names = [self.mark(at).name for at in group]
        return (
            self.asking(group) < 0.15 and _share(bool(CHAPTER_TITLE.match(n)) for n in names) > 0.2
        )


CHAPTER_TITLE = re.compile(
    r"""^\W*(?:introduction|background|overview|methods?|methodology|results?|discussion|related\swork
    |conclusions?|summary|abstract|experiments?|evaluation|install(?:ation|ing)?|usage|setup
    |getting\sstarted|prerequisites?|requirements?|quick\s?start|configuration|features?|faq|references
    |examples?|future\swork|motivation|appendix|概述|简介|介绍|引言|前言|背景|总结|小结|结论|安装|使用
    |配置|快速(?:开始|入门)|环境(?:准备|搭建)?|参考(?:资料|文献)?|结语|后记|准备(?:工作)?|实验|方法)\W*$""",
    re.IGNORECASE | re.VERBOSE,
)


def choose(flow: Flow, unnumbered: bool = False) -> Outline:
    """Say which titles of a file are its questions."""
    groups = Groups(flow)
    found = members(flow)
    outer: list[int] = []
    for style in sorted(found, key=lambda s: (s, found[s])):
        group = found[style]
        if not outer:
            outer = group if groups.plausible(group) else outer
        elif groups.is_section(outer, group):
            outer = group
    return Outline(frozenset(outer))
