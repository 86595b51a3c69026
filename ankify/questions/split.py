"""Read numbered questions as people write them, in every dialect, with no configuration.

The tokens of one note file become blocks (`blocks.py`), `choice/` says which of them head a
question, and here each question gets what is its own: title, stem, answer, trail and comments.
The dialects and the rules are listed in docs/dialects.md.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, dropwhile, pairwise, takewhile
from typing import NamedTuple

from ankify.model import LeftOut, Location, Problem, Question, Ruling, Suggestion, TocEntry, Verdict
from ankify.questions import thresholds as limit
from ankify.questions.answers import is_blank, is_filler, shows_answer
from ankify.questions.block import Block, inline_of, shown, title_in
from ankify.questions.blocks import read_blocks
from ankify.questions.choice.search import Finding, Outline
from ankify.questions.choice.why import overrule
from ankify.questions.evidence import share
from ankify.questions.flashcards import (
    CLOZE_GAP,
    Flashcard,
    by_kind,
    read_flashcards,
    without_marks,
)
from ankify.questions.layout import Layout, SplitOptions, is_comment, lay_out
from ankify.questions.left_out import Span, covered_lines, left_out, lost_titles, swallowed
from ankify.questions.numbers import strip_number
from ankify.questions.options import is_test_of_lists, without_key
from ankify.questions.parts import (
    SECTION_LEVEL,
    held_headings,
    parts_of_answers,
    section_headings,
)
from ankify.questions.passages import passages
from ankify.questions.sides import (
    FEW_LABELS,
    NEAR,
    SEVERAL,
    answered_elsewhere,
    asked_and_answered,
    asks_for_written_answer,
    count_asking,
    ends_with_label,
    hidden_below_list,
    is_prose,
    is_remark,
    options_and_key,
    says_more,
    stem_and_answer,
    unwrapped,
    without_answer_label,
    without_button,
)
from ankify.questions.styles import style_of
from ankify.questions.suggest import suggest
from ankify.questions.titles import HEADINGS, Kind, Title
from ankify.questions.verdicts import FLASHCARDS
from ankify.questions.words import (
    CONTENTS,
    QUESTION_MARKS,
    asks,
    is_button,
    label_end,
    normal,
    only_labels,
)
from ankify.reading.formulas import Masked
from ankify.reading.inline import visible
from ankify.reading.parse import ParsedFile, plain_text
from ankify.reading.tokens import Token


class Section(NamedTuple):
    """A question with its tokens: inline in the title, block in the stem and in the answer.

    The stem is what belongs to the front beside the title: code and options, none of them ticked.
    """

    question: Question
    title: tuple[Token, ...]
    stem: tuple[Token, ...]
    answer: tuple[Token, ...]


class SplitFile(NamedTuple):
    """What `split_questions` finds in one note file, in file order.

    `unanswered` questions make no card. `toc` holds the links of the tables of contents.
    `unnumbered_candidates` counts the titles that `unnumbered` would make questions. `verdicts` say
    of each group of titles what it was taken for; `left_out` is text below the first question that
    is on no card; `suggestion` is the setting that would take more.
    """

    sections: tuple[Section, ...]
    unanswered: tuple[Question, ...] = ()
    title: str | None = None
    toc: tuple[TocEntry, ...] = ()
    unnumbered_candidates: int = 0
    problems: tuple[Problem, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    suggestion: Suggestion | None = None


def split_questions(parsed: ParsedFile, path: str, options: SplitOptions) -> SplitFile:
    """Split one parsed note file into its questions; `path` is posix and only goes into them.

    Numbering inside an answer (a list, a code block, a sub-heading) never starts a question.
    """
    layout = lay_out(parsed, options)
    outline = layout.outline
    closed, chosen = _close_lists(layout)
    reader = _Reader(parsed, path, closed, chosen)
    found = reader.read()
    verdicts = tuple(_verdict(finding, parsed, outline, reader) for finding in outline.findings)
    flashcards = _flashcards(found.sections, parsed, options)
    taken = _with_flashcards(found.sections, flashcards, parsed, path)
    known = {section.question.line for section in found.sections}
    unwritten = {
        it.question.line: it.question
        for it in taken
        if it.question.line not in known and _is_unwritten(it)
    }
    sections = tuple(it for it in taken if it.question.line not in unwritten)
    toggles = () if options.unnumbered else _toggles(sections, parsed, path, options)
    asked = [section.question for section in sections]
    lines = sorted(one.line for one in asked)
    gaps = tuple(  # flashcards are found apart, so a gap may hold some
        gap
        for gap in left_out(closed, reader.spans)
        if bisect_left(lines, gap.line) == bisect_right(lines, gap.end_line)
    )
    lost = gaps or outline.candidates or any(one.lost for one in verdicts)
    cards = [(one.line, one.end_line) for one in asked]
    is_whole = outline.questions and not lost
    suggestion = None if is_whole else suggest(options, layout, cards)
    if toggles and not sections and (not suggestion or suggestion.adds < len(toggles)):
        suggestion = Suggestion("unnumbered", "true", len(toggles), toggles[0].question.line)
    return found._replace(
        sections=sections,
        unanswered=tuple(
            sorted((*found.unanswered, *unwritten.values()), key=lambda question: question.line)
        ),
        toc=tuple(chain.from_iterable(layout.contents.values())),
        unnumbered_candidates=max(outline.candidates, len(toggles)),
        problems=(*_undecided(path, layout), *found.problems),
        verdicts=(*verdicts, *_verdicts_on_flashcards(flashcards, unwritten, parsed, path)),
        left_out=gaps,
        suggestion=suggestion,
    )


def _flashcards(
    sections: tuple[Section, ...], parsed: ParsedFile, options: SplitOptions
) -> list[Flashcard]:
    """The flashcards of a file beside its questions."""
    taken = [(section.question.line, section.question.end_line) for section in sections]
    cards = read_flashcards(parsed, taken, toggles=options.unnumbered)
    lines = {line for line, _ in taken}
    return [card for card in cards if card.line + 1 not in lines]


def _with_flashcards(
    sections: tuple[Section, ...], own: Sequence[Flashcard], parsed: ParsedFile, path: str
) -> tuple[Section, ...]:
    """The questions of a file together with its flashcards, in file order."""
    more = (_with_stem(card.question(parsed, path), card.front, card.back) for card in own)
    if own:
        sections = tuple(
            section._replace(answer=tuple(without_marks(section.answer, own)))
            for section in sections
        )
    return tuple(sorted((*sections, *more), key=lambda section: section.question.line))


def _with_stem(question: Question, front: tuple[Token, ...], back: tuple[Token, ...]) -> Section:
    """A flashcard, the options on its front if there are some above `Answer: b`."""
    stem, answer = stem_and_answer(read_blocks(back))
    return Section(question, front, _tokens(stem), _tokens(answer))


def _is_unwritten(section: Section) -> bool:
    """Whether the answer to a question is nothing or `TODO`; one in a gap of the front is there."""
    answer = read_blocks(section.answer)
    if answer or section.stem:
        return bool(answer) and all(map(is_filler, answer))
    return not CLOZE_GAP.search(visible(section.title))


TOGGLE = re.compile(r"^[ \t>]*[-*+] .*[?？][ \t]*$", re.MULTILINE)


def _toggles(
    sections: tuple[Section, ...], parsed: ParsedFile, path: str, options: SplitOptions
) -> tuple[Section, ...]:
    """The list items that would be questions with `unnumbered`."""
    if not TOGGLE.search(parsed.text):
        return ()
    own = _flashcards(sections, parsed, options._replace(unnumbered=True))
    more = _with_flashcards(sections, own, parsed, path)
    known = {section.question.line for section in sections}
    return tuple(it for it in more if it.question.line not in known and not _is_unwritten(it))


def _close_lists(layout: Layout) -> tuple[tuple[Block, ...], frozenset[int]]:
    """Keep a list whole unless one of its items is a question, and renumber the chosen blocks."""
    flow, sources, chosen = layout.flow, layout.sources, layout.outline.questions
    opened = {sources[at] for at in chosen}
    kept: list[Block] = []
    questions: set[int] = set()
    for at, (block, source) in enumerate(zip(flow.blocks, sources, strict=True)):
        if at in chosen:
            questions.add(len(kept))
            kept.append(block)
            if block.inside:
                kept += read_blocks(tuple(shown(block.inside)))
        elif source in opened:
            kept.append(block)
        elif not at or sources[at - 1] != source:
            kept.append(layout.blocks[source])
    return tuple(kept), frozenset(questions)


# -- what the author says about a question ---------------------------------------------------------


def _verdict(finding: Finding, parsed: ParsedFile, outline: Outline, reader: _Reader) -> Verdict:
    group = finding.group
    return Verdict(
        style=group.style,
        line=group.first.line + 1,
        count=len(group),
        taken=len(outline.questions.intersection(group)),
        titles=tuple(plain_text(title.children, parsed) for title in group.titles[:NAMED]),
        ruling=finding.ruling,
        ground=finding.name,
        reason=finding.reason,
        overrule=overrule(finding),
        numbered=bool(group.first.read.number),
        lost=lost_titles(group, reader.covered, outline.questions),
    )


def _verdicts_on_flashcards(
    cards: Iterable[Flashcard], unanswered: Container[int], parsed: ParsedFile, path: str
) -> Iterator[Verdict]:
    """One verdict on the flashcards of each kind; `unanswered` are lines (1-based)."""
    for kind, same in by_kind(cards).items():
        yield Verdict(
            style=kind,
            line=same[0].line + 1,
            count=len(same),
            taken=sum(card.line + 1 not in unanswered for card in same),
            titles=tuple(card.question(parsed, path).title for card in same[:NAMED]),
            ruling=Ruling.QUESTIONS,
            ground=FLASHCARDS.name,
            reason=FLASHCARDS.reason,
            overrule=f"ignore = [{json.dumps(path, ensure_ascii=False)}]",
        )


NAMED = 3  # titles of a group


def _undecided(path: str, layout: Layout) -> tuple[Problem, ...]:
    if layout.outline.undecided is None:
        return ()
    title = title_in(layout.flow.blocks[layout.outline.undecided])
    return (
        Problem(
            Location(path, title.line + 1),
            "undecided-file",
            f"headings of level {title.level} may be sections or questions; taken as sections",
            hint=f"to make them questions, set level = {title.level} under [questions]",
        ),
    )


def _only_labelled(section: Section) -> Iterator[Problem]:
    """A card whose back says "Answer:" and no more is made as it stands, and reported."""
    leaves = [token for token in section.answer if token.nesting == 0]
    children = leaves[0].children or () if len(leaves) == 1 else ()
    linked = any(child.type in ("link_open", "image") for child in children)
    words = visible(children)
    says_sign = label_end(words) and words[label_end(words) :].strip()  # `Answer: |`
    if children and only_labels(words) and not linked and not says_sign:
        yield Problem(
            section.question.location,
            "question-without-answer",
            "nothing stands below the label of the answer",
        )


def _card_kinds(said: str) -> tuple[str, ...]:
    """The kinds of cards in `cards=formula,image`; none in `cards=none`."""
    return tuple(kind for kind in re.split(r"[\s,]+", said) if kind and kind != "none")


def _said(comments: Iterable[str], key: str) -> str | None:
    """The value of `key=value` in the author's comments, the last one counts."""
    values = [part[len(key) + 1 :] for part in comments if part.startswith(f"{key}=")]
    return values[-1].strip() if values else None


