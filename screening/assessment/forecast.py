"""When findings change by the passing of time alone: "no longer within six weeks from 2027-01-03"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from screening.assessment.answers import read_answers
from screening.assessment.program import Program, Wanted
from screening.assessment.truth import State
from screening.definition.expression import Elapsed, Today, walk
from screening.definition.model import PlannedFlag, Question, QuestionType

DAYS_AHEAD = 400
_STATES = (State.RULED_OUT, State.OPEN, State.RAISED)


@dataclass(frozen=True, slots=True)
class Turn:
    """The first day on which a flag's state differs from today's, if no answer changes."""

    flag: str
    day: date
    before: State
    after: State


def turns(program: Program, raw: Mapping[str, object], today: date, days_ahead: int = DAYS_AHEAD) -> tuple[Turn, ...]:
    """The first change of every flag that time alone changes within some days, by day, then by the plan's order.

    `raw` are the answers as they are kept: what a partial date may be depends on the day on which it is read.
    Raises: AnswersError where they do not fit.
    """
    waiting = {flag.id: flag for flag in program.plan.flags if _feels_time(program, flag)}
    if not waiting:
        return ()
    conditions = tuple(flag.flag.when.tree for flag in waiting.values())
    evaluate = program.compiled(Wanted(conditions))
    names, needed = tuple(waiting), _only(raw, program.cone(conditions))

    def states(day: date) -> dict[str, int]:
        known = read_answers(program.plan, needed, day).known
        return dict(zip(names, evaluate(known.get, day.toordinal()).conditions, strict=True))

    now = states(today)
    found: list[Turn] = []
    for ahead in range(1, days_ahead + 1):
        day = today + timedelta(days=ahead)
        then = states(day)
        for name in tuple(waiting):
            if then[name] != now[name]:
                found.append(Turn(name, day, _STATES[now[name]], _STATES[then[name]]))
                del waiting[name]
        if not waiting:
            break
    return tuple(found)


def _only(raw: Mapping[str, object], keys: tuple[str, ...]) -> dict[str, dict[str, object]]:
    """The answers to the questions with those keys."""
    kept: dict[str, dict[str, object]] = {}
    for form, given in raw.items():
        if isinstance(given, Mapping):
            kept[form] = {question: answer for question, answer in given.items() if f"{form}.{question}" in keys}
    return kept


def _feels_time(program: Program, flag: PlannedFlag) -> bool:
    """Whether a flag, or anything that it rests on, reads the day, or a date: one that is not known ends today."""
    cone = program.cone((flag.flag.when.tree,))
    trees = (flag.flag.when.tree, *(tree for key in cone for tree in program.trees[key]))
    reads_day = any(isinstance(node, Elapsed | Today) for tree in trees for node in walk(tree))
    return reads_day or any(_has_date(program.slots[key].question) for key in cone if key in program.slots)


def _has_date(question: Question) -> bool:
    return question.type is QuestionType.DATE or any(map(_has_date, question.questions))
