"""What can still be read of a file with mistakes of form, so that its other mistakes are found in the same run.

Whatever does not fit is taken out or stands in as a placeholder. The result is only looked at for more mistakes and
never used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from screening.definition.document import PlainData

Path = tuple[int | str, ...]

# What stands in for a key that must be there. Everything else that does not fit is taken out.
_STAND_INS: Mapping[str, PlainData] = {
    "title": "-",
    "text": "-",
    "why": "-",
    "action": "-",
    "label": "-",
    "cites": "-",
    "name": "-",
    "what": "-",
    "else": "-",
    "date": "2000-01-01",
    "audience": "patient",
    "tier": "info",
    "when": "today == today",
    "that": "today == today",
    "value": "0",
    "from": 0,
    "at": 0,
    "range": [0, 1_000_000],
    "sources": [],
    "answers": {},
    "expect": {},
}
UNREADABLE = "unreadable"
_STUB: Mapping[str, PlainData] = {"type": "text", "text": "-"}


def salvaged(data: PlainData, refused: Iterable[tuple[Path, bool]]) -> PlainData | None:
    """A copy of the data with what was refused taken out or stood in for; None where nothing can stand in.

    `refused` holds the path of each value that does not fit, and whether it is a key that is missing.
    """
    kept = _copied(data)
    for path, missing in sorted(refused, key=lambda each: len(each[0]), reverse=True):
        if not _mended(kept, path, missing=missing):
            return None
    return kept


def unreadable_questions(refused: Iterable[tuple[Path, bool]]) -> frozenset[tuple[int, int]]:
    """The page and position of every question in which something was refused: nothing is known of its answers."""
    found: set[tuple[int, int]] = set()
    for path, _ in refused:
        match path[:4]:
            case ("pages", int(page), "questions", int(index)):
                found.add((page, index))
            case _:
                continue
    return frozenset(found)


def _copied(data: PlainData) -> PlainData:
    match data:
        case dict():
            return {key: _copied(value) for key, value in data.items()}
        case list():
            return [_copied(value) for value in data]
        case _:
            return data


def _mended(data: PlainData, path: Path, *, missing: bool) -> bool:
    """Takes one value out, or puts its stand-in there; False where neither makes sense."""
    if not path:
        return False
    parent = _at(data, path[:-1])
    key = path[-1]
    match parent:
        case dict() if isinstance(key, str):
            if key in _STAND_INS:
                parent[key] = _copied(_STAND_INS[key])
            elif key == "id":
                parent[key] = "_".join([UNREADABLE, *(str(step) for step in path if isinstance(step, int))])
            elif missing:
                return False
            else:
                parent.pop(key, None)
            return True
        case list() if isinstance(key, int) and key < len(parent) and len(path) > 1 and path[-2] == "questions":
            was = parent[key]
            name = was.get("id") if isinstance(was, dict) else None
            parent[key] = {"id": name if isinstance(name, str) else f"{UNREADABLE}_{key}", **_STUB}
            return True
        case _:
            return False


def _at(data: PlainData, path: Path) -> PlainData:
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data
