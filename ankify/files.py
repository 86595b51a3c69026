"""Files that are written whole or not at all, and what builds that were killed have left.

And a walk over those that are there.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

PREFIX = ".ankify-"
SEAL = 32  # bytes of a sha256
SLACK = 2_000_000_000  # ns; a file younger than this can change again without a new time
STALE = 600  # seconds: no running build leaves its file untouched for so long


def files_below(root: Path, suffixes: Collection[str]) -> Iterator[str]:
    """The files with one of these suffixes (lower case), posix, by name; not in hidden folders."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if os.path.splitext(name)[1].lower() in suffixes:
                yield (Path(folder) / name).relative_to(root).as_posix()


@contextmanager
def staged_file(target: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """Open a file of another name beside `target`, for the caller to fill, close and rename.

    Whatever is not renamed is removed, and so are the files of builds that were killed. Raises
    OSError.
    """
    _sweep(target)
    staged = target.with_name(f"{PREFIX}{os.urandom(8).hex()}{target.suffix}")
    try:
        with staged.open("xb") as file:
            yield file, staged
    finally:
        with suppress(OSError):
            staged.unlink(missing_ok=True)


def kept(path: Path | None, make: Callable[[], bytes]) -> bytes:
    """Read the bytes that a file keeps behind their sha256, else `make` them and keep them there.

    A file that is damaged is made again; one that cannot be written, or no path, costs only time.
    """
    try:
        data = path.read_bytes() if path else b""
    except OSError:
        data = b""
    if _seal(data[SEAL:]) == data[:SEAL]:
        return data[SEAL:]
    made = make()
    if path:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with staged_file(path) as (file, staged):
                file.write(_seal(made) + made)
                file.close()
                staged.replace(path)
    return made


def _seal(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sweep(target: Path) -> None:
    for left in target.parent.glob(f"{PREFIX}{'[0-9a-f]' * 16}{target.suffix}"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - STALE:
                left.unlink()
