"""Verdicts on groups of titles that hold others: are they sections, or questions with parts?

Named grounds in a table, as in `verdicts.py`; the first that applies decides.
"""

from __future__ import annotations

from ankify.questions import thresholds as limit
from ankify.questions.evidence import FileIndex, Group, Nesting
from ankify.questions.styles import WEAK, style_of
from ankify.questions.titles import HEADINGS, Kind
from ankify.questions.verdicts import Ground, is_plausible, repeats
from ankify.questions.words import names_questions


def is_section(nesting: Nesting) -> bool:
    """Whether the titles of the outer group only hold the questions of the inner one."""
    return section_ground(nesting).accepts


def section_ground(nesting: Nesting) -> Ground[Nesting]:
    """Give the ground on which the outer titles are sections, or are not."""
    return next(ground for ground in SECTION_GROUNDS if ground.applies(nesting))


def is_quiz(nesting: Nesting) -> bool:
    """Whether titles that do not ask are chapters, and the inner ones the questions on them.

    Fewer are enough with a label, if each has an answer and they have a chapter of their own.
    """
    outer, inner = nesting.outer, nesting.inner
    is_named = len(inner) >= limit.QUIZZED and inner.is_in_quizzes
    solved = inner.share_solved >= limit.NEARLY_ALL_ASK
    solved = solved and (is_named or nesting.share_holding >= limit.MOST)
    sure = inner.is_labelled or inner.first.kind is Kind.SUMMARY or solved
    sure = sure or _has_section_of_its_own(nesting)
    has_chapter = is_named and inner.is_labelled and len(inner.answered) == len(inner)
    has_chapter = has_chapter and len(inner) >= limit.OWN_CHAPTER * len(outer)
    is_said = has_chapter or (is_named and outer.share_listed >= limit.MOST)
    quiet = outer.share_asking < (limit.FEW_ASK if is_said else limit.HARDLY_ANY_ASK)
    enough = is_said or len(inner) >= limit.QUIZ * len(outer)
    asking = limit.MOST_ASK if is_said and inner.is_labelled else limit.NEARLY_ALL_ASK
    return sure and quiet and enough and inner.share_asking >= asking


def _has_section_of_its_own(nesting: Nesting) -> bool:
    """Whether the inner titles are list items that ask, below a higher heading that says so.

    `## Questions on rivers` and three items there, each with an answer, beside `### 1. Deltas`.
    """
    outer, inner, file = nesting.outer, nesting.inner, nesting.file
    if inner.first.kind not in WEAK or len(inner) < limit.COUNTED_TITLES:
        return False
    above = (file.parents.get(at) for at in inner)
    is_said = all(it and it.level < outer.first.level and names_questions(it.name) for it in above)
    return is_said and len(inner.answered) == len(inner)


def _names_outer(nesting: Nesting) -> bool:
    return nesting.outer.share_listed - nesting.inner.share_listed > limit.CLEARLY_NAMED


def _names_inner(nesting: Nesting) -> bool:
    return nesting.inner.share_listed - nesting.outer.share_listed > limit.CLEARLY_NAMED


def _only_inner_asks(nesting: Nesting) -> bool:
    asked = nesting.outer.share_asking, nesting.inner.share_asking
    return asked[1] >= limit.MOST_ASK and asked[0] <= limit.FEW_ASK


def _inner_asks_aloud(nesting: Nesting) -> bool:
    asked = nesting.outer.share_asking, nesting.inner.share_asking
    holding = nesting.share_holding >= limit.NEARLY_ALL_HOLD and nesting.share_bare == 1
    return asked[1] >= limit.NEARLY_ALL_ASK and asked[0] < limit.MOST_ASK and holding


def _outer_asks(nesting: Nesting) -> bool:
    # 1.1 under 1 may be a part of the answer to 1.
    inner = 0 if nesting.goes_on else nesting.inner.share_asking
    return nesting.outer.share_asking > max(inner, limit.FEW_ASK)


def _is_bare(nesting: Nesting) -> bool:
    parts = nesting.goes_on and repeats(nesting.inner)
    return nesting.share_bare >= limit.MOST_BARE and not parts


