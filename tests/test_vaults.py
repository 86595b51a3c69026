"""Folders of notes as their programs keep them, small: every picture ships, nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ankify import ReadOptions, read_project
from ankify.checks.rules import check

Write = Callable[[dict[str, str | bytes]], Path]
PIXEL = b"\x89PNG\r\n\x1a\n"

OBSIDIAN: dict[str, str | bytes] = {
    ".obsidian/templates.json": '{"folder": "Templates"}',
    "Templates/Question.md": "## 1. {{title}}\n\n{{date}}\n",
    "Assets/cell wall.png": PIXEL + b"1",
    "Assets/root.png": PIXEL + b"2",
    "Plants/Root.md": "---\ntags: [biology/plants]\naliases: [roots]\n---\n# Root\n\n"
    "## 1. What does a root do? #exam\n\n![[root.png|200]]\n\nIt ==drinks==. %%ask Mia%% ^r-1\n",
    "Plants/Leaf.md": "# Leaf\n\n## 1. What is around a cell?\n\n![[cell wall.png]]\n\n"
    "> [!tip]- See [[Root|the root]]\n> $x_1$\n\n![[Root#^r-1]]\n",
}
LOGSEQ: dict[str, str | bytes] = {
    "logseq/config.edn": "{}",
    "assets/image_1.png": PIXEL + b"3",
    "pages/Paging.md": "title:: Paging\n\n- What is a page? #card\n  id:: 0f9a\n"
    "  collapsed:: true\n"
    "\t- A block of memory. ![p](../assets/image_1.png){:height 30, :width 40}\n"
    "\t- See [[Frames]].\n",
    "journals/2024_01_01.md": "- Nothing today\n",
}
NOTION: dict[str, str | bytes] = {
    "Rocks 9f8e7d6c5b4a39281706f5e4d3c2b1a0.md": "# Rocks\n\n## 1. What is basalt?\n\n<aside>\n"
    "💡 Cold lava\n\n</aside>\n\n![b](Rocks%209f8e7d6c5b4a39281706f5e4d3c2b1a0/Untitled.png)\n",
    "Rocks 9f8e7d6c5b4a39281706f5e4d3c2b1a0/Untitled.png": PIXEL + b"4",
}
MYST: dict[str, str | bytes] = {
    "_toc.yml": "root: intro\n",
    "img/norm.png": PIXEL + b"5",
    "norms.md": "(sec-norms)=\n# Norms\n\n## 1. What is a norm? {#q-norm}\n\n"
    "```{math}\n:label: eq-n\n"
    "\\|x\\| \\ge 0\n```\n\n:::{figure} img/norm.png\n:name: fig-n\n\nA **ball**.\n:::\n\n"
    "```{note}\nSee {ref}`sec-norms`.\n```\n",
}
QUARTO: dict[str, str | bytes] = {
    "_quarto.yml": "project:\n  type: book\n",
    "plot.png": PIXEL + b"6",
    "fit.qmd": "---\ntitle: Fit\n---\n\n## 1. What does lm do? {#sec-lm}\n\n::: {.callout-note}\n"
    "## Least squares\n\n$$y = ax$$ {#eq-l}\n:::\n\n```{r}\n#| label: fit\nlm(y ~ x)\n```\n\n"
    "![A fit](plot.png){#fig-fit width=50%}\n",
}


@pytest.mark.parametrize(
    ("files", "cards", "shown"),
    [
        (OBSIDIAN, 2, ["<mark>drinks</mark>", "the root", r"\(x_1\)", 'width="200"']),
        (LOGSEQ, 1, ["A block of memory.", 'width="40"', "Frames"]),
        (NOTION, 1, ["💡 Cold lava"]),
        (MYST, 1, ["A <strong>ball</strong>", r"\|x\| \ge 0", "sec-norms"]),
        (QUARTO, 1, ["Least squares", "language-r", 'width="50%"', "<em>A fit</em>"]),
    ],
    ids=["obsidian", "logseq", "notion", "myst", "quarto"],
)
def test_a_folder_of_another_program_is_right_on_the_card(
    project: Write, files: dict[str, str | bytes], cards: int, shown: list[str]
) -> None:
    read = read_project(project(files), ReadOptions(now=1, for_phone=False))
    text = "\n".join(field for note in read.notes for field in note.fields)
    assert len(read.notes) == cards
    assert len(read.media) == sum(name.endswith(".png") for name in files)
    assert [words for words in shown if words not in text] == []
    left = (
        "[[",
        "%%",
        "==",
        "::",
        "{#",
        ":::",
        "{ref}",
        "[!",
        "^r-1",
        "#exam",
        "aside",
        "9f8e7d6c",
    )
    assert [sign for sign in left if sign in text] == []
    assert [problem.rule for problem in check(read)] == []


def test_a_build_says_once_which_signs_it_read_and_why(
    project: Write, run: Callable[..., tuple[int, str, str]]
) -> None:
    _, _, err = run("build", project(OBSIDIAN), "-o", "a.apkg", now=1)
    [line] = [line for line in err.splitlines() if "signs of other programs" in line]
    assert "(kept with obsidian: .obsidian)" in line
    assert "embed 2" in line
    assert "templates left out 1" in line
