"""Pairs that say what they are: `Q: X` and `A: Y`, or `### Question` and `### Answer`.

Nothing says so plainly what is a question, so a pair is one without a number, too.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, pairwise, takewhile
from typing import NamedTuple

from ankify.questions import thresholds as limit
from ankify.questions.answers import OPTION, POINT, is_filler, opening_words, shows_answer
from ankify.questions.block import (
    Block,
    balanced,
    end_of_section,
    is_numbered_heading,
    name_of,
    paragraph_of,
    shown,
    title_in,
)
from ankify.questions.blocks import read_blocks
from ankify.questions.evidence import share
from ankify.questions.numbers import HEADED, TOGGLED, Numbered
from ankify.questions.options import OFFER, offers_several
from ankify.questions.titles import HEADINGS, Kind, Title, plain_title, target_of, with_title_of
from ankify.questions.words import (
    CHAPTER_TITLE,
    NO_QUESTION,
    TASK,
    asks,
    gives_away,
    is_question_label,
    normal,
    only_labels,
    says_answer,
)
from ankify.questions.words.patterns import REMARK, word_set
from ankify.reading.inline import cut, visible
from ankify.reading.tokens import Token

ITEMS = (Kind.ITEM, Kind.ITEM_BOLD)
NEAR = 3  # blocks below a heading, among which a test has its stem and its options


def with_pairs(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Mark the labelled titles without a number that ask, or have an answer with a label."""
    ends = [at for at, block in enumerate(blocks) if block.title and _begins_other(block.title)]
    found = list(blocks)
    asked: dict[tuple[Kind, int], list[int]] = defaultdict(list)  # alike, and with text below
    for at, end in pairwise([*ends, len(blocks)]):
        title = blocks[at].title
        if not title or not is_label(title):
            continue
        if _is_answered(blocks[at:end], title):
            found[at] = blocks[at]._replace(title=replace(title, is_paired=True))
            _open_answers(found, at, end)
        if not all(map(is_filler, blocks[at + 1 : end])):
            asked[title.kind, title.level].append(at)
    for group in asked.values():  # where most ask, or answers have a label, the others need none
        titles = [(at, title) for at in group if (title := found[at].title)]
        most = limit.MOST * len(titles)
        is_asked = (
            len(titles) >= limit.COUNTED_TITLES and sum(asks(t.name) for _, t in titles) > most
        )
        if is_asked or sum(title.is_paired for _, title in titles) > most:
            for at, title in titles:
                found[at] = found[at]._replace(title=replace(title, is_paired=True))
    return tuple(found)


def _open_answers(blocks: list[Block], start: int, end: int) -> None:
    """Take a heading `### A: X` below `### Q: W` for the first line of the answer."""
    for at in range(start + 1, end):
        heading = blocks[at].heading
        if heading and _heads_labelled_answer(heading):
            blocks[at] = blocks[at]._replace(title=None)


COLON = re.compile("[:：]")


def _heads_labelled_answer(title: Title) -> bool:
    """Whether a heading is `### A: X`; another letter may stand for a word: `### L: Lakes`."""
    words = visible(title.whole)
    label = normal(COLON.split(words, maxsplit=1)[0])
    return says_answer(words) and bool(COLON.search(words)) and (len(label) > 1 or label == "a")


def may_be_paired(title: Title | None) -> bool:
    """Whether labels may tell a question with this title and its answer."""
    return bool(title and (title.is_paired or is_label(title)))


def is_label(title: Title) -> bool:
    """Whether a title is `Q: X`, without a number."""
    return title.read.is_labelled and not title.read.number


def _begins_other(title: Title) -> bool:
    return title.read.is_labelled or (title.kind in HEADINGS and not _heads_labelled_answer(title))


