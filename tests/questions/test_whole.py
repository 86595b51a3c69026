"""Files that are one question, by their name or by the heading "Question"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import ankify
from ankify.config import QuestionSettings, Settings
from ankify.questions.layout import SplitOptions
from ankify.questions.split import SplitFile, split_questions
from ankify.questions.whole import called
from ankify.reading.parse import parse, plain_text

PARTS = "Last in, first out.\n\n## Overview\n\nPush and pop.\n\n## Types\n\nFixed, or growing.\n"


def split(notes: str, name: str = "", *, unnumbered: bool = True) -> SplitFile:
    options = SplitOptions(unnumbered=unnumbered, name=name)
    return split_questions(parse(notes), "notes.md", options)


def titles(notes: str, name: str = "") -> list[str]:
    return [section.question.title for section in split(notes, name).sections]


@pytest.mark.parametrize("heading", ["", "# Stacks\n\n", "# A stack\n\n## Basics\n\n"])
def test_a_file_called_by_a_question_is_that_question(heading: str) -> None:
    notes = heading + PARTS + "\n# Links\n\nA book.\n"
    (section,) = split(notes, "What is a stack").sections
    assert section.question.title == "What is a stack"
    answer = plain_text(section.answer, parse(notes))
    assert answer.split() == plain_text(parse(notes).tokens, parse(notes)).split()


@pytest.mark.parametrize("name", ["roadmap", "driving license", "CONTRIBUTING"])
def test_the_name_of_a_file_takes_no_numbered_topics_away(name: str) -> None:
    notes = "# Work\n\n## 1. Cache\n\nKeep pages.\n\n## 2. Tests\n\nWrite some.\n"
    assert len(split(notes, name, unnumbered=False).sections) == 2


def test_what_the_front_matter_asks_is_the_question_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\nquestion: Stack or queue\n---\n\n{PARTS}", "utf-8")
    (tmp_path / "b.md").write_text("---\nquestion: [1]\n---\n\n## 1. Why?\n\nSo.\n", "utf-8")
    asked = [question.title for question in ankify.read_project(tmp_path).questions]
    assert asked == ["Stack or queue", "Why?"]


def test_the_heading_above_all_is_the_question_if_it_asks_itself() -> None:
    assert titles("# Stack vs queue\n\n" + PARTS, "What differs") == ["Stack vs queue"]


def test_the_only_question_heading_asks_what_is_below_it() -> None:
    notes = "### Question\nWhat is a stack?\n\n### Overview\n\nA pile.\n\n### Types\n\nTwo.\n"
    (section,) = split(notes).sections
    assert section.question.title == "What is a stack?"
    assert plain_text(section.answer, parse(notes)) == "Overview A pile. Types Two."
    twice = notes + "\n### Question\n\nWhat is a queue?\n"
    assert titles(twice) != ["What is a stack?"]


def test_numbered_parts_below_the_only_labelled_question_are_parts_of_its_answer() -> None:
    parts = "### 1. Why code?\n\nIt runs.\n\n### 2. Why tests?\n\nIt holds.\n"
    notes = "### Q: What is a pipeline?\n\n**Answer:**\n\nSteps.\n\n" + parts
    assert titles(notes) == ["What is a pipeline?"]
    assert titles(parts + "\n" + notes.split("###", 2)[1]) != ["What is a pipeline?"]


def test_numbered_questions_with_labelled_answers_are_no_parts_of_the_title_question() -> None:
    asked = "".join(
        f"## {n}. Norm {n}\n\n### Answer: A length.\n\nIt is of use here.\n\n" for n in (1, 2, 3)
    )
    assert titles(f"# Interview question\n\nAll of them.\n\n{asked}") == [
        "Norm 1",
        "Norm 2",
        "Norm 3",
    ]


def test_what_follows_the_heading_answer_is_a_part_of_it_whatever_it_asks() -> None:
    asked = "### Question\n\nWhat differs, a stack or a queue?\n\n### Answer\n\nThe end.\n\n"
    notes = asked + "#### How it works\n\nPush.\n\n#### What it shows\n\nThe top.\n"
    assert titles(notes, "stack vs queue") == ["What differs, a stack or a queue?"]


@pytest.mark.parametrize(
    "notes",
    [
        "## What is it?\n\nA pile.\n\n## Who needs it?\n\nAll.\n",
        "## 1. What is it?\n\nA pile.\n\n## 2. Who needs it?\n\nAll.\n",
        "## What is it?\n\nA pile.\n\n## Who needs it?\n\nAll.\n\n## Why a pile\n\nSo.\n",
        "Q: What is it?\n\nA: A pile.\n\nQ: Who needs it?\n\nA: All.\n",
    ],
)
def test_questions_that_cover_a_file_are_what_it_is_made_of(notes: str) -> None:
    asked = ["What is it?", "Who needs it?"]
    assert titles(notes, "What is a stack")[:2] == asked


def test_labelled_questions_at_the_end_of_the_answer_are_cards_of_their_own() -> None:
    pairs = "Q: Why a pile?\n\nA: So.\n\nQ: When?\n\nA: Now.\n"
    notes = "# What is a stack?\n\n" + "A pile, " * 20 + "\n\n## Further\n\n" + pairs
    first, *others = split(notes).sections
    assert first.question.title == "What is a stack?"
    assert plain_text(first.answer, parse(notes)).endswith("A pile,")
    assert [one.question.title for one in others] == ["Why a pile?", "When?"]
    assert [one.question.title for one in split(notes, unnumbered=False).sections] == [
        "Why a pile?",
        "When?",
    ]
    assert titles("# What is a stack?\n\nA pile.\n\n" + pairs) == ["Why a pile?", "When?"]


def test_two_parts_that_ask_below_an_answer_are_parts_of_it() -> None:
    notes = "A pile, " * 20 + "\n\n## Why a pile?\n\nSo.\n\n## When?\n\nNow.\n"
    assert titles(notes, "What is a stack") == ["What is a stack"]


def test_without_the_setting_the_file_is_reported_with_the_line_that_takes_it() -> None:
    found = split(PARTS, "What is a stack", unnumbered=False)
    assert not found.sections
    assert found.unnumbered_candidates == 1
    assert str(found.suggestion) == "unnumbered = true"
    (verdict,) = (one for one in found.verdicts if one.titles[0] == "What is a stack")
    assert (verdict.ground, verdict.style) == ("file-name", "all of the file, without a number")


@pytest.mark.parametrize(
    ("path", "title", "name"),
    [
        ("a/What is a stack.md", None, "What is a stack"),
        ("a/what-is-a-stack.md", "Stacks", "what is a stack"),
        ("what_is_a_stack.zh-TW.md", None, "what is a stack"),
        ("2024-05-01-what_is_it.md", None, "what is it"),
        ("7. What is a stack.md", None, "What is a stack"),
        ("7 - What is a stack.md", None, "What is a stack"),
        ("07_What is a stack.md", None, "What is a stack"),
        ("Q7 What is a stack.md", None, "What is a stack"),
        ("07-what-is-a-stack.md", None, "what is a stack"),
        ("3 cups hold how much?.md", None, "3 cups hold how much?"),
        ("7. Stacks.md", None, "7. Stacks"),
        ("[Lists] What is a stack.md", None, "What is a stack"),
        ("[Lists] Stacks.md", None, "[Lists] Stacks"),
        ("[Lists] What is v1.0 of it/index.md", None, "What is v1.0 of it"),
        ("what-is-a-stack/_index.md", None, "what is a stack"),
        ("interview-questions/index.md", None, "index"),
        ("what-is-a-stack/README.md", None, "README"),
        ("q9.md", "7. What is a stack?", "What is a stack?"),
        ("q9.md", "What is a stack?", "What is a stack?"),
        ("q9.md", "Stacks", "q9"),
    ],
)
def test_a_file_is_called_by_its_front_matter_or_its_name(
    path: str, title: str | None, name: str
) -> None:
    assert called(path, title) == name


def test_the_title_in_the_front_matter_makes_a_card(tmp_path: Path) -> None:
    (tmp_path / "ankify.toml").write_text("[questions]\nunnumbered = true\n", encoding="utf-8")
    notes = f"---\ntitle: What is a stack?\n---\n{PARTS}"
    (tmp_path / "q9.md").write_text(notes, encoding="utf-8")
    (one,) = (one for page in ankify.read_project(tmp_path).pages for one in page.rendered)
    assert one.question.title == "What is a stack?"
    assert "Fixed, or growing." in one.content.answer


def test_it_lies_in_the_deck_of_its_folder(project: Callable[..., Path]) -> None:
    two = "# Queues\n\n## What is a queue?\n\nA line.\n\n## Who is first?\n\nThe oldest.\n"
    root = project({"cs/what-is-a-stack.md": PARTS, "cs/queues.md": two})
    settings = Settings(questions=QuestionSettings(unnumbered=True))
    notes = ankify.read_project(root, ankify.ReadOptions(now=1, settings=settings)).notes
    found = [(note.deck.partition("::")[2], note.tags) for note in notes]
    assert found == [("cs::queues", ("cs::queues",))] * 2 + [("cs", ("cs",))]
