"""Passages above the questions of an exam."""

from __future__ import annotations

import pytest

from ankify.questions.layout import SplitOptions
from ankify.questions.split import SplitFile, split_questions
from ankify.reading.parse import parse, plain_text

HERON = "A heron stood in the pond and caught a perch."
OTTER = "An otter slept under the roots of an alder."


def split(notes: str) -> SplitFile:
    return split_questions(parse(notes), "notes.md", SplitOptions())


def fronts(notes: str) -> list[str]:
    return [plain_text(section.stem, parse("")) for section in split(notes).sections]


def backs(notes: str) -> list[str]:
    return [plain_text(section.answer, parse("")) for section in split(notes).sections]


def asked(number: int, title: str, more: str = "") -> str:
    return f"\n\n{number}. {title}\n\n- a\n- b\n\n**Answer**: b\n\n{more}"


def test_what_is_between_an_answer_and_the_question_on_it_is_on_its_front() -> None:
    notes = HERON + asked(1, "What did the heron catch?", OTTER)
    notes += asked(2, "Where did the otter sleep?") + asked(3, "Which tree is it?")
    assert fronts(notes) == [f"{HERON} a b", f"{OTTER} a b", f"{OTTER} a b"]
    assert backs(notes) == ["Answer: b"] * 3
    assert not split(notes).left_out


@pytest.mark.parametrize(
    "notes",
    [
        # an explanation speaks of what was asked above it
        "A preface."
        + asked(1, "What did the heron catch?", HERON)
        + asked(2, "Where did the otter sleep?"),
        # one is below the last answer, too
        HERON
        + asked(1, "What did the heron catch?", OTTER)
        + asked(2, "Where was the otter?", "So."),
        # there is nothing above the first question
        asked(1, "What did the heron catch?", OTTER) + asked(2, "Where did the otter sleep?"),
    ],
)
def test_what_explains_an_answer_stays_on_the_back(notes: str) -> None:
    assert fronts(notes) == ["a b", "a b"]


@pytest.mark.parametrize(("sections", "are_passages"), [(2, True), (1, False)])
def test_what_sections_of_an_exam_open_with_is_on_the_front_of_all_their_questions(
    sections: int, are_passages: bool
) -> None:
    notes = f"# Reading\n\nBe quick.\n\n## Text 1\n\n> {HERON}"
    notes += asked(1, "What did it catch?") + asked(2, "Where did it stand?")
    notes += "## Text 2\n\n" + f"> {OTTER}" * (sections - 1) + asked(3, "Where did it sleep?")
    passages = [f"{HERON} ", f"{HERON} ", f"{OTTER} "] if are_passages else [""] * 3
    assert fronts(notes) == [f"{passage}a b" for passage in passages]


def test_what_is_above_all_headings_is_no_section_of_an_exam() -> None:
    notes = HERON + asked(1, "What did it catch?") + f"## Text 2\n\n{OTTER}"
    notes += asked(2, "Where did it sleep?") + "## The end"
    assert fronts(notes) == ["a b", "a b"]


def test_what_a_section_of_plain_questions_opens_with_may_give_the_answers_away() -> None:
    notes = "".join(
        f"## Part {n}\n\n{HERON}\n\n### {n}. What did it catch?\n\n**Answer**: A perch.\n\n"
        for n in (1, 2)
    )
    assert fronts(notes) == ["", ""]
