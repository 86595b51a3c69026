"""Printing: stdout gets what was asked for, stderr everything else."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    pass


def say(text: str) -> None:
    """Print to stderr; a stream that cannot encode a title shows it escaped."""
    _print(text, sys.stderr)


def tell(text: str) -> None:
    """Print to stdout what was asked for."""
    _print(text, sys.stdout)


def tell_json(data: object) -> None:
    """Print data to stdout as JSON."""
    tell(json.dumps(data, ensure_ascii=False, indent=1))


def _print(text: str, stream: Any) -> None:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, for work that is longer than a second."""
    started, bar = time.monotonic(), None

    def advance(done: int, total: int) -> None:
        nonlocal bar
        if quiet or not sys.stderr.isatty() or time.monotonic() - started < 1:
            return
        if bar is None:
            bar = click.progressbar(
                length=total, label="note files", show_pos=True, show_eta=False, file=sys.stderr
            )
        bar.update(done - bar.pos)

    try:
        yield advance
    finally:
        if bar:
            bar.render_finish()
