"""A text is shown line by line, each mistake under its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.definition.mistakes import Mistake
from screening.definition.model import Place
from screening.web.admin.listing import Kind, excerpts, listing


def mistake(line: int, column: int = 1) -> Mistake:
    return Mistake(Place("heart.yaml", line, column), f"Something is wrong on line {line}.")


@given(st.text(st.characters(exclude_characters="\r"), max_size=200), st.integers(0, 9), st.integers(0, 30))
def test_a_listing_is_the_text_again_whatever_is_wrong_in_it(text: str, line: int, column: int) -> None:
    lines = listing(text, [mistake(line, column)])

    shown = "\n".join("".join(piece.text for piece in line.pieces) for line in lines)
    assert shown == (text.removesuffix("\n") if text != "\n" else "")
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert sum(len(line.mistakes) for line in lines) == 1


@pytest.mark.parametrize(
    ("row", "pieces"),
    [
        ("title: Your heart", [("title", Kind.KEY), (":", Kind.PLAIN), (" Your heart", Kind.VALUE)]),
        ("  - id: pain", [("  - ", Kind.PLAIN), ("id", Kind.KEY), (":", Kind.PLAIN), (" pain", Kind.VALUE)]),
        ("# a note", [("# a note", Kind.COMMENT)]),
        (
            "when: pain # a note",
            [("when", Kind.KEY), (":", Kind.PLAIN), (" pain ", Kind.VALUE), ("# a note", Kind.COMMENT)],
        ),
        ("just words", [("just words", Kind.PLAIN)]),
        ("url: https://x.example/#a", [("url", Kind.KEY), (":", Kind.PLAIN), (" https://x.example/#a", Kind.VALUE)]),
    ],
)
def test_keys_values_and_comments_are_told_apart(row: str, pieces: list[tuple[str, Kind]]) -> None:
    (line,) = listing(row)

    assert [(piece.text, piece.kind) for piece in line.pieces] == pieces


def test_the_word_that_a_mistake_points_at_is_marked() -> None:
    (line,) = listing("when: bp_dyastolic > 90", [mistake(1, 7)])

    assert [piece.text for piece in line.pieces if piece.wrong] == ["bp_dyastolic"]


def test_excerpts_show_a_few_lines_around_each_mistake_and_join_neighbours() -> None:
    runs = excerpts("\n".join("abcdefghijklmnopqrstuvwxyz"), [mistake(22), mistake(5), mistake(9), mistake(90)])

    assert [(run[0].number, run[-1].number) for run in runs] == [(2, 12), (19, 26)]
    assert [line.number for run in runs for line in run if line.mistakes] == [5, 9, 22, 26]


def test_without_mistakes_there_are_no_excerpts() -> None:
    assert excerpts("a\nb\n", []) == ()
