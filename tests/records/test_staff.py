from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.records import staff
from screening.records.actors import SYSTEM, Actor
from screening.records.context import context
from screening.records.database import Database
from screening.records.errors import AccountError, LastAdminError, LockedError, NotFoundError, PasswordError
from screening.records.staff import Role
from screening.records.tables import AuditEvent, SignInAttempt, Staff, StaffSession

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
PASSWORD = "lemon tricycle harbour"
HERE = "192.0.2.7"
Account = Callable[..., Staff]


def actions(db: Session) -> list[str]:
    db.commit()
    return list(db.scalars(select(AuditEvent.action).order_by(AuditEvent.sequence)))


def test_an_account_is_kept_without_its_password(db: Session, account: Account) -> None:
    ada = account()
    assert staff.by_email(db, " ADA@clinic.example ") is ada
    assert PASSWORD not in ada.password_hash
    assert not ada.must_change_password
    assert staff.names(db) == {ada.id: "Ada Keller"}


def test_a_password_that_someone_else_chose_must_be_changed(db: Session) -> None:
    ada = staff.add(db, "Ada", "a@clinic.example", Role.CLINICIAN, PASSWORD, SYSTEM, NOW)
    assert ada.must_change_password
    staff.change_password(db, ada, "kettle under seven rivers", NOW)
    assert not ada.must_change_password


@pytest.mark.parametrize(("name", "email"), [("", "a@b.example"), ("Ada", "nonsense"), ("Ada", "a b@c.example")])
def test_an_account_needs_a_name_and_an_address(db: Session, name: str, email: str) -> None:
    with pytest.raises(AccountError):
        staff.add(db, name, email, Role.ADMIN, PASSWORD, SYSTEM, NOW)


def test_an_address_has_one_account(db: Session, account: Account) -> None:
    account()
    with pytest.raises(AccountError, match="already"):
        staff.add(db, "Other", "Ada@Clinic.example", Role.ADMIN, PASSWORD, SYSTEM, NOW)


def test_a_weak_password_makes_no_account(db: Session) -> None:
    with pytest.raises(PasswordError):
        staff.add(db, "Ada", "a@clinic.example", Role.ADMIN, "password1234", SYSTEM, NOW)
    assert staff.every(db) == ()


def test_signing_in_gives_a_token_of_which_only_the_hash_is_kept(db: Session, account: Account) -> None:
    ada = account()
    signed_in = staff.sign_in(db, "ada@clinic.example", PASSWORD, HERE, NOW)
    assert signed_in is not None
    assert signed_in.staff is ada
    db.flush()
    assert signed_in.token not in str([vars(row) for row in db.scalars(select(StaffSession))])
    assert signed_in.token not in repr(signed_in)
    assert staff.by_token(db, signed_in.token, NOW + MINUTE) is ada
    assert "staff.signed_in" in actions(db)


@pytest.mark.parametrize("token", ["", "x", "\udcff", "x" * 10_000])
def test_an_unknown_token_is_nobody(db: Session, token: str) -> None:
    assert staff.by_token(db, token, NOW) is None


@pytest.mark.parametrize(
    ("email", "password"), [("ada@clinic.example", "wrong"), ("nobody@clinic.example", PASSWORD), ("", "")]
)
def test_a_wrong_sign_in_is_refused_in_the_same_way_with_and_without_an_account(
    db: Session, account: Account, email: str, password: str
) -> None:
    account()
    assert staff.sign_in(db, email, password, HERE, NOW) is None


def test_a_closed_account_does_not_sign_in(db: Session, account: Account) -> None:
    ada, boss = account(), staff.actor_of(account("Bo Boss", Role.ADMIN))
    staff.deactivate(db, ada, boss, NOW)
    assert staff.sign_in(db, "ada@clinic.example", PASSWORD, HERE, NOW) is None
    staff.reactivate(db, ada, boss, NOW)
    assert staff.sign_in(db, "ada@clinic.example", PASSWORD, HERE, NOW) is not None


@pytest.mark.parametrize("email", ["ada@clinic.example", "nobody@clinic.example"])
def test_too_many_failures_lock_an_account_for_a_while_whether_it_exists_or_not(
    db: Session, account: Account, email: str
) -> None:
    account()
    for number in range(3):
        assert staff.sign_in(db, email, "wrong", f"192.0.2.{number}", NOW) is None
    with pytest.raises(LockedError) as caught:
        staff.sign_in(db, email, PASSWORD, HERE, NOW + MINUTE)
    assert caught.value.until == NOW + 15 * MINUTE
    later = staff.sign_in(db, email, PASSWORD, HERE, NOW + 16 * MINUTE)
    assert (later is not None) == (email == "ada@clinic.example")


def test_too_many_failures_lock_an_address_for_all_accounts(db: Session, account: Account) -> None:
    account()
    address = context(db).counter.token("address", HERE)
    for number in range(15):
        db.add(SignInAttempt(id=str(number), at=NOW, account=str(number), address=address))
    with pytest.raises(LockedError):
        staff.sign_in(db, "ada@clinic.example", PASSWORD, HERE, NOW)
    assert staff.sign_in(db, "ada@clinic.example", PASSWORD, "198.51.100.1", NOW) is not None


def test_failures_are_counted_without_keeping_who_or_where(db: Session) -> None:
    staff.sign_in(db, "nobody@clinic.example", "wrong", HERE, NOW)
    kept = str([vars(row) for row in db.scalars(select(SignInAttempt))])
    assert HERE not in kept
    assert "nobody" not in kept


