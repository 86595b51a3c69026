"""ankify as a library: stable names, quiet, without the command line; the tutorial works."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import LIMIT, PIXEL, Files
from real_anki import RealAnki

import ankify

Write = Callable[[Files], Path]

NOTE = "# Sums\n\n## 1. What is one and one?\n\nTwo.\n\n![two](two.png)\n"
TUTORIAL = (Path(__file__).parent.parent / "docs" / "library.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(python|output)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def python(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=LIMIT
    )


def test_the_tutorial_prints_what_it_says(project: Write, tmp_path: Path, anki: RealAnki) -> None:
    project({"Sums.md": NOTE, "two.png": PIXEL})
    blocks = BLOCK.findall(TUTORIAL)
    code = "".join(text for kind, text in blocks if kind == "python")
    expected = "".join(text for kind, text in blocks if kind == "output")
    assert expected
    done = python(code, tmp_path)
    assert (done.stdout, done.stderr) == (expected, "")
    assert anki.load(tmp_path / "python-deck" / "python.apkg").new == 3
    assert anki.load(tmp_path / "build" / "notes.apkg").new == 1


def test_every_public_name_is_there_and_in_the_docs() -> None:
    for name in ankify.__all__:
        assert getattr(ankify, name) is not None
    functions = [n for n in ankify.__all__ if callable(getattr(ankify, n)) and n[0].islower()]
    assert functions
    for name in (*functions, "AnkifyError", "Project", "Note", "Question", "Media", "Problem"):
        assert name in TUTORIAL, name


def test_dir_lists_the_public_names() -> None:
    code = "import ankify; assert dir(ankify) == sorted(ankify.__all__), dir(ankify)"
    assert python(code, Path()).stderr == ""


def test_a_path_may_be_text(project: Write) -> None:
    root = project({"Sums.md": NOTE, "two.png": PIXEL, "ankify.toml": "[deck]\nname = 'X'\n"})
    package = root.parent / "a.apkg"
    read = ankify.read_project(str(root), ankify.ReadOptions(now=1, last_package=str(package)))
    assert read == ankify.read_project(root, ankify.ReadOptions(now=1))
    assert ankify.write_apkg(read, str(package))
    assert ankify.read_apkg(str(package)) == ankify.read_apkg(package)
    assert ankify.read_settings(str(root)).deck.name == "X"
    (root / "Sums.md").write_text("## 1. Why?\n\nSo.\n")
    ankify.write_lock(read)
    later = {"now": 2, "cached": False}
    assert (
        len(
            ankify.read_project(
                str(root), ankify.ReadOptions(last_package=str(package), **later)
            ).notes
        )
        == 2
    )


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'read_projects'"):
        _ = ankify.read_projects


def test_a_module_never_hides_a_function_of_its_name(project: Write) -> None:
    project({"Sums.md": NOTE})
    code = (
        "import ankify, ankify.checks.rules, ankify.anki.forecast, ankify.commands.cli\n"
        "from pathlib import Path\n"
        "p = ankify.read_project(Path('notes'))\n"
        "assert callable(ankify.check) and ankify.check(p) and callable(ankify.diff)"
    )
    done = python(code, project({}).parent)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_library_prints_nothing_and_does_not_load_the_command_line(
    project: Write, tmp_path: Path
) -> None:
    project({"Sums.md": NOTE})
    code = (
        "import sys, ankify\n"
        "from pathlib import Path\n"
        "p = ankify.read_project(Path('notes'))\n"
        "ankify.check(p), ankify.diff(p), ankify.write_lock(p)\n"
        "ankify.write_apkg(p, Path('x.apkg'))\n"
        "ankify.diff(p, ankify.read_apkg(Path('x.apkg')))\n"
        "assert not {'click', 'ankify.commands.cli', 'anki'} & set(sys.modules), sys.modules"
    )
    done = python(code, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_importing_ankify_loads_none_of_its_rooms(tmp_path: Path) -> None:
    done = python(
        "import sys, ankify; print([m for m in sys.modules if m.startswith('ankify.')])", tmp_path
    )
    assert done.stdout == "[]\n"


def test_texts_are_read_like_files(project: Write) -> None:
    files: Files = {"b/Sums.md": NOTE, "README.md": NOTE, "b/two.png": PIXEL}
    root = project(files)
    texts = {path: text for path, text in files.items() if isinstance(text, str)}
    from_files = ankify.read_project(root, ankify.ReadOptions(now=1_700_000_000))
    assert (
        ankify.read_project(root, ankify.ReadOptions(texts=texts, now=1_700_000_000)) == from_files
    )
    assert ankify.read_project(root, ankify.ReadOptions(texts={}, now=1_700_000_000)).notes == ()


def test_reading_writes_nothing_into_the_notes(project: Write) -> None:
    root = project({"Sums.md": NOTE, "two.png": PIXEL})
    project_read = ankify.read_project(root)
    ankify.check(project_read)
    ankify.diff(project_read)
    assert sorted(path.name for path in root.iterdir()) == ["Sums.md", "two.png"]


def test_two_projects_do_not_know_of_each_other(project: Write) -> None:
    one = ankify.read_project(
        project({"Sums.md": NOTE}), ankify.ReadOptions(texts={"a.md": NOTE}, now=1)
    )
    ankify.read_project(
        project({}), ankify.ReadOptions(texts={"b.md": NOTE.replace("one", "two")}, now=2)
    )
    assert ankify.read_project(project({}), ankify.ReadOptions(texts={"a.md": NOTE}, now=1)) == one


def test_a_wrong_folder_is_an_ankify_error(tmp_path: Path) -> None:
    with pytest.raises(ankify.AnkifyError) as error:
        ankify.read_project(tmp_path / "no")
    assert error.value.message == f"no such folder: {tmp_path / 'no'}"
    assert error.value.hint == "name the folder that holds your notes"


def test_a_file_for_a_folder_is_an_ankify_error(project: Write) -> None:
    file = project({"a.md": NOTE}) / "a.md"
    for read in (ankify.read_project, ankify.read_settings):
        with pytest.raises(ankify.AnkifyError) as error:
            read(file)
        assert error.value.message == f"{file} is a file, not a folder"
        assert error.value.hint == f"name its folder: {file.parent}"


@pytest.mark.parametrize("path", ["../x.md", "/x.md", "a/../x.md", "./x.md", "a//x.md", ""])
def test_a_text_outside_of_the_folder_is_an_ankify_error(project: Write, path: str) -> None:
    with pytest.raises(ankify.AnkifyError) as error:
        ankify.read_project(project({}), ankify.ReadOptions(texts={path: NOTE}))
    assert error.value.message == f"no path inside of the notes: {path!r}"


def test_the_package_of_a_diff_is_one_that_was_read_or_its_path(
    project: Write, tmp_path: Path
) -> None:
    root, package = project({"a.md": NOTE}), tmp_path / "old.apkg"
    ankify.write_apkg(ankify.read_project(root, ankify.ReadOptions(now=1)), package)
    read = ankify.read_project(root, ankify.ReadOptions(texts={"b.md": NOTE}, now=2))
    forecast = ankify.diff(read, ankify.read_apkg(package))
    assert forecast.removed
    assert ankify.diff(read, package) == ankify.diff(read, str(package)) == forecast
    with pytest.raises(ankify.AnkifyError):
        ankify.diff(read, "no.apkg")


def test_fields_have_names(project: Write, tmp_path: Path) -> None:
    gaps = "## 1. What is a set?\n\nThings {{c1::without}} an order.\n"
    read = ankify.read_project(project({"a.md": gaps, "b.md": NOTE}))
    ankify.write_apkg(read, tmp_path / "deck.apkg")
    for notes in (read.notes, ankify.read_apkg(tmp_path / "deck.apkg").notes):
        cloze, other = map(ankify.named_fields, notes[:2])
        assert (cloze["Text"], cloze["Question"]) == notes[0].fields[:2]
        assert (other["Question"], other["Answer"]) == notes[1].fields[:2]
    foreign = ankify.read_apkg(tmp_path / "deck.apkg").notes[0]._replace(foreign=True)
    assert ankify.named_fields(foreign) == {}


def test_types_are_shipped() -> None:
    assert (Path(ankify.__file__).parent / "py.typed").is_file()


def test_a_project_shows_itself_in_one_line(project: Write) -> None:
    read = ankify.read_project(project({"Sums.md": NOTE}))
    assert repr(read) == "<Project 'notes': 1 notes from 1 files>"


CLIENT = """
import ankify

deck = ankify.build("notes", options=ankify.ReadOptions(now=1))
names: list[str] = [note.deck for note in deck.project.notes]
problems: tuple[ankify.Problem, ...] = ankify.check(deck.project)
forecast: ankify.Forecast = ankify.diff(deck.project)
page: ankify.Page = deck.project.pages[0]
title: str = page.rendered[0].question.title
"""


@pytest.mark.slow
def test_a_client_passes_a_strict_type_check(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    (tmp_path / "client.py").write_text(CLIENT, encoding="utf-8")
    options = ["--strict", "--follow-imports=silent", "--no-incremental"]  # silent: as installed
    command = [sys.executable, "-m", "mypy", *options, "client.py"]
    environment = {**os.environ, "MYPYPATH": str(Path(ankify.__file__).parent.parent)}
    result = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=LIMIT
    )
    assert result.returncode == 0, result.stdout
