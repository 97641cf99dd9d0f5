"""Stored assessments with the answers that they were made from, put together from the history of saves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from screening.exchange.answered import Raw, Seen
from screening.exchange.difference import Assessed
from screening.exchange.report import Report, report_of
from screening.records import assessments, desk, responses
from screening.records.assessments import KeptAssessment
from screening.records.definitions import pathway_plan
from screening.records.responses import Event
from screening.records.tables import Intake
from screening.web.requests import db

CLINICS_OWN = "en"


def report_on(intake: Intake, kept: KeptAssessment, events: Iterable[Event]) -> Report:
    """The report on one assessment of the intake, whatever was answered since."""
    plan = pathway_plan(db(), intake.pathway, kept.edition)
    return report_of(plan, answers_behind(kept, events), kept.result, kept.stage, seen_by(intake, kept.edition, events))


def seen_by(intake: Intake, edition: int | None, events: Iterable[Event]) -> dict[str, Seen]:
    """How the questions read that were answered in another language than the clinic's, by their keys."""
    last = responses.last_answered(events)
    plans = {
        language: pathway_plan(db(), intake.pathway, edition, language)
        for language in {event.language for event in last.values()} - {CLINICS_OWN}
    }
    found: dict[str, Seen] = {}
    for key, event in last.items():
        if event.language in plans:
            with suppress(KeyError):  # a question that this edition does not have any more
                found[key] = Seen(event.language, plans[event.language].question(key).text)
    return found


def assessed(intake: Intake, kept: KeptAssessment, events: Iterable[Event]) -> Assessed:
    """One assessment of the intake with its plan and answers, to be compared with another."""
    return Assessed(pathway_plan(db(), intake.pathway, kept.edition), answers_behind(kept, events), kept.result)


def answers_behind(kept: KeptAssessment, events: Iterable[Event]) -> Raw:
    """The answers as they were when the assessment was made: all saves up to the revisions that it names."""
    revisions: Mapping[str, int] = kept.basis["revisions"]
    raw: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.revision <= revisions.get(event.questionnaire, 0):
            known = raw.setdefault(event.questionnaire, {})
            known.update({question: after for question, (_, after) in event.changes.items()})
    return {
        form: {question: answer for question, answer in known.items() if answer is not None}
        for form, known in raw.items()
    }


def before(intake: Intake, kept: tuple[KeptAssessment, ...], events: Iterable[Event]) -> tuple[str, Assessed] | None:
    """What to compare the newest assessment with, and its name: the one before, or else the patient's last intake."""
    if len(kept) > 1:
        return "Since the assessment before", assessed(intake, kept[1], events)
    earlier = desk.previous(db(), intake)
    last = assessments.latest(db(), earlier) if earlier else None
    if earlier is None or last is None:
        return None
    return "Since the last intake", assessed(earlier, last, responses.history(db(), earlier))
