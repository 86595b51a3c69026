"""What became of each group of titles, in words, and what its author can write against it."""

from __future__ import annotations

from collections.abc import Set

from ankify.config import LEVELS
from ankify.model import Ruling
from ankify.questions import thresholds as limit
from ankify.questions.choice.search import Finding, Outline, Search
from ankify.questions.evidence import FileIndex, Group
from ankify.questions.styles import WEAK
from ankify.questions.verdicts import (
    AMONG,
    BESIDE,
    NAME,
    NEVER,
    OTHER_LIST,
    OTHER_PART,
    OTHERS_SAID,
    OWN,
    PLAINER,
    WITHIN,
    Reason,
)


def explain_given(
    file: FileIndex, questions: Set[int], why: Reason, other: Reason = OTHERS_SAID
) -> tuple[Finding, ...]:
    """Say of each group that the author has decided: these are the questions, the others not."""
    groups = [*file.numbered.values(), *file.unnumbered.values(), *file.others.values()]
    return tuple(
        Finding(group, Ruling.QUESTIONS, why.name, why.reason)
        if not questions.isdisjoint(group)
        else Finding(group, Ruling.REFUSED, other.name, other.reason)
        for group in groups
    )


def explain_whole(file: FileIndex, at: int, inside: frozenset[int], *, unnumbered: bool) -> Outline:
    """The outline of a file that is one question, whose title is at a position.

    What is `inside` of it are questions of their own: those on the subject at the end of a lesson.
    """
    ruling = Ruling.QUESTIONS if unnumbered else Ruling.UNNUMBERED
    findings = tuple(
        finding._replace(ruling=ruling, name=NAME.name, reason=NAME.reason)
        if at in finding.group
        else finding
        for finding in explain_given(file, inside, OWN, other=WITHIN)
    )
    if unnumbered:
        return Outline(inside | {at}, findings=findings)
    return Outline(inside, 1, findings=findings)


def explain(
    search: Search, questions: frozenset[int], between: frozenset[int] = frozenset()
) -> tuple[Finding, ...]:
    """Say of each group what became of it, as the steps have recorded, or by where it is."""
    file = search.file
    groups = [*file.numbered.values(), *file.unnumbered.values()]
    found = [_finding(search, group, questions, between) for group in groups]
    never = (Finding(group, Ruling.REFUSED, *NEVER) for group in file.others.values())
    return (*found, *never)


def _finding(
    search: Search, group: Group, questions: frozenset[int], between: frozenset[int]
) -> Finding:
    known = search.findings.get(group.positions)
    if known and (known.ruling is Ruling.QUESTIONS) != questions.isdisjoint(group):
        return known
    if not questions.isdisjoint(group):
        return Finding(group, Ruling.QUESTIONS, *(AMONG if between & {*group} else OTHER_PART))
    if not between.isdisjoint(group):
        return Finding(group, Ruling.UNNUMBERED, *AMONG)
    if group.first.kind in WEAK:
        return Finding(group, Ruling.REFUSED, *PLAINER)
    if search.chosen and not group.first.read.number:
        return Finding(group, Ruling.REFUSED, *BESIDE)
    return Finding(group, Ruling.REFUSED, *OTHER_LIST)


def overrule(finding: Finding) -> str:
    """What the author can write to decide otherwise: a setting in `ankify.toml`, or a comment.

    A level is one for all files of a folder, and so worth it for several titles alone.
    """
    if finding.ruling is Ruling.QUESTIONS:
        return "<!-- ankify: ignore -->"
    if finding.ruling is Ruling.UNNUMBERED:
        return "unnumbered = true"
    if finding.name == NEVER.name or len(finding.group) < limit.COUNTED_TITLES:
        return "<!-- ankify: question -->"
    level = finding.group.first.level
    names = {number: f'"{name}"' for name, number in LEVELS.items()}
    return f"level = {names.get(level, level)}"
