r"""Displayed formulas that are too wide for a phone, in several lines.

MathJax 3, which Anki has, breaks no formula, and draws even `a \\ b` in one line. A formula is
broken only where a mathematician would: after a `\qquad`, before a relation, then before a plus or
minus, outside of brackets first. What it says is the same; one that cannot be broken so stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ankify.rendering.tex_width import Atom, atoms, classed, line_width

SCREEN = 20.5  # em that 360 pixels have room for, in the size that style.css gives to formulas
INLINE = 104 / 94  # in the text they are larger
PHONE = 0.95 * SCREEN  # an estimate may be too small by a twentieth
_INDENT = 1.0  # em: \quad, before a line that goes on
_RELATION = 0.28  # em between the two sides, beside the relation itself

# \begin{align}, \begin{equation*}: no other environment may be around them
_WHOLE = re.compile(r"\\begin\{(?:align|alignat|eqnarray|equation|flalign|gather|multline)\*?\}")
# Terms may stand in lines of their own, the factors of one term should not.
_ADDITIVE = frozenset({"+", "-", r"\pm", r"\mp", r"\cup", r"\vee", r"\oplus"})

_WORST = 3  # within one pair of brackets, between factors or after a comma

Row = Sequence[Atom]


@lru_cache(4096)
def in_lines(tex: str, room: float = PHONE) -> str:
    r"""Break a displayed formula into lines no wider than `room` em, where that can be done safely.

    >>> in_lines(r"a = b, \qquad c = d", room=5)
    '\\begin{gathered} a = b, \\\\[0.3em] c = d \\end{gathered}'
    """
    row = list(classed(atoms(tex)))
    switches = [_source(tex, [atom]) for atom in row if atom.kind == "switch"]
    line_ends = all(switch.startswith(r"\\") for switch in switches)
    if "%" in tex or not line_ends or _WHOLE.search(tex):
        return tex  # a comment ends with its line, and \color goes on to the end
    rows = [part for part in _split(row, "switch") if part]
    blocks = [_block(tex, part, room) for each in rows for part in _parts(each, room)]
    if len(blocks) > 1:
        return _environment("gathered", blocks)
    return blocks[0] if blocks and blocks[0] != _source(tex, row) else tex


def _source(tex: str, row: Row) -> str:
    return tex[row[0].start : row[-1].end] if row else ""


def _environment(name: str, lines: Sequence[str]) -> str:
    return rf"\begin{{{name}}} " + r" \\[0.3em] ".join(lines) + rf" \end{{{name}}}"


def _split(row: Row, kind: str) -> Iterator[list[Atom]]:
    """What is between the atoms of a kind."""
    part: list[Atom] = []
    for atom in row:
        if atom.kind == kind:
            yield part
            part = []
        else:
            part.append(atom)
    yield part


def _parts(row: Row, room: float) -> Iterator[Row]:
    r"""Several formulas in one line, `a, \qquad b`, as many in each line as it has room for."""
    starts = [0, *(at + 1 for at, atom in enumerate(row) if atom.kind == "space"), len(row) + 1]
    first = 0
    for end, further in zip(starts[1:], [*starts[2:], None], strict=True):
        if further is None or line_width(row[first : further - 1]) > room:
            if first < end - 1:
                yield row[first : end - 1]
            first = end


def _block(tex: str, row: Row, room: float) -> str:
    """A formula of one line, or its lines aligned."""
    if line_width(row) <= room:
        return _source(tex, row)
    hanging = list(_fill(tex, row, room - _INDENT, room))
    depths = _depths(row)
    relations = [at for at in range(1, len(row)) if row[at].kind == "rel" and not depths[at]]
    if not relations:
        return _hanging(tex, hanging)
    left = row[: relations[0]]
    margin = line_width(left) + _RELATION
    steps = [row[a:b] for a, b in zip(relations, [*relations[1:], None], strict=True)]
    pieces = [list(_fill(tex, step, room - margin - _INDENT, room - margin)) for step in steps]
    if margin + max(map(_widest, pieces)) <= max(room, _widest(hanging)):
        return _chain(tex, left, pieces)
    return _hanging(tex, hanging)


def _depths(row: Row) -> list[int]:
    """In how many brackets each atom is."""
    depths, depth = [], 0
    for atom in row:
        depth = max(0, depth - (atom.kind == "close"))
        depths.append(depth)
        depth += atom.kind == "open"
    return depths


def _widest(pieces: Sequence[Row]) -> float:
    """Width of the widest line, of which all but the first are indented."""
    first, *further = map(line_width, pieces)
    return max(first, *(width + _INDENT for width in further)) if further else first


def _fill(tex: str, row: Row, room: float, first: float) -> Iterator[Row]:
    """Cut a row into pieces that fit into `room`, the first into `first`, at the best places."""
    ranks = [_rank(tex, row, at, depth) for at, depth in enumerate(_depths(row))]
    for worst in range(_WORST + 1):
        cuts = [at for at, rank in enumerate(ranks) if at and 0 <= rank <= worst]
        pieces = list(_greedy(row, cuts, room, first))
        if all(line_width(piece) <= (room if n else first) for n, piece in enumerate(pieces)):
            break
    yield from pieces


def _rank(tex: str, row: Row, at: int, depth: int) -> int:
    """How bad it is to end a line before an atom: the deeper in brackets the worse; -1 for never.

    Best before relations, plus and minus; less good between factors and after commas.
    """
    atom = row[at]
    if atom.kind == "rel" or (atom.kind == "bin" and _source(tex, [atom]) in _ADDITIVE):
        return 2 * depth
    before = row[at - 1].kind if at else ""
    is_factor = atom.limits and before in ("ord", "close")
    is_factor = is_factor or (atom.kind in ("ord", "op") and before == "close")
    return 2 * depth + 1 if is_factor or atom.kind == "bin" or before == "punct" else -1


def _greedy(row: Row, cuts: Sequence[int], room: float, first: float) -> Iterator[Row]:
    start, limit = 0, first
    for cut, further in zip(cuts, [*cuts[1:], len(row)], strict=False):
        if line_width(row[start:further]) > limit:
            yield row[start:cut]
            start, limit = cut, room
    yield row[start:]


def _hanging(tex: str, pieces: Sequence[Row]) -> str:
    if len(pieces) < 2:
        return _source(tex, pieces[0])
    return _environment("aligned", [f"& {_source(tex, pieces[0])}", *_further(tex, pieces)])


def _further(tex: str, pieces: Sequence[Row]) -> Iterator[str]:
    for piece in pieces[1:]:
        yield rf"& \quad {{}} {_source(tex, piece)}"


def _chain(tex: str, left: Row, pieces: Sequence[Sequence[Row]]) -> str:
    """`a = b = c`, aligned at the relations."""
    if sum(map(len, pieces)) < 2:
        return _source(tex, [*left, *pieces[0][0]])
    lines = []
    for number, step in enumerate(pieces):
        lines.append(f"{'' if number else _source(tex, left)} & {_source(tex, step[0])}".strip())
        lines += _further(tex, step)
    return _environment("aligned", lines)
