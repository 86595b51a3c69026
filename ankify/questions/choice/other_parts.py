"""Questions beyond the chosen titles: slips of the author, and those in other parts of the file."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from itertools import pairwise

from ankify.model import Ruling
from ankify.questions import thresholds as limit
from ankify.questions.choice.search import Groups, Search, first_in, is_inside, outermost
from ankify.questions.evidence import FileIndex, Group, Nesting, share
from ankify.questions.sections import is_section
from ankify.questions.styles import LISTED, WEAK, Style, style_of
from ankify.questions.titles import HEADINGS, Kind
from ankify.questions.verdicts import EXERCISES, FOLLOWED, GOES_ON, SOLVED
from ankify.questions.words import FOLLOW_UPS, QUIZ, asks, names_questions


def add_slips(search: Search) -> None:
    """Add headings of other styles that go on with the numbers, or fill a gap in them."""
    if search.chosen and search.chosen.first.kind in HEADINGS:
        search.chosen = _with_slips(search)


def add_uncounted(search: Search) -> None:
    """Add headings below the last question that ask as the numbered ones of their level do.

    Who gave up counting after `## 7. X?` goes on with `## Y?`.
    """
    chosen, file = search.chosen, search.file
    if not chosen or chosen.share_asking < limit.MOST_ASK:
        return
    like = chosen.first
    for style, group in search.file.unnumbered.items():
        if (style.kind, style.level) != (like.kind, like.level) or style.kind not in HEADINGS:
            continue
        below = group.within(chosen[-1], file.end)
        if len(below) < limit.COUNTED_TITLES or len(below.answered) < len(below):
            continue
        if below.share_asking < limit.NEARLY_ALL_ASK:
            continue
        # "Found a mistake?" has nothing but its mark.
        opening = share(asks(title.name.rstrip("?？؟ ")) for title in below.titles)
        if min(opening, below.share_with_question_mark) >= limit.MOST_ASK:
            search.record(below, Ruling.QUESTIONS, GOES_ON)
            search.chosen = file.group(sorted({*search.chosen, *below}))


def add_plainer(search: Search) -> None:
    """Add bold titles or list items that count up to the first question, or on from the last.

    Who wrote `1. X?` to `6. X?` in a list goes on with `### 7. X?` the next day.
    """
    chosen, file = search.chosen, search.file
    if len(chosen) < limit.COUNTED_TO or chosen.first.kind in LISTED:
        return
    first, last = file.number(chosen[0]), file.number(chosen[-1])
    for style, group in sorted(search.numbered.items()):
        if style.kind not in WEAK or style.kind is chosen.first.kind or group.is_labelled:
            continue
        asked = group.keep(
            lambda at, end: file.asks(at) and file.is_answered(at, first_in(chosen, at, end))
        )
        below = group.within(chosen[-1], file.end)
        goes_on = below and file.number(below[0]) == last + 1  # or its answer has a list
        above = asked.within(0, chosen[0])
        below = asked.within(chosen[-1], file.end if goes_on else chosen[-1])
        for part, begin, end in ((above, 1, first), (below, last + 1, last + 1 + len(below))):
            counted = [*map(file.number, part)] == [*range(begin, end)]
            if counted and len(part) >= limit.COUNTED_TITLES:
                search.record(group, Ruling.QUESTIONS, GOES_ON)
                search.chosen = file.group(sorted({*search.chosen, *part}))


def add_other_parts(search: Search) -> None:
    """Add the questions of other parts of the file, which may be of another style."""
    if search.chosen and search.chosen.first.kind in HEADINGS:
        search.chosen = _with_other_parts(search)
    elif search.chosen:
        search.chosen = _with_plain_parts(search)


def add_solved(search: Search) -> None:
    """Add numbered headings that nearly all have one labelled answer, or ask, beside other answers.

    `### 1.1 X` to `### 9.7 Y`, each over `**Answer:**`, are asked as well as `### Q1: Z` below.
    """
    chosen, file = search.chosen, search.file
    ends = dict(chosen.answer_spans) if chosen else {}
    for style, group in search.numbered.items() if chosen else ():
        if style.kind not in HEADINGS or not {*group}.isdisjoint(chosen):
            continue
        free = group.keep(
            lambda at, end: (
                not (is_inside(at, chosen, ends) or chosen.within(at, file.end_below(at, end)))
            )
        )
        least = max(limit.COUNTED_TITLES, limit.NEARLY_ALL_ASK * len(group))
        beside = style.level == chosen.first.level  # `## 1.1 How to X` is a part of `## 1. Y?`
        asking = 0.0 if beside else free.share_asking
        sure = max(free.share_with_one_answer, asking) >= limit.NEARLY_ALL_ASK
        if len(free) >= least and sure and len(free.answered) >= least:
            search.record(group, Ruling.QUESTIONS, SOLVED)
            search.chosen = file.group(sorted({*search.chosen, *free}))


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


def add_followed(search: Search) -> None:
    """Add the numbered title of the file to its follow-up questions, or these to it.

    `# 7. Herons` and an answer, then `## Follow-up questions` above `1. Why do they fish?`.
    """
    file = search.file
    section = next((at for at in file.headings if is_of_follow_ups(file, at)), None)
    followers = _followers(search, section) if section is not None else search.chosen
    main = followed_title(followers)
    if main is None:
        return
    if file.titles[main].read.number:
        search.record(file.group([main]), Ruling.QUESTIONS, FOLLOWED)
        followers = file.group([main, *followers])
    search.chosen = followers


def _followers(search: Search, section: int) -> Group:
    """The questions of a section of follow-ups, if there was taken but the title of the file.

    Or but these, and list items elsewhere of which few ask: then they are no questions.
    """
    chosen, file = search.chosen, search.file
    end = file.end_below(section, file.end)
    if [*(chosen or search.asking)] == file.headings[:1]:
        plain = (g for style, g in sorted(search.numbered.items()) if style.kind in WEAK)
        held = (group.within(section, end) for group in plain)
        below = next(filter(None, held), file.group(()))
        asks = below.share_asking >= limit.NEARLY_ALL_ASK
        return below if asks and len(below.answered) == len(below) else chosen
    inside = chosen.within(section, end)
    others = file.group(at for at in chosen if at not in inside)
    quiet = chosen and chosen.first.kind in WEAK and others.share_asking < limit.MOST_ASK
    return inside if inside and quiet else chosen


def followed_title(chosen: Group) -> int | None:
    """Where the title of the file is, if it has an answer above a section of follow-up questions.

    They have to be all that was taken.
    """
    file = chosen.file
    section = file.parent_positions.get(chosen[0]) if chosen else None
    if section is None or not is_of_follow_ups(file, section):
        return None
    main, *others = file.headings
    alone = all(file.titles[at].level > file.titles[main].level for at in others)
    if not alone or file.end_below(section, file.end) <= chosen[-1]:
        return None
    return main if main < section and file.is_answered(main, section) else None


def is_of_follow_ups(file: FileIndex, at: int) -> bool:
    """Whether a heading says that follow-up questions are below it."""
    return FOLLOW_UPS.match(file.titles[at].name)


def without_restart(chosen: Group) -> Group:
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
    if after:
        return False
    is_long = before > limit.COUNTED_TO
    if is_long and run.share_asking >= limit.MOST_ASK:
        return True
    least = limit.COUNTED_TO if is_long else limit.COUNTED_TITLES
    return len(run) >= least and _is_level_of_the_rest(run, before)


def _is_level_of_the_rest(run: Group, before: int) -> bool:
    """Whether all titles of a level count on from a number, one by one, each with an answer.

    Parts of the answer to question 12 begin at 1, those that begin at 13 are its neighbours.
    """
    number = run.file.number
    counted = [number(at) for at in run] == [*range(before + 1, before + 1 + len(run))]
    alike = run.file.by_style[style_of(run.first)]
    return counted and len(alike) == len(run.answered) == len(run)


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
    group = outermost(aside, {style: found for style, found in part.items() if found})
    if not group or sure or group.is_labelled or group.share_asking >= limit.MOST_ASK:
        return group
    is_solved = group.first.kind in WEAK and group.share_solved >= limit.MOST_ASK
    return group if is_solved else search.file.group(())
