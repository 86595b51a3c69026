"""A learner and the author of the notes: builds a day apart, imported into one collection."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from real_anki import Imported, LearnersNote, RealAnki

import ankify

DAY = 86_400
START = 1_700_000_000


@dataclass
class Learner:
    """Notes, the builds of them, and a learner's collection that they are imported into."""

    root: Path
    anki: RealAnki
    clock: int = START
    builds: int = 0

    def build(self) -> Path:
        self.builds += 1
        self.clock += DAY
        package = self.root.parent / f"deck-{self.builds}.apkg"
        last = self.root.parent / f"deck-{self.builds - 1}.apkg"
        project = ankify.read_project(
            self.root,
            ankify.ReadOptions(now=self.clock, last_package=last if last.exists() else None),
        )
        ankify.write_apkg(project, package)
        ankify.write_lock(project)
        return package

    def load(self) -> Imported:
        return self.anki.load(self.build())

    def replace(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")


def content(notes: dict[str, LearnersNote]) -> dict[str, object]:
    return {guid: (note.fields, note.tags, note.cards) for guid, note in notes.items()}
