"""Libraries that were read once and are kept at hand; an edition never changes, so neither does what was read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from screening.definition.model import Library, Plan

Kept = TypeVar("Kept")


class _Row(Generic[Kept]):
    """The values used last, up to `room` of them."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """The value for the key, made where it is not at hand. Two threads may both make it; both are right."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        value = make()
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._room:
                self._kept.popitem(last=False)
        return value


class Shelf:
    """Libraries by edition and language, and plans by edition, language and pathway."""

    def __init__(self, room: int = 16) -> None:
        self.libraries: _Row[Library] = _Row(room)
        self.plans: _Row[Plan] = _Row(8 * room)
        self.wordings: _Row[str] = _Row(64 * room)
