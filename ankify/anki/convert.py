"""Notes of another note type made ours, in a running Anki: what `adopt` leaves to be done there.

Their cards stay as they are, with all reviews. Only notes with the one card that asks can be
converted: AnkiConnect keeps the numbers of cards, and our second and third card ask other things.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ankify.anki.adopt import Adoption, question_fields
from ankify.anki.collection import Collection, LearnerNote
from ankify.anki.connect import AnkiConnect
from ankify.anki.note_type import CLOZE, LAYOUTS, NOTE_TYPE_ID, NOTE_TYPE_NAME, QUESTION
from ankify.anki.write import staged_apkg
from ankify.identity.likeness import normalise_title
from ankify.model import AnkifyError, Note, PackageNote, Project

_FIRST = "ankify-adopt"  # the guid of a note that brings the note type, and goes again


@dataclass(frozen=True)
class Conversion:
    """Foreign notes that an adoption matched: those to convert, and those with several cards."""

    notes: tuple[PackageNote, ...]
    by_hand: tuple[PackageNote, ...]


def package_notes(collection: Collection) -> tuple[PackageNote, ...]:
    """The notes of a collection as those of a package, for `adopt_package`."""
    return tuple(_package_note(note) for note in collection.notes.values())


def _package_note(note: LearnerNote) -> PackageNote:
    deck = note.cards[0].deck if note.cards else None
    foreign, is_cloze = note.note_type not in LAYOUTS, note.note_type == CLOZE.id
    return PackageNote(note.guid, note.fields, note.tags, note.modified, deck, foreign, is_cloze)


def plan_conversion(
    notes: Iterable[PackageNote], collection: Collection, adoption: Adoption
) -> Conversion:
    """Sort the matched foreign notes by whether they can be converted."""
    matched = {guid for guid, _, _ in adoption.matched}
    foreign = [note for note in notes if note.foreign and note.guid in matched]
    single = {
        note.guid
        for note in foreign
        if [card.ordinal for card in collection.notes[note.guid].cards] == [0]
    }
    return Conversion(
        tuple(note for note in foreign if note.guid in single),
        tuple(note for note in foreign if note.guid not in single),
    )


def convert(
    anki: AnkiConnect,
    project: Project,
    collection: Collection,
    notes: Sequence[PackageNote],
    folder: Path,
) -> None:
    """Change the note type of notes to ours; their text stays until it is pushed.

    Raises AnkifyError, also where the add-on is too old to do that.
    """
    if NOTE_TYPE_ID not in anki.ask("modelNamesAndIds").values():
        _bring_note_type(anki, project, folder)
    titles = {normalise_title(question.title) for question in project.questions}
    asked = question_fields(notes, titles)
    changes = [
        _change(collection.notes[note.guid], at) for note, at in zip(notes, asked, strict=True)
    ]
    try:
        anki.ask_all("updateNoteModel", [{"note": change} for change in changes])
    except AnkifyError as error:
        if "has no action" not in error.message:
            raise
        anki.ask("guiBrowse", query=f"nid:{','.join(str(change['id']) for change in changes)}")
        raise AnkifyError(
            error.message,
            hint=f"{error.hint}; or in the browser that is open now: select all, Notes > Change"
            f' Note Type > "{NOTE_TYPE_NAME}", then ankify push',
        ) from error


def _change(note: LearnerNote, asked: int) -> dict[str, Any]:
    others = [text for at, text in enumerate(note.fields) if at != asked and text.strip()]
    fields = {"Question": note.fields[asked], "Answer": "<br>".join(others)}
    tags = list(note.tags)
    return {"id": note.id, "modelName": NOTE_TYPE_NAME, "fields": fields, "tags": tags}


def _bring_note_type(anki: AnkiConnect, project: Project, folder: Path) -> None:
    """Import a package of one note, none of those to convert, and delete the note again."""
    fields = ("ankify", *[""] * (len(QUESTION.fields) - 1))
    first = Note(_FIRST, fields, project.name, tags=(), due=0, modified=1, added=1)
    package = replace(project, notes=(first,), media=())
    folder.mkdir(parents=True, exist_ok=True)
    with staged_apkg(package, folder / f"push-{os.getpid()}.apkg") as staged:
        anki.ask("importPackage", path=str(staged))
    anki.ask("deleteNotes", notes=anki.ask("findNotes", query=f"mid:{NOTE_TYPE_ID}"))
