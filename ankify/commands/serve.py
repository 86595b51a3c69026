"""Serve the preview to browsers on this machine, and write it anew when a note changes.

A page of the web can send its reader's browser here, under a name of its own that leads to
127.0.0.1: so only requests to this machine by its own names are answered. Cards are made from notes
that anyone may have written: so the browser is told to run nothing but our script. And only what
was written by this process is served: the folder may hold links to anywhere.
"""

from __future__ import annotations

import functools
import http.server
import mimetypes
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ankify.commands.preview import write_site
from ankify.commands.site import Site
from ankify.commands.watch import saved_files
from ankify.files import open_file, real_path
from ankify.model import AnkifyError, Project

PORT = 8766  # not 8765, which is that of AnkiConnect
OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
# Pictures and sounds may be on the web, as on a card; all else is ours.
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self';"
    " style-src-attr 'unsafe-inline'; img-src 'self' data: http: https:;"
    " media-src 'self' data: http: https:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def serve_preview(
    notes: Path,
    read: Callable[[], Project],
    folder: Path,
    *,
    port: int = PORT,
    tell: Callable[[str], None] = print,
    stop: threading.Event | None = None,
    editor: str | None = None,
) -> None:
    """Serve the preview of `notes` on 127.0.0.1 until `stop` is set, and write it anew on a change.

    `read` reads the project; an error of it is told, and the last preview stays. A `port` of 0
    takes any free one. Raises AnkifyError where the port is taken.
    An open page loads itself again after a change. `editor` is that of `write_preview`.
    """
    saved = saved_files(notes, debounce=200, stop=stop)
    project = read()

    def write(read_again: Project) -> Site:
        return write_site(read_again, folder, editor=editor)

    shown = _Shown(write(project))
    try:
        handler = functools.partial(_Handler, shown)
        server = _Server(("127.0.0.1", port), handler)
    except (OSError, OverflowError) as error:
        raise AnkifyError(f"cannot serve on port {port}: {error}") from error
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        tell(f"http://127.0.0.1:{server.server_port}/")
        ours = real_path(folder)
        for files in saved:
            if not all(real_path(file).is_relative_to(ours) for file in files):
                _write_again(lambda: write(read()), shown, tell)
        server.shutdown()


class _Shown:
    """What is served at the moment."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def file(self, name: str) -> Path | None:
        """The file of a name, if this process wrote it and nobody has put a link in its place."""
        path = self.site.folder / name
        if name not in self.site.names:
            return None
        return path if real_path(path) == real_path(self.site.folder) / name else None


def _write_again(write: Callable[[], Site], shown: _Shown, tell: Callable[[str], None]) -> None:
    try:
        shown.site = write()
        tell("written again")
    except AnkifyError as error:
        tell(str(error))
    except OSError as error:  # a file can go while it is read; the next change reads all again
        tell(f"error: {error}")
    except Exception as error:  # the next change of the notes may be the end of it
        tell(f"error: {error!r}; this is a fault of ankify: without --serve it says more")


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that goes before its answer; all else is a fault of ours."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    timeout = 60  # seconds for a request to come

    def __init__(self, shown: _Shown, *arguments: object) -> None:
        self.shown = shown
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer with a file of the preview."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer as GET does, without the file."""
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        if not self._is_to_us():
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        try:
            name = unquote(urlsplit(self.path).path).removeprefix("/") or "index.html"
            path = self.shown.file(name)
            file = open_file(path) if path else None
        except (OSError, ValueError):  # gone, or no address: `//[`
            file = None
        if file is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        with file:
            data = file.read()
        self.send_response(HTTPStatus.OK)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        charset = "; charset=utf-8" if kind.startswith("text/") else ""
        self.send_header("Content-Type", kind + charset)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if with_body:
            self.wfile.write(data)

    def _is_to_us(self) -> bool:
        assert isinstance(self.server, http.server.HTTPServer)
        port = self.server.server_port
        known = [f"{name}:{port}" for name in OWN_NAMES] + list(OWN_NAMES) * (port == 80)
        return self.headers.get_all("Host", []) in ([name] for name in known)

    def end_headers(self) -> None:
        """Send what each answer says of itself."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""
