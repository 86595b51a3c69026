"""Notes that are set into others: `![[Clouds]]`, `![[Clouds#Rain]]`, `![[Clouds#^boil-1]]`.

The text goes where the line of the embed was, in a quote, so that no heading in it becomes a
section of the note. All its lines then are the line of the embed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ankify.files import read_file, real_path
from ankify.model import AnkifyError
from ankify.reading.anchors import as_linked, slug
from ankify.reading.flavours.flavour import ForeignFile
from ankify.reading.flavours.lines import GONE, code_lines, read_lines
from ankify.reading.flavours.vault import LARGEST, NOTE_SUFFIXES, no_card

DEEPEST = 4  # notes in one another
# Characters that are set into a file: a few lines could set the same long note in for hours.
_MOST = 500_000
_LOOKED_THROUGH = 50  # characters of a note that cost as much as one that is set in
_LOOKED_UP = 25  # what it costs to look for a note by its name

_EMBED = re.compile(
    r"(?P<lead>(?:[ \t]|>|[-*+][ \t]|\d+[.)][ \t])*)"
    r"!\[\[(?P<target>[^\[\]\n|]+?)(?:\|[^\[\]]*)?\]\][ \t]*\Z"
)


class Spliced(NamedTuple):
    """A text with notes set into it, and lines left out.

    `origin[i]` is the line of the file that line i is from; None where all are in their places.
    """

    text: str
    origin: tuple[int, ...] | None = None

    def is_embedded(self, line: int) -> bool:
        """Whether a line of the text was set in."""
        assert self.origin is not None
        return self.origin[line : line + 1] == self.origin[line + 1 : line + 2]


@dataclass
class _Budget:
    """How many characters may still be set into a file."""

    left: float = field(default_factory=lambda: _MOST)

    def has(self, cost: float) -> bool:
        """Whether so much is left; it is taken."""
        self.left -= cost
        return self.left >= 0


def set_in(
    file: ForeignFile, text: str, above: tuple[str, ...] = (), budget: _Budget | None = None
) -> Spliced:
    """Set the notes in that a text embeds, and leave out lines; `above` are the notes around it.

    What is too much for the `budget` stays as it is written.
    """
    if not file.may_have(text, "note-embed") and GONE not in text:
        return Spliced(text)
    budget = budget or _Budget()
    lines = text.split("\n")
    code = code_lines(lines)
    done: list[str] = []
    origin: list[int] = []
    for at, line in enumerate(lines):
        if line == GONE:
            continue
        found = _EMBED.match(line) if "![[" in line and at not in code else None
        written = _embedded(file, found, (*above, file.path), lines, budget) if found else None
        more = [line] if written is None else written
        done += more
        origin += [at] * len(more)
    if not done:
        return Spliced("", (0,))
    same = origin == list(range(len(lines)))
    return Spliced(text) if same else Spliced("\n".join(done), tuple(origin))


def _embedded(
    file: ForeignFile,
    found: re.Match[str],
    above: tuple[str, ...],
    lines: Sequence[str],
    budget: _Budget,
) -> list[str] | None:
    """The lines of a note as a quote; None where there is no such note, or it holds itself.

    `lines` are those of the file: `![[#Rain]]` is a section of its own.
    """
    if not budget.has(_LOOKED_UP):
        return None
    target, _, anchor = found["target"].partition("#")
    is_own = not target.strip() and len(above) == 1
    path = file.path if is_own else file.vault.find(file.path, target) if target.strip() else None
    if path is None or not path.lower().endswith(NOTE_SUFFIXES):
        return None
    if (path in above and not is_own) or len(above) > DEEPEST:
        return None
    text = "\n".join(line for line in lines if line != GONE) if is_own else read_note(file, path)
    if text is None or not budget.has(len(text) / _LOOKED_THROUGH):
        return None
    part = _part(text.split("\n"), anchor.strip())
    if part is None or (is_own and not anchor.strip()):
        return None
    if not budget.has(sum(map(len, part)) + len(part)):
        return None
    inner = ForeignFile(path, file.flavour, file.taken, ordered=file.ordered)
    body = set_in(inner, read_lines(inner, no_card("\n".join(part))), above, budget).text
    file.take("note-embed")
    moved = _moved(body.strip("\n"), path, above[0])
    first = found["lead"]
    rest = re.sub(r"[^>\s]", " ", first)
    quoted = [f"> {line}".rstrip() for line in moved.split("\n")]
    return [first + quoted[0], *(rest + line for line in quoted[1:]), rest.rstrip()]


def read_note(file: ForeignFile, path: str) -> str | None:
    """The text of another note file of the folder, without its front matter."""
    from ankify.reading.source import decode_note_file

    try:
        full, root = (real_path(each) for each in (file.vault.root / path, file.vault.root))
        if not full.is_relative_to(root):
            return None
        return decode_note_file(path, read_file(full, LARGEST)).text
    except (OSError, AnkifyError):
        return None


def _part(lines: Sequence[str], anchor: str) -> list[str] | None:
    """All lines, those of a section, or those of the block of an id."""
    if not anchor:
        return list(lines)
    if anchor.startswith("^"):
        return _block(lines, anchor)
    wanted = slug(anchor.rpartition("#")[2])
    heads = list(_headings(lines))
    start = next(
        (
            (at, level)
            for at, level, title in heads
            if wanted in (slug(title), slug(as_linked(title)))
        ),
        None,
    )
    if start is None:
        return None
    end = next((at for at, level, _ in heads if at > start[0] and level <= start[1]), len(lines))
    return list(lines[start[0] : end])


def _headings(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    code = code_lines(lines)
    for at, line in enumerate(lines):
        if line == GONE:
            continue
        found = re.match(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*\Z", line)
        if found and at not in code:
            yield at, len(found[1]), found[2]


def _block(lines: Sequence[str], anchor: str) -> list[str] | None:
    """The item or the paragraph that ends in an id; an id on its own line is for what is above."""
    end = next((at for at, line in enumerate(lines) if line.rstrip().endswith(anchor)), None)
    if end is None:
        return None
    last = end
    if lines[end].strip() == anchor:
        last = next((at for at in range(end - 1, -1, -1) if lines[at].strip()), end)
    start = last
    while start and lines[start - 1].strip() and not _ITEM.match(lines[start]):
        start -= 1
    return [*lines[start:last], lines[last].removesuffix(anchor).rstrip()]


_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
# ![x](img/a.png), [x](<b c.md>), <img src="a.png">
_PATHS = re.compile(
    r"(?P<open>\]\(<?|<img\b[^<>]*?\bsrc=[\"'])(?P<path>(?![a-zA-Z][\w+.-]*:|[/#\\])[^\s()<>\"']+)"
)


def _moved(text: str, source: str, target: str) -> str:
    """Paths relative to one note as paths relative to another."""
    here, there = posixpath.dirname(source), posixpath.dirname(target) or "."
    if (here or ".") == there:
        return text

    def moved(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(here, found["path"]))
        return found["open"] + posixpath.relpath(path, there)

    return _PATHS.sub(moved, text)
