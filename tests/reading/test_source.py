"""Note files: what is found in a folder, and what their bytes become."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ankify.config import QuestionSettings
from ankify.model import AnkifyError
from ankify.reading.source import decode_note_file, find_note_files

NOTE = "\n## 1. What?\n\nSo.\n"


def test_front_matter_is_taken_off_and_the_lines_stay() -> None:
    note = decode_note_file("a.md", f"---\ndeck: Sums\ntags: [a, b]\n---\n{NOTE}".encode())
    assert note.front_matter == {"deck": "Sums", "tags": ["a", "b"]}
    assert note.text == "\n\n\n\n" + NOTE


@pytest.mark.parametrize(
    "yaml",
    [
        "",
        "A rule, and a text.\n",
        "- a\n- b\n",
    ],
    ids=lambda yaml: yaml[:20],
)
def test_what_is_no_front_matter_stays_text(yaml: str) -> None:
    text = f"---\n{yaml}---\n{NOTE}"
    note = decode_note_file("a.md", text.encode())
    assert (note.front_matter, note.text) == ({}, text)


def test_front_matter_ends_where_a_heading_is_glued_to_its_last_rule() -> None:
    note = decode_note_file("a.md", b"---\ndeck: Sums\ntags: [a]\n---## 1. What?\n\nSo.\n\n---\n")
    assert note.front_matter == {"deck": "Sums", "tags": ["a"]}
    assert note.text == "\n\n\n## 1. What?\n\nSo.\n\n---\n"


@pytest.mark.parametrize(
    "text",
    ["---\ndeck: a\n---#tag\n", "---\ndeck: a\nA text.\n---## B\n", "---\n---## B\n"],
)
def test_a_rule_with_text_glued_to_it_ends_nothing_else(text: str) -> None:
    note = decode_note_file("a.md", text.encode())
    assert (note.front_matter, note.text) == ({}, text)


@pytest.mark.parametrize(
    ("yaml", "values", "line"),
    [
        ("date: 2024-99-99\n", {"date": "2024-99-99"}, 2),
        ("done: !!bool maybe\n", {}, 2),
        ("at: !!timestamp noon\n", {}, 2),
        ("a: [b\n", {}, 2),
        ("a: " + "[" * 900 + "\n", {}, 2),
        ("deck: a\nb: " + "{[" * 60 + "]}" * 60 + "\n", {"deck": "a"}, 2),
        ("deck: a\n" + "b: c\n" * 6000 + "tags: d\n", {"deck": "a", "b": "c"}, 2),
        ("a: !!python/object/apply:os.getcwd []\n", {}, 2),
        ("title: Soil: sand\ntags: [a]\n", {"title": "Soil: sand", "tags": ["a"]}, 2),
        ("tags:\n- a\n- b\nx: '\n", {"tags": ["a", "b"]}, 5),
        ("deck: [a]\norder: b\n", {"deck": ["a"], "order": "b"}, 2),
    ],
    ids=lambda value: str(value)[:20],
)
def test_broken_front_matter_is_reported_and_read_as_far_as_it_goes(
    yaml: str, values: dict[str, object], line: int
) -> None:
    note = decode_note_file("a.md", f"---\n{yaml}---\n{NOTE}".encode())
    assert note.front_matter == values
    assert note.text.strip() == NOTE.strip()
    assert note.text.count("\n") == NOTE.count("\n") + yaml.count("\n") + 2
    first = note.problems[0]
    assert (first.rule, first.location.line) == ("front-matter", line)


def test_a_folder_that_cannot_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(AnkifyError, match=r"cannot read the folder .*: Permission denied"):
        find_note_files(tmp_path, QuestionSettings())


@pytest.mark.parametrize(
    "pattern", ["drafts", "drafts/", "./drafts", "./drafts/**", "drafts/*", "*/b.md"]
)
def test_a_folder_to_ignore_may_be_written_in_any_way(tmp_path: Path, pattern: str) -> None:
    for name in ("in/drafts/b.md", "in/a.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(NOTE)
    ignore = QuestionSettings(ignore=(pattern,))
    assert [one.path for one in find_note_files(tmp_path / "in", ignore)] == ["a.md"]
    (tmp_path / "in" / "ankify.toml").write_text(f"[questions]\nignore = ['{pattern}']\n")
    assert [one.path for one in find_note_files(tmp_path, QuestionSettings())] == ["in/a.md"]


def test_readme_and_index_come_first_and_hidden_folders_never(tmp_path: Path) -> None:
    for name in ("b.md", "index.md", "a/z.md", "a/README.md", ".x/c.md", "venv/d.md", "e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(NOTE)
    found = [one.path for one in find_note_files(tmp_path, QuestionSettings())]
    assert found == ["index.md", "a/README.md", "a/z.md", "b.md"]


def found_in(folder: Path, notes: dict[str, str]) -> list[str]:
    for name, front_matter in notes.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"---\n{front_matter}\n---\n{NOTE}" if front_matter else NOTE)
    return [one.path for one in find_note_files(folder, QuestionSettings())]


def test_note_files_with_an_order_come_first_and_take_their_folder_along(tmp_path: Path) -> None:
    notes = {
        "a.md": "",
        "b.md": "order: 10",
        "c/d.md": "",
        "c/e.md": "order: 1.5",
        "f/g.md": "order: 2",
        "f/h.md": "order: 0",
        "f/README.md": "",
    }
    found = ["f/README.md", "f/h.md", "f/g.md", "c/e.md", "c/d.md", "b.md", "a.md"]
    assert found_in(tmp_path, notes) == found


@pytest.mark.parametrize("value", ["", "first", "'1'", "true", ".nan", "[1]", "2024-05-06"])
def test_an_order_that_is_no_number_is_none(tmp_path: Path, value: str) -> None:
    assert found_in(tmp_path, {"a.md": "", "b.md": f"order: {value}"}) == ["a.md", "b.md"]


@pytest.mark.parametrize(
    "text",
    [f"order: 1\n{NOTE}", f"{NOTE}\n---\norder: 1\n---\n", "---\nno: order\n---\n\norder: 1\n"],
)
def test_an_order_outside_of_the_front_matter_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(NOTE)
    (tmp_path / "b.md").write_text(text)
    assert found_in(tmp_path, {}) == ["a.md", "b.md"]


def test_an_order_may_have_any_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(NOTE)
    for name, ends in (("b.md", b"\r\n"), ("c.md", b"\r")):
        front_matter = ends.join((b"---", b"order: 1", b"---", b""))
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + front_matter)
    assert found_in(tmp_path, {}) == ["b.md", "c.md", "a.md"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_what_is_no_file_is_no_note_file(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(NOTE)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    for name, target in (("folder.md", "folder"), ("gone.md", "none"), ("link.md", "a.md")):
        (tmp_path / name).symlink_to(target)
    found = [one.path for one in find_note_files(tmp_path, QuestionSettings())]
    assert found == ["a.md", "link.md"]
