"""Draw the figures of the notes: `python notes/figures.py` writes every SVG again.

Each figure is a function that lists its nodes and arrows; shapes, layout and palettes are in
`drawing.py`, the small pictures that stand for data in `pictures.py`. A name gives two files,
`x.svg` for the day and `x.dark.svg` for the night. Symbols are those of the formulas in the notes;
a snowflake is on what is frozen, a flame on what is trained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import cos, erf, log, sin, sqrt
from pathlib import Path

import pictures
from drawing import (
    PALETTES,
    Box,
    Canvas,
    Figure,
    Grid,
    Node,
    Port,
    Sign,
    Space,
    Text,
    Tile,
    Tokens,
    arrow_path,
    column,
    row,
    words,
)

ROOT = Path(__file__).resolve().parent

# ControlNet -------------------------------------------------------------------------------------


def bars(kind: str, widest: float, texts: Sequence[str]) -> list[Box]:
    """The levels of one side of a U-Net, each smaller than the one above."""
    return [
        Box(text, kind, w=widest * (1 - 0.09 * i), h=22, badge=i == 0)
        for i, text in enumerate(texts)
    ]


def controlnet_structure() -> Figure:
    """Let 13 outputs of the copy join the skip connections of the frozen U-Net."""
    condition, latent = Tile(pictures.outline, "条件图"), Tile(pictures.noise, "$z_t$")
    result = Tile(pictures.noise, "$ϵ_θ$")
    hint, enter = Box("小卷积\n零卷积", "trained"), Sign()
    copy = bars("trained", 66, ("×3", "×3", "×3", "×3", "×1"))
    encoder = bars("frozen", 82, ("64", "32", "16", "8", "中间"))
    decoder = bars("frozen", 82, ("64", "32", "16", "8"))
    zeros = [Sign("0", "trained", radius=9) for _ in copy]
    joins = [Sign(radius=8) for _ in encoder]
    rows: list[tuple[Node | None, ...]] = [
        (condition, None, latent, None, result),
        (Space(0, 4),),
        (hint,),
        (Space(0, 4),),
        (enter,),
        (Space(0, 16),),
    ]
    for i, block in enumerate(encoder):
        rows.append((None, None, block, joins[i], decoder[i] if i < 4 else None))
        rows.append((copy[i], zeros[i]))
    body = Grid(*rows, gap=(11, 5))
    fig = Figure(column(body, Text("13 路：12 条跳跃连接 + 中间块"), gap=10))

    fig.chain(condition, hint, enter, *copy)
    fig.arrow(Port(latent.bottom().x, enter.left().y), enter)
    fig.chain(latent, *encoder)
    fig.chain(*reversed(decoder), result)
    for i, zero in enumerate(zeros):
        fig.arrow(copy[i], zero, "trained-edge", head=0)
        fig.arrow(zero.right(), joins[i].bottom(), "trained-edge")
        fig.arrow(encoder[i], joins[i])
        fig.arrow(joins[i].right(), decoder[i].left() if i < 4 else decoder[3].bottom())
    above = encoder[0].top().shifted(y=-22)
    fig.label(copy[0].top().x, above.y, "副本", "right")
    fig.label(above.x, above.y, "编码器", "left")
    fig.label(decoder[0].top().x, above.y, "解码器", "left")
    return fig


def zero_convolution() -> Figure:
    """Put a zero convolution before and after the copy of one block."""
    x, c, y = Text("$x$"), Text("条件 $c$"), Text("$y_c$")
    before, after = Box("零卷积 $Z$", "trained"), Box("零卷积 $Z$", "trained")
    block = Box("原网络块\n$F(·;Θ)$", "frozen")
    copy = Box("可训练副本\n$F(·;Θ_c)$", "trained")
    enter, leave = Sign(), Sign()
    fig = Figure(
        Grid(
            (x, c),
            (None, before),
            (None, enter),
            (block, copy),
            (None, after),
            (leave,),
            (y,),
            gap=(64, 20),
        )
    )
    fig.chain(x, block, leave, y)
    fig.chain(c, before, enter, copy, after)
    fig.arrow(Port(x.bottom().x, enter.left().y), enter)
    fig.arrow(after.bottom(), leave.right(), "trained-edge", label="起步时 + 0", side="below")
    for zero in (before, after):
        fig.label(*zero.left()[:2], "× 0", "left")
    return fig


# BrushNet ---------------------------------------------------------------------------------------


def brushnet_structure() -> Figure:
    """Let the image branch feed every layer of the frozen U-Net."""
    hole, masked = Tile(pictures.mask, "$m^r$", 42), Tile(pictures.masked_photo, "$z_0^m$", 42)
    latent, text = Tile(pictures.noise, "$z_t$", 42), Tile(pictures.prompt, "文本 $C$", 42)
    channels = [Tokens(cells, 15) for cells in (["mask"], ["data"] * 4, ["noise"] * 4)]
    widths = (92, 76, 60, 48, 60, 76, 92)
    branch = [Box("", "trained", w=w, h=20, badge=not i) for i, w in enumerate(widths)]
    trunk = [Box("", "frozen", w=w, h=20, badge=not i) for i, w in enumerate(widths)]
    branch[0].text, trunk[0].text = "BrushNet", "U-Net"
    zeros = [Sign("0", "trained", radius=9) for _ in widths]
    result = Tile(pictures.noise, "$ϵ$", 42)
    inputs = Grid((hole, masked, latent), channels, gap=(4, 14))
    ladder = Grid(*zip(branch, zeros, trunk, strict=True), gap=(22, 12))
    below = row(Text("无注意力，不看文本\n每层都加"), result, gap=48)
    fig = Figure(column(row(inputs, text, gap=41, align=0), ladder, below, gap=22))

    for tile, cells in zip((hole, masked, latent), channels, strict=True):
        fig.arrow(tile, cells)
    for cells in channels:
        fig.arrow(cells.bottom(), branch[0].top())
    fig.arrow(latent.right(), trunk[0].top(0.2))
    fig.arrow(text.bottom(), trunk[0].top().shifted(text.bottom().x - trunk[0].top().x))
    fig.chain(*branch)
    fig.chain(*trunk, result)
    for i, zero in enumerate(zeros):
        fig.arrow(branch[i], zero, "trained-edge", head=0)
        fig.arrow(zero, trunk[i], "trained-edge")
    for i, out in enumerate((10, 12, 14)):
        fig.bracket(branch[i].left(), branch[6 - i].left(), out)
        fig.bracket(trunk[i].right(), trunk[6 - i].right(), out)
    return fig


PLOT = (300.0, 44.0)  # width and height of a cross-section
EDGES = (105.0, 195.0)  # where the hole begins and ends


def blurred(x: float) -> float:
    """A binary mask after a Gaussian blur."""
    return (erf((x - EDGES[0]) / 20) - erf((x - EDGES[1]) / 20)) / 2


def binary(x: float) -> float:
    """A binary mask: 1 in the hole."""
    return float(EDGES[0] <= x <= EDGES[1])


def united(x: float) -> float:
    """The blurred mask united with the binary one."""
    return 1 - (1 - binary(x)) * (1 - blurred(x))


def section(mask: Callable[[float], float], lost: bool = False) -> Canvas:
    """A cross-section of a mask through the hole; what is `lost` of the hole is red."""
    w, h = PLOT
    xs = [x / 2 for x in range(int(w) * 2 + 1)]
    curve = "L".join(f"{x:g} {h - (h - 4) * mask(x):.4g}" for x in xs)
    found = [f'<path d="M0 {h:g}L{curve}L{w:g} {h:g}Z" fill="@faint"/>']
    if lost:
        inside = [x for x in xs if binary(x)]
        under = "L".join(f"{x:g} {h - (h - 4) * mask(x):.4g}" for x in inside)
        found.append(f'<path d="M{EDGES[0]:g} 4L{under}L{EDGES[1]:g} 4Z" fill="@loss-edge"/>')
    found.append(f'<path d="M{curve}" fill="none" stroke="@ink" stroke-width="2"/>')
    sides = "".join(f"M{x:g} -2V{h + 2:g}" for x in EDGES)
    found.append(f'<path d="{sides}" stroke="@line" stroke-dasharray="3 3"/>')
    return Canvas(w, h, found)


def brushnet_blend() -> Figure:
    """Follow a cross-section of the mask through blur, union and blending."""
    w, h = PLOT
    stops = [
        f'<stop offset="{x / w:.4g}" stop-color="@sun" stop-opacity="{united(x):.3g}"/>'
        for x in range(0, int(w) + 1, 5)
    ]
    strip = [
        f'<linearGradient id="blend">{"".join(stops)}</linearGradient>',
        f'<rect width="{w:g}" height="{h:g}" rx="5" fill="@far"/>',
        f'<rect width="{w:g}" height="{h:g}" rx="5" fill="url(#blend)"/>',
    ]
    for x, name in ((40, "$x_{orig}$"), (w / 2, "$x_{gen}$"), (w - 40, "$x_{orig}$")):
        strip += words(x, h / 2, name, "on-bright")
    plots = [section(binary), section(blurred, lost=True), section(united), Canvas(w, h, strip)]
    names = (
        "掩码 $m$：洞内为 1",
        "模糊 $G(m)$：洞边不足 1",
        "并上 $m$：$m̃$ 在洞内恒为 1",
        "按 $m̃$ 混合",
    )
    steps = [column(Text(name), plot, gap=5) for name, plot in zip(names, plots, strict=True)]
    return Figure(column(*steps, gap=14))


# IC-Light ---------------------------------------------------------------------------------------


def ball(*lights: str) -> Canvas:
    """A ball in the dark, with the light of some of the lamps "warm", left, and "cool", right."""
    found = ['<g style="isolation:isolate">', '<circle cx="38" cy="38" r="37" fill="@deep"/>']
    for light in lights:
        x = 0.12 if light == "warm" else 0.88
        found += [
            f'<radialGradient id="{light}-{len(lights)}" cx="{x}" cy=".35" r=".85">'
            f'<stop offset="0" stop-color="@{light}"/>'
            f'<stop offset=".35" stop-color="@{light}" stop-opacity=".85"/>'
            f'<stop offset="1" stop-color="@{light}" stop-opacity="0"/></radialGradient>',
            f'<circle cx="38" cy="38" r="37" fill="url(#{light}-{len(lights)})" '
            f'style="mix-blend-mode:screen"/>',
        ]
    return Canvas(76, 76, [*found, "</g>"])


def lamp(light: str) -> Canvas:
    """A lamp of one colour with its rays."""
    rays = "M13 1V4M13 22V25M1 13H4M22 13H25M4.5 4.5 6.5 6.5M19.5 19.5 21.5 21.5"
    rays += "M4.5 21.5 6.5 19.5M19.5 6.5 21.5 4.5"
    return Canvas(
        26,
        26,
        [
            f'<circle cx="13" cy="13" r="6.5" fill="@{light}"/>',
            f'<path d="{rays}" stroke="@{light}" stroke-width="2" stroke-linecap="round"/>',
        ],
    )


def light_transport() -> Figure:
    """Add two appearances, and compare with one appearance under both lights."""
    left, right = row(lamp("warm"), ball("warm"), gap=4), row(ball("cool"), lamp("cool"), gap=4)
    below = Space(30, 1)  # as wide as a lamp: the names are below the balls
    names = (
        row(below, Text("$I_{L₁}$"), gap=0),
        None,
        row(Text("$I_{L₂}$"), below, gap=0),
    )
    both = row(lamp("warm"), ball("warm", "cool"), lamp("cool"), gap=4)
    apart = Grid((left, Sign(), right), names, gap=(16, 4))
    same = Box("两者要一致", "loss")
    together = column(both, Text("$I_{L₁+L₂}$"), gap=4)
    fig = Figure(column(Text("外观相加"), apart, same, together, Text("光源相加"), gap=14))
    fig.arrow(apart, same)
    fig.arrow(together, same)
    return fig


def iclight_model() -> Figure:
    """Concatenate latents in channels and feed the widened first convolution."""
    tiles = [
        Tile(pictures.noise, "$z_t$"),
        Tile(pictures.cut_out, "前景"),
        Tile(pictures.dusk, "背景（可选）"),
    ]
    groups = [Tokens([kind] * 4, 20) for kind in ("noise", "data", "-data")]
    first = Box("首层卷积：新通道从 0 起", "trained", w=290)
    net, text = Box("U-Net", "trained", w=110, h=44), Tile(pictures.prompt, "文本")
    decoder, result = Box("VAE 解码", "frozen"), Tile(pictures.relit)
    table = Grid(tuple(tiles), tuple(groups), gap=(10, 20))
    middle = Grid((text, net, Space(48, 1)), gap=(24, 0))
    last = row(Space(48, 1), decoder, result, gap=24)
    fig = Figure(column(table, first, middle, last, gap=20))
    for tile, group in zip(tiles, groups, strict=True):
        fig.chain(tile, group, first)
    fig.chain(first, net, decoder, result)
    fig.arrow(text.right(), net.left().shifted(y=text.right().y - net.left().y))
    return fig


# ACE and ACE++ ----------------------------------------------------------------------------------


def ace_structure() -> Figure:
    """Make one long sequence of a conversation and keep only the target of it."""
    inputs = [
        Tile(pictures.prompt, "指令 $T$", w=64),
        Tile(pictures.photo, "上一轮图", w=64),
        Tile(pictures.photo, "当前图", w=64),
        Tile(pictures.noise, "目标 $x_t$", w=64),
    ]
    text, images = Box("文本编码", "frozen", w=76), Box("VAE 编码", "frozen", w=136)
    marks = Box("+ 图像指示符嵌入", "trained", w=304)
    sequence = [
        Tokens(["data", ("data", "1"), ("data", "2")]),
        Tokens([("data", "1")] * 3),
        Tokens([("data", "2")] * 3),
        Tokens(["noise"] * 3),
    ]
    core = Box("扩散 Transformer × N", "trained", w=304, h=44)
    output = [Tokens([kind] * 3) for kind in ("-data", "-data", "data")]
    decoder, image = Box("VAE 解码", "frozen", w=84), Tile(pictures.photo)
    fig = Figure(
        column(
            row(*inputs, gap=16),
            row(text, images, Space(76, 1), gap=8),
            marks,
            row(*sequence, gap=20),
            core,
            row(Text("只取目标"), *output, gap=20),
            row(Space(124, 1), image, decoder, gap=24),
            gap=18,
        )
    )
    for i, (tile, tokens) in enumerate(zip(inputs, sequence, strict=True)):
        fig.chain(tile, (text, images, images, marks)[i])
        fig.arrow(Port(tokens.top().x, marks.bottom().y, dy=1), tokens)
        fig.arrow(tokens, core)
    for tokens in output:
        fig.arrow(Port(tokens.top().x, core.bottom().y, dy=1), tokens)
    fig.chain(output[-1], decoder, image)
    return fig


def ace_attention() -> Figure:
    """Draw the two attentions as matrices: who looks, in rows, at what, in columns."""
    images = [
        Tile(pictures.photo, "$V_{i-1}$", 36),
        Tile(pictures.photo, "$I$", 36),
        Tile(pictures.noise, "$x_t$", 36),
    ]
    texts = [Tile(pictures.prompt, f"$T_{{{i}}}$", 36) for i in ("i-1", "i")]

    def cells(seen: str) -> list[Box]:
        return [Box("", "seen" if c == "1" else "data", w=36, h=36, badge=False) for c in seen]

    between = Space(12, 1)
    rows = [
        (Text(name), None, *cells("111"), None, *cells(seen))
        for name, seen in (("上一轮图", "10"), ("当前图", "01"), ("目标图", "01"))
    ]
    body = Grid((Space(1, 22),), (None, Space(2, 1), *images, between, *texts), *rows, gap=(4, 4))
    fig = Figure(body)
    fig.label(images[1].top().x, body.y + 8, "自注意力")
    fig.label((texts[0].x + texts[1].x + 36) / 2, body.y + 8, "交叉注意力")
    return fig


def acepp_lcu() -> Figure:
    """Join along the sequence (LCU) or, within each unit, along the channels (LCU++)."""
    short = [Tokens([kind] * 4, 22) for kind in ("data", "data", "noise")]
    names = ("参考图", "输入图", "目标")
    lcu = Grid([Text(name) for name in names], short, gap=(10, 4))
    layers = [
        (Text(name), Tokens([kind] * 4, 22), Tokens([kind] * 4, 22))
        for name, kind in (("$I$", "data"), ("$M$", "mask"), ("$X_t$", "noise"))
    ]
    units = Grid((None, Text("参考单元"), Text("目标单元")), *layers, gap=(14, 3))
    embed = Box("x-embed", "trained", w=214)
    tokens = row(*(Tokens(["data"] * 4, 22) for _ in range(2)), gap=14)
    narrow = column(embed, tokens, gap=18)
    fig = Figure(
        column(
            Text("LCU：序列拼接，12 个 token"),
            lcu,
            Space(1, 2),
            Text("LCU++：通道拼接，8 个 token"),
            units,
            row(Space(20, 1), narrow, gap=14),
            gap=12,
        )
    )
    for unit, part in zip(layers[-1][1:], tokens.rows[0], strict=True):
        assert part
        fig.arrow(unit, embed)
        fig.arrow(embed, part)
    return fig


def cloud(x: float, y: float, spread: float) -> list[str]:
    """Points of a Gaussian around (x, y), along a spiral."""
    found = []
    for i in range(1, 60):
        r = spread * sqrt(-log(1 - i / 60))
        a, b = x + r * cos(2.4 * i), y + r * sin(2.4 * i)
        found.append(f'<circle cx="{a:.4g}" cy="{b:.4g}" r="2" fill="@grain"/>')
    return found


def data_curve(x: float, y: float) -> list[str]:
    """Points along a curve through (x, y): data fills little of its space."""
    return [
        f'<circle cx="{x + 24 * t:.4g}" cy="{y + 22 * t + 16 * t**3:.4g}" r="2" fill="@near"/>'
        for t in (i / 10 - 1 for i in range(21))
    ]


def dot(x: float, y: float) -> str:
    """A point with a name."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="4.5" fill="@ink"/>'


