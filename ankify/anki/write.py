"""Write a project as an Anki package, through genanki.

Only this module knows genanki, and the words that Anki uses inside: "model" is the note type,
"qfmt" and "afmt" are a template's front and back. What Anki does with a package is measured in
tests/anki/test_anki.py.
"""

from __future__ import annotations

import functools
import hashlib
import io
import itertools
import json
import sqlite3
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from ankify.anki.note_type import CLOZE, QUESTION, Layout, layout_of
from ankify.anki.read import opened_package, read_media
from ankify.files import make_folder, open_file, staged_file
from ankify.model import AnkifyError, Media, Note, NoteType, Project, StrPath


class _Late(ModuleType):
    """A module that is imported when something of it is first used."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


@contextmanager
def _in_place_of(**modules: ModuleType) -> Iterator[None]:
    """Have genanki import these: the modules of these names take long, and do little for it."""
    ours = [name for name, it in modules.items() if sys.modules.setdefault(name, it) is it]
    try:
        yield
    finally:
        for name in ours:
            del sys.modules[name]


# The package cached_property imports all of asyncio; YAML is for models that are written in it.
with _in_place_of(cached_property=functools, yaml=_Late("yaml")):
    import genanki
    from genanki.apkg_col import APKG_COL
    from genanki.apkg_schema import APKG_SCHEMA

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can hold: the clock must not show
_INSERT_NOTE = "INSERT INTO notes VALUES(?,?,?,?,-1,?,?,'',0,0,'')"
_INSERT_CARD = "INSERT INTO cards VALUES(?,?,?,?,?,-1,0,0,?,0,0,0,0,0,0,0,0,'')"


def write_apkg(project: Project, path: StrPath) -> bool:
    """Write a project as an Anki package, whole or not at all.

    The package is written beside its target, opened again and compared with the project, and only
    then renamed. Returns False where the file already had the same bytes and was left alone.
    Raises AnkifyError for what must not reach Anki or cannot be written.
    """
    path = Path(path)
    with staged_apkg(project, path) as staged:
        return publish(staged, path)


@contextmanager
def staged_apkg(project: Project, path: Path) -> Iterator[Path]:
    """Write and verify a package beside its target; the caller renames it, else it is removed."""
    refuse(project, path)
    try:
        make_folder(path.parent)
        with staged_file(path) as (file, staged):
            _write_zip(project, file)
            file.close()
            _verify(project, staged)
            yield staged
    except (OSError, sqlite3.Error) as error:  # sqlite has its own words for a full disk
        raise _cannot_write(path, error) from error


def no_question(project: Project) -> AnkifyError | None:
    """Why there is no deck to write, and what to do; None where there is one."""
    if any(note.cards for note in project.notes):
        return None
    if not project.pages:
        hint = (
            f"there is no .md file in {project.root},"
            " beside those left out: hidden folders, venv, node_modules, `ignore`"
        )
    else:
        loose = any(page.survey.unnumbered for page in project.pages)
        other = "take --unnumbered" if loose else "in ankify.toml: [questions] level = 2"
        hint = f'a question is a heading with a number, "## 1. What is a norm?", or {other}'
    return AnkifyError("no question found, so there is no deck to write", hint=hint)


def refuse(project: Project, path: Path) -> None:
    """Raise AnkifyError for a package that would harm the learner's collection."""
    refusing = f"refusing to write {path.name}"
    if path.stem.lower() == "collection":
        reason = "Anki would replace the learner's whole collection by it"
        raise AnkifyError(f"{refusing}: {reason}", hint="choose another name")
    if path.suffix.lower() != ".apkg":
        reason = "Anki imports only files that end in .apkg"
        raise AnkifyError(f"{refusing}: {reason}", hint=f"{path.stem}.apkg?")
    if path.is_dir():
        raise AnkifyError(f"cannot write {path}: it is a folder")
    if error := no_question(project):
        raise error
    by_guid: dict[str, Note] = {}
    for note in project.notes:
        place = note.question.location if note.question else None
        if note.guid in by_guid:
            raise AnkifyError(f"two questions have the guid {note.guid}", place)
        if not note.fields[0].strip():
            raise AnkifyError("empty question", place, "give the question a text")
        by_guid[note.guid] = note


