"""A push into a running Anki, told as a whole story and case by case, on the real engine."""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from anki.cards import Card
from ankiconnect import StandIn
from conftest import PIXEL
from real_anki import AGAIN, SUSPENDED, RealAnki, sync, sync_server

import ankify
from ankify.anki import pushed
from ankify.anki.plan import PushPlan
from ankify.anki.push import PushReport
from ankify.building.cache import cache_folder

START, DAY = 1_700_000_000, 86_400

GO = """\
# Go

## 1. What is a goroutine?

A function that runs beside others, on a small stack.

## 2. When does a channel block?

Until both sides are there.

![two sides](channel.png)

## 3. How large is a slice header?

Three words.
"""
NETS = """\
# Networks

## 1. What does TCP add to IP?

Order and retransmission.

## 2. Why three packets to begin?

Both sides learn that they are heard.
"""


SLICE = GO[GO.index("## 3.") :]


@dataclass
class Story:
    """A notes folder and the learner's Anki; the clock of the builds goes a day a push."""

    root: Path
    anki: RealAnki
    server: StandIn
    clock: int = START
    packages: list[Path] = field(default_factory=list)

    def read(self) -> ankify.Project:
        return ankify.read_project(self.root, ankify.ReadOptions(now=self.clock))

    def build(self) -> Path:
        """What `ankify build` does; returns the package."""
        self.clock += DAY
        project = self.read()
        package = self.root.parent / f"deck-{len(self.packages)}.apkg"
        ankify.write_apkg(project, package)
        ankify.write_lock(project)
        self.packages.append(package)
        return package

    def push(self, **wishes: Any) -> PushReport:
        self.clock += DAY
        wishes.setdefault("last_package", self.packages[-1] if self.packages else None)
        return ankify.push(self.read(), ankify.PushOptions(url=self.server.url, **wishes))

    def progress(self, source: Path | None = None) -> ankify.Progress:
        return ankify.progress(self.read(), source, url=None if source else self.server.url)

    def replace(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    # The learner's side

    def guid(self, words: str) -> str:
        found = [g for g, note in self.anki.notes().items() if words in note.fields["Question"]]
        assert len(found) == 1, f"{len(found)} notes ask for {words!r}"
        return found[0]

    def note(self, words: str) -> Any:
        return self.anki.notes()[self.guid(words)]

    def edit(self, words: str, tag: str = "", **fields: str) -> None:
        """As in Anki's browser, now."""
        col = self.anki.col
        note = col.get_note(col.db.scalar("select id from notes where guid = ?", self.guid(words)))
        for name, text in fields.items():
            note[name] = text
        note.tags += [tag] * bool(tag)
        col.update_note(note)

    def cards(self, words: str) -> list[Card]:
        col = self.anki.col
        ids = col.db.list(
            "select c.id from cards c join notes n on c.nid = n.id where guid = ?", self.guid(words)
        )
        return [col.get_card(card) for card in ids]

    def answer(self, words: str, button: int) -> None:
        """Make a card due, and answer it."""
        (card,) = self.cards(words)
        self.anki.col.sched.set_due_date([card.id], "0")
        self.anki.col.decks.select(card.did)
        card.load()
        card.start_timer()
        self.anki.col.sched.answerCard(card, button)

    def deck(self, words: str) -> str:
        return str(self.anki.col.decks.name(self.cards(words)[0].did))

    def decks(self) -> set[str]:
        return {deck.name for deck in self.anki.col.decks.all_names_and_ids()} - {"Default"}


@pytest.fixture
def story(project: Callable[..., Path], anki: RealAnki) -> Iterator[Story]:
    root = project({"lang/Go.md": GO, "lang/channel.png": PIXEL, "Networks.md": NETS})
    server = StandIn(anki)
    yield Story(root, anki, server)
    server.close()


@pytest.fixture
def learnt(story: Story) -> Story:
    """Five questions, pushed and studied once."""
    story.push()
    assert story.anki.study() == 5
    story.anki.mark_synced()
    return story


def titles(notes: Any) -> list[str]:
    return [note.question.title for note in notes]


def test_the_first_push_brings_everything(story: Story) -> None:
    report = story.push()
    assert len(report.plan.new) == 5
    assert report.steps == ("import",)
    assert story.decks() == {"notes", "notes::Networks", "notes::lang", "notes::lang::Go"}
    assert list(story.anki.media().values()) == [PIXEL]
    assert story.anki.complaints() == []


def test_a_push_of_nothing_new_touches_nothing(learnt: Story) -> None:
    before, learnt.server.asked[:] = learnt.anki.notes(), []
    report = learnt.push()
    assert (report.plan.untouched, report.plan.changes_something, report.steps) == (5, False, ())
    assert learnt.anki.notes() == before
    assert "importPackage" not in learnt.server.asked


def test_the_plan_is_shown_before_anything_is_done(story: Story) -> None:
    seen: list[tuple[PushPlan, str]] = []

    def no(plan: PushPlan, profile: str) -> bool:
        seen.append((plan, profile))
        return False

    report = story.push(agree=no)
    assert report.steps == ()
    assert [(len(plan.new), profile) for plan, profile in seen] == [(5, "anki")]
    assert story.anki.notes() == {}


# The whole story ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_from_the_notes_to_the_phone_and_back(story: Story, tmp_path: Path) -> None:
    phone = RealAnki(tmp_path / "phone")
    with sync_server(tmp_path / "server") as address:
        story.push()
        assert story.anki.study() == 5
        sync(story.anki, address, upload=True)
        sync(phone, address, upload=False)
        reviews = story.anki.reviews()
        story.edit("three packets", tag="mine", Extra1="My own hint.")
        story.answer("goroutine", AGAIN)

        story.replace("lang/Go.md", "on a small stack", "on a stack that grows")  # edit
        story.replace("Networks.md", "What does TCP add to IP?", "What does TCP add?")  # reword
        story.replace("Networks.md", "Both sides learn", "Each side learns")
        (story.root / "lang").rename(story.root / "languages")  # move
        story.replace("languages/Go.md", SLICE, "")  # delete
        story.server.on_sync = lambda: sync(story.anki, address)
        report = story.push(removed="suspend", sync=True)
        sync(phone, address)

    plan = report.plan
    assert (len(plan.updated), len(plan.moved), len(plan.removed)) == (4, 2, 1)
    assert (plan.new, plan.overwritten, plan.uncertain, plan.elsewhere) == ((), (), (), ())
    assert report.steps[-1] == "start a sync"
    assert story.deck("goroutine") == story.deck("channel") == "notes::languages::Go"
    assert story.anki.reviews()[: len(reviews)] == reviews
    gone = story.note("slice")
    assert gone.cards[0][2] == SUSPENDED
    assert "ankify::removed" in gone.tags
    own = story.note("three packets")
    assert "Each side learns" in own.fields["Answer"]
    assert own.fields["Extra1"] == "My own hint."
    assert "mine" in own.tags
    assert "What does TCP add?" in story.note("TCP").fields["Question"]
    assert phone.notes() == story.anki.notes()
    assert phone.reviews() == story.anki.reviews()
    assert phone.media() == story.anki.media()
    phone.close()
    # Last, for Check Database sets the time of a note back that was merged within this second.
    assert story.anki.complaints() == []

    export = tmp_path / "export.apkg"
    story.anki.export(export)
    for progress in (story.progress(), story.progress(export)):
        hardest = progress.hardest[0]
        assert (str(hardest.question.location), hardest.lapses) == ("languages/Go.md:3", 1)
        assert hardest.question.title == "What is a goroutine?"


# What changed in the notes ------------------------------------------------------------------------


def test_an_edited_answer_updates_its_note_alone(learnt: Story) -> None:
    learnt.replace("Networks.md", "Order and", "Order, flow control and")
    before, reviews = learnt.anki.notes(), learnt.anki.reviews()
    report = learnt.push()
    assert titles(report.plan.updated) == ["What does TCP add to IP?"]
    assert "flow control" in learnt.note("TCP").fields["Answer"]
    changed = [g for g, note in learnt.anki.notes().items() if note != before[g]]
    assert changed == [learnt.guid("TCP")]
    assert learnt.anki.reviews() == reviews
    assert not learnt.anki.needs_full_sync()


def test_an_edit_arrives_however_new_the_learners_note_is(learnt: Story) -> None:
    learnt.edit("TCP", tag="mine")  # now, years after the clock of the builds
    learnt.replace("Networks.md", "Order and", "Order, flow control and")
    learnt.push()
    assert "flow control" in learnt.note("TCP").fields["Answer"]
    assert set(learnt.note("TCP").tags) == {"Networks", "mine"}


def test_a_moved_question_goes_to_its_new_deck_and_its_old_one_goes(learnt: Story) -> None:
    (learnt.root / "lang").rename(learnt.root / "languages")
    reviews = learnt.anki.reviews()
    report = learnt.push()
    assert len(report.plan.moved) == 3
    assert {learnt.deck(words) for words in ("goroutine", "channel", "slice")} == {
        "notes::languages::Go"
    }
    assert learnt.decks() == {
        "notes",
        "notes::Networks",
        "notes::languages",
        "notes::languages::Go",
    }
    assert report.removed_decks == ("notes::lang::Go", "notes::lang")
    assert learnt.anki.reviews() == reviews
    assert learnt.cards("slice")[0].ivl >= 4
    assert learnt.anki.complaints() == []


def test_a_card_that_the_learner_moved_stays_there(learnt: Story) -> None:
    own = learnt.anki.col.decks.id("Hard")
    learnt.anki.col.set_deck([card.id for card in learnt.cards("channel")], own)
    (learnt.root / "lang").rename(learnt.root / "languages")
    report = learnt.push()
    assert learnt.deck("channel") == "Hard"
    assert [(note.question.title, deck) for note, deck in report.plan.elsewhere] == [
        ("When does a channel block?", "Hard")
    ]
    assert learnt.push().plan.elsewhere
    assert learnt.deck("channel") == "Hard"


@pytest.mark.slow
def test_no_move_leaves_the_cards_and_a_later_push_moves_them(learnt: Story) -> None:
    (learnt.root / "lang").rename(learnt.root / "languages")
    assert learnt.push(move=False).plan.moved == ()
    assert learnt.deck("slice") == "notes::lang::Go"
    assert "notes::languages::Go" not in learnt.decks()
    learnt.push()
    assert learnt.deck("slice") == "notes::languages::Go"


@pytest.mark.slow
def test_a_card_in_a_filtered_deck_is_found_and_moved_by_its_home(learnt: Story) -> None:
    sched = learnt.anki.col.sched
    filtered = sched.get_or_create_filtered_deck(0)
    filtered.name = "Cram"
    filtered.config.search_terms[0].search = "deck:notes"
    sched.add_or_update_filtered_deck(filtered)
    assert learnt.deck("slice") == "Cram"
    assert learnt.push().plan.untouched == 5
    (learnt.root / "lang").rename(learnt.root / "languages")
    learnt.push()
    assert learnt.deck("slice") == "notes::languages::Go"
    assert len(learnt.anki.notes()) == 5


def test_a_deck_is_kept_while_anything_is_in_it(learnt: Story) -> None:
    col = learnt.anki.col
    own = col.new_note(col.models.by_name("Basic"))
    own["Front"] = "mine"
    col.add_note(own, col.decks.id("notes::lang::Go"))
    (learnt.root / "lang").rename(learnt.root / "languages")
    assert learnt.push().removed_decks == ()
    assert "notes::lang::Go" in learnt.decks()
    assert col.find_notes("mine")


@pytest.mark.slow
def test_an_empty_deck_of_the_learners_is_left_alone(learnt: Story) -> None:
    learnt.anki.col.decks.id("notes::lang::Go::later")
    (learnt.root / "lang").rename(learnt.root / "languages")
    assert learnt.push().removed_decks == ()
    assert "notes::lang::Go::later" in learnt.decks()


# Removed questions --------------------------------------------------------------------------------


def remove_slice(story: Story) -> None:
    story.replace("lang/Go.md", SLICE, "")


def test_a_removed_question_is_marked_and_asked_on(learnt: Story) -> None:
    learnt.edit("slice", tag="mine", Answer="My own words.")
    remove_slice(learnt)
    report = learnt.push()
    assert [(gone.title, gone.reviews) for gone in report.plan.removed] == [
        ("How large is a slice header?", 1)
    ]
    gone = learnt.note("slice")
    assert gone.fields["Status"] == "This question is no longer in the notes."
    assert gone.fields["Answer"] == "My own words."
    assert set(gone.tags) == {"ankify::removed", "lang::Go", "mine"}
    assert learnt.cards("slice")[0].queue != -1
    assert learnt.push().steps == ()


@pytest.mark.slow
def test_a_removed_question_is_suspended_once_and_woken_when_it_returns(learnt: Story) -> None:
    before = learnt.note("slice")
    remove_slice(learnt)
    learnt.push(removed="suspend")
    assert learnt.cards("slice")[0].queue == -1
    learnt.anki.col.sched.unsuspend_cards([learnt.cards("slice")[0].id])
    learnt.push(removed="suspend")
    assert learnt.cards("slice")[0].queue != -1, "suspended against the learner's will"
    learnt.anki.col.sched.suspend_cards([learnt.cards("slice")[0].id])
    (learnt.root / "lang/Go.md").write_text(GO, encoding="utf-8")
    learnt.push(removed="suspend")
    after = learnt.note("slice")
    assert (after.fields, after.tags, after.cards) == (before.fields, before.tags, before.cards)


def test_a_card_that_the_learner_suspended_is_not_woken(learnt: Story) -> None:
    learnt.anki.col.sched.suspend_cards([learnt.cards("slice")[0].id])
    remove_slice(learnt)
    learnt.push(removed="suspend")
    (learnt.root / "lang/Go.md").write_text(GO, encoding="utf-8")
    learnt.push(removed="suspend")
    assert learnt.cards("slice")[0].queue == -1


@pytest.mark.slow
def test_a_removed_question_is_deleted_only_when_told(learnt: Story) -> None:
    remove_slice(learnt)
    assert learnt.push().plan.removed
    assert len(learnt.anki.notes()) == 5
    report = learnt.push(removed="delete")
    assert report.steps == ("delete notes of removed questions",)
    assert len(learnt.anki.notes()) == 4
    assert learnt.push(removed="delete").plan.removed == ()
    (learnt.root / "lang/Go.md").write_text(GO, encoding="utf-8")
    assert titles(learnt.push().plan.new) == ["How large is a slice header?"]


def test_a_new_learner_gets_nothing_of_a_removed_question(story: Story) -> None:
    story.build()
    remove_slice(story)
    story.push()
    assert len(story.anki.notes()) == 4


# The learner's own edits --------------------------------------------------------------------------


def test_an_edit_of_a_note_that_did_not_change_stays(learnt: Story) -> None:
    learnt.edit("TCP", Answer="My own words.")
    report = learnt.push()
    assert titles(report.plan.edited) == ["What does TCP add to IP?"]
    assert learnt.note("TCP").fields["Answer"] == "My own words."


@pytest.mark.slow
def test_an_edit_of_another_field_is_merged_and_stays_merged(learnt: Story) -> None:
    learnt.edit("TCP", Extra1="My own hint.")
    for words in ("Order, flow control and", "Order, control of flow and"):
        text = (learnt.root / "Networks.md").read_text(encoding="utf-8")
        changed = text.replace(text.split("\n\n")[2], f"{words} retransmission.")
        (learnt.root / "Networks.md").write_text(changed, encoding="utf-8")
        report = learnt.push()
        assert (report.plan.overwritten, report.plan.uncertain) == ((), ())
        note = learnt.note("TCP")
        assert words in note.fields["Answer"]
        assert note.fields["Extra1"] == "My own hint."


def test_an_edit_that_the_notes_overwrite_is_shown_first_with_both_texts(learnt: Story) -> None:
    learnt.edit("TCP", Answer="Order and my own words.")
    learnt.replace("Networks.md", "Order and", "Order, flow control and")
    seen: list[PushPlan] = []
    learnt.push(agree=lambda plan, _: bool(seen.append(plan)))
    ((edit,),) = [conflict.edits for conflict in seen[0].overwritten]
    assert edit.field == "Answer"
    assert edit.diff() == "Order[-, flow control-] and [-retransmission-]{+my own words+}."
    assert learnt.note("TCP").fields["Answer"] == "Order and my own words."
    learnt.push()
    assert "flow control" in learnt.note("TCP").fields["Answer"]


def test_keep_edits_leaves_out_the_notes_that_both_changed(learnt: Story) -> None:
    learnt.edit("TCP", Answer="My own words.")
    learnt.replace("Networks.md", "Order and", "Order, flow control and")
    learnt.replace("Networks.md", "that they are heard", "that the other one hears them")
    report = learnt.push(keep_edits=True)
    assert [conflict.note.question.title for conflict in report.plan.kept] == [
        "What does TCP add to IP?"
    ]
    assert learnt.note("TCP").fields["Answer"] == "My own words."
    assert "other one" in learnt.note("three packets").fields["Answer"]
    assert [len(learnt.push(keep_edits=True).plan.kept), len(learnt.push().plan.overwritten)] == [
        1,
        1,
    ]


def test_tags_of_both_sides_are_merged(learnt: Story) -> None:
    learnt.edit("TCP", tag="marked")
    (learnt.root / "ankify.toml").write_text('[deck]\ntags = ["exam"]\n')
    learnt.push()
    assert learnt.note("TCP").tags == ("exam", "marked", "Networks")
    assert learnt.note("slice").tags == ("exam", "lang::Go")
    (learnt.root / "ankify.toml").write_text("")
    learnt.push()
    assert learnt.note("TCP").tags == ("marked", "Networks")


@pytest.mark.slow
def test_a_note_deleted_in_anki_comes_back_and_it_is_said(learnt: Story) -> None:
    learnt.anki.col.remove_notes([learnt.cards("TCP")[0].nid])
    assert titles(learnt.push(keep_edits=True).plan.returning) == ["What does TCP add to IP?"]
    assert len(learnt.anki.notes()) == 4
    assert titles(learnt.push().plan.returning) == ["What does TCP add to IP?"]
    assert len(learnt.anki.notes()) == 5


# Note types ---------------------------------------------------------------------------------------


def style(story: Story, css: str) -> None:
    (story.root / "own").mkdir(exist_ok=True)
    (story.root / "own" / "style.css").write_text(css)
    (story.root / "ankify.toml").write_text('[templates]\ndir = "own"\n[cards]\ncloze = "mark"\n')


def note_type(story: Story, name: str = "Ankify Question") -> Any:
    story.anki.col.models._clear_cache()
    return story.anki.col.models.by_name(name)


def test_a_new_look_comes_although_an_import_sets_the_time_of_the_note_type(learnt: Story) -> None:
    style(learnt, ".card { color: teal }")
    report = learnt.push()
    assert (report.plan.restyled, report.plan.updated, report.plan.untouched) == (True, (), 5)
    assert note_type(learnt)["css"] == ".card { color: teal }"
    style(learnt, ".card { color: navy }")
    assert learnt.push().plan.restyled
    assert note_type(learnt)["css"] == ".card { color: navy }"
    assert not learnt.anki.needs_full_sync()


def test_a_look_of_the_learners_own_stays(learnt: Story) -> None:
    own = note_type(learnt)
    own["css"] = ".card { color: olive }"
    learnt.anki.col.models.update_dict(own)
    learnt.replace("Networks.md", "Order and", "Order, flow control and")
    report = learnt.push()
    assert (report.plan.own_style, report.plan.restyled) == (True, False)
    assert "flow control" in learnt.note("TCP").fields["Answer"]
    assert note_type(learnt)["css"] == ".card { color: olive }"


@pytest.mark.slow
def test_cloze_notes_are_pushed_updated_and_restyled_as_all_others(story: Story) -> None:
    gaps = "# Gaps\n\n## 1. What gives order?\n\nThe sequence <mark>number</mark> of a segment.\n"
    (story.root / "Gaps.md").write_text(gaps)
    style(story, ".card { color: teal }")
    story.push()
    (number,) = story.anki.col.find_notes('note:"Ankify Cloze"')
    card = story.anki.col.get_note(number).cards()[0].id
    assert story.anki.study() == 6
    (story.root / "Gaps.md").write_text(gaps.replace("of a segment", "of each segment"))
    style(story, ".card { color: navy }")
    report = story.push()
    assert (len(report.plan.updated), report.plan.new, report.plan.untouched) == (1, (), 5)
    assert "of each segment" in story.anki.col.get_note(number).fields[0]
    assert [one.id for one in story.anki.col.get_note(number).cards()] == [card]
    looks = {note_type(story, f"Ankify {kind}")["css"] for kind in ("Question", "Cloze")}
    assert looks == {".card { color: navy }"}
    (story.root / "Gaps.md").unlink()
    assert len(story.push(removed="delete").plan.removed) == 1
    assert not story.anki.col.find_notes('note:"Ankify Cloze"')


def test_a_deck_of_the_first_version_is_told_what_to_do_once(story: Story) -> None:
    old = Path(__file__).parent / "version-0.1"
    story.anki.load(old / "deck.apkg")
    for file in story.root.rglob("*.md"):
        file.unlink()
    for name in ("Rivers.md", "ankify.lock"):
        shutil.copy(old / name, story.root)
    before = story.anki.notes()
    with pytest.raises(ankify.AnkifyError, match=r"is of ankify 0\.1") as error:
        story.push()
    assert '"Merge note types"' in str(error.value)
    assert story.anki.notes() == before


# Before the first push ----------------------------------------------------------------------------


def test_after_imports_by_hand_edits_are_known_by_the_last_package(story: Story) -> None:
    story.anki.load(story.build())
    story.edit("TCP", tag="mine", Answer="My own words.")
    story.replace("Networks.md", "Order and", "Order, flow control and")
    story.replace("Networks.md", "that they are heard", "that the other one hears them")
    report = story.push(keep_edits=True)
    assert len(report.plan.kept) == 1
    assert titles(report.plan.updated) == ["Why three packets to begin?"]
    assert story.note("TCP").fields["Answer"] == "My own words."


def test_a_note_of_an_older_build_is_replaced_and_said_to_be_uncertain(story: Story) -> None:
    story.anki.load(story.build())
    story.replace("Networks.md", "Order and", "Order, flow control and")
    story.build()
    report = story.push()
    assert titles(report.plan.uncertain) == ["What does TCP add to IP?"]
    assert report.plan.overwritten == ()
    assert "flow control" in story.note("TCP").fields["Answer"]


def test_a_lost_record_makes_no_edit_disappear(learnt: Story) -> None:
    learnt.edit("TCP", tag="mine", Answer="My own words.", Extra1="My own hint.")
    learnt.edit("three packets", Answer="My own reason.")
    learnt.replace("Networks.md", "Order and", "Order, flow control and")
    shutil.rmtree(cache_folder())
    report = learnt.push(keep_edits=True)
    assert titles(report.plan.edited) == ["Why three packets to begin?"]
    assert learnt.note("three packets").fields["Answer"] == "My own reason."
    ((answer,),) = [conflict.edits for conflict in report.plan.kept]
    assert (answer.field, answer.learner) == ("Answer", "My own words.")
    learnt.push()
    note = learnt.note("TCP")
    assert "flow control" in note.fields["Answer"]
    assert note.fields["Extra1"] == "My own hint."
    assert "mine" in note.tags


NOTE = {"fields": ["Why?", "So."], "tags": [], "modified": 1, "deck": "Sums"}
RECORD = {"profile": "me", "notes": {"g": NOTE}, "decks": [], "suspended": [], "looks": {}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        json.dumps(RECORD),  # no format
        json.dumps(RECORD | {"format": 1, "notes": []}),
        json.dumps(RECORD | {"format": 1, "notes": {"g": []}}),
        json.dumps(RECORD | {"format": 1, "notes": {"g": NOTE | {"modified": "1"}}}),
        json.dumps(RECORD | {"format": 1, "notes": {"g": NOTE | {"fields": "Why?"}}}),
        json.dumps(RECORD | {"format": 1, "decks": {"Sums": 1}}),
        json.dumps(RECORD | {"format": 1, "suspended": [[]]}),
        json.dumps(RECORD | {"format": 1, "looks": {"Ankify Question": 1}}),
        json.dumps(RECORD | {"format": 1, "profile": None}),
        " " * 200_000 + json.dumps(RECORD | {"format": 1}),
    ],
    ids=lambda text: f"{text[:40]} {len(text)}",
)
def test_a_damaged_record_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(pushed, "_LARGEST", 200_000)
    records = pushed.Records(tmp_path)
    records.write(pushed.Pushed("me", {"g": pushed.Shipped(("Why?", "So."), (), 1, "Sums")}))
    (file,) = (tmp_path / "pushed").iterdir()
    assert json.loads(zlib.decompress(file.read_bytes())) == RECORD | {"format": 1}
    assert records.read("me") is not None
    file.write_bytes(zlib.compress(text.encode()))
    assert records.profiles() == []
    assert records.latest() is None
