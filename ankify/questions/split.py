"""Read numbered questions as people write them, in every dialect, with no configuration.

The tokens of one note file become pieces (`pieces.py`), `outline.py` says which of them head a
question, and here each question gets what is its own: title, stem, answer, trail and comments.
The dialects and the rules are listed in docs/dialects.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, dropwhile

from ankify.model import Location, Problem, Question, TocEntry
from ankify.questions.answers import LISTS, TAG, is_blank, is_filler, opening_words
from ankify.questions.blocks import Piece, read_pieces, shown
from ankify.questions.choice import Outline, choose
from ankify.questions.contents import local_links, read_contents
from ankify.questions.evidence import HEADINGS, Flow, style_of, unread_counts
from ankify.questions.numbers import CUSTOM, Numbered, strip_number
from ankify.questions.titles import Kind, Mark
from ankify.questions.words import (
    CONTENTS,
    GIVES_AWAY,
    QUESTION_LABEL,
    TASK,
    TITLE_END,
    answers,
    normal,
    only_labels,
    opens,
)
from ankify.reading.inline import cut, visible
from ankify.reading.parse import ParsedFile, plain_text
from ankify.reading.tokens import Token


@dataclass(frozen=True)
class SplitOptions:
    """`[questions]` of ankify.toml: what overrules the reader's own judgement."""

    level: int | None = None
    pattern: str | None = None
    unnumbered: bool = False


@dataclass(frozen=True)
class Section:
    """A question with its tokens: inline in the title, block in the stem and in the answer.

    The stem is what belongs to the front beside the title: code and options, none of them ticked.
    """

    question: Question
    title: tuple[Token, ...]
    stem: tuple[Token, ...]
    answer: tuple[Token, ...]


@dataclass(frozen=True)
class SplitFile:
    """What `split_questions` finds in one note file, in file order.

    `unanswered` questions make no card. `toc` holds the links of the tables of contents.
    `unnumbered_candidates` counts the titles that `unnumbered` would make questions.
    """

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
    linked = any(any(local_links(piece)) for piece in pieces)
    contents = read_contents(pieces, _last_places(flow, sources)) if linked else {}
    flow = replace(
        flow,
        contents=frozenset(at for at, source in enumerate(sources) if source in contents),
        listed=frozenset(normal(entry.title) for found in contents.values() for entry in found),
    )
    flow, outline = _choose(flow, options)
    closed, chosen = _close_lists(flow, sources, pieces, outline.questions)
    found = _Reader(parsed, path, closed, chosen).read()
    return replace(
        found,
        toc=tuple(chain.from_iterable(contents.values())),
        unnumbered_candidates=outline.candidates,
        problems=(*_undecided(path, flow, outline), *found.problems),
    )


def _open_lists(pieces: Sequence[Piece]) -> tuple[Flow, tuple[int, ...]]:
    """Put the items of each list in its place; also say which piece each comes from."""
    flat = [(item, at) for at, piece in enumerate(pieces) for item in (piece.items or (piece,))]
    flow = unread_counts(Flow(tuple(item for item, _ in flat)))
    return flow, tuple(at for _, at in flat)


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
            kept.append(piece)
            if piece.inside:
                kept += read_pieces(tuple(shown(piece.inside)))
        elif source in opened:
            kept.append(piece)
        elif not at or sources[at - 1] != source:
            kept.append(pieces[source])
    return tuple(kept), frozenset(questions)


# -- what the author says about a question ---------------------------------------------------------


def _choose(flow: Flow, options: SplitOptions) -> tuple[Flow, Outline]:
    """Which titles are questions: by the author's pattern and comments, else by judgement."""
    if options.pattern is not None:
        flow, found = _matching(flow, re.compile(options.pattern), options.level)
        outline = Outline(found)
    else:
        outline = choose(flow, unnumbered=options.unnumbered, level=options.level)
    marked = {
        at + 1
        for at, piece in enumerate(flow.pieces[:-1])
        if _is_comment(piece) and "question" in piece.comments and flow.pieces[at + 1].mark
    }
    return flow, replace(outline, questions=outline.questions | marked)


def _matching(
    flow: Flow, pattern: re.Pattern[str], level: int | None
) -> tuple[Flow, frozenset[int]]:
    """The titles that match a pattern; its groups `number` and `title` are taken, if any."""
    pieces = list(flow.pieces)
    found = set()
    for at, piece in enumerate(pieces):
        mark = piece.mark
        if not mark or at in flow.contents or level not in (None, mark.level):
            continue
        match = pattern.search(visible(mark.whole))
        if match:
            found.add(at)
            pieces[at] = piece._replace(mark=_taken_apart(mark, match))
    return replace(flow, pieces=tuple(pieces)), frozenset(found)


