"""The lock `ankify.lock`: what a build leaves beside the notes so that the next one knows them.

One question is one line, a JSON array that ends in its own short checksum, and the lines are sorted
by file and guid. So a line never depends on its neighbours, a diff shows what the edit did, and two
branches that add questions in different files merge without help. A last line tells a whole lock
from one that was cut off; a count would be changed by both branches and conflict every time.

A lock that is broken is never repaired by guessing and never started anew in silence: either would
cost learners their review history. A merge does not break it: both sides are joined (`union.py`).
"""

from __future__ import annotations

import json
import os
import zlib
from base64 import b64decode, b64encode
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from io import BytesIO
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any, NoReturn

from ankify.files import MEGABYTE, read_file, staged_file
from ankify.identity.union import later_change, merge_message, without_markers
from ankify.model import AnkifyError, Location, Past, Project

LOCK_NAME = "ankify.lock"
VERSION = 2  # in 1 the questions of a file were in the order of their guids
HEADER = """\
# ankify.lock: how ankify knows each question again after an edit.
# It keeps the review history of everyone who learns from these notes: commit it, never edit it.
# After a merge, with or without a conflict in it, build: ankify joins both sides.
"""
END = '["end"]'
LIMIT = 1 << 40  # of times and counts; SQLite and Anki take no number of any size
_LARGEST_NOTE = 64 << 20  # bytes of a packed note, unpacked
_LARGEST_LOCK = 500 * MEGABYTE  # more than a million questions
MAGIC = "ankify.lock"
HEAD = f'["{MAGIC}",'  # how the first line begins
_LAST_DAY = 253_402_300_799  # 9999-12-31, the last that datetime knows
DAY = 24 * 60 * 60
SEAL = len(',"crc-32"]')  # at the end of each line
RESTORE = (
    "restore the last good one (git checkout HEAD -- ankify.lock), then build again;"
    " without git remove ankify.lock, then ankify adopt OLD.apkg NOTES"
)
WRONG_CLOCK = (
    "if the clock of this machine is slow, set it; else take the last lock without that time:"
    " git log ankify.lock, then git checkout COMMIT -- ankify.lock"
)


