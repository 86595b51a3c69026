"""What the commands say: reports, lists, forecasts, as lines of text."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ankify.anki.note_type import asked_at, layout_of
from ankify.checks.left_out import summary
from ankify.identity.lock import LOCK_NAME
from ankify.model import (
    REMOVED_TAG,
    ChangeKind,
    Location,
    Note,
    PackageNote,
    Past,
    Problem,
    Project,
    Verdict,
)
from ankify.reading.html import html_text

if TYPE_CHECKING:
    from ankify.anki.adopt import Adoption
    from ankify.anki.forecast import Forecast

REPORTED = (
    *(ChangeKind.ADDED, ChangeKind.UPDATED, ChangeKind.REWORDED, ChangeKind.RENUMBERED),
    *(ChangeKind.MOVED, ChangeKind.RETURNED, ChangeKind.REMOVED),
)
# In a search, Anki takes these for something else.
SEARCH_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in '\\":*_()-'})
NAME_SIGNS = str.maketrans(
    {sign: f"\\{sign}" for sign in '\\"*_'}
)  # in a deck or a tag, "::" parts
FEW = 20  # titles in a search, where it need not have them
TOGETHER = 100  # titles in one search; Anki takes some hundreds


def place_from_here(place: Location, notes: Path) -> Location:
    """A place as seen from the folder that ankify was called in, as editors open it."""
    return place._replace(file=(notes / place.file).as_posix())


def counted(number: int, name: str) -> str:
    """`1 note`, `2 notes`."""
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


# build ------------------------------------------------------------------------------------------


def build_lines(project: Project, path: Path, *, verbose: bool) -> Iterator[str]:
    """One line of outcome, then what changed; nothing for the unchanged."""
    shipped = [note for note in project.notes if note.cards]
    decks = len({note.deck for note in shipped})
    yield (
        f"Built {path}: {counted(len(shipped), 'note')} in {counted(decks, 'deck')},"
        f" {counted(len(project.media), 'media file')}"
    )
    counts = Counter(change.kind for change in project.changes)
    if counts:
        yield "  " + ", ".join(f"{kind} {counts[kind]}" for kind in REPORTED if counts[kind])
    yield from _foreign_signs(project)
    if project.media_saved:
        yield f"  smaller copies of pictures save {project.media_saved / 1e6:.1f} MB"
    for change in project.changes if verbose else ():
        was = f" (was {change.before})" if change.before else ""
        place = place_from_here(change.location, project.root)
        yield f"  {change.kind}: {place}: {change.title}{was}"
    yield from searches(project)
    if left := summary(project):
        yield f"  {left}"


def _foreign_signs(project: Project) -> Iterator[str]:
    """One line on the signs of other programs that were read, and why."""
    counts: Counter[str] = Counter()
    for page in project.pages:
        counts.update(dict(page.signs))
    templates = sum(page.is_template for page in project.pages)
    drawings = sum(page.is_drawing for page in project.pages)
    parts = [f"{name} {count}" for name, count in sorted(counts.items())]
    parts += [f"templates left out {templates}"] if templates else []
    parts += [f"drawings left out {drawings}"] if drawings else []
    if parts:
        seen = project.kept_with
        why = f" (kept with {seen[0]}: {seen[1]})" if seen else ""
        yield f"  signs of other programs{why}: {', '.join(parts)}; docs/rendering.md says more"


def searches(project: Project) -> list[str]:
    """Ready searches for Anki's browser: what an import cannot do for the learner."""
    shipped = {note.guid for note in project.notes}
    removed = [change for change in project.changes if change.kind is ChangeKind.REMOVED]
    lines = []
    if any(change.guid in shipped for change in removed):
        lines.append(f"  removed questions, after the import, in Anki's browser: tag:{REMOVED_TAG}")
    lines += [
        f'  removed, but not marked in Anki; to find it: "{change.title.translate(SEARCH_SIGNS)}"'
        for change in removed
        if change.guid not in shipped
    ]
    if any(change.old_deck for change in project.changes):
        from ankify.anki.forecast import diff

        lines += moves(diff(project))
    return lines


def moves(forecast: Forecast) -> Iterator[str]:
    """A search for the cards of each deck that an import leaves where they were."""
    groups: dict[str, dict[str, list[Note]]] = {}
    for note, old in forecast.moved:
        groups.setdefault(old, {}).setdefault(note.deck, []).append(note)
    staying: dict[str, list[Note | Past]] = {old: [] for old in groups}
    for other, old in forecast.staying:
        staying[old].append(other)
    for old, by_deck in sorted(groups.items()):
        for new, notes in sorted(by_deck.items()):
            elsewhere = [n for deck, moved in by_deck.items() if deck != new for n in moved]
            for search in _finding(notes, old, [*staying[old], *elsewhere]):
                yield (
                    f'  cards stay in their deck; to move them to "{new}",'
                    f" search in Anki after the import: {search}"
                )


