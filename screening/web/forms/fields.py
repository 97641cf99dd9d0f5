"""What every field is, and the fields of a single input: radios, checkboxes, text.

A field is two functions that undo each other: `written` puts a raw answer into boxes, `read` takes it out again.
A box is one input of the question by the end of its name (`""` is the question's own name, `"year"` is `born-year`),
with the texts that stand in it. What cannot be read stays in its box, so that nothing typed is ever lost.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol

from flask_babel import gettext as _
from wtforms import Field, ValidationError
from wtforms.form import BaseForm
from wtforms.utils import unset_value

from screening.assessment.answers import AnswerError, read_answer
from screening.definition.model import Question

Boxes = Mapping[str, tuple[str, ...]]

MARK = "?"
"""Stands before `unsure` and `declined` where they share an input with options, whose ids start with a letter."""

UNKNOWN = "unknown"
# Marks that turn the direction of all that follows, beyond the text that holds them.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Names the reason in a raw answer, and the box of "I'm not sure" where it has an input of its own."""


class Typed(Protocol):
    """What a browser sent: the texts of each input by its name."""

    def getlist(self, key: str) -> list[str]:
        """The texts sent under that name, in order."""

    def __contains__(self, key: object) -> bool: ...


@dataclass(frozen=True, slots=True)
class Offer:
    """One answer that can be ticked: the value sent and the words shown."""

    value: str
    text: str
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an answer, and the id of the input to mend it in."""

    anchor: str
    message: str


@dataclass(frozen=True, slots=True)
class FieldKind:
    """A field class, and the macro of templates/components/`template`.html that shows it."""

    field: type[AnswerField]
    template: str
    macro: str


class UnreadableError(ValidationError):
    """What was typed is no answer to its question; `message` says what to type instead, `part` in which box."""

    def __init__(self, message: str, part: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.part = part


class AnswerField(Field):
    """One question of a page; `data` is its raw answer, or None where nothing was answered."""

    parts: ClassVar[tuple[str, ...]] = ("",)
    widget = None  # type: ignore[assignment]  # templates/components show fields; WTForms' widgets are not used

    def __init__(self, question: Question, today: dt.date, kind: FieldKind, **bound: object) -> None:
        super().__init__(label=question.text, **bound)  # type: ignore[arg-type]
        self.question = question
        self.today = today
        self.kind = kind
        self.boxes: Boxes = {}
        self.wrong_part = ""

    def read(self, boxes: Boxes) -> object:
        """The known raw answer that stands in the boxes, None where they are empty. Raises: UnreadableError."""
        raise NotImplementedError

    def written(self, raw: object) -> Boxes:
        """The boxes in which a known raw answer stands."""
        raise NotImplementedError

    def wanted(self) -> str:
        """What to do where a required answer is missing, as a sentence without its end."""
        raise NotImplementedError

    @cached_property
    def elses(self) -> tuple[Offer, ...]:
        """The answers "I'm not sure" and "I'd rather not say", as far as the question offers them."""
        unsure = (Offer(MARK + "unsure", _("I'm not sure"), exclusive=True),) if self.question.unsure else ()
        declined = (Offer(MARK + "declined", _("I'd rather not say"), exclusive=True),) if self.question.decline else ()
        return unsure + declined

    @property
    def marks(self) -> tuple[str, ...]:
        """The values of these answers."""
        offered = (("unsure", self.question.unsure), ("declined", self.question.decline))
        return tuple(MARK + reason for reason, is_offered in offered if is_offered)

    @property
    def is_missing(self) -> bool:
        """Whether nothing was answered, rather than something wrong."""
        return self.data is None and not self.process_errors

    def process(self, formdata: Typed | None, data: object = unset_value, extra_filters: object = None) -> None:
        """Fill the boxes from what was typed, else from the stored raw answer."""
        del extra_filters
        self.process_errors = []
        self.data = None if data is unset_value else data
        if formdata is None:
            self.boxes = self.shown(self.data)
            return
        self.boxes = self.typed(formdata)
        try:
            self.data = self.answer(self.boxes)
        except UnreadableError as error:
            self.data = None
            self.wrong_part = error.part
            self.process_errors = [error.message]

    def typed(self, formdata: Typed) -> Boxes:
        """The boxes as they were sent."""
        return {part: tuple(map(clean, formdata.getlist(self.input(part)))) for part in (*self.parts, UNKNOWN)}

    def answer(self, boxes: Boxes) -> object:
        """The raw answer in the boxes, known or not. Raises: UnreadableError."""
        marks = [offer for offer in self.elses if offer.value in boxes.get(UNKNOWN, ())]
        known = self.read(boxes)
        if marks and (known is not None or len(marks) > 1):
            raise UnreadableError(self.contradiction(marks[0]))
        return unknown(marks[0].value) if marks else known

    def contradiction(self, mark: Offer) -> str:
        """What to do where an answer stands beside "I'm not sure"."""
        return _("You gave an answer and also chose “%(text)s”. Keep one of them", text=mark.text)

    def shown(self, raw: object) -> Boxes:
        """The boxes in which a stored raw answer stands, known or not."""
        match raw:
            case None:
                return {}
            case {"unknown": reason}:
                return {UNKNOWN: (f"{MARK}{reason}",)}
            case _:
                return self.written(raw)

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse a required answer that is missing, and one that does not fit its question."""
        del form
        if self.process_errors:
            return
        if self.data is None:
            if self.question.required:
                raise UnreadableError(_either(self.wanted(), [offer.text for offer in self.elses]))
            return
        try:
            read_answer(self.question, self.data, self.today)
        except AnswerError as error:
            raise UnreadableError(_(error.template, **error.values).removesuffix(".")) from error

    def problems(self) -> Iterator[Problem]:
        """What is wrong with the answer, after validation."""
        for message in self.errors:
            yield Problem(self.input(self.wrong_part), message)

    def input(self, part: str = "") -> str:
        """The name and id of the input for that part."""
        return f"{self.name}-{part}" if part else self.name

    def box(self, part: str = "") -> str:
        """The text that stands in a box, empty where there is none."""
        return next(iter(self.boxes.get(part, ())), "")

    def ticked(self, value: str, part: str = "") -> bool:
        """Whether that value is chosen."""
        return value in self.boxes.get(part, ())


