"""What the checker and the cases say of one definition file, as part of all the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from screening.definition.mistakes import Mistake, Severity
from screening.definition.model import Library, Pathway, Questionnaire
from screening.definition.reading import Reading, check_library, content_hash
from screening.proof.cases import CaseResult, definitions_of, run_cases
from screening.proof.coverage import Coverage, coverage_of


@dataclass(frozen=True, slots=True)
class Examination:
    """All that stands in the way of publishing a file, and all that is worth a look.

    `own` are the mistakes of the file. `elsewhere` are those that other files have with it in place; they are told only
    once the file itself has no error, since most would follow from it, and warnings only where they are new. Cases run
    where there is no error at all; `results` are those of the file, `broken` those of other files that fail.
    """

    file: str
    own: tuple[Mistake, ...]
    elsewhere: tuple[Mistake, ...]
    results: tuple[CaseResult, ...]
    broken: tuple[CaseResult, ...]
    library: Library | None
    definition: Questionnaire | Pathway | None
    coverage: Coverage | None

    @property
    def errors(self) -> int:
        """How many errors there are, wherever they show."""
        return sum(mistake.severity is Severity.ERROR for mistake in (*self.own, *self.elsewhere))

    @property
    def warnings(self) -> int:
        """How many warnings there are in this file."""
        return sum(mistake.severity is Severity.WARNING for mistake in self.own)

    @property
    def passing(self) -> int:
        """How many of the file's own cases pass."""
        return sum(result.passed for result in self.results)

    @property
    def failing(self) -> tuple[CaseResult, ...]:
        """Every case that fails: the file's own first."""
        return (*(result for result in self.results if not result.passed), *self.broken)


@dataclass(frozen=True, slots=True)
class _Files:
    """Files as a key: equal where their contents are, so that nothing is read twice."""

    contents: tuple[tuple[str, bytes], ...]
    hash: str

    def __hash__(self) -> int:
        return hash(self.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Files) and self.hash == other.hash


def examined(files: Mapping[str, bytes], file: str, text: bytes | None = None) -> Examination:
    """The examination of one file among all; `text` stands in for what the file holds now."""
    contents = dict(files) if text is None else {**files, file: text}
    reading, results = _read(_key(contents))
    definition = _definition(reading.library, file)
    coverage = coverage_of(reading.library, definition.id) if reading.library and definition else None
    own = _by_line((*_of(reading.mistakes, file), *(coverage.mistakes if coverage else ())))
    return Examination(
        file=file,
        own=own,
        elsewhere=() if _has_error(own) else _elsewhere(reading, file, files if text is not None else {}),
        results=tuple(result for result in results if result.case.place.file == file),
        broken=tuple(result for result in results if result.case.place.file != file and not result.passed),
        library=reading.library,
        definition=definition,
        coverage=coverage,
    )


def _key(contents: Mapping[str, bytes]) -> _Files:
    pins = "\n".join(f"{file} {content_hash(content)}" for file, content in sorted(contents.items()))
    return _Files(tuple(contents.items()), content_hash(pins.encode()))


# Reading a library and running its cases takes about a second; a handful covers what admins look at together.
@lru_cache(maxsize=8)
def _read(files: _Files) -> tuple[Reading, tuple[CaseResult, ...]]:
    reading = check_library(dict(files.contents))
    return reading, run_cases(reading.library) if reading.library else ()


def _definition(library: Library | None, file: str) -> Questionnaire | Pathway | None:
    if library is None:
        return None
    return next((definition for definition in definitions_of(library) if definition.place.file == file), None)


def _of(mistakes: tuple[Mistake, ...], file: str) -> list[Mistake]:
    return [mistake for mistake in mistakes if mistake.place.file == file]


def _by_line(mistakes: tuple[Mistake, ...]) -> tuple[Mistake, ...]:
    return tuple(sorted(mistakes, key=lambda mistake: (mistake.place.line, mistake.place.column)))


def _has_error(mistakes: Iterable[Mistake]) -> bool:
    return any(mistake.severity is Severity.ERROR for mistake in mistakes)


def _elsewhere(reading: Reading, file: str, before: Mapping[str, bytes]) -> tuple[Mistake, ...]:
    """The mistakes in other files, without the warnings that stood there before."""
    found = [mistake for mistake in reading.mistakes if mistake.place.file != file]
    if not found or not before:
        return tuple(found)
    known = {mistake for mistake in _read(_key(before))[0].mistakes if mistake.severity is Severity.WARNING}
    return tuple(mistake for mistake in found if mistake not in known)
