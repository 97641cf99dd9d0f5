"""Questions and scores are settled after what they need, and circles are told one after the other."""

import pytest

from screening.definition.order import in_order, needs
from screening.definition.reading import check_library, read_library

HEAD = (
    "questionnaire: sleep\ntitle: Sleep\naudience: patient\npages:\n  - id: nights\n    title: Nights\n    questions:\n"
)


def form(*questions: tuple[str, str], scores: str = "") -> dict[str, bytes]:
    lines = [f"      - {{id: {name}, type: yes_no, text: Q?, when: {when}}}\n" for name, when in questions]
    return {"sleep.yaml": (HEAD + "".join(lines) + scores).encode()}


def test_what_is_needed_comes_first_and_the_rest_as_written() -> None:
    scores = "scores:\n  - {id: total, title: T, value: count(first)}\n"
    files = form(("first", "third"), ("second", "total > 0"), ("third", "fourth"), ("fourth", "1 > 0"), scores=scores)
    forms = tuple(read_library(files).questionnaires.values())

    keys = [key.removeprefix("sleep.") for key in in_order(forms)]
    assert keys == ["fourth", "third", "first", "total", "second"]
    assert needs(forms)["sleep.second"] == ("sleep.total",)


@pytest.mark.parametrize(("circles", "told"), [(1, 1), (15, 15), (25, 20)])
def test_circles_are_told_one_after_the_other_up_to_twenty(circles: int, told: int) -> None:
    pairs = [(f"a{n}", f"b{n}") for n in range(circles)]
    found = check_library(form(*pairs, *[(b, a) for a, b in pairs])).mistakes

    assert len(found) == told
    assert all("in a circle" in mistake.sentence for mistake in found)
