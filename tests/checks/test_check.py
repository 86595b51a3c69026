"""The rules of `ankify check`: each finds what it is for, and nothing in what is right."""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import PIXEL, Files, Outcome

from ankify.checks.flavours import UNREAD
from ankify.checks.rules import RULES, check
from ankify.model import Location, Problem
from ankify.pipeline import ReadOptions, read_project

ROOT = Path(__file__).parent.parent.parent
Run = Callable[..., Outcome]
Write = Callable[[Files], Path]

PREFACED = (
    f"# Stacks\n\n{'Words on no card. ' * 10}"
    + "\n" * 20
    + "Q: What?\n\nA: X.\n\nQ: Why?\n\nA: So.\n"
)
TWO = "# Sums\n\n## 1. What is one and one?\n\nTwo.\n\n## 2. And two and two?\n\nFour.\n"
PAPER = "# {}\n\n[paper](https://arxiv.org/pdf/{})\n\n## 1. What is {}?\n\nA model.\n"


def numbered(*numbers: object) -> str:
    """A note file with questions of these numbers."""
    return "".join(f"## {n}. What is thing {n} of {i}?\n\nIt.\n\n" for i, n in enumerate(numbers))


def toc(*lines: str) -> str:
    """A note file with a table of contents over three questions."""
    body = "".join(
        f'<h2 id="{n}.{title}">{n}.{title}</h2>\n\nThat.\n\n'
        for n, title in enumerate(("What is a list?", "What is a set?", "What is a map?"), 1)
    )
    return "## Contents\n\n" + "".join(f"- {line}\n" for line in lines) + "\n" + body


GOOD_TOC = (
    "[1.What is a list?](#1.What%20is%20a%20list?)",
    "[2.What is a set?](#2.What%20is%20a%20set?)",
    "[3.What is a map?](#3.What%20is%20a%20map?)",
)

