"""The pages of the preview: what they show is gathered here, templates/preview.* show it.

Jinja2 escapes all that is filled in but the cards themselves, which are HTML.
"""

from __future__ import annotations

import hashlib
import tomllib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from ankify.anki.note_type import asked_at, template_folder
from ankify.commands.preview_cards import Card, fill_card
from ankify.commands.report import in_place, shortened
from ankify.commands.site import GENERATED, LARGEST
from ankify.files import read_file
from ankify.model import ChangeKind, Location, Note, Page, Problem, Project, Severity
from ankify.reading.html import html_text

# What the page calls the changes that the next import brings; a number alone brings none.
CHANGES = {
    ChangeKind.ADDED: "added",
    ChangeKind.UPDATED: "updated",
    ChangeKind.REWORDED: "updated",
    ChangeKind.RETURNED: "updated",
    ChangeKind.REMOVED: "removed",
}
# The keys of preview.js, and what preview.toml calls them.
KEYS = (
    ("/", "key_search"),
    ("j", "key_next"),
    ("k", "key_previous"),
    ("Space", "key_turn"),
    ("f", "key_flip"),
    ("n", "key_night"),
    ("e", "key_place"),
    ("?", "key_help"),
)


@dataclass(frozen=True)
class Place:
    """A line of a note file: what it is called, its page here, its address in an editor."""

    text: str
    href: str = ""
    editor: str = ""


@dataclass(frozen=True)
class ShownProblem:
    """A problem with the place that it links to."""

    severity: Severity
    message: str
    rule: str
    place: Place
    hint: str | None


@dataclass(frozen=True)
class ShownNote:
    """One note: title, place, what is wrong with it, what the import does, reviews, cards."""

    title: str
    number: str | None
    place: Place | None
    problems: Sequence[ShownProblem]
    change: str
    learning: str
    cards: Sequence[Card]
    is_removed: bool

    @property
    def undrawn(self) -> int:
        """How many formulas are shown as TeX on one of its cards."""
        return max(card.undrawn for card in self.cards)


@dataclass(frozen=True)
class Deck:
    """The notes of one deck. `outer` names the decks above it where they are not those before."""

    id: str
    name: str
    title: str
    outer: str
    notes: list[ShownNote] = field(default_factory=list)


