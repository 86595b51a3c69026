"""The preview: one folder with a static page that shows every card as on the phone, without Anki.

The page opens from disk and fetches nothing: cards are filled in by a small reader of Anki's
template language, formulas become MathML. Its frame is templates/preview.*, which know no notes.
"""

from __future__ import annotations

import functools
import hashlib
import re
import sys
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape
from pathlib import Path
from string import Template as PageTemplate
from urllib.parse import quote
from xml.etree import ElementTree

import click

from ankify.anki.cloze import shown_cloze
from ankify.anki.note_type import TEMPLATE_COMMENT, layout_of, template_folder
from ankify.commands.console import say
from ankify.commands.options import notes_argument, reports_errors, unnumbered_option
from ankify.commands.project import read, say_why_empty
from ankify.commands.site import GENERATED, LARGEST, Site
from ankify.files import read_file
from ankify.model import AnkifyError, Location, Note, Problem, Project
from ankify.reading.html import html_text

REMOVED = "no longer in the notes: only who has this card keeps it"

# {{Question}}  {{#Status}}  {{^Status}}  {{/Status}}  {{text:Question}}
TAG = re.compile(r"\{\{\s*([#^/]?)\s*(.*?)\s*\}\}", re.S)
# What Anki, too, takes for an empty field.
EMPTY = re.compile(r"(?:\s|</?(?:br|div)\s*/?>)*", re.I)
# \(x\) or \[x\], and code, in which a formula is only quoted
FORMULA = re.compile(r"<(pre|code)\b.*?</\1>|\\\((.*?)\\\)|\\\[(.*?)\\\]", re.S)
SOUND = re.compile(r"\[sound:([^\]]+)\]")
SOURCE = re.compile(r'(?<=\ssrc=")([^"]+)(?=")')
# \foo in a text of MathML: a macro that latex2mathml does not know
LEFT_TEX = re.compile(r"\\[A-Za-z]|&")
# Other spellings of what latex2mathml knows under one name only.
SPELLINGS = (
    (r"\\(begin|end)\{(aligned|gathered|gather\*?)\}", r"\\\1{align*}"),
    (r"\\[lr]?Vert(?![A-Za-z])|(?<!\\)\\\|", "‖"),
    (r"\\(math[a-z]+)\s+([A-Za-z])", r"\\\1{\2}"),
    (r"\\lbrace(?![A-Za-z])", r"\\{"),
    (r"\\rbrace(?![A-Za-z])", r"\\}"),
    (r"\\(nonumber|notag|displaystyle)(?![A-Za-z])", ""),
)


@dataclass(frozen=True)
class _Card:
    """One card, filled in: both sides as HTML, and how many formulas could not be drawn."""

    template: str
    front: str
    back: str
    undrawn: int


def write_preview(project: Project, folder: Path) -> Path:
    """Write the preview of all cards into `folder` and return its page, `index.html`.

    Same project, same bytes. A folder that holds anything but a preview is refused with an
    AnkifyError, so that nothing of the user's is ever overwritten; one that cannot be written, too.
    """
    return write_site(project, folder).folder / "index.html"


def write_site(project: Project, folder: Path) -> Site:
    """Write the preview as `write_preview` does, and say what was written."""
    site = Site(folder)
    try:
        _write_all(project, site)
    except OSError as error:
        raise AnkifyError(f"cannot write {folder}: {error.strerror or error}") from error
    return site


def _write_all(project: Project, site: Site) -> None:
    site.clear()
    for media in project.media:
        site.copy(media)
    site.write("card.css", project.note_type.css)
    for name in ("preview.css", "preview.js"):
        site.write(name, _asset(name))
    for file in dict.fromkeys(_files(project)):
        site.write(_source_page(file), _show_source(project.root / file, file))
    page = _page(project)
    site.write("version.txt", hashlib.sha256(page.encode(errors="replace")).hexdigest())
    site.write("index.html", page)


def _asset(name: str) -> str:
    return (template_folder() / name).read_text(encoding="utf-8")


