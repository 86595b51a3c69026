r"""Formulas: found as GitHub and authors mean them, kept byte by byte, put back as `\(..\)`."""

from __future__ import annotations

import pytest
from gfm_oracle import cases, render

from ankify.reading import parse as gfm
from ankify.reading.formulas import equation_tex, imbalance, set_aside
from ankify.rendering.sketch import sketch


@pytest.mark.parametrize(
    ("title", "given", "expected"), cases("formulas.md"), ids=[c[0] for c in cases("formulas.md")]
)
def test_case(title: str, given: str, expected: str) -> None:
    assert render(given).answer == expected.removesuffix("\n")


def test_tex_is_byte_equal_to_the_source() -> None:
    tex = r"\frac{a_{1}*b}{c} \\ \text{若 a<b \& c} \|x\| _{ } ^\prime ~ `"
    assert (
        render(f"**x** $${tex}$$ y").answer.count(tex.replace("&", "&amp;").replace("<", "&lt;"))
        == 1
    )
    assert [formula.tex for formula in set_aside(f"$${tex}$$").formulas] == [tex]


def test_lines_of_tokens_and_formulas_are_those_of_the_file() -> None:
    text = "one $a$\n\n$$\nb\n= c\n$$ and $d$\n\n- item\n  $$e\n  f$$\n- next $g$\n\nlast\n"
    parsed = gfm.parse(text)
    assert [formula.line for formula in parsed.formulas] == [0, 2, 5, 8, 10]
    lines = text.split("\n")
    firsts = [(t.type, lines[t.map[0]]) for t in parsed.tokens if t.map and t.nesting == 1]
    assert firsts == [
        ("paragraph_open", "one $a$"),
        ("paragraph_open", "$$"),
        ("bullet_list_open", "- item"),
        ("list_item_open", "- item"),
        ("paragraph_open", "- item"),
        ("list_item_open", "- next $g$"),
        ("paragraph_open", "- next $g$"),
        ("paragraph_open", "last"),
    ]
    assert [t.map for t in parsed.tokens if t.type == "paragraph_open"][1] == (2, 6)


def test_what_looks_like_a_word_of_ours_is_left_alone() -> None:
    assert render("mq0x $a$ mq1x mqzq0x").answer == r"<p>mq0x \(a\) mq1x mqzq0x</p>"


def test_formulas_are_counted_where_they_are_shown() -> None:
    content = render("$a$ `$b$` $$c$$\n\n$\\def\\x{y}$ ![]($d$.png)\n")
    assert content.formulas == 2
    assert content.sketch == sketch("a $b$ c")


def test_source_comes_back_unchanged() -> None:
    text = "a $x$ `$y$`\n\n> $$\n> z\n> $$\n\n```math\nq\n```\n"
    masked = set_aside(text)
    assert "x$" not in masked.text
    assert masked.source(masked.text) == text


@pytest.mark.parametrize(
    ("tex", "complaint"),
    [
        (r"\frac{a}{b}", None),
        (r"\left( \{ x \right]", None),
        (r"\leftarrow \rightarrow \\{a}", None),
        (r"\begin{cases} a \\ b \end{cases}", None),
        (r"\frac{a}{b", "{ is not closed"),
        (r"a}", "} without {"),
        (r"\right) x", r"\right without \left"),
        (r"\left( x", r"\left is not closed"),
        (r"{\left( x}", r"\left is not closed before }"),
        (r"\begin{a} \end{b}", r"\begin{a} is not closed before \end{b}"),
        (r"\\\{ {", "{ is not closed"),
    ],
)
def test_imbalance_says_what_has_no_partner(tex: str, complaint: str | None) -> None:
    assert imbalance(tex) == complaint


@pytest.mark.parametrize(
    ("src", "tex"),
    [
        ("https://www.zhihu.com/equation?tex=a%2Bb+c%5C%5C", r"a+b c\\"),
        ("https://www.zhihu.com/equation?tex=a%26b&consumer=ZHI_MENG", "a&b"),
        (r"https://latex.codecogs.com/svg.image?\dpi{150}\bg_white\frac{a}{b}", r"\frac{a}{b}"),
        ("http://latex.codecogs.com/gif.latex?x%5E2&space;y", "x^2 y"),
        ("https://example.org/a.png?tex=x", None),
        ("images/equation.png", None),
    ],
)
def test_equation_services_carry_the_tex_in_the_address(src: str, tex: str | None) -> None:
    assert equation_tex(src) == tex


def test_an_equation_in_a_title_is_plain_tex() -> None:
    parsed = gfm.parse("# What is ![](https://www.zhihu.com/equation?tex=x%5E2)?")
    assert gfm.plain_text(parsed.tokens, parsed) == "What is $x^2$?"


