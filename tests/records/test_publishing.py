from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.config import Settings
from screening.definition.mistakes import DefinitionError
from screening.definition.reading import content_hash
from screening.records import definitions, intakes, publishing
from screening.records.actors import SYSTEM, Actor
from screening.records.context import Context
from screening.records.database import Database, migrate, open_database
from screening.records.errors import ConflictError, NotFoundError, PublishError, RecordsError
from screening.records.invitations import Invitation
from screening.records.tables import AuditEvent, DefinitionText

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
BORN = dt.date(1980, 5, 31)
HEART = "heart.yaml"


def edited(files: dict[str, bytes], title: str) -> str:
    return files[HEART].decode().replace("Your heart", title)


def heart(db: Session) -> str:
    return definitions.library_for(db).questionnaires["heart"].title


@pytest.fixture
def base(files: dict[str, bytes]) -> str:
    return content_hash(files[HEART])


def test_importing_publishes_every_file_once(db: Session, files: dict[str, bytes]) -> None:
    assert definitions.files(db) == tuple(sorted(files))
    version = definitions.published(db, HEART)
    assert version is not None
    assert (version.number, version.state, version.author.kind) == (1, "published", "system")
    assert definitions.current_files(db) == files
    assert definitions.files_of(db, definitions.current_edition(db)) == files


def test_importing_the_same_again_does_nothing(db: Session, files: dict[str, bytes]) -> None:
    edition = definitions.current_edition(db)
    imported = publishing.import_library(db, files, SYSTEM, LATER)
    assert (imported.published, imported.edited_here) == ((), ())
    assert definitions.current_edition(db) == edition
    assert len(definitions.versions(db, HEART)) == 1


def test_importing_a_newer_release_publishes_what_changed(db: Session, files: dict[str, bytes]) -> None:
    files[HEART] = edited(files, "Hearts").encode()
    assert publishing.import_library(db, files, SYSTEM, LATER).published == (HEART,)
    new, old = definitions.versions(db, HEART)
    assert (new.number, new.state, new.published_at) == (2, "published", LATER)
    assert (old.number, old.state, old.retired_at) == (1, "retired", LATER)
    assert heart(db) == "Hearts"


def test_importing_does_not_overwrite_what_was_edited_here(
    db: Session, files: dict[str, bytes], base: str, clinician: Actor
) -> None:
    publishing.save_draft(db, HEART, edited(files, "Our hearts"), clinician, NOW, base)
    publishing.publish(db, HEART, "Ours", clinician, NOW)
    assert HEART in publishing.import_library(db, files, SYSTEM, LATER).unchanged
    newer = files | {HEART: edited(files, "Hearts").encode()}
    assert publishing.import_library(db, newer, SYSTEM, LATER).edited_here == (HEART,)
    assert heart(db) == "Our hearts"


def test_a_broken_library_is_not_imported(db: Session, files: dict[str, bytes]) -> None:
    files[HEART] = b"questionnaire: heart\nnonsense: 1\n"
    with pytest.raises(DefinitionError):
        publishing.import_library(db, files, SYSTEM, LATER)
    assert heart(db) == "Your heart"


def test_a_draft_is_kept_beside_what_is_published(
    db: Session, files: dict[str, bytes], base: str, clinician: Actor
) -> None:
    saved = publishing.save_draft(db, HEART, edited(files, "Hearts"), clinician, LATER, base)
    assert saved == definitions.draft(db, HEART)
    assert definitions.drafts(db) == (saved,)
    assert (saved.number, saved.author.name, saved.saved_at) == (None, "Ada Keller", LATER)
    assert "title: Hearts" in saved.text
    assert heart(db) == "Your heart"
    assert len(definitions.versions(db, HEART)) == 1


def test_a_draft_with_mistakes_is_kept_too(db: Session, base: str, clinician: Actor) -> None:
    for text in ("{not: yaml", "\x00", "\ud800", "", "é" * 1000):
        publishing.save_draft(db, HEART, text, clinician, NOW, base)
        draft = definitions.draft(db, HEART)
        assert draft is not None
        base = draft.hash


def test_a_draft_that_is_too_long_is_refused(db: Session, base: str, clinician: Actor) -> None:
    with pytest.raises(RecordsError, match="at most 2 MB"):
        publishing.save_draft(db, HEART, "#" * 2_000_001, clinician, NOW, base)


def test_two_who_write_one_draft_do_not_overwrite_each_other(
    db: Session, files: dict[str, bytes], base: str, clinician: Actor
) -> None:
    first = publishing.save_draft(db, HEART, edited(files, "One"), clinician, NOW, base)
    with pytest.raises(ConflictError) as caught:
        publishing.save_draft(db, HEART, edited(files, "Two"), SYSTEM, NOW, base)
    assert caught.value.draft == first
    publishing.save_draft(db, HEART, edited(files, "Two"), SYSTEM, NOW, first.hash)
    # The same text sent again after its answer got lost is no conflict.
    publishing.save_draft(db, HEART, edited(files, "Two"), SYSTEM, NOW, first.hash)


