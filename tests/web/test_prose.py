"""Markdown of definitions becomes safe HTML, whatever an author writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.web.prose import prose, prose_line


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Call **now**.", "Call <strong>now</strong>."),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[help](https://example.org)", '<a href="https://example.org">help</a>'),
        ("[help](javascript:alert(1))", "[help](javascript:alert(1))"),
        ('[x](https://example.org/"onmouseover=alert)', '<a href="https://example.org/%22onmouseover=alert">x</a>'),
        ("3 * 4 * 5", "3 * 4 * 5"),
    ],
)
def test_a_line(written: str, shown: str) -> None:
    assert prose_line(written) == shown


def test_paragraphs_and_lists() -> None:
    assert prose("One.\n\n- two\n- three") == "<p>One.</p>\n<ul>\n<li>two</li>\n<li>three</li>\n</ul>\n"


@given(st.text(alphabet="<>&\"'`[]()*_!\\ abjs:/\n", max_size=60))
def test_no_html_of_an_authors_own_comes_through(written: str) -> None:
    ours = ("<p>", "</p>", "<ul>", "</ul>", "<ol>", "</ol>", "<li>", "</li>", "<strong>", "</strong>", "<em>", "</em>")
    html = str(prose(written))
    for tag in (*ours, "<br>", "</a>"):
        html = html.replace(tag, "")
    while (at := html.find('<a href="')) >= 0:
        html = html[:at] + html[html.index('">', at) + 2 :]
    assert "<" not in html
