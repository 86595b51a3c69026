"""A table of edits x the promises of docs/identity.md, and what the table cannot show."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ankify.anki.adopt import adopt
from ankify.identity.guids import (
    Candidate,
    Doubt,
    Match,
    Matching,
    Record,
    changes,
    guid_for,
    match,
    touch,
    update,
)
from ankify.identity.lock import DAY, Lock, LockEntry, encode_lock, pack_note, parse_lock
from ankify.identity.rules import RULES
from ankify.model import Change, ChangeKind, Location, PackageNote
from ankify.rendering.sketch import sketch


@dataclass(frozen=True)
class Asked:
    """A question of a test; `key` says across edits which one it is, and ankify never sees it."""

    key: str
    file: str
    title: str
    text: str
    mark: str | None = None


NOTES = (
    Asked(
        "drop",
        "nets/training.md",
        "Why does dropout help against overfitting?",
        "In every step a random part of the units is switched off, so no unit can lean on another."
        " At test time all units work, with their outputs scaled down. It acts like an average over"
        " many thinner networks that share their weights.",
    ),
    Asked(
        "batch",
        "nets/training.md",
        "What does batch normalisation normalise?",
        "Each channel of the activations is shifted to mean zero and variance one over the current"
        " batch, then scaled and moved by two learned numbers. Running averages stand in for the"
        " batch when the model is used.",
    ),
    Asked(
        "lr",
        "nets/training.md",
        "How do you choose a learning rate?",
        "Raise it slowly over a few hundred steps and watch the loss: take a third of the value at"
        " which the loss begins to climb. Warm up first and let it decay along a cosine then.",
    ),
    Asked(
        "lora",
        "nets/finetune.md",
        "LoRA为什么能节省显存？",
        "冻结原来的权重，只训练两个低秩矩阵的乘积，优化器状态也只需要保存这两个小矩阵。"
        "推理时可以把它们合并回原权重，不增加延迟。",
    ),
    Asked(
        "ctrl",
        "nets/finetune.md",
        "零卷积层起什么作用？",
        "训练开始时权重和偏置都是零，因此旁路的输出为零，预训练模型的行为不会被破坏；"
        "随着梯度更新，控制信号才逐渐进入主干网络。",
    ),
    Asked(
        "sql",
        "data/sql.md",
        "What is an index good for?",
        "A sorted tree beside the table finds a row in a few page reads where a scan would read all"
        " of them. Every insert has to keep the tree in order, so unused indexes only cost.",
    ),
    Asked(
        "txn",
        "data/sql.md",
        "Which guarantees does a transaction give?",
        "Atomicity, consistency, isolation and durability: all statements happen or none, rules of"
        " the schema hold, others do not see half of it, and a commit outlives a crash.",
    ),
    Asked(
        "gc",
        "data/runtime.md",
        "How does a generational collector save time?",
        "Most objects die young. The nursery is collected often and copies only survivors; old"
        " objects are looked at rarely, and a write barrier remembers pointers from old to young.",
    ),
)
NEW = Asked(
    "new",
    "nets/training.md",
    "When is early stopping enough?",
    "When the validation loss turns upward long before training ends, keeping the best checkpoint"
    " gives most of what stronger regularisation would, for nothing.",
)
OTHER = "Nothing of the former text is left here: a wholly different explanation with fresh words."

Notes = tuple[Asked, ...]
Edit = Callable[[Notes], Notes]


def edited(key: str, **fields: str) -> Edit:
    return lambda notes: tuple(replace(q, **fields) if q.key == key else q for q in notes)


def half(key: str) -> Edit:
    """Rewrite the second half of an answer."""

    def edit(notes: Notes) -> Notes:
        text = next(q.text for q in notes if q.key == key)
        return edited(key, text=text[: len(text) // 2] + " " + OTHER)(notes)

    return edit


def without(*keys: str) -> Edit:
    return lambda notes: tuple(q for q in notes if q.key not in keys)


def after_each_other(*edits: Edit) -> Edit:
    def edit(notes: Notes) -> Notes:
        for one in edits:
            notes = one(notes)
        return notes

    return edit


def moved_folder(notes: Notes) -> Notes:
    return tuple(replace(q, file=q.file.replace("nets/", "deep/")) for q in notes)


def swapped_files(notes: Notes) -> Notes:
    swap = {"data/sql.md": "data/runtime.md", "data/runtime.md": "data/sql.md"}
    return tuple(replace(q, file=swap.get(q.file, q.file)) for q in notes)


def split(notes: Notes) -> Notes:
    whole = next(q for q in notes if q.key == "txn")
    first, second = whole.text[:120], whole.text[120:]
    parts = (
        replace(whole, title="Which four guarantees does a transaction give?", text=first),
        Asked("part", whole.file, "What does a commit outlive?", second),
    )
    return (*without("txn")(notes), *parts)


def merged(notes: Notes) -> Notes:
    """`lr` takes the answer of `batch` in."""
    rate, batch = (next(q for q in notes if q.key == key) for key in ("lr", "batch"))
    one = replace(rate, text=rate.text + " " + batch.text[:80])
    return tuple(one if q.key == "lr" else q for q in notes if q.key != "batch")


QUESTION = Candidate("a.md", 1, None, "Why?", sketch("Because."))
REWORDED = "What makes dropout fight overfitting so well?"
EDITS: dict[str, Edit] = {
    "nothing": lambda notes: notes,
    "a question on top": lambda notes: (NEW, *notes),
    "all in another order": lambda notes: notes[::-1],
    "punctuation in a title": edited("sql", title="What is an index good for"),
    "a reworded title": edited("drop", title=REWORDED),
    "a title in other words": edited("gc", title="Explain the weak hypothesis about object age"),
    "a reworded Chinese title": edited("lora", title="为什么说LoRA训练很省显存？"),
    "half an answer": half("batch"),
    "half a Chinese answer": half("ctrl"),
    "a whole answer": edited("txn", text=OTHER),
    "title and half the answer": after_each_other(half("drop"), edited("drop", title=REWORDED)),
    "moved to another file": edited("sql", file="data/runtime.md"),
    "moved to a new folder": edited("sql", file="stores/trees.md"),
    "moved and reworded": edited("sql", file="data/runtime.md", title="What use is an index?"),
    "moved and edited": after_each_other(half("sql"), edited("sql", file="nets/finetune.md")),
    "a folder renamed": moved_folder,
    "a folder renamed, an answer rewritten": after_each_other(
        moved_folder, edited("lr", text=OTHER)
    ),
    "two files that change names": swapped_files,
    "split": split,
    "merged": merged,
    "deleted": without("lr"),
    "a file deleted": without("sql", "txn"),
    "deleted and another one in its place": after_each_other(
        without("drop"), lambda notes: (NEW, *notes)
    ),
    "everything at once": after_each_other(
        edited("gc", file="nets/finetune.md"),
        edited("drop", title=REWORDED),
        half("lora"),
        without("txn"),
        lambda notes: (NEW, *notes[::-1]),
    ),
}
# What an edit may take from a question: a merged one leaves its guid to the survivor.
MERGED_AWAY = {"merged": {"batch"}}


def candidates(notes: Notes) -> list[Candidate]:
    """Number the questions of each file from 1, as an author would."""
    count: dict[str, int] = {}
    listed = []
    for line, q in enumerate(notes, 1):
        count[q.file] = count.get(q.file, 0) + 1
        listed.append(Candidate(q.file, line, str(count[q.file]), q.title, sketch(q.text), q.mark))
    return listed


def fingerprint(candidate: Candidate) -> str:
    """Stand in for the hash of fields and tags: numbers and lines are in none of them."""
    return repr((candidate.file, candidate.title, candidate.sketch))


@dataclass(frozen=True)
class Build:
    """What one build leaves: by key of the test, and the lock."""

    guids: dict[str, str]
    modified: dict[str, int]
    matching: Matching
    changes: Sequence[Change]
    lock: Lock


def build(notes: Notes, lock: Lock | None = None, now: int = 1000) -> Build:
    """Build as `project` does, through the text of the lock."""
    matching = match(lock, candidates(notes), namespace="deck")
    records = []
    for found in matching.matches:
        printed = fingerprint(found.candidate)
        records.append(
            Record(
                found, f"Deck::{found.candidate.file}", printed, *touch(found.entry, printed, now)
            )
        )
    packed = {entry.guid: pack_note([entry.title], []) for entry in matching.removed}
    new = update(
        lock, matching, records, namespace="deck", note_type=("t", 1), now=now, packed=packed
    )
    return Build(
        {q.key: found.guid for q, found in zip(notes, matching.matches, strict=True)},
        {q.key: record.modified for q, record in zip(notes, records, strict=True)},
        matching,
        changes(matching, records),
        parse_lock(encode_lock(new).decode()),
    )


@pytest.fixture
def first() -> Build:
    return build(NOTES)


every_edit = pytest.mark.parametrize("edit", EDITS)


@every_edit
def test_i1_a_question_keeps_its_guid(edit: str, first: Build) -> None:
    after = build(EDITS[edit](NOTES), first.lock, 2000)
    survivors = (first.guids.keys() & after.guids.keys()) - MERGED_AWAY.get(edit, set())
    assert {key: after.guids[key] for key in survivors} == {
        key: first.guids[key] for key in survivors
    }


@every_edit
def test_i1_it_is_the_same_guid_when_the_edit_is_taken_back(edit: str, first: Build) -> None:
    after = build(EDITS[edit](NOTES), first.lock, 2000)
    back = build(NOTES, after.lock, 3000)
    assert back.guids == first.guids


@every_edit
def test_i2_no_guid_is_on_another_question(edit: str, first: Build) -> None:
    after = build(EDITS[edit](NOTES), first.lock, 2000)
    owners = {guid: key for key, guid in first.guids.items()}
    assert all(owners.get(guid, key) == key for key, guid in after.guids.items())
    assert len(set(after.guids.values())) == len(after.guids)


@every_edit
def test_i3_an_unchanged_note_is_not_touched(edit: str, first: Build) -> None:
    before = {q.key: fingerprint(c) for q, c in zip(NOTES, candidates(NOTES), strict=True)}
    notes = EDITS[edit](NOTES)
    after = build(notes, first.lock, 2000)
    for q, candidate in zip(notes, candidates(notes), strict=True):
        changed = before.get(q.key) != fingerprint(candidate)
        assert after.modified[q.key] == (2000 if changed else 1000)


@every_edit
def test_i4_a_second_build_changes_nothing(edit: str, first: Build) -> None:
    notes = EDITS[edit](NOTES)
    after = build(notes, first.lock, 2000)
    again = build(notes, after.lock, 9000)
    assert encode_lock(again.lock) == encode_lock(after.lock)
    assert not again.changes
    assert not again.matching.doubts


@every_edit
def test_i6_a_lost_lock_gives_first_time_guids_again(edit: str) -> None:
    notes = EDITS[edit](NOTES)
    assert build(notes).guids == build(notes, now=5000).guids


KINDS = {
    "nothing": {},
    "a question on top": {"added": 1, "renumbered": 3},
    "a reworded title": {"reworded": 1},
    "a whole answer": {"updated": 1},
    "moved to a new folder": {"moved": 1, "renumbered": 1},
    "deleted": {"removed": 1},
    "a file deleted": {"removed": 2},
    "merged": {"removed": 1, "updated": 1, "renumbered": 1},
}


@pytest.mark.parametrize("edit", KINDS)
def test_the_report_names_what_an_edit_did(edit: str, first: Build) -> None:
    after = build(EDITS[edit](NOTES), first.lock, 2000)
    kinds = [str(change.kind) for change in after.changes]
    assert {kind: kinds.count(kind) for kind in kinds} == KINDS[edit]


def test_a_change_says_what_was_before_and_where(first: Build) -> None:
    notes = (
        *(replace(NOTES[1], title="What is normalised by batch normalisation?"), NOTES[2]),
        *NOTES[3:],
        Asked("new", "z.md", "Who?", OTHER),
    )
    after = build(notes, first.lock, 2000)
    guid = {**first.guids, **after.guids}
    where = NOTES[0].file
    rewordings = [c for c in after.changes if c.guid == guid["batch"]]
    assert [c for c in after.changes if c.guid in (guid["drop"], guid["new"])] == [
        Change(
            ChangeKind.REMOVED, Location(where), guid["drop"], NOTES[0].title, "1", f"Deck::{where}"
        ),
        Change(ChangeKind.ADDED, Location("z.md", len(notes)), guid["new"], "Who?"),
    ]
    assert [(c.kind, c.location.line, c.title, c.before) for c in rewordings] == [
        (ChangeKind.REWORDED, 1, notes[0].title, NOTES[1].title),
        (ChangeKind.RENUMBERED, 1, notes[0].title, "2"),
    ]


def test_a_deck_that_changes_its_name_moves_its_cards_and_touches_no_note(first: Build) -> None:
    matching = match(first.lock, candidates(NOTES), namespace="deck")
    records = [
        Record(found, "Other", found.entry.fingerprint, 1000, 1000) for found in matching.matches
    ]
    found = changes(matching, records)
    assert {change.kind for change in found} == {ChangeKind.MOVED}
    assert {(c.before, c.old_deck, c.new_deck) for c in found} == {
        (f"Deck::{q.file}", f"Deck::{q.file}", "Other") for q in NOTES
    }


def test_the_lock_sketches_the_answer_as_it_is_now(first: Build) -> None:
    after = build(edited("sql", text=OTHER)(NOTES), first.lock)
    assert entry(after, "sql").sketch == sketch(OTHER)
    assert entry(after, "gc").sketch == entry(first, "gc").sketch


def test_a_changed_deck_is_reported_with_both_names(first: Build) -> None:
    after = build(edited("gc", file="new.md")(NOTES), first.lock, 2000)
    (moved,) = (change for change in after.changes if change.kind is ChangeKind.MOVED)
    assert moved.before == "data/runtime.md"
    assert (moved.old_deck, moved.new_deck) == ("Deck::data/runtime.md", "Deck::new.md")


# What the learner sees: times and tombstones -----------------------------------------------------


def entry(build: Build, key: str) -> LockEntry:
    guid = build.guids[key]
    return next(entry for entry in build.lock.entries if entry.guid == guid)


def test_a_second_change_in_the_same_second_moves_the_time(first: Build) -> None:
    after = build(edited("sql", text=OTHER)(NOTES), first.lock, now=1000)
    assert after.modified["sql"] == 1001


def test_the_time_never_goes_back_when_the_clock_does(first: Build) -> None:
    after = build(edited("sql", text=OTHER)(NOTES), first.lock, now=5)
    assert after.modified["sql"] == 1001
    assert entry(after, "sql").added == 1000


def test_a_removed_question_becomes_a_tombstone_with_a_newer_time(first: Build) -> None:
    after = build(without("lr")(NOTES), first.lock, now=1000)
    gone = next(e for e in after.lock.entries if e.guid == first.guids["lr"])
    assert (gone.removed, gone.modified) == (1000, 1001)
    assert gone.tombstone == pack_note(["How do you choose a learning rate?"], [])


def test_a_tombstone_ships_for_a_year_and_the_question_is_known_after_that(first: Build) -> None:
    gone = build(without("lr")(NOTES), first.lock, 2000)

    def aged(seconds: int) -> LockEntry:
        later = build(without("lr")(NOTES), gone.lock, 2000 + seconds)
        return next(e for e in later.lock.entries if e.guid == first.guids["lr"])

    assert aged(365 * DAY).tombstone
    assert not aged(365 * DAY + 1).tombstone
    lock = build(without("lr")(NOTES), gone.lock, 2000 + 366 * DAY).lock
    assert build(NOTES, lock, 2000 + 367 * DAY).guids["lr"] == first.guids["lr"]


def test_a_question_that_returns_unchanged_has_a_newer_time_than_its_tombstone(
    first: Build,
) -> None:
    gone = build(without("lr")(NOTES), first.lock, 2000)
    back = build(NOTES, gone.lock, now=2000)
    assert back.guids["lr"] == first.guids["lr"]
    assert back.modified["lr"] == 2001
    assert entry(back, "lr").removed is None
    assert entry(back, "lr").tombstone is None
    assert [change.kind for change in back.changes if change.guid == first.guids["lr"]] == [
        ChangeKind.RETURNED
    ]


def test_a_question_that_returns_reworded_is_known(first: Build) -> None:
    gone = build(without("lr")(NOTES), first.lock, 2000)
    back = build(edited("lr", title="How would you pick the learning rate?")(NOTES), gone.lock)
    assert back.guids["lr"] == first.guids["lr"]


# Titles that say little --------------------------------------------------------------------------


def texts(*answers: str, title: str = "What is it?", file: str = "a.md") -> Notes:
    return tuple(Asked(answer, file, title, answer) for answer in answers)


SORTS = (
    "Bubble sort swaps neighbours until no pair is out of order any more, in quadratic time.",
    "Merge sort halves the list, sorts both halves by itself and zips them together again.",
    "Heap sort keeps the largest remaining element on top of a tree held inside the array.",
    "Radix sort deals numbers into buckets digit by digit and never compares two of them.",
)


def test_repeated_titles_are_told_apart_by_their_answers() -> None:
    before = build(texts(*SORTS))
    after = build(texts(*SORTS[::-1]), before.lock)
    assert after.guids == before.guids


def test_a_repeated_title_on_top_takes_no_guid_of_the_others() -> None:
    before = build(texts(*SORTS[1:]))
    after = build(texts(*SORTS), before.lock)
    assert {key: after.guids[key] for key in before.guids} == before.guids
    assert after.guids[SORTS[0]] not in before.guids.values()


def test_a_repeated_title_with_another_answer_is_another_question() -> None:
    before = build(texts(*SORTS[:3]))
    after = build(texts(*SORTS[:2], SORTS[3]), before.lock)
    assert {key: after.guids[key] for key in SORTS[:2]} == {
        key: before.guids[key] for key in SORTS[:2]
    }


def test_a_repeated_title_in_the_place_of_another_is_another_question() -> None:
    """Its neighbours say where it stands, not what it is."""
    before = build(texts(*SORTS[:3]))
    after = build(texts(SORTS[0], OTHER, SORTS[2], SORTS[3]), before.lock)
    assert after.guids[OTHER] not in before.guids.values()


def test_repeated_titles_with_much_edited_answers_are_told_apart_by_their_order() -> None:
    before = build(texts(*SORTS))
    kept = tuple(" ".join(answer.split()[:8]) for answer in SORTS)
    much = tuple(f"{text} and then {OTHER[n * 9 : n * 9 + 40]}" for n, text in enumerate(kept))
    after = build(texts(*much), before.lock)
    assert list(after.guids.values()) == list(before.guids.values())


def test_one_repeated_title_more_does_not_hide_the_order_of_the_others() -> None:
    before = build(texts(*SORTS))
    much = " ".join(SORTS[1].split()[:6]) + " " + OTHER[:40]
    after = build(texts(SORTS[0], much, *SORTS[2:], OTHER[40:]), before.lock)
    assert after.guids[much] == before.guids[SORTS[1]]


def test_of_swapped_answers_the_titles_keep_the_guids(first: Build) -> None:
    """The title is what the learner was asked."""
    one, two = NOTES[0], NOTES[2]
    notes = (replace(one, text=two.text), NOTES[1], replace(two, text=one.text), *NOTES[3:])
    assert build(notes, first.lock).guids == first.guids


def test_a_file_that_took_the_name_of_another_is_not_its_place() -> None:
    titles = ("Overview", "Details", "Proof", "Limits")
    old = tuple(Asked(t, "day1.md", t, text) for t, text in zip(titles, SORTS, strict=True))
    before = build(old)
    moved = tuple(replace(q, file="day2.md") for q in old[1:])
    after = build((Asked("fresh", "day1.md", "Overview", OTHER), *moved), before.lock)
    assert after.guids["fresh"] not in before.guids.values()


def test_a_generic_title_in_another_file_is_another_question() -> None:
    before = build((*texts(SORTS[0]), *texts(SORTS[1], file="b.md")))
    after = build((*texts(SORTS[1], file="b.md"), *texts(SORTS[2], file="c.md")), before.lock)
    assert after.guids[SORTS[1]] == before.guids[SORTS[1]]
    assert after.guids[SORTS[2]] not in before.guids.values()


@pytest.mark.parametrize("label", ["Question {}", "第{}题", "{}", ""])
def test_a_title_that_is_a_number_is_no_identity(label: str) -> None:
    def numbered(*answers: str) -> Notes:
        return tuple(
            Asked(answer, "a.md", label.format(n), answer) for n, answer in enumerate(answers, 1)
        )

    before = build(numbered(*SORTS[1:]))
    after = build(numbered(*SORTS), before.lock)
    assert {key: after.guids[key] for key in before.guids} == before.guids
    assert after.guids[SORTS[0]] not in before.guids.values()


def test_answers_that_all_say_the_same_are_no_identity() -> None:
    """A placeholder as answer must not carry a guid from one title to another."""
    todo = "This answer still has to be written, please send a pull request if you know it well."
    titles = ["How are locks fair?", "Why do semaphores count?", "Who owns a mutex?", "What waits?"]
    before = build(tuple(Asked(title, "a.md", title, todo) for title in titles))
    titles[0] = "Where do spinning threads burn cycles?"
    after = build(tuple(Asked(title, "a.md", title, todo) for title in titles), before.lock)
    assert after.guids[titles[0]] not in before.guids.values()


SIGNS = {
    "operators": ("What does == do?", "What does === do?", "What does = do?", "What does != do?"),
    "sums": ("What is 2^3?", "What is 2*3?", "What is 2-3?"),
    "formulas": ("What is $f(x)$?", "What is $fx$?"),
}
MEANINGS = ("compares values", "compares without conversion", "assigns", "negates")


def signed(titles: Sequence[str], answers: Sequence[str] = MEANINGS, file: str = "a.md") -> Notes:
    """Questions whose titles differ in signs alone, which are their keys."""
    return tuple(Asked(t, file, t, a) for t, a in zip(titles, answers, strict=False))


@pytest.mark.parametrize("titles", SIGNS.values(), ids=SIGNS)
def test_titles_that_differ_in_signs_are_titles_of_their_own(titles: Sequence[str]) -> None:
    """Whichever answers are corrected, and whatever their order is."""
    before = build(signed(titles))
    for at, title in enumerate(titles):
        answers = [
            *MEANINGS[:at],
            "both must be the same, the type and the value",
            *MEANINGS[at + 1 :],
        ]
        notes = signed(titles, answers)
        for order in (notes, notes[::-1]):
            after = build(order, before.lock)
            assert after.guids == before.guids, title
            assert after.matching.doubts == ()


@pytest.mark.parametrize("titles", SIGNS.values(), ids=SIGNS)
def test_a_new_title_with_other_signs_is_no_doubt_about_the_old_one(titles: Sequence[str]) -> None:
    before = build(signed(titles[:1]))
    after = build(signed((titles[1], titles[0]), (MEANINGS[3], OTHER)), before.lock)
    assert after.guids[titles[0]] == before.guids[titles[0]]
    assert after.matching.doubts == ()


def test_of_swapped_answers_titles_that_differ_in_signs_keep_the_guids() -> None:
    before = build(signed(SIGNS["operators"]))
    after = build(
        signed(SIGNS["operators"], (MEANINGS[1], MEANINGS[0], *MEANINGS[2:])), before.lock
    )
    assert after.guids == before.guids


def test_titles_that_differ_in_signs_and_have_one_answer_keep_the_guids_in_another_order() -> None:
    before = build(signed(SIGNS["operators"], ["See the table."] * 4))
    after = build(signed(SIGNS["operators"][::-1], ["See the table."] * 4), before.lock)
    assert after.guids == before.guids


def test_a_title_that_differs_in_signs_is_known_where_its_file_went() -> None:
    before = build(signed(SIGNS["operators"]))
    answers = (MEANINGS[0], OTHER, *MEANINGS[2:])
    after = build(signed(SIGNS["operators"], answers, "moved.md"), before.lock)
    assert after.guids == before.guids


def test_twins_are_known_in_their_order_where_signs_in_their_title_change() -> None:
    twins = [Asked(str(n), "a.md", "Which bone is it", "") for n in range(3)]  # a picture each
    before = build(tuple(twins[:2]))
    after = build(tuple(replace(q, title="Which bone is it?") for q in twins), before.lock)
    assert {key: after.guids[key] for key in before.guids} == before.guids


# Titles that are nearly others --------------------------------------------------------------------


def about(**answers: str) -> Notes:
    """Questions of one file, by title (`_` is a blank)."""
    titles = {title.replace("_", " ") + "?": text for title, text in answers.items()}
    return tuple(Asked(title, "a.md", title, text) for title, text in titles.items())


REST = about(What_is_a_heap=SORTS[2], Why_do_radixes_matter=SORTS[3])


@pytest.mark.parametrize(
    ("gone", "new"),
    [
        ("What is Adam?", "What is AdamW?"),
        ("What is a StringBuffer?", "What is a StringBuilder?"),
        ("How do you turn a list into a tuple?", "How do you turn a tuple into a list?"),
        ("什么是监督学习？", "什么是无监督学习？"),
    ],
)
def test_a_near_namesake_with_another_answer_is_another_question(gone: str, new: str) -> None:
    before = build((Asked(gone, "a.md", gone, SORTS[0]), *REST))
    after = build((Asked(new, "a.md", new, SORTS[1]), *REST), before.lock)
    assert after.guids[new] not in before.guids.values()
    assert {key: after.guids[key] for key in (q.key for q in REST)}.items() <= before.guids.items()


def test_a_typing_error_mended_is_the_same_question() -> None:
    before = build((Asked("it", "a.md", "What is a reccurent network?", SORTS[0]), *REST))
    after = build(
        (Asked("it", "a.md", "What is a recurrent network?", SORTS[0]), *REST), before.lock
    )
    assert after.guids == before.guids


def test_the_same_of_another_thing_is_another_question() -> None:
    frame = "Use {} when you need a {} tool and do not care about its age, size or licence."
    before = build((*about(When_would_you_use_Flask=frame.format("Flask", "small")), *REST))
    after = build(
        (*about(When_would_you_use_Svelte=frame.format("Svelte", "fast")), *REST), before.lock
    )
    assert after.guids["When would you use Svelte?"] not in before.guids.values()
    assert [doubt.entry.title for doubt in after.matching.doubts] == ["When would you use Flask?"]


def test_of_swapped_answers_titles_of_one_frame_keep_the_guids() -> None:
    one, two = "the difference between L1 and L2 norms?", "the difference between GMM and K-means?"
    before = build((Asked(one, "a.md", one, SORTS[0]), Asked(two, "a.md", two, SORTS[1])))
    notes = (Asked(one, "a.md", one, SORTS[1]), Asked(two, "a.md", two, SORTS[0]))
    assert build(notes, before.lock).guids == before.guids


def test_an_equal_title_in_its_place_is_known_among_many_of_its_frame() -> None:
    frames = ("What is {}?", "When do you use {}?", "How is {} set up?", "What does {} cost?")
    titles = [
        frame.format(name) for name in ("Kafka", "Redis", "Nginx", "Vault") for frame in frames
    ]
    notes = tuple(Asked(t, "a.md", t, f"{t} {SORTS[n % 4]}") for n, t in enumerate(titles))
    before = build(notes)
    after = build((*notes[:5], replace(notes[5], text=OTHER), *notes[6:]), before.lock)
    assert after.guids == before.guids


# Short answers ------------------------------------------------------------------------------------

SHORT = tuple(
    Asked(town, "a.md", f"What is the capital of {land}?", f"{town}.")
    for land, town in (
        ("France", "Paris"),
        ("Spain", "Madrid"),
        ("Peru", "Lima"),
        ("Cuba", "Havana"),
    )
)


@pytest.mark.parametrize("moved", [1, 2, 4])
def test_a_short_answer_that_moves_is_known(moved: int) -> None:
    before = build(SHORT)
    notes = (*(replace(q, file="b.md") for q in SHORT[:moved]), *SHORT[moved:])
    assert build(notes, before.lock).guids == before.guids


def test_a_short_answer_that_comes_back_elsewhere_is_known() -> None:
    before = build(SHORT)
    without_it = build(SHORT[1:], before.lock)
    again = build((*SHORT[1:], replace(SHORT[0], file="b.md")), without_it.lock)
    assert again.guids["Paris"] == before.guids["Paris"]


def test_one_of_two_equal_short_cards_is_not_taken_for_the_other() -> None:
    twins = (SHORT[0], replace(SHORT[0], key="twin", file="b.md"))
    before = build(twins)
    after = build((replace(SHORT[0], key="third", file="c.md"), *twins), before.lock)
    assert {key: after.guids[key] for key in before.guids} == before.guids


def test_a_corrected_short_answer_keeps_its_guid() -> None:
    before = build(SHORT)
    after = build((replace(SHORT[0], text="Lutetia."), *SHORT[1:]), before.lock)
    assert after.guids == before.guids


def test_one_word_replaced_everywhere_keeps_all_guids() -> None:
    names = ("strip", "split", "join", "upper", "find", "index")
    texts = (
        "It cuts both ends.",
        "It makes a list.",
        "Glue.",
        "Capitals.",
        "Where it is.",
        "Same.",
    )

    def notes(word: str) -> Notes:
        return tuple(
            Asked(n, "a.md", f"What does the {word} {n} do?", f"This {word} does one thing. {text}")
            for n, text in zip(names, texts, strict=True)
        )

    before = build(notes("function"))
    assert build(notes("method"), before.lock).guids == before.guids


def test_the_end_of_a_title_that_moved_into_the_answer_is_no_new_question(first: Build) -> None:
    tail = "in words that a child would follow, with one example from a kitchen"
    long = edited("gc", title=f"Explain garbage collection, {tail}", text="See chapter nine.")
    cut = edited(
        "gc", title="Explain garbage collection", text=f"{tail} See chapter nine.", file="z.md"
    )
    before = build(long(NOTES), first.lock, 2000)
    assert build(cut(NOTES), before.lock, 3000).guids == before.guids


def test_a_copy_in_another_file_leaves_the_guid_to_the_original(first: Build) -> None:
    copy = replace(NOTES[5], key="copy", file="all.md")
    notes = edited("sql", text=NOTES[5].text + " As a last word: measure.")(NOTES)
    after = build((copy, *notes), first.lock, 2000)
    assert after.guids["sql"] == first.guids["sql"]


def test_twins_in_one_file_that_were_edited_alike_keep_their_order() -> None:
    def notes(title: str, text: str) -> Notes:
        one = Asked("one", "a.md", title, text)
        return (one, *texts(*SORTS), replace(one, key="two"))

    before = build(notes("What is children prop?", OTHER))
    after = build(notes("What is the children prop?", f"{OTHER} And more of it."), before.lock)
    assert {k: after.guids[k] for k in ("one", "two")} == {
        k: before.guids[k] for k in ("one", "two")
    }


def test_another_thing_with_the_same_short_answer_in_its_slot_is_a_new_question() -> None:
    before = build(SHORT)
    other = replace(SHORT[0], key="new", title="What is the capital of Gaul?")
    after = build((other, *SHORT[1:]), before.lock)
    assert after.guids["new"] not in before.guids.values()
    assert [doubt.entry.title for doubt in after.matching.doubts] == [SHORT[0].title]


@pytest.mark.parametrize("is_new_twin", [False, True])
def test_twins_that_are_reworded_alike_keep_their_order_beside_a_new_question(
    is_new_twin: bool,
) -> None:
    def twins(title: str) -> tuple[Asked, ...]:
        one, two = (Asked(key, "a.md", title, "A bank.") for key in ("one", "two"))
        return one, Asked("other", "a.md", "What is the zither?", "A harp."), two

    before = build(twins("What is the ribosome?"))
    new = Asked("new", "a.md", "What is the aardvark?", "A beast.")
    asked = twins("Why does the ribosome work?")
    third = (replace(asked[0], key="third"),) if is_new_twin else ()
    after = build((new, *asked, *third), before.lock)
    kept = [key for key in ("one", "other", "two") if after.guids[key] == before.guids[key]]
    assert kept == (["other"] if is_new_twin else ["one", "other", "two"])
    assert after.guids["new"] not in before.guids.values()


def test_a_placeholder_carries_no_guid_to_another_question() -> None:
    text = "欢迎大家在讨论区留下你的答案。"
    asked = Asked("x", "a.md", "浏览器怎样把文字画到屏幕上？", "先解析，再排版，最后绘制。")
    before = build((asked, Asked("old", "a.md", "为什么修改状态的函数要同步？", text)))
    after = build((asked, Asked("new", "a.md", "如何把一个字符串取反？", text)), before.lock)
    assert after.guids["new"] != before.guids["old"]


def test_a_reused_number_is_no_identity(first: Build) -> None:
    after = build((replace(NEW, key="x"), *NOTES[1:]), first.lock)
    assert after.guids["x"] not in first.guids.values()


# Marks, clashes, doubts --------------------------------------------------------------------------


def test_a_mark_keeps_the_guid_through_any_edit() -> None:
    before = build((replace(NOTES[0], mark="mine"), *NOTES[1:]))
    other = replace(NOTES[0], file="z.md", title="Quite new", text=OTHER, mark="mine")
    after = build((*NOTES[1:], other), before.lock)
    assert after.guids == before.guids


def test_a_mark_put_on_a_known_question_does_not_change_its_guid(first: Build) -> None:
    marked = build((replace(NOTES[0], mark="mine"), *NOTES[1:]), first.lock)
    assert marked.guids == first.guids


def test_a_guid_will_do_for_a_mark(first: Build) -> None:
    other = replace(NOTES[0], title="Quite new", text=OTHER, mark=first.guids["drop"])
    assert build((other, *NOTES[1:]), first.lock).guids == first.guids


def test_two_marks_are_two_questions() -> None:
    before = build((replace(NOTES[0], mark="one"), *NOTES[1:]))
    after = build((replace(NOTES[0], mark="two"), *NOTES[1:]), before.lock)
    assert after.guids["drop"] not in before.guids.values()


def test_a_mark_that_was_copied_along_says_nothing() -> None:
    before = build((replace(NOTES[0], mark="mine"), *NOTES[1:]))
    copy = replace(NEW, mark="mine")
    after = build((copy, replace(NOTES[0], mark="mine"), *NOTES[1:]), before.lock)
    assert {key: after.guids[key] for key in before.guids} == before.guids


def test_the_first_guid_depends_on_no_number_and_no_line() -> None:
    assert guid_for("deck", "a.md", "What is RAG?") == guid_for("deck", "a.md", "what is  RAG")
    assert len(guid_for("deck", "a.md", "What is RAG?")) == 12


def test_first_guids_are_those_of_the_first_release() -> None:
    assert guid_for("deck", "a.md", "What is RAG?") == "wU8H3ZfgKzre"
    assert guid_for("deck", "目录/é.md", "什么是 C++？", 1) == "gmZHvoKjMu0h"
    assert guid_for("deck", "a.md", "What is RAG?", 0, 1) == "ZNkqQhZk1TQ0"


def test_the_guid_of_a_mark_is_the_same_for_ever() -> None:
    (found,) = match(None, [QUESTION._replace(marked_id="mine")], namespace="deck").matches
    assert found.guid == "RRZeZKxP-_i_"


def test_equal_titles_get_guids_of_their_own_in_their_order() -> None:
    found = match(None, [QUESTION, QUESTION, QUESTION], namespace="deck").matches
    assert [one.guid for one in found] == [
        guid_for("deck", "a.md", "Why?", nth) for nth in range(3)
    ]


def test_a_guid_that_went_along_is_not_given_again() -> None:
    asked: Notes = ()
    lock = None
    for key, q in zip("xyz", NOTES, strict=False):
        lock = build((*asked, Asked(key, "a.md", "Why?", q.text)), lock).lock
        asked = (*asked, Asked(key, "a.md", q.title, q.text))
        after = build(asked, lock)
        lock = after.lock
    given = [guid_for("deck", "a.md", "Why?", 0, clash) for clash in range(3)]
    assert [after.guids[key] for key in "xyz"] == given


def test_namespaces_files_and_repetitions_have_guids_of_their_own() -> None:
    places = [("x", "a.md", 0), ("y", "a.md", 0), ("x", "b.md", 0), ("x", "a.md", 1)]
    assert len({guid_for(space, file, "Why?", nth) for space, file, nth in places}) == 4


def test_a_first_guid_that_went_elsewhere_is_not_given_again(first: Build) -> None:
    """A question takes its guid along; a new one with its old title must get another."""
    away = edited("drop", file="nets/finetune.md", title=REWORDED)(NOTES)
    there = build(away, first.lock, 2000)
    newcomer = Asked("again", NOTES[0].file, NOTES[0].title, OTHER)
    after = build((newcomer, *away), there.lock, 3000)
    assert after.guids["drop"] == first.guids["drop"]
    assert after.guids["again"] != first.guids["drop"]
    assert build((newcomer, *away), there.lock, 3000).guids == after.guids


def doubtful(
    first: Build, choose: Callable[[Doubt], Candidate | None]
) -> tuple[Match, list[Doubt]]:
    asked: list[Doubt] = []

    def decide(doubt: Doubt) -> Candidate | None:
        asked.append(doubt)
        return choose(doubt)

    notes = edited("sql", title="What is an index ever good for?", text=OTHER)
    listed = candidates(notes(NOTES))
    matching = match(first.lock, listed, namespace="deck", decide=decide)
    return next(m for m in matching.matches if m.candidate.sketch == sketch(OTHER)), asked


def test_a_doubt_is_asked_once_with_the_default_and_how_sure(first: Build) -> None:
    found, asked = doubtful(first, lambda doubt: doubt.chosen)
    (doubt,) = asked
    assert doubt.entry.guid == first.guids["sql"]
    assert doubt.chosen is None
    assert 0.6 <= doubt.sure[0] < 0.75
    assert doubt.sure == tuple(round(sure, 2) for sure in doubt.sure)
    assert found.entry is None


def test_the_answer_to_a_doubt_is_taken(first: Build) -> None:
    found, _ = doubtful(first, lambda doubt: doubt.candidates[0])
    assert found.guid == first.guids["sql"]


def test_of_two_copies_the_one_in_the_old_place_keeps_the_guid_and_both_are_reported() -> None:
    before = build(NOTES[:3])
    copies = tuple(
        replace(NOTES[0], key=k, file=f"{k}.md", text=OTHER + NOTES[0].text) for k in "xy"
    )
    after = build((*NOTES[1:3], *copies), before.lock)
    assert after.guids["x"] == before.guids["drop"]
    (doubt,) = after.matching.doubts
    assert [one.file for one in doubt.candidates] == ["x.md", "y.md"]
    assert doubt.chosen == doubt.candidates[0]


# Adoption ----------------------------------------------------------------------------------------


def old(guid: str, fields: tuple[str, ...]) -> PackageNote:
    """A note of a package."""
    return PackageNote(guid, fields, (), 700, "Old")


def unprinted(_fields: Sequence[str], _tags: Sequence[str]) -> str:
    """A fingerprint that is none."""
    return ""


def test_a_lost_lock_is_rebuilt_from_our_own_package(first: Build) -> None:
    notes = [
        old(f"guid-{q.key}", (f"<p>{q.title}</p>", f"<p>{q.text}</p>", "", "<b>Topic</b>"))
        for q in NOTES
    ]
    adopted = adopt(notes, candidates(NOTES), namespace="deck", fingerprint=unprinted)
    assert not adopted.unmatched_notes
    assert not adopted.unmatched_questions
    after = build(NOTES, adopted.lock, 2000)
    assert after.guids == {q.key: f"guid-{q.key}" for q in NOTES}
    assert set(after.modified.values()) == {2000}


def test_a_deck_made_by_hand_is_adopted_and_the_rest_reported() -> None:
    notes = [
        old("hand-1", ("17", "2. Why does dropout help against over-fitting", "units off")),
        old("hand-2", ("18", "3) What is an index good for??", "finds rows<br>fast")),
        old("hand-3", ("19", "Capital of {{c1::France::country}}?", "Paris [sound:x.mp3]")),
    ]
    adopted = adopt(notes, candidates(NOTES), namespace="deck", fingerprint=unprinted)
    assert {guid: one.title for guid, one, _ in adopted.matched} == {
        "hand-1": "Why does dropout help against overfitting?",
        "hand-2": "What is an index good for?",
    }
    assert [note.guid for note in adopted.unmatched_notes] == ["hand-3"]
    assert len(adopted.unmatched_questions) == len(NOTES) - 2


def test_an_adopted_note_that_is_as_it_was_is_not_touched() -> None:
    notes = [old(f"g-{q.key}", (q.title, q.text)) for q in NOTES]
    prints = {c.title: fingerprint(c) for c in candidates(NOTES)}
    adopted = adopt(
        notes, candidates(NOTES), namespace="deck", fingerprint=lambda f, _tags: prints[f[0]]
    )
    assert set(build(NOTES, adopted.lock, 2000).modified.values()) == {700}


# Speed -------------------------------------------------------------------------------------------


@pytest.mark.timed
def test_ten_thousand_renumbered_moved_and_reworded_questions_take_seconds_at_most() -> None:
    def note(n: int) -> Asked:
        words = " ".join(f"w{(n * 40 + i) * 7919 % 999_983}" for i in range(40))
        return Asked(str(n), f"f{n // 100}.md", f"Why does {words[:30]} matter?", words)

    notes = tuple(note(n) for n in range(10_000))
    before = build(notes)
    after = [
        replace(q, title=f"Tell me: {q.title}") if n % 20 == 0 else q for n, q in enumerate(notes)
    ]
    after = [replace(q, file="f0.md") if n % 10 == 3 else q for n, q in enumerate(after)]
    start = time.process_time()
    matching = match(before.lock, candidates((NEW, *after)), namespace="deck")
    assert time.process_time() - start < 3
    assert [m.guid for m in matching.matches[1:]] == [before.guids[q.key] for q in notes]


def test_the_docs_name_the_certain_rules_in_their_order() -> None:
    page = Path(__file__).parent.parent.parent / "docs" / "identity.md"
    rows = re.findall(r"^\| \d+ \| ([a-z ]+) \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [rule.name for rule in RULES]


def test_the_tests_named_in_the_docs_exist() -> None:
    tests = Path(__file__).parent.parent
    text = (tests.parent / "docs" / "identity.md").read_text(encoding="utf-8")
    file = ""
    named = re.findall(r"`(test_\w+\.py)?(?:::(test_\w+))?`", text)
    assert len(named) > 15
    for name, test in named:
        file = name or file
        paths = list(tests.rglob(file))
        assert len(paths) == 1, file
        assert not test or f"def {test}(" in paths[0].read_text(encoding="utf-8")
