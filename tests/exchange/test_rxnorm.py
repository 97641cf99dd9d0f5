"""Medicines are read from files in RxNorm's published format, made here with made-up codes."""

from __future__ import annotations

import pytest

from screening.definition.formulary import Medicine, formulary_of, read_formulary, written
from screening.exchange.rxnorm import RxNormError, medicines_in, merged


def concept(code: str, kind: str, name: str, source: str = "RXNORM", suppressed: str = "N") -> str:
    return f"{code}|ENG||||||{code}1|||| {source}|{kind}|{code}|{name}||{suppressed}|4096|\n".replace("| ", "|")


def relation(generic: str, brand: str, says: str = "tradename_of") -> str:
    return f"{generic}||CUI|RN|{brand}||CUI|{says}|||RXNORM|||||4096|\n"


CONCEPTS = [
    concept("11", "IN", "lisinopril"),
    concept("12", "BN", "Zestril"),
    concept("13", "BN", "Prinivil"),
    concept("14", "MIN", "hydrochlorothiazide / lisinopril"),
    concept("15", "SCD", "lisinopril 10 MG Oral Tablet"),
    concept("16", "IN", "withdrawnium", suppressed="O"),
    concept("17", "IN", "lisinopril dihydrate", source="MTHSPL"),
]
RELATIONS = [relation("11", "12"), relation("11", "13"), relation("12", "11", "has_tradename"), relation("15", "12")]


def test_generics_come_with_their_brands_and_codes() -> None:
    found = medicines_in(CONCEPTS, RELATIONS)
    assert found == (
        Medicine("hydrochlorothiazide / lisinopril", (), frozenset(), "14"),
        Medicine("lisinopril", ("Prinivil", "Zestril"), frozenset(), "11"),
    )


def test_a_line_of_another_shape_is_named() -> None:
    with pytest.raises(RxNormError, match=r"RXNCONSO, line 2: has 2 fields, needs 18"):
        medicines_in([CONCEPTS[0], "a|b|c\n"], [])


def test_known_medicines_keep_their_classes_and_nothing_is_lost() -> None:
    known = formulary_of(
        [
            Medicine("Lisinopril", ("Zestril",), frozenset({"rx_antihypertensive"}), ""),
            Medicine("warfarin", ("Coumadin",), frozenset({"rx_anticoagulant"}), "99"),
        ]
    )
    result = merged(known, medicines_in(CONCEPTS, RELATIONS))
    by_name = {medicine.generic: medicine for medicine in result.medicines}
    assert by_name["Lisinopril"] == Medicine(
        "Lisinopril", ("Zestril", "Prinivil"), frozenset({"rx_antihypertensive"}), "11"
    )
    assert by_name["warfarin"].classes == {"rx_anticoagulant"}
    assert by_name["hydrochlorothiazide / lisinopril"].classes == frozenset()
    assert (result.known, result.new) == (1, 1)


def test_what_is_written_reads_back_the_same() -> None:
    medicines = medicines_in(CONCEPTS, RELATIONS)
    assert read_formulary(written(medicines)).medicines == medicines
