"""From rendered questions to notes: what decks, tags and topics are called."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Files

from ankify import AnkifyError, ReadOptions, read_apkg, read_project, write_apkg, write_lock
from ankify.anki.note_type import FIELDS
from ankify.model import Note

QUESTION = "\n\n### 1. What?\n\nThat.\n"


def only_note(folder: Path) -> Note:
    (note,) = read_project(folder).notes
    return note


@pytest.mark.parametrize(
    ("above", "topic"),
    [
        ("# Stores", "<b>Stores</b>"),
        ("# :books: Stores of 10:30:45 a::bc::d", "<b>Stores of 10:30:45 a::bc::d</b>"),
        ("# Stores 🔥\n\n## ⬆️ → Caches (12)", "<b>Stores</b> › Caches"),
        ("# Stores\n\n## 二、缓存（7）", "<b>Stores</b> › 缓存"),
        ("# Stores\n\n## Born in (1999)", "<b>Stores</b> › Born in (1999)"),
        ("# Stores\n\n## Questions & Answers:", "<b>Stores</b>"),
        ("# Stores\n\n## Q&A", "<b>Stores</b>"),
        ("# Stores\n\n## 解答\n\n## Interview Q&A", "<b>Stores</b>"),
        ("# Stores\n\n## Part IV: Caches", "<b>Stores</b> › Caches"),
        ("# Stores\n\n## Part of it", "<b>Stores</b> › Part of it"),
        ("# Stores\n\n## Questions of taste", "<b>Stores</b> › Questions of taste"),
        ("# 📚", "<b>📚</b>"),
    ],
)
def test_the_topic_has_no_decoration(
    project: Callable[[Files], Path], above: str, topic: str
) -> None:
    note = only_note(project({"README.md": above + QUESTION}))
    assert note.fields[FIELDS.index("Topic")] == topic


@pytest.mark.parametrize(
    ("file", "deck", "tags"),
    [
        ("README.md", "notes", ()),
        ("rag/README.md", "notes::rag", ("rag",)),
        ("rag/index.md", "notes::rag", ("rag",)),
        ("rag/rag.md", "notes::rag", ("rag",)),
        ("rag/Rag.md", "notes::rag::Rag", ("rag::Rag",)),
        ("rag/more.md", "notes::rag::more", ("rag::more",)),
    ],
)
def test_a_file_with_the_name_of_its_folder_stands_for_it(
    project: Callable[[Files], Path], file: str, deck: str, tags: tuple[str, ...]
) -> None:
    note = only_note(project({file: "# X" + QUESTION}))
    assert (note.deck, note.tags) == (deck, tags)


@pytest.mark.parametrize(
    ("above", "settings", "tags"),
    [
        ("", '[deck]\ntags = ["", " ", "\\u200e"]\n', ()),
        ('---\ndeck: "notes\\ud800"\ntags: ["\\ud800"]\n---\n', "", ()),
        ('---\ntags: [" ", "\\u200e", sums]\n---\n', "", ("sums",)),
        ("---\ntags: [2.5, 2026-01-31, null, [a], {b: c}]\n---\n", "", ("2.5", "2026-01-31")),
        ("---\ntags: [!!set {a, b, c}, d]\n---\n", "", ("d",)),
        ("---\na: &a [x, x]\nb: &b [*a, *a]\ntags: [*b, *b, y]\n---\n", "", ("y",)),
    ],
)
def test_only_words_and_numbers_are_tags(
    project: Callable[[Files], Path], above: str, settings: str, tags: tuple[str, ...]
) -> None:
    folder = project({"README.md": f"{above}# X{QUESTION}", "ankify.toml": settings})
    assert only_note(folder).tags == tags
    write_apkg(read_project(folder), folder / "a.apkg")


@pytest.mark.parametrize("sign", ["\x1f", "&#31;", "&#x1F;"])
def test_the_sign_between_fields_never_stands_in_one(
    project: Callable[[Files], Path], sign: str
) -> None:
    """Not in one of a removed question either, as anyone can write a lock."""
    folder = project({"README.md": f"# X\n\n### 1. What{sign}?\n\nTh{sign}at.\n{QUESTION}"})
    package = folder / "a.apkg"
    read = read_project(folder, ReadOptions(last_package=package))
    write_apkg(read, package)
    write_lock(read)
    project({"README.md": "# X" + QUESTION})
    write_apkg(read_project(folder, ReadOptions(last_package=package)), package)
    assert {note.fields[1] for note in read_apkg(package).notes} == {
        "<p>Th at.</p>",
        "<p>That.</p>",
    }


@pytest.mark.skipif(sys.platform != "linux", reason="names are text here")
def test_a_folder_whose_name_is_not_utf_8_makes_a_deck(project: Callable[..., Path]) -> None:
    folder = project({"README.md": "# X" + QUESTION}, os.fsdecode(b"no\xfftes"))
    assert only_note(folder).deck == "notes"
    write_apkg(read_project(folder), folder / "a.apkg")


@pytest.mark.parametrize(
    "notes",
    [
        "[^1]: " + "word " * 200 + "\n\n" + "## {0}. What is {0}?\n\nSo[^1].\n\n",
        "# " + "T" * 1000 + "\n\n## {0}. What is {0}?\n\nSo.\n\n",
        f"---\ntags: {'t' * 1000}\n---\n" + "## {0}. What is {0}?\n\nSo.\n\n",
    ],
    ids=["footnote", "topic", "tag"],
)
def test_what_is_on_each_card_has_an_end(
    project: Callable[[Files], Path], monkeypatch: pytest.MonkeyPatch, notes: str
) -> None:
    head, _, question = notes.rpartition("## ")
    text = head + "".join(f"## {question.format(n)}" for n in range(1, 100))
    folder = project({"n.md": text})
    assert len(read_project(folder).notes) == 99
    monkeypatch.setattr("ankify.growth.ENOUGH", 20_000)
    monkeypatch.setattr("ankify.growth.TIMES", 3)
    with pytest.raises(AnkifyError, match=r"^n.md: error: the cards .* far longer"):
        read_project(folder, ReadOptions(cached=False))


def test_what_all_note_files_set_in_has_an_end_with_the_file_that_went_beyond(
    project: Callable[[Files], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = {f"{n}.md": "## 1. What?\n\n![[long]]\n" for n in range(10, 30)}
    folder = project({"long.md": "word " * 200, **asking})
    monkeypatch.setattr("ankify.growth.ENOUGH_IN_ALL", 25_000)
    monkeypatch.setattr("ankify.growth.TIMES", 0)
    assert len(read_project(folder).notes) == 20
    monkeypatch.setattr("ankify.growth.ENOUGH_IN_ALL", 10_000)
    with pytest.raises(AnkifyError, match=r"^19.md: error: .* than the text of all note files"):
        read_project(folder, ReadOptions(cached=False))
