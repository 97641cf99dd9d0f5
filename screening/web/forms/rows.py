"""The fields of rows: lists of questions, and medicines, to which rows are added and from which they are removed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Protocol

from flask_babel import gettext as _
from wtforms.form import BaseForm

from screening.definition.model import Option, Question, QuestionType
from screening.definition.scope import HOW_OFTEN
from screening.web.forms.fields import AnswerField, Boxes, FieldKind, Offer, Problem, Typed, UnreadableError

NONE = "none"
COUNT = "rows"
ADD = "add"
REMOVE = "remove"

Row = Mapping[str, AnswerField]


class _Binding(Protocol):
    """The page's form as rows see it: it makes the fields of a row's questions."""

    def field(self, question: Question, name: str) -> AnswerField:
        """The field of that question under that name."""


class RowsField(AnswerField):
    """Rows of questions; an empty list is an answer only where the patient says so."""

    parts = (NONE,)
    _form: _Binding

    def __init__(self, question: Question, today: dt.date, kind: FieldKind, **bound: object) -> None:
        super().__init__(question, today, kind, **bound)
        self.rows: tuple[Row, ...] = ()
        self.fresh = ""

    @property
    def row_questions(self) -> tuple[Question, ...]:
        """What is asked in each row."""
        return self.question.questions

    @property
    def none(self) -> Offer:
        """The answer that there is nothing to list."""
        return Offer(NONE, _("I have none to add"), exclusive=True)

    @property
    def add_words(self) -> str:
        """The words on the button that adds a row."""
        return _("Add another line")

    @property
    def full(self) -> bool:
        """Whether no row can be added."""
        return len(self.rows) >= self.question.max

    @property
    def is_missing(self) -> bool:
        """Whether no row was begun, rather than one filled in wrongly."""
        return super().is_missing and not any(_begun(row) for row in self.rows)

    def row_title(self, number: int) -> str:
        """The heading of a row; `number` counts from 1."""
        return _("Line %(number)s", number=number)

    def wanted(self) -> str:
        """What to do where nothing is listed."""
        return _("Fill in a line, or choose “%(none)s”", none=self.none.text)

    def typed(self, formdata: Typed) -> Boxes:
        """The boxes outside the rows; the rows are read into fields of their own."""
        count = "".join(formdata.getlist(self.input(COUNT))[:1])
        sent = min(int(count), self.question.max) if count.isascii() and count.isdecimal() else 0
        self.rows = self._rows([self._fields(at) for at in range(sent)])
        for row in self.rows:
            for field in row.values():
                field.process(formdata)
        self._rearrange(formdata)
        return super().typed(formdata)

    def read(self, boxes: Boxes) -> object:
        """The filled rows, empty ones left out; [] where the patient says that there are none."""
        begun = [row for row in self.rows if _begun(row)]
        if not self.ticked_none(boxes):
            return [_answers(row) for row in begun] or None
        if begun:
            raise UnreadableError(self.contradiction(self.none))
        return []

    def written(self, raw: object) -> Boxes:
        """A field for every answer of every row."""
        rows = [row for row in raw if isinstance(row, dict)] if isinstance(raw, list | tuple) else []
        self.rows = self._rows([self._fields(at) for at in range(len(rows))])
        for fields, row in zip(self.rows, rows, strict=False):
            for name, field in fields.items():
                field.process(None, row.get(name))
        return {} if rows else {NONE: (NONE,)}

    def shown(self, raw: object) -> Boxes:
        """The rows as stored, and one empty row where there are none."""
        boxes = super().shown(raw)
        self.rows = self.rows or self._rows([])
        return boxes

    def ticked_none(self, boxes: Boxes) -> bool:
        """Whether the patient says that there is nothing to list."""
        return NONE in boxes.get(NONE, ())

    def validate(self, form: BaseForm, extra_validators: object = ()) -> bool:
        """Validate every row that was begun, and where they are fine the whole."""
        del extra_validators
        begun = [] if self.ticked_none(self.boxes) else [row for row in self.rows if _begun(row)]
        fine = [field.validate(form) for row in begun for field in row.values()]
        if all(fine):
            return super().validate(form)
        self.errors = []
        return False

    def problems(self) -> Iterator[Problem]:
        """What is wrong in the rows, else with the whole."""
        for row in self.rows:
            for field in row.values():
                yield from field.problems()
        first = next(iter(self.rows[0].values()))
        for message in self.errors:
            yield Problem(first.input(), message)

    def rearranged(self, formdata: Typed) -> bool:
        """Whether a button was pressed that adds or removes a row instead of saving."""
        return self.input(ADD) in formdata or self.input(REMOVE) in formdata

    def _rearrange(self, formdata: Typed) -> None:
        removed = formdata.getlist(self.input(REMOVE))
        self.fresh = self.input(ADD) if removed else ""
        kept = [row for at, row in enumerate(self.rows) if str(at) not in removed]
        if self.input(ADD) in formdata and not self.full:
            kept.append(self._fields(len(kept)))
            self.fresh = self._name(len(kept) - 1, self.row_questions[0])
        self.rows = self._rows(kept)

    def _rows(self, rows: list[Row]) -> tuple[Row, ...]:
        """The rows under the names of their places; never none at all."""
        placed = []
        for at, row in enumerate(rows or [{}]):
            fields = self._fields(at)
            for name, field in row.items():
                fields[name].boxes, fields[name].data = field.boxes, field.data
            placed.append(fields)
        return tuple(placed)

    def _fields(self, at: int) -> Row:
        fields = {question.id: self._form.field(question, self._name(at, question)) for question in self.row_questions}
        for field in fields.values():
            field.process(None)
        return fields

    def _name(self, at: int, question: Question) -> str:
        return f"{self.name}-{at}-{question.id}"


class MedicinesField(RowsField):
    """Medicines: a name, and as far as they are known a dose and how often."""

    def __init__(self, question: Question, today: dt.date, kind: FieldKind, **bound: object) -> None:
        super().__init__(question, today, kind, **bound)
        words = {"daily": _("Every day"), "weekly": _("Every week"), "monthly": _("Every month")}
        often = tuple(Option(code, words.get(code, _("Only when needed"))) for code in HOW_OFTEN)
        place = question.place
        self.columns = (
            Question("name", QuestionType.TEXT, _("Name"), place),
            Question("dose", QuestionType.TEXT, _("Dose"), place, required=False),
            Question("how_often", QuestionType.CHOICE, _("How often"), place, required=False, options=often),
        )

    @property
    def row_questions(self) -> tuple[Question, ...]:
        """Name, dose and how often."""
        return self.columns

    @property
    def none(self) -> Offer:
        """The answer that no medicine is taken."""
        return Offer(NONE, _("I take no medicines"), exclusive=True)

    @property
    def add_words(self) -> str:
        """The words on the button that adds a row."""
        return _("Add another medicine")

    def row_title(self, number: int) -> str:
        """The heading of a row; `number` counts from 1."""
        return _("Medicine %(number)s", number=number)

    def wanted(self) -> str:
        """What to do where nothing is listed."""
        return _("Add your medicines, or choose “%(none)s”", none=self.none.text)

    def contradiction(self, mark: Offer) -> str:
        """What to do where medicines stand beside "none" or "I'm not sure"."""
        if mark.value == NONE:
            return super().contradiction(mark)
        return _(
            "You listed medicines and also chose “%(text)s”. For one that you cannot name, add a line "
            "such as “small white pill”",
            text=mark.text,
        )


def _begun(row: Row) -> bool:
    return any(text for field in row.values() for texts in field.boxes.values() for text in texts)


def _answers(row: Row) -> dict[str, object]:
    return {name: field.data for name, field in row.items() if field.data is not None}
