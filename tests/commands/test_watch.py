"""What is seen of a folder that is watched."""

from __future__ import annotations

import threading
from pathlib import Path

from ankify.commands.watch import saved_files


def test_what_is_saved_before_the_first_look_is_seen(tmp_path: Path) -> None:
    for number in range(5):
        stop = threading.Event()
        limit = threading.Timer(30, stop.set)
        limit.start()
        saved = saved_files(tmp_path, debounce=50, stop=stop)
        (tmp_path / f"{number}.md").write_text("## 1. Why?\n")
        assert tmp_path / f"{number}.md" in next(iter(saved), [])
        limit.cancel()


def test_a_folder_that_is_missing_is_left_to_whoever_reads_it(tmp_path: Path) -> None:
    assert list(saved_files(tmp_path / "none", debounce=50)) == []
