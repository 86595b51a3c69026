"""A parsed note file as a flat list of pieces, and what in them may head a question.

A piece is a balanced run of block tokens. Raw HTML is cut at its headings and <details>, a list can
be opened into its items, and a paragraph can start with a title: all that looks like the heading of
some dialect carries a `Mark`. Nothing is decided here; `outline.py` does that.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

from ankify.headings import (
    BREAKS,
    ITEM_NUMBER,
    NO_QUESTION,
    NUMBERED,
    ONLY_LABEL,
    QUESTION_LABEL,
    TITLE_END,
    Numbered,
    answers,
    asks,
    cut,
    opens,
    read_number,
    visible,
)
from ankify.tokens import Token

PARAGRAPH_LEVEL, ITEM_LEVEL = 7, 8  # a bold paragraph is deeper than <h6>, a list item deeper still
BADGE = (
    30  # so many characters after a bold title may be a badge ("🟡 Beginner"), more are an answer
)
SENTENCE = re.compile(
    r"[.!。！]\W*$|^\W*(?:yes|no|是|否|不)\b", re.IGNORECASE
)  # "Yes.", "In one step."


class Kind(StrEnum):
    """The mark-up of a title."""

    HTML = "html"  # <h2 id="1.X">1.X</h2>
    HEADING = "heading"  # ## 1. X, setext too
    ITEM_HEADING = "item heading"  # 1. ### X
    ITEM_LINK = "item link"  # - [ ] [1-2 X](#1-2)
    SUMMARY = "summary"  # <details><summary>X</summary>
    BOLD = "bold"  # **1. X**
    TEXT = "text"  # Q1: X
    ITEM_BOLD = "bold item"  # 1. **X?**
    ITEM = "item"  # 1. X?


@dataclass(frozen=True)
class Mark:
    """A title that may head a question, as inline tokens; `line` is 0-based.

    `whole` is the title with its number, `title` without. `glued` is the rest of the paragraph that
    it opens, which then belongs to the answer; it begins `below` lines down. `borrowed` says how
    many pieces down the title was found, and what else there is no part of the answer. `name` is
    what is visible of the title, formulas still set aside.
    """

    kind: Kind
    level: int
    read: Numbered
    whole: tuple[Token, ...]
    title: tuple[Token, ...]
    line: int
    glued: tuple[Token, ...] = ()
    below: int = 1
    borrowed: tuple[int, ...] = ()
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", visible(self.title).strip())

    @property
    def target(self) -> str | None:
        """Where the title points to if all of it is a link."""
        return _target(self.whole)


class Piece(NamedTuple):
    """A balanced run of tokens.

    `items` are the same list once more, item by item, or the same paragraph, title by title;
    `inside` is what follows the title of a list item. `depth` says how many <details> the piece
    opens (or, below 0, closes).
    """

    tokens: tuple[Token, ...]
    mark: Mark | None = None
    items: tuple[Piece, ...] = ()
    inside: tuple[Token, ...] = ()
    depth: int = 0

    # Few pieces are asked for these, so they are no fields.

    @property
    def line(self) -> int:
        """The 0-based line of its first token."""
        return next((token.map[0] for token in self.tokens if token.map), 0)

    @property
    def end(self) -> int:
        """The line below its text, 0-based."""
        # Only leaves say where text ends: the map of a list takes in the blank lines below it. That
        # of a heading takes in its underline.
        leaves = [t for t in self.tokens if t.nesting == 0 or t.type == "heading_open"]
        ends = [t.map[1] for t in leaves if t.map] or [t.map[1] for t in self.tokens if t.map]
        return max(ends, default=0)

    @property
    def comments(self) -> tuple[str, ...]:
        """What the author says to ankify in it."""
        leaves = chain.from_iterable(
            token.children or () if token.type == "inline" else (token,)
            for token in self.tokens
            if "ankify:" in token.content
        )
        contents = (t.content for t in leaves if t.type in ("html_inline", "html_block"))
        found = (COMMENT.findall(content) for content in contents)
        return tuple(chain.from_iterable(found))


COMMENT = re.compile(r"<!--\s*ankify:\s*(.*?)\s*-->", re.DOTALL)  # <!-- ankify: id=norms -->


def read_pieces(tokens: Sequence[Token]) -> list[Piece]:
    """Cut block tokens into pieces, in order."""
    pieces: list[Piece] = []
    for run in balanced(tokens):
        opening = run[0].type
        if opening == "html_block":
            pieces += _cut_html(run[0])
        elif opening == "heading_open":
            pieces.append(_heading(run))
        elif opening == "paragraph_open":
            pieces.append(_paragraph(run))
        elif opening in ("bullet_list_open", "ordered_list_open"):
            items = tuple(_item(run[0], item, run[-1]) for item in balanced(run[1:-1]))
            pieces.append(Piece(run, items=items))
        else:
            pieces.append(Piece(run))
    return _with_borrowed_titles(pieces)


# -- titles below their number ---------------------------------------------------------------------

# `(5 points)`, `🟢`
REMARK = re.compile(r"(?:[^\w(\[【（]|[(\[【（][^()\[\]【】（）]{0,40}[)\]】）])*")
FACT = re.compile(r"[^\s:：?？][^:：?？\n]{0,20}[:：][^?？\n]{0,30}")  # `Type: multiple choice`
CODE = ("fence", "code_block")
QUOTED = 5  # tokens of a quote that holds one paragraph


def _with_borrowed_titles(pieces: list[Piece]) -> list[Piece]:
    """Give a title that is only a number, `### 第 1 题`, the text below as its title."""
    for at, piece in enumerate(pieces):
        mark = piece.mark
        if mark and mark.read.number and not mark.glued and _is_bare(mark):
            pieces[at] = piece._replace(mark=_borrowed(mark, pieces[at + 1 : at + 6]))
    return pieces


def _is_bare(mark: Mark) -> bool:
    """Whether nothing but a remark follows the number."""
    labelled = mark.read.dialect and mark.read.dialect.labelled
    remark = labelled and REMARK.fullmatch(mark.name) and not asks(mark.name)
    return bool(remark or not mark.name)


def _borrowed(mark: Mark, below: Sequence[Piece]) -> Mark:
    """Take the title from the first paragraph or heading below, past facts, pictures and code."""
    dropped: list[int] = []
    fact = mark
    coded = False
    for offset, piece in enumerate(below, 1):
        kind, heading = piece.tokens[0].type, piece.mark
        inline = next((token for token in piece.tokens if token.type == "inline"), None)
        children = tuple(inline.children or ()) if inline else ()
        words = visible(children)
        if kind == "heading_open":
            if not heading or heading.level <= mark.level or heading.read.number:
                break
            if not NO_QUESTION.match(heading.name):
                taken = replace(mark, title=heading.title, borrowed=(*dropped, offset))
                return fact if opens(heading.name) else taken
            dropped.append(offset)
        elif kind == "paragraph_open" or (
            kind == "blockquote_open" and len(piece.tokens) == QUOTED
        ):
            if answers(words) or (heading and heading.read.number):
                break
            if ONLY_LABEL.fullmatch(words):
                dropped.append(offset)
                continue
            taken = _with_title_of(mark, (*dropped, offset), children, piece.line)
            if asks(words) or not (coded or FACT.fullmatch(words.split("\n")[0].strip())):
                return taken if words.strip() else fact
            fact = taken if fact is mark and not coded else fact
        elif kind in CODE:
            coded = True
        elif not piece.comments:
            break
    return fact


def _with_title_of(
    mark: Mark, borrowed: tuple[int, ...], children: tuple[Token, ...], line: int
) -> Mark:
    """The mark with the title that a paragraph begins with; the rest of it is the answer."""
    words = visible(children)
    label = QUESTION_LABEL.match(words)
    found = TITLE_END.search(words)
    end = found.start() if found else len(words)
    start = end + (words[end : end + 1] == "\n")
    below = line - mark.line + words.count("\n", 0, start)
    title, glued = cut(children, label.end() if label else 0, end), _rest(children, words, start)
    return replace(mark, title=title, glued=glued, below=below, borrowed=borrowed)


def balanced(tokens: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """Runs of tokens that open and close on the outermost level."""
    tokens = tuple(tokens)
    start = depth = 0
    for at, token in enumerate(tokens):
        depth += token.nesting
        if not depth:
            yield tokens[start : at + 1]
            start = at + 1


# -- headings, paragraphs and list items -----------------------------------------------------------


def _heading(run: tuple[Token, ...]) -> Piece:
    children = tuple(run[1].children or ())
    words = visible(children)
    if "\n" in words:  # text over a line of `---` or `===`: no title was meant
        return Piece(run)
    return Piece(run, _mark(Kind.HEADING, int(run[0].tag[1]), children, words, run[0]))


def _mark(
    kind: Kind,
    level: int,
    children: tuple[Token, ...],
    words: str,
    at: Token,
    *,
    read: Numbered | None = None,
    glued: tuple[Token, ...] = (),
) -> Mark:
    """The mark of a title: `words` are what is visible of its `children`."""
    read = read or read_number(words)
    title = cut(children, read.start)
    if words.rstrip().endswith("]"):
        title = _without_citation(title)
    line = at.map[0] if at.map else 0
    return Mark(kind, level, read, children, title, line, glued)


ANCHOR = re.compile(r"""\b(?:id|name)\s*=\s*(?:"([^"]*)"?|'([^']*)'?|([^\s>]+))""", re.IGNORECASE)


