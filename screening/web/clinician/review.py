"""The review of one intake: everything for the decision on one page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.assessment.answers import read_answers
from screening.assessment.form import minutes_left, way
from screening.assessment.program import program_for
from screening.definition.model import Audience, Plan
from screening.exchange.answered import Raw
from screening.exchange.difference import difference
from screening.exchange.wording import OUTCOMES, counted, date_words
from screening.records import alerts, information_requests, responses, reviews, staff
from screening.records.assessments import KeptAssessment, assessments
from screening.records.definitions import plan_of
from screening.records.errors import RecordsError
from screening.records.information_requests import Request
from screening.records.responses import Event
from screening.records.reviews import Signed
from screening.records.states import State, state_of
from screening.records.tables import Intake
from screening.web.clinician import assessed
from screening.web.clinician.blueprint import clinician
from screening.web.clinician.drafts import fresh_draft
from screening.web.clinician.intakes import (
    alert_titles,
    intake_or_404,
    moment,
    note_seen,
    person_of,
    since,
    standing_of,
)
from screening.web.clinician.session_forms import staff_forms
from screening.web.requests import db, now, today
from screening.web.staff.session import current_staff, staff_actor


@dataclass(frozen=True, slots=True)
class AlertNotice:
    """The intake's emergency alert: since when, why, who has taken it on, and whether answers raised it."""

    when: str
    waiting: str
    findings: tuple[str, ...]
    taken: str
    raised: bool


@dataclass(frozen=True, slots=True)
class SignedDecision:
    """A signed decision in words."""

    outcome: str
    by: str
    when: str
    expires: str
    conditions: tuple[str, ...]
    rationale: str
    departs: bool
    intact: bool


@dataclass(frozen=True, slots=True)
class AskedPatient:
    """What the patient was asked again, and whether they have answered."""

    when: str
    by: str
    state: str
    questions: tuple[str, ...]
    note: str


@clinician.get("/intakes/<reference>")
def intake(reference: str) -> str:
    """The intake as a clinician decides on it."""
    found = intake_or_404(reference)
    note_seen(found, "review")
    plan, raw, events = plan_of(db(), found), responses.answers(db(), found), responses.history(db(), found)
    kept, signed = assessments(db(), found), reviews.reviews(db(), found)
    report = assessed.report_on(found, kept[0], events) if kept else None
    return render_template(
        "clinician/intake.html",
        intake=standing_of(found, plan),
        person=person_of(found, raw),
        alert=alert_notice(found, plan),
        report=report,
        intact=all(one.intact for one in kept),
        progress=() if report else _progress(plan, raw),
        asked=tuple(_asked(one, plan) for one in information_requests.requests(db(), found)),
        reviews=tuple(signed_words(one) for one in signed),
        change=_change(found, kept, events),
        forms=staff_forms(found, plan, raw),
        draft=fresh_draft(found, report, kept, signed) if report else None,
    )


@clinician.post("/intakes/<reference>/assign")
def assign(reference: str) -> ResponseReturnValue:
    """Take the intake on, or give it back."""
    found, me = intake_or_404(reference), current_staff()
    if found.assignee_id == me.id:
        reviews.assign(db(), found, None, staff_actor(), now())
    else:
        reviews.assign(db(), found, me.id, staff_actor(), now())
        if state_of(found) is State.SUBMITTED:
            reviews.open_for_review(db(), found, staff_actor(), now())
    return _back(found)


@clinician.post("/intakes/<reference>/acknowledge")
def acknowledge(reference: str) -> ResponseReturnValue:
    """Note that one is dealing with the emergency."""
    found = intake_or_404(reference)
    alerts.acknowledge_alert(db(), found, staff_actor(), now())
    flash("It is noted that you are dealing with this alert.")
    return _back(found)


@clinician.post("/intakes/<reference>/ask")
def ask(reference: str) -> ResponseReturnValue:
    """Send the intake back to the patient with the questions that were ticked."""
    found = intake_or_404(reference)
    kept = assessments(db(), found)
    if not kept:
        flash("There is nothing to ask yet: the patient has not sent the answers.")
        return _back(found)
    report = assessed.report_on(found, kept[0], responses.history(db(), found))
    ticked = set(request.form.getlist("key"))
    keys = tuple(key for answer in report.missing if answer.key in ticked for key in answer.asks)
    try:
        information_requests.request_info(db(), found, keys, request.form.get("note", "")[:1000], staff_actor(), now())
    except RecordsError as error:
        flash(error.message)
        return _back(found)
    flash(f"The patient is asked {counted(len(dict.fromkeys(keys)), 'question')} by the same link.")
    return _back(found)


def alert_notice(found: Intake, plan: Plan) -> AlertNotice | None:
    """The intake's last alert in words, or None where there never was one."""
    alert = alerts.alert_of(db(), found)
    if alert is None:
        return None
    by = staff.names(db()).get(found.acknowledged_by or "", "")
    taken = f"{by} is dealing with it since {moment(found.acknowledged_at)}." if found.acknowledged_at else ""
    return AlertNotice(moment(alert.at), since(alert.at), alert_titles(plan, alert), taken, bool(alert.flags))


def signed_words(signed: Signed) -> SignedDecision:
    """A signed decision in words."""
    decision = signed.decision
    return SignedDecision(
        outcome=OUTCOMES[decision.outcome],
        by=signed.by.name,
        when=moment(signed.signed_at),
        expires=date_words(decision.expires_on.isoformat()) if decision.expires_on else "",
        conditions=decision.conditions,
        rationale=decision.rationale,
        departs=reviews.departs(decision.outcome, signed.triage),
        intact=signed.intact,
    )


def _back(found: Intake) -> ResponseReturnValue:
    return redirect(url_for("clinician.intake", reference=found.reference))


def _asked(one: Request, plan: Plan) -> AskedPatient:
    state = f"answered {moment(one.answered_at)}" if one.answered_at else f"waiting for {since(one.made_at)}"
    return AskedPatient(moment(one.made_at), one.by.name, state, _questions(one.keys, plan), one.note)


def _questions(keys: Iterable[str], plan: Plan) -> tuple[str, ...]:
    return tuple(plan.question(key).text for key in keys)


def _change(
    found: Intake, kept: tuple[KeptAssessment, ...], events: tuple[Event, ...]
) -> tuple[str, tuple[tuple[str, tuple[str, ...]], ...]] | None:
    """What the newest assessment says that the one before did not, under a title; None where there is none before."""
    earlier = assessed.before(found, kept, events) if kept else None
    if earlier is None:
        return None
    title, old = earlier
    return title, difference(old, assessed.assessed(found, kept[0], events)).lines()


def _progress(plan: Plan, raw: Raw) -> tuple[str, ...]:
    """How far each of the patient's questionnaires has come, while nothing is assessed."""
    program, answers = program_for(plan), read_answers(plan, raw, today())
    lines = []
    for form in plan.questionnaires:
        if form.audience is Audience.PATIENT:
            stops = way(program, form, answers, today())
            done = sum(stop.done for stop in stops)
            left = f", about {minutes_left(stops)} min left" if 0 < done < len(stops) else ""
            lines.append(f"{form.title}: {done} of {counted(len(stops), 'page')}{left}")
    return tuple(lines)
