"""A block: a balanced run of tokens, with a `Title` where it may head a question."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from itertools import chain
from typing import NamedTuple, TypeVar

from ankify.questions.titles import HEADINGS, Title
from ankify.reading.html import comments
from ankify.reading.inline import BREAKS
from ankify.reading.tokens import Token


class Block(NamedTuple):
    """A balanced run of tokens.

    `items` are the same list once more, item by item, or the same paragraph, title by title;
    `inside` is what follows the title of a list item. `depth` says how many <details> the block
    opens (or, below 0, closes). A `keyed` block is an answer from the key to a test.
    """

    tokens: tuple[Token, ...]
    title: Title | None = None
    items: tuple[Block, ...] = ()
    inside: tuple[Token, ...] = ()
    depth: int = 0
    keyed: bool = False

    # Few blocks are asked for these, so they are no fields.

    @property
    def type(self) -> str:
        """The type of its first token: `paragraph_open`, `fence`, `hr`."""
        return self.tokens[0].type

    @property
    def heading(self) -> Title | None:
        """Its title, if that is a heading."""
        return self.title if self.title and self.title.kind in HEADINGS else None

    @property
    def line(self) -> int:
        """The 0-based line of its first token."""
        return next((token.map[0] for token in self.tokens if token.map), 0)

    @property
    def end(self) -> int:
        """The line below its text, 0-based."""
        # Only leaves say where text ends: the map of a list takes in the blank lines below it. That
        # of a heading takes in its underline. An item may have nothing in it: `-` alone.
        leaves = [t for t in self.tokens if t.nesting == 0 or t.type == "heading_open"]
        ends = [t.map[1] for t in leaves if t.map] or [t.map[1] for t in self.tokens if t.map]
        items = (t.map[0] + 1 for t in self.tokens if t.type == "list_item_open" and t.map)
        return max(chain(ends, items), default=0)

    @property
    def comments(self) -> tuple[str, ...]:
        """What the author says to ankify in it."""
        leaves = chain.from_iterable(
            token.children or () if token.type == "inline" else (token,)
            for token in self.tokens
            if "ankify:" in token.content
        )
        contents = (t.content for t in leaves if t.type in ("html_inline", "html_block"))
        found = chain.from_iterable(map(comments, contents))
        return tuple(said[len(TO_US) :].strip() for *_, said in found if said.startswith(TO_US))


Measured = TypeVar("Measured")
MANY = 4096  # blocks


def remembered(measure: Callable[[Block], Measured]) -> Callable[[Block], Measured]:
    """Measure each block once: several settings are tried on the blocks of a file."""
    known: dict[int, tuple[Block, Measured]] = {}  # with the block, so that its id stays its own

    @wraps(measure)
    def recalled(block: Block) -> Measured:
        found = known.get(id(block))
        if found is None:
            if len(known) >= MANY:
                known.clear()
            found = known[id(block)] = block, measure(block)
        return found[1]

    return recalled


TO_US = "ankify:"  # <!-- ankify: id=norms -->


def name_of(block: Block) -> str:
    """The words of the title of a block; none if it has no title."""
    return block.title.name if block.title else ""


def title_in(block: Block) -> Title:
    """The title of a block that is known to have one."""
    assert block.title
    return block.title


def inline_of(block: Block) -> tuple[Token, ...]:
    """The inline tokens that a block begins with."""
    inline = next((token for token in block.tokens[:3] if token.type == "inline"), None)
    return tuple(inline.children or ()) if inline else ()


def paragraph_of(children: Sequence[Token], line: int) -> tuple[Token, Token, Token]:
    """Inline tokens as a paragraph; `line` is where it begins, 0-based."""
    lines = line, line + 1 + sum(child.type in BREAKS for child in children)
    inline = Token("inline", "", 0, map=lines, children=list(children), block=True)
    opening = Token("paragraph_open", "p", 1, map=lines, block=True)
    return opening, inline, Token("paragraph_close", "p", -1, block=True)


def balanced(tokens: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """Runs of tokens that open and close on the outermost level."""
    tokens = tuple(tokens)
    start = depth = 0
    for at, token in enumerate(tokens):
        depth += token.nesting
        if not depth:
            yield tokens[start : at + 1]
            start = at + 1


def is_numbered_heading(block: Block) -> bool:
    """Whether a block is a heading with a number."""
    return bool(block.heading and block.heading.read.number)


def end_of_section(blocks: Sequence[Block], at: int, end: int, level: int) -> int:
    """The first heading below a position, and above an end, that is as high as a level; or the end.

    `FileIndex.end_below` says so where lists are opened; the answer itself ends in `split`.
    """
    headings = ((below, blocks[below].heading) for below in range(at + 1, end))
    return next((below for below, it in headings if it and it.level <= level), end)


def shown(inside: tuple[Token, ...]) -> Iterator[Token]:
    """The content of a list item as it is outside of the list.

    The paragraphs of a tight list have no <p>, there they do; those of lists in it still do not.
    """
    for run in balanced(inside):
        yield from (token.copy(hidden=False) for token in run) if run[0].hidden else run
