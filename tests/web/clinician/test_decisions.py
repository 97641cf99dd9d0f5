"""Signing a decision: what keeps it from being signed, what is kept once it is."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import TestResponse

from screening.records import intakes, reviews
from screening.records.reviews import Outcome
from screening.records.states import State, state_of

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

Settle = Callable[[str], str]
PASSWORD = "lemon tricycle harbour"
HIDDEN = re.compile(r'<input type="hidden" name="(assessment|supersedes)" value="([^"]*)">')
PROBLEM = re.compile(r'<p class="say"[^>]*>(.*?)</p>')


def sign(browser: Browser, reference: str, **form: object) -> TestResponse:
    """The answer to a decision as it is typed on the page that is signed."""
    page = browser.get(f"/intakes/{reference}/decision")
    given: Mapping[str, object] = {"sign": "1", "password": PASSWORD, **dict(HIDDEN.findall(page.text)), **form}
    return browser.post(f"/intakes/{reference}/decision", given)


def problems(page: TestResponse) -> list[str]:
    return [html.unescape(found) for found in PROBLEM.findall(page.text)]


def signed(site: Site, reference: str) -> tuple[reviews.Signed, ...]:
    with site.database.session(reading=True) as db:
        return reviews.reviews(db, intakes.get(db, reference))


def test_a_decision_is_signed_with_the_password_and_shown_from_then_on(
    site: Site, clinician: Browser, settled: Settle
) -> None:
    reference = settled("Farah Haddad")
    page = sign(clinician, reference, outcome="suitable", expires_on="2026-12-20")
    assert clinician.url == f"/intakes/{reference}"
    assert "Signed: Suitable." in page.text
    assert "holds until 20 Dec 2026" in page.text
    [only] = signed(site, reference)
    assert (only.decision.outcome, only.by.name) == (Outcome.SUITABLE, "Sam clinician")
    with site.database.session(reading=True) as db:
        assert state_of(intakes.get(db, reference)) is State.DECIDED


def test_the_form_on_the_review_leads_to_the_page_that_is_signed_with_everything_typed(
    site: Site, clinician: Browser, standing: Settle
) -> None:
    reference = standing("Rosa Alvarez")
    clinician.get(f"/intakes/{reference}")
    typed = {"outcome": "refer_on", "rationale": "Vascular surgery first."}
    page = clinician.post(f"/intakes/{reference}/decision", typed)
    assert page.status_code == 200
    assert "Vascular surgery first." in page.text
    assert 'value="refer_on" id="outcome-refer_on" checked' in page.text
    assert signed(site, reference) == ()


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        pytest.param({}, "Choose a decision.", id="nothing chosen"),
        pytest.param({"outcome": "cleared"}, "Choose a decision.", id="something that is no decision"),
        pytest.param({"outcome": "suitable"}, "This departs from the triage. Write down why.", id="a departure"),
        pytest.param(
            {"outcome": "suitable_with_conditions", "rationale": "Why"},
            "Choose or write at least one condition.",
            id="conditions without any",
        ),
        pytest.param(
            {"outcome": "refer_on", "more": "With an escort"},
            "Conditions go with “Suitable with conditions”. Choose that, or take them away.",
            id="conditions on another decision",
        ),
        pytest.param({"outcome": "refer_on", "expires_on": "soon"}, "Enter a date such as 2027-05-31.", id="no date"),
        pytest.param({"outcome": "refer_on", "expires_on": "2026-11-23"}, "Choose a day after today.", id="today"),
        pytest.param(
            {"outcome": "refer_on", "expires_on": "2027-11-23"},
            "The answers hold until 23 Dec 2026; the decision cannot hold longer.",
            id="longer than the answers hold",
        ),
        pytest.param(
            {"outcome": "refer_on", "password": "wrong"},
            "This is not your password. Nothing is signed yet.",
            id="a wrong password",
        ),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_signed(
    site: Site, clinician: Browser, standing: Settle, form: dict[str, object], problem: str
) -> None:
    reference = standing("Rosa Alvarez")
    page = sign(clinician, reference, **form)
    assert page.status_code == 422
    assert problems(page) == [problem]
    assert signed(site, reference) == ()


def test_conditions_are_those_ticked_and_those_written(site: Site, clinician: Browser, settled: Settle) -> None:
    reference = settled("Joseph Amato")
    page = clinician.get(f"/intakes/{reference}/decision")
    offered = html.unescape(re.findall(r'name="condition" value="([^"]*)"', page.text)[0])
    form = {"outcome": "suitable_with_conditions", "condition": [offered, "made up"], "more": "With an escort\n\n"}
    sign(clinician, reference, **form)
    [only] = signed(site, reference)
    assert only.decision.conditions == (offered, "With an escort")


def test_a_later_decision_takes_the_place_of_the_first_and_both_are_kept(
    site: Site, clinician: Browser, settled: Settle
) -> None:
    reference = settled("Peter Novak")
    page = sign(clinician, reference, outcome="not_suitable_now", rationale="He now takes an MAOI.")
    assert "superseded" in page.text
    assert [one.decision.outcome for one in signed(site, reference)] == [Outcome.NOT_NOW, Outcome.SUITABLE]


def test_nobody_signs_over_a_decision_that_they_have_not_seen(site: Site, clinician: Browser, settled: Settle) -> None:
    reference = settled("Peter Novak")
    page = sign(clinician, reference, outcome="refer_on", supersedes="")
    assert page.status_code == 422
    assert "There is a newer assessment or decision than the one you have looked at." in page.text
    assert len(signed(site, reference)) == 1


def test_a_page_that_was_open_too_long_is_shown_again_with_what_was_typed(
    site: Site, clinician: Browser, standing: Settle
) -> None:
    reference = standing("Rosa Alvarez")
    clinician.get(f"/intakes/{reference}")
    clinician.token = "stale"
    form = {"outcome": "refer_on", "rationale": "A long and careful reason", "sign": "1", "password": PASSWORD}
    page = clinician.post(f"/intakes/{reference}/decision", form)
    assert page.status_code == 400
    assert "A long and careful reason" in page.text
    assert signed(site, reference) == ()


@pytest.mark.parametrize("name", ["Julia Romano", "Adam Kowalski"])
def test_there_is_nothing_to_decide_before_the_answers_are_sent(
    clinician: Browser, standing: Settle, name: str
) -> None:
    page = clinician.get(f"/intakes/{standing(name)}/decision")
    assert "There is nothing to decide yet" in page.text
