"""The command line as people see it: exit code, stdout and stderr, whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from conftest import PIXEL, Outcome
from PIL import Image

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
    expected = "Sums.md:3: 1. What is one and one?\nSums.md:7: 2. And two?\n"
    assert run("list") == (0, expected, "")


def test_list_as_json_has_the_keys_of_the_contract(project: Project, run: Run) -> None:
    root = project({"a/Sums.md": NOTE + "\n![x](x.png)\n", "a/x.png": PIXEL})
    code, out, err = run("list", root, "--json", "--html")
    first, second = json.loads(out)
    assert (code, err) == (0, "")
    assert list(first) == [
        *("file", "line", "end_line", "number", "title", "guid", "deck", "tags", "images"),
        *("formulas", "question_html", "answer_html"),
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
    assert err.startswith("Sums.md:11: warning: image not found: sum.png [missing-image]\n")
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
        "error: ankify.lock does not match the notes\n"
        "  hint: run `ankify build` and commit ankify.lock\n"
    )
    assert (root / "ankify.lock").read_bytes() == lock


BAD: dict[str, tuple[dict[str, str | bytes], list[str], str]] = {
    "no question": (
        {"a.md": "# Diary\n\nNothing to ask.\n"},
        [],
        "error: no question found",
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
    assert err.startswith(message)
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


def test_a_missing_folder_is_named(run: Run) -> None:
    code, out, err = run("build", "nowhere")
    assert (code, out) == (1, "")
    assert err.startswith("error: no such folder: nowhere\n")


def test_wrong_usage_exits_with_two(run: Run) -> None:
    assert run("build", "--no-such-option")[0] == 2


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
