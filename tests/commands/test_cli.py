"""The command line as people see it: exit code, stdout and stderr, whole."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO, StringIO
from itertools import chain, repeat
from pathlib import Path

import click
import genanki
import pytest
from click.testing import CliRunner
from conftest import LIMIT, PIXEL, Outcome
from PIL import Image
from real_anki import RealAnki

from ankify.commands.cli import COMMANDS, cli
from ankify.commands.console import progress_bar
from ankify.commands.project import ask
from ankify.identity.guids import Candidate, Doubt
from ankify.identity.lock import LockEntry, read_lock

Run = Callable[..., Outcome]
Project = Callable[..., Path]

NOTE = (
    "# Sums\n\n## 1. What is one and one?\n\nTwo, as $1 + 1 = 2$ says.\n\n## 2. And two?\n\nFour.\n"
)


def test_build_says_what_it_built_and_a_second_build_that_nothing_changed(
    project: Project, run: Run
) -> None:
    root = project({"Sums.md": NOTE})
    said = "Built build/notes.apkg: 2 notes in 1 deck, 0 media files\n"
    assert run("build", root) == (0, "", said + "  added 2\n")
    lock = (root / "ankify.lock").read_bytes()
    deck = Path("build/notes.apkg").read_bytes()
    assert run("build", root) == (0, "", said)
    assert (root / "ankify.lock").read_bytes() == lock
    assert Path("build/notes.apkg").read_bytes() == deck


def test_list_prints_places_and_titles(project: Project, run: Run) -> None:
    project({"Sums.md": NOTE})
    expected = "notes/Sums.md:3: 1. What is one and one?\nnotes/Sums.md:7: 2. And two?\n"
    assert run("list") == (0, expected, "")


def test_list_as_json_has_the_keys_of_the_contract(project: Project, run: Run) -> None:
    root = project({"a/Sums.md": NOTE + "\n![x](x.png)\n", "a/x.png": PIXEL})
    code, out, err = run("list", root, "--json", "--html")
    first, second = json.loads(out)
    assert (code, err) == (0, "")
    assert list(first) == [
        *("file", "line", "end_line", "number", "title", "guid", "deck", "tags", "images"),
        *("formulas", "cards", "question_html", "answer_html"),
    ]
    assert first["file"] == "a/Sums.md"
    assert (first["line"], first["end_line"], first["number"]) == (3, 5, "1")
    assert first["title"] == "What is one and one?"
    assert (first["deck"], first["tags"]) == ("notes::a::Sums", ["a::Sums"])
    assert (first["images"], first["formulas"]) == ([], 1)
    assert r"\(1 + 1 = 2\)" in first["answer_html"]
    assert second["images"] == ["x.png"]


def test_list_writes_nothing(project: Project, run: Run) -> None:
    root = project({"Sums.md": NOTE})
    run("list", root)
    assert [path.name for path in root.iterdir()] == ["Sums.md"]


def test_a_missing_image_is_a_warning_and_with_strict_a_failure(project: Project, run: Run) -> None:
    root = project({"Sums.md": NOTE + "\n![a sum](sum.png)\n"})
    code, _, err = run("build", root)
    assert code == 0
    assert err.startswith(f"{root}/Sums.md:11: warning: image not found: sum.png [missing-image]\n")
    code, _, err = run("build", root, "-o", "other.apkg", "--strict")
    assert code == 1
    assert not Path("other.apkg").exists()


def test_locked_fails_where_the_lock_would_change(project: Project, run: Run) -> None:
    root = project({"Sums.md": NOTE})
    run("build", root)
    assert run("build", root, "--locked")[0] == 0
    (root / "Sums.md").write_text(NOTE.replace("Four", "Five"))
    lock = (root / "ankify.lock").read_bytes()
    code, out, err = run("build", root, "--locked")
    assert (code, out) == (1, "")
    assert err == (
        f"error: {root}/ankify.lock does not match the notes: updated: {root}/Sums.md:7 And two?\n"
        f"  hint: ankify build {root} && git add {root}/ankify.lock"
        " && git commit -m 'Update ankify.lock'\n"
    )
    assert (root / "ankify.lock").read_bytes() == lock


def test_locked_says_that_there_is_no_lock(project: Project, run: Run) -> None:
    root = project({"Sums.md": NOTE})
    said = run("build", root, "--locked")[2]
    assert "ankify.lock does not match the notes: there is none" in said


def test_locked_says_that_only_the_templates_changed(project: Project, run: Run) -> None:
    root = project({"Sums.md": NOTE})
    run("build", root)
    (root / "style.css").write_text("/* mine */")
    (root / "ankify.toml").write_text('[templates]\ndir = "."\n')
    assert "the templates of the cards changed" in run("build", root, "--locked")[2]


LOOSE = "# Sums\n\n## What is one and one?\n\nTwo.\n\n## And two?\n\nFour.\n"


def test_a_forgotten_unnumbered_removes_nothing_without_asking(project: Project, run: Run) -> None:
    root = project({"Sums.md": LOOSE, "a.md": NOTE})
    assert run("build", root, "--unnumbered")[0] == 0
    lock = (root / "ankify.lock").read_bytes()
    code, _, err = run("build", root)
    assert code == 1
    assert err.endswith(
        "error: nothing was written: 2 questions would be marked as removed: they have no number\n"
        "  hint: --unnumbered takes them (unnumbered = true in ankify.toml), -y marks them\n"
    )
    assert (root / "ankify.lock").read_bytes() == lock
    assert "removed 2" in run("build", root, "-y")[2]


def test_a_question_that_is_gone_among_sections_is_no_forgotten_option(
    project: Project, run: Run
) -> None:
    root = project({"Sums.md": f"{NOTE}\n## Remarks\n\nNone.\n"})
    run("build", root)
    (root / "Sums.md").write_text(NOTE.partition("## 2.")[0] + "## Remarks\n\nNone.\n")
    assert "removed 1" in run("build", root)[2]


@pytest.mark.parametrize(
    ("ignored", "output", "pattern"),
    [
        ("", "build/x.apkg", "/build/"),
        ("", "x.apkg", "/x.apkg"),
        ("*.py\n/build/\n", "build/x.apkg", None),
        ("*.apkg\n", "x.apkg", None),
    ],
)
def test_the_first_build_says_how_to_keep_the_package_out_of_git(
    project: Project, run: Run, ignored: str, output: str, pattern: str | None
) -> None:
    project({"Sums.md": NOTE})
    hint = f"  to keep it out of git: echo {pattern} >> .gitignore\n" if pattern else ""
    Path(".gitignore").write_text(ignored)
    if pattern:
        assert "git" not in run("build", "-o", output)[2]  # no repository
        Path("notes/ankify.lock").unlink()
    Path(".git").mkdir()
    assert run("build", "-o", output)[2].endswith(f"  added 2\n{hint}")
    assert "git" not in run("build", "-o", output)[2]


def test_an_endless_gitignore_is_not_read(project: Project, run: Run) -> None:
    project({"Sums.md": NOTE})
    Path(".git").mkdir()
    with Path(".gitignore").open("w") as file:
        file.truncate(1 << 40)
    code, _, err = run("build", "-o", "x.apkg")
    assert (code, err.splitlines()[-1]) == (
        0,
        "  to keep it out of git: echo /x.apkg >> .gitignore",
    )


@pytest.mark.parametrize("command", ["list", "diff", "preview"])
def test_no_question_is_no_success(project: Project, run: Run, command: str) -> None:
    project({"a.md": "# Diary\n\nNothing to ask.\n"})
    code, _, err = run(command)
    assert (code, err.startswith("error: no question found")) == (1, True)
    assert run("list", "--json") == (0, "[]\n", "")
    assert not Path("build").exists()


def test_locked_lets_pass_what_costs_no_guid_and_no_update(project: Project, run: Run) -> None:
    root = project({"a.md": "# A\n\n## 1. Why?\n\nSo.\n\n## 2. How?\n\nThus.\n"})
    run("build", root)
    lock = (root / "ankify.lock").read_bytes()
    project({"a.md": "# A\n\n## 1. How?\n\nThus.\n\n## 2. Why?\n\nSo.\n"})
    assert run("build", root, "--locked")[0] == 0
    assert (root / "ankify.lock").read_bytes() == lock


def test_a_file_whose_questions_are_all_gone_is_said_and_asked_about(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project({"a.md": "# A\n\n## 1. Why?\n\nSo.\n\n## 2. How?\n\nThus.\n", "b.md": MORE})
    run("build", root)
    lock = (root / "ankify.lock").read_bytes()
    project({"a.md": "# A\n\nNothing is asked here.\n"})
    monkeypatch.setattr("ankify.commands.build._is_terminal", lambda: True)
    code, _, err = run("build", root, stdin="n\n")
    assert code == 1
    assert "a.md: warning: all 2 questions of this file would be gone" in err
    assert f"mark the questions of {root}/a.md as removed? [y/N]" in err
    assert (root / "ankify.lock").read_bytes() == lock
    assert run("build", root, stdin="y\n")[0] == 0
    assert "questions-gone" not in run("build", root)[2]


def test_a_file_that_lost_a_question_or_all_by_a_move_is_no_warning(
    project: Project, run: Run
) -> None:
    root = project({"a.md": "# A\n\n## 1. Why?\n\nSo.\n\n## 2. How?\n\nThus.\n", "b.md": MORE})
    run("build", root)
    project({"a.md": "# A\n\n## 1. Why?\n\nSo.\n"})
    assert "questions-gone" not in run("build", root)[2]
    project({"a.md": "# A\n\nSee c.md.\n", "c.md": "# C\n\n## 1. Why?\n\nSo.\n"})
    assert "questions-gone" not in run("build", root)[2]


BAD: dict[str, tuple[dict[str, str | bytes], list[str], str]] = {
    "no question": (
        {"a.md": "# Diary\n\nNothing to ask.\n"},
        [],
        "error: no question found, so there is no deck to write\n  hint: a question is",
    ),
    "no note file": (
        {"a.txt": NOTE},
        [],
        "error: no question found, so there is no deck to write\n  hint: there is no .md file in ",
    ),
    "not UTF-8": (
        {"a.md": NOTE, "b.md": b"# B\n\n## 1. Caf\xe9?\n\nYes.\n"},
        [],
        "b.md:3: error: not UTF-8 (byte 0xe9)",
    ),
    "the name collection.apkg": (
        {"a.md": NOTE},
        ["-o", "collection.apkg"],
        "error: refusing to write collection.apkg: ",
    ),
    "a name that Anki does not import": (
        {"a.md": NOTE},
        ["-o", "deck.zip"],
        "error: refusing to write deck.zip: ",
    ),
    "a folder": (
        {"a.md": NOTE},
        ["-o", "notes"],
        "error: cannot write notes: it is a folder\n  hint: name the file: -o notes/notes.apkg\n",
    ),
    "no name at all": (
        {"a.md": NOTE},
        ["-o", ""],
        "error: cannot write .: it is a folder\n  hint: name the file: -o notes.apkg\n",
    ),
    "an output that cannot be written": (
        {"a.md": NOTE, "file": "in the way"},
        ["-o", "notes/file/deck.apkg"],
        "error: cannot write notes/file/deck.apkg: ",
    ),
    "an unknown setting": (
        {"a.md": NOTE, "ankify.toml": '[deck]\nnmae = "x"\n'},
        [],
        "ankify.toml:2: error: unknown setting 'nmae'\n  hint: did you mean name?",
    ),
    "a lock in conflict": (
        {"a.md": NOTE, "ankify.lock": "<<<<<<< HEAD\n=======\n>>>>>>> other\n"},
        [],
        "ankify.lock:1: error: ",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_message_and_nothing_is_written(
    project: Project, run: Run, case: str
) -> None:
    files, options, message = BAD[case]
    root = project(files)
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    code, out, err = run("build", root, *options)
    assert (code, out) == (1, "")
    assert err.removeprefix(f"{root.as_posix()}/").startswith(message)
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


@pytest.mark.skipif(not shutil.which("git"), reason="there is no git here")
@pytest.mark.parametrize("command", ["build", "check"])
@pytest.mark.parametrize("folder", ["notes", "my notes"])
def test_the_way_out_of_a_broken_lock_works_from_here(
    project: Project, run: Run, command: str, folder: str
) -> None:
    root = project({"Sums.md": NOTE}, folder).relative_to(Path.cwd())
    run("build", root, "-o", "old.apkg")
    good = (root / "ankify.lock").read_bytes()
    for arguments in ("init -q", "add .", "-c user.name=a -c user.email=a@b.c commit -qm a"):
        subprocess.run(["git", *arguments.split()], check=True, timeout=LIMIT)
    (root / "ankify.lock").write_bytes(good[:-20])
    said = "".join(run(command, root)[1:])
    assert said.startswith(f"{folder}/ankify.lock:")
    git, remove, adopt = re.findall(
        r"\((git .*)\), then .* without git (.*), then (ankify .*)", said
    )[0]
    subprocess.run(git, shell=True, check=True, timeout=LIMIT)
    assert (root / "ankify.lock").read_bytes() == good
    subprocess.run(remove.replace("remove", "rm"), shell=True, check=True, timeout=LIMIT)
    words = adopt.replace("OLD", "old").replace("NOTES", f"{root}/").split(" ", 3)
    assert run(*words[1:])[0] == 0


HEADING = 'a question is a heading with a number, "## 1. What is a norm?", or '
DIARY = "# Diary\n\n## Monday\n\nRain.\n"
ASKED = "# Sums\n\n## What is one and one?\n\nTwo.\n\n## What is two and two?\n\nFour.\n"
OPTION, LEVEL = HEADING + "take --unnumbered", HEADING + "in ankify.toml: [questions] level = 2"
NO_FILE = "there is no .md file in notes, beside those left out: hidden folders, venv, node_modules"


@pytest.mark.parametrize(
    ("files", "options", "hint"),
    [
        ({"a.md": ASKED}, [], OPTION),
        ({"a.md": DIARY}, [], LEVEL),
        ({"a.md": "# Diary\n\nRain.\n"}, ["--unnumbered"], LEVEL),
        ({"a.txt": NOTE}, [], NO_FILE),
        ({"a.md": NOTE, "ankify.toml": "[questions]\nignore = ['*']\n"}, [], NO_FILE),
    ],
)
def test_notes_without_a_question_get_the_same_hint_from_all_commands(
    project: Project, run: Run, files: dict[str, str], options: list[str], hint: str
) -> None:
    project(files)
    message = "no question found, so there is no deck to write"
    said = f"error: {message}\n  hint: {hint}"
    assert said in run("build", *options)[2]
    code, out, err = run("check", *options)
    assert code == 1
    assert f"notes: error: {message} [no-question]\n  hint: {hint}" in out
    assert err.startswith("1 error, ")
    for command in ("list", "preview"):
        code, out, err = run(command, *options)
        assert (code, out) == (1, "")
        assert said in err
    assert run("list", "--json", *options)[:2] == (0, "[]\n")


def test_what_the_hint_says_helps(project: Project, run: Run) -> None:
    assert run("build", project({"a.md": ASKED}), "--unnumbered")[0] == 0
    root = project({"a.md": DIARY, "ankify.toml": "[questions]\nlevel = 2\n"}, "diary")
    assert run("build", root)[0] == 0


def test_a_missing_folder_is_named(run: Run) -> None:
    code, out, err = run("build", "nowhere")
    assert (code, out) == (1, "")
    assert err.startswith("error: no such folder: nowhere\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["preview", "-o", "file/sub"], "error: cannot write file/sub: Not a directory\n"),
        (["preview"], "error: cannot write build/preview: Not a directory\n"),
        (["build", "x" * 300], "ankify.toml: error: cannot be read: File name too long"),
    ],
)
def test_what_the_system_refuses_is_one_clear_message(
    project: Project, run: Run, tmp_path: Path, arguments: list[str], said: str
) -> None:
    project({"Sums.md": NOTE})
    (tmp_path / "file").write_text("")
    (tmp_path / "build").write_text("")
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith(said)


def test_no_error_of_the_system_is_a_traceback(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error", "disk")

    project({"Sums.md": NOTE})
    monkeypatch.setattr("ankify.pipeline.read_project", fail)
    for command in ("build", "list", "check", "diff", "preview"):
        assert run(command) == (1, "", "error: disk: Input/output error\n")


def test_notes_that_nobody_may_read_are_an_error(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    project({"Sums.md": NOTE})
    for name in ("read_bytes", "exists"):
        monkeypatch.setattr(Path, name, refuse)
    code, _, err = run("build", "notes")
    assert code == 1
    assert "Permission denied" in err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("biuld", "No such command 'biuld'. Did you mean build?"),
        ("xyzzy", "No such command 'xyzzy'. `ankify help` lists the commands."),
        ("build --stict", "No such option '--stict'. Did you mean '--strict'?"),
        ("help buidl", "No such command 'buidl'. Did you mean build?"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(run: Run, typed: str, said: str) -> None:
    code, out, err = run(*typed.split())
    assert (code, out) == (2, "")
    assert err.rstrip().endswith(f"Error: {said}")


def test_help_is_a_command_too(run: Run) -> None:
    assert run("help") == run("--help")
    assert run("help", "build") == run("build", "--help")


def test_wrong_usage_exits_with_two(run: Run) -> None:
    for arguments in (
        ["build", "--no-such-option"],
        ["nonsense"],
        ["adopt"],
        ["preview", "--port", "70000"],
    ):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("Usage: cli ")


def test_an_image_outside_of_the_notes_is_refused_and_the_deck_is_built(
    project: Project, run: Run
) -> None:
    root = project({"Sums.md": NOTE + "\n![x](../secret.png)\n"})
    (root.parent / "secret.png").write_bytes(PIXEL)
    code, _, err = run("build", root)
    assert code == 0
    assert "image is outside of the notes folder: ../secret.png [image-outside]" in err
    assert "0 media files" in err


def test_smaller_copies_are_made_once_and_what_they_save_is_said(
    project: Project, run: Run
) -> None:
    wide = BytesIO()
    Image.effect_noise((600, 300), 90).save(wide, "PNG")
    root = project(
        {
            "Sums.md": NOTE + "\n![x](wide.png)\n",
            "wide.png": wide.getvalue(),
            "ankify.toml": "[media]\nmax_width = 100\n",
        }
    )
    code, _, err = run("build", root)
    assert code == 0
    assert re.search(r"smaller copies of pictures save 0\.\d MB\n", err)


# How much is said -------------------------------------------------------------------------------


def test_all_texts_name_files_as_seen_from_here(project: Project, run: Run) -> None:
    root = project({"a.md": NOTE + "\n![x](x.png)\n"})
    relative = Path("notes")
    for command in ("list", "list --why", "check", "diff", "build -v"):
        for folder in (relative, root):
            said = "".join(run(*command.split(), folder)[1:])
            assert f"{folder}/a.md:" in said, command
            assert "a.md:" not in said.replace(f"{folder}/a.md:", ""), command


def test_a_place_without_a_line_has_none_in_json(project: Project, run: Run) -> None:
    root = project({"a.md": NOTE, "b.md": "# B\n\n## 1. What is c?\n\nIt.\n"})
    run("build")
    (root / "b.md").write_text("# B\n\n## What is c?\n\nIt.\n")
    assert {it["line"] for it in json.loads(run("check", "--format", "json")[1])} == {None}
    report = json.loads(run("build", "--json", "-y")[1])
    assert [(it["kind"], it["line"]) for it in report["changes"]] == [("removed", None)]
    assert {it["line"] for it in report["problems"]} == {None}


@pytest.mark.parametrize(
    "arguments", ["list --html", "list --why --html --json", "preview --port 8766"]
)
def test_an_option_that_would_do_nothing_is_wrong_usage(
    project: Project, run: Run, arguments: str
) -> None:
    project({"a.md": NOTE})
    assert run(*arguments.split())[0] == 2


def test_what_is_left_out_is_counted_once(project: Project, run: Run) -> None:
    asked = "".join(f"## {n}. What is thing {n}?\n\nIt is {n}.\n\n" for n in range(1, 9))
    lost = f"## What are generics?\n\n{'Types as values. ' * 9}\n\n"
    project({"a.md": f"# A\n\n{asked}{lost}## 9. What is thing 9?\n\nIt.\n"})
    assert "  left out: 1 heading, " in run("build")[2]


def test_build_quiet_verbose_and_as_json(project: Project, run: Run) -> None:
    root = project({"Sums.md": NOTE})
    assert run("build", "-q") == (0, "", "")
    (root / "Sums.md").write_text(NOTE.replace("## 2. And two?", "## 3. And two and two?"))
    code, out, err = run("build", "--json")
    report = json.loads(out)
    assert (code, err) == (0, "")
    assert list(report) == [
        *("package", "notes", "decks", "media", "changes", "problems", "searches"),
    ]
    assert [(c["kind"], c["line"], c["before"]) for c in report["changes"]] == [
        ("reworded", 7, "And two?"),
        ("renumbered", 7, "2"),
    ]
    (root / "Sums.md").write_text(NOTE)
    assert run("build", "-v") == (
        *(0, ""),
        "Built build/notes.apkg: 2 notes in 1 deck, 0 media files\n"
        "  reworded 1, renumbered 1\n"
        "  reworded: notes/Sums.md:7: And two? (was And two and two?)\n"
        "  renumbered: notes/Sums.md:7: And two? (was 3)\n",
    )


def test_quiet_still_shows_why_nothing_was_written(project: Project, run: Run) -> None:
    project({"Sums.md": NOTE + "\n![y](y.png)\n"})
    assert run("build", "-q") == (0, "", "")
    assert run("build", "-q", "--strict") == (
        *(1, ""),
        "notes/Sums.md:11: warning: image not found: y.png [missing-image]\n"
        "error: nothing was written: the problems above come first\n",
    )


MORE = "# More\n\n## 1. What is six?\n\nThe sum of one, two and three, and their product, too.\n"


def test_build_gives_searches_for_what_an_import_cannot_do(project: Project, run: Run) -> None:
    root = project({"Sums.md": NOTE, "More.md": MORE})
    run("build")
    (root / "Sums.md").write_text(NOTE.partition("## 2")[0])
    (root / "in").mkdir()
    (root / "More.md").rename(root / "in" / "More.md")
    _, _, err = run("build")
    assert err == (
        "Built build/notes.apkg: 2 notes in 2 decks, 0 media files\n"
        "  moved 1, removed 1\n"
        "  removed questions, after the import, in Anki's browser: tag:ankify::removed\n"
        '  cards stay in their deck; to move them to "notes::in::More", '
        'search in Anki after the import: deck:"notes::More" -deck:"notes::More::*" '
        'tag:"in::More"\n'
    )


def test_a_build_that_forgets_unnumbered_says_why_questions_are_gone(
    project: Project, run: Run
) -> None:
    root = project({"Sums.md": NOTE, "Asked.md": ASKED})
    run("build", "--unnumbered")
    lock = (root / "ankify.lock").read_bytes()
    warning = (
        "notes/Asked.md: warning: 2 questions without a number make no card"
        " [unnumbered-questions]\n"
        "  hint: number them, or set unnumbered = true in [questions] of ankify.toml\n"
    )
    code, _, err = run("build", "--strict")
    assert (code, (root / "ankify.lock").read_bytes()) == (1, lock)
    assert err.startswith(warning)
    code, _, err = run("build", "--json")
    assert (code, (root / "ankify.lock").read_bytes()) == (1, lock)
    assert err.startswith(warning)
    code, out, err = run("build", "--json", "--yes")
    assert (code, err) == (0, warning)
    assert [each["rule"] for each in json.loads(out)["problems"]] == ["unnumbered-questions"]
    assert "warning" not in run("build")[2]  # which removes nothing


def test_what_unnumbered_takes_is_not_said_to_make_no_card(project: Project, run: Run) -> None:
    project({"Sums.md": NOTE, "Asked.md": ASKED})
    assert "unnumbered-questions" in run("check")[1]
    assert run("check", "--unnumbered") == (0, "", "0 errors, 0 warnings in 4 questions\n")


def test_a_question_without_a_tombstone_can_be_found_in_anki(
    project: Project, run: Run, anki: RealAnki
) -> None:
    root = project({"a.md": NOTE, "b.md": '# B\n\n## 1. What is *: (a-b) "six_7"?\n\nIt.\n'})
    run("build")
    anki.load(Path("build/notes.apkg"))
    shutil.rmtree("build")
    (root / "b.md").unlink()
    search = run("build")[2].splitlines()[-1]
    assert search.startswith('  removed, but not marked in Anki; to find it: "')
    assert len(anki.col.find_notes(search.partition(": ")[2])) == 1


def questions(*titles: str) -> str:
    """A note file with these questions."""
    each = (f"## {n}. {title}\n\nAs {title} says.\n" for n, title in enumerate(titles, 1))
    return "\n".join(each)


def in_deck(name: str, *titles: str) -> str:
    return f"---\ndeck: {name}\n---\n\n{questions(*titles)}"


def gaps(*titles: str) -> str:
    each = (f"## {n}. {title}\n\nIt {{{{c1::has}}}} a gap.\n" for n, title in enumerate(titles, 1))
    return "\n".join(each)


MANY = [f"question {n}" for n in range(30)]
SEARCH = re.compile(r'to move them to "(.+)", search in Anki after the import: (.+)')
TALL = "What does `x` print?\n\n```js\nconsole.log(1)\n```\n\n- A: 1\n- B: 2\n\n**Answer:** A"

# The notes before and after (None: gone), and the question of the cards that each search finds.
MOVED: dict[str, tuple[dict[str, str | None], dict[str, str | None], dict[str, set[str]]]] = {
    "a file, from above sub-decks": (
        {"a/README.md": questions("moved"), "a/b.md": questions("below")},
        {"a/README.md": None, "a/c.md": questions("moved")},
        {"notes::a::c": {"moved"}},
    ),
    "one question of a file": (
        {"a.md": questions("moved", "stays"), "b.md": questions("other")},
        {"a.md": questions("stays"), "b.md": questions("other", "moved")},
        {"notes::b": {"moved"}},
    ),
    "one question, to where nothing has a tag": (
        {"a.md": questions("moved", "moved again and again", "an `<b>` & (c): *d_e*", "stays")},
        {
            "a.md": questions("moved again and again", "stays"),
            "README.md": questions("moved", "an `<b>` & (c): *d_e*"),
        },
        {"notes": {"moved", "an <code>&lt;b&gt;</code> &amp; (c): <em>d_e</em>"}},
    ),
    "a question with code, to where nothing has a tag": (
        {"a.md": f"## 1. {TALL}\n\n## 2. {TALL.replace('(1)', '(2)')}\n"},
        {
            "a.md": f"## 1. {TALL.replace('(1)', '(2)')}\n",
            "README.md": f"# R\n\n## 1. {TALL}\n",
        },
        {"notes": {"What does <code>x</code> print?"}},
    ),
    "from one deck to two": (
        {"a.md": questions("one", "two", "three")},
        {"a.md": None, "b.md": questions("one", "three"), "c.md": questions("two")},
        {"notes::b": {"one", "three"}, "notes::c": {"two"}},
    ),
    "and another one is removed": (
        {"a.md": questions("moved", "moved, too", "removed")},
        {"a.md": None, "b.md": questions("moved", "moved, too")},
        {"notes::b": {"moved", "moved, too"}},
    ),
    "a tag that looks like a pattern": (
        {"a.md": questions("moved", "decoy")},
        {"a.md": None, "c_d.md": questions("moved"), "cXd.md": questions("decoy")},
        {"notes::c_d": {"moved"}, "notes::cXd": {"decoy"}},
    ),
    "a deck whose name looks like a pattern": (
        {"README.md": in_deck("a_b", *MANY), "index.md": in_deck("aXb", "decoy")},
        {"README.md": in_deck("c", *MANY)},
        {"notes::c": {*MANY}},
    ),
    "to a deck of its own, by front matter": (
        {"a.md": questions("moved"), "b.md": in_deck("a", "stays")},
        {"a.md": in_deck("own", "moved")},
        {"notes::own": {"moved"}},
    ),
    "all, by another name of the deck": (
        {"README.md": questions(*MANY), "a.md": questions("below")},
        {"ankify.toml": "[deck]\nname = 'New'\n"},
        {"New": {*MANY}, "New::a": {"below"}},
    ),
    "one question with gaps, to where nothing has a tag": (
        {"a.md": gaps("moved", "stays")},
        {"a.md": gaps("stays"), "README.md": gaps("moved")},
        {"notes": {"moved"}},
    ),
    "questions with gaps and others, to a deck that front matter names": (
        {"README.md": in_deck("a", *MANY), "index.md": in_deck("a", *MANY[:5]) + gaps("gap")},
        {"README.md": in_deck("b", *MANY), "index.md": in_deck("b", *MANY[:5]) + gaps("gap")},
        {"notes::b": {*MANY, "gap"}},
    ),
}


@pytest.mark.parametrize("keep", [True, False], ids=["", "without the last package"])
@pytest.mark.parametrize("case", MOVED)
def test_the_search_finds_the_cards_that_must_move_and_no_others(
    project: Project, run: Run, anki: RealAnki, case: str, keep: bool
) -> None:
    before, after, expected = MOVED[case]
    root = project({file: text for file, text in before.items() if text})
    run("build", now=1_700_000_000)
    deck = Path("build/notes.apkg")
    anki.load(deck)
    if not keep:
        deck.unlink()
    for file in after:
        (root / file).unlink(missing_ok=True)
    project({file: text for file, text in after.items() if text})
    forecast = run("diff", now=1_700_001_000)[1]
    said = run("build", "-o", deck, now=1_700_001_000)[2]
    anki.load(deck)
    found = {
        new: {anki.col.get_card(card).note()["Question"] for card in anki.col.find_cards(search)}
        for new, search in SEARCH.findall(said)
    }
    assert {new: {q.split("\n")[0] for q in asked} for new, asked in found.items()} == expected
    assert all(len(found[new]) == len(expected[new]) for new in found)
    assert SEARCH.findall(forecast) == SEARCH.findall(said)


@pytest.mark.parametrize("file", ["Sums.md", "README.md"])
def test_the_search_after_adopt_leaves_other_cards_of_that_deck_alone(
    project: Project, run: Run, anki: RealAnki, file: str
) -> None:
    project({file: NOTE})
    deck = genanki.Deck(1, "Default")
    for guid, front in (("a", "What is one and one?"), ("b", "And two?"), ("c", "And a fish?")):
        deck.add_note(genanki.Note(HAND_MADE, [front, "So."], guid=guid))
    genanki.Package(deck).write_to_file("old.apkg", timestamp=1_600_000_000)
    anki.load(Path("old.apkg"))
    run("adopt", "old.apkg", now=1_700_000_000)
    [(_, search)] = SEARCH.findall(run("build", now=1_700_000_000)[2])
    for always in (False, True):
        anki.load(Path("build/notes.apkg"), always=always)
        assert not always or len(anki.col.find_cards(search)) == 2
        if not always:
            anki.change_note_type("By hand", "Ankify Question")


def test_a_stream_that_cannot_show_a_title_escapes_it(project: Project, tmp_path: Path) -> None:
    root = project({"Sums.md": NOTE.replace("two", "二")})
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = ankify("list", root, env=environment)
    assert done.returncode == 0
    assert done.stdout.splitlines()[1] == f"{root}/Sums.md:7: 2. And \\u4e8c?"


def test_nothing_is_coloured(project: Project) -> None:
    root = project({"Sums.md": NOTE + "\n![x](../x.png)\n"})
    done = ankify("check", root, env={**os.environ, "FORCE_COLOR": "1"})
    assert "\033" not in done.stdout + done.stderr


def ankify(*arguments: object, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run ankify in a process of its own."""
    command = [sys.executable, "-m", "ankify", *map(str, arguments)]
    return subprocess.run(
        command, env=env, capture_output=True, text=True, check=False, timeout=LIMIT
    )


