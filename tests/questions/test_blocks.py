"""Pieces of a note file: what in them may head a question, and what they hold of an answer."""

from __future__ import annotations

import pytest

from ankify.questions.answers import is_blank, is_filler
from ankify.questions.block import Block, shown
from ankify.questions.blocks import read_blocks
from ankify.questions.contents import hollow, letters, linked_share, read_contents
from ankify.questions.titles import Kind, Title
from ankify.reading.parse import parse


def blocks(text: str) -> list[Block]:
    return read_blocks(parse(text).tokens)


def block(text: str) -> Block:
    return blocks(text)[0]


def outline(title: Title | None) -> tuple[str, str | None, str, str] | None:
    """Kind, number, name and what is left of the paragraph, as text."""
    if title is None:
        return None
    rest = "".join(token.content or "|" * (token.type == "softbreak") for token in title.glued)
    return title.kind.name, title.read.number, title.name, rest


# -- titles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## 1. What?", ("HEADING", "1", "What?", "")),
        ("1\n---\n\n- x", ("HEADING", "1", "", "")),
        ("a\nb\n===", None),
        ("What?", None),
        ("Q1: What?", ("TEXT", "1", "What?", "")),
        ("Q1: What?\nSo.", ("TEXT", "1", "What?", "So.")),
        ("**1. What?**", ("BOLD", "1", "What?", "")),
        ("<b>1. What?</b>\nSo.", ("BOLD", "1", "What?", "<b></b>So.")),
        ("**1. What?** 🟡 Beginner\nSo.", ("BOLD", "1", "What?", "So.")),
        ("**1. What?** " + "so " * 20, ("BOLD", "1", "What?", " " + ("so " * 20).strip())),
        ("**1.** What? " + "so " * 20 + "\nX", ("BOLD", "1", "What? " + ("so " * 20).strip(), "X")),
        ("**1. What\nis it?**\nSo.", ("BOLD", "1", "What\nis it?", "So.")),
        ("So **1. What?**", None),
        ("</b>1. What?", ("TEXT", "1", "What?", "")),
        ("- 1. What?", None),
        ("<h2 id='3.X'>What?</h2>", ("HTML", "3", "What?", "")),
        ("<h2 id='3.X'>3What?</h2>", ("HTML", "3", "What?", "")),
        ("<h2>3. What?<br>\nSo.", ("HTML", "3", "What?", "")),
        ("<p align=left><b>1. What?</b></p>", ("BOLD", "1", "What?", "")),
        ("<details><summary>1. What?</summary>", ("SUMMARY", "1", "What?", "")),
        ("<details><summary>Show the answer</summary>", None),
        ("<pre><h2>1. What?</h2></pre>", None),
    ],
)
def test_what_may_head_a_question(text: str, expected: tuple[str, ...] | None) -> None:
    assert outline(block(text).title) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("1. ### What?", ("ITEM_HEADING", "1", "What?", "")),
        ("- [1-2 What?](#1-2)", ("ITEM_LINK", "1-2", "What?", "")),
        ("- [1-2 What?](./other.md)", ("ITEM", "1-2", "What?", "")),
        ("- <a id=q></a>1. What?", ("ITEM_LINK", "1", "What?", "")),
        ("3. **What?**", ("ITEM_BOLD", "3", "What?", "")),
        ("3. What?\n   So.", ("ITEM", "3", "What?", "So.")),
        ("- **What?**", ("ITEM_BOLD", None, "What?", "")),
        ("3. **스택**은 무엇인가?\n   So.", ("ITEM", "3", "스택은 무엇인가?", "So.")),
        ("3. **Stacks**, what are they?", ("ITEM", "3", "Stacks, what are they?", "")),
        ("3. 2020-01-31\n   What?\n   So.", ("ITEM", "3", "What?", "So.")),
        ("- What?", None),
        ("1. > What?", None),
        ("-", None),
    ],
)
def test_what_may_head_a_question_in_a_list(item: str, expected: tuple[str, ...] | None) -> None:
    (found,) = block(item).items
    assert outline(found.title) == expected


@pytest.mark.parametrize(
    ("heading", "name", "target"),
    [
        ("[What?](#what)", "What?", "#what"),
        ("[What?]()", "What?", "#"),
        ("What is [it](#it)?", "What is it?", None),
        ("1. What? [[a](b)]", "What?", None),
        ("1. What? [[a]](b)", "What?", None),
        ("1. What? [a]", "What? [a]", None),
        ("1. What [a](b) [c]", "What a [c]", None),
    ],
)
def test_where_a_title_points_and_what_it_cites(
    heading: str, name: str, target: str | None
) -> None:
    title = block(f"## {heading}").title
    assert title is not None
    assert (title.name, title.target) == (name, target)