# -- from blocks to sections -----------------------------------------------------------------------


class _Reader:
    """Walks once over the blocks of a file whose questions are known."""

    def __init__(
        self, parsed: ParsedFile, path: str, blocks: tuple[Block, ...], chosen: frozenset[int]
    ) -> None:
        self.parsed, self.path, self.blocks, self.chosen = parsed, path, blocks, chosen
        self.spans: list[Span] = []  # from each question to the block below its answer
        self.section_names: dict[int, str] = {}  # the titles of sections, without their numbers
        self.commented = "ankify:" in parsed.text
        self.section_headings = section_headings(blocks, chosen)
        self.parts = parts_of_answers(blocks, chosen, self.section_headings)
        self.parts |= held_headings(blocks, chosen, self.section_headings)
        self.passages = passages(blocks, sorted(chosen))
        self.nexts = [*pairwise([*sorted(chosen), len(blocks)])]  # from each question to the next
        self.marks_items = self._marks_items()
        self.hides_answers = self._hides_answers()
        self.asked_below = self._asked_below()
        self.hardly_labels = self._hardly_labels()
        self.has_empty_labels = self._has_empty_labels()
        self.stops = self._stops()
        self.top = self._top()

    def read(self) -> SplitFile:
        """Gather the questions with what is theirs."""
        sections: list[Section] = []
        unanswered: list[Question] = []
        problems: list[Problem] = []
        asked: list[tuple[Question, Span]] = []
        above: list[int] = []  # the open headings, outermost first
        at = 0
        while at < len(self.blocks):
            title = self.blocks[at].title
            if title and at in self.chosen:
                end = self._end(at, above)
                self.spans.append((self.passages.get(at, (at, 0))[0], end))
                comments = self._comments(at, end)
                if "ignore" not in comments:
                    section = self._section(at, end, self._trail(above, title), comments)
                    asked.append((section.question, (at, end)))
                    if section.answer:
                        sections.append(section)
                        problems += _only_labelled(section)
                    else:
                        unanswered.append(section.question)
                at = end
                continue
            if title and self.blocks[at].heading and at != self.top:
                above = [*(up for up in above if self._title(up).level < title.level), at]
            at += 1
        has_key = any(map(shows_answer, self.blocks))
        is_form = self.has_empty_labels
        bodies = (self.blocks[at + 1 : end] for _, (at, end) in asked)
        forms = sum(asks_for_written_answer(body, is_form=is_form) for body in bodies)
        left = without_key(
            [(it.stem, it.answer) for it in sections],
            has_key=has_key,
            is_test=forms > 1 and forms >= limit.MOST * len(asked),
        )
        left |= answered_elsewhere([section.answer for section in sections])
        unanswered += [sections[at].question for at in left]
        sections = [section for at, section in enumerate(sections) if at not in left]
        problems += swallowed(asked, self.blocks)
        name = None if self.top is None else self._plain(self._title(self.top).children)
        unanswered.sort(key=lambda question: question.line)
        return SplitFile(tuple(sections), tuple(unanswered), name, problems=tuple(problems))

    @cached_property
    def covered(self) -> frozenset[int]:
        """The lines of the questions and answers that were read."""
        return covered_lines(self.blocks, self.spans)

    def _title(self, at: int) -> Title:
        return title_in(self.blocks[at])

    def _plain(self, title: Sequence[Token]) -> str:
        return plain_text(title, self.parsed)

    def _has_empty_labels(self) -> bool:
        """Whether nothing is below half of the labels of answers, so that they wait to be written.

        Else it was forgotten at one or the other: its card is made, and reported.
        """
        bodies = [self.blocks[at + 1 : end] for at, end in self.nexts]
        empty = sum(map(ends_with_label, bodies))
        labelled = sum(any(map(shows_answer, body)) for body in bodies) if empty else 0
        return empty >= limit.MOST * labelled and empty > 0

    def _stops(self) -> frozenset[int]:
        """Where any answer ends: at a question, a section, a passage, a key, or as handed out."""
        starts = (start for start, _ in self.passages.values())
        pairs = enumerate(pairwise(self.blocks), 1)
        handed_out = (at for at, (above, block) in pairs if above.keyed and not block.keyed)
        return self.chosen.union(
            self.section_headings, starts, self._keys(), handed_out, self._given_up()
        )

    def _given_up(self) -> list[int]:
        """The bold titles without a number below the last question, where each is below a break.

        So are the questions, from the second on: who gave up numbering them went on with these.
        """
        _, *others = sorted(self.chosen) or (0,)
        bold = all(self._title(at).kind is Kind.BOLD for at in self.chosen)
        if not others or not bold or not all(map(self._is_below_break, others)):
            return []
        below = [
            at
            for at in range(others[-1] + 1, len(self.blocks))
            if (title := self.blocks[at].title) and title.kind is Kind.BOLD
            if self._is_below_break(at)
        ]
        return below if len(below) >= limit.COUNTED_TITLES else []

    def _is_below_break(self, at: int) -> bool:
        return self.blocks[at - 1].tokens[0].type == "hr"

    def _keys(self) -> frozenset[int]:
        """Headings such as `## Answers` below which the titles of questions come again.

        They head the key to a whole test, and are no part of the answer to its last question.
        """
        names = {normal(self._title(at).name) for at in self.chosen}
        headings = [
            (at, block.heading)
            for at, block in enumerate(self.blocks)
            if block.heading and at not in self.chosen
        ]
        keys: set[int] = set()
        for index, (at, key) in enumerate(headings):
            if is_button(key.name):
                below = (headings[it][1] for it in range(index + 1, len(headings)))
                again = names & {normal(title.name) for title in _section_of(key, below)}
                keys |= {at} if len(again) > 1 else set()
        return frozenset(keys)

    def _marks_items(self) -> bool:
        """Whether the right options of this test are the bold items of lists."""
        return is_test_of_lists(self.blocks[start + 1 : end] for start, end in self.nexts)

    def _hides_answers(self) -> bool:
        """Whether nearly all questions end with a list and a toggle of the same name below it."""
        if not any(block.depth > 0 for block in self.blocks):
            return False
        names: Counter[str] = Counter()
        for start, end in self.nexts:
            below = self.blocks[start + 1 : end]
            names[hidden_below_list(below)[1]] += 1
        del names[""]
        usual = max(names.values(), default=0)
        return usual >= max(limit.NEARLY_ALL_ASK * len(self.chosen), SEVERAL)

    def _hardly_labels(self) -> bool:
        """Whether so few answers have a label that "Solution" is but a part of those."""
        labelled = (any(map(shows_answer, self.blocks[start:end])) for start, end in self.nexts)
        return share(labelled) < FEW_LABELS

    def _asked_below(self) -> dict[int, int]:
        """How many blocks below titles that only name a topic ask, where nearly all are like that.

        `**Q1: Anchors** - Which hold in sand?`, and the answer below, whatever its label.
        """
        found: dict[int, int] = {}
        for start, end in self.nexts:
            title = self._title(start)
            if title.asked or title.borrowed or asks(title.name):
                continue
            below = [_glued(title, self.parsed.masked)] if title.glued else []
            below += self.blocks[start + 1 : min(end, start + 1 + NEAR)]
            if count := count_asking(below):
                found[start] = count
        least = max(limit.NEARLY_ALL_ASK * len(self.chosen), limit.COUNTED_TITLES)
        return found if len(found) >= least else {}

    def _top(self) -> int | None:
        """The heading that is the title of the file: its only <h1>, above the first question."""
        tops = [
            at
            for at, block in enumerate(self.blocks)
            if (title := block.heading) and title.level == 1
            if at not in self.chosen and not CONTENTS.match(title.name)
        ]
        first = min(self.chosen, default=len(self.blocks))
        alone = tops and tops[0] < first and self.section_headings.isdisjoint(tops[1:])
        return tops[0] if alone else None

    def _trail(self, above: Sequence[int], question: Title) -> tuple[str, ...]:
        """The titles of the sections a question stands in, numbers stripped."""
        return tuple(
            self._without_number(at)
            for at in above
            if (level := self._title(at).level) < question.level
            or (at in self.section_headings and level <= max(question.level, SECTION_LEVEL))
            if not CONTENTS.match(self._title(at).name)
            and style_of(self._title(at)) != style_of(question)
        )

    def _without_number(self, at: int) -> str:
        """The words of a section's title, read once for all questions below it."""
        if at not in self.section_names:
            title = self._title(at)  # `## Part 3` above a question has no words of its own
            words = inline_of(self.blocks[at]) if title.borrowed else title.children
            self.section_names[at] = strip_number(self._plain(words))
        return self.section_names[at]

    def _end(self, at: int, above: Sequence[int]) -> int:
        """Where the answer ends: at its own </details>, a heading of its rank, where any does."""
        question = self._title(at)
        below_top = 0 if self.top is None else self._title(self.top).level + 1
        bound = max([self._title(up).level for up in above], default=below_top)
        depth = 0
        for below in range(at + 1, len(self.blocks)):
            depth += self.blocks[below].depth
            if question.kind is Kind.SUMMARY and depth < 0:
                return below + 1
            if below in self.stops:
                return below
            heading = self.blocks[below].heading if depth <= 0 else None
            if heading and below not in self.parts and _ends(question, heading, bound):
                return below
        return len(self.blocks)

    def _comments(self, at: int, end: int) -> list[str]:
        """The author's comments on a question: directly above its title, or below."""
        if not self.commented:
            return []
        first = at - 1 if at and is_comment(self.blocks[at - 1]) else at
        last = end - 1 if end < len(self.blocks) and is_comment(self.blocks[end - 1]) else end
        return [said for block in self.blocks[first:last] for said in block.comments]

    def _section(
        self, at: int, end: int, trail: tuple[str, ...], comments: Sequence[str]
    ) -> Section:
        title = self._title(at)
        below = enumerate(self.blocks[at + 1 : end], 1)
        body = [block for offset, block in below if offset not in title.borrowed]
        if title.kind is Kind.SUMMARY and body and body[-1].depth < 0:
            body.pop()
        if title.glued:
            kept = title.borrowed[-1] - len(title.borrowed) if title.borrowed else 0
            body.insert(kept, _glued(title, self.parsed.masked))
        is_open = asks_for_written_answer(body, is_form=self.has_empty_labels)
        body = [] if is_open else _trimmed(body)
        body = [part for block in body for part in options_and_key(block)]
        body[:1] = [part for block in body[:1] for part in asked_and_answered(block)]
        asked = title.asked or self.asked_below.get(at, 0)
        stem, answer = stem_and_answer(
            body, asked, in_lists=self.marks_items, hides=self.hides_answers
        )
        hidden = title.kind is Kind.SUMMARY and title.name.rstrip().endswith(QUESTION_MARKS)
        hidden = hidden and all(map(is_prose, stem[title.asked :]))
        if hidden or (self.hardly_labels and says_more(title, stem)):
            stem, answer = body[: title.asked], body[title.asked :]
        passage = self.blocks[slice(*self.passages.get(at, (0, 0)))]
        answer = unwrapped(answer)
        if title.is_paired and all(map(is_remark, stem)):
            answer = without_answer_label(answer)
        if len(answer) < len(body):
            answer = _trimmed(answer)
        cards = _said(comments, "cards")
        question = Question(
            file=self.path,
            line=title.line + 1,
            end_line=max([title.line + 1, *(block.end for block in _own(body, answer)[-1:])]),
            number=title.read.number,
            title=self._plain(title.children) or _said_of_picture(title),
            trail=trail,
            marked_id=_said(comments, "id"),
            cards=None if cards is None else _card_kinds(cards),
        )
        shown = tuple([without_button(t) if t.type == "html_block" else t for t in _tokens(answer)])
        return Section(question, title.children, _tokens((*passage, *stem)), shown)


