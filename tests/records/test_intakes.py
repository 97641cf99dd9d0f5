from __future__ import annotations

import datetime as dt
import re
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from screening.definition.model import Stage
from screening.records import intakes, publishing, reviews
from screening.records.actors import SYSTEM, Actor
from screening.records.database import Database
from screening.records.errors import NotFoundError, RecordsError, StateError
from screening.records.intakes import Reason, State
from screening.records.invitations import Invitation
from screening.records.patients import Identity
from screening.records.tables import AuditEvent, Intake, Message, StoredAssessment

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
BORN = dt.date(1980, 5, 31)
DAY = dt.timedelta(days=1)
PATIENT = Actor("patient", "p1")
NURSE = Actor("staff", "s1")
PRESSURE, PAIN, SMOKING = ("heart", "pressure"), ("heart", "pain"), ("habits", "smoking")
HEALTHY: dict[tuple[str, str], dict[str, Any]] = {
    PRESSURE: {"hypertension": "no"},
    PAIN: {"pain_now": "no"},
    SMOKING: {"smokes": "no"},
}


def save(db: Session, intake: Intake, page: tuple[str, str], **given: Any) -> None:  # noqa: ANN401  # JSON
    intakes.save_page(db, intake, *page, given, "en", PATIENT, NOW)


@pytest.fixture
def intake(db: Session, invitation: Invitation) -> Intake:
    """An intake in progress, with every page answered and nothing found."""
    intakes.admit(db, invitation.intake, BORN, NOW)
    for page, given in HEALTHY.items():
        save(db, invitation.intake, page, **given)
    return invitation.intake


def test_sending_stores_the_assessment_whole(db: Session, intake: Intake) -> None:
    save(db, intake, PRESSURE, hypertension="yes", reading=150)
    kept = intakes.submit(db, intake, PATIENT, NOW)
    assert (intake.state, intake.triage, intake.submitted_at) == ("submitted", "relative", NOW)
    assert intakes.assessments(db, intake) == (kept,)
    assert intakes.latest(db, intake) == kept
    assert kept.result["flags"]["high"]["state"] == "raised"
    assert "heart.reading" in kept.result["flags"]["high"]["because"]
    assert (kept.reason, kept.stage, kept.today) == (Reason.SUBMISSION, Stage.SCREENING, NOW.date())
    assert kept.definitions == kept.result["definitions"] == intakes.plan_of(db, intake).hash
    assert kept.basis["revisions"] == {"heart": 3, "habits": 1}
    assert kept.intact


def test_what_is_still_to_come_on_the_day_does_not_make_a_screening_incomplete(db: Session, intake: Intake) -> None:
    kept = intakes.submit(db, intake, PATIENT, NOW)
    assert kept.result["flags"]["high_today"]["state"] == "open"
    assert intake.triage == "none_found"


def test_sending_tells_staff_once_and_sending_twice_is_sending_once(
    db: Session, intake: Intake, clinician: Actor
) -> None:
    first = intakes.submit(db, intake, PATIENT, NOW)
    db.commit()
    assert intakes.submit(db, intake, PATIENT, NOW + DAY) == first
    assert intake.submitted_at == NOW
    assert db.scalar(select(func.count()).select_from(StoredAssessment)) == 1
    assert db.scalar(select(func.count()).select_from(Message)) == 1
    reviews.open_for_review(db, intake, clinician, NOW)
    assert intakes.submit(db, intake, PATIENT, NOW) == first


