"""Shapes, layout and colours for the figures of the notes.

A figure is a tree of nodes. `row`, `column` and `Grid` give every node its place, arrows join the
places, and colours are names ("@frozen") until a palette is chosen: one drawing makes the picture
for the day and the one for the night. Lengths are user units, about a pixel on a phone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import pairwise
from math import hypot
from typing import NamedTuple
from unicodedata import combining, east_asian_width, normalize

from pictures import BADGES, HOLE, noise_grains

WIDTH = 336  # a card on a phone shows a picture 321 px wide
MARGIN = 12
TEXT = 16
MATH = 18  # a serif looks smaller than the sans-serif beside it
SCRIPT = 12  # subscripts and superscripts
FONTS = (
    "'Noto Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei','Source Han Sans SC',"
    "'Hiragino Sans GB',sans-serif"
)
MATH_FONTS = "'STIX Two Text','Times New Roman','Liberation Serif','Noto Serif',serif"

# What a colour means. Frozen is cold, trained is warm, data is paper, a loss is red.
LIGHT = {
    "panel": "#f6f4ef",
    "ink": "#23262b",
    "line": "#697280",
    "faint": "#c9ccd1",
    "frozen": "#d9e6f5",
    "frozen-edge": "#4f79ab",
    "trained": "#ffe2b0",
    "trained-edge": "#c2740a",
    "data": "#ffffff",
    "data-edge": "#8b939f",
    "loss": "#fbd9dd",
    "loss-edge": "#c23b4b",
    "seen": "#9ccbb0",
    "seen-edge": "#3f8f6b",
    "on-bright": "#23262b",
    "sky": "#bfe0f2",
    "sun": "#f5b83d",
    "near": "#3f8f6b",
    "far": "#7fbf9b",
    "dusk": "#f0a27a",
    "skin": "#f3c9a5",
    "hair": "#5b4034",
    "shirt": "#5d8fc9",
    "night": "#23303f",
    "chalk": "#f4f6f8",
    "grain": "#6f7885",
    "grey": "#a7abb1",
    "deep": "#10141a",
    "warm": "#ffb52e",
    "cool": "#3fa9ff",
}
DARK = LIGHT | {
    "panel": "#282b2f",
    "ink": "#e6e4df",
    "line": "#a3abb6",
    "faint": "#565b63",
    "frozen": "#2c4059",
    "frozen-edge": "#7ba7da",
    "trained": "#5a421b",
    "trained-edge": "#e8a548",
    "data": "#383c42",
    "data-edge": "#8f97a3",
    "loss": "#5b2e36",
    "loss-edge": "#ee8291",
    "seen": "#2f6b4e",
    "seen-edge": "#6fc39a",
    "sky": "#7fb2cf",
    "sun": "#f0b545",
    "near": "#2f7557",
    "far": "#58987a",
    "dusk": "#c97b58",
    "skin": "#dfb290",
    "night": "#14181d",
    "chalk": "#e9ecef",
    "grain": "#a5adb8",
    "grey": "#7d8288",
}
PALETTES = {"": LIGHT, ".dark": DARK}
MEANINGS = {
    "frozen": "冻结",
    "trained": "训练",
    "loss": "损失",
    "seen": "可见",
}  # what a legend explains, in order

# Words ------------------------------------------------------------------------------------------

# "特征 $z_0^{m}$" is upright text and a formula; in a formula, "_" and "^" lower and raise one
# character or what is in braces.
FORMULA = re.compile(r"\$([^$]*)\$")
GREEK = "αβγδεζηθικλμνξοπρστυφχψωϵϕ"
ATOM = re.compile(r"([_^]?)(?:\{([^}]*)\}|([A-Za-z\u0300-\u036f]+)|(.))")


class Run(NamedTuple):
    """Characters of one style; `level` is -1 for a subscript, 1 for a superscript."""

    text: str
    is_math: bool
    level: int = 0

    @property
    def size(self) -> int:
        """Font size in user units."""
        return SCRIPT if self.level else MATH if self.is_math else TEXT

    @property
    def is_slanted(self) -> bool:
        """Whether these are letters of a formula: operators and digits are upright."""
        return self.is_math and any(
            (c.isascii() and c.isalpha()) or c in GREEK for c in normalize("NFD", self.text)
        )

    @property
    def width(self) -> float:
        """Width in user units, rather too much than too little."""
        part = 0.52 if self.is_math else 0.6
        return sum(
            self.size * (1 if east_asian_width(c) in "WF" else part)
            for c in self.text
            if not combining(c)
        )


def runs(text: str) -> list[Run]:
    """Cut one line of text into runs of one style."""
    found = []
    for i, part in enumerate(FORMULA.split(text)):
        if i % 2 == 0:
            found += [Run(part, is_math=False)] if part else []
            continue
        for sign, braced, letters, other in ATOM.findall(part):
            level = {"": 0, "_": -1, "^": 1}[sign]
            if level and len(letters) > 1:  # "z_tx" lowers the t alone
                found += [Run(letters[0], True, level), Run(letters[1:], True)]
            else:
                found.append(Run(braced or letters or other, True, level))
    return found


def text_width(text: str) -> float:
    """Width of the widest line of a text, in user units."""
    return max(sum(run.width for run in runs(line)) for line in text.split("\n"))


def text_height(text: str) -> float:
    """Height of a text, in user units."""
    return 22.0 * (text.count("\n") + 1)


def words(x: float, y: float, text: str, color: str = "ink", anchor: str = "middle") -> list[str]:
    """Lines of text whose middle is at (x, y)."""
    lines = text.split("\n")
    top = y - 11 * (len(lines) - 1) + 5.5
    return [
        f'<text x="{x:g}" y="{top + 22 * i:g}" fill="@{color}" text-anchor="{anchor}">'
        f"{_spans(runs(line))}</text>"
        for i, line in enumerate(lines)
    ]


def _spans(line: Sequence[Run]) -> str:
    parts, level = [], 0
    for i, run in enumerate(line):
        style = ' class="math"' if run.is_math else ""
        style += ' font-style="italic"' if run.is_slanted else ""
        style += f' font-size="{run.size}"' if run.size != TEXT else ""
        moved = {-1: 4, 0: 0, 1: -7}
        if run.level != level:
            style += f' dy="{moved[run.level] - moved[level]:g}"'
        if run.level == 1 and level == -1:  # the superscript is above the subscript, not behind it
            style += f' dx="{-line[i - 1].width:.3g}"'
        elif i and line[i - 1].is_slanted and (run.level == 1 or run.text == "′"):
            style += ' dx="2"'  # a slanted letter leans into what is above it
        level = run.level
        parts.append(f"<tspan{style}>{escape(run.text)}</tspan>" if style else escape(run.text))
    return "".join(parts)


# Nodes ------------------------------------------------------------------------------------------


class Port(NamedTuple):
    """A point at which an arrow leaves or enters, and the direction out of the node."""

    x: float
    y: float
    dx: int = 0
    dy: int = 0

    def shifted(self, x: float = 0, y: float = 0) -> Port:
        """The same port at another place."""
        return self._replace(x=self.x + x, y=self.y + y)


class Node:
    """Anything with a size that a layout can put in a place."""

    kind = ""

    def __init__(self, w: float, h: float) -> None:
        self.w, self.h = w, h
        self.x = self.y = 0.0

    def place(self, x: float, y: float) -> None:
        """Put the upper left corner at (x, y)."""
        self.x, self.y = x, y

    def paint(self) -> list[str]:
        """The SVG elements of the node."""
        return []

    def parts(self) -> Iterator[Node]:
        """The node itself and the nodes in it."""
        yield self

    def top(self, at: float = 0.5) -> Port:
        """A port of the upper edge; `at` goes from 0, left, to 1, right."""
        return Port(self.x + self.w * at, self.y, dy=-1)

    def bottom(self, at: float = 0.5) -> Port:
        """A port of the lower edge; `at` goes from 0, left, to 1, right."""
        return Port(self.x + self.w * at, self.y + self.h, dy=1)

    def left(self, at: float = 0.5) -> Port:
        """A port of the left edge; `at` goes from 0, top, to 1, bottom."""
        return Port(self.x, self.y + self.h * at, dx=-1)

    def right(self, at: float = 0.5) -> Port:
        """A port of the right edge; `at` goes from 0, top, to 1, bottom."""
        return Port(self.x + self.w, self.y + self.h * at, dx=1)


class Space(Node):
    """Nothing, of a size."""


class Text(Node):
    """Words without a box."""

    def __init__(self, text: str, color: str = "ink") -> None:
        super().__init__(text_width(text), text_height(text))
        self.text, self.color = text, color

    def paint(self) -> list[str]:
        """The words."""
        return words(self.x + self.w / 2, self.y + self.h / 2, self.text, self.color)


CORNERS = {"frozen": 8, "trained": 8, "loss": 16}


class Box(Node):
    """Words in a box whose colour and corners say what it is."""

    def __init__(
        self, text: str, kind: str = "data", w: float = 0, h: float = 0, badge: bool = True
    ) -> None:
        pad = 24 if kind == "loss" else 16
        super().__init__(w or text_width(text) + pad, h or text_height(text) + 12)
        if text and (text_width(text) > self.w - 6 or text_height(text) > self.h + 4):
            raise ValueError(f"text does not fit its box: {text!r}")
        self.text, self.kind, self.has_badge = text, kind, badge

    def paint(self) -> list[str]:
        """The box and, in the same group, its words."""
        corner = min(CORNERS.get(self.kind, 3), self.h / 2)
        shape = (
            f'<rect x="{self.x:g}" y="{self.y:g}" width="{self.w:g}" height="{self.h:g}" '
            f'rx="{corner:g}" {paint(self.kind)}/>'
        )
        text = words(self.x + self.w / 2, self.y + self.h / 2, self.text) if self.text else []
        return ['<g class="box">', shape, *text, "</g>", *(self.badge() if self.has_badge else [])]

    def badge(self) -> list[str]:
        """The badge of the kind, in a gap of the upper right corner."""
        if self.kind not in BADGES:
            return []
        x, y = self.x + self.w - 6, self.y
        gap = f'<circle cx="{x:g}" cy="{y:g}" r="8" fill="@panel"/>'
        return [gap, *at(x, y, BADGES[self.kind])]


class Swatch(Box):
    """A small box in a legend."""

    def __init__(self, kind: str) -> None:
        super().__init__("", kind, w=30, h=20)

    def badge(self) -> list[str]:
        """The badge of the kind, in the middle."""
        x, y = self.x + self.w / 2, self.y + self.h / 2
        return at(x, y, BADGES[self.kind]) if self.kind in BADGES else []


class Sign(Node):
    """A small circle with an operator, or a zero convolution ("0") on a line."""

    def __init__(self, text: str = "+", kind: str = "data", radius: float = 10) -> None:
        super().__init__(2 * radius, 2 * radius)
        self.text, self.kind = text, kind

    def paint(self) -> list[str]:
        """The circle and, in the same group, its operator."""
        x, y, r = self.x + self.w / 2, self.y + self.h / 2, self.w / 2
        if self.text == "+":
            arm = r * 0.55
            mark = [
                f'<path d="M{x - arm:g} {y:g}h{2 * arm:g}M{x:g} {y - arm:g}v{2 * arm:g}" '
                'stroke="@ink" stroke-width="1.8"/>'
            ]
        else:
            mark = words(x, y, self.text)
        circle = f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" {paint(self.kind)}/>'
        return ['<g class="box">', circle, *mark, "</g>"]


class Tokens(Node):
    """A sequence of square cells; each cell is a kind, or a kind and its words."""

    def __init__(self, cells: Sequence[str | tuple[str, str]], size: float = 20) -> None:
        super().__init__(size * len(cells), size)
        self.cells = [(cell, "") if isinstance(cell, str) else cell for cell in cells]

    def cell(self, i: int) -> Node:
        """The place of one cell, for arrows."""
        node = Space(self.h, self.h)
        node.place(self.x + self.h * (i % len(self.cells)), self.y)
        return node

    def paint(self) -> list[str]:
        """One square after another."""
        found = []
        for i, (kind, text) in enumerate(self.cells):
            place = self.cell(i)
            found += [
                '<g class="box">',
                f'<rect x="{place.x + 1:g}" y="{place.y + 1:g}" width="{self.h - 2:g}" '
                f'height="{self.h - 2:g}" rx="2.5" {paint(kind)}/>',
            ]
            picture = {"noise": noise_grains(20, 5), "mask": [HOLE.format("chalk")]}.get(kind)
            if picture:
                found += at(place.x, place.y, picture, self.h / (20 if kind == "noise" else 48))
            found += words(place.x + self.h / 2, place.y + self.h / 2, text) if text else []
            found.append("</g>")
        return found


class Tile(Node):
    """A small picture with a caption below it; arrows meet the picture's sides."""

    def __init__(
        self, picture: Callable[[], list[str]], caption: str = "", size: int = 48, w: float = 0
    ) -> None:
        self.picture, self.caption, self.size = picture, caption, size
        below = text_height(caption) + 2 if caption else 0
        super().__init__(w or max(size, text_width(caption) if caption else 0), size + below)

    def left(self, at: float = 0.5) -> Port:
        """A port of the picture's left edge."""
        return Port(self.x + (self.w - self.size) / 2, self.y + self.size * at, dx=-1)

    def right(self, at: float = 0.5) -> Port:
        """A port of the picture's right edge."""
        return Port(self.x + (self.w + self.size) / 2, self.y + self.size * at, dx=1)

    def paint(self) -> list[str]:
        """The picture, drawn in a square of 48 units and scaled, and its caption."""
        x = self.x + (self.w - self.size) / 2
        found = at(x, self.y, self.picture(), self.size / 48)
        if self.caption:
            found += words(self.x + self.w / 2, self.y + self.size + 13, self.caption)
        return found


