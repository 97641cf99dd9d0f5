"""What belongs to one request: its moment, its settings, and its one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from screening.config import Settings
from screening.records.database import Database

READING = frozenset({"GET", "HEAD", "OPTIONS"})
_WORLD = "screening"


@dataclass(frozen=True, slots=True)
class World:
    """What the running application stands on: settings, database and clock."""

    settings: Settings
    database: Database
    clock: Callable[[], dt.datetime]


def init_requests(app: Flask, world: World) -> None:
    """Give the application its settings, database and clock, and every request its transaction."""
    app.extensions[_WORLD] = world
    app.after_request(_commit)
    app.teardown_request(_close)


def settings() -> Settings:
    """The settings of the running application."""
    return _world().settings


def now() -> dt.datetime:
    """The moment of this request in UTC, the same throughout."""
    if "now" not in g:
        g.now = _world().clock()
    moment: dt.datetime = g.now
    return moment


def today() -> dt.date:
    """The day of this request where the clinic is."""
    return now().astimezone(settings().time_zone).date()


def db() -> Session:
    """This request's session, opened when it is first asked for; a GET can only read in it."""
    return _session(reading=request.method in READING)


def writer_db() -> Session:
    """The same for a GET that has to write, such as an audit event; to be asked for before any reading."""
    return _session(reading=False)


def keep() -> None:
    """Commit this request even though it is answered with an error, as a counted failed attempt must be."""
    g.keep = True


def _session(*, reading: bool) -> Session:
    if "session" not in g:
        g.session = _world().database.session(reading=reading)
    session: Session = g.session
    return session


def _world() -> World:
    world: World = current_app.extensions[_WORLD]
    return world


def _commit(response: Response) -> Response:
    """The only commit of the web: a browser hears of success only when it is durable."""
    session: Session | None = g.get("session")
    if session is not None and (response.status_code < 400 or (g.get("keep") and response.status_code < 500)):
        session.commit()
    return response


def _close(error: BaseException | None) -> None:
    del error
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.close()
