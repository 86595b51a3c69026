"""Files that are written whole or not at all, and what builds that were killed have left."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

PREFIX = ".ankify-"
SLACK = 2_000_000_000  # ns; a file younger than this can change again without a new time
STALE = 600  # seconds: no running build leaves its file untouched for so long


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


def write_once(path: Path, data: bytes) -> None:
    """Write a file, and its folder, unless it is there. Raises OSError."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with staged_file(path) as (file, staged):
            file.write(data)
            file.close()
            staged.replace(path)


def _sweep(target: Path) -> None:
    for left in target.parent.glob(f"{PREFIX}{'[0-9a-f]' * 16}{target.suffix}"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - STALE:
                left.unlink()
