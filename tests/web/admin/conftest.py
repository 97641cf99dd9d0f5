"""A site of its own for each test, since admins change what all patients are asked."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import html
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from screening.cli.libraries import installed_files
from screening.config import Settings
from screening.records import publishing, staff
from screening.records.actors import SYSTEM
from screening.records.database import migrate, open_database
from screening.records.staff import Role
from screening.web.app import create_app

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
PASSWORD = "lemon tricycle harbour"
TEXT = re.compile(r"<textarea[^>]*>\n?(.*?)</textarea>", re.DOTALL)
BASE = re.compile(r'name="base" value="([^"]*)"')
HASH = re.compile(r'name="hash" value="([^"]*)"')


def settings_in(folder: Path) -> Settings:
    return Settings.read(
        {
            "SCREENING_DATABASE_URL": f"sqlite:///{folder / 'screening.sqlite'}",
            "SCREENING_KEYS": f"k1:{base64.b64encode(bytes(range(32))).decode()}",
        }
    )


# A part of what ships: every save reads all files and runs all cases, and these show all that there is to show.
FILES = (
    "about_you.yaml",
    "cardiovascular_risk.yaml",
    "practical.yaml",
    "locale/es/practical.yaml",
    "formulary.csv",
    "sources.yaml",
)
PATHWAY = b"""\
pathway: esketamine_intranasal
title: Esketamine nasal spray
treatment: {product: esketamine, route: intranasal}
steps:
  - {questionnaire: about_you}
  - {questionnaire: cardiovascular_risk}
  - {questionnaire: practical}
"""
ORAL = PATHWAY.replace(b"esketamine_intranasal", b"ketamine_oral").replace(
    b"product: esketamine, route: intranasal", b"product: ketamine, route: oral"
)


def files() -> dict[str, bytes]:
    """The definitions of the site."""
    installed = installed_files()
    pathways = {"pathways/esketamine_intranasal.yaml": PATHWAY, "pathways/ketamine_oral.yaml": ORAL}
    return {file: installed[file] for file in FILES} | pathways


@dataclasses.dataclass(frozen=True)
class Seed:
    """A folder with a database of some definitions and two admins, and the tokens of their sessions."""

    folder: Path
    tokens: dict[str, str]


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Seed:
    folder, tokens = tmp_path_factory.mktemp("seed"), {}
    database = open_database(settings_in(folder))
    migrate(database)
    with database.session() as db:
        publishing.import_library(db, files(), SYSTEM, NOW)
        for name in ("ada", "cem"):
            email = f"{name}@clinic.example"
            staff.add(db, f"{name.title()} Admin", email, Role.ADMIN, PASSWORD, SYSTEM, NOW, own=True)
            entered = staff.sign_in(db, email, PASSWORD, "127.0.0.1", NOW)
            assert entered is not None
            tokens[name] = entered.token
        db.commit()
    database.close()
    return Seed(folder, tokens)


@pytest.fixture(scope="session")
def app(seed: Seed) -> Flask:
    """One application for all tests, so that its templates are compiled once; each test gives it a database."""
    return create_app(settings_in(seed.folder))


@pytest.fixture
def site(running: Site, app: Flask, seed: Seed, tmp_path: Path) -> Iterator[Site]:
    for file in seed.folder.iterdir():
        shutil.copy(file, tmp_path)
    database, clock = open_database(settings_in(tmp_path)), dataclasses.replace(running.clock, now=NOW)
    app.extensions["screening"] = dataclasses.replace(app.extensions["screening"], database=database, clock=clock)
    yield dataclasses.replace(running, app=app, database=database, clock=clock, accounts={})
    database.close()


@pytest.fixture
def signed_in(site: Site, seed: Seed) -> Callable[[str], Browser]:
    def browser_of(name: str) -> Browser:
        browser = site.browser()
        browser.client.set_cookie("staff", seed.tokens[name])
        assert browser.get("/account").request.path == "/account"
        return browser

    return browser_of


@pytest.fixture
def ada(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("ada")


@pytest.fixture
def cem(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("cem")


@dataclasses.dataclass
class Editor:
    """The page of a draft as an admin uses it: open it, change the text, save."""

    browser: Browser
    url: str
    text: str = ""
    base: str = ""

    def open(self) -> TestResponse:
        return self._seen(self.browser.get(self.url))

    def save(self, text: str, **fields: str) -> TestResponse:
        sent = {"text": text.replace("\n", "\r\n"), "base": self.base, **fields}
        return self._seen(self.browser.post(self.url, sent))

    def _seen(self, page: TestResponse) -> TestResponse:
        found, base = TEXT.search(page.text), BASE.search(page.text)
        if found and base:
            self.text, self.base = html.unescape(found[1]), base[1]
        return page


@pytest.fixture
def editor() -> Callable[..., Editor]:
    def opened(browser: Browser, file: str = "cardiovascular_risk.yaml") -> Editor:
        page = Editor(browser, f"/definitions/{file}/draft")
        assert page.open().status_code == 200
        return page

    return opened


@pytest.fixture
def publish(ada: Browser, editor: Callable[..., Editor]) -> Callable[..., TestResponse]:
    """Saves a draft of a file and publishes it."""

    def published(old: str, new: str, file: str = "practical.yaml", reason: str = "Clearer words.") -> TestResponse:
        page = editor(ada, file)
        assert old in page.text
        shown = page.save(page.text.replace(old, new, 1), then="publish")
        found = HASH.search(shown.text)
        assert found, shown.text
        return ada.post(f"/definitions/{file}/draft/publish", {"reason": reason, "hash": found[1]})

    return published
