"""An admin in a real browser: a threshold is changed, tried and published, without JavaScript and by keyboard."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from screening.records.staff import Role

if TYPE_CHECKING:
    from tests.browser.conftest import Served

Open = Callable[..., Page]
PHONE, TABLET, DESK = 360, 768, 1280

HEADACHE = """\
questionnaire: {name}
title: Headaches
audience: patient
sources:
  ours: {{cites: A convention of this clinic}}
pages:
  - id: how_often
    title: How often
    questions:
      - id: days
        type: integer
        range: [0, 31]
        text: On how many days last month did you have a headache?
        unsure: true
      - {{id: worse, type: yes_no, text: Is it getting worse?, when: days > 14}}
flags:
  - id: {name}_frequent
    tier: caution
    when: days > 14
    title: Headache on more than 14 days a month
    why: It may come from overused medicines.
    action: Ask what they take.
    sources: [ours]
cases:
  - {{name: Fifteen days, answers: {{days: 15}}, expect: {{{name}_frequent: raised}}}}
  - {{name: Fourteen days, answers: {{days: 14}}, expect: {{{name}_frequent: ruled_out}}}}
  - {{name: Not said, answers: {{}}, expect: {{{name}_frequent: open}}}}
"""

names = (f"headache_{number}" for number in itertools.count())


def write(page: Page, text: str, button: str = "Save draft") -> None:
    page.locator("#text").fill(text)
    page.get_by_role("button", name=button, exact=False).first.click()


def draft(served: Served, page: Page) -> str:
    """The name of a new questionnaire whose first draft is saved and open on the page."""
    name = next(names)
    # A save reads all files and runs all cases, which takes its time where other tests run beside.
    page.context.set_default_timeout(20_000)
    served.sign_in(page, Role.ADMIN)
    page.goto(f"{served.address}/definitions/{name}.yaml/draft")
    write(page, HEADACHE.format(name=name))
    expect(page.get_by_role("status")).to_contain_text("3 of 3 cases pass")
    return name


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_threshold_is_changed_and_published_without_a_script(served: Served, open_page: Open, width: int) -> None:
    page = open_page(width)
    name = draft(served, page)
    page.get_by_role("button", name="Save and publish").click()
    page.get_by_label("Reason").fill("A first version.")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("v1 is published")
    page.get_by_role("link", name="Edit a draft").click()

    later = HEADACHE.format(name=name).replace("when: days > 14\n    title", "when: days > 19\n    title")
    write(page, later)
    expect(page.locator(".panel.cases")).to_contain_text("2 of 3 cases pass")
    expect(page.locator(".failing")).to_contain_text("expected raised, found ruled_out")

    write(
        page, later.replace("Fifteen days, answers: {days: 15}", "Twenty days, answers: {days: 20}"), "Save and publish"
    )
    expect(page.locator(".diff")).to_contain_text("when: days > 19")
    page.get_by_label("Reason").fill("The clinic counts from twenty days.")
    page.get_by_role("button", name="Publish", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("v2 is published")
    expect(page.get_by_role("rowheader", name="v2")).to_be_visible()
    page.get_by_role("link", name="Publish again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Publish v1 again")


def test_a_mistake_is_said_beside_its_line_and_leads_to_it(served: Served, open_page: Open) -> None:
    page = open_page(DESK, height=800, script=True)
    name = draft(served, page)

    write(page, HEADACHE.format(name=name).replace("when: days > 14\n    title", "when: dais > 14\n    title"))
    expect(page.locator(".saying.error")).to_contain_text("Did you mean days?")
    page.locator(".saying.error a").click()

    expect(page.locator("#text")).to_be_focused()
    line = page.evaluate("text.value.slice(0, text.selectionStart).split('\\n').length")
    assert "dais" in page.locator("#text").input_value().split("\n")[line - 1]


def test_the_number_of_a_line_stands_beside_it(served: Served, open_page: Open) -> None:
    page = open_page(DESK, height=800)
    draft(served, page)

    top, height = page.locator("#text").evaluate(
        "t => { const s = getComputedStyle(t); return [t.getBoundingClientRect().top + parseFloat(s.paddingTop),"
        " parseFloat(s.lineHeight)]; }"
    )
    number = page.locator(".gutter b").last
    box, line = number.bounding_box(), int(number.inner_text())

    assert box is not None
    assert abs(box["y"] + box["height"] / 2 - (top + (line - 0.5) * height)) < 3


def test_tab_writes_two_spaces_and_escape_lets_it_leave(served: Served, open_page: Open) -> None:
    page = open_page(DESK, script=True)
    draft(served, page)
    text = page.locator("#text")
    text.focus()
    page.keyboard.press("Control+Home")

    page.keyboard.press("Tab")
    assert text.input_value().startswith("  questionnaire")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")

    expect(text).not_to_be_focused()


def test_tabs_are_reached_and_changed_by_keyboard(served: Served, open_page: Open) -> None:
    page = open_page(DESK)
    draft(served, page)

    page.locator(".tabs input:checked").focus()
    page.locator(".tabs input[value=changes]").focus()
    page.keyboard.press("ArrowRight")

    expect(page.locator(".panel.cases")).to_be_visible()
    expect(page.locator(".panel.changes")).to_be_hidden()


def test_the_preview_branches_inside_the_page_without_a_script(served: Served, open_page: Open) -> None:
    page = open_page(DESK, height=800)
    draft(served, page)
    page.locator(".tabs label", has_text="Preview").click()
    preview = page.frame_locator(".phone")

    preview.get_by_label("On how many days").fill("40")
    preview.get_by_role("button", name="Save and continue").last.click()
    expect(preview.get_by_role("alert")).to_be_visible()
    preview.get_by_label("On how many days").fill("20")
    preview.get_by_role("button", name="Save and continue").last.click()

    expect(preview.get_by_text("Is it getting worse?")).to_be_visible()


def test_two_who_edit_one_draft_lose_nothing(served: Served, open_page: Open) -> None:
    page = open_page(DESK)
    name = draft(served, page)
    other = page.context.new_page()
    other.goto(page.url)
    write(other, HEADACHE.format(name=name).replace("title: Headaches", "title: Headaches and migraine"))

    write(page, HEADACHE.format(name=name) + "# my note\n")

    expect(page.get_by_role("alert")).to_contain_text("saved this draft while you were editing")
    expect(page.get_by_role("alert")).to_contain_text("Headaches and migraine")
    assert "# my note" in page.locator("#text").input_value()


@pytest.mark.parametrize(("width", "dark"), [(PHONE, False), (TABLET, True), (DESK, False)], ids=str)
def test_every_page_is_accessible_and_fits(
    served: Served, open_page: Open, assert_accessible: Callable[[Page, str], None], width: int, *, dark: bool
) -> None:
    page = open_page(width, dark=dark)
    name = draft(served, page)
    write(page, HEADACHE.format(name=name).replace("type: yes_no", "type: yes_nop").replace("days: 15", "days: 150"))
    expect(page.locator(".saying.error").first).to_be_visible()
    pages = {
        "draft-with-mistakes": "",
        "definitions": "/definitions",
        "definition": "/definitions/practical.yaml",
        "version": "/definitions/practical.yaml/versions/1",
        "new-definition": "/definitions/new",
        "publish": f"/definitions/{name}.yaml/draft/publish",
        "preview": "/definitions/practical.yaml/draft/preview",
        "staff": "/staff",
        "new-account": "/staff/new",
    }

    for shot, path in pages.items():
        if path:
            page.goto(served.address + path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{shot} is wider than {width}"
        assert_accessible(page, f"admin-{shot}-{width}-{'dark' if dark else 'light'}")


def test_an_account_is_added_and_its_password_shown_once(
    served: Served, open_page: Open, assert_accessible: Callable[[Page, str], None]
) -> None:
    page = open_page(PHONE)
    served.sign_in(page, Role.ADMIN)
    page.goto(f"{served.address}/staff")
    page.get_by_role("link", name="Add a person").click()
    page.get_by_label("Name").fill("Dora Nurse")
    page.get_by_label("E-mail address").fill("dora@clinic.example")
    page.get_by_role("button").last.click()
    expect(page.get_by_text("Choose a role.")).to_be_visible()
    assert_accessible(page, "admin-account-refused-light")
    page.get_by_label("Clinician").check()
    page.get_by_role("button").last.click()

    assert len(page.locator("output").inner_text()) == 19
    assert_accessible(page, "admin-password-light")
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_text("has not chosen a password yet")).to_be_visible()
