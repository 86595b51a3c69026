"""Blocks of MyST, Quarto, Docusaurus, MkDocs, Logseq and Notion, as Markdown of GitHub's.

A box becomes a call-out (`> [!note] Title`), a figure a picture, a formula a ```math block, and
what says nothing on a card goes. The lines stay in their places: the line that opens a box becomes
its title, the one that closes it an empty one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ankify.reading.flavours.flavour import ForeignFile

# Directives that are boxes, by what they are called where they have no title.
_BOX_NAMES = """admonition attention callout card caution danger details dropdown error example
    exercise hint important info margin note question seealso sidebar solution success tab-item
    tip todo topic warning abstract summary tldr bug quote failure faq check axiom corollary
    definition lemma proof property proposition theorem algorithm remark conjecture assumption
    criterion observation"""
_BOXES = frozenset(_BOX_NAMES.split())
_FIGURES = frozenset(("figure", "image", "video", "audio"))
_FORMULAS = frozenset(("math",))
# Their lines go, their content stays.
_FRAME_NAMES = """card-carousel center columns column container div epigraph grid grid-item glossary
    grid-item-card highlights pull-quote subfigure tab-set table tabbed panel-tabset"""
_FRAMES = frozenset(_FRAME_NAMES.split())
_SILENT = "bibliography contents index meta tableofcontents toctree sectionauthor codeauthor"
_LEFT_OUT = frozenset(_SILENT.split())
_FOLDED = frozenset(("details", "dropdown"))

# ```{note} Title, :::{figure} a.png, ::: tip Title, ::: {.callout-note collapse="true"}
_OPENER = re.compile(r"(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,}|:{3,})[ \t]*(?P<info>.*?)[ \t]*\Z")
_NAMED = re.compile(r"\{(?P<braced>[a-zA-Z][\w:.-]*)\}[ \t]*(?P<argument>.*)\Z")
_PLAIN = re.compile(r"(?P<name>[a-zA-Z][\w-]*)(?:\[(?P<bracketed>[^\]]*)\])?(?P<argument>.*)\Z")
_CLASSES = re.compile(r"\{(?P<attributes>[^{}]*)\}[ \t]*:*\Z")
_OPTION = re.compile(r"[ \t]*:(?P<key>[\w-]+):[ \t]*(?P<value>.*?)[ \t]*\Z")
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


@dataclass(frozen=True)
class _Directive:
    """A directive that is known: its kind of block, title or argument, and whether it is folded."""

    name: str
    argument: str = ""
    fold: str = ""


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
    """Which line of colons alone closes the block that a line of colons and a name opens."""
    open_at: list[int] = []
    closers: dict[int, int] = {}
    for number, line in enumerate(lines):
        if found := _COLONS.match(line):
            if found["rest"]:
                open_at.append(number)
            elif open_at:
                closers[open_at.pop()] = number
    return closers


def _directive(info: str, colons: bool) -> _Directive | None:
    if found := _NAMED.match(info):
        return _named(found["braced"].lower().rpartition(":")[2], found["argument"])
    if not colons:
        return None
    if found := _CLASSES.match(info):
        return _of_classes(found["attributes"])
    if found := _PLAIN.match(info):
        return _named(found["name"].lower(), found["bracketed"] or found["argument"].rstrip(" :"))
    return None


def _named(name: str, argument: str) -> _Directive | None:
    known = _BOXES | _FIGURES | _FORMULAS | _FRAMES | _LEFT_OUT
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
    return _Directive(name, values.get("title", "")) if is_box else _Directive("div")


def _write(
    lines: list[str], at: int, end: int, indent: str, directive: _Directive, file: ForeignFile
) -> None:
    """Write a directive as Markdown, in the place of its lines."""
    options = _options(lines, at + 1, end)
    body = [line.removeprefix(indent) for line in lines[at + 1 : end]]
    if directive.name in _FORMULAS:
        lines[at], lines[end] = f"{indent}```math", f"{indent}```"
        lines[at + 1 : end] = [indent + line for line in _aligned(body)]
        return
    lines[end] = ""
    if directive.name in _LEFT_OUT:
        lines[at:end] = [""] * (end - at)
        return
    body = read_directives(file, body)
    if directive.name in _FIGURES:
        lines[at] = indent + _picture(directive.argument, options)
        lines[at + 1 : end] = [indent + line for line in body]
    elif directive.name in _FRAMES:
        is_titled = directive.name in ("table", "grid-item-card")
        title = directive.argument if is_titled else ""
        lines[at] = f"{indent}**{title}**  " if title else ""
        lines[at + 1 : end] = [indent + line for line in body]
    else:
        fold = directive.fold or ("-" if options.get("class", "") == "dropdown" else "")
        _box(lines, at, end, indent, _titled(directive.name, directive.argument, fold, body), body)


def _options(lines: list[str], start: int, end: int) -> dict[str, str]:
    """Read the options below the opening line, and empty their lines."""
    options: dict[str, str] = {}
    for at in range(start, end):
        found = _OPTION.match(lines[at])
        if not found:
            break
        options[found["key"]] = found["value"]
        lines[at] = ""
    return options


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


def _picture(path: str, options: dict[str, str]) -> str:
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
