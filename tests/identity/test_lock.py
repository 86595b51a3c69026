"""The format of `ankify.lock`: read back as written, clean diffs and merges, clear errors."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ankify.identity.lock import (
    END,
    Lock,
    LockEntry,
    encode_lock,
    pack_note,
    parse_lock,
    read_lock,
    unpack_note,
)
from ankify.model import AnkifyError
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


def failure(text: str) -> AnkifyError:
    with pytest.raises(AnkifyError) as raised:
        parse_lock(text)
    assert raised.value.hint
    return raised.value


def test_a_lock_is_read_back_as_it_was_written() -> None:
    assert parse_lock(encode_lock(LOCK).decode()) == LOCK


def test_the_order_of_the_entries_does_not_matter() -> None:
    assert encode_lock(replace(LOCK, entries=LOCK.entries[::-1])) == encode_lock(LOCK)


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
    for change in ({"number": "9"}, {"title": "Ω"}, {"removed": 9}):
        changed = replace(LOCK, entries=tuple(replace(e, **change) for e in LOCK.entries))
        order = [e.guid for e in parse_lock(encode_lock(changed).decode()).entries]
        assert order == [e.guid for e in LOCK.entries]


def test_a_tombstone_keeps_fields_and_tags() -> None:
    fields, tags = ("<p>什么</p>", "", "\x1f"), ("a::b", "c")
    assert unpack_note(pack_note(fields, tags)) == (fields, tags)


def git(folder: Path, *args: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", *identity, *args]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


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


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", "=======", ">>>>>>> other", "||||||| base"])
def test_a_merge_conflict_is_named_with_its_line(mark: str) -> None:
    text = encode_lock(LOCK).decode().splitlines()
    text.insert(5, mark)
    error = failure("\n".join(text))
    assert str(error.location) == "ankify.lock:6"
    assert "conflict" in error.message
    assert "--ours" in str(error.hint)


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


def test_a_guid_that_is_there_twice_is_named_with_both_lines() -> None:
    text = encode_lock(LOCK).decode().splitlines()
    text.insert(5, text[4])
    error = failure("\n".join(text))
    assert str(error.location) == "ankify.lock:6"
    assert "line 5" in error.message


def test_a_lock_of_a_newer_version_is_refused_with_the_way_out() -> None:
    text = encode_lock(LOCK).decode().replace('["ankify.lock",1,', '["ankify.lock",2,')
    error = failure(text)
    assert "version 2" in error.message
    assert "update ankify" in str(error.hint)
