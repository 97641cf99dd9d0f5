"""What is pinned is what pyproject.toml asks for, and says nothing of the machine that pinned it."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("run.txt", "test.txt")

PIN = re.compile(r"^(?P<name>[a-z0-9-]+)(?:\[[a-z,]+\])?==(?P<version>[^ ]+)", flags=re.MULTILINE)


def text(lock: str) -> str:
    return (ROOT / "requirements" / lock).read_text(encoding="utf-8")


def pinned(lock: str) -> dict[str, str]:
    return {found["name"]: found["version"] for found in PIN.finditer(text(lock))}


def asked_for(lock: str) -> list[Requirement]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = project["project"]["dependencies"] + project["dependency-groups"]["install"]
    if lock == "test.txt":
        extras = project["project"]["optional-dependencies"]
        lines += extras["test"] + extras["readability"]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_is_pinned_to_a_version_that_fits(lock: str) -> None:
    pins = pinned(lock)
    loose = [
        str(wanted)
        for wanted in asked_for(lock)
        if not wanted.specifier.contains(pins.get(wanted.name.lower(), "0"), prereleases=True)
    ]

    assert loose == [], "run `make lock`"


def test_the_tests_run_against_the_versions_that_people_run() -> None:
    assert pinned("run.txt").items() <= pinned("test.txt").items()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_carries_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", text(lock))

    assert [entry.split(" ", 1)[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_path(lock: str) -> None:
    assert re.findall(r"\S*://\S*|--\S*(?:index|find)\S*|^\S* @ .*", text(lock), flags=re.MULTILINE) == []
