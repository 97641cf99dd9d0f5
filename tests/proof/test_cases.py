"""Cases are run as a clinician wrote them: bare or dotted answers, flag states, scores."""

import textwrap

import pytest

from screening.definition.model import Library
from screening.definition.reading import read_library
from screening.proof.cases import CaseResult, Difference, failing_cases, run_cases

ABOUT = """\
    questionnaire: about_you
    title: About you
    audience: patient
    pages:
      - id: you
        title: You
        questions:
          - {id: date_of_birth, type: date, text: When were you born?}
          - id: sex_at_birth
            type: choice
            text: What was your sex at birth?
            options: [{id: female, text: Female}, {id: male, text: Male}]
    """

HEART = """\
    questionnaire: heart
    title: Your heart
    audience: patient
    uses: [about_you]
    sources:
      label: {cites: The product label}
    pages:
      - id: pressure
        title: Your blood pressure
        questions:
          - {id: known, type: yes_no, text: Do you know a reading?}
          - {id: systolic, type: integer, range: [60, 260], unit: "mm[Hg]", text: The higher number?, when: known}
          - {id: clot_date, type: date, text: When was the clot?}
      - id: drinks
        title: Drinks
        questions:
          - {id: monday, type: integer, range: [0, 10], text: Drinks on Monday?}
          - {id: tuesday, type: integer, range: [0, 10], text: Drinks on Tuesday?}
    scores:
      - {id: drinks_in_all, title: Drinks, value: "sum(monday, tuesday)"}
    flags:
      - id: pressure_high
        tier: {esketamine: absolute, otherwise: relative}
        when: systolic > 140 and about_you.sex_at_birth == 'male'
        title: Blood pressure above 140
        why: It rises further.
        action: Measure again.
        sources: [label]
      - id: clot_new
        tier: {esketamine: absolute}
        when: days_since(clot_date) <= 42
        title: Clot in the last six weeks
        why: It may move.
        action: Wait.
        sources: [label]
    cases:
    """


def library(cases: str) -> Library:
    heart = textwrap.dedent(HEART) + textwrap.indent(textwrap.dedent(cases), "  ")
    about = textwrap.dedent(ABOUT)
    return read_library({"about_you.yaml": about.encode(), "heart.yaml": heart.encode()})


def only(cases: str) -> CaseResult:
    (result,) = run_cases(library(cases))
    return result


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            """\
            - name: bare and dotted answers are read
              answers: {known: yes, systolic: 141, about_you.sex_at_birth: male}
              expect: {pressure_high: raised}
            """,
            id="raised",
        ),
        pytest.param(
            """\
            - name: at 140 it is ruled out
              answers: {known: yes, systolic: 140}
              expect: {pressure_high: ruled_out}
            """,
            id="ruled out",
        ),
        pytest.param(
            """\
            - name: an unsure answer leaves it open
              answers: {known: {unknown: unsure}, about_you.sex_at_birth: male}
              expect: {pressure_high: open}
            """,
            id="open",
        ),
        pytest.param(
            """\
            - name: a score is a number
              answers: {monday: 3, tuesday: 4}
              expect: {drinks_in_all: 7}
            """,
            id="score",
        ),
        pytest.param(
            """\
            - name: a score on incomplete answers is a range
              answers: {monday: 3}
              expect: {drinks_in_all: [3, 13], heart.drinks_in_all: [3, 13]}
            """,
            id="range",
        ),
        pytest.param(
            """\
            - name: the day that a case names is today
              today: 2026-03-02
              answers: {clot_date: 2026-01-19}
              expect: {clot_new: raised}
            """,
            id="today",
        ),
        pytest.param(
            """\
            - name: without a day it is 18 October 2026
              answers: {clot_date: 2026-09-06}
              expect: {clot_new: raised}
            """,
            id="day of cases",
        ),
    ],
)
def test_a_case_that_holds_passes(case: str) -> None:
    result = only(case)

    assert result.differences == ()
    assert result.passed


@pytest.mark.parametrize(
    ("case", "differences"),
    [
        pytest.param(
            """\
            - name: wrong about a flag
              answers: {known: no}
              expect: {pressure_high: raised}
            """,
            [Difference("pressure_high", "raised", "open")],
            id="flag",
        ),
        pytest.param(
            """\
            - name: wrong about a score
              answers: {monday: 1}
              expect: {drinks_in_all: 1}
            """,
            [Difference("drinks_in_all", "1", "[1, 11]")],
            id="score",
        ),
        pytest.param(
            """\
            - name: a flag that this treatment does not have
              treatment: {product: ketamine, route: iv}
              answers: {clot_date: 2026-09-06}
              expect: {clot_new: raised}
            """,
            [Difference("clot_new", "raised", "nothing of that name for this treatment")],
            id="treatment",
        ),
        pytest.param(
            """\
            - name: an answer out of range
              answers: {systolic: 20}
              expect: {pressure_high: open}
            """,
            [Difference("heart.systolic", "an answer that fits", "Enter a number from 60 to 260.")],
            id="answer",
        ),
    ],
)
def test_a_case_that_does_not_hold_says_what_differed(case: str, differences: list[Difference]) -> None:
    result = only(case)

    assert list(result.differences) == differences
    assert not result.passed


def test_results_keep_the_order_of_the_file_and_name_their_definition() -> None:
    cases = """\
        - {name: first, answers: {known: no}, expect: {pressure_high: open}}
        - {name: second, answers: {known: no}, expect: {pressure_high: raised}}
        """

    results = run_cases(library(cases))

    assert [(result.definition, result.case.name) for result in results] == [("heart", "first"), ("heart", "second")]
    assert [result.case.name for result in failing_cases(library(cases))] == ["second"]
