"""The other tools: how each wants its notes, and how it is called.

Each gets the same content in its own dialect, and lives in a virtual environment of its own.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus import Chapter, write_pictures


@dataclass(frozen=True)
class Tool:
    """A tool that makes Anki packages of Markdown.

    `command` is given the folder of its programs, that of its notes and that for its output.
    """

    name: str
    requirements: tuple[str, ...]
    dialect: Callable[[Chapter], str]
    command: Callable[[Path, Path, Path], list[str]]
    pictures: str = "img/"  # folder beside the note file
    prepare: Callable[[Path, Path], list[str]] | None = None


def h2(chapter: Chapter) -> str:
    """markdown-anki-decks: a `##` heading is a question."""
    return f"# {chapter.path}\n\n" + "\n\n".join(
        f"## {asked.title}\n\n{asked.answer}" for asked in chapter.questions
    )


def colons(chapter: Chapter) -> str:
    """ankcompiler: `question ::: answer` between rules, each with a uid of ten characters."""
    stem = chapter.path[-4:]
    cards = (
        f"---\n\n{asked.title}\n\n:::\n\n{asked.answer}\n\n---\n\n[^uid]: {stem}{number:06}\n"
        for number, asked in enumerate(chapter.questions)
    )
    return "---\ndeck: Bench\n---\n\n" + "\n".join(cards).replace("](img/", "](")


def question_marks(chapter: Chapter) -> str:
    """ankivalenz: `question ?:: answer` in one paragraph; what follows it does not get a card."""
    return f"# {chapter.title}\n\n" + "\n\n".join(
        f"{asked.title} ?:: {asked.answer}" for asked in chapter.questions
    )


def percents(chapter: Chapter) -> str:
    """ankdown: question, `%`, answer, `---`."""
    return "\n".join(f"{asked.title}\n%\n{asked.answer}\n\n---" for asked in chapter.questions)


TOOLS = (
    Tool(
        "ankdown",
        ("ankdown==0.7.1",),
        percents,
        lambda bin, notes, out: [f"{bin}/ankdown", "-r", f"{notes}", "-p", f"{out}/out.apkg"],
    ),
    Tool(
        "ankdown --highlight",
        ("ankdown==0.7.1",),
        percents,
        lambda bin, notes, out: [
            *(f"{bin}/ankdown", "--highlight", "-r", f"{notes}", "-p", f"{out}/out.apkg")
        ],
    ),
    Tool(
        "ankivalenz",
        ("ankivalenz==1.0.2",),
        question_marks,
        lambda bin, notes, out: [f"{bin}/ankivalenz", "run", "."],
        prepare=lambda bin, notes: [f"{bin}/ankivalenz", "init", "."],
    ),
    Tool(
        "markdown-anki-decks",
        ("markdown-anki-decks==1.1.1", "click<8.2"),
        h2,
        lambda bin, notes, out: [f"{bin}/mdankideck", f"{notes}", f"{out}"],
    ),
    Tool(
        "ankcompiler",
        ("ankcompiler==0.6.0",),
        colons,
        lambda bin, notes, out: [
            *(f"{bin}/ankc", "build", "--all", "--path", f"{notes}", "--output", f"{out}")
        ],
        pictures="",
    ),
)


def install(folder: Path, requirements: tuple[str, ...]) -> Path:
    """Make a virtual environment, once; returns the folder of its programs."""
    programs = folder / "bin"
    if not (folder / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [programs / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, *requirements], check=True)
        (folder / "installed").touch()
    return programs


def write_for(tool: Tool, made: list[Chapter], folder: Path) -> None:
    """Write the notes in a tool's dialect."""
    for chapter in made:
        file = folder / f"{chapter.path}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(tool.dialect(chapter), encoding="utf-8")
        write_pictures(file.parent / tool.pictures, chapter.pictures)
