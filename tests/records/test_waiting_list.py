from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from screening.assessment.findings import Triage
from screening.records import intakes, reviews
from screening.records.actors import SYSTEM, Actor
from screening.records.patients import Identity
from screening.records.reviews import NOBODY, Filters
from screening.records.states import State
from screening.records.tables import Intake

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
BORN = dt.date(1980, 5, 31)


def make(db: Session, name: str, triage: str | None, state: str = "submitted", hours: int = 1) -> Intake:
    """An intake that has waited for so many hours."""
    intake = intakes.invite(db, "spray", Identity(name, BORN), SYSTEM, NOW).intake
    intake.state, intake.triage, intake.submitted_at = state, triage, NOW - hours * HOUR
    db.flush()
    return intake


def names(db: Session, **filters: object) -> list[str]:
    return [row.name for row in reviews.queue(db, Filters(**filters)).rows]  # type: ignore[arg-type]


@pytest.fixture
def filled(db: Session, clinician: Actor) -> dict[str, Intake]:
    kept = [
        make(db, "Light", "none_found", hours=90),
        make(db, "Careful", "caution"),
        make(db, "Unfinished", "incomplete"),
        make(db, "Relative", "relative"),
        make(db, "Absolute New", "absolute", hours=1),
        make(db, "Absolute Old", "absolute", state="in_review", hours=5),
        make(db, "Urgent", "emergency"),
        make(db, "Decided", "absolute", state="decided"),
        make(db, "Invited", None, state="invited"),
    ]
    found = {row.name: kept[index] for index, row in enumerate(_rows(db, kept))}
    found["Careful"].alerted_at = NOW
    found["Light"].assignee_id = clinician.id
    db.flush()
    return found


def _rows(db: Session, kept: list[Intake]) -> list[reviews.QueueRow]:
    every = {row.id: row for row in reviews.queue(db, Filters(states=frozenset(State))).rows}
    return [every[intake.id] for intake in kept]


@pytest.mark.usefixtures("filled")
def test_open_alerts_come_first_then_the_gravest_then_who_waits_longest(db: Session) -> None:
    assert names(db) == ["Careful", "Urgent", "Absolute Old", "Absolute New", "Relative", "Unfinished", "Light"]


def test_an_acknowledged_alert_no_longer_comes_first(db: Session, filled: dict[str, Intake]) -> None:
    filled["Careful"].acknowledged_at = NOW
    assert names(db)[0] == "Urgent"


@pytest.mark.usefixtures("filled")
def test_the_queue_is_filtered(db: Session, clinician: Actor) -> None:
    assert names(db, states=frozenset({State.DECIDED, State.INVITED})) == ["Decided", "Invited"]
    assert names(db, triages=frozenset({Triage.CAUTION, Triage.RELATIVE})) == ["Careful", "Relative"]
    assert names(db, assignee=clinician.id) == ["Light"]
    assert len(names(db, assignee=NOBODY)) == 6
    assert len(names(db, pathway="spray")) == 7
    assert names(db, pathway="infusion") == []


def test_a_search_finds_a_person_in_any_state(db: Session, filled: dict[str, Intake]) -> None:
    assert names(db, search="absolute") == ["Absolute Old", "Absolute New"]
    assert names(db, search="invited 1980-05-31") == ["Invited"]
    assert names(db, search=filled["Decided"].reference.lower()) == ["Decided"]
    assert names(db, search="nobody") == []
    assert names(db, search="%") == []


def test_the_queue_has_pages(db: Session) -> None:
    for number in range(60):
        make(db, f"Patient {number}", "caution", hours=100 - number)
    first, second = reviews.queue(db), reviews.queue(db, page=2)
    assert (first.number, first.pages, first.total, len(first.rows)) == (1, 2, 60, 50)
    assert [row.name for row in second.rows] == [f"Patient {number}" for number in range(50, 60)]
    assert reviews.queue(db, page=99) == second
    assert reviews.queue(db, page=-1) == first


def test_an_empty_queue_is_one_empty_page(db: Session) -> None:
    assert reviews.queue(db) == reviews.QueuePage((), 1, 1, 0)


@pytest.mark.usefixtures("filled")
def test_the_queue_reads_no_answers_and_no_assessments(db: Session) -> None:
    statements: list[str] = []
    connection = db.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
    reviews.queue(db)
    assert len(statements) == 3
    assert not [sql for sql in statements if "response" in sql or "FROM assessment" in sql]


@pytest.mark.usefixtures("filled")
def test_rows_do_not_show_names(db: Session) -> None:
    assert "Urgent" not in repr(reviews.queue(db))


@pytest.mark.usefixtures("filled")
def test_intakes_are_counted_by_state_and_triage(db: Session) -> None:
    assert reviews.counts(db)[State.SUBMITTED] == 6
    assert reviews.triage_counts(db)[Triage.ABSOLUTE] == 2
