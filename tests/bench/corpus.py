"""Made-up notes for the measurements: the same seed gives the same notes, in any tool's dialect.

A question is a title and a list of Markdown blocks. What the blocks are made of follows real
interview notes: most answers are short lists and paragraphs, a third holds code, a fifth formulas,
some a table, raw HTML or a picture; the text is English, Chinese or both. All of it is nonsense.
"""

from __future__ import annotations

import random
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

_ENGLISH = """
    the a of in to and is for with by from on as each when while so that it this model queue cache
    lock thread token layer index branch node graph batch step value state event page stream retry
    timeout leader replica shard buffer request signal kernel gradient weight sample score keeps
    holds sends reads writes merges splits drops copies waits returns blocks grows shrinks small
    large first last new old same other slow fast simple shared local remote stable
"""
_CHINESE = """
    模型 队列 缓存 线程 索引 节点 图 批次 步骤 状态 事件 页面 请求 信号 梯度 权重 样本 分数 我们
    可以 需要 通过 使用 保持 读取 写入 合并 拆分 等待 返回 阻塞 增长 较小 较大 首先 最后 相同
    其他 简单 共享 本地 远程 稳定 因此 但是 如果 那么 的 是 在 和 与 对 把
"""
ENGLISH, CHINESE = _ENGLISH.split(), _CHINESE.split()
CODE = {
    "python": "def {0}({1}):\n    for {2} in {1}:\n        yield {2} + {3}  # {4}\n",
    "go": "func {0}({1} int) int {{\n\tif {1} > {3} {{\n\t\treturn {2}\n\t}}\n\treturn 0\n}}\n",
    "javascript": "const {0} = async ({1}) => {{\n  const {2} = await {1}.{4}({3});\n}};\n",
    "bash": 'for {0} in {1} {2}; do\n  echo "${0}" | grep -c {4}  # {3}\ndone\n',
    "sql": "SELECT {0}, count(*) FROM {1}\nWHERE {2} < {3}\nGROUP BY {0}; -- {4}\n",
}
FORMULAS = (
    r"\epsilon_\theta(x_t, t)",
    r"\frac{{1}}{{n}} \sum_{{i=1}}^{{n}} x_i^{{{0}}}",
    r"L = \mathbb{{E}}\,\|x - y_{{{0}}}\|^2",
    r"p(x) = \prod_t p_\theta(x_t | x_{{<t}})",
    r"\alpha_{{{0}}} \in [0, 1]",
)


@dataclass(frozen=True)
class Asked:
    """A question with its answer, as Markdown that no dialect has touched."""

    title: str
    blocks: tuple[str, ...]

    @property
    def answer(self) -> str:
        """The blocks as one text."""
        return "\n\n".join(self.blocks)


@dataclass(frozen=True)
class Chapter:
    """What one note file holds; `path` is posix without a suffix, `pictures` are named in it."""

    path: str
    title: str
    questions: tuple[Asked, ...]
    pictures: tuple[str, ...]


