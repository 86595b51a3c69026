"""Where a `src` leads: to a file of the notes, to bytes in the text itself, to a download.

Notes are not trusted: nothing outside of their folder is read, what is surely no picture, sound or
film is refused, and SVG is cleaned.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import posixpath
import re
import time
import unicodedata
from collections.abc import Iterable, Iterator, MutableMapping
from functools import cache
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

from ankify.files import files_below, kept, open_file, real_path
from ankify.media.svg import UnsafeSvg, clean_svg
from ankify.model import PICTURES
from ankify.timing import wait_at_most

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

LARGE = 5_000_000  # bytes of a picture that `check` warns of: phones sync it over the air
LIMIT = 20_000_000  # bytes of a download or of an SVG to be cleaned
TIMEOUT = 10  # seconds to wait for a server
LONGEST = 20  # seconds that a download may take
PATIENCE = 600  # seconds after which no more downloads begin
MOST = 500_000_000  # bytes of all downloads after which no more begin: they are held in memory
ALIKE = 60  # per cent of a name's letters that a hint must share with the missing picture

AUDIO = frozenset({".mp3", ".ogg", ".oga", ".opus", ".wav", ".m4a", ".aac", ".flac"})
VIDEO = frozenset({".mp4", ".m4v", ".webm", ".ogv", ".mov", ".mkv"})
SOUND = AUDIO | VIDEO
SCALED = frozenset({".png", ".jpg", ".jpeg", ".jfif", ".webp"})
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


class Found(NamedTuple):
    """A file to ship: `digest` is the sha256 of the source's bytes, `stem` a wish for the name."""

    digest: str
    stem: str
    suffix: str
    size: int
    path: Path | None = None
    data: bytes | None = None
    problems: tuple[tuple[str, str], ...] = ()  # (rule, message)


class _Digest(NamedTuple):
    """What is kept of the bytes of a file: sha256, and the suffix that they call for."""

    sha256: str
    actual: str

    def __str__(self) -> str:
        return f"{self.sha256}{self.actual}"


def _read_digest(text: str) -> _Digest:
    return _Digest(text[:64], text[64:])


