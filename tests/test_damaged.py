"""Damaged and forged files: a lock, a cache or a package that is not as it was written."""

from __future__ import annotations

import io
import json
import random
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import PIXEL, Outcome
from real_anki import RealAnki

import ankify
from ankify.building.cache import Cache
from ankify.identity import lock as lock_module
from ankify.identity.lock import (
    _LARGEST_NOTE,
    LOCK_NAME,
    VERSION,
    Lock,
    LockEntry,
    encode_lock,
    pack_note,
    parse_lock,
)
from ankify.model import AnkifyError
from ankify.origin import install_command

Write = Callable[..., Path]
Run = Callable[..., Outcome]

FILES: dict[str, str | bytes] = {
    "a.md": "# A\n\n## 1. Why?\n\nSo, as $x$ says.\n\n## 2. When?\n\nNow. ![p](p.png)\n",
    "b.md": "# B\n\n## 1. Who?\n\nYou.\n",
    "p.png": PIXEL,
}


@pytest.fixture
def built(project: Write, run: Run) -> Path:
    """Notes that were built, with one question gone since: its tombstone is in the lock."""
    root = project(FILES)
    assert run("build", root, "-o", "x.apkg", now=1)[0] == 0
    (root / "b.md").write_text("# B\n\nNothing here.\n")
    assert run("build", root, "-o", "x.apkg", now=2)[0] == 0
    return root


# The lock ---------------------------------------------------------------------------------------


def refused_or_the_same(run: Run, root: Path, good: str, data: bytes) -> None:
    """A build with this lock is refused and leaves it alone, or reads the same from it."""
    (root / LOCK_NAME).write_bytes(data)
    code, _, error = run("build", root, "-o", "y.apkg", now=3)
    if code == 0:
        assert parse_lock((root / LOCK_NAME).read_bytes().decode()) == parse_lock(good), data
    else:
        assert code == 1
        assert error.startswith(f"{root / LOCK_NAME}:"), error
        assert "error: " in error
        assert (root / LOCK_NAME).read_bytes() == data


def cut(built: Path, run: Run, step: int) -> None:
    good = (built / LOCK_NAME).read_text()
    data = good.encode()
    for length in range(0, len(data) + 1, step):
        refused_or_the_same(run, built, good, data[:length])


def test_a_lock_cut_off_is_refused_or_reads_the_same(built: Path, run: Run) -> None:
    cut(built, run, step=23)


@pytest.mark.slow
def test_a_lock_cut_off_at_every_byte_is_refused_or_reads_the_same(built: Path, run: Run) -> None:
    cut(built, run, step=1)


def flip(data: bytes, chance: random.Random) -> bytes:
    """Some bits turned, or a piece doubled, dropped or overwritten."""
    at, length = chance.randrange(len(data)), chance.choice((1, 1, 1, 4, 40))
    middle = {
        0: bytes(byte ^ (1 << chance.randrange(8)) for byte in data[at : at + length]),
        1: b"",
        2: data[at : at + length] * 2,
        3: bytes(chance.randrange(256) for _ in range(length)),
    }[chance.randrange(4)]
    return data[:at] + middle + data[at + length :]