def _finding(notes: Sequence[Note], old: str, others: Sequence[Note | Past]) -> Iterator[str]:
    """Searches that find `notes` in the deck `old`, and none of the `others` in it.

    Anki's deck: finds sub-decks, too. The deck can hold cards that ankify does not know, such as
    those of "Default" after `adopt`: so more than the deck is asked for in any case.
    """
    name = old.translate(NAME_SIGNS)
    deck = f'deck:"{name}" -deck:"{name}::*"'
    tags = set.intersection(*(set(note.tags) for note in notes))
    tags = {tag for tag in tags if '"' not in tag}
    if tags and not any(isinstance(other, Past) or _carries(other, tags) for other in others):
        yield " ".join([deck, *(f'tag:"{tag.translate(NAME_SIGNS)}"' for tag in sorted(tags))])
    elif not others and len(notes) > FEW:
        kinds = " or ".join(f'note:"{name}"' for name in sorted({layout_of(n).name for n in notes}))
        yield f"{deck} ({kinds})" if " or " in kinds else f"{deck} {kinds}"
    else:
        asked = [f'"{_as_stored(note)}"' for note in notes]
        for start in range(0, len(asked), TOGETHER):
            yield f"{deck} ({' or '.join(asked[start : start + TOGETHER])})"


def _carries(note: Note, tags: set[str]) -> bool:
    """Whether a search for all these tags finds the note: by a tag, or by one below it."""
    own = [tag.lower() for tag in note.tags]
    return all(any(f"{tag}::".startswith(f"{one.lower()}::") for tag in own) for one in tags)


def _as_stored(note: Note) -> str:
    """The field that asks, with its name for a search, on one line."""
    at = asked_at(note)
    text = note.fields[at].translate(SEARCH_SIGNS).replace("\n", "_").replace("\r", "_")
    return f"{layout_of(note).fields[at]}:{text}"


# adopt ------------------------------------------------------------------------------------------

CERTAIN = 0.9  # what is less alike is shown
CONFLICT = """
Anki leaves notes of another note type alone. Once, and it keeps all history:
  1. build, and import the package: it brings the note type; the old notes stay as they are
  2. in Anki's browser select the old notes, Notes > Change Note Type: "Ankify Question";
     the field that asks becomes Question, the one that answers becomes Answer
  3. import the package once more, with "Update notes: Always"
Do not tick "Merge note types": it puts the history on a second, empty card."""


def adoption_lines(
    adoption: Adoption, notes: Sequence[PackageNote], where: str, root: Path, *, verbose: bool
) -> Iterator[str]:
    """What was matched, what is not certain, and what found no partner.

    `where` the notes of Anki are, in words; `root` is the folder of the note files.
    """
    matched, unmatched = adoption.matched, adoption.unmatched_questions
    yield (
        f"{counted(len(matched), 'question')} of {len(matched) + len(unmatched)} adopted,"
        f" from {counted(len(notes), 'note')} in {where}"
    )
    titles = {note.guid: short_title(note) for note in notes}
    for guid, question, sure in matched:
        if verbose or sure < CERTAIN:
            mark = "" if sure >= CERTAIN else f" ({sure:.0%} sure)"
            place = place_from_here(Location(question.file, question.line), root)
            yield f"  {place}: {question.title} = {titles[guid]}{mark}"
    for question in unmatched if verbose else ():
        place = place_from_here(Location(question.file, question.line), root)
        yield f"  new: {place}: {question.title}"
    for note in adoption.unmatched_notes if verbose else ():
        yield f"  only in {where}: {short_title(note)}"
    if not verbose and (unmatched or adoption.unmatched_notes):
        left = counted(len(adoption.unmatched_notes), "note")
        yield (
            f"  {counted(len(unmatched), 'question')} and {left} of {where} have no partner;"
            " -v lists them"
        )


def conflict_lines(adoption: Adoption, notes: Sequence[PackageNote]) -> Iterator[str]:
    """What is left to be done in Anki where adopted notes are of another note type."""
    foreign = {note.guid for note in notes if note.foreign}
    if any(guid in foreign for guid, _, _ in adoption.matched):
        yield CONFLICT.strip("\n")


