r"""How wide MathJax will draw a formula, estimated without MathJax.

TeX is read into atoms as The TeXbook's chapter 17 and appendix G describe it: each has a class,
which decides the space around it, and a width in em of the Computer Modern fonts that MathJax
uses. Letters count by a few classes of width, so the estimate is within a tenth of what is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

# A control sequence, or one character; blanks between them mean nothing.
# A line end and the space that it asks for, `\\[2pt]`, is one.
_TOKEN = re.compile(r"\\\\(?:\s*\[\s*-?[\d.]+\s*[a-z]{2}\s*\])?|\\(?:[a-zA-Z]+\*?|[\s\S])|[^\s\\]")
_LINE_END = ("\\\\", "\\cr")


class Atom(NamedTuple):
    r"""A part of a formula: `start` and `end` say where in the TeX, `width` is in em.

    `kind` is TeX's class (ord, op, bin, rel, open, close, punct), `space` for \quad, or `switch`
    for what changes all that follows it (`&`, `\\`, `\color`), across which no line can end.
    """

    kind: str
    width: float
    start: int
    end: int
    limits: bool = False


def atoms(tex: str) -> list[Atom]:
    """Read the atoms of a displayed formula, not those inside of groups."""
    return _Reader(tex).row(())


def line_width(row: Sequence[Atom], *, script: bool = False) -> float:
    """Width in em of atoms in one line, with TeX's space between them."""
    row = [atom for atom in classed(row) if atom.kind != "switch"]
    total = sum(atom.width for atom in row)
    if script:
        return total
    return total + sum(_GAPS.get((a.kind, b.kind), 0) for a, b in pairwise(row))


def formula_width(tex: str) -> float:
    """Width in em of a displayed formula: of its widest line, if it has several."""
    return _Reader(tex).block(())


def classed(row: Sequence[Atom]) -> Iterator[Atom]:
    """Make a binary operator with nothing to its left, as in `= -x`, an ordinary atom."""
    before = "open"
    for atom in row:
        unary = atom.kind == "bin" and before in ("bin", "op", "rel", "open", "punct")
        yield atom._replace(kind="ord") if unary else atom
        before = "ord" if unary else before if atom.kind == "space" else atom.kind


# Space between classes in em: thin 3/18, medium 4/18, thick 5/18 (The TeXbook, page 170).
_THIN, _MEDIUM, _THICK = 3 / 18, 4 / 18, 5 / 18
_GAPS: dict[tuple[str, str], float] = {
    **{pair: _THIN for kind in ("ord", "op", "close") for pair in ((kind, "op"), ("op", kind))},
    **{("punct", kind): _THIN for kind in ("ord", "op", "rel", "open", "close", "punct")},
    **{pair: _MEDIUM for kind in ("ord", "close") for pair in ((kind, "bin"), ("bin", kind))},
    **{("bin", kind): _MEDIUM for kind in ("op", "open")},
    **{pair: _THICK for kind in ("ord", "op") for pair in ((kind, "rel"), ("rel", kind))},
    ("close", "rel"): _THICK,
    ("rel", "open"): _THICK,
}
del _GAPS["op", "close"]

_WITHOUT_WIDTH = (r"\limits", r"\nolimits", r"\nobreak", r"\allowbreak")
_DEEPEST = 60  # groups in one another; what is deeper counts as a letter
_SCRIPT = 0.707  # of the size of what it is attached to


