"""Every way in which unknown answers may turn out, and a plain evaluator of two values that says what is then true.

A world gives each question the value that is typed, and a second one that holds where the question turns out not to
be asked and its author said nothing of that: there, any value is possible.
"""

import datetime as dt
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from screening.assessment.answers import EARLIEST, LATEST, Days, MedicineList, TakenMedicine, Value, frequency
from screening.definition.expression import (
    And,
    Answer,
    Arithmetic,
    Calculate,
    Choose,
    Compare,
    Comparison,
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
)
from screening.definition.model import Condition, Plan, Question, QuestionType
from screening.definition.scope import HOW_OFTEN
from tests.assessment.naive import elapsed

Definite = bool | str | float | frozenset[str] | tuple["DefiniteRow", ...] | None
DefiniteRow = Mapping[str, Definite]

BEYOND_DIVISION = (-1e9, 0.0, 1e9)
MOST_DAYS = 40


@dataclass(frozen=True)
class World:
    """One way in which everything may turn out; a quotient of nothing may be anything, here `divided`."""

    typed: Mapping[str, Definite]
    unasked: Mapping[str, Definite]
    divided: float
    treatment: tuple[str, str]


def worlds(
    plan: Plan, known: Mapping[str, Value], today: dt.date, most: int, random: Random
) -> tuple[Sequence[World], bool]:
    """All worlds that agree with the known answers, and True; or `most` of them by chance, and False."""
    questions = {f"{form.id}.{q.id}": q for form in plan.questionnaires for q in form.questions()}
    typed = {key: possible(plan, question, known.get(key), today) for key, question in questions.items()}
    free = {key: possible(plan, question, None, today) for key, question in questions.items() if loose(question)}
    treatments = [(plan.treatment.product, plan.treatment.route)]
    ways: list[Sequence[object]] = [*typed.values(), *free.values(), BEYOND_DIVISION, treatments]

    def world(values: Sequence[object]) -> World:
        rest = list(values)
        here = dict(zip(typed, rest, strict=False))
        there = dict(zip(free, rest[len(here) :], strict=False))
        return World(here, there, rest[-2], rest[-1])  # type: ignore[arg-type]

    every = math.prod(len(way) for way in ways) <= most and not any(isinstance(way, Sample) for way in ways)
    if every:
        return [world(values) for values in itertools.product(*ways)], True
    return [world([random.choice(way) for way in ways]) for _ in range(most)], False


def loose(question: Question) -> bool:
    """Whether there is a way in which nothing says what the answer is."""
    hides = question.when is not None and question.if_not_asked is None
    return hides or any(option.when for option in question.options)


class Sample(tuple[Definite, ...]):
    """Some of the possible values, where all would be too many."""

    __slots__ = ()


def possible(plan: Plan, question: Question, given: Value | None, today: dt.date) -> Sequence[Definite]:
    """The definite values that an answer may turn out to have."""
    match question.type:
        case QuestionType.YES_NO:
            return [given == "yes"] if given is not None else [True, False]
        case QuestionType.CHOICE | QuestionType.SCALE:
            return [str(given)] if given is not None else [option.id for option in question.options]
        case QuestionType.CHOICES:
            return [frozenset(given)] if isinstance(given, tuple) else list(sets(question))  # type: ignore[arg-type]
        case QuestionType.INTEGER:
            return (
                [given] if isinstance(given, int) else range(int(question.lowest or 0), int(question.highest or 0) + 1)
            )
        case QuestionType.DECIMAL | QuestionType.WEIGHT | QuestionType.HEIGHT:
            low, high = question.lowest or 0, question.highest or 0
            return (
                [given] if isinstance(given, int | float) else Sample((low, (low + high) / 2, (low + high) / 3, high))
            )
        case QuestionType.DATE:
            return _days(question, given, today)
        case QuestionType.MEDICINES:
            return _medicines(plan, given)
        case QuestionType.LIST:
            return _rows(plan, question, given, today)
        case QuestionType.TEXT | QuestionType.STATEMENT | QuestionType.ATTESTATION:
            return [None]


