"""The database: connections as each kind needs them, one session per request, and migrations.

SQLite keeps what was acknowledged through a power cut: in WAL mode that takes `synchronous=FULL`, which syncs the log
at every commit (the usual NORMAL may lose the last commits, and a patient was told that they are saved).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from screening.config import PRIVATE, Settings
from screening.records import audit
from screening.records.context import KEY, Context, forget_own_shelf
from screening.records.errors import NewerDatabaseError, RecordsError
from screening.records.responses import forget_responses
from screening.records.states import forget_locks

WAIT_SECONDS = 10
READING = "screening_reading"
MIGRATING = "screening_migrating"
MIGRATIONS = Path(__file__).parent / "migrations"
# Any fixed number: whoever migrates a PostgreSQL database holds the advisory lock of that name.
MIGRATION_LOCK = 7_365_372_901


class Database:
    """A deployment's database. Sessions that it makes know the deployment's keys."""

    def __init__(self, engine: Engine, context: Context) -> None:
        self.engine = engine
        self.context = context
        reading = engine.execution_options(**{READING: True}, **_read_only(engine))
        self._writers = sessionmaker(engine, expire_on_commit=False)
        self._readers = sessionmaker(reading, expire_on_commit=False)
        for sessions in (self._writers, self._readers):
            event.listen(sessions, "before_commit", audit.write_pending)
            event.listen(sessions, "after_transaction_end", _forget)

    def __repr__(self) -> str:
        return f"<Database {self.engine.dialect.name}>"

    def session(self, *, reading: bool = False) -> Session:
        """A session for one request; the caller commits and closes it. One that is `reading` cannot write."""
        return (self._readers if reading else self._writers)(info={KEY: self.context})

    def close(self) -> None:
        """Close all connections that are not in use."""
        self.engine.dispose()


def _forget(db: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        audit.forget_pending(db)
        forget_own_shelf(db)
        forget_locks(db)
        forget_responses(db)


def _read_only(engine: Engine) -> dict[str, Any]:
    return {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}


def open_database(settings: Settings) -> Database:
    """The database of those settings, not yet migrated. A new SQLite file can be read by its owner only."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "postgresql":
        engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True)
    else:
        _make_private(url.database)
        engine = create_engine(url, connect_args={"timeout": WAIT_SECONDS}, hide_parameters=True)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return Database(engine, Context.of(settings))


def _make_private(file: str | None) -> None:
    if file and file != ":memory:":
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, PRIVATE))


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's own connection
    # The driver would begin transactions by itself, too late and never IMMEDIATE: `_begin_sqlite` does.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={WAIT_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Begin as a writer or a reader.

    A writer takes the lock at once. Taking it only at its first write would fail whenever another has written since
    the first read, and no waiting helps then.
    """
    options = connection.get_execution_options()
    reading = bool(options.get(READING))
    if options.get(MIGRATING):
        # Rebuilding a table drops it first, and that must not reach the rows that refer to it.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    if connection.info.get(READING, False) is not reading:
        connection.exec_driver_sql(f"PRAGMA query_only={int(reading)}")
        connection.info[READING] = reading
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def migrate(database: Database) -> None:
    """Bring the database to this release's tables, in one transaction; nothing happens to one that is there already.

    Raises: NewerDatabaseError where a later release has changed it.
    """
    config = _migrations()
    with database.engine.connect().execution_options(**{MIGRATING: True}) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        _refuse_newer(connection, config)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RecordsError("After migrating, rows would refer to others that are missing. Nothing was changed.")
        with Session(connection, info={KEY: database.context}) as db:
            audit.start(db)
            db.commit()
    # Connections that had foreign keys off are not used again.
    database.engine.dispose()


def revision(database: Database) -> str | None:
    """The revision of the database's tables, None for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(database: Database) -> bool:
    """Whether the database has exactly this release's tables."""
    return revision(database) == ScriptDirectory.from_config(_migrations()).get_current_head()


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _refuse_newer(connection: Connection, config: Config) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        return
    try:
        ScriptDirectory.from_config(config).get_revision(found)
    except CommandError:
        raise NewerDatabaseError(
            f"This database was made by a newer release of screening (its tables are at {found!r}). "
            "Install that release again, or restore a backup from before it was installed."
        ) from None
