"""Papers that are linked in several ways."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankify.checks.registry import rule
from ankify.model import Location, Page, Problem, Project

# https://arxiv.org/pdf/2302.05543v3, https://doi.org/10.1145/3528223, .../forum?id=abc
PAPER = re.compile(
    r"""arxiv\.org/(?:abs|pdf|html)/(?P<arxiv>\d{4}\.\d{4,5}|[a-z-]+/\d{7})
    | doi\.org/(?P<doi>10\.[^\s?#]+) | openreview\.net/\w+\?id=(?P<review>[\w-]+)""",
    re.IGNORECASE | re.VERBOSE,
)


@rule
def same_paper_link(project: Project) -> Iterator[Problem]:
    """Two note files that name the same paper as theirs

    A paper linked above the first question of a file, alone, is the paper the file is about. The
    same link in two files was copied, and one of the two is wrong.
    """
    first: dict[str, Location] = {}
    for page in project.pages:
        papers = _papers(page)
        if len(papers) != 1:
            continue
        [(paper, line)] = papers.items()
        here = Location(page.file, line)
        other = first.setdefault(paper, here)
        if other != here:
            yield Problem(
                here,
                "same-paper-link",
                f"the same paper as in {other}: {paper}",
                hint="one of the two links was copied",
            )


def _papers(page: Page) -> dict[str, int]:
    """The papers linked above the first question, each with its first line."""
    end = page.questions[0].line if page.questions else 0
    found: dict[str, int] = {}
    for link in page.survey.links:
        paper = PAPER.search(link.href)
        if paper and link.line < end:
            found.setdefault(next(filter(None, paper.groups())).lower(), link.line)
    return found
