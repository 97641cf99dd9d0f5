"""How long answers may be relied on."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping

from screening.definition.model import Duration, Plan, Stage


def expires_on(plan: Plan, answered: Mapping[str, dt.date]) -> dt.date | None:
    """The first day on which a step of the screening stage is too old, by the day when each was last answered.

    None where no answered step of the pathway says how long it is valid.
    """
    ends = [
        after(answered[step.questionnaire], step.valid_for)
        for step in plan.steps
        if step.stage is Stage.SCREENING and step.valid_for and step.questionnaire in answered
    ]
    return min(ends, default=None)


def expired(plan: Plan, answered: Mapping[str, dt.date], day: dt.date) -> tuple[str, ...]:
    """The questionnaires whose answers are too old on a day, by the day when each was last answered."""
    return tuple(
        step.questionnaire
        for step in plan.steps
        if step.valid_for
        and step.questionnaire in answered
        and after(answered[step.questionnaire], step.valid_for) <= day
    )


def after(day: dt.date, duration: Duration) -> dt.date:
    """The day that long after another; a month after the 31st is the last day of the next month."""
    match duration.unit:
        case "day":
            return day + dt.timedelta(days=duration.number)
        case "week":
            return day + dt.timedelta(weeks=duration.number)
        case "month":
            return _months_after(day, duration.number)
        case "year":
            return _months_after(day, 12 * duration.number)
        case unit:
            raise ValueError(f"a duration is in days, weeks, months or years, not in {unit}")


def start_of(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """The moment at which a day begins at the clinic."""
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def _months_after(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
