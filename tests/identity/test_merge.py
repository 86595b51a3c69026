"""Merges of two branches that each edit, build and commit: by the real git, with its conflicts."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from conftest import LIMIT

from ankify.identity.lock import write_lock
from ankify.pipeline import ReadOptions, read_project


@dataclass(frozen=True)
class Q:
    """A question of a test; `key` says on all branches which one it is."""

    key: str
    title: str
    text: str


Notes = dict[str, tuple[Q, ...]]  # by file
Edit = Callable[[Notes], Notes]


def asked(key: str) -> Q:
    """A question with words that no other has."""
    word = "".join(chr(ord("a") + (ord(c) * 7 + n) % 26) for n, c in enumerate(key * 3))
    own = [f"{word}{n}" for n in ("ing", "ed", "ful", "ness", "ly", "ment", "ous", "ive")]
    text = f"The {own[0]} of a {own[1]} is {own[2]} where {own[3]} comes {own[4]} to {own[5]}."
    return Q(key, f"How does {word} work?", f"{text} Then {own[6]} makes it {own[7]}.")


BASE: Notes = {
    "a.md": tuple(asked(f"a{n}") for n in range(1, 9)),
    "b.md": tuple(asked(f"b{n}") for n in range(1, 9)),
}


def everywhere(change: Callable[[Q], tuple[Q, ...]]) -> Edit:
    return lambda notes: {
        file: tuple(new for q in asked for new in change(q)) for file, asked in notes.items()
    }


def edited(key: str, **fields: str) -> Edit:
    return everywhere(lambda q: (replace(q, **fields) if q.key == key else q,))


def more(key: str, words: str = " And a sentence more.") -> Edit:
    return everywhere(lambda q: (replace(q, text=q.text + words) if q.key == key else q,))


def without(key: str) -> Edit:
    return everywhere(lambda q: () if q.key == key else (q,))


def added(new: Q, file: str = "a.md", at: int = 99) -> Edit:
    return lambda notes: {
        **notes,
        file: (*notes.get(file, ())[:at], new, *notes.get(file, ())[at:]),
    }


def moved(key: str, file: str) -> Edit:
    def edit(notes: Notes) -> Notes:
        (it,) = (q for asked in notes.values() for q in asked if q.key == key)
        return added(it, file)(without(key)(notes))

    return edit


def renamed(file: str, new: str) -> Edit:
    return lambda notes: {new if name == file else name: asked for name, asked in notes.items()}


def halved(notes: Notes) -> Notes:
    rest = {name: asked for name, asked in notes.items() if name != "a.md"}
    return {**rest, "a1.md": notes["a.md"][:4], "a2.md": notes["a.md"][4:]}


def reversed_file(notes: Notes) -> Notes:
    return {**notes, "a.md": notes["a.md"][::-1]}


def swapped(one: str, other: str) -> Edit:
    def edit(notes: Notes) -> Notes:
        by_key = {q.key: q for asked in notes.values() for q in asked}
        swap = {one: by_key[other], other: by_key[one]}
        return everywhere(lambda q: (swap.get(q.key, q),))(notes)

    return edit


def all_of(*edits: Edit) -> Edit:
    def edit(notes: Notes) -> Notes:
        for one in edits:
            notes = one(notes)
        return notes

    return edit


N1, N2, N3 = asked("n1"), asked("n2"), asked("n3")
WAY, WHY = "In which way does it work?", "Say how this is done, and why."
# Our side and their side (a build after each edit), and what the author makes of both.
Side = Edit | tuple[Edit, ...]
SCENARIOS: dict[str, tuple[Side, Side, Edit]] = {
    "both add in one file": (added(N1), added(N2), all_of(added(N1), added(N2))),
    "both add in different files": (
        added(N1),
        added(N2, "b.md"),
        all_of(added(N1), added(N2, "b.md")),
    ),
    "answer on one side, title on the other": (
        more("a3"),
        edited("a3", title=WAY),
        all_of(more("a3"), edited("a3", title=WAY)),
    ),
    "reorder, and edits": (
        reversed_file,
        all_of(more("a2"), edited("a5", title=WAY)),
        all_of(reversed_file, more("a2"), edited("a5", title=WAY)),
    ),
    "delete, and edit: kept": (without("a4"), more("a4"), more("a4")),
    "delete, and edit: dropped": (without("a4"), more("a4"), without("a4")),
    "rename a file, and edit and add in it": (
        renamed("a.md", "z.md"),
        all_of(edited("a2", title=WAY), added(N1)),
        all_of(edited("a2", title=WAY), added(N1), renamed("a.md", "z.md")),
    ),
    "both renumber": (
        added(N1, at=0),
        added(N2, at=4),
        all_of(added(N2, at=4), added(N1, at=0)),
    ),
    "both add the same question": (added(N1), added(N1), added(N1)),
    "both add the same question under other titles": (
        added(N1),
        added(replace(N1, title=WAY)),
        added(N1),
    ),
    "each side rewords one twice": (
        (edited("a1", title=WAY), edited("a1", title=WHY)),
        (edited("b1", title=WHY), edited("b1", title=WAY)),
        all_of(edited("a1", title=WHY), edited("b1", title=WAY)),
    ),
    "move to another file, and reword": (
        moved("a3", "b.md"),
        edited("a3", title=WAY),
        all_of(edited("a3", title=WAY), moved("a3", "b.md")),
    ),
    "add and reword, and add": (
        all_of(added(N1), edited("a1", title=WAY)),
        added(N2),
        all_of(added(N1), added(N2), edited("a1", title=WAY)),
    ),
    "delete and restore, and edit": (
        (without("a2"), lambda _: BASE),
        more("a2"),
        more("a2"),
    ),
    "split a file, and add and edit": (
        halved,
        all_of(added(N1), more("a2")),
        all_of(added(N1), more("a2"), halved),
    ),
    "reword a title, and swap two": (
        edited("a3", title=WAY),
        swapped("a3", "a6"),
        all_of(edited("a3", title=WAY), swapped("a3", "a6")),
    ),
    "both move one to different files": (
        moved("a3", "b.md"),
        moved("a3", "c.md"),
        moved("a3", "c.md"),
    ),
    "both rename the file": (
        renamed("a.md", "x.md"),
        renamed("a.md", "y.md"),
        renamed("a.md", "x.md"),
    ),
    "move, and delete": (moved("a3", "b.md"), without("a3"), moved("a3", "b.md")),
}


class Clone:
    """A repository of notes, one commit an edit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 1_700_000_000
        self.git("init", "-q", "-b", "main")

    def git(self, *args: str, check: bool = True) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        command = ["git", *identity, "-c", "commit.gpgsign=false", *args]
        done = subprocess.run(
            command,
            cwd=self.folder,
            check=check,
            capture_output=True,
            encoding="utf-8",
            timeout=LIMIT,
        )
        return done.stdout

    def write(self, notes: Notes) -> None:
        for path in self.folder.glob("*.md"):
            path.unlink()
        for file, asked in notes.items():
            texts = [f"## {n}. {q.title}\n\n{q.text}\n" for n, q in enumerate(asked, 1)]
            (self.folder / file).write_text("\n".join(texts), encoding="utf-8")

    def build(self, notes: Notes) -> tuple[dict[str, str], str]:
        """Build, as `ankify build` does; the guids by key, and what is said of a merge."""
        self.now += 1000
        project = read_project(self.folder, ReadOptions(now=self.now, cached=False))
        write_lock(project)
        found = {
            (note.question.file, note.question.title, note.question.line): note.guid
            for note in project.notes
            if note.question
        }
        keys = {}
        for file, asked in notes.items():
            guids = [
                found[place] for place in sorted(found, key=lambda p: p[2]) if place[0] == file
            ]
            keys |= {q.key: guid for q, guid in zip(asked, guids, strict=True)}
        return keys, project.lock_merged

    def commit(self, notes: Notes) -> dict[str, str]:
        self.write(notes)
        guids, _ = self.build(notes)
        self.git("add", "-A")
        self.git("commit", "-qm", "edit")
        return guids

    def play(self, side: Side) -> dict[str, str]:
        notes, guids = BASE, {}
        for edit in side if isinstance(side, tuple) else (side,):
            notes = edit(notes)
            guids |= self.commit(notes)
        return guids


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def merge(clone: Clone, name: str) -> tuple[dict[str, str], list[dict[str, str]], str]:
    """Play a scenario; guids after it, those on the way (base, ours, theirs), and what was said."""
    ours, theirs, both = SCENARIOS[name]
    base = clone.commit(BASE)
    clone.git("branch", "other")
    mine = clone.play(ours)
    clone.git("checkout", "-q", "other")
    its = clone.play(theirs)
    clone.git("checkout", "-q", "main")
    clone.git("merge", "-q", "--no-edit", "other", check=False)
    merged = both(BASE)
    clone.write(merged)
    after, said = clone.build(merged)
    return after, [base, mine, its], said


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_merge_loses_no_guid(clone: Clone, name: str) -> None:
    after, before, _ = merge(clone, name)
    given: dict[str, set[str]] = {}
    for guids in before:
        for key, guid in guids.items():
            given.setdefault(key, set()).add(guid)
    assert {key: guid for key, guid in after.items() if guid not in given[key]} == {}
    assert len(set(after.values())) == len(after)


def test_a_build_says_in_one_line_what_it_did_with_a_merge(clone: Clone) -> None:
    _, _, said = merge(clone, "both move one to different files")
    assert (
        said
        == "took the questions of both sides of a merge (of 1 in two versions, the later change)"
    )


def test_the_build_after_a_merge_leaves_a_plain_lock(clone: Clone) -> None:
    merge(clone, "answer on one side, title on the other")
    text = (clone.folder / "ankify.lock").read_text("utf-8")
    assert not re.search(r"^[<|=>]{7}", text, re.MULTILINE)
    notes = SCENARIOS["answer on one side, title on the other"][2](BASE)
    assert clone.build(notes)[1] == ""
    assert (clone.folder / "ankify.lock").read_text("utf-8") == text
