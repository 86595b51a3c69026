"""Titles without a number: those that would be questions alone, and those beside numbered ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from ankify.model import Ruling
from ankify.questions import thresholds as limit
from ankify.questions.choice.other_parts import followed_title
from ankify.questions.choice.search import Search, first_in, is_inside, section_of
from ankify.questions.evidence import Group, Nesting, share
from ankify.questions.parts import parts_of_answers, section_headings
from ankify.questions.sections import is_section_of, section_ground
from ankify.questions.styles import HEADLINES, WEAK
from ankify.questions.titles import HEADINGS, Kind
from ankify.questions.verdicts import (
    IN_SECTIONS,
    MAIN,
    ONE_QUESTION,
    OTHER_PART,
    SLIPPED,
    SOME_ASK,
    asks_seldom,
    is_only_catalogue,
    judge_unnumbered,
    repeats,
)
from ankify.questions.words import QUESTION_MARKS, normal


def asking_titles(search: Search) -> Group:
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
    if not outer:
        return _title_of_file(search)
    chosen = _with_parts(search, _without_sections(search, outer))
    return _with_main_question(search, chosen)


def _with_parts(search: Search, chosen: Group) -> Group:
    """The titles with the deeper headings of the parts that hold none of them, if nearly all ask.

    `## What is a moult?` and others below `# Ducks`, then `### When do geese moult?` below
    `# Geese`.
    """
    file, level = search.file, chosen.first.level
    if chosen.first.kind not in HEADINGS:
        return chosen
    parts = [at for at in file.headings if file.titles[at].level < level]
    free = [span for span in pairwise([*parts, file.end]) if not chosen.within(*span)]
    found: list[int] = []
    for style, group in file.unnumbered.items() if free else ():
        if style.kind is chosen.first.kind and style.level > level:
            for span in free:
                part = group.within(*span)
                is_sure = len(part.answered) == len(part) >= limit.COUNTED_TITLES
                if is_sure and part.share_asking >= limit.NEARLY_ALL_ASK:
                    search.record(group, search.ruling, OTHER_PART)
                    found += part
    return file.group(sorted({*chosen, *found}))


def _with_main_question(search: Search, chosen: Group) -> Group:
    """The titles with that of the file, if it asks and has an answer above a section of the rest.

    `# What is a moult?` and its answer, `## Follow-up` and right below `### When do ducks moult?`.
    """
    file = search.file
    if not chosen or len(file.headings) < MAIN_QUESTION:
        return chosen
    main, section, first = file.headings[:MAIN_QUESTION]
    levels = [file.titles[at].level for at in file.headings]
    is_above = levels[0] < levels[1] < levels[2] and min(levels[1:]) > levels[0]
    is_bare = first == chosen[0] and not file.is_answered(section, first)
    is_asked = file.asks(main) and not file.asks(section) and not file.titles[main].read.number
    if is_above and is_bare and is_asked and file.is_answered(main, section):
        own = file.group([main])
        search.record(own, search.ruling, MAIN)
        return file.group([main, *chosen])
    return chosen


MAIN_QUESTION = 3  # headings: the question, the section below its answer, the first one in it


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
        toggles = style.kind is Kind.SUMMARY and inner.share_asking >= limit.MOST_ASK
        deeper = style.kind in HEADINGS and style.level > outer.first.level
        if outer.first.kind not in HEADINGS or not (deeper or toggles):
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


def titles_beside(search: Search) -> list[int]:
    """Un-numbered titles that are questions beside numbered ones: among or outside of them."""
    found = {*_between(search), *_outside(search)}
    main = followed_title(search.chosen)
    if main is not None and main not in search.chosen and search.file.asks(main):
        found.add(main)
    if not found or not search.chosen.is_labelled:
        return sorted(found)
    blocks, asked = search.file.flow.blocks, {*search.chosen}
    return sorted(found - parts_of_answers(blocks, asked, section_headings(blocks, asked)))


def _outside(search: Search) -> list[int]:
    """Headings that ask, each with an answer, where no answer to a numbered question is.

    `## How do you rest?` in a file whose second half has `### Teams` and `#### 1. Do you lead?`.
    """
    chosen, file = search.chosen, search.file
    several = [g for s, g in file.unnumbered.items() if s.kind in HEADLINES and len(g) > 1]
    if not several:
        return []
    folded = chosen.first.kind is Kind.SUMMARY
    ends = {at: file.end_of_toggle(at) for at in chosen} if folded else dict(chosen.answer_spans)
    found: list[int] = []
    for group in several:
        is_all = _are_all(chosen, group)
        asked = group if is_all else file.group(filter(file.asks, group))
        free = asked.keep(lambda at, _: not is_inside(at, chosen, ends))
        own = free.keep(lambda at, end: file.is_answered(at, first_in(chosen, at, end)))
        bare = own.keep(lambda at, end: first_in(chosen, at, end) == end)
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


def asked_in_sections(search: Search) -> tuple[frozenset[int], list[int]]:
    """Numbered headings that only hold headings which ask, and the latter.

    `## 9. In short` above `### What is a moult?` and others, each with an answer.
    """
    chosen, file = search.chosen, search.file
    if chosen.is_labelled or chosen.first.kind not in HEADINGS:
        return frozenset(), []
    sections: set[int] = set()
    found: list[int] = []
    for style, group in file.unnumbered.items():
        if style.kind not in HEADINGS or style.level <= chosen.first.level:
            continue
        for start, end in chosen.spans:
            held = group.within(start, file.end_below(start, end))
            is_sure = len(held.answered) == len(held) >= limit.COUNTED_TITLES
            if is_sure and held.share_asking >= limit.NEARLY_ALL_ASK:
                own = is_section_of(file, start, held)
                sections |= {start} if own else set()
                found += held if own else ()
    return frozenset(sections), found


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
        (at, first_in(chosen, at, end))
        for group in file.unnumbered.values()
        for at, end in group.spans
        if file.titles[at].kind is like.kind and file.titles[at].level == like.level
    ]
    sections = {section_of(file, chosen[0]), section_of(file, chosen[-1])}
    aside = [
        (at, end)
        for at, end in titles
        if like.kind in HEADINGS and not chosen[0] < at < chosen[-1]
        if section_of(file, at) in sections
    ]
    asking = share(file.titles[at].name.endswith(QUESTION_MARKS) for at, _ in aside)
    among = [(at, end) for at, end in titles if chosen[0] < at < chosen[-1]]
    return [
        at
        for at, end in (*among, *(aside if asking >= limit.NEARLY_ALL_ASK else ()))
        if file.titles[at].name.endswith(QUESTION_MARKS) or (solved and file.is_solved(at, end))
        if file.is_answered(at, end)
    ]
