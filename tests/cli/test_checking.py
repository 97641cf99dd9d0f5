"""`screening check` and `screening schema` keep their contract: lines, statuses, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from screening.resources import folder

Run = Callable[..., Result]

GOOD = """\
questionnaire: sleep
title: Your sleep
audience: patient
uses: [about_you]
pages:
  - id: nights
    title: Your nights
    questions:
      - {id: hours, type: integer, range: [0, 24], unit: h, text: How many hours do you sleep?}
flags:
  - id: short_sleep
    tier: caution
    when: hours < 4 and patient.age >= 18
    title: Short sleep
    why: It matters.
    action: Ask about it.
    sources: [product_convention]
"""


def lines(result: Result) -> list[str]:
    return result.stdout.splitlines()


def test_the_shipped_library_has_no_findings_and_every_flag_is_covered(run: Run) -> None:
    result = run("check")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "134 of 134 flags: raised 134, ruled out 134, open 134; 0 failing cases." in result.stderr


def test_patients_texts_are_plain_or_have_a_reason(run: Run) -> None:
    result = run("check", "--readability")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "median grade" in result.stderr


def test_a_single_file_is_checked_with_what_it_needs_of_the_installed_library(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sleep.yaml"
    file.write_text(GOOD)
    result = run("check", file)
    assert result.exit_code == 0
    (warning,) = lines(result)
    assert warning.startswith(f"{file}:11:5: warning: The flag short_sleep has no case that raises it")


def test_every_mistake_is_a_line_with_its_place_and_the_status_is_1(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sleep.yaml"
    file.write_text(GOOD.replace("hours < 4", "huors < 4").replace("tier: caution", "tier: cautious"))
    result = run("check", file)
    assert result.exit_code == 1
    tier, name = lines(result)
    assert tier.startswith(f"{file}:12:5: error: tier cannot be cautious. Did you mean caution?")
    assert name == f"{file}:13:11: error: There is no question huors. Did you mean hours?"


def test_mistakes_are_a_json_list_where_that_is_asked_for(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sleep.yaml"
    file.write_text(GOOD.replace("title: Your sleep\n", ""))
    result = run("check", "--json", file)
    assert result.exit_code == 1
    (first,) = json.loads(result.stdout)
    assert first == {
        "file": str(file),
        "line": 1,
        "column": 1,
        "severity": "error",
        "sentence": "The key title is missing here.",
    }


def test_a_failing_case_is_an_error_at_its_place(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sleep.yaml"
    file.write_text(GOOD + "cases:\n  - {name: Two hours, answers: {hours: 2}, expect: {short_sleep: raised}}\n")
    result = run("check", file)
    assert result.exit_code == 1
    assert "The case “Two hours” fails: short_sleep is open, expected raised." in result.stdout


def test_a_folder_is_a_library_of_its_own(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sleep.yaml").write_text(GOOD)
    (tmp_path / "twin.yaml").write_text(GOOD.replace("hours < 4", "ours < 4"))
    result = run("check", tmp_path)
    assert result.exit_code == 1
    assert "twin.yaml:1:1: error: The questionnaire sleep is defined in sleep.yaml already." in result.stdout
    assert "twin.yaml:13:11: error: There is no question ours. Did you mean hours?" in result.stdout


def test_a_shipped_pathway_can_be_checked_alone(run: Run) -> None:
    result = run("check", folder("questionnaires") / "pathways" / "ketamine_iv.yaml")
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize("arguments", [["check", "/no/such/file"], ["check", "--colour"], ["assess"], ["unknown"]])
def test_wrong_usage_is_status_2(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_the_schema_of_definitions_is_json_schema(run: Run) -> None:
    schema = json.loads(run("schema").stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {"QuestionnaireShape", "PathwayShape"} <= set(schema["$defs"])
