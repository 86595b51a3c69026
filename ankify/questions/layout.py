"""The blocks of a note file in the order of reading, and which of its titles are questions.

By the author's pattern, level, labels and comments, else by judgement (`choice.py`).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ankify.model import AnkifyError, TocEntry
from ankify.questions import thresholds as limit
from ankify.questions.blocks import Block, read_blocks
from ankify.questions.choice import Outline, choose, explain_given, explain_whole
from ankify.questions.contents import local_links, read_contents
from ankify.questions.evidence import FileIndex, Flow, unread_counts
from ankify.questions.labels import counted_word, with_labels
from ankify.questions.numbers import CUSTOM, Numbered
from ankify.questions.pairs import with_headed_pairs, with_pairs, with_topics, without_quotes
from ankify.questions.titles import Title
from ankify.questions.verdicts import BY_PATTERN
from ankify.questions.whole import as_one_question, has_own_questions
from ankify.questions.words import normal
from ankify.reading.flavours.blocks import CARD_TAGS
from ankify.reading.inline import cut, visible
from ankify.reading.parse import ParsedFile

if TYPE_CHECKING:
    import regex

_PATIENCE = 2.0  # seconds of work for the pattern of the notes in one file, on a busy machine, too


class SplitOptions(NamedTuple):
    """`[questions]` of ankify.toml: what overrules the reader's own judgement.

    `name` is what the note file is called: the title in its front matter, or its name.
    """

    level: int | None = None
    pattern: str | None = None
    unnumbered: bool = False
    labels: tuple[str, ...] = ()
    name: str = ""

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
    flow: Flow
    sources: tuple[int, ...]
    contents: Mapping[int, list[TocEntry]]
    outline: Outline

    @property
    def file(self) -> FileIndex:
        """The titles, with all that was measured of them when they were judged."""
        return next((it.group.file for it in self.outline.findings), None) or FileIndex(self.flow)


def lay_out(parsed: ParsedFile, options: SplitOptions) -> Layout:
    """Read the blocks of a file, and say which of its titles are questions."""
    return _read(
        with_headed_pairs(with_topics(without_quotes(read_blocks(parsed.tokens)))), options
    )


def lay_out_again(layout: Layout, options: SplitOptions) -> Layout:
    """The same of a file that was read with other `labels`, which change the titles themselves."""
    return _read(layout.unlabelled, options)


def _read(unlabelled: Sequence[Block], options: SplitOptions) -> Layout:
    blocks = with_labels(unlabelled, options.labels) if options.labels else unlabelled
    found = _lay_out(blocks, options)
    word = counted_word(blocks) if options.is_open and not found.outline.questions else None
    if word:
        counted = _lay_out(with_labels(blocks, [word]), options)
        found = counted if _cover(counted) else found
    return (_as_one_question(found, options) or found)._replace(unlabelled=unlabelled)


def _cover(layout: Layout) -> bool:
    """Whether nearly all of a file is below its questions: then a word that counts them is sure.

    `Card 1` to `Card 9` are a deck; `Issue 1` to `Issue 3` at the end of a guide are not.
    """
    group = layout.file.group(sorted(layout.outline.questions & layout.file.titles.keys()))
    return bool(group) and group.coverage >= limit.COVERING_ALL


def judge_again(layout: Layout, options: SplitOptions) -> Layout:
    """Say by other options than `labels` which titles are questions."""
    flow, outline = _choose(layout.flow, options)
    found = layout._replace(flow=flow, outline=outline)
    return _as_one_question(found, options) or found


def _as_one_question(layout: Layout, options: SplitOptions) -> Layout | None:
    """The same file as one question, if its name is one and it holds no others."""
    one = as_one_question(layout.blocks, options.name) if options.is_open else None
    if not one:
        return None
    asked = options._replace(unnumbered=True)
    found = (
        layout if options.unnumbered else layout._replace(outline=_choose(layout.flow, asked)[1])
    )
    blocks, at = one
    whole = _lay_out(blocks, asked)
    at = whole.sources.index(at)
    inserted = len(whole.flow.blocks) - len(found.flow.blocks)
    questions = found.outline.questions & found.file.titles.keys()
    group = found.file.group(sorted(questions - {at - inserted}))
    is_paired = whole.file.titles[at].is_paired
    own = has_own_questions(group) and (group.is_labelled or not is_paired)
    if own and group.coverage >= limit.COVERING:
        return None
    if whole.file.group([at]).coverage < limit.ONE_QUESTION:
        return None
    inside = frozenset(position + inserted for position in group) if own else frozenset()
    taken = options.unnumbered or is_paired
    outline = explain_whole(whole.file, at, inside, unnumbered=taken)
    return whole._replace(outline=outline)


def _lay_out(blocks: Sequence[Block], options: SplitOptions) -> Layout:
    flow, sources = _open_lists(blocks)
    linked = any(any(local_links(block)) for block in blocks)
    contents = read_contents(blocks, _last_places(flow, sources)) if linked else {}
    flow = flow._replace(
        blocks=with_pairs(flow.blocks),
        contents=frozenset(at for at, source in enumerate(sources) if source in contents),
        listed=frozenset(normal(entry.title) for found in contents.values() for entry in found),
    )
    flow, outline = _choose(flow, options)
    return Layout(blocks, blocks, flow, sources, contents, outline)


def _open_lists(blocks: Sequence[Block]) -> tuple[Flow, tuple[int, ...]]:
    """Put the items of each list in its place; also say which block each comes from."""
    flat = [(item, at) for at, block in enumerate(blocks) for item in (block.items or (block,))]
    flow = unread_counts(Flow(tuple(item for item, _ in flat)))
    return flow, tuple(at for _, at in flat)


def _last_places(flow: Flow, sources: Sequence[int]) -> dict[str, int]:
    """At which block each title stands last, by its letters and digits."""
    marked = ((block.title, at) for block, at in zip(flow.blocks, sources, strict=True))
    return {normal(title.name): at for title, at in marked if title}


# -- what the author says about questions ---------------------------------------------------------


def _choose(flow: Flow, options: SplitOptions) -> tuple[Flow, Outline]:
    """Which titles are questions: by the author's pattern and comments, else by judgement."""
    if options.pattern is not None:
        flow, found = _matching(flow, options.pattern, options.level)
        outline = Outline(found, findings=explain_given(FileIndex(flow), found, BY_PATTERN))
    else:
        outline = choose(flow, unnumbered=options.unnumbered, level=options.level)
    marked = {
        at + 1
        for at, block in enumerate(flow.blocks[:-1])
        if is_comment(block) and "question" in block.comments and flow.blocks[at + 1].title
    }
    marked |= {at for at, block in enumerate(flow.blocks) if block.title and _is_flashcard(block)}
    return flow, outline._replace(questions=outline.questions | marked)


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
