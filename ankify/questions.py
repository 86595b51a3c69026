"""Read numbered questions as people write them, in every dialect, with no configuration.

The tokens of one note file become pieces (`pieces.py`), `outline.py` says which of them head a
question, and here each question gets what is its own: title, stem, answer, trail and comments.
The dialects are listed in docs/dialects.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from markdown_it.token import Token

from ankify.content import TocEntry, is_filler, read_contents
from ankify.gfm import ParsedFile, plain_text
from ankify.headings import CONTENTS, normal, strip_number
from ankify.model import Problem, Question
from ankify.outline import HEADINGS, Flow, choose
from ankify.pieces import Kind, Mark, Piece, read_pieces


@dataclass(frozen=True)
class SplitOptions:
    """`[questions]` of ankify.toml: what overrules the reader's own judgement."""

    level: int | None = None
    pattern: str | None = None
    unnumbered: bool = False


@dataclass(frozen=True)
class Section:
    """A question with its tokens: inline in the title, block in the stem and in the answer."""

    question: Question
    title: tuple[Token, ...]
    stem: tuple[Token, ...]
    answer: tuple[Token, ...]
    heading_id: str | None = None


@dataclass(frozen=True)
class SplitFile:
    """What `split_questions` finds in one note file, in file order."""

    sections: tuple[Section, ...]
    unanswered: tuple[Question, ...] = ()
    title: str | None = None
    toc: tuple[TocEntry, ...] = ()
    unnumbered_candidates: int = 0
    problems: tuple[Problem, ...] = ()


def split_questions(parsed: ParsedFile, path: str, options: SplitOptions) -> SplitFile:
    """Split one parsed note file into its questions; `path` is posix and only goes into them.

    Numbering inside an answer (a list, a code block, a sub-heading) never starts a question.
    """
    pieces = read_pieces(parsed.tokens)
    flow, sources = _open_lists(pieces)
    contents = read_contents(pieces, _last_places(flow, sources))
    flow = replace(
        flow,
        contents=frozenset(at for at, source in enumerate(sources) if source in contents),
        listed=frozenset(normal(entry.title) for found in contents.values() for entry in found),
    )
    outline = choose(flow, unnumbered=options.unnumbered)
    closed, chosen = _close_lists(flow, sources, pieces, outline.questions)
    toc = tuple(chain.from_iterable(contents.values()))
    return replace(
        _Reader(parsed, path, closed, chosen).read(),
        toc=toc,
        unnumbered_candidates=outline.candidates,
    )


def _open_lists(pieces: Sequence[Piece]) -> tuple[Flow, tuple[int, ...]]:
    """Put the items of each list in its place; also say which piece each comes from."""
    flat = [(item, at) for at, piece in enumerate(pieces) for item in (piece.items or (piece,))]
    return Flow(tuple(item for item, _ in flat)), tuple(at for _, at in flat)


def _last_places(flow: Flow, sources: Sequence[int]) -> dict[str, int]:
    """At which piece each title stands last, by its letters and digits."""
    marked = ((piece.mark, at) for piece, at in zip(flow.pieces, sources, strict=True))
    return {normal(mark.name): at for mark, at in marked if mark}


def _close_lists(
    flow: Flow, sources: Sequence[int], pieces: Sequence[Piece], chosen: frozenset[int]
) -> tuple[tuple[Piece, ...], frozenset[int]]:
    """Keep a list whole unless one of its items is a question, and renumber the chosen pieces."""
    opened = {sources[at] for at in chosen}
    kept: list[Piece] = []
    questions: set[int] = set()
    for at, (piece, source) in enumerate(zip(flow.pieces, sources, strict=True)):
        if at in chosen:
            questions.add(len(kept))
            kept += [piece, *read_pieces(piece.inside)]
        elif source in opened:
            kept.append(piece)
        elif not at or sources[at - 1] != source:
            kept.append(pieces[source])
    return tuple(kept), frozenset(questions)


