r"""Setting formulas aside before Markdown is parsed, and putting them back into the card.

Markdown takes `_`, `*` and `\\` inside a formula for mark-up, and a line `= b` of a long formula
for the underline of a heading. So every formula is replaced by a word of letters and digits before
parsing, and comes back afterwards: as `\(..\)` or `\[..\]` for Anki's MathJax, or as its source
where it turns out to be in code or in an address.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, pairwise
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from ankify.reading.tex import drawn


class Formula(NamedTuple):
    r"""A formula: `tex` without delimiters, `source` as the author wrote it with them.

    `tex` is byte-equal to the source, but for the `>` of a quote before its further
    lines and for macros of the note file, which are expanded. It is empty if nothing but
    definitions stood in the formula. `line` is 0-based, in the file.
    """

    tex: str
    display: bool
    source: str
    line: int

    @property
    def html(self) -> str:
        r"""The formula as Anki's MathJax wants it: `\(a &lt; b\)`."""
        if not self.tex:
            return ""
        opening, closing = (r"\[", r"\]") if self.display else (r"\(", r"\)")
        return opening + html.escape(drawn(self.tex), quote=False) + closing

    @property
    def written(self) -> str:
        """The formula in a line of text: its source, or `$..$` for a picture of a formula."""
        return f"${self.tex}$" if self.source.startswith(("!", "<")) else self.source


@dataclass(frozen=True)
class Masked:
    """A Markdown text whose formulas have become words; a formula of several lines takes up one.

    `lines[i]` is the original line in which line i of `text` begins; one more is the end.
    """

    text: str
    formulas: tuple[Formula, ...]
    lines: tuple[int, ...]
    mark: str

    @cached_property
    def _word(self) -> re.Pattern[str]:
        return re.compile(f"{self.mark}([0-9]{{1,9}})x")

    def with_blank_lines(self, above: Iterable[int]) -> Masked:
        """The same text with a blank line above each of some lines (0-based, in order)."""
        lines = self.text.split("\n")
        begun = [0, *above, len(lines)]
        parts = [lines[start:end] for start, end in pairwise(begun)]
        places = [self.lines[start:end] for start, end in pairwise(begun)]
        blank = ((place[0], *place) for place in places[1:])
        text = "\n\n".join("\n".join(part) for part in parts)
        return replace(self, text=text, lines=(*places[0], *chain(*blank), self.lines[-1]))

    def words(self, text: str) -> list[Formula]:
        """The formulas whose words are in a text, in order."""
        if self.mark not in text:
            return []
        numbers = [int(found[1]) for found in self._word.finditer(text)]
        return [self.formulas[number] for number in numbers if number < len(self.formulas)]

    def without(self, text: str) -> str:
        """A text without its formulas."""
        return self._put(text, lambda _: "")

    def begins(self, text: str) -> bool:
        """Whether a text begins with a formula."""
        return bool(self._word.match(text))

    def _put(self, text: str, show: Callable[[Formula], str]) -> str:
        """Put the formulas back; what looks like a word only by an entity (`&#109;q9x`) stays."""
        if self.mark not in text:
            return text

        def shown(found: re.Match[str]) -> str:
            number = int(found[1])
            return show(self.formulas[number]) if number < len(self.formulas) else found[0]

        return self._word.sub(shown, text)

    def source(self, text: str) -> str:
        """Put the formulas back as the author wrote them."""
        return self._put(text, lambda formula: formula.source)

    def written(self, text: str) -> str:
        """Put the formulas back as source, and the pictures of formulas as `$..$`."""
        return self._put(text, lambda formula: formula.written)

    def tex(self, text: str) -> str:
        """Put the formulas back as bare TeX."""
        return self._put(text, lambda formula: formula.tex)

    def html(self, page: str) -> tuple[str, int]:
        """Put the formulas back into HTML (as source in tags and in code), and count them."""
        if self.mark not in page:
            return page, 0
        pieces, count, code, start = [], 0, 0, 0
        for found in re.finditer(f"{_TAG}|{self._word.pattern}", page):
            if found[1]:
                code = max(0, code + (-1 if found[1][0] == "/" else 1))
            if self.mark not in found[0]:
                continue
            pieces.append(page[start : found.start()])
            start = found.end()
            if found[2] and not code:
                pieces.append(self._put(found[0], lambda formula: formula.html))
                count += pieces[-1] not in ("", found[0])
            else:
                pieces.append(self._put(found[0], _escaped_source))
        return "".join([*pieces, page[start:]]), count