def _is_answered(blocks: Sequence[Block], title: Title) -> bool:
    """Whether an answer follows: one with a label, or what is nested in an item, `- Q: X`.

    `A. X` and `[A] X` are options, but for who writes `Q. X` and `[Q] X`.
    """
    if title.kind in ITEMS and blocks[0].inside:
        return True
    dotted = title.read.separator.startswith((".", "]", "-", "–", "—"))
    glued = visible(title.glued).lstrip()
    if says_answer(glued) and (dotted or not OPTION.match(glued)):
        return True
    if dotted:
        words = [opening_words(block) for block in blocks]
        is_point = any(map(POINT.match, words)) and not any(map(OPTION_B.match, words))
        return is_point or any(map(shows_answer, blocks))
    return _is_answered_in_item(blocks) or any(
        shows_answer(block) and not OPTION.match(opening_words(block)) for block in blocks
    )


def _is_answered_in_item(blocks: Sequence[Block]) -> bool:
    """Whether `- A: Y` follows `- Q: X`; above `- B: Z` it is an option."""
    words = [_item_words(block) for block in blocks[1:3]]
    return bool(words) and says_answer(words[0]) and not any(map(OPTION_B.match, words[1:]))


OPTION_B = re.compile(r"\W*b\s*[.:：)\]]", re.IGNORECASE)


def _item_words(block: Block) -> str:
    """What the list item that a block is begins with."""
    opening, *inside = block.tokens[:4]
    inline = inside[-1] if opening.type == "bullet_list_open" and len(inside) > 2 else None
    return inline.words if inline else ""


# -- in a list below a number ----------------------------------------------------------------------


def with_listed_pairs(blocks: Sequence[Block]) -> Sequence[Block]:
    """Open the list `- Task: X`, `- Answer: Y` right below a title that is only a number.

    X is then what `### Question 3`, or an item `3. **Question 3:**`, asks.
    """
    found: list[Block] = []
    for block in blocks:
        above = found[-1] if found else None
        title = above and (above.items[-1].title if above.items else above.heading)
        pair = _pair_in(block.tokens) if title and _is_number(title) else None
        if not above or not title or not pair:
            found.append(_with_pairs_inside(block))
        elif above.items:  # an indent that is a space too small for `11. **Question 11:**`
            nested = (*above.tokens[:-LIST_END], *block.tokens, *above.tokens[-LIST_END:])
            found[-1] = _with_pairs_inside(read_blocks(nested)[0])
        else:
            found[-1] = above._replace(title=with_title_of(title, (1,), pair.asked, pair.line))
            rest = (below._replace(title=None, items=()) for below in read_blocks(pair.rest))
            found += [Block(paragraph_of(pair.asked, pair.line)), *rest]
    return found


LIST_END = 2  # tokens: of the item, and of the list


class _Pair(NamedTuple):
    """What a list asks, in its first item, and the rest of it: down to the end of the answer."""

    asked: tuple[Token, ...]
    line: int
    rest: tuple[Token, ...]


def _is_number(title: Title) -> bool:
    return bool(title.read.number) and not title.name and not title.glued


def _with_pairs_inside(block: Block) -> Block:
    """A list with the pairs in its items opened that are only a number."""
    if not any(it.title and it.inside and _is_number(it.title) for it in block.items):
        return block
    return block._replace(items=tuple(map(_with_pair_inside, block.items)))


def _with_pair_inside(item: Block) -> Block:
    title = item.title
    pair = _pair_in(item.inside) if title and _is_number(title) else None
    if not title or not pair:
        return item
    return item._replace(title=with_title_of(title, (), pair.asked, pair.line), inside=pair.rest)


def _pair_in(tokens: tuple[Token, ...]) -> _Pair | None:
    """The labelled question and answer that the items of a list begin with."""
    run = next(balanced(tokens), ())
    if not run or run[0].type != "bullet_list_open":
        return None
    items = [item[1:-1] for item in balanced(run[1:-1])]
    heads = [token for item in items[:PAIR] for token in item[1:2] if token.type == "inline"]
    if len(heads) < PAIR or not says_answer(heads[1].words):
        return None
    label, _, asked = COLON.sub(":", heads[0].words, count=1).partition(":")
    if not asked.strip() or not is_question_label(label):
        return None
    words = cut(heads[0].children or (), len(heads[0].words) - len(asked.lstrip()))
    rest = (*items[0][PARAGRAPH:], *chain.from_iterable(items[1:]))
    return _Pair(words, heads[0].map[0] if heads[0].map else 0, (*shown(rest), *tokens[len(run) :]))


