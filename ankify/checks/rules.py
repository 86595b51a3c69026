"""The rules of `ankify check`: what an author of notes can mend, found in a project that was read.

A rule is a function that yields problems; its name, with dashes, is its id, and its docstring is
what docs/rules.md says of it. Rules of which the reader itself sees the trouble stand in the same
table: their problems come with the project, and their function only passes them on.
"""

from __future__ import annotations

import difflib
import inspect
import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from unicodedata import category
from urllib.parse import unquote

from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from ankify.files import files_below
from ankify.model import (
    PICTURES,
    ChangeKind,
    Heading,
    Location,
    Page,
    Problem,
    Project,
    Question,
    Severity,
    TocEntry,
)
from ankify.questions.numbers import read_number
from ankify.questions.words import normal
from ankify.reading.html import html_text, tags

Find = Callable[[Project], Iterable[Problem]]


@dataclass(frozen=True)
class Rule:
    """A check: its id, what it is about (Markdown, first line a title), and what finds it.

    `find` is None where the reader finds it: the problems are in `Project.problems` already.
    """

    id: str
    text: str
    find: Find | None = None


RULES: dict[str, Rule] = {}


def rule(find: Find) -> Find:
    """Add a function to the rules."""
    name = find.__name__.replace("_", "-")
    RULES[name] = Rule(name, inspect.cleandoc(find.__doc__ or ""), find)
    return find


def seen_by_the_reader(name: str, text: str) -> None:
    """Add a rule whose problems are found while the notes are read."""
    RULES[name] = Rule(name, inspect.cleandoc(text))


def check(project: Project) -> tuple[Problem, ...]:
    """Find everything in the notes that their author can mend, sorted by place.

    What the reader has found is in it, too; rules that are switched off in `ankify.toml` or by a
    comment in the notes are not. Nothing is written, and of the notes folder only the names of the
    pictures are read.
    """
    pages = {page.file: page for page in project.pages}
    found = set(project.problems)
    for each in RULES.values():
        if each.find and each.id not in project.rules_off:
            found.update(
                problem
                for problem in each.find(project)
                if not _switched_off(problem, pages.get(problem.location.file))
            )
    return tuple(sorted(found))


def _switched_off(problem: Problem, page: Page | None) -> bool:
    return page is not None and page.switched_off(problem.rule, problem.location.line)


# -- what the reader sees --------------------------------------------------------------------------

seen_by_the_reader(
    "unreadable",
    """A file that cannot be read at all

    A note file that is not UTF-8, an `ankify.toml` with an unknown setting or a value of the wrong
    type, an `ankify.lock` with the marks of a git conflict: always an error, and nothing is built
    until it is mended. The message names file and line.
    """,
)
seen_by_the_reader(
    "missing-image",
    """A picture that is not there

    The card shows the name of the picture in its place. The hint names the file whose name is
    nearest.
    """,
)
seen_by_the_reader(
    "image-case",
    """A picture whose name is spelled otherwise on disk

    `Figure.PNG` and `figure.png` are one file on Windows and macOS, and two on GitHub and Linux.
    The card shows the picture; the page on GitHub does not. Write the name as the file has it.
    """,
)
seen_by_the_reader(
    "image-outside",
    """A picture that lies outside of the notes folder

    `../../private.png`, `/etc/passwd`, `C:\\a.png`, a link out of the folder. Nothing from outside
    of the notes folder is put into a deck: the card says so in the picture's place. Copy the
    picture beside the notes.
    """,
)
seen_by_the_reader(
    "remote-image",
    """A picture on some server

    The card links to it, so it needs a network, and it is gone when the server is. Keep a copy
    beside the notes, or build with `--fetch`.
    """,
)
seen_by_the_reader(
    "large-image",
    """A picture of more than 5 MB

    Phones sync it over the air. Save it smaller, or set `max_width` in `[media]`.
    """,
)
seen_by_the_reader(
    "broken-image",
    """A picture that is none

    An empty file, a web page saved under the name of a picture, a Git LFS pointer, an SVG that
    cannot be made safe.
    """,
)
seen_by_the_reader(
    "question-without-answer",
    """A question without an answer

    It makes no card, or one with nothing but the label of the answer on its back. Write the answer,
    or take the question out.
    """,
)
seen_by_the_reader(
    "undecided-file",
    """A note file in which some headings may be questions or sections

    They are taken as sections. To make them questions, set `level` or `pattern` in `[questions]` of
    `ankify.toml`, in the notes folder or in the one that the file is in.
    """,
)
seen_by_the_reader(
    "uncertain-match",
    """A question that may or may not be an old one

    It was reworded and changed so much that ankify cannot be sure whether it is the question of the
    last build. The message names the candidates and what was done.
    """,
)
seen_by_the_reader(
    "mixed-line-ends",
    """A note file with both Windows and Unix line ends

    Git then shows whole files as changed. Let the editor save it with one kind.
    """,
)
seen_by_the_reader(
    "unbalanced-formula",
    r"""A formula in which something has no partner

    A brace, a `\begin` or `\end`, a `\left` or `\right`. MathJax shows an error in its place.
    """,
)
seen_by_the_reader(
    "undrawn-command",
    r"""A command in a formula that is not drawn

    Anki's MathJax does not know it (`\bm`), or ankify does not hand it on: what links anywhere but
    to the web, styles, loads or defines could harm the learner, or change cards of other decks
    until Anki is closed. The card shows the command as text. `\newcommand`, `\def`, `\let`,
    `\DeclareMathOperator` and `\DeclarePairedDelimiter` are fine: they are carried out beforehand.
    """,
)
seen_by_the_reader(
    "spaced-formula",
    """A formula with blanks inside of its dollar signs

    `$ x^2 $` is text for GitHub, and for the card. Write `$x^2$`.
    """,
)
seen_by_the_reader(
    "formula-in-code",
    """A formula that stands in code

    In backticks, or in a code block (four blanks at the start of a line make one), a formula is
    shown as it is written. Only code that is nothing but one formula with TeX in it is reported.
    """,
)
seen_by_the_reader(
    "removed-html",
    """Raw HTML that is left out of the cards

    GitHub takes it out as well. It is reported at the first place of each tag in a file.
    """,
)
seen_by_the_reader(
    "unknown-comment",
    """A comment to ankify that does nothing

    `<!-- ankify: ignor -->`, or two things in one comment. The ones there are stand in
    [how questions are found](dialects.md) and above.
    """,
)


