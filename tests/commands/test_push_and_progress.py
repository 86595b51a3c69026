"""`ankify push` and `ankify progress` as people see them, with a stand-in for the add-on."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ankiconnect import StandIn
from conftest import Outcome, error_of
from real_anki import AGAIN, RealAnki, end, wait_for

Run = Callable[..., Outcome]
Write = Callable[..., Path]

STEPS = ("changeDeck", "suspend", "findCards")
SUMS = "# Sums\n\n## 1. What is one and one?\n\nTwo.\n\n## 2. And two?\n\nFour.\n"


@pytest.fixture
def stand_in(anki: RealAnki) -> Iterator[StandIn]:
    server = StandIn(anki)
    yield server
    server.close()


def edit(anki: RealAnki, words: str, field: str, text: str) -> None:
    (number,) = anki.col.find_notes(words)
    note = anki.col.get_note(number)
    note[field] = text
    anki.col.update_note(note)


def test_push_says_what_it_does_and_what_it_did(
    project: Write, run: Run, stand_in: StandIn
) -> None:
    project({"Sums.md": SUMS})
    code, out, err = run("push", "--url", stand_in.url, "-y")
    assert (code, out, err) == (
        0,
        "",
        'To Anki, profile "anki": 2 new\n'
        "  new: notes/Sums.md:3: What is one and one?\n"
        "  new: notes/Sums.md:7: And two?\n"
        "Pushed: import\n",
    )
    assert Path("build/notes.apkg").exists()
    assert Path("notes/ankify.lock").exists()
    code, out, err = run("push", "--url", stand_in.url)
    assert (code, out) == (0, "")
    assert err == 'To Anki, profile "anki": 2 untouched\nNothing to push\n'


def test_a_dry_run_prints_the_plan_and_does_nothing(
    project: Write, run: Run, stand_in: StandIn, anki: RealAnki
) -> None:
    project({"Sums.md": SUMS})
    code, out, err = run("push", "--url", stand_in.url, "--dry-run")
    assert (code, out.splitlines()[0], err) == (0, 'To Anki, profile "anki": 2 new', "")
    assert anki.notes() == {}
    assert not Path("notes/ankify.lock").exists()


def test_without_a_terminal_somebody_has_to_say_yes(
    project: Write, run: Run, stand_in: StandIn, anki: RealAnki
) -> None:
    project({"Sums.md": SUMS})
    code, out, err = run("push", "--url", stand_in.url)
    assert (code, out) == (1, "")
    assert err.endswith(
        "error: nothing was done: there is no terminal to ask on\n"
        "  hint: -y does it without asking\n"
    )
    assert anki.notes() == {}
    assert not Path("notes/ankify.lock").exists()


@pytest.mark.parametrize(
    ("answer", "pushed"), [("n", False), pytest.param("y", True, marks=pytest.mark.slow)]
)
def test_on_a_terminal_it_asks(
    project: Write, stand_in: StandIn, anki: RealAnki, answer: str, pushed: bool
) -> None:
    root = project({"Sums.md": SUMS})
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "ankify", "push", str(root), "--url", stand_in.url]
    done = subprocess.Popen(
        command, stdin=theirs, stderr=subprocess.PIPE, cwd=root.parent, text=True
    )
    os.write(ours, f"{answer}\n".encode())
    err = error_of(done)
    os.close(ours)
    os.close(theirs)
    assert "Push to Anki? [Y/n]" in err
    assert len(anki.notes()) == (2 if pushed else 0)
    assert (root / "ankify.lock").exists() == pushed
    assert done.returncode == (0 if pushed else 1)


def test_edits_that_are_lost_are_shown_first_with_both_texts(
    project: Write, run: Run, stand_in: StandIn, anki: RealAnki
) -> None:
    root = project({"Sums.md": SUMS})
    run("push", "--url", stand_in.url, "-y")
    edit(anki, "one and one", "Answer", "<p>Two, mostly.</p>")
    edit(anki, "two?", "Extra1", "mine")
    (root / "Sums.md").write_text(SUMS.replace("Two.", "Two, always.").replace("## 2", "## 3"))
    _, out, _ = run("push", "--url", stand_in.url, "--dry-run")
    assert out == (
        'To Anki, profile "anki": 1 updated, 1 untouched\n'
        "  changed in Anki, too, and overwritten (--keep-edits leaves them out);"
        " [-the notes-] {+in Anki+}:\n"
        "    notes/Sums.md:3: What is one and one?\n"
        "      Answer: Two, [-always-]{+mostly+}.\n"
        "  updated: notes/Sums.md:3: What is one and one?\n"
        "  1 note changed in Anki and not here: left as they are (ankify progress shows how)\n"
    )
    _, out, _ = run("push", "--url", stand_in.url, "--keep-edits", "--json", "-y")
    report = json.loads(out)
    assert [(e["file"], e["line"], e["field"], e["kept"]) for e in report["edits"]] == [
        ("Sums.md", 3, "Answer", True)
    ]
    assert report["updated"] == []


def test_json_says_what_happened_to_whom(project: Write, run: Run, stand_in: StandIn) -> None:
    root = project({"a/Sums.md": SUMS})
    run("push", "--url", stand_in.url, "-y")
    (root / "a").rename(root / "b")
    (root / "b" / "Sums.md").write_text(SUMS[: SUMS.index("## 2")])
    code, out, err = run("push", "--url", stand_in.url, "-y", "--json", "--removed", "suspend")
    report = json.loads(out)
    assert (code, report["profile"]) == (0, "anki")
    assert [(m["line"], m["from"], m["to"]) for m in report["moved"]] == [
        (3, "notes::a::Sums", "notes::b::Sums")
    ]
    assert [(gone["title"], gone["reviews"]) for gone in report["removed"]] == [("And two?", 0)]
    assert report["done"] == [
        "import",
        "move cards",
        "suspend cards of removed questions",
        "remove empty decks",
    ]
    assert "removed, marked and suspended: notes/a/Sums.md: And two? (0 reviews)" in err


@pytest.mark.slow
def test_another_profile_is_refused_unless_it_is_named(
    project: Write, run: Run, stand_in: StandIn, tmp_path: Path
) -> None:
    project({"Sums.md": SUMS})
    run("push", "--url", stand_in.url, "-y")
    kids = RealAnki(tmp_path / "Kids")
    other = StandIn(kids)
    code, _, err = run("push", "--url", other.url, "-y")
    assert code == 1
    assert err == (
        "error: the profile 'Kids' is open in Anki, and these notes were pushed to 'anki'\n"
        "  hint: in Anki: File > Switch Profile > anki; or, if this one is meant, push with"
        " --profile Kids\n"
    )
    assert kids.notes() == {}
    assert run("push", "--url", other.url, "-y", "--profile", "Kids")[0] == 0
    assert run("push", "--url", other.url, "-y")[0] == 0
    code, _, err = run("push", "--url", other.url, "-y", "--profile", "anki")
    assert (code, err.splitlines()[0]) == (
        1,
        "error: the profile 'Kids' is open in Anki, not 'anki'",
    )
    other.close()
    kids.close()


def test_an_anki_on_another_machine_cannot_be_handed_a_deck(
    project: Write, run: Run, stand_in: StandIn
) -> None:
    root = project({"Sums.md": SUMS})
    run("push", "--url", stand_in.url, "-y")
    (root / "Sums.md").write_text(SUMS.replace("Two.", "Just two."))
    stand_in.files_elsewhere = True
    code, _, err = run("push", "--url", stand_in.url, "-y")
    assert code == 1
    assert "does not see the files of this machine" in err


@pytest.mark.parametrize(
    "step",
    ["importPackage", *(pytest.param(s, marks=pytest.mark.slow) for s in STEPS)],
)
def test_when_anki_is_closed_half_way_the_next_push_ends_it(
    project: Write, run: Run, stand_in: StandIn, anki: RealAnki, step: str
) -> None:
    text = SUMS.replace("Two.", "Two, as every child knows that was given an apple, and one more.")
    root = project({"a/Sums.md": text})
    push = ("push", "--url", stand_in.url, "-y", "--removed", "suspend")
    run(*push)
    anki.study()
    edit(anki, "one and one", "Extra1", "mine")
    (root / "a").rename(root / "b")
    (root / "b" / "Sums.md").write_text(
        text[: text.index("## 2")].replace("every child", "each child")
    )
    stand_in.stops_after = step
    code, _, err = run(*push)
    assert code == 1
    assert f"broke during {step}" in err
    if step != "findCards":
        assert "push again: it does what is left" in err
    stand_in.stops_after = None
    assert run(*push)[0] == 0
    notes = sorted(anki.notes().values(), key=lambda note: note.fields["Question"])
    gone, kept = notes
    assert "each child" in kept.fields["Answer"]
    assert kept.fields["Extra1"] == "mine"
    assert [card[0] for card in kept.cards] == ["notes::b::Sums"]
    assert "ankify::removed" in gone.tags
    assert [card[2] for card in gone.cards] == [-1]
    assert len(anki.reviews()) == 2
    assert "Nothing to push" in run(*push)[2]


def test_a_note_type_that_the_learner_changed_is_refused_with_the_way_back(
    project: Write, run: Run, stand_in: StandIn, anki: RealAnki
) -> None:
    project({"Sums.md": SUMS})
    run("push", "--url", stand_in.url, "-y")
    note_type = anki.col.models.by_name("Ankify Question")
    anki.col.models.add_field(note_type, anki.col.models.new_field("Mine"))
    anki.col.models.update_dict(note_type)
    code, _, err = run("push", "--url", stand_in.url, "-y")
    assert code == 1
    assert 'the note type "Ankify Question" was changed in Anki' in err
    assert "further: Mine" in err
    assert "Tools > Manage Note Types > Fields" in err


@pytest.mark.slow
def test_settings_come_from_the_file_and_options_go_over_them(
    project: Write, run: Run, stand_in: StandIn, anki: RealAnki
) -> None:
    settings = f'[anki]\nurl = "{stand_in.url}"\nremoved = "delete"\n'
    root = project({"Sums.md": SUMS, "ankify.toml": settings})
    assert run("push", "-y")[0] == 0
    (root / "Sums.md").write_text(SUMS[: SUMS.index("## 2")])
    run("push", "-y", "--removed", "keep")
    assert len(anki.notes()) == 2
    assert "removed, deleted: notes/Sums.md: And two?" in run("push", "-y")[2]
    assert len(anki.notes()) == 1


def test_notes_cannot_send_a_deck_or_a_key_to_another_machine(project: Write, run: Run) -> None:
    settings = '[anki]\nurl = "http://192.0.2.1:8765"\nkey = "sesame"\n'
    project({"Sums.md": SUMS, "ankify.toml": settings})
    code, _, err = run("push", "-y")
    assert code == 1
    assert "is another machine" in err
    assert "sesame" not in err


@pytest.mark.slow
def test_watching_pushes_what_is_saved_and_never_deletes_or_overwrites(
    project: Write, stand_in: StandIn, anki: RealAnki, tmp_path: Path
) -> None:
    pytest.importorskip("watchfiles")
    root = project({"Sums.md": SUMS, "ankify.toml": '[anki]\nremoved = "delete"\n'})
    command = [sys.executable, "-m", "ankify", "push", str(root), "--url", stand_in.url]
    log = tmp_path / "told"
    with log.open("w", encoding="utf-8") as told:
        watching = subprocess.Popen([*command, "-y", "--watch"], stderr=told, cwd=root.parent)
    try:
        wait_for(lambda: "Ctrl-C ends it" in log.read_text())
        edit(anki, "one and one", "Answer", "<p>Mine.</p>")
        (root / "Sums.md").write_text(SUMS.replace("Two.", "Just two.").split("## 2")[0])
        wait_for(lambda: log.read_text().count("Pushed") > 1)
        assert "changed in Anki, too, and left out" in log.read_text()
        assert "removed, marked and still asked" in log.read_text()
        notes = {note.fields["Question"]: note for note in anki.notes().values()}
        assert notes["What is one and one?"].fields["Answer"] == "<p>Mine.</p>"
        assert "ankify::removed" in notes["And two?"].tags
    finally:
        watching.send_signal(signal.SIGINT)
        end(watching)
    assert watching.returncode in (0, 130)


# progress -----------------------------------------------------------------------------------------


def fail_one(anki: RealAnki, words: str) -> None:
    """Study all, then forget one."""
    anki.study()
    (number,) = anki.col.find_cards(words)
    anki.col.sched.set_due_date([number], "0")
    card = anki.col.get_card(number)
    anki.col.decks.select(card.did)
    card.start_timer()
    anki.col.sched.answerCard(card, AGAIN)


def test_progress_names_the_failed_card_with_its_place(
    project: Write, run: Run, stand_in: StandIn, anki: RealAnki
) -> None:
    root = project({"Sums.md": SUMS})
    run("push", "--url", stand_in.url, "-y")
    fail_one(anki, "two?")
    edit(anki, "one and one", "Answer", "<p>Two, mostly.</p>")
    (root / "Sums.md").write_text(f"{SUMS}\n## 3. And three?\n\nSix.\n")
    code, out, err = run("progress", "--url", stand_in.url)
    assert (code, err) == (0, "")
    out = re.sub(r"interval [3-5] days", "interval 4 days", out)  # Anki adds some chance
    assert out == (
        "notes/Sums.md:7: And two?\n"
        "  1 lapse, 1 of 2 reviews failed, 0% retained, interval 1 day\n"
        "notes/Sums.md:3: What is one and one?\n"
        "  0 lapses, 0 of 1 review failed, interval 4 days\n"
        "  edited in Anki: Answer: Two{+, mostly+}.\n"
        "notes/Sums.md: 2 of 2 questions learnt, 3 reviews, 1 lapse, 0% retained\n"
        "1 question not in Anki: ankify push brings them\n"
    )


@pytest.mark.parametrize("legacy", [True, False])
def test_progress_reads_both_kinds_of_exports_and_the_whole_collection(
    project: Write, run: Run, stand_in: StandIn, anki: RealAnki, tmp_path: Path, legacy: bool
) -> None:
    project({"Sums.md": SUMS})
    run("push", "--url", stand_in.url, "-y")
    fail_one(anki, "two?")
    package, collection = tmp_path / "a.apkg", tmp_path / "a.colpkg"
    anki.export(package, legacy=legacy)
    anki.col.export_collection_package(str(collection), include_media=False, legacy=legacy)
    anki.col.reopen()
    for file in (package, collection):
        entries = json.loads(run("progress", "--from", file, "--json")[1])
        hardest = entries[0]
        assert (hardest["file"], hardest["line"], hardest["title"]) == ("Sums.md", 7, "And two?")
        assert [(e["reviews"], e["again"], e["lapses"]) for e in entries] == [(2, 1, 1), (1, 0, 0)]
        assert all(len(e["guid"]) == 12 for e in entries)
    assert len(json.loads(run("progress", "--from", package, "--json", "-n", 1)[1])) == 1


def test_progress_as_markdown(project: Write, run: Run, stand_in: StandIn, anki: RealAnki) -> None:
    project({"Sums.md": SUMS.replace("And two?", "And `a|b`?")})
    run("push", "--url", stand_in.url, "-y")
    fail_one(anki, "one")
    _, out, _ = run("progress", "--url", stand_in.url, "--markdown")
    assert out == (
        "### What learning says\n"
        "\n"
        "| question | lapses | failed | retained | interval | |\n"
        "|---|--:|--:|--:|--:|---|\n"
        "| `notes/Sums.md:3` What is one and one? | 1 | 1 of 2 | 0% | 1 d |  |\n"
        "\n"
        "| file | learnt | reviews | lapses | retained |\n"
        "|---|--:|--:|--:|--:|\n"
        "| `notes/Sums.md` | 2 of 2 | 3 | 1 | 0% |\n"
    )


def test_the_preview_marks_how_each_question_fares(
    project: Write, run: Run, stand_in: StandIn, anki: RealAnki, tmp_path: Path
) -> None:
    project({"Sums.md": SUMS})
    run("push", "--url", stand_in.url, "-y")
    fail_one(anki, "two?")
    anki.export(tmp_path / "a.apkg")
    assert run("preview", "--progress", tmp_path / "a.apkg")[0] == 0
    page = Path("build/preview/index.html").read_text(encoding="utf-8")
    marks = re.findall(r'<span class="badge learning">(.*?)</span>', page)
    assert marks == ["0 of 1 review failed", "1 lapse"]


def test_an_export_without_scheduling_is_said(
    project: Write, run: Run, stand_in: StandIn, anki: RealAnki, tmp_path: Path
) -> None:
    project({"Sums.md": SUMS})
    run("push", "--url", stand_in.url, "-y")
    anki.study()
    anki.export(tmp_path / "a.apkg", scheduling=False)
    code, _, err = run("progress", "--from", tmp_path / "a.apkg")
    assert code == 0
    assert 'with "Include scheduling information" ticked' in err


def test_what_is_no_export_of_these_notes_is_told(project: Write, run: Run, anki: RealAnki) -> None:
    project({"Sums.md": SUMS})
    other = Path("other.apkg")
    anki.export(other)
    code, _, err = run("progress", "--from", other)
    assert (code, err.splitlines()[0]) == (1, "error: none of 2 questions is in other.apkg")
    other.write_bytes(b"nothing")
    assert run("progress", "--from", other)[0] == 1
    assert "no such file" in run("progress", "--from", "missing.apkg")[2]
    assert run("progress", "--from", other, "--url", "http://127.0.0.1:1")[0] == 2


# adopt --url --------------------------------------------------------------------------------------


def by_hand(anki: RealAnki, model: str, deck: str, *fields: str) -> int:
    """Add a note as in Anki's own window."""
    note = anki.col.new_note(anki.col.models.by_name(model))
    for at, text in enumerate(fields):
        note.fields[at] = text
    note.tags = ["mine"]
    anki.col.add_note(note, anki.col.decks.id(deck))
    return int(note.id)


