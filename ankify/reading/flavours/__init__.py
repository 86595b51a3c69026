"""Signs of other programs in Markdown: Obsidian, Logseq, Notion, MyST, Quarto and the like.

GitHub shows them as text, and their author plainly meant something else. `table.py` lists them all;
`lines.py` takes those that are whole lines, before formulas are set aside; `inline.py` those in a
line, in the text that is parsed; `blocks.py` those that are seen in the tokens alone. No line is
moved by any of them but by notes set into others, which `embeds.py` accounts for.
"""

from ankify.reading.flavours.flavour import Flavour, ForeignFile
from ankify.reading.flavours.table import FLAVOURS, SIGNS, Sign
from ankify.reading.flavours.vault import Vault

__all__ = ["FLAVOURS", "SIGNS", "Flavour", "ForeignFile", "Sign", "Vault"]
