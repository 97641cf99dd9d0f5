"""`screening init`, `staff`, `audit` and the demo's people work on a real database."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from screening.cli.demo import demo_settings, fill, prepared_folder
from screening.cli.operating import opened, prepare
from screening.cli.people import read_people
from screening.records import audit
from screening.records.states import State

Run = Callable[..., Result]
PASSWORD = "lemon tricycle harbour"


@pytest.fixture
def deployment(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An initialised deployment; the path of its database."""
    database = tmp_path / "clinic.db"
    monkeypatch.setenv("SCREENING_DATABASE_URL", f"sqlite:///{database}")
    monkeypatch.setenv("SCREENING_KEY_FILE", str(tmp_path / "key"))
    result = run("init", "--new-key", tmp_path / "key")
    assert result.exit_code == 0, result.output
    return database


def test_a_deployment_is_made_and_made_again_without_change(run: Run, deployment: Path, tmp_path: Path) -> None:
    assert deployment.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    again = run("init")
    assert again.exit_code == 0
    assert "Definitions published: 0." in again.output
    refused = run("init", "--new-key", tmp_path / "key")
    assert refused.exit_code == 1
    assert "was not touched" in refused.output


def test_every_problem_of_the_settings_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SCREENING_DATABASE_URL", "SCREENING_KEY_FILE", "SCREENING_KEYS"):
        monkeypatch.delenv(name, raising=False)
    result = run("serve")
    assert result.exit_code == 1
    assert "SCREENING_DATABASE_URL is not set" in result.output
    assert "SCREENING_KEYS" in result.output


@pytest.mark.usefixtures("deployment")
def test_the_first_admin_is_made_by_command(run: Run) -> None:
    arguments = ("staff", "add", "admin@clinic.example", "--name", "Ana Admin", "--role", "admin", "--password")
    assert run(*arguments, PASSWORD).exit_code == 0
    twice = run(*arguments, PASSWORD)
    assert twice.exit_code == 1
    assert "already an account" in twice.output
    short = run("staff", "add", "b@clinic.example", "--name", "B", "--role", "admin", "--password", "short")
    assert short.exit_code == 1
    assert "Traceback" not in short.output


def test_a_changed_event_of_the_trail_is_found(run: Run, deployment: Path) -> None:
    whole = run("audit", "verify")
    assert whole.exit_code == 0
    assert "The audit trail is whole" in whole.output
    with sqlite3.connect(deployment) as connection:
        connection.execute("UPDATE audit_event SET action = 'nothing' WHERE sequence = 1")
    broken = run("audit", "verify")
    assert broken.exit_code == 1
    assert "event 1" in broken.output


def test_the_demo_has_about_forty_people_in_every_state(tmp_path: Path) -> None:
    settings = demo_settings(prepared_folder(tmp_path / "demo", fresh=False), 8000)
    with opened(settings) as database:
        prepare(database)
        fill(database, settings)
        with database.session(reading=True) as db:
            rows = db.connection().exec_driver_sql("SELECT state, triage FROM intake").all()
            assert audit.verify(db) == ()
    states = Counter(state for state, _ in rows)
    assert set(states) == {state.value for state in State}
    assert 35 <= len(rows) <= 45
    assert {"emergency", "absolute", "relative", "incomplete", "caution", "none_found"} <= {t for _, t in rows}
    people = read_people(dt.datetime.now(dt.UTC), dt.UTC)
    stored = b"".join(path.read_bytes() for path in (tmp_path / "demo").glob("screening.db*"))
    assert not [person.name for person in people if person.name.encode() in stored]


def test_the_demo_leaves_other_folders_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    result = run("demo", "--folder", tmp_path)
    assert result.exit_code == 1
    assert "holds something else" in result.output
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