OLD_TEXT = (
    "In every step a random part of the units is switched off, so no unit can lean on another."
    " At test time all units work, with their outputs scaled down."
)
OTHER_TEXT = "Nothing of what it said is left: wholly other words, in another order."
DOUBTS = {
    "reworded, with another answer": {
        "a.md": f"# A\n\n## 1. What is dropout ever good for?\n\n{OTHER_TEXT}\n"
    },
    "two copies": {
        "x.md": f"# X\n\n## 1. What is dropout good for?\n\n{OTHER_TEXT} {OLD_TEXT}\n",
        "y.md": f"# Y\n\n## 1. What is dropout good for?\n\n{OTHER_TEXT} {OLD_TEXT}\n",
    },
}


@pytest.mark.parametrize("case", DOUBTS)
def test_what_the_hint_on_an_uncertain_match_says_decides_it(
    project: Project, run: Run, anki: RealAnki, case: str
) -> None:
    root = project(
        {"a.md": f"# A\n\n## 1. What is dropout good for?\n\n{OLD_TEXT}\n", "b.md": MORE}
    )
    run("build", now=1_700_000_000)
    deck = Path("build/notes.apkg")
    anki.load(deck)
    anki.study()
    (root / "a.md").unlink()
    project(DOUBTS[case])
    said = run("build", now=1_700_001_000)[2]
    anki.load(deck)
    which, mark, guid, file, line = re.findall(
        r"hint: if (.*), write (<!-- ankify: id=(\S+) -->) below (.*):(\d+)", said
    )[0]
    assert which == ("it is the other one" if case == "two copies" else "it is the same question")
    lines = (root / file).read_text().split("\n")
    lines.insert(int(line), f"\n{mark}")
    (root / file).write_text("\n".join(lines))
    assert "uncertain" not in run("build", now=1_700_002_000)[2]
    anki.load(deck)
    listed = json.loads(run("list", "--json")[1])
    assert [each["guid"] for each in listed if each["file"] == file] == [guid]
    note = anki.notes()[guid]
    assert OTHER_TEXT in note.fields["Answer"]
    assert note.cards[0][-1] == 1  # its review
    assert "ankify::removed" not in note.tags


