"""The settings of `ankify check` itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ankify.checks.registry import RULES, rule
from ankify.config import CONFIG_NAME
from ankify.files import MEGABYTE, read_file
from ankify.model import Location, Problem, Project, Severity


@rule
def unknown_rule(project: Project) -> Iterator[Problem]:
    """A rule to switch off that there is not

    In `off` of `[check]` in `ankify.toml`, or in a comment `<!-- ankify: off=... -->`.
    """
    places = [(_in_settings(project.root, name), name) for name in project.rules_off]
    for page in project.pages:
        places += [(Location(page.file, line), name) for line, name in page.survey.off]
    for place, name in places:
        if name not in RULES:
            from difflib import get_close_matches  # few settings have a slip

            near = get_close_matches(name, RULES, 1)
            hint = f"did you mean {near[0]}?" if near else "docs/rules.md lists them all"
            yield Problem(place, "unknown-rule", f"no such rule: {name}", Severity.ERROR, hint)


def _in_settings(root: Path, name: str) -> Location:
    """Where `ankify.toml` names a rule; settings that were given otherwise have no line."""
    try:
        lines = read_file(root / CONFIG_NAME, MEGABYTE).decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    found = (
        number
        for number, line in enumerate(lines, 1)
        if re.search(rf"[\"']{re.escape(name)}[\"']", line)
    )
    return Location(CONFIG_NAME, next(found, 0))
