"""Every mark-up of a title with every way to number it and to answer: all are read, none is mixed.

What people write is a product: of mark-up, number or label, form of the answer, and what stands
between. Cases in tests/cases show the edges of single rules; this shows that rules work together.
"""

from __future__ import annotations

import re
from itertools import cycle, islice, product

import pytest

from ankify.questions.glued import glued_titles
from ankify.questions.layout import SplitOptions
from ankify.questions.split import split_questions
from ankify.reading.parse import parse, plain_text

NOTES = {
    "What does a puffin eat?": "Small fish, mostly sand eels.",
    "Why do owls fly quietly?": "Their feathers have soft combs.",
    "How far does a tern migrate?": "About seventy thousand kilometres a year.",
    "Which bird lays the largest egg?": "The ostrich, by far.",
    "Where does a wagtail nest?": "In holes near running water.",
    "When do swifts leave?": "Early in August, before most others.",
    "Can a kiwi fly?": "No, its wings are tiny.",
}

MARKUP = (
    "# {}", "## {}", "#### {}", "### **{}**", "### [{}](#top)", "<h3>{}</h3>",
    "**{}**", "*{}*", "***{}***", "<b>{}</b>", "{}", "- {}", "- **{}**", "> {}", "> **{}**",
    "<details>\n<summary>{}</summary>\n", "<details>\n<summary><b>{}</b></summary>\n",
)  # fmt: skip

NUMBERS = (
    "{n}. {q}", "{n}) {q}", "({n}) {q}", "[{n}] {q}", "{n}: {q}", "{n} - {q}", "0{n}. {q}",
    "#{n} {q}", "1.{n} {q}", "1.{n}. {q}", "{n}、{q}", "No. {n} {q}",
    "Q{n}. {q}", "Q{n}: {q}", "Q{n}) {q}", "Q.{n} {q}", "Q{n} - {q}", "Q-{n} {q}", "{n}. Q: {q}",
    "Question {n}: {q}", "Question #{n}: {q}", "Question {n} - {q}", "Q: {q}", "Question: {q}",
)  # fmt: skip

ANSWERS = (
    "{}", "{}\n\nMore is known from ringing.", "A: {}", "**A:** {}", "Answer: {}",
    "**Answer:** {}", "**Answer**\n\n{}", "#### Answer\n\n{}", "Solution: {}", "Ans. {}",
    "- {}\n- And so on.", "```\n{}\n```", "> {}", "=> {}", "→ {}", "— {}", "*{}*",
    "<details>\n<summary>Answer</summary>\n\n{}\n\n</details>",
)  # fmt: skip

BETWEEN = ("\n\n", "  \n", "<br>\n", "\n")
BELOW = ("\n\n", "\n\n---\n\n")
FRAMES = ("{}", "# Birds\n\n{}", "# Birds\n\nNotes for the exam.\n\n{}")


def is_read_otherwise(markup: str, number: str, answer: str) -> bool:
    """Whether Markdown has another meaning for these together.

    A list in the item of a list; a heading that plain text and text of its own level are not above.
    """
    if answer.startswith("#"):
        return number == "{q}" and markup in ("#### {}", "*{}*", "{}", "> {}", "- {}")
    lists = answer.startswith("-") or re.match(r"0?\{n\}[.)] ", number)
    return markup == "- {}" and bool(lists)


def note_file(markup: str, number: str, answer: str, between: str, below: str) -> str:
    folded = "</details>" if markup.startswith("<details>") else ""
    blocks = []
    for n, (question, said) in enumerate(NOTES.items(), 1):
        title = markup.format(number.format(n=n, q=question))
        gap = "\n" if folded else between
        blocks.append(f"{title}{gap}{answer.format(said)}" + f"\n\n{folded}" * bool(folded))
    return below.join(blocks) + "\n"


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def read(notes: str, *, unnumbered: bool) -> list[tuple[str, str]]:
    """The title and the back of each card."""
    parsed = parse(notes, apart=glued_titles)
    found = split_questions(parsed, "notes.md", SplitOptions(unnumbered=unnumbered))
    return [(it.question.title, plain_text(it.answer, parsed)) for it in found.sections]


def assert_all_are_read(notes: str, *, unnumbered: bool) -> None:
    found = read(notes, unnumbered=unnumbered)
    assert [words(title) for title, _ in found] == list(map(words, NOTES)), notes
    for answer, (_, back) in zip(NOTES.values(), found, strict=True):
        held = [other for other in NOTES.values() if words(other) in words(back)]
        assert held == [answer], notes


FORMS = tuple(product(FRAMES, BELOW, BETWEEN, ANSWERS))


