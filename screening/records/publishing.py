"""How definitions change: drafts, publishing, rolling back, and importing those that ship.

Only this module publishes, and only what reads without an error together with all other files and passes its cases.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from screening.definition.mistakes import Severity
from screening.definition.reading import check_library, content_hash, read_library
from screening.proof.cases import failing_cases
from screening.records import audit
from screening.records.actors import Actor
from screening.records.context import use_own_shelf
from screening.records.definitions import Draft, State, Version, content, current_files, draft_of, live, version_of
from screening.records.errors import ConflictError, NotFoundError, PublishError, RecordsError
from screening.records.identifiers import new_id
from screening.records.sealing import canonical
from screening.records.tables import DefinitionText, DefinitionVersion, Edition

LONGEST_FILE = 2_000_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did with each file: published it, left it alone, or left it alone because it was edited here."""

    published: tuple[str, ...]
    unchanged: tuple[str, ...]
    edited_here: tuple[str, ...]


def import_library(db: Session, files: Mapping[str, bytes], actor: Actor, now: dt.datetime) -> Imported:
    """Publish the files that ship with this release. A file that was edited here since its import is not overwritten.

    Raises: DefinitionError where the files cannot be read together with those that stay.
    """
    _alone(db)
    imported = _imported(db, files)
    read_library({**current_files(db), **{file: files[file] for file in imported.published}})
    for file in imported.published:
        _publish(db, _new_version(db, file, files[file], actor, now), "Came with this release.", actor, now)
    if imported.published:
        edition = _new_edition(db, now)
        audit.record(db, actor, "definitions.imported", f"edition:{edition}", now, files=list(imported.published))
    return imported


def save_draft(  # the text, and where it came from
    db: Session, file: str, written: str, actor: Actor, now: dt.datetime, base_hash: str | None
) -> Draft:
    """The draft as it is now kept.

    `base_hash` is the hash of the text that the writer started from: the draft's, or the published one's, or None for a
    new file. Raises: ConflictError where someone else has saved another text since; RecordsError for a text too long.
    """
    _alone(db)
    encoded = written.encode("utf-8", "surrogatepass")
    if len(encoded) > LONGEST_FILE:
        raise RecordsError(f"A definition file may have at most {LONGEST_FILE // 1_000_000} MB. Split it.")
    row, current = live(db, file, "draft"), live(db, file, "published")
    hash_ = content_hash(encoded)
    if row and row.hash not in (base_hash, hash_):
        raise ConflictError("Someone else has saved this draft since you opened it.", draft_of(db, row))
    if row is None and current and current.hash != base_hash:
        raise ConflictError("Another version of this file was published since you opened it.", draft_of(db, current))
    _keep(db, encoded)
    if row is None:
        row = _new_version(db, file, encoded, actor, now)
    elif row.hash != hash_:
        before, row.hash = row.hash, hash_
        row.author_kind, row.author_id, row.saved_at = actor.kind, actor.id, now
        db.flush()
        _drop_unused(db, before)
    audit.record(db, actor, "definition.draft_saved", f"definition:{file}", now, hash=hash_)
    return draft_of(db, row)


def discard_draft(db: Session, file: str, actor: Actor, now: dt.datetime) -> None:
    """Throw away the draft of a file, if there is one."""
    row = live(db, file, "draft")
    if row:
        hash_ = row.hash
        db.delete(row)
        db.flush()
        _drop_unused(db, hash_)
        audit.record(db, actor, "definition.draft_discarded", f"definition:{file}", now, hash=hash_)


def publish(
    db: Session, file: str, reason: str, actor: Actor, now: dt.datetime, *, hash_: str | None = None
) -> Version:
    """The version that the draft of a file has become; intakes that start from now on have it.

    `hash_` is the hash of the text that the publisher has looked at.
    Raises: ConflictError where the draft is no longer that text; PublishError where the library with the draft in it
    has an error or a failing case; NotFoundError without a draft; RecordsError without a reason.
    """
    _alone(db)
    row = live(db, file, "draft")
    if row is None:
        raise NotFoundError(f"There is no draft of {file}.")
    if hash_ is not None and row.hash != hash_:
        raise ConflictError("Someone else has saved this draft since you looked at it.", draft_of(db, row))
    if not reason.strip():
        raise RecordsError("Say why this is published: the reason stands in the list of versions.")
    _refuse_broken({**current_files(db), file: content(db, row.hash)})
    _publish(db, row, reason.strip(), actor, now)
    edition = _new_edition(db, now)
    audit.record(
        db, actor, "definition.published", f"definition:{file}", now, number=row.number, hash=row.hash, edition=edition
    )
    return version_of(db, row)


