"""Styles: mark-up, level and way of numbering. The titles of a file that share one form a group."""

from __future__ import annotations

from typing import NamedTuple

from ankify.questions.titles import HEADINGS, Kind, Title

HEADLINES = (*HEADINGS, Kind.SUMMARY)
LISTED = (Kind.ITEM_LINK, Kind.ITEM_BOLD, Kind.ITEM)

# In which order groups are tried: the plainer the mark-up, the more other things look like it.
WEAK = {Kind.BOLD: 5, Kind.ITEM_BOLD: 6, Kind.ITEM: 7, Kind.TEXT: 8}
RANK = {Kind.HTML: 0, Kind.HEADING: 1, Kind.ITEM_HEADING: 1, Kind.ITEM_LINK: 2, Kind.SUMMARY: 4}
RANK |= WEAK
LABELLED_RANK = 3  # `**Q1: X**` says itself that it is a question, `**1. X**` does not
ALIKE = {Kind.BOLD: Kind.TEXT, Kind.ITEM_BOLD: Kind.ITEM}  # `**Q1:** X` is as sure as `Q1: X`

MARKUP = {
    Kind.HTML: "<h{}> headings",
    Kind.HEADING: "headings of level {}",
    Kind.ITEM_HEADING: "headings of level {} in list items",
    Kind.ITEM_LINK: "linked list items",
    Kind.SUMMARY: "<summary>",
    Kind.BOLD: "bold paragraphs",
    Kind.TEXT: "paragraphs",
    Kind.ITEM_BOLD: "bold list items",
    Kind.ITEM: "list items",
}

OWN_FAMILIES = ("chinese", "roman", "bracketed", "exercise")
FAMILIES = {"list item": "item"} | {own: own for own in OWN_FAMILIES}


class Style(NamedTuple):
    """What the titles of a group have in common; the order is that of the search."""

    rank: int
    arabic: bool  # 一、二、 number the sections around 1. 2. 3.
    level: int
    depth: int
    kind: Kind
    family: str

    @property
    def is_plain(self) -> bool:
        """Whether the titles are bold text or list items, without a label that says more."""
        return self.rank >= WEAK[Kind.BOLD]


def style_of(title: Title) -> Style:
    """The style of a title."""
    dialect = title.read.dialect
    labelled = title.read.is_labelled
    kind = ALIKE.get(title.kind, title.kind) if labelled else title.kind
    rank = LABELLED_RANK if labelled and title.kind in WEAK else RANK[title.kind]
    family = "" if not dialect else "labelled" if labelled else FAMILIES.get(dialect.name, "arabic")
    depth = title.read.depth if family == "arabic" and title.kind not in LISTED else 1
    return Style(rank, family != "chinese", title.level, depth, kind, family)
