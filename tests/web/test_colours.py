"""A clinic may choose any colour, and every text in it can be read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.config import Clinic
from screening.web.app import create_app
from screening.web.colours import ENOUGH, contrast, dark, light, read
from tests.web.conftest import Clock

if TYPE_CHECKING:
    from tests.web.conftest import Site

colours = st.tuples(*[st.integers(0, 255)] * 3)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ffffff", 4)],
)
def test_contrast_is_that_of_the_standard(one: str, other: str, apart: float) -> None:
    assert contrast(read(one), read(other)) == pytest.approx(apart, abs=0.01)


@given(colours)
def test_any_colour_becomes_legible_by_day_and_at_night(colour: tuple[int, int, int]) -> None:
    assert light(colour).contrast >= ENOUGH
    assert dark(colour).contrast >= ENOUGH


@given(colours)
def test_a_colour_that_is_legible_stays_as_it_is(colour: tuple[int, int, int]) -> None:
    assert light(light(colour).brand).brand == light(colour).brand


def test_the_colour_stands_in_the_page_under_its_nonce(site: Site) -> None:
    settings = site.app.extensions["screening"].settings
    purple = replace(settings, clinic=replace(settings.clinic, colour="#6a2c91"))
    answer = create_app(purple, Clock()).test_client().get("/")
    style = re.search(r'<style nonce="([^"]+)">(.+)</style>', answer.text)
    assert style is not None
    assert f"style-src 'self' 'nonce-{style[1]}'" in answer.headers["Content-Security-Policy"]
    assert "--brand:#6a2c91;" in style[2]
    assert settings.clinic.colour == Clinic().colour
    assert "<style" not in site.browser().get("/").text
