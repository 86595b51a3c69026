"""The words of the languages are data: complete, and understood as languages/README.md says."""

from __future__ import annotations

import json
import re

import pytest

from ankify.questions.numbers import read_number
from ankify.questions.words import (
    BACK_TO_TOP,
    CHAPTER_TITLE,
    FOLLOW_UPS,
    NO_QUESTION,
    QUIZ,
    STEPS_BELOW,
    asks,
    gives_away,
    is_button,
    is_placeholder,
    is_step,
    names_other_paper,
    says_answer,
    says_key,
    title_end,
)
from ankify.questions.words.patterns import LANGUAGES, WORDS, languages, words_of_languages

FILES = sorted(LANGUAGES.glob("*.toml"))
CODES = [file.stem for file in FILES]
KEYS = re.findall(
    r"`([a-z_]+)`", (LANGUAGES / "README.md").read_text("utf-8").split("lists are for")[1]
)
KEYS = [key for key in dict.fromkeys(KEYS) if key in languages()["en"] or key in ("name",)]


def test_the_languages_are_the_ones_promised() -> None:
    promised = (
        "ar az bg bn cs da de el en es fa fi fr he hi hr hu id it ja ko nl no pl pt ro ru sk sr sv "
        "th tr uk uz vi zh zh-Hant"
    )
    assert sorted(languages()) == sorted(promised.split())


@pytest.mark.parametrize("code", CODES)
def test_each_language_has_every_key_and_no_other(code: str) -> None:
    assert list(languages()[code]) == list(languages()["en"])


def test_the_words_that_are_read_are_those_of_the_languages(request: pytest.FixtureRequest) -> None:
    text = f"{json.dumps(words_of_languages(), ensure_ascii=False, indent=1)}\n"
    if request.config.getoption("--update-docs"):
        WORDS.write_text(text, encoding="utf-8")
    assert WORDS.read_text(encoding="utf-8") == text, "run pytest --update-docs"


def test_each_key_is_described() -> None:
    assert sorted(KEYS) == sorted(languages()["en"])


@pytest.mark.parametrize("file", FILES, ids=CODES)
def test_an_empty_list_says_why(file) -> None:  # type: ignore[no-untyped-def]
    empty = [line for line in file.read_text("utf-8").splitlines() if "= []" in line]
    assert [line for line in empty if not re.search(r"= \[\]  # \S.*\S", line)] == []


@pytest.mark.parametrize("code", CODES)
def test_no_word_comes_twice_or_is_padded(code: str) -> None:
    for key, words in languages()[code].items():
        if key != "name":
            folded = [word.lower() for word in words]
            assert len(set(folded)) == len(folded), key
            assert key == "asks_last" or all(word == word.strip() for word in words), key


@pytest.mark.parametrize("code", CODES)
def test_the_labels_of_a_language_are_read(code: str) -> None:
    data = languages()[code]
    for word in data["question"]:
        if not word.endswith(":"):
            assert read_number(f"{word} 12: X").number == "12", word
        assert read_number(f"{word.removesuffix(':')}: X").dialect is not None, word
    for word in data["exercise"]:
        assert read_number(f"{word} 12: X").number == "12", word
    for word in data["answer"]:
        assert says_answer(f"{word.rstrip(':.')}: X"), word
    for word in data["press"] + data["buttons"]:
        assert is_button(word), word


@pytest.mark.parametrize("code", CODES)
def test_the_headings_of_a_language_are_known(code: str) -> None:
    data = languages()[code]
    for key, kind in (
        ("sections", NO_QUESTION),
        ("quiz", QUIZ),
        ("follow_ups", FOLLOW_UPS),
        ("chapters", CHAPTER_TITLE),
    ):
        assert [word for word in data[key] if not kind.match(f"{word}:")] == [], key
    for word in data["gives_away"]:
        assert gives_away(word.replace("...", "x") + ": y"), word
    for word in data["top"]:
        assert BACK_TO_TOP.match("↑ " + word.replace("...", " x")), word
    for word in data["steps"]:
        assert is_step(f"{word} x"), word
    assert [word for word in data["step_headings"] if not STEPS_BELOW.match(f"{word}:")] == []


