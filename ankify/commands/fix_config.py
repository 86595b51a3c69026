"""`ankify check --fix-config`: the settings that take more questions, written to `ankify.toml`.

The files keep their comments and their layout. A setting that all note files of the folder agree
on goes to its `ankify.toml`; one that only a sub-folder needs, to that of the sub-folder.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import tomlkit

from ankify.config import CONFIG_NAME, read_folder_settings, read_settings
from ankify.files import staged_file
from ankify.model import AnkifyError, Page, Suggestion

ADDING = ("labels",)  # settings that several suggestions may add to
EVERYWHERE = ("labels",)  # what changes no file that does not need it


@dataclass(frozen=True)
class Fix:
    """A line for `[questions]` of the `ankify.toml` in a folder (posix, as seen from the notes)."""

    folder: str
    key: str
    value: str
    adds: int

    def __str__(self) -> str:
        path = (PurePosixPath(self.folder) / CONFIG_NAME).as_posix()
        return f"{path}: {self.key} = {self.value} (questions more: {self.adds})"


def fixes(pages: Sequence[Page]) -> tuple[Fix, ...]:
    """The settings that the suggestions of the pages come to, each in the outermost folder it fits.

    `level` and `pattern` change all files below; so they go where no file has questions without
    them, and nowhere if the files of one folder differ. `unnumbered` goes where it adds nothing to
    files that have questions: their titles without a number are mostly parts of answers.
    """
    by_key: dict[tuple[str, str], list[tuple[Page, Suggestion]]] = defaultdict(list)
    for page in pages:
        if page.suggestion:
            said = page.suggestion
            value = said.value if said.key not in EVERYWHERE else ""  # lists are joined
            by_key[said.key, value].append((page, said))
    found = [
        Fix(folder, key, _joined([it.value for _, it in group]), sum(it.adds for _, it in group))
        for (key, _), asked in by_key.items()
        for folder, group in _folders(key, asked, pages).items()
    ]
    taken: dict[tuple[str, str], int] = defaultdict(int)
    for fix in found:
        taken[fix.folder, fix.key] += 1
    return tuple(sorted((f for f in found if taken[f.folder, f.key] == 1), key=str))


def _joined(values: Sequence[str]) -> str:
    """One value for all; lists are joined."""
    if not values[0].startswith("["):
        return values[0]
    words = dict.fromkeys(word for value in values for word in tomlkit.value(value).unwrap())
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


def _folders(
    key: str, asked: Sequence[tuple[Page, Suggestion]], pages: Sequence[Page]
) -> dict[str, list[tuple[Page, Suggestion]]]:
    """The folders for a setting, with the files in each that need it."""
    if key in EVERYWHERE or not _others(key, ".", asked, pages):
        return {".": list(asked)}
    folders: dict[str, list[tuple[Page, Suggestion]]] = defaultdict(list)
    for page, said in asked:
        folders[PurePosixPath(page.file).parent.as_posix()].append((page, said))
    fits = {f: group for f, group in folders.items() if not _others(key, f, group, pages)}
    return {f: group for f, group in fits.items() if f != "."}


def _others(
    key: str, folder: str, asked: Sequence[tuple[Page, Suggestion]], pages: Sequence[Page]
) -> bool:
    """Whether a file of a folder has questions already, which the setting might lose."""
    needing = {page.file for page, _ in asked}
    inside = (p for p in pages if folder == "." or p.file.startswith(f"{folder}/"))
    return any(
        page.questions and (key != "unnumbered" or page.survey.unnumbered)
        for page in inside
        if page.file not in needing
    )


def write_fixes(root: Path, found: Sequence[Fix]) -> None:
    """Write settings into their `ankify.toml`; raises AnkifyError where one cannot be written."""
    for fix in found:
        path = root / fix.folder / CONFIG_NAME
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        try:
            with staged_file(path) as (file, staged):
                file.write(_with_setting(text, fix).encode())
                file.close()
                staged.replace(path)
        except OSError as error:
            raise AnkifyError(f"cannot write {path}: {error.strerror or error}") from error
        outer = read_settings(root)
        if fix.folder != ".":
            read_folder_settings(root, root / fix.folder, outer.questions)


def _with_setting(text: str, fix: Fix) -> str:
    """The text of an `ankify.toml` with a setting in it, all else as it was."""
    document = tomlkit.parse(text)
    if "questions" not in document:
        document["questions"] = tomlkit.table()
    table = document["questions"]
    assert isinstance(table, tomlkit.items.Table)
    value = tomlkit.value(fix.value)
    if fix.key in ADDING and fix.key in table:
        known = table[fix.key].unwrap()
        value = tomlkit.value(_joined([tomlkit.item(known).as_string(), fix.value]))
    table[fix.key] = value
    return tomlkit.dumps(document)
