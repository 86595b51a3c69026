"""A small AnkiConnect over the real engine: the same protocol, a real collection behind it.

It answers the actions that ankify asks for as the add-on does (API version 6): HTTP 200 with
`result` and `error` whatever happens, the key looked at first, 403 for a foreign origin. And it
can do what goes wrong in life: give no answer, stop half-way, lack an action, have no profile open.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from anki.collection import (
    DeckIdLimit,
    ExportAnkiPackageOptions,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
)
from anki.errors import NotFoundError
from real_anki import RealAnki

VERSION = 6
ACTIONS: set[str] = set()


def action(method: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a method as an action that can be asked for."""
    ACTIONS.add(method.__name__)
    return method


class StandIn:
    """AnkiConnect on a free loopback port, for one collection; also what Anki's user sees."""

    def __init__(self, anki: RealAnki, *, key: str | None = None) -> None:
        self.anki, self.key = anki, key
        self.asked: list[str] = []  # the actions, those inside of `multi` too
        self.lacking: set[str] = set()  # actions of newer add-ons
        self.stops_after: str | None = None  # Anki ends when this action is done, before it answers
        self.silent = False  # a dialog is open
        self.open = True  # a profile is
        self.files_elsewhere = False  # Anki runs on another machine
        self.browsed: str | None = None  # the search that Anki's browser shows
        self.on_sync: Callable[[], object] = lambda: None
        self._turn = threading.Lock()  # the add-on works on Anki's one thread
        self._awake = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._awake.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: dict[str, Any]) -> Any:
        """One request, or one of those in `multi`; an old `version` gets the bare result."""
        name, bare = request.get("action", ""), request.get("version", 4) <= 4
        self.asked.append(name)
        try:
            if request.get("key") != self.key and name != "requestPermission":
                raise Exception("valid api key must be provided")
            if name not in ACTIONS - self.lacking:
                raise Exception("unsupported action")
            result = getattr(self, name)(**request.get("params", {}))
        except ConnectionAbortedError:
            raise
        except Exception as error:
            return {"result": None, "error": str(error)}
        if name == self.stops_after:
            raise ConnectionAbortedError
        return result if bare else {"result": result, "error": None}

    def serve(self, request: dict[str, Any]) -> Any:
        if self.silent:
            self._awake.wait(30)
            raise ConnectionAbortedError
        with self._turn:
            return self.answer(request)

    @property
    def col(self) -> Any:
        if not self.open:
            raise Exception("collection is not available")
        return self.anki.col

    # The actions, each with the parameters and the quirks of the add-on's.

    @action
    def version(self) -> int:
        return VERSION

    @action
    def requestPermission(self) -> dict[str, Any]:
        granted = {"requireApikey": bool(self.key), "version": VERSION}
        return {"permission": "granted", **granted}

    @action
    def multi(self, actions: list[dict[str, Any]]) -> list[Any]:
        return [self.answer(action) for action in actions]

    @action
    def sync(self) -> None:
        self.on_sync()

    @action
    def getMediaDirPath(self) -> str:
        return str(Path(self.col.media.dir()).absolute())

    @action
    def deckNames(self) -> list[str]:
        return [deck.name for deck in self.col.decks.all_names_and_ids()]

    @action
    def getDecks(self, cards: list[int]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for card in cards:
            did = self.col.db.scalar("select did from cards where id = ?", card)
            found.setdefault(self.col.decks.get(did)["name"], []).append(card)
        return found

    @action
    def changeDeck(self, cards: list[int], deck: str) -> None:
        col, did = self.col, self.col.decks.id(deck)
        col.sched.remFromDyn(cards)
        ids = ",".join(map(str, cards))
        col.db.execute(
            f"update cards set usn = ?, mod = ?, did = ? where id in ({ids})",
            col.usn(),
            int(time.time()),
            did,
        )

    @action
    def deleteDecks(self, decks: list[str], cardsToo: bool = False) -> None:
        if not cardsToo:
            raise Exception(
                "Since Anki 2.1.28 it's not possible to delete decks without deleting cards as well"
            )
        for name in decks:
            if deck := self.col.decks.by_name(name):
                self.col.decks.remove([deck["id"]])

    @action
    def findCards(self, query: str | None = None) -> list[int]:
        return [] if query is None else list(map(int, self.col.find_cards(query)))

    @action
    def findNotes(self, query: str | None = None) -> list[int]:
        return [] if query is None else list(map(int, self.col.find_notes(query)))

    @action
    def notesInfo(self, notes: list[int]) -> list[dict[str, Any]]:
        """No guid in it; an empty object for a note that is not there."""
        return [_note_info(self.col, note) for note in notes]

    @action
    def modelNamesAndIds(self) -> dict[str, int]:
        return {each.name: int(each.id) for each in self.col.models.all_names_and_ids()}

    @action
    def guiBrowse(self, query: str | None = None) -> list[int]:
        """Opens the browser at a search."""
        self.browsed = query
        return self.findCards(query)

    @action
    def updateNoteModel(self, note: dict[str, Any]) -> None:
        """Only in newer add-ons."""
        found = self.col.get_note(note["id"])
        model = self.col.models.by_name(note["modelName"])
        if not model:
            raise ValueError(f"Model '{note['modelName']}' not found")
        found.mid, found._fmap = model["id"], self.col.models.field_map(model)
        found.fields = [""] * len(model["flds"])
        for name, value in note["fields"].items():
            found[name] = value
        found.tags = note.get("tags", [])
        self.col.update_note(found, skip_undo_entry=True)

    @action
    def deleteNotes(self, notes: list[int]) -> None:
        self.col.remove_notes(notes)

    @action
    def suspend(self, cards: list[int], suspend: bool = True) -> bool:
        for card in cards:  # takes from the list that it goes through, as the add-on does
            if (self.col.get_card(card).queue == -1) == suspend:
                cards.remove(card)
        if not cards:
            return False
        change = self.col.sched.suspend_cards if suspend else self.col.sched.unsuspend_cards
        change(cards)
        return True

    @action
    def unsuspend(self, cards: list[int]) -> None:
        self.suspend(cards, False)

    @action
    def exportPackage(self, deck: str, path: str, includeSched: bool = False) -> bool:
        """Always with media, always in the format for older Ankis."""
        found = self.col.decks.by_name(deck)
        if not found:
            return False
        if self.files_elsewhere:
            return True
        options = ExportAnkiPackageOptions(
            with_scheduling=includeSched, with_deck_configs=includeSched, with_media=True
        )
        options.legacy = True
        self.col.export_anki_package(
            out_path=path, options=options, limit=DeckIdLimit(deck_id=found["id"])
        )
        return True

    @action
    def importPackage(self, path: str) -> bool:
        """With note types merged, and scheduling and options of decks taken along: no question."""
        options = ImportAnkiPackageOptions(
            merge_notetypes=True, with_scheduling=True, with_deck_configs=True
        )
        self.col.import_anki_package(ImportAnkiPackageRequest(package_path=path, options=options))
        self.col.models._clear_cache()
        return True


def _note_info(col: Any, note_id: int) -> dict[str, Any]:
    try:
        note = col.get_note(note_id)
    except NotFoundError:
        return {}
    model = note.note_type()
    fields = {
        field["name"]: {"value": note.fields[field["ord"]], "order": field["ord"]}
        for field in model["flds"]
    }
    cards = col.db.list("select id from cards where nid = ? order by ord", note_id)
    return {
        "noteId": note_id,
        "tags": note.tags,
        "fields": fields,
        "modelName": model["name"],
        "cards": cards,
    }


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            origin = self.headers.get("Origin", "http://localhost")
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if origin not in ("http://localhost", "http://127.0.0.1"):
                self.send_response(403)
                self.end_headers()
                return
            try:
                answer = stand_in.serve(json.loads(body))
            except ConnectionAbortedError:
                self.close_connection = True
                return
            except ValueError as error:
                answer = {"result": None, "error": str(error)}
            data = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
