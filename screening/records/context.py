"""What every session carries besides its connection: the keys, the limits, the clinic's time zone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from screening.config import Limits, Settings
from screening.records.sealing import BlindIndex, Keyring
from screening.records.shelf import Shelf

KEY = "screening"
OWN_SHELF = "screening.shelf"


@dataclass(frozen=True, slots=True)
class Context:
    """What a deployment's sessions share. `index` finds patients, `counter` counts sign-ins."""

    keyring: Keyring
    index: BlindIndex
    counter: BlindIndex
    time_zone: ZoneInfo
    limits: Limits
    shelf: Shelf = field(default_factory=Shelf)

    @classmethod
    def of(cls, settings: Settings) -> Context:
        """The context of a deployment with those settings."""
        keyring = Keyring(settings.keys)
        index, counter = BlindIndex(keyring, "patient index"), BlindIndex(keyring, "sign-in counter")
        return cls(keyring, index, counter, settings.time_zone, settings.limits)


def context(db: Session) -> Context:
    """The context of a session that `Database.session` made."""
    found: Context = db.info[KEY]
    return found


def shelf(db: Session) -> Shelf:
    """The libraries at hand: the deployment's, or the session's own while it has an edition that is not committed."""
    own: Shelf | None = db.info.get(OWN_SHELF)
    return own or context(db).shelf


def use_own_shelf(db: Session) -> None:
    """Keep what is read from now on to this transaction: if it fails, another edition may get the same number."""
    db.info[OWN_SHELF] = Shelf()


def forget_own_shelf(db: Session) -> None:
    """Go back to the deployment's libraries."""
    db.info.pop(OWN_SHELF, None)


def today(db: Session, now: dt.datetime) -> dt.date:
    """The day at the clinic at that time."""
    return now.astimezone(context(db).time_zone).date()
