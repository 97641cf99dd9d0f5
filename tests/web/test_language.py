"""Which language a page speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.web.conftest import Site


def test_a_language_that_is_not_offered_is_not_there(site: Site) -> None:
    assert site.browser().get("/language/xx").status_code == 404


def test_pages_say_which_language_they_speak(site: Site) -> None:
    client = site.browser().client
    assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "fr, de;q=0.5"}).text
