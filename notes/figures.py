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

    def label(self, x: float, y: float, text: str, size: int = SMALL, color: str = INK) -> None:
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
            f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="1.5"{dash}/>'
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
                f'<path d="M{x:g} {y - 28:g} A28 28 0 0 {sweep} {x:g} {y + 28:g} Z" fill="{side}"/>'
            )
        self.parts.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="28" fill="none" stroke="{LINE}" stroke-width="1.5"/>'
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
    """ControlNet: frozen U-Net, trainable copy of its encoder, zero convolutions."""
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
    """One network block with a zero convolution before and after its copy."""
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
    """IC-Light: adding appearances equals adding lights."""
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
    """IC-Light: what the released SD1.5 models take in."""
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


def brushnet_structure() -> Figure:
    """BrushNet: the image branch feeds every layer of the frozen U-Net."""
    fig = Figure(404)
    fig.legend(22)
    fig.box(12, 42, 104, 48, "带噪潜变量\n4 通道")
    fig.box(12, 98, 104, 48, "遮罩图潜变量\n4 通道")
    fig.box(12, 154, 104, 48, "缩小的掩码\n1 通道")
    fig.arrow((116, 66), (128, 66), (128, 122), head=False)
    fig.arrow((116, 178), (128, 178), (128, 122), head=False)
    fig.arrow((116, 122), (140, 122))
    fig.box(140, 90, 78, 64, "通道拼接\n9 通道")
    fig.box(250, 42, 98, 48, "带噪潜变量\n与文本")
    fig.arrow((180, 154), (180, 222))
    fig.arrow((299, 90), (299, 222))
    fig.box(110, 222, 124, 62, "BrushNet 分支\nU-Net 副本\n去掉交叉注意力", TRAIN)
    fig.box(266, 222, 82, 62, "U-Net\n保留文本\n交叉注意力", FROZEN)
    for y in (232, 253, 274):
        fig.arrow((234, y), (266, y))
    fig.label(180, 302, "每一层输出过零卷积，逐层相加")
    fig.arrow((307, 284), (307, 334))
    fig.box(230, 334, 118, 34, "预测的噪声", RESULT)
    fig.label(110, 342, "分支只看图像\n文本只进主干")
    fig.label(180, 386, "主干可换成同底模的任意微调模型")
    return fig


def brushnet_blend() -> Figure:
    """BrushNet: pasting the original back through a blurred mask."""
    fig = Figure(330)
    fig.box(20, 20, 130, 34, "二值掩码")
    fig.arrow((85, 54), (85, 80))
    fig.box(20, 80, 130, 34, "高斯模糊")
    fig.arrow((85, 114), (85, 140))
    fig.box(20, 140, 130, 48, "软掩码\n取值从 0 到 1")
    fig.box(210, 20, 130, 34, "生成的图像")
    fig.box(210, 80, 130, 34, "原图")
    fig.arrow((210, 37), (180, 37), (180, 222), head=False)
    fig.arrow((210, 97), (194, 97), (194, 222), head=False)
    fig.arrow((85, 188), (85, 222))
    fig.arrow((180, 208), (180, 222))
    fig.arrow((194, 208), (194, 222))
    fig.box(20, 222, 320, 34, "软掩码处用生成图，其余用原图")
    fig.arrow((180, 256), (180, 280))
    fig.box(90, 280, 180, 34, "边界平滑的结果", RESULT)
    return fig


def ace_structure() -> Figure:
    """ACE: from condition units to the target image."""
    fig = Figure(462)
    fig.box(14, 16, 156, 56, "历史轮次的 CU\n指令、图像、掩码", dashed=True)
    fig.box(190, 16, 156, 56, "当前轮次的 CU\n指令、图像、掩码")
    fig.arrow((92, 72), (92, 98))
    fig.arrow((268, 72), (268, 98))
    fig.box(14, 98, 332, 34, "拼成长上下文条件单元 LCU")
    fig.arrow((92, 132), (92, 160))
    fig.arrow((268, 132), (268, 160))
    fig.box(14, 160, 156, 52, "文本编码器\n得到文本 token")
    fig.box(190, 160, 156, 52, "VAE 编码、切块\n得到视觉 token")
    fig.arrow((92, 212), (92, 240))
    fig.arrow((268, 212), (268, 240))
    fig.box(14, 240, 332, 50, "加图像指示嵌入\n让指令里的图号对上视觉序列", TRAIN)
    fig.arrow((180, 290), (180, 316))
    fig.box(14, 316, 332, 50, "长上下文注意力块 × N\n扩散 Transformer", TRAIN)
    fig.arrow((180, 366), (180, 392))
    fig.box(90, 392, 180, 34, "目标图像", RESULT)
    fig.label(180, 444, "目标位置放带噪潜变量，逐步去噪")
    return fig


