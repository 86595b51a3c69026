"""The format of `ankify.lock`: read back as written, clean diffs and merges, clear errors."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import LIMIT

from ankify.identity.lock import (
    DAY,
    END,
    Lock,
    LockEntry,
    encode_lock,
    pack_note,
    parse_lock,
    read_lock,
    unpack_note,
)
from ankify.model import AnkifyError, ChangeKind
from ankify.pipeline import ReadOptions, read_project
from ankify.rendering.sketch import sketch

ANSWER = "Dropout switches random units off, so that no unit can lean on another one."


def entry(guid: str, file: str = "a.md", **changes: object) -> LockEntry:
    base = LockEntry(guid, file, "1", f"Why {guid}?", "Deck", "f00d", 20, 10, sketch(ANSWER))
    return replace(base, **changes)  # type: ignore[arg-type]


LOCK = Lock(
    "deck",
    ("cafe", 7),
    (
        entry("aaaaaaaaaaaa", number=None, nth=2),
        entry("bbbbbbbbbbbb", "目录/b.md", title='"quoted"\t\u2028 \\ 什么?', marked_id="mine"),
        entry("cccccccccccc", "目录/b.md", removed=30, tombstone=pack_note(["q", "a"], ["t"])),
    ),
)


def lines(lock: Lock) -> list[str]:
    return encode_lock(lock).decode().split("\n")


def text_lines(lock: Lock) -> list[str]:
    return encode_lock(lock).decode().rstrip("\n").split("\n")


def failure(text: str) -> AnkifyError:
    with pytest.raises(AnkifyError) as raised:
        parse_lock(text)
    assert raised.value.hint
    return raised.value


def test_a_lock_is_read_back_as_it_was_written() -> None:
    assert parse_lock(encode_lock(LOCK).decode()) == LOCK


def test_the_questions_of_a_file_keep_the_order_of_the_notes() -> None:
    asked = (entry("z"), entry("y"), entry("a", "0.md"), entry("x"), entry("b", removed=1))
    order = [e.guid for e in parse_lock(encode_lock(Lock("d", entries=asked)).decode()).entries]
    assert order == ["a", "z", "y", "x", "b"]


def test_windows_line_ends_and_a_byte_order_mark_are_forgiven(tmp_path: Path) -> None:
    path = tmp_path / "ankify.lock"
    path.write_bytes(b"\xef\xbb\xbf" + encode_lock(LOCK).decode().replace("\n", "\r\n").encode())
    assert read_lock(path) == LOCK


def test_no_lock_is_none_and_not_an_error(tmp_path: Path) -> None:
    assert read_lock(tmp_path / "ankify.lock") is None


def test_a_folder_in_place_of_the_lock_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "ankify.lock").mkdir()
    with pytest.raises(AnkifyError, match=r"^ankify\.lock: error: cannot be read: "):
        read_lock(tmp_path / "ankify.lock")


def test_the_header_says_what_it_is_and_to_commit_it() -> None:
    header = [line for line in lines(LOCK) if line.startswith("#")]
    assert "ankify.lock" in header[0]
    assert any("commit it" in line for line in header)


def test_a_question_takes_one_line_of_at_most_300_bytes() -> None:
    title = "为什么在训练扩散模型时要随机丢弃文本条件?"
    one = entry("dddddddddddd", "扩散模型/训练.md", title=title, deck="笔记::扩散模型::训练")
    one = replace(one, fingerprint="0123456789abcdef", modified=1_800_000_000, added=1_800_000_000)
    (line,) = (line for line in lines(Lock("deck", entries=(one,))) if "dddddddddddd" in line)
    assert len(line.encode()) <= 300


def test_renumbering_and_rewording_move_no_line() -> None:
    for change in ({"number": "9"}, {"title": "Ω"}):
        changed = replace(LOCK, entries=tuple(replace(e, **change) for e in LOCK.entries))
        order = [e.guid for e in parse_lock(encode_lock(changed).decode()).entries]
        assert order == [e.guid for e in LOCK.entries]


def test_a_tombstone_keeps_fields_and_tags() -> None:
    fields, tags = ("<p>什么</p>", "", "\x1f"), ("a::b", "c")
    assert unpack_note(pack_note(fields, tags)) == (fields, tags)


def git(folder: Path, *args: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", *identity, *args]
    return subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True, timeout=LIMIT
    ).stdout


def commit(folder: Path, lock: Lock) -> None:
    (folder / "ankify.lock").write_bytes(encode_lock(lock))
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "build")


def test_two_branches_that_add_questions_in_different_files_merge_cleanly(tmp_path: Path) -> None:
    base = replace(LOCK, entries=tuple(entry(f"{f}0", f"{f}.md") for f in "abcdef"))
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, base)
    git(tmp_path, "checkout", "-qb", "other")
    ours, theirs = entry("b1", "b.md"), entry("e1", "e.md")
    commit(tmp_path, replace(base, entries=(*base.entries, theirs)))
    git(tmp_path, "checkout", "-q", "main")
    commit(tmp_path, replace(base, entries=(*base.entries, ours)))
    git(tmp_path, "merge", "-q", "--no-edit", "other")
    merged = read_lock(tmp_path / "ankify.lock")
    assert merged is not None
    assert {e.guid for e in merged.entries} == {e.guid for e in (*base.entries, ours, theirs)}


def conflict(ours: list[str], theirs: list[str], base: list[str] | None = None) -> str:
    """A lock as git leaves it in a conflict, with the old lines if it was told to show them."""
    head, *rest = text_lines(LOCK)
    old = [] if base is None else ["||||||| base", *base]
    sides = ["<<<<<<< HEAD", *ours, *old, "=======", *theirs, ">>>>>>> other"]
    return "\n".join([head, *rest[:-1], *sides, rest[-1]])


def line(one: LockEntry) -> str:
    return next(
        text for text in lines(Lock("deck", entries=(one,))) if text.startswith(f'["{one.file}"')
    )


NEW, OLD = entry("new", modified=50, title="Later?"), entry("new", modified=40, title="Sooner?")


@pytest.mark.parametrize("base", [None, [line(entry("old"))]])
@pytest.mark.parametrize("sides", [([line(OLD)], [line(NEW)]), ([line(NEW)], [line(OLD)])])
def test_of_a_conflict_the_later_change_is_taken(
    sides: tuple[list[str], list[str]], base: list[str] | None
) -> None:
    joined = parse_lock(conflict(*sides, base))
    assert set(joined.entries) == {*LOCK.entries, NEW}
    assert joined.merged


def test_of_a_conflict_what_is_on_one_side_only_is_kept() -> None:
    joined = parse_lock(conflict([line(OLD)], [line(entry("x"))]))
    assert set(joined.entries) == {*LOCK.entries, OLD, entry("x")}


def test_a_guid_that_is_there_twice_after_a_clean_merge_is_its_later_change() -> None:
    text = text_lines(LOCK)
    joined = parse_lock("\n".join([*text[:-1], line(NEW), line(OLD), text[-1]]))
    assert set(joined.entries) == {*LOCK.entries, NEW}
    assert joined.merged == (
        "took the questions of both sides of a merge (of 1 in two versions, the later change)"
    )


def test_what_both_sides_have_alike_is_not_counted() -> None:
    same, new = line(entry("same")), line(entry("x"))
    joined = parse_lock(conflict([same], [same, new]))
    assert joined.merged == "took the questions of both sides of a merge"
    assert set(joined.entries) == {*LOCK.entries, entry("same"), entry("x")}


def test_changed_in_one_second_a_question_that_is_asked_goes_before_a_removed_one() -> None:
    gone = replace(NEW, removed=50)
    joined = parse_lock(conflict([line(gone)], [line(NEW)]))
    assert NEW in joined.entries


def test_of_two_first_lines_the_later_note_type_is_taken() -> None:
    newer = text_lines(replace(LOCK, note_type=("beef", 9)))
    older = text_lines(LOCK)
    at = next(n for n, text in enumerate(older) if text.startswith('["ankify.lock"'))
    sides = ["<<<<<<< HEAD", older[at], "=======", newer[at], ">>>>>>> other"]
    joined = parse_lock("\n".join([*older[:at], *sides, *older[at + 1 :]]))
    assert joined.note_type == ("beef", 9)


def test_the_questions_of_a_lock_that_is_cut_off_in_a_conflict_are_not_guessed() -> None:
    text = conflict([line(OLD)], [line(NEW)]).replace("=======", "||||||| base")
    assert "cut off" in failure(text.removesuffix(">>>>>>> other\n" + END)).message


@pytest.mark.parametrize("field", ["added", "modified", "removed"])
def test_a_time_later_than_the_build_by_more_than_a_day_is_refused(field: str) -> None:
    now = 1_700_000_000
    for late, refused in ((DAY, False), (DAY + 1, True)):
        text = encode_lock(Lock("deck", entries=(entry("z", **{field: now + late}),))).decode()
        if not refused:
            assert parse_lock(text, now=now).entries
            continue
        with pytest.raises(AnkifyError, match="2023-11-15 is later than this build") as raised:
            parse_lock(text, now=now)
        assert str(raised.value.location) == "ankify.lock:5"
        assert "checkout COMMIT" in str(raised.value.hint)


def test_every_single_damaged_character_is_found() -> None:
    text = encode_lock(LOCK).decode()
    start = text.index("[")
    for at in range(start, len(text) - len(END) - 1):
        damaged = text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :]
        error = failure(damaged)
        assert error.location is not None
        assert error.location.line in (text.count("\n", 0, at) + 1, text.count("\n", 0, at) + 2)


def test_a_lock_cut_off_anywhere_is_found() -> None:
    text = encode_lock(LOCK).decode().rstrip("\n")
    for length in range(len(text)):
        failure(text[:length])


def test_an_empty_lock_is_an_error_and_not_a_new_start(tmp_path: Path) -> None:
    path = tmp_path / "ankify.lock"
    path.write_bytes(b"")
    with pytest.raises(AnkifyError, match="empty"):
        read_lock(path)


def test_bytes_that_are_no_text_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "ankify.lock"
    path.write_bytes(b"# one\n# two\n\xff\xfe\n")
    with pytest.raises(AnkifyError) as raised:
        read_lock(path)
    assert str(raised.value.location) == "ankify.lock:3"


def test_a_lock_of_version_1_gives_the_same_guids_and_is_written_anew(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    shutil.copytree(Path(__file__).parent / "version-1", notes)
    old = read_lock(notes / "ankify.lock")
    assert old
    assert not old.is_ordered
    project = read_project(notes, ReadOptions(now=1_700_001_000, cached=False))
    # The cards may look otherwise by now; nothing else is reported.
    assert {change.kind for change in project.changes} <= {ChangeKind.UPDATED}
    assert project.lock_changed
    new = parse_lock(project.lock.decode())
    assert new.is_ordered
    assert {entry.guid for entry in new.entries} == {entry.guid for entry in old.entries}
    assert [entry.number for entry in new.entries] == ["1", "2", "3", "4"]


def test_a_lock_of_a_newer_version_is_refused_with_the_way_out() -> None:
    text = encode_lock(LOCK).decode().replace('["ankify.lock",2,', '["ankify.lock",3,')
    error = failure(text)
    assert "version 3" in error.message
    assert "update ankify" in str(error.hint)
