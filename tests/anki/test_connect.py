"""The client of AnkiConnect: what it sends, and each failure as one sentence with its cure."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from ankiconnect import StandIn
from real_anki import RealAnki, answers, end, wait_for

from ankify.anki import connect
from ankify.anki.connect import AnkiConnect
from ankify.model import AnkifyError


@pytest.fixture
def stand_in(anki: RealAnki) -> Iterator[StandIn]:
    server = StandIn(anki)
    yield server
    server.close()


def failure(client: AnkiConnect, action: str = "deckNames", **params: object) -> tuple[str, str]:
    with pytest.raises(AnkifyError) as error:
        client.ask(action, **params)
    return error.value.message, error.value.hint or ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_an_action_is_done_and_its_result_returned(stand_in: StandIn) -> None:
    assert AnkiConnect(stand_in.url).ask("deckNames") == ["Default"]


def test_many_are_done_in_one_request_in_their_order(stand_in: StandIn) -> None:
    client = AnkiConnect(stand_in.url)
    queries = [{"query": "is:new"}, {"query": "deck:Default"}]
    assert client.ask_all("findCards", queries) == [[], []]
    assert stand_in.asked == ["multi", "findCards", "findCards"]
    assert client.ask_all("findCards", []) == []


def test_the_profile_is_known_by_its_folder(stand_in: StandIn, tmp_path: Path) -> None:
    assert AnkiConnect(stand_in.url).profile() == str(tmp_path / "anki")


def test_the_key_is_sent_with_every_action_those_inside_of_multi_too(anki: RealAnki) -> None:
    server = StandIn(anki, key="sesame")
    client = AnkiConnect(server.url, "sesame")
    assert client.ask_all("version", [{}, {}]) == [6, 6]
    server.close()


def test_a_wrong_key_and_none_say_where_it_is_set_and_never_the_key(anki: RealAnki) -> None:
    server = StandIn(anki, key="sesame")
    message, hint = failure(AnkiConnect(server.url, "barley"))
    assert message == "AnkiConnect asks for its key, and does not take the one it was given"
    assert "apiKey" in hint
    assert "barley" not in hint
    assert failure(AnkiConnect(server.url))[0] == "AnkiConnect asks for its key, and none is set"
    server.close()


def test_the_key_of_the_environment_comes_before_that_of_the_settings(
    anki: RealAnki, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = StandIn(anki, key="sesame")
    monkeypatch.setenv("ANKICONNECT_KEY", "sesame")
    assert connect.connect(server.url, "barley").ask("version") == 6
    server.close()


def test_without_anki_it_says_to_start_it_and_how_to_get_the_add_on() -> None:
    message, hint = failure(AnkiConnect(f"http://127.0.0.1:{free_port()}"))
    assert message.startswith("Anki is not running, or has no AnkiConnect")
    assert "2055492159" in hint


def test_an_open_dialog_is_no_answer(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in.silent = True
    monkeypatch.setattr(connect, "USUAL", 0.2)
    message, hint = failure(AnkiConnect(stand_in.url))
    assert message == "Anki gives no answer to deckNames: a dialog is open in it, or it is busy"
    assert hint.startswith("close the dialog")


def test_an_answer_that_comes_drop_by_drop_is_none(
    drop_by_drop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "USUAL", 0.3)
    message, _ = failure(AnkiConnect(drop_by_drop))
    assert message == "Anki gives no answer to deckNames: a dialog is open in it, or it is busy"


def test_an_anki_that_is_closed_half_way(stand_in: StandIn) -> None:
    stand_in.stops_after = "deckNames"
    message, hint = failure(AnkiConnect(stand_in.url))
    assert message == "the connection to Anki broke during deckNames: was Anki closed?"
    assert hint == "start Anki, then try again"


def test_an_old_add_on_lacks_an_action(stand_in: StandIn) -> None:
    stand_in.lacking = {"updateNoteModel"}
    message, hint = failure(AnkiConnect(stand_in.url), "updateNoteModel", note={})
    assert message == "AnkiConnect is too old: it has no action updateNoteModel"
    assert "Check for Updates" in hint
    with pytest.raises(AnkifyError, match="has no action updateNoteModel"):
        AnkiConnect(stand_in.url).ask_all("updateNoteModel", [{}])


def test_no_profile_is_open(stand_in: StandIn) -> None:
    stand_in.open = False
    assert failure(AnkiConnect(stand_in.url))[0] == "no profile is open in Anki"


def test_another_error_is_passed_on_with_its_action(stand_in: StandIn) -> None:
    message, _ = failure(AnkiConnect(stand_in.url), "deleteDecks", decks=["Default"])
    assert message.startswith("Anki could not do deleteDecks: Since Anki 2.1.28")


class Stranger(BaseHTTPRequestHandler):
    """Another program, with one answer to all."""

    answer = b""
    status = 200

    def do_POST(self) -> None:
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(self.answer)

    def do_GET(self) -> None:
        self.status = 200
        self.do_POST()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def stranger() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "answer", [b"", b"It works!", b"[" * 100_000, b'{"result": 6, "error": null}' + b" " * 2000]
)
def test_another_program_on_the_port_is_not_taken_for_anki(
    answer: bytes, monkeypatch: pytest.MonkeyPatch, stranger: str
) -> None:
    monkeypatch.setattr(Stranger, "answer", answer)
    if answer.endswith(b" "):
        monkeypatch.setattr("ankify.anki.connect.LARGEST_REPLY", 1000)
    message, _ = failure(AnkiConnect(stranger))
    assert message.endswith("is not AnkiConnect")


def test_an_answer_of_more_parts_than_any_collection_has_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, stranger: str
) -> None:
    monkeypatch.setattr("ankify.anki.foreign_json.MOST_PARTS", 10)
    monkeypatch.setattr(Stranger, "answer", b'{"result": ["a"], "error": null}')
    assert AnkiConnect(stranger).ask("deckNames") == ["a"]
    monkeypatch.setattr(Stranger, "answer", b'{"result": [%s""], "error": null}' % (b'"",' * 10))
    assert failure(AnkiConnect(stranger))[0].endswith("is not AnkiConnect")


@pytest.mark.parametrize(
    ("action", "result"),
    [
        ("version", '"6"'),
        ("getMediaDirPath", "null"),
        ("findCards", '["1"]'),
        ("notesInfo", "[null]"),
        ("deckNames", '{"Default": 1}'),
        ("getDecks", '["Default"]'),
        ("modelNamesAndIds", "5"),
    ],
)
def test_a_result_of_another_kind_than_the_action_gives_is_not_taken(
    action: str, result: str, monkeypatch: pytest.MonkeyPatch, stranger: str
) -> None:
    monkeypatch.setattr(Stranger, "answer", f'{{"result": {result}, "error": null}}'.encode())
    assert failure(AnkiConnect(stranger), action)[0].endswith("is not AnkiConnect")


def test_fewer_answers_than_actions_are_not_taken(
    monkeypatch: pytest.MonkeyPatch, stranger: str
) -> None:
    one = b'{"result": null, "error": null}'
    monkeypatch.setattr(Stranger, "answer", b'{"result": [%s], "error": null}' % one)
    assert AnkiConnect(stranger).ask_all("changeDeck", [{}]) == [None]
    with pytest.raises(AnkifyError, match="is not AnkiConnect"):
        AnkiConnect(stranger).ask_all("changeDeck", [{}, {}])


def test_nobody_is_followed_elsewhere(monkeypatch: pytest.MonkeyPatch, stranger: str) -> None:
    monkeypatch.setattr(Stranger, "answer", b'{"result": 6, "error": null}')
    assert AnkiConnect(stranger).ask("version") == 6
    monkeypatch.setattr(Stranger, "status", 302)
    assert failure(AnkiConnect(stranger), "version")[0].endswith("is not AnkiConnect")


def test_a_proxy_of_the_environment_is_not_asked(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    assert AnkiConnect(stand_in.url).ask("version") == 6


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "ftp://127.0.0.1", "127.0.0.1:8765", "http://"),
        *("http://[::1", "http://127.0.0.1:99999", "http://127.0.0.1:a"),
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(AnkifyError, match="not the address of AnkiConnect"):
        AnkiConnect(url)


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://127.0.0.1:8765", True),
        ("http://localhost:1", True),
        ("http://[::1]:8765", True),
        ("http://localhost.example.org", False),
        ("http://127.0.0.1.example.org", False),
        ("http://192.168.0.7:8765", False),
    ],
)
def test_settings_may_name_this_machine_only(url: str, own: bool) -> None:
    assert connect.is_loopback(url) is own
    assert connect.connect(url, None, named=True).url == url
    if not own:
        with pytest.raises(AnkifyError, match="is another machine"):
            connect.connect(url, None)


# PyPI's anki-connect-server, the same protocol by other people; it needs Python 3.12 -------------

SERVER = shutil.which("anki-connect-server")


@contextmanager
def other_server(folder: Path) -> Iterator[str]:
    folder.mkdir()
    port = free_port()
    settings = {"PORT": str(port), "COLLECTION_PATH": str(folder / "collection.anki2")}
    own = {f"ANKICONNECT_{name}": value for name, value in settings.items()}
    assert SERVER
    server = subprocess.Popen(
        [SERVER, "api"], env={**os.environ, **own}, cwd=folder, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: answers(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        end(server)


@pytest.mark.slow
@pytest.mark.skipif(not SERVER, reason="anki-connect-server is not installed")
def test_another_implementation_of_the_protocol_is_understood(tmp_path: Path) -> None:
    with other_server(tmp_path / "server") as url:
        client = AnkiConnect(url)
        assert client.ask("version") == 6
        assert client.ask("deckNames") == ["Default"]
        assert client.ask_all("findCards", [{"query": "mid:1"}]) == [[]]
        assert client.ask("getDecks", cards=[]) == {}
        assert client.profile() == str(tmp_path / "server")
        assert failure(client, "updateNoteModel", note={})[0].startswith("AnkiConnect is too old")
