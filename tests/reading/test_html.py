"""Raw HTML as people write it: one reader for titles, checks, packages and the preview."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankify.reading.html import (
    _PLAIN_TAG,
    HEADINGS,
    _lenient_attributes,
    comments,
    elements,
    html_lines,
    html_text,
    ids,
    tag_attributes,
    tags,
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<img src="x" alt="a > b"> Why?', "Why?"),
        ("<b>Q</b>uestion", "Question"),
        ("One<br>two", "One two"),
        ("<p>One</p><p>two</p>", "One two"),
        ("<td>1</td><td>2</td>", "1 2"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("a < b and c > d", "a < b and c > d"),
        ("<!-- not <b>this</b> --> but this", "but this"),
        ("<!-- never closed", ""),
        ("<style>p { color: red }</style>text<script>run()</script>", "text"),
        ('<h2 id="norms>1. What?</h2>', "1. What?"),
    ],
)
def test_the_text_is_what_a_reader_sees(html: str, text: str) -> None:
    assert html_text(html) == text


def test_a_block_and_a_break_begin_a_line() -> None:
    assert html_lines("Q<br>x &lt; y<div>one <b>two</b></div><p> </p><ul><li>3</li></ul>") == [
        *("Q", "x < y", "one two", "3"),
    ]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<h2 title="a>b">1. What?</h2>', [("h2", "1. What?", True)]),
        ('<h2 id="a">1. What?\nThe answer.', [("h2", "1. What?", False)]),
        ("<h2>A<h3>B</h3>", [("h2", "A", False), ("h3", "B", True)]),
        ("<H2>A</H2 >", [("h2", "A", True)]),
        ("<!-- <h2>A</h2> --><h4>B</h4>", [("h4", "B", True)]),
        ("</h2> <hr> <header>x</header>", []),
    ],
)
def test_headings_are_found_as_a_reader_would(
    html: str, found: list[tuple[str, str, bool]]
) -> None:
    read = elements(html, HEADINGS)
    assert [(it.tag.name, it.text, it.is_closed) for it in read] == found


@pytest.mark.parametrize(
    ("tag", "attributes"),
    [
        ('<a href="#x" class="b c">', {"href": "#x", "class": "b c"}),
        ("<A HREF=#x>", {"href": "#x"}),
        ("<img alt='a \"b\"' src=x.png>", {"alt": 'a "b"', "src": "x.png"}),
        ('<a href="?a=1&amp;b=2">', {"href": "?a=1&b=2"}),
        ('<h2 id="norms>', {"id": "norms"}),
        ("<b>", {}),
        ("plain", {}),
    ],
)
def test_attributes_are_read_as_a_browser_does(tag: str, attributes: dict[str, str]) -> None:
    assert tag_attributes(tag) == attributes


@given(st.from_regex(_PLAIN_TAG, fullmatch=True))
@settings(deadline=None, derandomize=True, max_examples=30)
def test_a_plain_tag_is_read_as_beautiful_soup_reads_it(tag: str) -> None:
    assert list(tag_attributes(tag).items()) == list(_lenient_attributes(tag).items())


@pytest.mark.parametrize(
    "tag",
    ['<a href="?a&amp;b">', "<a href=x/>", '<a b"c="d">', "<a [b]=c>", "<a b=c'd>", "<a/b=c>"],
)
def test_a_tag_that_may_be_read_in_two_ways_is_not_plain(tag: str) -> None:
    assert not _PLAIN_TAG.fullmatch(tag)


def test_ids_and_names_are_targets_of_links() -> None:
    html = '<a name="top"></a><h2 id=norms>X</h2><!-- <p id="no"> --><p class="id">'
    assert ids(html) == ["top", "norms"]


def test_comments_know_where_they_are() -> None:
    html = "a <!-- ankify: id=x -->\n<!--b"
    assert list(comments(html)) == [(2, 23, "ankify: id=x"), (24, 29, "b")]


def test_tags_are_found_behind_comments_and_none_in_them() -> None:
    assert [tag.start for tag in tags('a<!-- x\ny --><b title="<!--">')] == [13]
