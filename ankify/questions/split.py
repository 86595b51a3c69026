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
from itertools import accumulate, chain, dropwhile, pairwise, takewhile
from typing import NamedTuple

from ankify.model import (
    LeftOut,
    Location,
    Problem,
    Question,
    Ruling,
    Suggestion,
    TocEntry,
    Verdict,
)
from ankify.questions import thresholds as limit
from ankify.questions.answers import (
    LISTS,
    POINT,
    is_blank,
    is_filler,
    key_in_list,
    opening_words,
    shows_answer,
)
from ankify.questions.block import Block, balanced, shown
from ankify.questions.blocks import read_blocks
from ankify.questions.callouts import inside_callout
from ankify.questions.choice.search import Finding, Outline
from ankify.questions.choice.why import overrule
from ankify.questions.evidence import style_of
from ankify.questions.flashcards import (
    CLOZE_GAP,
    Flashcard,
    by_kind,
    read_flashcards,
    without_marks,
)
from ankify.questions.layout import Layout, SplitOptions, is_comment, lay_out
from ankify.questions.left_out import Span, covered_lines, left_out, lost_titles, swallowed
from ankify.questions.numbers import HEADED, strip_number
from ankify.questions.options import (
    OFFER,
    has_ticked_box,
    is_test_of_lists,
    marked_options,
    offers_several,
    tells_option,
    unmarked,
    with_key_apart,
    with_options_apart,
    without_key,
)
from ankify.questions.pairs import heads_answer, says_question
from ankify.questions.parts import leads, parts_of_answers
from ankify.questions.passages import passages
from ankify.questions.suggest import suggest
from ankify.questions.titles import HEADINGS, Kind, Title
from ankify.questions.verdicts import FLASHCARDS
from ankify.questions.words import (
    CONTENTS,
    QUESTION_LABEL,
    QUESTION_MARKS,
    TASK,
    answers,
    asks,
    asks_for_answer,
    gives_away,
    label_end,
    names_answers,
    normal,
    only_labels,
    opens,
    title_end,
)
from ankify.reading.formulas import Masked
from ankify.reading.html import summaries, tags
from ankify.reading.inline import cut, visible
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
    stem, answer = _stem(read_blocks(back))
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
    title = layout.flow.blocks[layout.outline.undecided].title
    assert title
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
    if children and only_labels(visible(children)) and not linked:
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
        self.sections: dict[int, str] = {}  # the titles of sections, without their numbers
        self.commented = "ankify:" in parsed.text
        self.leads = leads(blocks, chosen)
        self.parts = parts_of_answers(blocks, chosen, self.leads)
        self.keys = self._keys()
        self.passages = passages(blocks, sorted(chosen))
        self.marks_items = self._marks_items()
        self.hides_answers = self._hides_answers()
        self.asked_below = self._asked_below()
        self.passage_starts = {start for start, _ in self.passages.values()}
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
            if title and title.kind in HEADINGS and at != self.top:
                above = [*(up for up in above if self._title(up).level < title.level), at]
            at += 1
        has_key = any(map(shows_answer, self.blocks))
        forms = sum(_asks_for_answer(self.blocks[at + 1 : end]) for _, (at, end) in asked)
        left = without_key(
            [(it.stem, it.answer) for it in sections],
            has_key=has_key,
            is_test=forms > 1 and forms >= limit.MOST * len(asked),
        )
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
        title = self.blocks[at].title
        assert title
        return title

    def _plain(self, title: Sequence[Token]) -> str:
        return plain_text(title, self.parsed)

    def _keys(self) -> frozenset[int]:
        """Headings such as `## Answers` below which the titles of questions come again.

        They head the key to a whole test, and are no part of the answer to its last question.
        """
        names = {normal(self._title(at).name) for at in self.chosen}
        headings = [
            (at, block.title)
            for at, block in enumerate(self.blocks)
            if block.title and block.title.kind in HEADINGS and at not in self.chosen
        ]
        keys: set[int] = set()
        for index, (at, key) in enumerate(headings):
            if opens(key.name):
                below = (headings[it][1] for it in range(index + 1, len(headings)))
                again = names & {normal(title.name) for title in _section_of(key, below)}
                keys |= {at} if len(again) > 1 else set()
        return frozenset(keys)

    def _marks_items(self) -> bool:
        """Whether the right options of this test are the bold items of lists."""
        ends = pairwise([*sorted(self.chosen), len(self.blocks)])
        return is_test_of_lists(self.blocks[start + 1 : end] for start, end in ends)

    def _hides_answers(self) -> bool:
        """Whether nearly all questions end with a list and a toggle of the same name below it."""
        if not any(block.depth > 0 for block in self.blocks):
            return False
        names: Counter[str] = Counter()
        for start, end in pairwise([*sorted(self.chosen), len(self.blocks)]):
            below = self.blocks[start + 1 : end]
            names[_hidden_below_list(below)[1]] += 1
        del names[""]
        usual = max(names.values(), default=0)
        return usual >= max(limit.NEARLY_ALL_ASK * len(self.chosen), SEVERAL)

    def _asked_below(self) -> dict[int, int]:
        """How many blocks below titles that only name a topic ask, where nearly all are like that.

        `**Q1: Anchors** - Which hold in sand?`, and the answer below, whatever its label.
        """
        found: dict[int, int] = {}
        for start, end in pairwise([*sorted(self.chosen), len(self.blocks)]):
            title = self._title(start)
            if title.asked or title.borrowed or asks(title.name):
                continue
            below = [_glued(title, self.parsed.masked)] if title.glued else []
            below += self.blocks[start + 1 : min(end, start + 1 + NEAR)]
            if count := _count_asking(below):
                found[start] = count
        least = max(limit.NEARLY_ALL_ASK * len(self.chosen), limit.COUNTED_TITLES)
        return found if len(found) >= least else {}

    def _top(self) -> int | None:
        """The heading that is the title of the file: its only <h1>, above the first question."""
        tops = [
            at
            for at, block in enumerate(self.blocks)
            if block.title and block.title.kind in HEADINGS and block.title.level == 1
            if at not in self.chosen and not CONTENTS.match(block.title.name)
        ]
        first = min(self.chosen, default=len(self.blocks))
        alone = tops and tops[0] < first and self.leads.isdisjoint(tops[1:])
        return tops[0] if alone else None

    def _trail(self, above: Sequence[int], question: Title) -> tuple[str, ...]:
        """The titles of the sections a question stands in, numbers stripped."""
        return tuple(
            self._without_number(at)
            for at in above
            if (level := self._title(at).level) < question.level
            or (at in self.leads and level <= max(question.level, 2))  # not `#####` above `##`
            if not CONTENTS.match(self._title(at).name)
            and style_of(self._title(at)) != style_of(question)
        )

    def _without_number(self, at: int) -> str:
        """The words of a section's title, read once for all questions below it."""
        if at not in self.sections:
            title = self._title(at)  # `## Part 3` above a question has no words of its own
            words = self.blocks[at].tokens[1].children if title.borrowed else title.children
            self.sections[at] = strip_number(self._plain(words or ()))
        return self.sections[at]

    def _end(self, at: int, above: Sequence[int]) -> int:
        """Where the answer ends: at the next question, the next section, its own </details>."""
        question = self._title(at)
        below_top = 0 if self.top is None else self._title(self.top).level + 1
        bound = max([self._title(up).level for up in above], default=below_top)
        depth = 0
        for below in range(at + 1, len(self.blocks)):
            depth += self.blocks[below].depth
            if question.kind is Kind.SUMMARY and depth < 0:
                return below + 1
            if below in self.chosen or below in self.leads or below in self.passage_starts:
                return below
            if below in self.keys:
                return below
            if self.blocks[below - 1].keyed and not self.blocks[below].keyed:
                return below
            title = self.blocks[below].title
            ends = title and title.kind in HEADINGS and depth <= 0 and below not in self.parts
            if ends and _ends(question, self._title(below), bound):
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
        body = [] if _asks_for_answer(body) else _trimmed(body)
        body = [part for block in body for part in _options_and_key(block)]
        body[:1] = [part for block in body[:1] for part in _asked_and_answered(block)]
        asked = title.asked or self.asked_below.get(at, 0)
        stem, answer = _stem(body, asked, in_lists=self.marks_items, hides=self.hides_answers)
        hidden = title.kind is Kind.SUMMARY and title.name.rstrip().endswith(QUESTION_MARKS)
        if hidden and all(map(_is_prose, stem[title.asked :])):
            stem, answer = body[: title.asked], body[title.asked :]
        passage = self.blocks[slice(*self.passages.get(at, (0, 0)))]
        answer = _unwrapped(answer)
        if title.is_paired and all(map(_is_remark, stem)):
            answer = _without_label(answer)
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
        shown = tuple([_opened(t) if t.type == "html_block" else t for t in _tokens(answer)])
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
    if opens(heading.name):  # above the section of the question it heads the key to a whole test
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