def _cannot_write(path: Path, error: Exception) -> AnkifyError:
    return AnkifyError(f"cannot write {path}: {getattr(error, 'strerror', None) or error}")


def publish(staged: Path, path: Path) -> bool:
    """Put a staged package into its place; False where the same bytes were there already."""
    if _same_bytes(staged, path):
        return False
    try:
        staged.replace(path)
        return True
    except OSError as error:  # on Windows: another program has it open
        raise _cannot_write(path, error) from error


def _same_bytes(a: Path, b: Path) -> bool:
    try:
        return a.stat().st_size == b.stat().st_size and _digest(a) == _digest(b)
    except OSError:
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_zip(project: Project, file: IO[bytes]) -> None:
    """The same project gives the same bytes: sorted media, fixed dates and attributes."""
    with zipfile.ZipFile(file, "w") as archive:
        with tempfile.TemporaryDirectory(prefix="ankify-") as folder:
            database = Path(folder) / "collection.anki2"
            _write_database(project, database)
            with database.open("rb") as source:
                _add(archive, "collection.anki2", source, zipfile.ZIP_DEFLATED)
        names = {str(number): media.name for number, media in enumerate(project.media)}
        _add(archive, "media", io.BytesIO(json.dumps(names).encode()), zipfile.ZIP_DEFLATED)
        for number, media in enumerate(project.media):
            _add_media(archive, str(number), media)


def _info(name: str, compression: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _ZIP_DATE)
    info.compress_type, info._compresslevel = compression, 1  # type: ignore[attr-defined]
    info.external_attr, info.create_system = 0o644 << 16, 3
    return info


def _add(
    archive: zipfile.ZipFile, name: str, source: IO[bytes], compression: int, digest: Any = None
) -> None:
    """Stream a file into the archive; `digest` is updated with what went in."""
    large = source.seek(0, io.SEEK_END) > zipfile.ZIP64_LIMIT // 2
    source.seek(0)
    with archive.open(_info(name, compression), "w", force_zip64=large) as target:
        while block := source.read(1 << 18):
            target.write(block)
            if digest:
                digest.update(block)


def _add_media(archive: zipfile.ZipFile, name: str, media: Media) -> None:
    """Copy a picture as it was when the notes were read."""
    if media.path is None:
        _add(archive, name, io.BytesIO(media.data or b""), zipfile.ZIP_STORED)
        return
    try:
        source = open_file(media.path)
    except FileNotFoundError as error:
        message = f"{media.path} is gone since the notes were read"
        raise AnkifyError(message, hint="build again") from error
    except OSError as error:  # else it would be said of the package
        raise AnkifyError(f"cannot read {media.path}: {error.strerror or error}") from error
    with source:
        _add_hashed(archive, name, media, source)


def _add_hashed(archive: zipfile.ZipFile, name: str, media: Media, source: IO[bytes]) -> None:
    """Copy a file, and compare it with the hash that its name holds."""
    digest = hashlib.sha256()
    _add(archive, name, source, zipfile.ZIP_STORED, digest)
    known = media.name.rpartition(".")[0].rpartition("-")[2]
    if not digest.hexdigest().startswith(known):
        raise AnkifyError(
            f"{media.path or media.name} changed while the deck was being built",
            hint="build again",
        )


