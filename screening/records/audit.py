"""The audit trail: a chain of events in which every change, deletion, reordering or truncation shows.

Events are written when their transaction commits, so that the head of the chain, which every writer locks, is held for
the shortest time and always last: two writers never wait for each other in a circle.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from screening.records.actors import Actor
from screening.records.context import context
from screening.records.errors import SealError
from screening.records.sealing import canonical, digest
from screening.records.tables import AuditEvent, AuditHead, table_of

START = digest(b"screening: the audit trail starts here")
PENDING = "screening.audit"
HEAD = 1
BATCH = 1000

_EVENT, _HEAD = table_of(AuditEvent), table_of(AuditHead)
_ADD = insert(_EVENT)
_LOCK_HEAD = select(_HEAD.c.count, _HEAD.c.hash).with_for_update()
_MOVE_HEAD = update(_HEAD)
_TRAIL = select(_EVENT).order_by(_EVENT.c.sequence).execution_options(yield_per=BATCH)

Detail = str | int | bool | None | Sequence[str]


@dataclass(frozen=True, slots=True)
class _Pending:
    actor: Actor
    action: str
    subject: str
    at: dt.datetime
    details: str


class Break(StrEnum):
    """In which way the chain is broken."""

    CHANGED = "was changed"
    MISSING = "is missing"
    UNLINKED = "does not follow from the one before it"
    ADDED = "was added by another program"
    CUT = "is the last, but more were written after it"
    HEAD_MISSING = "the head of the trail is missing"
    HEAD_FORGED = "the head of the trail was not written by this program"
    ANCHOR = "the trail is not the one whose head was kept elsewhere"


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """One place at which the trail is not what was written; `sequence` is the event's number, 0 for the head."""

    sequence: int
    kind: Break

    def __str__(self) -> str:
        return f"event {self.sequence} {self.kind}" if self.sequence else str(self.kind)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of the trail at one time: kept elsewhere, it shows that the trail was not cut back or rewritten."""

    count: int
    hash: str


def record(db: Session, actor: Actor, action: str, subject: str, now: dt.datetime, **details: Detail) -> None:
    """Note that someone did something; it is written when the session commits, or not at all.

    `action` and `subject` are words such as `intake.submitted` and `intake:<id>`. Details hold ids, counts and states,
    never what identifies a patient or what they answered.
    """
    if not db.in_transaction():
        # So that there is one to roll back, and the event with it.
        db.begin()
    pending: list[_Pending] = db.info.setdefault(PENDING, [])
    pending.append(_Pending(actor, action, subject, now.astimezone(dt.UTC), canonical(details).decode()))


def write_pending(db: Session) -> None:
    """Append the session's events to the chain. `Database` calls it before each commit."""
    pending: list[_Pending] = db.info.get(PENDING, [])
    if not pending:
        return
    # What else there is to write comes first: whoever holds the head waits for nobody.
    db.flush()
    connection = db.connection()
    head = connection.execute(_LOCK_HEAD).one_or_none()
    if head is None:
        # Never started anew here: a missing head must stay visible.
        raise SealError("The head of the audit trail is missing, so nothing can be added to it. Restore a backup.")
    count, previous = head
    rows: list[dict[str, Any]] = []
    for event in pending:
        count += 1
        rows.append(_row(count, event, previous))
        previous = rows[-1]["hash"]
    connection.execute(_ADD, rows)
    keyring = context(db).keyring
    mac = _mac(keyring.derived("audit head"), count, previous)
    connection.execute(_MOVE_HEAD, {"count": count, "hash": previous, "key_name": keyring.current, "mac": mac})
    forget_pending(db)


def forget_pending(db: Session) -> None:
    """Drop the events of a transaction that is over."""
    db.info.pop(PENDING, None)


def start(db: Session) -> None:
    """Write the head of an empty trail, once in a database's life. `migrate` calls it."""
    if db.get(AuditHead, HEAD) is None and not db.scalar(select(func.count()).select_from(AuditEvent)):
        keyring = context(db).keyring
        mac = _mac(keyring.derived("audit head"), 0, START)
        db.add(AuditHead(id=HEAD, count=0, hash=START, key_name=keyring.current, mac=mac))


def event_hash(event: Mapping[str, Any]) -> str:
    """The hash that binds an event, given by its columns, to the one before it."""
    bound = {name: value for name, value in event.items() if name != "hash"}
    return digest(canonical(bound | {"at": event["at"].astimezone(dt.UTC).isoformat(timespec="microseconds")}))


def _row(sequence: int, event: _Pending, previous: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "sequence": sequence,
        "at": event.at,
        "actor_kind": event.actor.kind,
        "actor_id": event.actor.id,
        "action": event.action,
        "subject": event.subject,
        "details": event.details,
        "previous": previous,
    }
    return {**row, "hash": event_hash(row)}


def anchor(db: Session) -> Anchor:
    """The head of the trail as it is now, to be kept elsewhere."""
    head = db.get_one(AuditHead, HEAD)
    return Anchor(head.count, head.hash)


def verify(db: Session, anchors: Iterable[Anchor] = ()) -> tuple[ChainBreak, ...]:
    """Every place at which the trail is not what was written; none if it is whole.

    `anchors` are heads that were kept elsewhere: the trail must still contain each.
    """
    kept = {anchor.count: anchor.hash for anchor in anchors}
    return tuple(_breaks(db, kept))


def _breaks(db: Session, kept: dict[int, str]) -> Iterator[ChainBreak]:
    count, previous = 0, START
    seen = {0: START}
    for event in db.execute(_TRAIL).mappings():
        count += 1
        sequence, hash_ = event["sequence"], event["hash"]
        while count < sequence:
            yield ChainBreak(count, Break.MISSING)
            count, previous = count + 1, ""
        if event_hash({str(name): value for name, value in event.items()}) != hash_:
            yield ChainBreak(sequence, Break.CHANGED)
        elif previous and event["previous"] != previous:
            yield ChainBreak(sequence, Break.UNLINKED)
        previous = hash_
        if sequence in kept:
            seen[sequence] = hash_
    yield from (ChainBreak(n, Break.ANCHOR) for n, then in sorted(kept.items()) if seen.get(n) != then)
    yield from _head_breaks(db, count, previous)


def _head_breaks(db: Session, count: int, last: str) -> Iterator[ChainBreak]:
    head = db.get(AuditHead, HEAD, populate_existing=True)
    if head is None:
        yield ChainBreak(0, Break.HEAD_MISSING)
        return
    try:
        key = context(db).keyring.derived("audit head", head.key_name)
    except SealError:
        yield ChainBreak(0, Break.HEAD_FORGED)
        return
    if not hmac.compare_digest(_mac(key, head.count, head.hash), head.mac):
        yield ChainBreak(0, Break.HEAD_FORGED)
    elif (head.count, head.hash) != (count, last):
        kind = {1: Break.CUT, 0: Break.CHANGED, -1: Break.ADDED}[(head.count > count) - (head.count < count)]
        yield ChainBreak(count, kind)


def _mac(key: bytes, count: int, hash_: str) -> str:
    return hmac.new(key, f"{count}:{hash_}".encode(), hashlib.sha256).hexdigest()
