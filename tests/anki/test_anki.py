"""What the real Anki does with our packages: import, edit the notes, import again, sync."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PIXEL
from learner import DAY, Learner, content
from real_anki import Imported, RealAnki, sync, sync_server

GO = """\
# Go

## 目录

- [1. What is a goroutine?](#1-what-is-a-goroutine)
- [2. When does a channel block?](#2-when-does-a-channel-block)
- [3. How large is a slice header?](#3-how-large-is-a-slice-header)

## 1. What is a goroutine?

A function that runs beside others; the runtime gives it a small stack of its own.

1. It starts with `go f()`.
2. It ends when `f` returns.

## 2. When does a channel block?

An unbuffered channel blocks until both sides are there.

![two sides](images/channel.png)

## 3. How large is a slice header?

Three words: pointer, length and capacity, so $3 \\cdot 8 = 24$ bytes where a word has 8.

$$ s = p + l + c $$
"""
NETS = """\
# Networks

<h2 id="1.What does TCP add to IP?">1.What does TCP add to IP?</h2>

Order, retransmission and flow control, over a stream of bytes.

<h2 id="2.Why three packets to begin?">2.Why three packets to begin?</h2>

Both sides have to learn that the other one hears them.
"""
FILES: dict[str, str | bytes] = {
    "lang/Go.md": GO,
    "lang/images/channel.png": PIXEL,
    "Networks.md": NETS,
    "Quiet.md": "# Quiet\n\n## 1. What stays as it is?\n\nThis note is never edited.\n",
}
PICTURE = PIXEL.replace(b"IEND", b"IEND") + b"\0"  # other bytes, still a picture


@pytest.fixture
def learner(project: Callable[..., Path], anki: RealAnki) -> Learner:
    """All cards studied; one note edited and tagged by the learner after the first import."""
    learner = Learner(project(FILES), anki)
    assert learner.load() == Imported(new=6, updated=0, unchanged=0, conflicting=0)
    assert anki.study() == 6
    guid = guid_of(anki, "What stays as it is?")
    anki.edit(guid, "Answer", "My own words.", "mine", learner.clock + 60)
    anki.mark_synced()
    return learner


def guid_of(anki: RealAnki, question: str) -> str:
    (guid,) = [g for g, note in anki.notes().items() if question in note.fields["Question"]]
    return guid


def insert_on_top(learner: Learner) -> None:
    for number in (3, 2, 1):
        learner.replace("lang/Go.md", f"## {number}. ", f"## {number + 1}. ")
        learner.replace("lang/Go.md", f"[{number}. ", f"[{number + 1}. ")
    top = "## 1. What does defer do?\n\nIt runs a call when the function returns.\n\n"
    learner.replace("lang/Go.md", "## 2. What is a g", f"{top}## 2. What is a g")


def move(learner: Learner) -> None:
    shutil.copytree(learner.root / "lang", learner.root / "languages")
    shutil.rmtree(learner.root / "lang")


def swap(learner: Learner) -> None:
    first, second = NETS.split("<h2")[1:]
    swapped = f"<h2{second}\n<h2{first}".replace("2.Why", "1.Why").replace("1.What", "2.What")
    (learner.root / "Networks.md").write_text(f"# Networks\n\n{swapped}", encoding="utf-8")


# An edit; what the import then counts (new, updated); the notes that may be touched.
EDITS: dict[str, tuple[Callable[[Learner], object], tuple[int, int], tuple[str, ...]]] = {
    "reword an HTML heading": (
        lambda it: it.replace("Networks.md", "What does TCP add to IP?", "What does TCP add?"),
        (0, 1),
        ("TCP",),
    ),
    "reword an ATX heading": (
        lambda it: it.replace(
            "lang/Go.md", "When does a channel block?", "When do channels block?"
        ),
        (0, 1),
        ("channel",),
    ),
    "edit an answer": (
        lambda it: it.replace("lang/Go.md", "a small stack", "a small, growing stack"),
        (0, 1),
        ("goroutine",),
    ),
    "insert a question on top and renumber": (insert_on_top, (1, 0), ()),
    "swap two questions": (swap, (0, 0), ()),
    "move a note file": (move, (0, 3), ("goroutine", "channel", "slice")),
    "change a picture under the same name": (
        lambda it: (it.root / "lang/images/channel.png").write_bytes(PICTURE),
        (0, 1),
        ("channel",),
    ),
    "delete a question": (
        lambda it: (it.root / "lang/Go.md").write_text(GO.split("## 3.")[0], encoding="utf-8"),
        (0, 1),
        ("slice",),
    ),
    "change nothing": (lambda it: None, (0, 0), ()),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_touches_its_own_notes_and_no_review(learner: Learner, edit: str) -> None:
    make, (new, updated), touchable = EDITS[edit]
    before, reviews = learner.anki.notes(), learner.anki.reviews()
    make(learner)
    log = learner.load()
    after = learner.anki.notes()
    assert (log.new, log.updated, log.conflicting) == (new, updated, 0)
    assert len(after) == len(before) + new
    for guid, note in before.items():
        assert after[guid].cards == note.cards, "deck or scheduling changed"
        if not any(word in note.fields["Question"] for word in touchable):
            assert after[guid] == note
    assert learner.anki.reviews() == reviews
    assert not learner.anki.needs_full_sync()
    replaced = [name for name in learner.anki.media() if not in_use(learner, name)]
    assert learner.anki.complaints() == [f"unused: {name}" for name in replaced]
    assert len(replaced) == (edit == "change a picture under the same name")


def in_use(learner: Learner, name: str) -> bool:
    return any(name in note.fields["Answer"] for note in learner.anki.notes().values())


def test_the_first_import_has_decks_order_tags_formulas_and_pictures(learner: Learner) -> None:
    notes = learner.anki.notes()
    fields = {note.fields["Question"]: note for note in notes.values()}
    slices = fields["How large is a slice header?"]
    assert slices.cards[0][0] == "notes::lang::Go"
    assert slices.tags == ("lang::Go",)
    assert slices.fields["Topic"] == "lang › <b>Go</b>"
    assert r"\(3 \cdot 8 = 24\)" in slices.fields["Answer"]
    assert r"\[ s = p + l + c \]" in slices.fields["Formulas"]
    assert list(learner.anki.media().values()) == [PIXEL]
    assert learner.anki.complaints() == []


def test_new_cards_come_in_the_order_of_the_notes(
    project: Callable[..., Path], anki: RealAnki
) -> None:
    anki.load(Learner(project(FILES), anki).build())
    dues = {note.fields["Question"]: note.cards[0][3] for note in anki.notes().values()}
    assert dues["What is a goroutine?"] < dues["When does a channel block?"]
    assert len(set(dues.values())) == 6


def test_a_removed_question_is_marked_and_comes_back_with_its_history(learner: Learner) -> None:
    guid = guid_of(learner.anki, "slice header")
    before = learner.anki.notes()[guid]
    (learner.root / "lang/Go.md").write_text(GO.split("## 3.")[0], encoding="utf-8")
    learner.load()
    gone = learner.anki.notes()[guid]
    assert "ankify::removed" in gone.tags
    assert gone.fields["Status"]
    assert gone.cards == before.cards
    (learner.root / "lang/Go.md").write_text(GO, encoding="utf-8")
    assert learner.load().updated == 1
    back = learner.anki.notes()[guid]
    assert (back.fields, back.tags, back.cards) == (before.fields, before.tags, before.cards)


def test_a_new_learner_gets_no_card_of_a_removed_question(learner: Learner, tmp_path: Path) -> None:
    (learner.root / "lang/Go.md").write_text(GO.split("## 3.")[0], encoding="utf-8")
    package = learner.build()
    other = RealAnki(tmp_path / "other")
    other.load(package)
    assert sum(len(note.cards) for note in other.notes().values()) == 5
    other.close()


def test_a_changed_picture_reaches_the_card(learner: Learner) -> None:
    (learner.root / "lang/images/channel.png").write_bytes(PICTURE)
    learner.load()
    note = learner.anki.notes()[guid_of(learner.anki, "channel block")]
    shown = [name for name in learner.anki.media() if name in note.fields["Answer"]]
    assert [learner.anki.media()[name] for name in shown] == [PICTURE]


def test_optional_cards_are_switched_on_and_off_without_a_full_sync(learner: Learner) -> None:
    guid = guid_of(learner.anki, "slice header")
    first = learner.anki.notes()[guid].cards
    (learner.root / "ankify.toml").write_text("[cards]\nformula = true\nimage = true\n")
    assert learner.load() == Imported(new=0, updated=2, unchanged=4, conflicting=0)
    on = learner.anki.notes()[guid]
    assert len(on.cards) == 2
    assert on.cards[:1] == first
    (learner.root / "ankify.toml").write_text("")
    learner.load()
    off = learner.anki.notes()[guid]
    assert off.cards == on.cards
    assert not off.fields["FormulaCard"]
    assert not learner.anki.needs_full_sync()
    empty = learner.anki.col.get_empty_cards().notes
    assert {tuple(report.card_ids) for report in empty} == {
        (card,) for card in second_cards(learner.anki)
    }
    assert not any(report.will_delete_note for report in empty)


def second_cards(anki: RealAnki) -> list[int]:
    return anki.col.db.list("select id from cards where ord > 0")


def test_changed_templates_update_the_note_type_and_no_note(learner: Learner) -> None:
    before = learner.anki.notes()
    (learner.root / "own").mkdir()
    (learner.root / "own" / "style.css").write_text(".card { color: teal }")
    (learner.root / "ankify.toml").write_text('[templates]\ndir = "own"\n')
    assert learner.load().updated == 0
    assert learner.anki.notes() == before
    (note_type,) = [m for m in learner.anki.col.models.all() if m["name"] == "Ankify Question"]
    assert note_type["css"] == ".card { color: teal }"
    assert not learner.anki.needs_full_sync()


def test_the_learners_own_styling_survives_a_rebuild(learner: Learner) -> None:
    (note_type,) = [m for m in learner.anki.col.models.all() if m["name"] == "Ankify Question"]
    note_type["css"] = ".card { color: olive }"
    learner.anki.col.models.update_dict(note_type)
    learner.replace("lang/Go.md", "a small stack", "a tiny stack")
    learner.load()
    (note_type,) = [m for m in learner.anki.col.models.all() if m["name"] == "Ankify Question"]
    assert note_type["css"] == ".card { color: olive }"


def test_two_builds_in_one_second_both_arrive(learner: Learner) -> None:
    for words in ("one more", "two more"):
        learner.replace("lang/Go.md", "a small", f"a small, {words},")
        learner.clock -= DAY  # build() adds it again: the clock stands still
        assert learner.load().updated == 1
    note = learner.anki.notes()[guid_of(learner.anki, "goroutine")]
    assert "two more" in note.fields["Answer"]


# Sync -------------------------------------------------------------------------------------------


def test_reviews_on_the_phone_and_a_new_build_on_the_desktop_meet_in_a_normal_sync(
    project: Callable[..., Path], anki: RealAnki, tmp_path: Path
) -> None:
    desktop = Learner(project(FILES), anki)
    phone = RealAnki(tmp_path / "phone")
    with sync_server(tmp_path / "server") as address:
        desktop.load()
        sync(anki, address, upload=True)
        sync(phone, address, upload=False)
        assert phone.media() == anki.media()
        assert phone.study() == 6
        sync(phone, address)
        desktop.replace("lang/Go.md", "a small stack", "a small, growing stack")
        insert_on_top(desktop)
        (desktop.root / "lang/images/channel.png").write_bytes(PICTURE)
        desktop.load()
        sync(anki, address)
        sync(phone, address)
    assert content(phone.notes()) == content(anki.notes())
    assert len(phone.notes()) == 7
    assert phone.reviews() == anki.reviews()
    assert len(phone.reviews()) == 6
    assert PICTURE in phone.media().values()
    phone.close()
