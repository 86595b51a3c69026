"""The package: what is written reads back, byte for byte the same, and nothing harmful leaves."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import PIXEL, Files
from real_anki import RealAnki

from ankify.anki import write as apkg
from ankify.anki.note_type import FIELDS, NOTE_TYPE_ID
from ankify.anki.read import read_apkg
from ankify.anki.write import write_apkg
from ankify.model import AnkifyError, Media, Project
from ankify.pipeline import ReadOptions, read_project

Write = Callable[[Files], Path]
NOTES: Files = {
    "Go.md": "# Go\n\n## 1. What is a map?\n\n![m](p.png)\n\n## 2. 地图?\n\n不 <b>🙂</b>\n",
    "nets/TCP.md": "---\ntags: [net, old]\n---\n## 1. Why order?\n\n$$ a < b $$\n",
    "p.png": PIXEL,
    "ankify.toml": '[deck]\nname = "N"\n[cards]\nformula = true\nimage = true\n',
}


@pytest.fixture
def made(project: Write) -> Project:
    return read_project(project(NOTES), ReadOptions(now=1_700_000_000))


def rows(package: Path, query: str) -> list[Any]:
    with zipfile.ZipFile(package) as archive:
        archive.extract("collection.anki2", package.parent)
    with closing(sqlite3.connect(package.parent / "collection.anki2")) as connection:
        return connection.execute(query).fetchall()


def test_what_is_written_reads_back(made: Project, tmp_path: Path) -> None:
    path = tmp_path / "new" / "n.apkg"
    assert write_apkg(made, path)
    package = read_apkg(path)
    assert [(n.guid, n.fields, n.tags, n.modified) for n in package.notes] == [
        (n.guid, n.fields, n.tags, n.modified) for n in made.notes
    ]
    assert [note.deck for note in package.notes] == ["N::Go", "N::Go", "N::nets::TCP"]
    assert not any(note.foreign for note in package.notes)
    assert package.media == {media.name: len(PIXEL) for media in made.media}
    assert os.listdir(path.parent) == ["n.apkg"]  # nothing staged is left


def test_the_same_project_gives_the_same_bytes(
    made: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "a.apkg", tmp_path / "b.apkg"
    write_apkg(made, first)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    other = tmp_path / "elsewhere" / "notes"
    other.mkdir(parents=True)
    for name in sorted(NOTES, reverse=True):
        (other / name).parent.mkdir(exist_ok=True)
        content = NOTES[name]
        (other / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    write_apkg(read_project(other, ReadOptions(now=1_700_000_000)), second)
    assert first.read_bytes() == second.read_bytes()


def test_the_same_package_is_not_written_again(made: Project, tmp_path: Path) -> None:
    path = tmp_path / "n.apkg"
    assert write_apkg(made, path)
    before = path.stat()
    assert not write_apkg(made, path)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert write_apkg(replace(made, notes=made.notes[:2]), path)
    assert len(read_apkg(path).notes) == 2


@pytest.mark.parametrize(
    ("name", "said", "hint"),
    [
        ("collection.apkg", "replace the learner's whole collection", "choose another name"),
        ("Collection.APKG", "replace the learner's whole collection", "choose another name"),
        ("collection.zip", "replace the learner's whole collection", "choose another name"),
        ("n.zip", "only files that end in .apkg", "n.apkg?"),
        ("folder.apkg", "it is a folder", None),
    ],
)
def test_names_that_do_harm_are_refused(
    made: Project, tmp_path: Path, name: str, said: str, hint: str | None
) -> None:
    (tmp_path / "folder.apkg").mkdir()
    with pytest.raises(AnkifyError, match=said) as caught:
        write_apkg(made, tmp_path / name)
    assert caught.value.hint == hint
    assert sorted(os.listdir(tmp_path)) == ["folder.apkg", "notes"]


def test_notes_that_do_harm_are_refused(made: Project, tmp_path: Path) -> None:
    one, two, _ = made.notes
    same = two._replace(guid=one.guid)
    empty = one._replace(fields=(" ", *one.fields[1:]))
    for notes, said in (
        ((one, same), "Go.md:7: error: two questions have the guid"),
        ((empty,), "Go.md:3: error: empty question"),
        ((), "no question found"),
        ((one._replace(cards=()),), "no question found"),
    ):
        with pytest.raises(AnkifyError) as caught:
            write_apkg(replace(made, notes=notes), tmp_path / "n.apkg")
        assert said in str(caught.value)
    assert not (tmp_path / "n.apkg").exists()


def test_a_picture_that_changed_since_it_was_read_stops_the_build(
    made: Project, tmp_path: Path
) -> None:
    path = tmp_path / "n.apkg"
    path.write_bytes(b"the old package")
    (made.root / "p.png").write_bytes(PIXEL + b"x")
    with pytest.raises(AnkifyError, match="changed while the deck was being built"):
        write_apkg(made, path)
    assert path.read_bytes() == b"the old package"
    assert sorted(os.listdir(tmp_path)) == ["n.apkg", "notes"]


@pytest.mark.parametrize("data", [b"", PIXEL + b"x", PIXEL[:-1] + b"x"])
def test_a_picture_that_changes_meanwhile_stops_the_build(
    made: Project, tmp_path: Path, data: bytes
) -> None:
    (picture,) = made.media
    assert picture.path
    picture.path.write_bytes(data)
    os.utime(picture.path, ns=(10**18, 10**18))
    with pytest.raises(AnkifyError, match="changed while the deck was being built"):
        write_apkg(made, tmp_path / "n.apkg")
    assert not (tmp_path / "n.apkg").exists()


def test_a_package_that_differs_from_the_notes_is_not_published(
    made: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = apkg._decks

    def loses_one(project: Project) -> Any:
        return whole(replace(project, notes=project.notes[:-1]))

    monkeypatch.setattr(apkg, "_decks", loses_one)
    with pytest.raises(AnkifyError, match="does not hold what the notes hold"):
        write_apkg(made, tmp_path / "n.apkg")
    assert not (tmp_path / "n.apkg").exists()


def test_the_promises_of_the_note_type_are_kept(made: Project, tmp_path: Path) -> None:
    path = tmp_path / "n.apkg"
    write_apkg(made, path)
    models = json.loads(rows(path, "SELECT models FROM col")[0][0])
    model = models["1763804211000"]
    assert (model["name"], model["id"], NOTE_TYPE_ID) == (
        "Ankify Question",
        "1763804211000",
        1763804211000,
    )
    assert [field["name"] for field in model["flds"]] == list(FIELDS)
    assert [field["id"] - 4217000000000000000 for field in model["flds"]] == list(range(17))
    assert list(FIELDS[7:11]) == ["FormulaCard", "ImageCard", "ReversedCard", "Typed"]
    named = [(template["name"], template["id"]) for template in model["tmpls"]]
    assert named == [
        ("Answer", 4218000000000000000),
        ("Formula", 4218000000000000001),
        ("Image", 4218000000000000002),
        ("Reversed", 4218000000000000003),
        ("Typed", 4218000000000000004),
        ("Spare1", 4218000000000000005),
        ("Spare2", 4218000000000000006),
    ]
    assert model["mod"] == made.note_type.modified


def test_cards_follow_the_notes_and_their_order(made: Project, tmp_path: Path) -> None:
    path = tmp_path / "n.apkg"
    write_apkg(made, path)
    cards = rows(path, "SELECT nid, ord, due FROM cards ORDER BY due, ord")
    ids = [i for (i,) in rows(path, "SELECT id FROM notes ORDER BY id")]
    assert [(ids.index(nid), order, due) for nid, order, due in cards] == [
        (0, 0, 0), (0, 2, 0), (1, 0, 1), (2, 0, 2), (2, 1, 2),
    ]  # fmt: skip


def test_a_tombstone_has_no_card_and_no_deck(made: Project, tmp_path: Path) -> None:
    path = tmp_path / "n.apkg"
    *kept, last = made.notes
    stone = last._replace(cards=(), deck="N::gone", question=None, content=None)
    write_apkg(replace(made, notes=(*kept, stone)), path)
    decks = json.loads(rows(path, "SELECT decks FROM col")[0][0])
    assert not [deck for deck in decks.values() if deck["name"] == "N::gone"]
    found = {note.guid: note for note in read_apkg(path).notes}
    assert (found[stone.guid].deck, found[stone.guid].fields) == (None, stone.fields)


def test_pictures_are_copied_and_the_database_is_packed(made: Project, tmp_path: Path) -> None:
    path = tmp_path / "n.apkg"
    digest = hashlib.sha256(b"abc").hexdigest()[:8]
    inline = Media(f"data-{digest}.png", 3, data=b"abc")
    write_apkg(replace(made, media=(*made.media, inline)), path)
    with zipfile.ZipFile(path) as archive:
        kinds = [(entry.filename, entry.compress_type) for entry in archive.infolist()]
        assert json.loads(archive.read("media")) == {"0": made.media[0].name, "1": inline.name}
        assert (archive.read("0"), archive.read("1")) == (PIXEL, b"abc")
    deflated, stored = zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED
    assert kinds == [
        ("collection.anki2", deflated), ("media", deflated), ("0", stored), ("1", stored)
    ]  # fmt: skip


# Packages of others -----------------------------------------------------------------------------


@pytest.mark.parametrize("legacy", [False, True], ids=["anki21b", "anki21"])
def test_an_export_of_the_real_anki_reads(
    made: Project, tmp_path: Path, anki: RealAnki, legacy: bool
) -> None:
    from anki.collection import ExportAnkiPackageOptions

    ours, theirs = tmp_path / "n.apkg", tmp_path / "export.apkg"
    write_apkg(made, ours)
    anki.load(ours)
    note = anki.col.new_note(anki.col.models.by_name("Basic"))
    note.fields = ["mine", "own\nanswer"]
    note.tags = ["a", "b"]
    anki.col.add_note(note, anki.col.decks.id("My::Deck"))
    options = ExportAnkiPackageOptions(with_media=True, legacy=legacy)
    anki.col.export_anki_package(out_path=str(theirs), options=options, limit=None)
    with zipfile.ZipFile(theirs) as archive:
        assert ("collection.anki21b" in archive.namelist()) != legacy
    package = read_apkg(theirs)
    found = {n.guid: n for n in package.notes}
    for own in made.notes:
        read = found.pop(own.guid)
        assert (read.fields, read.tags, read.deck) == (own.fields, own.tags, own.deck)
        assert not read.foreign
    (mine,) = found.values()
    assert (mine.fields, mine.tags, mine.deck) == (("mine", "own\nanswer"), ("a", "b"), "My::Deck")
    assert mine.foreign
    assert package.media == ({made.media[0].name: len(PIXEL)} if legacy else {})


def test_what_is_no_package_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(AnkifyError, match="no such file"):
        read_apkg(tmp_path / "gone.apkg")
    (tmp_path / "text.apkg").write_text("text")
    with zipfile.ZipFile(tmp_path / "empty.apkg", "w"):
        pass
    for name in ("text.apkg", "empty.apkg"):
        with pytest.raises(AnkifyError, match="not an Anki package that can be read"):
            read_apkg(tmp_path / name)


def test_genanki_is_whole_for_a_program_that_uses_it_too() -> None:
    import genanki

    fields = [{"name": "A"}, {"name": "B"}]
    front = [{"name": "One", "qfmt": "{{#B}}{{A}}{{/B}}", "afmt": "{{B}}"}]
    model = genanki.Model(1, "M", fields="- name: A\n- name: B\n", templates=front)
    assert model.fields == fields
    assert model._req == [[0, "all", [0, 1]]]
