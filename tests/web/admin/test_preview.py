"""The draft as a patient will see it: the same pages and branching, and nothing is kept."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from screening.records.tables import AuditEvent, Response

if TYPE_CHECKING:
    from tests.web.admin.conftest import Editor
    from tests.web.conftest import Browser, Site

PREVIEW = "/definitions/cardiovascular_risk.yaml/draft/preview"
CARRIED = re.compile(r'name="_answers" value="([^"]*)"')
AT = re.compile(r'name="_at" value="([^"]*)"')


def carried(page: TestResponse) -> dict[str, object]:
    """The answers that travel in the form."""
    found = CARRIED.search(page.text)
    assert found
    answers: dict[str, object] = json.loads(html.unescape(found[1]))
    return answers


def give(browser: Browser, page: TestResponse, **answers: object) -> TestResponse:
    """The page after these answers were given on this one."""
    at = AT.search(page.text)
    assert at
    return browser.post(PREVIEW, {"_answers": json.dumps(carried(page)), "_at": at[1], **answers})


def test_the_first_page_is_shown_as_a_patient_sees_it(ada: Browser) -> None:
    page = ada.get(PREVIEW)

    assert "Do you have any of these right now" in page.text
    assert "step 1 of" in page.text


def test_answers_branch_to_a_follow_up_and_travel_in_the_form(ada: Browser) -> None:
    first = ada.get(PREVIEW)
    second = give(ada, first, symptoms_now="none")
    assert "Your blood pressure" in second.text

    third = give(ada, second, hypertension="no", bp_brain_effects="no", bp_known="yes")

    assert "What was the higher number?" in third.text
    assert carried(third)["symptoms_now"] == ["none"]


def test_a_branch_that_is_not_asked_is_left_out(ada: Browser) -> None:
    second = give(ada, ada.get(PREVIEW), symptoms_now="none")

    third = give(ada, second, hypertension="no", bp_brain_effects="no", bp_known="no")

    assert "What was the higher number?" not in third.text
    assert "Your blood vessels" in third.text


def test_mistakes_are_shown_as_to_a_patient(ada: Browser) -> None:
    second = give(ada, ada.get(PREVIEW), symptoms_now="none")
    missing = give(ada, second)
    assert "Choose one answer" in missing.text

    reading = give(ada, second, hypertension="no", bp_brain_effects="no", bp_known="yes")
    refused = give(ada, reading, bp_systolic="80", bp_diastolic="120")

    assert "The higher number must be larger than the lower one." in refused.text


def test_it_says_where_the_crisis_page_would_come(ada: Browser) -> None:
    page = give(ada, ada.get(PREVIEW), symptoms_now="chest_pain")

    assert "A patient would see “Get help now” here" in page.text


def test_one_can_go_back_and_to_any_page(ada: Browser) -> None:
    second = give(ada, ada.get(PREVIEW), symptoms_now="none")

    assert "Do you have any of these right now" in give(ada, second, _to="back").text
    assert "Your blood vessels" in give(ada, second, _to="blood_vessels").text
    assert "Do you have any of these right now" in give(ada, second, _to="no_such_page").text


def test_after_the_last_page_it_is_at_its_end(ada: Browser) -> None:
    page = ada.get("/definitions/practical.yaml/draft/preview")
    last = re.findall(r'<option value="([^"]+)"', page.text)[-1]

    page = ada.post("/definitions/practical.yaml/draft/preview", {"_answers": "{}", "_to": last})

    assert "step" in page.text
    assert "The end of this questionnaire" not in page.text


def test_nothing_is_kept(ada: Browser, site: Site) -> None:
    def stored() -> tuple[int, int]:
        with site.database.session(reading=True) as db:
            counts = [db.scalar(select(func.count()).select_from(table)) or 0 for table in (Response, AuditEvent)]
            return counts[0], counts[1]

    before = stored()
    give(ada, ada.get(PREVIEW), symptoms_now="chest_pain")

    assert stored() == before


def test_the_draft_is_shown_and_not_the_published_version(ada: Browser, editor: Callable[..., Editor]) -> None:
    page = editor(ada)
    page.save(page.text.replace("title: How you are right now", "title: How are you today", 1))

    assert "How are you today" in ada.get(PREVIEW).text


def test_a_draft_with_errors_says_why_there_is_no_preview(ada: Browser, editor: Callable[..., Editor]) -> None:
    page = editor(ada)
    page.save(page.text.replace("type: choices", "type: chioces", 1))

    assert "The draft has errors." in ada.get(PREVIEW).text


def test_a_file_that_no_patient_fills_in_has_no_preview(ada: Browser) -> None:
    assert "Patients do not see this file itself." in ada.get("/definitions/sources.yaml/draft/preview").text
    assert ada.get("/definitions/nothing.yaml/draft/preview").status_code == 404


def test_a_translation_is_tried_in_its_language(ada: Browser) -> None:
    page = ada.get("/definitions/locale/es/practical.yaml/draft/preview")

    assert "El día del tratamiento" in page.text


def test_tampered_answers_are_taken_for_none(ada: Browser) -> None:
    ada.get(PREVIEW)

    for sent in ("[]", "{", '{"symptoms_now": {"a": [1]}, "made_up": 3, "bp_systolic": "x"}', "[" * 100_000):
        page = ada.post(PREVIEW, {"_answers": sent, "_at": "blood_pressure", "hypertension": "no"})
        assert page.status_code == 200
        assert carried(page) == {}


def test_only_our_own_pages_may_frame_it(ada: Browser) -> None:
    page = ada.get(PREVIEW)

    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert ada.get("/definitions").headers["X-Frame-Options"] == "DENY"
