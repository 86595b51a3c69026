"""A newcomer's path, as it is: install, init, make deck, import, edit, make deck, import."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import LIMIT
from real_anki import Imported, RealAnki

ROOT = Path(__file__).parent.parent
EDITED = """\
## 1. How long is this list?

It has one question more than before.

## 2. Why do we forget, and what keeps it away?
"""


def run(*command: object, cwd: Path, **environment: str) -> str:
    """Run a command as in a terminal; returns what it printed."""
    keep = {name: os.environ[name] for name in ("HOME", "PIP_CONFIG_FILE") if name in os.environ}
    keep |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**keep, "PATH": os.defpath, "LANG": "C.UTF-8", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=5 * LIMIT,  # pip fetches some packages
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """The wheel of this checkout, in a folder of its own."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, source)
    for name in ("ankify", "templates"):
        shutil.copytree(ROOT / name, source / name)
    dist = tmp_path / "dist"
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", dist, source, cwd=tmp_path)
    return next(dist.glob("*.whl"))


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")
def test_a_newcomer_gets_a_deck_edits_it_and_keeps_the_history(
    tmp_path: Path, wheel: Path, anki: RealAnki
) -> None:
    run(sys.executable, "-m", "venv", "fresh", cwd=tmp_path)
    run("fresh/bin/pip", "install", "-q", wheel, cwd=tmp_path)
    said = run("fresh/bin/ankify", "init", "my-notes", cwd=tmp_path)
    assert said.splitlines()[-1].startswith("Next: cd my-notes && make deck")
    folder = tmp_path / "my-notes"

    # No ankify on the PATH: the Makefile installs it, from the wheel that it came from.
    python = str(Path(sys.executable).resolve().parent)
    found = {"PATH": f"{python}{os.pathsep}{os.defpath}"}
    said = run("make", "deck", cwd=folder, **found)
    assert "Installing ankify into .venv, once\n" in said
    assert "Built build/my-notes.apkg: 6 notes in 1 deck, " in said
    deck = folder / "build" / "my-notes.apkg"
    assert anki.load(deck) == Imported(new=6, updated=0, unchanged=0, conflicting=0)
    assert anki.study() == 6
    history = anki.reviews()
    anki.mark_synced()
    assert "0 errors, 0 warnings" in run("make", "check", cwd=folder, **found)

    note = folder / "notes" / "first-steps.md"
    text = note.read_text(encoding="utf-8")
    for number in range(6, 1, -1):
        text = text.replace(f"## {number}. ", f"## {number + 1}. ")
    text = text.replace("## 1. Why do we forget, and what helps?\n", EDITED)
    note.write_text(text, encoding="utf-8")
    said = run("make", "deck", cwd=folder, **found)
    assert "added 1, reworded 1, renumbered 6" in said
    assert anki.load(deck) == Imported(new=1, updated=1, unchanged=5, conflicting=0)
    assert anki.reviews() == history
    studied = [cards for note in anki.notes().values() if (cards := note.cards)[0][-1]]
    assert len(studied) == 6
    # Asked first: Check Database may repair what Anki's own clock did, which changes the schema.
    assert not anki.needs_full_sync()
    assert anki.complaints() == []
