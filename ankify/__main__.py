"""`python -m ankify`, and the `ankify` command: answers the cheap questions before any import."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line; neither `--version` nor a build of nothing new waits for it to load."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        from ankify import __version__

        print(f"ankify {__version__}")
        return
    try:
        if arguments[:1] == ["build"]:
            from ankify.building.unchanged import repeat

            if repeat(arguments):
                return
            gc.disable()  # the cycle collector takes 10 % of a build, and finds next to nothing
        if "--no-cache" in arguments:
            code = _run(arguments)
        else:
            from ankify.building.patterns import CompiledPatterns

            with CompiledPatterns():
                code = _run(arguments)
        if not gc.isenabled():
            gc.freeze()  # nor at the end
        sys.exit(code)
    except BaseException as error:
        if _is_interrupt(error):  # before the command line could take it
            sys.exit(130)
        raise


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether Ctrl+C was pressed, or the error was raised because of it.

    While a class is made, Python up to 3.11 wraps any error of a field in a `RuntimeError`.
    """
    while error and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__
    return error is not None


def _run(arguments: list[str]) -> int:
    from ankify.commands import cli

    return cli.main(arguments)


if __name__ == "__main__":
    main()
