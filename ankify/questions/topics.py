"""Topics, `### 3. Loops`, and the labelled question or task below each: they are one question."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from ankify.questions import thresholds as limit
from ankify.questions.answers import opening_words, shows_answer
from ankify.questions.block import Block, name_of, title_in
from ankify.questions.numbers import LABEL, TOPIC, Numbered
from ankify.questions.pairs import COLON, is_label
from ankify.questions.titles import (
    PARAGRAPH_LEVEL,
    Kind,
    Title,
    opening_title,
    paragraph_title,
    with_title_of,
)
from ankify.questions.words import (
    NO_QUESTION,
    QUESTION_LABEL,
    TASK,
    asks,
    demands,
    exercise,
    normal,
    only_labels,
    says_answer,
    sentences,
    title_end,
)
from ankify.questions.words.patterns import Pattern
from ankify.reading.inline import cut, visible

TOPICS = (Kind.HEADING, Kind.HTML, Kind.BOLD, Kind.SUMMARY)
NEAR = 3  # blocks below a topic, such as `**Level:** easy`, among which its question begins
FAR = 8  # the same where each topic asks the same: then what is above is what it is about


def with_topics(blocks: Sequence[Block]) -> list[Block]:
    """Make one question of a topic, `### 3. Loops`, and the one labelled question below it.

    The title is then what is asked, unless it is asked again and again ("What is the output?"), or
    only set as a task: `**Scenario:** X`.
    """
    blocks = [*blocks[:1], *(_alone(below, above.heading) for above, below in pairwise(blocks))]
    found = list(blocks)
    asking = {at for at, block in enumerate(blocks) if block.title and is_label(block.title)}
    tasks = {at for at in _tasks(blocks) if not _is_asked_about(blocks, at, asking)}
    labels = sorted(asking | tasks)
    names = {at: normal(name_of(blocks[at])) for at in labels}
    asked = Counter(names.values())
    times = {at: 1 if at in tasks else asked[name] for at, name in names.items()}
    for topics in _topics(blocks, times, tasks):
        for at, label in topics.items():
            topic, question = blocks[at].title, blocks[label].title if label else None
            if topic and topic.read.number and not question:  # `**Task:** X`, among the others
                found[at] = blocks[at]._replace(title=_named(topic))
            if topic and label in tasks and not only_labels(topic.name):
                found[label] = blocks[label]._replace(title=None)
                found[at] = blocks[at]._replace(title=_named(topic))
            elif topic and label:
                alone = times[label] == 1
                found[label] = _without_label(blocks[label])
                found[at] = blocks[at]._replace(
                    title=_asked(topic, found[label], label - at) if alone else _named(topic)
                )
    return found


def _alone(block: Block, topic: Title | None) -> Block:
    """The paragraph of a list that is one labelled question, right below a topic with a number."""
    if not topic or not topic.read.number or (asks(topic.name) and not topic.borrowed):
        return block
    item = block.items[0] if len(block.items) == 1 else None
    if not item or not item.title or item.inside or not is_label(item.title):
        return block
    paragraph = item.tokens[2:5]
    return Block(paragraph, paragraph_title(paragraph[1]))


def _is_asked_about(blocks: Sequence[Block], at: int, asking: Container[int]) -> bool:
    """Whether the next title below `**Scenario:** X` is `**Question:** Y`, on the same topic."""
    near = range(at + 1, min(at + 1 + NEAR, len(blocks)))
    return next((below for below in near if blocks[below].title), -1) in asking


def _topics(
    blocks: Sequence[Block], labels: Mapping[int, int], tasks: Container[int]
) -> Iterator[dict[int, int]]:
    """The titles that mostly hold one labelled question each, with its position or 0.

    `labels` are the positions of these questions, and how often each is asked.
    """
    titles = [
        at
        for at, block in enumerate(blocks)
        if (title := block.title) and title.kind in TOPICS
        # Not `### Solution 3`, but above its task.
        if not says_answer(visible(title.whole)) or at + 1 in tasks
    ]
    others = [at for at in titles if at not in labels and _may_be_topic(blocks[at].title)]
    below: dict[int, list[int]] = defaultdict(list)
    styles: dict[tuple[Kind, int], list[int]] = defaultdict(list)
    for at in titles:
        title = blocks[at].title
        if title and not title.read.is_labelled and at not in labels:
            styles[title.kind, title.level].append(at)
    for label, above in _above(blocks, labels, others):
        below[above].append(label)
    again = _solved(blocks, [at for at, times in labels.items() if times > 1])
    near = {at for at, own in below.items() if own[0] - at <= (FAR if own[0] in again else NEAR)}
    for group in styles.values():
        held = {at: below[at][0] if len(below[at]) == 1 and at in near else 0 for at in group}
        count = sum(map(bool, held.values()))
        # A heading above the last of many pairs is no topic.
        is_section = any(len(below[at]) > 1 for at in group)
        if not is_section and count >= max(limit.MOST * len(group), limit.OUTERMOST * len(labels)):
            yield held


def _above(
    blocks: Sequence[Block], labels: Iterable[int], others: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Each of the labelled questions with the title around it, of those that may hold it."""
    stack: list[int] = []
    done = 0
    for label in labels:
        index = bisect_left(others, label)
        for at in others[done:index]:
            stack = [up for up in stack if _level(blocks[up]) < _level(blocks[at])]
            stack.append(at)
        done = index
        asked = blocks[label].title
        around = (up for up in reversed(stack) if _may_hold(blocks[up].title, asked))
        if (above := next(around, None)) is not None:
            yield label, above