# -- pictures --------------------------------------------------------------------------------------


@rule
def no_question(project: Project) -> Iterator[Problem]:
    """Notes in which no question is found

    There is no deck to build. The hint says what may be a question, and how to say so.
    """
    from ankify.anki import write as apkg

    error = apkg.no_question(project)
    if error and not any(page.unreadable for page in project.pages):
        place = Location(".")
        yield Problem(place, "no-question", error.message, Severity.ERROR, error.hint)


@rule
def unreferenced_image(project: Project) -> Iterator[Problem]:
    """A picture that no note file names

    Only folders of which another picture is in use are looked at: elsewhere pictures may well be
    for something else.
    """
    names = {name for page in project.pages for name in page.survey.pictures}
    used = names | {name.lstrip("(") for name in names}
    by_folder: dict[str, list[str]] = defaultdict(list)
    for path in files_below(project.root, PICTURES):
        by_folder[posixpath.dirname(path)].append(path)
    for paths in by_folder.values():
        unused = [path for path in paths if not _is_named(posixpath.basename(path), used)]
        for path in unused if len(unused) < len(paths) else ():
            yield Problem(
                Location(path),
                "unreferenced-image",
                "no note file names this picture",
                hint="remove it, or show it where it belongs",
            )


def _is_named(name: str, used: set[str]) -> bool:
    """Whether a name stands in the notes; of one with blanks, what follows the last is enough."""
    return name in used or name.rpartition(" ")[2] in used


# -- questions -------------------------------------------------------------------------------------

LONG = 2000  # characters of an answer's text
SAME_ANSWER = 90  # percent of the letters
ENOUGH = 40  # characters of an answer that say something: "see the code" does not
MANY = 50  # questions of the same words that are compared with each other
ADDRESS = re.compile(r"https?://\S+")


@rule
def long_answer(project: Project) -> Iterator[Problem]:
    """An answer of more than 2,000 characters

    Nobody recalls that much at once. Split the question: a section of its own for each part.
    """
    for page in project.pages:
        for one in page.rendered:
            question, content = one.question, one.content
            if len(text := html_text(content.answer)) > LONG:
                yield Problem(
                    question.location,
                    "long-answer",
                    f"answer of {len(text):,} characters: {question.title}",
                    hint="split it into several questions",
                )


@rule
def duplicate_question(project: Project) -> Iterator[Problem]:
    """The same question twice

    Two questions with the same words, code and options, and nearly the same answer too: one of them
    was copied. With another answer they are reported only where both stand in the same section.
    """
    seen: dict[str, list[tuple[Question, str]]] = defaultdict(list)
    for page in project.pages:
        for one in page.rendered:
            question, content = one.question, one.content
            others = seen[_asked(content.question)]
            near, shown = others[:MANY], html_text(content.answer)
            first = next((q for q, text in near if _same(q, text, question, shown)), None)
            others.append((question, shown))
            if first:
                yield Problem(
                    question.location,
                    "duplicate-question",
                    f"the same question as at {_seen_from(question, first)}: {question.title}",
                    hint="keep one of them, or say in the title what is different",
                )


