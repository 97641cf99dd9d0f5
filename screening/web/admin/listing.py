"""A definition's text as it is shown: numbered lines, coloured a little, with each mistake under its line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
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
    rows = text.split("\n")
    if rows[-1] == "" and len(rows) > 1:
        rows.pop()
    by_line: defaultdict[int, list[Mistake]] = defaultdict(list)
    for mistake in mistakes:
        by_line[min(max(mistake.place.line, 1), len(rows))].append(mistake)
    return tuple(
        Line(number, tuple(_pieces(row, by_line[number])), tuple(by_line[number])) for number, row in enumerate(rows, 1)
    )


def excerpts(lines: tuple[Line, ...], around: int = AROUND) -> tuple[tuple[Line, ...], ...]:
    """The lines with mistakes and a few lines around them, in runs of neighbouring lines."""
    runs: list[tuple[int, int]] = []
    for index, line in enumerate(lines):
        if not line.mistakes:
            continue
        first, last = max(index - around, 0), min(index + around, len(lines) - 1)
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return tuple(lines[first : last + 1] for first, last in runs)


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
