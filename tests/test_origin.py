"""Where this ankify came from: what is printed to install it can be typed as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ankify import origin

GIT = {
    "url": "https://example.org/ankify.git",
    "vcs_info": {"vcs": "git", "commit_id": "0" * 40},
}
WHEEL = {"url": "https://example.org/ankify_notes-1-py3-none-any.whl", "archive_info": {}}
OWN_WHEEL = {"url": "file:///home/me/my%20files/ankify.whl", "archive_info": {}}


class Installed:
    def __init__(self, direct: dict[str, Any] | None) -> None:
        self.direct = direct

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return None if self.direct is None else json.dumps(self.direct)


@pytest.mark.parametrize(
    ("direct", "here", "anywhere"),
    [
        (None, "ankify-notes", "ankify-notes"),
        (
            GIT,
            "ankify-notes @ git+https://example.org/ankify.git",
            "ankify-notes @ git+https://example.org/ankify.git",
        ),
        (WHEEL, f"ankify-notes @ {WHEEL['url']}", f"ankify-notes @ {WHEEL['url']}"),
        (OWN_WHEEL, "/home/me/my files/ankify.whl", None),
        ({"url": "file:///home/me/ankify", "dir_info": {}}, "/home/me/ankify", None),
    ],
)
def test_it_is_installed_from_where_it_came_from(
    monkeypatch: pytest.MonkeyPatch,
    direct: dict[str, Any] | None,
    here: str,
    anywhere: str | None,
) -> None:
    monkeypatch.setattr("importlib.metadata.distribution", lambda name: Installed(direct))
    assert origin.requirement() == here
    assert origin.public_requirement() == anywhere


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("https://example.org/me/ankify", "https://example.org/me/ankify"),
        ("https://me:secret@example.org/me/ankify", "https://example.org/me/ankify"),
        ("git@example.org:me/ankify.git", "https://example.org/me/ankify.git"),
        ("ssh://git@example.org/me/ankify.git", "https://example.org/me/ankify.git"),
        ("/home/me/other", None),
    ],
)
def test_a_clone_is_found_by_others_at_its_origin(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, public: str | None
) -> None:
    (tmp_path / ".git").mkdir()
    config = f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {address}\n\tfetch = +x:y\n'
    (tmp_path / ".git" / "config").write_text(config)
    direct = {"url": tmp_path.as_uri(), "dir_info": {"editable": True}}
    monkeypatch.setattr("importlib.metadata.distribution", lambda name: Installed(direct))
    assert origin.public_requirement() == (public and f"ankify-notes @ git+{public}")


def test_the_command_quotes_what_the_shell_would_take_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.metadata.distribution", lambda name: Installed(OWN_WHEEL))
    assert origin.install_command() == "pip install -U '/home/me/my files/ankify.whl'"
