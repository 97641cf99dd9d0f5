import datetime as dt
from collections.abc import Iterable

import pytest

from screening.assessment.findings import Assessment, Finding, ScoreRange, Triage, band_of, triage_of
from screening.assessment.truth import State
from screening.definition.expression import Number
from screening.definition.model import Band, Condition, Place, Score, Stage, Tier

HERE = Place("form.yaml", 1, 1)
RAISED, OPEN, OUT = State.RAISED, State.OPEN, State.RULED_OUT
FIRST, LATER = Stage.SCREENING, Stage.SESSION


def findings(*states: tuple[State, Tier, Stage]) -> tuple[Finding, ...]:
    return tuple(Finding(f"flag_{index}", state, tier, stage) for index, (state, tier, stage) in enumerate(states))


@pytest.mark.parametrize(
    ("states", "triage"),
    [
        pytest.param([], Triage.NONE_FOUND, id="no flags"),
        pytest.param([(OUT, Tier.ABSOLUTE)], Triage.NONE_FOUND, id="all ruled out"),
        pytest.param([(RAISED, Tier.INFO)], Triage.NONE_FOUND, id="info alone"),
        pytest.param([(OPEN, Tier.INFO)], Triage.NONE_FOUND, id="info open"),
        pytest.param([(RAISED, Tier.CAUTION)], Triage.CAUTION, id="caution"),
        pytest.param([(OPEN, Tier.CAUTION)], Triage.NONE_FOUND, id="caution open"),
        pytest.param([(OPEN, Tier.RELATIVE)], Triage.INCOMPLETE, id="relative open"),
        pytest.param([(OPEN, Tier.ABSOLUTE)], Triage.INCOMPLETE, id="absolute open"),
        pytest.param([(OPEN, Tier.EMERGENCY)], Triage.INCOMPLETE, id="emergency open"),
        pytest.param([(RAISED, Tier.CAUTION), (OPEN, Tier.RELATIVE)], Triage.INCOMPLETE, id="open before caution"),
        pytest.param([(RAISED, Tier.RELATIVE), (OPEN, Tier.ABSOLUTE)], Triage.RELATIVE, id="raised before open"),
        pytest.param(
            [(RAISED, Tier.RELATIVE), (RAISED, Tier.ABSOLUTE)], Triage.ABSOLUTE, id="absolute before relative"
        ),
        pytest.param([(RAISED, Tier.ABSOLUTE), (RAISED, Tier.EMERGENCY)], Triage.EMERGENCY, id="emergency before all"),
    ],
)
def test_the_triage_is_the_gravest_that_counts(states: Iterable[tuple[State, Tier]], triage: Triage) -> None:
    assert triage_of(findings(*((state, tier, FIRST) for state, tier in states)), None) is triage


@pytest.mark.parametrize(
    ("state", "stage", "at", "triage"),
    [
        pytest.param(OPEN, LATER, FIRST, Triage.NONE_FOUND, id="what a later stage settles does not hold up this one"),
        pytest.param(OPEN, LATER, LATER, Triage.INCOMPLETE, id="on the day it does"),
        pytest.param(OPEN, LATER, None, Triage.INCOMPLETE, id="over all stages it does"),
        pytest.param(OPEN, FIRST, LATER, Triage.INCOMPLETE, id="an earlier gap stays one"),
        pytest.param(RAISED, LATER, FIRST, Triage.RELATIVE, id="what is raised early counts at once"),
    ],
)
def test_a_stage_leaves_out_only_open_flags_of_later_ones(
    state: State, stage: Stage, at: Stage | None, triage: Triage
) -> None:
    assert triage_of(findings((state, Tier.RELATIVE, stage)), at) is triage


BANDS = (Band(0, "minimal"), Band(5, "mild"), Band(10, "moderate"))


@pytest.mark.parametrize(
    ("bands", "low", "high", "label"),
    [
        pytest.param(BANDS, 4, 4, "minimal", id="below the next band"),
        pytest.param(BANDS, 5, 5, "mild", id="where it starts"),
        pytest.param(BANDS, 5, 9, "mild", id="a range within one band"),
        pytest.param(BANDS, 4, 5, None, id="a range over two"),
        pytest.param(BANDS, 10, 400, "moderate", id="the last has no end"),
        pytest.param(BANDS, -1, -1, None, id="below the first"),
        pytest.param(BANDS, -1, 2, None, id="from below the first"),
        pytest.param((), 3, 3, None, id="no bands"),
    ],
)
def test_a_band_is_known_as_soon_as_the_range_lies_in_one(
    bands: tuple[Band, ...], low: float, high: float, label: str | None
) -> None:
    score = Score("score", "Score", Condition("0", Number(0), HERE), HERE, bands=bands)

    assert band_of(score, low, high) == label


def test_an_assessment_is_written_as_others_read_it() -> None:
    assessment = Assessment(
        Triage.RELATIVE,
        (
            Finding("bp_high", RAISED, Tier.RELATIVE, LATER, because=("heart.systolic",)),
            Finding("stroke", OPEN, Tier.ABSOLUTE, FIRST, settled_by=("heart.stroke", "heart.stroke_date")),
        ),
        (ScoreRange("mood.phq9", 12, 12, "moderate"), ScoreRange("mood.gad7", 3, 6, None, 6, 7, 3.5)),
        "f00d",
        dt.date(2026, 11, 22),
    )

    assert assessment.as_json() == {
        "triage": "relative",
        "flags": {
            "bp_high": {"state": "raised", "tier": "relative", "because": ["heart.systolic"], "settled_by": []},
            "stroke": {
                "state": "open",
                "tier": "absolute",
                "because": [],
                "settled_by": ["heart.stroke", "heart.stroke_date"],
            },
        },
        "scores": {
            "mood.phq9": {"low": 12, "high": 12, "band": "moderate"},
            "mood.gad7": {"low": 3, "high": 6, "band": None, "prorated": 3.5},
        },
        "definitions": "f00d",
        "today": "2026-11-22",
    }