NEAR = 3  # blocks below a title, among which its question ends


def _count_asking(below: Sequence[Block]) -> int:
    """How many paragraphs, lists and code are asked: down to one that ends with a question mark.

    Something else is below it; a title is not among them.
    """
    shown = takewhile(lambda it: not it.title and (_is_prose(it) or _is_code(it)), below)
    words = [opening_words(block).rstrip("*_ \n") for block in shown]
    asking = [at for at, said in enumerate(words, 1) if said.endswith(QUESTION_MARKS)]
    return asking[-1] if asking and asking[-1] < len(below) else 0


def _asks_for_answer(body: Sequence[Block]) -> bool:
    """Whether all below a title is a form: at its end is "Write your answer here"."""
    last = next((block for block in reversed(body) if not is_blank(block)), None)
    return last is not None and asks_for_answer(opening_words(last))


def _asked_and_answered(block: Block) -> Iterator[Block]:
    """A paragraph that asks and answers, `Q: X` over `A: Y`, as two."""
    words = opening_words(block)
    found = title_end(words) if QUESTION_LABEL.match(words) else None
    if found is not None and block.tokens[0].type == "paragraph_open":
        opening, inline, closing = block.tokens
        children = inline.children or ()
        end = found + words[found:].startswith("\n")
        for part in cut(children, 0, found), cut(children, end):
            yield Block((opening, inline.copy(children=list(part)), closing))
    else:
        yield block


