"""Flashcards marked as in Obsidian, Logseq, Notion and spaced-repetition plug-ins.

`X :: Y`, `X::Y`, `X;; Y`, a line `?` between front and back, tables of `| Question | Answer |`,
`- X? #card` and lists of toggles. They are looked for where no other question of the file is: in
the answer to a question they are a part of it. Only `#card` says so plainly that it is taken
anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain, groupby, pairwise, takewhile

from ankify.model import Question
from ankify.questions import thresholds as limit
from ankify.questions.answers import LISTS, OPTION
from ankify.questions.block import balanced, paragraph_of, shown
from ankify.questions.blocks import DIVIDERS, has_divider
from ankify.questions.numbers import read_number, strip_number
from ankify.questions.words import (
    QUESTION_MARKS,
    asks,
    bare,
    begins_as_answer,
    label,
    names_questions,
    says_answer,
)
from ankify.questions.words.patterns import Headings, Pattern, normal, phrases
from ankify.reading.inline import cut, visible, without_code
from ankify.reading.parse import ParsedFile, plain_text
from ankify.reading.tokens import Token

FEW_MARKS = 2  # marks of one kind in a file that show it is used
SEVERAL = 5  # toggles of a file
# Lines `gato::cat`, each with another word before the colons, that show it: `std::move` is C++.
FEW_TIGHT = 3
MOSTLY_TIGHT = 0.5  # their share of the lines in words
MOST_LINKS = 0.5  # of the answers in a table that are links: it is an index of other files


_ARROWS = ("->", "=>", "→", "⇒")


@dataclass(frozen=True)
class Flashcard:
    """A front of inline tokens and a back of block tokens, with the headings around them.

    `kind` is that of its mark; those that are `sure` need no second one. Without a back it is a
    question without an answer, unless what is asked for is a gap in it.
    """

    line: int
    end: int
    front: tuple[Token, ...]
    back: tuple[Token, ...]
    trail: tuple[str, ...]
    kind: str
    sure: bool = False

    @property
    def is_unanswered(self) -> bool:
        """Whether there is a front alone."""
        return not self.back and not CLOZE_GAP.search(visible(self.front))

    def question(self, parsed: ParsedFile, path: str) -> Question:
        """The question of this flashcard; `path` is that of its file."""
        title = plain_text(self.front, parsed)
        return Question(path, self.line + 1, max(self.end, self.line + 1), None, title, self.trail)


def by_kind(cards: Iterable[Flashcard]) -> dict[str, list[Flashcard]]:
    """Flashcards by how they are marked, in words, each kind in file order."""
    found: dict[str, list[Flashcard]] = {}
    for card in sorted(cards, key=lambda card: card.line):
        found.setdefault(STYLES[card.kind], []).append(card)
    return found


# What the kinds of flashcards are called.
STYLES = {
    "::": "lines `X :: Y`",
    "a::b": "lines `x::y`",
    "?": "paragraphs with a line `?`",
    "|": "rows of tables",
    "#card": "list items with their answers below",
}


def read_flashcards(
    parsed: ParsedFile, taken: Iterable[tuple[int, int]], *, toggles: bool
) -> list[Flashcard]:
    """Find the flashcards of a file outside of the lines `taken` by its questions (1-based).

    `toggles`: whether items that ask, with their answer below them, are taken without `#card`.
    """
    if not _may_have(parsed, toggles):
        return []
    covered = {line for start, end in taken for line in range(start - 1, end)}
    found: list[Flashcard] = []
    trail: list[tuple[int, str]] = []
    runs = list(balanced(parsed.tokens))
    is_tagged = "card" in parsed.masked.text.casefold()
    few = None
    if toggles:
        opened = _with_text_below(runs)
        runs = _with_keys(opened or runs)
        few = 1 if opened else _enough(runs)
    end = 0  # of the flashcard above
    for at, run in enumerate(runs):
        if run[0].map and run[0].map[0] < end:
            continue
        if run[0].type == "heading_open":
            level = int(run[0].tag[1])
            title = strip_number(plain_text(run[1].children or (), parsed))
            trail = [*((up, name) for up, name in trail if up < level), (level, title)]
            continue
        line = run[0].map[0] if run[0].map else 0
        inside = line in covered
        if inside and not is_tagged:  # `#card` alone makes a card within an answer
            continue
        titles = tuple(name for level, name in trail if level > 1)
        if has_divider(run) and not inside:
            ends = run[1].content.rstrip().rpartition("\n")[2].strip() in DIVIDERS
            below = _further_below(runs[at:]) if ends else _right_below(runs[at:])
            cards = list(_divided(run[1], [*below], titles))
            found += cards
            end = cards[-1].end if cards else end
        elif not inside and (card := _divided_in_list(run, runs[at + 1 : at + 2], titles)):
            found.append(card)
            end = card.end
        else:
            found += _of_run(run, titles, inside=inside, few=few)
    return list(_plainly_used(found, parsed.text))


def _may_have(parsed: ParsedFile, toggles: bool) -> bool:
    text = parsed.text
    return (
        _has_mark(text)
        or "\n?\n" in text
        or "\n??\n" in text
        or "#card" in text
        or "#flashcard" in text
        or ("|" in text and _has_few_columns(parsed.tokens))
        or toggles
    )


def _has_mark(text: str) -> bool:
    return "::" in text or ";;" in text or any(arrow in text for arrow in _ARROWS)


def _has_few_columns(tokens: Iterable[Token]) -> bool:
    """Whether there is a table of two columns or more, but not of very many."""
    columns = 0
    for token in tokens:
        if token.type == "th_open":
            columns += 1
        elif token.type == "thead_close":
            if 1 < columns <= COLUMNS:
                return True
            columns = 0
    return False


COLUMNS = 6  # a number, question and answer, and remarks on them


def _plainly_used(found: Iterable[Flashcard], text: str) -> Iterator[Flashcard]:
    """Leave out kinds of marks of which a file has but one, unless it says `#flashcards`.

    Without a back they count for nothing, but are found beside others of their kind.
    """
    marked = list(found)
    cards = [card for card in marked if not card.is_unanswered]
    if not marked:
        return
    kinds: set[str] = set()
    says_so = re.search(r"(?:^|\s)#(?:flash)?cards?\b", text) is not None
    for _, group in groupby(sorted(cards, key=lambda card: card.kind), lambda card: card.kind):
        same = list(group)
        is_used = len(same) >= FEW_MARKS if same[0].kind != _TIGHTLY else _are_pairs(same, text)
        if is_used or says_so or any(card.sure for card in same):
            kinds.add(same[0].kind)
            yield from sorted(same, key=lambda card: card.line)
    if says_so or _TIGHTLY in kinds:
        kinds.add("::")  # `What is it::`
    yield from (it for it in marked if it.is_unanswered and (it.sure or it.kind in kinds))


_TIGHTLY = "a::b"  # the kind


def _are_pairs(cards: Sequence[Flashcard], text: str) -> bool:
    """Whether most of a file is lines `gato::cat`, not names of one library or another."""
    lines = [line for line in text.split("\n") if re.match(r"[ \t>*+-]*[^\W_]", line)]
    last_words = {visible(card.front).split()[-1] for card in cards}
    return len(last_words) >= FEW_TIGHT and len(cards) >= MOSTLY_TIGHT * len(lines)


def _of_run(
    run: Sequence[Token], trail: tuple[str, ...], *, inside: bool, few: int | None
) -> Iterator[Flashcard]:
    kind = run[0].type
    if kind == "paragraph_open" and not inside:
        yield from _of_paragraph(run[1], trail)
    elif kind == "table_open" and not inside:
        yield from _of_table(run, trail)
    elif kind in LISTS:
        yield from _of_list(run, trail, inside=inside, few=few)


# -- paragraphs: X::Y, and a line `?` --------------------------------------------------------------

# Paris :: the capital, What is it?::A city; not std::move, nor a::b::c
_PAIR = re.compile(
    r"(?P<front>[^:\n]*[^\s:])(?:[ \t]+:::?[ \t]+|(?<=[?？])[ \t]*:::?[ \t]*)(?=[^\s:])"
)
# What is it? -> A city, Paris :-> the capital
_ARROW = re.compile(
    r"(?P<front>[^\n]*?(?:[?？](?=[ \t]*(?:->|=>|→|⇒))|[^\s:](?=[ \t]+:->)))"
    r"[ \t]*(?::->|->|=>|→|⇒)[ \t]*(?=\S)"
)
# What is it?;; A city
_SEMICOLONS = re.compile(r"(?P<front>[^\n]*?[^\s;])[ \t]*;;;?[ \t]+(?=[^\s;])")
# gato::cat; not a::b::c, nor {{c1::cat}}
_TIGHT = re.compile(r"(?=[^:{\n]*[^\W\d_])(?P<front>[^:{\n]*+):::?(?=[^\s:])(?!.*::)")
# What is it::
_FRONT_ALONE = re.compile(r"(?=[^:{\n]*[^\W\d_])(?P<front>[^:{\n]*[^\s:{])[ \t]*:::?[ \t]*\Z")
# What is X? #card, #card #exam
_TAG = re.compile(
    r"[ \t]*(?:#[^\W\d][\w/-]*[ \t]+)*#(?:flash)?cards?\b[\w/]*(?:[ \t]+#[^\W\d][\w/-]*)*[ \t]*",
    re.IGNORECASE,
)


def _right_below(runs: Sequence[Sequence[Token]]) -> Iterator[Token]:
    """What is below the first of some blocks without an empty line between: the list of a back."""
    for above, run in pairwise(runs):
        above_map, own = above[0].map, run[0].map
        if not above_map or not own or own[0] != above_map[1] or run[0].type == "heading_open":
            return
        yield from run


def _further_below(runs: Sequence[Sequence[Token]]) -> Iterator[Token]:
    """What is below a line `?` that ends a paragraph: to another card, a heading or a break."""
    right = [*_right_below(runs)]
    if right:
        yield from right
        return
    for run in runs[1:]:
        if run[0].type in ("heading_open", "hr", "table_open") or has_divider(run):
            return
        if next(_of_run(run, (), inside=False, few=None), None):
            return
        yield from run


def _divided(inline: Token, below: Sequence[Token], trail: tuple[str, ...]) -> Iterator[Flashcard]:
    """The flashcards of a paragraph with lines `?` between front and back; none without a back.

    Who leaves no empty line between two has the next front right above its `?`.
    """
    children = tuple(inline.children or ())
    first = inline.map[0] if inline.map else 0
    lines = without_code(children).split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    dividers: list[int] = []  # not those in code
    for at, line in enumerate(lines):
        if line.strip() in DIVIDERS and at > (dividers[-1] + 2 if dividers else 0):
            dividers.append(at)
    for at, over in pairwise([*dividers, len(lines) + 1]):
        top = at - 1 if at > dividers[0] else 0
        last = over > len(lines)
        front = cut(children, starts[top], starts[at] - 1)
        back = cut(children, starts[at + 1], starts[over - 1] - 1) if at + 1 < over - 1 else ()
        tokens = paragraph_of(back, first + at + 1) if back else ()
        more = below if last else ()
        if visible(front).strip():
            end = max((token.map[1] for token in more if token.map), default=first + over - 1)
            sure = visible(front).rstrip().endswith(QUESTION_MARKS)
            yield Flashcard(first + top, end, front, (*tokens, *more), trail, "?", sure)


def _divided_in_list(
    run: Sequence[Token], below: Sequence[Sequence[Token]], trail: tuple[str, ...]
) -> Flashcard | None:
    """A flashcard whose front ends with a list: the line `?` seems to belong to its last item."""
    if run[0].type != "paragraph_open" or not below or below[0][0].type not in LISTS:
        return None
    above_map, own = run[0].map, below[0][0].map
    items = [token for token in below[0] if token.type == "inline"]
    if not above_map or not own or own[0] != above_map[1] or not items:
        return None
    lines = without_code(items[-1].children or ()).split("\n")
    divider = next((at for at, line in enumerate(lines) if at and line.strip() in DIVIDERS), None)
    if divider is None or divider + 1 == len(lines):
        return None
    last = tuple(items[-1].children or ())
    points = [*(tuple(item.children or ()) for item in items[:-1])]
    points.append(cut(last, 0, len("\n".join(lines[:divider]))))
    front = list(run[1].children or ())
    for point in points:
        front += (Token("hardbreak", "br", 0), Token("text", "", 0, content="• "), *point)
    back = cut(last, len("\n".join(lines[: divider + 1])) + 1)
    line = (items[-1].map or own)[0]
    tokens = paragraph_of(back, line + divider + 1)
    return Flashcard(above_map[0], own[1], tuple(front), tokens, trail, "?", True)


def _of_paragraph(inline: Token, trail: tuple[str, ...]) -> Iterator[Flashcard]:
    children = tuple(inline.children or ())
    words = without_code(children)
    if not _has_mark(words):
        return
    first = inline.map[0] if inline.map else 0
    lines = words.split("\n")
    start = 0
    for at, line in enumerate(lines):
        if found := _FRONT_ALONE.match(line):
            front = _untagged(cut(children, start, start + found.end("front")))
            kind = "::" if asks(found["front"]) else _TIGHTLY
            yield Flashcard(first + at, first + at + 1, front, (), trail, kind)
        spaced = _PAIR.match(line) or _SEMICOLONS.match(line) or _ARROW.match(line)
        if found := spaced or _TIGHT.match(line):
            front = _untagged(cut(children, start, start + found.end("front")))
            back = cut(children, start + found.end(), start + len(line))
            tokens = paragraph_of(_untagged(back), first + at)
            kind = "::" if spaced else _TIGHTLY
            if visible(front).strip():  # not `#card::x`, which asks nothing
                yield Flashcard(first + at, first + at + 1, front, tokens, trail, kind)
        start += len(line) + 1


def _untagged(children: Sequence[Token]) -> tuple[Token, ...]:
    """Inline tokens without `#card`."""
    words = visible(children)
    found = _TAG.search(words) if "#" in words else None
    if not found:
        return tuple(children)
    return (*cut(children, 0, found.start()), *cut(children, found.end()))


def without_marks(answer: Iterable[Token], cards: Iterable[Flashcard]) -> Iterator[Token]:
    """The tokens of an answer in which flashcards are words.

    They have cards of their own: `{{c1::Rome}}` would make a cloze note of what is around them.
    """
    lines = {line for card in cards for line in range(card.line, max(card.line + 1, card.end))}
    for token in answer:
        if token.type == "inline" and token.map and token.map[0] in lines:
            children = _untagged(token.children or ())
            yield token.copy(children=[_without_gaps(child) for child in children])
        else:
            yield token


def _without_gaps(child: Token) -> Token:
    if child.type != "text" or not ("{{" in child.content or "}}" in child.content):
        return child
    return child.copy(content=_GAP_MARKS.sub("", child.content))


_GAP_MARKS = re.compile(r"\{\{c\d+::|(?:::[^{}\n]*)?\}\}")  # those of {{c1::Rome::a city}}


# -- tables ----------------------------------------------------------------------------------------


def _of_table(run: Sequence[Token], trail: tuple[str, ...]) -> Iterator[Flashcard]:
    """The rows of a table, a label of a question above one column, of an answer above the next.

    A column in front of them may count, `| # | Question | Answer |`; others are remarks.
    """
    heads = [run[at + 1] for at, token in enumerate(run) if token.type == "th_open"]
    names = [_REMARK.sub("", head.words).strip() for head in heads]
    counts = len(names) > 2 and _counts(names[0])
    if not counts < len(names) - 1 < COLUMNS:
        return
    behind = range(counts + 1, len(names))  # `| Question | Level | Answer |`
    column = next((at for at in behind if _are_sides(names[counts], names[at])), None)
    if column is None:
        return
    cells = [run[at + 1] for at, token in enumerate(run) if token.type == "td_open"]
    rows = [cells[at : at + len(heads)] for at in range(0, len(cells), len(heads))]
    sides = [
        [row[counts], *row[column:], *row[counts + 1 : column]] for row in rows if len(row) > column
    ]
    links = sum(_is_link(back) for _, back, *_ in sides)
    if links > MOST_LINKS * len(sides) or _is_key([front for front, *_ in sides]):
        return
    if sum(map(_is_of_key, sides)) >= limit.NEARLY_ALL_ASK * len(sides):
        return
    has_answers = any(back.children for _, back, *_ in sides)
    for front, back, *remarks in sides:
        line = front.map[0] if front.map else 0
        asked = _without_label(front.children or ())
        if not back.children:
            if has_answers and visible(asked).strip() and not _is_heading(asked):
                yield Flashcard(line, line + 1, asked, (), trail, "|", True)
        elif visible(asked).strip():
            said = (cell.children for cell in (back, *remarks) if cell.children)
            tokens = tuple(chain.from_iterable(paragraph_of(children, line) for children in said))
            yield Flashcard(line, line + 1, asked, tokens, trail, "|", True)


def _is_heading(front: Sequence[Token]) -> bool:
    """Whether a cell beside an empty one heads the rows below it: it is bold, and does not ask."""
    return front[0].type == "strong_open" and not asks(visible(front))


def _counts(name: str) -> bool:
    """Whether what is above a column says that it counts: nothing, "#", "No."."""
    return not _LETTER.search(name) or normal(name) in _counting_heads()


def _without_label(front: Sequence[Token]) -> tuple[Token, ...]:
    """What is asked in a cell, without the label of a question: `Q3: X`."""
    read = read_number(visible(front))
    return cut(front, read.start) if read.is_labelled else tuple(front)


_REMARK = re.compile(r"\([^()]*\)")  # | Question (cover it) |
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\W*(\d{1,4})\W*")


def _is_key(fronts: Sequence[Token]) -> bool:
    """Whether the cells of a column only count, as in the key to a test: `| 3 | A |`."""
    found = [_NUMBER.fullmatch(front.words) for front in fronts]
    counted = [int(number[1]) for number in found if number]
    return counted == [*range(1, len(fronts) + 1)]


def _is_of_key(sides: Sequence[Token]) -> bool:
    """Whether a row is one of a key, wherever its numbers begin: `| 51 | A | 76 | B |`."""
    words = [visible(cell.children or ()) for cell in sides]
    letters = [word for word in words[1:] if not _NUMBER.fullmatch(word)]
    return bool(_NUMBER.fullmatch(words[0]) and letters) and all(map(_CHOICE.fullmatch, letters))


_CHOICE = re.compile(r"\W*[A-Ha-h](?:[\s,;/&+]*[A-Ha-h])*\W*|\s*")  # `B`, `A, C`


def _is_link(cell: Token) -> bool:
    """Whether a cell is nothing but a link."""
    types = [child.type for child in cell.children or ()]
    return types[:1] == ["link_open"] and types.index("link_close") == len(types) - 1


def _are_sides(front: str, back: str) -> bool:
    """Whether words above two columns are those of the sides of a card."""
    asked, said = _bare(front).split(), _bare(back).split()
    if not asked or not said or max(len(asked), len(said)) > FEW_WORDS:
        return False
    alone = f"{back}:" if len(back) == 1 else back  # `| Q | A |`
    in_front = bool(_LABEL.compiled.fullmatch(_bare(front)) or _FRONTS.match(front))
    in_back = bool(says_answer(alone) or _BACKS.match(back))
    if in_front or in_back:  # `| Question | Short answer |`, `| Common questions | Answer |`
        in_front = in_front or names_questions(front)
        return in_front and (in_back or any(map(begins_as_answer, said)))
    return names_questions(asked[-1]) and any(map(begins_as_answer, said))


FEW_WORDS = 4  # of a head: more are a sentence
_LABEL = Pattern(label)
_FRONTS, _BACKS = Headings("fronts"), Headings("backs")


def _bare(name: str) -> str:
    """A head of a table in lower case, without the signs and emoji around it."""
    return bare(name.lower())


@cache
def _counting_heads() -> frozenset[str]:
    """What may be above a column that counts: "No.", "Nr"."""
    return frozenset(map(normal, phrases("number_words")))


# -- list items ------------------------------------------------------------------------------------


def _of_list(
    run: Sequence[Token], trail: tuple[str, ...], *, inside: bool, few: int | None
) -> Iterator[Flashcard]:
    """Items with `#card`; those that ask, if most do; `X::Y`; and those in the items below.

    `few` are so many that have to ask; None where none is a toggle.
    """
    items = _items(run)
    take_asking = few is not None and not inside and _mostly_ask(items, few)
    take_all = take_asking and _nearly_all_ask(items)
    for item in items:
        head, below = item[:3], item[3:]
        if not head or head[0].type not in ("paragraph_open", "heading_open"):
            continue
        children = tuple(head[1].children or ())
        words = visible(children)
        is_taken = take_all or (take_asking and _asks(item, sure=few == 1))
        has_back = below or CLOZE_GAP.search(words)
        if has_back and (_is_card(words) or is_taken):
            line = head[0].map[0] if head[0].map else 0
            end = max(
                (token.map[1] for token in below if token.map and not token.nesting), default=line
            )
            front = _untagged(children)
            yield Flashcard(line, end, front, tuple(shown(below)), trail, "#card", True)
        elif not inside and (
            "::" in words
            or (_has_mark(words) and (_ARROW.match(words) or _SEMICOLONS.match(words)))
        ):
            yield from _of_paragraph(head[1], trail)
        else:
            for inner in balanced(below):
                title = visible(children).split("\n")[0].strip()
                deeper = (*trail, title) if title and len(title) < LONG else trail
                yield from _of_run(inner, deeper, inside=inside, few=few)


def _items(run: Sequence[Token]) -> list[tuple[Token, ...]]:
    """What is in each item of a list; `- Answer: Y` belongs to the item above."""
    items: list[tuple[Token, ...]] = []
    for inside in _parted([tuple(item[1:-1]) for item in balanced(run[1:-1])]):
        is_answer = inside[:1] and says_answer(_words(inside)) and not OPTION.match(_words(inside))
        if items and is_answer:
            items[-1] += inside
        else:
            items.append(inside)
    return items


def _parted(items: Sequence[tuple[Token, ...]]) -> Iterator[tuple[Token, ...]]:
    """The items, with a first line that asks in a paragraph of its own: the answer is below it.

    Where nearly all first lines with others below have a question mark, the rest of them ask, too.
    """
    lines = [_words(item).split("\n") for item in items]
    marked = [first.rstrip().endswith(QUESTION_MARKS) for first, *below in lines if below]
    all_ask = len(marked) > 1 and sum(marked) >= limit.NEARLY_ALL_ASK * len(marked)
    for item, (first, *below) in zip(items, lines, strict=True):
        if below and (all_ask or first.rstrip().endswith(QUESTION_MARKS)):
            children = tuple(item[1].children or ())
            end = visible(children).index("\n")
            line = item[0].map[0] if item[0].map else 0
            asked = paragraph_of(cut(children, 0, end), line)
            yield (*asked, *paragraph_of(cut(children, end + 1), line + 1), *item[3:])
        else:
            yield item


def _with_text_below(runs: Sequence[tuple[Token, ...]]) -> list[tuple[Token, ...]]:
    """Put what is below `- Why?`, a list of one item, into it, where many such lists ask.

    Nothing if they do not.
    """
    alone = [at for at, run in enumerate(runs) if _is_alone(run)]
    asking = sum(asks(_words(_items(runs[at])[0])) for at in alone)
    if asking < SEVERAL or asking <= limit.SOME_ASK * len(alone):
        return []
    found: list[tuple[Token, ...]] = []
    for start, end in pairwise(sorted({0, *alone, len(runs)})):
        run, below = runs[start], runs[start + 1 : end]
        if not _is_alone(run):
            found += runs[start:end]
            continue
        own = [*takewhile(lambda it: it[0].type not in ("heading_open", "hr"), below)]
        found.append((*run[:-2], *chain.from_iterable(own), *run[-2:]))
        found += below[len(own) :]
    return found


def _is_alone(run: Sequence[Token]) -> bool:
    """Whether a run is a bullet with a line of text, and nothing else in its list."""
    types = tuple(token.type for token in run[2:5]) if len(run) == ALONE else ()
    return run[0].type == "bullet_list_open" and types == PLAIN


ALONE = 7  # tokens of a list with one item that is one paragraph


def _with_keys(runs: Sequence[tuple[Token, ...]]) -> list[tuple[Token, ...]]:
    """Put a paragraph `Answer: b` into the list of one item above it."""
    found: list[tuple[Token, ...]] = []
    above: tuple[Token, ...] = ()
    for run in runs:
        is_below = above and above[0].type in LISTS and run[0].type == "paragraph_open"
        is_key = is_below and says_answer(run[1].words)
        if is_key and len(_items(above)) == 1:
            found[-1] = (*above[:-2], *run, *above[-2:])
        else:
            found.append(run)
        above = run
    return found


def _enough(runs: Iterable[Sequence[Token]]) -> int:
    """How many items of a list have to ask: one, where most of those in the file do."""
    lists = (run for run in runs if run[0].type in LISTS)
    items = [item for run in lists for item in _items(run)]
    return 1 if _mostly_ask(items, SEVERAL) else FEW_MARKS


def _mostly_ask(items: Sequence[Sequence[Token]], few: int) -> bool:
    """Whether most items of a list ask, a `few` of them with an answer below."""
    asking = sum(_asks(item, sure=few == 1) for item in items)
    unanswered = sum(len(item) == len(PLAIN) and asks(_words(item)) for item in items)
    return asking >= few and asking + unanswered > limit.MOST_ASK * len(items)


def _nearly_all_ask(items: Sequence[Sequence[Token]]) -> bool:
    """Whether nearly all items with something below ask: then the others do so without a mark."""
    hiding = [item for item in items if len(item) > len(PLAIN)]
    return sum(map(_asks, hiding)) >= limit.NEARLY_ALL_ASK * len(hiding)


LONG = 80  # characters of an item that is no title
CLOZE_GAP = re.compile(r"\{\{c\d+::")  # what is asked for is in the item itself


def _is_card(words: str) -> bool:
    return "#" in words and _TAG.search(words) is not None


def _asks(item: Sequence[Token], *, sure: bool = False) -> bool:
    """Whether an item has something below it, and a question mark at its end.

    `- Define a stack` asks, too, where text is below it; with a list or code it may be a step,
    unless the file is `sure` to ask.
    """
    if len(item) <= len(PLAIN) or item[0].type != "paragraph_open":
        return False
    if _has_question_mark(item):
        return True
    asked = item[1].words.strip()
    return asks(asked) and (sure or item[3].type in ("paragraph_open", "blockquote_open"))


PLAIN = ("paragraph_open", "inline", "paragraph_close")  # an item with nothing below its text


def _has_question_mark(item: Sequence[Token]) -> bool:
    """Whether the first paragraph of an item ends in a question mark."""
    return _words(item).endswith(QUESTION_MARKS)


def _words(item: Sequence[Token]) -> str:
    """What an item says in its first paragraph."""
    head = item[1].children or () if item and item[0].type == PLAIN[0] else ()
    return visible(head).strip()
