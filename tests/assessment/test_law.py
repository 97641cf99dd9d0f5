"""The law of missing answers: what is said of incomplete answers, no completion of them contradicts.

A longer search than every build makes, with fresh examples each time:

    python -m pytest --hypothesis-profile=long tests/assessment/test_law.py
"""

import datetime as dt
import json
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.assessment.answers import Answers, read_answers
from screening.assessment.program import Program, Wanted, program_for
from screening.assessment.truth import State, Truth
from screening.definition.model import Plan
from tests.assessment import shipped
from tests.assessment.answering import Person
from tests.assessment.examples import examples
from tests.assessment.libraries import Made, plans
from tests.assessment.worlds import Plain, worlds

TODAYS = (dt.date(2026, 10, 18), dt.date(2024, 2, 29), dt.date(2026, 3, 31), dt.date(2027, 1, 1), dt.date(2025, 2, 28))
SEEDS = st.integers(0, 2**32 - 1)
PEOPLE = 4
MOST_WORLDS = 150


def scores(program: Program, answers: Answers, today: dt.date) -> dict[str, tuple[float, float]]:
    said = program.compiled(Wanted(scores=tuple(program.scores)))(answers.known.get, today.toordinal())
    return dict(zip(program.scores, said.scores, strict=True))


def contradictions(program: Program, less: Answers, more: Answers, today: dt.date) -> Iterator[str]:
    """What is said of some answers and no longer of the same answers with less left open."""
    before, after = program.states(less, today), program.states(more, today)
    for flag, state in before.items():
        if state is not State.OPEN and after[flag] is not state:
            yield f"{flag} was {state}, is {after[flag]}"
    narrow = scores(program, more, today)
    for key, (low, high) in scores(program, less, today).items():
        if not low <= narrow[key][0] <= narrow[key][1] <= high:
            yield f"{key} was {low} to {high}, is {narrow[key]}"
    asked = program.asked(more, today)
    for key, truth in program.asked(less, today).items():
        if truth is not Truth.UNKNOWN and asked[key] is not truth:
            yield f"{key} was asked {truth}, is {asked[key]}"


def broken_law(plan: Plan, random: Random, today: dt.date) -> dict[str, object]:
    """A person on whose answers the law is broken, or nothing."""
    person = Person(plan, random, today)
    partial = person.partial(random.choice((0.0, 0.3, 0.6, 0.9, 0.97)))
    better = person.completed(partial, random.random())
    complete = person.completed(better)
    read = [read_answers(plan, raw, today) for raw in (partial, better, complete)]
    program = program_for(plan)
    for less, more in ((0, 1), (1, 2), (0, 2)):
        found = list(contradictions(program, read[less], read[more], today))
        if found:
            return {"found": found, "partial": partial, "better": better, "complete": complete}
    return {}


@pytest.mark.parametrize("pathway", shipped.PATHWAYS)
@examples(250)
@given(seed=SEEDS, today=st.sampled_from(TODAYS))
def test_no_completion_contradicts_what_was_said_on_a_shipped_pathway(pathway: str, seed: int, today: dt.date) -> None:
    broken = broken_law(shipped.plan(pathway), Random(seed), today)

    assert not broken, json.dumps(broken)


@examples(300)
@given(made=plans(), seed=SEEDS, today=st.sampled_from(TODAYS))
def test_no_completion_contradicts_what_was_said_on_any_definition(made: Made, seed: int, today: dt.date) -> None:
    random = Random(seed)
    for _ in range(PEOPLE):
        broken = broken_law(made.plan, random, today)

        assert not broken, json.dumps(broken)


@examples(150)
@given(made=plans(questions=3, small=True), seed=SEEDS, today=st.sampled_from(TODAYS))
def test_what_is_said_is_so_in_every_world(made: Made, seed: int, today: dt.date) -> None:
    plan, random = made.plan, Random(seed)
    person = Person(plan, random, today)
    raw = person.partial(random.choice((0.2, 0.6, 0.9)))
    answers = read_answers(plan, raw, today)
    program = program_for(plan)
    states, asked, ranges = (
        program.states(answers, today),
        program.asked(answers, today),
        scores(program, answers, today),
    )

    every, _ = worlds(plan, answers.known, today, MOST_WORLDS, random)
    for world in every:
        plain = Plain(plan, world, today)
        for flag, raised in plain.raised().items():
            assert states[flag] in (State.OPEN, State.RAISED if raised else State.RULED_OUT), (flag, raw, world)
        for key, is_asked in plain.asked().items():
            assert asked[key] in (Truth.UNKNOWN, Truth.TRUE if is_asked else Truth.FALSE), (key, raw, world)
        for key, value in plain.scores().items():
            assert ranges[key][0] <= value <= ranges[key][1], (key, raw, world)


@pytest.mark.parametrize("pathway", shipped.PATHWAYS)
@examples(60)
@given(seed=SEEDS, today=st.sampled_from(TODAYS))
def test_definite_answers_leave_no_shipped_flag_open(pathway: str, seed: int, today: dt.date) -> None:
    plan = shipped.plan(pathway)
    person = Person(plan, Random(seed), today)
    answers = read_answers(plan, person.partial(1.0), today)

    states = program_for(plan).states(answers, today)

    assert [flag for flag, state in states.items() if state is State.OPEN] == []
