"""What staff fill in for a patient, such as the check before a session: the same pages, another audience."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.assessment.answers import AnswersError
from screening.assessment.form import Stop, way
from screening.assessment.program import program_for
from screening.definition.model import Audience, Plan, Questionnaire, Stage
from screening.exchange.answered import Raw
from screening.exchange.wording import TRIAGE_SHORT
from screening.records import intakes, responses
from screening.records.definitions import plan_of
from screening.records.errors import StateError
from screening.records.saving import Saved, save_page
from screening.records.states import State, state_of
from screening.records.tables import Intake
from screening.web.clinician.blueprint import clinician
from screening.web.clinician.intakes import intake_or_404, person_of, standing_of
from screening.web.forms.page import PageForm
from screening.web.patient.sections import Progress, Section, Way, readable
from screening.web.protection import keeps_typed, stale_token
from screening.web.requests import db, now, today
from screening.web.staff.session import staff_actor

OPEN_TO_STAFF = frozenset({State.SUBMITTED, State.IN_REVIEW, State.NEEDS_INFO, State.DECIDED})
STALE = "This page was open for a long time, or in another tab. What you typed is still here: please save again."


@dataclass(frozen=True, slots=True)
class StaffForm:
    """A form of the plan that staff fill in, and how far it is."""

    title: str
    progress: Progress


def staff_forms(found: Intake, plan: Plan, raw: Raw) -> tuple[StaffForm, ...]:
    """The forms that staff fill in for this intake now; none before the patient has sent theirs, or after the end."""
    if state_of(found) not in OPEN_TO_STAFF:
        return ()
    return tuple(StaffForm(one.questionnaire.title, one.progress) for one in sections(plan, raw))


@clinician.route("/intakes/<reference>/session", methods=["GET", "POST"])
def session(reference: str) -> ResponseReturnValue:
    """The staff's forms of this intake; a post assesses anew, with what they say."""
    found = intake_or_404(reference)
    if request.method == "POST":
        return _assess(found)
    plan, raw = plan_of(db(), found), responses.answers(db(), found)
    return render_template(
        "clinician/session.html",
        intake=standing_of(found, plan),
        person=person_of(found, raw),
        sections=sections(plan, raw) if state_of(found) in OPEN_TO_STAFF else (),
        way=Way.of(plan, raw, today()),
    )


@clinician.route("/intakes/<reference>/session/<slug:questionnaire>/<slug:path>", methods=["GET", "POST"])
@keeps_typed
def session_page(reference: str, questionnaire: str, path: str) -> ResponseReturnValue:
    """One page of such a form; a post saves it and goes on."""
    found = intake_or_404(reference)
    if state_of(found) not in OPEN_TO_STAFF:
        flash("This form is filled in once the patient has sent the answers, and until the intake ends.")
        return redirect(url_for("clinician.intake", reference=found.reference))
    plan, raw = plan_of(db(), found), responses.answers(db(), found)
    section = next((one for one in sections(plan, raw) if one.questionnaire.id == questionnaire), None) or _no_page()
    stop = section.stop(path) or _no_page()
    form = _form(Way.of(plan, raw, today()), stop)
    if request.method == "GET" or form.rearranged():
        return _shown(found, plan, section, stop, form)
    if stale_token():
        return _shown(found, plan, section, stop, form, kept=STALE), 400
    saved = _save(found, stop, form)
    if saved is None:
        return _shown(found, plan, section, stop, form), 422
    if saved.emergencies:
        flash("This answer is an emergency. An alert was raised: act on it now.")
    return redirect(_onward(found, plan, questionnaire, path))


def sections(plan: Plan, raw: Raw) -> tuple[Section, ...]:
    """The staff's questionnaires of a plan, with how far each is."""
    return tuple(_section(plan, form, raw) for form in plan.questionnaires if form.audience is Audience.STAFF)


def _section(plan: Plan, form: Questionnaire, raw: Raw) -> Section:
    stops = way(program_for(plan), form, readable(plan, raw, today()), today())
    if stops and all(stop.done for stop in stops):
        return Section(form, stops, Progress.DONE)
    touched = any(stop.touched for stop in stops)
    return Section(form, stops, Progress.IN_PROGRESS if touched else Progress.NOT_STARTED)


def _assess(found: Intake) -> ResponseReturnValue:
    stage = max((step.stage for step in plan_of(db(), found).steps), key=list(Stage).index)
    try:
        kept = intakes.reassess(db(), found, stage, staff_actor(), now())
    except StateError as error:
        flash(error.message)
    else:
        flash(f"Assessed again, with the day of treatment: {TRIAGE_SHORT[kept.triage]}.")
    return redirect(url_for("clinician.intake", reference=found.reference))


def _form(on: Way, stop: Stop) -> PageForm:
    name = stop.screen.questionnaire
    questions = [on.question(question, f"{name}.{question.id}") for question in stop.questions]
    return PageForm(questions, on.raw.get(name, {}), on.today, request.form if request.method == "POST" else None)


def _save(found: Intake, stop: Stop, form: PageForm) -> Saved | None:
    """What saving did, or None where something has to be mended first."""
    if not form.validate():
        return None
    screen = stop.screen
    try:
        return save_page(db(), found, screen.questionnaire, screen.page.id, form.raw, "en", staff_actor(), now())
    except AnswersError as error:
        for problem in error.problems:
            form.refuse(problem.key.partition(".")[2], problem.message)
        return None


def _onward(found: Intake, plan: Plan, questionnaire: str, path: str) -> str:
    """The next stop of the form, or its overview after the last."""
    again = next(one for one in sections(plan, responses.answers(db(), found)) if one.questionnaire.id == questionnaire)
    following = again.after(path)
    if following is None:
        return url_for("clinician.session", reference=found.reference)
    return _address(found, following)


def _address(found: Intake, stop: Stop) -> str:
    screen = stop.screen
    return url_for(
        "clinician.session_page", reference=found.reference, questionnaire=screen.questionnaire, path=screen.path
    )


def _shown(found: Intake, plan: Plan, section: Section, stop: Stop, form: PageForm, *, kept: str = "") -> str:
    earlier = section.before(stop.screen.path)
    return render_template(
        "clinician/session_page.html",
        person=person_of(found, responses.answers(db(), found)),
        pathway=plan.title,
        page=stop.screen.page,
        form=form,
        problems=form.problems(),
        kept=kept,
        where=f"{section.questionnaire.title} · step {stop.number} of {section.steps}",
        back=_address(found, earlier) if earlier else url_for("clinician.session", reference=found.reference),
    )


def _no_page() -> NoReturn:
    abort(404)
