"""Which definitions there are: versions of files, drafts of them, and the editions that intakes are pinned to.

A file's text is kept under its content hash and never changes. An edition is all files that were current together; an
intake names the edition that it started on, so that publishing never changes a form under a patient's hands.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from screening.definition.model import Library, Plan
from screening.definition.plans import plan_for
from screening.definition.reading import read_library
from screening.definition.translation import in_language
from screening.records import staff
from screening.records.actors import Actor, ActorKind
from screening.records.context import shelf
from screening.records.errors import NotFoundError
from screening.records.states import OPEN
from screening.records.tables import DefinitionText, DefinitionVersion, Edition, Intake

State = Literal["draft", "published", "retired"]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a file. A draft has no number; `at` is when it was published, or last saved as a draft."""

    file: str
    number: int | None
    hash: str
    state: State
    author: Actor
    saved_at: dt.datetime
    approver: Actor | None
    published_at: dt.datetime | None
    retired_at: dt.datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Draft(Version):
    """A version that is being written, with its text."""

    text: str


def current_edition(db: Session) -> int:
    """The number of the newest edition. Raises: NotFoundError where nothing has been imported yet."""
    number: int | None = db.scalar(select(func.max(Edition.number)))
    if number is None:
        raise NotFoundError("There are no definitions yet. Import those that ship: `screening init`.")
    return number


def current_files(db: Session) -> dict[str, bytes]:
    """The published content of every file."""
    live = select(DefinitionVersion.file, DefinitionText.content).join(
        DefinitionText, DefinitionText.hash == DefinitionVersion.hash
    )
    rows = db.execute(live.where(DefinitionVersion.state == "published").order_by(DefinitionVersion.file))
    return dict(rows.all())


def pins(db: Session, edition: int) -> dict[str, str]:
    """The content hash of every file of an edition. Raises: NotFoundError."""
    found = db.scalar(select(Edition.pins).where(Edition.number == edition))
    if found is None:
        raise NotFoundError(f"There is no edition {edition} of the definitions.")
    return cast("dict[str, str]", json.loads(found))


def files_of(db: Session, edition: int) -> dict[str, bytes]:
    """The content of every file of an edition. Raises: NotFoundError."""
    pinned = pins(db, edition)
    texts = select(DefinitionText.hash, DefinitionText.content).where(DefinitionText.hash.in_(set(pinned.values())))
    by_hash = dict(db.execute(texts).all())
    return {file: by_hash[hash_] for file, hash_ in pinned.items()}


def library_for(db: Session, edition: int | None = None, language: str = "") -> Library:
    """The library of an edition, the newest unless told, in a language where it is translated. Read once, then kept."""
    number = current_edition(db) if edition is None else edition
    libraries = shelf(db).libraries
    library = libraries.get((number, ""), lambda: read_library(files_of(db, number)))
    return libraries.get((number, language), lambda: in_language(library, language)) if language else library


def plan_of(db: Session, intake: Intake, language: str = "") -> Plan:
    """The plan of an intake: of the edition that it is pinned to, or the newest while it has not started.

    Raises: NotFoundError where that edition has no such pathway.
    """
    return pathway_plan(db, intake.pathway, intake.edition, language)


def pathway_plan(db: Session, pathway: str, edition: int | None = None, language: str = "") -> Plan:
    """The plan of a pathway in an edition, the newest unless told. Raises: NotFoundError."""
    number = current_edition(db) if edition is None else edition

    def make() -> Plan:
        library = library_for(db, number, language)
        if pathway not in library.pathways:
            raise NotFoundError(f"There is no pathway {pathway!r} in edition {number} of the definitions.")
        return plan_for(library, pathway)

    return shelf(db).plans.get((number, language, pathway), make)


def files(db: Session) -> tuple[str, ...]:
    """The names of all files that have a version or a draft."""
    return tuple(db.scalars(select(DefinitionVersion.file).distinct().order_by(DefinitionVersion.file)))


def versions(db: Session, file: str) -> tuple[Version, ...]:
    """All versions of a file that were ever published, newest first."""
    rows = select(DefinitionVersion).where(DefinitionVersion.file == file, DefinitionVersion.number.is_not(None))
    people = staff.names(db)
    return tuple(Version(**_fields(row, people)) for row in db.scalars(rows.order_by(DefinitionVersion.number.desc())))


def published(db: Session, file: str) -> Version | None:
    """The current version of a file, or None where it was never published."""
    row = live(db, file, "published")
    return version_of(db, row) if row else None


def text_of(db: Session, hash_: str) -> str:
    """The text with that content hash. Raises: NotFoundError."""
    return content(db, hash_).decode("utf-8", "replace")


def draft(db: Session, file: str) -> Draft | None:
    """The draft of a file, or None where nobody is writing one."""
    row = live(db, file, "draft")
    return draft_of(db, row) if row else None


def drafts(db: Session) -> tuple[Draft, ...]:
    """All drafts, by file."""
    rows = select(DefinitionVersion).where(DefinitionVersion.state == "draft").order_by(DefinitionVersion.file)
    return tuple(draft_of(db, row) for row in db.scalars(rows))


def started_on(db: Session, file: str) -> Mapping[str, int]:
    """How many intakes that are still open are pinned to each version of a file, by content hash."""
    open_ = select(Intake.edition, func.count()).where(Intake.state.in_(OPEN), Intake.edition.is_not(None))
    found: Counter[str] = Counter()
    for edition, count in db.execute(open_.group_by(Intake.edition)):
        if edition is not None and (hash_ := pins(db, edition).get(file)):
            found[hash_] += count
    return found


def live(db: Session, file: str, state: State) -> DefinitionVersion | None:
    """The row of a file's published version or of its draft."""
    wanted = select(DefinitionVersion).where(DefinitionVersion.file == file, DefinitionVersion.state == state)
    return db.scalars(wanted).one_or_none()


def content(db: Session, hash_: str) -> bytes:
    """The bytes with that content hash. Raises: NotFoundError."""
    found = db.scalar(select(DefinitionText.content).where(DefinitionText.hash == hash_))
    if found is None:
        raise NotFoundError("There is no version of a definition with this content.")
    return found


def version_of(db: Session, row: DefinitionVersion) -> Version:
    """The version that a row keeps."""
    return Version(**_fields(row, staff.names(db)))


def draft_of(db: Session, row: DefinitionVersion) -> Draft:
    """The version that a row keeps, with its text."""
    return Draft(**_fields(row, staff.names(db)), text=text_of(db, row.hash))


def _fields(row: DefinitionVersion, people: Mapping[str, str]) -> dict[str, Any]:
    def actor(kind: str | None, id_: str | None) -> Actor | None:
        return Actor(cast("ActorKind", kind), id_, people.get(id_, id_)) if kind and id_ else None

    return {
        "file": row.file,
        "number": row.number,
        "hash": row.hash,
        "state": row.state,
        "author": actor(row.author_kind, row.author_id),
        "saved_at": row.saved_at,
        "approver": actor(row.approver_kind, row.approver_id),
        "published_at": row.published_at,
        "retired_at": row.retired_at,
        "reason": row.reason,
    }
