"""A clinician identifies a medicine once; patients never do, and never lose it."""

from __future__ import annotations

import pytest

from screening.assessment.answers import NO_CLASS
from screening.records.identification import carried

NORVASC = {"name": "blue water pill", "dose": "5 mg"}


def test_what_was_identified_stays_with_the_medicine_of_that_name() -> None:
    before = [{**NORVASC, "identified": "amlodipine"}, {"name": "tea", "identified": NO_CLASS}]
    given = [{"name": "Blue  Water Pill", "dose": "10 mg"}, {"name": "aspirin"}]
    assert carried(before, given) == [
        {"name": "Blue  Water Pill", "dose": "10 mg", "identified": "amlodipine"},
        {"name": "aspirin"},
    ]


def test_a_patient_cannot_identify() -> None:
    assert carried(None, [{**NORVASC, "identified": NO_CLASS}]) == [NORVASC]


@pytest.mark.parametrize("given", [None, {"unknown": "unsure"}, "yes", []])
def test_other_answers_stay_as_they_are(given: object) -> None:
    assert carried([{**NORVASC, "identified": "amlodipine"}], given) == given
