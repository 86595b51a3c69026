"""Each number that verdicts rest on, with a pair of notes at its edge.

One step of a number makes at least one of these fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ankify.questions import thresholds
from ankify.questions.evidence import FileIndex, Group, Nesting
from ankify.questions.layout import SplitOptions, lay_out
from ankify.questions.sections import SECTION_GROUNDS, is_doubtful, is_quiz, is_section_of
from ankify.questions.split import split_questions
from ankify.questions.verdicts import GROUNDS, UNNUMBERED_GROUNDS, is_exception, is_minor, repeats
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


# -- grounds ---------------------------------------------------------------------------------------

TEXT = "So it is said"  # 10 letters


def index(notes: str) -> FileIndex:
    return lay_out(parse(notes), SplitOptions()).file


def numbered(notes: str, level: int = 2) -> Group:
    groups = index(notes).numbered
    return next(group for style, group in sorted(groups.items()) if style.level == level)


def unnumbered(notes: str, level: int = 2) -> Group:
    groups = index(notes).unnumbered
    return next(group for style, group in sorted(groups.items()) if style.level == level)


def nested(notes: str, outer: int = 2, inner: int = 3) -> Nesting:
    groups = index(notes).numbered
    levels = {style.level: group for style, group in groups.items()}
    return Nesting(levels[outer], levels[inner])


def applies(table: Any, name: str, what: Group | Nesting) -> bool:
    return bool(next(ground for ground in table if ground.name == name).applies(what))


def mixed(
    asking: int, count: int, line: str, ask: str = "What is X{n}", other: str = "X{n}"
) -> str:
    """So many titles, of which some ask; each has an answer below."""
    names = (ask if n <= asking else "X{n}" for n in range(1, count + 1))
    titles = (line.format(n=n, title=name.format(n=n)) for n, name in enumerate(names, 1))
    return "\n\n".join(f"{title}\n\n{TEXT}" for title in titles) + "\n"


H2 = "## {n}. {title}"


def parts(outer: int, holding: int, inner: int = 1, asking: int = 0, bare: int = 99) -> str:
    """Numbered headings of which some hold others; of these, some ask."""
    lines, left = [], asking
    for n in range(1, outer + 1):
        lines.append(f"## {n}. Topic{n}")
        if n > bare or n > holding:
            lines.append(TEXT)
        for m in range(1, (inner if n <= holding else 0) + 1):
            lines += [f"### {m}. {'What is' if left > 0 else ''} X{n}y{m}", TEXT]
            left -= 1
    return "\n\n".join(lines) + "\n"


def letters(count: int) -> str:
    return "x" * count


def share_below(heads: list[str], percent: int) -> str:
    """Headings with so much of a text of 100 letters below them, the rest above."""
    each = percent // len(heads)
    sizes = [percent - each * (len(heads) - 1), *[each] * (len(heads) - 1)]
    below = (f"{head}\n\n{letters(size)}" for head, size in zip(heads, sizes, strict=True))
    return "\n\n".join([letters(100 - percent), *below]) + "\n"


def linked(percent: int, places: int = 2) -> str:
    """Topics with 100 letters each, so many of them links in so many places."""
    sizes = [percent // places] * places
    links = " ".join(f"[{letters(size)}](https://example.org)" for size in sizes)
    return "\n\n".join(
        f"## {n}. Topic\n\n{links}\n\n{letters(100 - sum(sizes))}" for n in range(1, 5)
    )


def listed(names: int) -> str:
    """A table of contents of some of the outer titles."""
    contents = "\n".join(f"- [Topic{n}](#{n}-topic{n})" for n in range(1, names + 1))
    return f"{contents}\n\n{parts(20, 20)}"


def opened(letters_above: int) -> str:
    """A section with some of its 100 letters above the headings that ask."""
    rest = 100 - letters_above
    return (
        f"## Types\n\n{letters(letters_above)}\n\n### What is A?\n\n{letters(rest // 2)}\n\n"
        f"### What is B?\n\n{letters(rest - rest // 2)}\n"
    )


def is_opened_section(notes: str) -> bool:
    inner, outer = unnumbered(notes, 3), unnumbered(notes)
    return is_section_of(inner.file, outer[0], inner)


def exception(loose: int) -> str:
    """Numbered headings among so many without a number."""
    return share_below(
        [*(f"## Topic {letter}" for letter in "ABCDE"[:loose]), "## 1. X", "## 2. Y"],
        10 * (loose + 2),
    )


Test = Callable[[str], bool]


def ground(table: Any, name: str, of: Callable[[str], Any] = numbered) -> Test:
    return lambda notes: applies(table, name, of(notes))


def repeating(different: int) -> str:
    return "\n\n".join(f"## X{min(n, different)}\n\n{TEXT}" for n in range(1, 21))


def books(held: int) -> str:
    """Numbered headings, each with so many without a number."""
    return "\n\n".join(
        f"## {n}. Topic{n}\n\n{TEXT}"
        + "".join(f"\n\n### Part{n}of{m}\n\n{TEXT}" for m in range(held))
        for n in range(1, 5)
    )


def restarting(starts: int, run: int = 2) -> str:
    places = ((start, n) for start in range(starts) for n in range(1, run + 1))
    return "\n\n".join(f"## {n}. X{start}y{n}\n\n{TEXT}" for start, n in places)


def boxes(count: int) -> str:
    """Items that do not ask, each with so many boxes below of which the first is ticked."""
    below = "".join(f"   - [{'x' if n == 1 else ' '}] Box{n}\n" for n in range(1, count + 1))
    return "".join(f"{n}. **X{n} y is**\n{below}" for n in (1, 2, 3))


def quiz(inner: int) -> str:
    lines = [f"## {n}. Topic{n}\n\n{TEXT}" for n in range(1, 21)]
    asked = [f"### Q{n}: What is X{n}?\n\n{TEXT}" for n in range(1, inner + 1)]
    return "\n\n".join([*lines, *asked])


NAMES = ("Rivers", "Lakes", "Seas", "Springs")
GROUND_EDGES: dict[str, tuple[Test, str, str]] = {
    # constant: what is tested, notes for which it applies, and notes one step away
    "MOST_ASK": (
        ground(GROUNDS, "exercises"),
        mixed(9, 20, "## Problem {n}: {title}"),
        mixed(10, 20, "## Problem {n}: {title}"),
    ),
    "SOME_ASK": (
        ground(UNNUMBERED_GROUNDS, "few-ask", unnumbered),
        mixed(1, 3, "## {title}"),
        mixed(3, 8, "## {title}"),
    ),
    "HARDLY_ANY_ASK": (
        lambda notes: is_minor(numbered(notes)),
        letters(900) + "\n\n" + mixed(2, 20, H2),
        letters(900) + "\n\n" + mixed(3, 20, H2),
    ),
    "FEW_ASK": (
        ground(SECTION_GROUNDS, "inner-asks", nested),
        parts(20, 20, asking=20).replace("Topic", "What is X", 6),
        parts(20, 20, asking=20).replace("Topic", "What is X", 7),
    ),
    "NEARLY_ALL_ASK": (
        ground(SECTION_GROUNDS, "inner-asks-aloud", nested),
        parts(20, 20, asking=16),
        parts(20, 20, asking=15),
    ),
    "MOST_PLAIN_ASK": (
        ground(GROUNDS, "emphasis", lambda notes: numbered(notes, 7)),
        mixed(11, 20, "**{n}. {title}**"),
        mixed(12, 20, "**{n}. {title}**"),
    ),
    "MOST": (ground(SECTION_GROUNDS, "few-hold", nested), parts(20, 9), parts(20, 10)),
    "MOST_BARE": (
        ground(SECTION_GROUNDS, "bare", nested),
        parts(20, 20, bare=12),
        parts(20, 20, bare=11),
    ),
    "OPENING": (is_opened_section, opened(20), opened(25)),
    "NEARLY_ALL_HOLD": (
        ground(SECTION_GROUNDS, "inner-asks-aloud", nested),
        parts(20, 16, asking=99),
        parts(20, 15, asking=99),
    ),
    "CHAPTERS": (
        ground(GROUNDS, "chapters"),
        mixed(5, 20, H2, ask="Introduction"),
        mixed(4, 20, H2, ask="Introduction"),
    ),
    "HOLLOW": (ground(GROUNDS, "links"), linked(64), linked(60)),
    "HOLLOW_PLACES": (ground(GROUNDS, "links"), linked(90, 2), linked(90, 1)),
    "DIFFERENT": (lambda notes: repeats(unnumbered(notes)), repeating(13), repeating(14)),
    "RESTARTS": (ground(GROUNDS, "restarts"), restarting(3), restarting(2)),
    "SECTION_RUN": (ground(GROUNDS, "restarts"), restarting(3, 7), restarting(3, 8)),
    "PARTS_OF_A_CHAPTER": (ground(GROUNDS, "book"), books(2), books(1)),
    "SIGNS": (
        lambda notes: applies(GROUNDS, "documentation", numbered(notes, 3)),
        f"## X\n\n### 1. `a`\n\n{TEXT}\n\n### 2. `b`\n\n{TEXT}\n\n## Y\n\n{TEXT}\n",
        f"## X\n\n### 1. A\n\n{TEXT}\n\n### 2. B\n\n{TEXT}\n\n## Y\n\n{TEXT}\n",
    ),
    "BOXES": (
        lambda notes: not applies(GROUNDS, "emphasis", numbered(notes, 8)),
        boxes(3),
        boxes(2),
    ),
    "JUDGED": (
        lambda notes: numbered(notes, 8).share_asking > 0,
        "1. Owls hunt at night. **True**\n2. Owls weave nests. **False**\n3. Owls sleep.\n",
        "1. Owls hunt at night. **True**\n2. Owls weave nests.\n3. Owls sleep.\n",
    ),
    "MINOR_PART": (
        lambda notes: is_minor(numbered(notes)),
        share_below(["## 1. X", "## 2. Y"], 26),
        share_below(["## 1. X", "## 2. Y"], 30),
    ),
    "COVERING": (
        ground(UNNUMBERED_GROUNDS, "small-part", unnumbered),
        share_below(["## What is X?", "## What is Y?"], 36),
        share_below(["## What is X?", "## What is Y?"], 40),
    ),
    "COVERING_ALL": (
        ground(UNNUMBERED_GROUNDS, "few-ask", unnumbered),
        share_below(["## What is X?", "## What is Y?", "## A", "## B", "## C"], 76),
        share_below(["## What is X?", "## What is Y?", "## A", "## B", "## C"], 80),
    ),
    "ONE_QUESTION": (
        lambda notes: bool(titles(notes, unnumbered=True)),
        share_below(["# What is X?"], 80),
        share_below(["# What is X?"], 76),
    ),
    "EXCEPTION": (lambda notes: is_exception(numbered(notes)), exception(4), exception(3)),
    "OUTERMOST": (
        lambda notes: len(titles(notes, unnumbered=True)) < 20,
        mixed(5, 5, "## {title}?") + mixed(20, 20, "### {title}?", ask="Why is Y{n}"),
        mixed(4, 4, "## {title}?") + mixed(20, 20, "### {title}?", ask="Why is Y{n}"),
    ),
    "QUIZ": (
        lambda notes: is_quiz(nested(notes)),
        quiz(10),
        quiz(9),
    ),
    "QUIZZED": (
        lambda notes: "Why X?" in titles(notes),
        mixed(0, 9, H2) + "## Quiz\n\n### Q: Why X?\n\nX.\n\n### Q: Why Y?\n\nY.\n",
        mixed(0, 9, H2) + "## Quiz\n\n### Q: Why X?\n\nX.\n",
    ),
    "OWN_CHAPTER": (
        lambda notes: titles(notes) == ["Why X?", "Why Y?"],
        mixed(0, 10, H2) + "## 11. Quiz\n\n### Q1: Why X?\n\nX.\n\n### Q2: Why Y?\n\nY.\n",
        mixed(0, 11, H2) + "## 12. Quiz\n\n### Q1: Why X?\n\nX.\n\n### Q2: Why Y?\n\nY.\n",
    ),
    "CLEARLY_NAMED": (ground(SECTION_GROUNDS, "outer-listed", nested), listed(11), listed(10)),
    "CLEARLY_ASKS": (
        lambda notes: is_doubtful(nested(notes)),
        parts(20, 20, asking=5),
        parts(20, 20, asking=6),
    ),
    "OUTWEIGHS": (
        lambda notes: len(titles(notes)) > 1,
        "Q: Why not?\n\nA: So.\n\n" + mixed(5, 5, "**{n}. {title}?**"),
        "Q: Why not?\n\nA: So.\n\n" + mixed(4, 4, "**{n}. {title}?**"),
    ),
    "COUNTED_TO": (
        lambda notes: "Why not?" in titles(notes),
        mixed(3, 3, H2) + f"\n#### 4. Why not?\n\n{TEXT}\n",
        mixed(2, 2, H2) + f"\n#### 3. Why not?\n\n{TEXT}\n",
    ),
    "ASKING_PARAGRAPHS": (
        lambda notes: bool(titles(notes, unnumbered=True)),
        "".join(f"What is {n}?\n\n{TEXT}\n\n" for n in range(4)) + f"{TEXT}\n\n" * 12,
        "".join(f"What is {n}?\n\n{TEXT}\n\n" for n in range(4)) + f"{TEXT}\n\n" * 13,
    ),
    "ANSWERS_OF_SECTION": (
        lambda notes: bool(titles(notes, unnumbered=True)),
        "".join(f"## {name}\n\nAnswer: X.\n\nExplanation: Y.\n\n" for name in NAMES),
        "".join(f"## {name}\n\n" + "Answer: X.\n\n" * 3 for name in NAMES),
    ),
    "COUNTED_TITLES": (
        lambda notes: bool(titles(notes)),
        mixed(3, 3, "## Karte {n}: {title}?"),
        mixed(2, 2, "## Karte {n}: {title}?"),
    ),
}


@pytest.mark.parametrize("constant", GROUND_EDGES)
def test_a_share_or_count_decides_at_its_edge(constant: str) -> None:
    test, yes, no = GROUND_EDGES[constant]
    assert test(yes)
    assert not test(no)


def test_every_number_has_a_pair_of_notes_at_its_edge() -> None:
    numbers = {name for name in vars(thresholds) if name.isupper()}
    above = {"STATEMENT", "TERM", "LONG_RUN"}
    assert numbers == GROUND_EDGES.keys() | above
