"""A running Anki, reached through its add-on AnkiConnect (API version 6).

The add-on answers on Anki's own thread, over HTTP, with status 200 also for errors; what each
action does is measured in `tests/ankiconnect.py`, on the real engine. Each failure becomes one
sentence with what to do about it.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import urlsplit

from ankify.anki import foreign_json
from ankify.model import AnkifyError
from ankify.timing import wait_at_most

DEFAULT_URL = "http://127.0.0.1:8765"
KEY_VARIABLE = "ANKICONNECT_KEY"
API_VERSION = 6
ADD_ON = "2055492159"  # its number, as Anki's "Get Add-ons" asks for it

# How long an action may take, in seconds; reading and importing a large deck copies its media.
SHORT, USUAL, LONG = 10, 60, 900
PATIENCE = {
    "version": SHORT,
    "getMediaDirPath": SHORT,
    "importPackage": LONG,
    "exportPackage": LONG,
}

LARGEST_REPLY = 128 << 20  # bytes; a collection of 100,000 notes answers with a fifth of it

_LONGEST_REASON = 2000  # characters of an error that are shown

# What the add-on says, what that means to its user, and what to do about it.
REFUSALS = (
    (
        r"valid api key must be provided",
        "AnkiConnect asks for its key, and {key}",
        f"set {KEY_VARIABLE}, or [anki] key in ankify.toml, to apiKey of the add-on's settings"
        " (Tools > Add-ons > AnkiConnect > Config)",
    ),
    (
        r"unsupported action",
        "AnkiConnect is too old: it has no action {action}",
        "in Anki: Tools > Add-ons > Check for Updates",
    ),
    (
        r"(collection|decks|media|database|scheduler) (is|are) not available",
        "no profile is open in Anki",
        "open one in Anki, then try again",
    ),
)


def _list_of(kind: type) -> Callable[[Any], bool]:
    return lambda result: isinstance(result, list) and all(isinstance(it, kind) for it in result)


# What the answers that are looked at have to be; whatever listens at the port sends what it likes.
RESULTS: Mapping[str, Callable[[Any], bool]] = {
    "version": lambda result: isinstance(result, int),
    "getMediaDirPath": lambda result: isinstance(result, str),
    "findCards": _list_of(int),
    "findNotes": _list_of(int),
    "notesInfo": _list_of(dict),
    "deckNames": _list_of(str),
    "getDecks": lambda result: isinstance(result, dict),
    "modelNamesAndIds": lambda result: isinstance(result, dict),
}


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The add-on never sends anyone elsewhere; another program could, to another machine."""

    def redirect_request(self, *_: Any) -> None:
        return None


