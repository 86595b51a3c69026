"""Blocks of MyST, Quarto, Docusaurus, MkDocs, Logseq and Notion, as Markdown of GitHub's.

A box becomes a call-out (`> [!note] Title`), a figure a picture, a formula a ```math block, and
what says nothing on a card goes. The lines stay in their places: the line that opens a box becomes
its title, the one that closes it an empty one.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from ankify.reading.flavours.flavour import ForeignFile, numbered

# Directives that are boxes, by what they are called where they have no title.
_BOX_NAMES = """admonition attention callout caution danger details dropdown error example
    exercise hint important info margin note question seealso sidebar solution spoiler success
    tab-item tip todo topic warning abstract summary tldr bug quote failure faq check axiom
    corollary definition lemma proof property proposition theorem algorithm remark conjecture
    assumption criterion observation"""
_BOXES = frozenset(_BOX_NAMES.split())
_FIGURES = frozenset(("figure", "image", "video", "audio"))
_FORMULAS = frozenset(("math",))
_CODE = frozenset(("code", "code-block", "code-cell", "sourcecode"))
_PAGES = frozenset(("iframe", "youtube"))  # of the web, which the card links to
# Their lines go, their content stays.
_FRAME_NAMES = """card card-carousel center columns column container div epigraph grid glossary
    grid-item grid-item-card highlights list-table pull-quote subfigure tab-set table tabbed
    panel-tabset"""
_FRAMES = frozenset(_FRAME_NAMES.split())
_SILENT = "bibliography contents index meta tableofcontents toctree sectionauthor codeauthor"
_LEFT_OUT = frozenset(_SILENT.split())
_FOLDED = frozenset(("details", "dropdown", "spoiler"))

# ```{note} Title, :::{figure} a.png, ::: tip Title, ::: {.callout-note collapse="true"}
_OPENER = re.compile(r"(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,}|:{3,})[ \t]*(?P<info>.*?)[ \t]*\Z")
_NAMED = re.compile(r"\{(?P<braced>[a-zA-Z][\w:.-]*)\}[ \t]*(?P<argument>.*)\Z")
_PLAIN = re.compile(r"(?P<name>[a-zA-Z][\w-]*)(?:\[(?P<bracketed>[^\]]*)\])?(?P<argument>.*)\Z")
_CLASSES = re.compile(r"\{(?P<attributes>[^{}]*)\}[ \t]*:*\Z")
_OPTION = re.compile(
    r"[ \t]*(?::(?P<key>[\w-]+):|(?P<plain>title|collapse|icon|color):)[ \t]*(?P<value>.*?)[ \t]*\Z"
)
_ADMONITION = re.compile(r"ad-(?P<name>[\w-]+)\Z")  # ```ad-note, of a plugin of Obsidian's
_MKDOCS = re.compile(
    r"(?P<indent>[ \t]*)(?P<mark>!!!|\?\?\?\+?)[ \t]+(?P<name>[\w-]+)[\w -]*?"
    r"(?:[ \t]+\"(?P<title>[^\"]*)\")?[ \t]*\Z"
)
_ORG = re.compile(
    r"(?P<lead>[ \t]*(?:[-*+][ \t]+)?)#\+BEGIN_(?P<name>\w+)[ \t]*(?P<rest>.*)\Z", re.IGNORECASE
)
_ASIDE = re.compile(r"(?P<lead>[ \t]*(?:[-*+][ \t]+)?)<aside>(?P<rest>.*)\Z")
_HEADING = re.compile(r"#{1,6}[ \t]+(?P<title>.*?)[ \t]*#*\Z")


# Reads a block that begins at a line; returns the line below it, None where there is none.
_Reader = Callable[[ForeignFile, list[str], int], int | None]


class _Directive(NamedTuple):
    """A directive that is known: its kind of block, title or argument, and whether it is folded.

    `label` is the name of a div of Quarto's; `is_admonition`: its options are `title: x`.
    """

    name: str
    argument: str = ""
    fold: str = ""
    label: str = ""
    is_admonition: bool = False


def read_directives(file: ForeignFile, lines: Sequence[str]) -> list[str]:
    """Write the blocks of other programs as GitHub's Markdown, line by line."""
    done = list(lines)
    readers: tuple[_Reader, ...] = (
        partial(_fence, closers=_closers_of_colons(lines)),
        *_READERS,
    )
    at = 0
    while at < len(done):
        end = next((end for read in readers if (end := read(file, done, at))), at + 1)
        at = end
    return done