class Canvas(Node):
    """Elements drawn by hand, with their own origin."""

    def __init__(self, w: float, h: float, elements: Sequence[str]) -> None:
        super().__init__(w, h)
        self.elements = elements

    def paint(self) -> list[str]:
        """The elements, moved to their place."""
        return at(self.x, self.y, self.elements)


def at(x: float, y: float, elements: Sequence[str], scale: float = 1) -> list[str]:
    """Elements with their own origin, moved to (x, y)."""
    by = f" scale({scale:.4g})" if scale != 1 else ""
    return [f'<g transform="translate({x:.5g} {y:.5g}){by}">', *elements, "</g>"]


def paint(kind: str) -> str:
    """The attributes of a shape of one kind."""
    if kind in ("noise", "mask"):
        ground = "night" if kind == "mask" else "data"
        return f'fill="@{ground}" stroke="@data-edge" stroke-width="1.5"'
    dash = ""
    if kind.startswith("-"):  # an optional part
        kind, dash = kind[1:], ' stroke-dasharray="4 3"'
    return f'fill="@{kind}" stroke="@{kind}-edge" stroke-width="1.5"{dash}'


# Layout -----------------------------------------------------------------------------------------


class Grid(Node):
    """Rows of nodes; each is in the middle of its cell. None is an empty cell."""

    def __init__(
        self,
        *rows: Sequence[Node | None],
        gap: tuple[float, float] = (20, 20),
        align: float = 0.5,
    ) -> None:
        self.rows, self.gap, self.align = rows, gap, align
        columns = max(len(row) for row in rows)
        self.widths = [
            max((row[i].w for row in rows if i < len(row) and row[i]), default=0)  # type: ignore[union-attr]
            for i in range(columns)
        ]
        self.heights = [max((cell.h for cell in row if cell), default=0) for row in rows]
        super().__init__(
            sum(self.widths) + gap[0] * (columns - 1),
            sum(self.heights) + gap[1] * (len(rows) - 1),
        )

    def place(self, x: float, y: float) -> None:
        """Put the grid, and with it every node, in its place."""
        super().place(x, y)
        for row, height in zip(self.rows, self.heights, strict=True):
            left = x
            for cell, width in zip(row, self.widths, strict=False):
                if cell:
                    cell.place(left + (width - cell.w) / 2, y + (height - cell.h) * self.align)
                left += width + self.gap[0]
            y += height + self.gap[1]

    def parts(self) -> Iterator[Node]:
        """The grid and the nodes in its cells."""
        yield self
        for row in self.rows:
            for cell in row:
                if cell:
                    yield from cell.parts()

    def paint(self) -> list[str]:
        """Every cell."""
        cells = (cell for row in self.rows for cell in row if cell)
        return [part for cell in cells for part in cell.paint()]


