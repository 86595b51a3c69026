"""What a note file shows of its titles: all that verdicts rest on.

`FileIndex` knows what is above each position of a file, a `Group` measures the titles of one style,
a `Nesting` two groups of which one is inside the other. Nothing is decided here: `verdicts.py` and
`choice/` do that.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, chain, pairwise, starmap
from typing import NamedTuple

from ankify.questions import thresholds as limit
from ankify.questions.answers import LISTS, is_filler, opening_words, shows_answer
from ankify.questions.block import Block, remembered
from ankify.questions.blocks import UNFINISHED, has_divider
from ankify.questions.contents import hollow, leads_away, text_size
from ankify.questions.flashcards import FEW_MARKS
from ankify.questions.numbers import number_value
from ankify.questions.options import boxes, has_marked_options, only_offers
from ankify.questions.styles import HEADLINES, LISTED, MARKUP, Style, style_of
from ankify.questions.titles import HEADINGS, Kind, Title
from ankify.questions.words import (
    CHAPTER_TITLE,
    CONTENTS,
    NO_QUESTION,
    QUESTION_MARKS,
    QUIZ,
    asks,
    demands,
    east_asian,
    is_verdict,
    names_answers,
    names_questions,
    normal,
    says_key,
    sentences,
)
from ankify.questions.words.patterns import JOINED
from ankify.reading.inline import visible
from ankify.reading.tokens import Token

SHORTEST = 3  # words of a question that is written as code
# Of lists and paragraphs: what else there is below a title may be its answer.
TEXT_TOKENS = {
    f"{kind}_{side}"
    for kind in ("paragraph", "bullet_list", "ordered_list", "list_item", "heading")
    for side in ("open", "close")
} | {"inline", "hr"}


class Flow(NamedTuple):
    """The blocks of a file with its lists opened.

    `contents` are the positions of the table of contents, `listed` the normalised titles it names;
    `name` is what the file is called.
    """

    blocks: tuple[Block, ...]
    contents: frozenset[int] = frozenset()
    listed: frozenset[str] = frozenset()
    name: str = ""


def share(found: Iterable[bool]) -> float:
    """The share of what is true; 0 of nothing."""
    listed = list(found)
    return sum(listed) / len(listed) if listed else 0.0


# -- the file --------------------------------------------------------------------------------------


def _above(sizes: Iterable[int]) -> list[int]:
    """The sum of what is above each position."""
    return [0, *accumulate(sizes)]


def _width(title: str) -> int:
    """The letters of a title; one of Han, kana or hangul says as much as two of another script."""
    return len(normal(title)) + len(east_asian().findall(title))


def _is_code(token: Token) -> bool:
    """Whether a block is code; who writes words into a fence names no language there."""
    if token.type != "fence":
        return False
    return bool(token.info or CODE_SIGN.search(token.content) or not WORDS.search(token.content))


CODE_SIGN = re.compile(r"[;{}=<>\[\]]|\w\(")
WORDS = re.compile(rf"[^\W\d_]{{2}} [^\W\d_]|{JOINED.pattern}")


def _is_headline(block: Block) -> bool:
    """Whether nothing of a block but what is glued to its title can be content."""
    return bool(block.title and block.title.kind in HEADLINES)


def _size(block: Block) -> int:
    """The letters of content in a block that says something, if only by a picture."""
    return 1 if _is_headline(block) else max(text_size(block), 1)


@remembered
def _hollow_sizes(block: Block) -> list[int]:
    """The letters in each place of a block that answers nothing."""
    return [] if _is_headline(block) else [len(normal(text)) for text in hollow(block)]


def _is_cut_off(title: Title, rest: str) -> bool:
    """Whether the line below a list item ends its sentence: `1. A sloop has` over `one mast.`."""
    if title.kind is not Kind.ITEM or not rest[:1].islower():
        return False
    asked = any(mark in rest for mark in QUESTION_MARKS)  # on the line below
    return not asked and bool(UNFINISHED.search(title.name))


def _says_questions(name: str) -> bool:
    return QUIZ.match(name) or names_questions(name)


def _is_never_asked(title: Title) -> bool:
    """Whether no title like this is a question: "References", "Answer: B", "* * *"."""
    name = title.name
    other = NO_QUESTION.match(name) or QUIZ.match(name) or says_key(name)
    return other or not title.shows_something


class FileIndex:
    """The titles of a file by their position, and what is above each position."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.titles = {
            at: block.title
            for at, block in enumerate(flow.blocks)
            if block.title and at not in flow.contents
        }
        self.headings = [at for at, title in self.titles.items() if title.kind in HEADINGS]
        self.end = len(flow.blocks)
        self._contents = [*sorted(flow.contents), self.end]
        self._asking: dict[int, bool] = {}  # what `asks` has said, for it is asked again and again

    @cached_property
    def parent_positions(self) -> dict[int, int]:
        """Where the heading above each title is."""
        parents: dict[int, int] = {}
        stack: list[int] = []
        for at, title in self.titles.items():
            if CONTENTS.match(title.name):
                continue  # nothing else is below "Contents", whatever its level
            while stack and self.titles[stack[-1]].level >= title.level:
                stack.pop()
            if stack:
                parents[at] = stack[-1]
            if title.kind in HEADINGS:
                stack.append(at)
        return parents

    @cached_property
    def parents(self) -> dict[int, Title]:
        """The heading above each title."""
        return {at: self.titles[above] for at, above in self.parent_positions.items()}

    def group(self, positions: Iterable[int]) -> Group:
        """The titles at these positions as a group."""
        return Group(self, tuple(positions))

    @cached_property
    def has_card_tags(self) -> bool:
        """Whether an item says `#card`: then the author has decided what is a question."""
        tokens = (token for block in self.flow.blocks for token in block.tokens)
        return any("#card" in token.content for token in tokens if token.type == "inline")

    @cached_property
    def numbered(self) -> dict[Style, Group]:
        """The groups of numbered titles that can be questions at all."""
        return self._groups(at for at in self._possible if self.titles[at].is_counted)

    @cached_property
    def unnumbered(self) -> dict[Style, Group]:
        """The groups of titles without a number that can be questions at all."""
        return self._groups(at for at in self._possible if not self.titles[at].is_counted)

    @cached_property
    def by_style(self) -> dict[Style, Group]:
        """The groups of all titles."""
        return self._groups(self.titles)

    @cached_property
    def all_headings(self) -> Group:
        """The headings, whatever number they have."""
        return self.group(self.headings)

    @cached_property
    def headings_by_level(self) -> dict[int, Group]:
        """The headings of each level."""
        levels: dict[int, list[int]] = defaultdict(list)
        for at in self.headings:
            levels[self.titles[at].level].append(at)
        return {level: self.group(found) for level, found in levels.items()}

    @cached_property
    def names_questions(self) -> bool:
        """Whether its name or a heading says that there are questions: "Questions on X", "Quiz"."""
        names = (self.titles[at].name for at in self.headings)
        return self.is_named_for_questions or any(map(_says_questions, names))

    @cached_property
    def is_named_for_questions(self) -> bool:
        """Whether the name of the file says that there are questions."""
        return _says_questions(self.flow.name.replace("_", " ").replace("-", " "))

    @cached_property
    def is_named_for_answers(self) -> bool:
        """Whether the name of the file says that there are answers, as to the topics of an exam."""
        return names_answers(self.flow.name)

    @cached_property
    def has_marked_cards(self) -> bool:
        """Whether several paragraphs are flashcards of a plug-in, with a line `?` in them."""
        return sum(has_divider(block.tokens) for block in self.flow.blocks) >= FEW_MARKS

    @cached_property
    def loose_headings(self) -> Group:
        """The headings without a number."""
        return self.group(at for at in self.headings if not self.titles[at].read.number)

    @cached_property
    def others(self) -> dict[Style, Group]:
        """The groups of titles that never are questions: "References", "Answer: B", "* * *"."""
        return self._groups(sorted(self.titles.keys() - set(self._possible)))

    @cached_property
    def _possible(self) -> list[int]:
        """The titles that can be questions at all."""
        return [at for at, title in self.titles.items() if not _is_never_asked(title)]

    @cached_property
    def _styles(self) -> dict[int, Style]:
        return {at: style_of(title) for at, title in self.titles.items()}

    def _groups(self, positions: Iterable[int]) -> dict[Style, Group]:
        found: dict[Style, list[int]] = defaultdict(list)
        for at in positions:
            found[self._styles[at]].append(at)
        return {style: self.group(positions) for style, positions in found.items()}

    @cached_property
    def has_labels(self) -> bool:
        """Whether there are titles such as `Q: X`."""
        return any(group.is_labelled for group in self.unnumbered.values())

    # What is above each position is measured when it is first asked for: the titles alone settle
    # most files.

    @cached_property
    def _content(self) -> list[Block | None]:
        """Each block that answers something; None for the others."""
        return [block if self.is_content(at) else None for at, block in enumerate(self.flow.blocks)]

    def is_content(self, at: int) -> bool:
        """Whether a block is content."""
        block = self.flow.blocks[at]
        if _is_headline(block):
            return self.opens_answer(at)
        return at not in self.flow.contents and not is_filler(block)

    def _is_text(self, at: int) -> bool:
        """Whether a block is content, and no code, though it may be in a fence."""
        return self.is_content(at) and not _is_code(self.flow.blocks[at].tokens[0])

    @cached_property
    def letters_above(self) -> list[int]:
        """How many letters of content are above each position."""
        return _above(_size(block) if block else 0 for block in self._content)

    @cached_property
    def _hollows(self) -> list[list[int]]:
        return [_hollow_sizes(block) if block else [] for block in self._content]

    @cached_property
    def hollow_letters_above(self) -> list[int]:
        """How many of these letters answer nothing: links, and lists of questions."""
        return _above(map(sum, self._hollows))

    @cached_property
    def hollow_places_above(self) -> list[int]:
        """In how many places they are."""
        return _above(map(len, self._hollows))

    @cached_property
    def open_details(self) -> list[int]:
        """How many <details> are open at each position."""
        return _above(block.depth for block in self.flow.blocks)

    @cached_property
    def labels_of_answers(self) -> list[int]:
        """Where the label of an answer is, or the button that opens one."""
        return [at for at, block in enumerate(self.flow.blocks) if shows_answer(block)]

    # -- one title, and what is below it -----------------------------------------------------------

    def opens_answer(self, at: int) -> bool:
        """Whether the answer to a title begins within its own block."""
        block = self.flow.blocks[at]
        if block.inside or not block.title or not block.title.glued:
            return bool(block.inside)
        rest = visible(block.title.glued).strip()
        return bool(rest) and not _is_cut_off(block.title, rest)

    def is_answered(self, start: int, end: int) -> bool:
        """Whether there is content between a title and a position below."""
        # `Question: X` with nothing but code below leaves the answer to the reader.
        answers = self._is_text if self.titles[start].kind is Kind.TEXT else self.is_content
        return self.opens_answer(start) or any(map(answers, range(start + 1, end)))

    def text_between(self, start: int, end: int) -> int:
        """The letters of content between two positions that are no links."""
        letters, hollow = self.letters_above, self.hollow_letters_above
        return letters[end] - letters[start] - (hollow[end] - hollow[start])

    def share_of_questions(self, start: int, end: int) -> float:
        """The share of the text between two positions that is lists of questions."""
        blocks = self.flow.blocks[start + 1 : end]
        texts = [
            (token.words.rstrip(), block.type in LISTS)
            for block in blocks
            for token in block.tokens
            if token.type == "inline"
        ]
        asked = sum(len(text) for text, listed in texts if listed and text.endswith(QUESTION_MARKS))
        return asked / max(sum(len(text) for text, _ in texts), 1)

    def only_asks_further(self, start: int, end: int) -> bool:
        """Whether questions in lists, none with an answer, are most of what is below a title."""
        return self.share_of_questions(start, end) > limit.HOLLOW and not self.is_solved(start, end)

    def asks_on(self, start: int, end: int) -> bool:
        """Whether all that is below a title asks, sentence by sentence: a task with no answer."""
        title = self.titles[start]
        if title.is_paired or self.opens_answer(start):
            return False
        below = start + 1 + max(title.asked, *title.borrowed, 0)
        blocks = self.flow.blocks[below : self.next_part(start, end) or end]  # with "### Answer 3"
        inline = (t for block in blocks for t in block.tokens if t.type == "inline")
        texts = (token.words for token in inline)
        said = asked = 0
        for sentence in filter(str.strip, chain.from_iterable(map(sentences, texts))):
            said += len(sentence)
            asked += len(sentence) if demands(sentence) else 0
            if not asked:
                return False  # most answers begin with a statement
        tokens = [token for block in blocks for token in block.tokens]
        if not {token.type for token in tokens} <= TEXT_TOKENS:
            return False
        pictures = any(child.type == "image" for token in tokens for child in token.children or ())
        return asked >= limit.NEARLY_ALL_ASK * said > 0 and not pictures

    def only_offers(self, start: int, end: int) -> bool:
        """Whether what is below a title ends with options, and nothing says which is right."""
        if self.labels_of_answers:  # a key at the end of the file is one, too
            return False
        end = self.next_part(start, end) or end
        return only_offers(t for block in self.flow.blocks[start + 1 : end] for t in block.tokens)

    def is_solved(self, start: int, end: int) -> bool:
        """Whether an answer that calls itself one is between a title and a position below."""
        index = bisect_left(self.labels_of_answers, start)
        return index < len(self.labels_of_answers) and self.labels_of_answers[index] < end

    def has_one_answer(self, start: int, end: int) -> bool:
        """Whether it is the only one, or with its explanation; what holds more is a section."""
        labels = self.labels_of_answers
        return 0 < bisect_left(labels, end) - bisect_left(labels, start) < limit.ANSWERS_OF_SECTION

    def is_ticked(self, start: int, end: int) -> bool:
        """Whether there are three options or more below a title, and one of them is ticked.

        A list of things to do has boxes, too, and several that are done. Options with letters may
        be bold instead: `A. X` beside `**B. Y**`.
        """
        block = self.flow.blocks[start]
        glued = block.title.glued if block.title else ()
        below = [Token("inline", "", 0, children=list(glued), block=True), *block.inside]
        below += chain.from_iterable(block.tokens for block in self.flow.blocks[start + 1 : end])
        ticks = [*boxes(below)]
        ticked = len(ticks) >= limit.BOXES and sum(ticks) == 1
        return ticked or has_marked_options(below)

    def names_term(self, start: int, end: int) -> bool:
        """Whether a title states something, and a short list below gives the term for it.

        `3. A program that turns source text into machine code`, and `- **Compiler**` below. A
        command is no term: then the statement says what to do.
        """
        said = _width(self.titles[start].name)
        end = self.end_below(start, end)
        blocks = self.flow.blocks
        below = [*blocks[start].inside, *(t for it in blocks[start + 1 : end] for t in it.tokens)]
        if said < limit.STATEMENT or not below or below[0].type != "bullet_list_open":
            return False
        words = [child for token in below for child in token.children or ()]
        term = len(normal(visible(child for child in words if child.type != "code_inline")))
        return 0 < term <= limit.TERM * said and not any(t.type == "fence" for t in below)

    def holds_contents(self, start: int, end: int) -> bool:
        """Whether a table of contents is between two positions."""
        return self._contents[bisect_left(self._contents, start)] < end

    def has_own_answer(self, start: int, end: int) -> bool:
        """Whether what is below a title is its own answer, and no table of contents."""
        return self.is_answered(start, end) and not self.holds_contents(start, end)

    def item_numbers(self, start: int, end: int) -> list[int]:
        """The numbers of the list items between two positions."""
        items = (at for at in range(start + 1, end) if at in self.titles)
        return [
            self.number(at)
            for at in items
            if self.titles[at].kind in LISTED and self.titles[at].read.number
        ]

    def asks_further(self, at: int) -> bool:
        """Whether all that is in a list item is further questions."""
        inside = [t for t in self.flow.blocks[at].inside if t.type in ("inline", "fence")]
        return bool(inside) and all(t.words.rstrip()[-1:] in QUESTION_MARKS for t in inside)

    def asks(self, at: int) -> bool:
        """Whether a title reads as a question; one that is code, `show version`, does not.

        But for a sentence with a question mark, written as code to stand out. A statement with a
        number is asked about if "True", "No" or the like is right below.
        """
        if at not in self._asking:
            self._asking[at] = self._asks(at)
        return self._asking[at]

    def _asks(self, at: int) -> bool:
        title = self.titles[at]
        sentence = title.name.endswith(QUESTION_MARKS) and len(title.name.split()) >= SHORTEST
        if asks(title.name):
            return sentence or not title.is_code
        return bool(title.read.number) and is_verdict(self._first_line_below(at))

    def _first_line_below(self, at: int) -> str:
        """What the answer to a title begins with, without an arrow in front."""
        block, title = self.flow.blocks[at], self.titles[at]
        words = visible(title.glued).strip()
        words = words or next((token.words for token in block.inside if token.type == "inline"), "")
        below = self.flow.blocks[at + 1 : at + 2]
        return (words or "".join(map(opening_words, below))).lstrip(" _-–=>→⇒")

    def is_listed(self, at: int) -> bool:
        """Whether the table of contents names a title."""
        return normal(self.titles[at].name) in self.flow.listed

    def number(self, at: int) -> int:
        """The last part of a title's number."""
        return number_value(self.titles[at].read.number)

    def headings_between(self, start: int, end: int) -> Iterator[int]:
        """The headings below one position and above another; mostly the first of many is wanted."""
        first, last = bisect_right(self.headings, start), bisect_left(self.headings, end)
        return (self.headings[at] for at in range(first, last))

    def next_part(self, start: int, end: int) -> int | None:
        """The first heading between a title and a position below it that is above its level."""
        level = self.titles[start].level
        headings = self.headings_between(start, end)
        return next((at for at in headings if self.titles[at].level < level), None)

    def end_below(self, start: int, end: int) -> int:
        """Where what is below a title ends: at a heading as high, but not at one in <details>."""
        title = self.titles[start]
        for at in self.headings_between(start, end):
            folded = title.kind is Kind.SUMMARY and self.open_details[at] > 0
            if self.titles[at].level <= title.level and not folded:
                return at
        return end

    def end_of_toggle(self, start: int) -> int:
        """Where the <details> of a title ends; right below the title if it is never closed.

        One that is not closed before the next heading is one whose end was forgotten.
        """
        inside = self.open_details[start + 1]
        for at in range(start + 1, self.end if inside else 0):
            if self.open_details[at] < inside:
                return at
            title = self.titles.get(at)
            if title and title.kind in HEADINGS:
                break
        return start + 1


