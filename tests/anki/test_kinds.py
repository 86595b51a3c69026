"""Kinds of cards in the real Anki: made, studied, switched, edited, synced; and decks of 0.1."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from real_anki import Imported, RealAnki

import ankify
from ankify.anki.note_type import CLOZE, QUESTION

KINDS = {
    "Rivers.md": """# Rivers

## 1. What is a delta?

<!-- ankify: cards=reversed,typed -->

River land

## 2. Which river is the longest?

The {{c1::Nile::river}} is {{c2::6,650 km}} long.

## 3. How is the discharge written?

It is {{c1::$Q = \\frac{V}{t^{2}}$}}, with $v = {{c2::\\frac{a}{b}}}$.

## 4. Where does the {{c1::Rhine}} rise?

In the Alps.

## 5. What carries a river?

<!-- ankify: cards=cloze -->

It carries **water** and **sand**.

```python
print("{{c1::not a gap of ours}}")
```
""",
}
START, DAY = 1_700_000_000, 86_400
OLD = Path(__file__).parent / "version-0.1"


@dataclass
class Deck:
    """Notes, and the learner's collection that each build of them is imported into."""

    root: Path
    anki: RealAnki
    clock: int = START

    def build(self) -> Path:
        self.clock += DAY
        package, last = self.root.parent / f"{self.clock}.apkg", self.clock - DAY
        before = self.root.parent / f"{last}.apkg"
        options = ankify.ReadOptions(
            now=self.clock, last_package=before if before.exists() else None
        )
        ankify.build(self.root, package, options)
        return package

    def load(self, *, merge: bool = False) -> Imported:
        return self.anki.load(self.build(), merge=merge)

    def write(self, text: str) -> None:
        (self.root / "Rivers.md").write_text(text, encoding="utf-8")

    def replace(self, old: str, new: str) -> None:
        text = (self.root / "Rivers.md").read_text(encoding="utf-8")
        assert old in text
        self.write(text.replace(old, new))

    def schema(self) -> int:
        """When the collection was last changed so that only a full sync will do."""
        return int(self.anki.col.db.scalar("select scm from col"))

    def check(self) -> str:
        """What Check Database says."""
        return str(self.anki.col.fix_integrity()[0])

    def card_counts(self) -> dict[str, int]:
        """How many cards each note has, by what it asks."""
        notes = self.anki.notes().values()
        return {one.fields.get("Question") or one.fields["Text"]: len(one.cards) for one in notes}


@pytest.fixture
def deck(project: Callable[..., Path], anki: RealAnki) -> Deck:
    return Deck(project(KINDS), anki)


def shown(anki: RealAnki, text: str) -> list[tuple[str, str]]:
    """Front and back of all cards of the notes that hold a text, as Anki renders them."""
    ids = [i for i, fields in anki.col.db.all("select id, flds from notes") if text in fields]
    cards = [anki.col.get_card(c) for i in ids for c in anki.col.card_ids_of_note(i)]
    # The text of a gap is in an attribute, too, for those who style it.
    sides = [(card.question(), card.answer()) for card in cards]
    return [(_plain(front), _plain(back)) for front, back in sides]


def _plain(side: str) -> str:
    return re.sub(r' data-cloze="[^"]*"', "", side)


def test_all_kinds_arrive_with_their_cards_and_nothing_to_repair(deck: Deck) -> None:
    assert deck.load() == Imported(new=5, updated=0, unchanged=0, conflicting=0)
    types = {one["name"] for one in deck.anki.col.models.all()}
    assert {QUESTION.name, CLOZE.name} <= types
    assert sorted(deck.card_counts().values()) == [1, 2, 2, 2, 3]
    assert deck.anki.study() == 10
    before = deck.schema()
    assert deck.load().conflicting == 0
    assert deck.schema() == before
    assert "rebuilt" in deck.check()
    assert len(deck.anki.notes()) == 5
    assert sum(deck.card_counts().values()) == 10
    report = deck.anki.col.get_empty_cards()
    assert not list(report.notes)


def test_a_gap_hides_what_is_asked_and_shows_it_on_the_back(deck: Deck) -> None:
    deck.load()
    (first, back), (second, _) = shown(deck.anki, "6,650")
    assert "[river]" in first
    assert "6,650 km" in first
    assert "Which river is the longest?" in first
    assert "Nile" in back
    assert "[...]" in second
    assert "Nile" in second


def test_formulas_in_gaps_are_whole(deck: Deck) -> None:
    deck.load()
    (first, back), (second, answer) = shown(deck.anki, "discharge")
    assert r"\(Q = \frac{V}{t^{2} }\)" in back
    assert r"\frac{V}" not in first
    assert r"\frac{a}{b}" in first
    assert r"\frac{a}{b}" not in second
    assert r"\frac{a}{b}" in answer
    for side in (first, back, second, answer):
        assert "{{c" not in side.replace("{{c1::not", "")


def test_a_gap_in_the_title_leaves_the_answer_for_the_back(deck: Deck) -> None:
    deck.load()
    ((front, back),) = shown(deck.anki, "Rhine")
    assert "Rhine" not in front
    assert "Alps" not in front
    assert "Alps" in back


def test_bold_words_are_gaps_where_the_author_says_so(deck: Deck) -> None:
    deck.load()
    sides = shown(deck.anki, "It carries")
    assert len(sides) == 2
    assert "sand" in sides[0][0]
    assert "water" not in sides[0][0]


