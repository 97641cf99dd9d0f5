from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from screening.config import Keys, Settings
from screening.records import audit
from screening.records.actors import SYSTEM, Actor
from screening.records.audit import Anchor, Break, ChainBreak
from screening.records.context import Context
from screening.records.database import Database
from screening.records.errors import SealError
from screening.records.tables import AuditEvent

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
NURSE = Actor("staff", "s1", "Nurse Ratched")
COLUMNS = {
    "at": "'2020-01-01 00:00:00.000000+00:00'",
    "actor_kind": "'patient'",
    "actor_id": "'somebody'",
    "action": "'thing.undone'",
    "subject": "'thing:0'",
    "details": "'{}'",
    "previous": "'00'",
    "hash": "'00'",
}


def note(database: Database, count: int) -> int:
    """The length of the trail after so many more events, each in its own transaction."""
    with database.session() as db:
        for number in range(count):
            audit.record(db, NURSE, "thing.done", f"thing:{number}", NOW, number=number, names=["a", "b"])
            db.commit()
        return audit.anchor(db).count


def run(database: Database, statement: str, **values: object) -> None:
    with database.session() as db:
        db.execute(text(statement), values)
        db.commit()


def broken(database: Database, *anchors: Anchor) -> tuple[ChainBreak, ...]:
    with database.session(reading=True) as db:
        return audit.verify(db, anchors)


def rehashed(database: Database, number: int, **changes: object) -> str:
    """The hash that an event would have with other columns."""
    with database.session(reading=True) as db:
        event = db.execute(select(*AuditEvent.__table__.columns).where(AuditEvent.sequence == number)).mappings().one()
    return audit.event_hash({str(name): value for name, value in event.items()} | changes)


def test_a_trail_that_was_only_written_is_whole(database: Database) -> None:
    note(database, 5)
    assert broken(database) == ()


def test_an_event_keeps_who_when_what_and_the_details(database: Database) -> None:
    last = note(database, 1)
    with database.session(reading=True) as db:
        event = db.get_one(AuditEvent, last)
        assert (event.at, event.actor_kind, event.actor_id) == (NOW, "staff", "s1")
        assert (event.action, event.subject) == ("thing.done", "thing:0")
        assert event.details == '{"names":["a","b"],"number":0}'


def test_the_name_of_an_actor_is_not_written(database: Database) -> None:
    note(database, 1)
    with database.session(reading=True) as db:
        assert "Ratched" not in str([vars(event) for event in db.query(AuditEvent)])


def test_an_event_of_a_transaction_that_was_rolled_back_was_never_written(database: Database) -> None:
    before = note(database, 1)
    with database.session() as db:
        audit.record(db, NURSE, "thing.done", "thing:x", NOW)
        db.rollback()
        audit.record(db, NURSE, "thing.done", "thing:y", NOW)
        db.commit()
        assert audit.anchor(db).count == before + 1
    assert broken(database) == ()


def test_an_event_of_a_session_that_was_closed_was_never_written(database: Database) -> None:
    before = note(database, 1)
    with database.session() as db:
        db.execute(text("SELECT 1"))
        audit.record(db, NURSE, "thing.done", "thing:x", NOW)
    assert note(database, 1) == before + 1


@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_of_any_column_shows(database: Database, column: str) -> None:
    last = note(database, 3)
    run(database, f"UPDATE audit_event SET {column} = {COLUMNS[column]} WHERE sequence = :n", n=last - 1)
    assert ChainBreak(last - 1, Break.CHANGED) in broken(database)


def test_each_event_that_is_changed_alone_shows(database: Database) -> None:
    last = note(database, 3)
    for number in range(1, last + 1):
        run(database, "UPDATE audit_event SET subject = subject || 'x' WHERE sequence = :n", n=number)
        assert ChainBreak(number, Break.CHANGED) in broken(database)
        run(
            database,
            "UPDATE audit_event SET subject = substr(subject, 1, length(subject) - 1) WHERE sequence = :n",
            n=number,
        )
        assert broken(database) == ()


def test_each_event_that_is_deleted_alone_shows(database: Database) -> None:
    last = note(database, 4)
    for number in range(1, last + 1):
        with database.session() as db:
            db.execute(text("DELETE FROM audit_event WHERE sequence = :n"), {"n": number})
            found = audit.verify(db)
        expected = ChainBreak(last - 1, Break.CUT) if number == last else ChainBreak(number, Break.MISSING)
        assert expected in found
    assert broken(database) == ()


def test_an_event_that_was_rewritten_with_its_hash_does_not_fit_the_next(database: Database) -> None:
    last = note(database, 3)
    hash_ = rehashed(database, last - 1, action="thing.undone")
    run(database, "UPDATE audit_event SET action = 'thing.undone', hash = :h WHERE sequence = :n", h=hash_, n=last - 1)
    assert broken(database) == (ChainBreak(last, Break.UNLINKED),)