def _options_and_key(block: Block) -> Iterator[Block]:
    """Options that end with the label of the answer, as two blocks."""
    found = key_in_list(block)
    if not found:
        yield from with_key_apart(block) or with_options_apart(block)
        return
    at, start = found
    inline, paragraph = block.tokens[at], Token("paragraph_open", "p", 1, block=True)
    children = inline.children or ()
    options = inline.copy(children=list(cut(children, 0, start - 1)))
    key = inline.copy(children=list(cut(children, start)))
    yield block._replace(tokens=(*block.tokens[:at], options, *block.tokens[at + 1 :]), items=())
    yield Block((paragraph, key, Token("paragraph_close", "p", -1, block=True)))


def _glued(title: Title, masked: Masked) -> Block:
    """The rest of the paragraph that a title opens, as a paragraph of its own."""
    first = title.line + title.below
    text = masked.source(visible(title.glued).strip())  # a formula is a word over several lines
    lines = first, first + text.count("\n") + 1
    inline = Token("inline", "", 0, map=lines, children=list(title.glued), block=True)
    opening = Token("paragraph_open", "p", 1, map=lines, block=True)
    tokens = (opening, inline, Token("paragraph_close", "p", -1, block=True))
    return Block(tokens)


def _unwrapped(answer: list[Block]) -> list[Block]:
    """An answer that is all in one <details> or callout, without the button that opens it.

    A <summary> that is no button, `<summary>Carbon dioxide</summary>`, is a part of the answer.
    """
    if len(answer) == 1 and answer[0].tokens[0].type == "alert_open":
        return inside_callout(answer[0]) if only_labels(opening_words(answer[0])) else answer
    if len(answer) > 1 and answer[0].depth > 0 and answer[-1].depth < 0 and not answer[0].title:
        depths = accumulate(block.depth for block in answer[:-1])
        return answer[1:-1] if min(depths) > 0 else answer
    return answer


def _without_label(answer: list[Block]) -> list[Block]:
    """The answer of a pair, `A: X` or `### Answer`, without the label that says so."""
    tokens = _only_item(answer[0].tokens) if answer else ()
    at = next((at for at, token in enumerate(tokens) if token.nesting < 1), 0)
    words = tokens[at].words if tokens else ""
    point = POINT.match(words)
    if not answers(words) and not point:
        return answer
    start = point.end() if point else label_end(words)
    start += len(words[start:]) - len(words[start:].lstrip())
    rest = cut(tokens[at].children or (), start)
    kind = "paragraph" if tokens[at - 1].type == "heading_open" else None
    opening, closing = (
        token.copy(type=token.type.replace("heading", "paragraph"), tag="p") if kind else token
        for token in (tokens[at - 1], tokens[at + 1])
    )
    line = (opening, tokens[at].copy(children=list(rest)), closing) if words[start:] else ()
    kept = (*tokens[: at - 1], *line, *tokens[at + 2 :])
    below = [Block(run) for run in balanced(kept)]
    return [*below, *answer[1:]] or answer


