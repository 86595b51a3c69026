"""An end to what cards repeat: a line of a note file can be on each of its cards.

A long footnote that each question refers to, a long heading or tag of all: 200 kB of such notes
would be cards for gigabytes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ankify.model import AnkifyError, Location, Page

# Characters of cards that any file may have, and how many times its own; code in colours has 15.
ENOUGH, TIMES = 5_000_000, 30
# Those of all files: 400 short ones that each set in the same long note are 200 MB of cards.
ENOUGH_IN_ALL = 20_000_000


class Growth:
    """Counts the text of the cards of a note file, which has `size` characters."""

    def __init__(self, file: str, size: int) -> None:
        self._file = file
        self._left = ENOUGH + TIMES * size

    def add(self, *texts: str) -> None:
        """Count what is on a card. Raises AnkifyError where it is far more than the notes."""
        self._left -= sum(map(len, texts))
        if self._left < 0:
            raise _too_much("the cards of this file are far longer than its text", self._file)


class GrowthInAll:
    """Counts the text of the cards of all note files; `size` tells how many bytes these have."""

    def __init__(self, size: Callable[[], int]) -> None:
        self._size = cache(size)
        self._count = 0

    def add(self, page: Page) -> None:
        """Count what is on a page. Raises AnkifyError where it is far more than the notes."""
        for _, content in page.rendered:
            self._count += len(content.question) + len(content.answer)
        # Most notes never have enough, and need not be asked for their size.
        if self._count > ENOUGH_IN_ALL and self._count > ENOUGH_IN_ALL + TIMES * self._size():
            what = "up to this file, the cards are far longer than the text of all note files"
            raise _too_much(what, page.file)


def _too_much(message: str, file: str) -> AnkifyError:
    return AnkifyError(
        message,
        Location(file),
        "something long is on each of them: a footnote, a note that is set in, a macro,"
        " a heading above the questions, a tag; make it shorter",
    )
