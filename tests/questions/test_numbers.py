"""Titles and numbers: how a title is taken apart, compared and cut, whatever holds it."""

from __future__ import annotations

import pytest

from ankify.questions.numbers import number_value, read_number, strip_number
from ankify.questions.words import asks, is_button, normal, only_labels, says_answer
from ankify.reading.inline import cut, visible
from ankify.reading.parse import parse
from ankify.reading.tokens import Token


def inline(text: str) -> tuple[Token, ...]:
    return tuple(parse(text).tokens[1].children or ())


def marked_up(tokens: tuple[Token, ...]) -> str:
    """Inline tokens as tags and words."""
    return "".join(
        f"<{'/' * (t.nesting < 0)}{t.tag}>" if t.nesting else t.content or "|" for t in tokens
    )


@pytest.mark.parametrize(
    ("number", "last"),
    [
        (None, -1),
        ("", -1),
        ("x", -1),
        ("3.4.12", 12),
        ("2-1-3", 3),
        ("17a", 17),
        ("一", 1),
        ("九", 9),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二十一", 21),
        ("九十九", 99),
        ("二〇", 0),
    ],
)
def test_the_last_part_of_a_number_counts(number: str | None, last: int) -> None:
    assert number_value(number) == last


@pytest.mark.parametrize(
    ("title", "dialect", "number", "separator", "words"),
    [
        ("1. What?", "separated", "1", ".", "What?"),
        ("Ⅰ. What?", None, None, "", "Ⅰ. What?"),
        ("🔥🔥 ⭐ 2) What?", "separated", "2", ")", "What?"),
        ("*_ :star: 3：What?", "separated", "3", ":", "What?"),
        ("12 - What?", "separated", "12", "-", "What?"),
        ("12. ", "bare", "12", ".", ""),
        ("Question PL010-0001: What?", "labelled", "PL010-0001", ":", "What?"),
        ("Question S3 buckets", None, None, "", "Question S3 buckets"),
        ("Questions HTTP20x", None, None, "", "Questions HTTP20x"),
        ("- 1. What?", "separated", "1", ".", "What?"),
        ("-1. What?", None, None, "", "-1. What?"),
        ("(P1) What?", "bracketed", "P1", ")", "What?"),
        ("(HTTP2) What?", None, None, "", "(HTTP2) What?"),
        ("问题：什么", "label", None, ":", "什么"),
        ("Q: What?", "label", None, ":", "What?"),
        ("二十一、什么", "chinese", "二十一", "、", "什么"),
        ("🔥 What?", None, None, "", "🔥 What?"),
    ],
)
def test_a_title_is_taken_apart(
    title: str, dialect: str | None, number: str | None, separator: str, words: str
) -> None:
    read = read_number(title)
    name = read.dialect.name if read.dialect else None
    assert (name, read.number, read.separator) == (dialect, number, separator)
    assert title[read.start :] == words


@pytest.mark.parametrize(("number", "depth"), [("3", 1), ("3.4", 2), ("3-4.5", 3), (None, 0)])
def test_the_depth_of_a_number_is_how_many_parts_it_has(number: str | None, depth: int) -> None:
    assert read_number(f"{number}. X" if number else "X").depth == depth


@pytest.mark.parametrize(
    ("title", "stripped"),
    [
        ("3. Norms", "Norms"),
        ("Tema 3.- Normas", "Normas"),
        ("第三章 范数", "范数"),
        ("第3章", "第3章"),
        (" Norms ", "Norms"),
    ],
)
def test_a_section_is_named_without_its_number(title: str, stripped: str) -> None:
    assert strip_number(title) == stripped


def test_titles_are_compared_by_letters_and_digits() -> None:
    assert normal("What's L_2, Straße?") == "whatsl2strasse"


@pytest.mark.parametrize(
    ("words", "answer", "alone", "button"),
    [
        ("Answer: B", True, False, True),
        ("Answer:", True, True, True),
        ("**答案**", True, True, True),
        ("Show more details", False, False, True),
        ("Answer me this", False, False, False),
        ("so:\nAnswer: B", False, False, False),
    ],
)
def test_labels_of_answers(words: str, answer: bool, alone: bool, button: bool) -> None:
    assert (says_answer(words), only_labels(words), is_button(words)) == (answer, alone, button)


@pytest.mark.parametrize(
    ("title", "asking"),
    [
        ("Norms?", True),
        ("Why norms", True),
        ("Norms", False),
        ("什么是范数", True),
        ("范数", False),
    ],
)
def test_a_title_asks_by_its_words(title: str, asking: bool) -> None:
    assert asks(title) is asking


@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [
        (0, None, "ab <strong>cd <em>ef</em></strong> `g|h"),
        (1, None, "b <strong>cd <em>ef</em></strong> `g|h"),
        (0, 1, "a"),
        (0, 4, "ab <strong>c</strong>"),
        (3, 5, "<strong>cd</strong>"),
        (6, 7, "<strong><em>e</em></strong>"),
        (4, 7, "<strong>d <em>e</em></strong>"),
        (8, 10, " `"),
        (9, None, "`g|h"),
        (5, 5, ""),
    ],
)
def test_cutting_leaves_no_emptied_mark_up(start: int, end: int | None, kept: str) -> None:
    tokens = inline("ab **cd *ef*** \\`g\nh")
    assert visible(tokens) == "ab cd ef `g\nh"
    assert marked_up(cut(tokens, start, end)) == kept
