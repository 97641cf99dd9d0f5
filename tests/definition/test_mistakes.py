"""A mistake is a sentence at a place, in the words that the file uses."""

from typing import Annotated

import pytest
from pydantic import Field

from screening.definition.document import read_document
from screening.definition.mistakes import Mistake, Severity, as_written, did_you_mean, nearest
from screening.definition.model import Place
from screening.definition.schema import Shape
from screening.definition.shaping import shaped


def test_a_mistake_reads_as_one_line_and_may_be_shown_at_another_path() -> None:
    mistake = Mistake(Place("a.yaml", 3, 5), "It is late.", Severity.WARNING)

    assert str(mistake) == "a.yaml:3:5: warning: It is late."
    assert str(mistake.at("/here/a.yaml")) == "/here/a.yaml:3:5: warning: It is late."


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, "nothing"), (True, "true"), (1.5, "1.5"), ("no", "no"), (["a", False], "[a, false]"), ({"a": 1}, "{a: 1}")],
)
def test_values_are_named_as_a_file_writes_them(value: object, written: str) -> None:
    assert as_written(value) == written


def test_the_nearest_name_is_offered_only_where_one_is_near() -> None:
    assert nearest("huors", ["hours", "minutes"]) == "hours"
    assert did_you_mean("huors", ["hours"]) == " Did you mean hours?"
    assert did_you_mean("xyz", ["hours"]) == did_you_mean("hours", []) == ""


class EvenShape(Shape):
    """A shape with a rule that no definition has yet."""

    number: Annotated[int, Field(multiple_of=2)]


def test_a_rule_without_a_sentence_of_its_own_is_told_all_the_same() -> None:
    (mistake,) = shaped(read_document("a.yaml", b"number: 3\n"), EvenShape).mistakes

    assert mistake.sentence == "number does not fit: Input should be a multiple of 2."
