"""Callouts of Obsidian that are questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from ankify.config import MarkdownSettings
from ankify.questions.layout import SplitOptions
from ankify.questions.split import SplitFile, split_questions
from ankify.reading.flavours import Flavour, Vault
from ankify.reading.parse import ParsedFile, parse, plain_text

LAKE = "> [!question]- What is an oxbow lake?\n> A cut-off bend.\n> - It silts up.\n\n"
DELTA = "> [!FAQ] Where does a delta form?\n> At the mouth.\n\n"


def read(notes: str) -> ParsedFile:
    return parse(notes, Flavour(MarkdownSettings(), Vault(Path(), ("notes.md",))))


def split(notes: str, *, unnumbered: bool = False) -> SplitFile:
    return split_questions(read(notes), "notes.md", SplitOptions(unnumbered=unnumbered))


def cards(notes: str) -> list[tuple[str, str]]:
    parsed = read(notes)
    found = split(notes).sections
    return [(it.question.title, plain_text(it.answer, parsed)) for it in found]


def test_a_callout_that_asks_is_a_question_and_its_answer_ends_with_it() -> None:
    assert cards(f"# Rivers\n\n{LAKE}They are old.\n\n{DELTA}") == [
        ("What is an oxbow lake?", "A cut-off bend. It silts up."),
        ("Where does a delta form?", "At the mouth."),
    ]


@pytest.mark.parametrize(
    ("notes", "count"),
    [
        (LAKE, 0),  # one may be a box of any kind
        (LAKE + DELTA, 2),
        (f"## 1. Lakes\n\n{LAKE}{DELTA}", 1),  # a box in the answer to a question
        (f"## Lakes\n\n{LAKE}{DELTA}", 2),
        ((LAKE + DELTA).replace("question", "note").replace("FAQ", "note"), 0),
        (LAKE + "> [!question] Why?\n", 1),  # nothing is inside of the other
    ],
)
def test_callouts_are_questions_where_a_file_plainly_uses_them_so(notes: str, count: int) -> None:
    assert len(split(notes).sections) == count


def test_a_callout_without_text_is_a_question_without_an_answer() -> None:
    found = split(f"{LAKE}> [!question] Why?\n\n{DELTA}> [!faq]\n\n> [!note] Mind this\n")
    assert [it.title for it in found.unanswered] == ["Why?"]
    assert len(found.sections) == 2


def test_without_a_title_the_first_paragraph_asks_and_a_callout_answers() -> None:
    asked = "> [!question]\n> Who named it?\n>\n> > [!success]- Answer\n> > Herodotus.\n\n"
    assert cards(asked + LAKE)[0] == ("Who named it?", "Herodotus.")


@pytest.mark.parametrize(("lines", "count"), [(4, 2), (20, 0)])
def test_numbered_callouts_are_questions_where_most_of_the_file_is_in_them(
    lines: int, count: int
) -> None:
    asked = (
        "> [!note] Question 1\n>\n> Which is longest?\n>\n> > [!done]- Answer\n> > The Nile.\n\n"
    )
    notes = asked + asked.replace("1", "2").replace("longest", "widest") + "A line.\n\n" * lines
    found = split(notes).sections
    assert len(found) == count
    assert [it.question.title for it in found] == ["Which is longest?", "Which is widest?"][:count]


def test_boxes_to_tick_in_a_callout_are_options() -> None:
    options = "> - [ ] Rhine\n> - [x] Nile\n\n"
    asked = f"> [!question] Which is longest?\n{options}> [!question] Which is not?\n{options}"
    first, _ = split(asked).sections
    ticked = [token.meta.get("checked") for token in first.answer if token.type == "list_item_open"]
    assert ticked == [False, True]
    assert not any(token.meta.get("checked") for token in first.stem)


def test_a_callout_right_below_that_says_answer_is_the_answer() -> None:
    asked = "> [!question] Exercise {0}\n> Name a {1} bird.\n\n> [!success]- {2}\n> It is {1}.\n\n"
    said = (("white", "Answer"), ("black", "Solution"), ("red", "Hint"))
    notes = "".join(asked.format(at, *both) for at, both in enumerate(said, 1))
    assert [(title, back.split()[-1]) for title, back in cards(notes)] == [
        ("Name a white bird.", "white."),
        ("Name a black bird.", "black."),
    ]


def test_an_answer_below_a_callout_that_is_no_question_is_not_lost() -> None:
    picture = "> [!question]\n> - a list\n\n> [!success]- Answer\n> It is red.\n\n"
    parsed = read(f"## What is it?\n\n{picture}{picture}")
    found = split_questions(parsed, "notes.md", SplitOptions(unnumbered=True)).sections
    assert [plain_text(it.answer, parsed).count("It is red.") for it in found] == [2]


@pytest.mark.parametrize(
    ("titles", "found"),
    [
        (("How do I rent a boat?", "My boat leaks", "When do you close?"), 3),
        (("How do I rent a boat?", "My boat leaks", "The shore"), 0),  # most are boxes
        (("Answer", "Show the hint", "Why?"), 0),  # buttons: one title is left
    ],
)
def test_folded_details_are_what_summaries_are(titles: tuple[str, ...], found: int) -> None:
    for opener in ("::: details {}", ":::spoiler {}", "```{{dropdown}} {}"):
        fence = opener[:3]
        notes = "\n\n".join(f"{opener.format(title)}\nAsk me.\n{fence}" for title in titles)
        assert not split(notes).sections
        sections = split(notes, unnumbered=True).sections
        assert [it.question.title for it in sections] == [*titles][:found]
