"""The parse agrees with cmark-gfm, knows its lines, and cannot be driven into a corner."""

from __future__ import annotations

import time

import pytest
from gfm_oracle import PLAIN, cases, difference, render
from markdown import Markdown

from ankify.model import Question
from ankify.questions.split import Section
from ankify.reading import parse as gfm
from ankify.reading.tokens import MAX_DEPTH
from ankify.rendering.fields import Renderer
from ankify.rendering.tree import GfmExtension

# Where the card is better than the oracle, which knows no alerts, footnotes and emoji.
BETTER = {"an alert", "footnotes", "emoji"}
RENDERING = cases("rendering.md")


@pytest.mark.parametrize("given", [c[1] for c in RENDERING if c[0] not in BETTER])
def test_cases_look_as_on_github(given: str) -> None:
    assert difference(given) is None


# Each of these is shown otherwise by one of the parsers that were tried.
GAPS = [
    "- item\n<b>\nnot lazy\n",
    "> quote\n<b>\n",
    "| a |\n|---|\n| b |\n<i>\n",
    "| a |\n|---|\n2. b\n",
    "<pre>| a\n--|--\n",
    "# | a\n-|-\n",
    "- [ ] # a\n- [x] - b\n- [ ] [x]\n- [x]\n",
    "> - [x] a\n\n1. - [x] b\n",
    "- [x] a\n  ---\n",
    "a\\b \\http://a.org \\  \nc\n",
    "`` `a` `b` ``` `c` ```\n",
    "*⊙* __)_~ a**“b”**c **中文。**后\n",
    "\u3000a\u3000\n\u00a0b\n",
    "# \u3000a\u3000\n\n| \u3000b |\n|--|\n",
    "<e\u3000> <b\u00a0c>\n",
    "</p>a\u3000\n",
    "[http://a.org] [b http://b.org](http://c.org) ![http://d.org](e) http://f.org\n",
    "http://a_b.org http://a.b_c http://a.b_c.d.e\n",
    "(http://a.org/(b)) http://a.org/b). http://a.org/?b&amp; http://a.org/b&copy;.\n",
    "xhttp://a.org 1https://b.org 中ftp://c.org HTTPS://D.ORG https:// http://。\n",
    "a@b.c a@b a.b+c@d-e.f_g a@b.c1 @a.b a@b@c.d mailto:a@b.c mmailto:a@b.c *a@b.c*\n",
    "<a href='x'>http://a.org</a>\n",
    "[`b`](http://a.org/b) [*b*](http://a.org/b) [b](http://a.org/b)\n",
    "<b>\n\n- c\n  - d\n\n> e\n",
    "a<pre>b\n\n- c\n\n1. d\n\n---\ne\n",
    "~a~~b~ ~~c~d~ ~~e~~\n",
    "a |\n---\n\nb\nc | d\n---\n\n| e |\n|---|\n| f |\n---\n",
    "| a |\n|---|\n| b |\n|\nc\n",
    "- [a]: b\nlazy\n\n> [c]: d\ne\n\n[f]: g\n2) h\n\n[i]: j\n[k]: l\n    m [i]\n",
    "[n]: o\n- p\n\n[q]: r\n# s\n\n[t]: u\nv\n---\n",
    "www.a.b[ www.c.d [ www.e.f\n",
    "`a\n   b` ![<i>a</i> `b`](c)\n",
    "<img alt='<a >' src='b'><a><b>c</a></b>\n",
]


@pytest.mark.parametrize("given", GAPS)
def test_gaps_of_the_parser_are_closed(given: str) -> None:
    assert difference(given) is None


@pytest.mark.parametrize("text", ["train.py", "not.An", "a.b", "e.g.example", "v1.2:3", "C:\\x"])
def test_only_addresses_are_links(text: str) -> None:
    assert render(f"see {text} there").answer == f"<p>see {text} there</p>"


def test_tokens_keep_the_lines_of_the_file() -> None:
    parsed = gfm.parse("a\n\n> b\n> - c\n\n```\n$d$\n```\n\n<div>\ne\n</div>\n\nf\n---\n")
    found = [(t.type, t.map) for t in parsed.tokens if t.map and t.type != "inline"]
    assert found == [
        ("paragraph_open", (0, 1)),
        ("blockquote_open", (2, 4)),
        ("paragraph_open", (2, 3)),
        ("bullet_list_open", (3, 4)),
        ("list_item_open", (3, 4)),
        ("paragraph_open", (3, 4)),
        ("fence", (5, 8)),
        ("html_block", (9, 12)),
        ("heading_open", (13, 15)),
    ]


