"""`ankify init`: settings for notes that are there, or a folder of notes that works at once."""

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
from click.testing import CliRunner
from conftest import LIMIT, Outcome
from real_anki import RealAnki

from ankify.checks.rules import check
from ankify.commands.cli import cli
from ankify.commands.init import config_text, start
from ankify.config import Settings, all_settings, read_settings
from ankify.model import AnkifyError
from ankify.pipeline import read_project

Run = Callable[..., Outcome]

WROTE = """\
wrote my notes/.gitignore
wrote my notes/Makefile
wrote my notes/notes/ankify.toml
wrote my notes/notes/first-steps.md
wrote my notes/notes/images/forgetting.dark.svg
wrote my notes/notes/images/forgetting.svg
wrote my notes/.github/workflows/deck.yml
The workflow installs ankify-notes @ git+https://example.org/ankify
Next: cd 'my notes' && make deck (or: ankify build notes), then import build/*.apkg in Anki
"""
OWN = {
    "a.md": "# A\n\n## 1. What is one?\n\nOne.\n\n## 2. What is two?\n\nTwo.\n\n## Mitosis\n\nx\n",
    "b/c.md": "# C\n\n### Q1: What is three?\n\nThree.\n",
}


@pytest.fixture(autouse=True)
def from_the_web(monkeypatch: pytest.MonkeyPatch) -> None:
    found = "ankify-notes @ git+https://example.org/ankify"
    monkeypatch.setattr("ankify.commands.init.public_requirement", lambda: found)


def write(folder: Path, files: dict[str, str]) -> dict[Path, str]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return contents(folder)


