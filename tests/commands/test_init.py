"""`ankify init`: a folder of notes that works at once, and nothing that was there is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from conftest import Outcome
from real_anki import RealAnki

from ankify.checks.rules import check
from ankify.commands.init import config_text, start
from ankify.config import Settings, all_settings, read_settings
from ankify.pipeline import read_project

Run = Callable[..., Outcome]

WROTE = """\
wrote my notes/.github/workflows/deck.yml
wrote my notes/.gitignore
wrote my notes/Makefile
wrote my notes/notes/ankify.toml
wrote my notes/notes/first-steps.md
wrote my notes/notes/images/forgetting.svg
Next: cd 'my notes' && make deck (or: ankify build), then import build/*.apkg in Anki
"""


def test_init_says_what_it_wrote_and_what_is_next(run: Run) -> None:
    assert run("init", "my notes") == (0, "", WROTE)
    lines = run("init", "my notes")[2].splitlines()
    assert lines[0] == "left my notes/.github/workflows/deck.yml as it is"
    assert all(line.startswith("left ") for line in lines[:-1])


def test_init_in_the_folder_here(run: Run, tmp_path: Path) -> None:
    code, _, err = run("init")
    assert code == 0
    assert err.endswith("Next: make deck (or: ankify build), then import build/*.apkg in Anki\n")
    assert (tmp_path / "notes" / "first-steps.md").is_file()
    assert run("build", "-q") == (0, "", "")


def test_no_file_is_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x" / "notes").mkdir(parents=True)
    (tmp_path / "x" / "Makefile").write_text("mine")
    (tmp_path / "x" / "notes" / "ankify.toml").write_text("# mine")
    assert run("init", "x")[0] == 0
    assert (tmp_path / "x" / "Makefile").read_text() == "mine"
    assert (tmp_path / "x" / "notes" / "ankify.toml").read_text() == "# mine"


def test_what_is_in_the_way_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, out, err = run("init", "file")
    assert (code, out) == (1, "")
    assert err.startswith("error: cannot write file/")
    (tmp_path / "x" / "Makefile").mkdir(parents=True)
    code, out, err = run("init", "x")
    assert err.endswith("error: cannot write x/Makefile: something else is in its place\n")
    assert code == 1


def test_the_notes_have_two_questions_a_figure_and_a_formula_and_no_problem(run: Run) -> None:
    run("init", "x")
    project = read_project(Path("x/notes"))
    assert len(project.questions) == 2
    assert len(project.media) == 1
    assert sum(one.content.formulas for page in project.pages for one in page.rendered) == 4
    assert check(project) == ()
    assert project.name == "x"


@pytest.mark.parametrize(
    "name", ["plain", 'with "quotes" and \\', "笔记", "of\ntwo lines", "\x01\x7f\t"]
)
def test_the_settings_are_the_defaults_and_all_are_there(tmp_path: Path, name: str) -> None:
    text = config_text(name)
    (tmp_path / "ankify.toml").write_text(text, encoding="utf-8")
    settings = read_settings(tmp_path)
    assert settings.deck.name == name
    assert settings.questions == Settings().questions
    active = "\n".join(
        line.removeprefix("# ") if " = " in line and line.startswith("# ") else line
        for line in text.splitlines()
    )
    shown = {(table, key) for table, keys in tomllib.loads(active).items() for key in keys}
    assert shown == {(table, setting.name) for table, setting in all_settings()}


@pytest.mark.skipif(sys.platform != "linux", reason="names are text here")
def test_a_folder_whose_name_is_not_utf_8_can_be_started(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"no\xfftes")
    start(folder)
    assert read_project(folder / "notes").name == "notes"


def test_the_workflow_is_valid_yaml_that_builds_and_releases(run: Run, tmp_path: Path) -> None:
    run("init", "x")
    workflow = yaml.safe_load((tmp_path / "x/.github/workflows/deck.yml").read_text())
    commands = [step.get("run", "") for step in workflow["jobs"]["deck"]["steps"]]
    assert "ankify build notes --locked" in commands
    assert "gh release" in commands[-1]


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")
def test_make_deck_works_at_once(run: Run, tmp_path: Path, anki: RealAnki) -> None:
    run("init", "x")
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(
        ["make", "deck", "check", "preview"],
        cwd=tmp_path / "x",
        env={"PATH": path, "HOME": str(tmp_path)},
        timeout=60,  # a preview that is served would never end, and needs what may be missing
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "x" / "build" / "preview" / "index.html").is_file()
    assert anki.load(tmp_path / "x" / "build" / "x.apkg").new == 2
    assert anki.complaints() == []
