"""Nothing changed since the last build? Then its outcome still holds, and nothing is imported.

A build leaves a stamp in the cache folder: the size and times of all it depends on, and what the
next build would print. A build with the same arguments compares them and is done. As git does with
its index, a stamp is only left where each file is older than the build: one that is written to
while it is read, or in the same tick of the clock, would look the same afterwards.
"""

from __future__ import annotations

import marshal
import os
import re
import sys
import time
from binascii import crc32
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankify.building.cache import cache_folder, package_folders
from ankify.files import sweep, write_file
from ankify.model import AnkifyError

if TYPE_CHECKING:
    from ankify.model import Project

FORMAT = 1
TICK = 50_000_000  # ns; the clocks of file systems are this coarse
COARSE = 2_000_000_000  # ns; or this, where times are whole seconds
ENVIRONMENT = ("HOME", "SOURCE_DATE_EPOCH", "PYTHONPATH", "PYTHONUTF8", "PYTHONIOENCODING")
HIDDEN = re.compile(r"(?:^|[\\/])(?:\.(?!\.?[\\/])|__pycache__)")  # .art/a.png, not ../a.png

State = list[tuple[str, int, int, int]]  # path, bytes, times of content and inode in ns


class Unsure(Exception):
    """The notes hold something whose changes cannot be seen."""


@dataclass(frozen=True)
class Look:
    """How the notes looked when the build began."""

    root: str
    state: State
    time: int  # ns


def look(root: Path) -> Look | None:
    """Look at a folder of notes before a build; None where a stamp is not possible."""
    now = time.time_ns()
    try:
        return Look(str(root), list(_walk(str(root))), now)
    except (OSError, Unsure, RecursionError):
        return None


def leave(
    arguments: Sequence[str], seen: Look, project: Project, package: Path, printed: tuple[str, str]
) -> None:
    """Leave a stamp after a build, if nothing can have changed while it ran.

    `printed` is what the next build would write to stdout and stderr.
    """
    from ankify.identity.lock import LOCK_NAME

    own = {os.path.abspath(path) for path in (package, project.root / LOCK_NAME)}
    with suppress(OSError, Unsure, RecursionError, AnkifyError):
        single = [str(package), "ankify.toml", *package_folders(), *_outside(project)]
        after = list(_walk(seen.root))
        state = _state(seen.root, single)
        if _foreign(after, own) != _foreign(seen.state, own):
            return
        if any(_is_young(entry, seen.time) for entry in _foreign(state, own)):
            return
        data = marshal.dumps((_question(arguments), seen.root, single, state, printed))
        path = _file(arguments)
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path)
        write_file(path, crc32(data).to_bytes(4, "big") + data)


def _outside(project: Project) -> Iterator[str]:
    """What a build reads that a walk through the notes does not meet.

    Raises Unsure where that cannot be told: code of the user, hidden files, an open question.
    """
    from urllib.parse import unquote

    from ankify.config import read_settings
    from ankify.reading.flavours.vault import HIDDEN_FILES

    settings = read_settings(project.root)
    doubts = any(problem.rule == "uncertain-match" for problem in project.problems)
    hidden = any(
        HIDDEN.search(unquote(reference.src))
        for page in project.pages
        for one in page.rendered
        for reference in one.content.references
    )
    if settings.render.extensions or doubts or hidden:
        raise Unsure
    yield from (str(project.root / file) for file in HIDDEN_FILES)
    if settings.templates.dir:
        folder = project.root / settings.templates.dir
        yield from map(str, (folder, *sorted(folder.iterdir())))


def repeat(arguments: Sequence[str]) -> bool:
    """Print the outcome of the last build with these arguments, if nothing has changed."""
    try:
        data = _file(arguments).read_bytes()
        if crc32(data[4:]).to_bytes(4, "big") != data[:4]:
            return False
        question, root, single, state, printed = marshal.loads(data[4:])
        if question != _question(arguments) or state != _state(root, single):
            return False
    except (OSError, Unsure, RecursionError, ValueError, TypeError, EOFError):
        return False
    for text, stream in zip(printed, (sys.stdout, sys.stderr), strict=True):
        encoding = stream.encoding or "utf-8"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    return True


def _question(arguments: Sequence[str]) -> tuple[Any, ...]:
    environment = tuple(os.environ.get(name) for name in ENVIRONMENT)
    return (FORMAT, sys.version, os.getcwd(), tuple(arguments), environment)


def _file(arguments: Sequence[str]) -> Path:
    name = crc32(repr((os.getcwd(), *arguments)).encode("utf-8", "backslashreplace"))
    return cache_folder() / "stamps" / f"{name:08x}"


def _state(root: str, single: Sequence[str]) -> State:
    """All that a build depends on: the notes, ankify itself, single files and folders."""
    own = os.path.dirname(os.path.dirname(__file__))
    templates = os.path.join(os.path.dirname(own), "templates")  # in a checkout
    folders = [root, own, *([templates] if os.path.isdir(templates) else [])]
    return [entry for folder in folders for entry in _walk(folder)] + [*map(_entry, single)]


def _walk(folder: str) -> Iterator[tuple[str, int, int, int]]:
    """All files below a folder, but hidden ones.

    Raises Unsure at a link to a folder: what lies behind it is not seen.
    """
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)
        elif entry.is_dir():
            raise Unsure(entry.path)
        else:
            yield _entry(entry.path)


def _entry(path: str) -> tuple[str, int, int, int]:
    try:
        found = os.stat(path)
    except OSError:  # missing, which is worth knowing too
        return path, -1, 0, 0
    return path, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _foreign(state: State, own: set[str]) -> State:
    return [entry for entry in state if os.path.abspath(entry[0]) not in own]


def _is_young(entry: tuple[str, int, int, int], start: int) -> bool:
    times = entry[2:]
    coarse = all(each % 1_000_000_000 == 0 for each in times)
    return max(times) > start - (COARSE if coarse else TICK) and entry[1] >= 0