def _write_database(project: Project, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        package = _Package(_decks(project))
        package.write_to_db(connection.cursor(), project.note_type.modified, itertools.count(1))
        connection.commit()


def _decks(project: Project) -> list[genanki.Deck]:
    """The project as genanki's decks: one a deck name, in the order of the notes."""
    models = _models(project)
    decks: dict[str, genanki.Deck] = {}
    for note, note_id in zip(project.notes, _note_ids(project.notes), strict=True):
        name = note.deck if note.cards else project.name  # a tombstone must not make a deck
        if name not in decks:
            decks[name] = genanki.Deck(_deck_id(name), name)
        model = models[layout_of(note).id]
        decks[name].add_model(model)
        decks[name].add_note(_Note(model, note, note_id))
    return list(decks.values())


def _deck_id(name: str) -> int:
    """Anki matches decks by name and allots ids of its own; this one only has to be unique."""
    return (1 << 40) + int.from_bytes(hashlib.sha256(name.encode()).digest()[:5], "big")


def _models(project: Project) -> dict[int, genanki.Model]:
    """The note types by id; only those that notes are of get into the package."""
    found = {QUESTION.id: _model(QUESTION, project.note_type)}
    if project.cloze_type:
        found[CLOZE.id] = _model(CLOZE, project.cloze_type)
    return found


def _model(layout: Layout, note_type: NoteType) -> genanki.Model:
    fields = [{"name": name, "id": layout.field_id + i} for i, name in enumerate(layout.fields)]
    templates = [
        {"name": t.name, "qfmt": t.front, "afmt": t.back, "id": layout.template_id + i}
        for i, t in enumerate(note_type.templates)
    ]
    kind = genanki.Model.CLOZE if layout.is_cloze else genanki.Model.FRONT_BACK
    return genanki.Model(
        layout.id, layout.name, fields, templates, css=note_type.css, model_type=kind
    )


class _Note(genanki.Note):  # type: ignore[misc]
    """A genanki note with ids and times of its own, and the cards that ankify has chosen."""

    def __init__(self, model: genanki.Model, note: Note, note_id: int) -> None:
        super().__init__(model, note.fields, tags=note.tags, guid=note.guid, due=note.due)
        self.id, self.modified, self.ordinals = note_id, note.modified, note.cards

    def row(self) -> tuple[int, str, int, int, str, str]:
        tags, fields = f" {' '.join(self.tags)} ", "\x1f".join(self.fields)
        return self.id, self.guid, self.model.model_id, self.modified, tags, fields

    def card_rows(self, deck_id: int) -> Iterator[tuple[int, ...]]:
        for ordinal in self.ordinals:
            yield self.id + ordinal, self.id, deck_id, ordinal, self.modified, self.due


class _Package(genanki.Package):  # type: ignore[misc]
    """A genanki package that writes the list of decks once, and all rows at once.

    genanki reads and writes the list anew for each deck: of 200 files, that takes as long as all
    the rest.
    """

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float, id_gen: Iterator[int]) -> None:
        cursor.executescript(APKG_SCHEMA)
        cursor.executescript(APKG_COL)
        models = {m.model_id: m for deck in self.decks for m in deck.models.values()}
        _extend(cursor, "models", {i: m.to_json(timestamp, None) for i, m in models.items()})
        _extend(cursor, "decks", {deck.deck_id: deck.to_json() for deck in self.decks})
        rows = [(deck.deck_id, note) for deck in self.decks for note in deck.notes]
        cursor.executemany(_INSERT_NOTE, (note.row() for _, note in rows))
        cursor.executemany(
            _INSERT_CARD, (row for deck_id, note in rows for row in note.card_rows(deck_id))
        )


def _extend(cursor: sqlite3.Cursor, column: str, entries: dict[int, Any]) -> None:
    (text,) = cursor.execute(f"SELECT {column} FROM col").fetchone()
    merged = json.loads(text) | {str(key): value for key, value in entries.items()}
    cursor.execute(f"UPDATE col SET {column} = ?", (json.dumps(merged),))


def _note_ids(notes: Sequence[Note]) -> list[int]:
    """Ids from the time a question was added, as Anki's "Added" column shows them.

    Anki matches notes by guid, so they only have to be unique, with room for the ids of the cards.
    """
    ids = [0] * len(notes)
    last = 0
    for position in sorted(range(len(notes)), key=lambda position: notes[position].added):
        last = ids[position] = max(notes[position].added * 1000, last + 10)
    return ids


def _verify(project: Project, path: Path) -> None:
    """Raise AnkifyError if the package does not hold just what the project holds."""
    wanted = {note.guid: note for note in project.notes}
    with opened_package(path) as (archive, connection):
        rows = connection.execute("SELECT guid, flds, tags, mod FROM notes")
        same = all(_is_row(wanted.pop(row[0], None), *row[1:]) for row in rows)
        media = read_media(archive)
    if not same or wanted or media != {media.name: media.size for media in project.media}:
        raise AnkifyError(
            f"{path.name} does not hold what the notes hold",
            hint="this is a fault of ankify: please report it with the notes that show it",
        )


def _is_row(note: Note | None, fields: str, tags: str, modified: int) -> bool:
    return (
        note is not None
        and note.modified == modified
        and note.fields == tuple(fields.split("\x1f"))
        and note.tags == tuple(tags.split())
    )
