from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from screening.definition.model import Duration
from screening.definition.plans import plan_for
from screening.definition.reading import read_library
from screening.records.validity import after, expires_on, start_of


@pytest.mark.parametrize(
    ("day", "number", "unit", "end"),
    [
        ("2026-10-18", 10, "day", "2026-10-28"),
        ("2026-10-18", 2, "week", "2026-11-01"),
        ("2026-10-18", 6, "month", "2027-04-18"),
        ("2026-01-31", 1, "month", "2026-02-28"),
        ("2024-01-31", 1, "month", "2024-02-29"),
        ("2026-12-15", 1, "month", "2027-01-15"),
        ("2024-02-29", 1, "year", "2025-02-28"),
    ],
)
def test_a_day_that_much_later(day: str, number: int, unit: str, end: str) -> None:
    assert after(dt.date.fromisoformat(day), Duration(number, unit)) == dt.date.fromisoformat(end)


def test_answers_are_as_old_as_the_step_that_ages_first(files: dict[str, bytes]) -> None:
    plan = plan_for(read_library(files), "spray")
    september, october = dt.date(2026, 9, 1), dt.date(2026, 10, 18)
    assert expires_on(plan, {"heart": october, "habits": october, "session": september}) == dt.date(2026, 11, 18)
    assert expires_on(plan, {"habits": october}) == dt.date(2027, 4, 18)
    assert expires_on(plan, {"session": october}) is None
    assert expires_on(plan, {}) is None


def test_a_day_begins_at_midnight_of_the_clinic() -> None:
    begin = start_of(dt.date(2026, 11, 23), ZoneInfo("America/New_York"))
    assert begin == dt.datetime(2026, 11, 23, 5, tzinfo=dt.UTC)
