"""Any bytes in, a deck or a clear problem out: the readers under hypothesis.

`FUZZ=20000 pytest tests/fuzz` tries that many inputs a target instead of a few.
"""

from __future__ import annotations

import os
import random
from functools import cache
from pathlib import Path

import hostile
import pytest
import targets
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import ankify
from ankify.identity.lock import Lock, LockEntry, encode_lock

EXAMPLES = int(os.environ.get("FUZZ", "60"))
few = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="FUZZ" not in os.environ,
    suppress_health_check=list(HealthCheck),
)

MARKS = r"""
* ** _ ` `` ``` ~~ ~~~ > - + 1. # ## ### [ ] ( ) ![ ]( ]: [^a] [^a]: | |-| < > <b> </b> <br>
<div> </div> <details> </details> <summary> </summary> <h2> </h2> <!-- --> <script> </script>
<img src="a.png"> <a href="x"> </a> <pre> </pre> & &amp; &lt; &#109; \ \\ \( \) \[ \] $ $$ $`
`$ ```math \begin{align} \end{align} \def\a{ \href{javascript:x}{y} http://a.b www.a.b a@b.c :
= === --- ~ ^ {{ }} [sound:a.mp3] Q1: A: 答案 1、 一、 第1章 mq0x mq1x wzxhzdk:0 --- +++ tags: deck:
</p> " ' onerror="""
PIECES = [
    *MARKS.split(),
    " ",
    "  ",
    "    ",
    "\t",
    "\n",
    "\n\n",
    "\r\n",
    "\u3000",
    "\0",
    "\u202e",
    "é",
    "a",
]
# Nothing that hides words on GitHub, starts another section or says where an answer begins.
HIDING = (
    "]:",
    "](",
    "<",
    "#",
    "=",
    "---",
    "$`",
    "Q1:",
    "A:",
    "答案",
    "1、",
    "一、",
    "第",
    "\\",
    "+++",
)
OPEN = [it for it in PIECES if not it.startswith(HIDING)] + [
    "<b>",
    "</b>",
    "<br>",
    "<div>",
    "</div>",
]

mark_up = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40).map("".join)
texts = mark_up.map(lambda text: text.encode(errors="replace"))
anything = (
    st.binary(max_size=300)
    | texts
    | st.text(max_size=300).map(lambda t: t.encode(errors="replace"))
)


@st.composite
def worded(draw: st.DrawFn) -> bytes:
    """Numbered words with mark-up between them."""
    pieces = draw(st.lists(st.sampled_from(OPEN), min_size=1, max_size=25))
    return "".join(f"{mark}wor{n:04} " for n, mark in enumerate(pieces)).encode()


@cache
def good_lock() -> bytes:
    project = Path(ankify.__file__).parent
    assert project
    entries = tuple(
        LockEntry(f"g{n}", "a.md", str(n), f"Why {n}?", "D", "f", 1, 1, "A" * 72) for n in range(3)
    )
    return encode_lock(Lock("n", ("f", 1), entries))


@cache
def good_package() -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.md").write_text("## 1. Why?\n\nSo.\n")
        project = ankify.read_project(Path(folder), ankify.ReadOptions(now=1, cached=False))
        ankify.write_apkg(project, Path(folder) / "x.apkg")
        return (Path(folder) / "x.apkg").read_bytes()


def damaged(good: bytes, seed: int) -> bytes:
    """Some bytes of `good` changed, dropped or doubled."""
    chance = random.Random(seed)
    data = bytearray(good)
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randrange(len(data)), chance.choice((1, 1, 2, 8, 50))
        new = bytes(chance.randrange(256) for _ in range(length))
        data[at : at + length] = chance.choice((new, b"", bytes(data[at : at + length]) * 2))
        if not data:
            return b""
    return bytes(data)


@pytest.mark.parametrize("target", ["lock", "config", "package", "database", "source", "formula"])
@few
@given(data=anything)
def test_any_bytes_are_read_or_refused(target: str, data: bytes) -> None:
    targets.TARGETS[target](data)


@pytest.mark.parametrize("target", ["page", "build"])
@few
@given(data=anything)
@example(data=b"# T\n\n## 1. Q\n\n&#109;q99x $a$\n")
def test_any_notes_become_pages(target: str, data: bytes) -> None:
    targets.TARGETS[target](data)


@few
@given(data=texts)
def test_any_answer_becomes_a_harmless_card(data: bytes) -> None:
    targets.page(b"# T\n\n## 1. Why?\n\n" + data)


@few
@given(data=worded())
def test_every_word_of_an_answer_is_on_the_card(data: bytes) -> None:
    targets.words(data)


@few
@given(seed=st.integers())
def test_a_damaged_lock_is_read_or_refused(seed: int) -> None:
    targets.lock(damaged(good_lock(), seed))


@few
@given(seed=st.integers())
def test_a_damaged_package_is_read_or_refused(seed: int) -> None:
    targets.package(damaged(good_package(), seed))


@few
@given(snippet=st.sampled_from(hostile.snippets()), seed=st.integers())
def test_mutated_hostile_snippets_are_harmless(snippet: str, seed: int) -> None:
    text = damaged(hostile.note_file(snippet).encode(), seed)
    targets.page(text.decode(errors="replace").encode())
