"""Names for rows and intakes: ids that sort by time, and references that people read to each other."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from screening.records.tables import InformationRequest, Intake, Review, StoredAssessment

# Crockford's: without I, L, O and U, so that nothing is misread or misheard, and no word is spelt by chance.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("ILO", "110")
REFERENCE_LENGTH = 8


def new_id(now: dt.datetime) -> str:
    """A new id of 32 hexadecimal characters: 48 bits of time, so that new rows stand together, and 80 random ones."""
    milliseconds = int(now.timestamp() * 1000)
    return milliseconds.to_bytes(6, "big").hex() + secrets.token_hex(10)


def next_number(db: Session, rows: type[StoredAssessment | InformationRequest | Review], intake: Intake) -> int:
    """The number of the next row of a locked intake, from 1."""
    return (db.scalar(select(func.max(rows.number)).where(rows.intake_id == intake.id)) or 0) + 1


def new_reference() -> str:
    """A new random reference, such as `K7QF-2M9X`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def read_reference(text: str) -> str | None:
    """The reference that someone typed, in its one form, or None where it cannot be one."""
    letters = "".join(text.upper().replace("-", " ").split()).translate(MISREAD)
    if len(letters) != REFERENCE_LENGTH or set(letters) - set(ALPHABET):
        return None
    return f"{letters[:4]}-{letters[4:]}"
