"""Every language in every mark-up: the labels of its file in notes as people write them."""

from __future__ import annotations

import pytest

from ankify.questions.layout import SplitOptions
from ankify.questions.numbers import read_number
from ankify.questions.split import split_questions
from ankify.questions.words import (
    NO_QUESTION,
    asks,
    is_placeholder,
    label_end,
    says_answer,
)
from ankify.questions.words.patterns import languages
from ankify.reading.parse import parse, plain_text

TITLES = ("Oxygen", "Helium", "Argon", "Neon")  # nothing in them asks, in any language
MARKUPS = {
    "paragraphs": "{q}: {title}\n\n{a}: text\n",
    "lines": "{q}: {title}\n{a}: text\n",
    "bold": "**{q}:** {title}\n\n**{a}:** text\n",
    "quote": "> {q}: {title}\n>\n> {a}: text\n",
    "space before the colon": "**{q} :** {title}\n\n**{a} :** text\n",
    "no-break space": "{q}\u00a0: {title}\n{a}\u00a0: text\n",
    "full-width colon": "{q}：{title}\n\n{a}：text\n",
    "headings": "### {q}\n\n{title}\n\n### {a}\n\ntext\n",
    "abbreviated": "{q}.: {title}\n\n{a}.: text\n",
}


def read(notes: str, *, unnumbered: bool = False) -> list[tuple[str, str]]:
    parsed = parse(notes)
    found = split_questions(parsed, "notes.md", SplitOptions(unnumbered=unnumbered))
    return [(one.question.title, plain_text(one.answer, parsed)) for one in found.sections]


def labels(code: str) -> tuple[str, str]:
    """The first labels of a language, of a question and of an answer."""
    data = languages()[code]
    return data["question"][0].capitalize(), data["answer"][0].capitalize()


@pytest.mark.parametrize("code", languages())
def test_a_pair_is_read_in_every_language_and_markup(code: str) -> None:
    question, answer = labels(code)
    for markup, pair in MARKUPS.items():
        pairs = (pair.format(q=question, a=answer, title=title) for title in TITLES)
        assert read("\n".join(pairs)) == [(title, "text") for title in TITLES], markup


@pytest.mark.parametrize("code", languages())
def test_a_number_follows_the_label_in_every_language(code: str) -> None:
    question, _ = labels(code)
    for form in ("{} 3: X", "{} (3): X", "[{} 3] X", "{}\u00a03\u00a0: X", "{}. 3: X", "{} #3 – X"):
        title = form.format(question)
        found = read_number(title)
        assert (found.number, title[found.start :]) == ("3", "X"), title


@pytest.mark.parametrize("code", languages())
def test_a_table_of_cards_is_read_in_every_language(code: str) -> None:
    data, (question, answer) = languages()[code], labels(code)
    for heads in ((question, answer), (data["fronts"][0], data["backs"][0])):
        rows = "".join(f"| {title} | text |\n" for title in TITLES)
        assert read(f"| {heads[0]} | **{heads[1]}** |\n|---|---|\n{rows}") == [
            (title, "text") for title in TITLES
        ]
        rows = "".join(f"| {at}. | {title} | text |\n" for at, title in enumerate(TITLES, 1))
        assert read(f"| # | {heads[0]} | {heads[1]} |\n|---|---|---|\n{rows}") == [
            (title, "text") for title in TITLES
        ]


def test_a_table_that_leads_to_other_files_is_no_table_of_cards() -> None:
    rows = "".join(f"| {at} | {title} | [Go]({title}.py) |\n" for at, title in enumerate(TITLES))
    assert read(f"| # | Question | Solution |\n|---|---|---|\n{rows}") == []
    assert read("| Size | Question | Answer |\n|---|---|---|\n| big | X | Y |\n") == []


@pytest.mark.parametrize(
    ("title", "number", "words"),
    [
        ("3rd question: X", "3", "X"),
        ("3e question : X", "3", "X"),
        ("3.ª pregunta: X", "3", "X"),
        ("3-й вопрос: X", "3", "X"),
        ("3:e frågan: X", "3", "X"),
        ("3번 문제: X", "3", "X"),
        ("문제 3번. X", "3", "X"),
        ("【第3题】X", "3", "X"),
        ("Ｑ３：X", "3", "X"),
        ("Soal ke-3: X", "3", "X"),
        ("Otázka č. 3: X", "3", "X"),
        ("Câu hỏi thứ 3: X", "3", "X"),
        ("Savol № 3: X", "3", "X"),
        ("Savol N_3 - X", "3", "X"),
        ("Sual №3. X", "3", "X"),
        ("প্রশ্ন ৩: X", "3", "X"),
        ("প্রশ্ন নং ৩ঃ X", "3", "X"),
        ("3rd edition: X", None, "3rd edition: X"),
        ("Question (3 points)", None, "Question (3 points)"),
    ],
)
def test_numbers_as_languages_write_them(title: str, number: str | None, words: str) -> None:
    found = read_number(title)
    assert (found.number, title[found.start :]) == (number, words)


def test_a_label_may_be_abbreviated_and_apart_from_its_colon() -> None:
    for label in ("Odp.:", "Rép. :", "R\u00a0:", "Resp.:", "Отв.:"):
        assert says_answer(f"{label} so")
        assert label_end(f"{label} so") == len(label), label
    assert read("### Q\n\nWhy?\n\n### A\n\nSo.\n") == [("Why?", "So.")]
    assert read("### A\n\nApple.\n\n### B\n\nBanana.\n") == []


def test_a_bengali_letter_is_written_for_a_colon() -> None:
    pair = "প্রশ্নঃ {}\n\nউত্তরঃ text\n"
    assert read("\n".join(map(pair.format, TITLES))) == [(title, "text") for title in TITLES]
    assert says_answer("উঃ ভাষা")
    assert not says_answer("দুঃখ উত্তর")


def test_signs_that_end_words_are_a_part_of_them() -> None:
    assert asks("यकृत के कार्य लिखें")
    assert is_placeholder("(अभी लिखना बाकी है)")
    assert NO_QUESTION.match("İçindekiler")
    assert NO_QUESTION.match("içindekiler")