def _escaped_source(formula: Formula) -> str:
    return html.escape(formula.source)


# A tag; group 1 is its name if it begins or ends code.
_TAG = r"""<(?:(/?(?i:pre|code))(?![a-zA-Z])|[a-zA-Z/])(?:[^"'>]|"[^"]*"|'[^']*')*>"""


# ```math, also behind the marks of quotes and lists: `> - ~~~~ python`
_FENCE = re.compile(r"((?:[ \t]|>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))*)(`{3,}(?=[^`]*$)|~{3,})(.*)")
_ENVIRONMENTS = (
    "align|alignat|aligned|array|bmatrix|Bmatrix|cases|eqnarray|equation|gather|gathered|matrix|"
    "multline|pmatrix|smallmatrix|split|vmatrix|Vmatrix"
)
_LINES = r"\n(?![ \t>]*\n)"  # a formula may go on in the next line, but not after an empty one
_DOLLARS = rf"(?:[^\n$]++|{_LINES}|\$(?!\$))+"
# Where `\\\\(` opened, the next one is no row of a matrix: else each would be read to the end.
_PARENS = rf"(?:[^\n\\]++|{_LINES}|\\\\(?!\))(?(paired)(?!\())|\\(?![()\\]))+"
_BRACKETS = (
    rf"(?:[^\n\\]++|{_LINES}|\\\\(?!\])(?(doubled)(?!\[(?!-?[\d.]+[a-z]{{2}}\])))|\\(?![\[\]\\]))+"
)
_BODY = rf"(?:[^\n\\]++|{_LINES}|\\(?!(?:begin|end)\{{(?P=name)\}}))+"
_CODE = rf"(?:[^\n`]++|{_LINES}|(?!(?P=ticks)(?!`))`++)+"
_SERVICE = r"https?://(?:[^/\s\"'()]*/equation\?tex=|latex\.codecogs\.com/[^?\s\"'()]*\?)"
_FORMULA = re.compile(
    rf"""
    (?=[$`<\]!\\])(?:  # what each of them begins with: looked for first, it is soon told
      \$`(?P<ticked>[^`\n]+)`\$                                     # $`a`$
    | (?<!`)(?P<ticks>`+)(?!`){_CODE}(?P=ticks)(?!`)         # code: no formula
    | <img\s[^<>]*?\bsrc\s*=\s*(?P<quote>["'])(?P<source>{_SERVICE}[^"'\n]*)(?P=quote)[^<>]*>
    | <[a-zA-Z][\w-]*(?:\s+[\w:.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)+\s*/?>  # a tag
    | \]\((?:[^\s()\\$]|\\.|\$|\([^\s()]*\))*                        # an address
    | !\[(?:[^\[\]\n]|\[[^\[\]\n]*\])*\]
      \(\s*(?P<picture>{_SERVICE}(?:[^\s()\\]|\\.|\((?:[^\s()]|\([^\s()]*\))*\))*)
      (?:\s+"[^"\n]*")?\s*\)
    | \$\$(?P<dollars>{_DOLLARS})\$\$
    # Within an environment an empty line can end nothing; Obsidian shows such formulas.
    | \$\$(?P<gapped>(?:[^\n$\\]++|{_LINES}|\\(?!begin\{{))*+\\begin\{{(?P<outer>[a-zA-Z]+\*?)\}}
      (?:[^$\\]++|\\(?!end\{{(?P=outer)\}}))*+\\end\{{(?P=outer)\}}(?:[^\n$]++|{_LINES})*+)\$\$
    | (?P<environment>\\begin\{{(?P<name>(?:{_ENVIRONMENTS})\*?)\}}{_BODY}\\end\{{(?P=name)\}})
    | (?:(?P<doubled>\\\\|(?<=\\)\\)|(?<!\\)\\)\[(?P<brackets>{_BRACKETS})\\\\?\]
    | (?:(?P<paired>\\\\|(?<=\\)\\)|(?<!\\)\\)\((?P<parens>{_PARENS})\\\\?\)
    # Chinese text is right beside formulas; \w would take it for a letter.
    # $.get and $('a') are jQuery.
    | (?<![A-Za-z0-9$\\])\$(?![\s$]|\.[A-Za-z]|\(['"])
      (?P<dollar>(?:[^$\n`\\]|\\[^\n])*?)(?<!\s)\$(?![A-Za-z0-9$])
    # What begins with a command may be right beside letters: So$\dots$, $\frac{{R}}{{N}}$bps
    | (?<![$\\])\$(?P<command>\\[A-Za-z](?:[^$\n`\\]|\\[^\n])*?)(?<!\s)\$(?![0-9$])
    # So may what holds braces of TeX, digits too: $\bar{{x}}$2, und$x_{{n}}=1$
    | (?<![$\\])\$(?P<braces>(?!\s|\{{(?!\\))(?=[^$\n`]*(?:\\[A-Za-z]+|[_^])\{{)
      (?:[^$\n`\\]|\\[^\n])+?)(?<!\s)\$(?!\$)
    | \\\\(?![\[(])|\\\$
    )""",
    re.VERBOSE,
)
_INLINE = ("ticked", "parens", "dollar", "command", "braces")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")  # of Markdown: \_
_PICTURES = ("picture", "source")
_DISPLAY = ("dollars", "gapped", "environment", "brackets")
_KINDS = (*_INLINE, *_DISPLAY, *_PICTURES)
_GAP = re.compile(r"\n(?:[ \t>]*\n)+")
_QUOTED = re.compile(r"\n[ \t]*(?:>[ \t]?)+")


