"""Pictures, sounds and films that the notes name -> files to ship under flat, hashed names.

Anki keeps the media of all decks in one folder, never replaces a file under a name it has, and
copies only what a `src` names. So a name carries a hash of the bytes, and `place` writes it
into the HTML.
"""

from __future__ import annotations

import hashlib
import html
import posixpath
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ankify.files import kept, open_file
from ankify.media.sources import AUDIO, REMOTE, SCALED, VIDEO, Finder, Found, Refused
from ankify.model import PICTURES, Content, Location, Media, Problem, Reference
from ankify.timing import at_most

if TYPE_CHECKING:
    from PIL.Image import Image

# <img src="images/a.png" alt="a > b">: render writes src first; group 3 is the other attributes.
MEDIA_TAG = re.compile(r'<(img|audio|video|source) src="([^"]*)"((?:[^<>"]++|"[^"]*+")*+)>')
# <audio src="a.mp3" controls=""> ... </audio>, <video><source src="a.mp4"></video>
PLAYER = re.compile(r"<(audio|video)\b[^<>]*>.*?(?:</\1>|\Z)", re.S)
# The suffix of a path in a `src`: a.svg, a.svg?raw=true, a.svg#gh-light-mode-only
_SUFFIX = re.compile(r"\.\w+(?=$|[?#])")
_CLASS = re.compile(r' class="([^"]*)"')
_EMPTY_ALT = re.compile(r'\salt=""')
NOT_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class MediaOptions:
    """`max_width` in pixels (None: any); `cache` is where downloads and smaller copies are kept."""

    max_width: int | None = None
    fetch: bool = False
    cache: Path | None = None


