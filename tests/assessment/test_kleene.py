"""The truth tables, one case per cell: yes, no and unknown in, raised, ruled out and open out."""

import datetime as dt

import pytest

from screening.assessment.answers import read_answers
from screening.assessment.program import program_for
from screening.definition.plans import plan_for_questionnaire
from screening.definition.reading import read_library

FORM = """\
questionnaire: form
title: Form
audience: patient
sources: {{book: {{cites: A book}}}}
pages:
  - id: page
    title: Page
    questions:
      - {{id: a, type: yes_no, text: A?}}
      - {{id: b, type: yes_no, text: B?}}
      - {{id: c, type: yes_no, text: C?}}
      - {{id: n, type: integer, range: [0, 10], text: N?}}
      - {{id: day, type: date, text: When?}}
flags:
  - {{id: flag, tier: relative, when: "{when}", title: T, why: W, action: A, sources: [book]}}
"""
TODAY = dt.date(2026, 10, 18)
ANSWERS = {"yes": "yes", "no": "no", "unknown": {"unknown": "unsure"}}


def state(when: str, **answers: object) -> str:
    plan = plan_for_questionnaire(read_library({"form.yaml": FORM.format(when=when).encode()}), "form")
    raw = {"form": {name: ANSWERS.get(str(answer), answer) for name, answer in answers.items()}}
    return program_for(plan).states(read_answers(plan, raw, TODAY), TODAY)["flag"].value


@pytest.mark.parametrize(("a", "found"), [("yes", "ruled_out"), ("no", "raised"), ("unknown", "open")])
def test_not(a: str, found: str) -> None:
    assert state("not a", a=a) == found


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        ("yes", "yes", "raised"),
        ("yes", "no", "ruled_out"),
        ("yes", "unknown", "open"),
        ("no", "yes", "ruled_out"),
        ("no", "no", "ruled_out"),
        ("no", "unknown", "ruled_out"),
        ("unknown", "yes", "open"),
        ("unknown", "no", "ruled_out"),
        ("unknown", "unknown", "open"),
    ],
)
def test_and(a: str, b: str, found: str) -> None:
    assert state("a and b", a=a, b=b) == found


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        ("yes", "yes", "raised"),
        ("yes", "no", "raised"),
        ("yes", "unknown", "raised"),
        ("no", "yes", "raised"),
        ("no", "no", "ruled_out"),
        ("no", "unknown", "open"),
        ("unknown", "yes", "raised"),
        ("unknown", "no", "open"),
        ("unknown", "unknown", "open"),
    ],
)
def test_or(a: str, b: str, found: str) -> None:
    assert state("a or b", a=a, b=b) == found


@pytest.mark.parametrize(
    ("condition", "then", "otherwise", "found"),
    [
        ("yes", "yes", "no", "raised"),
        ("yes", "no", "yes", "ruled_out"),
        ("yes", "unknown", "yes", "open"),
        ("no", "yes", "no", "ruled_out"),
        ("no", "no", "yes", "raised"),
        ("no", "yes", "unknown", "open"),
        ("unknown", "yes", "yes", "raised"),
        ("unknown", "no", "no", "ruled_out"),
        ("unknown", "yes", "no", "open"),
        ("unknown", "yes", "unknown", "open"),
    ],
)
def test_if_else(condition: str, then: str, otherwise: str, found: str) -> None:
    assert state("a if c else b", a=then, b=otherwise, c=condition) == found


@pytest.mark.parametrize(
    ("when", "answer", "found"),
    [
        ("n > 3", 4, "raised"),
        ("n > 3", 3, "ruled_out"),
        ("n > 3", "unknown", "open"),
        ("n > 10", "unknown", "ruled_out"),
        ("n >= 0", "unknown", "raised"),
        ("n < 3", 2, "raised"),
        ("n <= 3", 3, "raised"),
        ("n == 3", 3, "raised"),
        ("n == 3", 4, "ruled_out"),
        ("n == 3", "unknown", "open"),
        ("n == 11", "unknown", "ruled_out"),
        ("n != 11", "unknown", "raised"),
        ("n != 3", 3, "ruled_out"),
        ("2 < n < 5", 3, "raised"),
        ("2 < n < 5", 5, "ruled_out"),
        ("2 < n < 5", "unknown", "open"),
        ("1 / n > 0", "unknown", "open"),
        ("1 / n > 0", 0, "open"),
        ("1 / n > 0", 2, "raised"),
        ("(1 / n) / max(1, 1 / n) > 5", "unknown", "open"),
        ("n - n == 0", "unknown", "open"),
        ("count(n > 3, n > 5, a) >= 1", 4, "raised"),
        ("count(n > 3, n > 5, a) >= 2", 4, "open"),
    ],
)
def test_numbers(when: str, answer: object, found: str) -> None:
    assert state(when, n=answer) == found


@pytest.mark.parametrize(
    ("when", "written", "found"),
    [
        ("days_since(day) <= 42", "2026-09-06", "raised"),
        ("days_since(day) <= 42", "2026-09-05", "ruled_out"),
        ("days_since(day) <= 42", "2026-09", "open"),
        ("days_since(day) <= 42", "2026-10", "raised"),
        ("days_since(day) <= 42", "2026", "open"),
        ("days_since(day) <= 42", "2025", "ruled_out"),
        ("days_since(day) >= 0", "unknown", "raised"),
        ("months_since(day) >= 6", "2026-04", "open"),
        ("months_since(day) >= 6", "2026-03", "raised"),
        ("years_since(day) >= 18", "2008", "open"),
        ("years_since(day) >= 18", "2007", "raised"),
        ("day <= today", "unknown", "raised"),
        ("day == today", "2026-10-18", "raised"),
        ("day == today", "2026-10", "open"),
        ("day == today", "2026-09", "ruled_out"),
    ],
)
def test_dates(when: str, written: object, found: str) -> None:
    assert state(when, day=written) == found
