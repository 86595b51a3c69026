"""GitHub flavoured Markdown: a note file becomes tokens that know their lines.

Formulas are set aside before, and stay words in the tokens; footnotes are taken out; tags that are
not HTML become text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ankify.reading.flavours import Flavour, ForeignFile
from ankify.reading.flavours.blocks import read_blocks
from ankify.reading.flavours.embeds import Spliced, set_in
from ankify.reading.flavours.inline import may_have_signs, read_signs
from ankify.reading.flavours.labels import read_labels
from ankify.reading.flavours.lines import read_lines
from ankify.reading.flavours.syntax import syntax_of
from ankify.reading.formulas import Formula, Masked, guess_fences, is_math_fence, set_aside
from ankify.reading.html import html_text
from ankify.reading.tokens import GITHUB, Syntax, Token, read_tokens


@dataclass(frozen=True)
class ParsedFile:
    """A note file as block tokens; `map` holds 0-based lines of the original text everywhere.

    In the tokens the formulas are words; `masked` puts them back. `footnotes` holds the tokens of
    each definition by its label; they are not among `tokens`. `taken` counts the signs of other
    programs that were read, by their names; `linked` are embeds of which only the name is shown,
    `labels` the names that MyST and Quarto give, `tags` those in the text, if they are asked for.
    """

    text: str
    tokens: list[Token]
    masked: Masked
    footnotes: Mapping[str, tuple[Token, ...]]
    taken: Mapping[str, int] = field(default_factory=dict)
    linked: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """All formulas of the file, in order."""
        return self.masked.formulas


_MARKERS = {2: None, 3: None}  # Python-Markdown marks its own things with STX and ETX


# Which lines of a text begin a block, whatever is above them.
Apart = Callable[[Masked, Sequence[Token]], Sequence[int]]


def parse(
    text: str, flavour: Flavour | None = None, path: str = "", apart: Apart | None = None
) -> ParsedFile:
    r"""Parse a note file (with `\n` line ends) as GitHub does, its formulas set aside.

    With a `flavour`, the signs of other programs are read, too; `path` is that of the file. `apart`
    says of the parsed text which lines begin a block though GitHub sees none.
    """
    if "\x02" in text or "\x03" in text:
        text = text.translate(_MARKERS)
    if flavour is None or flavour.settings.flavour == "github":
        syntax = flavour.syntax if flavour else GITHUB
        masked, tokens, _ = _read(text, syntax, apart)
        return _parsed(text, masked, tokens)
    labels = read_labels(text) if "label" in flavour.on else {}
    file = ForeignFile(path, flavour, Counter(), labels=labels)
    spliced = set_in(file, read_lines(file, text))
    masked, tokens, syntax = _read(spliced.text, syntax_of(file, spliced.text), apart)
    if may_have_signs(file, masked.text):
        signed = read_signs(file, masked, _code(tokens))
        if signed is not masked:
            masked, tokens = signed, read_tokens(signed, syntax)
    tokens = read_blocks(file, tokens, masked.text)
    if spliced.origin is not None:
        masked, tokens = _in_place(spliced, masked, tokens)
    return replace(
        _parsed(text, masked, tokens),
        taken=dict(file.taken),
        linked=tuple(file.linked),
        labels=tuple(labels),
        tags=tuple(dict.fromkeys(file.tags)),
    )


def _read(text: str, syntax: Syntax, apart: Apart | None) -> tuple[Masked, list[Token], Syntax]:
    masked = set_aside(text)
    tokens = read_tokens(masked, syntax)
    known = _fences(text, tokens)
    if known is not None:  # a list item ended inside of what looked like a fence
        masked = set_aside(text, known)
        tokens = read_tokens(masked, syntax)
    begun = apart(masked, tokens) if apart else ()
    if begun:
        masked = masked.with_blank_lines(begun)
        tokens = read_tokens(masked, syntax)
    return masked, tokens, syntax


def _parsed(text: str, masked: Masked, tokens: Sequence[Token]) -> ParsedFile:
    kept, footnotes = _take_footnotes(tokens)
    return ParsedFile(text, kept, masked, footnotes)


def _code(tokens: Iterable[Token]) -> list[tuple[int, int]]:
    """The lines of code blocks, in which nothing is a sign."""
    return [token.map for token in tokens if token.type in ("fence", "code_block") and token.map]


def _in_place(
    spliced: Spliced, masked: Masked, tokens: Sequence[Token]
) -> tuple[Masked, list[Token]]:
    """Give a text with notes set into it the lines of the file itself."""
    origin = spliced.origin or ()
    last = len(origin)

    def line(number: int) -> int:
        return origin[number] if number < last else origin[-1] + 1 + number - last

    def placed(token: Token) -> Token:
        children = [placed(child) for child in token.children] if token.children else token.children
        place = (line(token.map[0]), line(token.map[1] - 1) + 1) if token.map else None
        return token.copy(map=place, children=children)

    formulas = tuple(formula._replace(line=line(formula.line)) for formula in masked.formulas)
    lines = tuple(map(line, masked.lines))
    moved = replace(masked, formulas=formulas, lines=lines)
    return moved, [placed(token) for token in _embeds(spliced, tokens)]


def _embeds(spliced: Spliced, tokens: Iterable[Token]) -> Iterator[Token]:
    """The quote around a note that was set in is no quote of the author's."""
    opened: list[bool] = []
    for token in tokens:
        if token.type == "blockquote_open":
            opened.append(bool(token.map and spliced.is_embedded(token.map[0])))
            yield token.copy(type="embed_open") if opened[-1] else token
        elif token.type == "blockquote_close":
            yield token.copy(type="embed_close") if opened.pop() else token
        else:
            yield token


