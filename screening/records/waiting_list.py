"""The queue: which intakes wait for whom, gravest first. Reads plain columns only, and opens the names of one page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from screening.assessment.findings import Triage
from screening.records import patients
from screening.records.identifiers import read_reference
from screening.records.states import State
from screening.records.tables import Intake

ROWS = 50
NOBODY = "nobody"
WAITING = (State.SUBMITTED, State.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list. Empty sets and texts leave nothing out, but without states only what waits for review is listed.

    Alerts of intakes that were not sent, or were withdrawn, stand in `alerts.alerts`.
    `assignee` is the id of a member of staff, or `NOBODY`; `search` holds names, dates of birth or a reference.
    `due_by` asks for those whose decision has run out or will by then, and who were not screened again since.
    """

    states: frozenset[State] = frozenset()
    triages: frozenset[Triage] = frozenset()
    pathway: str = ""
    assignee: str = ""
    search: str = field(default="", repr=False)
    due_by: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue; `alert` is whether an emergency waits to be acknowledged."""

    id: str
    reference: str
    patient_id: str
    name: str = field(repr=False)
    pathway: str
    state: State
    triage: Triage | None
    alert: bool
    made_at: dt.datetime
    submitted_at: dt.datetime | None
    saved_at: dt.datetime | None
    assignee_id: str | None
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue; pages count from 1."""

    rows: tuple[QueueRow, ...]
    number: int
    pages: int
    total: int


def queue(db: Session, filters: Filters | None = None, page: int = 1) -> QueuePage:
    """A page of the queue: open alerts, then the gravest triage, then who has waited longest."""
    wanted = _filtered(db, filters or Filters())
    total = db.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    pages = max(1, -(-total // ROWS))
    number = min(max(1, page), pages)
    ordered = wanted.order_by(
        case((_alert_waits(), 0), else_=1), _graver_first(), Intake.submitted_at.nulls_last(), Intake.made_at, Intake.id
    )
    rows = db.scalars(ordered.limit(ROWS).offset((number - 1) * ROWS)).all()
    names = patients.names(db, (row.patient_id for row in rows))
    return QueuePage(tuple(_row(row, names[row.patient_id]) for row in rows), number, pages, total)


def counts(db: Session) -> dict[State, int]:
    """How many intakes there are in each state."""
    found = db.execute(select(Intake.state, func.count()).group_by(Intake.state))
    return {State(state): count for state, count in found}


def triage_counts(db: Session) -> dict[Triage, int]:
    """How many of those that wait for review there are of each triage."""
    waiting = select(Intake.triage, func.count()).where(Intake.state.in_(WAITING), Intake.triage.is_not(None))
    return {Triage(str(triage)): count for triage, count in db.execute(waiting.group_by(Intake.triage))}


def _filtered(db: Session, filters: Filters) -> Select[Intake]:
    wanted = select(Intake)
    searched = _searched(db, filters.search)
    if filters.due_by:
        wanted = wanted.where(due(filters.due_by))
    elif filters.states:
        wanted = wanted.where(Intake.state.in_(sorted(filters.states)))
    elif searched is None:
        wanted = wanted.where(Intake.state.in_(WAITING))
    if searched is not None:
        # Who searches means a person, in whatever state their intake is.
        wanted = wanted.where(searched)
    if filters.triages:
        wanted = wanted.where(Intake.triage.in_(sorted(filters.triages)))
    if filters.pathway:
        wanted = wanted.where(Intake.pathway == filters.pathway)
    if filters.assignee == NOBODY:
        wanted = wanted.where(Intake.assignee_id.is_(None))
    elif filters.assignee:
        wanted = wanted.where(Intake.assignee_id == filters.assignee)
    return wanted


def due(by: dt.datetime) -> ColumnElement[bool]:
    """Whether an intake's decision has run out or will by that moment, and no newer intake has taken its place."""
    again = aliased(Intake)
    renewed = select(again.id).where(again.renews_id == Intake.id).exists()
    decided = and_(Intake.state == State.DECIDED.value, Intake.expires_at <= by)
    ran_out = and_(Intake.state == State.EXPIRED.value, Intake.submitted_at.is_not(None))
    return and_(or_(decided, ran_out), ~renewed)


def _searched(db: Session, text: str) -> ColumnElement[bool] | None:
    if not text.strip():
        return None
    by_reference = Intake.reference == (read_reference(text) or "")
    found = patients.search(db, text)
    return by_reference | Intake.patient_id.in_(sorted(found or ()))


def _alert_waits() -> ColumnElement[bool]:
    return and_(Intake.alerted_at.is_not(None), Intake.acknowledged_at.is_(None))


def _graver_first() -> ColumnElement[int]:
    rank = {triage.value: place for place, triage in enumerate(Triage)}
    return case(rank, value=Intake.triage, else_=len(rank))


def _row(intake: Intake, name: str) -> QueueRow:
    return QueueRow(
        intake.id,
        intake.reference,
        intake.patient_id,
        name,
        intake.pathway,
        State(intake.state),
        Triage(intake.triage) if intake.triage else None,
        intake.alerted_at is not None and intake.acknowledged_at is None,
        intake.made_at,
        intake.submitted_at,
        intake.saved_at,
        intake.assignee_id,
        intake.expires_at,
    )
