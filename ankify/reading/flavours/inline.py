"""Signs in a line, taken in the text that is parsed, in which formulas are words already."""

from __future__ import annotations

import html
import posixpath
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from urllib.parse import quote

from ankify.model import PICTURES
from ankify.reading.anchors import slug
from ankify.reading.flavours.flavour import ForeignFile
from ankify.reading.flavours.labels import KINDS
from ankify.reading.flavours.table import REFERRED
from ankify.reading.flavours.vault import NOTE_SUFFIXES
from ankify.reading.formulas import Masked

_PLAYED = ".mp3 .ogg .oga .opus .wav .m4a .aac .flac .mp4 .m4v .webm .ogv .mov .mkv"
SOUNDS = frozenset(_PLAYED.split())
_IN_LINES = """embed note-embed wiki-link highlight comment block-id inline-footnote spaced-path
    sound role label"""
_NAMES = tuple(_IN_LINES.split())
_NEXT_LINE = r"\n(?![ \t>]*\n)"  # a sign may go on in the next line, but not after an empty one
_PATH = r"(?:[^()<>\n]|\([^()<>\n]*\))+?"

_SIGN = re.compile(
    rf"""
    (?=[`\\<%=!\[{{^( \t\n@])(?:
      (?<!`)(?P<ticks>`+)(?!`)(?:[^\n`]++|{_NEXT_LINE}|(?!(?P=ticks)(?!`))`++)+(?P=ticks)
    | \\.
    | <!--.*?-->
    | </?[a-zA-Z][^<>\n]*>
    | (?<![\w%])%%(?![%\s])(?P<comment>(?:(?!%%)(?:[^\n]|{_NEXT_LINE}))+?)%%(?![\w%])
    | (?<![\w%][ ])(?<![\w%])%%[ ](?P<spaced>(?:(?!%%)(?:[^\n]|{_NEXT_LINE}))+?)[ ]%%(?![\w%])
    | (?<![A-Za-z0-9=!<>])==(?=[^\s=])(?P<mark>(?>`[^`\n]*`|(?!==)(?:[^\n]|{_NEXT_LINE}))+?)
      (?<=[^\s=])==(?![A-Za-z0-9=])
    | (?P<bang>!?)\[\[(?P<target>[^\[\]\n|]+?|(?=\|))
      (?:(?P<bar>\\?\|)(?P<alias>[^\[\]\n]*?))?\]\](?![(\[])
    | \[sound:(?P<sound>[^\[\]\n]+)\]
    | (?P<image>!?)\[(?P<alt>[^\[\]\n]*)\]\((?P<path>{_PATH}[ ]{_PATH})\)
    | \[(?P<span>[^\[\]\n]+)\]\{{(?P<class>[.\#][^{{}}\n]*)\}}
    | \{{(?P<role>[a-z][\w:+-]*)\}}(?P<fence>`+)(?P<body>[^`\n]+)(?P=fence)(?!`)
    | [ \t]+\^(?P<id>[A-Za-z0-9][A-Za-z0-9-]*)[ \t]*(?=\n|\Z)
    | \n[ \t]*\^(?P<own>[A-Za-z0-9][A-Za-z0-9-]*)[ \t]*(?=\n|\Z)
    | (?<![\w@.])(?<!\]\()@(?P<named>(?:{"|".join(REFERRED)})-[\w-]*\w)
    | (?<!!)\[\]\(\#(?P<empty>[\w:./-]+)\)
    | (?<!\[)\^\[(?P<note>(?:[^\[\]\n]|\[[^\[\]\n]*\])+)\]
    | (?P<labelled>(?:[ \t]*\{{\#[\w:.-]+\}}|[ \t]+\((?:eq|equation)[\w:.-]*\))[ \t]*(?=\n|\Z))
    )""",
    re.VERBOSE,
)

# What each of these signs has, and quick to look for: most texts have none of it.
_PART_OF_SIGN = re.compile(
    rf"""%% | == | \[\[ | \[sound: | \]\((?:[^()<>\n ]|\([^()<>\n]*\))*[ ] | \]\{{[.\#] | \}}`
    | \^[A-Za-z0-9\[] | @(?:{"|".join(REFERRED)})- | \]\(\# | \{{\# | \(eq[\w:.-]*\)""",
    re.VERBOSE,
)


def may_have_signs(file: ForeignFile, text: str) -> bool:
    """Whether there is anything to look for: most files are told by a few searches."""
    return file.may_have(text, *_NAMES)


def read_signs(file: ForeignFile, masked: Masked, code: Iterable[tuple[int, int]]) -> Masked:
    """Take the signs in the lines; `code` are the ranges of lines (of the file) that hold code."""
    reader = _Reader(file, masked)
    lines = masked.text.split("\n")
    done: list[str] = []
    at = 0
    for start, end in sorted(code):
        first, last = bisect_left(masked.lines, start), bisect_left(masked.lines, end)
        if first > at:
            done.append(reader.read("\n".join(lines[at:first])))
        done += lines[max(first, at) : last]
        at = max(at, last)
    if at < len(lines):
        done.append(reader.read("\n".join(lines[at:])))
    text = "\n".join(done)
    return masked if text == masked.text else replace(masked, text=text)


