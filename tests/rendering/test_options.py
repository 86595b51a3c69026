"""The right option is marked where the question shows it."""

from __future__ import annotations

import pytest

from ankify.rendering.options import mark_right

QUESTION = (
    "What?\n<ul>\n<li>A. one</li>\n<li><strong>B)</strong> two</li>\n<li>(C) three</li>\n</ul>"
)


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("<p><strong>Answer: B</strong></p>", "B"),
        ("<p>Answer: A.</p><p>B is wrong.</p>", "A"),
        ("<p>答案：A、C</p>", "AC"),
        ("<p>Answer: AC</p>", "AC"),
        ("<p>Answer: A and C</p>", "AC"),
        ("<p><b>Answer:</b> C<br>Because</p>", "C"),
        ("<p>Answer: A list is mutable.</p>", ""),
        ("<p>B is the answer.</p>", ""),
        ("<p>Answer: D</p>", ""),
        ("", ""),
    ],
)
def test_the_options_that_the_answer_names_are_marked(answer: str, right: str) -> None:
    marked = mark_right(QUESTION, answer).split('<li class="right">')[1:]
    assert "".join(item[item.index("") : 20].strip("(<strong>")[0] for item in marked) == right


def test_a_question_without_options_is_left_alone() -> None:
    assert mark_right("What?", "<p>Answer: B</p>") == "What?"