def _taken_apart(mark: Mark, match: re.Match[str]) -> Mark:
    groups = match.groupdict()
    number = groups.get("number", mark.read.number)
    title = cut(mark.whole, *match.span("title")) if groups.get("title") else mark.title
    return replace(mark, read=Numbered(CUSTOM, number, "", 0), title=title)


def _is_comment(piece: Piece) -> bool:
    return piece.tokens[0].content.startswith("<!--") and bool(piece.comments)


def _undecided(path: str, flow: Flow, outline: Outline) -> tuple[Problem, ...]:
    if outline.undecided is None:
        return ()
    mark = flow.pieces[outline.undecided].mark
    assert mark
    return (
        Problem(
            Location(path, mark.line + 1),
            "undecided-file",
            f"headings of level {mark.level} may be sections or questions; taken as sections",
            hint=f"to make them questions, set level = {mark.level} under [questions]",
        ),
    )


def _only_labelled(section: Section) -> Iterator[Problem]:
    """A card whose back says "Answer:" and no more is made as it stands, and reported."""
    leaves = [token for token in section.answer if token.nesting == 0]
    children = leaves[0].children or () if len(leaves) == 1 else ()
    linked = any(child.type in ("link_open", "image") for child in children)
    if children and only_labels(visible(children)) and not linked:
        yield Problem(
            section.question.location,
            "question-without-answer",
            "nothing stands below the label of the answer",
        )


def _said(comments: Iterable[str], key: str) -> str | None:
    """The value of `key=value` in the author's comments, the last one counts."""
    values = [part[len(key) + 1 :] for part in comments if part.startswith(f"{key}=")]
    return values[-1].strip() if values else None


# -- from pieces to sections -----------------------------------------------------------------------