def sets(question: Question) -> Iterator[frozenset[str]]:
    """Every set of options that may be chosen together."""
    alone = [option.id for option in question.options if option.exclusive]
    others = [option.id for option in question.options if not option.exclusive]
    yield from (frozenset((code,)) for code in alone)
    for size in range(1 if alone else 0, len(others) + 1):
        yield from map(frozenset, itertools.combinations(others, size))


def _days(question: Question, given: Value | None, today: dt.date) -> Sequence[float]:
    span = given if isinstance(given, Days) else Days(EARLIEST, LATEST if question.future else today)
    first, last = span.first.toordinal(), span.last.toordinal()
    if last - first <= MOST_DAYS:
        return range(first, last + 1)
    near = [today.toordinal() - back for back in (0, 1, 2, 27, 28, 29, 30, 31, 32, 58, 59, 60, 61, 364, 365, 366, 367)]
    return Sample([first, last, (first + last) // 2, *(day for day in near if first <= day <= last)])  # type: ignore[return-value]


def _medicines(plan: Plan, given: Value | None) -> Sequence[tuple[DefiniteRow, ...]]:
    if isinstance(given, MedicineList):
        return list(itertools.product(*(_taken(plan, row) for row in given.rows)))
    one = _taken(plan, TakenMedicine("", "", "", None))
    return Sample(((), *((row,) for row in one), *itertools.product(one[:9], one[-9:])))  # type: ignore[return-value]


def _taken(plan: Plan, row: TakenMedicine) -> Sequence[DefiniteRow]:
    often = frequency(row.how_often)
    every = sorted(plan.formulary.classes())
    some = itertools.chain.from_iterable(itertools.combinations(every, size) for size in range(len(every) + 1))
    classes = [row.medicine.classes] if row.medicine else [frozenset(names) for names in some]
    return [
        {"classes": carried, "how_often": when} for carried in classes for when in ([often] if often else HOW_OFTEN)
    ]


def _rows(plan: Plan, question: Question, given: Value | None, today: dt.date) -> Sequence[tuple[DefiniteRow, ...]]:
    def filled(row: Mapping[str, Value]) -> list[DefiniteRow]:
        fields = {field.id: possible(plan, field, row.get(field.id), today) for field in question.questions}
        return [dict(zip(fields, values, strict=True)) for values in itertools.product(*fields.values())]

    if isinstance(given, tuple):
        return list(itertools.product(*(filled(row) for row in given if not isinstance(row, str))))
    one = filled({})
    many = itertools.islice(itertools.product(one, repeat=question.max), 60)
    return Sample(((), *((row,) for row in one), *many))  # type: ignore[return-value]


class Plain:
    """What one plan says in one world on one day: a number is a number, and a condition is true or false."""

    def __init__(self, plan: Plan, world: World, today: dt.date) -> None:
        self.plan = plan
        self.world = world
        self.today = today
        self.questions = {f"{form.id}.{q.id}": q for form in plan.questionnaires for q in form.questions()}
        self.scored = {f"{form.id}.{score.id}": score for form in plan.questionnaires for score in form.scores}
        self.variables: dict[str, DefiniteRow] = {}
        self.counted: dict[str, Definite] = {}

    def raised(self) -> dict[str, bool]:
        return {flag.id: self.true(flag.flag.when.tree) for flag in self.plan.flags}

    def asked(self) -> dict[str, bool]:
        return {key: self.holds(question.when) for key, question in self.questions.items()}

    def scores(self) -> dict[str, float]:
        return {key: self.number(score.value.tree) for key, score in self.scored.items()}

    def holds(self, condition: Condition | None) -> bool:
        return condition is None or self.true(condition.tree)

    def answer(self, key: str) -> Definite:
        """The value that counts: typed where asked, else what that implies, else anything."""
        if key not in self.counted:
            self.counted[key] = self._counted(key, self.questions[key])
        return self.counted[key]

    def _counted(self, key: str, question: Question) -> Definite:
        if self.holds(question.when):
            return self._offered(key, question)
        match question.if_not_asked:
            case None:
                return self.world.unasked[key]
            case tuple(codes):
                return frozenset(codes)
            case implied if question.type is QuestionType.YES_NO:
                return implied == "yes"
            case implied:
                return implied

    def _offered(self, key: str, question: Question) -> Definite:
        typed = self.world.typed[key]
        offered = [option.id for option in question.options if self.holds(option.when)]
        if len(offered) == len(question.options):
            return typed
        if isinstance(typed, frozenset):
            other = self.world.unasked[key]
            assert isinstance(other, frozenset)
            return (typed & frozenset(offered)) or (other & frozenset(offered) if typed else typed)
        if typed in offered:
            return typed
        other = self.world.unasked[key]
        codes = [option.id for option in question.options]
        return offered[codes.index(str(other)) % len(offered)] if offered else other

    def true(self, node: Node) -> bool:
        value = self.value(node)
        assert isinstance(value, bool), node
        return value

    def number(self, node: Node) -> float:
        value = self.value(node)
        assert isinstance(value, int | float), node
        return value

    def value(self, node: Node) -> Definite:
        match node:
            case Number():
                return node.value
            case Today():
                return self.today.toordinal()
            case Answer():
                return self.answer(node.key)
            case RowField():
                return self.variables[node.variable][node.field]
            case ScoreValue():
                if node.key not in self.counted:
                    self.counted[node.key] = self.number(self.scored[node.key].value.tree)
                return self.counted[node.key]
            case Points():
                return self.questions[node.answer.key].option(str(self.answer(node.answer.key))).points or 0
            case Treatment():
                return self.world.treatment[node.field == "route"]
            case Not():
                return not self.true(node.condition)
            case And():
                return all(self.true(each) for each in node.conditions)
            case Or():
                return any(self.true(each) for each in node.conditions)
            case CountTrue():
                return sum(self.true(each) for each in node.conditions)
            case OneOf():
                return self.value(node.value) in node.codes
            case Holds():
                held = self.value(node.codes)
                assert isinstance(held, frozenset)
                return node.code in held
            case Choose():
                return self.value(node.then if self.true(node.condition) else node.otherwise)
            case Sum():
                return sum(self.number(each) for each in node.numbers)
            case Smallest():
                return min(self.number(each) for each in node.numbers)
            case Largest():
                return max(self.number(each) for each in node.numbers)
            case Elapsed():
                return elapsed(node.unit, self.number(node.date), self.today)
            case Compare():
                return _compared(self.number(node.left), node.how, self.number(node.right))
            case Calculate():
                return self._calculated(self.number(node.left), node.how, self.number(node.right))
            case Takes() | Rows():
                return self._over_rows(node)

    def _over_rows(self, node: Takes | Rows) -> Definite:
        rows = self.answer(node.medicines.key if isinstance(node, Takes) else node.rows.key)
        assert isinstance(rows, tuple)
        if isinstance(node, Takes):
            return any(isinstance(held := row["classes"], frozenset) and node.drug_class in held for row in rows)
        met = [self._met(node, row) for row in rows]
        match node.quantifier:
            case Quantifier.ANY:
                return any(met)
            case Quantifier.ALL:
                return all(met)
            case Quantifier.COUNT:
                return sum(met)

    def _met(self, node: Rows, row: DefiniteRow) -> bool:
        outside = self.variables
        self.variables = {**outside, node.variable: row}
        met = self.true(node.condition)
        self.variables = outside
        return met

    def _calculated(self, left: float, how: Arithmetic, right: float) -> float:
        match how:
            case Arithmetic.ADD:
                return left + right
            case Arithmetic.SUBTRACT:
                return left - right
            case Arithmetic.MULTIPLY:
                return left * right
            case Arithmetic.DIVIDE:
                return left / right if right else self.world.divided


def _compared(left: float, how: Comparison, right: float) -> bool:
    match how:
        case Comparison.EQUAL:
            return left == right
        case Comparison.NOT_EQUAL:
            return left != right
        case Comparison.LESS:
            return left < right
        case Comparison.LESS_EQUAL:
            return left <= right
        case Comparison.GREATER:
            return left > right
        case Comparison.GREATER_EQUAL:
            return left >= right
