"""The words of all languages, which are data, as sets to look up in and as regular expressions.

How words are written is said in languages/README.md. `words.json` is made of the languages' files,
which take twenty times as long to read: `pytest --update-docs` makes it anew. Sets are used
wherever they can be: to compile a regular expression of hundreds of words takes longer than to read
a note file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

LANGUAGES = Path(__file__).parent / "languages"
WORDS = Path(__file__).parent / "words.json"


@cache
def languages() -> dict[str, dict[str, Any]]:
    """Read the data of all languages, by their code (`zh-Hant`)."""
    import tomllib

    files = sorted(LANGUAGES.glob("*.toml"))
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}


def words_of_languages() -> dict[str, list[str]]:
    """What `words.json` has to say: the words of all languages by key, in lower case."""
    known = languages().values()
    keys = [key for key in next(iter(known)) if key != "name"]
    return {key: sorted({word.lower() for data in known for word in data[key]}) for key in keys}


@cache
def _words() -> dict[str, list[str]]:
    return json.loads(WORDS.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@cache
def phrases(*keys: str) -> tuple[str, ...]:
    """All words that the languages have under some keys, in lower case."""
    return tuple(sorted({word for key in keys for word in _words()[key]}))


# -- looking up ------------------------------------------------------------------------------------

LETTERS = re.compile(r"[^\W_]+")


SIGNS = dict.fromkeys(code for code in range(128) if not chr(code).isalnum())


def normal(title: str) -> str:
    """A title reduced to its letters and digits, to compare titles with."""
    folded = title.casefold()  # the dot of "İ" becomes a sign of its own
    if folded.isascii():
        return folded.translate(SIGNS)  # takes half the time
    return "".join(LETTERS.findall(folded))


REMARK = re.compile(r"\s*[(（][^()（）]*[)）]\W*$")  # 选择题（每题 2 分）


LONGEST = 80  # of the titles that may be one of a kind
SHORT = 6  # so many characters hold the first letters of most titles


class Headings:
    """What all of a title may say, whatever the punctuation, the capitals and a remark behind."""

    def __init__(self, key: str, qualifiers: str | None = None) -> None:
        self._key, self._qualifiers = key, qualifiers

    @cached_property
    def _whole(self) -> frozenset[str]:
        return frozenset(normal(word) for word in phrases(self._key) if word[-1] not in ".*")

    @cached_property
    def _begin(self) -> tuple[str, ...]:
        return tuple(normal(word) for word in phrases(self._key) if word[-1] in ".*")

    @cached_property
    def _before(self) -> tuple[str, ...]:
        return tuple(map(normal, phrases(self._qualifiers))) if self._qualifiers else ()

    @cached_property
    def _heads(self) -> frozenset[str]:
        """The first two letters of all of these, to be quick about all other titles."""
        known = (*self._whole, *self._begin, *self._before)
        return frozenset(word[:2] for word in known)

    def match(self, title: str) -> bool:
        """Whether a title is one of these."""
        if len(title) > LONGEST:
            return False
        first = title[:2]
        plain = first.isalnum() and "İ" not in first
        head = (first.casefold() if plain else normal(title[:SHORT]))[:2]
        if len(head) == 2 and head not in self._heads:
            return False
        words = normal(title)
        if words in self._whole or words.startswith(self._begin):
            return True
        if title.rstrip()[-1:] in (")", "）") and normal(REMARK.sub("", title)) in self._whole:
            return True
        return words.startswith(self._before) and self._qualified(words)

    def _qualified(self, words: str) -> bool:
        return any(
            words.startswith(before)
            and (words[len(before) :] in self._whole or self._qualified(words[len(before) :]))
            for before in self._before
        )


# Han, kana and Thai are written without spaces: a word may begin and end anywhere.
UNSPACED = re.compile("[\u0e00-\u0e7f\u3005-\u30ff\u3400-\u9fff]")


JOINED = re.compile("[\u0e00-\u0e7f\u3005-\u30ff\u3400-\u9fff\uac00-\ud7a3]")  # with hangul
WORD_END = re.compile(f"(?:[^ ](?= )|{JOINED.pattern})(?!$)")


def is_run(text: str, first: frozenset[str], last: frozenset[str], most: int = 6) -> bool:
    """Whether a text is up to `most` words of `first` and then one of `last`."""
    if text in last:
        return True
    ends = (found.end() for found in WORD_END.finditer(text, 0, _longest(first))) if most else ()
    return any(
        text[:end] in first and is_run(text[end:].lstrip(" "), first, last, most - 1)
        for end in ends
    )


@cache
def _longest(words: frozenset[str]) -> int:
    """The length of the longest, and the letter and the space that end a word behind it."""
    return max(map(len, words), default=0) + 2


@cache
def word_set(*keys: str) -> frozenset[str]:
    """Words as a set; those that need a colon behind them, `key:`, with it."""
    return frozenset(phrases(*keys))


OPENING_WORDS = 4  # of the longest that a title begins with


class Openings:
    """Words that a title may begin with, and what only begins like one of them."""

    def __init__(self, *keys: str) -> None:
        self._keys = keys

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word for word in phrases(*self._keys) if not UNSPACED.match(word[-1]))

    @cached_property
    def _first(self) -> frozenset[str]:
        """What all of these begin with, to be quick about most titles."""
        return frozenset(word.split(" ", 1)[0] for word in self._words)

    @cached_property
    def _unspaced(self) -> tuple[str, ...]:
        return tuple(word for word in phrases(*self._keys) if UNSPACED.match(word[-1]))

    def match(self, text: str, words: list[str]) -> str:
        """The word that a text begins with; `words` is the text once more, cut at its spaces."""
        first = words[0] if words else ""
        for count in range(min(len(words), OPENING_WORDS), 0, -1) if first in self._first else ():
            if (found := " ".join(words[:count])) in self._words:
                return found
        head = first.partition("'")[0]
        if head in self._words:
            return head
        if not text.startswith(self._unspaced):
            return ""
        return next(word for word in self._unspaced if text.startswith(word))


# The words of a line in lower case, with what Python does not count as letters: vowel signs.
WORD = re.compile(r"[\w'\u0900-\u0dff\u064b-\u0652]+(?:-[\w\u0900-\u0dff]+)*")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case."""
    return WORD.findall(text.replace("’", "'"))