class _Reader:
    """Writes each sign of one file as GitHub's Markdown, or leaves it as it is."""

    def __init__(self, file: ForeignFile, masked: Masked) -> None:
        self.file, self.masked = file, masked
        self.flavour, self.vault = file.flavour, file.vault

    def read(self, text: str) -> str:
        """The text, its signs written as GitHub's Markdown."""
        return _SIGN.sub(self._written, text) if _PART_OF_SIGN.search(text) else text

    def _written(self, found: re.Match[str]) -> str:
        if found.lastgroup in (None, "ticks"):  # code, an escape or a tag, in which nothing is one
            return found[0]
        for group, name, write in _WRITERS:
            if found[group] is not None:
                if group == "target" and not _is_media(found):
                    name, write = "note-embed" if found["bang"] else "wiki-link", _Reader._wiki
                written = write(self, found) if self.file.is_on(name) else None
                if written is None:  # comrak takes all footnotes of a text, or none
                    return rf"\{found[0]}" if group == "note" else found[0]
                self.file.take(name)
                return written
        return found[0]

    def _comment(self, found: re.Match[str]) -> str:
        return "\n" * found[0].count("\n")

    def _highlight(self, found: re.Match[str]) -> str:
        return f"<mark>{self.read(found['mark'])}</mark>"

    # -- links ---------------------------------------------------------------------------------

    def _wiki(self, found: re.Match[str]) -> str | None:
        target, _, anchor = found["target"].partition("#")
        path = self.vault.find(self.file.path, target) if target.strip() else None
        if not (path or self.flavour.is_sure("obsidian", "logseq") or self._is_link(found)):
            return None
        if found["bang"] and not path:
            return None  # a note that is not there: the check says so
        if found["bang"]:
            self.file.linked.append(found[0])
        is_note = not path or path.lower().endswith(NOTE_SUFFIXES)
        words = found["alias"] or _shown(target, anchor if is_note else "")
        href = self._href(path, target, anchor)
        return f"[{_escaped(words)}]({href})" if href else _escaped(words)

    def _is_link(self, found: re.Match[str]) -> bool:
        """Whether it can be no index, list or test: `m[[1, 2]]`, `[[ -f x ]]`, `[[1, 2], [3]]`."""
        if not found["target"]:
            return bool(found["alias"])  # [[|the words]]
        before = found.string[found.start() - 1 : found.start()] if found.start() else ""
        target = found["target"]
        return (
            not _BEFORE_INDEX.match(before)
            and target == target.strip()
            and any(letter.isalpha() for letter in target)
            and not (_NO_NAME if target[0] != "#" else _NO_HEADING).search(target)
        )

    def _href(self, path: str | None, target: str, anchor: str) -> str:
        heading = re.sub(r"[*`~=]", "", anchor.rpartition("#")[2]).strip()  # without mark-up
        fragment = f"#{quote(slug(heading))}" if heading and not heading.startswith("^") else ""
        if path:
            folder = posixpath.dirname(self.file.path) or "."
            return quote(posixpath.relpath(path, folder)) + fragment
        return fragment if not target.strip() else ""

    def _embed(self, found: re.Match[str]) -> str:
        target = found["target"].partition("#")[0].strip()
        return self._media(target, found["alias"] or "", found["bar"] or "|")

    def _media(self, target: str, alias: str, bar: str) -> str:
        """A picture or sound by its name; `300` or `300x200` is its size, other words its text."""
        path = self.vault.find(self.file.path, target)
        folder = posixpath.dirname(self.file.path) or "."
        source = posixpath.relpath(path, folder) if path else target
        *words, last = alias.split("|") if alias else [""]
        size = f"{bar}{last.strip()}" if _SIZE.fullmatch(last.strip()) else ""
        alt = _escaped(" ".join(words if size else [*words, last]).strip())
        return f"![{alt}{size}](<{source.replace('<', '%3C').replace('>', '%3E')}>)"

    def _sound(self, found: re.Match[str]) -> str | None:
        name = found["sound"].strip()
        if self.vault.find(self.file.path, name) is None or "/" in name.lstrip("./"):
            return self._media(name, "", "|") if self.vault.exists(self.file.path, name) else None
        return self._media(name, "", "|")

    def _spaced(self, found: re.Match[str]) -> str | None:
        path = found["path"].strip()
        titled = _TITLED.fullmatch(path)
        path, title = (titled["path"], f" {titled['title']}") if titled else (path, "")
        if " " not in path or not self.vault.exists(self.file.path, path):
            return None
        return f"{found['image']}[{found['alt']}](<{path}>{title})"

    # -- the rest ------------------------------------------------------------------------------

    def _span(self, found: re.Match[str]) -> str:
        words = self.read(found["span"])
        return f"<mark>{words}</mark>" if ".mark" in found["class"].split() else words

    def _role(self, found: re.Match[str]) -> str | None:
        role, body = found["role"].rpartition(":")[2], found["body"].strip()
        if role in _TAGS:
            return f"<{_TAGS[role]}>{html.escape(body, quote=False)}</{_TAGS[role]}>"
        if role in _CODE_ROLES:
            return f"{found['fence']}{found['body']}{found['fence']}"
        if role in _TEXT_ROLES or self.flavour.is_sure("myst"):
            titled = re.fullmatch(r"(.*?)\s*<([^<>]*)>", body)
            label = self.file.label(titled[2] if titled else body)
            words = titled[1] if titled and titled[1] else label[1].words if label else ""
            if label and label[1].kind in KINDS:  # Figure %s, Figure {number}
                words = re.sub(r"%s|\{number\}", str(label[1].number), words)
            return _escaped(words or body.lstrip("~!"))
        return None

    def _block_id(self, found: re.Match[str]) -> str | None:
        name = found["id"] or found["own"]
        ends = _BLOCK_ENDS.match(found.string, found.end()) is not None
        if self.flavour.is_sure("obsidian") or (ends and len(name) >= 3):
            return "\n" if found["own"] else ""
        return None

    def _footnote(self, found: re.Match[str]) -> str | None:
        has_words = len(re.findall(r"[^\W\d_]", found["note"])) >= 3
        return found[0] if has_words else None

    def _named(self, found: re.Match[str]) -> str | None:
        """A reference of Quarto's, `@fig-x`: its name, as that of MyST's roles."""
        name = found["named"]
        label = self.file.label(name)
        known = label is not None or f"{{#{name}" in self.masked.text
        words = label[1].words if label else ""
        return words or (name if known or self.flavour.is_sure("quarto", "myst") else None)

    def _empty(self, found: re.Match[str]) -> str | None:
        """A link of MyST's without words, `[](#fig-x)`: what its target is called."""
        label = self.file.label(found["empty"])
        words = label[1].words if label else ""
        return f"[{_escaped(words)}](#{found['empty']})" if words else None

    def _label(self, found: re.Match[str]) -> str | None:
        behind = self.masked.mark in found.string[max(0, found.start() - 24) : found.start()]
        return "" if behind else None


