"""The shapes of what `--json` prints: told in the docs, and held by what is printed."""

from __future__ import annotations

import inspect
import json
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Outcome

from ankify.commands.as_json import PRINTED

WORDS = {str: "text", int: "number", float: "number", bool: "true or false", types.NoneType: "null"}
NOTES = """# Sums

## 1. What is one and one?

Two. ![](two.png)

## 2. And two?

$4$

## And three?

Six.
"""


def named(kind: Any) -> str:
    """A type as the docs say it."""
    if kind in WORDS:
        return WORDS[kind]
    if typing.get_origin(kind) is list:
        return f"list of {named(typing.get_args(kind)[0])}"
    if isinstance(kind, types.UnionType):
        return " or ".join(map(named, typing.get_args(kind)))
    return f"[{kind.__name__}](#{kind.__name__.lower()})"


def below(kind: Any) -> Iterator[Any]:
    """The shapes that a shape holds."""
    for part in typing.get_args(kind) or typing.get_type_hints(kind).values():
        if typing.is_typeddict(part):
            yield part
        if typing.get_args(part) or typing.is_typeddict(part):
            yield from below(part)


def test_the_page_of_the_shapes_is_made_of_them(documented: Callable[[str, str], None]) -> None:
    shapes = [*PRINTED.values()]
    shapes += [part for kind in shapes for part in below(kind)]
    lines = ["| command | |\n|---|---|"]
    lines[0] += "".join(f"\n| `{name}` | {named(kind)} |" for name, kind in PRINTED.items())
    for kind in dict.fromkeys(shapes):
        lines.append(f"## {kind.__name__}\n\n{inspect.getdoc(kind)}")
        hints = typing.get_type_hints(kind)
        rows = "".join(f"\n| `{name}` | {named(hint)} |" for name, hint in hints.items())
        lines.append(f"| name | |\n|---|---|{rows}")
    documented("json.md", "\n\n".join(lines))


def fits(value: object, kind: Any) -> bool:
    """Whether a value of JSON is of a type."""
    if typing.is_typeddict(kind):
        hints, needed = typing.get_type_hints(kind), kind.__required_keys__
        return isinstance(value, dict) and (
            needed <= value.keys() <= hints.keys()
            and all(fits(value[name], hints[name]) for name in value)
        )
    if typing.get_origin(kind) is list:
        return isinstance(value, list) and all(fits(it, typing.get_args(kind)[0]) for it in value)
    if isinstance(kind, types.UnionType):
        return any(fits(value, part) for part in typing.get_args(kind))
    return type(value) is kind


NEED_ANKI = ("ankify push --json", "ankify progress --json")  # mypy holds their shapes


@pytest.mark.parametrize("command", [name for name in PRINTED if name not in NEED_ANKI])
def test_what_is_printed_has_its_shape(
    project: Callable[..., Path], run: Callable[..., Outcome], command: str
) -> None:
    root = project({"Sums.md": NOTES})
    if "adopt" in command:
        assert run("build", "notes", "-o", "old.apkg")[0] == 0
        (root / "ankify.lock").unlink()
    words = [*command.split()[1:], *(["old.apkg"] if "adopt" in command else []), "notes"]
    printed = json.loads(run(*words)[1])
    found = printed if isinstance(printed, list) else [printed]
    assert found
    for value in found:
        assert fits(value, PRINTED[command]), value
