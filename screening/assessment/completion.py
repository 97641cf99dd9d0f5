"""Definite values that an unknown or imprecise answer may turn out to have: enough of them to show what it decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from screening.assessment.answers import EARLIEST, LATEST, Days, MedicineList, Row, TakenMedicine, Value, frequency
from screening.definition.expression import Holds, Node, Number, RowField, Takes, walk
from screening.definition.formulary import Medicine
from screening.definition.model import Question, QuestionType
from screening.definition.scope import HOW_OFTEN

DAYS_IN = {"years_since": 365.2425, "months_since": 30.436875}
MOST_CLASSES = 80


@dataclass(frozen=True, slots=True)
class Named:
    """What conditions name, around which answers decide: codes of sets, numbers, and whether how often counts."""

    codes: tuple[str, ...]
    numbers: tuple[int | float, ...]
    how_often: bool


def named(trees: Iterable[Node]) -> Named:
    """What some expressions name."""
    nodes = [node for tree in trees for node in walk(tree)]
    classes = {node.drug_class for node in nodes if isinstance(node, Takes)}
    held = {node.code for node in nodes if isinstance(node, Holds)}
    numbers = {node.value for node in nodes if isinstance(node, Number)}
    how_often = any(isinstance(node, RowField) and node.field == "how_often" for node in nodes)
    return Named(tuple(sorted(classes | held))[:MOST_CLASSES], tuple(sorted(numbers)), how_often)


def is_exact(question: Question, value: Value, wanted: Named) -> bool:
    """Whether a known answer leaves nothing open of what is named: no partial date, no medicine not recognised."""
    match value:
        case Days():
            return value.first == value.last
        case MedicineList():
            often = all(frequency(row.how_often) for row in value.rows) or not wanted.how_often
            return often and not value.not_recognised
        case tuple() if question.type is QuestionType.LIST:
            return not any(_open_fields(question, row, wanted) for row in value if not isinstance(row, str))
        case _:
            return True


def _open_fields(question: Question, row: Row, wanted: Named) -> tuple[Question, ...]:
    """The fields of a row that are missing or imprecise, of those that can be read."""
    fields = (field for field in question.questions if field.type is not QuestionType.TEXT)
    return tuple(field for field in fields if field.id not in row or not is_exact(field, row[field.id], wanted))


def completions(question: Question, given: Value | None, today: date, wanted: Named) -> tuple[Value, ...]:
    """Definite values for the answer; `wanted` is what conditions on it name."""
    match question.type:
        case QuestionType.YES_NO:
            return ("yes", "no")
        case QuestionType.CHOICE | QuestionType.SCALE:
            return tuple(option.id for option in question.options)
        case QuestionType.CHOICES:
            return tuple(_sets(question))
        case QuestionType.INTEGER | QuestionType.DECIMAL | QuestionType.WEIGHT | QuestionType.HEIGHT:
            return tuple(_amounts(question, wanted.numbers))
        case QuestionType.DATE:
            span = given if isinstance(given, Days) else Days(EARLIEST, LATEST if question.future else today)
            return tuple(_days(span, today, wanted.numbers))
        case QuestionType.MEDICINES:
            return tuple(_medicines(question, given, wanted))
        case QuestionType.LIST:
            return tuple(_rows(question, given, today, wanted))
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


def _medicines(question: Question, given: Value | None, wanted: Named) -> Iterator[MedicineList]:
    """What is known to be taken, alone and with a medicine of each class that a condition names, and of all."""
    rows = given.rows if isinstance(given, MedicineList) else ()
    places = (1, question.max) if given is None else (1,)
    times = HOW_OFTEN if wanted.how_often else HOW_OFTEN[:1]
    some = (*((name,) for name in wanted.codes), wanted.codes)
    for time in times:
        known = tuple(_timed(row, time) for row in rows if row.medicine)
        yield MedicineList(known)
        for carried in some:
            one = TakenMedicine("", "", time, Medicine("", (), frozenset(carried)))
            yield from (MedicineList((*known, *(one,) * number)) for number in places)


def _timed(row: TakenMedicine, time: str) -> TakenMedicine:
    """The medicine, taken as often as is known, else that often."""
    return row if frequency(row.how_often) else replace(row, how_often=time)


def _rows(question: Question, given: Value | None, today: date, wanted: Named) -> Iterator[tuple[Row, ...]]:
    """No row, one, and as many as there may be; or the rows that are given, with what is missing in them filled."""
    if given is None:
        yield ()
        for row in _filled(question, {}, today, wanted):
            yield from ((row,) * number for number in (1, question.max))
        return
    rows = tuple(row for row in given if isinstance(row, Mapping)) if isinstance(given, tuple) else ()
    ways = [tuple(_filled(question, row, today, wanted)) for row in rows]
    for way in range(max(map(len, ways), default=0)):
        yield tuple(filled[min(way, len(filled) - 1)] for filled in ways)
    for index, filled in enumerate(ways):
        first = [other[0] for other in ways]
        yield from ((*first[:index], row, *first[index + 1 :]) for row in filled[1:])


def _filled(question: Question, row: Row, today: date, wanted: Named) -> Iterator[Row]:
    """The row with each open field taken through its values while the others hold their first."""
    ways = {
        field.id: completions(field, row.get(field.id), today, wanted) for field in _open_fields(question, row, wanted)
    }
    first = {**row, **{name: values[0] for name, values in ways.items()}}
    yield MappingProxyType(first)
    for name, values in ways.items():
        yield from (MappingProxyType({**first, name: value}) for value in values[1:])
