"""Every malformed definition in `broken/` gives the mistakes that its first lines say, at their places, and no more."""

import re
from pathlib import Path

import pytest

from screening.definition.mistakes import DefinitionError, Severity
from screening.definition.reading import check_library, read_library

FOLDER = Path(__file__).parent / "broken"
BROKEN = sorted(FOLDER.glob("*.yaml"))
EXPECT = re.compile(r"^# expect (\d+:\d+ .+)$")
BESIDE = {
    "about_you.yaml": b"""\
questionnaire: about_you
title: About you
audience: patient
pages:
  - id: you
    title: You
    questions: [{id: date_of_birth, type: date, text: When were you born?}]
""",
    "formulary.csv": b"generic,brands,classes,rxcui\nalpha,,rx_a,\n",
}


def expected(path: Path) -> list[str]:
    lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    return [found[1] for line in lines if (found := EXPECT.match(line))]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_malformed_definition_gives_its_mistakes_at_their_places(path: Path) -> None:
    reading = check_library({**BESIDE, path.name: path.read_bytes()})

    assert reading.library is None
    assert {mistake.place.file for mistake in reading.mistakes} == {path.name}
    told = [f"{mistake.place.line}:{mistake.place.column} {mistake.sentence}" for mistake in reading.mistakes]
    assert told == expected(path)
    assert all(mistake.severity is Severity.ERROR for mistake in reading.mistakes)


def test_there_are_many_kinds_of_them() -> None:
    assert len(BROKEN) > 100


def test_an_error_lists_all_mistakes_with_their_places() -> None:
    path = FOLDER / "many_mistakes.yaml"

    with pytest.raises(DefinitionError) as refused:
        read_library({**BESIDE, path.name: path.read_bytes()})

    assert str(refused.value).splitlines() == [
        f"{path.name}:{told.replace(' ', ': error: ', 1)}" for told in expected(path)
    ]
