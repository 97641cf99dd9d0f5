"""The clinician's corner of the site; its pages register themselves here."""

from __future__ import annotations

from flask import Blueprint

clinician = Blueprint("clinician", __name__)
