"""Folders of notes as their programs keep them: every picture ships, no mark is left on a card.

`vaults/` holds one of ten notes for each program. `notes` below are its cards; `shown` is some of
what must be on them, `said` what `check` finds.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser import PHONE, open_reviewer
from real_anki import RealAnki

from ankify import ReadOptions, read_project
from ankify.anki.write import write_apkg
from ankify.checks.rules import check

VAULTS = Path(__file__).parent / "vaults"
LINK = "https://example.org/notes/"


@dataclass(frozen=True)
class Kept:
    """What a folder of `vaults/` must become."""

    program: str
    notes: int
    formulas: int
    links: tuple[str, ...]
    shown: tuple[str, ...]
    said: tuple[str, ...] = ()


KEPT = (
    Kept(
        "obsidian",
        10,
        4,
        ("Plants/Root%20hair.md", "Water.md#osmosis", "Plants/Leaf.md"),
        ("<mark>drinks</mark>", 'height="90" width="150"', "Not chitin", "[sound:rain-", "需要："),
        ("unread-embed", "unread-embed"),  # two notes that hold each other
    ),
    Kept(
        "logseq",
        10,
        4,
        ("pages/Frames.md", "pages/Trees.md"),
        (
            'height="60" width="90"',
            "<mark>cache</mark>",
            "too full",
            "[sound:bell-",
            "<ol>",
            "Draw one.",
        ),
    ),
    Kept(
        "notion",
        13,
        2,
        ("Lava%2020a1b2c3d4e5f60718293a4b5c6d7e8f.md",),
        ("💡 Cold", "📌 It cuts", "that moved", "downhill", "old snow"),
    ),
    Kept(
        "myst",
        10,
        6,
        ("norms.md",),
        ('width="180"', "A <strong>norm</strong>.", "Not in others.", "Euclid", "<kbd>", "Proof"),
    ),
    Kept(
        "quarto",
        10,
        3,
        (),
        (
            'width="50%"',
            "Least squares",
            "language-r",
            "<em>Table 1: Tests</em>",
            "In short",
            "The median",
        ),
    ),
)
# What stays of a mark: embeds, comments, properties, labels, fences, roles, ids and tags.
LEFT = re.compile(
    r"\[\[|%%|==|\w::|\{#|:::|\{\w+\}`|\[!|\^r-1|#card|#exam|<aside|[0-9a-f]{31}|Mia"
    r"|should see|label:|SCHEDULED|CLOCK|collapsed|@(?:fig|eq|tbl)-|\+\+\+|card-ease|#\+BEGIN"
)


@pytest.fixture(scope="module", params=KEPT, ids=lambda kept: kept.program)
def vault(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Kept, Path]:
    """A copy of a folder, as a build writes its lock beside the notes."""
    kept: Kept = request.param
    root = tmp_path_factory.mktemp("vaults") / kept.program
    shutil.copytree(VAULTS / kept.program, root)
    return kept, root


def test_a_folder_of_another_program_is_right_on_the_card(vault: tuple[Kept, Path]) -> None:
    kept, root = vault
    project = read_project(root, ReadOptions(now=1, for_phone=False))
    questions = [note.fields[:2] for note in project.notes]
    text = "\n".join(field for pair in questions for field in pair)
    assert len(project.notes) == kept.notes
    assert [words for words in kept.shown if words not in text] == []
    assert text.count(r"\(") + text.count(r"\[") == kept.formulas
    assert [link for link in kept.links if f'href="{LINK}{link}"' not in text] == []
    assert LEFT.findall(re.sub(r'href="[^"]*"', "", text)) == []
    assert tuple(problem.rule for problem in check(project)) == kept.said


def test_every_picture_and_sound_ships(vault: tuple[Kept, Path]) -> None:
    _, root = vault
    files = [path for path in root.rglob("*") if path.suffix in (".png", ".wav")]
    shipped = read_project(root, ReadOptions(now=1)).media
    assert len(shipped) == len({path.read_bytes() for path in files})


@pytest.mark.slow
def test_the_cards_show_without_a_fault(vault: tuple[Kept, Path], tmp_path: Path) -> None:
    _, root = vault
    write_apkg(read_project(root, ReadOptions(now=1)), tmp_path / "vault.apkg")
    anki = RealAnki(tmp_path / "anki")
    anki.load(tmp_path / "vault.apkg")
    with open_reviewer(Path(anki.col.media.dir())) as browser:
        for night in (False, True):
            browser.open("/phone-night" if night else "/phone-day", PHONE)
            for number in anki.col.find_cards(""):
                card = anki.col.get_card(number)
                faults = browser.show_card("back", "", card.answer(), card=1, night=night)
                assert (card.question(), faults) == (card.question(), [])
    anki.close()


def test_a_build_says_once_which_signs_it_read_and_why(
    tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    shutil.copytree(VAULTS / "obsidian", tmp_path / "notes")
    _, _, err = run("build", tmp_path / "notes", "-o", "a.apkg", now=1)
    [line] = [line for line in err.splitlines() if "signs of other programs" in line]
    assert "(kept with obsidian: .obsidian)" in line
    assert "embed 4" in line
    assert "templates left out 1" in line