def test_a_long_macro_is_not_written_out_without_end() -> None:
    text = "$\\newcommand{\\a}{" + "x" * 9000 + "}$ " + "$\\a$ " * 1000
    written = [formula.tex for formula in set_aside(text).formulas]
    assert len(written[1]) == 9000
    assert written[-1] == "\\a"
    assert sum(map(len, written)) < 3_000_000


def test_macros_that_double_each_other_stay_small() -> None:
    doubling = "".join(rf"\def\{chr(98 + n)}{{\{chr(97 + n)}\{chr(97 + n)}}}" for n in range(24))
    assert len(render(rf"$\def\a{{x}}{doubling} \y$").answer) < 20_000


def test_a_macro_that_names_itself_ends() -> None:
    assert "a" in render(r"$\def\a{\a b}\a$").answer


@pytest.mark.parametrize(
    ("tex", "expanded"),
    [
        (r"\def\f#1#2{#2-#1}\f{a}{b}", "b-a"),
        (r"\newcommand{\f}[2][n]{#1#2}\f{a}\f[m]{b}", "namb"),
        # An argument must not melt into the command before it; a line break is no command.
        (r"\newcommand{\abs}[1]{\lvert#1\rvert}\abs{x}\abs{-x}", r"\lvert x\rvert\lvert-x\rvert"),
        (r"\newcommand{\f}[1]{a\\#1}\f{b}", r"a\\b"),
        (r"\newcommand\eps\varepsilon \eps x", r" \varepsilon x"),
        (r"\def\f#1{#1\alpha}\f{x}y", r"x\alpha y"),
        (r"\def\f#1{#1\Alpha}\f{x}+y", r"x\Alpha+y"),
        (r"\def\f#1{#1}\f{x}y", "xy"),
        (r"\def\f#1{<#1>}\f\Alpha\f\alpha \f x", r"<\Alpha><\alpha> <x>"),
        (r"\def\f#1{a#2b#0}\f{x}", "ab"),
        (r"\def\f#1{<#1>}{\f}", r"{\f}"),
        (r"\def\a{\def\b{y}}\def\c{z}\c", "z"),
        (r"\def\a{\x \def\b{y}\b", r"\def\a{\x y"),
        (r"\let\a\alpha \a+\a", r" \alpha+\alpha"),
        (r"\let\old=\vec\def\vec#1{\old{<#1>}}\vec{x}", r"\vec{<x>}"),
        (r"\def\a{x}\let\b\a\def\a{y}\a\b", "yx"),
        (r"\DeclarePairedDelimiter{\abs}{|}{|}\abs{x}", "| x |"),
        (r"\DeclarePairedDelimiter\abs{\lvert}{\rvert}\abs*{x}", r"\left\lvert x \right\rvert"),
        (r"\DeclarePairedDelimiter\abs{\lvert}{\rvert}\abs[\Big]{x}", r"\Bigl\lvert x \Bigr\rvert"),
        (r"\DeclareMathOperator*{\argmax}{arg\,max}\argmax_x", r"\operatorname*{arg\,max}_x"),
    ],
)
def test_macros_are_expanded_as_tex_does(tex: str, expanded: str) -> None:
    assert [formula.tex for formula in set_aside(f"$${tex}$$").formulas] == [expanded]


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("> so\n> $$x\n> y$$", "x\ny"),
        ("if a > b\nthen $$x\n> y$$", "x\n> y"),
        (r"![](https://latex.codecogs.com/svg.image?x\_1)", "x_1"),
        (r'<img src="https://latex.codecogs.com/svg.image?x\_1">', r"x\_1"),
        ("![](https://latex.codecogs.com/svg.image?)", ""),
    ],
)
def test_the_tex_is_what_the_author_meant(text: str, tex: str) -> None:
    assert [formula.tex for formula in set_aside(text).formulas] == [tex]


def test_the_picture_of_a_formula_stands_in_the_line() -> None:
    masked = set_aside("![](https://latex.codecogs.com/svg.image?x) and $$y$$")
    assert [formula.display for formula in masked.formulas] == [False, True]


def test_formulas_in_code_tags_come_back_as_source() -> None:
    masked = set_aside("$a$")
    assert masked.html("<CODE>mq0x</CODE> mq0x mq1x") == (r"<CODE>$a$</CODE> \(a\) mq1x", 1)
    assert [formula.tex for formula in masked.words("mq1x mq0x")] == ["a"]


@pytest.mark.parametrize("text", [" ```math\nx\n ```", "> ```math\n> x\n> ```", "  ```math"])
def test_a_fence_comes_back_with_what_is_in_front_of_it_once(text: str) -> None:
    masked = set_aside(text)
    assert masked.source(masked.text) == text
