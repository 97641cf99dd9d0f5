"""The compiled evaluator against the naive one, and what a program says besides."""

import datetime as dt
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.assessment.answers import Answers, AnswersError, Unknown, read_anew, read_answers
from screening.assessment.program import Wanted, program_for
from screening.assessment.truth import State, Truth
from screening.definition.model import Plan, TreatmentKind
from screening.definition.plans import plan_for_questionnaire
from screening.definition.reading import read_library
from tests.assessment import shipped
from tests.assessment.answering import Person
from tests.assessment.examples import examples
from tests.assessment.libraries import Made, plans
from tests.assessment.naive import Naive

TODAYS = (dt.date(2026, 10, 18), dt.date(2024, 2, 29), dt.date(2026, 3, 31), dt.date(2025, 2, 28))
SEEDS = st.integers(0, 2**32 - 1)
PEOPLE = 4


def assert_same(plan: Plan, random: Random, today: dt.date) -> None:
    raw = Person(plan, random, today).partial(random.choice((0.0, 0.3, 0.6, 0.9, 1.0)))
    answers = read_answers(plan, raw, today)
    program, naive = program_for(plan), Naive(plan, answers.known, today)

    assert program.states(answers, today) == naive.states(), raw
    assert program.asked(answers, today) == naive.asked(), raw
    said = program.compiled(Wanted(scores=tuple(program.scores)))(answers.known.get, today.toordinal())
    assert dict(zip(program.scores, said.scores, strict=True)) == naive.scores(), raw

    whole = program.whole()(answers.known.get, today.toordinal())
    assert program.of_stored(raw, today) == whole, raw


@examples(300)
@given(made=plans(), seed=SEEDS, today=st.sampled_from(TODAYS))
def test_the_compiled_evaluator_says_what_the_naive_one_says(made: Made, seed: int, today: dt.date) -> None:
    random = Random(seed)
    for _ in range(PEOPLE):
        assert_same(made.plan, random, today)


@pytest.mark.parametrize("pathway", shipped.PATHWAYS)
@examples(40)
@given(seed=SEEDS, today=st.sampled_from(TODAYS))
def test_both_say_the_same_on_a_shipped_pathway(pathway: str, seed: int, today: dt.date) -> None:
    assert_same(shipped.plan(pathway), Random(seed), today)


# What a program says besides

TODAY = dt.date(2026, 10, 18)
FORM = b"""\
questionnaire: heart
title: Heart
audience: patient
sources: {book: {cites: A book}}
pages:
  - id: page
    title: Page
    questions:
      - {id: reading, type: yes_no, text: A reading?}
      - {id: systolic, type: integer, range: [60, 260], text: Higher?, when: reading}
      - id: diastolic
        type: integer
        range: [30, 200]
        text: Lower?
        when: reading
        if_not_asked: 80
        check: {that: diastolic < systolic, else: The higher number must be larger.}
      - {id: pulse, type: integer, range: [20, 250], text: Pulse?, check: {that: pulse > 25, else: Count again.}}
      - id: kind
        type: choice
        text: Kind?
        options: [{id: home, text: At home, when: reading}, {id: clinic, text: Here}]
      - {id: note, type: text, text: Anything else?}
flags:
  - {id: high, tier: relative, when: systolic > 140 or diastolic > 90, title: T, why: W, action: A, sources: [book]}
  - {id: route, tier: info, when: treatment.route == 'oral', title: T, why: W, action: A, sources: [book]}
  - {id: home, tier: info, when: kind == 'home', title: T, why: W, action: A, sources: [book]}
"""
HEART = plan_for_questionnaire(read_library({"heart.yaml": FORM}), "heart")


def heart(**answers: object) -> Answers:
    return read_answers(HEART, {"heart": answers}, TODAY)


def test_a_program_is_compiled_once_for_a_plan() -> None:
    again = plan_for_questionnaire(read_library({"heart.yaml": FORM}), "heart")

    assert program_for(again) is program_for(HEART)


def test_a_condition_is_evaluated_by_a_function_that_is_kept() -> None:
    program = program_for(HEART)
    wanted = Wanted(program.conditions[:1])

    assert program.compiled(wanted) is program.compiled(wanted)


