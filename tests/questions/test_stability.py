"""One heading or one pair more in a file never makes its other questions go."""

from __future__ import annotations

import pytest

from ankify.questions.layout import SplitOptions
from ankify.questions.split import split_questions
from ankify.reading import parse as gfm

DIALECTS = {
    "numbered headings": "## {n}. What is {word}?\n\nIt is a {word}.\n",
    "labelled headings": "### Q{n}: What is {word}?\n\nIt is a {word}.\n",
    "bold": "**{n}. What is {word}?**\n\nIt is a {word}.\n",
    "headings without a number": "## What is {word}?\n\nIt is a {word}.\n",
    "labelled paragraphs": "Q{n}: What is {word}?\n\nA: It is a {word}.\n",
    "topics that do not ask": "## {n}. {word}\n\nIt is a {word}.\n",
    "list items": "{n}. **What is {word}?**\n\n   It is a {word}.\n",
    "pairs": "**Q: What is {word}?**\n\n**A:** It is a {word}.\n",
    "raw HTML": "<h2>{n}. What is {word}?</h2>\n\nIt is a {word}.\n",
    "folded": "<details><summary>{n}. What is {word}?</summary>\n\nIt is a {word}.\n\n</details>\n",
}
INSERTED = (
    "### More on it\n\nA word.\n",
    "## An aside\n\nA word.\n",
    "Q: Why not?\n\nA: So.\n",
    "**Note**\n\nA.\n",
)
COUNT = 8  # questions of a file
PLACES = range(COUNT + 1)


def titles(parts: list[str]) -> set[str]:
    split = split_questions(gfm.parse("\n".join(parts)), "a.md", SplitOptions(unnumbered=True))
    return {section.question.title for section in split.sections}


@pytest.mark.parametrize("extra", INSERTED, ids=["deeper", "aside", "pair", "bold"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_insertion_makes_half_of_the_questions_go(dialect: str, extra: str) -> None:
    parts = [DIALECTS[dialect].format(n=n, word=f"a thing{n}") for n in range(1, COUNT + 1)]
    before = titles(parts)
    assert len(before) == COUNT
    for at in PLACES:
        after = titles([*parts[:at], extra, *parts[at:]])
        assert 2 * len(before & after) > COUNT, at


def test_a_heading_that_asks_is_not_below_the_bold_label_of_the_answer_above() -> None:
    part = "## Q. What is a thing{n}?\n\n**Answer: B**\n\n**Explanation:** So.\n"
    assert titles([part.format(n=n) for n in range(4)]) == {
        f"What is a thing{n}?" for n in range(4)
    }
