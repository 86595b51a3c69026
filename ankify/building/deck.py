"""Write the package and the lock of a project: both, or neither."""

from __future__ import annotations

import itertools
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ankify.anki.read import read_apkg
from ankify.anki.write import publish, staged_apkg
from ankify.building.cache import Cache
from ankify.files import open_file, write_file
from ankify.identity.lock import LOCK_NAME, parse_lock, read_lock, staged_lock
from ankify.identity.names import other_locks
from ankify.model import AnkifyError, Change, ChangeKind, Location, Project, StrPath

NAMED = 3  # changes that an error names
_UNSAFE_IN_FILE_NAMES = str.maketrans(dict.fromkeys('/\\:*?"<>| ', "-"))


class Rescue(NamedTuple):
    """A package that was copied aside: only it knows the guids of `lost` notes."""

    path: Path
    lost: int


class Deck(NamedTuple):
    """What a build wrote: the package at `path` and the lock of the `project`."""

    project: Project
    path: Path
    rescue: Rescue | None = None


def default_output(project: Project) -> Path:
    """`build/` and the name of the root deck, in a form that every system takes."""
    stem = project.name.lower().translate(_UNSAFE_IN_FILE_NAMES).strip("-. ") or "notes"
    return Path("build", f"{stem}-deck.apkg" if stem == "collection" else f"{stem}.apkg")


def write_deck(
    project: Project,
    path: StrPath | None = None,
    *,
    strict: bool = False,
    locked: bool = False,
    new_deck: bool = False,
) -> Deck:
    """Write package and lock: both, or neither where one of them cannot be written.

    `path` is the package (default: `default_output`). Raises AnkifyError and writes nothing where
    the project has problems and the build is `strict`, where a guid or an update is at stake and
    the lock is `locked`, or where a file cannot be written; and where a folder above or below has
    a lock and this one has none, unless it is a `new_deck`. A locked lock is never written.
    """
    _refuse(project, strict=strict, locked=locked)
    if not new_deck:
        _refuse_second_deck(project)
    path = Path(path) if path else default_output(project)
    if path.is_dir():
        hint = f"name the file: -o {path / default_output(project).name}"
        raise AnkifyError(f"cannot write {path}: it is a folder", hint=hint)
    rescue = _rescue(project, path)
    with (
        staged_apkg(project, path) as package,
        _staged_lock(project, locked=locked) as lock,
    ):
        # The lock first: of a build that is killed in between, it holds the notes that are gone.
        place = project.root / LOCK_NAME
        old = place.read_bytes() if place.exists() else None
        if lock:
            lock.replace(place)
        try:
            publish(package, path)
        except AnkifyError:
            if lock and old is not None:
                write_file(place, old)
            elif lock:
                place.unlink()
            raise
    Cache(project.root).last_package = path
    return Deck(project, path, rescue)


def _refuse(project: Project, *, strict: bool, locked: bool) -> None:
    """Raise AnkifyError for a build that must not write what it would write."""
    if strict and project.problems:
        raise AnkifyError("nothing was written: the problems above come first")
    if locked and (stake := _at_stake(project)):
        lock = (project.root / LOCK_NAME).as_posix()
        root, path = shlex.quote(project.root.as_posix()), shlex.quote(lock)
        raise AnkifyError(
            f"{lock} does not match the notes: {stake}",
            hint=f"ankify build {root} && git add {path} && git commit -m 'Update ankify.lock'",
        )


def _refuse_second_deck(project: Project) -> None:
    """Raise AnkifyError for the first build of notes that another folder's lock may know."""
    if (project.root / LOCK_NAME).exists():
        return
    others = other_locks(project.root, (page.file for page in project.pages))
    if others:
        folder = shlex.quote(others[0].parent.as_posix())
        raise AnkifyError(
            f"{others[0].as_posix()} is there: a second deck of the same notes doubles their cards",
            hint=f"ankify build {folder}; if it is to be another deck, add --new-deck",
        )


# What is no more than a number in a report: no guid and no update of a note depends on it.
_HARMLESS = {ChangeKind.RENUMBERED}


def _at_stake(project: Project) -> str:
    """What is lost if the lock of this build is not kept; empty where it is nothing.

    A lock in which only numbers or the order of the questions are old does no harm.
    """
    if project.lock_merged:
        return "two sides of a merge are in it"
    if not (project.root / LOCK_NAME).exists():
        return "there is none"
    if _has_other_looks(project):
        return "the templates of the cards changed"
    changes = [change for change in project.changes if change.kind not in _HARMLESS]
    named = [f"{it.kind}: {_place(project, it)} {it.title}" for it in changes[:NAMED]]
    more = [f"and {len(changes) - NAMED} more"] if len(changes) > NAMED else []
    return "; ".join([*named, *more])


def _place(project: Project, change: Change) -> Location:
    """Where a change is, as editors open it."""
    file = (project.root / change.location.file).as_posix()
    return change.location._replace(file=file)


def _has_other_looks(project: Project) -> bool:
    """Whether templates or CSS changed: that is an update of the note type."""
    if not project.lock_changed:
        return False
    old = read_lock(project.root / LOCK_NAME)
    return old is None or old.note_type != parse_lock(project.lock.decode()).note_type


@contextmanager
def _staged_lock(project: Project, *, locked: bool) -> Iterator[Path | None]:
    """The lock beside its place, to be renamed; None where it stays as it is."""
    if locked:
        yield None
        return
    with staged_lock(project) as lock:
        yield lock


def _rescue(project: Project, path: Path) -> Rescue | None:
    """Copy the last package aside if the lock is gone that knew its notes.

    Once that package is overwritten, nothing knows the guids that learners have.
    """
    if (project.root / LOCK_NAME).exists() or not path.is_file():
        return None
    try:
        known = {note.guid for note in read_apkg(path).notes}
    except AnkifyError:  # whatever it was, nobody has learnt from it
        return None
    lost = known - {note.guid for note in project.notes}
    if not lost:
        return None
    return Rescue(_copied_aside(path), len(lost))


def _copied_aside(path: Path) -> Path:
    """Copy a package to a name that is free: `x.old.apkg`, `x.old-2.apkg`.

    What an earlier build kept knows other guids, and a link would lead anywhere.
    """
    for number in itertools.count(1):
        again = f"-{number}" if number > 1 else ""
        aside = path.with_name(f"{path.stem}.old{again}{path.suffix}")
        try:
            with aside.open("xb") as copy, open_file(path) as package:
                shutil.copyfileobj(package, copy)
            return aside
        except FileExistsError:
            continue
        except OSError as error:
            raise AnkifyError(f"cannot write {aside}: {error.strerror or error}") from error
    raise AssertionError