def acepp_velocity() -> Figure:
    """Draw the velocity as the tangent of a straight path, and a sample that follows it."""
    (x0, y0), (x1, y1) = (50.0, 146.0), (262.0, 44.0)
    xt, yt = x0 + 0.38 * (x1 - x0), y0 + 0.38 * (y1 - y0)
    tip = (xt + 0.42 * (x1 - x0), yt + 0.42 * (y1 - y0))
    guess = (tip[0] + 2, tip[1] + 36)
    path = [
        *cloud(x0, y0, 22),
        *data_curve(x1, y1),
        *arrow_path([(x0, y0), (x1, y1)], "line", head=0, dashed=True),
        *arrow_path([tip, guess], "loss-edge", width=2, head=0, dashed=True),
        *arrow_path([(xt, yt), tip], "ink", width=3, head=12),
        *arrow_path([(xt, yt), guess], "trained-edge", width=3, head=12),
        *(dot(x, y) for x, y in ((x0, y0), (xt, yt), (x1, y1))),
        *words(x0, y0 + 56, "噪声 $x_0$"),
        *words(xt, yt - 16, "$x_t$"),
        *words(x1 + 2, y1 + 76, "数据 $x_1$"),
        *words(tip[0] - 34, tip[1] - 14, "$u_t = x_1 − x_0$", anchor="end"),
        *words(guess[0] - 30, guess[1] + 20, "$v_θ$"),
        *words(tip[0] + 8, tip[1] + 20, "损失", anchor="start"),
    ]
    steps = [(40.0, 72.0), (98.0, 50.0), (156.0, 36.0), (212.0, 28.0), (262.0, 26.0)]
    walk = [*cloud(40, 72, 13), *data_curve(266, 30)]
    for a, b in pairwise(steps):
        walk += arrow_path([a, b], "trained-edge", width=2.4, head=10)
    walk += words(166, 76, "$x_{t+Δt} = x_t + v_θ Δt$")
    training, sampling = Canvas(304, 212, path), Canvas(304, 100, walk)
    return Figure(
        column(Text("训练：学直线上的速度"), training, Text("生成：一步步走"), sampling, gap=6)
    )


