"""Ten thousand notes in the real Anki: imported, updated by one in a hundred, synced to a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PIXEL
from learner import Learner, content
from real_anki import Imported, RealAnki, sync, sync_server

NOTES, CHANGED = 10_000, 100
PER_FILE = 50


def note_file(number: int, edited: bool) -> str:
    """Fifty questions; an edited file has a new word in its first answer."""
    word = "edited" if edited else "first"
    answers = [f"The {word} answer of file {number}: $x_{{{number}}}$.\n\n![dot](dot.png)"]
    answers += [f"Answer {n} of file {number}, with *words*." for n in range(2, PER_FILE + 1)]
    return f"# File {number}\n\n" + "".join(
        f"## {n}. What is {n} in file {number}?\n\n{answer}\n\n"
        for n, answer in enumerate(answers, 1)
    )


@pytest.mark.slow
def test_ten_thousand_notes_and_an_update_of_one_in_a_hundred_reach_the_phone(
    project: Callable[..., Path], anki: RealAnki, tmp_path: Path
) -> None:
    files = NOTES // PER_FILE
    edited = range(0, files, files // CHANGED)
    root = project({f"f{n:03}.md": note_file(n, False) for n in range(files)} | {"dot.png": PIXEL})
    desktop, phone = Learner(root, anki), RealAnki(tmp_path / "phone")
    with sync_server(tmp_path / "server") as address:
        assert desktop.load() == Imported(new=NOTES, updated=0, unchanged=0, conflicting=0)
        sync(anki, address, upload=True)
        sync(phone, address, upload=False)
        before = anki.notes()
        assert content(phone.notes()) == content(before)
        for number in edited:
            (root / f"f{number:03}.md").write_text(note_file(number, True), encoding="utf-8")
        log = desktop.load()
        assert log == Imported(0, CHANGED, NOTES - CHANGED, 0)
        touched = anki.col.db.scalar("select count() from notes where usn = -1")
        assert touched == CHANGED
        assert anki.col.db.scalar("select count() from cards where usn = -1") == 0
        sync(anki, address)
        sync(phone, address)
        after = phone.notes()
    assert content(after) == content(anki.notes())
    assert after.keys() == before.keys()
    assert len(after) == NOTES
    changed = {guid for guid in before if after[guid] != before[guid]}
    assert len(changed) == CHANGED
    assert all("The edited answer" in after[guid].fields["Answer"] for guid in changed)
    assert phone.media() == anki.media()
    assert phone.complaints() == anki.complaints() == []
    phone.close()
