"""What is sealed, and with which key: AES-256-GCM, a data key per patient, wrapped by a named master key.

A sealed value is `version (1 byte) | nonce (12 bytes) | ciphertext and tag`. A data key is sealed in the same way by
the master key whose name stands beside it. The place of a value is bound into it, so it opens nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from screening.config import Keys
from screening.records.errors import SealError

VERSION = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32
TOKEN_BYTES = 16
APOSTROPHES = {ord(mark): None for mark in "'`\u2018\u2019\u02bc"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value belongs: a column of one row of one patient."""

    table: str
    column: str
    row: str
    patient: str

    def bound(self) -> bytes:
        """The place as associated data: lengths first, so that no two places read the same."""
        parts = (self.table, self.column, self.row, self.patient)
        return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)


class DataKey:
    """One patient's key. It shows itself to nobody."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def __repr__(self) -> str:
        return "<DataKey>"

    def seal(self, place: Place, content: bytes) -> bytes:
        """The content sealed for that place, under a fresh nonce."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + nonce + self._cipher.encrypt(nonce, content, VERSION + place.bound())

    def open(self, place: Place, sealed: bytes) -> bytes:
        """The content sealed for that place. Raises: SealError where it was not, or was changed since."""
        version, nonce, rest = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            # The version is bound by being part of the place: another one does not open.
            return self._cipher.decrypt(nonce, rest, version + place.bound())
        except (InvalidTag, ValueError) as error:
            where = f"{place.table}.{place.column} of row {place.row}"
            raise SealError(f"{where} does not open: it was changed, moved, or sealed with another key.") from error

    def seal_json(self, place: Place, content: object) -> bytes:
        """The content as canonical JSON, sealed for that place."""
        return self.seal(place, canonical(content))

    def open_json(self, place: Place, sealed: bytes) -> Any:  # noqa: ANN401  # as json.loads
        """The JSON sealed for that place. Raises: SealError as `open`."""
        return json.loads(self.open(place, sealed))


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as it is stored: sealed by the master key of that name."""

    key_name: str
    sealed: bytes


class Keyring:
    """The master keys of a deployment and what is derived from them. It shows itself to nobody."""

    __slots__ = ("_keys", "_wrapping", "current")

    def __init__(self, keys: Keys) -> None:
        self.current = keys.current
        self._keys: Mapping[str, bytes] = MappingProxyType(dict(keys.by_name))
        # A key per use: what wraps is never what hashes.
        self._wrapping = {name: DataKey(self.derived("wrapping", name)) for name in self._keys}

    def __repr__(self) -> str:
        return f"<Keyring {self.current}>"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all keys that still open something."""
        return tuple(self._keys)

    def new_data_key(self, patient_id: str) -> WrappedKey:
        """A new random data key for that patient, wrapped by the current master key."""
        return self._wrapped(patient_id, secrets.token_bytes(KEY_BYTES))

    def data_key(self, patient_id: str, wrapped: WrappedKey) -> DataKey:
        """The patient's data key. Raises: SealError where its master key is missing or is another."""
        return DataKey(self._unwrapped(patient_id, wrapped))

    def rewrapped(self, patient_id: str, wrapped: WrappedKey) -> WrappedKey:
        """The same data key under the current master key: what rotation stores. Raises: SealError as `data_key`."""
        return self._wrapped(patient_id, self._unwrapped(patient_id, wrapped))

    def derived(self, purpose: str, key_name: str | None = None) -> bytes:
        """A key for one purpose, derived from the current or the named master key. Raises: SealError if unknown."""
        name = self._known(key_name or self.current)
        return HKDF(SHA256(), KEY_BYTES, None, f"screening: {purpose}".encode()).derive(self._keys[name])

    def _wrapped(self, patient_id: str, key: bytes) -> WrappedKey:
        place = Place("patient", "data_key", patient_id, patient_id)
        return WrappedKey(self.current, self._wrapping[self.current].seal(place, key))

    def _unwrapped(self, patient_id: str, wrapped: WrappedKey) -> bytes:
        place = Place("patient", "data_key", patient_id, patient_id)
        return self._wrapping[self._known(wrapped.key_name)].open(place, wrapped.sealed)

    def _known(self, key_name: str) -> str:
        if key_name not in self._keys:
            raise SealError(f"The master key {key_name!r} is missing: add it to SCREENING_KEYS or the key file again.")
        return key_name


class BlindIndex:
    """Keyed hashes under which sealed values are found again without being opened."""

    __slots__ = ("_keys", "current")

    def __init__(self, keyring: Keyring, purpose: str) -> None:
        self.current = keyring.current
        self._keys = {name: keyring.derived(purpose, name) for name in keyring.names}

    def __repr__(self) -> str:
        return "<BlindIndex>"

    def token(self, kind: str, value: str) -> str:
        """The hash under which a value of that kind is stored now."""
        return self._hash(self.current, kind, value)

    def tokens(self, kind: str, value: str) -> tuple[str, ...]:
        """Every hash under which it may be stored: one for each master key, so that search works while keys rotate."""
        return tuple(self._hash(name, kind, value) for name in self._keys)

    def _hash(self, key_name: str, kind: str, value: str) -> str:
        return hmac.new(self._keys[key_name], f"{kind}\x1f{value}".encode(), hashlib.sha256).hexdigest()


def name_parts(name: str) -> frozenset[str]:
    """The parts of a name as they are looked up: without case and accents. `Ana-María O'Neil`: ana, maria, oneil."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return frozenset("".join(c if c.isalnum() else " " for c in plain.translate(APOSTROPHES)).split())


def canonical(content: object) -> bytes:
    """JSON of which there is only one for the same content: sorted keys, no spaces. Raises: ValueError for NaN."""
    return json.dumps(
        content, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=_plain
    ).encode("utf-8", "surrogatepass")


def _plain(value: object) -> object:
    match value:
        case Mapping():
            return dict(value)
        case frozenset() | set():
            return sorted(value)
        case Iterable():
            return list(value)
        case _:
            raise TypeError(f"{type(value).__name__} has no JSON")


def digest(content: bytes) -> str:
    """The SHA-256 of the content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def new_token() -> str:
    """128 random bits that fit into a link. Only `token_hash` of it is ever stored."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is stored of a token. It is random, so a plain hash does not help a reader of the database."""
    return digest(token.encode("utf-8", "surrogatepass"))
