"""What a small screen asks of finished HTML: lines that end where they should.

Nothing that is said changes, and `ankify list --html` shows the fields without it, as on GitHub.
"""

from __future__ import annotations

import html
import re

from ankify.rendering.tex_lines import in_lines

# GitHub finds no formula right beside these, so authors put blanks there; on a card they are gaps.
_FULL_OPENING = "（《〈「『【"
_FULL_CLOSING = "，。、；：！？）》〉」』】…—"
# A browser may break the line on either side of a formula, even before the comma.
_OPENING = _FULL_OPENING + "(“‘"
_CLOSING = _FULL_CLOSING + ",.;:!?)%”’"
# IP-Adapter, T2I-Adapter, U-Net, GPT-4: names that fall apart at the end of a line. Longer words of
# other languages, `state-of-the-art`, may be broken at their hyphens.
_NAME = r"""(?<![\w-])
    (?=\w{1,3}-|\w{2,9}-\w{1,2}(?![\w-]))  # one of the two parts is short
    [A-Za-z]\w{0,8}-[A-Za-z0-9]\w{0,8}(?![\w-])"""
# What each of these has, quick to look for: a hyphen with one to three letters before it, or one or
# two behind it.
_HYPHEN = re.compile(
    r"-(?:[A-Za-z0-9]\w?(?![\w-])"
    r"|(?<=(?<![\w-])\w-)|(?<=(?<![\w-])\w{2}-)|(?<=(?<![\w-])\w{3}-))"
)
_PIECE = re.compile(
    rf"""
    (?P<kept><(?P<code>pre|code|kbd|samp)\b.*?</(?P=code)>|<[^>]*>)
    | \\\[(?P<displayed>.*?)\\\]
    | (?P<before>[{_OPENING}{_FULL_CLOSING}]?)(?P<gap>\s*)
      (?P<inline>\\\(.*?\\\))
      (?:\s+(?=[{_FULL_CLOSING}{_FULL_OPENING}]))?(?P<after>[{_CLOSING}]*)
    | (?P<name>{_NAME})
    """,
    re.DOTALL | re.VERBOSE,
)


def fit_phone(page: str, *, title: bool = False) -> str:
    r"""Make the HTML of a field fit for a phone; formulas are `\(..\)` and `\[..\]`.

    Wide formulas get lines, gaps between formulas and full-width punctuation go, and short names
    with a hyphen stay in one piece. Not in a `title`: Anki's Browse finds notes by their words.
    """
    if "\\(" in page or "\\[" in page or (not title and _HYPHEN.search(page)):
        return _PIECE.sub(_set_title if title else _set, page)
    return page


def _set_title(found: re.Match[str]) -> str:
    return found[0] if found["name"] else _set(found)


def _set(found: re.Match[str]) -> str:
    if found["kept"]:
        return found[0]
    if found["displayed"] is not None:
        tex = html.unescape(found["displayed"])
        return rf"\[{html.escape(in_lines(tex), quote=False)}\]"
    if found["name"]:
        return _unbroken(found["name"])
    before, gap, formula = found["before"], found["gap"], found["inline"] + found["after"]
    if before and before in _FULL_OPENING + _FULL_CLOSING:
        gap = ""
    if before and before in _OPENING and not gap:
        before, formula = "", before + formula
    return before + gap + (formula if formula == found["inline"] else _unbroken(formula))


def _unbroken(text: str) -> str:
    return f'<span class="ankify-unbroken">{text}</span>'
