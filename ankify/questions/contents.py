"""What a piece of a note file holds: something of an answer, nothing, or a table of contents."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from ankify.model import Link, TocEntry
from ankify.questions.blocks import Piece
from ankify.questions.numbers import BREAKS, answers, may_link, normal, opens, read_number, visible
from ankify.reading.tokens import Token

LISTS = ("bullet_list_open", "ordered_list_open")

# Pieces that answer nothing: `[⬆ Back to Top](#contents)`, `TODO`, `待补充`, `Answer:`.
BACK_TO_TOP = re.compile(
    r"""^\W*(?:(?:back|go|return|jump)\s+to\s+(?:the\s+)?[\w\s]{2,20}|top|toc|up
    |返回\w{0,4}|回到\w{0,4})?\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
PLACEHOLDER = re.compile(
    r"""^\W*(?:todo|tbd|tba|wip|to\sbe\s(?:completed|added|done|continued|updated|written)
    |coming\ssoon|work\sin\sprogress|no\sanswer(?:\syet)?|n/?a
    |待(?:补充|完善|更新|续|完成|填|添加|写|整理)|未完(?:待续)?|暂无(?:答案)?|略|空)?\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
LONG = 400  # so much text, targets of links included, says something
TAG = re.compile(r"<!--[\s\S]*?(?:-->|\Z)|<[^<>]*>")
SHOWN = re.compile(r"<(?:img|video|audio|iframe|svg|table|input|picture)\b", re.IGNORECASE)


def is_filler(piece: Piece) -> bool:
    """Whether a piece answers nothing: a rule, blank HTML, a link back to the top, a `TODO`."""
    token = piece.tokens[0]
    if token.type == "html_block":
        if len(token.content) > LONG:
            return False
        words = html.unescape(TAG.sub(" ", token.content))
        return not SHOWN.search(token.content) and _says_nothing(words, "href" in token.content)
    if token.type == "paragraph_open":
        return _is_blank(piece.tokens[1])
    if token.type in ("blockquote_open", *LISTS):
        leaves = [leaf for leaf in piece.tokens if leaf.nesting == 0]
        return all(leaf.type == "inline" and _is_blank(leaf) for leaf in leaves)
    return token.type == "hr"


def is_blank(piece: Piece) -> bool:
    """Whether a piece shows nothing at all, or a rule."""
    token = piece.tokens[0]
    if token.type != "html_block":
        return token.type == "hr"
    words = html.unescape(TAG.sub("", token.content))
    return not words.strip() and not SHOWN.search(token.content)


def _is_blank(inline: Token) -> bool:
    if len(inline.content) > LONG:
        return False
    children = inline.children or ()
    words = visible(children)
    if not _says_nothing(words, linked=True):  # so links and pictures do not matter
        return False
    if any(c.type == "image" or SHOWN.match(c.content) for c in children if c.nesting == 0):
        return False
    targets = [child.attrs.get("href") for child in children if child.type == "link_open"]
    if any(not str(target).startswith("#") for target in targets):
        return False
    linked = bool(targets) or any("href" in child.content for child in children)
    return _says_nothing(words, linked)


def _says_nothing(words: str, linked: bool) -> bool:
    words = words.strip()
    return bool(PLACEHOLDER.match(words) or (linked and BACK_TO_TOP.match(words)))


# -- labels of answers -----------------------------------------------------------------------------

OPTION = re.compile(r"\W*a\s*\.", re.IGNORECASE)  # of a choice, rather than an answer
SUMMARY = re.compile(r"<summary\b[^<>]*>([\s\S]*?)</summary", re.IGNORECASE)


def opening_words(piece: Piece) -> str:
    """The words a paragraph, a heading, a quote or raw HTML begins with; none of other pieces."""
    token, *inside = piece.tokens[:3]
    if token.type == "html_block":
        return TAG.sub("", token.content).strip()
    if token.type not in ("paragraph_open", "heading_open", "blockquote_open"):
        return ""
    inline = next((child for child in inside if child.type == "inline"), None)
    return visible(inline.children or ()) if inline else ""


def shows_answer(piece: Piece) -> bool:
    """Whether a label says that an answer begins here, or a button that it is hidden here."""
    glued = visible(piece.mark.glued) if piece.mark else ""
    inside = (visible(t.children or ()) for t in piece.inside if t.type == "inline")
    lines = (line for text in (glued, *inside) for line in text.split("\n"))
    if answers(opening_words(piece)) or any(
        answers(line) and not OPTION.match(line) for line in lines
    ):
        return True
    buttons = (SUMMARY.search(t.content) for t in piece.tokens if t.type == "html_block")
    return any(found and opens(TAG.sub("", found[1]).strip()) for found in buttons)


# -- tables of contents ----------------------------------------------------------------------------


HTML_LINK = re.compile(
    r"""<a\b[^<>]*?href\s*=\s*["']?([^"'\s<>]*)[^<>]*>((?:(?!<a\b)[\s\S])*?)</a\s*>""",
    re.IGNORECASE,
)
LISTING = ("paragraph_open", "table_open", "html_block", *LISTS)
MOSTLY = 0.6  # of the letters


def links(piece: Piece) -> Iterator[Link]:
    """All links of a piece, in order."""
    for token in piece.tokens:
        if token.type == "inline" and token.children and may_link(token.content):
            yield from _inline_links(token.children, _line(token, piece))
        elif token.type == "html_block":
            line = _line(token, piece)
            for href, inner in HTML_LINK.findall(token.content):
                yield Link(line, html.unescape(href), html.unescape(TAG.sub("", inner)).strip())


def _line(token: Token, piece: Piece) -> int:
    return (token.map[0] if token.map else piece.line) + 1


def _inline_links(children: Sequence[Token], line: int) -> Iterator[Link]:
    start = 0
    for at, token in enumerate(children):
        if token.type in BREAKS:
            line += 1
        elif token.type == "link_open":
            start = at
        elif token.type == "link_close":
            text = visible(children[start:at]).strip()
            yield Link(line, str(children[start].attrs.get("href") or ""), text)


def letters(piece: Piece) -> int:
    """How many letters and digits a reader sees in a piece."""
    words = [
        TAG.sub("", token.content) if token.type == "html_block" else visible(token.children or ())
        for token in piece.tokens
        if token.type in ("inline", "html_block")
    ]
    return len(normal("".join(words)))


def hollow(piece: Piece) -> Iterator[str]:
    """What in a piece is no answer: links with what is said of them, and lists of questions."""
    if piece.tokens[0].type not in LISTS:
        yield from (link.text for link in links(piece))
        return
    for token in piece.tokens:
        children = token.children or ()
        text = visible(children)
        if children and (children[0].type == "link_open" or text.rstrip().endswith(("?", "？"))):
            yield text
        elif children:
            yield from (link.text for link in _inline_links(children, 0))


def linked_share(piece: Piece) -> float:
    """The share of a piece's letters that are links."""
    total = letters(piece)
    return sum(len(normal(link.text)) for link in links(piece)) / total if total else 0.0


def read_contents(pieces: Sequence[Piece], last: dict[str, int]) -> dict[int, list[TocEntry]]:
    """Find the tables of contents among the pieces: lists of links to titles further down.

    `last` says at which piece a normalised title stands last. Returns entries by piece.
    """
    found: dict[int, list[TocEntry]] = {}
    for at, piece in enumerate(pieces):
        entries = [_entry(link) for link in local_links(piece)]
        below = [entry for entry in entries if last.get(normal(entry.title), -1) > at]
        if below and 2 * len(below) >= len(entries) and linked_share(piece) >= MOSTLY:
            found[at] = entries
    # A lone link may as well be an answer: "see question 7".
    return {at: found[at] for at in found if len(found[at]) > 1 or {at - 1, at + 1} & found.keys()}


def local_links(piece: Piece) -> Iterator[Link]:
    """The links to other places in the notes, of a piece that may be a table of contents."""
    if piece.tokens[0].type in LISTING and (not piece.mark or piece.mark.target):
        yield from filter(_is_local, links(piece))


def _is_local(link: Link) -> bool:
    return "://" not in link.href and bool(normal(link.text))


def _entry(link: Link) -> TocEntry:
    read = read_number(link.text)
    anchor = link.href[1:] if link.href.startswith("#") else None
    return TocEntry(link.line, read.number, link.text[read.start :].strip(), anchor)
