"""Titles in raw HTML, read as a browser reads its tags."""

from __future__ import annotations

import pytest

from ankify.questions.blocks import read_blocks
from ankify.questions.raw_html import html_parts, html_title, is_verbatim
from ankify.reading.inline import visible
from ankify.reading.parse import parse


@pytest.mark.parametrize(
    ("html", "title", "number"),
    [
        ('<h2 title="a>b">1. What?</h2>', "What?", "1"),
        ('<h2><img alt="a > b">2. Why?</h2>', "Why?", "2"),
        ("<h2>3. The <b>Q</b>uestion</h2>", "The Question", "3"),
        ("<h2>4. Which?\nThe answer.", "Which?", "4"),
        ('<h2 id="5.X>5. Who?</h2>', "Who?", "5"),
        ('<h2 id="6.X">Whose?</h3>', "Whose?", "6"),
        ('<h2 data-id="7.X">When?</h2>', "When?", None),
        ("<p><b>8. Where?</b></p>", "Where?", "8"),
        ("<p><b>9. Where</b> and <b>how</b></p>", None, None),
        ("<div>\n## 10. Below a tag\n</div>", "Below a tag", "10"),
        ("<div>\n# a remark\n</div>", None, None),
        ("<details><summary>11. If so?</summary>", "If so?", "11"),
        ("<details><summary>Answer</summary>", None, None),
        ("<!-- <h2>12. No?</h2> -->", None, None),
        ("<pre>\n## 13. Code\n</pre>", None, None),
    ],
)
def test_titles_are_read_as_a_browser_does(
    html: str, title: str | None, number: str | None
) -> None:
    titles = [found for part in html_parts(html) if (found := html_title(html, part, 0))]
    found = [(visible(it.children), it.read.number) for it in titles]
    assert found == ([] if title is None else [(title, number)])


def test_what_is_in_an_element_of_code_is_left_whole() -> None:
    assert is_verbatim("\n<PRE>\n<h2>1. X</h2></pre>")
    assert not is_verbatim("text <pre>x</pre>")


def test_raw_html_is_cut_into_blocks_that_know_their_lines() -> None:
    blocks = read_blocks(parse("<div>\nText\n<h3>1. A?</h3> <br>\nIt is.\n</div>\n").tokens)
    said = [(block.line, block.tokens[0].content) for block in blocks]
    assert said == [(0, "<div>\nText\n"), (2, "<h3>1. A?</h3> <br>\n"), (3, "It is.\n</div>\n")]


def test_parts_count_the_details_that_they_open_and_close() -> None:
    html = "<details class=a>\n<summary>1. A?</summary>\nB\n</details>"
    assert [part.depth for part in html_parts(html)] == [1, -1]
