"""Static files are small, compressed, and kept by browsers until they change."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

FIRST_VISIT = 12_000
LATER_VISIT = 8_000
PACKED = {"Accept-Encoding": "gzip"}
PAGES = ("", "/mental-health/phq9", "/medications/your-medicines", "/medical-history/brain", "/about-you/you")


def linked(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', page)


@pytest.fixture
def patient(site: Site) -> Browser:
    return site.patient()


@pytest.mark.parametrize("path", PAGES)
def test_a_patients_page_is_small_on_first_and_on_later_visits(patient: Browser, path: str) -> None:
    answer = patient.client.get(f"/intake{path}", headers=PACKED)
    assert answer.headers["Content-Encoding"] == "gzip"
    page = gzip.decompress(answer.data).decode()
    static = [len(patient.client.get(address, headers=PACKED).data) for address in linked(page)]
    assert len(answer.data) < LATER_VISIT
    assert len(answer.data) + sum(static) < FIRST_VISIT
    assert re.findall(r'(?:href|src)="(?:https?:)?//', page) == []


def test_a_static_file_is_kept_for_good_under_the_address_of_its_content(site: Site) -> None:
    browser = site.browser()
    for address in linked(browser.get("/").text):
        answer = browser.client.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert browser.client.get(address.partition("?")[0]).headers["Cache-Control"] == "no-cache"
        assert gzip.decompress(browser.client.get(address, headers=PACKED).data) == answer.data


def test_there_is_no_other_static_file(site: Site) -> None:
    browser = site.browser()
    for name in ("nothing.css", "../app.py", "..%2fapp.py", ".gitignore"):
        assert browser.client.get(f"/static/{name}").status_code == 404


def test_pages_are_sent_plain_to_those_who_ask_for_that(site: Site) -> None:
    answer = site.browser().client.get("/")
    assert "Content-Encoding" not in answer.headers
    assert answer.text.startswith("<!doctype html>")
