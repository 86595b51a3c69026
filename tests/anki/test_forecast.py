"""The forecast of `ankify diff`, held against what the real Anki then does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import genanki
import pytest
from conftest import PIXEL, Files, Outcome
from real_anki import Imported, RealAnki

from ankify.anki.forecast import Forecast, diff
from ankify.anki.read import read_apkg
from ankify.anki.write import write_apkg
from ankify.identity.lock import write_lock
from ankify.pipeline import ReadOptions, read_project

Run = Callable[..., Outcome]
Write = Callable[[Files], Path]

LISTS = """# Lists

## 1. What is a list?

Things in an order, as $a_1, a_2$.

![a list](list.png)

## 2. When does a list copy what it holds?

Never; it keeps references.
"""
SETS = "# Sets\n\n## 1. What is a set?\n\nThings without an order.\n"
FILES: Files = {"Lists.md": LISTS, "Sets.md": SETS, "list.png": PIXEL}


def rewrite(file: str, old: str, new: str) -> Callable[[Path], None]:
    """An edit that replaces some text."""

    def edit(root: Path) -> None:
        path = root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return edit


def remove_a_file(root: Path) -> None:
    (root / "Sets.md").unlink()


def move_a_file(root: Path) -> None:
    (root / "basics").mkdir()
    shutil.move(root / "Sets.md", root / "basics" / "Bags.md")


def add_and_renumber(root: Path) -> None:
    rewrite("Lists.md", "## 2.", "## 3.")(root)
    rewrite("Lists.md", "## 3.", "## 2. How long is a list?\n\nAs long as `len` says.\n\n## 3.")(
        root
    )


# An edit, and the counts: new, updated, untouched, removed, moved.
EDITS: dict[str, tuple[Callable[[Path], None], tuple[int, ...]]] = {
    "nothing": (lambda _: None, (0, 0, 3, 0, 0)),
    "an answer": (rewrite("Sets.md", "without an", "in no"), (0, 1, 2, 0, 0)),
    "a title": (rewrite("Sets.md", "What is a set?", "What is a set good for?"), (0, 1, 2, 0, 0)),
    "a number": (rewrite("Lists.md", "## 2.", "## 7."), (0, 0, 3, 0, 0)),
    "a new question in between": (add_and_renumber, (1, 0, 3, 0, 0)),
    "a picture": (lambda root: (root / "list.png").write_bytes(PIXEL + b"\0"), (0, 1, 2, 0, 0)),
    "a file removed": (remove_a_file, (0, 0, 2, 1, 0)),
    "a file moved": (move_a_file, (0, 1, 2, 0, 1)),
    "another name of the deck": (
        lambda root: (root / "ankify.toml").write_text('[deck]\nname = "Other"\n'),
        (0, 0, 3, 0, 3),
    ),
}


def counts(forecast: Forecast) -> tuple[int, ...]:
    return (
        *(len(forecast.new), len(forecast.updated), len(forecast.untouched)),
        *(len(forecast.removed), len(forecast.moved)),
    )


def build(root: Path, package: Path, now: int) -> None:
    project = read_project(
        root, ReadOptions(now=now, last_package=package if package.exists() else None)
    )
    write_apkg(project, package)
    write_lock(project)


def as_anki_says(forecast: Forecast, *, tombstones: int = 0) -> Imported:
    """The counts that Anki gives; new to the learner are so many tombstones, too."""
    return Imported(
        new=len(forecast.new) + tombstones,
        updated=len(forecast.updated) + len(forecast.marked),
        unchanged=len(forecast.untouched),
        conflicting=len(forecast.conflicting),
    )


@pytest.mark.parametrize("edit", EDITS)
def test_the_forecast_is_what_anki_then_does(
    project: Write, anki: RealAnki, tmp_path: Path, edit: str
) -> None:
    change, expected = EDITS[edit]
    root, package, old = project(FILES), tmp_path / "deck.apkg", tmp_path / "old.apkg"
    build(root, package, 1_700_000_000)
    anki.load(package)
    anki.study()
    shutil.copy(package, old)
    change(root)

    now = read_project(root, ReadOptions(now=1_700_009_000, last_package=package))
    by_lock, by_package = diff(now), diff(now, read_apkg(old))
    assert counts(by_lock) == counts(by_package) == expected

    before = {guid: note.cards[0][0] for guid, note in anki.notes().items()}
    build(root, package, 1_700_009_000)
    assert anki.load(package) == as_anki_says(by_lock)
    after = anki.notes()
    assert all(after[guid].cards[0][0] == deck for guid, deck in before.items())
    assert {note.guid: deck for note, deck in by_lock.moved} == {
        note.guid: before[note.guid]
        for note in now.notes
        if note.cards and note.guid in before and before[note.guid] != note.deck
    }


def test_against_a_package_of_several_builds_ago(
    project: Write, anki: RealAnki, tmp_path: Path
) -> None:
    root, package = project(FILES), tmp_path / "deck.apkg"
    build(root, package, 1_700_000_000)
    anki.load(package)
    old = read_apkg(package)
    for step, edit in enumerate(("an answer", "a new question in between", "a file removed"), 1):
        EDITS[edit][0](root)
        build(root, package, 1_700_000_000 + 1000 * step)
    rewrite("Lists.md", "Never; it", "Never. It")(root)
    now = read_project(root, ReadOptions(now=1_700_008_000, last_package=package))
    forecast = diff(now, old)
    assert counts(forecast) == (1, 1, 1, 1, 0)
    build(root, package, 1_700_008_000)
    assert anki.load(package) == as_anki_says(forecast)


def test_a_removed_question_that_is_new_to_the_learner_is_a_new_note_without_a_card(
    project: Write, anki: RealAnki, tmp_path: Path
) -> None:
    root, package = project({**FILES, "Sets.md": "# Sets\n"}), tmp_path / "deck.apkg"
    build(root, package, 1_700_000_000)
    anki.load(package)
    old = read_apkg(package)
    (root / "Sets.md").write_text(SETS)
    build(root, package, 1_700_001_000)
    remove_a_file(root)
    now = read_project(root, ReadOptions(now=1_700_002_000, last_package=package))
    forecast = diff(now, old)
    assert counts(forecast) == (0, 0, 2, 0, 0)
    assert not forecast.changes_something
    build(root, package, 1_700_002_000)
    assert anki.load(package) == as_anki_says(forecast, tombstones=1)


def test_notes_of_another_note_type_are_in_conflict(
    project: Write, anki: RealAnki, tmp_path: Path
) -> None:
    root = project({"Sets.md": SETS})
    mine = read_project(root, ReadOptions(now=1_700_000_000))
    model = genanki.Model(
        1_234_567,
        "By hand",
        fields=[{"name": "Front"}, {"name": "Back"}],
        templates=[{"name": "Card", "qfmt": "{{Front}}", "afmt": "{{Back}}"}],
    )
    deck = genanki.Deck(1_234_568, "By hand")
    deck.add_note(genanki.Note(model, ["What is a set?", "Things."], guid=mine.notes[0].guid))
    genanki.Package(deck).write_to_file(tmp_path / "old.apkg", timestamp=1_600_000_000)
    anki.load(tmp_path / "old.apkg")
    forecast = diff(mine, read_apkg(tmp_path / "old.apkg"))
    assert as_anki_says(forecast) == Imported(new=0, updated=0, unchanged=0, conflicting=1)
    write_apkg(mine, tmp_path / "new.apkg")
    assert anki.load(tmp_path / "new.apkg") == as_anki_says(forecast)


# The command ------------------------------------------------------------------------------------


def test_without_a_lock_everything_is_new(project: Write, run: Run) -> None:
    root = project({"Sets.md": SETS})
    expected = "The next import: 1 new, 0 untouched\n  new: notes/Sets.md:3: What is a set?\n"
    assert run("diff", "notes") == (0, expected, "")
    assert [path.name for path in root.iterdir()] == ["Sets.md"]


def test_diff_prints_a_line_for_each_note_that_changes(project: Write, run: Run) -> None:
    root = project(FILES)
    run("build", now=1_700_000_000)
    assert run("diff") == (0, "The next import: 3 untouched\n", "")
    assert run("diff", "--exit-code")[0] == 0
    add_and_renumber(root)
    move_a_file(root)
    rewrite("Lists.md", "Never; it", "Never. It")(root)
    expected = (
        "The next import: 1 new, 2 updated, 1 untouched\n"
        "  new: notes/Lists.md:9: How long is a list?\n"
        "  updated: notes/Lists.md:13: When does a list copy what it holds?\n"
        "  updated: notes/basics/Bags.md:3: What is a set?\n"
        '  cards stay in their deck; to move them to "notes::basics::Bags", '
        'search in Anki after the import: deck:"notes::Sets" -deck:"notes::Sets::*" '
        'tag:"basics::Bags"\n'
    )
    assert run("diff", now=1_700_001_000) == (0, expected, "")
    assert run("diff", "--exit-code")[0] == 1
    assert run("diff", "--against", "build/notes.apkg", now=1_700_001_000) == (0, expected, "")


def test_diff_counts_what_is_removed_once_and_names_it(project: Write, run: Run) -> None:
    root = project(FILES)
    run("build")
    remove_a_file(root)
    expected = "The next import: 1 removed, 2 untouched\n  removed: notes/Sets.md: What is a set?\n"
    assert run("diff", "--exit-code") == (1, expected, "")
    shown = json.loads(run("diff", "--json")[1])
    assert (shown["updated"], len(shown["removed"])) == ([], 1)
    run("build")
    rewrite("Lists.md", "Never; it", "Never. It")(root)
    assert run("diff")[1].startswith("The next import: 1 updated, 1 untouched\n")


def test_diff_as_json(project: Write, run: Run) -> None:
    root = project(FILES)
    run("build", now=1_700_000_000)
    move_a_file(root)
    code, out, err = run("diff", "--json", now=1_700_001_000)
    guid = read_project(root).notes[2].guid
    place = {"file": "basics/Bags.md", "line": 3, "guid": guid, "title": "What is a set?"}
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "new": [],
        "updated": [place],
        "conflicting": [],
        "untouched": 2,
        "removed": [],
        "moved": [place | {"from": "notes::Sets", "to": "notes::basics::Bags"}],
    }


def test_check_against_a_package_adds_the_forecast(project: Write, run: Run) -> None:
    root = project(FILES)
    run("build", now=1_700_000_000)
    rewrite("Sets.md", "without", "with no")(root)
    code, out, err = run("check", "--against", "build/notes.apkg", now=1_700_001_000)
    expected = (
        "The next import: 1 updated, 2 untouched\n  updated: notes/Sets.md:3: What is a set?\n"
    )
    assert (code, out, err) == (0, expected, "0 errors, 0 warnings in 3 questions\n")


@pytest.mark.parametrize("shape", ["json", "github"])
def test_check_says_the_forecast_as_text_only(project: Write, run: Run, shape: str) -> None:
    project(FILES)
    code, out, err = run("check", "--against", "no.apkg", "--format", shape)
    assert (code, out) == (2, "")
    assert err.endswith(
        "Error: --against goes with --format text only;"
        " ankify diff --against says the same, with --json as JSON\n"
    )


def test_against_something_that_is_no_package(project: Write, run: Run) -> None:
    project(FILES)
    code, out, err = run("diff", "--against", "notes/Lists.md")
    assert (code, out) == (1, "")
    assert err.startswith("error: notes/Lists.md is not an Anki package that can be read: ")
    assert run("diff", "--against", "no.apkg")[2] == "error: no such file: no.apkg\n"
