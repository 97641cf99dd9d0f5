"""From a document to its shape, with every mistake of form said in plain words at its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from screening.definition import schema
from screening.definition.document import Document, Entries, PlainData, plain_data
from screening.definition.mistakes import Mistake, as_written, did_you_mean
from screening.definition.model import QuestionType
from screening.definition.salvage import Path, salvaged, unreadable_questions

AnyShape = TypeVar("AnyShape", bound=schema.Shape)

_KEYS: dict[str, type[schema.Shape]] = {
    "yes_no": schema.YesNoShape,
    "choice": schema.OptionsShape,
    "choices": schema.OptionsShape,
    "scale": schema.OptionsShape,
    "integer": schema.NumberShape,
    "decimal": schema.NumberShape,
    "weight": schema.BodyShape,
    "height": schema.BodyShape,
    "date": schema.DateShape,
    "text": schema.WordsShape,
    "statement": schema.WordsShape,
    "attestation": schema.WordsShape,
    "medicines": schema.MedicinesShape,
    "list": schema.ListShape,
}
_HOLDERS: tuple[tuple[str, type[schema.Shape]], ...] = (
    ("pages", schema.PageShape),
    ("options", schema.OptionShape),
    ("scores", schema.ScoreShape),
    ("bands", schema.BandShape),
    ("cutoffs", schema.CutoffShape),
    ("flags", schema.FlagShape),
    ("cases", schema.CaseShape),
    ("changes", schema.ChangeShape),
    ("steps", schema.StepShape),
    ("check", schema.CheckShape),
    ("code", schema.CodingShape),
    ("missing", schema.MissingShape),
    ("treatment", schema.TreatmentShape),
    ("sources", schema.SourceShape),
)
_NEEDED = {
    "string_type": "a text (put it in quotes if it looks like a number)",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "list_type": "a list",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "int_from_float": "a whole number",
    "float_type": "a number",
}


MOST_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Shaped(Generic[AnyShape]):
    """A file's shape with what is wrong in its form.

    With mistakes the shape is what could be saved of the file (None: nothing), only to look for more mistakes; of the
    questions at `unreadable` (page, position) nothing but the id is to be believed.
    """

    shape: AnyShape | None
    mistakes: tuple[Mistake, ...] = ()
    unreadable: frozenset[tuple[int, int]] = frozenset()


def shaped(document: Document, shape: type[AnyShape]) -> Shaped[AnyShape]:
    """The file's shape, and every mistake of form."""
    if document.root is None:
        return Shaped(None)
    data: PlainData | None = plain_data(document.root)
    mistakes: dict[object, Mistake] = {}
    unreadable: frozenset[tuple[int, int]] = frozenset()
    for _ in range(MOST_ROUNDS):
        try:
            return Shaped(shape.model_validate(data), tuple(mistakes.values()), unreadable)
        except ValidationError as error:
            details = error.errors(include_url=False)
        for detail in details:
            if _was_taken_out(document, detail) or _other_was_meant(detail):
                continue
            mistake = _mistake(document, shape, detail)
            thing = _thing(mistake, detail)
            # Where a whole number or any would do, the second is what is needed.
            if thing not in mistakes or detail["type"] == "float_type":
                mistakes[thing] = mistake
        refused = [_refused(document, detail) for detail in details]
        unreadable |= unreadable_questions(refused)
        data = salvaged(data, refused)
        if data is None:
            break
    return Shaped(None, tuple(mistakes.values()), unreadable)


def _was_taken_out(document: Document, detail: ErrorDetails) -> bool:
    """Whether a key is missing only because what stands there was refused before."""
    return detail["type"] == "missing" and _located(document, detail["loc"])[-1:] == (detail["loc"][-1],)


def _other_was_meant(detail: ErrorDetails) -> bool:
    """Whether a word is asked for where a mapping would do too and one is written: what is wrong in it is said."""
    in_union = any(str(step).startswith("literal[") for step in detail["loc"][-1:])
    return detail["type"] == "literal_error" and in_union and isinstance(detail["input"], dict)


def _refused(document: Document, detail: ErrorDetails) -> tuple[Path, bool]:
    """The path of what does not fit, and whether it is a key that is missing."""
    location = _located(document, detail["loc"])
    if detail["type"] == "missing":
        return (*location, str(detail["loc"][-1])), True
    return location, False


