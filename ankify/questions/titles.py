"""Titles: all that looks like the heading of a question, in whatever mark-up, is a `Title`.

Headings, bold or labelled paragraphs, list items, <h2> and <summary>, with the number and the rest
of the paragraph taken apart. Nothing is decided here; `choice/` does that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import accumulate, pairwise

from ankify.config import LEVELS
from ankify.questions.numbers import ITEM_NUMBER, LABEL, NUMBERED, UNNUMBERED, Numbered, read_number
from ankify.questions.words import (
    QUESTION_LABEL,
    QUESTION_MARKS,
    asks,
    demands,
    is_sentence,
    title_end,
)
from ankify.questions.words.patterns import Pattern
from ankify.reading.html import ids, tags
from ankify.reading.inline import BREAKS, cut, visible, without_code
from ankify.reading.tokens import Token

# A bold paragraph is deeper than <h6>, a list item deeper still.
PARAGRAPH_LEVEL, ITEM_LEVEL = LEVELS["paragraph"], LEVELS["item"]
# So many characters behind a bold title may be a badge ("🟡 Beginner"); more are an answer.
BADGE = 30
BADGE_WORDS = 2  # behind a dash, the dash among them


class Kind(StrEnum):
    """The mark-up of a title."""

    HTML = "html"  # <h2 id="1.X">1.X</h2>
    HEADING = "heading"  # ## 1. X, setext too
    ITEM_HEADING = "item heading"  # 1. ### X
    ITEM_LINK = "item link"  # - [ ] [1-2 X](#1-2)
    SUMMARY = "summary"  # <details><summary>X</summary>
    BOLD = "bold"  # **1. X**
    TEXT = "text"  # Q1: X
    ITEM_BOLD = "bold item"  # 1. **X?**
    ITEM = "item"  # 1. X?


HEADINGS = (Kind.HTML, Kind.HEADING, Kind.ITEM_HEADING)


@dataclass(frozen=True)
class Title:
    """A title that may head a question, as inline tokens; `line` is 0-based.

    `whole` is the title with its number, `children` without. `glued` is the rest of the paragraph
    that it opens, which then belongs to the answer; it begins `below` lines down. `borrowed` says
    how many blocks down the title was found, and what else there is no part of the answer. `name`
    is what is visible of the title, formulas still set aside. `is_paired` says that labels tell
    question and answer; `asked` blocks below the title belong to what is asked.
    """

    kind: Kind
    level: int
    read: Numbered
    whole: tuple[Token, ...]
    children: tuple[Token, ...]
    line: int
    glued: tuple[Token, ...] = ()
    below: int = 1
    borrowed: tuple[int, ...] = ()
    is_paired: bool = False
    asked: int = 0
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", visible(self.children).strip())

    @property
    def is_counted(self) -> bool:
        """Whether a number, or the labels of question and answer, show that it may be one."""
        return bool(self.read.number) or self.is_paired

    @property
    def has_spaced_number(self) -> bool:
        """Whether only a space is behind its number, which may count a thing: `5 ways to X`."""
        return self.read.dialect is not None and self.read.dialect.name == "spaced"

    @property
    def shows_something(self) -> bool:
        """Whether there is a letter in it, or behind a number a picture, an emoji or a sign."""
        if LETTER.search(self.name):
            return True
        return bool(self.read.number) and (bool(SIGN.search(self.name)) or self.is_picture)

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture and no words."""
        return not self.name and any(token.type == "image" for token in self.children)

    @property
    def is_code(self) -> bool:
        """Whether it is code and no words."""
        if not any(token.type == "code_inline" for token in self.children):
            return False
        shown = {token.type for token in self.children if visible([token]).strip()}
        return shown == {"code_inline"}

    @property
    def target(self) -> str | None:
        """Where the title points to if all of it is a link."""
        return target_of(self.whole)


LETTER = re.compile(r"[^\W\d_]")
SIGN = re.compile(r"""[^\s.,:;!?*_#~`'"()\[\]<>|/\\–—-]""")  # `1. 🦊`, `2. %`; not `3. ---`


def title_of(
    kind: Kind,
    level: int,
    children: tuple[Token, ...],
    words: str,
    at: Token,
    *,
    read: Numbered | None = None,
    glued: tuple[Token, ...] = (),
    below: int = 1,
) -> Title:
    """The title that inline tokens make: `words` are what is visible of its `children`."""
    read = read or read_number(words)
    coded = any(it.type == "code_inline" for it in cut(children, 0, read.start))
    if coded and not read.number and not words.rstrip().endswith(QUESTION_MARKS):
        read = UNNUMBERED  # `h:form` is no label
    inside = cut(children, read.start)
    if words.rstrip().endswith("]"):
        inside = _without_citation(inside)
    line = at.map[0] if at.map else 0
    return Title(kind, level, read, children, inside, line, glued, below)


