"""What a page depends on beside its own bytes: the files that its links and embeds find."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from urllib.parse import unquote

from ankify.files import read_file
from ankify.reading.flavours.embeds import DEEPEST
from ankify.reading.flavours.flavour import Flavour
from ankify.reading.flavours.vault import LARGEST, NOTE_SUFFIXES

_LINK = re.compile(rb"(?P<embed>!?)\[\[(?P<target>[^\[\]\n|#]+)")
_PATH = re.compile(rb"\]\((?P<path>[^\n<>]{0,500}?[^\n<>(] [^\n<>]{0,500}?)\)")
_PICTURE = re.compile(
    rb"!\[[^\n\]]{0,300}\]\(<?(?P<path>(?:[^\s()<>]|\([^\s()<>]*\)|[ ](?![\"']))+)"
)
_SOUND = re.compile(rb"\[sound:(?P<sound>[^\[\]\n]+)\]")


def dependencies(flavour: Flavour, path: str, data: bytes) -> tuple[object, ...]:
    """All that a page of these bytes depends on, to be part of the key it is cached under."""
    if not flavour.on:
        return (flavour.settings,)
    names = sorted(flavour.names)
    template = flavour.vault.is_template(path)
    named = flavour.vault.named_key if flavour.is_sure("myst", "quarto", "logseq") else ""
    return (flavour.settings, names, template, named, *_with_embedded(flavour, path, data))


def _with_embedded(flavour: Flavour, path: str, data: bytes) -> Iterator[tuple[str, ...]]:
    """What a note depends on, and level by level the notes that are set in, each of them once."""
    embedded: dict[str, None] = {}
    yield from _found(flavour, path, data, embedded)
    level, seen = list(embedded), {path, *embedded}
    for _ in range(DEEPEST):
        embedded = {}
        for note in level:
            try:
                data = read_file(flavour.vault.root / note, LARGEST)
            except OSError:
                continue
            yield note, hashlib.sha256(data).hexdigest()
            yield from _found(flavour, note, data, embedded)
        level = [note for note in embedded if note not in seen]
        seen.update(level)


def _found(
    flavour: Flavour, path: str, data: bytes, embedded: dict[str, None]
) -> Iterator[tuple[str, ...]]:
    """What the links in a note find; notes that it sets in are added to `embedded`."""
    vault = flavour.vault
    if b"[[" in data:
        for link in _LINK.finditer(data):
            target = link["target"].decode("utf-8", "replace")
            found = vault.find(path, target)
            yield target, found or ""
            if link["embed"] and found and found.lower().endswith(NOTE_SUFFIXES):
                embedded[found] = None
    if b"[sound:" in data:
        for sound in _SOUND.finditer(data):
            name = sound["sound"].decode("utf-8", "replace")
            yield name, vault.find(path, name) or str(vault.exists(path, name))
    if b"![" in data and flavour.is_sure("obsidian", "logseq"):
        for picture in _PICTURE.finditer(data):
            name = unquote(picture["path"].decode("utf-8", "replace"))
            yield name, str(vault.exists(path, name)), vault.find(path, name) or ""
    if b"](" in data and b" " in data:
        for picture in _PATH.finditer(data):
            name = picture["path"].decode("utf-8", "replace")
            yield name, str(vault.exists(path, name.partition(' "')[0]))
