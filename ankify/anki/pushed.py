"""What was pushed into which profile: the record by which the learner's own edits are known.

It is kept in the cache folder, one file a profile, and can be lost: the next push then knows less,
says so, and overwrites nothing that it would not otherwise.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ankify.files import MEGABYTE, read_file, staged_file

FORMAT = 1
_LARGEST = 500 * MEGABYTE  # of a record, packed or not; one of 100,000 notes has a fifth


@dataclass(frozen=True, slots=True)
class Shipped:
    """A note as the notes folder had it at the last push, and the deck ankify put its cards in."""

    fields: tuple[str, ...]
    tags: tuple[str, ...]
    modified: int
    deck: str | None


@dataclass(frozen=True)
class Pushed:
    """What the last push left in a profile.

    `decks` are those that ankify has made there, `suspended` the guids of removed questions whose
    cards it suspended, `looks` the fingerprints of the note types that it brought, by name.
    """

    profile: str
    notes: Mapping[str, Shipped] = field(default_factory=dict)
    decks: tuple[str, ...] = ()
    suspended: frozenset[str] = frozenset()
    looks: Mapping[str, str] = field(default_factory=dict)


class Records:
    """The records of one notes folder; `folder` is where they are kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "pushed"

    def read(self, profile: str) -> Pushed | None:
        """The record of a profile; None where nothing was pushed into it, or it is lost."""
        return self._read(self._path(profile))

    def profiles(self) -> list[str]:
        """The profiles that were ever pushed into, the last one first."""
        found = []
        with suppress(OSError):
            for path in self._folder.iterdir():
                if record := self._read(path):
                    found.append((-path.stat().st_mtime_ns, record.profile))
        return [profile for _, profile in sorted(found)]

    def latest(self) -> Pushed | None:
        """The record of the last push into whichever profile."""
        profiles = self.profiles()
        return self.read(profiles[0]) if profiles else None

    def write(self, record: Pushed) -> None:
        """Keep a record. Raises OSError."""
        path = self._path(record.profile)
        path.parent.mkdir(parents=True, exist_ok=True)
        data = asdict(record) | {"suspended": sorted(record.suspended), "format": FORMAT}
        with staged_file(path) as (file, staged):
            file.write(zlib.compress(json.dumps(data, ensure_ascii=False).encode(), 1))
            file.close()
            os.replace(staged, path)

    def _path(self, profile: str) -> Path:
        return self._folder / hashlib.sha256(profile.encode()).hexdigest()[:16]

    def _read(self, path: Path) -> Pushed | None:
        try:
            packed = read_file(path, _LARGEST)
            data = json.loads(zlib.decompressobj().decompress(packed, _LARGEST))
            return _record(data) if data["format"] == FORMAT else None
        except (OSError, ValueError, zlib.error, LookupError, TypeError, RecursionError):
            return None


def _record(data: Mapping[str, Any]) -> Pushed:
    """The record in what was read. Raises LookupError or TypeError for what is none."""
    notes = {guid: _shipped(note) for guid, note in _mapping(data["notes"]).items()}
    suspended, looks = frozenset(_texts(data["suspended"])), _mapping(data["looks"])
    _texts([data["profile"], *looks.values()])
    return Pushed(data["profile"], notes, _texts(data["decks"]), suspended, looks)


def _shipped(note: Mapping[str, Any]) -> Shipped:
    modified, deck = note["modified"], note["deck"]
    if not isinstance(modified, int) or not isinstance(deck, str | None):
        raise TypeError("a note has no time or no deck")
    return Shipped(_texts(note["fields"]), _texts(note["tags"]), modified, deck)


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError("no list of texts")
    return tuple(values)


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("no mapping")
    return value
