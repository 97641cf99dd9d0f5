"""The states of an intake, and the one table of moves between them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy.orm import Session

from screening.records import audit
from screening.records.actors import Actor
from screening.records.errors import StateError
from screening.records.tables import Intake


class State(StrEnum):
    """Where an intake stands, in the order of its life."""

    INVITED = "invited"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    NEEDS_INFO = "needs_info"
    DECIDED = "decided"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


# A patient may withdraw whenever they like; everything else happens in this order.
MOVES: dict[State, frozenset[State]] = {
    State.INVITED: frozenset({State.IN_PROGRESS, State.EXPIRED, State.WITHDRAWN}),
    State.IN_PROGRESS: frozenset({State.SUBMITTED, State.EXPIRED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.IN_REVIEW, State.EXPIRED, State.WITHDRAWN}),
    State.IN_REVIEW: frozenset({State.NEEDS_INFO, State.DECIDED, State.EXPIRED, State.WITHDRAWN}),
    State.NEEDS_INFO: frozenset({State.SUBMITTED, State.IN_REVIEW, State.EXPIRED, State.WITHDRAWN}),
    State.DECIDED: frozenset({State.DECIDED, State.EXPIRED, State.WITHDRAWN}),
    State.EXPIRED: frozenset({State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
}

OPEN = frozenset({State.INVITED, State.IN_PROGRESS, State.SUBMITTED, State.IN_REVIEW, State.NEEDS_INFO})
ANSWERING = frozenset({State.INVITED, State.IN_PROGRESS, State.NEEDS_INFO})
ENDED = frozenset({State.EXPIRED, State.WITHDRAWN})

_LOCKED = "screening.locked"

_WORDS = {
    State.INVITED: "has not been started",
    State.IN_PROGRESS: "is not sent yet",
    State.SUBMITTED: "has been sent and waits for review",
    State.IN_REVIEW: "is being reviewed",
    State.NEEDS_INFO: "waits for the patient's answers",
    State.DECIDED: "has been decided",
    State.EXPIRED: "has expired",
    State.WITHDRAWN: "was withdrawn",
}


def state_of(intake: Intake) -> State:
    """The state of an intake."""
    return State(intake.state)


def lock(db: Session, intake: Intake) -> None:
    """Read the intake again and keep others from changing it until the end of the transaction.

    SQLite's writers are alone anyway; on PostgreSQL this makes those of one intake wait for each other. Once in a
    transaction is enough.
    """
    if is_locked(db, intake):
        return
    # Refreshing drops what was changed and is not flushed yet.
    db.flush()
    db.refresh(intake, with_for_update=True)
    _locked(db).add(intake.id)


def locked(db: Session, intake_id: str) -> Intake | None:
    """The intake with that id, locked as it is read; None where there is none."""
    db.flush()
    # Locking alone would leave as it was what this session has read before.
    intake = db.get(Intake, intake_id, with_for_update=True, populate_existing=True)
    if intake is not None:
        _locked(db).add(intake.id)
    return intake


def is_locked(db: Session, intake: Intake) -> bool:
    """Whether this transaction has locked the intake, so that nobody else changes it or its answers."""
    return intake.id in _locked(db)


def forget_locks(db: Session) -> None:
    """Note that the transaction has ended, and with it its locks."""
    db.info.pop(_LOCKED, None)


def _locked(db: Session) -> set[str]:
    found: set[str] = db.info.setdefault(_LOCKED, set())
    return found


def refusal(intake: Intake) -> StateError:
    """The error that says why something is not possible in the state that the intake is in."""
    return StateError(f"This is not possible now: the screening {_WORDS[state_of(intake)]}.")


def move(db: Session, intake: Intake, to: State, actor: Actor, now: dt.datetime) -> None:
    """Put a locked intake into another state. Raises: StateError where the table has no such move."""
    state = state_of(intake)
    if to not in MOVES[state]:
        raise refusal(intake)
    intake.state = to.value
    audit.record(db, actor, f"intake.{to.value}", f"intake:{intake.id}", now, before=state.value)
