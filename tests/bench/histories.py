"""What becomes of a learner's reviews when the author edits: ankify and others, in the real Anki.

Three numbered questions are built, imported and studied; the notes are edited, built and imported
again. Then the notes in the collection are counted, and the questions whose present text stands on
a note that was studied for that very question. The table of the README: `make histories`.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from corpus import Asked, Chapter, as_notes  # noqa: E402
from others import TOOLS, Tool, install  # noqa: E402
from real_anki import RealAnki  # noqa: E402

BUILD = HERE.parents[1] / "build" / "bench"
LOCK = Asked("What does a lock protect?", ("Data that several threads change.",))
QUEUE = Asked("When does a queue block?", ("When it is full, or when it is empty.",))
CACHE = Asked("Why is a cache fast?", ("It is near, and it is small.",))
THREAD = Asked("What is a thread?", ("A line of execution.",))
REWORDED = replace(LOCK, title="What is it that a lock protects?")
BEFORE = (LOCK, QUEUE, CACHE)
EDITS = {
    "edit an answer": (replace(LOCK, blocks=("Data that threads share.",)), QUEUE, CACHE),
    "reword a question": (REWORDED, QUEUE, CACHE),
    "insert one on top": (THREAD, LOCK, QUEUE, CACHE),
    "delete the first": (QUEUE, CACHE),
}
ANKIFY = Tool(
    "ankify",
    (),
    as_notes,
    lambda bin, notes, out: [f"{bin}/ankify", "build", f"{notes}", "-o", f"{out}/out.apkg"],
)


def numbered(dialect: Callable[[Chapter], str]) -> Callable[[Chapter], str]:
    """A dialect that knows no numbers, with the number as a part of the title."""

    def write(chapter: Chapter) -> str:
        titled = (
            replace(asked, title=f"{number}. {asked.title}")
            for number, asked in enumerate(chapter.questions, 1)
        )
        return dialect(replace(chapter, questions=tuple(titled)))

    return write


def with_own_ids(chapter: Chapter) -> str:
    """ankcompiler: a uid that its author wrote once and that stays with its question."""
    same = {REWORDED.title: LOCK.title}
    titles = [same.get(asked.title, asked.title) for asked in chapter.questions]
    uids = [hashlib.sha256(title.encode()).hexdigest()[:10] for title in titles]
    cards = (
        f"---\n\n{number}. {asked.title}\n\n:::\n\n{asked.answer}\n\n---\n\n[^uid]: {uid}\n"
        for number, (asked, uid) in enumerate(zip(chapter.questions, uids, strict=True), 1)
    )
    return "---\ndeck: Bench\n---\n\n" + "\n".join(cards)


def play(tool: Tool, programs: Path, after: tuple[Asked, ...]) -> tuple[int, int]:
    """Build, import, study, edit, build, import. Returns (notes, questions with their history)."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        anki = RealAnki(root / "anki")
        for package in build(tool, programs, BEFORE, root, "v1"):
            anki.load(package)
        anki.study()
        studied = {asked.title: notes_with(anki, asked) for asked in BEFORE}
        time.sleep(1.1)  # Anki tells builds apart by the second
        for package in build(tool, programs, after, root, "v2"):
            anki.load(package)
        ancestor = {REWORDED.title: LOCK.title}
        kept = sum(
            bool(
                notes_with(anki, asked) & studied.get(ancestor.get(asked.title, asked.title), set())
            )
            for asked in after
        )
        count = anki.col.note_count()
        anki.close()
        return count, kept


def notes_with(anki: RealAnki, asked: Asked) -> set[int]:
    """The ids of the notes that hold a question's title and its answer as they are now."""
    rows = anki.col.db.all("select id, flds from notes")
    return {nid for nid, fields in rows if asked.title in fields and asked.blocks[0] in fields}


def build(
    tool: Tool, programs: Path, questions: tuple[Asked, ...], root: Path, version: str
) -> list[Path]:
    """Write the notes over those of the last version, call the tool, find its packages."""
    notes, out = root / "notes", root / version
    notes.mkdir(exist_ok=True)
    out.mkdir()
    chapter = Chapter("notes", "Threads", questions, ())
    (notes / "notes.md").write_text(tool.dialect(chapter), encoding="utf-8")
    if tool.prepare and version == "v1":
        run(tool.prepare(programs, notes), notes)
    run(tool.command(programs, notes, out), notes)
    return sorted(out.glob("*.apkg")) or sorted(notes.glob("*.apkg"))


def run(command: list[str], folder: Path) -> None:
    """Run a command; its output is shown only if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr}")


def contestants() -> list[Tool]:
    """ankify first; ankcompiler twice, because its ids may or may not be kept by hand."""
    others = [replace(t, dialect=numbered(t.dialect)) for t in TOOLS if "--" not in t.name]
    named = [t if t.name != "ankcompiler" else replace(t, dialect=with_own_ids) for t in others]
    return [ANKIFY, *named]


def main() -> None:
    """Print the table: notes in the collection, and reviews that are still on their question."""
    print(f"{'':24}" + "".join(f"{name:>20}" for name in EDITS))
    for tool in contestants():
        own = tool is ANKIFY
        programs = (
            Path(sys.executable).parent if own else install(BUILD / tool.name, tool.requirements)
        )
        results = [play(tool, programs, after) for after in EDITS.values()]
        print(f"{tool.name:24}" + "".join(f"{f'{n} notes, {k} kept':>20}" for n, k in results))


if __name__ == "__main__":
    main()