def heading_title(level: int, children: tuple[Token, ...], words: str, at: Token) -> Title:
    """The title of a heading, without the answer that is in it: `## Q1: What is X? A: Y`."""
    end = title_end(words)
    if end is None:
        return title_of(Kind.HEADING, level, children, words, at)
    glued = _rest(children, words, end)
    return title_of(Kind.HEADING, level, cut(children, 0, end), words[:end], at, glued=glued)


def anchor_of(children: Iterable[Token]) -> str | None:
    """The first id in the raw HTML among inline tokens."""
    return next(iter(ids("".join(t.content for t in children if t.type == "html_inline"))), None)


def target_of(children: Sequence[Token]) -> str | None:
    """Where the title points to if all of it is one link; `[X]()` points to itself."""
    inside, target = False, None
    for token in children:
        if token.type in ("link_open", "link_close"):
            inside = token.type == "link_open"
            target = str(token.attrs.get("href") or "#") if inside else target
        elif not inside and visible([token]).strip():
            return None
    return target


def _without_citation(title: tuple[Token, ...]) -> tuple[Token, ...]:
    """Drop a link in brackets at the end, `[[src](url)]` or `[[src]](url)`: it cites, not asks."""
    words = visible(title).rstrip()
    opening = next((i for i in reversed(range(len(title))) if title[i].type == "link_open"), -1)
    if opening < 1:
        return title
    before = visible(title[:opening]).rstrip()
    linked = words[len(visible(title[:opening])) :].strip()
    if before.endswith("["):
        return cut(title, 0, len(before) - 1)
    return cut(title, 0, len(before)) if before and linked.startswith("[") else title


# -- paragraphs ------------------------------------------------------------------------------------

# What a title in a paragraph may begin with, to be quick about all other paragraphs.
TITLED = Pattern(
    lambda: rf"#{{2,6}}[^\s#]|(?::[a-z0-9_+-]+:|[^\w<(\[【]|_(?!_))*(?:\*\*|__|<|{NUMBERED.source})"
)
SHORTCODE = re.compile(r":[a-z0-9_+-]+:")


def paragraph_title(inline: Token, read: Numbered | None = None) -> Title | None:
    """A bold title or a labelled one at the start of a paragraph; the rest of it is the answer.

    `read` is its number and label, if these are known already.
    """
    if not read and not TITLED.match(inline.content):
        return None
    line = inline.map[0] if inline.map else 0
    return opening_title(tuple(inline.children or ()), line, read)


def opening_title(
    children: tuple[Token, ...], line: int, read: Numbered | None = None
) -> Title | None:
    """The title that inline tokens begin with; `line` is where they stand, 0-based."""
    words = visible(children)
    first = words.split("\n", 1)[0]
    if hashes := HASHES.match(words):
        level, read = len(hashes[1]), read_number(first)
        if not read.dialect and level == 1:
            return None  # a tag of Obsidian's, `#flashcards`
        if not read.dialect:
            read = UNNUMBERED._replace(start=level)
        title = _cut_title(children, words, line, Kind.HEADING, read, len(first), len(first))
        return replace(title, level=level)
    opening, bold = _bold(children)
    number = NUMBER_OUTSIDE.fullmatch(words[:opening]) if bold else None
    if number and not first[bold:].strip():  # a list item whose blank was forgotten
        read = Numbered(ITEM_NUMBER, number["number"], number["separator"], opening)
        return _cut_title(children, words, line, Kind.ITEM_BOLD, read, bold, bold)
    if bold and re.search(r"\w", SHORTCODE.sub("", words[:opening])):
        bold = 0
    read = read or read_number(first)
    if not read.dialect and len(first) < len(words) and SHORT_LABEL.fullmatch(first):
        label = read_number(f"{first} X")
        read = label._replace(start=len(first)) if label.dialect is LABEL else read
    if not bold and not read.dialect:
        return None
    if bold > len(first):
        first = words[:bold]  # a bold title of two lines
    kind = Kind.BOLD if bold else Kind.TEXT
    if bold > read.start:
        if GOES_ON.match(first, bold) and words[bold - 1].isalnum():
            bold = len(first)  # its first words are emphasised: `**What** is it?`
        end = len(first) if _is_badge(cut(children, bold, len(first))) else bold
        return _cut_title(children, words, line, kind, read, bold, end)
    # Only the number is bold, `**Q1:** X`, or nothing is.
    below = not first[read.start :].strip() and len(first) < len(words)
    found = title_end(words, len(first) + 1 if below else read.start)
    end = len(words) if below else end_of_question(children, words)
    end = end if found is None else min(found, end)
    if not below and not words[read.start : end].strip() and target_of(cut(children, 0, end)):
        return None  # a link that leads to the question
    return _cut_title(children, words, line, kind, read, end, end)


