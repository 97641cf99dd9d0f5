"""Answers as they are given, read against the questions that they answer; an unknown one keeps its reason."""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from screening.definition.formulary import EMPTY, Formulary, Medicine
from screening.definition.mistakes import did_you_mean
from screening.definition.model import Plan, Question, QuestionType
from screening.definition.scope import HOW_OFTEN

EARLIEST, LATEST = date(1880, 1, 1), date(2199, 12, 31)
LONGEST_TEXT = 2_000
PLANS_KEPT = 64
LARGEST_NUMBER = 1e15
# What a clinician identifies a medicine as that is of no class that any flag reads.
NO_CLASS = "no_class"
_MEDICINE_FIELDS = frozenset({"name", "dose", "how_often", "identified"})
_WRITTEN_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z")


class Unknown(StrEnum):
    """Why an answer is unknown; the first three are how answers files write it."""

    UNANSWERED = "unanswered"
    UNSURE = "unsure"
    DECLINED = "declined"
    NOT_ASKED = "not_asked"


_GIVEN_REASONS = (Unknown.UNANSWERED, Unknown.UNSURE, Unknown.DECLINED)


@dataclass(frozen=True, slots=True)
class Days:
    """The first and last day that a date may be; the same day where it is known exactly."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class TakenMedicine:
    """One medicine as the patient wrote it, and what it is known as (None: not recognised).

    In raw answers a clinician may add to a row what it was `identified` as: a name of the formulary, or `no_class`.
    """

    name: str
    dose: str
    how_often: str
    medicine: Medicine | None


@dataclass(frozen=True, slots=True)
class MedicineList:
    """All medicines that the patient takes; empty means none."""

    rows: tuple[TakenMedicine, ...]

    @property
    def classes(self) -> frozenset[str]:
        """The classes that are certainly taken."""
        return frozenset().union(*(row.medicine.classes for row in self.rows if row.medicine))

    @property
    def not_recognised(self) -> tuple[str, ...]:
        """The names that the formulary does not know; each may be of any class."""
        return tuple(row.name for row in self.rows if row.medicine is None)


Row = Mapping[str, "Value"]
Value = str | int | float | tuple[str, ...] | Days | MedicineList | tuple[Row, ...]


Raw = TypeVar("Raw")


class AnswerError(ValueError):
    """An answer that does not fit its question; `message` says what to do, in words for the one who answers.

    Whoever answers in another language reads a translation of `template`, into which `values` are put by their names.
    """

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        self.values = values
        self.message = template % values if values else template
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Which answer does not fit, by `questionnaire.question`, and why."""

    key: str
    message: str