# Help -------------------------------------------------------------------------------------------

EXAMPLE = re.compile(r"^  Example: (ankify .*)$", re.MULTILINE)


@pytest.mark.parametrize("name", ["", "help", *COMMANDS])
def test_a_command_explains_itself_with_an_example_that_works(
    project: Project, run: Run, name: str
) -> None:
    code, out, err = run(*name.split(), "-h")
    assert (code, err) == (0, "")
    assert run(*name.split(), "--help")[1] == out
    assert not re.search(r"^  -.*\S  \n", out, re.MULTILINE)
    example = EXAMPLE.search(out)
    assert example
    if name in ("push", "progress"):  # they need Anki: test_push_and_progress.py
        return
    project({"Sums.md": NOTE})
    run("build", "notes", "-o", "old.apkg")
    Path("notes/ankify.lock").unlink()
    arguments = example[1].replace(" --serve", "").split()[1:]
    assert run(*arguments)[0] == 0


def test_every_option_is_explained() -> None:
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{name} {option.name}"


def test_every_command_stands_in_the_docs(run: Run, documented: Callable[[str, str], None]) -> None:
    pages = []
    for name in cli.list_commands(click.Context(cli)):
        text = run(name, "-h")[1].replace("Usage: cli ", "Usage: ankify ")
        pages.append(f"## ankify {name}\n\n```\n{text}```")
    documented("commands.md", "\n\n".join(pages))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_can_complete_commands(shell: str) -> None:
    environment = {**os.environ, "_ANKIFY_COMPLETE": f"{shell}_source"}
    command = [str(Path(sys.executable).parent / "ankify")]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=LIMIT
    )
    assert "_ANKIFY_COMPLETE=" in done.stdout, done.stderr


