from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest

from screening.assessment.answers import read_answers
from screening.assessment.assessing import assess
from screening.assessment.program import program_for
from screening.definition.model import Plan, Stage, Tier
from screening.definition.plans import plan_for
from screening.definition.reading import read_library
from screening.exchange.answered import answered
from screening.exchange.difference import Assessed, difference
from screening.exchange.report import Report, basis_of, flattened, report_of

TODAY = dt.date(2026, 11, 22)
Raw = dict[str, dict[str, object]]

HEART = """
questionnaire: heart
title: Heart
audience: patient
sources:
  label: {cites: The label, year: 2025, section: "4", url: "https://label.example/", read: V}
  habit: {cites: Our habit, read: P}
pages:
  - id: heart
    title: Your heart
    questions:
      - {id: bleed, type: yes_no, text: A bleed in the brain?, unsure: true}
      - {id: bleed_inside, type: yes_no, text: Was it inside the brain?, unsure: true, when: bleed}
      - {id: bleed_story, type: text, text: Tell us about it, required: false, when: bleed}
      - {id: systolic, type: integer, unit: "mm[Hg]", range: [60, 260], text: The higher number?}
      - {id: stroke_date, type: date, text: When was the stroke?, required: false}
      - {id: medicines, type: medicines, text: What do you take?}
      - {id: low, type: scale, text: Feeling low, options: &scale [{id: never, text: Never, points: 0},
         {id: often, text: Often, points: 3}]}
      - {id: tired, type: scale, text: Feeling tired, options: *scale}
scores:
  - id: mood
    title: Mood
    value: sum(low, tired)
    bands: [{from: 0, label: fine}, {from: 3, label: low}, {from: 6, label: very low}]
    cutoffs: [{at: 3, label: positive screen}]
    licence: free
    sources: [label]
flags:
  - {id: bleed_any, tier: relative, when: bleed,
      title: Any bleed, why: Why any., action: Ask., sources: [label, habit]}
  - {id: bleed_deep, tier: absolute, graver_than: [bleed_any], when: bleed and bleed_inside,
      title: Deep bleed, why: Why deep., action: Get the report., sources: [label]}
  - {id: pressure, tier: caution, when: systolic > 140,
      title: High pressure, why: Why., action: Measure again., sources: [habit]}
  - {id: recent, tier: absolute, when: days_since(stroke_date) < 42,
      title: Recent stroke, why: Why., action: Wait., sources: [label]}
  - {id: thinner, tier: caution, when: takes('thinner'),
      title: Blood thinner, why: Why., action: Note it., sources: [label]}
  - {id: maoi, tier: relative, when: takes('maoi'), title: MAOI, why: Why., action: Stop it., sources: [label]}
"""
NURSE = """
questionnaire: nurse
title: Nurse
audience: staff
pages:
  - id: today
    title: Today
    questions:
      - {id: pulse, type: integer, unit: /min, range: [20, 250], text: Pulse}
flags:
  - {id: racing, tier: relative, when: pulse > 120,
      title: Racing pulse, why: Why., action: Wait., sources: [habit]}
sources:
  habit_2: {cites: Our habit, read: P}
"""
PATHWAY = """
pathway: spray
title: Spray
treatment: {product: esketamine, route: intranasal}
steps:
  - {questionnaire: heart}
  - {questionnaire: nurse, stage: session}
"""
FORMULARY = "generic,brands,classes,rxcui\nwarfarin,Coumadin,thinner,\naspirin,,,\nphenelzine,Nardil,maoi,\n"


@pytest.fixture(scope="module")
def plan() -> Plan:
    files = {
        "heart.yaml": HEART,
        "nurse.yaml": NURSE,
        "pathways/spray.yaml": PATHWAY,
        "formulary.csv": FORMULARY,
    }
    return plan_for(read_library({name: text.encode() for name, text in files.items()}), "spray")


COMPLETE: Mapping[str, object] = {
    "bleed": "no",
    "systolic": 120,
    "stroke_date": "2010",
    "medicines": [],
    "low": "never",
    "tired": "never",
}


