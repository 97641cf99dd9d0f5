"""Everything that was answered: by whom, when, and what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flask import render_template

from screening.definition.model import Audience, Plan
from screening.exchange.answered import AnsweredQuestionnaire, Raw, Said, Seen, answered
from screening.exchange.report import basis_of
from screening.exchange.wording import NOT_ANSWERED, NOT_ASKED, answer_words
from screening.records import responses
from screening.records.definitions import plan_of
from screening.records.responses import Event
from screening.records.tables import Intake
from screening.web.clinician.assessed import seen_by
from screening.web.clinician.blueprint import clinician
from screening.web.clinician.intakes import intake_or_404, moment, note_seen, person_of, standing_of
from screening.web.requests import db, today


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A question with its answer, who gave it and when, and the answers that it had before."""

    key: str
    question: str
    seen: Seen | None
    words: tuple[str, ...]
    unknown: bool
    given: str
    earlier: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """The rows of one page of a questionnaire."""

    title: str
    rows: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """The pages of one questionnaire; none where nothing was answered in it yet."""

    id: str
    title: str
    by_staff: bool
    pages: tuple[AnswerPage, ...]


@clinician.get("/intakes/<reference>/answers")
def answers(reference: str) -> str:
    """Every question of the intake with its answer."""
    intake = intake_or_404(reference)
    note_seen(intake, "answers")
    plan, raw = plan_of(db(), intake), responses.answers(db(), intake)
    return render_template(
        "clinician/answers.html",
        intake=standing_of(intake, plan),
        person=person_of(intake, raw),
        sheets=sheets_of(intake, plan, raw),
    )


def sheets_of(intake: Intake, plan: Plan, raw: Raw) -> tuple[AnswerSheet, ...]:
    """All answers of the intake, questionnaire by questionnaire."""
    events = responses.history(db(), intake)
    by_key: dict[str, list[Event]] = {}
    for event in events:
        for question in event.changes:
            by_key.setdefault(f"{event.questionnaire}.{question}", []).append(event)
    not_asked = basis_of(plan, raw, today()).not_asked
    seen = seen_by(intake, intake.edition, events)
    return tuple(_sheet(plan, form, raw, by_key, seen) for form in answered(plan, raw, not_asked))


def _sheet(
    plan: Plan,
    form: AnsweredQuestionnaire,
    raw: Raw,
    by_key: Mapping[str, Iterable[Event]],
    seen: Mapping[str, Seen],
) -> AnswerSheet:
    pages = tuple(
        AnswerPage(
            page.title,
            tuple(
                replace(_row(plan, said, tuple(by_key.get(said.key, ()))), seen=seen.get(said.key))
                for said in page.said
            ),
        )
        for page in form.pages
        if page.said
    )
    return AnswerSheet(form.id, form.title, form.audience is not Audience.PATIENT, pages if raw.get(form.id) else ())


def _row(plan: Plan, said: Said, events: tuple[Event, ...]) -> AnswerRow:
    return AnswerRow(
        key=said.key,
        question=said.question,
        seen=None,
        words=said.words,
        unknown=said.words in ((NOT_ANSWERED,), (NOT_ASKED,)),
        given=_given(events[-1]) if events else "",
        earlier=tuple(_earlier(plan, said.key, event) for event in reversed(events[:-1])),
    )


def _given(event: Event) -> str:
    by = f"{event.actor.name}, " if event.actor.kind == "staff" else ""
    language = "" if event.language == "en" else f", in {event.language}"
    return f"{by}{moment(event.at)}{language}"


def _earlier(plan: Plan, key: str, event: Event) -> str:
    question = key.partition(".")[2]
    words = answer_words(plan.question(key), event.changes[question][1], plan.formulary)
    return f"{'; '.join(words)} ({_given(event)})"
