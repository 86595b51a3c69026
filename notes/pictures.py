"""Small pictures for the figures of the notes: lists of SVG elements in a square of 48 units.

Colours are names ("@sun") of the palettes in `drawing.py`.
"""

from __future__ import annotations


def tile_frame(fill: str) -> str:
    """The ground of a small picture."""
    return f'<rect width="48" height="48" rx="5" fill="@{fill}"/>'


def tile_edge() -> str:
    """The border of a small picture, drawn last."""
    return (
        '<rect x=".75" y=".75" width="46.5" height="46.5" rx="5" fill="none" '
        'stroke="@data-edge" stroke-width="1.5"/>'
    )


def photo() -> list[str]:
    """A landscape: what an image is in these figures."""
    return [
        tile_frame("sky"),
        '<circle cx="36" cy="12" r="5" fill="@sun"/>',
        '<path d="M1 34 16 18 34 36V42L1 47Z" fill="@far"/>',
        '<path d="M1 42V43Q1 47 5 47H43Q47 47 47 43V38L34 24 16 43 8 36Z" fill="@near"/>',
        tile_edge(),
    ]


def outline() -> list[str]:
    """The edges of that landscape: a condition image."""
    lines = "M2 34 16 18 26 29M2 42 8 36 16 43 34 24 46 37"
    return [
        tile_frame("night"),
        '<circle cx="36" cy="12" r="5" fill="none" stroke="@chalk" stroke-width="1.8"/>',
        f'<path d="{lines}" fill="none" stroke="@chalk" stroke-width="1.8"/>',
        tile_edge(),
    ]


def noise_grains(size: float, count: int) -> list[str]:
    """A square of grains of four shades, the same ones each time."""
    step, state = (size - 4) / count, 1
    shades: dict[int, list[str]] = {1: [], 2: [], 3: []}
    for i in range(count * count):
        state = (state * 1103515245 + 12345) % 2**31
        if shade := state >> 16 & 3:
            x, y = 2 + i % count * step, 2 + i // count * step
            shades[shade].append(f"M{x:.4g} {y:.4g}h{step:.4g}v{step:.4g}h{-step:.4g}z")
    return [
        f'<path d="{"".join(grains)}" fill="@grain" fill-opacity="{shade / 3:.2g}"/>'
        for shade, grains in shades.items()
    ]


def noise() -> list[str]:
    """Pure noise, or a latent under it."""
    return [tile_frame("data"), *noise_grains(48, 11), tile_edge()]


HOLE = '<path d="M17 20Q24 12 32 19T31 34 17 33 17 20Z" fill="@{}"/>'


def mask() -> list[str]:
    """A binary mask; the hole is white."""
    return [tile_frame("night"), HOLE.format("chalk"), tile_edge()]


def masked_photo() -> list[str]:
    """The landscape with a hole."""
    return [*photo()[:-1], HOLE.format("night"), tile_edge()]


def face(ground: str = "sky") -> list[str]:
    """A person."""
    return [
        tile_frame(ground),
        '<path d="M8 47Q9 36 24 36T40 47Z" fill="@shirt"/>',
        '<path d="M20 30h8v8q-4 4-8 0Z" fill="@skin"/>',
        '<ellipse cx="24" cy="22" rx="10" ry="12" fill="@skin"/>',
        '<path d="M12 24Q10 7 24 7T36 24Q34 15 27 14 18 18 15 17 13 19 12 24Z" fill="@hair"/>',
        '<circle cx="20" cy="23" r="1.5" fill="@hair"/>',
        '<circle cx="28" cy="23" r="1.5" fill="@hair"/>',
        '<path d="M20 29Q24 32 28 29" fill="none" stroke="@hair" stroke-width="1.4"/>',
        tile_edge(),
    ]


def cut_out() -> list[str]:
    """A person before neutral grey."""
    return face("grey")


def person_in_scene() -> list[str]:
    """A person before the landscape."""
    return [*photo()[:-1], *face()[1:]]


def dusk() -> list[str]:
    """A background with its own light."""
    return [
        tile_frame("dusk"),
        '<circle cx="24" cy="30" r="9" fill="@sun"/>',
        '<path d="M1 32H47V43Q47 47 43 47H5Q1 47 1 43Z" fill="@night"/>',
        tile_edge(),
    ]


def relit() -> list[str]:
    """The person in the light of that background."""
    return [*dusk()[:-1], *face()[1:]]


def keypoints() -> list[str]:
    """Two eyes, the nose and the corners of the mouth."""
    spots = ((16, 18), (32, 18), (24, 26), (18, 34), (30, 34))
    dots = [f'<circle cx="{x}" cy="{y}" r="3" fill="@sun"/>' for x, y in spots]
    return [tile_frame("night"), *dots, tile_edge()]


def prompt() -> list[str]:
    """Lines of writing."""
    lines = '<path d="M9 14H39M9 24H33M9 34H37" stroke="@line" stroke-width="3.5"/>'
    return [tile_frame("data"), lines, tile_edge()]


# On what is frozen a snowflake, on what is trained a flame; (0, 0) is the middle.
BADGES = {
    "frozen": [
        '<path d="M0-6V6M-5.2-3 5.2 3M-5.2 3 5.2-3" stroke="@frozen-edge" stroke-width="1.8" '
        'stroke-linecap="round"/>'
    ],
    "trained": [
        '<path d="M0-7C1-3 5-2 5 2A5 5 0 0 1-5 2C-5 0-4-1-3-2C-2 0-1 0-1-1C-2-3-1-5 0-7Z" '
        'fill="@trained-edge"/>'
    ],
}
