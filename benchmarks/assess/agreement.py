"""Whether what we say of incomplete answers holds, whatever the answers turn out to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from random import Random
from typing import Any

from benchmarks.assess.dialects import stored, two_valued
from benchmarks.assess.specification import SEED, Response, Specification, answer, read_of
from screening.assessment.program import Program, Said

RULED_OUT, OPEN, RAISED = 0, 1, 2
COMPLETED = 200
COMPLETIONS = 5


class DisagreementError(Exception):
    """Two that must say the same do not; the message says where."""


def refuse(differing: Iterable[str]) -> None:
    """Raises: DisagreementError for the first of what differs, if anything does."""
    for what in differing:
        raise DisagreementError(what)


def check_two_valued(spec: Specification, program: Program, today: date) -> str:
    """How often we agree with two-valued logic; it is one way in which unknown answers may turn out.

    So what we call raised or ruled out must be so there; and where everything that a flag rests on was asked and
    answered, we must not call it open. Raises: DisagreementError.
    """
    settled = known = 0
    for number, response in enumerate(spec.responses):
        said, theirs = program.of_stored(stored(spec, response), today), two_valued(spec, response)
        refuse(_contradicted(spec, said, theirs, f"response {number}"))
        states = dict(zip(spec.flags, said.conditions, strict=True))
        settled += sum(state != OPEN for state in states.values())
        for flag, rule in spec.flags.items():
            if _is_known(spec, rule, response, theirs["hidden"]):
                known += 1
                refuse([f"{flag} is open on the known answers of response {number}"] if states[flag] == OPEN else [])
    total = len(spec.responses) * len(spec.flags)
    return f"{settled:,} of {total:,} flags settled, none contradicted; {known:,} rest on known answers only, all agree"


def check_completions(spec: Specification, program: Program, today: date) -> str:
    """How often what we said of partial answers was tried on complete ones. Raises: DisagreementError."""
    dice, tried = Random(SEED), 0
    for number, response in enumerate(spec.responses[:COMPLETED]):
        partial = program.of_stored(stored(spec, response), today)
        for _ in range(COMPLETIONS):
            full = {question.id: answer(dice, question) for question in spec.questions} | response
            complete = program.of_stored(stored(spec, full), today)
            refuse(_changed(partial, complete, f"response {number}"))
            tried += 1
    return f"{tried:,} completions, none contradicts what was said before"


def _contradicted(spec: Specification, said: Said, theirs: Mapping[str, Any], where: str) -> Iterable[str]:
    for flag, state in zip(spec.flags, said.conditions, strict=True):
        if state != OPEN and (state == RAISED) != (flag in theirs["flags"]):
            yield f"{flag} of {where}"
    for score, (low, high) in zip(spec.scores, said.scores, strict=True):
        if not low <= theirs["scores"][score] <= high:
            yield f"{score} of {where}"
    for question, state in zip(spec.gates, said.asked, strict=True):
        if state != OPEN and (state == RULED_OUT) != (question in theirs["hidden"]):
            yield f"whether {question} of {where} is asked"


def _changed(partial: Said, complete: Said, where: str) -> Iterable[str]:
    before, after = (*partial.conditions, *partial.asked), (*complete.conditions, *complete.asked)
    for index, (early, late) in enumerate(zip(before, after, strict=True)):
        if early not in (OPEN, late):
            yield f"condition {index} of {where} was {early} and became {late}"
    for index, ((low, high), (lower, upper)) in enumerate(zip(partial.scores, complete.scores, strict=True)):
        if not low <= lower <= upper <= high:
            yield f"score {index} of {where} left its range"


def _is_known(spec: Specification, rule: Mapping[str, Any], response: Response, hidden: Iterable[str]) -> bool:
    """Whether everything that a rule rests on, directly or not, was asked and answered."""
    waiting, seen, out = list(read_of(dict(rule))), set(), set(hidden)
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        if key in spec.scores:
            waiting.extend(spec.scores[key])
        elif key not in response or key in out:
            return False
        elif key in spec.gates:
            waiting.extend(read_of(spec.gates[key]))
    return True
