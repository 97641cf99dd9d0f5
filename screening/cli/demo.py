"""`screening demo`: the whole product with made-up people, on this machine only."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import socket
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import click

from screening.cli.libraries import installed_files
from screening.cli.operating import opened, prepare
from screening.cli.people import Person, read_people, settle
from screening.cli.server import serve_forever
from screening.config import KEY_BYTES, PRIVATE, Settings
from screening.definition.reading import content_hash
from screening.records import intakes, staff
from screening.records.actors import SYSTEM
from screening.records.database import Database
from screening.records.patients import Identity

MARK = "made-by-screening-demo"
PASSPHRASE = "willow-lantern-harbor-47"  # noqa: S105  of accounts that exist on this machine only, and is printed
ACCOUNTS = (
    ("Dr. Ada Okafor", "clinician@demo.example", staff.Role.CLINICIAN),
    ("Tom Reyes", "admin@demo.example", staff.Role.ADMIN),
    ("Iris Vogel", "auditor@demo.example", staff.Role.AUDITOR),
)
VISITOR = Identity("Jamie Rivera", date(1988, 4, 12))
PORTS_TRIED = 20


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The first port to try.")
@click.option("--fresh", is_flag=True, help="Forget what was done in the demo before.")
def demo(folder: Path, port: int, *, fresh: bool) -> None:
    """Run everything here with about forty made-up people, until Ctrl-C. Nothing leaves this machine."""
    free = _free_port(port)
    settings = demo_settings(prepared_folder(folder, fresh=fresh), free)
    with opened(settings) as database:
        prepare(database)
        if _is_empty(database):
            click.echo("Making accounts and about forty made-up people ...")
            fill(database, settings)
        token = _invite(database)
    click.echo(_welcome(settings, token), color=None)
    serve_forever(settings, f"127.0.0.1:{free}", workers=2, threads=4, quiet=True)


def prepared_folder(folder: Path, *, fresh: bool) -> Path:
    """The demo's folder, emptied where it is of other definitions than these, or where that is asked for."""
    made_of = content_hash("".join(content_hash(content) for content in installed_files().values()).encode())
    mark = folder / MARK
    if folder.exists() and not mark.is_file() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} holds something else. Name another folder with --folder.")
    if folder.exists() and (fresh or not mark.is_file() or mark.read_text(encoding="ascii") != made_of):
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_text(made_of, encoding="ascii")
    return folder


def demo_settings(folder: Path, port: int) -> Settings:
    """Settings of the demo alone: the environment's are left out, so that it never touches a real database."""
    return Settings.read(
        {
            "SCREENING_DATABASE_URL": f"sqlite:///{(folder / 'screening.db').resolve()}",
            "SCREENING_KEYS": f"demo:{_key(folder / 'key')}",
            "SCREENING_BASE_URL": f"http://127.0.0.1:{port}",
            "SCREENING_CLINIC_NAME": "Lakeside Clinic",
            "SCREENING_CLINIC_PHONE": "555-0142",
        }
    )


def _key(file: Path) -> str:
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with os.fdopen(descriptor, "w", encoding="ascii") as opened_file:
            opened_file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    return file.read_text(encoding="ascii")


def _free_port(first: int) -> int:
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise click.ClickException(f"No port from {first} to {first + PORTS_TRIED - 1} is free. Name another with --port.")


def _is_empty(database: Database) -> bool:
    with database.session(reading=True) as db:
        return not staff.every(db)


def fill(database: Database, settings: Settings) -> None:
    """Makes the accounts, then each person with all that they did, in the order in which it happened."""
    now = datetime.now(UTC)
    with database.session() as db:
        accounts = {
            role: staff.add(db, name, email, role, PASSPHRASE, SYSTEM, now, own=True) for name, email, role in ACCOUNTS
        }
        db.commit()
    clinician = staff.actor_of(accounts[staff.Role.CLINICIAN])
    people: Mapping[str, Person] = {person.name: person for person in read_people(now, settings.time_zone)}
    for person in sorted(people.values(), key=lambda each: each.invited_at):
        with database.session() as db:
            settle(db, person, clinician)
            db.commit()


def _invite(database: Database) -> str:
    """The token of a new invitation for whoever tries the demo."""
    with database.session() as db:
        invitation = intakes.invite(db, "esketamine_intranasal", VISITOR, SYSTEM, datetime.now(UTC))
        db.commit()
    return invitation.token


def _welcome(settings: Settings, token: str) -> str:
    born = VISITOR.date_of_birth
    lines = [
        "",
        f"  Screening is running at  {settings.base_url}",
        "",
        "  As a patient",
        f"    link            {settings.base_url}/i/{token}",
        f"    date of birth   {born.day} {born:%B} {born.year}   ({born.isoformat()})",
        f"    or start at     {settings.base_url}/",
        "",
        f"  As staff, at       {settings.base_url}/sign-in",
        *(f"    {role.value:<15} {email}" for _, email, role in ACCOUNTS),
        f"    password        {PASSPHRASE}",
        "",
        "  All people in it are made up. It supports a clinician and never replaces one;",
        "  no clinical content here has been reviewed by a clinician yet.",
        "  Ctrl-C stops it. `--fresh` starts over.",
        "",
    ]
    return "\n".join(lines)