def roll_back(db: Session, file: str, number: int, reason: str, actor: Actor, now: dt.datetime) -> Version:
    """The text of an older version published again, as a new version; a draft of the file stays as it is.

    Raises: as `publish`; NotFoundError where there is no such version.
    """
    _alone(db)
    wanted = select(DefinitionVersion).where(DefinitionVersion.file == file, DefinitionVersion.number == number)
    older = db.scalars(wanted).one_or_none()
    if older is None:
        raise NotFoundError(f"There is no version {number} of {file}.")
    if older.state == "published":
        raise RecordsError(f"Version {number} is the current one.")
    if not reason.strip():
        raise RecordsError("Say why it is rolled back: the reason stands in the list of versions.")
    text_then = content(db, older.hash)
    _refuse_broken({**current_files(db), file: text_then})
    row = _new_version(db, file, text_then, actor, now, state="retired")
    _publish(db, row, reason.strip(), actor, now)
    edition = _new_edition(db, now)
    audit.record(
        db, actor, "definition.rolled_back", f"definition:{file}", now, number=row.number, to=number, edition=edition
    )
    return version_of(db, row)


def _refuse_broken(files: Mapping[str, bytes]) -> None:
    reading = check_library(files)
    errors = tuple(mistake for mistake in reading.mistakes if mistake.severity is Severity.ERROR)
    if reading.library is None or errors:
        raise PublishError("The draft has errors. Mend them first.", errors)
    failing = failing_cases(reading.library)
    if failing:
        raise PublishError(f"{len(failing)} of its cases do not come out as they expect.", (), failing)


def _imported(db: Session, files: Mapping[str, bytes]) -> Imported:
    published: list[str] = []
    unchanged: list[str] = []
    edited_here: list[str] = []
    for file, shipped_text in sorted(files.items()):
        known = db.scalars(
            select(DefinitionVersion).where(DefinitionVersion.file == file, DefinitionVersion.number.is_not(None))
        ).all()
        hash_ = content_hash(shipped_text)
        current = next((row for row in known if row.state == "published"), None)
        shipped = {row.hash for row in known if row.author_kind == "system"}
        if hash_ in shipped or (current and current.hash == hash_):
            unchanged.append(file)
        elif current is None or current.hash in shipped:
            published.append(file)
        else:
            edited_here.append(file)
    return Imported(tuple(published), tuple(unchanged), tuple(edited_here))


def _alone(db: Session) -> None:
    """Let no one else publish meanwhile: each checks the whole library, so they go one after the other."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("LOCK TABLE definition_version IN SHARE ROW EXCLUSIVE MODE"))


def _keep(db: Session, encoded: bytes) -> str:
    hash_ = content_hash(encoded)
    if db.get(DefinitionText, hash_) is None:
        db.add(DefinitionText(hash=hash_, content=encoded))
        db.flush()
    return hash_


def _drop_unused(db: Session, hash_: str) -> None:
    used = select(DefinitionVersion.id).where(DefinitionVersion.hash == hash_)
    if db.scalar(used.limit(1)) is None:
        db.execute(delete(DefinitionText).where(DefinitionText.hash == hash_))


def _new_version(  # one row's columns
    db: Session, file: str, encoded: bytes, actor: Actor, now: dt.datetime, state: State = "draft"
) -> DefinitionVersion:
    row = DefinitionVersion(
        id=new_id(now),
        file=file,
        hash=_keep(db, encoded),
        state=state,
        author_kind=actor.kind,
        author_id=actor.id,
        saved_at=now,
        reason="",
    )
    db.add(row)
    db.flush()
    return row


def _publish(db: Session, row: DefinitionVersion, reason: str, actor: Actor, now: dt.datetime) -> None:
    current = live(db, row.file, "published")
    if current:
        current.state, current.retired_at = "retired", now
        db.flush()
    last = db.scalar(select(func.max(DefinitionVersion.number)).where(DefinitionVersion.file == row.file))
    row.state, row.number, row.reason, row.published_at = "published", (last or 0) + 1, reason, now
    row.approver_kind, row.approver_id = actor.kind, actor.id
    db.flush()


def _new_edition(db: Session, now: dt.datetime) -> int:
    pins = select(DefinitionVersion.file, DefinitionVersion.hash).where(DefinitionVersion.state == "published")
    edition = Edition(made_at=now, pins=canonical(dict(db.execute(pins).all())).decode())
    db.add(edition)
    db.flush()
    use_own_shelf(db)
    return edition.number
