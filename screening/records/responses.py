"""What patients answer: the current answers of an intake, and every change to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from screening.definition.model import Page, Question
from screening.records import staff
from screening.records.actors import Actor, ActorKind
from screening.records.context import shelf
from screening.records.definitions import current_edition, pathway_plan
from screening.records.identifiers import new_id
from screening.records.patients import vault_of
from screening.records.sealing import canonical, digest
from screening.records.states import is_locked
from screening.records.tables import Intake, Response, ResponseEvent, table_of

Raw = dict[str, Any]
AllRaw = dict[str, Raw]

# What the server does most often is written without objects, and built once.
_RESPONSE = table_of(Response)
_COLUMNS = (_RESPONSE.c.id, _RESPONSE.c.questionnaire, _RESPONSE.c.revision, _RESPONSE.c.saved_at, _RESPONSE.c.answers)
_KEPT = select(*_COLUMNS).where(_RESPONSE.c.intake_id == bindparam("intake")).order_by(_RESPONSE.c.questionnaire)
_ADD = insert(_RESPONSE)
_CHANGE = update(_RESPONSE).where(_RESPONSE.c.id == bindparam("row"))
_ADD_EVENT = insert(table_of(ResponseEvent))

# The page of an event that no person saved: answers carried over from an earlier intake or edition.
CARRIED = ""

_KEPT_HERE = "screening.responses"


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


class Responses:
    """All responses of an intake, opened: read once, written through."""

    def __init__(self, db: Session, intake: Intake) -> None:
        self._db = db
        self._intake = intake
        self._vault = vault_of(db, intake.patient_id)
        rows = db.connection().execute(_KEPT, {"intake": intake.id})
        self._ids: dict[str, str] = {}
        self.revisions: dict[str, int] = {}
        self.saved_at: dict[str, dt.datetime] = {}
        self.answers: AllRaw = {}
        for id_, name, revision, at, sealed in rows:
            self._ids[name], self.revisions[name], self.saved_at[name] = id_, revision, at
            self.answers[name] = self._vault.open("response", "answers", id_, sealed)

    @classmethod
    def of(cls, db: Session, intake: Intake) -> Responses:
        """The responses of an intake; those of a locked one are opened once in a transaction."""
        if not is_locked(db, intake):
            return cls(db, intake)
        kept = _kept(db)
        if intake.id not in kept:
            kept[intake.id] = cls(db, intake)
        return kept[intake.id]

    def write(self, entry: Entry, actor: Actor, now: dt.datetime) -> int:
        """The revision that a response has reached with the entry's changes; the intake must be locked."""
        if _kept(self._db).get(self._intake.id) is not self:
            _kept(self._db).pop(self._intake.id, None)
        name, intake = entry.questionnaire, self._intake
        self.revisions[name] = revision = self.revisions.get(name, 0) + 1
        self.answers[name] = merged(self.answers.get(name, {}), entry.delta)
        self.saved_at[name] = intake.saved_at = now
        intake.language = entry.language
        self._write_current(name, now)
        event_id = new_id(now)
        event = {
            "id": event_id,
            # Each save raises one revision by one, so their sum counts the saves.
            "number": sum(self.revisions.values()),
            "intake_id": intake.id,
            "patient_id": intake.patient_id,
            "questionnaire": name,
            "page": entry.page,
            "revision": revision,
            "at": now,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "language": entry.language,
            "wording": entry.wording,
            "edition": intake.edition or current_edition(self._db),
            "delta": self._vault.seal("response_event", "delta", event_id, dict(entry.delta)),
        }
        self._db.connection().execute(_ADD_EVENT, event)
        return revision

    def _write_current(self, name: str, now: dt.datetime) -> None:
        known = name in self._ids
        id_ = self._ids.setdefault(name, new_id(now))
        sealed = self._vault.seal("response", "answers", id_, self.answers[name])
        values = {"revision": self.revisions[name], "saved_at": now, "answers": sealed}
        if known:
            self._db.connection().execute(_CHANGE, {"row": id_, **values})
        else:
            ours = {"intake_id": self._intake.id, "patient_id": self._intake.patient_id, "questionnaire": name}
            self._db.connection().execute(_ADD, {"id": id_, **ours, **values})


def answers(db: Session, intake: Intake) -> AllRaw:
    """All current answers as `{questionnaire: {question: raw}}`."""
    return dict(Responses.of(db, intake).answers)


def forget_responses(db: Session) -> None:
    """Forget the responses of locked intakes, as their transaction has ended."""
    db.info.pop(_KEPT_HERE, None)


def _kept(db: Session) -> dict[str, Responses]:
    found: dict[str, Responses] = db.info.setdefault(_KEPT_HERE, {})
    return found


def saved_at(db: Session, intake: Intake) -> dict[str, dt.datetime]:
    """When each questionnaire was last saved."""
    rows = db.execute(select(Response.questionnaire, Response.saved_at).where(Response.intake_id == intake.id))
    return dict(rows.all())


def revisions(db: Session, intake: Intake) -> dict[str, int]:
    """How often each questionnaire was saved."""
    rows = db.execute(select(Response.questionnaire, Response.revision).where(Response.intake_id == intake.id))
    return dict(rows.all())


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


def wording(db: Session, intake: Intake, questionnaire: str, page: str, language: str) -> str:
    """The hash of all texts of a page as the patient was shown them."""
    edition = intake.edition or current_edition(db)

    def make() -> str:
        shown = pathway_plan(db, intake.pathway, edition, language).questionnaire(questionnaire).page(page)
        return digest(canonical(_texts(shown)))

    return shelf(db).wordings.get((edition, intake.pathway, questionnaire, page, language), make)


def _texts(page: Page) -> list[Any]:
    return [page.title, page.about, [_question_texts(question) for question in page.questions]]


def _question_texts(question: Question) -> list[Any]:
    options = [[option.id, option.text] for option in question.options]
    rows = [_question_texts(field) for field in question.questions]
    return [question.id, question.text, question.help, options, rows]
