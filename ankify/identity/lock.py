"""The lock `ankify.lock`: what a build leaves beside the notes so that the next one knows them.

One question is one line, a JSON array that ends in its own short checksum, and the lines are sorted
by file and guid. So a line never depends on its neighbours, a diff shows what the edit did, and two
branches that add questions in different files merge without help. A last line tells a whole lock
from one that was cut off; a count would be changed by both branches and conflict every time.

A lock that is broken is never mended by guessing and never started anew in silence: either would
cost learners their review history.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from base64 import b64decode, b64encode
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from io import BytesIO
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any, NoReturn

from ankify.files import staged_file
from ankify.model import AnkifyError, Location, Past, Project

LOCK_NAME = "ankify.lock"
VERSION = 1
HEADER = """\
# ankify.lock: how ankify knows each question again after an edit.
# It keeps the review history of everyone who learns from these notes: commit it, never edit it.
# After a merge conflict take one side whole (git checkout --theirs ankify.lock), then build.
"""
END = '["end"]'
LIMIT = 1 << 40  # of times and counts; SQLite and Anki take no number of any size
_LARGEST_NOTE = 64 << 20  # bytes of a packed note, unpacked
MAGIC = "ankify.lock"
CONFLICT = re.compile(r"(<{7}|\|{7}|={7}|>{7})( |$)")  # "<<<<<<< HEAD", "======="
SEAL = len(',"crc-32"]')  # at the end of each line
RESTORE = (
    "restore the last good one (git checkout HEAD -- ankify.lock), then build again;"
    " without git remove ankify.lock, then ankify adopt OLD.apkg NOTES"
)
TAKE_SIDE = (
    "take one side whole (git checkout --ours ankify.lock, or --theirs), build, commit;"
    " what only the other side had gets the same guid again, unless it was reworded since"
)


@dataclass(frozen=True, slots=True)
class LockEntry:
    """What is known of one question since the last build.

    `nth` counts the questions of the file with the same title, from 0. `sketch` is that of
    `likeness.sketch`. `fingerprint` stands for the note's fields and tags; `modified` is when it
    last changed, `added` when the question was first seen, `removed` when it was found gone (all
    whole seconds since 1970). `tombstone` is the packed note of a removed question. `line` is the
    line that the entry was read from, for as long as nothing in it is replaced.
    """

    guid: str
    file: str
    number: str | None
    title: str
    deck: str
    fingerprint: str
    modified: int
    added: int
    sketch: str
    nth: int = 0
    marked_id: str | None = None
    removed: int | None = None
    tombstone: str | None = None
    line: str = field(default="", init=False, compare=False, repr=False)


@dataclass(frozen=True)
class Lock:
    """The lock as data. `note_type` is the fingerprint and the modified time of the note type."""

    namespace: str
    note_type: tuple[str, int] = ("", 0)
    entries: tuple[LockEntry, ...] = ()


# The order of a line: what a person reads in a diff comes first.
COLUMNS: tuple[tuple[str, type], ...] = (
    ("file", str),
    ("number", str),
    ("title", str),
    ("guid", str),
    ("deck", str),
    ("added", int),
    ("modified", int),
    ("fingerprint", str),
    ("sketch", str),
)
NULLABLE = {"number"}
_SHAPES = {
    tuple(type(None) if column in NULLABLE and empty else kind for column, kind in COLUMNS)
    for empty in (False, True)
}
_TIMES = slice(5, 7)  # added and modified
# Columns that few questions need stand in an object at the end of the line.
EXTRAS: dict[str, type] = {"nth": int, "marked_id": str, "removed": int, "tombstone": str}
DEFAULTS = {field.name: field.default for field in fields(LockEntry) if field.name in EXTRAS}


def read_lock(path: Path) -> Lock | None:
    """Read a lock file; None if there is none.

    Raises AnkifyError, with the line, for a lock that is broken, cut off, in conflict or too new.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise AnkifyError(reason, Location(path.name)) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        _fail(path.name, line, "the lock is damaged: this is not UTF-8")
    return parse_lock(text, path.name)


