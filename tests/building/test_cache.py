"""The cache saves work and changes nothing: not when it is old, damaged, foreign or not there."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Files, Outcome
from platformdirs import user_cache_path

from ankify.building import pages
from ankify.building.cache import Cache, cache_folder, page_key
from ankify.model import Page
from ankify.pipeline import ReadOptions, read_project

Write = Callable[[Files], Path]
NOTES: Files = {
    "a.md": "# Go\n\n## 1. What is a map?\n\nA table: `m[k]`.\n\n```go\nm := 1\n```\n",
    "b.md": "# Lists\n\n## 1. What is a list?\n\n$x^2$ and more.\n",
    "ankify.toml": '[deck]\nname = "N"\n',
}


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The note files that were rendered, not taken from the cache."""
    files: list[str] = []
    original = pages.read_page

    def counted(note_file: pages.NoteFile, *rest: object, **options: object) -> Page:
        files.append(note_file.path)
        return original(note_file, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(pages, "read_page", counted)
    return files


def entries(root: Path) -> list[Path]:
    return sorted((Cache(root).folder / "pages").iterdir())


def test_only_an_edited_note_file_is_rendered_again(project: Write, rendered: list[str]) -> None:
    root = project(NOTES)
    first = read_project(root, ReadOptions(now=1))
    assert rendered == ["a.md", "b.md"]
    rendered.clear()
    assert read_project(root, ReadOptions(now=1)) == first
    assert rendered == []
    project({"b.md": "# Lists\n\n## 1. What is a list?\n\nA chain.\n"})
    again = read_project(root, ReadOptions(now=1))
    assert rendered == ["b.md"]
    assert again == read_project(root, ReadOptions(now=1, cached=False))
    assert len(entries(root)) == 2  # the old page of b.md is gone


def test_a_file_that_moves_or_gets_other_settings_is_rendered_again(
    project: Write, rendered: list[str]
) -> None:
    root = project(NOTES)
    read_project(root, ReadOptions(now=1))
    rendered.clear()
    (root / "a.md").rename(root / "c.md")
    read_project(root, ReadOptions(now=1))
    assert rendered == ["c.md"]
    rendered.clear()
    project({"ankify.toml": '[source]\nurl = "https://example.org/notes"\n'})
    read_project(root, ReadOptions(now=1))
    assert rendered == ["b.md", "c.md"]


@pytest.mark.parametrize(
    "damage",
    [b"", b"x", b"\0" * 400, None],
    ids=["empty", "short", "zeros", "one bit flipped"],
)
def test_a_damaged_page_is_rendered_again(
    project: Write, rendered: list[str], damage: bytes | None
) -> None:
    root = project(NOTES)
    first = read_project(root, ReadOptions(now=1))
    rendered.clear()
    for entry in entries(root):
        data = bytearray(entry.read_bytes())
        data[len(data) // 2] ^= 1
        entry.write_bytes(bytes(data) if damage is None else damage)
    (Cache(root).folder / "digests").write_bytes(damage or b"{}")
    assert read_project(root, ReadOptions(now=1)) == first
    assert rendered == ["a.md", "b.md"]


def test_a_foreign_page_runs_nothing(project: Write, rendered: list[str], tmp_path: Path) -> None:
    class Attack:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {tmp_path / 'ran'}",)

    root = project(NOTES)
    first = read_project(root, ReadOptions(now=1))
    rendered.clear()
    for entry, foreign in zip(entries(root), (Attack(), ["no page"]), strict=True):
        Cache(root)._write(f"pages/{entry.name}", pickle.dumps(foreign))
    assert read_project(root, ReadOptions(now=1)) == first
    assert rendered == ["a.md", "b.md"]
    assert not (tmp_path / "ran").exists()


def test_a_page_of_other_programs_has_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    from ankify.building import cache

    now = page_key("a.md", b"text", ())
    for other in (("0.0.1", "", "3.10"), ("0.0.1", "", "3.10", "Markdown-3.0.dist-info")):
        monkeypatch.setattr(cache, "_programs", lambda other=other: other)
        assert page_key("a.md", b"text", ()) != now


def test_the_programs_name_ankify_and_what_renders() -> None:
    from ankify import __version__
    from ankify.building import cache

    programs = " ".join(cache._programs()).lower()
    assert __version__ in programs
    for package in ("comrak_ext-", "markdown-", "nh3-", "pygments-", "beautifulsoup4-"):
        assert package in programs


def test_what_a_page_holds_many_of_comes_back_without_a_dict_of_its_own(project: Write) -> None:
    root = project({"a.md": "# A\n\n## 1. B?\n\nC [d](e). ![f](g.png)\n"})
    for _ in range(2):
        (page,) = read_project(root, ReadOptions(now=1)).pages
        (content,) = [one.content for one in page.rendered]
        survey = page.survey
        many = (*page.questions, content, *content.references, *survey.headings, *survey.links)
        assert len(many) == 6
        assert not any(hasattr(one, "__dict__") for one in many)


def test_pages_that_an_extension_changed_are_not_kept(project: Write, rendered: list[str]) -> None:
    extension = '[render]\nextensions = ["markdown.extensions.attr_list"]\n'
    root = project({**NOTES, "ankify.toml": extension})
    read_project(root, ReadOptions(now=1))
    read_project(root, ReadOptions(now=1))
    assert rendered == ["a.md", "b.md"] * 2


def test_a_folder_that_cannot_be_written_is_no_error(
    project: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert len(read_project(project(NOTES), ReadOptions(now=1)).notes) == 2


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few notes are worth a process, too, and what is patched here is patched there."""
    monkeypatch.setattr(pages, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(pages, "_can_fork", lambda: True)


@pytest.mark.usefixtures("several")
def test_several_processes_read_the_same_project(
    project: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project({**NOTES, **{f"n{i}.md": f"## 1. Why {i}?\n\nSo.\n" for i in range(20)}})
    alone = read_project(root, ReadOptions(now=1, cached=False))
    assert read_project(root, ReadOptions(now=1, cached=False, processes=3)) == alone


@pytest.mark.usefixtures("several")
def test_several_processes_keep_what_they_render(
    project: Write, monkeypatch: pytest.MonkeyPatch, rendered: list[str]
) -> None:
    root = project({**NOTES, **{f"n{i}.md": f"## 1. Why {i}?\n\nSo.\n" for i in range(20)}})
    first = read_project(root, ReadOptions(now=1, processes=3))
    assert (
        first
        == read_project(root, ReadOptions(now=1, processes=3))
        == read_project(root, ReadOptions(now=1))
    )
    assert rendered == ["sample.md"]  # all others not in this process


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("lost", ["never written", "gone before it was read"])
def test_pages_that_cannot_be_kept_are_not_lost(
    project: Write, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    kept = lost == "gone before it was read"
    monkeypatch.setattr(Cache, "keep_page", lambda *_: kept)
    root = project(NOTES)
    assert read_project(root, ReadOptions(now=1, processes=3)) == read_project(
        root, ReadOptions(now=1, cached=False)
    )


@pytest.mark.usefixtures("several")
def test_where_no_process_can_be_started_one_does_all(
    project: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr("concurrent.futures.process.ProcessPoolExecutor", refuse)
    root = project(NOTES)
    assert len(read_project(root, ReadOptions(now=1, processes=3)).notes) == 2


@pytest.mark.usefixtures("several")
def test_an_error_in_a_process_keeps_its_place(
    project: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project({**NOTES, "bad.md": b"## 1. A?\n\n\xff\n"})
    with pytest.raises(Exception, match="not UTF-8") as caught:
        read_project(root, ReadOptions(now=1, processes=2))
    assert str(caught.value).startswith("bad.md:3: error:")


def test_an_unchanged_picture_is_not_hashed_again(project: Write) -> None:
    from conftest import PIXEL

    root = project({**NOTES, "c.md": "## 1. A?\n\n![x](p.png)\n", "p.png": PIXEL})
    os.utime(root / "p.png", ns=(10**18, 10**18))
    first = read_project(root, ReadOptions(now=1)).media[0].name
    assert Cache(root).digests() == {}  # its inode changed a moment ago: it may change again
    stat = (root / "p.png").stat()
    key = f"p.png|{stat.st_size}|{stat.st_mtime_ns}|{stat.st_ctime_ns}"
    Cache(root)._write("digests", b'{"%s": "%s"}' % (key.encode(), b"ab" * 36))
    assert "abababab" in read_project(root, ReadOptions(now=1)).media[0].name
    assert read_project(root, ReadOptions(now=1, cached=False)).media[0].name == first
    os.utime(root / "p.png", ns=(10**18, 10**18 + 1))
    assert read_project(root, ReadOptions(now=1)).media[0].name == first


def test_no_cache_leaves_the_cache_alone(
    project: Write, run: Callable[..., Outcome], rendered: list[str]
) -> None:
    root = project(NOTES)
    for _ in range(2):
        assert run("build", root, "--no-cache", "-o", "n.apkg", now=1)[0] == 0
    assert len(rendered) == 2 * len(set(rendered))
    assert not (Cache(root).folder / "pages").exists()


def test_a_package_in_a_folder_whose_name_is_not_utf_8_is_only_not_remembered(
    project: Write, tmp_path: Path
) -> None:
    cache = Cache(project(NOTES))
    cache.last_package = tmp_path / os.fsdecode(b"\xff") / "a.apkg"
    assert cache.last_package is None


def test_a_page_depends_on_the_files_that_its_links_find(
    project: Write, rendered: list[str]
) -> None:
    note = "# A\n\n## 1. What?\n\n![[b]]\n\n![[p.png]] [[c]]\n"
    root = project({"a.md": note, "b.md": "One."})
    read_project(root, ReadOptions(now=1))
    changes = ({"b.md": "Two."}, {"c.md": "C."}, {"img/p.png": "x"}, {".obsidian/app.json": "{}"})
    for files in changes:
        rendered.clear()
        project(files)
        read_project(root, ReadOptions(now=1))
        assert "a.md" in rendered, files
    rendered.clear()
    project({"other.md": "O.", "q.png": "x"})
    read_project(root, ReadOptions(now=1))
    assert rendered == ["other.md"]


def test_the_cache_is_where_platformdirs_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for own in ("/somewhere", " ", ""):
        monkeypatch.setenv("XDG_CACHE_HOME", own)
        assert cache_folder() == user_cache_path("ankify", appauthor=False)
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == user_cache_path("ankify", appauthor=False)