def ace_attention() -> Figure:
    """ACE: what each attention of a block may look at."""
    fig = Figure(340)
    fig.label(180, 20, "自注意力：所有视觉 token 互相可见", TEXT)
    names = ("上一轮图", "当前输入图", "带噪目标图")
    for i, name in enumerate(names):
        fig.box(12 + 115 * i, 40, 106, 38, name)
    fig.arrow((65, 98), (65, 78))
    fig.arrow((180, 98), (180, 78))
    fig.arrow((295, 98), (295, 78))
    fig.arrow((65, 98), (295, 98), head=False)
    fig.label(180, 114, "3D 位置编码区分行、列与第几张图")
    fig.label(180, 160, "交叉注意力：只看同一 CU 的文本", TEXT)
    fig.box(12, 180, 106, 38, "上一轮图")
    fig.box(127, 180, 221, 38, "当前输入图与带噪目标图")
    fig.box(12, 262, 106, 38, "上一轮指令", FROZEN)
    fig.box(127, 262, 221, 38, "当前指令", FROZEN)
    fig.arrow((65, 262), (65, 218))
    fig.arrow((237, 262), (237, 218))
    fig.label(180, 320, "不同轮次的图文不会串")
    return fig


def acepp_lcu() -> Figure:
    """ACE++: joining along the sequence (LCU) and along channels (LCU++)."""
    fig = Figure(388)
    fig.label(180, 22, "LCU：在序列上拼接，序列变长", TEXT)
    fig.box(14, 40, 166, 44, "输入图与掩码 token")
    fig.box(180, 40, 166, 44, "带噪目标 token")
    fig.arrow((180, 84), (180, 106))
    fig.box(14, 106, 332, 34, "2 倍长的序列送入注意力")
    fig.label(180, 180, "LCU++：在通道上拼接，长度不变", TEXT)
    fig.box(70, 198, 220, 28, "输入图潜变量")
    fig.box(70, 226, 220, 28, "掩码")
    fig.box(70, 254, 220, 28, "带噪潜变量")
    fig.arrow((180, 282), (180, 304))
    fig.box(70, 304, 220, 30, "x-embed 映射成 token", TRAIN)
    fig.label(180, 352, "参考图各成一个单元，单元之间按序列排")
    fig.label(180, 370, "每个单元内部都用通道拼接")
    return fig


def acepp_velocity() -> Figure:
    """ACE++: the straight path from noise to data and the two losses."""
    fig = Figure(318)
    fig.box(14, 20, 110, 46, "噪声\nt = 0")
    fig.box(236, 20, 110, 46, "真实潜变量\nt = 1")
    fig.arrow((124, 43), (236, 43))
    fig.label(180, 28, "直线插值")
    fig.label(180, 60, "速度不变")
    fig.arrow((69, 66), (69, 96), (180, 96), head=False)
    fig.arrow((291, 66), (291, 96), (180, 96), head=False)
    fig.arrow((180, 96), (180, 114))
    fig.box(80, 114, 200, 34, "中间状态与时间 t")
    fig.arrow((180, 148), (180, 170))
    fig.box(80, 170, 200, 34, "网络预测速度", TRAIN)
    fig.arrow((120, 204), (90, 236))
    fig.arrow((240, 204), (270, 236))
    fig.box(14, 236, 152, 50, "参考图位置\n重建损失", LOSS)
    fig.box(194, 236, 152, 50, "目标图位置\n生成损失", LOSS)
    fig.label(180, 302, "两部分相加就是总损失")
    return fig


