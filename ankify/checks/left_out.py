"""What is on no card: titles that were refused or have no number, text between the questions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ankify.checks.registry import rule, seen_by_the_reader
from ankify.model import LeftOut, Location, Page, Problem, Project, Ruling, Verdict

# Files whose numbered headings are seldom questions: what reads as steps or chapters is so there.
PAPERS = re.compile(
    r"(?:.*/)?(?:readme|change-?log|history|news|releases?|contributing|licen[cs]e|security|support"
    r"|code[-_]of[-_]conduct|installation?|roadmap|todo)\b[^/]*$",
    re.IGNORECASE,
)
# Grounds on which no reader would lose a question.
SURE = frozenset({"never", "other-paper", "file-title", "count", "elsewhere", "links", "settings"})
PROSE = frozenset({"to-do", "chapters", "steps", "book", "restarts", "in-chapters"})
SOME_ASK = "some-ask"
MOSTLY_LINKS = 0.5  # of a file's characters: it leads to others
ENOUGH = 100  # letters of text in a file: less is a greeting, or a line on the licence


class Loss(NamedTuple):
    """What a file has on no card: headings, and letters of text."""

    rule: str
    file: str
    headings: int
    letters: int


def losses(project: Project) -> Iterator[Loss]:
    """What the rules below are about, file by file; not what is switched off."""
    for page in project.pages:
        verdict, gaps = _refused(page), _lost_text(page)
        found = [
            Loss("unnumbered-questions", page.file, page.survey.unnumbered, 0),
            Loss("refused-titles", page.file, verdict.lost if verdict else 0, 0),
            Loss(
                "text-on-no-card",
                page.file,
                sum(gap.headings for gap in gaps),
                sum(gap.letters for gap in gaps),
            ),
        ]
        for loss in found:
            off = loss.rule in project.rules_off or page.switched_off(loss.rule, 0)
            if not off and (loss.headings or loss.letters):
                yield loss


def summary(project: Project) -> str | None:
    """One line on all that is on no card; None where nothing is."""
    found = list(losses(project))
    if not found:
        return None
    titles: Counter[str] = Counter()  # refused, or without a number
    in_text: Counter[str] = Counter()  # above text that is on no card: the same ones, and others
    for loss in found:
        (in_text if loss.letters else titles)[loss.file] += loss.headings
    files = len({it.file for it in found})
    headings, letters = (titles | in_text).total(), sum(it.letters for it in found)
    text = f"{letters / 1000:.0f} kB of text" if letters >= 1000 else f"{letters} letters of text"
    said = [f"{headings} heading{'s' * (headings != 1)}"] if headings else []
    said += [text] if letters else []
    where = f"{files} file{'s' * (files != 1)}"
    return f"left out: {', '.join(said)} in {where}; `ankify check` says why"


def files_without_cards(project: Project, problems: Iterable[Problem]) -> list[str]:
    """The note files with text and no card, in a folder where others have some.

    Not those that have `problems`, which say more; nor a README and the like, or a list of links.
    """
    if not project.questions:
        return []
    told = {problem.location.file for problem in problems}
    return [page.file for page in project.pages if page.file not in told and _is_unread(page)]


def _is_unread(page: Page) -> bool:
    if page.rendered or page.unanswered or page.is_template or page.is_drawing:
        return False
    if PAPERS.match(page.file):
        return False
    linked = sum(len(link.href) + len(link.text) for link in page.survey.links)
    return page.survey.size >= ENOUGH and linked < MOSTLY_LINKS * page.survey.size


@rule
def untaken_questions(project: Project) -> Iterator[Problem]:
    """Titles that look like questions, and one line that takes them

    They are of one shape that ankify does not know, or were taken for something else. The hint is
    the line for `[questions]` of `ankify.toml`; `ankify check --fix-config` writes it.
    """
    for page in project.pages:
        suggestion = page.suggestion
        if suggestion and suggestion.key != "unnumbered":
            yield Problem(
                Location(page.file, suggestion.line),
                "untaken-questions",
                f"{suggestion.adds} titles from here on look like questions, and make no card",
                hint=f"{suggestion} under [questions] of ankify.toml takes them;"
                " `ankify check --fix-config` writes it",
            )


@rule
def refused_titles(project: Project) -> Iterator[Problem]:
    """Numbered titles that make no card, or with `unnumbered` others of which some ask

    They were taken for chapters, things to do, or the like. If they are questions, the hint says
    what makes them so. `ankify list --why` has the verdict on all titles of a file. A file is
    reported once; of a README, a change log and the like
    only what is neither steps nor chapters.
    """
    for page in project.pages:
        verdict = None if page.suggestion else _refused(page)
        if verdict:
            where = (
                "" if verdict.overrule.startswith("<!--") else " under [questions] of ankify.toml"
            )
            yield Problem(
                Location(page.file, verdict.line),
                "refused-titles",
                f"{verdict.lost} {'numbered ' * verdict.numbered}titles from here on make no card:"
                f" they {verdict.reason}",
                hint=f"if they are questions: {verdict.overrule}{where}",
            )


def _refused(page: Page) -> Verdict | None:
    """The largest group of titles with an answer that is on no card: numbered, or asking."""
    sure = SURE | PROSE if PAPERS.match(page.file) else SURE
    refused = [
        verdict
        for verdict in page.verdicts
        if verdict.ruling is not Ruling.QUESTIONS and verdict.lost > 1
        if verdict.numbered or verdict.ground == SOME_ASK
        if verdict.ground not in sure
    ]
    return max(refused, key=lambda verdict: verdict.lost, default=None)


@rule
def text_on_no_card(project: Project) -> Iterator[Problem]:
    """Text of a file with questions that is on no card

    A section whose heading is no question, or text below an answer that has ended. What a section
    opens with and references are not reported, and what is above the first question only where it
    is the most of the file, and no README or the like. A file is reported once. If it belongs to
    the answer above, give its heading a deeper level; if it is a question, number it.
    """
    for page in project.pages:
        gaps = _lost_text(page)
        if gaps:
            first, more = gaps[0], len(gaps) - 1
            size = sum(gap.letters for gap in gaps)
            also = f" and {more} more place{'s' * (more > 1)}" if more else ""
            yield Problem(
                Location(page.file, first.line),
                "text-on-no-card",
                f"lines {first.line} - {first.end_line}{also} are on no card ({size:,} letters)",
                hint="number its heading, or make it deeper than that of the question above",
            )


def _lost_text(page: Page) -> tuple[LeftOut, ...]:
    """The places with text that is lost, if it is enough to matter; no preface of a README."""
    gaps = page.left_out
    if gaps and gaps[0].line == 1 and PAPERS.match(page.file):
        gaps = gaps[1:]
    return gaps if sum(gap.letters for gap in gaps) >= ENOUGH else ()


seen_by_the_reader(
    "swallowed-question",
    """An answer that looks as if it held the next question

    A line of the answer begins with the next number and asks, and no question has it. Most often a
    blank line is missing above it, or its mark-up is not that of the other questions.
    """,
)
