"""A review as a clinician does it at the desk, and on whatever screen is at hand: by keyboard, without JavaScript."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from screening.cli.people import read_people, settle
from screening.records import staff
from screening.records.staff import Role
from screening.records.tables import Intake

if TYPE_CHECKING:
    from tests.browser.conftest import Served

PASSWORD = "lemon tricycle harbour"
PEOPLE = (
    "Denise Okoro",
    "Rosa Alvarez",
    "Walter Lindqvist",
    "Henry Dubois",
    "Farah Haddad",
    "Emeka Nwosu",
    "Julia Romano",
)
SCREENS = [(1280, False), (1280, True), (768, True), (320, False)]
# axe looks at every page once; in the dark and on small screens at those that have colours or columns of their own.
TELLING = ("review-denise", "review-rosa", "queue", "answers", "sign")
MOST_TABS = 120
OVERFLOWS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def references(served: Served) -> dict[str, str]:
    """The references of some of the demo's people, by name."""
    people = {person.name: person for person in read_people(dt.datetime.now(dt.UTC), dt.UTC)}
    served.account(Role.CLINICIAN)
    found = {}
    for name in PEOPLE:
        with served.database.session() as db:
            before = set(db.scalars(select(Intake.id)))
            clinician = staff.by_email(db, served.account(Role.CLINICIAN))
            assert clinician is not None
            settle(db, people[name], staff.actor_of(clinician))
            db.flush()
            found[name] = db.scalars(select(Intake.reference).where(Intake.id.not_in(before))).one()
            db.commit()
    return found


def pages(references: dict[str, str]) -> dict[str, str]:
    """Every page of the review, by a name for its picture, in the states that look different."""
    rosa, check = references["Rosa Alvarez"], "session/session-check/vitals"
    intakes = {name: references[name].lower() for name in PEOPLE}
    reviews = {f"review-{name.split()[0].lower()}": f"/intakes/{reference}" for name, reference in intakes.items()}
    return reviews | {
        "queue": "/queue",
        "queue-nothing": "/queue?state=withdrawn&triage=emergency",
        "queue-due": "/queue?state=due",
        "queue-every": "/queue?state=every",
        "alerts": "/alerts",
        "answers": f"/intakes/{rosa}/answers",
        "history": f"/intakes/{references['Emeka Nwosu']}/history",
        "print": f"/intakes/{references['Emeka Nwosu']}/print",
        "sign": f"/intakes/{rosa}/decision",
        "session": f"/intakes/{rosa}/session",
        "session-page": f"/intakes/{rosa}/{check}",
        "invite": "/intakes/new",
        "account": "/account",
    }


@pytest.mark.parametrize(("width", "dark"), SCREENS)
def test_every_page_is_accessible_and_fits_the_screen(
    served: Served,
    references: dict[str, str],
    open_page: Callable[..., Page],
    assert_accessible: Callable[[Page, str], None],
    width: int,
    *,
    dark: bool,
) -> None:
    page = open_page(width, dark=dark)
    ending = f"{width}{'-dark' if dark else ''}"
    page.goto(f"{served.address}/sign-in")
    assert_accessible(page, f"sign-in-{ending}")
    served.sign_in(page, Role.CLINICIAN)
    for name, path in pages(references).items():
        page.goto(served.address + path)
        if name in TELLING or (width, dark) == SCREENS[0]:
            assert_accessible(page, f"{name}-{ending}")
        assert not page.evaluate(OVERFLOWS), f"{name} is wider than {width} px"


