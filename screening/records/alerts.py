"""Emergencies in answers: seen in the very transaction that saves them, and told to staff by it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.assessment.answers import Answers
from screening.assessment.program import Program
from screening.assessment.truth import State as FlagState
from screening.definition.model import Stage, Tier
from screening.records import audit, messages
from screening.records.actors import Actor
from screening.records.patients import vault_of
from screening.records.tables import Intake


@dataclass(frozen=True, slots=True)
class Alert:
    """An intake that a person must look at now.

    `flags` are the emergency flags raised since the last look; `open` those that what was sent does not rule out.
    """

    intake: Intake
    at: dt.datetime
    flags: tuple[str, ...]
    open: tuple[str, ...] = ()


def emergencies(
    program: Program, answers: Answers, day: dt.date, state: FlagState = FlagState.RAISED
) -> tuple[str, ...]:
    """The ids of the emergency flags of the screening that the answers raise, or leave in another state."""
    grave = [planned for planned in program.plan.flags if planned.tier is Tier.EMERGENCY]
    if not grave:
        return ()
    states = program.states(answers, day)
    counted = (planned for planned in grave if state is FlagState.RAISED or planned.stage is Stage.SCREENING)
    return tuple(planned.id for planned in counted if states[planned.id] is state)


def alert(
    db: Session,
    intake: Intake,
    flags: tuple[str, ...],
    actor: Actor,
    now: dt.datetime,
    unanswered: tuple[str, ...] = (),
) -> None:
    """Call staff to a locked intake for newly raised emergency flags, or for those left `unanswered`.

    A safety question without an answer is open and urgent, never a no. Does nothing without any.
    """
    if not flags and not unanswered:
        return
    raised, open_ = _flags(db, intake) if intake.acknowledged_at is None else ((), ())
    content = {"raised": list(dict.fromkeys((*raised, *flags))), "open": list(dict.fromkeys((*open_, *unanswered)))}
    content["open"] = [flag for flag in content["open"] if flag not in content["raised"]]
    intake.alert_flags = vault_of(db, intake.patient_id).seal("intake", "alert_flags", intake.id, content)
    intake.alerted_at, intake.acknowledged_at, intake.acknowledged_by = now, None, None
    messages.queue_message(db, messages.Kind.ALERT, messages.ON_DUTY, intake.id, now)
    # How many, not which: the trail holds nothing clinical.
    audit.record(db, actor, "alert.raised", f"intake:{intake.id}", now, flags=len(flags) + len(unanswered))


def alerts(db: Session) -> tuple[Alert, ...]:
    """All alerts that nobody has acknowledged, the oldest first; of withdrawn intakes too: someone may need help."""
    waiting = select(Intake).where(Intake.alerted_at.is_not(None), Intake.acknowledged_at.is_(None))
    rows = db.scalars(waiting.order_by(Intake.alerted_at))
    return tuple(Alert(row, row.alerted_at, *_flags(db, row)) for row in rows if row.alerted_at)


def alert_of(db: Session, intake: Intake) -> Alert | None:
    """The last alert of an intake, acknowledged or not; None where there never was one."""
    return Alert(intake, intake.alerted_at, *_flags(db, intake)) if intake.alerted_at else None


def acknowledge_alert(db: Session, intake: Intake, actor: Actor, now: dt.datetime) -> None:
    """Note that a member of staff has seen the alert and acts on it."""
    if intake.alerted_at and intake.acknowledged_at is None:
        intake.acknowledged_at, intake.acknowledged_by = now, actor.id
        audit.record(db, actor, "alert.acknowledged", f"intake:{intake.id}", now)


def _flags(db: Session, intake: Intake) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The raised and the open flags of the intake's last alert."""
    if intake.alert_flags is None:
        return (), ()
    content = vault_of(db, intake.patient_id).open("intake", "alert_flags", intake.id, intake.alert_flags)
    return tuple(content["raised"]), tuple(content["open"])
