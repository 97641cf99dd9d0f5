"""The assessment itself: answers and a day in, an `Assessment` out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from screening.assessment.answers import Answers, Value
from screening.assessment.arithmetic import HUGE
from screening.assessment.explanation import Explanation
from screening.assessment.findings import Assessment, Finding, ScoreRange, band_of, triage_of
from screening.assessment.program import PLANS_KEPT, Program
from screening.assessment.truth import State
from screening.definition.expression import Points, Sum
from screening.definition.model import PlannedFlag, RawAnswer, Score, Stage

_FALSE, _TRUE = 0, 2


def assess(program: Program, answers: Answers, today: date, stage: Stage | None = None) -> Assessment:
    """The assessment of the answers on a day, with reasons; triaged for a stage, or for all of them."""
    said = program.whole()(answers.known.get, today.toordinal())
    gates = dict(zip(program.gated, said.asked, strict=True))
    unasked = frozenset(key for key, asked in gates.items() if asked == _FALSE)
    explanation = Explanation(program, answers, today, unasked)
    findings = tuple(
        ruled_out if truth == _FALSE else _finding(planned, truth, explanation)
        for planned, ruled_out, truth in zip(program.plan.flags, _ruled_out(program), said.conditions, strict=True)
    )
    counting = _counting(program, answers, gates)
    scores = tuple(
        _score(program, key, bounds, counting) for key, bounds in zip(program.scores, said.scores, strict=True)
    )
    return Assessment(triage_of(findings, stage), findings, scores, program.plan.hash, today)


@lru_cache(maxsize=PLANS_KEPT)
def _ruled_out(program: Program) -> tuple[Finding, ...]:
    """For every flag of the plan the finding that it is ruled out; most are, and it never differs."""
    return tuple(Finding(flag.id, State.RULED_OUT, flag.tier, flag.stage) for flag in program.plan.flags)


def _finding(planned: PlannedFlag, truth: int, explanation: Explanation) -> Finding:
    if truth == _TRUE:
        because = explanation.because(planned)
        return Finding(planned.id, State.RAISED, planned.tier, planned.stage, because=because)
    settled_by = explanation.settled_by(planned)
    return Finding(planned.id, State.OPEN, planned.tier, planned.stage, settled_by=settled_by)


def _counting(program: Program, answers: Answers, gates: Mapping[str, int]) -> Mapping[str, Value | RawAnswer]:
    """The answers that count as given: those to questions that are asked, and what not asking implies."""
    counting: dict[str, Value | RawAnswer] = {
        key: value for key, value in answers.known.items() if gates.get(key, _TRUE) == _TRUE
    }
    for key, asked in gates.items():
        implied = program.slots[key].question.if_not_asked
        if asked == _FALSE and implied is not None:
            counting[key] = implied
    return counting


def _score(
    program: Program,
    key: str,
    bounds: tuple[int | float, int | float],
    counting: Mapping[str, Value | RawAnswer],
) -> ScoreRange:
    score = program.scores[key]
    low, high = max(bounds[0], -HUGE), min(bounds[1], HUGE)
    items = program.needs[key]
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
