"""How a rule of `ankify check` is declared: id, text and finder in one place.

A rule is a function that yields problems; its name, with dashes, is its id, and its docstring is
what docs/rules.md says of it. Rules whose problems are found while the notes are read are declared
beside them: their problems come with the project.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ankify.model import Problem, Project

Find = Callable[[Project], Iterable[Problem]]


class Rule(NamedTuple):
    """A check: its id, what it is about (Markdown, first line a title), and what finds it.

    `find` is None where the reader finds it: the problems are in `Project.problems` already.
    """

    id: str
    text: str
    find: Find | None = None


RULES: dict[str, Rule] = {}


def rule(find: Find) -> Find:
    """Add a function to the rules."""
    name = find.__name__.replace("_", "-")
    RULES[name] = Rule(name, inspect.cleandoc(find.__doc__ or ""), find)
    return find


def seen_by_the_reader(name: str, text: str) -> None:
    """Add a rule whose problems are found while the notes are read."""
    RULES[name] = Rule(name, inspect.cleandoc(text))
