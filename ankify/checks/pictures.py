"""Pictures and sounds: missing, outside of the notes, broken, large, or named by no note."""

from __future__ import annotations

import posixpath
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from ankify.checks.registry import rule, seen_by_the_reader
from ankify.files import files_below
from ankify.model import PICTURES, Location, Problem, Project

seen_by_the_reader(
    "missing-image",
    """A picture that is not there

    The card shows the name of the picture in its place. The hint names the file whose name is
    nearest.
    """,
)


seen_by_the_reader(
    "image-case",
    """A picture whose name is spelled otherwise on disk

    `Figure.PNG` and `figure.png` are one file on Windows and macOS, and two on GitHub and Linux.
    The card shows the picture; the page on GitHub does not. Write the name as the file has it.
    """,
)


seen_by_the_reader(
    "image-outside",
    """A picture that lies outside of the notes folder

    `../../private.png`, `/etc/passwd`, `C:\\a.png`, a link out of the folder. Nothing from outside
    of the notes folder is put into a deck: the card says so in the picture's place. Copy the
    picture beside the notes.
    """,
)


seen_by_the_reader(
    "remote-image",
    """A picture on some server

    The card links to it, so it needs a network, and it is gone when the server is. Keep a copy
    beside the notes, or build with `--fetch`.
    """,
)


seen_by_the_reader(
    "image-format",
    """A picture that most devices do not show

    HEIC, as phones take them, and TIFF are shown by Apple's devices alone. Save it as JPEG or PNG.
    """,
)


seen_by_the_reader(
    "large-image",
    """A picture of more than 5 MB

    Phones sync it over the air. Save it smaller, or set `max_width` in `[media]`.
    """,
)


seen_by_the_reader(
    "broken-image",
    """A picture that is none

    An empty file, a web page saved under the name of a picture, a Git LFS pointer, an SVG that
    cannot be made safe.
    """,
)


@rule
def unreferenced_image(project: Project) -> Iterator[Problem]:
    """A picture that no note file names

    Only folders of which another picture is in use are looked at: elsewhere pictures may well be
    for something else.
    """
    names = {_nfc(name) for page in project.pages for name in page.survey.pictures}
    used = names | {name.lstrip("(") for name in names}
    used |= {_nfc(media.path.name) for media in project.media if media.path}
    by_folder: dict[str, list[str]] = defaultdict(list)
    for path in files_below(project.root, PICTURES):
        by_folder[posixpath.dirname(path)].append(path)
    for paths in by_folder.values():
        unused = [path for path in paths if not _is_named(_nfc(posixpath.basename(path)), used)]
        for path in unused if len(unused) < len(paths) else ():
            yield Problem(
                Location(path),
                "unreferenced-image",
                "no note file names this picture",
                hint="remove it, or show it where it belongs",
            )


def _nfc(name: str) -> str:
    """A name as it is compared: macOS takes letters and their accents apart."""
    return unicodedata.normalize("NFC", name)


def _is_named(name: str, used: set[str]) -> bool:
    """Whether a name stands in the notes; of one with blanks, what follows the last is enough.

    With `a.svg` goes `a.dark.svg`, which the card shows at night.
    """
    names = {name, name.replace(".dark.", ".")}
    return any(it in used or it.rpartition(" ")[2] in used for it in names)
