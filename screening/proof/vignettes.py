"""Vignettes: fictional patients with the findings that a clinic expects of them, run against any definitions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from screening.assessment.answers import AnswersError, read_answers
from screening.assessment.assessing import assess
from screening.assessment.findings import Triage
from screening.assessment.program import program_for
from screening.definition.document import read_document
from screening.definition.mistakes import Mistake
from screening.definition.model import Library, Stage
from screening.definition.plans import plan_for
from screening.definition.schema import DateText, Shape, Text
from screening.definition.shaping import shaped
from screening.proof.cases import Difference

Answered = dict[str, dict[str, Any]]
Bounds = int | float | Annotated[list[int | float], Field(min_length=2, max_length=2)]


class ExpectShape(Shape):
    """What is expected: flag states (every raised flag is listed), the triage, scores and tiers."""

    flags: dict[str, str] = Field(default={})
    triage: str | None = None
    scores: dict[str, Bounds] = Field(default={})
    tiers: dict[str, str] = Field(default={})


class VignetteShape(Shape):
    """One fictional patient."""

    id: Text
    title: Text
    pathway: Text
    today: DateText
    stage: str | None = None
    answers: Answered = Field(default={})
    expect: ExpectShape
    note: Any = None


class VignettesShape(Shape):
    """A file of vignettes; each takes the baseline, then that of its sex at birth, then its own answers."""

    baseline: Answered = Field(default={})
    baseline_female: Answered = Field(default={})
    baseline_male: Answered = Field(default={})
    vignettes: list[VignetteShape]


class VignetteError(ValueError):
    """A file of vignettes that cannot be read; `mistakes` lists what is wrong in it."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Vignette:
    """A fictional patient with all answers laid over the baselines."""

    id: str
    title: str
    pathway: str
    today: dt.date
    stage: Stage | None
    answers: Mapping[str, Mapping[str, object]]
    expect: ExpectShape


@dataclass(frozen=True, slots=True)
class VignetteResult:
    """One vignette as it was run, and where it differs from what is expected."""

    vignette: Vignette
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.differences


def read_vignettes(file: str, content: bytes) -> tuple[Vignette, ...]:
    """The vignettes in a file. Raises: VignetteError with what is wrong in it."""
    document = read_document(file, content)
    found = shaped(document, VignettesShape)
    if found.shape is None or document.mistakes or found.mistakes:
        raise VignetteError((*document.mistakes, *found.mistakes))
    return tuple(_vignette(found.shape, each) for each in found.shape.vignettes)


def _vignette(shape: VignettesShape, each: VignetteShape) -> Vignette:
    sex = each.answers.get("about_you", {}).get("sex_at_birth")
    by_sex = {"female": shape.baseline_female, "male": shape.baseline_male}.get(str(sex), {})
    answers: Answered = {}
    for layer in (shape.baseline, by_sex, each.answers):
        for questionnaire, given in layer.items():
            answers.setdefault(questionnaire, {}).update(given)
    stage = Stage(each.stage) if each.stage else None
    return Vignette(each.id, each.title, each.pathway, dt.date.fromisoformat(each.today), stage, answers, each.expect)


def run_vignettes(library: Library, vignettes: tuple[Vignette, ...]) -> tuple[VignetteResult, ...]:
    """The result of each vignette on a library."""
    return tuple(VignetteResult(vignette, tuple(_differences(library, vignette))) for vignette in vignettes)


def _differences(library: Library, vignette: Vignette) -> Iterator[Difference]:
    if vignette.pathway not in library.pathways:
        yield Difference("pathway", vignette.pathway, "no pathway of that name")
        return
    plan = plan_for(library, vignette.pathway)
    try:
        answers = read_answers(plan, vignette.answers, vignette.today)
    except AnswersError as error:
        yield from (Difference(problem.key, "an answer that fits", problem.message) for problem in error.problems)
        return
    result = assess(program_for(plan), answers, vignette.today, vignette.stage).as_json()
    yield from _flags(vignette.expect, result["flags"])
    if vignette.expect.triage not in (None, result["triage"]):
        yield Difference("triage", str(vignette.expect.triage), str(Triage(result["triage"])))
    yield from _scores(vignette.expect, result["scores"])


def _flags(expect: ExpectShape, found: Mapping[str, Mapping[str, Any]]) -> Iterator[Difference]:
    """A listed flag must be as listed; a raised one must be listed."""
    for name, state in expect.flags.items():
        here = found.get(name, {}).get("state", "no flag of this pathway")
        if here != state:
            yield Difference(name, state, here)
    for name, flag in found.items():
        if flag["state"] == "raised" and name not in expect.flags:
            yield Difference(name, "not raised", "raised")
    for name, tier in expect.tiers.items():
        here = found.get(name, {}).get("tier", "no flag of this pathway")
        if here != tier:
            yield Difference(f"{name} tier", tier, here)


def _scores(expect: ExpectShape, found: Mapping[str, Mapping[str, Any]]) -> Iterator[Difference]:
    by_name = {key.partition(".")[2]: score for key, score in found.items()} | dict(found)
    for name, wanted in expect.scores.items():
        low, high = wanted if isinstance(wanted, list) else (wanted, wanted)
        score = by_name.get(name)
        if score is None or (score["low"], score["high"]) != (low, high):
            here = f"{score['low']} to {score['high']}" if score else "no score of that name"
            yield Difference(name, f"{low} to {high}", here)