def row(*nodes: Node | None, gap: float = 20, align: float = 0.5) -> Grid:
    """Nodes side by side; `align` goes from 0, tops in line, to 1, bottoms in line."""
    return Grid(nodes, gap=(gap, 0), align=align)


def column(*nodes: Node | None, gap: float = 20) -> Grid:
    """Nodes one below the other."""
    return Grid(*[(node,) for node in nodes], gap=(0, gap))


# Arrows -----------------------------------------------------------------------------------------


def ports(start: Node | Port, end: Node | Port) -> tuple[Port, Port]:
    """Where an arrow leaves `start` and enters `end`, straight if they face each other."""
    if isinstance(start, Port) and isinstance(end, Port):
        return start, end
    if isinstance(start, Port):
        assert isinstance(end, Node)
        return start, _facing(end, start)
    if isinstance(end, Port):
        return _facing(start, end), end
    if start.y + start.h <= end.y or end.y + end.h <= start.y:
        a, b = (start.bottom(), end.top()) if start.y < end.y else (start.top(), end.bottom())
        x = a.x if start.w <= end.w else b.x
        is_straight = max(start.x, end.x) < x < min(start.x + start.w, end.x + end.w)
        return (a._replace(x=x), b._replace(x=x)) if is_straight else (a, b)
    a, b = (start.right(), end.left()) if start.x < end.x else (start.left(), end.right())
    if end.y < a.y < end.y + end.h:
        return a, b._replace(y=a.y)
    return a, b


