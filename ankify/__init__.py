"""ankify: a folder of Markdown notes becomes an Anki deck that survives every edit of the notes.

    deck = ankify.build("notes")
    print(deck.path, len(deck.project.notes))

The names below are stable. They are loaded when first used, so that `import ankify` costs nothing.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"
__all__ = [
    "AnkifyError",
    "Change",
    "ChangeKind",
    "Content",
    "Deck",
    "Forecast",
    "Location",
    "Media",
    "Note",
    "Package",
    "Page",
    "Problem",
    "Progress",
    "Project",
    "PushOptions",
    "PushPlan",
    "PushReport",
    "Question",
    "ReadOptions",
    "Rendered",
    "Settings",
    "Severity",
    "__version__",
    "build",
    "check",
    "diff",
    "named_fields",
    "progress",
    "push",
    "read_apkg",
    "read_project",
    "read_settings",
    "write_apkg",
    "write_lock",
]

TYPE_CHECKING = False  # as type checkers know it; a build of nothing new does not import typing
if TYPE_CHECKING:
    from typing import Any

    from ankify.anki.forecast import Forecast, diff
    from ankify.anki.note_type import named_fields
    from ankify.anki.plan import PushPlan
    from ankify.anki.progress import Progress
    from ankify.anki.push import PushReport
    from ankify.anki.read import Package, read_apkg
    from ankify.anki.write import write_apkg
    from ankify.building.deck import Deck
    from ankify.checks.rules import check
    from ankify.config import Settings, read_settings
    from ankify.identity.lock import write_lock
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
        Rendered,
        Severity,
    )
    from ankify.pipeline import ReadOptions, build, read_project
    from ankify.running_anki import PushOptions, progress, push

_MODULE_OF = {
    "PushOptions": "ankify.running_anki",
    "progress": "ankify.running_anki",
    "push": "ankify.running_anki",
    "Forecast": "ankify.anki.forecast",
    "diff": "ankify.anki.forecast",
    "named_fields": "ankify.anki.note_type",
    "Package": "ankify.anki.read",
    "read_apkg": "ankify.anki.read",
    "PushPlan": "ankify.anki.plan",
    "Progress": "ankify.anki.progress",
    "PushReport": "ankify.anki.push",
    "write_apkg": "ankify.anki.write",
    "Deck": "ankify.building.deck",
    "check": "ankify.checks.rules",
    "Settings": "ankify.config",
    "read_settings": "ankify.config",
    "ReadOptions": "ankify.pipeline",
    "build": "ankify.pipeline",
    "read_project": "ankify.pipeline",
    "write_lock": "ankify.identity.lock",
}


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(_MODULE_OF.get(name, "ankify.model")), name)
    raise AttributeError(f"module 'ankify' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__]
