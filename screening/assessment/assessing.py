"""The assessment itself: answers and a day in, an `Assessment` out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from screening.assessment.answers import Answers, Value
from screening.assessment.explanation import Explanation
from screening.assessment.findings import Assessment, Finding, ScoreRange, band_of, triage_of
from screening.assessment.program import Program
from screening.assessment.truth import State
from screening.definition.expression import Points, Sum, references
from screening.definition.model import PlannedFlag, RawAnswer, Score, Stage

_STATES = (State.RULED_OUT, State.OPEN, State.RAISED)
_NOT_ASKED, _ASKED = 0, 2


def assess(program: Program, answers: Answers, today: date, stage: Stage | None = None) -> Assessment:
    """The assessment of the answers on a day, with reasons; triaged for a stage, or for all of them."""
    said = program.whole()(answers.known.get, today.toordinal())
    gates = dict(zip(program.gated, said.asked, strict=True))
    unasked = frozenset(key for key, asked in gates.items() if asked == _NOT_ASKED)
    explanation = Explanation(program, answers, today, unasked)
    findings = tuple(
        _finding(planned, _STATES[truth], explanation)
        for planned, truth in zip(program.plan.flags, said.conditions, strict=True)
    )
    counting = _counting(program, answers, gates)
    scores = tuple(
        _score(program, key, bounds, counting) for key, bounds in zip(program.scores, said.scores, strict=True)
    )
    return Assessment(triage_of(findings, stage), findings, scores, program.plan.hash, today)


def _finding(planned: PlannedFlag, state: State, explanation: Explanation) -> Finding:
    because = explanation.because(planned) if state is State.RAISED else ()
    settled_by = explanation.settled_by(planned) if state is State.OPEN else ()
    return Finding(planned.id, state, planned.tier, planned.stage, because, settled_by)


def _counting(program: Program, answers: Answers, gates: Mapping[str, int]) -> Mapping[str, Value | RawAnswer]:
    """The answers that count as given: those to questions that are asked, and what not asking implies."""
    counting: dict[str, Value | RawAnswer] = {
        key: value for key, value in answers.known.items() if gates.get(key, _ASKED) == _ASKED
    }
    for key, asked in gates.items():
        implied = program.slots[key].question.if_not_asked
        if asked == _NOT_ASKED and implied is not None:
            counting[key] = implied
    return counting


def _score(
    program: Program,
    key: str,
    bounds: tuple[int | float, int | float],
    counting: Mapping[str, Value | RawAnswer],
) -> ScoreRange:
    score, (low, high) = program.scores[key], bounds
    items = [reference.key for reference in references(score.value.tree)]
    answered = sum(item in counting for item in items)
    prorated = _prorated(program, score, counting)
    return ScoreRange(key, low, high, band_of(score, low, high), answered, len(items), prorated)


def _prorated(program: Program, score: Score, counting: Mapping[str, Value | RawAnswer]) -> float | None:
    """The mean of the answered items over all items, where the instrument allows that many to be missing."""
    if score.prorate_at_most is None or not isinstance(score.value.tree, Sum):
        return None
    items = [number.answer.key for number in score.value.tree.numbers if isinstance(number, Points)]
    known = [item for item in items if item in counting]
    if not known or not 0 < len(items) - len(known) <= score.prorate_at_most:
        return None
    chosen = [program.slots[item].question.option(str(counting[item])) for item in known]
    return round(sum(option.points or 0 for option in chosen) * len(items) / len(known), 1)
