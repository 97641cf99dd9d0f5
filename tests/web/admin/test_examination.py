"""What the checker and the cases say of a draft, as part of all files."""

from __future__ import annotations

import textwrap

from screening.web.admin.examination import examined

SLEEP = b"""\
questionnaire: sleep
title: Sleep
audience: patient
sources:
  ours: {cites: Ours}
pages:
  - id: nights
    title: Your nights
    questions:
      - {id: snores, type: yes_no, text: Do you snore?}
flags:
  - {id: snoring, tier: caution, when: snores, title: Snores, why: Apnea., action: Ask., sources: [ours]}
cases:
  - {name: snores, answers: {snores: yes}, expect: {snoring: raised}}
"""
DREAMS = textwrap.dedent("""\
    questionnaire: dreams
    title: Dreams
    audience: patient
    uses: [sleep]
    pages:
      - id: dreams
        title: Your dreams
        questions:
          - {id: vivid, type: yes_no, text: Do you dream?, when: sleep.snores}
    """).encode()
SPANISH = b"""\
translates: sleep
texts:
  title: {text: Sue\xc3\xb1o, of: "00000000"}
"""
FILES = {"sleep.yaml": SLEEP, "dreams.yaml": DREAMS, "locale/es/sleep.yaml": SPANISH}


def test_a_file_that_is_right_has_its_cases_run() -> None:
    examination = examined(FILES, "sleep.yaml")

    assert examination.definition is not None
    assert examination.errors == 0
    assert examination.passing == len(examination.results) == 1


def test_a_flag_without_all_its_cases_is_a_warning_of_its_file() -> None:
    examination = examined(FILES, "sleep.yaml")

    assert examination.warnings == 1
    assert "snoring has no case that rules it out" in examination.own[0].sentence
    assert examined(FILES, "dreams.yaml").warnings == 0


def test_an_error_that_the_draft_makes_in_another_file_is_told() -> None:
    examination = examined(FILES, "sleep.yaml", SLEEP.replace(b"snores", b"snored"))

    assert examination.library is None
    assert [mistake.place.file for mistake in examination.elsewhere if mistake.severity == "error"] == ["dreams.yaml"]
    assert examination.errors == 1


def test_while_the_file_itself_has_errors_those_that_follow_from_them_are_not_told() -> None:
    examination = examined(FILES, "sleep.yaml", b"questionnaire: [\n")

    assert len(examination.own) == 1
    assert examination.elsewhere == ()


def test_warnings_that_stood_in_other_files_before_are_not_told_again() -> None:
    before = examined(FILES, "sleep.yaml").elsewhere
    assert {mistake.place.file for mistake in before} == {"locale/es/sleep.yaml"}

    assert examined(FILES, "sleep.yaml", SLEEP + b"# a note\n").elsewhere == ()


def test_a_case_of_another_file_that_now_fails_is_told() -> None:
    case = b"""\
cases:
  - {name: dreams, answers: {sleep.snores: no}, expect: {snoring: ruled_out}}
"""
    files = {**FILES, "dreams.yaml": DREAMS + case}
    reversed_ = SLEEP.replace(b"when: snores", b"when: not snores")

    examination = examined(files, "sleep.yaml", reversed_)

    assert [result.case.name for result in examination.broken] == ["dreams"]
    assert [result.case.name for result in examination.failing] == ["snores", "dreams"]
