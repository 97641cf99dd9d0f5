"""What an assessment says: a finding per flag, a range per score, and the triage. A value, never edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from screening.assessment.truth import State
from screening.definition.model import Score, Stage, Tier


class Triage(StrEnum):
    """How soon and how closely a clinician should look, gravest first. None of them says that a patient is cleared."""

    EMERGENCY = "emergency"
    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    INCOMPLETE = "incomplete"
    CAUTION = "caution"
    NONE_FOUND = "none_found"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one flag.

    `because`: a smallest set of answers that raise it whatever all others are. `settled_by`: the answers on which an
    open flag still turns. Both are keys `questionnaire.question`.
    """

    flag: str
    state: State
    tier: Tier
    stage: Stage
    because: tuple[str, ...] = ()
    settled_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """The lowest and highest value that a score may have, and its band where all of the range lies in one.

    `answered` of `items` are known; `prorated` is the instrument's own estimate for missing items, never used by flags.
    """

    key: str
    low: int | float
    high: int | float
    band: str | None
    answered: int = 0
    items: int = 0
    prorated: float | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The result for one plan, its answers and one day; `definitions` is the hash of what it was computed by."""

    triage: Triage
    findings: tuple[Finding, ...]
    scores: tuple[ScoreRange, ...]
    definitions: str
    today: date

    def as_json(self) -> dict[str, Any]:
        """The result as the command line writes it and records keep it."""
        return {
            "triage": self.triage.value,
            "flags": {
                finding.flag: {
                    "state": finding.state.value,
                    "tier": finding.tier.word,
                    "because": list(finding.because),
                    "settled_by": list(finding.settled_by),
                }
                for finding in self.findings
            },
            "scores": {
                score.key: {"low": score.low, "high": score.high, "band": score.band}
                | ({} if score.prorated is None else {"prorated": score.prorated})
                for score in self.scores
            },
            "definitions": self.definitions,
            "today": self.today.isoformat(),
        }


def triage_of(findings: tuple[Finding, ...], stage: Stage | None) -> Triage:
    """The triage of some findings at a stage (None: of all stages).

    A flag of a later stage counts once it is raised, but does not make a complete earlier stage incomplete.
    """
    raised = {finding.tier for finding in findings if finding.state is State.RAISED}
    for tier, triage in (
        (Tier.EMERGENCY, Triage.EMERGENCY),
        (Tier.ABSOLUTE, Triage.ABSOLUTE),
        (Tier.RELATIVE, Triage.RELATIVE),
    ):
        if tier in raised:
            return triage
    if any(_unsettled(finding, stage) for finding in findings):
        return Triage.INCOMPLETE
    return Triage.CAUTION if Tier.CAUTION in raised else Triage.NONE_FOUND


def _unsettled(finding: Finding, stage: Stage | None) -> bool:
    stages = tuple(Stage)
    reached = stage is None or stages.index(finding.stage) <= stages.index(stage)
    return reached and finding.state is State.OPEN and finding.tier >= Tier.RELATIVE


def band_of(score: Score, low: float, high: float) -> str | None:
    """The label of the band that holds the whole range; None where it spans several or none."""
    lower = [band for band in score.bands if band.low <= low]
    upper = [band for band in score.bands if band.low <= high]
    if lower and upper and lower[-1] == upper[-1]:
        return lower[-1].label
    return None
