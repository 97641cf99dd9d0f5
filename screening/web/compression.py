"""Pages travel compressed: on a slow line that is most of the wait."""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

WORTHWHILE = 1_000
LEVEL = 5


def init_compression(app: Flask) -> None:
    """Compress every page that is worth it, for browsers that take it so.

    Our pages never echo what an address says beside a secret, so their size tells nobody anything (BREACH).
    """
    app.after_request(_packed)


def _packed(response: Response) -> Response:
    if (
        response.mimetype != "text/html"
        or response.direct_passthrough
        or "Content-Encoding" in response.headers
        or "gzip" not in request.headers.get("Accept-Encoding", "")
    ):
        return response
    page = response.get_data()
    if len(page) < WORTHWHILE:
        return response
    response.set_data(gzip.compress(page, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.add("Vary", "Accept-Encoding")
    return response
