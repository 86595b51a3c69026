"""The cache folder: what can be lost at any time and only saves work when it is there.

It holds the rendered pages of a notes folder, the hashes of its media and where its last package
is. Each entry is named after all that went into it, and opens with the hash of its bytes: what is
damaged, cut short or of another version is not found, and made again.

Pages are pickled: reading them is far cheaper than JSON and knows every field that a page ever
gets. Pickle can run code, so only the types of `model` are let in: an entry that names anything
else is not read.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from ankify import __version__, model
from ankify.building.unchanged import cache_path
from ankify.files import MEGABYTE, SLACK, read_file, sweep, write_file

FORMAT = 3  # of the entries
SOURCES = (".py", ".toml", ".json")
_LARGEST = 500 * MEGABYTE  # of an entry


def cache_folder() -> Path:
    """The folder of all that ankify keeps for its user."""
    return Path(cache_path())


class Cache:
    """The cache of one notes folder, in the user's cache folder; nothing in it changes a deck."""

    def __init__(self, root: Path) -> None:
        key = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]
        self.folder = cache_folder() / key

    @property
    def last_package(self) -> Path | None:
        """Where the package of the last build was written, if it is still there."""
        try:
            path = Path(read_file(self.folder / "last-package", _LARGEST).decode())
        except (OSError, ValueError):
            return None
        return path if path.is_file() else None

    @last_package.setter
    def last_package(self, path: Path) -> None:
        with suppress(OSError, ValueError):  # a name that is not UTF-8
            self.folder.mkdir(parents=True, exist_ok=True)
            sweep(self.folder / "last-package")
            write_file(self.folder / "last-package", str(path.resolve()).encode())

    # Pages --------------------------------------------------------------------------------------

    def page(self, key: str) -> model.Page | None:
        """The page that was kept under a key of `page_key`."""
        data = self._read(f"pages/{key}")
        try:
            page = _Pages(io.BytesIO(data)).load() if data else None
        except Exception:  # no limit to what a foreign pickle may raise
            return None
        return page if isinstance(page, model.Page) else None

    def keep_page(self, key: str, page: model.Page) -> bool:
        """Keep a page for the next build. Returns whether it could be written."""
        return self._write(f"pages/{key}", pickle.dumps(page, protocol=5))

    def drop_pages(self, but: Iterable[str]) -> None:
        """Forget all pages but those of the notes as they are now."""
        wanted = set(but)
        with suppress(OSError):
            for entry in os.scandir(self.folder / "pages"):
                if entry.name not in wanted:
                    os.unlink(entry.path)

    # Media --------------------------------------------------------------------------------------

    def digests(self) -> dict[str, str]:
        """The hashes of media files by path, size and times, as `collect_media` writes them."""
        return json.loads(self._read("digests") or b"{}")  # type: ignore[no-any-return]

    def keep_digests(self, digests: dict[str, str]) -> None:
        """Keep the newest hash of each path, but of files that may still be written to."""
        newest = {key.rsplit("|", 3)[0]: key for key in digests}
        latest = time.time_ns() - SLACK
        kept = {
            key: digests[key]
            for key in newest.values()
            if all(int(stamp) < latest for stamp in key.rsplit("|", 2)[1:])
        }
        self._write("digests", json.dumps(kept).encode())

    # Entries ------------------------------------------------------------------------------------

    def _read(self, name: str) -> bytes:
        """The bytes of an entry; none where it is missing or damaged."""
        try:
            data = read_file(self.folder / name, _LARGEST)
        except OSError:
            return b""
        return data[32:] if _seal(data[32:]) == data[:32] else b""

    def _write(self, name: str, data: bytes) -> bool:
        path = self.folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, _seal(data) + data)
        except OSError:
            return False
        return True


def _seal(data: bytes) -> bytes:
    return hashlib.sha256(b"%d " % FORMAT + data).digest()


class _Pages(pickle.Unpickler):
    """Reads the types of `model` and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Refuse everything that could run."""
        found = getattr(model, name, None) if module == model.__name__ else None
        if isinstance(found, type) and found.__module__ == module:
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is a type that no page holds")


def page_key(path: str, data: bytes, options: object) -> str:
    """Name all that a page depends on: its file, the options (by their repr), the programs."""
    head = repr((FORMAT, path, options, _programs()))
    return hashlib.sha256(head.encode() + b"\0" + data).hexdigest()


@cache
def _programs() -> tuple[str, ...]:
    """Python, the installed packages with their versions, and ankify down to its last line."""
    sources = hashlib.sha256()
    for folder, folders, names in os.walk(os.path.dirname(os.path.dirname(__file__))):
        folders.sort()
        for name in sorted(names):
            if name.endswith(SOURCES):
                with open(os.path.join(folder, name), "rb", buffering=0) as file:
                    sources.update(file.read())
    return (__version__, sources.hexdigest(), sys.version, *_installed())


def package_folders() -> list[str]:
    """The folders of `sys.path` that packages are installed into."""
    return [folder for folder in sys.path if folder.endswith("-packages")]


def _installed() -> list[str]:
    names: list[str] = []
    for folder in package_folders():
        with suppress(OSError):
            names += [name for name in os.listdir(folder) if name.endswith("-info")]
    return sorted(names)
