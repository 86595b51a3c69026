"""The tables of grounds: complete, named, documented."""

from __future__ import annotations

from collections.abc import Callable

from ankify.questions import verdicts
from ankify.questions.sections import SECTION_GROUNDS
from ankify.questions.verdicts import GROUNDS, UNNUMBERED_GROUNDS, Ground, Reason

REASONS = tuple(value for value in vars(verdicts).values() if isinstance(value, Reason))


def test_the_last_ground_of_each_table_always_applies_and_no_name_comes_twice() -> None:
    for table in (GROUNDS, SECTION_GROUNDS, UNNUMBERED_GROUNDS):
        names = [ground.name for ground in table]
        assert len(set(names)) == len(names)
        assert table[-1].applies(None)  # type: ignore[arg-type]


def test_every_ground_is_documented(documented: Callable[[str, str], None]) -> None:
    tables = [
        ("Are numbered titles questions?", "they", _rows(GROUNDS, "questions", "no questions")),
        (
            "Are titles without a number questions?",
            "they",
            _rows(UNNUMBERED_GROUNDS, "questions", "no questions"),
        ),
        (
            "Are titles that hold others sections?",
            "they",
            _rows(SECTION_GROUNDS, "sections", "questions"),
        ),
        ("By where they are", "they", [f"| `{it.name}` | {it.reason} | |" for it in REASONS]),
    ]
    documented("verdicts.md", "\n\n".join(_table(*table) for table in tables))


def _rows(table: tuple[Ground[object], ...], yes: str, no: str) -> list[str]:  # type: ignore[type-var]
    return [f"| `{it.name}` | {it.reason} | {yes if it.accepts else no} |" for it in table]


def _table(title: str, they: str, rows: list[str]) -> str:
    return "\n".join(
        [f"## {title}", "", f"| ground | {they} ... | so they are |", "|---|---|---|", *rows]
    )