def _thing(mistake: Mistake, detail: ErrorDetails) -> object:
    """What a mistake is about: alternatives of one union complain once, together."""
    path = _path(detail["loc"])
    return (path, mistake.sentence) if detail["type"] in ("extra_forbidden", "missing") else path


def _path(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The path in the file: pydantic's own names of union members are left out."""
    kept: list[int | str] = []
    for step in location:
        if isinstance(step, str) and (step in _UNION_NAMES or "[" in step) and kept:
            continue
        kept.append(step)
    return tuple(kept)


_UNION_NAMES = {*_KEYS, "str", "int", "float", "constrained-str", "literal"} - {"date", "text", "list"}


def _mistake(document: Document, shape: type[schema.Shape], detail: ErrorDetails) -> Mistake:
    location = _located(document, detail["loc"])
    place = document.place((*location, "type") if detail["type"] == "union_tag_invalid" else location)
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        known = _known_keys(document, shape, location[:-1])
        return Mistake(place, f"There is no key {key} here.{did_you_mean(key, known)}")
    if detail["type"] == "missing":
        return Mistake(document.place(location), f"The key {key} is missing here.")
    name = next((str(step) for step in reversed(location) if isinstance(step, str)), "This")
    return Mistake(place, _sentence(name, detail))


def _located(document: Document, location: Path) -> Path:
    """The part of a location that exists in the document, so that names of union members fall out of it."""
    path: list[int | str] = []
    for position, step in enumerate(location):
        member = path[-2:-1] == ["questions"] and step in _KEYS and position < len(location) - 1
        if not member and document.node((*path, step)) is not None:
            path.append(step)
    return tuple(path)


def _sentence(name: str, detail: ErrorDetails) -> str:
    kind, context = detail["type"], cast(Mapping[str, object], detail.get("ctx", {}))
    if kind in _NEEDED:
        return f"{name} must be {_NEEDED[kind]}."
    match kind:
        case "literal_error":
            return _not_among(name, detail, str(context.get("expected", "")))
        case "union_tag_invalid":
            given = str(context.get("tag", ""))
            if given in tuple(QuestionType):
                return f"A row holds no {given}."
            return f"There is no question type {given}.{did_you_mean(given, QuestionType)}"
        case "union_tag_not_found":
            return "The key type is missing here."
        case "string_pattern_mismatch":
            form = _PATTERNS.get(str(context.get("pattern")), "see the guide")
            return f"{name} is not written as it should be: {form}."
        case "string_too_long":
            return f"{name} is longer than {context.get('max_length')} characters."
        case "string_too_short":
            return f"{name} is empty."
        case "too_long":
            return f"{name} has more than {context.get('max_length')} entries."
        case "too_short":
            least = context.get("min_length")
            return f"{name} needs at least {'one entry' if least == 1 else f'{least} entries'}."
        case "greater_than_equal":
            return f"{name} must be {context.get('ge'):,.10g} or more."
        case "less_than_equal":
            return f"{name} must be {context.get('le'):,.10g} or less."
        case _:
            return f"{name} does not fit: {detail['msg']}."


_PATTERNS = {
    r"^[a-z][a-z0-9_]{0,59}$": "small letters, digits and _, starting with a letter",
    r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$": "a product, or product.route, or otherwise",
    r"^\d{4}-\d{2}-\d{2}$": "a date such as 2026-10-18",
    r"^[1-9]\d{0,2} (day|week|month|year)s?$": "a time such as 6 months",
    r"^https?://[^\s<>\"']+$": "an address that starts with https://",
}


def _not_among(name: str, detail: ErrorDetails, expected: str) -> str:
    given = as_written(detail["input"])[:60]
    known = [word.strip("'").replace("True", "true") for word in expected.replace(" or ", ", ").split(", ")]
    return f"{name} cannot be {given}.{did_you_mean(given, known)} Known: {', '.join(known)}."


def _known_keys(document: Document, shape: type[schema.Shape], path: tuple[int | str, ...]) -> list[str]:
    """The keys that may stand in the mapping at a path."""
    owner: type[schema.Shape] = shape
    for step in path:
        owner = next((held for holder, held in _HOLDERS if holder == step), owner)
    node = document.node(path)
    if "questions" in path and isinstance(node, Entries) and owner in (shape, schema.PageShape):
        written = node.nodes.get("type")
        owner = _KEYS.get(str(plain_data(written)) if written else "", schema.YesNoShape)
    return [field.alias or name for name, field in owner.model_fields.items()]