# Persons and styles -----------------------------------------------------------------------------


def ipadapter_structure() -> Figure:
    """Give image and text a cross-attention of their own with one query."""
    text, image = Tile(pictures.prompt, "文本"), Tile(pictures.photo, "参考图")
    text_encoder, image_encoder = Box("CLIP 文本", "frozen"), Box("CLIP 图像", "frozen")
    text_tokens = column(Tokens(["data"] * 5), Text("$c_t$"), gap=2)
    image_tokens = column(Tokens(["data"] * 4), Text("$c_i$"), gap=2)
    project = Box("线性层 + LN", "trained")
    text_attention = Box("文本注意力\n$K, V$", "frozen")
    image_attention = Box("图像注意力\n$K′, V′$", "trained")
    feature, query, total = Text("$Z$"), Box("$Q$", "frozen", badge=False), Sign()
    result = Text("$Z^{new}$")
    fig = Figure(
        Grid(
            (text, None, image),
            (text_encoder, None, image_encoder),
            (None, None, project),
            (text_tokens, feature, image_tokens),
            (text_attention, query, image_attention),
            (None, total),
            (None, result),
            gap=(20, 18),
        )
    )
    fig.chain(text, text_encoder, text_tokens, text_attention)
    fig.chain(image, image_encoder, project, image_tokens, image_attention)
    fig.chain(feature, query)
    fig.arrow(query, text_attention)
    fig.arrow(query, image_attention)
    fig.arrow(text_attention.bottom(), total.left())
    fig.arrow(image_attention.bottom(), total.right(), label="× $λ$", side="below")
    fig.chain(total, result)
    return fig


