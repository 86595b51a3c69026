"""What a card shows: cases, pictures and where they stand, links, and the user's extensions."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from gfm_oracle import PLAIN, cases, render

from ankify.anki.gate import harmless
from ankify.model import AnkifyError, Question, Reference
from ankify.questions.layout import SplitOptions
from ankify.questions.split import Section, split_questions
from ankify.reading import parse as gfm
from ankify.rendering import fields
from ankify.rendering.fields import Renderer, RenderOptions
from ankify.rendering.sanitise import DEEPEST, ESCAPED, sanitised

RENDERING = cases("rendering.md")
ONLINE = RenderOptions(source_url="https://github.com/me/notes/blob/main", for_phone=False)


@pytest.mark.parametrize(
    ("title", "given", "expected"), RENDERING, ids=[case[0] for case in RENDERING]
)
def test_case(title: str, given: str, expected: str) -> None:
    assert render(given).answer == expected.removesuffix("\n")


@pytest.mark.parametrize(
    "code",
    [
        "c\n" + "\n" * 40_000,
        "systemd\n" + " " * 3000,
        "gleam\n" + "/" * 80_000,
        "c\n" + " \n" * 999,
    ],
)
def test_code_of_long_runs_is_not_coloured(code: str) -> None:
    """Pygments takes minutes for each."""
    answer = render(f"```{code}x\n```\n\nEnd.\n").answer
    assert "<span" not in answer
    assert "x\n</code></pre>" in answer


def test_colouring_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> str:
        while True:
            pass

    monkeypatch.setattr("pygments.highlight", slow)
    monkeypatch.setattr(fields, "_LONGEST_COLOURING", 0.01)
    monkeypatch.setattr(fields, "_given_up", 0)
    for _ in range(fields._MOST_GIVEN_UP + 1):
        assert "x &lt; 1" in render("```python\nx < 1\n```\n").answer
    assert fields._given_up == fields._MOST_GIVEN_UP


@pytest.mark.parametrize(
    ("tag", "left"),
    [
        ("<a href=data:text/html,a'b>x</a>", "x"),
        ("<a href=x'y>x</a>", "x"),
        ('<a title="\n\ntext\n\n<div>" href=data:text/html,x>x</a>', "x"),
        ('<a href="https://a.org">x</a>', '<a href="https://a.org">x</a>'),
    ],
)
def test_links_lead_to_the_web_however_they_are_written(tag: str, left: str) -> None:
    answer = render(f"<div>\n{tag}\n</div>\n").answer
    assert left in answer
    assert ("href" in answer) == ("href" in left)


def test_only_formulas_of_the_notes_are_formulas() -> None:
    given = r"&#92;(a&#92;) &bsol;[b&bsol;] $c$ `&#92;(d&#92;)`"
    assert render(given).answer == (
        r"<p><span>\</span>(a\) <span>\</span>[b\] \(c\) <code>&amp;#92;(d&amp;#92;)</code></p>"
    )


def test_pictures_are_listed_with_their_lines() -> None:
    text = (
        "$$\na\n$$ text ![one](<images/a b.png>)\nmore\n![two](图.png)\n\n<div>\n"
        "<img width=3 src='c.png?x=1&amp;y=2' alt='three'>\n</div>\n\n"
        "- x <img src=d.png>\n\n<video src='e.mp4' controls></video>\n"
    )
    assert render(text).references == (
        Reference("images/a b.png", 3, "one"),
        Reference("图.png", 5, "two"),
        Reference("c.png?x=1&y=2", 8, "three"),
        Reference("d.png", 11),
        Reference("e.mp4", 13),
    )


def test_src_comes_first_and_equals_the_reference() -> None:
    text = '![a src="q" &amp; <b>](<x&y "z".png> "t")\n\n<img alt=\'src="no"\' src="k\'l.png">\n'
    content = render(text)
    found = re.findall(r"<img (\w+)=", content.answer)
    assert found == ["src", "src"]
    assert [ref.src for ref in content.references] == ['x&y "z".png', "k'l.png"]


def test_question_and_stem_make_the_front() -> None:
    parsed = gfm.parse("# What is $x$ in *this*?\n\n```py\nx = 1\n```\n\n![a](b.png)\n")
    tokens = parsed.tokens
    section = Section(
        question=Question("a.md", 1, 7, "1", "x"),
        title=tuple(tokens[1].children or ()),
        stem=(tokens[3],),
        answer=tuple(tokens[4:]),
    )
    content = Renderer(PLAIN).render(section, parsed)
    assert content.question.startswith(r"What is \(x\) in <em>this</em>?")
    assert '<pre><code class="language-py">' in content.question
    assert content.answer == '<p><img src="b.png" alt="a"></p>'
    assert content.references == (Reference("b.png", 7, "a"),)
    assert content.formulas == 1


def test_a_part_of_a_list_starts_with_its_own_number() -> None:
    tokens = gfm.parse("1. a\n2. b\n3. c\n").tokens
    second = next(n for n, t in enumerate(tokens) if t.type == "list_item_open" and t.info == "2")
    cut = (tokens[0], *tokens[second:])
    for part, start in ((cut, ' start="2"'), (tokens, "")):
        section = Section(Question("a.md", 1, 3, "1", "x"), (), (), tuple(part))
        answer = Renderer(PLAIN).render(section, gfm.parse("")).answer
        assert answer.startswith(f"<ol{start}>\n<li>")


def test_an_answer_is_known_by_its_words_or_else_by_its_pictures() -> None:
    seen, other, moved, told, told_too = (
        render(f"{answer}\n").sketch
        for answer in (
            "![](a/r.png)",
            "![](a/u.png)",
            "![](b/r.png)",
            "So. ![](r.png)",
            "So. ![](u.png)",
        )
    )
    assert seen == moved != other
    assert told == told_too


def test_what_the_answer_says_again_is_marked_in_the_question() -> None:
    parsed = gfm.parse("## 1. What?\n\n```\nx\n```\n\n1. a\n2. b\n\n**Answer: 2**\n")
    (section,) = split_questions(parsed, "a.md", SplitOptions()).sections
    content = Renderer(PLAIN).render(section, parsed)
    assert re.search(r"<pre>.*</pre>\n<div class=\"again\"><ol>", content.question, re.S)
    assert content.answer.startswith("<ol>")


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("other.md", "/a/other.md"),
        ("../图 1.md#部分", "/%E5%9B%BE%201.md#部分"),
        ("/docs/x.md?y", "/docs/x.md?y"),
        ("#top", "/a/b.md#top"),
    ],
)
def test_links_inside_of_the_notes_lead_to_their_source(href: str, target: str) -> None:
    wanted = f'<a href="https://github.com/me/notes/blob/main{target}">x</a>'
    assert wanted in render(f"[x](<{href}>)", ONLINE).answer
    assert wanted in render(f'<a href="{href}">x</a>', ONLINE).answer
    assert render(f"[x](<{href}>)").answer == "<p>x</p>"


NOTE = "obsidian://open?vault=V&file=a%2Fb"


def test_a_link_to_a_note_in_obsidian_stays() -> None:
    link = f'<a href="{NOTE.replace("&", "&amp;")}">x</a>'
    for text in (f"[x]({NOTE})", f'<a href="{NOTE}">x</a>', f"<b>y</b> [x]({NOTE})"):
        answer = render(text).answer
        assert link in answer
        assert harmless(answer) == answer


def test_links_lead_into_a_vault() -> None:
    vault = RenderOptions(source_url="obsidian://open?vault=V", for_phone=False)
    answer = render("[x](<b c.md#d>) [y](/e.md)", vault).answer
    assert 'open?vault=V&amp;file=a%2Fb%20c.md">x</a>' in answer
    assert 'open?vault=V&amp;file=e.md">y</a>' in answer
    folder = RenderOptions(source_url="obsidian://open?vault=V&file=F/", for_phone=False)
    assert 'vault=V&amp;file=F/e.md">y</a>' in render("[y](/e.md)", folder).answer


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "//evil.org",
        "file:///x",
        "data:text/html,x",
        "obsidian://new?vault=V&content=x",
        "obsidian://open?vault=V&x-success=javascript:alert(1)",
        "obsidian://advanced-uri?vault=V&commandid=x",
    ],
)
def test_other_schemes_are_no_links(href: str) -> None:
    for text in (f"[x]({href})", f'<a href="{href}">x</a>', f"<b>y</b> [x]({href})"):
        assert "<a" not in render(text, ONLINE).answer


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "<style>*{display:none}</style>",
        "<form action=x><input type=submit onfocus=alert(1) autofocus></form>",
        '```"><script>\nx\n```',
        "```py\n</code></pre><script>alert(1)</script>\n```",
        '[x](https://a.org/"onmouseover="alert(1))',
        '![" onerror="alert(1)](x.png)',
        "$</p><script>alert(1)</script>$",
        '<i title="$x$" class="$"><img src=x$y$ onerror=alert(1)>$">',
        "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>",
    ],
)
def test_no_script_reaches_a_card(text: str) -> None:
    answer = render(text).answer
    tags = re.findall(r"""<[a-z](?:[^"'>]|"[^"]*"|'[^']*')*>""", answer)
    names = {
        name
        for tag in tags
        for name in re.findall(r"\s([\w-]+)(?==|[\s>])", re.sub(r'"[^"]*"', "", tag))
    }
    assert not {name for name in names if name.startswith("on")}
    assert not re.search(r"<(?:script|style|form|svg|iframe|object)\b", answer)
    assert "javascript:" not in "".join(tags)


def test_of_fields_to_fill_in_only_the_boxes_of_tasks_stay() -> None:
    text = "a<input> b<input type='text' title='> type=\"checkbox\"'> <input type=checkbox checked>"
    assert render(text).answer == '<p>a b <input type="checkbox" checked=""></p>'


def test_highlighted_code_reads_as_it_was_written() -> None:
    code = "def f(x):\n\treturn x[1] if x < 2 & 3 else '&amp;'\n\n\n\n# 终\n"
    shown = render(f"```Python 3 only\n{code}```\n").answer
    assert '<div class="highlight"><pre><code class="language-Python">' in shown
    text = re.sub(r"<[^>]*>", "", shown)
    for entity, character in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#39;", "'"),
        ("&quot;", '"'),
        ("&amp;", "&"),
    ):
        text = text.replace(entity, character)
    assert text == code


def test_extensions_of_the_user_work_on_tree_and_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shout.py").write_text(
        "from markdown.extensions import Extension\n"
        "from markdown.postprocessors import Postprocessor\n"
        "from markdown.treeprocessors import Treeprocessor\n"
        "class Tree(Treeprocessor):\n"
        "    def run(self, root):\n"
        "        for element in root.iter('em'):\n"
        "            element.tag = 'strong'\n"
        "class Page(Postprocessor):\n"
        "    def run(self, text):\n"
        "        return text.replace('quiet', '<b onclick=\"x\">LOUD</b>')\n"
        "class Shout(Extension):\n"
        "    def extendMarkdown(self, md):\n"
        "        md.treeprocessors.register(Tree(md), 'tree', 1)\n"
        "        md.postprocessors.register(Page(md), 'page', 1)\n"
        "def makeExtension(**options):\n"
        "    return Shout(**options)\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    answer = render("*a* quiet $b$", RenderOptions(extensions=("shout",), for_phone=False)).answer
    assert answer == r"<p><strong>a</strong> <b>LOUD</b> \(b\)</p>"
    sys.modules.pop("shout")


def test_an_extension_that_is_not_there_is_a_clear_error() -> None:
    with pytest.raises(AnkifyError, match=r"cannot load the Python-Markdown extensions.*no_such"):
        Renderer(RenderOptions(extensions=("no_such_extension",)))


def test_one_renderer_keeps_nothing_of_the_last_document() -> None:
    first = render("<b>a</b> [x](y.md) ![z](z.png) $k$ [^1]\n\n[^1]: n\n")
    render("plain", ONLINE, file="other/c.md")
    assert render("<b>a</b> [x](y.md) ![z](z.png) $k$ [^1]\n\n[^1]: n\n") == first
    assert render("plain").answer == "<p>plain</p>"


def test_nothing_gives_nothing() -> None:
    assert render("").answer == ""
    assert render("\n \n<!-- only a comment -->\n").answer == ""


def test_a_text_of_many_ampersands_is_cleaned_in_pieces_and_none_is_lost() -> None:
    text = (
        "<p title='a & b > c'>"
        + "a & b&nbsp;\xa0&lt;" * ESCAPED
        + "<!-- "
        + "& " * 9999
        + "--></p>"
    )
    text += f"<img alt='{'&' * 9999}' src='a.png'>"
    once = sanitised("<p>a & b&nbsp;\xa0&lt;</p>")[3:-4]
    alt = "&amp;" * 9999
    assert sanitised(text) == (
        f'<p title="a &amp; b &gt; c">{once * ESCAPED}</p><img src="a.png" alt="{alt}">'
    )


def test_elements_deeper_than_any_page_are_left_out_and_their_text_stays() -> None:
    page = sanitised("<div>a\n" * 3000 + "<b>b</b>" + "</div>" * 3000 + "<i>c</i>")
    assert page.count("<div>") == page.count("</div>") == DEEPEST
    assert page.count("a\n") == 3000
    assert page.endswith("</div><i>c</i>")
    rows = "<tr><td>x" * 2000
    assert sanitised(f"<table>{rows}</table>").count("<td>x") == 2000
