"""The anchors that GitHub makes of headings."""

from __future__ import annotations

import re
import unicodedata


def slug(title: str) -> str:
    """The anchor that GitHub makes of a heading: `3. What's new?` -> `3-whats-new`."""
    return _NOT_IN_SLUG.sub(_accent, title.strip().lower()).replace(" ", "-")


_NOT_IN_SLUG = re.compile(r"[^\w -]")  # all but letters, digits and what `_accent` keeps


def _accent(sign: re.Match[str]) -> str:
    """The sign itself if it is a part of the letter before it, else nothing."""
    return sign[0] if unicodedata.category(sign[0])[0] == "M" else ""
