"""The JSON Schema for editors knows the keys that files have, and refuses others, as reading does."""

import json
from typing import Any

import pytest

from screening.definition.document import plain_data, read_document
from screening.definition.model import QuestionType
from screening.definition.schema import json_schema
from tests.assessment import shipped

SCHEMA = json_schema()
DEFINED: dict[str, Any] = SCHEMA["$defs"]
FILES = [name for name in shipped.files() if name.endswith(".yaml") and not name.startswith("locale/")]


def fits(value: Any, schema: dict[str, Any]) -> bool:  # noqa: ANN401 - any JSON
    """Whether plain data has the keys, types and words that a schema asks for."""
    match schema:
        case {"$ref": str(reference)}:
            return fits(value, DEFINED[reference.rpartition("/")[2]])
        case {"anyOf": choices} | {"oneOf": choices}:
            return any(fits(value, choice) for choice in choices)
        case {"enum": words}:
            return value in words
        case {"const": word}:
            return bool(value == word)
        case {"type": "array"}:
            return isinstance(value, list) and all(fits(item, schema["items"]) for item in value)
        case {"type": "object", "properties": known}:
            return (
                isinstance(value, dict)
                and set(schema.get("required", ())) <= set(value) <= set(known)
                and all(fits(inner, known[key]) for key, inner in value.items())
            )
        case {"type": "object"}:
            return isinstance(value, dict)
        case {"type": kind}:
            return isinstance(
                value, {"string": str, "integer": int, "boolean": bool, "null": type(None)}.get(kind, float | int)
            )
        case _:
            return True


@pytest.mark.parametrize("file", FILES)
def test_every_shipped_file_fits(file: str) -> None:
    assert fits(plain_data(read_document(file, shipped.files()[file]).root), SCHEMA)


def test_a_key_that_is_not_known_does_not_fit() -> None:
    data = plain_data(read_document("", shipped.files()["about_you.yaml"]).root)
    assert isinstance(data, dict)

    assert not fits({**data, "abuot": "About"}, SCHEMA)
    assert not fits({key: value for key, value in data.items() if key != "title"}, SCHEMA)


def test_every_object_refuses_keys_it_does_not_know() -> None:
    assert [name for name, shape in DEFINED.items() if shape.get("additionalProperties") is not False] == []


def test_every_question_type_has_its_shape() -> None:
    text = json.dumps(DEFINED)

    assert [kind.value for kind in QuestionType if f'"{kind.value}"' not in text] == []


def test_keys_are_named_as_files_write_them() -> None:
    assert {"that", "else"} == set(DEFINED["CheckShape"]["properties"])
    assert {"from", "label"} == set(DEFINED["BandShape"]["properties"])
