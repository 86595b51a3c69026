"""The steps that take titles with a number or a label, and leave those that only look so."""

from __future__ import annotations

from bisect import bisect_left
from itertools import chain, pairwise

from ankify.model import Ruling
from ankify.questions import thresholds as limit
from ankify.questions.choice.other_parts import without_restart
from ankify.questions.choice.search import Search, by_section, inwards, is_inside, outermost
from ankify.questions.evidence import Group, Nesting, share
from ankify.questions.listed import with_items_between, without_options
from ankify.questions.sections import is_quiz, is_section
from ankify.questions.styles import LISTED, WEAK, Style, style_of
from ankify.questions.titles import HEADINGS, Kind
from ankify.questions.verdicts import (
    BARE,
    INNER_RUN,
    LESSON,
    OPTIONS,
    OUTWEIGHED,
    OUTWEIGHS,
    QUIET,
    TASKS,
    is_catalogue,
    is_labelled_throughout,
    is_plausible,
    repeats,
)
from ankify.questions.words import QUIZ, names_questions


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


def leave_inner_runs(search: Search) -> None:
    """Leave out titles that count anew between two of their style that go on, as parts do."""
    found: dict[Style, Group] = {}
    for style, group in search.numbered.items():
        plain = style.kind in HEADINGS and not group.is_labelled and len(group.runs) > 1
        listed = style.kind in LISTED and len(group) >= limit.LONG_RUN
        inner = _inner_runs(group) if plain else _inner_points(group) if listed else ()
        found[style] = search.file.group(at for at in group if at not in inner) if inner else group
        if inner:
            search.record(search.file.group(sorted(inner)), Ruling.PARTS, INNER_RUN)
    search.numbered = found


def _inner_runs(group: Group) -> set[int]:
    """The titles in runs from 1 between those that the contents name, or those that ask.

    `### 1. Why?`, then `### 1. X` and `### 2. Y` in its answer, then `### 2. How?`.
    """
    file = group.file
    listed = group.keep(lambda at, _: file.is_listed(at)) if group.share_listed else file.group(())
    named = len(listed) >= limit.COUNTED_TITLES
    sure = listed if named else group.keep(lambda at, _: file.asks(at))
    number = file.number
    goes_on = share(number(b) == number(a) + 1 for a, b in pairwise(sure))
    if len(sure) < limit.COUNTED_TITLES or goes_on < limit.NEARLY_ALL_ASK:
        return set()
    found: set[int] = set()
    for above, below in pairwise([*sure, file.end]):
        inner = group.within(above + 1, below)
        if not inner or number(inner[0]) != 1 or (below == file.end and not found):
            continue
        after = number(below) if below < file.end else 0
        if named or after not in (1, number(inner[-1]) + 1):  # else it may be one more section
            found.update(inner)
    return found


def _inner_points(group: Group) -> set[int]:
    """The items with other numbers between two of a long list that go on; these ask, and they not.

    `34. Why?` over `1. X` and `2. Y`, then `35. How?`, with no indent.
    """
    file = group.file
    main: list[int] = []
    last = 0
    for at in filter(file.asks, group):
        if last < file.number(at) <= last + MISSED:
            main.append(at)
            last = file.number(at)
    kept = [*main]
    for above, below in pairwise([*main, file.end]):
        last, end = file.number(above), file.number(below) if below < file.end else MANY
        for at in group.within(above + 1, below):
            if last < file.number(at) < end:
                kept.append(at)
                last = file.number(at)
    questions = file.group(sorted(kept))
    inner = file.group(at for at in group if at not in questions)
    long = questions.share_asking >= limit.MOST_PLAIN_ASK and len(questions) >= limit.LONG_RUN
    return {*inner} if long and inner.share_asking < limit.HARDLY_ANY_ASK else set()


MANY = 10_000  # above any number
MISSED = 4  # numbers of a list: two or three may be no items to Markdown


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
            found[style] = kept if sure else _quizzes_in(kept) or _counted_in(kept) or kept
    search.numbered = found


def _quizzes_in(group: Group) -> Group:
    """The titles right below "Quiz", if nearly all ask and have an answer."""
    file = group.file
    quizzes = [it for it in by_section(group) if len(it) > 1 and it.is_in_quizzes]
    asked = file.group(sorted(at for quiz in quizzes for at in quiz.answered))
    is_sure = asked.share_asking >= limit.NEARLY_ALL_ASK
    return (
        asked
        if is_sure and len(asked) >= limit.NEARLY_ALL_ASK * sum(map(len, quizzes))
        else file.group(())
    )


