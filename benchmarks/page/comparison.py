"""A patient's page beside a bare one: the same questions, asked and saved by turns, in one run."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from benchmarks.figures import Figure
from benchmarks.page.bare import create_bare_app
from benchmarks.page.serving import free_port, running, serving
from benchmarks.page.visit import (
    Answered,
    Browser,
    Transport,
    admitted,
    environment,
    in_process,
    invited,
    over_http,
    typed,
)
from screening.config import Settings
from screening.definition.model import Questionnaire
from screening.records.database import Database
from screening.records.definitions import pathway_plan
from screening.web.app import create_app

PAGES = (("mental_health", "phq9"), ("cardiovascular_risk", "blood_vessels"))
PAIRS, WARM = 150, 15
MOST = 2.0
SECOND = 1_000
OK, FOUND = 200, 302


class PageError(Exception):
    """A page was not served or not saved, so that there is nothing to measure."""


class Pair(NamedTuple):
    """Milliseconds of the same step, ours and the bare page's, in the order in which they were taken."""

    ours: list[float]
    bare: list[float]


def figures() -> list[Figure]:
    """What showing and saving a page takes, in this process and through the production server."""
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = environment(folder, "http://127.0.0.1:8000")
        database, token, person = invited(Settings.read(settings))
        patient = Browser(in_process(create_app(Settings.read(settings))))
        admitted(patient, token, person)
        for form, page in PAGES:
            address = f"/intake/{form.replace('_', '-')}/{page.replace('_', '-')}"
            questions = _questions(database, form, page)
            filler = _filler(folder, questions, len(patient.get(address).html))
            bare = Browser(in_process(create_bare_app(folder / "bare.sqlite", questions, filler)))
            found += _figures(f"{page}, {len(questions)} questions", patient, bare, address)
        (folder / "page.json").write_text(json.dumps({"questions": questions, "filler": filler}))
        with _servers(folder) as (ours, theirs):
            patient = Browser(ours)
            admitted(patient, token, person)
            found += _figures(
                f"{page}, {len(questions)} questions, through gunicorn", patient, Browser(theirs), address
            )
        database.close()
    return found


def _figures(what: str, patient: Browser, bare: Browser, address: str) -> list[Figure]:
    shown, saved = Pair([], []), Pair([], [])
    sizes = (0, 0)
    for number in range(PAIRS):
        ours = _step(patient, address, number)
        theirs = _step(bare, "/page", number)
        for pair, which in ((shown, 0), (saved, 1)):
            pair.ours.append(ours[which].seconds * SECOND)
            pair.bare.append(theirs[which].seconds * SECOND)
        sizes = len(ours[0].html), len(theirs[0].html)
    return [
        _figure(f"{action} a page: {what}", pair, f"{sizes[0]:,} and {sizes[1]:,} bytes of HTML")
        for action, pair in (("show", shown), ("save", saved))
    ]


def _step(browser: Browser, path: str, number: int) -> tuple[Answered, Answered]:
    """Shows the page and saves it with something new. Raises: PageError where either fails."""
    page = browser.get(path)
    answer = browser.post(path, typed(page.html, number))
    if page.status != OK or answer.status != FOUND:
        raise PageError(f"{path} answered {page.status} and, saved, {answer.status}:\n{answer.html[:2_000]}")
    return page, answer


def _figure(what: str, pair: Pair, note: str) -> Figure:
    ours, bare = pair.ours[WARM:], pair.bare[WARM:]
    spread = "; ".join(f"{name} quartiles {_quartiles(times)}" for name, times in (("our", ours), ("bare", bare)))
    return Figure(what, median(ours), "ms", "bare Flask page", median(bare), MOST, f"{spread}; {note}")


def _quartiles(times: list[float]) -> str:
    low, _, high = quantiles(times, n=4)
    return f"{low:.2f} to {high:.2f}"


def _questions(database: Database, form: str, page: str) -> list[dict[str, Any]]:
    """The questions of one of our pages that stand on their own, as the bare page takes them."""
    with database.session(reading=True) as db:
        questionnaire: Questionnaire = pathway_plan(db, "ketamine_iv").questionnaire(form)
    return [
        {
            "id": question.id,
            "text": question.text,
            "options": [(option.id, option.text) for option in question.options]
            or ([("yes", "Yes"), ("no", "No")] if question.lowest is None else []),
            "lowest": question.lowest,
            "highest": question.highest,
        }
        for question in questionnaire.page(page).questions
        if question.has_answer and question.when is None
    ]


def _filler(folder: Path, questions: list[dict[str, Any]], size: int) -> str:
    """Text that makes the bare page as long as ours."""
    bare = Browser(in_process(create_bare_app(folder / "size.sqlite", questions)))
    return "Words. " * max(0, (size - len(bare.get("/page").html)) // len("Words. "))


@contextmanager
def _servers(folder: Path) -> Iterator[tuple[Transport, Transport]]:
    """Both applications behind gunicorn, one worker each."""
    ports = free_port(), free_port()
    ours = environment(folder, f"http://127.0.0.1:{ports[0]}")
    theirs = {"BARE_DATABASE": str(folder / "bare.sqlite"), "BARE_PAGE": str(folder / "page.json")}
    gunicorn = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{ports[1]}", "--workers", "1"]
    gunicorn += ["--worker-class", "gthread", "--threads", "4", "benchmarks.page.bare:served_app()"]
    with running(serving(ports[0]), ours, ports[0], folder), running(gunicorn, theirs, ports[1], folder):
        yield over_http(ports[0]), over_http(ports[1])
