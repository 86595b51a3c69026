"""The blocks of a note file in the order of reading, and which of its titles are questions.

By the author's pattern, level, labels and comments, else by judgement (`choice/`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ankify.model import AnkifyError, Ruling, TocEntry
from ankify.questions import thresholds as limit
from ankify.questions.block import Block
from ankify.questions.blocks import read_blocks
from ankify.questions.borrowed import with_linked_titles
from ankify.questions.callouts import without_callouts
from ankify.questions.choice.choose import choose
from ankify.questions.choice.search import Finding, Outline
from ankify.questions.choice.why import explain_given, explain_whole
from ankify.questions.contents import local_links, read_contents
from ankify.questions.counted import without_counts_of_things
from ankify.questions.evidence import FileIndex, Flow, Group
from ankify.questions.keys import with_keyed_answers
from ankify.questions.labels import (
    counted_word,
    with_labels,
    with_question_signs,
    without_repeated_labels,
    without_rules_below_labels,
    without_shared_titles,
)
from ankify.questions.listed import with_listed_questions
from ankify.questions.numbers import CUSTOM, HEADED, Numbered
from ankify.questions.outlines import without_outlines
from ankify.questions.pairs import (
    may_be_paired,
    with_answers_beside,
    with_headed_pairs,
    with_headed_questions,
    with_listed_pairs,
    with_named_tests,
    with_names_above,
    with_pairs,
    with_parts_paired,
    with_toggled_answers,
    without_quotes,
)
from ankify.questions.paragraphs import (
    with_asking_paragraphs,
    with_asking_paragraphs_in_quizzes,
    with_asking_paragraphs_over_lists,
)
from ankify.questions.titles import Title
from ankify.questions.topics import with_solved_problems, with_tasks, with_topics
from ankify.questions.verdicts import BY_COMMENT, BY_PATTERN
from ankify.questions.whole import as_one_question, asks_quietly, has_own_questions, is_beside
from ankify.questions.words import asks, normal
from ankify.reading.flavours.blocks import CARD_TAGS
from ankify.reading.inline import cut, visible
from ankify.reading.parse import ParsedFile

if TYPE_CHECKING:
    import regex

_PATIENCE = 2.0  # seconds of work for the pattern of the notes in one file, on a busy machine, too


class SplitOptions(NamedTuple):
    """`[questions]` of ankify.toml: what overrules the reader's own judgement.

    `name` is what the note file is called: the title in its front matter, or its name. `question`
    is what the front matter says to be asked.
    """

    level: int | None = None
    pattern: str | None = None
    unnumbered: bool = False
    labels: tuple[str, ...] = ()
    name: str = ""
    question: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the author has left it to the reader which titles are questions."""
        return self.level is None and self.pattern is None


class Layout(NamedTuple):
    """The blocks of a file, with its lists opened, and which titles are questions.

    `unlabelled` are the blocks before labels of the author's were read.
    """

    unlabelled: Sequence[Block]
    blocks: Sequence[Block]
    file: FileIndex
    sources: tuple[int, ...]
    contents: Mapping[int, list[TocEntry]]
    outline: Outline = Outline(frozenset())

    @property
    def flow(self) -> Flow:
        """The blocks with all lists opened."""
        return self.file.flow


# How blocks are put together to questions, in this order.
STEPS: tuple[Callable[[Sequence[Block]], Sequence[Block]], ...] = (
    without_rules_below_labels,
    with_linked_titles,
    with_listed_questions,
    with_listed_pairs,
    without_callouts,
    without_outlines,
    without_quotes,
    with_named_tests,
    with_topics,
    with_question_signs,
    with_solved_problems,
    with_keyed_answers,
    with_parts_paired,
    with_toggled_answers,
    with_headed_questions,
    with_headed_pairs,
    with_answers_beside,
    with_names_above,
)


def lay_out(parsed: ParsedFile, options: SplitOptions) -> Layout:
    """Read the blocks of a file, and say which of its titles are questions."""
    blocks: Sequence[Block] = read_blocks(parsed.tokens)
    for step in STEPS:
        blocks = step(blocks)
    return _read(blocks, options)


def lay_out_again(layout: Layout, options: SplitOptions) -> Layout:
    """The same of a file that was read with other `labels`, which change the titles themselves."""
    return _read(layout.unlabelled, options)


def _read(unlabelled: Sequence[Block], options: SplitOptions) -> Layout:
    blocks = with_labels(unlabelled, options.labels) if options.labels else unlabelled
    found = _judge(_open(blocks, options.name), options)
    word = counted_word(blocks) if options.is_open and _hardly_asks(found) else None
    if word:
        counted = _judge(_open(with_labels(blocks, [word]), options.name), options)
        is_better = _asks_aloud(counted) if found.outline.questions else _cover(counted)
        found = counted if is_better else found
    if options.is_open and not found.outline.questions and not found.outline.candidates:
        found = _with_tasks(blocks, options) or _with_asking_paragraphs(blocks, options) or found
    return (_as_one_question(found, options) or found)._replace(unlabelled=unlabelled)


