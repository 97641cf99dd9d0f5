"""Who the patients are: sealed identities, and the blind indexes by which they are found."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from screening.records import audit
from screening.records.actors import Actor
from screening.records.context import context
from screening.records.errors import NotFoundError, SealError
from screening.records.identifiers import new_id
from screening.records.sealing import BlindIndex, DataKey, Place, WrappedKey, name_parts
from screening.records.tables import Patient, PatientIndex, table_of

_PATIENT = table_of(Patient)
_WRAPPED = select(_PATIENT.c.key_name, _PATIENT.c.data_key).where(_PATIENT.c.id == bindparam("patient"))
NAME, BORN = "name", "date of birth"
_BORN_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_BORN_US = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """Who a patient is and how they are reached. It does not show itself in logs."""

    name: str
    date_of_birth: dt.date
    email: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        return "<Identity>"


@dataclass(frozen=True, slots=True)
class Vault:
    """One patient's key with the patient's id: seals and opens values of their rows."""

    patient_id: str
    key: DataKey

    def seal(self, table: str, column: str, row: str, content: object) -> bytes:
        """The content as JSON, sealed for that column of that row."""
        return self.key.seal_json(Place(table, column, row, self.patient_id), content)

    def open(self, table: str, column: str, row: str, sealed: bytes) -> Any:  # noqa: ANN401  # as json.loads
        """The JSON sealed for that column of that row. Raises: SealError."""
        return self.key.open_json(Place(table, column, row, self.patient_id), sealed)


def add(db: Session, who: Identity, actor: Actor, now: dt.datetime) -> Patient:
    """A new patient of that identity."""
    patient_id = new_id(now)
    keyring = context(db).keyring
    wrapped = keyring.new_data_key(patient_id)
    vault = Vault(patient_id, keyring.data_key(patient_id, wrapped))
    patient = Patient(
        id=patient_id, made_at=now, key_name=wrapped.key_name, data_key=wrapped.sealed, identity=_sealed(vault, who)
    )
    db.add(patient)
    db.flush()
    _write_index(db, patient_id, who)
    audit.record(db, actor, "patient.added", f"patient:{patient_id}", now)
    return patient


def by_id(db: Session, patient_id: str) -> Patient:
    """The patient with that id. Raises: NotFoundError."""
    patient = db.get(Patient, patient_id)
    if patient is None:
        raise NotFoundError("There is no such patient.")
    return patient


def vault_of(db: Session, patient_id: str) -> Vault:
    """The vault of a stored patient. Raises: SealError where the master key is missing or the patient was erased."""
    wrapped = db.connection().execute(_WRAPPED, {"patient": patient_id}).one_or_none()
    if wrapped is None:
        raise NotFoundError("There is no such patient.")
    return _unwrapped(db, patient_id, *wrapped)


def identity(db: Session, patient: Patient | str) -> Identity:
    """The identity of a patient, opened. Raises: SealError."""
    row = by_id(db, patient) if isinstance(patient, str) else patient
    kept = _unwrapped(db, row.id, row.key_name, row.data_key).open("patient", "identity", row.id, row.identity)
    return Identity(**kept | {"date_of_birth": dt.date.fromisoformat(kept["date_of_birth"])})


def change_identity(db: Session, patient: Patient, who: Identity, actor: Actor, now: dt.datetime) -> None:
    """Give the patient another identity, and the index with it."""
    patient.identity = _sealed(vault_of(db, patient.id), who)
    db.execute(delete(PatientIndex).where(PatientIndex.patient_id == patient.id))
    _write_index(db, patient.id, who)
    audit.record(db, actor, "patient.identity_changed", f"patient:{patient.id}", now)


def names(db: Session, patient_ids: Iterable[str]) -> dict[str, str]:
    """The names of some patients by id; of an erased one an empty text."""
    rows = db.scalars(select(Patient).where(Patient.id.in_(set(patient_ids))))
    return {row.id: identity(db, row).name if row.data_key else "" for row in rows}


def search(db: Session, text: str) -> frozenset[str] | None:
    """The ids of patients who have every name and date of birth in the text; None where it holds neither.

    Dates are written 1980-05-31 or 5/31/1980. Names match whole, without case and accents.
    """
    born, rest = _dates(text)
    terms = [(BORN, day.isoformat()) for day in born] + [(NAME, part) for part in sorted(name_parts(rest))]
    if not terms:
        return None
    index = context(db).index
    found: frozenset[str] | None = None
    for kind, value in terms:
        rows = db.scalars(select(PatientIndex.patient_id).where(PatientIndex.token.in_(index.tokens(kind, value))))
        found = frozenset(rows) if found is None else found & frozenset(rows)
    return found


def _unwrapped(db: Session, patient_id: str, key_name: str, sealed: bytes | None) -> Vault:
    if sealed is None:
        raise SealError("This patient's data were erased; nothing of them opens any more.")
    return Vault(patient_id, context(db).keyring.data_key(patient_id, WrappedKey(key_name, sealed)))


def _sealed(vault: Vault, who: Identity) -> bytes:
    kept = asdict(who) | {"date_of_birth": who.date_of_birth.isoformat()}
    return vault.seal("patient", "identity", vault.patient_id, kept)


def _write_index(db: Session, patient_id: str, who: Identity) -> None:
    index: BlindIndex = context(db).index
    terms = [(BORN, who.date_of_birth.isoformat()), *((NAME, part) for part in sorted(name_parts(who.name)))]
    for kind, value in terms:
        db.add(PatientIndex(patient_id=patient_id, token=index.token(kind, value), key_name=index.current))
    db.flush()


def _dates(text: str) -> tuple[tuple[dt.date, ...], str]:
    """The dates in a text, and the text without them; what looks like a date but is none is dropped."""
    found = []
    for pattern, order in ((_BORN_ISO, (0, 1, 2)), (_BORN_US, (2, 0, 1))):
        for match in pattern.finditer(text):
            year, month, day = (int(match.groups()[at]) for at in order)
            try:
                found.append(dt.date(year, month, day))
            except ValueError:
                found.append(dt.date.min)
        text = pattern.sub(" ", text)
    return tuple(found), text