def test_without_a_treatment_what_depends_on_it_is_open() -> None:
    assert program_for(HEART).states(heart(), TODAY)["route"] is State.OPEN


@pytest.mark.parametrize(("route", "state"), [("oral", State.RAISED), ("iv", State.RULED_OUT)])
def test_with_a_treatment_it_is_not(route: str, state: State) -> None:
    plan = plan_for_questionnaire(read_library({"heart.yaml": FORM}), "heart", TreatmentKind("ketamine", route))

    assert program_for(plan).states(read_answers(plan, {}, TODAY), TODAY)["route"] is state


@pytest.mark.parametrize(
    ("answers", "asked"),
    [({}, Truth.UNKNOWN), ({"reading": "yes"}, Truth.TRUE), ({"reading": "no"}, Truth.FALSE)],
    ids=["when in doubt", "yes", "no"],
)
def test_a_question_is_asked_as_far_as_its_condition_is_known(answers: dict[str, object], asked: Truth) -> None:
    found = program_for(HEART).asked(heart(**answers), TODAY)

    assert found["heart.systolic"] is asked
    assert found["heart.reading"] is Truth.TRUE


@pytest.mark.parametrize(
    ("answers", "offered"),
    [({}, {"home", "clinic"}), ({"reading": "yes"}, {"home", "clinic"}), ({"reading": "no"}, {"clinic"})],
    ids=["when in doubt", "yes", "no"],
)
def test_an_option_is_offered_unless_it_certainly_is_not(answers: dict[str, object], offered: set[str]) -> None:
    assert program_for(HEART).options_asked("heart.kind", heart(**answers), TODAY) == offered


def test_options_without_conditions_are_all_offered() -> None:
    assert program_for(HEART).options_asked("heart.pulse", heart(), TODAY) == frozenset()


@pytest.mark.parametrize(
    ("answers", "failed"),
    [
        pytest.param({"reading": "yes", "systolic": 120, "diastolic": 80}, (), id="met"),
        pytest.param(
            {"reading": "yes", "systolic": 80, "diastolic": 120},
            (("heart.diastolic", "The higher number must be larger."),),
            id="not met",
        ),
        pytest.param({"reading": "yes", "diastolic": 120}, (), id="the other number is not there yet"),
        pytest.param({"reading": "no", "systolic": 60, "diastolic": 120}, (), id="not asked"),
        pytest.param({"pulse": 20}, (("heart.pulse", "Count again."),), id="of a question that is always asked"),
        pytest.param({}, (), id="nothing answered"),
    ],
)
def test_a_check_fails_where_it_certainly_does(answers: dict[str, object], failed: tuple[tuple[str, str], ...]) -> None:
    assert program_for(HEART).failed_checks(heart(**answers), TODAY) == failed


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        pytest.param({"heart": {"systolic": "high", "reading": "yes"}}, "Enter a number.", id="no number"),
        pytest.param({"heart": {"kind": "away"}}, "Choose one of", id="no option"),
        pytest.param({"heart": {"systolic": 10, "reading": "yes"}}, "Enter a number from", id="out of range"),
        pytest.param({"heart": "gone"}, "must be written as question", id="no mapping"),
    ],
)
def test_stored_answers_that_do_not_fit_after_all_are_refused(kept: dict[str, Any], says: str) -> None:
    with pytest.raises(AnswersError, match=says):
        program_for(HEART).of_stored(kept, TODAY)


def test_one_questionnaire_is_read_anew_and_the_others_are_kept() -> None:
    before = Answers(
        {"heart.reading": "yes", "heart.pulse": 60, "other.heart": "no"},
        {"heart.kind": Unknown.UNSURE, "other.kind": Unknown.DECLINED},
    )

    after = read_anew(HEART, before, "heart", {"reading": "no", "pulse": {"unknown": "unsure"}}, TODAY)

    assert after.known == {"heart.reading": "no", "other.heart": "no"}
    assert after.reasons == {"heart.pulse": Unknown.UNSURE, "other.kind": Unknown.DECLINED}


def test_each_flag_has_the_keys_that_it_rests_on() -> None:
    assert program_for(HEART).cones == {
        "high": {"heart.reading", "heart.systolic", "heart.diastolic"},
        "route": frozenset(),
        "home": {"heart.kind", "heart.reading"},
    }