def _facing(node: Node, other: Port) -> Port:
    """The port of a node that faces another port."""
    if other.dy:
        if not node.x < other.x < node.x + node.w:
            return node.left() if other.x < node.x else node.right()
        port = node.top() if other.y < node.y else node.bottom()
        return port._replace(x=other.x)
    if not node.y < other.y < node.y + node.h:
        return node.top() if other.y < node.y else node.bottom()
    port = node.left() if other.x < node.x else node.right()
    return port._replace(y=other.y)


def route(a: Port, b: Port, bend: float = 0.5) -> list[tuple[float, float]]:
    """The corners of a line of upright and level pieces; `bend` is where a Z turns, 0 to 1."""
    if a.x == b.x or a.y == b.y:
        return [(a.x, a.y), (b.x, b.y)]
    if a.dy and b.dy:
        y = a.y + (b.y - a.y) * bend
        return [(a.x, a.y), (a.x, y), (b.x, y), (b.x, b.y)]
    if a.dx and b.dx:
        x = a.x + (b.x - a.x) * bend
        return [(a.x, a.y), (x, a.y), (x, b.y), (b.x, b.y)]
    return [(a.x, a.y), (a.x, b.y) if a.dy else (b.x, a.y), (b.x, b.y)]


def line_path(points: Sequence[tuple[float, float]], radius: float = 6) -> str:
    """The path through some points, with rounded corners."""
    parts = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for (x0, y0), (x1, y1), (x2, y2) in zip(points, points[1:], points[2:], strict=False):
        before, after = hypot(x1 - x0, y1 - y0), hypot(x2 - x1, y2 - y1)
        r = min(radius, before / 2, after / 2)
        xa, ya = x1 - (x1 - x0) * r / before, y1 - (y1 - y0) * r / before
        xb, yb = x1 + (x2 - x1) * r / after, y1 + (y2 - y1) * r / after
        parts.append(f"L{xa:.5g} {ya:.5g}Q{x1:g} {y1:g} {xb:.5g} {yb:.5g}")
    parts.append(f"L{points[-1][0]:.5g} {points[-1][1]:.5g}")
    return "".join(parts)


