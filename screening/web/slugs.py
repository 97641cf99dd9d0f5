"""Ids of definitions in addresses: `blood_pressure` is `blood-pressure` there."""

from __future__ import annotations

from werkzeug.routing import BaseConverter

TAKEN = frozenset({"answers"})
"""Words that an address uses itself; an id of that name gets a hyphen at its end."""


class SlugConverter(BaseConverter):
    """An id, or the path of a screen such as `blood_pressure.1`."""

    regex = r"[a-z][a-z0-9-]*(?:\.[0-9]{1,2})?"

    def to_python(self, value: str) -> str:
        """The id that stands in an address."""
        return value.removesuffix("-").replace("-", "_")

    def to_url(self, value: str) -> str:
        """The id as an address writes it."""
        slug = value.replace("_", "-")
        return f"{slug}-" if slug in TAKEN else slug
