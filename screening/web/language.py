"""In which language a page speaks: the reader's choice, else what the browser asks for, else English."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.support import NullTranslations
from flask import Blueprint, Flask, current_app, g, redirect, request, session
from flask_babel import Babel, get_domain, get_locale, gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from screening.exchange.wording import ENGLISH, Tongue
from screening.web.addresses import own_path

SOURCE = "en"
CHOICE = "language"
LOCALE = Path(__file__).with_name("locale")
_PATIENTS = ("patient", "language", None)
"""The blueprints of pages that speak every language (None: an address that is no page); those of staff are English."""

language_pages = Blueprint("language", __name__)


def init_language(app: Flask) -> None:
    """Let pages speak every language that has a catalogue."""
    offered = offered_languages(LOCALE)
    app.config.update(BABEL_TRANSLATION_DIRECTORIES=str(LOCALE), SCREENING_LANGUAGES=offered)
    Babel(app, default_locale=SOURCE, locale_selector=lambda: _chosen(offered))
    # A page says dozens of words; its catalogue is looked up once.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        gettext=lambda said: _catalogue().ugettext(said),
        ngettext=lambda one, many, number: _catalogue().ungettext(one, many, number),
        newstyle=True,
    )
    app.register_blueprint(language_pages)
    app.context_processor(lambda: {"language": current_language(), "other_languages": _others(offered)})


def _catalogue() -> NullTranslations:
    if "catalogue" not in g:
        g.catalogue = get_domain().get_translations()
    found: NullTranslations = g.catalogue
    return found


def offered_languages(folder: Path) -> tuple[str, ...]:
    """English, and every language with a compiled catalogue in the folder."""
    found = (path.parent.parent.name for path in folder.glob("*/LC_MESSAGES/messages.mo"))
    return (SOURCE, *sorted(found))


def current_language() -> str:
    """The code of the language that this page speaks: `en`."""
    locale = get_locale()
    return SOURCE if locale is None else locale.language


def page_tongue() -> Tongue:
    """The words of answers in the page's language."""
    return ENGLISH if current_language() == SOURCE else Tongue(gettext, _date)


def _date(written: str) -> str:
    locale = get_locale() or Locale(SOURCE)
    match [int(part) for part in written.split("-")]:
        case [year, month, day]:
            return format_date(dt.date(year, month, day), "long", locale)
        case [year, month]:
            return format_skeleton("yMMMM", dt.date(year, month, 1), locale=locale)
        case _:
            return written


@language_pages.get("/language/<code>")
def choose(code: str) -> Response:
    """Remember the language and go back to the page that was open, `to`."""
    if code not in current_app.config["SCREENING_LANGUAGES"]:
        raise NotFound
    session[CHOICE] = code
    return redirect(own_path(request.args.get("to", "")))


def _chosen(offered: tuple[str, ...]) -> str:
    if request.blueprint not in _PATIENTS:
        return SOURCE
    chosen = session.get(CHOICE)
    if chosen in offered:
        return str(chosen)
    # By the language alone: whoever asks for Mexican Spanish, and then for English, reads Spanish.
    asked = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((code for code in asked if code in offered), SOURCE)


def _others(offered: tuple[str, ...]) -> list[tuple[str, str]]:
    spoken = current_language()
    return [(code, _own_name(code)) for code in offered if code != spoken]


def _own_name(code: str) -> str:
    """What the language calls itself, as the first word of a line: `Español`."""
    name = Locale(code).get_display_name(code) or code
    return name[:1].upper() + name[1:]
