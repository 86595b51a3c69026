"""`ankify list --why`: each group of titles with what it was taken for, and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Outcome

Run = Callable[..., Outcome]
Project = Callable[..., Path]

TO_DO = "# Servers\n\n## 1. Run queue\n\nWho waits.\n\n## 2. Build system\n\nWhat links.\n"
ASKED = "# Tides\n\n## 1. What pulls?\n\nThe moon.\n\n## 2. How often?\n\nTwice a day.\n"


def test_why_names_each_group_its_verdict_and_what_overrules_it(project: Project, run: Run) -> None:
    project({"a.md": TO_DO, "b.md": ASKED})
    expected = """\
notes/a.md:3: 2 titles, headings of level 2, numbered `3. X`: "Run queue", "Build system"
  no questions: they look like things to do, one after the other [to-do]
  to overrule it: <!-- ankify: question --> above the title
notes/a.md:1: 1 title, headings of level 1, without a number: "Servers"
  no questions: they are fewer than two with an answer [one]
  to overrule it: <!-- ankify: question --> above the title
notes/b.md:3: 2 titles, headings of level 2, numbered `3. X`: "What pulls?", "How often?"
  questions: they are numbered [numbered]
  to overrule it: <!-- ankify: ignore --> above the title
notes/b.md:1: 1 title, headings of level 1, without a number: "Tides"
  no questions: they have no number, and other titles have one [beside-numbers]
  to overrule it: <!-- ankify: question --> above the title
"""
    assert run("list", "--why") == (0, expected, "")


def test_several_titles_are_worth_a_level_and_what_a_comment_says_is_named(
    project: Project, run: Run
) -> None:
    marked = "\n<!-- ankify: question -->\n## 4. Introduction\n\nTo tides.\n"
    project({"a.md": f"{TO_DO}\n## 3. Load balancer\n\nWhat runs where.\n{marked}"})
    out = run("list", "--why")[1]
    assert 'a.md:16: 1 title, headings of level 2, numbered `3. X`: "Introduction"\n' in out
    assert "  questions: they are below a comment that says so" in out
    assert "to overrule it: level = 2 under [questions] of ankify.toml, for all files of its" in out


def test_why_names_flashcards_by_their_kinds_and_what_overrules_them(
    project: Project, run: Run
) -> None:
    table = "\n| Question | Answer |\n|---|---|\n| Ebb | Going out |\n| Spring | |\n"
    root = project({"f.md": f"Rome :: Italy\n\nOslo :: Norway\n{table}\nWhat is it?\n?\nA tide.\n"})
    pairs, rows, below = run("list", "--why")[1].split("notes/f.md:")[1:]
    assert pairs == (
        '1: 2 titles, lines `X :: Y`: "Rome", "Oslo"\n'
        "  questions: they have a front and a back, marked as flashcards are [flashcards]\n"
        '  to overrule it: ignore = ["f.md"] under [questions] of ankify.toml\n'
    )
    assert rows.startswith('7: 2 titles, rows of tables: "Ebb", "Spring"\n  questions, 1 of them:')
    assert below.startswith('10: 1 title, paragraphs with a line `?`: "What is it?"\n')
    counts = [line.rpartition(": ")[2] for line in run("init", root)[2].splitlines()[1:4]]
    assert sum(map(int, counts)) == 4
    (root / "ankify.toml").write_text('[questions]\nignore = ["f.md"]\n')
    assert run("list")[0] == 1


def test_why_names_a_file_without_titles(project: Project, run: Run) -> None:
    project({"a.md": "Words.\n", "b.md": ""})
    said = "no title that could be a question\n"
    assert run("list", "--why") == (0, f"notes/a.md: {said}notes/b.md: {said}", "")


def test_why_of_one_note_file_as_json_has_the_keys_of_the_contract(
    project: Project, run: Run
) -> None:
    root = project({"ankify.toml": "", "deep/a.md": TO_DO, "b.md": ASKED})
    code, out, err = run("list", "--why", root / "deep" / "a.md", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)[0] == {
        "file": "deep/a.md",
        "line": 3,
        "style": "headings of level 2, numbered `3. X`",
        "count": 2,
        "taken": 0,
        "titles": ["Run queue", "Build system"],
        "verdict": "no questions",
        "ground": "to-do",
        "reason": "look like things to do, one after the other",
        "overrule": "<!-- ankify: question -->",
    }
    assert len(json.loads(out)) == 2


def test_a_note_file_without_why_is_named_as_wrong_usage(project: Project, run: Run) -> None:
    root = project({"a.md": TO_DO})
    assert run("list", root / "a.md")[0] == 2


def test_why_of_a_file_that_is_left_out_says_so(project: Project, run: Run) -> None:
    settings = '[questions]\nignore = ["a.md"]\n'
    root = project({"ankify.toml": settings, "a.md": TO_DO, "b.md": ASKED})
    code, out, err = run("list", "--why", root / "a.md")
    assert (code, out) == (1, "")
    assert "ankify.toml leaves it out" in err


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ("level = 2", "are on the level that ankify.toml says"),
        ("pattern = '^(?P<number>\\d)'", "match the pattern in ankify.toml"),
    ],
)
def test_what_the_author_has_said_is_the_reason(
    project: Project, run: Run, settings: str, reason: str
) -> None:
    project({"ankify.toml": f"[questions]\n{settings}\n", "a.md": TO_DO})
    verdicts = json.loads(run("list", "--why", "--json")[1])
    assert [(v["verdict"], v["taken"], v["reason"]) for v in verdicts] == [
        ("questions", 2, reason),
        ("no questions", 0, "are not what ankify.toml says the questions are"),
    ]
