"""TeX by allow-list: what is drawn stays to the letter, all else is text."""

from __future__ import annotations

import pytest

from ankify.reading.mathjax import typeset
from ankify.reading.tex import drawn, undrawn


@pytest.mark.parametrize(
    "tex",
    [
        r"\frac{a}{b} \mathbb{R} \left\{ x \right. \, \; \! \# \% \\ \|x\|",
        r"\begin{align*} a &= b \\ c &= d \end{align*} \begin{bmatrix*}[r] 1 \end{bmatrix*}",
        r"\text{if } x \operatorname*{argmax}_x \underset{a}{b} \tag{1} \label{a} \eqref{a}",
        r"\ce{H2O} \pu{3 cm} \cancel{x} \color{red} x \textcolor{blue}{y} \boldsymbol{z}",
        r"\href{https://example.org}{x} \href{mailto:a@example.org}{y}",
        r"\bbox[5px, border: 1px solid red]{x} \bbox[#eee]{x} \bbox{x} \unicode{x41}",
        r"\unicode[STIX, 12]{65} \require{cancel} \sqrt[3]{x} \underbrace{x}_{n}",
        "a\\\nb",
    ],
)
def test_what_mathjax_draws_is_not_changed(tex: str) -> None:
    assert drawn(tex) == tex
    assert list(undrawn(tex)) == []


@pytest.mark.parametrize(
    "command",
    [
        r"\href{javascript:x()}{y}",
        "\\href%\n{javascript:x()}{y}",
        r"\href x y",
        r"\style{color:red}{y}",
        r"\class{a}{y}",
        r"\cssId{qa}{y}",
        r"\data{x=1}{y}",
        r"\mmlToken{mi}[href='javascript:x']{y}",
        r"\require{html}",
        r"\require{textmacros}",
        r"\let\sum\prod",
        r"\def\x{y}",
        r"\newenvironment{a}{}{}",
        r"\DeclareMathOperator{\text}{a}",
        r"\definecolor{red}{rgb}{0,0,0}",
        r"\bbox[background:url(//x)]{y}",
        r"\bbox[position:fixed]{y}",
        r"\unicode[x;position:fixed]{65}",
        r"\unicode[x][y'z]{65}",
        r"\bm{x}",
        r"\begin{script}",
        r"\begin x",
        r"\中",
        "\\",
    ],
)
def test_what_is_not_known_to_be_drawn_is_text(command: str) -> None:
    assert drawn(f"a {command}").startswith(f"a ∖{command[1:4]}")
    assert list(undrawn(command))


def test_a_colour_written_as_a_command_is_a_colour() -> None:
    assert drawn(r"{\color\red x}") == r"{\color{red} x}"


def test_an_environment_is_named_with_its_name() -> None:
    assert list(undrawn(r"\begin{foo} \bm x \end{foo}")) == [r"\begin{foo}", r"\bm"]


def test_physics_is_drawn_where_it_was_required() -> None:
    assert list(undrawn(r"\dv{x}{y}")) == [r"\dv"]
    assert list(undrawn(r"\dv{x}{y}", physics=True)) == []


def test_words_in_a_formula_are_shown_as_they_are_and_so_not_reported() -> None:
    assert list(undrawn(r"\text{C:\path} \mbox{\bf x}")) == []


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        (r"<p>&#92;(x&#92;)</p>", r"<p>[x]</p>"),
        (r"\(a<br>b\) c&nbsp;d", "[a<br>b] c&nbsp;d"),
        (r"\(a{\)}\)", r"[a{\)}]"),
        (r"<code>\(x\)</code> \(y\)", r"<code>\(x\)</code> [y]"),
        (r"<pre><b>\(x\)</b></pre>", r"<pre><b>\(x\)</b></pre>"),
        (r"\(a<b>\)</b>", r"<span>\</span>(a<b>\)</b>"),
        (r"no formula, \, and &amp;", r"no formula, \, and &amp;"),
    ],
)
def test_formulas_are_found_as_mathjax_finds_them(page: str, shown: str) -> None:
    found = typeset(page, lambda tex: f"\0{tex}\0")
    for delimiter in (r"\(", r"\)", r"\[", r"\]"):
        found = found.replace(f"{delimiter}\0", "[").replace(f"\0{delimiter}", "]")
    assert found == shown
