"""What many tests share: a folder of notes, the command line in this process, a real Anki."""

from __future__ import annotations

import base64
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from real_anki import RealAnki

from ankify.commands.cli import cli

# The smallest PNG there is: one grey pixel.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)

# Who starts the tests in the background may have Ctrl+C ignored, for all they start, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Seconds that a test waits for another process: ten times the slowest of them on a busy machine.
LIMIT = 120


def error_of(process: subprocess.Popen[str]) -> str:
    """Wait until a process ends; returns its stderr. One that takes too long is killed."""
    try:
        return process.communicate(timeout=LIMIT)[1]
    except BaseException:  # also where pytest ends a test: what it started would go on
        process.kill()
        raise


def runner() -> CliRunner:
    """One that tells stdout from stderr; before click 8.2 that had to be asked for."""
    try:
        return CliRunner(mix_stderr=False)
    except TypeError:
        return CliRunner()


@pytest.fixture(params=["body", "headers"])
def drop_by_drop(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server that sends a byte each 50 ms, and gives up after five seconds."""
    head = b"HTTP/1.0 200 OK\r\nContent-Type: image/png\r\n"
    head += b"\r\n" if request.param == "body" else b"X-More: "
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            with suppress(OSError), server.accept()[0] as client:
                client.sendall(head)
                for _ in range(100):
                    if not over.wait(0.05):
                        client.sendall(b"x")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x.png"
        over.set()
        thread.join(LIMIT)


Files = dict[str, str | bytes]
Outcome = tuple[int, str, str]


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the user's cache, or the clock of another test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


@pytest.fixture(autouse=True)
def plain_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder `notes` gives its deck its own name here, not that of the test's folder above."""
    monkeypatch.setattr("ankify.identity.names.GENERIC", frozenset())


@pytest.fixture
def project(tmp_path: Path) -> Callable[[Files], Path]:
    """Write files into a notes folder: project({path: text or bytes}) -> folder."""

    def write(files: Files, folder: str = "notes") -> Path:
        root = tmp_path / folder
        root.mkdir(exist_ok=True)
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return write


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Outcome]:
    """Run the command line: run("build", folder) -> (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, now: int | None = None, stdin: str | None = None) -> Outcome:
        environment = {} if now is None else {"SOURCE_DATE_EPOCH": str(now)}
        result = runner().invoke(cli, [str(a) for a in arguments], input=stdin, env=environment)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return call


@pytest.fixture
def anki(tmp_path: Path) -> Iterator[RealAnki]:
    """A fresh collection of the real Anki engine."""
    collection = RealAnki(tmp_path / "anki")
    yield collection
    collection.close()


# Pages of docs/ that are made from the code ------------------------------------------------------

DOCS = Path(__file__).parent.parent / "docs"
MADE = re.compile(r"(<!-- made from the code.*? -->\n)(.*)(<!-- end -->)", re.DOTALL)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-docs", action="store_true", help="write what docs/ should say")
    parser.addoption("--timed", action="store_true", help="run the tests that watch a clock, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what watches a clock unless it is asked for: a busy machine is nobody's fault."""
    timed = [item for item in items if item.get_closest_marker("timed")]
    if timed and not config.getoption("--timed"):
        items[:] = [item for item in items if item not in timed]
        config.hook.pytest_deselected(items=timed)


@pytest.fixture
def documented(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Hold the part of a page that is made from the code true: documented("rules.md", text)."""

    def check(page: str, text: str) -> None:
        path = DOCS / page
        old = path.read_text(encoding="utf-8")
        new = MADE.sub(lambda found: f"{found[1]}\n{text.strip()}\n\n{found[3]}", old)
        assert MADE.search(old), f"docs/{page} has no place for what is made from the code"
        if request.config.getoption("--update-docs"):
            path.write_text(new, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == new, "run pytest --update-docs"

    return check
