"""Files: what is read has an end, what is written goes nowhere else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import ankify
from ankify.commands.preview import write_preview
from ankify.files import make_folder, open_file, read_file, real_path, write_file

Write = Callable[..., Path]
Run = Callable[..., tuple[int, str, str]]
NOTE = "## 1. Why?\n\nSo it is.\n"
pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links, pipes and devices")


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError, match="no regular file"):
            open_file(path)


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_file(tmp_path / "a", 5) == b"12345"
    with pytest.raises(OSError, match="more than 0 MB"):
        read_file(tmp_path / "a", 4)


def test_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "a").symlink_to("mine")
    write_file(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "mine").read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == ["a", "mine"]


def test_links_that_lead_to_each_other_have_an_end(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert real_path(tmp_path / "a").parent == real_path(tmp_path)


def test_a_folder_that_a_link_leads_away_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "repo" / "inner").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo")
    Path("build").symlink_to("..")
    Path("near").symlink_to("inner")
    with pytest.raises(ankify.AnkifyError, match=r"build is a link to \.\."):
        make_folder(Path("build", "preview"))
    make_folder(Path("near", "preview"))
    make_folder(tmp_path / "repo" / "build" / "meant")
    assert (tmp_path / "meant").is_dir()
    assert not (tmp_path / "preview").exists()


@pytest.mark.parametrize("name", ["card.css", "preview.css", "preview.js", "version.txt"])
def test_a_preview_does_not_write_through_links(project: Write, tmp_path: Path, name: str) -> None:
    site = tmp_path / "site"
    found = ankify.read_project(project({"n.md": NOTE}))
    write_preview(found, site)
    (tmp_path / "mine").write_text("mine")
    (site / name).unlink()
    (site / name).symlink_to(tmp_path / "mine")
    write_preview(found, site)
    assert (tmp_path / "mine").read_text() == "mine"
    assert not (site / name).is_symlink()


@pytest.mark.parametrize("name", ["media", "files"])
def test_nor_into_a_linked_folder(project: Write, tmp_path: Path, name: str) -> None:
    site, mine = tmp_path / "site", tmp_path / "mine"
    found = ankify.read_project(project({"n.md": NOTE}))
    write_preview(found, site)
    mine.mkdir()
    (mine / "thesis").write_text("years of work")
    if (site / name).exists():
        (site / name).rename(tmp_path / "gone")
    (site / name).symlink_to(mine)
    write_preview(found, site)
    assert os.listdir(mine) == ["thesis"]


@pytest.mark.parametrize("given", ["notes", "notes/sub", "./notes", "x/../notes"])
def test_a_link_is_no_notes_folder_if_it_leads_away(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    """Its author would say whose notes are packed, and where the lock is written."""
    mine, clone = tmp_path / "mine", tmp_path / "clone"
    (mine / "sub").mkdir(parents=True)
    (mine / "sub" / "n.md").write_text(NOTE)
    (clone / "x").mkdir(parents=True)
    (clone / "notes").symlink_to(mine)
    monkeypatch.chdir(clone)
    for words in (["build", given], ["check", given], ["list", given], ["build"]):
        code, _, error = run(*words)
        assert code == 2, words
        assert "is a link to" in error
        assert str(mine) in error
    assert not list(mine.rglob("ankify.lock"))
    assert run("list", mine)[0] == 0


def test_a_link_within_the_folder_here_is_one(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "n.md").write_text(NOTE)
    (tmp_path / "notes").symlink_to("docs")
    monkeypatch.chdir(tmp_path)
    assert run("build", "notes", "-o", "x.apkg")[0] == 0


def test_a_rescue_copy_takes_a_free_name(project: Write, tmp_path: Path, run: Run) -> None:
    """Each knows guids that nothing else knows; and a link in its place leads anywhere."""
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "x.old.apkg").symlink_to(tmp_path / "mine")
    titles = ["Why does it rain?", "Who was Gauss?", "What is a norm?"]
    kept = []
    for number, title in enumerate(titles):
        root = project({"n.md": f"## 1. {title}\n\n{title} So it is.\n"})
        (root / "ankify.lock").unlink(missing_ok=True)
        old = tmp_path / "x.apkg"
        kept += [old.read_bytes()] if number else []
        code, _, _ = run("build", root, "-o", old)
        assert code == 0
    copies = [tmp_path / "x.old-2.apkg", tmp_path / "x.old-3.apkg"]
    assert [copy.read_bytes() for copy in copies] == kept
    assert (tmp_path / "mine").read_text() == "mine"


@pytest.mark.parametrize("name", ["ankify.lock", "ankify.toml", "sub/ankify.toml"])
@pytest.mark.parametrize("target", ["", "/dev/zero", "/dev/full"])
def test_a_pipe_or_a_device_in_the_place_of_a_file_is_an_error(
    project: Write, run: Run, name: str, target: str
) -> None:
    root = project({"n.md": NOTE, "sub/m.md": NOTE})
    (root / name).symlink_to(target) if target else os.mkfifo(root / name)
    code, _, error = run("build", root, "-o", root / "x.apkg")
    assert code == 1
    assert f"{name}: error: cannot be read: it is no regular file" in error


def test_links_and_depth_end_no_build(project: Write, run: Run) -> None:
    root = project({"n.md": NOTE})
    (root / "a.md").symlink_to("a.md")
    (root / "b.md").symlink_to("c.md")
    (root / "c.md").symlink_to("b.md")
    assert run("check", root)[0] == 0
    deep = root.joinpath(*["d"] * 150)
    deep.mkdir(parents=True)
    code, _, error = run("build", root, "-o", root / "x.apkg")
    assert code == 1
    assert "too many folders in each other" in error
