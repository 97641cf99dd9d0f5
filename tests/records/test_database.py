from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from screening.config import Settings
from screening.records import audit
from screening.records.actors import SYSTEM
from screening.records.database import Database, is_current, migrate, open_database, revision
from screening.records.errors import NewerDatabaseError
from screening.records.tables import Edition, Staff, Table

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)


def pragma(database: Database, name: str) -> object:
    with database.session() as db:
        return db.execute(text(f"PRAGMA {name}")).scalar_one()


@pytest.fixture
def sqlite(sqlite_url: str) -> Database:
    database = open_database(Settings.read({"SCREENING_DATABASE_URL": sqlite_url, "SCREENING_KEYS": f"k1:{'A' * 43}="}))
    migrate(database)
    return database


@pytest.mark.parametrize(
    ("name", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10_000)]
)
def test_sqlite_is_set_up_so_that_what_was_acknowledged_is_kept(sqlite: Database, name: str, value: object) -> None:
    assert pragma(sqlite, name) == value


def test_a_new_sqlite_file_and_its_log_can_be_read_by_their_owner_only(sqlite: Database, tmp_path: Path) -> None:
    with sqlite.session() as db:
        audit.record(db, SYSTEM, "a.b", "c", NOW)
        db.commit()
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("records.db*")}
    assert set(modes) >= {"records.db", "records.db-wal"}
    assert set(modes.values()) == {0o600}


def test_writers_that_read_first_wait_for_each_other_and_lose_nothing(database: Database) -> None:
    def count_up() -> None:
        for _ in range(15):
            with database.session() as db:
                row = db.scalars(select(Staff).where(Staff.id == "1").with_for_update()).one()
                row.password_hash = str(int(row.password_hash) + 1)
                db.commit()

    with database.session() as db:
        db.add(
            Staff(
                id="1",
                name="n",
                email="e",
                role="admin",
                active=True,
                made_at=NOW,
                password_hash="0",
                password_at=NOW,
                must_change_password=False,
            )
        )
        db.commit()
    threads = [Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session(reading=True) as db:
        assert db.get_one(Staff, "1").password_hash == "120"


def test_a_reading_session_cannot_write(database: Database) -> None:
    with database.session(reading=True) as db:
        db.add(Edition(made_at=NOW, pins="{}"))
        with pytest.raises(DBAPIError, match=r"read-?only"):
            db.commit()


def test_a_writer_after_a_reader_on_the_same_connection_writes(database: Database) -> None:
    with database.session(reading=True) as db:
        assert db.execute(text("SELECT 1")).scalar_one() == 1
    with database.session() as db:
        audit.record(db, SYSTEM, "a.b", "c", NOW)
        db.commit()


def test_an_error_does_not_show_the_values_it_was_about(database: Database) -> None:
    with database.session() as db:
        db.add(Edition(number=1, made_at=NOW, pins="marked Zebulon value"))
        with pytest.raises(DBAPIError) as caught:
            db.commit()
    assert "Zebulon" not in str(caught.value).partition("DETAIL")[0]


def test_a_row_shows_its_key_and_nothing_else() -> None:
    assert repr(Staff(id="1", name="Zebulon", email="e")) == "<Staff not stored yet>"


def test_a_naive_time_is_refused(database: Database) -> None:
    with database.session() as db:
        db.add(Edition(made_at=NOW.replace(tzinfo=None), pins="{}"))
        with pytest.raises(Exception, match="time zone"):
            db.flush()


def test_times_come_back_as_they_went_in(database: Database) -> None:
    then = dt.datetime(2026, 7, 1, 9, 30, 15, 123456, tzinfo=dt.timezone(dt.timedelta(hours=-7)))
    with database.session() as db:
        db.add(Edition(number=99, made_at=then, pins="{}"))
        db.commit()
    with database.session(reading=True) as db:
        found = db.get_one(Edition, 99).made_at
        assert found == then
        assert found.utcoffset() == dt.timedelta(0)


def test_migrating_makes_exactly_the_tables_that_the_program_knows(empty: Settings) -> None:
    database = open_database(empty)
    assert revision(database) is None
    migrate(database)
    assert is_current(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []
    database.close()


def test_migrating_again_does_nothing(database: Database) -> None:
    with database.session(reading=True) as db:
        before = audit.anchor(db)
    migrate(database)
    with database.session(reading=True) as db:
        assert audit.anchor(db) == before
        assert audit.verify(db) == ()


def test_migrating_does_not_start_the_trail_anew_where_its_head_is_missing(database: Database) -> None:
    with database.session() as db:
        db.execute(text("DELETE FROM audit_head"))
        db.commit()
    migrate(database)
    with database.session(reading=True) as db:
        assert audit.verify(db)


def test_a_database_of_a_newer_release_is_refused_and_left_as_it_is(database: Database) -> None:
    with database.session() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        db.commit()
    with pytest.raises(NewerDatabaseError, match="newer release"):
        migrate(database)
    assert revision(database) == "9999"
    assert not is_current(database)


def test_several_processes_may_migrate_at_once(empty: Settings) -> None:
    databases = [open_database(empty) for _ in range(4)]
    threads = [Thread(target=migrate, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(is_current(database) for database in databases)
    with databases[0].session(reading=True) as db:
        assert audit.verify(db) == ()
    for database in databases:
        database.close()


def test_foreign_keys_hold_after_migrating(sqlite: Database) -> None:
    assert pragma(sqlite, "foreign_keys") == 1


def test_a_database_without_tables_is_not_current(tmp_path: Path) -> None:
    create_engine(f"sqlite:///{tmp_path}/empty.db").connect().close()
    key = f"k1:{'A' * 43}="
    empty = open_database(
        Settings.read({"SCREENING_DATABASE_URL": f"sqlite:///{tmp_path}/empty.db", "SCREENING_KEYS": key})
    )
    assert not is_current(empty)
