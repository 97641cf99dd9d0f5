"""In which order questions and scores are settled, and where their conditions go round in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from screening.definition.expression import Node, references
from screening.definition.mistakes import Mistake
from screening.definition.model import Place, Questionnaire


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


def circles(questionnaires: Iterable[Questionnaire]) -> tuple[Mistake, ...]:
    """A mistake for a circle of conditions, and one for a circle of `uses`, at the first name in it."""
    forms = tuple(questionnaires)
    places: dict[str, Place] = {form.id: form.place for form in forms}
    for form in forms:
        places.update({f"{form.id}.{question.id}": question.place for question in form.questions()})
        places.update({f"{form.id}.{score.id}": score.place for score in form.scores})
    graphs = (needs(forms), {form.id: form.uses for form in forms})
    return tuple(mistake for graph in graphs if (mistake := _circle(graph, places)))


def _circle(graph: Mapping[str, tuple[str, ...]], places: Mapping[str, Place]) -> Mistake | None:
    try:
        TopologicalSorter({key: [need for need in needed if need in graph] for key, needed in graph.items()}).prepare()
    except CycleError as error:
        round_trip = list(reversed(error.args[1]))
        return Mistake(places[round_trip[0]], f"These wait for one another in a circle: {' -> '.join(round_trip)}.")
    return None