def report(plan: Plan, **changes: object) -> Report:
    raw = answers(**changes)
    return report_of(plan, raw, assessment(plan, raw), Stage.SCREENING)


def answers(**changes: object) -> Raw:
    return {"heart": {key: value for key, value in {**COMPLETE, **changes}.items() if value is not None}}


def assessment(plan: Plan, raw: Raw, stage: Stage | None = Stage.SCREENING) -> dict[str, object]:
    return assess(program_for(plan), read_answers(plan, raw, TODAY), TODAY, stage).as_json()


def test_complete_answers_without_a_finding_are_never_called_cleared(plan: Plan) -> None:
    found = report(plan)
    assert found.headline == "None found by the answers"
    assert (found.raised, found.missing) == ((), ())
    assert len(found.ruled_out) == 6


def test_a_raised_finding_shows_the_answers_that_raised_it_with_the_patients_own_words(plan: Plan) -> None:
    found = report(plan, bleed="yes", bleed_inside="yes", bleed_story="after a fall")
    deep = found.raised[0]
    assert deep.title == "Deep bleed"
    assert [(one.question, one.words, one.remarks) for one in deep.said] == [
        ("A bleed in the brain?", ("Yes",), ("after a fall",)),
        ("Was it inside the brain?", ("Yes",), ()),
    ]
    assert deep.action == "Get the report."


def test_a_milder_finding_is_folded_under_the_graver_and_still_counted(plan: Plan) -> None:
    found = report(plan, bleed="yes", bleed_inside="yes")
    assert [finding.title for finding in found.raised] == ["Deep bleed"]
    assert [finding.title for finding in found.raised[0].milder] == ["Any bleed"]
    assert [finding.id for finding in flattened(found.raised)] == ["bleed_deep", "bleed_any"]
    assert found.counts == ("1 absolute", "1 relative")
    assert found.actions == ("Get the report.", "Ask.")


def test_a_milder_finding_stands_alone_while_the_graver_is_open(plan: Plan) -> None:
    found = report(plan, bleed="yes", bleed_inside={"unknown": "unsure"})
    assert [finding.title for finding in found.raised] == ["Any bleed"]
    assert [answer.question for answer in found.missing] == ["Was it inside the brain?"]


def test_how_far_sources_were_read_is_told_in_words(plan: Plan) -> None:
    found = report(plan, bleed="yes", bleed_inside="no")
    assert found.raised[0].sources_words == "2 sources: 1 read in full, 1 our convention"
    assert found.raised[0].sources[0].url == "https://label.example/"


@pytest.mark.parametrize(
    ("changes", "question", "reason"),
    [
        pytest.param(
            {"bleed": {"unknown": "unsure"}}, "A bleed in the brain?", "answered “I'm not sure”", id="not sure"
        ),
        pytest.param(
            {"bleed": {"unknown": "declined"}}, "A bleed in the brain?", "answered “I'd rather not say”", id="declined"
        ),
        pytest.param({"bleed": None}, "A bleed in the brain?", "not answered", id="left out"),
        pytest.param(
            {"stroke_date": "2026"},
            "When was the stroke?",
            "answered “2026”, which is not exact enough",
            id="too vague",
        ),
        pytest.param(
            {"medicines": [{"name": "blue pill"}]}, "What do you take?", "“blue pill” not recognised", id="unrecognised"
        ),
    ],
)
def test_an_open_finding_says_which_answer_is_missing_and_why(
    plan: Plan, changes: dict[str, object], question: str, reason: str
) -> None:
    found = report(plan, **changes)
    assert found.headline.startswith("Not complete: ")
    assert [(answer.question, answer.reason) for answer in found.missing] == [(question, reason)]


def test_findings_that_rest_on_one_answer_stand_together_and_each_stands_once(plan: Plan) -> None:
    found = report(plan, bleed={"unknown": "unsure"}, medicines=[{"name": "blue pill"}, {"name": "aspirin"}])
    assert found.missing_words == "2 answers keep 4 findings open"
    bleed, medicines = found.missing
    assert [finding.title for finding in bleed.findings] == ["Deep bleed", "Any bleed"]
    assert bleed.findings[0].also == ("Was it inside the brain?",)
    assert bleed.asks == ("heart.bleed", "heart.bleed_inside")
    assert medicines.medicines == ("blue pill",)
    assert [finding.tier for finding in medicines.findings] == [Tier.RELATIVE, Tier.CAUTION]


