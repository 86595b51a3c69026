"""A build of nothing new is answered by the last one's stamp, and only then."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import LIMIT, PIXEL, Files

from ankify.__main__ import main
from ankify.building import stamp
from ankify.building.cache import cache_folder
from ankify.commands import build as command_line

ROOT = Path(stamp.__file__).parent.parent.parent
YOUTH = 2 * stamp.TICK / 1e9  # seconds
Build = Callable[..., tuple[bool, str, str]]
NOTES: Files = {
    "a.md": "## 1. What is a map?\n\nA table.\n\n![x](p.png) ![y](gone.png)\n",
    "sub/b.md": "## 1. What is a list?\n\nA chain.\n",
    "p.png": PIXEL,
    "ankify.toml": '[templates]\ndir = "look"\n',
    "look/style.css": ".card { color: black }\n",
}


@pytest.fixture
def root(project: Callable[[Files], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return project(NOTES)


@pytest.fixture
def build(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Build:
    """Build as the command does: build(*options) -> (was it answered by a stamp, out, err)."""
    monkeypatch.setattr("gc.disable", lambda: None)

    def call(*options: str) -> tuple[bool, str, str]:
        time.sleep(YOUTH)  # what is younger leaves no stamp
        monkeypatch.setattr(sys, "argv", ["ankify", "build", "notes", "-o", "n.apkg", *options])
        code = None
        try:
            main()
        except SystemExit as done:
            code = done.code
        assert not code
        return (code is None, *capsys.readouterr())

    return call


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in files}


@pytest.mark.parametrize("options", [(), ("-q",), ("-v",), ("--json",)])
def test_a_second_build_prints_what_a_whole_one_would_and_writes_nothing(
    build: Build, tmp_path: Path, options: tuple[str, ...]
) -> None:
    assert not build(*options)[0]
    before = everything(tmp_path) | everything(cache_folder())
    repeated, *printed = build(*options)
    assert repeated
    assert everything(tmp_path) | everything(cache_folder()) == before
    assert ("gone.png" in "".join(printed)) == (options != ("-q",))
    for file in (cache_folder() / "stamps").iterdir():
        file.unlink()
    assert build(*options) == (False, *printed)


def rewrite(path: Path) -> None:
    """Change the text, but neither the size nor the time of a file."""
    times = path.stat()
    path.write_bytes(path.read_bytes().replace(b"table", b"tible"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


EDITS: dict[str, Callable[[Path], object]] = {
    "a note file": lambda root: rewrite(root / "a.md"),
    "a new note file": lambda root: (root / "c.md").write_text("## 1. Why?\n\nSo.\n"),
    "a note file gone": lambda root: (root / "sub" / "b.md").unlink(),
    "a note file renamed": lambda root: (root / "sub" / "b.md").rename(root / "sub" / "c.md"),
    "a picture": lambda root: (root / "p.png").write_bytes(PIXEL + b"x"),
    "a missing picture": lambda root: (root / "gone.png").write_bytes(PIXEL),
    "the settings": lambda root: (root / "ankify.toml").write_text('[deck]\nname = "N"\n'),
    "a folder's settings": lambda root: (root / "sub" / "ankify.toml").write_text(""),
    "a template": lambda root: (root / "look" / "style.css").write_text("a {}\n"),
    "a new template": lambda root: (root / "look" / "answer.front.html").write_text("{{Question}}"),
    "the lock": lambda root: (root / "ankify.lock").unlink(),
    "the package": lambda root: (root.parent / "n.apkg").unlink(),
    "the package's bytes": lambda root: (root.parent / "n.apkg").write_bytes(b""),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_is_seen(build: Build, root: Path, edit: Callable[[Path], object]) -> None:
    build()
    assert build()[0]
    edit(root)
    assert not build()[0]
    build()  # a whole one, where the one before left a doubt
    assert build()[0]


def test_other_arguments_places_and_times_are_other_builds(
    build: Build, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    assert not build("--unnumbered")[0]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert not build()[0]
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    shutil.copytree(root, tmp_path / "other" / "notes")
    monkeypatch.chdir(tmp_path / "other")
    assert not build()[0]


def test_an_upgrade_is_seen(build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "site-packages"
    packages.mkdir()
    monkeypatch.syspath_prepend(str(packages))
    build()
    assert build()[0]
    (packages / "markdown-99.dist-info").mkdir()
    assert not build()[0]


def test_a_file_that_changes_during_the_build_leaves_no_stamp(
    build: Build, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = command_line.print_report

    def meanwhile(*arguments: object, **options: object) -> None:
        (root / "sub" / "b.md").unlink(missing_ok=True)
        whole(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(command_line, "print_report", meanwhile)
    build()
    assert not build()[0]
    assert build()[0]


def test_a_file_as_young_as_the_build_leaves_no_stamp(
    build: Build, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamp, "TICK", 10**12)
    build()
    assert not build()[0]


@pytest.mark.parametrize(
    "files",
    [
        {"c.md": "## 1. A?\n\n![x](.art/p.png)\n"},
        {"c.md": "## 1. A?\n\n![x](sub/%2Eart/p.png)\n"},
        {"ankify.toml": '[render]\nextensions = ["markdown.extensions.attr_list"]\n'},
    ],
    ids=["hidden", "hidden and quoted", "extension"],
)
def test_what_cannot_be_seen_leaves_no_stamp(
    build: Build, project: Callable[[Files], Path], files: Files
) -> None:
    project(files)
    build()
    assert not build()[0]


def test_a_link_to_a_folder_leaves_no_stamp(build: Build, root: Path) -> None:
    (root / "link").symlink_to(root / "sub")
    build()
    assert not build()[0]


@pytest.mark.parametrize("option", ["--fetch", "--no-cache"])
def test_options_that_ask_for_all_the_work_get_it(build: Build, option: str) -> None:
    build(option)
    assert not build(option)[0]


@pytest.mark.parametrize("damage", [b"", b"abc", b"\0\0\0\0", None])
def test_a_damaged_stamp_is_no_stamp(build: Build, damage: bytes | None) -> None:
    build()
    (file,) = (cache_folder() / "stamps").iterdir()
    data = bytearray(file.read_bytes())
    data[-3] ^= 1
    file.write_bytes(bytes(data) if damage is None else damage)
    assert not build()[0]
    assert build()[0]


def test_a_build_of_nothing_new_waits_for_next_to_nothing() -> None:
    slow = "{'typing', 'dataclasses', 'pathlib', 'platformdirs', 'ankify.model'}"
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import ankify.building.unchanged\n"
        f"print(*sorted({slow} & {{*sys.modules}}))"
    )
    command = [sys.executable, "-S", "-c", script]  # the module `site` imports what it likes
    assert subprocess.check_output(command, text=True, timeout=LIMIT).strip() == ""