def test_a_draft_begun_before_another_was_published_shows_that_one(
    db: Session, files: dict[str, bytes], base: str, clinician: Actor
) -> None:
    publishing.save_draft(db, HEART, edited(files, "One"), clinician, NOW, base)
    publishing.publish(db, HEART, "One", clinician, NOW)
    with pytest.raises(ConflictError) as caught:
        publishing.save_draft(db, HEART, edited(files, "Two"), SYSTEM, NOW, base)
    assert "title: One" in caught.value.draft.text


def test_texts_of_drafts_that_nobody_uses_are_not_kept(
    db: Session, files: dict[str, bytes], base: str, clinician: Actor
) -> None:
    before = len(db.scalars(select(DefinitionText)).all())
    for step in range(3):
        base = publishing.save_draft(db, HEART, edited(files, f"Step {step}"), clinician, NOW, base).hash
    assert len(db.scalars(select(DefinitionText)).all()) == before + 1
    publishing.discard_draft(db, HEART, clinician, NOW)
    publishing.discard_draft(db, HEART, clinician, NOW)
    assert definitions.draft(db, HEART) is None
    assert len(db.scalars(select(DefinitionText)).all()) == before


def test_a_draft_of_a_new_file_may_be_published(db: Session, clinician: Actor) -> None:
    question = "{id: q, type: yes_no, text: Do you sleep well?}"
    pages = f"pages:\n  - {{id: p, title: Sleep, questions: [{question}]}}\n"
    text = f"questionnaire: sleep\ntitle: Sleep\naudience: patient\n{pages}"
    publishing.save_draft(db, "sleep.yaml", text, clinician, NOW, None)
    version = publishing.publish(db, "sleep.yaml", "New", clinician, LATER)
    assert version.number == 1
    assert definitions.library_for(db).questionnaires["sleep"].title == "Sleep"


def test_publishing_is_for_intakes_that_start_from_then_on(
    db: Session, files: dict[str, bytes], base: str, clinician: Actor, invitation: Invitation
) -> None:
    intakes.admit(db, invitation.intake, BORN, NOW)
    draft = publishing.save_draft(db, HEART, edited(files, "Hearts"), clinician, NOW, base)
    version = publishing.publish(db, HEART, " Clearer ", clinician, LATER)
    assert (version.number, version.reason, version.hash) == (2, "Clearer", draft.hash)
    assert version.approver == clinician
    assert definitions.draft(db, HEART) is None
    assert heart(db) == "Hearts"
    assert definitions.plan_of(db, invitation.intake).questionnaire("heart").title == "Your heart"
    assert definitions.started_on(db, HEART) == {base: 1}


@pytest.mark.parametrize("reason", ["", "  "])
def test_publishing_needs_a_reason(
    db: Session, files: dict[str, bytes], base: str, clinician: Actor, reason: str
) -> None:
    publishing.save_draft(db, HEART, edited(files, "Hearts"), clinician, NOW, base)
    with pytest.raises(RecordsError, match="why"):
        publishing.publish(db, HEART, reason, clinician, NOW)


def test_only_the_text_that_was_looked_at_is_published(
    db: Session, files: dict[str, bytes], base: str, clinician: Actor
) -> None:
    seen = publishing.save_draft(db, HEART, edited(files, "One"), clinician, NOW, base)
    newer = publishing.save_draft(db, HEART, edited(files, "Two"), SYSTEM, NOW, seen.hash)
    with pytest.raises(ConflictError) as caught:
        publishing.publish(db, HEART, "Because", clinician, NOW, hash_=seen.hash)
    assert caught.value.draft == newer
    publishing.publish(db, HEART, "Because", clinician, NOW, hash_=newer.hash)
    assert heart(db) == "Two"


def test_publishing_needs_a_draft(db: Session, clinician: Actor) -> None:
    with pytest.raises(NotFoundError):
        publishing.publish(db, HEART, "Because", clinician, NOW)


def test_a_draft_with_an_error_is_not_published(
    db: Session, files: dict[str, bytes], base: str, clinician: Actor
) -> None:
    broken = files[HEART].decode().replace("reading > 140", "readin > 140")
    publishing.save_draft(db, HEART, broken, clinician, NOW, base)
    with pytest.raises(PublishError) as caught:
        publishing.publish(db, HEART, "Because", clinician, NOW)
    assert caught.value.mistakes[0].place.file == HEART
    assert definitions.draft(db, HEART) is not None