# -- fences ----------------------------------------------------------------------------------------


def _fence(file: ForeignFile, lines: list[str], at: int, closers: Mapping[int, int]) -> int | None:
    """Read a fenced block; returns the line below it, None where there is none.

    `closers` are the lines that close blocks of colons, by the lines that open them.
    """
    found = _OPENER.match(lines[at])
    if not found or (found["fence"][0] == "`" and "`" in found["info"]):
        return None
    colons = found["fence"][0] == ":"
    end = closers.get(at) if colons else _close_of_fence(lines, at, found)
    if end is None:
        return None if colons else len(lines)
    directive = _directive(found["info"], colons) if file.is_on("directive") else None
    if directive:
        _write(lines, at, end, found["indent"], directive, file)
        file.take("directive")
    return end + 1 if directive or not colons else None


def _close_of_fence(lines: Sequence[str], at: int, opener: re.Match[str]) -> int | None:
    fence = opener["fence"]
    closing = re.compile(rf"[ \t]*{re.escape(fence[0])}{{{len(fence)},}}[ \t]*\Z")
    return next((n for n in range(at + 1, len(lines)) if closing.match(lines[n])), None)


_COLONS = re.compile(r"[ \t]*(?P<colons>:{3,})[ \t]*(?P<rest>\S.*)?\Z")


def _closers_of_colons(lines: Sequence[str]) -> dict[int, int]:
    """Which line of colons alone closes the block that a line of colons and a name opens.

    It closes the innermost block, as in Quarto, or that of just as many colons, as in MyST.
    """
    opened: list[tuple[int, int]] = []  # where, and with how many colons
    counts: Counter[int] = Counter()
    closers: dict[int, int] = {}
    for number, line in enumerate(lines):
        if found := _COLONS.match(line):
            count = len(found["colons"])
            if found["rest"]:
                opened.append((number, count))
                counts[count] += 1
                continue
            while opened and opened[-1][1] < count and counts[count]:
                counts[opened.pop()[1]] -= 1
            if opened:
                at, own = opened.pop()
                counts[own] -= 1
                closers[at] = number
    return closers


def _directive(info: str, colons: bool) -> _Directive | None:
    if not colons and (found := _ADMONITION.match(info)):
        return _Directive(found["name"].lower(), is_admonition=True)
    if found := _NAMED.match(info):
        if colons and found["braced"] in _CODE:  # in backticks it is code already
            return _Directive(found["braced"], found["argument"].strip())
        return _named(found["braced"].lower().rpartition(":")[2], found["argument"])
    if not colons:
        return None
    if found := _CLASSES.match(info):
        return _of_classes(found["attributes"])
    if found := _PLAIN.match(info):
        return _named(found["name"].lower(), found["bracketed"] or found["argument"].rstrip(" :"))
    return None


def _named(name: str, argument: str) -> _Directive | None:
    known = _BOXES | _FIGURES | _FORMULAS | _FRAMES | _LEFT_OUT | _PAGES
    fold = "-" if name in _FOLDED else ""
    return _Directive(name, argument.strip(), fold) if name in known else None


_ATTRIBUTE = re.compile(r"([\w-]+)=(?:\"([^\"]*)\"|'([^']*)'|(\S+))")


