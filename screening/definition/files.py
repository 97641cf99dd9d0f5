"""Building what a file defines: a questionnaire or a pathway, with its scores, flags and cases."""

from __future__ import annotations

import re
from types import MappingProxyType

from screening.definition.building import Path, Room, frozen, refuse_html
from screening.definition.document import Document, Items
from screening.definition.mistakes import Mistake, as_written, did_you_mean
from screening.definition.model import (
    Audience,
    Band,
    Case,
    Change,
    Cutoff,
    Duration,
    Flag,
    Pathway,
    Questionnaire,
    Score,
    Stage,
    Step,
    Tier,
    TreatmentKind,
)
from screening.definition.names import OTHERWISE, Names
from screening.definition.questions import build_page
from screening.definition.schema import (
    CaseShape,
    ChangeShape,
    FlagShape,
    PathwayShape,
    QuestionnaireShape,
    ScoreShape,
    TreatmentShape,
)

_STATES = ("raised", "ruled_out", "open")
_DURATION = re.compile(r"^(\d+) (day|week|month|year)s?$")


def build_questionnaire(
    document: Document, shape: QuestionnaireShape, names: Names
) -> tuple[Questionnaire, tuple[Mistake, ...]]:
    """The questionnaire in a file, and what is wrong in it; with mistakes it is not to be used."""
    room = Room(document, names, names.scope(shape.questionnaire, shape.uses), list(refuse_html(document)))
    for index, used in enumerate(shape.uses):
        room.known(("uses", index), used, names.contents, "questionnaire")
    _own_names(room, shape)
    questionnaire = Questionnaire(
        id=shape.questionnaire,
        title=shape.title,
        audience=Audience(shape.audience),
        pages=tuple(build_page(room, ("pages", index), page) for index, page in enumerate(shape.pages)),
        place=room.place(("questionnaire",)),
        about=shape.about or "",
        uses=tuple(shape.uses),
        scores=tuple(
            score for index, each in enumerate(shape.scores) if (score := _score(room, ("scores", index), each))
        ),
        flags=_flags(room, shape.flags),
        cases=_cases(room, shape.cases),
        changes=_changes(room, shape.changes),
    )
    return questionnaire, tuple(room.mistakes)


def build_pathway(document: Document, shape: PathwayShape, names: Names) -> tuple[Pathway, tuple[Mistake, ...]]:
    """The pathway in a file, and what is wrong in it; with mistakes it is not to be used."""
    reach = [step.questionnaire for step in shape.steps]
    room = Room(document, names, names.scope(shape.pathway, reach), list(refuse_html(document)))
    steps = tuple(_step(room, index, shape) for index in range(len(shape.steps)))
    pathway = Pathway(
        id=shape.pathway,
        title=shape.title,
        treatment=TreatmentKind(shape.treatment.product, shape.treatment.route),
        steps=steps,
        place=room.place(("pathway",)),
        about=shape.about or "",
        flags=_flags(room, shape.flags),
        cases=_cases(room, shape.cases),
        changes=_changes(room, shape.changes),
    )
    return pathway, tuple(room.mistakes)


def _own_names(room: Room, shape: QuestionnaireShape) -> None:
    """Notes ids that stand twice: pages, questions over all pages, scores."""
    room.unique(("pages",), (page.id for page in shape.pages), "page")
    room.unique(("scores",), (score.id for score in shape.scores), "score")
    first: dict[str, Path] = {}
    for at, page in enumerate(shape.pages):
        for index, question in enumerate(page.questions):
            path: Path = ("pages", at, "questions", index, "id")
            if question.id in first:
                line = room.place(first[question.id]).line
                room.wrong(path, f"The question {question.id} stands twice, first on line {line}.")
            first.setdefault(question.id, path)
    for index, score in enumerate(shape.scores):
        if score.id in first:
            room.wrong(("scores", index, "id"), f"{score.id} is the name of a question already.")


def _score(room: Room, path: Path, shape: ScoreShape) -> Score | None:
    value = room.number((*path, "value"), shape.value)
    for key, starts in (("bands", [b.start for b in shape.bands]), ("cutoffs", [c.at for c in shape.cutoffs])):
        for index in range(1, len(starts)):
            if starts[index] <= starts[index - 1]:
                room.wrong((*path, key, index), f"{key} rise: {starts[index]} does not follow {starts[index - 1]}.")
    _cited(room, path, shape.sources)
    if value is None:
        return None
    return Score(
        id=shape.id,
        title=shape.title,
        value=value,
        place=room.place((*path, "id")),
        bands=tuple(Band(band.start, band.label) for band in shape.bands),
        cutoffs=tuple(Cutoff(cut.at, cut.label) for cut in shape.cutoffs),
        prorate_at_most=shape.missing.at_most if shape.missing else None,
        licence=shape.licence or "",
        sources=tuple(shape.sources),
    )


def _cited(room: Room, path: Path, sources: list[str]) -> None:
    for index, source in enumerate(sources):
        room.known((*path, "sources", index), source, room.names.sources, "source")


