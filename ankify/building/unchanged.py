"""Nothing changed since the last build? Then its outcome still holds, and nothing is imported.

The build before has left a stamp (`stamp.py`): the size and times of all it depends on, and what
it would print again. All that is imported here is waited for by every build, so it is next to
nothing: no typing, no dataclasses, no pathlib, each of which takes as long as the comparison.
"""

from __future__ import annotations

import marshal
import os
import sys
from binascii import crc32

TYPE_CHECKING = False  # as type checkers know it; to import typing takes longer than all of this
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

FORMAT = 1
ENVIRONMENT = ("HOME", "SOURCE_DATE_EPOCH", "PYTHONPATH", "PYTHONUTF8", "PYTHONIOENCODING")


class Unsure(Exception):
    """The notes hold something whose changes cannot be seen."""


def repeat(arguments: Sequence[str]) -> bool:
    """Print the outcome of the last build with these arguments, if nothing has changed."""
    try:
        with open(stamp_file(arguments), "rb") as file:
            data = file.read()
        if crc32(data[4:]).to_bytes(4, "big") != data[:4]:
            return False
        question, root, single, state, printed = marshal.loads(data[4:])
        if question != asked(arguments) or state != look_at(root, single):
            return False
    except (OSError, Unsure, RecursionError, ValueError, TypeError, EOFError):
        return False
    for text, stream in zip(printed, (sys.stdout, sys.stderr), strict=True):
        encoding = stream.encoding or "utf-8"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    return True


def asked(arguments: Sequence[str]) -> tuple[Any, ...]:
    """What a stamp is an answer to: the arguments, where and in what environment."""
    environment = tuple(os.environ.get(name) for name in ENVIRONMENT)
    return (FORMAT, sys.version, os.getcwd(), tuple(arguments), environment)


def stamp_file(arguments: Sequence[str]) -> str:
    """The path of the stamp of a build with these arguments."""
    name = crc32(repr((os.getcwd(), *arguments)).encode("utf-8", "backslashreplace"))
    return os.path.join(cache_path(), "stamps", f"{name:08x}")


def cache_path() -> str:
    """The folder of all that ankify keeps for its user: where platformdirs has it."""
    if sys.platform != "linux":
        from platformdirs import user_cache_dir

        return user_cache_dir("ankify", appauthor=False)
    own = os.environ.get("XDG_CACHE_HOME", "")
    return os.path.join(own if own.strip() else os.path.expanduser("~/.cache"), "ankify")


def look_at(root: str, single: Sequence[str]) -> list[tuple[str, int, int, int]]:
    """The state of all that a build depends on: the notes, ankify itself, single files and folders.

    A row a path: path, bytes, times of content and inode in ns.
    """
    own = os.path.dirname(os.path.dirname(__file__))
    templates = os.path.join(os.path.dirname(own), "templates")  # in a checkout
    folders = [root, own, *([templates] if os.path.isdir(templates) else [])]
    return [entry for folder in folders for entry in walk(folder)] + [*map(_entry, single)]


def walk(folder: str) -> Iterator[tuple[str, int, int, int]]:
    """The state of all files below a folder, but hidden ones.

    Raises Unsure at a link to a folder: what lies behind it is not seen.
    """
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from walk(entry.path)
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
