import datetime as dt
from collections.abc import Mapping

import pytest

from screening.assessment.answers import AnswersError
from screening.assessment.forecast import Turn, turns
from screening.assessment.program import program_for
from screening.assessment.truth import State
from screening.definition.plans import plan_for_questionnaire
from screening.definition.reading import read_library

TODAY = dt.date(2026, 10, 18)
FORM = """\
questionnaire: heart
title: Heart
audience: patient
sources: {{book: {{cites: A book}}}}
pages:
  - id: page
    title: Page
    questions:
      - {{id: stroke, type: yes_no, text: A stroke?}}
      - {{id: stroke_date, type: date, text: When?, when: stroke}}
      - {{id: clot_date, type: date, text: When?}}
      - id: falls
        type: list
        text: Falls?
        questions: [{{id: day, type: date, text: When?}}, {{id: other_day, type: date, text: Or?}}]
scores:
  - {{id: weeks, title: Weeks, value: days_since(clot_date) / 7}}
flags:
  - {{id: flag, tier: relative, when: "{when}", title: T, why: W, action: A, sources: [book]}}
  - {{id: timeless, tier: relative, when: stroke, title: T, why: W, action: A, sources: [book]}}
"""


def found(when: str, answers: Mapping[str, object], days: int = 400) -> tuple[Turn, ...]:
    plan = plan_for_questionnaire(read_library({"heart.yaml": FORM.format(when=when).encode()}), "heart")
    return turns(program_for(plan), {"heart": answers}, TODAY, days)


def turn(day: str, before: State, after: State) -> tuple[Turn, ...]:
    return (Turn("flag", dt.date.fromisoformat(day), before, after),)


@pytest.mark.parametrize(
    ("when", "answers", "expected"),
    [
        pytest.param(
            "stroke and days_since(stroke_date) <= 42",
            {"stroke": "yes", "stroke_date": "2026-10-01"},
            turn("2026-11-13", State.RAISED, State.RULED_OUT),
            id="a window closes on its day",
        ),
        pytest.param(
            "weeks > 6",
            {"clot_date": "2026-10-01"},
            turn("2026-11-13", State.RULED_OUT, State.RAISED),
            id="through a score",
        ),
        pytest.param(
            "days_since(clot_date) <= 42",
            {"clot_date": "2026-10"},
            turn("2026-11-13", State.RAISED, State.OPEN),
            id="of a month the first day counts first",
        ),
        pytest.param(
            "any(x.day <= x.other_day for x in falls)",
            {"falls": [{"other_day": "2026-10-18"}]},
            turn("2026-10-19", State.RAISED, State.OPEN),
            id="a date that is unknown may be later from day to day",
        ),
        pytest.param("stroke and days_since(stroke_date) <= 42", {"stroke": "no"}, (), id="nothing turns"),
        pytest.param("stroke", {"stroke": "yes"}, (), id="nothing feels the time"),
    ],
)
def test_what_time_alone_changes_is_told_with_its_day(
    when: str, answers: Mapping[str, object], expected: tuple[Turn, ...]
) -> None:
    assert found(when, answers) == expected


def test_the_search_ends_where_it_is_told() -> None:
    answers = {"stroke": "yes", "stroke_date": "2026-10-01"}

    assert found("days_since(stroke_date) <= 42", answers, days=25) == ()
    assert len(found("days_since(stroke_date) <= 42", answers, days=26)) == 1


def test_answers_that_do_not_count_are_not_read() -> None:
    answers = {"stroke": "yes", "stroke_date": "2026-10-01", "falls": "gone"}

    assert len(found("days_since(stroke_date) <= 42", answers)) == 1


def test_answers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(AnswersError):
        found("days_since(stroke_date) <= 42", {"stroke_date": "never"})


def test_what_is_no_mapping_is_left_out() -> None:
    plan = plan_for_questionnaire(
        read_library({"heart.yaml": FORM.format(when="days_since(clot_date) > 5").encode()}), "heart"
    )

    assert turns(program_for(plan), {"heart": "gone"}, TODAY) == ()
