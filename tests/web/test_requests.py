"""One transaction per request: committed before the browser hears of success, and not at all otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from flask import Flask, abort
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from screening.web.requests import World, db, init_requests, keep, now, today, writer_db

if TYPE_CHECKING:
    from tests.web.conftest import Site

WRITE = "INSERT INTO note (words) VALUES ('kept')"


@pytest.fixture
def app(site: Site) -> Iterator[Flask]:
    """An application of a few views that write a note, on the site's database."""
    app = Flask("tried")
    world: World = site.app.extensions["screening"]
    init_requests(app, world)

    @app.post("/saved")
    def saved() -> str:
        db().execute(text(WRITE))
        return "saved"

    @app.post("/refused")
    def refused() -> tuple[str, int]:
        db().execute(text(WRITE))
        return "refused", 422

    @app.post("/counted")
    def counted() -> tuple[str, int]:
        db().execute(text(WRITE))
        keep()
        return "counted", 429

    @app.post("/broken")
    def broken() -> str:
        db().execute(text(WRITE))
        keep()
        abort(500)

    @app.get("/read")
    def read() -> str:
        db().execute(text(WRITE))
        return "read"

    @app.get("/audited")
    def audited() -> str:
        writer_db().execute(text(WRITE))
        return "audited"

    @app.get("/moment")
    def moment() -> str:
        site.clock.forward(hours=12)
        first = now()
        site.clock.forward(hours=12)
        return f"{now() == first} {today()}"

    with site.database.session() as session:
        session.execute(text("CREATE TABLE note (words TEXT)"))
        session.commit()
    yield app
    with site.database.session() as session:
        session.execute(text("DROP TABLE note"))
        session.commit()


def notes(site: Site) -> int:
    with site.database.session(reading=True) as session:
        found: int = session.execute(text("SELECT count(*) FROM note")).scalar_one()
        return found


@pytest.mark.parametrize(
    ("path", "status", "kept"), [("/saved", 200, 1), ("/refused", 422, 0), ("/counted", 429, 1), ("/broken", 500, 0)]
)
def test_what_is_kept_of_a_request(site: Site, app: Flask, path: str, status: int, kept: int) -> None:
    assert app.test_client().post(path).status_code == status
    assert notes(site) == kept


def test_a_request_that_only_reads_cannot_write(site: Site, app: Flask) -> None:
    app.testing = True
    with pytest.raises(OperationalError):
        app.test_client().get("/read")
    assert notes(site) == 0
    assert app.test_client().get("/audited").status_code == 200
    assert notes(site) == 1


def test_a_commit_that_fails_is_not_a_success(site: Site, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = site.database.session

    def failing(*, reading: bool = False) -> object:
        session = opened(reading=reading)
        session.commit = unreachable  # type: ignore[method-assign]
        return session

    def unreachable() -> None:
        raise OperationalError("COMMIT", {}, OSError("disk full"))

    monkeypatch.setattr(app.extensions["screening"].database, "session", failing)
    assert app.test_client().post("/saved").status_code == 500
    monkeypatch.undo()
    assert notes(site) == 0


def test_a_request_has_one_moment(app: Flask) -> None:
    assert app.test_client().get("/moment").text == "True 2026-11-24"