def parse_lock(text: str, name: str = LOCK_NAME) -> Lock:
    """Read the text of a lock file; `name` is what errors call it. Raises AnkifyError."""
    lines = text.split("\n")
    if "\r" in text:
        lines = [line.rstrip("\r") for line in lines]  # Windows checkouts have \r\n
    if any(sign * 7 in text for sign in "<|=>"):
        _refuse_conflicts(name, lines)
    rows = [(n, line) for n, line in enumerate(lines, 1) if line and not line.startswith("#")]
    if not rows:
        _fail(name, 1, "the lock is empty")
    namespace, note_type = _parse_head(name, *rows[0])
    if rows[-1][1] != END:
        _fail(name, rows[-1][0], "the lock is cut off after this line")
    entries = []
    seen: dict[str, int] = {}
    for number, line in rows[1:-1]:
        entry = _parse_entry(name, number, line)
        if entry.guid in seen:
            message = f"guid {entry.guid} is here twice (first in line {seen[entry.guid]})"
            _fail(name, number, message, TAKE_SIDE)
        seen[entry.guid] = number
        entries.append(entry)
    return Lock(namespace, note_type, tuple(entries))


def _refuse_conflicts(name: str, lines: Sequence[str]) -> None:
    for number, line in enumerate(lines, 1):
        if CONFLICT.match(line):
            _fail(name, number, "the lock has an unresolved merge conflict", TAKE_SIDE)


def encode_lock(lock: Lock) -> bytes:
    """Write a lock as the bytes of its file: equal locks, whatever their order, give equal ones."""
    head = _seal([MAGIC, VERSION, lock.namespace, *lock.note_type])
    lines = (entry.line or _format_entry(entry) for entry in sorted_entries(lock.entries))
    data = BytesIO()  # grows line by line: a long lock is never there twice
    for line in chain([HEADER + head], lines, [END]):
        data.write(line.encode() + b"\n")
    return data.getvalue()


def sorted_entries(entries: Iterable[LockEntry]) -> tuple[LockEntry, ...]:
    """Sort by file and guid: an order that renumbering and rewording do not disturb."""
    return tuple(sorted(entries, key=attrgetter("file", "guid")))


def pack_note(fields: Sequence[str], tags: Sequence[str]) -> str:
    """Pack the fields and tags of a note for `LockEntry.tombstone`: JSON, deflated, base64."""
    data = json.dumps([list(fields), list(tags)], ensure_ascii=False, separators=(",", ":"))
    return b64encode(zlib.compress(data.encode("utf-8"), 9)).decode("ascii")