def _source_page(file: str) -> str:
    """Where the lines of a note file are shown: no name of its own is too long, or a folder's."""
    digest = hashlib.sha256(file.encode(errors="surrogateescape")).hexdigest()[:12]
    return f"files/{digest}.html"


def _show_source(path: Path, file: str) -> str:
    """A page with the lines of a note file, each of which can be linked to as `#L12`."""
    try:
        text = read_file(path, LARGEST).decode("utf-8", errors="replace")
    except OSError:
        text = "(this file is gone)"
    lines = "\n".join(
        f'<span id="L{number}">{escape(line)}</span>'
        for number, line in enumerate(text.splitlines(), 1)
    )
    return PageTemplate(_asset("preview.source.html")).substitute(
        title=escape(file), up="../", lines=lines, generated=GENERATED
    )


# The page ----------------------------------------------------------------------------------------


def _files(project: Project) -> Iterator[str]:
    """The files that the page links to, some of them often."""
    yield from (note.question.file for note in project.notes if note.question)
    yield from (problem.location.file for problem in project.problems if problem.location.line)


@dataclass(frozen=True)
class _Shown:
    """What all cards are made from: names of media, and problems by the guid of their note."""

    project: Project
    media: frozenset[str]
    problems: Mapping[str, Sequence[Problem]]


def _page(project: Project) -> str:
    decks: dict[str, list[Note]] = {}
    for note in project.notes:
        decks.setdefault(note.deck, []).append(note)
    problems = _by_note(project)
    shown = _Shown(project, frozenset(media.name for media in project.media), problems)
    marked = {id(problem) for found in problems.values() for problem in found}
    others = [problem for problem in project.problems if id(problem) not in marked]
    sections = [
        _section(number, deck, notes, shown)
        for number, (deck, notes) in enumerate(decks.items(), 1)
    ]
    return PageTemplate(_asset("preview.html")).substitute(
        generated=GENERATED,
        title=escape(project.name),
        decks="\n".join(_deck_links(decks)),
        faulty=sum(bool(found) for found in problems.values()),
        total=len(project.notes),
        problems=_problem_list(others, "Problems that belong to no card"),
        sections="\n".join(sections),
    )


def _by_note(project: Project) -> dict[str, list[Problem]]:
    """The problems of each note, by its guid: those within the lines of its question."""
    files: dict[str, list[Problem]] = defaultdict(list)
    for problem in sorted(project.problems, key=_place):
        files[problem.location.file].append(problem)
    found: dict[str, list[Problem]] = {}
    for note in project.notes:
        asked = note.question
        if asked and asked.file in files:
            start = bisect_left(files[asked.file], asked.location, key=_place)
            end = bisect_right(files[asked.file], Location(asked.file, asked.end_line), key=_place)
            found[note.guid] = files[asked.file][start:end]
    return found


def _place(problem: Problem) -> Location:
    return problem.location


def _deck_links(decks: Mapping[str, list[Note]]) -> Iterator[str]:
    """A line for each deck, and one for the decks above it wherever those change."""
    before: list[str] = []
    for number, (deck, notes) in enumerate(decks.items(), 1):
        *outer, last = _below_root(deck)
        if outer and outer != before:
            yield f'<li class="outer">{escape(" › ".join(outer))}</li>'
        before = outer
        count = f"<small>{len(notes)}</small>"
        yield f'<li><a href="#deck-{number}">{escape(last)} {count}</a></li>'


def _below_root(deck: str) -> list[str]:
    """The parts of a deck's name without the root's, which is the title of the page."""
    return deck.split("::")[1:] or [deck]


def _section(number: int, deck: str, notes: list[Note], shown: _Shown) -> str:
    cards = "\n".join(_article(note, shown) for note in notes)
    name = escape(" › ".join(_below_root(deck)))
    return (
        f'<section aria-labelledby="deck-{number}">\n'
        f'<h2 id="deck-{number}" tabindex="-1">{name}</h2>\n{cards}\n</section>'
    )


