from __future__ import annotations

import datetime as dt
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from screening.assessment.answers import AnswersError
from screening.records import audit, intakes, publishing
from screening.records.actors import SYSTEM, Actor
from screening.records.database import Database
from screening.records.errors import NotFoundError, StateError
from screening.records.intakes import Saved
from screening.records.invitations import Invitation
from screening.records.patients import Identity
from screening.records.tables import AuditEvent, Intake, Message, ResponseEvent

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
BORN = dt.date(1980, 5, 31)
MINUTE = dt.timedelta(minutes=1)
PATIENT = Actor("patient", "p1")
PRESSURE = ("heart", "pressure")
PAIN = ("heart", "pain")
SMOKING = ("habits", "smoking")


@pytest.fixture
def intake(db: Session, invitation: Invitation) -> Intake:
    intakes.admit(db, invitation.intake, BORN, NOW)
    return invitation.intake


def save(db: Session, intake: Intake, page: tuple[str, str], now: dt.datetime = NOW, **given: Any) -> Saved:  # noqa: ANN401  # JSON
    return intakes.save_page(db, intake, *page, given, "en", PATIENT, now)


def rows(db: Session) -> tuple[int, ...]:
    counts = (select(func.count()).select_from(table) for table in (ResponseEvent, AuditEvent, Message))
    return tuple(db.scalar(count) or 0 for count in counts)


def test_a_saved_page_comes_back(db: Session, intake: Intake) -> None:
    saved = save(db, intake, PRESSURE, hypertension="yes", reading=135)
    assert saved == Saved((), changed=True, revision=1)
    assert intakes.answers(db, intake) == {"heart": {"hypertension": "yes", "reading": 135}}
    assert intake.saved_at == NOW


def test_a_page_touches_only_its_own_questions(db: Session, intake: Intake) -> None:
    save(db, intake, PRESSURE, hypertension="yes", reading=135)
    save(db, intake, PAIN, pain_now="no")
    save(db, intake, SMOKING, smokes="no")
    save(db, intake, PRESSURE, reading=140)
    assert intakes.answers(db, intake) == {
        "heart": {"hypertension": "yes", "reading": 140, "pain_now": "no"},
        "habits": {"smokes": "no"},
    }
    assert intakes.revisions(db, intake) == {"heart": 3, "habits": 1}


@pytest.mark.parametrize("blank", [None, {"unknown": "unanswered"}])
def test_a_question_left_blank_loses_its_answer(db: Session, intake: Intake, blank: object) -> None:
    save(db, intake, PRESSURE, hypertension="yes", reading=135)
    assert save(db, intake, PRESSURE, hypertension="yes", reading=blank).changed
    assert intakes.answers(db, intake) == {"heart": {"hypertension": "yes"}}
    assert not save(db, intake, PRESSURE, hypertension="yes", reading=blank).changed


def test_a_reason_for_not_knowing_is_an_answer(db: Session, intake: Intake) -> None:
    save(db, intake, PRESSURE, hypertension={"unknown": "unsure"})
    assert intakes.answers(db, intake) == {"heart": {"hypertension": {"unknown": "unsure"}}}


def test_the_same_page_again_adds_nothing(db: Session, intake: Intake) -> None:
    save(db, intake, PRESSURE, hypertension="yes", reading=135)
    db.commit()
    before = rows(db)
    assert save(db, intake, PRESSURE, hypertension="yes", reading=135) == Saved((), changed=False, revision=1)
    db.commit()
    assert rows(db) == before


def test_an_empty_page_adds_nothing(db: Session, intake: Intake) -> None:
    assert save(db, intake, PRESSURE, hypertension=None) == Saved((), changed=False, revision=0)
    assert intakes.answers(db, intake) == {}


def test_history_keeps_every_change_with_who_when_language_and_wording(db: Session, intake: Intake) -> None:
    save(db, intake, PRESSURE, hypertension="yes", reading=135)
    nurse = Actor("staff", "s1")
    later = NOW - MINUTE  # a clock that jumped back must not change the order
    intakes.save_page(db, intake, *PRESSURE, {"hypertension": "no", "reading": None}, "es", nurse, later)
    first, second = intakes.history(db, intake)
    assert (first.actor.kind, first.at, first.page, first.language) == ("patient", NOW, "pressure", "en")
    assert first.changes == {"hypertension": (None, "yes"), "reading": (None, 135)}
    assert (second.actor.id, second.at, second.revision) == ("s1", later, 2)
    assert second.changes == {"hypertension": ("yes", "no"), "reading": (135, None)}
    assert len(first.wording) == 64
    assert intakes.last_answered((first, second))["heart.hypertension"] is second


