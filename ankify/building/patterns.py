"""Regular expressions as a former run of ankify compiled them.

Python compiles each one anew in each process: 500 of ankify, Pygments, Python-Markdown and Python
itself, which is a third of a build after one edit. What `re` makes of them, numbers for its engine,
is kept in the cache folder; the engine checks the numbers before it takes them. `re` offers no way
to do that, so its compiler is replaced: in the process of the command line alone, never in a
program that uses ankify as a library.
"""

from __future__ import annotations

import marshal
import os
import re
import sys
from binascii import crc32
from contextlib import suppress
from importlib import import_module
from typing import Any

from ankify.building.unchanged import cache_path

FORMAT = 1
MOST = 2000  # patterns that are kept; beyond, those of the last run
EXACT = (str, bytes)  # `re` also compiles patterns that are parsed already

Key = tuple[str | bytes, int]  # pattern and flags
Program = tuple[int, bytes, int, dict[str, int], tuple[str | None, ...]]


class CompiledPatterns:
    """Stands in for the compiler of `re` in a `with` block; knows the patterns of former runs."""

    def __init__(self) -> None:
        name = crc32(repr((FORMAT, sys.version, sys.byteorder)).encode())
        self._path = os.path.join(cache_path(), "patterns", f"{name:08x}")
        self._compiler: Any = import_module("re._compiler")
        self._original = self._compiler.compile
        self._kept = _read(self._path)
        self._used: dict[Key, Program] = {}

    def __enter__(self) -> None:
        self._compiler.compile = self.compile

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._compiler.compile = self._original
        if not kind:
            self._keep()

    def compile(self, pattern: Any, flags: int = 0) -> re.Pattern[Any]:
        """Compile as `re._compiler.compile` does."""
        if type(pattern) not in EXACT or flags & (re.DEBUG | re.LOCALE):
            return self._original(pattern, flags)  # type: ignore[no-any-return]
        key = (pattern, flags)
        try:
            program = self._kept.get(key) or self._program(pattern, flags)
            compiled = self._engine(pattern, program)
        except Exception:  # of a pattern that is wrong, or a Python that does it in another way
            return self._original(pattern, flags)  # type: ignore[no-any-return]
        self._used[key] = program
        return compiled

    def _program(self, pattern: str | bytes, flags: int) -> Program:
        """What `re._compiler.compile` (Python 3.11 to 3.14) gives to the engine."""
        from array import array

        parsed = self._compiler._parser.parse(pattern, flags)
        code = self._compiler._code(parsed, flags)
        groups: list[str | None] = [None] * parsed.state.groups
        for name, number in parsed.state.groupdict.items():
            groups[number] = name
        names = dict(parsed.state.groupdict)
        packed = array("I", code).tobytes()
        return flags | parsed.state.flags, packed, len(groups) - 1, names, tuple(groups)

    def _engine(self, pattern: str | bytes, program: Program) -> re.Pattern[Any]:
        flags, packed, count, names, groups = program
        code = memoryview(packed).cast("I").tolist()
        return self._compiler._sre.compile(  # type: ignore[no-any-return]
            pattern, flags, code, count, names, groups
        )

    def _keep(self) -> None:
        """Keep what is new of this run for the next one.

        A file cut off by a kill is found out by its checksum. It is made anew, so that no link is
        followed; one beside it, to be renamed, would stay until a build that has something to do.
        """
        if self._used.keys() <= self._kept.keys():
            return
        kept = {**self._kept, **self._used}
        data = marshal.dumps(kept if len(kept) <= MOST else self._used)
        with suppress(OSError):
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            with suppress(FileNotFoundError):
                os.remove(self._path)
            with open(self._path, "xb") as file:
                file.write(crc32(data).to_bytes(4, "big") + data)


def _read(path: str) -> dict[Key, Program]:
    """The patterns of a file; none where it is missing or damaged."""
    try:
        with open(path, "rb") as file:
            data = file.read()
        if crc32(data[4:]).to_bytes(4, "big") != data[:4]:
            return {}
        return dict(marshal.loads(data[4:]))
    except (OSError, ValueError, TypeError, EOFError):
        return {}
