"""The command line: parses, calls the library, prints. Each command is a library function first."""

from __future__ import annotations

import sys

import click

from seeder import __version__
from seeder.cli import output
from seeder.errors import SeederError

_COMMANDS = {
    "plan": "seeder.cli.plan:plan",
    "check": "seeder.cli.check:check",
    "load": "seeder.cli.load:load",
    "verify": "seeder.cli.verify:verify",
    "scenarios": "seeder.cli.scenarios:scenarios",
    "show": "seeder.cli.show:show",
    "restore": "seeder.cli.restore:restore",
    "generators": "seeder.cli.generators:generators",
    "rules": "seeder.cli.rules:rules_",
    "text": "seeder.cli.text:text",
    "demo": "seeder.cli.demo:demo",
}


class Lazy(click.Group):
    """Commands are imported when they are called: `seeder --help` loads no Arrow."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        import importlib

        if name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        import difflib

        if args and args[0] not in _COMMANDS:
            close = difflib.get_close_matches(args[0], _COMMANDS, 1)
            ctx.fail(
                f"there is no command {args[0]!r}"
                + (f"; did you mean {close[0]}?" if close else "")
            )
        return super().resolve_command(ctx, args)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="seeder")
def cli() -> None:
    """Fill a hospital's staging database with synthetic rows, at the speed of COPY.

    \b
    Start here:
      seeder plan --dsn postgresql://user@host/db     look before you leap
      seeder load --rows 5M                           do it
      seeder verify                                   prove it

    The password comes from SEEDER_DSN, PGPASSWORD or ~/.pgpass, or from ${VAR} in the DSN.
    """


def main() -> None:
    """The console script. Exit codes are those of DESIGN: see ``seeder.errors``."""
    try:
        sys.exit(cli(standalone_mode=False) or 0)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        output.note("interrupted; nothing was changed")
        sys.exit(1)
    except SeederError as error:
        output.failure(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
