"""One line teaches the rest: the setting that would take titles which look like questions.

Each candidate that is likely by itself is tried on the file. It has to leave all questions that are
there as they are, and to make more of titles that are on no card, most of which ask: no suggestion
is better than one that puts sections or steps on cards.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ankify.model import Suggestion
from ankify.questions import thresholds as limit
from ankify.questions.evidence import Group
from ankify.questions.labels import counting_words
from ankify.questions.layout import Layout, SplitOptions, judge_again, lay_out_again
from ankify.questions.titles import HEADINGS, Title
from ankify.reading.inline import visible

Candidate = tuple[str, str, SplitOptions]  # key, value as TOML, what the reader then goes by
Lines = tuple[int, int]  # the first and the last line of a question, 1-based

# What has to ask of the titles that a setting takes, or to have an answer with a label: a pattern
# is made for their shape, titles without a number have a verdict of their own; a level or a word
# takes whatever else is marked so.
LIKELY = {
    "pattern": 0.0,
    "unnumbered": 0.0,
    "labels": limit.MOST_ASK,
    "level": limit.NEARLY_ALL_ASK,
}

# So few titles are no reason to suggest a setting; a file without a number may be one question.
FEW = {"pattern": 1, "unnumbered": 0, "labels": 1, "level": 1}


def suggest(options: SplitOptions, layout: Layout, taken: Sequence[Lines]) -> Suggestion | None:
    """Find the line for `[questions]` of `ankify.toml` that takes most of what is on no card.

    `taken` are the lines of the questions that make cards already.
    """
    best: Suggestion | None = None
    before = _asked(layout).keys()
    known = before | {first for first, _ in taken}  # flashcards, which no setting changes, too
    for key, value, tried in _candidates(layout, options):
        again = lay_out_again(layout, tried) if key == "labels" else judge_again(layout, tried)
        found = _asked(again)
        new = {line: asks for line, asks in found.items() if line not in known}
        apart = not any(first < line <= last for line in new for first, last in taken)
        likely = sum(new.values()) >= LIKELY[key] * len(new)
        if (
            before <= found.keys()
            and apart
            and likely
            and len(new) > (best.adds if best else FEW[key])
        ):
            best = Suggestion(key, value, len(new), min(new))
    return best


def _asked(layout: Layout) -> dict[int, bool]:
    """The lines of the questions with an answer, and whether each asks or has a labelled answer."""
    file = layout.file
    group = file.group(sorted(layout.outline.questions & file.titles.keys()))
    return {
        file.titles[start].line + 1: file.asks(start) or file.is_solved(start, end)
        for start, end in group.spans
        if file.is_answered(start, end)
    }


def _candidates(layout: Layout, options: SplitOptions) -> Iterator[Candidate]:
    """The settings that are likely by themselves; of two that take as much the first is meant."""
    # Beside questions with numbers, titles without one are mostly parts of their answers.
    if not options.unnumbered and layout.outline.candidates and not layout.outline.questions:
        yield "unnumbered", "true", options._replace(unnumbered=True)
    if not options.is_open:
        return
    for word in counting_words(layout.blocks):
        labels = (*options.labels, word)
        listed = ", ".join(f'"{label}"' for label in labels)
        yield "labels", f"[{listed}]", options._replace(labels=labels)
    if layout.outline.questions:
        return  # a level or a pattern is all that is taken then
    for level in _levels(layout):
        yield "level", str(level), options._replace(level=level)
    for pattern in _patterns(layout):
        yield "pattern", f"'{pattern}'", options._replace(pattern=pattern)


def _levels(layout: Layout) -> list[int]:
    """Levels of headings of which nearly all ask."""
    file = layout.file
    groups = [*file.numbered.items(), *file.unnumbered.items()]
    return sorted(
        style.level
        for style, group in groups
        if style.kind in HEADINGS and len(group) > 1
        if group.answered.share_asking >= limit.NEARLY_ALL_ASK
    )


# Shapes of titles with their number elsewhere: `Rivers - 49`, `n4.listen.001`.
_LONGEST = 500  # characters of a title that is compared; the patterns go back and forth in it
LAST = re.compile(r"(?P<title>.*\S)\s*[-–—#(]\s*(?P<number>\d{1,4})\)?")
IDENTIFIER = re.compile(r"(?P<head>[\w.\-/]*[^\W\d][.\-/])(?P<number>\d{1,4})\b.*")


def _patterns(layout: Layout) -> Iterator[str]:
    """Patterns for the shapes that several titles without a number have."""
    file = layout.file
    found = (
        visible(title.whole).strip()
        for group in file.unnumbered.values()
        for title in _headings(group)
    )
    names = [name for name in found if len(name) <= _LONGEST]
    if sum(bool(LAST.fullmatch(name)) for name in names) >= limit.COUNTED_TITLES:
        yield rf"^{LAST.pattern}$"
    heads = Counter(it["head"] for name in names if (it := IDENTIFIER.fullmatch(name)))
    for head, count in heads.most_common(1):
        if count >= limit.COUNTED_TITLES:
            yield rf"^{re.escape(head)}(?P<number>\d{{1,4}})\b"


def _headings(group: Group) -> tuple[Title, ...]:
    return group.titles if group.first.kind in HEADINGS else ()
