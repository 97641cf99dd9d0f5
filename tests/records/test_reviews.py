from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from screening.assessment.findings import Triage
from screening.definition.model import Stage
from screening.records import intakes, reviews
from screening.records.actors import SYSTEM, Actor
from screening.records.database import Database
from screening.records.errors import NotFoundError, RecordsError, SealError, StateError
from screening.records.invitations import Invitation
from screening.records.patients import Identity
from screening.records.reviews import Decision, Outcome
from screening.records.tables import AuditEvent, Intake, Message, Review

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
BORN = dt.date(1980, 5, 31)
TODAY = NOW.date()
PATIENT = Actor("patient", "p1")
HIGH = {"hypertension": "yes", "reading": 150}
NORMAL = {"hypertension": "no"}


def submitted(db: Session, intake: Intake, pressure: dict[str, Any]) -> Intake:
    intakes.admit(db, intake, BORN, NOW)
    intakes.save_page(db, intake, "heart", "pressure", pressure, "en", PATIENT, NOW)
    intakes.save_page(db, intake, "heart", "pain", {"pain_now": "no"}, "en", PATIENT, NOW)
    intakes.save_page(db, intake, "habits", "smoking", {"smokes": "no"}, "en", PATIENT, NOW)
    intakes.submit(db, intake, PATIENT, NOW)
    return intake


@pytest.fixture
def intake(db: Session, invitation: Invitation) -> Intake:
    return submitted(db, invitation.intake, NORMAL)


def decision(db: Session, intake: Intake, outcome: Outcome = Outcome.SUITABLE, **more: Any) -> Decision:  # noqa: ANN401
    latest = intakes.latest(db, intake)
    assert latest is not None
    return dataclasses.replace(Decision(outcome, latest.id, "password"), **more)


DEPARTS = {
    Outcome.SUITABLE: {Triage.EMERGENCY, Triage.ABSOLUTE, Triage.RELATIVE, Triage.INCOMPLETE},
    Outcome.WITH_CONDITIONS: {Triage.EMERGENCY, Triage.ABSOLUTE, Triage.INCOMPLETE},
    Outcome.NOT_NOW: {Triage.CAUTION, Triage.NONE_FOUND},
    Outcome.REFER_ON: set[Triage](),
}


@pytest.mark.parametrize("triage", Triage)
@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_departs_from_a_triage(outcome: Outcome, triage: Triage) -> None:
    assert reviews.departs(outcome, triage) is (triage in DEPARTS[outcome])


def test_opening_for_review_takes_a_submitted_intake_on(db: Session, intake: Intake, clinician: Actor) -> None:
    reviews.open_for_review(db, intake, clinician, NOW)
    assert (intake.state, intake.assignee_id) == ("in_review", clinician.id)
    db.commit()
    assert "intake.viewed" in db.scalars(select(AuditEvent.action)).all()


def test_sending_and_opening_in_one_transaction_lose_nothing(
    db: Session, invitation: Invitation, clinician: Actor
) -> None:
    intakes.admit(db, invitation.intake, BORN, NOW)
    intakes.submit(db, invitation.intake, PATIENT, NOW)
    reviews.open_for_review(db, invitation.intake, clinician, NOW)
    db.commit()
    db.expire_all()
    assert (invitation.intake.state, invitation.intake.triage) == ("in_review", "incomplete")


def test_opening_again_leaves_the_one_who_took_it(db: Session, intake: Intake, clinician: Actor) -> None:
    reviews.open_for_review(db, intake, clinician, NOW)
    reviews.open_for_review(db, intake, Actor("staff", "other"), NOW)
    assert intake.assignee_id == clinician.id


def test_an_intake_is_given_to_someone_or_nobody(db: Session, intake: Intake, clinician: Actor) -> None:
    given = []
    for staff_id in (clinician.id, None):
        reviews.assign(db, intake, staff_id, clinician, NOW)
        given.append(intake.assignee_id)
    assert given == [clinician.id, None]
    with pytest.raises(NotFoundError):
        reviews.assign(db, intake, "nobody", clinician, NOW)


def test_a_decision_is_kept_as_it_was_signed(db: Session, intake: Intake, clinician: Actor) -> None:
    end = TODAY + dt.timedelta(days=20)
    wanted = decision(
        db, intake, Outcome.WITH_CONDITIONS, rationale=" Because. ", conditions=("Measure", " ", "Wait"), expires_on=end
    )
    signed = reviews.decide(db, intake, wanted, clinician, NOW)
    assert signed.decision == dataclasses.replace(wanted, rationale="Because.", conditions=("Measure", "Wait"))
    assert (signed.by, signed.signed_at, signed.triage) == (clinician, NOW, Triage.NONE_FOUND)
    assert reviews.reviews(db, intake) == (signed,)
    assert reviews.review(db, intake, signed.id) == signed
    assert signed.intact
    assert (intake.state, intake.decided_at) == ("decided", NOW)
    assert intake.expires_at == dt.datetime(2026, 12, 13, tzinfo=dt.UTC)


def test_a_decision_tells_the_patient_once_and_the_trail_its_hash(
    db: Session, intake: Intake, clinician: Actor
) -> None:
    signed = reviews.decide(db, intake, decision(db, intake), clinician, NOW)
    db.commit()
    message = db.scalars(select(Message).where(Message.kind == "decided")).one()
    assert (message.recipient_kind, message.recipient_id) == ("patient", intake.patient_id)
    event = db.scalars(select(AuditEvent).where(AuditEvent.action == "intake.signed")).one()
    assert signed.content_hash in event.details
    assert "suitable" not in event.details


