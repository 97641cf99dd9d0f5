"""A translation takes the place of the texts that it was made from; what is missing, unknown or stale is told."""

import pytest

from screening.definition.reading import check_library, read_library
from screening.definition.translation import in_language, text_hash, texts_of
from tests.assessment import shipped

FORM = """\
questionnaire: sleep
title: Sleep
about: On sleep.
audience: patient
pages:
  - id: nights
    title: Nights
    about: On nights.
    questions:
      - id: hours
        type: integer
        range: [0, 24]
        text: How many hours?
        help: At night.
        check: {that: hours < 20, else: Too many.}
      - {id: bed, type: choice, text: Which bed?, options: [{id: soft, text: Soft}, {id: hard, text: Hard}]}
      - {id: naps, type: list, text: Which naps?, questions: [{id: deep, type: yes_no, text: Deep?, help: By day.}]}
"""
WAY = """\
pathway: way
title: Way
about: On the way.
treatment: {product: ketamine, route: iv}
steps: [{questionnaire: sleep}]
"""
TEXTS = {
    "title": "Sleep",
    "about": "On sleep.",
    "page.nights.title": "Nights",
    "page.nights.about": "On nights.",
    "hours.text": "How many hours?",
    "hours.help": "At night.",
    "hours.check": "Too many.",
    "bed.text": "Which bed?",
    "bed.option.soft": "Soft",
    "bed.option.hard": "Hard",
    "naps.text": "Which naps?",
    "naps.row.deep.text": "Deep?",
    "naps.row.deep.help": "By day.",
}
FILE = "locale/es/sleep.yaml"
STALE = "The text title has changed since it was translated. Check it, then write of: {}."


def overlay(texts: dict[str, str], translates: str = "sleep") -> bytes:
    lines = [f"translates: {translates}", "texts:"]
    lines += [f'  {path}: {{text: "¡{text}!", of: "{text_hash(text)}"}}' for path, text in texts.items()]
    return "\n".join(lines).encode()


def files(**overlays: bytes) -> dict[str, bytes]:
    given = {f"locale/es/{name}.yaml": content for name, content in overlays.items()}
    return {"sleep.yaml": FORM.encode(), "pathways/way.yaml": WAY.encode(), **given}


def told(content: bytes) -> list[str]:
    return [str(mistake) for mistake in check_library(files(sleep=content)).mistakes]


def test_every_text_of_a_patient_has_its_path() -> None:
    assert texts_of(read_library(files()).questionnaires["sleep"]) == TEXTS
    assert texts_of(read_library(files()).pathways["way"]) == {"title": "Way", "about": "On the way."}


def test_a_translation_takes_the_place_of_every_text_and_of_nothing_else() -> None:
    way = {"title": "Way", "about": "On the way."}
    library = read_library(files(sleep=overlay(TEXTS), way=overlay(way, "way")))
    spanish = in_language(library, "es")

    assert texts_of(spanish.questionnaires["sleep"]) == {path: f"¡{text}!" for path, text in TEXTS.items()}
    assert texts_of(spanish.pathways["way"]) == {path: f"¡{text}!" for path, text in way.items()}
    assert spanish.hashes == library.hashes
    check = spanish.questionnaires["sleep"].pages[0].questions[0].check
    assert check is not None
    assert check.that.source == "hours < 20"


def test_the_original_stands_wherever_there_is_no_translation() -> None:
    library = read_library(files(sleep=overlay({"bed.text": "Which bed?"})))

    spanish = in_language(library, "es")

    assert texts_of(spanish.questionnaires["sleep"]) == {**TEXTS, "bed.text": "¡Which bed?!"}
    assert spanish.pathways == library.pathways
    assert in_language(library, "fr").questionnaires == library.questionnaires


def test_a_shipped_translation_is_of_every_text() -> None:
    library = shipped.library()
    for name, found in library.overlays["es"].items():
        definition = library.questionnaires.get(name) or library.pathways[name]
        assert set(found.texts) == set(texts_of(definition)), name


def without(*paths: str) -> dict[str, str]:
    return {path: text for path, text in TEXTS.items() if path not in paths}


MISTAKES = {
    "all there": (overlay(TEXTS), []),
    "one text missing": (overlay(without("about")), [f"{FILE}:2:1: warning: Not translated: about."]),
    "many texts missing": (
        overlay({"title": "Sleep"}),
        [
            f"{FILE}:2:1: warning: Not translated: {', '.join(list(TEXTS)[1:6])} and 7 more.",
        ],
    ),
    "a text that changed since": (
        overlay({**TEXTS, "title": "Slumber"}),
        [
            f"{FILE}:3:3: warning: {STALE.format(text_hash('Sleep'))}",
        ],
    ),
    "a path of nothing": (
        overlay({**TEXTS, "huors.text": "x"}),
        [f"{FILE}:16:3: error: sleep has no text huors.text. Did you mean hours.text?"],
    ),
    "of nothing": (
        overlay(TEXTS, "sleeep"),
        [f"{FILE}:1:1: error: There is no questionnaire or pathway sleeep. Did you mean sleep?"],
    ),
    "HTML": (
        overlay(TEXTS).replace("¡Sleep!".encode(), b"<i>Dormir</i>"),
        [f"{FILE}:3:17: error: Texts hold no HTML. Use **bold**, lists and [links](https://...)."],
    ),
    "no hash": (
        b"translates: sleep\ntexts:\n  title: {text: Dormir}\n",
        [f"{FILE}:3:3: error: The key of is missing here."],
    ),
    "a text alone": (
        b"translates: sleep\ntexts:\n  title: Dormir\n",
        [f"{FILE}:3:3: error: title must be a mapping of keys to values."],
    ),
    "an unknown key": (
        b"translate: sleep\ntexts: {}\n",
        [
            f"{FILE}:1:1: error: The key translates is missing here.",
            f"{FILE}:1:1: error: There is no key translate here. Did you mean translates?",
        ],
    ),
    "no YAML": (b"texts: [\n", [f"{FILE}:2:1: error: This is not YAML: did not find expected node content."]),
}


@pytest.mark.parametrize(("content", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_what_is_wrong_in_a_translation_is_told(content: bytes, said: list[str]) -> None:
    assert told(content) == said


def test_what_is_no_yaml_beside_translations_is_left_alone() -> None:
    assert check_library({**files(), "locale/es/README.md": b"\xff"}).mistakes == ()