_BEFORE_INDEX = re.compile(r"[A-Za-z0-9_\])]")
# A block ends below an empty line, or where the next item, heading or quote begins.
_BLOCK_ENDS = re.compile(r"\n[ \t>]*(?:\n|\Z|[-*+][ \t]|\d+[.)][ \t]|#)|\s*\Z")
_SIZE = re.compile(r"\d{1,5}(?:x\d{1,5})?")
_TITLED = re.compile(r"(?P<path>.*?)[ ](?P<title>\"[^\"]*\"|'[^']*')")
_TAGS = {"sub": "sub", "subscript": "sub", "sup": "sup", "superscript": "sup", "kbd": "kbd"}
_CODE = """code file command program samp func class meth mod attr data exc obj const option env
    envvar literal"""
_TEXT = """ref doc term numref eq any download abbr cite p t ps dfn emphasis strong guilabel
    menuselection index footcite underline u del delete strike smallcaps"""
_CODE_ROLES, _TEXT_ROLES = frozenset(_CODE.split()), frozenset(_TEXT.split())
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]<>()#+!|~^$&-])")


_NO_NAME = re.compile(r"[,;=<>\"'$`*:]")
_NO_HEADING = re.compile(r"[,;=<>\"'$]")  # which may hold mark-up, [[#**In short:**]]


def _escaped(words: str) -> str:
    """Text in which Markdown finds nothing."""
    return _PUNCTUATION.sub(r"\\\1", words.strip())


def _shown(target: str, anchor: str) -> str:
    """What a wiki link without words of its own shows: `Note`, `Note > Head`, `Head`."""
    heads = (re.sub(r"[*`]", "", part).strip() for part in anchor.split("#"))
    parts = [target.strip(), *heads]
    return " > ".join(part for part in parts if part and not part.startswith("^"))


def _is_media(found: re.Match[str]) -> bool:
    """Whether a wiki link shows a picture or plays a sound."""
    suffix = posixpath.splitext(found["target"].partition("#")[0].strip())[1].lower()
    return bool(found["bang"]) and suffix in PICTURES | SOUNDS


_Write = Callable[[_Reader, re.Match[str]], str | None]
_WRITERS: Sequence[tuple[str, str, _Write]] = (
    ("comment", "comment", _Reader._comment),
    ("spaced", "comment", _Reader._comment),
    ("mark", "highlight", _Reader._highlight),
    ("target", "embed", _Reader._embed),
    ("sound", "sound", _Reader._sound),
    ("path", "spaced-path", _Reader._spaced),
    ("span", "label", _Reader._span),
    ("role", "role", _Reader._role),
    ("id", "block-id", _Reader._block_id),
    ("own", "block-id", _Reader._block_id),
    ("note", "inline-footnote", _Reader._footnote),
    ("named", "label", _Reader._named),
    ("empty", "label", _Reader._empty),
    ("labelled", "label", _Reader._label),
)
