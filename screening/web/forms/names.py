"""Medicine names that are not recognised: the patient says which known one was meant, or that it stays as written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _

from screening.definition.formulary import Formulary, Suggestion
from screening.definition.model import Option, Place, Question, QuestionType
from screening.web.forms.fields import Typed
from screening.web.forms.page import PageForm

KEEP = "?keep"
_NOWHERE = Place("", 0, 0)

Medicines = Sequence[Mapping[str, object]]


def doubtful(medicines: object, formulary: Formulary, before: object = None) -> tuple[int, ...]:
    """The rows whose names are not recognised but resemble known ones; rows that stood there `before` are left out."""
    known = {str(row.get("name")) for row in _rows(before)}
    return tuple(
        at
        for at, row in enumerate(_rows(medicines))
        if str(row.get("name")) not in known
        and formulary.find(str(row.get("name"))) is None
        and formulary.suggestions(str(row.get("name")))
    )


class NamesForm(PageForm):
    """One question for each doubtful name: which known medicine was meant, if any."""

    def __init__(
        self, medicines: object, rows: Iterable[int], formulary: Formulary, today: dt.date, typed: Typed | None = None
    ) -> None:
        self.medicines = _rows(medicines)
        asked = [at for at in rows if 0 <= at < len(self.medicines)]
        super().__init__([_question(at, str(self.medicines[at]["name"]), formulary) for at in asked], {}, today, typed)

    def mended(self) -> list[dict[str, object]]:
        """The medicines with the names that were chosen; every other name as it was written."""
        chosen = {question: name for question, name in self.raw.items() if name and name != KEEP}
        return [{**row, "name": chosen.get(_id(at), row["name"])} for at, row in enumerate(self.medicines)]


def _question(at: int, name: str, formulary: Formulary) -> Question:
    offers = [Option(found.name, _shown(found)) for found in formulary.suggestions(name)]
    keep = Option(KEEP, _("None of these, keep “%(name)s”", name=name))
    text = _("You wrote “%(name)s”. Did you mean one of these?", name=name)
    return Question(_id(at), QuestionType.CHOICE, text, _NOWHERE, options=(*offers, keep))


def _shown(found: Suggestion) -> str:
    generic = found.medicine.generic
    return found.name if found.name == generic else f"{found.name} ({generic})"


def _id(at: int) -> str:
    return f"medicine_{at}"


def _rows(medicines: object) -> tuple[Mapping[str, object], ...]:
    return tuple(row for row in medicines if isinstance(row, Mapping)) if isinstance(medicines, list | tuple) else ()
