"""Assessments as they were made: stored whole, sealed, with hashes of what they were computed from."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.assessment.answers import read_answers
from screening.assessment.assessing import assess as assessed
from screening.assessment.program import program_for
from screening.assessment.truth import State as FlagState
from screening.definition.model import Plan, Stage
from screening.records import audit
from screening.records.actors import Actor
from screening.records.alerts import alert, alert_of, emergencies
from screening.records.context import context, today
from screening.records.definitions import current_edition, plan_of
from screening.records.identifiers import new_id, next_number
from screening.records.patients import Vault, vault_of
from screening.records.responses import Responses
from screening.records.sealing import canonical, digest
from screening.records.tables import Intake, StoredAssessment
from screening.records.validity import expired


class Reason(StrEnum):
    """Why an assessment was made."""

    SUBMISSION = "submission"
    RESUBMISSION = "resubmission"
    SESSION = "session"
    REASSESSMENT = "reassessment"


_ON_A_LATER_DAY = (Reason.SESSION, Reason.REASSESSMENT)


@dataclass(frozen=True, slots=True)
class KeptAssessment:
    """An assessment as it is stored: `result` has the shape of `Assessment.as_json`, `basis` what it rests on."""

    id: str
    made_at: dt.datetime
    today: dt.date
    stage: Stage
    reason: Reason
    edition: int
    definitions: str
    result_hash: str
    result: dict[str, Any] = field(repr=False)
    basis: dict[str, Any] = field(repr=False)

    @property
    def triage(self) -> str:
        """The word of its triage."""
        return str(self.result["triage"])

    @property
    def intact(self) -> bool:
        """Whether it still is what the audit trail says was stored."""
        return self.result_hash == _hash(self.result, self.basis)


def assess(  # of what, for which stage and why, by whom and when
    db: Session, intake: Intake, stage: Stage, reason: Reason, actor: Actor, now: dt.datetime
) -> KeptAssessment:
    """A new assessment of a locked intake's answers; its triage is what the queue shows from now on.

    On a later day than the answers were sent, steps whose time has passed count as unanswered: last week's blood
    pressure says nothing of today's.
    """
    plan, day, responses = plan_of(db, intake), today(db, now), Responses(db, intake)
    old = _too_old(db, responses, plan, day) if reason in _ON_A_LATER_DAY else ()
    raw = {questionnaire: given for questionnaire, given in responses.answers.items() if questionnaire not in old}
    read = read_answers(plan, raw, day)
    program = program_for(plan)
    result = assessed(program, read, day, stage).as_json()
    # The salt keeps the plain hashes from telling anything of answers that are easily guessed.
    basis = {
        "answers": digest(canonical(raw)),
        "revisions": responses.revisions,
        "too_old": list(old),
        "definitions": plan.hash,
        "salt": secrets.token_hex(16),
    }
    id_, vault = new_id(now), vault_of(db, intake.patient_id)
    row = StoredAssessment(
        id=id_,
        number=next_number(db, StoredAssessment, intake),
        intake_id=intake.id,
        patient_id=intake.patient_id,
        made_at=now,
        today=day,
        stage=stage.value,
        reason=reason.value,
        edition=intake.edition or current_edition(db),
        definitions=plan.hash,
        result_hash=_hash(result, basis),
        result=vault.seal("assessment", "result", id_, result),
        basis=vault.seal("assessment", "basis", id_, basis),
    )
    db.add(row)
    db.flush()
    intake.triage = str(result["triage"])
    details = {"assessment": id_, "reason": reason.value, "hash": row.result_hash}
    audit.record(db, actor, "intake.assessed", f"intake:{intake.id}", now, **details)
    known = alert_of(db, intake)
    # Time alone can raise a flag, so an emergency may appear here that no save has seen.
    news = [flag for flag in emergencies(program, read, day) if known is None or flag not in known.flags]
    sent = reason in (Reason.SUBMISSION, Reason.RESUBMISSION)
    left = emergencies(program, read, day, FlagState.OPEN) if sent else ()
    unanswered = tuple(flag for flag in left if known is None or flag not in known.open)
    alert(db, intake, tuple(news), actor, now, unanswered)
    return _opened(vault, row)


def _too_old(db: Session, responses: Responses, plan: Plan, day: dt.date) -> tuple[str, ...]:
    zone = context(db).time_zone
    answered = {name: at.astimezone(zone).date() for name, at in responses.saved_at.items()}
    return expired(plan, answered, day)


def assessments(db: Session, intake: Intake) -> tuple[KeptAssessment, ...]:
    """All assessments of an intake, newest first."""
    vault = vault_of(db, intake.patient_id)
    rows = select(StoredAssessment).where(StoredAssessment.intake_id == intake.id)
    return tuple(_opened(vault, row) for row in db.scalars(rows.order_by(StoredAssessment.number.desc())))


def latest(db: Session, intake: Intake) -> KeptAssessment | None:
    """The newest assessment of an intake, or None before it was submitted."""
    rows = select(StoredAssessment).where(StoredAssessment.intake_id == intake.id)
    row = db.scalars(rows.order_by(StoredAssessment.number.desc()).limit(1)).one_or_none()
    return _opened(vault_of(db, intake.patient_id), row) if row else None


def _opened(vault: Vault, row: StoredAssessment) -> KeptAssessment:
    return KeptAssessment(
        row.id,
        row.made_at,
        row.today,
        Stage(row.stage),
        Reason(row.reason),
        row.edition,
        row.definitions,
        row.result_hash,
        vault.open("assessment", "result", row.id, row.result),
        vault.open("assessment", "basis", row.id, row.basis),
    )


def _hash(result: dict[str, Any], basis: dict[str, Any]) -> str:
    return digest(canonical([result, basis]))
