"""How far a patient has come: the questionnaires of an intake, the stops on the way through each, what is left."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from screening.assessment.answers import Answers, AnswersError, narrowed, read_anew, read_answers
from screening.assessment.form import Screen, Stop, minutes_left, screens, way
from screening.assessment.program import program_for
from screening.definition.model import Audience, Plan, Question, Questionnaire, Stage
from screening.exchange.wording import answer_words, is_unknown
from screening.web.language import page_tongue

Raw = Mapping[str, Mapping[str, object]]


class Progress(StrEnum):
    """How far a questionnaire is, from not yet possible to done."""

    WAITING = "waiting"
    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Section:
    """One questionnaire as this patient meets it."""

    questionnaire: Questionnaire
    stops: tuple[Stop, ...]
    progress: Progress

    @property
    def minutes(self) -> int:
        """About how many minutes are left here."""
        return minutes_left(self.stops)

    @property
    def steps(self) -> int:
        """How many steps there are, as far as the answers tell."""
        return max((stop.number for stop in self.stops), default=0)

    @property
    def next_stop(self) -> Stop | None:
        """The first stop where something is left to answer."""
        return next((stop for stop in self.stops if not stop.done), None)

    def stop(self, path: str) -> Stop | None:
        """The stop of that path, or None where nothing is asked there."""
        return next((stop for stop in self.stops if stop.screen.path == path), None)

    def screen(self, path: str) -> Screen | None:
        """The screen of that path, asked or not; None where the questionnaire has none."""
        return next((screen for screen in screens(self.questionnaire) if screen.path == path), None)

    def unasked(self, screen: Screen) -> Stop:
        """A screen where nothing is asked any more, as the stop that it was when its page was opened."""
        earlier = self.before(screen.path)
        return Stop(screen, screen.questions, done=False, touched=False, number=earlier.number if earlier else 1)

    def before(self, path: str) -> Stop | None:
        """The stop before that one."""
        places = self._places()
        earlier = [stop for stop in self.stops if places[stop.screen.path] < places[path]]
        return earlier[-1] if earlier else None

    def after(self, path: str) -> Stop | None:
        """The stop after that one."""
        places = self._places()
        return next((stop for stop in self.stops if places[stop.screen.path] > places[path]), None)

    def _places(self) -> dict[str, int]:
        return {screen.path: place for place, screen in enumerate(screens(self.questionnaire))}


@dataclass(frozen=True, slots=True)
class Row:
    """One question with its answer in lines of words; `given` is false where there is none."""

    question: str
    words: tuple[str, ...]
    given: bool


@dataclass(frozen=True, slots=True)
class Way:
    """Everything that one patient is asked. `requested` are the only keys to answer, where staff asked for some."""

    plan: Plan
    raw: Raw
    answers: Answers
    today: dt.date
    requested: frozenset[str] | None = None

    @classmethod
    def of(
        cls, plan: Plan, raw: Raw, today: dt.date, requested: frozenset[str] | None = None, only: str | None = None
    ) -> Way:
        """The way with those raw answers; a stored one that no longer fits its question counts as not given.

        Where `only` one questionnaire is looked at, no more is read than decides what is asked there.
        """
        read = raw if only is None else narrowed(raw, program_for(plan).bearing_on(only))
        return cls(plan, raw, readable(plan, read, today), today, requested)

    def with_saved(self, questionnaire: str, given: Mapping[str, object]) -> Way:
        """The way after some answers of one questionnaire were saved; None clears one."""
        after = {**self.raw.get(questionnaire, {}), **given}
        kept = {question: raw for question, raw in after.items() if raw is not None}
        raw = {**self.raw, questionnaire: kept}
        try:
            answers = read_anew(self.plan, self.answers, questionnaire, kept, self.today)
        except AnswersError:
            return Way.of(self.plan, raw, self.today, self.requested)
        return dataclasses.replace(self, raw=raw, answers=answers)

    def sections(self) -> tuple[Section, ...]:
        """The questionnaires that a patient fills in before treatment, in the plan's order."""
        found: dict[str, Section] = {}
        for questionnaire in self.plan.questionnaires:
            if (section := self.section(questionnaire.id)) is None:
                continue
            before = (found[name] for name in self._read_by(questionnaire) if name in found)
            waits = any(earlier.progress is not Progress.DONE for earlier in before)
            progress = Progress.WAITING if waits else section.progress
            found[questionnaire.id] = dataclasses.replace(section, progress=progress)
        return tuple(found.values())

    def section(self, questionnaire_id: str) -> Section | None:
        """One questionnaire, whatever the others say; None where nothing in it is asked of this patient."""
        try:
            questionnaire = self.plan.questionnaire(questionnaire_id)
        except KeyError:
            return None
        is_theirs = questionnaire.audience is Audience.PATIENT
        if not is_theirs or self.plan.stage(questionnaire_id) is not Stage.SCREENING:
            return None
        stops = self._stops(questionnaire)
        return Section(questionnaire, stops, _progress(stops)) if stops else None

    def question(self, question: Question, key: str) -> Question:
        """The question with those of its options that are offered to this patient."""
        if not any(option.when for option in question.options):
            return question
        offered = program_for(self.plan).options_asked(key, self.answers, self.today)
        return dataclasses.replace(question, options=tuple(o for o in question.options if o.id in offered))

    def rows(self, stop: Stop) -> tuple[Row, ...]:
        """The questions of a stop with what was answered."""
        form = stop.screen.questionnaire
        answered = [(question, self.raw.get(form, {}).get(question.id)) for question in stop.questions]
        return tuple(
            Row(
                question.text,
                answer_words(question, raw, self.plan.formulary, page_tongue()),
                given=not is_unknown(raw),
            )
            for question, raw in answered
            if question.has_answer
        )

    def _read_by(self, questionnaire: Questionnaire) -> frozenset[str]:
        """The questionnaires whose answers decide what is asked in this one."""
        needs = program_for(self.plan).needs
        keys = (f"{questionnaire.id}.{question.id}" for question in questionnaire.questions())
        return frozenset(need.partition(".")[0] for key in keys for need in needs.get(key, ())) - {questionnaire.id}

    def _stops(self, questionnaire: Questionnaire) -> tuple[Stop, ...]:
        stops = way(program_for(self.plan), questionnaire, self.answers, self.today)
        if self.requested is None:
            return stops
        left = tuple(narrowed for stop in stops if (narrowed := self._narrowed(stop)).questions)
        # Counted anew: whoever is asked one page again is not at step 3 of 3.
        steps = {number: step for step, number in enumerate(sorted({stop.number for stop in left}), start=1)}
        return tuple(dataclasses.replace(stop, number=steps[stop.number]) for stop in left)

    def _narrowed(self, stop: Stop) -> Stop:
        keys = self.requested or frozenset()
        form = stop.screen.questionnaire
        asked = tuple(question for question in stop.questions if f"{form}.{question.id}" in keys)
        # "I'm not sure" was the answer that made staff ask again, so only a known one settles it now.
        known = all(f"{form}.{question.id}" in self.answers.known for question in asked if question.required)
        return dataclasses.replace(stop, questions=asked, done=known)


def readable(plan: Plan, raw: Raw, today: dt.date) -> Answers:
    """The answers that fit their questions; others count as not given, as they may not fit a newer definition."""
    try:
        return read_answers(plan, raw, today)
    except AnswersError as error:
        wrong = {problem.key for problem in error.problems}
        fitting = {
            form: {name: answer for name, answer in given.items() if f"{form}.{name}" not in wrong}
            for form, given in raw.items()
            if form not in wrong
        }
        return read_answers(plan, fitting, today)


def _progress(stops: tuple[Stop, ...]) -> Progress:
    if all(stop.done for stop in stops):
        return Progress.DONE
    return Progress.IN_PROGRESS if any(stop.touched for stop in stops) else Progress.NOT_STARTED
