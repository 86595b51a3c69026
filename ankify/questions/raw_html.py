"""Raw HTML cut at its titles: headings, summaries, bold paragraphs, and Markdown below a tag.

What a class calls a question is a title, too: `<div class="faq-question">`.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from ankify.questions.numbers import CLASSED, Numbered, read_number
from ankify.questions.titles import BOLD, PARAGRAPH_LEVEL, Kind, Title, anchor_of, title_of
from ankify.questions.words import is_button
from ankify.reading.html import (
    HEADINGS,
    Tag,
    after_breaks,
    comments,
    elements,
    ids,
    pieces,
    summaries,
    tags,
)
from ankify.reading.inline import cut, visible
from ankify.reading.tokens import Token

# Right below a tag this is text to GitHub, and a heading to its author.
HASHED = re.compile(r"^ {0,3}(?P<hashes>#{1,6})[ \t]+(?P<words>[^\n]*)", re.MULTILINE)
VERBATIM = frozenset(("pre", "script", "style", "textarea"))
# <summary>Q</summary><br><b>, with all of the answer bold: it says no more than plain text does
_ALL_BOLD = re.compile(r"\s*<(?:b|strong)>(?=[ \t]*(?:\n|\Z))", re.IGNORECASE)


# What a class calls the text of a question, or of an answer, in all languages of the page.
_CLASS = r"(?:.*[-_])?{0}(?:[-_]+(?:title|text|body|content|header|heading))?"
ASKED, ANSWERED = (re.compile(_CLASS.format(word)) for word in ("question", "answer"))
_BOXES = frozenset(("div", "p", "dt", "dd", "li", "section", "article", "button", "span"))


class Part(NamedTuple):
    """A piece of raw HTML that is a block of its own, by its offsets; `inner` is that of its title.

    `depth` says how many <details> it opens (or, below 0, closes); a class says of some that they
    are questions.
    """

    start: int
    end: int
    kind: Kind | None = None
    level: int = PARAGRAPH_LEVEL
    inner: tuple[int, int] = (0, 0)
    tag: Tag | None = None
    depth: int = 0
    is_classed: bool = False


def html_parts(content: str) -> Iterator[Part]:
    """Cut raw HTML at its titles, comments and <details>; what is between them is in no part."""
    if is_verbatim(content):
        return
    found = [
        *(Part(start, end) for start, end, _ in comments(content)),
        *_headings(content),
        *_summaries(content),
        *_classed(content),
        *_bold_paragraphs(content),
        *_hashed(content),
        *_details(content),
    ]
    done = 0
    for part in sorted(found, key=lambda part: (part.start, -part.end)):
        if part.start >= done:
            yield part
            done = part.end


def is_verbatim(content: str) -> bool:
    """Whether raw HTML begins with an element whose content is shown as it is."""
    first = next(tags(content), None)
    return first is not None and first.name in VERBATIM and not content[: first.start].strip()


def _headings(content: str) -> Iterator[Part]:
    for it in elements(content, HEADINGS):
        inner = it.tag.end, it.tag.end + len(it.inner)
        end = after_breaks(content, it.end)
        yield Part(it.tag.start, end, Kind.HTML, int(it.tag.name[1]), inner, it.tag)


def _summaries(content: str) -> Iterator[Part]:
    for details, it in summaries(content):
        inner = it.tag.end, it.tag.end + len(it.inner)
        end = after_breaks(content, it.end)
        bold = _ALL_BOLD.match(content, end)
        end = bold.end() if bold else end
        start, depth = (details.start, 1) if details else (it.tag.start, 0)
        yield Part(start, end, Kind.SUMMARY, inner=inner, depth=depth)


def _classed(content: str) -> Iterator[Part]:
    """The elements whose class says that they are questions; one may hold its answer, too."""
    if "question" not in content:
        return
    found = list(tags(content))
    ends = _ends_of(found)
    answers = [at for at, tag in enumerate(found) if _is_called(tag, ANSWERED)]
    for at, tag in enumerate(found):
        if at not in ends or not _is_called(tag, ASKED):
            continue
        end = ends[at]
        first = bisect_left(answers, at)
        last = min(answers[first], end) if first < len(answers) else end
        stop = found[last].start if last < end else found[last].end
        inner = tag.end, found[last].start
        yield Part(tag.start, stop, Kind.SUMMARY, inner=inner, is_classed=True)


def _is_called(tag: Tag, name: re.Pattern[str]) -> bool:
    if tag.name not in _BOXES or tag.is_end:
        return False
    return any(map(name.fullmatch, tag.attributes.get("class", "").lower().split()))


def _ends_of(found: list[Tag]) -> dict[int, int]:
    """Which tag ends an element, by the one that begins it; some are never closed."""
    opened: dict[str, list[int]] = defaultdict(list)
    ends: dict[int, int] = {}
    for at, tag in enumerate(found):
        if not tag.is_end:
            opened[tag.name].append(at)
        elif opened[tag.name]:
            ends[opened[tag.name].pop()] = at
    return ends


def _bold_paragraphs(content: str) -> Iterator[Part]:
    """The paragraphs <p> and list items <li> of which all of the text is bold."""
    for it in elements(content, ("p", "li")):
        inside = it.inner.strip()
        marks = list(tags(inside)) if it.is_closed else []
        if marks and marks[0].name in BOLD and not marks[0].start and _closes(inside, marks):
            start = it.tag.end + it.inner.index(inside)
            yield Part(it.tag.start, it.end, Kind.BOLD, inner=(start, start + len(inside)))


def _closes(inside: str, marks: list[Tag]) -> bool:
    """Whether the first of some tags ends with the text, and not before."""
    last = marks[-1]
    same = [tag for tag in marks if tag.name == marks[0].name]
    return last.is_end and last.end == len(inside) and same == [marks[0], last]


def _hashed(content: str) -> Iterator[Part]:
    for found in HASHED.finditer(content) if "#" in content else ():
        level, inner = len(found["hashes"]), found.span("words")
        yield Part(found.start(), found.end(), Kind.HEADING, level, inner)


def _details(content: str) -> Iterator[Part]:
    for tag in tags(content):
        if tag.name == "details":
            yield Part(tag.start, tag.end, depth=-1 if tag.is_end else 1)


# -- titles ----------------------------------------------------------------------------------------


def html_title(content: str, part: Part, line: int) -> Title | None:
    """The title of a part of raw HTML that begins on a line."""
    if part.kind is None:
        return None
    if part.kind is Kind.SUMMARY:
        inner = content[slice(*part.inner)]
        text = part.inner[1] - len(inner.lstrip())  # which may begin on a line of its own
        title = summary_title(inner, line + content.count("\n", part.start, text))
        return _as_asked(title) if title and part.is_classed else title
    title = _title(part.kind, part.level, content[slice(*part.inner)], line)
    if part.kind is Kind.HEADING and not title.read.number:
        return None  # `# a comment` in <pre>
    anchors = ids(part.tag.source) if part.tag else []
    return _numbered_by_id(title, next(iter(anchors), None) or anchor_of(title.whole))


def _as_asked(title: Title) -> Title:
    """A title that its class calls a question."""
    read = title.read if title.read.number else Numbered(CLASSED)
    return replace(title, read=read, is_paired=True)


def summary_title(inner: str, line: int, asked: int = 0) -> Title | None:
    """The title that a <summary> makes, with so many of the blocks that follow; no button."""
    title = _title(Kind.SUMMARY, PARAGRAPH_LEVEL, inner, line)
    words = visible(title.whole).strip()
    return replace(title, asked=asked) if words and not is_button(words) else None


def _title(kind: Kind, level: int, inner: str, line: int) -> Title:
    children = tuple(_html_children(" ".join(inner.split())))
    at = Token("html_block", "", 0, map=(line, line + 1))
    return title_of(kind, level, children, visible(children), at)


def _numbered_by_id(title: Title, anchor: str | None) -> Title:
    """Take the number from `<h2 id="3.X">` where the title lacks it, or its dot: `3X`."""
    read = read_number(anchor or "")
    if title.read.dialect or not read.number:
        return title
    glued = visible(title.whole).startswith(read.number)
    inside = cut(title.whole, len(read.number)) if glued else title.whole
    return replace(title, read=read, children=inside)


def _html_children(inner: str) -> Iterator[Token]:
    """Raw HTML as inline tokens, so that one way of reading titles serves all."""
    for piece, is_markup in pieces(inner):
        if is_markup:
            yield Token("html_inline", "", 0, content=piece)
        else:
            yield Token("text", "", 0, content=html.unescape(piece))
