"""Raw HTML that cards lose, and comments to ankify that it does not know."""

from __future__ import annotations

from ankify.checks.registry import seen_by_the_reader

seen_by_the_reader(
    "removed-html",
    """Raw HTML that is left out of the cards

    GitHub takes it out as well. It is reported at the first place of each tag in a file.
    """,
)


seen_by_the_reader(
    "unknown-comment",
    """A comment to ankify that does nothing

    `<!-- ankify: ignor -->`, or two things in one comment. The ones there are stand in
    [how questions are found](dialects.md) and above.
    """,
)
