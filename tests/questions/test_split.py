"""Questions, sections, stems and answers, in every dialect: tests/cases/questions.md and more.

A case is a title, a note file and what is read in it. Where the title ends in `--unnumbered`, that
setting is on. A question is shown as

    first line-last line [number] title < section < outermost section
      front: words of the stem
      back: words of the answer
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from ankify.model import Question
from ankify.questions.glued import glued_titles
from ankify.questions.layout import SplitOptions
from ankify.questions.numbers import DIALECTS, read_number
from ankify.questions.split import Section, SplitFile, split_questions
from ankify.reading import parse as gfm
from ankify.reading.parse import ParsedFile, plain_text
from ankify.reading.tokens import Token

CASES = Path(__file__).parent.parent / "cases" / "questions.md"
DOCS = CASES.parent.parent.parent / "docs" / "dialects.md"
CASE = re.compile(r"^(?P<title>\S.*)\n\.\n(?P<notes>(?:.*\n)*?)\.\n(?P<read>(?:.*\n)*?)\.\n", re.M)


def parse(notes: str) -> ParsedFile:
    return gfm.parse(notes, apart=glued_titles)


def split(notes: str, **options: object) -> SplitFile:
    return split_questions(parse(notes), "notes.md", SplitOptions(**options))  # type: ignore[arg-type]


def titles(notes: str, **options: object) -> list[str]:
    return [section.question.title for section in split(notes, **options).sections]


def head(question: Question) -> str:
    number = f"[{question.number}] " if question.number else ""
    trail = "".join(f" < {section}" for section in reversed(question.trail))
    return f"{question.line}-{question.end_line} {number}{question.title}{trail}"


def described(section: Section, parsed: ParsedFile) -> str:
    lines = [head(section.question)]
    if section.stem:
        lines.append(f"  front: {plain_text(section.stem, parsed)}")
    return "\n".join([*lines, f"  back: {plain_text(section.answer, parsed)}"])


def described_file(notes: str, *, unnumbered: bool) -> str:
    parsed = parse(notes)
    found = split_questions(parsed, "notes.md", SplitOptions(unnumbered=unnumbered))
    lines = [described(section, parsed) for section in found.sections]
    lines += [f"no answer: {head(question)}" for question in found.unanswered]
    return "\n".join(lines or ["nothing"]) + "\n"


@pytest.mark.parametrize(
    ("title", "notes", "read"),
    [pytest.param(*found, id=found[0]) for found in CASE.findall(CASES.read_text("utf-8"))],
)
def test_notes_are_read_as_a_reader_does(title: str, notes: str, read: str) -> None:
    assert described_file(notes, unnumbered=title.endswith("--unnumbered")) == read


def test_all_cases_are_found() -> None:
    lines = CASES.read_text("utf-8").split("\n")
    assert 3 * len(CASE.findall("\n".join(lines))) == lines.count(".")


# -- dialects --------------------------------------------------------------------------------------

HEADS = (
    *(
        "1. ",
        "1、",
        "1) ",
        "1: ",
        "1：",
        "01. ",
        "1 ",
        "１．",
        "1，",
        "1 - ",
        "(1) ",
        "（1）",
        "[1] ",
    ),
    *("【1】", "No.1 ", "1️⃣ ", "Q1: ", "Q1. ", "Q.1 ", "Q 1: ", "Q1) ", "Q-1: ", "Question 1. "),
    *(
        "Question #1: ",
        "问题1：",
        "题目001: ",
        "面试题1：",
        "问1：",
        "第1题 ",
        "第 1 题：",
        "第一题：",
    ),
    *("3.4.1 ", "1.1什么", "✅ 1. ", "# 1. "),
)


@pytest.mark.parametrize("number", HEADS)
@pytest.mark.parametrize("mark", ["#", "##", "######"])
def test_every_way_to_number_a_heading_is_read(mark: str, number: str) -> None:
    notes = "".join(
        f"{mark} {number}{title}\n\nBecause.\n\n1. one\n2. two\n\n"
        for title in ("What is a norm?", "Why is it convex?")
    )
    found = split(notes).sections
    assert [section.question.title[-4:] for section in found] == ["orm?", "vex?"]
    assert all(
        section.question.number in ("1", "01", "001", "一", "3.4.1", "1.1", "1️⃣")
        for section in found
    )


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_every_dialect_reads_its_own_example(dialect: object) -> None:
    read = read_number(dialect.example)  # type: ignore[attr-defined]
    assert read.dialect is dialect


def test_the_documented_table_is_that_of_the_code() -> None:
    documented = re.findall(r"^\| (\w[\w ]*) \|", DOCS.read_text("utf-8"), re.M)
    names = [dialect.name for dialect in DIALECTS]
    assert [name for name in documented if name in names] == names


@pytest.mark.parametrize(
    ("title", "number", "words"),
    [
        ("3.1x1 convolutions", "3", "1x1 convolutions"),
        ("2.3D rendering", "2", "3D rendering"),
        ("3.2种方法", "3", "2种方法"),
        ("3.2什么是范数", "3.2", "什么是范数"),
        ("2-1-3 What is it?", "2-1-3", "What is it?"),
        ("17a. Which?", "17a", "Which?"),
        ("1/ What is it?", "1", "What is it?"),
        ("1/2 What is it?", None, "1/2 What is it?"),
        ("1.- ¿Qué es?", "1", "¿Qué es?"),
        ("1)– Explique", "1", "Explique"),
        ("1.-5 degrees", "1", "-5 degrees"),
        ("1.--force", "1", "--force"),
        ("Q:- What is it?", None, "What is it?"),
        ("1:1 matching", None, "1:1 matching"),
        ("Quality of service", None, "Quality of service"),
        ("2024 in review", None, "2024 in review"),
        ("Step 1: clone", None, "Step 1: clone"),
    ],
)
def test_a_number_ends_where_its_title_begins(title: str, number: str | None, words: str) -> None:
    read = read_number(title)
    assert (read.number, title[read.start :]) == (number, words)


# -- settings and comments -------------------------------------------------------------------------


def test_a_level_overrules_the_reader() -> None:
    notes = "## 1. A\n\na\n\n### 1.1 B\n\nb\n\n## 2. C\n\nc\n"
    assert titles(notes) == ["A", "C"]
    assert titles(notes, level=3) == ["B"]


def test_a_level_takes_unnumbered_headings_if_there_are_no_others_or_they_are_wanted() -> None:
    notes = "## 1. A\n\na\n\n## B\n\nb\n\n### C\n\nc\n"
    assert titles(notes, level=2) == ["A"]
    assert titles(notes, level=2, unnumbered=True) == ["A", "B"]
    assert titles(notes, level=3) == ["C"]


def test_a_pattern_can_name_number_or_title_or_neither() -> None:
    notes = "- [Why](#3-why)\n- [What](#2-what)\n\n# Why\n\n## 2. What\n\nx\n\n## 3. Why\n\ny\n"
    taken = [
        [(s.question.number, s.question.title) for s in split(notes, pattern=p, level=2).sections]
        for p in ("Wh", r"^\d+\. (?P<title>Why)", r"^(?P<number>2)", "y$")
    ]
    assert taken == [[("2", "What"), ("3", "Why")], [("3", "Why")], [("2", "What")], [("3", "Why")]]


def test_a_pattern_overrules_the_reader_and_names_number_and_title() -> None:
    notes = "## Card 7 :: Norms\n\nx\n\n## 1. Not this\n\ny\n"
    found = split(notes, pattern=r"^Card (?P<number>\d+) :: (?P<title>.+)").sections
    assert [(s.question.number, s.question.title) for s in found] == [("7", "Norms")]


def test_comments_leave_out_add_and_mark_questions() -> None:
    notes = (
        "<!-- ankify: ignore -->\n## 1. Draft?\n\nx\n\n## 2. Why?\n\n<!-- ankify: id=why -->\n"
        "y\n\n<!-- ankify: question -->\n### More\n\nz <!-- ankify: cards=formula -->\n\n"
        "## 3. Half?\n\n<!-- ankify: ignore -->\n\nw\n\n"
        "## 4. Bare?\n\n<!-- ankify: cards=none -->\nv\n"
    )
    found = [section.question for section in split(notes).sections]
    assert [q.title for q in found] == ["Why?", "More", "Bare?"]
    assert [q.marked_id for q in found] == ["why", None, None]
    assert [q.cards for q in found] == [None, ("formula",), ()]


def test_the_table_of_contents_is_handed_on() -> None:
    found = split(
        '- [1. What?](#a)\n- [2. Why?](#b)\n\n<h2 id="a">1. What?</h2>\nx\n\n## 2. Why?\n\ny\n'
    )
    assert [(e.number, e.title, e.anchor, e.line) for e in found.toc] == [
        ("1", "What?", "a", 1),
        ("2", "Why?", "b", 2),
    ]


def test_a_lone_link_is_no_table_of_contents() -> None:
    assert split("## 1. What?\n\n[2. Why?](#why)\n\n## 2. Why?\n\ny\n").toc == ()


def test_a_file_says_that_it_has_questions_without_numbers() -> None:
    notes = "# T\n\n## What is it?\n\nx\n\n## Why?\n\ny\n"
    found = split(notes)
    assert (found.title, found.sections, found.unnumbered_candidates) == ("T", (), 2)


SECTIONS = (
    "## 1. Norms\n\n### 1. Lengths\n\nx\n\n### 2. Angles\n\ny\n\n## 2. Sums\n\n### 1. Zeros\n\nz\n"
)


def test_a_file_that_cannot_be_decided_says_which_setting_decides() -> None:
    found = split(SECTIONS)
    assert [(p.rule, p.location.line) for p in found.problems] == [("undecided-file", 1)]
    assert "level = 2" in (found.problems[0].hint or "")


@pytest.mark.parametrize(
    "notes",
    [
        SECTIONS.replace("## 1. N", "## 一、N").replace("## 2. S", "## 二、S"),
        re.sub(r"(### .*)", r"\1?", SECTIONS),
        SECTIONS.replace("### ", "### Q"),
        "- [1. Lengths](#1)\n- [2. Angles](#2)\n- [1. Zeros](#3)\n\n" + SECTIONS,
    ],
    ids=["their numbers", "their words", "their labels", "the table of contents"],
)
def test_a_file_that_can_be_decided_is_not_reported(notes: str) -> None:
    found = split(notes)
    assert len(found.sections) == 3
    assert found.problems == ()


def test_a_label_alone_is_no_answer() -> None:
    hidden = "<details>\n<summary>Answer</summary>\nAnswer:\n</details>"
    for label in ("Answer:", "**Answer:**", "> Answer:", "a. so\nAnswer:", hidden):
        found = split(f"## 1. What?\n\n{label}\n\n## 2. Why?\n\nAnswer: so.\n")
        assert [section.question.title for section in found.sections] == ["Why?"], label
        assert [question.title for question in found.unanswered] == ["What?"], label


def test_a_label_without_an_answer_among_others_is_reported() -> None:
    found = split(
        "## 1. What?\n\nAnswer:\n\n## 2. Why?\n\nAnswer: so.\n\n## 3. Who?\n\nAnswer: I.\n"
    )
    assert len(found.sections) == 3
    assert [(p.rule, p.location.line) for p in found.problems] == [("question-without-answer", 1)]


@pytest.mark.parametrize(
    "answer",
    [
        "- [ ] a\n- [x] b\n\nAnswer:",
        "Answer: |",
        "Answer: ![](a.png)",
        "[Answer:](a.md)",
        "Answer:\n$x$",
    ],
)
def test_a_label_with_a_sign_or_a_picture_is_an_answer(answer: str) -> None:
    assert len(split(f"## 1. What?\n\n{answer}\n").sections) == 1


@pytest.mark.parametrize(
    "notes",
    [
        "<br><br>\n&nbsp;",
        "### Question 1\n\n```\nx\n```\n\n**Output\n2. What is it?**",
        "<div\n## 4\n\nE\n\n### 1. Why?\n\nB",
        "1. Why?\n1. X\n2. Y\n2. How?\n# What is it?\n### Exercise 1\n8 bits hold which range?",
    ],
    ids=[
        "nothing but line breaks",
        "bold text cut by a number",
        "a heading in a tag without an end",
        "a list above the title of the file",
    ],
)
def test_odd_notes_are_no_crash(notes: str) -> None:
    for unnumbered in (False, True):
        split(f"{notes}\n", unnumbered=unnumbered)


def test_the_front_shows_no_tick() -> None:
    section = split("## 1. Which?\n\n- [ ] a\n- [x] b\n\nBecause.\n").sections[0]
    ticks = [
        [token.meta["checked"] for token in tokens if token.type == "list_item_open"]
        for tokens in (section.stem, section.answer)
    ]
    assert ticks == [[False, False], [False, True]]


def test_answers_are_balanced_runs_of_tokens() -> None:
    for _, notes, _ in CASE.findall(CASES.read_text("utf-8")):
        for section in split(notes, unnumbered=True).sections:
            for tokens in (section.stem, section.answer):
                depths = [sum(t.nesting for t in tokens[:end]) for end in range(len(tokens) + 1)]
                assert min(depths) == depths[-1] == 0


def shape(tokens: Iterable[Token]) -> list[tuple[object, ...]]:
    return [(t.type, t.tag, t.nesting, t.block, t.map) for t in tokens]


def test_the_rest_of_a_paragraph_that_a_title_opens_is_a_paragraph_like_any_other() -> None:
    answer = (
        split("**1. What is it?**\nA length,\nof vectors.\n\n**2. Why?**\nso").sections[0].answer
    )
    assert shape(answer) == shape(parse("\nA length,\nof vectors.\n").tokens)


@pytest.mark.parametrize(
    ("notes", "lines"),
    [
        ("**1. What is it?**\nA length.", (1, 2)),
        ("**1. Is it?** Yes, and\nmore.", (1, 2)),
        ("**1. Is it?** Yes.", (1, 1)),
        ("**1. Is it\nso?**\nYes.\n", (1, 3)),
        ("**1. Is it\nso?** Yes, that is how it is, always.", (1, 2)),
        ("Q1: What is it?\nLong.", (1, 2)),
        ("**1. What is it?**\n$$\nx\n$$", (1, 4)),
    ],
)
def test_an_answer_in_the_paragraph_of_its_title_knows_its_lines(
    notes: str, lines: tuple[int, int]
) -> None:
    other = notes.replace("1", "2").replace("it", "that")
    question = split(f"{notes}\n\n{other}\n").sections[0].question
    assert (question.line, question.end_line) == lines


def test_an_answer_ends_below_its_last_item_though_it_is_empty() -> None:
    (section,) = split("## 1. What?\n\n- a\n-\n\n").sections
    assert section.question.end_line == 4


def test_raw_html_is_cut_into_blocks_that_know_their_lines() -> None:
    found = split(
        "T\n\n<h2>1. What?</h2>\n<p>a\nb</p>\n\nc\n\n"
        '<br>\n<h2 id="2">How &amp; where?</h2>\n\n<p>d</p>\n'
    ).sections
    assert [head(section.question) for section in found] == [
        "3-7 [1] What?",
        "10-12 [2] How & where?",
    ]
    blocks = [t for section in found for t in section.answer if t.type == "html_block"]
    assert [(t.content, t.map) for t in blocks] == [
        ("<p>a\nb</p>\n", (3, 5)),
        ("<p>d</p>\n", (11, 12)),
    ]


@pytest.mark.parametrize(
    ("first", "last"), [("", "4. A sink."), ("Look when you are done.\n\n", ""), ("", "")]
)
def test_what_of_a_key_belongs_to_no_question_is_left_out_and_said(first: str, last: str) -> None:
    asked = "1. What boils?\n2. What cools?\n3. What bakes?\n"
    key = f"{first}1. A kettle.\n2. A fridge.\n3. An oven.\n{last}\n"
    found = split(f"{asked}\n## Answers\n\n{key}")
    assert [plain_text(it.answer, parse(key)) for it in found.sections][2] == "An oven."
    assert bool(found.left_out) is bool(first + last)


def test_a_summary_knows_its_line() -> None:
    one = "<details>\n\n<summary>\n1. What?</summary>\n\na\n\n</details>\n\n"
    other = "<p><b>2. Why?</b></p>\nb\n\n<p align='left'><strong>3. How?</strong></p>\nc\n"
    assert [head(s.question) for s in split(one + one).sections] == [
        "4-6 [1] What?",
        "13-15 [1] What?",
    ]
    assert [head(s.question) for s in split(other).sections] == ["1-2 [2] Why?", "4-5 [3] How?"]


def test_raw_html_becomes_the_tokens_that_markdown_makes() -> None:
    raw = split("<h2>1. What is a <b>norm</b>?</h2>\n\nx\n").sections[0].title
    marked = split("## 1. What is a <b>norm</b>?\n\nx\n").sections[0].title
    kept = ("type", "tag", "nesting", "content")
    assert [[getattr(t, name) for name in kept] for t in raw] == [
        [getattr(t, name) for name in kept] for t in marked
    ]


# -- stems -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "repeated"),
    [
        ("1. a\n2. b", True),
        ("- a\n- b", False),
        ("```html\n<b>\n```", True),
        ("```python\nprint()\n```", False),
    ],
)
def test_what_the_answer_speaks_of_stands_on_both_sides(shown: str, repeated: bool) -> None:
    section = split(f"## 1. Which?\n\n{shown}\n\nAnswer: that\n").sections[0]
    stem = [(t.type, t.content, t.meta) for t in section.stem]
    assert stem == [(t.type, t.content, t.meta) for t in parse(shown).tokens]
    assert (section.answer[0].type == section.stem[0].type) is repeated


# -- slips of the author ---------------------------------------------------------------------------


def headings(*titles: str) -> str:
    """Headings with a line of text below each."""
    return "".join(f"{title}\n\nBecause.\n\n" for title in titles)


@pytest.mark.parametrize(
    ("heads", "numbers"),
    [
        # one level too deep, between its neighbours or at the end
        (("## 1. What?", "### 2. Why?", "## 3. How?"), "1 2 3"),
        (("## 1. What?", "## 2. Why?", "## 3. How?", "### 4. Who?"), "1 2 3 4"),
        # steps, not slips: they do not ask, or do not count on, or lead to no next question
        (("## 1. What?", "## 2. Why?", "## 3. How?", "### 4. Sum up"), "1 2 3"),
        (("## 1. What?", "## 2. Why?", "### 3. Who?"), "1 2"),
        (("## 1. What?", "## 2. Why?", "### 3. Add", "## 9. How?"), "1 2 9"),
        (("## 1. What?", "## 2. Why?", "### 5. Who?", "## 6. How?"), "1 2 6"),
        (("### 1. Who?", "## 1. What?", "## 2. Why?"), "1 2"),
        # another mark-up at the same level, and HTML at any
        (("## 1. What?", "## 2. Why?", "<h2>3. Sums</h2>"), "1 2 3"),
        (("<h2>1. What?</h2>", "<h2>2. Why?</h2>", "<h3>3. Sums</h3>"), "1 2 3"),
    ],
)
def test_a_heading_that_counts_on_is_a_question_in_spite_of_its_level(
    heads: tuple[str, ...], numbers: str
) -> None:
    found = split(headings(*heads)).sections
    assert [section.question.number for section in found] == numbers.split()


# -- titles that are no questions ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bold", "count"),
    [
        (("**1. What is it?**",), 0),
        (("**Q1: What is it?**",), 1),
        (("**1. What?**", "**2. Why?**"), 2),
        (("**1. What?**", "**2. Why?**", "**3. How?**", "**4. Sum**", "**5. Mean**"), 5),
        (("**1. What?**", "**2. Why?**", "**3. Mode**", "**4. Sum**", "**5. Mean**"), 0),
    ],
)
def test_bold_titles_are_questions_if_most_ask(bold: tuple[str, ...], count: int) -> None:
    assert len(split(headings(*bold)).sections) == count


@pytest.mark.parametrize(
    ("notes", "read"),
    [
        ("## How do you train?\n\n### 1. Load\n\nx\n\n### 2. Fit\n\ny\n", []),
        ("## Training\n\n### 1. Load\n\nx\n\n### 2. Fit\n\ny\n", ["Load", "Fit"]),
        ("# T\n\n## 3 ways to train\n\nx\n", []),
        ("# T\n\n## 3. Ways to train\n\nx\n", ["Ways to train"]),
        ("Q1: What?\n\n```\nx\n```\n\nQ2: Why?\n\n```\ny\n```\n", []),
        ("Q1: What?\n\n```\nx\n```\n\nx.\n\nQ2: Why?\n\n```\ny\n```\n\ny.\n", ["What?", "Why?"]),
    ],
    ids=["steps of an answer", "a section", "a count", "a number", "only code", "code and words"],
)
def test_what_stands_around_a_title_tells_what_it_is(notes: str, read: list[str]) -> None:
    assert titles(notes) == read


def test_items_that_only_ask_on_are_no_questions() -> None:
    assert split("1. What is it?\n   - Why?\n2. Who is it?\n   - How? \n").sections == ()
    code = "   - Why?\n\n     ```\n     x\n     ```\n"
    assert len(split(f"1. What is it?\n{code}2. Who is it?\n{code}").sections) == 2


@pytest.mark.parametrize(("words", "count"), [(5, 2), (200, 0)])
def test_unnumbered_questions_fill_their_file(words: int, count: int) -> None:
    text = "word " * words
    notes = f"# Use\n\n{text}\n\n# Ideas\n\n### What?\n\none two\n\n### Why?\n\nthree four\n"
    assert split(notes).unnumbered_candidates == count


def test_a_table_of_contents_leads_to_titles_of_the_file_that_are_seen() -> None:
    heads = headings("## 1. What?", "## 2. Why?")
    assert (
        split(f"- [1. What?](https://x.org/a)\n- [2. Why?](https://x.org/b)\n\n{heads}").toc == ()
    )
    hidden = '<!-- <a href="#a">1. What?</a> <a href="#b">2. Why?</a> -->'
    assert split(f"{hidden}\n\n{heads}").toc == ()


@pytest.mark.timed
@pytest.mark.parametrize(
    "piece",
    ["<summary>", "<details ", "<!--", "<h2 ", '<h2 id="', "<a href=x>", "<p><b>", "1. ", "# 1."],
)
def test_hostile_repetition_takes_no_time(piece: str) -> None:
    parsed = parse("<div>" + piece * 20_000)
    start = time.perf_counter()
    split_questions(parsed, "notes.md", SplitOptions())
    assert time.perf_counter() - start < 2


@pytest.mark.timed
@pytest.mark.parametrize("sign", ["=", "- ", "_", "❓", "(", "**x** ", "x ? ", "→ "])
def test_hostile_signs_in_titles_take_no_time(sign: str) -> None:
    many = sign * 20_000
    items = "".join(f"{n}. What x{many} y? So {many} No\n" for n in range(1, 4))
    parsed = parse(f"### {many}\n\n{items}")
    start = time.perf_counter()
    split_questions(parsed, "notes.md", SplitOptions())
    assert time.perf_counter() - start < 4


@pytest.mark.parametrize(("with_part", "is_part"), [(2, True), (1, False)])
def test_a_heading_below_half_of_the_questions_is_a_part_of_their_answers(
    with_part: int, is_part: bool
) -> None:
    part = "### In practice\n\nTie it.\n\n"
    notes = "".join(f"### {n}. Knot {n}\n\nA loop.\n\n" + part * (n <= with_part) for n in (1, 2))
    more = "### 3. Knot 3\n\nA loop.\n\n### 4. Knot 4\n\nA loop.\n\n"
    found = split(notes + more)
    assert len(found.sections) == 4
    assert bool(found.left_out) is not is_part
    answers = [plain_text(section.answer, parse("")) for section in found.sections]
    assert ("Tie it." in answers[0]) is is_part


def test_a_toggle_in_an_answer_is_no_question_unless_its_end_was_forgotten() -> None:
    inner = "<details><summary>Why is that?</summary>\n\nIts atoms.\n\n</details>\n\n"
    outer = f"<details><summary>Which metal?</summary>\n\nMercury\n\n{inner}"
    other = "<details><summary>Which gas?</summary>\n\nAir\n\n</details>\n"
    closed = f"{outer}</details>\n\n{other}"
    assert titles(closed, unnumbered=True) == ["Which metal?", "Which gas?"]
    assert titles(outer + other, unnumbered=True) == ["Which metal?", "Why is that?", "Which gas?"]


def test_titles_that_come_again_and_again_are_parts_whatever_they_ask() -> None:
    part = "### When is it used?\n\nOften.\n\n### Why?\n\nSo.\n\n"
    notes = f"## Canary\n\nA few first.\n\n{part}## Blue\n\nAll at once.\n\n{part}"
    assert titles(notes, unnumbered=True) == []
    assert titles(notes.split("## Blue")[0], unnumbered=True) == ["When is it used?", "Why?"]


def test_the_answer_needs_no_second_button() -> None:
    button = "<details><summary><b>Answer</b></summary>"
    notes = f"## 1. What?\n\n- A) x\n- B) y\n\n{button}\n\nB\n\n</details>\n\nSo."
    (section,) = split(notes).sections
    assert section.answer[0].content.startswith("<details open><summary>")
    (section,) = split(notes.replace("Answer", "The proof")).sections
    assert not any("<details open>" in token.content for token in section.answer)


@pytest.mark.parametrize(("run", "are_questions"), [(8, True), (7, False)])
def test_a_short_last_section_does_not_turn_questions_into_steps(
    run: int, are_questions: bool
) -> None:
    subjects = ("order", "taste", "price", "colour", "origin", "smell", "weight", "shape")
    sections = {"Green": run, "Black": 1, "White": 1}
    notes = "# Tea\n" + "".join(
        f"\n## {name}\n"
        + "".join(f"\n### {n}. {name} {subjects[n - 1]}\n\nWords.\n" for n in range(1, many + 1))
        for name, many in sections.items()
    )
    assert bool(titles(notes)) is are_questions


def test_sections_are_left_beside_a_heading_that_holds_the_table_of_contents() -> None:
    asked = "".join(f"### Why is it X{n}?\n\nSo.\n\n" for n in range(3))
    contents = "## What is here?\n\n- [What is A?](#a)\n- [What is B?](#b)\n\n"
    questions = "## What is A?\n\nX.\n\n## What is B?\n\nX.\n\n"
    notes = f"{contents}{questions}## Types\n\n{asked}"
    found = titles(notes, unnumbered=True)
    assert found == ["What is A?", "What is B?", *(f"Why is it X{n}?" for n in range(3))]


@pytest.mark.parametrize(
    "labels", [("Problem", "Solution"), ("Question", "Result"), ("Answer", "Question")]
)
def test_other_headings_that_are_labels_make_no_question(labels: tuple[str, str]) -> None:
    notes = "".join(f"## {label}\n\nIt is slow.\n\n" for label in labels)
    assert titles(notes) == []


def test_code_between_the_labels_of_question_and_answer_is_asked() -> None:
    notes = "### Question\n\nWhat is printed?\n\n```\n1\n```\n\n### Answer\n\nOne.\n"
    (section,) = split(notes).sections
    assert [token.type for token in section.stem] == ["fence"]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("**What** is it?", "What is it?"),
        ("**Entropie** – was ist das?", "Entropie"),
        ("**Ape** Is it a monkey?", "Ape"),
        ("**What is it?** easy, no?", "What is it?"),
    ],
)
def test_a_question_whose_first_words_are_bold_is_the_whole_line(line: str, title: str) -> None:
    others = "".join(f"{n}. **What is {n}?**\n\n   Words.\n\n" for n in range(1, 5))
    assert titles(f"{others}5. {line}\n\n   Words.\n")[-1] == title


@pytest.mark.parametrize(
    ("below", "kind"),
    [
        ("![a](a.png)\n\nAnswer: `int`", "inline"),
        ("![a](a.png)\n\n`int`", "inline"),
        ("```c\nx\n```\n\nAnswer: `int`", "fence"),
        ("```c\nx\n```\n\n`int`", None),  # the code may be the answer
        ("![a](a.png)\n\nAnswer:", None),
        ("![a](a.png)", None),
    ],
)
def test_a_picture_or_code_is_all_that_a_numbered_label_asks(below: str, kind: str | None) -> None:
    notes = f"### Question 1\n\n{below}\n\n### Question 2\n\nWhat floats?\n\nAnswer: wood\n"
    *first, second = split(notes).sections
    assert second.question.title == "What floats?"
    assert [(it.question.title, kind in {token.type for token in it.stem}) for it in first] == (
        [("Question 1", True)] if kind else []
    )
    backs = [plain_text(it.answer, parse(notes)).removeprefix("Answer: ") for it in first]
    assert backs == (["int"] if kind else [])


def test_the_title_of_a_section_is_read_once_for_all_questions_below_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []

    def count(title: str) -> str:
        read.append(title)
        return title

    monkeypatch.setattr("ankify.questions.split.strip_number", count)
    asked = "".join(f"### {n}. What is {n}?\n\nSo {n}.\n\n" for n in range(1, 9))
    sections = split(f"# Topic\n\n## Section\n\n{asked}").sections
    assert {section.question.trail for section in sections} == {("Section",)}
    assert read == ["Section"]


def test_a_line_break_of_html_in_an_item_parts_what_asks_from_the_answer() -> None:
    notes = "1. What is a fox? <br> An **animal**.\n2. Name its home <br/>- A den <br>- A hole\n"
    found = split(notes + "3. A den <br> in the woods\n").sections
    assert [(it.question.title, plain_text(it.answer, parse(notes))) for it in found[:2]] == [
        ("What is a fox?", "An animal."),
        ("Name its home", "- A den - A hole"),
    ]
    assert not [it for it in found[2:] if it.question.title == "A den"]


@pytest.mark.parametrize(
    ("items", "count"),
    [
        ("3. What is a fox?\n\nAn animal.\n\n4. Where does it hunt?\n\nIn fields.\n", 4),
        ("3. A fox\n\nAn animal.\n\n4. A den\n\nIn fields.\n", 2),  # they do not ask
        ("4. What is a fox?\n\nAn animal.\n\n5. Where does it hunt?\n\nIn fields.\n", 2),
        ("3. What is a fox?\n\nAn animal.\n", 2),  # one may be a step
    ],
)
def test_list_items_that_ask_go_on_with_bold_titles(items: str, count: int) -> None:
    notes = f"**1. What is an owl?**\n\nA bird.\n\n**2. Why does it hoot?**\n\nTo call.\n\n{items}"
    assert len(titles(notes)) == count


# -- files that are named for what is in them ------------------------------------------------------

TOPICS = "".join(
    f"{n}. **The nest of the {bird} in the old orchard**:\n   - {'It is made of moss. ' * 9}\n\n"
    for n, bird in enumerate(["wren", "owl", "tit", "jay", "tern"] * 2, 1)
)


@pytest.mark.parametrize(
    ("name", "taken"), [("odpowiedzi", 10), ("Exam_answers", 10), ("birds", 0)]
)
def test_topics_in_bold_are_questions_in_a_file_named_for_its_answers(
    name: str, taken: int
) -> None:
    assert len(titles(TOPICS, name=name)) == taken


def test_the_key_to_a_test_is_no_list_of_topics() -> None:
    key = TOPICS.replace("**The", "**B. The")
    assert titles(key, name="answers") == []


@pytest.mark.parametrize(("name", "taken"), [("exam-questions", 6), ("birds", 2)])
def test_titles_beside_numbered_ones_need_not_ask_in_a_file_named_for_its_questions(
    name: str, taken: int
) -> None:
    names = ("What is an owl?", "The eye", "The bill", "What is a pellet?")
    loose = "".join(f"# {name}\nSomething brown.\n" for name in names)
    numbered = "# 1. What does it eat?\nMice.\n# 2. Where does it nest?\nIn trees.\n"
    assert len(titles(loose + numbered, name=name, unnumbered=True)) == taken
    assert len(titles(loose + numbered, name=name)) == 2
    quiet = loose.replace("What is a pellet?", "The ear")  # one in four asks: these are remarks
    assert len(titles(quiet + numbered, name=name, unnumbered=True)) == 2
    few = f"# How to use this\nRead all.\n{numbered}# Other papers\nOn owls.\n"
    assert len(titles(few, name=name, unnumbered=True)) == 2
