"""Markdown -> tokens that know their lines, cut where GitHub's own parser would cut.

The parse is that of comrak, which follows cmark-gfm, GitHub's parser, rule by rule. Here its tree
becomes one list of tokens, in the order of the text: what is a question is decided by what is
beside what, and a list can be cut anywhere.
"""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, NamedTuple
from unicodedata import category

import comrak

from ankify.reading.formulas import Masked

MAX_DEPTH = 80  # of lists, quotes and emphasis in each other; what is deeper is its text alone


# The colour of GitHub's that a call-out has; all others are notes.
CALLOUTS = {
    **dict.fromkeys(("tip", "success", "check", "done", "solution"), "tip"),
    **dict.fromkeys(("important", "question", "help", "faq", "example", "exercise"), "important"),
    **dict.fromkeys(("warning", "attention", "todo"), "warning"),
    **dict.fromkeys(("caution", "danger", "error", "failure", "fail", "bug", "missing"), "caution"),
}
UNTITLED = frozenset(("aside",))  # Notion's, which have no title


class _Nothing(dict[str, Any]):
    """An empty mapping that can be a default, which asks for a hash."""

    __hash__ = object.__hash__  # type: ignore[assignment]


_NOTHING: Mapping[str, Any] = _Nothing()


@dataclass(slots=True)
class Token:
    """A tag that opens (`nesting` 1) or closes (-1), or what has no inside (0).

    `type` is `paragraph_open`, `inline`, `text`, `fence` and so on. Block tokens hold in `map` the
    first line and the line after the last, 0-based; so do pictures, code and raw HTML in a text.
    An `inline` token has the text of a block in `content`, as it is written, and as `children`.
    `markup` is the mark of a list, `info` the number of its item, or what follows the ticks
    of a fence. A `hidden` paragraph is one of a tight list. `meta` tells of an item whether it is
    `checked`, of a footnote its `label`.
    """

    type: str
    tag: str
    nesting: int
    attrs: Mapping[str, str] = _NOTHING
    map: tuple[int, int] | None = None
    content: str = ""
    markup: str = ""
    info: str = ""
    children: Sequence[Token] | None = None
    hidden: bool = False
    block: bool = False
    meta: Mapping[str, Any] = _NOTHING
    _words: str | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def words(self) -> str:
        """What `visible` gives of its children, found once: they stay as they are."""
        if self._words is None:
            self._words = visible(self.children or ())
        return self._words

    def copy(self, **changes: Any) -> Token:
        """The same token but for some attributes."""
        return replace(self, **changes)


WORDS = frozenset(("text", "code_inline"))
BREAKS = frozenset(("softbreak", "hardbreak"))
SHOWN = WORDS | BREAKS


def visible(children: Iterable[Token]) -> str:
    """The characters of inline tokens that `cut` counts: text and code, a line break as one."""
    return "".join(
        [
            token.content if token.type in WORDS else "\n"
            for token in children
            if token.type in SHOWN
        ]
    )


class Syntax(NamedTuple):
    """What is read beyond GitHub's Markdown; see `flavours/` and `[markdown]` of ankify.toml.

    `callouts`: `> [!example]- Title`; `footnotes`: `x^[a note]`; `cjk`: bold and the like beside
    CJK punctuation; `subscript`: `H~2~O` and `x^2^`; `breaks`: a line end is a line break.
    """

    callouts: bool = False
    footnotes: bool = False
    cjk: bool = False
    subscript: bool = False
    breaks: bool = False


GITHUB = Syntax()


@cache
def _options(syntax: Syntax, alerts: bool) -> comrak.ExtensionOptions:
    return comrak.ExtensionOptions(
        table=True,
        strikethrough=True,
        autolink=True,
        tasklist=True,
        footnotes=True,
        shortcodes=True,
        alerts=alerts,
        ofm_callouts=syntax.callouts,
        inline_footnotes=syntax.footnotes,
        cjk_friendly_emphasis=syntax.cjk,
        subscript=syntax.subscript,
        superscript=syntax.subscript,
    )


_LEAVE = comrak.ParseOptions(leave_footnote_definitions=True)


def read_tokens(masked: Masked, syntax: Syntax = GITHUB) -> list[Token]:
    """Parse a text whose formulas are set aside; lines are those of the original text."""
    return _on_a_stack_for(masked.text, lambda: _Reader(masked, syntax).read())


