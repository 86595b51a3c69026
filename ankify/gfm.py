"""GitHub flavoured Markdown: the parse of a note file, and the tree that Python-Markdown renders.

markdown-it-py parses; a few rules of ours make it agree with cmark-gfm, GitHub's own parser.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
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


def parse(text: str) -> ParsedFile:
    r"""Parse a note file (with `\n` line ends) as GitHub does, its formulas set aside."""
    masked = set_aside(text)
    tokens, env = _tokens(masked)
    known = _fences(text, tokens, masked)
    if known is not None:  # a list item ended inside of what looked like a fence
        masked = set_aside(text, known)
        tokens, env = _tokens(masked)
    tokens, footnotes = _take_footnotes(tokens)
    return ParsedFile(text, tokens, masked, env, footnotes)


def plain_text(tokens: Token | Iterable[Token], parsed: ParsedFile) -> str:
    """The words a reader sees, with single blanks between them; formulas as their source."""
    found = "".join(_words([tokens] if isinstance(tokens, Token) else tokens))
    return " ".join(parsed.masked.source(found).split())


_COMMENT = re.compile(r"<!--[\s\S]*?-->")
_TAG = re.compile(r"""</?[a-zA-Z](?:[^"'>]|"[^"]*"|'[^']*')*>""")


def _words(tokens: Iterable[Token]) -> Iterable[str]:
    for token in tokens:
        if token.type in ("text", "code_inline"):
            yield token.content
        elif token.type == "html_inline":
            yield " " if token.content.startswith("<br") else ""
        elif token.type == "html_block":
            yield " " + html.unescape(_TAG.sub(" ", _COMMENT.sub("", token.content))) + " "
        elif token.children:
            yield from _words(token.children)
        elif token.type in ("fence", "code_block"):
            yield f" {token.content} "
        elif token.type in ("softbreak", "hardbreak") or token.block:
            yield " "


def _tokens(masked: Masked) -> tuple[list[Token], dict[str, Any]]:
    env: dict[str, Any] = {}
    tokens = _parser().parse(masked.text, env)
    for token in tokens:
        if token.map:
            token.map = [masked.lines[token.map[0]], masked.lines[token.map[1]]]
    return tokens, env


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
    parser = MarkdownIt("gfm-like2", {"linkify": False, "maxNesting": 2 * MAX_DEPTH})
    parser.disable("linkify")
    footnote_plugin(parser, inline=False, move_to_end=False)
    for name in ("blockquote", "list"):
        rule = next(r for r in parser.block.ruler.__rules__ if r.name == name)
        parser.block.ruler.at(name, _shallow(rule.fn), {"alt": rule.alt})
    return parser


def _shallow(rule: BlockRule) -> BlockRule:
    """A rule that leaves alone what is nested too deep, so that 500 `>` cannot end in an error."""

    @wraps(rule)
    def limited(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < MAX_DEPTH and rule(state, start, end, silent)

    return limited
