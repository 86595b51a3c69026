"""A folder to start from: two questions, a figure, a formula, all settings, and a Makefile."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import click

from ankify.commands.console import say
from ankify.commands.options import reports_errors
from ankify.config import CONFIG_NAME, all_settings
from ankify.model import AnkifyError

# What is written where; the names on the right are files in ankify/starter/.
FILES = {
    "notes/first-steps.md": "first-steps.md",
    "notes/images/forgetting.svg": "forgetting.svg",
    "Makefile": "Makefile",
    ".gitignore": "gitignore",
    ".github/workflows/deck.yml": "deck.yml",
}


def start(folder: Path) -> dict[Path, bool]:
    """Write the files of a new folder of notes; a file that is there is left as it is.

    Returns each path, and whether it was written. Raises AnkifyError where it cannot be.
    """
    name = folder.resolve().name.encode(errors="ignore").decode() or "notes"
    texts = {folder / "notes" / CONFIG_NAME: config_text(name)}
    texts |= {folder / path: starter(source) for path, source in FILES.items()}
    return {path: _write(path, text) for path, text in sorted(texts.items())}


def starter(name: str) -> str:
    """The text of one file of ankify/starter/."""
    return (resources.files("ankify") / "commands" / "starter" / name).read_text(encoding="utf-8")


def config_text(name: str) -> str:
    """An `ankify.toml` with every setting as a comment, but for the name of the deck."""
    return "\n".join(_config_lines(name)) + "\n"


def _config_lines(name: str) -> Iterator[str]:
    yield "# The settings of these notes, each with an example. What is not set has its default."
    yield "# Take the # off in front of a setting to use it."
    table = ""
    for section, setting in all_settings():
        if section != table:
            table = section
            yield from ("", f"[{section}]")
        yield f"# {setting.metadata['help']}"
        if (section, setting.name) == ("deck", "name"):
            yield f"name = {_quoted(name)}"
        else:
            yield f"# {setting.name} = {setting.metadata['example']}"


def _quoted(name: str) -> str:
    """A basic string of TOML 1.0."""
    return json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(path: Path, text: str) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        if path.is_file():
            return False
        raise AnkifyError(f"cannot write {path}: something else is in its place") from None
    except OSError as error:
        raise AnkifyError(f"cannot write {path}: {error.strerror or error}") from error
    return True


@click.command("init")
@click.argument("folder", required=False, type=click.Path(path_type=Path), default=Path())
@reports_errors
def init_command(folder: Path) -> None:
    """Start a folder of notes in FOLDER (default: here).

    Never overwrites a file. Writes a note file to learn from, ankify.toml with every setting, a
    Makefile, a .gitignore and a GitHub workflow that attaches the deck to each release.

    Example: ankify init my-notes
    """
    for path, written in start(folder).items():
        say(f"wrote {path.as_posix()}" if written else f"left {path.as_posix()} as it is")
    here = "" if folder == Path() else f"cd {shlex.quote(folder.as_posix())} && "
    say(f"Next: {here}make deck (or: ankify build), then import build/*.apkg in Anki")
