"""Which answers still mean the same under other definitions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from screening.assessment.answers import AnswerError, read_answer, read_answers
from screening.assessment.program import program_for
from screening.definition.model import Plan, Question
from screening.records.responses import AllRaw


def carried(old: Plan, new: Plan, raw: Mapping[str, Mapping[str, Any]], day: dt.date) -> AllRaw:
    """Those answers that fit the new plan: the question has the same id, type and unit, and takes the answer."""
    kept: AllRaw = {}
    for name, given in raw.items():
        before, after = _questions(old, name), _questions(new, name)
        fitting = {
            question: answer
            for question, answer in given.items()
            if question in before and question in after and _fits(before[question], after[question], answer, new, day)
        }
        if fitting:
            kept[name] = fitting
    for key, _ in program_for(new).failed_checks(read_answers(new, kept, day), day):
        name, _, question = key.partition(".")
        del kept[name][question]
    return {name: given for name, given in kept.items() if given}


def _questions(plan: Plan, questionnaire: str) -> dict[str, Question]:
    for form in plan.questionnaires:
        if form.id == questionnaire:
            return {question.id: question for question in form.questions() if question.has_answer}
    return {}


def _fits(before: Question, after: Question, answer: object, plan: Plan, day: dt.date) -> bool:
    if (before.type, before.unit) != (after.type, after.unit):
        return False
    try:
        read_answer(after, answer, day, plan.formulary)
    except AnswerError:
        return False
    return True
