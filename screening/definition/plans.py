"""Plans: a pathway, or one questionnaire, with everything it needs resolved and its flags' tiers and stages settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from screening.definition.expression import references
from screening.definition.model import (
    Flag,
    Library,
    Plan,
    PlannedFlag,
    Questionnaire,
    Stage,
    Step,
    Tier,
    TreatmentKind,
)
from screening.definition.order import needs
from screening.definition.scope import ABOUT_PATIENT

ANY_TREATMENT = TreatmentKind("", "")
_STAGES = tuple(Stage)


def plan_for(library: Library, pathway_id: str) -> Plan:
    """The plan of a pathway. Raises: KeyError where the library has none of that name."""
    pathway = library.pathways[pathway_id]
    questionnaires = tuple(library.questionnaires[step.questionnaire] for step in pathway.steps)
    own = ((None, flag) for flag in pathway.flags)
    stages = {step.questionnaire: step.stage for step in pathway.steps}
    return Plan(
        id=pathway.id,
        title=pathway.title,
        treatment=pathway.treatment,
        steps=pathway.steps,
        questionnaires=questionnaires,
        flags=tuple(_planned((*_owned(questionnaires), *own), questionnaires, stages, pathway.treatment)),
        formulary=library.formulary,
        sources=library.sources,
        hash=_hash(library, pathway.id, pathway.treatment),
        about=pathway.about,
    )


def plan_for_questionnaire(library: Library, questionnaire_id: str, treatment: TreatmentKind | None = None) -> Plan:
    """The plan of one questionnaire and those that it uses, for its cases or on its own.

    Without a treatment, conditions on the treatment are unknown, and every flag is there at its gravest tier.
    Raises: KeyError where the library has none of that name.
    """
    questionnaires = tuple(library.questionnaires[name] for name in _used(library, questionnaire_id))
    kind = treatment or ANY_TREATMENT
    questionnaire = library.questionnaires[questionnaire_id]
    stages = {form.id: Stage.SCREENING for form in questionnaires}
    return Plan(
        id=questionnaire.id,
        title=questionnaire.title,
        treatment=kind,
        steps=tuple(Step(form.id) for form in questionnaires),
        questionnaires=questionnaires,
        flags=tuple(_planned(_owned(questionnaires), questionnaires, stages, kind)),
        formulary=library.formulary,
        sources=library.sources,
        hash=_hash(library, questionnaire.id, kind),
        about=questionnaire.about,
    )


def _used(library: Library, questionnaire_id: str) -> tuple[str, ...]:
    """The questionnaire after all that it uses, directly or not; about_you comes first wherever there is one."""
    order: dict[str, None] = {}
    start = [ABOUT_PATIENT] if ABOUT_PATIENT in library.questionnaires else []
    for name in (*start, questionnaire_id):
        waiting = [name]
        while waiting:
            here = waiting[-1]
            missing = [used for used in library.questionnaires[here].uses if used not in order]
            if missing:
                waiting.append(missing[0])
            else:
                order[waiting.pop()] = None
    return tuple(order)


def _owned(questionnaires: Iterable[Questionnaire]) -> tuple[tuple[str | None, Flag], ...]:
    return tuple((form.id, flag) for form in questionnaires for flag in form.flags)


def _planned(
    flags: Iterable[tuple[str | None, Flag]],
    questionnaires: tuple[Questionnaire, ...],
    stages: Mapping[str, Stage],
    treatment: TreatmentKind,
) -> Iterator[PlannedFlag]:
    needed = needs(questionnaires)
    for questionnaire, flag in flags:
        tier = max(flag.tiers.values(), key=Tier.__int__) if treatment == ANY_TREATMENT else flag.tier(treatment)
        if tier is not None:
            yield PlannedFlag(flag, tier, _latest(flag, needed, stages), questionnaire)


def _latest(flag: Flag, needed: Mapping[str, tuple[str, ...]], stages: Mapping[str, Stage]) -> Stage:
    """The latest stage among all that a flag reads, directly or through what that needs."""
    seen: set[str] = set()
    waiting = [reference.key for reference in references(flag.when.tree)]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting.extend(needed.get(key, ()))
    read = {stages.get(key.partition(".")[0], Stage.SCREENING) for key in seen}
    return max(read, key=_STAGES.index, default=Stage.SCREENING)


def _hash(library: Library, name: str, treatment: TreatmentKind) -> str:
    """The content hash of a plan: of its name, its treatment, and every file of its library."""
    lines = [name, treatment.product, treatment.route, *(f"{file} {h}" for file, h in sorted(library.hashes.items()))]
    return sha256("\n".join(lines).encode()).hexdigest()