def _only_item(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """What is in a list of one item; the tokens themselves if they are something else."""
    if tokens[0].type not in LISTS or len(list(balanced(tokens[1:-1]))) > 1:
        return tokens
    return tuple(shown(tokens[2:-2]))


def _opened(token: Token) -> Token:
    """Without the button "Answer": on the back of a card nobody wants to ask a second time."""
    content = token.content
    for details, summary in reversed(list(summaries(content))):
        if details and "open" not in details.attributes and opens(summary.text):
            opened = f"{details.source[:-1]} open>"
            content = content[: details.start] + opened + content[details.end :]
    return token if content == token.content else token.copy(content=content)


# -- the stem --------------------------------------------------------------------------------------


def _hidden_below_list(body: Sequence[Block]) -> tuple[int, str]:
    """Where a toggle below a list is the last of a question, and its name; 0 for none.

    A sentence may be in between: "Choose two."
    """
    at = next((at for at, block in enumerate(body) if block.depth > 0), 0)
    over = at - 2 if at > 1 and _is_prose(body[at - 1]) else at - 1
    if not at or body[over].tokens[0].type not in LISTS:
        return 0, ""
    name = next((button.text for _, button in summaries(body[at].tokens[0].content)), "")
    depths = enumerate(accumulate(block.depth for block in body[at:]), at)
    end = next((below for below, depth in depths if depth <= 0), len(body))
    if asks(name) or gives_away(name) or not all(map(is_filler, body[end + 1 :])):
        return 0, ""
    return at, normal(name)


def _headed_answer(body: Sequence[Block]) -> int:
    """Where `### Strong answer` is below `### Scenario` and `### Question` on top; 0 if not."""
    heads = [
        (at, block.title)
        for at, block in enumerate(body)
        if block.title and block.title.kind in HEADINGS
    ]
    rest = dropwhile(lambda head: _heads_what_is_asked(head[1]), heads)
    at, title = next(rest, (0, None))
    is_on_top = bool(heads) and heads[0][0] == 0
    if not title or not is_on_top:
        return 0
    named = len(title.name.split()) <= FEW_WORDS and names_answers(title.name)
    return at if named or heads_answer(title.name) else 0


def _heads_what_is_asked(title: Title) -> bool:
    is_label = title.read.dialect is HEADED or says_question(title.name)
    return is_label or TASK.fullmatch(title.name)


FEW_WORDS = 5  # of a heading that names the answer
SEVERAL = 3  # questions whose answers a toggle hides


def _stem(
    body: list[Block], asked: int = 0, *, in_lists: bool = False, hides: bool = False
) -> tuple[list[Block], list[Block]]:
    """Part the code and the options of a question from its answer.

    They reach down to the label of the answer ("Answer: B", a <details>), or to options of which
    some are ticked or bold. From the first options with numbers or marks, or code with mark-up,
    they are in the answer too, which speaks of them; on the front none is ticked or bold.
    """
    words = [*map(opening_words, body), ""]
    labels = (at for at, said in enumerate(words) if answers(said))
    label = next((at for at in labels if not _is_option(words[at], words[at + 1])), 0)
    if not label:
        label = _told_below_options(body, words)
    label = next((at for at, said in enumerate(words[:label]) if gives_away(said)), label)
    titles = (block.title for block in body[:label])
    if any(title and title.kind in HEADINGS and not TASK.fullmatch(title.name) for title in titles):
        label = 0
    label = _headed_answer(body) or label
    ticked = next((at for at, block in enumerate(body) if has_ticked_box(block)), len(body))
    keyed = next((at for at, block in enumerate(body) if block.keyed), 0)
    if not label and keyed:
        label = keyed
    elif not label and hides:
        label = _hidden_below_list(body)[0]
    elif not label and ticked < len(body) and all(map(_is_code, body[:ticked])):
        label = ticked + 1
    marked = marked_options(body, in_lists=in_lists)
    if not label and all(_is_code(block) or _is_prose(block) for block in body[: marked.start]):
        label = marked.stop
    if asked and label <= asked:
        return body[:asked], body[asked:]
    stem = body[:label]
    repeated = (at for at, block in enumerate(stem) if at in marked or _is_repeated(block))
    front = [
        unmarked(block) if at in marked or has_ticked_box(block) else block
        for at, block in enumerate(stem)
    ]
    return front, body[next(repeated, label) :]


def _told_below_options(body: Sequence[Block], words: Sequence[str]) -> int:
    """The position of a line such as `=> B` below options; 0 for none."""
    told = next((at for at, said in enumerate(words) if tells_option(said)), 0)
    above = (token for block in body[:told] for token in block.tokens)
    return told if told and offers_several(above) else 0


def _is_option(words: str, below: str) -> bool:
    """Whether `A. X` is no answer but an option: `B. Y` follows."""
    return bool(OPTION_A.match(words) and OPTION_B.search(f"{words}\n{below}"))


OPTION_A = re.compile(r"\W*a\s*[.:：]", re.IGNORECASE)
OPTION_B = re.compile(r"^\W*b\s*[.:：]", re.IGNORECASE | re.MULTILINE)


def _is_code(block: Block) -> bool:
    return block.tokens[0].type in ("fence", "code_block")


def _is_prose(block: Block) -> bool:
    return block.tokens[0].type == "paragraph_open"


def _is_remark(block: Block) -> bool:
    """Whether a paragraph above an answer is neither code nor options, which its label is about."""
    return _is_prose(block) and not any(map(OFFER.match, opening_words(block).split("\n")))


def _is_repeated(block: Block) -> bool:
    if block.tokens[0].type == "ordered_list_open" or has_ticked_box(block):
        return True
    marked = (token.content for token in block.tokens if "<" in token.content)
    return any(any(tags(content)) for content in marked)  # `<li key={it}>`
