"""What stands in the lists: every definition file with where it stands, and one file with all its versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from screening.definition.mistakes import Mistake
from screening.definition.model import Change, Pathway, Questionnaire
from screening.exchange.wording import counted
from screening.proof.cases import CaseResult
from screening.records.actors import Actor
from screening.records.definitions import Draft, Version
from screening.web.admin.examination import Examination, examined
from screening.web.admin.naming import Kind, kind_of, title_of

Words = Callable[[dt.datetime], str]

# The groups of the list, in the order in which an admin looks for things.
GROUPS: Mapping[str, tuple[Kind, ...]] = {
    "Questionnaires": (Kind.QUESTIONNAIRE,),
    "Pathways": (Kind.PATHWAY,),
    "Medicines and sources": (Kind.FORMULARY, Kind.SOURCES),
    "Translations": (Kind.TRANSLATION,),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One file in the list; `flags` and `cases` are None where it holds none."""

    file: str
    title: str
    kind: Kind
    number: int | None
    state: str
    drafted: bool
    changed_at: str
    changed_by: str
    flags: int | None = None
    cases: int | None = None
    passing: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one name."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All files, and what holds for all of them together."""

    groups: tuple[Group, ...]
    totals: str
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A version as its row shows it; `in_progress` counts the intakes that keep it."""

    number: int
    state: str
    at: str
    by: str
    reason: str
    in_progress: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft as the file's page names it."""

    at: str
    by: str


@dataclass(frozen=True, slots=True)
class FilePage:
    """One file: its versions, its own changelog, and what it holds."""

    file: str
    title: str
    kind: Kind
    current: Version | None
    versions: tuple[PastVersion, ...]
    draft: Waiting | None
    changes: tuple[Change, ...]
    facts: tuple[tuple[str, str], ...]


def by_whom(actor: Actor) -> str:
    """Who did something, as the pages name them."""
    return "the release" if actor.kind == "system" else actor.name


def catalogue(
    files: Mapping[str, bytes], current: Mapping[str, Version], drafts: Mapping[str, Draft], words: Words
) -> Catalogue:
    """The list of all files, published or drafted, with their cases run."""
    by_file = {file: examined(files, file) for file in files}
    rows = [
        _row(examined(files, file), current.get(file), drafts.get(file), words) for file in sorted({*files, *drafts})
    ]
    groups = tuple(Group(name, tuple(row for row in rows if row.kind in kinds)) for name, kinds in GROUPS.items())
    whole = next(iter(by_file.values()), None)
    return Catalogue(
        tuple(group for group in groups if group.rows),
        _totals(by_file.values()) if whole and whole.library else "",
        (*whole.own, *whole.elsewhere) if whole and not whole.library else (),
    )


def results_line(results: Iterable[CaseResult]) -> str:
    """How many cases pass: `403 of 404 cases pass`."""
    passed = [result.passed for result in results]
    return f"{sum(passed)} of {counted(len(passed), 'case')} pass"


def _totals(examinations: Iterable[Examination]) -> str:
    every = list(examinations)
    definitions = [examination.definition for examination in every if examination.definition]
    forms = sum(isinstance(definition, Questionnaire) for definition in definitions)
    flags = sum(len(definition.flags) for definition in definitions)
    cases = results_line(result for examination in every for result in examination.results)
    ways = len(definitions) - forms
    return f"{counted(forms, 'questionnaire')}, {counted(ways, 'pathway')} · {counted(flags, 'flag')} · {cases}"


def _row(examination: Examination, current: Version | None, draft: Draft | None, words: Words) -> Row:
    definition = examination.definition
    at, by = _last_change(current, draft)
    return Row(
        file=examination.file,
        title=title_of(examination),
        kind=kind_of(examination.file),
        number=current.number if current else None,
        state=current.state if current else "draft",
        drafted=draft is not None,
        changed_at=words(at) if at else "",
        changed_by=by,
        flags=len(definition.flags) or None if definition else None,
        cases=len(examination.results) or None,
        passing=examination.passing,
    )


def _last_change(current: Version | None, draft: Draft | None) -> tuple[dt.datetime | None, str]:
    """When the file was last published or its draft last saved, and by whom."""
    changes = [(draft.saved_at, by_whom(draft.author))] if draft else []
    if current:
        changes.append((current.published_at or current.saved_at, by_whom(current.approver or current.author)))
    return max(changes, default=(None, ""))


def file_page(
    examination: Examination,
    versions: Iterable[Version],
    draft: Draft | None,
    started: Mapping[str, int],
    words: Words,
) -> FilePage:
    """One file with all its versions; `started` counts the open intakes by the content that they keep."""
    every = tuple(versions)
    current = next((version for version in every if version.state == "published"), None)
    definition = examination.definition
    return FilePage(
        file=examination.file,
        title=title_of(examination),
        kind=kind_of(examination.file),
        current=current,
        versions=tuple(_past(version, every, started, words) for version in every),
        draft=Waiting(words(draft.saved_at), by_whom(draft.author)) if draft else None,
        changes=definition.changes if definition else (),
        facts=_facts(definition, examination),
    )


def _past(version: Version, every: tuple[Version, ...], started: Mapping[str, int], words: Words) -> PastVersion:
    # A text that was published again is one text to an intake; it is counted once, at its newest number.
    newest = max(other.number or 0 for other in every if other.hash == version.hash)
    return PastVersion(
        number=version.number or 0,
        state=version.state,
        at=words(version.published_at or version.saved_at),
        by=by_whom(version.approver or version.author),
        reason=version.reason,
        in_progress=started.get(version.hash, 0) if version.number == newest else 0,
    )


def _facts(definition: Questionnaire | Pathway | None, examination: Examination) -> tuple[tuple[str, str], ...]:
    match definition:
        case None:
            return ()
        case Pathway():
            steps = ", ".join(step.questionnaire for step in definition.steps)
            kind = definition.treatment
            return (("Treatment", f"{kind.product}, {kind.route}"), ("Asks for", steps))
        case Questionnaire():
            return (
                ("For", definition.audience.value),
                ("Uses", ", ".join(definition.uses) or "no other questionnaire"),
                ("Pages", str(len(definition.pages))),
                ("Questions", str(sum(question.has_answer for question in definition.questions()))),
                ("Scores", str(len(definition.scores))),
                ("Flags", str(len(definition.flags))),
                ("Cases", results_line(examination.results)),
            )
