"""Whole files: what cannot be read, and how their lines end."""

from __future__ import annotations

from ankify.checks.registry import seen_by_the_reader

seen_by_the_reader(
    "unreadable",
    """A file that cannot be read at all

    A note file that is not UTF-8 or has the marks of a git conflict, an `ankify.toml` with an
    unknown setting or a value of the wrong type, a folder without permission: always an error,
    and nothing is built until that is fixed. The message names file and line.
    """,
)


seen_by_the_reader(
    "front-matter",
    """Front matter that is broken, or of a wrong type

    YAML on top of a note file with a colon, a `#` or a bracket too many: the message names the
    line. What can be read line by line is taken all the same. `deck` is a name, `tags` a list of
    tags, `order` a number.
    """,
)


seen_by_the_reader(
    "mixed-line-ends",
    """A note file with both Windows and Unix line ends

    Git then shows whole files as changed. Let the editor save it with one kind.
    """,
)


seen_by_the_reader(
    "unfollowed-link",
    """A link to notes that are left out

    The name of a note file that links to one outside of the notes folder, or to none; a link to a
    folder outside. They may lead to anything on this machine, so they are not followed.
    """,
)
