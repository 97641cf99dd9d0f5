"""Who is here: the intake of this browser's session, let in by link and date of birth, for as long as it is used."""

from __future__ import annotations

import datetime as dt

from flask import g, request, session
from werkzeug.exceptions import Forbidden

from screening.records import intakes
from screening.records.actors import Actor
from screening.records.definitions import plan_of
from screening.records.information_requests import Request
from screening.records.states import ANSWERING, State, locked, state_of
from screening.records.tables import Intake
from screening.web.language import CHOICE, SOURCE, current_language
from screening.web.patient.sections import Way
from screening.web.requests import READING, db, now, settings, today

INTAKE = "intake"
SEEN = "seen"
ONWARD = "onward"
"""Where the way goes on after the crisis page."""

LINK = "link"
"""The token of a link that was just made, until it has been shown."""

_EVERY = 60
"""Seconds between two notes of the last use, so that not every answer carries a new cookie."""


def let_in(intake: Intake) -> None:
    """Begin a session for the intake; nothing of an earlier one stays but the language."""
    kept = {name: session[name] for name in (CHOICE,) if name in session}
    session.clear()
    session.update(kept)
    session[INTAKE] = intake.id
    session[SEEN] = now().timestamp()


def leave() -> None:
    """End the session."""
    for name in (INTAKE, SEEN, ONWARD, LINK):
        session.pop(name, None)


def is_resting() -> bool:
    """Whether the session was left alone for so long that the date of birth is asked again."""
    seen = dt.datetime.fromtimestamp(float(session.get(SEEN, 0)), dt.UTC)
    return now() - seen > settings().limits.patient_idle


def note_use() -> None:
    """Note that the session is in use."""
    if now().timestamp() - float(session.get(SEEN, 0)) > _EVERY:
        session[SEEN] = now().timestamp()


def current_intake() -> Intake:
    """The intake of this session. Raises: Forbidden where there is none."""
    if "intake" not in g:
        wanted = str(session.get(INTAKE, ""))
        # Who posts is going to save: locked at once, the intake and its answers are read only once.
        g.intake = intakes.by_id(db(), wanted) if request.method in READING else locked(db(), wanted)
    intake: Intake | None = g.intake
    if intake is None:
        leave()
        raise Forbidden
    return intake


def is_answering() -> bool:
    """Whether the intake takes answers from the patient now."""
    return state_of(current_intake()) in ANSWERING


def asked_again() -> Request | None:
    """What the care team asked for, where the intake came back for that."""
    return intakes.open_request(db(), current_intake())


def current_way(only: str | None = None) -> Way:
    """Everything that the patient of this session is asked, in the page's language, as the answers now stand.

    Where `only` one questionnaire is looked at, the others' sections are not to be asked for.
    """
    intake = current_intake()
    language = current_language()
    plan = plan_of(db(), intake, "" if language == SOURCE else language)
    requested = intakes.answerable(db(), intake) if state_of(intake) is State.NEEDS_INFO else None
    return Way.of(plan, intakes.answers(db(), intake), today(), requested, only)


def actor() -> Actor:
    """The patient as the one who does something."""
    return Actor("patient", current_intake().patient_id)