PAIR = 2  # items
PARAGRAPH = 3  # tokens


# -- under headings that are labels ----------------------------------------------------------------


def with_parts_paired(blocks: Sequence[Block]) -> Sequence[Block]:
    """Put `## Answer (en)` below its `# Question (en)`, where others like them are in between.

    Who writes in two languages asks in both, and then answers in both.
    """
    parts: dict[str, list[int]] = defaultdict(list)
    for at, block in enumerate(blocks):
        found = REMARKED.fullmatch(name_of(block)) if _is_head(block) else None
        if found:
            parts[normal(found["remark"])].append(at)
    pairs = [tuple(own) for own in parts.values()]
    if len(pairs) < SEVERAL or any(not _is_pair(blocks, own) for own in pairs):
        return blocks
    asked, answered = zip(*pairs, strict=True)
    if max(asked) > min(answered):
        return blocks
    sections = {at: range(at, _end_of_section(blocks, at)) for at in (*asked, *answered)}
    moved = {at for section in sections.values() for at in section}
    together = [part for own in pairs for part in _together(blocks, sections, own)]
    first = min(asked)
    rest = [block for at, block in enumerate(blocks[first:], first) if at not in moved]
    return [*blocks[:first], *together, *rest]


REMARKED = re.compile(r"[^()（）]+[(（](?P<remark>[^()（）]+)[)）]\W*")
SEVERAL = 2  # languages; or questions


def _is_pair(blocks: Sequence[Block], own: tuple[int, ...]) -> bool:
    names = [name_of(blocks[at]) for at in own]
    return [says_question(name) and not only_labels(name) for name in names] == [True, False]


def _end_of_section(blocks: Sequence[Block], at: int) -> int:
    """Where what is below a heading ends: at one as high, or at another label."""
    end = end_of_section(blocks, at, len(blocks), title_in(blocks[at]).level)
    return next((below for below in range(at + 1, end) if _is_head(blocks[below])), end)


def _together(
    blocks: Sequence[Block], sections: Mapping[int, range], own: tuple[int, ...]
) -> Iterator[Block]:
    question, answer = own
    for at in sections[question]:
        quoted = blocks[at].type == "blockquote_open"
        yield from read_blocks(blocks[at].tokens[1:-1]) if quoted else (blocks[at],)
    for at in sections[answer]:
        block = blocks[at]
        yield block._replace(keyed=True, title=block.title if at == answer else None, items=())


def with_headed_pairs(blocks: Sequence[Block]) -> list[Block]:
    """Read `### Question` and `### Answer` above the text of each as one question.

    Headings of their level below the second are parts of the answer, whatever their numbers; those
    of a `## Question` are not, if `### Answer` is below it.
    """
    found = list(blocks)
    heads = [at for at, block in enumerate(blocks) if _is_head(block)]
    for at, answer, end in zip(heads, heads[1:], [*heads[2:], len(blocks)], strict=False):
        title, below, own = blocks[at].title, blocks[at + 1], blocks[answer].title
        if not title or not own or not _answers_below(title, own):
            continue
        if below.type != "paragraph_open":
            continue
        # The label goes, unless it parts code or options from the answer.
        bare = all(block.type == "hr" for block in blocks[at + 2 : answer])
        asked = _headed(title, below, (1, answer - at) if bare else (1,))
        found[at] = blocks[at]._replace(title=asked)
        last = end if own.level == title.level else answer
        for part in range(answer + 1, end_of_section(blocks, answer, last, title.level - 1)):
            own = blocks[part].heading
            if own and own.level == title.level:
                found[part] = blocks[part]._replace(title=None)
    return found


