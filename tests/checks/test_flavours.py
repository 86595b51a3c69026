"""What stays of the signs of other programs is said once a file, with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ankify import ReadOptions, read_project
from ankify.checks.rules import check

Write = Callable[[dict[str, str | bytes]], Path]
TOP = "# A\n\n## 1. What?\n\nSo.\n\n"


def said(root: Path) -> list[tuple[str, str]]:
    problems = check(read_project(root, ReadOptions(now=1)))
    return [(problem.rule, str(problem.location)) for problem in problems]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("![[nowhere]]\n\n![[nowhere]]", ["unread-embed"]),
        ("[sound:no.mp3]", ["unread-sound"]),
        ("![x](img/no wall.png)", ["spaced-path"]),
        ("a ![[b]]", ["unread-embed"]),
        ("author:: Mia", ["unread-property"]),
        ("So (due:: today).", ["unread-property"]),
        ("std::vector and `a:: b` and C:: x\n\nid:: 1", []),
        ("%% private", ["open-comment"]),
        ("a %% b, 100%%\n\n%%gone%%", []),
        ("```dataview\nLIST\n```", ["unread-query"]),
        ("```datalog\nx\n```", []),
        ("<br>\n- **a**", ["html-markdown"]),
        ("<div>\n\n- **a**\n\n</div>\n\n<pre>\n- **a**\n</pre>", []),
        ("{{< video x >}}", ["unread-directive"]),
        ("::: nothing", ["unread-directive"]),
        ("START\nBasic\nFront\nBack: b\nEND", ["unread-card"]),
        ("STARTI [Basic] a Back: b ENDI", ["unread-card"]),
        ("START your engine", []),
        ("{{c1::Rome}} is the capital.", []),
        ("((0f9a1c3e-77aa-4b1c-9c11-2a3b4c5d6e7f))", ["unread-reference"]),
        ("** 注意** 后面", ["open-emphasis"]),
        ("So **it is.\n\nThe end:** now\n\nit**:** is", ["open-emphasis"]),
        ("**a **", ["open-emphasis"]),
        ("2 ** 3, x**y, f(**x), `**a`, **kwargs, {**a_b}, a/**/b, int**, \\**a, **", []),
        ("Run `ls and so.\n\nAnd ls` too", ["open-code"]),
        ("`a`, ``b`c``, the sign ('`') and \"`\", \\`a, it`s, a ` b", []),
        ("So[^a] and [^b].\n\n[^a]: a note", ["open-footnote"]),
        ("`[^b]`, \\[^b] and [^b](c) and [^x]+", []),
        ("- Why? #card\n- What? #flashcard\n\n  So.", ["lone-card"]),
        ("See #cards/a and a#card and `#card` and #cardinal\n\n#exam #flashcards", []),
        ("$$\na\n\nb\n$$", ["open-formula"]),
        ("| a | b |\n|---|---|\n| `x||y` | z |", ["cut-table", "open-code"]),
        ("| a | b |\n|---|---|\n| `x\\|y` | $|z|$ |\n| c |", []),
        ("- x\n  | a | b |\n  |---|---|---|\n", ["cut-table"]),
        ('<img src="C:\\a.png"> <img src="file:///b.png">', ["image-outside"] * 2),
        ("| a | b |\n| c | d |\n| e | f |", ["cut-table"]),
        ("| a | b |\n| c | d |", []),
        ("[1](the other page) [2](a b)", ["spaced-link"]),
        ("f[i](x, y) `[a](b c)` [a](<b c>) [a](b 'c') [x] (a b)", []),
        ("{{youtube short}}", ["unread-directive"]),
        ("<div>x</div>\n\n![a](C:\\a.png)", ["image-outside"]),
        ("`![[y]]` `$$` **注意：**后面 ((a)) #+", []),
    ],
)
def test_what_is_left_is_said_once_with_its_line(
    project: Write, text: str, rules: list[str]
) -> None:
    found = said(project({"a.md": TOP + text + "\n"}))
    assert [rule for rule, _ in found] == rules
    assert all(place.startswith("a.md:") and int(place[5:]) >= 7 for _, place in found)


def test_a_fence_around_the_text_is_said_and_its_questions_are_read(project: Write) -> None:
    top = "---\ndeck: A\n---\n```markdown\n# A\n\n## 1. What?\n\n"
    root = project({"a.md": f"{top}```js\nx\n```\n\n## 2. Why?\n\nSo.\n```\n"})
    assert said(root) == [("outer-fence", "a.md:4")]
    notes = read_project(root, ReadOptions(now=1)).notes
    assert [note.question.line for note in notes] == [7, 13]


def test_notes_that_hold_each_other_are_said(project: Write) -> None:
    root = project({"a.md": f"{TOP}![[b]]\n", "b.md": "B.\n\n![[a]]\n"})
    assert said(root) == [("unread-embed", "a.md:7"), ("unread-embed", "b.md:3")]


def test_a_name_holds_in_all_notes_of_a_book(project: Write) -> None:
    notes = {"a.md": f"{TOP}[w](#walls)\n", "b.md": "(walls)=\n\nA wall.\n"}
    assert said(project(notes)) == [("dead-anchor", "a.md:7")]
    assert said(project({**notes, "myst.yml": ""})) == []


def test_links_to_headings_are_read_as_obsidian_writes_them(project: Write) -> None:
    headings = "## [[c|In C]]: `loops`\n\n## ~~Old~~ ones\n\n## Two\u00a0spaces  here ##\n"
    links = "[[#c In C loops]] [[#~~ Old~~ ones|x]] [[#Two spaces here]] [[#**Two spaces here **]]"
    notes = {"a.md": f"{TOP}{links} [[#Loops]]\n\n{headings}", "c.md": "![[a#c In C loops]]\n"}
    assert said(project(notes)) == [("dead-anchor", "a.md:7")]


def test_files_that_are_not_read_are_named(project: Write) -> None:
    root = project({"a.md": TOP, "b.ipynb": "{}", "sub/c.ipynb": "{}", "d.mdx": "x"})
    assert said(root) == [("unread-file", "b.ipynb"), ("unread-file", "d.mdx")]


def test_pictures_that_few_devices_show_are_reported(project: Write) -> None:
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    root = project({"a.md": f"{TOP}![x](a.heic)\n", "a.heic": heic})
    assert said(root) == [("image-format", "a.md:7")]


def test_a_used_picture_is_not_called_unused(project: Write) -> None:
    names = ("plain.png", "plant's.png", "f(x)=2.png", "root[1].png", "e\u0301.png", "a\u00a0b.png")
    pixel = b"\x89PNG\r\n\x1a\n"
    text = TOP + "\n\n".join(f"![x](<img/{name}>)" for name in names)
    root = project({"a.md": text, **{f"img/{name}": pixel + name.encode() for name in names}})
    assert said(root) == []


def test_a_gap_outside_of_all_questions_is_said(project: Write) -> None:
    text = "# Italy\n\n{{c1::Rome}} is old.\n\n## 1. Capital?\n\n{{c1::Rome}}.\n"
    assert said(project({"a.md": text})) == [("loose-cloze", "a.md:3")]
