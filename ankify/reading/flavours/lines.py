"""Signs that are whole lines, taken before formulas are set aside; no line is moved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ankify.reading.flavours.directives import read_directives
from ankify.reading.flavours.flavour import ForeignFile, numbered
from ankify.reading.formulas import guess_fences

GONE = "\x02"  # a line to be left out: an empty one would make a list loose


def read_lines(file: ForeignFile, text: str) -> str:
    """Take the signs that are whole lines; what is in code stays."""
    if file.may_have(text, "outer-fence") and (found := _PASTED.match(text)):
        text = "\n".join(_without_outer_fence(file, text.split("\n"), found["fence"]))
    if file.may_have(text, "comment"):
        text = "\n".join(_without_comments(file, text.split("\n")))
    if file.may_have(text, "macro"):
        text = "\n".join(_without_macros(file, text.split("\n")))
    if file.may_have(text, "property"):
        text = "\n".join(_without_properties(file, text.split("\n")))
    if file.may_have(text, "label"):
        text = "\n".join(_without_labels(file, text.split("\n")))
    if file.may_have(text, "directive", "aside"):
        text = "\n".join(read_directives(file, text.split("\n")))
    if file.flavour.is_sure("logseq") and file.may_have(text, "formula-in-line"):
        text = "\n".join(_with_formulas_in_lines(file, text.split("\n")))
    if file.may_have(text, "role"):
        text = "\n".join(_with_formulas(file, text.split("\n")))
    return text


def code_lines(lines: Sequence[str]) -> set[int]:
    """The lines of fenced code."""
    return {at for start, end in guess_fences(lines) for at in range(start, end)}


# -- the fence around a file -----------------------------------------------------------------------

_PASTED = re.compile(
    r"(?:[ \t]*\n)* {0,3}(?P<fence>`{3,})[ \t]*(?:markdown|md)[ \t]*\n\s*#{1,6}[ \t]"
)


def _without_outer_fence(file: ForeignFile, lines: list[str], outer: str) -> list[str]:
    """Empty the lines of a fence that was copied with the Markdown in it, from an answer in a chat.

    The first line "```" in it would end it: that of the code it holds. Two such answers may have
    text between them. A first fence that holds no other, and ends above the end, is an example.
    """
    fence = re.compile(rf" {{0,3}}{outer}`*[ \t]*(?P<info>[^`]*)$")
    fences = [
        (at, found["info"].strip()) for at, it in enumerate(lines) if (found := fence.match(it))
    ]
    (first, _), *others = fences
    alone = len(others) == 1 and not any(map(str.strip, lines[others[0][0] + 1 :]))
    if others and not others[0][1] and not alone:
        return lines
    gone, is_inside, in_code = [first], True, False
    for (at, info), (_, below) in pairwise([*others, (len(lines), "-")]):
        if in_code:
            in_code = bool(info)
        elif not is_inside and _PASTED.match("\n".join(lines[at : at + FEW])):
            gone.append(at)
            is_inside = True
        elif is_inside and not info and below:  # no other line ends the code that would begin here
            gone.append(at)
            is_inside = False
        else:
            in_code = True
    for at in gone:
        lines[at] = ""
        file.take("outer-fence")
    return lines


FEW = 4  # lines down to a heading


# -- comments --------------------------------------------------------------------------------------

_COMMENT_OPENS = re.compile(r"[ \t>]*%%(?!%)(?:(?!%%).)*\Z")  # %% and no second one in its line


def _without_comments(file: ForeignFile, lines: list[str]) -> list[str]:
    """Empty the lines of comments over several lines; code in a comment is part of it."""
    code = code_lines(lines)
    at = 0
    while at < len(lines):
        end = None
        if at not in code and _COMMENT_OPENS.match(lines[at]):
            below = range(at + 1, len(lines))
            end = next((n for n in below if lines[n].rstrip().endswith("%%")), None)
        if end is not None:
            lines[at : end + 1] = [""] * (end + 1 - at)
            file.take("comment")
            at = end
        at += 1
    return lines


# -- properties ------------------------------------------------------------------------------------

# What Logseq writes itself, and what it knows of pages and cards.
_KNOWN = (
    "id collapsed title type tags tag alias icon public filters template heading created-at "
    "updated-at created updated background-color card-last-interval card-repeats card-ease-factor "
    "card-next-schedule card-last-reviewed card-last-score template-including-parent exclude-from-"
    "graph-view done doing todo now later ls-type hl-page hl-color hl-stamp hl-type file file-path "
    "logseq.order-list-type"
)
_KNOWN_KEYS = frozenset(_KNOWN.split())
_PROPERTY = re.compile(r"(?P<lead>[ \t]*(?:[-*+][ \t]+)?)(?P<key>[a-z][\w.-]*)::(?:[ \t].*)?\Z")
_PLANNED = re.compile(r"[ \t]*(?:(?:SCHEDULED|DEADLINE):[ \t]*<[^<>]*>[ \t]*)+\Z")
_LOGBOOK, _LOGBOOK_END = re.compile(r"[ \t]*:LOGBOOK:[ \t]*\Z"), re.compile(r"[ \t]*:END:[ \t]*\Z")


def _without_properties(file: ForeignFile, lines: list[str]) -> list[str]:
    """Leave out the lines of Logseq's properties: all in its graph, else runs with a known key."""
    code = code_lines(lines)
    for start, end in _runs(lines, code):
        keys = {found["key"] for line in lines[start:end] if (found := _PROPERTY.match(line))}
        if ORDERED in keys:
            file.ordered.extend(_mark_ordered(lines, start, end))
        if keys & _KNOWN_KEYS or file.flavour.is_sure("logseq"):
            _take_out(lines, start, end)
            file.taken["property"] += end - start
    logbook = False
    for at, line in enumerate(lines):
        logbook = logbook or (at not in code and bool(_LOGBOOK.match(line)))
        if logbook or (at not in code and _PLANNED.match(line)):
            lines[at] = GONE
            file.take("property")
        logbook = logbook and not _LOGBOOK_END.match(line)
    return lines


