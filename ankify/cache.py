"""The cache folder: what can be lost at any time and only saves work when it is there."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path


class Cache:
    """The cache of one notes folder, in the user's cache folder; nothing in it changes a deck."""

    def __init__(self, root: Path) -> None:
        key = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]
        self.folder = user_cache_path("ankify", appauthor=False) / key

    @property
    def last_package(self) -> Path | None:
        """Where the package of the last build was written, if it is still there."""
        try:
            path = Path((self.folder / "last-package").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return path if path.is_file() else None

    @last_package.setter
    def last_package(self, path: Path) -> None:
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "last-package").write_text(str(path.resolve()), encoding="utf-8")
