"""Package and lock of a build: both, or neither."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import ankify
from ankify.anki.read import read_apkg
from ankify.building import deck as deck_module
from ankify.model import AnkifyError

Write = Callable[..., Path]
NOTES = {"Sums.md": "## 1. What is one and one?\n\nTwo.\n"}
MORE = "## 1. What is one and one?\n\nTwo.\n\n## 2. And one more?\n\nThree.\n"


def state(root: Path, package: Path) -> tuple[bytes | None, bytes | None]:
    lock = root / "ankify.lock"
    return (
        lock.read_bytes() if lock.exists() else None,
        package.read_bytes() if package.exists() else None,
    )


def test_build_writes_package_and_lock(project: Write, tmp_path: Path) -> None:
    root, package = project(NOTES), tmp_path / "sums.apkg"
    deck = ankify.build(root, package)
    assert deck.path == package
    assert [note.guid for note in read_apkg(package).notes] == [
        note.guid for note in deck.project.notes
    ]
    assert (root / "ankify.lock").exists()


@pytest.mark.parametrize("first", [True, False], ids=["first build", "a later build"])
@pytest.mark.parametrize("held", ["sums.apkg", "ankify.lock"])
def test_neither_changes_when_one_of_them_is_held_open(
    project: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: str, first: bool
) -> None:
    root, package = project(NOTES), tmp_path / "sums.apkg"
    if not first:
        ankify.build(root, package)
        (root / "Sums.md").write_text(MORE, encoding="utf-8")
    before = state(root, package)
    replace = Path.replace

    def refused(path: Path, target: Path) -> Path:
        # On Windows, nothing can take the place of a file that another program has open.
        is_new = path.read_bytes() not in before
        if Path(target).name == held and is_new:
            raise PermissionError(13, "used by another process", str(target))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(AnkifyError, match="used by another process"):
        ankify.build(root, package)
    assert state(root, package) == before
    assert not list(tmp_path.rglob(".ankify-*"))


def test_a_strict_build_with_problems_writes_nothing(project: Write, tmp_path: Path) -> None:
    root, package = project({"a.md": "## 1. What?\n\n![gone](gone.png)\n"}), tmp_path / "a.apkg"
    with pytest.raises(AnkifyError, match="problems"):
        ankify.build(root, package, strict=True)
    assert state(root, package) == (None, None)


def test_the_package_has_a_name_where_none_is_given(
    project: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ankify.build(project(NOTES)).path == deck_module.default_output(
        ankify.read_project("notes")
    )
