"""Passages that questions of an exam are about: the text above them, which belongs to the front.

Only where each question has options and an answer with a label: elsewhere what a section opens with
may give the answers away.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ankify.questions.answers import LISTS, is_filler, opening_words
from ankify.questions.block import Block
from ankify.questions.words import says_key

Passage = tuple[int, int]  # the first block, and the one below the last
WORD = re.compile("[^\\W\\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{4,}|[\u3040-\ud7a3]{2}")
SEVERAL = 2  # questions, or passages, that show what a file is made of


class Part(NamedTuple):
    """Questions below one heading: their positions, where their answers say the key, the end.

    `opening` is the text between the heading and the first question.
    """

    questions: tuple[int, ...]
    keys: tuple[int, ...]
    end: int
    opening: Passage

    @property
    def gaps(self) -> tuple[Passage, ...]:
        """What is below the key of each answer, down to the next question."""
        return tuple((key + 1, to) for key, to in zip(self.keys, self.questions[1:], strict=False))


def passages(blocks: Sequence[Block], chosen: Sequence[int]) -> dict[int, Passage]:
    """The passage above each question that has one, by the position of the question."""
    if sum(_is_key(block) for block in blocks) < SEVERAL:
        return {}
    parts = [part for part in _parts(blocks, chosen) if part and _says(blocks, part.opening)]
    between = [part for part in parts if _goes_on(blocks, part)]
    opened = [part for part in parts if part.opening[0] and part not in between]
    found: dict[int, Passage] = {}
    for part in between:
        passage = part.opening
        for question, gap in zip(part.questions, (part.opening, *part.gaps), strict=True):
            passage = gap if _says(blocks, gap) else passage
            found[question] = passage
    for part in opened if len(opened) >= SEVERAL else ():
        found |= dict.fromkeys(part.questions, part.opening)
    return found


def _parts(blocks: Sequence[Block], chosen: Sequence[int]) -> Iterator[Part | None]:
    """The questions by the heading above them; None where one of them has no options or no key."""
    asked = set(chosen)
    others = [at for at, block in enumerate(blocks) if block.heading and at not in asked]
    for heading, end in pairwise([-1, *others, len(blocks)]):
        inside = chosen[bisect_left(chosen, heading) : bisect_left(chosen, end)]
        if inside:
            keys = tuple(_key(blocks, *span) for span in pairwise([*inside, end]))
            part = Part(tuple(inside), keys, end, (heading + 1, inside[0]))
            yield part if all(keys) else None


def _key(blocks: Sequence[Block], question: int, end: int) -> int:
    """The block with the label of the answer below options; 0 for none."""
    found = next((at for at in range(question + 1, end) if _is_key(blocks[at])), 0)
    options = any(block.type in LISTS for block in blocks[question + 1 : found])
    return found if options else 0


def _is_key(block: Block) -> bool:
    return says_key(opening_words(block))


def _says(blocks: Sequence[Block], passage: Passage) -> bool:
    return not all(map(is_filler, blocks[slice(*passage)]))


def _goes_on(blocks: Sequence[Block], part: Part) -> bool:
    """Whether what is below the keys is about the next question rather than about the last.

    An explanation would be below the last key, too, and speak of what was asked above it.
    """
    said = [gap for gap in part.gaps if _says(blocks, gap)]
    if not said or _says(blocks, (part.keys[-1] + 1, part.end)):
        return False
    about = [0, 0]
    spans = list(zip(part.questions, part.keys, strict=True))
    for gap, *around in zip(part.gaps, spans, spans[1:], strict=False):
        words = _words(blocks[slice(*gap)])
        for side, span in enumerate(around):
            about[side] += len(words & _words(blocks[slice(*span)]))
    return about[1] > about[0]


def _words(blocks: Iterable[Block]) -> set[str]:
    """The longer words of some blocks, of scripts without spaces each two letters."""
    inline = (token for block in blocks for token in block.tokens if token.type == "inline")
    texts = (token.words.casefold() for token in inline)
    return {word for text in texts for word in WORD.findall(text)}
