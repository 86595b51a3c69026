"""`check`: all rules, each family in a module of its own, on a project that was read."""

from __future__ import annotations

from ankify.checks import (  # noqa: F401 (each declares its rules)
    cards,
    contents,
    files,
    flavours,
    formulas,
    left_out,
    markup,
    numbering,
    papers,
    pictures,
    questions,
    settings,
)
from ankify.checks.registry import RULES
from ankify.model import ChangeKind, Page, Problem, Project


def check(project: Project) -> tuple[Problem, ...]:
    """Find everything in the notes that their author can fix, sorted by place.

    What the reader has found is in it, too; rules that are switched off in `ankify.toml` or by a
    comment in the notes are not. Nothing is written, and of the notes folder only the names of the
    pictures are read.
    """
    pages = {page.file: page for page in project.pages}
    found = set(project.problems)
    for each in RULES.values():
        if each.find and each.id not in project.rules_off:
            found.update(
                problem
                for problem in each.find(project)
                if not _switched_off(problem, pages.get(problem.location.file))
            )
    return tuple(sorted(found))


def _switched_off(problem: Problem, page: Page | None) -> bool:
    return page is not None and page.switched_off(problem.rule, problem.location.line)


def why_removed(project: Project) -> tuple[Problem, ...]:
    """The warnings of files whose questions are gone since the last build for want of a number."""
    gone = {one.location.file for one in project.changes if one.kind is ChangeKind.REMOVED}
    if not any(page.survey.unnumbered for page in project.pages if page.file in gone):
        return ()
    found = questions.unnumbered_questions(project)
    return tuple(sorted(problem for problem in found if problem.location.file in gone))
