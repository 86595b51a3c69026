"""One line teaches the rest: the setting that would take titles which look like questions.

Each candidate is tried on the file; the one that makes the most questions of what is on no card,
and loses none that are there, is suggested.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from ankify.model import Suggestion
from ankify.questions import thresholds as limit
from ankify.questions.evidence import HEADINGS, FileIndex, Group
from ankify.questions.labels import counting_words
from ankify.questions.layout import Layout, SplitOptions, lay_out
from ankify.questions.titles import Title
from ankify.reading.inline import visible
from ankify.reading.parse import ParsedFile

Candidate = tuple[str, str, SplitOptions]  # key, value as TOML, what the reader then goes by


def suggest(parsed: ParsedFile, options: SplitOptions, layout: Layout) -> Suggestion | None:
    """Find the line for `[questions]` of `ankify.toml` that takes most of what is not taken."""
    known = _asked(layout)
    best: Suggestion | None = None
    for key, value, tried in _candidates(layout, options):
        found = _asked(lay_out(parsed, tried))
        new = found.keys() - known.keys()
        kept = len(known.keys() & found.keys()) >= limit.KEPT * len(known)
        likely = kept and len(new) >= 2 and _is_likely(key, [found[line] for line in new])
        if likely and (best is None or len(new) > best.adds):
            best = Suggestion(key, value, len(new), min(new) + 1)
    return best


def _asked(layout: Layout) -> dict[int, bool]:
    """The lines of the questions with an answer, and whether each asks or has a labelled answer."""
    file = FileIndex(layout.flow)
    group = file.group(sorted(layout.outline.questions & file.titles.keys()))
    return {
        file.titles[start].line: file.asks(start) or file.is_solved(start, end)
        for start, end in group.spans
        if file.is_answered(start, end)
    }


def _is_likely(key: str, asking: list[bool]) -> bool:
    """Whether what a setting takes looks like questions; a word that counts says it by itself."""
    return key in ("labels", "pattern") or sum(asking) >= limit.SOME_ASK * len(asking)


def _candidates(layout: Layout, options: SplitOptions) -> Iterator[Candidate]:
    if not options.unnumbered and layout.outline.candidates:
        yield "unnumbered", "true", replace(options, unnumbered=True)
    if not options.is_open:
        return
    for word in counting_words(layout.blocks):
        labels = (*options.labels, word)
        listed = ", ".join(f'"{label}"' for label in labels)
        yield "labels", f"[{listed}]", replace(options, labels=labels)
    for level in _levels(layout):
        yield "level", str(level), replace(options, level=level)
    for pattern in _patterns(layout):
        yield "pattern", f"'{pattern}'", replace(options, pattern=pattern)


def _levels(layout: Layout) -> list[int]:
    """Levels of headings of which none is a question."""
    file = FileIndex(layout.flow)
    groups = [*file.numbered.items(), *file.unnumbered.items()]
    taken = {title.level for at in layout.outline.questions if (title := _title(layout, at))}
    levels = {style.level for style, group in groups if style.kind in HEADINGS and len(group) > 1}
    return sorted(levels - taken)


def _title(layout: Layout, at: int) -> Title | None:
    return layout.flow.blocks[at].title


# Shapes of titles with their number elsewhere: `Rivers - 49`, `n4.listen.001`.
LAST = re.compile(r"(?P<title>.*\w.*?)\s*[-–—#(]\s*(?P<number>\d{1,4})\)?")
IDENTIFIER = re.compile(r"(?P<head>[\w.\-/]*[^\W\d][.\-/])(?P<number>\d{1,4})\b.*")


def _patterns(layout: Layout) -> Iterator[str]:
    """Patterns for the shapes that several titles without a number have."""
    file = FileIndex(layout.flow)
    names = [
        visible(title.whole).strip()
        for group in file.unnumbered.values()
        for title in _headings(group)
    ]
    if sum(bool(LAST.fullmatch(name)) for name in names) >= limit.COUNTED_TITLES:
        yield r"^(?P<title>.*\w.*?)\s*[-–—#(]\s*(?P<number>\d{1,4})\)?$"
    heads = Counter(found["head"] for name in names if (found := IDENTIFIER.fullmatch(name)))
    for head, count in heads.most_common(1):
        if count >= limit.COUNTED_TITLES:
            yield rf"^{re.escape(head)}(?P<number>\d{{1,4}})\b"


def _headings(group: Group) -> tuple[Title, ...]:
    return group.titles if group.first.kind in HEADINGS else ()
