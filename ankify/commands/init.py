"""`ankify init`: settings for notes that are there, or a folder of notes to start from."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

import click

from ankify.commands.console import say
from ankify.commands.options import reports_errors
from ankify.commands.project import read
from ankify.commands.report import counted, verdict_lines
from ankify.config import CONFIG_NAME, all_settings
from ankify.files import files_below, real_path
from ankify.identity.lock import LOCK_NAME
from ankify.model import AnkifyError, Project, Verdict
from ankify.origin import DISTRIBUTION, public_requirement, requirement

WORKFLOW = Path(".github", "workflows", "deck.yml")
# What is written where; the names on the right are files in ankify/commands/starter/.
FILES = {
    "notes/first-steps.md": "first-steps.md",
    "notes/images/forgetting.svg": "forgetting.svg",
    "notes/images/forgetting.dark.svg": "forgetting.dark.svg",
    "Makefile": "Makefile",
    ".gitignore": "gitignore",
}
# Folders that many projects have: a deck of such a name would say nothing.
COMMON_NAMES = ("notes", "docs", "content", "src")
# Files at the top of a repository that are about the repository.
ABOUT = ("readme", "changelog", "contributing", "license", "code_of_conduct", "security")
SHOWN = 5  # groups of titles that are left out


@click.command("init")
@click.argument("folder", required=False, type=click.Path(path_type=Path), default=Path())
@click.option(
    "--workflow/--no-workflow",
    default=None,
    help="Write a GitHub workflow that builds the deck.  [default: only for new notes]",
)
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@reports_errors
def init_command(folder: Path, *, workflow: bool | None, quiet: bool) -> None:
    """Set up the notes in FOLDER (default: here), or start some.

    Where there are notes, it says what is found in them and writes ankify.toml beside them, with
    every setting; on a terminal it asks for those that matter. Without notes, it writes a note file
    to learn from, ankify.toml, a Makefile, a .gitignore and a GitHub workflow. It never changes,
    moves or overwrites a file.

    Example: ankify init my-notes
    """
    tell = (lambda _: None) if quiet else say
    refuse_inside_of_notes(folder)
    here = "" if folder == Path() else f"cd {shlex.quote(folder.as_posix())} && "
    root, missing = notes_of(folder), None
    if root is None:
        written = start(folder, workflow=workflow is not False)
        step = f"{here}make deck (or: ankify build notes)"
    else:
        unnumbered, missing = survey(root, quiet=quiet)
        text = config_text(_asked_name(root), unnumbered=unnumbered)
        written = {root / CONFIG_NAME: _write(root / CONFIG_NAME, text, root)}
        if workflow:
            written |= write_workflow(folder, root)
        step = f"{here}ankify build" + ("" if root == folder else f" {_shown(root, folder)}")
        if unnumbered and not written[root / CONFIG_NAME]:
            step += " --unnumbered"
        if missing:
            step = f"write questions, then {step}"
    for path, is_new in written.items():
        shown = Path(os.path.relpath(path)).as_posix()
        tell(f"wrote {shown}" if is_new else f"left {shown} as it is")
    if any(path.name == WORKFLOW.name and is_new for path, is_new in written.items()):
        tell(_where_github_finds_ankify())
    tell(f"Next: {step}, then import build/*.apkg in Anki")
    if missing:
        tell(f"  hint: {missing.hint}")


def _shown(root: Path, folder: Path) -> str:
    return shlex.quote(Path(os.path.relpath(root, folder)).as_posix())


# Notes that are there ---------------------------------------------------------------------------


def refuse_inside_of_notes(folder: Path) -> None:
    """Raise AnkifyError for a folder inside of notes: settings or lock are above it."""
    for above in folder.resolve().parents:
        if (above / CONFIG_NAME).is_file() or (above / LOCK_NAME).is_file():
            raise AnkifyError(
                f"{folder} is a part of the notes in {above}",
                hint=f"settings for {folder} alone: write [questions] into {folder / CONFIG_NAME}",
            )


def notes_of(folder: Path) -> Path | None:
    """The folder of the notes that are in `folder` already: itself or its notes/; None without."""
    for root in (folder, folder / "notes"):
        if (root / CONFIG_NAME).is_file():
            return root
    if any(files_below(folder / "notes", (".md",))):
        return folder / "notes"
    files = [Path(file) for file in files_below(folder, (".md",))]
    if not files:
        return None
    if all(len(file.parts) == 1 and file.stem.lower() in ABOUT for file in files):
        return folder if read(folder, unnumbered=False, tolerant=True).questions else None
    return folder


def survey(root: Path, *, quiet: bool) -> tuple[bool, AnkifyError | None]:
    """Say what is found in the notes.

    Returns whether titles without a number are to be taken, and what is missing for a deck.
    """
    from ankify.anki.write import no_question

    project = read(root, unnumbered=False, quiet=quiet, tolerant=True)
    loose = sum(page.survey.unnumbered for page in project.pages)
    unnumbered = bool(loose) and _takes_unnumbered(project, loose)
    if unnumbered:
        project = read(root, unnumbered=True, quiet=quiet, tolerant=True)
    for line in () if quiet else survey_lines(project):
        say(line)
    return unnumbered, no_question(project)


def _takes_unnumbered(project: Project, loose: int) -> bool:
    default = not project.questions
    if not _is_asking():
        return default
    titles = counted(loose, "title")
    return click.confirm(f"{titles} without a number: take them, too?", default=default, err=True)


def survey_lines(project: Project) -> Iterator[str]:
    """How many questions there are and of which kinds, then what is left out and why."""
    files = sum(bool(page.questions) for page in project.pages)
    asked = counted(len(project.questions), "question")
    yield f"{asked} in {counted(files, 'file')} of {len(project.pages)}"
    verdicts = [(page.file, one) for page in project.pages for one in page.verdicts]
    kinds: Counter[str] = Counter()
    for _, verdict in verdicts:
        kinds[verdict.style] += verdict.taken
    yield from (f"  {style}: {count}" for style, count in kinds.most_common() if count)
    left_out = [(file, one) for file, one in verdicts if not one.taken and not _is_name(one)]
    if left_out:
        titles = counted(sum(one.count for _, one in left_out), "title")
        yield f"{titles} left out:"
    for file, verdict in sorted(left_out, key=lambda each: -each[1].count)[:SHOWN]:
        yield from (f"  {line}" for line in verdict_lines(file, verdict, project.root))
    if len(left_out) > SHOWN:
        yield "  ... `ankify list --why` shows all"


def _is_name(verdict: Verdict) -> bool:
    """Whether it is the one title of level 1 that most files have."""
    return verdict.count == 1 and "level 1" in verdict.style


def _asked_name(root: Path) -> str:
    """The name of the deck: that of the folder, or what is typed instead."""
    name = default_name(root)
    if not _is_asking() or (root / CONFIG_NAME).exists():
        return name
    return str(click.prompt("name of the deck", default=name, err=True))


def default_name(root: Path) -> str:
    """The name of the folder of notes; of the one above where it says nothing."""
    root = root.resolve()
    named = root.parent if root.name.lower() in COMMON_NAMES and root.parent.name else root
    return named.name.encode(errors="ignore").decode() or "notes"


def _is_asking() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


# Notes to start from ----------------------------------------------------------------------------


def start(folder: Path, *, workflow: bool = True) -> dict[Path, bool]:
    """Write the files of a new folder of notes; a file that is there is left as it is.

    Returns each path, and whether it was written. Raises AnkifyError where it cannot be.
    """
    texts = {folder / "notes" / CONFIG_NAME: config_text(default_name(folder / "notes"))}
    texts |= {folder / path: filled(source) for path, source in FILES.items()}
    written = {path: _write(path, text, folder) for path, text in sorted(texts.items())}
    return written | (write_workflow(folder, folder / "notes") if workflow else {})


def write_workflow(folder: Path, root: Path) -> dict[Path, bool]:
    """Write the workflow where GitHub looks for it: at the root of the repository, if it is one."""
    top = repository(folder) or folder
    notes = Path(os.path.relpath(root.resolve(), top.resolve())).as_posix()
    path = top / WORKFLOW
    return {path: _write(path, filled("deck.yml", notes=shlex.quote(notes)), top)}


def _where_github_finds_ankify() -> str:
    """Say what the workflow installs; and what to change if nobody but this machine has it."""
    if found := public_requirement():
        return f"The workflow installs {found}"
    return (
        f"warning: the workflow installs {DISTRIBUTION} from PyPI; this ankify came from"
        f" {requirement()}\n"
        f"  hint: where GitHub finds it, write into ANKIFY_FROM of {WORKFLOW.name}"
    )


def repository(folder: Path) -> Path | None:
    """The root of the git repository that a folder is in."""
    folder = folder.resolve()
    return next((top for top in (folder, *folder.parents) if (top / ".git").exists()), None)


def filled(name: str, notes: str = "notes") -> str:
    """The text of one file of the starter, with where to install from and where the notes are."""
    text = (resources.files("ankify") / "commands" / "starter" / name).read_text(encoding="utf-8")
    words: Mapping[str, str] = {
        "@HERE@": shlex.quote(requirement()).replace("$", "$$"),
        "@ANYWHERE@": json.dumps(public_requirement() or DISTRIBUTION),
        "@NOTES@": notes,
    }
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    return text


def config_text(name: str, *, unnumbered: bool = False) -> str:
    """An `ankify.toml` with every setting as a comment, but for those that are given."""
    given = {("deck", "name"): _quoted(name)}
    if unnumbered:
        given["questions", "unnumbered"] = "true"
    return "\n".join(_config_lines(given)) + "\n"


def _config_lines(given: Mapping[tuple[str, str], str]) -> Iterator[str]:
    yield "# The settings of these notes, each with an example. What is not set has its default."
    yield "# Take the # off in front of a setting to use it."
    table = ""
    for section, setting in all_settings():
        if section != table:
            table = section
            yield from ("", f"[{section}]")
        yield f"# {setting.metadata['help']}"
        value = given.get((section, setting.name))
        example = f"# {setting.name} = {setting.metadata['example']}"
        yield f"{setting.name} = {value}" if value else example


def _quoted(name: str) -> str:
    """A basic string of TOML 1.0."""
    return json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(path: Path, text: str, top: Path) -> bool:
    """Write a file that is not there yet; False where it is. No link may lead it out of `top`."""
    if not real_path(path.parent).is_relative_to(real_path(top)):
        raise AnkifyError(f"cannot write {path}: a link leads it out of {top}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        if path.is_file():
            return False
        raise AnkifyError(f"cannot write {path}: something else is in its place") from None
    except OSError as error:
        raise AnkifyError(f"cannot write {path}: {error.strerror or error}") from error
    return True
