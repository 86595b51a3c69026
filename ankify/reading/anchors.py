"""Where notes and their headings can be found: anchors as GitHub makes them, and addresses."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote


def slug(title: str) -> str:
    """The anchor that GitHub makes of a heading: `3. What's new?` -> `3-whats-new`."""
    return _NOT_IN_SLUG.sub(_accent, title.strip().lower()).replace(" ", "-")


def as_linked(title: str) -> str:
    """A heading as Obsidian writes it in a link: `## [[C|In C]]: loops` is `C In C loops` there.

    `title` is the source of the heading.
    """
    return " ".join(_NOT_IN_LINK.sub(" ", title).split())


_NOT_IN_LINK = re.compile(r"[:#|^\\]|%%|\[\[|\]\]")
_NOT_IN_SLUG = re.compile(r"[^\w -]")  # all but letters, digits and what `_accent` keeps


def _accent(sign: re.Match[str]) -> str:
    """The sign itself if it is a part of the letter before it, else nothing."""
    return sign[0] if unicodedata.category(sign[0])[0] == "M" else ""


def in_obsidian(base: str) -> bool:
    """Whether `[source] url` opens a vault, `obsidian://open?vault=Plants`."""
    return base.startswith("obsidian:")


def address(base: str, file: str) -> str:
    """The address of a note file (posix) in a folder on the web, or in a vault of Obsidian's.

    A folder in the vault is named by `&file=Folder/` at the end of `base`.
    """
    if in_obsidian(base):
        return f"{base}{'' if 'file=' in base else '&file='}{quote(file, safe='')}"
    return f"{base.rstrip('/')}/{quote(file)}"