def _anchor(children: Iterable[Token]) -> str | None:
    tags = "".join(token.content for token in children if token.type == "html_inline")
    return _attribute(tags)


def _attribute(tags: str) -> str | None:
    found = ANCHOR.search(tags)
    return html.unescape(next(filter(None, found.groups()), "")) if found else None


def _target(children: Sequence[Token]) -> str | None:
    """Where the title points to if all of it is one link; `[X]()` points to itself."""
    inside, target = False, None
    for token in children:
        if token.type in ("link_open", "link_close"):
            inside = token.type == "link_open"
            target = str(token.attrs.get("href") or "#") if inside else target
        elif not inside and visible([token]).strip():
            return None
    return target


def _without_citation(title: tuple[Token, ...]) -> tuple[Token, ...]:
    """Drop a link in brackets at the end, `[[src](url)]` or `[[src]](url)`: it cites, not asks."""
    words = visible(title).rstrip()
    opening = next((i for i in reversed(range(len(title))) if title[i].type == "link_open"), -1)
    if opening < 1:
        return title
    before = visible(title[:opening]).rstrip()
    linked = words[len(visible(title[:opening])) :].strip()
    if before.endswith("["):
        return cut(title, 0, len(before) - 1)
    return cut(title, 0, len(before)) if before and linked.startswith("[") else title


