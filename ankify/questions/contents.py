"""What a block of a note file holds: something of an answer, nothing, or a table of contents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ankify.model import Link, TocEntry
from ankify.questions import thresholds as limit
from ankify.questions.answers import LISTS
from ankify.questions.block import Block, remembered
from ankify.questions.numbers import read_number
from ankify.questions.words import QUESTION_MARKS, normal
from ankify.reading.html import elements, html_text
from ankify.reading.inline import BREAKS, may_link, visible
from ankify.reading.tokens import Token

LISTING = ("paragraph_open", "table_open", "html_block", *LISTS)
MOSTLY = 0.6  # of the letters


def links(block: Block) -> Iterator[Link]:
    """All links of a block, in order."""
    for token in block.tokens:
        if token.type == "inline" and token.children and may_link(token.content):
            yield from inline_links(token.children, _line(token, block))
        elif token.type == "html_block":
            line = _line(token, block)
            for anchor in elements(token.content, ("a",)):
                if anchor.is_closed and "href" in anchor.tag.attributes:
                    yield Link(line, anchor.tag.attributes["href"], anchor.text)


def _line(token: Token, block: Block) -> int:
    return (token.map[0] if token.map else block.line) + 1


def inline_links(
    children: Sequence[Token], line: int, words: Callable[[Sequence[Token]], str] = visible
) -> Iterator[Link]:
    """The links among inline tokens that begin on a line (1-based), with their words."""
    start = 0
    for at, token in enumerate(children):
        if token.type in BREAKS:
            line += 1
        elif token.type == "link_open":
            start = at
        elif token.type == "link_close":
            text = words(children[start:at]).strip()
            yield Link(line, str(children[start].attrs.get("href") or ""), text)


@remembered
def letters(block: Block) -> int:
    """How many letters and digits a reader sees in a block."""
    words = [
        html_text(token.content) if token.type == "html_block" else token.words
        for token in block.tokens
        if token.type in ("inline", "html_block")
    ]
    return len(normal("".join(words)))


@remembered
def text_size(block: Block) -> int:
    """How many letters and digits there are in a block, code included."""
    code = (token.content for token in block.tokens if token.type in ("fence", "code_block"))
    return letters(block) + len(normal("".join(code)))


def hollow(block: Block) -> Iterator[str]:
    """What in a block is no answer: links with what is said of them, and lists of questions."""
    if block.type not in LISTS:
        yield from (link.text for link in links(block))
        return
    for children in filter(None, (token.children for token in block.tokens)):
        text = visible(children)
        if _is_led_away(children) or text.rstrip().endswith(QUESTION_MARKS):
            yield text
        else:
            yield from (link.text for link in inline_links(children, 0))


def leads_away(token: Token) -> bool:
    """Whether a token opens a link to another note file."""
    path = str(token.attrs.get("href") or "").partition("#")[0]
    return token.type == "link_open" and "://" not in path and path.endswith((".md", ".markdown"))


def _is_led_away(children: Sequence[Token]) -> bool:
    """An item opens with a link, or closes with one to another note: `1. X [->](answers.md#x)`."""
    if children[0].type == "link_open":
        return True
    closes = children[-1].type == "link_close"
    return closes and leads_away([token for token in children if token.type == "link_open"][-1])


def linked_share(block: Block) -> float:
    """The share of a block's letters that are links."""
    total = letters(block)
    return sum(len(normal(link.text)) for link in links(block)) / total if total else 0.0


def read_contents(blocks: Sequence[Block], last: dict[str, int]) -> dict[int, list[TocEntry]]:
    """Find the tables of contents among the blocks: lists of links to titles further down.

    `last` says at which block a normalised title stands last. Returns entries by block.
    """
    found: dict[int, list[TocEntry]] = {}
    for at, block in enumerate(blocks):
        entries = [_entry(link) for link in local_links(block)]
        below = [entry for entry in entries if last.get(normal(entry.title), -1) > at]
        if below and len(below) >= limit.MOST * len(entries) and linked_share(block) >= MOSTLY:
            found[at] = entries
    # A lone link may as well be an answer: "see question 7".
    return {at: found[at] for at in found if len(found[at]) > 1 or {at - 1, at + 1} & found.keys()}


def local_links(block: Block) -> Iterator[Link]:
    """The links to other places in the notes, of a block that may be a table of contents."""
    if block.type in LISTING and (not block.title or block.title.target):
        yield from filter(_is_local, links(block))


def _is_local(link: Link) -> bool:
    return "://" not in link.href and bool(normal(link.text))


def _entry(link: Link) -> TocEntry:
    read = read_number(link.text)
    anchor = link.href[1:] if link.href.startswith("#") else None
    return TocEntry(link.line, read.number, link.text[read.start :].strip(), anchor)
