"""A whole screening as a patient does it, on a small phone, without JavaScript and by the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from screening.records import intakes

if TYPE_CHECKING:
    from tests.browser.conftest import Served

MOST_PAGES = 80
MOST_TABS = 120
QUIET = ("no", "none", "never", "not_at_all")
TYPED = {"month": "3", "day": "14", "year": "1972", "ft": "5", "in": "6", "lb": "165"}

FOCUSED = """() => {
  const at = document.activeElement, form = at.form, kind = at.type || at.localName;
  const group = form && at.name && (kind == "radio" || kind == "checkbox")
    ? [...form.elements].filter((one) => one.name == at.name && one.type == kind) : [];
  return { kind, name: at.name || "", value: at.value || "", text: at.innerText || "", klass: at.className,
    values: group.map((one) => one.value), chosen: group.some((one) => one.checked) };
}"""


class Keyboard:
    """Someone who never touches the screen: Tab, arrows, Space, Enter and letters."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def on(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(FOCUSED)
        return found

    def tab_to(self, text: str) -> None:
        """Go on to the link or button with that text."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            at = self.on()
            if at["kind"] in ("a", "submit") and text in at["text"]:
                return
        pytest.fail(f"The keyboard does not reach {text!r} on {self.page.url}")

    def press(self, text: str) -> None:
        """Go on to the link or button with that text, and use it."""
        self.tab_to(text)
        self._enter()

    def fill_in(self) -> None:
        """Give the quietest answer to every question on the page, and save."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            at = self.on()
            match at["kind"]:
                case "radio" if not at["chosen"]:
                    self._choose(at["values"])
                case "checkbox" if not at["chosen"] and self._is_wanted(at):
                    self.page.keyboard.press("Space")
                case "text":
                    self.page.keyboard.type(self._typed(at["name"]))
                case "submit" if at["text"] in ("Save and continue", "Continue"):
                    self._enter()
                    return
                case "select-one" if "date_of_birth" in at["name"]:
                    self.page.keyboard.type("March")
        pytest.fail(f"The keyboard does not reach the end of {self.page.url}")

    def _enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def _choose(self, values: list[str]) -> None:
        """The focus is on the first radio of an untouched group: Space takes it, an arrow goes on to the next."""
        wanted = next((at for at, value in enumerate(values) if value in QUIET), 0)
        self.page.keyboard.press("Space")
        for _ in range(wanted):
            self.page.keyboard.press("ArrowDown")

    @staticmethod
    def _is_wanted(at: dict[str, Any]) -> bool:
        name, value, values = at["name"], at["value"], at["values"]
        if name.endswith("-unknown"):
            return False
        return value == "none" or ("none" not in values and value == values[0])

    @staticmethod
    def _typed(name: str) -> str:
        if re.search(r"-\d+-", name) or name.endswith(("-kg", "-cm")):
            return ""
        return "Rosa Alvarez" if "attest" in name else TYPED.get(name.rpartition("-")[2], "0")


def test_a_whole_screening_by_the_keyboard_alone_on_a_small_phone_without_javascript(
    served: Served,
    open_page: Callable[..., Page],
    assert_accessible: Callable[[Page, str], None],
    no_strangers: Callable[[Page, str], list[str]],
) -> None:
    link = served.invite()
    page = open_page()
    keyboard = Keyboard(page)
    strangers = no_strangers(page, served.address)
    page.goto(link)
    seen(page, served, assert_accessible)
    page.keyboard.press("Tab")
    assert keyboard.on()["klass"] == "skip"
    keyboard.fill_in()
    for _ in range(MOST_PAGES):
        seen(page, served, assert_accessible)
        following = page.locator("main > p > a.button")
        if not page.url.endswith(("/intake", "/answers")):
            before = page.url
            keyboard.fill_in()
            assert page.url != before, page.locator("main").inner_text()
        elif page.url.endswith("/answers"):
            keyboard.press("These are right")
        elif following.inner_text().startswith("Check and send"):
            break
        else:
            keyboard.press(following.inner_text())
    keyboard.press("Check and send")
    seen(page, served, assert_accessible)
    keyboard.press("Send to my care team")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers are sent")
    seen(page, served, assert_accessible)
    keyboard.press("Read my answers")
    seen(page, served, assert_accessible)
    assert strangers == []
    assert stored(served, link) >= {"about_you", "medical_history", "mental_health", "practical"}