def test_the_wording_is_that_of_the_page_that_was_shown(
    db: Session, intake: Intake, who: Identity, files: dict[str, bytes]
) -> None:
    save(db, intake, PRESSURE, hypertension="yes")
    files["heart.yaml"] = files["heart.yaml"].replace(b"Do you have high", b"Have you ever had high")
    publishing.import_library(db, files, SYSTEM, NOW)
    save(db, intake, PRESSURE, hypertension="no")
    other = intakes.invite(db, "spray", who, SYSTEM, NOW).intake
    intakes.admit(db, other, BORN, NOW)
    save(db, other, PRESSURE, hypertension="yes")
    one, two = (event.wording for event in intakes.history(db, intake))
    (three,) = (event.wording for event in intakes.history(db, other))
    assert one == two != three


@pytest.mark.parametrize(
    ("page", "given"),
    [
        (("heart", "nowhere"), {"hypertension": "yes"}),
        (("nothing", "pressure"), {"hypertension": "yes"}),
        (("heart", "pressure"), {"pain_now": "yes"}),
        (("heart", "pressure"), {"__class__": "yes"}),
    ],
)
def test_what_the_page_does_not_ask_is_refused(
    db: Session, intake: Intake, page: tuple[str, str], given: dict[str, Any]
) -> None:
    with pytest.raises(NotFoundError):
        save(db, intake, page, **given)
    assert intakes.answers(db, intake) == {}


