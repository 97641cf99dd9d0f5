"""Which names an expression may use, and of what kind each is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from screening.definition.expression import Answer, Elapsed, Node, ScoreValue, Since, Today, Treatment
from screening.definition.mistakes import did_you_mean
from screening.definition.model import QuestionType

ABOUT_PATIENT = "about_you"
BIRTH = "date_of_birth"
SEX = "sex_at_birth"
HOW_OFTEN = ("daily", "weekly", "monthly", "as_needed")


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
class Meant:
    """A node and the kind of its value."""

    node: Node
    kind: Kind


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

    def named(self, questionnaire: str, name: str) -> Meant | None:
        """The answer or score of that name, or None."""
        if name in self.questions:
            return Meant(Answer(questionnaire, name), self.questions[name].kind())
        return Meant(ScoreValue(questionnaire, name), NUMBER) if name in self.scores else None


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

    def named(self, first: str, second: str | None = None) -> Meant | str:
        """What a name, or two with a dot between them, stands for; a sentence where it stands for nothing."""
        match first, second:
            case "today", None:
                return Meant(Today(), DATE)
            case name, None:
                return self._own(name)
            case "patient", str(name):
                return self._patient(name)
            case "treatment", str(name):
                return self._treatment(name)
            case other, str(name):
                return self._elsewhere(other, name)

    def fields(self, signature: Signature) -> dict[str, Kind]:
        """What a row of a list, or of the medicines, holds."""
        if signature.type is QuestionType.MEDICINES:
            classes = Kind(Family.CODES, tuple(sorted(self.classes)))
            return {"classes": classes, "how_often": Kind(Family.CODE, HOW_OFTEN)}
        return {name: row.kind() for name, row in signature.fields.items()}

    def _own(self, name: str) -> Meant | str:
        own = self.reach.get(self.own, Contents({}))
        found = own.named(self.own, name)
        if found:
            return found
        for other, contents in self.reach.items():
            if name in contents.questions:
                return f"There is no question {name} here. Did you mean {other}.{name}?"
        return f"There is no question {name}.{did_you_mean(name, [*own.questions, *own.scores, 'today'])}"

    def _patient(self, name: str) -> Meant | str:
        about = self.everything.get(ABOUT_PATIENT, Contents({}))
        wanted = {"age": BIRTH, SEX: SEX}.get(name)
        if wanted is None:
            return f"patient has age and sex_at_birth, not {name}."
        if wanted not in about.questions:
            return f"patient.{name} needs the question {ABOUT_PATIENT}.{wanted}."
        answer = Answer(ABOUT_PATIENT, wanted)
        if name == "age":
            return Meant(Elapsed(Since.YEARS, answer), Kind(Family.NUMBER, unit="a"))
        return Meant(answer, about.questions[wanted].kind())

    def _treatment(self, name: str) -> Meant | str:
        codes = {"product": self.products, "route": self.routes}.get(name)
        if codes is None:
            return f"treatment has product and route, not {name}."
        return Meant(Treatment(name, codes), Kind(Family.CODE, codes))

    def _elsewhere(self, other: str, name: str) -> Meant | str:
        contents = self.reach.get(other)
        if contents is None and other in self.everything:
            return f"{other} is not within reach. List it: uses: [{other}]."
        if contents is None:
            return f"There is no questionnaire {other}.{did_you_mean(other, self.everything)}"
        found = contents.named(other, name)
        if found:
            return found
        return f"{other} has no question {name}.{did_you_mean(name, [*contents.questions, *contents.scores])}"
