"""What a block holds: an answer, the label of one, or nothing."""

from __future__ import annotations

import re

from ankify.questions.block import Block, remembered
from ankify.questions.words import BACK_TO_TOP, is_button, is_placeholder, says_answer, says_key
from ankify.reading.html import elements, html_lines, html_text, shows_without_words
from ankify.reading.inline import visible
from ankify.reading.tokens import Token

LISTS = ("bullet_list_open", "ordered_list_open")

LONG = 400  # so much text, targets of links included, says something


@remembered
def is_filler(block: Block) -> bool:
    """Whether a block answers nothing: a rule, blank HTML, a link to the top, a `TODO`, no code."""
    token = block.tokens[0]
    if token.type == "html_block":
        if len(token.content) > LONG:
            return False
        if shows_without_words(token.content):
            return False
        return _says_nothing(html_text(token.content), "href" in token.content)
    if token.type == "paragraph_open":
        return _is_blank(block.tokens[1])
    if token.type in ("blockquote_open", *LISTS):
        leaves = [leaf for leaf in block.tokens if leaf.nesting == 0]
        return all(leaf.type == "inline" and _is_blank(leaf) for leaf in leaves)
    if token.type == "fence":
        code = token.content.strip()
        rest = COMMENT.sub("", code, count=1).strip() if len(code) <= LONG else ""
        return not code or (rest[:1].isalnum() and is_placeholder(rest))
    return token.type == "hr"


COMMENT = re.compile(r"(?:#|//|--|/\*)")  # `# TODO`


def is_blank(block: Block) -> bool:
    """Whether a block shows nothing at all, or a rule."""
    token = block.tokens[0]
    if token.type != "html_block":
        return token.type == "hr"
    return not html_text(token.content) and not shows_without_words(token.content)


def _is_blank(inline: Token) -> bool:
    if len(inline.content) > LONG:
        return False
    children = inline.children or ()
    words = inline.words
    if not _says_nothing(words, linked=True):  # so links and pictures do not matter
        return False
    if any(child.type == "image" or _shows(child) for child in children):
        return False
    targets = [child.attrs.get("href") for child in children if child.type == "link_open"]
    if any(not str(target).startswith("#") for target in targets):
        return False
    linked = bool(targets) or any("href" in child.content for child in children)
    return _says_nothing(words, linked)


def _shows(child: Token) -> bool:
    return child.type == "html_inline" and shows_without_words(child.content)


def _says_nothing(words: str, linked: bool) -> bool:
    words = words.strip()
    return bool(is_placeholder(words) or (linked and BACK_TO_TOP.match(words)))


# `A.` alone above what it labels, `[A] X` below `[Q] W`, `A - X` below `Q - W`
POINT = re.compile(r"\W*(?:a\.\s*(?:\n|$)|(?<=\[)a\]\s*|a\s[-–—]\s+)", re.IGNORECASE)
OPTION = re.compile(r"\W*a\s*\.", re.IGNORECASE)  # of a choice, rather than an answer


WORDED = ("paragraph_open", "heading_open", "blockquote_open", "alert_open")


@remembered
def opening_words(block: Block) -> str:
    """The words a paragraph, a heading, a quote, a callout or raw HTML begins with, else none."""
    token, *inside = block.tokens[:3]
    if token.type == "html_block":
        return "\n".join(html_lines(token.content))
    if token.type not in WORDED:
        return ""
    inline = next((child for child in inside if child.type == "inline"), None)
    return inline.words if inline else ""


def key_in_list(block: Block) -> tuple[int, int] | None:
    """Where the last item of a list says the answer on a further line: at which token and letter.

    `- d) Y` over `**Correct answer:** b`, with no line between.
    """
    if block.type not in LISTS:
        return None
    below = reversed(range(len(block.tokens)))
    last = next((at for at in below if block.tokens[at].type == "inline"), 0)
    words = block.tokens[last].words
    start = words.find("\n") + 1
    while start:
        if says_key(words[start:].split("\n", 1)[0]):
            return last, start
        start = words.find("\n", start) + 1
    return None


@remembered
def shows_answer(block: Block) -> bool:
    """Whether a label says that an answer begins here, or a button that it is hidden here."""
    if block.keyed or says_answer(opening_words(block)) or key_in_list(block):
        return True
    inside = [t.words for t in block.inside if t.type == "inline"]
    if block.title and block.title.glued:
        inside.append(visible(block.title.glued))
    if any(map(_has_label, inside)):
        return True
    raw = [t.content for t in block.tokens if t.type == "html_block"]
    buttons = (next(elements(content, ("summary",)), None) for content in raw)
    return any(button and button.is_closed and is_button(button.text) for button in buttons)


def _has_label(text: str) -> bool:
    """Whether a line begins with the label of an answer; `A. X` is an option."""
    return any(says_answer(line) and not OPTION.match(line) for line in text.split("\n"))
