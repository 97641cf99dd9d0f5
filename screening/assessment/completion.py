"""Definite values that an unknown or imprecise answer may turn out to have: enough of them to show what it decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from types import MappingProxyType

from screening.assessment.answers import EARLIEST, Days, MedicineList, TakenMedicine, Value
from screening.definition.formulary import Medicine
from screening.definition.model import Question, QuestionType

DAYS_IN = {"years_since": 365.2425, "months_since": 30.436875}
MOST_CLASSES = 80


def is_exact(value: Value) -> bool:
    """Whether nothing about a known answer is left open: no partial date, no medicine that is not recognised."""
    match value:
        case Days():
            return value.first == value.last
        case MedicineList():
            return not value.not_recognised
        case _:
            return True


def completions(
    question: Question, given: Value | None, today: date, classes: Iterable[str], numbers: Iterable[int | float]
) -> tuple[Value, ...]:
    """Definite values for the answer; `classes` and `numbers` are those that conditions on it name."""
    match question.type:
        case QuestionType.YES_NO:
            return ("yes", "no")
        case QuestionType.CHOICE | QuestionType.SCALE:
            return tuple(option.id for option in question.options)
        case QuestionType.CHOICES:
            return tuple(_sets(question))
        case QuestionType.INTEGER | QuestionType.DECIMAL | QuestionType.WEIGHT | QuestionType.HEIGHT:
            return tuple(_amounts(question, numbers))
        case QuestionType.DATE:
            span = given if isinstance(given, Days) else Days(EARLIEST, today)
            return tuple(_days(span, today, numbers))
        case QuestionType.MEDICINES:
            return tuple(_medicines(given, classes))
        case QuestionType.LIST:
            return ((), *(((MappingProxyType(row)),) for row in _rows(question, today, classes, numbers)))
        case QuestionType.TEXT | QuestionType.STATEMENT | QuestionType.ATTESTATION:
            return ()


def _sets(question: Question) -> Iterator[tuple[str, ...]]:
    """Each option alone, and all that may be chosen together."""
    yield from ((option.id,) for option in question.options)
    yield tuple(option.id for option in question.options if not option.exclusive)


def _amounts(question: Question, numbers: Iterable[int | float]) -> Iterator[int | float]:
    """The ends of the range, its middle, and every number in it that a condition names, with its neighbours."""
    low, high = question.lowest or 0, question.highest or 0
    step: float = 1 if question.type is QuestionType.INTEGER else 0.1
    near = {number + shift for number in numbers for shift in (-step, 0, step)}
    wanted = {low, high, (low + high) // 2, *(number for number in near if low <= number <= high)}
    whole = question.type is QuestionType.INTEGER
    yield from sorted(number for number in wanted if not whole or number == int(number))


def _days(span: Days, today: date, numbers: Iterable[int | float]) -> Iterator[Days]:
    """The ends of the span, and the days in it that lie as far back as a number that a condition names."""
    wanted = {span.first, span.last}
    for number in numbers:
        for days in (number, *(number * length for length in DAYS_IN.values())):
            if 0 <= days < (today - EARLIEST).days - 3:
                wanted.update(today - timedelta(days=int(days) + shift) for shift in (-2, -1, 0, 1, 2))
    yield from (Days(day, day) for day in sorted(wanted, reverse=True) if span.first <= day <= span.last)


def _medicines(given: Value | None, classes: Iterable[str]) -> Iterator[MedicineList]:
    """What is known to be taken, alone and with a medicine of each class that a condition names, and of all."""
    known = tuple(row for row in given.rows if row.medicine) if isinstance(given, MedicineList) else ()
    yield MedicineList(known)
    named = sorted(classes)[:MOST_CLASSES]
    for some in (*((name,) for name in named), tuple(named)):
        yield MedicineList((*known, TakenMedicine("", "", "daily", Medicine("", (), frozenset(some)))))


def _rows(
    question: Question, today: date, classes: Iterable[str], numbers: Iterable[int | float]
) -> Iterator[dict[str, Value]]:
    """Rows that take each field through its values while the others hold their first."""
    fields = {field.id: completions(field, None, today, classes, numbers) for field in question.questions}
    first = {name: values[0] for name, values in fields.items() if values}
    yield first
    for name, values in fields.items():
        yield from ({**first, name: value} for value in values[1:])
