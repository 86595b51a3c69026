"""A collection of the real Anki engine, for tests: import as the dialog does, study, look."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anki.collection  # noqa: F401  first: anki.cards cannot be imported alone
from anki.cards import Card
from anki.collection import Collection, ExportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.decks import DeckId

AGAIN, EASY = 1, 4
SUSPENDED = -1  # the queue of a card


@dataclass(frozen=True)
class Imported:
    """Counts of notes in Anki's own log of an import."""

    new: int
    updated: int
    unchanged: int
    conflicting: int


@dataclass(frozen=True)
class LearnersNote:
    """A note as the learner has it; `cards` are (deck, type, queue, due, interval, reps)."""

    fields: dict[str, str]
    tags: tuple[str, ...]
    modified: int
    cards: tuple[tuple[Any, ...], ...]


class RealAnki:
    """One collection in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.col = Collection(str(folder / "collection.anki2"))

    def close(self) -> None:
        self.col.close()

    def load(self, package: Path, *, always: bool = False, merge: bool = False) -> Imported:
        """Import with the options that Anki's dialog shows the first time.

        `always`: with "Update notes: Always", not "If newer"; `merge`: with "Merge note types".
        """
        options = self.col._backend.get_import_anki_package_presets()
        options.update_notes = 1 if always else options.update_notes
        options.merge_notetypes = merge or options.merge_notetypes
        request = ImportAnkiPackageRequest(package_path=str(package), options=options)
        log = self.col.import_anki_package(request).log
        self.col.models._clear_cache()
        return Imported(len(log.new), len(log.updated), len(log.duplicate), len(log.conflicting))

    def export(self, path: Path, *, scheduling: bool = True, legacy: bool = False) -> None:
        """Export everything, as File > Export does."""
        options = ExportAnkiPackageOptions(
            with_scheduling=scheduling, with_deck_configs=False, with_media=True, legacy=legacy
        )
        self.col.export_anki_package(out_path=str(path), options=options, limit=None)

    def change_note_type(self, old: str, new: str) -> None:
        """Change the note type of all notes, with the fields that Anki's dialog proposes."""
        ids = [self.col.models.by_name(name)["id"] for name in (old, new)]
        info = self.col.models.change_notetype_info(old_notetype_id=ids[0], new_notetype_id=ids[1])
        info.input.note_ids.extend(self.col.find_notes(f'note:"{old}"'))
        self.col.models.change_notetype_of_notes(info.input)

    def study(self) -> int:
        """Answer every new card once with Easy. Returns how many there were."""
        for config in self.col.decks.all_config():
            config["new"]["perDay"] = 9999
            self.col.decks.update_config(config)
        studied = 0
        for deck in self.col.decks.all_names_and_ids():
            self.col.decks.select(DeckId(deck.id))
            while queued := self.col.sched.get_queued_cards(fetch_limit=1).cards:
                card = Card(self.col, backend_card=queued[0].card)
                card.start_timer()
                self.col.sched.answerCard(card, EASY)
                studied += 1
        return studied

    def notes(self) -> dict[str, LearnersNote]:
        """All notes by guid; fails where two share one."""
        rows = self.col.db.all("select id, guid, mid, mod, tags, flds from notes order by id")
        found = {}
        for nid, guid, mid, modified, tags, fields in rows:
            assert guid not in found, f"two notes with the guid {guid}"
            names = [field["name"] for field in self.col.models.get(mid)["flds"]]
            values = dict(zip(names, fields.split("\x1f"), strict=True))
            found[guid] = LearnersNote(values, tuple(tags.split()), modified, self._cards(nid))
        return found

    def _cards(self, nid: int) -> tuple[tuple[Any, ...], ...]:
        rows = self.col.db.all(
            "select did, type, queue, due, ivl, reps from cards where nid = ? order by ord", nid
        )
        return tuple((self.col.decks.name(did), *rest) for did, *rest in rows)

    def reviews(self) -> list[Any]:
        """The review log."""
        return self.col.db.all("select id, cid, ease, ivl from revlog order by id")

    def media(self) -> dict[str, bytes]:
        """The media folder: bytes by name."""
        return {path.name: path.read_bytes() for path in Path(self.col.media.dir()).iterdir()}

    def edit(self, guid: str, field: str, text: str, tag: str, modified: int) -> None:
        """Edit and tag a note as a learner would, at the time `modified`."""
        note = self.col.get_note(self.col.db.scalar("select id from notes where guid = ?", guid))
        note[field] = text
        note.tags.append(tag)
        self.col.update_note(note)
        self.col.db.execute("update notes set mod = ? where guid = ?", modified, guid)

    def mark_synced(self) -> None:
        """Pretend that a sync has just happened."""
        self.col.db.execute("update col set ls = max(scm, mod)")

    def needs_full_sync(self) -> bool:
        return bool(self.col.schema_changed())

    def complaints(self) -> list[str]:
        """What Check Database and Check Media have to say."""
        *found, _ = self.col.fix_integrity()[0].splitlines()  # the last line says it is done
        # Anki's own: a card that it answered within one tick of the clock, whatever the package.
        found = [line for line in found if "last review time" not in line]
        media = self.col.media.check()
        found += [f"missing: {name}" for name in media.missing]
        return found + [f"unused: {name}" for name in media.unused]


# Sync -------------------------------------------------------------------------------------------


def wait_for(found: Callable[[], object], seconds: float = 120) -> None:
    """Wait until `found` says yes."""
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def end(server: subprocess.Popen[bytes]) -> None:
    """Wait for a server that was asked to end; one that does not hear is killed."""
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()


@contextmanager
def sync_server(folder: Path) -> Iterator[str]:
    """Anki's own sync server on a free loopback port."""
    folder.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"SYNC_USER1": "me:secret", "SYNC_BASE": str(folder), "SYNC_HOST": "127.0.0.1"}
    server = subprocess.Popen(
        [sys.executable, "-m", "anki.syncserver"],
        env={**os.environ, **settings, "SYNC_PORT": str(port), "RUST_LOG": "error"},
    )
    try:
        wait_for(lambda: answers(port))
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.send_signal(signal.SIGINT)
        end(server)


def sync(anki: RealAnki, address: str, *, upload: bool | None = None) -> None:
    """Sync as the sync button does; a full one only where `upload` says which way."""
    auth = anki.col.sync_login("me", "secret", address)
    outcome = anki.col.sync_collection(auth, True)
    full = outcome.required not in (outcome.NO_CHANGES, outcome.NORMAL_SYNC)
    assert full == (upload is not None), "a full sync where none was due, or the other way round"
    if full:
        anki.col.close_for_full_sync()
        anki.col.full_upload_or_download(
            auth=auth, server_usn=outcome.server_media_usn, upload=bool(upload)
        )
        anki.col.reopen(after_full_sync=True)
    anki.col.sync_media(auth)
    wait_for(lambda: not anki.col.media_sync_status().active)