# What is found: files, and the problems as they are printed, without hints.
FOUND: dict[str, tuple[Files, list[str]]] = {
    "cloze-without-gap": (
        {
            "a.md": "## 1. What is a set?\n\n<!-- ankify: cards=cloze -->\n\nThings.\n\n"
            "## 2. What is a list?\n\nThings {{c1::in an order.\n"
        },
        [
            "a.md:1: warning: a cloze question without a gap: What is a set? [cloze-without-gap]",
            "a.md:7: warning: a gap that is never closed: What is a list? [cloze-without-gap]",
        ],
    ),
    "typed-answer-long": (
        {
            "a.md": "## 1. What is a set?\n\n<!-- ankify: cards=typed -->\n\nThings.\n\nOnce.\n"
            "\n## 2. What is a list?\n\n<!-- ankify: cards=typed -->\n\nThings in an order.\n"
        },
        [
            "a.md:1: warning: the answer cannot be typed: What is a set? [typed-answer-long]",
        ],
    ),
    "unclosed-block": (
        {
            "a.md": "## 1. What is a list?\n\n```python\n[1]\n\n## 2. And a set?\n\nX.\n",
            "b.md": "## 1. What is a list?\n\nX.\n\n<!-- todo\n\n**2. Why?**\n\n## Sets\n",
            "c.md": "## 1. What is a list?\n\n```\n[1]\n\n## 2. A set?\n\n```py\n{1}\n```\n",
        },
        [
            "a.md:3: warning: the code fence from here on holds a line that may head a question:"
            " line 6 [unclosed-block]",
            "b.md:5: warning: the comment from here on holds 2 lines that may head a question:"
            " line 7 [unclosed-block]",
            "c.md:3: warning: the code fence from here on holds a line that may head a question:"
            " line 6 [unclosed-block]",
        ],
    ),
    "numbered titles that were refused": (
        {
            "a.md": "# S\n\n## 1. Run queue\n\nWho waits.\n\n## 2. Build system\n\nWhat links.\n",
            "b.md": TWO,
        },
        [
            "a.md:3: warning: 2 numbered titles from here on make no card:"
            " they look like things to do, one after the other [refused-titles]"
        ],
    ),
    "a long list that is nearly all of a file": (
        {
            "a.md": "".join(f"{at}. The crop of plot {at}\n   - Barley.\n" for at in range(1, 11)),
            "b.md": TWO,
            "c.md": "".join(f"{at}. The crop of plot {at}\n   - Barley.\n" for at in range(1, 10)),
            "d.md": "## 1. What is a plot?\n\n"
            + "".join(f"{at}. The crop of plot {at}\n   - Barley.\n" for at in range(1, 11)),
        },
        [
            "a.md:1: warning: 10 numbered titles from here on make no card: they are bold text or"
            " list items below headings where none asks [refused-titles]"
        ],
    ),
    "titles without a number of which some ask": (
        {
            "ankify.toml": "[questions]\nunnumbered = true\n",
            "a.md": "## What is mulch?\n\nStraw.\n\n## Spade\n\nCuts.\n\n## Hoe\n\nLoosens.\n"
            "\n## Rake\n\nLevels.\n",
            "b.md": "## What is a set?\n\nThings.\n\n## What is a list?\n\nThings in an order.\n",
            "c.md": "## Spade\n\nCuts.\n\n## Hoe\n\nLoosens.\n",
        },
        [
            "a.md:1: warning: 4 titles from here on make no card:"
            " they ask, but too few of them [refused-titles]"
        ],
    ),
    "text below the questions": (
        {
            "a.md": "<details><summary>1. What is x?</summary>\n\nX.\n\n</details>\n\n"
            + "Words on no card. " * 10
            + "\n"
        },
        ["a.md:7: warning: lines 7 - 7 are on no card (130 letters) [text-on-no-card]"],
    ),
    "the most of a file above its questions": (
        {"a.md": PREFACED, "README.md": PREFACED},
        ["a.md:1: warning: lines 1 - 3 are on no card (136 letters) [text-on-no-card]"],
    ),
    "a question in the answer above": (
        {
            "a.md": "## 1. What is x?\n\nX.\n2. What is y?\n\nY.\n\n## 3. Why?\n\nSo.\n"
            "\n## 4. Whose?\n\nOurs.\n"
        },
        [
            "a.md:4: warning: question 2 seems to be in the answer to 1 [swallowed-question]",
        ],
    ),
    "a question in the last answer, but for one that ends a list": (
        {
            "a.md": "## 1. What is x?\n\nX.\n\n## 2. What is y?\n\nY.\n\n**3. Why?**\n\nSo.\n",
            "b.md": "## 1. What is z?\n\nZ.\n\n## 2. Who asks?\n\nThey do:\n\n"
            "1. Is it x?\n2. Is it y?\n3. Is it z?\n",
        },
        ["a.md:9: warning: question 3 seems to be in the answer to 2 [swallowed-question]"],
    ),
    "a label that is not known": (
        {
            "a.md": "Zgadka 1: What floats?\n\nWood.\n\nZgadka 2: What sinks?\n\nIron.\n"
            "\nZgadka 3: What flies?\n\nA kite.\n",
            "b.md": TWO,
        },
        [
            "a.md:1: warning: 3 titles from here on look like questions, and make no card"
            " [untaken-questions]",
        ],
    ),
    "missing-image": (
        {"a.md": TWO + "\n![x](figure.png)\n", "Figure1.png": PIXEL},
        [
            "a.md:11: warning: image not found: figure.png [missing-image]",
        ],
    ),
    "image-case": (
        {"a.md": TWO + "\n![x](x.png)\n", "X.png": PIXEL},
        [
            "a.md:11: warning: image is spelled otherwise on disk: x.png is X.png [image-case]",
        ],
    ),
    "image-outside": (
        {"a.md": TWO + "\n![x](../x.png)\n"},
        ["a.md:11: warning: image is outside of the notes folder: ../x.png [image-outside]"],
    ),
    "remote-image": (
        {"a.md": TWO + "\n![x](https://example.org/x.png)\n"},
        [
            "a.md:11: warning: image is not in the deck, only linked: https://example.org/x.png"
            " [remote-image]"
        ],
    ),
    "broken-image": (
        {"a.md": TWO + "\n![x](x.png)\n", "x.png": b""},
        ["a.md:11: warning: image is empty: x.png [broken-image]"],
    ),
    "large-image": (
        {"a.md": TWO + "\n![x](x.png)\n", "x.png": PIXEL + bytes(5_000_000)},
        ["a.md:11: warning: image has 5.0 MB: x.png [large-image]"],
    ),
    "unreferenced-image": (
        {
            "a.md": TWO + "\n![x](i/x.png)\n",
            **dict.fromkeys(("i/x.png", "i/old one.png", "i/scan.TIFF"), PIXEL),
        },
        [
            f"i/{name}: warning: no note file names this picture [unreferenced-image]"
            for name in ("old one.png", "scan.TIFF")
        ],
    ),
    "unreadable": (
        {"a.md": TWO + "\n![x](x.png)\n", "b.md": b"# B\n\n## 1. Caf\xe9?\n\nYes.\n"},
        [
            "a.md:11: warning: image not found: x.png [missing-image]",
            "b.md:3: error: not UTF-8 (byte 0xe9) [unreadable]",
        ],
    ),
    "mixed-line-ends": (
        {"a.md": TWO.replace("\n", "\r\n", 1)},
        [
            "a.md:1: warning: mixed line endings (1 lines of 9 end in CRLF) [mixed-line-ends]",
        ],
    ),
    "unbalanced-formula": (
        {"a.md": TWO + "\nFor\n\n$$\n\\frac{1}{2\n$$\n\nand $\\left( x$.\n"},
        [
            "a.md:13: warning: formula is not balanced: { is not closed [unbalanced-formula]",
            "a.md:17: warning: formula is not balanced: \\left is not closed [unbalanced-formula]",
        ],
    ),
    "undrawn-command": (
        {"a.md": TWO + "\n$\\bm{x} \\text{\\bm}$ and\n$\\bm{y}\\href{javascript:x}{z}$\n"},
        [
            "a.md:11: warning: not drawn on the card, but shown as text: \\bm [undrawn-command]",
            "a.md:12: warning: not drawn on the card, but shown as text: \\href [undrawn-command]",
        ],
    ),
    "wide-formula": (
        {"a.md": TWO + f"\n$$\n\\frac{{{'a + ' * 20}b}}{{2}}\n$$\n\n${'a + ' * 20}b$\n"},
        [
            "a.md:11: warning: formula is about 35 em wide, and a phone shows 20 [wide-formula]",
            "a.md:15: warning: formula is about 39 em wide, and a phone shows 20 [wide-formula]",
        ],
    ),
    "spaced-formula": (
        {"a.md": TWO + "\nOne\nand $ x^2 $ too.\n"},
        [
            "a.md:12: warning: no formula on GitHub, with spaces inside its $ signs: $ x^2 $"
            " [spaced-formula]"
        ],
    ),
    "formula-in-code": (
        {"a.md": TWO + "\nIt is `$x^2$` so.\n\n    $$\n    x_{i}\n    $$\n"},
        [
            "a.md:11: warning: formula in code, so it is shown as it is written: `$x^2$`"
            " [formula-in-code]",
            "a.md:13: warning: formula in a code block, so it is shown as it is written"
            " [formula-in-code]",
        ],
    ),
    "formula-in-code after other code": (
        {"a.md": TWO + "\n`$x^2$`, `a\nb` and\n`c` and `$y^2$`,\n`$x^2$`; $ z^2 $.\n"},
        [
            f"a.md:{line}: warning: formula in code, so it is shown as it is written: `{code}`"
            " [formula-in-code]"
            for line, code in ((11, "$x^2$"), (13, "$y^2$"), (14, "$x^2$"))
        ]
        + [
            "a.md:14: warning: no formula on GitHub, with spaces inside its $ signs: $ z^2 $"
            " [spaced-formula]"
        ],
    ),
    "removed-html": (
        {"a.md": TWO + "\nPut it into the <form> tag, <form> I say.\n"},
        [
            "a.md:11: warning: <form> is left out of the cards, as on GitHub; what it holds stays"
            " [removed-html]"
        ],
    ),
    "question-without-answer": (
        {"a.md": TWO + "\n## 3. And three and three?\n"},
        [
            "a.md:11: warning: question without an answer: And three and three?"
            " [question-without-answer]"
        ],
    ),
    "many questions without an answer": (
        {"a.md": TWO, "b.md": "# B\n\n## 1. What is x?\n\n## 2. What is y?\n\n## 3. What is z?\n"},
        [
            "b.md:3: warning: 3 numbered headings from here on, and no answer below any of them"
            " [question-without-answer]"
        ],
    ),
    "far more questions without an answer": (
        {"a.md": TWO + "".join(f"\n## {n}. What is {n}?\n" for n in range(3, 14))},
        ["a.md:11: warning: 11 questions without an answer from here on [question-without-answer]"],
    ),
    "long-answer": (
        {"a.md": TWO + "word " * 500 + "\n"},
        [
            "a.md:7: warning: answer of 2,505 characters: And two and two? [long-answer]",
        ],
    ),
    "duplicate-question in a section": (
        {"a.md": TWO + "\n## 3. What is one and one?\n\nStill two.\n"},
        [
            "a.md:11: warning: the same question as at line 3: What is one and one?"
            " [duplicate-question]"
        ],
    ),
    "duplicate-question in another file": (
        {
            "a.md": "# A\n\n## 1. What does zero do?\n\n" + "It keeps what is there. " * 3,
            "b.md": "# B\n\n## 1. What does zero do?\n\n" + "It keeps what is here. " * 3,
        },
        [
            "b.md:3: warning: the same question as at a.md:3: What does zero do?"
            " [duplicate-question]"
        ],
    ),
    "duplicate-question with another mark at its end": (
        {"a.md": TWO + "\n## 3. What is one and one\n\nStill two.\n"},
        [
            "a.md:11: warning: the same question as at line 3: What is one and one"
            " [duplicate-question]"
        ],
    ),
    "duplicate-id": (
        {
            "a.md": TWO + "\n<!-- ankify: id=sum -->\n",
            "b.md": "# B\n\n## 1. And two?\n\nB. <!-- ankify: id=sum -->\n\n"
            "## 2. And three?\n\nC. <!-- ankify: id=sum -->\n",
        },
        [
            "b.md:3: warning: the mark id=sum is on a.md:7, too: it counts for neither"
            " [duplicate-id]",
            "b.md:7: warning: the mark id=sum is on a.md:7, too: it counts for neither"
            " [duplicate-id]",
        ],
    ),
    "duplicate-id in one file": (
        {"a.md": TWO.replace("Two.", "Two. <!-- ankify: id=x -->") + "\n<!-- ankify: id=x -->\n"},
        [
            "a.md:7: warning: the mark id=x is on line 3, too: it counts for neither"
            " [duplicate-id]",
        ],
    ),
    "duplicate-number": (
        {"a.md": numbered(1, 2, 3, 3, 4)},
        ["a.md:13: warning: number 3 appears twice (first at line 9) [duplicate-number]"],
    ),
    "number-gap": (
        {"a.md": numbered(1, 2, 4, 5)},
        ["a.md:9: warning: no question 3: 2 is followed by 4 [number-gap]"],
    ),
    "number-gap of two parts": (
        {"a.md": numbered("1.1", "1.2", "1.3", "1.5")},
        ["a.md:13: warning: no question 1.4: 1.3 is followed by 1.5 [number-gap]"],
    ),
    "unnumbered-questions": (
        {
            "a.md": TWO,
            "b.md": "# B\n\n" + "".join(f"## What is {it}?\n\n{it}.\n\n" for it in "vwxy"),
        },
        ["b.md: warning: 4 questions without a number make no card [unnumbered-questions]"],
    ),
    "no-question": (
        {"a.md": "# Diary\n\nNothing to ask.\n"},
        [".: error: no question found, so there is no deck to write [no-question]"],
    ),
    "title-id-mismatch": (
        {
            "a.md": '<h2 id="1.What is A?">1.What is B?</h2>\n\nX.\n\n'
            '<h2 id="2.How does B end?">2.How does B end?</h2>\n\nSoon.\n'
        },
        [
            "a.md:1: warning: the title is 'What is B?', but its id is '1.What is A?'"
            " [title-id-mismatch]"
        ],
    ),
    "dead-anchor": (
        {"a.md": toc(*GOOD_TOC[:2], "[3.What is a map?](#What%20is%20a%20map?)")},
        ["a.md:5: warning: the link leads nowhere: #What%20is%20a%20map? [dead-anchor]"],
    ),
    "dead-anchor in raw HTML": (
        {
            "a.md": TWO
            + "\n`<!--` a\n<a class='x'\n href='#gone'>b</a>, `c\nd` <a href='#no'>e</a>\n"
            "\n<p>\n<a href='#f'>g</a></p>\n"
        },
        [
            f"a.md:{line}: warning: the link leads nowhere: #{name} [dead-anchor]"
            for line, name in ((12, "gone"), (14, "no"), (17, "f"))
        ],
    ),
    "toc-reworded": (
        {"a.md": toc(*GOOD_TOC[:2], "[3.How does a dict work?](#3.What%20is%20a%20map?)")},
        [
            "a.md:5: warning: the table of contents says 'How does a dict work?', the heading at"
            " line 15 'What is a map?' [toc-reworded]"
        ],
    ),
    "toc-missing": (
        {"a.md": toc(*GOOD_TOC) + '<h2 id="4.What is a heap?">4.What is a heap?</h2>\n\nA tree.\n'},
        ["a.md:19: warning: not in the table of contents: What is a heap? [toc-missing]"],
    ),
    "toc-extra": (
        {"a.md": toc(*GOOD_TOC, "[4.Why do graphs matter?](#4.Why)")},
        [
            "a.md:6: warning: the link leads nowhere: #4.Why [dead-anchor]",
            "a.md:6: warning: in the table of contents, but not in the file: Why do graphs matter?"
            " [toc-extra]",
        ],
    ),
    "same-paper-link": (
        {
            "a.md": PAPER.format("A", "2401.00001", "A"),
            "b.md": PAPER.format("B", "2401.00001v2", "B"),
        },
        ["b.md:3: warning: the same paper as in a.md:3: 2401.00001 [same-paper-link]"],
    ),
    "unknown-comment": (
        {
            "a.md": TWO
            + "\nAnd <!-- ankify: ignor -->\nso <!-- ankify: id=b\ncards=image --> on.\n\n"
            "<div>\n<!-- ankify: id = c -->\n<!-- ankify: -->\n</div>\n"
        },
        [
            f"a.md:{line}: warning: ankify does not know this comment: {said} [unknown-comment]"
            for line, said in ((11, "ignor"), (12, "id=b cards=image"), (16, "id = c"), (17, ""))
        ],
    ),
    "unknown-rule": (
        {
            "a.md": TWO + "\n<!-- ankify: off=log-answer -->\n",
            "ankify.toml": '[check]\noff = [\n "nonsense-rule",\n]\n',
        },
        [
            "a.md:11: error: no such rule: log-answer [unknown-rule]",
            "ankify.toml:3: error: no such rule: nonsense-rule [unknown-rule]",
        ],
    ),
}