def contents(folder: Path) -> dict[Path, str]:
    return {path: path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_init_says_what_it_wrote_and_what_is_next(run: Run) -> None:
    assert run("init", "my notes") == (0, "", WROTE)
    assert run("init", "my notes", "-q") == (0, "", "")


def test_a_folder_of_built_notes_is_left_alone(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "notes", {"lang/a.md": OWN["a.md"]})
    run("build", "notes")
    code, _, err = run("init", "notes/lang")
    assert (code, "notes/lang is a part of the notes in " in err) == (1, True)
    assert not (tmp_path / "notes" / "lang" / "ankify.toml").exists()


def test_what_is_next_works(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "diary", {"a.md": "# Diary\n\nRain.\n"})
    assert run("init", "diary")[2].splitlines()[-2:] == [
        "Next: write questions, then cd diary && ankify build, then import build/*.apkg in Anki",
        '  hint: a question is a heading with a number, "## 1. What is a norm?", or in ankify.toml:'
        " [questions] level = 2",
    ]
    write(tmp_path / "own", {"a.md": "# A\n\n## What is one?\n\nX.\n\n## And two?\n\nY.\n"})
    write(tmp_path / "own", {"ankify.toml": ""})
    assert "Next: cd own && ankify build --unnumbered, then" in run("init", "own")[2]


def test_notes_that_are_there_get_settings_and_nothing_else(run: Run, tmp_path: Path) -> None:
    before = write(tmp_path / "bio", OWN)
    code, out, err = run("init", "bio")
    assert (code, out) == (0, "")
    assert err.splitlines()[0] == "3 questions in 2 files of 2"
    assert "1 title left out:" in err
    assert '"Mitosis"' in err
    assert "to overrule it: " in err
    assert err.endswith(
        "wrote bio/ankify.toml\nNext: cd bio && ankify build, then import build/*.apkg in Anki\n"
    )
    after = contents(tmp_path / "bio")
    assert after.pop(tmp_path / "bio" / "ankify.toml")
    assert after == before
    assert read_project(Path("bio")).name == "bio"
    assert len(read_project(Path("bio")).questions) == 3


def test_init_finds_notes_in_the_folder_notes(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "go" / "notes", OWN)
    err = run("init", "go")[2]
    assert err.endswith("Next: cd go && ankify build notes, then import build/*.apkg in Anki\n")
    assert read_settings(tmp_path / "go" / "notes").deck.name == "go"
    again = run("init", "go")[2]
    assert "left go/notes/ankify.toml as it is" in again
    assert not (tmp_path / "go" / "Makefile").exists()


def test_init_of_the_notes_themselves_does_not_nest(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "notes", OWN)
    assert run("init", "notes")[0] == 0
    assert not (tmp_path / "notes" / "notes").exists()
    assert run("build", "-q") == (0, "", "")
    code, _, err = run("init", "notes/b")
    assert (code, err.startswith("error: notes/b is a part of the notes in ")) == (1, True)


def test_titles_without_a_number_are_taken_where_none_has_one(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "x", {"a.md": "# A\n\n## What is one?\n\nOne.\n\n## What is two?\n\nTwo.\n"})
    assert "2 questions in 1 file of 1" in run("init", "x")[2]
    assert read_settings(tmp_path / "x").questions.unnumbered
    assert run("build", "x", "-q") == (0, "", "")


def test_on_a_terminal_it_asks_for_the_name_and_for_titles_without_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ankify.commands.init._is_asking", lambda: True)
    loose = "# D\n\n## What is four?\n\nFour.\n\n## What is five?\n\nFive.\n"
    write(tmp_path / "x", {**OWN, "d.md": loose})
    result = CliRunner().invoke(cli, ["init", "x"], input="y\nMaths\n")
    assert result.exit_code == 0, result.output
    assert "without a number: take them, too? [y/N]: y" in result.output
    assert "name of the deck [x]: Maths" in result.output
    settings = read_settings(tmp_path / "x")
    assert (settings.deck.name, settings.questions.unnumbered) == ("Maths", True)


def test_a_repository_with_a_readme_alone_gets_notes_to_start_from(
    run: Run, tmp_path: Path
) -> None:
    write(tmp_path, {"README.md": "# A project\n\n## Install\n\nSo.\n"})
    assert run("init")[0] == 0
    assert (tmp_path / "notes" / "first-steps.md").is_file()
    write(tmp_path / "y", {"README.md": OWN["a.md"]})
    assert "2 questions in 1 file" in run("init", "y")[2]


def test_the_workflow_goes_to_the_root_of_the_repository(run: Run, tmp_path: Path) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    run("init", "repo/deep/go")
    workflow = tmp_path / "repo" / ".github" / "workflows" / "deck.yml"
    assert "ankify build deep/go/notes" in workflow.read_text()
    write(tmp_path / "other", OWN)
    assert "wrote other/.github/workflows/deck.yml" in run("init", "other", "--workflow")[2]


def test_who_has_ankify_from_a_folder_is_told_what_github_needs(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ankify.commands.init.public_requirement", lambda: None)
    err = run("init", "x")[2]
    assert "warning: the workflow installs ankify-notes from PyPI; this ankify came from" in err
    assert "write into ANKIFY_FROM of deck.yml" in err


def test_init_in_the_folder_here(run: Run, tmp_path: Path) -> None:
    code, _, err = run("init")
    assert code == 0
    assert err.endswith(
        "Next: make deck (or: ankify build notes), then import build/*.apkg in Anki\n"
    )
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


def test_the_first_notes_have_questions_a_figure_and_formulas_and_no_problem(run: Run) -> None:
    run("init", "x")
    project = read_project(Path("x/notes"))
    assert len(project.questions) == 6
    assert {media.name.rpartition(".")[2] for media in project.media} == {"svg"}
    assert sum(one.content.formulas for page in project.pages for one in page.rendered) > 4
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


def git(*arguments: str, cwd: Path) -> str:
    who = ["-c", "user.name=Me", "-c", "user.email=me@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(
        ["git", *who, *arguments],
        cwd=cwd,
        check=True,
        capture_output=True,
        text=True,
        timeout=LIMIT,
    ).stdout


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("git"), reason="there is no git here")
def test_the_workflow_is_green_at_the_first_push_and_after_an_edit_on_the_web(
    run: Run, tmp_path: Path
) -> None:
    run("init", "x")
    workflow = yaml.safe_load((tmp_path / "x/.github/workflows/deck.yml").read_text())
    steps = workflow["jobs"]["deck"]["steps"]
    assert workflow["env"]["ANKIFY_FROM"] == "ankify-notes @ git+https://example.org/ankify"
    assert steps[2]["run"] == 'pip install --prefer-binary "$ANKIFY_FROM"'
    commands = [step["run"] for step in steps[3:] if "run" in step]
    assert "gh release" in commands.pop()

    git("init", "-q", "--bare", "hub", cwd=tmp_path)
    git("init", "-q", cwd=tmp_path / "x")
    git("remote", "add", "origin", str(tmp_path / "hub"), cwd=tmp_path / "x")
    note = tmp_path / "x/notes/first-steps.md"
    for edit in ("forget, and", "forget and"):
        note.write_text(note.read_text().replace("forget, and", edit))
        git("add", "-A", cwd=tmp_path / "x")
        git("commit", "-q", "-m", "An edit, and nothing built", cwd=tmp_path / "x")
        git("push", "-q", "origin", "HEAD:main", cwd=tmp_path / "x")
        shutil.rmtree(tmp_path / "runner", ignore_errors=True)
        git("clone", "-q", "-b", "main", "hub", "runner", cwd=tmp_path)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        for command in commands:
            done = subprocess.run(
                ["bash", "-e", "-c", command],
                cwd=tmp_path / "runner",
                env={**os.environ, "PATH": path},
                capture_output=True,
                text=True,
                timeout=LIMIT,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            assert "::warning" not in done.stdout
        assert list(tmp_path.glob("runner/build/*.apkg"))
        git("pull", "-q", "origin", "main", cwd=tmp_path / "x")
        assert run("build", "x/notes", "--locked")[0] == 0


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")
def test_make_deck_works_at_once(run: Run, tmp_path: Path, anki: RealAnki) -> None:
    run("init", "x")
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(
        ["make", "deck", "check", "preview"],
        cwd=tmp_path / "x",
        env={"PATH": path, "HOME": str(tmp_path)},
        timeout=LIMIT,  # a preview that is served would never end, and needs what may be missing
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "x" / "build" / "preview" / "index.html").is_file()
    assert anki.load(tmp_path / "x" / "build" / "x.apkg").new == 6
    assert anki.complaints() == []


def test_a_link_leads_nothing_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    for inside in ("notes", ".github"):
        folder = tmp_path / f"of {inside}"
        folder.mkdir()
        (folder / inside).symlink_to(tmp_path / "away")
        with pytest.raises(AnkifyError, match="a link leads it out"):
            start(folder)
    assert not list((tmp_path / "away").iterdir())
