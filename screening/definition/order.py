"""In which order questions and scores are settled, and where their conditions go round in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from screening.definition.expression import Answer, Node, references
from screening.definition.mistakes import Mistake
from screening.definition.model import Flag, Pathway, Place, Questionnaire
from screening.definition.scope import ABOUT_PATIENT

MOST_CIRCLES = 20


def trees(questionnaires: Iterable[Questionnaire]) -> Mapping[str, tuple[Node, ...]]:
    """For every question and score by key, the expressions that decide on it: its conditions, or its value."""
    found: dict[str, tuple[Node, ...]] = {}
    for questionnaire in questionnaires:
        for question in questionnaire.questions():
            conditions = [question.when, *(option.when for option in question.options)]
            found[f"{questionnaire.id}.{question.id}"] = tuple(each.tree for each in conditions if each)
        for score in questionnaire.scores:
            found[f"{questionnaire.id}.{score.id}"] = (score.value.tree,)
    return found


def needs(questionnaires: Iterable[Questionnaire]) -> Mapping[str, tuple[str, ...]]:
    """For every question and score by key, the keys that must be settled before it."""
    return {
        key: tuple(dict.fromkeys(reference.key for tree in found for reference in references(tree)))
        for key, found in trees(questionnaires).items()
    }


def in_order(questionnaires: Iterable[Questionnaire]) -> tuple[str, ...]:
    """The keys of all questions and scores, each after what it needs; otherwise as they are written."""
    needed = needs(questionnaires)
    order: dict[str, None] = {}
    for start in needed:
        waiting = [start]
        while waiting:
            key = waiting[-1]
            missing = [need for need in needed.get(key, ()) if need in needed and need not in order]
            if missing:
                waiting.append(missing[0])
                continue
            order[key] = None
            waiting.pop()
    return tuple(order)


def circles(questionnaires: Iterable[Questionnaire], pathways: Iterable[Pathway]) -> tuple[Mistake, ...]:
    """A mistake for every circle of conditions, of `uses` and of `graver_than`, at the first name in it."""
    forms = tuple(questionnaires)
    flags: dict[str, Flag] = {}
    places: dict[str, Place] = {form.id: form.place for form in forms}
    for form in forms:
        places.update({f"{form.id}.{question.id}": question.place for question in form.questions()})
        places.update({f"{form.id}.{score.id}": score.place for score in form.scores})
    definitions: tuple[Questionnaire | Pathway, ...] = (*forms, *pathways)
    for definition in definitions:
        flags.update({flag.id: flag for flag in definition.flags})
    return (
        *_circles(needs(forms), places, "These wait for one another in a circle"),
        *_circles({form.id: form.uses for form in forms}, places, "These use one another in a circle"),
        *_circles(
            {flag.id: flag.graver_than for flag in flags.values()},
            {flag.id: flag.place for flag in flags.values()},
            "Each of these is said to be graver than the next, in a circle",
        ),
    )


def out_of_order(questionnaires: Mapping[str, Questionnaire], pathways: Iterable[Pathway]) -> Iterator[Mistake]:
    """A mistake wherever a pathway reads the patient's age or sex and has not asked for them before."""
    asking = {name for name, form in questionnaires.items() if name != ABOUT_PATIENT and _asks_patient(form)}
    for pathway in pathways:
        steps = [step.questionnaire for step in pathway.steps]
        known_from = steps.index(ABOUT_PATIENT) if ABOUT_PATIENT in steps else len(steps)
        for name in steps[:known_from]:
            if name in asking:
                sentence = f"{name} reads the patient's age or sex, so {ABOUT_PATIENT} must come before it."
                yield Mistake(pathway.place, sentence)
        for flag in pathway.flags:
            if known_from == len(steps) and _reads_patient(flag.when.tree):
                sentence = f"{flag.id} reads the patient's age or sex, so {ABOUT_PATIENT} must be among the steps."
                yield Mistake(flag.place, sentence)


def _asks_patient(form: Questionnaire) -> bool:
    checks = (question.check.that.tree for question in form.questions() if question.check)
    own = (tree for found in trees((form,)).values() for tree in found)
    return any(map(_reads_patient, (*own, *checks, *(flag.when.tree for flag in form.flags))))


def _reads_patient(tree: Node) -> bool:
    return any(isinstance(found, Answer) and found.questionnaire == ABOUT_PATIENT for found in references(tree))


def _circles(graph: Mapping[str, Iterable[str]], places: Mapping[str, Place], sentence: str) -> Iterator[Mistake]:
    """A mistake for one circle after the other, each opened once it is reported."""
    left = {key: [need for need in needed if need in graph] for key, needed in graph.items()}
    for _ in range(MOST_CIRCLES):
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            round_trip = list(reversed(error.args[1]))
            yield Mistake(places[round_trip[0]], f"{sentence}: {' -> '.join(round_trip)}.")
            left[round_trip[0]].remove(round_trip[1])
        else:
            return
