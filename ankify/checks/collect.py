"""The problems that a build finds while it reads: of pages, media and matching, in one list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ankify.config import Settings
from ankify.identity.guids import Candidate, Doubt, Matching
from ankify.media.collect import Collected
from ankify.model import Location, Page, Problem


def collect_problems(
    pages: Sequence[Page],
    left_out: Iterable[Problem],
    collected: Collected,
    matching: Matching,
    settings: Settings,
) -> tuple[Problem, ...]:
    """Collect all problems, sorted by place, without those that are switched off there.

    `left_out` are those of the folder itself.
    """
    found = (*left_out, *_problems(pages, collected, matching))
    return tuple(_switched_on(pages, settings, found))


def _switched_on(
    pages: Sequence[Page], settings: Settings, problems: Iterable[Problem]
) -> list[Problem]:
    """Sort problems by place, and leave out those whose rule is switched off there."""
    by_file = {page.file: page for page in pages}
    return sorted(
        problem
        for problem in problems
        if problem.rule not in settings.check.off
        and not (
            (page := by_file.get(problem.location.file))
            and page.switched_off(problem.rule, problem.location.line)
        )
    )


def _problems(pages: Sequence[Page], collected: Collected, matching: Matching) -> Iterator[Problem]:
    yield from collected.problems
    for page in pages:
        yield from page.problems
        yield from _unanswered(page)
    for doubt in matching.doubts:
        yield _uncertain(doubt)
    yield from _marked_twice(matching)
    yield from _emptied(pages, matching)


def _marked_twice(matching: Matching) -> Iterator[Problem]:
    """A problem for each question whose mark an earlier one has, too (see `new_items`)."""
    first: dict[tuple[str, bool], Candidate] = {}
    for candidate in (found.candidate for found in matching.matches):
        mark = candidate.marked_id
        if not mark:
            continue
        other = first.setdefault((mark, candidate.is_cloze), candidate)
        if other is not candidate:
            is_here = other.file == candidate.file
            place = f"line {other.line}" if is_here else f"{other.file}:{other.line}"
            yield Problem(
                Location(candidate.file, candidate.line),
                "duplicate-id",
                f"the mark id={mark} is on {place}, too: it counts for neither",
                hint="a copied question takes its mark along: take it out of the copy",
            )


def _emptied(pages: Sequence[Page], matching: Matching) -> Iterator[Problem]:
    """A problem for each note file that is there, had questions, and now has none."""
    gone = Counter(entry.file for entry in matching.removed)
    for page in pages:
        if gone[page.file] and not page.questions:
            number = gone[page.file]
            count = "the only question" if number == 1 else f"all {number} questions"
            yield Problem(
                Location(page.file),
                "questions-gone",
                f"{count} of this file would be gone: none is found in it any more",
                hint="if that is not meant, `ankify list --why` says how the file is read",
            )


def _unanswered(page: Page) -> Iterator[Problem]:
    """A problem for each question without an answer, but only one where few questions have any."""
    asked = page.unanswered
    if len(asked) > FEW and not page.questions:
        message = f"{len(asked)} numbered headings from here on, and no answer below any of them"
    elif len(asked) > max(MANY, len(page.questions)):
        message = f"{len(asked)} questions without an answer from here on"
    else:
        for question in asked:
            message = f"question without an answer: {question.title}"
            yield Problem(question.location, "question-without-answer", message)
        return
    yield Problem(asked[0].location, "question-without-answer", message, hint=OF_A_TEST)


FEW = 2  # questions without an answer, each named though no other has one
MANY = 10  # the same beside questions with one
OF_A_TEST = "those of a test are `Answer: b`, a ticked box, or `1. b` under `## Answers` at its end"


def _uncertain(doubt: Doubt) -> Problem:
    """Say which questions may continue an old one, and what was done."""
    places = "; ".join(
        f"{c.file}:{c.line} {c.title!r} ({sure:.0%})"
        for c, sure in zip(doubt.candidates, doubt.sure, strict=True)
    )
    taken = doubt.chosen
    done = f"taken: line {taken.line}" if taken else "taken as new questions"
    place = Location(taken.file, taken.line) if taken else Location(doubt.entry.file)
    return Problem(
        place,
        "uncertain-match",
        f"{doubt.entry.title!r} may have become {places}; {done}",
        hint=_decision(doubt),
    )


def _decision(doubt: Doubt) -> str | None:
    """How to overrule what was done: the old guid as a mark finds its question at any time."""
    other = next((one for one in doubt.candidates if one != doubt.chosen), None)
    if other is None:
        return None
    which = "it is the other one" if doubt.chosen else "it is the same question"
    mark = f"<!-- ankify: id={doubt.entry.guid} -->"
    return f"if {which}, write {mark} below {other.file}:{other.line}"
