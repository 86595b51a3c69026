"""The key to a whole test, `## Answers` below its questions: each answer goes to its question.

An answer belongs to the question with its number. Without this the last question would have all of
the answers, and the others none.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from typing import NamedTuple

from ankify.questions import thresholds as limit
from ankify.questions.answers import is_blank, opening_words
from ankify.questions.block import (
    Block,
    balanced,
    end_of_section,
    name_of,
    paragraph_of,
    shown,
    title_in,
)
from ankify.questions.borrowed import is_fact
from ankify.questions.evidence import share
from ankify.questions.numbers import TOPIC
from ankify.questions.options import OFFER, offers_several
from ankify.questions.styles import Style, style_of
from ankify.questions.titles import HEADINGS, Kind, Title
from ankify.questions.words import (
    asks,
    begins_as_answer,
    demands,
    is_button,
    normal,
    only_labels,
    says_answer,
)
from ankify.reading.html import summaries
from ankify.reading.inline import cut, visible
from ankify.reading.tokens import Token

Place = tuple[int, int]  # the position of a block, and of the item in it


class Entry(NamedTuple):
    """An answer of the key, and the positions of the blocks in the key that it is made of."""

    title: Title | None
    body: tuple[Block, ...]
    blocks: range


class Asked(NamedTuple):
    """Titles of one style above a key, in file order; `open` is the share that it may answer."""

    style: Style
    titles: Mapping[Place, Title]
    open: float


def with_keyed_answers(blocks: Sequence[Block]) -> Sequence[Block]:
    """Put each answer of a key below its question, marked as `keyed`."""
    blocks = [part for block in blocks for part in _with_head_apart(block)]
    found: list[Block] = []
    done = 0  # where the key above ends
    tried = 0  # what looks like a key, since then
    for at, block in enumerate(blocks):
        if at >= done and _heads_key(block):
            end = _end_of_key(blocks, at)
            readings = list(_readings(blocks[at + 1 : end]))
            keyed = _handed_out(blocks[done:at], blocks[at:end], readings) if readings else []
            keyed = keyed or _handed_out_by_parts(blocks[done:at], blocks[at:end])
            tried += bool(readings)
            if keyed or tried == TRIES:
                found += keyed or blocks[done:end]
                done, tried = end, 0
    return [*found, *blocks[done:]] if done else blocks


def _with_head_apart(block: Block) -> Iterator[Block]:
    """A paragraph `Answers: 1-B, 2-C` as two: what heads the key, and the key."""
    words = _line(block)
    head = BEFORE_DIGITS.match(words)
    if not head or not only_labels(head[0]) or len(_runs_in(words[head.end() :])) < SEVERAL:
        yield block
        return
    children = block.tokens[1].children or ()
    for span in (0, head.end()), (head.end(), len(words)):
        yield Block(paragraph_of(cut(children, *span), block.line))


BEFORE_DIGITS = re.compile(r"[^\d\n]{2,40}\n?(?=\d)")


def _heads_key(block: Block) -> bool:
    """Whether a heading, a button or a line says "Answers", and nothing but the key is below."""
    title = block.heading
    if title:
        return not title.read.number and _names_key(title.name) and not LETTER.match(title.name)
    if block.depth > 0:
        return any(is_button(button.text) for _, button in summaries(block.tokens[0].content))
    words = _line(block)
    return (only_labels(words) and len(normal(words)) > 1) or _names_test(words)


def _line(block: Block) -> str:
    """The words of a paragraph; none if it is something else."""
    return block.tokens[1].words if len(block.tokens) == PARAGRAPH else ""


def _names_test(line: str) -> bool:
    """Whether a line says "Answers", and to what: "Answers to Test A", "Solutions – Exam 2"."""
    words = line.split("\n")[0].split()
    if not 1 < len(words) <= FEW_WORDS or ONE.match(line) or not SAID_OF.fullmatch(line):
        return False
    return only_labels(words[0])


def _names_key(name: str) -> bool:
    """Whether words say "Answers", or have such a word: "Answer sheet", "Clave de respuestas".

    What is below has to have the numbers of the questions, too.
    """
    words = [word for word in name.split() if any(map(str.isalnum, word))]  # no emoji, no `&`
    if ONE.match(name):
        return False
    if is_button(name) or len(words) > FEW_WORDS:
        return is_button(name)
    ends = (" ".join(words[at:]) for at in range(1, len(words)))  # "Bảng đáp án"
    return any(map(begins_as_answer, words)) or any(map(only_labels, ends))


ONE = re.compile(
    r"\W*\w+[^\S\n]*(?:\d|[^:：]{0,20}[:：]\s*\S)"
)  # `## Solution 2`, `## Solution: by hand`
SAID_OF = re.compile(r"[^.!?:;,\n]+[^\W\d_]{3}[^.!?:;,\n]*")  # no sentence, nor `Answer B`
FEW_WORDS = 5
PARAGRAPH = 3  # tokens
LETTER = re.compile(r"\W*\w\b")  # `## A. Rivers` is a section


def _end_of_key(blocks: Sequence[Block], at: int) -> int:
    """The position of the next heading that is no part of the key, or of its </details>."""
    level, depth = min(_level(blocks[at]), LAST), blocks[at].depth
    for below in range(at + 1, len(blocks)):
        is_end = _level(blocks[below]) <= level or (level == LAST and _heads_key(blocks[below]))
        if depth <= 0 and is_end:
            return below
        depth += blocks[below].depth
        if depth <= 0 < blocks[at].depth:
            return below + 1
    return len(blocks)


LAST = 6  # level of headings
TEXT = 9  # the level of what is no heading


def _level(block: Block) -> int:
    return block.heading.level if block.heading else TEXT


TRIES = 5  # with all above each time: where most answers hold a list, none is a key


def _handed_out(
    test: Sequence[Block], key: Sequence[Block], readings: Iterable[dict[str, Entry]]
) -> list[Block]:
    """The blocks of a test with the answers of its key, whose first block is the heading.

    What of the key belongs to no question stays below. Nothing if all of it does.
    """
    head = key[0]
    asked = _asked(test)
    if not _is_sure(head) or _is_in_answer(head, test):
        asked = [group for group in asked if _asks_aloud(group)]
    entries, places = _first_match(asked, readings, _level(head))
    if not places:
        return []
    return _put_together(test, key, places, entries)


def _put_together(
    test: Sequence[Block],
    key: Sequence[Block],
    places: Mapping[str, Place],
    entries: Mapping[str, Entry],
    headings: Iterable[int] = (),
) -> list[Block]:
    """The test with its answers, and below it what of the key belongs to no question.

    `headings` are the positions, below the first block of the key, of ones that say no more.
    """
    head, *below = key
    used = {it for name in places for it in entries[name].blocks} | {*headings}
    rest = [block for it, block in enumerate(below) if it not in used]
    for name, entry in entries.items():  # of the same list or table as the others
        rest += _said(entry) if name not in places and used.issuperset(entry.blocks) else ()
    kept = [head, *rest] if any(not is_blank(block) for block in rest) else []
    return [*_with_answers(test, places, entries), *kept]


def _handed_out_by_parts(test: Sequence[Block], key: Sequence[Block]) -> list[Block]:
    """The same where test and key have parts that count from 1 again, each with a heading.

    The parts of the key are in the order of the runs of numbers that they answer, or have the names
    of the headings above these.
    """
    head, *below = key
    level = min(map(_level, below), default=TEXT)
    cuts = [at for at, block in enumerate(below) if _level(block) == level < TEXT]
    if len(cuts) < SEVERAL or any(title.read.number for title in _titles(below[at] for at in cuts)):
        return []
    runs = [run for asked in _asked(test) for run in _runs(asked)]
    sections = _sections(test)
    entries: dict[str, Entry] = {}
    places: dict[str, Place] = {}
    answered: list[int] = []  # the headings of the parts that fit
    unnamed = 0  # how many of these are no name of a heading above
    for start, end in pairwise([*cuts, len(below)]):
        section = sections.get(normal(name_of(below[start])))
        own = [run for run in runs if section is None or next(iter(run.titles))[0] in section]
        readings = _readings(below[start + 1 : end])
        said, known = _first_match(own, readings, _level(head))
        if not known:
            continue
        answered.append(start)
        unnamed += section is None
        runs = [run for run in runs if run.titles.keys().isdisjoint(known.values())]
        for name, entry in said.items():
            blocks = range(start + 1 + entry.blocks.start, start + 1 + entry.blocks.stop)
            entries[f"{start} {name}"] = entry._replace(blocks=blocks)
        places |= {f"{start} {name}": place for name, place in known.items()}
    if len(answered) < SEVERAL or (unnamed and _are_in_answers(test, places)):
        return []
    return _put_together(test, key, places, entries, answered)


def _sections(test: Sequence[Block]) -> dict[str, range]:
    """What is below each heading of a test, by its name; not of those whose name comes again."""
    headings = [(at, normal(it.name), it.level) for at, b in enumerate(test) if (it := b.heading)]
    times = Counter(name for _, name, _ in headings)
    return {
        name: range(at, end_of_section(test, at, len(test), level))
        for at, name, level in headings
        if times[name] == 1
    }


def _are_in_answers(test: Sequence[Block], places: Mapping[str, Place]) -> bool:
    """Whether other headings ask, above these or without a number.

    Then these are quizzes at the end of the answers to them.
    """
    own = {at for at, _ in places.values()}
    level = min(_level(test[at]) for at in own)
    titles = (block.heading for at, block in enumerate(test) if at not in own)
    others = (it for it in titles if it and (it.level < level or not it.read.number))
    return sum(asks(title.name) for title in others) >= SEVERAL


def _runs(asked: Asked) -> Iterator[Asked]:
    """The titles of one style, cut where the numbers begin again."""
    run: dict[Place, Title] = {}
    last = 0
    for place, title in asked.titles.items():
        number = _number(title)
        value = int(number) if number.isdecimal() else 0
        if run and value <= last:
            yield asked._replace(titles=run)
            run = {}
        run[place], last = title, value
    yield asked._replace(titles=run)


def _is_sure(head: Block) -> bool:
    """Whether what heads a key says so, rather than having such a word: "Solution by hand"."""
    if head.title:
        return is_button(head.title.name)
    return head.depth > 0 or only_labels(_line(head))


def _is_in_answer(head: Block, test: Sequence[Block]) -> bool:
    """Whether what looks like a key is deeper than headings such as `## Question 2`: in an answer.

    "Solutions" there are to a thing that goes wrong, and "Solution" to one of several problems.
    """
    titles = (block.title for block in test if _level(block) < min(_level(head), TEXT))
    reads = (title.read for title in titles if title and title.read.is_labelled)
    return any(read.number or read.dialect is TOPIC for read in reads)


def _asks_aloud(asked: Asked) -> bool:
    """Whether most titles read as questions, or have a label of one."""
    titles = asked.titles.values()
    return share(title.read.is_labelled or asks(title.name) for title in titles) >= limit.MOST_ASK


# -- the answers -----------------------------------------------------------------------------------


def _readings(key: Sequence[Block]) -> Iterator[dict[str, Entry]]:
    """The answers of a key by number, in the ways it can be read.

    Headings with a title and a text of their own are questions themselves, asked once more.
    """
    first = next((title for title in _titles(key) if title.read.number), None)
    titled = list(_titled(key, first)) if first else []
    if share(_asks_again(entry) for _, entry in titled) >= limit.MOST:
        titled = []
    for found in _in_line(key), _in_table(key), titled, _labelled(key):
        if len(dict(found)) == len(found) >= SEVERAL:
            yield dict(found)


SEVERAL = 2  # answers: a single one is that of the question above


def _asks_again(entry: Entry) -> bool:
    title = entry.title
    own = title and title.kind in HEADINGS and title.children and not title.borrowed
    return bool(own and entry.body)


LETTERS = r"[A-Ha-h](?:[ ]?[,&/+][ ]?[A-Ha-h])*\b|[A-H]{2,6}\b"
IN_LINE = re.compile(rf"\W*?(\d{{1,3}})[ ]?[^\w\s]*[ ]?[-–=→]?[ ]?({LETTERS})[\s,;.|)*]*")


def _in_line(key: Sequence[Block]) -> list[tuple[str, Entry]]:
    """`1-B, 2-C`: numbers and letters, and nothing else in a paragraph."""
    found: list[tuple[str, Entry]] = []
    for at, block in enumerate(key):
        children = block.tokens[1].children or () if len(block.tokens) == PARAGRAPH else ()
        words = visible(children)
        for run in _runs_in(words):
            letters = paragraph_of(cut(children, *run.span(2)), block.line)
            found.append((run[1], Entry(None, (Block(letters),), range(at, at + 1))))
    return found


def _runs_in(words: str) -> list[re.Match[str]]:
    """The numbers with letters that a text is made of; nothing if there is anything else in it."""
    runs = list(IN_LINE.finditer(words))
    return runs if "".join(run[0] for run in runs) == words else []


def _in_table(key: Sequence[Block]) -> list[tuple[str, Entry]]:
    """Rows with a number in the first cell, and the answer in the others.

    Below `| Q | A | Q | A |` there are several of these in a row.
    """
    found: list[tuple[str, Entry]] = []
    for at, block in enumerate(key):
        if block.type != "table_open":
            continue
        heads, *rows = _rows(block.tokens)
        names = [head.words for head in heads]
        again = [at for at, name in enumerate(names) if normal(name) == normal(names[0])]
        for row in rows:
            for start, end in pairwise([*again, len(row)]):
                number = row[start].words if start < end else ""
                cells = [cell for cell in row[start + 1 : end] if cell.children]
                said = map(_as_paragraph, cells)
                if NUMBER.fullmatch(number) and cells:
                    found.append((_digits(number), Entry(None, tuple(said), range(at, at + 1))))
    return found


def _as_paragraph(cell: Token) -> Block:
    return Block(paragraph_of(cell.children or (), (cell.map or [0])[0]))


def _rows(table: Iterable[Token]) -> list[list[Token]]:
    """The cells of a table, row by row."""
    rows: list[list[Token]] = []
    for token in table:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(token)
    return rows


NUMBER = re.compile(r"\W*\d{1,3}\W*")


# `A3. X`, `Answer 3: X`
LABELLED = re.compile(r"\W*(?P<label>[^\W\d_]+)[^\S\n]*(?P<number>\d{1,3})\s*[.:：)\]]\W*")


def _labelled(key: Sequence[Block]) -> list[tuple[str, Entry]]:
    """Paragraphs that begin with the label of an answer and a number, with what is below each."""
    labels = {at: label for at, block in enumerate(key) if (label := _label(block))}
    found: list[tuple[str, Entry]] = []
    for at, end in pairwise([*labels, len(key)]):
        words = cut(key[at].tokens[1].children or (), labels[at].end())
        end = next((it for it in range(at + 1, end) if _level(key[it]) < TEXT), end)
        body = Block(paragraph_of(words, key[at].line)), *key[at + 1 : end]
        found.append((labels[at]["number"], Entry(None, body, range(at, end))))
    return found


def _label(block: Block) -> re.Match[str] | None:
    found = LABELLED.match(_line(block))
    return found if found and says_answer(f"{found['label']}:") else None


def _digits(number: str) -> str:
    return re.sub(r"^\W*0*|\W+$", "", number).casefold()


def _titled(key: Sequence[Block], first: Title) -> list[tuple[str, Entry]]:
    """The titles like the first one, with what is below each: headings, list items, lines."""
    found: list[tuple[str, Entry]] = []
    for at, block in enumerate(key):
        items = [it for it in block.items if it.title and _is_like(it.title, first)]
        if first.kind not in HEADINGS and items and len(items) == len(block.items):
            found += [(_number(it.title), _entry(key, at, it)) for it in items if it.title]
        elif block.title and _is_like(block.title, first):
            found.append((_number(block.title), _entry(key, at, block)))
    return found


def _titles(blocks: Iterable[Block]) -> Iterable[Title]:
    return (part.title for block in blocks for part in (block, *block.items) if part.title)


def _is_like(title: Title, first: Title) -> bool:
    return bool(title.read.number) and title.kind is first.kind and title.level == first.level


def _number(title: Title) -> str:
    """What a question and its answer have in common; empty for none."""
    return _digits(title.read.number or "")


def _entry(key: Sequence[Block], at: int, own: Block) -> Entry:
    """The answer that a title of the key opens: the rest of its paragraph and what is below."""
    title = title_in(own)
    body = [Block(paragraph_of(title.glued, title.line + title.below))] if title.glued else []
    body += [Block(tuple(shown(own.inside)))] if own.inside else []
    end = at + 1
    if own is key[at] or own is key[at].items[-1]:
        while end < len(key) and not _is_over(key[end], title):
            body += [] if end - at in title.borrowed else [key[end]]
            end += 1
    return Entry(title, tuple(body), range(at, end))


def _is_over(block: Block, title: Title) -> bool:
    """Whether the answer with this title has ended: at a title like it, or a heading above it."""
    ended = _level(block) <= title.level and _level(block) < TEXT
    return ended or any(_is_like(other, title) for other in _titles([block]))


# -- the questions ---------------------------------------------------------------------------------


def _asked(test: Sequence[Block]) -> list[Asked]:
    """The groups of titles of one style that leave it to the key to answer.

    Those without a number are last, with that of their place, if all have options below.
    """
    groups: dict[Style, dict[Place, Title]] = defaultdict(dict)
    others: dict[Style, dict[Place, Title]] = defaultdict(dict)
    for at, block in enumerate(test):
        for item, part in enumerate(block.items or (block,)):
            if part.title and not part.title.target:
                own = groups if part.title.read.number else others
                own[style_of(part.title)][at, item] = part.title
    for titles in groups.values():  # "57 questions"
        spaced = [place for place, title in titles.items() if title.has_spaced_number]
        for place in spaced if len(spaced) < limit.MOST * len(titles) else ():
            del titles[place]
    end = len(test), 0
    found = (
        Asked(style, group, share(_is_open(test, *it) for it in pairwise([*group, end])))
        for style, group in sorted(groups.items())
    )
    numbered = [group for group in found if group.open >= limit.MOST]
    return [*numbered, *_asked_in_order(test, others)]


def _asked_in_order(
    test: Sequence[Block], groups: Mapping[Style, Mapping[Place, Title]]
) -> Iterator[Asked]:
    for style, titles in sorted(groups.items()):
        spans = pairwise([at for at, _ in titles] + [len(test)])
        below = (chain.from_iterable(it.tokens for it in test[a + 1 : b]) for a, b in spans)
        if len(titles) >= SEVERAL and all(map(offers_several, below)):
            numbered = {
                place: replace(title, read=title.read._replace(number=str(number)))
                for number, (place, title) in enumerate(titles.items(), 1)
            }
            yield Asked(style, numbered, 1)


def _is_open(blocks: Sequence[Block], question: Place, below: Place) -> bool:
    """Whether nothing below a question is a text that answers it, as options and tasks are not."""
    at, own = question[0], _part(blocks, question)
    glued = own.title.glued if own.title else ()
    runs = [*balanced(own.inside), *(block.tokens for block in blocks[at + 1 : below[0]])]
    texts = [glued, *(run[1].children or () for run in runs if run[0].type == "paragraph_open")]
    return all(map(_asks_on, texts))


def _part(blocks: Sequence[Block], place: Place) -> Block:
    """The block or the item at a place."""
    at, item = place
    return (blocks[at].items or blocks[at : at + 1])[item]


def _asks_on(text: Sequence[Token]) -> bool:
    """Whether a paragraph below a question is a part of it: it asks, offers, or is on its kind."""
    words = visible(text).strip()
    lines = words.split("\n")
    return not words or demands(words) or any(map(OFFER.match, lines)) or all(map(is_fact, lines))


def _first_match(
    asked: Sequence[Asked], readings: Iterable[Mapping[str, Entry]], level: int
) -> tuple[Mapping[str, Entry], Mapping[str, Place]]:
    """The first reading of a key that answers questions, with their places; else nothing."""
    found = ((entries, _matched(asked, entries, level)) for entries in readings)
    return next(((entries, places) for entries, places in found if places), ({}, {}))


def _matched(
    asked: Sequence[Asked], entries: Mapping[str, Entry], level: int
) -> Mapping[str, Place]:
    """The places of the questions that are answered; none if these are not most of a group.

    A key deeper than its questions may be the answer to the last of them alone, unless none of the
    others has one.
    """
    for style, titles, open_share in asked:
        places = {_number(title): place for place, title in titles.items()}
        known = {name: place for name, place in places.items() if name in entries}
        enough = max(SEVERAL, limit.MOST * max(len(titles), len(entries)))
        is_key = level <= style.level or open_share == 1
        if not style.family and len(titles) != len(entries):  # counted by their order alone
            continue
        others = (
            _asks_something_else(entries[name], titles[place]) for name, place in known.items()
        )
        if share(others) >= limit.MOST:
            continue
        if is_key and len(places) == len(titles) and len(known) >= enough:
            return known
    return {}


def _asks_something_else(entry: Entry, question: Title) -> bool:
    """Whether an entry asks, and has an answer with a label of its own: it is of another test.

    A key may say the question once more.
    """
    title = entry.title
    if not title or not asks(title.name) or normal(title.name) == normal(question.name):
        return False
    return any(says_answer(opening_words(block)) for block in entry.body)


def _with_answers(
    blocks: Sequence[Block], places: Mapping[str, Place], entries: Mapping[str, Entry]
) -> list[Block]:
    """The blocks with each answer below its question, from the last to the first."""
    found = list(blocks)
    below: Place = (len(found), 0)
    for name, (at, item) in sorted(places.items(), key=lambda place: place[1], reverse=True):
        question = title_in(_part(found, (at, item)))
        answer = _answer(entries[name], question)
        if below[0] == at:
            items = found[at].items
            found[at] = found[at]._replace(items=(*items[: below[1]], *answer, *items[below[1] :]))
        else:
            to = _end(found, at, below[0], question.level)
            if to == at + 1 and found[at].items:
                found[at] = found[at]._replace(items=(*found[at].items, *answer))
            else:
                found[to:to] = answer
        below = at, item
    return found


def _end(blocks: Sequence[Block], at: int, below: int, level: int) -> int:
    """The position below all that is of a question: no heading above it, no rule at its end."""
    end = end_of_section(blocks, at, below, level)
    while end > at + 1 and blocks[end - 1].type == "hr":
        end -= 1
    return end


def _answer(entry: Entry, question: Title) -> list[Block]:
    """The blocks of an answer, without the question if it is asked there once more."""
    again = entry.title and normal(entry.title.name) == normal(question.name)
    said = entry.body if again else _said(entry)
    return [block._replace(title=None, items=(), keyed=True) for block in said]


def _said(entry: Entry) -> list[Block]:
    """What an answer of the key says: its title, and what is below."""
    title = entry.title
    if not title or not title.children:
        return [*entry.body]
    is_bold = title.kind in (Kind.BOLD, Kind.ITEM_BOLD) and not title.borrowed
    words = cut(title.whole, title.read.start) if is_bold else title.children  # **a)** Jane Doe
    return [Block(paragraph_of(words, title.line)), *entry.body]
