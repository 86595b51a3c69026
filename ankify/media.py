"""Pictures, sounds and films that the notes name -> files to ship under flat, hashed names.

Anki keeps the media of all decks in one folder, never replaces a file under a name it has, and
copies only what stands in a `src`. So a name carries a hash of the bytes, and `place` writes it
into the HTML. Notes are not trusted: nothing outside of their folder is read, and SVG is cleaned.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import html
import os
import posixpath
import re
import time
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

from ankify.model import AnkifyError, Content, Location, Media, Problem, Reference, Seen
from ankify.svg import UnsafeSvg, clean_svg

LARGE = 5_000_000  # bytes of a picture that `check` warns of: phones sync it over the air
LIMIT = 20_000_000  # bytes of a download or of an SVG to be cleaned
TIMEOUT = 10  # seconds to wait for a server
ALIKE = 60  # per cent of a name's letters that a hint must share with the missing picture

AUDIO = frozenset({".mp3", ".ogg", ".oga", ".opus", ".wav", ".m4a", ".aac", ".flac"})
VIDEO = frozenset({".mp4", ".m4v", ".webm", ".ogv", ".mov", ".mkv"})
SOUND = AUDIO | VIDEO
SCALED = frozenset({".png", ".jpg", ".jpeg", ".jfif", ".webp"})
IMAGE = SCALED | {".gif", ".svg", ".avif", ".bmp", ".ico", ".apng", ".tif", ".tiff"}
SUFFIXES = {
    "image/png": ".png",
    "image/apng": ".apng",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/svg+xml": ".svg",
    "image/avif": ".avif",
    "image/bmp": ".bmp",
    "image/x-icon": ".ico",
    "image/vnd.microsoft.icon": ".ico",
}

# C:\pictures\a.png  \\server\a.png  file:///a.png
OUTSIDE = re.compile(r"[A-Za-z]:[\\/]|\\\\|file:", re.I)
# https://example.org/a.png  //example.org/a.png
REMOTE = re.compile(r"https?:|//", re.I)
# data:image/png;base64,iVBORw0KGgo=
DATA_URI = re.compile(
    r"data:(?P<type>[\w.+-]+/[\w.+-]+)?(?P<params>(?:;[^,;]*)*),(?P<body>.*)", re.I | re.S
)
# <img src="images/a.png" alt="a > b">: render writes src first; group 3 is the other attributes.
MEDIA_TAG = re.compile(r'<(img|audio|video|source) src="([^"]*)"((?:[^<>"]++|"[^"]*+")*+)>')
# <audio src="a.mp3" controls=""> ... </audio>, <video><source src="a.mp4"></video>
PLAYER = re.compile(r"<(audio|video)\b[^<>]*>.*?(?:</\1>|\Z)", re.S)
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


@dataclass(frozen=True)
class Placement:
    """What `place` writes for a `src`: `text` is a flat name, an address, or what is missing."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Collected:
    """All media by name, and what stands for each (file, src); `max_width` saved `saved` bytes."""

    media: tuple[Media, ...] = ()
    problems: tuple[Problem, ...] = ()
    placements: Mapping[tuple[str, str], Placement] = field(default_factory=dict)
    saved: int = 0


@dataclass(frozen=True)
class _Found:
    """A file to ship: `digest` is the sha256 of the source's bytes, `stem` a wish for the name."""

    digest: str
    stem: str
    suffix: str
    size: int
    path: Path | None = None
    data: bytes | None = None
    problems: tuple[tuple[str, str], ...] = ()  # (rule, message)
    seen: Seen | None = None


@dataclass(frozen=True)
class _Digest:
    """What is kept of the bytes of a file: sha256, CRC-32, the suffix that they call for."""

    sha256: str
    crc: int
    actual: str

    def __str__(self) -> str:
        return f"{self.sha256}{self.crc:08x}{self.actual}"


def _read_digest(text: str) -> _Digest:
    return _Digest(text[:64], int(text[64:72], 16), text[72:])