def test_sending_twice_at_once_is_sending_once(database: Database, who: Identity) -> None:
    with database.session() as db:
        intake = intakes.invite(db, "spray", who, SYSTEM, NOW).intake
        intakes.admit(db, intake, BORN, NOW)
        db.commit()
        id_ = intake.id
    barrier, sent = Barrier(3), []

    def send() -> None:
        barrier.wait()
        with database.session() as db:
            sent.append(intakes.submit(db, db.get_one(Intake, id_), PATIENT, NOW).id)
            db.commit()

    threads = [Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == 3
    assert len(set(sent)) == 1


def test_what_was_never_started_is_not_sent(db: Session, invitation: Invitation) -> None:
    with pytest.raises(StateError, match="has not been started"):
        intakes.submit(db, invitation.intake, PATIENT, NOW)


def test_what_was_withdrawn_is_not_sent(db: Session, intake: Intake) -> None:
    intakes.submit(db, intake, PATIENT, NOW)
    intakes.withdraw(db, intake, PATIENT, NOW)
    intakes.withdraw(db, intake, PATIENT, NOW)
    with pytest.raises(StateError, match="withdrawn"):
        intakes.submit(db, intake, PATIENT, NOW)
    assert intakes.answers(db, intake)


def test_an_emergency_that_no_save_has_seen_calls_staff_when_it_is_sent(db: Session, intake: Intake) -> None:
    save(db, intake, PAIN, pain_now="yes")
    intake.alerted_at = intake.alert_flags = None
    intakes.submit(db, intake, PATIENT, NOW)
    assert [alert.flags for alert in intakes.alerts(db)] == [("chest_pain",)]


def test_sending_does_not_call_again_for_an_emergency_that_was_seen(
    db: Session, intake: Intake, clinician: Actor
) -> None:
    save(db, intake, PAIN, pain_now="yes")
    intakes.acknowledge_alert(db, intake, clinician, NOW)
    intakes.submit(db, intake, PATIENT, NOW)
    assert intakes.alerts(db) == ()
    assert intake.triage == "emergency"


def test_a_session_check_makes_a_new_assessment_and_keeps_the_old(db: Session, intake: Intake) -> None:
    first = intakes.submit(db, intake, PATIENT, NOW)
    intakes.save_page(db, intake, "session", "vitals", {"systolic": 190}, "en", NURSE, NOW)
    second = intakes.reassess(db, intake, Stage.SESSION, NURSE, NOW)
    assert intakes.assessments(db, intake) == (second, first)
    assert (second.reason, second.triage, intake.triage) == (Reason.SESSION, "absolute", "absolute")


def test_what_is_too_old_counts_as_unanswered(db: Session, intake: Intake) -> None:
    intakes.submit(db, intake, PATIENT, NOW)
    intakes.save_page(db, intake, "session", "vitals", {"systolic": 120}, "en", NURSE, NOW)
    today = intakes.reassess(db, intake, Stage.SESSION, NURSE, NOW)
    tomorrow = intakes.reassess(db, intake, Stage.SESSION, NURSE, NOW + dt.timedelta(days=1))
    in_a_month = intakes.reassess(db, intake, Stage.SESSION, NURSE, NOW + dt.timedelta(days=31))
    states = [kept.result["flags"]["high_today"]["state"] for kept in (today, tomorrow, in_a_month)]
    assert states == ["ruled_out", "open", "open"]
    assert [kept.basis["too_old"] for kept in (today, tomorrow, in_a_month)] == [[], ["session"], ["heart", "session"]]


def test_what_was_not_sent_is_not_assessed_again(db: Session, intake: Intake) -> None:
    with pytest.raises(StateError, match="not sent yet"):
        intakes.reassess(db, intake, Stage.SESSION, NURSE, NOW)


def test_a_clinician_asks_and_the_patient_answers_only_that(db: Session, intake: Intake, clinician: Actor) -> None:
    save(db, intake, PRESSURE, hypertension={"unknown": "unsure"})
    intakes.submit(db, intake, PATIENT, NOW)
    assert intake.triage == "incomplete"
    assert intakes.answerable(db, intake) is None
    asked = reviews.request_info(db, intake, ["heart.hypertension"], " Please ask your doctor. ", clinician, NOW)
    assert intake.state == State.NEEDS_INFO
    assert intakes.open_request(db, intake) == asked
    assert asked.note == "Please ask your doctor."
    assert intakes.answerable(db, intake) == frozenset({"heart.hypertension", "heart.reading", "habits.packs"})
    with pytest.raises(StateError, match="Only the questions"):
        save(db, intake, PAIN, pain_now="yes")
    save(db, intake, PAIN, pain_now="no")  # nothing changes, so nothing is refused
    save(db, intake, PRESSURE, hypertension="yes", reading=120)
    again = intakes.submit(db, intake, PATIENT, NOW)
    assert (intake.state, intake.triage, again.reason) == ("submitted", "none_found", Reason.RESUBMISSION)
    assert intakes.open_request(db, intake) is None
    assert intakes.requests(db, intake)[0].answered_at == NOW
    assert len(intakes.assessments(db, intake)) == 2


@pytest.mark.parametrize("keys", [[], ["heart.nothing"], ["session.systolic"], ["nowhere.q"], ["x"]])
def test_a_request_names_questions_that_patients_are_asked(
    db: Session, intake: Intake, clinician: Actor, keys: list[str]
) -> None:
    intakes.submit(db, intake, PATIENT, NOW)
    with pytest.raises((NotFoundError, RecordsError)):
        reviews.request_info(db, intake, keys, "", clinician, NOW)
    assert intake.state == State.SUBMITTED


def test_nothing_is_asked_of_a_patient_who_has_not_sent(db: Session, intake: Intake, clinician: Actor) -> None:
    with pytest.raises(StateError):
        reviews.request_info(db, intake, ["heart.reading"], "", clinician, NOW)


def test_intakes_expire_when_their_time_has_passed(db: Session, intake: Intake, who: Identity) -> None:
    invited = intakes.invite(db, "spray", who, SYSTEM, NOW).intake
    sent = intakes.invite(db, "spray", who, SYSTEM, NOW).intake
    intakes.admit(db, sent, BORN, NOW)
    intakes.submit(db, sent, PATIENT, NOW)
    assert intakes.expire(db, SYSTEM, NOW + 59 * DAY) == 0
    assert intakes.expire(db, SYSTEM, NOW + 60 * DAY) == 2
    assert (invited.state, intake.state, sent.state) == ("expired", "expired", "submitted")
    assert intakes.expire(db, SYSTEM, NOW + 60 * DAY) == 0
    with pytest.raises(StateError, match="has expired"):
        save(db, intake, PAIN, pain_now="no")


def test_a_renewed_intake_starts_from_the_old_answers(db: Session, intake: Intake, clinician: Actor) -> None:
    intakes.submit(db, intake, PATIENT, NOW)
    intakes.save_page(db, intake, "session", "vitals", {"systolic": 120}, "en", NURSE, NOW)
    renewed = intakes.renew(db, intake, clinician, NOW + DAY)
    fresh = renewed.intake
    assert intakes.by_token(db, renewed.token) is fresh
    assert (fresh.patient_id, fresh.renews_id, fresh.state) == (intake.patient_id, intake.id, "invited")
    old = intakes.answers(db, intake)
    assert intakes.answers(db, fresh) == {name: old[name] for name in ("heart", "habits")}
    assert {event.page for event in intakes.history(db, fresh)} == {""}
    assert intakes.admit(db, fresh, BORN, NOW + DAY)


def test_answers_carry_over_only_where_they_still_fit(
    db: Session, intake: Intake, clinician: Actor, files: dict[str, bytes]
) -> None:
    save(db, intake, PRESSURE, hypertension="yes", reading=150)
    save(db, intake, PAIN, words="Nothing")
    heart = files["heart.yaml"].decode()
    heart = heart.replace("range: [60, 260]", "range: [60, 140]").replace("pain_now", "pain")
    heart = heart.replace("type: text", "type: integer, range: [0, 9]").replace("reading: 150", "reading: 130")
    heart = heart.replace("reading > 140", "reading > 120")
    publishing.import_library(db, files | {"heart.yaml": heart.encode()}, SYSTEM, NOW)
    assert intakes.move_to_current(db, intake, clinician, NOW) == 3
    assert intakes.answers(db, intake) == {"heart": {"hypertension": "yes"}, "habits": {"smokes": "no"}}
    assert intake.edition == 2
    assert intakes.move_to_current(db, intake, clinician, NOW) == 0
    (last,) = (event for event in intakes.history(db, intake) if event.page == "")
    assert last.changes["reading"] == (150, None)


def test_only_intakes_in_progress_are_moved(db: Session, intake: Intake, clinician: Actor) -> None:
    intakes.submit(db, intake, PATIENT, NOW)
    with pytest.raises(StateError):
        intakes.move_to_current(db, intake, clinician, NOW)


def test_an_answer_that_now_fails_a_check_does_not_carry_over(
    db: Session, intake: Intake, clinician: Actor, files: dict[str, bytes]
) -> None:
    save(db, intake, PRESSURE, hypertension="yes", reading=150)
    heart = files["heart.yaml"].replace(b"reading != 111", b"reading < 150").replace(b"reading: 150", b"reading: 149")
    publishing.import_library(db, files | {"heart.yaml": heart}, SYSTEM, NOW)
    assert intakes.move_to_current(db, intake, clinician, NOW) == 1
    assert "reading" not in intakes.answers(db, intake)["heart"]


def test_the_audit_trail_tells_the_life_and_nothing_clinical(db: Session, intake: Intake, clinician: Actor) -> None:
    save(db, intake, PRESSURE, hypertension="yes", reading=150)
    intakes.submit(db, intake, PATIENT, NOW)
    reviews.request_info(db, intake, ["heart.reading"], "A note", clinician, NOW)
    intakes.withdraw(db, intake, PATIENT, NOW)
    db.commit()
    events = db.scalars(select(AuditEvent).where(AuditEvent.subject == f"intake:{intake.id}")).all()
    actions = [event.action for event in events]
    assert [action for action in actions if action != "answers.saved"] == [
        "intake.invited",
        "patient.admitted",
        "intake.in_progress",
        "intake.submitted",
        "intake.assessed",
        "intake.in_review",
        "intake.needs_info",
        "information.requested",
        "intake.withdrawn",
    ]
    told = " ".join(event.details for event in events)
    # Whole words only: a hash may hold any digits.
    words = set(re.findall(r"\w+", told))
    assert words.isdisjoint({"relative", "high", "reading", "note", "150", "Zebulon"})


def test_a_safety_question_without_an_answer_is_open_and_calls_staff_when_it_is_sent(
    db: Session, intake: Intake, clinician: Actor
) -> None:
    save(db, intake, PAIN, pain_now={"unknown": "declined"})
    intakes.submit(db, intake, PATIENT, NOW)
    (alert,) = intakes.alerts(db)
    assert (alert.flags, alert.open) == ((), ("chest_pain",))
    intakes.acknowledge_alert(db, intake, clinician, NOW)
    reviews.request_info(db, intake, ["heart.pain_now"], "", clinician, NOW)
    intakes.submit(db, intake, PATIENT, NOW)
    assert intakes.alerts(db) == (), "staff know already"
    reviews.request_info(db, intake, ["heart.pain_now"], "", clinician, NOW)
    save(db, intake, PAIN, pain_now="yes")
    (alert,) = intakes.alerts(db)
    assert alert.flags == ("chest_pain",)
