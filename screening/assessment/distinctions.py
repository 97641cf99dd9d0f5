"""Which values of an answer the conditions on it tell apart: of values that none tells apart, one stands for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from screening.assessment.answers import Value
from screening.assessment.layout import Held, Slot
from screening.assessment.program import Program, Wanted
from screening.definition.expression import (
    And,
    Answer,
    Calculate,
    Choose,
    Compare,
    CountTrue,
    Elapsed,
    Holds,
    Largest,
    Node,
    Not,
    Number,
    OneOf,
    Or,
    Points,
    Quantifier,
    RowField,
    Rows,
    ScoreValue,
    Smallest,
    Sum,
    Takes,
    Today,
    Treatment,
    parts,
    references,
)
from screening.definition.model import QuestionType

Tests = Mapping[str, tuple[Node, ...] | None]


def tests_of(program: Program, trees: Iterable[Node]) -> Tests:
    """For every question that the expressions read, the smallest conditions that read it.

    None where one of these reads more than that question, or where it is a number that is read outside of them: then
    every value may count.
    """
    found: dict[str, tuple[Node, ...] | None] = {}
    waiting = list(trees)
    while waiting:
        node = waiting.pop()
        match node:
            case And() | Or() | Not() | CountTrue() | Choose() | Compare(left=CountTrue(), right=Number()):
                waiting.extend(parts(node))
            case Answer(key=key) if program.slots[key].question.type is not QuestionType.YES_NO:
                found[key] = None
            case Rows(quantifier=Quantifier.COUNT):
                found.update(dict.fromkeys((reference.key for reference in references(node)), None))
            case Answer() | Compare() | OneOf() | Holds() | Takes() | Rows():
                read = {reference.key for reference in references(node)}
                for key in read:
                    before = found.get(key, ())
                    found[key] = None if before is None or len(read) > 1 else (*before, node)
            case Points() | Sum() | Smallest() | Largest() | Calculate() | Elapsed() | ScoreValue() | RowField():
                found.update(dict.fromkeys((reference.key for reference in references(node)), None))
            case Number() | Treatment() | Today():
                continue
    return found


def told_apart(program: Program, key: str, tests: Tests, values: tuple[Value, ...], today: date) -> tuple[Value, ...]:
    """One of the values for each outcome of the conditions on the answer; all of them where more than these counts."""
    conditions = tests.get(key)
    if conditions is None or not _is_plain(program.slots[key]):
        return values
    evaluate = program.compiled(Wanted(conditions, gated=False))
    day = today.toordinal()
    found: dict[tuple[int, ...], Value] = {}
    for value in values:
        found.setdefault(evaluate({key: value}.get, day).conditions, value)
    return tuple(found.values())


def _is_plain(slot: Slot) -> bool:
    """Whether an answer counts by the conditions on it alone.

    An option that may not be offered counts by that too. Between a number and what not asking implies lie others, which
    count while it is unknown whether the question is asked.
    """
    between = slot.held is Held.AMOUNT and slot.implied() is not None
    return not between and not any(option.when for option in slot.question.options)