def with_answers_beside(blocks: Sequence[Block]) -> Sequence[Block]:
    """Read `# X` and `# Answer` of one level as a question and its answer.

    Only where nearly all headings of that level come in such pairs: `## Solution` may be a chapter.
    All but `#` have to ask, and below other headings they have to be several.
    """
    heads = [at for at, block in enumerate(blocks) if block.heading]
    labels = {at for at in heads if _labels_answer(blocks[at])}
    if not labels:
        return blocks
    levels: dict[int, list[int]] = defaultdict(list)
    for at in heads:
        levels[title_in(blocks[at]).level].append(at)
    below = dict(pairwise(heads))
    found = list(blocks)
    for level, alike in levels.items():
        answers = labels.intersection(alike)
        asked = [at for at in alike if _may_have_answer_beside(blocks[at])]
        pairs = {
            at
            for at in asked
            if (answer := below.get(at)) in answers and not _is_above_list(blocks[at:answer])
        }
        asking = share(asks(name_of(blocks[at])) for at in pairs) >= limit.NEARLY_ALL_ASK
        on_top = level == min(levels) and (asking or level == 1)
        nearly_all = len(pairs) >= limit.NEARLY_ALL_ASK * len(asked)
        if nearly_all and (on_top or (asking and len(pairs) >= limit.QUIZZED)):
            _pair_beside(found, alike, pairs)
    return found


def _is_above_list(blocks: Sequence[Block]) -> bool:
    """Whether a heading that does not ask is above a list with numbers that does: of a test."""
    items = (item.title for block in blocks for item in block.items)
    asked = any(title and title.read.number and asks(title.name) for title in items)
    return asked and not asks(name_of(blocks[0]))


def _pair_beside(blocks: list[Block], alike: Sequence[int], pairs: Container[int]) -> None:
    """Mark the questions among headings of one level; what explains an answer is a part of it.

    With a number, a heading is a question without its answer, too.
    """
    inside = False
    for at in alike:
        block, title = blocks[at], title_in(blocks[at])
        is_part = inside and (_labels_answer(block) or gives_away(title.name))
        inside = is_part or (at in pairs and not title.read.number)
        if is_part:
            blocks[at] = block._replace(title=None)
        elif inside:
            read = title.read._replace(dialect=HEADED)
            blocks[at] = block._replace(title=replace(title, read=read, is_paired=True))


def _labels_answer(block: Block) -> bool:
    """Whether a block is `# Answer`, and no heading with a number, nor a letter alone."""
    title = block.heading
    if not title or title.kind is not Kind.HEADING or title.read.number:
        return False
    return len(title.name) > 1 and only_labels(title.name)


def _may_have_answer_beside(block: Block) -> bool:
    """Whether a heading may be a question with `# Answer` beside it: "Problem" is no title."""
    name = name_of(block)
    is_other = NO_QUESTION.match(name) or CHAPTER_TITLE.match(name) or gives_away(name)
    return not (is_other or only_labels(name) or TASK.match(name) or is_question_label(name))


def with_headed_questions(blocks: Sequence[Block]) -> list[Block]:
    """Read `### Question` above a paragraph as its label, where `Answer: X` follows.

    Not `## Questions`, above several with labels of their own, `Q: X`.
    """
    found = list(blocks)
    heads = [at for at, block in enumerate(blocks) if block.heading]
    for at, end in pairwise([*heads, len(blocks)]):
        title = blocks[at].heading
        if not title or title.read.number or end - at < FULL or not says_question(title.name):
            continue
        below = blocks[at + 1]
        if not may_be_asked(below) or says_answer(opening_words(below)):
            continue
        labels = sum(bool(it.title and is_label(it.title)) for it in blocks[at + 1 : end])
        if labels < SEVERAL and any(map(shows_answer, blocks[at + 2 : end])):
            found[at] = blocks[at]._replace(title=_headed(title, below, (1,)))
            found[at + 1] = below._replace(title=None)
    return found


def may_be_asked(below: Block) -> bool:
    """Whether `### Question` may label a block; below `### Questions` each has a number."""
    has_number = below.title and below.title.read.number
    return below.type == "paragraph_open" and not has_number


