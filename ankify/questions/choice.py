"""Which of the titles in a note file are questions, and which are sections or steps of an answer.

The outermost group of numbered titles holds the questions, unless it only holds a deeper group that
does: then it is sections. Groups that read like chapters, lists of links or steps of an answer are
no questions. docs/dialects.md has the rules in full.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from ankify.questions.evidence import (
    ASKS,
    HEADINGS,
    LISTED,
    WEAK,
    Flow,
    Group,
    Style,
    Titles,
    style_of,
)
from ankify.questions.titles import Kind
from ankify.questions.words import QUIZ, asks

Groups = Mapping[Style, Group]
PLAIN = (Kind.ITEM_LINK, Kind.ITEM)  # without a number too plain to be a question


@dataclass(frozen=True)
class Outline:
    """Where the questions of a file stand.

    `candidates` counts the un-numbered titles that would be questions if they were asked for.
    `undecided` is the first of the sections that may as well be the questions.
    """

    questions: frozenset[int]
    candidates: int = 0
    undecided: int | None = None


def choose(flow: Flow, *, unnumbered: bool = False, level: int | None = None) -> Outline:
    """Say which titles of a file are its questions; a level overrules all judgement."""
    titles = Titles(flow)
    if titles.other_paper():
        return Outline(frozenset())
    numbered = _without_quiet_parts(titles, titles.groups(numbered=True))
    loose = titles.groups(numbered=False)
    if level is not None:
        return Outline(frozenset(_on_level(level, numbered, loose, unnumbered)))
    if unnumbered:
        numbered |= {style: group for style, group in loose.items() if style.family == "labelled"}
    chosen = _outermost(titles, {s: g for s, g in numbered.items() if s.rank < WEAK[Kind.BOLD]})
    if chosen and not titles.labelled(chosen):
        chosen = _held(titles, chosen, numbered)
        labelled = [g for s, g in loose.items() if s.family == "labelled"]
        if not unnumbered and any(titles.is_quiz(chosen, group) for group in labelled):
            chosen, numbered = [], {}
    plain = [] if chosen else _asking(titles, loose)
    if not chosen and not (unnumbered and plain):
        chosen = _outermost(titles, numbered)
    if chosen and titles.found[chosen[0]].kind not in LISTED:
        chosen = _without_restart(titles, chosen)
    if chosen and titles.found[chosen[0]].kind in HEADINGS:
        chosen = _with_slips(titles, chosen, numbered)
        chosen = _with_other_parts(titles, chosen, numbered)
    if chosen:
        between = _between(titles, chosen, loose)
        found = frozenset([*chosen, *between] if unnumbered else chosen)
        candidates = 0 if unnumbered else len(between)
        return Outline(found, candidates, _undecided(titles, chosen, numbered))
    return Outline(frozenset(plain if unnumbered else ()), len(plain))


def _without_quiet_parts(titles: Titles, groups: Groups) -> dict[Style, Group]:
    """Leave out the bold titles or list items below a heading where none of them asks."""
    found: dict[Style, Group] = {}
    for style, group in groups.items():
        if style.kind not in WEAK or titles.labelled(group):
            found[style] = group
            continue
        part = {at: bisect_left(titles.headings, at) for at in group}
        loud = {
            part[at]
            for at, end in titles.spans(group)
            if asks(titles.found[at].name) or titles.solved(at, end)
        }
        if loud:
            found[style] = [at for at in group if part[at] in loud]
    return found


def _undecided(titles: Titles, chosen: Group, groups: Groups) -> int | None:
    """The first section around the questions, if nothing but its place speaks for a section."""
    for style, group in sorted(groups.items()):
        outside = style.kind in HEADINGS and group[0] not in chosen and titles.plausible(group)
        if outside and titles.is_section(group, chosen) and titles.doubtful(group, chosen):
            return group[0]
    return None


def _on_level(level: int, numbered: Groups, loose: Groups, unnumbered: bool) -> Group:
    """All headings of one level; un-numbered ones if asked for, or if there are no others."""
    found = [at for s, g in numbered.items() if s.level == level for at in g]
    if unnumbered or not found:
        found += [at for s, g in loose.items() if s.level == level for at in g]
    return found


def _outermost(titles: Titles, groups: Groups) -> Group:
    """Go from the outermost group inwards, past those that only hold others."""
    chosen: Group = []
    chapters = False
    for style, group in sorted(groups.items()):
        if chosen:
            chosen = _inwards(titles, chosen, group)
        elif titles.minor(group):
            continue
        elif titles.plausible(group) and not (chapters and titles.asking(group) < 0.5):
            chosen = group
        else:  # what stands in chapters has to ask aloud to be a question
            chapters |= style.kind in HEADINGS and not titles.stray(group)
    return chosen


def _inwards(titles: Titles, outer: Group, inner: Group) -> Group:
    """Take the inner group if the outer one is sections, else what sections there are in it.

    One by one: a section with an answer of its own and no inner titles is a question, and a
    question that does not ask and only holds questions is a section.
    """
    if titles.is_section(outer, inner):
        holders = {start for start, _ in titles.holders(outer, inner)}
        own = [at for at, end in titles.spans(outer) if at not in holders and titles.own(at, end)]
        if titles.is_quiz(outer, inner):
            own = [at for at in own if asks(titles.found[at].name)]
        return sorted([*inner, *own])
    sections = titles.bare_sections(outer, inner)
    if not sections:
        return outer
    held = [
        at
        for start, end in sections
        for at in inner[bisect_left(inner, start) : bisect_left(inner, end)]
    ]
    return sorted({*outer, *held} - {start for start, _ in sections})


def _held(titles: Titles, chosen: Group, groups: Groups) -> Group:
    """Bold titles or list items that ask, if the chosen titles do not and hold nothing else."""
    for style, group in sorted(groups.items()):
        if style.rank < WEAK[Kind.BOLD] or titles.asking(chosen) >= 0.5:
            continue
        holders = titles.holders(chosen, group)
        bare = [start for start, first in holders if not titles.answered(start, first)]
        if 2 * len(bare) >= len(chosen) and titles.is_section(chosen, group):
            return _inwards(titles, chosen, group)
    return chosen


def _asking(titles: Titles, groups: Groups) -> Group:
    """The outermost group of titles of which most ask and have an answer."""
    asking: list[Group] = []
    labelled = any(map(titles.labelled, groups.values()))  # then the answers are theirs
    for style, group in sorted(groups.items()):
        if style.kind in WEAK and not titles.labelled(group):  # the rest is emphasis, not a title
            group = [at for at in group if asks(titles.found[at].name)]
        group = [at for at, end in titles.spans(group) if not titles.holds_contents(at, end)]
        answered = [start for start, end in titles.spans(group) if titles.answered(start, end)]
        solved = 0.0 if labelled else titles.solving(group)
        asking_enough = max(titles.asking(answered), solved) >= 0.5
        if style.kind in PLAIN or len(answered) < 2 or not asking_enough:
            continue
        if titles.labelled(group) or titles.coverage(group) >= 0.4:
            asking.append(group)
    most = max(map(len, asking), default=0)
    return next((group for group in asking if 4 * len(group) >= most), _only(titles))


def _only(titles: Titles) -> Group:
    """The title of the file, if it has a question mark and all else stands below it."""
    first = titles.headings[:1]
    title = titles.found[first[0]] if first else None
    alone = [at for at in titles.headings if titles.found[at].level == 1] == first
    asking = title and title.level == 1 and not title.read.number and title.name.endswith(ASKS)
    return first if alone and asking and titles.coverage(first) >= 0.8 else []


def _between(titles: Titles, chosen: Group, groups: Groups) -> Group:
    """Titles with a question mark but no number that stand among the questions as one of them."""
    like = titles.found[chosen[0]]
    among = [
        (at, end)
        for group in groups.values()
        for at, end in titles.spans(group)
        if chosen[0] < at < chosen[-1] and titles.found[at].name.endswith(ASKS)
        if titles.found[at].kind is like.kind and titles.found[at].level == like.level
    ]
    own = (min(end, chosen[bisect_left(chosen, at)]) for at, end in among)
    return [at for (at, _), end in zip(among, own, strict=True) if titles.answered(at, end)]


def _without_restart(titles: Titles, chosen: Group) -> Group:
    """Leave out another list below: numbers that begin again, with another separator.

    `### 1: X` to `### 9: X` are questions, `### 1. Y` and `### 2. Y` after them something else,
    unless a heading in between begins another part of the file.
    """
    styles = [(style_of(titles.found[at]), titles.found[at].read.separator) for at in chosen]
    style, usual = Counter(styles).most_common(1)[0][0]
    values = [titles.value(at) for at in chosen]
    kept, other = [chosen[0]], False
    for (before, at), (last, value) in zip(pairwise(chosen), pairwise(values), strict=True):
        title = titles.found[at]
        differs = title.read.separator != usual and style_of(title) == style
        restarts = value <= 1 < last and not titles.parted(before, at)
        other = differs and (other or restarts)
        if not other:
            kept.append(at)
    return kept


def _with_slips(titles: Titles, chosen: Group, groups: Groups) -> Group:
    """Add headings of other styles that go on with the numbers, or fill a gap in them.

    Authors slip in the level (`## 8.`, `### 9.`, `## 10.`), and lists grow at another level.
    """
    known = set(chosen)
    others = [
        group
        for style, group in groups.items()
        if style.arabic and style.kind in (*HEADINGS, Kind.BOLD, Kind.TEXT)
        if group[0] not in known and not titles.is_section(group, chosen)
    ]
    for _ in range(2):  # what the first round adds may close the gaps around another slip
        styles = {style_of(titles.found[at]) for at in chosen}
        runs = [run for g in others if g[0] not in known for run in _runs(g, chosen)]
        known.update(*(run for run in runs if _goes_on(titles, run, chosen, styles)))
        chosen = sorted(known)
    return chosen


def _runs(group: Group, chosen: Group) -> list[Group]:
    """Cut a group wherever a chosen title stands in between."""
    runs: dict[int, Group] = defaultdict(list)
    for at in group:
        runs[bisect_left(chosen, at)].append(at)
    return list(runs.values())


def _goes_on(titles: Titles, run: Group, chosen: Group, styles: set[Style]) -> bool:
    """Whether a run of titles between two questions counts on from the first to the second."""
    index = bisect_left(chosen, run[0])
    title, usual = titles.found[run[0]], titles.found[chosen[0]]
    if title.kind in (Kind.BOLD, Kind.TEXT):
        return _fills(titles, run, chosen[index - 1 : index + 1])
    before = titles.value(chosen[index - 1]) if index else 0
    after = titles.value(chosen[index]) if index < len(chosen) else 0
    first, last = titles.value(run[0]), titles.value(run[-1])
    if title.read.depth != usual.read.depth or first not in (before, before + 1):
        return False
    if after > 1:
        return before + 1 == first and last + 1 == after
    if not before or title.kind is usual.kind is Kind.HTML:
        return bool(before)
    if first == before + 1 and (after or style_of(title) in styles or title.level == usual.level):
        return True
    return before > 2 and not after and titles.asking(run) >= 0.5


def _fills(titles: Titles, run: Group, around: Group) -> bool:
    """Whether `1.2` stands between `1.1` and `1.3`, or `2.1` and `2.2` before `2.3`."""
    parts = [titles.found[at].read.number or "" for at in (*run, *around[-1:])]
    heads = {part.rpartition(".")[0] for part in parts}
    values = [titles.value(at) for at in (*run, *around[-1:])]
    counted = values == list(range(values[0], values[0] + len(values)))
    before = titles.value(around[0]) if len(around) > 1 else 0
    asked = len(around) > 1 and values[0] > 1 and titles.asking(run) == 1
    sure = asked or ("" not in heads and titles.found[run[0]].kind is Kind.BOLD)
    return counted and len(heads) == 1 and sure and values[0] in (1, before + 1)


def _with_other_parts(titles: Titles, chosen: Group, groups: Groups) -> Group:
    """Add the questions of other parts of the file, which may be of another style."""
    found: Group = []
    headings = {style: group for style, group in groups.items() if style.kind in HEADINGS}
    for start, end in titles.parts(chosen):
        found += _asked_in(titles, headings, start, end)
    for start, end in titles.quizzes(chosen):
        group = _asked_in(titles, groups, start, end)
        answered = sum(titles.answered(*span) for span in pairwise([*group, end]))
        sure = QUIZ.match(titles.found[start].name) or (group and titles.asking(group) >= 0.8)
        found += group if sure and 2 * answered >= len(group) else []
    return sorted({*chosen, *found})


def _asked_in(titles: Titles, groups: Groups, start: int, end: int) -> Group:
    """The questions of one part of a file, if they ask or have a label."""
    part = {s: g[bisect_left(g, start) : bisect_left(g, end)] for s, g in groups.items()}
    group = _outermost(titles, {style: found for style, found in part.items() if found})
    asked = group and (titles.labelled(group) or titles.asking(group) >= 0.5)
    return group if asked else []