# -- regular expressions ---------------------------------------------------------------------------


class Pattern:
    """A regular expression that is built and compiled when it is first used."""

    def __init__(self, build: Callable[[], str]) -> None:
        self._build = build

    @cached_property
    def source(self) -> str:
        """The text of the regular expression."""
        return self._build()

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The regular expression itself; capitals do not matter to it."""
        return re.compile(self.source, re.IGNORECASE)

    def match(self, text: str, at: int = 0) -> re.Match[str] | None:
        """Match at a position."""
        return self.compiled.match(text, at)


ATOMS = {" ": r"\s+", "-": r"[-‐‑\s]?", "'": "['’ʼ]"}
COLON = r"(?=\s*[:：])"
Atoms = tuple[str, ...]
Tree = dict[str, Any]


def any_of(words: Iterable[str]) -> str:
    """A regular expression that matches one of some words, as long a one as possible."""
    return _alternatives(map(_atoms, words))


def each_of(words: Iterable[str]) -> str:
    """The same, with the space behind a word of a language that has spaces."""
    spaces = ((word, r"\s*" if UNSPACED.match(word[-1]) else r"[\s_-]+") for word in words)
    return _alternatives((*_atoms(word), space) for word, space in spaces)


def _atoms(word: str) -> Atoms:
    """A word as the parts of a regular expression."""
    letters = word.removesuffix(":")
    atoms = tuple(map(_atom, letters))
    return atoms if letters == word else (*atoms, COLON)


@cache
def _atom(letter: str) -> str:
    return ATOMS.get(letter) or re.escape(letter)


def _alternatives(words: Iterable[Atoms]) -> str:
    """Words with what they begin with in common written once: tried one by one they take long."""
    tree: Tree = {}
    for atoms in words:
        node = tree
        for atom in atoms:
            node = node.setdefault(atom, {})
        node[""] = {}
    return _written(tree) if tree else r"(?!)"


def _written(tree: Tree) -> str:
    ends = "" in tree
    branches = [atom + _written(below) for atom, below in tree.items() if atom]
    if not branches:
        return ""
    one = len(branches) == 1 and not ends
    return branches[0] if one else f"(?:{'|'.join(branches)}){'?' * ends}"