def instantid_structure() -> Figure:
    """Bring the identity in twice: by cross-attention and by IdentityNet."""
    person, points = Tile(pictures.face, "参考脸"), Tile(pictures.keypoints, "5 个关键点")
    recognize, project = Box("人脸识别", "frozen"), Box("投影", "trained")
    tokens = column(Tokens(["data"] * 4), Text("ID token"), gap=2)
    adapter, identity = Box("图像适配器", "trained"), Box("IdentityNet", "trained", w=112, h=60)
    text, net = Tile(pictures.prompt, "文本"), Box("SDXL U-Net", "frozen", w=300, h=40)
    result = Tile(pictures.person_in_scene)
    fig = Figure(
        column(
            Grid(
                (person, points),
                (recognize, None),
                (project, None),
                (tokens, identity),
                (adapter, None),
                gap=(70, 18),
            ),
            net,
            row(text, result, gap=126),
            gap=24,
        )
    )
    fig.chain(person, recognize, project, tokens, adapter, net)
    fig.chain(points, identity)
    fig.arrow(tokens.right(), identity.left(), label="代替文本", side="above")
    fig.arrow(identity, net, label="残差")
    fig.chain(text, net)
    fig.chain(net, result)
    return fig


def photomaker_structure() -> Figure:
    """Put the stacked ID embedding in the place of the class word."""
    photos = row(*(Tile(pictures.face, "", 38) for _ in range(3)), gap=4)
    prompt = Tokens([("data", word) for word in ("man", "在", "海边")], 44)
    image_encoder, text_encoder = Box("CLIP 图像", "trained"), Box("文本编码", "frozen")
    image_tokens = Tokens([("data", f"$e^{i}$") for i in (1, 2, 3)], 32)
    text_tokens = Tokens([("frozen", "$f$"), "data", "data"], 32)
    fuse = Box("MLP", "trained", w=96)
    stacked = Tokens([*(("trained", f"$ê^{i}$") for i in (1, 2, 3)), "data", "data"], 32)
    name = Text("$t^∗$：类别词换成 ID 嵌入")
    attention, lora = Box("SDXL U-Net", "frozen", w=150), Box("+ LoRA", "trained")
    net, result = row(attention, lora, gap=10), Tile(pictures.person_in_scene)
    fig = Figure(
        column(
            Grid(
                (photos, prompt),
                (image_encoder, text_encoder),
                (image_tokens, text_tokens),
                (fuse, None),
                gap=(24, 20),
            ),
            stacked,
            name,
            net,
            result,
            gap=18,
        )
    )
    fig.chain(photos, image_encoder, image_tokens, fuse)
    fig.chain(prompt, text_encoder, text_tokens)
    fig.arrow(text_tokens.cell(0).bottom(), fuse.right())
    fig.arrow(fuse, stacked)
    fig.arrow(text_tokens.cell(2).bottom(), stacked.cell(4).top())
    fig.chain(name, net, result)
    return fig


