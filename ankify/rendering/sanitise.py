"""HTML of unknown origin made harmless: what GitHub's sanitiser leaves, and what media play."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import nh3

if TYPE_CHECKING:
    pass


# What GitHub's sanitiser leaves of raw HTML, and what media can play.
_ALLOWED = (
    "a abbr audio b bdo blockquote br caption cite code dd del details dfn div dl dt em figcaption "
    "figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q rp rt ruby s samp small "
    "source span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var "
    "video wbr"
)

_DROPPED = "applet frameset noscript object script style template textarea title"

_ATTRIBUTES = {
    "*": frozenset({"align", "class", "dir", "height", "lang", "title", "valign", "width"}),
    "a": frozenset({"href"}),
    "audio": frozenset({"src", "controls"}),
    "details": frozenset({"open"}),
    "img": frozenset({"src", "alt"}),
    "input": frozenset({"type", "checked", "disabled"}),
    "ol": frozenset({"start", "type", "reversed"}),
    "li": frozenset({"value"}),
    "source": frozenset({"src"}),
    "td": frozenset({"colspan", "rowspan", "style"}),
    "th": frozenset({"colspan", "rowspan", "style"}),
    "video": frozenset({"src", "controls"}),
}


# C:\a.png and file:///a.png are kept in a `src`, so that card and check can say that they are
# on somebody's disk: what `media` cannot ship is text on the card.
_OF_DISKS = ("file", *"abcdefghijklmnopqrstuvwxyz")


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_ALLOWED.split()),
        clean_content_tags=set(_DROPPED.split()),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        filter_style_properties={"text-align"},
        url_schemes={"http", "https", "ftp", "mailto", "obsidian", "data", *_OF_DISKS},
        link_rel=None,
        attribute_filter=_address,
    )


def _address(tag: str, attribute: str, value: str) -> str | None:
    """Keep addresses of a scheme that is allowed there alone, and of styles the side of a text."""
    if attribute == "href":
        return value if SCHEME.match(value) else None
    if attribute == "style":  # nh3 looks at no values: text-align: url(//example.org)
        return ";".join(filter(_SIDE.fullmatch, value.split(";"))) or None
    if attribute == "src" and value[:5].lower() == "data:":
        return value if tag in ("img", "source", "audio", "video") else None
    return value


_SIDE = re.compile(r"\s*text-align\s*:\s*[a-z-]+\s*", re.IGNORECASE)

# <input type="text">: a field to write into. As nh3 writes tags; boxes of tasks stay.
_INPUT = re.compile(r'<input(?:(?! type="checkbox")[^">]|"[^"]*")*>')


def clean(page: str) -> str:
    """Sanitise HTML as GitHub does."""
    return _INPUT.sub("", _cleaner().clean(_in_pieces(_shallow(page))))


def sanitised(page: str) -> str:
    """HTML of unknown origin without what no card may hold."""
    return src_first(clean(page))


# <div class="a > b">, </div>; nothing is counted that needs no closing tag
_NESTING = re.compile(
    r"""<(/?)(?!(?:area|br|col|dd|dt|hr|img|input|li|p|rp|rt|source|t[dhr]|tbody|tfoot|thead|wbr)\b)
    [a-z][a-z0-9]*(?:[^"'<>]++|"[^"]*+"|'[^']*+')*+>""",
    re.IGNORECASE | re.VERBOSE,
)

DEEPEST = 500  # elements in one another


def _shallow(page: str) -> str:
    """Leave out tags that open deeper than any page goes, and those that close them.

    The parser of nh3 looks through all open elements at each tag: unclosed ones take it the square
    of their number. The text stays.
    """
    depth = 0

    def kept(tag: re.Match[str]) -> str:
        nonlocal depth
        before, depth = depth, max(0, depth + (-1 if tag[1] else 1))
        return tag[0] if max(before, depth) <= DEEPEST else ""

    return _NESTING.sub(kept, page) if page.count("<") > DEEPEST else page


# A comment, a tag, or text.
_PART = re.compile(
    r"""<!--(?:(?!-->).)*+(?:-->)?|<(?:[^"'<>]++|"[^"]*+"|'[^']*')*+>|[^<]++|<""", re.DOTALL
)
ESCAPED = 500  # of `&` and of spaces that hold words together, in a row of text
_ROW = re.compile(f"(?:[&\xa0][^&\xa0]*+){{{ESCAPED}}}")


def _in_pieces(page: str) -> str:
    """Part a long text by comments, which nh3 leaves out.

    It takes the square of the number of `&` and of no-break spaces in a text to write it.
    """
    if page.count("&") + page.count("\xa0") <= 2 * ESCAPED:
        return page
    return _PART.sub(_parted, page)


def _parted(part: re.Match[str]) -> str:
    is_text = part[0][0] != "<" and len(part[0]) > ESCAPED
    return _ROW.sub(r"\g<0><!---->", part[0]) if is_text else part[0]


# <img alt="a" src="b.png" width="3">, as our serialiser and nh3 write it
MEDIA_TAG = re.compile(r'<(img|audio|video|source)((?: [\w:-]+(?:="[^"]*")?)*)>')

ATTRIBUTE = re.compile(r' ([\w:-]+)(?:="([^"]*)")?')


def src_first(page: str) -> str:
    """Anki takes the first `src=` in a tag, even one inside of a description."""
    return MEDIA_TAG.sub(_tag_with_src_first, page) if " src=" in page else page


def _tag_with_src_first(tag: re.Match[str]) -> str:
    attributes = [found[0] for found in ATTRIBUTE.finditer(tag[2])]
    attributes.sort(key=lambda attribute: not attribute.startswith(" src="))
    return f"<{tag[1]}{''.join(attributes)}>"


# https://example.org/, mailto:a@example.org, and of Obsidian only what opens a note: its other
# addresses write notes and run commands.
SCHEME = re.compile(
    r"(?:https?|ftp|mailto):"
    r"|obsidian://open\?(?:vault|file|path)=[^&\s]*(?:&(?:vault|file|path)=[^&\s]*)*\Z",
    re.IGNORECASE,
)
