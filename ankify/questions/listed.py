"""Questions among the items of lists: which items are options, and which are set in bold by chance.

An indent that is a space too small makes the options of a question items of its own list.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ankify.questions import thresholds as limit
from ankify.questions.evidence import Group, share


def without_options(group: Group) -> Group:
    """Leave out all but the first of the items above a labelled answer, where they are options.

    `1. What is printed?` over code, then `1. 3` and `2. 4`, then `Answer: 2`: they are if the next
    question is number 2.
    """
    file = group.file
    runs = list(_runs(group))
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