SHORT_LABEL = re.compile(r"\W*\w{1,2}\s*[:：]\s*")  # `Q:` alone in its line


def plain_title(children: tuple[Token, ...], line: int, read: Numbered, end: int) -> Title:
    """The title that the text of a paragraph is up to a letter, without any mark-up."""
    return _cut_title(children, visible(children), line, Kind.TEXT, read, end, end)


HASHES = Pattern(
    lambda: rf"(#{{2,6}}(?=[^\s#])|#(?={NUMBERED.source}))"
)  # `##X`, `#1. X`; not `#x`
DASH = re.compile(r"[^\S\n]*[-–—:：][^\S\n]+")  # between a bold title and the answer behind it
# The rest of a question whose first words are bold; a sentence of its own begins with a capital.
GOES_ON = re.compile(r"[^\S\n]*(?=[^\W\d_])(?![A-ZÀ-ÖØ-ÞА-Я])[^?？.!。！\n]*[?？]\s*$")
NUMBER_OUTSIDE = re.compile(r"\W*(?P<number>\d{1,4})(?P<separator>[.、)])\s*")  # `1.**X**`


def _cut_title(
    children: tuple[Token, ...],
    words: str,
    line: int,
    kind: Kind,
    read: Numbered,
    title_end: int,
    end: int,
) -> Title:
    """The title of a paragraph: what stands behind `end` belongs to the answer."""
    level = ITEM_LEVEL if kind is Kind.ITEM_BOLD else PARAGRAPH_LEVEL
    at = Token("inline", "", 0, map=(line, line + 1))
    dash = DASH.match(words, end)
    start = dash.end() if dash else end + (words[end : end + 1] == "\n")
    glued, below = _rest(children, words, start), words.count("\n", 0, start)
    whole = cut(children, 0, end)
    title = title_of(kind, level, whole, words[:end], at, read=read, glued=glued, below=below)
    if title_end == end:
        return title
    return replace(title, children=cut(children, read.start, title_end))


BRACKETED = re.compile(r"\s*[(（][^()（）]*(?:[(（][^()（）]*[)）][^()（）]*)*[)）]\s*")


def _linked(children: Sequence[Token]) -> str:
    """The words inside of links."""
    depths = accumulate(
        (token.type == "link_open") - (token.type == "link_close") for token in children
    )
    return visible(token for token, depth in zip(children, depths, strict=True) if depth)


def _is_badge(rest: Sequence[Token]) -> bool:
    """Whether the rest of a line behind a bold title is no answer: "🟡 Basic", "- easy", a link.

    Or who asked it: `(twice: [A](a), [B](b))`.
    """
    words = visible(rest)
    linked = any(token.type == "link_open" for token in rest)
    if linked and BRACKETED.fullmatch(words) and 2 * len(_linked(rest)) >= len(words):
        return True
    parted = DASH.match(words) and len(words.split()) > BADGE_WORDS
    answer = is_sentence(words) or (parted and not linked)
    return len(words) <= BADGE and not answer


def _rest(children: Sequence[Token], words: str, start: int) -> tuple[Token, ...]:
    """What comes after a title in its paragraph, if it shows anything."""
    shown = words[start:].strip() or any(token.type == "image" for token in children)
    return cut(children, start) if shown else ()


def _bold(children: Sequence[Token]) -> tuple[int, int]:
    """Where the first bold text of a paragraph begins and ends; the end is 0 if there is none.

    Underlined or marked text at its very beginning is as good.
    """
    opening = None
    names: Sequence[str] = BOLD
    for at, token in enumerate(children):
        if opening is None and not at and nesting_of(token, LIKE_BOLD) > 0:
            names = LIKE_BOLD
        bold = nesting_of(token, names)
        if opening is None and bold > 0:
            opening = len(visible(children[:at]))
        elif bold < 0:
            return (opening or 0), (0 if opening is None else len(visible(children[:at])))
        elif token.type in BREAKS and opening is None:
            break
    return 0, 0


