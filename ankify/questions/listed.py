"""Questions among the items of lists: which items are options, and which are set in bold by chance.

An indent that is a space too small makes the options of a question items of its own list. A list
may also be all that is asked, and headings below it say so once more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise

from ankify.questions import thresholds as limit
from ankify.questions.block import Block, title_in
from ankify.questions.evidence import Group, share
from ankify.questions.titles import Title
from ankify.questions.words import asks
from ankify.questions.words.patterns import words_of


def without_options(group: Group) -> Group:
    """Leave out all but the first of the items above a labelled answer, where they are options.

    `1. What is printed?` over code, then `1. 3` and `2. 4`, then `Answer: 2`: they are if the next
    question is number 2. Items that ask, too, are questions with an answer in their own lines.
    """
    file = group.file
    runs = [run for run in _runs(group) if not all(map(file.asks, run))]
    several = [
        file.number(below[0]) == file.number(run[0]) + 1
        for run, below in pairwise(runs)
        if len(run) > 1 and file.number(below[0]) != 1
    ]
    if not several or share(several) < limit.MOST:
        return group
    options = {at for run in runs for at in run[1:]}
    below = runs[-1][-1]
    return group.keep(lambda at, _: at not in options and (at <= below or file.asks(at)))


def _runs(group: Group) -> Iterator[tuple[int, ...]]:
    """The items between one heading or labelled answer and the next labelled answer."""
    file = group.file
    answers = set(file.labels_of_answers)
    above = 0
    for at in sorted({*answers, *file.headings}):
        found = group.within(above, at + 1).positions
        if found and at in answers:
            yield found
        above = at + 1


def with_items_between(group: Group, others: Group) -> Group:
    """The items of a group, and those of another that ask and go on with its numbers, or begin.

    `3. **X?**` between `2. X?` and `4. X?` is one of them; so is `1. **X?**`, for code between two
    items makes Markdown count anew.
    """
    file = group.file
    kept: list[int] = []
    last = 0
    for at in sorted({*group, *others}):
        number = file.number(at)
        if at in group.positions or (file.asks(at) and number in (1, last, last + 1)):
            kept.append(at)
            last = number
    return file.group(kept)


# -- a list of questions on top -------------------------------------------------------------------


def with_listed_questions(blocks: Sequence[Block]) -> Sequence[Block]:
    """Ask what a list on top asks, where the headings below say it once more, in its order.

    `1. How do sloops and ketches differ?` among ten, and `### Sloops and ketches` over its answer.
    The last of them may wait for theirs.
    """
    top = next((at for at, block in enumerate(blocks) if _only_asks(block)), len(blocks))
    asked = [title_in(item) for block in blocks[top : top + 1] for item in block.items]
    levels: dict[int, list[int]] = defaultdict(list)
    for at in range(top + 1, len(blocks)):
        if heading := blocks[at].heading:
            levels[heading.level].append(at)
    for places in levels.values():
        titles = [title_in(blocks[at]) for at in places]
        if limit.LONG_RUN <= len(titles) <= len(asked) and _say_again(titles, asked):
            found = list(blocks)
            for at, title, question in zip(places, titles, asked, strict=False):
                own = replace(title, read=question.read, children=question.children)
                found[at] = blocks[at]._replace(title=own)
            return found
    return blocks


def _only_asks(block: Block) -> bool:
    """Whether a block is a long list with numbers, which asks, and leaves it all open."""
    if len(block.items) < limit.LONG_RUN:
        return False
    titles = [item.title for item in block.items if item.title and not item.inside]
    if len(titles) < len(block.items):
        return False
    is_open = all(it.read.number and not it.glued and not it.target for it in titles)
    return is_open and share(asks(it.name) for it in titles) >= limit.NEARLY_ALL_ASK


def _say_again(titles: Sequence[Title], asked: Sequence[Title]) -> bool:
    """Whether nearly all titles, none with a number, have a word that is rare in the questions."""
    if any(title.read.number for title in titles):
        return False
    words = [{*words_of(it.name.lower())} for it in asked]
    times = Counter(chain.from_iterable(words))
    rare = {
        word
        for word in times
        if times[word] <= COMMON * len(asked) and (len(word) >= SAYING or not word.isascii())
    }
    again = (
        not own.isdisjoint(rare.intersection(words_of(title.name.lower())))
        for title, own in zip(titles, words, strict=False)
    )
    return share(again) >= limit.NEARLY_ALL_ASK


COMMON = 0.2  # of the questions: a word that more of them have is what the file is about
SAYING = 4  # letters of an English word: shorter ones are in any title
