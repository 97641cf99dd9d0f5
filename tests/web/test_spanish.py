"""The pages that patients see, in Spanish: nothing of them is left in English, and the language keeps the place."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from flask import render_template_string

from screening.definition.model import Audience
from screening.definition.translation import in_language
from screening.records import intakes
from screening.records.definitions import library_for
from screening.records.responses import wording
from screening.records.staff import Role
from screening.web.forms.page import PageForm
from screening.web.language import LOCALE

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

ROOT = Path(__file__).parents[2]
CATALOGUE = LOCALE / "es" / "LC_MESSAGES" / "messages.po"

# Words that are the same in both languages.
SAME = {"Error:", "No"}

ENGLISH = re.compile(
    r"\b(the|and|you|your|of|with|have|this|for|not|are|was|is|any|when|what|or|to|date|type|write|choose)\b",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(r"%\(\w+\)s")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def words_of_pages(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the pages say today, taken out of them as `make catalogues` does."""
    template = tmp_path_factory.mktemp("words") / "messages.pot"
    extract = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract"]
    subprocess.run([*extract, "-F", "babel.cfg", "-k", "AnswerError", "-o", template, "."], cwd=ROOT, check=True)
    with template.open("rb") as file:
        return read_po(file)


def texts(message: Message) -> list[tuple[str, str]]:
    """The pairs of a message: one, or one for one thing and one for several."""
    said = message.string if isinstance(message.string, tuple | list) else (message.string,)
    asked = message.id if isinstance(message.id, tuple | list) else (message.id,)
    return [(str(english), spanish or "") for english, spanish in zip(asked, said, strict=True)]


def test_every_word_of_the_pages_is_translated(catalogue: Catalog, words_of_pages: Catalog) -> None:
    missing = [message.id for message in words_of_pages if message.id and message.id not in catalogue]
    left_over = [message.id for message in catalogue if message.id and message.id not in words_of_pages]
    unsaid = [m.id for m in catalogue if m.id and (m.fuzzy or not all(said for _, said in texts(m)))]
    assert (missing, left_over, unsaid) == ([], [], [])
    assert not catalogue.obsolete


def test_what_is_compiled_is_what_is_written(catalogue: Catalog) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    read = read_mo(BytesIO(CATALOGUE.with_suffix(".mo").read_bytes()))
    expected = read_mo(BytesIO(compiled.getvalue()))
    assert [(m.id, m.string) for m in read if m.id] == [(m.id, m.string) for m in expected if m.id]


def test_what_is_filled_in_has_the_same_names(catalogue: Catalog) -> None:
    for message in catalogue:
        for english, spanish in texts(message) if message.id else ():
            assert set(PLACEHOLDER.findall(spanish)) == set(PLACEHOLDER.findall(english)), english


def test_no_english_is_left_by_accident(catalogue: Catalog) -> None:
    for message in catalogue:
        for english, spanish in texts(message) if message.id else ():
            assert spanish != english or spanish in SAME
            assert not ENGLISH.search(PLACEHOLDER.sub("", spanish)), spanish


def visible(page: str) -> str:
    """What a reader of the page sees or hears, without names and the other language's own."""
    page = page.replace("Lakeside Clinic", "").replace("Rosa Alvarez", "")
    page = re.sub(r"<a[^>]*hreflang=.*?</a>|<script.*?</script>|<style.*?</style>", "", page, flags=re.DOTALL)
    heard = re.findall(r'aria-label="([^"]*)"', page)
    return unescape(re.sub(r"<[^>]*>", " ", page) + " ".join(heard))


def spoken(page: str) -> str:
    """The visible text of a Spanish page, after a look for English in it."""
    assert '<html lang="es">' in page
    text = visible(page)
    assert not ENGLISH.search(text), ENGLISH.findall(text)
    return text


@pytest.fixture
def patient(site: Site) -> Browser:
    """A patient who has chosen Spanish before opening the link."""
    browser = site.browser()
    browser.get("/language/es")
    path = f"/i/{site.invite()}"
    spoken(browser.get(path).text)
    spoken(browser.post(path, born("date_of_birth", 1972)).text)
    return browser


def born(name: str, year: int) -> dict[str, object]:
    return {f"{name}-month": 3, f"{name}-day": 14, f"{name}-year": year}


@pytest.mark.parametrize(
    "path", ["/", "/start/ketamine-oral", "/help", "/privacy", "/later", "/return", "/i/unknown", "/unknown"]
)
def test_public_pages_and_errors_speak_spanish(site: Site, path: str) -> None:
    page = site.browser().client.get(path, headers={"Accept-Language": "es-MX, en;q=0.5"})
    spoken(page.text)


@pytest.mark.parametrize(
    "path", ["/intake", "/intake/about-you/you", "/intake/about-you/answers", "/intake/copy", "/intake/withdrawal"]
)
def test_the_patients_own_pages_speak_spanish(patient: Browser, path: str) -> None:
    page = patient.get(path)
    assert page.status_code == 200
    spoken(page.text)


def test_every_question_is_asked_in_spanish(site: Site) -> None:
    with site.database.session(reading=True) as db:
        library = in_language(library_for(db), "es")
    for form in library.questionnaires.values():
        if form.audience is not Audience.PATIENT:
            continue
        for page in form.pages:
            with site.app.test_request_context("/", headers={"Accept-Language": "es"}):
                fields = PageForm(page.questions, {}, site.clock().date())
                shown = render_template_string(QUESTIONS, form=fields)
                assert not ENGLISH.search(visible(shown)), f"{form.id}/{page.id}"
                assert not fields.validate() or not any(q.required and q.has_answer for q in page.questions)
                for _field, problem in fields.problems():
                    assert not ENGLISH.search(problem.message), problem.message


