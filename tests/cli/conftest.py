"""Runs of the command as a user would type it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from screening.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """A function that runs `screening` with some arguments and standard input."""

    def run_screening(*arguments: object, given: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=given)

    return run_screening