# What a title in a paragraph may begin with, to be quick about all other paragraphs.
TITLED = re.compile(
    rf"(?::[a-z0-9_+-]+:|[^\w<(\[【])*(?:\*\*|__|<|{NUMBERED.pattern})", re.IGNORECASE
)
SHORTCODE = re.compile(r":[a-z0-9_+-]+:")
BOLD_TAG = re.compile(r"<(/?)(?:b|strong)\b[^>]*>$", re.IGNORECASE)


def _paragraph(run: tuple[Token, ...]) -> Piece:
    """A paragraph with its title, if it has one; a second title in it makes it a list of them."""
    inline = run[1]
    mark = _paragraph_mark(inline)
    if not mark or not mark.read.dialect or "\n" not in inline.content:
        return Piece(run, mark)
    parts = list(_titled_parts(inline, mark))
    items = [Piece((run[0], part, run[-1]), _paragraph_mark(part)) for part in parts]
    return Piece(run, mark, items=tuple(items) if len(items) > 1 else ())


def _titled_parts(inline: Token, mark: Mark) -> Iterator[Token]:
    """Cut a paragraph where a line begins with a title that is numbered as the first one."""
    children = inline.children or []
    depths = list(accumulate(token.nesting for token in children))
    breaks = [at for at, token in enumerate(children) if token.type in BREAKS]
    starts = [
        at + 1
        for at, end in pairwise([*breaks, len(children)])
        if not depths[at] and _is_like(mark, tuple(children[at + 1 : end]))
    ]
    line = inline.map[0] if inline.map else 0
    for start, end in pairwise([0, *starts, len(children) + 1]):
        part = children[start : end - 1]
        below = line + 1 + sum(token.type in BREAKS for token in part)
        yield inline.copy(children=part, map=(line, below))
        line = below


