"""What a page depends on beside its own bytes: the files that its links and embeds find."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from ankify.files import read_file
from ankify.reading.flavours.flavour import Flavour
from ankify.reading.flavours.vault import LARGEST, NOTE_SUFFIXES

_LINK = re.compile(rb"(?P<embed>!?)\[\[(?P<target>[^\[\]\n|#]+)")
_PATH = re.compile(rb"\]\((?P<path>[^\n<>]{0,500}?[^\n<>(] [^\n<>]{0,500}?)\)")
_SOUND = re.compile(rb"\[sound:(?P<sound>[^\[\]\n]+)\]")


def dependencies(flavour: Flavour, path: str, data: bytes) -> tuple[object, ...]:
    """All that a page of these bytes depends on, to be part of the key it is cached under."""
    if not flavour.on:
        return (flavour.settings,)
    names = sorted(flavour.names)
    template = flavour.vault.is_template(path)
    named = flavour.vault.labels_key if flavour.is_sure("myst", "quarto") else ""
    return (flavour.settings, names, template, named, *_found(flavour, path, data, frozenset()))


def _found(
    flavour: Flavour, path: str, data: bytes, above: frozenset[str]
) -> Iterator[tuple[str, ...]]:
    vault = flavour.vault
    if b"[[" in data:
        for link in _LINK.finditer(data):
            target = link["target"].decode("utf-8", "replace")
            found = vault.find(path, target)
            yield target, found or ""
            if link["embed"] and found and found.lower().endswith(NOTE_SUFFIXES):
                yield from _embedded(flavour, found, above)
    if b"[sound:" in data:
        for sound in _SOUND.finditer(data):
            name = sound["sound"].decode("utf-8", "replace")
            yield name, vault.find(path, name) or str(vault.exists(path, name))
    if b"](" in data and b" " in data:
        for picture in _PATH.finditer(data):
            name = picture["path"].decode("utf-8", "replace")
            yield name, str(vault.exists(path, name.partition(' "')[0]))


def _embedded(flavour: Flavour, path: str, above: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """The bytes of a note that is set in, and all that they depend on."""
    if path in above:
        return
    try:
        data = read_file(flavour.vault.root / path, LARGEST)
    except OSError:
        return
    yield path, hashlib.sha256(data).hexdigest()
    yield from _found(flavour, path, data, above | {path})
