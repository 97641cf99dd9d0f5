"""A wheel works where there is no checkout: with its own templates, questionnaires and declared dependencies alone."""

import json
import os
import re
import subprocess
import sys
import venv
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]

ANSWERS = """\
about_you: {date_of_birth: 1980-05-17, sex_at_birth: female}
cardiovascular_risk: {hypertension: no}
medical_history: {seizures: {unknown: unsure}}
"""


@dataclass(frozen=True, slots=True)
class Installation:
    """A wheel installed into an environment of its own, and a folder far from the checkout to work in."""

    programs: Path
    packages: Path
    elsewhere: Path

    def run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.run(
            [self.programs / program, *words],
            cwd=self.elsewhere,
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
        )


def needed(by: Distribution, extras: frozenset[str] = frozenset()) -> dict[str, Distribution]:
    """The distributions that one needs to run, by name; it needs more when asked for with extras."""
    found: dict[str, Distribution] = {}
    for wanted in map(Requirement, by.requires or ()):
        marker = wanted.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
            found[wanted.name] = distribution(wanted.name)
            found |= needed(found[wanted.name], frozenset(wanted.extras))
    return found


def lend(dependency: Distribution, packages: Path) -> None:
    """Links what a distribution put into this environment into another one."""
    tops = {file.parts[0] for file in dependency.files or () if file.parts[0] not in {"..", "__pycache__"}}
    for top in tops:
        if not (packages / top).exists():
            (packages / top).symlink_to(Path(str(dependency.locate_file(top))))


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheel of this checkout, installed without network.

    The dependencies are lent by the environment that runs the tests: only those that the wheel declares, so that one
    that is there for the tests alone, or that nobody declared, is missed here as it would be at a clinic.
    """
    wheels, home, elsewhere = (tmp_path_factory.mktemp(name) for name in ("wheels", "home", "elsewhere"))
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    venv.create(home, with_pip=True)
    install = [str(home / "bin" / "python"), "-m", "pip", "install", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    (packages,) = home.glob("lib/python*/site-packages")
    (installed,) = distributions(name="screening", path=[str(packages)])
    for dependency in needed(installed).values():
        lend(dependency, packages)
    return Installation(home / "bin", packages, elsewhere)


def files(folder: Path) -> set[str]:
    shipped = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in shipped if "__pycache__" not in path.parts}


@pytest.mark.parametrize("folder", ["templates", "questionnaires"])
def test_a_wheel_carries_the_folders_beside_the_package(installation: Installation, folder: str) -> None:
    told = installation.run("python", "-c", f"from screening import resources; print(resources.folder('{folder}'))")

    place = Path(told.stdout.strip())
    assert place.is_relative_to(installation.packages)
    assert files(place) == files(ROOT / folder) != set()


def test_a_wheel_carries_everything_in_the_package(installation: Installation) -> None:
    beside = re.compile(r"_(templates|questionnaires)/")

    assert {name for name in files(installation.packages / "screening") if not beside.match(name)} == files(
        ROOT / "screening"
    )


def test_the_installed_command_checks_the_definitions_that_ship(installation: Installation) -> None:
    checked = installation.run("screening", "check")

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_installed_command_assesses_answers_from_anywhere(installation: Installation) -> None:
    (installation.elsewhere / "answers.yaml").write_text(ANSWERS, encoding="utf-8")

    assessed = installation.run(
        "screening", "assess", "esketamine_intranasal", "answers.yaml", "--today", "2026-11-22", "--json"
    )

    assert assessed.returncode == 0, assessed.stderr
    result = json.loads(assessed.stdout)
    assert result["today"] == "2026-11-22"
    assert result["triage"] == "incomplete"
    assert {flag["state"] for flag in result["flags"].values()} >= {"ruled_out", "open"}


def test_the_package_runs_as_a_module_too(installation: Installation) -> None:
    by_module = installation.run("python", "-m", "screening", "--help")

    assert by_module.returncode == 0, by_module.stderr
    assert by_module.stdout == installation.run("screening", "--help").stdout
