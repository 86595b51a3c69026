r"""The formulas that MathJax finds in a page: `\(..\)` and `\[..\]` in its text, however written.

MathJax reads the page that a browser has made: entities are letters by then, comments and `<wbr>`
are not there, `<br>` is a line end, and any other tag ends a text. It does not look into code.
See `FindTeX.ts` and `HTMLDomStrings.ts` of MathJax 3.2, and ts/mathjax of Anki, which turns off
`$..$` and bare environments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape

_PART = re.compile(
    r"""<!--.*?(?:-->|\Z)
    | <(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?:[^"'<>]++|"[^"]*+"|'[^']*+')*+>""",
    re.DOTALL | re.VERBOSE,
)
_HIDDEN = frozenset(("code", "pre"))  # MathJax does not look into them
_LINE_END = "\x1f"  # instead of <br>; no field of Anki can hold it
_OPENING = re.compile(r"\\(?:(?P<bracket>[(\[])|begin(?![a-zA-Z]))")
_PIECE = re.compile(r"\\(?:[a-zA-Z]|[^\n])|[{}]")
_PATIENCE = 500_000  # characters to look through, in one text, for the ends of what has none

Show = Callable[[str], str | None]


def typeset(page: str, show: Show) -> str:
    """Rewrite the formulas of a page by `show`, which gets and gives TeX.

    Where `show` gives None, and where a formula has no end, the page shows its source.
    """
    if "\\" not in page and "&#" not in page and "&bsol" not in page:
        return page
    pieces: list[str] = []
    text: list[str] = []
    hidden = at = 0
    for part in _PART.finditer(page):
        text.append(page[at : part.start()])
        at = part.end()
        name = (part["name"] or "").lower()
        if not name or name in ("wbr", "br"):
            text.append(part[0])
            continue
        pieces += ["".join(text) if hidden else _typeset_text("".join(text), show), part[0]]
        text.clear()
        if name in _HIDDEN:
            hidden = max(0, hidden + (-1 if part["end"] else 1))
    rest = "".join([*text, page[at:]])
    return "".join([*pieces, rest if hidden else _typeset_text(rest, show)])


def _typeset_text(source: str, show: Show) -> str:
    """The same for a text without tags but `<br>` and `<wbr>`; what need not change does not."""
    if not source or ("\\" not in source and "&" not in source):
        return source
    text = unescape(_PART.sub(_letter, source.replace(_LINE_END, " ")))
    if not _OPENING.search(text):
        return source
    found = list(_formulas(text))
    if all(end and show(text[start:end]) == text[start:end] for start, end in found):
        return source
    return "".join(_rewritten(text, found, show))


def _letter(part: re.Match[str]) -> str:
    return _LINE_END if (part["name"] or "").lower() == "br" else ""


def _formulas(text: str) -> Iterator[tuple[int, int]]:
    """Where the TeX of each formula begins and ends; the end is 0 for an opening without one."""
    at, patience = 0, _PATIENCE
    while opening := _OPENING.search(text, at):
        end = 0
        if opening["bracket"] and patience > 0:
            end = _end(text, opening.end(), "\\)" if opening["bracket"] == "(" else "\\]")
            patience -= 0 if end else len(text) - opening.end()
        yield opening.end(), end
        at = end + 2 if end else opening.end()


def _end(text: str, start: int, closing: str) -> int:
    """Where a formula ends, braces counted; 0 if nowhere."""
    depth = 0
    for piece in _PIECE.finditer(text, start):
        if piece[0] == closing and not depth:
            return piece.start()
        depth = max(0, depth + {"{": 1, "}": -1}.get(piece[0], 0))
    return 0


def _rewritten(text: str, found: list[tuple[int, int]], show: Show) -> Iterator[str]:
    at = 0
    for start, end in found:
        opening = text.rindex("\\", 0, start)
        yield _as_html(text[at:opening])
        shown = show(text[start:end]) if end else None
        at = end + 2 if end and shown is not None else start
        if shown is None:  # a tag between the two ends the text that MathJax looks at
            yield f"<span>\\</span>{_as_html(text[opening + 1 : start])}"
        else:
            yield _as_html(text[opening:start] + shown + text[end:at])
    yield _as_html(text[at:])


def _as_html(text: str) -> str:
    return escape(text, quote=False).replace("\xa0", "&nbsp;").replace(_LINE_END, "<br>")
