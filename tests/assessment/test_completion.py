import datetime as dt

import pytest

from screening.assessment.answers import Days, MedicineList, Row, TakenMedicine, Value
from screening.assessment.completion import Named, completions, is_exact, named
from screening.definition.expression import (
    Answer,
    Compare,
    Comparison,
    Holds,
    Number,
    Quantifier,
    RowField,
    Rows,
    Takes,
)
from screening.definition.formulary import Medicine
from screening.definition.model import Option, Place, Question, QuestionType

TODAY = dt.date(2026, 10, 18)
HERE = Place("form.yaml", 1, 1)
OPTIONS = (Option("mild", "Mild"), Option("severe", "Severe"), Option("none", "None", exclusive=True))
ROW = (
    Question("weeks", QuestionType.INTEGER, "Weeks", HERE, lowest=0, highest=3),
    Question("since", QuestionType.DATE, "Since", HERE),
    Question("name", QuestionType.TEXT, "Name", HERE),
)
NOTHING = Named((), (), how_often=False)
OFTEN = Named(("rx_a",), (), how_often=True)
KNOWN = TakenMedicine("alpha", "", "daily", Medicine("alpha", (), frozenset({"rx_a"})))
VAGUE = TakenMedicine("alpha", "", "now and then", Medicine("alpha", (), frozenset({"rx_a"})))
STRANGE = TakenMedicine("tea", "", "daily", None)
DAY = Days(TODAY, TODAY)
MONTH = Days(dt.date(2026, 9, 1), dt.date(2026, 9, 30))


def asked(type_: QuestionType, *, future: bool = False) -> Question:
    return Question(
        "asked", type_, "?", HERE, options=OPTIONS, lowest=0, highest=10, max=2, future=future, questions=ROW
    )


def test_what_conditions_name_is_gathered() -> None:
    often = Compare(RowField("m", "how_often"), Comparison.EQUAL, Number(3))
    trees = (
        Takes(Answer("a", "b"), "rx_b"),
        Rows(Quantifier.ANY, Answer("a", "b"), "m", often),
        Holds(Answer("a", "c"), "rx_a"),
    )

    assert named(trees) == Named(("rx_a", "rx_b"), (3,), how_often=True)
    assert named(()) == NOTHING


@pytest.mark.parametrize(
    ("type_", "value", "wanted", "exact"),
    [
        pytest.param(QuestionType.YES_NO, "yes", NOTHING, True, id="a code"),
        pytest.param(QuestionType.CHOICES, ("mild",), NOTHING, True, id="codes"),
        pytest.param(QuestionType.DATE, DAY, NOTHING, True, id="a day"),
        pytest.param(QuestionType.DATE, MONTH, NOTHING, False, id="a month"),
        pytest.param(QuestionType.MEDICINES, MedicineList((KNOWN,)), NOTHING, True, id="a known medicine"),
        pytest.param(QuestionType.MEDICINES, MedicineList((STRANGE,)), NOTHING, False, id="one not recognised"),
        pytest.param(QuestionType.MEDICINES, MedicineList((VAGUE,)), NOTHING, True, id="how often does not count"),
        pytest.param(QuestionType.MEDICINES, MedicineList((VAGUE,)), OFTEN, False, id="how often counts"),
        pytest.param(QuestionType.LIST, (), NOTHING, True, id="no rows"),
        pytest.param(QuestionType.LIST, ({"weeks": 1, "since": DAY},), NOTHING, True, id="a whole row"),
        pytest.param(QuestionType.LIST, ({"weeks": 1, "since": MONTH},), NOTHING, False, id="a vague field"),
        pytest.param(QuestionType.LIST, ({"weeks": 1},), NOTHING, False, id="a missing field"),
    ],
)
def test_an_answer_is_exact_where_it_leaves_nothing_open(
    type_: QuestionType, value: Value, wanted: Named, *, exact: bool
) -> None:
    assert is_exact(asked(type_), value, wanted) is exact


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        (QuestionType.YES_NO, ("yes", "no")),
        (QuestionType.CHOICE, ("mild", "severe", "none")),
        (QuestionType.SCALE, ("mild", "severe", "none")),
        (QuestionType.CHOICES, (("mild",), ("severe",), ("none",), ("mild", "severe"))),
        (QuestionType.INTEGER, (0, 3, 4, 5, 10)),
        (QuestionType.TEXT, ()),
        (QuestionType.STATEMENT, ()),
        (QuestionType.ATTESTATION, ()),
    ],
)
def test_an_unknown_answer_may_turn_out_to_be_any_of_these(type_: QuestionType, values: tuple[Value, ...]) -> None:
    assert completions(asked(type_), None, TODAY, Named((), (4, 20), how_often=False)) == values


