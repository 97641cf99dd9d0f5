"""Medicines out of RxNorm's release files (RRF): ingredients, their combinations, and the brands that hold them.

Source: RxNorm technical documentation, sections 12.4 (RXNCONSO) and 12.5 (RXNREL): fields are divided by `|`, and of a
relation the second concept is what the relation says of the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from screening.definition.formulary import Formulary, Medicine, folded

CONCEPT_FIELDS = 18
RELATION_FIELDS = 16
_GENERIC_TYPES = frozenset({"IN", "PIN", "MIN"})
_BRAND_TYPE = "BN"
_BRAND_OF = "tradename_of"


class RxNormError(ValueError):
    """A file that is not RXNCONSO or RXNREL; `line` counts from 1."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}, line {line}: {message}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Merged:
    """Medicines of an import laid over a formulary: what is new has no classes until someone gives it some."""

    medicines: tuple[Medicine, ...]
    known: int
    new: int


def medicines_in(concepts: Iterable[str], relations: Iterable[str]) -> tuple[Medicine, ...]:
    """The medicines in the lines of RXNCONSO.RRF and RXNREL.RRF, by generic name, without classes.

    Raises: RxNormError at the first line that has another shape.
    """
    generics: dict[str, str] = {}
    brands: dict[str, str] = {}
    for fields in _fields("RXNCONSO", concepts, CONCEPT_FIELDS):
        code, source, kind, name, suppressed = fields[0], fields[11], fields[12], fields[14], fields[16]
        if source != "RXNORM" or suppressed in ("O", "Y"):
            continue
        if kind in _GENERIC_TYPES:
            generics[code] = name
        elif kind == _BRAND_TYPE:
            brands[code] = name
    names: defaultdict[str, set[str]] = defaultdict(set)
    for fields in _fields("RXNREL", relations, RELATION_FIELDS):
        generic, brand, relation = fields[0], fields[4], fields[7]
        if relation == _BRAND_OF and generic in generics and brand in brands:
            names[generic].add(brands[brand])
    found = (Medicine(name, tuple(sorted(names[code])), frozenset(), code) for code, name in generics.items())
    return tuple(sorted(found, key=lambda medicine: medicine.generic.casefold()))


def _fields(file: str, lines: Iterable[str], count: int) -> Iterator[list[str]]:
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n")
        if not text:
            continue
        fields = text.split("|")
        # Every field ends with a bar, the last one too.
        if len(fields) != count + 1:
            raise RxNormError(file, number, f"has {len(fields) - 1} fields, needs {count}; is this {file}.RRF?")
        yield fields


def merged(known: Formulary, imported: Iterable[Medicine]) -> Merged:
    """The imported medicines with the classes that a formulary gives them, and what else the formulary holds.

    A medicine is the same by its RxNorm code, or by its generic name.
    """
    by_code = {medicine.rxcui: medicine for medicine in known.medicines if medicine.rxcui}
    by_name = {folded(medicine.generic): medicine for medicine in known.medicines}
    result: list[Medicine] = []
    taken: set[str] = set()
    new = 0
    for medicine in imported:
        match = by_code.get(medicine.rxcui) or by_name.get(folded(medicine.generic))
        if match is None:
            new += 1
            result.append(medicine)
            continue
        taken.add(match.generic)
        brands = tuple(dict.fromkeys((*match.brands, *medicine.brands)))
        result.append(replace(match, brands=brands, rxcui=medicine.rxcui or match.rxcui))
    rest = [medicine for medicine in known.medicines if medicine.generic not in taken]
    everything = sorted([*result, *rest], key=lambda medicine: medicine.generic.casefold())
    return Merged(tuple(everything), len(taken), new)
