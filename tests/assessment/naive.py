"""A second evaluator, written from the language's description alone: a walk over the tree with sets of possible values.

Slow and plain on purpose. What the compiled evaluator says is held against it.
"""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

from screening.assessment.answers import EARLIEST, LATEST, Days, MedicineList, Value, frequency
from screening.assessment.truth import State, Truth
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
    Since,
    Smallest,
    Sum,
    Takes,
    Today,
    Treatment,
)
from screening.definition.model import Condition, Plan, Question, QuestionType, Score
from screening.definition.scope import HOW_OFTEN


@dataclass(frozen=True)
class Span:
    """The numbers, or the days as ordinals, from `low` to `high`."""

    low: float
    high: float


@dataclass(frozen=True)
class OneCode:
    """The codes of which the answer is one."""

    among: frozenset[str]


@dataclass(frozen=True)
class Codes:
    """The codes that a set must hold, and those that it may."""

    must: frozenset[str]
    may: frozenset[str]


@dataclass(frozen=True)
class Words:
    """A free text, of which nothing can be asked."""


@dataclass(frozen=True)
class Table:
    """The rows that are there, how many more there may be, and what is known of each of those: nothing."""

    rows: tuple["Fields", ...]
    more: int
    blank: "Fields"


Possible = Truth | Span | OneCode | Codes | Words | Table
Fields = Mapping[str, Possible]
ANYTHING = Span(-math.inf, math.inf)


