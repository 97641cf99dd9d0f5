"""Ids in addresses and back again, and no way to another site."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.routing import Map

from screening.web.addresses import SlugConverter, own_path


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/intake", "/intake"),
        ("/intake/about-you/you?from=answers", "/intake/about-you/you?from=answers"),
        ("", "/"),
        ("https://example.org/", "/"),
        ("//example.org", "/"),
        ("/\\example.org", "/"),
        ("/\t/example.org", "/"),
        ("\\\\example.org", "/"),
        ("javascript:alert(1)", "/"),
        ("intake", "/"),
        ("/intake\r\nSet-Cookie: a=b", "/"),
    ],
)
def test_only_own_paths_are_gone_back_to(address: str, path: str) -> None:
    assert own_path(address) == path


@given(st.from_regex(r"[a-z][a-z0-9_]{0,20}(\.[1-9])?", fullmatch=True))
def test_an_id_comes_back_from_its_address(name: str) -> None:
    converter = SlugConverter(Map())
    assert converter.to_python(converter.to_url(name)) == name


def test_an_id_that_is_a_word_of_ours_keeps_an_address_of_its_own() -> None:
    converter = SlugConverter(Map())
    assert converter.to_url("answers") == "answers-"
    assert converter.to_python("answers-") == "answers"
