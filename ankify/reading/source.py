"""The only place that reads Markdown bytes: finds the note files of a folder and decodes them."""

from __future__ import annotations

import fnmatch
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ankify.config import CONFIG_NAME, QuestionSettings, read_folder_settings
from ankify.files import DEEPEST, MEGABYTE, read_file, real_path
from ankify.model import AnkifyError, Location, NoteFile, Problem
from ankify.reading.front_matter import cut_front_matter

SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkd", ".qmd", ".rmd"})
_FRONT_MATTER_STARTS = (b"---", b"\xef\xbb\xbf---")
_LARGEST = 200 * MEGABYTE  # of a note file
IGNORED_FOLDERS = frozenset({"node_modules", "venv", "__pycache__"})


class Found(NamedTuple):
    """A note file that was found, with the settings of the folder it lies in.

    `data` are its bytes where they are not in a file.
    """

    file: Path
    path: str
    settings: QuestionSettings
    data: bytes | None = None


def find_note_files(
    root: Path,
    settings: QuestionSettings,
    problems: list[Problem] | None = None,
    *,
    tolerant: bool = False,
) -> list[Found]:
    """Find all note files below a folder, in reading order; hidden folders are left out.

    What else is left out is added to `problems`. Raises AnkifyError where the folder is missing or
    cannot be read; if `tolerant`, a folder in it that cannot be read is one of the `problems`.
    """
    if not root.is_dir():
        raise AnkifyError(f"no such folder: {root}", hint="name the folder that holds your notes")
    walk = _Walk(root, [] if problems is None else problems, tolerant)
    return _in_reading_order(walk.into(root, settings, tuple(map(_pattern, settings.ignore))))


def _pattern(written: str) -> str:
    """A pattern as paths are written here: `./drafts/` is the folder `drafts`."""
    return written.removeprefix("./").rstrip("/")


def given_note_files(
    root: Path, texts: Mapping[str, str], settings: QuestionSettings
) -> list[Found]:
    """Note files that are in no folder: Markdown by its path, in reading order.

    Raises AnkifyError for a path that would not be inside of the folder.
    """
    for path in texts:
        if not {"", ".", ".."}.isdisjoint(path.split("/")):
            hint = "paths are relative to the notes folder, with /, as basics/Lists.md"
            raise AnkifyError(f"no path inside of the notes: {path!r}", hint=hint)
    found = [Found(root / path, path, settings, text.encode()) for path, text in texts.items()]
    return _in_reading_order(found)


def _in_reading_order(found: Iterable[Found]) -> list[Found]:
    """README and index before their neighbours, then by `order`, then by name.

    A folder has the smallest order of what is in it; what has none comes last.
    """
    found = list(found)
    orders: dict[str, float] = {}
    for one in found:
        order = _order(one)
        for path in _path_and_folders(one.path):
            orders[path] = min(order, orders.get(path, math.inf))

    def key(one: Found) -> list[tuple[bool, float, str]]:
        own, *folders = _path_and_folders(one.path)
        follows = PurePosixPath(own).stem.lower() not in ("readme", "index")
        return [
            *((True, orders[folder], folder) for folder in reversed(folders)),
            (follows, orders[own], own),
        ]

    return sorted(found, key=key)


def _path_and_folders(path: str) -> list[str]:
    """`a/b/c.md`, then `a/b`, then `a`."""
    return [path, *(folder.as_posix() for folder in PurePosixPath(path).parents[:-1])]


