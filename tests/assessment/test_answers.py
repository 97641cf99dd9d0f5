import datetime as dt
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.assessment.answers import (
    AnswerError,
    AnswersError,
    Days,
    MedicineList,
    TakenMedicine,
    Unknown,
    frequency,
    read_answer,
    read_answers,
)
from screening.definition.formulary import Medicine, formulary_of
from screening.definition.model import Option, Place, Question, QuestionType
from screening.definition.plans import plan_for_questionnaire
from screening.definition.reading import read_library

TODAY = dt.date(2026, 10, 18)
HERE = Place("form.yaml", 1, 1)
NORVASC = Medicine("amlodipine", ("Norvasc",), frozenset({"rx_antihypertensive"}))
FORMULARY = formulary_of((NORVASC,))
OPTIONS = (Option("mild", "Mild"), Option("severe", "Severe"), Option("none", "None", exclusive=True))
FREE = OPTIONS[:2]
ROW = (
    Question("weeks", QuestionType.INTEGER, "Weeks", HERE, lowest=0, highest=99),
    Question("since", QuestionType.DATE, "Since", HERE),
)


def asked(type_: QuestionType, *, future: bool = False, options: tuple[Option, ...] = OPTIONS) -> Question:
    return Question(
        "asked", type_, "?", HERE, options=options, lowest=1, highest=20, max=3, future=future, questions=ROW
    )


@pytest.mark.parametrize(
    ("type_", "raw", "value"),
    [
        pytest.param(QuestionType.YES_NO, "yes", "yes", id="yes"),
        pytest.param(QuestionType.YES_NO, "no", "no", id="no"),
        pytest.param(QuestionType.CHOICE, "mild", "mild", id="an option"),
        pytest.param(QuestionType.SCALE, "severe", "severe", id="an option of a scale"),
        pytest.param(QuestionType.CHOICES, ["severe", "mild"], ("mild", "severe"), id="options in the form's order"),
        pytest.param(QuestionType.CHOICES, ["mild", "mild"], ("mild",), id="an option twice is once"),
        pytest.param(QuestionType.CHOICES, ["none"], ("none",), id="none of these"),
        pytest.param(QuestionType.INTEGER, 1, 1, id="the lowest"),
        pytest.param(QuestionType.INTEGER, 20.0, 20, id="a whole number with a point"),
        pytest.param(QuestionType.DECIMAL, 1.5, 1.5, id="a decimal"),
        pytest.param(QuestionType.WEIGHT, 20, 20, id="a weight in kg"),
        pytest.param(QuestionType.HEIGHT, 19.5, 19.5, id="a height in cm"),
        pytest.param(QuestionType.TEXT, " a word ", " a word ", id="a text as it was written"),
        pytest.param(QuestionType.ATTESTATION, "Alex Sample", "Alex Sample", id="a typed name"),
        pytest.param(QuestionType.MEDICINES, [], MedicineList(()), id="no medicine"),
        pytest.param(QuestionType.LIST, [], (), id="no row"),
        pytest.param(
            QuestionType.MEDICINES,
            [{"name": " norvasc ", "dose": 5, "how_often": "daily"}, {"name": "my aunt's tea"}],
            MedicineList(
                (TakenMedicine("norvasc", "5", "daily", NORVASC), TakenMedicine("my aunt's tea", "", "", None))
            ),
            id="a medicine that is known and one that is not",
        ),
        pytest.param(
            QuestionType.MEDICINES,
            [{"name": "small white", "identified": "Norvasc"}, {"name": "tea", "identified": "no_class"}],
            MedicineList(
                (
                    TakenMedicine("small white", "", "", NORVASC),
                    TakenMedicine("tea", "", "", Medicine("tea", (), frozenset())),
                )
            ),
            id="medicines that a clinician has identified",
        ),
        pytest.param(
            QuestionType.LIST,
            [{"weeks": 3, "since": "2026-10"}, {"weeks": {"unknown": "unsure"}}, {"since": None}],
            ({"weeks": 3, "since": Days(dt.date(2026, 10, 1), TODAY)}, {}, {}),
            id="rows, of which an unknown field is left out",
        ),
    ],
)
def test_an_answer_that_fits_is_read(type_: QuestionType, raw: object, value: object) -> None:
    assert read_answer(asked(type_), raw, TODAY, FORMULARY) == value


