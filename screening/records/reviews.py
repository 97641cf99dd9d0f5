"""The clinician's part: taking an intake on, asking the patient back, and signing a decision."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.assessment.findings import Triage
from screening.records import audit, messages, staff
from screening.records.actors import Actor
from screening.records.assessments import latest
from screening.records.context import context, today
from screening.records.definitions import plan_of
from screening.records.errors import NotFoundError, RecordsError, StateError
from screening.records.identifiers import new_id, next_number
from screening.records.information_requests import Request, request_info, requests
from screening.records.patients import Vault, vault_of
from screening.records.responses import saved_at
from screening.records.sealing import canonical, digest
from screening.records.states import State, lock, move, refusal, state_of
from screening.records.tables import Intake, Review
from screening.records.validity import expires_on, start_of
from screening.records.waiting_list import NOBODY, Filters, QueuePage, QueueRow, counts, queue, triage_counts

__all__ = [
    "NOBODY",
    "Decision",
    "Filters",
    "Outcome",
    "QueuePage",
    "QueueRow",
    "Request",
    "Signed",
    "assign",
    "counts",
    "decide",
    "departs",
    "longest_validity",
    "open_for_review",
    "queue",
    "request_info",
    "requests",
    "reviews",
    "triage_counts",
]


class Outcome(StrEnum):
    """What a clinician decides."""

    SUITABLE = "suitable"
    WITH_CONDITIONS = "suitable_with_conditions"
    NOT_NOW = "not_suitable_now"
    REFER_ON = "refer_on"


_GRAVE = frozenset({Triage.EMERGENCY, Triage.ABSOLUTE, Triage.INCOMPLETE})
_LIGHT = frozenset({Triage.CAUTION, Triage.NONE_FOUND})


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be signed. `assessment_id` and `supersedes` are the newest that the signer has seen.

    `credential` says what the signer re-entered; whoever passes it has checked it.
    """

    outcome: Outcome
    assessment_id: str
    credential: Literal["password"]
    rationale: str = field(default="", repr=False)
    conditions: tuple[str, ...] = field(default=(), repr=False)
    expires_on: dt.date | None = None
    supersedes: str | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A decision as it was signed; never changed."""

    id: str
    decision: Decision
    by: Actor
    signed_at: dt.datetime
    triage: Triage
    content_hash: str
    content: dict[str, Any] = field(repr=False)

    @property
    def intact(self) -> bool:
        """Whether it still is what the audit trail says was signed."""
        return self.content_hash == digest(canonical(self.content))


def departs(outcome: Outcome, triage: Triage) -> bool:
    """Whether an outcome departs from the triage, so that it needs a rationale."""
    match outcome:
        case Outcome.SUITABLE:
            return triage in _GRAVE or triage is Triage.RELATIVE
        case Outcome.WITH_CONDITIONS:
            # Conditions are how one treats in spite of a relative contraindication.
            return triage in _GRAVE
        case Outcome.NOT_NOW:
            return triage in _LIGHT
        case Outcome.REFER_ON:
            return False


def open_for_review(db: Session, intake: Intake, actor: Actor, now: dt.datetime) -> None:
    """Note that a clinician looks at the intake; a submitted one is in review from then on, by who opened it."""
    lock(db, intake)
    if state_of(intake) is State.SUBMITTED:
        move(db, intake, State.IN_REVIEW, actor, now)
        if intake.assignee_id is None:
            assign(db, intake, actor.id, actor, now)
    audit.record(db, actor, "intake.viewed", f"intake:{intake.id}", now)


def assign(db: Session, intake: Intake, staff_id: str | None, actor: Actor, now: dt.datetime) -> None:
    """Give the intake to a member of staff, or to nobody. Raises: NotFoundError."""
    lock(db, intake)
    if staff_id is not None:
        staff.by_id(db, staff_id)
    if intake.assignee_id != staff_id:
        intake.assignee_id = staff_id
        audit.record(db, actor, "intake.assigned", f"intake:{intake.id}", now, to=staff_id)


def longest_validity(db: Session, intake: Intake) -> dt.date | None:
    """The first day on which the answers are too old by the pathway's steps: the latest a decision may expire."""
    zone = context(db).time_zone
    days = {name: at.astimezone(zone).date() for name, at in saved_at(db, intake).items()}
    return expires_on(plan_of(db, intake), days)


