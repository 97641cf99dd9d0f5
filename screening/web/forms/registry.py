"""The table of field types: what each type of question is filled in with. A new type is one entry here."""

from __future__ import annotations

from collections.abc import Mapping

from screening.definition.model import QuestionType
from screening.web.forms.dates import DateField
from screening.web.forms.fields import (
    AttestationField,
    FieldKind,
    OneField,
    SeveralField,
    StatementField,
    TextField,
    YesNoField,
)
from screening.web.forms.measures import HeightField, NumberField, WeightField
from screening.web.forms.rows import MedicinesField, RowsField

KINDS: Mapping[QuestionType, FieldKind] = {
    QuestionType.YES_NO: FieldKind(YesNoField, "choices", "radios"),
    QuestionType.CHOICE: FieldKind(OneField, "choices", "radios"),
    QuestionType.CHOICES: FieldKind(SeveralField, "choices", "checkboxes"),
    QuestionType.SCALE: FieldKind(OneField, "choices", "radios"),
    QuestionType.INTEGER: FieldKind(NumberField, "inputs", "number"),
    QuestionType.DECIMAL: FieldKind(NumberField, "inputs", "number"),
    QuestionType.DATE: FieldKind(DateField, "inputs", "date"),
    QuestionType.TEXT: FieldKind(TextField, "inputs", "text"),
    QuestionType.WEIGHT: FieldKind(WeightField, "inputs", "weight"),
    QuestionType.HEIGHT: FieldKind(HeightField, "inputs", "height"),
    QuestionType.MEDICINES: FieldKind(MedicinesField, "rows", "rows"),
    QuestionType.LIST: FieldKind(RowsField, "rows", "rows"),
    QuestionType.STATEMENT: FieldKind(StatementField, "inputs", "statement"),
    QuestionType.ATTESTATION: FieldKind(AttestationField, "inputs", "attestation"),
}
