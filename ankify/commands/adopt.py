"""`ankify adopt`: the notes of a package, or of a running Anki, become those of the questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ankify.anki.adopt import Adoption, adopt_package, write_adopted
from ankify.anki.note_type import NOTE_TYPE_NAME
from ankify.commands.as_json import adoption_as_json
from ankify.commands.console import say, tell_json
from ankify.commands.options import default_notes, notes_argument, reports_errors, unnumbered_option
from ankify.commands.project import read
from ankify.commands.push import confirmed, push_again
from ankify.commands.report import adoption_lines, conflict_lines, counted
from ankify.identity.lock import LOCK_NAME
from ankify.model import AnkifyError, PackageNote, Project

if TYPE_CHECKING:
    from ankify.anki.convert import Conversion


@click.command("adopt")
@click.argument("package", metavar="[OLD.apkg]", required=False, type=click.Path(path_type=Path))
@notes_argument
@click.option("--url", help="Take them from the Anki that runs, where AnkiConnect answers.")
@click.option("--deck", help="With --url: the deck they are in.  [default: all decks]")
@click.option("-y", "--yes", is_flag=True, help="With --url: do not ask.")
@unnumbered_option
@click.option("-v", "--verbose", is_flag=True, help="List every match and what has no partner.")
@click.option("--json", "as_json", is_flag=True, help="Print the matches as JSON.")
@reports_errors
def adopt_command(
    package: Path | None,
    notes: Path,
    *,
    url: str | None,
    deck: str | None,
    yes: bool,
    unnumbered: bool,
    verbose: bool,
    as_json: bool,
) -> None:
    """Take over the notes of a package, with their history.

    Writes NOTES/ankify.lock. For a lock that was lost, and for a deck that was made by hand or by
    another tool until now. The notes of the package are matched with the questions by their text; a
    question that finds its note keeps its review history. OLD.apkg is what Anki exports (File >
    Export), or a package that was built before.

    With --url, instead of OLD.apkg, the notes are looked for in the Anki that runs, and what has to
    be done there is done, too: their note type is changed, and the notes are pushed.

    Example: ankify adopt old.apkg notes
    """
    if url:
        folder = default_notes(package) if package else notes
        _from_anki(folder, read(folder, unnumbered), url, deck, yes, verbose, as_json)
        push_again(folder, url=url, unnumbered=unnumbered, verbose=verbose)
        return
    if package is None:
        raise click.UsageError("name the package: OLD.apkg, or --url for the Anki that runs")
    if deck or yes:
        raise click.UsageError("--deck and -y go with --url")
    _from_package(package, notes, read(notes, unnumbered), verbose, as_json)


def _from_package(
    package: Path, notes: Path, project: Project, verbose: bool, as_json: bool
) -> None:
    from ankify.anki.read import read_apkg

    old = read_apkg(package).notes
    adoption = _matched(project, old, "the package")
    written = write_adopted(project, adoption)
    if as_json:
        tell_json(adoption_as_json(adoption))
        return
    lock = (notes / LOCK_NAME).as_posix()
    say(f"Wrote {lock}" if written else f"{lock} knows them already: it was left alone")
    for line in adoption_lines(adoption, old, "the package", notes, verbose=verbose):
        say(line)
    for line in conflict_lines(adoption, old):
        say(line)


def _from_anki(
    notes: Path,
    project: Project,
    url: str,
    deck: str | None,
    yes: bool,
    verbose: bool,
    as_json: bool,
) -> None:
    """Match, show, ask, write the lock and change the note type; to push is left."""
    from ankify.anki.convert import package_notes, plan_conversion
    from ankify.running_anki import convert_notes, read_decks

    where = f'the deck "{deck}"' if deck else "Anki"
    collection = read_decks(project, url, deck)
    old = package_notes(collection)
    adoption = _matched(project, old, where)
    conversion = plan_conversion(old, collection, adoption)
    if as_json:
        tell_json(adoption_as_json(adoption))
    for line in adoption_lines(adoption, old, where, notes, verbose=verbose):
        say(line)
    for line in conversion_lines(conversion):
        say(line)
    if not yes and not confirmed("Adopt them?"):
        raise AnkifyError("nothing was adopted")
    write_adopted(project, adoption)
    convert_notes(project, url, collection, conversion.notes)


def _matched(project: Project, old: Sequence[PackageNote], where: str) -> Adoption:
    adoption = adopt_package(project, old)
    if not adoption.matched:
        raise AnkifyError(
            f"no question of the notes is in {where}, so nothing was written",
            hint="ankify list shows the questions; does it hold the same ones?",
        )
    return adoption


def conversion_lines(conversion: Conversion) -> Iterator[str]:
    """What is done to the note types in Anki, and what is not."""
    if conversion.notes:
        yield (
            f"  {counted(len(conversion.notes), 'note')} of another note type will be"
            f' "{NOTE_TYPE_NAME}": reviews, tags and flags stay, the text becomes that of the notes'
        )
    if conversion.by_hand:
        yield (
            f"  {counted(len(conversion.by_hand), 'note')} with several cards will stay as they"
            f' are; in Anki\'s browser: Notes > Change Note Type > "{NOTE_TYPE_NAME}", then push'
        )
