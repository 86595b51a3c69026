"""The numbers of questions: twice, or left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ankify.checks.registry import rule
from ankify.model import Page, Problem, Project, Question


@dataclass(frozen=True)
class _Numbered:
    question: Question
    number: int


def _numbered(page: Page) -> Iterator[list[_Numbered]]:
    """The questions of a file by section and by all but the last part of their numbers, in order.

    Where numbering starts again, a new run begins.
    """
    runs: dict[tuple[object, ...], list[_Numbered]] = {}
    asked = sorted((*page.questions, *page.unanswered), key=lambda question: question.line)
    for question in asked:
        head, number = _last_number(question.number or "")
        if number is None:
            continue
        run = runs.get((question.trail, head))
        if run is None or (number < run[-1].number and number <= 1):
            if run:
                yield run
            run = runs[question.trail, head] = []
        run.append(_Numbered(question, number))
    yield from runs.values()


def _last_number(number: str) -> tuple[str, int | None]:
    """`3.4.12` -> `3.4.` and 12; None for what does not end in a number."""
    found = re.fullmatch(r"(.*?)(\d+)", number)
    return (found[1], int(found[2])) if found else (number, None)


@rule
def duplicate_number(project: Project) -> Iterator[Problem]:
    """A number that two questions of one section have

    Only where the numbers go up otherwise: that a section starts again at 1 is nothing to report.
    """
    for page in project.pages:
        for run in _numbered(page):
            if not _goes_up(run):
                continue
            for one, two in pairwise(run):
                if one.number == two.number:
                    yield Problem(
                        two.question.location,
                        "duplicate-number",
                        f"number {two.question.number} appears twice"
                        f" (first at line {one.question.line})",
                        hint="give it a number of its own",
                    )


@rule
def number_gap(project: Project) -> Iterator[Problem]:
    """A number that is left out

    Only where all other numbers of the section follow each other. A question may have got lost, or
    its heading may be one that ankify does not see as a question.
    """
    for page in project.pages:
        known = {heading.number for heading in page.survey.headings}
        known |= {re.sub("[a-z]+$", "", number or "") for number in known}  # 17a, 17b
        for run in _numbered(page):
            steps = [(one, two) for one, two in pairwise(run) if two.number > one.number + 1]
            if len(run) < LONG_RUN or len(steps) != 1 or not _goes_up(run):
                continue
            one, two = steps[0]
            if two.number == one.number + 2 and _before(two) not in known:
                yield Problem(
                    two.question.location,
                    "number-gap",
                    f"no question {_before(two)}: {one.question.number} is followed by"
                    f" {two.question.number}",
                )


def _goes_up(run: Sequence[_Numbered]) -> bool:
    """Whether the numbers of a run never go down, and seldom stay."""
    stays = sum(one.number == two.number for one, two in pairwise(run))
    falls = any(two.number < one.number for one, two in pairwise(run))
    return not falls and stays <= SELDOM * len(run)


LONG_RUN = 4  # questions of a section: of fewer the numbers may be any
SELDOM = 0.25  # of the numbers of a section that are there twice


def _before(it: _Numbered) -> str:
    head, _ = _last_number(it.question.number or "")
    return f"{head}{it.number - 1}"