def ipadapter_structure() -> Figure:
    """IP-Adapter: decoupled cross-attention."""
    fig = Figure(420)
    fig.legend(22)
    fig.box(20, 42, 140, 32, "文本提示")
    fig.box(200, 42, 140, 32, "图像提示")
    fig.arrow((90, 74), (90, 96))
    fig.arrow((270, 74), (270, 96))
    fig.box(20, 96, 140, 34, "CLIP 文本编码器", FROZEN)
    fig.box(200, 96, 140, 34, "CLIP 图像编码器", FROZEN)
    fig.arrow((270, 130), (270, 150))
    fig.box(200, 150, 140, 48, "线性层加 LN\n得到 4 个 token", TRAIN)
    fig.arrow((90, 130), (90, 226))
    fig.arrow((270, 198), (270, 226))
    fig.box(20, 226, 140, 50, "文本交叉注意力\n原有的 K 与 V", FROZEN)
    fig.box(200, 226, 140, 50, "图像交叉注意力\n新增的 K 与 V", TRAIN)
    fig.box(135, 308, 90, 34, "共用 Q", FROZEN)
    fig.arrow((152, 308), (126, 276))
    fig.arrow((208, 308), (234, 276))
    fig.arrow((50, 276), (50, 370), (169, 370))
    fig.arrow((310, 276), (310, 370), (191, 370))
    fig.sign(180, 370)
    fig.label(258, 358, "乘强度")
    fig.label(180, 400, "相加后回到冻结的 U-Net")
    return fig


def ipadapter_variants() -> Figure:
    """IP-Adapter: the features and projections of its versions."""
    fig = Figure(330)
    rows = (
        ("基础版", "CLIP 全局向量", "线性层\n4 个 token"),
        ("Plus", "CLIP 局部特征", "查询网络\n16 个 token"),
        ("FaceID", "人脸识别向量", "MLP 投影\n另加 LoRA"),
        ("FaceID\nPlus", "人脸识别向量\n加 CLIP 特征", "查询网络\n另加 LoRA"),
    )
    fig.label(55, 22, "版本")
    fig.label(165, 22, "取什么特征")
    fig.label(288, 22, "怎样变成 token")
    for i, (name, source, head) in enumerate(rows):
        y = 40 + 72 * i
        fig.box(12, y, 76, 52, name)
        fig.arrow((88, y + 26), (108, y + 26))
        fig.box(108, y, 114, 52, source, FROZEN)
        fig.arrow((222, y + 26), (242, y + 26))
        fig.box(242, y, 106, 52, head, TRAIN)
    return fig


def instantid_structure() -> Figure:
    """InstantID: image adapter and IdentityNet around a frozen U-Net."""
    fig = Figure(430)
    fig.legend(22)
    fig.box(12, 42, 156, 34, "参考人脸")
    fig.box(192, 42, 156, 34, "五个关键点图")
    fig.arrow((90, 76), (90, 98))
    fig.box(12, 98, 156, 48, "人脸识别模型\n提取 ID 向量", FROZEN)
    fig.arrow((90, 146), (90, 168))
    fig.box(12, 168, 156, 34, "投影成 ID token", TRAIN)
    fig.arrow((270, 76), (270, 234))
    fig.arrow((168, 185), (228, 185), (228, 234))
    fig.label(314, 214, "ID 取代文本", color=LINE)
    fig.arrow((90, 202), (90, 234))
    fig.box(12, 234, 156, 52, "图像适配器\n解耦交叉注意力", TRAIN)
    fig.box(192, 234, 156, 52, "IdentityNet\nControlNet 结构", TRAIN)
    fig.arrow((90, 286), (90, 318))
    fig.arrow((270, 286), (270, 318))
    fig.label(292, 302, "残差", color=LINE)
    fig.box(12, 318, 336, 40, "SDXL 的 U-Net（文本照常输入）", FROZEN)
    fig.arrow((180, 358), (180, 380))
    fig.box(80, 380, 200, 34, "保持身份的图像", RESULT)
    return fig


