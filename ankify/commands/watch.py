"""Saved files: what changes in a folder while a command runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path


def saved_files(
    folder: Path, *, debounce: int, stop: threading.Event | None = None
) -> Iterator[list[Path]]:
    """Yield the files that were written, moved or removed, those of a moment together.

    All is seen from the moment this returns, not only from the first `next`: a note that is saved
    while the command still works on the last one is not missed. `debounce` is how long a moment
    may last, in ms. Ends when `stop` is set; at once where there is no such folder, which whoever
    reads it says better.
    """
    from watchfiles import watch

    if not folder.exists():
        return iter(())
    # watchfiles begins to watch at the first `next`: its empty answer after 50 ms says that it did.
    changes = watch(
        folder, debounce=debounce, stop_event=stop, rust_timeout=50, yield_on_timeout=True
    )
    next(changes, None)
    return ([Path(path) for _, path in found] for found in changes if found)