# adopt ------------------------------------------------------------------------------------------

HAND_MADE = genanki.Model(
    1_234_567,
    "By hand",
    fields=[{"name": "Front"}, {"name": "Back"}],
    templates=[{"name": "Card", "qfmt": "{{Front}}", "afmt": "{{Back}}"}],
)


def by_hand(path: str, *notes: tuple[str, str, str]) -> None:
    """Write a package as another tool would; notes are (guid, front, back)."""
    deck = genanki.Deck(1_234_568, "By hand")
    for guid, *fields in notes:
        deck.add_note(genanki.Note(HAND_MADE, fields, guid=guid))
    genanki.Package(deck).write_to_file(path, timestamp=1_600_000_000)


def test_adopt_rebuilds_a_lost_lock(project: Project, run: Run, anki: RealAnki) -> None:
    root = project({"Sums.md": NOTE})
    run("build", now=1_700_000_000)
    anki.load(Path("build/notes.apkg"))
    (root / "ankify.lock").unlink()
    (root / "Sums.md").rename(root / "Numbers.md")
    said = "Wrote notes/ankify.lock\n2 questions of 2 adopted, from 2 notes in the package\n"
    assert run("adopt", "build/notes.apkg", now=1_700_001_000) == (0, "", said)
    run("build", now=1_700_002_000)
    assert anki.load(Path("build/notes.apkg")).new == 0