def _counted_in(group: Group) -> Group:
    """The titles that count from 1 far further than steps do, if nearly all ask, and no others do.

    The others are lists in their answers, which Markdown does not tell from the list of questions.
    """
    file = group.file
    asked = group.answered.keep(lambda at, _: file.asks(at))
    numbers = {*map(file.number, asked)}
    counted: list[int] = []
    for at in group.answered:
        number = file.number(at)
        if number == len(counted) + 1 and (at in asked or number not in numbers):
            counted.append(at)
    found = file.group(counted)
    sure = found.share_asking >= limit.NEARLY_ALL_ASK and len(found) >= limit.SECTION_RUN
    return found if sure and {*asked} <= {*counted} else file.group(())


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
    search.chosen = outermost(search, sure)


def leave_tasks(search: Search) -> None:
    """Leave out the headings of a part where most have only what is asked below, no answer."""
    chosen, file = search.chosen, search.file
    if not chosen or chosen.first.kind not in HEADINGS:
        return
    parts = (group for group in by_section(chosen) if len(group) > 1)
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
            search.chosen = inwards(search, nesting)
            return


def take_outweighing(search: Search) -> None:
    """Take titles that ask over far fewer of better mark-up.

    Or topics of a file on questions, if the others are a label or two, or are in another part.
    """
    chosen = search.chosen
    larger = [
        group
        for _, group in sorted(search.numbered.items())
        if len(group) >= limit.OUTWEIGHS * len(chosen) > 0
        and (group.share_asking >= limit.MOST_ASK or _are_topics_beside(search, group))
        and is_plausible(group)
    ]
    if larger:
        group = max(larger, key=len)
        search.record(chosen, Ruling.REFUSED, OUTWEIGHED)
        search.record(group, Ruling.QUESTIONS, OUTWEIGHS)
        search.chosen = group


def _are_topics_beside(search: Search, group: Group) -> bool:
    """Whether topics of a file on questions are outside of the answers to others."""
    if not is_catalogue(group):
        return False
    if len(search.chosen) < limit.COUNTED_TITLES:
        return True
    labelled = (it for it in search.numbered.values() if it.is_labelled)
    for others in (search.chosen, *labelled):
        ends = dict(others.answer_spans)
        if share(is_inside(at, others, ends) for at in group) >= limit.HARDLY_ANY_ASK:
            return False
    return True


def leave_quiet_sections(search: Search) -> None:
    """Leave out numbered headings in sections where none asks, beside ones where all do.

    Not if their numbers go on from the section above.
    """
    chosen = search.chosen
    plain = chosen and not chosen.is_labelled and chosen.first.kind in HEADINGS
    if not plain or chosen.first.read.depth > 1:
        return
    sections = [group for group in by_section(chosen) if len(group) > 1]
    numbers = {at: search.file.number(at) for at in chosen}
    goes_on = {b for a, b in pairwise(chosen) if numbers[b] == numbers[a] + 1}
    quiet = [it for it in sections if not it.share_asking and it[0] not in goes_on]
    left = {at for group in quiet for at in group}
    others = chosen.keep(lambda at, end: at not in left)
    if quiet and others.share_asking >= limit.NEARLY_ALL_ASK:
        for group in quiet:
            search.record(group, Ruling.REFUSED, QUIET)
        search.chosen = others


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
    if questions := _in_sections_on_questions(search):
        search.record(search.chosen, Ruling.SECTIONS, LESSON)
        search.chosen = questions
        return
    quizzes = [it for it in (*labelled, *listed) if is_quiz(Nesting(search.chosen, it))]
    if quizzes:
        search.record(search.chosen, Ruling.SECTIONS, LESSON)
        search.numbered = {
            style: group
            for style, group in search.numbered.items()
            if group.is_labelled or group in quizzes
        }
        search.chosen = outermost(search, search.numbered)


def _in_sections_on_questions(search: Search) -> Group:
    """Numbered headings that ask, below chapters that say so: `## 5. Interview questions`.

    The other chapters have to be higher, and must not ask.
    """
    chosen, file = search.chosen, search.file
    numbered = [group for style, group in search.numbered.items() if style.kind in HEADINGS]
    above = file.parent_positions
    inside = file.group(
        sorted(
            at
            for at in chain.from_iterable(numbered)
            if (section := above.get(at)) is not None and file.titles[section].read.number
            if names_questions(file.titles[section].name)
        )
    )
    others = file.group(at for at in chosen if at not in inside)
    level = min((title.level for title in inside.titles), default=0)
    chapters = all(title.kind in HEADINGS and title.level < level for title in others.titles)
    sure = len(inside.answered) == len(inside) >= limit.COUNTED_TITLES
    if not (sure and chapters and others) or others.share_asking >= limit.MOST_ASK:
        return file.group(())
    return inside if inside.share_asking >= limit.NEARLY_ALL_ASK else file.group(())


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


def take_plain(search: Search) -> None:
    """Take bold titles or list items where there is nothing better."""
    if search.chosen or (search.unnumbered and search.asking):
        return
    search.chosen = outermost(search, search.numbered)
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
        search.chosen = without_restart(search.chosen)


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
