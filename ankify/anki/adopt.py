"""Take over a package: rebuild the lock from the notes of any `.apkg`, whoever made it.

For a lost lock, and for a deck that was kept by hand or by another tool until now. The notes of
the package are matched with the questions by their own text, so that learners keep their history.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ankify.anki.note_type import asked_at, sides
from ankify.anki.notes import candidate, note_fingerprint
from ankify.identity.items import Candidate, new_items
from ankify.identity.likeness import normalise_title
from ankify.identity.lock import (
    LOCK_NAME,
    Lock,
    LockEntry,
    encode_lock,
    parse_lock,
    read_lock,
    sorted_entries,
    write_lock,
)
from ankify.identity.matching import Matcher
from ankify.model import AnkifyError, Location, Note, PackageNote, Project, Rendered
from ankify.questions.numbers import strip_number
from ankify.reading.html import html_lines
from ankify.rendering.sketch import sketch

# Both are told by the next mark alone: a field of many that are never closed takes no longer.
SOUND = re.compile(r"\[sound:[^\[\]]*\]", re.I)
CLOZE = re.compile(
    r"\{\{c\d{1,4}::((?:(?!\{\{|\}\}).)*+)\}\}", re.S
)  # {{c1::Paris::city}}, innermost
NESTED = 5  # cloze deletions in one another


@dataclass(frozen=True)
class Adoption:
    """The lock made from a package, and what found no partner on either side.

    `matched` holds guid, question and how sure the match is (0 - 1), in the order of the notes.
    """

    lock: Lock
    matched: tuple[tuple[str, Candidate, float], ...]
    unmatched_notes: tuple[PackageNote, ...]
    unmatched_questions: tuple[Candidate, ...]


def adopt(
    notes: Sequence[PackageNote],
    candidates: Sequence[Candidate],
    *,
    namespace: str,
    fingerprint: Callable[[Sequence[str], Sequence[str]], str],
    sketches: Sequence[str] = (),
) -> Adoption:
    """Match the notes of a package with the questions of the notes folder.

    A package knows no files, so places count for nothing; everything else is as in a build.
    `fingerprint` is that of fields and tags: a note of ours that is as it was is not touched by
    the next import. `sketches` are those of the candidates' answers as a package holds them, if
    not their own. Questions without a partner get their first guid at the next build.
    """
    titles = {normalise_title(candidate.title) for candidate in candidates}
    asked = question_fields(notes, titles)
    entries = [
        _entry(note, at, fingerprint(note.fields, note.tags))
        for note, at in zip(notes, asked, strict=True)
    ]
    compared = [
        one._replace(file="", sketch=answer)
        for one, answer in zip(
            candidates, sketches or [one.sketch for one in candidates], strict=True
        )
    ]
    matcher = Matcher(entries, compared, decide=None)
    matcher.run()
    places = new_items(candidates, normalise_title)
    found = dict(sorted(matcher.found.items()))
    adopted = [
        replace(
            entries[old],
            file=candidates[new].file,
            number=candidates[new].number,
            title=candidates[new].title,
            sketch=candidates[new].sketch,
            nth=places[new].nth,
            marked_id=candidates[new].marked_id,
        )
        for new, (old, _) in found.items()
    ]
    return Adoption(
        Lock(namespace, entries=sorted_entries(adopted)),
        tuple((entries[old].guid, candidates[new], sure) for new, (old, sure) in found.items()),
        tuple(note for old, note in enumerate(notes) if old not in matcher.taken),
        tuple(new for at, new in enumerate(candidates) if at not in found),
    )


def plain_text(html: str) -> str:
    """The text of a field, a line for each block; cloze deletions are uncovered."""
    for _ in range(NESTED):
        html, found = CLOZE.subn(lambda cloze: cloze[1].split("::", 1)[0], html)
        if not found:
            break
    return "\n".join(html_lines(SOUND.sub(" ", html)))


def _title(note: PackageNote, at: int) -> str:
    """The title in a field; that of ours has its cloze deletions, as it has them in the notes."""
    field = note.fields[at]
    lines = html_lines(field) if sides(note) else plain_text(field).split("\n")
    return strip_number(next(iter(lines), ""))


def question_fields(notes: Sequence[PackageNote], titles: set[str]) -> list[int]:
    """Say which field of each note asks: it is known of ours.

    Of others it is that which fits most titles, among notes of as many fields.
    """
    known = list(map(sides, notes))
    hits: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for note, own in zip(notes, known, strict=True):
        for at in () if own else range(len(note.fields)):
            hits[len(note.fields)][at] += normalise_title(_title(note, at)) in titles
    best = {size: max(of, key=lambda at: (of[at], -at)) for size, of in hits.items()}
    return [
        own.asked if own else best[len(note.fields)] for note, own in zip(notes, known, strict=True)
    ]


def _answer(note: Note | PackageNote, asked: int) -> str:
    """What answers, below the title too; in a foreign note the longest of its other fields."""
    stem = plain_text(note.fields[asked]).split("\n", 1)[1:]
    own = sides(note)
    others = [own.answer] if own else [at for at in range(len(note.fields)) if at != asked]
    answers = (plain_text(note.fields[at]) for at in others)
    return "\n".join([*stem, max(answers, key=len, default="")])


def _entry(note: PackageNote, asked: int, fingerprint: str) -> LockEntry:
    return LockEntry(
        guid=note.guid,
        file="",
        number=None,
        title=_title(note, asked),
        deck=note.deck or "",
        fingerprint=fingerprint,
        modified=note.modified,
        added=note.modified,
        sketch=sketch(_answer(note, asked)),
        is_cloze=note.is_cloze,
    )


# Projects ---------------------------------------------------------------------------------------


def adopt_package(project: Project, notes: Sequence[PackageNote]) -> Adoption:
    """Match the notes of a package, made by anyone, with the questions of a project.

    The lock of the result gives the questions the guids of the package; `write_adopted` writes it.
    """

    candidates, sketches = [], []
    for note in project.notes:
        if note.question and note.content:
            rendered = Rendered(note.question, note.content)
            candidates.append(candidate(rendered, is_cloze=note.is_cloze))
            # Of the fields, as that of a package is: Markdown has signs that HTML has not.
            sketches.append(sketch(_answer(note, asked_at(note))))
    latest = max((note.modified for note in project.notes), default=0)
    notes = [
        note._replace(modified=min(max(note.modified, 0), latest))  # some clock was wrong
        for note in {note.guid: note for note in reversed(notes)}.values()
    ][::-1]
    namespace = parse_lock(project.lock.decode()).namespace
    return adopt(
        notes,
        candidates,
        namespace=namespace,
        fingerprint=note_fingerprint,
        sketches=sketches,
    )


def write_adopted(project: Project, adoption: Adoption) -> bool:
    """Write the lock of an adoption; False where the lock that is there gives the same guids.

    Raises AnkifyError where it gives others: a guid that was given out must not change.
    """
    path = project.root / LOCK_NAME
    if read_lock(path) is None:
        return write_lock(replace(project, lock=encode_lock(adoption.lock), lock_changed=True))
    given = {n.question.location: n.guid for n in project.notes if n.question}
    others = sum(given[Location(q.file, q.line)] != guid for guid, q, _ in adoption.matched)
    if others:
        raise AnkifyError(
            f"{LOCK_NAME} is there already, and gives {others} of these questions other guids",
            hint=f"if the package is right, move {path} away, then adopt again;"
            " learners of the decks built with it then lose their history",
        )
    return False
