"""Encodings, clocks, locales and systems: the same notes give the same deck everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import LIMIT, PIXEL, Outcome

import ankify
from ankify.model import AnkifyError, Project

Write = Callable[..., Path]

TEXT = (
    "# Café 图\n\n## 1. Was ist ein Fluß?\n\nEin *Wasserlauf*, naïve 字 😀, as $x_1$ says.\n\n"
    "- one\n\t- two\n\n```python\nif x:\n\treturn 1\n```\n\n![Bild](Übersicht图.png)\n\n"
    "$$\na\n= b\n$$\n\n## 2. And?\n\nYes.\n"
)
PICTURE = "Übersicht图.png"
NAMED = '[deck]\nname = "notes"\n'  # not after the folder of the test


def fields(found: Project) -> list[tuple[str, tuple[str, ...]]]:
    return [(note.guid, note.fields) for note in found.notes]


def read(write: Write, text: bytes, picture: str = PICTURE, name: str = "Café.md") -> Project:
    root = write({name: text, picture: PIXEL})
    found = ankify.read_project(root, ankify.ReadOptions(now=1))
    for file in root.iterdir():
        file.unlink()
    return found


WAYS: dict[str, Callable[[str], bytes]] = {
    "Windows line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "old Mac line ends": lambda text: text.replace("\n", "\r").encode(),
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "both": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
    "no last line end": lambda text: text.rstrip("\n").encode(),
    "blanks at line ends": lambda text: text.replace("\n\n", " \n \n").encode(),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_bytes_of_a_note_file_do_not_matter(project: Write, way: str) -> None:
    assert fields(read(project, WAYS[way](TEXT))) == fields(read(project, TEXT.encode()))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "gb18030", "latin-1"])
def test_another_encoding_is_a_clear_error(project: Write, encoding: str) -> None:
    data = TEXT.encode(encoding, errors="replace")
    root = project({"a.md": data})
    with pytest.raises(AnkifyError, match="not UTF-8"):
        ankify.write_apkg(ankify.read_project(root), root / "x.apkg")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_in_either_form_of_unicode_find_their_picture(project: Write, form: str) -> None:
    wanted = read(project, TEXT.encode())
    found = read(project, TEXT.encode(), unicodedata.normalize(form, PICTURE))
    assert fields(found) == fields(wanted)
    assert len(found.media) == 1
    assert not found.problems


def test_a_note_file_keeps_its_guids_when_a_system_decomposes_its_name(project: Write) -> None:
    """macOS and some archives turn `é` into `e` and an accent."""
    text = TEXT.encode()
    composed = read(project, text, name=unicodedata.normalize("NFC", "Café.md"))
    root = project({unicodedata.normalize("NFD", "Café.md"): text, PICTURE: PIXEL})
    (root / "ankify.lock").write_bytes(composed.lock)
    found = ankify.read_project(root, ankify.ReadOptions(now=2))
    assert [note.guid for note in found.notes] == [note.guid for note in composed.notes]


def test_a_picture_in_another_case_is_found_and_said(project: Write) -> None:
    found = read(project, TEXT.encode(), PICTURE.upper())
    assert len(found.media) == 1
    assert [problem.rule for problem in found.problems] == ["image-case"]


def test_windows_paths_in_notes_lead_to_pictures(project: Write) -> None:
    root = project({"a.md": "## 1. Why?\n\nSo.\n\n![p](img\\p.png)\n", "img/p.png": PIXEL})
    assert len(ankify.read_project(root).media) == 1


# Processes --------------------------------------------------------------------------------------


def built(root: Path, **environment: str) -> tuple[bytes, bytes, str]:
    """Lock, deck and messages of a build in a process with this environment."""
    (root / "ankify.lock").unlink(missing_ok=True)
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG"))}
    done = subprocess.run(
        [sys.executable, "-m", "ankify", "build", str(root), "-v", "-o", str(root / "x.apkg")],
        env={**clean, "SOURCE_DATE_EPOCH": "1700000000", **environment},
        cwd=root.parent,
        capture_output=True,
        check=False,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stderr
    deck = (root / "x.apkg").read_bytes()
    (root / "x.apkg").unlink()
    return (root / "ankify.lock").read_bytes(), deck, done.stderr.decode(errors="replace")


ENVIRONMENTS = {
    "locale C": {"LC_ALL": "C"},
    "locale POSIX, not coerced": {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"},
    "an ASCII terminal": {"PYTHONIOENCODING": "ascii"},
    "a Windows terminal": {"PYTHONIOENCODING": "cp1252"},
    "another hash seed": {"PYTHONHASHSEED": "12345"},
    "the time zone of Kiritimati": {"TZ": "Pacific/Kiritimati"},
    "optimised": {"PYTHONOPTIMIZE": "2"},
    "warnings are errors": {
        "PYTHONWARNINGS": "error::EncodingWarning",
        "PYTHONWARNDEFAULTENCODING": "1",
    },
    "a home that is not there": {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent/cache"},
}


QUICK = ("locale C", "another hash seed", "warnings are errors")  # the others with the slow tests


@pytest.fixture(scope="module")
def wanted() -> list[tuple[bytes, bytes]]:
    """Lock and deck of the plain environment, once they are built."""
    return []


@pytest.mark.parametrize(
    "name",
    [
        name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)
        for name in ENVIRONMENTS
    ],
)
def test_the_environment_does_not_change_lock_or_deck(
    project: Write, wanted: list[tuple[bytes, bytes]], name: str
) -> None:
    third = {"图/图.md": TEXT.replace("1.", "3.")}
    root = project({"Café.md": TEXT, PICTURE: PIXEL, **third, "ankify.toml": NAMED})
    if not wanted:
        wanted.append(built(root)[:2])
    assert built(root, **ENVIRONMENTS[name])[:2] == wanted[0]


@pytest.mark.slow
def test_a_locale_that_cannot_name_the_files_is_a_clear_error(project: Write) -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    root = project({"a.md": TEXT.replace(PICTURE, "p.png"), "p.png": PIXEL})
    assert built(root, **ascii_only)[:2] == built(root)[:2]
    (root / "图.md").write_text(TEXT, encoding="utf-8")
    with pytest.raises(AssertionError, match="set PYTHONUTF8=1"):
        built(root, **ascii_only)


@pytest.mark.parametrize("epoch", [0, 1, 315_532_799, 4_102_444_800, 4_294_967_296, 2**33])
def test_a_clock_before_1980_or_after_2100_makes_a_deck(
    project: Write, run: Callable[..., Outcome], epoch: int
) -> None:
    root = project({"a.md": TEXT, PICTURE: PIXEL, "ankify.toml": NAMED})
    assert run("build", root, "-o", "x.apkg", now=epoch)[0] == 0
    found = ankify.read_project(root, ankify.ReadOptions(now=epoch))
    assert {note.modified for note in found.notes} == {epoch}
    assert not found.lock_changed


@pytest.mark.parametrize("epoch", ["", "soon", "-1", "1.5", "９", "1" * 30])
def test_a_clock_that_is_none_is_a_clear_error(
    project: Write, monkeypatch: pytest.MonkeyPatch, epoch: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(AnkifyError, match="SOURCE_DATE_EPOCH"):
        ankify.read_project(project({"a.md": TEXT}))


def test_a_clock_that_goes_back_does_not_take_back_times(project: Write) -> None:
    root = project({"a.md": TEXT, PICTURE: PIXEL})
    first = ankify.read_project(root, ankify.ReadOptions(now=1_700_000_000))
    ankify.write_lock(first)
    (root / "a.md").write_text(TEXT.replace("Yes.", "Yes, it is."), encoding="utf-8")
    second = ankify.read_project(root, ankify.ReadOptions(now=1_000_000_000))
    assert [note.modified for note in second.notes] == [1_700_000_000, 1_700_000_001]


class Backwards:
    """What a disk lists, from the end."""

    real = os.scandir

    def __init__(self, path: str | Path = ".") -> None:
        entries = list(type(self).real(path))
        self.entries = iter(sorted(entries, key=lambda it: it.name, reverse=True))

    def __iter__(self) -> Backwards:
        return self

    def __next__(self) -> os.DirEntry[str]:
        return next(self.entries)

    def __enter__(self) -> Backwards:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def test_the_order_in_which_a_disk_lists_files_does_not_matter(
    project: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project({f"{name}/{n}.md": TEXT for name in "abc" for n in range(3)})
    wanted = ankify.read_project(root, ankify.ReadOptions(now=1, cached=False))
    listdir = os.listdir
    monkeypatch.setattr(os, "scandir", Backwards)
    monkeypatch.setattr(os, "listdir", lambda path=".": sorted(listdir(path), reverse=True))
    found = ankify.read_project(root, ankify.ReadOptions(now=1, cached=False))
    assert fields(found) == fields(wanted)
    assert found.lock == wanted.lock


# Dependencies -----------------------------------------------------------------------------------

ROOT = Path(__file__).parent.parent


def requirements() -> dict[str, str]:
    """The dependencies of setup.cfg, with those of its extras for users: {name: bound}."""
    import configparser
    import re

    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = config["options.extras_require"]
    users = [extras[name] for name in extras if name not in ("test", "dev", "docs")]
    lines = "\n".join([config["options"]["install_requires"], *users]).split()
    return dict(re.fullmatch(r"([\w-]+)(.*)", line).groups() for line in lines)  # type: ignore


# Bounded above for a reason: a young package, whose next series may name its nodes otherwise.
BOUNDED = {"comrak-ext"}


def test_dependencies_have_lower_bounds_and_no_needless_upper_ones() -> None:
    for name, bound in requirements().items():
        assert bound.startswith(">="), name
        assert ("<" in bound) == (name in BOUNDED), name


def test_the_lowest_versions_are_those_of_the_bounds() -> None:
    lines = (ROOT / "tests" / "lowest.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    for name, bound in requirements().items():
        assert pinned.get(name) == bound.removeprefix(">=").split(",")[0], name


def test_the_licence_of_each_dependency_stands_in_the_docs() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    for name in requirements():
        assert [row for row in rows if row.startswith(f"| `{name}` |")], name
    assert "anki" not in requirements(), "anki is AGPL, and a tool of the tests"
