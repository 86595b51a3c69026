"""JSON that others have written: packages, and what answers in the place of AnkiConnect."""

from __future__ import annotations

import json
from typing import Any

# Commas. `[],[],` without an end takes 30 times its length of memory; a collection with a million
# cards or media files has a million.
MOST_PARTS = 4_000_000


def refuse_endless(text: str | bytes) -> None:
    """Raise ValueError where JSON has far more parts than any collection."""
    count = text.count(",") if isinstance(text, str) else text.count(b",")
    if count > MOST_PARTS:
        raise ValueError(f"a list in it has more than {MOST_PARTS:,} parts")


def load(text: str | bytes) -> Any:
    """Read JSON. Raises ValueError where it is none, or endless, and RecursionError."""
    refuse_endless(text)
    return json.loads(text)
