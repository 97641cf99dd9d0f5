"""Static files under addresses that change with their content, so that browsers may keep them for good."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import NamedTuple

from flask import Flask, Response, abort, request, url_for

KEPT = "public, max-age=31536000, immutable"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Asset(NamedTuple):
    """One file: its content as it is and compressed, its media type, and the mark of its version."""

    plain: bytes
    packed: bytes
    kind: str
    version: str


def init_assets(app: Flask) -> None:
    """Serve the files of the static folder from memory and give templates `asset(name)`."""
    folder = Path(app.root_path) / "static"
    files = {path.name: _asset(path) for path in sorted(folder.iterdir()) if path.suffix in KINDS}

    def static(filename: str) -> Response:
        found = files.get(filename)
        if found is None:
            abort(404)
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = Response(found.packed if packed else found.plain, mimetype=found.kind)
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = KEPT if request.args.get("v") == found.version else "no-cache"
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        return response

    def asset(name: str) -> str:
        return url_for("static", filename=name, v=files[name].version)

    app.add_url_rule("/static/<filename>", endpoint="static", view_func=static)
    app.jinja_env.globals["asset"] = asset


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    version = hashlib.sha256(content).hexdigest()[:12]
    return Asset(content, gzip.compress(content, 9, mtime=0), KINDS[path.suffix], version)
