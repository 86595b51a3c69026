"""The learner's own edits: what was changed in Anki since ankify shipped a note, word by word.

Anki keeps no history. So an edit is what differs from the note as it was last shipped; where that
is not known, the note's time tells: Anki keeps the one that ankify gave it, until someone edits it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ankify.anki.collection import LearnerNote
from ankify.anki.note_type import FIELDS, LAYOUTS, QUESTION
from ankify.anki.pushed import Shipped
from ankify.model import Note, Past
from ankify.reading.html import html_text, tags

STATUS = FIELDS.index("Status")  # ankify's own: no edit of a learner
# A word, a Chinese or Japanese character, or one character of anything else; with the space before.
_TOKEN = re.compile(r" ?(?:[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+|\S)")
_CONTEXT = 6  # tokens of unchanged text that are shown on each side of a change
_MOST = 1_000_000  # pairs of tokens that are compared: a second's work


@dataclass(frozen=True, slots=True)
class LastBuild:
    """A note as the last build left it: its time, and what it held where that is known still."""

    modified: int
    fields: Sequence[str] = ()
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """A field that the learner changed: its name, and both texts as HTML."""

    field: str
    shipped: str
    learner: str

    def diff(self) -> str:
        """The change as git's word diff has it: `a [-short-]{+small+} stack`."""
        return word_diff(_words(self.shipped), _words(self.learner)) or "(formatting only)"


def last_build(note: Note, past: Past | None, kept: LastBuild | None = None) -> LastBuild | None:
    """The last build of a note: its text is that of today, or of the package that was `kept`."""
    if past is None:
        return None
    if past.modified == note.modified:
        return LastBuild(past.modified, note.fields, note.tags)
    return kept if kept and kept.modified == past.modified else LastBuild(past.modified)


def edits(learner: LearnerNote, shipped: Sequence[str]) -> Iterator[Edit]:
    """The fields in which the learner's note is not as it was shipped."""
    layout = LAYOUTS.get(learner.note_type, QUESTION)
    rows = zip(layout.fields, shipped, learner.fields, strict=False)
    for at, (name, old, new) in enumerate(rows):
        if at != STATUS and not same_text(old, new):
            yield Edit(name, old, new)


def same_text(one: str, other: str) -> bool:
    """Whether Anki takes two texts of a field for one: it stores them in NFC."""
    return one == other or unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)


def as_shipped(
    learner: LearnerNote, shipped: Shipped | None, last: LastBuild | None
) -> tuple[Sequence[str], Sequence[str]] | None:
    """The fields and tags that the learner was given, by the first rule that knows them.

    `shipped` is the record of the last push. None where no rule knows: the note is of an older
    build, or was edited before the last one.
    """
    recorded = shipped and last and shipped.modified == last.modified
    if last and learner.modified == last.modified and not recorded:
        return learner.fields, learner.tags  # untouched: an edit sets another time
    if shipped:  # recorded by the push itself; without fields: left out, and never known
        return (shipped.fields, shipped.tags) if shipped.fields else None
    if last and last.fields and learner.modified > last.modified:  # edited since the last build
        return last.fields, last.tags
    return None


def unknown_base(
    learner: LearnerNote, shipped: Shipped | None, last: LastBuild | None, now: Sequence[str]
) -> tuple[str | None, ...]:
    """What to take for the shipped fields where nobody knows them; None: it was edited for sure.

    After the last build only the learner can have changed it, and one that a push has left out for
    its edits stays edited; before, it is most likely an older build. What the spare fields hold is
    the learner's in any case, as ankify leaves them empty.
    """
    layout = LAYOUTS.get(learner.note_type, QUESTION)
    edited = shipped is not None or (last is not None and learner.modified > last.modified)
    return tuple(
        "" if name.startswith("Extra") and not ours else None if edited else theirs
        for name, theirs, ours in zip(layout.fields, learner.fields, now, strict=True)
    )


def merged(
    shipped: Sequence[str | None], learner: Sequence[str], now: Sequence[str]
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Both sides' changes in one note, and the positions of fields that both have changed.

    Field by field: what the learner alone changed stays, everything else is as the notes say.
    """
    fields, conflicts = [], []
    for at, (base, theirs, ours) in enumerate(zip(shipped, learner, now, strict=True)):
        edited = at != STATUS and (base is None or not same_text(base, theirs))
        changed = base is None or not same_text(base, ours)
        if edited and changed and not same_text(theirs, ours):
            conflicts.append(at)
        fields.append(theirs if edited and not changed else ours)
    return tuple(fields), tuple(conflicts)


def word_diff(old: str, new: str) -> str:
    """Write a change as git's word diff has it; long unchanged text becomes `…`."""
    before, after = (_TOKEN.findall(" ".join(text.split())) for text in (old, new))
    if before == after:
        return ""
    blocks = _opcodes(before, after)
    pieces = []
    for at, (kind, a, b, c, d) in enumerate(blocks):
        if kind == "equal":
            pieces.append(_shortened(before[a:b], first=at == 0, last=at == len(blocks) - 1))
            continue
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        come = come.lstrip() if gone else come
        pieces.append(_marked("[-", gone, "-]") + _marked("{+", come, "+}"))
    return " ".join("".join(pieces).split())


def _opcodes(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """The steps from one to the other, as difflib names them; what is too long is one step."""
    shorter = min(len(before), len(after))
    start = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    most = shorter - start
    end = next((at for at in range(most) if before[-1 - at] != after[-1 - at]), most)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if len(old) * len(new) > _MOST:
        steps = [("replace", 0, len(old), 0, len(new))]
    else:
        steps = list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    middle = [(kind, a + start, b + start, c + start, d + start) for kind, a, b, c, d in steps]
    head = [("equal", 0, start, 0, start)] * bool(start)
    tail = ("equal", len(before) - end, len(before), len(after) - end, len(after))
    return [*head, *middle, *[tail] * bool(end)]


def _marked(start: str, text: str, end: str) -> str:
    """Mark a text as gone or new; a space before it stays outside of the marks."""
    if not text:
        return ""
    return f"{' ' * (text != text.lstrip())}{start}{text.lstrip()}{end}"


def _shortened(tokens: Sequence[str], *, first: bool, last: bool) -> str:
    head = () if first else tokens[:_CONTEXT]
    tail = () if last else tokens[-_CONTEXT:]
    if len(tokens) <= len(head) + len(tail):
        return "".join(tokens)
    return f"{''.join(head)} … {''.join(tail)}"


def _words(html: str) -> str:
    """The text of a field, with its pictures by name."""
    pieces, end = [], 0
    for tag in tags(html):
        if tag.name == "img" and not tag.is_end:
            pieces += [html[end : tag.start], f" [{tag.attributes.get('src', '')}] "]
            end = tag.end
    return html_text("".join([*pieces, html[end:]]))