def unpack_note(tombstone: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Unpack fields and tags of a tombstone. Raises ValueError if it is damaged."""
    try:
        data = zlib.decompressobj().decompress(b64decode(tombstone, validate=True), _LARGEST_NOTE)
        note_fields, tags = json.loads(data)
        return tuple(map(str, note_fields)), tuple(map(str, tags))
    except (zlib.error, TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _seal(cells: list[Any]) -> str:
    """Write cells as one line that ends in a checksum of the others (6 characters)."""
    body = _as_json(cells)[:-1]
    return f'{body},"{_checksum(body)}"]'


# json.dumps makes an encoder each time
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _checksum(body: str) -> str:
    digest = zlib.crc32(f"{body}]".encode()).to_bytes(4, "big")
    return b2a_base64(digest).translate(_URL_SAFE, b"=\n").decode("ascii")


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def _unseal(name: str, number: int, line: str) -> list[Any]:
    """Read the cells of a line, without the checksum."""
    sound = line.endswith(f',"{_checksum(line[:-SEAL])}"]')
    cells = _cells(line) if sound else None
    if cells is None:
        _fail(name, number, "the lock is damaged: this line is not as ankify wrote it")
    return cells


def _cells(line: str) -> list[Any] | None:
    """The cells of a line; None where someone made the checksum of something else fit."""
    try:
        cells, end = _from_json(line)
    except (ValueError, RecursionError):
        return None
    return cells[:-1] if isinstance(cells, list) and end == len(line) else None


_from_json = json.JSONDecoder().raw_decode


def _parse_head(name: str, number: int, line: str) -> tuple[str, tuple[str, int]]:
    try:
        magic, version = json.loads(line)[:2]
    except (ValueError, TypeError):
        magic, version = None, None
    if magic != MAGIC or not isinstance(version, int):
        _fail(name, number, "this is not a lock of ankify, or its first line is gone")
    if version > VERSION:
        message = f"the lock is of version {version}; this ankify knows version {VERSION} only"
        _fail(name, number, message, "update ankify: pip install -U ankify-notes")
    cells = _unseal(name, number, line)
    if [type(cell) for cell in cells[2:]] != [str, str, int] or not 0 <= cells[4] < LIMIT:
        _fail(name, number, "the lock is damaged: this line is not as ankify wrote it")
    return cells[2], (cells[3], cells[4])


def _parse_entry(name: str, number: int, line: str) -> LockEntry:
    cells = _unseal(name, number, line)
    extras = cells.pop() if cells and isinstance(cells[-1], dict) else {}
    if not _fits(cells, extras):
        _fail(name, number, "the lock is damaged: this line is not as ankify wrote it")
    file, asked, title, guid, deck, added, modified, fingerprint, sketch = cells
    entry = LockEntry(
        guid, file, asked, title, deck, fingerprint, modified, added, sketch, **extras
    )
    object.__setattr__(entry, "line", line)
    return entry


def _fits(cells: list[Any], extras: dict[str, Any]) -> bool:
    """Whether a line holds what it should, and no number that Anki would not take."""
    return (
        tuple(map(type, cells)) in _SHAPES
        and extras.keys() <= EXTRAS.keys()
        and all(type(value) is EXTRAS[key] for key, value in extras.items())
        and all(
            0 <= number < LIMIT
            for number in (*cells[_TIMES], *extras.values())
            if type(number) is int
        )
    )


def _format_entry(entry: LockEntry) -> str:
    cells = [getattr(entry, column) for column, _ in COLUMNS]
    extras = {key: getattr(entry, key) for key in EXTRAS if getattr(entry, key) != DEFAULTS[key]}
    return _seal([*cells, extras] if extras else cells)


def _fail(name: str, line: int, message: str, hint: str = RESTORE) -> NoReturn:
    raise AnkifyError(message, Location(name, line), hint)


def is_same_lock(a: Lock, b: Lock) -> bool:
    """Whether two locks have the same text, in whatever order they were written."""
    return (a.namespace, a.note_type) == (b.namespace, b.note_type) and (
        sorted_entries(a.entries) == sorted_entries(b.entries)
    )


def past(entry: LockEntry) -> Past:
    """The note of an entry as the last build left it."""
    removed = entry.removed is not None
    return Past(entry.guid, entry.title, entry.deck, entry.modified, entry.file, removed)


def write_lock(project: Project) -> bool:
    """Write `ankify.lock` of a project, whole or not at all; False where it is the same already."""
    with staged_lock(project) as staged:
        if staged:
            staged.replace(project.root / LOCK_NAME)
        return staged is not None


@contextmanager
def staged_lock(project: Project) -> Iterator[Path | None]:
    """Write the lock of a project beside its place, for the caller to rename; None if it is there.

    Raises AnkifyError where it cannot be written.
    """
    path = project.root / LOCK_NAME
    if not project.lock_changed and path.exists():
        yield None
        return
    try:
        with staged_file(path) as (file, staged):
            file.write(project.lock)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            yield staged
    except OSError as error:
        raise AnkifyError(f"cannot write {path}: {error.strerror or error}") from error
