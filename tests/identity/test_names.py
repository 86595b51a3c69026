"""The name of a deck where none is set, and second locks beside a first one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ankify.identity import names
from ankify.identity.lock import parse_lock
from ankify.identity.names import default_name, other_locks

GENERIC = names.GENERIC  # as it is; the tests' fixture empties it

Outcome = tuple[int, str, str]
NOTE = "# A\n\n## 1. Why?\n\nSo.\n"


@pytest.fixture(autouse=True)
def real_names(plain_names: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ankify.identity.names.GENERIC", GENERIC)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("go-interview", "go-interview"),
        ("go-interview/notes", "go-interview"),
        ("go-interview/docs/Notes", "go-interview"),
        ("go-interview/笔记", "go-interview"),
        ("work/go/notes", "go"),
        ("go-interview/algorithms", "algorithms"),
    ],
)
def test_a_folder_that_is_called_notes_takes_the_name_of_the_one_above(
    tmp_path: Path, folder: str, name: str
) -> None:
    (tmp_path / folder).mkdir(parents=True)
    assert default_name(tmp_path / folder) == name


def test_notes_that_were_built_before_keep_their_name(tmp_path: Path) -> None:
    assert default_name(tmp_path / "go" / "notes", "notes") == "notes"
    assert default_name(tmp_path / "go" / "algorithms", "notes") == "algorithms"


def test_two_projects_with_notes_of_one_name_do_not_share_a_guid(
    tmp_path: Path, run: Callable[..., Outcome]
) -> None:
    guids = set()
    for name in ("go", "rust"):
        root = tmp_path / name / "notes"
        root.mkdir(parents=True)
        (root / "README.md").write_text(NOTE)
        assert run("build", root)[0] == 0
        lock = parse_lock((root / "ankify.lock").read_text("utf-8"))
        assert lock.namespace == name
        guids |= {entry.guid for entry in lock.entries}
    assert len(guids) == 2


@pytest.mark.parametrize(("first", "second"), [("repo/go", "repo"), ("repo", "repo/go")])
def test_a_second_lock_above_or_below_the_first_is_refused(
    tmp_path: Path, run: Callable[..., Outcome], first: str, second: str
) -> None:
    (tmp_path / "repo" / "go").mkdir(parents=True)
    (tmp_path / "repo" / "go" / "a.md").write_text(NOTE)
    assert run("build", first)[0] == 0
    code, _, said = run("build", second)
    assert code == 1
    assert f"ankify build {'' if first == 'repo/go' else tmp_path.as_posix() + '/'}{first};" in said
    assert not (tmp_path / second / "ankify.lock").exists()
    assert run("build", second, "--new-deck")[0] == 0
    assert run("build", second)[0] == 0
    assert run("build", first)[0] == 0


def test_the_search_for_other_locks_ends_at_the_repository(tmp_path: Path) -> None:
    notes = tmp_path / "repo" / "notes"
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    notes.mkdir()
    (tmp_path / "ankify.lock").touch()
    assert other_locks(notes, ["a.md"]) == []
    (tmp_path / "repo" / "ankify.lock").touch()
    assert other_locks(notes, ["a.md"]) == [tmp_path / "repo" / "ankify.lock"]
