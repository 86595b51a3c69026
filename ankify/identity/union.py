"""Join the two sides that a merge left in one lock, with markers of a conflict or without.

The union of both sides loses nothing: a guid that either side gave stays known, and of two lines
with one guid the later change is the one whose content time must not go back. Taking one side
whole loses what the other added in a file that was renamed or split meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ankify.identity.lock import LockEntry

MARKER = re.compile(r"([<|=>])\1{6}( |$)")  # "<<<<<<< HEAD", "======="

NumberedLine = tuple[int, str]


def without_markers(lines: Sequence[NumberedLine]) -> list[NumberedLine]:
    """Leave out the markers of conflicts, and between `|||||||` and `=======` the old lines."""
    kept = []
    is_base = False
    for number, line in lines:
        marker = MARKER.match(line)
        if marker:
            is_base = marker[1] == "|"
        elif not is_base:
            kept.append((number, line))
    return kept


def later_change(one: LockEntry, other: LockEntry) -> LockEntry:
    """Of two entries of one guid take that which changed later.

    At the same second, one that is still asked goes before one that was removed, and then the
    first: which side is ours does not matter, as a changed note gets a newer time at the build.
    """
    return max(one, other, key=lambda entry: (entry.modified, entry.removed is None))


def merge_message(was_merged: bool, unlike: int) -> str:
    """Say what was done to join two sides; empty where there was only one.

    `unlike` counts the questions that the sides have in two ways; most they have in one.
    """
    if not was_merged:
        return ""
    said = "took the questions of both sides of a merge"
    return f"{said} (of {unlike} in two versions, the later change)" if unlike else said
