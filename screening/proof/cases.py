"""The tests that travel with definitions, run: for each case what differed from what it expects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from screening.assessment.answers import Answers, AnswersError, read_answers
from screening.assessment.program import Program, Wanted, program_for
from screening.definition.model import Case, Library, Pathway, Plan, Questionnaire, TreatmentKind
from screening.definition.plans import plan_for, plan_for_questionnaire

# A case that names no day must come out the same on every day, so it is always assessed on this one.
DAY_OF_CASES = dt.date(2026, 10, 18)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a case expects of a flag, a score or an answer, and what was found, both as a definition writes them."""

    name: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case as it was run; `definition` is the id of the questionnaire or pathway that it travels with."""

    case: Case
    definition: str
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came out as the case expects."""
        return not self.differences


def definitions_of(library: Library) -> tuple[Questionnaire | Pathway, ...]:
    """Everything in a library that holds flags and cases: questionnaires, then pathways."""
    return (*library.questionnaires.values(), *library.pathways.values())


def run_cases(library: Library) -> tuple[CaseResult, ...]:
    """The result of every case of the library, questionnaires first, each in the order of its file."""
    plans: dict[tuple[str, TreatmentKind | None], Plan] = {}
    results: list[CaseResult] = []
    for definition in definitions_of(library):
        for case in definition.cases:
            key = (definition.id, case.treatment)
            if key not in plans:
                plans[key] = _plan(library, *key)
            results.append(_result(case, definition.id, plans[key]))
    return tuple(results)


def failing_cases(library: Library) -> tuple[CaseResult, ...]:
    """The results of those cases that did not come out as expected."""
    return tuple(result for result in run_cases(library) if not result.passed)


def _plan(library: Library, definition: str, treatment: TreatmentKind | None) -> Plan:
    if definition in library.questionnaires:
        return plan_for_questionnaire(library, definition, treatment)
    return plan_for(library, definition)


def _result(case: Case, definition: str, plan: Plan) -> CaseResult:
    today = dt.date.fromisoformat(case.today) if case.today else DAY_OF_CASES
    try:
        answers = read_answers(plan, _nested(case.answers, definition), today)
    except AnswersError as error:
        refused = (Difference(problem.key, "an answer that fits", problem.message) for problem in error.problems)
        return CaseResult(case, definition, tuple(refused))
    program = program_for(plan)
    return CaseResult(case, definition, tuple(_differences(program, answers, today, definition, case.expect)))


def _nested(answers: Mapping[str, object], definition: str) -> dict[str, dict[str, object]]:
    """Answers by questionnaire and question; a bare id is a question of the case's own questionnaire."""
    nested: dict[str, dict[str, object]] = {}
    for name, answer in answers.items():
        questionnaire, dot, question = name.partition(".")
        if not dot:
            questionnaire, question = definition, name
        nested.setdefault(questionnaire, {})[question] = answer
    return nested


def _differences(
    program: Program, answers: Answers, today: dt.date, definition: str, expected: Mapping[str, object]
) -> Iterator[Difference]:
    states = program.states(answers, today)
    scores: dict[str, str] | None = None
    for name, want in expected.items():
        if name in states:
            found = states[name].value
        else:
            scores = _scores(program, answers, today) if scores is None else scores
            key = name if "." in name else f"{definition}.{name}"
            found = scores.get(key, "nothing of that name for this treatment")
        if found != (wanted := _written(want)):
            yield Difference(name, wanted, found)


def _scores(program: Program, answers: Answers, today: dt.date) -> dict[str, str]:
    said = program.compiled(Wanted(scores=tuple(program.scores)))(answers.known.get, today.toordinal())
    return {key: _range(low, high) for key, (low, high) in zip(program.scores, said.scores, strict=True)}


def _written(expected: object) -> str:
    """The expectation as it is compared: a state's word, or a score's range."""
    match expected:
        case str():
            return expected
        case [low, high]:
            return _range(cast("float", low), cast("float", high))
        case _:
            return _range(cast("float", expected), cast("float", expected))


def _range(low: float, high: float) -> str:
    """The range to two decimals, in which cases write and compare scores such as a body mass index."""
    first, last = f"{round(low, 2):.10g}", f"{round(high, 2):.10g}"
    return first if low == high else f"[{first}, {last}]"
