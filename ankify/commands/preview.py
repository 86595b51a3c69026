"""`ankify preview`: a folder with a static page that shows every card as on the phone.

The page opens from disk and fetches nothing.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click
from click.core import ParameterSource

from ankify.anki.note_type import template_folder
from ankify.commands.console import say
from ankify.commands.options import notes_argument, reports_errors, unnumbered_option
from ankify.commands.preview_page import Pages
from ankify.commands.project import read, say_why_empty
from ankify.commands.site import Site
from ankify.model import AnkifyError, Project

# How editors call a line of a file.
EDITORS = {
    "vscode": "vscode://file{path}:{line}",
    "vscodium": "vscodium://file{path}:{line}",
    "cursor": "cursor://file{path}:{line}",
    "zed": "zed://file{path}:{line}",
    "idea": "idea://open?file={path}&line={line}",
    "textmate": "txmt://open?url=file://{path}&line={line}",
}
# Any other: an address that no browser runs or fetches.
_OWN_EDITOR = re.compile(r"(?!https?:|javascript:|data:|file:)[a-z][a-z0-9+.-]*://\S*\{path\}\S*")


def write_preview(
    project: Project,
    folder: Path,
    *,
    editor: str | None = None,
    learning: Mapping[str, str] | None = None,
) -> Path:
    """Write the preview of all cards into `folder` and return its page, `index.html`.

    With `editor`, an address with `{path}` and `{line}` in it, lines of the notes open in that
    editor; without, same project, same bytes. A folder that holds anything but a preview is refused
    with an AnkifyError, so that nothing of the user's is ever overwritten; one that cannot be
    written, too. `learning` says in a word how each note fares, by its guid.
    """
    return write_site(project, folder, editor=editor, learning=learning).folder / "index.html"


def write_site(
    project: Project,
    folder: Path,
    *,
    editor: str | None = None,
    learning: Mapping[str, str] | None = None,
) -> Site:
    """Write the preview as `write_preview` does, and say what was written."""
    site = Site(folder)
    try:
        _write_all(project, site, Pages(project, editor=editor, learning=learning))
    except OSError as error:
        raise AnkifyError(f"cannot write {folder}: {error.strerror or error}") from error
    return site


def _write_all(project: Project, site: Site, pages: Pages) -> None:
    site.clear()
    for media in project.media:
        site.copy(media)
    site.write("card.css", project.note_type.css)
    for name in ("preview.css", "preview.js"):
        site.write(name, (template_folder() / name).read_text(encoding="utf-8"))
    for name, text in pages.sources():
        site.write(name, text)
    index = pages.index()
    site.write("version.txt", hashlib.sha256(index.encode(errors="replace")).hexdigest())
    site.write("index.html", index)


def _editor(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """The address of a line in the editor that was named."""
    if not value or value in EDITORS:
        return EDITORS.get(value or "")
    if not _OWN_EDITOR.fullmatch(value):
        known = ", ".join(EDITORS)
        raise click.BadParameter(f"{value!r} is none of {known}, and no address with {{path}}")
    return value


@click.command("preview")
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
    help="Serve it, and write it anew when a note changes.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8766,
    show_default=True,
    help="Where --serve listens.",
)
@click.option(
    "--editor",
    envvar="ANKIFY_EDITOR",
    callback=_editor,
    metavar="NAME",
    help=f"Open lines in an editor: {', '.join(EDITORS)}, or an address with {{path}} and {{line}};"
    " also as ANKIFY_EDITOR.",
)
@click.option(
    "--progress",
    "export",
    type=click.Path(path_type=Path),
    help="Mark how each question fares, from what Anki exported with scheduling.",
)
@unnumbered_option
@reports_errors
def preview_command(
    notes: Path,
    output: Path,
    *,
    serve: bool,
    port: int,
    editor: str | None,
    export: Path | None,
    unnumbered: bool,
) -> None:
    """Show all cards of NOTES on a web page, without Anki.

    The folder opens from disk; what `ankify check` finds is beside the card it is about.

    Example: ankify preview notes --serve
    """
    from ankify.checks.rules import check as find_problems

    def checked() -> Project:
        project = read(notes, unnumbered)
        if not project.questions:
            say_why_empty(project)
        return replace(project, problems=find_problems(project))

    if serve and export:
        raise click.UsageError("--progress goes without --serve")
    source = click.get_current_context().get_parameter_source("port")
    if source is ParameterSource.COMMANDLINE and not serve:
        raise click.UsageError("--port goes with --serve")
    if serve:
        from ankify.commands.serve import serve_preview

        serve_preview(notes, checked, output, port=port, tell=say, editor=editor)
        return
    project = checked()
    if not project.questions:
        sys.exit(1)
    learning = _learning(project, export) if export else None
    say(f"Wrote {write_preview(project, output, editor=editor, learning=learning)}")


def _learning(project: Project, export: Path) -> dict[str, str]:
    """How each note fares, in a word."""
    from ankify.commands.progress import badges
    from ankify.running_anki import progress

    return badges(progress(project, export))