def pulid_structure() -> Figure:
    """Compare a fast branch with and without the identity, beside the usual training."""
    start, noisy = Tile(pictures.noise, "$x_T$"), Tile(pictures.noise, "$z_t$")
    plain, same = Box("Lightning\n无 ID", "frozen"), Box("对齐 $L_{align}$", "loss")
    with_id, usual = Box("Lightning\n有 ID", "frozen"), Box("单步去噪\n有 ID", "frozen")
    scene, portrait = Tile(pictures.photo), Tile(pictures.person_in_scene)
    encoder, person = Box("ID 编码器", "trained"), Tile(pictures.face, "参考脸")
    like, diffusion = Box("身份 $L_{id}$", "loss"), Box("扩散 $L_{diff}$", "loss")
    fig = Figure(
        Grid(
            (None, plain, scene),
            (start, same, None),
            (None, with_id, portrait),
            (None, None, like),
            (None, encoder, person),
            (noisy, usual, diffusion),
            gap=(22, 18),
        )
    )
    fig.arrow(start.top(), plain.left())
    fig.arrow(start.bottom(), with_id.left())
    fig.chain(plain, scene)
    fig.chain(with_id, portrait, like)
    fig.chain(person, like)
    fig.chain(person, encoder)
    fig.chain(plain, same)
    fig.chain(with_id, same)
    fig.arrow(encoder, with_id, "trained-edge")
    fig.arrow(encoder, usual, "trained-edge")
    fig.chain(noisy, usual, diffusion)
    return fig


