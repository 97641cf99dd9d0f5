"""The pages that few patients ever see, each in a real browser: after a rest, after sending, asked again, withdrawn."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Page, expect

from screening.records import intakes, reviews, staff
from screening.records.actors import Actor
from screening.records.staff import Role
from screening.records.tables import Intake

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tests.browser.conftest import Served

BRAIN = "/intake/medical-history/brain"


@pytest.fixture
def link(served: Served) -> str:
    return served.invite()


def through_the_door(page: Page, link: str) -> None:
    page.goto(link)
    birth_date(page)


def birth_date(page: Page) -> None:
    page.get_by_label("Month").select_option("3")
    page.get_by_label("Day").fill("14")
    page.get_by_label("Year").fill("1972")
    page.get_by_role("button", name="Continue").click()


def changed(served: Served, link: str, change: Callable[[Session, Intake, dt.datetime], object]) -> None:
    """Change an intake as the clinic, or another device, would."""
    with served.database.session() as db:
        intake = intakes.by_token(db, link.rsplit("/", 1)[1])
        assert intake is not None
        change(db, intake, dt.datetime.now(dt.UTC))
        db.commit()


def submit(db: Session, intake: Intake, now: dt.datetime) -> None:
    intakes.submit(db, intake, Actor("patient", intake.patient_id), now)


def leave_alone(page: Page, served: Served) -> None:
    """As if nobody had touched this browser for hours: its signed session, last used long ago."""
    signing = Flask("signing")
    signing.secret_key = served.settings.secret
    serializer = SecureCookieSessionInterface().get_signing_serializer(signing)
    assert serializer is not None
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    session = serializer.loads(cookies["screening"])
    session["seen"] = 0.0
    page.context.add_cookies([{"name": "screening", "value": str(serializer.dumps(session)), "url": served.address}])


def test_what_was_typed_before_a_rest_is_saved_after_it(
    served: Served, link: str, open_page: Callable[..., Page], assert_accessible: Callable[[Page, str], None]
) -> None:
    page = open_page()
    through_the_door(page, link)
    page.goto(f"{served.address}{BRAIN}")
    for question in page.get_by_role("group").all():
        question.get_by_label("No", exact=True).check()
    leave_alone(page, served)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome back")
    assert_accessible(page, "patient-rested")
    birth_date(page)
    assert page.url.endswith("/medical-history/eyes")


def test_pages_before_and_after_sending(
    served: Served, link: str, open_page: Callable[..., Page], assert_accessible: Callable[[Page, str], None]
) -> None:
    page = open_page()
    through_the_door(page, link)
    assert_accessible(page, "patient-tasks-first")
    page.goto(f"{served.address}/intake/medical-history/anything-else")
    page.get_by_role("textbox").fill("My knee hurts")
    changed(served, link, submit)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This was not saved")
    assert_accessible(page, "patient-closed")
    page.get_by_role("link", name="See what happens next").click()
    assert_accessible(page, "patient-sent")
    page.get_by_role("link", name="I do not want to go on").click()
    assert_accessible(page, "patient-withdrawal")
    page.get_by_role("button", name="Stop for good").click()
    assert_accessible(page, "patient-withdrawn")


def test_being_asked_again(
    served: Served, link: str, open_page: Callable[..., Page], assert_accessible: Callable[[Page, str], None]
) -> None:
    page = open_page()
    through_the_door(page, link)
    email = served.account(Role.CLINICIAN)

    def ask(db: Session, intake: Intake, now: dt.datetime) -> None:
        clinician = Actor("staff", next(one.id for one in staff.every(db) if one.email == email))
        submit(db, intake, now)
        reviews.open_for_review(db, intake, clinician, now)
        reviews.request_info(db, intake, ["medical_history.seizures"], "Your sister may remember.", clinician, now)

    changed(served, link, ask)
    page.goto(f"{served.address}/intake")
    expect(page.get_by_text("Your sister may remember.")).to_be_visible()
    assert_accessible(page, "patient-asked-again")
    page.get_by_role("link", name=re.compile("Answer.*Your health")).click()
    assert_accessible(page, "patient-asked-again-page")
    page.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("link", name="These are right").click()
    page.get_by_role("link", name="Check and send").click()
    page.get_by_role("button", name="Send to my care team").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers are sent")


def test_starting_without_a_link(
    served: Served, open_page: Callable[..., Page], assert_accessible: Callable[[Page, str], None]
) -> None:
    page = open_page()
    page.goto(f"{served.address}/start/ketamine-im")
    page.get_by_role("button", name="Start").click()
    assert_accessible(page, "patient-start-errors")
    page.get_by_label("Your full name").fill("Noor Haddad")
    page.get_by_label("Month").select_option("5")
    page.get_by_label("Day").fill("31")
    page.get_by_label("Year").fill("1980")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep this link")
    assert_accessible(page, "patient-link")
    page.get_by_role("link", name="I have kept it").click()
    assert page.url.endswith("/intake")


@pytest.mark.parametrize("path", ["/intake", BRAIN, "/intake/mental-health/phq9", "/intake/about-you/you", "/help"])
def test_text_twice_as_large_fits_a_phone(served: Served, link: str, open_page: Callable[..., Page], path: str) -> None:
    page = open_page()
    through_the_door(page, link)
    page.goto(f"{served.address}{path}")
    page.evaluate("document.documentElement.style.fontSize = '36px'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