class _Refused(Exception):
    """A `src` that does not ship; `rule` is the check's id, `shown` what the card says of it."""

    def __init__(self, rule: str, message: str, shown: str | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.shown = shown or message


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
    finder = _Finder(root, options, {} if digests is None else digests)
    places: list[tuple[str, Reference]] = []
    results: dict[tuple[str, str], _Found | _Refused] = {}
    for file, content in contents:  # which may be coming while others are rendered
        for ref in content.references:
            places.append((file, ref))
            if (file, ref.src) not in results and not REMOTE.match(ref.src):
                results[file, ref.src] = finder.find(file, ref.src)
    remote = sorted({(file, ref.src) for file, ref in places} - results.keys())
    finder.fetch(src for _, src in remote)
    results.update((key, finder.find(*key)) for key in remote)
    shipped, saved = _ship(results, options)
    placements = {key: _placement(result, shipped) for key, result in results.items()}
    problems = {
        problem
        for file, ref in places
        for problem in _problems(file, ref, results[file, ref.src], finder)
    }
    media = tuple(sorted(shipped.values(), key=lambda item: item.name))
    return Collected(media, tuple(sorted(problems, key=_order)), placements, saved)


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
    if placement.kind is Kind.VIDEO and name == "img":
        return f'<video src="{text}" controls="" playsinline=""></video>'
    return f'<{name} src="{text}"{rest}>'


def _alt(attributes: str) -> str:
    alt = re.search(r'\salt="([^"]+)"', attributes)
    return f" ({_text(html.unescape(alt[1]))})" if alt else ""


def _text(words: str) -> str:
    """Text as HTML, in which Anki finds no [sound:a.mp3]."""
    return html.escape(words).replace("[", "&#91;")


# Finding -----------------------------------------------------------------------------------------


class _Finder:
    """Looks up one `src` after the other; keeps the listings of folders and the downloads."""

    def __init__(
        self, root: Path, options: MediaOptions, digests: MutableMapping[str, str]
    ) -> None:
        self.root = root
        self.real_root = root.resolve()
        self.real_folder = cache(Path.resolve)
        self.options = options
        self.digests = digests
        self.listings: dict[Path, dict[str, list[str]]] = {}
        self.downloads: dict[str, _Found | _Refused] = {}
        self.by_name: dict[str, str] | None = None

    def find(self, file: str, src: str) -> _Found | _Refused:
        """What `src` in the note file `file` stands for, or why it does not ship."""
        try:
            if src[:5].lower() == "data:":
                return _from_data_uri(src)
            if OUTSIDE.match(src):
                raise _Refused(
                    "image-outside",
                    f"image is not a path inside of the notes folder: {src}",
                    f"image outside of the notes: {src}",
                )
            if REMOTE.match(src):
                return self._remote(src)
            return self._local(file, src)
        except _Refused as refused:
            return refused

    def _local(self, file: str, src: str) -> _Found:
        outside = False
        for candidate in _candidates(src):
            relative = _from_root(file, candidate)
            if relative is None:
                outside = True
            elif found := self._existing(relative):
                exact, actual = found
                self._refuse_links_out(actual, src)
                return self._read(actual, src, exact)
        if outside:
            raise _Refused(
                "image-outside",
                f"image is outside of the notes folder: {src}",
                f"image outside of the notes: {src}",
            )
        raise _Refused("missing-image", f"image not found: {src}")

    def _existing(self, relative: str) -> tuple[bool, str] | None:
        """Whether the file at `relative` is spelled so on disk, and its path as it is spelled.

        Looked up in listings, as macOS and Windows would open a name of other case or NFD.
        """
        folder, exact, spelled = self.root, True, []
        for part in relative.split("/"):
            names = self._listing(folder).get(_fold(part), [])
            same = [name for name in names if _nfc(name) == _nfc(part)]
            if not names:
                return None
            exact = exact and bool(same)
            spelled.append(part if part in names else (same or names)[0])
            folder /= spelled[-1]
        return (exact, "/".join(spelled)) if folder.is_file() else None

    def _listing(self, folder: Path) -> dict[str, list[str]]:
        if folder not in self.listings:
            names: dict[str, list[str]] = {}
            try:
                for name in sorted(os.listdir(folder)):
                    names.setdefault(_fold(name), []).append(name)
            except OSError:
                pass  # no folder: nothing in it
            self.listings[folder] = names
        return self.listings[folder]

    def _refuse_links_out(self, relative: str, src: str) -> None:
        path = self.root / relative
        real = path.resolve() if path.is_symlink() else self.real_folder(path.parent)
        if not real.is_relative_to(self.real_root):
            raise _Refused(
                "image-outside",
                f"image is a link to outside of the notes folder: {src}",
                f"image outside of the notes: {src}",
            )

    def _read(self, relative: str, src: str, exact: bool) -> _Found:
        path = self.root / relative
        try:
            found = self._hashed(relative, path, src)
        except OSError as error:
            raise _Refused(
                "missing-image", f"image cannot be read: {src}", f"image not found: {src}"
            ) from error
        notes = list(found.problems)
        if not exact:
            notes.append(("image-case", f"image is spelled otherwise on disk: {src} is {relative}"))
        if found.suffix in IMAGE and found.size > LARGE:
            notes.append(("large-image", f"image has {found.size / 1e6:.1f} MB: {src}"))
        return replace(found, problems=tuple(notes))

    def _hashed(self, relative: str, path: Path, src: str) -> _Found:
        stem, suffix = _split_name(relative)
        stat = path.stat()
        if (known := self.digests.get(_key(relative, stat))) and len(known) > len(_NO_SUFFIX):
            digest = _read_digest(known)
            suffix = _suffix(digest.actual, suffix, src)
            return _found(digest, stat, stem, suffix, path)
        with path.open("rb") as stream:
            head = stream.read(512)
            suffix = _checked_suffix(head, suffix, src)
            if suffix == ".svg":
                return _svg(head + stream.read(LIMIT), stem, src, path)
            digest, stat = self._digest(relative, stream, _sniff(head) or "")
        found = _found(digest, stat, stem, suffix, path)
        if suffix not in IMAGE or digest.actual:
            return found
        problem = "broken-image", f"image is of no known format: {src}"
        return replace(found, problems=(problem,))

    def _digest(
        self, relative: str, stream: BinaryIO, actual: str
    ) -> tuple[_Digest, os.stat_result]:
        """The hashes of a file, and how it was. Raises OSError if it changes meanwhile."""
        stat = os.fstat(stream.fileno())
        key = _key(relative, stat)
        if key not in self.digests:
            stream.seek(0)
            sha256, crc = _hashes(stream)
            after = os.fstat(stream.fileno())
            if (after.st_size, after.st_mtime_ns) != (stat.st_size, stat.st_mtime_ns):
                raise OSError("it changed while it was read")
            self.digests[key] = str(_Digest(sha256, crc, actual))
        return _read_digest(self.digests[key]), stat

    def hint(self, file: str, src: str) -> str | None:
        """A file of the notes whose name is near to that of a missing one, as seen from `file`."""
        from rapidfuzz import fuzz, process

        if self.by_name is None:
            paths = _media_files(self.root)
            self.by_name = {posixpath.basename(path).casefold(): path for path in paths}
        wanted = posixpath.basename(unquote(src).replace("\\", "/")).casefold()
        near = process.extractOne(
            wanted, self.by_name.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE
        )
        folder = posixpath.dirname(file) or "."
        return f"did you mean {posixpath.relpath(self.by_name[near[0]], folder)}?" if near else None

    # Remote pictures -----------------------------------------------------------------------------

    def fetch(self, sources: Iterable[str]) -> None:
        """Download the remote pictures, if asked to: some at a time, as servers are slow."""
        urls = sorted({_url(src) for src in sources if REMOTE.match(src)})
        if not (self.options.fetch and urls):
            return
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(8) as pool:
            results = pool.map(lambda url: _download(url, self.options.cache), urls)
            self.downloads.update(zip(urls, results, strict=True))

    def _remote(self, src: str) -> _Found | _Refused:
        url = _url(src)
        default = _Refused("remote-image", f"image is not in the deck, only linked: {src}", url)
        return self.downloads.get(url, default)


_NO_SUFFIX = str(_Digest("0" * 64, 0, ""))
_SLACK = 2_000_000_000  # ns; a file younger than this can change again without a new time


def _key(relative: str, stat: os.stat_result) -> str:
    return f"{relative}|{stat.st_size}|{stat.st_mtime_ns}|{stat.st_ctime_ns}"


def _hashes(stream: BinaryIO) -> tuple[str, int]:
    """The sha256 and the CRC-32 of a file, which is read once."""
    digest, crc = hashlib.sha256(), 0
    while block := stream.read(1 << 18):
        digest.update(block)
        crc = zlib.crc32(block, crc)
    return digest.hexdigest(), crc


def _found(digest: _Digest, stat: os.stat_result, stem: str, suffix: str, path: Path) -> _Found:
    young = max(stat.st_mtime_ns, stat.st_ctime_ns) > time.time_ns() - _SLACK
    seen = None if young else Seen(stat.st_mtime_ns, stat.st_ctime_ns, digest.crc)
    return _Found(digest.sha256, stem, suffix, stat.st_size, path=path, seen=seen)


def _candidates(src: str) -> Iterator[str]:
    """The paths that `src` may mean: as it stands, without a query, percent-decoded; each once."""
    bare = re.split(r"[?#]", src, maxsplit=1)[0]
    yield from dict.fromkeys(path for path in (src, bare, unquote(src), unquote(bare)) if path)


def _from_root(file: str, path: str) -> str | None:
    """`path` as seen from the notes folder, where `/a.png` starts too; None if it leaves it."""
    path = path.strip().replace("\\", "/")
    if OUTSIDE.match(path):
        return None
    base = "" if path.startswith("/") else posixpath.dirname(file)
    joined = posixpath.normpath(posixpath.join(base, path.lstrip("/")))
    return None if joined.split("/")[0] == ".." else joined


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _fold(name: str) -> str:
    return _nfc(name).casefold()


def _split_name(path: str) -> tuple[str, str]:
    stem, suffix = posixpath.splitext(posixpath.basename(path))
    return stem, suffix.lower()


def _media_files(root: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if _split_name(name)[1] in IMAGE | AUDIO | VIDEO:
                yield (Path(folder) / name).relative_to(root).as_posix()


# Bytes -------------------------------------------------------------------------------------------


def _sniff(head: bytes) -> str | None:
    """The suffix that the first bytes of a picture call for; None: they are of no known format."""
    for magic, suffix in (
        (b"\x89PNG\r\n", ".png"),
        (b"\xff\xd8\xff", ".jpg"),
        (b"GIF8", ".gif"),
        (b"BM", ".bmp"),
        (b"\0\0\1\0", ".ico"),
        (b"II*\0", ".tif"),
        (b"MM\0*", ".tif"),
    ):
        if head.startswith(magic):
            return suffix
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ".webp"
    if head[4:8] == b"ftyp":
        return ".avif"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_svg = text.startswith(b"<svg") or (
        text.startswith((b"<?xml", b"<!")) and b"<html" not in text
    )
    return ".svg" if is_svg and not text.startswith(b"<!doctype html") else None


def _checked_suffix(head: bytes, suffix: str, src: str) -> str:
    """The suffix to ship under. Refuses what is surely no picture, sound or film."""
    if not head:
        raise _Refused("broken-image", f"image is empty: {src}")
    if head.startswith(b"version https://git-lfs"):
        raise _Refused("broken-image", f"image is only a Git LFS pointer (git lfs pull): {src}")
    if head.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise _Refused("broken-image", f"image is a web page: {src}")
    return _suffix(_sniff(head), suffix, src)


def _suffix(actual: str | None, suffix: str, src: str) -> str:
    """The suffix to ship under, of the one that the bytes call for and that of the name."""
    if suffix in SOUND:
        return suffix
    # A browser tells pictures apart by their bytes, but an SVG only by its suffix.
    if actual and (".svg" in (actual, suffix) or suffix not in IMAGE):
        return actual
    if suffix not in IMAGE:
        raise _Refused("broken-image", f"not a picture, sound or film: {src}")
    return suffix


def _svg(data: bytes, stem: str, src: str, path: Path | None) -> _Found:
    if len(data) > LIMIT:
        raise _Refused("broken-image", f"image is too large to be checked: {src}")
    try:
        clean = clean_svg(data)
    except UnsafeSvg as error:
        shown = f"image refused: {src}"
        raise _Refused("broken-image", f"{shown}: {error}", shown) from error
    digest = hashlib.sha256(clean).hexdigest()
    if clean is data and path is not None:
        return _Found(digest, stem, ".svg", len(data), path=path)
    return _Found(digest, stem, ".svg", len(clean), data=clean)


def _from_bytes(data: bytes, stem: str, suffix: str, src: str) -> _Found:
    suffix = _checked_suffix(data[:512], suffix, src)
    if suffix == ".svg":
        return _svg(data, stem, src, None)
    return _Found(hashlib.sha256(data).hexdigest(), stem, suffix, len(data), data=data)


def _from_data_uri(src: str) -> _Found:
    """RFC 2397. The bytes become a file, as Anki's fields are searched and synced as text."""
    shown = "image in the text"
    match = DATA_URI.fullmatch(src)
    suffix = SUFFIXES.get((match["type"] or "").lower()) if match else None
    if not (match and suffix):
        raise _Refused("broken-image", f"{shown} is of no known type: {src[:40]}", shown)
    data = unquote_to_bytes(match["body"])
    if ";base64" in match["params"].lower():
        try:
            data = base64.b64decode(b"".join(data.split()) + b"==")
        except binascii.Error as error:
            raise _Refused("broken-image", f"{shown} is not base64: {src[:40]}", shown) from error
    return _from_bytes(data, "image", suffix, shown)


# Downloads ---------------------------------------------------------------------------------------


# https://github.com/me/notes/blob/main/a.png is a page about the picture; GitHub shows the picture.
ABOUT_PICTURE = re.compile(r"^(https?://github\.com/[^/?#]+/[^/?#]+)/blob/", re.I)


def _url(src: str) -> str:
    return ABOUT_PICTURE.sub(r"\1/raw/", f"https:{src}" if src.startswith("//") else src)


def _download(url: str, folder: Path | None) -> _Found | _Refused:
    """The picture at `url`, or at the first time from the cache. If it fails, the link stays."""
    from http.client import HTTPException

    name = f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.download"
    kept = folder / name if folder else None
    try:
        data = kept.read_bytes() if kept and kept.is_file() else _get(url)
        stem = _split_name(unquote(urlsplit(url).path))[0]
        found = _from_bytes(data, stem, "", url)
        if kept:
            _keep(kept, data)
    except (OSError, ValueError, HTTPException) as error:
        return _Refused("remote-image", f"image could not be fetched: {url}: {error}", url)
    except _Refused as refused:
        return _Refused("remote-image", refused.message, url)
    return found


def _get(url: str) -> bytes:
    import urllib.request

    ascii_url = quote(url, safe=":/?#[]@!$&'()*+,;=%~")
    request = urllib.request.Request(
        ascii_url, headers={"User-Agent": "ankify", "Accept": "image/*"}
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
        if (kind := response.headers.get_content_maintype()) != "image":
            raise ValueError(f"the server sent {kind} instead of an image")
        data: bytes = response.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise ValueError(f"it has more than {LIMIT // 1_000_000} MB")
    return data


def _keep(path: Path, data: bytes) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(data)
        part.replace(path)


# Shipping ----------------------------------------------------------------------------------------


def _ship(
    results: Mapping[tuple[str, str], _Found | _Refused], options: MediaOptions
) -> tuple[dict[str, Media], int]:
    """A file for each digest, and the bytes saved. Of several stems the first names it."""
    chosen: dict[str, _Found] = {}
    for found in results.values():
        if isinstance(found, _Found):
            other = chosen.setdefault(found.digest, found)
            chosen[found.digest] = min(found, other, key=lambda it: (_slug(it.stem), str(it.path)))
    shipped, saved = {}, 0
    for digest, found in chosen.items():
        smaller = _smaller(found, options) if options.max_width else None
        if smaller is not None:
            saved += found.size - len(smaller)
        shipped[digest] = _media(found, options.max_width, smaller)
    return shipped, saved


def _media(found: _Found, width: int | None, smaller: bytes | None) -> Media:
    if smaller is None:
        name = _flat_name(found, found.digest)
        return Media(name, found.size, found.path, found.data, found.seen)
    # Not hashed by its own bytes: another Pillow writes others, and every note would be updated.
    digest = hashlib.sha256(f"{found.digest} {width}".encode()).hexdigest()
    return Media(_flat_name(found, digest), len(smaller), data=smaller)


def _flat_name(found: _Found, digest: str) -> str:
    return f"{_slug(found.stem)}-{digest[:12]}{found.suffix}"


def _slug(stem: str) -> str:
    """Lower-case ASCII: `ACE 概览 (2)` -> `ace-2`; what has no such letters is called `image`."""
    ascii_only = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return NOT_SLUG.sub("-", ascii_only.lower())[:40].strip("-") or "image"


def _smaller(found: _Found, options: MediaOptions) -> bytes | None:
    """A copy no wider than `max_width`; None if it is narrow, moves, or would not be smaller."""
    if found.suffix not in SCALED or options.max_width is None:
        return None
    name = f"{found.digest[:32]}-{options.max_width}{found.suffix}"
    kept = options.cache / name if options.cache else None
    if kept and kept.is_file():
        data = kept.read_bytes()
    else:
        data = _scaled(found, options.max_width)
        if kept:
            _keep(kept, data)  # an empty file: it need not be tried again
    return data if 0 < len(data) < found.size else None


def _scaled(found: _Found, width: int) -> bytes:
    """The picture at `width` pixels, or nothing if it is no wider or moves."""
    try:
        from io import BytesIO

        from PIL import Image, ImageOps
    except ImportError as error:
        raise AnkifyError(
            "[media] max_width needs Pillow", hint='pip install "ankify-notes[media]"'
        ) from error
    try:
        with Image.open(found.path or BytesIO(found.data or b"")) as image:
            if image.width <= width or getattr(image, "is_animated", False):
                return b""
            kind, profile = image.format, image.info.get("icc_profile")
            turned = ImageOps.exif_transpose(image)
            if turned.mode in ("P", "1"):
                turned = turned.convert("RGBA" if "transparency" in image.info else "RGB")
            height = max(1, round(turned.height * width / turned.width))
            small = turned.resize((width, height), Image.Resampling.LANCZOS)
            out = BytesIO()
            small.save(out, kind, optimize=True, quality=85, icc_profile=profile)
            return out.getvalue()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return b""  # Pillow cannot read it: it ships as it is


def _placement(result: _Found | _Refused, shipped: Mapping[str, Media]) -> Placement:
    if isinstance(result, _Refused):
        kind = Kind.REMOTE if result.rule == "remote-image" else Kind.MISSING
        return Placement(kind, result.shown)
    kind = Kind.IMAGE
    if result.suffix in AUDIO:
        kind = Kind.AUDIO
    elif result.suffix in VIDEO:
        kind = Kind.VIDEO
    return Placement(kind, shipped[result.digest].name)


def _problems(
    file: str, ref: Reference, result: _Found | _Refused, finder: _Finder
) -> Iterator[Problem]:
    where = Location(file, ref.line)
    if isinstance(result, _Found):
        for rule, message in result.problems:
            yield Problem(where, rule, message)
        return
    hint = finder.hint(file, ref.src) if result.rule == "missing-image" else None
    if result.rule == "remote-image":
        hint = "keep it beside the notes, or build with --fetch"
    yield Problem(where, result.rule, result.message, hint=hint)


def _order(problem: Problem) -> tuple[Location, str, str]:
    return problem.location, problem.rule, problem.message