def _of_classes(attributes: str) -> _Directive:
    """`.callout-note title="X" collapse="true"`; any other div is a frame."""
    values = {key: a or b or c for key, a, b, c in _ATTRIBUTE.findall(attributes)}
    found = re.search(r"\.(?:callout-)?([\w-]+)", attributes)
    name = found[1] if found else ""
    if "callout-" in attributes and name in _BOXES:
        fold = {"true": "-", "false": "+"}.get(values.get("collapse", ""), "")
        return _Directive(name, values.get("title", ""), fold)
    is_box = name in _BOXES
    label = re.search(r"#([\w:.-]+)", attributes)
    if is_box:
        return _Directive(name, values.get("title", ""))
    return _Directive("div", label=label[1] if label else "")


def _write(
    lines: list[str], at: int, end: int, indent: str, directive: _Directive, file: ForeignFile
) -> None:
    """Write a directive as Markdown, in the place of its lines."""
    options = _options(lines, at + 1, end, plain=directive.is_admonition)
    body = [line.removeprefix(indent) for line in lines[at + 1 : end]]
    if directive.name in _FORMULAS:
        lines[at], lines[end] = f"{indent}```math", f"{indent}```"
        lines[at + 1 : end] = [indent + line for line in _aligned(body)]
        return
    lines[end] = ""
    if directive.name in _CODE:
        _code(lines, at, end, indent, directive.argument)
        return
    if directive.name in _LEFT_OUT:
        lines[at:end] = [""] * (end - at)
        return
    body = read_directives(file, body)
    number = numbered(file, options.get("label") or options.get("name") or directive.label)
    if directive.name in _CARDS:
        directive = _card(directive, body)
    if directive.name in _PAGES:
        lines[at] = indent + _page(directive.argument, options)
        lines[at + 1 : end] = [indent + line for line in body]
    elif directive.name in _FIGURES:
        glued = bool(body and body[0].strip())  # what is below goes on its own line
        lines[at] = indent + _picture(directive.argument, options, file) + "  " * glued
        lines[at + 1 : end] = [indent + line for line in _captioned(body, number)]
    elif directive.name in _FRAMES:
        is_titled = directive.name in ("table", "list-table", "card")
        title = (number + directive.argument).strip(": ") if is_titled else ""
        lines[at] = f"{indent}**{title}**  " if title else ""
        body = _rows(body) if directive.name == "list-table" else body
        lines[at + 1 : end] = [indent + line for line in _captioned(body, "" if title else number)]
    else:
        fold = directive.fold or _FOLDS.get(options.get("collapse") or options.get("class", ""), "")
        title = directive.argument or options.get("title", "")
        _box(lines, at, end, indent, _titled(directive.name, title, fold, body), body)


_CARDS = frozenset(("card", "grid-item-card"))


def _card(directive: _Directive, body: list[str]) -> _Directive:
    """A card of a site: its title is its argument, or what is above `^^^`; `+++` is above its foot.

    Without one it is what it holds.
    """
    marks = {line.strip(): at for at, line in reversed(list(enumerate(body)))}
    title = directive.argument
    if (head := marks.get("^^^")) is not None:
        above = " ".join(line.strip() for line in body[:head] if line.strip())
        title = " ".join(filter(None, (title, above)))
        body[: head + 1] = [""] * (head + 1)
    if (foot := marks.get("+++")) is not None:
        body[foot] = ""
    return directive._replace(name="card", argument=title)


_TICKS = re.compile(r"`{3,}")


def _code(lines: list[str], at: int, end: int, indent: str, language: str) -> None:
    """Code between colons, as fenced code that begins below its options."""
    first = next((n for n in range(at + 1, end) if lines[n].strip()), end)
    longest = max((len(run) for line in lines[at:end] for run in _TICKS.findall(line)), default=2)
    ticks = indent + "`" * max(3, longest + 1)
    lines[at:first] = [""] * (first - at)
    lines[first - 1], lines[end] = f"{ticks}{language}", ticks


_FOLDS = {"dropdown": "-", "closed": "-", "open": "+"}


