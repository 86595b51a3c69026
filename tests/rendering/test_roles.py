"""What a block of an answer is for: lead, introduction, symbols of a formula, figure."""

from __future__ import annotations

import re

import pytest
from gfm_oracle import render

from ankify.rendering.fields import RenderOptions

LONG = "Much is said here, and " * 8


def roles(text: str) -> list[str]:
    """The blocks of an answer that have a class, as `p.lead`."""
    answer = render(text, RenderOptions()).answer
    return [f"{tag}.{name}" for tag, name in re.findall(r'<(\w+) class="([^"]*)"', answer)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Short.\n\nMore.", ["p.lead"]),
        ("Alone.", []),
        (f"{LONG}.\n\nMore.", []),
        ("- no paragraph\n\nMore.", []),
        ("The points:\n\n- one\n- two", ["p.intro"]),
        ("So.\n\n要点：\n\n1. 一\n2. 二", ["p.lead", "p.intro"]),
        ("So.\n\nIt ends with a colon:\n\nMore.", ["p.lead"]),
        ("So.\n\nIn code:\n\n```\nx\n```", ["p.lead", "p.intro"]),
        ("- as follows:\n\n  - deeper\n\n- b", ["p.intro"]),
        ("![a](b.png)", ["p.figure"]),
        ("So.\n\n[![a](b.png)](https://example.org)", ["p.lead", "p.figure"]),
        ("A ![a](b.png) in the text.\n\nMore.", []),
        ("$$\nx\n$$\n\n- $x$ is one\n- $y$ is two", ["ul.symbols"]),
        ("$$\nx\n$$\n\nwhere:\n\n- $x$ is one", ["p.intro symbols", "ul.symbols"]),
        ("$$\nx\n$$\n\n- $x$ is one\n- the other", []),
        ("- $x$ is one\n- $y$ is two", []),
    ],
)
def test_a_block_has_a_role(text: str, found: list[str]) -> None:
    assert roles(text) == found


def test_as_on_github_nothing_has_a_role() -> None:
    answer = render("So.\n\n- $x$ ，\n\n![a](b.png)", RenderOptions(for_phone=False)).answer
    assert "class" not in answer
    assert r"\(x\) ，" in answer
