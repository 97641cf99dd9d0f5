"""Python source while it is written, and the constants that it names."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from screening.assessment import arithmetic

TRUE, FALSE = "True", "False"
_NOT = "(not "


@dataclass(slots=True)
class Source:
    """The body of one function: its lines, and what its names stand for."""

    constants: dict[str, object] = field(default_factory=lambda: dict(arithmetic.NAMES))
    lines: list[str] = field(default_factory=list)
    indent: int = 1
    names: int = 0
    tables: dict[tuple[str, Hashable], str] = field(default_factory=dict)

    def line(self, text: str) -> None:
        """Writes one statement."""
        self.lines.append("    " * self.indent + text)

    def name(self) -> str:
        """A variable name that was not used before."""
        self.names += 1
        return f"t{self.names}"

    def constant(self, name: str, value: object) -> str:
        """The name of a constant, kept under that name."""
        self.constants.setdefault(name, value)
        return name

    def shared(self, letter: str, same: Hashable, value: object) -> str:
        """The name of a table; those of one letter that have the `same` in common are one."""
        if (letter, same) not in self.tables:
            self.tables[letter, same] = self.constant(f"{letter}{len(self.tables)}", value)
        return self.tables[letter, same]


def joined(word: str, sides: Iterable[str]) -> str:
    """The sides joined by `and` or `or`, without those that decide nothing."""
    neutral, decisive = (TRUE, FALSE) if word == "and" else (FALSE, TRUE)
    kept = [side for side in sides if side != neutral]
    if decisive in kept:
        return decisive
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else f"({f' {word} '.join(kept)})"


def denied(side: str) -> str:
    """The opposite of a side, which is only ever asked whether it holds."""
    if side.startswith(_NOT):
        return side[len(_NOT) : -1]
    return {TRUE: FALSE, FALSE: TRUE}.get(side, f"{_NOT}{side})")
