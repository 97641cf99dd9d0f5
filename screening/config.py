"""What a deployment sets: one frozen `Settings`, read from the environment once."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

KEY_BYTES = 32
SECRET_CHARACTERS = 32
PRIVATE = 0o600
KEY_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
DATABASES = ("sqlite", "postgresql")
DEFAULT_URL = "http://127.0.0.1:8000"

Value = TypeVar("Value")


class SettingsError(ValueError):
    """Settings that cannot be used; `problems` holds one plain sentence for each, all found in one reading."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("The settings cannot be used:\n" + "\n".join(f"- {problem}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Keys:
    """The master keys by name; `current` names the one that seals, the others still open what they sealed."""

    by_name: Mapping[str, bytes] = field(repr=False)
    current: str


@dataclass(frozen=True, slots=True)
class Clinic:
    """What patients are shown of the clinic, and whom they call in an emergency."""

    name: str = "Our clinic"
    phone: str = ""
    emergency_number: str = "911"
    crisis_line: str = "988"
    colour: str = "#1f5f66"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often; what is counted is counted in the database, so it holds for all web workers together."""

    patient_idle: timedelta = timedelta(minutes=20)
    staff_idle: timedelta = timedelta(minutes=30)
    staff_session: timedelta = timedelta(hours=12)
    link: timedelta = timedelta(days=60)
    birth_date_attempts: int = 5
    sign_in_attempts: int = 10
    sign_in_window: timedelta = timedelta(minutes=15)
    body_bytes: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a deployment sets; `secret` signs cookies."""

    # It may hold a password.
    database_url: str = field(repr=False)
    keys: Keys = field(repr=False)
    secret: bytes = field(repr=False)
    base_url: str = DEFAULT_URL
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    clinic: Clinic = field(default_factory=Clinic)
    limits: Limits = field(default_factory=Limits)

    @property
    def https(self) -> bool:
        """Whether browsers reach this deployment by HTTPS; its cookies are then for HTTPS only."""
        return self.base_url.startswith("https://")

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """The settings in the environment variables that start with `SCREENING_`.

        Raises: SettingsError with every problem found, each saying which variable and what to set.
        """
        reading = _Reading(environ)
        keys = _keys(reading)
        settings = cls(
            database_url=_database_url(reading),
            keys=keys,
            secret=_secret(reading, keys),
            base_url=reading.read("BASE_URL", DEFAULT_URL, _base_url, "https:// and your address, without a path"),
            time_zone=reading.read("TIME_ZONE", ZoneInfo("UTC"), _zone, "a name such as America/New_York"),
            clinic=_clinic(reading),
            limits=_limits(reading),
        )
        if reading.problems:
            raise SettingsError(tuple(reading.problems))
        return settings