def test_nothing_chosen_is_an_answer_where_no_option_says_so() -> None:
    assert read_answer(asked(QuestionType.CHOICES, options=FREE), [], TODAY) == ()


@pytest.mark.parametrize(
    ("raw", "first", "last"),
    [
        pytest.param("2026-10-18", "2026-10-18", "2026-10-18", id="today"),
        pytest.param("2024-02", "2024-02-01", "2024-02-29", id="a month of a leap year"),
        pytest.param("2023-02", "2023-02-01", "2023-02-28", id="a month of another year"),
        pytest.param("2025", "2025-01-01", "2025-12-31", id="a year"),
        pytest.param(2025, "2025-01-01", "2025-12-31", id="a year as a number"),
        pytest.param("2026-10", "2026-10-01", "2026-10-18", id="this month ends today"),
        pytest.param("2026", "2026-01-01", "2026-10-18", id="this year ends today"),
        pytest.param("1880", "1880-01-01", "1880-12-31", id="the first year"),
        pytest.param(dt.date(2020, 2, 29), "2020-02-29", "2020-02-29", id="a date as YAML has it"),
        pytest.param(dt.datetime(2020, 2, 29, 12, 0, tzinfo=dt.UTC), "2020-02-29", "2020-02-29", id="a time of a day"),
    ],
)
def test_a_date_is_all_days_that_it_may_be(raw: object, first: str, last: str) -> None:
    days = Days(dt.date.fromisoformat(first), dt.date.fromisoformat(last))

    assert read_answer(asked(QuestionType.DATE), raw, TODAY) == days


@pytest.mark.parametrize(
    ("raw", "first", "last"),
    [
        pytest.param("2026-11", "2026-11-01", "2026-11-30", id="a month to come is whole"),
        pytest.param("2026", "2026-01-01", "2026-12-31", id="this year is whole"),
        pytest.param("2199-12-31", "2199-12-31", "2199-12-31", id="the last day of all"),
    ],
)
def test_a_date_may_lie_ahead_where_the_question_says_so(raw: str, first: str, last: str) -> None:
    days = Days(dt.date.fromisoformat(first), dt.date.fromisoformat(last))

    assert read_answer(asked(QuestionType.DATE, future=True), raw, TODAY) == days


@pytest.mark.parametrize("type_", [each for each in QuestionType if each is not QuestionType.STATEMENT])
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(None, Unknown.UNANSWERED, id="nothing"),
        pytest.param({"unknown": "unanswered"}, Unknown.UNANSWERED, id="unanswered"),
        pytest.param({"unknown": "unsure"}, Unknown.UNSURE, id="unsure"),
        pytest.param({"unknown": "declined"}, Unknown.DECLINED, id="declined"),
    ],
)
def test_any_question_takes_an_unknown_answer_and_keeps_its_reason(
    type_: QuestionType, raw: object, reason: Unknown
) -> None:
    assert read_answer(asked(type_), raw, TODAY) is reason