# What is right, and looks wrong at first sight.
RIGHT: dict[str, Files] = {
    "gaps, of which code holds some": {
        "a.md": "## 1. What is a set?\n\n{{c1::Things}}, each `{{c1::once`.\n"
        "\n## 2. How are gaps written?\n\nAs `{{c1::x}}`.\n"
    },
    "two good questions": {"a.md": TWO},
    "a picture named in code, and one in a folder of which none is used": {
        "a.md": TWO + "\n![x](i/x.png)\n\n`i/y (1).png`\n",
        "i/x.png": PIXEL,
        "i/y (1).png": PIXEL,
        "site/logo.png": PIXEL,
    },
    "fences and comments that hold titles": {
        "a.md": TWO + "\n~~~sh\n## 3. What?\n~~~\n\n<!-- ## 4. Why? -->\n\n"
        "````md\n## 5. Who?\n```py\nx\n```\n````\n",
        "b.md": TWO + "\n```md\n## 3. Who?\n```py\nx\n```\n",
        "c.md": TWO + "\n```sh\n# 3. Make it\nmake it\n",
    },
    "marks of a git conflict in code, and one alone": {
        "a.md": TWO + "\n```\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n```\n",
        "b.md": TWO.replace("one", "One") + "\n<<<<<<< HEAD\n\nRome\n=======\n\nTwo.\n",
    },
    "a price, a shell prompt and a variable": {
        "a.md": TWO + "\nIt costs $ 5 and $ 6.\n\n    $ ls -l $HOME\n\nSay `$name$` and `$x`.\n"
    },
    "a formula in a code block that shows how to write it": {
        "a.md": TWO + "\n```latex\n$$x^2$$\n```\n"
    },
    "TeX in code that is not whole": {"a.md": TWO + "\nSo:\n\n    $\\frac{1$ and $x$\n"},
    "a tag in code": {"a.md": TWO + "\nPut it into `<form>`.\n\n```html\n<form></form>\n```\n"},
    "numbers that start again in each section": {
        "a.md": "# A\n\n"
        + "".join(
            f"## {part}\n\n### 1. What is {part} one?\n\nOne.\n\n### 2. And two?\n\nB.\n\n"
            for part in ("Lists", "Sets")
        )
    },
    "numbers with letters": {"a.md": numbered(1, 2, "3a", "3b", 4, 5)},
    "a number that a heading without a card has": {
        "a.md": numbered(1, 2, 3) + "## 4. References\n\nA book.\n\n" + numbered(5, 6)
    },
    "the same words with other code": {
        "a.md": "".join(
            f"## {n}. What does this print?\n\n```js\nf({n})\n```\n\n- A: {n}\n- B: 0\n\n"
            f"<details><summary>Answer</summary>\n\n{n}\n\n</details>\n\n"
            for n in range(1, 4)
        )
    },
    "titles that differ in signs alone": {
        "a.md": "# A\n\n"
        + "".join(
            f"## {n}. {title}\n\nAs the table of all of these says it, further below.\n\n"
            for n, title in enumerate(
                (
                    *("What is C?", "What is C++?", "What is `==`?", "What is `===`?"),
                    *("What is `.`?", "What is `..`?", "2 + 2", "2 - 2", "22", "What is $x_2$?"),
                    *("What is $x-2$?", "What is `map`?", "What is `Map`?", "😢", "🎉"),
                ),
                1,
            )
        ),
        "b.md": "# B\n\n## 1. What is thing 11-1?\n\n" + "Nothing that is known. " * 3,
        "c.md": "# C\n\n## 1. What is thing 1-11?\n\n" + "Nothing that is known. " * 3,
    },
    "a mark on a question and on one with gaps": {
        "a.md": TWO.replace("Four.", "Four. <!-- ankify: id=x -->")
        + "\n## 3. What is a {{c1::set}}?\n\nThings. <!-- ankify: id=x -->\n"
    },
    "the same question about two things": {
        "a.md": "# A\n\n## 1. What does it cost?\n\n"
        + "A great deal of memory, as it copies. " * 2,
        "b.md": "# B\n\n## 1. What does it cost?\n\n" + "Nothing but one lookup in a table. " * 2,
    },
    "a link that is a comment, or code": {
        "a.md": TWO + "\nA <!-- <a href='#x'>X</a> --> `<a href='#y'>Y</a>` Z.\n\n"
        "<!-- <a href='#x'>X</a>\n<h2>3. Why?</h2> -->\n\n<p><!-- <a href='#x'>X</a> --></p>\n"
    },
    "comments to ankify": {
        "a.md": "<!-- ankify: question -->\n# 1. A?\n\nB <!-- ankify: cards=formula, image -->\n\n"
        "<!--ankify:id=c-d-->\n<!-- ankify: off = long-answer, dead-anchor -->\n"
        "`<!-- ankify: e -->`\n\n```\n<!-- ankify: f -->\n```\n\n"
        "# 2. G?\n\nH\n\n<!-- ankify:\nignore\n-->\n<!-- ankify: cards=none -->\n"
    },
    "an id that is short for its title": {
        "a.md": '<h2 id="lists">1.What is a list?</h2>\n\nX.\n\n<h2 id="q2">2.Why?</h2>\n\nY.\n'
    },
    "an id that names the section otherwise": {
        "a.md": '<a id="intro"></a>\n\n# <a name="general-remarks">Introduction</a>\n\n'
        '<h2 id="1.What is x?">1.What is x?</h2>\n\nX.\n\n<h2 id="2-y">2.Why?</h2>\n\nY.\n'
    },
    "a table of contents that is right": {"a.md": toc(*GOOD_TOC)},
    "a table of contents that shortens": {
        "a.md": toc(*GOOD_TOC[:2], "[3.A map?](#3.What%20is%20a%20map?)")
    },
    "anchors as GitHub makes them": {
        "a.md": "".join(
            f"- [{title}](#{anchor})\n"
            for title, anchor in (
                ("1. What's new, in C++?", "1-whats-new-in-c"),
                ("2. 什么是集合？", "2-什么是集合"),
                ("3. Why `a_b`?", "3-why-a_b"),
                ("4. What's  two?", "4-whats--two"),
                ("4. What's  two?", "4-whats--two-1"),
                ("back", "top"),
                ("mark", "here"),
            )
        )
        + "\n## 1. What's new, in C++?\n\nX.\n"
        "\n## 2. 什么是集合？\n\nX.\n\n## 3. Why `a_b`?\n\nX.\n"
        "\n## 4. What's  two?\n\nX.\n\n# B\n\n## 4. What's  two?\n\n<a name='here'></a>Y.\n"
    },
    "an anchor for other sites than GitHub": {
        "a.md": "[x](#x)\n\n## 1. What is x? {#x}\n\nX.\n\n## 2. Why?\n\nY.\n"
    },
    "two files about one paper among others": {
        "a.md": PAPER.format("A", "2401.00001", "A"),
        "b.md": PAPER.format("B", "2401.00002", "B").replace(
            "## 1", "[see also](https://arxiv.org/abs/2401.00001)\n\n## 1"
        ),
    },
    "an answer that is a link": {
        "a.md": TWO + "\n## 3. Why?\n\n[[Answer]](https://example.org/)\n"
    },
    "a question that stands in two sections and in the table of contents": {
        "a.md": "- [1. What is x?](#1-what-is-x)\n- [2. What is y?](#2-what-is-y)\n"
        "- [3. What is x?](#1-what-is-x)\n- [4. What is z?](#4-what-is-z)\n\n# A\n\n"
        "## 1. What is x?\n\nOne.\n\n## 2. What is y?\n\nTwo.\n\n# B\n\n"
        "## 3. What is x?\n\nThree.\n\n## 4. What is z?\n\nFour.\n"
    },
    "the same heading over links to other places": {
        name: f"# {name}\n\n## 1. Where is the code?\n\nSee https://example.org/the/code/of/{name}/x\n"
        for name in ("a.md", "b.md")
    },
    "a paper that an answer cites": {
        "a.md": PAPER.format("A", "2401.00001", "A"),
        "b.md": TWO + "\nSee https://arxiv.org/abs/2401.00001\n",
    },
}


