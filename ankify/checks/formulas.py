"""Formulas: not balanced, too wide, in code, or with spaces that GitHub does not take."""

from __future__ import annotations

from ankify.checks.registry import seen_by_the_reader

seen_by_the_reader(
    "unbalanced-formula",
    r"""A formula in which something has no partner

    A brace, a `\begin` or `\end`, a `\left` or `\right`. MathJax shows an error in its place.
    """,
)


seen_by_the_reader(
    "undrawn-command",
    r"""A command in a formula that is not drawn

    Anki's MathJax does not know it (`\bm`), or ankify does not hand it on: what links anywhere but
    to the web, styles, loads or defines could harm the learner, or change cards of other decks
    until Anki is closed. The card shows the command as text. `\newcommand`, `\def`, `\let`,
    `\DeclareMathOperator` and `\DeclarePairedDelimiter` are fine: they are carried out beforehand.
    """,
)


seen_by_the_reader(
    "wide-formula",
    r"""A formula that is too wide for a phone, even in several lines

    The width is an estimate, in em, of what 360 pixels show. The card breaks a displayed formula
    after a `\qquad`, before a relation, or before a plus or minus; this one has to be scrolled.
    """,
)


seen_by_the_reader(
    "spaced-formula",
    """A formula with spaces inside its dollar signs

    `$ x^2 $` is text for GitHub, and for the card. Write `$x^2$`.
    """,
)


seen_by_the_reader(
    "formula-in-code",
    """A formula in code

    In backticks, or in a code block (four spaces at the start of a line make one), a formula is
    shown as it is written. Only code that is nothing but one formula with TeX in it is reported.
    """,
)