def test_mistakes_are_accessible_and_lead_to_their_fields(
    served: Served,
    references: dict[str, str],
    open_page: Callable[..., Page],
    assert_accessible: Callable[[Page, str], None],
) -> None:
    page = open_page(1280)
    page.goto(f"{served.address}/sign-in")
    page.get_by_role("button", name="Sign in").click()
    assert_accessible(page, "sign-in-mistake")
    served.sign_in(page, Role.CLINICIAN)
    page.goto(f"{served.address}/intakes/{references['Rosa Alvarez']}/decision")
    page.get_by_label("Suitable", exact=True).check()
    page.get_by_role("button", name="Sign", exact=True).click()
    assert_accessible(page, "sign-mistake")
    page.get_by_role("link", name="This departs from the triage. Write down why.").click()
    expect(page.get_by_label("Reason")).to_be_focused()
    page.goto(f"{served.address}/intakes/new")
    page.get_by_role("button", name="Make the link").click()
    assert_accessible(page, "invite-mistake")
    page.get_by_role("link", name="Choose a treatment.").click()
    expect(page.get_by_label("Esketamine nasal spray")).to_be_focused()


def test_a_review_is_done_by_the_keyboard_alone(
    served: Served, references: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page(1280)
    page.goto(f"{served.address}/sign-in")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    tab_to(page, "#email")
    page.keyboard.type(served.account(Role.CLINICIAN))
    tab_to(page, "#password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")
    tab_to(page, f"a[href='/intakes/{references['Walter Lindqvist']}']")
    assert page.evaluate("getComputedStyle(document.activeElement, '::after').outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Walter Lindqvist")
    tab_to(page, "details.evidence summary")
    page.keyboard.press("Enter")
    expect(page.locator("details.evidence[open]").first).to_be_visible()
    tab_to(page, "input[name=outcome]")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    tab_to(page, "#rationale")
    page.keyboard.type("Cardiology first.")
    tab_to(page, ".decide button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/decision")
    tab_to(page, "#password")
    page.keyboard.type(PASSWORD)
    tab_to(page, "button[name=sign]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/intakes/{references['Walter Lindqvist']}")
    expect(page.get_by_role("status")).to_contain_text("Signed: Refer on.")
    expect(page.get_by_role("region", name="Decision")).to_contain_text("Cardiology first.")


def tab_to(page: Page, selector: str) -> None:
    """Go on with Tab until what the selector names has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"The keyboard does not reach {selector} on {page.url}")


def test_the_decision_is_in_sight_without_scrolling_on_a_desk(
    served: Served, references: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = served.sign_in(open_page(1280, height=1024), Role.CLINICIAN)
    page.goto(f"{served.address}/intakes/{references['Rosa Alvarez']}")
    for what in (
        page.get_by_role("heading", name="Absolute contraindication reported"),
        page.get_by_role("heading", name=re.compile("Not ruled out: 2 answers")),
        page.get_by_role("heading", name="Scores"),
        page.get_by_label("Suitable", exact=True),
    ):
        expect(what).to_be_in_viewport()


def test_a_score_is_a_picture_with_a_name_and_a_description(
    served: Served, references: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = served.sign_in(open_page(1280), Role.CLINICIAN)
    page.goto(f"{served.address}/intakes/{references['Rosa Alvarez']}")
    picture = page.get_by_role("img", name=re.compile("^PHQ-9 depression severity: 12.15"))
    expect(picture).to_be_visible()
    expect(picture).to_have_accessible_name(re.compile("The hatched part is what missing answers leave open"))


def test_what_is_printed_opens_everything_and_leaves_out_the_frame(
    served: Served, references: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = served.sign_in(open_page(1280), Role.CLINICIAN)
    page.goto(f"{served.address}/intakes/{references['Rosa Alvarez']}/print")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Workspace")).not_to_be_visible()
    expect(page.get_by_text("Miller's Anesthesia").first).to_be_visible()
    assert page.locator("details:not([open])").count() == page.locator("td details:not([open])").count()


def test_nothing_is_asked_of_another_host(
    served: Served,
    references: dict[str, str],
    open_page: Callable[..., Page],
    no_strangers: Callable[[Page, str], list[str]],
) -> None:
    page = open_page(1280, script=True)
    strangers = no_strangers(page, served.address)
    served.sign_in(page, Role.CLINICIAN)
    for name in TELLING:
        page.goto(served.address + pages(references)[name])
    assert strangers == []
