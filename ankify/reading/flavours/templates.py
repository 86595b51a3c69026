"""Templates for notes, and drawings, which hold no question of anybody's."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ankify.reading.flavours.flavour import Flavour

# Headings that a program fills in: ## 1. {{title}}, # <% tp.file.title %>
_FILLED_IN = re.compile(
    r"^[ \t]*#{1,6}[ \t][^\n]*?(?:\{\{[ \t]*(?:title|date|time|name)\b[^{}\n]*\}\}|<%[^%\n]*%>)",
    re.MULTILINE,
)


def is_template(flavour: Flavour, path: str, text: str) -> bool:
    """Whether a note file is a template: by its folder, or by headings that are to be filled in."""
    if flavour.settings.flavour == "github":
        return False
    if flavour.vault.is_template(path):
        return True
    folder = path.rpartition("/")[0].lower()
    named = "template" in folder or "模板" in folder or "vorlage" in folder
    return named and ("{{" in text or "<%" in text) and bool(_FILLED_IN.search(text))


def is_drawing(flavour: Flavour, path: str, front_matter: Mapping[str, object]) -> bool:
    """Whether a note file is a drawing of Excalidraw: by its name, or by its front matter."""
    if flavour.settings.flavour == "github":
        return False
    return path.lower().endswith(".excalidraw.md") or "excalidraw-plugin" in front_matter
