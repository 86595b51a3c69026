"""A parsed note file as a flat list of blocks, with a `Title` where one may head a question.

A block is a balanced run of block tokens. Raw HTML is cut at its headings and <details>, a list can
be opened into its items, a paragraph into its titles, and a title that is only a number finds the
rest below. Nothing is decided here; `choice/` does that.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import wraps
from itertools import accumulate, chain, pairwise, takewhile
from typing import NamedTuple, TypeVar

from ankify.questions import thresholds as limit
from ankify.questions.numbers import (
    ALONE,
    IDENTIFIER,
    ITEM_NUMBER,
    LETTER,
    ROMAN,
    UNNUMBERED,
    Numbered,
    read_number,
    roman_value,
)
from ankify.questions.raw_html import Part, html_parts, html_title, summary_title
from ankify.questions.titles import (
    HASHES,
    HEADINGS,
    ITEM_LEVEL,
    PARAGRAPH_LEVEL,
    TITLED,
    Kind,
    Title,
    heading_title,
    item_title,
    opening_title,
    paragraph_title,
    with_title_of,
)
from ankify.questions.words import (
    NO_QUESTION,
    ONLY_LABEL,
    QUESTION_MARKS,
    answers,
    asks,
    normal,
    only_labels,
    only_points,
    opens,
)
from ankify.reading.html import Tag, comments, end_tag, tags
from ankify.reading.inline import BREAKS, cut, visible
from ankify.reading.tokens import Token


class Block(NamedTuple):
    """A balanced run of tokens.

    `items` are the same list once more, item by item, or the same paragraph, title by title;
    `inside` is what follows the title of a list item. `depth` says how many <details> the block
    opens (or, below 0, closes). A `keyed` block is an answer from the key to a test.
    """

    tokens: tuple[Token, ...]
    title: Title | None = None
    items: tuple[Block, ...] = ()
    inside: tuple[Token, ...] = ()
    depth: int = 0
    keyed: bool = False

    # Few blocks are asked for these, so they are no fields.

    @property
    def line(self) -> int:
        """The 0-based line of its first token."""
        return next((token.map[0] for token in self.tokens if token.map), 0)

    @property
    def end(self) -> int:
        """The line below its text, 0-based."""
        # Only leaves say where text ends: the map of a list takes in the blank lines below it. That
        # of a heading takes in its underline. An item may have nothing in it: `-` alone.
        leaves = [t for t in self.tokens if t.nesting == 0 or t.type == "heading_open"]
        ends = [t.map[1] for t in leaves if t.map] or [t.map[1] for t in self.tokens if t.map]
        items = (t.map[0] + 1 for t in self.tokens if t.type == "list_item_open" and t.map)
        return max(chain(ends, items), default=0)

    @property
    def comments(self) -> tuple[str, ...]:
        """What the author says to ankify in it."""
        leaves = chain.from_iterable(
            token.children or () if token.type == "inline" else (token,)
            for token in self.tokens
            if "ankify:" in token.content
        )
        contents = (t.content for t in leaves if t.type in ("html_inline", "html_block"))
        found = chain.from_iterable(map(comments, contents))
        return tuple(said[len(TO_US) :].strip() for *_, said in found if said.startswith(TO_US))


Measured = TypeVar("Measured")
MANY = 4096  # blocks


def remembered(measure: Callable[[Block], Measured]) -> Callable[[Block], Measured]:
    """Measure each block once: several settings are tried on the blocks of a file."""
    known: dict[int, tuple[Block, Measured]] = {}  # with the block, so that its id stays its own

    @wraps(measure)
    def recalled(block: Block) -> Measured:
        found = known.get(id(block))
        if found is None:
            if len(known) >= MANY:
                known.clear()
            found = known[id(block)] = block, measure(block)
        return found[1]

    return recalled


TO_US = "ankify:"  # <!-- ankify: id=norms -->


def read_blocks(tokens: Sequence[Token]) -> list[Block]:
    """Cut block tokens into blocks, in order."""
    blocks: list[Block] = []
    for run in balanced(tokens):
        opening = run[0].type
        if opening == "html_block":
            blocks += _cut_html(run[0])
        elif opening == "heading_open":
            blocks.append(_heading(run))
        elif opening == "paragraph_open":
            blocks += _paragraphs(run)
        elif opening in ("bullet_list_open", "ordered_list_open"):
            blocks.append(_list(run))
        elif opening == "code_block":
            blocks += _indented_questions(run[0]) or [Block(run)]
        else:
            blocks.append(Block(run))
    blocks = _with_letters(_with_identifiers(_with_long_headings(blocks)))
    blocks = _with_long_summaries(_with_tight_numbers(blocks))
    return with_borrowed_titles(_with_numbered_parts(blocks))


INDENTED = re.compile(r"\s*\d{1,3}[.)]\s+(?P<asked>.*\S)")


def _indented_questions(code: Token) -> list[Block]:
    """Numbered lines that ask, and what is below them, in text that was indented by four.

    To Markdown it is code; `1. print(x)?` and the like would be among many lines that do not ask.
    """
    lines = code.content.rstrip("\n").split("\n")
    numbered = {
        at: found["asked"] for at, line in enumerate(lines) if (found := INDENTED.match(line))
    }
    asked = sum(words.endswith(QUESTION_MARKS) for words in numbered.values())
    if len(numbered) < limit.COUNTED_TITLES or asked < limit.NEARLY_ALL_ASK * len(numbered):
        return []
    first = code.map[0] if code.map else 0
    blocks: list[Block] = []
    for start, end in pairwise(sorted({0, *numbered, len(lines)})):
        children: list[Token] = []
        for line in lines[start:end]:
            children += (Token("hardbreak", "br", 0), Token("text", "", 0, content=line.strip()))
        title = opening_title(tuple(children[1:]), first + start) if start in numbered else None
        blocks.append(Block(paragraph_of(children[1:], first + start), title))
    return blocks


def _list(run: tuple[Token, ...]) -> Block:
    if len(run) == EMPTY_LIST and run[1].info:
        read = Numbered(ALONE, run[1].info, "", 0)
        line = run[1].map[0] if run[1].map else 0
        return Block(run, Title(Kind.TEXT, PARAGRAPH_LEVEL, read, (), (), line))
    items = tuple(_item(run[0], item, run[-1]) for item in balanced(run[1:-1]))
    return Block(run, items=_with_answers_in_line(items))


def _with_answers_in_line(items: tuple[Block, ...]) -> tuple[Block, ...]:
    """Take what is bold behind the question marks of a list for the answers: `1. Why? **So.**`.

    Badges, `**Easy**`, come again and again.
    """
    found = [_bold_behind(item.title) for item in items if item.title and not item.title.glued]
    said = [words for words in found if words]
    if len(said) < limit.COUNTED_TITLES or len(said) < limit.NEARLY_ALL_ASK * len(items):
        return items
    if len(set(map(normal, said))) < limit.DIFFERENT * len(said):
        return items
    return tuple(map(_with_answer_in_line, items))


def _bold_behind(title: Title) -> str:
    """What is bold at the end of a title, right behind its question mark."""
    opened = next((at for at, t in enumerate(title.children) if t.type == "strong_open"), 0)
    closed = next((at for at, t in enumerate(title.children) if t.type == "strong_close"), 0)
    if not opened or visible(title.children[closed:]).strip(" ."):
        return ""
    asked = visible(title.children[:opened]).rstrip(" *_")
    return visible(title.children[opened:]) if asked.endswith(QUESTION_MARKS) else ""


def _with_answer_in_line(item: Block) -> Block:
    title = item.title
    words = _bold_behind(title) if title else ""
    if not title or not words:
        return item
    asked, whole = (visible(it).removesuffix(words) for it in (title.children, title.whole))
    return item._replace(
        title=replace(
            title,
            whole=cut(title.whole, 0, len(whole.rstrip())),
            children=cut(title.children, 0, len(asked.rstrip())),
            glued=cut(title.children, len(asked)),
            below=0,
        )
    )


EMPTY_LIST = 4  # tokens of `3)` alone on its line, a list of one empty item to Markdown

# -- headings over two lines -----------------------------------------------------------------------


def _with_long_headings(blocks: list[Block]) -> list[Block]:
    """Join `### 5. What is the use of` with `### a list?` in the next line, a title cut in two."""
    found: list[Block] = []
    for block in blocks:
        title, above = block.title, found[-1] if found else None
        if title and above and above.title and _goes_on(above, above.title, block, title):
            gap = Token("text", "", 0, content=" ")
            whole = (*above.title.whole, gap, *title.whole)
            children = (*above.title.children, gap, *title.whole)
            joined = replace(above.title, whole=whole, children=children)
            found[-1] = above._replace(tokens=(*above.tokens, *block.tokens), title=joined)
        else:
            found.append(block)
    return found


def _goes_on(above: Block, first: Title, block: Block, second: Title) -> bool:
    """Whether a heading without a number goes on right below one that does not end yet."""
    kinds = first.kind is second.kind is Kind.HEADING and first.level == second.level
    adjacent = kinds and above.tokens[0].map and block.tokens[0].map
    if not adjacent or above.end != block.line or not first.read.number or second.read.number:
        return False
    return bool(UNFINISHED.search(first.name)) and not NO_QUESTION.match(second.name)


UNFINISHED = re.compile(r"[^\W\d_][,)-]?$")  # without a mark at its end

# -- names with a number at their end --------------------------------------------------------------

NAMED = re.compile(r"(?P<stem>[^\W\d]\w*(?:[._/-]\w+)*[._/-])(?P<number>\d{1,4})")  # road.signs.003


def _with_identifiers(blocks: list[Block]) -> list[Block]:
    """Take the number from the end of names that two headings at least have in common."""
    names = {
        at: found
        for at, block in enumerate(blocks)
        if block.title and block.title.kind is Kind.HEADING
        if (found := NAMED.fullmatch(block.title.name))
    }
    stems = Counter(found["stem"] for found in names.values())
    for at, found in names.items():
        title = blocks[at].title
        if title and stems[found["stem"]] > 1:
            read = Numbered(IDENTIFIER, found["number"], "", len(title.name))
            blocks[at] = blocks[at]._replace(title=replace(title, read=read, children=()))
    return blocks


# -- titles that letters count ---------------------------------------------------------------------

CODED_KINDS = (Kind.HEADING, Kind.HTML, Kind.BOLD, Kind.SUMMARY)
SEVERAL = 2  # letters that go on from the one above
LETTERED = re.compile(r"\(?(?P<number>[a-z])(?P<separator>[.)])\s*(?=\S)")  # `### b) X`
# `### A7. Why?`; where they do not ask, they are requirements or decisions
CODED = re.compile(r"\W*(?P<number>[A-Z]{1,3}-?\d{1,3})(?P<separator>[.):：])\s*(?=\S)")
# `## IV. Why?`; where they do not ask, they are chapters
NUMERAL = re.compile(r"\W*(?P<number>[IVX]{1,7})(?P<separator>[.):])\s+(?=\S)")


def _with_letters(blocks: list[Block]) -> list[Block]:
    """Take letters, or letters with numbers, for numbers where they count most of a level.

    `b)` counts headings; in bold it is an option. Roman numerals count questions only where
    nothing else does: else they are sections, though some of them ask.
    """
    levels: dict[tuple[Kind, int], list[int]] = defaultdict(list)
    for at, block in enumerate(blocks):
        if block.title and block.title.kind in CODED_KINDS and not block.title.read.number:
            levels[block.title.kind, block.title.level].append(at)
    for (kind, _), positions in levels.items():
        for pattern in (LETTERED, CODED, NUMERAL) if kind is Kind.HEADING else (CODED, NUMERAL):
            found = [(at, pattern.match(_name(blocks[at]))) for at in positions]
            sure = pattern is not NUMERAL or not _has_numbered_questions(blocks)
            if _count_on([match for _, match in found]) and sure:
                for at, match in found:
                    blocks[at] = _lettered(blocks[at], match) if match else blocks[at]
    return _with_numerals(blocks)


def _has_numbered_questions(blocks: Iterable[Block]) -> bool:
    """Whether titles with a number, or items of lists, ask."""
    both = (it for block in blocks for it in (block, *block.items))
    return any(it.title and it.title.read.number and asks(it.title.name) for it in both)


def _with_numerals(blocks: list[Block]) -> list[Block]:
    """Take plain paragraphs for titles that Roman numerals count, from `I. Why?` on."""
    found = [
        (at, match)
        for at, block in enumerate(blocks)
        if not block.title and block.tokens[0].type == "paragraph_open"
        if NUMERAL.match(block.tokens[1].content)
        if (match := NUMERAL.match(block.tokens[1].words))
    ]
    counts = [roman_value(match["number"]) for _, match in found]
    if len(found) < limit.COUNTED_TITLES or counts != [*range(1, len(found) + 1)]:
        return blocks
    if not _count_on([match for _, match in found]) or _has_numbered_questions(blocks):
        return blocks
    for at, match in found:
        read = Numbered(ROMAN, match["number"], match["separator"], match.end())
        blocks[at] = blocks[at]._replace(title=paragraph_title(blocks[at].tokens[1], read))
    return blocks


def _count_on(found: Sequence[re.Match[str] | None]) -> bool:
    """Whether most of what was found goes on from the one above, and asks if it is no letter."""
    counts = [_ordinal(match["number"]) if match else None for match in found]
    pairs = [(a, b) for a, b in pairwise(counts) if a and b]
    on = sum(a[0] == b[0] and b[1] == a[1] + 1 for a, b in pairs)
    starts = sum(count is not None and count[1] == 1 for count in counts)
    if on < max(SEVERAL, limit.MOST * (len(counts) - starts)):
        return False
    coded = [match for match in found if match and match.re is not LETTERED]
    least = limit.MOST_ASK if coded and coded[0].re is CODED else limit.NEARLY_ALL_ASK
    return sum(asks(_line(it.string[it.end() :])) for it in coded) >= least * len(coded)


def _line(words: str) -> str:
    """The first line of a text."""
    return words.partition("\n")[0]


def _ordinal(number: str) -> tuple[str, int]:
    """What counts, and how far: ("", 2) for `b`, ("A", 7) for `A7`, ("", 4) for `IV`."""
    digits = number.lstrip("-ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if digits.isdecimal():
        return number.removesuffix(digits), int(digits)
    if number.isupper():
        return "", roman_value(number)
    return "", ord(number) - ord("a") + 1


def _name(block: Block) -> str:
    return block.title.name if block.title else ""


def _lettered(block: Block, found: re.Match[str]) -> Block:
    title = block.title
    assert title
    dialect = ROMAN if found.re is NUMERAL else LETTER
    read = Numbered(dialect, found["number"], found["separator"], found.end())
    return block._replace(title=replace(title, read=read, children=cut(title.whole, found.end())))


# -- numbers without the blank behind their sign ---------------------------------------------------

TIGHT = re.compile(r"\d{1,3}[-–—/](?=[^\W\d_])")  # `2/HTML`; not `0/1 knapsack`


def _with_tight_numbers(blocks: list[Block]) -> list[Block]:
    """Read `2/HTML` as number 2 where the title above is `1/ X`, or the one below `3/ X`.

    Or where three of a kind, without their blanks, are counted one after the other.
    """
    if not any(block.title and TIGHT.match(block.title.name) for block in blocks):
        return blocks
    like: dict[tuple[Kind, int], list[int]] = defaultdict(list)
    for at, block in enumerate(blocks):
        if block.title:
            like[block.title.kind, block.title.level].append(at)
    for positions in like.values():
        for run in zip(positions, positions[1:], positions[2:], strict=False):
            reads = [_tight_number(blocks[at]) for at in run]
            if all(
                first and second and _follows(first, second) for first, second in pairwise(reads)
            ):
                blocks[run[0]] = _tightly_numbered(blocks[run[0]])
        for first, second in pairwise(positions):
            blocks[second] = _counted_on(blocks[second], blocks[first], 1)
            blocks[first] = _counted_on(blocks[first], blocks[second], -1)
    return blocks


def _counted_on(block: Block, beside: Block, by: int) -> Block:
    """The block with its tight number, if that is `by` more than the number of another."""
    read, other = _tight_number(block), beside.title.read if beside.title else UNNUMBERED
    return _tightly_numbered(block) if read and _follows(other, read, by) else block


def _tight_number(block: Block) -> Numbered | None:
    """The number that a title without one begins with."""
    found = TIGHT.match(_name(block))
    if not found or not block.title or block.title.read.number:
        return None
    return read_number(f"{found[0]} X")._replace(start=found.end())


def _tightly_numbered(block: Block) -> Block:
    title, read = block.title, _tight_number(block)
    if not title or not read:
        return block
    return block._replace(title=replace(title, read=read, children=cut(title.whole, read.start)))


def _follows(above: Numbered, read: Numbered, by: int = 1) -> bool:
    """Whether a number is `by` more than another that has the same sign behind it."""
    numbers = above.number or "", read.number or ""
    if above.separator != read.separator or not all(map(str.isdecimal, numbers)):
        return False
    return int(numbers[1]) == int(numbers[0]) + by


# -- <summary> over several blocks -----------------------------------------------------------------

SUMMARY = "summary"


def _with_long_summaries(blocks: list[Block]) -> list[Block]:
    """Read a <summary> that a blank line cuts: what follows up to its end is asked, too."""
    for at, block in enumerate(blocks):
        opened = _open_summary(block)
        end = _end_of_summary(blocks, at) if opened else None
        if opened and end is not None:
            content = block.tokens[0].content
            line = block.line + content.count("\n", 0, opened.end)
            title = summary_title(content[opened.end :], line, asked=end - at - 1)
            if end < len(blocks):
                blocks[end] = _without_end_of_summary(blocks[end])
            blocks[at] = block._replace(title=title)
    return blocks


def _open_summary(block: Block) -> Tag | None:
    """The tag <summary> of raw HTML that does not hold its end."""
    token = block.tokens[0]
    if token.type != "html_block" or SUMMARY not in token.content.lower():
        return None
    found = [tag for tag in tags(token.content) if tag.name == SUMMARY]
    return found[-1] if found and not found[-1].is_end else None


def _end_of_summary(blocks: Sequence[Block], at: int) -> int | None:
    for end in range(at + 1, min(at + 1 + REACH, len(blocks))):
        token = blocks[end].tokens[0]
        found = [tag for tag in tags(token.content) if tag.name == SUMMARY]
        if token.type == "html_block" and found:
            return end if all(tag.is_end for tag in found) else None
        if any(end_tag(child.content, SUMMARY) for child in _words(blocks[end])):
            return end + 1  # `Why?</summary>` in a paragraph
    return None


def _without_end_of_summary(block: Block) -> Block:
    token = block.tokens[0]
    closing = end_tag(token.content, SUMMARY) if token.type == "html_block" else None
    if not closing:
        return block
    rest = token.content[: closing.start] + token.content[closing.end :]
    return block._replace(tokens=(token.copy(content=rest),))


# -- titles below their number ---------------------------------------------------------------------

# `(5 points)`, `🟢`
REMARK = re.compile(r"(?:[^\w(\[【（]|[(\[【（][^()\[\]【】（）]{0,40}[)\]】）])*")
FACT = re.compile(r"[^\s:：?？][^:：?？\n]{0,20}[:：][^?？\n]{0,30}")  # `Type: multiple choice`


def is_fact(line: str) -> bool:
    """Whether a line says something of a question, `Type: multiple choice`."""
    return bool(FACT.fullmatch(line.strip()))


CODE = ("fence", "code_block")
FAR = 20  # blocks down to the answer of a question that is all below its number
REACH = 5  # blocks below a number that may stand above its question
QUOTED = 5  # tokens of a quote that holds one paragraph


def with_borrowed_titles(blocks: list[Block]) -> list[Block]:
    """Give a title that is only a number, `### 第 1 题`, the text below as its title."""
    for at, block in enumerate(blocks):
        title = block.title
        if title and title.read.number and not title.glued and _only_names(title, blocks, at):
            asked = blocks[at + 1]
            taken = with_title_of(title, (1,), _words(asked), asked.line)
            blocks[at] = block._replace(title=taken)
        elif title and title.kind is Kind.BOLD and at and _answers(title, blocks[at - 1]):
            blocks[at] = block._replace(title=None)
        elif title and title.read.number and not title.glued and _is_bare(title):
            below = blocks[at + 1 : at + 1 + REACH]
            found = _borrowed(title, below)
            if title.read.dialect is ALONE:
                found = replace(found, asked=_asked(below, found.borrowed))
            elif title.read.dialect is IDENTIFIER and not found.children:
                found = replace(title, children=title.whole)
            elif not found.children and (shown := _shown(below)):
                found = replace(title, children=title.whole, asked=shown)
            elif not found.children and _is_solved_below(title, blocks[at + 1 : at + 1 + FAR]):
                found = replace(title, children=title.whole)
            blocks[at] = block._replace(title=found)
    return blocks


def _with_numbered_parts(blocks: list[Block]) -> list[Block]:
    """Give the headings below `## Question 2` its number, if it has several, and most of them ask.

    Each has an answer of its own, so each is a question; their heading names them together.
    """
    headings = [at for at, it in enumerate(blocks) if it.title and it.title.kind is Kind.HEADING]
    for index, at in enumerate(headings):
        title = blocks[at].title
        if title and title.read.is_labelled and title.read.number and _is_bare(title):
            below = (headings[it] for it in range(index + 1, len(headings)))
            parts = _asking_parts(blocks, title, at, below)
            if parts:
                section = replace(title, read=UNNUMBERED, children=title.whole)
                blocks[at] = blocks[at]._replace(title=section)
            for place, part in parts:
                read = title.read._replace(start=part.read.start)
                numbered = replace(part, level=title.level, read=read)
                blocks[place] = blocks[place]._replace(title=numbered)
    return blocks


def _asking_parts(
    blocks: Sequence[Block], title: Title, at: int, headings: Iterable[int]
) -> list[tuple[int, Title]]:
    """The headings of one level below a number, the first right below it, if most of them ask."""
    parts: list[tuple[int, Title]] = []
    for place in headings:
        part = blocks[place].title
        if not part or part.level <= title.level:
            break
        if part.read.number or (not parts and place != at + 1):
            return []
        if not parts or part.level == parts[0][1].level:
            parts.append((place, part))
    asking = [asks(part.name) for _, part in parts]
    is_several = len(parts) >= SEVERAL and asking[0]
    return parts if is_several and sum(asking) > limit.MOST_ASK * len(asking) else []


def _only_names(title: Title, blocks: Sequence[Block], at: int) -> bool:
    """Whether a label with a topic, `# Question 3 - Stacks`, has right below the heading that asks.

    It is the only one in this part of the file.
    """
    below = blocks[at + 1].title if at + 1 < len(blocks) else None
    if not title.read.is_labelled or asks(title.name) or not below or not asks(below.name):
        return False
    if {title.kind, below.kind} != {Kind.HEADING} or below.level <= title.level:
        return False
    others = (blocks[it].title for it in range(at + 2, len(blocks)))
    levels = (it.level for it in others if it and it.kind is Kind.HEADING)
    return next((level for level in levels if level <= below.level), 0) <= title.level


def _is_solved_below(title: Title, below: Sequence[Block]) -> bool:
    """Whether a heading `Question 3` has an answer with a label below, past lists and the like."""
    own = takewhile(lambda it: not it.title or it.title.kind is not Kind.HEADING, below)
    words = [visible(_words(block)) for block in own]
    while words and only_labels(words[-1]):
        words.pop()
    return title.kind is Kind.HEADING and any(map(answers, words))


def _asked(below: Sequence[Block], borrowed: Sequence[int]) -> int:
    """How many blocks below a number alone are asked: the paragraphs down to one that asks."""
    paragraphs = list(takewhile(lambda it: it.tokens[0].type == "paragraph_open", below))
    asking = [
        at for at, block in enumerate(paragraphs, 1) if asks(visible(_words(block)).rstrip("*_ "))
    ]
    return max(asking[-1:], default=0) - len(borrowed) if asking else 0


def _shown(below: Sequence[Block]) -> int:
    """How many blocks of pictures and code are all that is asked, above an answer.

    Below code the answer needs a label: code may be the answer itself.
    """
    asked = [*takewhile(lambda it: it.tokens[0].type in CODE or _is_picture(it), below)]
    rest = [*takewhile(lambda it: not it.title or not it.title.read.number, below[len(asked) :])]
    words = visible(_words(rest[0])) if rest else ""
    if not rest or (only_labels(words) and len(rest) == 1):
        return 0
    return len(asked) if answers(words) or all(map(_is_picture, asked)) else 0


def _is_picture(block: Block) -> bool:
    """Whether a paragraph holds pictures and no words."""
    children = _words(block) if block.tokens[0].type == "paragraph_open" else ()
    return not visible(children).strip() and any(it.type == "image" for it in children)


def _answers(title: Title, above: Block) -> bool:
    """Whether a bold number is the answer to the paragraph above: `Which port?`, `**110**`."""
    number = title.read.number and not title.name and not title.read.is_labelled
    asked = not above.title and above.tokens[0].type == "paragraph_open"
    words = visible(_words(above)).rstrip("*_ \n") if number and asked else ""
    return words.endswith(QUESTION_MARKS)


def _is_bare(title: Title) -> bool:
    """Whether nothing but a remark follows the number."""
    remark = REMARK.fullmatch(title.name) and not asks(title.name)
    is_said = title.read.is_labelled and (remark or only_points(title.name))
    return bool(is_said or not (title.name or title.is_picture))


def _borrowed(title: Title, below: Sequence[Block]) -> Title:
    """Take the title from what stands below, past labels, facts and code."""
    passed: list[int] = []  # labels, which are no part of the answer
    fact = title  # if there is nothing else
    coded = False
    for offset, block in enumerate(below, 1):
        role = _role(block, title)
        children = _words(block)
        taken = with_title_of(title, (*passed, offset), children, block.line)
        if role is Role.TITLE and (not coded or asks(visible(children))):
            return taken
        if role in (Role.TITLE, Role.END):
            break
        if role is Role.LABEL:
            passed.append(offset)
        elif role is Role.FACT and fact is title:
            fact = taken
        coded = coded or role is Role.CODE
    return fact


class Role(StrEnum):
    """What stands between a number and its question."""

    TITLE = "title"
    LABEL = "label"  # `**Question**`, `### 题目`, `1 of 1 points`
    FACT = "fact"  # `Type: multiple choice`
    CODE = "code"
    COMMENT = "comment"
    END = "end"  # another question, or the answer


def _role(block: Block, title: Title) -> Role:
    kind, own = block.tokens[0].type, block.title
    words = visible(_words(block))
    if kind in CODE or (kind == "html_block" and block.comments):
        return Role.CODE if kind in CODE else Role.COMMENT
    if kind == "paragraph_open" and only_points(words):
        return Role.LABEL
    counts = own and own.read.number and not (own.kind is Kind.TEXT and own.has_spaced_number)
    if counts or answers(words) or not words.strip():  # `8 bits hold what?` counts bits
        return Role.END
    if kind == "heading_open":
        deeper = own and own.level > title.level and not opens(own.name)
        return Role.END if not deeper else Role.LABEL if NO_QUESTION.match(words) else Role.TITLE
    if kind == "paragraph_open" or (kind == "blockquote_open" and len(block.tokens) == QUOTED):
        if ONLY_LABEL.fullmatch(words):
            return Role.LABEL
        return Role.FACT if FACT.fullmatch(words.split("\n")[0].strip()) else Role.TITLE
    return Role.END


def _words(block: Block) -> tuple[Token, ...]:
    """The inline tokens that a block begins with."""
    inline = next((token for token in block.tokens[:3] if token.type == "inline"), None)
    return tuple(inline.children or ()) if inline else ()


def paragraph_of(children: Sequence[Token], line: int) -> tuple[Token, Token, Token]:
    """Inline tokens as a paragraph; `line` is where it begins, 0-based."""
    lines = line, line + 1 + sum(child.type in BREAKS for child in children)
    inline = Token("inline", "", 0, map=lines, children=list(children), block=True)
    opening = Token("paragraph_open", "p", 1, map=lines, block=True)
    return opening, inline, Token("paragraph_close", "p", -1, block=True)


def balanced(tokens: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """Runs of tokens that open and close on the outermost level."""
    tokens = tuple(tokens)
    start = depth = 0
    for at, token in enumerate(tokens):
        depth += token.nesting
        if not depth:
            yield tokens[start : at + 1]
            start = at + 1


def is_numbered_heading(block: Block) -> bool:
    """Whether a block is a heading with a number."""
    title = block.title
    return bool(title and title.kind in HEADINGS and title.read.number)


# -- headings, paragraphs and list items -----------------------------------------------------------


def _heading(run: tuple[Token, ...]) -> Block:
    children = tuple(run[1].children or ())
    words = visible(children)
    if "\n" in words:  # text over a line of `---` or `===`: no title was meant
        return Block(run)
    return Block(run, heading_title(int(run[0].tag[1]), children, words, run[0]))


NEXT = re.compile(r"\n\s*(?:[2-9]|[1-9]\d{1,2})[.)][ \t]+\S")  # 1 would begin a list
SECTION = 60  # characters of a line that names what is below


def _paragraphs(run: tuple[Token, ...]) -> list[Block]:
    """A paragraph, cut below its first line where the next is `6. X?`, after `Harder ones`.

    To Markdown a list that does not begin with 1 goes on with the text above it.
    """
    inline = run[1]
    above, _, rest = inline.content.partition("\n")
    if not NEXT.match(inline.content, len(above)) or len(above) > SECTION:
        return [_paragraph(run)]
    children = inline.children or []
    at = next((at for at, token in enumerate(children) if token.type in BREAKS), 0)
    first, second = tuple(children[:at]), tuple(children[at + 1 :])
    asked = visible(second).partition("\n")[0]
    names = visible(first).rstrip()
    if names[-1:] in (*".:;,!", *QUESTION_MARKS) or read_number(names).number or not asks(asked):
        return [_paragraph(run)]
    line, end = inline.map or (0, 0)
    section, list_ = (
        _paragraph(
            (run[0].copy(map=lines), inline.copy(children=words, content=text, map=lines), *run[2:])
        )
        for words, text, lines in (
            (first, above, (line, line + 1)),
            (second, rest, (line + 1, end)),
        )
    )
    items = tuple(map(_as_item, list_.items))
    return [section, _as_item(list_)._replace(items=items)]


def _as_item(block: Block) -> Block:
    """A numbered paragraph as the item of a list that it was meant to be."""
    if not block.title:
        return block
    read = block.title.read._replace(dialect=ITEM_NUMBER)
    return block._replace(title=replace(block.title, kind=Kind.ITEM, level=ITEM_LEVEL, read=read))


def _paragraph(run: tuple[Token, ...]) -> Block:
    """A paragraph with its title, if it has one; a second title in it makes it a list of them."""
    inline = run[1]
    title = paragraph_title(inline)
    if title and not title.read.dialect and has_divider(run):
        title = None
    if not title or not title.read.dialect or "\n" not in inline.content:
        return Block(run, title)
    parts = list(_titled_parts(inline, title))
    items = [Block((run[0], part, run[-1]), paragraph_title(part)) for part in parts]
    return Block(run, title, items=tuple(items) if len(items) > 1 else ())


DIVIDERS = ("?", "??")  # between the front and the back of a flashcard, on a line of their own


def has_divider(run: Sequence[Token]) -> bool:
    """Whether a paragraph is a flashcard: it has a line `?` below its first one."""
    if run[0].type != "paragraph_open" or "\n?" not in run[1].content:
        return False
    lines = run[1].content.split("\n")
    return any(line.strip() in DIVIDERS for line in lines[1:])


def _titled_parts(inline: Token, title: Title) -> Iterator[Token]:
    """Cut a paragraph where a line begins with a title that is numbered as the first one."""
    children = inline.children or []
    depths = list(accumulate(token.nesting for token in children))
    breaks = [at for at, token in enumerate(children) if token.type in BREAKS]
    rest = [
        (at + 1, tuple(children[at + 1 : end])) for at, end in pairwise([*breaks, len(children)])
    ]
    counted = _count_on_in(title, [line for _, line in rest])
    starts = [
        start
        for start, line in rest
        if not depths[start - 1] and (counted or _is_like(title, line))
    ]
    line = inline.map[0] if inline.map else 0
    for start, end in pairwise([0, *starts, len(children) + 1]):
        part = children[start : end - 1]
        below = line + 1 + sum(token.type in BREAKS for token in part)
        yield inline.copy(children=part, map=(line, below))
        line = below


def _count_on_in(title: Title, lines: Sequence[tuple[Token, ...]]) -> bool:
    """Whether each line goes on with the number of the one above: `1.Why?` over `2.How?`."""
    numbers = [title.read.number, *(read_number(visible(line)).number for line in lines)]
    counts = [int(number) if number and number.isdecimal() else 0 for number in numbers]
    return len(counts) > 1 and counts == [*range(counts[0], counts[0] + len(counts))]


def _is_like(title: Title, line: tuple[Token, ...]) -> bool:
    """Whether a line begins with `##`, or a title like another, `**2. X**` after `**1. W**`."""
    if HASHES.match(visible(line)):
        return True
    other = opening_title(line, 0)
    sure = title.read.is_labelled or title.kind is not Kind.TEXT
    alike = other and other.kind is title.kind and other.read.dialect is title.read.dialect
    return bool(sure and alike)


def _item(opening: Token, run: tuple[Token, ...], closing: Token) -> Block:
    """A list item as a list of its own, with the title its first line makes."""
    whole = (opening, *run, closing)
    head, inside = run[1:4], run[4:-1]  # if it is a paragraph or a heading
    if not _may_ask(run[0], head):
        return Block(whole)
    title = item_title(run[0], head, has_more=bool(inside))
    if _goes_on_below(title, inside):
        gap = Token("text", "", 0, content=" ")
        rest = tuple(inside[1].children or ())
        title = replace(
            title, whole=(*title.whole, gap, *rest), children=(*title.children, gap, *rest)
        )
        inside = inside[PARAGRAPH:]
    return Block(whole, title, inside=inside)


PARAGRAPH = 3  # tokens


def _goes_on_below(title: Title, inside: tuple[Token, ...]) -> bool:
    """Whether a question without an end goes on in the paragraph below: `of a list?`."""
    if not inside or inside[0].type != "paragraph_open" or title.glued:
        return False
    words = visible(inside[1].children or ()).strip()
    return (
        words[:1].islower()
        and words.endswith(QUESTION_MARKS)
        and bool(UNFINISHED.search(title.name))
    )


def _may_ask(item: Token, head: tuple[Token, ...]) -> bool:
    """Whether an item begins with a title: with text, and numbered, bold or linked."""
    if head[0].type not in ("heading_open", "paragraph_open"):
        return False
    return bool(item.info or head[0].tag != "p" or TITLED.match(head[1].content))


def shown(inside: tuple[Token, ...]) -> Iterator[Token]:
    """The content of a list item as it is outside of the list.

    The paragraphs of a tight list have no <p>, there they do; those of lists in it still do not.
    """
    for run in balanced(inside):
        yield from (token.copy(hidden=False) for token in run) if run[0].hidden else run


# -- raw HTML --------------------------------------------------------------------------------------


def _cut_html(token: Token) -> list[Block]:
    """Cut a raw HTML block at its headings, summaries and comments; the text itself stays."""
    blocks: list[Block] = []
    done = 0
    for part in html_parts(token.content):
        blocks += _html_block(token, done, part.start)
        blocks += _html_block(token, part.start, part.end, part)
        done = part.end
    return [*blocks, *_html_block(token, done, len(token.content))]


def _html_block(token: Token, start: int, end: int, part: Part | None = None) -> list[Block]:
    content = token.content[start:end]
    if not content.strip():
        return []
    first = (token.map or [0, 0])[0]
    start += len(content) - len(content.lstrip())
    line = first + token.content.count("\n", 0, start)
    end = line + content.strip().count("\n") + 1
    cut = token.copy(content=content.strip() + "\n", map=(line, end))
    title = html_title(token.content, part, line) if part else None
    return [Block((cut,), title, depth=part.depth if part else 0)]
