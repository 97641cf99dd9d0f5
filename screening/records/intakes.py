"""The intake's life from invitation to its end; what belongs to one part of it has its own module, named here."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.definition.model import Audience, Stage
from screening.records import audit, messages
from screening.records.actors import Actor
from screening.records.alerts import Alert, acknowledge_alert, alert_of, alerts
from screening.records.assessments import KeptAssessment, Reason, assess, assessments, latest
from screening.records.carrying import carried
from screening.records.context import today
from screening.records.definitions import current_edition, pathway_plan, plan_of
from screening.records.errors import StateError
from screening.records.information_requests import answerable, close_request, open_request, requests
from screening.records.invitations import (
    Invitation,
    admit,
    by_id,
    by_reference,
    by_token,
    get,
    invite,
    lift_lock,
    new_link,
)
from screening.records.patients import by_id as patient_by_id
from screening.records.responses import (
    CARRIED,
    AllRaw,
    Entry,
    Event,
    Responses,
    answers,
    history,
    last_answered,
    revisions,
    saved_at,
)
from screening.records.saving import Saved, save_page
from screening.records.states import ENDED, MOVES, State, lock, move, refusal, state_of
from screening.records.tables import Intake

__all__ = [
    "ENDED",
    "MOVES",
    "Alert",
    "Event",
    "Invitation",
    "KeptAssessment",
    "Reason",
    "Saved",
    "State",
    "StateError",
    "acknowledge_alert",
    "admit",
    "alert_of",
    "alerts",
    "answerable",
    "answers",
    "assessments",
    "by_id",
    "by_reference",
    "by_token",
    "expire",
    "get",
    "history",
    "invite",
    "last_answered",
    "latest",
    "lift_lock",
    "move_to_current",
    "new_link",
    "open_request",
    "plan_of",
    "reassess",
    "renew",
    "requests",
    "revisions",
    "save_page",
    "saved_at",
    "state_of",
    "submit",
    "withdraw",
]

_EXPIRING = (State.INVITED, State.IN_PROGRESS, State.NEEDS_INFO, State.DECIDED)


def submit(db: Session, intake: Intake, actor: Actor, now: dt.datetime) -> KeptAssessment:
    """The assessment of the answers as the patient sends them. Sending twice is sending once.

    Raises: StateError where the intake was never started, has expired or was withdrawn.
    """
    lock(db, intake)
    again = state_of(intake) is State.NEEDS_INFO
    done = latest(db, intake) if state_of(intake) not in (State.IN_PROGRESS, State.NEEDS_INFO) else None
    if done and state_of(intake) not in ENDED:
        return done
    move(db, intake, State.SUBMITTED, actor, now)
    intake.submitted_at, intake.expires_at = now, None
    close_request(db, intake, now)
    reason = Reason.RESUBMISSION if again else Reason.SUBMISSION
    assessment = assess(db, intake, Stage.SCREENING, reason, actor, now)
    messages.queue_message(db, messages.Kind.SUBMITTED, messages.ON_DUTY, intake.id, now)
    return assessment


def reassess(db: Session, intake: Intake, stage: Stage, actor: Actor, now: dt.datetime) -> KeptAssessment:
    """A new assessment for a stage, after staff filled in a form of theirs or on a later day.

    Raises: StateError before the patient has submitted, or after the end.
    """
    lock(db, intake)
    if state_of(intake) not in (State.SUBMITTED, State.IN_REVIEW, State.NEEDS_INFO, State.DECIDED):
        raise refusal(intake)
    reason = Reason.SESSION if stage is Stage.SESSION else Reason.REASSESSMENT
    return assess(db, intake, stage, reason, actor, now)


def withdraw(db: Session, intake: Intake, actor: Actor, now: dt.datetime) -> None:
    """End the intake as the patient wishes; nothing of it is deleted. Withdrawing twice is withdrawing once."""
    lock(db, intake)
    if state_of(intake) is not State.WITHDRAWN:
        move(db, intake, State.WITHDRAWN, actor, now)
        intake.expires_at = None


def expire(db: Session, actor: Actor, now: dt.datetime, most: int = 500) -> int:
    """How many intakes have now expired whose time has passed; call again while it is `most`."""
    passed = select(Intake).where(Intake.state.in_(_EXPIRING), Intake.expires_at <= now).order_by(Intake.expires_at)
    rows = db.scalars(passed.limit(most).with_for_update(skip_locked=True)).all()
    for intake in rows:
        move(db, intake, State.EXPIRED, actor, now)
        intake.expires_at = None
    return len(rows)


def renew(db: Session, intake: Intake, actor: Actor, now: dt.datetime) -> Invitation:
    """A new intake for the same patient and pathway that starts from the old answers, as far as they still fit."""
    plan = pathway_plan(db, intake.pathway)
    invitation = invite(db, intake.pathway, patient_by_id(db, intake.patient_id), actor, now, intake.language)
    fresh = invitation.intake
    fresh.renews_id, fresh.edition = intake.id, current_edition(db)
    asked = {form.id for form in plan.questionnaires if form.audience is Audience.PATIENT}
    kept = carried(plan_of(db, intake), plan, answers(db, intake), today(db, now))
    responses = Responses(db, fresh)
    for questionnaire, given in kept.items():
        if questionnaire in asked:
            responses.write(Entry(questionnaire, CARRIED, given, intake.language), actor, now)
    audit.record(db, actor, "intake.renewed", f"intake:{fresh.id}", now, renews=intake.id)
    return invitation


def move_to_current(db: Session, intake: Intake, actor: Actor, now: dt.datetime) -> int:
    """How many answers no longer fit once an intake in progress is moved to the current definitions.

    Raises: StateError unless it is in progress.
    """
    lock(db, intake)
    if state_of(intake) is not State.IN_PROGRESS:
        raise refusal(intake)
    old, edition = plan_of(db, intake), current_edition(db)
    if intake.edition == edition:
        return 0
    responses = Responses(db, intake)
    after = carried(old, pathway_plan(db, intake.pathway, edition), responses.answers, today(db, now))
    dropped = _dropped(responses.answers, after)
    intake.edition = edition
    for questionnaire, questions in dropped.items():
        responses.write(Entry(questionnaire, CARRIED, dict.fromkeys(questions), intake.language), actor, now)
    count = sum(len(questions) for questions in dropped.values())
    audit.record(db, actor, "intake.moved", f"intake:{intake.id}", now, edition=edition, dropped=count)
    return count


def _dropped(before: AllRaw, after: AllRaw) -> dict[str, list[str]]:
    gone = {
        name: [question for question in given if question not in after.get(name, {})] for name, given in before.items()
    }
    return {name: questions for name, questions in gone.items() if questions}
