"""A sketch of a text: 72 characters that tell how much of it another text shares.

It is kept in the lock, so `sketch` may never give another result for the same text."""

from __future__ import annotations

import re
import sys
import zlib
from array import array
from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Iterable, Iterator
from struct import calcsize, pack, unpack
from typing import NamedTuple

CJK = "\u2e80"  # where the CJK scripts begin

# A word, "c++" and "c#" too, or one CJK character: "用LoRA训练" -> 用, lora, 训, 练
TOKEN = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]"
    r"|[^\W_\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+[+#]*"
)

BINS = 24  # of a sketch, two bytes each

LAYOUT = f">IH{BINS}H"  # checksum of the text, number of shingles, bins

BYTES = calcsize(LAYOUT)  # 54


class Sketch(NamedTuple):
    """A sketch, read: checksum of the whole text, number of shingles, least hash of each bin."""

    checksum: int
    size: int
    bins: tuple[int, ...]


def sketch(text: str) -> str:
    """Sketch a text in 72 characters, enough to tell how much of it another text shares.

    One-permutation min-hashing (Li, Owen and Zhang 2012) with 16 bits of each least hash: the
    shingles of the text are hashed into 24 bins, and two texts have the least hash of a bin in
    common as often as they have shingles in common. An empty bin is 0.
    """
    shingles = _shingles(TOKEN.findall(text.casefold()))
    least = [0] * BINS
    for shingle in shingles:
        # CRC-32 alone spreads like texts badly; the odd factor (2 ** 64 / golden ratio) mixes it.
        mixed = zlib.crc32(shingle.encode()) * 0x9E3779B97F4A7C15 >> 16 & 0xFFFFFFFFFFFF
        place, value = mixed % BINS, mixed // BINS
        if not least[place] or value < least[place]:
            least[place] = value
    bins = [value and ((value & 0xFFFF) or 1) for value in least]
    data = pack(LAYOUT, zlib.crc32(text.encode()), min(len(shingles), 0xFFFF), *bins)
    return b64encode(data).decode("ascii")


def unpacked(sketch: str) -> bytes:
    """The bytes of a sketch; the first four tell its text from others. Raises ValueError."""
    data = a2b_base64(sketch)
    if len(data) != BYTES:
        raise ValueError(f"a sketch has {BYTES} bytes, not {len(data)}")
    return data


def read_sketch(text: str) -> Sketch:
    """Read what `sketch` wrote. Raises ValueError for anything else."""
    check, size, *bins = unpack(LAYOUT, unpacked(text))
    return Sketch(check, size, tuple(bins))


def bins_in_columns(sketches: Iterable[bytes]) -> Iterator[array[int]]:
    """The bins of many unpacked sketches, all first ones, then all second ones, and so on."""
    values = array("H", b"".join(sketches))
    if sys.byteorder == "little":
        values.byteswap()
    return (values[BYTES // 2 - BINS + place :: BYTES // 2] for place in range(BINS))


def _shingles(tokens: list[str]) -> set[str]:
    """Pairs of neighbouring words; of CJK characters threes, because two are often one word."""
    if len(tokens) < 3:
        return {" ".join(tokens)} if tokens else set()
    return {
        f"{a} {b} {c}" if a >= CJK and b >= CJK else f"{a} {b}"
        for a, b, c in zip(tokens, tokens[1:], [*tokens[2:], ""], strict=False)
    }
