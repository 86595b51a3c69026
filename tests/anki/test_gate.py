"""The gate: what a field may hold when it is shipped, whatever was written into the notes."""

from __future__ import annotations

import pytest

from ankify.anki.gate import harmless

TYPESET = r"<p>\(a &lt; b\) and \[\frac{1}{2}\] but <code>\(\href{x}\)</code></p>"


@pytest.mark.parametrize(
    "field",
    [
        "",
        "<p>Words, a &amp; b, [a list], [[wiki]], a[0].</p>",
        TYPESET,
        '<a href="https://a.org">x</a> <a href="mailto:a@b.org">y</a>',
        '<img src="a-0123456789ab.png" alt="a &lt; b"> <img src="https://a.org/b.png">',
        "<pre>C:\\(x)</pre>",
        r"\(a\)<br>\(b\)",
        r"\(\text{if \$5 and \(x\)}\)",
    ],
)
def test_a_harmless_field_is_not_changed(field: str) -> None:
    assert harmless(field) == field


@pytest.mark.parametrize(
    ("field", "left"),
    [
        ("[sound:x.mp3]", "&#91;sound:x.mp3]"),
        ("[SOUND:x.mp3] [Latex]x[/LATEX]", "&#91;SOUND:x.mp3] &#91;Latex]x&#91;/LATEX]"),
        ("<code>[$]x[/$] [$$]y[/$$]</code>", "<code>&#91;$]x&#91;/$] &#91;$$]y&#91;/$$]</code>"),
        ("[anki:tts lang=en]a[/anki:tts]", "&#91;anki:tts lang=en]a&#91;/anki:tts]"),
        ("[[type:Answer]] [[ type:x]]", "&#91;[type:Answer]] &#91;[ type:x]]"),
        ('<img src="a.png" alt="[sound:x]">', '<img src="a.png" alt="&#91;sound:x]">'),
        (r"\(\text{[sound:x]}\)", r"\(\text{&#91;sound:x]}\)"),
    ],
)
def test_commands_of_anki_are_text(field: str, left: str) -> None:
    assert harmless(field) == left
    assert harmless(left) == left


def test_only_files_of_the_deck_are_played() -> None:
    field = "[sound:own.mp3] [sound:other.mp3] [sound:own.mp3 --script=x]"
    left = "[sound:own.mp3] &#91;sound:other.mp3] &#91;sound:own.mp3 --script=x]"
    assert harmless(field, {"own.mp3"}) == left


@pytest.mark.parametrize(
    "written",
    [
        r"\({}\)",
        r"\[{}\]",
        r"&#92;({}&#92;)",
        r"&bsol;&lpar;{}&#x5C;)",
        r"\<wbr>({}\<!-- x -->)",
        r"\\\({}\\\)",
        r"\(a{{b\) words {} \(c}}\)",  # a formula that is not closed goes on to the next
        r"<b>\({}</b>\) \(x\)",
    ],
)
@pytest.mark.parametrize(
    "command", [r"\href{javascript:x}{y}", r"\hr<wbr>ef{javascript:x}{y}", r"\let\sum\prod"]
)
def test_no_spelling_of_a_formula_acts(written: str, command: str) -> None:
    left = harmless(f"<p>{written.format(command)}</p>")
    text = left.replace(r"<b><span>\</span>(\href{javascript:x}{y}</b>", "")
    text = text.replace(r"<b><span>\</span>(\hr<wbr>ef{javascript:x}{y}</b>", "")
    text = text.replace(r"<b><span>\</span>(\let\sum\prod</b>", "")
    assert r"\href" not in text
    assert r"\let" not in text
    assert harmless(left) == left


@pytest.mark.parametrize(
    ("field", "left"),
    [
        (r"an open \( here", r"an open <span>\</span>( here"),
        (r"\begin{align}x\end{align}", r"<span>\</span>begin{align}x\end{align}"),
        (r"\beginning", r"\beginning"),
    ],
)
def test_what_opens_no_formula_is_text(field: str, left: str) -> None:
    assert harmless(field) == left


@pytest.mark.parametrize(
    ("field", "left"),
    [
        ('<a href="javascript:x">y</a>', "<a>y</a>"),
        ("<a href='javascript:x'>y</a>", "<a>y</a>"),
        ("<a href=data:text/html,x>y</a>", "<a>y</a>"),
        ('<a href="a.md">y</a>', "<a>y</a>"),
        ('<img src="javascript:x">', "<img>"),
        ('<code class="tex2jax_process"> href=</code>', '<code class=""> href=</code>'),
        ('<p class="mathjax_ignore wide">x</p>', '<p class=" wide">x</p>'),
    ],
)
def test_no_attribute_acts(field: str, left: str) -> None:
    assert harmless(field) == left
