"""What is different between two texts, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import takewhile

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
    """A line with its number in each text, counted from 1; None where that text does not have it.

    Its text is in three parts, of which only the middle one differs from the line that it stands for or that stands for
    it; a line that is altogether new or gone is all middle, but for its indentation.
    """

    side: Side
    parts: tuple[str, str, str]
    older: int | None
    newer: int | None

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(self.parts)


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
    older, newer = range(first, last), range(start, end)
    if tag == "equal":
        for old, new in zip(older, newer, strict=True):
            yield ChangedLine(Side.BOTH, (before[old], "", ""), old + 1, new + 1)
        return
    # Lines that were replaced one by one are compared with each other; others stand for nothing.
    twins = list(zip(older, newer, strict=True)) if len(older) == len(newer) else []
    gone = {old: _parts(before[old], after[new]) for old, new in twins}
    came = {new: _parts(after[new], before[old]) for old, new in twins}
    for old in older:
        yield ChangedLine(Side.OLDER, gone.get(old) or _parts(before[old], ""), old + 1, None)
    for new in newer:
        yield ChangedLine(Side.NEWER, came.get(new) or _parts(after[new], ""), None, new + 1)


def _parts(line: str, other: str) -> tuple[str, str, str]:
    """The line in three: as the other one begins, what differs, and as the other one ends."""
    start = _alike(line, other)
    end = _alike(line[start:][::-1], other[start:][::-1])
    if start + end < len(line) / 3:
        start, end = len(line) - len(line.lstrip()), 0
    return line[:start], line[start : len(line) - end], line[len(line) - end :]


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
