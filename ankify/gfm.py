"""GitHub flavoured Markdown: a note file becomes tokens that know their lines.

Formulas are set aside before, and stay words in the tokens; footnotes are taken out; tags that are
not HTML become text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from ankify.dialect import github_parser
from ankify.formulas import Formula, Masked, guess_fences, is_math_fence, set_aside


@dataclass(frozen=True)
class ParsedFile:
    """A note file as block tokens; `map` holds 0-based lines of the original text everywhere.

    In the tokens the formulas are words; `masked` puts them back. `footnotes` holds the tokens of
    each definition by its label; they are not among `tokens`.
    """

    text: str
    tokens: list[Token]
    masked: Masked
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
    tokens = _tokens(masked)
    known = _fences(text, tokens)
    if known is not None:  # a list item ended inside of what looked like a fence
        masked = set_aside(text, known)
        tokens = _tokens(masked)
    tokens, footnotes = _take_footnotes(tokens)
    return ParsedFile(text, tokens, masked, footnotes)


def plain_text(tokens: Token | Iterable[Token], parsed: ParsedFile) -> str:
    """The words a reader sees, with single blanks between them; formulas as they are written."""
    return " ".join(parsed.masked.written(visible_text(tokens, parsed.masked)).split())


def tex_text(tokens: Iterable[Token], parsed: ParsedFile) -> str:
    """The words a reader sees, with single blanks between them; formulas as bare TeX."""
    return " ".join(parsed.masked.tex(visible_text(tokens, parsed.masked)).split())


_COMMENT = re.compile(r"<!--[\s\S]*?(?:-->|\Z)")
_TAG = re.compile(r"""</?[a-zA-Z](?:[^"'<>]++|"[^"]*+"|'[^']*+')*+>""")


def visible_text(tokens: Token | Iterable[Token], masked: Masked) -> str:
    """The text a reader sees, with all its blanks; formulas are still set aside."""
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


def _tokens(masked: Masked) -> list[Token]:
    tokens = github_parser().parse(masked.text)
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
    return tokens


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


def _fences(text: str, tokens: Sequence[Token]) -> tuple[tuple[int, int], ...] | None:
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
