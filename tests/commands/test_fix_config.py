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


def test_check_without_fix_config_writes_nothing(project: Project, run: Run) -> None:
    root = project({"a.md": ASKED, "c.md": RIDDLES})
    _, out, _ = run("check", root)
    assert "untaken-questions" in out
    assert 'labels = ["Zgadka"] under [questions]' in out
    assert not (root / "ankify.toml").exists()
