"""What a browser sends becomes the text that is kept, or is refused in a sentence."""

import pytest

from screening.web.admin.editing import LARGEST, is_file, written


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
        ("a: 1\rb: 2", "a: 1\nb: 2\n"),
        ("a: 1", "a: 1\n"),
        ("", ""),
        ("name: Müller – ✓\n", "name: Müller – ✓\n"),
        ("tabs:\tare for the checker\n", "tabs:\tare for the checker\n"),
    ],
)
def test_line_ends_are_made_plain_and_nothing_else_is_touched(sent: str, kept: str) -> None:
    assert written(sent).text == kept
    assert written(sent).refusal == ""


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ("a: 1\nb: \x00\n", "(U+0000) on line 2"),
        ("a: \x1b[31m\n", "(U+001B) on line 1"),
        ("a: \N{REPLACEMENT CHARACTER}\n", "Something on line 1 was not UTF-8 text"),
        ("a" * LARGEST, "larger than 1 MB"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line_and_shown_again(sent: str, says: str) -> None:
    answer = written(sent)

    assert says in answer.refusal
    assert "\x00" not in answer.text
    assert len(answer.text) >= len(sent)


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("sleep.yaml", True),
        ("pathways/ketamine_iv.yaml", True),
        ("locale/es/sleep.yaml", True),
        ("locale/pt-BR/pathways/ketamine_iv.yaml", True),
        ("formulary.csv", True),
        ("sources.yaml", True),
        ("Sleep.yaml", False),
        ("../sleep.yaml", False),
        ("pathways/../sleep.yaml", False),
        ("sleep.yml", False),
        ("other.csv", False),
        ("sleep.yaml\n", False),
        ("", False),
    ],
)
def test_files_have_plain_names_in_known_folders(name: str, *, fits: bool) -> None:
    assert is_file(name) is fits
