"""What clinicians ask patients to answer again or at last, and which questions are open to the patient then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.definition.model import Audience, Plan
from screening.definition.order import needs
from screening.records import audit, messages, staff
from screening.records.actors import Actor
from screening.records.context import context
from screening.records.definitions import plan_of
from screening.records.errors import NotFoundError, RecordsError
from screening.records.identifiers import new_id, next_number
from screening.records.patients import vault_of
from screening.records.states import State, lock, move, state_of
from screening.records.tables import InformationRequest, Intake


@dataclass(frozen=True, slots=True)
class Request:
    """Questions by `questionnaire.question`, with a note for the patient; `answered_at` once they have answered."""

    id: str
    keys: tuple[str, ...] = field(repr=False)
    note: str = field(repr=False)
    made_at: dt.datetime
    answered_at: dt.datetime | None
    by: Actor


def request_info(
    db: Session, intake: Intake, keys: Iterable[str], note: str, actor: Actor, now: dt.datetime
) -> Request:
    """The request, by which the intake goes back to the patient.

    Raises: StateError unless it is being reviewed; NotFoundError for a question that no patient is asked.
    """
    lock(db, intake)
    wanted = tuple(dict.fromkeys(keys))
    if not wanted:
        raise RecordsError("Choose at least one question to ask.")
    _refuse_unknown(plan_of(db, intake), wanted)
    if state_of(intake) is State.SUBMITTED:
        move(db, intake, State.IN_REVIEW, actor, now)
    move(db, intake, State.NEEDS_INFO, actor, now)
    intake.expires_at = now + context(db).limits.link
    id_ = new_id(now)
    content = vault_of(db, intake.patient_id).seal(
        "information_request", "content", id_, {"keys": wanted, "note": note.strip()}
    )
    row = InformationRequest(
        id=id_,
        number=next_number(db, InformationRequest, intake),
        intake_id=intake.id,
        patient_id=intake.patient_id,
        staff_id=actor.id,
        made_at=now,
        content=content,
    )
    db.add(row)
    db.flush()
    messages.queue_message(
        db, messages.Kind.INFORMATION_REQUESTED, messages.Recipient("patient", intake.patient_id), intake.id, now
    )
    audit.record(db, actor, "information.requested", f"intake:{intake.id}", now, questions=len(wanted))
    return Request(id_, wanted, note.strip(), now, None, actor)


def requests(db: Session, intake: Intake) -> tuple[Request, ...]:
    """All requests of an intake, newest first."""
    vault, people = vault_of(db, intake.patient_id), staff.names(db)
    rows = select(InformationRequest).where(InformationRequest.intake_id == intake.id)
    found = []
    for row in db.scalars(rows.order_by(InformationRequest.number.desc())):
        content = vault.open("information_request", "content", row.id, row.content)
        by = Actor("staff", row.staff_id, people.get(row.staff_id, ""))
        found.append(Request(row.id, tuple(content["keys"]), content["note"], row.made_at, row.answered_at, by))
    return tuple(found)


def open_request(db: Session, intake: Intake) -> Request | None:
    """The request that the patient has not answered yet, or None."""
    if state_of(intake) is not State.NEEDS_INFO:
        return None
    return next((request for request in requests(db, intake) if request.answered_at is None), None)


def close_request(db: Session, intake: Intake, now: dt.datetime) -> None:
    """Note that the patient has answered what was asked."""
    open_ = select(InformationRequest).where(
        InformationRequest.intake_id == intake.id, InformationRequest.answered_at.is_(None)
    )
    for row in db.scalars(open_):
        row.answered_at = now


def answerable(db: Session, intake: Intake) -> frozenset[str] | None:
    """The questions that the patient may answer now, by key: those asked for and what follows up on them.

    None where nothing in particular was asked for, so that all may be answered.
    """
    request = open_request(db, intake)
    return None if request is None else with_follow_ups(plan_of(db, intake), request.keys)


def with_follow_ups(plan: Plan, keys: Iterable[str]) -> frozenset[str]:
    """The questions and all whose asking depends on them: a new "yes" may ask more."""
    needed: Mapping[str, tuple[str, ...]] = needs(plan.questionnaires)
    found = set(keys)
    grown = True
    while grown:
        more = {key for key, its in needed.items() if key not in found and not found.isdisjoint(its)}
        found |= more
        grown = bool(more)
    return frozenset(found)


def _refuse_unknown(plan: Plan, keys: tuple[str, ...]) -> None:
    known = {
        f"{form.id}.{question.id}"
        for form in plan.questionnaires
        if form.audience is Audience.PATIENT
        for question in form.questions()
        if question.has_answer
    }
    for key in keys:
        if key not in known:
            raise NotFoundError(f"No patient is asked {key!r} on this pathway.")
