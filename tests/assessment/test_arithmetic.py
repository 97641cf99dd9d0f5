import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.assessment.arithmetic import HUGE, months_between, product, quotient, years_between

WITHOUT_END = math.inf
ENDS = st.floats(allow_nan=False) | st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        pytest.param((2, 3), (4, 5), 8, 15, id="positive"),
        pytest.param((-2, 3), (4, 5), -10, 15, id="through zero"),
        pytest.param((-3, -2), (-5, -4), 8, 15, id="negative"),
        pytest.param((0, 0), (-WITHOUT_END, WITHOUT_END), 0, 0, id="nothing of anything is nothing"),
        pytest.param((0, 1), (-WITHOUT_END, WITHOUT_END), -WITHOUT_END, WITHOUT_END, id="some of anything is anything"),
        pytest.param((1e200, 1e200), (1e200, 1e200), HUGE, WITHOUT_END, id="more than can be said"),
        pytest.param((-1e200, -1e200), (1e200, 1e200), -WITHOUT_END, -HUGE, id="less than can be said"),
    ],
)
def test_a_product_of_ranges(one: tuple[float, float], other: tuple[float, float], low: float, high: float) -> None:
    assert product(*one, *other) == (low, high)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        pytest.param((8, 12), (2, 4), 2, 6, id="positive"),
        pytest.param((-8, 12), (2, 4), -4, 6, id="through zero"),
        pytest.param((8, 12), (-4, -2), -6, -2, id="by a negative"),
        pytest.param((8, 12), (0, 4), -WITHOUT_END, WITHOUT_END, id="by what may be zero"),
        pytest.param((8, 12), (-4, 0), -WITHOUT_END, WITHOUT_END, id="by what may be zero from below"),
        pytest.param((0, 0), (0, 0), -WITHOUT_END, WITHOUT_END, id="nothing by nothing"),
        pytest.param((1, WITHOUT_END), (1, WITHOUT_END), 0, WITHOUT_END, id="two that may grow without end"),
        pytest.param((1e300, 1e300), (1e-300, 1e-300), HUGE, WITHOUT_END, id="more than can be said"),
    ],
)
def test_a_quotient_of_ranges(one: tuple[float, float], other: tuple[float, float], low: float, high: float) -> None:
    assert quotient(*one, *other) == (low, high)


@given(st.tuples(ENDS, ENDS).map(sorted), st.tuples(ENDS, ENDS).map(sorted))
def test_a_range_is_never_without_numbers(one: list[float], other: list[float]) -> None:
    for low, high in (product(*one, *other), quotient(*one, *other)):
        assert low <= high
        assert low < WITHOUT_END
        assert high > -WITHOUT_END


@given(st.tuples(ENDS, ENDS).map(sorted), st.tuples(ENDS, ENDS).map(sorted), st.floats(0, 1), st.floats(0, 1))
def test_a_range_holds_what_any_numbers_in_it_give(
    one: list[float], other: list[float], part: float, other_part: float
) -> None:
    number, by = _within(one, part), _within(other, other_part)
    for reckon in (product, quotient):
        low, high = reckon(*one, *other)
        narrow_low, narrow_high = reckon(number, number, by, by)

        assert low <= narrow_low <= narrow_high <= high


def _within(ends: list[float], part: float) -> float:
    low, high = ends
    between = low + (high - low) * part
    return between if low <= between <= high else low


def test_a_whole_number_stays_whole_as_long_as_it_is_exact() -> None:
    assert product(3, 3, 7, 7) == (21, 21)
    assert isinstance(product(3, 3, 7, 7)[0], int)
    assert isinstance(product(10**15, 10**15, 10**15, 10**15)[0], float)


def day(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("since", "today", "years", "months"),
    [
        pytest.param("2000-05-14", "2026-05-13", 25, 311, id="the day before the birthday"),
        pytest.param("2000-05-14", "2026-05-14", 26, 312, id="the birthday"),
        pytest.param("2000-02-29", "2023-02-28", 22, 275, id="born on a leap day, not yet older on 28 February"),
        pytest.param("2000-02-29", "2023-03-01", 23, 276, id="older on 1 March"),
        pytest.param("2000-02-29", "2024-02-29", 24, 288, id="and on the leap day where there is one"),
        pytest.param("2026-01-31", "2026-02-28", 0, 0, id="a month from 31 January has not passed in February"),
        pytest.param("2026-01-31", "2026-03-01", 0, 1, id="but on 1 March"),
        pytest.param("2025-12-31", "2026-01-01", 0, 0, id="overnight"),
        pytest.param("2026-10-18", "2026-10-18", 0, 0, id="today"),
        pytest.param("2026-10-19", "2026-10-18", -1, -1, id="tomorrow counts back one begun unit"),
        pytest.param("2027-10-18", "2026-10-18", -1, -12, id="a year ahead"),
    ],
)
def test_whole_years_and_months_have_passed(since: str, today: str, years: int, months: int) -> None:
    assert years_between(day(since), day(today)) == years
    assert months_between(day(since), day(today)) == months


DAYS = st.dates(dt.date(1880, 1, 1), dt.date(2199, 12, 31)).map(dt.date.toordinal)


@given(DAYS, DAYS, DAYS)
def test_what_is_longer_ago_has_never_fewer_months_and_years(one: int, other: int, today: int) -> None:
    earlier, later = sorted((one, other))

    assert years_between(earlier, today) >= years_between(later, today)
    assert months_between(earlier, today) >= months_between(later, today)
