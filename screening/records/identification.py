"""What a medicine is that the formulary does not know: said once by a clinician, beside the patient's own words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from screening.assessment.answers import read_answers
from screening.definition.formulary import folded
from screening.definition.model import Plan, QuestionType
from screening.records import audit
from screening.records.actors import Actor
from screening.records.context import today
from screening.records.definitions import plan_of
from screening.records.responses import Entry, Responses
from screening.records.states import ENDED, lock, refusal, state_of
from screening.records.tables import Intake

IDENTIFIED = "identified"


def identify(db: Session, intake: Intake, meant: Mapping[str, str], actor: Actor, now: dt.datetime) -> int:
    """How many rows of the patient's medicines were identified anew.

    `meant` maps a name as the patient wrote it to a name of the formulary, or to `answers.NO_CLASS`. The patient's
    words stay as they are. Raises: AnswersError for a name that the formulary does not have; StateError after the end.
    """
    lock(db, intake)
    if state_of(intake) in ENDED:
        raise refusal(intake)
    plan, responses = plan_of(db, intake), Responses(db, intake)
    changed = 0
    for questionnaire, page, question in _medicine_questions(plan):
        rows = responses.answers.get(questionnaire, {}).get(question)
        if not isinstance(rows, list):
            continue
        named = [_named(row, meant) for row in rows]
        count = sum(before != after for before, after in zip(rows, named, strict=True))
        if count:
            read_answers(plan, {questionnaire: {question: named}}, today(db, now))
            responses.write(Entry(questionnaire, page, {question: named}, intake.language), actor, now)
            changed += count
    if changed:
        audit.record(db, actor, "medicines.identified", f"intake:{intake.id}", now, medicines=changed)
    return changed


def carried(before: object, given: object) -> object:
    """A patient's new answer with what a clinician has identified before, for each medicine whose name is the same.

    What the answer itself says was identified is dropped: patients do not identify.
    """
    if not isinstance(given, list):
        return given
    rows = before if isinstance(before, list) else []
    known = {
        folded(str(row["name"])): row[IDENTIFIED]
        for row in rows
        if isinstance(row, Mapping) and row.get("name") and row.get(IDENTIFIED)
    }
    return [_carried(row, known) for row in given]


def _carried(row: object, known: Mapping[str, Any]) -> object:
    if not isinstance(row, Mapping) or "name" not in row:
        return row
    own = {key: value for key, value in row.items() if key != IDENTIFIED}
    meant = known.get(folded(str(row["name"])))
    return own if meant is None else {**own, IDENTIFIED: meant}


def _named(row: Any, meant: Mapping[str, str]) -> Any:  # noqa: ANN401  # JSON
    name = str(row.get("name", "")) if isinstance(row, Mapping) else ""
    return {**row, IDENTIFIED: meant[name]} if name in meant else row


def _medicine_questions(plan: Plan) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (form.id, page.id, question.id)
        for form in plan.questionnaires
        for page in form.pages
        for question in page.questions
        if question.type is QuestionType.MEDICINES
    )