def _is_like(mark: Mark, line: tuple[Token, ...]) -> bool:
    """Whether a line begins with a title like another one, `**2. X**` after `**1. W**`."""
    other = _title(line, 0)
    dialect = mark.read.dialect
    sure = dialect and (dialect.labelled or mark.kind is not Kind.TEXT)
    return bool(sure and other and other.kind is mark.kind and other.read.dialect is dialect)


def _paragraph_mark(inline: Token) -> Mark | None:
    """A bold title or a labelled one at the start of a paragraph; the rest of it is the answer."""
    if not TITLED.match(inline.content):
        return None
    return _title(tuple(inline.children or ()), inline.map[0] if inline.map else 0)


def _title(children: tuple[Token, ...], line: int) -> Mark | None:
    words = visible(children)
    first = words.split("\n", 1)[0]
    if hashes := HASHES.match(words):
        level, read = len(hashes[1]), read_number(first)
        return replace(
            _mark_of(children, words, line, Kind.HEADING, read, len(first), len(first)), level=level
        )
    opening, bold = _bold(children)
    number = NUMBER_OUTSIDE.fullmatch(words[:opening]) if bold else None
    if number and not first[bold:].strip():  # a list item whose blank was forgotten
        read = Numbered(ITEM_NUMBER, number["number"], number["separator"], opening)
        return _mark_of(children, words, line, Kind.ITEM_BOLD, read, bold, bold)
    if re.search(r"\w", SHORTCODE.sub("", words[:opening])):
        bold = 0
    read = read_number(first)
    if not bold and not read.dialect:
        return None
    if bold > len(first):
        first = words[:bold]  # a bold title of two lines
    kind = Kind.BOLD if bold else Kind.TEXT
    if bold > read.start:
        end = len(first) if _is_badge(cut(children, bold, len(first))) else bold
        return _mark_of(children, words, line, kind, read, bold, end)
    # Only the number is bold, `**Q1:** X`, or nothing is.
    below = not first[read.start :].strip() and len(first) < len(words)
    found = TITLE_END.search(words, len(first) + 1 if below else read.start)
    end = min(found.start() if found else len(words), len(words) if below else len(first))
    if not below and not words[read.start : end].strip() and _target(cut(children, 0, end)):
        return None  # a link that leads to the question
    return _mark_of(children, words, line, kind, read, end, end)


HASHES = re.compile(rf"(#{{1,6}})(?={NUMBERED.pattern})", re.IGNORECASE)  # `##1. X`
DASH = re.compile(r"[^\S\n]*[-–—:：][^\S\n]+")  # between a bold title and the answer behind it
NUMBER_OUTSIDE = re.compile(r"\W*(?P<number>\d{1,4})(?P<separator>[.、)])\s*")  # `1.**X**`


def _mark_of(
    children: tuple[Token, ...],
    words: str,
    line: int,
    kind: Kind,
    read: Numbered,
    title_end: int,
    end: int,
) -> Mark:
    """The mark of a title in a paragraph: what stands behind `end` belongs to the answer."""
    level = ITEM_LEVEL if kind is Kind.ITEM_BOLD else PARAGRAPH_LEVEL
    at = Token("inline", "", 0, map=(line, line + 1))
    mark = _mark(kind, level, cut(children, 0, end), words[:end], at, read=read)
    title = mark.title if title_end == end else cut(children, read.start, title_end)
    dash = DASH.match(words, end)
    start = dash.end() if dash else end + (words[end : end + 1] == "\n")
    below = words.count("\n", 0, start)
    return replace(mark, title=title, glued=_rest(children, words, start), below=below)


def _is_badge(rest: Sequence[Token]) -> bool:
    """Whether the rest of a line behind a bold title is no answer: "🟡 Basic", "- easy", a link."""
    words = visible(rest)
    linked = any(token.type == "link_open" for token in rest)
    answer = SENTENCE.search(words) or (DASH.match(words) and len(words.split()) > 2 and not linked)
    return len(words) <= BADGE and not answer


