"""Which signs of other programs are taken in a folder of notes, and what was taken in a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from ankify.config import MarkdownSettings
from ankify.reading.flavours.labels import KINDS, Label
from ankify.reading.flavours.table import BY_NAME, SIGNS
from ankify.reading.flavours.vault import Vault
from ankify.reading.tokens import Syntax


@dataclass(frozen=True)
class Flavour:
    """`[markdown]` of ankify.toml together with the folder that it is about."""

    settings: MarkdownSettings
    vault: Vault

    @cached_property
    def names(self) -> frozenset[str]:
        """The programs that the notes are surely written for: as set, else as seen."""
        if self.settings.flavour not in ("auto", "github"):
            return frozenset((self.settings.flavour,))
        return frozenset((self.vault.seen[0],)) if self.vault.seen else frozenset()

    @cached_property
    def on(self) -> frozenset[str]:
        """The names of the signs that may be taken."""
        if self.settings.flavour == "github":
            return frozenset()
        return frozenset(sign.name for sign in SIGNS) - set(self.settings.off)

    @cached_property
    def syntax(self) -> Syntax:
        """What is set for all files, whoever wrote them."""
        return Syntax(subscript=self.settings.subscript, breaks=self.settings.breaks)

    def is_sure(self, *names: str) -> bool:
        """Whether the notes are surely written for one of these programs."""
        return not self.names.isdisjoint(names)


@dataclass(frozen=True)
class ForeignFile:
    """A note file of which the signs are read; `taken` counts them by name.

    `linked` are the embeds of which the card shows the name alone, `labels` what has a name in it,
    `tags` those in its text, `ordered` the lines of the blocks that Logseq numbers.
    """

    path: str
    flavour: Flavour
    taken: Counter[str]
    linked: list[str] = field(default_factory=list)
    labels: dict[str, Label] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    ordered: list[int] = field(default_factory=list)

    @property
    def vault(self) -> Vault:
        """The folder that the file lies in."""
        return self.flavour.vault

    def may_have(self, text: str, *names: str) -> bool:
        """Whether one of these signs is on, and may be in the text."""
        on = self.flavour.on
        return any(hint in text for name in names if name in on for hint in BY_NAME[name].hints)

    def label(self, name: str) -> tuple[str, Label] | None:
        """What has a name, in this file or in another of a book, and the file it is in."""
        if name in self.labels:
            return self.path, self.labels[name]
        is_book = self.flavour.is_sure("myst", "quarto")
        return self.vault.labels.get(name) if is_book else None

    def take(self, name: str) -> None:
        """Count a sign that was taken."""
        self.taken[name] += 1

    def is_on(self, name: str) -> bool:
        """Whether a sign may be taken."""
        return name in self.flavour.on


def numbered(file: ForeignFile, name: str) -> str:
    """What a caption begins with: `Figure 2: `; "" where its figure has no name."""
    label = file.labels.get(name)
    return f"{label.words}: " if label and label.kind in KINDS else ""