def seen(page: Page, served: Served, assert_accessible: Callable[[Page, str], None]) -> None:
    """What must hold on every page: accessible, no wider than the screen, help in reach."""
    name = re.sub(r"[^a-z0-9.]+", "-", page.url.removeprefix(served.address)).strip("-")
    assert_accessible(page, f"patient-{'door' if name.startswith('i-') else name}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    expect(page.get_by_role("link", name="Get help now").first).to_be_visible()


def stored(served: Served, link: str) -> set[str]:
    with served.database.session(reading=True) as db:
        intake = intakes.by_token(db, link.rsplit("/", 1)[1])
        assert intake is not None
        assert intake.state == "submitted"
        return set(intakes.answers(db, intake))


def admitted(served: Served, page: Page) -> Page:
    """The page after the door."""
    page.goto(served.invite())
    page.get_by_label("Month").select_option("3")
    page.get_by_label("Day").fill("14")
    page.get_by_label("Year").fill("1972")
    page.get_by_role("button", name="Continue").click()
    return page


def test_errors_take_the_focus_and_lead_to_their_fields(
    served: Served, open_page: Callable[..., Page], assert_accessible: Callable[[Page, str], None]
) -> None:
    page = admitted(served, open_page())
    page.goto(f"{served.address}/intake/about-you/you")
    page.get_by_label("Pounds").fill("heavy")
    page.get_by_role("button", name="Save and continue").click()
    assert page.evaluate("document.activeElement.className") == "summary"
    assert_accessible(page, "patient-errors")
    expect(page.get_by_label("Pounds")).to_have_value("heavy")
    page.get_by_role("link", name=re.compile("figures only")).click()
    assert page.evaluate("document.activeElement.id") == "weight-lb"
    expect(page.get_by_role("group", name="How much do you weigh?")).to_have_accessible_description(
        re.compile("A best guess .* figures only")
    )


def test_medicines_without_javascript_row_by_row_and_a_misspelt_one_mended(
    served: Served, open_page: Callable[..., Page], assert_accessible: Callable[[Page, str], None]
) -> None:
    page = admitted(served, open_page())
    page.goto(f"{served.address}/intake/medications/your-medicines")
    page.get_by_label("Name").fill("Norvsac")
    page.get_by_role("button", name="Add another medicine").click()
    assert page.evaluate("document.activeElement.id") == "medicines-1-name"
    page.keyboard.type("Zoloft")
    page.locator("#medicines-1-how_often").select_option("daily")
    page.get_by_role("button", name="Add another medicine").click()
    assert_accessible(page, "patient-medicines")
    page.get_by_role("button", name="Remove Medicine 3").click()
    expect(page.get_by_label("Name")).to_have_count(2)
    # Enter in a text saves; it must not press the first button of the page, which removes a row.
    page.locator("#medicines-1-name").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Did we read this right?")
    assert_accessible(page, "patient-names")
    page.get_by_label("Norvasc (amlodipine)").check()
    page.get_by_role("button", name="Save and continue").click()
    page.go_back()
    page.goto(f"{served.address}/intake/medications/your-medicines")
    expect(page.locator("#medicines-0-name")).to_have_value("Norvasc")
    expect(page.locator("#medicines-1-name")).to_have_value("Zoloft")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_crisis_page_and_the_public_pages(
    served: Served, open_page: Callable[..., Page], assert_accessible: Callable[[Page, str], None], *, dark: bool
) -> None:
    page = admitted(served, open_page(dark=dark))
    scheme = "dark" if dark else "light"
    page.goto(f"{served.address}/intake/mental-health/safety")
    for name, value in {"si_wish_dead": "yes", "si_thoughts": "yes", "si_behavior": "recent"}.items():
        page.locator(f"[name={name}][value={value}]").check()
    page.locator("[name=si_details][value=plan]").check()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("Your answers are saved.")).to_be_visible()
    assert_accessible(page, f"patient-crisis-{scheme}")
    page.get_by_role("link", name="Continue when you are ready").click()
    assert page.url.endswith("/intake/mental-health/pcptsd5")
    for path in ("", "start/ketamine-oral", "help", "privacy", "later", "return", "nowhere", "i/nowhere"):
        page.goto(f"{served.address}/{path}")
        assert_accessible(page, f"patient-public-{path.replace('/', '-') or 'front'}-{scheme}")


@pytest.mark.parametrize("width", [768, 1280])
def test_wide_screens(
    served: Served, open_page: Callable[..., Page], assert_accessible: Callable[[Page, str], None], width: int
) -> None:
    page = admitted(served, open_page(width, script=True))
    for path in ("", "/mental-health/phq9", "/about-you/you", "/medications/your-medicines", "/medical-history/brain"):
        page.goto(f"{served.address}/intake{path}")
        assert_accessible(page, f"patient-wide-{width}{path.replace('/', '-')}")


def test_javascript_unticks_what_excludes_each_other(served: Served, open_page: Callable[..., Page]) -> None:
    page = admitted(served, open_page(script=True))
    page.goto(f"{served.address}/intake/medications/other-products")
    group = page.get_by_role("group", name=re.compile("In the past 2 weeks, have you used any"))
    group.get_by_label("Kava or valerian").check()
    group.get_by_label("None of these").check()
    expect(group.get_by_label("Kava or valerian")).not_to_be_checked()
    group.get_by_label("Diet or energy pills").check()
    expect(group.get_by_label("None of these")).not_to_be_checked()
