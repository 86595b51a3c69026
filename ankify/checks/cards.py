"""Cards that were asked for and cannot be made: a cloze without a gap, a long typed answer."""

from __future__ import annotations

from collections.abc import Iterator

from ankify.anki.cards import SHORT
from ankify.anki.cloze import OPENING, deletions, without_code
from ankify.anki.note_type import TEMPLATE_NAMES
from ankify.checks.registry import rule
from ankify.model import Problem, Project

TYPED = TEMPLATE_NAMES.index("Typed")


@rule
def cloze_without_gap(project: Project) -> Iterator[Problem]:
    """A cloze question in which nothing is left out

    `<!-- ankify: cards=cloze -->` is there, and no `{{c1::gap}}`, mark or bold text in the answer:
    it makes the ordinary card. Or a `{{c1::` is never closed by `}}`, and is shown as text.
    """
    for note in project.notes:
        if note.question is None:
            continue
        place, title = note.question.location, note.question.title
        if any(_is_open(field) for field in note.fields if "{{c" in field):
            message = f"a gap that is never closed: {title}"
            yield Problem(place, "cloze-without-gap", message, hint="close it with }}")
        elif "cloze" in (note.question.cards or ()) and not note.is_cloze:
            hint = "write {{c1::what is asked for}} in the answer, or ==mark== it"
            message = f"a cloze question without a gap: {title}"
            yield Problem(place, "cloze-without-gap", message, hint=hint)


def _is_open(field: str) -> bool:
    field = without_code(field)
    at = 0
    for one in deletions(field):
        if OPENING.search(field, at, one.start):
            return True
        at = one.end
    return OPENING.search(field, at) is not None


@rule
def typed_answer_long(project: Project) -> Iterator[Problem]:
    """A typed answer that nobody can type

    `<!-- ankify: cards=typed -->` is on a question whose answer is more than one line, has more
    than 80 characters, or holds a formula or a picture. It makes no card to type into.
    """
    for note in project.notes:
        asked = note.question
        if asked and "typed" in (asked.cards or ()) and TYPED not in note.cards:
            yield Problem(
                asked.location,
                "typed-answer-long",
                f"the answer cannot be typed: {asked.title}",
                hint=f"make it one line of at most {SHORT} characters, without formulas",
            )