def _article(note: Note, shown: _Shown) -> str:
    """One note: its title, where it stands, what is wrong with it, and its cards."""
    problems = shown.problems.get(note.guid, ())
    cards = [_fill(note, ordinal, shown) for ordinal in note.cards or (0,)]
    undrawn = max(card.undrawn for card in cards)
    remarks = _problem_list(problems, "Problems")
    if undrawn:
        remarks += f'<p class="remark">{_counted(undrawn)} shown as TeX here; Anki draws it.</p>'
    if not note.cards:
        remarks += f'<p class="remark">{REMOVED}</p>'
    phones = "\n".join(_phones(card, several=len(cards) > 1) for card in cards)
    kind = ' class="faulty"' if problems else ""
    return f"<article{kind}>\n{_head(note)}\n{remarks}\n{phones}\n</article>"


def _counted(formulas: int) -> str:
    return "1 formula is" if formulas == 1 else f"{formulas} formulas are"


def _head(note: Note) -> str:
    asked = note.question
    if asked is None:
        return f"<header><h3>{escape(html_text(note.fields[0]))}</h3></header>"
    number = f'<span class="number">{escape(asked.number)}</span> ' if asked.number else ""
    href = f"{quote(_source_page(asked.file))}#L{asked.line}"
    place = f'<a class="place" href="{href}">{escape(str(asked.location))}</a>'
    return f"<header><h3>{number}{escape(asked.title)}</h3>{place}</header>"


def _problem_list(problems: Sequence[Problem], label: str) -> str:
    if not problems:
        return ""
    items = "".join(_problem(problem) for problem in problems)
    return f'<ul class="problems" aria-label="{label}">{items}</ul>'


def _problem(problem: Problem) -> str:
    place = escape(str(problem.location))
    if problem.location.line:
        href = f"{quote(_source_page(problem.location.file))}#L{problem.location.line}"
        place = f'<a href="{href}">{place}</a>'
    hint = f" <em>{escape(problem.hint)}</em>" if problem.hint else ""
    return (
        f'<li class="{problem.severity}"><b>{problem.severity}</b> {escape(problem.message)}'
        f" <code>{problem.rule}</code> {place}{hint}</li>"
    )


def _phones(card: _Card, *, several: bool) -> str:
    name = f"{escape(card.template)}: " if several else ""
    sides = "".join(
        f'<figure><figcaption>{name}{side}</figcaption><div class="phone"><div class="card">'
        f"{html}</div></div></figure>"
        for side, html in (("Front", card.front), ("Back", card.back))
    )
    return f'<div class="sides">{sides}</div>'


# Cards -------------------------------------------------------------------------------------------


def _fill(note: Note, ordinal: int, shown: _Shown) -> _Card:
    layout = layout_of(note)
    looks = shown.project.cloze_type if note.is_cloze else shown.project.note_type
    assert looks
    template = looks.templates[0 if note.is_cloze else ordinal]
    fields = dict(zip(layout.fields, note.fields, strict=False))
    fields["Tags"] = escape(" ".join(note.tags))
    fields["Deck"], fields["Subdeck"] = escape(note.deck), escape(note.deck.split("::")[-1])
    fields["Type"], fields["Card"] = layout.name, escape(template.name)
    asked, answered = _sides(fields, ordinal)
    front = fill_template(template.front, asked)
    back = fill_template(template.back, {**answered, "FrontSide": front})
    (front, _), (back, undrawn) = _for_page(front, shown.media), _for_page(back, shown.media)
    return _Card(template.name, front, back, undrawn)


def _sides(fields: dict[str, str], ordinal: int) -> tuple[dict[str, str], dict[str, str]]:
    """The fields as front and back show them: gaps, and what is typed."""
    text, typed, number = fields.get("Text", ""), fields.get("Typed", ""), ordinal + 1
    front = {
        "cloze:Text": shown_cloze(text, number, is_answer=False),
        "type:Typed": '<input id="typeans" disabled>',
    }
    back = {
        "cloze:Text": shown_cloze(text, number, is_answer=True),
        "type:Typed": f'<code id="typeans">{typed}</code>',
    }
    return fields | front, fields | back