BOLD = ("b", "strong")
LIKE_BOLD = ("u", "mark")


def nesting_of(token: Token, names: Sequence[str]) -> int:
    """1 where an element begins, -1 where it ends, be it written as `**` or as HTML."""
    if token.nesting and token.tag in names:
        return token.nesting
    tag = next(tags(token.content), None) if token.type == "html_inline" else None
    return 0 if tag is None or tag.name not in names else -1 if tag.is_end else 1


def with_title_of(
    title: Title, borrowed: tuple[int, ...], children: tuple[Token, ...], line: int
) -> Title:
    """The title with the words that a paragraph begins with; the rest of it is the answer."""
    words = visible(children)
    label = QUESTION_LABEL.match(words)
    found = title_end(words)
    end = len(words) if found is None else found
    start = end + (words[end : end + 1] == "\n")
    below = line - title.line + words.count("\n", 0, start)
    inside, glued = cut(children, label.end() if label else 0, end), _rest(children, words, start)
    return replace(title, children=inside, glued=glued, below=below, borrowed=borrowed)


# -- questions that are wrapped --------------------------------------------------------------------

MORE_LINES = 5  # of a question, below its first
FULL = 40  # columns of a line that was cut where it was full; a topic has fewer
UNSEEN = 8  # columns that count for nothing: the number of an item, signs of emphasis and code
BROAD = "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60"
BROAD_SIGN = re.compile(f"[{BROAD}]")  # takes two columns
FIRST_WORD = re.compile(rf"[^\s{BROAD}]+|[{BROAD}]|")
ASKED = re.compile(r"[?？؟][\"'”’»)]*(?=\s|$)")
STOPPED = re.compile(r"[.。](?=\s+[^\W\d_a-zà-öø-þа-я]|\s*$)")  # not `e.g. a yawl`
SENTENCE_ENDED = re.compile(r"[.!。！]\s")
CLOSING = "\"'”’») "
ENDS = (*".:;!…。：；！]】", *QUESTION_MARKS)  # of a sentence, a remark, or what a list is below
# What a line begins with that does not go on from the one above: a sign, `b)`.
OTHER_LINE = re.compile(r"\s*(?:[^\w\s\"'“„«(¿¡\[<]|\(?\w{1,3}[.)、:：])")


def end_of_question(children: Sequence[Token], words: str, *, has_answer: bool = False) -> int:
    """Where a question ends that goes on below its first line; else the end of that line.

    `Which of the masts of a yawl is taller than` over `the other?`. `words` are what is visible of
    the tokens. Where the answer is surely further below, any sentence that goes on with a small
    letter is the question.
    """
    first = words.find("\n") % (len(words) + 1)
    found = ASKED.search(without_code(children), first)
    if not found and has_answer and words[first:].lstrip()[:1].islower():
        found = STOPPED.search(words, first)
    if not found:
        return first
    stop = words.find("\n", found.end()) % (len(words) + 1)
    lines = words[:stop].split("\n")
    widest = max(map(_columns, lines))
    if len(lines) > MORE_LINES + 1 or not all(_goes_below(*it, widest) for it in pairwise(lines)):
        return first
    rest = words[found.end() : stop].strip()
    end = found.end() if rest and not rest.endswith(QUESTION_MARKS) else stop
    for below in stop, len(words):
        rest = words[end:below].strip()
        if len(rest) <= BADGE and demands(rest):
            end = below  # `Explain.`
    own = words[first:end].lstrip()
    is_asked = own[0].isupper() or any(mark in words[:first] for mark in QUESTION_MARKS)
    if is_asked and SENTENCE_ENDED.search(own):
        return first  # an answer that asks back
    broken = any(map(_parts_lines, cut(children, 0, end)))
    return first if broken or title_end(words[:end], first) is not None else end


def _parts_lines(token: Token) -> bool:
    """Whether a line break is meant, or a picture is shown."""
    return token.type in ("hardbreak", "image") or bool(BREAK.fullmatch(token.content))


def _goes_below(above: str, line: str, widest: int) -> bool:
    """Whether a sentence goes on in the next line, of whose words none fits into its own any more.

    Where that begins with a small letter, it is enough that a line is long, or ends with a comma.
    """
    number = read_number(line).dialect
    if (number and number.name != "spaced") or OTHER_LINE.match(line):
        return False
    last = above.rstrip(CLOSING)[-1:]
    if last in ENDS or not last:
        return False
    if line.lstrip()[:1].islower():
        return last == "," or _columns(above) >= FULL
    word = FIRST_WORD.match(line.lstrip())
    full = _columns(above) + UNSEEN + _columns(word[0] if word else "")
    return _columns(above) >= FULL and full >= widest


