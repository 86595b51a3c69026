"""The rooms of docs/architecture.md, held true: imports go up its table, never down."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "ankify"
ENTRANCES = {"__init__", "__main__"}
ONLY_IN = {"click": {"cli"}, "genanki": {"apkg"}, "anki": set(), "aqt": set()}


def rooms() -> dict[str, set[str]]:
    """The table of docs/architecture.md: room -> what it may import from ankify."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)\.py` \|.*\|([^|]*)\|$", text, re.MULTILINE)
    table: dict[str, set[str]] = {}
    for room, allowed in rows:
        above = set(table) if "all above" in allowed else set(re.findall(r"`(\w+)`", allowed))
        table[room] = above
    return table


def imported(room: str) -> tuple[set[str], set[str]]:
    """What a room imports: rooms of ankify, and other packages."""
    own: set[str] = set()
    others: set[str] = set()
    for node in ast.walk(ast.parse((PACKAGE / f"{room}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "ankify":
            own |= {alias.name for alias in node.names if (PACKAGE / f"{alias.name}.py").exists()}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ankify."):
            own.add((node.module or "").split(".")[1])
        elif isinstance(node, ast.ImportFrom):
            others.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.Import):
            others |= {alias.name.split(".")[0] for alias in node.names}
    return own, others - set(sys.stdlib_module_names) - {"__future__"}


def test_every_room_stands_in_the_table() -> None:
    assert rooms().keys() == {path.stem for path in PACKAGE.glob("*.py")} - ENTRANCES


@pytest.mark.parametrize("room", sorted(rooms()))
def test_a_room_imports_only_what_the_table_allows(room: str) -> None:
    own, others = imported(room)
    assert own <= rooms()[room]
    assert not [name for name in others if room not in ONLY_IN.get(name, {room})]


def test_the_table_has_no_circle() -> None:
    order = list(rooms())
    for room, allowed in rooms().items():
        assert all(order.index(name) < order.index(room) for name in allowed), room