def arrow_path(
    points: Sequence[tuple[float, float]],
    color: str = "line",
    width: float = 1.6,
    head: float = 8,
    dashed: bool = False,
) -> list[str]:
    """A line through some points; the head (its length, 0 for none) is at the last."""
    (x0, y0), (x, y) = points[-2], points[-1]
    length = hypot(x - x0, y - y0)
    ux, uy = (x - x0) / length, (y - y0) / length
    end = (x - ux * head * 0.8, y - uy * head * 0.8)
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    found = [
        f'<path d="{line_path([*points[:-1], end])}" fill="none" stroke="@{color}" '
        f'stroke-width="{width:g}"{dash}/>'
    ]
    if head:
        half = head * 0.45
        corners = (
            (x, y),
            (x - head * ux - half * uy, y - head * uy + half * ux),
            (x - head * ux + half * uy, y - head * uy - half * ux),
        )
        shape = " ".join(f"{a:.5g},{b:.5g}" for a, b in corners)
        found.append(f'<polygon points="{shape}" fill="@{color}"/>')
    return found


# Figures ----------------------------------------------------------------------------------------


class Figure:
    """Nodes in their places, the arrows between them and a legend of the kinds among them."""

    def __init__(self, body: Node) -> None:
        if body.w > WIDTH - 2 * MARGIN:
            raise ValueError(f"the figure is {body.w - WIDTH + 2 * MARGIN:g} units too wide")
        self.body = body
        body.place((WIDTH - body.w) / 2, MARGIN + 4)
        self.lines: list[str] = []
        self.labels: list[str] = []

    def arrow(
        self,
        start: Node | Port,
        end: Node | Port,
        color: str = "line",
        *,
        bend: float = 0.5,
        head: float = 8,
        dashed: bool = False,
        label: str = "",
        side: str = "right",
    ) -> None:
        """An arrow from one node or port to another, with words at the middle of it."""
        a, b = ports(start, end)
        points = route(a, b, bend)
        self.lines += arrow_path(points, color, head=head, dashed=dashed)
        if label:
            (x0, y0), (x1, y1) = points[-2] if len(points) == 3 else points[0], points[-1]
            self.label((x0 + x1) / 2, (y0 + y1) / 2, label, side)

    def chain(self, *nodes: Node | Port, color: str = "line") -> None:
        """Arrows from each node to the next."""
        for start, end in pairwise(nodes):
            self.arrow(start, end, color)

    def bracket(self, start: Port, end: Port, out: float, color: str = "line") -> None:
        """An arrow between ports of one side that goes around what is between them."""
        x = start.x + out * start.dx
        points = [(start.x, start.y), (x, start.y), (x, end.y), (end.x, end.y)]
        self.lines += arrow_path(points, color, width=1.3, head=6)

    def label(self, x: float, y: float, text: str, side: str = "") -> None:
        """Words at a point, or at a side of it."""
        dx, dy = {"right": (7, 0), "left": (-7, 0), "above": (0, -13), "below": (0, 13)}.get(
            side, (0, 0)
        )
        anchor = {"right": "start", "left": "end"}.get(side, "middle")
        self.labels += words(x + dx, y + dy, text, "ink", anchor)

    def legend(self) -> Grid | None:
        """What the colours in the figure mean, if they mean anything."""
        used = {part.kind for part in self.body.parts()}
        items: list[Node] = []
        for kind, name in MEANINGS.items():
            if kind in used:
                items.append(row(Swatch(kind), Text(name), gap=7))
        return row(*items, gap=22) if items else None

    def svg(self, palette: dict[str, str]) -> str:
        """The whole SVG file in the colours of one palette."""
        height = self.body.y + self.body.h + MARGIN + 2
        legend = self.legend()
        if legend:
            legend.place((WIDTH - legend.w) / 2, height + 4)
            height = legend.y + legend.h + MARGIN
        head = (
            '<svg xmlns="http://www.w3.org/2000/svg" lang="zh-CN" xml:lang="zh-CN" '
            f'width="{WIDTH}" height="{height:g}" viewBox="0 0 {WIDTH} {height:g}" '
            f'font-family="{FONTS}" font-size="{TEXT}">'
        )
        style = f"<style>.math{{font-family:{MATH_FONTS}}}</style>"
        panel = f'<rect width="{WIDTH}" height="{height:g}" rx="12" fill="@panel"/>'
        parts = [head, style, panel, *self.lines, *self.body.paint()]
        parts += [*(legend.paint() if legend else []), *self.labels, "</svg>"]
        return re.sub(r"@([a-z-]+)", lambda name: palette[name[1]], "\n".join(parts) + "\n")
