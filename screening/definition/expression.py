"""The typed tree of an expression: what a condition or a number says, once names and types are settled.

Every node is a frozen value, so two expressions with the same meaning compare equal. Backends (evaluation, proof,
printing) each `match` over `Node`; a new kind of node is found by the type checker in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Comparison(StrEnum):
    """How two values are compared; the value is the symbol in the language."""

    EQUAL = "=="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="


class Arithmetic(StrEnum):
    """How two numbers are combined; the value is the symbol in the language."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"


class Quantifier(StrEnum):
    """What is asked of the rows of a list."""

    ANY = "any"
    ALL = "all"
    COUNT = "count"


class Since(StrEnum):
    """In which whole units the time from a date until today is counted."""

    YEARS = "years_since"
    MONTHS = "months_since"
    DAYS = "days_since"


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in the expression."""

    value: int | float


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question, wherever it is asked: the key of `Plan.questions`."""

    questionnaire: str
    question: str

    @property
    def key(self) -> str:
        """The name under which answers, findings and scores speak of it: `questionnaire.question`."""
        return f"{self.questionnaire}.{self.question}"


@dataclass(frozen=True, slots=True)
class Points:
    """The points of the chosen option of a `choice` or `scale`: its answer where a number is wanted."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class ScoreValue:
    """The value of a score, read in a later condition."""

    questionnaire: str
    score: str

    @property
    def key(self) -> str:
        """The score's name in results: `questionnaire.score`."""
        return f"{self.questionnaire}.{self.score}"


@dataclass(frozen=True, slots=True)
class Treatment:
    """The pathway's `product` or `route`, one of `among`."""

    field: str
    among: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """The day of the assessment."""


@dataclass(frozen=True, slots=True)
class RowField:
    """A field of the current row of a list: a question of the row, or `classes` of a medicine."""

    variable: str
    field: str


@dataclass(frozen=True, slots=True)
class Not:
    """True where the condition is false."""

    condition: Node


@dataclass(frozen=True, slots=True)
class And:
    """True where all conditions are true."""

    conditions: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True where any condition is true."""

    conditions: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """Two numbers, dates or codes compared."""

    left: Node
    how: Comparison
    right: Node


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether the code on the left is one of the written codes."""

    value: Node
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Holds:
    """Whether a set of codes (the answer of a `choices`, a medicine's classes) holds the written code."""

    codes: Node
    code: str


@dataclass(frozen=True, slots=True)
class Takes:
    """Whether the patient takes a medicine of the class; `medicines` is the question that lists them."""

    medicines: Answer
    drug_class: str


@dataclass(frozen=True, slots=True)
class Calculate:
    """Two numbers combined."""

    left: Node
    how: Arithmetic
    right: Node


@dataclass(frozen=True, slots=True)
class Choose:
    """`then` where the condition holds, else `otherwise`; both of one type."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of numbers."""

    numbers: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest of numbers."""

    numbers: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest of numbers."""

    numbers: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class CountTrue:
    """How many of the conditions are true."""

    conditions: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Whole years, months or days from a date until today."""

    unit: Since
    date: Node


@dataclass(frozen=True, slots=True)
class Rows:
    """Whether any or all rows of a list meet the condition, or how many do."""

    quantifier: Quantifier
    rows: Answer
    variable: str
    condition: Node


Node = (
    Number
    | Answer
    | Points
    | ScoreValue
    | Treatment
    | Today
    | RowField
    | Not
    | And
    | Or
    | Compare
    | OneOf
    | Holds
    | Takes
    | Calculate
    | Choose
    | Sum
    | Smallest
    | Largest
    | CountTrue
    | Elapsed
    | Rows
)


def parts(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside a node."""
    match node:
        case Number() | Answer() | Points() | ScoreValue() | Treatment() | Today() | RowField() | Takes():
            return ()
        case Not():
            return (node.condition,)
        case And() | Or() | CountTrue():
            return node.conditions
        case Compare() | Calculate():
            return (node.left, node.right)
        case OneOf():
            return (node.value,)
        case Holds():
            return (node.codes,)
        case Choose():
            return (node.condition, node.then, node.otherwise)
        case Sum() | Smallest() | Largest():
            return node.numbers
        case Elapsed():
            return (node.date,)
        case Rows():
            return (node.condition,)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything inside it, outermost first."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(reversed(parts(here)))


def references(node: Node) -> tuple[Answer | ScoreValue, ...]:
    """The answers and scores that an expression reads, in the order in which it names them, each once."""
    found: dict[Answer | ScoreValue, None] = {}
    for here in walk(node):
        match here:
            case Answer() | ScoreValue():
                found[here] = None
            case Points():
                found[here.answer] = None
            case Takes():
                found[here.medicines] = None
            case Rows():
                found[here.rows] = None
            case _:
                continue
    return tuple(found)
