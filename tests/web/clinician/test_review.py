"""The page on which a clinician decides: what it says, and what can be done there."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import TestResponse

from screening.records import assessments, information_requests, intakes
from screening.records.actors import Actor
from screening.records.staff import Role
from screening.records.states import State, state_of

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

Settle = Callable[[str], str]
TAGS = re.compile(r"<[^>]+>")
NOTHING_SAID = (
    "Supports a clinician and never replaces one. No clinical content here has been reviewed by a clinician yet."
)


def words(page: TestResponse) -> str:
    """The text of a page as one reads it."""
    return " ".join(html.unescape(TAGS.sub(" ", page.text)).split())


def patient_of(patient_id: str) -> Actor:
    return Actor("patient", patient_id)


def test_the_review_shows_triage_findings_and_what_raised_them(clinician: Browser, standing: Settle) -> None:
    said = words(clinician.get(f"/intakes/{standing('Rosa Alvarez')}"))
    assert "Absolute contraindication reported 1 absolute · 2 caution · 35 not ruled out" in said
    assert "“Have you ever been told that you have an aneurysm, or a tear in your aorta?” Yes" in said
    assert "Belly, 3.6 cm, scan every year" in said
    assert "Do: Get imaging and the specialist's letter." in said
    assert "4 sources: 3 read in full, 1 read in summary" in said
    assert NOTHING_SAID in said


def test_what_is_not_ruled_out_is_grouped_by_the_missing_answer_and_why_it_is_missing(
    clinician: Browser, standing: Settle
) -> None:
    said = words(clinician.get(f"/intakes/{standing('Rosa Alvarez')}"))
    assert "Not ruled out: 2 answers keep 35 findings open" in said
    assert "“Have you ever had bleeding in or around your brain?” answered “I'm not sure”" in said
    assert "Medicine “blue water pill” not recognised → 33 findings, up to relative" in said


def test_scores_say_their_band_their_range_and_that_the_instruments_estimate_is_not_used(
    clinician: Browser, standing: Settle
) -> None:
    page = clinician.get(f"/intakes/{standing('Rosa Alvarez')}")
    assert "moderate or moderately severe 8 of 9 answered" in words(page)
    assert "by the instrument's rule for missing items; no finding uses it" in words(page)
    assert re.search(r'<svg class="scale"[^>]*role="img" aria-labelledby="([^" ]+) ([^" ]+)"', page.text)


def test_nobody_is_ever_called_cleared(clinician: Browser, standing: Settle) -> None:
    said = words(clinician.get(f"/intakes/{standing('Farah Haddad')}"))
    assert "None found by the answers" in said
    assert "That is what the answers say, not that nothing is there." in said
    assert "clear" not in said.lower().replace("nuclear", "")


def test_an_intake_that_is_not_sent_yet_shows_how_far_it_is_and_nothing_to_decide(
    clinician: Browser, standing: Settle
) -> None:
    said = words(clinician.get(f"/intakes/{standing('Julia Romano')}"))
    assert "Not assessed yet" in said
    assert "About you: " in said
    assert "Review and sign" not in said


def test_an_emergency_stands_first_until_someone_takes_it_on(clinician: Browser, settled: Settle) -> None:
    reference = settled("Denise Okoro")
    said = words(clinician.get(f"/intakes/{reference}"))
    assert "unanswered for" in said
    assert "Suicide risk: intent, plan or recent behavior" in said
    after = words(clinician.post(f"/intakes/{reference}/acknowledge", {}))
    assert "It is noted that you are dealing with this alert." in after
    assert "Sam clinician is dealing with it since" in after
    assert "unanswered" not in after


def test_taking_an_intake_begins_its_review_and_giving_it_back_leaves_it_to_others(
    clinician: Browser, settled: Settle
) -> None:
    reference = settled("Aiko Tanaka")
    assert "in review" in words(clinician.post(f"/intakes/{reference}/assign", {}))
    assert "Yours Give it back" in words(clinician.get(f"/intakes/{reference}"))
    assert "Nobody has it yet Take it" in words(clinician.post(f"/intakes/{reference}/assign", {}))


def test_the_patient_is_asked_what_was_ticked_with_everything_that_it_settles(
    site: Site, clinician: Browser, settled: Settle
) -> None:
    reference = settled("Rosa Alvarez")
    clinician.get(f"/intakes/{reference}")
    form = {"key": ["cardiovascular_risk.brain_bleed"], "note": "Please ask your family doctor."}
    said = words(clinician.post(f"/intakes/{reference}/ask", form))
    assert "The patient is asked 2 questions by the same link." in said
    assert "Note: Please ask your family doctor." in said
    with site.database.session(reading=True) as db:
        intake = intakes.get(db, reference)
        request = information_requests.open_request(db, intake)
        assert request is not None
        assert state_of(intake) is State.NEEDS_INFO
        assert request.keys == ("cardiovascular_risk.brain_bleed", "cardiovascular_risk.brain_bleed_type")


@pytest.mark.parametrize("keys", [[], ["cardiovascular_risk.aneurysm"], ["nonsense"]])
def test_only_what_is_open_can_be_asked(clinician: Browser, standing: Settle, keys: list[str]) -> None:
    reference = standing("Rosa Alvarez")
    clinician.get(f"/intakes/{reference}")
    said = words(clinician.post(f"/intakes/{reference}/ask", {"key": keys}))
    assert "Choose at least one question to ask." in said


def test_the_report_stays_that_of_the_assessment_while_the_patient_answers_again(
    site: Site, clinician: Browser, settled: Settle
) -> None:
    reference = settled("Rosa Alvarez")
    clinician.get(f"/intakes/{reference}")
    clinician.post(f"/intakes/{reference}/ask", {"key": ["cardiovascular_risk.brain_bleed"]})
    with site.database.session() as db:
        intake = intakes.get(db, reference)
        patient = patient_of(intake.patient_id)
        given = {"brain_bleed": "no"}
        intakes.save_page(db, intake, "cardiovascular_risk", "blood_vessels", given, "en", patient, site.clock())
        db.commit()
    assert "answered “I'm not sure”" in words(clinician.get(f"/intakes/{reference}"))
    with site.database.session() as db:
        intake = intakes.get(db, reference)
        intakes.submit(db, intake, patient_of(intake.patient_id), site.clock())
        db.commit()
        assert len(assessments.assessments(db, intake)) == 2
    after = words(clinician.get(f"/intakes/{reference}"))
    assert "Since the assessment before Answers 1 changed" in after
    assert "1 answer keeps 33 findings open" in after


def test_all_answers_say_who_gave_them_when_and_what_was_said_before(
    site: Site, clinician: Browser, settled: Settle
) -> None:
    reference = settled("Julia Romano")
    with site.database.session() as db:
        intake = intakes.get(db, reference)
        intakes.save_page(
            db, intake, "about_you", "you", {"height": 180}, "en", patient_of(intake.patient_id), site.clock()
        )
        db.commit()
    said = words(clinician.get(f"/intakes/{reference}/answers"))
    assert "How tall are you? 180 cm (5 ft 11 in) 23 Nov, 15:00 1 earlier 172 cm (5 ft 8 in)" in said


def test_an_answer_in_another_language_shows_how_the_question_read(
    site: Site, clinician: Browser, settled: Settle
) -> None:
    reference = settled("Julia Romano")
    with site.database.session() as db:
        intake = intakes.get(db, reference)
        given = {"height": 180}
        intakes.save_page(db, intake, "about_you", "you", given, "es", patient_of(intake.patient_id), site.clock())
        spanish = intakes.plan_of(db, intake, "es").question("about_you.height").text
        db.commit()
    page = clinician.get(f"/intakes/{reference}/answers")
    assert f'<span class="soft" lang="es">{spanish}</span>' in page.text
    assert "23 Nov, 15:00, in es" in words(page)


def test_the_history_tells_every_assessment_and_who_did_what(clinician: Browser, settled: Settle) -> None:
    reference = settled("Peter Novak")
    clinician.get(f"/intakes/{reference}")
    clinician.get(f"/intakes/{reference}/answers")
    said = words(clinician.get(f"/intakes/{reference}/history"))
    assert "sent by the patient" in said
    assert "Sam clinician signed a decision" in said
    assert "Sam clinician looked at it \u00d72" in said


def test_the_print_holds_the_whole_review(clinician: Browser, standing: Settle) -> None:
    said = words(clinician.get(f"/intakes/{standing('Emeka Nwosu')}/print"))
    assert "Suitable with conditions Signed by Sam clinician" in said
    assert "Home blood pressure readings for one week" in said
    assert "All answers" in said
    assert NOTHING_SAID in said


@pytest.mark.parametrize("page", ["", "/answers", "/history", "/print", "/session", "/decision"])
def test_an_unknown_reference_has_no_page(clinician: Browser, page: str) -> None:
    assert clinician.get(f"/intakes/ZZZZ-ZZZZ{page}").status_code == 404


@pytest.mark.parametrize("name", ["Adam Kowalski", "Julia Romano", "Ingrid Solheim", "Martin Schulz", "Lars Eriksen"])
@pytest.mark.parametrize("page", ["", "/answers", "/history", "/session"])
def test_an_intake_has_its_pages_in_whatever_state(clinician: Browser, standing: Settle, name: str, page: str) -> None:
    assert clinician.get(f"/intakes/{standing(name)}{page}").status_code == 200


def test_every_look_at_a_patient_leaves_a_trace(site: Site, clinician: Browser, settled: Settle) -> None:
    reference = settled("Farah Haddad")
    other = site.member(Role.CLINICIAN)
    other.get(f"/intakes/{reference}/answers")
    assert "looked at it" in words(clinician.get(f"/intakes/{reference}/history"))
