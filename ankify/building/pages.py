"""Note files -> pages: each is read, split into its questions and rendered.

A page that the cache holds is not rendered again; where many are left, several processes share
them. Neither changes a page.
"""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ankify.building.cache import Cache, page_key
from ankify.config import LEVELS, Settings
from ankify.growth import Growth, GrowthInAll
from ankify.model import AnkifyError, NoteFile, Page, Rendered
from ankify.reading.flavours import Flavour
from ankify.reading.flavours.depends import dependencies
from ankify.reading.flavours.templates import is_drawing, is_template
from ankify.reading.source import Found, decode_note_file, read_bytes

if TYPE_CHECKING:
    from ankify.rendering.fields import Renderer, RenderOptions

Progress = Callable[[int, int], None]  # (note files done, note files in all)
TAG_TYPES = (str, int, float, date)
# Bytes of notes beside the largest file; below, starting processes costs more than it saves.
WORTH_A_PROCESS = 300_000


def read_pages(
    found: Sequence[Found],
    job: Job,
    *,
    cache: Cache | None = None,
    processes: int = 1,
    progress: Progress | None = None,
) -> Iterator[Page]:
    """Read, split and render note files, in their order.

    What `cache` holds is not rendered again. Raises AnkifyError where a file is not UTF-8, unless
    the job is tolerant.
    """
    settings = job.settings
    if settings.render.extensions:
        cache = None  # the user's own code: nobody can tell when it changes
    keys = [job.key(one, read_bytes(one)) if cache else "" for one in found]
    known = [cache.page(key) if cache else None for key in keys]
    missing = [one for one, page in zip(found, known, strict=True) if page is None]
    rendered = _render_all(missing, replace(job, cache=cache), processes)
    growth = GrowthInAll(lambda: sum(map(_size, found)))
    for position, page in enumerate(known):
        if page is None:
            keys[position], page = next(rendered)
        growth.add(page)
        yield page
        if progress:
            progress(position + 1, len(found))
    if cache:
        cache.drop_pages(but=keys)


def _render_all(missing: Sequence[Found], job: Job, processes: int) -> Iterator[tuple[str, Page]]:
    """Render files, in this process or in several; the keys name the bytes that were read."""
    done = 0
    sizes = [_size(one) for one in missing] if processes > 1 else []
    if sum(sizes) - max(sizes, default=0) > WORTH_A_PROCESS:
        for one, (key, page) in zip(missing, _in_processes(job, missing, processes), strict=False):
            done += 1
            kept = job.cache.page(key) if job.cache and not page else page
            yield (key, kept) if kept else job(one)
    yield from map(job, missing[done:])


def _size(found: Found) -> int:
    if found.data is not None:
        return len(found.data)
    try:
        return found.file.stat().st_size
    except OSError:  # it is gone since it was found: who reads it says so
        return 0


def _in_processes(
    job: Job, missing: Sequence[Found], processes: int
) -> Iterator[tuple[str, Page | None]]:
    """Yield what can be rendered in other processes: all, or less where they fail.

    A forked process has what this one has imported and compiled.
    """
    import multiprocessing
    from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor

    if _can_fork() and not job.settings.render.extensions:  # the user's own code sees notes alone
        _warm_up(job)
    context = multiprocessing.get_context("fork" if _can_fork() else "spawn")
    try:
        with ProcessPoolExecutor(processes, context, initializer=_set_up) as pool:
            yield from pool.map(job.kept, missing, chunksize=4)
    except (BrokenProcessPool, OSError, ImportError):
        return


def _warm_up(job: Job) -> None:
    """Render a sample, for all that is imported and compiled when it is first used."""
    sample = NoteFile("sample.md", "## 1. What?\n\n- One\n\n```python\nx = 1\n```\n")
    found = Found(Path(sample.path), sample.path, job.settings.questions)
    read_page(sample, found, job.settings, flavour=job.flavour, for_phone=job.for_phone)


def _can_fork() -> bool:
    """Whether this is Linux and a lone thread: a lock that another one holds stays locked.

    Those count, too, that Python does not know, as libraries in C or Rust start them.
    """
    return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1