class _Reader:
    """Reads TeX from left to right; never fails, since estimates are made of broken TeX, too."""

    def __init__(self, tex: str, font: str = "italic") -> None:
        self._tokens = list(_TOKEN.finditer(tex))
        self._at = 0
        self._end = len(tex)
        self._depth = 0
        self._tex = tex
        self._font = font

    def _peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._at += bool(token)
        return token

    def _place(self) -> int:
        """Where the next token starts."""
        return self._tokens[self._at].start() if self._at < len(self._tokens) else self._end

    def row(self, stops: Sequence[str]) -> list[Atom]:
        """The atoms up to a token of `stops`, which is left to be read."""
        row: list[Atom] = []
        while (token := self._peek()) and token not in stops:
            if token.startswith(_LINE_END) and _LINE_END[0] in stops:
                break
            if token in _WITHOUT_WIDTH:
                self._next()
            elif token in "^_'":
                self._script(row)
            else:
                row.append(self._atom())
        return row

    def _script(self, row: list[Atom]) -> None:
        """Attach one or both scripts to the last atom."""
        base = row.pop() if row else Atom("ord", 0, self._place(), self._place())
        wide = 0.0
        while (mark := self._peek()) and mark in "^_'":
            self._next()
            wide = max(wide, 0.25 if mark == "'" else self._argument(script=True) * _SCRIPT)
        width = max(base.width, wide) if base.limits else base.width + wide + 0.05
        end = self._tokens[self._at - 1].end()
        row.append(base._replace(width=width, end=end))

    def _atom(self) -> Atom:
        start = self._place()
        token = self._next()
        self._depth += 1
        kind, width, limits = self._read(token) if self._depth < _DEEPEST else ("ord", 0.5, False)
        self._depth -= 1
        end = self._tokens[self._at - 1].end()
        return Atom(kind, width, start, end, limits)

    def _read(self, token: str) -> tuple[str, float, bool]:
        """Class and width of what begins with a token."""
        name = token.lstrip("\\")
        if token.startswith(_LINE_END):
            return "switch", 0.0, False
        if token == "{":
            return "ord", self._group("}"), False
        if not token.startswith("\\") or (len(token) == 2 and not token[1].isalpha()):
            kind, width = _character(token, self._font)
            return kind, width, False
        if name in _COMMANDS:
            return _COMMANDS[name](self, name)
        kind, width = _NAMED.get(name, ("ord", 0.53))
        return kind, width, name in _WITH_LIMITS

    def _group(self, close: str, *, script: bool = False) -> float:
        width = self.block((close,), script=script)
        self._next()
        return width

    def _argument(self, *, script: bool = False) -> float:
        if self._peek() == "{":
            self._next()
            return self._group("}", script=script)
        return self._atom().width if self._peek() else 0.0

    def _optional(self) -> float:
        """The width of an argument in square brackets, if there is one."""
        if self._peek() != "[":
            return 0.0
        self._next()
        return self._group("]", script=True)

    def block(self, stops: Sequence[str], *, script: bool = False, gap: float = 0.0) -> float:
        r"""The width of lines that end in `\\`, with columns between `&`, `gap` apart."""
        if self._depth > _DEEPEST:
            return 0.5
        self._depth += 1
        width = self._columns(stops, script=script, gap=gap)
        self._depth -= 1
        return width

    def _columns(self, stops: Sequence[str], *, script: bool, gap: float) -> float:
        columns: list[float] = []
        column = 0
        while True:
            row = self.row((*stops, "&", *_LINE_END))
            columns += [0.0] * (column + 1 - len(columns))
            columns[column] = max(columns[column], line_width(row, script=script))
            mark = self._peek()
            if not mark or mark in stops:
                return sum(columns) + gap * (len(columns) - 1)
            self._next()
            column = column + 1 if mark == "&" else 0

    # Commands ---------------------------------------------------------------------------------

    def _in_font(self, name: str) -> tuple[str, float, bool]:
        r"""\mathrm{Softmax}, \text{otherwise}, \operatorname{argmax}: letters of another font."""
        before, self._font = self._font, _FONTS.get(name, "roman")
        blanks = self._blanks() if name.startswith("text") or name == "mbox" else 0
        width = self._argument(script=True) + 0.33 * blanks
        self._font = before
        kind = "op" if name.startswith("operatorname") else "ord"
        return kind, width, name.endswith("*")

    def _blanks(self) -> int:
        """How many blanks the coming group has: in text they count."""
        closing = self._tex.find("}", self._place())
        return self._tex.count(" ", self._place(), closing) if closing > 0 else 0

    def _fraction(self, name: str) -> tuple[str, float, bool]:
        small = _SCRIPT if name.startswith("t") else 1
        wide = max(self._argument(), self._argument()) * small
        return "ord", wide + (0.24 if "frac" in name else 1.5), False

    def _root(self, name: str) -> tuple[str, float, bool]:
        degree = self._optional() / 2
        return "ord", degree + self._argument() + 0.9, False

    def _accent(self, name: str) -> tuple[str, float, bool]:
        return "ord", self._argument(), name in ("underbrace", "overbrace")

    def _stacked(self, name: str) -> tuple[str, float, bool]:
        above, base = self._argument() * _SCRIPT, self._argument()
        return "rel" if name == "stackrel" else "ord", max(above, base), False

    def _arrow(self, name: str) -> tuple[str, float, bool]:
        return "rel", max(self._optional(), self._argument()) * _SCRIPT + 1.0, False

    def _fence(self, name: str) -> tuple[str, float, bool]:
        r"""\left( ... \right), with the delimiters as high as what is in them."""
        self._next()
        inside = self.block(("\\right",))
        self._next()
        self._next()
        return "ord", inside + 1.2, False

    def _sized(self, name: str) -> tuple[str, float, bool]:
        r"""\bigl(, \Bigr]: the size is in the name, the side is its last letter."""
        self._next()
        size = name.rstrip("lrm")
        kind = {"l": "open", "r": "close", "m": "rel"}.get(name[len(size) :], "ord")
        return kind, _SIZES[size], False

    def _environment(self, name: str) -> tuple[str, float, bool]:
        kind = self._name()
        if kind.startswith(("array", "alignat")):
            self._argument()
        gap, sides = _ENVIRONMENTS.get(kind.rstrip("*"), (1.0, 0.0))
        width = self.block(("\\end",), gap=gap) + sides
        self._next()
        self._name()
        return "ord", width, False

    def _name(self) -> str:
        """The name in braces of an environment."""
        self._next()
        name = ""
        while self._peek() and self._peek() != "}":
            name += self._next()
        self._next()
        return name

    def _ignored(self, name: str) -> tuple[str, float, bool]:
        r"""\color{red}: the argument is not drawn, and the command changes what follows."""
        before = self._at
        self._argument()
        if name in _BARE.split():
            self._at = before
        return "switch", 0.0, False

    def _coloured(self, name: str) -> tuple[str, float, bool]:
        self._argument()
        return "ord", self._argument(), False


