"""The door: a personal link and a date of birth let a patient in, and a rest asks for the date of birth again."""

from __future__ import annotations

import datetime as dt

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from screening.definition.model import Place, Question, QuestionType
from screening.records import intakes
from screening.records.errors import LockedError
from screening.records.states import ENDED, state_of
from screening.records.tables import Intake
from screening.web.addresses import own_path
from screening.web.forms.dates import WholeDateField
from screening.web.forms.fields import FieldKind
from screening.web.forms.page import PageForm
from screening.web.patient.blueprint import patient
from screening.web.patient.visit import INTAKE, is_resting, leave, let_in, note_use
from screening.web.protection import keeps_typed, stale_token
from screening.web.requests import db, keep, now, today

INSIDE = "/intake"
"""All that only an admitted patient sees lies under this path."""

BORN = "date_of_birth"
BORN_AGAIN = "return_date_of_birth"
"""The name of the date of birth on the page after a rest, where it must not meet a question of the form."""


@patient.route("/i/<token>", methods=["GET", "POST"])
@keeps_typed
def link(token: str) -> ResponseReturnValue:
    """A personal link: asks for the date of birth, and lets in who knows it."""
    intake = intakes.by_token(db(), token)
    if intake is None:
        return render_template("patient/no_link.html"), 404
    if state_of(intake) in ENDED:
        return render_template("patient/ended.html", state=state_of(intake)), 410
    form = born_form(BORN)
    if request.method == "GET":
        return _asked(form)
    if stale_token():
        return _asked(form, kept=True), 400
    if not form.validate():
        return _asked(form), 422
    if not _is_theirs(intake, form, BORN):
        return _asked(form), 422
    let_in(intake)
    return redirect(url_for("patient.tasks"))


@patient.route("/return", methods=["GET", "POST"])
@keeps_typed
def reopen() -> ResponseReturnValue:
    """For those who come without a session, or back to one that rested."""
    intake = intakes.by_id(db(), str(session.get(INTAKE, "")))
    if intake is None:
        return render_template("patient/reopen.html")
    to = own_path(request.args.get("to", ""), url_for("patient.tasks"))
    if request.method == "POST" and not stale_token():
        form = born_form(BORN_AGAIN)
        if form.validate() and _is_theirs(intake, form, BORN_AGAIN):
            let_in(intake)
            return redirect(to)
        return _asked_again(form, url_for("patient.reopen", to=to)), 422
    return _asked_again(born_form(BORN_AGAIN, fresh=True), url_for("patient.reopen", to=to))


def rest_first() -> ResponseReturnValue | None:
    """None while the session is in use; after a rest, the page that asks for the date of birth again.

    A page that was being saved is carried along in that page and saved as soon as the date of birth is right.
    """
    if INTAKE not in session or not request.path.startswith(INSIDE):
        return None
    if not is_resting():
        note_use()
        return None
    intake = intakes.by_id(db(), str(session[INTAKE]))
    if intake is None:
        leave()
        return redirect(url_for("patient.reopen"))
    if request.method != "POST":
        return redirect(url_for("patient.reopen", to=request.full_path.rstrip("?")))
    given = f"{BORN_AGAIN}-year" in request.form
    form = born_form(BORN_AGAIN, fresh=not given)
    if given and not stale_token() and form.validate() and _is_theirs(intake, form, BORN_AGAIN):
        let_in(intake)
        return None
    carried = [(name, text) for name, texts in request.form.lists() if name not in _OWN for text in texts]
    return _asked_again(form, request.full_path.rstrip("?"), carried), 422 if given else 401


_OWN = frozenset({"csrf_token", *(f"{BORN_AGAIN}-{part}" for part in WholeDateField.parts)})


def born_form(name: str, *, fresh: bool = False) -> PageForm:
    """The form that asks for a whole date of birth."""
    question = Question(name, QuestionType.DATE, _("What is your date of birth?"), Place("", 0, 0))
    typed = request.form if request.method == "POST" and not fresh else None
    return PageForm([question], {}, today(), typed, {name: FieldKind(WholeDateField, "inputs", "date")})


def _is_theirs(intake: Intake, form: PageForm, name: str) -> bool:
    """Whether the date of birth is the patient's; a wrong one is counted. Raises: LockedError after too many."""
    keep()
    if intakes.admit(db(), intake, dt.date.fromisoformat(str(form.raw[name])), now()):
        return True
    if intake.locked_at is not None:
        raise LockedError(_("This link is locked after too many wrong dates of birth. Please call the clinic."))
    form.refuse(name, _("That is not the date of birth that the clinic has. Please check it"))
    return False


def _asked(form: PageForm, *, kept: bool = False) -> str:
    return render_template("patient/door.html", form=form, problems=form.problems(), kept=kept)


def _asked_again(form: PageForm, action: str, carried: list[tuple[str, str]] | None = None) -> str:
    return render_template(
        "patient/return.html", form=form, problems=form.problems(), action=action, carried=carried or []
    )