Fences = tuple[
    tuple[int, int], ...
]  # the first line of each fenced block, and the line after its last


def set_aside(text: str, fences: Fences | None = None) -> Masked:
    """Replace the formulas of a Markdown text by words.

    A dollar sign in code is no formula. Where the fenced code is, is guessed from the lines unless
    `fences` is given.
    """
    mark = "mq"
    while mark in text:
        mark += "zq"
    lines = text.split("\n")
    keeper = _Keeper(mark)
    parts, done = [], 0
    for start, end in guess_fences(lines) if fences is None else fences:
        parts += [keeper.prose("\n".join(lines[done:start]))] if start > done else []
        parts.append(keeper.fence(lines[start:end]))
        done = end
    parts += [keeper.prose("\n".join(lines[done:]))] if done < len(lines) else []
    return keeper.masked("\n".join(parts))


def guess_fences(lines: Sequence[str]) -> Fences:
    """Find the fenced blocks by their lines alone: right but where a list ends in a fence."""
    ranges: list[tuple[int, int]] = []
    opened: re.Match[str] | None = None
    start = 0
    for number, line in enumerate(lines):
        if opened and _outside(line, opened[1]):
            ranges.append((start, number))
            opened = None
        found = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if not opened and found:
            start, opened = number, found
        elif opened and found and found[2].startswith(opened[2]) and not found[3].strip():
            ranges.append((start, number + 1))
            opened = None
    return (*ranges, (start, len(lines))) if opened else tuple(ranges)


def is_math_fence(line: str) -> bool:
    """Say whether a line opens a ```math block."""
    found = _FENCE.match(line)
    return bool(found and found[3].split()[:1] == ["math"])


def _outside(line: str, prefix: str) -> bool:
    """Whether a line has left the quote, or the list item, whose marks are before the fence."""
    if ">" in prefix:
        return not line.lstrip().startswith(">")
    return bool(prefix.strip() and line.strip()) and not line.startswith((" ", "\t"))


