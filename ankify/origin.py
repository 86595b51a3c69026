"""Where this ankify was installed from: what has to be typed to install it elsewhere, or anew.

pip notes the origin of what is not from an index in `direct_url.json`
(https://packaging.python.org/en/latest/specifications/direct-url/).
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

DISTRIBUTION = "ankify-notes"
# [remote "origin"], then its url, before the next section
_ORIGIN = re.compile(r'^\[remote "origin"\][^\[]*?^\s*url\s*=\s*(\S+)', re.M)
# git@github.com:me/ankify.git
_SCP = re.compile(r"(?:ssh://)?git@([\w.-]+)[:/](.+)")


def requirement() -> str:
    """What `pip install` takes to install this ankify on this machine."""
    return _requirement(_direct_url())


def public_requirement() -> str | None:
    """The same for any machine; None where it came from files that only this machine has."""
    direct = _direct_url()
    folder = _folder(direct)
    if folder is None:
        found = _requirement(direct)
        return None if found.startswith("/") or direct.get("url", "").startswith("file:") else found
    remote = _remote(folder)
    return f"{DISTRIBUTION} @ git+{remote}" if remote else None


def install_command() -> str:
    """The command that installs ankify from where this one came from, newest version first."""
    return f"pip install -U {shlex.quote(requirement())}"


def _direct_url() -> Mapping[str, Any]:
    """The origin that pip noted; that of a checkout that is run in place; else {}, for an index."""
    try:
        text = metadata.distribution(DISTRIBUTION).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return {"url": Path(__file__).parent.parent.as_uri(), "dir_info": {}}
    return json.loads(text) if text else {}


def _requirement(direct: Mapping[str, Any]) -> str:
    url = direct.get("url", "")
    if not url:
        return DISTRIBUTION
    if url.startswith("file:"):
        return _path(url)
    vcs = direct.get("vcs_info")
    return f"{DISTRIBUTION} @ {vcs['vcs']}+{url}" if vcs else f"{DISTRIBUTION} @ {url}"


def _folder(direct: Mapping[str, Any]) -> Path | None:
    return Path(_path(direct["url"])) if "dir_info" in direct else None


def _path(url: str) -> str:
    return url2pathname(unquote(urlsplit(url).path))


def _remote(folder: Path) -> str | None:
    """The address of a clone's origin that anybody can read, if it has one."""
    try:
        config = (folder / ".git" / "config").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):  # no clone, or a worktree of one
        return None
    found = _ORIGIN.search(config)
    if not found:
        return None
    address = _SCP.sub(r"https://\1/\2", found[1])
    # a name or a token before the @ is nobody else's
    address = re.sub(r"(?<=//)[^/@]*@", "", address)
    return address if address.startswith("https://") else None
