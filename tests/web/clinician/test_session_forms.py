"""What staff fill in on the day of treatment: the same pages, and a new assessment after them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from screening.definition.model import Stage
from screening.records import intakes
from screening.records.assessments import Reason

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

Settle = Callable[[str], str]
VITALS = {
    "bp1_systolic": 152,
    "bp1_diastolic": 94,
    "heart_rate": 72,
    "spo2": 98,
    "symptoms_now": "none",
}


@pytest.fixture
def reference(settled: Settle) -> str:
    return settled("Hannah Fischer")


def first_page(reference: str) -> str:
    return f"/intakes/{reference}/session/session-check/vitals"


def test_the_check_is_offered_page_by_page_once_the_answers_are_sent(clinician: Browser, reference: str) -> None:
    page = clinician.get(f"/intakes/{reference}/session")
    assert "Check before the session" in page.text
    assert f'href="{first_page(reference)}"' in page.text


def test_a_saved_page_leads_on_and_its_answers_are_kept_as_the_staffs(
    site: Site, clinician: Browser, reference: str
) -> None:
    clinician.get(first_page(reference))
    clinician.post(first_page(reference), VITALS)
    assert clinician.url == f"{first_page(reference)}.1"
    with site.database.session(reading=True) as db:
        intake = intakes.get(db, reference)
        assert intakes.answers(db, intake)["session_check"]["bp1_systolic"] == 152
        assert intakes.history(db, intake)[-1].actor.kind == "staff"


def test_a_mistake_is_said_and_nothing_is_saved(site: Site, clinician: Browser, reference: str) -> None:
    clinician.get(first_page(reference))
    page = clinician.post(first_page(reference), {**VITALS, "bp1_systolic": 15200})
    assert page.status_code == 422
    assert "15200" in page.text
    with site.database.session(reading=True) as db:
        assert "session_check" not in intakes.answers(db, intakes.get(db, reference))


def test_assessing_with_the_check_makes_a_new_assessment_of_the_day(
    site: Site, clinician: Browser, reference: str
) -> None:
    clinician.get(first_page(reference))
    clinician.post(first_page(reference), {**VITALS, "bp1_systolic": 190})
    page = clinician.post(f"/intakes/{reference}/session", {})
    assert "Assessed again, with the day of treatment" in page.text
    assert "Blood pressure 180/110 mmHg or higher" in page.text
    assert "(entered by staff)" in page.text
    with site.database.session(reading=True) as db:
        newest = intakes.assessments(db, intakes.get(db, reference))[0]
        assert (newest.stage, newest.reason) == (Stage.SESSION, Reason.SESSION)


def test_an_emergency_on_the_day_alerts_at_once(clinician: Browser, reference: str) -> None:
    clinician.get(first_page(reference))
    page = clinician.post(first_page(reference), {**VITALS, "bp1_systolic": 200, "symptoms_now": "chest_pain"})
    assert "This answer is an emergency." in page.text


@pytest.mark.parametrize("name", ["Julia Romano", "Martin Schulz"])
def test_nothing_is_filled_in_before_the_answers_are_sent_or_after_the_end(
    clinician: Browser, settled: Settle, name: str
) -> None:
    reference = settled(name)
    assert "There is nothing for staff to fill in now" in clinician.get(f"/intakes/{reference}/session").text
    clinician.get(first_page(reference))
    assert clinician.url == f"/intakes/{reference}"


@pytest.mark.parametrize("path", ["session-check/nowhere", "nowhere/vitals", "about-you/you"])
def test_only_pages_of_the_staffs_forms_are_there(clinician: Browser, reference: str, path: str) -> None:
    assert clinician.get(f"/intakes/{reference}/session/{path}").status_code == 404
