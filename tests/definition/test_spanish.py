"""The Spanish of what patients are asked: complete, with the same numbers, and without English left in it."""

from __future__ import annotations

import re

import pytest
from babel.support import Translations

from screening.cli.libraries import installed_files
from screening.definition.model import Audience, Library
from screening.definition.reading import check_library
from screening.definition.translation import in_language, text_hash, texts_of
from screening.web.language import LOCALE

# Words that are the same in both languages.
SAME = {"Alcohol", "No", "Tics"}

# English words that are no Spanish ones; names of products and diseases hold none of them.
ENGLISH = re.compile(r"\b(the|and|you|your|of|with|have|this|for|not|are|was|is|any|when|what)\b", re.IGNORECASE)

# A follow-up of the crisis line in Spanish: the figure to press.
MORE_NUMBERS = {"mental_health.safety_intro.text": {"2"}}

DENIED = re.compile(r"\b(not|no|never|none|nothing|cannot|without)\b|n't\b", re.IGNORECASE)
NEGADO = re.compile(r"\b(no|nunca|ningun[oa]?|ningún|nada|ni|sin)\b", re.IGNORECASE)

# Read one by one: these deny in one language what the other says with a word of its own (hopeless: sin esperanzas).
SAID_OTHERWISE = (
    "mental_health.gad7_5.text",
    "mental_health.pcptsd5_4.text",
    "mental_health.pcptsd5_5.text",
    "mental_health.phq9_2.text",
    "mental_health.phq9_5.text",
    "substance_use.drug_use_count.text",
    "substance_use.sober_since.text",
)

WINDOW = re.compile(r"\b(?:past|last) (?:(\d+) )?(week|month|year)s?\b")
VENTANA = re.compile(r"\búltim[oa]s? (?:(\d+) )?(semana|mes|año)(?:s|es)?\b")
UNITS = {"week": "semana", "month": "mes", "year": "año"}

# The AUDIT-C says "six" in English and 6 in Spanish.
SPELLED = {"six": "6"}


@pytest.fixture(scope="module")
def library() -> Library:
    reading = check_library(installed_files())
    assert reading.library is not None
    return reading.library


def pairs(library: Library) -> dict[str, tuple[str, str]]:
    """Every text that a patient reads, in English and in Spanish."""
    spanish = in_language(library, "es")
    found: dict[str, tuple[str, str]] = {}
    for name, questionnaire in library.questionnaires.items():
        if questionnaire.audience is Audience.PATIENT:
            told = texts_of(spanish.questionnaires[name])
            found |= {f"{name}.{path}": (text, told[path]) for path, text in texts_of(questionnaire).items()}
    for name, pathway in library.pathways.items():
        told = texts_of(spanish.pathways[name])
        found |= {f"{name}.{path}": (text, told[path]) for path, text in texts_of(pathway).items()}
    return found


def test_every_text_is_translated_from_what_stands_there_today() -> None:
    mistakes = [m for m in check_library(installed_files()).mistakes if m.place.file.startswith("locale/")]
    assert [str(mistake) for mistake in mistakes] == []


def test_every_questionnaire_of_patients_and_every_pathway_has_a_translation(library: Library) -> None:
    patients = {name for name, form in library.questionnaires.items() if form.audience is Audience.PATIENT}
    assert set(library.overlays["es"]) == patients | set(library.pathways)


def test_texts_stand_in_the_order_in_which_they_are_read(library: Library) -> None:
    for name, overlay in library.overlays["es"].items():
        definition = library.questionnaires.get(name) or library.pathways[name]
        assert list(overlay.texts) == list(texts_of(definition)), name


def test_no_english_is_left_by_accident(library: Library) -> None:
    for path, (english, spanish) in pairs(library).items():
        assert spanish != english or spanish in SAME, path
        assert not ENGLISH.search(spanish), f"{path}: {spanish}"


def test_numbers_are_the_same_in_both_languages(library: Library) -> None:
    for path, (english, spanish) in pairs(library).items():
        for word, figure in SPELLED.items():
            english = re.sub(rf"\b{word}\b", figure, english)  # noqa: PLW2901
        expected = set(re.findall(r"\d+", english)) | MORE_NUMBERS.get(path, set())
        assert set(re.findall(r"\d+", spanish)) == expected, path


def test_questions_are_questions_in_both_languages(library: Library) -> None:
    published = re.compile(r"mental_health\.(phq9|gad7)_")
    for path, (english, spanish) in pairs(library).items():
        if published.match(path):
            continue
        assert spanish.count("¿") == spanish.count("?") == english.count("?"), path


def test_a_no_stays_a_no_and_a_yes_a_yes(library: Library) -> None:
    for path, (english, spanish) in pairs(library).items():
        for no, yes in ((r"No\b(?! \w)", r"No\b(?! \w)"), (r"Yes\b", r"Sí\b")):
            assert bool(re.match(no, english)) == bool(re.match(yes, spanish)), path


def test_what_is_denied_in_one_language_is_denied_in_the_other(library: Library) -> None:
    found = {
        path
        for path, (english, spanish) in pairs(library).items()
        if bool(DENIED.search(english)) != bool(NEGADO.search(spanish))
    }
    assert found == set(SAID_OTHERWISE)


def test_time_windows_are_the_same_in_both_languages(library: Library) -> None:
    for path, (english, spanish) in pairs(library).items():
        windows = [(number, UNITS[unit]) for number, unit in WINDOW.findall(english)]
        ventanas = [(number, unit) for number, unit in VENTANA.findall(spanish)]
        assert windows == ventanas, path


def test_an_answer_named_in_a_text_is_one_of_the_answers(library: Library) -> None:
    spanish = in_language(library, "es")
    pages = Translations.load(str(LOCALE), ["es"])
    offered = {pages.gettext(text) for text in ("I'm not sure", "I take no medicines")}
    offered |= {o.text for form in spanish.questionnaires.values() for q in form.questions() for o in q.options}
    for path, (_english, text) in pairs(library).items():
        assert set(re.findall("(?:[Ee]lija|eligió) “([^”]+)”", text)) <= offered, path


def test_a_scale_keeps_its_words_wherever_it_is_used(library: Library) -> None:
    told: dict[str, set[str]] = {}
    for path, (english, spanish) in pairs(library).items():
        if re.match(r"mental_health\.(phq9|gad7)_\d\.option", path):
            told.setdefault(english, set()).add(spanish)
    assert told == {
        "Not at all": {"Ningún día"},
        "Several days": {"Varios días"},
        "More than half the days": {"Más de la mitad de los días"},
        "Nearly every day": {"Casi todos los días"},
    }


def test_a_changed_source_text_is_found(library: Library) -> None:
    question = texts_of(library.questionnaires["mental_health"])["si_thoughts.text"]
    files = dict(installed_files())
    changed = question.replace("past month", "past week")
    files["mental_health.yaml"] = files["mental_health.yaml"].replace(question.encode(), changed.encode())
    stale = [str(m) for m in check_library(files).mistakes if "si_thoughts.text" in m.sentence]
    assert len(stale) == 1
    assert text_hash(changed) in stale[0]
