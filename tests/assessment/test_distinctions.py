"""One value stands for those that no condition tells apart, and few answers stand for all where they decide alike."""

import datetime as dt
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.assessment import distinctions
from screening.assessment.answers import Answers, Value, narrowed, read_answers
from screening.assessment.completion import completions, named
from screening.assessment.program import Program, program_for
from screening.definition.model import Plan, PlannedFlag
from screening.definition.plans import plan_for_questionnaire
from screening.definition.reading import read_library
from tests.assessment.answering import Person
from tests.assessment.libraries import Made, plans

TODAY = dt.date(2026, 10, 18)
SEEDS = st.integers(0, 2**32 - 1)
FORM = b"""\
questionnaire: form
title: Form
audience: patient
sources: {book: {cites: A book}}
pages:
  - id: page
    title: Page
    questions:
      - {id: smokes, type: yes_no, text: Smoke?}
      - {id: systolic, type: integer, range: [60, 260], text: Higher?}
      - {id: diastolic, type: integer, range: [30, 200], text: Lower?}
      - {id: packs, type: integer, range: [0, 9], text: Packs?, when: smokes, if_not_asked: 0}
      - {id: since, type: date, text: Since when?, when: smokes}
      - id: pain
        type: choice
        text: Pain?
        options: [{id: none, text: None}, {id: mild, text: Mild}, {id: bad, text: Bad}, {id: worst, text: Worst}]
      - id: place
        type: choice
        text: Where?
        options: [{id: home, text: At home, when: smokes}, {id: street, text: Outside}, {id: work, text: At work}]
      - {id: drinks, type: list, text: Drinks?, max: 4, questions: [{id: strong, type: yes_no, text: Strong?}]}
scores:
  - {id: strong, title: Strong, value: count(d.strong for d in drinks)}
  - {id: load, title: Load, value: packs * 2}
  - {id: lower, title: Lower, value: diastolic}
flags:
  - {id: high, tier: relative, when: systolic > 140, title: T, why: W, action: A, sources: [book]}
  - {id: wide, tier: relative, when: systolic - diastolic > 60, title: T, why: W, action: A, sources: [book]}
  - {id: many, tier: relative, when: packs > 3, title: T, why: W, action: A, sources: [book]}
  - {id: worse, tier: relative, when: "pain in {'bad', 'worst'}", title: T, why: W, action: A, sources: [book]}
  - {id: two, tier: info, when: "count(pain == 'bad', smokes) >= 2", title: T, why: W, action: A, sources: [book]}
  - {id: outside, tier: info, when: "place == 'street'", title: T, why: W, action: A, sources: [book]}
  - {id: low, tier: info, when: lower < 50, title: T, why: W, action: A, sources: [book]}
  - {id: drunk, tier: info, when: any(d.strong for d in drinks), title: T, why: W, action: A, sources: [book]}
  - {id: counted, tier: info, when: strong > 1, title: T, why: W, action: A, sources: [book]}
  - {id: loaded, tier: info, when: load > 4, title: T, why: W, action: A, sources: [book]}
"""
PLAN = plan_for_questionnaire(read_library({"form.yaml": FORM}), "form")


def values(plan: Plan, flag: PlannedFlag, key: str) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """All values that are tried of an answer, and those of them that a flag's conditions tell apart."""
    program = program_for(plan)
    trees = (flag.flag.when.tree, *(tree for each in program.cones[flag.id] for tree in program.trees[each]))
    every = completions(program.slots[key].question, None, TODAY, named(trees))
    return every, distinctions.told_apart(program, key, distinctions.tests_of(program, trees), every, TODAY)


@pytest.mark.parametrize(
    ("flag", "key", "apart"),
    [
        pytest.param("high", "systolic", 2, id="a number with one limit"),
        pytest.param("worse", "pain", 2, id="codes of which some count"),
        pytest.param("two", "pain", 2, id="a condition that is counted"),
        pytest.param("two", "smokes", 2, id="yes and no"),
        pytest.param("wide", "systolic", None, id="a number from which another is calculated"),
        pytest.param("many", "packs", None, id="a number that not asking implies"),
        pytest.param("loaded", "packs", None, id="a number that a score reads"),
        pytest.param("drunk", "drinks", 2, id="whether any row meets a condition"),
        pytest.param("counted", "drinks", None, id="how many rows do, as a score"),
        pytest.param("low", "diastolic", None, id="a number that is a score"),
        pytest.param("outside", "place", None, id="options of which one may not be offered"),
    ],
)
def test_a_value_stands_for_those_that_decide_alike(flag: str, key: str, apart: int | None) -> None:
    planned = next(each for each in PLAN.flags if each.id == flag)
    every, kept = values(PLAN, planned, f"form.{key}")

    assert len(kept) == (len(every) if apart is None else apart)


def outcomes(program: Program, flag: str, known: dict[str, Value], key: str, some: tuple[Value, ...]) -> set[str]:
    return {program.states(Answers({**known, key: value}, {}), TODAY)[flag].value for value in some}


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(made=plans(small=True), seed=SEEDS)
def test_what_is_told_apart_leads_wherever_all_values_lead(made: Made, seed: int) -> None:
    person, program = Person(made.plan, Random(seed), TODAY), program_for(made.plan)
    known = dict(read_answers(made.plan, person.completed({}), TODAY).known)
    for flag in made.plan.flags:
        for key in sorted(program.cones[flag.id] & set(program.slots)):
            every, kept = values(made.plan, flag, key)
            if every:
                assert outcomes(program, flag.id, known, key, kept) == outcomes(program, flag.id, known, key, every), (
                    key
                )


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(made=plans(), seed=SEEDS)
def test_the_answers_that_bear_on_a_questionnaire_decide_what_it_asks(made: Made, seed: int) -> None:
    raw, program = Person(made.plan, Random(seed), TODAY).partial(0.7), program_for(made.plan)
    everything = program.asked(read_answers(made.plan, raw, TODAY), TODAY)
    for form in made.plan.questionnaires:
        few = read_answers(made.plan, narrowed(raw, program.bearing_on(form.id)), TODAY)
        asked = program.asked(few, TODAY)
        own = [key for key in asked if key.partition(".")[0] == form.id]
        assert {key: asked[key] for key in own} == {key: everything[key] for key in own}


def test_nothing_bears_on_a_questionnaire_that_is_not_there() -> None:
    assert program_for(PLAN).bearing_on("other") == frozenset()