def test_of_medicines_only_those_are_shown_that_raised_the_finding(plan: Plan) -> None:
    found = report(plan, medicines=[{"name": "aspirin"}, {"name": "Coumadin", "dose": "2 mg", "how_often": "daily"}])
    assert found.raised[0].said[0].words == ("Coumadin 2 mg daily (warfarin)",)


def test_a_finding_says_when_time_alone_changes_it(plan: Plan) -> None:
    found = report(plan, stroke_date="2026-11-01")
    assert found.raised[0].turn == "no longer raised from 13 Dec 2026 on, if no answer changes"
    assert found.ahead == ()


def test_what_only_the_day_of_treatment_can_settle_waits_apart(plan: Plan) -> None:
    found = report(plan)
    assert [answer.question for answer in found.waiting] == ["Pulse"]
    assert found.waiting[0].asks == ()
    assert found.waiting_words == "1 answer keeps 1 finding open"
    whole = report_of(plan, answers(), assessment(plan, answers(), None), None)
    assert whole.headline == "Not complete: 1 finding open"
    assert [answer.question for answer in whole.missing] == ["Pulse"]


@pytest.mark.parametrize(
    ("low", "tired", "value", "band", "pin", "span"),
    [
        pytest.param("never", "never", "0", "fine", 0.0, None, id="at the lower end"),
        pytest.param("often", "never", "3", "low", 150.0, None, id="in the middle"),
        pytest.param("often", "often", "6", "very low", 300.0, None, id="at the upper end"),
        pytest.param(
            "often", {"unknown": "declined"}, "3\u20136", "low or very low", None, (150.0, 150.0), id="half known"
        ),
    ],
)
def test_a_score_is_a_pin_where_exact_and_a_span_where_not(
    plan: Plan, low: object, tired: object, value: str, band: str, pin: float | None, span: tuple[float, float] | None
) -> None:
    [picture] = report(plan, low=low, tired=tired).scores
    assert (picture.value, picture.band, picture.pin, picture.span) == (value, band, pin, span)


def test_a_score_tells_the_same_in_words(plan: Plan) -> None:
    [picture] = report(plan, low="often", tired=None).scores
    assert picture.answered == "1 of 2 answered"
    assert picture.cutoffs == "cut-off of 3 reached: positive screen"
    assert picture.description == (
        "low or very low. The hatched part is what missing answers leave open. "
        "Bands: fine from 0, low from 3 and very low from 6. The bar runs from 0 to 6."
    )
    [nothing] = report(plan, low=None, tired=None).scores
    assert not nothing.known


def test_all_answers_say_what_was_not_asked_and_keep_what_was_typed_there(plan: Plan) -> None:
    raw = answers(bleed="no", bleed_inside="yes")
    form = answered(plan, raw, basis_of(plan, raw, TODAY).not_asked)[0]
    words = {one.question: one.words for one in form.pages[0].said}
    assert words["A bleed in the brain?"] == ("No",)
    assert words["Was it inside the brain?"] == ("not asked; typed before and not used: Yes",)
    assert words["Tell us about it"] == ("not asked",)


def test_two_assessments_are_compared_in_words(plan: Plan) -> None:
    before, after = answers(systolic=150, low="often"), answers(bleed="yes", bleed_inside={"unknown": "unsure"})
    old = Assessed(plan, before, assessment(plan, before))
    new = Assessed(plan, after, assessment(plan, after))
    assert difference(old, new).lines() == (
        ("New", ("Any bleed",)),
        ("Gone", ("High pressure",)),
        ("Now open", ("Deep bleed",)),
        ("Scores", ("Mood 3 → 0",)),
        ("Answers", ("3 changed, 3 the same",)),
    )
    assert difference(old, old).lines() == ()
