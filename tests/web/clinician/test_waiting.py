"""The queue: who waits, in which order, and how one is found."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import TestResponse

from screening.records import intakes

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

Settle = Callable[[str], str]
ROW = re.compile(r'<th scope="row"><a href="/intakes/([^"]+)">([^<]+)</a>')


def found(page: TestResponse) -> dict[str, str]:
    """The names in the queue by their references, in its order."""
    return {reference: html.unescape(name) for reference, name in ROW.findall(page.text)}


def test_the_gravest_come_first_and_of_those_the_longest_waiting(clinician: Browser, standing: Settle) -> None:
    order = ["Denise Okoro", "Thomas Keller", "Rosa Alvarez", "Samuel Ortiz", "Henry Dubois", "Farah Haddad"]
    references = {standing(name): name for name in reversed(order)}
    seen = [reference for reference in found(clinician.get("/queue")) if reference in references]
    assert [references[reference] for reference in seen] == order


def test_an_alert_of_someone_who_has_not_sent_the_answers_stands_above_the_queue(
    clinician: Browser, standing: Settle
) -> None:
    reference = standing("Tyrone Miles")
    page = clinician.get("/queue")
    assert reference not in found(page)
    assert re.search(rf'<section class="card alert called" aria-labelledby="alert-{reference}">', page.text)
    assert "Tyrone Miles" in clinician.get("/alerts").text


@pytest.mark.parametrize("text", ["Carlos Nieto", "nieto", "1966-09-30", "9/30/1966", "carlos 1966-09-30"], ids=str)
def test_a_patient_is_found_by_name_or_date_of_birth_in_whatever_state(
    clinician: Browser, standing: Settle, text: str
) -> None:
    reference = standing("Carlos Nieto")
    assert reference in found(clinician.post("/queue", {"find": text}))


def test_a_patient_is_found_by_reference_however_it_is_typed(clinician: Browser, standing: Settle) -> None:
    reference = standing("Nadia Rahimi")
    for typed in (reference, reference.lower(), reference.replace("-", "")):
        assert list(found(clinician.post("/queue", {"find": typed}))) == [reference]


def test_nothing_found_says_how_to_search(clinician: Browser) -> None:
    assert "Names match whole words" in clinician.post("/queue", {"find": "Nobody"}).text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("triage=none_found", {"Farah Haddad"}),
        ("triage=absolute&pathway=ketamine_iv", {"Thomas Keller"}),
        ("state=withdrawn", {"Martin Schulz"}),
        ("state=decided&triage=none_found", {"Hannah Fischer"}),
        ("whose=mine", {"Kenji Mori"}),
        ("whose=unassigned", {"Farah Haddad", "Thomas Keller"}),
        ("state=every", {"Farah Haddad", "Thomas Keller", "Martin Schulz", "Hannah Fischer", "Kenji Mori"}),
    ],
)
def test_filters_leave_out_what_was_not_asked_for(
    clinician: Browser, standing: Settle, query: str, names: set[str]
) -> None:
    everyone = {"Farah Haddad", "Thomas Keller", "Martin Schulz", "Hannah Fischer", "Kenji Mori"}
    references = {standing(name): name for name in sorted(everyone)}
    shown = set()
    for number in range(1, 9):
        shown |= set(found(clinician.get(f"/queue?{query}&page={number}")))
    assert {name for reference, name in references.items() if reference in shown} == names


@pytest.mark.parametrize(
    "query", ["state=cleared&triage=worst&pathway=x&whose=y&page=-1", "page=999999", "page=1e9", "find=%00", "page="]
)
def test_a_query_that_makes_no_sense_still_shows_a_queue(clinician: Browser, query: str) -> None:
    assert clinician.get(f"/queue?{query}").status_code == 200


def test_no_name_or_date_of_birth_stands_in_an_address_of_the_queue(clinician: Browser, standing: Settle) -> None:
    standing("Rosa Alvarez")
    links = re.findall(r'href="([^"]+)"', clinician.get("/queue").text)
    assert not any("Alvarez" in link or "1972" in link for link in links)


def test_who_is_due_again_stands_apart_and_can_be_screened_again(
    clinician: Browser, site: Site, settled: Settle
) -> None:
    soon, later = settled("Peter Novak"), settled("Hannah Fischer")
    with site.database.session() as db:
        intakes.get(db, soon).expires_at = site.clock() + dt.timedelta(days=3)
        intakes.get(db, later).expires_at = site.clock() + dt.timedelta(days=30)
        db.commit()
    due = clinician.get("/queue?state=due").text
    assert soon in due
    assert later not in due
    assert "valid until" in due
    page = clinician.get(f"/intakes/{soon}")
    assert "Screen again" in page.text
    made = clinician.post(f"/intakes/{soon}/renewal", {})
    assert made.status_code == 201
    assert "The link for Peter Novak" in made.text
    assert soon not in clinician.get("/queue?state=due").text


def test_an_open_screening_is_not_begun_again(clinician: Browser, settled: Settle) -> None:
    reference = settled("Farah Haddad")
    assert "This screening is still open." in clinician.post(f"/intakes/{reference}/renewal", {}).text


def test_whom_one_looks_for_stands_in_no_address(clinician: Browser, standing: Settle) -> None:
    reference = standing("Rosa Alvarez")
    page = clinician.post("/queue", {"find": "Alvarez"})
    assert clinician.url == "/queue"
    assert reference in found(page)
    assert "find=" not in page.text
    assert found(clinician.get("/queue?find=Alvarez")) == found(clinician.get("/queue"))


def test_filters_alone_can_be_kept_as_an_address(clinician: Browser) -> None:
    page = clinician.post("/queue", {"find": " ", "state": "decided", "whose": "mine"})
    assert page.request.full_path == "/queue?state=decided&whose=mine"
