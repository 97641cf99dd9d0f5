"""The production server: gunicorn with threads, run from Python so that there is one way to start it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from screening.config import Settings

SECONDS_PER_REQUEST = 30
SECONDS_TO_STOP = 10


class _Server(BaseApplication):
    """Gunicorn, set from Python instead of its command line."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self.settings = settings
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:  # type: ignore[override]  # a Flask application is a WSGI application
        """The application; each worker makes its own, so that none shares a database connection."""
        from screening.web.app import create_app  # noqa: PLC0415  only a worker needs the web

        return create_app(self.settings)


def serve_forever(settings: Settings, address: str, *, workers: int, threads: int, quiet: bool = False) -> None:
    """Serve until the process is told to stop; requests under way are finished first."""
    options = {
        "bind": address,
        "workers": workers,
        "threads": threads,
        "worker_class": "gthread",
        "timeout": SECONDS_PER_REQUEST,
        "graceful_timeout": SECONDS_TO_STOP,
        "loglevel": "warning" if quiet else "info",
        "control_socket_disable": True,
        "proc_name": "screening",
    }
    _Server(settings, options).run()