class Kind(StrEnum):
    """What becomes of a `src`: a picture, sound or film that ships, a link, or a word of regret."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    REMOTE = "remote"
    MISSING = "missing"


class Placement(NamedTuple):
    """What `place` writes for a `src`: `text` is a flat name, an address, or what is missing.

    `night` is the flat name of the picture that takes its place at night, if it has one.
    """

    kind: Kind
    text: str
    night: str = ""


@dataclass(frozen=True)
class Collected:
    """All media by name, and what replaces each (file, src); `max_width` saved `saved` bytes.

    Unless `as_on_github`, a picture on the web that nobody described is described by its address.
    """

    media: tuple[Media, ...] = ()
    problems: tuple[Problem, ...] = ()
    placements: Mapping[tuple[str, str], Placement] = field(default_factory=dict)
    saved: int = 0
    as_on_github: bool = False


def collect_media(
    contents: Iterable[tuple[str, Content]],
    root: Path,
    options: MediaOptions = MediaOptions(),
    *,
    digests: MutableMapping[str, str] | None = None,
) -> Collected:
    """Find every file that the rendered questions refer to.

    `contents` pairs a note file's path (posix, relative to `root`) with a rendering of one of its
    questions. `digests` remembers the hashes of a file by its path, size and times, so that an
    unchanged picture is not read again; new entries are added. Raises AnkifyError if `max_width` is
    set and Pillow is not installed; everything else that is wrong becomes a problem.
    """
    digests = {} if digests is None else digests
    finder = Finder(root, digests, fetch=options.fetch, kept_in=options.cache)
    places: list[tuple[str, Reference]] = []
    results: dict[tuple[str, str], Found | Refused] = {}
    for file, content in contents:  # which may be coming while others are rendered
        for ref in content.references:
            places.append((file, ref))
            if (file, ref.src) not in results and not REMOTE.match(ref.src):
                results[file, ref.src] = finder.find(file, ref.src)
    at_night = _find_at_night(results, finder)
    remote = sorted({(file, ref.src) for file, ref in places} - results.keys())
    finder.fetch(src for _, src in remote)
    results.update((key, finder.find(*key)) for key in remote)
    shipped, saved, unscaled = _ship([*results.values(), *at_night.values()], options)
    placements = {
        key: _placement(result, shipped, at_night.get(key)) for key, result in results.items()
    }
    problems = {
        problem
        for file, ref in places
        for problem in _problems(file, ref, results[file, ref.src], finder, unscaled)
    }
    media = tuple(sorted(shipped.values(), key=lambda item: item.name))
    return Collected(media, tuple(sorted(problems)), placements, saved)


def _find_at_night(
    results: Mapping[tuple[str, str], Found | Refused], finder: Finder
) -> dict[tuple[str, str], Found]:
    """The pictures for the night: `x.dark.svg` beside `x.svg`."""
    found: dict[tuple[str, str], Found] = {}
    for (file, src), result in results.items():
        if isinstance(result, Found) and result.suffix in PICTURES and result.path:
            night = finder.find(file, _SUFFIX.sub(r".dark\g<0>", src, count=1))
            if isinstance(night, Found):
                found[file, src] = night
    return found


def place(text: str, file: str, collected: Collected) -> str:
    """Write the flat names into the HTML of a field of a question of `file`.

    What is missing becomes an element of class `ankify-missing` that names it; sounds become Anki's
    `[sound:name]`. A `src` that was not collected stays as it is.
    """
    if 'src="' not in text:
        return text

    def player(element: re.Match[str]) -> str:
        sources = [_placed(tag, file, collected) for tag in MEDIA_TAG.finditer(element[0])]
        if not sources:
            return element[0]
        good = [source for source in sources if not source.startswith("<span")]
        if element[1] == "audio" or not good:
            return (good or sources)[0]
        return MEDIA_TAG.sub(lambda tag: _placed(tag, file, collected), element[0])

    text = PLAYER.sub(player, text)
    return MEDIA_TAG.sub(lambda tag: _placed(tag, file, collected), text)


def _placed(tag: re.Match[str], file: str, collected: Collected) -> str:
    name, source, rest = tag[1], html.unescape(tag[2]), tag[3]
    placement = collected.placements.get((file, source))
    if placement is None:
        return tag[0]
    text = html.escape(placement.text)
    if placement.kind is Kind.MISSING:
        return f'<span class="ankify-missing">{_text(placement.text)}{_alt(rest)}</span>'
    if placement.kind is Kind.AUDIO:
        return f"[sound:{text}]"
    if name == "img" and (placement.kind is Kind.VIDEO or _is_played(source, VIDEO)):
        return f'<video src="{text}" controls="" playsinline=""></video>'
    if name == "img" and _is_played(source, AUDIO):  # on the web: Anki plays none by its address
        return f'<audio src="{text}" controls=""></audio>'
    if placement.kind is Kind.REMOTE and name == "img" and not collected.as_on_github:
        return f'<img src="{text}"{_with_alt(rest, text)}>'
    if placement.night and name == "img":
        by_day, by_night = _with_class(rest, "by-day"), _with_class(rest, "by-night")
        return f'<img src="{text}"{by_day}><img src="{html.escape(placement.night)}"{by_night}>'
    return f'<{name} src="{text}"{rest}>'


def _is_played(source: str, suffixes: frozenset[str]) -> bool:
    path = _TAIL.sub("", source)
    return bool(REMOTE.match(source)) and posixpath.splitext(path)[1].lower() in suffixes


_TAIL = re.compile(r"[?#].*\Z", re.DOTALL)  # https://example.org/a.mp3?v=2#t=10


def _with_class(attributes: str, name: str) -> str:
    if _CLASS.search(attributes):
        return _CLASS.sub(rf' class="\1 {name}"', attributes, count=1)
    return f'{attributes} class="{name}"'


def _with_alt(attributes: str, address: str) -> str:
    """Say where a picture is that nobody described: without the web, that is all there is of it."""
    if _EMPTY_ALT.search(attributes):
        return _EMPTY_ALT.sub(lambda _: f' alt="{address}"', attributes, count=1)
    return attributes if " alt=" in attributes else f'{attributes} alt="{address}"'


def _alt(attributes: str) -> str:
    alt = re.search(r'\salt="([^"]+)"', attributes)
    return f" ({_text(html.unescape(alt[1]))})" if alt else ""


def _text(words: str) -> str:
    """Text as HTML, in which Anki finds no [sound:a.mp3]."""
    return html.escape(words).replace("[", "&#91;")


# Shipping ----------------------------------------------------------------------------------------


def _ship(
    results: Iterable[Found | Refused], options: MediaOptions
) -> tuple[dict[str, Media], int, dict[str, str]]:
    """A file for each digest, the bytes saved, and why some are not made smaller.

    Of several stems the first names a file.
    """
    chosen: dict[str, Found] = {}
    for found in results:
        if isinstance(found, Found):
            other = chosen.setdefault(found.digest, found)
            chosen[found.digest] = min(found, other, key=lambda it: (_slug(it.stem), str(it.path)))
    shipped, saved, unscaled = {}, 0, {}
    for digest, found in chosen.items():
        data = _smaller(found, options) if options.max_width else b""
        if data.startswith(_FAILED):
            unscaled[digest] = data.removeprefix(_FAILED).decode()
        smaller = None if data.startswith(_FAILED) or not 0 < len(data) < found.size else data
        if smaller is not None:
            saved += found.size - len(smaller)
        shipped[digest] = _media(found, options.max_width, smaller)
    return shipped, saved, unscaled


def _media(found: Found, width: int | None, smaller: bytes | None) -> Media:
    if smaller is None:
        name = _flat_name(found, found.digest)
        return Media(name, found.size, found.path, found.data)
    # Not hashed by its own bytes: another Pillow writes others, and every note would be updated.
    digest = hashlib.sha256(f"{found.digest} {width}".encode()).hexdigest()
    return Media(_flat_name(found, digest), len(smaller), data=smaller)


def _flat_name(found: Found, digest: str) -> str:
    return f"{_slug(found.stem)}-{digest[:12]}{found.suffix}"


def _slug(stem: str) -> str:
    """Lower-case ASCII: `ACE 概览 (2)` -> `ace-2`; what has no such letters is called `image`."""
    ascii_only = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return NOT_SLUG.sub("-", ascii_only.lower())[:40].strip("-") or "image"


def _smaller(found: Found, options: MediaOptions) -> bytes:
    """A copy no wider than `max_width`, as `_scaled` makes it, or as it was kept."""
    if found.suffix not in SCALED or options.max_width is None:
        return b""
    name = f"{found.digest[:32]}-{options.max_width}{found.suffix}"
    width = options.max_width
    # What need not be scaled is kept as no bytes, and not tried again.
    return kept(options.cache and options.cache / name, lambda: _scaled(found, width))


_FAILED = b"!"  # before the reason; no picture begins so
_MOST_PIXELS = 50_000_000  # of a picture to be scaled: 200 MB of memory, some hundred bytes of PNG
_LONGEST = 10  # seconds; Pillow reads a JPEG of 20 MB of filling bytes for longer
_SIDEWAYS = range(5, 9)  # the orientations of EXIF that swap width and height
_ORIENTATION = 0x0112
_FORMATS = ("JPEG", "PNG", "WEBP")  # others start programs: Pillow hands PostScript to Ghostscript


def _scaled(found: Found, width: int) -> bytes:
    """The picture at `width` pixels, nothing if it is no wider or moves, or why it cannot be."""
    from io import BytesIO

    from PIL import Image, ImageOps  # takes a moment to load, and most notes do without

    try:
        source = open_file(found.path) if found.path else BytesIO(found.data or b"")
        with (
            warnings.catch_warnings(action="ignore"),  # of damaged EXIF, on stderr
            at_most(_LONGEST),
            source,
            Image.open(source, formats=_FORMATS) as image,
        ):
            if image.width * image.height > _MOST_PIXELS:
                return _FAILED + f"it has {image.width} x {image.height} pixels".encode()
            if _shown_width(image) <= width or getattr(image, "is_animated", False):
                return b""  # before its pixels are read
            turned = ImageOps.exif_transpose(image)
            kind, profile = image.format, image.info.get("icc_profile")
            if turned.mode in ("P", "1"):
                turned = turned.convert("RGBA" if "transparency" in image.info else "RGB")
            height = max(1, round(turned.height * width / turned.width))
            small = turned.resize((width, height), Image.Resampling.LANCZOS)
            out = BytesIO()
            small.save(out, kind, optimize=True, quality=85, icc_profile=profile)
            return out.getvalue()
    except TimeoutError:
        return _FAILED + f"it takes more than {_LONGEST} seconds".encode()
    except Exception as error:  # Pillow has no one error: EXIF alone raises six kinds
        return _FAILED + f"Pillow cannot read it ({type(error).__name__})".encode()


def _shown_width(image: Image) -> int:
    is_sideways = image.getexif().get(_ORIENTATION) in _SIDEWAYS
    return image.height if is_sideways else image.width


def _placement(
    result: Found | Refused, shipped: Mapping[str, Media], night: Found | None
) -> Placement:
    if isinstance(result, Refused):
        kind = Kind.REMOTE if result.rule == "remote-image" else Kind.MISSING
        return Placement(kind, result.shown)
    kind = Kind.IMAGE
    if result.suffix in AUDIO:
        kind = Kind.AUDIO
    elif result.suffix in VIDEO:
        kind = Kind.VIDEO
    return Placement(kind, shipped[result.digest].name, shipped[night.digest].name if night else "")


def _problems(
    file: str,
    ref: Reference,
    result: Found | Refused,
    finder: Finder,
    unscaled: Mapping[str, str],
) -> Iterator[Problem]:
    where = Location(file, ref.line)
    if isinstance(result, Found):
        if reason := unscaled.get(result.digest):
            message = f"image cannot be made smaller, and ships as it is: {ref.src}: {reason}"
            yield Problem(where, "broken-image", message)
        for rule, message in result.problems:
            yield Problem(where, rule, message)
        return
    hint = finder.hint(file, ref.src) if result.rule == "missing-image" else None
    if result.rule == "remote-image":
        hint = "keep it beside the notes" + ("" if finder.fetching else ", or build with --fetch")
    yield Problem(where, result.rule, result.message, hint=hint)
