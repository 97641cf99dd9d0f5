"""What patients answer: the current answers of an intake, and every change to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.definition.model import Page, Question
from screening.records import staff
from screening.records.actors import Actor, ActorKind
from screening.records.context import context
from screening.records.definitions import current_edition, pathway_plan
from screening.records.identifiers import new_id, next_number
from screening.records.patients import vault_of
from screening.records.sealing import canonical, digest
from screening.records.tables import Intake, Response, ResponseEvent

Raw = dict[str, Any]
AllRaw = dict[str, Raw]

# The page of an event that no person saved: answers carried over from an earlier intake or edition.
CARRIED = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What goes into the response to one questionnaire: changed answers, None for those that were taken back."""

    questionnaire: str
    page: str
    delta: Mapping[str, Any] = field(repr=False)
    language: str
    wording: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One save: who, when, in which language and wording, and each changed answer before and after."""

    at: dt.datetime
    actor: Actor
    questionnaire: str
    page: str
    revision: int
    language: str
    wording: str
    changes: Mapping[str, tuple[Any, Any]] = field(repr=False)


def answers(db: Session, intake: Intake) -> AllRaw:
    """All current answers as `{questionnaire: {question: raw}}`."""
    vault = vault_of(db, intake.patient_id)
    return {row.questionnaire: vault.open("response", "answers", row.id, row.answers) for row in _rows(db, intake)}


def saved_at(db: Session, intake: Intake) -> dict[str, dt.datetime]:
    """When each questionnaire was last saved."""
    return {row.questionnaire: row.saved_at for row in _rows(db, intake)}


def revisions(db: Session, intake: Intake) -> dict[str, int]:
    """How often each questionnaire was saved."""
    return {row.questionnaire: row.revision for row in _rows(db, intake)}


def history(db: Session, intake: Intake) -> tuple[Event, ...]:
    """Every save of the intake, oldest first."""
    vault, people = vault_of(db, intake.patient_id), staff.names(db)
    current: AllRaw = {}
    events = []
    rows = select(ResponseEvent).where(ResponseEvent.intake_id == intake.id)
    for row in db.scalars(rows.order_by(ResponseEvent.number)):
        delta: Raw = vault.open("response_event", "delta", row.id, row.delta)
        known = current.setdefault(row.questionnaire, {})
        changes = {question: (known.get(question), raw) for question, raw in delta.items()}
        known.update(delta)
        actor = Actor(cast("ActorKind", row.actor_kind), row.actor_id, people.get(row.actor_id, ""))
        place = (row.questionnaire, row.page, row.revision)
        events.append(Event(row.at, actor, *place, row.language, row.wording, changes))
    return tuple(events)


def last_answered(events: Iterable[Event]) -> dict[str, Event]:
    """The event that gave each answer its present value, by `questionnaire.question`."""
    return {f"{event.questionnaire}.{question}": event for event in events for question in event.changes}


def difference(before: Mapping[str, Any], given: Mapping[str, Any]) -> Raw:
    """Those of the given answers that are not there already; None takes one back."""
    return {question: raw for question, raw in given.items() if canonical(before.get(question)) != canonical(raw)}


def merged(before: Mapping[str, Any], given: Mapping[str, Any]) -> Raw:
    """The answers with the given ones in place of theirs."""
    return {question: raw for question, raw in {**before, **given}.items() if raw is not None}


def write(db: Session, intake: Intake, entry: Entry, actor: Actor, now: dt.datetime) -> int:
    """The revision that a locked intake's response has reached with the entry's changes."""
    vault = vault_of(db, intake.patient_id)
    row = next((row for row in _rows(db, intake) if row.questionnaire == entry.questionnaire), None)
    if row is None:
        row = _new_row(intake, entry.questionnaire, now)
        before: Raw = {}
        db.add(row)
    else:
        before = vault.open("response", "answers", row.id, row.answers)
    row.revision, row.saved_at = row.revision + 1, now
    row.answers = vault.seal("response", "answers", row.id, merged(before, entry.delta))
    event_id = new_id(now)
    db.add(
        ResponseEvent(
            id=event_id,
            number=next_number(db, ResponseEvent, intake),
            intake_id=intake.id,
            patient_id=intake.patient_id,
            questionnaire=entry.questionnaire,
            page=entry.page,
            revision=row.revision,
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            language=entry.language,
            wording=entry.wording,
            edition=intake.edition or current_edition(db),
            delta=vault.seal("response_event", "delta", event_id, dict(entry.delta)),
        )
    )
    intake.saved_at, intake.language = now, entry.language
    db.flush()
    return row.revision


def wording(db: Session, intake: Intake, questionnaire: str, page: str, language: str) -> str:
    """The hash of all texts of a page as the patient was shown them."""
    edition = intake.edition or current_edition(db)

    def make() -> str:
        shown = pathway_plan(db, intake.pathway, edition, language).questionnaire(questionnaire).page(page)
        return digest(canonical(_texts(shown)))

    return context(db).shelf.wordings.get((edition, intake.pathway, questionnaire, page, language), make)


def _texts(page: Page) -> list[Any]:
    return [page.title, page.about, [_question_texts(question) for question in page.questions]]


def _question_texts(question: Question) -> list[Any]:
    options = [[option.id, option.text] for option in question.options]
    rows = [_question_texts(field) for field in question.questions]
    return [question.id, question.text, question.help, options, rows]


def _new_row(intake: Intake, questionnaire: str, now: dt.datetime) -> Response:
    return Response(
        id=new_id(now),
        intake_id=intake.id,
        patient_id=intake.patient_id,
        questionnaire=questionnaire,
        revision=0,
    )


def _rows(db: Session, intake: Intake) -> tuple[Response, ...]:
    wanted = select(Response).where(Response.intake_id == intake.id).order_by(Response.questionnaire)
    # Another transaction may have saved since this session first read them.
    return tuple(db.scalars(wanted.execution_options(populate_existing=True)))
