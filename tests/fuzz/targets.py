"""What is fuzzed: each target takes any bytes, and returns or raises what it found wrong.

A target passes if a reader makes something of the bytes or says AnkifyError; anything else that is
raised is a find. `test_fuzz_readers.py` runs them by hypothesis, `atheris_readers.py` by atheris.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import cmarkgfm
from bs4 import BeautifulSoup
from test_hostile import faults

import ankify
from ankify.anki.gate import harmless
from ankify.building.pages import read_page
from ankify.config import Settings, read_settings
from ankify.identity.lock import encode_lock, parse_lock, read_lock
from ankify.model import AnkifyError, Page
from ankify.reading import formulas
from ankify.reading.source import Found, decode_note_file

SETTINGS = Settings()
WORD = re.compile(r"[a-z]{3}\d{4}")  # how a text says which of its words must not be lost
FOOTNOTES = cmarkgfm.cmark.Options.CMARK_OPT_FOOTNOTES
SCRATCH = tempfile.TemporaryDirectory(prefix="ankify-fuzz-")  # one a process


def scratch(name: str, data: bytes) -> Path:
    """A file with these bytes, in the folder of this process."""
    path = Path(SCRATCH.name, name)
    path.write_bytes(data)
    return path


def lock(data: bytes) -> None:
    """A lock is refused, or reads back as it was read."""
    with suppress(AnkifyError):
        found = read_lock(scratch("ankify.lock", data))
        assert found
        assert parse_lock(encode_lock(found).decode()) == found


def config(data: bytes) -> None:
    """Settings are read or refused; a bad pattern is one that is said to be bad."""
    with suppress(AnkifyError):
        read_settings(scratch("ankify.toml", data).parent)


def package(data: bytes) -> None:
    """Any bytes as a package."""
    with suppress(AnkifyError):
        ankify.read_apkg(scratch("any.apkg", data))


def database(data: bytes) -> None:
    """Any bytes as the database of a package, behind those of its list of media."""
    cut = data[0] if data else 0
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("collection.anki2", data[1 + cut :])
        archive.writestr("media", data[1 : 1 + cut])
    package(packed.getvalue())


def source(data: bytes) -> None:
    """A note file is decoded or refused; it keeps its lines."""
    with suppress(AnkifyError):
        note = decode_note_file("a.md", data)
        text = data.decode("utf-8-sig")
        ends = text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
        assert note.text.count("\n") == ends, "lines were lost"


def formula(data: bytes) -> None:
    """Formulas that are set aside and put back give the text as it was."""
    text = data.decode(errors="replace").replace("\r", "")
    masked = formulas.set_aside(text)
    assert masked.source(masked.text) == text
    assert len(masked.lines) == masked.text.count("\n") + 2
    masked.html(masked.text)


def page_of(data: bytes) -> Page | None:
    """The page of a note file."""
    with suppress(AnkifyError):
        return read_page(
            decode_note_file("a.md", data),
            Found(Path("a.md"), "a.md", SETTINGS.questions),
            SETTINGS,
        )
    return None


def page(data: bytes) -> None:
    """A note file becomes a page whose fields, past the gate, hold nothing hostile."""
    found = page_of(data)
    for content in [one.content for one in found.rendered] if found else ():
        for field in (harmless(content.question), harmless(content.answer)):
            assert not faults(field), (faults(field), field)


def words(data: bytes) -> None:
    """Every word that GitHub shows in an answer is on the card.

    But for a footnote that none but itself refers to: it belongs to no card.
    """
    text = data.decode(errors="replace")
    found = page_of(b"# T\n\n## 1. Why?\n\nSo.\n" + text.encode())
    assert found
    shown = "\n".join(
        f"{it.question}\n{it.answer}" for it in [one.content for one in found.rendered]
    )
    github = cmarkgfm.github_flavored_markdown_to_html(f"So.\n{text}", options=FOOTNOTES)
    soup = BeautifulSoup(github, "html.parser")
    notes = soup.find("section", class_="footnotes")
    if notes and len(soup.select(".footnote-ref")) == len(notes.select(".footnote-ref")):
        notes.decompose()
    wanted = set(WORD.findall(soup.get_text()))
    assert wanted <= set(WORD.findall(shown)), (wanted - set(WORD.findall(shown)), text, shown)


def build(data: bytes) -> None:
    """A folder of two note files is built, or refused with a reason."""
    root = scratch("notes.md", data[::2]).parent
    scratch("other.md", b"# T\n\n## 1. Why?\n\n" + data[1::2])
    (root / "ankify.toml").unlink(missing_ok=True)
    (root / "ankify.lock").unlink(missing_ok=True)
    with suppress(AnkifyError):
        found = ankify.read_project(root, ankify.ReadOptions(now=1, cached=False))
        ankify.write_lock(found)
        ankify.write_apkg(found, root / "x.apkg")
        again = ankify.read_project(root, ankify.ReadOptions(now=2, cached=False))
        assert [note.guid for note in again.notes] == [note.guid for note in found.notes]
        assert not again.lock_changed


TARGETS: dict[str, Callable[[bytes], None]] = {
    it.__name__: it for it in (lock, config, package, database, source, formula, page, words, build)
}
