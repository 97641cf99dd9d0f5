"""YAML as a tree of nodes that know their place; the only part that sees text.

YAML 1.2 scalars (`no` is a text), no duplicate keys, no tabs, no tags, bounded size, nesting and expansion of anchors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from screening.definition.mistakes import Mistake
from screening.definition.model import Place

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_NODES = 100_000
MOST_BEFORE_REFUSED = 20

_INTEGER = re.compile(r"[-+]?[0-9]{1,15}\Z")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]{1,15}\.[0-9]{0,15}|\.[0-9]{1,15})(?:[eE][-+]?[0-9]{1,2})?\Z")
_CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]")
_WORDS: dict[str, object] = {"": None, "~": None, "null": None, "true": True, "false": False}

PlainData = None | bool | int | float | str | list["PlainData"] | dict[str, "PlainData"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value; `start` and `end` are the offsets of its raw text in the file."""

    value: bool | int | float | str | None
    place: Place
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list of nodes."""

    place: Place
    nodes: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping of keys to nodes; `keys` holds each key's own place."""

    place: Place
    nodes: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)


Node = Scalar | Items | Entries


class _RefusedError(Exception):
    """Reading stops here: the rest of the file cannot be trusted."""

    def __init__(self, place: Place, sentence: str) -> None:
        super().__init__(sentence)
        self.mistake = Mistake(place, sentence)


@dataclass(frozen=True, slots=True)
class Document:
    """One file as a tree; `root` is None where it could not be read at all."""

    file: str
    text: str
    root: Node | None
    mistakes: tuple[Mistake, ...]

    def place(self, path: tuple[object, ...]) -> Place:
        """The place of what a path of keys and positions leads to; of its nearest parent where it leads nowhere."""
        node, place = self.root, Place(self.file, 1, 1)
        for step in path:
            match node:
                case Entries() if step in node.nodes:
                    place, node = node.keys[str(step)], node.nodes[str(step)]
                case Items() if isinstance(step, int) and 0 <= step < len(node.nodes):
                    node = node.nodes[step]
                    place = node.place
                case _:
                    continue
        return place

    def node(self, path: tuple[object, ...]) -> Node | None:
        """The node at the end of a path, or None."""
        node: Node | None = self.root
        for step in path:
            match node:
                case Entries():
                    node = node.nodes.get(str(step))
                case Items() if isinstance(step, int) and 0 <= step < len(node.nodes):
                    node = node.nodes[step]
                case _:
                    return None
        return node

    def inside(self, scalar: Scalar, offset: int) -> Place:
        """The place of the character at `offset` of a text, wherever quotes and line breaks have put it in the file."""
        value = str(scalar.value)
        wanted = sum(not c.isspace() for c in value[:offset])
        raw = self.text[scalar.start : scalar.end]
        skip = 1 if raw[:1] in "'\"" else raw.find("\n") + 1 if raw[:1] in "|>" else 0
        position = len(raw)
        for index in range(skip, len(raw)):
            if raw[index].isspace():
                continue
            if wanted == 0:
                position = index
                break
            wanted -= 1
        before = self.text[: scalar.start + position]
        line = before.count("\n") + 1
        return Place(self.file, line, len(before) - (before.rfind("\n") + 1) + 1)


def read_document(file: str, content: bytes) -> Document:
    """The file's tree, with every mistake of form that was found."""
    try:
        text = _decoded(file, content)
    except _RefusedError as refused:
        return Document(file, "", None, (refused.mistake,))
    builder = _Builder(file)
    try:
        root = builder.build(text)
    except _RefusedError as refused:
        return Document(file, text, None, (*builder.mistakes[:MOST_BEFORE_REFUSED], refused.mistake))
    except yaml.YAMLError as error:
        return Document(file, text, None, (*builder.mistakes, _not_yaml(file, error)))
    return Document(file, text, root, tuple(builder.mistakes))


