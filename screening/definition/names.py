"""Every name that a library defines, gathered before any expression is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from screening.definition.formulary import Formulary
from screening.definition.model import QuestionType, Source
from screening.definition.schema import (
    AnyQuestion,
    ListShape,
    NumberShape,
    OptionsShape,
    PathwayShape,
    QuestionnaireShape,
    SourceShape,
)
from screening.definition.scope import Contents, Scope, Signature

PRODUCTS = ("esketamine", "ketamine")
ROUTES = ("im", "intranasal", "iv", "oral")
OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Names:
    """What can be referred to in a library, and what each name is."""

    contents: Mapping[str, Contents]
    uses: Mapping[str, tuple[str, ...]]
    flags: frozenset[str]
    sources: Mapping[str, Source]
    classes: frozenset[str]
    products: tuple[str, ...]
    routes: tuple[str, ...]
    unreadable: Mapping[str, frozenset[str]]

    def scope(self, own: str, uses: Iterable[str]) -> Scope:
        """What an expression of questionnaire or pathway `own` can see."""
        reach = {name: self.contents[name] for name in (own, *uses) if name in self.contents}
        return Scope(own, reach, self.contents, self.classes, self.products, self.routes)

    def seen_by(self, form: QuestionnaireShape) -> Names:
        """The names as one file sees them: its own are what it defines, even where another file has its id."""
        own = {form.questionnaire: _contents(form, self.unreadable.get(form.questionnaire, frozenset()))}
        return replace(self, contents=MappingProxyType({**self.contents, **own}))

    def treatment_keys(self) -> frozenset[str]:
        """What a tier may be written for: a product, a product by a route, or otherwise."""
        routed = {f"{product}.{route}" for product in self.products for route in self.routes}
        return frozenset({*self.products, *routed, OTHERWISE})


def gathered(
    questionnaires: Iterable[QuestionnaireShape],
    pathways: Iterable[PathwayShape],
    shared: Mapping[str, SourceShape],
    formulary: Formulary,
    unreadable: Mapping[str, frozenset[str]],
) -> Names:
    """The names of all files of a library; `unreadable` lists the questions of each that have mistakes themselves."""
    forms, ways = tuple(questionnaires), tuple(pathways)
    files: tuple[QuestionnaireShape | PathwayShape, ...] = (*forms, *ways)
    sources = dict(shared)
    for file in files:
        sources.update(file.sources)
    return Names(
        MappingProxyType(
            {form.questionnaire: _contents(form, unreadable.get(form.questionnaire, frozenset())) for form in forms}
        ),
        MappingProxyType({form.questionnaire: tuple(form.uses) for form in forms}),
        frozenset(flag.id for file in files for flag in file.flags),
        MappingProxyType({name: _source(name, shape) for name, shape in sources.items()}),
        formulary.classes(),
        tuple(sorted({*PRODUCTS, *(way.treatment.product for way in ways)})),
        tuple(sorted({*ROUTES, *(way.treatment.route for way in ways)})),
        unreadable,
    )


def _contents(form: QuestionnaireShape, unreadable: frozenset[str]) -> Contents:
    questions = {
        question.id: replace(_signature(question), readable=question.id not in unreadable)
        for page in form.pages
        for question in page.questions
    }
    return Contents(MappingProxyType(questions), frozenset(score.id for score in form.scores))


def _signature(question: AnyQuestion) -> Signature:
    kind = QuestionType(question.type)
    match question:
        case OptionsShape():
            codes = tuple(option.id for option in question.options)
            points = all(option.points is not None for option in question.options)
            return Signature(kind, codes, points)
        case NumberShape():
            return Signature(kind, unit=question.unit or "")
        case ListShape():
            return Signature(kind, fields={field.id: _signature(field) for field in question.questions})
        case _:
            return Signature(kind)


def _source(name: str, shape: SourceShape) -> Source:
    return Source(name, shape.cites, shape.section or "", str(shape.year or ""), shape.url or "", shape.read or "")