def _level(block: Block) -> int:
    return block.title.level if block.title else PARAGRAPH_LEVEL


def _tasks(blocks: Sequence[Block]) -> set[int]:
    """Where paragraphs set a task, `**Problem:** X`, and the label of an answer follows."""
    return _solved(blocks, _set_tasks(blocks))


def _set_tasks(blocks: Sequence[Block]) -> list[int]:
    return [
        at
        for at, block in enumerate(blocks)
        if block.type == "paragraph_open"
        if COLON.search(words := opening_words(block), 0, LONGEST_LABEL) and TASK_LABEL.match(words)
    ]


def _solved(blocks: Sequence[Block], positions: Sequence[int]) -> set[int]:
    """Those of some positions that the label of an answer follows, before the next of them."""
    spans = pairwise([*positions, len(blocks)])
    return {at for at, end in spans if any(map(shows_answer, blocks[at + 1 : end]))}


def with_solved_problems(blocks: Sequence[Block]) -> Sequence[Block]:
    """Label headings without a number that hold `## Problem` right below, and then `## Solution`.

    Nearly all headings of a level have to, and several: a text may have one such chapter.
    """
    heads = [at for at, block in enumerate(blocks) if block.heading]
    if sum(TASK.match(name_of(blocks[at])) for at in heads) < limit.QUIZZED:
        return blocks
    levels: dict[int, list[int]] = defaultdict(list)
    for at in heads:
        levels[title_in(blocks[at]).level].append(at)
    solved = dict(_solved_problems(blocks, heads))
    found = list(blocks)
    for alike in levels.values():
        own = [at for at in alike if at in solved and not title_in(blocks[at]).read.number]
        others = [at for at in alike if not NO_QUESTION.match(name_of(blocks[at]))]
        if len(own) >= max(limit.QUIZZED, limit.NEARLY_ALL_ASK * len(others)):
            for at in own:
                title = replace(_named(title_in(blocks[at])), asked=solved[at])
                found[at] = blocks[at]._replace(title=title)
    return found


def _solved_problems(blocks: Sequence[Block], heads: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Headings over "Problem" and "Solution", and how many blocks below are the problem."""
    above = asked = level = 0  # the last heading over "Problem", its problem, the level of that
    for at, below in pairwise([*heads, len(blocks)]):
        title = title_in(blocks[at])
        over = blocks[at - 1].heading if at else None
        if over and over.level < title.level and TASK.match(title.name):
            above, asked, level = at - 1, below - at, title.level
        elif title.level < level:
            level = 0
        elif level and only_labels(title.name):
            yield above, asked


def with_tasks(blocks: Sequence[Block]) -> list[Block] | None:
    """Read `**Task:** X` as `Q: X`, where X asks and `**Solution:** Y` is right below; or None.

    "Problem" and "Task" stand above what is wrong, and what is to be done, too: in documentation
    that asks nothing. So it is looked for only where a file has no other questions.
    """
    found = list(blocks)
    for at in _set_tasks(blocks):
        inline = blocks[at].tokens[1]
        end = title_end(inline.words)
        asked = inline.words[:end]
        label = TASK_LABEL.match(asked)
        answered = end is not None or _is_solved_below(blocks, at)
        if label and answered and any(map(demands, sentences(asked[label.end() :]))):
            read = Numbered(LABEL, None, ":", label.end())
            line = inline.map[0] if inline.map else 0
            title = opening_title(tuple(inline.children or ()), line, read)
            found[at] = blocks[at]._replace(title=title)
    return found if found != list(blocks) else None


def _is_solved_below(blocks: Sequence[Block], at: int) -> bool:
    """Whether the label of an answer is among the next blocks, and no title above it."""
    near = blocks[at + 1 : at + 1 + NEAR]
    answer = next((block for block in near if block.title or shows_answer(block)), None)
    return answer is not None and shows_answer(answer)


LONGEST_LABEL = 40  # characters, mark-up and emoji included; most paragraphs have no colon so early
TASK_LABEL = Pattern(lambda: rf"\W*(?:{exercise()})\s*[:：]\s*(?=\S)")


def _may_be_topic(title: Title | None) -> bool:
    """Whether a title can be a topic: a bold line without a number heads a table or the like."""
    return bool(title and (title.kind is not Kind.BOLD or title.read.number))


def _may_hold(topic: Title | None, question: Title | None) -> bool:
    """Whether a title can be the topic of a labelled question: above its level, or numbered.

    `**Example:**` at the end of an answer is no topic of the `## Q. X` that follows.
    """
    if not topic:
        return False
    level = question.level if question else PARAGRAPH_LEVEL
    return topic.level < level or (
        topic.level == level == PARAGRAPH_LEVEL and bool(topic.read.number)
    )


def _without_label(block: Block) -> Block:
    """A paragraph that asks, without its label, and no title of its own."""
    if block.type != "paragraph_open":
        return block._replace(title=None)
    opening, inline, closing = block.tokens
    words = inline.words
    label = QUESTION_LABEL.match(words) or TASK_LABEL.match(words)
    children = cut(inline.children or (), label.end() if label else 0)
    return Block((opening, inline.copy(children=list(children)), closing))


def _named(topic: Title) -> Title:
    """The topic as the title of its question."""
    read = topic.read
    return replace(topic, read=Numbered(TOPIC, read.number, read.separator, read.start))


def _asked(topic: Title, question: Block, offset: int) -> Title:
    """The topic with what is asked as its title."""
    children = tuple(question.tokens[1].children or ()) if len(question.tokens) > 1 else ()
    if not children or topic.glued:
        return _named(topic)
    return with_title_of(_named(topic), (offset,), children, question.line)
