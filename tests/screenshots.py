"""Draw the pictures of the README: cards of notes/ and of `ankify init` in Anki's reviewer, and
the preview.

    python tests/screenshots.py [FOLDER]

Writes card-phone.png (the first card of `ankify init`), card-phone-light.png, card-phone-dark.png,
card-desktop.png and preview.png into FOLDER (default: docs/images). Needs what
tests/test_cards.py needs, and Pillow.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from browser import DESKTOP, PHONE, Browser, open_browser, open_reviewer
from PIL import Image
from real_anki import RealAnki

from ankify.anki.write import write_apkg
from ankify.commands.init import start
from ankify.commands.preview import write_preview
from ankify.model import Project
from ankify.pipeline import read_project

ROOT = Path(__file__).resolve().parent.parent
CARD = "零卷积起什么作用？"  # its figure and its formula fit on one screen of a phone
FIRST = "Why do we forget, and what helps?"
View = tuple[str, tuple[int, int], str, bool]  # the picture's name, window, page, by night
VIEWS: tuple[View, ...] = (
    ("card-phone-light", PHONE, "/phone-day", False),
    ("card-phone-dark", PHONE, "/phone-night", True),
    ("card-desktop", DESKTOP, "/desktop-day", False),
)
VIEWS_OF_FIRST: tuple[View, ...] = (("card-phone", (360, 620), "/phone-day", False),)
COLOURS = 256  # enough for text and diagrams, and a third of the bytes


def main() -> None:
    """Draw all five."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    project = read_project(ROOT / "notes")
    with tempfile.TemporaryDirectory() as work:
        draw_card(project, CARD, VIEWS, folder, Path(work, "notes"))
        start(Path(work, "first"))
        first = read_project(Path(work, "first", "notes"))
        draw_card(first, FIRST, VIEWS_OF_FIRST, folder, Path(work, "of-first"))
        draw_preview(project, folder, Path(work))


def draw_card(
    project: Project, title: str, views: Sequence[View], folder: Path, work: Path
) -> None:
    """Draw one card, as Anki shows it."""
    write_apkg(project, work / "notes.apkg")
    anki = RealAnki(work / "anki")
    anki.load(work / "notes.apkg")
    [number] = anki.col.find_cards(f'"Question:{title}"')
    card = anki.col.get_card(number)
    with open_reviewer(Path(anki.col.media.dir())) as browser:
        for name, window, page, night in views:
            browser.open(page, window)
            faults = browser.show_card("back", "", card.answer(), card=1, night=night)
            assert not faults, faults
            browser.page.evaluate("scrollTo(0, 0)")  # Anki has scrolled to the answer
            save(browser, folder / f"{name}.png")
    anki.close()


def draw_preview(project: Project, folder: Path, work: Path) -> None:
    """Draw the preview, at the deck of that card."""
    write_preview(project, work / "preview")
    with open_browser({"/": work / "preview"}) as browser:
        browser.open("/index.html", DESKTOP)
        heading = browser.page.locator("section", has_text=CARD).locator("h2")
        for _ in range(3):  # cards above get their heights only when they come near
            heading.evaluate("(it) => it.scrollIntoView()")
            browser.page.wait_for_timeout(300)
        save(browser, folder / "preview.png")


def save(browser: Browser, path: Path) -> None:
    """Save what the window shows, in few colours."""
    picture = Image.open(io.BytesIO(browser.page.screenshot()))
    picture = picture.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=0)
    picture.save(path, optimize=True)
    print(f"{path}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
