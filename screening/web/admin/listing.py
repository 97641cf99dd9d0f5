"""A definition's text as it is shown: numbered lines, coloured a little, with each mistake under its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from screening.definition.mistakes import Mistake

AROUND = 3

_LINE = re.compile(
    r"(?P<indent>\s*(?:- +)*\{?)"
    r"(?:(?P<key>[A-Za-z_][\w.-]*)(?P<colon>:)(?=\s|$))?"
    r"(?P<value>.*?)"
    r"(?P<comment>(?:^|(?<=\s))#.*)?$"
)
_WORD = re.compile(r"[\w.-]+|.")


class Kind(StrEnum):
    """How a piece of text is coloured; the value is the class in the style sheet."""

    PLAIN = ""
    KEY = "key"
    VALUE = "value"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a line; `wrong` where a mistake points at it."""

    text: str
    kind: Kind = Kind.PLAIN
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text, counted from 1, and what is wrong in it."""

    number: int
    pieces: tuple[Piece, ...]
    mistakes: tuple[Mistake, ...] = ()


def listing(text: str, mistakes: Iterable[Mistake] = ()) -> tuple[Line, ...]:
    """All lines of a text, each with its mistakes; a mistake beyond the end stands at the last line."""
    rows = _rows(text)
    return _lines(rows, range(len(rows)), _by_row(rows, mistakes))


def excerpts(text: str, mistakes: Iterable[Mistake], around: int = AROUND) -> tuple[tuple[Line, ...], ...]:
    """The lines with mistakes and a few lines around them, in runs of neighbouring lines."""
    rows = _rows(text)
    by_row = _by_row(rows, mistakes)
    runs: list[tuple[int, int]] = []
    for row in sorted(by_row):
        first, last = max(row - around, 0), min(row + around, len(rows) - 1)
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return tuple(_lines(rows, range(first, last + 1), by_row) for first, last in runs)


def _rows(text: str) -> list[str]:
    rows = text.split("\n")
    return rows[:-1] if rows[-1] == "" and len(rows) > 1 else rows


def _by_row(rows: list[str], mistakes: Iterable[Mistake]) -> dict[int, list[Mistake]]:
    by_row: dict[int, list[Mistake]] = {}
    for mistake in mistakes:
        by_row.setdefault(min(max(mistake.place.line, 1), len(rows)) - 1, []).append(mistake)
    return by_row


def _lines(rows: list[str], wanted: range, by_row: Mapping[int, list[Mistake]]) -> tuple[Line, ...]:
    return tuple(
        Line(row + 1, tuple(_pieces(rows[row], by_row.get(row, []))), tuple(by_row.get(row, ()))) for row in wanted
    )


def _pieces(row: str, mistakes: list[Mistake]) -> Iterator[Piece]:
    columns = sorted({mistake.place.column - 1 for mistake in mistakes})
    start = 0
    for piece in _coloured(row):
        end = start + len(piece.text)
        yield from _marked(piece, [column - start for column in columns if start <= column < end])
        start = end


def _coloured(row: str) -> Iterator[Piece]:
    found = _LINE.match(row)
    if found is None:
        yield Piece(row)
        return
    key = found["key"]
    kinds = {"indent": Kind.PLAIN, "key": Kind.KEY, "colon": Kind.PLAIN, "value": Kind.VALUE if key else Kind.PLAIN}
    for name, kind in (*kinds.items(), ("comment", Kind.COMMENT)):
        if part := found[name]:
            yield Piece(part, kind)


def _marked(piece: Piece, columns: list[int]) -> Iterator[Piece]:
    """The piece cut so that the word at each column stands alone and is marked wrong."""
    done = 0
    for column in columns:
        word = _WORD.match(piece.text, column)
        if word is None or column < done:
            continue
        if column > done:
            yield Piece(piece.text[done:column], piece.kind)
        yield Piece(word.group(), piece.kind, wrong=True)
        done = word.end()
    if done < len(piece.text):
        yield Piece(piece.text[done:], piece.kind)