class OfferedField(AnswerField):
    """Answers to tick; not knowing and not saying are among them, in the same input."""

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """The answers of the question's options."""
        return tuple(Offer(option.id, option.text, option.exclusive) for option in self.question.options)

    @property
    def codes(self) -> Mapping[str, bool]:
        """Whether each answer stands alone, by its value; without its words, since translating takes time."""
        own = {option.id: option.exclusive for option in self.question.options}
        return own | dict.fromkeys(self.marks, True)

    def answer(self, boxes: Boxes) -> object:
        """The raw answer in the boxes, known or not. Raises: UnreadableError."""
        chosen, codes = set(boxes.get("", ())) - {""}, self.codes
        if chosen - codes.keys():
            raise UnreadableError(_("Choose from the answers below"))
        alone = next((code for code, stands_alone in codes.items() if stands_alone and code in chosen), None)
        if alone is not None and len(chosen) > 1:
            text = next(offer.text for offer in (*self.offers, *self.elses) if offer.value == alone)
            raise UnreadableError(_("You chose “%(text)s” and something else. Keep one of them", text=text))
        return unknown(alone) if alone in self.marks else self.read(boxes)

    def shown(self, raw: object) -> Boxes:
        """The ticked answers, known or not."""
        match raw:
            case {"unknown": reason}:
                return {"": (f"{MARK}{reason}",)}
            case _:
                return super().shown(raw)


class OneField(OfferedField):
    """One of several answers, each a radio."""

    def wanted(self) -> str:
        """What to do where none is chosen."""
        return _("Choose one answer")

    def read(self, boxes: Boxes) -> object:
        """The id of the chosen option."""
        return next((value for value in boxes.get("", ()) if value), None)

    def written(self, raw: object) -> Boxes:
        """The radio of that id."""
        return {"": (str(raw),)}


class YesNoField(OneField):
    """Yes or no."""

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """Yes and no, in the page's language."""
        return (Offer("yes", _("Yes")), Offer("no", _("No")))

    @property
    def codes(self) -> Mapping[str, bool]:
        """Yes and no, and what may be said instead."""
        return {"yes": False, "no": False} | dict.fromkeys(self.marks, True)


class SeveralField(OfferedField):
    """Any of several answers, each a checkbox; an exclusive one stands alone."""

    def wanted(self) -> str:
        """What to do where none is chosen."""
        return _("Choose at least one answer")

    def read(self, boxes: Boxes) -> object:
        """The ids of the chosen options, in their order."""
        return [offer.value for offer in self.offers if offer.value in boxes.get("", ())] or None

    def written(self, raw: object) -> Boxes:
        """The checkboxes of those ids."""
        return {"": tuple(map(str, raw)) if isinstance(raw, list | tuple) else ()}


class TextField(AnswerField):
    """Free text, kept as it was written."""

    def wanted(self) -> str:
        """What to do where the text is missing."""
        return _("Write an answer")

    def read(self, boxes: Boxes) -> object:
        """The text without space around it."""
        return "".join(boxes.get("", ())[:1]).strip() or None

    def written(self, raw: object) -> Boxes:
        """The box with the text."""
        return {"": (str(raw),)}


class AttestationField(TextField):
    """A typed name under a statement."""

    def wanted(self) -> str:
        """What to do where the name is missing."""
        return _("Type your full name to sign")


class StatementField(AnswerField):
    """A text to read; there is nothing to answer."""

    parts = ()

    def answer(self, boxes: Boxes) -> object:
        """Nothing, whatever was sent."""
        del boxes
        return None

    def shown(self, raw: object) -> Boxes:
        """No boxes."""
        del raw
        return {}

    def pre_validate(self, form: BaseForm) -> None:
        """A text asks for nothing."""


def clean(text: str) -> str:
    """The text without control characters or marks that turn its direction, and with one kind of line end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or _is_shown(c))


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cs"} and character not in _TURNING


def unknown(mark: str) -> dict[str, str]:
    """The raw answer for "I'm not sure" or "I'd rather not say"."""
    return {UNKNOWN: mark.removeprefix(MARK)}


def _either(wanted: str, others: list[str]) -> str:
    match others:
        case []:
            return wanted
        case [one]:
            return _("%(wanted)s, or choose “%(one)s”", wanted=wanted, one=one)
        case _:
            return _("%(wanted)s, or choose one of the other answers", wanted=wanted)
