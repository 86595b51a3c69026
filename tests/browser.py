"""A headless Chromium for the tests, and in it the page that Anki itself shows its cards on.

Nothing listens on a port: the browser's requests are answered here, from the pages of the `aqt`
wheel and from a folder of media. Whatever else a card asks for is refused and counts as a fault.
"""

from __future__ import annotations

import importlib.util
import mimetypes
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

HOME = "http://ankify.test"
PHONE = (360, 780)
DESKTOP = (1280, 800)
LEAST_CONTRAST = 4.5
AUDIT = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars"
)
SHOW = """async ({ side, front, back, classes }) => {
    if (side === "front") _showQuestion(front, back, classes);
    else _showAnswer(back, classes);
    const drawn = async () => {
        await new Promise((done) => _queueAction(done));  // Anki draws in this queue
        const pictures = [...document.querySelectorAll("#qa img")];
        await Promise.all(pictures.map((picture) => picture.decode().catch(() => {})));
        await document.fonts.ready;
    };
    const late = new Promise((_, fail) => setTimeout(fail, 60000, Error("no card in a minute")));
    await Promise.race([drawn(), late]);
}"""


def need(found: object, what: str, install: str) -> None:
    """Skip the test if a part is missing; on the build server that is a failure."""
    if found:
        return
    message = f"{what} is missing: {install}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def chromium() -> str:
    """The path of the browser, or a skipped test."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, filter(None, names))), None)
    need(found, "Chromium", "apt-get install chromium fonts-noto-cjk")
    return str(found)


def anki_pages() -> Path:
    """The folder that Anki serves as /_anki/, or a skipped test."""
    spec = importlib.util.find_spec("_aqt")
    need(spec, "the aqt wheel", "pip install --no-deps aqt==26.9.3")
    assert spec
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "data" / "web"


def anki_page(*, night: bool, phone: bool) -> str:
    """An HTML page with all that Anki's reviewer script asks for."""
    html_class = " ".join(name for name, on in (("night-mode", night), ("mobile", phone)) if on)
    canvas = "#2c2c2c" if night else "#f5f5f5"
    return f"""<!doctype html>
<html class="{html_class}" data-bs-theme="{"dark" if night else "light"}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/_anki/css/webview.css">
<link rel="stylesheet" href="/_anki/css/reviewer.css">
<style>:root {{ --canvas: {canvas} }} body {{ background: var(--canvas) }}</style>
<body class="{"nightMode night_mode" if night else ""}">
<div id="_mark" hidden></div><div id="_flag" hidden></div><div id="qa"></div>
<script>globalThis.pycmd = globalThis.bridgeCommand = () => {{}};</script>
<script src="/_anki/js/webview.js"></script>
<script src="/_anki/js/reviewer.js"></script>"""


@dataclass
class Browser:
    """One page. `folders` maps the beginning of a path to the folder that answers for it."""

    page: object
    folders: dict[str, Path]
    pages: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def answer(self, route, request) -> None:
        """Serve a page or file of ours; refuse and remember everything else."""
        path = unquote(urlsplit(request.url).path)
        if request.url.startswith(("data:", "file:")):
            return route.continue_()
        if request.url.startswith(HOME):
            if path in self.pages:
                return route.fulfill(body=self.pages[path], content_type="text/html")
            for start, folder in self.folders.items():
                file = folder / path.removeprefix(start)
                if path.startswith(start) and file.is_file():
                    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                    return route.fulfill(body=file.read_bytes(), content_type=kind)
        if path != "/favicon.ico":
            self.refused.append(f"asked for {unquote(request.url)}")
        return route.abort()

    def open(self, path: str, size: tuple[int, int]) -> None:
        """Open a page of ours in a window of `size` pixels."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.goto(HOME + path)

    def faults(self, root: str) -> list[str]:
        """What is wrong in the element `root`, and what was asked for in vain; each once."""
        found = self.page.evaluate(AUDIT, {"root": root, "least": LEAST_CONTRAST})
        found += self.refused
        self.refused.clear()
        return list(dict.fromkeys(found))

    def show_card(self, side: str, front: str, back: str, *, card: int, night: bool) -> list[str]:
        """Show a side of a card as Anki's reviewer does; returns the faults."""
        classes = f"card card{card}" + " nightMode night_mode" * night
        self.page.evaluate(SHOW, {"side": side, "front": front, "back": back, "classes": classes})
        return self.faults("#qa")


@contextmanager
def open_browser(folders: dict[str, Path]) -> Iterator[Browser]:
    """A browser with one page and no way to the outside, or a skipped test."""
    need(importlib.util.find_spec("playwright"), "Playwright", "pip install playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(), args=FLAGS.split())
        try:
            browser = Browser(chrome.new_page(device_scale_factor=2), folders)
            browser.page.route("**/*", browser.answer)
            browser.page.on("pageerror", lambda error: browser.refused.append(f"script: {error}"))
            yield browser
        finally:
            chrome.close()


@contextmanager
def open_reviewer(media: Path) -> Iterator[Browser]:
    """Anki's reviewer in four pages: /phone-day, /phone-night, /desktop-day, /desktop-night."""
    with open_browser({"/_anki/": anki_pages(), "/": media}) as browser:
        for name in ("phone", "desktop"):
            for night in (False, True):
                path = f"/{name}-{'night' if night else 'day'}"
                browser.pages[path] = anki_page(night=night, phone=name == "phone")
        yield browser
