"""Signs that are seen in the tokens alone: at the end of headings, behind pictures, at fences."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

from ankify.reading.flavours.flavour import ForeignFile, numbered
from ankify.reading.flavours.inline import SOUNDS
from ankify.reading.inline import cut, visible
from ankify.reading.tokens import Token


def read_blocks(file: ForeignFile, tokens: list[Token], text: str) -> list[Token]:
    """Take the signs that are seen in tokens; the list may be changed in its place."""
    if file.may_have(text, "label"):
        _without_labels(file, tokens)
    if file.may_have(text, "heading-tag"):
        _without_tags(file, tokens)
    if file.flavour.settings.tags and "#" in text:
        tokens = list(_with_text_tags(file, tokens))
    if file.may_have(text, "picture-size", "sound", "label"):
        _with_attributes(file, tokens)
    if file.may_have(text, "code-cell"):
        _with_languages(file, tokens)
    if file.ordered:
        tokens = list(_numbered(tokens))
    if file.is_on("embed") and file.flavour.is_sure("obsidian", "logseq") and "![" in text:
        _with_found(file, tokens)
    return tokens


def _numbered(tokens: Iterable[Token]) -> Iterator[Token]:
    """Lists with the bullet `+`, which `lines.py` gives to what Logseq numbers, as ordered ones."""
    for token in tokens:
        if token.markup == "+" and token.type.startswith("bullet_list_"):
            name = token.type.replace("bullet", "ordered")
            yield token.copy(type=name, tag="ol", markup=".")
        else:
            yield token


def _with_found(file: ForeignFile, tokens: Iterable[Token]) -> None:
    """Pictures whose path leads nowhere by the end of it, as Obsidian and Logseq find them."""
    folder = posixpath.dirname(file.path) or "."
    for token in tokens:
        for child in token.children or ():
            src = str(child.attrs.get("src") or "") if child.type == "image" else ""
            if not src or _ADDRESS.match(src) or file.vault.exists(file.path, src):
                continue
            if found := file.vault.find(file.path, unquote(src)):
                child.attrs = {**child.attrs, "src": quote(posixpath.relpath(found, folder))}
                file.take("embed")


_ADDRESS = re.compile(r"[a-zA-Z][\w+.-]+:|//")


def _headings(tokens: Sequence[Token]) -> Iterable[tuple[int, Token]]:
    """Where each heading opens, and its text."""
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            yield at, tokens[at + 1]


def _with_children(inline: Token, children: Iterable[Token]) -> Token:
    inline.children = list(children)
    return inline


# -- headings --------------------------------------------------------------------------------------

# ## Title {#sec-x .unnumbered key=value}, ## Title {-}, ## Title {: #x }
_ATTRIBUTES = re.compile(
    r"[ \t]*\{:?[ \t]*(?:-|(?:[#.]\w[\w:./-]*|[\w-]+=(?:\"[^\"{}]*\"|[^\s{}\"]+))"
    r"(?:[ \t]+(?:-|[#.]\w[\w:./-]*|[\w-]+=(?:\"[^\"{}]*\"|[^\s{}\"]+)))*)[ \t]*\}[ \t]*\Z"
)


def _without_labels(file: ForeignFile, tokens: list[Token]) -> None:
    for _, inline in _headings(tokens):
        words = visible(inline.children or ())
        found = _ATTRIBUTES.search(words) if words.rstrip().endswith("}") else None
        if found and found.start():
            _with_children(inline, cut(inline.children or (), 0, found.start()))
            file.take("label")


# What is no tag: #1, #include (a directive of C), c#
_TAGS = re.compile(r"(?:[ \t]+#(?!\d+\b)[^\W_][\w/-]*)+[ \t]*\Z")
_TAG = re.compile(r"#([\w/-]+)")
CARD_TAGS = frozenset(("card", "cards", "flashcard", "flashcards"))


def _without_tags(file: ForeignFile, tokens: list[Token]) -> None:
    """Take the tags off the ends of headings where they can be no words of the title."""
    found = [
        (at, inline, words, tags)
        for at, inline in _headings(tokens)
        if "#" in inline.content
        for words in (visible(inline.children or ()),)
        for tags in (_TAGS.search(words),)
        if tags and words[: tags.start()].strip()
    ]
    count = Counter(tag for *_, tags in found for tag in _TAG.findall(tags[0]))
    for at, inline, words, tags in found:
        names = _TAG.findall(tags[0])
        title = words[: tags.start()].rstrip()
        plain = (
            len(names) > 1
            or any("/" in name or count[name] > 1 or name.lower() in CARD_TAGS for name in names)
            or title.endswith(("?", "？", ".", "!", "。", "！"))
            or file.flavour.is_sure("obsidian", "logseq")
        )
        if plain:
            _with_children(inline, cut(inline.children or (), 0, tags.start()))
            tokens[at] = tokens[at].copy(meta={**tokens[at].meta, "tags": tuple(names)})
            file.take("heading-tag")


# -- tags in the text ------------------------------------------------------------------------------

_TEXT_TAG = re.compile(r"(?<![\w#&/\\{(])#(?!\d+\b)([^\W_][\w/-]*)")
_TAG_LINE = re.compile(rf"\s*(?:{_TEXT_TAG.pattern}\s*)+\Z")


def _with_text_tags(file: ForeignFile, tokens: Sequence[Token]) -> Iterable[Token]:
    """Read the tags in paragraphs; one of nothing but tags is left out."""
    left = 0
    for at, token in enumerate(tokens):
        if left:
            left -= 1
            continue
        if token.type == "paragraph_open" and "#" in tokens[at + 1].content:
            words = [t.content for t in tokens[at + 1].children or () if t.type == "text"]
            file.tags.extend(tag for text in words for tag in _TEXT_TAG.findall(text))
            if _TAG_LINE.match(visible(tokens[at + 1].children or ())):
                left = 2
                continue
        yield token


# -- pictures and links ----------------------------------------------------------------------------

_SIZE = re.compile(
    r"(?P<alt>.*?)[ ]?\|[ ]?(?P<width>\d{1,5})(?:x(?P<height>\d{1,5}))?[ ]?\Z", re.DOTALL
)
_BEHIND = re.compile(r"\{:?(?P<inside>[^{}\n]*)\}")
_DIMENSION = re.compile(
    r":?\b(?P<key>width|height)[ =:]+[\"']?(?P<value>\d+(?:\.\d+)?)(?P<unit>px|%)?"
)
_LIKE_ATTRIBUTES = re.compile(r"\s*(?:[#.:][\w-]|[\w-]+=|(?:width|height) )")


def _with_attributes(file: ForeignFile, tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type == "inline" and ("](" in token.content or "![" in token.content):
            children = list(token.children or ())
            if any(child.type in ("image", "link_open") for child in children):
                token.children = _changed(file, children)


def _changed(file: ForeignFile, children: list[Token]) -> list[Token]:
    """Inline tokens with sized pictures, sounds for links to them, and no attributes in braces."""
    done: list[Token] = []
    href = ""
    for child in children:
        last = done[-1] if done else None
        if child.type == "image" and file.is_on("picture-size"):
            child = _sized(file, child)
        follows = last is not None and last.type in ("image", "link_close")
        if last and follows and child.type == "text" and child.content.startswith("{"):
            done[-1:], child = _behind(file, last, child)
        if child.type == "link_open" and file.is_on("sound"):
            href = str(child.attrs.get("href") or "")
            href = href if _is_local_sound(href) else ""
            if href:
                file.take("sound")
                continue
        if child.type == "link_close" and href:
            space = Token("text", "", 0, content=" ")
            done += (space, Token("image", "img", 0, {"src": href, "alt": ""}, children=[]))
            href = ""
            continue
        done.append(child)
    return done


def _is_local_sound(href: str) -> bool:
    path = href.partition("#")[0].partition("?")[0]
    local = not re.match(r"[a-zA-Z][\w+.-]*:|//|#", href)
    return local and PurePosixPath(path).suffix.lower() in SOUNDS


def _sized(file: ForeignFile, image: Token) -> Token:
    """A picture whose text ends in its size, `x|300x200`."""
    texts = list(image.children or ())
    found = _SIZE.match(texts[-1].content) if texts and texts[-1].type == "text" else None
    if not found:
        return image
    file.take("picture-size")
    size = {key: found[key] for key in ("width", "height") if found[key]}
    texts[-1] = texts[-1].copy(content=found["alt"])
    return image.copy(attrs={**image.attrs, **size}, children=texts)


def _behind(file: ForeignFile, last: Token, text: Token) -> tuple[list[Token], Token]:
    """What stands before a text with attributes in braces, and what is left of the text."""
    found = _BEHIND.match(text.content)
    if not found or not _LIKE_ATTRIBUTES.match(found["inside"] + "="[: not found["inside"]]):
        return [last], text
    rest = text.copy(content=text.content[found.end() :])
    if last.type != "image":
        file.take("label")
        return [last], rest
    file.take("picture-size")
    sizes = {
        size["key"]: size["value"] + ("%" if size["unit"] == "%" else "")
        for size in _DIMENSION.finditer(found["inside"])
    }
    done = [last.copy(attrs={**last.attrs, **sizes})]
    caption = list(last.children or ())
    named = re.search(r"#(fig-[\w:.-]+|fig\b)", found["inside"])
    if named and caption:  # Quarto shows the text below a figure
        number = Token("text", "", 0, content=numbered(file, named[1]))
        done += (Token("hardbreak", "br", 0), Token("em_open", "em", 1), number)
        done += (*caption, Token("em_close", "em", -1))
    return done, rest


# -- code ------------------------------------------------------------------------------------------

# {python}, {r, echo=FALSE}, {code-cell} python, {.python .numberLines}, {python}{: x}
_CELL = re.compile(r"\{[ ]*(?P<name>[.\w+-]+)(?P<more>[^{}]*)\}[ ]*(?P<argument>\S*)")
_CODE_BLOCKS = frozenset(("code", "code-block", "code-cell", "sourcecode", "parsed-literal"))
_OPTIONS = re.compile(
    r"(?:(?:#\||//\||%%\||--\|)[^\n]*\n|:[\w-]+:[^\n]*\n|---\n(?:[^\n]*\n)*?---\n)*\n?"
)


def _with_languages(file: ForeignFile, tokens: list[Token]) -> None:
    for at, token in enumerate(tokens):
        found = _CELL.match(token.info) if token.type == "fence" else None
        if not found:
            continue
        name = found["name"].lstrip(".")
        language = found["argument"] if name in _CODE_BLOCKS else name
        options = _OPTIONS.match(token.content)
        has_options = options is not None and ("|" in options[0] or ":" in options[0])
        content = token.content[options.end() :] if options and has_options else token.content
        tokens[at] = token.copy(info=language.strip(":"), content=content)
        file.take("code-cell")
