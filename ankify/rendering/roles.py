"""Classes that say what a block is for, by which style.css shows it: lead, introduction, figure.

GitHub shows a page, Anki one small card: what is said first has to be seen first, and what only
explains a formula must not take half of the screen. Nothing is moved or changed but for a class.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element

from ankify.reading.formulas import Masked

SHORT = 140  # columns of a lead: four lines on a phone; a Chinese character takes two
_COLONS = (":", "：")
_INTRODUCED = ("ul", "ol", "pre", "table", "blockquote")


def mark_roles(root: Element, masked: Masked, *, answer: bool) -> None:
    """Give classes to the paragraphs and lists of a tree; only an `answer` has a lead."""
    blocks = [child for child in root if child.tag]
    if answer and len(blocks) > 1 and _is_lead(blocks[0], masked):
        blocks[0].set("class", "lead")
    for parent in root.iter():
        if len(parent):
            _mark(list(parent), masked)


def _mark(blocks: Sequence[Element], masked: Masked) -> None:
    explained = False  # whether a displayed formula is above
    for block in blocks:
        if block.tag == "p" and _is_figure(block):
            block.set("class", "figure")
        explained = explained or (block.tag == "p" and _is_displayed(block, masked))
        if explained and block.tag == "ul" and _explains(block, masked):
            block.set("class", "symbols")
    for block, below in pairwise(blocks):
        if block.tag == "p" and _text(block).endswith(_COLONS) and _follows(below, masked):
            small = below.get("class") == "symbols"
            block.set("class", "intro symbols" if small else "intro")


def _is_lead(block: Element, masked: Masked) -> bool:
    text = _text(block)
    return (
        block.tag == "p"
        and 0 < len(text) <= SHORT
        and _columns(text) <= SHORT
        and not text.endswith(_COLONS)
        and block.find(".//img") is None
        and not any(formula.display for formula in masked.words(text))
    )


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _is_figure(block: Element) -> bool:
    """Whether a paragraph is pictures alone, one or several, perhaps linked."""
    return not _text(block) and block.find(".//img") is not None


def _is_displayed(block: Element, masked: Masked) -> bool:
    """Whether a paragraph is a displayed formula alone."""
    formulas = masked.words(_text(block))
    return any(formula.display for formula in formulas) and not masked.without(_text(block)).strip()


def _explains(block: Element, masked: Masked) -> bool:
    """Whether every item of a list begins with a formula that stands in the text."""
    return all(masked.begins(_text(item)) for item in block)


def _follows(block: Element, masked: Masked) -> bool:
    return block.tag in _INTRODUCED or (block.tag == "p" and _is_displayed(block, masked))


def _text(block: Element) -> str:
    return "".join(block.itertext()).strip()