def _take_out(lines: list[str], start: int, end: int) -> None:
    """Take out a run of properties; a block that begins with some begins with what is below."""
    leads = [found["lead"] for line in lines[start:end] if (found := _PROPERTY.match(line))]
    lines[start:end] = [GONE] * (end - start)
    bullets = [at for at, lead in enumerate(leads, start) if lead.strip()]
    if bullets and _has_more(lines, end):
        last = bullets[-1]
        if _ITEM.match(lines[end]):  # a bullet alone, below text, would make a heading of that
            lines[last] = f"{leads[last - start]}<!-- -->"
        else:
            lines[last] = leads[last - start] + lines[end].lstrip()
            lines[end] = GONE


_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])(?:[ \t]|\Z)")
ORDERED = "logseq.order-list-type"


def _mark_ordered(lines: list[str], start: int, end: int) -> Iterator[int]:
    """Give blocks that Logseq numbers the bullet `+`, by which `blocks.py` knows them."""
    for at in range(start, end):
        if f"{ORDERED}:: number" in lines[at]:
            block = next((up for up in range(at, -1, -1) if _BULLET.match(lines[up])), None)
            if block is not None:
                lines[block] = _BULLET.sub(r"\1+", lines[block], count=1)
                yield block


_BULLET = re.compile(r"([ \t]*)-(?=[ \t])")


def _runs(lines: Sequence[str], code: set[int]) -> Iterator[tuple[int, int]]:
    """Runs of lines that are properties, in code or not: `[start, end)`."""
    start = None
    for at, line in enumerate([*lines, ""]):
        if at not in code and _PROPERTY.match(line):
            start = at if start is None else start
        elif start is not None:
            yield start, at
            start = None


def _has_more(lines: Sequence[str], at: int) -> bool:
    """Whether the block whose properties end above a line goes on in it."""
    return at < len(lines) and lines[at].startswith((" ", "\t")) and bool(lines[at].strip())


# -- macros ----------------------------------------------------------------------------------------

# `{{x}}` in code; {{cloze x}}; {{embed [[Trees]]}}; {{embed ((0f9a…))}}, ((0f9a…)); {{video https://…}}
_MACRO = re.compile(
    r"""(?P<code>`+)(?!`)[^\n]*?(?<!`)(?P=code)(?!`)
    | \{\{cloze[ \t]+(?P<words>(?:[^{}\n]|\{[^{}\n]*\})+)\}\}
    | \{\{embed[ \t]+(?P<note>\[\[[^\[\]\n]+\]\])[ \t]*\}\}
    | (?P<opens>\{\{embed[ \t]+)?\(\((?P<id>[0-9a-f]{8}-[0-9a-f-]{27})\)\)(?(opens)[ \t]*\}\})
    | \{\{youtube[ \t]+(?P<youtube>[\w-]{11})[ \t]*\}\}
    | \{\{(?:video|youtube|tweet|bilibili|vimeo)[ \t]+(?P<url>https?://[^\s{}]+)[ \t]*\}\}""",
    re.VERBOSE,
)
# Characters of blocks that are set into a file for references to them; further ones stay
_MOST_OF_BLOCKS = 500_000
_OF_A_CARD = re.compile(r"#(?:flash)?cards?\b")