class _Reader:
    """Walks once over the pieces of a file whose questions are known."""

    def __init__(
        self, parsed: ParsedFile, path: str, pieces: tuple[Piece, ...], chosen: frozenset[int]
    ) -> None:
        self.parsed, self.path, self.pieces, self.chosen = parsed, path, pieces, chosen
        self.leads = self._leading_headings()

    def _leading_headings(self) -> frozenset[int]:
        """Headings with nothing but other headings between them and the question below."""
        leads: set[int] = set()
        level = 0
        for at in reversed(range(len(self.pieces))):
            mark = self.pieces[at].mark
            if at in self.chosen and mark:
                level = mark.level
            elif mark and mark.kind in HEADINGS and level and mark.level <= max(level, 2):
                leads.add(at)
            elif not is_filler(self.pieces[at]):
                level = 0
        return frozenset(leads)

    def read(self) -> SplitFile:
        """Gather the questions."""
        sections: list[Section] = []
        unanswered: list[Question] = []
        trail: list[Mark] = []
        title_at = self._title()
        at = 0
        while at < len(self.pieces):
            piece = self.pieces[at]
            mark = piece.mark
            if at in self.chosen and mark:
                end = self._end(at, trail)
                section = self._section(at, end, self._trail(trail, mark))
                if section.answer:
                    sections.append(section)
                else:
                    unanswered.append(section.question)
                at = end
                continue
            if mark and mark.kind in HEADINGS and at != title_at:
                trail = [above for above in trail if above.level < mark.level] + [mark]
            at += 1
        title = None if title_at is None else self._plain(self.pieces[title_at].mark)
        return SplitFile(tuple(sections), tuple(unanswered), title)

    def _title(self) -> int | None:
        tops = [
            at
            for at, piece in enumerate(self.pieces)
            if piece.mark
            and piece.mark.kind in HEADINGS
            and piece.mark.level == 1
            and at not in self.chosen
            and not CONTENTS.match(piece.mark.name)
        ]
        first = min(self.chosen, default=len(self.pieces))
        return (
            tops[0]
            if tops and tops[0] < first and not any(t in self.leads for t in tops[1:])
            else None
        )

    def _plain(self, mark: Mark | None) -> str:
        return plain_text(mark.title, self.parsed) if mark else ""

    def _trail(self, trail: Sequence[Mark], question: Mark) -> tuple[str, ...]:
        above = [m for m in trail if not CONTENTS.match(m.name)]
        return tuple(strip_number(plain_text(m.title, self.parsed)) for m in above)

    def _end(self, at: int, trail: Sequence[Mark]) -> int:
        """Where the answer of the question ends: at the next question or section."""
        question = self.pieces[at].mark
        assert question
        limit = (
            question.level
            if question.kind in HEADINGS
            else max((m.level for m in trail), default=0)
        )
        depth = 0
        for below in range(at + 1, len(self.pieces)):
            piece = self.pieces[below]
            depth += piece.depth
            if question.kind is Kind.SUMMARY and depth < 0:
                return below + 1
            if below in self.chosen or below in self.leads:
                return below
            mark = piece.mark
            if mark and mark.kind in HEADINGS and mark.level <= limit:
                if question.kind is Kind.HTML and mark.kind is not Kind.HTML:
                    continue
                if mark.read.depth > question.read.depth:
                    continue
                return below
        return len(self.pieces)

    def _section(self, at: int, end: int, trail: tuple[str, ...]) -> Section:
        mark = self.pieces[at].mark
        assert mark
        body = list(self.pieces[at + 1 : end])
        if mark.kind is Kind.SUMMARY and body and body[-1].depth < 0:
            body.pop()
        if glued := _glued(mark):
            body.insert(0, glued)
        while body and is_filler(body[-1]):
            body.pop()
        while body and is_filler(body[0]):
            body.pop(0)
        last = body[-1].end if body else mark.line + 1
        question = Question(
            file=self.path,
            line=mark.line + 1,
            end_line=max(last, mark.line + 1),
            number=mark.read.number,
            title=plain_text(mark.title, self.parsed),
            trail=trail,
        )
        answer = tuple(chain.from_iterable(piece.tokens for piece in body))
        return Section(question, mark.title, (), answer, mark.anchor)


def _glued(mark: Mark) -> Piece | None:
    """The rest of the paragraph that a title opens, as a paragraph of its own."""
    if not mark.glued:
        return None
    lines = [mark.line + 1, mark.line + 2]
    inline = Token("inline", "", 0, map=lines, children=list(mark.glued), block=True)
    opening = Token("paragraph_open", "p", 1, map=lines, block=True)
    tokens = (opening, inline, Token("paragraph_close", "p", -1, block=True))
    return Piece(tokens, mark.line + 1, mark.line + 2)
