from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from screening.records.actors import SYSTEM
from screening.records.errors import StateError
from screening.records.states import MOVES, State, move, state_of
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
