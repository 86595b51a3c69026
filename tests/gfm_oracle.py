"""What the tests of rendering share: cases, a card for a text, and cmarkgfm as the judge.

cmarkgfm is GitHub's own renderer. Its page goes through our sanitiser (which has its own cases), so
that both sides are well-formed; then both are reduced to what a reader sees, and compared.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path
from urllib.parse import unquote

from cmarkgfm.cmark import Options, markdown_to_html_with_extensions

from ankify.model import Content, Question
from ankify.questions.split import Section
from ankify.reading import parse as gfm
from ankify.reading import tokens
from ankify.rendering.fields import Renderer, RenderOptions
from ankify.rendering.sanitise import _cleaner

CASES = Path(__file__).parent / "cases"
_BLOCK = re.compile(
    r"</?(?:body|blockquote|br|div|details|d[dlt]|h[1-6r]|li|[ou]l|p|pre|summary|t[dhr]"
    r"|t(?:able|body|head))[ >]"
)
PLAIN = RenderOptions(for_phone=False)  # as on GitHub
_renderers: dict[RenderOptions, Renderer] = {}


def cases(name: str) -> list[tuple[str, str, str]]:
    """Read (title, input, expected) from a file: three parts, each ended by a line with a dot."""
    text = (CASES / name).read_text(encoding="utf-8")
    parts = re.split(r"^\.\n", text, flags=re.M)
    found = zip(parts[::3], parts[1::3], parts[2::3], strict=False)
    return [(title.strip(), given, expected) for title, given, expected in found]


def render(text: str, options: RenderOptions = PLAIN, file: str = "a/b.md") -> Content:
    """Render a text as the answer of a question of the note file `file`."""
    parsed = gfm.parse(text)
    question = Question(file, 1, 1, "1", "x")
    section = Section(question=question, title=(), stem=(), answer=tuple(parsed.tokens))
    return _renderers.setdefault(options, Renderer(options)).render(section, parsed)


def difference(text: str) -> str | None:
    """The first thing that GitHub shows and the card does not, or the other way round."""
    page = markdown_to_html_with_extensions(
        text, Options.CMARK_OPT_UNSAFE, ["table", "strikethrough", "autolink", "tasklist"]
    )
    wanted = seen(tokens._without_strange_tags(page))
    got = seen(render(text).answer)
    for index, pair in enumerate(zip_longest(wanted, got)):
        if pair[0] != pair[1]:
            return f"GitHub: {wanted[index : index + 4]}, card: {got[index : index + 4]}"
    return None


def seen(page: str) -> list[str]:
    """A page as a list of tags and texts, without what cannot be seen."""
    reader = _Reader()
    reader.feed(_cleaner().clean(page))
    reader.close()
    return reader.tokens()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = ["<body>"]
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        shown = self._shown(tag, given)
        if tag not in ("br", "hr", "img", "input"):
            self.open.append(f"</{tag}>" if shown else "")
        if shown:
            self.found.append(shown)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("br", "hr", "img", "input") and self.open and (end := self.open.pop()):
            self.found.append(end)

    def handle_data(self, data: str) -> None:
        if self.found[-1][:1] == "<":
            self.found.append("")
        self.found[-1] += data.replace("<", "\ue000")  # so that it is never taken for a tag

    def _shown(self, tag: str, given: dict[str, str]) -> str:
        if tag == "a":
            link = re.match("(?i)https?:|ftp:|mailto:", given.get("href", ""))
            return f"<a {unquote(given['href'])}>" if link else ""
        code = tag == "span" and "</pre>" in self.open
        if code or given.get("class") == "highlight" or (tag == "strong" == self._parent()):
            return ""
        if tag in ("td", "th"):
            aligned = given.get("align") or given.get("style", "").replace("text-align:", "")
            return f"<{tag} {aligned}>"
        kept = [given.get(name, "") for name in ("start", "alt", "src")]
        return f"<{tag} {'checked' in given} {' '.join(unquote(value) for value in kept)}>"

    def _parent(self) -> str:
        return next((end[2:-1] for end in reversed(self.open) if end), "")

    def tokens(self) -> list[str]:
        """The tags and texts, blanks collapsed outside of code."""
        result: list[str] = []
        depth = 0
        sides = zip(["<body>", *self.found], [*self.found[1:], "</body>"], strict=False)
        for token, (before, after) in zip(self.found, sides, strict=False):
            depth += token.startswith("<pre ") - (token == "</pre>")
            if token[:1] != "<" and depth:
                token = "\n".join(line.rstrip() for line in token.split("\n")).strip("\n")
            elif token[:1] != "<":
                token = re.sub(r"[ \t\n\f\r]+", " ", token)
                token = token.lstrip(" ") if _is_block(before) else token
                token = token.rstrip(" ") if _is_block(after) else token
            if token:
                result.append(token)
        return result


def _is_block(token: str) -> bool:
    return bool(_BLOCK.match(token))
