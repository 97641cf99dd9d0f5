"""Building pages and their questions."""

from __future__ import annotations

from dataclasses import replace

from screening.definition.building import Path, Room, coding
from screening.definition.mistakes import as_written
from screening.definition.model import Check, Condition, Option, Page, Question, QuestionType, RawAnswer
from screening.definition.schema import (
    AnyQuestion,
    BodyShape,
    DateShape,
    ListShape,
    MedicinesShape,
    NumberShape,
    OptionShape,
    OptionsShape,
    PageShape,
)

_DEFINED_BY_OPTIONS = (QuestionType.CHOICE, QuestionType.SCALE)


def build_page(room: Room, path: Path, shape: PageShape) -> Page:
    """The page at a path, with what is wrong in it noted."""
    questions = tuple(
        build_question(room, (*path, "questions", index), question) for index, question in enumerate(shape.questions)
    )
    return Page(shape.id, shape.title, questions, shape.about or "")


def build_question(room: Room, path: Path, shape: AnyQuestion) -> Question:
    """The question at a path, with what is wrong in it noted."""
    kind = QuestionType(shape.type)
    lowest, highest = _limits(room, path, shape)
    question = Question(
        id=shape.id,
        type=kind,
        text=shape.text,
        place=room.place((*path, "id")),
        help=shape.help or "",
        required=shape.required,
        unsure=shape.unsure,
        decline=shape.decline,
        when=room.condition((*path, "when"), shape.when),
        if_not_asked=None,
        check=_check(room, path, shape),
        code=coding(shape.code),
        options=_options(room, path, shape) if isinstance(shape, OptionsShape) else (),
        unit=_unit(shape),
        lowest=lowest,
        highest=highest,
        questions=_row(room, path, shape) if isinstance(shape, ListShape) else (),
        max=shape.max if isinstance(shape, ListShape | MedicinesShape) else 1,
        future=shape.future if isinstance(shape, DateShape) else False,
    )
    return _with_implied(room, path, shape, question)


def _limits(room: Room, path: Path, shape: AnyQuestion) -> tuple[int | float | None, int | float | None]:
    if not isinstance(shape, NumberShape | BodyShape):
        return None, None
    low, high = shape.range
    if low >= high:
        room.wrong((*path, "range"), f"The range runs from {low} to {high}. The first number must be the smaller.")
    if shape.type == "integer" and (isinstance(low, float) or isinstance(high, float)):
        room.wrong((*path, "range"), "The range of an integer holds whole numbers.")
    if isinstance(shape, BodyShape) and low <= 0:
        room.wrong((*path, "range"), "A weight or height is more than 0.")
    return low, high


def _unit(shape: AnyQuestion) -> str:
    match shape.type:
        case "weight":
            return "kg"
        case "height":
            return "cm"
        case _:
            return shape.unit or "" if isinstance(shape, NumberShape) else ""


def _check(room: Room, path: Path, shape: AnyQuestion) -> Check | None:
    if shape.check is None:
        return None
    that = room.condition((*path, "check", "that"), shape.check.that)
    return None if that is None else Check(that, shape.check.otherwise)


def _row(room: Room, path: Path, shape: ListShape) -> tuple[Question, ...]:
    room.unique((*path, "questions"), (field.id for field in shape.questions), "question")
    for index, field in enumerate(shape.questions):
        for key in ("when", "check", "if_not_asked"):
            if getattr(field, key) is not None:
                room.wrong((*path, "questions", index, key), f"A question of a row has no {key}: rows are asked whole.")
        for option, each in enumerate(field.options if isinstance(field, OptionsShape) else ()):
            if each.when is not None:
                here: Path = (*path, "questions", index, "options", option, "when")
                room.wrong(here, "An option in a row has no when: rows are asked whole.")
        if field.type in ("statement", "attestation"):
            room.wrong((*path, "questions", index, "type"), f"A row holds no {field.type}.")
    return tuple(
        build_question(room, (*path, "questions", index), field.model_copy(update={"when": None, "check": None}))
        for index, field in enumerate(shape.questions)
    )


def _options(room: Room, path: Path, shape: OptionsShape) -> tuple[Option, ...]:
    here: Path = (*path, "options")
    room.unique(here, (option.id for option in shape.options), "option")
    with_points = [option for option in shape.options if option.points is not None]
    if shape.type == "scale" and len(with_points) < len(shape.options):
        room.wrong(here, "Every option of a scale has points.")
    elif with_points and len(with_points) < len(shape.options):
        room.wrong(here, "Either every option has points, or none.")
    if shape.type == "choices" and with_points:
        room.wrong(here, "The options of a choices have no points: several may be chosen. Use a choice or count(...).")
    return tuple(_option(room, (*here, index), shape, option) for index, option in enumerate(shape.options))


def _option(room: Room, path: Path, shape: OptionsShape, option: OptionShape) -> Option:
    if option.exclusive and shape.type != "choices":
        room.wrong((*path, "exclusive"), "Only a choices has an exclusive option: of the others one is chosen anyway.")
    when: Condition | None = room.condition((*path, "when"), option.when)
    return Option(option.id, option.text, option.points, option.exclusive, coding(option.code), when)


def _with_implied(room: Room, path: Path, shape: AnyQuestion, question: Question) -> Question:
    """The question with what not asking it implies, where that fits its type."""
    implied = shape.if_not_asked
    if implied is None:
        return question
    here: Path = (*path, "if_not_asked")
    if shape.when is None:
        room.wrong(here, "if_not_asked needs a when: this question is always asked.")
    if not _fits(question, implied):
        room.wrong(here, f"{as_written(implied)} is no answer to this question.{_known(question)}")
        return question
    value: RawAnswer = tuple(implied) if isinstance(implied, list) else implied
    return replace(question, if_not_asked=value)


def _fits(question: Question, implied: object) -> bool:
    codes = {option.id for option in question.options}
    match question.type:
        case QuestionType.YES_NO:
            return implied in ("yes", "no")
        case QuestionType.CHOICE | QuestionType.SCALE:
            return implied in codes
        case QuestionType.CHOICES:
            return isinstance(implied, list) and _may_be_chosen(question, implied)
        case QuestionType.INTEGER | QuestionType.DECIMAL | QuestionType.WEIGHT | QuestionType.HEIGHT:
            if isinstance(implied, bool) or not isinstance(implied, int | float):
                return False
            whole = question.type is not QuestionType.INTEGER or implied == int(implied)
            return whole and (question.lowest or 0) <= implied <= (question.highest or 0)
        case _:
            return False


def _may_be_chosen(question: Question, implied: list[object]) -> bool:
    """Whether these are options that may be chosen together: one that is exclusive stands alone."""
    chosen = [option for option in question.options if option.id in implied]
    alone = len(implied) == 1 or not any(option.exclusive for option in chosen)
    return bool(implied) and len(chosen) == len(implied) and alone


def _known(question: Question) -> str:
    if question.type is QuestionType.YES_NO:
        return " Known: yes, no."
    if question.options:
        return f" Known: {', '.join(option.id for option in question.options)}."
    return ""
