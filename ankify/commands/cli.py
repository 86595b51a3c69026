"""The command line: the table of commands. It decides nothing about notes.

stdout gets what was asked for, stderr everything else. Exit code 0: done, 1: problems or failed,
2: wrong usage.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import click

from ankify import __version__
from ankify.commands.console import say
from ankify.config import nearest_name

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

# In the order of a deck's life. Each is the `NAME_command` of `ankify/commands/NAME.py`.
COMMANDS = (
    *("init", "adopt"),
    *("list", "check", "preview"),
    *("diff", "build", "push"),
    "progress",
)


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; Ctrl-C at any moment of it gives 130."""
    try:
        code = cli(list(arguments), prog_name="ankify", obj=arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        say("interrupted")
        return 130
    return code if isinstance(code, int) else 0


class _Commands(click.Group):
    """All commands; the module of one is imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the table."""
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"ankify.commands.{cmd_name}")
        command = getattr(module, f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was typed; for a slip, an error with the nearest name."""
        typed = args[0]
        if self.get_command(ctx, typed) is None and not typed.startswith("-"):
            near = nearest_name(typed, self.list_commands(ctx))
            hint = f"Did you mean {near[0]}?" if near else "`ankify help` lists the commands."
            ctx.fail(f"No such command {typed!r}. {hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings=CONTEXT)
@click.version_option(__version__, message="ankify %(version)s")
def cli() -> None:
    """Turn a folder of Markdown notes into an Anki deck.

    Example: ankify build notes
    """


@cli.command("help")
@click.argument("command", required=False)
@click.pass_context
def help_command(context: click.Context, command: str | None) -> None:
    """Show this help, or that of COMMAND.

    Example: ankify help build
    """
    outer = context.parent
    assert outer
    arguments = [command] if command else []
    cli.main([*arguments, "--help"], prog_name=outer.info_name, standalone_mode=False)
