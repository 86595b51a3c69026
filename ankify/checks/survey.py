"""What `check` wants to know of a note file, collected from its tokens while it is read.

Headings, links and anchors go into the `Survey`, for the rules in `rules.py`; what one look at the
tokens already shows to be wrong (a formula in code, HTML that the card loses) is a problem here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from urllib.parse import unquote

from ankify.checks.flavours import unread_signs
from ankify.checks.unclosed import unclosed_blocks
from ankify.model import PICTURES, Heading, Link, Location, Problem, Survey
from ankify.questions.contents import inline_links
from ankify.questions.numbers import read_number
from ankify.reading import html
from ankify.reading.anchors import as_linked, slug
from ankify.reading.formulas import Formula, imbalance
from ankify.reading.inline import may_link
from ankify.reading.parse import ParsedFile, plain_text
from ankify.reading.tex import undrawn
from ankify.reading.tex_commands import INSTEAD
from ankify.reading.tokens import Token
from ankify.rendering.tex_lines import INLINE, SCREEN, in_lines
from ankify.rendering.tex_width import formula_width

KRAMDOWN_ID = re.compile(r"\{:?\s*#([\w:.-]+)")  # ## Lists {#lists}: other sites than GitHub
# <!-- ankify: off=long-answer, dead-anchor -->
OFF = re.compile(r"<!--\s*ankify:\s*off\s*=\s*([\w\s,-]+?)\s*-->")
# What <!-- ankify: ... --> may say
SAYABLE = re.compile(
    r"ignore|question|id=\S+|cards=(?:none|(?:formula|image|reversed|typed|cloze)"
    r"(?:[\s,]+(?:formula|image|reversed|typed|cloze))*)"
    r"|off *= *[\w ,-]+"
)
# images/a%20b.png
PICTURE = re.compile(rf"(?:{'|'.join(map(re.escape, sorted(PICTURES)))})\b", re.IGNORECASE)
LONGEST_NAME = 255  # characters of a file's name, on most systems
MEDIA = frozenset(("img", "audio", "video", "source"))
BEFORE_A_NAME = re.compile(r"""[\s/\\"'<>\[\]|=]""")
SPACED = re.compile(
    r"(?<![A-Za-z0-9$\\])\$[ \t]([^$\n`]{1,300}?)[ \t]\$(?![A-Za-z0-9$])"
)  # $ x^2 $
TEX = re.compile(r"\\[a-zA-Z]{2,}|[_^]\{|[\w)}][_^][\w\\]")  # \alpha, x_{i}, x^2
SHORT = re.compile(r"[A-Za-z](?:\s*[=<>+*/-]\s*[\w.]+)?")  # x, n = 3
SHOWN = ("text", "code_inline")
_HEADING = re.compile(r"^[ \t>]*#+|[ \t]+#+[ \t]*$")  # what makes a line one
IN_CODE = re.compile(r"(\$\$?)[^$]+\1")  # `$x^2$`
CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)

# Tags that the cards lose, as GitHub does; of the second row with all that is between them.
_LOST = """area base basefont big blink button canvas center dialog embed fieldset font form frame
    label legend link map marquee meta meter nobr optgroup option output param progress select
    svg"""
_LOST_WHOLE = "applet frameset noscript object"
LOST, LOST_WHOLE = frozenset(_LOST.split()), frozenset(_LOST_WHOLE.split())


def survey(
    parsed: ParsedFile, path: str, unnumbered: int, taken: Sequence[tuple[int, int]]
) -> tuple[Survey, list[Problem]]:
    """Look through the tokens of a note file once.

    `path` is posix and only goes into problems; `taken` are the first and last lines of questions.
    """
    surveyor = _Surveyor(parsed, path)
    surveyor.problems += unread_signs(parsed, path, taken)
    surveyor.problems += unclosed_blocks(parsed.tokens, parsed.text, path)
    surveyor.look(parsed.tokens)
    for definition in parsed.footnotes.values():
        surveyor.look(definition)
    surveyor.weigh_formulas()
    found = Survey(
        headings=tuple(_with_slugs(surveyor.headings)),
        links=tuple(surveyor.links),
        anchors=tuple(
            dict.fromkeys([*surveyor.anchors, *KRAMDOWN_ID.findall(parsed.text), *parsed.labels])
        ),
        pictures=tuple(sorted(surveyor.pictures.union(_pictures(parsed.text)))),
        off=tuple(_off(parsed.text)) if "ankify:" in parsed.text else (),
        unnumbered=unnumbered,
        size=len(parsed.text.strip()),
    )
    return found, surveyor.problems