def _rest(children: Sequence[Token], words: str, start: int) -> tuple[Token, ...]:
    """What comes after a title in its paragraph, if it shows anything."""
    shown = words[start:].strip() or any(token.type == "image" for token in children)
    return cut(children, start) if shown else ()


def _bold(children: Sequence[Token]) -> tuple[int, int]:
    """Where the first bold text of a paragraph begins and ends; the end is 0 if there is none."""
    opening = None
    for at, token in enumerate(children):
        tag = BOLD_TAG.match(token.content) if token.type == "html_inline" else None
        if opening is None and (token.type == "strong_open" or (tag and not tag[1])):
            opening = len(visible(children[:at]))
        elif token.type == "strong_close" or (tag and tag[1]):
            return (opening or 0), (0 if opening is None else len(visible(children[:at])))
        elif token.type in BREAKS and opening is None:
            break
    return 0, 0


def _item(opening: Token, run: tuple[Token, ...], closing: Token) -> Piece:
    """A list item as a list of its own, with the mark its first line makes."""
    whole = (opening, *run, closing)
    head, inside = run[1:4], run[4:-1]  # if it is a paragraph or a heading
    if not _may_ask(run[0], head):
        return Piece(whole)
    return Piece(whole, _item_mark(run[0], head), inside=inside)


def _may_ask(item: Token, head: tuple[Token, ...]) -> bool:
    """Whether an item begins with a title: with text, and numbered, bold or linked."""
    if head[0].type not in ("heading_open", "paragraph_open"):
        return False
    return bool(item.info or head[0].tag != "p" or TITLED.match(head[1].content))


def shown(inside: tuple[Token, ...]) -> Iterator[Token]:
    """The content of a list item as it is outside of the list.

    The paragraphs of a tight list have no <p>, there they do; those of lists in it still do not.
    """
    for block in balanced(inside):
        yield from (token.copy(hidden=False) for token in block) if block[0].hidden else block


def _item_mark(item: Token, head: tuple[Token, ...]) -> Mark:
    children = tuple(head[1].children or ())
    words = visible(children)
    if head[0].type == "heading_open":
        read = _listed(item, read_number(words))
        return _mark(Kind.ITEM_HEADING, int(head[0].tag[1]), children, words, item, read=read)
    first = words.partition("\n")[0]
    line = cut(children, 0, len(first))
    own = read_number(first)
    kind = Kind.ITEM_LINK if own.dialect and _is_target(line) else Kind.ITEM
    bold = _paragraph_mark(head[1]) if kind is Kind.ITEM else None
    if bold and bold.kind is Kind.BOLD:
        at, read = (item.map or [0])[0], _listed(item, bold.read)
        return replace(bold, kind=Kind.ITEM_BOLD, level=ITEM_LEVEL, line=at, read=read)
    glued = _rest(children, words, len(first) + 1)
    return _mark(kind, ITEM_LEVEL, line, first, item, read=_listed(item, own), glued=glued)


def _is_target(title: tuple[Token, ...]) -> bool:
    """Whether a table of contents may point to a title: it has an id, or is a link to itself."""
    target = _target(title)
    return bool(_anchor(title) or (target and "/" not in target))


def _listed(item: Token, read: Numbered) -> Numbered:
    """Take the number of the item itself if there is none in its title."""
    if read.number or not item.info:
        return read
    return Numbered(ITEM_NUMBER, item.info, read.separator, read.start)


# -- raw HTML --------------------------------------------------------------------------------------