class Naive:
    """What one plan says of one set of answers on one day."""

    def __init__(self, plan: Plan, known: Mapping[str, Value], today: dt.date) -> None:
        self.plan = plan
        self.known = known
        self.today = today
        self.questions = {f"{form.id}.{q.id}": q for form in plan.questionnaires for q in form.questions()}
        self.scored: dict[str, Score] = {f"{f.id}.{s.id}": s for f in plan.questionnaires for s in f.scores}
        self.settled: dict[str, Possible] = {}
        self.variables: dict[str, Fields] = {}

    def states(self) -> dict[str, State]:
        return {flag.id: State.of(self.truth(flag.flag.when.tree)) for flag in self.plan.flags}

    def asked(self) -> dict[str, Truth]:
        return {key: self.holds(question.when) for key, question in self.questions.items()}

    def scores(self) -> dict[str, tuple[float, float]]:
        spans = {key: self.span(score.value.tree) for key, score in self.scored.items()}
        return {key: (span.low, span.high) for key, span in spans.items()}

    # Answers

    def answer(self, key: str) -> Possible:
        """What the answer may be, with what not asking it implies wherever it may not have been asked."""
        if key not in self.settled:
            self.settled[key] = self._answer(self.questions[key], self.known.get(key))
        return self.settled[key]

    def _answer(self, question: Question, given: Value | None) -> Possible:
        typed = self._offered(question, given)
        implied = question.if_not_asked
        unasked = self.possible(question, None if implied is None else implied)
        match self.holds(question.when):
            case Truth.TRUE:
                return typed
            case Truth.FALSE:
                return unasked
            case Truth.UNKNOWN:
                return either(typed, unasked)

    def _offered(self, question: Question, given: Value | None) -> Possible:
        """The answer as typed; of an option that may be hidden only what its not being offered leaves."""
        hidden = {option.id: self.holds(option.when) for option in question.options}
        typed = self.possible(question, given)
        if all(truth is Truth.TRUE for truth in hidden.values()):
            return typed
        maybe = frozenset(code for code, truth in hidden.items() if truth is not Truth.FALSE)
        sure = frozenset(code for code, truth in hidden.items() if truth is Truth.TRUE)
        match typed:
            case OneCode(among):
                offered = maybe if sure else frozenset(hidden)
                if given is None:
                    return OneCode(offered)
                return OneCode(among if among <= sure else offered if not among & maybe else among | offered)
            case Codes(must, may):
                if must & sure:
                    return Codes(must & sure, may & maybe)
                return Codes(frozenset(), maybe) if may else typed
            case _:
                raise AssertionError(typed)

    def possible(self, question: Question, given: object) -> Possible:
        """The values that an answer may be, gates aside; `None` is unknown."""
        codes = frozenset(option.id for option in question.options)
        match question.type:
            case QuestionType.YES_NO:
                return Truth.UNKNOWN if given is None else certain(given == "yes")
            case QuestionType.CHOICE | QuestionType.SCALE:
                return OneCode(codes if given is None else frozenset((str(given),)))
            case QuestionType.CHOICES:
                if given is None:
                    return Codes(frozenset(), codes)
                assert isinstance(given, tuple)
                return Codes(frozenset(given), frozenset(given))
            case QuestionType.INTEGER | QuestionType.DECIMAL | QuestionType.WEIGHT | QuestionType.HEIGHT:
                if given is None:
                    assert question.lowest is not None
                    assert question.highest is not None
                    return Span(question.lowest, question.highest)
                assert isinstance(given, int | float)
                return Span(given, given)
            case QuestionType.DATE:
                if isinstance(given, Days):
                    return Span(given.first.toordinal(), given.last.toordinal())
                last = LATEST if question.future else self.today
                return Span(EARLIEST.toordinal(), last.toordinal())
            case QuestionType.MEDICINES:
                return self._medicines(question, given)
            case QuestionType.LIST:
                return self._rows(question, given)
            case QuestionType.TEXT | QuestionType.STATEMENT | QuestionType.ATTESTATION:
                return Words()

    def _medicines(self, question: Question, given: object) -> Table:
        classes = self.plan.formulary.classes()
        blank: Fields = {"classes": Codes(frozenset(), classes), "how_often": OneCode(frozenset(HOW_OFTEN))}
        if not isinstance(given, MedicineList):
            return Table((), question.max, blank)
        rows: list[Fields] = []
        for row in given.rows:
            often = frequency(row.how_often)
            carried = row.medicine and Codes(row.medicine.classes, row.medicine.classes)
            rows.append(
                {
                    "classes": carried or blank["classes"],
                    "how_often": OneCode(frozenset((often,))) if often else blank["how_often"],
                }
            )
        return Table(tuple(rows), 0, blank)

    def _rows(self, question: Question, given: object) -> Table:
        blank = {field.id: self.possible(field, None) for field in question.questions}
        if not isinstance(given, tuple):
            return Table((), question.max, blank)
        rows = tuple(
            {field.id: self.possible(field, row.get(field.id)) for field in question.questions} for row in given
        )
        return Table(rows, 0, blank)

    # Conditions

    def holds(self, condition: Condition | None) -> Truth:
        return Truth.TRUE if condition is None else self.truth(condition.tree)

    def truth(self, node: Node) -> Truth:
        match node:
            case Not():
                return denied(self.truth(node.condition))
            case And():
                return all_of([self.truth(each) for each in node.conditions])
            case Or():
                return any_of([self.truth(each) for each in node.conditions])
            case Compare():
                return compared(self.span(node.left), node.how, self.span(node.right))
            case OneOf():
                return self._one_of(node)
            case Holds():
                held = self.value(node.codes)
                assert isinstance(held, Codes)
                return Truth.TRUE if node.code in held.must else maybe(node.code in held.may)
            case Takes():
                return self._takes(node)
            case Rows():
                return self._rows_truth(node)
            case _:
                truth = self.value(node)
                assert isinstance(truth, Truth)
                return truth

    def _one_of(self, node: OneOf) -> Truth:
        value = self.value(node.value)
        assert isinstance(value, OneCode)
        if value.among <= node.codes:
            return Truth.TRUE
        return maybe(bool(value.among & node.codes))

    def _takes(self, node: Takes) -> Truth:
        listed = self.value(node.medicines)
        assert isinstance(listed, Table)
        taken = [row["classes"] for row in listed.rows] + [listed.blank["classes"]] * listed.more
        if any(isinstance(classes, Codes) and node.drug_class in classes.must for classes in taken):
            return Truth.TRUE
        return maybe(any(isinstance(classes, Codes) and node.drug_class in classes.may for classes in taken))

    def _per_row(self, node: Rows) -> tuple[list[Truth], Truth, int]:
        """The condition's truth for each row that is there, for a row that may be, and how many of those may be."""
        table = self.value(node.rows)
        assert isinstance(table, Table)
        truths: list[Truth] = []
        outside = self.variables
        for row in (*table.rows, table.blank):
            self.variables = {**outside, node.variable: row}
            truths.append(self.truth(node.condition))
        self.variables = outside
        return truths[:-1], truths[-1], table.more

    def _rows_truth(self, node: Rows) -> Truth:
        truths, blank, more = self._per_row(node)
        match node.quantifier:
            case Quantifier.ANY:
                return any_of([*truths, *([all_of([blank, Truth.UNKNOWN])] if more else [])])
            case Quantifier.ALL:
                return all_of([*truths, *([any_of([blank, Truth.UNKNOWN])] if more else [])])
            case Quantifier.COUNT:
                raise AssertionError(node)

    # Numbers and days

    def span(self, node: Node) -> Span:
        match node:
            case Number():
                return Span(node.value, node.value)
            case Today():
                return Span(self.today.toordinal(), self.today.toordinal())
            case Points():
                return self._points(node)
            case ScoreValue():
                return self.span(self.scored[node.key].value.tree) if node.key in self.scored else ANYTHING
            case Calculate():
                return calculated(self.span(node.left), node.how, self.span(node.right))
            case Sum():
                return summed([self.span(each) for each in node.numbers])
            case Smallest():
                spans = [self.span(each) for each in node.numbers]
                return Span(min(each.low for each in spans), min(each.high for each in spans))
            case Largest():
                spans = [self.span(each) for each in node.numbers]
                return Span(max(each.low for each in spans), max(each.high for each in spans))
            case CountTrue():
                return counted([self.truth(each) for each in node.conditions])
            case Rows():
                truths, blank, more = self._per_row(node)
                known = counted(truths)
                return Span(known.low, known.high + (0 if blank is Truth.FALSE else more))
            case Elapsed():
                days = self.span(node.date)
                return Span(elapsed(node.unit, days.high, self.today), elapsed(node.unit, days.low, self.today))
            case _:
                span = self.value(node)
                assert isinstance(span, Span)
                return span

    def _points(self, node: Points) -> Span:
        value = self.value(node.answer)
        assert isinstance(value, OneCode)
        points = [self.questions[node.answer.key].option(code).points or 0 for code in value.among]
        return Span(min(points), max(points))

    # Values of any kind

    def value(self, node: Node) -> Possible:
        match node:
            case Answer():
                return self.answer(node.key)
            case RowField():
                return self.variables[node.variable][node.field]
            case Treatment():
                written: str = getattr(self.plan.treatment, node.field)
                return OneCode(frozenset((written,)) if written else frozenset(node.among))
            case Choose():
                return self._chosen(node)
            case Not() | And() | Or() | Compare() | OneOf() | Holds() | Takes():
                return self.truth(node)
            case Rows() if node.quantifier is not Quantifier.COUNT:
                return self.truth(node)
            case _:
                return self.span(node)

    def _chosen(self, node: Choose) -> Possible:
        match self.truth(node.condition):
            case Truth.TRUE:
                return self.value(node.then)
            case Truth.FALSE:
                return self.value(node.otherwise)
            case Truth.UNKNOWN:
                return either(self.value(node.then), self.value(node.otherwise))


