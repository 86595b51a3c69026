"""Draw the figures of the notes.

Run ``python notes/figures.py`` to write every SVG again. Each figure is 360
units wide, reads from top to bottom and stands on a light panel of its own,
so that it looks the same on a phone, in day mode and in night mode.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from unicodedata import east_asian_width

ROOT = Path(__file__).resolve().parent
WIDTH = 360
TEXT = 13
SMALL = 12
INK = "#1b2430"
LINE = "#4a5568"

Point = tuple[float, float]

# What a box stands for: (fill, border).
FROZEN = ("#e3e8ef", "#6b7a90")
TRAIN = ("#ffe9c7", "#c77d0a")
DATA = ("#ffffff", "#6b7a90")
RESULT = ("#d9f0df", "#2f8a4c")
LOSS = ("#fbdcdc", "#b83a3a")


def text_width(text: str, size: int) -> float:
    """Width a line of text takes at most, in user units."""
    return sum(size if east_asian_width(c) in "WFA" else 0.62 * size for c in text)


class Figure:
    """One SVG figure; refuses text that would not fit."""

    def __init__(self, height: int) -> None:
        self.height = height
        self.parts: list[str] = []

    def label(
        self, x: float, y: float, text: str, size: int = SMALL, color: str = INK
    ) -> None:
        """Lines of text centred on (x, y)."""
        lines = text.split("\n")
        step = size + 4
        top = y - step * (len(lines) - 1) / 2 + size * 0.36
        for i, line in enumerate(lines):
            half = text_width(line, size) / 2
            if x - half < 4 or x + half > WIDTH - 4:
                raise ValueError(f"text leaves the figure: {line}")
            self.parts.append(
                f'<text x="{x:g}" y="{top + i * step:g}" font-size="{size}" '
                f'fill="{color}" text-anchor="middle">{escape(line)}</text>'
            )

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        text: str,
        kind: tuple[str, str] = DATA,
        dashed: bool = False,
    ) -> None:
        """A rounded box with its text in the middle."""
        lines = text.split("\n")
        widest = max(text_width(line, TEXT) for line in lines)
        if widest > w - 6 or len(lines) * (TEXT + 4) > h:
            raise ValueError(f"text does not fit its box: {text!r}")
        dash = ' stroke-dasharray="5 3"' if dashed else ""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="6" '
            f'fill="{kind[0]}" stroke="{kind[1]}" stroke-width="1.5"{dash}/>'
        )
        self.label(x + w / 2, y + h / 2, text, TEXT)

    def arrow(self, *points: Point, dashed: bool = False, head: bool = True) -> None:
        """A line through the points, with a head at the last one."""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        dash = ' stroke-dasharray="5 3"' if dashed else ""
        self.parts.append(
            f'<polyline points="{path}" fill="none" stroke="{LINE}" '
            f'stroke-width="1.5"{dash}/>'
        )
        if head:
            (x0, y0), (x, y) = points[-2], points[-1]
            length = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5
            ux, uy = (x - x0) / length, (y - y0) / length
            left = (x - 8 * ux - 4 * uy, y - 8 * uy + 4 * ux)
            right = (x - 8 * ux + 4 * uy, y - 8 * uy - 4 * ux)
            corners = " ".join(f"{a:.4g},{b:.4g}" for a, b in ((x, y), left, right))
            self.parts.append(f'<polygon points="{corners}" fill="{LINE}"/>')

    def sign(self, x: float, y: float, text: str = "+") -> None:
        """A small circle with an operator in it (radius 11)."""
        self.parts.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="11" fill="#ffffff" '
            f'stroke="{LINE}" stroke-width="1.5"/>'
        )
        self.label(x, y, text, 15)

    def ball(self, x: float, y: float, left: str, right: str) -> None:
        """A ball of radius 28 whose two halves have their own brightness."""
        for side, sweep in ((left, 0), (right, 1)):
            self.parts.append(
                f'<path d="M{x:g} {y - 28:g} A28 28 0 0 {sweep} {x:g} {y + 28:g} Z" '
                f'fill="{side}"/>'
            )
        self.parts.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="28" fill="none" '
            f'stroke="{LINE}" stroke-width="1.5"/>'
        )

    def legend(self, y: float) -> None:
        """The key: which boxes are frozen and which are trained."""
        for x, name, kind in ((96, "冻结", FROZEN), (216, "参与训练", TRAIN)):
            self.parts.append(
                f'<rect x="{x:g}" y="{y - 6:g}" width="14" height="12" rx="2" '
                f'fill="{kind[0]}" stroke="{kind[1]}" stroke-width="1.5"/>'
            )
            self.label(x + 22 + text_width(name, SMALL) / 2, y, name)

    def svg(self) -> str:
        """The whole SVG file."""
        head = (
            '<svg xmlns="http://www.w3.org/2000/svg" '
            f'width="{WIDTH}" height="{self.height}" '
            f'viewBox="0 0 {WIDTH} {self.height}" font-family="sans-serif">'
        )
        panel = (
            f'<rect x="1" y="1" width="{WIDTH - 2}" height="{self.height - 2}" '
            'rx="12" fill="#f8fafc" stroke="#c9d1db" stroke-width="1"/>'
        )
        return "\n".join([head, panel, *self.parts, "</svg>"]) + "\n"


def controlnet_structure() -> Figure:
    fig = Figure(494)
    fig.legend(22)
    fig.box(20, 42, 140, 32, "带噪潜变量")
    fig.box(200, 42, 140, 32, "条件图")
    fig.arrow((270, 74), (270, 94))
    fig.box(200, 94, 140, 32, "小型卷积编码器", TRAIN)
    fig.arrow((270, 126), (270, 146))
    fig.box(200, 146, 140, 32, "零卷积", TRAIN)
    fig.arrow((270, 178), (270, 194))
    fig.sign(270, 205)
    fig.arrow((90, 74), (90, 234))
    fig.arrow((90, 205), (259, 205))
    fig.arrow((270, 216), (270, 234))
    fig.box(20, 234, 140, 40, "编码器 12 块", FROZEN)
    fig.box(200, 234, 140, 40, "编码器副本 12 块", TRAIN)
    fig.arrow((90, 274), (90, 292))
    fig.arrow((270, 274), (270, 292))
    fig.box(20, 292, 140, 34, "中间块", FROZEN)
    fig.box(200, 292, 140, 34, "中间块副本", TRAIN)
    fig.arrow((90, 326), (90, 350))
    fig.arrow((270, 326), (270, 350))
    fig.box(20, 350, 140, 40, "解码器 12 块", FROZEN)
    fig.box(200, 350, 140, 40, "13 个零卷积", TRAIN)
    fig.arrow((200, 370), (160, 370))
    fig.label(262, 408, "12 路加到跳跃连接\n1 路加到中间块输出")
    fig.arrow((90, 390), (90, 418))
    fig.box(20, 418, 140, 32, "预测的噪声", RESULT)
    fig.label(180, 472, "文本与时间步同时送入左右两支")
    return fig


def zero_convolution() -> Figure:
    fig = Figure(372)
    fig.legend(22)
    fig.box(20, 42, 130, 32, "特征 x")
    fig.box(210, 42, 130, 32, "条件 c")
    fig.arrow((275, 74), (275, 94))
    fig.box(210, 94, 130, 32, "零卷积（入口）", TRAIN)
    fig.arrow((275, 126), (275, 146))
    fig.sign(275, 157)
    fig.arrow((85, 74), (85, 182))
    fig.arrow((85, 157), (264, 157))
    fig.arrow((275, 168), (275, 182))
    fig.box(20, 182, 130, 40, "原网络块", FROZEN)
    fig.box(210, 182, 130, 40, "可训练副本", TRAIN)
    fig.arrow((275, 222), (275, 242))
    fig.box(210, 242, 130, 32, "零卷积（出口）", TRAIN)
    fig.arrow((275, 274), (275, 297), (96, 297))
    fig.arrow((85, 222), (85, 286))
    fig.sign(85, 297)
    fig.label(190, 313, "训练开始时这一路恒为 0")
    fig.arrow((85, 308), (85, 326))
    fig.box(20, 326, 130, 32, "输出", RESULT)
    return fig


def light_transport() -> Figure:
    fig = Figure(316)
    dark, lit = "#3b4657", "#ffd76a"
    fig.label(180, 24, "先分别打光，再把外观相加", TEXT)
    fig.ball(62, 68, lit, dark)
    fig.sign(121, 68)
    fig.ball(180, 68, dark, lit)
    fig.arrow((218, 68), (256, 68))
    fig.ball(298, 68, lit, lit)
    fig.label(62, 112, "只有左灯")
    fig.label(180, 112, "只有右灯")
    fig.label(298, 112, "外观之和")
    fig.arrow((298, 124), (298, 142))
    fig.box(248, 142, 100, 30, "两者应当一致", LOSS)
    fig.arrow((298, 194), (298, 172))
    fig.label(180, 294, "先把光相加，再打一次光", TEXT)
    fig.box(22, 205, 80, 34, "左灯光照")
    fig.sign(121, 222)
    fig.box(140, 205, 80, 34, "右灯光照")
    fig.arrow((220, 222), (262, 222))
    fig.ball(298, 222, lit, lit)
    fig.label(298, 266, "两灯齐亮")
    return fig


def iclight_model() -> Figure:
    fig = Figure(398)
    fig.label(180, 22, "三路潜变量在通道上拼接")
    fig.box(12, 40, 106, 52, "带噪潜变量\n4 通道")
    fig.box(127, 40, 106, 52, "前景潜变量\n4 通道")
    fig.box(242, 40, 106, 52, "背景潜变量\n4 通道", dashed=True)
    fig.label(295, 104, "仅背景条件版")
    fig.arrow((65, 92), (65, 140))
    fig.arrow((180, 92), (180, 140))
    fig.arrow((295, 114), (295, 140), dashed=True)
    fig.box(20, 140, 320, 48, "加宽的首层卷积（8 或 12 通道）\n新增通道的权重从零开始", TRAIN)
    fig.arrow((180, 188), (180, 214))
    fig.box(120, 214, 120, 44, "UNet（微调）", TRAIN)
    fig.box(12, 214, 84, 44, "光照描述\n文本")
    fig.arrow((96, 236), (120, 236))
    fig.arrow((180, 258), (180, 284))
    fig.box(110, 284, 140, 34, "VAE 解码", FROZEN)
    fig.arrow((180, 318), (180, 344))
    fig.box(90, 344, 180, 36, "重打光的图像", RESULT)
    return fig


FIGURES: dict[str, Callable[[], Figure]] = {
    "可控性相关/images/controlnet-structure.svg": controlnet_structure,
    "可控性相关/images/zero-convolution.svg": zero_convolution,
    "可控性相关/images/iclight-light-transport.svg": light_transport,
    "可控性相关/images/iclight-model.svg": iclight_model,
}


def main() -> None:
    for name, draw in FIGURES.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(draw().svg(), encoding="utf-8")


if __name__ == "__main__":
    main()