def _decoded(file: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _RefusedError(Place(file, 1, 1), f"The file is larger than {MAX_BYTES // 1000} kB. Split it.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = error.start - (before.rfind(b"\n") + 1) + 1
        place = Place(file, before.count(b"\n") + 1, column)
        raise _RefusedError(place, "The file is not UTF-8 text from here on. Save it as UTF-8.") from error
    refused = _CONTROL.search(text)
    if refused:
        before_it = text[: refused.start()]
        place = Place(file, before_it.count("\n") + 1, refused.start() - (before_it.rfind("\n") + 1) + 1)
        tab = refused[0] == "\t"
        raise _RefusedError(place, "There is a tab here. Use spaces." if tab else "There is a control character here.")
    return text


def _not_yaml(file: str, error: yaml.YAMLError) -> Mistake:
    mark = getattr(error, "problem_mark", None)
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    return Mistake(place, f"This is not YAML: {problem}.")


class _Builder:
    """Turns the parser's events into a tree, without recursion, so that depth is a count and not a crash."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.mistakes: list[Mistake] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.open: list[tuple[Items | Entries, str | None, int]] = []
        self.keys: list[tuple[str, Place] | None] = []
        self.nodes = 0
        self.root: Node | None = None

    def build(self, text: str) -> Node | None:
        """The tree of the only document in the text."""
        documents = 0
        for event in _events(text):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _RefusedError(self._place(event), "A second document starts here. Keep one per file.")
            elif isinstance(event, yaml.CollectionStartEvent):
                self._start(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._end()
            elif isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
        if self.root is None:
            raise _RefusedError(Place(self.file, 1, 1), "The file is empty.")
        return self.root

    def _place(self, event: yaml.Event) -> Place:
        line, column, _ = _start(event)
        return Place(self.file, line + 1, column + 1)

    def _count(self, place: Place, more: int) -> None:
        self.nodes += more
        if self.nodes > MAX_NODES:
            raise _RefusedError(
                place, f"The file grows beyond {MAX_NODES} values here (anchors repeat what they name)."
            )

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        place = self._place(event)
        self._count(place, 1)
        if len(self.open) >= MAX_DEPTH:
            raise _RefusedError(place, f"This is nested more than {MAX_DEPTH} deep.")
        self._refuse_tag(event, place)
        node: Items | Entries = Items(place) if isinstance(event, yaml.SequenceStartEvent) else Entries(place)
        if self._is_key():
            raise _RefusedError(place, "A key must be a plain word.")
        self._put(node)
        self.open.append((node, event.anchor, self.nodes))
        self.keys.append(None)

    def _end(self) -> None:
        node, anchor, since = self.open.pop()
        self.keys.pop()
        if anchor:
            self.anchors[anchor] = (node, self.nodes - since + 1)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        place = self._place(event)
        self._count(place, 1)
        self._refuse_tag(event, place)
        if self._is_key():
            self._key(event.value, place)
            return
        value = event.value if event.style else _resolved(event.value)
        scalar = Scalar(value, place, _start(event)[2], _end(event))
        if event.anchor:
            self.anchors[event.anchor] = (scalar, 1)
        self._put(scalar)

    def _alias(self, event: yaml.AliasEvent) -> None:
        place = self._place(event)
        if event.anchor not in self.anchors:
            raise _RefusedError(place, f"*{event.anchor} names nothing that stands complete above it.")
        if self._is_key():
            raise _RefusedError(place, "A key must be a plain word.")
        node, size = self.anchors[event.anchor]
        self._count(place, size)
        self._put(node)

    def _is_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1][0], Entries) and self.keys[-1] is None

    def _key(self, key: str, place: Place) -> None:
        entries = self.open[-1][0]
        if isinstance(entries, Entries) and key in entries.nodes:
            first = entries.keys[key].line
            self.mistakes.append(Mistake(place, f"The key {key} stands twice here, first on line {first}. Keep one."))
        self.keys[-1] = (key, place)

    def _put(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        parent = self.open[-1][0]
        if isinstance(parent, Items):
            parent.nodes.append(node)
            return
        pending = self.keys[-1]
        if pending is not None:
            key, place = pending
            parent.nodes.setdefault(key, node)
            parent.keys.setdefault(key, place)
            self.keys[-1] = None

    def _refuse_tag(self, event: yaml.NodeEvent, place: Place) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            raise _RefusedError(place, f"Tags such as {tag} are not used here.")


def _start(event: yaml.Event) -> tuple[int, int, int]:
    """Line, column and offset at which an event starts, counting from 0; the C parser always gives them."""
    mark = event.start_mark
    return (mark.line, mark.column, mark.index) if mark else (0, 0, 0)


def _end(event: yaml.Event) -> int:
    return event.end_mark.index if event.end_mark else 0


def _events(text: str) -> Iterator[yaml.Event]:
    return iter(yaml.parse(text, Loader=yaml.CSafeLoader))


def _resolved(plain: str) -> bool | int | float | str | None:
    """What an unquoted scalar means in YAML 1.2."""
    if plain in _WORDS:
        word = _WORDS[plain]
        return word if word is None or isinstance(word, bool) else None
    if _INTEGER.match(plain):
        return int(plain)
    if _DECIMAL.match(plain):
        return float(plain)
    return plain


def plain_data(node: Node | None) -> PlainData:
    """The tree without its places, as pydantic reads it."""
    match node:
        case None:
            return None
        case Scalar():
            return node.value
        case Items():
            return [plain_data(item) for item in node.nodes]
        case Entries():
            return {key: plain_data(value) for key, value in node.nodes.items()}