class _Keeper:
    """Collects the formulas of one text."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._found: list[tuple[str, bool, str]] = []

    def _keep(self, tex: str, display: bool, source: str) -> str:
        self._found.append((tex, display, source))
        return f"{self._mark}{len(self._found) - 1}x"

    def fence(self, lines: Sequence[str]) -> str:
        """A fenced block as it is, or a word for the formula that it holds."""
        source = "\n".join(lines)
        if not is_math_fence(lines[0]):
            return source
        prefix, ticks = map(str, _FENCE.match(lines[0]).group(1, 2))  # type: ignore[union-attr]
        closed = len(lines) > 1 and lines[-1].strip(" \t>").startswith(ticks)
        body = lines[1:-1] if closed else lines[1:]
        tex = "\n".join(line[len(line) - len(line.lstrip(" \t>")) :] for line in body)
        own = source.removeprefix(prefix)
        return prefix + self._keep(tex if ">" in prefix else "\n".join(body), True, own)

    def prose(self, text: str) -> str:
        """Text outside of fences with words for formulas."""
        if not any(sign in text for sign in ("$", "\\", "equation?", "codecogs")):
            return text
        return _FORMULA.sub(self._replace, text)

    def _replace(self, found: re.Match[str]) -> str:
        name = next((name for name in _KINDS if found[name] is not None), None)
        if name is None:
            return found[0]
        tex, line_start = found[name], found.string.rfind("\n", 0, found.start()) + 1
        if name in _PICTURES:
            if name == "picture":
                tex = _ESCAPE.sub(r"\1", tex)
            return self._keep(equation_tex(html.unescape(tex)) or "", False, found[0])
        if "\n" in tex and ">" in found.string[line_start : found.start()]:
            tex = _QUOTED.sub("\n", tex)  # the marks of the quote it is in
        if name == "gapped":
            tex = _GAP.sub("\n", tex)
        return self._keep(tex, name in _DISPLAY, found[0])

    def masked(self, text: str) -> Masked:
        """The result, with the original line of each line and each formula."""
        word = re.compile(f"{self._mark}([0-9]+)x")
        formulas, starts, at = [], [], 0
        for line in text.split("\n"):
            starts.append(at)
            for found in word.finditer(line) if self._mark in line else ():
                tex, display, source = self._found[int(found[1])]
                formulas.append(Formula(tex, display, source, at))
                at += source.count("\n")
            at += 1
        return Masked(text, tuple(_expanded(formulas)), (*starts, at), self._mark)


# \newcommand{\norm}[1]{\|#1\|}, \def\R{\mathbb{R}}, \DeclareMathOperator{\argmax}{arg\,max},
# \newcommand\eps\varepsilon, \DeclarePairedDelimiter{\abs}{\lvert}{\rvert}
_DEFINITION = re.compile(
    r"\\(?P<kind>(?:re)?newcommand|providecommand|def|DeclareMathOperator|DeclarePairedDelimiter)"
    r"(?P<star>\*?)\s*"
    r"(?:\{\s*(?P<braced>\\[a-zA-Z]+)\s*\}|(?P<bare>\\[a-zA-Z]+))\s*"
    r"(?:\[(?P<count>\d)\]\s*(?:\[(?P<default>[^\]]*)\])?|(?P<hashes>(?:#\d)*))\s*(?=\{|\\[a-zA-Z])"
    r"|\\let\s*(?P<alias>\\[a-zA-Z]+)\s*=?\s*(?P<of>\\[a-zA-Z]+)"
)
_DEFINING = (r"\def", r"\let", "command", "Declare")
_MACRO = re.compile(r"\\[a-zA-Z]+")
_MAX_EXPANSION = 10_000  # characters: macros that double each other must not fill the memory
# Characters that the macros of a file may be expanded to: a short line can use a long one, or one
# that leads round and round, as often as it likes. A search for a macro costs as much as some.
_MOST_EXPANDED, _SEARCH = 2_000_000, 20


@dataclass(frozen=True)
class _Macro:
    r"""A definition; `final`: its body is not expanded again, as \let takes what was there."""

    count: int
    default: str | None
    body: str
    pair: tuple[str, str] | None = None  # the delimiters of \DeclarePairedDelimiter
    final: bool = False


def _expanded(formulas: Iterable[Formula]) -> Iterator[Formula]:
    """Take the definitions out of the formulas, and expand them in the ones that follow.

    Anki shows each card alone, and in one MathJax: a definition would be missing on one card and
    leak into the next.
    """
    macros: dict[str, _Macro] = {}
    left = _MOST_EXPANDED
    for formula in formulas:
        if macros or any(word in formula.tex for word in _DEFINING):
            tex = _take_definitions(formula.tex, macros)
            if left > 0:  # else its macros are shown as text, and `check` says so
                tex, cost = _expand(tex, macros)
                left -= cost
            yield formula._replace(tex=tex if tex.strip() else "")
        else:
            yield formula


def _take_definitions(tex: str, macros: dict[str, _Macro]) -> str:
    kept, start, patience = [], 0, _MOST_EXPANDED
    for found in _DEFINITION.finditer(tex):
        if found.start() < start or patience < 0:
            continue
        macro, end = _definition(found, macros)
        if macro is None:
            patience -= len(tex) - found.end()  # its body was looked for down to the end
            continue
        macros[found["braced"] or found["bare"] or found["alias"]] = macro
        kept.append(tex[start : found.start()])
        start = end
    return "".join([*kept, tex[start:]])


def _definition(found: re.Match[str], macros: dict[str, _Macro]) -> tuple[_Macro | None, int]:
    """What a definition says, and where it ends; None where its body is missing."""
    if found["alias"]:
        original = macros.get(found["of"], _Macro(0, None, found["of"], final=True))
        return original, found.end()
    body, end = _argument(found.string, found.end())
    if body is None:
        return None, end
    if found["kind"] == "DeclarePairedDelimiter":
        closing, end = _argument(found.string, end)
        return (_Macro(1, None, "", (body, closing)) if closing is not None else None), end
    if found["kind"] == "DeclareMathOperator":
        body = rf"\operatorname{found['star']}{{{body}}}"
    count = int(found["count"] or (found["hashes"] or "").count("#"))
    return _Macro(count, found["default"], body), end


def _expand(tex: str, macros: dict[str, _Macro]) -> tuple[str, int]:
    """Replace macros until none is left, and say what it cost; one without its arguments stays."""
    at = read = cost = 0
    for _ in range(1000):
        found = _MACRO.search(tex, at)
        if not found or max(len(tex), read / 10) > _MAX_EXPANSION:
            break
        macro = macros.get(found[0])
        filled, end = _fill(tex, found.end(), macro) if macro else (None, 0)
        read += max(end - found.start(), 0)
        cost += _SEARCH * bool(macro) + len(filled or "")
        if filled is None or len(tex) + len(filled) > _MAX_EXPANSION:
            at = found.end()
            continue
        # "\R x" without its space would be "\mathbbx" if the body ended in a macro
        space = " " if re.search(r"\\[a-zA-Z]+$", filled) and tex[end : end + 1].isalpha() else ""
        at = found.start() + (len(filled) if macro and macro.final else 0)
        tex = tex[: found.start()] + filled + space + tex[end:]
    return tex, cost


def _fill(tex: str, end: int, macro: _Macro) -> tuple[str | None, int]:
    """The body of a macro with the arguments at `end`, and where they end."""
    arguments: list[str] = []
    body = macro.body
    if macro.pair:
        body, end = _paired(tex, end, macro.pair)
    if macro.default is not None:
        given = re.compile(r"\s*\[([^\]]*)\]").match(tex, end)
        arguments.append(given[1] if given else macro.default)
        end = given.end() if given else end
    while len(arguments) < macro.count:
        argument, end = _argument(tex, end)
        if argument is None:
            return None, end
        arguments.append(argument)
    return _PARAMETER.sub(lambda found: _argument_at(found, arguments), body), end


_PARAMETER = re.compile(r"#(\d)")
_CONTROL_WORD = re.compile(r"(?<!\\)(?:\\\\)*\\[a-zA-Z]+\Z")


def _argument_at(parameter: re.Match[str], arguments: Sequence[str]) -> str:
    r"""The argument for `#1`; behind `\lvert` with a space, or `x` would make it `\lvertx`."""
    number = int(parameter[1])
    argument = arguments[number - 1] if 0 < number <= len(arguments) else ""
    glues = argument[:1].isalpha() and _CONTROL_WORD.search(parameter.string[: parameter.start()])
    return f" {argument}" if glues else argument


def _paired(tex: str, end: int, pair: tuple[str, str]) -> tuple[str, int]:
    r"""The body of a paired delimiter: \abs{x}, \abs*{x} that grows, \abs[\big]{x} of a size."""
    sized = re.compile(r"\s*(?:(\*)|\[\s*(\\[bB]igg?)\s*\])").match(tex, end)
    if sized is None:
        return rf"{pair[0]} #1 {pair[1]}", end
    left, right = (r"\left", r"\right") if sized[1] else (f"{sized[2]}l", f"{sized[2]}r")
    return rf"{left}{pair[0]} #1 {right}{pair[1]}", sized.end()


def _argument(tex: str, at: int) -> tuple[str | None, int]:
    """The TeX argument at a place: a group in braces without them, a macro, or one character."""
    start = at + len(tex[at:]) - len(tex[at:].lstrip())
    if tex[start : start + 1] != "{":
        found = re.compile(r"\\(?:[a-zA-Z]+|.)|[^}\\]").match(tex, start)
        return (found[0], found.end()) if found else (None, at)
    depth = 0
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(tex, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if not depth:
            return tex[start + 1 : found.start()], found.end()
    return None, at


# https://www.zhihu.com/equation?tex=x%5E2, https://latex.codecogs.com/svg.image?\alpha&space;x
_EQUATION = re.compile(
    r"https?://(?:[^/]*/equation\?tex=(?P<form>.*)|latex\.codecogs\.com/[^?]*\?(?P<plain>.*))", re.S
)
_FORM_END = re.compile(r"&(?:consumer|preview|eeimg|alt)=[^&]*")
_PICTURE_STYLE = re.compile(r"\\(?:inline|dpi\{\d+\}|bg_\w+|fn_\w+)\s?")


def equation_tex(src: str) -> str | None:
    """The TeX in the address of a picture of an equation service, or None."""
    found = _EQUATION.match(src)
    if not found:
        return None
    if found["form"] is not None:
        tex = unquote_plus(_FORM_END.sub("", found["form"]))
    else:
        tex = unquote(found["plain"]).replace("&space;", " ")
    return _PICTURE_STYLE.sub("", tex).strip()


_BALANCED = re.compile(
    r"\\(?P<edge>begin|end)\s*\{(?P<name>[^{}]*)\}|\\(?P<side>left|right)(?![a-zA-Z])"
    r"|(?P<brace>[{}])|\\."
)


def imbalance(tex: str) -> str | None:
    r"""Say what has no partner in a formula: a brace, a \begin or \end, a \left or \right.

    This is what MathJax fails on most; it finds nearly all of it, and nothing that is right.
    """
    opened: list[str] = []
    for found in _BALANCED.finditer(tex):
        opening = found["edge"] == "begin" or found["side"] == "left" or found["brace"] == "{"
        if found["edge"]:
            partner, name = f"\\begin{{{found['name']}}}", f"\\end{{{found['name']}}}"
        elif found["side"]:
            partner, name = r"\left", r"\right"
        elif found["brace"]:
            partner, name = "{", "}"
        else:
            continue
        if opening:
            opened.append(partner)
        elif not opened:
            return f"{name} without {partner}"
        elif opened[-1] != partner:
            return f"{opened[-1]} is not closed before {name}"
        else:
            opened.pop()
    return f"{opened[-1]} is not closed" if opened else None
