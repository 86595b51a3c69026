"""The stamp that a build leaves in the cache folder, for one of nothing new (`unchanged.py`).

It holds the size and times of all that the build depends on, and what the next one would print. A
build with the same arguments compares them and is done. As git does with its index, a stamp is only
left where each file is older than the build: one that is written to while it is read, or in the
same tick of the clock, would look the same afterwards.
"""

from __future__ import annotations

import marshal
import os
import re
import time
from binascii import crc32
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ankify.building.cache import package_folders
from ankify.building.unchanged import Unsure, asked, look_at, stamp_file, walk
from ankify.files import sweep, write_file
from ankify.model import AnkifyError

if TYPE_CHECKING:
    from ankify.model import Project

TICK = 50_000_000  # ns; the clocks of file systems are this coarse
COARSE = 2_000_000_000  # ns; or this, where times are whole seconds
HIDDEN = re.compile(r"(?:^|[\\/])(?:\.(?!\.?[\\/])|__pycache__)")  # .art/a.png, not ../a.png

State = list[tuple[str, int, int, int]]  # path, bytes, times of content and inode in ns


class Look(NamedTuple):
    """How the notes looked when the build began."""

    root: str
    state: State
    time: int  # ns


def look(root: Path) -> Look | None:
    """Look at a folder of notes before a build; None where a stamp is not possible."""
    now = time.time_ns()
    try:
        return Look(str(root), list(walk(str(root))), now)
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
        after = list(walk(seen.root))
        state = look_at(seen.root, single)
        if _foreign(after, own) != _foreign(seen.state, own):
            return
        if any(_is_young(entry, seen.time) for entry in _foreign(state, own)):
            return
        data = marshal.dumps((asked(arguments), seen.root, single, state, printed))
        path = Path(stamp_file(arguments))
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


def _foreign(state: State, own: set[str]) -> State:
    return [entry for entry in state if os.path.abspath(entry[0]) not in own]


def _is_young(entry: tuple[str, int, int, int], start: int) -> bool:
    times = entry[2:]
    coarse = all(each % 1_000_000_000 == 0 for each in times)
    return max(times) > start - (COARSE if coarse else TICK) and entry[1] >= 0
