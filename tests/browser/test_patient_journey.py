"""A whole screening as a patient does it: on a small phone, without JavaScript, and by the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from screening.records import intakes

if TYPE_CHECKING:
    from tests.browser.conftest import Served

PATIENT = {"month": "3", "day": "14", "year": "1972"}
MOST_PAGES = 70


def give_birth_date(page: Page) -> None:
    page.get_by_label("Month").select_option(PATIENT["month"])
    page.get_by_label("Day").fill(PATIENT["day"])
    page.get_by_label("Year").fill(PATIENT["year"])


def questions(page: Page) -> Iterator[Locator]:
    yield from page.locator("form > .question, form > .grid > .question").all()


def answer(question: Locator) -> None:
    """Give the quietest answer to one question: no, none, never, or the first there is."""
    inputs = {kind: question.locator(f"input[type={kind}]") for kind in ("radio", "checkbox", "text")}
    if question.locator("[name$=-none]").count():
        question.locator("[name$=-none]").check()
    elif inputs["radio"].count():
        quiet = question.locator("input[value=no], input[value=none], input[value=never], input[value=not_at_all]")
        (quiet if quiet.count() else inputs["radio"]).first.check()
    elif question.locator("[name$=-year]").count():
        question.locator("[name$=-year]").fill("2001")
    elif inputs["text"].count():
        question.locator("input[type=text]").first.fill(_typed(question))
    elif inputs["checkbox"].count():
        quiet = question.locator("input[value=none]")
        (quiet if quiet.count() else inputs["checkbox"]).first.check()


def _typed(question: Locator) -> str:
    name = question.locator("input[type=text]").first.get_attribute("name") or ""
    return "5" if name.endswith("-ft") else "165" if name.endswith("-lb") else "Rosa Alvarez" if "attest" in name else "0"


def fill_in(page: Page) -> None:
    for question in questions(page):
        answer(question)


def walk(page: Page, seen: Callable[[Page], None], proceed: Callable[[Page], None]) -> None:
    """From the list of parts through every page of every part, until nothing is left to answer."""
    for _ in range(MOST_PAGES):
        seen(page)
        if page.url.endswith("/intake"):
            following = page.locator("main > p > a.button")
            if following.inner_text() == "Check and send":
                return
            following.click()
        elif page.url.endswith("/answers"):
            page.locator(".actions .button").click()
        else:
            before = page.url
            proceed(page)
            assert page.url != before, page.locator("main").inner_text()
    pytest.fail(f"The form does not end: {page.url}")


def test_a_whole_screening_on_a_small_phone_without_javascript(
    served: Served,
    open_page: Callable[..., Page],
    assert_accessible: Callable[[Page, str], None],
    no_strangers: Callable[[Page, str], list[str]],
) -> None:
    link = served.invite()
    page = open_page()
    strangers = no_strangers(page, served.address)

    def seen(page: Page) -> None:
        name = re.sub(r"[^a-z0-9.]+", "-", page.url.removeprefix(served.address)).strip("-") or "front"
        assert_accessible(page, f"patient-{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url
        expect(page.get_by_role("link", name="Get help now").first).to_be_visible()

    def proceed(page: Page) -> None:
        fill_in(page)
        page.locator(".actions .button").first.click()

    page.goto(link)
    assert_accessible(page, "patient-door")
    give_birth_date(page)
    page.get_by_role("button", name="Continue").click()
    walk(page, seen, proceed)
    page.get_by_role("link", name="Check and send").click()
    seen(page)
    page.get_by_role("button", name="Send to my care team").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers are sent")
    seen(page)
    page.get_by_role("link", name="Read my answers").click()
    seen(page)
    assert strangers == []
    with served.database.session(reading=True) as db:
        intake = intakes.by_token(db, link.rsplit("/", 1)[1])
        assert intake is not None
        assert intake.state == "submitted"
        assert set(intakes.answers(db, intake)) >= {"about_you", "mental_health", "practical"}
