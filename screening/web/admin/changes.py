"""What is different between two texts, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

AROUND = 3
# Comparing takes time that grows with the square of the lines; nothing that people write is as long as this.
MAX_LINES = 8_000


class Side(StrEnum):
    """Where a line stands: in both texts, in the older alone, or in the newer alone."""

    BOTH = "same"
    OLDER = "removed"
    NEWER = "added"


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line with its number in each text, counted from 1; None where that text does not have it."""

    side: Side
    text: str
    older: int | None
    newer: int | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Runs of changed lines with a few unchanged ones around; `compared` is false for texts that are too long."""

    runs: tuple[tuple[ChangedLine, ...], ...]
    added: int = 0
    removed: int = 0
    compared: bool = True

    def __bool__(self) -> bool:
        return bool(self.runs) or not self.compared


def changes_between(older: str, newer: str) -> Changes:
    """What makes the newer text out of the older one."""
    before, after = older.splitlines(), newer.splitlines()
    if max(len(before), len(after)) > MAX_LINES:
        return Changes((), compared=older == newer)
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) > MAX_LINES // 4)
    runs = tuple(
        tuple(line for step in steps for line in _lines(step, before, after))
        for steps in matcher.get_grouped_opcodes(AROUND)
    )
    sides = [line.side for run in runs for line in run]
    return Changes(runs, added=sides.count(Side.NEWER), removed=sides.count(Side.OLDER))


def _lines(step: tuple[str, int, int, int, int], before: list[str], after: list[str]) -> Iterator[ChangedLine]:
    tag, first, last, start, end = step
    if tag == "equal":
        for older, newer in zip(range(first, last), range(start, end), strict=True):
            yield ChangedLine(Side.BOTH, before[older], older + 1, newer + 1)
        return
    for older in range(first, last):
        yield ChangedLine(Side.OLDER, before[older], older + 1, None)
    for newer in range(start, end):
        yield ChangedLine(Side.NEWER, after[newer], None, newer + 1)
