"""The patient's part of the site; its modules hang their views on it."""

from __future__ import annotations

from flask import Blueprint

patient = Blueprint("patient", __name__)
