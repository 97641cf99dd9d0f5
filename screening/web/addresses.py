"""Addresses: ids of definitions in them, and which of them are our own."""

from __future__ import annotations

import re

from werkzeug.routing import BaseConverter

TAKEN = frozenset({"answers"})
"""Words that an address uses itself; an id of that name gets a hyphen at its end."""

# One slash, not two; no backslash, which browsers take for one; nothing invisible.
_OWN = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


class SlugConverter(BaseConverter):
    """An id, or the path of a screen: `blood_pressure.1` is `blood-pressure.1` in an address."""

    regex = r"[a-z][a-z0-9-]*(?:\.[0-9]{1,2})?"

    def to_python(self, value: str) -> str:
        """The id that stands in an address."""
        return value.removesuffix("-").replace("-", "_")

    def to_url(self, value: str) -> str:
        """The id as an address writes it."""
        slug = value.replace("_", "-")
        return f"{slug}-" if slug in TAKEN or slug.endswith("-") else slug


def own_path(address: str, otherwise: str = "/") -> str:
    """The address where it is a path of this site, so that it is safe to send a browser there."""
    return address if _OWN.fullmatch(address) else otherwise
