"""Which titles of a note file are its questions, and which are sections or steps of an answer.

The search goes through named steps, one after the other; the grounds on which a step takes a group
or leaves it are in `verdicts.py` and `sections.py`. docs/dialects.md has the rules in full.
"""

from __future__ import annotations

from collections.abc import Callable

from ankify.questions import thresholds as limit
from ankify.questions.choice.numbered import (
    add_items,
    add_labels,
    leave_bare_sections,
    leave_inner_runs,
    leave_lessons,
    leave_options,
    leave_other_list,
    leave_quiet_parts,
    leave_quiet_sections,
    leave_tasks,
    leave_toggles,
    leave_topics,
    take_held,
    take_outermost,
    take_outweighing,
    take_plain,
)
from ankify.questions.choice.other_parts import (
    add_exercises,
    add_followed,
    add_other_parts,
    add_plainer,
    add_slips,
    add_solved,
    add_uncounted,
)
from ankify.questions.choice.search import Outline, Search, is_inside
from ankify.questions.choice.unnumbered import (
    asked_in_sections,
    asking_titles,
    titles_beside,
)
from ankify.questions.choice.why import explain, explain_given
from ankify.questions.evidence import FileIndex, Group, Nesting
from ankify.questions.sections import is_doubtful, is_section
from ankify.questions.titles import HEADINGS
from ankify.questions.verdicts import BY_LEVEL, PAPER, is_other_paper, is_plausible


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
        return Outline(found, candidates, findings=explain(search, found))
    sections, held = asked_in_sections(search)
    between = sorted({*titles_beside(search), *held})
    asked = {*chosen, *between} - sections if search.unnumbered else {*chosen}
    found = frozenset(asked)
    candidates = 0 if search.unnumbered else len(between)
    findings = explain(search, found, frozenset(between))
    return Outline(found, candidates, _undecided(search), findings)


def find_asking(search: Search) -> None:
    """Find the un-numbered titles that would be questions, where there are no numbered ones."""
    if not search.chosen:
        search.asking = asking_titles(search)
        if search.unnumbered and search.asking and search.numbered:
            search.asking = _with_keyed(_with_numbered(search))
            search.asking = _with_given_up(search)


def _with_given_up(search: Search) -> Group:
    """The titles that would be questions, with those above them that have the first numbers.

    Who wrote `**1. X?**` and `**2. Y?**`, and then `**Z?**`, gave up numbering them.
    """
    asking, file = search.asking, search.file
    like = asking.first
    for group in search.numbered.values():
        alike = (group.first.kind, group.first.level) == (like.kind, like.level)
        if not alike or group[-1] > asking[0] or len(group) >= len(asking):
            continue
        counted = [*map(file.number, group)] == [*range(1, len(group) + 1)]
        asks = group.share_asking == 1 and file.is_answered(group[-1], asking[0])
        if counted and asks and len(group.answered) == len(group):
            return file.group([*group, *asking])
    return asking


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
    ends = dict(asking.answer_spans)
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
    free = [at for at in numbered if not is_inside(at, kept, ends)]
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


STEPS: tuple[Callable[[Search], None], ...] = (
    leave_options,
    leave_inner_runs,
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
    add_uncounted,
    add_plainer,
    add_other_parts,
    add_solved,
    add_exercises,
    add_followed,
)


def _undecided(search: Search) -> int | None:
    """The first section around the questions, if nothing but its place speaks for a section."""
    chosen = search.chosen
    for style, group in sorted(search.numbered.items()):
        outside = style.kind in HEADINGS and group[0] not in chosen and is_plausible(group)
        nesting = Nesting(group, chosen)
        if outside and is_section(nesting) and is_doubtful(nesting):
            return group[0]
    return None