def decide(db: Session, intake: Intake, decision: Decision, actor: Actor, now: dt.datetime) -> Signed:
    """The decision, signed. A later one supersedes it; both are kept.

    Raises: StateError where the intake is not to be decided, or has changed since the signer looked; RecordsError where
    a rationale, a condition or a date is missing or wrong.
    """
    lock(db, intake)
    assessment = latest(db, intake)
    if assessment is None or state_of(intake) not in (State.SUBMITTED, State.IN_REVIEW, State.DECIDED):
        raise refusal(intake)
    before = reviews(db, intake)
    newest = before[0].id if before else None
    if (assessment.id, newest) != (decision.assessment_id, decision.supersedes):
        raise StateError("There is a newer assessment or decision than the one you have looked at. Please look again.")
    triage = Triage(assessment.triage)
    _refuse_unfit(decision, triage, today(db, now), longest_validity(db, intake))
    signed = _sign(db, intake, decision, triage, actor, now)
    if state_of(intake) is State.SUBMITTED:
        move(db, intake, State.IN_REVIEW, actor, now)
    move(db, intake, State.DECIDED, actor, now)
    intake.decided_at = now
    intake.expires_at = start_of(decision.expires_on, context(db).time_zone) if decision.expires_on else None
    messages.queue_message(db, messages.Kind.DECIDED, messages.Recipient("patient", intake.patient_id), intake.id, now)
    return signed


def reviews(db: Session, intake: Intake) -> tuple[Signed, ...]:
    """All decisions on an intake, newest first: the first is in force."""
    vault, people = vault_of(db, intake.patient_id), staff.names(db)
    rows = select(Review).where(Review.intake_id == intake.id)
    ordered = db.scalars(rows.order_by(Review.number.desc()))
    return tuple(_opened(vault, row, people.get(row.staff_id, "")) for row in ordered)


def review(db: Session, intake: Intake, review_id: str) -> Signed:
    """One decision on an intake. Raises: NotFoundError."""
    for signed in reviews(db, intake):
        if signed.id == review_id:
            return signed
    raise NotFoundError("There is no such decision.")


def _refuse_unfit(decision: Decision, triage: Triage, day: dt.date, longest: dt.date | None) -> None:
    if departs(decision.outcome, triage) and not decision.rationale.strip():
        raise RecordsError("This departs from what the answers say. Write down why.")
    if decision.outcome is Outcome.WITH_CONDITIONS and not any(line.strip() for line in decision.conditions):
        raise RecordsError("Write at least one condition, or choose another outcome.")
    end = decision.expires_on
    if end and end <= day:
        raise RecordsError("The decision must be valid until a later day than today.")
    if end and longest and end > longest:
        raise RecordsError(f"The answers are valid until {longest.isoformat()}; the decision cannot be valid longer.")


def _sign(db: Session, intake: Intake, decision: Decision, triage: Triage, actor: Actor, now: dt.datetime) -> Signed:
    id_, vault = new_id(now), vault_of(db, intake.patient_id)
    content = {
        "intake": intake.id,
        "assessment": decision.assessment_id,
        "supersedes": decision.supersedes,
        "outcome": decision.outcome.value,
        "rationale": decision.rationale.strip(),
        "conditions": [line.strip() for line in decision.conditions if line.strip()],
        "expires_on": decision.expires_on and decision.expires_on.isoformat(),
        "triage": triage.value,
        "credential": decision.credential,
        "staff": actor.id,
        "signed_at": now.astimezone(dt.UTC).isoformat(),
        # Keeps the plain hash from telling a short rationale to who guesses it.
        "salt": secrets.token_hex(16),
    }
    row = Review(
        id=id_,
        number=next_number(db, Review, intake),
        intake_id=intake.id,
        patient_id=intake.patient_id,
        assessment_id=decision.assessment_id,
        supersedes_id=decision.supersedes,
        staff_id=actor.id,
        signed_at=now,
        outcome=decision.outcome.value,
        expires_on=decision.expires_on,
        content_hash=digest(canonical(content)),
        content=vault.seal("review", "content", id_, content),
    )
    db.add(row)
    db.flush()
    audit.record(db, actor, "intake.signed", f"intake:{intake.id}", now, review=id_, hash=row.content_hash)
    return _opened(vault, row, actor.name)


def _opened(vault: Vault, row: Review, name: str) -> Signed:
    content = vault.open("review", "content", row.id, row.content)
    end = content["expires_on"]
    decision = Decision(
        Outcome(content["outcome"]),
        content["assessment"],
        content["credential"],
        content["rationale"],
        tuple(content["conditions"]),
        dt.date.fromisoformat(end) if end else None,
        content["supersedes"],
    )
    by = Actor("staff", row.staff_id, name)
    return Signed(row.id, decision, by, row.signed_at, Triage(content["triage"]), row.content_hash, content)
