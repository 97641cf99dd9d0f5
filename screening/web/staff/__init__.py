"""Signing in and out, and one's own account."""

from screening.web.staff.views import BLUEPRINTS

__all__ = ["BLUEPRINTS"]
