"""Inviting a patient: what is asked, the link that is shown once, a lock and a new link."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from screening.records import intakes, patients
from screening.records.actors import Actor
from screening.records.tables import Intake, Patient

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

Settle = Callable[[str], str]
LINK = re.compile(r'class="link-card">([^<]+)<')
WHO = {"pathway": "ketamine_iv", "name": "Ines Duarte", "date_of_birth": "1985-06-07"}


def invite(browser: Browser, **form: object) -> TestResponse:
    browser.get("/intakes/new")
    return browser.post("/intakes/new", {**WHO, **form})


def token_of(page: TestResponse) -> str:
    found = LINK.search(page.text)
    assert found, page.text
    return html.unescape(found[1]).rpartition("/")[2]


def test_the_link_is_shown_once_and_lets_the_patient_in(site: Site, clinician: Browser) -> None:
    page = invite(clinician, email="ines@mail.example", phone="555 0133")
    assert page.status_code == 201
    assert "7 Jun 1985" in page.text
    token = token_of(page)
    intake = site.intake(token)
    assert intake.pathway == "ketamine_iv"
    assert token not in clinician.get(f"/intakes/{intake.reference}").text
    browser = site.browser()
    browser.get(f"/i/{token}")
    browser.post(f"/i/{token}", {"date_of_birth-year": 1985, "date_of_birth-month": 6, "date_of_birth-day": 7})
    assert browser.url == "/intake"


@pytest.mark.parametrize(
    ("form", "field", "problem"),
    [
        ({"pathway": ""}, "pathway", "Choose a treatment."),
        ({"pathway": "magic"}, "pathway", "Not a valid choice."),
        ({"name": " "}, "name", "Enter the patient's name."),
        ({"date_of_birth": ""}, "date_of_birth", "Enter the date of birth."),
        ({"date_of_birth": "1985-13-40"}, "date_of_birth", "Not a valid date value."),
        ({"date_of_birth": "2185-06-07"}, "date_of_birth", "Please check the year."),
        ({"email": "nobody"}, "email", "Enter an address such as name@mail.example, or leave it empty."),
        ({"phone": "call me"}, "phone", "Enter a phone number, or leave it empty."),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_what_was_typed_is_kept(
    clinician: Browser, form: dict[str, str], field: str, problem: str
) -> None:
    page = invite(clinician, **form)
    text = html.unescape(page.text)
    assert page.status_code == 422
    assert f'<a href="#{field}">{problem}</a>' in text
    assert f'id="{field}"' in text
    assert "Ines Duarte" in text or field == "name"


def test_a_patient_who_is_on_file_is_asked_about_and_then_added_to(site: Site, clinician: Browser) -> None:
    who = {"name": "Pavel Ruiz", "date_of_birth": "1990-02-03"}
    first = site.intake(token_of(invite(clinician, **who)))
    asked = invite(clinician, **who)
    assert asked.status_code == 422
    assert "A patient of this name and date of birth is on file." in asked.text
    same = site.intake(token_of(invite(clinician, **who, known="same")))
    other = site.intake(token_of(invite(clinician, **who, known="another")))
    assert same.patient_id == first.patient_id
    assert other.patient_id != first.patient_id


def test_a_locked_link_is_opened_again_by_staff(site: Site, clinician: Browser) -> None:
    token = token_of(invite(clinician, name="Lock Ed", date_of_birth="1981-01-01"))
    reference = site.intake(token).reference
    stranger = site.browser()
    stranger.get(f"/i/{token}")
    for _ in range(5):
        stranger.post(f"/i/{token}", {"date_of_birth-year": 1980, "date_of_birth-month": 1, "date_of_birth-day": 1})
    assert "Locked" in clinician.get(f"/intakes/{reference}").text
    assert "The link can be used again." in clinician.post(f"/intakes/{reference}/unlock", {}).text
    assert site.intake(token).locked_at is None


def test_a_new_link_takes_the_place_of_the_old_one(site: Site, clinician: Browser) -> None:
    old = token_of(invite(clinician, name="Lost Link", date_of_birth="1982-01-01"))
    reference = site.intake(old).reference
    clinician.get(f"/intakes/{reference}")
    new = token_of(clinician.post(f"/intakes/{reference}/link", {}))
    assert new != old
    assert site.intake(new).reference == reference
    assert site.browser().get(f"/i/{old}").status_code == 404


def test_there_is_no_new_link_to_an_intake_that_has_ended(clinician: Browser, standing: Settle) -> None:
    reference = standing("Martin Schulz")
    clinician.get(f"/intakes/{reference}")
    assert "There is nothing to answer by a link now." in clinician.post(f"/intakes/{reference}/link", {}).text


def test_a_forged_invitation_makes_nothing(site: Site, clinician: Browser) -> None:
    def rows() -> list[int | None]:
        with site.database.session(reading=True) as db:
            return [db.scalar(select(func.count()).select_from(table)) for table in (Intake, Patient)]

    before = rows()
    assert clinician.client.post("/intakes/new", data=WHO).status_code == 400
    assert rows() == before


def test_the_second_intake_of_a_patient_is_compared_with_the_first(
    site: Site, clinician: Browser, settled: Settle
) -> None:
    reference = settled("Joseph Amato")
    with site.database.session() as db:
        first = intakes.get(db, reference)
        second = intakes.renew(db, first, Actor("patient", first.patient_id), site.clock()).intake
        intakes.admit(db, second, patients.identity(db, first.patient_id).date_of_birth, site.clock())
        intakes.submit(db, second, Actor("patient", first.patient_id), site.clock())
        db.commit()
        renewed = second.reference
    assert "Since the last intake" in clinician.get(f"/intakes/{renewed}").text