class _Reader:
    """Walks once over the pieces of a file whose questions are known."""

    def __init__(
        self, parsed: ParsedFile, path: str, pieces: tuple[Piece, ...], chosen: frozenset[int]
    ) -> None:
        self.parsed, self.path, self.pieces, self.chosen = parsed, path, pieces, chosen
        self.commented = "ankify:" in parsed.text
        self.leads = self._leads()
        self.top = self._top()

    def read(self) -> SplitFile:
        """Gather the questions with what is theirs."""
        sections: list[Section] = []
        unanswered: list[Question] = []
        problems: list[Problem] = []
        above: list[int] = []  # the open headings, outermost first
        at = 0
        while at < len(self.pieces):
            mark = self.pieces[at].mark
            if mark and at in self.chosen:
                end = self._end(at, above)
                comments = self._comments(at, end)
                if "ignore" not in comments:
                    section = self._section(at, end, self._trail(above, mark), comments)
                    if section.answer:
                        sections.append(section)
                        problems += _only_labelled(section)
                    else:
                        unanswered.append(section.question)
                at = end
                continue
            if mark and mark.kind in HEADINGS and at != self.top:
                above = [*(up for up in above if self._mark(up).level < mark.level), at]
            at += 1
        title = None if self.top is None else self._plain(self._mark(self.top).title)
        return SplitFile(tuple(sections), tuple(unanswered), title, problems=tuple(problems))

    def _mark(self, at: int) -> Mark:
        mark = self.pieces[at].mark
        assert mark
        return mark

    def _plain(self, title: Sequence[Token]) -> str:
        return plain_text(title, self.parsed)

    def _leads(self) -> frozenset[int]:
        """Headings with nothing but headings between them and the question below: sections."""
        leads: set[int] = set()
        level = 0
        for at in reversed(range(len(self.pieces))):
            mark = self.pieces[at].mark
            if mark and at in self.chosen:
                level = mark.level
            elif mark and mark.kind in HEADINGS and mark.level <= max(level, 2 * bool(level)):
                leads |= set() if opens(mark.name) else {at}
            elif level and not is_filler(self.pieces[at]):
                level = 0
        return frozenset(leads)

    def _top(self) -> int | None:
        """The heading that is the title of the file: its only <h1>, above the first question."""
        tops = [
            at
            for at, piece in enumerate(self.pieces)
            if piece.mark and piece.mark.kind in HEADINGS and piece.mark.level == 1
            if at not in self.chosen and not CONTENTS.match(piece.mark.name)
        ]
        first = min(self.chosen, default=len(self.pieces))
        alone = tops and tops[0] < first and self.leads.isdisjoint(tops[1:])
        return tops[0] if alone else None

    def _trail(self, above: Sequence[int], question: Mark) -> tuple[str, ...]:
        """The titles of the sections a question stands in, numbers stripped."""
        marks = (
            self._mark(at)
            for at in above
            if self._mark(at).level < question.level or at in self.leads
        )
        found = (
            mark.title
            for mark in marks
            if not CONTENTS.match(mark.name) and style_of(mark) != style_of(question)
        )
        return tuple(strip_number(self._plain(title)) for title in found)

    def _end(self, at: int, above: Sequence[int]) -> int:
        """Where the answer ends: at the next question, the next section, its own </details>."""
        question = self._mark(at)
        below_top = 0 if self.top is None else self._mark(self.top).level + 1
        limit = max([self._mark(up).level for up in above], default=below_top)
        depth = 0
        for below in range(at + 1, len(self.pieces)):
            depth += self.pieces[below].depth
            if question.kind is Kind.SUMMARY and depth < 0:
                return below + 1
            if below in self.chosen or below in self.leads:
                return below
            mark = self.pieces[below].mark
            if mark and mark.kind in HEADINGS and depth <= 0 and _ends(question, mark, limit):
                return below
        return len(self.pieces)

    def _comments(self, at: int, end: int) -> list[str]:
        """The author's comments on a question: directly above its title, or below."""
        if not self.commented:
            return []
        first = at - 1 if at and _is_comment(self.pieces[at - 1]) else at
        last = end - 1 if end < len(self.pieces) and _is_comment(self.pieces[end - 1]) else end
        return [said for piece in self.pieces[first:last] for said in piece.comments]

    def _section(
        self, at: int, end: int, trail: tuple[str, ...], comments: Sequence[str]
    ) -> Section:
        mark = self._mark(at)
        below = enumerate(self.pieces[at + 1 : end], 1)
        body = [piece for offset, piece in below if offset not in mark.borrowed]
        if mark.kind is Kind.SUMMARY and body and body[-1].depth < 0:
            body.pop()
        if mark.glued:
            kept = mark.borrowed[-1] - len(mark.borrowed) if mark.borrowed else 0
            body.insert(kept, _glued(mark))
        body = _trimmed(body)
        body[:1] = [part for piece in body[:1] for part in _asked_and_answered(piece)]
        stem, answer = _stem(body)
        answer = _unwrapped(answer)
        if len(answer) < len(body):
            answer = _trimmed(answer)
        cards = _said(comments, "cards")
        question = Question(
            file=self.path,
            line=mark.line + 1,
            end_line=max([mark.line + 1, *(piece.end for piece in answer[-1:])]),
            number=mark.read.number,
            title=self._plain(mark.title),
            trail=trail,
            marked_id=_said(comments, "id"),
            formula_card=None if cards is None else "formula" in cards,
            image_card=None if cards is None else "image" in cards,
        )
        shown = tuple([_opened(t) if t.type == "html_block" else t for t in _tokens(answer)])
        return Section(question, mark.title, _tokens(stem), shown)


def _ends(question: Mark, heading: Mark, limit: int) -> bool:
    """Whether a heading that leads to no question ends the answer above it all the same."""
    if opens(heading.name):
        return False
    if question.kind not in HEADINGS:
        return heading.level <= limit
    if question.kind is Kind.HTML and heading.kind is not Kind.HTML:
        return False  # who writes <h2> for questions writes `##` inside of answers
    return heading.level <= question.level and heading.read.depth <= question.read.depth


def _tokens(pieces: Iterable[Piece]) -> tuple[Token, ...]:
    return tuple(chain.from_iterable(piece.tokens for piece in pieces))


def _trimmed(body: Sequence[Piece]) -> list[Piece]:
    """Without the rules, blank HTML and links to the top around an answer."""
    kept = list(body)
    depth = sum(piece.depth for piece in kept)
    filler = True
    while kept and (filler := is_filler(kept[-1])) and (kept[-1].depth >= 0 or depth < 0):
        depth -= kept.pop().depth
    kept = list(dropwhile(lambda piece: is_blank(piece) and not piece.depth, kept))
    return [] if filler and all(map(is_filler, kept)) else kept


