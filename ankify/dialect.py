"""GitHub's dialect: markdown-it-py, made to agree with cmark-gfm, GitHub's own parser.

markdown-it-py has the grammar of GitHub; the rules in here are where cmark-gfm does otherwise, as a
comparison of some ten thousand documents showed. They hold in this parser alone, and for no other
user of markdown-it-py in the process.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, wraps
from string import ascii_letters, digits, punctuation
from types import FunctionType, MethodType
from typing import Any
from unicodedata import category

from markdown_it import MarkdownIt
from markdown_it.common.html_re import HTML_TAG_RE
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.html_block import HTML_SEQUENCES
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, escape, html_inline
from markdown_it.rules_inline.state_inline import Delimiter, Scanned
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

MAX_DEPTH = 80  # of lists and quotes in each other; what is deeper stays text

BlockRule = Callable[[StateBlock, int, int, bool], bool]


@cache
def github_parser() -> MarkdownIt:
    """The one parser of this process."""
    parser = MarkdownIt(
        "gfm-like2", {"linkify": False, "tasklists": False, "maxNesting": 2 * MAX_DEPTH}
    )
    parser.disable("linkify")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # render decides
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]  # as the author wrote it
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    # Only where a rule can begin: at ":" for an address, say, but not at each ":".
    parser.inline.terminator_re = re.compile(r"[\n&*<\[\\\]_`~]|!(?=\[)|:(?=//)|w(?=ww\.)")
    parser.inline.ruler.before("link", "url", _url_rule)
    parser.inline.ruler.before("link", "www", _www_rule)
    parser.core.ruler.push("mail", _mail_rule)
    parser.inline.parse = MethodType(_like(ParserInline.parse, StateInline=_State), parser.inline)  # type: ignore[method-assign]
    for name in ("table", "heading", "lheading", "paragraph"):
        _replace(parser, name, lambda rule: _like(rule, mdTrim=_trim))
    parser.inline.ruler.at("strikethrough", _tildes_rule)
    footnote_plugin(parser, inline=False, move_to_end=False)
    for name in ("blockquote", "list"):
        _replace(parser, name, _shallow)
    _replace(parser, "html_block", _html_rule)
    _replace(parser, "reference", _reference_rule)
    parser.block.ruler.before("paragraph", "box", _after_lone_box, {"alt": ["paragraph"]})
    parser.block.ruler.before("paragraph", "bar", _lone_bar, {"alt": ["blockquote"]})
    # What looks like the head of a table may be a heading, a list or raw HTML in the first place.
    table = next(rule for rule in parser.block.ruler.__rules__ if rule.name == "table")
    parser.block.ruler.before("lheading", "gfm_table", _table_rule(table.fn), {"alt": table.alt})
    parser.disable("table")
    parser.inline.ruler.at("backticks", _backticks_rule)
    parser.inline.ruler.at("escape", _escape_rule)
    parser.inline.ruler.at("html_inline", _like(html_inline, HTML_TAG_RE=_ascii(HTML_TAG_RE)))
    parser.core.ruler.after("block", "tasks", _tasks_rule)
    return parser


def _replace(parser: MarkdownIt, name: str, change: Callable[[BlockRule], BlockRule]) -> None:
    rule = next(rule for rule in parser.block.ruler.__rules__ if rule.name == name)
    parser.block.ruler.at(name, change(rule.fn), {"alt": rule.alt})


def _like(function: Any, **names: Any) -> Any:
    """A copy of a function of markdown-it in which some global names mean something else.

    GitHub's idea of a blank or of punctuation then holds in this parser, and in no other one.
    """
    return FunctionType(
        function.__code__, {**function.__globals__, **names}, argdefs=function.__defaults__
    )


def _ascii(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """The same pattern, with `\\s` for the blanks of HTML alone, and <!doctype> as text.

    Declarations are written in capitals, to GitHub: <!DOCTYPE html>.
    """
    source = pattern.pattern.replace("<![A-Za-z][^>]*>", "<![A-Z]+\\s+[^>]*>")
    return re.compile(source.replace("<![A-Za-z]", "<![A-Z]"), pattern.flags & re.I | re.A)


def _trim(text: str) -> str:
    """Text without the blanks around it, and those before its further lines, even in code spans.

    Chinese paragraphs begin with U+3000, which is no blank to GitHub.
    """
    return _INDENT.sub("\n", text.strip(" \t\n\v\f\r"))


_INDENT = re.compile(r"\n[ \t]+")


def _shallow(rule: BlockRule) -> BlockRule:
    """A rule that leaves alone what is nested too deep, so that 500 `>` cannot end in an error."""

    @wraps(rule)
    def limited(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < MAX_DEPTH and rule(state, start, end, silent)

    return limited


class _State(StateInline):
    """The text of one block, with cmark-gfm's idea of what can open and close emphasis."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        """Scan a run of `*`, `_` or `~`.

        Symbols such as "⊙" are no punctuation (CommonMark counts them in since 0.31), tildes are
        looked through, and what comes after the text of a link counts too.
        """
        source, marker = self.src, self.src[start]
        end, maximum = start, self.posMax
        while end < maximum and source[end] == marker:
            end += 1
        before, after = source[:start].rstrip("~")[-1:], source[end : end + 99].lstrip("~")[:1]
        space_before, space_after = _is_blank(before), _is_blank(after)
        mark_before, mark_after = _is_punctuation(before), _is_punctuation(after)
        left = not space_after and (not mark_after or space_before or mark_before)
        right = not space_before and (not mark_before or space_after or mark_after)
        return Scanned(
            left and (canSplitWord or not right or mark_before),
            right and (canSplitWord or not left or mark_after),
            end - start,
        )


def _is_blank(character: str) -> bool:
    return not character or character in "\t\n\f\r " or category(character) == "Zs"


def _is_punctuation(character: str) -> bool:
    return bool(character) and (character in punctuation or category(character)[0] == "P")


_RUN = re.compile(r"`+")
_ESCAPED_OR_RUN = re.compile(r"\\[\\`]|(`+)")


def _tildes_rule(state: StateInline, silent: bool) -> bool:
    """One tilde or two: which of them are partners is decided as for `*`, by their number too."""
    if silent or state.src[state.pos] != "~":
        return False
    run = state.scanDelims(state.pos, True)
    state.push("text", "", 0).content = "~" * run.length
    if run.length <= 2:
        place = len(state.tokens) - 1
        state.delimiters.append(
            Delimiter(ord("~"), run.length, place, -1, run.can_open, run.can_close)
        )
    state.pos += run.length
    return True


def _escape_rule(state: StateInline, silent: bool) -> bool:
    """A backslash before a letter is a backslash, and the letter may be that of an address."""
    after = state.src[state.pos + 1 : state.pos + 2]
    return (after == "\n" or after in punctuation) and escape(state, silent)


def _backticks_rule(state: StateInline, silent: bool) -> bool:
    """Code in backticks."""
    source, start = state.src, state.pos
    if source[start] != "`":
        return False
    spans: dict[int, tuple[int, int]] = state.__dict__.setdefault("code_spans", {})
    if start not in spans:
        spans.update({**_code_spans(source, start), **spans})
    length, end = spans.get(start, (1, 0))
    if end > state.posMax:
        end = 0
    if not silent and end:
        code = source[start + length : end - length].replace("\n", " ")
        padded = code[:1] == code[-1:] == " " and code.strip(" ")
        state.push("code_inline", "code", 0).content = code[1:-1] if padded else code
    elif not silent:
        state.append_pending(source[start : start + length])
    state.pos = end or start + length
    return True


def _code_spans(source: str, start: int) -> dict[int, tuple[int, int]]:
    """The runs of backticks from `start` on: where they are, their lengths, and where code ends.

    cmark-gfm remembers where it last saw a run of each length, even if it came by an earlier one
    since; so after one run without a partner it takes some other code for text. The end is 0 there.
    """
    spans: dict[int, tuple[int, int]] = {}
    last: dict[int, int] = {}
    exhausted = False
    at = start
    while found := _ESCAPED_OR_RUN.search(source, at):
        at, length, end = found.end(), len(found[1] or ""), 0
        if not length:
            continue
        if not exhausted or last.get(length, 0) > at:
            for other in _RUN.finditer(source, at):
                last[len(other[0])] = other.start()
                if len(other[0]) == length:
                    end = other.end()
                    break
            else:
                exhausted = True
        spans[found.start()] = (length, end)
        at = end or at
    return spans


def _html_rule(rule: BlockRule) -> BlockRule:
    """Raw HTML that stands alone on its line ends everything but an own paragraph.

    It cannot interrupt a paragraph, but does so to GitHub if the line continues it only lazily:
    "<b>" in a line of its own, right below a list.
    """
    rows = [(_ascii(begin), end, breaks) for begin, end, breaks in HTML_SEQUENCES]
    rule = _like(rule, HTML_SEQUENCES=rows)
    everywhere = _like(rule, HTML_SEQUENCES=[(begin, end, True) for begin, end, _ in rows])

    @wraps(rule)
    def ending(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        inside = state.parentType in ("paragraph", "reference")
        lazy = not inside or state.sCount[start] < state.blkIndent
        return bool((everywhere if lazy else rule)(state, start, end, silent))

    return ending


def _table_rule(rule: BlockRule) -> BlockRule:
    """A line of dashes alone makes a heading of what is above it, even with a bar in it."""

    @wraps(rule)
    def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if start + 1 < end:
            begin = state.bMarks[start + 1] + state.tShift[start + 1]
            if not state.src[begin : state.eMarks[start + 1]].rstrip().strip("-"):
                return False
        return rule(state, start, end, silent)

    return table


def _reference_rule(rule: BlockRule) -> BlockRule:
    """What follows a definition of a link goes on as the same paragraph, as it began as one."""

    @wraps(rule)
    def definitions(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if not rule(state, start, end, silent):
            return False
        rules = {entry.name: entry.fn for entry in state.md.block.ruler.__rules__}
        while state.line < end and not state.isEmpty(state.line):
            line = state.line
            if _is_interrupted(state, line, end):
                break
            if not rule(state, line, end, False):
                return bool(
                    rules["lheading"](state, line, end, False)
                    or rules["paragraph"](state, line, end, False)
                )
        return True

    return definitions


def _is_interrupted(state: StateBlock, line: int, end: int) -> bool:
    """Whether a line cannot go on with the paragraph above it."""
    if state.sCount[line] < 0 or state.sCount[line] - state.blkIndent > 3:
        return False
    before, state.parentType = state.parentType, "paragraph"
    rules = state.md.block.ruler.getRules("paragraph")
    interrupted = any(rule(state, line, end, True) for rule in rules)
    state.parentType = before
    return interrupted


def _after_lone_box(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A box of a task with nothing after it is no paragraph that the next line could go on with."""
    stop = state.eMarks[start - 1]
    begin = state.src.rfind("\n", 0, stop) + 1
    return silent and bool(_LONE_BOX.fullmatch(state.src, begin, stop))


