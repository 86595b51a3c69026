"""Raw HTML, read in one way everywhere: its tags, attributes, elements, comments and text.

A scanner finds tags and comments in one pass, so that no text makes it slow; what is inside of a
tag is read by Beautiful Soup, as leniently as a browser does, unless it is written plainly. Nothing
in here changes HTML: cards are sanitised by nh3 in `rendering/`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from html import unescape
from typing import NamedTuple

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# Tags between which words do not belong together: `One<br>two`, but `<b>Q</b>uestion`.
_BLOCKS = """address article aside blockquote br center dd details div dl dt fieldset figcaption
    figure footer form header hr legend li main nav ol optgroup option p pre section summary table
    tbody td tfoot th thead tr ul"""
BLOCKS = HEADINGS | frozenset(_BLOCKS.split())
# What a reader never sees of an element, its content included.
UNSEEN = frozenset(("script", "style", "template"))
# What a reader sees without a word in it.
SHOWN = frozenset(("img", "video", "audio", "iframe", "svg", "table", "input", "picture"))

# `<!-- x -->`, `<h2 title="a > b">`, `</h2>`; a quote that is never closed ends with the line or
# the next `>`: `<h2 id="norms>`. Possessive, so that the time grows with the text alone.
_MARKUP = re.compile(
    r"""<!--(?P<comment>.*?)(?:-->|\Z)
    | <(?P<end>/?)(?P<name>[a-zA-Z][\w:-]*+)
      (?: (?:[^"'<>]++|"[^"]*+"|'[^']*+')*+> | [^<>\n]*+> )""",
    re.DOTALL | re.VERBOSE,
)

# `<img src="a.png" alt='b' width=30 hidden>`: what nobody can read in two ways. Almost all tags are
# written so, and Beautiful Soup takes longer to import than most note files take to be read.
_PLAIN_TAG = re.compile(
    r"""<[a-z][\w:-]*+
    (?:[ \t\n]++[a-z][\w:-]*+(?: = (?: "[^"<>&]*+" | '[^'<>&]*+' | [\w.%#-]++(?=[ \t\n>]) ) )?+)*+
    [ \t\n]*+/?>""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_PLAIN_ATTRIBUTE = re.compile(
    r"""[ \t\n]([a-z][\w:-]*+)(?:=(?:"([^"]*+)"|'([^']*+)'|([\w.%#-]++)))?""",
    re.ASCII | re.IGNORECASE,
)
_BREAK = re.compile(r"[ \t]*<br\b[^<>\n]*>", re.IGNORECASE)


class Tag(NamedTuple):
    """A tag as it is written; `start` and `end` are offsets into the HTML, `name` is lower case."""

    name: str
    source: str
    start: int
    end: int
    is_end: bool

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes by their lower-case names, entities decoded."""
        return tag_attributes(self.source)


class Element(NamedTuple):
    """A start tag with what follows up to its end tag; `inner` is HTML, `end` is behind all."""

    tag: Tag
    inner: str
    end: int
    is_closed: bool

    @property
    def text(self) -> str:
        """The words a reader sees in it."""
        return html_text(self.inner)


@lru_cache(4096)
def tag_attributes(tag: str) -> dict[str, str]:
    """Read the attributes of a start tag as leniently as a browser does; {} for anything else."""
    if _PLAIN_TAG.fullmatch(tag):
        found = _PLAIN_ATTRIBUTE.findall(tag)
        return {name.lower(): double or single or bare for name, double, single, bare in found}
    return _lenient_attributes(tag) if "=" in tag or " " in tag else {}


def _lenient_attributes(tag: str) -> dict[str, str]:
    from bs4 import BeautifulSoup  # 30 ms

    found = BeautifulSoup(_closed(tag), "html.parser", multi_valued_attributes=None).find()
    return {name: str(value) for name, value in found.attrs.items()} if found else {}


def _closed(tag: str) -> str:
    """Close a quote that the author left open: `<h2 id="norms>` -> `<h2 id="norms">`."""
    for quote in "\"'":
        if tag.count(quote) == 1:
            return f"{tag[:-1]}{quote}>"
    return tag


def tags(html: str) -> Iterator[Tag]:
    """Find the tags of some HTML, in order; comments hold none."""
    return iter(_tags(html) if "<" in html else ())


@lru_cache(256)  # each part of a block of raw HTML is looked for by itself
def _tags(html: str) -> tuple[Tag, ...]:
    return tuple(
        Tag(found["name"].lower(), found[0], found.start(), found.end(), bool(found["end"]))
        for found in _MARKUP.finditer(html)
        if found["name"]
    )


def comments(html: str) -> Iterator[tuple[int, int, str]]:
    """Find the comments of some HTML: the offsets of each, and what it says."""
    for found in _MARKUP.finditer(html) if "<!--" in html else ():
        if found["name"] is None:
            yield found.start(), found.end(), found["comment"].strip()


def elements(html: str, names: Collection[str]) -> Iterator[Element]:
    """Find the elements of these names, in order; of those in each other the innermost.

    An element whose end tag is missing ends with its line, or before the next of its kind. The end
    tag of any heading ends one, as in browsers.
    """
    open_tag: Tag | None = None
    for tag in tags(html) if _may_have(html, names) else ():
        if tag.name not in names:
            continue
        if open_tag and tag.is_end and _ends(tag, open_tag):
            yield Element(open_tag, html[open_tag.end : tag.start], tag.end, True)
            open_tag = None
        elif not tag.is_end:
            if open_tag:
                yield _unclosed(html, open_tag, tag.start)
            open_tag = tag
    if open_tag:
        yield _unclosed(html, open_tag, len(html))


def _may_have(html: str, names: Collection[str]) -> bool:
    """Whether there may be a tag of one of these names; to look for all tags takes longer."""
    written = html.lower()
    return any(f"<{name}" in written for name in names)


def _ends(tag: Tag, open_tag: Tag) -> bool:
    return tag.name == open_tag.name or (tag.name in HEADINGS and open_tag.name in HEADINGS)


def _unclosed(html: str, tag: Tag, limit: int) -> Element:
    line_end = html.find("\n", tag.end, limit)
    end = limit if line_end < 0 else line_end
    return Element(tag, html[tag.end : end], end, False)


def summaries(html: str) -> Iterator[tuple[Tag | None, Element]]:
    """Find the elements <summary> that have an end, each with the <details> tag right above it."""
    found = {it.tag.start: it for it in elements(html, ("summary",)) if it.is_closed}
    above: Tag | None = None
    for tag in tags(html) if found else ():
        if tag.start in found:
            opens = above and above.name == "details" and not above.is_end
            is_near = above and not html[above.end : tag.start].strip()
            yield (above if opens and is_near else None), found[tag.start]
        above = tag


def end_tag(html: str, name: str) -> Tag | None:
    """The first end tag of this name in some HTML."""
    return next((tag for tag in tags(html) if tag.is_end and tag.name == name), None)


def after_breaks(html: str, at: int) -> int:
    """The offset behind the tags <br> that follow an offset on its line."""
    while found := _BREAK.match(html, at):
        at = found.end()
    return at


def shows_without_words(html: str) -> bool:
    """Whether some HTML shows a picture, a table or the like."""
    return any(tag.name in SHOWN for tag in tags(html))


def pieces(html: str) -> Iterator[tuple[str, bool]]:
    """Cut some HTML into its text and its mark-up, in order, and say which of them is mark-up."""
    at = 0
    for found in _MARKUP.finditer(html):
        if at < found.start():
            yield html[at : found.start()], False
        yield found[0], True
        at = found.end()
    if at < len(html):
        yield html[at:], False


_TARGET = re.compile(r"\b(?:id|name)\s*=", re.IGNORECASE)


def ids(html: str) -> list[str]:
    """The targets of links in some HTML: ids, and the names of anchors."""
    if not _TARGET.search(html):
        return []
    found = (tag.attributes for tag in tags(html) if not tag.is_end)
    return [it[name] for it in found for name in ("id", "name") if it.get(name)]


def html_text(html: str) -> str:
    """The words a reader sees, with one space between them."""
    return " ".join(_words(html, " ").split())


def html_lines(html: str) -> list[str]:
    """The lines a reader sees: each block and each <br> begins another; empty ones are left out."""
    found = (" ".join(line.split()) for line in _words(html, "\n").split("\n"))
    return [line for line in found if line]


@lru_cache(256)
def _words(html: str, separator: str) -> str:
    """The text of some HTML, with a separator where a block begins or ends."""
    if "<" not in html:
        return unescape(html)
    words: list[str] = []
    at, unseen = 0, ""
    for found in _MARKUP.finditer(html):
        if not unseen:
            words.append(html[at : found.start()])
        at = found.end()
        name = (found["name"] or "").lower()
        if name in UNSEEN:
            unseen = "" if found["end"] else unseen or name
        elif name in BLOCKS:
            words.append(separator)
    words.append("" if unseen else html[at:])
    return unescape("".join(words))
