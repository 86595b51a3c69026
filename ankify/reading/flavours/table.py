"""The signs of other programs that are read: what each is, what it becomes, when it is taken."""

from __future__ import annotations

from typing import NamedTuple

# By the name for `[markdown] flavour`: what tells that a folder was written for the program.
FLAVOURS = {
    "obsidian": (".obsidian",),
    "logseq": ("logseq/config.edn",),
    "notion": (),  # 32 hex digits in the names of files
    "myst": ("myst.yml", "_toc.yml"),
    "quarto": ("_quarto.yml", "_quarto.yaml"),
}


REFERRED = ("fig", "eq", "sec", "tbl", "tab", "lst", "thm", "def", "exm")  # @fig-x


class Sign(NamedTuple):
    """A sign: its name for `[markdown] off`, who writes it, an example, what it becomes.

    `taken` says when it is taken under `flavour = "auto"`; `hints` are the texts without one of
    which it is not in a file.
    """

    name: str
    programs: str
    example: str
    becomes: str
    taken: str
    hints: tuple[str, ...]


SIGNS = (
    Sign(
        "embed",
        "Obsidian",
        "`![[leaf.png|300]]`, `![[talk.mp3]]`",
        "the picture, 300 pixels wide; the sound; by its name alone anywhere in the notes",
        "always",
        ("![[",),
    ),
    Sign(
        "note-embed",
        "Obsidian",
        "`![[Clouds]]`, `![[Clouds#Rain]]`",
        "the text of that note, or of the section, in a quote",
        "where there is such a note file",
        ("![[",),
    ),
    Sign(
        "wiki-link",
        "Obsidian, Logseq",
        "`[[Root hair|the hairs]]`",
        "its text, or with `[source] url` a link to that note",
        "where it can be no index or list: `m[[1, 2]]`",
        ("[[",),
    ),
    Sign(
        "highlight",
        "Obsidian, Logseq",
        "`==x==`",
        "<mark>x</mark>",
        "where it can be no comparison: `a == b`",
        ("==",),
    ),
    Sign("comment", "Obsidian", "`%%private%%`", "nothing", "in pairs", ("%%",)),
    Sign(
        "callout",
        "Obsidian",
        "`> [!example]- Title`",
        "a box with its title; with `-` or `+` one that folds",
        "always",
        ("[!",),
    ),
    Sign(
        "block-id",
        "Obsidian",
        "`The text. ^boil-1`",
        "nothing",
        "at the end of a block, from three characters on",
        ("^",),
    ),
    Sign(
        "inline-footnote",
        "Obsidian, Pandoc",
        "`x^[a note]`",
        "a footnote",
        "where there are words in it",
        ("^[",),
    ),
    Sign(
        "cjk-emphasis",
        "all",
        "`**注意：**后面`",
        "bold, where GitHub shows the asterisks",
        "beside Chinese, Japanese and Korean text",
        ("*", "~", "_"),
    ),
    Sign(
        "heading-tag",
        "Obsidian, Logseq",
        "`## Title #card #exam`",
        "nothing; `#card` or `#flashcard` makes the heading a question",
        "at the end of a heading, behind a `?` or where several headings have some",
        (" #",),
    ),
    Sign(
        "picture-size",
        "Obsidian, Logseq, Pandoc",
        "`![x|300](a.png)`, `![x](a.png){width=50%}`",
        "the width and height of the picture",
        "always",
        ("|", "{"),
    ),
    Sign(
        "spaced-path",
        "Obsidian, Typora",
        "`![x](img/cell wall.png)`",
        "the picture",
        "where there is such a file",
        ("](",),
    ),
    Sign(
        "sound",
        "Anki, all",
        "`[sound:a.mp3]`, `[listen](a.mp3)`",
        "a sound that the card plays",
        "always for a link; `[sound:…]` where there is such a file",
        ("[sound:", "]("),
    ),
    Sign(
        "property",
        "Logseq",
        "`id:: 0f9a…`, `collapsed:: true`",
        "nothing; blocks that Logseq numbers have their numbers",
        "keys that Logseq knows, and what stands in one run with them; all in a graph of Logseq's",
        ("::", ":LOGBOOK:", "SCHEDULED:", "DEADLINE:"),
    ),
    Sign(
        "macro",
        "Logseq",
        "`{{cloze x}}`, `{{embed [[Trees]]}}`, `((0f9a…))`, `{{video https://…}}`",
        "a gap in a block with `#card`, else the words; the note or block; a link",
        "where the macro is known, and there is such a note or block",
        ("{{", "(("),
    ),
    Sign(
        "formula-in-line",
        "Logseq",
        "`where $$x$$ is`",
        "the formula in its line, where GitHub gives it one of its own",
        "in a graph of Logseq's",
        ("$$",),
    ),
    Sign(
        "aside",
        "Notion",
        "`<aside>💡 …</aside>`",
        "a box",
        "always",
        ("<aside>",),
    ),
    Sign(
        "directive",
        "MyST, Quarto, Docusaurus, MkDocs, Logseq, Obsidian",
        "```` ```{note} ````, `:::{figure} a.png`, `::: tip`, `!!! note`, `#+BEGIN_NOTE`,"
        " ```` ```ad-note ````",
        "a box, the figure with its caption, the formula; what says nothing on a card is left out",
        "where the name is known and the block is closed",
        ("```{", "~~~{", ":::", "!!! ", "??? ", "???+ ", "#+BEGIN_", "``` {", "``ad-", "~~ad-"),
    ),
    Sign(
        "outer-fence",
        "chat programs",
        "```` ```markdown ```` on the first line, around all that follows",
        "the Markdown in it",
        "where a heading is right below, and it ends with the file or around a fence of code",
        ("```markdown", "```md", "``` markdown", "``` md"),
    ),
    Sign(
        "code-cell",
        "Quarto, R Markdown, MyST",
        "```` ```{r, echo=FALSE} ````, `#| label: x`",
        "code in that language, without its options",
        "always",
        ("```{", "~~~{", "``` {"),
    ),
    Sign(
        "role",
        "MyST",
        "``{math}`x^2` ``, ``{ref}`norms` ``",
        "the formula, the text",
        "where the name is known",
        ("}`",),
    ),
    Sign(
        "label",
        "MyST, Quarto, kramdown",
        "`## Title {#sec-x}`, `(sec-x)=`, `$$…$$ {#eq-x}`, `[x]{.mark}`, `@fig-x`",
        "nothing; the number of a figure or table in its caption and in what refers to it",
        "always",
        ("{", ")=", "+++", "\n% ", "[](#", *(f"@{kind}-" for kind in REFERRED)),
    ),
)
BY_NAME = {sign.name: sign for sign in SIGNS}
