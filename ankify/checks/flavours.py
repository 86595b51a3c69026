"""Signs of other programs that stay as they are written: said once a file, with what to do."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ankify.checks.registry import rule, seen_by_the_reader
from ankify.files import files_below
from ankify.model import Location, Problem, Project
from ankify.reading.inline import BREAKS
from ankify.reading.parse import ParsedFile
from ankify.reading.tokens import Token


class UnreadSign(NamedTuple):
    """A sign that was left: the rule, its text for docs/rules.md, how it is found, what to do.

    `hints` are the texts without one of which it is not in a file; behind a backslash it is meant
    as it is written. One that is `loose` is left only outside of questions, one that is a `mark`
    only where it makes none.
    """

    rule: str
    text: str
    pattern: re.Pattern[str]
    message: str
    hint: str
    hints: tuple[str, ...]
    loose: bool = False
    mark: bool = False


_CJK = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\u3000-\u30ff"
UNREAD = (
    UnreadSign(
        "unread-embed",
        """A note set into another that is not there

        `![[Clouds]]` needs a note file of that name in the notes folder, a heading or a block of
        that name in it, and a line of its own. The card shows what is written. Of what cannot be
        set in it shows the name: of a PDF, of a note within a line, and of one that holds itself.
        """,
        re.compile(r"!\[\[[^\[\]\n]+\]\]"),
        "this note is not set in",
        "look at its name; the note must lie in the notes folder",
        ("![[",),
    ),
    UnreadSign(
        "unread-sound",
        """A sound of Anki's that is not in the notes

        `[sound:a.mp3]` is played where `a.mp3` lies in the notes folder; else it is text.
        """,
        re.compile(r"\[sound:[^\[\]\n]+\]"),
        "this sound is not in the notes folder",
        "copy it beside the notes",
        ("[sound:",),
    ),
    UnreadSign(
        "spaced-path",
        """A picture whose path has spaces, and that is not there

        GitHub shows `![x](img/cell wall.png)` as text. It is a picture where the file is found.
        """,
        re.compile(r"!\[[^\[\]\n]*\]\([^()<>\n]*[^\s()<>] [^()<>\n]*\.\w{2,5}\)"),
        "no picture, for the spaces in its path",
        "write %20 for each, or <…> around the path; and look at the name",
        ("](",),
    ),
    UnreadSign(
        "spaced-link",
        """A link whose address has spaces

        GitHub shows `[x](the other page)` as text. It is a link where it is a file of the notes.
        """,
        re.compile(r"(?<![\w\])!])\[[^\[\]\n]+\]\([^()<>\n]*[^\s()<>] [^()<>\n]*\)"),
        "no link, for the spaces in its address",
        "write %20 for each, or <…> around the address; words alone may be a footnote",
        ("](",),
    ),
    UnreadSign(
        "unread-directive",
        """A block of MyST, Quarto or Pandoc that ankify does not know

        `:::{name}` or `{{< name >}}` is shown as it is written.
        """,
        re.compile(
            r"^:{3,}|\{\{<[ ]|^#\+[A-Za-z_]+|\{\{(?:embed|query|video|renderer|youtube)\b",
            re.MULTILINE,
        ),
        "shown as it is written",
        "ankify does not know this block, or it is not closed",
        (":::", "{{<", "#+", "{{"),
    ),
    UnreadSign(
        "unread-card",
        """A card of Obsidian_to_Anki

        `START` … `END` and `STARTI [Basic] … ENDI` make no card here: ankify reads questions.
        """,
        re.compile(r"^START[ \t]*$|^STARTI?[ \t]*\[[^\]\n]*\]", re.MULTILINE),
        "no card is made of this",
        "write the front as a heading (## 1. …), and the back below it",
        ("START",),
    ),
    UnreadSign(
        "loose-cloze",
        """A gap outside of all questions

        `{{c1::Rome}}` makes cards in the text of a question; a sentence alone is none.
        """,
        re.compile(r"\{\{c\d+::[^{}\n]*\}\}"),
        "a gap that makes no card, outside of all questions",
        "write a heading with a number above it: ## 1. …",
        ("{{c",),
        loose=True,
    ),
    UnreadSign(
        "unread-reference",
        """A reference to a block of Logseq's

        `((0f9a1c3e-…))` shows another block in Logseq; the card shows the reference.
        """,
        re.compile(r"\(\([0-9a-f]{8}-[0-9a-f-]{27}\)\)"),
        "this block is not shown here",
        "write its words",
        ("((",),
    ),
    UnreadSign(
        "unread-property",
        """A property of Obsidian's or Logseq's in the text

        `author:: Mia` at the start of a line, or `[author:: Mia]`, is shown as it is written. What
        Logseq itself writes, such as `id::` and `collapsed::`, is left out, and so are the
        properties in one run with it.
        """,
        re.compile(r"^[a-z][\w-]*::[ \t]+\S.*|[\[(][a-z][\w -]*:: [^\[\]()\n]+[\])]", re.MULTILINE),
        "shown as it is written",
        "take it out, or put it into the front matter",
        (":: ",),
    ),
    UnreadSign(
        "open-comment",
        """A comment of Obsidian's that is not closed

        `%%private` needs a second `%%`; the card shows it.
        """,
        re.compile(r"^[ \t>]*%%(?!%)[^%\n]*", re.MULTILINE),
        "this comment is on the card",
        "close it by a second %%",
        ("%%",),
    ),
    UnreadSign(
        "lone-card",
        """A `#card` that makes no card

        `- What is it? #card` needs its answer below it, indented, or a gap (`{{cloze x}}`) in it.
        """,
        re.compile(
            r"^[^\s#][^\n]*?[ \t]#(?:flash)?cards?\b(?![/\w-])", re.IGNORECASE | re.MULTILINE
        ),
        "no card is made of this",
        "indent its answer below it, or set #card behind a heading",
        ("#card", "#flashcard", "#Card", "#Flashcard"),
        mark=True,
    ),
    UnreadSign(
        "open-footnote",
        """A footnote that is not there

        `[^a]` needs `[^a]: a note` in the same file; else it is text, as on GitHub.
        """,
        re.compile(r"\[\^[\w-]+\](?![:(+*{])"),
        "there is no such footnote",
        "write it below, with a colon behind its name; its name may be mistyped",
        ("[^",),
    ),
    UnreadSign(
        "open-emphasis",
        """Asterisks that make nothing bold

        `**注意：**后面` is bold here, though not on GitHub; `** 注意**` is not, nor is `**x` alone.
        Powers (`2 ** 3`) and arguments (`**kwargs`) are told apart.
        """,
        re.compile(
            rf"\*\*[^*\n]*[{_CJK}][^*\n]*\*\*"
            # **word, but for f(**x), **kwargs, **two_words, a/**/b
            r"|(?<![\w*/\\(\[{,=.-])\*\*(?!kw|\w*_|[\w ]{0,20}[,)])[^\W\d_][^*\n]{0,40}\**"
            r"|[^*\n]{0,40}[.:!?)\"'。：！？；”]\*\*(?=\s|\Z)"  # word:**
            r"|\*\*[.,:;!?]{1,2}\*\*"  # word**:**
        ),
        "nothing is bold here",
        "set two asterisks before and behind the words, with no space inside of them",
        ("**",),
    ),
    UnreadSign(
        "open-code",
        """A backtick without its partner

        `` `x `` is text, as on GitHub. One that is meant is written in code: ``` `` ` `` ```.
        """,
        re.compile(r"(?<![`\w\\'\"(])`[^\s`][^`\n]{0,40}|[^\s`]{0,40}[^\s`\\'\"(]`(?![`\w'\")])"),
        "no code, for a backtick is alone",
        "set one before and one behind the code",
        ("`",),
    ),
    UnreadSign(
        "open-formula",
        """Dollar signs that hold no formula

        A displayed formula may not hold an empty line.
        """,
        re.compile(r"\$\$"),
        "no formula, for the empty line in it or for its missing end",
        "take the empty line out, or close it by $$",
        ("$$",),
    ),
)

for _sign in UNREAD:
    seen_by_the_reader(_sign.rule, _sign.text)

seen_by_the_reader(
    "cut-table",
    """A table that loses cells, or that is none

    A `|` ends a cell even in code: write `\\|`. A table needs an empty line above it in a list.
    What is too much in a row is left out, as on GitHub.
    """,
)

seen_by_the_reader(
    "outer-fence",
    """A fence around the Markdown of a file

    It was copied with it from an answer in a chat. The questions in it are read, but GitHub shows
    all down to the next fence as code, and all below the wrong way round.
    """,
)


def unread_signs(
    parsed: ParsedFile, path: str, taken: Sequence[tuple[int, int]]
) -> Iterator[Problem]:
    """Find what was left of the signs of other programs in the tokens of a note file.

    `taken` are the first and last lines of its questions, in order.
    """
    asked = [sign for sign in UNREAD if any(hint in parsed.text for hint in sign.hints)]
    if asked:
        yield from _left(parsed, path, asked, taken)
    if parsed.linked:
        yield _linked(parsed, path)
    if parsed.taken.get("outer-fence"):
        yield _outer_fence(parsed, path)
    if any(f"```{name}" in parsed.text for name in _QUERIES):
        yield from _queries(parsed, path)
    if "<" in parsed.text:
        yield from _in_html(parsed, path)
    if "|" in parsed.text:
        yield from _cut_tables(parsed, path)


def _left(
    parsed: ParsedFile,
    path: str,
    asked: Sequence[UnreadSign],
    taken: Sequence[tuple[int, int]],
) -> Iterator[Problem]:
    titles = {first for first, _ in taken}
    inline = [
        (t.map[0] + 1, t.content, _words(t)) for t in parsed.tokens if t.type == "inline" and t.map
    ]
    text = "\n".join(words for _, _, words in inline).casefold()
    for sign in asked:
        if not _is_in_text(sign, text):
            continue
        found = [
            (line, match)
            for line, content, words in inline
            if _may_hold(sign, content) and _is_in_text(sign, words.casefold())
            for match in sign.pattern.finditer(words)
            if not (sign.loose and any(a <= line <= b for a, b in taken))
            if not (sign.mark and line in titles)
        ]
        if found:
            line, first = found[0]
            line += first.string.count("\n", 0, first.start())
            message = f"{sign.message}: {_short(first[0])}{_more(found)}"
            yield Problem(Location(path, line), sign.rule, message, hint=sign.hint)


def _may_hold(sign: UnreadSign, content: str) -> bool:
    return any(hint in content and f"\\{hint}" not in content for hint in sign.hints)


def _is_in_text(sign: UnreadSign, folded: str) -> bool:
    """Whether a sign is left beside of code and of what was read; its pattern takes longer."""
    return any(hint.casefold() in folded for hint in sign.hints)


def _linked(parsed: ParsedFile, path: str) -> Problem:
    """Embeds of which only the name is shown; one within a note that is set in has no line here."""
    first = parsed.linked[0]
    lines = parsed.text.split("\n")
    by_line = (n for sign in (first, "![[") for n, line in enumerate(lines, 1) if sign in line)
    message = f"only its name is shown: {first}{_more(parsed.linked)}"
    hint = (
        "a note is set in on a line of its own, where it does not hold itself,"
        " and up to 500,000 characters a file"
    )
    return Problem(Location(path, next(by_line, 1)), "unread-embed", message, hint=hint)


_QUERIES = ("dataview", "dataviewjs", "tasks", "query", "tracker", "base", "meta-bind")

seen_by_the_reader(
    "unread-query",
    """A query of Obsidian's

    What a block such as ```` ```dataview ```` finds is not on the card, which shows the query.
    """,
)


def _queries(parsed: ParsedFile, path: str) -> Iterator[Problem]:
    found = [t for t in parsed.tokens if t.type == "fence" and t.info.strip() in _QUERIES]
    if found and found[0].map:
        name = found[0].info.strip()
        message = f"the card shows the query, not what it finds: {name}{_more(found)}"
        hint = "write down what it finds, or keep it out of the answer"
        yield Problem(Location(path, found[0].map[0] + 1), "unread-query", message, hint=hint)


seen_by_the_reader(
    "html-markdown",
    """Markdown right below a tag

    Where a line begins with a tag, what is up to the next empty line is HTML: a list or `**bold**`
    below `<br>` is shown as it is written, as on GitHub.
    """,
)
# - an item, **bold**, [a link](x.md), [[a link]]
_MARKDOWN = re.compile(r"^ {0,3}[-*+][ \t]+\S|\*\*\w|\]\(\S|\[\[\w", re.MULTILINE)
_NO_MARKDOWN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(pre|code|script|style)\b.*?(?:</\1>|\Z)|<[^<>]*>", re.S | re.I
)


def _in_html(parsed: ParsedFile, path: str) -> Iterator[Problem]:
    found = [
        (token.map[0] + 1 + text.count("\n", 0, match.start()), _line(text, match.start()))
        for token in parsed.tokens
        if token.type == "html_block" and token.map
        for text in (_NO_MARKDOWN.sub(_same_lines, token.content),)
        for match in [_MARKDOWN.search(text)]
        if match
    ]
    if found:
        line, first = found[0]
        message = f"Markdown within HTML is shown as it is written: {first}{_more(found)}"
        hint = "leave an empty line below the tag"
        yield Problem(Location(path, line), "html-markdown", message, hint=hint)


def _more(found: Sequence[object]) -> str:
    """How many there are besides the one that is named."""
    return f" (and {len(found) - 1} more)" if len(found) > 1 else ""


def _line(text: str, at: int) -> str:
    """The line of a text that a place is in, its beginning."""
    return _short(text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0].strip())


def _short(text: str) -> str:
    text = text.replace("\0", "…")  # code and the like
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


_SHOWN = 60  # characters of what is shown as it is written


def _same_lines(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _words(inline: Token) -> str:
    """The text of a block without its code, which nothing is a sign in."""
    return "".join(
        [
            child.content if child.type == "text" else "\n" if child.type in BREAKS else "\0"
            for child in inline.children or ()
        ]
    )


# |---|:--:|, in a text
_RULER = re.compile(r"^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)+\|?[ \t]*$", re.M)
# The ruler of a table, or three rows without one
_ROWS = re.compile(rf"{_RULER.pattern}|^[ \t]*\|.*\|[ \t]*(?:\n[ \t]*\|.*\|[ \t]*){{2}}$", re.M)
_PIPE = re.compile(r"(?<!\\)\|")


def _rows(text: str) -> re.Match[str] | None:
    """A table that is shown as text."""
    return _ROWS.search(text) if "|" in text else None


def _outer_fence(parsed: ParsedFile, path: str) -> Problem:
    """The fence around the text of a file, which is left out."""
    line = next(n for n, line in enumerate(parsed.text.split("\n"), 1) if line.strip())
    message = "a fence is around the text: it is left out, as if it were not there"
    hint = "remove this line, and the one that ends the fence"
    return Problem(Location(path, line), "outer-fence", message, hint=hint)


def _cut_tables(parsed: ParsedFile, path: str) -> Iterator[Problem]:
    lines = parsed.masked.text.split("\n")
    columns = 0
    for token in parsed.tokens:
        if token.type == "table_open":
            columns = 0
        elif token.type == "th_open":
            columns += 1
        elif token.type == "tr_open" and columns and token.map:
            at = bisect_left(parsed.masked.lines, token.map[0])
            row = lines[at].strip().lstrip(">-*+ \t").strip().strip("|") if at < len(lines) else ""
            if (cells := len(_PIPE.split(row))) > columns and row:
                message = f"a row of {cells} cells under {columns}: the last ones are left out"
                hint = r"write \| for a | inside of a cell, in code, too"
                yield Problem(Location(path, token.map[0] + 1), "cut-table", message, hint=hint)
        elif token.type == "inline" and token.map and (rows := _rows(token.content)):
            line = token.map[0] + 1 + token.content.count("\n", 0, rows.start())
            message = "a table is shown as text"
            hint = "leave an empty line above it; its second row is |---|---|, with as many cells"
            yield Problem(Location(path, line), "cut-table", message, hint=hint)


_OTHER_NOTES = frozenset(
    (".ipynb", ".mdx", ".org", ".rst", ".adoc", ".asciidoc", ".typ", ".canvas")
)


@rule
def unread_file(project: Project) -> Iterator[Problem]:
    """Files that look like notes, and are not read

    `.ipynb`, `.mdx`, `.org`, `.rst`, `.adoc`, `.typ`, `.canvas`: one line for each kind.
    """
    kinds: dict[str, list[str]] = {}
    for path in files_below(project.root, _OTHER_NOTES):
        kinds.setdefault(path.rpartition(".")[2].lower(), []).append(path)
    for kind, paths in sorted(kinds.items()):
        message = f"files of this kind are not read: .{kind}{_more(paths)}"
        yield Problem(Location(paths[0]), "unread-file", message, hint="save it as Markdown")