@pytest.mark.parametrize(
    "title",
    [
        "What is a norm?",
        "Explain a norm",
        "State the machine",
        "a) Explain a norm",
        "Chi sono i norreni",
        "什么是范数",
        "範數是什麼",
        "ノルムとは",
        "ノルムについて説明してください",
        "노름에 대해 설명해주세요",
        "노름이란",
        "Что такое норма",
        "Що таке норма",
        "Erklären Sie die Norm",
        "Die Norm erklären",
        "Décrivez la norme",
        "Qu'est-ce qu'une norme",
        "Qué es una norma",
        "O que é uma norma",
        "Che cos'è una norma",
        "Wat is een norm",
        "Czym jest norma",
        "Co je norma",
        "Norm nedir",
        "Vad är en norm",
        "Chuẩn là gì",
        "Apa itu norma",
        "ما هو المعيار؟",
        "اشرح المعيار",
        "मानक क्या है",
        "บรรทัดฐานคืออะไร",
        "Norma nima",
        "Norma bilan metrika orasidagi farq",
        "Norma nədir",
        "Normanın xassələri hansılardır",
        "নর্ম কী",
        "নর্ম কোথায় ব্যবহৃত হয়",
        "নর্ম ব্যাখ্যা করুন",
        "The difference between a norm and a metric",
        "A vs. B",
        "The ___ of a vector",
    ],
)
def test_titles_that_ask_in_every_language(title: str) -> None:
    assert asks(title)


@pytest.mark.parametrize(
    "title",
    [
        "List",
        "List of symbols",
        "State machines",
        "Chi-square test",
        "Do-while loops",
        "State 模式",
        "请求头",
        "设计模式",
        "计算机网络",
        "计算属性",
        "对比学习",
        "왜곡",
        "Norms",
        "Die Norm",
    ],
)
def test_titles_that_do_not_ask(title: str) -> None:
    assert not asks(title)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Answer: B", True),
        ("**Answer**", True),
        ("The correct answer is: B", False),
        ("Correct answer: B", True),
        ("Réponse correcte : B", True),
        ("Richtige Antwort: B", True),
        ("Правильный ответ: Б", True),
        ("Gabarito: C", True),
        ("点击查看答案", True),
        ("A: because", True),
        ("A. because", True),
        ("a", False),
        ("A", False),
        ("Key: B", True),
        ("Key", False),
        ("A1: because", True),
        ("Ans- because", True),
        ("Ans - because it was so for a very long time, longer than a label is", True),
        ("Answer (short): because", True),
        ("Answer-based: because", False),
        ("Answer/Experience: so", True),
        ("Points to make / sample answer: so", True),
        ("Question/Answer: so", False),
        ("Request/Answer: so", False),
        ("A/B testing: so", False),
        ("src/answer", False),
        ("Thea: a name", False),
        ("Answering is hard: try", False),
    ],
)
def test_labels_of_answers(words: str, answer: bool) -> None:
    assert says_answer(words.strip("*")) is answer


@pytest.mark.parametrize(
    ("words", "end"),
    [("Why? A: so", 4), ("Why?\nAnswer: so", 4), ("Why? So.\nB: x", None), ("Why?\na) x", 4)],
)
def test_a_title_ends_at_the_label_of_its_answer(words: str, end: int | None) -> None:
    assert title_end(words) == end


@pytest.mark.parametrize(
    ("words", "placeholder"),
    [("TODO", True), ("N/A", True), ("Na", False), ("（空）", True), ("空", False), ("略", True)],
)
def test_a_placeholder_is_one_where_nothing_else_can_be_meant(
    words: str, placeholder: bool
) -> None:
    assert bool(is_placeholder(words)) is placeholder


def test_other_headings() -> None:
    assert says_key("Correct answer: B")
    assert not says_key("A: b")
    assert NO_QUESTION.match("选择题（每题 2 分）")
    assert NO_QUESTION.match("Released May 3, 2020")
    assert QUIZ.match("Common interview questions")
    assert CHAPTER_TITLE.match("项目介绍")
    assert names_other_paper("Release notes")
    assert names_other_paper("Contributing to X")
    assert not names_other_paper("History")
    assert not is_step("Run what?")
