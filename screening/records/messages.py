"""The outbox: messages written in the same transaction as what they speak of, and sent after it.

A message holds no address and nothing clinical: the sender looks up whom it is for when it is sent.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from screening.records.identifiers import new_id
from screening.records.tables import Message

CLAIM = dt.timedelta(minutes=5)
MOST_ATTEMPTS = 8
FIRST_PAUSE = dt.timedelta(minutes=1)


class Kind(StrEnum):
    """What a message says."""

    ALERT = "alert"
    SUBMITTED = "submitted"
    INFORMATION_REQUESTED = "information_requested"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message is for: a patient, one member of staff, or (no id) all who are on duty."""

    kind: Literal["patient", "staff"]
    id: str | None = None


ON_DUTY = Recipient("staff")


def queue_message(db: Session, kind: Kind, to: Recipient, intake_id: str | None, now: dt.datetime) -> Message:
    """A message that is sent once this transaction is committed, and never if it is not."""
    message = Message(
        id=new_id(now),
        kind=kind.value,
        recipient_kind=to.kind,
        recipient_id=to.id,
        intake_id=intake_id,
        made_at=now,
        due_at=now,
        attempts=0,
    )
    db.add(message)
    return message


def claim(db: Session, now: dt.datetime, most: int = 20) -> tuple[Message, ...]:
    """Messages that are due, taken so that no other sender takes them for a while; commit before sending them."""
    free = or_(Message.claimed_at.is_(None), Message.claimed_at < now - CLAIM)
    waiting = (Message.sent_at.is_(None), Message.due_at <= now, Message.attempts < MOST_ATTEMPTS)
    due = select(Message).where(*waiting, free)
    rows = db.scalars(due.order_by(Message.due_at, Message.id).limit(most).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.claimed_at, row.attempts = now, row.attempts + 1
    return tuple(rows)


def sent(message: Message, now: dt.datetime) -> None:
    """Note that the message was sent."""
    message.sent_at, message.claimed_at, message.trouble = now, None, None


def failed(message: Message, trouble: str, now: dt.datetime) -> None:
    """Note that sending failed; it is tried again after a pause that doubles. `trouble` holds no address."""
    message.claimed_at, message.trouble = None, trouble[:500]
    message.due_at = now + FIRST_PAUSE * 2 ** (message.attempts - 1)
