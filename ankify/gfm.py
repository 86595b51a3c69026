"""GitHub flavoured Markdown: the parse of a note file, and the tree that Python-Markdown renders.

markdown-it-py parses; a few rules of ours make it agree with cmark-gfm, GitHub's own parser.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from string import ascii_letters, digits, punctuation
from types import FunctionType, MethodType
from typing import Any
from unicodedata import category
from xml.etree.ElementTree import Element, ElementTree, SubElement

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.util import AMP_SUBSTITUTE
from markdown_it import MarkdownIt
from markdown_it.common.html_re import HTML_TAG_RE
from markdown_it.common.utils import unescapeAll
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.html_block import HTML_SEQUENCES
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, escape, html_inline
from markdown_it.rules_inline.state_inline import Delimiter, Scanned
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from ankify.formulas import Formula, Masked, guess_fences, is_math_fence, set_aside

MAX_DEPTH = 80  # of lists and quotes in each other; what is deeper stays text


@dataclass(frozen=True)
class ParsedFile:
    """A note file as block tokens; `map` holds 0-based lines of the original text everywhere.

    In the tokens the formulas are words; `masked` puts them back. `footnotes` holds the tokens of
    each definition by its label; they are not among `tokens`.
    """

    text: str
    tokens: list[Token]
    masked: Masked
    env: Mapping[str, Any]
    footnotes: Mapping[str, tuple[Token, ...]]

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """All formulas of the file, in order."""
        return self.masked.formulas


_MARKERS = {2: None, 3: None}  # Python-Markdown marks its own things with STX and ETX


def parse(text: str) -> ParsedFile:
    r"""Parse a note file (with `\n` line ends) as GitHub does, its formulas set aside."""
    if "\x02" in text or "\x03" in text:
        text = text.translate(_MARKERS)
    masked = set_aside(text)
    tokens, env = _tokens(masked)
    known = _fences(text, tokens, masked)
    if known is not None:  # a list item ended inside of what looked like a fence
        masked = set_aside(text, known)
        tokens, env = _tokens(masked)
    tokens, footnotes = _take_footnotes(tokens)
    return ParsedFile(text, tokens, masked, env, footnotes)


def plain_text(tokens: Token | Iterable[Token], parsed: ParsedFile) -> str:
    """The words a reader sees, with single blanks between them; formulas as they are written."""
    return " ".join(parsed.masked.written(_text(tokens, parsed.masked)).split())


def tex_text(tokens: Iterable[Token], parsed: ParsedFile) -> str:
    """The words a reader sees, with single blanks between them; formulas as bare TeX."""
    return " ".join(parsed.masked.tex(_text(tokens, parsed.masked)).split())


_COMMENT = re.compile(r"<!--[\s\S]*?(?:-->|\Z)")
_TAG = re.compile(r"""</?[a-zA-Z](?:[^"'>]|"[^"]*"|'[^']*')*>""")


def _text(tokens: Token | Iterable[Token], masked: Masked) -> str:
    return "".join(_words([tokens] if isinstance(tokens, Token) else tokens, masked))


def _words(tokens: Iterable[Token], masked: Masked) -> Iterator[str]:
    for token in tokens:
        if token.type == "text":
            yield token.content
        elif token.type == "html_inline":
            yield " " if token.content.startswith("<br") else ""
        elif token.type == "html_block":
            yield " " + html.unescape(_TAG.sub(" ", _COMMENT.sub("", token.content))) + " "
        elif token.children:
            yield from _words(token.children, masked)
        elif token.type == "code_inline":
            yield masked.source(token.content)
        elif token.type in ("fence", "code_block"):
            yield f" {masked.source(token.content)} "
        elif token.type in ("softbreak", "hardbreak") or token.block:
            yield " "


def _tokens(masked: Masked) -> tuple[list[Token], dict[str, Any]]:
    env: dict[str, Any] = {}
    tokens = _parser().parse(masked.text, env)
    for token in tokens:
        if token.map:
            token.map = [masked.lines[token.map[0]], masked.lines[token.map[1]]]
        if token.type == "html_block":
            token.content = _without_strange_tags(token.content)
        address = False
        for child in token.children or ():
            if child.type == "html_inline" and _is_strange(child.content):
                child.type = "text"
            elif child.type == "text" and address:  # a dollar sign in an address is no formula
                child.content = masked.source(child.content)
            elif child.type == "text" and ":" in child.content:
                child.content = _EMOJI_CODE.sub(_emoji, child.content)
            address = child.info == "auto"
    return tokens, env


# The codes that notes use: GitHub has 1,900, and a table of them would outweigh this project.
_EMOJI_NAMES = """
+1 👍 -1 👎 100 💯 arrow_down ⬇️ arrow_right ➡️ arrow_up ⬆️ bangbang ‼️ bell 🔔
book 📖 bookmark 🔖 books 📚 boom 💥 brain 🧠 bug 🐛 bulb 💡 calendar 📅
chart_with_upwards_trend 📈 clap 👏 clipboard 📋 computer 💻 construction 🚧
dart 🎯 exclamation ❗ eyes 👀 fire 🔥 gear ⚙️ gem 💎 grey_exclamation ❕ hammer 🔨
heart ❤️ heavy_check_mark ✔️ heavy_plus_sign ➕ hourglass ⌛
information_source ℹ️ joy 😂 key 🔑 link 🔗 lock 🔒 mag 🔍 memo 📝 muscle 💪
no_entry ⛔ ok_hand 👌 package 📦 pencil 📝 pencil2 ✏️ point_down 👇
point_right 👉 pray 🙏 pushpin 📌 question ❓ recycle ♻️ robot 🤖 rocket 🚀
rotating_light 🚨 scroll 📜 seedling 🌱 smile 😄 smiley 😃 snake 🐍 sparkles ✨
speech_balloon 💬 star ⭐ star2 🌟 stopwatch ⏱️ tada 🎉 thinking 🤔
thought_balloon 💭 thumbsdown 👎 thumbsup 👍 triangular_flag_on_post 🚩 trophy 🏆
warning ⚠️ wave 👋 white_check_mark ✅ wink 😉 wrench 🔧 x ❌ zap ⚡
"""
_EMOJI = dict(zip(_EMOJI_NAMES.split()[::2], _EMOJI_NAMES.split()[1::2], strict=True))
_EMOJI_CODE = re.compile(r":([a-z0-9_+-]+):")


def _emoji(code: re.Match[str]) -> str:
    return _EMOJI.get(code[1], code[0])


# Tags that are HTML. Others are text that looks like a tag: <job-name>, List<String>.
_HTML_TAGS = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink "
    "blockquote body br button canvas caption center cite code col colgroup command data datalist "
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


def _fences(
    text: str, tokens: Sequence[Token], masked: Masked
) -> tuple[tuple[int, int], ...] | None:
    """Where the fenced code really is, or None if it is where the formulas were told it is."""
    lines = text.split("\n")
    guessed = guess_fences(lines)
    real = [(t.map[0], t.map[1]) for t in tokens if t.type == "fence" and t.map]
    math = [fence for fence in guessed if is_math_fence(lines[fence[0]])]
    if not guessed and not real:
        return None

    def covered(fences: Iterable[tuple[int, int]]) -> set[int]:
        return {n for start, end in fences for n in range(start, end) if lines[n].strip()}

    taken = covered(real)
    if taken == covered(fence for fence in guessed if fence not in math):
        return None
    return tuple(sorted(real + [fence for fence in math if fence[0] not in taken]))


def _take_footnotes(
    tokens: Sequence[Token],
) -> tuple[list[Token], dict[str, tuple[Token, ...]]]:
    """Take the definitions of footnotes out of the text."""
    kept: list[Token] = []
    footnotes: dict[str, tuple[Token, ...]] = {}
    label, definition = "", kept
    for token in tokens:
        if token.type == "footnote_reference_open":
            label, definition = token.meta["label"], []
        elif token.type == "footnote_reference_close":
            footnotes.setdefault(label, tuple(definition))
            definition = kept
        else:
            definition.append(token)
    return kept, footnotes


BlockRule = Callable[[StateBlock, int, int, bool], bool]


@cache
def _parser() -> MarkdownIt:
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
    # What looks like the head of a table may be a heading, a list or raw HTML in the first place.
    table = next(rule for rule in parser.block.ruler.__rules__ if rule.name == "table")
    parser.block.ruler.before("lheading", "gfm_table", table.fn, {"alt": table.alt})
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
    for token in state.tokens[seen:]:
        if token.type == "text":
            opened = _brackets(token.content, opened)
        elif token.tag == "a":
            opened += token.nesting
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


# The tree ----------------------------------------------------------------------------------------


class TokenParser(BlockParser):
    """Takes the place of Python-Markdown's parser: builds its tree from the tokens of a parse.

    `lines` tells on which 0-based line each picture stands, `has_html` whether raw HTML was met.
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

    In Markdown, lists with the same marker cannot follow each other.
    """
    closed: Token | None = None
    for token in tokens:
        if closed and token.type.endswith("_list_open") and token.markup == closed.markup:
            closed = None
            continue
        if closed:
            yield closed
        closed = token if token.type.endswith("_list_close") else None
        if not closed:
            yield token
    if closed:
        yield closed


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
        self._footnotes: list[str] = []

    def root(self) -> Element:
        """The finished tree."""
        self._flush()
        return self._stack[0]

    def add(self, tokens: Iterable[Token]) -> None:
        """Add tokens, whose opening and closing ones match."""
        for token in tokens:
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
        if not self._footnotes:
            return
        self._open("div", {"class": "footnotes"})
        self._open("ol", {})
        for label in self._footnotes:  # grows while it is read
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
        values = {key: str(value).replace("&", AMP) for key, value in attributes.items()}
        element = SubElement(self._stack[-1], tag, values)
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

    def _words(self, token: Token) -> None:
        self._text(token.content)
        for formula in self._parsed.masked.words(token.content):
            self._line += formula.source.count("\n")

    def _deletion(self, token: Token) -> None:
        self._open("del", {})

    def _softbreak(self, token: Token) -> None:
        self._line += 1
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
        words = unescapeAll(token.info).split()
        self._open("pre", {}, True)
        self._open("code", {"class": f"language-{words[0]}"} if words else {})
        self._text(self._parsed.masked.source(token.content))
        self._close()
        self._close(True)

    def _image(self, token: Token) -> None:
        source = self._parsed.masked.source(str(token.attrs["src"]))
        self.lines.setdefault(source, self._line)
        tags = [t.copy(type="text") if t.type == "html_inline" else t for t in token.children or ()]
        alt = _text(tags, self._parsed.masked)
        title = {"title": token.attrs["title"]} if "title" in token.attrs else {}
        self._void("img", {"src": token.attrs["src"], "alt": alt, **title})

    def _html(self, token: Token) -> None:
        self.has_html = True
        for found in _IMAGE.finditer(token.content) if "src" in token.content else ():
            line = self._line + token.content.count("\n", 0, found.start())
            source = raw_attributes(found[0]).get("src", "")
            self.lines.setdefault(self._parsed.masked.source(source), line)
        if not token.block:
            self._texts.append(self._md.htmlStash.store(token.content))
            return
        self._line_start()
        self._texts += [self._md.htmlStash.store(token.content.removesuffix("\n")), "\n"]

    def _footnote(self, token: Token) -> None:
        label = token.meta["label"]
        if label not in self._footnotes:
            self._footnotes.append(label)
        self._open("sup", {"class": "footnote-ref"})
        self._text(f"[{self._footnotes.index(label) + 1}]")
        self._close()


AMP = AMP_SUBSTITUTE + "amp;"
# <img alt="x" src="a.png">
_IMAGE = re.compile(r"""<(?:img|audio|video|source)(?=\s)(?:[^"'>]|"[^"]*"|'[^']*')*>""", re.I)


@lru_cache(4096)
def raw_attributes(tag: str) -> dict[str, str]:
    """The attributes of a tag in raw HTML, read as leniently as a browser does."""
    from bs4 import BeautifulSoup

    found = BeautifulSoup(tag, "html.parser", multi_valued_attributes=None).find()
    return {name: str(value) for name, value in found.attrs.items()} if found else {}


_SPECIAL: dict[str, Callable[[_Builder, Token], None]] = {
    "inline": _Builder._inline,
    "text": _Builder._words,
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
