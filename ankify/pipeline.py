"""The pipeline on one page: a folder of notes becomes a `Project`, read top to bottom.

find -> decode -> parse -> split -> render -> collect media -> match to the lock -> notes
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ankify.anki.note_type import CLOZE, read_note_type
from ankify.anki.notes import (
    build_notes,
    deck_part,
    last_notes,
    make_drafts,
    make_tombstones,
    note_type_fingerprint,
    note_type_time,
    pack_removed,
)
from ankify.building.cache import Cache
from ankify.building.pages import Job, Progress, read_pages
from ankify.checks.collect import collect_problems
from ankify.config import Settings, notes_folder, read_settings
from ankify.identity import guids as identity
from ankify.identity.lock import LOCK_NAME, encode_lock, is_same_lock, past, read_lock
from ankify.identity.names import default_name
from ankify.media.collect import Collected, MediaOptions, collect_media
from ankify.model import AnkifyError, Content, Page, Problem, Project, StrPath
from ankify.reading.flavours import Flavour, Vault
from ankify.reading.source import Found, find_note_files, given_note_files

if TYPE_CHECKING:
    from ankify.building.deck import Deck


@dataclass(frozen=True)
class ReadOptions:
    """How a folder of notes is read; none of this changes the notes.

    `settings` overrule `ankify.toml`. `texts` are read instead of the note files: Markdown by its
    path (posix, as if in the folder); the folder then only holds pictures, settings and the lock,
    if any. `now` is the time of the build in seconds since 1970 (default: SOURCE_DATE_EPOCH, else
    the clock). `last_package` is where questions that are gone are looked up, so that their
    tombstones can ship (default: the last one built on this machine). `decide` is asked about
    matches that are not certain, `progress` is told how many note files of how many are done.
    `fetch` downloads remote pictures. `cached` says whether work of former builds may be used and
    this one's kept, `processes` how many may render side by side; neither changes the project. A
    note file that is not UTF-8 becomes a problem instead of an error if `tolerant`, for `check`
    (never write the lock of such a project: the questions of that file would be taken for removed).
    Unless `for_phone`, the fields are as GitHub shows them, without what a small screen asks for.
    """

    settings: Settings | None = None
    texts: Mapping[str, str] | None = None
    now: int | None = None
    last_package: StrPath | None = None
    decide: identity.Decide | None = None
    progress: Progress | None = None
    fetch: bool = False
    cached: bool = True
    processes: int = 1
    tolerant: bool = False
    for_phone: bool = True


def read_project(root: StrPath, options: ReadOptions = ReadOptions()) -> Project:
    """Read a folder of notes into a project; nothing is written.

    Raises AnkifyError where there is nothing sensible to read.
    """
    root = notes_folder(root)
    settings = options.settings or read_settings(root)
    now = _clock() if options.now is None else options.now
    cache = Cache(root) if options.cached else None
    lock = read_lock(root / LOCK_NAME, now=max(now, int(time.time())))
    known = lock.namespace if lock and not settings.deck.namespace else None
    parts = (settings.deck.name or default_name(root, known)).split("::")
    name = "::".join(map(deck_part, parts))
    namespace = settings.deck.namespace or (lock.namespace if lock else name)

    pages: list[Page] = []
    found, left_out = _find(root, settings, options)
    contents = _contents(_read_pages(root, found, settings, options, cache), pages)
    collected = _collect(contents, root, settings, options.fetch, cache)
    collected = replace(collected, as_on_github=not options.for_phone)
    drafts = list(make_drafts(pages, name, settings, collected))
    candidates = [draft.candidate for draft in drafts]
    matching = identity.match(lock, candidates, namespace=namespace, decide=options.decide)
    built = list(build_notes(drafts, matching.matches, now))
    notes, records = [one.note for one in built], [one.record for one in built]
    del drafts, candidates, built  # the lock of many questions takes their memory

    note_types = read_note_type(root, settings), read_note_type(root, settings, CLOZE)
    look = note_type_fingerprint(*note_types)
    look_time = note_type_time(look, lock, now)
    question_type, cloze_type = (one._replace(modified=look_time) for one in note_types)
    package = (options.last_package or Cache(root).last_package) if matching.removed else None
    new_lock = identity.update(
        lock,
        matching,
        records,
        namespace=namespace,
        note_type=(look, look_time),
        now=now,
        packed=pack_removed(matching.removed, last_notes(Path(package) if package else None)),
    )
    shipped = {media.name for media in collected.media}
    return Project(
        root=root,
        name=name,
        pages=tuple(pages),
        notes=(*notes, *make_tombstones(new_lock, shipped, name)),
        media=collected.media,
        media_saved=collected.saved,
        kept_with=_kept_with(settings, pages, root),
        note_type=question_type,
        cloze_type=cloze_type,
        changes=tuple(identity.changes(matching, records)),
        problems=collect_problems(pages, left_out, collected, matching, settings),
        lock=encode_lock(new_lock),
        lock_changed=lock is None or not is_same_lock(lock, new_lock),
        lock_merged=lock.merged if lock else "",
        before=tuple(map(past, lock.entries if lock else ())),
        rules_off=settings.check.off,
    )


def build(
    root: StrPath,
    output: StrPath | None = None,
    options: ReadOptions = ReadOptions(),
    *,
    strict: bool = False,
    locked: bool = False,
    new_deck: bool = False,
) -> Deck:
    """Build the package and the lock of a folder of notes: both, or neither.

    `output` is the package (default: `build/` and the deck's name). Raises AnkifyError, with
    nothing written, where the notes have problems and the build is `strict`, or where the lock
    would change and is `locked`, or where a folder above or below has a lock, and this one has none
    (`new_deck` goes on: it becomes a deck of its own).
    """
    from ankify.building.deck import write_deck  # and with it genanki, which only writing needs

    return write_deck(
        read_project(root, options), output, strict=strict, locked=locked, new_deck=new_deck
    )


def _clock() -> int:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return int(time.time())
    if not (epoch.isascii() and epoch.isdigit()):
        raise AnkifyError(f"SOURCE_DATE_EPOCH is not a number of seconds: {epoch!r}")
    if len(epoch) > 12:
        raise AnkifyError(f"SOURCE_DATE_EPOCH is too many seconds: {epoch!r}")
    return int(epoch)


def _read_pages(
    root: Path,
    found: Sequence[Found],
    settings: Settings,
    options: ReadOptions,
    cache: Cache | None,
) -> Iterator[Page]:
    """The pages of the note files, in their order, as they come."""
    flavour = Flavour(settings.markdown, Vault(root, tuple(one.path for one in found)))
    job = Job(settings, options.tolerant, for_phone=options.for_phone, flavour=flavour)
    return read_pages(
        found, job, cache=cache, processes=options.processes, progress=options.progress
    )


def _kept_with(settings: Settings, pages: Sequence[Page], root: Path) -> tuple[str, str] | None:
    """What program the notes are kept with, as it is seen or set, and what tells."""
    if settings.markdown.flavour != "auto":
        return settings.markdown.flavour, "ankify.toml"
    return Vault(root, tuple(page.file for page in pages)).seen


def _find(
    root: Path, settings: Settings, options: ReadOptions
) -> tuple[Sequence[Found], Sequence[Problem]]:
    """The note files, and what is left out of the folder."""
    problems: list[Problem] = []
    if options.texts is not None:
        return given_note_files(root, options.texts, settings.questions), problems
    found = find_note_files(root, settings.questions, problems, tolerant=options.tolerant)
    return found, problems


def _contents(coming: Iterable[Page], pages: list[Page]) -> Iterator[tuple[str, Content]]:
    """What is on the pages, each while the next ones are rendered; the pages are kept."""
    for page in coming:
        pages.append(page)
        for one in page.rendered:
            yield page.file, one.content


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
