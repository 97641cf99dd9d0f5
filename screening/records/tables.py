"""The tables. What is `bytes` in a row about a patient is sealed (`sealing.py`); what is plain holds no answer.

Rows about a patient carry `patient_id`, so that they can be spread over machines by it. Rows that follow one another in
an intake are numbered: a clock that jumps back does not change their order.
"""

from __future__ import annotations

import datetime as dt
from typing import cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    event,
    inspect,
    text,
)
from sqlalchemy import Table as PlainTable
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

ID = String(32)
HASH = String(64)
WORD = String(40)
# SQLite keeps rows in the order of their key only under a column that it calls INTEGER.
COUNT = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[dt.datetime]):
    """A point in time: aware in Python, UTC in the database, to the microsecond on either kind."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, _dialect: Dialect) -> dt.datetime | None:
        """The time in UTC. Raises: ValueError for a naive time, which could be any."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a stored time needs a time zone"
            raise ValueError(message)
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, _dialect: Dialect) -> dt.datetime | None:
        """The time as an aware one; SQLite gives it back naive."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Table(DeclarativeBase):
    """What every table shares: names for constraints that migrations can find again."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    registry = registry(
        metadata=metadata,
        type_annotation_map={dt.datetime: Moment(), dt.date: Date(), bytes: LargeBinary(), str: Text(), int: Integer()},
    )

    def __repr__(self) -> str:
        # Only the key: a row's values have no place in a log.
        key = inspect(self).identity
        return f"<{type(self).__name__} {', '.join(map(str, key)) if key else 'not stored yet'}>"


def table_of(rows: type[Table]) -> PlainTable:
    """The plain table behind a class of rows, for statements without objects: they cost half, where it counts."""
    return cast("PlainTable", rows.__table__)


class Patient(Table):
    """A person: a data key wrapped by a master key, and an identity sealed with it."""

    __tablename__ = "patient"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    made_at: Mapped[dt.datetime]
    key_name: Mapped[str] = mapped_column(WORD, index=True)
    # None once the patient is erased: without it nothing of theirs opens again, not even in a backup.
    data_key: Mapped[bytes | None]
    identity: Mapped[bytes]


class PatientIndex(Table):
    """A blind index: under which keyed hashes a patient's name parts and date of birth are found."""

    __tablename__ = "patient_index"
    __table_args__ = (Index(None, "token"),)

    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id", ondelete="CASCADE"), primary_key=True)
    token: Mapped[str] = mapped_column(HASH, primary_key=True)
    key_name: Mapped[str] = mapped_column(WORD)


class Intake(Table):
    """One screening of one patient for one pathway. The queue reads only this row."""

    __tablename__ = "intake"
    __table_args__ = (Index(None, "state", "submitted_at"), Index(None, "state", "expires_at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    reference: Mapped[str] = mapped_column(String(9), unique=True)
    pathway: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(WORD)
    triage: Mapped[str | None] = mapped_column(WORD)
    language: Mapped[str] = mapped_column(String(20))
    edition: Mapped[int | None] = mapped_column(ForeignKey("edition.number"), index=True)
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    renews_id: Mapped[str | None] = mapped_column(ForeignKey("intake.id"))
    made_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None]
    saved_at: Mapped[dt.datetime | None]
    submitted_at: Mapped[dt.datetime | None]
    decided_at: Mapped[dt.datetime | None]
    expires_at: Mapped[dt.datetime | None]
    token_hash: Mapped[str] = mapped_column(HASH, unique=True)
    token_number: Mapped[int]
    failed_attempts: Mapped[int]
    locked_at: Mapped[dt.datetime | None]
    alerted_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    alert_flags: Mapped[bytes | None]
    acknowledged_at: Mapped[dt.datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))


