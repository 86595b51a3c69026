"""Mutations of the rendering cases, and heaps of mark-up, against cmarkgfm.

Not every one can agree: comrak sees addresses and tasks in a few more or fewer places than
cmark-gfm. No document may raise.
"""

from __future__ import annotations

import random

import pytest
from gfm_oracle import cases, difference

WORDS = r"""
* ** _ __ ~ ~~ ` `` ``` [ ] ( ) ![ ]( [x](y) < <b> </b> <div> </div> <br> <!-- --> \ & &amp; &#35;
http://a.b/c www.a.b a@b.cd https:// : ! ' " ; = - <job-name> </p> <p> ， “ ” 中文 ⊙ a foo 1 | |-|-|
<pre> <a_href="x"> </a> <details> </details> === --- [a]:_b ~~~ -_[_]_ -_[x]_ ___ _____
"""
LINES = (
    "",
    "  ",
    "\\",
    "---",
    "===",
    "<details>",
    "\n| a | b |\n|---|:-:|\n| c | d |",
    "[a]: b",
    "foo",
)
STARTS = (
    "> ",
    "- ",
    "* ",
    "1. ",
    "2) ",
    "10. ",
    "# ",
    "\t",
    "\u3000",
    "\u00a0",
    "- [ ] ",
    "- [x] ",
)
PIECES = [
    *(word.replace("_", " ") if len(word) > 2 else word for word in WORDS.split()),
    *(line + "\n" for line in LINES),
    *STARTS,
    "\n\n",
    "    ",
]
SEEDS = [given for _, given, _ in cases("rendering.md")]


def mutated(chance: random.Random) -> str:
    """One document: a case with some changes, or pieces of mark-up thrown together."""
    if chance.random() < 0.3:
        return "".join(chance.choice(PIECES) for _ in range(chance.randint(3, 25)))
    text = chance.choice(SEEDS)
    for _ in range(chance.randint(1, 5)):
        at, way = chance.randint(0, len(text)), chance.random()
        if way < 0.6:
            text = text[:at] + chance.choice(PIECES) + text[at:]
        elif way < 0.8:
            text = text[:at] + text[at + chance.randint(1, 10) :]
        else:
            other = chance.choice(SEEDS)
            start = chance.randint(0, len(other))
            text = text[:at] + other[start : start + chance.randint(1, 60)] + text[at:]
    return text


def unlike_github(text: str) -> str:
    """Take away what the oracle does not know: formulas, alerts, footnotes, emoji, Anki's marks."""
    for mark in ("$", "[^", "[!", "\\(", "\\[", ":tada:"):
        text = text.replace(mark, "")
    return text


def share_that_agrees(count: int, seed: int) -> tuple[float, list[str]]:
    """How many of the documents look as on GitHub, and the others."""
    chance = random.Random(seed)
    texts = [unlike_github(mutated(chance)) for _ in range(count)]
    others = [text for text in texts if difference(text)]
    return 1 - len(others) / count, others


def test_mutations_agree_with_github() -> None:
    share, others = share_that_agrees(400, seed=1)
    assert share >= 0.98, others


@pytest.mark.slow
def test_many_mutations_agree_with_github() -> None:
    share, others = share_that_agrees(5000, seed=2)
    assert share >= 0.99, (share, others[:20])