def photomaker_structure() -> Figure:
    """PhotoMaker: the stacked ID embedding takes the place of the class word."""
    fig = Figure(470)
    fig.legend(22)
    fig.box(12, 42, 156, 48, "同一人的\nN 张照片")
    fig.box(192, 42, 156, 48, "提示词\na man img ...")
    fig.arrow((90, 90), (90, 112))
    fig.arrow((270, 90), (270, 112))
    fig.box(12, 112, 156, 48, "CLIP 图像编码器\n微调一部分层", TRAIN)
    fig.box(192, 112, 156, 48, "文本编码器", FROZEN)
    fig.arrow((90, 160), (90, 200))
    fig.arrow((240, 160), (240, 186), (130, 186), (130, 200))
    fig.label(240, 214, "取出类别词的嵌入", color=LINE)
    fig.box(12, 200, 156, 34, "MLP 逐张融合", TRAIN)
    fig.arrow((90, 234), (90, 256))
    fig.box(12, 256, 156, 48, "堆叠 ID 嵌入\n每张照片一份")
    fig.arrow((310, 160), (310, 256))
    fig.box(192, 256, 156, 48, "替换类别词\n得到新的文本嵌入")
    fig.arrow((168, 280), (192, 280))
    fig.arrow((270, 304), (270, 330))
    fig.box(12, 330, 336, 44, "SDXL 交叉注意力（注意力层加 LoRA）", TRAIN)
    fig.arrow((180, 374), (180, 400))
    fig.box(80, 400, 200, 34, "该人物的新图像", RESULT)
    fig.label(180, 452, "U-Net 其余权重冻结")
    return fig


def pulid_structure() -> Figure:
    """PuLID: the two training branches and their losses."""
    fig = Figure(446)
    fig.label(90, 22, "常规扩散分支", TEXT)
    fig.label(270, 22, "Lightning T2I 分支", TEXT)
    fig.box(12, 42, 150, 34, "加噪的人像")
    fig.box(186, 42, 162, 34, "纯噪声与普通提示词")
    fig.arrow((87, 76), (87, 100))
    fig.box(12, 100, 150, 50, "预测噪声\n注入 ID")
    fig.arrow((87, 150), (87, 178))
    fig.box(12, 178, 150, 34, "扩散损失", LOSS)
    fig.arrow((226, 76), (226, 100))
    fig.arrow((308, 76), (308, 100))
    fig.box(186, 100, 78, 50, "4 步去噪\n无 ID")
    fig.box(270, 100, 78, 50, "4 步去噪\n有 ID")
    fig.arrow((226, 150), (226, 178))
    fig.arrow((300, 150), (300, 178))
    fig.box(186, 178, 126, 50, "对齐损失\n语义加布局", LOSS)
    fig.arrow((332, 150), (332, 256))
    fig.box(228, 256, 120, 34, "清晰的图像")
    fig.arrow((288, 290), (288, 318))
    fig.box(186, 318, 162, 50, "ID 损失\n与参考脸的余弦距离", LOSS)
    fig.arrow((87, 212), (87, 396))
    fig.arrow((267, 368), (267, 396))
    fig.arrow((206, 228), (206, 242), (130, 242), (130, 396))
    fig.box(12, 396, 336, 34, "更新 ID 编码器与 ID 交叉注意力", TRAIN)
    return fig


FIGURES: dict[str, Callable[[], Figure]] = {
    "可控性相关/images/controlnet-structure.svg": controlnet_structure,
    "可控性相关/images/zero-convolution.svg": zero_convolution,
    "可控性相关/images/iclight-light-transport.svg": light_transport,
    "可控性相关/images/iclight-model.svg": iclight_model,
    "可控性相关/images/brushnet-structure.svg": brushnet_structure,
    "可控性相关/images/brushnet-blend.svg": brushnet_blend,
    "可控性相关/images/ace-structure.svg": ace_structure,
    "可控性相关/images/ace-attention.svg": ace_attention,
    "可控性相关/images/acepp-lcu.svg": acepp_lcu,
    "可控性相关/images/acepp-velocity.svg": acepp_velocity,
    "风格迁移相关/images/ipadapter-structure.svg": ipadapter_structure,
    "风格迁移相关/images/ipadapter-variants.svg": ipadapter_variants,
    "人像生成相关/images/instantid-structure.svg": instantid_structure,
    "人像生成相关/images/photomaker-structure.svg": photomaker_structure,
    "人像生成相关/images/pulid-structure.svg": pulid_structure,
}


def main() -> None:
    """Write every figure into the images folder beside its note."""
    for name, draw in FIGURES.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(draw().svg(), encoding="utf-8")


if __name__ == "__main__":
    main()
