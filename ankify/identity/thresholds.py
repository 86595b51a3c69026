"""The numbers that decide whether two questions are one, each with its reason.

They were set on real edit histories and on made-up notes of short answers. Each has a pair of cases
at its edge in tests/identity/test_thresholds.py.
"""

from __future__ import annotations

from typing import NamedTuple


class Threshold(NamedTuple):
    """A number, and why it is not another one."""

    value: float
    why: str


KEEP = Threshold(0.75, "from here on a weighed pair is one question")
DOUBT = Threshold(0.6, "from here on a weighed pair may be one: it is reported, or asked about")
SURE = Threshold(0.9, "from here on a weighed pair shows which file became which")
MARGIN = Threshold(0.05, "two choices as near as this are both named in the report")
EQUAL_TITLE = Threshold(0.6, "how far an equal title goes before a like one")
OTHER_THING = Threshold(
    0.8, "answers less alike than this are two where the titles ask the same of two things"
)
ENOUGH = Threshold(8, 'words of an answer that say something; "Yes." says nothing')
PROVES = Threshold(
    12, "words of an equal answer that prove one question where the titles share nothing"
)
GROUP = Threshold(3, "equal changes of titles that are one change of all, not a chance")
FRAME = Threshold(3, "titles of a file with one word in common, from which it is their frame")
FRAME_SHARE = Threshold(0.2, "of the titles of a long file, from which a common word is a frame")
SHARED = Threshold(0.3, "two answers as alike as this have more in common than a phrase")
TOUCHED = Threshold(0.15, "two answers as alike as this have something in common")
ALIKE = Threshold(0.5, "answers as alike as this are one where the titles say nothing")
STRETCHES = Threshold(
    2, "stretches of words that two answers in one slot share, where the titles say nothing"
)
PHRASE = Threshold(3, "answers of a file with a stretch in common, from which it says nothing")
MANY = Threshold(40_000, "pairs of one title, from which on only the weighing compares them")
NEAREST = Threshold(8, "entries that a candidate is compared with")
CROWD = Threshold(32, "a feature that more entries share than this is no help in finding them")
