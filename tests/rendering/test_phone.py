"""What a small screen asks of finished HTML."""

from __future__ import annotations

import pytest

from ankify.rendering.phone import fit_phone

OPEN, CLOSE = '<span class="ankify-unbroken">', "</span>"


@pytest.mark.parametrize(
    ("html", "set_html"),
    [
        # GitHub asks for blanks beside full-width punctuation; a card does not
        (r"是 \(x\) ，而", rf"是 {OPEN}\(x\)，{CLOSE}而"),
        (r"图像， \(c\) 是", r"图像，\(c\) 是"),
        (r"有（ \(x\) ）", rf"有{OPEN}（\(x\)）{CLOSE}"),
        # beside Chinese letters the blank is air
        (r"第 \(t\) 步", r"第 \(t\) 步"),
        # no line begins with a comma or ends with a bracket
        (r"so \(x\), and (\(y\)).", rf"so {OPEN}\(x\),{CLOSE} and {OPEN}(\(y\)).{CLOSE}"),
        (r"so ( \(y\) )", r"so ( \(y\) )"),
        # names
        ("an IP-Adapter is", f"an {OPEN}IP-Adapter{CLOSE} is"),
        ("U-Net, GPT-4", f"{OPEN}U-Net{CLOSE}, {OPEN}GPT-4{CLOSE}"),
        ("well-known, state-of-the-art, 2-3, a-b-c, x-", None),
        # code, tags and formulas are left alone
        ("<code>IP-Adapter</code>", None),
        ('<a title="U-Net" href="x-y">n</a>', None),
        (r"\(a-b\)", None),
        (r"\[a &lt; b-c\]", None),
        (r"<pre>\(x\) ，</pre>", None),
    ],
)
def test_lines_end_where_they_should(html: str, set_html: str | None) -> None:
    assert fit_phone(html) == (html if set_html is None else set_html)


def test_a_wide_formula_gets_lines_and_stays_html() -> None:
    part = r"\mathrm{Attention}(Q, K, V) &lt; 1"
    assert fit_phone(rf"<p>\[{part}, \qquad {part}\]</p>") == (
        rf"<p>\[\begin{{gathered}} {part}, \\[0.3em] {part} \end{{gathered}}\]</p>"
    )


def test_a_title_stays_as_one_looks_for_it() -> None:
    assert fit_phone("What does U-Net do with \\(x\\) ，and?", title=True) == (
        f"What does U-Net do with {OPEN}\\(x\\)，{CLOSE}and?"
    )