QUESTIONS = '{% from "components/question.html" import questions %}{{ questions(form) }}'


@pytest.mark.parametrize(
    ("page", "typed", "said"),
    [
        ("about-you/you", born("date_of_birth", 1700), "Por favor revise el año"),
        ("about-you/you", born("date_of_birth", 2099), "Esta fecha está en el futuro"),
        ("about-you/you", {"weight-lb": "3"}, "Escriba un peso de 67 a 771 libras, o de 30 a 350 kilos"),
        ("about-you/you", {"height-cm": "tall"}, "Escriba el número solo con cifras, como 12 o 12.5"),
        ("about-you/you", {"height-cm": "9"}, "Escriba una estatura de 3 pies 4 pulgadas a 8 pies 2 pulgadas"),
        ("medications/your-medicines", {}, "Agregue sus medicinas, o elija “No tomo medicinas”"),
        ("practical/treatment-day", {}, "Elija una respuesta, o elija “No lo sé”"),
        ("medical-history/anything-else", {"other_health": "x" * 2001}, "Escriba como máximo 2,000 caracteres."),
    ],
)
def test_what_is_wrong_is_said_in_spanish(patient: Browser, page: str, typed: dict[str, object], said: str) -> None:
    patient.get(f"/intake/{page}")
    answer = patient.post(f"/intake/{page}", typed)
    assert answer.status_code == 422
    assert said in spoken(answer.text)


def test_a_failed_check_is_said_in_spanish(patient: Browser) -> None:
    address = "/intake/cardiovascular-risk/blood-pressure"
    patient.get(address)
    patient.post(address, {"hypertension": "yes", "bp_known": "yes", "bp_brain_effects": "no"})
    answer = patient.post(f"{address}.1", {"bp_systolic": "100", "bp_diastolic": "120"})
    assert "El número más alto debe ser mayor que el más bajo." in spoken(answer.text)


def test_answers_are_shown_in_spanish_and_kept_with_the_spanish_wording(site: Site) -> None:
    token = site.invite()
    patient = site.patient(token)
    patient.get("/language/es")
    address = "/intake/about-you/you"
    patient.get(address)
    you = {"sex_at_birth": "male", "height-ft": "5", "height-in": "9", "weight-unknown": "?declined"}
    patient.post(address, born("date_of_birth", 1972) | you)
    medicines = {"medicines-rows": "1", "medicines-0-name": "lisinopril", "medicines-0-how_often": "daily"}
    patient.post("/intake/medications/your-medicines", medicines)

    shown = spoken(patient.get("/intake/about-you/answers").text)
    for said in ("14 de marzo de 1972", "Masculino", "175.2 cm (5 pies 9 pulgadas)", "“Prefiero no decirlo”"):
        assert said in shown
    assert "lisinopril todos los días" in spoken(patient.get("/intake/medications/answers").text)
    with site.database.session(reading=True) as db:
        intake = site.intake(token)
        kept = intakes.history(db, intake)[0]
        english, spanish = (wording(db, intake, "about_you", "you", language) for language in ("en", "es"))
        assert (kept.questionnaire, kept.page, kept.language) == ("about_you", "you", "es")
        assert kept.wording == spanish != english


def test_an_emergency_leads_to_help_in_spanish(patient: Browser) -> None:
    patient.get("/intake/cardiovascular-risk/right-now")
    help_now = patient.post("/intake/cardiovascular-risk/right-now", {"symptoms_now": "chest_pain"})
    said = spoken(help_now.text)
    assert patient.url == "/help"
    assert "Llamar al 911" in said
    assert "oprima el 2" in said
    assert "AYUDA" in said


def test_the_switch_keeps_the_place_and_the_answers(site: Site) -> None:
    patient = site.patient()
    page = patient.get("/intake/cardiovascular-risk/right-now")
    patient.post("/intake/cardiovascular-risk/right-now", {"symptoms_now": "none"})
    found = re.search(r'href="([^"]+)" lang="es" hreflang="es">Español<', page.text)
    assert found
    switched = patient.get(unescape(found[1]))
    assert patient.url == "/intake/cardiovascular-risk/right-now"
    assert "Nada de esto" in spoken(switched.text)
    assert re.search(r'value="none" checked', switched.text)
    assert '<html lang="en">' in patient.get("/language/en?to=/intake").text


def test_staff_pages_are_english_whatever_the_browser_asks_for(site: Site) -> None:
    staff = site.member(Role.CLINICIAN)
    staff.get("/language/es")
    for path in ("/account", "/sign-in"):
        assert '<html lang="en">' in staff.client.get(path, headers={"Accept-Language": "es"}).text


def test_a_refusal_without_a_translation_is_not_said_in_english(site: Site) -> None:
    token = site.invite()
    locked = site.browser()
    locked.get("/language/es")
    locked.get(f"/i/{token}")
    for _ in range(12):
        answer = locked.post(f"/i/{token}", born("date_of_birth", 1999))
        spoken(answer.text)
    assert answer.status_code == 429
    assert "Este enlace se bloqueó" in answer.text