def _with_tasks(blocks: Sequence[Block], options: SplitOptions) -> Layout | None:
    """The same file with its solved tasks as questions; not where its front matter asks."""
    tasks = None if options.question else with_tasks(blocks)
    found = _judge(_open(tasks, options.name), options) if tasks else None
    return found if found and found.outline.questions else None


def _with_asking_paragraphs(blocks: Sequence[Block], options: SplitOptions) -> Layout | None:
    """The same file with paragraphs as its questions, if nearly all of it is below such ones.

    Or with those of a quiz, however small a part it is.
    """
    asked = options._replace(unnumbered=True)
    for asking, is_part in (
        (with_asking_paragraphs(blocks), False),
        (with_asking_paragraphs_in_quizzes(blocks), True),
        (with_asking_paragraphs_over_lists(blocks), True),
    ):
        opened = _open(asking, options.name) if asking else None
        found = _judge(opened, asked) if opened else None
        if opened and found and found.outline.questions and (is_part or _cover(found)):
            return found if options.unnumbered else _judge(opened, options)
    return None


def _questions(layout: Layout) -> Group:
    """The questions of a file, those of the author's comments aside."""
    return layout.file.group(sorted(layout.outline.questions & layout.file.titles.keys()))


def _hardly_asks(layout: Layout) -> bool:
    """Whether what has a number, if anything was taken, neither asks nor has a label: chapters."""
    found = _questions(layout)
    numbered = found.keep(lambda at, _: layout.file.titles[at].is_counted) or found
    return not found or not (numbered.is_labelled or numbered.share_asking >= limit.HARDLY_ANY_ASK)


def _asks_aloud(layout: Layout) -> bool:
    """Whether nearly all questions ask and have a label: `FAQ #1: X?` in one of the chapters."""
    found = _questions(layout)
    return bool(found) and found.is_labelled and found.share_asking >= limit.NEARLY_ALL_ASK


def _cover(layout: Layout) -> bool:
    """Whether nearly all of a file is below its questions: then a word that counts them is sure.

    `Card 1` to `Card 9` are a deck; `Issue 1` to `Issue 3` at the end of a guide are not.
    """
    return _questions(layout).covers(limit.COVERING_ALL)


def judge_again(layout: Layout, options: SplitOptions) -> Layout:
    """Say by other options than `labels` which titles are questions."""
    found = _judge(layout, options)
    return _as_one_question(found, options) or found


def _as_one_question(layout: Layout, options: SplitOptions) -> Layout | None:
    """The same file as one question, if its name is one and it holds no others."""
    one = None
    if options.is_open:
        one = as_one_question(layout.blocks, options.name, options.question)
    if not one or (not options.question and layout.file.has_marked_cards):
        return None
    blocks, at = one
    is_inserted = len(blocks) > len(layout.blocks)
    quiet = asks_quietly(blocks[at], options.name)
    position = None if is_inserted else layout.sources.index(at)
    own = _own_questions(layout, options, position, is_any=quiet)
    if quiet and own:
        return None
    surely = may_be_paired(blocks[at].title) or (own and is_beside(blocks, at, own))
    if not surely and own.covers(limit.COVERING):
        return None  # before all is opened once more
    whole = _open(blocks, options.name)
    place = whole.sources.index(at)
    title = whole.file.titles[place]
    parts = (
        own
        and not own.is_labelled
        and (is_beside(blocks, at, own) or (title.is_paired and own.share_solved < limit.MOST_ASK))
    )
    if parts:
        own = layout.file.group(())
    covers = whole.file.group([place]).covers(limit.ONE_QUESTION)
    if not covers or own.covers(limit.COVERING):
        return None
    inside = frozenset(position + is_inserted for position in own)
    dialect = title.read.dialect
    is_labelled = dialect is not None and (dialect is not HEADED or asks(title.name))
    taken = options.unnumbered or title.is_paired or is_labelled
    return whole._replace(outline=explain_whole(whole.file, place, inside, unnumbered=taken))


def _own_questions(
    layout: Layout, options: SplitOptions, position: int | None, *, is_any: bool
) -> Group:
    """What a file surely asks beside the one question that it may be, at a position; or at all."""
    # Where no title without a number would be one more, the judgement would be the same.
    is_all = options.unnumbered or not (layout.outline.candidates or layout.file.has_labels)
    asked = layout if is_all else _judge(layout, options._replace(unnumbered=True))
    questions = asked.outline.questions & layout.file.titles.keys()
    group = layout.file.group(sorted(questions - {position}))
    return group if is_any or has_own_questions(group) else layout.file.group(())