@pytest.mark.parametrize("rounds", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_a_lock_with_turned_bits_is_refused_or_reads_the_same(
    built: Path, run: Run, rounds: int
) -> None:
    good, chance = (built / LOCK_NAME).read_text(), random.Random(1)
    for _ in range(rounds):
        refused_or_the_same(run, built, good, flip(good.encode(), chance))


def test_two_sides_of_a_merge_in_one_lock_are_joined_but_not_by_a_locked_build(
    built: Path, run: Run
) -> None:
    good = (built / LOCK_NAME).read_text()
    lines = good.splitlines(keepends=True)
    at = len(lines) - 2
    marked = [*lines[:at], "<<<<<<< HEAD\n", lines[at], "=======\n", lines[at], ">>>>>>> x\n"]
    for text in (
        "".join([*marked, *lines[at + 1 :]]),
        "".join([*lines[:at], lines[at], *lines[at:]]),
    ):
        (built / LOCK_NAME).write_text(text)
        assert run("build", built, "-o", "y.apkg", "--locked", now=3)[0] == 1
        assert (built / LOCK_NAME).read_text() == text
        code, _, said = run("build", built, "-o", "y.apkg", now=3)
        assert code == 0
        assert f"{LOCK_NAME}: took the questions of both sides of a merge" in said
        assert (built / LOCK_NAME).read_text() == good


def test_a_lock_of_a_newer_ankify_is_refused(built: Path, run: Run) -> None:
    text = (built / LOCK_NAME).read_text()
    text = text.replace(f'["ankify.lock",{VERSION},', f'["ankify.lock",{VERSION + 1},')
    (built / LOCK_NAME).write_text(text)
    code, _, error = run("build", built, "-o", "y.apkg")
    assert (code, f"update ankify: {install_command()}" in error) == (1, True)


FORGED: dict[str, list[Any]] = {
    "guid": ["", "x" * 10_000, "'; drop table notes", "\0", "\ud7ff", "a b", "\n"],
    "file": ["", "../../x.md", "/etc/passwd", "a" * 5000, "\0", "\u202e"],
    "number": [None, "", "9" * 5000, "\0"],
    "title": ["", "\0", "<script>alert(1)</script>", "x" * 100_000],
    "deck": ["", "::::", "\0", "x" * 5000],
    "fingerprint": ["", "z", "\0"],
    "modified": [-1, 0, 2**31, 2**63, 2**70, 10**400],
    "added": [-1, 0, 2**31, 2**40, 2**53, 2**63, 10**400],
    "sketch": ["", "A", "====", "\0", "é", "A" * 9999, "____"],
    "nth": [-1, 2**63, 10**400],
    "marked_id": ["", "\0", "x" * 5000],
    "removed": [-1, 2**63],
    "tombstone": [
        *("", "A", "!", "AAAA", pack_note(["x"], []), pack_note([], []), pack_note(["x"] * 99, [])),
        pack_note(["<script>alert(1)</script>"] * 13, ["<script>"]),
    ],
}


@pytest.fixture(scope="module")
def bomb() -> str:
    """A tombstone of 12 kB that unpacks to more than is read."""
    return pack_note(["a" * (_LARGEST_NOTE + 1), *["x"] * 12], [])


def forged(lock: Lock) -> bytes:
    """The lock with right checksums, whatever is in it: encode_lock writes none that is damaged."""
    for entry in lock.entries:
        cells = [getattr(entry, column) for column, _ in lock_module.COLUMNS]
        extras = {key: value for key in lock_module.EXTRAS if (value := getattr(entry, key))}
        object.__setattr__(entry, "line", lock_module._seal([*cells, extras] if extras else cells))
    return encode_lock(lock)


@pytest.mark.parametrize("column", FORGED)
def test_a_forged_lock_is_refused_or_harmless(
    built: Path, run: Run, bomb: str, column: str
) -> None:
    """Its checksums are right: someone wrote it so that it would be read."""
    good = parse_lock((built / LOCK_NAME).read_text())
    for value in (*FORGED[column], *([bomb] if column == "tombstone" else ())):
        entries = [replace(entry, **{column: value}) for entry in good.entries]
        for some in ([entries[0], *good.entries[1:]], [*good.entries[:-1], entries[-1]]):
            if any(entry.removed for entry in some):
                some = [
                    replace(e, removed=e.removed and 2) if column != "removed" else e for e in some
                ]
            (built / LOCK_NAME).write_bytes(
                forged(Lock(good.namespace, good.note_type, tuple(some)))
            )
            (Path("y.apkg")).unlink(missing_ok=True)
            code, _, error = run("build", built, "-o", "y.apkg", now=3)
            assert code == 0 or "error: " in error, (column, value)
            if code == 0:
                notes = ankify.read_apkg(Path("y.apkg")).notes
                assert not [f for n in notes for f in (*n.fields, *n.tags) if "<script" in f]


def test_a_forged_tombstone_for_a_note_that_is_not_gone_is_ignored(built: Path, run: Run) -> None:
    good = parse_lock((built / LOCK_NAME).read_text())
    bad = tuple(replace(e, tombstone=e.tombstone or "AAAA") for e in good.entries)
    (built / LOCK_NAME).write_bytes(encode_lock(replace(good, entries=bad)))
    assert run("build", built, "-o", "y.apkg", now=3)[0] == 0


def replaced(root: Path, number: int, **changes: object) -> None:
    """Forge one entry of the lock."""
    good = parse_lock((root / LOCK_NAME).read_text())
    entries = list(good.entries)
    entries[number] = replace(entries[number], **changes)  # type: ignore[arg-type]
    (root / LOCK_NAME).write_bytes(forged(replace(good, entries=tuple(entries))))


@pytest.mark.parametrize("column", ["title", "deck", "guid", "file"])
def test_half_a_character_in_a_lock_is_a_clear_error(built: Path, run: Run, column: str) -> None:
    lines = (built / LOCK_NAME).read_text().split("\n")
    row = next(n for n, line in enumerate(lines) if line.startswith('["a.md"'))
    cells = json.loads(lines[row])[:-1]
    at = [name for name, _ in lock_module.COLUMNS].index(column)
    cells[at] = "a\ud800b"
    body = json.dumps(cells)[:-1]  # escaped, as only a forger writes it
    lines[row] = f'{body},"{lock_module._checksum(body)}"]'
    (built / LOCK_NAME).write_text("\n".join(lines))
    for command in ("build", "check", "diff"):
        code, out, error = run(command, built)
        assert (code, "lock is damaged" in out + error) == (1, True)


def test_a_deep_first_line_of_a_lock_is_a_clear_error(built: Path, run: Run) -> None:
    text = (built / LOCK_NAME).read_text()
    (built / LOCK_NAME).write_text("[" * 100_000 + "\n" + text)
    code, _, error = run("build", built)
    assert (code, "not a lock of ankify" in error) == (1, True)


def test_a_line_end_in_a_title_of_a_lock_begins_no_line_of_a_report(built: Path, run: Run) -> None:
    replaced(built, 0, title="gone\nerror: fake")
    code, _, error = run("build", built, "-o", "y.apkg", now=3)
    assert (code, "lock is damaged" in error) == (1, True)


def test_removed_notes_of_a_lock_have_an_end_in_sum(
    built: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ankify.anki.notes._LARGEST_TOMBSTONES", 1_000_000)
    large = pack_note(["a" * 400_000, *[""] * 12], [])
    good = parse_lock((built / LOCK_NAME).read_text())
    gone = next(entry for entry in good.entries if entry.removed)
    many = [replace(gone, guid=f"gone0000000{n}", tombstone=large) for n in range(5)]
    (built / LOCK_NAME).write_bytes(forged(replace(good, entries=(*good.entries, *many))))
    code, _, error = run("build", built, "-o", "y.apkg", now=3)
    assert (code, "more than 1 MB" in error) == (1, True)


def test_nothing_in_a_tombstone_acts(built: Path, run: Run) -> None:
    bad = [
        r"[Latex]\input{/etc/passwd}[/Latex] [sound:http://evil.test/x.mp3] [[type:x]]",
        r"\(\let\h\href{https:x}\h{javascript:x}{x}\) &#92;(\style{a}{x}&#92;)",
        '<a href="data:text/html,x">x</a> <script>alert(1)</script><img src=x onerror=alert(1)>',
        '<code class="tex2jax_process">\\(\\href{javascript:x}{x}\\)</code>',
    ]
    good = parse_lock((built / LOCK_NAME).read_text())
    gone = next(n for n, entry in enumerate(good.entries) if entry.removed)
    replaced(built, gone, tombstone=pack_note([*bad, *["x"] * 9], []))
    assert run("build", built, "-o", "y.apkg", now=3)[0] == 0
    fields = ankify.read_apkg(Path("y.apkg")).notes[-1].fields
    text = "".join(fields)
    for word in ("[Latex", "[sound", "[[type", r"\let", r"\style", "data:", "script>", "tex2jax"):
        assert word not in text, word


def test_a_lock_that_could_not_be_read_again_is_not_written() -> None:
    entry = LockEntry("g", "a.md", None, "Why?", "d", "f", 1 << 40, 1, "s")
    with pytest.raises(AnkifyError, match=r"'Why\?' cannot be kept"):
        encode_lock(Lock("n", entries=(entry,)))


# The cache --------------------------------------------------------------------------------------


@pytest.mark.parametrize("rounds", [25, pytest.param(500, marks=pytest.mark.slow)])
def test_a_damaged_cache_changes_nothing(project: Write, tmp_path: Path, rounds: int) -> None:
    root, chance = project(FILES), random.Random(2)

    def project_of() -> tuple[Any, ...]:
        read = ankify.read_project(root, ankify.ReadOptions(now=1))
        return read.notes, read.media, read.lock, read.problems

    wanted = project_of()
    kept = {path: path.read_bytes() for path in Cache(root).folder.rglob("*") if path.is_file()}
    assert len(kept) >= 2
    for _ in range(rounds):
        for path, data in kept.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            damaged = (
                data[: chance.randrange(len(data))] if chance.random() < 0.4 else flip(data, chance)
            )
            path.write_bytes(damaged)
        assert project_of() == wanted


def test_a_cache_that_is_a_file_or_full_of_folders_changes_nothing(project: Write) -> None:
    root = project(FILES)
    wanted = ankify.read_project(root, ankify.ReadOptions(now=1)).notes
    folder = Cache(root).folder
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        path.unlink()
        path.mkdir()
    assert ankify.read_project(root, ankify.ReadOptions(now=1)).notes == wanted
    import shutil

    shutil.rmtree(folder)
    folder.write_bytes(b"x")
    assert ankify.read_project(root, ankify.ReadOptions(now=1)).notes == wanted


# Packages ---------------------------------------------------------------------------------------

COMMANDS = [("diff", "--against"), ("check", "--against")]


def every_reader_says_so(run: Run, root: Path, package: Path) -> None:
    """All commands that read a package give a clear error, within one process."""
    for command, option in COMMANDS:
        code, _, error = run(command, root, option, package)
        assert (code, "error: " in error) == (1, True), error
        assert package.name in error
    code, _, error = run("adopt", package, root)
    assert (code, "error: " in error) == (1, True), error


@pytest.fixture
def package(built: Path) -> bytes:
    return Path("x.apkg").read_bytes()


def zipped(**entries: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "."), content)
    return data.getvalue()


def database(*statements: str) -> bytes:
    with sqlite3.connect(":memory:") as connection:
        for statement in statements:
            connection.execute(statement)
        return connection.serialize()


COLUMNS = "id, guid, mid, mod, usn, tags, flds, sfld, csum, flags, data"
COL = ("create table col (decks)", "insert into col values ('{}')")
CARDS = "create table cards (nid, did, ord)"
FOREIGN = {
    "no zip": b"PK but not so",
    "nothing": b"",
    "an empty zip": zipped(),
    "a zip of something else": zipped(a__txt=b"x"),
    "no database": zipped(collection__anki2=b"x" * 5000, media=b"{}"),
    "an empty database": zipped(collection__anki2=b"", media=b"{}"),
    "other tables": zipped(collection__anki2=database("create table t (x)"), media=b"{}"),
    "other columns": zipped(
        collection__anki2=database("create table notes (x)", CARDS, *COL), media=b"{}"
    ),
    "a view without an end": zipped(
        collection__anki2=database(
            *COL,
            CARDS,
            "create view notes as with recursive r(id) as (select 1 union all select id + 1 from r)"
            " select id, 'g' guid, 1 mid, 1 mod, '' tags, 'f' flds from r",
        ),
        media=b"{}",
    ),
    "values of other types": zipped(
        collection__anki2=database(
            *COL,
            CARDS,
            f"create table notes ({COLUMNS})",
            "insert into notes values (1, 5, 1, 'never', 1, 7, x'00ff', 1, 1, 1, 1)",
        ),
        media=b"{}",
    ),
    "a note without a guid": zipped(
        collection__anki2=database(
            *COL,
            CARDS,
            f"create table notes ({COLUMNS})",
            "insert into notes values (1, null, 1, 1, 1, '', 'f', 1, 1, 1, 1)",
        ),
        media=b"{}",
    ),
    "a column that computes": zipped(
        collection__anki2=database(
            *COL,
            CARDS,
            "create table notes (id, guid, mid, mod, tags, flds text as (printf('%.*c', 9, 'x')))",
            "insert into notes values (1, 'g', 1, 1, '')",
        ),
        media=b"{}",
    ),
    "a newer format that is none": zipped(collection__anki21b=b"x" * 99, media=b"{}"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_package_is_a_clear_error(
    built: Path, run: Run, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "evil.apkg").write_bytes(FOREIGN[kind])
    every_reader_says_so(run, built, tmp_path / "evil.apkg")


@pytest.mark.slow
def test_a_package_that_unpacks_to_more_than_256_mb_is_a_clear_error(
    built: Path, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "evil.apkg").write_bytes(zipped(collection__anki2=b"\0" * (260 << 20), media=b"{}"))
    every_reader_says_so(run, built, tmp_path / "evil.apkg")


@pytest.mark.slow
def test_a_value_of_more_than_64_mb_is_a_clear_error(built: Path, run: Run, tmp_path: Path) -> None:
    data = database(
        *COL,
        CARDS,
        f"create table notes ({COLUMNS})",
        "insert into notes values (1, 'g', 1, 1, 1, '', zeroblob(70000000), 1, 1, 1, 1)",
    )
    (tmp_path / "evil.apkg").write_bytes(zipped(collection__anki2=data, media=b"{}"))
    every_reader_says_so(run, built, tmp_path / "evil.apkg")


def odd_package(
    path: Path, rows: list[tuple[object, ...]], decks: str = "{}", tags: str = ""
) -> Path:
    """A package with notes (id, guid, mod, fields), each with a card in the deck of its id."""
    with sqlite3.connect(":memory:") as connection:
        for statement in ("create table col (decks)", CARDS, f"create table notes ({COLUMNS})"):
            connection.execute(statement)
        connection.execute("insert into col values (?)", (decks,))
        notes = "insert into notes values (?, ?, 1, ?, 1, ?, ?, 1, 1, 1, 1)"
        connection.executemany(notes, [(*row[:3], tags, row[3]) for row in rows])
        connection.executemany("insert into cards values (?, ?, 0)", [(r[0], r[0]) for r in rows])
        data = connection.serialize()
    path.write_bytes(zipped(collection__anki2=data, media=b"{}"))
    return path


QUESTIONS = ("Why does it rain so much?\x1fBecause.", "Who was Gauss in his time?\x1fA prince.")
NOTES = (
    "## 1. Why does it rain so much?\n\nBecause.\n\n## 2. Who was Gauss in his time?\n\nA prince.\n"
)


@pytest.mark.parametrize(
    ("rows", "decks"),
    [
        ([(1, "g1", 2**62, QUESTIONS[0]), (2, "g2", 5, QUESTIONS[1])], "{}"),
        ([(1, "g1", -5, QUESTIONS[0]), (2, "g2", 5, QUESTIONS[1])], "{}"),
        ([(1, "g1", 5, QUESTIONS[0]), (2, "g1", 5, QUESTIONS[1])], "{}"),
        ([(1, "g1", 5, QUESTIONS[0]), (2, "g2", 5, QUESTIONS[1])], '{"1":{"name":5}}'),
        (
            [(1, "g1", 5, QUESTIONS[0]), (2, "g2", 5, QUESTIONS[1])],
            '{"1":{"name":"a\\u0000\\n\\ud800b"},"2":{"name":null}}',
        ),
    ],
    ids=["a time far ahead", "a time before 1970", "a guid twice", "a number", "odd characters"],
)
def test_adopt_writes_a_lock_that_the_next_build_reads(
    project: Write, run: Run, tmp_path: Path, rows: list[tuple[object, ...]], decks: str
) -> None:
    root = project({"n.md": NOTES})
    code, _, error = run("adopt", odd_package(tmp_path / "odd.apkg", rows, decks), root)
    assert code == 0, error
    code, _, error = run("build", root, "-o", "y.apkg")
    assert code == 0, error
    assert "g1" in {note.guid for note in ankify.read_apkg(Path("y.apkg")).notes}


def test_a_note_of_endless_fields_or_tags_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.apkg"
    assert ankify.read_apkg(odd_package(path, [(1, "g1", 5, "\x1f" * 999)]))
    assert ankify.read_apkg(odd_package(path, [(1, "g1", 5, "a")], tags="t " * 500_000))
    for fields, tags in (("\x1f" * 1000, ""), ("a", "t " * 600_000)):
        odd_package(path, [(1, "g1", 5, fields)], tags=tags)
        with pytest.raises(AnkifyError, match=r"more fields than any|a megabyte of tags"):
            ankify.read_apkg(path)


@pytest.mark.parametrize(
    "piece", ["{{c1::", "{{c1::a::", "<", "<!--", "<style ", "[sound:", "\\(", "{{c1::{{c2::a}}}}"]
)
def test_odd_fields_of_a_package_end_soon(
    project: Write, run: Run, tmp_path: Path, piece: str
) -> None:
    """Each took minutes once: the test would not end."""
    rows: list[tuple[object, ...]] = [(1, "g1", 5, piece * (200_000 // len(piece)) + "\x1fb")]
    package = odd_package(tmp_path / "odd.apkg", [*rows, (2, "g2", 5, QUESTIONS[1])])
    code, _, error = run("adopt", package, project({"n.md": NOTES}))
    assert code == 0, error


def test_a_folder_and_a_missing_package_are_clear_errors(
    built: Path, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "folder.apkg").mkdir()
    every_reader_says_so(run, built, tmp_path / "folder.apkg")
    code, _, error = run("diff", built, "--against", tmp_path / "none.apkg")
    assert code in (1, 2)
    assert "none.apkg" in error


def read_or_refused(path: Path) -> bool:
    try:
        ankify.read_apkg(path)
    except AnkifyError:
        return False
    return True


@pytest.mark.parametrize("rounds", [150, pytest.param(5000, marks=pytest.mark.slow)])
def test_a_damaged_package_is_read_or_refused(package: bytes, tmp_path: Path, rounds: int) -> None:
    chance, path = random.Random(3), tmp_path / "damaged.apkg"
    refused = 0
    for number in range(rounds):
        cut = number % 3 == 0
        path.write_bytes(
            package[: chance.randrange(len(package))] if cut else flip(package, chance)
        )
        refused += not read_or_refused(path)
    assert refused > rounds / 3


@pytest.mark.parametrize("rounds", [150, pytest.param(5000, marks=pytest.mark.slow)])
def test_a_damaged_database_in_a_whole_package_is_read_or_refused(
    package: bytes, tmp_path: Path, rounds: int
) -> None:
    chance, path = random.Random(4), tmp_path / "damaged.apkg"
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        data = archive.read("collection.anki2")
    for _ in range(rounds):
        damaged = data
        for _ in range(chance.randrange(1, 8)):
            damaged = flip(damaged, chance)
        path.write_bytes(zipped(collection__anki2=damaged, media=b"{}"))
        read_or_refused(path)


LONG = b"80 MB of spaces"


@pytest.mark.parametrize(
    "media",
    [
        b"",
        b"[]",
        b"{",
        b"null",
        b'{"0": 5}',
        b'{"0": "../../x.png"}',
        b'{"0": "/etc/passwd", "1": "x"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a": "b"}' + LONG,
    ],
    ids=range(10),
)
def test_a_list_of_media_with_tricks_is_read_or_refused(
    package: bytes, tmp_path: Path, media: bytes
) -> None:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        data = archive.read("collection.anki2")
    path = tmp_path / "media.apkg"
    media = media.replace(LONG, b" " * (80 << 20))
    path.write_bytes(zipped(collection__anki2=data, media=media))
    before = sorted(tmp_path.rglob("*"))
    read_or_refused(path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_package_whose_decks_are_a_view_is_refused_before_they_are_read(tmp_path: Path) -> None:
    view = (
        "create view col as with recursive r(n) as (select 1 union all select n + 1 from r)"
        " select n as decks from r where n < 0"
    )
    notes = "create table notes (id, guid, mid, mod, tags, flds)"
    path = tmp_path / "view.apkg"
    path.write_bytes(zipped(collection__anki2=database(notes, CARDS, view), media=b"{}"))
    with pytest.raises(ankify.AnkifyError, match="its collection is not that of Anki"):
        ankify.read_apkg(path)


def test_a_package_with_lists_that_no_collection_has_is_refused(
    package: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lists.apkg"
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        honest = archive.read("collection.anki2")
    endless = b"[" + b"[]," * 2000 + b"[]]"
    decks = f"insert into col values ('{endless.decode()}')"
    notes, cards = "create table notes (id, guid, mid, mod, tags, flds)", CARDS
    monkeypatch.setattr("ankify.anki.foreign_json.MOST_PARTS", 1000)
    for collection, media in (
        (honest, endless),
        (database(COL[0], decks, notes, cards), b"{}"),
    ):
        path.write_bytes(zipped(collection__anki2=collection, media=media))
        with pytest.raises(ankify.AnkifyError, match="more than 1,000 parts"):
            ankify.read_apkg(path)


def test_paths_in_a_package_lead_nowhere(package: bytes, tmp_path: Path) -> None:
    path = tmp_path / "inner" / "paths.apkg"
    path.parent.mkdir()
    path.write_bytes(package)
    with zipfile.ZipFile(path, "a") as archive:
        for name in ("../evil", "/tmp/evil-of-ankify", "..\\evil", "C:\\evil", "a/../../evil"):
            archive.writestr(name, b"x")
    before = sorted(p for p in tmp_path.rglob("*"))
    assert len(ankify.read_apkg(path).notes) == 3
    assert sorted(p for p in tmp_path.rglob("*")) == before
    assert not Path("/tmp/evil-of-ankify").exists()


def test_what_anki_exports_is_read(built: Path, anki: RealAnki, tmp_path: Path) -> None:
    from anki.collection import ExportAnkiPackageOptions

    anki.load(Path("x.apkg"))
    for legacy in (True, False):
        path = tmp_path / f"export-{legacy}.apkg"
        options = ExportAnkiPackageOptions(with_media=True, legacy=legacy)
        anki.col.export_anki_package(out_path=str(path), options=options, limit=None)
        assert len(ankify.read_apkg(path).notes) == 3
        data, chance = path.read_bytes(), random.Random(5)
        for _ in range(100):
            (tmp_path / "damaged.apkg").write_bytes(flip(data, chance))
            read_or_refused(tmp_path / "damaged.apkg")
