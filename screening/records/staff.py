"""Who works here: accounts, sign-in with its limits, and the sessions of signed-in browsers."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from screening.records import audit
from screening.records.actors import Actor
from screening.records.context import context
from screening.records.errors import AccountError, LastAdminError, LockedError, NotFoundError
from screening.records.identifiers import new_id
from screening.records.passwords import check_new_password, is_password, password_hash
from screening.records.sealing import new_token, token_hash
from screening.records.tables import SignInAttempt, Staff, StaffSession

SEEN_EVERY = dt.timedelta(minutes=1)
ATTEMPTS_KEPT = dt.timedelta(days=1)
# A clinic's people share one address, so it may fail more often than one account.
ADDRESS_FACTOR = 5
EMAIL = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,185}\.[^\s@<>.]{2,63}")


class Role(StrEnum):
    """What someone may do here; exactly one each."""

    CLINICIAN = "clinician"
    ADMIN = "admin"
    AUDITOR = "auditor"
    REFERRER = "referrer"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token goes to the browser and is kept nowhere else."""

    staff: Staff
    token: str = field(repr=False)


def actor_of(staff: Staff) -> Actor:
    """The member of staff as an actor."""
    return Actor("staff", staff.id, staff.name)


def add(  # noqa: PLR0913  # who, and by whom and when
    db: Session, name: str, email: str, role: Role, password: str, actor: Actor, now: dt.datetime, *, own: bool = False
) -> Staff:
    """A new account. Unless the password is the person's `own`, it must be changed at the first sign-in.

    Raises: AccountError for an address that is none or in use; PasswordError.
    """
    name, email = " ".join(name.split()), email.strip().casefold()
    if not name or not EMAIL.fullmatch(email):
        raise AccountError("An account needs a name and an e-mail address such as name@clinic.example.")
    if by_email(db, email):
        raise AccountError("There is already an account with this e-mail address.")
    check_new_password(password, name, email)
    staff = Staff(
        id=new_id(now),
        name=name,
        email=email,
        role=Role(role).value,
        active=True,
        made_at=now,
        password_hash=password_hash(password),
        password_at=now,
        must_change_password=not own,
    )
    db.add(staff)
    db.flush()
    audit.record(db, actor, "staff.added", f"staff:{staff.id}", now, role=staff.role)
    return staff


def by_id(db: Session, staff_id: str) -> Staff:
    """The account with that id. Raises: NotFoundError."""
    staff = db.get(Staff, staff_id)
    if staff is None:
        raise NotFoundError("There is no such account.")
    return staff


def by_email(db: Session, email: str) -> Staff | None:
    """The account with that address, or None."""
    return db.scalars(select(Staff).where(Staff.email == email.strip().casefold())).one_or_none()


def every(db: Session) -> tuple[Staff, ...]:
    """All accounts, active ones first, by name."""
    return tuple(db.scalars(select(Staff).order_by(Staff.active.desc(), Staff.name, Staff.id)))


def names(db: Session) -> dict[str, str]:
    """The names of all staff by id, former staff too."""
    return dict(db.execute(select(Staff.id, Staff.name)).all())


def change_role(db: Session, staff: Staff, role: Role, actor: Actor, now: dt.datetime) -> None:
    """Give the account another role; its sessions end. Raises: LastAdminError, AccountError for one's own."""
    if staff.role == role:
        return
    _refuse_oneself(staff, actor)
    _keep_an_admin(db, staff)
    before, staff.role = staff.role, Role(role).value
    end_sessions(db, staff, now)
    audit.record(db, actor, "staff.role_changed", f"staff:{staff.id}", now, role=staff.role, before=before)


def deactivate(db: Session, staff: Staff, actor: Actor, now: dt.datetime) -> None:
    """Close the account; its sessions end at once. Raises: LastAdminError, AccountError for one's own."""
    if not staff.active:
        return
    _refuse_oneself(staff, actor)
    _keep_an_admin(db, staff)
    staff.active = False
    end_sessions(db, staff, now)
    audit.record(db, actor, "staff.deactivated", f"staff:{staff.id}", now)


def reactivate(db: Session, staff: Staff, actor: Actor, now: dt.datetime) -> None:
    """Open a closed account again."""
    if not staff.active:
        staff.active = True
        audit.record(db, actor, "staff.reactivated", f"staff:{staff.id}", now)


def reset_password(db: Session, staff: Staff, password: str, actor: Actor, now: dt.datetime) -> None:
    """Give the account a password that must be changed at the next sign-in. Raises: PasswordError."""
    _set_password(db, staff, password, now)
    staff.must_change_password = True
    audit.record(db, actor, "staff.password_reset", f"staff:{staff.id}", now)


def change_password(db: Session, staff: Staff, password: str, now: dt.datetime, token: str = "") -> None:
    """Give the account the password that its holder chose; all its sessions but that of `token` end.

    Raises: PasswordError.
    """
    _set_password(db, staff, password, now, keep=token)
    staff.must_change_password = False
    audit.record(db, actor_of(staff), "staff.password_changed", f"staff:{staff.id}", now)


def check_password(staff: Staff, password: str) -> bool:
    """Whether it is the password of that active account; asked again before signing. Use `confirm` where it counts."""
    return is_password(password, staff.password_hash if staff.active else None)


