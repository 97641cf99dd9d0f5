"""Text becomes a tree of values that know their places; what YAML may hold and we do not use is refused."""

import pytest

from screening.definition.document import Document, Entries, Items, PlainData, Scalar, plain_data, read_document
from screening.definition.model import Place

VALUES: dict[str, PlainData] = {
    "no": "no",
    "yes": "yes",
    "on": "on",
    "true": True,
    "false": False,
    "True": "True",
    "null": None,
    "~": None,
    "": None,
    "0": 0,
    "+12": 12,
    "-3": -3,
    "007": 7,
    "0o17": "0o17",
    "0x1f": "0x1f",
    "1_000": "1_000",
    "1.5": 1.5,
    "-.5": -0.5,
    "2.": 2.0,
    "1.5e3": 1500.0,
    "1e5": "1e5",
    ".inf": ".inf",
    ".nan": ".nan",
    "2026-10-18": "2026-10-18",
    "12:30": "12:30",
    "1234567890123456": "1234567890123456",
    "'12'": "12",
    '"true"': "true",
    "a # not said": "a",
}


def read(text: str) -> Document:
    return read_document("a.yaml", text.encode())


def data(text: str) -> PlainData:
    document = read(text)
    assert document.mistakes == ()
    return plain_data(document.root)


@pytest.mark.parametrize(("written", "value"), VALUES.items(), ids=[f"<{written}>" for written in VALUES])
def test_a_word_means_what_yaml_1_2_says(written: str, value: PlainData) -> None:
    found = data(f"key: {written}\n")

    assert found == {"key": value}
    assert isinstance(found, dict)
    assert type(found["key"]) is type(value)


def test_lists_mappings_and_anchors_become_plain_data() -> None:
    text = "a: &all [1, {b: two}]\nc: *all\nd: &word three\ne: *word\n? f\n: |\n  four\n  five\n"

    assert data(text) == {
        "a": [1, {"b": "two"}],
        "c": [1, {"b": "two"}],
        "d": "three",
        "e": "three",
        "f": "four\nfive\n",
    }


def test_a_mark_that_only_says_text_is_no_tag() -> None:
    assert data('a: ! "12"\n') == {"a": "12"}


def test_nothing_is_no_data() -> None:
    assert plain_data(None) is None
    assert plain_data(read("[").root) is None


def test_a_path_leads_to_a_node_and_its_place() -> None:
    document = read("a:\n  - b: 1\n  - [x,\n     y]\n")

    assert isinstance(document.node(()), Entries)
    assert isinstance(document.node(("a", 1)), Items)
    assert document.place(("a",)) == Place("a.yaml", 1, 1)
    assert document.place(("a", 0, "b")) == Place("a.yaml", 2, 5)
    assert document.place(("a", 1, 1)) == Place("a.yaml", 4, 6)


@pytest.mark.parametrize("path", [("b",), ("a", 2), ("a", -1), ("a", "b"), ("a", 0, "c"), ("a", 0, "b", "c")])
def test_a_path_into_nothing_leads_to_the_nearest_place_and_no_node(path: tuple[object, ...]) -> None:
    document = read("a:\n  - b: 1\n  - 2\n")

    assert document.node(path) is None
    assert document.place(path).line in (1, 2)


INSIDE = {
    "plain": ("a: one two\n", 4, (1, 8)),
    "single quotes": ("a: 'one two'\n", 4, (1, 9)),
    "double quotes": ('a: "one two"\n', 0, (1, 5)),
    "over lines": ("a: one\n  two\n", 4, (2, 3)),
    "a literal block": ("a: |\n  one\n  two\n", 4, (3, 3)),
    "a folded block": ("a: >-\n\n  one\n\n  two\n", 4, (5, 3)),
    "the end": ("a: one\n", 3, (1, 7)),
    "beyond the end": ("a: one\n", 99, (1, 7)),
}


@pytest.mark.parametrize(("text", "offset", "place"), INSIDE.values(), ids=INSIDE.keys())
def test_a_character_of_a_text_has_its_place_in_the_file(text: str, offset: int, place: tuple[int, int]) -> None:
    document = read(text)
    scalar = document.node(("a",))
    assert isinstance(scalar, Scalar)

    assert document.inside(scalar, offset) == Place("a.yaml", *place)


HOSTILE = {
    "an alias bomb": (
        "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)),
        "a.yaml:5:45: error: The file grows beyond 100000 values here (anchors repeat what they name).",
    ),
    "a flat list without end": (
        f"[{'x,' * 100_001}]",
        "a.yaml:1:200000: error: The file grows beyond 100000 values here (anchors repeat what they name).",
    ),
    "deep mappings": ("{a: " * 1000, "a.yaml:1:161: error: This is nested more than 40 deep."),
    "deep dashes": ("- " * 1000, "a.yaml:1:81: error: This is nested more than 40 deep."),
    "an unfinished anchor": (
        "a: &\n",
        "a.yaml:1:5: error: This is not YAML: did not find expected alphabetic or numeric character.",
    ),
    "an undefined handle": ("a: !x!y 1\n", "a.yaml:1:4: error: This is not YAML: found undefined tag handle."),
    "a surrogate escaped": (
        'a: "\\uD800"\n',
        "a.yaml:1:7: error: This is not YAML: found invalid Unicode character escape code.",
    ),
    "a bad escape": ('a: "\\q"\n', "a.yaml:1:5: error: This is not YAML: found unknown escape character."),
}


@pytest.mark.parametrize(("text", "said"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_with_a_sentence(text: str, said: str) -> None:
    document = read(text)

    assert document.root is None
    assert [str(mistake) for mistake in document.mistakes] == [said]


def test_of_a_key_that_stands_twice_the_first_counts_and_the_second_is_told() -> None:
    document = read("a: 1\nb: 2\na: 3\n")

    assert plain_data(document.root) == {"a": 1, "b": 2}
    assert [str(mistake) for mistake in document.mistakes] == [
        "a.yaml:3:1: error: The key a stands twice here, first on line 1. Keep one."
    ]
