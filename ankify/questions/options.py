"""The options of a test: where they are, which are marked as right, and whether any is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

from ankify.questions import thresholds as limit
from ankify.questions.answers import LISTS
from ankify.questions.block import Block, balanced, shown
from ankify.questions.blocks import read_blocks
from ankify.questions.titles import BREAK, nesting_of
from ankify.questions.words import says_answer
from ankify.reading.inline import BREAKS, cut, visible
from ankify.reading.tokens import Token

Tokens = Sequence[Token]

OFFER = re.compile(r"\s*[(\[]?([a-hA-H])[.)\]、:]\s*\S")  # `A) an owl`
OFFERS = 2  # options of a test, behind the first
SHOWING = ("strong_open", "fence", "table_open", "html_block")  # one option may be the bold one


# -- options that nothing marks --------------------------------------------------------------------


def only_offers(tokens: Iterable[Token]) -> bool:
    """Whether tokens end with options, and nothing says which is right."""
    tokens = tuple(tokens)
    inline = [token for token in tokens if token.type == "inline"]
    last = inline[-1].words if inline else ""
    if not any(map(OFFER.match, last.split("\n"))):
        return False  # most answers end with a sentence
    texts = [token.words.split("\n") for token in inline]
    offered = "".join(map(_letters, texts)).rpartition("a")[2]
    offers = (it for it, lines in zip(inline, texts, strict=True) if any(map(OFFER.match, lines)))
    children = chain.from_iterable(it.children or () for it in offers)
    is_marked = any(it.type in SHOWING or it.meta.get("checked") for it in (*tokens, *children))
    is_marked = is_marked or any(_is_ticked(line) for lines in texts for line in lines)
    return len(offered) >= OFFERS and "bcdefgh".startswith(offered) and not is_marked


def offers_several(tokens: Iterable[Token]) -> bool:
    """Whether there are several boxes to tick in tokens, or lines with the letter of an option."""
    tokens = tuple(tokens)
    texts = (visible(it.children or ()).split("\n") for it in tokens if it.type == "inline")
    offers = sum(bool(OFFER.match(line)) for lines in texts for line in lines)
    return max(offers, sum(1 for _ in boxes(tokens))) >= OFFERS


def tells_option(words: str) -> bool:
    """Whether a line below options says which is right with a sign: `=> B`, `✅ C. An owl`."""
    return bool(TELLS.match(words))


TELLS = re.compile(
    r"\s*(?:=+>|-+>|[→⇒➡👉✅✔☑✓][\ufe0e\ufe0f]?)\s*[(\[]?[a-hA-H](?:[)\].、:,]|\s*$|\s*\n)"
)


def _letters(lines: Sequence[str]) -> str:
    """The letters of the options in a paragraph; `?` for what is above them, or an answer."""
    found = [match[1].lower() if (match := OFFER.match(line)) else "" for line in lines]
    said = any(not letter and says_answer(line) for letter, line in zip(found, lines, strict=True))
    return f"{'' if found[0] else '?'}{''.join(found)}{'?' * said}"


def without_key(
    sides: Sequence[tuple[Tokens, Tokens]], *, has_key: bool, is_test: bool = False
) -> frozenset[int]:
    """The positions of the questions, stem and answer each, whose answer is only options.

    `has_key` says that an answer of the file has a label; it parts the stem from the answer.
    `is_test` says that most other questions are left to the reader to answer.

    Where none has, `a) X` and `b) Y` may be the answers themselves, unless nearly all of the
    questions have as many of them; in a long test with many, one more or less.
    """
    counts = [_count((*stem, *answer)) for stem, answer in sides]
    asked = (at for at, (stem, _) in enumerate(sides) if counts[at] and not stem)
    left = {at for at in asked if _is_open(sides[at][1])}
    if is_test:
        return frozenset(left)
    if has_key:
        is_test = sum(map(bool, counts)) >= limit.MOST * len(counts)
    else:
        usual = Counter(counts[at] for at in left).most_common(1)[0][0] if left else 0
        least = limit.NEARLY_ALL_ASK * len(counts)
        is_test = usual > FEW and counts.count(usual) >= max(least, SEVERAL)
        near = sum(abs(count - usual) <= 1 for count in counts)
        is_test = is_test or (usual >= MANY and near >= max(least, limit.LONG_RUN))
    return frozenset(left if is_test else ())


FEW = 2  # options
MANY = 4  # options: who answers with letters has sometimes fewer
SEVERAL = 3  # questions with as many options that make a test
BOXES = 99  # options: boxes to tick are no answers, however many there are


def _count(answer: Tokens) -> int:
    """How many options an answer has: `a) X` and `b) Y`, or boxes; 0 for none."""
    has_boxes = next(boxes(answer), None) is not None
    inline = (token for token in answer if token.type == "inline")
    lines = (line for token in inline for line in token.words.split("\n"))
    letters = {found[1].lower() for line in lines if (found := OFFER.match(line))}
    return len(letters) if {"a", "b"} <= letters else BOXES * has_boxes


def _is_open(answer: Tokens) -> bool:
    """Whether an answer ends with options, none of them marked or ticked."""
    ticks = [*boxes(answer)]
    if not ticks:
        return only_offers(answer)
    is_last = answer[-1].type in ("bullet_list_close", "ordered_list_close")
    if not is_last:  # a box whose blank was forgotten is a line of a paragraph
        inline = next((token for token in reversed(answer) if token.nesting == 0), None)
        lines = visible(inline.children or ()).split("\n") if inline else [""]
        is_last = bool(TIGHT_BOX.match(lines[-1]))
    return is_last and not any(ticks)


# -- options of which some are marked --------------------------------------------------------------

TICKS = "✅✔☑✓"
CROSSES = "❌✗✘"
SIGN = rf"[{TICKS}{CROSSES}][\ufe0e\ufe0f]?"
SIGN_BEFORE = re.compile(rf"\s*{SIGN}\s*")
SIGN_BEHIND = re.compile(rf"\s*{SIGN}\s*$|(?<=\S)\s+[X*]\s*$")
CROSSED = re.compile(r"\S\s+[X*]\s*$")  # `B. Y X`, where somebody has crossed it
# `B. Y (correct)`, `B. Y（正解）`; not `map.get(key)`
REMARK_BEHIND = re.compile(
    r"(?:\s+[(\[]|\s*（)(?P<said>[^\W\d_][^()\[\]（）]{3,}|[^\x00-\x7f]{2,})[)\]）]\s*$"
)

EMPHASIS = ("b", "strong", "i", "em", "u", "mark")


def _nesting_of_mark(token: Token) -> int:
    """1 where text begins that stands out, -1 where it ends."""
    return nesting_of(token, EMPHASIS)


# A line that the first option may be in; most texts have none, and need no closer look.
FIRST = re.compile(r"(?:^|\n)(?:[^\w\n]|<\w+>)*[aA][.)\]、:]")
LETTER_A = re.compile(r"[aA][.)\]、:]")  # anywhere, which is found sooner


def _may_offer(inline: Token) -> bool:
    text = inline.content or inline.words
    return bool(LETTER_A.search(text) and FIRST.search(text))


class Line(NamedTuple):
    """A line of a paragraph with the letter of the option it begins with, or "".

    It is marked if it is bold, `**B. Y**`, or ticked, `B. Y ✅` and `B. Y (correct)`. With
    `is_led_bold` the letter is bold, and nothing else.
    """

    tokens: Tokens
    letter: str
    is_marked: bool = False
    is_led_bold: bool = False


def read_lines(children: Tokens) -> Iterator[Line]:
    """The lines of a paragraph."""
    line: list[Token] = []
    bold = 0
    for token in children:
        line.append(token)
        if token.type in BREAKS:
            yield _line(line, bold)
            bold += sum(map(_nesting_of_mark, line))
            line = []
    yield _line(line, bold)


def _line(tokens: list[Token], bold: int) -> Line:
    """A line; `bold` says whether bold text goes on from the line above."""
    words = visible(tokens)
    leading = SIGN_BEFORE.match(words)
    found = OFFER.match(words, leading.end() if leading else 0)
    if not found:
        return Line(tokens, "")
    led, said = (_is_bold_at(tokens, at, bold) for at in (found.start(1), found.end() - 1))
    return Line(tokens, found[1].lower(), (led and said) or _is_ticked(words), led and not said)


def _is_bold_at(tokens: Tokens, place: int, bold: int) -> bool:
    """Whether the character at a place of the visible text stands out."""
    for token in tokens:
        bold += _nesting_of_mark(token)
        place -= len(visible((token,)))
        if place < 0:
            break
    return bold > 0


def _is_ticked(words: str) -> bool:
    """Whether an option has a tick at either end, or ends with `(correct)`."""
    signs = words.strip()[:1], words.rstrip(" \n\ufe0e\ufe0f")[-1:]
    remark = REMARK_BEHIND.search(words)
    if any(sign and sign in TICKS for sign in signs) or CROSSED.search(words):
        return True
    return bool(remark and _says_right(remark))


def _says_right(remark: re.Match[str]) -> bool:
    return says_answer(f"{remark['said']}:")


def has_marked_options(tokens: Iterable[Token]) -> bool:
    """Whether there are options in the tokens, and some of them, but not all, are marked."""
    inline = [token for token in tokens if token.type == "inline"]
    if not any(map(_may_offer, inline)):
        return False
    lines = (line for token in inline for line in read_lines(token.children or ()))
    return _are_marked([line for line in lines if line.letter])


def _are_marked(options: Sequence[Line]) -> bool:
    marks = {option.is_marked for option in options}, {option.is_led_bold for option in options}
    return _are_in_order(options) and max(map(len, marks)) > 1


def _are_in_order(options: Sequence[Line]) -> bool:
    letters = "".join(option.letter for option in options)
    return len(letters) >= OFFERS and "abcdefgh".startswith(letters)


def marked_options(blocks: Sequence[Block], *, in_lists: bool = False) -> range:
    """The positions of the blocks with options of which some are marked; empty if there are none.

    The options may be lines of one paragraph, items of a list, or a paragraph each. Items need no
    letters where `in_lists` says that one is marked throughout the file.
    """
    may_offer = any(map(_may_offer, chain.from_iterable(map(_inline, blocks))))
    found = [_options_in(block) if may_offer else [] for block in blocks]
    for start, options in enumerate(found):
        if in_lists and _has_marked_item(blocks[start]):
            return range(start, start + 1)
        if not options or options[0].letter != "a":
            continue
        end = start + 1
        while end < len(found) and found[end] and found[end][0].letter > options[-1].letter:
            options += found[end]
            end += 1
        if _are_marked(options):
            return range(start, end)
    return range(0)


def _options_in(block: Block) -> list[Line]:
    inline = (token.children or () for token in _inline(block))
    return [line for children in inline for line in read_lines(children) if line.letter]


def _inline(block: Block) -> list[Token]:
    is_text = block.type in ("paragraph_open", *LISTS)
    return [token for token in block.tokens if is_text and token.type == "inline"]


def is_test_of_lists(parts: Iterable[Sequence[Block]]) -> bool:
    """Whether nearly all questions, of which these are the blocks, have a list with one marked.

    Most are enough where nearly all have boxes to tick: a test that is not done yet.
    """
    listed, boxed = [], []
    for blocks in parts:
        listed.append(any(map(_has_marked_item, blocks)))
        boxed.append(any(True for block in blocks for _ in boxes(block.tokens)))
    nearly_all = limit.NEARLY_ALL_ASK * len(listed)
    least = limit.MOST * len(listed) if sum(boxed) >= nearly_all else nearly_all
    return sum(listed) >= max(least, SEVERAL)


def _has_marked_item(block: Block) -> bool:
    """Whether one item of a list is marked as the right option: bold, or with a tick."""
    return _has_ticked_item(block) or _has_bold_item(block)


def _has_ticked_item(block: Block) -> bool:
    """Whether a list has one item with a tick, `- owls ✅` or `- owls (correct)`."""
    texts = [token.words for token in _inline(block)] if block.type in LISTS else []
    return len(texts) >= limit.BOXES and sum(map(_is_ticked, texts)) == 1


def _has_bold_item(block: Block) -> bool:
    """Whether a list has one item that is bold from end to end, and nothing else that is bold."""
    if block.type not in LISTS:
        return False
    items = [token.children or () for token in _inline(block)]
    if len(items) < limit.BOXES:
        return False
    bold = [item for item in items if any(map(_nesting_of_mark, item))]
    if len(bold) != 1 or says_answer(visible(bold[0])):  # `- **Answer: b**`
        return False
    *depths, end = accumulate(map(_nesting_of_mark, bold[0]))
    return min(depths, default=0) > 0 == end


def unmarked(block: Block) -> Block:
    """The block with nothing that says which of its options are right."""
    plain = _has_bold_item(block)
    signs = plain or has_ticked_box(block) or _has_ticked_item(block)
    tokens = (_unmarked(token, plain=plain, signs=signs) for token in block.tokens)
    return block._replace(tokens=tuple(tokens), items=())


def _unmarked(token: Token, *, plain: bool, signs: bool) -> Token:
    """Without the tick, and where all lines are options `plain` text without `signs`."""
    if token.meta.get("checked"):
        return token.copy(meta={**token.meta, "checked": False})
    if token.type != "inline":
        return token
    children: list[Token] = []
    for line in read_lines(token.children or ()):
        kept = line.tokens
        if line.is_marked or line.is_led_bold or plain:
            kept = [token for token in kept if not _nesting_of_mark(token)]
        children += _without_signs(kept) if line.letter or signs else kept
    return token.copy(children=children)


def _without_signs(line: Tokens) -> Tokens:
    words = visible(line)
    before, behind = SIGN_BEFORE.match(words), _mark_behind(words)
    ends = before.end() if before else 0, behind.start() if behind else len(words)
    broken = line[-1:] if behind and line[-1].type in BREAKS else ()
    return (*cut(line, *ends), *broken)


def _mark_behind(words: str) -> re.Match[str] | None:
    remark = REMARK_BEHIND.search(words)
    return remark if remark and _says_right(remark) else SIGN_BEHIND.search(words)


def has_ticked_box(block: Block) -> bool:
    """Whether some boxes of a list, but not all, are ticked: `- [x] B` beside `- [ ] A`."""
    return block.type in LISTS and len({*boxes(block.tokens)}) > 1


def boxes(tokens: Iterable[Token]) -> Iterator[bool]:
    """Say of each box to tick in tokens whether it is: `- [x] B`, or `- [ ] B (correct)`."""
    is_ticked = None  # what the box says that the text below is of
    for token in tokens:
        if "checked" in token.meta:
            is_ticked = bool(token.meta["checked"])
        elif token.type == "inline" and is_ticked is not None:
            yield is_ticked or _is_ticked(token.words)
            is_ticked = None
        elif token.type == "inline" and TIGHT_BOX.search(token.content):
            found = TIGHT_BOX.finditer(visible(token.children or ()))
            yield from (box["tick"] != " " or _is_ticked(box["option"]) for box in found)


# `-[ ] Y`, whose blank was forgotten: text to Markdown
TIGHT_BOX = re.compile(r"^[-*+]\[(?P<tick>[ xX])\](?P<option>.*\S)", re.MULTILINE)


def with_key_apart(block: Block) -> list[Block]:
    """A list of options whose last item is the key, `- Answer: b`, parted from it; else nothing."""
    if block.type not in LISTS:
        return []
    opening, *inside, closing = block.tokens
    if not any(_may_offer(token) for token in inside if token.type == "inline"):
        return []
    items = [*balanced(inside)]
    words = [visible(_head(item)) for item in items]
    if len(items) <= FEW or not says_answer(words[-1]) or OFFER.match(words[-1]):
        return []
    if not all(map(OFFER.match, words[:-1])):
        return []
    options = tuple(chain.from_iterable(items[:-1]))
    key = shown(items[-1][1:-1])
    return [block._replace(tokens=(opening, *options, closing), items=()), *read_blocks(tuple(key))]


def _head(item: Tokens) -> Tokens:
    """The inline tokens of the first paragraph of a list item."""
    return next((token.children or () for token in item[:3] if token.type == "inline"), ())


def with_options_apart(block: Block) -> Iterator[Block]:
    """A paragraph with the options of a test and its key, parted from what is around them.

    `Which? / A. X / **B. Y**` is two paragraphs, and so is `A. X / B. Y / Answer: B`. What is
    below the last option and a forced line break explains the marked one.
    """
    may_offer = block.type == "paragraph_open" and _may_offer(block.tokens[1])
    lines = [*read_lines(block.tokens[1].children or ())] if may_offer else []
    options = [at for at, line in enumerate(lines) if line.letter]
    end = _end_of_options(lines, options[-1] + 1) if options else len(lines)
    found = [lines[at] for at in options]
    if not _are_marked(found) and (end == len(lines) or not _are_in_order(found)):
        yield block
        return
    for part in lines[: options[0]], lines[options[0] : end], lines[end:]:
        children = [token for line in part for token in line.tokens]
        while children and _is_gap(children[-1]):
            children.pop()
        if not all(map(_is_gap, children)):
            opening, inline, closing = block.tokens
            # One of its own: where the answer says the stem again is known by its first token.
            yield Block((opening.copy(), inline.copy(children=children), closing))


def _end_of_options(lines: Sequence[Line], below: int) -> int:
    """Where the label of an answer is below the last option, or the text below a forced break."""
    if _is_broken(lines[below - 1]):
        return below
    texts = ((at, visible(lines[at].tokens)) for at in range(below, len(lines)))
    labels = (at for at, text in texts if says_answer(text) or tells_option(text))
    return next(labels, len(lines))


def _is_broken(line: Line) -> bool:
    """Whether a line ends with a forced break: two spaces, a backslash, or `<br>`."""
    return any(map(_is_forced, (token for token in line.tokens if token.type != "softbreak")))


def _is_gap(token: Token) -> bool:
    return (
        _is_forced(token)
        or token.type == "softbreak"
        or (token.type == "text" and not token.content.strip())
    )


def _is_forced(token: Token) -> bool:
    return token.type == "hardbreak" or bool(BREAK.fullmatch(token.content))
