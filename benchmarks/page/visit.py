"""A patient far along the way, and a browser that needs no network: what both pages are asked by."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import re
from collections.abc import Callable, Mapping
from html import unescape
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import EnvironBuilder

from screening.assessment.answers import read_answers
from screening.assessment.form import Stop, way
from screening.assessment.program import program_for
from screening.cli.libraries import installed_files
from screening.cli.people import Person, read_people
from screening.config import Settings
from screening.definition.model import Audience
from screening.records import intakes, publishing
from screening.records.actors import SYSTEM, Actor
from screening.records.database import Database, migrate, open_database
from screening.records.patients import Identity
from screening.records.saving import save_page

HOST = "http://127.0.0.1"
PATHWAY = "ketamine_iv"
LAST = "practical"
UNSURE = {"unknown": "unsure"}
INPUT = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')


class Answered(NamedTuple):
    """What came back: status, headers, the page as text, and the seconds until all of it was there."""

    status: int
    headers: Mapping[str, str]
    html: str
    seconds: float


class Sent(NamedTuple):
    """What is sent: method, path, headers and body."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Received(NamedTuple):
    """What a transport brings back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    seconds: float


Transport = Callable[[Sent], Received]


def in_process(app: Flask) -> Transport:
    """Calls the application as a server would, without one."""

    def send(sent: Sent) -> Received:
        environ = EnvironBuilder(
            sent.path, HOST, method=sent.method, headers=sent.headers, input_stream=BytesIO(sent.body)
        ).get_environ()
        environ["CONTENT_LENGTH"] = str(len(sent.body))
        seen: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
            seen.extend((int(status[:3]), headers))
            return lambda _chunk: None

        begun = perf_counter()
        chunks = app(environ, start)
        body = b"".join(chunks)
        chunks.close()
        return Received(seen[0], seen[1], body, perf_counter() - begun)

    return send


def over_http(port: int) -> Transport:
    """Asks a server on this machine, on one connection that stays open."""
    connection = HTTPConnection("127.0.0.1", port)

    def send(sent: Sent) -> Received:
        begun = perf_counter()
        connection.request(sent.method, sent.path, sent.body, sent.headers)
        response = connection.getresponse()
        body = response.read()
        return Received(response.status, response.getheaders(), body, perf_counter() - begun)

    return send


class Browser:
    """Keeps cookies, sends forms, and reads pages that come compressed."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answered:
        """The answer to a GET."""
        return self._answered("GET", path, {}, b"")

    def post(self, path: str, form: Mapping[str, Any]) -> Answered:
        """The answer to a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._answered("POST", path, kind, urlencode(form, doseq=True).encode())

    def _answered(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answered:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        received = self.transport(Sent(method, path, {"Cookie": cookies, "Accept-Encoding": "gzip", **headers}, body))
        for name, value in received.headers:
            if name.lower() == "set-cookie":
                self.cookies.update({key: morsel.value for key, morsel in SimpleCookie(value).items()})
        told = {name.lower(): value for name, value in received.headers}
        packed = told.get("content-encoding") == "gzip"
        html = (gzip.decompress(received.body) if packed else received.body).decode()
        return Answered(received.status, told, html, received.seconds)


def typed(html: str, number: int) -> dict[str, list[str]]:
    """What a browser would send of a page whose fields are left as they are, but for the first choice.

    Of that, another option is taken at every other `number`, so that there is always something new to save.
    """
    form: dict[str, list[str]] = {}
    radios: dict[str, list[str]] = {}
    for found in INPUT.findall(html):
        has = {name: unescape(value) for name, value in ATTRIBUTE.findall(found)}
        if "name" not in has:
            continue
        if has.get("type") not in ("radio", "checkbox") or "checked" in has:
            form.setdefault(has["name"], []).append(has.get("value", ""))
        if has.get("type") == "radio":
            radios.setdefault(has["name"], []).append(has["value"])
    unchosen = {name: values[:1] for name, values in radios.items()}
    turned = {name: [values[number % 2]] for name, values in [*radios.items()][:1]}
    return unchosen | form | turned


def environment(folder: Path, address: str) -> dict[str, str]:
    """The settings of a deployment in a folder of its own."""
    return {
        "SCREENING_DATABASE_URL": f"sqlite:///{folder / 'screening.sqlite'}",
        "SCREENING_KEYS": f"k1:{base64.b64encode(bytes(range(32))).decode()}",
        "SCREENING_BASE_URL": address,
        "SCREENING_CLINIC_NAME": "Lakeside Clinic",
    }


def invited(settings: Settings) -> tuple[Database, str, Person]:
    """A database with one patient who has answered all but the last questionnaire, and the link's token."""
    database, now = open_database(settings), dt.datetime.now(dt.UTC)
    migrate(database)
    person = next(each for each in read_people(now, dt.UTC) if each.pathway == PATHWAY and not each.pages)
    with database.session() as db:
        publishing.import_library(db, installed_files(), SYSTEM, now)
        who = Identity(person.name, person.date_of_birth)
        made = intakes.invite(db, PATHWAY, who, SYSTEM, now)
        intakes.admit(db, made.intake, person.date_of_birth, now)
        plan, patient = intakes.plan_of(db, made.intake), Actor("patient", made.intake.patient_id)
        while True:
            answers = read_answers(plan, intakes.answers(db, made.intake), now.date())
            stop = _next(plan, answers, now.date())
            form = stop.screen.questionnaire
            if form == LAST:
                break
            given = {q.id: person.answers.get(form, {}).get(q.id, UNSURE) for q in stop.questions if q.has_answer}
            save_page(db, made.intake, form, stop.screen.page.id, given, "en", patient, now)
        db.commit()
    return database, made.token, person


def _next(plan: Any, answers: Any, today: dt.date) -> Stop:  # noqa: ANN401  as the records give them
    forms = (form for form in plan.questionnaires if form.audience is Audience.PATIENT)
    return next(stop for form in forms for stop in way(program_for(plan), form, answers, today) if not stop.done)


def admitted(browser: Browser, token: str, person: Person) -> None:
    """Lets the browser in by the patient's link and date of birth."""
    door = f"/i/{token}"
    form = typed(browser.get(door).html, 0)
    born = person.date_of_birth
    form |= {f"date_of_birth-{part}": [str(getattr(born, part))] for part in ("year", "month", "day")}
    browser.post(door, form)