@pytest.fixture
def hand_made(project: Write, anki: RealAnki) -> Path:
    """A deck made by hand and learnt, and notes that ask the same."""
    by_hand(anki, "Basic", "Interview", "What is one and one?", "Two, I think.")
    by_hand(anki, "Basic", "Interview", "And two?", "Four.")
    by_hand(anki, "Basic", "Other", "What is a fish?", "Wet.")
    anki.study()
    anki.col.db.execute("update notes set mod = mod - 86400")
    anki.mark_synced()
    return project({"Sums.md": f"{SUMS}\n## 3. And three?\n\nSix.\n"})


def test_a_deck_made_by_hand_is_adopted_with_its_reviews(
    run: Run, hand_made: Path, stand_in: StandIn, anki: RealAnki
) -> None:
    reviews, cards = anki.reviews(), len(anki.col.find_cards(""))
    code, out, err = run("adopt", "--url", stand_in.url, "--deck", "Interview", "-y")
    assert (code, out) == (0, "")
    assert err.splitlines()[:4] == [
        '2 questions of 3 adopted, from 2 notes in the deck "Interview"',
        '  1 question and 0 notes of the deck "Interview" have no partner; -v lists them',
        '  2 notes of another note type will be "Ankify Question": reviews, tags and flags stay,'
        " the text becomes that of the notes",
        'To Anki, profile "anki": 1 new, 2 updated, 2 moved',
    ]
    notes = {note.fields.get("Question"): note for note in anki.notes().values()}
    one = notes["What is one and one?"]
    assert (one.fields["Answer"], one.cards[0][0]) == ("<p>Two.</p>", "notes::Sums")
    assert "mine" in one.tags
    assert one.cards[0][4] > 0
    assert notes[None].fields == {"Front": "What is a fish?", "Back": "Wet."}
    assert anki.reviews() == reviews
    assert len(anki.col.find_cards("")) == cards + 1
    assert not anki.needs_full_sync()
    assert anki.complaints() == []
    assert "Nothing to push" in run("push", "--url", stand_in.url)[2]