class AnswersError(ValueError):
    """Answers that cannot be assessed; `problems` names each."""

    def __init__(self, problems: Iterable[AnswerProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{problem.key}: {problem.message}" for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Answers:
    """The known answers by `questionnaire.question`, and the reasons of those that were given as unknown."""

    known: Mapping[str, Value]
    reasons: Mapping[str, Unknown]

    def reason(self, key: str) -> Unknown:
        """Why the answer is unknown; an answer that was never given is unanswered."""
        return self.reasons.get(key, Unknown.UNANSWERED)


def read_answers(plan: Plan, raw: Mapping[str, object], today: date) -> Answers:
    """The answers in `{questionnaire: {question: raw}}`. Raises: AnswersError naming all that do not fit."""
    reading = _Reading(plan, today)
    for name, given in raw.items():
        reading.form(name, given)
    if reading.problems:
        raise AnswersError(reading.problems)
    return Answers(MappingProxyType(reading.known), MappingProxyType(reading.reasons))


def read_anew(plan: Plan, before: Answers, name: str, given: Mapping[str, object], today: date) -> Answers:
    """The answers with those of one questionnaire read anew. Raises: AnswersError naming all that do not fit."""
    read, start = read_answers(plan, {name: given}, today), f"{name}."
    known = {key: value for key, value in before.known.items() if not key.startswith(start)}
    reasons = {key: reason for key, reason in before.reasons.items() if not key.startswith(start)}
    return Answers(MappingProxyType({**known, **read.known}), MappingProxyType({**reasons, **read.reasons}))


def narrowed(raw: Mapping[str, Mapping[str, Raw]], keys: frozenset[str]) -> dict[str, dict[str, Raw]]:
    """Those of the raw answers that have one of the keys; reading few is faster than reading all."""
    return {
        name: {question: answer for question, answer in given.items() if f"{name}.{question}" in keys}
        for name, given in raw.items()
    }


class _Reading:
    """One pass over answers that notes every problem instead of stopping at the first."""

    def __init__(self, plan: Plan, today: date) -> None:
        self.plan, self.today = plan, today
        self.known: dict[str, Value] = {}
        self.reasons: dict[str, Unknown] = {}
        self.problems: list[AnswerProblem] = []

    def form(self, name: str, given: object) -> None:
        """Reads the answers of one questionnaire."""
        forms = _fields(self.plan)
        fields = forms.get(name)
        if fields is None:
            near = did_you_mean(str(name), forms)
            self.problems.append(AnswerProblem(str(name), f"{self.plan.id} has no questionnaire {name}.{near}"))
        elif not isinstance(given, Mapping):
            self.problems.append(AnswerProblem(name, "The answers must be written as question: answer."))
        else:
            for question, raw in given.items():
                field = fields.get(str(question))
                if field is None:
                    message = f"There is no question {question} to answer.{did_you_mean(str(question), fields)}"
                    self.problems.append(AnswerProblem(f"{name}.{question}", message))
                elif isinstance(raw, str) and raw in field.codes:
                    self.known[field.key] = raw
                else:
                    self._other(field, raw)

    def _other(self, field: _Field, raw: object) -> None:
        """Reads an answer that is not simply a code."""
        try:
            value = read_answer(field.question, raw, self.today, self.plan.formulary)
        except AnswerError as error:
            self.problems.append(AnswerProblem(field.key, error.message))
            return
        if isinstance(value, Unknown):
            self.reasons[field.key] = value
        else:
            self.known[field.key] = value


class _Field(NamedTuple):
    """A question with its key, and the codes of which its answer is one, where it is that simple."""

    key: str
    question: Question
    codes: frozenset[str]


@lru_cache(maxsize=PLANS_KEPT)
def _fields(plan: Plan) -> Mapping[str, Mapping[str, _Field]]:
    """What can be answered, by questionnaire and question; kept, because answers are read far more often than plans."""
    return {
        form.id: {
            question.id: _Field(f"{form.id}.{question.id}", question, frozenset(_single_codes(question)))
            for question in form.questions()
            if question.has_answer
        }
        for form in plan.questionnaires
    }


def _single_codes(question: Question) -> tuple[str, ...]:
    match question.type:
        case QuestionType.YES_NO:
            return ("yes", "no")
        case QuestionType.CHOICE | QuestionType.SCALE:
            return tuple(option.id for option in question.options)
        case _:
            return ()


def read_answer(question: Question, raw: object, today: date, formulary: Formulary = EMPTY) -> Value | Unknown:
    """The value of one raw answer, or the reason why it is unknown. Raises: AnswerError where it does not fit."""
    if raw is None:
        return Unknown.UNANSWERED
    if isinstance(raw, Mapping):
        return _reason(raw)
    match question.type:
        case QuestionType.YES_NO:
            return _code(raw, ("yes", "no"))
        case QuestionType.CHOICE | QuestionType.SCALE:
            return _code(raw, tuple(option.id for option in question.options))
        case QuestionType.CHOICES:
            return _codes(question, raw)
        case QuestionType.INTEGER:
            return _whole(question, raw)
        case QuestionType.DECIMAL | QuestionType.WEIGHT | QuestionType.HEIGHT:
            return _amount(question, raw)
        case QuestionType.DATE:
            return _days(question, raw, today)
        case QuestionType.TEXT | QuestionType.ATTESTATION:
            return _words(raw)
        case QuestionType.MEDICINES:
            return _medicines(question, raw, formulary)
        case QuestionType.LIST:
            return _rows(question, raw, today)
        case QuestionType.STATEMENT:
            raise AnswerError("This is a text to read; it has no answer.")


def _reason(raw: Mapping[object, object]) -> Unknown:
    given = raw.get("unknown")
    if set(raw) != {"unknown"} or given not in _GIVEN_REASONS:
        raise AnswerError(f"An unknown answer is written as unknown: {', '.join(_GIVEN_REASONS)}.")
    return Unknown(str(given))


def _code(raw: object, codes: Collection[str]) -> str:
    if isinstance(raw, str) and raw in codes:
        return raw
    hint = did_you_mean(raw, codes) if isinstance(raw, str) else ""
    raise AnswerError(f"Choose one of: {', '.join(codes)}.{hint}")


def _codes(question: Question, raw: object) -> tuple[str, ...]:
    alone = {option.id: option.exclusive for option in question.options}
    if not isinstance(raw, list | tuple):
        raise AnswerError(f"Choose from a list of: {', '.join(alone)}.")
    chosen = {_code(item, alone) for item in raw}
    if not chosen and any(alone.values()):
        raise AnswerError("Choose at least one answer.")
    if len(chosen) > 1 and any(alone[code] for code in chosen):
        raise AnswerError("Choose either the last answer or any of the others, not both.")
    return tuple(chosen) if len(chosen) == 1 else tuple(code for code in alone if code in chosen)


def _amount(question: Question, raw: object) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not abs(raw) <= LARGEST_NUMBER:  # nor nan
        raise AnswerError("Enter a number.")
    low, high = question.lowest, question.highest
    if (low is not None and raw < low) or (high is not None and raw > high):
        raise AnswerError("Enter a number from %(low)s to %(high)s.", low=low, high=high)
    return raw


def _whole(question: Question, raw: object) -> int:
    amount = _amount(question, raw)
    if amount != int(amount):
        raise AnswerError("Enter a whole number.")
    return int(amount)


def _days(question: Question, raw: object, today: date) -> Days:
    """The span of a full or partial date; one that reaches into the future ends today."""
    found = _WRITTEN_DATE.match(raw) if isinstance(raw, str) else None
    if isinstance(raw, date):
        found = _WRITTEN_DATE.match(raw.isoformat()[:10])
    if found is None and isinstance(raw, int) and not isinstance(raw, bool):
        found = _WRITTEN_DATE.match(str(raw))
    if found is None:
        raise AnswerError("Enter a date, such as 2026-10-18, or 2026-10, or 2026.")
    year, month, day = found.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
        last = date(int(year), int(month or 12), int(day or calendar.monthrange(int(year), int(month or 12))[1]))
    except ValueError:
        raise AnswerError("There is no such day. Check the day and the month.") from None
    if first < EARLIEST or last > LATEST:
        raise AnswerError("Please check the year.")
    if question.future:
        return Days(first, last)
    if first > today:
        raise AnswerError("This date is in the future.")
    return Days(first, min(last, today))


def _words(raw: object) -> str:
    if not isinstance(raw, str):
        raise AnswerError("Write a text.")
    if len(raw) > LONGEST_TEXT:
        raise AnswerError(
            "Write at most %(most)s characters. This has %(length)s.", most=f"{LONGEST_TEXT:,}", length=f"{len(raw):,}"
        )
    if not raw.strip():
        raise AnswerError("Write something, or leave it out.")
    return raw


def _medicines(question: Question, raw: object, formulary: Formulary) -> MedicineList:
    if not isinstance(raw, list | tuple):
        raise AnswerError("List the medicines, each with its name; an empty list means none.")
    if len(raw) > question.max:
        raise AnswerError("List at most %(most)s medicines.", most=question.max)
    return MedicineList(tuple(_medicine(row, formulary) for row in raw))


def _medicine(row: object, formulary: Formulary) -> TakenMedicine:
    if not isinstance(row, Mapping) or not {"name"} <= set(row) <= _MEDICINE_FIELDS:
        raise AnswerError("A medicine is written as name, and dose and how_often where known.")
    name = _words(row["name"]).strip()
    dose, how_often, identified = (str(row.get(key) or "") for key in ("dose", "how_often", "identified"))
    if max(len(dose), len(how_often), len(identified)) > LONGEST_TEXT:
        raise AnswerError("Write at most %(most)s characters.", most=f"{LONGEST_TEXT:,}")
    return TakenMedicine(name, dose, how_often, recognised(name, identified, formulary))


def recognised(name: str, identified: str, formulary: Formulary) -> Medicine | None:
    """The medicine that is meant: what a clinician has identified it as, else what its name says; or None.

    Raises: AnswerError where it was identified as what the formulary does not have.
    """
    if not identified:
        return formulary.find(name)
    if identified == NO_CLASS:
        return Medicine(name, (), frozenset())
    medicine = formulary.find(identified)
    if medicine is None:
        raise AnswerError(f"The formulary has no medicine {identified}.")
    return medicine


def frequency(how_often: str) -> str | None:
    """The code of how often a medicine is taken, or None where the words are the patient's own."""
    code = "_".join(how_often.casefold().split())
    return code if code in HOW_OFTEN else None


def _rows(question: Question, raw: object, today: date) -> tuple[Row, ...]:
    if not isinstance(raw, list | tuple):
        raise AnswerError("List the rows; an empty list means none.")
    if len(raw) > question.max:
        raise AnswerError("List at most %(most)s rows.", most=question.max)
    fields = {field.id: field for field in question.questions}
    return tuple(_row(fields, row, today) for row in raw)


def _row(fields: Mapping[str, Question], row: object, today: date) -> Row:
    if not isinstance(row, Mapping) or not row.keys() <= fields.keys():
        raise AnswerError(f"A row holds: {', '.join(fields)}.")
    values: dict[str, Value] = {}
    for name, raw in row.items():
        try:
            value = read_answer(fields[name], raw, today)
        except AnswerError as error:
            raise AnswerError(f"{fields[name].text}: {error.message}") from None
        if not isinstance(value, Unknown):
            values[name] = value
    return MappingProxyType(values)
