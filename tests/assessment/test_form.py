import datetime as dt
from collections.abc import Mapping

import pytest

from screening.assessment.answers import read_answers
from screening.assessment.form import Stop, minutes_left, screens, seconds, way
from screening.assessment.program import program_for
from screening.definition.model import Plan, Questionnaire
from screening.definition.plans import plan_for_questionnaire
from screening.definition.reading import read_library

TODAY = dt.date(2026, 10, 18)
FORM = """\
questionnaire: heart
title: Heart
audience: patient
pages:
  - id: heart
    title: Your heart
    questions:
      - {id: welcome, type: statement, text: Take your time.}
      - {id: stroke, type: yes_no, text: A stroke?}
      - {id: when, type: date, text: When?, when: stroke}
      - {id: sure, type: yes_no, text: Sure?, when: stroke and days_since(when) < 100, required: false}
  - id: drinks
    title: Alcohol
    questions:
      - {id: monday, type: integer, range: [0, 20], text: Monday?}
      - {id: tuesday, type: integer, range: [0, 20], text: Tuesday?}
      - {id: worried, type: yes_no, text: Worried?, when: drinks_in_all > 5}
  - id: women
    title: For women
    questions:
      - {id: note, type: statement, text: For women., when: stroke and monday > 5}
      - {id: pregnant, type: yes_no, text: Pregnant?, when: stroke and monday > 5}
  - id: last
    title: Last
    questions:
      - id: kind
        type: choice
        text: What kind?
        options: [{id: bleed, text: A bleed, when: stroke}, {id: other, text: Other}]
      - {id: thanks, type: statement, text: Thank you., when: kind == 'bleed'}
scores:
  - {id: drinks_in_all, title: Drinks, value: "sum(monday, tuesday)"}
"""


def plan() -> Plan:
    return plan_for_questionnaire(read_library({"heart.yaml": FORM.encode()}), "heart")


def form() -> Questionnaire:
    return plan().questionnaire("heart")


def stops(answers: Mapping[str, object]) -> tuple[Stop, ...]:
    read = read_answers(plan(), {"heart": answers}, TODAY)
    return way(program_for(plan()), form(), read, TODAY)


def told(found: tuple[Stop, ...]) -> list[tuple[str, list[str], bool, int]]:
    return [(stop.screen.path, [q.id for q in stop.questions], stop.done, stop.number) for stop in found]


def test_a_page_is_a_screen_and_a_follow_up_for_what_waits_for_its_answers() -> None:
    assert [(screen.path, [q.id for q in screen.questions]) for screen in screens(form())] == [
        ("heart", ["welcome", "stroke"]),
        ("heart.1", ["when"]),
        ("heart.2", ["sure"]),
        ("drinks", ["monday", "tuesday"]),
        ("drinks.1", ["worried"]),
        ("women", ["note", "pregnant"]),
        ("last", ["kind"]),
        ("last.1", ["thanks"]),
    ]


def test_screens_are_laid_out_once_for_a_questionnaire() -> None:
    one = form()

    assert screens(one) is screens(one)


def test_at_first_every_page_that_may_be_asked_is_ahead_and_no_follow_up() -> None:
    assert told(stops({})) == [
        ("heart", ["welcome", "stroke"], False, 1),
        ("drinks", ["monday", "tuesday"], False, 2),
        ("women", ["note", "pregnant"], False, 3),
        ("last", ["kind"], False, 4),
    ]


@pytest.mark.parametrize(
    ("answers", "way_through"),
    [
        pytest.param(
            {"stroke": "no"},
            [("heart", True), ("drinks", False), ("last", False)],
            id="what is not asked is left out",
        ),
        pytest.param(
            {"stroke": "yes"},
            [
                ("heart", True),
                ("heart.1", False),
                ("heart.2", True),
                ("drinks", False),
                ("women", False),
                ("last", False),
            ],
            id="a follow-up that need not be answered is done",
        ),
        pytest.param(
            {"stroke": {"unknown": "unsure"}},
            [
                ("heart", True),
                ("heart.1", False),
                ("heart.2", True),
                ("drinks", False),
                ("women", False),
                ("last", False),
            ],
            id="not being sure is done, and its follow-up is asked",
        ),
        pytest.param(
            {"stroke": {"unknown": "unanswered"}},
            [
                ("heart", False),
                ("heart.1", False),
                ("heart.2", True),
                ("drinks", False),
                ("women", False),
                ("last", False),
            ],
            id="a page that was left blank is not done",
        ),
        pytest.param(
            {"stroke": "no", "monday": 3, "tuesday": 3},
            [("heart", True), ("drinks", True), ("drinks.1", False), ("last", False)],
            id="a follow-up may wait for a score of its page",
        ),
        pytest.param(
            {"stroke": "yes", "kind": "bleed"},
            [
                ("heart", True),
                ("heart.1", False),
                ("heart.2", True),
                ("drinks", False),
                ("women", False),
                ("last", True),
            ],
            id="a follow-up of nothing but a text is left out",
        ),
        pytest.param(
            {"stroke": "no", "kind": "bleed"},
            [("heart", True), ("drinks", False), ("last", False)],
            id="an answer that is no longer offered is to be given again",
        ),
    ],
)
def test_the_way_follows_the_answers(answers: Mapping[str, object], way_through: list[tuple[str, bool]]) -> None:
    assert [(stop.screen.path, stop.done) for stop in stops(answers)] == way_through


def test_a_screen_is_touched_once_something_was_given_there() -> None:
    touched = {stop.screen.path: stop.touched for stop in stops({"stroke": {"unknown": "unanswered"}, "monday": 3})}

    assert touched == {
        "heart": True,
        "heart.1": False,
        "heart.2": False,
        "drinks": True,
        "drinks.1": False,
        "last": False,
    }


def test_the_time_left_counts_what_is_not_done() -> None:
    found = stops({})

    assert seconds(()) == 0
    assert minutes_left(found) == -(-sum(seconds(stop.questions) for stop in found) // 60)
    assert minutes_left(found[:0]) == 0
    assert minutes_left(tuple(stop for stop in stops({"stroke": "no"}) if stop.done)) == 0
