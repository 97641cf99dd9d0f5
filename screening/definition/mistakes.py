"""What is wrong in a definition, said in a sentence at a place, and the nearest name that was perhaps meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from rapidfuzz import fuzz, process

from screening.definition.model import Place

NEAR = 60.0


class Severity(StrEnum):
    """An error blocks publishing; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong: where, how much it matters, and what to do about it."""

    place: Place
    sentence: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.place}: {self.severity}: {self.sentence}"

    def at(self, file: str) -> Mistake:
        """The same mistake with its file named as `file`."""
        return replace(self, place=replace(self.place, file=file))


class DefinitionError(ValueError):
    """Definitions that cannot be used; `mistakes` lists all that was found, in the order of the files."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def as_written(value: object) -> str:
    """A value as a definition writes it: `true`, `[a, b]`."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(as_written, value))}]"
        case dict():
            return f"{{{', '.join(f'{key}: {as_written(inner)}' for key, inner in value.items())}}}"
        case _:
            return str(value)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None where nothing is like it."""
    found = process.extractOne(name, sorted(known), scorer=fuzz.ratio, score_cutoff=NEAR)
    return found[0] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` Did you mean X?`, or an empty text where nothing is near."""
    near = nearest(name, known)
    return f" Did you mean {near}?" if near else ""
