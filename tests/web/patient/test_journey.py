"""A patient's way from the link to the sent answers, without a browser: what is shown, kept, refused and said."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest

from screening.records import intakes, reviews, staff
from screening.records.actors import Actor
from screening.records.patients import Identity
from screening.records.staff import Role

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

BRAIN = "/intake/medical-history/brain"
NO_BRAIN_TROUBLE = dict.fromkeys(("raised_icp", "head_injury", "seizures", "memory_problem", "delirium"), "no")
YOU = {
    "date_of_birth-year": "1972",
    "sex_at_birth": "male",
    "height-ft": "5",
    "height-in": "6",
    "weight-lb": "165",
}
REASON = {"reasons": "depression", "antidepressants_adequate": "two_or_more", "antidepressants_tried-rows": "1"}
SAFE = {"si_wish_dead": "no", "si_thoughts": "no", "si_details": "none", "si_behavior": "never"}


def about_you(browser: Browser) -> None:
    browser.get("/intake/about-you/you")
    browser.post("/intake/about-you/you", YOU)
    browser.post("/intake/about-you/treatment-reason", REASON)
    answer = browser.post("/intake/about-you/past-ketamine", {"prior_ketamine": "no", "ketamine_allergy": "no"})
    assert browser.url == "/intake/about-you/answers", answer.text


@pytest.fixture
def token(site: Site) -> str:
    return site.invite()


@pytest.fixture
def patient(site: Site, token: str) -> Browser:
    browser = site.patient(token)
    browser.get("/intake")
    return browser


def test_the_link_asks_for_the_date_of_birth_and_then_shows_the_parts(site: Site) -> None:
    browser = site.browser()
    path = f"/i/{site.invite()}"
    door = browser.get(path)
    assert "What is your date of birth?" in door.text
    assert "Alvarez" not in door.text
    tasks = browser.post(path, {"date_of_birth-month": 3, "date_of_birth-day": 14, "date_of_birth-year": 1972})
    assert browser.url == "/intake"
    assert "Esketamine nasal spray" in tasks.text
    assert re.findall(r'class="state[^>]*>([^<]+)<', tasks.text)[:2] == ["Start here", "Not started"]


def test_a_part_whose_questions_rest_on_other_parts_comes_later(patient: Browser) -> None:
    states = dict(
        re.findall(r'class="name[^>]*>([^<]+)<.*?class="state[^>]*>([^<]+)<', patient.get("/intake").text, re.DOTALL)
    )
    assert states["Your medicines"] == "Comes later"
    assert [title for title, state in states.items() if state == "Comes later"] == ["Your medicines"]


def test_the_date_of_birth_of_the_door_is_not_asked_twice(site: Site, patient: Browser, token: str) -> None:
    page = patient.get("/intake/about-you/you").text
    assert '<option value="3" selected>March</option>' in page
    assert 'value="14"' in page
    assert 'value="1972"' in page
    assert site.answers(token) == {}


def test_a_wrong_date_of_birth_is_said_counted_and_finally_locks_the_link(site: Site) -> None:
    browser = site.browser()
    token = site.invite()
    wrong = {"date_of_birth-month": 3, "date_of_birth-day": 15, "date_of_birth-year": 1972}
    browser.get(f"/i/{token}")
    answers = [browser.post(f"/i/{token}", wrong) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 429]
    assert "not the date of birth that the clinic has" in answers[0].text
    assert 'value="15"' in answers[0].text
    right = browser.post(f"/i/{token}", wrong | {"date_of_birth-day": 14})
    assert right.status_code == 429
    assert "call the clinic" in right.text


@pytest.mark.parametrize("token", ["x", "a" * 22, "%00", "..%2f", "é"])
def test_a_link_that_leads_nowhere_says_what_to_do(site: Site, token: str) -> None:
    answer = site.browser().get(f"/i/{token}")
    assert answer.status_code == 404
    assert "no such page" in answer.text or "This link does not work" in answer.text


def test_the_address_after_the_door_holds_no_token(site: Site, token: str) -> None:
    browser = site.patient(token)
    assert browser.url == "/intake"
    with site.app.test_request_context():
        assert token not in browser.get("/intake").text


def test_without_a_session_every_page_of_the_form_says_to_open_the_link(site: Site) -> None:
    browser = site.browser()
    for path in ("/intake", BRAIN, "/intake/review", "/intake/copy", "/intake/sent", "/intake/withdrawal"):
        answer = browser.get(path)
        assert browser.url == "/return", path
        assert "Please open your link" in answer.text


def test_a_page_is_saved_before_the_next_one_is_shown(site: Site, patient: Browser, token: str) -> None:
    patient.get(BRAIN)
    following = patient.post(BRAIN, NO_BRAIN_TROUBLE, follow=False)
    assert (following.status_code, following.location) == (302, "/intake/medical-history/eyes")
    assert site.answers(token)["medical_history"] == NO_BRAIN_TROUBLE


def test_a_yes_asks_more_on_a_follow_up_of_the_same_step(patient: Browser) -> None:
    patient.get(BRAIN)
    more = patient.post(BRAIN, NO_BRAIN_TROUBLE | {"seizures": "yes"})
    assert patient.url == "/intake/medical-history/brain.1"
    assert "When was your last seizure?" in more.text
    assert "most recent one" not in more.text
    assert "step 1 of" in more.text


def test_what_is_missing_is_said_at_its_question_and_what_was_answered_stays(patient: Browser) -> None:
    patient.get(BRAIN)
    answer = patient.post(BRAIN, {"raised_icp": "yes", "seizures": "no"})
    assert answer.status_code == 422
    assert "Please check 3 answers" in answer.text
    assert '<a href="#head_injury">' in answer.text
    assert 'id="head_injury"' in answer.text
    assert re.search(r'id="raised_icp" value="yes" checked', answer.text)
    assert "<title>Error: " in answer.text


def test_save_and_finish_later_keeps_what_is_there_and_ends_the_session(
    site: Site, patient: Browser, token: str
) -> None:
    patient.get(BRAIN)
    patient.post(BRAIN, {"raised_icp": "no", "later": "1"})
    assert patient.url == "/later"
    assert site.answers(token)["medical_history"] == {"raised_icp": "no"}
    assert patient.get("/intake").status_code == 200
    assert patient.url == "/return"


def test_finishing_later_with_something_unreadable_shows_it_instead_of_losing_it(patient: Browser) -> None:
    patient.get("/intake/about-you/you")
    answer = patient.post("/intake/about-you/you", YOU | {"weight-lb": "heavy", "later": "1"})
    assert answer.status_code == 422
    assert 'value="heavy"' in answer.text


def test_the_same_link_opens_the_answers_on_another_device(site: Site, patient: Browser, token: str) -> None:
    patient.get(BRAIN)
    patient.post(BRAIN, {"raised_icp": "yes", "later": "1"})
    other = site.patient(token)
    assert re.search(r'id="raised_icp" value="yes" checked', other.get(BRAIN).text)


def test_two_tabs_on_two_pages_lose_nothing(site: Site, patient: Browser, token: str) -> None:
    eyes = {"glaucoma": "no", "eye_surgery": "no"}
    patient.get(BRAIN)
    patient.get("/intake/medical-history/eyes")
    patient.post(BRAIN, NO_BRAIN_TROUBLE)
    patient.post("/intake/medical-history/eyes", eyes)
    assert site.answers(token)["medical_history"] == NO_BRAIN_TROUBLE | eyes


def test_a_stale_token_shows_the_page_again_with_what_was_typed(site: Site, patient: Browser, token: str) -> None:
    patient.get(BRAIN)
    answer = patient.post(BRAIN, NO_BRAIN_TROUBLE | {"csrf_token": "of yesterday"})
    assert answer.status_code == 400
    assert "please save again" in answer.text
    assert len(re.findall(r'value="no" checked', answer.text)) == len(NO_BRAIN_TROUBLE)
    assert site.answers(token) == {}
    patient.post(BRAIN, NO_BRAIN_TROUBLE)
    assert site.answers(token)["medical_history"] == NO_BRAIN_TROUBLE


def test_after_a_rest_the_date_of_birth_saves_what_was_typed(site: Site, patient: Browser, token: str) -> None:
    patient.get(BRAIN)
    site.clock.forward(minutes=21)
    asked = patient.post(BRAIN, NO_BRAIN_TROUBLE)
    assert asked.status_code == 401
    assert "Welcome back" in asked.text
    carried = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', asked.text))
    assert site.answers(token) == {}
    born = {f"return_date_of_birth-{part}": text for part, text in (("month", "3"), ("day", "14"), ("year", "1972"))}
    wrong = patient.post(BRAIN, carried | born | {"return_date_of_birth-day": "1"})
    assert wrong.status_code == 422
    patient.post(BRAIN, NO_BRAIN_TROUBLE | born)
    assert site.answers(token)["medical_history"] == NO_BRAIN_TROUBLE
    assert carried.items() >= NO_BRAIN_TROUBLE.items()


def test_after_a_rest_the_next_person_at_the_device_sees_nothing(site: Site, patient: Browser) -> None:
    patient.get(BRAIN)
    patient.post(BRAIN, NO_BRAIN_TROUBLE)
    site.clock.forward(minutes=21)
    answer = patient.get("/intake/medical-history/answers")
    assert patient.url == "/return"
    assert "seizure" not in answer.text
    again = patient.post(
        "/return?to=/intake/medical-history/answers",
        {"return_date_of_birth-month": 3, "return_date_of_birth-day": 14, "return_date_of_birth-year": 1972},
    )
    assert patient.url == "/intake/medical-history/answers"
    assert "seizure" in again.text


def test_using_the_form_keeps_the_session_open(site: Site, patient: Browser) -> None:
    for _ in range(4):
        site.clock.forward(minutes=15)
        patient.get(BRAIN)
        assert patient.url == BRAIN


def test_answers_are_checked_and_changed_from_their_list(site: Site, patient: Browser, token: str) -> None:
    about_you(patient)
    answers = patient.get("/intake/about-you/answers")
    assert "167.6 cm (5 ft 6 in)" in answers.text
    assert "/intake/about-you/you?from=answers" in answers.text
    changed = patient.get("/intake/about-you/you?from=answers")
    assert 'name="weight-lb" id="weight-lb" value="165"' in changed.text
    patient.post("/intake/about-you/you?from=answers", YOU | {"weight-lb": "", "weight-kg": "80"})
    assert patient.url == "/intake/about-you/answers"
    assert site.answers(token)["about_you"]["weight"] == 80


def test_a_change_that_asks_more_leads_there_before_it_leads_back(patient: Browser) -> None:
    about_you(patient)
    more = patient.post(
        "/intake/about-you/past-ketamine?from=answers", {"prior_ketamine": "yes", "ketamine_allergy": "no"}
    )
    assert patient.url == "/intake/about-you/past-ketamine.1"
    assert "When were you last given ketamine or esketamine?" in more.text


def test_a_contradiction_between_answers_is_refused_in_the_definitions_words(patient: Browser) -> None:
    page = "/intake/cardiovascular-risk/blood-pressure"
    patient.get(page)
    patient.post(page, {"hypertension": "no", "bp_brain_effects": "no", "bp_known": "yes"})
    answer = patient.post(f"{page}.1", {"bp_systolic": "84", "bp_diastolic": "132"})
    assert answer.status_code == 422
    assert "The higher number must be larger than the lower one" in answer.text
    assert 'value="84"' in answer.text
    assert 'value="132"' in answer.text


def test_medicines_are_added_row_by_row_and_nothing_is_saved_before_saving(
    site: Site, patient: Browser, token: str
) -> None:
    page = "/intake/medications/your-medicines"
    first = {"medicines-rows": "1", "medicines-0-name": "Zoloft", "medicines-0-how_often": "daily"}
    patient.get(page)
    more = patient.post(page, first | {"medicines-add": "1"})
    assert 'name="medicines-1-name"' in more.text
    assert 'value="Zoloft"' in more.text
    assert site.answers(token) == {}
    patient.post(page, first | {"medicines-rows": "2", "medicines-1-name": "Norvasc", "medicines-1-dose": "5 mg"})
    assert site.answers(token)["medications"]["medicines"] == [
        {"name": "Zoloft", "how_often": "daily"},
        {"name": "Norvasc", "dose": "5 mg"},
    ]


def test_a_misspelt_medicine_is_saved_as_written_and_then_asked_about(site: Site, patient: Browser, token: str) -> None:
    page = "/intake/medications/your-medicines"
    typed = {"medicines-rows": "2", "medicines-0-name": "Norvsac", "medicines-1-name": "blue water pill"}
    patient.get(page)
    asked = patient.post(page, typed)
    assert patient.url == f"{page}/names"
    assert "You wrote “Norvsac”" in asked.text
    assert "blue water pill" not in asked.text
    assert site.answers(token)["medications"]["medicines"] == [{"name": "Norvsac"}, {"name": "blue water pill"}]
    empty = patient.post(f"{page}/names?rows=0", {})
    assert (empty.status_code, "Choose one answer" in empty.text) == (422, True)
    patient.post(f"{page}/names?rows=0", {"medicine_0": "Norvasc"})
    assert patient.url == "/intake/medications/other-products"
    assert site.answers(token)["medications"]["medicines"] == [{"name": "Norvasc"}, {"name": "blue water pill"}]


def test_a_name_that_is_kept_as_written_is_not_asked_about_again(site: Site, patient: Browser, token: str) -> None:
    page = "/intake/medications/your-medicines"
    typed = {"medicines-rows": "1", "medicines-0-name": "Norvsac"}
    patient.get(page)
    patient.post(page, typed)
    patient.post(f"{page}/names?rows=0", {"medicine_0": "?keep"})
    assert site.answers(token)["medications"]["medicines"] == [{"name": "Norvsac"}]
    patient.post(page, typed)
    assert patient.url == "/intake/medications/other-products"


@pytest.mark.parametrize("rows", ["", "7", "-1", "x", "0,0", "99999999999999999999"])
def test_an_address_with_impossible_rows_asks_nothing_impossible(patient: Browser, rows: str) -> None:
    page = "/intake/medications/your-medicines"
    patient.get(page)
    patient.post(page, {"medicines-rows": "1", "medicines-0-name": "Norvsac"})
    assert patient.get(f"{page}/names?rows={rows}").status_code == 200


def test_an_emergency_leads_to_the_crisis_page_at_once_and_back_on_the_way(
    site: Site, patient: Browser, token: str
) -> None:
    page = "/intake/mental-health/safety"
    patient.get(page)
    crisis = patient.post(
        page, SAFE | {"si_thoughts": "yes", "si_details": ["intent", "plan"], "si_behavior": "recent"}
    )
    assert patient.url == "/help"
    assert "The clinic has been told" in crisis.text
    assert 'href="tel:988"' in crisis.text
    assert 'href="tel:911"' in crisis.text
    assert "/intake/mental-health/pcptsd5" in crisis.text
    assert site.answers(token)["mental_health"]["si_behavior"] == "recent"
    assert site.intake(token).alerted_at == site.clock()


def test_help_is_linked_from_every_page_and_needs_no_session(site: Site, patient: Browser) -> None:
    for path in ("/", "/start/ketamine-iv", "/privacy", "/later", "/intake", BRAIN, "/nowhere"):
        assert 'href="/help"' in patient.get(path).text
    assert "Get help now" in site.browser().get("/help").text


def submitted(site: Site, token: str) -> Browser:
    """A patient whose answers were sent, by the records and not page by page."""
    browser = site.patient(token)
    with site.database.session() as db:
        intake = intakes.by_token(db, token)
        assert intake is not None
        intakes.submit(db, intake, Actor("patient", intake.patient_id), site.clock())
        db.commit()
    return browser


def test_an_unfinished_screening_cannot_be_sent(site: Site, patient: Browser, token: str) -> None:
    patient.get("/intake/review")
    assert patient.url == "/intake"
    patient.get(BRAIN)
    patient.post("/intake/review", {})
    assert patient.url == "/intake"
    assert site.intake(token).state == "in_progress"


def test_a_save_after_sending_is_refused_and_what_was_typed_is_shown(site: Site, token: str) -> None:
    browser = site.patient(token)
    browser.get(BRAIN)
    submitted(site, token)
    refused = browser.post("/intake/medical-history/anything-else", {"other_health": "My knee hurts"})
    assert refused.status_code == 409
    assert "My knee hurts" in refused.text
    assert site.answers(token) == {}


def test_after_sending_only_what_happens_next_and_the_own_answers_are_shown(site: Site, token: str) -> None:
    browser = site.patient(token)
    browser.get(BRAIN)
    browser.post(BRAIN, NO_BRAIN_TROUBLE | {"seizures": "yes"})
    browser = submitted(site, token)
    sent = browser.get("/intake")
    assert browser.url == "/intake/sent"
    copy = browser.get("/intake/copy")
    assert "Have you ever had a seizure" in copy.text
    for page in (sent, copy):
        words = set(re.findall(r"[a-z]+", re.sub(r"<[^>]+>", " ", page.text).lower()))
        assert words.isdisjoint({"contraindication", "flag", "score", "tier", "absolute", "caution", "triage"})


def test_what_the_care_team_asks_again_is_all_that_is_asked(site: Site, token: str) -> None:
    browser = site.patient(token)
    browser.get(BRAIN)
    browser.post(BRAIN, NO_BRAIN_TROUBLE | {"seizures": "?unsure"})
    submitted(site, token)
    clinician = site.account(Role.CLINICIAN)
    with site.database.session() as db:
        by = Actor("staff", next(one.id for one in staff.every(db) if one.email == clinician))
        intake = intakes.by_token(db, token)
        assert intake is not None
        reviews.open_for_review(db, intake, by, site.clock())
        reviews.request_info(db, intake, ["medical_history.seizures"], "Please ask your sister.", by, site.clock())
        db.commit()
    tasks = browser.get("/intake")
    assert "Please ask your sister." in tasks.text
    assert re.findall(r'class="name"[^>]*>([^<]+)<', tasks.text) == ["Your health"]
    page = browser.get(BRAIN)
    assert set(re.findall(r'type="radio" name="([a-z_]+)"', page.text)) == {"seizures"}
    browser.post(BRAIN, {"seizures": "yes"})
    assert browser.url == "/intake/medical-history/brain.1"
    browser.post("/intake/medical-history/brain.1", {"seizure_last-year": "2019"})
    browser.get("/intake/review")
    browser.post("/intake/review", {})
    assert browser.url == "/intake/sent"
    assert site.answers(token)["medical_history"]["seizure_last"] == "2019"


def test_the_steps_of_what_is_asked_again_are_counted_anew(site: Site, token: str) -> None:
    browser = site.patient(token)
    submitted(site, token)
    clinician = site.account(Role.CLINICIAN)
    with site.database.session() as db:
        by = Actor("staff", next(one.id for one in staff.every(db) if one.email == clinician))
        intake = intakes.by_token(db, token)
        assert intake is not None
        reviews.open_for_review(db, intake, by, site.clock())
        reviews.request_info(db, intake, ["mental_health.si_behavior"], "", by, site.clock())
        db.commit()
    assert "step 1 of 1" in browser.get("/intake/mental-health/safety").text


def test_withdrawing_is_asked_once_more_and_closes_the_link(site: Site, patient: Browser, token: str) -> None:
    assert "Do you want to stop for good?" in patient.get("/intake/withdrawal").text
    assert "You have stopped" in patient.post("/intake/withdrawal", {}).text
    assert site.intake(token).state == "withdrawn"
    assert site.browser().get(f"/i/{token}").status_code == 410


def test_anyone_may_start_a_pathway_and_keeps_a_link_that_is_shown_once(site: Site) -> None:
    browser = site.browser()
    page = browser.get("/start/ketamine-iv")
    assert re.search(r"about [1-9][05]? minutes", page.text)
    form = {"name": "Noor  Haddad", "date_of_birth-month": 5, "date_of_birth-day": 31, "date_of_birth-year": 1980}
    refused = browser.post("/start/ketamine-iv", form | {"email": "nowhere"})
    assert refused.status_code == 422
    assert 'value="nowhere"' in refused.text
    kept = browser.post("/start/ketamine-iv", form | {"email": "noor@example.com"})
    assert browser.url == "/intake/link"
    found = re.search(r"/i/([\w-]+)", kept.text)
    assert found is not None
    assert "/i/" not in browser.get("/intake/link").text
    assert site.patient(found[1], dt.date(1980, 5, 31)).url == "/intake"


def test_a_page_that_is_not_asked_leads_back_and_one_that_is_not_there_says_so(patient: Browser) -> None:
    patient.get("/intake/medical-history/brain.1")
    assert patient.url == "/intake"
    for path in (
        "/intake/medical-history/nothing",
        "/intake/nothing/brain",
        "/intake/session-check/vitals",
        "/start/x",
    ):
        assert patient.get(path).status_code == 404, path
    assert patient.client.put(BRAIN).status_code == 405


def test_answers_typed_on_a_page_that_another_tab_has_made_unasked_are_kept(
    site: Site, patient: Browser, token: str
) -> None:
    patient.get(BRAIN)
    patient.post(BRAIN, NO_BRAIN_TROUBLE | {"seizures": "yes"})
    patient.post(BRAIN, NO_BRAIN_TROUBLE)
    wrong = patient.post("/intake/medical-history/brain.1", {"seizure_last-year": "19"})
    assert (wrong.status_code, "<h1>Your head and brain</h1>" in wrong.text) == (422, True)
    answer = patient.post("/intake/medical-history/brain.1", {"seizure_last-year": "2019"})
    assert (answer.status_code, patient.url) == (200, "/intake/medical-history/eyes")
    assert site.answers(token)["medical_history"]["seizure_last"] == "2019"


def test_two_patients_on_one_device_are_not_mixed_up(site: Site, patient: Browser) -> None:
    patient.get(BRAIN)
    patient.post(BRAIN, NO_BRAIN_TROUBLE)
    other = site.invite(who=Identity("Ben Osei", dt.date(1990, 1, 2)))
    patient.get(f"/i/{other}")
    patient.post(f"/i/{other}", {"date_of_birth-month": 1, "date_of_birth-day": 2, "date_of_birth-year": 1990})
    assert "checked" not in patient.get(BRAIN).text
    assert site.answers(other) == {}