_BARE = (
    "displaystyle textstyle scriptstyle bf rm it cal sf tt over atop choose middle nonumber notag "
    "hline newline"
)
_READ_BY: tuple[tuple[str, Callable[[_Reader, str], tuple[str, float, bool]]], ...] = (
    ("frac dfrac tfrac cfrac binom dbinom tbinom", _Reader._fraction),
    ("sqrt", _Reader._root),
    (
        "mathrm mathbf mathit mathsf mathtt mathcal mathbb mathscr mathfrak boldsymbol bm pmb text "
        "textbf textit textrm texttt textsf mbox operatorname operatorname*",
        _Reader._in_font,
    ),
    (
        "hat bar tilde vec dot ddot widehat widetilde overline underline underbrace overbrace "
        "boxed cancel bcancel phantom mathclap mathop mathbin mathrel mathstrut smash not",
        _Reader._accent,
    ),
    ("overset underset stackrel", _Reader._stacked),
    ("xrightarrow xleftarrow xRightarrow", _Reader._arrow),
    ("left", _Reader._fence),
    (
        "big bigl bigr bigm Big Bigl Bigr Bigm bigg biggl biggr biggm Bigg Biggl Biggr Biggm",
        _Reader._sized,
    ),
    ("begin", _Reader._environment),
    ("textcolor", _Reader._coloured),
    (f"color tag tag* label def newcommand {_BARE}", _Reader._ignored),
)
_COMMANDS = {name: read for names, read in _READ_BY for name in names.split()}
_FONTS = {"mathit": "italic", "boldsymbol": "italic", "bm": "italic", "pmb": "italic"}
_SIZES = {"big": 0.46, "Big": 0.6, "bigg": 0.74, "Bigg": 0.79}
# Space between columns and width of the delimiters, in em.
_ENVIRONMENTS = {
    "aligned": (0.0, 0.0),
    "align": (0.0, 0.0),
    "alignat": (0.0, 0.0),
    "split": (0.0, 0.0),
    "eqnarray": (0.28, 0.0),
    "gathered": (0.0, 0.0),
    "gather": (0.0, 0.0),
    "equation": (0.0, 0.0),
    "cases": (1.0, 1.1),
    "pmatrix": (1.0, 1.5),
    "bmatrix": (1.0, 1.1),
    "Bmatrix": (1.0, 1.6),
    "vmatrix": (1.0, 0.7),
    "Vmatrix": (1.0, 1.1),
    "smallmatrix": (0.4, 0.0),
}


# Widths -------------------------------------------------------------------------------------------

