"""Why a flag is raised, and what would settle one that is open."""

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.assessment.answers import Answers, Value, read_answers
from screening.assessment.assessing import assess
from screening.assessment.findings import Finding
from screening.assessment.program import Program, program_for
from screening.assessment.truth import State, Truth
from screening.definition.model import Question, QuestionType
from tests.assessment import shipped
from tests.assessment.answering import Person
from tests.assessment.examples import examples
from tests.assessment.libraries import Made, plans
from tests.assessment.worlds import sets

TODAYS = (dt.date(2026, 10, 18), dt.date(2024, 2, 29))
SEEDS = st.integers(0, 2**32 - 1)
SHARES = (0.0, 0.3, 0.6, 0.8, 0.95)
MOST_WAYS = 3_000
FEW = (QuestionType.YES_NO, QuestionType.CHOICE, QuestionType.SCALE, QuestionType.CHOICES, QuestionType.INTEGER)


def only(answers: Answers, keys: Iterable[str]) -> Answers:
    return Answers({key: answers.known[key] for key in keys}, {})


def assert_smallest(program: Program, answers: Answers, finding: Finding, today: dt.date) -> None:
    """Its reasons raise the flag with all else forgotten, and none of them can be left out."""
    assert program.states(only(answers, finding.because), today)[finding.flag] is State.RAISED, finding
    for key in finding.because:
        rest = only(answers, set(finding.because) - {key})
        assert program.states(rest, today)[finding.flag] is not State.RAISED, (finding, key)


def assert_settles(person: Person, raw: Mapping[str, Mapping[str, object]], finding: Finding) -> None:
    """With definite answers to what is named the flag is settled, unless nothing at all would settle it."""
    program, today = program_for(person.plan), person.today
    complete = person.completed(raw)
    some: dict[str, dict[str, object]] = {form: dict(given) for form, given in raw.items()}
    for key in finding.settled_by:
        form, _, question = key.partition(".")
        some.setdefault(form, {})[question] = complete[form][question]
    settled = program.states(read_answers(person.plan, some, today), today)[finding.flag]
    if settled is State.OPEN:
        after = program.states(read_answers(person.plan, complete, today), today)[finding.flag]
        assert after is State.OPEN, (finding, some, complete)


def assert_reasons(person: Person, raw: Mapping[str, Mapping[str, object]]) -> None:
    program, today = program_for(person.plan), person.today
    answers = read_answers(person.plan, raw, today)
    asked = program.asked(answers, today)
    for finding in assess(program, answers, today).findings:
        assert finding.because == () or finding.state is State.RAISED, finding
        assert finding.settled_by == () or finding.state is State.OPEN, finding
        assert all(asked[key] is not Truth.FALSE for key in finding.settled_by), finding
        if finding.state is State.RAISED:
            assert_smallest(program, answers, finding, today)
        if finding.state is State.OPEN:
            assert_settles(person, raw, finding)


@pytest.mark.parametrize("pathway", shipped.PATHWAYS)
@examples(25)
@given(seed=SEEDS, today=st.sampled_from(TODAYS))
def test_the_reasons_on_a_shipped_pathway_are_the_reasons(pathway: str, seed: int, today: dt.date) -> None:
    random = Random(seed)
    person = Person(shipped.plan(pathway), random, today)

    assert_reasons(person, person.partial(random.choice(SHARES)))


@examples(120)
@given(made=plans(), seed=SEEDS, today=st.sampled_from(TODAYS))
def test_the_reasons_on_any_definition_are_the_reasons(made: Made, seed: int, today: dt.date) -> None:
    random = Random(seed)
    person = Person(made.plan, random, today)
    for share in (0.4, 0.8):
        assert_reasons(person, person.partial(share))


@examples(200)
@given(made=plans(questions=4, small=True), seed=SEEDS)
def test_what_settles_a_flag_is_exactly_what_it_waits_for(made: Made, seed: int) -> None:
    today, random = TODAYS[0], Random(seed)
    plan, program = made.plan, program_for(made.plan)
    answers = read_answers(plan, Person(plan, random, today).partial(random.choice((0.2, 0.6))), today)

    for finding in assess(program, answers, today).findings:
        ways = list(loose(program, answers, finding, today)) if finding.state is State.OPEN else []
        if ways and all(key_ways for _, key_ways in ways) and math.prod(len(w) for _, w in ways) <= MOST_WAYS:
            waited_for = {key for key, _ in ways if waits_for(program, answers, finding.flag, key, dict(ways), today)}
            assert set(finding.settled_by) == waited_for, finding


def loose(program: Program, answers: Answers, finding: Finding, today: dt.date) -> Iterator[tuple[str, list[Value]]]:
    """Every unknown answer on which a flag may rest, with all values that it may have; none where they are many."""
    asked = program.asked(answers, today)
    (flag,) = (each for each in program.plan.flags if each.id == finding.flag)
    for key in program.cone((flag.flag.when.tree,)):
        if key in program.slots and asked[key] is not Truth.FALSE:
            question = program.slots[key].question
            if question.type not in FEW:
                yield key, []
            elif key not in answers.known:
                yield key, every(question)


def every(question: Question) -> list[Value]:
    match question.type:
        case QuestionType.YES_NO:
            return ["yes", "no"]
        case QuestionType.CHOICES:
            return [tuple(o.id for o in question.options if o.id in chosen) for chosen in sets(question)]
        case QuestionType.INTEGER:
            return list(range(int(question.lowest or 0), int(question.highest or 0) + 1))
        case _:
            return [option.id for option in question.options]


def waits_for(
    program: Program, answers: Answers, flag: str, key: str, ways: Mapping[str, list[Value]], today: dt.date
) -> bool:
    """Whether the flag is open without this answer where all others are definite, and some value of it settles it."""
    others = [other for other in ways if other != key]
    for values in itertools.product(*(ways[other] for other in others)):
        known = {**answers.known, **dict(zip(others, values, strict=True))}
        if program.states(Answers(known, {}), today)[flag] is State.OPEN:
            outcomes = {program.states(Answers({**known, key: value}, {}), today)[flag] for value in ways[key]}
            if outcomes != {State.OPEN}:
                return True
    return False
