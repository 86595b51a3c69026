"""Labels that no language file knows: `Card 3: X`, or `labels = ["Câu"]` of `ankify.toml`.

A word of the author is read as a label wherever a block begins with it and a number. A word that
counts the titles of a file by itself, `Card 1`, `Card 2`, `Card 3`, is found by its numbers; that
is done only where a file has no questions otherwise, as chapters are counted just so.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ankify.questions import thresholds as limit
from ankify.questions.answers import opening_words
from ankify.questions.block import Block, name_of, title_in
from ankify.questions.borrowed import with_borrowed_titles
from ankify.questions.evidence import share
from ankify.questions.numbers import LABEL, Dialect, Numbered, label_dialect, read_label
from ankify.questions.titles import Kind, Title, paragraph_title
from ankify.questions.words import asks
from ankify.questions.words.patterns import normal, word_set
from ankify.reading.inline import cut, visible


def with_labels(blocks: Iterable[Block], labels: Sequence[str]) -> list[Block]:
    """The blocks with these words read as labels of questions."""
    dialect = label_dialect(labels)
    return with_borrowed_titles([_labelled(block, dialect) for block in blocks])


def _labelled(block: Block, dialect: Dialect) -> Block:
    items = tuple(_labelled(item, dialect) for item in block.items)
    if items != block.items:
        block = block._replace(items=items)
    inline = block.tokens[1] if block.type == "paragraph_open" else None
    words = visible(inline.children or () if inline else block.title.whole if block.title else ())
    read = read_label(dialect, words.split("\n", 1)[0])
    if not read:
        return block
    if inline:
        return block._replace(title=paragraph_title(inline, read))
    title = title_in(block)
    own = replace(title, read=read, children=cut(title.whole, read.start))
    return block._replace(title=own)


def without_rules_below_labels(blocks: Sequence[Block]) -> Sequence[Block]:
    """Leave out the rule between `## Question 3 - Birds` and the heading below it, which asks.

    Then that is what the label asks, as it is without the rule.
    """
    rules = {
        at
        for at in range(1, len(blocks) - 1)
        if blocks[at].type == "hr"
        and _is_labelled_heading(blocks[at - 1])
        and (below := blocks[at + 1].title)
        and below.kind is Kind.HEADING
        and asks(below.name)
    }
    if not rules:
        return blocks
    return with_borrowed_titles([block for at, block in enumerate(blocks) if at not in rules])


def _is_labelled_heading(block: Block) -> bool:
    title = block.title
    dialect = title.read.dialect if title and title.kind is Kind.HEADING else None
    return bool(title and dialect and dialect.labelled and title.read.number)


def with_question_signs(blocks: Sequence[Block]) -> Sequence[Block]:
    """Read `### ❓ What is a keel?` as `Q: X`, where several headings begin so and most ask."""
    signs = {
        at: sign.end()
        for at, block in enumerate(blocks)
        if (title := block.heading) and not title.read.number
        if (sign := QUESTION_SIGN.match(visible(title.whole)))
    }
    asking = share(asks(name_of(blocks[at])) for at in signs)
    if len(signs) < limit.COUNTED_TITLES or asking < limit.NEARLY_ALL_ASK:
        return blocks
    found = list(blocks)
    for at, end in signs.items():
        title = title_in(blocks[at])
        own = replace(title, read=Numbered(LABEL, None, "", end), children=cut(title.whole, end))
        found[at] = blocks[at]._replace(title=own)
    return found


QUESTION_SIGN = re.compile(r"[^\w❓❔]*+[❓❔]\W*+(?=\w)")


def without_repeated_labels(blocks: Sequence[Block]) -> list[Block]:
    """Read `3. **Scenario:** X` as X, where several numbered titles have the same bold word."""
    names = [_bold_label(block.title) for block in blocks]
    times = Counter(filter(None, names))
    return [
        _below_label(block) if name and times[name] >= limit.COUNTED_TITLES else block
        for block, name in zip(blocks, names, strict=True)
    ]


def without_shared_titles(blocks: Sequence[Block]) -> Sequence[Block]:
    """Call `## Question 3` so where the line below, "Session of 2014", is that of all of them."""
    names = {
        at: normal(title.name)
        for at, block in enumerate(blocks)
        if (title := block.title) and title.kind is Kind.HEADING and title.borrowed
    }
    if len(names) < limit.COUNTED_TITLES or len({*names.values()}) > 1:
        return blocks
    return [_called_by_label(block) if at in names else block for at, block in enumerate(blocks)]


def _called_by_label(block: Block) -> Block:
    title = title_in(block)
    own = replace(title, children=title.whole, glued=(), below=1, borrowed=())
    return block._replace(title=own)


def _bold_label(title: Title | None) -> str:
    """The bold words of a numbered title, if they end with a colon and text is behind them."""
    if not title or title.kind not in (Kind.BOLD, Kind.ITEM_BOLD) or not title.read.number:
        return ""
    is_label = title.name.rstrip().endswith((":", "：")) and visible(title.glued).strip()
    return normal(title.name) if is_label else ""


def _below_label(block: Block) -> Block:
    title = title_in(block)
    words = visible(title.glued)
    start = len(words) - len(words.lstrip())
    end = words.find("\n", start) % (len(words) + 1)  # of the line
    rest = cut(title.glued, end + 1)
    below = title.below + words.count("\n", 0, end + 1)
    return block._replace(
        title=replace(title, children=cut(title.glued, start, end), glued=rest, below=below)
    )


# `Card 3: X`, `Item 4 - X`, `Thẻ 5`
COUNTED = re.compile(
    r"\W*(?P<word>[^\W\d_]{2,}+(?:[^\S\n][^\W\d_]{2,}+)?)[^\S\n]*[#№]?(?P<number>\d{1,4})"
    r"(?=\s*[:：.)|]|\s+[-–—·]|\s*$)"
)


def counted_word(blocks: Sequence[Block]) -> str | None:
    """The word that counts most titles of a file, one after the other."""
    return next(_counting(_openings(blocks)), None)


def counting_words(blocks: Sequence[Block]) -> Iterator[str]:
    """All words that count titles or paragraphs one after the other, those of most first.

    Without those that are read as labels anyway.
    """
    paragraphs = (line for block in blocks for line in opening_words(block).split("\n"))
    found = _counting([*_openings(blocks), *paragraphs])
    yield from (word for word in found if word.lower() not in word_set("question"))


def _counting(lines: Iterable[str]) -> Iterator[str]:
    numbers: dict[str, list[int]] = defaultdict(list)
    spelled: dict[str, str] = {}
    others = word_set("chapter_words", "counted_others")
    for line in lines:
        found = COUNTED.match(line)
        word = found["word"].casefold() if found else ""
        # "Work package" counts packages, "Fase lunar" phases: what is counted is first or last.
        if found and others.isdisjoint({word, *word.split()}):
            numbers[word].append(int(found["number"]))
            spelled.setdefault(word, found["word"])
    counting = [word for word in numbers if _counts(numbers[word])]
    yield from (spelled[word] for word in sorted(counting, key=lambda it: -len(numbers[it])))


def _openings(blocks: Iterable[Block]) -> Iterator[str]:
    """What the titles of the blocks say, and of the items in lists."""
    for block in blocks:
        yield from _openings(block.items)
        if block.title:
            yield visible(block.title.whole).split("\n", 1)[0]


def _counts(numbers: Sequence[int]) -> bool:
    """Whether numbers mostly go up by one."""
    steps = [after - before for before, after in pairwise(numbers)]
    return len(numbers) >= limit.COUNTED_TITLES and steps.count(1) >= limit.MOST * len(steps)
