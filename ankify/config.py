"""`ankify.toml`: what can be set, the defaults, the checks.

Every setting is a field of one of the small classes below; its type, default and help are there
and nowhere else: reading, error messages, `ankify init` and the documentation are made from them.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

from ankify.files import MEGABYTE, read_file
from ankify.model import AnkifyError, Location, StrPath

CONFIG_NAME = "ankify.toml"
# A key of 30,000 names, `a.a.a = 1`, `{a."=".a = 1}`, keeps tomllib busy for a quarter of a minute.
_DEEP_KEY = re.compile(
    r"""(?<![\\\w"'-])(?:(?:[\w-]++|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){64}"""
)

# What titles that are no headings are called in `[questions] level`: deeper than any heading.
LEVELS = {"paragraph": 7, "item": 8}
MARKDOWN_FLAVOURS = ("auto", "github", "obsidian", "logseq", "notion", "myst", "quarto")
REMOVALS = ("keep", "suspend", "delete")  # what a push can do to notes whose question is gone


def setting(default: Any, help: str, example: str) -> Any:
    """Declare a setting: its default, one sentence of help, and an example as TOML."""
    return field(default=default, metadata={"help": help, "example": example})


@dataclass(frozen=True)
class DeckSettings:
    """`[deck]`"""

    name: str | None = setting(
        None,
        "Name of the root deck; if not set, the folder's, or of the one above `notes`.",
        '"Go"',
    )
    namespace: str | None = setting(
        None,
        "Keeps the ids of two people's notes apart; the first root deck's name if not set.",
        '"go-notes"',
    )
    tags: tuple[str, ...] = setting((), "Tags for every note.", '["interview"]')


@dataclass(frozen=True)
class QuestionSettings:
    """`[questions]`"""

    level: int | str | None = setting(
        None,
        'Heading level of the questions, 1 to 6; "paragraph" or "item" if they are none.',
        "2",
    )
    pattern: str | None = setting(
        None,
        "Regular expression that a heading must match to be a question;"
        " its groups `number` and `title` are taken if there are any.",
        "'^Q(?P<number>\\d+): (?P<title>.+)'",
    )
    unnumbered: bool = setting(False, "Take questions without a number, too.", "true")
    labels: tuple[str, ...] = setting(
        (), 'Words that stand for "question" in front of a number: `Card 3: X`.', '["Card"]'
    )
    ignore: tuple[str, ...] = setting(
        (), "Note files to leave out, as glob patterns relative to this folder.", '["drafts/**"]'
    )


@dataclass(frozen=True)
class CardSettings:
    """`[cards]`"""

    formula: bool = setting(False, "A second card that asks for the displayed formulas.", "true")
    image: bool = setting(False, "A further card that asks for the figures.", "true")
    reversed: bool | str = setting(
        False,
        'A card that asks the other way round, answer first; "short": of short answers only.',
        '"short"',
    )
    typed: bool = setting(False, "A card that has short answers typed in.", "true")
    cloze: str = setting(
        "auto",
        'Notes with {{c1::gaps}} are cloze notes; "mark" or "bold": so is what is marked in an'
        ' answer; "off": none is.',
        '"mark"',
    )


@dataclass(frozen=True)
class MediaSettings:
    """`[media]`"""

    max_width: int | None = setting(
        None, "Ship wider pictures as smaller copies, in pixels.", "1200"
    )


@dataclass(frozen=True)
class MarkdownSettings:
    """`[markdown]`"""

    flavour: str = setting(
        "auto",
        'What the notes are written for: "github", "obsidian", "logseq", "notion", "myst" or'
        ' "quarto"; "auto" sees for itself.',
        '"obsidian"',
    )
    off: tuple[str, ...] = setting(
        (), "Signs of other programs to leave as they are written.", '["highlight"]'
    )
    breaks: bool = setting(False, "A line end in a paragraph is a line break.", "true")
    subscript: bool = setting(False, "`H~2~O` and `x^2^` are low and high.", "true")
    tags: bool = setting(False, "`#exam` in the text is a tag of all notes of its file.", "true")


@dataclass(frozen=True)
class RenderSettings:
    """`[render]`"""

    extensions: tuple[str, ...] = setting(
        (), "Python-Markdown extensions with tree or post-processors to add.", '["my.extension"]'
    )


@dataclass(frozen=True)
class SourceSettings:
    """`[source]`"""

    url: str | None = setting(
        None,
        "Where the notes folder can be read on the web, or `obsidian://open?vault=NAME`; cards then"
        " link to their source.",
        '"https://github.com/me/notes/blob/main/notes"',
    )


@dataclass(frozen=True)
class TemplateSettings:
    """`[templates]`"""

    dir: str | None = setting(
        None,
        "A folder with card templates of your own; what it lacks is taken from ankify.",
        '"templates"',
    )


@dataclass(frozen=True)
class CheckSettings:
    """`[check]`"""

    off: tuple[str, ...] = setting((), "Rules of `ankify check` to switch off.", '["remote-image"]')


@dataclass(frozen=True)
class AnkiSettings:
    """`[anki]`"""

    url: str | None = setting(
        None,
        "Where AnkiConnect answers on this machine, for push and progress;"
        " http://127.0.0.1:8765 if not set.",
        '"http://127.0.0.1:8770"',
    )
    key: str | None = setting(
        None,
        "The apiKey of AnkiConnect's settings; better in the variable ANKICONNECT_KEY, which comes"
        " first.",
        '"secret"',
    )
    removed: str = setting(
        "keep",
        'What a push does to notes whose question is gone: "keep" marks them,'
        ' "suspend" also stops asking, "delete" deletes them with their reviews.',
        '"suspend"',
    )
    move: bool = setting(True, "Let a push move cards to the new deck of their question.", "false")
    sync: bool = setting(False, "Start a sync after each push.", "true")


@dataclass(frozen=True)
class Settings:
    """All settings of a notes folder, by table of `ankify.toml`."""

    deck: DeckSettings = DeckSettings()
    questions: QuestionSettings = QuestionSettings()
    cards: CardSettings = CardSettings()
    media: MediaSettings = MediaSettings()
    markdown: MarkdownSettings = MarkdownSettings()
    render: RenderSettings = RenderSettings()
    source: SourceSettings = SourceSettings()
    templates: TemplateSettings = TemplateSettings()
    check: CheckSettings = CheckSettings()
    anki: AnkiSettings = AnkiSettings()


def read_settings(root: StrPath) -> Settings:
    """Read `ankify.toml` of a notes folder; without one, all defaults.

    Raises AnkifyError with file and line for what is not TOML, not known or of the wrong type.
    """
    return _read(notes_folder(root) / CONFIG_NAME, CONFIG_NAME, Settings())


def notes_folder(root: StrPath) -> Path:
    """The folder of the notes as a Path. Raises AnkifyError where it is a file."""
    root = Path(root)
    if os.path.isfile(root):  # says no where Path.is_file raises: a name that is too long
        raise AnkifyError(f"{root} is a file, not a folder", hint=f"name its folder: {root.parent}")
    return root


def read_folder_settings(root: Path, folder: Path, outer: QuestionSettings) -> QuestionSettings:
    """Overrule `[questions]` by the `ankify.toml` of a folder inside the notes, if it has one.

    Only `[questions]` may be set there; `ignore` patterns are relative to that folder.
    """
    path = folder / CONFIG_NAME
    start = Settings(questions=replace(outer, ignore=()))
    found = _read(path, path.relative_to(root).as_posix(), start)
    if replace(found, questions=start.questions) != start:
        raise AnkifyError(
            "only [questions] can be set in a folder inside the notes",
            Location(path.relative_to(root).as_posix()),
            f"move the other settings to {CONFIG_NAME} of the notes folder,"
            f" or name {folder} as the notes folder",
        )
    return found.questions


def _read(path: Path, shown: str, start: Settings) -> Settings:
    try:
        text = read_file(path, MEGABYTE).decode("utf-8-sig")
    except FileNotFoundError:
        return start
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise AnkifyError(reason, Location(shown)) from error
    except UnicodeDecodeError as error:
        raise AnkifyError(f"cannot be read: {error}", Location(shown)) from error
    import tomllib  # many notes have no settings

    try:
        if _DEEP_KEY.search(text):
            raise RecursionError
        return _Reader(text, shown).settings(tomllib.loads(text), start)
    except RecursionError as error:
        raise AnkifyError("not valid TOML: nested too deeply", Location(shown)) from error
    except ValueError as error:  # TOMLDecodeError, and Python's own of a number of 5,000 digits
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else len(text.splitlines())
        reason = re.sub(r"at line \d+, ", "", str(error))
        raise AnkifyError(f"not valid TOML: {reason}", Location(shown, line)) from error


# A pattern that holds itself takes all memory long before its time is over.
_RECURSION = re.compile(r"(?<!\\)(?:\\\\)*\(\?(?:R\)|&|P>|[+-]?\d+\))")
CHOICES = {
    ("cards", "reversed"): ("short",),
    ("cards", "cloze"): ("auto", "mark", "bold", "off"),
}


class _Reader(NamedTuple):
    """Checks the tables of one file against the classes above; knows where each key is."""

    text: str
    shown: str

    def settings(self, tables: Mapping[str, Any], start: Settings) -> Settings:
        changed = {}
        for table, values in tables.items():
            self._known(table, [f.name for f in fields(Settings)], "table", None)
            if not isinstance(values, dict):
                raise self._error(f"[{table}] must be a table", None, table)
            changed[table] = self._section(table, values, getattr(start, table))
        return replace(start, **changed)

    def _section(self, table: str, values: Mapping[str, Any], start: Any) -> Any:
        types = get_type_hints(type(start))
        changed = {}
        for key, value in values.items():
            self._known(key, list(types), "setting", table)
            changed[key] = self._value(table, key, value, types[key])
        return replace(start, **changed)

    def _value(self, table: str, key: str, value: Any, wanted: Any) -> Any:
        kinds = (wanted,) if wanted == tuple[str, ...] else get_args(wanted) or (wanted,)
        if tuple[str, ...] in kinds and isinstance(value, list):
            if all(isinstance(item, str) for item in value):
                return tuple(value)
        elif type(value) in kinds:
            return self._sensible(table, key, value)
        names = {str: "a string", int: "a whole number", bool: "true or false"}
        name = " or ".join(
            names.get(kind, "a list of strings") for kind in kinds if kind is not type(None)
        )
        raise self._error(f"{table}.{key} must be {name}", table, key)

    def _sensible(self, table: str, key: str, value: Any) -> Any:
        if (table, key) == ("questions", "level") and value not in (*range(1, 7), *LEVELS):
            known = " or ".join(map('"{}"'.format, LEVELS))
            raise self._error(f"questions.level must be from 1 to 6, {known}", table, key)
        if (table, key) == ("media", "max_width") and value < 1:
            raise self._error("media.max_width must be 1 or more", table, key)
        if (table, key) == ("markdown", "flavour") and value not in MARKDOWN_FLAVOURS:
            known = ", ".join(MARKDOWN_FLAVOURS)
            raise self._error(f"markdown.flavour must be one of: {known}", table, key)
        if (table, key) == ("anki", "removed") and value not in REMOVALS:
            raise self._error(f"anki.removed must be one of: {', '.join(REMOVALS)}", table, key)
        choices = CHOICES.get((table, key))
        if choices and isinstance(value, str) and value not in choices:
            raise self._error(f"{table}.{key} must be one of: {', '.join(choices)}", table, key)
        if (table, key) == ("questions", "pattern"):
            import regex  # takes 20 ms to import, and few notes have a pattern

            if _RECURSION.search(value):
                message = "questions.pattern may not hold itself: (?R), (?1), (?&name)"
                raise self._error(message, table, key)
            try:
                regex.compile(value)
            except regex.error as error:
                raise self._error(f"questions.pattern: {error}", table, key) from error
        return value

    def _known(self, name: str, names: list[str], what: str, table: str | None) -> None:
        if name not in names:
            near = nearest_name(name, names)
            known = f"known here: {', '.join(names)}"
            hint = f"did you mean {near[0]}?" if near else known
            raise self._error(f"unknown {what} {name!r}", table, name, hint)

    def _error(
        self, message: str, table: str | None, key: str, hint: str | None = None
    ) -> AnkifyError:
        return AnkifyError(message, Location(self.shown, self._line(table, key)), hint)

    def _line(self, table: str | None, key: str) -> int:
        """The line of `key` in `[table]`, or of `[key]` itself; tomllib does not tell."""
        inside = table is None
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := re.match(r"\s*\[\s*([\w.-]+)", line):
                inside = header[1] == table
                if table is None and header[1].split(".")[0] == key:
                    return number
            elif inside and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""", line):
                return number
        return 0


def all_settings() -> Iterator[tuple[str, dataclasses.Field[Any]]]:
    """All settings as (table, field); `field.metadata` holds help and example."""
    for table in fields(Settings):
        for each in fields(table.default):  # type: ignore[arg-type]
            yield table.name, each


def nearest_name(name: str, names: Sequence[str]) -> list[str]:
    """Give the name that may have been meant, if one is near."""
    from difflib import get_close_matches  # most settings have no slip

    return get_close_matches(name, names, 1)