@dataclass(frozen=True, slots=True)
class LockEntry:
    """What is known of one question since the last build.

    `nth` counts the questions of the file with the same title, from 0. `sketch` is that of
    `likeness.sketch`. `fingerprint` stands for the note's fields and tags; `modified` is when it
    last changed, `added` when the question was first seen, `removed` when it was found gone (all
    whole seconds since 1970). `tombstone` is the packed note of a removed question. `is_cloze`:
    the note is of the note type "Ankify Cloze". `line` is the line that the entry was read from,
    for as long as nothing in it is replaced.
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
    is_cloze: bool = False
    line: str = field(default="", init=False, compare=False, repr=False)


@dataclass(frozen=True)
class Lock:
    """The lock as data. `note_type` is the fingerprint and the modified time of the note type.

    `is_ordered` says whether the entries of a file that are not removed are in the order of the
    notes. `merged` says in one line what was done to join two sides; empty where nothing was.
    """

    namespace: str
    note_type: tuple[str, int] = ("", 0)
    entries: tuple[LockEntry, ...] = ()
    is_ordered: bool = field(default=True, compare=False)
    merged: str = field(default="", compare=False)


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
EXTRAS: dict[str, type] = {
    "nth": int,
    "marked_id": str,
    "removed": int,
    "tombstone": str,
    "is_cloze": bool,
}
DEFAULTS = {field.name: field.default for field in fields(LockEntry) if field.name in EXTRAS}


def read_lock(path: Path, *, now: int | None = None) -> Lock | None:
    """Read a lock file; None if there is none. `now` is the time of the build, in seconds.

    Raises AnkifyError, with the line, for a lock that is broken, cut off, too new, or that has
    times later than `now` by more than a day.
    """
    try:
        data = read_file(path, _LARGEST_LOCK)
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
    return parse_lock(text, path.name, now=now)


def parse_lock(text: str, name: str = LOCK_NAME, *, now: int | None = None) -> Lock:
    """Read the text of a lock file; `name` is what errors call it. Raises AnkifyError.

    Two sides of a merge are joined: of two lines with one guid, the later change is taken.
    """
    lines = [(n, line.rstrip("\r")) for n, line in enumerate(text.split("\n"), 1)]
    kept = without_markers(lines) if any(sign * 7 in text for sign in "<|=>") else lines
    rows = [(n, line) for n, line in kept if line and not line.startswith("#")]
    if not rows:
        _fail(name, 1, "the lock is empty")
    if rows[-1][1] != END:
        _fail(name, rows[-1][0], "the lock is cut off after this line")
    latest = LIMIT if now is None else now + DAY
    version, namespace, note_type = _parse_heads(name, rows, latest)
    entries: dict[str, LockEntry] = {}
    twice = unlike = 0
    for number, line in rows:
        if line == END or line.startswith(HEAD):
            continue
        entry = _parse_entry(name, number, line)
        _refuse_future(name, number, latest, entry.added, entry.modified, entry.removed or 0)
        first = entries.setdefault(entry.guid, entry)
        if first is not entry:
            twice += 1
            unlike += first != entry
            entries[entry.guid] = later_change(first, entry)
    merged = merge_message(len(kept) < len(lines) or twice > 0, unlike)
    return Lock(namespace, note_type, tuple(entries.values()), version > 1, merged)


def encode_lock(lock: Lock) -> bytes:
    """Write a lock as the bytes of its file; `sorted_entries` says in which order."""
    head = _seal([MAGIC, VERSION, lock.namespace, *lock.note_type])
    lines = (entry.line or _format_entry(entry) for entry in sorted_entries(lock.entries))
    data = BytesIO()  # grows line by line: a long lock is never there twice
    for line in chain([HEADER + head], lines, [END]):
        data.write(line.encode() + b"\n")
    return data.getvalue()


def sorted_entries(entries: Iterable[LockEntry]) -> tuple[LockEntry, ...]:
    """Sort by file, each file's in the given order: that of the notes; removed ones by guid.

    So the lock knows the neighbours of a question, and a merge goes as that of the notes does.
    """
    return tuple(sorted(entries, key=_place))


def _place(entry: LockEntry) -> tuple[str, bool, str]:
    is_removed = entry.removed is not None
    return entry.file, is_removed, entry.guid if is_removed else ""


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
    if not isinstance(cells, list) or end != len(line):
        return None
    # Lone surrogates, which no file can hold: JSON can say them, but only by an escape.
    return None if "\\ud" in line.lower() and not _is_text(cells) else cells[:-1]


def _is_text(cells: list[Any]) -> bool:
    try:
        _as_json(cells).encode()
    except UnicodeEncodeError:
        return False
    return True


_from_json = json.JSONDecoder().raw_decode


def _parse_heads(
    name: str, rows: Sequence[tuple[int, str]], latest: int
) -> tuple[int, str, tuple[str, int]]:
    """Version, namespace and note type; two sides of a merge may each have their first line."""
    others = [row for row in rows[1:] if row[1].startswith(HEAD)]
    heads = [_parse_head(name, *row) for row in (rows[0], *others)]
    note_type = max((note_type for _, _, note_type in heads), key=itemgetter(1))
    _refuse_future(name, rows[0][0], latest, note_type[1])
    return min(version for version, _, _ in heads), heads[0][1], note_type


def _parse_head(name: str, number: int, line: str) -> tuple[int, str, tuple[str, int]]:
    try:
        magic, version = json.loads(line)[:2]
    except (ValueError, TypeError, RecursionError):
        magic, version = None, None
    if magic != MAGIC or not isinstance(version, int):
        _fail(name, number, "this is not a lock of ankify, or its first line is gone")
    if version > VERSION:
        from ankify.origin import install_command

        message = f"the lock is of version {version}; this ankify knows version {VERSION} only"
        _fail(name, number, message, f"update ankify: {install_command()}")
    cells = _unseal(name, number, line)
    if [type(cell) for cell in cells[2:]] != [str, str, int] or not 0 <= cells[4] < LIMIT:
        _fail(name, number, "the lock is damaged: this line is not as ankify wrote it")
    return version, cells[2], (cells[3], cells[4])


def _refuse_future(name: str, number: int, latest: int, *times: int) -> None:
    """Refuse a time that no build can have written: it would outdo all updates until then."""
    if max(times) > latest:
        when = f"{datetime.fromtimestamp(min(max(times), _LAST_DAY), UTC):%Y-%m-%d}"
        message = f"a change of {when} is later than this build by more than a day"
        _fail(name, number, message, WRONG_CLOCK)


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
        and not any("\n" in cell or "\r" in cell for cell in cells[1:] if type(cell) is str)
        and all(
            0 <= number < LIMIT
            for number in (*cells[_TIMES], *extras.values())
            if type(number) is int
        )
    )


def _format_entry(entry: LockEntry) -> str:
    """Write an entry as a line. Raises AnkifyError for one that could not be read again."""
    cells = [getattr(entry, column) for column, _ in COLUMNS]
    extras = {key: getattr(entry, key) for key in EXTRAS if getattr(entry, key) != DEFAULTS[key]}
    try:
        line = _seal([*cells, extras] if extras else cells)
        if _parse_entry(LOCK_NAME, 0, line) == entry:
            return line
    except (UnicodeEncodeError, AnkifyError):
        pass
    raise AnkifyError(
        f"what is known of {entry.title!r} cannot be kept in {LOCK_NAME}",
        hint="this is a fault of ankify: please report it with the notes that show it",
    )


def _fail(name: str, line: int, message: str, hint: str = RESTORE) -> NoReturn:
    raise AnkifyError(message, Location(name, line), hint)


def is_same_lock(old: Lock, new: Lock) -> bool:
    """Whether a lock that was read has the text that one to be written will have."""
    return old.is_ordered and not old.merged and old == new


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
