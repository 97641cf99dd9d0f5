"""The application: every part of the site wired to one database, one clock and one table of access."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask import Flask
from jinja2 import StrictUndefined

from screening.config import Clinic, Settings
from screening.records.database import open_database
from screening.resources import folder
from screening.web.access import guard
from screening.web.addresses import SlugConverter
from screening.web.admin.views import BLUEPRINTS as ADMIN
from screening.web.assets import init_assets
from screening.web.clinician.views import BLUEPRINTS as CLINICIAN
from screening.web.colours import style
from screening.web.compression import init_compression
from screening.web.errors import init_errors
from screening.web.language import init_language
from screening.web.patient.views import BLUEPRINTS as PATIENT
from screening.web.prose import init_prose
from screening.web.protection import init_protection
from screening.web.requests import World, init_requests
from screening.web.staff.views import BLUEPRINTS as STAFF

OURS = Clinic().colour
"""The colour of a clinic that has chosen none: the look's own."""


def create_app(settings: Settings, clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)) -> Flask:
    """The WSGI application of a deployment."""
    app = Flask("screening.web", template_folder=str(folder("templates")), static_folder=None)
    app.config.update(SECRET_KEY=settings.secret, TEMPLATES_AUTO_RELOAD=False)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["clinic"] = settings.clinic
    app.jinja_env.globals["clinic_style"] = style(settings.clinic.colour) if settings.clinic.colour != OURS else ""
    app.url_map.converters["slug"] = SlugConverter
    # After a request these run from the last to the first: what is committed is neither compressed nor sent before.
    init_compression(app)
    init_requests(app, World(settings, open_database(settings), clock))
    init_assets(app)
    init_prose(app)
    init_language(app)
    guard(app)
    init_protection(app, settings)
    init_errors(app)
    for blueprint in (*PATIENT, *STAFF, *CLINICIAN, *ADMIN):
        app.register_blueprint(blueprint)
    return app
