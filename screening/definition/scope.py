"""Which names an expression may use, and of what kind each is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from screening.definition.model import QuestionType

ABOUT_PATIENT = "about_you"
BIRTH = "date_of_birth"
SEX = "sex_at_birth"


class Family(StrEnum):
    """The kinds of value that expressions know; the value is how a message names it."""

    CONDITION = "a yes or no"
    NUMBER = "a number"
    DATE = "a date"
    CODE = "one code"
    CODES = "a set of codes"
    ROWS = "a list"
    WORDS = "free text"
    UNKNOWN = "something that could not be read"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value is: its family, its codes where it has any, its unit, and whether its options carry points."""

    family: Family
    codes: tuple[str, ...] = ()
    unit: str = ""
    points: bool = False


CONDITION = Kind(Family.CONDITION)
NUMBER = Kind(Family.NUMBER)
DATE = Kind(Family.DATE)
UNKNOWN = Kind(Family.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Signature:
    """What expressions may know of a question before its own expressions are read."""

    type: QuestionType
    codes: tuple[str, ...] = ()
    points: bool = False
    unit: str = ""
    fields: Mapping[str, Signature] = field(default_factory=dict)
    readable: bool = True

    def kind(self) -> Kind:
        """The kind of the question's answer; unknown where the question itself has a mistake."""
        if not self.readable:
            return UNKNOWN
        match self.type:
            case QuestionType.YES_NO:
                return CONDITION
            case QuestionType.CHOICE | QuestionType.SCALE:
                return Kind(Family.CODE, self.codes, points=self.points)
            case QuestionType.CHOICES:
                return Kind(Family.CODES, self.codes)
            case QuestionType.INTEGER | QuestionType.DECIMAL:
                return Kind(Family.NUMBER, unit=self.unit)
            case QuestionType.WEIGHT:
                return Kind(Family.NUMBER, unit="kg")
            case QuestionType.HEIGHT:
                return Kind(Family.NUMBER, unit="cm")
            case QuestionType.DATE:
                return DATE
            case QuestionType.MEDICINES | QuestionType.LIST:
                return Kind(Family.ROWS)
            case QuestionType.TEXT | QuestionType.STATEMENT | QuestionType.ATTESTATION:
                return Kind(Family.WORDS)


@dataclass(frozen=True, slots=True)
class Contents:
    """The names that one questionnaire defines."""

    questions: Mapping[str, Signature]
    scores: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression can see: `own` by bare names, the others in `reach` by dotted ones."""

    own: str
    reach: Mapping[str, Contents]
    everything: Mapping[str, Contents]
    classes: frozenset[str]
    products: tuple[str, ...]
    routes: tuple[str, ...]

    def medicines(self) -> tuple[str, str] | None:
        """The questionnaire and question that list the patient's medicines: its own first, else one in reach."""
        ordered = [self.own, *(name for name in self.reach if name != self.own)]
        for questionnaire in ordered:
            for question, signature in self.reach.get(questionnaire, Contents({})).questions.items():
                if signature.type is QuestionType.MEDICINES:
                    return questionnaire, question
        return None