GAPS = """# Rivers

## 1. Rivers

The {{c1::Nile}} is the longest river of {{c2::Africa}}, long known.

## 2. Where does the {{c1::Rhine}} rise?

In the Alps.

## 3. What is a lake?

Water.
"""


def test_adopt_knows_where_our_own_notes_ask_and_answer(project: Project, run: Run) -> None:
    root = project({"Rivers.md": GAPS})
    run("build", now=1_700_000_000)
    lock = root / "ankify.lock"
    before = [entry.guid for entry in read_lock(lock).entries]
    lock.unlink()
    project({"Rivers.md": GAPS.replace("1. Rivers", "1. Long rivers")})
    code, _, err = run("adopt", "-v", "build/notes.apkg", now=1_700_001_000)
    assert (code, err.splitlines()[:3]) == (
        0,
        [
            "Wrote notes/ankify.lock",
            "3 questions of 3 adopted, from 3 notes in the package",
            "  notes/Rivers.md:3: Long rivers = Rivers",
        ],
    )
    run("build", now=1_700_002_000)
    assert [entry.guid for entry in read_lock(lock).entries] == before


def test_a_removed_question_with_gaps_is_named_by_its_title(project: Project, run: Run) -> None:
    project({"Rivers.md": GAPS})
    run("build")
    project({"Rivers.md": GAPS.replace("## 1.", "##")})
    assert "  removed: Rivers\n" in run("diff", "--against", "build/notes.apkg")[1]