def _own(body: Sequence[Block], answer: Sequence[Block]) -> Sequence[Block]:
    """The blocks of a question that are its own, rather than from the key far below."""
    is_keyed = any(block.keyed for block in body)
    return [block for block in body if not block.keyed] if is_keyed else answer


def _said_of_picture(title: Title) -> str:
    """What a title that is a picture is called by: its alternative text, or its file's name."""
    pictures = (token for token in title.children if token.type == "image")
    picture = next(pictures, None)
    if picture is None:
        return ""
    src = str(picture.attrs.get("src") or "")
    return picture.content or src.rpartition("/")[2]


def _section_of(heading: Title, below: Iterable[Title]) -> Iterator[Title]:
    """The headings below a heading that are in its section."""
    return takewhile(lambda title: title.level > heading.level, below)


def _ends(question: Title, heading: Title, bound: int) -> bool:
    """Whether a heading that leads to no question ends the answer above it all the same."""
    if is_button(heading.name):  # above the section of the question: the key to a whole test
        return question.kind not in HEADINGS and heading.level < bound
    if question.kind not in HEADINGS:
        return heading.level <= bound
    if question.kind is Kind.HTML and heading.kind is not Kind.HTML:
        return False  # who writes <h2> for questions writes `##` inside of answers
    deeper = heading.read.depth > question.read.depth  # `# 1.1` below `## 1.` is a part of it
    if heading.level < question.level:
        return not (deeper and question.read.number)
    return heading.level == question.level and not deeper


def _tokens(blocks: Iterable[Block]) -> tuple[Token, ...]:
    return tuple(chain.from_iterable(block.tokens for block in blocks))


def _trimmed(body: Sequence[Block]) -> list[Block]:
    """Without the rules, blank HTML and links to the top around an answer."""
    kept = list(body)
    depth = sum(block.depth for block in kept)
    filler = True
    while kept and (filler := is_filler(kept[-1])) and (kept[-1].depth >= 0 or depth < 0):
        depth -= kept.pop().depth
    kept = list(dropwhile(lambda block: is_blank(block) and not block.depth, kept))
    return [] if filler and all(map(is_filler, kept)) else kept


def _glued(title: Title, masked: Masked) -> Block:
    """The rest of the paragraph that a title opens, as a paragraph of its own."""
    first = title.line + title.below
    text = masked.source(visible(title.glued).strip())  # a formula is a word over several lines
    lines = first, first + text.count("\n") + 1
    inline = Token("inline", "", 0, map=lines, children=list(title.glued), block=True)
    opening = Token("paragraph_open", "p", 1, map=lines, block=True)
    tokens = (opening, inline, Token("paragraph_close", "p", -1, block=True))
    return Block(tokens)
