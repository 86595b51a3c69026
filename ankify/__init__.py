"""ankify: a folder of Markdown notes becomes an Anki deck that survives every edit of the notes.

    project = ankify.read_project("notes")
    ankify.write_apkg(project, "build/notes.apkg")

The names below are stable. They are loaded when first used, so that `import ankify` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from ankify.anki.forecast import Forecast, diff
    from ankify.anki.package import Package, read_apkg, write_apkg
    from ankify.checks.rules import check
    from ankify.config import Settings, read_settings
    from ankify.model import (
        AnkifyError,
        Change,
        ChangeKind,
        Content,
        Location,
        Media,
        Note,
        Page,
        Problem,
        Project,
        Question,
        Severity,
    )
    from ankify.pipeline import read_project, write_lock

_HOMES = {
    "ankify.anki.package": ("Package", "read_apkg", "write_apkg"),
    "ankify.config": ("Settings", "read_settings"),
    "ankify.anki.forecast": ("Forecast", "diff"),
    "ankify.model": (
        *("AnkifyError", "Change", "ChangeKind", "Content", "Location", "Media", "Note", "Page"),
        *("Problem", "Project", "Question", "Severity"),
    ),
    "ankify.pipeline": ("read_project", "write_lock"),
    "ankify.checks.rules": ("check",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = ["__version__", *sorted(_HOME_OF)]


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'ankify' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__]