def _open(blocks: Sequence[Block], name: str) -> Layout:
    """The blocks with lists opened, pairs and tables of contents found, and no questions yet."""
    opened, sources = _open_lists(blocks)
    linked = any(any(local_links(block)) for block in blocks)
    contents = read_contents(blocks, _last_places(opened, sources)) if linked else {}
    flow = Flow(
        tuple(without_shared_titles(without_repeated_labels(with_pairs(opened)))),
        contents=frozenset(at for at, source in enumerate(sources) if source in contents),
        listed=frozenset(normal(entry.title) for found in contents.values() for entry in found),
        name=name,
    )
    return Layout(blocks, blocks, FileIndex(flow), sources, contents)


def _open_lists(blocks: Sequence[Block]) -> tuple[list[Block], tuple[int, ...]]:
    """Put the items of each list in its place; also say which block each comes from."""
    flat = [(item, at) for at, block in enumerate(blocks) for item in (block.items or (block,))]
    items, sources = zip(*flat, strict=True) if flat else ((), ())
    return without_counts_of_things(items), sources


def _last_places(blocks: Sequence[Block], sources: Sequence[int]) -> dict[str, int]:
    """At which block each title stands last, by its letters and digits."""
    marked = ((block.title, at) for block, at in zip(blocks, sources, strict=True))
    return {normal(title.name): at for title, at in marked if title}


# -- what the author says about questions ---------------------------------------------------------


def _judge(layout: Layout, options: SplitOptions) -> Layout:
    """Say which titles are questions: by the author's pattern and comments, else by judgement."""
    file = layout.file
    if options.pattern is not None:
        flow, found = _matching(file.flow, options.pattern, options.level)
        file = FileIndex(flow)
        outline = Outline(found, findings=explain_given(file, found, BY_PATTERN))
    else:
        outline = choose(file, unnumbered=options.unnumbered, level=options.level)
    marked = _marked(file.flow.blocks)
    findings = _with_marked(file, outline.findings, marked - outline.questions)
    outline = outline._replace(questions=outline.questions | marked, findings=findings)
    return layout._replace(file=file, outline=outline)


def _with_marked(
    file: FileIndex, findings: tuple[Finding, ...], marked: Set[int]
) -> tuple[Finding, ...]:
    """The findings, with what the author has marked in one of its own."""
    if not marked:
        return findings
    others = (it._replace(group=file.group(sorted(set(it.group) - marked))) for it in findings)
    own = Finding(file.group(sorted(marked)), Ruling.QUESTIONS, *BY_COMMENT)
    return (own, *(it for it in others if it.group))


def _marked(blocks: Sequence[Block]) -> set[int]:
    """The titles below a comment `question` of the author, and those tagged as flashcards."""
    marked = {
        at + 1
        for at, block in enumerate(blocks[:-1])
        if is_comment(block) and "question" in block.comments and blocks[at + 1].title
    }
    return marked | {at for at, block in enumerate(blocks) if block.title and _is_flashcard(block)}


def _is_flashcard(block: Block) -> bool:
    """Whether a heading ends in `#card` or `#flashcard`."""
    tags = block.tokens[0].meta.get("tags", ())
    return any(tag.lower() in CARD_TAGS for tag in tags)


def _matching(flow: Flow, pattern: str, level: int | None) -> tuple[Flow, frozenset[int]]:
    """The titles that match a pattern; its groups `number` and `title` are taken, if any."""
    blocks = list(flow.blocks)
    found = set()
    end = time.process_time() + _PATIENCE
    for at, block in enumerate(blocks):
        title = block.title
        if not title or at in flow.contents or level not in (None, title.level):
            continue
        match = _search(pattern, visible(title.whole), end)
        if match:
            found.add(at)
            blocks[at] = block._replace(title=_taken_apart(title, match))
    return flow._replace(blocks=tuple(blocks)), frozenset(found)


def _search(pattern: str, title: str, end: float) -> regex.Match[str] | None:
    """Search by a pattern of the notes, which anyone may have written: `(a+)+$` has no end."""
    import regex  # the one that can be told when to stop; few notes have a pattern

    try:
        return regex.search(pattern, title, timeout=max(end - time.process_time(), 0.001))
    except (TimeoutError, MemoryError) as error:
        raise AnkifyError(
            f"[questions] pattern takes too long with the title {title[:60]!r}",
            hint="a repetition inside of a repetition does that: write (a+)+ as a+",
        ) from error


def _taken_apart(title: Title, match: regex.Match[str]) -> Title:
    groups = match.groupdict()
    number = groups.get("number", title.read.number)
    inside = cut(title.whole, *match.span("title")) if groups.get("title") else title.children
    return replace(title, read=Numbered(CUSTOM, number, "", 0), children=inside)


def is_comment(block: Block) -> bool:
    """Whether a block is a comment of the author to ankify, and nothing else."""
    return block.tokens[0].content.startswith("<!--") and bool(block.comments)