def chapters(questions: int, files: int, pictures: int, seed: int = 1) -> list[Chapter]:
    """Make notes of so many questions and files; pictures are named `p0.png`, `p1.png`, ..."""
    shares = [questions * (i + 1) // files - questions * i // files for i in range(files)]
    named = [range(pictures * i // files, pictures * (i + 1) // files) for i in range(files)]
    return [
        _chapter(random.Random(f"{seed} {i}"), i, share, [f"p{n}.png" for n in numbers])
        for i, (share, numbers) in enumerate(zip(shares, named, strict=True))
    ]


def _chapter(rng: random.Random, number: int, share: int, pictures: list[str]) -> Chapter:
    places = {rng.randrange(share): picture for picture in pictures}
    asked = [_asked(rng, places.get(i)) for i in range(share)]
    for picture in sorted(set(pictures) - set(places.values())):  # two fell on one question
        last = asked[-1]
        asked[-1] = Asked(last.title, (*last.blocks, f"![{_words(rng, 2, False)}](img/{picture})"))
    folder = f"part{number // 40:02}"
    return Chapter(f"{folder}/file{number:04}", _title(rng), tuple(asked), tuple(pictures))


def _asked(rng: random.Random, picture: str | None) -> Asked:
    chinese = rng.random() < 0.5
    blocks = [_paragraph(rng, chinese)]
    if rng.random() < 0.7:
        blocks.append(_list(rng, chinese))
    if rng.random() < 0.3:
        blocks.append(_code(rng))
    if rng.random() < 0.2:
        blocks.append(_formula(rng, chinese))
    if rng.random() < 0.08:
        blocks.append(_table(rng, chinese))
    if rng.random() < 0.06:
        blocks.append(_raw_html(rng, chinese))
    if picture:
        blocks.append(f"![{_words(rng, 2, False)}](img/{picture})")
    if rng.random() < 0.4:
        blocks.append(_paragraph(rng, chinese))
    return Asked(_title(rng), tuple(blocks))


def _words(rng: random.Random, count: int, chinese: bool) -> str:
    if not chinese:
        return " ".join(rng.choices(ENGLISH, k=count))
    words = rng.choices(CHINESE, k=count)
    if rng.random() < 0.3:
        words[rng.randrange(count)] = f" {rng.choice(ENGLISH)} "
    return "".join(words).strip()


def _title(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return f"为什么{_words(rng, 4, True)}需要{_words(rng, 3, True)}？"
    return f"What does {_words(rng, rng.randint(3, 7), False)} mean?"


def _sentence(rng: random.Random, chinese: bool) -> str:
    text = _words(rng, rng.randint(6, 18), chinese)
    if rng.random() < 0.3:
        text += f" **{_words(rng, 2, chinese)}** " + _words(rng, 3, chinese)
    if rng.random() < 0.25:
        text += f" `{rng.choice(ENGLISH)}_{rng.choice(ENGLISH)}`"
    if rng.random() < 0.05:
        text += f" [{_words(rng, 2, chinese)}](https://example.org/{rng.choice(ENGLISH)})"
    return text + ("。" if chinese else ".")


def _paragraph(rng: random.Random, chinese: bool) -> str:
    between = "" if chinese else " "
    return between.join(_sentence(rng, chinese) for _ in range(rng.randint(1, 4)))


def _list(rng: random.Random, chinese: bool) -> str:
    ordered = rng.random() < 0.3
    lines = []
    for i in range(rng.randint(2, 6)):
        lines.append(f"{i + 1}. " * ordered + "- " * (not ordered) + _sentence(rng, chinese))
        if rng.random() < 0.25:
            lines += [f"    - {_sentence(rng, chinese)}" for _ in range(rng.randint(1, 3))]
    return "\n".join(lines)


def _code(rng: random.Random) -> str:
    language = rng.choice(sorted(CODE))
    pieces = [
        CODE[language].format(*rng.choices(ENGLISH[12:], k=3), rng.randint(1, 99), "get")
        for _ in range(rng.randint(1, 6))
    ]
    return f"```{language}\n{chr(10).join(pieces)}```"


def _formula(rng: random.Random, chinese: bool) -> str:
    tex = rng.choice(FORMULAS).format(rng.randint(1, 9))
    if rng.random() < 0.5:
        return f"$$\n{tex}\n$$"
    return f"{_words(rng, 4, chinese)} ${tex}$ {_words(rng, 4, chinese)}"


def _table(rng: random.Random, chinese: bool) -> str:
    rows = [[_words(rng, 2, chinese) for _ in range(3)] for _ in range(rng.randint(2, 5))]
    head, *body = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([head, "|---|---|---|", *body])


def _raw_html(rng: random.Random, chinese: bool) -> str:
    words = _words(rng, 8, chinese)
    return f"<details><summary>{_words(rng, 2, chinese)}</summary><p>{words}<br>x</p></details>"


# Pictures ---------------------------------------------------------------------------------------


def write_pictures(folder: Path, names: tuple[str, ...], seed: int = 1) -> None:
    """Write each named picture: a grey PNG of noise with 100 to 200 kB."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        rng = random.Random(f"{seed} {name}")
        folder.joinpath(name).write_bytes(_png(rng, 400, rng.randint(250, 500)))


def _png(rng: random.Random, width: int, height: int) -> bytes:
    lines = b"".join(b"\0" + rng.randbytes(width) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 0)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + crc


# As ankify reads them ----------------------------------------------------------------------------


def as_notes(chapter: Chapter) -> str:
    """Numbered headings."""
    sections = (
        f"## {number}. {asked.title}\n\n{asked.answer}\n"
        for number, asked in enumerate(chapter.questions, 1)
    )
    return f"# {chapter.title}\n\n" + "\n".join(sections)


def write_notes(made: list[Chapter], folder: Path) -> None:
    """Write a folder of notes with its pictures."""
    for chapter in made:
        file = folder / f"{chapter.path}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(as_notes(chapter), encoding="utf-8")
        write_pictures(file.parent / "img", chapter.pictures)


def edit(folder: Path, chapter: Chapter, times: int) -> None:
    """Edit one answer of a written chapter."""
    first, *rest = chapter.questions
    edited = Asked(first.title, (*first.blocks, "One more sentence. " * times))
    changed = Chapter(chapter.path, chapter.title, (edited, *rest), chapter.pictures)
    (folder / f"{chapter.path}.md").write_text(as_notes(changed), encoding="utf-8")


def reorganised(made: list[Chapter], seed: int = 2) -> list[Chapter]:
    """The same notes a year later: all renumbered, 5 % reworded, 10 % moved to another file."""
    rng = random.Random(seed)
    kept: list[list[Asked]] = [[] for _ in made]
    for position, chapter in enumerate(made):
        for asked in chapter.questions:
            if rng.random() < 0.05:
                words = asked.title.rstrip("?？")
                asked = Asked(f"{words} {rng.choice(ENGLISH)} {rng.choice(CHINESE)}?", asked.blocks)
            target = rng.randrange(len(made)) if rng.random() < 0.1 else position
            kept[target].append(asked)
    new = Asked("A question that was not here before?", ("It moves all numbers by one.",))
    return [
        Chapter(chapter.path, chapter.title, (new, *questions), chapter.pictures)
        for chapter, questions in zip(made, kept, strict=True)
    ]
