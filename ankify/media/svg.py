"""Make an SVG picture safe to ship: no script, no event handler, nothing fetched from outside.

nh3 knows SVG only as a part of HTML, so pictures get this allow-list of their own. A picture that
is clean already is handed back byte for byte.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sized
from functools import lru_cache
from xml.parsers import expat

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XHTML = "http://www.w3.org/1999/xhtml"
MATHML = "http://www.w3.org/1998/Math/MathML"
for _prefix, _uri in (("", SVG), ("xlink", XLINK), ("xhtml", XHTML)):
    ET.register_namespace(_prefix, _uri)

_DRAWN = """
    svg g defs symbol use switch path rect circle ellipse line polyline polygon text tspan textPath
    title desc metadata image linearGradient radialGradient stop clipPath mask pattern marker filter
    style a view foreignObject animate animateTransform animateMotion mpath set
    feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
    feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR
    feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight
    feSpecularLighting feSpotLight feTile feTurbulence"""
# Diagram tools (draw.io, mermaid) set their labels as HTML in a foreignObject.
_WRITTEN = """
    div span p br hr b i u s em strong small sub sup font center ul ol li pre code
    table thead tbody tr td th h1 h2 h3 h4 h5 h6 body"""
DRAWN = frozenset(_DRAWN.split())
WRITTEN = frozenset(_WRITTEN.split())
# The attributes of HTML in a label; others fetch (background, poster) or run.
_LABEL_ATTRIBUTES = """
    align bgcolor border cellpadding cellspacing class color colspan dir face height id lang rowspan
    size style title valign width"""
LABEL_ATTRIBUTES = frozenset(_LABEL_ATTRIBUTES.split())
ANIMATED = frozenset({"animate", "animateTransform", "animateMotion", "set"})

# "#glow" and "data:image/png;base64,iVBO..." stay; "https://x/y.svg#z" and "data:image/svg+xml" go.
INNER_LINK = re.compile(r"\s*(#|data:image/(png|jpe?g|gif|webp)[;,])", re.I)
# @import url(https://x/font.css);  url("https://x/y.png")  image-set("y.png" 1x); a browser closes
# at the end what is left open: url(https://x
OUTER_CSS = re.compile(
    r"""@import[^;]*;?
    | url\(\s*+['"]?+(?!\s*+['"]?+\s*+(?:\#|data:(?:image|font|application)/))[^)]*\)?
    | (?:-webkit-)?(?:image-set|image|src)\([^)]*\)?
    | (?:expression|javascript)\s*[(:]
    | -moz-binding\s*:[^;]*""",
    re.I | re.X,
)


# \69 and \i are both an i
ESCAPE_CSS = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|)", re.I)
# Where no browser goes to: names of what it has to know.
NAMES = frozenset({"requiredFeatures", "requiredExtensions"})
ADDRESS = re.compile(r"[\x00-\x20]*(?:[a-z][a-z0-9+.-]*:)?//", re.I)

# Elements and attributes: those of a plot with 200,000 points. 20 MB of `<g/>` are 5 million, and
# would take 2 GB of memory here, and all of a phone's.
MOST_PARTS = 1_500_000


class UnsafeSvg(ValueError):
    """The SVG cannot be made safe: it is not XML, declares entities, or has too many parts."""


def clean_svg(data: bytes) -> bytes:
    """Return `data` itself if it is a harmless SVG, else a copy without what is not allowed.

    Raises UnsafeSvg where the bytes are no SVG, have too many parts, or declare entities (one can
    grow without bound or name a file). A bare DOCTYPE is harmless: no reader of a picture follows
    it.
    """
    instructed = _scan(data)
    try:
        root = ET.fromstring(data)
    except (ET.ParseError, ValueError, RecursionError) as error:
        raise UnsafeSvg(f"not well-formed: {error}") from error
    if root.tag != f"{{{SVG}}}svg":
        raise UnsafeSvg("its root element is no svg of the SVG namespace")
    if not (_clean(root) or instructed):
        return data
    try:
        cleaned: bytes = ET.tostring(root, encoding="utf-8")
    except RecursionError as error:
        raise UnsafeSvg("it is nested too deeply") from error
    return cleaned


def _scan(data: bytes) -> bool:
    """Whether there are instructions (`<?xml-stylesheet ...?>`).

    Raises UnsafeSvg for entities and for more than MOST_PARTS.
    """
    found: list[str] = []

    def refuse(name: str, *_: object) -> None:
        raise UnsafeSvg(f"it declares the entity {name}")

    parts = 0

    def count(_: str, attributes: Sized) -> None:
        nonlocal parts
        parts += 1 + len(attributes)
        if parts > MOST_PARTS:
            raise UnsafeSvg(
                f"it has more than {MOST_PARTS:,} elements and attributes; save it as PNG"
            )

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = count
    parser.ProcessingInstructionHandler = lambda target, _: found.append(target)
    try:
        parser.Parse(data, True)
    except UnsafeSvg:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:  # of encodings it does not know
        raise UnsafeSvg(f"not well-formed: {error}") from error
    return bool(found)


def _clean(root: ET.Element) -> bool:
    """Drop what is not allowed below and in `root`; says whether anything was dropped."""
    changed = False
    todo = [root]
    while todo:  # not recursive: a hostile file nests deeper than Python's stack
        parent = todo.pop()
        changed |= bool(parent.attrib) and _clean_attributes(parent)
        if parent.tag == f"{{{SVG}}}style":
            changed |= _clean_style(parent)
        if not len(parent):
            continue
        kept = [child for child in parent if _allowed(child)]
        if len(kept) < len(parent):
            _leave(parent, kept)
            changed = True
        todo += kept
    return changed


def _clean_style(style: ET.Element) -> bool:
    """Leave only CSS that fetches nothing, that behind an element in it, too."""
    css = "".join(style.itertext())
    if _css_is_inner(css) and not len(style):
        return False
    style[:] = ()
    style.text = css if _css_is_inner(css) else _inner_css(css)
    return True


def _allowed(element: ET.Element) -> bool:
    is_drawn, is_animated = _known(element.tag)
    if not (is_drawn and is_animated):
        return is_drawn
    moved = element.get("attributeName", "").strip().lower()
    return not (moved.endswith(("href", "src")) or moved.startswith("on"))


@lru_cache(maxsize=1000)
def _known(tag: str) -> tuple[bool, bool]:
    """Whether elements of this tag may stay, and whether they move an attribute of another."""
    namespace, _, name = tag[1:].rpartition("}")
    if namespace == XHTML:
        return name in WRITTEN, False
    if namespace != SVG:
        return bool(namespace), False  # an editor's own (Inkscape, RDF): nothing draws it
    return name in DRAWN, name in ANIMATED


def _leave(parent: ET.Element, kept: list[ET.Element]) -> None:
    """Leave only some children in `parent`, and the text behind all of them."""
    staying = set(kept)
    last: ET.Element | None = None
    for child in parent:
        if child in staying:
            last = child
        elif child.tail and last is not None:
            last.tail = (last.tail or "") + child.tail
        elif child.tail:
            parent.text = (parent.text or "") + child.tail
    parent[:] = kept


def _clean_attributes(element: ET.Element) -> bool:
    label = element.tag.startswith(f"{{{XHTML}}}")
    shown = label or element.tag.startswith((f"{{{SVG}}}", f"{{{MATHML}}}"))
    bad = [
        name
        for name, value in element.attrib.items()
        if not _harmless(name, value)
        or (label and name not in LABEL_ATTRIBUTES)
        or (shown and name not in NAMES and ADDRESS.match(value))
    ]
    for name in bad:
        del element.attrib[name]
    return bool(bad)


def _harmless(name: str, value: str) -> bool:
    local = name.rpartition("}")[2].lower()
    if local.startswith("on") or local == "base":
        return False
    if local in {"href", "src", "srcset", "action", "formaction"}:
        return bool(INNER_LINK.match(value))
    return _css_is_inner(value) if local == "style" or "(" in value else True


def _css_is_inner(css: str) -> bool:
    """Whether CSS fetches nothing. A backslash counts as if: it could hide the letters of `url`."""
    return "\\" not in css and not OUTER_CSS.search(css)


def _inner_css(css: str) -> str:
    return OUTER_CSS.sub(" ", ESCAPE_CSS.sub(_letter, css).replace("\\", ""))


def _letter(escape: re.Match[str]) -> str:
    number = int(escape[1] or "0", 16)
    return chr(number) if 0 < number < 0xD800 else ""
