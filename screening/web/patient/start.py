"""The public pages: the clinic's pathways, and how anyone may start one of them."""

from __future__ import annotations

import datetime as dt

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from screening.definition.model import Place, Plan, Question, QuestionType
from screening.records import intakes
from screening.records.actors import SYSTEM
from screening.records.definitions import library_for, pathway_plan
from screening.records.patients import Identity
from screening.web.forms.dates import WholeDateField
from screening.web.forms.fields import FieldKind
from screening.web.forms.lines import LineField, MailField, PhoneField
from screening.web.forms.page import PageForm
from screening.web.language import SOURCE, current_language
from screening.web.patient.blueprint import patient
from screening.web.patient.sections import Section, Way
from screening.web.patient.visit import INTAKE, LINK, leave, let_in
from screening.web.protection import keeps_typed, stale_token
from screening.web.requests import db, now, settings, today

NAME, BORN, MAIL, PHONE = "name", "date_of_birth", "email", "tel"
_KINDS = {
    NAME: FieldKind(LineField, "inputs", "line"),
    BORN: FieldKind(WholeDateField, "inputs", "date"),
    MAIL: FieldKind(MailField, "inputs", "line"),
    PHONE: FieldKind(PhoneField, "inputs", "line"),
}


@patient.get("/")
def front() -> str:
    """The clinic's front page."""
    pathways = library_for(db(), language=_language()).pathways
    return render_template("patient/front.html", pathways=pathways.values(), is_here=INTAKE in session)


@patient.route("/start/<slug:pathway>", methods=["GET", "POST"])
@keeps_typed
def start(pathway: str) -> ResponseReturnValue:
    """What a pathway asks for, and the start of an intake without an invitation."""
    if pathway not in library_for(db()).pathways:
        raise NotFound
    plan = pathway_plan(db(), pathway, language=_language())
    form = _form()
    if request.method == "GET":
        return _shown(plan, form)
    if stale_token():
        return _shown(plan, form, kept=True), 400
    if not form.validate():
        return _shown(plan, form), 422
    born = dt.date.fromisoformat(str(form.raw[BORN]))
    who = Identity(str(form.raw[NAME]), born, str(form.raw[MAIL] or ""), str(form.raw[PHONE] or ""))
    invitation = intakes.invite(db(), pathway, who, SYSTEM, now(), current_language())
    intakes.admit(db(), invitation.intake, who.date_of_birth, now())
    let_in(invitation.intake)
    session[LINK] = invitation.token
    return redirect(url_for("patient.link_to_keep"))


@patient.get("/intake/link")
def link_to_keep() -> ResponseReturnValue:
    """The personal link of an intake that was just started, shown once."""
    token = session.pop(LINK, None)
    if token is None:
        return redirect(url_for("patient.tasks"))
    return render_template("patient/link.html", address=settings().base_url + url_for("patient.link", token=token))


@patient.get("/later")
def later() -> str:
    """Where one is after finishing for today; the session has ended."""
    leave()
    return render_template("patient/later.html")


@patient.get("/help")
def help_now() -> str:
    """Whom to call at once; after a save that told of an emergency it also says what happened to the answers."""
    saved = "saved" in request.args and INTAKE in session
    return render_template("patient/help.html", saved=saved, onward=_onward() if saved else "")


@patient.get("/privacy")
def privacy() -> str:
    """How answers are protected."""
    return render_template("patient/privacy.html", idle=int(settings().limits.patient_idle.total_seconds() // 60))


def _onward() -> str:
    return str(session.get("onward") or url_for("patient.tasks"))


def _form() -> PageForm:
    place = Place("", 0, 0)
    questions = [
        Question(NAME, QuestionType.TEXT, _("Your full name"), place),
        Question(BORN, QuestionType.DATE, _("Your date of birth"), place),
        Question(MAIL, QuestionType.TEXT, _("Your e-mail address"), place, required=False),
        # Without it nobody could call the person whose answers call for someone at once.
        Question(
            PHONE,
            QuestionType.TEXT,
            _("Your phone number"),
            place,
            _("Your care team calls it if an answer of yours cannot wait."),
            required=False,
        ),
    ]
    typed = request.form if request.method == "POST" else None
    return PageForm(questions, {}, today(), typed, _KINDS)


def _shown(plan: Plan, form: PageForm, *, kept: bool = False) -> str:
    sections = Way.of(plan, {}, today()).sections()
    return render_template(
        "patient/start.html",
        plan=plan,
        sections=sections,
        minutes=_minutes(sections),
        form=form,
        problems=form.problems(),
        kept=kept,
        back=url_for("patient.front"),
    )


def _minutes(sections: tuple[Section, ...]) -> int:
    """About how long all of it takes, to the next five minutes."""
    return -(-sum(section.minutes for section in sections) // 5) * 5


def _language() -> str:
    language = current_language()
    return "" if language == SOURCE else language
