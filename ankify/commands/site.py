"""The folder of a preview: nothing in it is overwritten but an older preview, and no link followed.

The folder lies in a repository that may be a stranger's: what is in it when ankify comes was put
there by someone else.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ankify.files import MEGABYTE, make_folder, open_file, read_file, write_file
from ankify.model import AnkifyError, Media

GENERATED = '<meta name="generator" content="ankify preview">'  # in each page that is ours
PARTS = ("media", "files")
LARGEST = 500 * MEGABYTE  # bytes of a page


@dataclass
class Site:
    """A folder of files to look at, and the names of those that were written, with `/`."""

    folder: Path
    names: set[str] = field(default_factory=set)

    def clear(self) -> None:
        """Make the folder, without the older preview in it. Raises AnkifyError, OSError."""
        page = self.folder / "index.html"
        if self.folder.exists():
            ours = page.is_file() and GENERATED.encode() in read_file(page, LARGEST)
            if not self.folder.is_dir() or (any(self.folder.iterdir()) and not ours):
                raise AnkifyError(
                    f"{self.folder} holds something else than a preview",
                    hint="name another folder: -o DIR",
                )
        make_folder(self.folder)
        for name in PARTS:
            part = self.folder / name
            if part.is_symlink():
                part.unlink()
            shutil.rmtree(part, ignore_errors=True)

    def write(self, name: str, text: str) -> None:
        """Write a text. Raises OSError."""
        self._put(name, text.encode("utf-8", errors="replace"))

    def copy(self, media: Media) -> None:
        """Copy a file of the deck to `media/`. Raises AnkifyError, OSError."""
        name = f"media/{media.name}"
        if media.path is None:
            self._put(name, media.data or b"")
            return
        try:
            source = open_file(media.path)
        except OSError as error:
            raise AnkifyError(f"cannot be copied: {media.path}: {error}") from error
        with source:
            self._put(name, source)

    def _put(self, name: str, data: bytes | BinaryIO) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        write_file(path, data)
        self.names.add(name)
