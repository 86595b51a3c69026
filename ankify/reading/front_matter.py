"""YAML on top of a note file: taken off, read, and reported where it is broken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ankify.model import Location, Problem

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE
)
# With the text glued to its last line, `---## Title`: then all above are plain lines.
_GLUED = re.compile(
    r"\A---[ \t]*\n(?P<yaml>(?:[A-Za-z_][\w-]*:[ \t]+\S.*\n)+)---(?=#{1,6}[ \t]+\S)"
)
_KEY = re.compile(r"(?P<key>[A-Za-z_][\w -]*?)[ \t]*:(?:[ \t]+(?P<value>.*))?\Z")
# Characters that are read as YAML, and brackets in one another: PyYAML takes a second for 30,000,
# and the square of the depth; `1:20:20...` is one number of any length.
_LARGEST, _DEEPEST = 30_000, 100
_BRACKET = re.compile(r"[\[\]{}]")
# What ankify reads: its name, and what its value has to be.
_TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    "deck": ((str,), "the name of a deck"),
    "tags": ((str, list), "a list of tags"),
    "order": ((int, float), "a number"),
}


class FrontMatter(NamedTuple):
    """The values of the front matter, the text below it (lines in place), and what is wrong."""

    values: Mapping[str, object]
    text: str
    problems: tuple[Problem, ...] = ()


def cut_front_matter(path: str, text: str) -> FrontMatter:
    """Take the front matter off a text (with `\\n` line ends); `path` goes into problems only.

    Two rules with text between them are no front matter: its first line gives a key a value.
    """
    found = _GLUED.match(text) or _FRONT_MATTER.match(text)
    if not found:
        return FrontMatter({}, text)
    lines = found["yaml"].split("\n")
    if len(found["yaml"]) > _LARGEST:
        lines = found["yaml"][:_LARGEST].split("\n")[:-1]
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    values, error = _read(found["yaml"])
    if values is None and not _KEY.match(first):
        return FrontMatter({}, text)
    below = "\n" * text.count("\n", 0, found.end()) + text[found.end() :]
    if values is not None:
        return FrontMatter(values, below, tuple(_mistyped(path, lines, values)))
    message = f"the front matter is not valid YAML{': ' if error.reason else ''}{error.reason}"
    hint = "put a value with a colon, a # or brackets into quotes; what could be read is taken"
    problem = Problem(Location(path, error.line + 2), "front-matter", message, hint=hint)
    values = dict(_line_by_line(lines))
    return FrontMatter(values, below, (problem, *_mistyped(path, lines, values)))


class _Error(NamedTuple):
    line: int = 0  # 0-based, in the YAML
    reason: str = ""


def _read(text: str) -> tuple[Mapping[str, object] | None, _Error]:
    """The values of some YAML; None where it is broken, or something else than a mapping."""
    import yaml  # 12 ms; most notes have no front matter

    if len(text) > _LARGEST:
        return None, _Error(reason=f"it has more than {_LARGEST} characters")
    if _depth(text) > _DEEPEST:
        return None, _Error(reason="brackets in one another without an end")
    try:
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark or error.problem_mark  # where the bracket opens
        return None, _Error(mark.line if mark else 0, error.problem or "")
    except Exception:  # PyYAML has no one error: 2024-99-99, !!bool maybe, [[[[...
        return None, _Error()
    if not isinstance(values, dict):
        return None, _Error()
    return {key: _sayable(value) for key, value in values.items()}, _Error()


def _depth(text: str) -> int:
    """How deep the brackets of a text are in one another at the most."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _sayable(value: object) -> object:
    """The value, with hexadecimal text for numbers that Python refuses to write: 0xfff..."""
    if isinstance(value, list):
        return [_sayable(item) if isinstance(item, int) else item for item in value]
    return hex(value) if isinstance(value, int) and value.bit_length() > 1000 else value


def _line_by_line(lines: list[str]) -> Iterator[tuple[str, object]]:
    """What can be read of broken YAML: each key with what is indented below it, on its own."""
    starts = [at for at, line in enumerate(lines) if _KEY.match(line)]
    for at, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        values, _ = _read("\n".join(lines[at:end]))
        found = _KEY.match(lines[at])
        if values:
            yield from values.items()
        elif found and _is_text(found["value"] or "") and not "".join(lines[at + 1 : end]).strip():
            yield found["key"], found["value"].strip()


def _is_text(value: str) -> bool:
    """Whether a value that YAML does not read was meant as text: `Soil: sand`."""
    return bool(value) and value[0] not in "[{\"'|>&*!"


def _mistyped(path: str, lines: list[str], values: Mapping[str, object]) -> Iterator[Problem]:
    for key, (types, wanted) in _TYPES.items():
        value = values.get(key)
        if value is None or (isinstance(value, types) and not isinstance(value, bool)):
            continue
        at = next((n for n, line in enumerate(lines) if re.match(rf"{key}\s*:", line)), 0)
        message = f"{key} in the front matter is not {wanted}, and is left out"
        yield Problem(Location(path, at + 2), "front-matter", message)
