"""The data of ankify: plain, immutable values that the stages hand to each other.

A Markdown file is a note file, a numbered section of it is a question with its answer, what Anki
stores is a note, and what Anki shows is a card. Nothing in here reads, writes or decides.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from math import inf
from pathlib import Path
from typing import NamedTuple

StrPath = str | os.PathLike[str]  # as public functions take a path
PICTURES = frozenset(
    {".png", ".apng", ".jpg", ".jpeg", ".jfif", ".gif", ".svg", ".webp", ".avif", ".bmp", ".ico"}
    | {".tif", ".tiff"}
)
REMOVED_TAG = "ankify::removed"  # of notes whose question is gone


_LINE_ENDS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def one_line(text: str) -> str:
    """The text with its line ends escaped: no file name or title may begin another line."""
    return _LINE_ENDS.sub(lambda end: ascii(end[0])[1:-1], text)


class Location(NamedTuple):
    """A place in a note file: posix path in the notes folder, 1-based line (0: the whole file)."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        file = one_line(self.file)
        return f"{file}:{self.line}" if self.line else file


class AnkifyError(Exception):
    """The one base of errors that a user can fix; raised only where going on makes no sense."""

    def __init__(
        self, message: str, location: Location | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location else ""
        hint = f"\n  hint: {one_line(self.hint)}" if self.hint else ""
        return f"{place}error: {one_line(self.message)}{hint}"

    @property
    def problem(self) -> Problem:
        """The same as a problem, of the rule `unreadable`."""
        place = self.location or Location(".")
        return Problem(place, "unreadable", self.message, Severity.ERROR, self.hint)


class Severity(StrEnum):
    """How much a problem matters: an error fails `ankify check`, a warning only with `--strict`."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Problem:
    """Something in the notes that their author can fix; `rule` is the id of the check.

    They sort by place; two that differ in their `hint` alone are one.
    """

    location: Location
    rule: str
    message: str
    severity: Severity = Severity.WARNING
    hint: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        hint = f"\n  hint: {one_line(self.hint)}" if self.hint else ""
        message = one_line(self.message)
        return f"{self.location}: {self.severity}: {message} [{self.rule}]{hint}"


@dataclass(frozen=True)
class NoteFile:
    """One decoded Markdown file.

    `path` is posix and relative to the notes folder. `text` has `\\n` line ends, no byte order
    mark, and empty lines where the front matter was: its lines are the lines of the file.
    """

    path: str
    text: str
    front_matter: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


class Question(NamedTuple):
    """A question of a note file, without its rendering.

    `line` is that of its mark-up, `end_line` the last line of its answer (both 1-based). `title` is
    plain text without the number. `trail` holds the titles of the sections it is in, outermost
    first, numbers stripped. `marked_id` and `cards`, the kinds of cards beside the first, come from
    comments of the author (`<!-- ankify: id=... -->`) and are None where there is none.
    """

    file: str
    line: int
    end_line: int
    number: str | None
    title: str
    trail: tuple[str, ...] = ()
    marked_id: str | None = None
    cards: tuple[str, ...] | None = None

    @property
    def location(self) -> Location:
        """Where the question's mark-up is."""
        return Location(self.file, self.line)


class Reference(NamedTuple):
    """A picture, sound or film named in a note file; `src` is as the author wrote it."""

    src: str
    line: int
    alt: str = ""


class Content(NamedTuple):
    """The rendering of one question, with the author's own paths still in every `src`.

    `question` and `answer` are HTML for Anki's fields. `sketch` represents the plain text of all
    but the title (`likeness.sketch`), formulas as TeX: of twenty questions "What is the output?"
    only their code is their own. Without any text, it represents the names of the answer's
    pictures. `formulas` counts those in both fields, displayed or not.
    """

    question: str
    answer: str
    sketch: str
    references: tuple[Reference, ...] = ()
    formulas: int = 0


class Rendered(NamedTuple):
    """A question with its rendering."""

    question: Question
    content: Content


class Media(NamedTuple):
    """A file that ships with the deck under a flat name that carries a hash of its bytes.

    `path` is the file to copy from; `data` holds the bytes where there is no such file (a data:
    URI, a cleaned SVG, a smaller copy). Exactly one of the two is set. `size` is in bytes.
    """

    name: str
    size: int
    path: Path | None = None
    data: bytes | None = None


class Note(NamedTuple):
    """What Anki stores for one question.

    `fields` are HTML in the order of the note type. `modified` is when fields or tags last changed
    and `added` when the question was first seen (both whole seconds since 1970). `due` is the
    position in the notes. `cards` are the ordinals of the card templates to ship; a tombstone ships
    none, and has no `question` and no `content`. `is_cloze`: it is of the note type "Ankify Cloze",
    whose cards are numbered by its deletions.
    """

    guid: str
    fields: tuple[str, ...]
    deck: str
    tags: tuple[str, ...]
    due: int
    modified: int
    added: int
    cards: tuple[int, ...] = (0,)
    is_cloze: bool = False
    question: Question | None = None
    content: Content | None = None


class PackageNote(NamedTuple):
    """A note as a package holds it; `modified` in s since 1970, `deck` that of its first card.

    `foreign`: it is of another note type than ours, so Anki leaves it alone.
    """

    guid: str
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    modified: int
    deck: str | None = None
    foreign: bool = False
    is_cloze: bool = False


class ChangeKind(StrEnum):
    """What an edit did to a question since the last build."""

    ADDED = "added"
    UPDATED = "updated"
    REWORDED = "reworded"
    RENUMBERED = "renumbered"
    MOVED = "moved"
    REMOVED = "removed"
    RETURNED = "returned"


class Change(NamedTuple):
    """One difference between the lock (the last build) and the notes as they are now.

    `location` is where the question is now, or was last if it is removed. `before` is its old
    title, number or place, whichever the kind is about.
    """

    kind: ChangeKind
    location: Location
    guid: str
    title: str
    before: str | None = None
    old_deck: str | None = None
    new_deck: str | None = None


class Past(NamedTuple):
    """A note as the last build left it: what the lock knows of it.

    `removed`: its question was gone already, and the note marked so.
    """

    guid: str
    title: str
    deck: str
    modified: int
    file: str = ""
    removed: bool = False


class TocEntry(NamedTuple):
    """A line of a note file's table of contents; `anchor` is the link's target without `#`."""

    line: int
    number: str | None
    title: str
    anchor: str | None


class Heading(NamedTuple):
    """A heading of a note file, question or not: plain `title` without its `number`.

    `ids` are the explicit ones, outermost first; `slug` is the anchor that GitHub makes of it.
    """

    line: int
    title: str
    number: str | None = None
    ids: tuple[str, ...] = ()
    slug: str = ""


class Link(NamedTuple):
    """A link of a note file, with its visible text; `href` is as the author wrote it."""

    line: int
    href: str
    text: str = ""


class Ruling(StrEnum):
    """What the titles of one style are taken for."""

    QUESTIONS = "questions"
    SECTIONS = "sections"
    PARTS = "parts of answers"
    UNNUMBERED = "questions without a number"
    REFUSED = "no questions"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the titles of one style in a note file, and why.

    `style` is what they have in common, in words; `line` that of the first (1-based); `titles` the
    first three, without numbers; `taken` says how many of the `count` are questions, `lost` how
    many, list items aside, have something below and are on no card at all. `ground` names
    the rule that decided, `reason` is said of "they". `overrule` is what the author can write to
    decide otherwise: a line for `[questions]` of `ankify.toml`, or a comment.
    """

    style: str
    line: int
    count: int
    taken: int
    titles: tuple[str, ...]
    ruling: Ruling
    ground: str
    reason: str
    overrule: str
    numbered: bool = False
    lost: int = 0

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        """Pickle the values at once: a dataclass with slots takes twice as long by itself."""
        return type(self), tuple(map(self.__getattribute__, self.__slots__))


class LeftOut(NamedTuple):
    """Lines of a note file that are on no card (1-based, both ends in), their letters, headings."""

    line: int
    end_line: int
    headings: int
    letters: int


class Suggestion(NamedTuple):
    """A line for `[questions]` of `ankify.toml`, `key = value`, that makes `adds` more questions.

    `line` is that of the first of them; `value` is TOML.
    """

    key: str
    value: str
    adds: int
    line: int

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class Survey(NamedTuple):
    """What `check` wants to know of a note file beside its questions; lines are 1-based.

    `anchors` are all explicit ids and names, those of headings too. `pictures` are the last parts
    of all picture names in the text. `off` holds (line, rule) of `<!-- ankify: off=rule -->`.
    `unnumbered` counts the titles that would be questions with `--unnumbered`, `size` the
    characters of the file.
    """

    headings: tuple[Heading, ...] = ()
    links: tuple[Link, ...] = ()
    anchors: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    off: tuple[tuple[int, str], ...] = ()
    unnumbered: int = 0
    size: int = 0


NOTHING_SURVEYED = Survey()


@dataclass(frozen=True)
class Page:
    """What one note file holds, read and rendered but not yet matched to the lock.

    `signs` counts the signs of other programs that were read, by their names; a template is read
    for nothing. `rendered` holds the answered questions, in the order of the file. `verdicts` say
    of each group of titles what it was taken for, `left_out` what text is on no card, and
    `suggestion` the line of `ankify.toml` that takes more. Everything a check wants to know of the
    file is in here too, so that no writer has to parse Markdown again.
    """

    file: str
    title: str | None
    rendered: tuple[Rendered, ...] = ()
    unanswered: tuple[Question, ...] = ()
    toc: tuple[TocEntry, ...] = ()
    problems: tuple[Problem, ...] = ()
    deck: str | None = None
    tags: tuple[str, ...] = ()
    survey: Survey = NOTHING_SURVEYED
    verdicts: tuple[Verdict, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    suggestion: Suggestion | None = None
    unreadable: bool = False
    is_template: bool = False
    is_drawing: bool = False
    signs: tuple[tuple[str, int], ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """The answered questions, in the order of the file."""
        return tuple(one.question for one in self.rendered)

    @property
    def is_one_question(self) -> bool:
        """Whether the file is one question, by its name or its title, and has no other."""
        grounds = {verdict.ground for verdict in self.verdicts}
        return len(self.rendered) == 1 and not grounds.isdisjoint(("file-name", "title"))

    def switched_off(self, rule: str, line: int) -> bool:
        """Whether a comment in the file switches a rule off for a line.

        The comment is for the question that is nearest to it (of two, the one below); above the
        first question, and in a file without any, it is for the whole file.
        """
        starts, ends = self._reaches.get(rule, ((), ()))
        at = bisect_right(starts, line)
        return bool(at) and line <= ends[at - 1]

    @cached_property
    def _reaches(self) -> dict[str, tuple[tuple[int, ...], tuple[float, ...]]]:
        """By rule, the lines from which it is switched off, and the last line reached by then."""
        found: dict[str, list[tuple[int, float]]] = {}
        for line, rule in self.survey.off:
            found.setdefault(rule, []).append(self._reach(line))
        return {
            rule: (
                tuple(start for start, _ in sorted(reaches)),
                tuple(accumulate((end for _, end in sorted(reaches)), max)),
            )
            for rule, reaches in found.items()
        }

    def _reach(self, comment: int) -> tuple[int, float]:
        questions = self.questions
        at = bisect_right(questions, comment, key=lambda asked: asked.line)
        if not at:
            return 0, inf
        above, below = questions[at - 1], questions[at : at + 1]
        if below and below[0].line - comment <= comment - above.end_line:
            return comment, below[0].end_line
        return above.line, max(comment, above.end_line)


class Template(NamedTuple):
    """One card template of the note type; `front` and `back` are Anki's template text."""

    name: str
    front: str
    back: str


class NoteType(NamedTuple):
    """The look of all cards; `modified` is when its text last changed (seconds since 1970)."""

    templates: tuple[Template, ...]
    css: str
    modified: int = 0


@dataclass(frozen=True, repr=False)
class Project:
    """A folder of notes, read whole: all that a writer needs, and nothing it has to read again.

    `notes` are in the order of the note files, tombstones of removed questions last. `lock` is what
    `ankify.lock` gets with this build (UTF-8); `lock_changed`: it differs from the old one.
    `lock_merged` says how the two sides of a merge in the old one were joined, if so.
    `before` are the notes of the last build; `rules_off` the rules of `check` that `ankify.toml`
    switches off. `media_saved` says how many bytes smaller copies of pictures save,
    `kept_with` what program the notes are kept with, and the file that tells.
    """

    root: Path
    name: str
    pages: tuple[Page, ...]
    notes: tuple[Note, ...]
    media: tuple[Media, ...]
    note_type: NoteType
    cloze_type: NoteType | None = None
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    lock: bytes = b""
    lock_changed: bool = False
    lock_merged: str = ""
    before: tuple[Past, ...] = ()
    rules_off: tuple[str, ...] = ()
    media_saved: int = 0
    kept_with: tuple[str, str] | None = None

    @property
    def questions(self) -> tuple[Question, ...]:
        """All answered questions, in the order of the notes."""
        return tuple(question for page in self.pages for question in page.questions)

    def __repr__(self) -> str:
        """One line: of ten thousand notes nobody wants to read all."""
        notes = sum(bool(note.cards) for note in self.notes)
        return f"<Project {self.name!r}: {notes} notes from {len(self.pages)} files>"
