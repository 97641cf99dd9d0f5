"""What the database, the log and error messages may not hold: names, dates of birth, answers, clinicians' words."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.records import intakes, patients, reviews
from screening.records.actors import SYSTEM, Actor
from screening.records.database import Database
from screening.records.patients import Identity
from screening.records.reviews import Decision, Outcome
from screening.records.tables import Table

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
BORN = dt.date(1937, 2, 19)
WHO = Identity("Zebulonia Quartermainish", BORN, "zebmark@example.org", "555-0198-77")
MARKED = (
    "Zebulonia",
    "Quartermainish",
    "1937-02-19",
    "19370219",
    "zebmark",
    "555-0198-77",
    "markedwords",
    "markedrationale",
    "markedcondition",
    "markednote",
    "markedanswer",
    '"hypertension"',
    '"yes"',
)


def whole_life(db: Session, clinician: Actor) -> str:
    """The token of an intake that has been through everything, each text in it marked."""
    invitation = intakes.invite(db, "spray", WHO, SYSTEM, NOW)
    intake = invitation.intake
    me = Actor("patient", intake.patient_id, WHO.name)
    intakes.admit(db, intake, dt.date(1937, 2, 18), NOW)
    intakes.admit(db, intake, BORN, NOW)
    intakes.save_page(db, intake, "heart", "pressure", {"hypertension": "yes", "reading": 199}, "en", me, NOW)
    intakes.save_page(db, intake, "heart", "pain", {"pain_now": "yes", "words": "markedwords"}, "en", me, NOW)
    intakes.submit(db, intake, me, NOW)
    reviews.open_for_review(db, intake, clinician, NOW)
    reviews.request_info(db, intake, ["heart.words"], "markednote", clinician, NOW)
    intakes.save_page(db, intake, "heart", "pain", {"words": "markedanswer"}, "en", me, NOW)
    latest = intakes.submit(db, intake, me, NOW)
    wanted = Decision(Outcome.WITH_CONDITIONS, latest.id, "password", "markedrationale", ("markedcondition",))
    reviews.decide(db, intake, wanted, clinician, NOW)
    patients.change_identity(db, patients.by_id(db, intake.patient_id), WHO, clinician, NOW)
    intakes.renew(db, intake, clinician, NOW)
    return invitation.token


def test_no_table_holds_what_is_sealed(database: Database, clinician_in: Callable[..., Actor]) -> None:
    with database.session() as db:
        token = whole_life(db, clinician_in(db))
        db.commit()
    with database.session(reading=True) as db:
        held = b"\n".join(
            value if isinstance(value, bytes) else str(value).encode()
            for table in Table.metadata.sorted_tables
            if not table.name.startswith("definition")
            for row in db.execute(select(table))
            for value in row
        )
    assert [word for word in (*MARKED, token) if word.lower().encode() in held.lower()] == []


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_no_file_of_the_database_holds_what_is_sealed(
    database: Database, tmp_path: Path, clinician_in: Callable[..., Actor]
) -> None:
    with database.session() as db:
        token = whole_life(db, clinician_in(db))
        db.commit()
        files = {file.name: file.read_bytes() for file in tmp_path.glob("records.db*")}
    assert {"records.db", "records.db-wal"} <= set(files)
    words = [word for word in (*MARKED, token) if word not in ('"hypertension"', '"yes"')]
    assert [(name, word) for name, held in files.items() for word in words if word.encode() in held] == []


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_log_at_its_loudest_holds_nothing_of_a_patient(
    database: Database, caplog: pytest.LogCaptureFixture, clinician_in: Callable[..., Actor]
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("sqlalchemy.engine", "sqlalchemy.pool", "sqlalchemy.orm"):
        caplog.set_level(logging.DEBUG, name)
    database.engine.echo = "debug"
    with database.session() as db:
        whole_life(db, clinician_in(db))
        db.commit()
    database.engine.echo = False
    assert "INSERT INTO response" in caplog.text
    assert [word for word in MARKED if word.strip('"') in caplog.text and word not in ('"yes"', '"hypertension"')] == []


def test_a_traceback_with_an_intake_in_it_shows_nothing_of_a_patient() -> None:
    shown = repr(
        (WHO, Actor("patient", "p1", WHO.name), Decision(Outcome.SUITABLE, "a", "password", "markedrationale"))
    )
    assert [word for word in MARKED if word in shown] == []
