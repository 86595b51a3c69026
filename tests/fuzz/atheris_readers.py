"""The targets under atheris, by hand: `python tests/fuzz/atheris_readers.py page -runs=100000`.

Needs `pip install atheris` (Linux, CPython up to 3.13). `make fuzz` runs all targets in turn.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["ankify"]):
    import targets


def main() -> None:
    """Fuzz the target that is named first; the other arguments are those of libFuzzer."""
    target = targets.TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