def test_a_build_without_the_lock_keeps_the_package_that_adopt_needs(
    project: Project, run: Run, anki: RealAnki
) -> None:
    root = project({"Sums.md": NOTE})
    run("build", now=1_700_000_000)
    deck, old = Path("build/notes.apkg"), Path("build/notes.old.apkg")
    anki.load(deck)
    (root / "ankify.lock").unlink()
    assert run("build", now=1_700_001_000)[0] == 0  # all get the same guids again
    assert not old.exists()
    (root / "Sums.md").rename(root / "Numbers.md")
    (root / "ankify.lock").unlink()
    before = deck.read_bytes()
    code, _, err = run("build", now=1_700_002_000)
    assert code == 0
    assert err.startswith(
        "warning: notes/ankify.lock was gone: 2 notes of the last package would lose the history\n"
        "  hint: remove notes/ankify.lock, then `ankify adopt build/notes.old.apkg notes` keeps it;"
        " build again\n"
    )
    assert old.read_bytes() == before
    (root / "ankify.lock").unlink()
    run(*re.findall(r"`ankify (.*)` keeps", err)[0].split(), now=1_700_002_000)
    run("build", now=1_700_002_000)
    assert anki.load(deck).new == 0


def test_adopt_lists_what_has_no_partner(project: Project, run: Run) -> None:
    project({"Sums.md": NOTE})
    by_hand(
        "old.apkg", ("a", "What is one and one?", "Two"), ("b", "What is a <b>fish</b>?", "Wet")
    )
    code, out, err = run("adopt", "old.apkg", "-v")
    assert (code, out) == (0, "")
    assert err.splitlines()[:5] == [
        "Wrote notes/ankify.lock",
        "1 question of 2 adopted, from 2 notes in the package",
        "  notes/Sums.md:3: What is one and one? = What is one and one?",
        "  new: notes/Sums.md:7: And two?",
        "  only in the package: What is a fish?",
    ]
    assert 'with "Update notes: Always"' in err


