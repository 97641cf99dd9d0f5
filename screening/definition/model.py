"""The definitions themselves: questionnaires, pathways and what they are made of, as frozen values.

Only `screening.definition.reading` makes them, and it makes only valid ones: every reference resolved, every
expression typed, every id unique. Nobody validates twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from screening.definition.expression import Node
from screening.definition.formulary import Formulary

RawAnswer = str | int | float | tuple[str, ...]


class QuestionType(StrEnum):
    """What kind of answer a question takes; one entry of the form registry each."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    SCALE = "scale"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TEXT = "text"
    WEIGHT = "weight"
    HEIGHT = "height"
    MEDICINES = "medicines"
    LIST = "list"
    STATEMENT = "statement"
    ATTESTATION = "attestation"


class Audience(StrEnum):
    """Who fills in a questionnaire."""

    PATIENT = "patient"
    STAFF = "staff"
    REFERRER = "referrer"


class Tier(IntEnum):
    """How much a raised flag weighs, gravest last; `EMERGENCY` is no exclusion but calls a person at once."""

    INFO = 1
    CAUTION = 2
    RELATIVE = 3
    ABSOLUTE = 4
    EMERGENCY = 5

    @property
    def word(self) -> str:
        """The tier as definitions and results write it: `absolute`."""
        return self.name.lower()


class Stage(StrEnum):
    """When a step is filled in: before treatment is booked, or on the day of it. The order is the order in time."""

    SCREENING = "screening"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a definition file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Coding:
    """A code of a published code system, `loinc` or `snomed`."""

    system: str
    code: str


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression as written and as meant."""

    source: str
    tree: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Check:
    """What an answer must satisfy to be accepted, and what to say when it does not."""

    that: Condition
    message: str


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that a `choice`, `choices` or `scale` offers."""

    id: str
    text: str
    points: int | float | None = None
    exclusive: bool = False
    code: Coding | None = None
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question, or a text between questions. `lowest` and `highest` are in `unit` (kg and cm for body measures)."""

    id: str
    type: QuestionType
    text: str
    place: Place
    help: str = ""
    required: bool = True
    unsure: bool = False
    decline: bool = False
    when: Condition | None = None
    if_not_asked: RawAnswer | None = None
    check: Check | None = None
    code: Coding | None = None
    options: tuple[Option, ...] = ()
    unit: str = ""
    lowest: int | float | None = None
    highest: int | float | None = None
    questions: tuple[Question, ...] = ()
    max: int = 40
    future: bool = False

    @property
    def has_answer(self) -> bool:
        """Whether anything can be answered here; a statement is only read."""
        return self.type is not QuestionType.STATEMENT

    def option(self, code: str) -> Option:
        """The option with that id. Raises: KeyError where there is none."""
        for option in self.options:
            if option.id == code:
                return option
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Page:
    """Questions that are asked together; one step of the form, with a follow-up where answers call for it."""

    id: str
    title: str
    questions: tuple[Question, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Evidence that a flag or score cites. `read` says how far: V in full, V2 second hand, K known, P convention."""

    id: str
    cites: str
    section: str = ""
    year: str = ""
    url: str = ""
    read: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """The part of a score's range from `low` up to the next band."""

    low: int | float
    label: str


@dataclass(frozen=True, slots=True)
class Cutoff:
    """A published cut: at or above `at` means what `label` says."""

    at: int | float
    label: str


