"""Headers on every answer, no post without a token, no body without a limit, a kind page for whatever goes wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import OperationalError

from screening.web.app import create_app
from tests.web.conftest import Clock, settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.conftest import Site

PUBLIC = ("/", "/help", "/privacy", "/start/ketamine-iv", "/sign-in", "/later", "/return", "/nowhere", "/i/nowhere")


@pytest.mark.parametrize("path", PUBLIC)
def test_every_page_forbids_what_it_does_not_need(site: Site, path: str) -> None:
    answer = site.browser().client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in answer.headers
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script>", answer.text)


def test_behind_https_cookies_and_connections_are_for_https_only(site: Site, tmp_path: Path) -> None:
    environment = settings_of(tmp_path)
    assert not environment.https
    secure = type(environment)(
        site.database.engine.url.render_as_string(hide_password=False),
        environment.keys,
        environment.secret,
        "https://screening.example",
    )
    answer = create_app(secure, Clock()).test_client().get("/sign-in", base_url="https://screening.example")
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-screening=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


@pytest.mark.parametrize("token", [None, "", "forged", "a.b.c"])
def test_a_post_without_a_valid_token_changes_nothing(site: Site, token: str | None) -> None:
    browser = site.patient()
    form = {} if token is None else {"csrf_token": token}
    answer = browser.client.post("/intake/withdrawal", data=form)
    assert answer.status_code == 400
    assert "Go back, reload the page" in answer.text
    assert browser.get("/intake").status_code == 200


@pytest.mark.parametrize("size", [70_000, 1_000_001, 5_000_000])
def test_a_huge_body_is_refused_with_a_page_and_not_with_an_error(site: Site, size: int) -> None:
    browser = site.patient()
    browser.get("/intake/medical-history/anything-else")
    answer = browser.post("/intake/medical-history/anything-else", {"other_health": "a" * size})
    assert answer.status_code == (422 if size < 1_000_000 else 413)
    assert ("at most 2,000 characters" if size < 1_000_000 else "That was too much at once") in answer.text


def test_thousands_of_fields_are_no_trouble(site: Site) -> None:
    browser = site.patient()
    browser.get("/intake/medical-history/anything-else")
    answer = browser.post("/intake/medical-history/anything-else", {f"field{at}": "x" for at in range(5_000)})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "cookie",
    ["", "x", "....", "eyJpbnRha2UiOiJ4In0.aaaa.bbbb", "\x00", "a" * 4_000],
    ids=["none", "short", "dots", "signed by nobody", "a null", "long"],
)
def test_a_broken_cookie_is_no_session(site: Site, cookie: str) -> None:
    client = site.app.test_client()
    client.set_cookie("screening", cookie)
    answer = client.get("/intake")
    assert (answer.status_code, answer.location) == (302, "/return")


def test_a_session_of_an_intake_that_is_not_there_is_none(site: Site) -> None:
    client = site.app.test_client()
    with client.session_transaction() as session:
        session["intake"] = "0" * 32
    answer = client.get("/intake", follow_redirects=True)
    assert answer.request.path == "/return"
    assert "Please open your link" in answer.text


def test_wrong_methods_and_unknown_pages_are_said_in_the_look_of_the_site(site: Site) -> None:
    client = site.browser().client
    wrong = (("DELETE", "/", 405), ("POST", "/help", 405), ("GET", "/%ff%fe", 404), ("GET", "/a/b", 404))
    for method, path, status in wrong:
        answer = client.open(path, method=method)
        assert answer.status_code == status, (method, path)
        assert "screening.css" in answer.text
    assert "GET" in client.delete("/").headers["Allow"]


def test_a_failure_of_ours_is_confessed_without_its_details(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(site.app.extensions["screening"].settings, Clock())
    app.config["PROPAGATE_EXCEPTIONS"] = False
    secret = "Rosa Alvarez, 1972-03-14"

    def broken() -> str:
        raise RuntimeError(secret)

    def unreachable() -> str:
        raise OperationalError("SELECT 1", {}, OSError(secret))

    app.view_functions["patient.front"], app.view_functions["patient.privacy"] = broken, unreachable
    client = app.test_client()
    failed, away = client.get("/"), client.get("/privacy")
    assert (failed.status_code, away.status_code) == (500, 503)
    assert "Something went wrong on our side" in failed.text
    assert "We cannot reach our records right now" in away.text
    assert secret not in failed.text + away.text
    assert "The database cannot be reached: OSError" in caplog.messages
