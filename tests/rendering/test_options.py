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
        ("<p>B</p>", "B"),
        ("<p>✅ <b>B</b></p>\n<p>C is wrong.</p>", "B"),
        ("<details open=''><summary>Answer</summary>\n<p>C</p></details>", "C"),
        ("<details open=''><summary>Answer</summary>\n<h4>Answer: C</h4></details>", "C"),
        ("<p>Answer: two</p>", "B"),
        ("<p>Answer: B. two</p>", "B"),
        ("<p>Answer: b</p>", ""),
        ("<p>two of them</p>", ""),
        ("<p>A, as all know.</p>", ""),
        ("", ""),
    ],
)
def test_the_options_that_the_answer_names_are_marked(answer: str, right: str) -> None:
    marked = mark_right(QUESTION, answer).split('<li class="right">')[1:]
    assert "".join(item[item.index("") : 20].strip("(<strong>")[0] for item in marked) == right


@pytest.mark.parametrize(
    ("question", "answer", "marked"),
    [
        ("<ul>\n<li>a) one</li>\n<li>b) two</li>\n</ul>", "b", '<li class="right">b) two</li>'),
        ("<ul>\n<li>a) one</li>\n<li>b) two</li>\n</ul>", "a bit of both", ""),
        ("<ul>\n<li>A. one</li>\n<li>C. two</li>\n</ul>", "C", ""),
        ("<ul>\n<li>one</li>\n<li>two</li>\n</ul>", "Two.", '<li class="right">two</li>'),
        ("<ul>\n<li>two</li>\n<li>two</li>\n</ul>", "two", ""),
        ("<ol>\n<li>one</li>\n<li>two</li>\n</ol>", "2", '<li class="right">two</li>'),
        ("<ol>\n<li>3</li>\n<li>2</li>\n<li>1</li>\n</ol>", "1", '<li class="right">1</li>'),
        ("<ul>\n<li>one</li>\n<li>two</li>\n</ul>", "2", ""),
        ("<p>A. one<br>\nB. two</p>", "B", '<span class="right">B. two</span></p>'),
        ("<p>A) one\nB) two\nC) three</p>", "B", '\n<span class="right">B) two</span>\n'),
        ("<p>A. one</p>\n<p>B. two</p>", "A", '<p><span class="right">A. one</span></p>'),
        ("<p><b>A. one\nB. two</b></p>", "A", ""),
        ("<p>A. Smith wrote it.</p>", "A", ""),
        (
            "<table><tr><td>A</td><td>one</td></tr><tr><td><b>B.</b></td><td>two</td></tr></table>",
            "B",
            '<tr class="right"><td><b>B.</b>',
        ),
    ],
)
def test_options_are_items_rows_or_lines(question: str, answer: str, marked: str) -> None:
    found = mark_right(f"Why?\n{question}", f"<p>Answer: {answer}</p>")
    assert marked in found
    assert found.count('"right"') == bool(marked)


def test_a_question_without_options_is_left_alone() -> None:
    assert mark_right("What?", "<p>Answer: B</p>") == "What?"
