"""What a browser is shown when something does not work: what happened, and what to do, in the look of the site."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from screening.records.errors import LockedError, NotFoundError, RecordsError, StateError
from screening.web.language import SOURCE, current_language


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one error page."""

    title: str
    what: str
    todo: str


def init_errors(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NotFoundError, lambda _error: _page(404))
    app.register_error_handler(StateError, lambda error: _page(409, error.message))
    app.register_error_handler(LockedError, lambda error: _page(429, error.message))
    app.register_error_handler(RecordsError, lambda error: _page(422, error.message))
    app.register_error_handler(OperationalError, _unreachable)
    app.register_error_handler(InternalServerError, lambda _error: _page(500))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    headers = {name: value for name, value in error.get_headers() if name not in {"Content-Type", "Content-Length"}}
    page, status = _page(error.code)
    return page, status, headers


def _unreachable(error: OperationalError) -> ResponseReturnValue:
    # The driver's message may name files and addresses: it goes to the log, not to the browser.
    current_app.logger.error("The database cannot be reached: %s", type(error.orig).__name__)
    return _page(503)


def _page(status: int, said: str = "") -> tuple[str, int]:
    words = _words(status)
    return render_template("errors/error.html", words=words, said=_in_page_language(said), status=status), status


def _in_page_language(said: str) -> str:
    """The records' own words; empty where the page speaks a language that they are not translated into."""
    translated = _(said) if said else ""
    return translated if translated != said or current_language() == SOURCE else ""


def _words(status: int) -> Words:
    """The words for a status; every status that has none of its own has the general ones."""
    try_later = _("Please try again in a few minutes. If it stays like this, call the clinic.")
    match status:
        case 400:
            return Words(
                _("This did not come through"),
                _("What your browser sent could not be understood, or this page was open for too long."),
                _("Go back, reload the page and try again. Whatever was saved before is still there."),
            )
        case 401 | 403:
            return Words(
                _("This page is not open to you"),
                _("You may not be signed in, or this is meant for someone else."),
                _("If you have a personal link from the clinic, open it again."),
            )
        case 404 | 410:
            return Words(
                _("There is no such page"),
                _("The address may be mistyped, or the page has moved."),
                _("If you came by a link from the clinic, please check that you copied all of it."),
            )
        case 405:
            return Words(
                _("This cannot be done here"),
                _("The page exists, but not for what your browser tried to do with it."),
                _("Go back and use the buttons on the page."),
            )
        case 409:
            return Words(
                _("This is no longer possible"),
                _("Something has changed since you opened the page, so nothing was saved just now."),
                _("Go back and reload the page to see how things stand."),
            )
        case 413:
            return Words(
                _("That was too much at once"),
                _("What you sent is larger than what can be taken in one go. Nothing of it was saved."),
                _("Go back, shorten it, and save again. Your browser usually still has what you typed."),
            )
        case 422:
            return Words(
                _("Something does not fit"),
                _("What was sent could not be taken as it is."),
                _("Go back, check it, and try again."),
            )
        case 429:
            return Words(
                _("Too many tries"),
                _("To keep your answers safe, this stops after several wrong tries."),
                _("Please call the clinic. They can open it again for you."),
            )
        case 503:
            return Words(
                _("We cannot reach our records right now"),
                _("Nothing was saved just now. What was saved before is still there."),
                try_later,
            )
        case _:
            return Words(
                _("Something went wrong on our side"),
                _("It is not your fault. Nothing was saved just now; what was saved before is still there."),
                try_later,
            )
