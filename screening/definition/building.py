"""From shapes to definitions: references found, expressions typed, and what a shape alone cannot say checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from screening.definition.document import Document, Entries, Items, Node, Scalar
from screening.definition.meaning import Reading, read_condition, read_number
from screening.definition.mistakes import Mistake, Severity, did_you_mean
from screening.definition.model import Coding, Condition, Place
from screening.definition.names import Names
from screening.definition.schema import CodingShape
from screening.definition.scope import Scope

Path = tuple[int | str, ...]

_EXPRESSION_KEYS = frozenset({"when", "that", "value"})
_HTML = re.compile(r"<\s*[a-zA-Z/!?]")
_NEVER_SHOWN = frozenset({"answers", "expect", "url"})


@dataclass(frozen=True, slots=True)
class Room:
    """Where building stands: the file, the names of its library, and what is wrong so far."""

    document: Document
    names: Names
    scope: Scope
    mistakes: list[Mistake]

    def place(self, path: Path) -> Place:
        """The place of what a path leads to."""
        return self.document.place(path)

    def wrong(self, path: Path, sentence: str, severity: Severity = Severity.ERROR) -> None:
        """Notes a mistake at a path."""
        self.mistakes.append(Mistake(self.place(path), sentence, severity))

    def keys(self, path: Path) -> frozenset[str]:
        """The keys that stand in the mapping at a path."""
        node = self.document.node(path)
        return frozenset(node.nodes) if isinstance(node, Entries) else frozenset()

    def condition(self, path: Path, source: str | None) -> Condition | None:
        """The condition written at a path, or None where there is none or it cannot be read."""
        return None if source is None else self._expression(path, source, read_condition(source, self.scope))

    def number(self, path: Path, source: str) -> Condition | None:
        """The number written at a path, or None where it cannot be read."""
        return self._expression(path, source, read_number(source, self.scope))

    def _expression(self, path: Path, source: str, reading: Reading) -> Condition | None:
        node = self.document.node(path)
        for mistake in reading.mistakes:
            place = self.document.inside(node, mistake.offset) if isinstance(node, Scalar) else self.place(path)
            self.mistakes.append(Mistake(place, mistake.sentence))
        return None if reading.tree is None else Condition(source.strip(), reading.tree, self.place(path))

    def unique(self, path: Path, ids: Iterable[str], what: str) -> None:
        """Notes every id of a list that stands in it before; `path` leads to the list."""
        first: dict[str, int] = {}
        for index, name in enumerate(ids):
            if name in first:
                line = self.place((*path, first[name], "id")).line
                self.wrong((*path, index, "id"), f"The {what} {name} stands twice, first on line {line}.")
            first.setdefault(name, index)

    def known(self, path: Path, name: str, known: Iterable[str], what: str) -> bool:
        """Whether a name is known; notes it where it is not."""
        names = set(known)
        if name not in names:
            self.wrong(path, f"There is no {what} {name}.{did_you_mean(name, names)}")
        return name in names

    def day(self, path: Path, written: str | None) -> str | None:
        """A date as it is written, noted where no calendar has it."""
        if written is not None:
            try:
                date.fromisoformat(written)
            except ValueError:
                self.wrong(path, f"There is no day {written}. Write it as 2026-10-18.")
        return written


def refuse_html(document: Document) -> Iterable[Mistake]:
    """A mistake for every text that holds HTML: texts are Markdown, shown as they are."""
    waiting: list[tuple[Node, bool]] = [(document.root, False)] if document.root else []
    seen: set[int] = set()
    while waiting:
        node, expression = waiting.pop()
        match node:
            case Entries():
                for key, value in node.nodes.items():
                    if key not in _NEVER_SHOWN:
                        waiting.append((value, key in _EXPRESSION_KEYS))
            case Items():
                waiting.extend((item, False) for item in node.nodes)
            case Scalar(value=str(text)) if not expression and id(node) not in seen and _HTML.search(text):
                seen.add(id(node))
                yield Mistake(node.place, "Texts hold no HTML. Use **bold**, lists and [links](https://...).")
            case Scalar():
                continue


def coding(shape: CodingShape | None) -> Coding | None:
    """The code of a shape."""
    return None if shape is None else Coding(shape.system, shape.code)


def frozen(mapping: Mapping[str, object]) -> Mapping[str, object]:
    """A mapping that nobody can change, with lists inside as tuples."""
    return MappingProxyType({key: _frozen_value(value) for key, value in mapping.items()})


def _frozen_value(value: object) -> object:
    match value:
        case dict():
            return frozen(value)
        case list():
            return tuple(_frozen_value(item) for item in value)
        case _:
            return value