def _asked_and_answered(piece: Piece) -> Iterator[Piece]:
    """A paragraph that asks and answers, `Q: X` over `A: Y`, as two."""
    words = opening_words(piece)
    found = TITLE_END.search(words) if QUESTION_LABEL.match(words) else None
    if found and piece.tokens[0].type == "paragraph_open":
        opening, inline, closing = piece.tokens
        children = inline.children or ()
        end = found.start() + words[found.start() :].startswith("\n")
        for part in cut(children, 0, found.start()), cut(children, end):
            yield Piece((opening, inline.copy(children=list(part)), closing))
    else:
        yield piece


def _glued(mark: Mark) -> Piece:
    """The rest of the paragraph that a title opens, as a paragraph of its own."""
    first = mark.line + mark.below
    lines = first, first + visible(mark.glued).strip().count("\n") + 1
    inline = Token("inline", "", 0, map=lines, children=list(mark.glued), block=True)
    opening = Token("paragraph_open", "p", 1, map=lines, block=True)
    tokens = (opening, inline, Token("paragraph_close", "p", -1, block=True))
    return Piece(tokens)


def _unwrapped(answer: list[Piece]) -> list[Piece]:
    """An answer that is all in one <details>, without the button that opens it."""
    if len(answer) > 1 and answer[0].depth > 0 and answer[-1].depth < 0:
        depths = accumulate(piece.depth for piece in answer[:-1])
        return answer[1:-1] if min(depths) > 0 else answer
    return answer


BUTTON = re.compile(r"<details>(?=\s*<summary\b[^<>]*>([\s\S]*?)</summary>)", re.IGNORECASE)


def _opened(token: Token) -> Token:
    """Without the button "Answer": on the back of a card nobody wants to ask a second time."""
    if "<details>" not in token.content.lower():
        return token
    content = BUTTON.sub(
        lambda tag: "<details open>" if opens(TAG.sub("", tag[1]).strip()) else tag[0],
        token.content,
    )
    return token if content == token.content else token.copy(content=content)


# -- the stem --------------------------------------------------------------------------------------


def _stem(body: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Part the code and the options of a question from its answer.

    They reach down to the label of the answer ("Answer: B", a <details>), or to options of which
    some are ticked. From the first options with numbers or ticks, or code with mark-up, they stand
    in the answer too, which speaks of them; on the front none is ticked.
    """
    words = [*map(opening_words, body), ""]
    labels = (at for at, said in enumerate(words) if answers(said))
    label = next((at for at in labels if not _is_option(words[at], words[at + 1])), 0)
    label = next((at for at, said in enumerate(words[:label]) if GIVES_AWAY.match(said)), label)
    marks = (piece.mark for piece in body[:label])
    if any(mark and mark.kind in HEADINGS and not TASK.fullmatch(mark.name) for mark in marks):
        label = 0
    ticked = next((at for at, piece in enumerate(body) if _is_ticked(piece)), len(body))
    if not label and all(map(_is_code, body[:ticked])):
        label = min(ticked + 1, len(body)) if ticked < len(body) else 0
    stem = body[:label]
    repeated = (at for at, piece in enumerate(stem) if _is_repeated(piece))
    return [_unticked(piece) for piece in stem], body[next(repeated, label) :]


def _is_option(words: str, below: str) -> bool:
    """Whether `A. X` is no answer but an option: `B. Y` follows."""
    return bool(OPTION_A.match(words) and OPTION_B.search(f"{words}\n{below}"))


OPTION_A = re.compile(r"\W*a\s*[.:：]", re.IGNORECASE)
OPTION_B = re.compile(r"^\W*b\s*[.:：]", re.IGNORECASE | re.MULTILINE)


def _is_code(piece: Piece) -> bool:
    return piece.tokens[0].type in ("fence", "code_block")


def _is_ticked(piece: Piece) -> bool:
    """A list of options of which some are ticked: `- [x] B` beside `- [ ] A`."""
    if piece.tokens[0].type not in LISTS or "checked" not in piece.tokens[1].meta:
        return False
    items = (token for token in piece.tokens if token.type == "list_item_open")
    return {item.meta.get("checked") for item in items} == {True, False}


TAGGED = re.compile(r"<[^\n>]*>")  # `<li key={it}>`


def _is_repeated(piece: Piece) -> bool:
    numbered = piece.tokens[0].type == "ordered_list_open"
    return (
        numbered or _is_ticked(piece) or any(TAGGED.search(token.content) for token in piece.tokens)
    )


def _unticked(piece: Piece) -> Piece:
    tokens = (
        token.copy(meta={**token.meta, "checked": False}) if token.meta.get("checked") else token
        for token in piece.tokens
    )
    return piece._replace(tokens=tuple(tokens))