def plain_text(tokens: Token | Iterable[Token], parsed: ParsedFile) -> str:
    """The words a reader sees, with one space between them; formulas as they are written."""
    return " ".join(parsed.masked.written(visible_text(tokens, parsed.masked)).split())


def tex_text(tokens: Iterable[Token], parsed: ParsedFile) -> str:
    """The words a reader sees, with one space between them; formulas as bare TeX."""
    return " ".join(parsed.masked.tex(visible_text(tokens, parsed.masked)).split())


def visible_text(tokens: Token | Iterable[Token], masked: Masked) -> str:
    """The text a reader sees, with all its spaces; formulas are still set aside."""
    words: list[str] = []
    _collect([tokens] if isinstance(tokens, Token) else tokens, masked, words)
    return "".join(words)


def _collect(tokens: Iterable[Token], masked: Masked, words: list[str]) -> None:
    for token in tokens:
        if token.type == "text":
            words.append(token.content)
        elif token.type == "html_inline":
            words.append(" " if token.content.startswith("<br") else "")
        elif token.type == "html_block":
            words.append(f" {html_text(token.content)} ")
        elif token.children:
            _collect(token.children, masked, words)
        elif token.type == "code_inline":
            words.append(masked.source(token.content))
        elif token.type in ("fence", "code_block"):
            words.append(f" {masked.source(token.content)} ")
        elif token.block or token.type in ("softbreak", "hardbreak"):
            words.append(" ")


def _fences(text: str, tokens: Sequence[Token]) -> tuple[tuple[int, int], ...] | None:
    """Where the fenced code really is, or None if it is where the formulas were told it is."""
    lines = text.split("\n")
    guessed = guess_fences(lines)
    real = [(t.map[0], t.map[1]) for t in tokens if t.type == "fence" and t.map]
    math = [fence for fence in guessed if is_math_fence(lines[fence[0]])]
    if not guessed and not real:
        return None

    def covered(fences: Iterable[tuple[int, int]]) -> set[int]:
        return {n for start, end in fences for n in range(start, end) if lines[n].strip()}

    taken = covered(real)
    if taken == covered(fence for fence in guessed if fence not in math):
        return None
    return tuple(sorted(real + [fence for fence in math if fence[0] not in taken]))


def _take_footnotes(
    tokens: Sequence[Token],
) -> tuple[list[Token], dict[str, tuple[Token, ...]]]:
    """Take the definitions of footnotes out of the text."""
    kept: list[Token] = []
    footnotes: dict[str, tuple[Token, ...]] = {}
    label, definition = "", kept
    for token in tokens:
        if token.type == "footnote_reference_open":
            label, definition = token.meta["label"], []
        elif token.type == "footnote_reference_close":
            footnotes.setdefault(label, tuple(definition))
            definition = kept
        else:
            definition.append(token)
    return kept, footnotes
