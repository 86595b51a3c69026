"""A running Anki and what it has learnt: `push` and `progress`, with the settings of the notes.

All that touches Anki is in `anki/`; here are the settings, and where the record of pushes is kept.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PureWindowsPath

from ankify.anki.collection import Collection, read_collection
from ankify.anki.connect import AnkiConnect, connect
from ankify.anki.convert import convert
from ankify.anki.edits import LastBuild
from ankify.anki.plan import PushPlan, Removal, Wishes, make_plan
from ankify.anki.progress import Progress, make_progress
from ankify.anki.push import Pusher, PushReport, read_all, read_running
from ankify.anki.pushed import Pushed, Records
from ankify.anki.read import read_apkg
from ankify.building.cache import Cache
from ankify.config import REMOVALS, AnkiSettings, read_settings
from ankify.identity.lock import write_lock
from ankify.model import AnkifyError, PackageNote, Project, StrPath


@dataclass(frozen=True)
class PushOptions:
    """How a project is pushed; what is None comes from `[anki]` in `ankify.toml`.

    `url` is where AnkiConnect answers, `key` its key (that of ANKICONNECT_KEY comes first).
    `removed` says what becomes of notes whose question is gone ("keep", "suspend", "delete"),
    `move` whether cards follow their question to its deck, `sync` whether a sync is started.
    `keep_edits` leaves out the notes that the learner changed where the notes changed, too.
    `profile` names the one that must be open. `last_package` is where the last build is looked up,
    for edits before the first push (default: the last one built on this machine). `agree` is shown
    the plan and the name of the profile before anything is done, and may say no.
    """

    url: str | None = None
    key: str | None = None
    removed: str | None = None
    move: bool | None = None
    sync: bool | None = None
    keep_edits: bool = False
    profile: str | None = None
    last_package: StrPath | None = None
    agree: Callable[[PushPlan, str], bool] | None = None


def push(project: Project, options: PushOptions = PushOptions()) -> PushReport:
    """Bring a project into a running Anki, through its add-on AnkiConnect; write its lock.

    Raises AnkifyError, with what was done and what was not where Anki stops half-way.
    """
    settings = read_settings(project.root).anki
    anki = connect(
        options.url or settings.url, options.key or settings.key, named=bool(options.url)
    )
    cache = Cache(project.root)
    records, folder = Records(cache.folder), cache.folder / "exchange"
    opened = _checked_profile(anki, records, options.profile)
    record = records.read(opened) or Pushed(opened)
    collection = read_running(anki, folder, (note.guid for note in project.notes))
    last = _last_build(options.last_package or cache.last_package)
    plan = make_plan(project, collection, record, last=last, wishes=_wishes(options, settings))
    report = PushReport(plan, profile_name(opened))
    if options.agree and not options.agree(plan, report.profile):
        return report
    write_lock(project)
    pusher = Pusher(anki, project, collection, plan, records, record, folder)
    pusher.run(sync=settings.sync if options.sync is None else options.sync)
    return replace(report, steps=tuple(pusher.done), removed_decks=tuple(pusher.removed_decks))


def _wishes(options: PushOptions, settings: AnkiSettings) -> Wishes:
    move = settings.move if options.move is None else options.move
    removed = options.removed or settings.removed
    if removed not in REMOVALS:
        raise AnkifyError(f"removed must be one of {', '.join(REMOVALS)}, not {removed!r}")
    return Wishes(Removal(removed), move, options.keep_edits)


def profile_name(folder: str) -> str:
    """The name of a profile, which is that of its folder; with both kinds of separators."""
    return PureWindowsPath(folder).name


def _checked_profile(anki: AnkiConnect, records: Records, wanted: str | None) -> str:
    """The profile that is open. Raises AnkifyError if it is not the one that is meant."""
    opened = anki.profile()
    name, others = profile_name(opened), records.profiles()
    if wanted is not None and wanted != name:
        raise AnkifyError(
            f"the profile {name!r} is open in Anki, not {wanted!r}",
            hint=f"in Anki: File > Switch Profile > {wanted}",
        )
    if wanted is None and others and opened not in others:
        last = profile_name(others[0])
        raise AnkifyError(
            f"the profile {name!r} is open in Anki, and these notes were pushed to {last!r}",
            hint=f"in Anki: File > Switch Profile > {last}; or, if this one is meant, push with"
            f" --profile {shlex.quote(name)}",
        )
    return opened


def _last_build(path: StrPath | None) -> Mapping[str, LastBuild]:
    """The notes of the last package, if it is there still and can be read."""
    try:
        notes = read_apkg(path).notes if path else ()
    except AnkifyError:
        return {}
    return {note.guid: LastBuild(note.modified, note.fields, note.tags) for note in notes}


def progress(
    project: Project,
    source: StrPath | None = None,
    *,
    url: str | None = None,
    key: str | None = None,
) -> Progress:
    """Say what learning says about the notes: from an export with scheduling, or a running Anki.

    `source` is an `.apkg` or `.colpkg`; None asks the Anki at `url`, or at that of the settings.
    Raises AnkifyError where there is nothing to read.
    """
    cache = Cache(project.root)
    records = Records(cache.folder)
    if source is not None:
        return make_progress(project, read_collection(Path(source)), records.latest())
    settings = read_settings(project.root).anki
    anki = connect(url or settings.url, key or settings.key, named=url is not None)
    record = records.read(anki.profile())
    return make_progress(project, read_running(anki, cache.folder / "exchange"), record)


# For `adopt --url` ------------------------------------------------------------------------------


def read_decks(project: Project, url: str, deck: str | None) -> Collection:
    """Read a deck of a running Anki, or all, whoever made them.

    Raises AnkifyError where there is no such deck.
    """
    anki, folder = _named(project, url)
    decks = anki.ask("deckNames")
    if deck and deck not in decks:
        raise AnkifyError(f"no such deck in Anki: {deck}", hint=f"there are: {', '.join(decks)}")
    return read_all(anki, [deck] if deck else decks, folder)


def convert_notes(
    project: Project, url: str, collection: Collection, notes: Sequence[PackageNote]
) -> None:
    """Change the note type of adopted notes to ours, in a running Anki."""
    anki, folder = _named(project, url)
    if notes:
        convert(anki, project, collection, notes, folder)


def _named(project: Project, url: str) -> tuple[AnkiConnect, Path]:
    key = read_settings(project.root).anki.key
    return connect(url, key, named=True), Cache(project.root).folder / "exchange"