class AnkiConnect:
    """A client of the add-on at one address; nothing is sent before the first action."""

    def __init__(self, url: str = DEFAULT_URL, key: str | None = None) -> None:
        if not _is_web_address(url):
            raise AnkifyError(f"not the address of AnkiConnect: {url}", hint=f"as {DEFAULT_URL}")
        self.url = url
        self._key = key
        # A proxy of the environment is for the web, and cannot reach this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)

    def ask(self, action: str, **params: Any) -> Any:
        """Have one action done. Raises AnkifyError where it cannot be."""
        reply = self._send(self._request(action, params), action)
        return self._result(reply, action)

    def ask_all(self, action: str, many: Sequence[dict[str, Any]]) -> list[Any]:
        """Have one action done with each of these parameters, in one request."""
        if not many:
            return []
        requests = [self._request(action, params) for params in many]
        sent = self._send(self._request("multi", {"actions": requests}), action)
        replies = self._result(sent, "multi")
        if not isinstance(replies, list) or len(replies) != len(many):
            raise self._stranger()
        return [self._result(reply, action) for reply in replies]

    def profile(self) -> str:
        """The folder of the profile that is open, as the machine of Anki names it.

        Not `getActiveProfile`, which only newer add-ons know. Raises AnkifyError, first of all
        where there is no AnkiConnect to ask.
        """
        self.ask("version")
        media = self.ask("getMediaDirPath")
        pure = PureWindowsPath(media) if "\\" in media else PurePosixPath(media)
        return str(pure.parent)

    def _request(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        request = {"action": action, "version": API_VERSION, "params": params}
        return request | ({"key": self._key} if self._key else {})

    def _result(self, reply: Any, action: str) -> Any:
        if not isinstance(reply, dict) or not reply.keys() >= {"result", "error"}:
            raise self._stranger()
        if reply["error"] is not None:
            raise self._refused(action, str(reply["error"])[:_LONGEST_REASON])
        if action in RESULTS and not RESULTS[action](reply["result"]):
            raise self._stranger()
        return reply["result"]

    def _send(self, request: dict[str, Any], action: str) -> Any:
        seconds = PATIENCE.get(action, USUAL)
        body = json.dumps(request).encode()
        headers = {"Content-Type": "application/json"}
        message = urllib.request.Request(self.url, body, headers)

        def reply() -> bytes:
            with self._opener.open(message, timeout=seconds) as response:
                return bytes(response.read(LARGEST_REPLY + 1))

        try:
            data = wait_at_most(seconds, reply)
            return foreign_json.load(data if len(data) <= LARGEST_REPLY else b"")
        except urllib.error.HTTPError as error:
            raise self._stranger(error.code) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._no_answer(error, action) from error
        except (ValueError, RecursionError) as error:  # no JSON, or no end of it
            raise self._stranger() from error

    def _no_answer(self, error: Exception, action: str) -> AnkifyError:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, TimeoutError):
            return AnkifyError(
                f"Anki gives no answer to {action}: a dialog is open in it, or it is busy",
                hint="close the dialog in Anki, or wait for it, then try again",
            )
        if isinstance(reason, ConnectionRefusedError):
            return AnkifyError(
                f"Anki is not running, or has no AnkiConnect: nothing answers at {self.url}",
                hint=f"start Anki; to install the add-on: Tools > Add-ons > Get Add-ons: {ADD_ON}",
            )
        if isinstance(reason, ConnectionError | http.client.HTTPException):
            return AnkifyError(
                f"the connection to Anki broke during {action}: was Anki closed?",
                hint="start Anki, then try again",
            )
        return AnkifyError(f"cannot reach Anki at {self.url}: {reason}", hint="check --url")

    def _stranger(self, code: int | None = None) -> AnkifyError:
        if code == 403:
            return AnkifyError(
                f"AnkiConnect at {self.url} lets nobody in from here (403)",
                hint="add http://localhost to webCorsOriginList in the add-on's settings",
            )
        return AnkifyError(
            f"what answers at {self.url} is not AnkiConnect",
            hint="another program uses this port: set webBindPort in the add-on's settings"
            " to a free one, and [anki] url in ankify.toml to the same",
        )

    def _refused(self, action: str, reason: str) -> AnkifyError:
        key = "does not take the one it was given" if self._key else "none is set"
        for pattern, message, hint in REFUSALS:
            if re.search(pattern, reason, re.IGNORECASE):
                return AnkifyError(message.format(action=action, key=key), hint=hint)
        return AnkifyError(f"Anki could not do {action}: {reason.strip()}")


def connect(url: str | None, key: str | None, *, named: bool = False) -> AnkiConnect:
    """Make a client from the settings; the key of the environment comes first.

    A notes folder can come from anyone, so the address in its `ankify.toml` may only be one of
    this machine; `named` is for an address that the user has typed.
    """
    url = url or DEFAULT_URL
    client = AnkiConnect(url, os.environ.get(KEY_VARIABLE) or key)
    if not named and not is_loopback(url):
        raise AnkifyError(
            f"[anki] url in ankify.toml is another machine: {url}",
            hint=f"if it is yours, name it yourself: --url {url}",
        )
    return client


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # `http://[::1`, `http://127.0.0.1:99999`
        return False


def is_loopback(url: str) -> bool:
    """Whether an address is one of this machine, without asking a name server."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
