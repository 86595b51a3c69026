"""Documentation with numbered headings makes no cards; a user's own numbered topics all do.

Each row has a pair of notes at its edge: what it refuses, and what differs from that in one thing.
"""

from __future__ import annotations

import pytest

from ankify.questions.documents import SIGNS
from ankify.questions.layout import SplitOptions, lay_out
from ankify.questions.split import split_questions
from ankify.reading.parse import parse


def titles(notes: str, name: str = "notes") -> list[str]:
    found = split_questions(parse(notes), f"{name}.md", SplitOptions(name=name))
    return [section.question.title for section in found.sections]


def verdict(notes: str, name: str = "notes") -> str:
    """The name of the ground on which the first numbered titles were judged."""
    findings = lay_out(parse(notes), SplitOptions(name=name)).outline.findings
    return next(found.name for found in findings if found.group.first.read.number)


def headed(*names: str, level: int = 2, below: str = "A line of text on it.") -> str:
    """Headings with something below each."""
    return "\n".join(f"{'#' * level} {name}\n\n{below}\n" for name in names)


TOPICS = ("1. Tide tables", "2. Buoys", "3. Harbour lights")

# -- dates, chapters, records ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "others"),
    [
        (("[2.1.0] - 2023-05-01", "[2.0.0] - 2023-02-11"), ("[1] Ebb", "[2] Flood")),
        (("2023.05", "2022.11"), ("2023. Ebb", "2022. Flood")),
        (("v1.2", "v1.1.9 (2021/03/04)"), ("1. v2", "2. v1")),
    ],
)
def test_dates_and_versions_are_no_questions(
    dates: tuple[str, ...], others: tuple[str, ...]
) -> None:
    assert titles(headed("Harbour", level=1) + headed(*dates)) == []
    assert len(titles(headed("Harbour", level=1) + headed(*others))) == 2


PARTS = headed("4.1 Tide tables", "4.2 Buoys", "4.3 Harbour lights")


@pytest.mark.parametrize(
    "chapter", ["Chapter 4", "Chapter 4: The sea", "第四章 航海", "Kapitel 4: Das Meer"]
)
def test_the_numbered_parts_of_a_chapter_are_no_questions(chapter: str) -> None:
    assert verdict(f"# {chapter}\n\n{PARTS}") == "chapter-parts"


@pytest.mark.parametrize(
    ("title", "taken"),
    [
        ("4. The sea", 0),
        ("4 The sea", 0),
        ("Ch4 - The sea", 0),
        ("Sea 4: Currents", 0),
        ("5. The sea", 3),  # counts something else
        ("4.1 The sea", 3),
        ("Question 4: The sea", 3),  # has parts that are asked
        ("Exercise 4", 3),
        ("Exam 4", 3),
        ("4. Questions on the sea", 3),
        ("4. The sea\n\n# 5. The shore", 3),  # the numbers are not of the file
    ],
)
def test_parts_that_go_on_with_the_number_of_the_file_are_no_questions(
    title: str, taken: int
) -> None:
    assert len(titles(f"# {title}\n\n{PARTS}")) == taken


def test_a_few_parts_may_have_another_number_than_the_file() -> None:
    parts = headed(*(f"4.{number} Buoy {number}" for number in range(1, 5)), "5.1 Lights")
    other = headed(*(f"4.{number} Buoy {number}" for number in range(1, 4)), "5.1 Lights")
    assert titles(f"# 4. The sea\n\n{parts}") == []
    assert len(titles(f"# 4. The sea\n\n{other}")) == 4


def test_parts_that_ask_are_questions_whatever_the_number_of_the_file() -> None:
    asked = PARTS.replace("Buoys", "Why?").replace("Harbour", "Which")
    assert len(titles(f"# 4. The sea\n\n{asked}")) == 3


@pytest.mark.parametrize(
    ("above", "verdict_of_parts"),
    [
        ("Step 4: Sail", "chapter-parts"),
        ("Phase 4️⃣", "chapter-parts"),
        ("خطوة 4: X", "chapter-parts"),
        ("Step 3: Sail", "numbered"),  # counts something else
        ("Boat 4: Sail", "numbered"),
        ("Part 4: Sail", "numbered"),  # of a study guide
    ],
)
def test_the_numbered_parts_of_a_step_are_no_questions(above: str, verdict_of_parts: str) -> None:
    parts = PARTS.replace("## ", "### ")
    notes = f"# The sea\n\n## {above}\n\n{parts}\n\n## Harbours\n\nMany.\n"
    assert verdict(notes) == verdict_of_parts


@pytest.mark.parametrize(
    "notes",
    [
        f"# The sea\n\n{PARTS}",
        f"# 5. The sea\n\n{PARTS}",
        "# Chapter 4: The sea\n\n" + headed(*TOPICS),
        f"# Chapter 4: The sea\n\n{PARTS.replace('Buoys', 'Why?').replace('Harbour', 'Which')}",
    ],
    ids=["no chapter", "a number alone", "counted by themselves", "some ask"],
)
def test_topics_that_are_numbered_like_parts_of_a_chapter_are_questions(notes: str) -> None:
    assert len(titles(notes)) == 3