def _asked(page: str) -> str:
    """What a front asks, by its letters; a picture is part of it."""
    pictures = [tag.source for tag in tags(page) if tag.name == "img"]
    return normal(" ".join([html_text(page), *pictures]))


def _same(first: Question, its_text: str, second: Question, text: str) -> bool:
    if (first.file, first.trail) == (second.file, second.trail):
        return True
    if ADDRESS.findall(its_text) != ADDRESS.findall(text):
        return False  # "See the code at ...": the same words about two things
    return len(text) >= ENOUGH and ratio(its_text, text, score_cutoff=SAME_ANSWER) > 0


def _seen_from(question: Question, other: Question) -> str:
    return f"line {other.line}" if question.file == other.file else str(other.location)


@dataclass(frozen=True)
class _Numbered:
    question: Question
    number: int


def _numbered(page: Page) -> Iterator[list[_Numbered]]:
    """The questions of a file by section and by all but the last part of their numbers, in order.

    Where numbering starts again, a new run begins.
    """
    runs: dict[tuple[object, ...], list[_Numbered]] = {}
    asked = sorted((*page.questions, *page.unanswered), key=lambda question: question.line)
    for question in asked:
        head, number = _last_number(question.number or "")
        if number is None:
            continue
        run = runs.get((question.trail, head))
        if run is None or (number < run[-1].number and number <= 1):
            if run:
                yield run
            run = runs[question.trail, head] = []
        run.append(_Numbered(question, number))
    yield from runs.values()


def _last_number(number: str) -> tuple[str, int | None]:
    """`3.4.12` -> `3.4.` and 12; None for what does not end in a number."""
    found = re.fullmatch(r"(.*?)(\d+)", number)
    return (found[1], int(found[2])) if found else (number, None)


@rule
def duplicate_number(project: Project) -> Iterator[Problem]:
    """A number that two questions of one section have

    Only where the numbers go up otherwise: that a section starts again at 1 is nothing to report.
    """
    for page in project.pages:
        for run in _numbered(page):
            if not _goes_up(run):
                continue
            for one, two in pairwise(run):
                if one.number == two.number:
                    yield Problem(
                        two.question.location,
                        "duplicate-number",
                        f"number {two.question.number} appears twice"
                        f" (first at line {one.question.line})",
                        hint="give it a number of its own",
                    )


@rule
def number_gap(project: Project) -> Iterator[Problem]:
    """A number that is left out

    Only where all other numbers of the section follow each other. A question may have got lost, or
    its heading may be one that ankify does not see as a question.
    """
    for page in project.pages:
        known = {heading.number for heading in page.survey.headings}
        known |= {re.sub("[a-z]+$", "", number or "") for number in known}  # 17a, 17b
        for run in _numbered(page):
            steps = [(one, two) for one, two in pairwise(run) if two.number > one.number + 1]
            if len(run) < 4 or len(steps) != 1 or not _goes_up(run):
                continue
            one, two = steps[0]
            if two.number == one.number + 2 and _before(two) not in known:
                yield Problem(
                    two.question.location,
                    "number-gap",
                    f"no question {_before(two)}: {one.question.number} is followed by"
                    f" {two.question.number}",
                )


def _goes_up(run: Sequence[_Numbered]) -> bool:
    """Whether the numbers of a run never go down, and seldom stay."""
    stays = sum(one.number == two.number for one, two in pairwise(run))
    falls = any(two.number < one.number for one, two in pairwise(run))
    return not falls and stays <= len(run) / 4


def _before(it: _Numbered) -> str:
    head, _ = _last_number(it.question.number or "")
    return f"{head}{it.number - 1}"


@rule
def unnumbered_questions(project: Project) -> Iterator[Problem]:
    """A note file whose questions have no numbers

    It makes no cards, as a heading without a number is a section. If they are questions, say
    `--unnumbered`, or `unnumbered = true` in `[questions]` of `ankify.toml`. A build that removes
    cards for it says so, too.
    """
    for page in project.pages:
        count = page.survey.unnumbered
        if count:
            yield Problem(
                Location(page.file),
                "unnumbered-questions",
                "1 question without a number makes no card"
                if count == 1
                else f"{count} questions without a number make no card",
                hint="number them, or set unnumbered = true in [questions] of ankify.toml",
            )


