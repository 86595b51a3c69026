"""Each number that verdicts rest on, with a pair of notes at its edge.

One step of a number makes at least one of these fail.
"""

from __future__ import annotations

import pytest

from ankify.questions.layout import SplitOptions
from ankify.questions.split import split_questions
from ankify.reading.parse import parse


def titles(notes: str, **options: object) -> list[str]:
    found = split_questions(parse(notes), "notes.md", SplitOptions(**options))  # type: ignore[arg-type]
    return [section.question.title for section in found.sections]


# -- statements, each with the term for it below ---------------------------------------------------


def terms(count: int, statement: str, term: str) -> str:
    """A list of so many statements, each with its term right below it."""
    return "".join(f"{n}. {statement}\n- {term}\n" for n in range(1, count + 1))


STATEMENT = "Turns source text into machine code"  # 30 letters
TERM = "Just a compiler or so"[:18]  # 15 letters


@pytest.mark.parametrize(
    ("notes", "taken"),
    [
        (terms(10, STATEMENT, TERM), 10),
        (terms(9, STATEMENT, TERM), 0),
        (terms(10, STATEMENT[:-1], TERM[:-1]), 0),
        (terms(10, STATEMENT, TERM + "s"), 0),
        (terms(10, "把人能看懂的源程序变成机器码", TERM[:-1]), 0),
        (terms(10, "把人能够看懂的源程序变成机器码", TERM), 10),
        (terms(6, STATEMENT, TERM) + "".join(f"{n}. X\n- Y\n" for n in range(7, 11)), 10),
        (terms(5, STATEMENT, TERM) + "".join(f"{n}. X\n- Y\n" for n in range(6, 11)), 0),
        (terms(6, STATEMENT, TERM) + terms(4, STATEMENT, "`make all`"), 10),
        (terms(5, STATEMENT, TERM) + terms(5, STATEMENT, "`make all`"), 0),
    ],
    ids=lambda value: value if isinstance(value, int) else value[:12],
)
def test_a_long_list_of_statements_with_a_short_term_below_each_is_questions(
    notes: str, taken: int
) -> None:
    assert len(titles(notes)) == taken


@pytest.mark.parametrize(
    "notes",
    [
        terms(12, "Install the package that is needed here", "from the registry"),
        terms(12, STATEMENT, "`pip install it`"),
        terms(12, "Compiler", "Turns source text into machine code"),
        terms(12, "The Old Man and the Sea", "Ernest Hemingway"),
        terms(12, STATEMENT, "x").replace("- x", "  x"),
        terms(12, STATEMENT, "x").replace("- x", "- x\n```sh\nmake\n```"),
    ],
    ids=["steps", "commands", "glossary", "books", "no list", "code"],
)
def test_other_lists_with_a_short_line_below_each_item_are_no_questions(notes: str) -> None:
    assert titles(notes) == []


def test_statements_may_be_nested_restart_and_stand_in_parts_where_none_asks() -> None:
    nested = terms(10, STATEMENT, "Compiler").replace("\n-", "\n   -")
    notes = f"# Terms\n\n## One\n\n{nested}\n## Two\n\n{nested}\n## Three\n\n{nested}"
    assert len(titles(notes)) == 30