def _options(lines: list[str], start: int, end: int, *, plain: bool) -> dict[str, str]:
    """Read the options below the opening line, and empty their lines."""
    options: dict[str, str] = {}
    for at in range(start, end):
        found = _OPTION.match(lines[at])
        if not found or (found["plain"] and not plain):
            break
        options[found["key"] or found["plain"]] = found["value"]
        lines[at] = ""
    return options


_CELL = re.compile(r"(?P<row>[*-][ \t]+)?[ \t]*[*-](?:[ \t]+(?P<text>.*)|[ \t]*)\Z")


def _rows(body: list[str]) -> list[str]:
    """A table written as a list of lists, as one of GitHub's; its first row is the head."""
    rows: list[list[str]] = []
    for line in filter(str.strip, body):
        found = _CELL.match(line)
        if found and found["row"] and not line.startswith((" ", "\t")):
            rows.append([])
        if not rows or (not found and not rows[-1]):
            return body
        words = ((found["text"] or "") if found else line).strip().replace("|", "\\|")
        if found:
            rows[-1].append(words)
        else:
            rows[-1][-1] = f"{rows[-1][-1]} {words}".strip()
    if not rows or len(rows) >= len(body):
        return body
    written = ["| " + " | ".join(row) + " |" for row in rows]
    written.insert(1, "|" + "---|" * max(map(len, rows)))
    return [*written, *[""] * (len(body) - len(written))]


def _captioned(body: list[str], number: str) -> list[str]:
    """The text of a figure or table whose caption, its last paragraph, begins with its number."""
    filled = [at for at, line in enumerate(body) if line.strip()]
    if number and filled:
        first = filled[-1]
        while first and body[first - 1].strip() and not body[first - 1].startswith(("!", "|", "[")):
            first -= 1
        if body[first][:1] not in ("", "!", "|", "[", "`", ">"):
            body[first] = number + body[first]
    return body


def _page(address: str, options: dict[str, str]) -> str:
    """A link to a page that a site shows within its own, under its title."""
    words = re.sub(r"[\[\]\\]", "", options.get("title", "").strip("\"'")) or address
    return f"[{words}](<{address}>)"


def _titled(name: str, title: str, fold: str, body: list[str]) -> str:
    """The line that opens a call-out; Quarto's heads its body with its title."""
    first = next((at for at, line in enumerate(body) if line.strip()), None)
    heading = _HEADING.match(body[first]) if first is not None and not title else None
    if heading and first is not None:
        title, body[first] = heading["title"], ""
    return f"> [!{name}]{fold} {title}".rstrip()


def _box(
    lines: list[str], at: int, end: int, indent: str, opening: str, body: Sequence[str]
) -> None:
    lines[at] = indent + opening
    lines[at + 1 : end] = [f"{indent}> {line}".rstrip() for line in body]


def _picture(path: str, options: dict[str, str], file: ForeignFile) -> str:
    """The picture of a figure: by its path, or by the name of another figure, `#fig-x`."""
    if not path:
        return ""  # what the figure shows is below
    found = file.label(path[1:]) if path.startswith("#") else None
    if found and not found[1].picture:
        return found[1].words or path  # a table, or code: only said
    if found and not found[1].picture.startswith("#"):
        there, here = (posixpath.dirname(one) or "." for one in (found[0], file.path))
        path = posixpath.relpath(posixpath.join(there, found[1].picture), here)
    width = re.match(r"\d+(?:px)?\Z", options.get("width", ""))
    size = f"|{width[0].removesuffix('px')}" if width else ""
    alt = re.sub(r"[\[\]|]", "", options.get("alt", ""))
    return f"![{alt}{size}](<{path}>)"


