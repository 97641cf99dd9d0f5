"""The command `screening` and its subcommands."""

from __future__ import annotations

import click

from screening.cli.assessing import assess, vignettes
from screening.cli.checking import check, schema
from screening.cli.demo import demo
from screening.cli.formulary import formulary
from screening.cli.operating import audit, expire, init, serve, staff_accounts


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="screening")
def main() -> None:
    """Screening questionnaires that never treat a missing answer as no.

    Supports a clinician and never replaces one. No clinical content here has been reviewed by a clinician yet.
    """


for command in (check, assess, vignettes, schema, formulary, init, serve, expire, staff_accounts, audit, demo):
    main.add_command(command)
