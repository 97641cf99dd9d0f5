"""A clinician says what an unrecognised medicine is, and the intake is assessed anew."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from screening.records import intakes, responses

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

Settle = Callable[[str], str]


def rows(site: Site, reference: str) -> list[dict[str, str]]:
    with site.database.session(reading=True) as db:
        found: list[dict[str, str]] = responses.answers(db, intakes.get(db, reference))["medications"]["medicines"]
    return found


def test_an_identified_medicine_settles_its_findings_and_keeps_the_patients_words(
    clinician: Browser, site: Site, settled: Settle
) -> None:
    reference = settled("Rosa Alvarez")
    review = clinician.get(f"/intakes/{reference}")
    assert f'href="/intakes/{reference}/medicines"' in review.text
    page = clinician.get(f"/intakes/{reference}/medicines")
    assert "What is “blue water pill”" in html.unescape(page.text)
    answer = clinician.post(f"/intakes/{reference}/medicines", {"is-1": "other", "other-1": "hydrochlorothiazide"})
    assert "1 medicine identified." in answer.text
    assert "not recognised" not in re.sub(r"<[^>]+>", " ", answer.text)
    named = {row["name"]: row.get("identified") for row in rows(site, reference)}
    assert named == {"Norvasc": None, "blue water pill": "hydrochlorothiazide"}
    with site.database.session(reading=True) as db:
        newest, first = intakes.assessments(db, intakes.get(db, reference))
    assert first.result["flags"]["rx_maoi"]["state"] == "open"
    assert newest.result["flags"]["rx_maoi"]["state"] == "ruled_out"


def test_a_name_that_is_no_medicine_is_said_and_nothing_is_changed(
    clinician: Browser, site: Site, settled: Settle
) -> None:
    reference = settled("Rosa Alvarez")
    before = rows(site, reference)
    answer = clinician.post(f"/intakes/{reference}/medicines", {"is-1": "other", "other-1": "hydrochlorothiazid"})
    assert answer.status_code == 422
    assert "Did you mean hydrochlorothiazide?" in html.unescape(answer.text)
    assert 'value="hydrochlorothiazid"' in answer.text
    assert clinician.post(f"/intakes/{reference}/medicines", {"is-1": "warfarin"}).status_code == 422
    assert rows(site, reference) == before


def test_what_nobody_knows_yet_stays_open(clinician: Browser, site: Site, settled: Settle) -> None:
    reference = settled("Rosa Alvarez")
    before = rows(site, reference)
    answer = clinician.post(f"/intakes/{reference}/medicines", {"is-1": ""})
    assert "Nothing was changed." in answer.text
    assert rows(site, reference) == before


def test_a_name_that_is_written_counts_though_its_choice_was_not_made(
    clinician: Browser, site: Site, settled: Settle
) -> None:
    reference = settled("Rosa Alvarez")
    clinician.post(f"/intakes/{reference}/medicines", {"is-1": "", "other-1": "hydrochlorothiazide"})
    assert any(row.get("identified") == "hydrochlorothiazide" for row in rows(site, reference))


def test_a_medicine_may_be_of_no_class(clinician: Browser, site: Site, settled: Settle) -> None:
    reference = settled("Rosa Alvarez")
    clinician.post(f"/intakes/{reference}/medicines", {"is-1": "no_class"})
    assert rows(site, reference)[1]["identified"] == "no_class"
    assert "Every medicine on the list is recognised." in clinician.get(f"/intakes/{reference}/medicines").text
