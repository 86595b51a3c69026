"""Cards filled in without Anki, for the preview.

A small reader of Anki's template language fills in the fields, formulas become MathML, and what is
on the card leads to the files of the preview.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape, unescape
from xml.etree import ElementTree

from ankify.anki.cloze import shown_cloze
from ankify.anki.note_type import TEMPLATE_COMMENT, layout_of
from ankify.model import Note, Project
from ankify.reading.html import html_text

# {{Question}}  {{#Status}}  {{^Status}}  {{/Status}}  {{text:Question}}
TAG = re.compile(r"\{\{\s*([#^/]?)\s*(.*?)\s*\}\}", re.S)
# What Anki, too, takes for an empty field.
EMPTY = re.compile(r"(?:\s|</?(?:br|div)\s*/?>)*", re.I)
# \(x\) or \[x\], and code, in which a formula is only quoted
FORMULA = re.compile(r"<(pre|code)\b.*?</\1>|\\\((.*?)\\\)|\\\[(.*?)\\\]", re.S)
SOUND = re.compile(r"\[sound:([^\]]+)\]")
# The box of a task, whose text is beside it and no label of it.
CHECKBOX = re.compile(r'<input(?=[^>]* type="checkbox")([^>]*>)')
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
class Card:
    """One card, filled in: both sides as HTML, and how many formulas could not be drawn."""

    template: str
    front: str
    back: str
    undrawn: int


def fill_card(note: Note, ordinal: int, project: Project, media: Collection[str]) -> Card:
    """Fill in a card; `media` are the names of the files that the preview has."""
    layout = layout_of(note)
    looks = project.cloze_type if note.is_cloze else project.note_type
    assert looks
    template = looks.templates[0 if note.is_cloze else ordinal]
    fields = dict(zip(layout.fields, note.fields, strict=False))
    fields["Tags"] = escape(" ".join(note.tags))
    fields["Deck"], fields["Subdeck"] = escape(note.deck), escape(note.deck.split("::")[-1])
    fields["Type"], fields["Card"] = layout.name, escape(template.name)
    asked, answered = _sides(fields, ordinal)
    front = fill_template(template.front, asked)
    back = fill_template(template.back, {**answered, "FrontSide": front})
    (front, _), (back, undrawn) = _for_page(front, media), _for_page(back, media)
    return Card(template.name, front, back, undrawn)


def _sides(fields: dict[str, str], ordinal: int) -> tuple[dict[str, str], dict[str, str]]:
    """The fields as front and back show them: gaps, and what is typed."""
    text, typed, number = fields.get("Text", ""), fields.get("Typed", ""), ordinal + 1
    front = {
        "cloze:Text": shown_cloze(text, number, is_answer=False),
        "type:Typed": '<input id="typeans" aria-label="Answer" disabled>',
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


def _for_page(html: str, names: Collection[str]) -> tuple[str, int]:
    """A side of a card for the page, and how many of its formulas are left as TeX."""
    html = re.sub(r""" id=["']?answer["']?(?=[\s>])""", "", html)  # many cards share the page
    html = SOUND.sub(r'<audio controls src="\1"></audio>', html)
    html = SOURCE.sub(lambda m: f"media/{m[1]}" if unescape(m[1]) in names else m[1], html)
    html = html.replace("<img ", '<img loading="lazy" ')
    html = CHECKBOX.sub(r'<input aria-label="Option" data-say-label="option"\1', html)
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
