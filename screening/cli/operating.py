"""`screening init`, `serve`, `staff` and `audit`: what whoever runs the product does."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from screening.cli.libraries import installed_files
from screening.cli.server import serve_forever
from screening.config import Settings, SettingsError, new_key_file
from screening.definition.mistakes import DefinitionError
from screening.records import audit as trail
from screening.records import intakes, publishing, staff
from screening.records.actors import SYSTEM
from screening.records.database import Database, is_current, migrate, open_database
from screening.records.errors import RecordsError

KEY_NAME = "key1"
AT_ONCE = 500


def settings_here() -> Settings:
    """The settings of this process's environment. Raises: click.ClickException with every problem."""
    try:
        return Settings.read(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The deployment's database, closed afterwards; what the records refuse is said in their words."""
    database = open_database(settings)
    try:
        yield database
    except (RecordsError, DefinitionError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        database.close()


def prepare(database: Database) -> publishing.Imported:
    """Bring the database to this release: its tables, and the definitions that ship with it."""
    migrate(database)
    with database.session() as db:
        imported = publishing.import_library(db, installed_files(), SYSTEM, datetime.now(UTC))
        db.commit()
    return imported


@click.command()
@click.option(
    "--new-key", type=click.Path(path_type=Path), help="First write a new master key to this file (mode 0600)."
)
def init(new_key: Path | None) -> None:
    """Create or upgrade the database, and publish the definitions that ship with this release.

    Run it at installation and after every upgrade; running it again changes nothing. Settings come from SCREENING_*
    environment variables.
    """
    if new_key is not None:
        try:
            new_key_file(new_key, KEY_NAME)
        except FileExistsError:
            raise click.ClickException(
                f"{new_key} is there already and was not touched: a lost key is lost data."
            ) from None
        os.environ.setdefault("SCREENING_KEY_FILE", str(new_key))
        click.echo(f"Wrote a new master key to {new_key}. Keep a copy somewhere safe: without it nothing can be read.")
    with opened(settings_here()) as database:
        imported = prepare(database)
    click.echo(f"The database is ready. Definitions published: {len(imported.published)}.")
    for file in imported.edited_here:
        click.echo(f"{file} was edited here and stays as it is; compare it with the shipped one.", err=True)


@click.command()
def expire() -> None:
    """End what has run out: unused links, unfinished forms, decisions past their date. Run it once a day.

    Nothing is deleted. Decisions that have run out stand under "Due again".
    """
    total = 0
    with opened(settings_here()) as database:
        while True:
            with database.session() as db:
                count = intakes.expire(db, SYSTEM, datetime.now(UTC), AT_ONCE)
                db.commit()
            total += count
            if count < AT_ONCE:
                break
    click.echo(f"Expired: {total}.")


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; put a proxy with TLS before it."
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Run the production server until Ctrl-C."""
    settings = settings_here()
    with opened(settings) as database:
        if not is_current(database):
            raise click.ClickException("The database is not at this release. Run: screening init")
    serve_forever(settings, f"{host}:{port}", workers=workers, threads=threads)


@click.group(name="staff")
def staff_accounts() -> None:
    """Staff accounts. The first admin is made here and nowhere else."""


@staff_accounts.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in staff.Role]), required=True)
@click.password_option(help="At least 12 characters; asked for where it is not given.")
def add(email: str, name: str, role: str, password: str) -> None:
    """Add an account with the sign-in EMAIL."""
    with opened(settings_here()) as database, database.session() as db:
        staff.add(db, name, email, staff.Role(role), password, SYSTEM, datetime.now(UTC), own=True)
        db.commit()
    click.echo(f"{email} may now sign in as {role}.")


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
def verify() -> None:
    """Check that no event of the audit trail was changed, deleted, moved or cut off. Exit status 1 where one was."""
    with opened(settings_here()) as database, database.session(reading=True) as db:
        breaks = trail.verify(db)
        anchor = trail.anchor(db)
    for each in breaks:
        click.echo(str(each), err=True)
    if not breaks:
        click.echo(f"The audit trail is whole: {anchor.count} events. Its head is {anchor.hash}.")
    sys.exit(bool(breaks))
