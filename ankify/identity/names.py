"""The name that a folder of notes gives its deck and its namespace, where none is set.

Two projects whose notes are both in `notes/` must not share it: in one collection, each would
overwrite the cards of the other whose file and title are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ankify.identity.lock import LOCK_NAME

# Folders that are called what is in them: they say nothing about whose notes these are.
GENERIC = frozenset(
    word
    for line in (
        "note notes src source doc docs documentation content contents markdown md text texts",
        "wiki pages cards questions",
        "笔记 文档 notizen notas apuntes ノート заметки",
    )
    for word in line.split()
)


def default_name(root: Path, known: str | None = None) -> str:
    """The name of a folder; of one that is called notes, of the next one above that is not.

    `known` is the name that such notes had at their first build: they keep it.
    """
    folder = root.resolve()
    if not _is_generic(folder):
        return folder.name
    names = (above.name for above in folder.parents if above.name and not _is_generic(above))
    return known or next(names, folder.name)


def other_locks(root: Path, files: Iterable[str]) -> list[Path]:
    """The locks above a folder of notes, up to the repository, and in the folders of its files."""
    found = []
    for above in root.resolve().parents:
        if (above / LOCK_NAME).exists():
            found.append(above / LOCK_NAME)
        if (above / ".git").exists() or above == Path.home():
            break
    below = {parent for file in files for parent in PurePosixPath(file).parents}
    locks = (root / folder / LOCK_NAME for folder in sorted(below) if folder.name)
    return [*found, *(path for path in locks if path.exists())]


def _is_generic(folder: Path) -> bool:
    return folder.name.casefold() in GENERIC
