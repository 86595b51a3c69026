"""Which titles of a note file are its questions, and which are sections or steps of an answer.

The search goes through named steps, one after the other; the grounds on which a step takes a group
or leaves it are in `verdicts.py`. docs/dialects.md has the rules in full.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from ankify.config import LEVELS
from ankify.model import Ruling
from ankify.questions import thresholds as limit
from ankify.questions.evidence import (
    HEADLINES,
    LISTED,
    WEAK,
    FileIndex,
    Group,
    Nesting,
    Style,
    share,
    style_of,
)
from ankify.questions.listed import with_items_between, without_options
from ankify.questions.parts import leads, parts_of_answers
from ankify.questions.titles import HEADINGS, Kind
from ankify.questions.verdicts import (
    AMONG,
    BARE,
    BESIDE,
    BY_LEVEL,
    EXERCISES,
    GOES_ON,
    IN_CHAPTERS,
    IN_SECTIONS,
    LESSON,
    MINOR,
    NAME,
    NEVER,
    ONE_QUESTION,
    OPTIONS,
    OTHER_LIST,
    OTHER_PART,
    OTHERS_SAID,
    OUTWEIGHED,
    OUTWEIGHS,
    OWN,
    PAPER,
    PLAINER,
    QUIET,
    SLIPPED,
    SOME_ASK,
    TASKS,
    TITLE,
    WITHIN,
    Ground,
    Reason,
    asks_seldom,
    bare_sections,
    is_catalogue,
    is_doubtful,
    is_exception,
    is_labelled_throughout,
    is_minor,
    is_only_catalogue,
    is_other_paper,
    is_plausible,
    is_quiz,
    is_section,
    is_section_of,
    is_stray,
    is_title_of_file,
    judge,
    judge_unnumbered,
    repeats,
    section_ground,
)
from ankify.questions.words import QUESTION_MARKS, QUIZ, names_questions, normal

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


def choose(file: FileIndex, *, unnumbered: bool = False, level: int | None = None) -> Outline:
    """Say which titles of a file are its questions; a level overrules all judgement."""
    if level is not None:
        found = _on_level(file, level, unnumbered)
        return Outline(found, findings=explain_given(file, found, BY_LEVEL))
    if is_other_paper(file):
        return Outline(frozenset(), findings=explain_given(file, frozenset(), PAPER, other=PAPER))
    search = Search(file, file.numbered, unnumbered)
    for step in STEPS:
        step(search)
    return _outline(search)


def _on_level(file: FileIndex, level: int, unnumbered: bool) -> frozenset[int]:
    """All headings of one level; un-numbered ones if asked for, or if there are no others."""
    found = [at for s, group in file.numbered.items() if s.level == level for at in group]
    if unnumbered or not found:
        found += [at for s, group in file.unnumbered.items() if s.level == level for at in group]
    return frozenset(found)


def _outline(search: Search) -> Outline:
    chosen, asking = search.chosen, search.asking
    if not chosen:
        found = frozenset(asking if search.unnumbered else ())
        candidates = 0 if search.unnumbered else len(asking)
        return Outline(found, candidates, findings=_explain(search, found))
    between = _beside(search)
    found = frozenset([*chosen, *between] if search.unnumbered else chosen)
    candidates = 0 if search.unnumbered else len(between)
    findings = _explain(search, found, frozenset(between))
    return Outline(found, candidates, _undecided(search), findings)


# -- why -------------------------------------------------------------------------------------------


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


def _explain(
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


# -- the steps -------------------------------------------------------------------------------------


def leave_options(search: Search) -> None:
    """Leave out the options among the items of the list that the questions are in."""
    found: dict[Style, Group] = {}
    for style, group in search.numbered.items():
        listed = style.kind in LISTED and not group.is_labelled
        found[style] = without_options(group) if listed else group
        if len(found[style]) < len(group):
            left = set(group) - set(found[style])
            search.record(search.file.group(sorted(left)), Ruling.REFUSED, OPTIONS)
    search.numbered = found


def leave_quiet_parts(search: Search) -> None:
    """Leave out the bold titles or list items below a heading where none of them asks."""
    found: dict[Style, Group] = {}
    file = search.file
    for style, group in search.numbered.items():
        if (
            style.kind not in WEAK
            or group.is_labelled
            or group.names_terms
            or group.is_test
            or is_catalogue(group)
        ):
            found[style] = group
            continue
        part = {at: bisect_left(file.headings, at) for at in group}
        loud = {part[at] for at, end in group.spans if file.asks(at) or file.is_solved(at, end)}
        if not loud:
            search.record(group, Ruling.REFUSED, QUIET)
        else:
            kept = file.group(at for at in group if part[at] in loud)
            sure = is_plausible(kept)
            found[style] = kept if sure else _solved_parts(kept, part) or _quizzes_in(kept) or kept
    search.numbered = found


def _solved_parts(group: Group, part: Mapping[int, int]) -> Group:
    """The titles of the parts in which nearly all have an answer that calls itself one."""
    file = group.file
    parts: dict[int, list[bool]] = defaultdict(list)
    for start, end in group.spans:
        parts[part[start]].append(file.is_solved(start, end))
    solved = {at for at, found in parts.items() if share(found) >= limit.NEARLY_ALL_ASK}
    kept = file.group(at for at in group if part[at] in solved)
    return kept if len(kept) >= limit.SECTION_RUN else file.group(())


def _quizzes_in(group: Group) -> Group:
    """The titles right below "Quiz", if nearly all ask and have an answer."""
    file = group.file
    quizzes = [it for it in _by_section(group) if len(it) > 1 and it.is_in_quizzes]
    asked = file.group(sorted(at for quiz in quizzes for at in quiz.answered))
    is_sure = asked.share_asking >= limit.NEARLY_ALL_ASK
    return (
        asked
        if is_sure and len(asked) >= limit.NEARLY_ALL_ASK * sum(map(len, quizzes))
        else file.group(())
    )


def add_labels(search: Search) -> None:
    """Take `Q: X` for numbered beside `Q1: X`, or where nearly all of the file is below such.

    Elsewhere, as in a README, only below a heading that says so, "Questions on X", or where titles
    without a number are asked for.
    """
    found = dict(search.numbered)
    for style, group in search.file.unnumbered.items():
        if style.family != "labelled":
            continue
        if not (search.unnumbered or style in found or is_labelled_throughout(group)):
            group = _below_questions(group)
        if group:
            found[style] = search.file.group(sorted({*group, *found.get(style, ())}))
    search.numbered = found


def _below_questions(group: Group) -> Group:
    """The titles with an answer that are below a heading such as "Questions on X".

    Of a chapter that says nothing else, "Interview questions", two are enough.
    """
    above = {at: title.name for at, title in group.file.parents.items()}
    quiz = group.answered.keep(lambda at, _: QUIZ.match(above.get(at, "")))
    kept = group.answered.keep(lambda at, _: at in quiz or names_questions(above.get(at, "")))
    enough = len(kept) >= limit.COUNTED_TITLES or len(quiz) >= limit.QUIZZED
    return kept if enough else group.file.group(())


def take_outermost(search: Search) -> None:
    """Take the outermost group of headings, links, `<summary>` or labelled titles."""
    sure = {style: group for style, group in search.numbered.items() if not style.is_plain}
    search.chosen = _outermost(search, sure)


def leave_tasks(search: Search) -> None:
    """Leave out the headings of a part where most have only what is asked below, no answer."""
    chosen, file = search.chosen, search.file
    if not chosen or chosen.first.kind not in HEADINGS:
        return
    parts = (group for group in _by_section(chosen) if len(group) > 1)
    tasks = [
        it
        for it in parts
        if share(file.asks_on(*span) or file.only_offers(*span) for span in it.spans) > limit.MOST
    ]
    for group in tasks:
        search.record(group, Ruling.REFUSED, TASKS)
    left = {at for group in tasks for at in group}
    search.chosen = file.group(at for at in chosen if at not in left)
    search.leave(left)


def take_held(search: Search) -> None:
    """Take bold titles or list items that ask, if the chosen ones hold nothing else."""
    chosen = search.chosen
    if not chosen or chosen.is_labelled:
        return
    for style, group in sorted(search.numbered.items()):
        if not style.is_plain or chosen.share_asking >= limit.MOST_ASK:
            continue
        nesting = Nesting(chosen, group)
        if len(nesting.bare) >= limit.MOST * len(chosen) and is_section(nesting):
            search.chosen = _inwards(search, nesting)
            return


def take_outweighing(search: Search) -> None:
    """Take titles that ask over ones of better mark-up that are far fewer."""
    chosen = search.chosen
    larger = [
        group
        for _, group in sorted(search.numbered.items())
        if len(group) >= limit.OUTWEIGHS * len(chosen) > 0
        and group.share_asking >= limit.MOST_ASK
        and is_plausible(group)
    ]
    if larger:
        group = max(larger, key=len)
        search.record(chosen, Ruling.REFUSED, OUTWEIGHED)
        search.record(group, Ruling.QUESTIONS, OUTWEIGHS)
        search.chosen = group


def leave_quiet_sections(search: Search) -> None:
    """Leave out numbered headings in sections where none asks, beside ones where all do.

    Not if their numbers go on from the section above.
    """
    chosen = search.chosen
    plain = chosen and not chosen.is_labelled and chosen.first.kind in HEADINGS
    if not plain or chosen.first.read.depth > 1:
        return
    sections = [group for group in _by_section(chosen) if len(group) > 1]
    numbers = {at: search.file.number(at) for at in chosen}
    goes_on = {b for a, b in pairwise(chosen) if numbers[b] == numbers[a] + 1}
    quiet = [it for it in sections if not it.share_asking and it[0] not in goes_on]
    left = {at for group in quiet for at in group}
    others = chosen.keep(lambda at, end: at not in left)
    if quiet and others.share_asking >= limit.NEARLY_ALL_ASK:
        for group in quiet:
            search.record(group, Ruling.REFUSED, QUIET)
        search.chosen = others


def _by_section(group: Group) -> list[Group]:
    """The titles of a group by the heading above them."""
    sections: dict[int, list[int]] = defaultdict(list)
    for at in group:
        sections[_section(group.file, at)].append(at)
    return list(map(group.file.group, sections.values()))


def _section(file: FileIndex, at: int) -> int:
    """The line of the heading above a title; -1 above all headings."""
    above = file.parents.get(at)
    return above.line if above else -1


def leave_topics(search: Search) -> None:
    """Leave out topics that do not ask and hold only further questions, beside real questions."""
    chosen, file = search.chosen, search.file
    if not chosen or chosen.is_labelled or chosen.share_asking < limit.HARDLY_ANY_ASK:
        return
    search.chosen = chosen.keep(
        lambda at, end: file.asks(at) or not file.only_asks_further(at, file.end_below(at, end))
    )


def leave_lessons(search: Search) -> None:
    """Leave the chapters of a lesson whose questions are `Q: X`, or lists with labelled answers."""
    if not search.chosen or search.chosen.is_labelled:
        return
    groups = {} if search.unnumbered else search.file.unnumbered
    labelled = (group for style, group in groups.items() if style.family == "labelled")
    listed = [group for style, group in search.numbered.items() if style.is_plain]
    quizzes = [it for it in (*labelled, *listed) if is_quiz(Nesting(search.chosen, it))]
    if quizzes:
        search.record(search.chosen, Ruling.SECTIONS, LESSON)
        search.numbered = {
            style: group
            for style, group in search.numbered.items()
            if group.is_labelled or group in quizzes
        }
        search.chosen = _outermost(search, search.numbered)


def leave_bare_sections(search: Search) -> None:
    """Leave numbered headings that hold nothing but others without a number, which ask.

    Or nothing but toggles or bold titles that do: then the headings must not ask.
    """
    chosen, file = search.chosen, search.file
    if not chosen or chosen.is_labelled or chosen.first.kind not in HEADINGS:
        return
    for style, inner in sorted(file.unnumbered.items()):
        deeper = style.kind in HEADINGS and style.level > chosen.first.level
        several = len(inner) >= limit.PARTS_OF_A_CHAPTER * len(chosen)
        smaller = style.kind in (Kind.SUMMARY, Kind.BOLD) and len(inner) > len(chosen)
        quiet = smaller and chosen.share_asking < limit.HARDLY_ANY_ASK
        if not (quiet or (deeper and several)):
            continue
        nesting = Nesting(chosen, inner)
        bare = min(nesting.share_holding, nesting.share_bare) >= limit.NEARLY_ALL_HOLD
        if bare and inner.share_asking >= limit.NEARLY_ALL_ASK and not repeats(inner):
            search.record(chosen, Ruling.SECTIONS, BARE)
            search.leave(set(chosen))
            search.chosen = file.group(())
            return


def find_asking(search: Search) -> None:
    """Find the un-numbered titles that would be questions, where there are no numbered ones."""
    if not search.chosen:
        search.asking = _asking(search)
        if search.unnumbered and search.asking and search.numbered:
            search.asking = _with_keyed(_with_numbered(search))


def _with_keyed(asking: Group) -> Group:
    """The titles that would be questions, with the numbered ones that the key to a test answers.

    `## What is a fjord?` is above a quiz on it.
    """
    file, blocks = asking.file, asking.file.flow.blocks
    if not any(block.keyed for block in blocks):
        return asking
    numbered = file.group(sorted(choose(file).questions & file.titles.keys()))
    keyed = numbered.keep(lambda at, end: any(block.keyed for block in blocks[at:end]))
    return file.group(sorted({*asking, *keyed}))


def _with_numbered(search: Search) -> Group:
    """The titles that would be questions, with numbered ones for those that only hold such.

    `## Exam 2` does not ask: what it holds does. Then all numbered questions that are in no answer
    to one of the titles are taken: nothing is lost because titles without a number are wanted.
    """
    asking, file = search.asking, search.file
    ends = {start: file.end_below(start, end) for start, end in asking.spans}
    quiet = [start for start in asking if not file.asks(start)]
    if not quiet or all(group[0] > ends[quiet[-1]] for group in search.numbered.values()):
        return asking
    numbered = file.group(sorted(choose(file).questions & file.titles.keys()))
    answered = numbered.answered
    held = {start: answered.within(start, ends[start]) for start in quiet}
    sections = {start for start, inside in held.items() if _only_holds(inside, start, ends[start])}
    if not sections:
        return asking
    kept = file.group(at for at in asking if at not in sections)
    free = [at for at in numbered if not _is_inside(at, kept, ends)]
    return file.group(sorted({*kept, *free}))


def _only_holds(held: Group, start: int, end: int) -> bool:
    """Whether numbered questions, and hardly anything above them, are what is below a title."""
    file = held.file
    if len(held) < limit.PARTS_OF_A_CHAPTER:
        return False
    sure = max(held.share_asking, held.share_solved) >= limit.MOST_ASK
    return sure and file.text_between(start, held[0]) <= limit.OPENING * file.text_between(
        start, end
    )


def take_plain(search: Search) -> None:
    """Take bold titles or list items where there is nothing better."""
    if search.chosen or (search.unnumbered and search.asking):
        return
    search.chosen = _outermost(search, search.numbered)
    if search.chosen and search.chosen.first.kind is Kind.BOLD:
        search.chosen = _with_items_below(search)


def add_items(search: Search) -> None:
    """Add the other items of a list, some in bold and some not."""
    if search.chosen and search.chosen.first.kind in LISTED:
        search.chosen = _with_items(search)


def _with_items_below(search: Search) -> Group:
    """The bold titles together with the list items that go on with their numbers, and ask.

    Who writes `**9. X?**` and then `10. Y?` forgot the bold.
    """
    chosen, file = search.chosen, search.file
    last = file.number(chosen[-1])
    found: list[int] = []
    for at in sorted(
        at
        for style, group in search.numbered.items()
        if style.kind in LISTED
        for at in group.within(chosen[-1], file.end)
    ):
        if file.number(at) == last + 1:
            found.append(at)
            last += 1
    below = file.group(found)
    goes_on = len(below) > 1 and below.share_asking >= limit.MOST_PLAIN_ASK
    return file.group([*chosen, *below]) if goes_on else chosen


def _with_items(search: Search) -> Group:
    """The chosen list items together with the others, some in bold and some not."""
    chosen = search.chosen
    others = [
        group
        for style, group in sorted(search.numbered.items())
        if style.kind in LISTED
        and style.family == style_of(chosen.first).family
        and group[0] not in chosen
    ]
    for group in others:
        fewer, more = sorted((chosen, group), key=len)
        if more is group and not is_plausible(group):
            continue
        found = with_items_between(more, fewer)
        if len(found) > len(more) or len(more) >= limit.OUTWEIGHS * len(fewer):
            chosen = found
    return chosen


def leave_other_list(search: Search) -> None:
    """Leave out another list below: numbers that begin again, with another separator."""
    if search.chosen and search.chosen.first.kind not in LISTED:
        search.chosen = _without_restart(search.chosen)


def leave_toggles(search: Search) -> None:
    """Leave out the toggles inside of another that has an answer of its own."""
    search.chosen = _without_toggles(search.chosen)
    search.asking = _without_toggles(search.asking)


def _without_toggles(group: Group) -> Group:
    if not group or group.first.kind is not Kind.SUMMARY:
        return group
    kept: list[int] = []
    end = 0  # of the toggle above, if it has an answer of its own
    for at, below in group.spans:
        if at >= end:
            kept.append(at)
            end = group.file.end_of_toggle(at) if group.file.is_answered(at, below) else 0
    return group.file.group(kept)


def add_slips(search: Search) -> None:
    """Add headings of other styles that go on with the numbers, or fill a gap in them."""
    if search.chosen and search.chosen.first.kind in HEADINGS:
        search.chosen = _with_slips(search)


def add_other_parts(search: Search) -> None:
    """Add the questions of other parts of the file, which may be of another style."""
    if search.chosen and search.chosen.first.kind in HEADINGS:
        search.chosen = _with_other_parts(search)
    elif search.chosen:
        search.chosen = _with_plain_parts(search)


def add_exercises(search: Search) -> None:
    """Add `## Problem 1` beside `## Question 1` and others, above the first or below the last.

    What is between them may be a part of an answer. If these have answers with a label, so must it.
    """
    chosen, file = search.chosen, search.file
    if not chosen or not chosen.is_labelled or chosen.first.kind not in HEADINGS:
        return
    like, solved = chosen.first, chosen.share_solved >= limit.MOST
    for style, group in search.numbered.items():
        if (style.family, style.kind, style.level) != ("exercise", like.kind, like.level):
            continue
        above = file.parent_positions
        parts: dict[int, list[int]] = defaultdict(list)
        for at in chosen:
            parts[above.get(at, -1)].append(at)
        both = file.group(sorted({*chosen, *group}))
        found = [
            at
            for at, end in both.spans
            if at in group and len(own := parts[above.get(at, -1)]) > 1
            if not own[0] < at < own[-1] and file.is_answered(at, end)
            if not solved or file.is_solved(at, end)
        ]
        if found:
            search.record(group, Ruling.QUESTIONS, EXERCISES)
            search.chosen = file.group(sorted({*search.chosen, *found}))


STEPS: tuple[Callable[[Search], None], ...] = (
    leave_options,
    leave_quiet_parts,
    add_labels,
    take_outermost,
    take_outweighing,
    leave_quiet_sections,
    leave_topics,
    leave_tasks,
    take_held,
    leave_lessons,
    leave_bare_sections,
    find_asking,
    take_plain,
    add_items,
    leave_other_list,
    leave_toggles,
    add_slips,
    add_other_parts,
    add_exercises,
)


# -- from the outermost group inwards --------------------------------------------------------------


def _outermost(search: Search, groups: Groups) -> Group:
    """Go from the outermost group inwards, past those that only hold others."""
    chosen = search.file.group(())
    has_chapters = False
    for style, group in sorted(groups.items()):
        beside = style._replace(family="exercise") if style.family == "labelled" else None
        if chosen and style_of(chosen.first) == beside:  # `## Problem 1` beside `## Question 1`
            search.record(group, Ruling.QUESTIONS, judge(group))
            chosen = search.file.group(sorted({*chosen, *group}))
        elif chosen:
            chosen = _inwards(search, Nesting(chosen, group))
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


def _inwards(search: Search, nesting: Nesting) -> Group:
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
    search.record(inner, Ruling.PARTS, _as_parts(ground))
    sections = bare_sections(nesting)
    if not sections:
        return outer
    held = [at for span in sections for at in inner.within(*span)]
    return file.group(sorted({*outer, *held} - {start for start, _ in sections}))


def _as_parts(ground: Ground[Nesting]) -> Reason:
    """Why inner titles are parts of answers: what their outer ones are."""
    return Reason(ground.name, f"are inside of questions, which {ground.reason}")


def _undecided(search: Search) -> int | None:
    """The first section around the questions, if nothing but its place speaks for a section."""
    chosen = search.chosen
    for style, group in sorted(search.numbered.items()):
        outside = style.kind in HEADINGS and group[0] not in chosen and is_plausible(group)
        nesting = Nesting(group, chosen)
        if outside and is_section(nesting) and is_doubtful(nesting):
            return group[0]
    return None


# -- titles without a number -----------------------------------------------------------------------


def _asking(search: Search) -> Group:
    """The outermost group of titles of which most ask and have an answer."""
    file = search.file
    asking: list[Group] = []
    for style, whole in sorted(file.unnumbered.items()):
        group = whole
        # What does not ask is emphasis, unless it is one of few in a list of questions.
        listed = style.kind is Kind.ITEM_BOLD and group.share_asking >= limit.NEARLY_ALL_ASK
        if (
            style.kind in WEAK
            and not group.is_labelled
            and not listed
            and not is_only_catalogue(group)
        ):
            asked = file.group(filter(file.asks, group))
            group = max(asked, group.cards_between_breaks, key=len)
        group = group.keep(lambda start, end: not file.holds_contents(start, end))
        ground = judge_unnumbered(group)
        refusal = SOME_ASK if search.unnumbered and asks_seldom(group) else ground
        search.record(
            whole, *((search.ruling, ground) if ground.accepts else (Ruling.REFUSED, refusal))
        )
        if ground.accepts:
            asking.append(group)
    most = max(map(len, asking), default=0)
    large = [group for group in asking if len(group) >= limit.OUTERMOST * most]
    outer = next((group for group in large if not _holds_questions(search, group, large)), None)
    return _without_sections(search, outer) if outer else _title_of_file(search)


def _holds_questions(search: Search, outer: Group, asking: Sequence[Group]) -> bool:
    """Whether titles that do not ask are the sections of more that do: the labels are of these."""
    if outer.share_asking >= limit.HARDLY_ANY_ASK:
        return False
    for inner in asking:
        if len(inner) > len(outer) and inner.share_asking >= limit.NEARLY_ALL_ASK:
            ground = section_ground(Nesting(outer, inner))
            if ground.accepts:
                search.record(outer, Ruling.REFUSED, ground)
                return True
    return False


def _without_sections(search: Search, outer: Group) -> Group:
    """Take what bare sections hold for them: headings with nothing but headings below."""
    file = search.file
    chosen = outer
    for style, inner in sorted(file.unnumbered.items()):
        if style.kind not in HEADINGS or style.level <= outer.first.level:
            continue
        held = {start: inner.within(start, end) for start, end in chosen.spans}
        sections = {start for start in held if is_section_of(file, start, held[start])}
        if sections:
            search.record(inner, search.ruling, IN_SECTIONS)
            names = {normal(title.name) for title in chosen.titles}
            found = [at for start in sections for at in held[start]]
            new = [at for at in found if normal(file.titles[at].name) not in names]
            chosen = file.group(sorted({*chosen, *new} - sections))
        elif _is_one_level_off(chosen, inner, held):
            search.record(inner, search.ruling, SLIPPED)
            chosen = file.group(sorted({*chosen, *inner}))
    return chosen


def _is_one_level_off(chosen: Group, inner: Group, held: Mapping[int, Group]) -> bool:
    """Whether deeper headings are further questions: many, all of them in one of the answers.

    Authors slip in the level, and go on with it to the end of the file.
    """
    together = any(len(group) == len(inner) for group in held.values())
    surely = min(inner.share_asking, inner.share_answered) >= limit.NEARLY_ALL_ASK
    many = len(chosen) > len(inner) >= limit.OUTWEIGHS
    return together and surely and many and not repeats(inner)


def _title_of_file(search: Search) -> Group:
    """The title of the file, if it has a question mark and all else is below it.

    Not if there are flashcards of a plug-in below it.
    """
    file = search.file
    first = file.group(file.headings[:1])
    tops = [at for at in file.headings if file.titles[at].level <= first.first.level]
    alone = tops == [*first] and first and not first.first.read.number
    if (
        not alone
        or not first.first.name.endswith(QUESTION_MARKS)
        or first.coverage < limit.ONE_QUESTION
    ):
        return file.group(())
    if file.has_marked_cards:
        return file.group(())
    search.record(first, search.ruling, ONE_QUESTION)
    return first


def _beside(search: Search) -> list[int]:
    """Un-numbered titles that are questions beside numbered ones: among or outside of them."""
    found = {*_between(search), *_outside(search)}
    if not found or not search.chosen.is_labelled:
        return sorted(found)
    blocks, asked = search.file.flow.blocks, {*search.chosen}
    return sorted(found - parts_of_answers(blocks, asked, leads(blocks, asked)))


def _outside(search: Search) -> list[int]:
    """Headings that ask, each with an answer, where no answer to a numbered question is.

    `## How do you rest?` in a file whose second half has `### Teams` and `#### 1. Do you lead?`.
    """
    chosen, file = search.chosen, search.file
    several = [g for s, g in file.unnumbered.items() if s.kind in HEADLINES and len(g) > 1]
    if not several:
        return []
    folded = chosen.first.kind is Kind.SUMMARY
    ends = {
        start: file.end_of_toggle(start) if folded else file.end_below(start, end)
        for start, end in chosen.spans
    }
    found: list[int] = []
    for group in several:
        is_all = _are_all(chosen, group)
        asked = group if is_all else file.group(filter(file.asks, group))
        free = asked.keep(lambda at, _: not _is_inside(at, chosen, ends))
        own = free.keep(lambda at, end: file.is_answered(at, _first_in(chosen, at, end)))
        bare = own.keep(lambda at, end: _first_in(chosen, at, end) == end)
        if len(bare) > 1 and len(bare) >= limit.MOST * len(own):
            found += own
    return found


def _are_all(chosen: Group, group: Group) -> bool:
    """Whether a file named for its questions is nearly all below these and others of their level.

    Then a title is one of them whether it asks or not, if some of the others do.
    """
    own, other = chosen.first, group.first
    if (own.kind, own.level) != (other.kind, other.level) or not chosen.file.is_named_for_questions:
        return False
    if len(group) < limit.COUNTED_TITLES or group.share_asking < limit.SOME_ASK:
        return False  # "How to prepare", "What else there is"
    return chosen.file.group(sorted({*chosen, *group})).covers(limit.COVERING_ALL)


def _first_in(group: Group, start: int, end: int) -> int:
    """The first title of a group between two positions, or the second of these."""
    return next(iter(group.within(start, end)), end)


def _is_inside(at: int, chosen: Group, ends: Mapping[int, int]) -> bool:
    """Whether a position is within the answer to one of the questions."""
    index = bisect_left(chosen.positions, at)
    return index > 0 and at < ends[chosen[index - 1]]


def _between(search: Search) -> list[int]:
    """Titles without a number that are among the questions as one of them.

    They have a question mark, or they are headings and have, as the others, a labelled answer.
    Before the first and after the last question, nearly all headings of the section must ask.
    """
    chosen, file = search.chosen, search.file
    like = chosen.first
    solved = chosen.is_labelled and like.kind in HEADINGS
    solved = solved and chosen.share_solved >= limit.MOST
    titles = [
        (at, _first_in(chosen, at, end))
        for group in file.unnumbered.values()
        for at, end in group.spans
        if file.titles[at].kind is like.kind and file.titles[at].level == like.level
    ]
    sections = {_section(file, chosen[0]), _section(file, chosen[-1])}
    aside = [
        (at, end)
        for at, end in titles
        if like.kind in HEADINGS and not chosen[0] < at < chosen[-1]
        if _section(file, at) in sections
    ]
    asking = share(file.titles[at].name.endswith(QUESTION_MARKS) for at, _ in aside)
    among = [(at, end) for at, end in titles if chosen[0] < at < chosen[-1]]
    return [
        at
        for at, end in (*among, *(aside if asking >= limit.NEARLY_ALL_ASK else ()))
        if file.titles[at].name.endswith(QUESTION_MARKS) or (solved and file.is_solved(at, end))
        if file.is_answered(at, end)
    ]


# -- slips, and other parts of the file ------------------------------------------------------------


def _without_restart(chosen: Group) -> Group:
    """Leave out numbers that begin again, with another separator.

    `### 1: X` to `### 9: X` are questions, `### 1. Y` and `### 2. Y` after them something else,
    unless a heading in between begins another part of the file.
    """
    file = chosen.file
    styles = [(style_of(title), title.read.separator) for title in chosen.titles]
    style, usual = Counter(styles).most_common(1)[0][0]
    values = [file.number(at) for at in chosen]
    kept, other = [chosen[0]], False
    for (before, at), (last, value) in zip(pairwise(chosen), pairwise(values), strict=True):
        title = file.titles[at]
        differs = title.read.separator != usual and style_of(title) == style
        restarts = value <= 1 < last and file.next_part(before, at) is None
        other = differs and (other or restarts)
        if not other:
            kept.append(at)
    return file.group(kept)


def _with_slips(search: Search) -> Group:
    """Add the runs of other headings that count on; authors slip in the level.

    `## 8.`, `### 9.`, `## 10.`; and lists grow at another level.
    """
    chosen, file = search.chosen, search.file
    known = set(chosen)
    sections = _ruled_sections(search)
    others = [
        group
        for style, group in search.numbered.items()
        if style.arabic and style.kind in (*HEADINGS, Kind.BOLD, Kind.TEXT)
        if group[0] not in known and group.positions not in sections
        if not is_section(Nesting(group, chosen))
    ]
    for _ in range(2):  # what the first round adds may close the gaps around another slip
        styles = set(map(style_of, chosen.titles))
        added: set[int] = set()
        for group in others:
            runs = _runs(group, chosen) if group[0] not in known else ()
            found = [at for run in runs if _goes_on(run, chosen, styles) for at in run]
            added.update(found)
            if found:
                search.record(group, Ruling.QUESTIONS, GOES_ON)
        known |= added
        chosen = file.group(sorted(known))
    return chosen


def _ruled_sections(search: Search) -> set[tuple[int, ...]]:
    """The groups of which each title that is a question was taken, and the others are sections."""
    findings = search.findings.values()
    return {it.group.positions for it in findings if it.ruling is Ruling.SECTIONS}


def _runs(group: Group, chosen: Group) -> list[Group]:
    """Cut a group wherever a chosen title is in between."""
    runs: dict[int, list[int]] = defaultdict(list)
    for at in group:
        runs[bisect_left(chosen.positions, at)].append(at)
    return list(map(group.file.group, runs.values()))


def _goes_on(run: Group, chosen: Group, styles: set[Style]) -> bool:
    """Whether a run of titles between two questions counts on from the first to the second."""
    index = bisect_left(chosen.positions, run[0])
    title, usual, number = run.first, chosen.first, run.file.number
    if title.kind in (Kind.BOLD, Kind.TEXT):
        return _fills(run, chosen.positions[index - 1 : index + 1])
    before = number(chosen[index - 1]) if index else 0
    after = number(chosen[index]) if index < len(chosen) else 0
    first, last = number(run[0]), number(run[-1])
    if title.read.depth != usual.read.depth or first not in (before, before + 1):
        return False
    if after > 1:
        return before + 1 == first and last + 1 == after
    if not before or title.kind is usual.kind is Kind.HTML:
        return bool(before)
    is_like = style_of(title) in styles or title.level == usual.level
    if first == before + 1 and (after or is_like or (run.is_labelled and chosen.is_labelled)):
        return True
    return before > limit.COUNTED_TO and not after and run.share_asking >= limit.MOST_ASK


def _fills(run: Group, around: tuple[int, ...]) -> bool:
    """Whether `1.2` is between `1.1` and `1.3`, or `2.1` and `2.2` before `2.3`."""
    file = run.file
    parts = [file.titles[at].read.number or "" for at in (*run, *around[-1:])]
    heads = {part.rpartition(".")[0] for part in parts}
    values = [file.number(at) for at in (*run, *around[-1:])]
    counted = values == list(range(values[0], values[0] + len(values)))
    before = file.number(around[0]) if len(around) > 1 else 0
    asked = len(around) > 1 and values[0] > 1 and run.share_asking == 1
    sure = asked or ("" not in heads and run.first.kind is Kind.BOLD)
    return counted and len(heads) == 1 and sure and values[0] in (1, before + 1)


def _with_other_parts(search: Search) -> Group:
    chosen, file = search.chosen, search.file
    found: list[int] = []
    sections = _ruled_sections(search)
    headings = {
        style: group
        for style, group in search.numbered.items()
        if style.kind in HEADINGS and group.positions not in sections
    }
    found += _plain_in_sections(search)
    for start, end in _parts(chosen):
        found += _asked_in(search, headings, start, end)
        level = file.titles[start].level
        for at in (start, *file.headings_between(start, end)):
            if file.titles[at].level == level and names_questions(file.titles[at].name):
                below = file.end_below(at, end)
                found += _asked_in(search, headings, at, below, sure=True)
    for start, end in _quizzes(chosen):
        group = _asked_in(search, search.numbered, start, end)
        answered = sum(file.is_answered(*span) for span in pairwise([*group, end]))
        is_sure = QUIZ.match(file.titles[start].name) or (
            group and group.share_asking >= limit.NEARLY_ALL_ASK
        )
        found += group if is_sure and answered >= limit.MOST * len(group) else []
    return file.group(sorted({*chosen, *found}))


def _plain_in_sections(search: Search) -> list[int]:
    """The bold titles or items in sections above the level of the questions that hold none of them.

    Nearly all of them have to ask and to have an answer: in such a section nothing else is asked.
    """
    chosen, file = search.chosen, search.file
    level = chosen.first.level
    higher = [at for at in file.headings if file.titles[at].level < level]
    if chosen.share_asking < limit.MOST_ASK and not chosen.is_labelled:
        return []
    weak = {style: group for style, group in search.numbered.items() if style.kind in WEAK}
    found: list[int] = []
    for start, end in pairwise([*higher, file.end]):
        if weak and not chosen.within(start, end):
            group = _asked_in(search, weak, start, end)
            sure = len(group) >= limit.COUNTED_TITLES and len(group.answered) == len(group)
            found += group if sure and group.share_asking >= limit.NEARLY_ALL_ASK else ()
    return found


def _with_plain_parts(search: Search) -> Group:
    """The chosen bold titles or items with those of sections that hold none of them.

    These have to ask, or to have answers with a label, nearly all of them.
    """
    chosen, file = search.chosen, search.file
    found: list[int] = []
    for start, end in pairwise([*file.headings, file.end]):
        if chosen.within(start, end):
            continue
        group = _asked_in(search, search.numbered, start, end)
        sure = group and max(group.share_asking, group.share_solved) >= limit.NEARLY_ALL_ASK
        found += group.answered if sure and len(group) >= limit.COUNTED_TITLES else []
    return file.group(sorted({*chosen, *found}))


def _parts(chosen: Group) -> list[tuple[int, int]]:
    """Where a heading above the level of the questions begins a part of the file without them."""
    parts = ((chosen.file.next_part(start, end), end) for start, end in chosen.spans)
    return [(start, end) for start, end in parts if start is not None]


def _quizzes(chosen: Group) -> list[tuple[int, int]]:
    """The parts that hold none of the questions, below a "Quiz" or a heading beside them."""
    file, found = chosen.file, []
    own = chosen.first.level
    for at in file.headings:
        title = file.titles[at]
        if QUIZ.match(title.name) or (title.level == own and not title.read.number):
            end = file.end_below(at, file.end)
            if not chosen.within(at, end):
                found.append((at, end))
    return found


def _asked_in(search: Search, groups: Groups, start: int, end: int, *, sure: bool = False) -> Group:
    """The questions of one part of a file, if they ask, have a label, or are a solved list.

    It is `sure` where the heading of the part says that they are questions.
    """
    part = {style: group.within(start, end) for style, group in groups.items()}
    aside = Search(search.file, search.numbered, search.unnumbered)
    group = _outermost(aside, {style: found for style, found in part.items() if found})
    if not group or sure or group.is_labelled or group.share_asking >= limit.MOST_ASK:
        return group
    is_solved = group.first.kind in WEAK and group.share_solved >= limit.MOST_ASK
    return group if is_solved else search.file.group(())