def test_links_are_known_wherever_they_are_defined() -> None:
    assert '<a href="https://b.org">a</a>' in render("[a]\n\n# x\n\n[a]: https://b.org\n").answer


def test_plain_text_is_what_a_reader_sees() -> None:
    text = (
        "# A *b* `c`  &amp;\n\n> d\n> e<br>f\n\n![g](h.png) [i](j) <b>k</b> <l-m> $n_1$ $`o`$\n\n"
        "<div>p <!-- q --> &lt;</div>\n\n- r\n- s\n\n```py\nt = 1\n```\n\n| u |\n|--|\n| v |\n"
    )
    parsed = gfm.parse(text)
    assert gfm.plain_text(parsed.tokens, parsed) == (
        "A b c & d e f g i k <l-m> $n_1$ $`o`$ p < r s t = 1 u v"
    )
    assert gfm.tex_text(parsed.tokens, parsed) == (
        "A b c & d e f g i k <l-m> n_1 o p < r s t = 1 u v"
    )


def test_footnotes_are_kept_apart_from_the_text() -> None:
    parsed = gfm.parse("a[^1]\n\n[^1]: b\n\nc\n")
    assert gfm.plain_text(parsed.tokens, parsed) == "a c"
    assert gfm.plain_text(parsed.footnotes["1"], parsed) == "b"


def test_a_footnote_stands_below_each_answer_that_refers_to_it_and_may_refer_to_another() -> None:
    answer = render("a[^x]\n\n[^y]: second\n[^x]: first[^y]\n").answer
    assert answer.index("first") < answer.index("second")
    assert answer.count("[2]") == 1


def test_the_extension_works_in_python_markdown_itself() -> None:
    md = Markdown(extensions=[GfmExtension()])
    assert md.convert("- a\n  - `b\tc`\n") == (
        "<ul>\n<li>a\n<ul>\n<li><code>b\tc</code></li>\n</ul>\n</li>\n</ul>"
    )
    assert md.reset().convert("| a |\n|--|") != ""


def test_lists_that_were_cut_out_of_one_are_one_again() -> None:
    parsed = gfm.parse("2. a\n3. b\n\n- c\n")
    opening, closing = parsed.tokens[0], parsed.tokens[11]
    assert (opening.type, closing.type) == ("ordered_list_open", "ordered_list_close")
    cut = [*parsed.tokens[:6], closing, opening, *parsed.tokens[6:]]
    section = Section(Question("a.md", 1, 1, "1", "x"), (), (), tuple(cut))
    shown = Renderer(PLAIN).render(section, parsed).answer
    assert shown == render("2. a\n3. b\n\n- c\n").answer
    assert (shown.count("<ol"), shown.count("<ul")) == (1, 1)


ATTACKS = {
    "quotes": ">" * 500 + "a",
    "list in list": "- " * 500 + "a",
    "deep list": "\n".join("  " * n + "- a" for n in range(300)),
    "open brackets": "[" * 5000,
    "open images": "![[]()" * 2000,
    "open links": "[a](" * 5000,
    "stars": "*a " * 5000,
    "nested stars": "*" * 2000 + "a" + "*" * 2000,
    "runs of backticks": "".join("`" * n + " " for n in range(150)),
    "tags": "<a " * 5000,
    "comments": "a\n" + "<!--" * 3000,
    "entities": "&" * 20000,
    "wide table": "|a" * 500 + "\n" + "|-" * 500 + "\n" + ("|b" * 500 + "\n") * 5,
    "dollars": "$a " * 5000 + "$" * 5000,
    "open displays": "$$a\n" * 3000,
    "open parentheses": "\\(x " * 3000,
    "environments": "\\begin{align}" * 1000,
    "addresses": "http://a.b " * 1000,
    "mail": "a@b." * 3000 + "a" * 30000 + "@",
    "definitions": "[a]: b\n" * 1000 + "[a]" * 1000,
    "unclosed": "<b>" * 500 + "<div>\n\n" * 300,
    "footnotes": "[^1] " * 500 + "\n\n[^1]: a [^1]\n",
    "blanks": " " * 50000 + "a",
    "fences in lists": "- ```\n" * 1000,
}


@pytest.mark.timed
@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_end_soon(name: str) -> None:
    start = time.process_time()
    assert render(ATTACKS[name]).answer
    # Each takes less than a fifth of this on a machine that does nothing else.
    assert time.process_time() - start < 3


def test_what_is_nested_too_deep_stays_text() -> None:
    answer = render(">" * 500 + " the end").answer
    assert "the end" in answer
    assert answer.count("<blockquote>") == MAX_DEPTH