def certain(holds: bool) -> Truth:  # noqa: FBT001  the bool is the value
    return Truth.TRUE if holds else Truth.FALSE


def maybe(may: bool) -> Truth:  # noqa: FBT001  the bool is the value
    return Truth.UNKNOWN if may else Truth.FALSE


def denied(truth: Truth) -> Truth:
    return {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}[truth]


def all_of(truths: list[Truth]) -> Truth:
    return min(truths, key=lambda truth: truth.value, default=Truth.TRUE)


def any_of(truths: list[Truth]) -> Truth:
    return max(truths, key=lambda truth: truth.value, default=Truth.FALSE)


def counted(truths: list[Truth]) -> Span:
    sure = truths.count(Truth.TRUE)
    return Span(sure, sure + truths.count(Truth.UNKNOWN))


def compared(left: Span, how: Comparison, right: Span) -> Truth:
    match how:
        case Comparison.LESS:
            return Truth.TRUE if left.high < right.low else maybe(left.low < right.high)
        case Comparison.LESS_EQUAL:
            return Truth.TRUE if left.high <= right.low else maybe(left.low <= right.high)
        case Comparison.GREATER:
            return compared(right, Comparison.LESS, left)
        case Comparison.GREATER_EQUAL:
            return compared(right, Comparison.LESS_EQUAL, left)
        case Comparison.EQUAL:
            if left.low == left.high == right.low == right.high:
                return Truth.TRUE
            return maybe(left.low <= right.high and right.low <= left.high)
        case Comparison.NOT_EQUAL:
            return denied(compared(left, Comparison.EQUAL, right))


def calculated(left: Span, how: Arithmetic, right: Span) -> Span:
    match how:
        case Arithmetic.ADD:
            return Span(left.low + right.low, left.high + right.high)
        case Arithmetic.SUBTRACT:
            return Span(left.low - right.high, left.high - right.low)
        case Arithmetic.MULTIPLY:
            corners = [times(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
            return Span(min(corners), max(corners))
        case Arithmetic.DIVIDE:
            if right.low <= 0 <= right.high:
                return ANYTHING
            corners = [over(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
            return Span(min(corners), max(corners))


def times(one: float, other: float) -> float:
    return 0 if 0 in (one, other) else one * other


def over(one: float, other: float) -> float:
    """The quotient; over what may grow without end, it may shrink to nothing."""
    return 0 if math.isinf(other) else one / other


def summed(spans: list[Span]) -> Span:
    return Span(sum(span.low for span in spans), sum(span.high for span in spans))


def elapsed(unit: Since, day: float, today: dt.date) -> int:
    """Whole units from a day until today, by the calendar."""
    since = dt.date.fromordinal(int(day))
    months = 12 * (today.year - since.year) + today.month - since.month - (today.day < since.day)
    match unit:
        case Since.DAYS:
            return (today - since).days
        case Since.MONTHS:
            return months
        case Since.YEARS:
            return months // 12


def either(one: Possible, other: Possible) -> Possible:
    """What is possible where either may be so."""
    match one, other:
        case Truth(), Truth():
            return one if one is other else Truth.UNKNOWN
        case Span(), Span():
            return Span(min(one.low, other.low), max(one.high, other.high))
        case OneCode(), OneCode():
            return OneCode(one.among | other.among)
        case Codes(), Codes():
            return Codes(one.must & other.must, one.may | other.may)
        case Table(), Table():
            return one if one == other else Table((), max(one.more, other.more), one.blank)
        case Words(), Words():
            return one
        case _:
            raise AssertionError((one, other))
