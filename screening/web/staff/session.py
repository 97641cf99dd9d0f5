"""The browser of someone who works here: a cookie with a random token, whose session is kept in the database."""

from __future__ import annotations

from flask import g, request, session
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from screening.records import staff as accounts
from screening.records.actors import Actor
from screening.records.tables import Staff
from screening.web.requests import READING, db, now, settings, writer_db

SEEN = "staff_seen"


def cookie_name() -> str:
    """The cookie's name; where there is HTTPS, browsers keep one of this prefix to this host alone."""
    return "__Host-staff" if settings().https else "staff"


def token() -> str:
    """The token that this browser sent, or nothing."""
    return request.cookies.get(cookie_name(), "")


def keep_token(response: Response, new: str) -> None:
    """Give the browser a session's token."""
    response.set_cookie(cookie_name(), new, secure=settings().https, httponly=True, samesite="Lax", path="/")


def forget_token(response: Response) -> None:
    """Take the token from the browser."""
    response.delete_cookie(cookie_name(), secure=settings().https, httponly=True, samesite="Lax", path="/")


def signed_in() -> Staff | None:
    """Who is signed in with this browser, or None. Asked once a request; keeps the session from ending as idle."""
    if "staff" not in g:
        g.staff = _found() if token() else None
    staff: Staff | None = g.staff
    return staff


def _found() -> Staff | None:
    staff = accounts.by_token(_session(), token(), now())
    if staff is not None and _writes():
        accounts.touch(db(), token(), now())
        session[SEEN] = int(now().timestamp())
    return staff


def _writes() -> bool:
    """Whether this request notes that the session is in use: every post, and a page once a minute."""
    due = now().timestamp() - float(session.get(SEEN, 0)) >= accounts.SEEN_EVERY.total_seconds()
    return due or request.method not in READING


def _session() -> Session:
    return writer_db() if _writes() else db()


def current_staff() -> Staff:
    """Who is signed in, on a page that the table of access opens to staff only."""
    staff = signed_in()
    assert staff is not None, "a page for staff must be guarded by access.RULES"  # noqa: S101
    return staff


def staff_actor() -> Actor:
    """Whoever is signed in, as the one who does what is recorded."""
    return accounts.actor_of(current_staff())
