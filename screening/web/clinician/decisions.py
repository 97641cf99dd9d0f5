"""Signing a decision: looked over once more, with the password, and then never changed."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.exchange.report import Report
from screening.exchange.wording import OUTCOMES
from screening.records import responses, reviews, staff
from screening.records.assessments import assessments
from screening.records.definitions import plan_of
from screening.records.errors import LockedError, RecordsError
from screening.records.tables import Intake
from screening.web.clinician import assessed
from screening.web.clinician.blueprint import clinician
from screening.web.clinician.drafts import Draft, filled_draft, fresh_draft
from screening.web.clinician.intakes import intake_or_404, person_of, standing_of
from screening.web.protection import keeps_typed, stale_token
from screening.web.requests import db, keep, now
from screening.web.staff.session import current_staff, staff_actor


@clinician.route("/intakes/<reference>/decision", methods=["GET", "POST"])
@keeps_typed
def decision(reference: str) -> ResponseReturnValue:
    """The page on which a decision is signed; the form on the review leads here."""
    found = intake_or_404(reference)
    kept = assessments(db(), found)
    if not kept:
        flash("There is nothing to decide yet: the patient has not sent the answers.")
        return redirect(url_for("clinician.intake", reference=found.reference))
    report = assessed.report_on(found, kept[0], responses.history(db(), found))
    draft = fresh_draft(found, report, kept, reviews.reviews(db(), found))
    if request.method == "GET":
        return _shown(found, report, draft)
    draft = filled_draft(draft, request.form, reviews.longest_validity(db(), found))
    if stale_token():
        words = "This page was open for a long time. Nothing is lost: please sign again."
        return _shown(found, report, replace(draft, errors={**draft.errors, "": words})), 400
    if draft.errors:
        return _shown(found, report, draft), 422
    if "sign" not in request.form:
        return _shown(found, report, draft)
    refused = _sign(found, draft)
    if refused:
        return _shown(found, report, replace(draft, errors=refused)), 422
    flash(f"Signed: {OUTCOMES[draft.outcome]}.")
    return redirect(url_for("clinician.intake", reference=found.reference))


def _sign(found: Intake, draft: Draft) -> dict[str, str]:
    """What keeps it from being signed, by field; nothing once it is."""
    try:
        password, address = request.form.get("password", ""), request.remote_addr or ""
        if not staff.confirm(db(), current_staff(), password, address, now()):
            keep()
            return {"password": "This is not your password. Nothing is signed yet."}
        reviews.decide(db(), found, draft.decision(), staff_actor(), now())
    except LockedError as error:
        return {"password": error.message}
    except RecordsError as error:
        return {"": error.message}
    return {}


def _shown(found: Intake, report: Report, draft: Draft) -> str:
    plan, raw = plan_of(db(), found), responses.answers(db(), found)
    return render_template(
        "clinician/sign.html",
        intake=standing_of(found, plan),
        person=person_of(found, raw),
        report=report,
        draft=draft,
        mistakes=tuple(draft.errors.items()),
    )