def _set_up() -> None:
    """Ctrl-C ends the process that waits; the others end with it, without a traceback each.

    What they leave behind is looked for again: it grows with the notes.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_build, daemon=True).start()
    gc.freeze()
    gc.enable()


def _end_with_the_build() -> None:
    """A build that is killed says nothing to its processes: they would wait for work for ever."""
    from multiprocessing import parent_process

    if build := parent_process():
        build.join()
        os._exit(1)


@dataclass(frozen=True)
class Job:
    """Renders one note file; can be sent to another process.

    If `tolerant`, a file that is not UTF-8 becomes a page that holds nothing but this problem.
    Unless `for_phone`, the fields are as on GitHub, and not laid out for a phone.
    With a `flavour` the signs of other programs are read.
    Pages that can be read are kept in the `cache`, if there is one.
    """

    settings: Settings
    tolerant: bool = False
    cache: Cache | None = None
    for_phone: bool = True
    flavour: Flavour | None = None

    def __call__(self, found: Found) -> tuple[str, Page]:
        """The page of a note file, and the key that it is kept under."""
        key, page, _ = self._rendered(found)
        return key, page

    def kept(self, found: Found) -> tuple[str, Page | None]:
        """The same, but None for a page that can be had from the cache: what is sent is held."""
        key, page, kept = self._rendered(found)
        return key, None if kept else page

    def key(self, found: Found, data: bytes) -> str:
        """Name all that the page of a note file depends on."""
        settings = self.settings
        asked = (found.settings, settings.source, settings.render, self.for_phone)
        more = dependencies(self.flavour, found.path, data) if self.flavour else ()
        return page_key(found.path, data, (*asked, more))

    def _rendered(self, found: Found) -> tuple[str, Page, bool]:
        data = read_bytes(found)
        key, page = self.key(found, data), self._page(found, data)
        cache = None if page.unreadable else self.cache
        return key, page, cache is not None and cache.keep_page(key, page)

    def _page(self, found: Found, data: bytes) -> Page:
        try:
            note_file = decode_note_file(found.path, data)
            if self.flavour and is_template(self.flavour, note_file.path, note_file.text):
                return Page(found.path, None, is_template=True)
            if self.flavour and is_drawing(self.flavour, found.path, note_file.front_matter):
                return Page(found.path, None, is_drawing=True)
            return read_page(
                note_file, found, self.settings, flavour=self.flavour, for_phone=self.for_phone
            )
        except AnkifyError as error:
            if not (self.tolerant and error.location):
                raise
            return Page(found.path, None, problems=(error.problem,), unreadable=True)


def read_page(
    note_file: NoteFile,
    found: Found,
    settings: Settings,
    *,
    flavour: Flavour | None = None,
    for_phone: bool = True,
) -> Page:
    """Split one decoded note file into its questions and render them."""
    # Imported late: a build whose pages are all known does not wait for the parser.
    from ankify.checks.survey import survey
    from ankify.questions.glued import glued_titles
    from ankify.questions.layout import SplitOptions
    from ankify.questions.split import split_questions
    from ankify.questions.whole import called
    from ankify.reading import parse as gfm
    from ankify.rendering.fields import RenderOptions

    asked = found.settings
    name = called(note_file.path, _text(note_file, "title"))
    question = _text(note_file, "question") or ""
    level = LEVELS[asked.level] if isinstance(asked.level, str) else asked.level
    options = SplitOptions(level, asked.pattern, asked.unnumbered, asked.labels, name, question)
    parsed = gfm.parse(note_file.text, flavour, note_file.path, glued_titles)
    split = split_questions(parsed, note_file.path, options)
    renderer = _renderer(RenderOptions(settings.source.url, settings.render.extensions, for_phone))
    growth = Growth(note_file.path, len(note_file.text))
    rendered: list[Rendered] = []
    for section in split.sections:
        content = renderer.render(section, parsed)
        growth.add(content.question, content.answer)
        rendered.append(Rendered(section.question, content))
    taken = [(section.question.line, section.question.end_line) for section in split.sections]
    surveyed, slips = survey(parsed, note_file.path, split.unnumbered_candidates, taken)
    page = Page(
        file=note_file.path,
        title=split.title,
        rendered=tuple(rendered),
        unanswered=split.unanswered,
        toc=split.toc,
        problems=(*note_file.problems, *split.problems, *slips),
        deck=_text(note_file, "deck"),
        tags=(*_tags(note_file), *(tag.replace("/", "::") for tag in parsed.tags)),
        survey=surveyed,
        signs=tuple(sorted(parsed.taken.items())),
        verdicts=split.verdicts,
        left_out=split.left_out,
        suggestion=split.suggestion,
    )
    return _with_shared_titles(page)


def _with_shared_titles(page: Page) -> Page:
    """The same page, which holds a title once: as title, as heading and as plain question."""
    titles = {one.question.title: one.question.title for one in page.rendered}
    rendered = (
        one._replace(content=one.content._replace(question=titles.get(title, title)))
        for one in page.rendered
        for title in (one.content.question,)
    )
    headings = (
        heading._replace(title=titles.get(heading.title, heading.title))
        for heading in page.survey.headings
    )
    survey = page.survey._replace(headings=tuple(headings))
    return replace(page, rendered=tuple(rendered), survey=survey)


@lru_cache(maxsize=1)
def _renderer(options: RenderOptions) -> Renderer:
    from ankify.rendering.fields import Renderer

    return Renderer(options)


def _text(note_file: NoteFile, key: str) -> str | None:
    value = note_file.front_matter.get(key)
    return value.strip() or None if isinstance(value, str) else None


def _tags(note_file: NoteFile) -> tuple[str, ...]:
    """`tags: [a, b]` or `tags: a, #b/c` of the front matter; Anki nests tags by `::`."""
    values = note_file.front_matter
    value = values.get("tags") or values.get("tag") or ()
    items = re.split(r"[,\s]+", value) if isinstance(value, str) else value
    if not isinstance(items, list):
        return ()
    # Nothing else: what YAML nests may be endless as text, and a set has no order.
    named = (str(item).strip() for item in items if item and isinstance(item, TAG_TYPES))
    tags = (re.sub(r"/+", "::", tag.removeprefix("#").strip("/")) for tag in named)
    return tuple(tag for tag in tags if tag)
