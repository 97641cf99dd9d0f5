"""A figure: what was measured, beside what, and what was aimed at."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: ours and the peer's value in `unit`, and the most that ours may be of the peer's (or at all)."""

    what: str
    ours: float
    unit: str
    peer: str = ""
    theirs: float | None = None
    most: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours over theirs; None where there is no peer."""
        return self.ours / self.theirs if self.theirs else None

    @property
    def is_met(self) -> bool:
        """Whether the aim is met; a figure without one is only told."""
        if self.most is None:
            return True
        return (self.ours if self.ratio is None else self.ratio) <= self.most


HEADS = ("what", "ours", "peer", "ratio", "aim", "note")


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table, aligned so that it reads well in a terminal too."""
    rows = [HEADS, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _cells(figure: Figure) -> tuple[str, ...]:
    theirs = f"{figure.peer}: {_number(figure.theirs)} {figure.unit}" if figure.theirs is not None else figure.peer
    ratio = "" if figure.ratio is None else f"{figure.ratio:.3f}"
    limit = "" if figure.most is None else f"at most {_number(figure.most)}{'' if figure.ratio else ' ' + figure.unit}"
    missed = "" if figure.is_met else ": MISSED"
    return figure.what, f"{_number(figure.ours)} {figure.unit}", theirs, ratio, limit + missed, figure.note


def _number(value: float) -> str:
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.1f}"


def machine() -> str:
    """On what the figures were measured."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    load = os.getloadavg()[0]
    return (
        f"{model}, {os.cpu_count()} cores, load {load:.1f} at the end; {platform.system()},"
        f" Python {platform.python_version()}"
    )
