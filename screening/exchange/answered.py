"""What was asked and what was said: questions beside their answers, as the person who answered saw them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from screening.definition.expression import Answer, Holds, Node, RowField, Takes, references, walk
from screening.definition.model import Audience, Plan, Question, Questionnaire, QuestionType
from screening.exchange.wording import NOT_ASKED, answer_words, is_unknown

Raw = Mapping[str, Mapping[str, object]]


class Seen(NamedTuple):
    """A question's text in another language, in which it was answered."""

    language: str
    question: str


@dataclass(frozen=True, slots=True)
class Said:
    """One question with its answer in lines of words; `remarks` are the free texts that belong to it.

    `seen` is how the question read to the one who answered, where that was in another language.
    """

    key: str
    question: str
    words: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    by_staff: bool = False
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class AnsweredPage:
    """A page of a questionnaire with everything that was said on it."""

    title: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class AnsweredQuestionnaire:
    """A questionnaire with everything that was said in it, page by page."""

    id: str
    title: str
    audience: Audience
    pages: tuple[AnsweredPage, ...]


def raw_answer(raw: Raw, key: str) -> object:
    """The stored answer to `questionnaire.question`, or None where there is none."""
    questionnaire, _, question = key.partition(".")
    return raw.get(questionnaire, {}).get(question)


def places(plan: Plan) -> Mapping[str, int]:
    """At which place the plan asks each question, by its key; a gate comes before what it opens."""
    keys = (f"{form.id}.{question.id}" for form in plan.questionnaires for question in form.questions())
    return {key: place for place, key in enumerate(keys)}


def in_order(places: Mapping[str, int], keys: Iterable[str]) -> tuple[str, ...]:
    """The keys by their places, unknown ones last."""
    return tuple(sorted(keys, key=lambda key: (places.get(key, len(places)), key)))


def said(plan: Plan, key: str, raw: Raw, classes: frozenset[str] = frozenset()) -> Said:
    """What was said to one question; of medicines only those that carry one of `classes`, where any does."""
    form = plan.questionnaire(key.partition(".")[0])
    question = plan.question(key)
    answer = raw_answer(raw, key)
    if question.type is QuestionType.MEDICINES and classes:
        answer = _carrying(answer, classes, plan)
    return Said(
        key=key,
        question=question.text,
        words=answer_words(question, answer, plan.formulary),
        remarks=_remarks(form, question, raw),
        by_staff=form.audience is not Audience.PATIENT,
    )


def _carrying(answer: object, classes: frozenset[str], plan: Plan) -> object:
    if not isinstance(answer, Sequence) or isinstance(answer, str):
        return answer
    carrying = [
        row
        for row in answer
        if (medicine := plan.formulary.find(str(row.get("name", "")))) is not None and medicine.classes & classes
    ]
    return carrying or answer


def _remarks(form: Questionnaire, question: Question, raw: Raw) -> tuple[str, ...]:
    """The free texts on the question's page that are asked because of it: the patient's own words about it."""
    key = Answer(form.id, question.id)
    page = next(page for page in form.pages if question in page.questions)
    return tuple(
        str(text)
        for other in page.questions
        if other.type is QuestionType.TEXT
        and other.when is not None
        and key in references(other.when.tree)
        and not is_unknown(text := raw.get(form.id, {}).get(other.id))
    )


def classes_read(tree: Node) -> frozenset[str]:
    """The classes of medicines that an expression asks for."""
    taken = {node.drug_class for node in walk(tree) if isinstance(node, Takes)}
    held = {node.code for node in walk(tree) if isinstance(node, Holds) and isinstance(node.codes, RowField)}
    return frozenset(taken | held)


def answered(plan: Plan, raw: Raw, not_asked: frozenset[str]) -> tuple[AnsweredQuestionnaire, ...]:
    """Every question of the plan with what was said; one that was never asked says so, what was typed there is kept."""
    return tuple(
        AnsweredQuestionnaire(
            id=form.id,
            title=form.title,
            audience=form.audience,
            pages=tuple(
                AnsweredPage(
                    page.title,
                    tuple(
                        _in_full(plan, form, question, raw, not_asked)
                        for question in page.questions
                        if question.has_answer
                    ),
                )
                for page in form.pages
            ),
        )
        for form in plan.questionnaires
    )


def _in_full(plan: Plan, form: Questionnaire, question: Question, raw: Raw, not_asked: frozenset[str]) -> Said:
    key = f"{form.id}.{question.id}"
    answer = raw_answer(raw, key)
    by_staff = form.audience is not Audience.PATIENT
    if key not in not_asked:
        return Said(key, question.text, answer_words(question, answer, plan.formulary), by_staff=by_staff)
    kept = () if is_unknown(answer) else answer_words(question, answer, plan.formulary)
    words = tuple(f"{NOT_ASKED}; typed before and not used: {line}" for line in kept) or (NOT_ASKED,)
    return Said(key, question.text, words, by_staff=by_staff)