# Each level of nesting is opened by one of these: quotes and links, lists, emphasis.
_OPENERS = re.compile(r"[>\[*_~+-]|\d[.)]")
_SAFE = 2000  # levels that the stack of any system bears
_LEVEL = 1024  # bytes of stack; three times what comrak takes for a level
_PAGE, _MOST = 1 << 20, 1 << 32  # bytes: macOS takes stacks of whole pages alone


def _on_a_stack_for(text: str, work: Callable[[], list[Token]]) -> list[Token]:
    """Do the work where the stack is deep enough for the text.

    comrak hands out and takes back its tree level by level: 50,000 `>` in a row end the process.
    """
    levels = sum(map(text.count, ">[*_~+-")) + text.count(".") + text.count(")")
    if levels > _SAFE:
        levels = len(_OPENERS.findall(text))
    if levels <= _SAFE:
        return work()
    done: list[list[Token]] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:
            failed.append(error)

    before = threading.stack_size(min(-(-levels * _LEVEL // _PAGE) * _PAGE, _MOST))
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if failed:
        raise failed[0]
    return done[0]


# Symbols beside emphasis: CommonMark counts them as punctuation since 0.31, GitHub does not.
_BESIDE = re.compile(r"(?<=[*_~])[^\x00-\x7f\w\s]|[^\x00-\x7f\w\s](?=[*_~])")
# Whether there are any, asked from the marks: in a fifth of the time, and most texts have none.
_HAS_BESIDE = re.compile(r"[*_~](?:(?=[^\x00-\x7f\w\s])|(?<=[^\x00-\x7f\w\s].))")
_PRIVATE = range(0xF0000, 0xFFFFE)  # characters without a meaning


# `Com_*服务器, Sort_*排序`: asterisks for any name, that close nothing as they do on GitHub.
_WILDCARD = re.compile("(?<=\\w[_/]\\*)[^\x00-\x7f\U000f0000-\U000ffffd]")


class _Symbols:
    """Symbols of a text that must not count as punctuation, as characters that it does not have."""

    def __init__(self, text: str, cjk: bool) -> None:
        self._free = (chr(code) for code in _PRIVATE if chr(code) not in text)
        self._private: dict[str, str] = {}
        self.hidden = _BESIDE.sub(self._hide, text) if _HAS_BESIDE.search(text) else text
        if cjk and ("_*" in text or "/*" in text):
            self.hidden = _WILDCARD.sub(self._hide_letter, self.hidden)
        # What `str.translate` needs to bring them back; empty where none was hidden.
        self.back = {ord(private): symbol for symbol, private in self._private.items()}

    def _hide(self, symbol: re.Match[str]) -> str:
        return self._hide_letter(symbol) if category(symbol[0])[0] == "S" else symbol[0]

    def _hide_letter(self, symbol: re.Match[str]) -> str:
        if symbol[0] not in self._private:
            self._private[symbol[0]] = next(self._free)
        return self._private[symbol[0]]


class _Reader:
    """Turns one tree into tokens.

    comrak's nodes hold each other up and down, so that none is ever freed: each node is cut off its
    parent when it is visited.
    """

    def __init__(self, masked: Masked, syntax: Syntax) -> None:
        self.masked, self.syntax = masked, syntax
        self.soft_break = _HARD_BREAK if syntax.breaks else _SOFT_BREAK
        self.lines = masked.lines
        self.source: list[bytes] = []
        self.tokens: list[Token] = []
        self.back: dict[int, str] = {}
        self.callouts = 0  # of Obsidian's, that are open
        self.taken = 0  # lines of definitions before the text that is being read

    def read(self) -> list[Token]:
        """Parse, and list the tokens."""
        symbols = _Symbols(self.masked.text, self.syntax.cjk)
        text, self.back = symbols.hidden, symbols.back
        self.source = text.encode().split(b"\n")  # comrak counts columns in bytes
        # Alerts are looked for in the rest of the line at each ">".
        options = _options(self.syntax, "[!" in text)
        # Some of comrak's rules want to see the end of a line.
        root = comrak.parse_document(f"{text}\n", options, _LEAVE)
        for node in root.children:
            self._block(node, 1)
        return self.tokens

    def _text(self, text: str) -> str:
        return text.translate(self.back) if self.back else text

    # -- blocks ------------------------------------------------------------------------------------

    def _block(self, node: Any, depth: int, tight: bool = False) -> None:
        node.parent = None
        value = node.node_value
        kind = type(value)
        if kind is comrak.Paragraph:
            self._leaf(node, "paragraph", "p", hidden=tight)
        elif kind is comrak.List:
            self._list(node, value.value, depth)
        elif kind is comrak.CodeBlock:
            self._code(node, value.value)
        elif kind is comrak.Heading:
            heading = value.value
            self._leaf(node, "heading", f"h{heading.level}", underlined=heading.setext)
        elif kind is comrak.Table:
            self._table(node, value.value)
        elif kind is comrak.HtmlBlock:
            content = _without_strange_tags(self._text(value.value.literal))
            self._add("html_block", "", 0, node, content=content)
        elif kind is comrak.ThematicBreak:
            self._add("hr", "hr", 0, node)
        elif kind is comrak.BlockQuote:
            self._container(node, "blockquote", "blockquote", depth)
        elif kind is comrak.Alert:
            self._alert(node, value.value, depth)
        elif kind is comrak.Callout:
            self._callout(node, value.value, depth)
        elif kind is comrak.FootnoteDefinition:
            label = {"label": value.value.name}
            self._container(node, "footnote_reference", "", depth, meta=label)
        else:
            raise NotImplementedError(f"comrak made a {kind.__name__}")

    def _map(self, node: Any) -> tuple[int, int]:
        place = node.sourcepos
        end = place.end
        # What ends before the first column of a line ends in the line before.
        return (
            self.lines[place.start.line + self.taken - 1],
            self.lines[end.line - (not end.column)],
        )

    def _place(self, node: Any) -> tuple[int, int]:
        """The lines of a picture, code or a tag: formulas before it may take up several."""
        start = node.sourcepos.start
        number = start.line + self.taken - 1
        line, below = self.lines[number : number + 2]
        if below - line > 1:
            before = self.source[number][: start.column - 1].decode(errors="replace")
            line += sum(formula.source.count("\n") for formula in self.masked.words(before))
        return line, line + 1

    def _add(self, type: str, tag: str, nesting: int, node: Any, **more: Any) -> None:
        self.tokens.append(Token(type, tag, nesting, map=self._map(node), block=True, **more))

    def _container(self, node: Any, name: str, tag: str, depth: int, **more: Any) -> None:
        if depth > MAX_DEPTH:
            self._flat(node)
            return
        self._add(f"{name}_open", tag, 1, node, **more)
        for child in node.children:
            self._block(child, depth + 1)
        self.tokens.append(_closing(f"{name}_close", tag))

    def _alert(self, node: Any, alert: Any, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._flat(node)
            return
        name = str(alert.alert_type).rpartition(":")[2]  # "AlertType::Note"
        title = [_word(self._text(alert.title or name))]
        self._box(node, name.lower(), title, node.children, depth)

    def _callout(self, node: Any, callout: Any, depth: int) -> None:
        """A call-out of Obsidian: with a type and title of its own, and folded if it says so."""
        if depth > MAX_DEPTH:
            self._flat(node)
            return
        name = self._text(callout.callout_type).lower()
        children = list(node.children)
        heads = [child for child in children if type(child.node_value) is comrak.CalloutTitle]
        title = [] if name in UNTITLED else [_word(name.capitalize().replace("-", " "))]
        for head in heads:
            children.remove(head)
            head.parent = None
            title = self._words_of(head)
        tag = "div" if callout.fold == comrak.CalloutFold.None_ else "details"
        is_open = callout.fold == comrak.CalloutFold.Expanded
        attributes = {"open": "open"} if is_open else _NOTHING
        more = {"info": name, "meta": _NOTHING if heads else {"is_untitled": True}}
        self.callouts += 1
        self._box(node, CALLOUTS.get(name, "note"), title, children, depth, tag, attributes, **more)
        self.callouts -= 1

    def _words_of(self, node: Any) -> list[Token]:
        """The inline content of all that is in a block: the title of `> [!TIP] > X` is a quote."""
        value = node.node_value
        if type(value) in (comrak.Paragraph, comrak.Heading):
            return self._inlines(node.children)
        literal = getattr(getattr(value, "value", None), "literal", "")
        words = [_word(self._text(literal).strip())] if literal else []
        return words + [token for child in node.children for token in self._words_of(child)]

    def _box(
        self,
        node: Any,
        name: str,
        title: list[Token],
        children: Sequence[Any],
        depth: int,
        tag: str = "div",
        attributes: Mapping[str, str] = _NOTHING,
        **more: Any,
    ) -> None:
        style = {"class": f"markdown-alert markdown-alert-{name}"}
        self._add("alert_open", tag, 1, node, attrs={**style, **attributes}, **more)
        if title:
            words = "".join(token.content for token in title)
            title_tag = "summary" if tag == "details" else "p"
            style = {"class": "markdown-alert-title"}
            self.tokens += (
                Token("alert_title_open", title_tag, 1, style, block=True),
                Token("inline", "", 0, content=words, children=title, block=True),
                _closing("alert_title_close", title_tag),
            )
        for child in children:
            self._block(child, depth + 1)
        self.tokens.append(_closing("alert_close", tag))

    def _flat(self, node: Any) -> None:
        """The text of a block that is nested too deep, as a paragraph."""
        text = self._text(_all_text(node))
        self._add("paragraph_open", "p", 1, node)
        self._add("inline", "", 0, node, content=text, children=[_word(text)])
        self.tokens.append(_closing("paragraph_close", "p"))

    def _leaf(
        self,
        node: Any,
        name: str,
        tag: str,
        attributes: Mapping[str, str] = _NOTHING,
        *,
        hidden: bool = False,
        underlined: bool = False,
    ) -> None:
        place, children = node.sourcepos, node.children
        first, column, last = place.start.line, place.start.column, place.end.line - underlined
        written = ""
        if children:
            if self.source[first - 1].startswith(b"[", column - 1):
                # Definitions of links were taken off the start of the text, and comrak does not
                # count their lines in the places of what is in it.
                self.taken = max(0, last - children[-1].sourcepos.end.line)
            column = children[0].sourcepos.start.column
            lines = self.source[first + self.taken - 1 : last]
            written = self._written(lines, column, None if underlined else place.end.column)
        both = self.lines[first + self.taken - 1], self.lines[place.end.line]
        inside = self._inlines(children)
        self.taken = 0
        self.tokens += (
            Token(f"{name}_open", tag, 1, attributes, both, hidden=hidden, block=True),
            Token("inline", "", 0, _NOTHING, both, written, "", "", inside, False, True),
            _closing(f"{name}_close", tag, hidden),
        )

    def _written(self, lines: Sequence[bytes], start: int, end: int | None) -> str:
        """Text as it is written, without the marks of quotes before its lines; columns from 1."""
        if len(lines) == 1:
            return self._text(lines[0][start - 1 : end].decode(errors="replace"))
        text = b"\n".join([lines[0][start - 1 :], *map(_unquoted, lines[1:])])
        return self._text(text.decode(errors="replace"))

    def _code(self, node: Any, code: Any) -> None:
        name = "fence" if code.fenced else "code_block"
        self._add(name, "code", 0, node, content=self._text(code.literal), info=code.info)

    def _list(self, node: Any, kept: Any, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._flat(node)
            return
        items = node.children
        ordered = kept.list_type == comrak.ListType.Ordered
        name, tag = ("ordered_list", "ol") if ordered else ("bullet_list", "ul")
        mark = self._marker(node)
        start = {"start": str(kept.start)} if ordered and kept.start != 1 else _NOTHING
        self._add(f"{name}_open", tag, 1, node, attrs=start, markup=mark[-1:])
        for item in items:
            self._item(item, kept.tight, ordered, depth + 1)
        self.tokens.append(_closing(f"{name}_close", tag, markup=mark[-1:]))

    def _line(self, node: Any) -> str:
        line = self.source[node.sourcepos.start.line - 1]
        # In a call-out Obsidian has the boxes of tasks, where GitHub has the words of a quote.
        return (_unquoted(line) if self.callouts else line).decode(errors="replace")

    def _marker(self, node: Any) -> str:
        """The mark of a list or an item: `-` or `3.`"""
        start = node.sourcepos.start
        found = _MARKER.match(self.source[start.line - 1], start.column - 1)
        return found[0].decode(errors="replace") if found else ""

    def _item(self, node: Any, tight: bool, ordered: bool, depth: int) -> None:
        node.parent = None
        line = self._line(node)
        number = self._marker(node)[:-1] if ordered else ""
        opening = len(self.tokens)
        self._add("list_item_open", "li", 1, node, info=number)
        for child in node.children:
            self._block(child, depth + 1, tight)
        if "[" in line:
            self._task(opening, line, type(node.node_value) is comrak.TaskItem)
        self.tokens.append(_CLOSED_ITEM)

    def _task(self, at: int, line: str, read: bool) -> None:
        """Have the box of a task where GitHub sees one: on a line of its own, and in no quote.

        comrak sees it before paragraphs alone, but there everywhere; then it is `read` already.
        """
        item = self.tokens[at]
        texts = self.tokens[at + 2 : at + 3]  # inside of the first block
        first = next((token for token in texts if token.type == "inline"), None)
        if _TASK.match(line):
            if read or (first and _take_box(first)):
                # GitHub looks for the tick in all of the line.
                item.meta = {"checked": "[x]" in line or "[X]" in line}
                item.attrs = {"class": "task-list-item"}
        elif read:
            found = _BOX.search(line)
            box = _word(found[0] if found else "[ ] ")
            if first:
                first.children = [box, *(first.children or ())]
            else:
                self.tokens[at + 1 : at + 1] = [box]

    def _table(self, node: Any, table: Any) -> None:
        self._add("table_open", "table", 1, node)
        aligned = [_style(str(alignment)) for alignment in table.alignments]
        head, *body = node.children
        for part, rows, cell in (("thead", [head], "th"), ("tbody", body, "td")):
            if rows:
                self.tokens.append(Token(f"{part}_open", part, 1, block=True))
                for row in rows:
                    self._row(row, cell, aligned)
                self.tokens.append(_closing(f"{part}_close", part))
        self.tokens.append(_closing("table_close", "table"))

    def _row(self, row: Any, tag: str, aligned: Sequence[Mapping[str, str]]) -> None:
        row.parent = None
        self._add("tr_open", "tr", 1, row)
        for cell, attributes in zip(row.children, aligned, strict=True):
            cell.parent = None
            self._leaf(cell, tag, tag, attributes)
        self.tokens.append(_closing("tr_close", "tr"))

    # -- text --------------------------------------------------------------------------------------

    def _inlines(self, nodes: Sequence[Any], depth: int = 1) -> list[Token]:
        if depth > MAX_DEPTH:
            return [_word(self._text("".join(map(_all_text, nodes))))]
        tokens: list[Token] = []
        for node in nodes:
            node.parent = None
            value = node.node_value
            kind = type(value)
            if kind is comrak.Text:
                tokens.append(_word(self._text(value.value)))
            elif kind in _SPANS:
                opening, closing = _SPANS[kind]
                tokens += (opening, *self._inlines(node.children, depth + 1), closing)
            elif kind is comrak.SoftBreak:
                tokens.append(self.soft_break)
            elif kind is comrak.Code:
                code = self._text(value.value.literal)
                tokens.append(Token("code_inline", "code", 0, content=code, map=self._place(node)))
            elif kind is comrak.Link:
                tokens += self._link(node, value.value, depth)
            else:
                tokens.append(self._other(node, kind, value, depth))
        return tokens

    def _link(self, node: Any, link: Any, depth: int) -> list[Token]:
        children = self._inlines(node.children, depth + 1)
        url = self._text(link.url)
        text = children[0].content if [child.type for child in children] == ["text"] else ""
        if text and url.endswith(text):  # a dollar sign in a bare address is no formula
            children = [_word(self.masked.source(text))]
        title = {"title": self._text(link.title)} if link.title else {}
        opening = Token("link_open", "a", 1, {"href": url, **title})
        return [opening, *children, _closing("link_close", "a")]

    def _other(self, node: Any, kind: type, value: Any, depth: int) -> Token:
        if kind is comrak.HtmlInline:
            tag = self._text(value.value)
            type_ = "text" if _is_strange(tag) else "html_inline"
            return Token(type_, "", 0, content=tag, map=self._place(node))
        if kind is comrak.Image:
            image = value.value
            title = {"title": self._text(image.title)} if image.title else {}
            attributes = {"src": self._text(image.url), "alt": "", **title}
            children = self._inlines(node.children, depth + 1)
            return Token("image", "img", 0, attributes, self._place(node), children=children)
        if kind is comrak.LineBreak:
            return _HARD_BREAK
        if kind is comrak.ShortCode:
            return _word(value.value.emoji)
        if kind is comrak.FootnoteReference:
            return Token("footnote_ref", "", 0, meta={"label": value.value.name})
        raise NotImplementedError(f"comrak made a {kind.__name__}")


def _word(text: str) -> Token:
    return Token("text", "", 0, content=text)


@cache
def _closing(type: str, tag: str, hidden: bool = False, markup: str = "") -> Token:
    return Token(type, tag, -1, hidden=hidden, block=type not in _IN_TEXT, markup=markup)


_IN_TEXT = frozenset(
    ("strong_close", "em_close", "s_close", "sub_close", "sup_close", "link_close")
)
_SOFT_BREAK = Token("softbreak", "br", 0)
_HARD_BREAK = Token("hardbreak", "br", 0)
_CLOSED_ITEM = _closing("list_item_close", "li")
_SPANS = {
    comrak.Strong: (Token("strong_open", "strong", 1), _closing("strong_close", "strong")),
    comrak.Emph: (Token("em_open", "em", 1), _closing("em_close", "em")),
    comrak.Strikethrough: (Token("s_open", "del", 1), _closing("s_close", "del")),
    comrak.Subscript: (Token("sub_open", "sub", 1), _closing("sub_close", "sub")),
    comrak.Superscript: (Token("sup_open", "sup", 1), _closing("sup_close", "sup")),
}
_QUOTE = re.compile(rb"[ \t]*(?:>[ \t]*)*")
_MARKER = re.compile(rb"[-+*]|\d+[.)]")
_TASK = re.compile(r"[ \t]*(?:[-+*]|\d+[.)])[ \t]+\[([ xX])\](?=[ \t])")  # - [x] done
_BOX = re.compile(r"\[[ xX]\][ \t]*")


def _style(alignment: str) -> Mapping[str, str]:
    side = alignment.rpartition(":")[2].lower()  # "TableAlignment::Left"
    return {"style": f"text-align:{side}"} if side in ("left", "center", "right") else _NOTHING


def _unquoted(line: bytes) -> bytes:
    found = _QUOTE.match(line)
    return line[found.end() :] if found else line


def _take_box(inline: Token) -> bool:
    """Take the box of a task off its text, if it begins with one."""
    first = inline.children[0] if inline.children else None
    found = _BOX.match(first.content) if first and first.type == "text" else None
    if first and found:
        inline.children = [_word(first.content[found.end() :]), *(inline.children or ())[1:]]
    return bool(found)


def _all_text(node: Any) -> str:
    """All text below a node, which may be nested in any depth."""
    texts: list[str] = []
    left = [node]
    while left:
        one = left.pop()
        one.parent = None
        value = getattr(one.node_value, "value", None)
        texts.append(value if isinstance(value, str) else getattr(value, "literal", ""))
        left += reversed(one.children)
    return " ".join(filter(None, texts))


# Tags that are HTML. Others are text that looks like a tag: <job-name>, List<String>.
_HTML_TAGS = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink "
    "blockquote body br button canvas caption center cite code col colgroup data datalist "
    "dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form "
    "frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i img input ins kbd label legend "
    "li link main map mark marquee menu meta meter nav nobr noscript object ol optgroup option "
    "output p param picture pre progress q rp rt ruby s samp search section select small source "
    "span strike strong sub summary sup svg table tbody td template tfoot th thead time tr track "
    "tt u ul var video wbr "
    "path g circle rect line polygon polyline ellipse defs clippath lineargradient stop"
)
_HTML = frozenset(_HTML_TAGS.split())
# Shown as text by GitHub (GFM spec, 6.11 disallowed raw HTML): not among the tags above
# <title>, <textarea>, <style>, <xmp>, <iframe>, <noembed>, <noframes>, <script>, <plaintext>
_TAG_NAME = re.compile(r"<(/?)([a-zA-Z][\w:-]*)")
_STRANGE = re.compile(r"<!--[\s\S]*?(?:-->|$)|<(/?)([a-zA-Z][\w:-]*)[^<>]*>")


def _is_strange(tag: str) -> bool:
    found = _TAG_NAME.match(tag)
    return found is not None and found[2].lower() not in _HTML


def _without_strange_tags(text: str) -> str:
    """Raw HTML in which only the tags that are HTML are tags."""
    return _STRANGE.sub(
        lambda tag: html.escape(tag[0], quote=False) if _is_strange(tag[0]) else tag[0], text
    )