def _holds_what_is_asked(nesting: Nesting) -> bool:
    """`## Question 1: Rivers` over nothing but `### a) What is a delta?`, and so on."""
    all_hold = min(nesting.share_holding, nesting.share_bare) >= limit.NEARLY_ALL_HOLD
    quiet = nesting.outer.share_asking < limit.HARDLY_ANY_ASK and not nesting.inner.is_labelled
    return all_hold and quiet and nesting.inner.share_asking >= limit.NEARLY_ALL_ASK


SECTION_GROUNDS: tuple[Ground[Nesting], ...] = (
    Ground(
        "only-inner-asks",
        True,
        _holds_what_is_asked,
        "do not ask, and hold nothing but titles that do",
    ),
    Ground("outer-labelled", False, lambda it: it.outer.is_labelled, "have a label of questions"),
    Ground(
        "inner-refused",
        False,
        lambda it: not is_plausible(it.inner),
        "hold numbered titles that are no questions",
    ),
    Ground("quiz", True, is_quiz, "are chapters, and what they hold are the questions on them"),
    Ground(
        "few-hold", False, lambda it: it.share_holding < limit.MOST, "mostly hold no other titles"
    ),
    Ground(
        "inner-labelled",
        True,
        lambda it: it.inner.is_labelled,
        "hold titles with a label of questions",
    ),
    Ground("outer-listed", False, _names_outer, "are the ones that the table of contents names"),
    Ground("inner-listed", True, _names_inner, "hold the ones that the table of contents names"),
    Ground("inner-asks", True, _only_inner_asks, "do not ask, and hold titles that do"),
    Ground("inner-asks-aloud", True, _inner_asks_aloud, "hold nothing but titles that ask"),
    Ground("outer-asks", False, _outer_asks, "ask themselves"),
    Ground(
        "inner-plain",
        False,
        lambda it: it.inner.first.kind in WEAK,
        "hold only bold text or list items",
    ),
    Ground("bare", True, _is_bare, "have nothing below but the titles they hold"),
    Ground("answers", False, lambda it: True, "have answers of their own"),
)


def is_section_of(file: FileIndex, start: int, held: Group) -> bool:
    """Whether a title without a number is the section of these headings, in any language.

    `## Types` above `### What is an integer?` does not ask, and holds nothing but headings, or,
    below a sentence or two, headings that ask; `## What types are there?` above `### Integers` is
    a question with the parts of its answer.
    """
    if not held or file.asks(start):
        return False
    if not file.is_answered(start, held[0]):
        return True
    end = file.end_below(start, file.end)
    opening = file.text_between(start, held[0]) / max(file.text_between(start, end), 1)
    aloud = len(held) > 1 and held.share_asking >= limit.NEARLY_ALL_ASK
    return aloud and opening <= limit.OPENING


def is_doubtful(nesting: Nesting) -> bool:
    """Whether neither words nor labels nor a table of contents tell sections from questions."""
    outer, inner = nesting.outer, nesting.inner
    named = abs(outer.share_listed - inner.share_listed) > limit.CLEARLY_NAMED
    asked = abs(outer.share_asking - inner.share_asking) >= limit.CLEARLY_ASKS
    chinese = style_of(outer.first).family == "chinese"
    return not (named or asked or chinese or inner.is_labelled)


def bare_sections(nesting: Nesting) -> list[tuple[int, int]]:
    """Titles that do not ask, and hold nothing but headings of an inner group that do.

    Or say that they hold questions, "Questions on rivers", and have several with a label below.
    """
    outer, inner, file = nesting.outer, nesting.inner, nesting.file
    kinds = outer.first.kind, inner.first.kind
    sure = kinds[1] in HEADINGS or inner.is_labelled
    if outer.is_labelled or not sure or kinds == (Kind.HTML, Kind.HEADING):
        return []
    ends, bare = dict(outer.spans), set(nesting.bare)
    quiet = [start for start, _ in nesting.holders if not file.asks(start)]
    return [
        (start, ends[start])
        for start in quiet
        if _is_headed(file, start, held := inner.within(start, ends[start]))
        or (start in bare and held.share_asking >= limit.NEARLY_ALL_ASK)
    ]


def _is_headed(file: FileIndex, start: int, held: Group) -> bool:
    """Whether a title says that questions are below, and several with a label and answer are."""
    several = held.is_labelled and len(held) >= limit.COUNTED_TITLES
    return (
        several
        and names_questions(file.titles[start].name)
        and len(held.answered) >= limit.NEARLY_ALL_ASK * len(held)
    )
