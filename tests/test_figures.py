"""The figures of the notes: as the script draws them, readable, and safe to ship as they are."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, open_browser

from ankify.media.svg import clean_svg

NOTES = Path(__file__).resolve().parents[1] / "notes"
sys.path.insert(0, str(NOTES))
from drawing import DARK, LIGHT, WIDTH  # noqa: E402
from figures import files  # noqa: E402

DRAWN = files()

# Words that touch other words, a line, the edge of the figure, or leave the shape of their group.
FAULTS = """() => {
    const faults = [];
    const box = (element) => element.getBoundingClientRect();
    const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
        && a.top < b.bottom - 3 && b.top < a.bottom - 3;
    const holds = (a, b) => a.left < b.left && b.right < a.right && a.top < b.bottom - 4
        && b.bottom < a.bottom + 4;
    const svg = document.querySelector("svg");
    const ink = (text) => {  // a line box is higher than its letters
        const { left, right, top, bottom } = box(text);
        const spare = (bottom - top - 14) / 2;
        return { left, right, top: top + spare, bottom: bottom - spare, name: text.textContent };
    };
    const texts = [...svg.querySelectorAll("text")].map((text) => ({ text, ...ink(text) }));
    for (const a of texts) {
        if (!holds(box(svg), a)) faults.push(`${a.name} leaves the figure`);
        const parent = a.text.parentElement;
        if (parent.matches(".box") && !holds(box(parent.firstElementChild), a))
            faults.push(`${a.name} leaves its box`);
        for (const b of texts.slice(texts.indexOf(a) + 1))
            if (meet(a, b)) faults.push(`${a.name} touches ${b.name}`);
        for (const line of svg.querySelectorAll(":scope > path[fill=none]"))
            for (let at = 0; at <= line.getTotalLength(); at += 2) {
                const { x, y } = line.getPointAtLength(at);
                if (a.left < x && x < a.right && a.top < y && y < a.bottom) {
                    faults.push(`a line goes through ${a.name}`);
                    break;
                }
            }
    }
    return faults;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser({}) as opened:
        yield opened


def test_the_committed_figures_are_what_the_script_draws() -> None:
    committed = {
        path.relative_to(NOTES).as_posix(): path.read_text(encoding="utf-8")
        for path in NOTES.rglob("*.svg")
    }
    assert committed == DRAWN


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_is_shipped_byte_for_byte(name: str) -> None:
    data = DRAWN[name].encode()
    assert clean_svg(data) is data


def test_a_figure_differs_from_its_dark_variant_in_colours_alone() -> None:
    assert LIGHT.keys() == DARK.keys()
    for name in (name for name in DRAWN if ".dark" not in name):
        day, night = DRAWN[name], DRAWN[name.replace(".svg", ".dark.svg")]
        for palette in (LIGHT, DARK):
            for colour in palette.values():
                day, night = day.replace(colour, "#"), night.replace(colour, "#")
        assert day == night


@pytest.mark.slow
def test_no_words_of_a_figure_touch_anything(browser: Browser) -> None:
    faults = {}
    for name in (name for name in DRAWN if ".dark" not in name):
        browser.pages["/figure"] = (
            f'<!doctype html><meta charset=utf-8><body style="margin:0">{DRAWN[name]}'
        )
        browser.open("/figure", (WIDTH, 780))
        faults[name] = browser.page.evaluate(FAULTS)
    assert {name: found for name, found in faults.items() if found} == {}
