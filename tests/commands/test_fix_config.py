"""`ankify check --fix-config`, and the line of a build on what is on no card."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from conftest import Outcome

Run = Callable[..., Outcome]
Project = Callable[..., Path]

ASKED = "# Tides\n\n## 1. What pulls?\n\nThe moon.\n\n## 2. How often?\n\nTwice a day.\n"
LOOSE = "# Sums\n\n## What is one?\n\nA number.\n\n## What is two?\n\nAnother.\n"
RIDDLES = "".join(f"Zgadka {n}: What floats?\n\nWood.\n\n" for n in (1, 2, 3))


def test_a_build_says_in_one_line_what_is_on_no_card(project: Project, run: Run) -> None:
    root = project({"a.md": ASKED, "b.md": LOOSE})
    _, _, err = run("build", root)
    assert err.endswith("  left out: 2 headings in 1 file; `ankify check` says why\n")


def test_a_build_of_notes_that_are_all_on_cards_says_nothing_of_it(
    project: Project, run: Run
) -> None:
    root = project({"a.md": ASKED})
    assert "left out" not in run("build", root)[2]


def test_fix_config_writes_what_takes_more_and_keeps_the_rest_of_the_file(
    project: Project, run: Run
) -> None:
    settings = "# mine\n[deck]\nname = 'Sea'  # of course\n"
    root = project({"ankify.toml": settings, "a.md": ASKED, "b.md": LOOSE, "c.md": RIDDLES})
    run("check", root, "--fix-config")
    text = (root / "ankify.toml").read_text("utf-8")
    assert text.startswith(settings)
    assert 'labels = ["Zgadka"]' in text
    assert "unnumbered = true" in text
    assert len(run("list", root)[1].splitlines()) == 7
    assert "no setting takes more questions" in run("check", root, "--fix-config")[2]


def test_fix_config_takes_topics_that_a_verdict_takes_for_questions(
    project: Project, run: Run
) -> None:
    toggle = "<details><summary>{0}</summary>\n\nA wave.\n</details>\n\n"
    toggles = "".join(map(toggle.format, ("Swell", "Surf")))
    root = project({"Sea questions.md": f"# Sea\n\n{toggles}", "a.md": ASKED})
    run("check", root, "--fix-config")
    assert "unnumbered = true" in (root / "ankify.toml").read_text("utf-8")
    assert len(run("list", root)[1].splitlines()) == 4


def test_check_without_fix_config_writes_nothing(project: Project, run: Run) -> None:
    root = project({"a.md": ASKED, "c.md": RIDDLES})
    _, out, _ = run("check", root)
    assert "untaken-questions" in out
    assert 'labels = ["Zgadka"] under [questions]' in out
    assert not (root / "ankify.toml").exists()


METHODS = "".join(f"Method {n}: Why {n}?\n\nBecause.\n\n" for n in (1, 2, 3))
PARTS = "## Is there more?\n\nYes.\n\n## Is it long?\n\nNo.\n\n"


def test_no_setting_is_suggested_that_would_cut_an_answer(project: Project, run: Run) -> None:
    root = project({"a.md": f"{ASKED}\n{METHODS}## Other\n\nText that is on no card.\n"})
    assert "untaken-questions" not in run("check", root)[1]
    assert "no setting takes more questions" in run("check", root, "--fix-config")[2]


def test_titles_without_a_number_beside_numbered_questions_are_not_suggested(
    project: Project, run: Run
) -> None:
    root = project({"a.md": f"{ASKED}\n{PARTS}"})
    assert "no setting takes more questions" in run("check", root, "--fix-config")[2]
    assert not (root / "ankify.toml").exists()


def test_headings_of_a_text_that_mostly_do_not_ask_are_not_suggested(
    project: Project, run: Run
) -> None:
    quiet = "".join(f"#### Part {letter}\n\nText.\n\n" for letter in "ABC")
    text = f"# Locks\n\n## Basics\n\nText.\n\n### More\n\nText.\n\n#### Why?\n\nSo.\n\n{quiet}"
    root = project({"a.md": text})
    assert "no setting takes more questions" in run("check", root, "--fix-config")[2]


def test_a_folder_of_titles_without_numbers_gets_the_setting_and_its_neighbour_does_not(
    project: Project, run: Run
) -> None:
    root = project({"a/tides.md": f"{ASKED}\n{PARTS}", "b/sums.md": LOOSE})
    run("check", root, "--fix-config")
    assert not (root / "ankify.toml").exists()
    assert "unnumbered = true" in (root / "b/ankify.toml").read_text("utf-8")
    assert len(run("list", root)[1].splitlines()) == 4
