"""Estimated widths of formulas: against what MathJax draws, and on TeX that nobody wrote."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from browser import DESKTOP, open_reviewer

from ankify.rendering.tex_width import formula_width

WIDTH = """() => [...document.querySelectorAll("p")].map((line) => {
    const box = line.querySelector("mjx-container");
    const size = parseFloat(getComputedStyle(box).fontSize);
    return box.querySelector("mjx-math").getBoundingClientRect().width / size;
})"""

FORMULAS = r"""
a + b = c
f(x) = x^2 - 2x + 1, \qquad x \in \mathbb{R}
E[X] = \sum_{k=1}^{n} x_k \, p_k
\mathrm{Var}[X] = \mathbb{E}[X^2] - \mathbb{E}[X]^2
\mathrm{softmax}(z)_i = \frac{\exp(z_i)}{\sum_{j=1}^{K} \exp(z_j)}
\left( \frac{a + b}{c + d} \right)^{2} \le \sqrt{x_1^2 + x_2^2 + x_3^2}
L(\theta) = -\frac{1}{N} \sum_{n=1}^{N} \log p_\theta(y_n \mid x_n) + \lVert \theta \rVert_2^2
\begin{pmatrix} a_{11} & a_{12} & a_{13} \\ a_{21} & a_{22} & a_{23} \end{pmatrix}
\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}
\begin{aligned} \nabla \cdot E &= \rho / \varepsilon_0 \\ \nabla \times B &= \mu_0 J \end{aligned}
\Bigl\lVert \hat{x} - x^{*} \Bigr\rVert = \operatorname*{arg\,min}_{w} \, \ell(w; x, y)
P(A \mid B) = \frac{P(B \mid A) \, P(A)}{P(B)}
\alpha \beta \gamma \Gamma \Delta \Omega \infty \partial \to \Rightarrow \longrightarrow
\overline{AB} + \underbrace{a + a + \dots + a}_{n} = \binom{n}{k} \times 10^{-3}
\int_0^{2\pi} \sin^2 t \, dt = \pi, \quad \lim_{h \to 0} \frac{f(x + h) - f(x)}{h} = f'(x)
\text{损失} = \text{重建项} + \beta \cdot \text{正则项}
""".strip().split("\n")


@pytest.mark.slow
def test_an_estimate_is_near_to_what_mathjax_draws(tmp_path: Path) -> None:
    with open_reviewer(tmp_path) as reviewer:
        reviewer.open("/desktop-day", DESKTOP)
        page = "".join(rf"<p>\[{escape(tex, quote=False)}\]</p>" for tex in FORMULAS)
        style = "<style>mjx-container { font-size: 94% !important }</style>"
        reviewer.show_card("back", "", style + page, card=1, night=False)
        drawn = reviewer.page.evaluate(WIDTH)
    off = {
        tex: round(formula_width(tex) / width, 2)
        for tex, width in zip(FORMULAS, drawn, strict=True)
        if not 0.9 < formula_width(tex) / width < 1.1
    }
    assert off == {}


@pytest.mark.parametrize(
    ("wider", "narrower"),
    [
        ("a + b", "a b"),
        ("a = b", "a + b"),
        (r"\frac{a + b + c}{d}", r"\frac{a}{d}"),
        (r"x^{n + 1}", "x^n"),
        (r"x_1 x_2", r"x_1^2"),
        (r"\sum_{i=1, j=1}^{n} x_i", r"\sum_i x_i"),
        (r"\begin{aligned} a &= b + c \\ d &= e \end{aligned}", "a = b"),
    ],
)
def test_one_formula_is_wider_than_the_other(wider: str, narrower: str) -> None:
    assert formula_width(wider) > formula_width(narrower)


def test_a_minus_with_nothing_to_its_left_has_no_space_around_it() -> None:
    assert formula_width("-x") < formula_width("a-x") - formula_width("a")
    assert formula_width("a = -x") == pytest.approx(
        formula_width("a = y") - formula_width("y") + formula_width("-x")
    )


def test_the_widest_line_counts() -> None:
    short, long = "a", "a + b + c + d"
    assert formula_width(rf"{short} \\[2pt] {long}") == formula_width(long)
    assert formula_width(rf"\begin{{gathered}} {short} \\ {long} \end{{gathered}}") == (
        formula_width(long)
    )


@pytest.mark.parametrize(
    "tex",
    [
        "", "}", "{", "^", "_", "x^", r"\frac", r"\frac{a", r"\left(", r"\begin", r"\begin{a",
        r"\end{a}", "\\", "&", r"\\", r"\sqrt[3", r"\right)", r"a \over b", "'",
    ],
)  # fmt: skip
def test_broken_tex_has_a_width_too(tex: str) -> None:
    assert formula_width(tex) >= 0


@pytest.mark.parametrize("piece", ["{", r"\sqrt", r"\left(", "^", "x_{", r"\begin{a}", "(+", "a+"])
def test_any_depth_and_length_is_read(piece: str) -> None:
    assert formula_width(piece * 5000) > 0
