from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.config import Keys, Settings
from screening.records import patients
from screening.records.actors import SYSTEM
from screening.records.context import Context
from screening.records.database import Database
from screening.records.errors import NotFoundError, SealError
from screening.records.patients import Identity
from screening.records.tables import Patient, PatientIndex

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
BORN = dt.date(1980, 5, 31)
MARIA = Identity("Ana-María O'Neil López", BORN, "ana@example.org", "555-0199")


def test_an_identity_comes_back_as_it_went_in(db: Session) -> None:
    patient = patients.add(db, MARIA, SYSTEM, NOW)
    assert patients.identity(db, patient) == MARIA
    assert patients.identity(db, patient.id) == MARIA
    assert patients.names(db, [patient.id]) == {patient.id: MARIA.name}


def test_an_identity_does_not_show_itself() -> None:
    assert repr(MARIA) == "<Identity>"


@pytest.mark.parametrize(
    "text",
    [
        "maria",
        "LOPEZ",
        "López, Ana",
        "oneil",
        "o'neil lopez",
        "1980-05-31",
        "5/31/1980",
        "maria 1980-05-31",
        " maria   05/31/1980 ",
    ],
)
def test_a_patient_is_found_by_any_whole_part_of_the_name_and_the_date_of_birth(db: Session, text: str) -> None:
    patient = patients.add(db, MARIA, SYSTEM, NOW)
    patients.add(db, Identity("Zeb Quartermain", dt.date(1971, 1, 2)), SYSTEM, NOW)
    assert patients.search(db, text) == frozenset({patient.id})


@pytest.mark.parametrize("text", ["mari", "maria quartermain", "1980-05-30", "maria 1971-01-02", "2026-99-99", "%"])
def test_what_does_not_fit_in_full_is_not_found(db: Session, text: str) -> None:
    patients.add(db, MARIA, SYSTEM, NOW)
    patients.add(db, Identity("Zeb Quartermain", dt.date(1971, 1, 2)), SYSTEM, NOW)
    assert not patients.search(db, text)


def test_a_search_for_nothing_is_none(db: Session) -> None:
    assert patients.search(db, "  -- ") is None


def test_a_changed_identity_is_found_by_the_new_name_only(db: Session) -> None:
    patient = patients.add(db, MARIA, SYSTEM, NOW)
    patients.change_identity(db, patient, Identity("Mia Lund", BORN), SYSTEM, NOW)
    assert patients.search(db, "maria") == frozenset()
    assert patients.search(db, "lund 1980-05-31") == frozenset({patient.id})
    assert patients.identity(db, patient).name == "Mia Lund"


def test_the_index_holds_no_name_and_the_same_name_of_two_patients_is_one_token(db: Session) -> None:
    patients.add(db, Identity("Maria Lund", BORN), SYSTEM, NOW)
    patients.add(db, Identity("Maria Berg", BORN), SYSTEM, NOW)
    tokens = list(db.scalars(select(PatientIndex.token)))
    assert len(tokens) == 6
    assert len(set(tokens)) == 4
    assert "maria" not in str(tokens)


def test_an_identity_put_into_another_patients_row_does_not_open(db: Session) -> None:
    one = patients.add(db, MARIA, SYSTEM, NOW)
    two = patients.add(db, Identity("Mia Lund", BORN), SYSTEM, NOW)
    two.identity = one.identity
    with pytest.raises(SealError):
        patients.identity(db, two)
    two.data_key = one.data_key
    db.flush()
    with pytest.raises(SealError):
        patients.identity(db, two)


def test_a_patient_without_a_data_key_is_erased(db: Session) -> None:
    patient = patients.add(db, MARIA, SYSTEM, NOW)
    patient.data_key = None
    db.flush()
    with pytest.raises(SealError, match="erased"):
        patients.identity(db, patient)
    assert patients.names(db, [patient.id]) == {patient.id: ""}


def test_a_patient_is_found_and_opened_while_keys_rotate(database: Database, settings: Settings) -> None:
    with database.session() as db:
        patient = patients.add(db, MARIA, SYSTEM, NOW)
        db.commit()
    newer = Settings(settings.database_url, Keys(settings.keys.by_name, "k2"), settings.secret)
    with Database(database.engine, Context.of(newer)).session() as db:
        assert patients.search(db, "maria") == frozenset({patient.id})
        assert patients.identity(db, patient.id) == MARIA
        added = patients.add(db, Identity("Maria Lund", BORN), SYSTEM, NOW)
        assert added.key_name == "k2"
        assert patients.search(db, "maria") == frozenset({patient.id, added.id})


def test_an_unknown_patient_is_told(db: Session) -> None:
    with pytest.raises(NotFoundError):
        patients.by_id(db, "nobody")
    assert db.scalars(select(Patient)).all() == []
