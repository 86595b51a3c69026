"""Rendering: the tokens of a question become the HTML of its fields.

Python-Markdown does it, with the tree of `tree.py`: tree, tree processors, serialiser and
post-processors are its own, and users may add theirs. What comes from raw HTML in the notes is then
sanitised as GitHub does, and the formulas come back last, so that nothing touches their TeX.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor

from ankify.model import AnkifyError, Content, Reference
from ankify.reading import parse as gfm
from ankify.reading.anchors import address, in_obsidian
from ankify.reading.formulas import Masked
from ankify.reading.html import tag_attributes
from ankify.reading.mathjax import typeset
from ankify.reading.parse import ParsedFile
from ankify.reading.tokens import Token
from ankify.rendering.options import mark_right
from ankify.rendering.phone import fit_phone
from ankify.rendering.roles import mark_roles
from ankify.rendering.sanitise import ATTRIBUTE, MEDIA_TAG, SCHEME, clean, src_first
from ankify.rendering.sketch import sketch
from ankify.rendering.tree import AMP, GfmExtension, TokenParser
from ankify.timing import at_most

if TYPE_CHECKING:
    from ankify.questions.split import Section


@dataclass(frozen=True)
class RenderOptions:
    """`source_url` is where the notes can be read (links to other notes lead there).

    `extensions` names extensions of Python-Markdown: their tree and post-processors are run.
    Without `for_phone` the fields are as on GitHub, formulas in the lines that the author wrote.
    """

    source_url: str | None = None
    extensions: tuple[str, ...] = ()
    for_phone: bool = True


class Renderer:
    """Renders questions; one for a process, since setting up Python-Markdown takes its time."""

    def __init__(self, options: RenderOptions = RenderOptions()) -> None:
        self._options = options
        self._cards = _CardExtension(options.source_url, for_phone=options.for_phone)
        self._md = _markdown(self._cards, options.extensions)

    def render(self, section: Section, parsed: ParsedFile) -> Content:
        """Render the question and the answer of a section."""
        self._cards.file = section.question.file
        line = section.question.line
        own, again = _parted(section)
        question, asked, n = self._field([*section.title, *own], parsed, line)
        if again:
            page, more, k = self._field(again, parsed, line)
            question += f'\n<div class="again">{page}</div>'
            asked, n = (*asked, *more), n + k
        answer, shown, m = self._field(section.answer, parsed, line, answer=True)
        if self._options.for_phone:
            question = mark_right(question, answer)
        words = gfm.tex_text([*section.stem, *section.answer], parsed)
        pictures = " ".join(reference.src.rpartition("/")[2] for reference in shown)
        likeness = sketch(words or pictures)
        return Content(question, answer, likeness, (*asked, *shown), n + m)

    def _field(
        self, tokens: Sequence[Token], parsed: ParsedFile, line: int, *, answer: bool = False
    ) -> tuple[str, tuple[Reference, ...], int]:
        """The HTML of some tokens, the pictures in it, and how many formulas.

        `line` is given to pictures whose own line cannot be told.
        """
        if not tokens:
            return "", (), 0
        parser = self._md.parser
        assert isinstance(parser, TokenParser)
        parser.load(tokens, parsed)
        self._cards.masked, self._cards.answer = parsed.masked, answer
        # Python-Markdown strips the page, of ideographic spaces too, but for the tags around it.
        page = self._md.reset().convert("tokens")[len("<div>") : -len("</div>")]
        if parser.has_html or self._options.extensions:
            page = _PLAIN_LINK.sub(r"\1", clean(page))
        page = src_first(page.strip("\n"))
        page, formulas = parsed.masked.html(typeset(page, _as_source))
        if any(not formula.tex for formula in parsed.formulas):
            page = _EMPTY_PARAGRAPH.sub("", page)  # only definitions of macros stood there
        references = tuple(_references(page, parser.lines, line))
        if self._options.for_phone:
            page = fit_phone(page, title=not answer)
        return page, references, formulas


def _parted(section: Section) -> tuple[Sequence[Token], Sequence[Token]]:
    """The stem, parted where the answer says it again: the back of a card shows that part once."""
    for at, token in enumerate(section.stem):
        if section.answer and token is section.answer[0]:
            return section.stem[:at], section.stem[at:]
    return section.stem, ()


def _as_source(tex: str) -> None:
    """Show what looks like a formula to MathJax alone, since Markdown made it (`&#92;(x&#92;)`)."""


_PLAIN_LINK = re.compile(r"<a>(.*?)</a>", re.S)  # links cannot be in links
_EMPTY_PARAGRAPH = re.compile(r"<p>\s*</p>\n?")


def _markdown(cards: Extension, extensions: Iterable[str]) -> Markdown:
    try:
        md = Markdown(extensions=[GfmExtension(), cards, *extensions], output_format="html")
    except (ImportError, AttributeError, TypeError, KeyError) as error:
        raise AnkifyError(
            f"cannot load the Python-Markdown extensions: {error}",
            hint="look at extensions in [render] of ankify.toml",
        ) from error
    md.stripTopLevelTags = False
    return md


def _references(page: str, lines: Mapping[str, int], default: int) -> Iterator[Reference]:
    """The pictures, sounds and films in finished HTML."""
    for tag in MEDIA_TAG.finditer(page) if " src=" in page else ():
        found = dict(ATTRIBUTE.findall(tag[2]))
        if "src" in found:
            source = html.unescape(found["src"])
            line = lines[source] + 1 if source in lines else default
            yield Reference(source, line, html.unescape(found.get("alt", "")))


class _CardExtension(Extension):
    """What a card needs beyond the page on GitHub: links that lead somewhere, coloured code."""

    def __init__(self, source_url: str | None, *, for_phone: bool) -> None:
        super().__init__()
        self.source_url, self.for_phone = source_url, for_phone
        self.file = ""
        self.masked: Masked | None = None
        self.answer = False

    def extendMarkdown(self, md: Markdown) -> None:
        """Add the tree processors."""
        links = _Links(self)
        md.treeprocessors.register(links, "ankify_links", 10)
        md.postprocessors.register(_RawLinks(md, links), "ankify_raw_links", 40)
        md.treeprocessors.register(_Roles(self), "ankify_roles", 7)
        md.treeprocessors.register(_Highlight(md), "ankify_highlight", 5)


class _Links(Treeprocessor):
    """Links to other notes and to anchors lead to the source of the notes, or are text."""

    def __init__(self, cards: _CardExtension) -> None:
        super().__init__()
        self._cards = cards

    def run(self, root: Element) -> None:
        """Change the links of a tree."""
        for link in root.iter("a"):
            target = self.target(link.get("href", ""))
            if target is None:
                link.tag = None  # type: ignore[assignment]  # the serialiser leaves such tags out
                link.attrib.clear()
            else:
                link.set("href", target)

    def target(self, href: str) -> str | None:
        if SCHEME.match(href.replace(AMP, "&")):
            return href
        base, file = self._cards.source_url, self._cards.file
        if not base or not href or re.match(r"[\w+.-]+:|//", href):
            return None
        path, _, anchor = href.partition("#")
        if path:
            folder = "" if path.startswith("/") else posixpath.dirname(file)
            path = posixpath.normpath(posixpath.join(folder, path.lstrip("/")))
        if in_obsidian(base):
            return address(base, unquote(path or file))
        written = quote(path or file, safe="/%?=&+,;:@!$'()*~")
        return f"{base.rstrip('/')}/{written}" + (f"#{anchor}" if anchor else "")


class _RawLinks(Postprocessor):
    """The same for the links in raw HTML, while Python-Markdown still keeps it in its stash."""

    def __init__(self, md: Markdown, links: _Links) -> None:
        super().__init__(md)
        self._links = links

    def run(self, text: str) -> str:
        """Change the stashed HTML; the text is left alone."""
        pieces = self.md.htmlStash.rawHtmlBlocks
        for number, piece in enumerate(pieces):
            if isinstance(piece, str) and "<a" in piece.lower():
                pieces[number] = _RAW_TAG.sub(self._changed, piece)
        return text

    def _changed(self, tag: re.Match[str]) -> str:
        if tag[1].lower() != "a":
            return tag[0]
        target = self._links.target(tag_attributes(tag[0]).get("href", ""))
        return "<a>" if target is None else f'<a href="{html.escape(target)}">'


# <a class="x" href="#y">, and all other tags, since "<a" may be in one of their attributes
_RAW_TAG = re.compile(r"""<([a-zA-Z][\w-]*)(?:[^"'<>]++|"[^"]*+"|'[^']*+')*+>""")


class _Roles(Treeprocessor):
    """Lead, figures and lists get the classes by which the style sheet tells them apart."""

    def __init__(self, cards: _CardExtension) -> None:
        super().__init__()
        self._cards = cards

    def run(self, root: Element) -> None:
        """Set the classes in a tree."""
        if self._cards.masked and self._cards.for_phone:
            mark_roles(root, self._cards.masked, answer=self._cards.answer)


_GAP = re.compile(r"\{\{c\d+::")  # {{c1::Paris}}: a gap of a cloze note


class _Highlight(Treeprocessor):
    """Code in a language that Pygments knows gets the classes of Pygments."""

    def run(self, root: Element) -> None:
        """Colour the code blocks of a tree."""
        for block in list(root.iter("pre")):
            code = block[0] if len(block) else Element("code")
            language = (code.get("class") or "").removeprefix("language-")
            lexer = _lexer(language.lower()) if language else None
            if lexer is None or _GAP.search(code.text or ""):  # colours would cut it up
                continue
            coloured = _coloured((code.text or "").replace(AMP, "&"), lexer)
            label = html.escape(language)
            block[:] = ()
            block.tag = None  # type: ignore[assignment]  # the serialiser leaves such tags out
            block.text = self.md.htmlStash.store(
                f'<div class="highlight"><pre><code class="language-{label}">'
                f"{coloured}</code></pre></div>"
            )


@cache
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@cache
def _formatter() -> Any:
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)


# Many of Pygments' lexers take the square of the length of a run, or worse: 3,000 spaces will do.
_LONG_RUN = re.compile(r"(.)\1{299}|(?:[^\S\n]*\n){300}", re.DOTALL)
_LONGEST_COLOURED = 50_000  # characters
_LONGEST_COLOURING = 2.0  # seconds of work; what no honest code needs, wherever it is built
_MOST_GIVEN_UP = 5  # blocks that took longer; after them nothing is coloured any more
_given_up = 0


def _coloured(code: str, lexer: Any) -> str:
    """The code with the classes of Pygments; plain where it is too long, or odd."""
    global _given_up
    from pygments import highlight

    if len(code) <= _LONGEST_COLOURED and not _LONG_RUN.search(code) and _given_up < _MOST_GIVEN_UP:
        try:
            with at_most(_LONGEST_COLOURING):
                return str(highlight(code, lexer, _formatter()))
        except TimeoutError:
            _given_up += 1
    return html.escape(code)