def test_adopt_as_json(project: Project, run: Run) -> None:
    project({"Sums.md": NOTE})
    by_hand("old.apkg", ("a", "What is one and one?", "Two"), ("b", "What is a fish?", "Wet"))
    code, out, err = run("adopt", "old.apkg", "--json")
    report = json.loads(out)
    assert (code, err) == (0, "")
    assert [(m["guid"], m["line"]) for m in report["matched"]] == [("a", 3)]
    assert [q["line"] for q in report["unmatched_questions"]] == [7]
    assert report["unmatched_notes"] == [{"guid": "b", "title": "What is a fish?"}]


def test_adopt_never_changes_a_guid_that_was_given_out(project: Project, run: Run) -> None:
    root = project({"Sums.md": NOTE})
    by_hand("old.apkg", ("a", "What is one and one?", "Two"))
    run("build")
    lock = (root / "ankify.lock").read_bytes()
    code, out, err = run("adopt", "old.apkg")
    assert (code, out) == (1, "")
    assert err.startswith(
        "error: ankify.lock is there already, and gives 1 of these questions other guids\n"
        "  hint: if the package is right, move notes/ankify.lock away, then adopt again;"
    )
    assert (root / "ankify.lock").read_bytes() == lock
    code, _, err = run("adopt", "build/notes.apkg")
    assert code == 0
    assert err.startswith("notes/ankify.lock knows them already: it was left alone\n")
    assert (root / "ankify.lock").read_bytes() == lock


