"""`ankify build`: the package and the lock."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ankify.commands.console import harmless, json_text, say, tell_json
from ankify.commands.options import notes_argument, reports_errors, unnumbered_option
from ankify.commands.project import (
    ask,
    confirm_gone,
    problem_lines,
    read,
    rescue_line,
    show_problems,
    with_reasons,
)
from ankify.commands.report import build_lines, counted
from ankify.files import MEGABYTE, read_file
from ankify.identity.lock import LOCK_NAME
from ankify.model import AnkifyError, ChangeKind, Project

if TYPE_CHECKING:
    from ankify.commands.as_json import BuildReport


GONE_HELP = (
    "Do not ask before questions are marked as removed; it asks where a file has none any more, or"
    " they lost their numbers."
)


@click.command("build")
@notes_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The package to write.  [default: build/DECK.apkg]",
)
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.option("--locked", is_flag=True, help="Write no lock; fail if one is needed (for CI).")
@click.option("--new-deck", is_flag=True, help="Go on where a folder above or below has a lock.")
@unnumbered_option
@click.option("-y", "--yes", is_flag=True, help=GONE_HELP)
@click.option("--fetch", is_flag=True, help="Download remote pictures into the deck.")
@click.option("--no-cache", is_flag=True, help="Render all notes again.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Print each change with its place.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@reports_errors
def build_command(
    notes: Path,
    output: Path | None,
    *,
    strict: bool,
    locked: bool,
    new_deck: bool,
    unnumbered: bool,
    yes: bool,
    fetch: bool,
    no_cache: bool,
    quiet: bool,
    verbose: bool,
    as_json: bool,
) -> None:
    """Build the Anki package of NOTES, and NOTES/ankify.lock.

    Example: ankify build notes -o build/notes.apkg
    """
    from ankify.building.deck import write_deck
    from ankify.building.stamp import leave, look

    seen = None if fetch or no_cache else look(notes)
    decide = partial(ask, notes) if _is_terminal() else None
    project = read(notes, unnumbered, quiet=quiet, fetch=fetch, cached=not no_cache, decide=decide)
    known = with_reasons(project)
    if not quiet or strict:
        show_problems(known.problems, notes)
    if not yes:
        confirm_removals(known)
    if decide and not yes:
        confirm_gone(known)
    is_first = not (notes / LOCK_NAME).exists()
    deck = write_deck(known, output, strict=strict, locked=locked, new_deck=new_deck)
    path = deck.path
    if project.lock_merged:
        say(f"{(notes / LOCK_NAME).as_posix()}: {project.lock_merged}")
    if deck.rescue:
        say(rescue_line(deck.rescue, project.root))
    if as_json:
        tell_json(_as_json(known, path))
    elif not quiet:
        print_report(known, path, verbose=verbose)
    if is_first and not quiet and (hint := ignore_hint(path)):
        say(hint)
    arguments = click.get_current_context().obj
    if seen and arguments:
        printed = next_output(project, path, quiet=quiet, verbose=verbose, in_json=as_json)
        leave(arguments, seen, project, path, printed)


def next_output(
    project: Project, path: Path, *, quiet: bool, verbose: bool, in_json: bool
) -> tuple[str, str]:
    """What the next build prints to stdout and stderr if nothing changes until then."""
    project = replace(project, changes=())
    lines: list[str] = []
    if not quiet:
        lines += problem_lines(project.problems, project.root)
        lines += () if in_json else build_lines(project, path, verbose=verbose)
    out = f"{json_text(_as_json(project, path))}\n" if in_json else ""
    return out, "".join(f"{harmless(line)}\n" for line in lines)


def _as_json(project: Project, path: Path) -> BuildReport:
    from ankify.commands.as_json import build_as_json  # few builds are asked for it

    return build_as_json(project, path)


def confirm_removals(project: Project) -> None:
    """Ask before questions are marked as removed that only seem to be: they lost their numbers.

    Where `--unnumbered` is forgotten once, a whole file has no question any more, and as many
    titles without a number. Raises AnkifyError where there is no terminal to ask on.
    """
    loose = {page.file: page.survey.unnumbered for page in project.pages if not page.questions}
    gone = Counter(one.location.file for one in project.changes if one.kind is ChangeKind.REMOVED)
    forgotten = sum(count for file, count in gone.items() if loose.get(file, 0) >= count)
    if not forgotten:
        return
    said = f"{counted(forgotten, 'question')} would be marked as removed: they have no number"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        hint = "--unnumbered takes them (unnumbered = true in ankify.toml), -y marks them"
        raise AnkifyError(f"nothing was written: {said}", hint=hint)
    if not click.confirm(f"{said} (--unnumbered would take them). Mark them?", err=True):
        raise AnkifyError("nothing was written")


def ignore_hint(package: Path) -> str | None:
    """Say that git would take the package in; None where it is ignored, or there is no git.

    git itself is not asked: it runs programs that the settings of a stranger's repository name.
    """
    folder = Path.cwd()
    top = next((it for it in (folder, *folder.parents) if (it / ".git").exists()), None)
    if top is None or package.is_absolute() or ".." in package.parts:
        return None
    name = package.parts[0] if len(package.parts) > 1 else package.name
    between = [it for it in (folder, *folder.parents) if it.is_relative_to(top)]
    for file in (*(it / ".gitignore" for it in between), top / ".git" / "info" / "exclude"):
        with suppress(OSError):  # none, or none that anybody wrote by hand
            lines = read_file(file, MEGABYTE).decode("utf-8", "replace").splitlines()
            if {name, "*.apkg"} & {line.strip().strip("/") for line in lines}:
                return None
    pattern = shlex.quote(f"/{name}/" if len(package.parts) > 1 else f"/{name}")
    return f"  to keep it out of git: echo {pattern} >> .gitignore"


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def print_report(project: Project, path: Path, *, verbose: bool) -> None:
    """Print the report of a build to stderr."""
    for line in build_lines(project, path, verbose=verbose):
        say(line)