def fill_template(template: str, fields: Mapping[str, str]) -> str:
    """Fill in a card template of Anki: `{{Field}}`, `{{#Field}}` and `{{^Field}}` sections.

    Of the filters only `text:` does something. A field that is not known is left out.
    """
    template = TEMPLATE_COMMENT.sub("", template)
    parts: list[str] = []
    shown = [True]
    end = 0
    for tag in TAG.finditer(template):
        if all(shown):
            parts.append(template[end : tag.start()])
        end = tag.end()
        kind, name = tag[1], tag[2]
        if kind in ("#", "^"):
            filled = not EMPTY.fullmatch(fields.get(name, ""))
            shown.append(filled == (kind == "#"))
        elif kind == "/" and len(shown) > 1:
            shown.pop()
        elif not kind and all(shown):
            *filters, field = name.split(":")
            value = fields.get(name, fields.get(field, ""))
            parts.append(html_text(value) if "text" in filters else value)
    return "".join([*parts, template[end:] if all(shown) else ""])


def _for_page(html: str, names: frozenset[str]) -> tuple[str, int]:
    """A side of a card for the page, and how many of its formulas are left as TeX."""
    html = re.sub(r""" id=["']?answer["']?(?=[\s>])""", "", html)  # many cards share the page
    html = SOUND.sub(r'<audio controls src="\1"></audio>', html)
    html = SOURCE.sub(lambda m: f"media/{m[1]}" if unescape(m[1]) in names else m[1], html)
    html = html.replace("<img ", '<img loading="lazy" ')
    undrawn = 0

    def draw(found: re.Match[str]) -> str:
        nonlocal undrawn
        if found[1]:
            return found[0]
        inline, displayed = found[2], found[3]
        tex = unescape(inline if inline is not None else displayed)
        drawn = draw_formula(tex, display=inline is None)
        undrawn += drawn is None
        return drawn or f'<code class="tex">{escape(tex.strip())}</code>'

    return FORMULA.sub(draw, html), undrawn


@functools.cache
def draw_formula(tex: str, *, display: bool) -> str | None:
    """MathML of a formula, or None where latex2mathml does not know it all."""
    from latex2mathml.converter import convert_to_element

    for wanting, known in SPELLINGS:
        tex = re.sub(wanting, known, tex)
    try:
        math = convert_to_element(tex, display="block" if display else "inline")
    except Exception:  # it raises IndexError, KeyError and more of its own on TeX it cannot read
        return None
    for element in math.iter():
        for name in ("href", "style", "class", "id"):  # \href{javascript:...} and \style reach it
            element.attrib.pop(name, None)
        element.text = unescape(element.text) if element.text else element.text
        if element.tag in ("mi", "mo", "mtext") and LEFT_TEX.search(element.text or ""):
            return None
    return ElementTree.tostring(math, encoding="unicode")


@click.command("preview")
@notes_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("build", "preview"),
    show_default=True,
    help="The folder to write.",
)
@click.option(
    "--serve",
    is_flag=True,
    help="Serve it, and write it anew when a note changes.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Where --serve listens.",
)
@unnumbered_option
@reports_errors
def preview_command(notes: Path, output: Path, *, serve: bool, port: int, unnumbered: bool) -> None:
    """Show all cards of NOTES on a web page, without Anki.

    The folder opens from disk; what `ankify check` finds is beside the card it is about.

    Example: ankify preview notes --serve
    """
    from ankify.checks.rules import check as find_problems

    def checked() -> Project:
        project = read(notes, unnumbered)
        if not project.questions:
            say_why_empty(project)
        return replace(project, problems=find_problems(project))

    if serve:
        from ankify.commands.serve import serve_preview

        serve_preview(checked, output, port=port, tell=say)
        return
    project = checked()
    say(f"Wrote {write_preview(project, output)}")
    sys.exit(0 if project.questions else 1)
