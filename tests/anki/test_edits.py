"""The learner's edits: how they are known, merged and shown."""

from __future__ import annotations

import pytest

from ankify.anki.collection import LearnerNote
from ankify.anki.edits import (
    Edit,
    LastBuild,
    as_shipped,
    edits,
    merged,
    unknown_base,
    word_diff,
)
from ankify.anki.note_type import FIELDS, NOTE_TYPE_ID
from ankify.anki.notes import STATUS
from ankify.anki.pushed import Shipped


def fields(answer: str = "old", **others: str) -> tuple[str, ...]:
    known = {"Question": "asked", "Answer": answer, **others}
    return tuple(known.get(name, "") for name in FIELDS)


def learner(answer: str = "old", modified: int = 100, **others: str) -> LearnerNote:
    return LearnerNote(1, "guid", NOTE_TYPE_ID, fields(answer, **others), ("mine",), modified, ())


RECORD = Shipped(fields("recorded"), ("ours",), 50, "deck")


@pytest.mark.parametrize(
    ("modified", "shipped", "last", "answer"),
    [
        (100, None, LastBuild(100), "theirs"),  # untouched since the last build
        (101, None, LastBuild(100, fields("built")), "built"),  # edited after it
        (101, None, LastBuild(100), None),  # the same, and nobody knows what it was
        (99, None, LastBuild(100, fields("built")), None),  # of an older build, or edited before
        (100, None, None, None),  # the lock is new
        (999, RECORD, LastBuild(100), "recorded"),  # pushed, and edited since
        (100, RECORD, LastBuild(100), "theirs"),  # a later package was imported by hand
        (50, RECORD, LastBuild(50), "recorded"),  # edited in the second of the push
        (999, Shipped((), (), 0, None), LastBuild(100), None),  # left out, never known
    ],
)
def test_what_the_learner_was_given(
    modified: int, shipped: Shipped | None, last: LastBuild | None, answer: str | None
) -> None:
    found = as_shipped(learner("theirs", modified), shipped, last)
    assert (found and found[0][FIELDS.index("Answer")]) == answer


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "becomes", "clash"),
    [
        ("a", "a", "a", "a", False),
        ("a", "a", "b", "b", False),  # the notes changed
        ("a", "b", "a", "b", False),  # the learner changed
        ("a", "b", "b", "b", False),  # both, to the same
        ("a", "b", "c", "c", True),  # both
        (None, "a", "a", "a", False),  # edited for sure, from nobody knows what
        (None, "b", "c", "c", True),
        ("e\u0301", "\xe9", "n", "n", False),  # Anki stores NFC: no edit
    ],
)
def test_both_sides_of_a_field_are_merged(
    base: str | None, theirs: str, ours: str, becomes: str, clash: bool
) -> None:
    shipped = [
        base if name == "Answer" else text for name, text in zip(FIELDS, fields(), strict=True)
    ]
    found, clashes = merged(shipped, fields(theirs), fields(ours))
    assert found[FIELDS.index("Answer")] == becomes
    assert clashes == ((FIELDS.index("Answer"),) if clash else ())


def test_the_status_is_never_the_learners() -> None:
    gone = fields(Status="gone")
    assert merged(fields(), gone, fields()) == (fields(), ())
    assert list(edits(learner(Status="gone"), fields())) == []
    assert FIELDS[STATUS] == "Status"


def test_what_is_in_a_spare_field_is_the_learners_whatever_else_is_known() -> None:
    note = learner("theirs", Extra2="mine")
    base = unknown_base(note, None, None, fields())
    assert dict(zip(FIELDS, base, strict=True))["Extra2"] == ""
    assert dict(zip(FIELDS, base, strict=True))["Answer"] == "theirs"
    edited = unknown_base(note, None, LastBuild(99), fields())
    assert dict(zip(FIELDS, edited, strict=True))["Answer"] is None


@pytest.mark.parametrize(
    ("old", "new", "diff"),
    [
        ("a small stack", "a large stack", "a [-small-]{+large+} stack"),
        ("a stack", "a small stack", "a {+small+} stack"),
        ("a small stack", "a stack", "a [-small-] stack"),
        ("零卷积从零开始", "零卷积从一开始", "零卷积从[-零-]{+一+}开始"),
        ("Two.", "Two, mostly.", "Two{+, mostly+}."),
        ("same  words", "same words", ""),
        ("", "new", "{+new+}"),
        (
            "one two three four five six seven eight nine ten",
            "one two three four five six seven eight nine eleven",
            "… four five six seven eight nine [-ten-]{+eleven+}",
        ),
    ],
)
def test_a_change_is_shown_word_by_word(old: str, new: str, diff: str) -> None:
    assert word_diff(old, new) == diff


def test_the_diff_of_a_field_shows_text_and_names_of_pictures() -> None:
    old = '<p>A <b>bold</b> word.</p><p><img src="a-12.png" alt="a"></p>'
    assert Edit("Answer", old, old.replace("a-12", "b-34")).diff() == (
        "A bold word. [[-a-]{+b+}-[-12-]{+34+}.png]"
    )
    assert Edit("Answer", old, old.replace("b>", "i>")).diff() == "(formatting only)"


def test_of_long_texts_that_have_nothing_in_common_both_are_shown_whole() -> None:
    one = " ".join(f"w{number % 97} x{number}" for number in range(20_000))
    other = " ".join(f"v{number % 89} y{number}" for number in range(20_000))
    assert word_diff(f"a {one} z", f"a {other} z") == f"a [-{one}-]{{+{other}+}} z"