def _headed(label: Title, below: Block, borrowed: tuple[int, ...]) -> Title:
    """The title of a question that the heading above its paragraph only labels."""
    asked = with_title_of(label, borrowed, tuple(below.tokens[1].children or ()), below.line)
    return replace(asked, read=Numbered(HEADED), is_paired=True)


def with_names_above(blocks: Sequence[Block]) -> list[Block]:
    """Call a question that is nothing but a link or a picture by the heading above its label.

    `# Two sums` above `## Question` and `[here](https://...)`, if that is its only question.
    """
    found = list(blocks)
    above: list[tuple[int, int]] = []  # levels and positions of the open headings, outermost first
    asked: dict[int, list[int]] = defaultdict(list)
    for at, block in enumerate(blocks):
        title = block.heading
        if title:
            while above and above[-1][0] >= title.level:
                above.pop()
            if above and title.read.dialect is HEADED:
                asked[above[-1][1]].append(at)
            above.append((title.level, at))
    for up, (at, *others) in asked.items():
        title, name = blocks[at].title, blocks[up].title
        if title and name and not others and _only_shows(title):
            # The link stays on the front, below its name.
            own = replace(title, children=name.children, borrowed=title.borrowed[1:], asked=1)
            found[at] = blocks[at]._replace(title=own)
    return found


def _only_shows(title: Title) -> bool:
    """Whether a title is a link that does not ask, a picture, or a tag of a template."""
    if title.is_picture or TAG.fullmatch(title.name):
        return True
    return target_of(title.children) is not None and not asks(title.name)


TAG = re.compile(r"\{%.*%\}|\{\{.*\}\}", re.DOTALL)  # `{% embed url="https://..." %}`

FULL = 3  # blocks: the label, what is asked, and the answer


def with_named_tests(blocks: Sequence[Block]) -> Sequence[Block]:
    """Read `## 52 - Birds` as a number alone, where such names come again above stem and options.

    Then the name says what the question is about, as that of a chapter does.
    """
    levels: dict[int, list[int]] = defaultdict(list)
    for at, block in enumerate(blocks[:-1]):
        title = block.heading
        if title and title.read.number and title.name:
            levels[title.level].append(at)
    found = list(blocks)
    for titles in levels.values():
        for at in _named_tests(blocks, titles):
            below = blocks[at + 1]
            children = tuple(below.tokens[1].children or ())
            asked = with_title_of(title_in(blocks[at]), (1,), children, below.line)
            found[at] = blocks[at]._replace(title=asked)
    return found


def _named_tests(blocks: Sequence[Block], titles: Sequence[int]) -> list[int]:
    """Which titles of a level have a name as nearly all have, and a stem with options below."""
    names = {at: normal(name_of(blocks[at])) for at in titles}
    times = Counter(names.values())
    alike = [at for at in titles if times[names[at]] >= limit.COUNTED_TITLES]
    if len(alike) < max(limit.NEARLY_ALL_ASK * len(titles), limit.COUNTED_TITLES):
        return []
    tests = [at for at in alike if _heads_test(blocks[at + 1 : at + 1 + NEAR])]
    return tests if len(tests) >= limit.NEARLY_ALL_ASK * len(alike) else []


def _heads_test(below: Sequence[Block]) -> bool:
    """Whether a paragraph is right below a heading, and then options before the next heading."""
    if not below or below[0].type != "paragraph_open" or says_answer(opening_words(below[0])):
        return False
    own = takewhile(lambda it: not it.heading, below)
    return any(offers_several(block.tokens) for block in own)


def _is_head(block: Block) -> bool:
    """Whether a block is a heading that labels a question, or an answer, and nothing else."""
    heading = block.heading
    if not heading or heading.read.number:
        return False
    return says_question(heading.name) or heads_answer(heading.name)


def heads_answer(name: str) -> bool:
    """Whether a heading is the label of an answer and nothing else, be it a letter: `### A`.

    A word or two may say which: `### Answer in short`.
    """
    if only_labels(name) or (len(name) == 1 and only_labels(f"{name}:")):
        return True
    words = name.split()
    ends = range(1, min(len(words), LABEL_WORDS + 1))
    return any(only_labels(" ".join(words[:end])) for end in ends)