def test_a_draft_that_breaks_another_file_is_not_published(
    db: Session, files: dict[str, bytes], base: str, clinician: Actor
) -> None:
    renamed = files[HEART].decode().replace("hypertension", "raised_pressure")
    publishing.save_draft(db, HEART, renamed, clinician, NOW, base)
    with pytest.raises(PublishError) as caught:
        publishing.publish(db, HEART, "Because", clinician, NOW)
    assert {mistake.place.file for mistake in caught.value.mistakes} == {"habits.yaml"}


def test_a_draft_with_a_failing_case_is_not_published(
    db: Session, files: dict[str, bytes], base: str, clinician: Actor
) -> None:
    failing = files[HEART].decode().replace("reading > 140", "reading > 160")
    publishing.save_draft(db, HEART, failing, clinician, NOW, base)
    with pytest.raises(PublishError) as caught:
        publishing.publish(db, HEART, "Because", clinician, NOW)
    assert [result.case.name for result in caught.value.failing] == ["a high reading raises it"]
    assert heart(db) == "Your heart"


def test_rolling_back_publishes_the_older_text_as_a_new_version(
    db: Session, files: dict[str, bytes], base: str, clinician: Actor
) -> None:
    publishing.save_draft(db, HEART, edited(files, "Hearts"), clinician, NOW, base)
    publishing.publish(db, HEART, "Try", clinician, NOW)
    version = publishing.roll_back(db, HEART, 1, "It was better", clinician, LATER)
    assert (version.number, version.hash) == (3, base)
    assert [each.state for each in definitions.versions(db, HEART)] == ["published", "retired", "retired"]
    assert heart(db) == "Your heart"
    assert definitions.text_of(db, version.hash) == files[HEART].decode()


def test_rolling_back_keeps_a_draft(db: Session, files: dict[str, bytes], base: str, clinician: Actor) -> None:
    publishing.save_draft(db, HEART, edited(files, "Hearts"), clinician, NOW, base)
    two = publishing.publish(db, HEART, "Try", clinician, NOW)
    draft = publishing.save_draft(db, HEART, edited(files, "More"), clinician, NOW, two.hash)
    publishing.roll_back(db, HEART, 1, "It was better", clinician, LATER)
    assert definitions.draft(db, HEART) == draft


@pytest.mark.parametrize(("number", "reason"), [(1, "Because"), (9, "Because"), (1, "")])
def test_rolling_back_to_the_current_or_no_version_is_refused(
    db: Session, clinician: Actor, number: int, reason: str
) -> None:
    with pytest.raises(RecordsError):
        publishing.roll_back(db, HEART, number, reason, clinician, NOW)


def test_every_change_is_in_the_audit_trail(db: Session, files: dict[str, bytes], base: str, clinician: Actor) -> None:
    publishing.save_draft(db, HEART, edited(files, "Hearts"), clinician, NOW, base)
    publishing.publish(db, HEART, "Try", clinician, NOW)
    publishing.roll_back(db, HEART, 1, "No", clinician, NOW)
    db.commit()
    actions = list(db.scalars(select(AuditEvent.action).order_by(AuditEvent.sequence)))
    assert [action for action in actions if action.startswith("definition")] == [
        "definitions.imported",
        "definition.draft_saved",
        "definition.published",
        "definition.rolled_back",
    ]


def test_another_process_sees_what_was_published(
    database: Database, settings: Settings, files: dict[str, bytes]
) -> None:
    other = Database(database.engine, Context.of(settings))
    with other.session(reading=True) as db:
        assert heart(db) == "Your heart"
    with database.session() as db:
        files[HEART] = edited(files, "Hearts").encode()
        publishing.import_library(db, files, SYSTEM, NOW)
        db.commit()
    with other.session(reading=True) as db:
        assert heart(db) == "Hearts"


def test_an_edition_that_was_rolled_back_is_not_remembered_under_the_next_ones_number(
    database: Database, files: dict[str, bytes]
) -> None:
    with database.session() as db:
        publishing.import_library(db, files | {HEART: edited(files, "Never").encode()}, SYSTEM, NOW)
        assert heart(db) == "Never"
        db.rollback()
        publishing.import_library(db, files | {HEART: edited(files, "Hearts").encode()}, SYSTEM, NOW)
        assert heart(db) == "Hearts"
        db.commit()
        assert heart(db) == "Hearts"
    with database.session(reading=True) as db:
        assert heart(db) == "Hearts"


def test_an_unknown_edition_pathway_or_text_is_told(db: Session) -> None:
    with pytest.raises(NotFoundError):
        definitions.files_of(db, 99)
    with pytest.raises(NotFoundError):
        definitions.pathway_plan(db, "surgery")
    with pytest.raises(NotFoundError):
        definitions.text_of(db, "00")


def test_a_database_without_definitions_says_how_to_get_them(empty: Settings) -> None:
    database = open_database(empty)
    migrate(database)
    with database.session(reading=True) as db, pytest.raises(NotFoundError, match="screening init"):
        definitions.library_for(db)
    database.close()
