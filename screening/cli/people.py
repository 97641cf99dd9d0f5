"""The made-up people of the demo: who they are, and how each came to stand where they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from importlib.resources import files
from typing import Any

from sqlalchemy.orm import Session

from screening.assessment.answers import read_answers
from screening.assessment.form import Stop, way
from screening.assessment.program import program_for
from screening.definition.document import plain_data, read_document
from screening.definition.model import Audience, Plan
from screening.records import intakes, reviews
from screening.records.actors import SYSTEM, Actor
from screening.records.patients import Identity
from screening.records.reviews import Decision, Outcome
from screening.records.states import State
from screening.records.tables import Intake

_AGO = re.compile(r"\{(days|weeks|months) ago: (\d+)\}\Z")
_DAYS_IN = {"days": 1, "weeks": 7, "months": 30.4375}
_SECONDS_A_PAGE = 45


@dataclass(frozen=True, slots=True)
class Person:
    """Someone made up, with all of their answers and what becomes of them."""

    name: str
    date_of_birth: date
    pathway: str
    state: State
    answers: Mapping[str, Mapping[str, Any]]
    invited_at: datetime
    sent_at: datetime
    pages: int
    ask: tuple[str, ...]
    outcome: str
    rationale: str
    conditions: tuple[str, ...]
    valid_days: int | None


def read_people(now: datetime, zone: tzinfo) -> tuple[Person, ...]:
    """Everyone, as of now."""
    content = (files("screening.cli") / "demo_people.yaml").read_bytes()
    data = plain_data(read_document("demo_people.yaml", content).root)
    if not isinstance(data, dict):
        raise TypeError("demo_people.yaml holds no people")
    people: Any = data["people"]
    return tuple(_person(each, data, now, zone) for each in people)


def _person(written: dict[str, Any], data: dict[str, Any], now: datetime, zone: tzinfo) -> Person:
    answers: dict[str, dict[str, Any]] = {}
    own = {"about_you": {"date_of_birth": written["born"], "sex_at_birth": written["sex"]}}
    for layer in (data["healthy"], data[written["sex"]], own, written["answers"]):
        for questionnaire, given in layer.items():
            answers.setdefault(questionnaire, {}).update(given)
    answers["practical"]["consent_attestation"] = written["name"]
    sent_at = now - timedelta(hours=written["waited"])
    return Person(
        name=written["name"],
        date_of_birth=date.fromisoformat(written["born"]),
        pathway=written["pathway"],
        state=State(written["state"]),
        answers={name: _dated(given, sent_at.astimezone(zone).date()) for name, given in answers.items()},
        invited_at=sent_at - timedelta(days=1),
        sent_at=sent_at,
        pages=written.get("pages", 0),
        ask=tuple(written.get("ask", ())),
        outcome=written.get("outcome", ""),
        rationale=written.get("rationale", ""),
        conditions=tuple(written.get("conditions", ())),
        valid_days=written.get("valid_days"),
    )


def _dated(given: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The answers with `{weeks ago: 5}` as the date that it was."""
    dated: dict[str, Any] = {}
    for question, answer in given.items():
        found = _AGO.match(answer) if isinstance(answer, str) else None
        ago = timedelta(days=round(int(found[2]) * _DAYS_IN[found[1]])) if found else timedelta()
        dated[question] = (day - ago).isoformat() if found else answer
    return dated


def settle(db: Session, person: Person, clinician: Actor) -> None:
    """Lets the person live through all that leads to their state, by the same functions as the web."""
    who = Identity(person.name, person.date_of_birth)
    intake = intakes.invite(db, person.pathway, who, clinician, person.invited_at).intake
    if person.state is State.INVITED:
        return
    if person.state is State.EXPIRED:
        intakes.expire(db, SYSTEM, person.sent_at + timedelta(days=100))
        return
    patient = Actor("patient", intake.patient_id)
    intakes.admit(db, intake, person.date_of_birth, person.sent_at - timedelta(hours=1))
    _fill_in(db, intake, person, patient)
    if person.state is State.WITHDRAWN:
        intakes.withdraw(db, intake, patient, person.sent_at)
    elif person.state is not State.IN_PROGRESS:
        _review(db, intake, person, patient, clinician)


def _fill_in(db: Session, intake: Intake, person: Person, patient: Actor) -> None:
    """Saves page after page along the person's way, as many as they filled in."""
    plan = intakes.plan_of(db, intake)
    at = person.sent_at - timedelta(seconds=_SECONDS_A_PAGE * 60)
    for number in range(person.pages or 10_000):
        stop = _next(plan, intakes.answers(db, intake), person.sent_at.date())
        if stop is None:
            return
        form = stop.screen.questionnaire
        given = {q.id: _answer(person, form, q.id) for q in stop.questions if q.has_answer}
        at += timedelta(seconds=_SECONDS_A_PAGE)
        intakes.save_page(db, intake, form, stop.screen.page.id, given, "en", patient, at)
        if number == person.pages - 1:
            return


def _answer(person: Person, questionnaire: str, question: str) -> Any:  # noqa: ANN401  # JSON
    return person.answers.get(questionnaire, {}).get(question, {"unknown": "unsure"})


def _next(plan: Plan, raw: Mapping[str, Any], today: date) -> Stop | None:
    """The first screen on the way that is not done."""
    program = program_for(plan)
    answers = read_answers(plan, raw, today)
    for form in plan.questionnaires:
        if form.audience is Audience.PATIENT:
            for stop in way(program, form, answers, today):
                if not stop.done:
                    return stop
    return None


def _review(db: Session, intake: Intake, person: Person, patient: Actor, clinician: Actor) -> None:
    assessment = intakes.submit(db, intake, patient, person.sent_at)
    if person.state is State.SUBMITTED:
        return
    reviews.open_for_review(db, intake, clinician, person.sent_at + timedelta(hours=1))
    if person.state is State.NEEDS_INFO:
        note = "Please ask your family or your doctor, then answer again."
        reviews.request_info(db, intake, person.ask, note, clinician, person.sent_at + timedelta(hours=2))
    if person.state is State.DECIDED:
        until = person.sent_at.date() + timedelta(days=person.valid_days) if person.valid_days else None
        outcome = Outcome(person.outcome)
        decision = Decision(outcome, assessment.id, "password", person.rationale, person.conditions, until)
        reviews.decide(db, intake, decision, clinician, person.sent_at + timedelta(hours=2))
