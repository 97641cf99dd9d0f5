"""Writing a draft: every mistake beside its line, nothing lost, nothing published that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from screening.records import definitions

if TYPE_CHECKING:
    from tests.web.admin.conftest import Editor
    from tests.web.conftest import Browser, Site

HEART = "cardiovascular_risk.yaml"
DRAFT = f"/definitions/{HEART}/draft"


def kept(site: Site, file: str = HEART) -> str | None:
    """The text of the draft that is kept."""
    with site.database.session(reading=True) as db:
        draft = definitions.draft(db, file)
        return draft.text if draft else None


def test_looking_at_a_draft_keeps_nothing(ada: Browser, site: Site, editor: Callable[..., Editor]) -> None:
    page = editor(ada)

    assert "questionnaire: cardiovascular_risk" in page.text
    assert kept(site) is None


def test_what_is_saved_is_what_was_typed(ada: Browser, site: Site, editor: Callable[..., Editor]) -> None:
    page = editor(ada)
    text = page.text.replace("title: Your heart and circulation", "title: Heart & <circulation> – déjà vu")

    answer = page.save(text)

    assert answer.status_code == 200
    assert kept(site) == text == page.text


def test_every_mistake_is_said_under_its_line_with_a_link_to_it(ada: Browser, editor: Callable[..., Editor]) -> None:
    page = editor(ada)
    text = page.text.replace("that: bp_systolic > bp_diastolic", "that: bp_systolic > bp_dyastolic", 1)
    text = text.replace("tier: absolute", "teir: absolute", 1)

    shown = page.save(text).text

    at = text[: text.index("bp_dyastolic")].count("\n") + 1
    assert "<mark" in shown
    assert "Did you mean bp_diastolic?" in shown
    assert "Did you mean tier?" in shown
    assert f'href="#L{at}"' in shown
    assert f'<b id="L{at}" class="error">{at}</b>' in shown
    assert "Cases run once there are no errors" in shown
    assert page.text == text


def test_a_mistake_that_a_draft_makes_in_another_file_is_said_too(ada: Browser, editor: Callable[..., Editor]) -> None:
    page = editor(ada, "practical.yaml")

    shown = page.save(page.text.replace("questionnaire: practical", "questionnaire: practicals", 1)).text

    assert "In other files, with this draft in place" in shown
    assert "pathways/esketamine_intranasal.yaml:7:" in shown
    assert "Did you mean practicals?" in shown


def test_a_case_that_fails_shows_what_differed(ada: Browser, editor: Callable[..., Editor]) -> None:
    page = editor(ada)

    shown = page.save(page.text.replace("bp_systolic > 140 or", "bp_systolic > 150 or", 1)).text

    assert "expected <b>raised</b>, found <b>ruled_out</b>" in shown
    assert re.search(r"· (\d+) of (?!\1)\d+ cases pass", shown)


def test_the_changes_against_the_published_version_are_shown(ada: Browser, editor: Callable[..., Editor]) -> None:
    page = editor(ada)

    shown = page.save(page.text.replace("title: Your heart and circulation", "title: Heart", 1)).text

    assert "Against v1, line by line" in shown
    assert "1 added" in shown
    assert "1 removed" in shown


def test_the_outline_leads_to_pages_and_flags(ada: Browser) -> None:
    shown = ada.get(DRAFT).text

    assert ">Your blood pressure</a>" in shown
    assert "cv_<wbr>aneurysm" in shown


def test_the_second_of_two_who_save_is_shown_what_the_first_changed(
    ada: Browser, cem: Browser, site: Site, editor: Callable[..., Editor]
) -> None:
    mine, theirs = editor(cem), editor(ada)
    theirs.save(theirs.text.replace("title: Your heart and circulation", "title: The title that Ada wrote", 1))
    typed = mine.text.replace("title: Your blood pressure", "title: The page that Cem wrote", 1)

    answer = mine.save(typed)

    assert answer.status_code == 409
    assert "Ada Admin saved this draft while you were editing" in answer.text
    assert "The title that Ada wrote" in answer.text
    assert mine.text == typed
    assert "The title that Ada wrote" in (kept(site) or "")
    assert (
        mine.save(typed.replace("title: Your heart and circulation", "title: The title that Ada wrote")).status_code
        == 200
    )
    assert "The page that Cem wrote" in (kept(site) or "")


def test_publishing_meanwhile_is_a_conflict_too(
    cem: Browser, editor: Callable[..., Editor], publish: Callable[..., TestResponse]
) -> None:
    mine = editor(cem, "practical.yaml")
    publish("title: Getting ready", "title: Ready to go")

    answer = mine.save(mine.text + "# a note\n")

    assert answer.status_code == 409
    assert "Ready to go" in answer.text


def test_saving_the_same_text_again_is_no_conflict(ada: Browser, cem: Browser, editor: Callable[..., Editor]) -> None:
    first, second = editor(ada), editor(cem)
    text = first.text + "# a note\n"
    first.save(text)

    assert second.save(text).status_code == 200


def test_a_page_that_was_open_too_long_is_shown_again_with_the_text(
    ada: Browser, site: Site, editor: Callable[..., Editor]
) -> None:
    page = editor(ada)
    ada.token = "stale"
    typed = page.text + "# written for an hour\n"

    answer = page.save(typed)

    assert answer.status_code == 422
    assert "Your text is still here" in answer.text
    assert page.text == typed
    assert kept(site) is None
    assert page.save(typed).status_code == 200
    assert kept(site) == typed


def test_a_text_that_was_sent_after_the_session_had_ended_is_given_back(
    ada: Browser, site: Site, editor: Callable[..., Editor]
) -> None:
    page = editor(ada)
    site.clock.forward(hours=2)

    answer = page.save(page.text + "# two hours of work\n")

    assert answer.status_code == 401
    assert "# two hours of work" in answer.text
    assert kept(site) is None


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        pytest.param("title: \x00\n", 422, "invisible control character", id="NUL"),
        pytest.param("   \n", 422, "The text is empty", id="empty"),
        pytest.param("a: b\n" * 2_000_000, 413, "Nothing of it was saved", id="10 MB"),
        pytest.param("# " + "x" * 1_010_000, 422, "larger than 1 MB", id="1 MB"),
    ],
)
def test_what_is_no_text_is_refused_and_the_draft_before_is_kept(
    ada: Browser, site: Site, editor: Callable[..., Editor], sent: str, status: int, says: str
) -> None:
    page = editor(ada)
    before = page.text + "# kept\n"
    page.save(before)

    answer = ada.post(DRAFT, {"text": sent, "base": page.base})

    assert answer.status_code == status
    assert says in answer.text
    assert kept(site) == before


@pytest.mark.parametrize("multipart", [True, False])
def test_bytes_that_are_no_utf_8_are_refused_and_shown_where_they_stood(
    ada: Browser, site: Site, editor: Callable[..., Editor], *, multipart: bool
) -> None:
    page = editor(ada)
    fields = {"csrf_token": ada.token, "base": page.base}
    if multipart:
        parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{fields[name]}\r\n' for name in fields]
        text = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\na: b\r\ntitle: \xff\xfe\r\n\r\n--x--\r\n'
        body, kind = "".join(parts).encode() + text, "multipart/form-data; boundary=x"
    else:
        sent = urlencode(fields) + "&text=a%3A+b%0D%0Atitle%3A+%FF%FE%0D%0A"
        body, kind = sent.encode(), "application/x-www-form-urlencoded"

    answer = ada.client.post(DRAFT, data=body, content_type=kind)

    assert answer.status_code == 422
    assert "Something on line 2 was not UTF-8 text" in answer.text
    assert kept(site) is None


def test_percent_signs_that_were_typed_stay(ada: Browser, site: Site, editor: Callable[..., Editor]) -> None:
    page = editor(ada)

    page.save(page.text + "# https://x.example/%FF+%2B\n")

    assert (kept(site) or "").endswith("# https://x.example/%FF+%2B\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("a: &a [x, x]\nb: &b [*a, *a]\nc:\n" + "  - [*b, *b]\n" * 9_000, "grows beyond", id="aliases"),
        pytest.param("a: " + "[" * 5_000, "nested more than", id="nesting"),
        pytest.param("\tquestionnaire: heart\n", "There is a tab here", id="tab"),
        pytest.param("a: [\n", "This is not YAML", id="not YAML"),
        pytest.param("questionnaire: x\nflags: 3\n", "pages", id="wrong shape"),
    ],
)
def test_hostile_texts_are_kept_and_their_mistakes_told(
    ada: Browser, site: Site, editor: Callable[..., Editor], text: str, says: str
) -> None:
    page = editor(ada)

    answer = page.save(text)

    assert answer.status_code == 200
    assert says in answer.text
    assert kept(site) == (text if text.endswith("\n") else f"{text}\n")


def test_a_post_without_a_text_is_refused(ada: Browser, editor: Callable[..., Editor]) -> None:
    editor(ada)

    assert ada.post(DRAFT, {"base": ""}).status_code == 400
    assert ada.post("/definitions/../../etc/passwd/draft", {"text": "a: b"}).status_code == 404


def test_publishing_makes_a_version_with_a_reason(site: Site, publish: Callable[..., TestResponse]) -> None:
    done = publish("title: Getting ready", "title: Ready to go", reason="Patients asked what it was.")

    assert "v2 is published." in done.text
    assert "Patients asked what it was." in done.text
    assert kept(site, "practical.yaml") is None
    with site.database.session(reading=True) as db:
        assert b"title: Ready to go" in definitions.current_files(db)["practical.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("type: yes_no", "type: yes_nop", "1 error"),
        ("bp_systolic > 140 or", "bp_systolic > 150 or", r"(\d+) of (?!\1)\d+ cases pass"),
    ],
)
def test_a_draft_with_an_error_or_a_failing_case_cannot_be_published(
    ada: Browser, site: Site, editor: Callable[..., Editor], old: str, new: str, says: str
) -> None:
    page = editor(ada)
    question = page.save(page.text.replace(old, new, 1), then="publish")
    assert "Not ready to publish" in question.text
    assert re.search(says, question.text)
    with site.database.session(reading=True) as db:
        draft = definitions.draft(db, HEART)
        assert draft is not None

    answer = ada.post(f"{DRAFT}/publish", {"reason": "I insist.", "hash": draft.hash})

    assert answer.status_code == 422
    with site.database.session(reading=True) as db:
        assert [version.number for version in definitions.versions(db, HEART)] == [1]


def test_a_draft_that_changed_since_it_was_looked_at_is_not_published(
    ada: Browser, cem: Browser, site: Site, editor: Callable[..., Editor]
) -> None:
    page = editor(ada, "practical.yaml")
    seen = page.save(page.text + "# mine\n", then="publish").text
    other = editor(cem, "practical.yaml")
    other.save(other.text + "# theirs\n")
    hash_ = seen.split('name="hash" value="')[1].split('"')[0]

    for action in ("publish", "discard"):
        answer = ada.post(f"/definitions/practical.yaml/draft/{action}", {"reason": "Better.", "hash": hash_})
        assert answer.status_code == 409
        assert "Cem Admin changed the draft meanwhile." in answer.text
    assert (kept(site, "practical.yaml") or "").endswith("# mine\n# theirs\n")


def test_a_draft_can_be_given_up(ada: Browser, site: Site, editor: Callable[..., Editor]) -> None:
    page = editor(ada)
    seen = page.save(page.text + "# mine\n", then="publish").text

    done = ada.post(f"{DRAFT}/discard", {"hash": seen.split('name="hash" value="')[1].split('"')[0]})

    assert "The draft is discarded." in done.text
    assert kept(site) is None


def test_a_new_questionnaire_can_be_written_and_published(
    ada: Browser, site: Site, editor: Callable[..., Editor]
) -> None:
    page = editor(ada, "sleep_apnea.yaml")
    question = page.save(page.text, then="publish").text

    done = ada.post(
        "/definitions/sleep_apnea.yaml/draft/publish",
        {"reason": "A first try.", "hash": question.split('name="hash" value="')[1].split('"')[0]},
    )

    assert "v1 is published." in done.text
    with site.database.session(reading=True) as db:
        assert "sleep_apnea" in definitions.library_for(db).questionnaires
