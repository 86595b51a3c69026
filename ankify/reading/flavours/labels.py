"""The names that MyST and Quarto give to figures, tables and sections, to refer to them.

Their sites number figures; a card is shown alone, so the number is said in both places: in the
caption, and where the text refers to it. Numbers count the named ones of a kind in their file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ankify.reading.formulas import guess_fences

# What is numbered, by the word for it.
KINDS = {"fig": "Figure", "tbl": "Table", "tab": "Table"}
_DIRECTIVES = {"figure": "fig", "image": "fig", "table": "tbl", "list-table": "tbl"}
HINTS = (":label:", ":name:", "{#", ")=", "| label:")  # without one of them nothing has a name

_LONGEST = 300  # characters of a title that a reference says; it can be in each line of the notes

_OPENER = re.compile(
    r"[ \t>]*(?:`{3,}|~{3,}|:{3,})[ \t]*\{(?P<name>[a-zA-Z][\w:-]*)\}[ \t]*(?P<argument>\S*)"
)
_OPTION = re.compile(r"[ \t>]*:(?P<key>[\w-]+):[ \t]*(?P<value>\S*)")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?P<title>.*?)[ \t]*#*[ \t]*\Z")
# ![x](a.png){#fig-a width=50%}, ::: {#fig-a}, : x {#tbl-a}, ## Title {#sec-a}, #| label: fig-a
_ATTRIBUTE = re.compile(r"\{#(?P<label>[\w:.-]+)[^{}\n]*\}")
_CELL = re.compile(r"[ \t]*(?:#|//|%)\|[ \t]*label:[ \t]*(?P<label>[\w-]+)[ \t]*\Z")
_TARGET = re.compile(r"[ \t]*\((?P<label>[\w:./-]+)\)=[ \t]*\Z")  # (sec-norms)=
_PICTURE = re.compile(r"!\[[^\]\n]*\]\(<?(?P<path>[^\s()<>]+)")


class Label(NamedTuple):
    """What a name is for: the kind and its number, the title of a section, the path of a figure."""

    kind: str = ""
    number: int = 0
    title: str = ""
    picture: str = ""

    @property
    def words(self) -> str:
        """What a reference to it says; "" if it has neither number nor title."""
        if self.kind in KINDS:
            return f"{KINDS[self.kind]} {self.number}"
        return self.title if len(self.title) <= _LONGEST else f"{self.title[:_LONGEST]}…"


def read_labels(text: str) -> dict[str, Label]:
    """Find what has a name in a note file."""
    if not any(hint in text for hint in HINTS):
        return {}
    counted: Counter[str] = Counter()
    labels: dict[str, Label] = {}
    for name, kind, title, picture in _found(text.split("\n")):
        if name not in labels:
            counted[KINDS.get(kind, "")] += 1
            labels[name] = Label(kind, counted[KINDS.get(kind, "")], title, picture)
    return labels


def _found(lines: Sequence[str]) -> Iterator[tuple[str, str, str, str]]:
    """The name, kind, title and picture of each label, in order; nothing in code is one."""
    code = {
        at
        for start, end in guess_fences(lines)
        if not _OPENER.match(lines[start])
        for at in range(start, end)
    }
    for at, line in enumerate(lines):
        if at in code:
            continue
        if opener := _OPENER.match(line):
            if name := _option(lines, at + 1, "label", "name"):
                kind = _DIRECTIVES.get(opener["name"].lower(), name.partition("-")[0])
                is_picture = opener["name"].lower() in ("figure", "image")
                yield name, kind, "", opener["argument"] if is_picture else ""
        elif target := _TARGET.match(line):
            below = next((text for text in lines[at + 1 : at + 3] if text.strip()), "")
            heading = _HEADING.match(below)
            yield target["label"], "", _plain(heading["title"]) if heading else "", ""
        elif cell := _CELL.match(line):
            yield cell["label"], cell["label"].partition("-")[0], "", ""
        elif "{#" in line:
            heading, picture = _HEADING.match(line), _PICTURE.search(line)
            for found in _ATTRIBUTE.finditer(line):
                kind = "" if heading else found["label"].partition("-")[0]
                title = _plain(_ATTRIBUTE.sub("", heading["title"])) if heading else ""
                yield found["label"], kind, title, picture["path"] if picture else ""


def _option(lines: Sequence[str], start: int, *keys: str) -> str:
    """The value of one of these options among those right below a directive."""
    for line in lines[start:]:
        found = _OPTION.match(line)
        if not found:
            break
        if found["key"] in keys:
            return found["value"]
    return ""


def _plain(title: str) -> str:
    return re.sub(r"[*_`]", "", title).strip()
