"""What a clinician's desk counts, and what belongs beside one intake: the one before it, and who did what with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from screening.records import staff
from screening.records.actors import Actor, ActorKind
from screening.records.states import State
from screening.records.tables import AuditEvent, Intake, StoredAssessment
from screening.records.waiting_list import WAITING, due

MINE = frozenset({*WAITING, State.NEEDS_INFO})
# How long before a decision runs out someone should ask the patient again.
DUE_AHEAD = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many intakes wait for review, are one's own, are due again, and how many alerts nobody has taken."""

    waiting: int
    mine: int
    due: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of an intake's audit trail."""

    at: dt.datetime
    actor: Actor
    action: str


def numbers(db: Session, staff_id: str, now: dt.datetime) -> Numbers:
    """The numbers on the desk of that member of staff."""
    count = select(func.count()).select_from(Intake)
    waiting = count.where(Intake.state.in_(WAITING))
    mine = count.where(Intake.assignee_id == staff_id, Intake.state.in_(MINE))
    alerts = count.where(Intake.alerted_at.is_not(None), Intake.acknowledged_at.is_(None))
    again = count.where(due(now + DUE_AHEAD))
    return Numbers(*(db.scalar(wanted) or 0 for wanted in (waiting, mine, again, alerts)))


def previous(db: Session, intake: Intake) -> Intake | None:
    """The intake of the same patient that was assessed last before this one was made, or None."""
    earlier = (
        select(Intake)
        .join(StoredAssessment, StoredAssessment.intake_id == Intake.id)
        .where(Intake.patient_id == intake.patient_id, Intake.id != intake.id, Intake.made_at < intake.made_at)
    )
    return db.scalars(earlier.order_by(Intake.made_at.desc()).limit(1)).first()


def happenings(db: Session, intake: Intake) -> tuple[Happening, ...]:
    """Everything that the audit trail holds of the intake, newest first."""
    people = staff.names(db)
    trail = select(AuditEvent).where(AuditEvent.subject == f"intake:{intake.id}")
    return tuple(
        Happening(row.at, _actor(row, people.get(row.actor_id, "")), row.action)
        for row in db.scalars(trail.order_by(AuditEvent.sequence.desc()))
    )


def _actor(row: AuditEvent, name: str) -> Actor:
    return Actor(cast("ActorKind", row.actor_kind), row.actor_id, name)
