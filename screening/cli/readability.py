"""How hard patients' texts are to read, by US school grade, and the exceptions that someone gave a reason for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from statistics import median

import click

from screening.definition.mistakes import Mistake, Severity
from screening.definition.model import Audience, Library, Pathway, Place, Questionnaire
from screening.definition.translation import texts_of

EXCEPTIONS = "readability.csv"
HARDEST_GRADE = 8.0
MEDIAN_GRADE = 6.0
# A formula says nothing of "COPD, emphysema" or "Not at all".
FEWEST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Passage:
    """One text that patients read, by `definition.path`, and its Flesch-Kincaid grade."""

    path: str
    grade: float
    place: Place


@dataclass(frozen=True, slots=True)
class Readability:
    """All passages that are long enough to be graded, and what is wrong with them."""

    passages: tuple[Passage, ...]
    excepted: int
    mistakes: tuple[Mistake, ...]

    def __str__(self) -> str:
        grades = [passage.grade for passage in self.passages]
        hard = sum(grade > HARDEST_GRADE for grade in grades)
        return (
            f"{len(grades)} texts of {FEWEST_WORDS} words or more: median grade {median(grades or [0]):.1f}; "
            f"{hard} above grade {HARDEST_GRADE:.0f}, {self.excepted} of them with a reason."
        )


def readability_of(library: Library, files: Mapping[str, bytes]) -> Readability:
    """The readability of the library's patient texts, against the exceptions in its files.

    Raises: click.ClickException where the formula is not installed.
    """
    passages = tuple(_passages(library))
    exceptions = dict(_exceptions(files))
    mistakes: list[Mistake] = []
    used: set[str] = set()
    excepted = 0
    for passage in passages:
        reason = next((pattern for pattern in exceptions if fnmatchcase(passage.path, pattern)), None)
        if passage.grade <= HARDEST_GRADE:
            continue
        if reason is None:
            sentence = f"The text {passage.path} reads at grade {passage.grade:.1f}. Use shorter words or sentences."
            mistakes.append(Mistake(passage.place, sentence, Severity.WARNING))
        else:
            used.add(reason)
            excepted += 1
    for pattern in exceptions.keys() - used:
        sentence = f"The exception {pattern} is not needed any more. Take it out."
        mistakes.append(Mistake(Place(EXCEPTIONS, 1, 1), sentence, Severity.WARNING))
    if passages and median(passage.grade for passage in passages) > MEDIAN_GRADE:
        sentence = f"The median grade is above {MEDIAN_GRADE:.0f}."
        mistakes.append(Mistake(Place(EXCEPTIONS, 1, 1), sentence))
    return Readability(passages, excepted, tuple(mistakes))


def _passages(library: Library) -> Iterator[Passage]:
    try:
        from textstat import textstat  # noqa: PLC0415  an extra
    except ImportError:
        raise click.ClickException("Readability needs the extra: pip install 'screening[readability]'") from None
    patients = [form for form in library.questionnaires.values() if form.audience is Audience.PATIENT]
    definitions: tuple[Questionnaire | Pathway, ...] = (*patients, *library.pathways.values())
    for definition in definitions:
        for path, text in texts_of(definition).items():
            if len(text.split()) >= FEWEST_WORDS:
                grade = float(textstat.flesch_kincaid_grade(text))
                yield Passage(f"{definition.id}.{path}", grade, definition.place)


def _exceptions(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """The patterns of texts that may be harder, each with its reason."""
    rows = csv.DictReader(io.StringIO(files.get(EXCEPTIONS, b"").decode("utf-8")))
    for row in rows:
        if row.get("text") and row.get("reason"):
            yield row["text"], row["reason"]
