"""How long things take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import median
from time import perf_counter
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")


class Spread(NamedTuple):
    """Several measurements of one thing: the best is the least disturbed, the median the usual."""

    best: float
    median: float
    worst: float

    @classmethod
    def of(cls, times: Iterable[float]) -> Spread:
        """The spread of some measurements."""
        ordered = sorted(times)
        return cls(ordered[0], median(ordered), ordered[-1])

    def __str__(self) -> str:
        return f"best {self.best:.1f}, median {self.median:.1f}, worst {self.worst:.1f}"


def microseconds(function: Callable[[Item], object], items: Sequence[Item], passes: int) -> list[float]:
    """How long the function takes for one item, on average over all of them, in each pass."""
    times = []
    for _ in range(passes):
        start = perf_counter()
        for item in items:
            function(item)
        times.append((perf_counter() - start) / len(items) * 1e6)
    return times
