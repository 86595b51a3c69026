"""`python -m ankify`, and the `ankify` command: answers the cheapest question before any import."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; `--version` alone does not wait for it to load."""
    if sys.argv[1:] == ["--version"]:
        from ankify import __version__

        print(f"ankify {__version__}")
        return
    try:
        from ankify.cli import cli

        cli(prog_name="ankify")
    except KeyboardInterrupt:  # before the command itself could take it
        sys.exit(130)


if __name__ == "__main__":
    main()