def problems(root: Path) -> list[str]:
    found = check(read_project(root, ReadOptions(tolerant=True)))
    return [str(problem).split("\n")[0] for problem in found]


@pytest.mark.parametrize("case", FOUND)
def test_a_rule_finds_what_it_is_for(project: Write, case: str) -> None:
    files, expected = FOUND[case]
    assert problems(project(files)) == expected


@pytest.mark.parametrize("case", RIGHT)
def test_what_is_right_is_left_alone(project: Write, case: str) -> None:
    assert problems(project(RIGHT[case])) == []


def test_every_rule_is_seen_to_find_something() -> None:
    seen = {re.findall(r"\[([a-z-]+)\]$", line)[0] for _, lines in FOUND.values() for line in lines}
    # of identity, and of the question reader
    elsewhere = {"uncertain-match", "questions-gone", "undecided-file"}
    foreign = {
        "cut-table",
        "outer-fence",
        "unread-file",
        "unread-query",
        "unfollowed-link",
        "html-markdown",
        "image-format",
        "front-matter",
    }  # in tests of their own
    foreign |= {sign.rule for sign in UNREAD}
    assert seen | elsewhere | foreign == set(RULES)


def raised(node: ast.AST) -> list[ast.expr]:
    """What may be a rule's id: the first arguments of what makes a problem, and (id, message)."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return node.args[:2] if name in ("Problem", "Refused", "_problem") else []
    is_pair = isinstance(node, ast.Tuple) and len(node.elts) == 2
    return node.elts[:1] if is_pair and isinstance(node.elts[1], ast.JoinedStr) else []


def test_the_rules_that_the_source_raises_are_those_with_documentation() -> None:
    named = {
        argument.value
        for path in (ROOT / "ankify").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for argument in raised(node)
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
    assert (named | {sign.rule for sign in UNREAD}) - {""} == set(RULES)


def test_the_page_of_the_rules_is_made_of_their_own_words(
    documented: Callable[[str, str], None],
) -> None:
    lines = []
    for rule in sorted(RULES.values(), key=lambda rule: rule.id):
        title, _, text = rule.text.partition("\n\n")
        assert "\n" not in title, rule.id
        assert not title.endswith("."), rule.id
        lines += [f"### `{rule.id}`", f"**{title}.**", *filter(None, [text])]
    documented("rules.md", "\n\n".join(lines))


HINTS = {
    "missing-image": "did you mean Figure1.png?",
    "dead-anchor": "the nearest anchor is #3.What is a map?",
    "spaced-formula": "write $x^2$",
    "unknown-rule": "did you mean long-answer?",
}


@pytest.mark.parametrize("rule", HINTS)
def test_a_hint_names_what_is_nearest(project: Write, rule: str) -> None:
    found = check(read_project(project(FOUND[rule][0])))
    assert found[0].hint == HINTS[rule]


def test_problems_sort_by_place_whatever_hints_they_have() -> None:
    place = Location("a.md", 2)
    one, two = Problem(place, "b", "c", hint="d"), Problem(place, "b", "c")
    first = Problem(Location("a.md", 1), "z", "z")
    assert sorted([one, two, first]) == [first, one, two]
    assert {one, two} == {one}


# Switching off ----------------------------------------------------------------------------------

LONG = "# Long\n\n## 1. Why one?\n\n{}\n\n## 2. Why two?\n\n{}\n"
WORDS = "word " * 500
OFF = "<!-- ankify: off=long-answer -->"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (LONG.format(WORDS, WORDS), [3, 7]),
        (LONG.format(f"{WORDS}\n{OFF}", WORDS), [8]),
        (LONG.format(WORDS, f"{OFF}\n{WORDS}"), [3]),
        (LONG.format(WORDS, WORDS).replace("## 2", f"{OFF}\n\n## 2"), [3]),
        (LONG.format(WORDS, WORDS).replace("## 1", f"{OFF}\n\n## 1"), []),
        (
            LONG.format(WORDS, WORDS).replace("## 1", "<!-- ankify: off=dead-anchor -->\n\n## 1"),
            [5, 9],
        ),
    ],
    ids=["on", "in one answer", "in the other", "above a question", "above all", "another rule"],
)
def test_a_comment_switches_a_rule_off(project: Write, text: str, left: list[int]) -> None:
    found = check(read_project(project({"a.md": text})))
    assert [problem.location.line for problem in found] == left


def test_ankify_toml_switches_a_rule_off_for_build_too(project: Write) -> None:
    root = project({"a.md": TWO + "\n![x](x.png)\n" + WORDS})
    assert [p.rule for p in check(read_project(root))] == ["long-answer", "missing-image"]
    (root / "ankify.toml").write_text('[check]\noff = ["missing-image", "long-answer"]\n')
    assert read_project(root).problems == check(read_project(root)) == ()


# The command ------------------------------------------------------------------------------------


def test_check_prints_problems_to_stdout_and_the_count_to_stderr(project: Write, run: Run) -> None:
    project({"a.md": TWO + "\n![x](x.png)\n"})
    expected = "notes/a.md:11: warning: image not found: x.png [missing-image]\n"
    assert run("check") == (0, expected, "0 errors, 1 warning in 2 questions\n")
    assert run("check", "--strict") == (1, expected, "0 errors, 1 warning in 2 questions\n")


def test_check_of_good_notes_says_so(project: Write, run: Run) -> None:
    root = project({"a.md": TWO})
    assert run("check", "--strict") == (0, "", "0 errors, 0 warnings in 2 questions\n")
    assert [path.name for path in root.iterdir()] == ["a.md"]


def test_the_marks_of_a_git_conflict_are_an_error(project: Write, run: Run) -> None:
    project({"a.md": "## 1. Where is it?\n\n<<<<<<< HEAD\nRome\n=======\nOslo\n>>>>>>> other\n"})
    said = "notes/a.md:3: error: git's marks of a conflict are in the notes"
    assert run("check")[:2] == (
        1,
        f"{said} [unreadable]\n  hint: keep what is right of lines 3 - 7, and remove the lines"
        " <<<<<<<, ======= and >>>>>>>\n",
    )
    code, _, err = run("build")
    assert (code, err.split("\n")[0]) == (1, said)
    assert not Path("build").exists()


def test_links_that_are_not_followed_are_named(project: Write, run: Run, tmp_path: Path) -> None:
    root = project(
        {"a.md": TWO, "in/b.md": numbered(1, 2), "ankify.toml": "[questions]\nignore=['x*']"}
    )
    project({"o.md": TWO}, "out")
    links = {"dead.md": "nowhere.md", "linkdir": "../out", "o.md": "../out/o.md"}
    links |= {"inner": "in", "inner.md": "in/b.md", "gone.png": "none"}  # nothing is lost
    links |= {"x": "../out", ".git": "../out"}  # ignored
    for name, target in links.items():
        (root / name).symlink_to(target)
    lines = [
        "notes/dead.md: warning: a link that leads nowhere: nowhere.md [unfollowed-link]",
        "notes/linkdir: warning: a link out of the notes folder is not followed: ../out"
        " [unfollowed-link]",
        "notes/o.md: warning: a link out of the notes folder is not followed: ../out/o.md"
        " [unfollowed-link]",
    ]
    found = run("check")[1].splitlines()
    assert [line for line in found if not line.startswith("  hint: ")] == lines
    assert [line for line in run("build")[2].splitlines() if "unfollowed" in line] == lines


def test_a_folder_that_cannot_be_read_is_an_error_beside_others(
    project: Write, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    project({"a.md": TWO + "\n![x](x.png)\n", "sub/ankify.toml": "", "sub/b.md": TWO})
    scan = os.scandir

    def refuse(folder: Any) -> Any:
        if Path(folder).name == "sub":
            raise PermissionError(13, "Permission denied", str(folder))
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    code, out, err = run("check")
    assert (code, err) == (1, "1 error, 1 warning in 2 questions\n")
    assert out.splitlines() == [
        "notes/a.md:11: warning: image not found: x.png [missing-image]",
        "notes/sub: error: cannot read the folder: Permission denied [unreadable]",
    ]
    assert run("build")[0] == 1
    assert run("build")[2] == "notes/sub: error: cannot read the folder: Permission denied\n"


def test_check_names_files_that_make_no_card(project: Write, run: Run) -> None:
    lost = "### Card: {}\n\nThings of a kind, in an order that says what is taken first.\n\n"
    cards = "# Cards\n\n" + lost.format("Stack") + lost.format("Queue")
    links = "# All\n\n" + "".join(f"- [{name}]({name * 9}.md)\n" for name in "abcdef")
    root = project({"a.md": TWO, "README.md": cards, "all.md": links, "c.md": "Soon.\n"})
    code, _, err = run("check", "--strict")
    assert (code, err) == (0, "0 errors, 0 warnings in 2 questions\n")
    for name in "de":
        (root / f"{name}.md").write_text(cards)
    code, _, err = run("check", "--strict")
    assert (code, err.splitlines()[1:]) == (
        0,
        [
            "2 files make no card (notes/d.md, notes/e.md);"
            " `ankify list --why` says how titles are read"
        ],
    )
    for name in "fg":
        (root / f"{name}.md").write_text(cards)
    assert "(notes/d.md, notes/e.md, notes/f.md, and 1 more)" in run("check")[2]
    assert "make no card" not in run("check", "--format", "json")[2]


def test_an_error_makes_check_exit_with_one(project: Write, run: Run) -> None:
    project({"a.md": TWO, "b.md": b"# B\n\n## 1. Caf\xe9?\n\nYes.\n"})
    code, _, err = run("check")
    assert (code, err) == (1, "1 error, 0 warnings in 2 questions\n")


def test_check_shows_what_is_wrong_in_ankify_toml_as_a_problem(project: Write, run: Run) -> None:
    project({"a.md": TWO, "ankify.toml": "[deck]\nnmae = 1\n"})
    code, out, err = run("check", "--format", "json")
    assert (code, err) == (1, "")
    assert json.loads(out) == [
        {
            "file": "ankify.toml",
            "line": 2,
            "rule": "unreadable",
            "severity": "error",
            "message": "unknown setting 'nmae'",
            "hint": "did you mean name?",
        }
    ]


def test_annotations_are_escaped_as_github_wants_it(project: Write, run: Run) -> None:
    project({"a, 50%.md": TWO + "\n![x](100%25:x.png)\n"})
    code, out, err = run("check", "--format", "github")
    assert (code, err) == (0, "")
    assert out == (
        "::warning file=notes/a%2C 50%25.md,line=11,title=missing-image::"
        "image not found: 100%2525:x.png\n"
    )


def test_a_hint_stands_in_the_second_line_of_an_annotation(project: Write, run: Run) -> None:
    project({"a.md": TWO + "\n![x](figure.png)\n", "Figure1.png": PIXEL})
    _, out, _ = run("check", "--format", "github")
    assert out.endswith("image not found: figure.png%0Adid you mean Figure1.png?\n")


def test_build_shows_twenty_problems_and_names_check(project: Write, run: Run) -> None:
    pictures = "".join(f"![x](x{n}.png)\n" for n in range(30))
    project({"a.md": TWO + pictures})
    code, _, err = run("build")
    lines = err.splitlines()
    assert code == 0
    assert len([line for line in lines if "missing-image" in line]) == 20
    assert "... and 10 more: run `ankify check notes`" in lines


def test_the_hook_of_pre_commit_runs_check(project: Write, run: Run) -> None:
    project({"a.md": TWO + "\n![x](x.png)\n"})
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["pass_filenames"] is False
    program, *arguments = hook["entry"].split()
    assert program == "ankify"
    assert run(*arguments)[1].startswith("notes/a.md:11: warning: ")
    assert f"id: {hook['id']}" in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