@pytest.mark.parametrize(
    ("type_", "raw", "says"),
    [
        pytest.param(QuestionType.YES_NO, "maybe", "Choose one of: yes, no.", id="another word"),
        pytest.param(QuestionType.YES_NO, True, "Choose one of: yes, no.", id="true is not yes"),
        pytest.param(QuestionType.CHOICE, "milt", "Did you mean mild?", id="a misspelt option"),
        pytest.param(QuestionType.SCALE, 2, "Choose one of", id="points are no option"),
        pytest.param(
            QuestionType.CHOICES, "mild", "Choose from a list of: mild, severe, none.", id="one without a list"
        ),
        pytest.param(QuestionType.CHOICES, [["mild"]], "Choose one of", id="a list in a list"),
        pytest.param(QuestionType.CHOICES, [], "Choose at least one answer.", id="an empty list"),
        pytest.param(QuestionType.CHOICES, ["none", "mild"], "not both", id="none and some"),
        pytest.param(QuestionType.INTEGER, 0, "Enter a number from 1 to 20.", id="too low"),
        pytest.param(QuestionType.INTEGER, 21, "Enter a number from 1 to 20.", id="too high"),
        pytest.param(QuestionType.INTEGER, 1.5, "Enter a whole number.", id="half"),
        pytest.param(QuestionType.INTEGER, "5", "Enter a number.", id="a number in quotes"),
        pytest.param(QuestionType.INTEGER, True, "Enter a number.", id="true is not one"),
        pytest.param(QuestionType.INTEGER, 10**400, "Enter a number.", id="more digits than a computer reckons with"),
        pytest.param(QuestionType.DECIMAL, float("nan"), "Enter a number.", id="not a number"),
        pytest.param(QuestionType.WEIGHT, float("inf"), "Enter a number.", id="without end"),
        pytest.param(QuestionType.HEIGHT, -float("inf"), "Enter a number.", id="without beginning"),
        pytest.param(QuestionType.DATE, "18.10.2026", "Enter a date", id="another way of writing dates"),
        pytest.param(QuestionType.DATE, "2026-1-1", "Enter a date", id="one digit"),
        pytest.param(QuestionType.DATE, "２０２６", "Enter a date", id="digits of another script"),
        pytest.param(QuestionType.DATE, "2026-10-18\n", "Enter a date", id="a line break after it"),
        pytest.param(QuestionType.DATE, True, "Enter a date", id="true is no date"),
        pytest.param(QuestionType.DATE, 20261018, "Enter a date", id="a date as one number"),
        pytest.param(QuestionType.DATE, "2025-02-29", "There is no such day.", id="no leap year"),
        pytest.param(QuestionType.DATE, "2025-13", "There is no such day.", id="month 13"),
        pytest.param(QuestionType.DATE, "2025-00", "There is no such day.", id="month 0 is not the whole year"),
        pytest.param(QuestionType.DATE, "2025-10-00", "There is no such day.", id="day 0 is not the whole month"),
        pytest.param(QuestionType.DATE, "0000", "There is no such day.", id="year 0"),
        pytest.param(QuestionType.DATE, "1879-12-31", "Please check the year.", id="too long ago"),
        pytest.param(QuestionType.DATE, "2200", "Please check the year.", id="too far ahead"),
        pytest.param(QuestionType.DATE, "2026-10-19", "This date is in the future.", id="tomorrow"),
        pytest.param(QuestionType.DATE, "2027", "This date is in the future.", id="next year"),
        pytest.param(QuestionType.TEXT, 5, "Write a text.", id="a number for a text"),
        pytest.param(QuestionType.TEXT, "a" * 2001, "Write at most 2,000 characters. This has 2,001.", id="too long"),
        pytest.param(QuestionType.ATTESTATION, "  ", "Write something, or leave it out.", id="blanks"),
        pytest.param(QuestionType.MEDICINES, "Norvasc", "List the medicines", id="a medicine without a list"),
        pytest.param(QuestionType.MEDICINES, [{"name": "a"}] * 4, "List at most 3 medicines.", id="too many"),
        pytest.param(QuestionType.MEDICINES, ["Norvasc"], "A medicine is written as", id="a bare name"),
        pytest.param(QuestionType.MEDICINES, [{"dose": "5 mg"}], "A medicine is written as", id="no name"),
        pytest.param(
            QuestionType.MEDICINES, [{"name": "a", "colour": "b"}], "A medicine is written as", id="more keys"
        ),
        pytest.param(QuestionType.MEDICINES, [{"name": " "}], "Write something", id="a blank name"),
        pytest.param(
            QuestionType.MEDICINES, [{"name": "a", "dose": "b" * 2001}], "Write at most 2,000", id="long dose"
        ),
        pytest.param(
            QuestionType.MEDICINES,
            [{"name": "a", "identified": "unheard of"}],
            "The formulary has no medicine unheard of.",
            id="identified as nothing known",
        ),
        pytest.param(QuestionType.LIST, {"weeks": 3}, "An unknown answer is written as", id="a row without a list"),
        pytest.param(QuestionType.LIST, "3", "List the rows", id="a text for rows"),
        pytest.param(QuestionType.LIST, [{}] * 4, "List at most 3 rows.", id="too many rows"),
        pytest.param(QuestionType.LIST, [3], "A row holds: weeks, since.", id="a number for a row"),
        pytest.param(QuestionType.LIST, [{"days": 3}], "A row holds: weeks, since.", id="another field"),
        pytest.param(QuestionType.LIST, [{"weeks": 100}], "Weeks: Enter a number from 0 to 99.", id="a field too high"),
        pytest.param(QuestionType.YES_NO, {}, "An unknown answer is written as", id="an empty mapping"),
        pytest.param(QuestionType.YES_NO, {"unknown": "maybe"}, "An unknown answer is written as", id="another reason"),
        pytest.param(
            QuestionType.YES_NO, {"unknown": ["unsure"]}, "An unknown answer is written as", id="a list of them"
        ),
        pytest.param(
            QuestionType.YES_NO, {"unknown": "not_asked"}, "An unknown answer is written", id="not for people"
        ),
        pytest.param(QuestionType.YES_NO, {"unknown": "unsure", "x": 1}, "An unknown answer is written", id="and more"),
        pytest.param(QuestionType.STATEMENT, "seen", "it has no answer", id="a statement"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_with_what_to_do(type_: QuestionType, raw: object, says: str) -> None:
    with pytest.raises(AnswerError) as refused:
        read_answer(asked(type_), raw, TODAY, FORMULARY)

    assert says in refused.value.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["yes", "2026-10"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "unknown", "weeks"]), inner),
    max_leaves=6,
)