class Refused(Exception):
    """A `src` that does not ship; `rule` is the check's id, `shown` what the card says of it."""

    def __init__(self, rule: str, message: str, shown: str | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.shown = shown or message


# Finding -----------------------------------------------------------------------------------------


class Finder:
    """Looks up one `src` after the other; keeps the listings of folders and the downloads.

    With `fetch`, remote pictures are downloaded, once where there is a folder to be `kept_in`.
    """

    def __init__(
        self,
        root: Path,
        digests: MutableMapping[str, str],
        *,
        fetch: bool = False,
        kept_in: Path | None = None,
    ) -> None:
        self.root = root
        self.real_root = real_path(root)
        self.real_folder = cache(real_path)
        self.digests = digests
        self.fetching, self.kept_in = fetch, kept_in
        self.listings: dict[Path, dict[str, list[str]]] = {}
        self.downloads: dict[str, Found | Refused] = {}
        self.by_name: dict[str, str] | None = None

    def find(self, file: str, src: str) -> Found | Refused:
        """The file that `src` in the note file `file` leads to, or why it does not ship."""
        try:
            if src[:5].lower() == "data:":
                return _from_data_uri(src)
            if OUTSIDE.match(src):
                raise Refused(
                    "image-outside",
                    f"image is not a path inside of the notes folder: {src}",
                    f"image outside of the notes: {src}",
                )
            if REMOTE.match(src):
                return self._remote(src)
            return self._local(file, src)
        except Refused as refused:
            return refused

    def _local(self, file: str, src: str) -> Found:
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
            raise Refused(
                "image-outside",
                f"image is outside of the notes folder: {src}",
                f"image outside of the notes: {src}",
            )
        raise Refused("missing-image", f"image not found: {src}")

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
        real = real_path(path) if path.is_symlink() else self.real_folder(path.parent)
        if not real.is_relative_to(self.real_root):
            raise Refused(
                "image-outside",
                f"image is a link to outside of the notes folder: {src}",
                f"image outside of the notes: {src}",
            )

    def _read(self, relative: str, src: str, exact: bool) -> Found:
        path = self.root / relative
        try:
            found = self._hashed(relative, path, src)
        except OSError as error:
            shown = f"image cannot be read: {src}"  # a card says no path of this machine
            reason = error.strerror or error
            raise Refused("broken-image", f"{shown}: {reason}", shown) from error
        notes = list(found.problems)
        if not exact:
            notes.append(("image-case", f"image is spelled otherwise on disk: {src} is {relative}"))
        if found.suffix in _SELDOM_SHOWN:
            kind = found.suffix[1:].upper()
            notes.append(("image-format", f"most devices do not show {kind} pictures: {src}"))
        if found.suffix in PICTURES and found.size > LARGE:
            notes.append(("large-image", f"image has {found.size / 1e6:.1f} MB: {src}"))
        return found._replace(problems=tuple(notes))

    def _hashed(self, relative: str, path: Path, src: str) -> Found:
        stem, suffix = _split_name(relative)
        stat = path.stat()
        if (known := self.digests.get(_key(relative, stat))) and len(known) > len(_NO_SUFFIX):
            digest = _read_digest(known)
            suffix = _suffix(digest.actual, suffix, src)
            return _found(digest, stat, stem, suffix, path)
        with open_file(path) as stream:
            head = stream.read(512)
            suffix = _checked_suffix(head, suffix, src)
            if suffix == ".svg":
                return _svg(head + stream.read(LIMIT), stem, src, path)
            digest, stat = self._digest(relative, stream, _sniff(head) or "")
        found = _found(digest, stat, stem, suffix, path)
        if suffix not in PICTURES or digest.actual:
            return found
        problem = "broken-image", f"image is of no known format: {src}"
        return found._replace(problems=(problem,))

    def _digest(
        self, relative: str, stream: BufferedReader, actual: str
    ) -> tuple[_Digest, os.stat_result]:
        """The hashes of a file, and how it was. Raises OSError if it changes meanwhile."""
        stat = os.fstat(stream.fileno())
        key = _key(relative, stat)
        if key not in self.digests:
            stream.seek(0)
            sha256 = _sha256(stream)
            after = os.fstat(stream.fileno())
            if (after.st_size, after.st_mtime_ns) != (stat.st_size, stat.st_mtime_ns):
                raise OSError("it changed while it was read")
            self.digests[key] = str(_Digest(sha256, actual))
        return _read_digest(self.digests[key]), stat

    def hint(self, file: str, src: str) -> str | None:
        """A file of the notes whose name is near to that of a missing one, as seen from `file`."""
        from rapidfuzz import fuzz, process

        if self.by_name is None:
            paths = files_below(self.root, PICTURES | SOUND)
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
        if not (self.fetching and urls):
            return
        from concurrent.futures import ThreadPoolExecutor

        end, sizes = time.monotonic() + PATIENCE, [0]

        def download(url: str) -> Found | Refused:
            if sum(sizes) > MOST:
                reason = f"those before it have {MOST // 1_000_000} MB"
                return Refused("remote-image", f"image is not fetched, as {reason}: {url}", url)
            result = _download(url, self.kept_in, end)
            sizes.append(result.size if isinstance(result, Found) else 0)
            return result

        with ThreadPoolExecutor(8) as pool:
            self.downloads.update(zip(urls, pool.map(download, urls), strict=True))

    def _remote(self, src: str) -> Found | Refused:
        url = _url(src)
        default = Refused("remote-image", f"image is not in the deck, only linked: {src}", url)
        return self.downloads.get(url, default)


_NO_SUFFIX = str(_Digest("0" * 64, ""))


def _key(relative: str, stat: os.stat_result) -> str:
    return f"{relative}|{stat.st_size}|{stat.st_mtime_ns}|{stat.st_ctime_ns}"


def _sha256(stream: BufferedReader) -> str:
    return hashlib.file_digest(stream, "sha256").hexdigest()


def _found(digest: _Digest, stat: os.stat_result, stem: str, suffix: str, path: Path) -> Found:
    return Found(digest.sha256, stem, suffix, stat.st_size, path=path)


def _candidates(src: str) -> Iterator[str]:
    """The paths that `src` may mean: as it is, without a query, percent-decoded; each once."""
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


# Bytes -------------------------------------------------------------------------------------------


_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_SELDOM_SHOWN = frozenset((".heic", ".heif", ".tif", ".tiff"))


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
        return ".heic" if head[8:12] in _HEIC else ".avif"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_svg = text.startswith(b"<svg") or (
        text.startswith((b"<?xml", b"<!")) and b"<html" not in text
    )
    return ".svg" if is_svg and not text.startswith(b"<!doctype html") else None


def _checked_suffix(head: bytes, suffix: str, src: str) -> str:
    """The suffix to ship under. Refuses what is surely no picture, sound or film."""
    if not head:
        raise Refused("broken-image", f"image is empty: {src}")
    if head.startswith(b"version https://git-lfs"):
        raise Refused("broken-image", f"image is only a Git LFS pointer (git lfs pull): {src}")
    if head.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise Refused("broken-image", f"image is a web page: {src}")
    return _suffix(_sniff(head), suffix, src)


def _suffix(actual: str | None, suffix: str, src: str) -> str:
    """The suffix to ship under, of the one that the bytes call for and that of the name."""
    if suffix in SOUND:
        return suffix
    # A browser tells pictures apart by their bytes, but an SVG only by its suffix.
    if actual and (".svg" in (actual, suffix) or suffix not in PICTURES):
        return actual
    if suffix not in PICTURES:
        raise Refused("broken-image", f"not a picture, sound or film: {src}")
    return suffix


def _svg(data: bytes, stem: str, src: str, path: Path | None) -> Found:
    if len(data) > LIMIT:
        raise Refused("broken-image", f"image is too large to be checked: {src}")
    try:
        clean = clean_svg(data)
    except UnsafeSvg as error:
        shown = f"image refused: {src}"
        raise Refused("broken-image", f"{shown}: {error}", shown) from error
    digest = hashlib.sha256(clean).hexdigest()
    if clean is data and path is not None:
        return Found(digest, stem, ".svg", len(data), path=path)
    return Found(digest, stem, ".svg", len(clean), data=clean)


def _from_bytes(data: bytes, stem: str, suffix: str, src: str) -> Found:
    suffix = _checked_suffix(data[:512], suffix, src)
    if suffix == ".svg":
        return _svg(data, stem, src, None)
    return Found(hashlib.sha256(data).hexdigest(), stem, suffix, len(data), data=data)


def _from_data_uri(src: str) -> Found:
    """RFC 2397. The bytes become a file, as Anki's fields are searched and synced as text."""
    shown = "image in the text"
    match = DATA_URI.fullmatch(src)
    suffix = SUFFIXES.get((match["type"] or "").lower()) if match else None
    if not (match and suffix):
        raise Refused("broken-image", f"{shown} is of no known type: {src[:40]}", shown)
    data = unquote_to_bytes(match["body"])
    if ";base64" in match["params"].lower():
        try:
            data = base64.b64decode(b"".join(data.split()) + b"==")
        except binascii.Error as error:
            raise Refused("broken-image", f"{shown} is not base64: {src[:40]}", shown) from error
    return _from_bytes(data, "image", suffix, shown)


# Downloads ---------------------------------------------------------------------------------------


# https://github.com/me/notes/blob/main/a.png is a page about the picture; GitHub shows the picture.
ABOUT_PICTURE = re.compile(r"^(https?://github\.com/[^/?#]+/[^/?#]+)/blob/", re.I)


def _url(src: str) -> str:
    return ABOUT_PICTURE.sub(r"\1/raw/", f"https:{src}" if src.startswith("//") else src)


def _download(url: str, folder: Path | None, end: float) -> Found | Refused:
    """The picture at `url`, or at the first time from the cache. If it fails, the link stays."""
    from http.client import HTTPException

    name = f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.download"
    try:
        stem = _split_name(unquote(urlsplit(url).path))[0]
        data = kept(folder and folder / name, lambda: _get(url, end))
        return _from_bytes(data, stem, "", url)
    except (OSError, ValueError, HTTPException) as error:
        return Refused("remote-image", f"image could not be fetched: {url}: {error}", url)
    except Refused as refused:
        return Refused("remote-image", refused.message, url)


@cache
def _web() -> OpenerDirector:
    """What follows a server's redirects on the web only: urllib's own goes to `ftp:`, too."""
    from urllib import request

    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler,
        request.HTTPHandler,
        request.HTTPSHandler,
        request.HTTPDefaultErrorHandler,
        request.HTTPErrorProcessor,
        request.HTTPRedirectHandler,
        request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener


def _get(url: str, end: float) -> bytes:
    """The bytes at `url`. Raises Refused, and much else, for what is no picture."""
    import urllib.request

    if time.monotonic() > end:
        raise ValueError(f"the downloads before it took {PATIENCE} seconds")

    ascii_url = quote(url, safe=":/?#[]@!$&'()*+,;=%~")
    request = urllib.request.Request(
        ascii_url, headers={"User-Agent": "ankify", "Accept": "image/*"}
    )

    def body() -> bytes:
        with _web().open(request, timeout=TIMEOUT) as response:
            if (kind := response.headers.get_content_maintype()) != "image":
                raise ValueError(f"the server sent {kind} instead of an image")
            return bytes(response.read(LIMIT + 1))

    try:
        data = wait_at_most(LONGEST, body)
    except TimeoutError as error:
        raise ValueError(f"it takes more than {LONGEST} seconds") from error
    if len(data) > LIMIT:
        raise ValueError(f"it has more than {LIMIT // 1_000_000} MB")
    _from_bytes(data, "", "", url)
    return data
