"""Time: a build grows no worse than n log n with its notes, whatever they hold.

Nothing here compares with a clock of its own: a text is read at one size and at four times the
size, and a step that is quadratic would take sixteen times as long.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import ankify
from ankify.anki.cloze import cloze_text
from ankify.anki.gate import harmless
from ankify.building.pages import read_page
from ankify.config import MarkdownSettings, Settings
from ankify.reading.flavours import Flavour, Vault
from ankify.reading.source import Found, decode_note_file

Text = Callable[[int], str]

GROWTH = 9  # between 4 (linear) and 16 (quadratic)
ENOUGH = 0.03  # seconds of work at the smaller size, so that the rest is no noise
LARGEST = 250_000  # characters
TRIES = 6  # a busy machine is no fault, and what is quadratic is so each time
HEAD = "# T\n\n## 1. Why?\n\nSo. "

# Unclosed and repeated: each is a place where a reader could look for an end again and again.
PIECES = [
    *("\\\\[ ", "\\\\( "),
    *("\\[ ", "\\( ", "$ ", "$$ ", "$a ", "$a$ ", "$`", "\\begin{align}", "\\begin{align} x "),
    *(
        "\\begin{array}\\begin{align}",
        "$\\def\\a{\\a\\a}$ ",
        "$\\newcommand{\\a}[1]{#1}$ ",
        "${",
        "\\",
    ),
    *("`", "` ", "`a", "``a`", "~", "~~a", "*", "*a ", "**a", "_a ", "a_", "[", "![", "](", "[a]("),
    *("[](", "[a][", "[^", "[^1] ", "<", "<a ", "<a b=", '<a b="', "</", "<b>", "</b>", "<!--"),
    *(
        "<!-- ",
        "<!-- a -->",
        "<!a",
        "<?",
        "<![CDATA[",
        '<img src="',
        "<img src=a ",
        "&",
        "&#",
        "&a",
    ),
    *("http://", "http://a.b ", "www.", "www.a_", "a@", "@a", "a@b.c ", "mailto:", "a.b", "a.png"),
    *("|", "| a ", '"', "'", "(", ")", "a", "a ", "字", "1", "1.", "一", " ", "\t", "{", "{{", "#"),
    *("-", "=", "+", "^", "\u202e", "\u3000", "!", "? ", "$ x $ ", "x^2 ", "a/b", "a=b ", "//"),
    *(
        "<span>",
        "<details>",
        "<h2>",
        "<a href=x>",
        "<a name=x ",
        "<p ",
        "<img ",
        "<td>",
        "<a id=x>",
    ),
]
LINES = [
    *(
        "a",
        "",
        "> a",
        ">",
        "- a",
        "-",
        "  - a",
        "1. a",
        "# a",
        "## 1. a",
        "### 2. a\n\nb\n",
        "===",
        "---",
    ),
    *(
        "```",
        "~~~",
        "```math",
        "> ```",
        "    a",
        "| a |\n|---|\n| b |",
        "|",
        "[a]: b",
        "[^1]: a",
        "<div>",
    ),
    *("</div>", "<details>", "</details>", "<details><summary>1. a</summary>b</details>", "<p>\n"),
    *(
        "<h2>1. a</h2>\n\nb\n",
        "<h2>1. a",
        "<b>1. a</b>\n",
        "<!--",
        "<pre>",
        "</pre>",
        "**1. a**\n\nb\n",
    ),
    *(
        "- [ ] a",
        "- [1. a](#1-a)",
        "[1. a](#a)",
        "Q: a\nA: b",
        "Q1: a\n\nA: b\n",
        "一、a\n\nb\n",
        "1.1 a",
    ),
    *(
        "1. **a**\n\n   b\n",
        "* a\n\n  b\n",
        "A. a",
        "- A. a",
        "答案：a",
        "Answer: a",
        "<a name='x'></a>",
    ),
    *(
        "$$",
        "\\[",
        "\\begin{align}",
        "<!-- ankify: id=a -->",
        "<!-- ankify: off=a -->",
        "[TOC]",
        "![a](a)",
    ),
    *(
        "1. a\n   ```\n   b\n   ```",
        "<img src='a.png'>",
        "<table><tr><td>",
        "&nbsp;",
        "a  ",
        "a\\",
        "***",
    ),
    *(
        "## 1. a\n\nb\n\n## c\n\n### 1. d?\n\ne\n",
        "## Quiz\n\n### 1. a\n\nb\n",
        "## Q1 (a)\n",
        "##1. a\n",
        "1.**a**\n",
        "**1. a**\nb",
        "<br>\n## 1. a",
        "> Q1: a\n",
    ),
]


# What the gate looks through once more, in finished fields.
GATED = [
    *(r"\(", r"\({", r"\(a\) ", r"\[{\) ", "&#92;(", r"\<wbr>(", r"\begin ", r"\(\let\a\b\) "),
    *("[latex]", "[sound:", "[[", "<a href=", '<a href="', "<code>", "</pre>", "<!--", "&bsol;"),
    *(r"\(\bbox[border: ", r"\(\unicode[", r"\(\text{", "tex2jax_", "<img src='"),
]


def repeated(piece: str, head: str = HEAD) -> Text:
    return lambda size: head + piece * (size // len(piece))


def numbered(line: str) -> Text:
    return lambda size: "# T\n\n" + "".join(line.format(n) for n in range(size // len(line)))


def nested(opening: str, closing: str = "") -> Text:
    """Each level stands in the one before; `closing` mirrors it."""
    return lambda size: HEAD + opening * (size // 20) + "x" + closing * (size // 20)


def stairs(step: str) -> Text:
    """Lines that go one level deeper each, 500 at the most."""
    return lambda size: (
        HEAD + "\n".join(step * (n % 500) + "a" for n in range(max(1, size // (250 * len(step)))))
    )


SHAPES: dict[str, Text] = {
    **{f"piece {piece!r}": repeated(piece) for piece in PIECES},
    **{f"line {line!r}": repeated(line + "\n", HEAD + "\n\n") for line in LINES},
    **{f"html {piece!r}": repeated(piece, HEAD + "\n\n<div>\n") for piece in PIECES[::2]},
    **{f"list {piece!r}": repeated(piece, HEAD + "\n\n- a\n  ") for piece in PIECES[::5]},
    **{f"title {piece!r}": repeated(piece, "# T\n\n## 1. Why ") for piece in PIECES[::3]},
    **{f"code {piece!r}": repeated(piece, HEAD + "\n\n```python\n") for piece in PIECES[::4]},
    **{
        f"table {piece!r}": repeated(piece, "## 1. Why?\n\n| a |\n|---|\n| ")
        for piece in PIECES[::4]
    },
    "tests with a key each": numbered("1. Q?\n2. R?\n\n## Answers\n\n1. a {0}\n2. b\n\n## T\n\n"),
    "one test with a key": lambda size: (
        "".join(f"{at}. Why {at}?\n" for at in range(size // 40))
        + "\n## Answers\n\n"
        + "".join(f"{at}. Because {at}.\n" for at in range(size // 40))
    ),
    "tests with the right option in bold": numbered("{0}. It is so.\nA. x\n**B. y**\nC. z\n\n"),
    "sections of two": numbered("# T{0}\n\n## 1. Why?\n\nx\n\n## 2. So\n\nx\n\n"),
    "tests without a key": numbered("## {0}. Q?\n\n- a) X\n- b) Y\n- c) Z\n\n"),
    "tasks": numbered("## T{0}\n\n**Task:** Do it.\n\n**Solution:** So.\n\n"),
    "tasks that are the same": numbered("## T{0}\n\nX.\n\n**Q:** Why?\n\n**A:** So.\n\n"),
    "labels with a topic": numbered("# Question {0} - T\n\n## Why?\n\nSo.\n\n"),
    "letters": numbered("# T{0}\n\n## a) Why?\n\nSo.\n\n## b) When?\n\nNow.\n\n"),
    "headings": numbered("## {0}. Question {0}?\n\nAnswer {0}.\n\n"),
    "headings without a number": numbered("## Question {0}?\n\nAnswer {0}.\n\n"),
    "headings that are the same": numbered("## 1. Question?\n\nAnswer {0}.\n\n"),
    "list of questions": numbered("{0}. Question {0}?\n\n   Answer {0}.\n\n"),
    "bold questions": numbered("**{0}. Question {0}?**\n\nAnswer {0}.\n\n"),
    "questions right below answers": numbered("**{0}. Why {0}?**\n\nSo.\n"),
    "headings below numbers": numbered("## Question {0}\n\n### Why?\n\nx\n\n### When?\n\ny\n\n"),
    "quotes that ask": numbered("> {0}. Why {0}?\n\nSo.\n\n"),
    "wrapped questions": numbered(
        "{0}. What makes one of the {0} things that we have here, and\n   all, what they are?\n\n"
    ),
    "chapters over bold titles": numbered(
        "## {0}. T\n\n**Why {0}?**\n\nx\n\n**And {0}?**\n\ny\n\n"
    ),
    "options with a sign below": numbered("## {0}. Q?\n\nA. x\nB. y\nC. z\n\n=> B\n\n"),
    "folded questions": numbered(
        "<details><summary>{0}. Question {0}?</summary>\n\nAnswer {0}.\n\n</details>\n\n"
    ),
    "contents": numbered("- [{0}. Question {0}?](#{0}-question-{0})\n"),
    "references": numbered("[a{0}]: b\n\n[a{0}] "),
    "footnotes": numbered("[^{0}] a\n\n[^{0}]: b\n\n"),
    "formulas": numbered("$x_{{{0}}}$ and $$y_{{{0}}}$$ "),
    "pictures": numbered("![a{0}](a{0}.png) "),
    "quotes": nested("> "),
    "lists": nested("- "),
    "numbered lists": nested("1. "),
    "links": nested("[", "](a)"),
    "spans": nested("<span>", "</span>"),
    "divs": nested("<div>\n", "</div>\n"),
    "details": nested("<details>\n\n", "\n\n</details>"),
    "emphasis": nested("**a ", " a**"),
    "braces": nested("${", "}$"),
    "deeper lists": stairs("  "),
    "deeper quotes": stairs("> "),
    "backticks of all lengths": lambda size: (
        HEAD + " ".join("`" * n for n in range(1, int((2 * size) ** 0.5)))
    ),
    "a table of many columns": lambda size: (
        HEAD + "\n\n" + "\n".join(cell * (size // 9) + "|" for cell in ("|a", "|-", "|b"))
    ),
    "empty lines before code": lambda size: HEAD + "\n" * size + "```\na\n```\n",
    "empty lines in a list": lambda size: HEAD + "\n\n- a\n" + "\n" * size + "  b\n",
    "a long table": lambda size: (
        "## 1. Why?\n\n| a | b |\n|---|---|\n" + "| $x_1$ | `b` |\n" * (size // 16)
    ),
    "toggles": numbered("<details>\n<summary>Why {0}?</summary>\n\nSo {0}.\n\n</details>\n\n"),
    "unclosed toggles": repeated("<details>\n<summary>Why?</summary>\n\nSo.\n\n", HEAD + "\n\n"),
    "options that are items": lambda size: (
        "## 1. Why?\n\n" + "- A. a\n- B. b\n" * (size // 14) + "\nAnswer: B\n"
    ),
    "options that are lines": lambda size: (
        "## 1. Why?\n\n" + "A. a  \nB. b  \n" * (size // 14) + "\nAnswer: B\n"
    ),
    "options that are rows": lambda size: (
        "## 1. Why?\n\n| | |\n|-|-|\n" + "| A | b |\n" * (size // 10) + "\nAnswer: B\n"
    ),
    "right options": lambda size: "## 1. Why?\n\n- A. a\n- B. b\n\nAnswer: " + "A, " * (size // 3),
    "a long title": lambda size: "## 1. " + "a " * (size // 2) + "\n\nb\n",
    "a title of one long word": lambda size: f"## {'M' * size}. Why?\n\nb\n",
    "footnotes of footnotes": lambda size: (
        HEAD + "[^1]\n\n" + "".join(f"[^{n}]: [^{n + 1}]\n\n" for n in range(1, size // 20))
    ),
    "macros in each other": lambda size: (
        HEAD + "$\\newcommand{\\aa}[1]{#1}$ $" + "\\aa{" * (size // 8) + "}" * (size // 8) + "$"
    ),
    "front matter": lambda size: (
        "---\n" + "".join(f"k{n}: v\n" for n in range(size // 8)) + "---\n" + HEAD
    ),
    "a short table with many rows": lambda size: (
        HEAD
        + "\n\n"
        + "\n".join(cell * int(size**0.5) + "|" for cell in ("|a", "|-"))
        + "\n|" * int(size**0.5)
    ),
}
# The same again, with what other programs write, in a folder that is surely theirs.
FOREIGN: dict[str, Text] = {
    "embeds": numbered("![[Other]]\n\n"),
    "embeds of pictures": numbered("![[a{0}.png]] "),
    "links in brackets": numbered("[[Other#a{0}|b]] "),
    "call-outs": numbered("> [!note] t{0}\n> a\n\n"),
    "folded call-outs": numbered("> [!question]- Why {0}?\n> So.\n\n"),
    "headings of answers": numbered("## {0}. Why {0}?\n\n### Answer\n\n1. So\n2. And so\n\n"),
    "call-outs in each other": lambda size: (
        HEAD + "\n\n" + "\n".join("> " * (n % 200) + "[!note] a" for n in range(size // 200))
    ),
    "ids of blocks": numbered("a ^id{0}\n\n"),
    "properties": numbered("key{0}:: value\n"),
    "cards of Logseq": numbered("- Why {0}? #card\n  id:: 6{0}\n  - So\n"),
    "macros": repeated("{{embed ((a))}} "),
    "unclosed macros": repeated("{{embed "),
    "an unclosed highlight before code": repeated("`a` ", f"{HEAD}\n\n==a "),
    "short codes": repeated("{{< video a >}} "),
    "unclosed short codes": repeated("{{< "),
    "divs of Quarto": repeated("::: {.callout-note}\na\n:::\n", HEAD + "\n\n"),
    "directives": numbered(":::{{note}} t{0}\na\n:::\n"),
    "unclosed directives": repeated(":::{note}\n", HEAD + "\n\n"),
    "directives in each other": lambda size: (
        HEAD + "\n\n" + "\n".join(":" * (3 + n) + "{note}" for n in range(int(size**0.5)))
    ),
    "roles": repeated("{ref}`a` "),
    "cells": repeated("```{python}\n#| label: x\na\n```\n", HEAD + "\n\n"),
    "comments": repeated("%% a "),
    "toggles": numbered("- Why {0}?\n\n    So {0}.\n\n"),
}
FEW = [
    "piece '<!--'",
    "piece '\\\\begin{align}'",
    "line '<details>'",
    "headings",
    "quotes",
    "lists",
]


def seconds(text: str, flavour: Flavour | None = None) -> float:
    """The work of this process to read a note file."""
    settings = Settings()
    found = Found(Path("a.md"), "a.md", settings.questions)
    gc.collect()
    gc.disable()  # it looks at all that other tests left, and not at this text
    try:
        before = time.process_time()
        read_page(decode_note_file("a.md", text.encode()), found, settings, flavour=flavour)
        return time.process_time() - before
    finally:
        gc.enable()


def growth(shape: Text, flavour: Flavour | None = None) -> float:
    """How much longer four times the text takes, at a size at which that can be told."""
    size, small = 8000, seconds(shape(8000), flavour)
    while small < ENOUGH and size < LARGEST // 4:
        size *= 2
        small = seconds(shape(size), flavour)
    return seconds(shape(4 * size), flavour) / max(small, ENOUGH / 5)


def grows_well(name: str, flavour: Flavour | None = None) -> bool:
    shape = (FOREIGN if flavour else SHAPES)[name]
    return any(growth(shape, flavour) < GROWTH for _ in range(TRIES))


@pytest.mark.timed
@pytest.mark.parametrize("name", FEW)
def test_time_grows_no_worse_than_n_log_n(name: str) -> None:
    assert grows_well(name)


@pytest.mark.timed
@pytest.mark.slow
@pytest.mark.parametrize("name", list(SHAPES)[:: 1 if os.environ.get("GROWTH") == "all" else 6])
def test_time_grows_no_worse_than_n_log_n_for_any_shape(name: str) -> None:
    assert grows_well(name)


@pytest.mark.timed
@pytest.mark.slow
@pytest.mark.parametrize("name", FOREIGN)
def test_time_grows_no_worse_than_n_log_n_with_the_signs_of_others(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / "Other.md").write_text("# Other\n\nText of it.\n")
    vault = Vault(tmp_path, ("a.md", "Other.md"))
    for program in ("auto", "obsidian"):
        assert grows_well(name, Flavour(MarkdownSettings(program), vault)), program


# Gaps of cloze notes that are opened, and closed too late or never.
GAPS = ("{{c1::", "{{c1:: a", "{{c1::{", "{{c1::a}", "{{c1::a}} {{c1::", "{{c1::{}}")


def seconds_of(work: Callable[[str], str], text: str) -> float:
    start = time.process_time()
    work(text)
    return time.process_time() - start


@pytest.mark.timed
@pytest.mark.parametrize(
    ("work", "before", "piece", "behind"),
    [
        *((harmless, "<p>", piece, "") for piece in GATED),
        *((cloze_text, "", piece, "}}") for piece in GAPS),
    ],
)
def test_the_time_of_finished_fields_grows_no_worse_than_n_log_n(
    work: Callable[[str], str], before: str, piece: str, behind: str
) -> None:
    small, large = (before + piece * (size // len(piece)) + behind for size in (50_000, 200_000))
    assert any(
        seconds_of(work, large) < GROWTH * max(seconds_of(work, small), 0.02) for _ in range(TRIES)
    )


# The whole build --------------------------------------------------------------------------------


@pytest.fixture
def read(project: Callable[..., Path]) -> Callable[[str], ankify.Project]:
    return lambda text: ankify.read_project(project({"a.md": text}), ankify.ReadOptions(now=1))


@pytest.mark.slow
def test_ten_thousand_headings_are_ten_thousand_notes(read: Callable) -> None:
    text = SHAPES["headings"](10_000 * 36)
    assert text.count("## ") == 10_000
    assert len(read(text).notes) == 10_000


def test_five_hundred_lists_and_quotes_in_each_other_keep_their_text(read: Callable) -> None:
    for mark in ("- ", "> ", "1. ", "* > "):
        found = read(f"## 1. Why?\n\n{mark * 500}innermost\n")
        assert "innermost" in found.notes[0].fields[1]


@pytest.mark.slow
def test_a_note_of_50_mb_is_built(read: Callable, tmp_path: Path) -> None:
    question = (
        "## {0}. Question {1}?\n\n" + "A paragraph of words, *with* some `code`. " * 60 + "\n\n"
    )
    text = "".join(question.format(n % 999 + 1, n) for n in range(50_000_000 // len(question)))
    found = read(text)
    assert len(found.notes) == text.count("## ")
    ankify.write_apkg(found, tmp_path / "x.apkg")
    assert len(ankify.read_apkg(tmp_path / "x.apkg").notes) == len(found.notes)


@pytest.mark.slow
def test_one_answer_of_50_mb_is_built(read: Callable, tmp_path: Path) -> None:
    found = read("## 1. Why?\n\n" + ("All of this is one answer. " * 40 + "\n\n") * 46_000)
    assert len(found.notes[0].fields[1]) > 49_000_000
    ankify.write_apkg(found, tmp_path / "x.apkg")