@pytest.mark.parametrize(
    ("parts", "taken"),
    [
        (("Status", "Context", "Decision", "Consequences"), 0),
        (("Status", "Context", "Decision", "Cost", "Limits"), 1),
        (("Entscheidung", "Konsequenzen"), 0),
        (("Colour", "Example", "Range"), 1),
    ],
)
def test_a_record_of_a_decision_is_no_question(parts: tuple[str, ...], taken: int) -> None:
    assert len(titles("# 7. Implement the lamp with LEDs\n\n" + headed(*parts))) == taken


def test_a_question_mark_is_enough_above_the_parts_of_a_record() -> None:
    notes = "# 7. What does the lamp do?\n\n" + headed("Status", "Decision", "Consequences")
    assert titles(notes) == ["What does the lamp do?"]


# -- documentation ---------------------------------------------------------------------------------

# One file for each pair of signs, and what it is without the first of them, and without the second.
DEEP = headed(*TOPICS, level=3)
SECTION = f"# Sea\n\n## Marks\n\n{DEEP}\n"
ASIDE = "A longer text, on the use of all this, and on how it is kept in order. " * 2
MORE = headed("Usage", "Upkeep", "Costs")
CODE = SECTION.replace("Tide tables", "`tides`").replace("Buoys", "`buoys`")
LINKED = "# Sea\n\n" + headed(*(f"{n}. [Mark {n}](../src/mark{n}.py) of it" for n in (1, 2, 3)))


MANY = (*TOPICS, "4. Fog", "5. Wrecks")  # a fifth of them would make chapters
DATED = "# Sea\n\n> **Updated**: 2026-02-11\n\n" + headed(*MANY)
BOXES = "# Sea\n\n" + headed(*TOPICS) + "- [ ] a\n" * 10


@pytest.mark.parametrize(
    ("notes", "name", "signs"),
    [
        (CODE + headed("Usage", below=ASIDE), "sea", "are_in_some_sections are_code"),
        (LINKED, "README.sea", "is_named_so lead_to_sources"),
        (SECTION + MORE, "sea", "are_in_some_sections are_few"),
        (SECTION + headed("Usage", below=ASIDE), "README", "is_named_so are_in_some_sections"),
        (DATED, "harbour_guide", "is_named_so has_version"),
        (
            DATED.replace("1. Tide tables", "1. Overview"),
            "sea",
            "has_version opens_or_ends_as_text",
        ),
        (BOXES, "部署方案", "is_named_so has_tasks"),
    ],
)
def test_two_signs_of_documentation_are_enough(notes: str, name: str, signs: str) -> None:
    assert _signs(notes, name) == signs.split()
    assert verdict(notes, name) == "documentation"
    assert titles(notes, name) == []


def _signs(notes: str, name: str) -> list[str]:
    layout = lay_out(parse(notes), SplitOptions(name=name))
    group = next(found.group for found in layout.outline.findings if found.group.first.read.number)
    return [sign.__name__ for sign in SIGNS if sign(group)]


@pytest.mark.parametrize(
    ("notes", "name", "sign"),
    [
        ("# Sea\n\n" + headed(*TOPICS), "README", "is_named_so"),
        (LINKED, "sea", "lead_to_sources"),
        (SECTION + headed("Usage", below=ASIDE), "sea", "are_in_some_sections"),
        ("# Sea\n\n" + headed("1. `tides`", "2. `buoys`"), "sea", "are_code"),
        (DATED, "sea", "has_version"),
        (DATED.replace("2026-02-11", "today"), "Sea report", "is_named_so"),
        ("# Sea\n\n" + headed(*MANY[1:], "6. Conclusion"), "sea", "opens_or_ends_as_text"),
        (BOXES, "sea", "has_tasks"),
        (BOXES.replace("- [ ] a\n", "", 1), "plan of the sea", "is_named_so"),
        ("# Sea\n\n" + headed(*TOPICS) + MORE.replace(ASIDE, "Short."), "sea", "are_few"),
    ],
)
def test_one_sign_of_documentation_is_not(notes: str, name: str, sign: str) -> None:
    assert _signs(notes, name) == [sign]
    assert len(titles(notes, name)) >= 2


@pytest.mark.parametrize(
    "notes",
    [
        f"## Marks\n\n{DEEP}\n## Lights\n\n{DEEP}",
        "# Sea\n\n" + headed(*TOPICS, below="```sh\nmake\n```"),
    ],
    ids=["counted again", "commands"],
)
def test_topics_of_your_own_may_count_anew_and_hold_commands(notes: str) -> None:
    assert _signs(notes, "") == []
    assert len(titles(notes)) >= 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Buoys", "What is a buoy?"),
        ("A line of text on it.", "Answer: a line."),
        ("# Sea", "# Questions on the sea"),
        ("## Marks", "## Quiz"),
    ],
)
def test_a_sign_of_questions_outweighs_all_signs_of_documentation(before: str, after: str) -> None:
    notes = (SECTION + MORE).replace(before, after)
    assert len(titles(notes, "README")) == 3