def _order(found: Found) -> float:
    """The number that the front matter gives as `order`; infinity where it gives none."""
    try:
        data = read_bytes(found)
    except AnkifyError:  # reported where the file is read for its questions
        return math.inf
    if not data.startswith(_FRONT_MATTER_STARTS) or b"order:" not in data:  # YAML is slow
        return math.inf
    text = _unix_lines(data.decode("utf-8-sig", "replace"))
    order = cut_front_matter(found.path, text).values.get("order")
    if isinstance(order, bool) or not isinstance(order, int | float) or math.isnan(order):
        return math.inf
    return order


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Walk(NamedTuple):
    """On the way through the folders of the notes; `problems` gets what is left out."""

    root: Path
    problems: list[Problem]
    tolerant: bool

    def into(
        self, folder: Path, outer: QuestionSettings, ignore: tuple[str, ...]
    ) -> Iterator[Found]:
        """Find the note files of a folder; `outer` are the settings of the folder around it."""
        inside = folder.relative_to(self.root).as_posix()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            if inside == ".":
                raise AnkifyError(f"cannot read the folder {folder}: {error.strerror}") from error
            unread = AnkifyError(f"cannot read the folder: {error.strerror}", Location(inside))
            if not self.tolerant:
                raise unread from error
            self.problems.append(unread.problem)
            return
        settings = outer
        if inside != "." and any(entry.name == CONFIG_NAME for entry in entries):
            settings = read_folder_settings(self.root, folder, outer)
            ignore += tuple(f"{inside}/{_pattern(written)}" for written in settings.ignore)
        for entry in entries:
            shown = Path(entry.path).relative_to(self.root).as_posix()
            if entry.name.startswith(".") or any(fnmatch.fnmatchcase(shown, p) for p in ignore):
                continue
            if entry.is_dir(follow_symlinks=False):
                if shown.count("/") > DEEPEST:
                    hint = (
                        "is it there by accident? name it in `ignore` of [questions], or remove it"
                    )
                    raise AnkifyError(f"too many folders in each other: {shown[:60]}...", hint=hint)
                if entry.name not in IGNORED_FOLDERS:
                    yield from self.into(Path(entry.path), settings, ignore)
            else:
                yield from self._file(Path(entry.path), shown, settings)

    def _file(self, path: Path, shown: str, settings: QuestionSettings) -> Iterator[Found]:
        """The note file of a path that is no folder, if it is one."""
        is_note = path.suffix.lower() in SUFFIXES
        if path.is_symlink() and (reason := self._unfollowed(path, is_note=is_note)):
            hint = (
                "put what it leads to into the notes, or name the link in `ignore` of [questions]"
            )
            self.problems.append(Problem(Location(shown), "unfollowed-link", reason, hint=hint))
        elif is_note and path.is_file():
            if shown.encode(errors="ignore").decode() != shown:
                hint = "rename it; if it looks right to you, set PYTHONUTF8=1"
                raise AnkifyError(f"the name of a note file is not UTF-8: {shown!r}", hint=hint)
            yield Found(path, shown, settings)

    def _unfollowed(self, link: Path, *, is_note: bool) -> str | None:
        """Why a link is not followed, where notes may be lost by it: it may lead to anything."""
        if is_note and not link.exists():
            return f"a link that leads nowhere: {os.readlink(link)}"
        if not (is_note or link.is_dir()) or real_path(link).is_relative_to(real_path(self.root)):
            return None  # what it leads to is no note, or is found where it is
        return f"a link out of the notes folder is not followed: {os.readlink(link)}"


def read_bytes(found: Found) -> bytes:
    """The bytes of a note file. Raises AnkifyError where it cannot be read."""
    try:
        return read_file(found.file, _LARGEST) if found.data is None else found.data
    except OSError as error:
        reason = error.strerror or str(error)
        raise AnkifyError(f"cannot be read: {reason}", Location(found.path)) from error


def decode_note_file(path: str, data: bytes) -> NoteFile:
    """Make a note file of its bytes; CommonMark 0.31 section 2.3 replaces null characters."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise AnkifyError(
            f"not UTF-8 (byte 0x{data[error.start]:02x})",
            Location(path, line),
            "save the file as UTF-8 in your editor",
        ) from error
    mixed = mixed_line_ends(path, text)
    text = _unix_lines(text).replace("\0", "\ufffd")
    _refuse_conflict(path, text)
    found = cut_front_matter(path, text)
    return NoteFile(path, found.text, found.values, (*mixed, *found.problems))


# What git leaves in a file where two branches changed it: "<<<<<<< HEAD", "=======", ">>>>>>> x".
_OURS, _BETWEEN, _THEIRS = (re.compile(rf"{sign}{{7}}(?: |$)") for sign in "<=>")


def _refuse_conflict(path: str, text: str) -> None:
    """Raise AnkifyError where git's marks of a conflict are in a text, but not in code.

    A note on git may name them; all three in their order, the first one outside of code, are meant.
    """
    if "<<<<<<<" not in text:
        return
    from ankify.reading.formulas import guess_fences  # few notes are so far

    lines = text.split("\n")
    code = guess_fences(lines)
    begin = between = None
    for number, line in enumerate(lines):
        if _OURS.match(line) and not any(start <= number < end for start, end in code):
            begin, between = number, None
        elif begin is not None and _BETWEEN.match(line):
            between = number
        elif begin is not None and between is not None and _THEIRS.match(line):
            raise AnkifyError(
                "git's marks of a conflict are in the notes",
                Location(path, begin + 1),
                f"keep what is right of lines {begin + 1} - {number + 1}, and remove the lines"
                " <<<<<<<, ======= and >>>>>>>",
            )


def mixed_line_ends(path: str, text: str) -> tuple[Problem, ...]:
    """A warning where a file has both Windows and Unix line ends."""
    windows = text.count("\r\n")
    if not windows or windows == text.count("\n"):
        return ()
    first = next(i for i, line in enumerate(text.split("\n"), 1) if line.endswith("\r"))
    message = f"mixed line endings ({windows} lines of {text.count(chr(10))} end in CRLF)"
    hint = "let your editor save the file with one kind of line end"
    return (Problem(Location(path, first), "mixed-line-ends", message, hint=hint),)
