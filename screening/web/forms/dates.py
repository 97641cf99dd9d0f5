"""The field of a date in parts: day, month and year, or month and year, or the year alone."""

from __future__ import annotations

import calendar
import re
from typing import ClassVar

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _

from screening.web.forms.fields import AnswerField, Boxes, Offer, UnreadableError

_YEAR = re.compile(r"[12][0-9]{3}")


class DateField(AnswerField):
    """A date of which the day, or day and month, may be left out.

    The month is chosen by name, because 3/4 is March in one country and April in another.
    """

    parts = ("month", "day", "year")
    exact: ClassVar[bool] = False

    @property
    def order(self) -> tuple[str, ...]:
        """The parts in the order in which the page's language writes them."""
        month_first = (get_locale() or Locale("en")).language == "en"
        return self.parts if month_first else ("day", "month", "year")

    @property
    def months(self) -> tuple[Offer, ...]:
        """The months by name, in the page's language."""
        names = (get_locale() or Locale("en")).months["stand-alone"]["wide"]
        return tuple(Offer(str(month), names[month]) for month in range(1, 13))

    def wanted(self) -> str:
        """What to do where the date is missing."""
        return _("Give a date. The year alone is enough")

    def read(self, boxes: Boxes) -> object:
        """The date as ISO 8601 writes it, as far as it is known: `2024-03-09`, `2024-03`, `2024`."""
        month, day, year = ("".join(boxes.get(part, ())[:1]).strip() for part in self.parts)
        if not (month or day or year):
            return None
        if self.exact and not (month and day and year):
            missing = next(part for part in self.parts if not "".join(boxes.get(part, ())))
            raise UnreadableError(_("Give the whole date: month, day and year"), missing)
        if not year:
            raise UnreadableError(_("Add the year. The year alone is enough"), "year")
        if not _YEAR.fullmatch(year):
            raise UnreadableError(_("Write the year with four figures, like 2024"), "year")
        if not month:
            if day:
                raise UnreadableError(_("Choose the month too, or leave the day empty"), "month")
            return year
        if not (month.isascii() and month.isdecimal() and 1 <= int(month) <= 12):
            raise UnreadableError(_("Choose a month from the list"), "month")
        return f"{year}-{int(month):02}{_day(int(year), int(month), day)}"

    def written(self, raw: object) -> Boxes:
        """The boxes of the parts that are known."""
        year, month, day = [*str(raw).split("-"), "", ""][:3]
        return {"year": (year,), "month": (month.lstrip("0"),), "day": (day.lstrip("0"),)}


def _day(year: int, month: int, typed: str) -> str:
    if not typed:
        return ""
    last = calendar.monthrange(year, month)[1]
    if not (typed.isascii() and typed.isdecimal() and 1 <= int(typed[:9]) <= last):
        raise UnreadableError(_("That month has days 1 to %(last)s. Check the day", last=last), "day")
    return f"-{int(typed):02}"


class WholeDateField(DateField):
    """A date of which every part must be known, such as the date of birth that opens a link."""

    exact = True

    def wanted(self) -> str:
        """What to do where the date is missing."""
        return _("Give the whole date: month, day and year")