# -- titles of one style ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Titles of one style in file order, with what the file shows of them; each measured once."""

    file: FileIndex = field(repr=False, compare=False)
    positions: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.positions)

    def __iter__(self) -> Iterator[int]:
        return iter(self.positions)

    def __contains__(self, position: int) -> bool:
        at = bisect_left(self.positions, position)
        return self.positions[at : at + 1] == (position,)

    def __getitem__(self, index: int) -> int:
        return self.positions[index]

    @property
    def first(self) -> Title:
        """Its first title."""
        return self.file.titles[self.positions[0]]

    @property
    def style(self) -> str:
        """What its titles have in common, in words: "headings of level 2, numbered `3. X`"."""
        title = self.first
        markup = MARKUP[title.kind].format(title.level) if title.level else "all of the file"
        dialect = title.read.dialect
        numbering = f"numbered `{dialect.example}`" if dialect else "without a number"
        return f"{markup}, {numbering}"

    @cached_property
    def titles(self) -> tuple[Title, ...]:
        """Its titles, in order."""
        return tuple(self.file.titles[at] for at in self.positions)

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """From each title to the next of the group."""
        return tuple(pairwise([*self.positions, self.file.end]))

    @cached_property
    def answer_spans(self) -> tuple[tuple[int, int], ...]:
        """The same, but down to a heading as high as the title, if there is one before."""
        return tuple((start, self.file.end_below(start, end)) for start, end in self.spans)

    def within(self, start: int, end: int) -> Group:
        """The titles from one position to above another."""
        first, last = bisect_left(self.positions, start), bisect_left(self.positions, end)
        return Group(self.file, self.positions[first:last])

    def keep(self, wanted: Callable[[int, int], bool]) -> Group:
        """The titles of which a test of their span holds."""
        return Group(self.file, tuple(start for start, end in self.spans if wanted(start, end)))

    @cached_property
    def answered(self) -> Group:
        """Those of its titles that have something below."""
        return self.keep(self.file.is_answered)

    @cached_property
    def is_labelled(self) -> bool:
        """Whether the titles call themselves questions."""
        return self.first.read.is_labelled

    @cached_property
    def share_asking(self) -> float:
        """The share of titles that read as questions."""
        return share(map(self.file.asks, self.positions))

    @cached_property
    def share_with_question_mark(self) -> float:
        """The share of titles that end in a question mark."""
        return share(title.name.endswith(QUESTION_MARKS) for title in self.titles)

    @cached_property
    def share_solved(self) -> float:
        """The share of titles with an answer that calls itself one."""
        return share(self.file.is_solved(*span) for span in self.spans)

    @cached_property
    def share_with_one_answer(self) -> float:
        """The share of titles with one such answer, or one and its explanation."""
        return share(self.file.has_one_answer(*span) for span in self.spans)

    @cached_property
    def is_test(self) -> bool:
        """Whether most of the titles have options below, and one of them is ticked."""
        return share(self.file.is_ticked(*span) for span in self.spans) >= limit.MOST_PLAIN_ASK

    @cached_property
    def names_terms(self) -> bool:
        """Whether this is a long list of statements, most with a term for it below."""
        if self.first.kind not in LISTED or len(self) < limit.LONG_RUN:
            return False
        if self.share_of_statements < limit.MOST_PLAIN_ASK:
            return False  # looking below takes longer
        return share(self.file.names_term(*span) for span in self.spans) >= limit.MOST_PLAIN_ASK

    @cached_property
    def cards_between_breaks(self) -> Group:
        """Those of its bold paragraphs that thematic breaks set apart, if these make a long list.

        Nearly all breaks of the file are above one, so they are between cards, not between parts.
        """
        blocks = self.file.flow.blocks
        breaks = sum(block.type == "hr" for block in blocks)
        if self.first.kind is not Kind.BOLD or breaks < limit.LONG_RUN - 1:
            return self.file.group(())
        below = self.answered.keep(lambda at, _: at == 0 or blocks[at - 1].type == "hr")
        return below if len(below) >= limit.NEARLY_ALL_ASK * breaks else self.file.group(())

    @cached_property
    def share_of_statements(self) -> float:
        """The share of titles that are whole phrases, not a name or two."""
        return share(_width(title.name) >= limit.STATEMENT for title in self.titles)

    @cached_property
    def share_answered(self) -> float:
        """The share of titles with something below that is not further questions."""
        return share(
            self.file.is_answered(*span) and not self.file.asks_further(span[0])
            for span in self.spans
        )

    @cached_property
    def share_listed(self) -> float:
        """The share of titles that the table of contents names."""
        return share(map(self.file.is_listed, self.positions)) if self.file.flow.listed else 0.0

    @cached_property
    def is_in_quizzes(self) -> bool:
        """Whether all titles are right below headings such as "Quiz" and "FAQ"."""
        above = (self.file.parents.get(at) for at in self.positions)
        return all(title is not None and QUIZ.match(title.name) for title in above)

    @cached_property
    def share_different(self) -> float:
        """How many different titles there are, to each title."""
        return len({normal(title.name) for title in self.titles}) / max(len(self), 1)

    @cached_property
    def share_leading_away(self) -> float:
        """The share of titles that link to another note file."""
        return share(any(map(leads_away, title.children)) for title in self.titles)

    @cached_property
    def share_of_chapters(self) -> float:
        """The share of titles such as "Introduction" and "Summary"."""
        return share(CHAPTER_TITLE.match(title.name) for title in self.titles)

    @cached_property
    def coverage(self) -> float:
        """The share of the file's text that is below the titles."""
        below = [*chain.from_iterable(starmap(range, self.answer_spans))]
        beside = set(range(self.file.end)).difference(below)
        is_content = self.file.is_content
        if not any(map(is_content, beside)) and any(map(is_content, below)):
            return 1.0  # all of it, however many letters these are
        above = self.file.letters_above
        letters = sum(above[end] - above[start] for start, end in self.answer_spans)
        return letters / max(above[-1], 1)

    def covers(self, least: float) -> bool:
        """Whether there are titles, and at least this share of the file's text is below them."""
        return bool(self) and self.coverage >= least

    @cached_property
    def share_hollow(self) -> float:
        """The share of the letters below the titles that answers nothing."""
        start, end = self.positions[0], self.spans[-1][1]
        hollow, above = self.file.hollow_letters_above, self.file.letters_above
        return (hollow[end] - hollow[start]) / max(above[end] - above[start], 1)

    @cached_property
    def hollow_places(self) -> float:
        """In how many places, to each title, there is what answers nothing."""
        places = self.file.hollow_places_above
        return (places[self.spans[-1][1]] - places[self.positions[0]]) / len(self)

    @cached_property
    def runs(self) -> tuple[int, ...]:
        """How many titles there are from one start at 1 to the next, the longest run last.

        `1.1` and `2.1` under `1.` and `2.` are one run.
        """
        numbers = [title.read.number for title in self.titles]
        starts = Counter(number for number in numbers if number_value(number) == 1)
        if not starts:
            return (len(numbers),)
        start = starts.most_common(1)[0][0]
        bounds = [at for at, number in enumerate(numbers) if number == start]
        return tuple(sorted(b - a for a, b in pairwise([*bounds, len(numbers)])))


