"""What the page of a draft shows: the text, what is wrong in it, what it holds, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from screening.definition.mistakes import Mistake, Severity
from screening.exchange.wording import counted, listed
from screening.proof.cases import CaseResult
from screening.records.definitions import Draft, Version
from screening.web.admin.catalogue import Words, by_whom, results_line
from screening.web.admin.changes import Changes, changes_between
from screening.web.admin.examination import Examination
from screening.web.admin.listing import Line, excerpts
from screening.web.admin.naming import name_of, title_of
from screening.web.admin.outline import Outline, outline_of
from screening.web.admin.rehearsal import plan_to_try

SHOWN_MISTAKES = 25
# Room to write below the last line before the next save numbers it.
SPARE_ROWS = 4
# Numbers below the text are cut off until it grows down to them.
UNSEEN_NUMBERS = 400
MOST_NUMBERS = 20_000


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case in a list; `here` where its line is in the editor beside."""

    case: object
    differences: tuple[object, ...]
    here: bool


@dataclass(frozen=True, slots=True)
class Studio:
    """Everything on the page of a draft; `marked` names the lines that something links to, with how they are marked."""

    file: str
    name: str
    title: str
    text: str
    base: str
    number: int | None
    status: str
    examination: Examination
    mistakes_line: str
    excerpts: tuple[tuple[Line, ...], ...]
    more: int
    outline: Outline
    rows: int
    numbered: int
    marked: Mapping[int, str]
    changes: Changes
    failing: tuple[ShownCase, ...]
    passing: tuple[CaseResult, ...]
    cases_line: str
    coverage_line: str
    in_progress_line: str
    preview: bool
    no_preview: str
    show: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What a draft is compared with: the published version, its text, and the intakes that keep which version."""

    current: Version | None
    current_text: str
    in_progress: Mapping[int, int]


def studio(text: str, base: str, draft: Draft | None, basis: Basis, examination: Examination, words: Words) -> Studio:
    """The page of a draft whose text is as given; `base` is the hash of what it was written on."""
    outline = outline_of(examination.file, text)
    shown = examination.own[:SHOWN_MISTAKES]
    changes = changes_between(basis.current_text, text) if basis.current else Changes(())
    rows = min(text.count("\n") + 1 + SPARE_ROWS, MOST_NUMBERS)
    return Studio(
        file=examination.file,
        name=name_of(examination.file),
        title=title_of(examination),
        text=text,
        base=base,
        number=basis.current.number if basis.current else None,
        status=_status(draft, examination, words),
        examination=examination,
        mistakes_line=_mistakes_line(examination),
        excerpts=excerpts(text, shown),
        more=len(examination.own) - len(shown),
        outline=outline,
        rows=rows,
        numbered=min(rows + UNSEEN_NUMBERS, MOST_NUMBERS),
        marked=_marked(outline, examination),
        changes=changes,
        failing=shown_cases(examination),
        passing=tuple(result for result in examination.results if result.passed),
        cases_line=_cases_line(examination),
        coverage_line=_coverage_line(examination),
        in_progress_line=in_progress_line(basis),
        preview=plan_to_try(examination) is not None,
        no_preview=_no_preview(examination),
        show="cases" if examination.failing else "changes" if changes else "preview",
    )


def in_progress_line(basis: Basis) -> str:
    """How many open intakes keep which version, in a sentence."""
    if not basis.in_progress:
        return "No intake is in progress. Those that start after publishing get the new version."
    kept = [f"{counted(count, 'intake')} on v{number}" for number, count in sorted(basis.in_progress.items())]
    return f"In progress: {listed(kept)}. They keep the version that they started with."


def shown_cases(examination: Examination) -> tuple[ShownCase, ...]:
    """The cases that fail, the file's own first."""
    own = set(map(id, examination.results))
    return tuple(ShownCase(result.case, result.differences, id(result) in own) for result in examination.failing)


def _status(draft: Draft | None, examination: Examination, words: Words) -> str:
    parts = [f"saved {words(draft.saved_at)} by {by_whom(draft.author)}" if draft else "not saved yet"]
    if examination.errors:
        parts.append(counted(examination.errors, "error"))
    if examination.warnings:
        parts.append(counted(examination.warnings, "warning"))
    if examination.results:
        parts.append(results_line(examination.results))
    return " · ".join(parts)


def _mistakes_line(examination: Examination) -> str:
    errors = sum(mistake.severity is Severity.ERROR for mistake in examination.own)
    parts = [counted(errors, "error")] if errors else []
    if examination.warnings:
        parts.append(counted(examination.warnings, "warning"))
    return f"{listed(parts)} in this file" if parts else "Nothing wrong in this file itself"


def _marked(outline: Outline, examination: Examination) -> dict[int, str]:
    marked = {entry.line: "" for entry in (*outline.pages, *outline.scores, *outline.flags)}
    marked.update({result.case.place.line: "" for result in examination.results if not result.passed})
    for mistake in sorted(examination.own, key=_gravest_last):
        marked[mistake.place.line] = mistake.severity.value
    return marked


def _gravest_last(mistake: Mistake) -> bool:
    return mistake.severity is Severity.ERROR


def _cases_line(examination: Examination) -> str:
    if examination.library is None:
        return "Cases run once there are no errors"
    if not examination.results:
        return "This file has no cases"
    broken = f"; {counted(len(examination.broken), 'case')} of other files now fail" if examination.broken else ""
    return f"{results_line(examination.results)}{broken}"


def _coverage_line(examination: Examination) -> str:
    coverage = examination.coverage
    if coverage is None or not coverage.flags:
        return ""
    return f"Shown raised, ruled out and open by a case: {coverage.covered} of {counted(coverage.flags, 'flag')}."


def _no_preview(examination: Examination) -> str:
    if examination.library is None:
        return "The preview appears once there are no errors."
    return "There is nothing to preview: patients do not see this file itself."
