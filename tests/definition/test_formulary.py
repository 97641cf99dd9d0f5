"""Medicines are found by any of their names as people type them, and nothing is recognised that is not there."""

import pytest

from screening.definition.formulary import EMPTY, FormularyError, Medicine, formulary_of, read_formulary, written
from tests.assessment import shipped

TEXT = """\
generic,brands,classes,rxcui
amlodipine,Norvasc;Katerzia,rx_antihypertensive,17767
lisinopril,Zestril,rx_antihypertensive,29046
butalbital / acetaminophen,,rx_barbiturate,
paracétamol,Doliprane,,

st. john's wort,Perika,rx_inducer;rx_serotonergic,
"""
MEDICINES = read_formulary(TEXT)

FOUND = {
    "the generic name": ("amlodipine", "amlodipine"),
    "a brand": ("Katerzia", "amlodipine"),
    "capitals": ("AMLODIPINE", "amlodipine"),
    "small letters for a brand": ("norvasc", "amlodipine"),
    "spaces around and within": ("  butalbital  /   acetaminophen ", "butalbital / acetaminophen"),
    "a slash without spaces": ("Butalbital/Acetaminophen", "butalbital / acetaminophen"),
    "an accent left out": ("paracetamol", "paracétamol"),
    "an accent put in": ("amlodípine", "amlodipine"),
    "an accent as a letter of its own": ("parace\u0301tamol", "paracétamol"),
    "an apostrophe": ("St. John's wort", "st. john's wort"),
    "a phone's apostrophe": ("St. John\u2019s wort", "st. john's wort"),
    "an opening quote for it": ("St. John\u2018s wort", "st. john's wort"),
    "a letter like it": ("St. John\u02bcs wort", "st. john's wort"),
}


@pytest.mark.parametrize(("name", "generic"), FOUND.values(), ids=FOUND.keys())
def test_a_medicine_is_found_however_its_name_is_typed(name: str, generic: str) -> None:
    medicine = MEDICINES.find(name)

    assert medicine is not None
    assert medicine.generic == generic


@pytest.mark.parametrize("name", ["", " ", "norvsc", "amlodipin", "amlodipine 5 mg", "st johns wort", "butalbital"])
def test_what_is_not_exactly_a_name_is_not_recognised(name: str) -> None:
    assert MEDICINES.find(name) is None


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("norvsc", "Norvasc"),
        ("lisinoprl", "lisinopril"),
        ("amlodipin", "amlodipine"),
        ("AMLO", "amlodipine"),
        ("paracetmol", "paracétamol"),
        ("st johns wort", "st. john's wort"),
        ("zestrill", "Zestril"),
    ],
)
def test_a_misspelt_or_unfinished_name_suggests_what_may_be_meant(name: str, first: str) -> None:
    assert MEDICINES.suggestions(name)[0].name == first


@pytest.mark.parametrize("name", ["", "  ", "q", "xyzzyxyzzy", "am"])
def test_a_name_like_none_suggests_nothing(name: str) -> None:
    assert MEDICINES.suggestions(name) == ()


def test_a_medicine_is_suggested_once_the_nearest_name_first_and_no_more_than_asked_for() -> None:
    near = formulary_of([Medicine(f"lisinopril{x}", (f"lisinoprill{x}",), frozenset()) for x in "abcdef"])

    suggested = near.suggestions("lisinopril", limit=3)

    assert len({suggestion.medicine.generic for suggestion in suggested}) == len(suggested) == 3
    assert [s.nearness for s in suggested] == sorted((s.nearness for s in suggested), reverse=True)


@pytest.mark.parametrize(
    ("misspelt", "generic"),
    [("norvsc", "amlodipine"), ("lisinoprl", "lisinopril"), ("sertralin", "sertraline"), ("Xanex", "alprazolam")],
)
def test_the_shipped_formulary_suggests_what_was_misspelt(misspelt: str, generic: str) -> None:
    suggested = shipped.library().formulary.suggestions(misspelt)

    assert generic in [suggestion.medicine.generic for suggestion in suggested]


def test_every_name_of_the_shipped_formulary_is_found_with_all_its_classes() -> None:
    formulary = shipped.library().formulary
    for medicine in formulary.medicines:
        for name in (medicine.generic, *medicine.brands):
            found = formulary.find(name.upper())
            assert found is not None, name
            assert found.classes >= medicine.classes, name


def test_classes_are_all_that_any_medicine_carries() -> None:
    assert MEDICINES.classes() == {"rx_antihypertensive", "rx_barbiturate", "rx_inducer", "rx_serotonergic"}
    assert EMPTY.classes() == frozenset()
    assert EMPTY.find("amlodipine") is None


def test_a_name_that_two_medicines_carry_has_the_classes_of_both() -> None:
    both = read_formulary("generic,brands,classes,rxcui\none,Same,rx_a,1\ntwo,same,rx_b,2\none,Other,rx_c,1\n")

    same, one = both.find("SAME"), both.find("one")

    assert same is not None
    assert same.generic == "one or two"
    assert same.classes == {"rx_a", "rx_b"}
    assert one is not None
    assert one.generic == "one"
    assert one.classes == {"rx_a", "rx_c"}
    assert both.suggestions("sam")[0].name == "Same"


def test_a_formulary_that_is_written_is_read_as_it_was() -> None:
    assert read_formulary(written(MEDICINES.medicines)) == MEDICINES


HEADER = "generic,brands,classes,rxcui\n"
BROKEN = {
    "nothing": ("", 1, "the columns must be generic, brands, classes, rxcui; found nothing"),
    "other columns": ("name\n", 1, "the columns must be generic, brands, classes, rxcui; found name"),
    "a column too few": (f"{HEADER}a,,,\nb,,\n", 3, "needs 4 columns, has 3"),
    "a column too many": (f"{HEADER}a,b,c,d,e\n", 2, "needs 4 columns, has 5"),
    "no generic name": (f"{HEADER}a,,,\n\n ,Brand,,\n", 4, "the generic name is missing"),
    "an open quote": (f'{HEADER}"a,,,\n', 2, "this is not CSV: unexpected end of data"),
    "a quote within": (f'{HEADER}"a"b,,,\n', 2, "this is not CSV: ',' expected after '\"'"),
}


@pytest.mark.parametrize(("text", "line", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_line_that_does_not_fit_is_named(text: str, line: int, message: str) -> None:
    with pytest.raises(FormularyError) as refused:
        read_formulary(text)

    assert (refused.value.line, refused.value.message) == (line, message)
    assert str(refused.value) == f"line {line}: {message}"
