"""`screening assess` and `screening vignettes` keep their contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]

VIGNETTES = Path(__file__).parent.parent / "vignettes" / "development.yaml"
OWN_VIGNETTES = VIGNETTES.with_name("own.yaml")
STROKE = "cardiovascular_risk: {stroke: yes, stroke_date: 2026-10-18}\n"
TODAY = ("--today", "2026-11-22")


def test_the_result_has_the_documented_shape(run: Run) -> None:
    result = run("assess", "ketamine_iv", "--json", *TODAY, given=STROKE)
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert set(said) == {"triage", "flags", "scores", "definitions", "today"}
    assert said["triage"] == "absolute"
    assert said["flags"]["neuro_stroke_recent"] == {
        "state": "raised",
        "tier": "absolute",
        "because": ["cardiovascular_risk.stroke", "cardiovascular_risk.stroke_date"],
        "settled_by": [],
    }
    assert said["flags"]["cv_aneurysm"] == {
        "state": "open",
        "tier": "absolute",
        "because": [],
        "settled_by": ["cardiovascular_risk.aneurysm"],
    }
    assert said["scores"]["mental_health.phq9"] == {"low": 0, "high": 27, "band": None}
    assert said["today"] == "2026-11-22"
    assert len(said["definitions"]) == 64


def test_same_inputs_give_the_same_bytes(run: Run) -> None:
    once, again = (run("assess", "ketamine_iv", "--json", *TODAY, given=STROKE).stdout_bytes for _ in range(2))
    assert once == again


@pytest.mark.parametrize(
    "given",
    [STROKE, '{"cardiovascular_risk": {"stroke": "yes", "stroke_date": "2026-10-18"}}', STROKE.replace("yes", "'yes'")],
    ids=["yaml", "json", "quoted"],
)
def test_answers_are_yaml_or_json(run: Run, given: str, tmp_path: Path) -> None:
    file = tmp_path / "answers"
    file.write_text(given)
    said = json.loads(run("assess", "ketamine_iv", file, "--json", *TODAY).stdout)
    assert said["flags"]["neuro_stroke_recent"]["state"] == "raised"


def test_day_42_is_within_six_weeks_and_day_43_is_not(run: Run) -> None:
    for today, state in (("2026-11-29", "raised"), ("2026-11-30", "ruled_out")):
        said = json.loads(run("assess", "ketamine_iv", "--json", "--today", today, given=STROKE).stdout)
        assert said["flags"]["neuro_stroke_recent"]["state"] == state


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("cardio: {stroke: yes}", "cardio: ketamine_iv has no questionnaire cardio."),
        ("cardiovascular_risk: {strok: yes}", "There is no question strok to answer. Did you mean stroke?"),
        ("cardiovascular_risk: {stroke: perhaps}", "cardiovascular_risk.stroke: Choose one of: yes, no."),
        ("cardiovascular_risk: {bp_systolic: 301}", "cardiovascular_risk.bp_systolic: Enter a number from 60 to 300."),
        ("cardiovascular_risk: {stroke_date: 2026-13}", "stroke_date: There is no such day."),
        ("cardiovascular_risk: {stroke_date: 2027}", "stroke_date: This date is in the future."),
        ("cardiovascular_risk: {symptoms_now: [none, chest_pain]}", "not both"),
        (
            "cardiovascular_risk: {bp_known: yes, bp_systolic: 80, bp_diastolic: 120}",
            "bp_systolic: The higher number must be larger than the lower one.",
        ),
        ("[1, 2]", "answers: The answers are written as {questionnaire: {question: answer}}."),
        ("a: [", "answers: line 2, column 1: This is not YAML"),
        ("{" * 5000, "answers: line 1"),
        ("", "answers: line 1, column 1: The file is empty."),
    ],
)
def test_an_answer_that_does_not_fit_is_named(run: Run, given: str, told: str) -> None:
    result = run("assess", "ketamine_iv", *TODAY, given=given)
    assert result.exit_code == 1
    assert told in result.stderr
    assert "Traceback" not in result.output


def test_an_unknown_pathway_is_wrong_usage(run: Run) -> None:
    result = run("assess", "ketamine_ivv", given="{}")
    assert result.exit_code == 2
    assert "There is no pathway ketamine_ivv. Did you mean ketamine_iv?" in result.output


def test_lines_come_out_in_order_and_a_bad_one_does_not_stop_the_rest(run: Run) -> None:
    records = [
        {"id": "a", "today": "2026-11-22", "answers": {"cardiovascular_risk": {"aneurysm": "yes"}}},
        {"id": "b", "answers": {"cardiovascular_risk": {"aneurysm": "maybe"}}},
        {"id": "c", "today": "yesterday", "answers": {}},
        {"id": "d", "answers": {}},
    ]
    given = "\n".join([*map(json.dumps, records), "not json", "[]", "", json.dumps(records[0])])
    result = run("assess", "ketamine_iv", "--jsonl", *TODAY, given=given)
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [each["id"] for each in said] == ["a", "b", "c", "d", None, None, "a"]
    assert said[0]["triage"] == "absolute"
    assert said[1]["errors"] == [{"answer": "cardiovascular_risk.aneurysm", "message": "Choose one of: yes, no."}]
    assert "yesterday is no day" in said[2]["errors"][0]["message"]
    assert said[3]["triage"] == "incomplete"
    assert said[4]["errors"][0]["answer"] == "line"
    assert said[0] == said[6]


def test_a_stage_leaves_out_what_only_a_later_one_can_settle(run: Run) -> None:
    pregnant = "about_you: {sex_at_birth: female, pregnancy_status: pregnant}\n"
    said = json.loads(run("assess", "ketamine_iv", "--stage", "screening", "--json", given=pregnant).stdout)
    assert said["flags"]["bp_high"]["state"] == "open"
    assert said["flags"]["preg_current"]["state"] == "raised"
    assert said["triage"] == "absolute"


def test_a_questionnaire_of_no_pathway_can_be_assessed_alone(run: Run) -> None:
    given = "session_monitoring: {minutes_observed: 60, alert: yes, walks: yes, dissociation_over: yes}\n"
    esketamine = run("assess", "session_monitoring", "--json", "--treatment", "esketamine.intranasal", given=given)
    ketamine = run("assess", "session_monitoring", "--json", "--treatment", "ketamine.iv", given=given)
    assert json.loads(esketamine.stdout)["flags"]["mon_not_ready"]["state"] == "raised"
    assert json.loads(ketamine.stdout)["flags"]["mon_not_ready"]["state"] == "open"


def test_people_are_told_what_is_raised_and_what_is_open(run: Run) -> None:
    result = run("assess", "ketamine_iv", *TODAY, given=STROKE)
    assert "Triage: absolute" in result.stdout
    assert "▲ absolute  neuro_stroke_recent" in result.stdout
    assert "Open: " in result.stdout


def test_the_development_vignettes_come_out_as_expected(run: Run) -> None:
    result = run("vignettes", VIGNETTES)
    assert result.exit_code == 0, result.output
    assert "20 of 20 as expected." in result.stderr


def test_our_own_vignettes_come_out_as_expected(run: Run) -> None:
    result = run("vignettes", OWN_VIGNETTES)
    assert result.exit_code == 0, result.output
    assert "183 of 183 as expected." in result.stderr


def test_a_vignette_that_differs_is_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "vignettes:\n"
        "- {id: A, title: An aneurysm, pathway: ketamine_iv, today: '2026-10-18',\n"
        "   answers: {cardiovascular_risk: {aneurysm: yes}},\n"
        "   expect: {flags: {cv_avm: raised}, triage: relative, scores: {phq9: 3}, tiers: {cv_avm: info}}}\n"
    )
    result = run("vignettes", file)
    assert result.exit_code == 1
    for told in (
        "cv_avm: expected raised, found open",
        "cv_aneurysm: expected not raised, found raised",
        "triage: expected relative, found absolute",
        "phq9: expected 3 to 3, found 0 to 27",
        "cv_avm tier: expected info, found absolute",
    ):
        assert told in result.stdout


def test_a_file_that_is_no_vignettes_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("vignettes: 3\n")
    result = run("vignettes", file)
    assert result.exit_code == 1
    assert f"{file}:1:1: error: vignettes must be a list." in result.output
