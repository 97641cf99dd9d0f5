"""Every address of the site, asked for by everyone who might: only those whom the table names get in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import request
from werkzeug.exceptions import Forbidden
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from screening.records.staff import Role
from screening.web.access import AUDITED, RULES, STAFF, WHO, Who, refuse_unless_allowed

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

NOBODY = "nobody"
PATIENT = "patient"
VISITORS = (NOBODY, PATIENT, *(role.value for role in Role))
# Something for every part of an address; none of it exists, so nothing is changed by asking.
PARTS = {
    "reference": "AAAA-AAAA",
    "questionnaire": "about_you",
    "path": "you",
    "pathway": "esketamine_intranasal",
    "token": "A" * 22,
    "file": "about_you.yaml",
    "filename": "screening.css",
    "number": 1,
    "staff_id": "0" * 32,
    "hash": "0" * 64,
    "language": "es",
}


@pytest.fixture(scope="module")
def visitors(running: Site) -> dict[str, Browser]:
    everyone = {NOBODY: running.browser(), PATIENT: running.patient()}
    return everyone | {role.value: running.member(role) for role in Role}


def who(visitor: str) -> set[Who]:
    if visitor == NOBODY:
        return {Who.EVERYONE}
    if visitor == PATIENT:
        return {Who.EVERYONE, Who.PATIENT}
    return {Who.EVERYONE, WHO[Role(visitor)]}


@pytest.mark.parametrize("visitor", VISITORS)
def test_nobody_sees_or_does_what_the_table_does_not_open_to_them(
    running: Site, visitors: dict[str, Browser], visitor: str
) -> None:
    wrong = []
    for rule in running.app.url_map.iter_rules():
        values = {name: PARTS.get(name, "1") for name in rule.arguments}
        address = running.app.url_map.bind("localhost").build(rule.endpoint, values)
        may = bool(RULES.get(rule.endpoint, frozenset()) & who(visitor))
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            if rule.endpoint != "staff.sign_out" or not may:
                answer = asked_for(running, visitors[visitor], address, method)
                if is_refused(answer) is may:
                    wrong.append(f"{method} {address} answered {answer.status_code} {answer.location or ''}")
    assert wrong == []


def asked_for(running: Site, visitor: Browser, address: str, method: str) -> TestResponse:
    """The answer to a browser of its own: pages such as the goodbye would end the visit for all that follow."""
    client = running.app.test_client()
    for name in ("screening", "staff"):
        cookie = visitor.client.get_cookie(name)
        if cookie:
            client.set_cookie(name, cookie.value)
    answer: TestResponse = client.open(address, method=method)
    return answer


def is_refused(answer: TestResponse) -> bool:
    location = answer.location or ""
    return answer.status_code in (401, 403) or location == "/return" or location.startswith("/sign-in")


def test_every_address_is_in_the_table_and_the_table_names_only_addresses(running: Site) -> None:
    endpoints = {rule.endpoint for rule in running.app.url_map.iter_rules()}
    assert endpoints == set(RULES)
    assert endpoints >= AUDITED


@pytest.mark.parametrize("path", ["/queue", "/intake", "/definitions"])
def test_an_address_that_nobody_listed_is_refused_to_everyone(site: Site, path: str) -> None:
    with site.app.test_request_context(path):
        request.url_rule = Rule(path, endpoint="not.listed")
        with pytest.raises(Forbidden):
            refuse_unless_allowed()


def test_patients_data_are_for_clinicians_alone() -> None:
    for endpoint, allowed in RULES.items():
        if endpoint.startswith("clinician."):
            assert allowed == {Who.CLINICIAN}
    assert {Who.ADMIN, Who.AUDITOR, Who.REFERRER} <= set(STAFF)


def test_a_page_that_needs_a_sign_in_leads_there_and_back(site: Site) -> None:
    site.account(Role.CLINICIAN)
    browser = site.browser()
    browser.get("/queue?whose=mine")
    assert browser.url == "/sign-in"
    answer = browser.client.get("/queue?whose=mine")
    assert answer.location == "/sign-in?next=/queue?whose%3Dmine"


def test_a_post_after_the_session_ended_says_so_and_loses_nothing(site: Site) -> None:
    answer = site.browser().client.post("/intakes/AAAA-AAAA/decision", data={"rationale": "typed"})
    assert answer.status_code == 401
    assert "What you typed is still in your browser" in answer.text
