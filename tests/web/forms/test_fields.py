"""What is typed becomes a raw answer, and a raw answer shows itself as it was typed, for every type of question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from screening.assessment.answers import read_answer
from screening.definition.model import Option, Place, Question, QuestionType
from screening.definition.scope import HOW_OFTEN
from screening.web.forms.fields import AnswerField
from screening.web.forms.page import PageForm
from screening.web.forms.registry import KINDS
from screening.web.forms.rows import RowsField
from screening.web.language import init_language

TODAY = dt.date(2026, 11, 23)
NOWHERE = Place("questionnaires/tried.yaml", 1, 1)
OPTIONS = (Option("mild", "Mild"), Option("severe", "Severe"), Option("none", "None of these", exclusive=True))
FEW = (Option("mild", "Mild"), Option("severe", "Severe"))


def question(kind: QuestionType, **more: object) -> Question:
    options = OPTIONS if kind is QuestionType.CHOICES else FEW
    defaults: dict[str, object] = {"unsure": True, "decline": True, "options": options}
    return Question("asked", kind, "What is it?", NOWHERE, **(defaults | more))  # type: ignore[arg-type]


Typed = Mapping[str, str | list[str]]

COLUMNS = (
    Question("name", QuestionType.TEXT, "Which?", NOWHERE),
    Question("weeks", QuestionType.INTEGER, "How long?", NOWHERE, required=False, unsure=True),
    Question("effect", QuestionType.CHOICE, "How did it go?", NOWHERE, required=False, unsure=True, options=FEW),
    Question("since", QuestionType.DATE, "Since when?", NOWHERE, required=False),
)
QUESTIONS = {kind: question(kind) for kind in QuestionType} | {
    QuestionType.LIST: question(QuestionType.LIST, questions=COLUMNS)
}


@pytest.fixture(scope="module", autouse=True)
def in_english() -> Iterator[None]:
    app = Flask("tried")
    app.secret_key = "of no importance"
    init_language(app)
    with app.test_request_context():
        yield


def field_of(asked: Question, stored: object = None, typed: Typed | None = None) -> AnswerField:
    form = PageForm([asked], {"asked": stored}, TODAY, None if typed is None else MultiDict(typed))
    form.validate()
    return form.fields[0]


def sent(field: AnswerField) -> MultiDict[str, str]:
    """What a browser sends back when the page is saved as it is shown."""
    pairs = [(field.input(part), text) for part, texts in field.boxes.items() for text in texts]
    if isinstance(field, RowsField):
        pairs.append((field.input("rows"), str(len(field.rows))))
        for row in field.rows:
            for cell in row.values():
                pairs += sent(cell).items(multi=True)
    return MultiDict(pairs)


hundredths = st.integers(1, 40_000).map(lambda number: number / 100)
dates = st.dates(dt.date(1900, 1, 1), TODAY)
partial = st.one_of(dates.map(str), dates.map(lambda day: f"{day:%Y-%m}"), dates.map(lambda day: f"{day:%Y}"))
letters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
words = st.text(letters, min_size=1, max_size=60).map(str.strip).filter(bool)
in_pounds = st.integers(60, 80_000).map(lambda n: float(Decimal(n) / 100 * Decimal("0.45359237")))
in_inches = st.integers(40, 9_000).map(lambda n: float(Decimal(n) / 100 * Decimal("2.54")))
unknown = st.sampled_from([{"unknown": "unsure"}, {"unknown": "declined"}])
medicine = st.fixed_dictionaries({"name": words}, optional={"dose": words, "how_often": st.sampled_from(HOW_OFTEN)})
row = st.fixed_dictionaries(
    {"name": words},
    optional={
        "weeks": st.one_of(st.integers(0, 2000), st.just({"unknown": "unsure"})),
        "effect": st.one_of(st.sampled_from(["mild", "severe"]), st.just({"unknown": "unsure"})),
        "since": partial,
    },
)
KNOWN: Mapping[QuestionType, st.SearchStrategy[object]] = {
    QuestionType.YES_NO: st.sampled_from(["yes", "no"]),
    QuestionType.CHOICE: st.sampled_from(["mild", "severe"]),
    QuestionType.SCALE: st.sampled_from(["mild", "severe"]),
    QuestionType.CHOICES: st.sampled_from([["mild"], ["severe"], ["mild", "severe"], ["none"]]),
    QuestionType.INTEGER: st.integers(-(10**9) + 1, 10**9 - 1),
    QuestionType.DECIMAL: st.one_of(st.integers(-999, 999), hundredths),
    QuestionType.DATE: partial,
    QuestionType.TEXT: words,
    QuestionType.ATTESTATION: words,
    QuestionType.WEIGHT: st.one_of(st.integers(1, 400), hundredths, in_pounds, st.floats(1, 400)),
    QuestionType.HEIGHT: st.one_of(st.integers(1, 250), hundredths, in_inches, st.floats(1, 250)),
    QuestionType.MEDICINES: st.lists(medicine, max_size=5),
    QuestionType.LIST: st.lists(row, max_size=4),
}


def plain(raw: object) -> object:
    """A whole number is the same number with and without its zero."""
    return int(raw) if isinstance(raw, float) and raw.is_integer() else raw


def test_every_type_of_question_has_its_field() -> None:
    assert set(KINDS) == set(QuestionType)
    assert set(KNOWN) == set(QuestionType) - {QuestionType.STATEMENT}


@pytest.mark.parametrize("kind", KNOWN)
@given(data=st.data())
def test_saving_a_page_as_it_is_shown_changes_no_answer(kind: QuestionType, data: st.DataObject) -> None:
    raw = data.draw(st.one_of(KNOWN[kind], unknown))
    shown = field_of(QUESTIONS[kind], raw)
    saved = field_of(QUESTIONS[kind], None, sent(shown))
    assert saved.errors == []
    assert saved.data == plain(raw)
    assert sent(saved) == sent(shown)


@pytest.mark.parametrize("kind", KNOWN)
@given(data=st.data())
def test_whatever_is_typed_is_understood_or_refused_in_words_and_still_there(
    kind: QuestionType, data: st.DataObject
) -> None:
    empty = field_of(QUESTIONS[kind])
    cells = [cell for row in empty.rows for cell in row.values()] if isinstance(empty, RowsField) else []
    names = [field.input(part) for field in [empty, *cells] for part in (*field.parts, "unknown")]
    typed = {name: data.draw(st.one_of(st.just(""), st.text(max_size=8))) for name in names}
    field = field_of(QUESTIONS[kind], None, typed | {"asked-rows": "1"})
    problems = list(field.problems())
    assert all(problem.message and problem.anchor.startswith("asked") for problem in problems)
    if not problems and field.data is not None:
        read_answer(QUESTIONS[kind], field.data, TODAY)


@pytest.mark.parametrize("kind", KNOWN)
def test_a_question_left_blank_is_wrong_only_where_an_answer_is_required(kind: QuestionType) -> None:
    required = field_of(QUESTIONS[kind], None, {"asked-rows": "1"})
    assert (required.data, len(list(required.problems())), required.is_missing) == (None, 1, True)
    optional = question(kind, required=False, questions=COLUMNS)
    free = field_of(optional, None, {"asked-rows": "1"})
    assert (free.data, list(free.problems())) == (None, [])


@pytest.mark.parametrize(
    ("kind", "typed", "raw"),
    [
        pytest.param(QuestionType.INTEGER, {"asked": "0"}, 0, id="nought is an answer"),
        pytest.param(QuestionType.INTEGER, {"asked": " 1,200 "}, 1200, id="thousands"),
        pytest.param(QuestionType.DECIMAL, {"asked": "70,5"}, 70.5, id="decimal comma"),
        pytest.param(QuestionType.DECIMAL, {"asked": ".5"}, 0.5, id="bare point"),
        pytest.param(QuestionType.INTEGER, {"asked": "１２"}, 12, id="wide figures"),
        pytest.param(QuestionType.WEIGHT, {"asked-lb": "165"}, 74.84274105, id="pounds"),
        pytest.param(QuestionType.WEIGHT, {"asked-kg": "70.5"}, 70.5, id="kilograms"),
        pytest.param(QuestionType.HEIGHT, {"asked-ft": "5", "asked-in": "6"}, 167.64, id="feet and inches"),
        pytest.param(QuestionType.HEIGHT, {"asked-ft": "6"}, 182.88, id="feet alone"),
        pytest.param(QuestionType.HEIGHT, {"asked-in": "66"}, 167.64, id="inches alone"),
        pytest.param(QuestionType.DATE, {"asked-year": "2024"}, "2024", id="year alone"),
        pytest.param(QuestionType.DATE, {"asked-month": "3", "asked-year": "2024"}, "2024-03", id="month and year"),
        pytest.param(
            QuestionType.DATE,
            {"asked-month": "2", "asked-day": "29", "asked-year": "2024"},
            "2024-02-29",
            id="leap day",
        ),
        pytest.param(QuestionType.TEXT, {"asked": "one\r\ntwo\x00\x07"}, "one\ntwo", id="control characters"),
        pytest.param(QuestionType.YES_NO, {"asked": "?unsure"}, {"unknown": "unsure"}, id="not sure"),
        pytest.param(QuestionType.CHOICES, {"asked": "?declined"}, {"unknown": "declined"}, id="rather not"),
        pytest.param(QuestionType.DATE, {"asked-unknown": "?unsure"}, {"unknown": "unsure"}, id="not sure when"),
        pytest.param(QuestionType.MEDICINES, {"asked-none": "none"}, [], id="no medicines"),
        pytest.param(
            QuestionType.MEDICINES,
            {"asked-rows": "3", "asked-0-name": "Norvasc", "asked-2-name": "Zoloft", "asked-2-how_often": "daily"},
            [{"name": "Norvasc"}, {"name": "Zoloft", "how_often": "daily"}],
            id="an empty row is no medicine",
        ),
    ],
)
def test_what_is_typed_becomes_its_raw_answer(kind: QuestionType, typed: Typed, raw: object) -> None:
    field = field_of(QUESTIONS[kind], None, typed)
    assert (field.data, list(field.problems())) == (raw, [])


@pytest.mark.parametrize(
    ("kind", "typed", "anchor", "message"),
    [
        pytest.param(QuestionType.INTEGER, {"asked": "12.5"}, "asked", "whole number", id="not whole"),
        pytest.param(QuestionType.INTEGER, {"asked": "120/80"}, "asked", "figures only", id="two numbers"),
        pytest.param(QuestionType.INTEGER, {"asked": "9" * 60}, "asked", "figures only", id="endless"),
        pytest.param(QuestionType.YES_NO, {"asked": "maybe"}, "asked", "answers below", id="not offered"),
        pytest.param(QuestionType.CHOICES, {"asked": ["mild", "none"]}, "asked", "“None of these”", id="none and some"),
        pytest.param(QuestionType.CHOICES, {"asked": ["mild", "?unsure"]}, "asked", "Keep one", id="unsure and some"),
        pytest.param(
            QuestionType.DATE, {"asked-day": "3", "asked-year": "2024"}, "asked-month", "month", id="no month"
        ),
        pytest.param(QuestionType.DATE, {"asked-month": "3"}, "asked-year", "Add the year", id="no year"),
        pytest.param(QuestionType.DATE, {"asked-year": "72"}, "asked-year", "four figures", id="short year"),
        pytest.param(QuestionType.DATE, {"asked-year": "2027"}, "asked", "future", id="in the future"),
        pytest.param(
            QuestionType.DATE,
            {"asked-month": "2", "asked-day": "30", "asked-year": "2024"},
            "asked-day",
            "days 1 to 29",
            id="30 February",
        ),
        pytest.param(QuestionType.WEIGHT, {"asked-lb": "1", "asked-kg": "1"}, "asked-lb", "once", id="two weights"),
        pytest.param(QuestionType.HEIGHT, {"asked-ft": "5", "asked-in": "12"}, "asked-in", "0 to 11", id="12 inches"),
        pytest.param(QuestionType.TEXT, {"asked": "a" * 2001}, "asked", "at most 2,000", id="too long"),
        pytest.param(
            QuestionType.DECIMAL,
            {"asked": "1", "asked-unknown": "?unsure"},
            "asked",
            "Keep one",
            id="number and unsure",
        ),
        pytest.param(
            QuestionType.MEDICINES,
            {"asked-rows": "1", "asked-0-dose": "5 mg"},
            "asked-0-name",
            "Write an answer",
            id="dose of nothing",
        ),
        pytest.param(
            QuestionType.MEDICINES,
            {"asked-rows": "1", "asked-0-name": "Zoloft", "asked-unknown": "?unsure"},
            "asked-0-name",
            "small white pill",
            id="some medicines, not sure of all",
        ),
        pytest.param(
            QuestionType.MEDICINES,
            {"asked-rows": "1", "asked-0-name": "Zoloft", "asked-none": "none"},
            "asked-0-name",
            "I take no medicines",
            id="medicines and none",
        ),
    ],
)
def test_what_does_not_fit_is_refused_where_it_stands(
    kind: QuestionType, typed: Typed, anchor: str, message: str
) -> None:
    field = field_of(QUESTIONS[kind], None, typed)
    [problem] = field.problems()
    assert problem.anchor == anchor
    assert message in problem.message
    shown = sent(field)
    for name, text in MultiDict(typed).items(multi=True):
        assert text in shown.getlist(name)


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        (QuestionType.WEIGHT, {"asked-lb": "1000"}, "67 to 771 pounds, or from 30 to 350 kilograms"),
        (QuestionType.HEIGHT, {"asked-cm": "20"}, "3 feet 4 inches to 8 feet 2 inches, or from 100 to 250 centimeters"),
    ],
)
def test_limits_are_said_in_both_units(kind: QuestionType, typed: Typed, words: str) -> None:
    limits = {QuestionType.WEIGHT: (30, 350), QuestionType.HEIGHT: (100, 250)}[kind]
    [problem] = field_of(question(kind, lowest=limits[0], highest=limits[1]), None, typed).problems()
    assert words in problem.message


def test_a_row_is_added_below_and_removed_with_all_else_kept() -> None:
    asked = QUESTIONS[QuestionType.MEDICINES]
    typed = {"asked-rows": "2", "asked-0-name": "Zoloft", "asked-1-name": "Norvasc", "asked-1-dose": "5 mg"}
    more = PageForm([asked], {}, TODAY, MultiDict({**typed, "asked-add": "1"}))
    assert more.rearranged()
    [field] = more.fields
    assert isinstance(field, RowsField)
    assert [row["name"].box() for row in field.rows] == ["Zoloft", "Norvasc", ""]
    assert field.fresh == "asked-2-name"
    fewer = PageForm([asked], {}, TODAY, MultiDict({**typed, "asked-remove": "0"}))
    [field] = fewer.fields
    assert isinstance(field, RowsField)
    assert [(row["name"].name, row["name"].box(), row["dose"].box()) for row in field.rows] == [
        ("asked-0-name", "Norvasc", "5 mg")
    ]


def test_more_rows_than_may_be_cannot_be_sent() -> None:
    asked = question(QuestionType.MEDICINES, max=2)
    typed = {"asked-rows": "9999999", **{f"asked-{at}-name": "Zoloft" for at in range(5)}}
    field = field_of(asked, None, typed)
    assert field.data == [{"name": "Zoloft"}] * 2