def test_a_number_may_lie_on_either_side_of_one_that_is_named() -> None:
    assert completions(asked(QuestionType.DECIMAL), None, TODAY, Named((), (4,), how_often=False)) == (
        0,
        3.9,
        4,
        4.1,
        5,
        10,
    )


def test_a_vague_date_stays_within_what_it_may_be() -> None:
    found = completions(asked(QuestionType.DATE), MONTH, TODAY, Named((), (42,), how_often=False))

    days = {value.first for value in found if isinstance(value, Days)}
    assert {MONTH.first, MONTH.last, TODAY - dt.timedelta(days=42), TODAY - dt.timedelta(days=43)} <= days
    assert all(MONTH.first <= day <= MONTH.last for day in days)


def test_a_date_to_come_may_be_late() -> None:
    found = completions(asked(QuestionType.DATE, future=True), None, TODAY, NOTHING)

    assert max(value.last for value in found if isinstance(value, Days)).year == 2199


def taken(found: tuple[Value, ...]) -> list[list[tuple[str, list[str], str]]]:
    return [
        [(row.name, sorted(row.medicine.classes), row.how_often) for row in value.rows if row.medicine]
        for value in found
        if isinstance(value, MedicineList)
    ]


def test_medicines_may_be_none_or_one_or_many_of_a_class() -> None:
    found = taken(completions(asked(QuestionType.MEDICINES), None, TODAY, Named(("rx_a",), (), how_often=False)))

    one = ("", ["rx_a"], "daily")
    assert found == [[], [one], [one, one], [one], [one, one]]


def test_a_medicine_that_is_not_recognised_may_be_of_any_class_beside_the_known() -> None:
    wanted = Named(("rx_a", "rx_b"), (), how_often=False)
    found = taken(completions(asked(QuestionType.MEDICINES), MedicineList((KNOWN, STRANGE)), TODAY, wanted))

    known = ("alpha", ["rx_a"], "daily")
    assert found == [
        [known],
        [known, ("", ["rx_a"], "daily")],
        [known, ("", ["rx_b"], "daily")],
        [known, ("", ["rx_a", "rx_b"], "daily")],
    ]


def test_a_medicine_may_be_taken_as_often_as_can_be_said_where_that_counts() -> None:
    found = taken(completions(asked(QuestionType.MEDICINES), MedicineList((VAGUE,)), TODAY, OFTEN))

    assert {rows[0][2] for rows in found} == {"daily", "weekly", "monthly", "as_needed"}
    assert all(len(rows) >= 1 for rows in found)


def rows(found: tuple[Value, ...]) -> list[list[dict[str, object]]]:
    return [[dict(row) for row in value if not isinstance(row, str)] for value in found if isinstance(value, tuple)]


def test_a_list_may_hold_no_row_one_or_as_many_as_there_may_be() -> None:
    lengths = {len(value) for value in rows(completions(asked(QuestionType.LIST), None, TODAY, NOTHING))}

    assert lengths == {0, 1, 2}


def test_what_is_missing_in_a_row_is_filled_and_the_rest_kept() -> None:
    first: Row = {"weeks": 1, "since": MONTH, "name": "x"}
    second: Row = {"since": DAY}
    given = (first, second)
    found = rows(completions(asked(QuestionType.LIST), given, TODAY, NOTHING))

    assert all(len(value) == 2 for value in found)
    assert all(value[0]["weeks"] == 1 and value[0]["name"] == "x" and value[1]["since"] == DAY for value in found)
    assert {(value[0]["since"], value[1]["weeks"]) for value in found} >= {
        (Days(MONTH.last, MONTH.last), 0),
        (Days(MONTH.first, MONTH.first), 1),
        (Days(MONTH.last, MONTH.last), 3),
    }
