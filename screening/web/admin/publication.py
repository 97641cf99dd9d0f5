"""What an admin sees before publishing: what changes, what still stands in the way, and who keeps which version."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from screening.definition.mistakes import Mistake, Severity
from screening.exchange.wording import counted
from screening.records import definitions
from screening.records.definitions import Version
from screening.web.admin.catalogue import results_line
from screening.web.admin.changes import Changes, changes_between
from screening.web.admin.examination import Examination
from screening.web.admin.naming import title_of
from screening.web.admin.studio import SHOWN_MISTAKES, Basis, ShownCase, in_progress_line, shown_cases


@dataclass(frozen=True, slots=True)
class Publication:
    """The page before publishing a text; `checks` are what must hold, each with whether it does."""

    file: str
    title: str
    current: Version | None
    changes: Changes
    examination: Examination
    failing: tuple[ShownCase, ...]
    checks: tuple[tuple[bool, str], ...]
    in_progress_line: str

    @property
    def errors(self) -> tuple[Mistake, ...]:
        """The first of the errors."""
        every = (*self.examination.own, *self.examination.elsewhere)
        return tuple(mistake for mistake in every if mistake.severity is Severity.ERROR)[:SHOWN_MISTAKES]

    @property
    def ready(self) -> bool:
        """Whether everything that must hold does."""
        return all(held for held, _ in self.checks)


def basis_of(db: Session, file: str) -> Basis:
    """What a draft of the file is compared with."""
    current = definitions.published(db, file)
    started = definitions.started_on(db, file)
    # An intake keeps a text; the newest number under which that text was published is its name.
    numbers = {version.hash: version.number or 0 for version in reversed(definitions.versions(db, file))}
    in_progress = {numbers[hash_]: count for hash_, count in started.items() if hash_ in numbers}
    text = definitions.text_of(db, current.hash) if current else ""
    return Basis(current, text, in_progress)


def publication(examination: Examination, basis: Basis, text: str) -> Publication:
    """The page before publishing that text, as it was examined."""
    changes = changes_between(basis.current_text, text)
    return Publication(
        file=examination.file,
        title=title_of(examination),
        current=basis.current,
        changes=changes,
        examination=examination,
        failing=shown_cases(examination),
        checks=_checks(examination, changes),
        in_progress_line=in_progress_line(basis),
    )


def _checks(examination: Examination, changes: Changes) -> tuple[tuple[bool, str], ...]:
    errors = counted(examination.errors, "error") if examination.errors else "No errors"
    checks = [(bool(changes), "Something changes" if changes else "Nothing changes"), (not examination.errors, errors)]
    if examination.library is not None:
        of_this = results_line(examination.results) if examination.results else "No cases of its own"
        checks.append((all(result.passed for result in examination.results), of_this))
        others = f"{counted(len(examination.broken), 'case')} of other files fail" if examination.broken else ""
        checks.append((not examination.broken, others or "The cases of all other files pass"))
    return tuple(checks)