def _lone_bar(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A bar alone is no row of a table."""
    begin = state.bMarks[start] + state.tShift[start]
    lone = state.src[begin : state.eMarks[start]].rstrip() == "|"
    return silent and lone and state.parentType == "table"


_LONE_BOX = re.compile(r"[ \t]*(?:[-+*]|\d+[.)])[ \t]+\[[ xX]\][ \t]+")
# - [x] done
_TASK = re.compile(r"[ \t]*(?:[-+*]|\d+[.)])[ \t]+\[[ xX]\](?=[ \t])")


def _tasks_rule(state: StateCore) -> None:
    """Mark the items of task lists; what follows the box is text, and not in a quote or on the line
    of another item.
    """
    lines: list[str] = []
    for token, _, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if token.type != "list_item_open" or inline.content[:3] not in ("[ ]", "[x]", "[X]"):
            continue
        lines = lines or state.src.split("\n")
        line = lines[token.map[0]] if token.map else ""
        if _TASK.match(line):
            inline.content = _trim(inline.content[3:])
            token.meta["checked"] = "[x]" in line or "[X]" in line
            token.attrs["class"] = "task-list-item"


# Bare addresses ----------------------------------------------------------------------------------
# The rules are those of cmark-gfm (extensions/autolink.c), not the shorter ones of its spec: only
# blanks and "<" end an address, and Chinese text may stand right before it.

_URL_SCHEME = re.compile(r"(?<![a-zA-Z])(?:https?|ftp)\Z", re.I)
_HOST = re.compile(r"(?:[a-zA-Z0-9._-]|\\[a-zA-Z0-9._-])*")
_URL_REST = re.compile(r"[^ \t\n\v\f\r<]*")
_LOCAL_PART = frozenset("+-._" + ascii_letters + digits)
_MAIL_HOST = re.compile(r"(?:[a-zA-Z0-9_-]|\.(?=[a-zA-Z0-9]))*+(?!@)")
_MAIL_SCHEME = re.compile(r"(?<![a-zA-Z0-9])(?:mailto|xmpp):\Z")


def _url_rule(state: StateInline, silent: bool) -> bool:
    """https://example.org, http://, ftp://"""
    if silent or not state.src.startswith("://", state.pos):
        return False
    scheme = _URL_SCHEME.search(state.pending[-6:])
    first = state.src[state.pos + 3 : state.pos + 4]
    if not scheme or _is_blank(first) or _is_punctuation(first):
        return False
    if not _is_host(state.src, state.pos + 4) or _in_brackets(state):
        return False
    end = _url_end(state.src, state.pos)
    text = scheme[0] + state.src[state.pos : end]
    state.pending = state.pending[: -len(scheme[0])]
    _push_link(state, text, text)
    state.pos = end
    return True


def _www_rule(state: StateInline, silent: bool) -> bool:
    """www.example.org"""
    start = state.pos
    if silent or not state.src.startswith("www.", start):
        return False
    before = state.src[start - 1 : start] if start else ""
    if before not in "*_~( \t\n\v\f\r" or start + 4 >= len(state.src):
        return False
    if not _is_host(state.src, start + 4) or _in_brackets(state):
        return False
    end = _url_end(state.src, start)
    _push_link(state, "http://" + state.src[start:end], state.src[start:end])
    state.pos = end
    return True


def _is_host(text: str, at: int) -> bool:
    """An underscore in the last two parts of its name makes a host no host (unless it is long)."""
    host = _HOST.match(text, at, len(text) - 1)  # the last character of a text is not looked at
    parts = host[0].split(".") if host else []
    return "_" not in "".join(parts[-2:]) or len(parts) > 11


def _url_end(text: str, start: int) -> int:
    """Where an address ends that starts at `start`: before trailing punctuation."""
    rest = _URL_REST.match(text, start)
    end = rest.end() if rest else start
    surplus = text.count(")", start, end) - text.count("(", start, end)
    while end > start:
        last = text[end - 1]
        if last == ")":
            if surplus <= 0:
                break
            surplus -= 1
            end -= 1
        elif last in "?!.,:*_~'\"":
            end -= 1
        elif last == ";":
            entity = re.search(r"&[a-zA-Z]+;\Z", text[max(start, end - 40) : end])
            end -= len(entity[0]) if entity else 1
        else:
            break
    return end


def _in_brackets(state: StateInline) -> bool:
    """Whether a "[" is open, be it of a link or not: no address is looked for in there."""
    seen, opened = state.__dict__.get("brackets", (0, 0))
    address = False  # what is in one is no bracket
    for token in state.tokens[seen:]:
        if token.type == "text" and not address:
            opened = _brackets(token.content, opened)
        elif token.tag == "a":
            opened += token.nesting
        address = token.info == "auto"
    state.__dict__["brackets"] = (len(state.tokens), opened)  # so that each token is seen once
    return _brackets(state.pending, opened) > 0


def _brackets(text: str, opened: int) -> int:
    for character in text if "[" in text or "]" in text else "":
        opened = opened + 1 if character == "[" else max(0, opened - (character == "]"))
    return opened


def _push_link(state: StateInline, href: str, text: str) -> None:
    state.push("link_open", "a", 1).attrs = {"href": href}
    state.tokens[-1].info = "auto"
    state.push("text", "", 0).content = text
    state.push("link_close", "a", -1)


def _mail_rule(state: StateCore) -> None:
    """a@example.org, mailto:a@example.org, in text that is no link already."""
    for token in state.tokens:
        if token.children and "@" in token.content:
            depth, children = 0, []
            for child in token.children:
                depth += child.nesting if child.tag == "a" else 0
                split = not depth and child.type == "text" and "@" in child.content
                children += _with_mail_links(child) if split else [child]
            token.children = children


def _with_mail_links(token: Token) -> list[Token]:
    text, done, tokens = token.content, 0, []
    at = text.find("@")
    while at >= 0:
        start, end, scheme = _mail_address(text, done, at)
        if end:
            href = text[start:end] if scheme else "mailto:" + text[start:end]
            tokens += [
                token.copy(content=text[done:start]),
                Token("link_open", "a", 1, {"href": href}, info="auto", level=token.level),
                token.copy(content=text[start:end]),
                Token("link_close", "a", -1, level=token.level),
            ]
            done = end
        at = text.find("@", max(at + 1, end))
    return [*tokens, token.copy(content=text[done:])]


def _mail_address(text: str, first: int, at: int) -> tuple[int, int, str]:
    """Start, end (0: none) and scheme of the address around an "@"."""
    start, scheme = at, ""
    while start > first:
        if text[start - 1] == ":" and not scheme:
            found = _MAIL_SCHEME.search(text[max(first, start - 8) : start])
            scheme = found[0] if found else ""
            start -= len(scheme)
            break
        if text[start - 1] not in _LOCAL_PART:
            break
        start -= 1
    host = _MAIL_HOST.match(text, at + 1)
    if start == at or not host or "." not in host[0] or not host[0][-1].isalpha():
        return start, 0, scheme
    return start, host.end(), scheme
