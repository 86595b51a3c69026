"""The files of a notes folder by name, as wiki links need them, and what program it was kept with.

A wiki link names a file anywhere in the folder by the end of its path. What it finds is part of the
key of a cached page, so it must depend on the names of files alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from ankify.files import MEGABYTE, read_file
from ankify.reading.flavours.labels import Label, read_labels
from ankify.reading.flavours.table import FLAVOURS

LARGEST = 5 * MEGABYTE  # of a note that is looked up for another
NOTE_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".qmd", ".rmd")
# Rocks 9f8e7d6c5b4a39281706f5e4d3c2b1a0.md
NOTION_ID = re.compile(r"[ -][0-9a-f]{32}(?=\.\w+\Z|\Z)")


TEMPLATE_SETTINGS = (
    (".obsidian/templates.json", "folder"),
    (".obsidian/plugins/templater-obsidian/data.json", "templates_folder"),
)
# Hidden files that a vault depends on; a walk through the notes does not meet them.
HIDDEN_FILES = (".obsidian", *(file for file, _ in TEMPLATE_SETTINGS))


@dataclass(frozen=True)
class Vault:
    """A notes folder: `notes` are the paths of its note files (posix)."""

    root: Path
    notes: tuple[str, ...] = ()

    @cached_property
    def seen(self) -> tuple[str, str] | None:
        """What program the notes were kept with, and the file that tells."""
        for name, files in FLAVOURS.items():
            for file in files:
                if (self.root / file).exists():
                    return name, file
        for path in self.notes:
            if any(map(NOTION_ID.search, path.split("/"))):
                return "notion", path
        return None

    @cached_property
    def templates(self) -> tuple[str, ...]:
        """The folders that Obsidian and its Templater keep templates in."""
        found = (_setting(self.root / file, key) for file, key in TEMPLATE_SETTINGS)
        return tuple(sorted({folder.strip("/") for folder in found if folder.strip("/")}))

    def is_template(self, path: str) -> bool:
        """Whether a note file is in a folder for templates."""
        return any(path.startswith(f"{folder}/") for folder in self.templates)

    @cached_property
    def labels(self) -> Mapping[str, tuple[str, Label]]:
        """What has a name in the notes, and in which file; of one name the first."""
        found: dict[str, tuple[str, Label]] = {}
        for path, text in zip(self.notes, self._texts, strict=True):
            for name, label in read_labels(text).items():
                found.setdefault(name, (path, label))
        return found

    @cached_property
    def blocks(self) -> Mapping[str, str]:
        """The text of each block of a Logseq graph that has an id, by it; {} for other notes."""
        found: dict[str, str] = {}
        for text in self._texts if self.seen and self.seen[0] == "logseq" else ():
            if "id:: " in text:
                found |= _blocks(text.split("\n"))
        return found

    @property
    def _texts(self) -> Iterator[str]:
        """The text of each note, "" for one that cannot be read."""
        for path in self.notes:
            data = b""
            with suppress(OSError):
                data = read_file(self.root / path, LARGEST)
            yield data.decode("utf-8", "replace")

    @cached_property
    def named_key(self) -> str:
        """A hash of what a page may refer to in any other note."""
        return hashlib.sha256(repr((self.labels, self.blocks)).encode()).hexdigest()

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[str]]:
        """The paths of all files by their names, as they are compared; hidden ones left out."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in (*self.notes, *_files(self.root)):
            name = _folded(posixpath.basename(path))
            if path not in found[name]:
                found[name].append(path)
        return found

    def find(self, file: str, target: str) -> str | None:
        """The file that a link in `file` leads to: beside it, else the one nearest to the root."""
        wanted = _folded(target.strip().replace("\\", "/").lstrip("/"))
        while wanted.startswith(("./", "../")):
            wanted = wanted.partition("/")[2]
        name = posixpath.basename(wanted)
        candidates = [
            path
            for full in (name, *(name + suffix for suffix in NOTE_SUFFIXES))
            for path in self._by_name.get(full, ())
            if _ends(_folded(path), wanted, full)
        ]
        folder = posixpath.dirname(file)

        def nearness(path: str) -> tuple[bool, int, str]:
            return posixpath.dirname(path) != folder, path.count("/"), path

        return min(candidates, key=nearness, default=None)

    def exists(self, file: str, path: str) -> bool:
        """Whether a path, seen from `file`, is a file of the notes; names are compared as such."""
        base = "" if path.startswith("/") else posixpath.dirname(file)
        for written in (path, unquote(path)):
            full = posixpath.normpath(posixpath.join(base, written.replace("\\", "/").lstrip("/")))
            near = self._by_name.get(_folded(posixpath.basename(full)), ())
            if _folded(full) in map(_folded, near):
                return True
        return False


CLOZE = re.compile(r"\{\{cloze[ \t]+(?P<words>(?:[^{}\n]|\{[^{}\n]*\})+)\}\}")  # {{cloze x}}
_CARD = re.compile(r"[ \t]+#(?:flash)?cards?\b")
_ID = re.compile(r"[ \t]*id:: (?P<id>[0-9a-f-]{36})[ \t]*\Z")


def no_card(text: str) -> str:
    """The text of a card of Logseq's where another text shows it: without its gaps and tag."""
    return _CARD.sub("", CLOZE.sub(r"\g<words>", text)) if "#" in text else text


_BULLET = re.compile(r"[ \t]*(?:[-*+][ \t]+)?(?:#{1,6}[ \t]+)?")


def _blocks(lines: Sequence[str]) -> dict[str, str]:
    """The first line of each block that has an id, by it: what a reference to it shows."""
    found: dict[str, str] = {}
    first = ""
    for line in lines:
        if line.lstrip().startswith(("- ", "* ")) or not first:
            first = line
        if named := _ID.match(line):
            found[named["id"]] = no_card(_BULLET.sub("", first, count=1))
    return found


def _setting(file: Path, key: str) -> str:
    """A text in a JSON file of settings; "" where there is none."""
    try:
        values = json.loads(read_file(file, MEGABYTE))
    except (OSError, ValueError, RecursionError):
        return ""
    value = values.get(key) if isinstance(values, dict) else None
    return value if isinstance(value, str) else ""


def _ends(path: str, wanted: str, name: str) -> bool:
    """Whether a path ends in all the folders that a link names."""
    full = posixpath.join(posixpath.dirname(wanted), name)
    return path == full or path.endswith(f"/{full}")


def _files(root: Path) -> Iterator[str]:
    """All files below a folder but hidden ones, posix, in order."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield (Path(folder) / name).relative_to(root).as_posix()


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