class Pages:
    """What the pages of a project show.

    `editor` is the address of a line, as in EDITORS; `learning` says in a word how each note
    fares, by its guid.
    """

    def __init__(
        self,
        project: Project,
        *,
        editor: str | None = None,
        learning: Mapping[str, str] | None = None,
    ) -> None:
        self._project = project
        self._editor = editor
        self._learning = learning or {}

    def index(self) -> str:
        """The page of all cards."""
        decks = list(self._decks())
        shown = [note for deck in decks for note in deck.notes]
        return _template("preview.html").render(
            **_words(),
            title=self._project.name,
            decks=decks,
            kinds=list(dict.fromkeys(card.template for note in shown for card in note.cards)),
            total=len(shown),
            faulty=sum(bool(note.problems) for note in shown),
            changed=sum(bool(note.change) for note in shown),
            problems=[self._problem(it) for it in self._project.problems if not self._owned(it)],
            files=list(self._files()),
            keys=KEYS,
        )

    def sources(self) -> Iterator[tuple[str, str]]:
        """The pages with the lines of the note files that the index links to, by their names."""
        for file in dict.fromkeys(self._linked()):
            yield _source_page(file), _show_source(self._project.root / file, file)

    def _linked(self) -> Iterator[str]:
        project = self._project
        yield from (note.question.file for note in project.notes if note.question)
        yield from (problem.location.file for problem in project.problems if problem.location.line)
        yield from (page.file for page in project.pages if page.verdicts)

    # Notes ----------------------------------------------------------------------------------------

    def _decks(self) -> Iterator[Deck]:
        found: dict[str, list[Note]] = {}
        for note in self._project.notes:
            found.setdefault(note.deck, []).append(note)
        before: list[str] = []
        for number, (name, notes) in enumerate(found.items(), 1):
            parts = name.split("::")[1:] or [name]  # without the root, which is the page's title
            *outer, last = parts
            above = " › ".join(outer) if outer != before else ""
            before = outer
            shown = [self._note(note) for note in notes]
            yield Deck(f"deck-{number}", last, " › ".join(parts), above, shown)

    def _note(self, note: Note) -> ShownNote:
        asked, project = note.question, self._project
        cards = [
            _safe(fill_card(note, ordinal, project, self._media)) for ordinal in note.cards or (0,)
        ]
        problems = [self._problem(problem) for problem in self._by_note.get(note.guid, ())]
        return ShownNote(
            title=asked.title if asked else html_text(note.fields[asked_at(note)]),
            number=asked.number if asked else None,
            place=self._place(asked.location) if asked else None,
            problems=problems,
            change=self._changes.get(note.guid, ""),
            learning=self._learning.get(note.guid, ""),
            cards=cards,
            is_removed=not note.cards,
        )

    @cached_property
    def _media(self) -> frozenset[str]:
        return frozenset(media.name for media in self._project.media)

    @cached_property
    def _changes(self) -> Mapping[str, str]:
        """What the next import does to each note; nothing is said of a deck that is all new."""
        if not self._project.before:
            return {}
        return {
            change.guid: CHANGES[change.kind]
            for change in self._project.changes
            if change.kind in CHANGES
        }

    # Problems -------------------------------------------------------------------------------------

    @cached_property
    def _by_note(self) -> Mapping[str, Sequence[Problem]]:
        """The problems of each note, by its guid: those within the lines of its question."""
        files: dict[str, list[Problem]] = defaultdict(list)
        for problem in sorted(self._project.problems, key=_location):
            files[problem.location.file].append(problem)
        found: dict[str, list[Problem]] = {}
        for note in self._project.notes:
            asked = note.question
            if asked and (own := files.get(asked.file)):
                start = bisect_left(own, asked.location, key=_location)
                end = bisect_right(own, Location(asked.file, asked.end_line), key=_location)
                found[note.guid] = own[start:end]
        return found

    @cached_property
    def _of_notes(self) -> frozenset[int]:
        return frozenset(id(problem) for found in self._by_note.values() for problem in found)

    def _owned(self, problem: Problem) -> bool:
        return id(problem) in self._of_notes

    def _problem(self, problem: Problem) -> ShownProblem:
        place = self._place(problem.location)
        return ShownProblem(problem.severity, problem.message, problem.rule, place, problem.hint)

    # Files ----------------------------------------------------------------------------------------

    def _files(self) -> Iterator[dict[str, Any]]:
        """The note files with the verdicts on their titles."""
        for page in self._project.pages:
            if page.verdicts:
                verdicts = [*self._verdicts(page)]
                yield {"name": page.file, "count": len(page.rendered), "verdicts": verdicts}

    def _verdicts(self, page: Page) -> Iterator[dict[str, Any]]:
        for verdict in page.verdicts:
            more = ", …" if verdict.count > len(verdict.titles) else ""
            yield {
                "place": self._place(Location(page.file, verdict.line)),
                "titles": ", ".join(map(shortened, verdict.titles)) + more,
                "ruling": verdict.ruling,
                "reason": verdict.reason,
                "overrule": in_place(verdict.overrule),
            }

    def _place(self, location: Location) -> Place:
        if not location.line:
            return Place(str(location))
        href = f"{_source_page(location.file)}#L{location.line}"
        return Place(str(location), href, self._in_editor(location))

    def _in_editor(self, location: Location) -> str:
        if not self._editor:
            return ""
        path = quote("/" + (self._project.root.resolve() / location.file).as_posix().lstrip("/"))
        return self._editor.replace("{path}", path).replace("{line}", str(location.line))


def _location(problem: Problem) -> Location:
    return problem.location


def _safe(card: Card) -> Card:
    """A card whose HTML is shown as it is: it went through the sanitiser."""
    return Card(card.template, Markup(card.front), Markup(card.back), card.undrawn)


def _source_page(file: str) -> str:
    """Where the lines of a note file are shown: no name of its own is too long, or a folder's."""
    digest = hashlib.sha256(file.encode(errors="surrogateescape")).hexdigest()[:12]
    return f"files/{digest}.html"


def _show_source(path: Path, file: str) -> str:
    """A page with the lines of a note file, each of which can be linked to as `#L12`."""
    try:
        text = read_file(path, LARGEST).decode("utf-8", errors="replace")
    except OSError:
        text = "(this file is gone)"
    lines = text.splitlines()
    return _template("preview.source.html").render(**_words(), title=file, lines=lines)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(template_folder()), autoescape=True, undefined=StrictUndefined
    )


def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _words() -> Mapping[str, Any]:
    """What the pages say in each language; as long as no script runs, it is English."""
    words = tomllib.loads((template_folder() / "preview.toml").read_text(encoding="utf-8"))
    return {"words": words, "say": words["en"], "generated": Markup(GENERATED)}
