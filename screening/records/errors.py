"""What can go wrong in the records. No message holds a name, a date of birth or an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screening.definition.mistakes import Mistake
    from screening.proof.cases import CaseResult
    from screening.records.definitions import Draft


class RecordsError(Exception):
    """Anything that the records refuse; `message` is fit to show to the person who asked for it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NewerDatabaseError(RecordsError):
    """A database that a later release of this program has changed."""


class SealError(RecordsError):
    """A sealed value that does not open: the wrong key, a changed value, or one that was moved to another place."""


class StateError(RecordsError):
    """A move or a save that the intake's state does not allow."""


class NotFoundError(RecordsError):
    """Nothing of that id."""


class LockedError(RecordsError):
    """Too many attempts; `until` is when the next one is allowed, None where staff must lift the lock."""

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class PasswordError(RecordsError):
    """A password that is not accepted; the message says what would be."""


class AccountError(RecordsError):
    """An account that cannot be made or changed so."""


class LastAdminError(AccountError):
    """A change that would leave nobody who may manage accounts."""


class ConflictError(RecordsError):
    """Someone else saved in between; `draft` is what is kept now."""

    def __init__(self, message: str, draft: Draft) -> None:
        super().__init__(message)
        self.draft = draft


class PublishError(RecordsError):
    """A draft that may not be published: its mistakes, and those of its cases that fail."""

    def __init__(self, message: str, mistakes: Sequence[Mistake] = (), failing: Sequence[CaseResult] = ()) -> None:
        super().__init__(message)
        self.mistakes = tuple(mistakes)
        self.failing = tuple(failing)
