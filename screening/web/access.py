"""Who may do what: one table of endpoints, and the one place where it is applied. What is not listed is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from flask import Flask, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from screening.records.staff import Role
from screening.web.requests import writer_db
from screening.web.staff.session import signed_in


class Who(StrEnum):
    """Whom a request may come from: anyone, an admitted patient, or a member of staff in one of the roles."""

    EVERYONE = "everyone"
    PATIENT = "patient"
    CLINICIAN = "clinician"
    ADMIN = "admin"
    AUDITOR = "auditor"
    REFERRER = "referrer"


STAFF = (Who.CLINICIAN, Who.ADMIN, Who.AUDITOR, Who.REFERRER)
WHO = MappingProxyType(
    {
        Role.CLINICIAN: Who.CLINICIAN,
        Role.ADMIN: Who.ADMIN,
        Role.AUDITOR: Who.AUDITOR,
        Role.REFERRER: Who.REFERRER,
    }
)

_ALLOWED: Mapping[tuple[Who, ...], tuple[str, ...]] = {
    (Who.EVERYONE,): (
        "static",
        "language.choose",
        "patient.front",
        "patient.start",
        "patient.link",
        "patient.reopen",
        "patient.later",
        "patient.help_now",
        "patient.privacy",
        "staff.sign_in",
    ),
    (Who.PATIENT,): (
        "patient.tasks",
        "patient.page",
        "patient.names",
        "patient.answers",
        "patient.review",
        "patient.sent",
        "patient.copy",
        "patient.withdrawal",
        "patient.link_to_keep",
    ),
    STAFF: (
        "staff.sign_out",
        "staff.account",
    ),
    (Who.CLINICIAN,): (
        "clinician.queue",
        "clinician.alerts",
        "clinician.invite",
        "clinician.intake",
        "clinician.answers",
        "clinician.history",
        "clinician.printed",
        "clinician.assign",
        "clinician.acknowledge",
        "clinician.ask",
        "clinician.decision",
        "clinician.unlock",
        "clinician.link",
        "clinician.medicines",
        "clinician.renewal",
        "clinician.session",
        "clinician.session_page",
    ),
    (Who.ADMIN,): (
        "definitions.listed",
        "definitions.new",
        "definitions.shown",
        "definitions.version",
        "definitions.rolling_back",
        "drafts.draft",
        "drafts.save",
        "drafts.publication",
        "drafts.discard",
        "preview.shown",
        "accounts.listed",
        "accounts.new",
        "accounts.account",
        "accounts.role",
        "accounts.reset",
        "accounts.deactivate",
        "accounts.reactivate",
    ),
}

RULES: Mapping[str, frozenset[Who]] = MappingProxyType(
    {endpoint: frozenset(who) for who, endpoints in _ALLOWED.items() for endpoint in endpoints}
)

# Pages that leave a trace of who saw them, and so write although they are only read.
AUDITED = frozenset(
    {"clinician.intake", "clinician.answers", "clinician.history", "clinician.medicines", "clinician.printed"}
)

# What someone with a one-time password may do before choosing their own.
BEFORE_OWN_PASSWORD = frozenset({"static", "staff.account", "staff.sign_out", "staff.sign_in"})


def guard(app: Flask) -> None:
    """Puts the table in front of every view of the app."""
    app.before_request(refuse_unless_allowed)


def refuse_unless_allowed() -> ResponseReturnValue | None:
    """None where the table lets the request through, else the answer that turns it away.

    A request for no page at all has no endpoint; Flask itself says that it is not there.
    """
    if request.endpoint is None:
        return None
    allowed = RULES.get(request.endpoint, frozenset())
    if Who.EVERYONE in allowed:
        return None
    if Who.PATIENT in allowed and "intake" in session:
        return None
    if not allowed.intersection(STAFF):
        return redirect(url_for("patient.reopen")) if Who.PATIENT in allowed else abort(403)
    return _refuse_staff(allowed)


def _refuse_staff(allowed: frozenset[Who]) -> ResponseReturnValue | None:
    if request.endpoint in AUDITED:
        writer_db()
    staff = signed_in()
    if staff is None:
        return _send_to_sign_in()
    if WHO[Role(staff.role)] not in allowed:
        abort(403)
    if staff.must_change_password and request.endpoint not in BEFORE_OWN_PASSWORD:
        return redirect(url_for("staff.account"))
    return None


def _send_to_sign_in() -> ResponseReturnValue:
    """To the sign-in and back here; what was typed into a form is not thrown away but kept in the browser's history."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("staff.sign_in", next=request.full_path.rstrip("?")))
    return render_template("staff/signed_out.html"), 401
