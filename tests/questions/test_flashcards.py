"""Flashcards marked as other programs do: taken where a file plainly uses the mark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ankify import ReadOptions, read_project
from ankify.config import QuestionSettings, Settings
from ankify.questions.layout import SplitOptions
from ankify.questions.split import split_questions
from ankify.reading.html import html_text
from ankify.reading.parse import parse

Write = Callable[[dict[str, str]], Path]


def cards(root: Path, *, unnumbered: bool = False) -> list[tuple[str, str]]:
    settings = Settings(questions=QuestionSettings(unnumbered=unnumbered))
    pages = read_project(root, ReadOptions(now=1, settings=settings)).pages
    found = [one for page in pages for one in page.rendered]
    return [(one.question.title, html_text(one.content.answer)) for one in found]


SPANISH = [("gato", "cat"), ("perro", "dog")]
LABELLED = [("X", "Y"), ("Z", "W V")]
THREE = "gato::cat\n\nperro::dog\n\npan::bread\n\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Paris :: France\n\nRome :: Italy\n", [("Paris", "France"), ("Rome", "Italy")]),
        ("- Paris :: France\n- Rome :: Italy\n", [("Paris", "France"), ("Rome", "Italy")]),
        ("What is *x*?::A letter\nWhy?::So\n", [("What is x?", "A letter"), ("Why?", "So")]),
        ("Paris :: France #card\n", [("Paris", "France")]),
        ("- Why? -> So\n- What? → A -> b\n", [("Why?", "So"), ("What?", "A -> b")]),
        ("- Paris :-> France\n- Rome :-> Italy\n", [("Paris", "France"), ("Rome", "Italy")]),
        ("Why: a?;; So\n\n- Paris;; France\n", [("Why: a?", "So"), ("Paris", "France")]),
        ("for (;;) and ;;\n\na ;;b\n", []),
        ("- a -> b\n- c -> d\n- What? ->\n", []),
        ("- Why? -> So\n", []),
        ("Paris :: France\n", []),
        ("Use std::move.\n\nUse std::swap.\n\na::b::c\n", []),
        ("gato::cat\n\nperro:::dog\n\nel pan::bread\n", [*SPANISH, ("el pan", "bread")]),
        ("gato::cat\n\nperro::dog\n", []),
        ("#card::x\n\n#flashcard::y\n\n#card::z\n", []),
        ("#card :: x\n\n#card :: y\n", []),
        ("gato::cat\nperro::dog\n#flashcards\n", SPANISH),
        ("Use std::move.\n\nOr std::swap.\n\nNot std::bind.\n\na::b\n", []),
        (f"{THREE}One.\n\nTwo.\n\nThree.\n", [*SPANISH, ("pan", "bread")]),
        (f"{THREE}One.\n\nTwo.\n\nThree.\n\nFour.\n", []),
        ("`a :: b`\n\n`c :: d`\n", []),
        ("One\n?\nTwo\nmore\n\nThree\n??\nFour\n", [("One", "Two more"), ("Three", "Four")]),
        ("One\n?\nTwo\n", []),
        (
            "| Question | Answer |\n|---|---|\n| What? | So `x` |\n| Why? | No |\n",
            [("What?", "So x"), ("Why?", "No")],
        ),
        ("| Pregunta | Respuesta |\n|---|---|\n| Que? | Si |\n", [("Que?", "Si")]),
        ("| Name | Age |\n|---|---|\n| Ann | 3 |\n", []),
        ("| Question | Answer | More |\n|---|---|---|\n| a | b | c |\n", [("a", "b c")]),
        ("| Question | Level | Answer |\n|---|---|---|\n| a | b | c |\n", [("a", "c b")]),
        ("| Name | Question | Answer |\n|---|---|---|\n| a | b | c |\n", []),
        ("| Q | A | Where |\n|--|--|--|\n| Q1: X | Y | |\n| Q2 - Z | W | V |\n", LABELLED),
        ("- What is X? #card\n  - A thing\n  - or two\n", [("What is X?", "A thing or two")]),
        ("- Part\n\t- What is X? #card\n\t\t- A thing\n", [("What is X?", "A thing")]),
        ("- What is X? #card\n", []),
        ("- X is {{cloze a thing}} #card\n- Y is {{cloze one}}\n", [("X is {{c1::a thing}}", "")]),
        ("## What is X? #card\n\nA thing.\n", [("What is X?", "A thing.")]),
        ("## X #flashcard #exam\n\nA thing.\n\n## Y\n\nNo.\n", [("X", "A thing.")]),
    ],
)
def test_marks_of_flashcards(project: Write, text: str, wanted: list[tuple[str, str]]) -> None:
    assert cards(project({"a.md": f"# Top\n\n{text}", "b.md": "# B\n\n## 1. W?\n\nV\n"})) == [
        *wanted,
        ("W?", "V"),
    ]


@pytest.mark.parametrize(
    ("text", "unanswered"),
    [
        ("#flashcards\n\nWhat is x::An x\nWhat is z::\n", ["What is z"]),
        (f"{THREE}queso::\n", ["queso"]),
        ("Paris :: France\n\nRome :: Italy\n\nWhat is z ::\n\nrelated::\n", ["What is z"]),
        ("Paris :: France\n\nWhat is z ::\n", []),  # nothing else is marked so
        ("#flashcards\n\nWhat is z ::\n\nrelated::\n", ["What is z"]),
        ("What is it?\n?\nA pile.\n\nStack\n?\n\nWhat?\n?\n", ["Stack", "What?"]),
        (
            "| Question | Answer |\n|--|--|\n| **Part** | |\n| What? | |\n| Why? | So |\n",
            ["What?"],
        ),
        ("| Question | Answer |\n|--|--|\n| What? | |\n| Why? | |\n", []),  # to be filled in
        ("- X is {{cloze a thing}} #card\n- Y is {{cloze one}}\n", []),
    ],
)
def test_a_front_alone_is_a_question_without_an_answer(text: str, unanswered: list[str]) -> None:
    found = split_questions(parse(f"# Top\n\n{text}"), "a.md", SplitOptions())
    assert [question.title for question in found.unanswered] == unanswered
    assert not {it.question.title for it in found.sections} & set(unanswered)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is it?\n?\n- a pile\n- a heap\n\nText.", [("What is it?", "a pile a heap")]),
        ("**What is it?**\n?\nA pile.\n- or a heap", [("What is it?", "A pile. or a heap")]),
        ("What is it?\n?\n\n- a pile\n\nText.", [("What is it?", "a pile Text.")]),
        ("What is it?\n?\n\n- a pile\n\n---\n\nText.", [("What is it?", "a pile")]),
        ("Stack\n?\nA pile.", []),  # one mark alone, and nothing asks
        ("Stack\n?\nA pile.\n\nQueue\n?\nA row.", [("Stack", "A pile."), ("Queue", "A row.")]),
        ("What is `a\n?\nb` for", []),
        ("Stack\n?\nA pile.\nQueue\n?\nA row.", [("Stack", "A pile."), ("Queue", "A row.")]),
        ("What is it?\n?\nA pile.\n?\nOr a heap.", [("What is it?", "A pile. ? Or a heap.")]),
        (
            "Which is it?\n- **a** pile\n- a row\n?\nA pile.",
            [("Which is it? • a pile • a row", "A pile.")],
        ),
        ("Which is it?\n- a pile\n- a row\n?\n", []),
    ],
)
def test_a_line_with_a_question_mark_is_between_front_and_back(
    project: Write, text: str, expected: list[tuple[str, str]]
) -> None:
    assert cards(project({"a.md": f"# A\n\n{text}\n"})) == expected


@pytest.mark.parametrize(
    ("heads", "count"),
    [
        ("| Question | Answer |", 2),
        ("| # | ✏️ Question (cover it) | ✅ Answer |", 2),
        ("| No. | Frage | Antwort |", 2),
        ("| City | Question | Answer |", 0),
        ("| Common question | Short answer |", 2),
        ("| Question | Answer summary |", 2),
        ("| Question type | Answer format |", 0),
        ("| 面试题 | 答案要点 |", 2),
        ("| # | Answer | Question |", 0),
    ],
)
def test_a_column_that_counts_may_be_in_front_of_question_and_answer(
    project: Write, heads: str, count: int
) -> None:
    columns = heads.count("|") - 1
    row = "| 1 " * (columns - 2) + "| Why? | So. |\n"
    text = f"# A\n\n{heads}\n{'|--' * columns}|\n{row}{row.replace('Why', 'What')}"
    found = cards(project({"a.md": text}))
    assert found == [("Why?", "So."), ("What?", "So.")][:count]


def test_the_key_to_a_test_is_no_table_of_questions(project: Write) -> None:
    key = "| Question | Answer |\n|--|--|\n| 1 | A |\n| 2. | B |\n"
    assert cards(project({"a.md": f"# A\n\n{key}"})) == []
    for row in ("| Why? | So |", "| 1989 | The wall |", "| 7 × 8 | 56 |", "| 🦊 | A fox |"):
        assert len(cards(project({"a.md": f"# A\n\n{key}{row}\n"}))) == 3


def test_a_numbered_title_above_a_line_with_a_question_mark_stays_a_question(
    project: Write,
) -> None:
    text = "# A\n\n**Question 1: Name it**\n?\nA pile.\n"
    assert [title for title, _ in cards(project({"a.md": text}))] == ["Name it"]


@pytest.mark.parametrize(("count", "taken"), [(4, 5), (3, 3)])
def test_an_item_without_a_question_mark_is_one_more_toggle_where_nearly_all_ask(
    project: Write, count: int, taken: int
) -> None:
    text = "# A\n\n" + "- Why?\n  - So.\n" * count + "- Name it\n  - A pile.\n"
    assert len(cards(project({"a.md": text}), unnumbered=True)) == taken


@pytest.mark.parametrize(("others", "count"), [("- Where?\n" * 6, 2), ("- Note\n" * 3, 0)])
def test_items_that_ask_without_an_answer_show_what_the_list_is(
    project: Write, others: str, count: int
) -> None:
    text = f"# A\n\n- Why?\n  - So.\n- What?\n  - That.\n{others}"
    assert len(cards(project({"a.md": text}), unnumbered=True)) == count


def test_marks_in_an_answer_are_a_part_of_it(project: Write) -> None:
    text = "# A\n\n## 1. What?\n\na :: b\n\nc :: d\n\n| Question | Answer |\n|--|--|\n| x | y |\n"
    assert [title for title, _ in cards(project({"a.md": text}))] == ["What?"]


def test_toggles_are_questions_without_a_number(project: Write) -> None:
    text = "# A\n\n- What is X?\n\n  A thing.\n\n- Why?\n  - So.\n- Note\n"
    root = project({"a.md": text, "b.md": "# B\n\n## 1. W?\n\nV\n"})
    assert cards(root) == [("W?", "V")]
    assert [title for title, _ in cards(root, unnumbered=True)] == ["What is X?", "Why?", "W?"]


@pytest.mark.parametrize(
    ("below", "found"),
    [("> A pile.", 2), ("A pile.", 2), ("- push", 0), ("```\n  push\n  ```", 0)],
)
def test_a_toggle_that_asks_without_a_question_mark_has_text_below(
    project: Write, below: str, found: int
) -> None:
    items = "".join(f"* {ask} a stack\n\n  {below}\n\n" for ask in ("Define", "Describe"))
    items += f"* Stacks\n\n  {below}\n"
    assert len(cards(project({"a.md": f"# A\n\n{items}"}), unnumbered=True)) == found


@pytest.mark.parametrize(("other", "told"), [("What is epoll?", 3), ("The kernel", 0)])
def test_toggles_that_ask_are_told_with_the_line_that_takes_them(other: str, told: int) -> None:
    asked = ("What is select?", other, "What is poll?") if told else ("What is select?", other)
    notes = "".join(f"- {title}\n  - A call.\n" for title in asked)
    found = split_questions(parse(notes), "n.md", SplitOptions())
    assert not found.sections
    assert found.unnumbered_candidates == told
    suggested = found.suggestion and (found.suggestion.key, found.suggestion.adds)
    assert suggested == (("unnumbered", told) if told else None)


def test_a_card_within_an_answer_is_words_there(project: Write) -> None:
    text = """# Italy

- Old.
- The capital is {{c1::**Rome**::a city}} of $x$. #card
- What is its shape? #card #exam
\t- A boot {{c1::x}}
"""
    root = project({"a.md": text, "ankify.toml": "[questions]\nlevel = 1\n"})
    notes = read_project(root, ReadOptions(now=1)).notes
    assert [note.is_cloze for note in notes] == [False, True, True]
    assert "#card" not in notes[0].fields[1]
    assert "<strong>Rome</strong> of" in notes[0].fields[1]
