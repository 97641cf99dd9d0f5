"""Medicines by name: which are known, which classes they carry, and which name a patient may have meant."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rapidfuzz import fuzz, process

COLUMNS = ("generic", "brands", "classes", "rxcui")
NEAR_ENOUGH = 72.0
_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc", "'''")


@dataclass(frozen=True, slots=True)
class Medicine:
    """One entry of the formulary; `rxcui` is its RxNorm code, empty where none was confirmed."""

    generic: str
    brands: tuple[str, ...]
    classes: frozenset[str]
    rxcui: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A medicine that a name may mean, by the name under which it was found; `nearness` runs from 0 to 100."""

    name: str
    medicine: Medicine
    nearness: float


class FormularyError(ValueError):
    """A formulary file that cannot be read: `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message


def folded(name: str) -> str:
    """The name as it is matched: without case, accents, a phone's curly apostrophes, or more than single spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(plain.translate(_APOSTROPHES).replace("/", " / ").casefold().split())


@dataclass(frozen=True, slots=True)
class Formulary:
    """The medicines that `takes('class')` can know."""

    medicines: tuple[Medicine, ...]
    by_name: Mapping[str, Medicine]

    def find(self, name: str) -> Medicine | None:
        """The medicine of exactly that generic or brand name, or None where it is not recognised."""
        return self.by_name.get(folded(name))

    def suggestions(self, name: str, limit: int = 5) -> tuple[Suggestion, ...]:
        """The medicines that a misspelt or unfinished name may mean, nearest first, each medicine once."""
        wanted = folded(name)
        if not wanted:
            return ()
        near = process.extract(wanted, self.by_name.keys(), scorer=_nearness, limit=4 * limit, score_cutoff=NEAR_ENOUGH)
        found: dict[str, Suggestion] = {}
        for known, nearness, _ in near:
            medicine = self.by_name[known]
            found.setdefault(medicine.generic, Suggestion(_display(known, medicine), medicine, nearness))
        return tuple(found.values())[:limit]

    def classes(self) -> frozenset[str]:
        """Every class that any medicine carries."""
        return frozenset().union(*(medicine.classes for medicine in self.medicines))


def _nearness(wanted: str, known: str, **_: object) -> float:
    """How near two folded names are, 0 to 100; the start of a longer name counts as near."""
    whole = fuzz.ratio(wanted, known)
    if len(wanted) >= 3 and known.startswith(wanted):
        return max(whole, 90.0)
    return whole


def _display(known: str, medicine: Medicine) -> str:
    """The found name as the formulary writes it."""
    return next((name for name in (medicine.generic, *medicine.brands) if folded(name) == known), known)


def formulary_of(medicines: Iterable[Medicine]) -> Formulary:
    """The formulary of those medicines; where two carry one name, their classes join, so that nothing is lost."""
    kept = tuple(medicines)
    by_name: dict[str, Medicine] = {}
    for medicine in kept:
        for name in (medicine.generic, *medicine.brands):
            key = folded(name)
            other = by_name.get(key)
            by_name[key] = medicine if other is None else _joined(other, medicine)
    return Formulary(kept, MappingProxyType(by_name))


def _joined(one: Medicine, other: Medicine) -> Medicine:
    generic = one.generic if one.generic == other.generic else f"{one.generic} or {other.generic}"
    return Medicine(generic, one.brands + other.brands, one.classes | other.classes)


def read_formulary(text: str) -> Formulary:
    """The formulary in a CSV with the columns generic, brands, classes, rxcui; lists are separated by `;`.

    Raises: FormularyError at the first line that does not fit.
    """
    rows = csv.reader(io.StringIO(text), strict=True)
    try:
        header = tuple(next(rows, ()))
        if header != COLUMNS:
            raise FormularyError(1, f"the columns must be {', '.join(COLUMNS)}; found {', '.join(header) or 'nothing'}")
        return formulary_of(_medicine(rows.line_num, row) for row in rows if row)
    except csv.Error as error:
        raise FormularyError(rows.line_num, f"this is not CSV: {error}") from error


def written(medicines: Iterable[Medicine]) -> str:
    """The medicines as the CSV that `read_formulary` reads."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for medicine in medicines:
        classes = ";".join(sorted(medicine.classes))
        rows.writerow((medicine.generic, ";".join(medicine.brands), classes, medicine.rxcui))
    return text.getvalue()


def _medicine(line: int, row: list[str]) -> Medicine:
    if len(row) != len(COLUMNS):
        raise FormularyError(line, f"needs {len(COLUMNS)} columns, has {len(row)}")
    generic, brands, classes, rxcui = (cell.strip() for cell in row)
    if not generic:
        raise FormularyError(line, "the generic name is missing")
    return Medicine(generic, _listed(brands), frozenset(_listed(classes)), rxcui)


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


EMPTY = formulary_of(())