def _columns(line: str) -> int:
    """How wide a line is."""
    return len(line) + len(BROAD_SIGN.findall(line))


# -- list items ------------------------------------------------------------------------------------


def item_title(item: Token, head: tuple[Token, ...], *, has_more: bool = False) -> Title:
    """The title that the first block of a list item makes, which has others below it or not."""
    children = tuple(head[1].children or ())
    words = visible(children)
    if badge := _leading_badge(children, words):
        children, words = cut(children, badge), words[badge:]
    if head[0].type == "heading_open":
        read = _listed(item, read_number(words))
        return title_of(Kind.ITEM_HEADING, int(head[0].tag[1]), children, words, item, read=read)
    if broken := _break_behind_question(children):
        asked = visible(children[:broken])
        kind = Kind.ITEM_BOLD if _bold(children)[1] == len(asked.rstrip()) else Kind.ITEM
        title = title_of(kind, ITEM_LEVEL, children[:broken], asked, item)
        glued = children[broken + 1 :]
        words = visible(glued)
        below = words.count("\n", 0, len(words) - len(words.lstrip()))
        return replace(title, read=_listed(item, title.read), glued=glued, below=below)
    first, _, rest = words.partition("\n")
    dated = bool(item.info and rest and not LETTER.search(first))
    if dated:  # `3. 2023-05-01`, and what is asked on the next line
        children, words = cut(children, len(first) + 1), rest
        first = words.partition("\n")[0]
    line = cut(children, 0, len(first))
    own = read_number(first)
    kind = Kind.ITEM_LINK if own.dialect and _is_target(line) else Kind.ITEM
    end = _bold(children)[1] if kind is Kind.ITEM and not dated else 0
    bold = paragraph_title(head[1]) if end else None
    if bold and bold.kind is Kind.BOLD and not _goes_on(first, end):
        at, read = (item.map or [0])[0], _listed(item, bold.read)
        return replace(bold, kind=Kind.ITEM_BOLD, level=ITEM_LEVEL, line=at, read=read)
    stop = len(first)
    if kind is Kind.ITEM:
        stop = end_of_question(children, words, has_answer=has_more)
    read, line = _listed(item, own), cut(children, 0, stop)
    glued, below = _rest(children, words, stop + 1), words.count("\n", 0, stop + 1) + dated
    return title_of(kind, ITEM_LEVEL, line, words[:stop], item, read=read, glued=glued, below=below)


def _leading_badge(children: Sequence[Token], words: str) -> int:
    """How many letters a badge in front of what asks has: `**[Easy]** What is X?`."""
    found = IN_FRONT.match(words)
    bold = bool(found and children and children[0].type == "strong_open")
    is_badge = found and bold and _bold(children)[1] == len(found["badge"])
    return found.end() if found and is_badge and asks(words[found.end() :].split("\n")[0]) else 0


IN_FRONT = re.compile(r"(?P<badge>[\[(【][^\[\]()【】\n]{1,30}[\])】])[ \t]+(?=\S)")


def _break_behind_question(children: Sequence[Token]) -> int | None:
    """Where a `<br>` in the first line of an item parts what asks, or is bold, from the answer."""
    for at, token in enumerate(children):
        if token.type in BREAKS:
            return None
        if token.type == "html_inline" and BREAK.fullmatch(token.content):
            asked = visible(children[:at])
            is_title = asks(asked) or 0 < len(asked.rstrip()) == _bold(children)[1]
            return at if is_title and visible(children[at:]).strip() else None
    return None


BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def _goes_on(line: str, end: int) -> bool:
    """Whether bold text ends within a word or before a comma: `**스택**은 X`, `**Stacks**, X`.

    Then it is emphasis at the start of a sentence, and no title.
    """
    after = line[end : end + 1]
    return line[end - 1 : end].isalnum() and (after.isalnum() or after in (",", "，", "、"))


def _is_target(title: tuple[Token, ...]) -> bool:
    """Whether a table of contents may point to a title: it has an id, or is a link to itself."""
    target = target_of(title)
    return bool(anchor_of(title) or (target and "/" not in target))


def _listed(item: Token, read: Numbered) -> Numbered:
    """Take the number of the item itself if there is none in its title."""
    if read.number or not item.info:
        return read
    return Numbered(ITEM_NUMBER, item.info, read.separator, read.start)