_LETTERS = {  # em: narrow ones, wide ones, all others; small, then capital
    "italic": (("ijlt", 0.36, "mw", 0.8, 0.5), ("IJ", 0.5, "MWHK", 0.9, 0.72)),
    "roman": (("fijlrst", 0.34, "mw", 0.78, 0.52), ("IJ", 0.43, "MW", 0.97, 0.72)),
}
_CHARACTERS = {
    "=<>:": ("rel", 0.778),
    "+-": ("bin", 0.778),
    "*": ("bin", 0.5),
    ",;": ("punct", 0.278),
    "(": ("open", 0.389),
    "[": ("open", 0.278),
    ")": ("close", 0.389),
    "]!?": ("close", 0.278),
    "/": ("ord", 0.5),
    "|.": ("ord", 0.278),
    "~": ("ord", 0.25),
    "&": ("switch", 0.0),
}
_ESCAPES = {
    ",": 3 / 18, ":": 4 / 18, ">": 4 / 18, ";": 5 / 18, "!": -3 / 18, " ": 0.25, "\n": 0.25,
}  # fmt: skip
_ESCAPED = {"{": ("open", 0.5), "}": ("close", 0.5), "|": ("ord", 0.5)}


def _character(token: str, font: str) -> tuple[str, float]:
    r"""Class and width of a letter, a digit, a sign, or `\,`."""
    if token.startswith("\\"):
        last = token[1:]
        return _ESCAPED.get(last) or ("ord", _ESCAPES.get(last, 0.6))
    for characters, found in _CHARACTERS.items():
        if token in characters:
            return found
    if ord(token) >= 0x2E80:
        return "ord", 0.81  # Chinese, which MathJax draws at the size of the text around
    if not token.isalpha():
        return "ord", 0.5
    narrow, slim, wide, broad, rest = _LETTERS[font][token.isupper()]
    return "ord", slim if token in narrow else broad if token in wide else rest


_SYMBOLS = (
    ("rel", 1.64, "longrightarrow longleftarrow Longrightarrow implies iff longmapsto"),
    ("rel", 1.0, "to rightarrow leftarrow Rightarrow Leftarrow leftrightarrow mapsto gets"),
    ("rel", 0.67, "in notin ni mid parallel perp subset subseteq supset supseteq vdash models"),
    (
        "rel",
        0.778,
        "le leq ge geq ne neq approx equiv sim simeq cong propto ll gg coloneqq triangleq prec succ"
        " leqslant geqslant doteq",
    ),
    ("bin", 0.778, "times pm mp div oplus otimes odot ominus wedge vee cap cup setminus circ"),
    ("bin", 0.5, "ast star bullet"),
    ("bin", 0.278, "cdot"),
    ("op", 1.444, "sum bigoplus bigotimes bigodot"),
    ("op", 1.2, "prod coprod bigcup bigcap"),
    ("op", 0.94, "int oint"),
    ("op", 1.4, "iint"),
    ("open", 0.5, "lbrace lVert lfloor lceil"),
    ("close", 0.5, "rbrace rVert rfloor rceil"),
    ("open", 0.39, "langle lvert lbrack"),
    ("close", 0.39, "rangle rvert rbrack"),
    ("ord", 0.5, "Vert"),
    ("ord", 0.278, "vert colon"),
    ("ord", 1.17, "ldots cdots dots dotsc dotsb ddots"),
    ("ord", 0.28, "vdots prime"),
    ("ord", 1.0, "infty"),
    ("ord", 0.83, "nabla Delta"),
    ("ord", 0.76, "Theta Pi Sigma Upsilon Phi Psi Omega Lambda Xi Gamma varnothing emptyset"),
    ("ord", 0.62, "alpha psi omega chi phi varphi mu ell"),
    ("space", 1.0, "quad"),
    ("space", 2.0, "qquad"),
)
_LIMITS = (
    "sum prod coprod lim limsup liminf max min sup inf argmax argmin bigcup bigcap bigoplus "
    "bigotimes bigodot Pr det gcd"
)
_FUNCTIONS = (
    "log ln exp sin cos tan cot sinh cosh tanh arcsin arccos arctan lim limsup liminf max min sup "
    "inf det dim ker gcd deg arg hom Pr argmax argmin"
)


_NAMED = {name: (kind, width) for kind, width, names in _SYMBOLS for name in names.split()}
_NAMED |= {
    name: ("op", sum(_character(letter, "roman")[1] for letter in name))
    for name in _FUNCTIONS.split()
}
_WITH_LIMITS = frozenset(_LIMITS.split())