class Response(Table):
    """The current answers to one questionnaire; `revision` counts its saves."""

    __tablename__ = "response"
    __table_args__ = (UniqueConstraint("intake_id", "questionnaire"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    intake_id: Mapped[str] = mapped_column(ForeignKey("intake.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    questionnaire: Mapped[str] = mapped_column(String(80))
    revision: Mapped[int]
    saved_at: Mapped[dt.datetime]
    answers: Mapped[bytes]


class ResponseEvent(Table):
    """One save: what changed, by whom, when, in which language and wording. Never changed."""

    __tablename__ = "response_event"
    __table_args__ = (
        UniqueConstraint("intake_id", "number"),
        UniqueConstraint("intake_id", "questionnaire", "revision"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int]
    intake_id: Mapped[str] = mapped_column(ForeignKey("intake.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    questionnaire: Mapped[str] = mapped_column(String(80))
    page: Mapped[str] = mapped_column(String(80))
    revision: Mapped[int]
    at: Mapped[dt.datetime]
    actor_kind: Mapped[str] = mapped_column(WORD)
    actor_id: Mapped[str] = mapped_column(WORD)
    language: Mapped[str] = mapped_column(String(20))
    wording: Mapped[str] = mapped_column(HASH)
    edition: Mapped[int] = mapped_column(ForeignKey("edition.number"))
    delta: Mapped[bytes]


class StoredAssessment(Table):
    """An assessment as it was made, whole. Never changed: a reassessment is a new one."""

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("intake_id", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int]
    intake_id: Mapped[str] = mapped_column(ForeignKey("intake.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    made_at: Mapped[dt.datetime]
    today: Mapped[dt.date]
    stage: Mapped[str] = mapped_column(WORD)
    reason: Mapped[str] = mapped_column(WORD)
    edition: Mapped[int] = mapped_column(ForeignKey("edition.number"))
    definitions: Mapped[str] = mapped_column(HASH)
    # Hashes of the result and of the answers behind it, salted by what is sealed beside them.
    result_hash: Mapped[str] = mapped_column(HASH)
    result: Mapped[bytes]
    basis: Mapped[bytes]


class InformationRequest(Table):
    """What a clinician asked the patient to answer again or at last."""

    __tablename__ = "information_request"
    __table_args__ = (UniqueConstraint("intake_id", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int]
    intake_id: Mapped[str] = mapped_column(ForeignKey("intake.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[dt.datetime]
    answered_at: Mapped[dt.datetime | None]
    content: Mapped[bytes]


class Review(Table):
    """A clinician's signed decision. Never changed: a later one supersedes it."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("intake_id", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int]
    intake_id: Mapped[str] = mapped_column(ForeignKey("intake.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patient.id"), index=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessment.id"))
    supersedes_id: Mapped[str | None] = mapped_column(ForeignKey("review.id"), unique=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    signed_at: Mapped[dt.datetime]
    outcome: Mapped[str] = mapped_column(WORD)
    expires_on: Mapped[dt.date | None]
    content_hash: Mapped[str] = mapped_column(HASH)
    content: Mapped[bytes]


class DefinitionText(Table):
    """A definition file's content under its SHA-256."""

    __tablename__ = "definition_text"

    hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    content: Mapped[bytes]


class DefinitionVersion(Table):
    """One version of one definition file: a draft has no number yet; at most one is published, at most one a draft."""

    __tablename__ = "definition_version"
    __table_args__ = (
        UniqueConstraint("file", "number"),
        CheckConstraint("state in ('draft', 'published', 'retired')", name="state"),
        Index(
            "uq_definition_version_live",
            "file",
            "state",
            unique=True,
            sqlite_where=text("state <> 'retired'"),
            postgresql_where=text("state <> 'retired'"),
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    file: Mapped[str] = mapped_column(String(200))
    number: Mapped[int | None]
    hash: Mapped[str] = mapped_column(ForeignKey("definition_text.hash"))
    state: Mapped[str] = mapped_column(WORD)
    author_kind: Mapped[str] = mapped_column(WORD)
    author_id: Mapped[str] = mapped_column(WORD)
    saved_at: Mapped[dt.datetime]
    approver_kind: Mapped[str | None] = mapped_column(WORD)
    approver_id: Mapped[str | None] = mapped_column(WORD)
    reason: Mapped[str]
    published_at: Mapped[dt.datetime | None]
    retired_at: Mapped[dt.datetime | None]


class Edition(Table):
    """All definition files that were current together; `pins` is JSON, file to content hash. The newest is current."""

    __tablename__ = "edition"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    made_at: Mapped[dt.datetime]
    pins: Mapped[str]


class Staff(Table):
    """Someone who works here. Names and addresses of staff are plain: pages, exports and the audit trail show them."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    role: Mapped[str] = mapped_column(WORD)
    active: Mapped[bool]
    made_at: Mapped[dt.datetime]
    password_hash: Mapped[str]
    password_at: Mapped[dt.datetime]
    must_change_password: Mapped[bool]
    totp_secret: Mapped[bytes | None]
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)


class StaffSession(Table):
    """A browser that is signed in; the token itself is known only to that browser."""

    __tablename__ = "staff_session"

    token_hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    made_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class SignInAttempt(Table):
    """A failed sign-in, counted under a keyed hash of the account named and one of the address it came from."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index(None, "account", "at"), Index(None, "address", "at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    at: Mapped[dt.datetime]
    account: Mapped[str] = mapped_column(HASH)
    address: Mapped[str] = mapped_column(HASH)


class AuditEvent(Table):
    """One link of the audit chain. `details` is the exact text that was hashed."""

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "subject"),)

    sequence: Mapped[int] = mapped_column(COUNT, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    actor_kind: Mapped[str] = mapped_column(WORD)
    actor_id: Mapped[str] = mapped_column(WORD)
    action: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(240))
    details: Mapped[str]
    previous: Mapped[str] = mapped_column(HASH)
    hash: Mapped[str] = mapped_column(HASH)


class AuditHead(Table):
    """The end of the chain, the one row that every writer locks; `mac` shows that this program wrote it."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(COUNT)
    hash: Mapped[str] = mapped_column(HASH)
    key_name: Mapped[str] = mapped_column(WORD)
    mac: Mapped[str] = mapped_column(HASH)


class Message(Table):
    """The outbox: what is to be sent, committed with what it speaks of. Holds nothing clinical and no address."""

    __tablename__ = "message"
    __table_args__ = (Index(None, "sent_at", "due_at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(WORD)
    recipient_kind: Mapped[str] = mapped_column(WORD)
    recipient_id: Mapped[str | None] = mapped_column(ID)
    intake_id: Mapped[str | None] = mapped_column(ForeignKey("intake.id"), index=True)
    made_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    claimed_at: Mapped[dt.datetime | None]
    sent_at: Mapped[dt.datetime | None]
    attempts: Mapped[int]
    trouble: Mapped[str | None]


def _refuse_change(_mapper: object, _connection: object, row: Table) -> None:
    message = f"{row!r} is never changed or deleted: write a new row instead"
    raise TypeError(message)


for kept_as_written in (ResponseEvent, StoredAssessment, Review, DefinitionText, Edition, AuditEvent):
    event.listen(kept_as_written, "before_update", _refuse_change)
for never_deleted in (ResponseEvent, StoredAssessment, Review, Edition, AuditEvent):
    event.listen(never_deleted, "before_delete", _refuse_change)
