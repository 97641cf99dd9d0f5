"""The compiled evaluator against the naive one, and what a program says besides."""

import datetime as dt
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.assessment.answers import read_answers
from screening.assessment.program import Wanted, program_for
from screening.definition.model import Plan
from tests.assessment import shipped
from tests.assessment.answering import Person
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


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(made=plans(), seed=SEEDS, today=st.sampled_from(TODAYS))
def test_the_compiled_evaluator_says_what_the_naive_one_says(made: Made, seed: int, today: dt.date) -> None:
    random = Random(seed)
    for _ in range(PEOPLE):
        assert_same(made.plan, random, today)


@pytest.mark.parametrize("pathway", shipped.PATHWAYS)
@settings(max_examples=40)
@given(seed=SEEDS, today=st.sampled_from(TODAYS))
def test_both_say_the_same_on_a_shipped_pathway(pathway: str, seed: int, today: dt.date) -> None:
    assert_same(shipped.plan(pathway), Random(seed), today)
