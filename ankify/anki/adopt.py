"""Take over a package: rebuild the lock from the notes of any `.apkg`, whoever made it.

For a lost lock, and for a deck that was kept by hand or by another tool until now. The notes of
the package are matched with the questions by their own text, so that learners keep their history.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

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
from ankify.model import AnkifyError, Location, PackageNote, Project, Rendered
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
) -> Adoption:
    """Match the notes of a package with the questions of the notes folder.

    A package knows no files, so places count for nothing; everything else is as in a build.
    `fingerprint` is that of fields and tags: a note of ours that is as it was is not touched by
    the next import. Questions without a partner get their first guid at the next build.
    """
    titles = {normalise_title(candidate.title) for candidate in candidates}
    asked = question_fields(notes, titles)
    entries = [
        _entry(note, at, fingerprint(note.fields, note.tags))
        for note, at in zip(notes, asked, strict=True)
    ]
    matcher = Matcher(entries, [one._replace(file="") for one in candidates], decide=None)
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


def _title(field: str) -> str:
    return strip_number(plain_text(field).split("\n", 1)[0])


def question_fields(notes: Sequence[PackageNote], titles: set[str]) -> list[int]:
    """Say which field of each note asks: that which fits most titles, among notes of one size."""
    hits: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for note in notes:
        for at, field in enumerate(note.fields):
            hits[len(note.fields)][at] += normalise_title(_title(field)) in titles
    return [
        max(hits[len(note.fields)].items(), key=lambda hit: (hit[1], -hit[0]))[0] for note in notes
    ]


def _entry(note: PackageNote, at: int, fingerprint: str) -> LockEntry:
    asked = plain_text(note.fields[at])
    answers = [plain_text(field) for other, field in enumerate(note.fields) if other != at]
    stem = asked.split("\n", 1)[1:]
    text = "\n".join([*stem, max(answers, key=len, default="")])
    return LockEntry(
        guid=note.guid,
        file="",
        number=None,
        title=_title(note.fields[at]),
        deck=note.deck or "",
        fingerprint=fingerprint,
        modified=note.modified,
        added=note.modified,
        sketch=sketch(text),
        is_cloze=note.is_cloze,
    )


# Projects ---------------------------------------------------------------------------------------


def adopt_package(project: Project, notes: Sequence[PackageNote]) -> Adoption:
    """Match the notes of a package, made by anyone, with the questions of a project.

    The lock of the result gives the questions the guids of the package; `write_adopted` writes it.
    """

    candidates = [
        candidate(Rendered(note.question, note.content), is_cloze=note.is_cloze)
        for note in project.notes
        if note.question and note.content
    ]
    latest = max((note.modified for note in project.notes), default=0)
    notes = [
        note._replace(modified=min(max(note.modified, 0), latest))  # some clock was wrong
        for note in {note.guid: note for note in reversed(notes)}.values()
    ][::-1]
    namespace = parse_lock(project.lock.decode()).namespace
    return adopt(notes, candidates, namespace=namespace, fingerprint=note_fingerprint)


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