LABEL_WORDS = 3  # of the label of an answer: `Your answer`, `La respuesta correcta`


def says_question(name: str) -> bool:
    """Whether a heading says "Question"; "Problem" heads other things, too."""
    others = word_set("exercise") - word_set("question")
    name = REMARK.sub("", name)  # `# Question (en)`
    return is_question_label(name) and normal(name) not in map(normal, others)


def _answers_below(question: Title, answer: Title) -> bool:
    """Whether the one is the label of a question, and the other, no higher, of its answer."""
    asked = says_question(question.name) and not only_labels(question.name)
    return asked and answer.level >= question.level and heads_answer(answer.name)


# -- above a toggle that says "Answer" -------------------------------------------------------------


def with_toggled_answers(blocks: Sequence[Block]) -> Sequence[Block]:
    """Read paragraphs above `<details><summary>Answer</summary>` as questions, if several ask.

    Where they have a number or a label, that says so already; above "More" most are answers.
    """
    toggles = (at for at, block in enumerate(blocks) if _is_toggle(block))
    asked = [at for toggle in toggles if (at := _above_options(blocks, toggle)) >= 0]
    asking = share(asks(blocks[at].tokens[1].words.strip().partition("\n")[0]) for at in asked)
    if len(asked) < limit.COUNTED_TITLES or asking < limit.MOST_ASK:
        return blocks
    found = list(blocks)
    for at in asked:
        inline = blocks[at].tokens[1]
        children, line = tuple(inline.children or ()), blocks[at].line
        first = visible(children).partition("\n")[0]
        title = plain_title(children, line, Numbered(TOGGLED), len(first))
        found[at] = blocks[at]._replace(title=replace(title, is_paired=True))
    return found


def _is_toggle(block: Block) -> bool:
    """Whether a toggle that says "Answer" begins here."""
    return block.depth > 0 and shows_answer(block) and not block.title


def _above_options(blocks: Sequence[Block], toggle: int) -> int:
    """The position of the paragraph above a toggle, past options with letters; -1 for none."""
    for at in range(toggle - 1, max(toggle - 2 - MOST_OPTIONS, -1), -1):
        block = blocks[at]
        words = block.tokens[1].words.strip() if block.type == "paragraph_open" else ""
        if block.title or not words:
            return -1
        if not OFFER.match(words):
            return at
    return -1


MOST_OPTIONS = 8  # A to H, each in a paragraph of its own


# -- in quotes -------------------------------------------------------------------------------------


def without_quotes(blocks: Sequence[Block]) -> list[Block]:
    """Open the quotes that begin with the label of a question, `> Q: X`, or with one that asks.

    The latter, `> 1. Why?` and `> **Why?**`, only where they are several, nearly all quotes that
    begin with a number or in bold ask, and no heading has a number.
    """
    opened = [_unquoted(block) for block in blocks]
    titles = [_opening_title(inner) for inner in opened]
    asking = [asks(title.name) for title in titles if title and not title.read.is_labelled]
    is_asked = len(asking) >= limit.COUNTED_TITLES and share(asking) >= limit.NEARLY_ALL_ASK
    is_asked = is_asked and not any(map(is_numbered_heading, blocks))
    found: list[Block] = []
    for block, inner, title in zip(blocks, opened, titles, strict=True):
        is_open = title and (title.read.is_labelled or is_asked)
        found += inner if is_open else [block]
    return found


def _unquoted(block: Block) -> list[Block]:
    """What is in a quote; nothing for any other block."""
    return read_blocks(block.tokens[1:-1]) if block.type == "blockquote_open" else []


def _opening_title(inner: Sequence[Block]) -> Title | None:
    """The title that a quote begins with."""
    first = inner[0] if inner else None
    if first and not first.title and first.items:
        first = first.items[0]
    return first.title if first else None
