"""The pipeline on one page: a folder of notes becomes a `Project`, read top to bottom.

find -> decode -> parse -> split -> render -> collect media -> match to the lock -> notes
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ankify.anki.note_type import read_note_type
from ankify.anki.notes import (
    Draft,
    LastNote,
    candidate,
    deck_part,
    make_drafts,
    make_note,
    make_tombstones,
    note_fingerprint,
    note_type_fingerprint,
    note_type_time,
    pack_removed,
)
from ankify.building.cache import Cache
from ankify.building.pages import Job, Progress, read_pages
from ankify.config import Settings, read_settings
from ankify.files import staged_file
from ankify.identity import guids as identity
from ankify.identity.lock import (
    LOCK_NAME,
    Lock,
    LockEntry,
    encode_lock,
    parse_lock,
    read_lock,
    sorted_entries,
)
from ankify.media.collect import Collected, MediaOptions, collect_media
from ankify.model import (
    AnkifyError,
    Content,
    Location,
    Note,
    PackageNote,
    Page,
    Past,
    Problem,
    Project,
    StrPath,
)
from ankify.reading.source import Found, find_note_files, given_note_files

if TYPE_CHECKING:
    from ankify.identity.adopt import Adoption


def read_project(
    root: StrPath,
    *,
    texts: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    unnumbered: bool | None = None,
    fetch: bool = False,
    now: int | None = None,
    last_package: StrPath | None = None,
    decide: identity.Decide | None = None,
    progress: Progress | None = None,
    cached: bool = True,
    processes: int = 1,
    tolerant: bool = False,
) -> Project:
    """Read a folder of notes into a project; nothing is written.

    `texts` are read instead of the note files: Markdown by its path (posix, as if in the folder);
    the folder then only holds pictures, settings and the lock, if any. `settings` and `unnumbered`
    overrule `ankify.toml`. `now` is the time of the build in seconds since 1970 (default:
    SOURCE_DATE_EPOCH, else the clock). `last_package` is where questions that are gone are looked
    up, so that their tombstones can ship (default: the last one built on this machine). `decide` is
    asked about matches that are not certain. `cached` says whether work of former builds may be
    used and this one's kept, `processes` how many may render side by side; neither changes the
    project. Raises AnkifyError where there is nothing sensible to read; a note file that is not
    UTF-8 becomes a problem instead if `tolerant`, for `check` (never write the lock of such a
    project: the questions of that file would be taken for removed).
    """
    root = Path(root)
    settings = _settings(root, settings, unnumbered)
    now = _clock() if now is None else now
    note_type = read_note_type(root, settings)
    found = _find(root, texts, settings)
    lock = read_lock(root / LOCK_NAME)
    cache = Cache(root) if cached else None
    name = deck_part(settings.deck.name or root.resolve().name)
    namespace = settings.deck.namespace or (lock.namespace if lock else name)

    job = Job(settings, tolerant)
    coming = read_pages(found, job, cache=cache, processes=processes, progress=progress)
    pages: list[Page] = []
    collected = _collect(_contents(coming, pages), root, settings, fetch, cache)
    drafts = tuple(make_drafts(pages, name, settings, collected))
    candidates = [draft.candidate for draft in drafts]
    matching = identity.match(lock, candidates, namespace=namespace, decide=decide)
    notes = tuple(_notes(drafts, matching, now))
    records = tuple(_records(drafts, notes))
    del drafts, candidates  # the lock of many questions takes their room
    note_type = replace(note_type, modified=note_type_time(note_type, lock, now))
    looks = note_type_fingerprint(note_type), note_type.modified
    packed = pack_removed(matching.removed, _last_notes(root, last_package, matching))
    new_lock = identity.update(
        lock, matching, records, namespace=namespace, note_type=looks, now=now, packed=packed
    )
    changes = tuple(identity.changes(matching, records))
    problems = tuple(_switched_on(pages, settings, _problems(pages, collected, matching)))
    del matching, records
    shipped = {media.name for media in collected.media}
    return Project(
        root=root,
        name=name,
        pages=tuple(pages),
        notes=(*notes, *make_tombstones(new_lock, shipped, name)),
        media=collected.media,
        media_saved=collected.saved,
        note_type=note_type,
        changes=changes,
        problems=problems,
        lock=encode_lock(new_lock),
        lock_changed=lock is None or not _same(lock, new_lock),
        before=tuple(map(_past, lock.entries if lock else ())),
        rules_off=settings.check.off,
    )


def _settings(root: Path, given: Settings | None, unnumbered: bool | None) -> Settings:
    settings = given or read_settings(root)
    if unnumbered is None:
        return settings
    return replace(settings, questions=replace(settings.questions, unnumbered=unnumbered))


def _clock() -> int:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return int(time.time())
    if not (epoch.isascii() and epoch.isdigit() and len(epoch) <= 12):
        raise AnkifyError(f"SOURCE_DATE_EPOCH is not a number of seconds: {epoch!r}")
    return int(epoch)


def _find(root: Path, texts: Mapping[str, str] | None, settings: Settings) -> Sequence[Found]:
    if texts is None:
        return find_note_files(root, settings.questions)
    return given_note_files(root, texts, settings.questions)


def _contents(coming: Iterable[Page], pages: list[Page]) -> Iterator[tuple[str, Content]]:
    """What stands on the pages, each while the next ones are rendered; the pages are kept."""
    for page in coming:
        pages.append(page)
        for content in page.contents:
            yield page.file, content


def _collect(
    contents: Iterable[tuple[str, Content]],
    root: Path,
    settings: Settings,
    fetch: bool,
    cache: Cache | None,
) -> Collected:
    """Find the media of all pages; the cache knows the hashes of files it has seen."""
    kept = cache.folder / "media" if cache else None
    digests = cache.digests() if cache else {}
    options = MediaOptions(settings.media.max_width, fetch, kept)
    collected = collect_media(contents, root, options, digests=digests)
    if cache:
        cache.keep_digests(digests)
    return collected


def _notes(drafts: Sequence[Draft], matching: identity.Matching, now: int) -> Iterator[Note]:
    pairs = zip(drafts, matching.matches, strict=True)
    for position, (draft, match) in enumerate(pairs):
        yield make_note(draft, match, position, now)


def _records(drafts: Sequence[Draft], notes: Sequence[Note]) -> Iterator[identity.Record]:
    for draft, note in zip(drafts, notes, strict=True):
        yield identity.Record(note.deck, draft.fingerprint, note.added, note.modified)


def _last_notes(
    root: Path, last_package: StrPath | None, matching: identity.Matching
) -> dict[str, LastNote]:
    """The notes of the last build, as far as a package of it is there, and anything is gone."""
    from ankify.anki.read import read_apkg

    path = (last_package or Cache(root).last_package) if matching.removed else None
    try:
        notes = read_apkg(path).notes if path else ()
        return {note.guid: (note.fields, note.tags) for note in notes}
    except AnkifyError:  # gone or damaged: then no tombstone ships, and the report says so
        return {}


def _same(a: Lock, b: Lock) -> bool:
    """Whether two locks have the same text, in whatever order they were written."""
    return (a.namespace, a.note_type) == (b.namespace, b.note_type) and (
        sorted_entries(a.entries) == sorted_entries(b.entries)
    )


def _past(entry: LockEntry) -> Past:
    removed = entry.removed is not None
    return Past(entry.guid, entry.title, entry.deck, entry.modified, entry.file, removed)


# Adopting a package -----------------------------------------------------------------------------


def adopt_package(project: Project, notes: Sequence[PackageNote]) -> Adoption:
    """Match the notes of a package, made by anyone, with the questions of a project.

    The lock of the result gives the questions the guids of the package; `write_adopted` writes it.
    """
    from ankify.identity.adopt import adopt

    candidates = [
        candidate(question, content)
        for page in project.pages
        for question, content in zip(page.questions, page.contents, strict=True)
    ]
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


# Problems ---------------------------------------------------------------------------------------


def _switched_on(
    pages: Sequence[Page], settings: Settings, problems: Iterable[Problem]
) -> list[Problem]:
    """Sort problems by place, and leave out those whose rule is switched off there."""
    by_file = {page.file: page for page in pages}
    return sorted(
        problem
        for problem in problems
        if problem.rule not in settings.check.off
        and not (
            (page := by_file.get(problem.location.file))
            and page.switched_off(problem.rule, problem.location.line)
        )
    )


def _problems(
    pages: Sequence[Page], collected: Collected, matching: identity.Matching
) -> Iterator[Problem]:
    yield from collected.problems
    for page in pages:
        yield from page.problems
        yield from _unanswered(page)
    for doubt in matching.doubts:
        yield _uncertain(doubt)


def _unanswered(page: Page) -> Iterator[Problem]:
    """A problem for each question without an answer, but only one where no question has any."""
    asked = page.unanswered
    if len(asked) > 2 and not page.questions:
        message = f"{len(asked)} numbered headings from here on, and no answer below any of them"
        yield Problem(asked[0].location, "question-without-answer", message)
        return
    for question in asked:
        message = f"question without an answer: {question.title}"
        yield Problem(question.location, "question-without-answer", message)


def _uncertain(doubt: identity.Doubt) -> Problem:
    """Say which questions may continue an old one, and what was done."""
    places = "; ".join(
        f"{c.file}:{c.line} {c.title!r} ({sure:.0%})"
        for c, sure in zip(doubt.candidates, doubt.sure, strict=True)
    )
    taken = doubt.chosen
    done = f"taken: line {taken.line}" if taken else "taken as new questions"
    place = Location(taken.file, taken.line) if taken else Location(doubt.entry.file)
    return Problem(
        place,
        "uncertain-match",
        f"{doubt.entry.title!r} may have become {places}; {done}",
        hint=_decision(doubt),
    )


def _decision(doubt: identity.Doubt) -> str | None:
    """How to overrule what was done: the old guid as a mark finds its question at any time."""
    other = next((one for one in doubt.candidates if one != doubt.chosen), None)
    if other is None:
        return None
    which = "it is the other one" if doubt.chosen else "it is the same question"
    mark = f"<!-- ankify: id={doubt.entry.guid} -->"
    return f"if {which}, write {mark} below {other.file}:{other.line}"


# The lock ---------------------------------------------------------------------------------------


def write_lock(project: Project) -> bool:
    """Write `ankify.lock` of a project, whole or not at all; False where it is the same already."""
    path = project.root / LOCK_NAME
    if not project.lock_changed and path.exists():
        return False
    try:
        with staged_file(path) as (file, staged):
            file.write(project.lock)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            staged.replace(path)
    except OSError as error:
        raise AnkifyError(f"cannot write {path}: {error.strerror or error}") from error
    return True