def test_the_name_of_a_file_says_that_there_are_questions() -> None:
    assert len(titles(SECTION + MORE, "sea_questions")) == 3
    assert titles(SECTION + MORE, "sea_marks") == []


def test_numbered_topics_of_ones_own_are_questions() -> None:
    assert len(titles(headed(*TOPICS))) == 3
    assert len(titles("# Sea\n\n" + headed(*TOPICS) + headed("Links", "Books"))) == 3
    two = f"# Sea\n\n## Marks\n\n{DEEP}\n## Lights\n\n{headed('4. Colours', '5. Range', level=3)}"
    assert len(titles(two, "README")) == 5


def test_code_asks_nothing() -> None:
    commands = headed("`show tides`", "`list buoys`", "`show lights`")
    found = split_questions(parse(commands), "sea.md", SplitOptions(unnumbered=True))
    assert found.sections == ()
    words = commands.replace("`", "")
    found = split_questions(parse(words), "sea.md", SplitOptions(unnumbered=True))
    assert len(found.sections) == 3


# -- tasks -----------------------------------------------------------------------------------------

TASKS = "\n".join(
    f"## {n}. {title}:\n\na. Explain what it is for. Why is it {n} metres high?\n"
    for n, title in enumerate(("Tide tables", "Buoys", "Lights", "Wrecks"), 1)
)


def answered(notes: str, n: int) -> str:
    """The task of a number with a statement instead of its question."""
    return notes.replace(f"Why is it {n} metres high?", f"It is {n} metres high.")


@pytest.mark.parametrize(
    ("notes", "taken"),
    [
        (TASKS, 0),
        (answered(answered(TASKS, 1), 2), 4),
        (answered(TASKS, 1), 0),
        (TASKS.replace("\n\na. ", "\n\n![map](map.png)\n\na. "), 4),
        (TASKS.replace("high?\n", "high?\n\n```py\nprint()\n```\n"), 4),
        (TASKS.replace("high?\n", "high?\n\nAnswer: for the trade.\n"), 4),
        (TASKS.partition("## 2")[0], 1),
    ],
    ids=["tasks", "half answered", "fewer", "pictures", "code", "answers", "one"],
)
def test_titles_with_only_further_tasks_below_are_no_questions(notes: str, taken: int) -> None:
    assert len(titles(notes)) == taken


def test_tasks_are_left_where_their_answers_are_in_another_part_of_the_file() -> None:
    answers = TASKS.replace("Explain what it is for. Why is it", "It is").replace("high?", "high.")
    notes = f"# Tasks\n\n{TASKS}\n# Answers\n\n{answers}"
    found = split_questions(parse(notes), "a.md", SplitOptions())
    assert [section.question.title for section in found.sections] == [
        "Tide tables:", "Buoys:", "Lights:", "Wrecks:",
    ]  # fmt: skip
    assert min(section.question.line for section in found.sections) > notes.count("\n") / 2


def test_a_group_of_tasks_says_why_it_is_none_of_questions() -> None:
    assert verdict(TASKS) == "tasks"


SHORT = ("Sorting", "Graphs", "Trees")
LONG = tuple(f"{name}: what they are for and how they are built" for name in SHORT)


@pytest.mark.parametrize(
    ("names", "ground"),
    [(SHORT, "book"), (LONG, "numbered"), ((SHORT[0], SHORT[1], LONG[2]), "book")],
)
def test_topics_of_an_examination_are_phrases_and_chapters_are_not(
    names: tuple[str, ...], ground: str
) -> None:
    notes = "".join(
        f"## {at}. {name}\n\n{headed(f'Use {at}', f'Cost {at}', level=3)}\n"
        for at, name in enumerate(names, 18)
    )
    assert verdict(notes) == ground


OFFERED = "A) An owl\nB) A fox\nC) A fish"


@pytest.mark.parametrize(
    ("offered", "more", "count"),
    [
        (OFFERED, "", 0),
        (OFFERED.replace("A) An owl", "A) **An owl**"), "", 2),
        ("- A) An owl\n- **B) A fox**\n- C) A fish", "", 2),
        ("- A) An owl\n- B) A fox\n- C) A fish", "", 0),
        (OFFERED.replace("C) A fish", "So it is."), "", 2),
        ("- [ ] A) An owl\n- [x] B) A fox\n- [ ] C) A fish", "", 2),
        (OFFERED, "## Answers\n\n1. A\n2. B\n", 2),  # the key
    ],
    ids=["no key", "bold", "bold item", "items", "no options", "ticked", "key"],
)
def test_a_test_without_its_key_makes_no_cards(offered: str, more: str, count: int) -> None:
    asked = headed("Question 1", "Question 2", level=3, below=f"What hoots?\n\n{offered}")
    assert len(titles(f"# Animals\n\n{asked}\n{more}")) == count
