"""Files: read with a limit, written whole or not at all, and what killed builds have left.

What lies in a notes folder may come from anyone: a link in the place of an output leads to a file
of the user, a named pipe or a device in the place of an input never ends.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import IO, BinaryIO

from ankify.model import AnkifyError

PREFIX = ".ankify-"
SEAL = 32  # bytes of a sha256
SLACK = 2_000_000_000  # ns; a file younger than this can change again without a new time
STALE = 600  # seconds: no running build leaves its file untouched for so long
MEGABYTE = 1_000_000
DEEPEST = 100  # folders in each other; os.walk and a path have an end, too
_LARGEST_KEPT = 100 * MEGABYTE


def files_below(root: Path, suffixes: Collection[str]) -> Iterator[str]:
    """The files with one of these suffixes (lower case), posix, by name; not in hidden folders."""
    for folder, folders, names in os.walk(root):
        deep = folder.count(os.sep) - str(root).count(os.sep) >= DEEPEST
        folders[:] = sorted(name for name in folders if not (deep or name.startswith(".")))
        for name in sorted(names):
            if os.path.splitext(name)[1].lower() in suffixes:
                yield (Path(folder) / name).relative_to(root).as_posix()


def real_path(path: Path) -> Path:
    """Follow all links, and of links that lead to each other the first (Path.resolve raises)."""
    return Path(os.path.realpath(path))


# Reading ------------------------------------------------------------------------------------------


def open_file(path: Path) -> BufferedReader:
    """Open a regular file to read. Raises OSError for all else: pipes and devices have no end."""
    # Not blocking: else the mere opening of a pipe waits for someone to write into it.
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return open(number, "rb")


def read_file(path: Path, limit: int) -> bytes:
    """Read a regular file of at most `limit` bytes. Raises OSError."""
    with open_file(path) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"it has more than {limit // MEGABYTE} MB", str(path))
    return data


# Writing ------------------------------------------------------------------------------------------


@contextmanager
def staged_file(target: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """Open a file of another name beside `target`, for the caller to fill, close and rename.

    Whatever is not renamed is removed, and so are the files of builds that were killed. Raises
    OSError.
    """
    sweep(target)
    staged = target.with_name(f"{PREFIX}{os.urandom(8).hex()}{target.suffix}")
    try:
        with staged.open("xb") as file:
            yield file, staged
    finally:
        with suppress(OSError):
            staged.unlink(missing_ok=True)


def write_file(target: Path, data: bytes | BinaryIO) -> None:
    """Write a file whole or not at all; a link in its place is replaced, not followed.

    Raises OSError.
    """
    from shutil import copyfileobj  # takes 10 ms to import, and a build of nothing new has no use

    staged = target.with_name(f"{PREFIX}{os.urandom(8).hex()}{target.suffix}")
    try:
        with staged.open("xb") as file:
            file.write(data) if isinstance(data, bytes) else copyfileobj(data, file)
        staged.replace(target)
    finally:
        with suppress(OSError):
            staged.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make the folder of an output. Raises OSError, and AnkifyError where a link leads it away.

    A link in a cloned repository (`build -> ../..`) would have its author say where ankify writes;
    an absolute path says that its user means it.
    """
    if step := link_away(folder):
        raise AnkifyError(
            f"cannot write into {folder}: {step} is a link to {os.readlink(step)}",
            hint=f"remove it, or name the folder by its absolute path: -o {real_path(folder)}",
        )
    folder.mkdir(parents=True, exist_ok=True)


def link_away(path: Path) -> Path | None:
    """The first link of a relative path that leads out of the folder that ankify was started in."""
    here = real_path(Path())
    for step in () if path.is_absolute() else (*reversed(path.parents), path):
        if os.path.islink(step) and not real_path(step).is_relative_to(here):
            return step
    return None


def kept(path: Path | None, make: Callable[[], bytes]) -> bytes:
    """Read the bytes that a file keeps behind their sha256, else `make` them and keep them there.

    A file that is damaged is made again; one that cannot be written, or no path, costs only time.
    """
    try:
        data = read_file(path, _LARGEST_KEPT) if path else b""
    except OSError:
        data = b""
    if _seal(data[SEAL:]) == data[:SEAL]:
        return data[SEAL:]
    made = make()
    if path:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, _seal(made) + made)
    return made


def _seal(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def sweep(target: Path) -> None:
    """Remove what killed builds have left beside a file."""
    for left in target.parent.glob(f"{PREFIX}{'[0-9a-f]' * 16}{target.suffix}"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - STALE:
                left.unlink()
