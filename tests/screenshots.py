"""Draw the pictures of the README: cards of notes/ and of `ankify init` in Anki's reviewer, and
the preview.

    python tests/screenshots.py [FOLDER]

Writes card-phone.png (the first card of `ankify init`), card-phone-light.png, card-phone-dark.png,
card-desktop.png, preview.png and a card-KIND.png for each row of GALLERY (questions of
tests/gallery/) into FOLDER (default: docs/images). Needs what tests/test_cards.py needs.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from browser import DESKTOP, PHONE, Browser, open_browser, open_reviewer
from PIL import Image
from real_anki import RealAnki

from ankify.anki.write import write_apkg
from ankify.commands.init import start
from ankify.commands.preview import write_preview
from ankify.model import Project
from ankify.pipeline import read_project

ROOT = Path(__file__).resolve().parent.parent
CARD = "ControlNet的零卷积起什么作用？"  # its figure and its formula fit on one screen of a phone
FIRST = "Why do we forget, and what helps?"
View = tuple[str, tuple[int, int], str, bool]  # the picture's name, window, page, by night
VIEWS: tuple[View, ...] = (
    ("card-phone-light", PHONE, "/phone-day", False),
    ("card-phone-dark", PHONE, "/phone-night", True),
    ("card-desktop", DESKTOP, "/desktop-day", False),
)
VIEWS_OF_FIRST: tuple[View, ...] = (("card-phone", (360, 620), "/phone-day", False),)
# Name, beginning of the question, which card of the note, by night, what is typed in
GALLERY: tuple[tuple[str, str, int, bool, str], ...] = (
    ("short", "What does TCP promise", 0, False, ""),
    ("long", "What happens between", 0, False, ""),
    ("table", "Which HTTP methods", 0, False, ""),
    ("code", "How do you count words", 0, True, ""),
    ("formula", "DDPM", 0, False, ""),
    ("choice", "What does this print", 0, False, ""),
    ("cloze", "What are the longest rivers", 0, False, ""),
    ("typed", "What is the capital of Norway", 4, False, "Olso"),
    ("reversed", "What is the capital of Norway", 3, True, ""),
    ("right-to-left", "لماذا", 0, False, ""),
    ("figure", "U-Net", 0, False, ""),
    ("figure-night", "U-Net", 0, True, ""),
)
TALLEST = 900  # px of a picture; a longer card is cut, as on the screen
COLOURS = 256  # enough for text and diagrams, and a third of the bytes


def main() -> None:
    """Draw all of them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    project = read_project(ROOT / "notes")
    with tempfile.TemporaryDirectory() as work:
        draw_card(project, CARD, VIEWS, folder, Path(work, "notes"))
        start(Path(work, "first"))
        first = read_project(Path(work, "first", "notes"))
        draw_card(first, FIRST, VIEWS_OF_FIRST, folder, Path(work, "of-first"))
        draw_gallery(folder, Path(work, "of-gallery"))
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


def draw_gallery(folder: Path, work: Path) -> None:
    """Draw a card of each kind on a phone, as high as the card is."""
    write_apkg(read_project(ROOT / "tests" / "gallery"), work / "gallery.apkg")
    anki = RealAnki(work / "anki")
    anki.load(work / "gallery.apkg")
    with open_reviewer(Path(anki.col.media.dir())) as browser:
        for name, question, ordinal, night, typed in GALLERY:
            [number] = anki.col.find_cards(f'"Question:{question}*" card:{ordinal + 1}')
            card = anki.col.get_card(number)
            answer = compared(anki, card, typed)
            browser.open("/phone-night" if night else "/phone-day", PHONE)
            faults = browser.show_card("back", "", answer, card=ordinal + 1, night=night)
            assert not faults, faults
            height = browser.page.evaluate("document.querySelector('#qa').scrollHeight") + 44
            browser.page.set_viewport_size({"width": PHONE[0], "height": min(height, TALLEST)})
            browser.page.evaluate("scrollTo(0, 0)")
            save(browser, folder / f"card-{name}.png")
    anki.close()


def compared(anki: RealAnki, card: Any, typed: str) -> str:
    """The back of a card, with what was typed compared as Anki's reviewer does it."""
    answer = card.answer()
    if "[[type:" not in answer:
        return str(answer)
    wanted = card.note()["Typed"]
    told = anki.col.compare_answer(wanted, typed)
    return str(answer).replace("[[type:Typed]]", told)


def draw_preview(project: Project, folder: Path, work: Path) -> None:
    """Draw the preview, at the deck of that card."""
    write_preview(project, work / "preview")
    with open_browser({"/": work / "preview"}) as browser:
        browser.open("/index.html", DESKTOP)
        heading = browser.page.locator("section.deck", has_text=CARD).locator("h2")
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
