"""Printing: stdout gets what was asked for, stderr everything else."""

from __future__ import annotations

import json
import re
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
    _echo(harmless(text), sys.stderr)


def tell(text: str) -> None:
    """Print to stdout what was asked for."""
    _echo(harmless(text), sys.stdout)


def tell_json(data: object) -> None:
    """Print data to stdout as JSON."""
    _echo(json_text(data), sys.stdout)


def json_text(data: object) -> str:
    """JSON with nothing in it that a terminal or CI acts on."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return _UNSEEN.sub(_escaped, text).replace("##[", r"\u0023#[")


def tell_annotation(line: str) -> None:
    """Print a workflow command of our own to stdout."""
    _echo(_UNSEEN.sub(_escaped, line), sys.stdout)


# What a terminal acts on, or what turns the text after it around; not the line end and the tab.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
# What the log of a CI takes for a command: "::add-mask::x" at the start of a line, "##[error]x".
_WORKFLOW_COMMAND = re.compile(r"^(\s*)(?=::)|##(?=\[)", re.MULTILINE)


def _escaped(character: re.Match[str]) -> str:
    return f"\\u{ord(character[0]):04x}"


def harmless(text: str) -> str:
    """Text that others have written a part of: nothing in it commands terminal or CI."""
    text = _UNSEEN.sub(_escaped, text)
    return _WORKFLOW_COMMAND.sub(lambda found: f"{found[0]}\\", text)


def _echo(text: str, stream: Any) -> None:
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
