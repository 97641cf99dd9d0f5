"""How staff get in and out, and how one's own password is changed."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from screening.records import staff
from screening.records.actors import SYSTEM
from screening.records.staff import Role
from screening.web.staff.views import is_own_path

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

PASSWORD = "lemon tricycle harbour"
OTHER = "seven quiet umbrellas"


def sign_in(browser: Browser, email: str, password: str = PASSWORD, to: str = "") -> int:
    browser.get("/sign-in" + (f"?next={to}" if to else ""))
    return browser.post("/sign-in" + (f"?next={to}" if to else ""), {"email": email, "password": password}).status_code


def account(site: Site, name: str, *, own: bool = True) -> str:
    address = f"{name}@clinic.example"
    with site.database.session() as db:
        staff.add(db, name, address, Role.CLINICIAN, PASSWORD, SYSTEM, site.clock(), own=own)
        db.commit()
    return address


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.CLINICIAN, "/queue"),
        (Role.ADMIN, "/definitions"),
        (Role.AUDITOR, "/account"),
        (Role.REFERRER, "/account"),
    ],
)
def test_everyone_arrives_at_the_first_page_of_their_role(site: Site, role: Role, page: str) -> None:
    assert site.member(role).url == page


def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(site: Site) -> None:
    known, pages = account(site, "same"), []
    for email in (known, "nobody@clinic.example"):
        browser = site.browser()
        assert sign_in(browser, email, "a wrong password") == 422
        pages.append(re.sub(r'value="[^"]*"', "", browser.get("/sign-in").text))
    assert pages[0] == pages[1]


def test_an_unknown_account_takes_as_long_as_a_known_one(site: Site) -> None:
    known = account(site, "timed")
    spans = {}
    for email in (known, "nobody-2@clinic.example"):
        browser = site.browser()
        browser.get("/sign-in")
        begun = time.perf_counter()
        browser.post("/sign-in", {"email": email, "password": "a wrong password"})
        spans[email] = time.perf_counter() - begun
    # Hashing a password takes many times what everything else does; without it one would be a small part of the other.
    assert max(spans.values()) < 4 * min(spans.values())


def test_too_many_wrong_passwords_lock_the_account_for_a_while(site: Site) -> None:
    email, browser = account(site, "locked"), site.browser()
    assert [sign_in(browser, email, "a wrong password") for _ in range(11)] == [422] * 10 + [429]
    assert sign_in(browser, email) == 429
    assert "Try again in 15 min" in browser.post("/sign-in", {"email": email, "password": PASSWORD}).text
    site.clock.forward(minutes=16)
    assert sign_in(browser, email) == 200


@pytest.mark.parametrize(
    ("to", "arrives"),
    [
        ("/alerts", "/alerts"),
        ("https://elsewhere.example/", "/queue"),
        ("//elsewhere.example", "/queue"),
        ("/%5Celsewhere.example", "/queue"),
        ("javascript:alert(1)", "/queue"),
        ("/%0d%0aSet-Cookie:x", "/queue"),
    ],
)
def test_after_the_sign_in_one_goes_on_within_the_site(site: Site, to: str, arrives: str) -> None:
    browser = site.browser()
    assert sign_in(browser, site.account(Role.CLINICIAN), to=to) == 200
    assert browser.url == arrives


@pytest.mark.parametrize(
    ("target", "own"),
    [("/queue?whose=mine", True), ("", False), ("queue", False), ("//x", False), ("/\\x", False), ("/a b", False)],
)
def test_only_a_path_of_our_own_is_one(target: str, *, own: bool) -> None:
    assert is_own_path(target) is own


def test_the_cookie_is_for_this_site_alone_and_out_of_reach_of_scripts(site: Site) -> None:
    browser = site.browser()
    browser.get("/sign-in")
    form = {"csrf_token": browser.token, "email": site.account(Role.CLINICIAN), "password": PASSWORD}
    cookies = browser.client.post("/sign-in", data=form).headers.getlist("Set-Cookie")
    [ours] = [cookie for cookie in cookies if cookie.startswith("staff=")]
    assert "HttpOnly" in ours
    assert "SameSite=Lax" in ours


def test_signing_out_ends_the_session_in_the_database_too(site: Site) -> None:
    browser = site.member(Role.CLINICIAN)
    cookie = browser.client.get_cookie("staff")
    assert cookie is not None
    browser.post("/sign-out", {})
    assert browser.url == "/sign-in"
    browser.client.set_cookie("staff", cookie.value)
    assert browser.client.get("/queue").status_code == 302


def test_a_session_ends_when_it_is_left_alone_and_stays_while_it_is_used(site: Site) -> None:
    used, left = site.member(Role.CLINICIAN), site.member(Role.CLINICIAN)
    for _ in range(4):
        site.clock.forward(minutes=20)
        used.get("/queue")
    assert used.url == "/queue"
    left.get("/queue")
    assert left.url == "/sign-in"


def test_a_session_ends_after_a_working_day_even_if_it_is_used(site: Site) -> None:
    browser = site.member(Role.CLINICIAN)
    for _ in range(26):
        site.clock.forward(minutes=29)
        browser.get("/queue")
    assert browser.url == "/sign-in"


def test_signing_in_ends_a_patients_visit_in_the_same_browser(site: Site) -> None:
    browser = site.patient()
    assert sign_in(browser, site.account(Role.CLINICIAN)) == 200
    browser.get("/intake")
    assert browser.url == "/return"


def test_a_password_that_was_handed_out_is_changed_before_anything_else(site: Site) -> None:
    browser = site.browser()
    sign_in(browser, account(site, "fresh", own=False))
    assert browser.url == "/account"
    browser.get("/queue")
    assert browser.url == "/account"
    browser.post("/account", {"current": PASSWORD, "new": OTHER, "again": OTHER})
    browser.get("/queue")
    assert browser.url == "/queue"


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"current": "wrong", "new": OTHER, "again": OTHER}, "This is not your password."),
        ({"current": PASSWORD, "new": "short", "again": "short"}, "12 characters"),
        ({"current": PASSWORD, "new": OTHER, "again": "else"}, "The two new passwords differ."),
        ({}, "Enter the password that you use now."),
    ],
)
def test_a_password_is_not_changed_for_good_reasons(site: Site, form: dict[str, str], problem: str) -> None:
    browser = site.member(Role.AUDITOR)
    browser.get("/account")
    page = browser.post("/account", form)
    assert page.status_code == 422
    assert problem in page.text


def test_changing_the_password_signs_out_all_other_browsers(site: Site) -> None:
    email = account(site, "everywhere")
    here, there = site.browser(), site.browser()
    sign_in(here, email)
    sign_in(there, email)
    here.get("/account")
    here.post("/account", {"current": PASSWORD, "new": OTHER, "again": OTHER})
    here.get("/queue")
    there.get("/queue")
    assert (here.url, there.url) == ("/queue", "/sign-in")