def _without_macros(file: ForeignFile, lines: list[str]) -> list[str]:
    """Write Logseq's macros and references to blocks as what they show."""
    code = code_lines(lines)
    left = _MOST_OF_BLOCKS

    def written(found: re.Match[str]) -> str:
        nonlocal left
        shown = None
        if words := found["words"]:
            shown = f"{{{{c1::{words}}}}}" if _OF_A_CARD.search(found.string) else words
        elif found["note"]:
            shown = f"!{found['note']}"
        elif found["url"]:
            shown = f"<{found['url']}>"
        elif found["youtube"]:
            shown = f"<https://youtu.be/{found['youtube']}>"
        elif found["id"]:
            shown = file.vault.blocks.get(found["id"])
            left -= len(shown or "")
        if shown is None or left < 0:
            return found[0]
        file.take("macro")
        return shown

    for at, line in enumerate(lines):
        if ("{{" in line or "((" in line) and at not in code:
            lines[at] = _MACRO.sub(written, line)
    return lines


# -- labels and roles ------------------------------------------------------------------------------

_TARGET = re.compile(r"[ \t]*\([\w:./-]+\)=[ \t]*\Z")  # (sec-norms)=
_BREAK = re.compile(r"\+\+\+(?:[ \t].*)?\Z|%(?:[ \t].*)?\Z")  # +++, % between the cells of MyST
_LABELLING = ("(", "+++", "%", ":")  # what such lines begin with, to be quick about all others
# : x {#tbl-x}
_CAPTION = re.compile(
    r":[ \t]+(?P<words>[^*\n]+?)[ \t]*\{#(?P<label>tbl-[\w:.-]+)[^{}\n]*\}[ \t]*\Z"
)


def _without_labels(file: ForeignFile, lines: list[str]) -> list[str]:
    """Empty the lines that only give what follows a name."""
    marked = [at for at, line in enumerate(lines) if line.lstrip(" \t").startswith(_LABELLING)]
    code = code_lines(lines) if marked else ()
    for at in marked:
        line = lines[at]
        if at in code:
            continue
        if _TARGET.match(line) or (_BREAK.match(line) and file.flavour.is_sure("myst")):
            lines[at] = ""
            file.take("label")
        elif caption := _CAPTION.match(line):
            lines[at] = f"*{numbered(file, caption['label'])}{caption['words']}*"
            file.take("label")
    return lines


_MATH_ROLE = re.compile(r"\{math\}(`+)(?P<tex>[^`\n]+)\1")


def _with_formulas(file: ForeignFile, lines: list[str]) -> list[str]:
    r"""Write {math}`x` as $`x`$."""
    code = code_lines(lines)
    for at, line in enumerate(lines):
        if "{math}`" in line and at not in code:
            lines[at], count = _MATH_ROLE.subn(r"$`\g<tex>`$", line)
            for _ in range(count):
                file.take("role")
    return lines


# - where $$x$$ is; a formula is alone in its line where nothing but a bullet is beside it
_IN_LINE = re.compile(r"(?P<code>`+)(?!`)[^\n]*?(?<!`)(?P=code)(?!`)|\$\$(?P<tex>[^$`\n]+)\$\$")


def _with_formulas_in_lines(file: ForeignFile, lines: list[str]) -> list[str]:
    """Write $$x$$ among words as $`x`$."""
    code = code_lines(lines)

    def written(found: re.Match[str]) -> str:
        if not found["tex"]:
            return found[0]
        file.take("formula-in-line")
        return f"$`{found['tex'].strip()}`$"

    for at, line in enumerate(lines):
        if line.count("$$") > 1 and at not in code and re.search(r"\w", _FORMULAS.sub("", line)):
            lines[at] = _IN_LINE.sub(written, line)
    return lines


_FORMULAS = re.compile(r"\$\$[^$]*\$\$")
