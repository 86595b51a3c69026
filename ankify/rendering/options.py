"""The right option of a multiple-choice question, marked where the question shows its options."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ankify.questions.words import label_end, only_labels, says_answer

_TAG = re.compile(r"<[^>]*>")
# "B", "A, C and D", "AC"; not the article of "A list is"
_CAPITALS = re.compile(
    r"\W*((?:[A-H]\b|[A-H](?=[A-H]))(?:\W{0,3}(?:and\b|和)?\W{0,3}[A-H])*)\s*(?:$|[^\w\s])"
)
_SMALL = re.compile(r"\W*([a-h]\b(?:\W{0,3}(?:and\b|和)?\W{0,3}[a-h]\b)*)\s*(?:$|[^\w\s])")
_NUMBER = re.compile(r"\W*(\d)\s*(?:$|[^\w\s])")
# What an option begins with: "A. one", "(b) two", "<strong>C</strong>: three".
_NAME = r"\s*(?:<(?:p|strong|b|em)>)*\(?([A-Ha-h])(?:</\w+>)?[.):：、）]"
_BEGINS = re.compile(_NAME)
_LABEL = re.compile(r"\s*\(?[A-Ha-h][.):：、）]\s*")
_ITEM = re.compile(r"<li>(.*?)(?=<li>|</li>)", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"\s*<td>(?:<(?:strong|b)>)?\(?([A-Ha-h])\)?[.:]?(?:</(?:strong|b)>)?</td>")
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_LINE = re.compile(r"(?:(?!<br>)[^\n])+")
_LINE_END = re.compile(r"\n|<br>|</p>|</summary>|</h\d>|</li>")


class _Option(NamedTuple):
    """An option: where its HTML is, what marks it if it is right, what it is called, its text."""

    start: int
    end: int
    marked: str
    name: str
    text: str


def mark_right(question: str, answer: str) -> str:
    """Give the class `right` to the options that the answer names: "Answer: B", "B", "Answer: two".

    Both are HTML. Options are the items of a list, the rows of a table or lines; they need no
    letters where the answer repeats one of them. On the front the class means nothing; on the back
    style.css marks it.
    """
    if not any(tag in question for tag in ("<li>", "<tr>", "<p>")):
        return question
    for find in (_items, _rows, _lines):
        if options := _lettered(question, find):
            break
    else:
        options = list(_numbered(question))
    for option in sorted(_right(options, answer), reverse=True):
        question = question[: option.start] + option.marked + question[option.end :]
    return question


def _lettered(question: str, find: Callable[[str], Iterator[_Option]]) -> list[_Option]:
    """The options of a kind, if they count: A, B, C or a, b, c."""
    options = [option for option in find(question) if option.name]
    names = "".join(option.name for option in options)
    counts = "ABCDEFGH".startswith(names) or "abcdefgh".startswith(names)
    return options if counts and len(names) > 1 else []


def _items(question: str) -> Iterator[_Option]:
    for item in _ITEM.finditer(question):
        found = _BEGINS.match(item[1])
        name = found[1] if found else ""
        yield _Option(item.start(), item.start(1), '<li class="right">', name, _words(item[1]))


def _numbered(question: str) -> Iterator[_Option]:
    """The items of the only list, by the numbers of it if they are no answers themselves."""
    items = [] if len(re.findall("<[ou]l>", question)) != 1 else list(_items(question))
    counts = "<ol>" in question and not any(item.text.isdecimal() for item in items)
    for number, item in enumerate(items, 1):
        yield item._replace(name=str(number) if counts else "")


def _rows(question: str) -> Iterator[_Option]:
    for row in _ROW.finditer(question):
        found = _CELL.match(row[1])
        rest = row[1][found.end() :] if found else ""
        name = found[1] if found else ""
        yield _Option(row.start(), row.start(1), '<tr class="right">', name, _words(rest))


def _lines(question: str) -> Iterator[_Option]:
    for paragraph in _PARAGRAPH.finditer(question):
        for line in _LINE.finditer(paragraph[1]):
            found = _BEGINS.match(line[0])
            name = found[1] if found and _is_whole(line[0]) else ""
            start, end = (paragraph.start(1) + at for at in line.span())
            marked = f'<span class="right">{line[0]}</span>'
            yield _Option(start, end, marked, name, _words(line[0]))


def _is_whole(line: str) -> bool:
    """Whether all that begins in a line of HTML ends in it."""
    return len(re.findall(r"<(?!/|img\b|input\b|wbr\b)", line)) == line.count("</")


def _right(options: Sequence[_Option], answer: str) -> list[_Option]:
    """The options that the first line of the answer names, or repeats."""
    lines = (_words(line) for line in _LINE_END.split(answer, maxsplit=8)[:8])
    words = next((line for line in lines if line and not only_labels(line)), "")
    is_label = says_answer(words)
    said = words[label_end(words) :] if is_label else words
    text = _same(said)
    repeated = [option for option in options if text and _same(option.text) == text]
    if len(repeated) == 1:
        return repeated
    pattern = _pattern(options)
    found = pattern.match(said) if pattern else None
    if not found or not (is_label or re.fullmatch(r"\W*", said[found.end(1) :])):
        return []
    names = set(re.findall(r"\w", found[1].replace("and", "").replace("和", "")))
    return [option for option in options if option.name in names]


def _pattern(options: Sequence[_Option]) -> re.Pattern[str] | None:
    """How an answer names options, by what the first one is called."""
    name = options[0].name if options else ""
    return {"A": _CAPITALS, "a": _SMALL, "1": _NUMBER}.get(name)


def _words(markup: str) -> str:
    return html.unescape(_TAG.sub("", markup)).strip()


def _same(text: str) -> str:
    """A text to compare: without the letter before it, case, marks at its ends, and blanks."""
    bare = _LABEL.sub("", text, count=1)
    return " ".join(bare.strip(" .;:!*\t\n。；").casefold().split())
