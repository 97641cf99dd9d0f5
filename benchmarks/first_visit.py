"""What a patient's browser fetches on a first visit, and from whom: measured in a real browser with a cold cache."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.figures import Figure
from benchmarks.page.serving import free_port, running, serving
from benchmarks.page.visit import environment, invited
from screening.cli.people import Person
from screening.config import Settings

MOST_KIB = 25.0
KIB = 1024
STEP = "/intake/mental-health/phq9"
NO_PHONE_HOME = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")


class Fetched(NamedTuple):
    """What one visit took: bytes on the wire with headers, by address, and the hosts that were asked."""

    sizes: dict[str, int]
    hosts: set[str]


def figures() -> list[Figure]:
    """The kibibytes of a first visit to the patient's link and to a page of questions; and other hosts: none."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder, port = Path(name), free_port()
        settings = environment(folder, f"http://127.0.0.1:{port}")
        database, token, person = invited(Settings.read(settings))
        with running(serving(port), settings, port, folder):
            browser = playwright.chromium.launch(executable_path=_chromium(), args=NO_PHONE_HOME)
            door, step = _visits(browser, f"http://127.0.0.1:{port}", token, person)
            browser.close()
        database.close()
    rows = (("the personal link", door), ("a page of questions (PHQ-9)", step))
    others = (door.hosts | step.hosts) - {f"127.0.0.1:{port}"}
    return [
        *(
            Figure(f"first visit: {what}", sum(seen.sizes.values()) / KIB, "KiB", most=MOST_KIB, note=_told(seen))
            for what, seen in rows
        ),
        Figure("first visit: other hosts asked", float(len(others)), "hosts", most=0.0, note=", ".join(sorted(others))),
    ]


def _chromium() -> str | None:
    """The browser that the variable CHROMIUM names, else the one on the path."""
    return shutil.which(os.environ.get("CHROMIUM") or "chromium")


def _visits(browser: Browser, address: str, token: str, person: Person) -> tuple[Fetched, Fetched]:
    """The link, and then, with the cache emptied, a page of questions."""
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    door = _fetched(page, f"{address}/i/{token}")
    born = person.date_of_birth
    page.select_option("[name=date_of_birth-month]", str(born.month))
    page.fill("[name=date_of_birth-day]", str(born.day))
    page.fill("[name=date_of_birth-year]", str(born.year))
    page.locator("main form button:visible").first.click()
    page.wait_for_url("**/intake")
    return door, _fetched(page, f"{address}{STEP}")


def _fetched(page: Page, address: str) -> Fetched:
    session = page.context.new_cdp_session(page)
    requested: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def ask(event: dict[str, Any]) -> None:
        requested[event["requestId"]] = event["request"]["url"]

    def finish(event: dict[str, Any]) -> None:
        # What the page before it asked for may end only now.
        if event["requestId"] in requested:
            sizes[requested[event["requestId"]]] = int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", ask)
    session.on("Network.loadingFinished", finish)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(address, wait_until="networkidle")
    session.detach()
    hosts = {urlsplit(url).netloc for url in requested.values() if urlsplit(url).scheme in ("http", "https")}
    return Fetched(sizes, hosts)


def _told(seen: Fetched) -> str:
    """Each file with its size: on the wire, so compressed, and with the headers of the answer."""
    names = {url: Path(urlsplit(url).path).name for url in seen.sizes}
    return ", ".join(f"{name if '.' in name else 'HTML'} {seen.sizes[url] / KIB:.1f}" for url, name in names.items())
