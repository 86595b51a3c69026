"""What learning says about the notes: each question with its reviews, and where it can be fixed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ankify.anki.collection import AGAIN, REVIEW, Collection, LearnerNote, Review
from ankify.anki.edits import Edit, as_shipped, edits, last_build
from ankify.anki.pushed import Pushed
from ankify.model import Note, Past, Project, Question

LEECH = "leech"  # the tag that Anki gives a note after so many lapses


@dataclass(frozen=True)
class QuestionProgress:
    """How a question fares with one learner, over all of its cards.

    `reviews` counts answers, `again` those that were "Again", `lapses` how often a card that was
    known was forgotten. `interval` is that of the weakest card, in days. `retention` is the share
    of answers to due cards that were not "Again" (0 to 1; None before there are any). `flags` are
    colours. `edits` are what the learner wrote into the note and the notes do not say.
    """

    question: Question
    guid: str
    cards: int
    reviews: int = 0
    again: int = 0
    lapses: int = 0
    interval: int = 0
    retention: float | None = None
    leech: bool = False
    suspended: bool = False
    flags: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()

    @property
    def deserves_a_look(self) -> bool:
        """Whether there is anything that its author can learn from."""
        return bool(self.again or self.lapses or self.leech or self.flags or self.edits)


@dataclass(frozen=True)
class FileProgress:
    """The questions of one note file together: how many, how many learnt, and how well."""

    file: str
    questions: int
    studied: int
    reviews: int
    lapses: int
    retention: float | None


@dataclass(frozen=True)
class Progress:
    """What a collection says about a project, in the order of the notes.

    `missing` are questions that are not in the collection.
    """

    questions: tuple[QuestionProgress, ...]
    files: tuple[FileProgress, ...]
    missing: tuple[Question, ...] = ()

    @property
    def has_reviews(self) -> bool:
        """Whether anything was learnt: an export without scheduling looks the same."""
        return any(each.reviews for each in self.questions)

    @property
    def hardest(self) -> tuple[QuestionProgress, ...]:
        """All questions, those first that deserve a look most."""
        return tuple(sorted(self.questions, key=_hardness))


def _hardness(each: QuestionProgress) -> tuple[object, ...]:
    """What Anki gave up on, then what was forgotten, then what was hard to learn at all."""
    kept = 1.0 if each.retention is None else each.retention
    place = each.question.location
    return (not each.leech, -each.lapses, -each.again, kept, not each.flags, not each.edits, place)


def make_progress(
    project: Project, collection: Collection, record: Pushed | None = None
) -> Progress:
    """Compare a project with a collection; `record` tells the learner's edits from older builds."""
    before = {past.guid: past for past in project.before}
    found, missing, answers = [], [], {}
    for note in project.notes:
        if note.question is None:
            continue
        learner = collection.notes.get(note.guid)
        if learner is None:
            missing.append(note.question)
            continue
        found.append(_question(note, note.question, learner, before.get(note.guid), record))
        answers[note.guid] = [review for card in learner.cards for review in card.reviews]
    by_file: dict[str, list[QuestionProgress]] = {}
    for each in found:
        by_file.setdefault(each.question.file, []).append(each)
    files = (
        _file(file, many, [one for each in many for one in answers[each.guid]])
        for file, many in by_file.items()
    )
    return Progress(tuple(found), tuple(files), tuple(missing))


def _question(
    note: Note,
    question: Question,
    learner: LearnerNote,
    past: Past | None,
    record: Pushed | None,
) -> QuestionProgress:
    reviews = [review for card in learner.cards for review in card.reviews]
    flags = dict.fromkeys(card.flag for card in learner.cards if card.flag)
    return QuestionProgress(
        question,
        note.guid,
        cards=len(learner.cards),
        reviews=len(reviews),
        again=sum(review.button == AGAIN for review in reviews),
        lapses=sum(card.lapses for card in learner.cards),
        interval=min((card.interval for card in learner.cards), default=0),
        retention=_retention(reviews),
        leech=LEECH in (tag.casefold() for tag in learner.tags),
        suspended=any(card.suspended for card in learner.cards),
        flags=tuple(flags),
        edits=tuple(_edits(note, learner, past, record)),
    )


def _edits(
    note: Note, learner: LearnerNote, past: Past | None, record: Pushed | None
) -> Iterator[Edit]:
    """The learner's edits that the notes do not have yet."""
    recorded = record.notes.get(note.guid) if record else None
    shipped = as_shipped(learner, recorded, last_build(note, past))
    if shipped:
        open_fields = {edit.field for edit in edits(learner, note.fields)}
        yield from (edit for edit in edits(learner, shipped[0]) if edit.field in open_fields)


def _file(file: str, many: Sequence[QuestionProgress], answers: Iterable[Review]) -> FileProgress:
    return FileProgress(
        file,
        questions=len(many),
        studied=sum(each.reviews > 0 for each in many),
        reviews=sum(each.reviews for each in many),
        lapses=sum(each.lapses for each in many),
        retention=_retention(answers),
    )


def _retention(reviews: Iterable[Review]) -> float | None:
    due = [review for review in reviews if review.kind == REVIEW]
    return sum(review.button != AGAIN for review in due) / len(due) if due else None
