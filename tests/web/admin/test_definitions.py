"""The pages of published definitions: what there is, who changed what, and going back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import TestResponse

from screening.records import definitions
from screening.records.patients import Identity

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

HEART = "/definitions/cardiovascular_risk.yaml"


def test_the_list_names_every_file_with_its_version_flags_and_cases(ada: Browser) -> None:
    page = ada.get("/definitions")

    assert page.status_code == 200
    assert re.search(r"\d+ questionnaires, \d+ pathways · \d+ flags · (\d+) of \1 cases pass", page.text)
    for file in ("cardiovascular_risk.yaml", "pathways/ketamine_oral.yaml", "formulary.csv", "sources.yaml"):
        assert f'href="/definitions/{file}"' in page.text
    assert "v1 published" in page.text


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("practical.yaml", "Getting ready"),
        ("pathways/ketamine_oral.yaml", "Esketamine nasal spray"),
        ("formulary.csv", "Medicines"),
        ("sources.yaml", "Sources of evidence"),
        ("locale/es/practical.yaml", "Getting ready (es)"),
    ],
)
def test_every_kind_of_file_has_its_pages(ada: Browser, file: str, title: str) -> None:
    for page in ("", "/draft", "/versions/1", "/draft/preview"):
        assert ada.get(f"/definitions/{file}{page}").status_code == 200
    assert title in ada.get("/definitions").text


def test_a_file_shows_its_versions_and_its_own_changelog(ada: Browser) -> None:
    page = ada.get(HEART)

    for words in (
        "Your heart and circulation",
        "v1",
        "Came with this release.",
        "First version from the data dictionary.",
    ):
        assert words in page.text


def test_a_version_is_shown_with_numbered_lines(ada: Browser) -> None:
    page = ada.get(f"{HEART}/versions/1")

    assert page.status_code == 200
    assert 'id="L4" value="4"' in page.text
    assert '<span class="key">questionnaire</span>' in page.text


@pytest.mark.parametrize("path", ["", "/versions/2", "/versions/1/publish", "/draft/publish"])
def test_what_is_not_there_is_not_found(ada: Browser, path: str) -> None:
    file = "nothing.yaml" if path == "" else "cardiovascular_risk.yaml"

    assert ada.get(f"/definitions/{file}{path}").status_code == 404


def test_an_older_text_can_be_published_again(ada: Browser, publish: Callable[..., TestResponse], site: Site) -> None:
    publish("title: Getting ready", "title: Ready to go")
    question = ada.get("/definitions/practical.yaml/versions/1/publish")
    assert "Publish v1 again" in question.text
    assert "Ready to go" in question.text

    done = ada.post("/definitions/practical.yaml/versions/1/publish", {"reason": "The old title was clearer."})

    assert "The text of v1 is published again, as v3." in done.text
    with site.database.session(reading=True) as db:
        newest, second, first = definitions.versions(db, "practical.yaml")
        assert (newest.number, newest.state, newest.hash) == (3, "published", first.hash)
        assert newest.reason == "The old title was clearer."
        assert second.state == "retired"


def test_going_back_needs_a_reason(ada: Browser, publish: Callable[..., TestResponse]) -> None:
    publish("title: Getting ready", "title: Ready to go")

    refused = ada.post("/definitions/practical.yaml/versions/1/publish", {"reason": " "})

    assert refused.status_code == 422
    assert "Say why it is rolled back" in refused.text


def test_intakes_keep_the_version_that_they_started_with_and_are_counted(
    ada: Browser, site: Site, publish: Callable[..., TestResponse]
) -> None:
    site.patient()
    publish("title: Getting ready", "title: Ready to go")
    site.patient(site.invite(who=Identity("Tom Berg", dt.date(1972, 3, 14))))

    page = ada.get("/definitions/practical.yaml")
    question = ada.get("/definitions/practical.yaml/draft")

    assert page.text.count('data-label="Intakes in progress">1<') == 2
    assert "1 intake on v1 and 1 intake on v2. They keep the version that they started with." in question.text


def test_no_page_of_an_admin_names_a_patient(ada: Browser, site: Site) -> None:
    site.patient(site.invite(who=Identity("Rosalind Quillfeather", dt.date(1972, 3, 14))))
    reached = ["/definitions", HEART, f"{HEART}/draft", f"{HEART}/versions/1", f"{HEART}/draft/preview", "/staff"]

    assert not any("Quillfeather" in ada.get(path).text for path in reached)


@pytest.mark.parametrize(
    ("kind", "name", "leads_to"),
    [
        ("questionnaire", "sleep_apnea", "/definitions/sleep_apnea.yaml/draft"),
        ("pathway", "ketamine_nasal", "/definitions/pathways/ketamine_nasal.yaml/draft"),
        ("translation", "de/practical", "/definitions/locale/de/practical.yaml/draft"),
    ],
)
def test_a_new_file_starts_as_a_draft_with_something_to_fill_in(
    ada: Browser, kind: str, name: str, leads_to: str
) -> None:
    ada.get("/definitions/new")

    page = ada.post("/definitions/new", {"kind": kind, "name": name})

    assert ada.url == leads_to
    assert page.status_code == 200
    assert "first draft" in page.text


@pytest.mark.parametrize(
    ("kind", "name", "says"),
    [
        ("questionnaire", "Sleep Apnea", "Use small letters"),
        ("questionnaire", "practical", "There is a file practical.yaml already."),
        ("translation", "practical", "Write the language and the file"),
        ("spell", "practical", "Use small letters"),
    ],
)
def test_a_name_that_no_file_can_have_is_refused(ada: Browser, kind: str, name: str, says: str) -> None:
    ada.get("/definitions/new")

    page = ada.post("/definitions/new", {"kind": kind, "name": name})

    assert page.status_code == 422
    assert says in page.text
