"""The way through the forms that ship, where it must not ask more than there is to know."""

import datetime as dt

import pytest

from screening.assessment.answers import read_answers
from screening.assessment.form import way
from screening.assessment.program import program_for
from tests.assessment.shipped import PATHWAYS, plan

TODAY = dt.date(2026, 10, 18)


def asked(pathway: str, answers: dict[str, dict[str, object]], questionnaire: str) -> list[str]:
    read = read_answers(plan(pathway), answers, TODAY)
    stops = way(program_for(plan(pathway)), plan(pathway).questionnaire(questionnaire), read, TODAY)
    return [question.id for stop in stops for question in stop.questions]


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_who_takes_no_medicine_is_not_asked_what_it_is_for(pathway: str) -> None:
    assert not [name for name in asked(pathway, {"medications": {"medicines": []}}, "medications") if "why" in name]


@pytest.mark.parametrize(("reasons", "more"), [(["migraine"], False), (["migraine", "other"], True)])
def test_another_reason_is_asked_for_only_where_it_was_chosen(reasons: list[str], *, more: bool) -> None:
    answers: dict[str, dict[str, object]] = {
        "medications": {"medicines": [{"name": "propranolol"}], "why_blood_pressure": reasons},
        "cardiovascular_risk": {"hypertension": "no"},
    }
    assert ("why_other" in asked("ketamine_iv", answers, "medications")) is more
