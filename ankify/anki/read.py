"""Read Anki packages, made by ankify or by anyone: notes, decks and media."""

from __future__ import annotations

import json
import re
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from ankify.anki import foreign_json
from ankify.anki.note_type import CLOZE, LAYOUTS
from ankify.files import open_file
from ankify.model import AnkifyError, PackageNote, StrPath

# What a hostile package may unpack to: bytes, times its size, and bytes of its list of media.
_SMALL_DATABASE, _LARGEST_RATIO, _LARGEST_LIST = 256 << 20, 100, 64 << 20
_LARGEST_VALUE = 64 << 20  # bytes of a value in the database
_MOST_FIELDS, _LONGEST_TAGS = 1000, 1 << 20  # of a note: Anki's types have tens; characters
_LONGEST = 10  # seconds of work that SQLite may have with one package
_STEPS = 100_000  # of SQLite between two looks at the clock


class Package(NamedTuple):
    """What was read from an `.apkg`: its notes, and the names of its media with their sizes."""

    notes: tuple[PackageNote, ...]
    media: dict[str, int]


def read_apkg(path: StrPath) -> Package:
    """Read the notes and the media list of a package, made by ankify or by anyone.

    Raises AnkifyError where it is not an Anki package, is damaged, or holds an unknown format.
    """
    with opened_package(Path(path)) as (archive, connection):
        return Package(tuple(_read_notes(connection)), read_media(archive))


@contextmanager
def opened_package(path: Path) -> Iterator[tuple[zipfile.ZipFile, sqlite3.Connection]]:
    """Open a package and its collection. Raises AnkifyError for all that is wrong with them."""
    try:
        with (
            open_file(path) as file,
            zipfile.ZipFile(file) as archive,
            tempfile.TemporaryDirectory() as folder,
        ):
            database = Path(folder) / "collection"
            _extract_database(archive, database)
            with closing(sqlite3.connect(database)) as connection:
                _limit(connection)
                yield archive, connection
    except FileNotFoundError as error:
        raise AnkifyError(f"no such file: {path}") from error
    except AnkifyError:
        raise
    except Exception as error:  # zip, deflate, zstd, SQLite and JSON have errors of their own
        hint = "export it again from Anki, or build it again"
        raise AnkifyError(
            f"{path} is not an Anki package that can be read: {error}", hint=hint
        ) from error


def _limit(connection: sqlite3.Connection) -> None:
    """Take from SQLite what a database could do by itself: large values, and work without end."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
    end = time.process_time() + _LONGEST
    connection.set_progress_handler(lambda: time.process_time() > end, _STEPS)
    for name in tables(connection):
        columns = connection.execute("SELECT hidden FROM pragma_table_xinfo(?)", (name,))
        if any(hidden for (hidden,) in columns):  # generated when it is read
            raise ValueError(f"its table {name} computes a column, as none of Anki does")


def _extract_database(archive: zipfile.ZipFile, target: Path) -> None:
    """Copy the collection out of a package: the newest of the formats Anki puts side by side."""
    names = set(archive.namelist())
    for name in ("collection.anki21b", "collection.anki21", "collection.anki2"):
        if name in names:
            break
    else:
        raise ValueError("it holds no collection")
    limit = max(_SMALL_DATABASE, _LARGEST_RATIO * archive.getinfo(name).compress_size)
    with archive.open(name) as source, target.open("wb") as file:
        _copy(_decompressed(source) if name.endswith("b") else source, file, limit)


def _decompressed(source: IO[bytes]) -> IO[bytes]:
    """Unpack the newer format, which is compressed by zstd once more."""
    import zstandard  # most packages do without

    return zstandard.ZstdDecompressor().stream_reader(source)


def _copy(source: IO[bytes], target: IO[bytes], limit: int) -> None:
    for _ in range(limit >> 18):
        block = source.read(1 << 18)
        if not block:
            return
        target.write(block)
    raise ValueError("its collection is far too large when unpacked")


def _read_notes(connection: sqlite3.Connection) -> Iterator[PackageNote]:
    names = tables(connection)
    if not {"col", "notes", "cards"} <= names:
        raise ValueError("its collection is not that of Anki")
    decks = deck_names(connection, names)
    # Not by a subquery: a package need not have the index that would make it fast.
    cards = connection.execute("SELECT nid, did FROM cards ORDER BY ord DESC")
    deck_of = {note: decks.get(deck) for note, deck in cards}
    rows = connection.execute("SELECT guid, flds, tags, mod, mid, id FROM notes ORDER BY id")
    return (_package_note(deck_of, *row) for row in rows)


def tables(connection: sqlite3.Connection) -> set[str]:
    """The real tables: a view could go on forever, and no collection of Anki has one."""
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
    )
    return {name for (name,) in rows}


def _package_note(
    deck_of: dict[int, str | None],
    guid: object,
    flds: object,
    tags: object,
    mod: object,
    mid: object,
    number: int,
) -> PackageNote:
    if not (isinstance(guid, str) and isinstance(flds, str) and isinstance(tags, str)):
        raise ValueError("a note has no guid, fields or tags")
    if not (isinstance(mod, int) and isinstance(mid, int)):
        raise ValueError("a note has no time or no type")
    deck, is_cloze = deck_of.get(number), mid == CLOZE.id
    return PackageNote(
        guid, fields_of(flds), tags_of(tags), mod, deck, mid not in LAYOUTS, is_cloze
    )


def fields_of(joined: str) -> tuple[str, ...]:
    """The fields of a note. Raises ValueError where there are more than any note type has."""
    if joined.count("\x1f") >= _MOST_FIELDS:
        raise ValueError("a note has more fields than any note type")
    return tuple(joined.split("\x1f"))


def tags_of(joined: str) -> tuple[str, ...]:
    """The tags of a note. Raises ValueError where they are endless."""
    if len(joined) > _LONGEST_TAGS:
        raise ValueError("a note has a megabyte of tags")
    return tuple(joined.split())


def deck_names(connection: sqlite3.Connection, names: set[str]) -> dict[int, str]:
    """Deck names by id: a table in newer collections, JSON in older ones."""
    if "decks" in names:
        rows = connection.execute("SELECT id, name FROM decks").fetchall()
        named = {i: name.replace("\x1f", "::") for i, name in rows}
    else:
        (text,) = connection.execute("SELECT decks FROM col").fetchone()
        named = {int(i): deck["name"] for i, deck in foreign_json.load(text).items()}
    return {i: _CONTROL.sub(" ", name) for i, name in named.items() if isinstance(name, str)}


# What no name in Anki holds, and no lock can: "a\nb" would be two lines of a report.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def read_media(archive: zipfile.ZipFile) -> dict[str, int]:
    """Names and sizes of the media; {} in the newer format, where the list is no JSON."""
    try:
        with archive.open("media") as source:
            data = source.read(_LARGEST_LIST)
    except KeyError:
        return {}
    foreign_json.refuse_endless(data)
    try:
        names = json.loads(data)
    except ValueError:
        return {}
    return {name: archive.getinfo(number).file_size for number, name in names.items()}
