"""How a patient gets in: a link that only they were given, and their date of birth."""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.records import audit, patients
from screening.records.actors import SYSTEM, Actor
from screening.records.context import context
from screening.records.definitions import current_edition, pathway_plan
from screening.records.errors import LockedError, NotFoundError
from screening.records.identifiers import new_id, new_reference, read_reference
from screening.records.patients import Identity
from screening.records.sealing import new_token, token_hash
from screening.records.states import State, lock, move, state_of
from screening.records.tables import Intake, Patient


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new intake and the token of its link, which is shown once and kept nowhere."""

    intake: Intake
    token: str = field(repr=False)


def invite(
    db: Session, pathway: str, who: Identity | Patient, actor: Actor, now: dt.datetime, language: str = "en"
) -> Invitation:
    """An intake for a new patient, or for one whom the clinic knows. Raises: NotFoundError for an unknown pathway."""
    pathway_plan(db, pathway)
    patient = who if isinstance(who, Patient) else patients.add(db, who, actor, now)
    token = new_token()
    intake = Intake(
        id=new_id(now),
        patient_id=patient.id,
        reference=_free_reference(db),
        pathway=pathway,
        state=State.INVITED.value,
        language=language,
        made_at=now,
        expires_at=now + context(db).limits.link,
        token_hash=token_hash(token),
        token_number=1,
        failed_attempts=0,
    )
    db.add(intake)
    db.flush()
    audit.record(db, actor, "intake.invited", f"intake:{intake.id}", now, patient=patient.id, pathway=pathway)
    return Invitation(intake, token)


def by_token(db: Session, token: str) -> Intake | None:
    """The intake of a link, or None; in whatever state it is."""
    return db.scalars(select(Intake).where(Intake.token_hash == token_hash(token))).one_or_none()


def by_id(db: Session, intake_id: str) -> Intake | None:
    """The intake with that id, or None."""
    return db.get(Intake, intake_id)


def by_reference(db: Session, reference: str) -> Intake | None:
    """The intake of a reference as someone typed it, or None."""
    wanted = read_reference(reference)
    return db.scalars(select(Intake).where(Intake.reference == wanted)).one_or_none() if wanted else None


def get(db: Session, reference: str) -> Intake:
    """The intake of a reference. Raises: NotFoundError."""
    intake = by_reference(db, reference)
    if intake is None:
        raise NotFoundError("There is no screening with this reference.")
    return intake


def admit(db: Session, intake: Intake, date_of_birth: dt.date, now: dt.datetime) -> bool:
    """Whether the date of birth is the patient's; the first right one starts the intake on the current definitions.

    A wrong one is counted in the database, so commit it too. Raises: LockedError after too many: staff must lift it.
    """
    lock(db, intake)
    if intake.locked_at is not None:
        raise LockedError("This link is locked after too many wrong dates of birth. Please call the clinic.")
    known = patients.identity(db, intake.patient_id).date_of_birth
    patient = Actor("patient", intake.patient_id)
    if hmac.compare_digest(known.isoformat(), date_of_birth.isoformat()):
        intake.failed_attempts = 0
        audit.record(db, patient, "patient.admitted", f"intake:{intake.id}", now)
        begin(db, intake, patient, now)
        return True
    intake.failed_attempts += 1
    if intake.failed_attempts >= context(db).limits.birth_date_attempts:
        intake.locked_at = now
        audit.record(db, SYSTEM, "link.locked", f"intake:{intake.id}", now)
    return False


def begin(db: Session, intake: Intake, actor: Actor, now: dt.datetime) -> None:
    """Start a locked intake that was only invited: from now on it stays with the current definitions."""
    if state_of(intake) is State.INVITED:
        move(db, intake, State.IN_PROGRESS, actor, now)
        intake.edition = intake.edition or current_edition(db)
        intake.started_at = now


def lift_lock(db: Session, intake: Intake, actor: Actor, now: dt.datetime) -> None:
    """Let the link be tried again."""
    lock(db, intake)
    if intake.locked_at is not None:
        intake.locked_at, intake.failed_attempts = None, 0
        audit.record(db, actor, "link.unlocked", f"intake:{intake.id}", now)


def new_link(db: Session, intake: Intake, actor: Actor, now: dt.datetime) -> str:
    """A new token for the intake; the old link leads nowhere from now on, and its lock is lifted."""
    lock(db, intake)
    token = new_token()
    intake.token_hash, intake.token_number = token_hash(token), intake.token_number + 1
    intake.locked_at, intake.failed_attempts = None, 0
    audit.record(db, actor, "link.renewed", f"intake:{intake.id}", now)
    return token


def _free_reference(db: Session) -> str:
    while True:
        reference = new_reference()
        if db.scalar(select(Intake.id).where(Intake.reference == reference)) is None:
            return reference
