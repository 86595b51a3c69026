"""The parse: lines that are those of the file, and a tree that is given back, however deep."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import LIMIT

from ankify.reading.formulas import set_aside
from ankify.reading.tokens import MAX_DEPTH, Token, read_tokens


def tokens(text: str) -> list[Token]:
    return read_tokens(set_aside(text))


def written(text: str) -> list[tuple[int, str]]:
    """The first line, and the text, of each block of text."""
    return [(t.map[0], t.content) for t in tokens(text) if t.type == "inline" and t.map]


def test_text_is_kept_as_it_is_written_without_the_marks_of_quotes_and_lists() -> None:
    text = "# a *b*\n\n> - c <i>d</i>\n>   e\n\nf long *title*\n===\n\n"
    text += "| g \\| h | `i` |\n|--|--|\n| j |\n"
    assert written(text) == [
        (0, "a *b*"),
        (2, "c <i>d</i>\ne"),
        (5, "f long *title*"),
        (8, "g \\| h "),
        (8, "`i` "),
        (10, "j "),
        (10, ""),
    ]


def test_a_paragraph_begins_below_the_definitions_that_it_opened_with() -> None:
    assert written("[a]: b\n[c]:\n  d\ntext\n![e](f)\n") == [(3, "text\n![e](f)")]
    inline = tokens("[a]: b\n[c]:\n  d\ntext\n![e](f)\n")[1]
    assert [t.map for t in inline.children or () if t.type == "image"] == [(4, 5)]


def test_pictures_and_tags_know_their_line_behind_a_formula_of_several() -> None:
    inline = tokens("a $$\nb\n$$ ![c](d)\n<i>e</i>\n")[1]
    found = {t.type: t.map for t in inline.children or () if t.map}
    assert found == {"image": (2, 3), "html_inline": (3, 4)}


def test_a_symbol_beside_emphasis_comes_back_wherever_it_stands() -> None:
    text = '*⊙*a `*⊙*` [b](c*⊙* "*⊙") <i t="*⊙">\n\n```\n*⊙*\n```\n\n<p>*⊙*</p>\n'
    found = tokens(text)
    every = [*found, *(c for t in found for c in t.children or ())]
    shown = "".join(t.content + "".join(t.attrs.values()) for t in every)
    assert shown.count("⊙") == 12
    assert not any(ord(character) >= 0xF0000 for character in shown)


@pytest.mark.parametrize("text", ["a*⊙b* c", "a *b⊙*c"], ids=["behind a mark", "before one"])
def test_a_symbol_on_one_side_of_a_mark_is_no_punctuation(text: str) -> None:
    inline = tokens(text)[1]
    assert [t.tag for t in inline.children or () if t.nesting == 1] == ["em"]


def test_a_character_for_private_use_stays_what_it_is() -> None:
    assert written("*⊙* \U000f0000\n") == [(0, "*⊙* \U000f0000")]


# Each ended the process before, or took the memory of each tree for good.
DEEP = {
    "quotes": ">" * 100_000 + "a",
    "strong": "**" * 100_000 + "a" + "**" * 100_000,
    "pictures": "![" * 50_000 + "a" + "](b)" * 50_000,
    "alerts": "".join("> " * n + "[!NOTE]\n" for n in range(1, 600)) + "> " * 600 + "a",
    "lists": "\n".join(" " * 2 * n + "- a" for n in range(1500)),
}


@pytest.mark.parametrize("name", DEEP)
def test_what_is_nested_without_end_is_read_to_a_certain_depth(name: str) -> None:
    found = tokens(DEEP[name])
    depth = deepest = 0
    for token in (t for block in found for t in (block, *(block.children or ()))):
        depth += token.nesting
        deepest = max(deepest, depth)
    assert depth == 0
    assert deepest <= 2 * MAX_DEPTH + 2
    assert any("a" in t.content for t in found)


@pytest.mark.skipif(sys.platform == "win32", reason="measures by resource, which is not there")
def test_trees_are_given_back() -> None:
    text = "- a *b* [c](d)\n" * 200
    script = (
        "import resource, sys\n"
        "from ankify.reading.formulas import set_aside\n"
        "from ankify.reading.tokens import read_tokens\n"
        "text = sys.stdin.read()\n"
        "def most(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for _ in range(20): read_tokens(set_aside(text))\n"
        "before = most()\n"
        "for _ in range(200): read_tokens(set_aside(text))\n"
        "print(most() - before)\n"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, check=True, timeout=LIMIT
    )
    grown = int(done.stdout) * (1 if sys.platform == "darwin" else 1024)
    assert grown < 10_000_000  # 200 trees are more than ten times that