def why_removed(project: Project) -> tuple[Problem, ...]:
    """The warnings of files whose questions are gone since the last build for want of a number."""
    gone = {one.location.file for one in project.changes if one.kind is ChangeKind.REMOVED}
    if not any(page.survey.unnumbered for page in project.pages if page.file in gone):
        return ()
    found = (problem for problem in check(project) if problem.rule == "unnumbered-questions")
    return tuple(problem for problem in found if problem.location.file in gone)


# -- titles, ids and tables of contents ------------------------------------------------------------


@rule
def title_id_mismatch(project: Project) -> Iterator[Problem]:
    """A heading whose id says something else than its title

    `<h2 id="1.What is A?">1.What is B?</h2>`: it was copied from another question, and one of the
    two was forgotten. Only ids that repeat number and title are compared, in files where most do.
    """
    for page in project.pages:
        pairs = [(h, i) for h in page.survey.headings for i in h.ids[:1]]
        agree = [heading for heading, anchor in pairs if _agree(heading, anchor)]
        if 2 * len(agree) < len(pairs):
            continue
        for heading, anchor in pairs:
            if heading not in agree and heading.number and _repeats_a_title(anchor):
                yield Problem(
                    Location(page.file, heading.line),
                    "title-id-mismatch",
                    f"the title is {heading.title!r}, but its id is {anchor!r}",
                    hint="one of them was copied from another question",
                )


def _repeats_a_title(anchor: str) -> bool:
    read = read_number(anchor)
    return read.number is not None and len(normal(anchor[read.start :])) > 3


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
    for page in project.pages:
        anchors = _anchors(page)
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
CROWD = 2000  # titles beyond these are not compared by their letters


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
        if inside or (numbered and ratio(text, title) >= 50):
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
        for question in missing if 4 * len(missing) <= len(asked) else ():
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


# -- papers ----------------------------------------------------------------------------------------

# https://arxiv.org/pdf/2302.05543v3, https://doi.org/10.1145/3528223, .../forum?id=abc
PAPER = re.compile(
    r"""arxiv\.org/(?:abs|pdf|html)/(?P<arxiv>\d{4}\.\d{4,5}|[a-z-]+/\d{7})
    | doi\.org/(?P<doi>10\.[^\s?#]+) | openreview\.net/\w+\?id=(?P<review>[\w-]+)""",
    re.IGNORECASE | re.VERBOSE,
)


@rule
def same_paper_link(project: Project) -> Iterator[Problem]:
    """Two note files that name the same paper as theirs

    A paper linked above the first question of a file, alone, is the paper the file is about. The
    same link in two files was copied, and one of the two is wrong.
    """
    first: dict[str, Location] = {}
    for page in project.pages:
        papers = _papers(page)
        if len(papers) != 1:
            continue
        [(paper, line)] = papers.items()
        here = Location(page.file, line)
        other = first.setdefault(paper, here)
        if other != here:
            yield Problem(
                here,
                "same-paper-link",
                f"the same paper as in {other}: {paper}",
                hint="one of the two links was copied",
            )


def _papers(page: Page) -> dict[str, int]:
    """The papers linked above the first question, each with its first line."""
    end = page.questions[0].line if page.questions else 0
    found: dict[str, int] = {}
    for link in page.survey.links:
        paper = PAPER.search(link.href)
        if paper and link.line < end:
            found.setdefault(next(filter(None, paper.groups())).lower(), link.line)
    return found


# -- ankify itself ---------------------------------------------------------------------------------


@rule
def unknown_rule(project: Project) -> Iterator[Problem]:
    """A rule to switch off that there is not

    In `off` of `[check]` in `ankify.toml`, or in a comment `<!-- ankify: off=... -->`.
    """
    places = [(_in_settings(project.root, name), name) for name in project.rules_off]
    for page in project.pages:
        places += [(Location(page.file, line), name) for line, name in page.survey.off]
    for place, name in places:
        if name not in RULES:
            near = difflib.get_close_matches(name, RULES, 1)
            hint = f"did you mean {near[0]}?" if near else "docs/rules.md lists them all"
            yield Problem(place, "unknown-rule", f"no such rule: {name}", Severity.ERROR, hint)


def _in_settings(root: Path, name: str) -> Location:
    """Where `ankify.toml` names a rule; settings that were given otherwise have no line."""
    try:
        lines = (root / "ankify.toml").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    found = (
        number
        for number, line in enumerate(lines, 1)
        if re.search(rf"[\"']{re.escape(name)}[\"']", line)
    )
    return Location("ankify.toml", next(found, 0))
