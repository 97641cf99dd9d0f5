"""The pages of questions: shown, saved, and where the way goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import NotFound

from screening.assessment.answers import AnswersError
from screening.assessment.form import Screen, Stop
from screening.definition.model import QuestionType
from screening.definition.scope import ABOUT_PATIENT, BIRTH
from screening.records import patients
from screening.records.saving import Saved, save_page
from screening.web.forms.names import NamesForm, doubtful
from screening.web.forms.page import PageForm
from screening.web.language import current_language
from screening.web.patient.blueprint import patient
from screening.web.patient.sections import Section, Way
from screening.web.patient.visit import ONWARD, actor, current_intake, current_way, is_answering, leave
from screening.web.protection import keeps_typed, stale_token
from screening.web.requests import db, now

CHANGING = "answers"
"""The value of `from` in the address of a page that was opened to change an answer."""


@patient.route("/intake/<slug:questionnaire>/<slug:path>", methods=["GET", "POST"])
@keeps_typed
def page(questionnaire: str, path: str) -> ResponseReturnValue:
    """One stop on the way; a post saves it and goes on."""
    if not is_answering():
        return _refused() if request.method == "POST" else redirect(url_for("patient.sent"))
    way = current_way(only=questionnaire)
    section = section_of(way, questionnaire)
    screen = section.screen(path) or _no_such_page()
    stop = section.stop(path)
    if stop is None and request.method == "GET":
        return redirect(url_for("patient.tasks"))
    shown = stop or section.unasked(screen)
    form = _form(way, shown)
    if request.method == "GET" or form.rearranged():
        return _shown(section, shown, form)
    if stale_token():
        return _shown(section, shown, form, kept=_stale_words()), 400
    leaving = "later" in request.form
    given = _given(stop, form, leaving=leaving)
    saved = None if given is None else _save(screen, form, given)
    if given is None or saved is None:
        return _shown(section, shown, form), 422
    if saved.emergencies:
        session[ONWARD] = _onward(way, screen, given)
        return redirect(url_for("patient.help_now", saved=1))
    return _closed() if leaving else redirect(_onward(way, screen, given))


@patient.route("/intake/<slug:questionnaire>/<slug:path>/names", methods=["GET", "POST"])
@keeps_typed
def names(questionnaire: str, path: str) -> ResponseReturnValue:
    """Medicine names that were not recognised: the patient says what was meant."""
    if not is_answering():
        return redirect(url_for("patient.sent"))
    way = current_way()
    section = section_of(way, questionnaire)
    stop = section.stop(path) or _no_such_page()
    question = next((q for q in stop.questions if q.type is QuestionType.MEDICINES), None) or _no_such_page()
    rows = [int(at) for at in request.args.get("rows", "").split(",") if at.isdecimal()]
    medicines = way.raw.get(questionnaire, {}).get(question.id)
    typed = request.form if request.method == "POST" else None
    form = NamesForm(medicines, rows, way.plan.formulary, way.today, typed)
    if not form.fields:
        return redirect(_next(way, questionnaire, path))
    if "later" in request.form:
        return _closed()
    if typed is None or stale_token():
        return _shown(section, stop, form, kept=_stale_words() if stale_token() else "", names=True)
    if not form.validate():
        return _shown(section, stop, form, names=True), 422
    given = {question.id: form.mended()}
    save_page(db(), current_intake(), questionnaire, stop.screen.page.id, given, current_language(), actor(), now())
    return redirect(_next(way.with_saved(questionnaire, given), questionnaire, path))


@patient.get("/intake/<slug:questionnaire>/answers")
def answers(questionnaire: str) -> ResponseReturnValue:
    """Everything that was answered in one questionnaire, to check and to change."""
    if not is_answering():
        return redirect(url_for("patient.sent"))
    way = current_way()
    section = section_of(way, questionnaire)
    return render_template(
        "patient/answers.html",
        section=section,
        way=way,
        change=lambda stop: _address(stop, CHANGING),
        onward=section.next_stop and _address(section.next_stop),
        back=url_for("patient.tasks"),
    )


def section_of(way: Way, questionnaire: str) -> Section:
    """The section of that questionnaire. Raises: NotFound where the patient has none."""
    return way.section(questionnaire) or _no_such_page()


def _no_such_page() -> NoReturn:
    raise NotFound


def _form(way: Way, stop: Stop) -> PageForm:
    """The form of a stop. What another tab has made unasked is still taken, so that nothing typed is lost."""
    screen = stop.screen
    questions = [way.question(question, f"{screen.questionnaire}.{question.id}") for question in stop.questions]
    typed = request.form if request.method == "POST" else None
    return PageForm(questions, _known(way, screen), way.today, typed)


def _known(way: Way, screen: Screen) -> Mapping[str, object]:
    """What fills the page: the stored answers, and the date of birth that opened the door until it is saved here."""
    stored = way.raw.get(screen.questionnaire, {})
    asks_birth = screen.questionnaire == ABOUT_PATIENT and any(question.id == BIRTH for question in screen.questions)
    if not asks_birth or BIRTH in stored:
        return stored
    return {**stored, BIRTH: patients.identity(db(), current_intake().patient_id).date_of_birth.isoformat()}


def _given(stop: Stop | None, form: PageForm, *, leaving: bool) -> dict[str, object] | None:
    """The answers to save, or None where something has to be mended first; who leaves need not have finished."""
    partly = leaving or stop is None
    if not form.validate() and not (partly and form.only_unfinished()):
        return None
    return form.answered if partly else form.raw


def _save(screen: Screen, form: PageForm, given: dict[str, object]) -> Saved | None:
    """What saving did, or None where the answers contradict each other."""
    try:
        return save_page(
            db(), current_intake(), screen.questionnaire, screen.page.id, given, current_language(), actor(), now()
        )
    except AnswersError as error:
        for problem in error.problems:
            name = problem.key.partition(".")[2]
            form.refuse(name, _check_words(form, name) or problem.message)
        return None


def _check_words(form: PageForm, question_id: str) -> str:
    """What the question's check asks for, in the page's language; empty where it has none."""
    checks = (field.question.check for field in form.fields if field.question.id == question_id)
    return next((check.message for check in checks if check), "")


def _onward(way: Way, screen: Screen, given: dict[str, object]) -> str:
    """Where the way goes on after a save: to names of medicines that are in doubt, else to the next stop."""
    for question in screen.questions:
        if question.type is QuestionType.MEDICINES:
            before = way.raw.get(screen.questionnaire, {}).get(question.id)
            rows = doubtful(given.get(question.id), way.plan.formulary, before)
            if rows:
                listed = ",".join(map(str, rows))
                address: dict[str, Any] = {"questionnaire": screen.questionnaire, "path": screen.path, "rows": listed}
                return url_for("patient.names", **address, **_changing())
    return _next(way.with_saved(screen.questionnaire, given), screen.questionnaire, screen.path)


def _next(way: Way, questionnaire: str, path: str) -> str:
    """Where the way goes on: the next stop, or back to the answers from which this page was opened."""
    section = section_of(way, questionnaire)
    if _changing():
        following = section.after(path)
        if following and following.screen.part and not following.done:
            return _address(following, CHANGING)
        return url_for("patient.answers", questionnaire=questionnaire)
    following = section.after(path)
    return _address(following) if following else url_for("patient.answers", questionnaire=questionnaire)


def _address(stop: Stop, opened_from: str = "") -> str:
    screen = stop.screen
    extra: dict[str, Any] = {"from": opened_from} if opened_from else {}
    return url_for("patient.page", questionnaire=screen.questionnaire, path=screen.path, **extra)


def _changing() -> dict[str, Any]:
    return {"from": CHANGING} if request.args.get("from") == CHANGING else {}


def _shown(section: Section, stop: Stop, form: PageForm, *, kept: str = "", names: bool = False) -> str:
    earlier = stop if names else section.before(stop.screen.path)
    back = _address(earlier) if earlier else url_for("patient.tasks")
    return render_template(
        "patient/page.html",
        page=stop.screen.page,
        title=_("Did we read this right?") if names else stop.screen.page.title,
        form=form,
        problems=form.problems(),
        kept=kept,
        where=_where(section, stop),
        step=stop.number,
        steps=section.steps,
        follow_up=stop.screen.part > 0 or names,
        back=url_for("patient.answers", questionnaire=section.questionnaire.id) if _changing() else back,
    )


def _where(section: Section, stop: Stop) -> str:
    words = _(
        "%(title)s · step %(step)s of %(steps)s",
        title=section.questionnaire.title,
        step=stop.number,
        steps=section.steps,
    )
    if not section.minutes:
        return words
    left = ngettext("about %(num)s minute left here", "about %(num)s minutes left here", section.minutes)
    return f"{words} · {left}"


def _stale_words() -> str:
    return _("This page was open for a long time, or in another tab. What you typed is still here: please save again.")


def _closed() -> ResponseReturnValue:
    """The end for today."""
    leave()
    return redirect(url_for("patient.later"))


def _refused() -> ResponseReturnValue:
    typed = [text for name, texts in request.form.lists() if name != "csrf_token" for text in texts if text]
    return render_template("patient/closed.html", typed=typed), 409
