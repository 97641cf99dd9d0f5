"""Three-valued truth: what can be said of a condition while answers are missing."""

from __future__ import annotations

from enum import Enum
from typing import NoReturn


class Truth(Enum):
    """True or false however the unknown answers turn out, or unknown. Never to be used as a Python truth value."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def __bool__(self) -> NoReturn:
        """Raises: TypeError always, so that unknown can never quietly become false."""
        raise TypeError("A Truth has three values. Compare it: truth is Truth.TRUE.")


class State(Enum):
    """What is known of a flag: the state as results write it."""

    RULED_OUT = "ruled_out"
    OPEN = "open"
    RAISED = "raised"

    @staticmethod
    def of(truth: Truth) -> State:
        """The state of a flag whose condition has that truth."""
        match truth:
            case Truth.TRUE:
                return State.RAISED
            case Truth.FALSE:
                return State.RULED_OUT
            case Truth.UNKNOWN:
                return State.OPEN