def test_a_later_decision_supersedes_the_earlier_and_both_are_kept(
    db: Session, intake: Intake, clinician: Actor
) -> None:
    first = reviews.decide(db, intake, decision(db, intake), clinician, NOW)
    later = decision(db, intake, Outcome.NOT_NOW, rationale="New facts", supersedes=first.id)
    second = reviews.decide(db, intake, later, clinician, NOW)
    assert reviews.reviews(db, intake) == (second, first)
    assert intake.expires_at is None


def test_a_decision_is_never_changed_or_deleted(db: Session, intake: Intake, clinician: Actor) -> None:
    signed = reviews.decide(db, intake, decision(db, intake), clinician, NOW)
    row = db.get_one(Review, signed.id)
    row.outcome = "refer_on"
    with pytest.raises(TypeError, match="never changed"):
        db.flush()
    db.rollback()


def test_a_decision_put_into_another_row_does_not_open(db: Session, intake: Intake, clinician: Actor) -> None:
    first = reviews.decide(db, intake, decision(db, intake), clinician, NOW)
    later = decision(db, intake, Outcome.NOT_NOW, rationale="New facts", supersedes=first.id)
    second = reviews.decide(db, intake, later, clinician, NOW)
    db.commit()
    old = db.scalar(select(Review.content).where(Review.id == first.id))
    db.execute(update(Review).where(Review.id == second.id).values(content=old))
    db.commit()
    db.expire_all()
    with pytest.raises(SealError):
        reviews.reviews(db, intake)


def test_departing_from_the_triage_needs_a_rationale(db: Session, invitation: Invitation, clinician: Actor) -> None:
    intake = submitted(db, invitation.intake, HIGH)
    with pytest.raises(RecordsError, match="Write down why"):
        reviews.decide(db, intake, decision(db, intake, rationale="  "), clinician, NOW)
    assert reviews.reviews(db, intake) == ()
    reviews.decide(db, intake, decision(db, intake, rationale="Measured again: 130"), clinician, NOW)
    assert intake.state == "decided"


@pytest.mark.parametrize(
    ("more", "hint"),
    [
        ({"outcome": Outcome.WITH_CONDITIONS, "conditions": (" ",)}, "at least one condition"),
        ({"expires_on": TODAY}, "later day than today"),
        ({"expires_on": dt.date(2026, 12, 24)}, "valid until 2026-12-23"),
    ],
)
def test_what_is_missing_or_wrong_is_told(
    db: Session, intake: Intake, clinician: Actor, more: dict[str, Any], hint: str
) -> None:
    with pytest.raises(RecordsError, match=hint):
        reviews.decide(db, intake, dataclasses.replace(decision(db, intake), **more), clinician, NOW)
    assert intake.state == "submitted"


def test_a_decision_is_valid_for_as_long_as_the_answers(db: Session, intake: Intake, clinician: Actor) -> None:
    longest = reviews.longest_validity(db, intake)
    assert longest == dt.date(2026, 12, 23)
    reviews.decide(db, intake, decision(db, intake, expires_on=longest), clinician, NOW)
    assert intakes.expire(db, SYSTEM, dt.datetime(2026, 12, 22, 23, 59, tzinfo=dt.UTC)) == 0
    assert intakes.expire(db, SYSTEM, dt.datetime(2026, 12, 23, tzinfo=dt.UTC)) == 1
    assert intake.state == "expired"


def test_what_was_not_submitted_is_not_decided(db: Session, invitation: Invitation, clinician: Actor) -> None:
    intakes.admit(db, invitation.intake, BORN, NOW)
    with pytest.raises(StateError, match="not sent yet"):
        reviews.decide(db, invitation.intake, Decision(Outcome.NOT_NOW, "", "password"), clinician, NOW)


def test_a_decision_on_an_older_assessment_is_refused(db: Session, intake: Intake, clinician: Actor) -> None:
    seen = decision(db, intake)
    intakes.reassess(db, intake, Stage.SCREENING, clinician, NOW)
    with pytest.raises(StateError, match="look again"):
        reviews.decide(db, intake, seen, clinician, NOW)


def test_of_two_clinicians_who_decide_at_once_one_is_asked_to_look_again(
    database: Database, who: Identity, clinician_in: Callable[..., Actor]
) -> None:
    with database.session() as db:
        intake = submitted(db, intakes.invite(db, "spray", who, SYSTEM, NOW).intake, NORMAL)
        actors = [clinician_in(db, name) for name in ("Bo", "Cy")]
        wanted = decision(db, intake)
        db.commit()
        id_ = intake.id
    barrier, outcomes = Barrier(2), []

    def decide(actor: Actor) -> None:
        barrier.wait()
        with database.session() as db:
            try:
                reviews.decide(db, db.get_one(Intake, id_), wanted, actor, NOW)
                db.commit()
                outcomes.append("signed")
            except StateError:
                outcomes.append("refused")

    threads = [Thread(target=decide, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "signed"]
    with database.session(reading=True) as db:
        assert db.scalar(select(func.count()).select_from(Review)) == 1


def test_an_unknown_decision_is_told(db: Session, intake: Intake) -> None:
    with pytest.raises(NotFoundError):
        reviews.review(db, intake, "nothing")
