r"""The gate: every field of every note passes it last, after all else and before it is shipped.

Notes may come from anyone, and a field is a small program to those who show it. What they act on:

| in a field                | who acts, and how                         | what the gate leaves     |
|---------------------------|-------------------------------------------|--------------------------|
| `\(..\)`, `\[..\]`, also | MathJax: links to scripts, loads, styles, | what `reading/tex.py`    |
| by entities, over `<wbr>` | redefines commands for later cards        | allows; the rest as text |
| `\begin`, not in a formula| MathJax, where a client turns it on       | text                     |
| class `..jax_process`     | MathJax: looks into code                  | no such class            |
| `[sound:..]`              | Anki plays it; mpv takes options          | the files of the deck    |
| `[anki:..]`               | Anki speaks it, or plays what it names    | text                     |
| `[latex]`, `[$]`, `[$$]`  | Anki runs LaTeX, which can read files     | text                     |
| `[[type:..]]`             | the reviewer asks to type a field         | text                     |
| a scheme in `href`, `src` | the browser in Anki: `javascript:`        | http, https, ftp, mailto,|
|                           |                                           | a note of Obsidian's     |

Anki finds its own commands in the letters of a field, in code and in attributes, too, so that an
entity is enough to make text of them. Notes of the cloze type have one more: `{{c1::`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import partial

from ankify.reading.mathjax import typeset
from ankify.reading.tex import drawn
from ankify.rendering.sanitise import sanitised

# In any case, and wherever Anki could skip a space: too many are no harm, they look the same.
_COMMAND = re.compile(
    r"\[(?=/?\s*(?:latex|sound|anki|\$)|\[\s*type)(?:sound:(?P<file>[^\[\]]*)\])?", re.IGNORECASE
)
# As nh3 and our serialiser write tags: <img src="a.png" alt="x">, <li class="task">, </p>
_TAG = re.compile(r'</?[a-z][a-z0-9]*(?: [a-z][a-z-]*(?:="[^"]*")?)*>')
_ADDRESS = re.compile(
    r"""\ (?:href="(?!(?:https?|ftp|mailto):
        |obsidian://open\?(?:vault|file|path)=[^"&]*(?:&amp;(?:vault|file|path)=[^"&]*)*")[^"]*
        |src="(?!https?:)[^":]*:[^"]*)\"""",
    re.IGNORECASE | re.VERBOSE,
)
_MATHJAX_CLASS = re.compile(r"\b(?:tex2|math)jax_\w+")


def harmless(field: str, sounds: Collection[str] = ()) -> str:
    """The field with nothing in it that Anki, MathJax or a browser would act on but what is ours.

    `sounds` are the files of the deck, which `[sound:..]` may play. What is harmless already is
    handed back as it is.
    """
    left = field
    if " href=" in left or " src=" in left or "jax_" in left:
        left = left if _is_plain(left) else sanitised(left)
        if "jax_" in left or _ADDRESS.search(left):  # in a tag, or else in its text
            left = _TAG.sub(_harmless_tag, left)
    left = typeset(left, drawn)
    if "[" in left:
        left = _COMMAND.sub(partial(_as_text, sounds), left)
    return field if left == field else left  # the same text is in memory once


def _is_plain(field: str) -> bool:
    return "<" not in _TAG.sub("", field)


def _harmless_tag(tag: re.Match[str]) -> str:
    written = tag[0]
    if " href=" in written or " src=" in written or "jax_" in written:
        return _MATHJAX_CLASS.sub("", _ADDRESS.sub("", written))
    return written


def _as_text(sounds: Collection[str], command: re.Match[str]) -> str:
    return command[0] if command["file"] in sounds else f"&#91;{command[0][1:]}"
