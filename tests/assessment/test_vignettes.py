"""The vignettes that the definitions were written from: fictional patients with the findings expected of them."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from screening.assessment.answers import read_answers
from screening.assessment.assessing import assess
from screening.assessment.program import program_for
from screening.definition.document import plain_data, read_document
from tests.assessment import shipped

FILE = Path(__file__).parents[1] / "vignettes" / "development.yaml"


def read() -> dict[str, Any]:
    document = read_document(FILE.name, FILE.read_bytes())
    return TypeAdapter(dict[str, Any]).validate_python(plain_data(document.root))


VIGNETTES = read()


def answers_of(vignette: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The baseline, then that of the patient's sex, then the patient's own answers; of the pathway's forms only."""
    own = vignette["answers"]
    sex = VIGNETTES.get(f"baseline_{own['about_you']['sex_at_birth']}", {})
    forms = {form.id for form in shipped.plan(vignette["pathway"]).questionnaires}
    return {
        form: {**VIGNETTES["baseline"].get(form, {}), **sex.get(form, {}), **own.get(form, {})}
        for form in sorted(forms)
    }


def score_key(name: str, scores: dict[str, Any]) -> str:
    (key,) = (key for key in scores if key.rpartition(".")[2] == name)
    return key


def test_there_are_twenty() -> None:
    assert len(VIGNETTES["vignettes"]) == 20


@pytest.mark.parametrize(
    "vignette", VIGNETTES["vignettes"], ids=lambda vignette: f"{vignette['id']} {vignette['title']}"
)
def test_the_findings_are_those_expected(vignette: dict[str, Any]) -> None:
    plan, today = shipped.plan(vignette["pathway"]), dt.date.fromisoformat(vignette["today"])
    expect = vignette["expect"]

    result = assess(program_for(plan), read_answers(plan, answers_of(vignette), today), today).as_json()

    states = {flag: found["state"] for flag, found in result["flags"].items()}
    assert {flag: states[flag] for flag in expect["flags"]} == expect["flags"]
    raised = {flag for flag, state in states.items() if state == "raised"}
    assert raised == {flag for flag, state in expect["flags"].items() if state == "raised"}
    assert result["triage"] == expect["triage"]
    for name, value in expect.get("scores", {}).items():
        low, high = value if isinstance(value, list) else (value, value)
        found = result["scores"][score_key(name, result["scores"])]
        assert (found["low"], found["high"]) == (low, high), name
    assert {flag: result["flags"][flag]["tier"] for flag in expect.get("tiers", {})} == expect.get("tiers", {})
