"""Arithmetic on ranges, and whole months and years between days: what compiled evaluation calls.

Every function is monotone in each bound as floating point rounds, so a range always holds what any completion gives.
"""

from __future__ import annotations

import math
from datetime import date

Bounds = tuple[float, float]


def product(low: float, high: float, other_low: float, other_high: float) -> Bounds:
    """The range of the product of two ranges."""
    corners = (
        _times(low, other_low),
        _times(low, other_high),
        _times(high, other_low),
        _times(high, other_high),
    )
    return min(corners), max(corners)


def quotient(low: float, high: float, other_low: float, other_high: float) -> Bounds:
    """The range of the quotient of two ranges; anything where the divisor may be zero."""
    if other_low <= 0 <= other_high:
        return -math.inf, math.inf
    corners = (low / other_low, low / other_high, high / other_low, high / other_high)
    return min(corners), max(corners)


def _times(one: float, other: float) -> float:
    """The product, where zero times infinity is zero."""
    return 0 if one == 0 or other == 0 else one * other


def years_between(day: int, today: int) -> int:
    """Whole years from one day to another, both as ordinals; a birthday on 29 February falls on 1 March."""
    start, end = date.fromordinal(day), date.fromordinal(today)
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def months_between(day: int, today: int) -> int:
    """Whole months from one day to another, both as ordinals."""
    start, end = date.fromordinal(day), date.fromordinal(today)
    return 12 * (end.year - start.year) + end.month - start.month - (end.day < start.day)


NAMES: dict[str, object] = {
    "INFINITY": math.inf,
    "product": product,
    "quotient": quotient,
    "years_between": years_between,
    "months_between": months_between,
}
