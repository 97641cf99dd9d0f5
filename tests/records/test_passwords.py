from __future__ import annotations

import time

import pytest

from screening.records.errors import PasswordError
from screening.records.passwords import check_new_password, is_password, password_hash


@pytest.mark.parametrize(
    "password", ["lemon tricycle harbour", "9 quiet rivers & a kettle", "ünïcödé wörds hére", "x7$Kp2!mQz9@"]
)
def test_a_password_that_others_would_not_guess_is_accepted(password: str) -> None:
    check_new_password(password, "Maria Lopez", "maria@clinic.example")


@pytest.mark.parametrize(
    ("password", "hint"),
    [
        ("short words", "12 characters or more"),
        ("x" * 201, "at most 200"),
        ("aaaaaaaaaaaaaaaa", "among the first"),
        ("password1234", "among the first"),
        ("Passw0rd!2026", "among the first"),
        ("qwertyuiop12", "among the first"),
        ("123456789012", "among the first"),
        ("KetamineClinic2026!", "among the first"),
        ("correct horse battery staple", "among the first"),
        ("the river of maria", "own name"),
        ("LOPEZ-river-kettle", "own name"),
    ],
)
def test_a_password_that_others_would_guess_is_refused(password: str, hint: str) -> None:
    with pytest.raises(PasswordError, match=hint) as caught:
        check_new_password(password, "Maria Lopez", "maria@clinic.example")
    assert password not in caught.value.message


def test_a_long_text_is_judged_at_once() -> None:
    started = time.monotonic()
    check_new_password("a1" * 98 + "xyzq")
    assert time.monotonic() - started < 1


def test_only_the_password_itself_opens_its_hash() -> None:
    stored = password_hash("lemon tricycle harbour")
    assert stored.startswith("$argon2id$")
    assert is_password("lemon tricycle harbour", stored)
    assert not is_password("lemon tricycle harbor", stored)
    assert not is_password("", stored)


def test_an_accent_may_be_typed_in_either_way() -> None:
    assert is_password("cafe\u0301 tricycle", password_hash("caf\u00e9 tricycle"))


def test_without_an_account_no_password_is_right() -> None:
    assert not is_password("nobody has this password", None)


def test_a_hash_that_is_none_opens_for_nothing() -> None:
    assert not is_password("lemon tricycle harbour", "not a hash")