FIGURES: dict[str, Callable[[], Figure]] = {
    "可控性相关/images/controlnet-structure": controlnet_structure,
    "可控性相关/images/zero-convolution": zero_convolution,
    "可控性相关/images/brushnet-structure": brushnet_structure,
    "可控性相关/images/brushnet-blend": brushnet_blend,
    "可控性相关/images/iclight-light-transport": light_transport,
    "可控性相关/images/iclight-model": iclight_model,
    "可控性相关/images/ace-structure": ace_structure,
    "可控性相关/images/ace-attention": ace_attention,
    "可控性相关/images/acepp-lcu": acepp_lcu,
    "可控性相关/images/acepp-velocity": acepp_velocity,
    "风格迁移相关/images/ipadapter-structure": ipadapter_structure,
    "人像生成相关/images/instantid-structure": instantid_structure,
    "人像生成相关/images/photomaker-structure": photomaker_structure,
    "人像生成相关/images/pulid-structure": pulid_structure,
}


def files() -> dict[str, str]:
    """Every figure as {path in the folder of the notes: SVG}."""
    drawn = {name: draw() for name, draw in FIGURES.items()}
    return {
        f"{name}{ending}.svg": figure.svg(palette)
        for name, figure in drawn.items()
        for ending, palette in PALETTES.items()
    }


def main() -> None:
    """Write every figure into the images folder beside its note."""
    for name, svg in files().items():
        (ROOT / name).write_text(svg, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
