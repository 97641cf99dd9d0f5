"""The shape of a definition file: which keys stand where and what they hold. Also exported as JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
TreatmentKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4_000, strip_whitespace=True)]
ExpressionText = Annotated[str, StringConstraints(min_length=1)]
Amount = Annotated[int | float, Field(ge=-1e9, le=1e9)]
Limits = Annotated[list[Amount], Field(min_length=2, max_length=2)]
TierName = Literal["emergency", "absolute", "relative", "caution", "info"]
DateText = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Shape(BaseModel):
    """What all shapes share: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class CodingShape(Shape):
    """A code of a published system."""

    system: Literal["loinc", "snomed"]
    code: Text


class CheckShape(Shape):
    """What an answer must satisfy, and what to say when it does not."""

    that: ExpressionText
    otherwise: Text = Field(alias="else")


class OptionShape(Shape):
    """One option of a choice, choices or scale."""

    id: Identifier
    text: Text
    points: Amount | None = None
    exclusive: bool = False
    code: CodingShape | None = None
    when: ExpressionText | None = None


class QuestionShape(Shape):
    """The keys that every question may have."""

    id: Identifier
    text: Text
    help: Text | None = None
    required: bool = True
    unsure: bool = False
    decline: bool = False
    when: ExpressionText | None = None
    if_not_asked: Any = None
    check: CheckShape | None = None
    code: CodingShape | None = None


class YesNoShape(QuestionShape):
    """A question answered yes or no."""

    type: Literal["yes_no"]


class OptionsShape(QuestionShape):
    """A question with options; a scale's carry points."""

    type: Literal["choice", "choices", "scale"]
    options: Annotated[list[OptionShape], Field(min_length=1, max_length=60)]


class NumberShape(QuestionShape):
    """A number with a unit and the range that is accepted."""

    type: Literal["integer", "decimal"]
    unit: Text | None = None
    range: Limits


class BodyShape(QuestionShape):
    """A weight in kg or a height in cm, asked in either system of units."""

    type: Literal["weight", "height"]
    range: Limits


class DateShape(QuestionShape):
    """A date, or month and year, or year alone; in the past unless `future` is true."""

    type: Literal["date"]
    future: bool = False


class WordsShape(QuestionShape):
    """Free text, a text to read, or a statement signed by typing one's name."""

    type: Literal["text", "statement", "attestation"]


class MedicinesShape(QuestionShape):
    """The patient's medicines, a row each."""

    type: Literal["medicines"]
    max: Annotated[int, Field(ge=1, le=100)] = 40


class ListShape(QuestionShape):
    """Rows of the same few questions."""

    type: Literal["list"]
    max: Annotated[int, Field(ge=1, le=100)] = 20
    questions: Annotated[
        list[
            Annotated[
                YesNoShape | OptionsShape | NumberShape | BodyShape | DateShape | WordsShape,
                Field(discriminator="type"),
            ]
        ],
        Field(min_length=1, max_length=20),
    ]


AnyQuestion = Annotated[
    YesNoShape | OptionsShape | NumberShape | BodyShape | DateShape | WordsShape | MedicinesShape | ListShape,
    Field(discriminator="type"),
]


class PageShape(Shape):
    """Questions that are asked together."""

    id: Identifier
    title: Text
    about: Text | None = None
    questions: Annotated[list[AnyQuestion], Field(min_length=1, max_length=60)]


class SourceShape(Shape):
    """Evidence that flags and scores cite."""

    cites: Text
    section: Text | None = None
    year: int | Text | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"']+$")] | None = None
    read: Literal["V", "V2", "K", "P", "V+K", "V+P", "V2+P", "K+P"] | None = None


class BandShape(Shape):
    """Where a band of a score starts."""

    start: Amount = Field(alias="from")
    label: Text


class CutoffShape(Shape):
    """A published cut of a score."""

    at: Amount
    label: Text


class MissingShape(Shape):
    """An instrument's published rule for missing items, reported beside the range."""

    prorate: Literal[True]
    at_most: Annotated[int, Field(ge=1, le=60)]


class ScoreShape(Shape):
    """A number that answers add up to."""

    id: Identifier
    title: Text
    value: ExpressionText
    bands: list[BandShape] = []
    cutoffs: list[CutoffShape] = []
    missing: MissingShape | None = None
    licence: Text | None = None
    sources: list[Identifier] = []


class FlagShape(Shape):
    """A possible contraindication or note for the clinician."""

    id: Identifier
    tier: TierName | Annotated[dict[TreatmentKey, TierName], Field(min_length=1)]
    treatments: Annotated[list[TreatmentKey], Field(min_length=1)] | None = None
    graver_than: list[Identifier] = []
    when: ExpressionText
    title: Text
    why: Text
    action: Text
    sources: list[Identifier]
    evidence: Text | None = None


class TreatmentShape(Shape):
    """What is given and how."""

    product: Identifier
    route: Identifier


class CaseShape(Shape):
    """A test that travels with the definition."""

    name: Text
    today: DateText | None = None
    treatment: TreatmentShape | None = None
    answers: dict[str, Any]
    expect: dict[str, Any]


class ChangeShape(Shape):
    """One line of the changelog."""

    date: DateText
    what: Text


class QuestionnaireShape(Shape):
    """A file of `questionnaires/`."""

    questionnaire: Identifier
    title: Text
    audience: Literal["patient", "staff", "referrer"]
    about: Text | None = None
    uses: list[Identifier] = []
    changes: list[ChangeShape] = []
    sources: dict[Identifier, SourceShape] = {}
    pages: Annotated[list[PageShape], Field(min_length=1, max_length=100)]
    scores: list[ScoreShape] = []
    flags: Annotated[list[FlagShape], Field(max_length=2_000)] = []
    cases: list[CaseShape] = []


class StepShape(Shape):
    """One questionnaire of a pathway."""

    questionnaire: Identifier
    stage: Literal["screening", "session"] = "screening"
    valid_for: Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,2} (day|week|month|year)s?$")] | None = None


class PathwayShape(Shape):
    """A file of `questionnaires/pathways/`."""

    pathway: Identifier
    title: Text
    about: Text | None = None
    treatment: TreatmentShape
    changes: list[ChangeShape] = []
    sources: dict[Identifier, SourceShape] = {}
    steps: Annotated[list[StepShape], Field(min_length=1, max_length=40)]
    flags: Annotated[list[FlagShape], Field(max_length=2_000)] = []
    cases: list[CaseShape] = []


class SourcesShape(Shape):
    """`questionnaires/sources.yaml`: the evidence that the whole library shares."""

    sources: dict[Identifier, SourceShape]


FILES = QuestionnaireShape | PathwayShape | SourcesShape


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a definition file, for editors that complete and check YAML."""
    schema = TypeAdapter(FILES).json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Screening definition", **schema}