@pytest.mark.parametrize(
    "given",
    [
        {"hypertension": "maybe"},
        {"reading": 1000},
        {"reading": "140"},
        {"reading": [1]},
        {"hypertension": {"unknown": "x"}},
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_nothing_is_kept(
    db: Session, intake: Intake, given: dict[str, Any]
) -> None:
    with pytest.raises(AnswersError) as caught:
        save(db, intake, PRESSURE, **given)
    assert [problem.key for problem in caught.value.problems] == [f"heart.{name}" for name in given]
    assert intakes.answers(db, intake) == {}


def test_an_answer_that_fails_its_check_is_refused(db: Session, intake: Intake) -> None:
    with pytest.raises(AnswersError, match="not possible"):
        save(db, intake, PRESSURE, hypertension="yes", reading=111)
    assert intakes.answers(db, intake) == {}


@pytest.mark.parametrize("language", ["", "x", "en'--", "e" * 50])
def test_a_language_that_is_none_is_refused(db: Session, intake: Intake, language: str) -> None:
    with pytest.raises(NotFoundError):
        intakes.save_page(db, intake, *PRESSURE, {"hypertension": "yes"}, language, PATIENT, NOW)


def test_text_of_any_kind_comes_back(db: Session, intake: Intake) -> None:
    for words in ("naïve 🫀 \u202e", "a\x00b", "\ud800 alone", "'; DROP TABLE intake; --", "{{ 7 * 7 }}"):
        save(db, intake, PAIN, words=words)
        assert intakes.answers(db, intake)["heart"]["words"] == words


def test_an_emergency_calls_staff_in_the_same_transaction(db: Session, intake: Intake) -> None:
    assert save(db, intake, PAIN, pain_now="yes").emergencies == ("chest_pain",)
    db.commit()
    (alert,) = intakes.alerts(db)
    assert (alert.intake.id, alert.flags, alert.at) == (intake.id, ("chest_pain",), NOW)
    (message,) = db.scalars(select(Message))
    assert (message.kind, message.recipient_kind, message.intake_id) == ("alert", "staff", intake.id)
    event = db.scalars(select(AuditEvent).where(AuditEvent.action == "alert.raised")).one()
    assert "chest" not in event.details


def test_an_emergency_that_is_rolled_back_calls_nobody(db: Session, intake: Intake) -> None:
    db.commit()
    save(db, intake, PAIN, pain_now="yes")
    db.rollback()
    assert intakes.alerts(db) == ()
    assert list(db.scalars(select(Message))) == []


def test_the_page_of_an_emergency_sent_again_shows_the_crisis_page_again_but_calls_once(
    db: Session, intake: Intake
) -> None:
    save(db, intake, PAIN, pain_now="yes")
    assert save(db, intake, PAIN, pain_now="yes") == Saved(("chest_pain",), changed=False, revision=1)
    assert save(db, intake, PAIN, pain_now="yes", words="It hurts").emergencies == ("chest_pain",)
    assert save(db, intake, SMOKING, smokes="no").emergencies == ()
    assert db.scalar(select(func.count()).select_from(Message)) == 1


def test_an_emergency_taken_back_and_given_again_calls_again(db: Session, intake: Intake, clinician: Actor) -> None:
    save(db, intake, PAIN, pain_now="yes")
    intakes.acknowledge_alert(db, intake, clinician, NOW)
    assert intakes.alerts(db) == ()
    assert save(db, intake, PAIN, pain_now="no").emergencies == ()
    assert intakes.alerts(db) == ()
    save(db, intake, PAIN, NOW + MINUTE, pain_now="yes")
    (alert,) = intakes.alerts(db)
    assert alert.at == NOW + MINUTE
    assert intakes.alert_of(db, intake) == alert


def test_an_emergency_stays_in_sight_when_the_patient_withdraws(db: Session, intake: Intake) -> None:
    save(db, intake, PAIN, pain_now="yes")
    intakes.withdraw(db, intake, PATIENT, NOW)
    assert [alert.flags for alert in intakes.alerts(db)] == [("chest_pain",)]


def test_the_first_save_of_staff_starts_an_invited_intake(db: Session, invitation: Invitation) -> None:
    intakes.save_page(db, invitation.intake, *PAIN, {"pain_now": "no"}, "en", Actor("staff", "s1"), NOW)
    assert (invitation.intake.state, invitation.intake.edition) == ("in_progress", 1)


def test_a_save_after_sending_is_refused_and_says_so(db: Session, intake: Intake) -> None:
    save(db, intake, PAIN, pain_now="no")
    intakes.submit(db, intake, PATIENT, NOW)
    with pytest.raises(StateError, match="has been sent"):
        save(db, intake, PAIN, pain_now="yes")
    assert intakes.answers(db, intake)["heart"]["pain_now"] == "no"


def test_a_patient_does_not_fill_in_the_clinics_form(db: Session, intake: Intake) -> None:
    with pytest.raises(StateError, match="by the clinic"):
        save(db, intake, ("session", "vitals"), systolic=120)


def test_staff_fill_in_their_form_after_sending_too(db: Session, intake: Intake) -> None:
    intakes.submit(db, intake, PATIENT, NOW)
    nurse = Actor("staff", "s1")
    saved = intakes.save_page(db, intake, "session", "vitals", {"systolic": 190}, "en", nurse, NOW)
    assert saved.changed
    intakes.withdraw(db, intake, PATIENT, NOW)
    with pytest.raises(StateError, match="withdrawn"):
        intakes.save_page(db, intake, "session", "vitals", {"systolic": 120}, "en", nurse, NOW)


@pytest.mark.parametrize("rounds", [1, 10])
def test_pages_saved_at_once_from_several_devices_lose_nothing(database: Database, who: Identity, rounds: int) -> None:
    with database.session() as db:
        intake = intakes.invite(db, "spray", who, SYSTEM, NOW).intake
        intakes.admit(db, intake, BORN, NOW)
        db.commit()
        id_ = intake.id
    pages: dict[tuple[str, str], list[dict[str, Any]]] = {
        PRESSURE: [{"hypertension": "yes", "reading": 120 + step} for step in range(rounds)],
        PAIN: [{"pain_now": "no", "words": f"word {step}"} for step in range(rounds)],
        SMOKING: [{"smokes": "yes", "packs": step % 9} for step in range(rounds)],
    }
    barrier = Barrier(len(pages))

    def work(page: tuple[str, str], saves: list[dict[str, Any]]) -> None:
        barrier.wait()
        for given in saves:
            with database.session() as db:
                save(db, db.get_one(Intake, id_), page, **given)
                db.commit()

    threads = [Thread(target=work, args=item) for item in pages.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session(reading=True) as db:
        intake = db.get_one(Intake, id_)
        last = {page: saves[-1] for page, saves in pages.items()}
        assert intakes.answers(db, intake) == {"heart": last[PRESSURE] | last[PAIN], "habits": last[SMOKING]}
        assert intakes.revisions(db, intake) == {"heart": 2 * rounds, "habits": rounds}
        assert len(intakes.history(db, intake)) == 3 * rounds
        assert audit.verify(db) == ()


def test_the_same_page_sent_twice_at_once_is_kept_once(database: Database, who: Identity) -> None:
    with database.session() as db:
        intake = intakes.invite(db, "spray", who, SYSTEM, NOW).intake
        intakes.admit(db, intake, BORN, NOW)
        db.commit()
        id_ = intake.id
    barrier, outcomes = Barrier(2), []

    def send() -> None:
        barrier.wait()
        with database.session() as db:
            outcomes.append(save(db, db.get_one(Intake, id_), PAIN, pain_now="yes"))
            db.commit()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(saved.changed for saved in outcomes) == [False, True]
    assert {saved.emergencies for saved in outcomes} == {("chest_pain",)}
    with database.session(reading=True) as db:
        assert db.scalar(select(func.count()).select_from(Message)) == 1