def _aligned(body: list[str]) -> list[str]:
    r"""Formulas of several lines, as MyST shows them: aligned where they have `&` or `\\`."""
    tex = "\n".join(body)
    filled = [at for at, line in enumerate(body) if line.strip()]
    if filled and (r"\\" in tex or re.search(r"(?<!\\)&", tex)) and r"\begin{" not in tex:
        body[filled[0]] = rf"\begin{{aligned}}{body[filled[0]]}"
        body[filled[-1]] += r"\end{aligned}"
    return body


# -- other boxes -----------------------------------------------------------------------------------


def _mkdocs(file: ForeignFile, lines: list[str], at: int) -> int | None:
    """`!!! note "Title"`, with the text of the box indented below."""
    found = _MKDOCS.match(lines[at]) if lines[at].lstrip().startswith(("!!!", "???")) else None
    if not found or not file.is_on("directive"):
        return None
    indent = found["indent"] + "    "
    end = at + 1
    for number in range(at + 1, len(lines)):
        if lines[number].startswith(indent):
            end = number + 1
        elif lines[number].strip():
            break
    if end == at + 1:
        return None
    body = read_directives(file, [line.removeprefix(indent) for line in lines[at + 1 : end]])
    fold = {"???": "-", "???+": "+"}.get(found["mark"], "")
    opening = f"> [!{found['name']}]{fold} {found['title'] or ''}".rstrip()
    _box(lines, at, end, found["indent"], opening, body)
    file.take("directive")
    return end


def _org(file: ForeignFile, lines: list[str], at: int) -> int | None:
    """Logseq's `#+BEGIN_NOTE` … `#+END_NOTE`, also as the text of a bullet."""
    found = _ORG.match(lines[at]) if "#+" in lines[at] else None
    if not found or not file.is_on("directive"):
        return None
    name = found["name"].lower()
    closing = f"#+end_{name}"
    below = range(at + 1, len(lines))
    end = next((n for n in below if lines[n].strip().lower() == closing), None)
    if end is None:
        return None
    file.take("directive")
    indent = " " * len(found["lead"].expandtabs(4))
    body = [_dedented(line, indent) for line in lines[at + 1 : end]]
    if name in ("src", "example"):
        lines[at], lines[end] = f"{found['lead']}```{found['rest']}", f"{indent}```"
        lines[at + 1 : end] = [indent + line for line in body]
        return end + 1
    opening = ">" if name in ("quote", "verse", "export") else f"> [!{name}]"
    _box(lines, at, end, indent, opening, read_directives(file, body))
    lines[at] = found["lead"] + opening
    lines[end] = ""
    return end + 1


def _dedented(line: str, indent: str) -> str:
    """A line without the indent of the bullet that it belongs to."""
    wide = line.expandtabs(4)
    return wide[len(indent) :] if wide.startswith(indent) else wide.lstrip()


def _aside(file: ForeignFile, lines: list[str], at: int) -> int | None:
    """Notion's call-outs: `<aside>`, an emoji and text, `</aside>`."""
    found = _ASIDE.match(lines[at]) if "<aside>" in lines[at] else None
    below = range(at, len(lines))
    end = next((n for n in below if "</aside>" in lines[n]), None) if found else None
    if not found or end is None or not file.is_on("aside"):
        return None
    file.take("aside")
    indent = " " * len(found["lead"].expandtabs(4))
    if end == at:
        lines[at] = f"{found['lead']}> {found['rest'].replace('</aside>', '').strip()}"
        return end + 1
    body = [_dedented(line, indent) for line in lines[at + 1 : end]]
    _box(lines, at, end, indent, "> [!aside]", read_directives(file, body))
    lines[at] = f"{found['lead']}> [!aside]"
    rest = lines[end].replace("</aside>", "").strip()
    lines[end] = f"{indent}> {rest}" if rest else ""
    if found["rest"].strip() and end > at + 1:
        lines[at + 1] = f"{indent}> {found['rest'].strip()} {lines[at + 1].strip().lstrip('> ')}"
    return end + 1


_READERS: tuple[_Reader, ...] = (
    _mkdocs,
    _org,
    _aside,
)
