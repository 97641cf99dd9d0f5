"""The fields of numbers: plain ones, and weight and height in metric or US units."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal

from flask_babel import gettext as _
from wtforms.form import BaseForm

from screening.definition.model import QuestionType
from screening.exchange.wording import UNITS
from screening.web.forms.fields import AnswerField, Boxes, UnreadableError

KG_PER_LB = Decimal("0.45359237")
CM_PER_INCH = Decimal("2.54")
FINEST = Decimal("0.01")
INCHES_PER_FOOT = 12

_PLAIN = re.compile(r"-?(\d{1,9}(\.\d{1,20})?|\.\d{1,20})")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3}){1,2}(\.\d{1,20})?")
_DECIMAL_COMMA = re.compile(r"-?\d{1,9},\d{1,2}")


class AmountField(AnswerField):
    """Anything that is typed as a number."""

    def limits(self, low: float, high: float) -> str:
        """What to type instead of a number outside the limits."""
        raise NotImplementedError

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse what lies outside the question's limits, in the units in which it is typed."""
        low, high, amount = self.question.lowest, self.question.highest, self.data
        if isinstance(amount, int | float) and low is not None and high is not None and not low <= amount <= high:
            self.wrong_part = self.parts[0]
            raise UnreadableError(self.limits(low, high))
        super().pre_validate(form)


class NumberField(AmountField):
    """A whole or a decimal number in the question's unit."""

    @property
    def unit(self) -> str:
        """The unit in words, empty where there is none."""
        unit = self.question.unit
        words = UNITS.get(unit, (unit, unit))[1]
        return _(words) if words else ""

    @property
    def mode(self) -> str:
        """Which keys a phone shows: figures, or figures with a decimal point."""
        return "numeric" if self.question.type is QuestionType.INTEGER else "decimal"

    def wanted(self) -> str:
        """What to do where the number is missing."""
        return _("Type a number")

    def limits(self, low: float, high: float) -> str:
        """What to type instead of a number outside the limits."""
        return _("Type a number from %(low)s to %(high)s", low=low, high=high)

    def read(self, boxes: Boxes) -> object:
        """The number; a whole one where the question wants it."""
        number = number_in(boxes, "")
        if number is None:
            return None
        if self.question.type is QuestionType.INTEGER and number != number.to_integral_value():
            raise UnreadableError(_("Type a whole number, like %(number)s", number=int(number)))
        return plain(number)

    def written(self, raw: object) -> Boxes:
        """The box with the number in figures."""
        return {"": (figures(Decimal(str(raw))),)}


class WeightField(AmountField):
    """A weight, typed in pounds or in kilograms and kept in kilograms."""

    parts = ("lb", "kg")

    def wanted(self) -> str:
        """What to do where the weight is missing."""
        return _("Type your weight")

    def limits(self, low: float, high: float) -> str:
        """What to type instead of a weight outside the limits."""
        return _(
            "Type a weight from %(lightest)s to %(heaviest)s pounds, or from %(low)s to %(high)s kilograms",
            lightest=math.ceil(low / float(KG_PER_LB)),
            heaviest=math.floor(high / float(KG_PER_LB)),
            low=low,
            high=high,
        )

    def read(self, boxes: Boxes) -> object:
        """The weight in kilograms, exact to what was typed."""
        pounds, kilograms = number_in(boxes, "lb"), number_in(boxes, "kg")
        if pounds is not None and kilograms is not None:
            raise UnreadableError(_("Type your weight once: in pounds or in kilograms, not both"), "lb")
        if pounds is not None:
            return plain(pounds.quantize(FINEST) * KG_PER_LB)
        return None if kilograms is None else plain(kilograms)

    def written(self, raw: object) -> Boxes:
        """The box of the unit in which it was typed: a weight typed in pounds is an exact number of them."""
        kilograms = Decimal(str(raw))
        pounds = (kilograms / KG_PER_LB).quantize(FINEST)
        if kilograms != kilograms.quantize(FINEST) and plain(pounds * KG_PER_LB) == raw:
            return {"lb": (figures(pounds),)}
        return {"kg": (figures(kilograms),)}


class HeightField(AmountField):
    """A height, typed in feet and inches or in centimeters and kept in centimetres."""

    parts = ("ft", "in", "cm")

    def wanted(self) -> str:
        """What to do where the height is missing."""
        return _("Type your height")

    def limits(self, low: float, high: float) -> str:
        """What to type instead of a height outside the limits."""
        return _(
            "Type a height from %(shortest)s to %(tallest)s, or from %(low)s to %(high)s centimeters",
            shortest=_in_feet(math.ceil(low / float(CM_PER_INCH))),
            tallest=_in_feet(math.floor(high / float(CM_PER_INCH))),
            low=low,
            high=high,
        )

    def read(self, boxes: Boxes) -> object:
        """The height in centimetres, exact to what was typed."""
        feet, inches, centimetres = (number_in(boxes, part) for part in self.parts)
        if feet is None and inches is None:
            return None if centimetres is None else plain(centimetres)
        if centimetres is not None:
            raise UnreadableError(_("Type your height once: in feet and inches or in centimeters, not both"), "ft")
        if feet is not None and inches is not None and inches >= INCHES_PER_FOOT:
            raise UnreadableError(_("Inches go from 0 to 11; twelve of them make a foot"), "in")
        return plain(((feet or 0) * INCHES_PER_FOOT + (inches or Decimal(0)).quantize(FINEST)) * CM_PER_INCH)

    def written(self, raw: object) -> Boxes:
        """The boxes of the unit in which it was typed: a height typed in inches is an exact number of them."""
        centimetres = Decimal(str(raw))
        total = (centimetres / CM_PER_INCH).quantize(FINEST)
        if centimetres != centimetres.to_integral_value() and plain(total * CM_PER_INCH) == raw:
            feet, inches = divmod(total, INCHES_PER_FOOT)
            return {"ft": (figures(feet),), "in": (figures(inches),)}
        return {"cm": (figures(centimetres),)}


def number_in(boxes: Boxes, part: str) -> Decimal | None:
    """The number typed in a box, None where it is empty; `1,200`, `70,5` and `70.5` are all understood.

    Raises: UnreadableError where something else stands there.
    """
    typed = "".join(boxes.get(part, ())[:1])
    text = "".join(unicodedata.normalize("NFKC", typed).split())
    if not text:
        return None
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    elif _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if not _PLAIN.fullmatch(text):
        raise UnreadableError(_("Type a number in figures only, like 12 or 12.5"), part)
    return Decimal(text)


def _in_feet(inches: int) -> str:
    return _("%(feet)s feet %(inches)s inches", feet=inches // INCHES_PER_FOOT, inches=inches % INCHES_PER_FOOT)


def plain(number: Decimal) -> int | float:
    """The number as raw answers hold it: whole where it is whole."""
    return int(number) if number == number.to_integral_value() else float(number)


def figures(number: Decimal) -> str:
    """The number in figures, without an exponent or zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
