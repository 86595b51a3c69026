"""The least that any program would have to do: cmark renders, SQLite stores, zip copies.

Usage: floor.py NOTES OUT.apkg. It splits at `## ` by text, knows no identity, no formula, no
colour in code, and its package is no package that Anki would take.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import tempfile
import zipfile
from pathlib import Path

import cmarkgfm

PICTURE = re.compile(r'src="([^"]+)"')


def main(notes: Path, out: Path) -> None:
    """Build something like a package."""
    rows, pictures = [], []
    for file in sorted(notes.rglob("*.md")):
        for section in file.read_text(encoding="utf-8").split("\n## ")[1:]:
            title, _, answer = section.partition("\n")
            html = cmarkgfm.github_flavored_markdown_to_html(answer)
            pictures += [file.parent / name for name in PICTURE.findall(html)]
            rows.append((len(rows), str(len(rows)), 1, 0, "", f"{title}\x1f{html}"))
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(out, "w") as archive:
        database = Path(folder) / "collection.anki2"
        connection = sqlite3.connect(database)
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("CREATE TABLE notes (id, guid, mid, mod, tags, flds)")
        connection.execute("CREATE TABLE cards (id, nid, did, ord, due)")
        connection.executemany("INSERT INTO notes VALUES (?,?,?,?,?,?)", rows)
        cards = ((row[0], row[0], 1, 0, row[0]) for row in rows)
        connection.executemany("INSERT INTO cards VALUES (?,?,?,?,?)", cards)
        connection.commit()
        connection.close()
        archive.write(database, "collection.anki2")
        archive.writestr("media", json.dumps({i: p.name for i, p in enumerate(pictures)}))
        for number, picture in enumerate(pictures):
            archive.write(picture, str(number))
    print(len(rows), "notes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
