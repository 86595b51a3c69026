"""The note type: its fields, and its card templates, the user's own before ankify's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ankify.config import CONFIG_NAME, Settings, nearest_name
from ankify.files import MEGABYTE, read_file, real_path
from ankify.model import (
    AnkifyError,
    Location,
    Note,
    NoteType,
    PackageNote,
    Template,
)


class Layout(NamedTuple):
    """What never changes of a note type: Anki refuses updates where fields or templates differ.

    Notes are matched to a note type by its `id`. Field and template ids (`field_id`, `template_id`,
    + position) let Anki follow a rename. Fields and templates that nobody needs today are spare:
    they can be renamed and used without a conflict or a full sync, but none can be added.
    """

    id: int
    name: str
    fields: tuple[str, ...]
    templates: tuple[str, ...]
    field_id: int
    template_id: int
    is_cloze: bool = False


# Promises to users: none of this may ever change without a migration.
QUESTION = Layout(
    id=1_763_804_211_000,
    name="Ankify Question",
    fields=(
        *("Question", "Answer", "Images", "Formulas", "Topic", "Source", "Status"),
        *("FormulaCard", "ImageCard", "ReversedCard", "Typed"),
        *("Extra1", "Extra2", "Extra3", "Extra4", "Extra5", "Extra6"),
    ),
    templates=("Answer", "Formula", "Image", "Reversed", "Typed", "Spare1", "Spare2"),
    field_id=4_217_000_000_000_000_000,
    template_id=4_218_000_000_000_000_000,
)
CLOZE = Layout(
    id=1_763_804_212_000,
    name="Ankify Cloze",
    # Topic, Source and Status at the same places as in a question.
    fields=(
        *("Text", "Question", "Back", "Hint", "Topic", "Source", "Status"),
        *("Extra1", "Extra2", "Extra3", "Extra4", "Extra5", "Extra6"),
    ),
    templates=("Cloze",),
    field_id=4_217_000_000_000_001_000,
    template_id=4_218_000_000_000_001_000,
    is_cloze=True,
)
LAYOUTS = {layout.id: layout for layout in (QUESTION, CLOZE)}
FIELDS, TEMPLATE_NAMES = QUESTION.fields, QUESTION.templates
NOTE_TYPE_ID, NOTE_TYPE_NAME = QUESTION.id, QUESTION.name
FIELD_ID, TEMPLATE_ID = QUESTION.field_id, QUESTION.template_id
# The fields of 0.1, in whose tombstones the later ones are missing.
FIELDS_BEFORE = 13


def layout_of(note: Note | PackageNote) -> Layout:
    """The layout of the note type that a note is of."""
    return CLOZE if note.is_cloze else QUESTION


def named_fields(note: Note | PackageNote) -> dict[str, str]:
    """The fields of a note by their names: "Question", "Answer"; "Text" of a cloze note.

    Empty for a note of another note type than ours.
    """
    if isinstance(note, PackageNote) and note.foreign:
        return {}
    return dict(zip(layout_of(note).fields, note.fields, strict=False))


class Sides(NamedTuple):
    """The places of the fields of a note that ask and that answer."""

    asked: int
    answer: int


_SIDES = Sides(QUESTION.fields.index("Question"), QUESTION.fields.index("Answer"))
_TEXT, _ASKED, _BACK = map(CLOZE.fields.index, ("Text", "Question", "Back"))


def sides(note: Note | PackageNote) -> Sides | None:
    """Where a note of ours asks and answers; one with gaps in its title asks in its text.

    None for a foreign note, and for one of too few fields that says to be ours.
    """
    if len(note.fields) < FIELDS_BEFORE or (isinstance(note, PackageNote) and note.foreign):
        return None
    if not note.is_cloze:
        return _SIDES
    return Sides(_ASKED, _TEXT) if note.fields[_ASKED] else Sides(_TEXT, _BACK)


def asked_at(note: Note | PackageNote) -> int:
    """Which field of a note asks; of a foreign note, the first."""
    own = sides(note)
    return own.asked if own else 0


def template_folder() -> Path:
    """Where ankify's own card templates are: in the wheel, or beside the package in a checkout."""
    packaged = Path(__file__).parent.parent / "templates"
    return packaged if packaged.is_dir() else packaged.parent.parent / "templates"


def read_note_type(root: Path, settings: Settings, layout: Layout = QUESTION) -> NoteType:
    """Read the card templates of a note type, the user's own before ankify's.

    Raises AnkifyError where the user's folder is missing or one of its files is broken.
    """
    own = root / settings.templates.dir if settings.templates.dir else None
    if own is not None and not own.is_dir():
        raise AnkifyError(
            f"no such folder: {settings.templates.dir}",
            Location(CONFIG_NAME),
            "templates.dir is relative to the notes folder",
        )
    read = _TemplateReader(own, layout)
    templates = tuple(
        Template(name, read(f"{name.lower()}.front.html"), read(f"{name.lower()}.back.html"))
        for name in layout.templates
    )
    return NoteType(templates, read("style.css"))


TEMPLATE_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)  # in which Anki reads no field

_TAG = re.compile(r"\{\{([#^/]?)\s*(.*?)\s*\}\}")  # {{Question}}, {{#Status}}, {{/Status}}

_SPECIAL = {"FrontSide", "Tags", "Deck", "Subdeck", "Type", "Card", "CardFlag"}


class _TemplateReader(NamedTuple):
    own: Path | None
    layout: Layout

    def __call__(self, name: str) -> str:
        path = self.own / name if self.own and (self.own / name).exists() else None
        if self.own and path and not real_path(path).is_relative_to(real_path(self.own)):
            raise AnkifyError(f"{name} is a link to outside of the templates folder")
        path = path or template_folder() / name
        try:
            text = read_file(path, MEGABYTE).decode().replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError) as error:
            raise AnkifyError(f"cannot read the template {name}: {error}") from error
        if name.endswith(".html"):
            _check_template(text, path.name, self.layout.fields)
        return text


def _check_template(text: str, name: str, known: Sequence[str]) -> None:
    """Raise AnkifyError for an unknown field, or a section that is not closed."""
    text = TEMPLATE_COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    open_sections: list[str] = []
    for found in _TAG.finditer(text):
        kind, field_name = found[1], found[2].split(":")[-1]
        place = Location(name, text.count("\n", 0, found.start()) + 1)
        if field_name not in known and field_name not in _SPECIAL:
            near = nearest_name(field_name, known)
            hint = f"did you mean {near[0]}?" if near else f"fields: {', '.join(known)}"
            raise AnkifyError(f"unknown field {field_name!r}", place, hint)
        if kind in ("#", "^"):
            open_sections.append(field_name)
        elif kind == "/" and (not open_sections or open_sections.pop() != field_name):
            raise AnkifyError(f"{{{{/{field_name}}}}} closes nothing", place)
    if open_sections:
        raise AnkifyError(
            f"{{{{#{open_sections[-1]}}}}} is not closed",
            Location(name),
            f"add {{{{/{open_sections[-1]}}}}}",
        )
