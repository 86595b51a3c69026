"""An end to what cards repeat: a line of a note file can be on each of its cards.

A long footnote that each question refers to, a long heading or tag of all: 200 kB of such notes
would be cards for gigabytes.
"""

from __future__ import annotations

from ankify.model import AnkifyError, Location

# Characters of cards that any file may have, and how many times its own; code in colours has 15.
ENOUGH, TIMES = 5_000_000, 30


class Growth:
    """Counts the text of the cards of a note file, which has `size` characters."""

    def __init__(self, file: str, size: int) -> None:
        self._file = file
        self._left = ENOUGH + TIMES * size

    def add(self, *texts: str) -> None:
        """Count what is on a card. Raises AnkifyError where it is far more than the notes."""
        self._left -= sum(map(len, texts))
        if self._left < 0:
            raise AnkifyError(
                "the cards of this file are far longer than its text",
                Location(self._file),
                "something long is on each of them: a footnote, a note that is set in, a macro,"
                " a heading above the questions, a tag; make it shorter",
            )
