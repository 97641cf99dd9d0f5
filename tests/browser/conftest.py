"""A real browser on a real server: gunicorn on a free loopback port, over a temporary SQLite file."""

from __future__ import annotations

import base64
import datetime as dt
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from screening.cli.libraries import installed_files
from screening.config import Settings
from screening.records import intakes, publishing, staff
from screening.records.actors import SYSTEM
from screening.records.database import Database, migrate, open_database
from screening.records.patients import Identity
from screening.records.staff import Role
from tests.browser import chromium

BORN = dt.date(1972, 3, 14)
PASSWORD = "lemon tricycle harbour"
PHONE, TABLET, DESK = 320, 768, 1280
SHOTS = Path(__file__).with_name("shots")
SECONDS_TO_START = 30
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Served:
    """A running server and the database behind it."""

    address: str
    database: Database
    settings: Settings
    accounts: dict[Role, str] = field(default_factory=dict)

    def invite(self, pathway: str = "esketamine_intranasal", who: Identity | None = None) -> str:
        """A new patient's personal link, by default of someone born on `BORN`."""
        with self.database.session() as db:
            made = intakes.invite(db, pathway, who or Identity("Rosa Alvarez", BORN), SYSTEM, dt.datetime.now(dt.UTC))
            db.commit()
        return f"{self.address}/i/{made.token}"

    def account(self, role: Role) -> str:
        """The e-mail address of an account of that role, whose password is `PASSWORD`."""
        if role not in self.accounts:
            address = f"{role.value}@clinic.example"
            with self.database.session() as db:
                staff.add(db, f"Sam {role.value}", address, role, PASSWORD, SYSTEM, dt.datetime.now(dt.UTC), own=True)
                db.commit()
            self.accounts[role] = address
        return self.accounts[role]

    def sign_in(self, page: Page, role: Role) -> Page:
        """The page, signed in by its form as a member of staff of that role."""
        page.goto(f"{self.address}/sign-in")
        page.fill("[name=email]", self.account(role))
        page.fill("[name=password]", PASSWORD)
        page.locator("main button").last.click()
        return page


def environment(folder: Path, port: int) -> dict[str, str]:
    """The settings of a deployment in a folder of its own."""
    return {
        "SCREENING_DATABASE_URL": f"sqlite:///{folder / 'screening.sqlite'}",
        "SCREENING_KEYS": f"k1:{base64.b64encode(bytes(range(32))).decode()}",
        "SCREENING_BASE_URL": f"http://127.0.0.1:{port}",
        "SCREENING_CLINIC_NAME": "Lakeside Clinic",
        "SCREENING_CLINIC_PHONE": "+1 555 010 0199",
    }


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server that `screening serve` starts, stopped at the end."""
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    variables = environment(folder, port)
    settings = Settings.read(variables)
    database = open_database(settings)
    migrate(database)
    with database.session() as db:
        publishing.import_library(db, installed_files(), SYSTEM, dt.datetime.now(dt.UTC))
        db.commit()
    with (folder / "server.log").open("w+") as log:
        command = [sys.executable, "-m", "screening", "serve", "--port", str(port), "--workers", "1"]
        # Inherited SCREENING_ variables would be another deployment's.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SCREENING_")}
        with subprocess.Popen(command, env=inherited | variables, stdout=log, stderr=log) as server:
            address = f"http://127.0.0.1:{port}"
            try:
                _await(address, server, folder / "server.log")
                yield Served(address, database, settings)
            finally:
                server.terminate()
                server.wait(timeout=20)
                database.close()


def _await(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/help", timeout=2).close()  # noqa: S310  # our own loopback address
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"The server did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium.executable(), args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A function that opens a page of a new browser context: a phone without JavaScript, unless told otherwise."""
    contexts = []

    def opened(width: int = PHONE, *, height: int = 700, script: bool = False, dark: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        context.set_default_timeout(5_000)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def assert_accessible(browser: Browser) -> Iterator[Callable[[Page, str], None]]:
    """A function that runs axe with all its rules on a page as it is shown, and keeps a picture of it under a name.

    The page is copied into a context with JavaScript, since axe needs it and the page may be shown without.
    """
    context = browser.new_context()
    scripted = context.new_page()

    def check(page: Page, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
        scripted.set_viewport_size(page.viewport_size or {"width": PHONE, "height": 700})
        scripted.emulate_media(color_scheme="dark" if name.endswith("dark") else "light")
        address = page.url
        body = page.content()
        scripted.route(address, lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
        scripted.goto(address)
        results = Axe().run(scripted, options={"resultTypes": ["violations"]}).response
        scripted.unroute(address)
        found = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
            + "\n    ".join(node["html"][:200] for node in violation["nodes"])
            for violation in results["violations"]
        ]
        assert not found, f"{name} at {address}\n" + "\n".join(found)

    yield check
    context.close()


@pytest.fixture
def no_strangers() -> Callable[[Page, str], list[str]]:
    """A function that watches a page and returns the list in which every request to another host will stand."""

    def watch(page: Page, address: str) -> list[str]:
        strangers: list[str] = []
        page.on("request", lambda request: strangers.append(request.url) if address not in request.url else None)
        return strangers

    return watch