@pytest.mark.parametrize("markup", MARKUP)
def test_numbered_questions_are_read(markup: str) -> None:
    forms = islice(cycle(FORMS), MARKUP.index(markup) * len(NUMBERS), None, 7)
    for number, (frame, below, between, answer) in zip(NUMBERS, forms, strict=False):
        if not is_read_otherwise(markup, number, answer):
            notes = frame.format(note_file(markup, number, answer, between, below))
            assert_all_are_read(notes, unnumbered=False)


@pytest.mark.parametrize("markup", MARKUP)
def test_questions_without_a_number_are_read(markup: str) -> None:
    forms = islice(cycle(FORMS), MARKUP.index(markup) * len(ANSWERS), None, 5)
    for answer, (frame, below, between, _) in zip(ANSWERS, forms, strict=False):
        if not is_read_otherwise(markup, "{q}", answer):
            notes = frame.format(note_file(markup, "{q}", answer, between, below))
            assert_all_are_read(notes, unnumbered=True)


# -- tests -----------------------------------------------------------------------------------------

TEST = {
    "What does a puffin eat?": ("Grass", "Small fish", "Stones", "Snow"),
    "Which bird lays the largest egg?": ("The gull", "The ostrich", "The owl", "The tit"),
    "Where does a wagtail nest?": ("At sea", "In holes", "In caves", "On ice"),
    "When do swifts leave?": ("In May", "In August", "In July", "In June"),
}  # the second is right

STEMS = (
    "## {n}. {q}", "### Question {n}\n\n{q}", "### Question {n}: {q}", "**{n}. {q}**",
    "**Q{n}.** {q}", "Q{n}: {q}", "{n}. {q}", "#### {n}\n{q}",
)  # fmt: skip
OPTIONS = (
    "{a}. {o}", "{a}) {o}", "({a}) {o}", "[{a}] {o}", "{a}: {o}", "**{a}.** {o}",
    "- {a}. {o}", "* {a}) {o}", "- **{a}.** {o}",
)  # fmt: skip
KEYS = (
    "Answer: B", "**Answer:** B", "**Answer: B**", "Correct answer: b", "**Correct option: B**",
    "> **Answer:** B", "#### Answer\n\nB", "=> B", "✅ B", "➡️ Answer: B",
    "**Answer:** B\n\n**Explanation:** Known from ringing.",
    "<details><summary>Answer</summary>\n\nB\n\n</details>",
    "<details>\n<summary>Show answer</summary>\nB\n</details>",
)  # fmt: skip
SIGNS = ("{} ✅", "{} (correct)")
AT_THE_END = (
    "## Answers\n\n1. B\n2. B\n3. B\n4. B",
    "**Answer key:** 1-B, 2-B, 3-B, 4-B",
    "## Answer key\n\n| Q | A |\n|---|---|\n| 1 | B |\n| 2 | B |\n| 3 | B |\n| 4 | B |",
)


def quiz(stem: str, option: str, key: str, sign: str = "{}") -> str:
    indent = "   " if stem.startswith("{n}.") else ""
    blocks = []
    for n, (question, offered) in enumerate(TEST.items(), 1):
        said = [sign.format(it) if at == 1 else it for at, it in enumerate(offered)]
        lines = [option.format(a=a, o=it) for a, it in zip("ABCD", said, strict=True)]
        parts = [stem.format(n=n, q=question), "  \n".join(lines), *([key] if key else [])]
        blocks.append("\n\n".join(parts).replace("\n", f"\n{indent}"))
    return "# Birds\n\n" + "\n\n".join(blocks) + "\n"


def assert_options_are_asked(notes: str) -> None:
    parsed = parse(notes, apart=glued_titles)
    sections = split_questions(parsed, "notes.md", SplitOptions()).sections
    assert len(sections) == len(TEST), notes
    for (question, offered), section in zip(TEST.items(), sections, strict=True):
        front = f"{section.question.title} {plain_text(section.stem, parsed)}"
        back = plain_text(section.answer, parsed)
        assert all(words(said) in words(front) for said in (question, *offered)), notes
        assert not re.search(r"✅|correct|answer", front, re.IGNORECASE), notes
        assert re.search(rf"\bb\b|{offered[1]}", back, re.IGNORECASE), notes


@pytest.mark.parametrize("stem", STEMS)
def test_options_are_on_the_front_and_the_right_one_on_the_back(stem: str) -> None:
    for option, key in product(OPTIONS[::2], KEYS):
        assert_options_are_asked(quiz(stem, option, key))


@pytest.mark.parametrize("stem", STEMS)
def test_the_mark_of_the_right_option_is_on_the_back_alone(stem: str) -> None:
    for option, sign in product(OPTIONS, SIGNS):
        assert_options_are_asked(quiz(stem, option, "", sign))


@pytest.mark.parametrize("stem", STEMS)
def test_a_key_at_the_end_belongs_to_the_questions(stem: str) -> None:
    for option, key in product(OPTIONS[1::2], AT_THE_END):
        assert_options_are_asked(f"{quiz(stem, option, '')}\n{key}\n")
