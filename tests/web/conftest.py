"""The whole application on a real SQLite file with the definitions that ship; every test brings its own patients."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from screening.cli.libraries import installed_files
from screening.config import Settings
from screening.records import intakes, publishing, staff
from screening.records.actors import SYSTEM
from screening.records.database import Database, migrate, open_database
from screening.records.patients import Identity
from screening.records.staff import Role
from screening.records.tables import Intake
from screening.web.app import create_app

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
BORN = dt.date(1972, 3, 14)
PASSWORD = "lemon tricycle harbour"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
KEY = base64.b64encode(bytes(range(32))).decode()


@dataclass
class Clock:
    """A clock that stands where a test puts it."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += dt.timedelta(**span)


@dataclass
class Browser:
    """A browser without JavaScript: it keeps cookies and sends back the token of the page it saw last."""

    client: FlaskClient
    token: str = ""
    url: str = ""

    def get(self, path: str) -> TestResponse:
        return self._seen(self.client.get(path, follow_redirects=True))

    def post(self, path: str, form: Mapping[str, object], *, follow: bool = True) -> TestResponse:
        sent = {"csrf_token": self.token, **form}
        return self._seen(self.client.post(path, data=sent, follow_redirects=follow))

    def _seen(self, response: TestResponse) -> TestResponse:
        found = TOKEN.search(response.text)
        self.token = found[1] if found else self.token
        self.url = response.request.path
        return response


@dataclass
class Site:
    """A running application with its database and its clock."""

    app: Flask
    database: Database
    clock: Clock
    accounts: dict[Role, str] = field(default_factory=dict)

    def invite(self, pathway: str = "esketamine_intranasal", who: Identity | None = None) -> str:
        """The token of a new patient's link."""
        with self.database.session() as db:
            token = intakes.invite(db, pathway, who or Identity("Rosa Alvarez", BORN), SYSTEM, self.clock()).token
            db.commit()
        return token

    def browser(self) -> Browser:
        return Browser(self.app.test_client())

    def patient(self, token: str = "", born: dt.date = BORN) -> Browser:
        """A browser in which a patient has been let in."""
        browser = self.browser()
        path = f"/i/{token or self.invite()}"
        browser.get(path)
        answer = browser.post(path, born_form(born))
        assert answer.status_code == 200, answer.text
        return browser

    def account(self, role: Role) -> str:
        """The address of an account of that role, whose password is `PASSWORD`."""
        if role not in self.accounts:
            address = f"{role.value}@clinic.example"
            with self.database.session() as db:
                staff.add(db, f"Sam {role.value}", address, role, PASSWORD, SYSTEM, self.clock(), own=True)
                db.commit()
            self.accounts[role] = address
        return self.accounts[role]

    def member(self, role: Role) -> Browser:
        """A browser in which a member of staff has signed in."""
        browser = self.browser()
        browser.get("/sign-in")
        answer = browser.post("/sign-in", {"email": self.account(role), "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return browser

    def intake(self, token: str) -> Intake:
        with self.database.session(reading=True) as db:
            found = intakes.by_token(db, token)
            assert found is not None
            return found

    def answers(self, token: str) -> dict[str, dict[str, object]]:
        """The answers that are stored for a link."""
        with self.database.session(reading=True) as db:
            found = intakes.by_token(db, token)
            assert found is not None
            return intakes.answers(db, found)


def born_form(born: dt.date, name: str = "date_of_birth") -> dict[str, object]:
    return {f"{name}-month": born.month, f"{name}-day": born.day, f"{name}-year": born.year}


def settings_of(folder: Path) -> Settings:
    return Settings.read(
        {
            "SCREENING_DATABASE_URL": f"sqlite:///{folder / 'screening.sqlite'}",
            "SCREENING_KEYS": f"k1:{KEY}",
            "SCREENING_CLINIC_NAME": "Lakeside Clinic",
            "SCREENING_CLINIC_PHONE": "+1 555 010 0199",
        }
    )


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = settings_of(tmp_path_factory.mktemp("site"))
    database = open_database(settings)
    migrate(database)
    with database.session() as db:
        publishing.import_library(db, installed_files(), SYSTEM, NOW)
        db.commit()
    clock = Clock()
    yield Site(create_app(settings, clock), database, clock)
    database.close()


@pytest.fixture
def site(running: Site) -> Site:
    """The application, with its clock at the beginning."""
    running.clock.now = NOW
    return running
