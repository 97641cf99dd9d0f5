"""Who does something: every change that is kept names one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ActorKind = Literal["patient", "staff", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A patient, a member of staff, or the program itself. Only kind and id are ever stored, never the name."""

    kind: ActorKind
    id: str
    name: str = field(default="", repr=False)


SYSTEM = Actor("system", "screening", "screening")