class _Reading:
    """One pass over the environment that notes every problem instead of stopping at the first."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """`SCREENING_name` without surrounding space, or the default where it is unset or empty."""
        return self.environ.get(f"SCREENING_{name}", "").strip() or default

    def read(self, name: str, default: Value, convert: Callable[[str], Value], wanted: str) -> Value:
        """The variable as `convert` reads it; a value that it refuses is a problem that says what is wanted."""
        text = self.text(name)
        if not text:
            return default
        try:
            return convert(text)
        except ValueError:
            self.problems.append(f"SCREENING_{name} is {text!r}. Set it to {wanted}.")
            return default


def _database_url(reading: _Reading) -> str:
    url = reading.text("DATABASE_URL")
    scheme = url.partition(":")[0].partition("+")[0]
    if not url:
        reading.problems.append(
            "SCREENING_DATABASE_URL is not set. Set it, e.g. to sqlite:////var/lib/screening/data.db."
        )
    elif scheme not in DATABASES or "://" not in url:
        # The address is not repeated: it may hold a password.
        reading.problems.append("SCREENING_DATABASE_URL must start with sqlite:/// or postgresql://.")
    return url


def _keys(reading: _Reading) -> Keys:
    listed, path = reading.text("KEYS"), reading.text("KEY_FILE")
    by_name: dict[str, bytes] = {}
    if bool(listed) == bool(path):
        reading.problems.append("Set one of SCREENING_KEYS and SCREENING_KEY_FILE; nothing is stored unsealed.")
    elif listed:
        by_name = _named_keys(reading, listed.split(","), "SCREENING_KEYS")
    else:
        by_name = _named_keys(reading, _key_lines(reading, Path(path)), "SCREENING_KEY_FILE")
    current = reading.text("KEY") or next(reversed(by_name), "")
    if by_name and current not in by_name:
        reading.problems.append(f"SCREENING_KEY is {current!r}, but the keys are named {', '.join(by_name)}.")
    return Keys(MappingProxyType(by_name), current)


def _key_lines(reading: _Reading, path: Path) -> list[str]:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii")
    except (OSError, ValueError):
        reading.problems.append(f"SCREENING_KEY_FILE: {path} cannot be read. Make it with `screening init`.")
        return []
    if mode & ~PRIVATE:
        reading.problems.append(f"SCREENING_KEY_FILE: others may read {path} (mode {mode:04o}). Run: chmod 600 {path}")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _named_keys(reading: _Reading, entries: list[str], where: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for place, entry in enumerate(entries, start=1):
        name, _, encoded = entry.strip().partition(":")
        if not KEY_NAME.fullmatch(name):
            # Not repeated: a key without a name would end up in a log.
            reading.problems.append(f"{where}, key {place}: write it as name:key, the name in letters and digits.")
        elif name in keys:
            reading.problems.append(f"{where}, key {place}: the name {name} is used twice.")
        else:
            keys[name] = _key(reading, encoded, f"{where}, key {place} ({name})")
    return keys


def _key(reading: _Reading, encoded: str, where: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        reading.problems.append(f"{where}: a key is {KEY_BYTES} random bytes in base64 (`openssl rand -base64 32`).")
    return key


def _secret(reading: _Reading, keys: Keys) -> bytes:
    text = reading.text("SECRET")
    if text and len(text) < SECRET_CHARACTERS:
        reading.problems.append(
            f"SCREENING_SECRET needs {SECRET_CHARACTERS} random characters or more; or leave it unset."
        )
    if text:
        return text.encode()
    # Derived, so that all workers agree on it without one more secret to look after.
    return hmac.new(keys.by_name.get(keys.current, b""), b"screening: cookies", hashlib.sha256).digest()


def _base_url(text: str) -> str:
    parts = urlsplit(text.rstrip("/"))
    plain_here = parts.scheme == "http" and parts.hostname in THIS_MACHINE
    if not parts.hostname or parts.path or parts.query or not (parts.scheme == "https" or plain_here):
        raise ValueError
    return text.rstrip("/")


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError from error


def _colour(text: str) -> str:
    if not COLOUR.fullmatch(text):
        raise ValueError
    return text


def _clinic(reading: _Reading) -> Clinic:
    usual = Clinic()
    return Clinic(
        name=reading.text("CLINIC_NAME", usual.name),
        phone=reading.text("CLINIC_PHONE", usual.phone),
        emergency_number=reading.text("EMERGENCY_NUMBER", usual.emergency_number),
        crisis_line=reading.text("CRISIS_LINE", usual.crisis_line),
        colour=reading.read("CLINIC_COLOUR", usual.colour, _colour, "a colour such as #1f5f66"),
    )


def _limits(reading: _Reading) -> Limits:
    usual = Limits()

    def number(name: str, default: int, lowest: int, highest: int) -> int:
        def convert(text: str) -> int:
            value = int(text)
            if not lowest <= value <= highest:
                raise ValueError
            return value

        return reading.read(name, default, convert, f"a whole number from {lowest} to {highest}")

    minute, hour, day = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
    return Limits(
        patient_idle=minute * number("PATIENT_IDLE_MINUTES", usual.patient_idle // minute, 5, 240),
        staff_idle=minute * number("STAFF_IDLE_MINUTES", usual.staff_idle // minute, 5, 240),
        staff_session=hour * number("STAFF_SESSION_HOURS", usual.staff_session // hour, 1, 72),
        link=day * number("LINK_DAYS", usual.link // day, 1, 730),
        birth_date_attempts=number("BIRTH_DATE_ATTEMPTS", usual.birth_date_attempts, 3, 10),
        sign_in_attempts=number("SIGN_IN_ATTEMPTS", usual.sign_in_attempts, 3, 100),
        sign_in_window=minute * number("SIGN_IN_WINDOW_MINUTES", usual.sign_in_window // minute, 1, 1440),
        body_bytes=number("BODY_BYTES", usual.body_bytes, 100_000, 50_000_000),
    )


def new_key_file(path: Path, name: str) -> None:
    """Write a new random master key to a file that only its owner may read.

    Raises: FileExistsError where there is one already, since a lost key is lost data.
    """
    line = f"{name}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