def short_title(note: PackageNote) -> str:
    """What a note of a package asks, in at most 80 characters."""
    words = html_text(note.fields[asked_at(note)])
    return words if len(words) <= 80 else f"{words[:79]}…"


# check ------------------------------------------------------------------------------------------


def from_here(problem: Problem, notes: Path) -> Problem:
    """A problem whose file is named as seen from the folder that ankify was called in."""
    hint = hint_from_here(problem.hint, problem.location, notes)
    return replace(problem, hint=hint, location=place_from_here(problem.location, notes))


def hint_from_here(hint: str | None, place: Location, notes: Path) -> str | None:
    """A hint about the lock with its path: git, which it names, is called from here."""
    if not hint or place.file != LOCK_NAME:
        return hint
    return hint.replace(LOCK_NAME, shlex.quote((notes / LOCK_NAME).as_posix()))


def without_cards_line(files: Sequence[str], notes: Path) -> str:
    """Name the first note files without any card: no problem, but not always meant."""
    named = [str(place_from_here(Location(file), notes)) for file in files[:NAMED]]
    more = [f"and {len(files) - NAMED} more"] if len(files) > NAMED else []
    make = "makes" if len(files) == 1 else "make"
    return (
        f"{counted(len(files), 'file')} {make} no card ({', '.join([*named, *more])});"
        " `ankify list --why` says how titles are read"
    )


NAMED = 3  # note files


def annotation(problem: Problem) -> str:
    """A problem as a workflow command of GitHub, which shows it beside the line it is about.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    place = f"file={_property(problem.location.file)}"
    if problem.location.line:
        place += f",line={problem.location.line}"
    text = problem.message + (f"\n{problem.hint}" if problem.hint else "")
    return f"::{problem.severity} {place},title={_property(problem.rule)}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


# list -------------------------------------------------------------------------------------------


def card_names(note: Note) -> Iterator[str]:
    """The names of the cards of a note, as Anki shows them: Answer, Reversed; Cloze 1, Cloze 2."""
    names = layout_of(note).templates
    for ordinal in note.cards:
        yield f"{names[0]} {ordinal + 1}" if note.is_cloze else names[ordinal]


def verdict_lines(file: str, verdict: Verdict, notes: Path) -> Iterator[str]:
    """A group of titles, what it was taken for and why, and what would overrule that."""
    titles = ", ".join(f'"{shortened(title)}"' for title in verdict.titles)
    more = ", ..." if verdict.count > len(verdict.titles) else ""
    count = counted(verdict.count, "title")
    place = place_from_here(Location(file, verdict.line), notes)
    yield f"{place}: {count}, {verdict.style}: {titles}{more}"
    some = f", {verdict.taken} of them" if 0 < verdict.taken < verdict.count else ""
    yield f"  {verdict.ruling}{some}: they {verdict.reason} [{verdict.ground}]"
    yield f"  to overrule it: {in_place(verdict.overrule)}"


def shortened(title: str, most: int = 60) -> str:
    """A title of at most so many characters."""
    return title if len(title) <= most else f"{title[: most - 1]}…"


def in_place(line: str) -> str:
    """A line that overrules a verdict, with where to write it."""
    if line.startswith("<!--"):
        return f"{line} above the title"
    scope = "" if line.startswith("ignore") else ", for all files of its folder"
    return f"{line} under [questions] of ankify.toml{scope}"


# diff -------------------------------------------------------------------------------------------


def forecast_lines(forecast: Forecast, notes: Path) -> Iterator[str]:
    """What the import does in one line, then a line for each note that is not left alone."""
    listed = (
        ("new", forecast.new),
        ("updated", forecast.updated),
        ("in conflict", forecast.conflicting),
    )
    counts = [f"{len(some)} {kind}" for kind, some in listed if some]
    counts += [f"{len(forecast.removed)} removed"] if forecast.removed else []
    yield f"The next import: {', '.join([*counts, f'{len(forecast.untouched)} untouched'])}"
    for kind, some in listed:
        for note in some:
            if note.question:
                place = place_from_here(note.question.location, notes)
                yield f"  {kind}: {place}: {note.question.title}"
    for past in forecast.removed:
        file = f"{place_from_here(Location(past.file), notes)}: " if past.file else ""
        yield f"  removed: {file}{past.title}"
    yield from moves(forecast)
    if forecast.conflicting:
        yield "  Anki skips notes in conflict: they have another note type (see docs/adopt.md)"
