"""Labels of the author's own, and words that count the titles of a file."""

from __future__ import annotations

import pytest

from ankify.questions.layout import SplitOptions
from ankify.questions.split import split_questions
from ankify.reading import parse as gfm


def found(text: str, *labels: str) -> list[tuple[str | None, str]]:
    split = split_questions(gfm.parse(text), "a.md", SplitOptions(labels=labels))
    return [(section.question.number, section.question.title) for section in split.sections]


def titled(titles: list[str]) -> str:
    return "\n".join(f"{title}\n\nSome answer.\n" for title in titles)


@pytest.mark.parametrize(
    "titles",
    [
        ["### Zgadka 1: The keel", "### Zgadka 2: The boom"],
        ["**Zgadka 1: The keel**", "**Zgadka 2: The boom**"],
        ["**Zgadka 1:** The keel", "**Zgadka 2:** The boom"],
        ["Zgadka 1. The keel", "Zgadka 2. The boom"],
        ["## Zgadka 1\n\nThe keel", "## Zgadka 2\n\nThe boom"],
        ["<h3>Zgadka #1 - The keel</h3>", "<h3>Zgadka #2 - The boom</h3>"],
    ],
)
def test_a_label_of_the_author_counts_in_any_mark_up(titles: list[str]) -> None:
    assert found(titled(titles), "Zgadka") == [("1", "The keel"), ("2", "The boom")]
    assert found(titled(titles)) == []


def test_a_word_that_counts_the_titles_is_a_label_where_nothing_else_is() -> None:
    cards = ["### Card 1: The keel", "### Card 2: The boom", "### Card 3: The sail"]
    assert [title for _, title in found(titled(cards))] == ["The keel", "The boom", "The sail"]
    memos = ["### Memo kaart 1: The keel", "### Memo kaart 2: The boom", "### Memo kaart 3: Sail"]
    assert len(found(titled(memos))) == 3
    asked = ["## 1. What floats?", "## 2. What sinks?"]
    assert [title for _, title in found(titled([*asked, *cards]))] == [
        "What floats?",
        "What sinks?",
    ]


@pytest.mark.parametrize(
    "titles",
    [
        ["### Card 1: The keel", "### Card 2: The boom"],  # two may be anything
        ["### Card 7: The keel", "### Card 2: The boom", "### Card 5: The sail"],
        ["### Step 1: The keel", "### Step 2: The boom", "### Step 3: The sail"],
        ["### Chapter 1: The keel", "### Chapter 2: The boom", "### Chapter 3: The sail"],
        ["### Work package 1: Keel", "### Work package 2: Boom", "### Work package 3: Sail"],
        ["### Group 1: The keel", "### Group 2: The boom", "### Group 3: The sail"],
        ["### Fase lunare 1: Keel", "### Fase lunare 2: Boom", "### Fase lunare 3: Sail"],
    ],
)
def test_a_word_that_counts_something_else_is_none(titles: list[str]) -> None:
    assert found(titled(titles)) == []


@pytest.mark.parametrize(("letters", "is_label"), [(7, True), (8, False)])
def test_a_word_that_counts_a_part_of_a_file_is_none(letters: int, is_label: bool) -> None:
    issues = ["### Issue 1: The keel", "### Issue 2: The boom", "### Issue 3: The sail"]
    assert bool(found("x" * letters + "\n\n" + titled(issues))) is is_label


def test_the_name_of_a_file_is_no_label() -> None:
    assert found("## `questions.json` first\n\nSome answer.\n\nA: Yes.\n") == []
    assert found("## Question. What floats?\n\nA: Wood.\n") == [(None, "What floats?")]