@given(type_=st.sampled_from(list(QuestionType)), raw=JSON)
def test_whatever_is_given_is_read_or_refused(type_: QuestionType, raw: object) -> None:
    try:
        value = read_answer(asked(type_), raw, TODAY, FORMULARY)
    except AnswerError:
        return
    assert isinstance(value, str | int | float | tuple | Days | MedicineList)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("daily", "daily"),
        ("As needed", "as_needed"),
        (" WEEKLY ", "weekly"),
        ("twice a day", None),
        ("", None),
    ],
)
def test_how_often_is_a_code_where_the_words_are_those_of_one(written: str, code: str | None) -> None:
    assert frequency(written) == code


# All answers together

FORM = b"""\
questionnaire: heart
title: Heart
audience: patient
pages:
  - id: page
    title: Page
    questions:
      - {id: welcome, type: statement, text: Welcome}
      - {id: stroke, type: yes_no, text: A stroke?}
      - {id: when, type: date, text: When?}
      - {id: drinks, type: integer, range: [0, 60], text: Drinks?}
"""
PLAN = plan_for_questionnaire(read_library({"heart.yaml": FORM}), "heart")


def test_answers_are_known_or_unknown_for_a_reason() -> None:
    answers = read_answers(PLAN, {"heart": {"stroke": "yes", "when": {"unknown": "unsure"}, "drinks": None}}, TODAY)

    assert answers.known == {"heart.stroke": "yes"}
    assert answers.reason("heart.when") is Unknown.UNSURE
    assert answers.reason("heart.drinks") is Unknown.UNANSWERED
    assert answers.reason("heart.welcome") is Unknown.UNANSWERED


@pytest.mark.parametrize(
    ("raw", "problems"),
    [
        pytest.param(
            {"heart": {"stroke": "perhaps", "drinks": 61}},
            {"heart.stroke": "Choose one of: yes, no.", "heart.drinks": "Enter a number from 0 to 60."},
            id="every answer that does not fit is named",
        ),
        pytest.param(
            {"hart": {}}, {"hart": "heart has no questionnaire hart. Did you mean heart?"}, id="another questionnaire"
        ),
        pytest.param({7: {}}, {"7": "heart has no questionnaire 7."}, id="a number for a questionnaire"),
        pytest.param({"heart": []}, {"heart": "The answers must be written as question: answer."}, id="no mapping"),
        pytest.param(
            {"heart": {"strike": "yes"}},
            {"heart.strike": "There is no question strike to answer. Did you mean stroke?"},
            id="another question",
        ),
        pytest.param({"heart": {7: "yes"}}, {"heart.7": "There is no question 7 to answer."}, id="a number for one"),
        pytest.param(
            {"heart": {"welcome": "yes"}},
            {"heart.welcome": "There is no question welcome to answer."},
            id="a statement",
        ),
    ],
)
def test_answers_that_do_not_fit_are_refused_together(raw: Mapping[str, object], problems: Mapping[str, str]) -> None:
    with pytest.raises(AnswersError) as refused:
        read_answers(PLAN, raw, TODAY)

    assert {problem.key: problem.message for problem in refused.value.problems} == problems
    assert str(refused.value) == "\n".join(f"{key}: {message}" for key, message in problems.items())
