"""One intake as every page about it begins: who it is, where it stands, and what may be done with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort

from screening.definition.model import Plan
from screening.exchange.wording import STATES, age_on, date_words, moment_words, span_words
from screening.records import audit, invitations, patients, staff
from screening.records.alerts import Alert
from screening.records.states import State, state_of
from screening.records.tables import Intake
from screening.web.requests import db, now, settings, today
from screening.web.staff.session import current_staff, staff_actor

WAITING = frozenset({State.SUBMITTED, State.IN_REVIEW})
LINKED = frozenset({State.INVITED, State.IN_PROGRESS, State.NEEDS_INFO})
RENEWABLE = frozenset({State.DECIDED, State.EXPIRED})


@dataclass(frozen=True, slots=True)
class Person:
    """The patient as the head of a page shows them."""

    name: str
    about: str
    phone: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an intake stands, and what the table of moves lets a clinician do with it now."""

    reference: str
    pathway: str
    when: str
    state: State
    state_words: str
    assignee: str
    mine: bool
    may_assign: bool
    may_ask: bool
    may_decide: bool
    may_renew_link: bool
    may_screen_again: bool
    link_locked: bool


def intake_or_404(reference: str) -> Intake:
    """The intake of a reference in an address."""
    intake = invitations.by_reference(db(), reference)
    if intake is None:
        abort(404)
    return intake


def note_seen(intake: Intake, page: str) -> None:
    """Leave a trace of who saw what of this patient, and when."""
    audit.record(db(), staff_actor(), "intake.viewed", f"intake:{intake.id}", now(), page=page)


def person_of(intake: Intake, raw: Mapping[str, Mapping[str, Any]]) -> Person:
    """Name, age, sex at birth where it was told, and date of birth."""
    who = patients.identity(db(), intake.patient_id)
    sex = raw.get("about_you", {}).get("sex_at_birth")
    parts = [str(age_on(today(), who.date_of_birth)), sex if sex in ("female", "male") else ""]
    about = " · ".join(part for part in (*parts, date_words(who.date_of_birth.isoformat())) if part)
    return Person(who.name, about, who.phone)


def standing_of(intake: Intake, plan: Plan) -> Standing:
    """Where the intake stands for the clinician who looks at it."""
    state, me = state_of(intake), current_staff()
    names = staff.names(db()) if intake.assignee_id else {}
    return Standing(
        reference=intake.reference,
        pathway=plan.title,
        when=_when(intake, state),
        state=state,
        state_words=STATES[state],
        assignee=names.get(intake.assignee_id or "", ""),
        mine=intake.assignee_id == me.id,
        may_assign=state in WAITING or state in (State.NEEDS_INFO, State.IN_PROGRESS),
        may_ask=state in WAITING,
        may_decide=state in WAITING or state is State.DECIDED,
        may_renew_link=state in LINKED,
        may_screen_again=state in RENEWABLE,
        link_locked=intake.locked_at is not None,
    )


def _when(intake: Intake, state: State) -> str:
    """The moment that matters in this state, and for how long it has waited."""
    match state:
        case State.INVITED:
            return f"invited {moment(intake.made_at)}"
        case State.IN_PROGRESS | State.NEEDS_INFO:
            return f"last saved {moment(intake.saved_at)}" if intake.saved_at else f"begun {moment(intake.started_at)}"
        case State.SUBMITTED | State.IN_REVIEW:
            return f"submitted {moment(intake.submitted_at)} · waiting {since(intake.submitted_at)}"
        case State.DECIDED:
            return f"submitted {moment(intake.submitted_at)} · decided {moment(intake.decided_at)}"
        case State.EXPIRED | State.WITHDRAWN:
            return f"begun {moment(intake.started_at)}" if intake.started_at else f"invited {moment(intake.made_at)}"


def alert_titles(plan: Plan, alert: Alert) -> tuple[str, ...]:
    """Why staff were called: the titles of the flags that are raised, and of those left open."""
    titles = {planned.id: planned.flag.title for planned in plan.flags}
    raised = tuple(titles.get(flag, flag) for flag in alert.flags)
    return (*raised, *(f"Not answered, so not ruled out: {titles.get(flag, flag)}" for flag in alert.open))


def moment(at: dt.datetime | None) -> str:
    """The moment on the clinic's clock; empty where there is none."""
    return moment_words(at, settings().time_zone, now()) if at else ""


def since(at: dt.datetime | None) -> str:
    """For how long; empty where there is no beginning."""
    return span_words(now() - at) if at else ""
