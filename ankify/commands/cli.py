"""The command line: options, exit codes and printing. It decides nothing about notes.

stdout gets what was asked for, stderr everything else. Exit code 0: done, 1: problems or failed,
2: wrong usage.
"""

from __future__ import annotations

import io
import json
import os
import shlex
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ankify import __version__
from ankify.commands.report import (
    annotation,
    build_lines,
    build_report,
    counted,
    forecast_as_json,
    forecast_lines,
    from_here,
    hint_from_here,
    note_as_json,
    problem_as_json,
    verdict_as_json,
    verdict_lines,
)
from ankify.config import CONFIG_NAME
from ankify.identity.lock import LOCK_NAME
from ankify.model import AnkifyError, ChangeKind, Problem, Project, Severity

if TYPE_CHECKING:
    from ankify.anki.forecast import Forecast
    from ankify.anki.read import Package
    from ankify.building.deck import Rescue
    from ankify.identity.guids import Candidate, Doubt

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
SHOWN = 20  # problems that `ankify build` prints


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; Ctrl-C at any moment of it gives 130."""
    try:
        code = cli(list(arguments), prog_name="ankify", obj=arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        say("interrupted")
        return 130
    return code if isinstance(code, int) else 0


class _Commands(click.Group):
    """All commands; those in modules of their own are imported when they are asked for."""

    ELSEWHERE = ("adopt", "progress", "push")

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, by name."""
        return sorted({*super().list_commands(ctx), *self.ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name; importing its module registers it."""
        if cmd_name in self.ELSEWHERE:
            import_module(f"ankify.commands.{cmd_name}")
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands, context_settings=CONTEXT)
@click.version_option(__version__, message="ankify %(version)s")
def cli() -> None:
    """Turn a folder of Markdown notes into an Anki deck.

    Example: ankify build notes
    """


def notes_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """The NOTES argument that most commands take."""
    return click.argument(
        "notes", required=False, type=click.Path(path_type=Path), callback=_notes_folder
    )(command)


def _notes_folder(_: click.Context, __: click.Parameter, value: Path | None) -> Path:
    return default_notes(value)


def default_notes(value: Path | None) -> Path:
    """NOTES, else the folder here if it has an ankify.toml, else notes/, else the folder here.

    Raises BadParameter for a file.
    """
    if value is not None and os.path.isfile(value):
        hint = f"name its folder: {value.parent}"
        raise click.BadParameter(f"{value} is a file, and NOTES is a folder; {hint}")
    if value is not None:
        return value
    return Path("notes") if not Path("ankify.toml").is_file() and Path("notes").is_dir() else Path()


unnumbered_option = click.option(
    "--unnumbered", is_flag=True, help="Take questions without a number, too."
)


def reports_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Show an error that a user can mend as its message and exit with 1.

    Those are AnkifyError and what the system refuses; anything else keeps its traceback.
    """

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except AnkifyError as error:
            say(str(_from_here(error, kwargs.get("notes", Path()))))
            sys.exit(1)
        except BrokenPipeError:  # `ankify list | head`: click knows what to do
            raise
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            say(str(AnkifyError(f"{place}{error.strerror or error}")))
            sys.exit(1)
        except KeyboardInterrupt:
            say("interrupted")
            sys.exit(130)

    return wrapped


def _from_here(error: AnkifyError, notes: Path) -> AnkifyError:
    """An error whose file is named as seen from the folder that ankify was called in."""
    place, hint = error.location, error.hint
    if place:
        hint = hint_from_here(hint, place, notes)
    if place and not notes.is_absolute() and os.path.exists(notes / place.file):
        place = replace(place, file=(notes / place.file).as_posix())
    return AnkifyError(error.message, place, hint)


def say(text: str) -> None:
    """Print to stderr; a stream that cannot encode a title shows it escaped."""
    _print(text, sys.stderr)


def tell(text: str) -> None:
    """Print to stdout what was asked for."""
    _print(text, sys.stdout)


def tell_json(data: object) -> None:
    """Print data to stdout as JSON."""
    tell(json.dumps(data, ensure_ascii=False, indent=1))


def _print(text: str, stream: Any) -> None:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A progress line on a terminal, for work that is longer than a second."""
    started, shown = time.monotonic(), False

    def advance(done: int, total: int) -> None:
        nonlocal shown
        if quiet or not sys.stderr.isatty() or time.monotonic() - started < 1:
            return
        shown = True
        filled = 30 * done // max(total, 1)
        sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done}/{total} note files")
        sys.stderr.flush()

    try:
        yield advance
    finally:
        if shown:
            sys.stderr.write("\r\033[K")


def read(notes: Path, unnumbered: bool, *, quiet: bool = False, **options: Any) -> Project:
    """Read the notes, with a bar on a terminal; `options` are fields of `ReadOptions`."""
    from ankify.config import read_settings
    from ankify.pipeline import ReadOptions, read_project

    settings = read_settings(notes)
    if unnumbered:
        settings = replace(settings, questions=replace(settings.questions, unnumbered=True))
    with progress(quiet) as advance:
        return read_project(
            notes,
            ReadOptions(
                settings=settings, progress=advance, processes=os.cpu_count() or 1, **options
            ),
        )


# build ------------------------------------------------------------------------------------------


@cli.command()
@notes_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The package to write.  [default: build/DECK.apkg]",
)
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.option("--locked", is_flag=True, help="Fail if ankify.lock would change (for CI).")
@unnumbered_option
@click.option("--fetch", is_flag=True, help="Download remote pictures into the deck.")
@click.option("--no-cache", is_flag=True, help="Render all notes again.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Print each change with its place.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@reports_errors
def build(
    notes: Path,
    output: Path | None,
    *,
    strict: bool,
    locked: bool,
    unnumbered: bool,
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
    decide = ask if sys.stdin.isatty() and sys.stderr.isatty() else None
    project = read(notes, unnumbered, quiet=quiet, fetch=fetch, cached=not no_cache, decide=decide)
    known = replace(project, problems=(*project.problems, *reasons(project)))
    if not quiet or strict:
        show_problems(known.problems, notes)
    deck = write_deck(known, output, strict=strict, locked=locked)
    path = deck.path
    if project.lock_merged:
        say(f"{(notes / LOCK_NAME).as_posix()}: {project.lock_merged}")
    if deck.rescue:
        say(rescue_line(deck.rescue, project.root))

    def report(project: Project) -> None:
        if as_json:
            tell_json(build_report(project, path))
        elif not quiet:
            print_report(project, path, verbose=verbose)

    report(known)
    arguments = click.get_current_context().obj
    if seen and arguments:
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
            if not quiet:
                show_problems(project.problems, notes)
            report(replace(project, changes=()))
        leave(arguments, seen, project, path, (out.getvalue(), err.getvalue()))


def reasons(project: Project) -> Sequence[Problem]:
    """Problems that say why questions are gone; a build looks for no others."""
    if not any(change.kind is ChangeKind.REMOVED for change in project.changes):
        return ()
    from ankify.checks.rules import why_removed

    return why_removed(project)


def rescue_line(rescue: Rescue, root: Path) -> str:
    """Say that the lock was gone, and how the history of its notes can be kept."""
    lock = root / LOCK_NAME
    lock_name, old, notes = (shlex.quote(it.as_posix()) for it in (lock, rescue.path, root))
    return (
        f"warning: {lock.as_posix()} was gone: {counted(rescue.lost, 'note')} of the last package"
        " would lose the history\n"
        f"  hint: remove {lock_name}, then `ankify adopt {old} {notes}` keeps it; build again"
    )


def ask(doubt: Doubt) -> Candidate | None:
    """Ask on the terminal which question continues an old one; no answer takes the default."""
    say(f"{doubt.entry.file}: what became of {doubt.entry.title!r}?")
    for number, (candidate, sure) in enumerate(zip(doubt.candidates, doubt.sure, strict=True), 1):
        say(f"  {number}: {candidate.file}:{candidate.line}: {candidate.title} ({sure:.0%} alike)")
    say("  0: none of them, it is gone")
    default = doubt.candidates.index(doubt.chosen) + 1 if doubt.chosen else 0
    kind = click.IntRange(0, len(doubt.candidates))

    def meant(typed: str) -> int:
        """The number; that of the likeliest for yes, 0 for no."""
        words: dict[str, Any] = {"y": default or 1, "yes": default or 1, "n": 0, "no": 0}
        return int(kind.convert(words.get(typed.strip().lower(), typed), None, None))

    answer = click.prompt("which one", default=str(default), value_proc=meant, err=True)
    return doubt.candidates[answer - 1] if answer else None


def show_problems(problems: Sequence[Problem], notes: Path) -> None:
    """Print the first problems to stderr, in the order of their places."""
    for problem in problems[:SHOWN]:
        say(str(from_here(problem, notes)))
    if len(problems) > SHOWN:
        say(f"... and {len(problems) - SHOWN} more: run `ankify check {notes}`")


def print_report(project: Project, path: Path, *, verbose: bool) -> None:
    """Print the report of a build to stderr."""
    for line in build_lines(project, path, verbose=verbose):
        say(line)


# list -------------------------------------------------------------------------------------------


@cli.command("list")
@notes_argument
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@click.option("--html", is_flag=True, help="With --json: the fields of each note, too.")
@click.option(
    "--why",
    is_flag=True,
    is_eager=True,
    help="Say of all titles why they are questions, or are not; NOTES may be one note file.",
)
@unnumbered_option
@reports_errors
def list_questions(notes: Path, *, as_json: bool, html: bool, why: bool, unnumbered: bool) -> None:
    """List the questions of NOTES that become cards.

    Example: ankify list notes --json
    """
    if why:
        show_why(notes, unnumbered, as_json=as_json)
        return
    project = read(notes, unnumbered)
    listed = [note for note in project.notes if note.question]
    if not listed:
        say_why_empty(project)
    if as_json:
        entries = [note_as_json(note, html=html) for note in listed]
        tell_json(entries)
        return
    for note in listed:
        assert note.question
        number = f"{note.question.number}. " if note.question.number else ""
        tell(f"{note.question.location}: {number}{note.question.title}")


def show_why(notes: Path, unnumbered: bool, *, as_json: bool) -> None:
    """Print the verdict on each group of titles; of one note file, if `notes` is one."""
    root = _notes_of(notes) if notes.is_file() else notes
    project = read(root, unnumbered, tolerant=True)
    pages = project.pages
    if root != notes:
        file = notes.resolve().relative_to(root.resolve()).as_posix()
        pages = tuple(page for page in pages if page.file == file)
        if not pages:
            raise AnkifyError(f"{notes} is no note file of {root}, or ankify.toml leaves it out")
    verdicts = [(page.file, verdict) for page in pages for verdict in page.verdicts]
    if as_json:
        tell_json([verdict_as_json(file, verdict) for file, verdict in verdicts])
        return
    for file, verdict in verdicts:
        for line in verdict_lines(file, verdict):
            tell(line)


def _notes_of(file: Path) -> Path:
    """The notes folder of a note file: the outermost with an `ankify.toml`, else its own."""
    configured = [folder for folder in file.parents if (folder / CONFIG_NAME).is_file()]
    return configured[-1] if configured else file.parent


def say_why_empty(project: Project) -> None:
    """Print to stderr why there is nothing to show: most often, what a question is."""
    from ankify.anki.write import no_question

    if error := no_question(project):
        say(str(error))


# check ------------------------------------------------------------------------------------------


@cli.command()
@notes_argument
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings, too.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How to print the problems; github: annotations of a pull request.",
)
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    help="Also say what the next import does to who has this package (text only).",
)
@unnumbered_option
@reports_errors
def check(notes: Path, *, strict: bool, shape: str, against: Path | None, unnumbered: bool) -> None:
    """Show all problems of NOTES, each with its place.

    Writes nothing. Exits with 1 if there is an error, with --strict also if there is a warning.
    docs/rules.md says what each rule is about and how to switch it off.

    Example: ankify check notes --strict
    """
    from ankify.anki.forecast import diff as compare
    from ankify.checks.rules import check as find_problems

    if against and shape != "text":
        hint = "ankify diff --against says the same, with --json as JSON"
        raise click.UsageError(f"--against goes with --format text only; {hint}")
    package = read_package(against)
    try:
        project = read(notes, unnumbered, last_package=against, tolerant=True)
        problems = find_problems(project)
    except AnkifyError as error:
        project, problems = None, (error.problem,)
    print_problems(problems, shape, notes)
    count = Counter(problem.severity for problem in problems)
    if package and project:
        print_forecast(compare(project, package))
    if shape == "text":
        errors, warnings = count[Severity.ERROR], count[Severity.WARNING]
        asked = f" in {counted(len(project.questions), 'question')}" if project else ""
        say(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}{asked}")
    sys.exit(1 if count[Severity.ERROR] or (strict and problems) else 0)


def print_problems(problems: Sequence[Problem], shape: str, notes: Path) -> None:
    """Print problems to stdout: as text, as a JSON array, as annotations of GitHub."""
    if shape == "json":
        entries = [problem_as_json(problem) for problem in problems]
        tell_json(entries)
        return
    for problem in problems:
        shown = from_here(problem, notes)
        tell(annotation(shown) if shape == "github" else str(shown))


# diff -------------------------------------------------------------------------------------------


@cli.command()
@notes_argument
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    help="Compare with this package instead of the last build.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the forecast as JSON.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if the import changes anything.")
@unnumbered_option
@reports_errors
def diff(
    notes: Path, against: Path | None, *, as_json: bool, exit_code: bool, unnumbered: bool
) -> None:
    """Say what the next import of NOTES will do in Anki.

    Writes nothing. Compared are the notes as they are now and the last build, which ankify.lock
    knows.

    Example: ankify diff notes --against old.apkg
    """
    from ankify.anki.forecast import diff as compare

    project = read(notes, unnumbered, last_package=against)
    forecast = compare(project, read_package(against))
    if as_json:
        tell_json(forecast_as_json(forecast))
    else:
        print_forecast(forecast)
    sys.exit(1 if exit_code and forecast.changes_something else 0)


def read_package(path: Path | None) -> Package | None:
    """Read the package that was named, if any."""
    from ankify.anki.read import read_apkg

    return read_apkg(path) if path else None


def print_forecast(forecast: Forecast) -> None:
    """Print a forecast to stdout."""
    for line in forecast_lines(forecast):
        tell(line)


# preview ----------------------------------------------------------------------------------------


@cli.command()
@notes_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("build", "preview"),
    show_default=True,
    help="The folder to write.",
)
@click.option(
    "--serve",
    is_flag=True,
    help="Serve it, and write it anew when a note changes (needs ankify-notes[preview]).",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Where --serve listens.",
)
@unnumbered_option
@reports_errors
def preview(notes: Path, output: Path, *, serve: bool, port: int, unnumbered: bool) -> None:
    """Show all cards of NOTES on a web page, without Anki.

    The folder opens from disk; what `ankify check` finds stands beside the card it is about.

    Example: ankify preview notes --serve
    """
    from ankify.checks.rules import check as find_problems
    from ankify.commands.preview import serve_preview, write_preview

    def checked() -> Project:
        project = read(notes, unnumbered)
        if not project.questions:
            say_why_empty(project)
        return replace(project, problems=find_problems(project))

    if serve:
        serve_preview(checked, output, port=port, tell=say)
    else:
        say(f"Wrote {write_preview(checked(), output)}")


# init -------------------------------------------------------------------------------------------


@cli.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path), default=Path())
@reports_errors
def init(folder: Path) -> None:
    """Start a folder of notes in FOLDER (default: here).

    Never overwrites a file. Writes a note file to learn from, ankify.toml with every setting, a
    Makefile, a .gitignore and a GitHub workflow that attaches the deck to each release.

    Example: ankify init my-notes
    """
    from ankify.commands.init import start

    for path, written in start(folder).items():
        say(f"wrote {path.as_posix()}" if written else f"left {path.as_posix()} as it is")
    here = "" if folder == Path() else f"cd {shlex.quote(folder.as_posix())} && "
    say(f"Next: {here}make deck (or: ankify build), then import build/*.apkg in Anki")
