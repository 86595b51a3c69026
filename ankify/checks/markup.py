"""Raw HTML that cards lose, comments that ankify does not know, blocks that are not closed."""

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


seen_by_the_reader(
    "unclosed-block",
    """A code fence or a comment that holds titles, because it is not closed

    A fence without a closing one goes on to the end of the file, or to that of the next code, and
    `<!--` without `-->` too: the questions in there are none. It is reported where lines in it look
    like headings, or ask and have a number.
    """,
)
