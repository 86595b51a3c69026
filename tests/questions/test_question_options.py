"""Options of a test of which some are marked as right: bold, ticked, or said to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from questions.test_split import split

from ankify.questions.layout import SplitOptions
from ankify.questions.split import split_questions
from ankify.reading.inline import visible
from ankify.reading.parse import parse
from ankify.reading.tokens import Token
from ankify.rendering.fields import Renderer, RenderOptions

LINES = "## 1. Which swims?\n\nA. Robin\n{}\nC. Kite\n"
ITEMS = "## 1. Which swims?\n\n- A. Robin\n- {}\n- C. Kite\n"
PARTS = "## 1. Which swims?\n\nIn the sea.\n\nA. Robin\n\n{}\n\nC. Kite\n\nIt has wings.\n"


def inline(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from inline(token.children or ())


def bold(tokens: Iterable[Token]) -> bool:
    marks = ("strong_open", "em_open")
    return any(token.type in marks or token.content == "<u>" for token in inline(tokens))


@pytest.mark.parametrize("notes", [LINES, ITEMS, PARTS], ids=["lines", "items", "paragraphs"])
@pytest.mark.parametrize(
    "right",
    [
        "**B. Penguin**",
        "***B. Penguin***",
        "<u>B. Penguin</u>",
        "B. Penguin ✅",
        "B. Penguin (correct)",
    ],
)
def test_the_front_has_the_options_without_the_mark(notes: str, right: str) -> None:
    (found,) = split(notes.format(right)).sections
    front = " ".join(visible(token.children or ()) for token in found.stem)
    assert "B. Penguin" in front
    assert "C. Kite" in front
    assert "✅" not in front
    assert "correct" not in front
    assert not bold(found.stem)
    back = " ".join(visible(token.children or ()) for token in found.answer)
    assert "✅" in back or "(correct)" in back or bold(found.answer)
    assert ("wings" in back) is ("wings" in notes)
    assert "wings" not in front


@pytest.mark.parametrize(
    "right",
    ["B. **Penguin**", "B. Penguin (of Africa)", "B. map.get(answer)", "B. Y (key)", "**Penguin**"],
)
def test_what_marks_no_option_stays_in_the_answer(right: str) -> None:
    (found,) = split(LINES.format(right) + "\nIt has wings.\n").sections
    assert not found.stem
    assert "Robin" in visible(found.answer[1].children or ())


def test_bold_items_are_marks_only_where_nearly_all_questions_have_one() -> None:
    one = "## {}. Which swims?\n\n- Robin\n- **Penguin**\n- Kite\n\n"
    test = split("".join(one.format(number) for number in range(1, 5)))
    assert all(found.stem and not bold(found.stem) for found in test.sections)
    other = split(one.format(1) + one.format(2) + "## 3. Why?\n\nBecause.\n")
    assert not any(found.stem for found in other.sections)


def test_the_back_shows_the_options_once_and_what_is_asked_above_them() -> None:
    notes = "1. A farm keeps owls.\nWhich hunts by day?\nA. Barn owl\n**B. Snowy owl**\n\n"
    parsed = parse(notes + notes.replace("1.", "2."))
    section = split_questions(parsed, "notes.md", SplitOptions()).sections[0]
    asked, again = Renderer(RenderOptions()).render(section, parsed).question.split('class="again"')
    assert "Which hunts by day?" in asked
    assert "Barn owl" not in asked
    assert "B. Snowy owl" in again


@pytest.mark.parametrize(
    ("counts", "taken"),
    [
        ([5, 4] * 5, 0),
        ([5, 4] * 4 + [5], 9),  # too few to be sure
        ([5, 4] * 5 + [2, 2], 2),
        ([5, 4] * 5 + [2, 2, 2], 13),
        ([3, 2] * 5, 10),  # who answers with letters has few
    ],
)
def test_a_long_test_without_a_key_may_have_an_option_more_or_less(
    counts: list[int], taken: int
) -> None:
    notes = "".join(
        f"{number}. Which swims?\n"
        + "".join(f"   - {letter}) Bird {letter}\n" for letter in "abcde"[:count])
        for number, count in enumerate(counts, 1)
    )
    assert len(split(notes).sections) == taken