def _with_slugs(headings: Iterable[Heading]) -> Iterator[Heading]:
    """Number the slugs that repeat, as GitHub does: `examples`, `examples-1`."""
    seen: Counter[str] = Counter()
    for heading in headings:
        count = seen[heading.slug]
        seen[heading.slug] += 1
        yield heading._replace(slug=f"{heading.slug}-{count}") if count else heading


def _pictures(text: str) -> Iterator[str]:
    """The last parts of the names of pictures, as far as there is no space in them."""
    for found in PICTURE.finditer(text):
        before = text[max(0, found.start() - LONGEST_NAME) : found.start()]
        yield unquote(BEFORE_A_NAME.split(before)[-1] + found[0])


def _name(source: str) -> str:
    """The last part of a path, as it is on disk."""
    return unquote(re.split(r"[/\\]", source)[-1])


def _off(text: str) -> Iterator[tuple[int, str]]:
    for line, content in enumerate(text.split("\n"), 1):
        for found in OFF.finditer(content) if "ankify:" in content else ():
            for rule in re.split(r"[\s,]+", found[1]):
                yield line, rule


class _Surveyor:
    def __init__(self, parsed: ParsedFile, path: str) -> None:
        self.parsed, self.path = parsed, path
        self.headings: list[Heading] = []
        self.links: list[Link] = []
        self.anchors: list[str] = []
        self.problems: list[Problem] = []
        self.pictures: set[str] = set()
        self.in_code: set[Formula] = set()
        self.lost: set[str] = set()
        self.has_wiki_links = "[[" in parsed.text

    @cached_property
    def lines(self) -> list[str]:
        """The file as it is written."""
        return self.parsed.text.split("\n")

    def look(self, tokens: Sequence[Token]) -> None:
        heading = False
        for token in tokens:
            if token.nesting:
                heading = token.type == "heading_open"
                continue
            line = _line(token)
            if token.type == "inline":
                self._inline(token, line, heading)
            elif token.type == "html_block":
                self._html(token.content, line)
                self._html_headings(token.content, line)
            elif token.type in ("code_block", "fence"):
                self._code_block(token, line)

    def _problem(self, line: int, rule: str, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(Location(self.path, line), rule, message, hint=hint))

    # -- text --------------------------------------------------------------------------------------

    def _inline(self, inline: Token, line: int, heading: bool) -> None:
        children = inline.children or []
        self.pictures.update(
            _name(str(child.attrs["src"])) for child in children if child.type == "image"
        )
        if "<" in inline.content:
            for child in children:
                if child.type == "html_inline":
                    self._html(child.content, _line(child))
            self._raw_links(children)
        if may_link(inline.content):
            written = partial(plain_text, parsed=self.parsed)
            self.links += inline_links(children, line, written)
        if "$" in inline.content:
            self._dollars(inline, line)
        if heading:
            ids = [i for child in children for i in html.ids(child.content)]
            raw = "".join(child.content for child in children if child.type in SHOWN)
            anchor = slug(self.parsed.masked.source(raw))
            self._heading(line, plain_text(inline, self.parsed), ids, anchor)
            if self.has_wiki_links:
                self.anchors.append(slug(as_linked(_HEADING.sub("", self.lines[line - 1]))))

    def _heading(self, line: int, title: str, ids: Sequence[str], anchor: str) -> None:
        read = read_number(title)
        words = title[read.start :].strip()
        self.headings.append(Heading(line, words, read.number, tuple(ids), anchor))

    def _raw_links(self, children: Sequence[Token]) -> None:
        opened, href = -1, ""
        for at, token in enumerate(children):
            if token.type != "html_inline":
                continue
            if link := html.tag_attributes(token.content).get("href"):
                opened, href = at, link
            elif opened >= 0 and token.content.lower().startswith("</a"):
                text = plain_text(children[opened:at], self.parsed)
                self.links.append(Link(_line(children[opened]), href, text))
                opened = -1

    def _dollars(self, inline: Token, line: int) -> None:
        text = CODE_SPAN.sub(_quoted, inline.content)
        at, done = line, 0
        for found in SPACED.finditer(text):
            at, done = self._line(at, text[done : found.start()]), found.start()
            if TEX.search(found[1]) or SHORT.fullmatch(found[1].strip()):
                self._problem(
                    at,
                    "spaced-formula",
                    f"no formula on GitHub, with spaces inside its $ signs: {found[0]}",
                    f"write ${found[1].strip()}$",
                )
        for child in inline.children or ():
            if child.type == "code_inline" and _is_formula(child.content):
                self._problem(
                    _line(child),
                    "formula-in-code",
                    f"formula in code, so it is shown as it is written: `{child.content}`",
                    "take the backticks off",
                )

    def _line(self, line: int, before: str) -> int:
        formulas = self.parsed.masked.words(before)
        return line + before.count("\n") + sum(f.source.count("\n") for f in formulas)

    # -- code --------------------------------------------------------------------------------------

    def _code_block(self, token: Token, line: int) -> None:
        formulas = self.parsed.masked.words(token.content)
        self.in_code.update(formulas)
        source = self.parsed.masked.source(token.content)
        if not token.info.strip() and "$" in source and _is_formula(source.strip()):
            indented = token.type == "code_block"
            self._problem(
                line,
                "formula-in-code",
                "formula in a code block, so it is shown as it is written",
                "indent it by fewer than four spaces" if indented else "take the ``` lines off",
            )

    def weigh_formulas(self) -> None:
        shown = [formula for formula in self.parsed.formulas if formula not in self.in_code]
        physics = any(r"\require{physics}" in formula.tex for formula in shown)
        undrawn_before: set[str] = set()
        for formula in shown:
            if wrong := imbalance(formula.tex):
                self._problem(
                    formula.line + 1, "unbalanced-formula", f"formula is not balanced: {wrong}"
                )
            elif (width := _width(formula)) > SCREEN:
                self._problem(
                    formula.line + 1,
                    "wide-formula",
                    f"formula is about {width:.0f} em wide, and a phone shows {SCREEN:.0f}",
                    "write it in lines (aligned) or as two, or name a part of it",
                )
            for command in undrawn(formula.tex, physics=physics):
                if command not in undrawn_before:  # once in a file: it is the same everywhere
                    self._undrawn(formula.line + 1, command)
                undrawn_before.add(command)

    def _undrawn(self, line: int, command: str) -> None:
        instead = INSTEAD.get(command[1:])
        self._problem(
            line,
            "undrawn-command",
            f"not drawn on the card, but shown as text: {command}",
            f"write {instead}, or define it with \\newcommand" if instead else None,
        )

    # -- raw HTML ----------------------------------------------------------------------------------

    def _html(self, content: str, line: int) -> None:
        self.anchors += html.ids(content)
        if "src" in content:
            self._raw_pictures(content)
        for tag in html.tags(content):
            if tag.name in self.lost or tag.is_end or tag.name not in LOST | LOST_WHOLE:
                continue
            self.lost.add(tag.name)
            stays = "with all that is in it" if tag.name in LOST_WHOLE else "what it holds stays"
            self._problem(
                line + content.count("\n", 0, tag.start),
                "removed-html",
                f"<{tag.name}> is left out of the cards, as on GitHub; {stays}",
            )
        for start, _, comment in html.comments(content) if "ankify:" in content else ():
            said = comment.removeprefix("ankify:").strip()
            if comment.startswith("ankify:") and not SAYABLE.fullmatch(said):
                self._problem(
                    line + content.count("\n", 0, start),
                    "unknown-comment",
                    f"ankify does not know this comment: {' '.join(said.split())}",
                    "ignore, question, id=word, cards=formula,image,reversed,typed,cloze,"
                    " cards=none or off=rule;"
                    " one in each comment",
                )

    def _raw_pictures(self, content: str) -> None:
        for tag in html.tags(content):
            source = tag.attributes.get("src", "") if tag.name in MEDIA else ""
            if source:
                self.pictures.add(_name(source))

    def _html_links(self, content: str, line: int) -> None:
        for link in html.elements(content, ("a",)) if "<" in content else ():
            href = link.tag.attributes.get("href")
            if href is not None and link.is_closed:
                self.links.append(
                    Link(self._line(line, content[: link.tag.start]), href, link.text)
                )

    def _html_headings(self, content: str, line: int) -> None:
        self._html_links(content, line)
        for heading in html.elements(content, html.HEADINGS):
            ids = [*html.ids(heading.tag.source), *html.ids(heading.inner)]
            at = line + content.count("\n", 0, heading.tag.start)
            self._heading(at, heading.text, ids, slug(heading.text))


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0


def _quoted(code: re.Match[str]) -> str:
    return re.sub(r"[^\n]", "`", code[0])


def _width(formula: Formula) -> float:
    """How wide a formula is on the card, in em of displayed formulas."""
    if formula.display:
        return formula_width(in_lines(formula.tex))
    return formula_width(formula.tex) * INLINE


def _is_formula(code: str) -> bool:
    """Whether code is nothing but one formula in dollar signs, with TeX in it."""
    return bool(IN_CODE.fullmatch(code) and TEX.search(code))
