"""The list of parts, sending, and what a patient sees afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from screening.records import intakes
from screening.records.states import ENDED, State, state_of
from screening.web.patient.blueprint import patient
from screening.web.patient.sections import Progress, Section
from screening.web.patient.visit import (
    actor,
    asked_again,
    current_intake,
    current_way,
    is_answering,
    leave,
)
from screening.web.requests import db, now


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the list: where it leads (empty where it cannot be started yet), and its state in words."""

    title: str
    address: str
    state: str
    hint: str
    is_done: bool = False
    is_next: bool = False


@patient.get("/intake")
def tasks() -> ResponseReturnValue:
    """The parts of the intake with their states."""
    if not is_answering():
        return redirect(url_for("patient.sent"))
    way = current_way()
    sections = way.sections()
    listed = _tasks(sections)
    return render_template(
        "patient/tasks.html",
        plan=way.plan,
        tasks=listed,
        onward=next((task for task in listed if task.is_next), None),
        is_new=not any(section.progress in (Progress.IN_PROGRESS, Progress.DONE) for section in sections),
        minutes=sum(section.minutes for section in sections),
        asked=asked_again(),
        can_send=_can_send(sections),
    )


@patient.route("/intake/review", methods=["GET", "POST"])
def review() -> ResponseReturnValue:
    """The last look before sending; a post sends, once however often it is pressed."""
    if not is_answering():
        return redirect(url_for("patient.sent"))
    way = current_way()
    sections = way.sections()
    if not _can_send(sections):
        return redirect(url_for("patient.tasks"))
    if request.method == "GET":
        return render_template("patient/review.html", sections=sections, way=way, back=url_for("patient.tasks"))
    intakes.submit(db(), current_intake(), actor(), now())
    return redirect(url_for("patient.sent"))


@patient.get("/intake/sent")
def sent() -> ResponseReturnValue:
    """What happens next. It never says what was found."""
    if is_answering():
        return redirect(url_for("patient.tasks"))
    state = state_of(current_intake())
    if state in ENDED:
        return render_template("patient/ended.html", state=state)
    return render_template("patient/sent.html", state=state, decided=state is State.DECIDED)


@patient.get("/intake/copy")
def copy() -> ResponseReturnValue:
    """The patient's own answers, to read and to print."""
    if state_of(current_intake()) in ENDED:
        return redirect(url_for("patient.sent"))
    way = current_way()
    back = url_for("patient.tasks") if is_answering() else url_for("patient.sent")
    return render_template("patient/copy.html", sections=way.sections(), way=way, back=back)


@patient.route("/intake/withdrawal", methods=["GET", "POST"])
def withdrawal() -> ResponseReturnValue:
    """Withdrawing, after a question whether one really means it."""
    intake = current_intake()
    if state_of(intake) in ENDED:
        return redirect(url_for("patient.sent"))
    if request.method == "GET":
        return render_template("patient/withdrawal.html", back=url_for("patient.tasks"))
    intakes.withdraw(db(), intake, actor(), now())
    leave()
    return render_template("patient/ended.html", state=State.WITHDRAWN)


def _can_send(sections: tuple[Section, ...]) -> bool:
    """Whether all is answered; whoever was asked again may send even where they still do not know."""
    return asked_again() is not None or all(section.progress is Progress.DONE for section in sections)


def _tasks(sections: tuple[Section, ...]) -> tuple[Task, ...]:
    first = next(
        (section for section in sections if section.next_stop and section.progress is not Progress.WAITING), None
    )
    return tuple(_task(section, is_next=section is first) for section in sections)


def _task(section: Section, *, is_next: bool) -> Task:
    questionnaire = section.questionnaire
    stop = section.next_stop
    left = ngettext("about %(num)s minute", "about %(num)s minutes", section.minutes)
    match section.progress:
        case Progress.WAITING:
            return Task(questionnaire.title, "", _("Comes later"), "")
        case Progress.DONE:
            address = url_for("patient.answers", questionnaire=questionnaire.id)
            return Task(questionnaire.title, address, _("Done"), "", is_done=True)
        case Progress.NOT_STARTED:
            state = _("Start here") if is_next else _("Not started")
        case Progress.IN_PROGRESS:
            state = _("Continue here") if is_next else _("In progress")
            left = ngettext("about %(num)s minute left", "about %(num)s minutes left", section.minutes)
    screen = (stop or section.stops[0]).screen
    address = url_for("patient.page", questionnaire=questionnaire.id, path=screen.path)
    return Task(questionnaire.title, address, state, left, is_next=is_next)
