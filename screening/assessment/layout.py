"""How the value of each question is held while it is assessed: what it may still be, small enough to compute with.

One code of a few is a bit mask of the codes that it may be. A set of codes is two masks, of those that it must and
those that it may hold. A number or date is its lowest and highest value. A list is its rows, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from screening.assessment.answers import EARLIEST, LATEST, MedicineList, Row, TakenMedicine, frequency
from screening.definition.model import Plan, Question, QuestionType, RawAnswer, Score
from screening.definition.scope import HOW_OFTEN

FIRST_DAY, LAST_DAY = EARLIEST.toordinal(), LATEST.toordinal()
_SMALL = 10
# More questions than a plan can have: the fields of rows are numbered from there.
MOST_SLOTS = 1_000_000
PACKED = 20
LOWEST = (1 << PACKED) - 1
MOST_POINTS, MOST_ADDED = 1_000, 1_000


class Held(Enum):
    """In which form a value is held."""

    CODE = "mask of the codes that it may be"
    CODES = "masks of the codes that it must and may hold"
    AMOUNT = "lowest and highest"
    DAY = "first and last, as ordinals"
    ROWS = "rows or None"
    NOTHING = "not read by expressions"


_HELD = {
    QuestionType.YES_NO: Held.CODE,
    QuestionType.CHOICE: Held.CODE,
    QuestionType.SCALE: Held.CODE,
    QuestionType.CHOICES: Held.CODES,
    QuestionType.MEDICINES: Held.CODES,
    QuestionType.INTEGER: Held.AMOUNT,
    QuestionType.DECIMAL: Held.AMOUNT,
    QuestionType.WEIGHT: Held.AMOUNT,
    QuestionType.HEIGHT: Held.AMOUNT,
    QuestionType.DATE: Held.DAY,
    QuestionType.LIST: Held.ROWS,
    QuestionType.TEXT: Held.NOTHING,
    QuestionType.STATEMENT: Held.NOTHING,
    QuestionType.ATTESTATION: Held.NOTHING,
}


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one question's value is held: `number` names its variables, `bits` gives each code its bit."""

    key: str
    number: int
    question: Question
    held: Held
    bits: Mapping[str, int]

    @property
    def all(self) -> int:
        """The mask of every code."""
        return (1 << len(self.bits)) - 1

    def mask(self, codes: frozenset[str] | tuple[str, ...]) -> int:
        """The mask of some codes; codes that the question does not have are nothing."""
        return sum(self.bits.get(code, 0) for code in set(codes))

    @property
    def points(self) -> tuple[int | float | None, ...]:
        """The points of the options, in their order."""
        return tuple(option.points for option in self.question.options)

    def implied(self) -> RawAnswer | None:
        """What not asking implies, as the definition states it."""
        return self.question.if_not_asked


def slots_of(plan: Plan) -> dict[str, Slot]:
    """A slot for every question of the plan, by key, in the order of the form."""
    classes = tuple(sorted(plan.formulary.classes()))
    found: dict[str, Slot] = {}
    for form in plan.questionnaires:
        for question in form.questions():
            key = f"{form.id}.{question.id}"
            found[key] = slot_of(key, len(found), question, classes)
    return found


def slot_of(key: str, number: int, question: Question, classes: tuple[str, ...]) -> Slot:
    """The slot of one question; `classes` are those that a medicine may be of."""
    return Slot(key, number, question, _HELD[question.type], _bits(_codes(question, classes)))


def scores_of(plan: Plan) -> dict[str, Score]:
    """Every score of the plan by key."""
    return {f"{form.id}.{score.id}": score for form in plan.questionnaires for score in form.scores}


def _codes(question: Question, classes: tuple[str, ...]) -> tuple[str, ...]:
    match question.type:
        case QuestionType.YES_NO:
            return ("yes", "no")
        case QuestionType.MEDICINES:
            return classes
        case _:
            return tuple(option.id for option in question.options)


def _bits(codes: tuple[str, ...]) -> dict[str, int]:
    return {code: 1 << position for position, code in enumerate(codes)}


def how_often_bits() -> dict[str, int]:
    """The bit of each code of how often a medicine is taken."""
    return _bits(HOW_OFTEN)


def points(question: Question) -> tuple[Any, Any]:
    """Two tables from the mask of the options that it may be to the lowest and the highest points."""
    scores = tuple(option.points or 0 for option in question.options)
    if len(scores) <= _SMALL:
        masks = range(1 << len(scores))
        lowest, highest = (tuple(_extreme(choose, scores, mask) for mask in masks) for choose in (min, max))
        return lowest, highest
    return _Extremes(min, scores), _Extremes(max, scores)


def _extreme(choose: Callable[..., int | float], scores: tuple[int | float, ...], mask: int) -> int | float:
    return choose((score for position, score in enumerate(scores) if mask >> position & 1), default=0)


def are_packed(question: Question) -> bool:
    """Whether the question's points are whole, small and few, so that `packed_points` holds them."""
    points = [option.points for option in question.options]
    return len(points) <= _SMALL and all(isinstance(each, int) and 0 <= each <= MOST_POINTS for each in points)


def packed_points(question: Question) -> tuple[int, ...]:
    """One table to the lowest points and, above `PACKED` bits, the highest; such entries add up."""
    lowest, highest = points(question)
    return tuple(low | high << PACKED for low, high in zip(lowest, highest, strict=True))


class _Extremes(dict[int, int | float]):
    """The same table for many options, filled as it is asked."""

    def __init__(self, choose: Callable[..., int | float], scores: tuple[int | float, ...]) -> None:
        super().__init__()
        self.choose, self.scores = choose, scores

    def __missing__(self, mask: int) -> int | float:
        self[mask] = _extreme(self.choose, self.scores, mask)
        return self[mask]


def any_time() -> int:
    """The mask of every code of how often a medicine is taken."""
    return (1 << len(HOW_OFTEN)) - 1


def mask_reader(slot: Slot) -> Callable[[MedicineList], tuple[int, int]]:
    """A function from a known list of medicines to the classes that it must and may hold."""
    bits, every = dict(slot.bits), slot.all

    def read_medicines(taken: MedicineList) -> tuple[int, int]:
        must = sum(bits[name] for name in taken.classes if name in bits)
        return must, every if taken.not_recognised else must

    return read_medicines


def blank_rows(question: Question) -> tuple[Row | TakenMedicine, ...]:
    """One row of which nothing is known, as it may be in a list that is unknown."""
    return (TakenMedicine("", "", "", None),) if question.type is QuestionType.MEDICINES else ({},)


def taken_reader(slot: Slot) -> Callable[[TakenMedicine], tuple[int, int, int]]:
    """A function from one taken medicine to its classes, must and may, and how often it may be taken."""
    bits, every, often = dict(slot.bits), slot.all, how_often_bits()

    def read_taken(taken: TakenMedicine) -> tuple[int, int, int]:
        code = frequency(taken.how_often)
        when = any_time() if code is None else often[code]
        if taken.medicine is None:
            return 0, every, when
        mask = sum(bits[name] for name in taken.medicine.classes if name in bits)
        return mask, mask, when

    return read_taken
