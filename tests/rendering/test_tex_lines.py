"""Where a displayed formula may be broken into lines, and where not."""

from __future__ import annotations

import pytest

from ankify.rendering.tex_lines import PHONE, in_lines
from ankify.rendering.tex_width import formula_width

TERM = r"\mathrm{Attention}(Q, K, V)"  # nine em


@pytest.mark.parametrize(
    ("tex", "lines"),
    [
        # several formulas side by side, as many as fit
        (
            rf"{TERM} = A, \qquad b = c, \qquad {TERM} = D",
            rf"\begin{{gathered}} {TERM} = A, \qquad b = c, \\[0.3em] {TERM} = D \end{{gathered}}",
        ),
        # a chain of relations, one below the other
        (
            rf"y = {TERM} = {TERM} = z",
            rf"\begin{{aligned}} y & = {TERM} \\[0.3em] & = {TERM} \\[0.3em] & = z \end{{aligned}}",
        ),
        # terms, but not the factors of one
        (
            rf"y = {TERM} + a \cdot {TERM}",
            rf"\begin{{aligned}} y & = {TERM} \\[0.3em] & \quad {{}} + a \cdot {TERM} "
            r"\end{aligned}",
        ),
        # a long left side: what goes on is indented
        (
            rf"{TERM} + 2000 {TERM} = z",
            rf"\begin{{aligned}} & {TERM} \\[0.3em] & \quad {{}} + 2000 {TERM} = z \end{{aligned}}",
        ),
        # within one pair of brackets, if there is no other way
        (
            rf"\bigl( {TERM} - 20 {TERM} \bigr)",
            rf"\begin{{aligned}} & \bigl( {TERM} \\[0.3em] & \quad {{}} - 20 {TERM} \bigr) "
            r"\end{aligned}",
        ),
        # line ends that MathJax would not draw
        (r"a = b \\ c = d", r"\begin{gathered} a = b \\[0.3em] c = d \end{gathered}"),
        (r"a = b \\[2pt] c = d", r"\begin{gathered} a = b \\[0.3em] c = d \end{gathered}"),
    ],
)
def test_a_wide_formula_gets_lines(tex: str, lines: str) -> None:
    assert in_lines(tex) == lines
    assert formula_width(lines) <= PHONE


@pytest.mark.parametrize(
    "tex",
    [
        "a = b",
        r"a = b, \qquad c = d",
        rf"\left( {TERM} + {TERM} \right)",  # each \left needs its \right in the same line
        rf"\frac{{{TERM} + {TERM}}}{{2}}",
        rf"\begin{{aligned}} a &= {TERM} + {TERM} \end{{aligned}}",
        rf"\color{{red}} y = {TERM} + {TERM}",  # would end with the line
        rf"y = {TERM} + {TERM} \tag{{1}}",
        rf"y = {TERM} % + {TERM}",
        rf"\begin{{equation}} y = {TERM} + {TERM} \end{{equation}}",
        rf"y &= {TERM} + {TERM}",
        "x" * 60,
    ],
)
def test_what_fits_or_cannot_be_broken_safely_is_left_alone(tex: str) -> None:
    assert in_lines(tex) == tex


@pytest.mark.parametrize("piece", ["a+", "(+", "x_{", "= ", r"a \qquad ", r"\\ "])
def test_any_length_is_read(piece: str) -> None:
    assert in_lines(piece * 3000)
