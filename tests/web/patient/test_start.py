"""Starting without an invitation: what is taken as a name and a number to call, and what is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from screening.records import patients
from screening.records.patients import Identity

if TYPE_CHECKING:
    from tests.web.conftest import Site

START = "/start/ketamine-iv"
BORN: dict[str, object] = {"date_of_birth-month": 5, "date_of_birth-day": 31, "date_of_birth-year": 1980}


def started(site: Site, typed: dict[str, object]) -> Identity:
    browser = site.browser()
    browser.get(START)
    answer = browser.post(START, BORN | typed)
    link = re.search(r"/i/([\w-]+)", answer.text)
    assert link is not None, answer.text
    with site.database.session(reading=True) as db:
        return patients.identity(db, site.intake(link[1]).patient_id)


def test_who_starts_alone_may_say_where_to_be_called(site: Site) -> None:
    assert started(site, {"name": "Noor Haddad", "tel": "(212) 555-0142"}).phone == "(212) 555-0142"


@pytest.mark.parametrize("number", ["soon", "555", "212 555 0142 <b>"])
def test_a_number_that_nobody_could_call_is_refused(site: Site, number: str) -> None:
    browser = site.browser()
    browser.get(START)
    refused = browser.post(START, BORN | {"name": "Noor Haddad", "tel": number})
    assert refused.status_code == 422
    assert "Write a phone number with its area code" in refused.text


def test_a_name_keeps_no_mark_that_turns_the_words_beside_it(site: Site) -> None:
    assert started(site, {"name": "\u202eNoor\u200b\x00 Haddad\r\nBcc"}).name == "Noor Haddad Bcc"


def test_a_name_keeps_the_joiners_that_spell_it(site: Site) -> None:
    assert started(site, {"name": "نازی\u200cها"}).name == "نازی\u200cها"


@pytest.mark.parametrize("name", ["\u200b", "\u202e \u2066", "\u200d"])
def test_a_name_of_which_nothing_is_seen_is_no_name(site: Site, name: str) -> None:
    browser = site.browser()
    browser.get(START)
    refused = browser.post(START, BORN | {"name": name})
    assert refused.status_code == 422
    assert "Fill this in" in refused.text
