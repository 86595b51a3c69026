"""Tables of contents, ids of headings, and links to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import category
from urllib.parse import unquote

from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from ankify.checks.registry import rule
from ankify.model import Heading, Location, Page, Problem, Project, TocEntry
from ankify.questions.numbers import read_number
from ankify.questions.words import normal


@rule
def title_id_mismatch(project: Project) -> Iterator[Problem]:
    """A heading whose id says something else than its title

    `<h2 id="1.What is A?">1.What is B?</h2>`: it was copied from another question, and one of the
    two was forgotten. Only ids that repeat number and title are compared, in files where most do.
    """
    for page in project.pages:
        pairs = [(h, i) for h in page.survey.headings for i in h.ids[:1]]
        agree = [heading for heading, anchor in pairs if _agree(heading, anchor)]
        if len(agree) < MOST_AGREE * len(pairs):
            continue
        for heading, anchor in pairs:
            if heading not in agree and heading.number and _repeats_a_title(anchor):
                yield Problem(
                    Location(page.file, heading.line),
                    "title-id-mismatch",
                    f"the title is {heading.title!r}, but its id is {anchor!r}",
                    hint="one of them was copied from another question",
                )


MOST_AGREE = 0.5  # of the ids in a file: where fewer do, they are no copies of titles


def _repeats_a_title(anchor: str) -> bool:
    read = read_number(anchor)
    return read.number is not None and len(normal(anchor[read.start :])) >= WORD


WORD = 4  # letters of an id that repeats a title: `3-abc` may be the sign of anything


def _agree(heading: Heading, anchor: str) -> bool:
    wanted = normal(anchor)
    titles = normal(heading.title), normal((heading.number or "") + heading.title)
    return any(title in wanted or wanted in title for title in titles)


@rule
def dead_anchor(project: Project) -> Iterator[Problem]:
    """A link within a note file that leads nowhere

    `[X](#x)` needs a heading of which GitHub makes the anchor `x`, or an `id="x"` that is spelled
    just so. Each target is reported once a file. The hint names the anchor that is nearest.
    """
    everywhere: set[str] = set()
    if project.kept_with and project.kept_with[0] == "myst":  # whose names hold for all of a book
        everywhere = {_anchor(f"#{name}") for page in project.pages for name in page.survey.anchors}
    for page in project.pages:
        anchors = _anchors(page) | everywhere
        dead: dict[str, list[int]] = defaultdict(list)
        for link in page.survey.links:
            if link.href.startswith("#") and _anchor(link.href) not in anchors:
                dead[link.href].append(link.line)
        for count, (href, lines) in enumerate(dead.items()):
            more = f" (so does that at line {lines[1]})" if len(lines) > 1 else ""
            yield Problem(
                Location(page.file, lines[0]),
                "dead-anchor",
                f"the link leads nowhere: {href}{more}",
                hint=_nearest_anchor(href, page) if count < HINTS else None,
            )


def _anchors(page: Page) -> set[str]:
    """All that a link may lead to."""
    slugs = [heading.slug for heading in page.survey.headings]
    return {_anchor(f"#{name}") for name in (*page.survey.anchors, *slugs)} | {"", "top"}


def _anchor(href: str) -> str:
    """An anchor as it is compared: sites differ in case, and editors in what is left of emoji."""
    anchor = unquote(href[1:]).casefold().removeprefix("user-content-")
    return "".join(c for c in anchor if category(c) != "So" and c not in EMOJI_PARTS).strip()


EMOJI_PARTS = "\ufe0e\ufe0f\u200d"


def _nearest_anchor(href: str, page: Page) -> str | None:
    wanted = unquote(href[1:])
    if len(normal(wanted)) < SHORT:
        return None
    known = [*page.survey.anchors, *(heading.slug for heading in page.survey.headings)][:CROWD]
    near = process.extractOne(wanted, known, scorer=ratio, score_cutoff=ALIKE)
    return f"the nearest anchor is #{near[0]}" if near else None


HINTS = 200  # dead links of a file that get a hint
SHORT = 6  # letters that say too little
ALIKE = 75  # percent of the letters
ALIKE_BESIDE_NUMBER = 50  # percent, where the number says already which title is meant
CROWD = 2000  # titles beyond these are not compared by their letters
MOST_MISSING = 0.25  # of the questions: a table that leaves out more was not to list them all


@dataclass(frozen=True)
class _Contents:
    """The table of contents of a file beside the titles below it: which line is about which."""

    page: Page
    titles: tuple[Heading, ...]
    targets: tuple[Heading | None, ...]  # side by side with the lines of the table

    @property
    def pairs(self) -> Iterator[tuple[TocEntry, Heading | None]]:
        return zip(self.page.toc, self.targets, strict=True)


def _contents(project: Project) -> Iterator[_Contents]:
    for page in project.pages:
        if page.toc:
            titles = tuple(_titles(page))
            by_anchor = {
                _anchor(f"#{name}"): t for t in titles for name in (*t.ids, t.slug) if name
            }
            found = [by_anchor.get(_anchor(f"#{entry.anchor or ''}")) for entry in page.toc]
            words = [normal(title.title) for title in titles] if len(page.toc) <= CROWD else []
            pairs = list(zip(page.toc, found, strict=True))
            targets = tuple(title or _nearest(entry, titles, words) for entry, title in pairs)
            yield _Contents(page, titles, targets)


def _titles(page: Page) -> Iterator[Heading]:
    """Headings, and the questions that are none (`**1. X**`, `- [1-2 X](#1-2)`)."""
    lines = {heading.line for heading in page.survey.headings}
    yield from page.survey.headings
    for asked in (*page.questions, *page.unanswered):
        if asked.line not in lines:
            yield Heading(asked.line, asked.title, asked.number)


def _nearest(entry: TocEntry, titles: Sequence[Heading], words: Sequence[str]) -> Heading | None:
    """The title that a line whose anchor leads nowhere is most likely about.

    `words` are the titles once more, as they are compared.
    """
    title = normal(entry.title)
    if title in words:
        return titles[words.index(title)]
    for heading, text in zip(titles, words, strict=False):
        inside = len(title) >= SHORT and title in text
        numbered = bool(entry.number) and heading.number == entry.number
        if inside or (numbered and ratio(text, title) >= ALIKE_BESIDE_NUMBER):
            return heading
    near = process.extractOne(title, words, scorer=ratio, score_cutoff=ALIKE)
    return titles[near[2]] if near else None


@rule
def toc_reworded(project: Project) -> Iterator[Problem]:
    """A table of contents that words a question otherwise than its heading does

    Only lines that clearly belong to one heading, by anchor or number, or else by like words, are
    compared; a table of contents may shorten.
    """
    for contents in _contents(project):
        for entry, heading in contents.pairs:
            if heading and not _shortens(entry.title, heading.title):
                yield Problem(
                    Location(contents.page.file, entry.line),
                    "toc-reworded",
                    f"the table of contents says {entry.title!r}, the heading at line"
                    f" {heading.line} {heading.title!r}",
                )


def _shortens(entry: str, heading: str) -> bool:
    """Whether one title is the other with words left out."""
    short, long = sorted((normal(entry), normal(heading)), key=len)
    letters = iter(long)
    return all(letter in letters for letter in short)


@rule
def toc_missing(project: Project) -> Iterator[Problem]:
    """A question that the table of contents leaves out

    Only where it lists most questions of the file.
    """
    for contents in _contents(project):
        page = contents.page
        listed = {heading.line for _, heading in contents.pairs if heading}
        entries = {normal(entry.title) for entry in page.toc}
        unclear = [normal(entry.title) for entry, title in contents.pairs if not title][:CROWD]
        asked = (*page.questions, *page.unanswered)
        missing = [
            question
            for question in asked
            if question.line not in listed
            and normal(question.title) not in entries
            and not process.extractOne(
                normal(question.title), unclear, scorer=ratio, score_cutoff=ALIKE
            )
        ]
        for question in missing if len(missing) <= MOST_MISSING * len(asked) else ():
            yield Problem(
                question.location,
                "toc-missing",
                f"not in the table of contents: {question.title}",
            )


@rule
def toc_extra(project: Project) -> Iterator[Problem]:
    """A line of the table of contents for which there is no heading"""
    for contents in _contents(project):
        page = contents.page
        anchors = _anchors(page)
        lines = {entry.line for entry in page.toc}
        linked = [normal(link.text) for link in page.survey.links if link.line not in lines][:CROWD]
        for entry, heading in contents.pairs:
            known = heading or any(normal(entry.title) in text for text in linked)
            if entry.anchor and not known and _anchor(f"#{entry.anchor}") not in anchors:
                yield Problem(
                    Location(page.file, entry.line),
                    "toc-extra",
                    f"in the table of contents, but not in the file: {entry.title}",
                )
