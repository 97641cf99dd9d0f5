"""The command `screening` and its subcommands."""

from __future__ import annotations

from importlib import import_module

import click

# Each command and where it stands; only the one that runs is imported, so that checking a file loads no database.
COMMANDS = {
    "check": "checking:check",
    "assess": "assessing:assess",
    "vignettes": "assessing:vignettes",
    "schema": "checking:schema",
    "formulary": "formulary:formulary",
    "init": "operating:init",
    "serve": "operating:serve",
    "expire": "operating:expire",
    "staff": "operating:staff_accounts",
    "audit": "operating:audit",
    "demo": "demo:demo",
}


class _Commands(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the order of use."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        del ctx
        module, _, name = COMMANDS.get(cmd_name, "").partition(":")
        if not module:
            return None
        command: click.Command = getattr(import_module(f"screening.cli.{module}"), name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="screening")
def main() -> None:
    """Screening questionnaires that never treat a missing answer as no.

    Supports a clinician and never replaces one. No clinical content here has been reviewed by a clinician yet.
    """