def confirm(db: Session, staff: Staff, password: str, address: str, now: dt.datetime) -> bool:
    """Whether a signed-in person gave their password again; wrong ones count as failed sign-ins.

    Raises: LockedError after too many.
    """
    return _attempt(db, staff, staff.email, password, address, now)


def sign_in(db: Session, email: str, password: str, address: str, now: dt.datetime) -> SignedIn | None:
    """A new session, or None: the same answer after the same time whether or not there is such an account.

    A failure is counted in the database, so commit it too. Raises: LockedError after too many failures for that account
    or from that address.
    """
    staff = by_email(db, email)
    if not _attempt(db, staff, email, password, address, now) or staff is None:
        return None
    token = new_token()
    db.add(StaffSession(token_hash=token_hash(token), staff_id=staff.id, made_at=now, seen_at=now))
    audit.record(db, actor_of(staff), "staff.signed_in", f"staff:{staff.id}", now)
    return SignedIn(staff, token)


def by_token(db: Session, token: str, now: dt.datetime) -> Staff | None:
    """Who is signed in with that token, or None; only reads."""
    session = _live(db, token, now)
    staff = session and db.get(Staff, session.staff_id)
    return staff if staff and staff.active else None


def touch(db: Session, token: str, now: dt.datetime) -> None:
    """Note that the session is in use, at most once a minute, so that it does not end as idle."""
    session = _live(db, token, now)
    if session and now - session.seen_at >= SEEN_EVERY:
        session.seen_at = now


def sign_out(db: Session, token: str, now: dt.datetime) -> None:
    """End the session of that token."""
    session = _live(db, token, now)
    if session:
        session.ended_at = now
        staff = by_id(db, session.staff_id)
        audit.record(db, actor_of(staff), "staff.signed_out", f"staff:{staff.id}", now)


def sessions(db: Session, staff: Staff, now: dt.datetime) -> tuple[StaffSession, ...]:
    """The account's live sessions, the one used last first."""
    mine = select(StaffSession).where(StaffSession.staff_id == staff.id, *_is_live(db, now))
    return tuple(db.scalars(mine.order_by(StaffSession.seen_at.desc())))


def end_sessions(db: Session, staff: Staff, now: dt.datetime, keep: str = "") -> None:
    """End all sessions of the account, but the one of the token `keep`."""
    db.execute(
        update(StaffSession)
        .where(StaffSession.staff_id == staff.id, StaffSession.ended_at.is_(None))
        .where(StaffSession.token_hash != token_hash(keep))
        .values(ended_at=now)
    )


def _attempt(db: Session, staff: Staff | None, email: str, password: str, address: str, now: dt.datetime) -> bool:
    counter, limits = context(db).counter, context(db).limits
    account, place = email.strip().casefold(), address.strip()
    _refuse_locked(db, SignInAttempt.account.in_(counter.tokens("account", account)), limits.sign_in_attempts, now)
    most = limits.sign_in_attempts * ADDRESS_FACTOR
    _refuse_locked(db, SignInAttempt.address.in_(counter.tokens("address", place)), most, now)
    if is_password(password, staff.password_hash if staff and staff.active else None):
        db.execute(delete(SignInAttempt).where(SignInAttempt.account.in_(counter.tokens("account", account))))
        return True
    tokens = counter.token("account", account), counter.token("address", place)
    db.execute(delete(SignInAttempt).where(SignInAttempt.at < now - ATTEMPTS_KEPT))
    db.add(SignInAttempt(id=new_id(now), at=now, account=tokens[0], address=tokens[1]))
    if staff:
        audit.record(db, Actor("system", "sign-in"), "staff.sign_in_failed", f"staff:{staff.id}", now)
    return False


def _refuse_locked(db: Session, whose: ColumnElement[bool], most: int, now: dt.datetime) -> None:
    window = context(db).limits.sign_in_window
    recent = select(func.count(), func.min(SignInAttempt.at)).where(whose, SignInAttempt.at > now - window)
    count, first = db.execute(recent).one()
    if count >= most:
        raise LockedError("Too many failed attempts. Please wait a while and try again.", first + window)


def _live(db: Session, token: str, now: dt.datetime) -> StaffSession | None:
    mine = select(StaffSession).where(StaffSession.token_hash == token_hash(token), *_is_live(db, now))
    return db.scalars(mine).one_or_none()


def _is_live(db: Session, now: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    limits = context(db).limits
    return (
        StaffSession.ended_at.is_(None),
        StaffSession.seen_at > now - limits.staff_idle,
        StaffSession.made_at > now - limits.staff_session,
    )


def _set_password(db: Session, staff: Staff, password: str, now: dt.datetime, keep: str = "") -> None:
    check_new_password(password, staff.name, staff.email)
    staff.password_hash, staff.password_at = password_hash(password), now
    end_sessions(db, staff, now, keep)


def _refuse_oneself(staff: Staff, actor: Actor) -> None:
    if actor.kind == "staff" and actor.id == staff.id:
        raise AccountError("You cannot change your own account in this way. Ask another admin.")


def _keep_an_admin(db: Session, staff: Staff) -> None:
    """Locks the admins' rows, so that two of them cannot remove each other at once."""
    admins = db.scalars(select(Staff.id).where(Staff.role == Role.ADMIN, Staff.active).with_for_update()).all()
    if list(admins) == [staff.id]:
        raise LastAdminError("This is the last admin. Make someone else an admin first.")