@dataclass(frozen=True, slots=True)
class Score:
    """A number that answers add up to; `lowest` and `highest` are what it can be at all."""

    id: str
    title: str
    value: Condition
    place: Place
    bands: tuple[Band, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    prorate_at_most: int | None = None
    licence: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """A possible contraindication or note. `tiers` maps `product.route`, `product` or `otherwise` to a tier."""

    id: str
    tiers: Mapping[str, Tier]
    when: Condition
    title: str
    why: str
    action: str
    place: Place
    sources: tuple[str, ...] = ()
    graver_than: tuple[str, ...] = ()
    treatments: tuple[str, ...] = ()
    evidence: str = ""

    def tier(self, treatment: TreatmentKind) -> Tier | None:
        """The tier for a treatment, the most specific entry first; None where the flag does not exist for it."""
        exact = f"{treatment.product}.{treatment.route}"
        if self.treatments and not {exact, treatment.product} & set(self.treatments):
            return None
        for key in (exact, treatment.product, "otherwise"):
            if key in self.tiers:
                return self.tiers[key]
        return None


@dataclass(frozen=True, slots=True)
class TreatmentKind:
    """What is given and how: the `product` and `route` that conditions read."""

    product: str
    route: str


@dataclass(frozen=True, slots=True)
class Case:
    """A test that travels with a definition: answers, and the flag states and scores that they must lead to."""

    name: str
    answers: Mapping[str, object]
    expect: Mapping[str, object]
    place: Place
    today: str | None = None
    treatment: TreatmentKind | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a definition's changelog."""

    date: str
    what: str


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Pages of questions for one audience, with the scores, flags and cases that rest on them."""

    id: str
    title: str
    audience: Audience
    pages: tuple[Page, ...]
    place: Place
    about: str = ""
    uses: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()
    flags: tuple[Flag, ...] = ()
    cases: tuple[Case, ...] = ()
    changes: tuple[Change, ...] = ()

    def questions(self) -> Iterator[Question]:
        """All questions in the order of the form; rows' questions stay inside their list."""
        for page in self.pages:
            yield from page.questions

    def page(self, page_id: str) -> Page:
        """The page with that id. Raises: KeyError where there is none."""
        for page in self.pages:
            if page.id == page_id:
                return page
        raise KeyError(page_id)


@dataclass(frozen=True, slots=True)
class Duration:
    """How long a filled-in step may be relied on."""

    number: int
    unit: str


@dataclass(frozen=True, slots=True)
class Step:
    """One questionnaire of a pathway."""

    questionnaire: str
    stage: Stage = Stage.SCREENING
    valid_for: Duration | None = None


@dataclass(frozen=True, slots=True)
class Pathway:
    """What one treatment asks for, in order, and the flags that look across its questionnaires."""

    id: str
    title: str
    treatment: TreatmentKind
    steps: tuple[Step, ...]
    place: Place
    about: str = ""
    flags: tuple[Flag, ...] = ()
    cases: tuple[Case, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedFlag:
    """A flag as a plan asks it: with the tier of the plan's treatment and the latest stage that it reads."""

    flag: Flag
    tier: Tier
    stage: Stage
    questionnaire: str | None

    @property
    def id(self) -> str:
        """The flag's id."""
        return self.flag.id


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A pathway with everything it names resolved: all that an assessment needs besides answers and today.

    `hash` is the content hash of every file that it was read from: plans with the same hash mean the same and compare
    equal, in whatever language their texts are.
    """

    id: str
    title: str
    treatment: TreatmentKind
    steps: tuple[Step, ...]
    questionnaires: tuple[Questionnaire, ...]
    flags: tuple[PlannedFlag, ...]
    formulary: Formulary
    sources: Mapping[str, Source]
    hash: str
    about: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plan) and other.hash == self.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def questionnaire(self, questionnaire_id: str) -> Questionnaire:
        """The questionnaire with that id. Raises: KeyError where the plan has none."""
        for questionnaire in self.questionnaires:
            if questionnaire.id == questionnaire_id:
                return questionnaire
        raise KeyError(questionnaire_id)

    def stage(self, questionnaire_id: str) -> Stage:
        """The stage in which the questionnaire is filled in."""
        for step in self.steps:
            if step.questionnaire == questionnaire_id:
                return step.stage
        raise KeyError(questionnaire_id)

    def question(self, key: str) -> Question:
        """The question behind `questionnaire.question`. Raises: KeyError where there is none."""
        questionnaire_id, _, question_id = key.partition(".")
        for question in self.questionnaire(questionnaire_id).questions():
            if question.id == question_id:
                return question
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Overlay:
    """The translated texts of one questionnaire or pathway, by path such as `hypertension.text`."""

    translates: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Library:
    """All definitions of one folder, valid together.

    `hashes` holds each file's content hash; `overlays` the translations: language -> id -> translated texts by path.
    """

    questionnaires: Mapping[str, Questionnaire]
    pathways: Mapping[str, Pathway]
    formulary: Formulary
    sources: Mapping[str, Source]
    hashes: Mapping[str, str]
    overlays: Mapping[str, Mapping[str, Overlay]]
