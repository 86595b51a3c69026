"""Note files of other programs: which are read, their tags, their names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ankify import ReadOptions, read_project

Write = Callable[[dict[str, str]], Path]
NOTE = "# A\n\n## 1. What?\n\nSo.\n"


@pytest.mark.parametrize(
    ("written", "tags"),
    [
        ("tags: [a/b, '#c', d e]", ("a::b", "c", "d_e")),
        ('tags: "#exam, #acids/strong"', ("acids::strong", "exam")),
        ("tag: one", ("one",)),
        ("tags: ['#', '/']", ()),
    ],
)
def test_tags_are_nested_as_in_anki(project: Write, written: str, tags: tuple[str, ...]) -> None:
    root = project({"README.md": f"---\n{written}\n---\n{NOTE}"})
    assert read_project(root, ReadOptions(now=1)).notes[0].tags == tags


def test_the_ids_of_notion_are_on_no_card(project: Write) -> None:
    one, two = "9f8e7d6c5b4a39281706f5e4d3c2b1a0", "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
    note = read_project(
        project({f"Earth {one}/Rocks {two}.md": NOTE.removeprefix("# A")}), ReadOptions(now=1)
    ).notes[0]
    assert note.tags == ("Earth::Rocks",)
    assert note.deck == "notes::Earth::Rocks"
    assert one not in str(note.fields)


def test_the_root_deck_may_be_nested(project: Write) -> None:
    root = project({"README.md": NOTE, "ankify.toml": '[deck]\nname = "School::Earth: 1"\n'})
    project_ = read_project(root, ReadOptions(now=1))
    assert (project_.name, project_.notes[0].deck) == ("School::Earth: 1", "School::Earth: 1")


def test_quarto_and_r_markdown_are_read(project: Write) -> None:
    root = project({"a.qmd": NOTE, "b.Rmd": NOTE, "c.mdx": NOTE})
    pages = read_project(root, ReadOptions(now=1)).pages
    assert [page.file for page in pages] == ["a.qmd", "b.Rmd"]


@pytest.mark.parametrize(
    ("files", "templates"),
    [
        ({".obsidian/templates.json": '{"folder": "T"}', "T/a.md": NOTE}, ["T/a.md"]),
        ({".obsidian/templates.json": '{"folder": 3}', "T/a.md": NOTE}, []),
        ({".obsidian/templates.json": "[", "T/a.md": NOTE}, []),
        ({"Templates/a.md": "## 1. {{title}}\n\nSo.\n"}, ["Templates/a.md"]),
        ({"Templates/a.md": "## 1. <% tp.file.title %>\n\nSo.\n"}, ["Templates/a.md"]),
        ({"Templates/a.md": "## 1. What does `{{ x }}` show?\n\n{{title}}\n"}, []),
        ({"vue.md": "## 1. What is {{title}}?\n\nA template.\n"}, []),
    ],
)
def test_templates_make_no_card(
    project: Write, files: dict[str, str], templates: list[str]
) -> None:
    pages = read_project(project({"z.md": NOTE, **files}), ReadOptions(now=1)).pages
    assert [page.file for page in pages if page.is_template] == templates
    assert all(page.rendered for page in pages if not page.is_template)


@pytest.mark.parametrize(
    ("files", "drawings"),
    [
        ({"owl.excalidraw.md": NOTE}, ["owl.excalidraw.md"]),
        ({"owl.md": f"---\nexcalidraw-plugin: parsed\n---\n{NOTE}"}, ["owl.md"]),
        ({"excalidraw.md": f"---\ntags: excalidraw\n---\n{NOTE}"}, []),
        (
            {
                "owl.excalidraw.md": NOTE,
                "ankify.toml": '[markdown]\nflavour = "github"\n',
            },
            [],
        ),
    ],
)
def test_drawings_make_no_card(project: Write, files: dict[str, str], drawings: list[str]) -> None:
    pages = read_project(project({"z.md": NOTE, **files}), ReadOptions(now=1)).pages
    assert [page.file for page in pages if page.is_drawing] == drawings
    assert all(page.rendered for page in pages if not page.is_drawing)


def test_the_link_below_a_card_shows_no_id_of_notion(project: Write) -> None:
    name = "Rocks 9f8e7d6c5b4a39281706f5e4d3c2b1a0.md"
    root = project({name: NOTE, "ankify.toml": '[source]\nurl = "https://example.org/"\n'})
    text = " ".join(read_project(root, ReadOptions(now=1)).notes[0].fields)
    assert ">Rocks.md</a>" in text


@pytest.mark.parametrize(
    ("opening", "shown"),
    [("<br><b>\nSo.\n</b>", "So."), ("<br><b>So.</b> And more.", "<b>So.</b> And more.")],
)
def test_a_tag_around_all_of_an_answer_does_not_make_it_bold(
    project: Write, opening: str, shown: str
) -> None:
    text = f"<details><summary>1. What?</summary>{opening}</details>\n\n"
    root = project({"a.md": text + text.replace("1. What", "2. Why")})
    note = read_project(root, ReadOptions(now=1, for_phone=False)).notes[0]
    assert note.fields[1].strip() == shown
