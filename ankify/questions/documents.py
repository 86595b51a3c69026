"""What shows that numbered titles are the sections of a text which asks nothing, in any language.

A user's own topics, `## 3. Event loop`, look the same, and have to become cards: so nothing here
applies where a title of the file asks, and no single sign is enough.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ankify.questions import thresholds as limit
from ankify.questions.evidence import HEADINGS, Group, share
from ankify.questions.numbers import counted_chapter
from ankify.questions.words import QUIZ, names_questions
from ankify.reading.inline import visible
from ankify.reading.tokens import Token

# `[1.1.0] - 2024-12-20`, `v2.0`, `2025.07`; `1. 2024` is the answer to something, or a question.
DATE = r"\d{1,4}(?:[.\-/]\d{1,4}){1,3}"
DATES = re.compile(rf"[\W_]*v?{DATE}[\W_]*(?:{DATE}[\W_]*)*", re.IGNORECASE)


def is_dated(group: Group) -> bool:
    """The titles are dates and versions, and nothing else."""
    return all(DATES.fullmatch(visible(title.whole)) for title in group.titles)


def is_chapter_parts(group: Group) -> bool:
    """`## 3.1 X` and `## 3.2 Y` below `# Chapter 3`, in a file that hardly asks."""
    heads = {(title.read.number or "").rpartition(".")[0] for title in group.titles}
    if len(heads) > 1 or "" in heads:
        return False
    file = group.file
    top = file.titles[file.headings[0]] if file.headings else None
    chapter = top and not top.read.number and counted_chapter(top.name)
    return bool(chapter) and _headings(group).share_asking < limit.FEW_ASK


def _headings(group: Group) -> Group:
    return group.file.group(group.file.headings)


def is_documentation(group: Group) -> bool:
    """Several signs say so, and nothing in the file, nor its name, says that something is asked."""
    asking = max(group.share_asking, _headings(group).share_asking)
    if group.first.kind not in HEADINGS or asking >= limit.HARDLY_ANY_ASK:
        return False
    signs = sum(sign(group) for sign in SIGNS)
    return signs >= limit.SIGNS and not group.share_solved and not _names_questions(group)


def _names_questions(group: Group) -> bool:
    file = group.file
    names = (file.flow.name, *(file.titles[at].name for at in file.headings))
    return any(QUIZ.match(name) or names_questions(name) for name in names)


def is_readme(group: Group) -> bool:
    """A README says what a project is."""
    return bool(README.match(group.file.flow.name))


README = re.compile(r"readme(?![^\W_])", re.IGNORECASE)


def are_in_some_sections(group: Group) -> bool:
    """They are below some headings, and as many others like these hold text without a number."""
    file = group.file
    sections = _sections(group)
    if not sections or any(file.titles[at].read.number for at in sections):
        return False
    level = min(file.titles[at].level for at in sections)
    like = file.group(at for at in file.headings if file.titles[at].level == level)
    others = [at for at in like.answered if at not in sections]
    return len(others) >= len(sections) and not group.covers(limit.COVERING_ALL)


def _sections(group: Group) -> set[int]:
    """The headings right above the titles; none if a title has none but the one of the file."""
    file = group.file
    above = {title.line for title in map(file.parents.get, group) if title}
    found = {at for at in file.headings if file.titles[at].line in above}
    return set() if {*file.headings[:1]} & found else found


def are_few(group: Group) -> bool:
    """As many headings without a number have text of their own elsewhere."""
    file, sections = group.file, _sections(group)
    answers = [(start, file.end_below(start, end)) for start, end in group.spans]
    loose = file.loose_headings
    inside = {at for span in answers for at in loose.within(*span)} | sections
    return sum(at not in inside for at in loose.answered) >= len(group)


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
    is_readme,
    are_in_some_sections,
    are_few,
    are_code,
    lead_to_sources,
)