def _flags(room: Room, shapes: list[FlagShape]) -> tuple[Flag, ...]:
    room.unique(("flags",), (flag.id for flag in shapes), "flag")
    built = (_flag(room, ("flags", index), shape) for index, shape in enumerate(shapes))
    return tuple(flag for flag in built if flag)


def _flag(room: Room, path: Path, shape: FlagShape) -> Flag | None:
    when = room.condition((*path, "when"), shape.when)
    keys = room.names.treatment_keys()
    for index, milder in enumerate(shape.graver_than):
        room.known((*path, "graver_than", index), milder, room.names.flags, "flag")
    for index, treatment in enumerate(shape.treatments or ()):
        room.known((*path, "treatments", index), treatment, keys - {OTHERWISE}, "treatment")
    tiers = {OTHERWISE: shape.tier} if isinstance(shape.tier, str) else shape.tier
    if not isinstance(shape.tier, str):
        for key in shape.tier:
            room.known((*path, "tier", key), key, keys, "treatment")
    _cited(room, path, shape.sources)
    if not shape.sources and isinstance(room.document.node((*path, "sources")), Items):
        room.wrong((*path, "sources"), "A flag cites at least one source.")
    if when is None:
        return None
    return Flag(
        id=shape.id,
        tiers=MappingProxyType({key: Tier[word.upper()] for key, word in tiers.items()}),
        when=when,
        title=shape.title,
        why=shape.why,
        action=shape.action,
        place=room.place((*path, "id")),
        sources=tuple(shape.sources),
        graver_than=tuple(shape.graver_than),
        treatments=tuple(shape.treatments or ()),
        evidence=shape.evidence or "",
    )


def _cases(room: Room, shapes: list[CaseShape]) -> tuple[Case, ...]:
    return tuple(_case(room, ("cases", index), shape) for index, shape in enumerate(shapes))


def _case(room: Room, path: Path, shape: CaseShape) -> Case:
    for key in shape.answers:
        _asked(room, (*path, "answers", key), key)
    if not shape.expect and "expect" in room.keys(path):
        room.wrong((*path, "expect"), "A case expects at least one thing.")
    for key, expected in shape.expect.items():
        _expected(room, (*path, "expect", key), key, expected)
    return Case(
        name=shape.name,
        answers=frozen(shape.answers),
        expect=frozen(shape.expect),
        place=room.place((*path, "name")),
        today=room.day((*path, "today"), shape.today),
        treatment=_treatment(room, (*path, "treatment"), shape.treatment),
    )


def _asked(room: Room, path: Path, key: str) -> None:
    questionnaire, dot, question = key.rpartition(".")
    contents = room.names.contents.get(questionnaire if dot else room.scope.own)
    known = contents.questions if contents else {}
    if question not in known:
        known_here = [*known, *room.names.contents]
        room.wrong(path, f"There is no question {key}.{did_you_mean(question if contents else key, known_here)}")


def _expected(room: Room, path: Path, key: str, expected: object) -> None:
    if key in room.names.flags:
        if expected not in _STATES:
            room.wrong(path, f"A flag is expected to be {', '.join(_STATES)}; not {as_written(expected)}.")
        return
    questionnaire, dot, score = key.rpartition(".")
    contents = room.names.contents.get(questionnaire if dot else room.scope.own)
    if contents is None or score not in contents.scores:
        known = room.names.flags | (contents.scores if contents else frozenset())
        room.wrong(path, f"There is no flag or score {key}.{did_you_mean(key, known)}")
    elif not _is_range(expected):
        room.wrong(path, f"A score is expected to be a number, or [lowest, highest]; not {as_written(expected)}.")


def _is_range(expected: object) -> bool:
    numbers = expected if isinstance(expected, list) and len(expected) == 2 else [expected]
    return all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers)


def _treatment(room: Room, path: Path, shape: TreatmentShape | None) -> TreatmentKind | None:
    if shape is None:
        return None
    room.known((*path, "product"), shape.product, room.names.products, "product")
    room.known((*path, "route"), shape.route, room.names.routes, "route")
    return TreatmentKind(shape.product, shape.route)


def _changes(room: Room, shapes: list[ChangeShape]) -> tuple[Change, ...]:
    for index, shape in enumerate(shapes):
        room.day(("changes", index, "date"), shape.date)
    return tuple(Change(shape.date, shape.what) for shape in shapes)


def _step(room: Room, index: int, shape: PathwayShape) -> Step:
    step = shape.steps[index]
    path: Path = ("steps", index, "questionnaire")
    before = [earlier.questionnaire for earlier in shape.steps[:index]]
    if room.known(path, step.questionnaire, room.names.contents, "questionnaire"):
        missing = [used for used in room.names.uses.get(step.questionnaire, ()) if used not in before]
        if missing:
            room.wrong(path, f"{step.questionnaire} uses {', '.join(missing)}, which must come before it.")
    if step.questionnaire in before:
        room.wrong(path, f"{step.questionnaire} stands twice among the steps.")
    return Step(step.questionnaire, Stage(step.stage), _duration(step.valid_for))


def _duration(written: str | None) -> Duration | None:
    found = _DURATION.match(written or "")
    return Duration(int(found[1]), found[2]) if found else None
