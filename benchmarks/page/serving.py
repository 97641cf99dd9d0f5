"""Servers on this machine, for as long as something is measured."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

SECONDS_TO_START = 30


class ServerError(Exception):
    """A server did not start; the message is what it logged."""


def serving(port: int) -> list[str]:
    """The command that serves ours, with one worker."""
    return [sys.executable, "-m", "screening", "serve", "--port", str(port), "--workers", "1"]


@contextmanager
def running(words: list[str], settings: Mapping[str, str], port: int, folder: Path) -> Iterator[None]:
    """A server with those settings, for as long as the block lasts. Raises: ServerError where it does not start."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SCREENING_")}
    with (folder / f"{port}.log").open("w+") as log:
        server = subprocess.Popen(words, env=inherited | dict(settings), stdout=log, stderr=log)
        try:
            _await(server, port, folder / f"{port}.log")
            yield
        finally:
            server.terminate()
            server.wait(timeout=SECONDS_TO_START)


def _await(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = monotonic() + SECONDS_TO_START
    while monotonic() < until and server.poll() is None:
        with socket.socket() as knocking:
            if knocking.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.1)
    raise ServerError(f"A server did not start:\n{log.read_text()}")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
