"""The documentation is true: its links lead somewhere, and the README's commands run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
import yaml
from ankiconnect import StandIn
from conftest import LIMIT
from real_anki import RealAnki

from ankify.commands.cli import cli
from ankify.commands.init import filled

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


def test_the_readmes_first_commands_are_targets_of_make() -> None:
    first = commands(READMES[0])[0]
    assert first == ["make deck", "make demo", "make test"]
    for command in first:
        assert call([*command.split(), "-n"], ROOT).returncode == 0


def call(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with `ankify` on the PATH."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": programs, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )


@pytest.fixture
def stand_in(anki: RealAnki) -> Iterator[StandIn]:
    server = StandIn(anki)
    yield server
    server.close()


def run_as_printed(page: Path, blocks: list[list[str]], folder: Path, url: str) -> None:
    """Run the commands of a page in one shell; what needs Anki finds the stand-in, and a yes."""
    script = f"""
        ankify() {{ case $1 in
            push) command ankify "$@" --yes --url {url} ;;
            progress) case "$*" in *--from*) command ankify "$@" ;; *)
                command ankify "$@" --url {url} ;; esac ;;
            *) command ankify "$@" ;; esac }}
        git() {{ command git -c init.defaultBranch=main "$@"; }}
        """
    lines = [line for block in blocks for line in block if not line.startswith(("pipx ", "("))]
    done = call(["bash", "-e", "-c", "\n".join([script, *lines])], folder)
    assert done.returncode == 0, f"{page.name}: {done.stderr}"


@pytest.mark.slow
def test_the_readmes_other_commands_run_in_their_order(tmp_path: Path, stand_in: StandIn) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text(NOTE)
    start, *everyday = commands(READMES[0])[1:]
    run_as_printed(READMES[0], [start], tmp_path, stand_in.url)
    run_as_printed(READMES[0], everyday, tmp_path, stand_in.url)
    assert list(tmp_path.glob("build/*.apkg"))
    assert list(tmp_path.glob("my-notes/build/*.apkg"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tutorial.md", "tutorial.zh-CN.md"])
def test_the_tutorial_runs_from_its_first_command_to_its_last(
    tmp_path: Path, stand_in: StandIn, anki: RealAnki, name: str
) -> None:
    page = ROOT / "docs" / name
    run_as_printed(page, commands(page), tmp_path, stand_in.url)
    assert len(anki.notes()) == 7


@pytest.mark.slow
def test_each_recipe_runs_in_a_folder_with_notes(tmp_path: Path, stand_in: StandIn) -> None:
    page = ROOT / "docs" / "how-to.md"
    recipes = commands(page)
    assert len(recipes) > 4
    for number, recipe in enumerate(recipes):
        folder = tmp_path / f"notes-{number}"
        folder.mkdir()
        (folder / "a.md").write_text(NOTE)
        call(["git", "init", "-q"], folder)
        call(["ankify", "build", "-q"], folder)
        shutil.copy(next(folder.glob("build/*.apkg")), folder / "theirs.apkg")
        run_as_printed(page, [recipe], folder, stand_in.url)


# Everything that is printed anywhere -------------------------------------------------------------

NOTE = "# Sums\n\n## 1. What is one and one?\n\nTwo.\n"
QUOTED = re.compile(r"`{1,2}((?:ankify|make) [^`\n]+)`")
SOURCES = [*PAGES, *sorted((ROOT / "ankify").rglob("*.py"))]
GIVEN = {"COMMAND", "stage"}  # stand for a name


def printed_commands() -> Iterator[tuple[str, list[str]]]:
    """All commands that pages, messages and starter files show, with where; as words."""
    for file in SOURCES:
        text = file.read_text(encoding="utf-8")
        blocks = commands(file) if file.suffix == ".md" else []
        found = [*QUOTED.findall(text), *(line for block in blocks for line in block)]
        for line in found:
            yield from ((file.name, words) for words in split(line))
    workflow = yaml.safe_load(filled("deck.yml"))
    for step in workflow["jobs"]["deck"]["steps"]:
        yield from (("deck.yml", words) for words in split(step.get("run", "")))


def split(line: str) -> Iterator[list[str]]:
    for command in re.split(r"&&|\|\|?|;|\n|>", line):
        words = re.sub(r"\"[^\"]*\"|'|\.\.\.", "", command).split()
        if words[:1] in (["ankify"], ["make"]):
            yield words


def test_every_command_that_is_printed_exists_with_its_options() -> None:
    context = click.Context(cli)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    wrong, seen = [], 0
    for place, (program, *words) in printed_commands():
        names = [word for word in words if not word.startswith("-") and "=" not in word]
        if not words or names[:1] == [] or names[0] in GIVEN or "{" in words[0]:
            continue
        seen += 1
        if program == "make":
            wrong += [f"{place}: make {name}" for name in names if name not in targets]
            continue
        command = cli.get_command(context, names[0])
        known = {"-h", "--help", "--version"}
        for option in command.params if command else ():
            known.update(option.opts, option.secondary_opts)
        used = {word.partition("=")[0] for word in words if word.startswith("-")}
        if command is None or not used <= known:
            wrong.append(f"{place}: ankify {' '.join(words)}")
    assert seen > 150
    assert wrong == []


def test_the_readmes_library_example_runs(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```", READMES[0].read_text("utf-8"), re.M | re.S)
    shutil.copytree(ROOT / "notes", tmp_path / "notes")
    done = call([sys.executable, "-c", example], tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "build" / "notes.apkg").is_file()
