"""A parsed note file as a flat list of blocks, with a `Title` where one may head a question.

Raw HTML is cut at its headings and <details>, a list can be opened into its items, a paragraph into
its titles. `counted.py` knows what else counts titles than numbers, `borrowed.py` what stands below
a number. Which titles are questions is decided in `choice/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from ankify.questions import thresholds as limit
from ankify.questions.block import Block, balanced, inline_of, paragraph_of
from ankify.questions.borrowed import REACH, with_borrowed_titles, with_numbered_parts
from ankify.questions.counted import with_identifiers, with_letters, with_tight_numbers
from ankify.questions.in_line import (
    with_answer_behind,
    with_answers_behind_titles,
    with_answers_in_line,
)
from ankify.questions.numbers import ALONE, ITEM_NUMBER, Numbered, read_number
from ankify.questions.raw_html import Part, html_parts, html_title, summary_title
from ankify.questions.titles import (
    BREAK,
    HASHES,
    ITEM_LEVEL,
    PARAGRAPH_LEVEL,
    TITLED,
    Kind,
    Title,
    heading_title,
    item_title,
    opening_title,
    paragraph_title,
)
from ankify.questions.words import NO_QUESTION, QUESTION_MARKS, asks
from ankify.reading.html import Tag, end_tag, tags
from ankify.reading.inline import BREAKS, cut, visible
from ankify.reading.tokens import Token


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
    for step in STEPS:
        blocks = step(blocks)
    return blocks


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
    return Block(run, items=with_answers_in_line(items) if _has_titles(items) else items)


def _has_titles(items: tuple[Block, ...]) -> bool:
    return any(item.title for item in items)


EMPTY_LIST = 4  # tokens of `3)` alone on its line, a list of one empty item to Markdown


# -- list items without any mark -------------------------------------------------------------------


def _with_asking_items(blocks: list[Block]) -> list[Block]:
    """Give plain items titles where nearly all of a list ask, and answer in line: `- Why? For X.`

    Or most items of all lists of a file do, however short each list is; then a list below an item
    that asks is an answer, too.
    """
    plain = {at: block.items for at, block in enumerate(blocks) if _is_plain_list(block)}
    answered = {at: [*map(_answered_in_line, items)] for at, items in plain.items()}
    found = [item for items in answered.values() for item in items]
    asked = sum(map(bool, found))
    everywhere = asked >= max(limit.LONG_RUN, limit.MOST_PLAIN_ASK * len(found))
    for at, items in answered.items():
        least = max(limit.COUNTED_TITLES, limit.NEARLY_ALL_ASK * len(items))
        if everywhere or sum(map(bool, items)) >= least:
            own = [new or item for new, item in zip(items, plain[at], strict=True)]
            own = [*map(_asked_above, own)] if everywhere else own
            blocks[at] = blocks[at]._replace(items=tuple(own))
    return blocks


def _is_plain_list(block: Block) -> bool:
    return block.type.endswith("list_open") and not _has_titles(block.items)


def _answered_in_line(item: Block) -> Block | None:
    """A plain item with what it asks as its title, if the answer is in its line."""
    asked = _asked(item)
    return with_answer_behind(asked) if asked else None


def _asked_above(item: Block) -> Block:
    """A plain item with a title, if it has one already, or asks and has its answer below."""
    asked = None if item.title else _asked(item)
    title = asked.title if asked else None
    is_asked = title and title.name.endswith(QUESTION_MARKS)
    return asked if asked and title and is_asked and (asked.inside or title.glued) else item


def _asked(item: Block) -> Block | None:
    """A plain item with its first line as a title, if it has a question mark."""
    head = item.tokens[2:5]
    if head[0].type != "paragraph_open" or not any(m in head[1].content for m in QUESTION_MARKS):
        return None
    return item._replace(title=item_title(item.tokens[1], head), inside=item.tokens[5:-2])


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
        if any(end_tag(child.content, SUMMARY) for child in inline_of(blocks[end])):
            return end + 1  # `Why?</summary>` in a paragraph
    return None


def _without_end_of_summary(block: Block) -> Block:
    token = block.tokens[0]
    closing = end_tag(token.content, SUMMARY) if token.type == "html_block" else None
    if not closing:
        return block
    rest = token.content[: closing.start] + token.content[closing.end :]
    return block._replace(tokens=(token.copy(content=rest),))


# -- headings, paragraphs and list items -----------------------------------------------------------


def _heading(run: tuple[Token, ...]) -> Block:
    children = tuple(run[1].children or ())
    words = visible(children)
    if framed := FRAME.match(words):
        children, words = cut(children, framed.end()), words[framed.end() :]
    if "\n" in words:  # text over a line of `---` or `===`: no title was meant
        return Block(run)
    return Block(run, heading_title(int(run[0].tag[1]), children, words, run[0]))


FRAME = re.compile(r"=+[^\S\n]*\n")  # above a heading that a second such line underlines
NEXT = re.compile(r"\n\s*(?:[2-9]|[1-9]\d{1,2})[.)][ \t]+\S")  # 1 would begin a list
SECTION = 60  # characters of a line that names what is below


def _paragraphs(run: tuple[Token, ...]) -> list[Block]:
    """A paragraph, cut below its first line where the next is `6. X?`, after `Harder ones`.

    To Markdown a list that does not begin with 1 goes on with the text above it.
    """
    run = _without_leading_breaks(run)
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


def _without_leading_breaks(run: tuple[Token, ...]) -> tuple[Token, ...]:
    """A paragraph without the `<br>` in the lines above its text, which is only spacing."""
    inline = run[1]
    if not LEADING_BREAKS.match(inline.content):
        return run
    children = inline.children or []
    at = next((at for at, child in enumerate(children) if not _is_spacing(child)), None)
    if at is None:
        return run
    lines = sum(child.type in BREAKS for child in children[:at])
    first, end = inline.map or (0, 0)
    places = (first + lines, end)
    text = inline.content.split("\n", lines)[-1]
    below = inline.copy(children=children[at:], content=text, map=places)
    return (run[0].copy(map=places), below, *run[2:])


def _is_spacing(child: Token) -> bool:
    is_break = child.type == "html_inline" and bool(BREAK.fullmatch(child.content))
    return is_break or child.type in BREAKS or (child.type == "text" and not child.content.strip())


LEADING_BREAKS = re.compile(r"(?:\s*<br\s*/?>)+[^\S\n]*\n\s*(?=[^\s<])", re.IGNORECASE)


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


# What titles are together with the blocks beside them, in this order.
STEPS: tuple[Callable[[list[Block]], list[Block]], ...] = (
    _with_long_headings,
    with_identifiers,
    with_letters,
    with_tight_numbers,
    _with_asking_items,
    _with_long_summaries,
    with_numbered_parts,
    with_answers_behind_titles,
    with_borrowed_titles,
)
