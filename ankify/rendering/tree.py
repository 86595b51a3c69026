"""The tree that Python-Markdown renders, built from tokens instead of by its own parser.

Raw HTML, which need not be balanced, goes where Python-Markdown keeps it, and comes back when the
tree is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from xml.etree.ElementTree import Element, ElementTree, SubElement

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.util import AMP_SUBSTITUTE

from ankify.reading.html import tag_attributes
from ankify.reading.parse import ParsedFile, parse, visible_text
from ankify.reading.tokens import Token


class TokenParser(BlockParser):
    """Takes the place of Python-Markdown's parser: builds its tree from the tokens of a parse.

    `lines` tells on which 0-based line each picture is, `has_html` whether raw HTML was met.
    """

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.load((), None)

    def load(self, tokens: Iterable[Token], parsed: ParsedFile | None) -> None:
        """Set what the next document is made of; without `parsed`, its text is parsed."""
        self.tokens, self.parsed = tokens, parsed
        self.lines: dict[str, int] = {}
        self.has_html = False

    def parseDocument(self, lines: Iterable[str]) -> ElementTree[Element | None]:
        """Build the tree."""
        if self.parsed is None:
            parsed = parse("\n".join(lines))
            self.load(parsed.tokens, parsed)
        assert self.parsed is not None
        builder = _Builder(self.md, self.parsed)
        builder.add(_joined(self.tokens))
        builder.add_footnotes()
        self.lines, self.has_html = builder.lines, builder.has_html
        return ElementTree(builder.root())


class GfmExtension(Extension):
    """GitHub's Markdown for Python-Markdown: its own parser and inline patterns give way."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Put our parser in the place of Python-Markdown's; leave everything after it."""
        md.parser = TokenParser(md)
        # They expand tabs, empty blank lines in code, and indent the text of code.
        for registry, names in (
            (md.preprocessors, ("normalize_whitespace", "html_block")),
            (md.treeprocessors, ("inline", "prettify", "unescape")),
        ):
            for name in names:
                registry.deregister(name)


def _joined(tokens: Iterable[Token]) -> Iterator[Token]:
    """Make one list of two that follow each other, where they were cut out of one.

    In Markdown, lists with the same marker cannot follow each other. What was cut out of the middle
    of one starts with the number of its own first item.
    """
    closed: Token | None = None
    counted: Token | None = None
    for token in tokens:
        if counted:
            yield _starting(counted, token.info)
            counted = None
        if closed and token.type.endswith("_list_open") and token.markup == closed.markup:
            closed = None
            continue
        if closed:
            yield closed
        closed = token if token.type.endswith("_list_close") else None
        counted = token if token.type == "ordered_list_open" else None
        if not closed and not counted:
            yield token
    if closed:
        yield closed


def _starting(opening: Token, number: str) -> Token:
    """An ordered list that starts with a number, as CommonMark reads it: `012` is 12."""
    start = number.lstrip("0") or "0"
    if not number or start == opening.attrs.get("start", "1"):
        return opening
    return opening.copy(attrs={} if start == "1" else {"start": start})


class _Builder:
    """Puts tokens together to a tree."""

    def __init__(self, md: Markdown, parsed: ParsedFile) -> None:
        self.lines: dict[str, int] = {}
        self.has_html = False
        self._md = md
        self._parsed = parsed
        self._stack = [Element("div")]
        self._texts: list[str] = []
        self._line = 0
        self._labels: list[str] = []  # of footnotes
        self._footnotes: dict[str, int] = {}  # their numbers

    def root(self) -> Element:
        """The finished tree."""
        self._flush()
        return self._stack[0]

    def add(self, tokens: Iterable[Token]) -> None:
        """Add tokens, whose opening and closing ones match."""
        for token in tokens:
            if token.type == "text":
                self._text(token.content)
                continue
            if token.map:
                self._line = token.map[0]
            special = _SPECIAL.get(token.type)
            if special:
                special(self, token)
            elif token.nesting > 0 and not token.hidden:
                self._open(token.tag, token.attrs, token.block)
            elif token.nesting < 0 and not token.hidden:
                self._close(token.block)

    def add_footnotes(self) -> None:
        """Add the footnotes that were referred to, and those that they refer to."""
        if not self._labels:
            return
        self._open("div", {"class": "footnotes"})
        self._open("ol", {})
        for label in self._labels:  # grows while it is read
            self._open("li", {})
            self.add(self._parsed.footnotes.get(label, ()))
            self._close(True)
        self._close(True)
        self._close(True)

    def _text(self, text: str) -> None:
        # Python-Markdown leaves what looks like an entity as it is, so no "&" may reach it.
        self._texts.append(text.replace("&", AMP) if "&" in text else text)

    def _flush(self) -> None:
        if not self._texts:
            return
        text = "".join(self._texts)
        parent = self._stack[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + text
        else:
            parent.text = (parent.text or "") + text
        self._texts.clear()

    def _line_start(self) -> None:
        # As cmark does it: unclosed raw HTML turns these line ends into text between blocks.
        if self._texts[-1:] != ["\n"] and (self._texts or self._stack[-1:] != self._stack[:1]):
            self._texts.append("\n")

    def _open(self, tag: str, attributes: Mapping[str, object], is_block: bool = False) -> Element:
        if is_block:
            self._line_start()
        self._flush()
        element = SubElement(self._stack[-1], tag)
        for key, value in attributes.items():
            element.set(key, str(value).replace("&", AMP))
        self._stack.append(element)
        return element

    def _close(self, is_block: bool = False) -> None:
        self._flush()
        self._stack.pop()
        if is_block:
            self._texts.append("\n")

    def _void(self, tag: str, attributes: Mapping[str, object]) -> None:
        self._open(tag, attributes)
        self._close()

    def _inline(self, token: Token) -> None:
        self.add(token.children or ())

    def _deletion(self, token: Token) -> None:
        self._open("del", {})

    def _softbreak(self, token: Token) -> None:
        self._texts.append("\n")

    def _hardbreak(self, token: Token) -> None:
        self._void("br", {})
        self._softbreak(token)

    def _rule(self, token: Token) -> None:
        self._line_start()
        self._void("hr", {})
        self._texts.append("\n")

    def _item(self, token: Token) -> None:
        self._open("li", token.attrs, True)
        if "checked" in token.meta:
            checked = {"checked": "checked"} if token.meta["checked"] else {}
            self._void("input", {"type": "checkbox", "disabled": "disabled", **checked})
            self._texts.append(" ")

    def _code_span(self, token: Token) -> None:
        self._open("code", {})
        self._text(self._parsed.masked.source(token.content))
        self._close()

    def _code(self, token: Token) -> None:
        words = token.info.split()
        self._open("pre", {}, True)
        self._open("code", {"class": f"language-{words[0]}"} if words else {})
        self._text(self._parsed.masked.source(token.content))
        self._close()
        self._close(True)

    def _image(self, token: Token) -> None:
        source = self._parsed.masked.source(str(token.attrs["src"]))
        self.lines.setdefault(source, self._line)
        tags = [t.copy(type="text") if t.type == "html_inline" else t for t in token.children or ()]
        alt = visible_text(tags, self._parsed.masked)
        more = {name: token.attrs[name] for name in _OF_PICTURES if name in token.attrs}
        self._void("img", {"src": token.attrs["src"], "alt": alt, **more})

    def _html(self, token: Token) -> None:
        self.has_html = True
        for found in _IMAGE.finditer(token.content) if "src" in token.content else ():
            line = self._line + token.content.count("\n", 0, found.start())
            source = tag_attributes(found[0]).get("src", "")
            self.lines.setdefault(self._parsed.masked.source(source), line)
        if not token.block:
            self._texts.append(self._md.htmlStash.store(token.content))
            return
        self._line_start()
        self._texts += [self._md.htmlStash.store(token.content.removesuffix("\n")), "\n"]

    def _footnote(self, token: Token) -> None:
        label = token.meta["label"]
        if label not in self._footnotes:
            self._labels.append(label)
            self._footnotes[label] = len(self._labels)
        self._open("sup", {"class": "footnote-ref"})
        self._text(f"[{self._footnotes[label]}]")
        self._close()


_OF_PICTURES = ("title", "width", "height")
AMP = AMP_SUBSTITUTE + "amp;"
# <img alt="x" src="a.png">; no "<" outside of quotes, or unclosed tags would be read to the end
_IMAGE = re.compile(
    r"""<(?:img|audio|video|source)(?=\s)(?:[^"'<>]++|"[^"]*+"|'[^']*+')*+>""", re.I
)


_SPECIAL: dict[str, Callable[[_Builder, Token], None]] = {
    "inline": _Builder._inline,
    "s_open": _Builder._deletion,
    "softbreak": _Builder._softbreak,
    "hardbreak": _Builder._hardbreak,
    "hr": _Builder._rule,
    "list_item_open": _Builder._item,
    "code_inline": _Builder._code_span,
    "code_block": _Builder._code,
    "fence": _Builder._code,
    "image": _Builder._image,
    "html_inline": _Builder._html,
    "html_block": _Builder._html,
    "footnote_ref": _Builder._footnote,
}