def test_the_last_event_rewritten_with_its_hash_does_not_fit_the_head(database: Database) -> None:
    last = note(database, 3)
    hash_ = rehashed(database, last, action="thing.undone")
    run(database, "UPDATE audit_event SET action = 'thing.undone', hash = :h WHERE sequence = :n", h=hash_, n=last)
    assert broken(database) == (ChainBreak(last, Break.CHANGED),)


def test_two_events_that_changed_places_show(database: Database) -> None:
    last = note(database, 3)
    for old, new in ((last, 900), (last - 1, last), (900, last - 1)):
        run(database, "UPDATE audit_event SET sequence = :new WHERE sequence = :old", old=old, new=new)
    assert {found.sequence for found in broken(database)} >= {last - 1, last}


def test_an_event_put_in_behind_the_head_shows(database: Database) -> None:
    last = note(database, 2)
    run(database, "CREATE TABLE copy AS SELECT * FROM audit_event WHERE sequence = :n", n=last)
    with database.session(reading=True) as db:
        before = db.get_one(AuditEvent, last).hash
    hash_ = rehashed(database, last, sequence=last + 1, previous=before)
    run(database, "UPDATE copy SET sequence = :n, previous = :p, hash = :h", n=last + 1, p=before, h=hash_)
    run(database, "INSERT INTO audit_event SELECT * FROM copy")
    run(database, "DROP TABLE copy")
    assert broken(database) == (ChainBreak(last + 1, Break.ADDED),)


def test_a_trail_that_was_cut_with_its_head_shows_a_forged_head(database: Database) -> None:
    last = note(database, 3)
    run(database, "DELETE FROM audit_event WHERE sequence = :n", n=last)
    hash_ = "(SELECT hash FROM audit_event WHERE sequence = :n)"
    run(database, f"UPDATE audit_head SET count = :n, hash = {hash_}", n=last - 1)
    assert broken(database) == (ChainBreak(0, Break.HEAD_FORGED),)


def test_a_trail_without_its_head_shows_and_takes_no_more_events(database: Database) -> None:
    note(database, 1)
    run(database, "DELETE FROM audit_head")
    assert broken(database) == (ChainBreak(0, Break.HEAD_MISSING),)
    with pytest.raises(SealError, match="head"):
        note(database, 1)


def test_an_older_state_of_the_whole_trail_shows_by_an_anchor_kept_elsewhere(database: Database) -> None:
    note(database, 2)
    with database.session(reading=True) as db:
        early = audit.anchor(db)
        head = db.execute(text("SELECT count, hash, mac FROM audit_head")).one()
    last = note(database, 2)
    with database.session(reading=True) as db:
        late = audit.anchor(db)
    assert broken(database, early, late) == ()
    run(database, "DELETE FROM audit_event WHERE sequence > :n", n=head.count)
    run(database, "UPDATE audit_head SET count = :c, hash = :h, mac = :m", c=head.count, h=head.hash, m=head.mac)
    assert broken(database, early) == ()
    assert broken(database, early, late) == (ChainBreak(last, Break.ANCHOR),)


def test_a_trail_stays_whole_when_its_key_is_rotated(database: Database, settings: Settings) -> None:
    note(database, 2)
    keys = Keys(settings.keys.by_name, "k2")
    context = Context.of(Settings(settings.database_url, keys, settings.secret))
    rotated = Database(database.engine, context)
    assert broken(rotated) == ()
    note(rotated, 1)
    assert broken(rotated) == ()
    assert broken(database) == ()


def test_many_writers_at_once_write_one_chain(database: Database) -> None:
    before = note(database, 1)
    threads = [Thread(target=note, args=(database, 10)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken(database) == ()
    assert note(database, 1) == before + 61


def test_what_is_kept_as_written_is_not_changed_by_the_program_either(database: Database) -> None:
    last = note(database, 1)
    with database.session() as db:
        db.get_one(AuditEvent, last).action = "thing.undone"
        with pytest.raises(TypeError, match="never changed"):
            db.commit()


def _change(db: Session, number: int) -> None:
    db.execute(text("UPDATE audit_event SET details = details || ' ' WHERE sequence = :n"), {"n": number})


def _delete(db: Session, number: int) -> None:
    db.execute(text("DELETE FROM audit_event WHERE sequence = :n"), {"n": number})


def _cut(db: Session, number: int) -> None:
    db.execute(text("DELETE FROM audit_event WHERE sequence >= :n"), {"n": number})


def _swap(db: Session, number: int) -> None:
    other = number % 8 + 1
    for old, new in ((number, 1000), (other, number), (1000, other)):
        db.execute(text("UPDATE audit_event SET sequence = :new WHERE sequence = :old"), {"old": old, "new": new})


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(1, 8), tamper=st.sampled_from([_change, _delete, _cut, _swap]))
def test_no_tampering_with_any_event_goes_unseen(
    database: Database, number: int, tamper: Callable[[Session, int], None]
) -> None:
    with database.session() as db:
        count = audit.anchor(db).count
    if count < 8:
        note(database, 8 - count)
    with database.session() as db:
        tamper(db, number)
        db.flush()
        assert audit.verify(db)
        db.rollback()
    assert SYSTEM.kind == "system"
