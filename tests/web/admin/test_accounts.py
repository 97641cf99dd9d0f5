"""Who may do what: accounts are added, changed and closed, and the last admin stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import TestResponse

from screening.records import staff
from screening.records.staff import Role
from screening.web.admin.accounts import new_password

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

SHOWN = re.compile(r'<output class="once"[^>]*>([^<]+)</output>')
DORA = {"name": "Dora Nurse", "email": "dora@clinic.example", "role": "clinician"}


def id_of(site: Site, email: str) -> str:
    with site.database.session(reading=True) as db:
        found = staff.by_email(db, email)
        assert found is not None
        return found.id


def add(browser: Browser, **fields: str) -> TestResponse:
    browser.get("/staff/new")
    return browser.post("/staff/new", {**DORA, **fields})


def test_the_list_names_everyone_with_role_and_state(ada: Browser) -> None:
    page = ada.get("/staff")

    for words in ("Ada Admin", "cem@clinic.example", "Admin", "active", "2 active accounts", "(you)"):
        assert words in page.text


def test_a_new_person_gets_a_password_that_is_shown_once_and_must_be_changed(ada: Browser, site: Site) -> None:
    page = add(ada)

    found = SHOWN.search(page.text)
    assert found
    assert found[1] not in ada.get("/staff").text
    browser = site.browser()
    browser.get("/sign-in")
    browser.post("/sign-in", {"email": DORA["email"], "password": found[1]})
    assert browser.get("/queue").request.path == "/account"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": ""}, "Enter the person&#39;s name."),
        ({"email": ""}, "Enter an e-mail address."),
        ({"email": "dora"}, "an e-mail address such as"),
        ({"email": "ADA@clinic.example"}, "There is already an account with this e-mail address."),
        ({"role": ""}, "Choose a role."),
        ({"role": "owner"}, "Choose a role."),
    ],
)
def test_what_does_not_fit_is_said_and_what_was_typed_is_kept(ada: Browser, fields: dict[str, str], says: str) -> None:
    page = add(ada, **fields)

    assert page.status_code == 422
    assert says in page.text
    assert fields.get("name", DORA["name"]) in page.text


def test_a_role_can_be_changed(ada: Browser, site: Site) -> None:
    cem = id_of(site, "cem@clinic.example")
    ada.get(f"/staff/{cem}")

    page = ada.post(f"/staff/{cem}/role", {"role": "auditor"})

    assert "Cem Admin is now auditor." in page.text
    with site.database.session(reading=True) as db:
        assert staff.by_id(db, cem).role == Role.AUDITOR


def test_a_closed_account_is_signed_out_at_once_and_can_come_back(ada: Browser, cem: Browser, site: Site) -> None:
    person = id_of(site, "cem@clinic.example")
    assert cem.get("/definitions").request.path == "/definitions"

    ada.get("/staff")
    assert "Cem Admin can no longer sign in." in ada.post(f"/staff/{person}/deactivate", {}).text
    assert cem.get("/definitions").request.path == "/sign-in"

    ada.get(f"/staff/{person}")
    page = ada.post(f"/staff/{person}/reactivate", {})
    assert SHOWN.search(page.text)


def test_a_password_can_be_reset(ada: Browser, cem: Browser, site: Site) -> None:
    person = id_of(site, "cem@clinic.example")
    ada.get(f"/staff/{person}")

    page = ada.post(f"/staff/{person}/password", {})

    assert SHOWN.search(page.text)
    assert cem.get("/definitions").request.path == "/sign-in"


@pytest.mark.parametrize(
    ("action", "form"), [("role", {"role": "auditor"}), ("deactivate", {}), ("password", {}), ("reactivate", {})]
)
def test_nobody_changes_their_own_account_in_this_way(
    ada: Browser, site: Site, action: str, form: dict[str, str]
) -> None:
    own = id_of(site, "ada@clinic.example")
    ada.get(f"/staff/{own}")

    answer = ada.post(f"/staff/{own}/{action}", form)

    assert answer.status_code == 409
    with site.database.session(reading=True) as db:
        person = staff.by_id(db, own)
        assert (person.role, person.active, person.must_change_password) == (Role.ADMIN, True, False)


def test_the_last_admin_stays(ada: Browser, cem: Browser, site: Site) -> None:
    first, second = id_of(site, "ada@clinic.example"), id_of(site, "cem@clinic.example")
    ada.get("/staff")
    cem.get("/staff")
    assert ada.post(f"/staff/{second}/role", {"role": "clinician"}).status_code == 200

    assert cem.post(f"/staff/{first}/deactivate", {}).status_code in (401, 403)
    with site.database.session(reading=True) as db:
        assert staff.by_id(db, first).active


def test_a_closed_account_has_no_password_to_reset(ada: Browser, site: Site) -> None:
    person = id_of(site, "cem@clinic.example")
    ada.get("/staff")
    ada.post(f"/staff/{person}/deactivate", {})
    ada.get(f"/staff/{person}")

    answer = ada.post(f"/staff/{person}/password", {})

    assert answer.status_code == 409
    assert "Activate it again instead." in answer.text


def test_an_account_that_is_not_there_is_not_found(ada: Browser) -> None:
    assert ada.get("/staff/0123").status_code == 404


def test_first_passwords_are_long_random_and_easy_to_read_aloud() -> None:
    passwords = {new_password() for _ in range(100)}

    assert len(passwords) == 100
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", password) for password in passwords)
