"""Whether cases show every flag raised, ruled out and open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from screening.definition.mistakes import Mistake, Severity
from screening.definition.model import Flag, Library
from screening.proof.cases import definitions_of

# The order in which the states are told, as a case's `expect` writes them and as a sentence says them.
STATES = {"raised": "raises it", "ruled_out": "rules it out", "open": "leaves it open"}


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many flags there are, in how many a case shows each state, and a warning for each flag that lacks one."""

    flags: int
    raised: int
    ruled_out: int
    open: int
    mistakes: tuple[Mistake, ...]

    @property
    def covered(self) -> int:
        """How many flags are shown in every state."""
        return self.flags - len(self.mistakes)

    def __str__(self) -> str:
        each = f"raised {self.raised}, ruled out {self.ruled_out}, open {self.open}"
        return f"{self.covered} of {self.flags} flags: {each}"


def coverage_of(library: Library, definition: str | None = None) -> Coverage:
    """What the library's cases show of its flags, or of those of one questionnaire or pathway by its id.

    A case counts wherever it stands: a questionnaire's flag may be shown by a pathway's case.
    """
    shown = _shown(library)
    flags = tuple(_flags(library, definition))
    counts = {state: sum(state in shown[flag.id] for flag in flags) for state in STATES}
    mistakes = tuple(_missing(flag, shown[flag.id]) for flag in flags if not shown[flag.id] >= STATES.keys())
    return Coverage(len(flags), counts["raised"], counts["ruled_out"], counts["open"], mistakes)


def _flags(library: Library, definition: str | None) -> Iterator[Flag]:
    for owner in definitions_of(library):
        if definition is None or owner.id == definition:
            yield from owner.flags


def _shown(library: Library) -> defaultdict[str, set[str]]:
    shown: defaultdict[str, set[str]] = defaultdict(set)
    for owner in definitions_of(library):
        for case in owner.cases:
            for name, state in case.expect.items():
                if isinstance(state, str) and state in STATES:
                    shown[name].add(state)
    return shown


def _missing(flag: Flag, shown: set[str]) -> Mistake:
    lacking = [words for state, words in STATES.items() if state not in shown]
    some = " and none that ".join(lacking)
    return Mistake(flag.place, f"The flag {flag.id} has no case that {some}. Add one under cases.", Severity.WARNING)
