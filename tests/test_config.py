from __future__ import annotations

import base64
import datetime as dt
import stat
from pathlib import Path

import pytest

from screening.config import Settings, SettingsError, new_key_file

KEY = base64.b64encode(b"a secret key of exactly 32 bytes").decode()
URL = {"SCREENING_DATABASE_URL": "sqlite:///data.db"}
ENOUGH = URL | {"SCREENING_KEYS": f"k1:{KEY}"}


def problems(**environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        Settings.read({f"SCREENING_{name}": value for name, value in environ.items()})
    return caught.value.problems


def test_an_address_and_a_key_are_enough() -> None:
    settings = Settings.read(ENOUGH)
    assert settings.keys.current == "k1"
    assert settings.clinic.crisis_line == "988"
    assert settings.limits.birth_date_attempts == 5
    assert not settings.https


def test_everything_that_can_be_set_is_read() -> None:
    given = {
        "KEY": "k1",
        "BASE_URL": "https://clinic.example/",
        "TIME_ZONE": "America/New_York",
        "SECRET": "s" * 32,
        "CLINIC_NAME": " Harbour Clinic ",
        "CLINIC_PHONE": "555-0100",
        "CLINIC_COLOUR": "#aabbcc",
        "EMERGENCY_NUMBER": "112",
        "CRISIS_LINE": "116 123",
        "PATIENT_IDLE_MINUTES": "30",
        "STAFF_SESSION_HOURS": "8",
        "BIRTH_DATE_ATTEMPTS": "3",
    }
    settings = Settings.read(ENOUGH | {f"SCREENING_{name}": value for name, value in given.items()})
    assert settings.base_url == "https://clinic.example"
    assert settings.https
    assert settings.time_zone.key == "America/New_York"
    assert settings.secret == b"s" * 32
    assert (settings.clinic.name, settings.clinic.emergency_number) == ("Harbour Clinic", "112")
    assert settings.limits.patient_idle == dt.timedelta(minutes=30)
    assert settings.limits.staff_session == dt.timedelta(hours=8)
    assert settings.limits.birth_date_attempts == 3


def test_the_newest_key_seals_unless_another_is_named() -> None:
    two = URL | {"SCREENING_KEYS": f"k1:{KEY},k2:{KEY}"}
    assert Settings.read(two).keys.current == "k2"
    assert Settings.read(two | {"SCREENING_KEY": "k1"}).keys.current == "k1"


def test_the_secret_follows_from_the_key_where_none_is_set() -> None:
    one = Settings.read(ENOUGH)
    assert one.secret == Settings.read(ENOUGH).secret
    other = Settings.read(URL | {"SCREENING_KEYS": "k1:" + base64.b64encode(bytes(32)).decode()})
    assert one.secret != other.secret


def test_all_problems_are_told_at_once() -> None:
    found = problems(TIME_ZONE="Mars/Olympus", BODY_BYTES="many", CLINIC_COLOUR="teal", SECRET="short")
    assert len(found) == 6
    assert [
        word for word in ("DATABASE_URL", "KEYS", "TIME_ZONE", "BODY_BYTES", "COLOUR", "SECRET") if word in str(found)
    ] == [
        "DATABASE_URL",
        "KEYS",
        "TIME_ZONE",
        "BODY_BYTES",
        "COLOUR",
        "SECRET",
    ]


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("DATABASE_URL", "mysql://root:hunter2@db/x", "must start with sqlite"),
        ("DATABASE_URL", "data.db", "must start with sqlite"),
        ("BASE_URL", "http://clinic.example", "https://"),
        ("BASE_URL", "https://clinic.example/path", "without a path"),
        ("TIME_ZONE", "../../etc/passwd", "America/New_York"),
        ("KEY", "k9", "the keys are named k1"),
        ("STAFF_IDLE_MINUTES", "1", "from 5 to 240"),
        ("KEY_FILE", "keys", "Set one of SCREENING_KEYS and SCREENING_KEY_FILE"),
    ],
)
def test_a_wrong_value_is_told_with_what_would_be_right(name: str, value: str, hint: str) -> None:
    environ = {"DATABASE_URL": URL["SCREENING_DATABASE_URL"], "KEYS": f"k1:{KEY}"}
    (found,) = problems(**environ | {name: value})
    assert hint in found
    assert "hunter2" not in found


@pytest.mark.parametrize(
    ("keys", "hint"),
    [
        ("k1", "random bytes in base64"),
        ("k1:c2hvcnQ=", "32 random bytes"),
        (KEY, "name:key"),
        (f"k1:{KEY},k1:{KEY}", "used twice"),
        (f"bad name:{KEY}", "name:key"),
    ],
)
def test_a_wrong_key_is_told_without_showing_it(keys: str, hint: str) -> None:
    found = problems(DATABASE_URL="sqlite:///x.db", KEYS=keys)
    assert hint in found[0]
    assert KEY not in str(found)


def test_settings_do_not_show_keys_or_secrets() -> None:
    shown = repr(Settings.read(ENOUGH | {"SCREENING_SECRET": "t" * 32}))
    assert "a secret key" not in shown
    assert KEY not in shown
    assert "ttt" not in shown


def test_a_new_key_file_is_private_and_is_read(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    new_key_file(file, "k1")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    settings = Settings.read(URL | {"SCREENING_KEY_FILE": str(file)})
    assert len(settings.keys.by_name["k1"]) == 32


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    new_key_file(file, "k1")
    before = file.read_text()
    with pytest.raises(FileExistsError):
        new_key_file(file, "k1")
    assert file.read_text() == before


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    new_key_file(file, "k1")
    file.chmod(0o640)
    (found,) = problems(DATABASE_URL="sqlite:///x.db", KEY_FILE=str(file))
    assert "chmod 600" in found


def test_a_key_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = problems(DATABASE_URL="sqlite:///x.db", KEY_FILE=str(tmp_path / "none"))
    assert "cannot be read" in found[0]
