r"""TeX that may reach a card: what Anki's MathJax draws, and nothing that acts.

A formula is a program to MathJax: it can link to a script, style what covers the page, load
packages and redefine commands for all cards that follow. So commands are allowed by name
(`tex_commands.py`), and a few by what is behind them. All others are shown as text: `\href` becomes
`∖href`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ankify.reading import tex_commands

AS_TEXT = "∖"  # U+2216 looks like a backslash, in a formula and in \text{}, and begins no command

_DRAWN = frozenset(
    " ".join(
        (
            tex_commands.BASE,
            tex_commands.AMS,
            tex_commands.MATHTOOLS,
            tex_commands.MHCHEM,
            tex_commands.AUTOLOADED,
            tex_commands.PHYSICS,
        )
    ).split()
)
_PHYSICS = frozenset(tex_commands.PHYSICS.split())
_DRAWN_SIGNS = frozenset("!#$%&(),./:;<>[\\]_{|} \n\t\r\xa0")
_ENVIRONMENTS = "|".join(map(re.escape, tex_commands.ENVIRONMENTS.split()))
_PACKAGES = (
    "action|ams|amsmath|amssymb|amscd|bbox|boldsymbol|braket|bussproofs|cancel|cases|centernot|"
    "color|colortbl|empheq|enclose|extpfeil|gensymb|mathtools|mhchem|physics|textcomp|unicode|"
    "upgreek|verb"
)
_LENGTH = r"-?(?:\d++(?:\.\d++)?|\.\d++)\s*+[a-z]{2}"
_BOX = rf"{_LENGTH}|[a-zA-Z]+|\#[0-9a-fA-F]{{3,6}}|border(?:-[a-z]+)?:[\w\s.\#%-]++"

# Commands that are allowed with some arguments only: what has to be behind each of them.
_BEHIND = {
    # a link may lead to where links of the notes may
    "href": re.compile(r"\s*\{\s*(?:https?|mailto):"),
    # other packages redefine commands, or make \text{} run what is in it
    "require": re.compile(rf"\s*\{{\s*(?:{_PACKAGES})\s*\}}"),
    # its options are written into a style: lengths, colours and borders
    "bbox": re.compile(rf"\s*(?:\[\s*(?:(?:{_BOX})\s*(?:,\s*|(?=\])))*\]\s*)?\{{", re.VERBOSE),
    # the name of a font is written into a style
    "unicode": re.compile(r"(?:\s*\[[\w\s,.-]*\]){0,2}\s*\{"),
    "begin": re.compile(rf"\s*\{{(?:{_ENVIRONMENTS})\}}"),
    "end": re.compile(rf"\s*\{{(?:{_ENVIRONMENTS})\}}"),
}
# \alpha, \\, \{; and a colour that is written as a command: \color\red
_COMMAND = re.compile(r"\\color\s*\\(?P<colour>[a-zA-Z]+)|\\(?P<name>[a-zA-Z]+|.)|\\\Z", re.DOTALL)
# \text{if}, in which MathJax shows commands as they are written
_WORDS = re.compile(r"\\(?:text[a-z]*|[mhf]box)\s*\{[^{}$]*\}")


@lru_cache(4096)
def drawn(tex: str) -> str:
    """The formula as MathJax may have it; commands that are not allowed are text in it."""
    return _COMMAND.sub(_allowed, tex) if "\\" in tex else tex


def _allowed(command: re.Match[str]) -> str:
    if command["colour"]:
        return rf"\color{{{command['colour']}}}"
    return command[0] if _is_drawn(command) else AS_TEXT + command[0][1:]


def _is_drawn(command: re.Match[str]) -> bool:
    name = command["name"]
    if name in _BEHIND:
        return bool(_BEHIND[name].match(command.string, command.end()))
    return name in _DRAWN or name in _DRAWN_SIGNS


def undrawn(tex: str, *, physics: bool = False) -> Iterator[str]:
    r"""Find the commands of a formula that are shown as text; `\begin{x}` for an environment.

    Commands of the package physics are among them unless it was required.
    """
    if "\\" not in tex:
        return
    for command in _COMMAND.finditer(_WORDS.sub("", tex)):
        name = command["name"]
        if (
            command["colour"]
            or name == "end"
            or (_is_drawn(command) and (physics or name not in _PHYSICS))
        ):
            continue
        behind = re.compile(r"\s*\{[^{}]*\}").match(command.string, command.end())
        yield command[0] + (behind[0] if name == "begin" and behind else "")
