"""The pages, scores and flags of a questionnaire's text with their lines, even while the text has mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from screening.definition.document import Document, Entries, Items, Node, Scalar, read_document
from screening.definition.model import Tier

_TIERS = {tier.word: tier for tier in Tier}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a definition holds; `tier` is the gravest of a flag's tiers."""

    id: str
    title: str
    line: int
    tier: Tier | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """What a definition holds, in the order of its text."""

    pages: tuple[Entry, ...] = ()
    scores: tuple[Entry, ...] = ()
    flags: tuple[Entry, ...] = ()
    cases: int = 0

    def __bool__(self) -> bool:
        return bool(self.pages or self.scores or self.flags)


def outline_of(file: str, text: str) -> Outline:
    """The outline of a text; empty where it is not YAML, or holds nothing of the kind."""
    document = read_document(file, text.encode("utf-8", "replace"))
    if not isinstance(document.root, Entries):
        return Outline()
    return Outline(
        pages=tuple(_entries(document, "pages")),
        scores=tuple(_entries(document, "scores")),
        flags=tuple(_entries(document, "flags")),
        cases=len(_items(document, "cases")),
    )


def _items(document: Document, key: str) -> list[Node]:
    node = document.node((key,))
    return node.nodes if isinstance(node, Items) else []


def _entries(document: Document, key: str) -> Iterator[Entry]:
    for node in _items(document, key):
        if isinstance(node, Entries) and (id_ := _text(node, "id")):
            yield Entry(id_, _text(node, "title") or id_, node.place.line, _gravest(node.nodes.get("tier")))


def _text(entries: Entries, key: str) -> str:
    node = entries.nodes.get(key)
    return str(node.value) if isinstance(node, Scalar) else ""


def _gravest(node: Node | None) -> Tier | None:
    match node:
        case Scalar():
            return _TIERS.get(str(node.value))
        case Entries():
            return max((tier for tier in map(_gravest, node.nodes.values()) if tier), default=None)
        case _:
            return None
