"""What of the signs comrak reads by itself, if it is told to."""

from __future__ import annotations

import re

from ankify.reading.flavours.flavour import ForeignFile
from ankify.reading.tokens import Syntax

# > [!example], > [!tip]- Title: what is more than one of GitHub's five, alone on its line; of those
# comrak wants a space behind the quote's mark
_CALLOUT = re.compile(
    r"^(?:[ \t>]|[-*+][ \t]|\d+[.)][ \t])*>(?:[ \t]+\[!"
    r"(?!(?:note|tip|important|warning|caution)\][ \t]*$)|\[!)[\w-]+(?:\|[^\]\n]*)?\](?![(\[])",
    re.IGNORECASE | re.MULTILINE,
)
_FOOTNOTE = re.compile(r"(?<!\[)\^\[(?=[^\]\n]*[^\W\d_]{3})")
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\u3000-\u30ff]")


def syntax_of(file: ForeignFile, text: str) -> Syntax:
    """Which of comrak's extensions a text needs."""
    markdown = file.flavour.settings
    callouts = _CALLOUT.findall(text) if file.may_have(text, "callout") else ()
    for _ in callouts:
        file.take("callout")
    return Syntax(
        callouts=bool(callouts),
        footnotes=file.may_have(text, "inline-footnote") and bool(_FOOTNOTE.search(text)),
        cjk=not text.isascii() and file.is_on("cjk-emphasis") and bool(_CJK.search(text)),
        subscript=markdown.subscript,
        breaks=markdown.breaks,
    )