def test_a_heading_that_is_only_a_number_borrows_the_paragraph_below() -> None:
    first, _, second, _ = blocks("## 第 1 题\n\nWhat?\n\n## 第 2 题\n\n- a\n")
    assert first.title is not None
    assert second.title is not None
    assert (first.title.name, first.title.borrowed) == ("What?", (1,))
    assert (second.title.name, second.title.borrowed) == ("", ())


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("1 out of 1 points", "What floats?"),
        ("(2,5 Punkte)", "What floats?"),
        ("分值：2", "What floats?"),
        ("Name 3 points", "Name 3 points"),
        ("Points", "Points"),
    ],
)
def test_a_line_of_points_is_between_the_number_and_its_question(line: str, name: str) -> None:
    first = block(f"Question 1\n\n{line}\n\nWhat floats?\n\nAnswer: wood\n")
    assert first.title is not None
    assert first.title.name == name
    in_line = block(f"### Question 1 {line}\n\nWhat floats?\n\nAnswer: wood\n").title
    assert in_line is not None
    assert in_line.name == name


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("## 1. What?\n\nSo\nso.\n", [(0, 1), (2, 4)]),
        ("What\n===\n\n- a\n\n- b\n\nc\n", [(0, 2), (3, 6), (7, 8)]),
        ("\n<!-- x -->\n<h2>a</h2>\n<p>b\nc</p>\n", [(1, 2), (2, 3), (3, 5)]),
        ("<details>\n<summary>a</summary>\nb\n</details>\n", [(0, 2), (2, 3), (3, 4)]),
    ],
)
def test_blocks_know_their_lines(text: str, lines: list[tuple[int, int]]) -> None:
    assert [(found.line, found.end) for found in blocks(text)] == lines


def test_depth_counts_the_details_that_open_and_close() -> None:
    text = "<details>\n\n<details><summary>a</summary>\n\nb\n\n</details>\n</details>\n"
    assert [found.depth for found in blocks(text)] == [1, 1, 0, -1, -1]


def test_comments_to_ankify_are_read_where_they_stand() -> None:
    text = "<!-- ankify: id=a -->\n\nb <!-- ankify: ignore --> c <!-- other -->\n\n`ankify:`\n"
    assert [found.comments for found in blocks(text)] == [("id=a",), ("ignore",), ()]


def test_the_paragraphs_of_a_tight_item_are_shown_as_paragraphs() -> None:
    inside = block("1. **What?**\n   - a\n\n     b\n2. **Why?**\n   > c\n").items[0].inside
    opened = [t.hidden for t in shown(inside) if t.type == "paragraph_open"]
    tight = parse("- a\n  - b\n").tokens[2:-2]
    assert opened == [False, False]
    assert [t.hidden for t in shown(tuple(tight)) if t.type == "paragraph_open"] == [False, True]


# -- what blocks hold ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "filler", "blank"),
    [
        ("---", True, True),
        ("<br>", True, True),
        ("<!-- x -->", True, True),
        ("&nbsp;", True, False),
        ("TODO", True, False),
        ("- 待补充", True, False),
        ("> TBD", True, False),
        ("[Back to top](#top)", True, False),
        ("<p><a href='#top'>Back to top</a></p>", True, False),
        ("<p>Back to top</p>", False, False),
        ("Back to top", False, False),
        ("[Back to top](https://x.org)", False, False),
        ("![](x.png)", False, False),
        ("<img src='x.png'>", False, False),
        ("so <img src='x.png'>", False, False),
        ("```\n```", True, False),
        ("so", False, False),
        ("<!-- " + "x" * 500 + " -->", False, True),
    ],
)
def test_what_answers_nothing(text: str, filler: bool, blank: bool) -> None:
    assert (is_filler(block(text)), is_blank(block(text))) == (filler, blank)


@pytest.mark.parametrize(
    ("text", "count", "share"),
    [
        ("ab [cd](x) e", 5, 2 / 5),
        ("<p>ab <a href='x'>cd</a></p>", 4, 1 / 2),
        ("```\nabc\n```", 0, 0.0),
        ("- [ab](x)\n- cd\n", 4, 1 / 2),
        ("<!-- <a href='x'>cd</a> -->", 0, 0.0),
    ],
)
def test_the_letters_of_a_piece_and_how_many_are_links(text: str, count: int, share: float) -> None:
    assert (letters(block(text)), linked_share(block(text))) == (count, share)


def test_links_and_further_questions_are_hollow() -> None:
    assert [*hollow(block("- [ab](x)\n- Why?\n- so\n"))] == ["ab", "Why?"]
    assert [*hollow(block("[ab](x) Why?"))] == ["ab"]
    assert [*hollow(block("- Tell why [>](ab.md#x)\n"))] == ["Tell why >"]
    assert [*hollow(block("- So it is [1](#x)\n- [so](ab.md) it is\n"))] == ["1", "so it is"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("- [1. A](#a)\n- [2. B](#b)\n", [1, 2]),
        ("[1. A](#a)\n[2. B](#b)\n", [1, 2]),
        ("| A |\n|---|\n| [1. A](#a) |\n| [2. B](#b) |\n", [3, 4]),
        ("<p>\n<a href='#a'>1. A</a>\n<a href=#b>2. B</a></p>\n", [1, 1]),
        ("- [1. A](#a)\n- so it is written in the book\n- [2. B](#b)\n", []),
        ("- [1. A](#a)\n- [x](#x)\n- [y](#y)\n", []),
        ("> [1. A](#a) [2. B](#b)\n", []),
    ],
)
def test_a_table_of_contents_is_mostly_links_to_titles_below(text: str, lines: list[int]) -> None:
    found = read_contents(blocks(text), {"a": 5, "b": 6})
    entries = [entry for contents in found.values() for entry in contents]
    assert [entry.line for entry in entries] == lines
    assert [(e.number, e.title, e.anchor) for e in entries] == [
        ("1", "A", "a"),
        ("2", "B", "b"),
    ][: len(lines)]


def test_every_kind_of_title_has_its_own_name() -> None:
    assert len({kind.value for kind in Kind}) == len(Kind)


def test_comments_in_code_say_nothing() -> None:
    (shown,) = blocks("Write `<!-- ankify: ignore -->` below <!-- ankify: id=x -->\n")
    assert shown.comments == ("id=x",)