def test_a_typed_answer_is_compared_and_a_reversed_card_asks_back(deck: Deck) -> None:
    deck.load()
    sides = shown(deck.anki, "River land")
    assert len(sides) == 3
    answer, reverse, typed = sides
    assert "delta" not in reverse[0]
    assert "River land" in reverse[0]
    assert (
        "typeans"
        in deck.anki.col.get_note(deck.anki.col.find_notes("River")[0]).cards()[2].question()
        or "[[type:Typed]]" in typed[0]
    )
    assert "River land" not in typed[0]
    assert "delta" in answer[0]


def test_switching_kinds_on_and_off_moves_no_guid_and_no_review(deck: Deck) -> None:
    deck.write(KINDS["Rivers.md"].replace("<!-- ankify: cards=reversed,typed -->\n\n", ""))
    deck.load()
    deck.anki.study()
    guids, before, reviews = set(deck.anki.notes()), deck.schema(), deck.anki.reviews()
    deck.write(KINDS["Rivers.md"])
    assert deck.load() == Imported(new=0, updated=1, unchanged=4, conflicting=0)
    assert deck.card_counts()["What is a delta?"] == 3
    deck.replace("<!-- ankify: cards=reversed,typed -->\n\n", "")
    assert deck.load() == Imported(new=0, updated=1, unchanged=4, conflicting=0)
    assert (set(deck.anki.notes()), deck.schema()) == (guids, before)
    assert deck.anki.reviews() == reviews
    # Anki's Tools > Empty Cards offers to delete the two that were switched off.
    empty = [card for note in deck.anki.col.get_empty_cards().notes for card in note.card_ids]
    assert len(empty) == 2


def test_a_question_that_becomes_cloze_is_another_note_and_comes_back(deck: Deck) -> None:
    text = "# R\n\n## 1. What feeds the lake?\n\nThe river Aare.\n"
    deck.write(text)
    deck.load()
    deck.anki.study()
    (guid,) = deck.anki.notes()
    deck.replace("The river Aare", "The river {{c1::Aare}}")
    project = ankify.read_project(deck.root)
    assert sorted(change.kind for change in project.changes) == ["added", "removed"]
    assert deck.load() == Imported(new=1, updated=1, unchanged=0, conflicting=0)
    notes = deck.anki.notes()
    assert "ankify::removed" in notes[guid].tags
    assert len(notes) == 2
    deck.replace("{{c1::Aare}}", "Aare")
    assert deck.load().conflicting == 0
    notes = deck.anki.notes()
    assert "ankify::removed" not in notes[guid].tags
    assert notes[guid].cards[0][-1] == 1  # the review of the first card is still there
    (gone,) = set(notes) - {guid}
    assert "ankify::removed" in notes[gone].tags


def test_a_learners_edit_of_another_note_survives(deck: Deck) -> None:
    deck.load()
    guid = next(g for g, n in deck.anki.notes().items() if "6,650" in n.fields.get("Text", ""))
    deck.anki.edit(guid, "Hint", "Egypt", "mine", deck.clock + 60)
    deck.replace("In the Alps.", "In the Swiss Alps.")
    assert deck.load() == Imported(new=0, updated=1, unchanged=4, conflicting=0)
    assert deck.anki.notes()[guid].fields["Hint"] == "Egypt"


def test_a_deck_of_0_1_goes_on_after_one_import_that_merges_note_types(
    anki: RealAnki, tmp_path: Path
) -> None:
    """The page "Kinds of cards" tells learners of 0.1 to tick "Merge note types", once."""
    root = tmp_path / "notes"
    root.mkdir()
    shutil.copyfile(OLD / "Rivers.md", root / "Rivers.md")
    shutil.copyfile(OLD / "ankify.lock", root / "ankify.lock")
    assert anki.load(OLD / "deck.apkg").new == 2
    anki.study()
    reviews = anki.reviews()
    deck = Deck(root, anki, int(time.time()))  # Anki merges at the time of its own clock
    project = ankify.read_project(root, ankify.ReadOptions(now=deck.clock))
    # The lock of 0.1 gives the same guids; what a later ankify renders otherwise is updated.
    assert {change.kind for change in project.changes} <= {"updated"}
    deck.load(merge=True)
    deck.replace("The Nile.", "The Nile, some say the Amazon.")
    assert deck.load() == Imported(new=0, updated=1, unchanged=1, conflicting=0)
    assert anki.reviews() == reviews
    assert [len(note.cards) for note in anki.notes().values()] == [1, 1]
    assert len([one for one in anki.col.models.all() if QUESTION.name in one["name"]]) == 1
    deck.replace(
        "## 1. What is a delta?\n", "## 1. What is a delta?\n<!-- ankify: cards=reversed -->\n"
    )
    assert deck.load().updated == 1
    assert sorted(len(note.cards) for note in anki.notes().values()) == [1, 2]


def test_tombstones_of_0_1_still_ship(anki: RealAnki, tmp_path: Path) -> None:
    root = tmp_path / "notes"
    root.mkdir()
    shutil.copyfile(OLD / "ankify.lock", root / "ankify.lock")
    (root / "Rivers.md").write_text("## 1. What is a delta?\n\nLand.\n", encoding="utf-8")
    options = ankify.ReadOptions(now=START + DAY, last_package=OLD / "deck.apkg")
    project = ankify.read_project(root, options)
    (gone,) = [note for note in project.notes if not note.question]
    assert len(gone.fields) == len(QUESTION.fields)
