"""Questions: without an answer, too long, twice, or not taken."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from rapidfuzz.fuzz import ratio

from ankify.checks.registry import rule, seen_by_the_reader
from ankify.model import Location, Problem, Project, Question, Severity
from ankify.reading.html import html_text, tags

seen_by_the_reader(
    "question-without-answer",
    """A question without an answer

    It makes no card, or one with nothing but the label of the answer on its back; where half of the
    labels have nothing below, none of these does. "See the answer" with a link is none, either, if
    three questions or more have the same one. Write the answer, or take the question out. The
    answers of a test are `Answer: b` below the options, a ticked box, or `1. b` under `## Answers`
    at its end. Where more than ten questions and most of a file have none, one problem stands for
    all.
    """,
)


seen_by_the_reader(
    "undecided-file",
    """A note file in which some headings may be questions or sections

    They are taken as sections. To make them questions, set `level` or `pattern` in `[questions]` of
    `ankify.toml`, in the notes folder or in the one that the file is in.
    """,
)


seen_by_the_reader(
    "uncertain-match",
    """A question that may or may not be an old one

    It was reworded and changed so much that ankify cannot be sure whether it is the question of the
    last build. The message names the candidates and what was done.
    """,
)


seen_by_the_reader(
    "duplicate-id",
    """A mark that several questions have

    `<!-- ankify: id=a -->` names one question. A copied question takes its mark along: then it
    counts for none of them, and each is known by its text alone.
    """,
)


seen_by_the_reader(
    "questions-gone",
    """A note file that had questions at the last build, and now has none

    If the file is read otherwise than before - a heading more can do it - the learners would be
    told that its questions are removed. On a terminal, `ankify build` asks before it writes.
    """,
)


@rule
def no_question(project: Project) -> Iterator[Problem]:
    """Notes in which no question is found

    There is no deck to build. The hint says what may be a question, and how to say so.
    """
    from ankify.anki import write as apkg

    error = apkg.no_question(project)
    if error and not any(page.unreadable for page in project.pages):
        place = Location(".")
        yield Problem(place, "no-question", error.message, Severity.ERROR, error.hint)


LONG = 2000  # characters of an answer's text
SAME_ANSWER = 90  # percent of the letters
ENOUGH = 40  # characters of an answer that say something: "see the code" does not
MANY = 50  # questions of the same words that are compared with each other
ADDRESS = re.compile(r"https?://\S+")


@rule
def long_answer(project: Project) -> Iterator[Problem]:
    """An answer of more than 2,000 characters

    Nobody recalls that much at once. Split the question: a section of its own for each part.
    """
    for page in project.pages:
        for one in page.rendered:
            question, content = one.question, one.content
            if len(text := html_text(content.answer)) > LONG:
                yield Problem(
                    question.location,
                    "long-answer",
                    f"answer of {len(text):,} characters: {question.title}",
                    hint="split it into several questions",
                )


@rule
def duplicate_question(project: Project) -> Iterator[Problem]:
    """The same question twice

    Two questions with the same words, signs, code and options, and nearly the same answer too: one
    of them was copied. With another answer they are reported only where both stand in the same
    section. "What is C?" and "What is C++?" are two questions, as `==` and `===` are.
    """
    seen: dict[str, list[tuple[Question, str]]] = defaultdict(list)
    for page in project.pages:
        for one in page.rendered:
            question, content = one.question, one.content
            others = seen[_asked(content.question)]
            near, shown = others[:MANY], html_text(content.answer)
            first = next((q for q, text in near if _same(q, text, question, shown)), None)
            others.append((question, shown))
            if first:
                yield Problem(
                    question.location,
                    "duplicate-question",
                    f"the same question as at {_seen_from(question, first)}: {question.title}",
                    hint="keep one of them, or say in the title what is different",
                )


END = re.compile(r"(?<=\w)[.?:…。？：]$")  # behind a word: in "What is `..`?" it may be a sign


def _asked(page: str) -> str:
    """What a front asks, sign for sign but for its end; a picture is part of it."""
    pictures = [tag.source for tag in tags(page) if tag.name == "img"]
    text = unicodedata.normalize("NFC", END.sub("", html_text(page)))
    return " ".join([text, *pictures])


def _same(first: Question, its_text: str, second: Question, text: str) -> bool:
    if (first.file, first.trail) == (second.file, second.trail):
        return True
    if ADDRESS.findall(its_text) != ADDRESS.findall(text):
        return False  # "See the code at ...": the same words about two things
    return len(text) >= ENOUGH and ratio(its_text, text, score_cutoff=SAME_ANSWER) > 0


def _seen_from(question: Question, other: Question) -> str:
    return f"line {other.line}" if question.file == other.file else str(other.location)


@rule
def unnumbered_questions(project: Project) -> Iterator[Problem]:
    """A note file whose questions have no numbers

    It makes no cards, as a heading without a number is a section. If they are questions, say
    `--unnumbered`, or `unnumbered = true` in `[questions]` of `ankify.toml`. A build that removes
    cards for it says so, too.
    """
    for page in project.pages:
        count = page.survey.unnumbered
        if count:
            yield Problem(
                Location(page.file),
                "unnumbered-questions",
                "1 question without a number makes no card"
                if count == 1
                else f"{count} questions without a number make no card",
                hint="number them, or set unnumbered = true in [questions] of ankify.toml",
            )
