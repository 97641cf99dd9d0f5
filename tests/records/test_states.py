from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from screening.records import intakes
from screening.records.actors import SYSTEM
from screening.records.database import Database
from screening.records.errors import StateError
from screening.records.patients import Identity
from screening.records.states import MOVES, State, lock, locked, move, state_of
from screening.records.tables import Intake

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("start", State)
@pytest.mark.parametrize("to", State)
def test_only_the_moves_in_the_table_are_made(start: State, to: State) -> None:
    intake, db = Intake(id="1", state=start.value), Session()
    if to in MOVES[start]:
        move(db, intake, to, SYSTEM, NOW)
        assert state_of(intake) is to
    else:
        with pytest.raises(StateError, match="This is not possible now"):
            move(db, intake, to, SYSTEM, NOW)
        assert state_of(intake) is start


def test_every_state_has_its_row_in_the_table() -> None:
    assert set(MOVES) == set(State)


@pytest.mark.parametrize("state", [state for state in State if state is not State.WITHDRAWN])
def test_a_patient_may_withdraw_from_every_state(state: State) -> None:
    assert State.WITHDRAWN in MOVES[state]


def test_an_intake_that_is_locked_is_read_anew(database: Database, who: Identity) -> None:
    with database.session() as db, database.session() as other:
        intake = intakes.invite(db, "spray", who, SYSTEM, NOW).intake
        db.commit()
        other.get_one(Intake, intake.id).state = "withdrawn"
        other.commit()
        assert state_of(intake) is State.INVITED
        found = locked(db, intake.id)
        assert found is intake
        assert state_of(intake) is State.WITHDRAWN
        db.commit()
        other.get_one(Intake, intake.id).state = "expired"
        other.commit()
        lock(db, intake)
        assert state_of(intake) is State.EXPIRED


def test_no_intake_is_locked_for_an_unknown_id(db: Session) -> None:
    assert locked(db, "nothing") is None
