"""`ankify check`: all problems, each with its place."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from ankify.commands.as_json import problem_as_json
from ankify.commands.console import say, tell, tell_annotation, tell_json
from ankify.commands.diff import print_forecast, read_package
from ankify.commands.options import notes_argument, reports_errors, unnumbered_option
from ankify.commands.project import (
    read,
)
from ankify.commands.report import (
    annotation,
    counted,
    from_here,
    without_cards_line,
)
from ankify.model import AnkifyError, Problem, Project, Severity


@click.command("check")
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
@click.option(
    "--fix-config",
    is_flag=True,
    help="Write the settings to ankify.toml that take more questions; on a terminal, ask first.",
)
@unnumbered_option
@reports_errors
def check_command(
    notes: Path,
    *,
    strict: bool,
    shape: str,
    against: Path | None,
    fix_config: bool,
    unnumbered: bool,
) -> None:
    """Show all problems of NOTES, each with its place.

    Writes nothing without --fix-config. Exits with 1 if there is an error, with --strict also if
    there is a warning.
    docs/rules.md says what each rule is about and how to switch it off.

    Example: ankify check notes --strict
    """
    from ankify.anki.forecast import diff as compare
    from ankify.checks.left_out import files_without_cards
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
        print_forecast(compare(project, package), notes)
    if shape == "text":
        errors, warnings = count[Severity.ERROR], count[Severity.WARNING]
        asked = f" in {counted(len(project.questions), 'question')}" if project else ""
        say(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}{asked}")
        if project and (without := files_without_cards(project, problems)):
            say(without_cards_line(without, notes))
    if project and fix_config:
        fix(project, notes)
    sys.exit(1 if count[Severity.ERROR] or (strict and problems) else 0)


def fix(project: Project, notes: Path) -> None:
    """Write the settings that take more questions, if whoever is at the terminal agrees."""
    from ankify.commands.fix_config import fixes, write_fixes

    found = fixes(project.pages)
    if not found:
        say("no setting takes more questions: ankify.toml is left as it is")
        return
    for each in found:
        say(str(each))
    asked = sys.stdin.isatty() and sys.stderr.isatty()
    if not asked or click.confirm("write this?", default=True, err=True):
        write_fixes(notes, found)
        say(f"wrote {counted(len(found), 'setting')}; ankify list --why says what is taken now")


def print_problems(problems: Sequence[Problem], shape: str, notes: Path) -> None:
    """Print problems to stdout: as text, as a JSON array, as annotations of GitHub."""
    if shape == "json":
        entries = [problem_as_json(problem) for problem in problems]
        tell_json(entries)
        return
    for problem in problems:
        shown = from_here(problem, notes)
        tell_annotation(annotation(shown)) if shape == "github" else tell(str(shown))