def test_adopt_sees_guids_that_two_questions_have_swapped(project: Project, run: Run) -> None:
    root = project({"Sums.md": NOTE})
    run("build")
    one, two = read_lock(root / "ankify.lock").entries
    by_hand("old.apkg", (one.guid, two.title, "It"), (two.guid, one.title, "It"))
    code, _, err = run("adopt", "old.apkg")
    assert (code, "gives 2 of these questions other guids" in err) == (1, True)


def test_adopt_of_another_deck_writes_nothing(project: Project, run: Run) -> None:
    root = project({"Sums.md": NOTE})
    by_hand("old.apkg", ("b", "What is a fish?", "Wet"))
    code, out, err = run("adopt", "old.apkg")
    assert (code, out) == (1, "")
    assert err.startswith("error: no question of the notes is in the package")
    assert not (root / "ankify.lock").exists()


def test_the_way_that_adopt_names_keeps_the_history_of_a_deck_made_by_hand(
    project: Project, run: Run, anki: RealAnki
) -> None:
    project({"Sums.md": NOTE})
    by_hand("old.apkg", ("a", "What is one and one?", "2"), ("b", "And two?", "4"))
    anki.load(Path("old.apkg"))
    assert anki.study() == 2
    history = anki.reviews()
    run("adopt", "old.apkg", now=1_700_000_000)
    run("build", now=1_700_000_000)
    deck = Path("build/notes.apkg")
    assert run("diff", "--against", "old.apkg")[1].startswith("The next import: 2 in conflict")
    assert anki.load(deck).conflicting == 2
    anki.change_note_type("By hand", "Ankify Question")
    assert anki.load(deck).unchanged == 2
    assert anki.load(deck, always=True).updated == 2
    notes = anki.notes()
    assert notes["a"].fields["Answer"].startswith("<p>Two, as")
    assert [note.cards[0][0] for note in notes.values()] == ["By hand", "By hand"]
    assert [len(note.cards) for note in notes.values()] == [1, 1]
    assert anki.reviews() == history
    assert anki.complaints() == []


def test_merging_note_types_instead_puts_the_history_on_a_second_card(
    project: Project, run: Run, anki: RealAnki
) -> None:
    project({"Sums.md": NOTE})
    by_hand("old.apkg", ("a", "What is one and one?", "2"), ("b", "And two?", "4"))
    anki.load(Path("old.apkg"))
    anki.study()
    run("adopt", "old.apkg", now=1_700_000_000)
    run("build", now=1_700_000_000)
    anki.load(Path("build/notes.apkg"))
    anki.load(Path("build/notes.apkg"), merge=True)
    for note in anki.notes().values():
        assert [card[-1] for card in note.cards] == [0, 1]  # reviews


# on a terminal ----------------------------------------------------------------------------------


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("quiet", "times", "shown"),
    [(False, (0, 0.5, 0.9), False), (True, (0, 2, 3), False), (False, (0, 0.5, 2, 2, 2), True)],
)
def test_a_bar_shows_how_far_a_long_build_is(
    monkeypatch: pytest.MonkeyPatch, quiet: bool, times: tuple[float, ...], shown: bool
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("time.monotonic", chain(times, repeat(times[-1])).__next__)
    with progress_bar(quiet) as advance:
        advance(2, 4)
        advance(4, 4)
    assert ("4/4" in terminal.getvalue()) == shown
    assert bool(terminal.getvalue()) == shown


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [("1", 0), ("2", 1), ("0", None), ("", 1), ("y", 1), ("Yes", 1), ("n", None)],
)
def test_a_doubt_is_asked_about(typed: str, chosen: int | None) -> None:
    candidates = [Candidate("a.md", line, None, f"What is {line}?", "") for line in (3, 9)]
    entry = LockEntry("g", "old.md", None, "What was it?", "D", "", 1, 1, "")
    doubt = Doubt(entry, tuple(candidates), (0.7, 0.655), candidates[1])
    taken: list[Candidate | None] = []
    command = click.Command("ask", callback=lambda: taken.append(ask(Path("notes"), doubt)))
    result = CliRunner().invoke(command, input=f"{typed}\n")
    assert taken == [None if chosen is None else candidates[chosen]]
    assert result.output == (
        "notes/old.md: what became of 'What was it?'?\n"
        "  1: notes/a.md:3: What is 3? (70% alike)\n"
        "  2: notes/a.md:9: What is 9? (66% alike)\n"
        "  0: none of them, it is gone\n"
        f"which one [2]: {typed}\n"
    )


def test_yes_to_a_doubt_takes_the_likeliest() -> None:
    one = Candidate("a.md", 3, None, "What is it?", "")
    doubt = Doubt(LockEntry("g", "a.md", None, "Was?", "D", "", 1, 1, ""), (one,), (0.7,), None)
    taken: list[Candidate | None] = []
    command = click.Command("ask", callback=lambda: taken.append(ask(Path("notes"), doubt)))
    for typed in ("y", "", "nonsense\n7\nn"):
        CliRunner().invoke(command, input=f"{typed}\n")
    assert taken == [one, None, None]


def test_the_time_of_a_build_is_a_number(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project({"Sums.md": NOTE})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "noon")
    said = "error: SOURCE_DATE_EPOCH is not a number of seconds: 'noon'\n"
    assert run("build", root) == (1, "", said)


def test_a_file_in_place_of_the_folder_is_wrong_usage(project: Project, run: Run) -> None:
    project({"a.md": NOTE})
    code, out, err = run("build", "notes/a.md")
    assert (code, out) == (2, "")
    assert "is a file, and NOTES is a folder; name its folder: notes" in err
