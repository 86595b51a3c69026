"""What shows that numbered titles are the sections of a text which asks nothing, in any language.

A user's own topics, `## 3. Event loop`, look the same, and have to become cards: so nothing here
applies where a title of the file asks, and no single sign is enough.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from ankify.questions import thresholds as limit
from ankify.questions.evidence import Group, share
from ankify.questions.numbers import KEYCAPS, counted_chapter
from ankify.questions.options import boxes
from ankify.questions.styles import style_of
from ankify.questions.titles import HEADINGS, Title
from ankify.questions.words import CHAPTER_TITLE, NO_QUESTION, names_questions
from ankify.questions.words.patterns import UNSPACED, word_set, words_of
from ankify.reading.inline import visible
from ankify.reading.tokens import Token

# `[1.1.0] - 2024-12-20`, `v2.0`, `2025.07`; `1. 2024` is the answer to something, or a question.
DATE = r"\d{1,4}(?:[.\-/]\d{1,4}){1,3}"
DATES = re.compile(rf"[\W_]*v?{DATE}[\W_]*(?:{DATE}[\W_]*)*", re.IGNORECASE)


# `3 March 2014`, in any language.
DAY = re.compile(r"[\W_]*\d{1,2}\.?\s+(?:[^\W\d_]+\.?\s+){1,2}(?:19|20)\d\d[\W_]*")


def is_dated(group: Group) -> bool:
    """The titles are dates and versions, and nothing else; days are not counted from 1."""
    titles = [visible(title.whole) for title in group.titles]
    numbers = map(group.file.number, group)
    counted = all(at == number for at, number in enumerate(numbers, 1))
    return all(map(DATES.fullmatch, titles)) or (not counted and all(map(DAY.fullmatch, titles)))


def is_chapter_parts(group: Group) -> bool:
    """`## 3.1 X` and `## 3.2 Y` below `# Chapter 3` or `# 3. W`; `### 3.1 X` below `## Step 3`."""
    file = group.file
    heads = {(title.read.number or "").rpartition(".")[0] for title in group.titles}
    if "" in heads or file.all_headings.share_asking >= limit.FEW_ASK:
        return False
    if group.share_solved >= limit.MOST_ASK:  # exercises of a chapter
        return False
    top = file.titles[file.headings[0]] if file.headings else None
    if top and len(heads) == 1 and not top.read.number and counted_chapter(top.name):
        return True
    if top and _goes_on_from_title(group, top):
        return True
    return all(_is_part_of_step(file.parents.get(at), file.titles[at]) for at in group)


def _goes_on_from_title(group: Group, top: Title) -> bool:
    """Whether nearly all numbers go on with that of the only `#` heading, in whatever words.

    `## 7.1 X` below `# 7. Knots` or `# Ch7 - Knots`; `# Question 7` or `# Exam 7` holds questions.
    """
    file = group.file
    is_asked = top.read.is_labelled or style_of(top).family == "exercise"
    if is_asked or file.headings_by_level.get(1, group).positions != (file.headings[0],):
        return False
    if file.is_named_for_questions or names_questions(top.name):
        return False
    counted = STEP.match(top.name.translate(KEYCAPS))
    if counted and counted["word"].lower() in word_set("question_qualifiers"):
        return False
    number = top.read.number or (counted["number"] if counted else "")
    heads = [(title.read.number or "").partition(".")[0] for title in group.titles]
    return heads.count(number) >= limit.NEARLY_ALL_ASK * len(heads)


def _is_part_of_step(above: Title | None, part: Title) -> bool:
    """Whether a heading counts what a title numbers the parts of: `Step 3` above `3.1 X`."""
    found = STEP.match(above.name.translate(KEYCAPS)) if above else None
    if not found or found["word"].casefold() not in word_set("counted_others"):
        return False
    return (part.read.number or "").partition(".")[0] == found["number"]


STEP = re.compile(r"\W*(?P<word>[^\W\d_]+)\s*(?P<number>\d{1,3})(?=\s*(?:[:：.–—-]|$))")


def is_documentation(group: Group) -> bool:
    """Several signs say so, and nothing in the file, nor its name, says that something is asked."""
    file = group.file
    if group.first.kind not in HEADINGS or group.share_asking >= limit.HARDLY_ANY_ASK:
        return False
    if file.all_headings.share_asking >= limit.HARDLY_ANY_ASK or group.share_solved:
        return False
    if file.names_questions:
        return False
    return sum(sign(group) for sign in SIGNS) >= limit.SIGNS


def is_named_so(group: Group) -> bool:
    """The name of the file says that it describes something: "README", "Deployment guide"."""
    name = re.sub(r"[\W_]+", " ", group.file.flow.name.lower())
    words, known = set(words_of(name)), word_set("documents")
    joined = (word for word in known if " " in word or UNSPACED.search(word))
    return not words.isdisjoint(known) or any(word in name for word in joined)


def has_version(group: Group) -> bool:
    """A line above the titles says of which day or version the text is: "Updated: 2026-02-11"."""
    above = (token for block in group.file.flow.blocks[: group[0]] for token in block.tokens)
    lines = (token.words for token in above if token.type == "inline")
    return any(map(STATED.search, lines))


STATED = re.compile(
    r"^[^\w\n]*\w[^\n:：]{0,30}[:：][^\w\n]*(?:v?\d+(?:\.\d+)+|v\d+|\d{4}[-/.年] ?\d{1,2})\b",
    re.MULTILINE | re.IGNORECASE,
)


def opens_or_ends_as_text(group: Group) -> bool:
    """The first or the last of the titles is that of a chapter: "Overview", "References"."""
    titles = group.file.by_style[style_of(group.first)].titles
    ends = titles[0].name, titles[-1].name
    return any(CHAPTER_TITLE.match(name) or NO_QUESTION.match(name) for name in ends)


def has_tasks(group: Group) -> bool:
    """The file is a long list of boxes to tick, or of what is done ✅ and is not ❌: a plan."""
    tokens = [token for block in group.file.flow.blocks for token in block.tokens]
    items = (token.words.lstrip()[:1] for token in tokens if token.type == "inline")
    marked = Counter(first for first in items if first and first in STATES)
    done = sum(marked.values()) if len(marked) > 1 else 0
    return max(sum(1 for _ in boxes(tokens)), done) >= limit.LONG_RUN


STATES = "✅❌⚠☐☑⬜🔲✔✖"  # what begins an item of a plan


def are_in_some_sections(group: Group) -> bool:
    """They are below some headings, and as many others like these hold text without a number."""
    file = group.file
    sections = _sections(group)
    if not sections or any(file.titles[at].read.number for at in sections):
        return False
    like = file.headings_by_level[min(file.titles[at].level for at in sections)]
    others = len(like.answered) - sum(at in like.answered for at in sections)
    return others >= len(sections) and not group.covers(limit.COVERING_ALL)


def _sections(group: Group) -> set[int]:
    """The headings right above the titles; none if a title has none but the one of the file."""
    file = group.file
    found = {file.parent_positions[at] for at in group if at in file.parent_positions}
    return set() if {*file.headings[:1]} & found else found


def are_few(group: Group) -> bool:
    """As many headings without a number have text of their own elsewhere."""
    file, sections = group.file, _sections(group)
    loose = file.loose_headings.answered
    inside = sum(len(loose.within(*span)) for span in group.answer_spans)
    return len(loose) - inside - sum(at in loose for at in sections) >= len(group)


def are_code(group: Group) -> bool:
    """The titles are names of a program, as in a reference."""
    return share(title.is_code for title in group.titles) > limit.MOST


def lead_to_sources(group: Group) -> bool:
    """The titles link to files of the project that are no notes."""
    return share(any(map(_is_source, title.children)) for title in group.titles) > limit.MOST


def _is_source(token: Token) -> bool:
    path = str(token.attrs.get("href") or "").partition("#")[0]
    return token.type == "link_open" and bool(path) and "://" not in path


SIGNS: tuple[Callable[[Group], bool], ...] = (
    is_named_so,
    has_version,
    opens_or_ends_as_text,
    has_tasks,
    are_in_some_sections,
    are_few,
    are_code,
    lead_to_sources,
)
