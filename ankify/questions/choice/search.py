"""The search for the questions of a file: what is chosen so far, and what became of the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ankify.model import Ruling
from ankify.questions import thresholds as limit
from ankify.questions.evidence import FileIndex, Group, Nesting
from ankify.questions.sections import bare_sections, is_quiz, section_ground
from ankify.questions.styles import Style, style_of
from ankify.questions.titles import HEADINGS
from ankify.questions.verdicts import (
    IN_CHAPTERS,
    MINOR,
    TITLE,
    Ground,
    Reason,
    is_exception,
    is_minor,
    is_stray,
    is_title_of_file,
    judge,
)

Groups = Mapping[Style, Group]


class Finding(NamedTuple):
    """What became of a group, and why."""

    group: Group
    ruling: Ruling
    name: str
    reason: str


class Outline(NamedTuple):
    """Where the questions of a file are.

    `candidates` counts the un-numbered titles that would be questions if they were asked for.
    `undecided` is the first of the sections that may as well be the questions. `findings` say of
    each group of titles what became of it.
    """

    questions: frozenset[int]
    candidates: int = 0
    undecided: int | None = None
    findings: tuple[Finding, ...] = ()


@dataclass
class Search:
    """The search for the questions of one file; each step changes what is `chosen` so far.

    `numbered` are the groups with numbers, `unnumbered` says whether those without may be taken;
    `asking` is the group of the latter that would be.
    """

    file: FileIndex
    numbered: Groups
    unnumbered: bool
    chosen: Group = field(init=False)
    asking: Group = field(init=False)
    findings: dict[tuple[int, ...], Finding] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chosen = self.asking = self.file.group(())

    @property
    def ruling(self) -> Ruling:
        """What titles without a number are that ask."""
        return Ruling.QUESTIONS if self.unnumbered else Ruling.UNNUMBERED

    def record(self, group: Group, ruling: Ruling, why: Reason | Ground[Any]) -> None:
        """Note what became of a group; what is found later counts."""
        self.findings[group.positions] = Finding(group, ruling, why.name, why.reason)

    def leave(self, left: Set[int]) -> None:
        """Leave titles out of the groups with numbers, and groups of which none is left."""
        rest = (
            (style, self.file.group(at for at in group if at not in left))
            for style, group in self.numbered.items()
        )
        self.numbered = {style: group for style, group in rest if group}


def by_section(group: Group) -> list[Group]:
    """The titles of a group by the heading above them."""
    sections: dict[int, list[int]] = defaultdict(list)
    for at in group:
        sections[section_of(group.file, at)].append(at)
    return list(map(group.file.group, sections.values()))


def section_of(file: FileIndex, at: int) -> int:
    """The line of the heading above a title; -1 above all headings."""
    above = file.parents.get(at)
    return above.line if above else -1


def outermost(search: Search, groups: Groups) -> Group:
    """Go from the outermost group inwards, past those that only hold others."""
    chosen = search.file.group(())
    has_chapters = False
    for style, group in _in_order(groups):
        beside = style._replace(family="exercise") if style.family == "labelled" else None
        if chosen and style_of(chosen.first) == beside:  # `## Problem 1` beside `## Question 1`
            search.record(group, Ruling.QUESTIONS, judge(group))
            chosen = search.file.group(sorted({*chosen, *group}))
        elif chosen:
            chosen = inwards(search, Nesting(chosen, group))
        elif is_title_of_file(group):
            search.record(group, Ruling.REFUSED, TITLE)
        elif is_minor(group):
            ground = judge(group)
            search.record(group, Ruling.REFUSED, MINOR if ground.accepts else ground)
            has_chapters |= is_exception(group)
        elif not (ground := judge(group)).accepts:
            search.record(group, Ruling.REFUSED, ground)
            has_chapters |= style.kind in HEADINGS and not is_stray(group)
            if style.family == "exercise" and style._replace(family="labelled") in groups:
                has_chapters = False  # the questions are beside these
        elif has_chapters and group.share_asking < limit.MOST_ASK and not group.names_terms:
            search.record(group, Ruling.REFUSED, IN_CHAPTERS)
            has_chapters |= style.kind in HEADINGS
        else:  # what is in chapters has to ask aloud to be a question
            search.record(group, Ruling.QUESTIONS, ground)
            chosen = group
    return chosen


def _in_order(groups: Groups) -> list[tuple[Style, Group]]:
    """The groups from the outermost to the innermost.

    Of the titles of one level those with a label come first if they are more: others are steps.
    """
    levels = [it.level for it in groups if it.kind in HEADINGS and it.arabic]
    found = sorted(
        groups.items(),
        key=lambda it: it[0]._replace(arabic=it[0].arabic or it[0].level > min(levels, default=0)),
    )
    for at, (style, group) in enumerate(found):
        beside = [
            it
            for it, (other, less) in enumerate(found[:at])
            if (other.kind, other.level) == (style.kind, style.level)
            and other.family != "exercise"
            and len(less) < len(group)
        ]
        if beside and style.family == "labelled":
            found.insert(beside[0], found.pop(at))
    return found


def inwards(search: Search, nesting: Nesting) -> Group:
    """Take the inner group if the outer one is sections, else what sections there are in it.

    One by one: a section with an answer of its own and no inner titles is a question, and a
    question that does not ask and only holds questions is a section.
    """
    outer, inner, file = nesting.outer, nesting.inner, nesting.file
    ground = section_ground(nesting)
    if ground.accepts:
        search.record(outer, Ruling.SECTIONS, ground)
        search.record(inner, Ruling.QUESTIONS, judge(inner))
        holders = {start for start, _ in nesting.holders}
        own = [s for s, end in outer.spans if s not in holders and file.has_own_answer(s, end)]
        if is_quiz(nesting):
            own = [at for at in own if file.asks(at)]
        return file.group(sorted([*inner, *own]))
    if _is_follow_ups(nesting):
        search.record(inner, Ruling.QUESTIONS, judge(inner))
        return file.group(sorted({*outer, *inner}))
    search.record(inner, Ruling.PARTS, _as_parts(ground))
    sections = bare_sections(nesting)
    if not sections:
        return outer
    held = [at for span in sections for at in inner.within(*span)]
    return file.group(sorted({*outer, *held} - {start for start, _ in sections}))


def _is_follow_ups(nesting: Nesting) -> bool:
    """Whether inner titles ask further, on the same level: `## 1-1. Why?` below `## 1. X`."""
    outer, inner = nesting.outer, nesting.inner
    own, other = outer.first, inner.first
    if (own.kind, own.level) != (other.kind, other.level) or own.kind not in HEADINGS:
        return False
    if inner.share_with_question_mark < limit.MOST_ASK:  # `## 1.1 How to X` is a part
        return False
    return min(inner.share_asking, inner.share_answered, outer.share_asking) >= limit.NEARLY_ALL_ASK


def _as_parts(ground: Ground[Nesting]) -> Reason:
    """Why inner titles are parts of answers: what their outer ones are."""
    return Reason(ground.name, f"are inside of questions, which {ground.reason}")


def first_in(group: Group, start: int, end: int) -> int:
    """The first title of a group between two positions, or the second of these."""
    return next(iter(group.within(start, end)), end)


def is_inside(at: int, chosen: Group, ends: Mapping[int, int]) -> bool:
    """Whether a position is within the answer to one of the questions."""
    index = bisect_left(chosen.positions, at)
    return index > 0 and at < ends[chosen[index - 1]]