# -- one group inside another ----------------------------------------------------------------------


@dataclass(frozen=True)
class Nesting:
    """Two groups of a file, for the question which of them holds the other."""

    outer: Group
    inner: Group

    @property
    def file(self) -> FileIndex:
        """The file of both."""
        return self.outer.file

    @cached_property
    def holders(self) -> tuple[tuple[int, int], ...]:
        """The outer titles that hold inner ones, each with the first of these."""
        found = []
        for start, end in self.outer.spans:
            held = self.inner.within(start, end)
            if held and not (self._are_beside(start, held[0])):
                found.append((start, held[0]))
        return tuple(found)

    def _are_beside(self, start: int, below: int) -> bool:
        """Whether the two are questions of one level, each with an answer."""
        titles = self.file.titles
        beside = titles[start].level == titles[below].level
        return beside and self.file.is_answered(start, below)

    @cached_property
    def share_holding(self) -> float:
        """The share of outer titles that hold inner ones."""
        return len(self.holders) / len(self.outer)

    @cached_property
    def bare(self) -> tuple[int, ...]:
        """The outer titles with nothing between them and the first inner one."""
        found = (at for at, first in self.holders if not self.file.is_answered(at, first))
        return tuple(found)

    @cached_property
    def share_bare(self) -> float:
        """Their share of those that hold inner ones."""
        return len(self.bare) / max(len(self.holders), 1)

    @cached_property
    def goes_on(self) -> bool:
        """Whether the inner numbers go on with the outer ones, `1.1` under `1.`."""
        return self.inner.first.read.depth > self.outer.first.read.depth