def test_a_success_forgets_the_failures_before_it(db: Session, account: Account) -> None:
    account()
    for _ in range(2):
        for _ in range(2):
            staff.sign_in(db, "ada@clinic.example", "wrong", HERE, NOW)
        assert staff.sign_in(db, "ada@clinic.example", PASSWORD, HERE, NOW) is not None


def test_confirming_a_password_counts_as_signing_in_does(db: Session, account: Account) -> None:
    ada = account()
    assert staff.confirm(db, ada, PASSWORD, HERE, NOW)
    assert staff.check_password(ada, PASSWORD)
    for _ in range(3):
        assert not staff.confirm(db, ada, "wrong", HERE, NOW)
    with pytest.raises(LockedError):
        staff.confirm(db, ada, PASSWORD, HERE, NOW)


def test_a_session_ends_when_it_is_idle_and_lives_while_it_is_used(db: Session, account: Account) -> None:
    token = _signed_in(db, account)
    assert staff.by_token(db, token, NOW + 29 * MINUTE)
    assert staff.by_token(db, token, NOW + 30 * MINUTE) is None
    staff.touch(db, token, NOW + 20 * MINUTE)
    assert staff.by_token(db, token, NOW + 49 * MINUTE)
    staff.touch(db, token, NOW + 60 * MINUTE)
    assert staff.by_token(db, token, NOW + 60 * MINUTE) is None


def test_a_session_ends_after_its_longest_time_however_busy(db: Session, account: Account) -> None:
    token = _signed_in(db, account)
    for step in range(1, 12 * 4):
        staff.touch(db, token, NOW + step * 15 * MINUTE)
    assert staff.by_token(db, token, NOW + 12 * 60 * MINUTE - MINUTE)
    assert staff.by_token(db, token, NOW + 12 * 60 * MINUTE) is None


def test_a_session_is_noted_as_used_at_most_once_a_minute(db: Session, account: Account) -> None:
    token = _signed_in(db, account)
    staff.touch(db, token, NOW + dt.timedelta(seconds=59))
    assert not db.dirty
    staff.touch(db, token, NOW + MINUTE)
    assert db.dirty


def test_signing_out_ends_the_session(db: Session, account: Account) -> None:
    token = _signed_in(db, account)
    staff.sign_out(db, token, NOW)
    assert staff.by_token(db, token, NOW) is None
    staff.sign_out(db, token, NOW)


def test_a_new_password_ends_all_sessions_but_the_one_it_was_changed_in(db: Session, account: Account) -> None:
    first = _signed_in(db, account)
    ada = staff.by_token(db, first, NOW)
    second = staff.sign_in(db, "ada@clinic.example", PASSWORD, HERE, NOW)
    assert ada is not None
    assert second is not None
    staff.change_password(db, ada, "kettle under seven rivers", NOW, second.token)
    assert staff.by_token(db, first, NOW) is None
    assert staff.by_token(db, second.token, NOW) is ada
    assert len(staff.sessions(db, ada, NOW)) == 1


def test_a_reset_password_ends_every_session_and_must_be_changed(db: Session, account: Account) -> None:
    token = _signed_in(db, account)
    ada = staff.by_token(db, token, NOW)
    assert ada is not None
    staff.reset_password(db, ada, "kettle under seven rivers", SYSTEM, NOW)
    assert staff.by_token(db, token, NOW) is None
    assert ada.must_change_password


def test_an_admin_changes_roles_and_the_sessions_end(db: Session, account: Account) -> None:
    token, boss = _signed_in(db, account), staff.actor_of(account("Bo Boss", Role.ADMIN))
    ada = staff.by_token(db, token, NOW)
    assert ada is not None
    staff.change_role(db, ada, Role.AUDITOR, boss, NOW)
    assert ada.role == "auditor"
    assert staff.by_token(db, token, NOW) is None
    assert "staff.role_changed" in actions(db)


def test_nobody_changes_or_closes_their_own_account(db: Session, account: Account) -> None:
    boss = account("Bo Boss", Role.ADMIN)
    account("Cy Chief", Role.ADMIN)
    with pytest.raises(AccountError):
        staff.deactivate(db, boss, staff.actor_of(boss), NOW)
    with pytest.raises(AccountError):
        staff.change_role(db, boss, Role.CLINICIAN, staff.actor_of(boss), NOW)


def test_the_last_admin_stays(db: Session, account: Account) -> None:
    boss = account("Bo Boss", Role.ADMIN)
    with pytest.raises(LastAdminError):
        staff.deactivate(db, boss, SYSTEM, NOW)
    with pytest.raises(LastAdminError):
        staff.change_role(db, boss, Role.CLINICIAN, SYSTEM, NOW)


def test_two_admins_cannot_close_each_other_at_once(database: Database) -> None:
    with database.session() as db:
        for name in ("Bo", "Cy"):
            staff.add(db, name, f"{name}@clinic.example", Role.ADMIN, PASSWORD, SYSTEM, NOW)
        db.commit()
        one, two = (admin.id for admin in staff.every(db))
    barrier, refused = Barrier(2), []

    def close(mine: str, other: str) -> None:
        barrier.wait()
        with database.session() as db:
            try:
                staff.deactivate(db, staff.by_id(db, other), Actor("staff", mine), NOW)
                db.commit()
            except LastAdminError:
                refused.append(mine)

    threads = [Thread(target=close, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session(reading=True) as db:
        assert [admin.active for admin in staff.every(db)].count(True) == 1
    assert len(refused) == 1


def test_an_unknown_account_is_told(db: Session) -> None:
    with pytest.raises(NotFoundError):
        staff.by_id(db, "nobody")


def _signed_in(db: Session, account: Account) -> str:
    account()
    signed_in = staff.sign_in(db, "ada@clinic.example", PASSWORD, HERE, NOW)
    assert signed_in is not None
    return signed_in.token
