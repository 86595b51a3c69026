"""Signs of other programs: taken where they can be nothing else, left where they may be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from gfm_oracle import PLAIN, cases

from ankify.config import MarkdownSettings
from ankify.model import Content, Question
from ankify.questions.split import Section
from ankify.reading import parse as gfm
from ankify.reading.flavours import SIGNS, Flavour, ForeignFile, Vault
from ankify.reading.flavours.depends import dependencies
from ankify.reading.flavours.embeds import set_in
from ankify.rendering.fields import Renderer

FILES = {
    "img/cell wall.png": "",
    "attachments/root.png": "",
    "sub/leaf.png": "",
    "a.mp3": "",
    "a.pdf": "",
    "Clouds.md": "---\na: b\n---\n# Clouds\n\n## Rain\n\nWet $x_1$. ^wet-1\n\n## Snow\n\nCold.\n",
    "sub/deep.md": "![x](leaf.png) ![[Clouds#Snow]]",
    "Card.md": "- Wet is {{cloze so}} #card\n",
    "loop.md": "Again:\n\n![[loop]]",
    "end.md": "![[loop]]",
}


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    root = tmp_path_factory.mktemp("vault")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return Vault(root, tuple(name for name in FILES if name.endswith(".md")))


def read(text: str, vault: Vault, **settings: object) -> gfm.ParsedFile:
    markdown = MarkdownSettings(**settings)  # type: ignore[arg-type]
    return gfm.parse(text, Flavour(markdown, vault), "notes.md")


def shown(text: str, vault: Vault, **settings: object) -> Content:
    """A text as the answer of a question, its signs read."""
    parsed = read(text, vault, **settings)
    section = Section(Question("notes.md", 1, 1, "1", "x"), (), (), tuple(parsed.tokens))
    return Renderer(PLAIN).render(section, parsed)


@pytest.mark.parametrize(("title", "given", "wanted"), cases("flavours.md"))
def test_cards_show_what_the_author_meant(
    vault: Vault, title: str, given: str, wanted: str
) -> None:
    assert shown(given, vault).answer + "\n" == wanted, title


@pytest.mark.parametrize(("title", "given", "_"), cases("flavours.md"))
def test_no_sign_moves_a_line(vault: Vault, title: str, given: str, _: str) -> None:
    parsed = read(f"{given}\n\n## The end $e$\n", vault)
    end = next(t for t in parsed.tokens if t.type == "inline" and t.content.startswith("The end"))
    line = end.map[0] if end.map else None
    assert line == parsed.formulas[-1].line == given.count("\n") + 2, title


SIGNED = {
    "embed": "![[root.png]]",
    "note-embed": "![[Clouds#Snow]]",
    "wiki-link": "[[Root|the root]]",
    "highlight": "==x==",
    "comment": "a %%b%%",
    "callout": "> [!example] T\n> x",
    "block-id": "Boils. ^boil-1",
    "inline-footnote": "x^[a note]",
    "cjk-emphasis": "**注意：**后面",
    "heading-tag": "## What? #exam",
    "picture-size": "![x|300](a.png)",
    "spaced-path": "![x](img/cell wall.png)",
    "sound": "[listen](a.mp3)",
    "property": "id:: 1",
    "macro": "a {{cloze b}}",
    "formula-in-line": "a $$x$$ b",
    "aside": "<aside>\nx\n</aside>",
    "directive": ":::note\nx\n:::",
    "outer-fence": "```markdown\n# Title\n```",
    "code-cell": "```{python}\nx\n```",
    "role": "H{sub}`2`O",
    "label": "## Title {#sec-x}",
}


@pytest.mark.parametrize("name", [sign.name for sign in SIGNS])
def test_each_sign_is_read_and_counted_and_can_be_switched_off(vault: Vault, name: str) -> None:
    text = SIGNED[name]
    flavour = "logseq" if name == "formula-in-line" else "auto"
    as_on_github = shown(text, vault, flavour="github").answer
    assert shown(text, vault, flavour=flavour).answer != as_on_github
    assert name == "cjk-emphasis" or read(text, vault, flavour=flavour).taken[name]
    assert shown(text, vault, flavour=flavour, off=(name,)).answer == as_on_github


def test_line_ends_and_signs_of_chemistry_are_settings(vault: Vault) -> None:
    text = "a\nH~2~O x^2^ ~~d~~"
    assert shown(text, vault).answer == "<p>a\nH<del>2</del>O x^2^ <del>d</del></p>"
    low = shown(text, vault, breaks=True, subscript=True, flavour="github").answer
    assert low == "<p>a<br>\nH<sub>2</sub>O x<sup>2</sup> <del>d</del></p>"


def test_a_highlight_does_not_end_within_code(vault: Vault) -> None:
    assert shown("==a `b==` c", vault).answer == "<p>==a <code>b==</code> c</p>"
    assert shown("==a `b==` c==", vault).answer == "<p><mark>a <code>b==</code> c</mark></p>"


def test_tags_in_the_text_are_a_setting(vault: Vault) -> None:
    text = "#exam #bio/cell\n\nSee #exam, `#no`, a#no, #1 and C#.\n\n## Title #no-text\n\nx"
    assert read(text, vault).tags == ()
    assert "<p>#exam #bio/cell</p>" in shown(text, vault).answer
    assert read(text, vault, tags=True).tags == ("exam", "bio/cell")
    assert shown(text, vault, tags=True).answer.startswith("<p>See #exam, <code>#no</code>, a#no")


def test_pictures_and_formulas_of_a_note_set_in_stand_at_its_line(vault: Vault) -> None:
    text = "a\n\n![[sub/deep]]\n\n![[Clouds#Rain]]\n\n![z](z.png) $z$"
    references = shown(text, vault).references
    assert [(r.src, r.line) for r in references] == [("sub/leaf.png", 3), ("z.png", 7)]
    assert [formula.line + 1 for formula in read(text, vault).formulas] == [5, 7]


def test_a_note_that_holds_itself_ends(vault: Vault) -> None:
    assert shown("![[end]]", vault).answer.count("Again") == 1


def test_formulas_among_words_are_in_their_line_in_a_graph(vault: Vault) -> None:
    text = "- $$x$$\n- a $$x_{1}$$ b `$$y$$`\n\n$$z$$"
    answer = shown(text, vault, flavour="logseq").answer
    for part in (r"<li>\[x\]</li>", r"a \(x_{1}\) b <code>$$y$$</code>", r"<p>\[z\]</p>"):
        assert part in answer
    assert r"a \[x_{1}\] b" in shown(text, vault).answer


def test_all_properties_of_a_graph_are_left_out(vault: Vault) -> None:
    text = "- A\n  source:: 3.4\n\t- page:: 5\n\t  of it\n\t- b\n\t- page:: 6\n\t\t- below\n"
    below = "<ul>\n<li>below</li>\n</ul>"
    inner = f"<ul>\n<li>of it</li>\n<li>b</li>\n<li>\n\n{below}\n</li>\n</ul>"
    assert shown(text, vault, flavour="logseq").answer == f"<ul>\n<li>A\n{inner}\n</li>\n</ul>"
    assert "source:: 3.4" in shown(text, vault).answer


def test_blocks_that_logseq_numbers_are_numbered(vault: Vault) -> None:
    number = "  logseq.order-list-type:: number\n"
    text = f"- Sift\n{number}\t- flour\n- Bake $x$\n{number}  for long\n- Eat\n"
    first = "<li>Sift\n<ul>\n<li>flour</li>\n</ul>\n</li>"
    steps = f"<ol>\n{first}\n<li>Bake \\(x\\)\nfor long</li>\n</ol>"
    assert shown(text, vault).answer == f"{steps}\n<ul>\n<li>Eat</li>\n</ul>"
    assert "<ol>" not in shown("+ a\n+ b", vault, flavour="logseq").answer


@pytest.mark.parametrize("flavour", ["obsidian", "logseq"])
def test_a_picture_whose_path_leads_nowhere_is_found_by_its_end(vault: Vault, flavour: str) -> None:
    text = (
        "![a](../../img/cell%20wall.png) ![b](leaf.png) ![c](no.png) ![d](https://e.org/leaf.png)"
    )
    found = ["img/cell%20wall.png", "sub/leaf.png", "no.png", "https://e.org/leaf.png"]
    assert re.findall('src="(.*?)"', shown(text, vault, flavour=flavour).answer) == found
    assert 'src="leaf.png"' in shown(text, vault).answer
    sure = Flavour(MarkdownSettings(flavour=flavour), vault)
    assert ("leaf.png", "False", "sub/leaf.png") in dependencies(sure, "a.md", text.encode())


def test_blocks_of_a_graph_are_known_by_their_ids(tmp_path: Path) -> None:
    (tmp_path / "logseq").mkdir()
    (tmp_path / "logseq" / "config.edn").touch()
    name = "0f9a1c3e-77aa-4b1c-9c11-2a3b4c5d6e7f"
    text = f"- a\n\t- ## A *tall* {{{{cloze tree}}}} #card\n\t  id:: {name}\n\t  more\n\t- b\n"
    (tmp_path / "b.md").write_text(text, encoding="utf-8")
    vault = Vault(tmp_path, ("b.md",))
    answer = "<ul>\n<li>As A <em>tall</em> tree is</li>\n<li>A <em>tall</em> tree</li>\n</ul>"
    found = shown(f"- As (({name})) is\n- {{{{embed (({name}))}}}}", vault).answer
    assert found == answer
    assert "((0" in shown(f"(({name}))", Vault(tmp_path / "logseq")).answer


def test_figures_and_sections_of_other_notes_of_a_book_are_known_by_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.md").write_text(
        ":::{figure} img/b.png\n:name: fig-b\n:::\n\n(sec-b)=\n\n# Walls\n", encoding="utf-8"
    )
    vault = Vault(tmp_path, ("sub/b.md",))
    text = ":::{figure} #fig-b\n:::\n\n@sec-b and {ref}`sec-b` and @sec-none"
    found = shown(text, vault, flavour="myst").answer
    picture = '<p><img src="sub/img/b.png" alt=""></p>'
    assert found == f"{picture}\n<p>Walls and Walls and sec-none</p>"
    assert "Walls" not in shown(text, vault).answer  # in no book


@pytest.mark.parametrize(
    ("files", "seen"),
    [
        ({".obsidian/app.json": "{}"}, ("obsidian", ".obsidian")),
        ({"logseq/config.edn": "{}"}, ("logseq", "logseq/config.edn")),
        ({"myst.yml": ""}, ("myst", "myst.yml")),
        ({"_quarto.yml": ""}, ("quarto", "_quarto.yml")),
        ({"logseq/a.md": ""}, None),
    ],
)
def test_a_folder_tells_what_it_was_kept_with(
    tmp_path: Path, files: dict[str, str], seen: tuple[str, str] | None
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert Vault(tmp_path).seen == seen


def test_names_with_an_id_are_of_notion(tmp_path: Path) -> None:
    path = "Rocks 9f8e7d6c5b4a39281706f5e4d3c2b1a0.md"
    assert Vault(tmp_path, (path,)).seen == ("notion", path)


@pytest.mark.parametrize(
    ("file", "target", "found"),
    [
        ("notes.md", "root.png", "attachments/root.png"),
        ("notes.md", "Attachments/ROOT.png", "attachments/root.png"),
        ("sub/deep.md", "leaf.png", "sub/leaf.png"),
        ("notes.md", "other/leaf.png", None),
        ("notes.md", "clouds", "Clouds.md"),
        ("notes.md", "sub/deep", "sub/deep.md"),
        ("notes.md", "../deep.md", "sub/deep.md"),
        ("notes.md", "", None),
    ],
)
def test_links_find_files_by_name(vault: Vault, file: str, target: str, found: str | None) -> None:
    assert vault.find(file, target) == found


def test_the_documentation_lists_all_signs(documented: Callable[[str, str], None]) -> None:
    cells = [(s.name, s.programs, s.example, s.becomes, s.taken) for s in SIGNS]
    rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells]
    head = "| name | written in | example | on the card | taken |\n|---|---|---|---|---|"
    documented("rendering.md", "\n".join([head, *rows]))


def test_notes_that_are_set_in_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice the next one, forty notes long; and the same long note again and again."""
    monkeypatch.setattr("ankify.reading.flavours.embeds._MOST", 10_000)
    names = [f"n{number}.md" for number in range(40)]
    for name, below in pairwise(names):
        (tmp_path / name).write_text(f"{name}\n\n![[{below}]]\n\n![[{below}]]\n")
    (tmp_path / names[-1]).write_text("The end.\n")
    (tmp_path / "long.md").write_text("A long note. " * 300)
    flavour = Flavour(MarkdownSettings(), Vault(tmp_path, (*names, "long.md")))
    named = dependencies(flavour, "n0.md", (tmp_path / "n0.md").read_bytes())
    assert len(named) < 30
    file = ForeignFile("n0.md", flavour, Counter())
    text = set_in(file, "![[n1]]\n\n" + "![[long]]\n\n" * 9).text
    assert text.count("n1.md") == 1
    assert text.count("n4.md") == 8  # of notes in one another, no more than four
    assert text.count("n5.md") == text.count("![[n5.md]]") > 8
    assert text.count("![[long]]") == 7


def test_notes_are_looked_up_for_embeds_and_references_only_so_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    block = "11111111-1111-1111-1111-111111111111"
    (tmp_path / "logseq").mkdir()
    (tmp_path / "logseq" / "config.edn").write_text("{}")
    (tmp_path / "long.md").write_text(f"- {'word ' * 2000}\n  id:: {block}\n")
    read: list[str] = []
    of_vault = "ankify.reading.flavours.embeds.read_note"
    monkeypatch.setattr(of_vault, lambda file, path: read.append(path) or "word " * 2000)
    vault = Vault(tmp_path, ("long.md",))
    file = ForeignFile("a.md", Flavour(MarkdownSettings("logseq"), vault), Counter())
    set_in(file, "![[long#no such section]]\n" * 20_000)
    assert len(read) < 5000
    shown = gfm.parse(f"(({block})) " * 1000, file.flavour, "a.md")
    assert shown.taken["macro"] == 50  # of 10,000 characters each
