"""The server of the preview: who gets an answer, and to what."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import LIMIT, PIXEL

from ankify import read_project
from ankify.commands.serve import serve_preview

pytest.importorskip("watchfiles")
NOTE = "## 1. Why?\n\nSo it is. ![x](p.png)\n"


class Server:
    """A preview that is served, for as long as a test lasts."""

    def __init__(self, root: Path, site: Path) -> None:
        self.site, self.told, self.stop = site, [], threading.Event()
        ready = threading.Event()

        def tell(line: str) -> None:
            self.told.append(line)
            ready.set()

        options = {"port": 0, "tell": tell, "stop": self.stop}
        read = lambda: read_project(root)  # noqa: E731
        self.thread = threading.Thread(
            target=serve_preview, args=(root, read, site), kwargs=options, daemon=True
        )
        self.thread.start()
        assert ready.wait(LIMIT)
        self.port = int(self.told[0].rstrip("/").rpartition(":")[2])

    def get(self, path: str, *hosts: str, method: str = "GET") -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest(method, path, skip_host=True)
        for host in hosts or (f"127.0.0.1:{self.port}",):
            connection.putheader("Host", host)
        connection.endheaders()
        answer = connection.getresponse()
        answer.text = answer.read()  # type: ignore[attr-defined]
        return answer


@pytest.fixture
def server(project: Callable[..., Path], tmp_path: Path) -> Iterator[Server]:
    server = Server(project({"n.md": NOTE, "p.png": PIXEL}), tmp_path / "site")
    yield server
    server.stop.set()
    server.thread.join(LIMIT)


def test_only_requests_to_this_machine_are_answered(server: Server) -> None:
    port = server.port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"):
        assert server.get("/", host).status == 200, host
    for hosts in (
        ("evil.test",),
        (f"evil.test:{port}",),
        ("localhost",),
        ("",),
        (f"127.0.0.1:{port}@evil.test",),
        (f"127.0.0.1:{port}", "evil.test"),
    ):
        answer = server.get("/", *hosts)
        assert answer.status == 421, hosts
        assert b"So it is" not in answer.text  # type: ignore[attr-defined]


def test_only_what_was_written_is_served(server: Server, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("PRIVATE")
    (server.site / "own.html").write_text("PRIVATE")
    (server.site / "up").symlink_to(tmp_path)
    (server.site / "card.css").unlink()
    (server.site / "card.css").symlink_to(tmp_path / "secret")
    (server.site / "media").rename(tmp_path / "moved")
    (server.site / "media").symlink_to(tmp_path / "moved")
    picture = next((tmp_path / "moved").iterdir()).name
    for path in (
        "/own.html",
        "/up/secret",
        "/card.css",
        "/../secret",
        "/%2e%2e/secret",
        "/media/",
        "//[",
    ):
        answer = server.get(path)
        assert (answer.status, b"PRIVATE" in answer.text) == (404, False), path  # type: ignore[attr-defined]
    assert server.get(f"/media/{picture}").status == 404
    assert server.get("/preview.js").status == 200


def test_every_answer_tells_the_browser_to_run_only_our_script(server: Server) -> None:
    for path in ("/", "/index.html?x=1", "/nothing"):
        answer = server.get(path)
        policy = answer.getheader("Content-Security-Policy") or ""
        assert "default-src 'none'; script-src 'self';" in policy
        assert "unsafe-inline" not in policy.partition("style-src-attr")[0]
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
    head = server.get("/", method="HEAD")
    assert (head.status, head.text) == (200, b"")  # type: ignore[attr-defined]
    assert server.get("/", method="POST").status == 501


def test_of_a_browser_that_goes_before_its_answer_nothing_is_printed(
    server: Server, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from ankify.commands import serve

    def gone(*_: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(serve._Handler, "do_GET", gone)
    with pytest.raises(http.client.RemoteDisconnected):
        server.get("/")
    monkeypatch.undo()
    assert server.get("/").status == 200
    assert "Exception" not in capfd.readouterr().err


def test_an_error_that_nobody_thought_of_does_not_end_it(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ankify.commands import serve

    def broken() -> None:
        raise ZeroDivisionError("division by zero")

    serve._write_again(broken, serve._Shown(serve.Site(server.site)), server.told.append)  # type: ignore[arg-type]
    assert "ZeroDivisionError" in server.told[-1]
