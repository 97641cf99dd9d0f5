"""Arithmetic on ranges, and whole months and years between days: what compiled evaluation calls.

Every function is monotone in each bound as floating point rounds, so a range always holds what any completion gives.
None gives what is not a number: a lower bound never is plus infinity, nor an upper one minus infinity.
"""

from __future__ import annotations

import math
from datetime import date

Bounds = tuple[float, float]

# A sum of as many of these as an expression can hold is still a number.
HUGE = 1e300
_EXACT = 2**53


def product(low: float, high: float, other_low: float, other_high: float) -> Bounds:
    """The range of the product of two ranges."""
    corners = (
        _times(low, other_low),
        _times(low, other_high),
        _times(high, other_low),
        _times(high, other_high),
    )
    return min(*corners, HUGE), max(*corners, -HUGE)


def quotient(low: float, high: float, other_low: float, other_high: float) -> Bounds:
    """The range of the quotient of two ranges; anything where the divisor may be zero."""
    if other_low <= 0 <= other_high:
        return -math.inf, math.inf
    corners = (
        _over(low, other_low),
        _over(low, other_high),
        _over(high, other_low),
        _over(high, other_high),
    )
    return min(*corners, HUGE), max(*corners, -HUGE)


def _times(one: float, other: float) -> float:
    """The product, where zero times infinity is zero; a whole number only as long as it is exact."""
    if one == 0 or other == 0:
        return 0
    result = one * other
    return result if -_EXACT <= result <= _EXACT else float(result)


def _over(one: float, other: float) -> float:
    """The quotient; by what grows without end it becomes nothing."""
    return 0 if math.isinf(other) else one / other


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