ATTRIBUTES = r"""(?:(?:"[^"\n]*"|'[^'\n]*'|[^<>"'\n])*|[^<>\n]*)"""  # the second: an unclosed quote
TAGS_OF_BREAKS = r"(?:[ \t]*<br\s*/?>)*"
HTML_PART = re.compile(
    rf"""(?P<comment><!--[\s\S]*?(?:-->|\Z))
    | (?P<heading><h(?P<level>[1-6])\b(?P<attributes>{ATTRIBUTES})>
        (?P<title>(?:(?!</?h[1-6]\b)[\s\S])*?(?=</h[1-6]\b)|[^\n]*)(?:</h[1-6]\s*>)?{TAGS_OF_BREAKS})
    | (?P<details>(?P<opens><details\b[^<>]*>)?\s*<summary\b[^<>]*>
        (?P<summary>(?:(?!<summary\b)[\s\S])*?)</summary\s*>{TAGS_OF_BREAKS})
    | (?P<bold><p\b[^<>]*>\s*(?P<strong><(?P<tag>b|strong)\b[^<>]*>
        (?:(?!<p\b)[^\n])*?</(?P=tag)>)\s*</p>)
    | (?P<hashed>(?m:^)[ ]{{0,3}}(?P<hashes>\#{{1,6}})[ \t]+(?P<words>[^\n]*?)[ \t]*(?m:$))
    | (?P<open><details\b[^<>]*>) | (?P<close></details\s*>)""",
    re.IGNORECASE | re.VERBOSE,
)
VERBATIM = re.compile(r"\s*<(?:pre|script|style|textarea)\b", re.IGNORECASE)
TAGS = re.compile(r"(<[^>]*>)")


def _cut_html(block: Token) -> list[Piece]:
    """Cut a raw HTML block at its headings, summaries and comments; the text itself stays."""
    if VERBATIM.match(block.content):
        return [Piece((block,))]
    pieces: list[Piece] = []
    done = 0
    for part in HTML_PART.finditer(block.content):
        pieces += _html_piece(block, done, part.start())
        pieces += _html_piece(block, part.start(), part.end(), part)
        done = part.end()
    return [*pieces, *_html_piece(block, done, len(block.content))]


def _html_piece(
    block: Token, start: int, end: int, part: re.Match[str] | None = None
) -> list[Piece]:
    content = block.content[start:end]
    if not content.strip():
        return []
    first = (block.map or [0, 0])[0]
    start += len(content) - len(content.lstrip())
    line = first + block.content.count("\n", 0, start)
    end = line + content.strip().count("\n") + 1
    token = block.copy(content=content.strip() + "\n", map=(line, end))
    mark = _html_mark(part, line) if part else None
    depth = 0 if not part else bool(part["opens"] or part["open"]) - bool(part["close"])
    return [Piece((token,), mark, depth=depth)]


def _html_mark(part: re.Match[str], line: int) -> Mark | None:
    if part["heading"]:
        kind, level, inner = Kind.HTML, int(part["level"]), part["title"]
    elif part["details"]:
        kind, level, inner = Kind.SUMMARY, PARAGRAPH_LEVEL, part["summary"]
        line += part["details"][: part.start("summary") - part.start("details")].count("\n")
    elif part[
        "hashed"
    ]:  # a heading right below a tag is text to GitHub, and a heading to its author
        kind, level, inner = Kind.HEADING, len(part["hashes"]), part["words"]
    elif part["bold"]:
        kind, level, inner = Kind.BOLD, PARAGRAPH_LEVEL, part["strong"]
    else:
        return None
    children = tuple(_html_children(" ".join(inner.split())))
    words = visible(children)
    if kind is Kind.SUMMARY and (not words.strip() or opens(words.strip())):
        return None
    at = Token("html_block", "", 0, map=(line, line + 1))
    mark = _mark(kind, level, children, words, at)
    return _numbered_by_id(mark, _attribute(part["attributes"] or "") or _anchor(children))


def _numbered_by_id(mark: Mark, anchor: str | None) -> Mark:
    """Take the number from `<h2 id="3.X">` where the title lacks it, or its dot: `3X`."""
    read = read_number(anchor or "")
    if mark.read.dialect or not read.number:
        return mark
    glued = visible(mark.whole).startswith(read.number)
    title = cut(mark.whole, len(read.number)) if glued else mark.whole
    return replace(mark, read=read, title=title)


def _html_children(inner: str) -> Iterator[Token]:
    """Raw HTML as inline tokens, so that one way of reading titles serves all."""
    for piece in TAGS.split(inner):
        if piece.startswith("<"):
            yield Token("html_inline", "", 0, content=piece)
        elif piece:
            yield Token("text", "", 0, content=html.unescape(piece))
