from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.records import intakes, patients, publishing
from screening.records.actors import SYSTEM, Actor
from screening.records.errors import LockedError, NotFoundError
from screening.records.identifiers import new_id, new_reference, read_reference
from screening.records.invitations import Invitation
from screening.records.patients import Identity
from screening.records.states import State, state_of
from screening.records.tables import Intake

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
BORN = dt.date(1980, 5, 31)
WRONG = dt.date(1980, 5, 30)


def test_an_invitation_is_found_by_its_token_of_which_only_the_hash_is_kept(
    db: Session, invitation: Invitation
) -> None:
    assert intakes.by_token(db, invitation.token) is invitation.intake
    db.flush()
    assert invitation.token not in str([vars(row) for row in db.scalars(select(Intake))])
    assert invitation.token not in repr(invitation)


@pytest.mark.parametrize("token", ["", "x", "\udcff\x00", "x" * 100_000])
def test_no_other_token_leads_anywhere(db: Session, invitation: Invitation, token: str) -> None:
    assert invitation.token != token
    assert intakes.by_token(db, token) is None


def test_an_intake_is_found_by_its_reference_as_people_write_it(db: Session, invitation: Invitation) -> None:
    reference = invitation.intake.reference
    for typed in (reference, reference.lower(), reference.replace("-", ""), f" {reference.replace('-', ' ')} "):
        assert intakes.get(db, typed) is invitation.intake
    with pytest.raises(NotFoundError):
        intakes.get(db, "0000-0000")


def test_an_unknown_pathway_invites_nobody(db: Session, who: Identity) -> None:
    with pytest.raises(NotFoundError, match="pathway"):
        intakes.invite(db, "surgery", who, SYSTEM, NOW)
    assert patients.search(db, "zebulon") == frozenset()


def test_a_patient_may_be_invited_again(db: Session, invitation: Invitation) -> None:
    patient = patients.by_id(db, invitation.intake.patient_id)
    again = intakes.invite(db, "spray", patient, SYSTEM, NOW)
    assert again.intake.patient_id == patient.id
    assert again.token != invitation.token


def test_the_right_date_of_birth_starts_the_intake_on_the_current_definitions(
    db: Session, invitation: Invitation
) -> None:
    intake = invitation.intake
    assert intakes.admit(db, intake, BORN, NOW)
    assert (state_of(intake), intake.edition, intake.started_at) == (State.IN_PROGRESS, 1, NOW)


def test_an_intake_starts_on_what_is_current_when_it_is_opened_and_stays_there(
    db: Session, invitation: Invitation, files: dict[str, bytes]
) -> None:
    files["heart.yaml"] = files["heart.yaml"].replace(b"Your heart", b"Your heart and you")
    publishing.import_library(db, files, SYSTEM, NOW)
    intakes.admit(db, invitation.intake, BORN, NOW)
    assert intakes.plan_of(db, invitation.intake).questionnaire("heart").title == "Your heart and you"
    files["heart.yaml"] = files["heart.yaml"].replace(b"Your heart and you", b"Hearts")
    publishing.import_library(db, files, SYSTEM, NOW)
    intakes.admit(db, invitation.intake, BORN, NOW)
    assert intakes.plan_of(db, invitation.intake).questionnaire("heart").title == "Your heart and you"


def test_a_wrong_date_of_birth_lets_nobody_in(db: Session, invitation: Invitation) -> None:
    assert not intakes.admit(db, invitation.intake, WRONG, NOW)
    assert invitation.intake.state == State.INVITED


def test_a_right_date_forgets_the_wrong_ones_before_it(db: Session, invitation: Invitation) -> None:
    for _ in range(3):
        for _ in range(4):
            assert not intakes.admit(db, invitation.intake, WRONG, NOW)
        assert intakes.admit(db, invitation.intake, BORN, NOW)


def test_five_wrong_dates_lock_the_link_until_staff_lift_it(
    db: Session, invitation: Invitation, clinician: Actor
) -> None:
    intake = invitation.intake
    for _ in range(5):
        assert not intakes.admit(db, intake, WRONG, NOW)
    for later in (NOW, NOW + dt.timedelta(days=300)):
        with pytest.raises(LockedError) as caught:
            intakes.admit(db, intake, BORN, later)
        assert caught.value.until is None
    intakes.lift_lock(db, intake, clinician, NOW)
    assert intakes.admit(db, intake, BORN, NOW)


def test_wrong_dates_are_counted_in_the_database(db: Session, invitation: Invitation) -> None:
    intakes.admit(db, invitation.intake, WRONG, NOW)
    db.commit()
    db.expire_all()
    assert invitation.intake.failed_attempts == 1


def test_a_new_link_replaces_the_old_one(db: Session, invitation: Invitation, clinician: Actor) -> None:
    for _ in range(5):
        intakes.admit(db, invitation.intake, WRONG, NOW)
    token = intakes.new_link(db, invitation.intake, clinician, NOW)
    assert intakes.by_token(db, invitation.token) is None
    assert intakes.by_token(db, token) is invitation.intake
    assert intakes.admit(db, invitation.intake, BORN, NOW)


def test_a_reference_is_read_as_it_is_misread(db: Session) -> None:
    assert read_reference("ioil-2m9x") == "1011-2M9X"
    assert read_reference("") is None
    assert read_reference("K7QF-2M9") is None
    assert read_reference("K7QF-2M9U") is None
    assert db is not None


@given(st.text(max_size=20))
def test_any_text_is_a_reference_or_none(text: str) -> None:
    found = read_reference(text)
    assert found is None or read_reference(found) == found


def test_ids_sort_by_time_and_references_differ() -> None:
    early, late = new_id(NOW), new_id(NOW + dt.timedelta(milliseconds=1))
    assert early < late
    assert len(early) == 32
    assert len({new_reference() for _ in range(1000)}) == 1000
