"""The form of one page: fields for its questions, their raw answers, and everything that is wrong with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from screening.definition.model import Question, QuestionType
from screening.web.forms.fields import AnswerField, FieldKind, Problem, Typed
from screening.web.forms.registry import KINDS
from screening.web.forms.rows import RowsField


@dataclass(frozen=True, slots=True)
class Group:
    """Fields shown together: one alone, or a scale's rows under the text (`stem`) that they share."""

    fields: tuple[AnswerField, ...]
    stem: AnswerField | None = None

    @property
    def is_grid(self) -> bool:
        """Whether the fields are rows of one scale."""
        return len(self.fields) > 1 or self.stem is not None


class PageForm(BaseForm):
    """The fields of the questions of one page, filled from what was typed or else from stored raw answers.

    `kinds` gives single questions, by id, another field than that of their type.
    """

    def __init__(
        self,
        questions: Iterable[Question],
        stored: Mapping[str, object],
        today: dt.date,
        typed: Typed | None = None,
        kinds: Mapping[str, FieldKind] | None = None,
    ) -> None:
        self.today = today
        self.typed = typed
        special = kinds or {}
        super().__init__(
            {
                question.id: UnboundField(kind.field, question, today, kind)
                for question in questions
                for kind in [special.get(question.id, KINDS[question.type])]
            }
        )
        for field in self._answer_fields():
            field.process(typed, stored.get(field.question.id))

    @property
    def fields(self) -> tuple[AnswerField, ...]:
        """The fields in the order of the questions."""
        return tuple(self._answer_fields())

    @property
    def raw(self) -> dict[str, object]:
        """The raw answer of every question, None where it was left blank; statements have none."""
        return {field.question.id: field.data for field in self._answer_fields() if field.question.has_answer}

    @property
    def answered(self) -> dict[str, object]:
        """The raw answers of those questions that have one and with which nothing is wrong."""
        wrong = {field.question.id for field, _ in self.problems()}
        return {name: raw for name, raw in self.raw.items() if raw is not None and name not in wrong}

    def only_unfinished(self) -> bool:
        """Whether nothing is wrong except that answers are missing."""
        return all(field.is_missing for field, _ in self.problems())

    def field(self, question: Question, name: str) -> AnswerField:
        """A further field of this form: the question of a row under that name."""
        kind = KINDS[question.type]
        return UnboundField(kind.field, question, self.today, kind).bind(self, name)

    def rearranged(self) -> bool:
        """Whether a button was pressed that adds or removes a row instead of saving."""
        typed = self.typed
        rows = [field for field in self._answer_fields() if isinstance(field, RowsField)]
        return typed is not None and any(field.rearranged(typed) for field in rows)

    def refuse(self, question_id: str, message: str) -> None:
        """Mark an answer as wrong for a reason that lies outside its field, such as a check of the definition."""
        field = self._fields.get(question_id) or self.fields[0]
        field.errors = [*field.errors, message]

    def problems(self) -> tuple[tuple[AnswerField, Problem], ...]:
        """Everything that is wrong, in the order of the page."""
        return tuple((field, problem) for field in self._answer_fields() for problem in field.problems())

    def groups(self) -> tuple[Group, ...]:
        """The fields as they are shown: rows of the same scale together, under the statement before them."""
        groups: list[Group] = []
        for same, run in groupby(self._answer_fields(), key=_scale):
            fields = tuple(run)
            if not same:
                groups += [Group((field,)) for field in fields]
                continue
            before = groups[-1].fields[0] if groups else None
            stem = before if before and before.question.type is QuestionType.STATEMENT else None
            groups[-1:] = [*(groups[-1:] if stem is None else []), Group(fields, stem)]
        return tuple(groups)

    def _answer_fields(self) -> Iterator[AnswerField]:
        for field in self._fields.values():
            if isinstance(field, AnswerField):
                yield field


def _scale(field: AnswerField) -> tuple[tuple[str, str], ...]:
    """What rows of one scale have in common; empty for any other question."""
    if field.question.type is not QuestionType.SCALE:
        return ()
    return tuple((option.id, option.text) for option in field.question.options)
