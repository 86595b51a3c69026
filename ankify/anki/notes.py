"""Rendered questions -> notes: deck, tags, fields and cards; and tombstones of what is gone."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from html import escape, unescape
from json.encoder import encode_basestring
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from ankify.anki.cards import cloze_parts, is_short, typed_text, wanted_cards
from ankify.anki.gate import harmless
from ankify.anki.note_type import CLOZE, FIELDS, FIELDS_BEFORE, QUESTION, Layout
from ankify.config import CardSettings, Settings
from ankify.growth import Growth
from ankify.identity import guids as identity
from ankify.identity.lock import LOCK_NAME, RESTORE, Lock, LockEntry, pack_note, unpack_note
from ankify.media.collect import Collected, place
from ankify.model import (
    REMOVED_TAG,
    AnkifyError,
    Location,
    Note,
    NoteType,
    Page,
    Rendered,
)
from ankify.reading.anchors import address, in_obsidian
from ankify.reading.flavours.vault import NOTION_ID

REMOVED_STATUS = "This question is no longer in the notes."
STATUS, SOURCE = FIELDS.index("Status"), FIELDS.index("Source")  # in both note types

_LARGEST_TOMBSTONES = 50_000_000  # characters; a removed note has some thousands

Place = Callable[[str], str]
LastNote = tuple[Sequence[str], Sequence[str]]  # fields and tags

# Pages -> drafts of notes -----------------------------------------------------------------------


class Draft(NamedTuple):
    """A note before it has a guid.

    `fingerprint` changes just when an import must update the note; pictures count by their hashes.
    """

    rendered: Rendered
    fields: tuple[str, ...]
    deck: str
    tags: tuple[str, ...]
    cards: tuple[int, ...]
    fingerprint: str
    is_cloze: bool = False

    @property
    def candidate(self) -> identity.Candidate:
        """What identity has to know of it."""
        return candidate(self.rendered, is_cloze=self.is_cloze)


def candidate(rendered: Rendered, *, is_cloze: bool = False) -> identity.Candidate:
    """Say what identity has to know of a question."""
    asked, sketch = rendered.question, rendered.content.sketch
    return identity.Candidate(
        asked.file, asked.line, asked.number, asked.title, sketch, asked.marked_id, is_cloze
    )


def note_fingerprint(fields: Sequence[str], tags: Sequence[str]) -> str:
    """Hash what an import replaces in a note.

    Fields that 0.1 did not have count where they are filled: so a note is the same as then.
    """
    used = max((at for at, field in enumerate(fields, 1) if field), default=0)
    data = f"[[{_strings(fields[: max(used, FIELDS_BEFORE)])}], [{_strings(tags)}]]"
    return hashlib.sha256(data.encode()).hexdigest()[:16]


def _strings(texts: Sequence[str]) -> str:
    """Write texts as json.dumps does, in half the time."""
    return ", ".join(map(encode_basestring, texts))


def make_drafts(
    pages: Sequence[Page], name: str, settings: Settings, collected: Collected
) -> Iterator[Draft]:
    """Make a draft of every question, in the order of the notes; `name` is the root deck."""
    sounds = {media.name for media in collected.media}
    for page in pages:
        deck = "::".join([name, *_deck_parts(page)])
        folders = _folders(page)
        own = ["::".join(folders)] if folders else []
        tags = _tags((*own, *page.tags, *settings.deck.tags))
        topic = cache(partial(_topic, page))  # many questions are in one section
        placed = partial(place, file=page.file, collected=collected)
        written = (one.content.question + one.content.answer for one in page.rendered)
        growth = Growth(page.file, sum(map(len, written)))
        for one in page.rendered:
            about = topic(one.question.trail)
            made = _make(one, page.tags, about, settings.cards, placed)
            growth.add(about, deck, *tags)
            link = _source_link(page.file, one.question.title, settings.source.url)
            fields = _guarded(_with_source(made.fields, link), sounds)
            printed = note_fingerprint(fields, tags)
            yield Draft(one, fields, deck, tags, made.cards, printed, made.is_cloze)


def _folders(page: Page) -> tuple[str, ...]:
    """The folders and the stem of a note file; README, index, rag/rag.md stand for the folder.

    So does a file that is one question: a deck for one card is none. The ids that Notion hangs on
    names are no part of them.
    """
    *folders, last = (NOTION_ID.sub("", part) for part in page.file.split("/"))
    stem = Path(last).stem
    stands_for_folder = stem.lower() in ("readme", "index") or [stem] == folders[-1:]
    stands_for_folder |= page.is_one_question
    return tuple(folders if stands_for_folder else [*folders, stem])


def _deck_parts(page: Page) -> list[str]:
    own = page.deck.split("::") if page.deck else _folders(page)
    return [deck_part(part) for part in own]


def deck_part(name: str) -> str:
    """A deck name that Anki takes as it is, and that makes no sub-deck by accident."""
    name = _HIDDEN.sub("", re.sub(r"[\x00-\x1f]|::+", "-", name))
    return name.replace('"', "'").strip() or "-"


# What nobody sees, and two names would differ in; marks that turn the text after them around
# ("a\u202egnp.md" looks like "adm.png"); what a folder has whose name is not UTF-8, and no package
# can hold. Joiners stay between letters or emoji that need them: Persian words, families.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
    "|(?<![^\\x00-\\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\\x00-\\x7f])"
)


def _tag(name: str) -> str:
    """A tag that is text: templates show tags as they are, mark-up, formulas, sounds and all."""
    return re.sub(r"[\s<>\[\]\\]+", "_", _HIDDEN.sub("", name.strip()))


def _tags(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({tag for name in names if (tag := _tag(name))}))


def _text(words: str) -> str:
    """Text as HTML in which Anki finds no command of its own."""
    return escape(words, quote=False).replace("[", "&#91;")


_CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)
_IMG = r'<img (?:[^>"]|"[^"]*")*>'
_PICTURE = re.compile(_IMG)
# A picture by day and the one by night right after it are one figure.
_FIGURE = re.compile(rf'{_IMG}(?:(?<=by-day">){_IMG})?')
_DISPLAYED = re.compile(r"\\\[.*?\\\]", re.DOTALL)


class _Made(NamedTuple):
    """The fields of a note in the order of its note type, and the ordinals of its cards."""

    fields: tuple[str, ...]
    cards: tuple[int, ...]
    is_cloze: bool = False


def _make(
    one: Rendered, tags: Sequence[str], topic: str, settings: CardSettings, place: Place
) -> _Made:
    """Make the fields of a question; `place` puts shipped names for the sources of its pictures."""
    asked, answer = place(one.content.question), place(one.content.answer)
    wanted = wanted_cards(one.question, tags, settings)
    if parts := cloze_parts(asked, answer, wanted):
        own = (parts.text, parts.question, parts.back, "", topic, "", "")
        return _Made(_padded(own, CLOZE), tuple(n - 1 for n in parts.numbers), is_cloze=True)
    prose = _CODE.sub("", answer) if "<img" in answer or r"\[" in answer else ""
    images = _paragraphs(_FIGURE.findall(prose)) if prose else ""
    formulas = _paragraphs(_DISPLAYED.findall(prose)) if prose else ""
    typed = typed_text(answer) if "typed" in wanted.kinds else ""
    switches = (
        bool(formulas) and "formula" in wanted.kinds,
        bool(images) and "image" in wanted.kinds,
        "reversed" in wanted.kinds or (wanted.reversed_if_short and is_short(answer)),
    )
    switched = ("1" if switch else "" for switch in switches)
    fields = (asked, answer, images, formulas, topic, "", "", *switched, typed)
    return _Made(_padded(fields, QUESTION), _cards(*switches, bool(typed)))


def _padded(fields: Sequence[str], layout: Layout) -> tuple[str, ...]:
    return (*fields, *[""] * (len(layout.fields) - len(fields)))


def _with_source(fields: Sequence[str], link: str) -> tuple[str, ...]:
    return (*fields[:SOURCE], link, *fields[SOURCE + 1 :])


def _guarded(fields: Iterable[str], sounds: Collection[str]) -> tuple[str, ...]:
    """The fields as they ship: nothing in them acts, and none has the character between fields."""
    return tuple(field and harmless(field.replace("\x1f", " "), sounds) for field in fields)


@cache
def _cards(formula: bool, image: bool, is_reversed: bool, typed: bool) -> tuple[int, ...]:
    """The ordinals of the cards; one tuple for all notes that make the same."""
    return (0, *[1] * formula, *[2] * image, *[3] * is_reversed, *[4] * typed)


def _paragraphs(pieces: Sequence[str]) -> str:
    return "".join(f"<p>{piece}</p>" for piece in dict.fromkeys(pieces))


def _topic(page: Page, trail: tuple[str, ...]) -> str:
    """Folder › note file › section. No number in it: one new question would touch all below.

    The note file is strong: `How is the loss computed?` asks about what it is about.
    """
    *folders, last = _folders(page) or ("",)
    sections = (title for title in trail if not _SAYS_NOTHING.match(title))
    name = _plain(page.title or last)
    parts = dict.fromkeys([*map(_plain, folders), name, *map(_plain, sections)])
    return " › ".join(
        f"<b>{_text(part)}</b>" if part == name else _text(part) for part in parts if part
    )


# `📚 Databases (12)`: the one says nothing, the other would touch each note when it grows
_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d"
_DECORATION = re.compile(rf"^[{_EMOJI}\s]+|[{_EMOJI}\s]+$|\s*[(（]\d{{1,3}}[)）]\s*$")
# `Interview Questions & Answers:`, `解答`: which every card is
_SAYS_NOTHING = re.compile(
    r"""^\W*(?:(?:interview\W+)?(?:questions?|q))?(?:\W+(?:and\W+)?(?:answers?|a)|answers?)?\W*$
    |^\W*(?:题目|问题|问答|面试题|解答|答案)\W*$""",
    re.IGNORECASE | re.VERBOSE,
)


def _plain(title: str) -> str:
    """A title for the trail, without what says nothing on a card."""
    return " ".join(_DECORATION.sub("", title).split()) or title


def _source_link(file: str, title: str, url: str | None) -> str:
    """A link to the question's text; headings' anchors hold numbers, which would touch notes."""
    if not url:
        return ""
    fragment = "" if in_obsidian(url) else f"#:~:text={quote(title, safe='')}"
    link = address(url, file) + fragment
    shown = "/".join(NOTION_ID.sub("", part) for part in file.split("/"))
    return f'<a href="{escape(link)}">{_text(shown)}</a>'


# Drafts -> notes --------------------------------------------------------------------------------


class Built(NamedTuple):
    """A note, and what the lock keeps of it."""

    note: Note
    record: identity.Record


def build_notes(
    drafts: Iterable[Draft], matches: Iterable[identity.Match], now: int
) -> Iterator[Built]:
    """Give each draft the guid and the times of its match; `now` in seconds since 1970."""
    for position, (draft, match) in enumerate(zip(drafts, matches, strict=True)):
        note = _note(draft, match, position, now)
        yield Built(
            note,
            identity.Record(match, note.deck, draft.fingerprint, note.added, note.modified),
        )


def _note(draft: Draft, match: identity.Match, position: int, now: int) -> Note:
    """Make the note of a draft; `position` is its place among the new cards."""
    added, modified = identity.touch(match.entry, draft.fingerprint, now)
    return Note(
        guid=match.guid,
        fields=draft.fields,
        deck=draft.deck,
        tags=draft.tags,
        due=position,
        modified=modified,
        added=added,
        cards=draft.cards,
        is_cloze=draft.is_cloze,
        question=draft.rendered.question,
        content=draft.rendered.content,
    )


def last_notes(package: Path | None) -> dict[str, LastNote]:
    """The notes of the last package by guid; none where it is gone or damaged.

    Then no tombstone ships, and the report says so.
    """
    from ankify.anki.read import read_apkg  # most builds have no removed questions

    try:
        notes = read_apkg(package).notes if package else ()
    except AnkifyError:
        return {}
    return {note.guid: (note.fields, note.tags) for note in notes}


def pack_removed(removed: Sequence[LockEntry], known: Mapping[str, LastNote]) -> dict[str, str]:
    """The last known notes of questions that are gone, packed for the lock."""
    return {
        entry.guid: pack_note(*_unmarked(*known[entry.guid]))
        for entry in removed
        if entry.guid in known and _is_ours(known[entry.guid][0], entry)
    }


def _is_ours(fields: Sequence[str], entry: LockEntry) -> bool:
    """Whether fields are as many as the note type of an entry has, or had in 0.1."""
    layout = CLOZE if entry.is_cloze else QUESTION
    return len(fields) in (len(layout.fields), *([] if entry.is_cloze else [FIELDS_BEFORE]))


def _unmarked(fields: Sequence[str], tags: Sequence[str]) -> LastNote:
    """The note before it was removed: beside an older lock, the package holds its tombstone."""
    kept = list(fields)
    kept[STATUS] = ""
    return kept, [tag for tag in tags if tag != REMOVED_TAG]


def make_tombstones(lock: Lock, shipped: set[str], name: str) -> Iterator[Note]:
    """Notes of removed questions: they reach who has them, and make no card for who has not.

    Only of guids that ankify gave: a lock that someone sent must not mark another deck's notes.
    Their fields are sanitised as those of the notes.
    """
    from ankify.rendering.sanitise import sanitised

    left = _LARGEST_TOMBSTONES
    for entry in lock.entries:
        if (
            entry.removed is not None
            and entry.tombstone
            and identity.OUR_GUID.fullmatch(entry.guid)
        ):
            fields, tags = _unpacked(entry, entry.tombstone)
            left -= sum(map(len, fields))
            if left < 0:
                most = _LARGEST_TOMBSTONES // 1_000_000
                message = f"the removed notes in the lock have more than {most} MB of text"
                raise AnkifyError(message, Location(LOCK_NAME), RESTORE)
            yield Note(
                guid=entry.guid,
                fields=_marked_removed(map(sanitised, fields), shipped),
                deck=name,
                tags=_tags((*tags, REMOVED_TAG)),
                due=0,
                modified=entry.modified,
                added=entry.added,
                cards=(),
                is_cloze=entry.is_cloze,
            )


def _unpacked(entry: LockEntry, tombstone: str) -> tuple[list[str], list[str]]:
    """The fields and tags of a tombstone."""
    try:
        fields, tags = unpack_note(tombstone)
    except ValueError:
        fields, tags = (), ()
    if not _is_ours(fields, entry):
        message = f"the lock is damaged: the removed note {entry.guid} cannot be read"
        raise AnkifyError(message, Location(LOCK_NAME), RESTORE)
    return list(_padded(fields, CLOZE if entry.is_cloze else QUESTION)), list(tags)


def _marked_removed(fields: Iterable[str], shipped: set[str]) -> tuple[str, ...]:
    """Set the Status field; a picture that is gone from the notes becomes its alt text."""

    def kept(found: re.Match[str]) -> str:
        source = re.search(r'src="([^"]*)"', found[0])
        if source and (unescape(source[1]) in shipped or "://" in source[1]):
            return found[0]
        alt = re.search(r'\balt="([^"]*)"', found[0])
        # Not "[": an alt text "sound:a.mp3" would be played.
        return f"&#91;{escape(unescape(alt[1]))}]" if alt and alt[1] else ""

    kept_fields = [_PICTURE.sub(kept, field) for field in fields]
    kept_fields[STATUS] = REMOVED_STATUS
    return _guarded(kept_fields, shipped)


def note_type_fingerprint(*note_types: NoteType) -> str:
    """Hash the templates and the CSS."""
    data = json.dumps(
        [[[(t.name, t.front, t.back) for t in one.templates], one.css] for one in note_types]
    )
    return hashlib.sha256(data.encode()).hexdigest()[:16]


def note_type_time(fingerprint: str, lock: Lock | None, now: int) -> int:
    """When the templates last changed: a rebuild must not touch the learner's own styling."""
    if lock is None or not lock.note_type[0]:
        return now
    known, modified = lock.note_type
    return modified if known == fingerprint else max(now, modified + 1)