def test_before_it_is_adopted_a_foreign_note_is_never_pushed_over(
    run: Run, hand_made: Path, stand_in: StandIn, anki: RealAnki
) -> None:
    anki.export(Path("old.apkg"))
    run("adopt", "old.apkg")
    before = anki.notes()
    _, _, err = run("push", "--url", stand_in.url, "-y")
    assert "  2 notes of another note type, left out (ankify adopt --url takes them over)" in err
    after = anki.notes()
    assert {guid: after[guid] for guid in before} == before
    assert len(after) == 4
    assert not anki.needs_full_sync()


def test_a_note_of_several_cards_is_left_to_its_owner(
    run: Run, hand_made: Path, stand_in: StandIn, anki: RealAnki
) -> None:
    number = by_hand(anki, "Basic (and reversed card)", "Interview", "And three?", "Six.")
    _, _, err = run("adopt", "--url", stand_in.url, "-y")
    assert "1 note with several cards will stay as they are" in err
    assert anki.col.get_note(number).fields == ["And three?", "Six."]
    assert "1 note of another note type, left out" in err


def test_an_old_add_on_opens_the_browser_for_what_it_cannot_do(
    run: Run, hand_made: Path, stand_in: StandIn, anki: RealAnki
) -> None:
    stand_in.lacking = {"updateNoteModel"}
    code, _, err = run("adopt", "--url", stand_in.url, "--deck", "Interview", "-y")
    assert code == 1
    assert "error: AnkiConnect is too old: it has no action updateNoteModel" in err
    assert "Notes > Change Note Type" in err
    assert len(anki.col.find_notes(str(stand_in.browsed))) == 2
    stand_in.lacking = set()
    assert run("adopt", "--url", stand_in.url, "--deck", "Interview", "-y")[0] == 0


def test_adopt_needs_a_package_or_an_address(run: Run, hand_made: Path, stand_in: StandIn) -> None:
    assert run("adopt")[0] == 2
    assert run("adopt", "old.apkg", "-y")[0] == 2
    code, _, err = run("adopt", "--url", stand_in.url, "--deck", "No")
    assert (code, err.splitlines()[0]) == (1, "error: no such deck in Anki: No")
    assert run("adopt", "--url", stand_in.url, "--deck", "Other", "-y")[0] == 1
    assert not (hand_made / "ankify.lock").exists()
