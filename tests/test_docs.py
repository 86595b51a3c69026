"""The documentation is true: its links lead somewhere, and the README's commands run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h).strip().lower().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_is_dead(page: Path) -> None:
    dead = []
    for target in LINK.findall(
        re.sub(r"```.*?```|<pre.*?</pre>|`[^`]*`", "", page.read_text("utf-8"), flags=re.S)
    ):
        path, _, anchor = unquote(target).partition("#")
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            dead.append(target)
    assert dead == []


def test_the_site_has_every_page() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    listed = {
        page
        for part in nav
        for page in (next(iter(part.values())) if isinstance(part, dict) else [part])
    }
    assert listed == {path.name for path in (ROOT / "docs").glob("*.md")}


def commands(page: Path) -> list[list[str]]:
    """The shell examples of a page, as lists of commands without their comments."""
    blocks = SHELL.findall(page.read_text(encoding="utf-8"))
    return [[re.split(r"\s+#", line)[0] for line in block.splitlines()] for block in blocks]


def test_both_readmes_show_the_same_commands() -> None:
    assert commands(READMES[0]) == commands(READMES[1])


def test_the_readmes_first_two_commands_are_targets_of_make() -> None:
    first = commands(READMES[0])[0]
    assert first == ["make deck", "make test"]
    for command in first:
        assert call([*command.split(), "-n"], ROOT).returncode == 0


def call(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with `ankify` on the PATH."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": programs, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_readmes_other_commands_run_in_their_order(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "notes", tmp_path / "notes")
    for block in commands(READMES[0])[1:]:
        script = [line for line in block if not line.startswith("pipx ")]
        done = call(["bash", "-e", "-c", "\n".join(script)], tmp_path)
        assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("build/*.apkg"))
    assert list(tmp_path.glob("my-notes/build/*.apkg"))


def test_the_readmes_library_example_runs(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```", READMES[0].read_text("utf-8"), re.M | re.S)
    shutil.copytree(ROOT / "notes", tmp_path / "notes")
    done = call([sys.executable, "-c", example], tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "build" / "notes.apkg").is_file()
