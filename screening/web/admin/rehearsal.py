"""A questionnaire filled in for trying: the same pages, fields and branching as a patient's, and nothing is kept.

The answers travel in the form itself, as JSON, so that branching works and there is nothing to clean up.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from screening.assessment.answers import Answers, AnswersError, read_answers
from screening.assessment.form import Stop, minutes_left, screens, way
from screening.assessment.program import program_for
from screening.assessment.truth import State
from screening.definition.model import Plan, Question, Questionnaire, Tier
from screening.definition.plans import plan_for_questionnaire
from screening.definition.translation import in_language
from screening.web.admin.examination import Examination
from screening.web.admin.naming import language_of, name_of
from screening.web.forms.fields import AnswerField, Problem
from screening.web.forms.page import PageForm

# What the form carries beside the questions, whose ids start with a letter.
ANSWERS, AT, TO = "_answers", "_at", "_to"
BACK = "back"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One screen of the trial; `stop` and `form` are None once the way is at its end, `carried` is what travels on.

    `alarms` are the titles of the emergency flags that the last answers have raised.
    """

    questionnaire: Questionnaire
    stops: tuple[Stop, ...]
    stop: Stop | None
    form: PageForm | None
    problems: tuple[tuple[AnswerField, Problem], ...]
    carried: str
    minutes: int
    alarms: tuple[str, ...] = ()

    @property
    def steps(self) -> int:
        """How many steps there are; a follow-up belongs to the step of its page."""
        return max((stop.number for stop in self.stops), default=0)


def plan_to_try(examination: Examination) -> Plan | None:
    """The plan of what a file lets a person fill in: its questionnaire, or the one that it translates; else None."""
    library, definition = examination.library, examination.definition
    if library is None:
        return None
    if isinstance(definition, Questionnaire):
        return plan_for_questionnaire(library, definition.id)
    language, name = language_of(examination.file), name_of(examination.file).rpartition("/")[2]
    if language and name in library.questionnaires:
        return plan_for_questionnaire(in_language(library, language), name)
    return None


def rehearse(plan: Plan, sent: MultiDict[str, str], today: dt.date) -> Rehearsal:
    """The screen that follows from what was sent; the first one where nothing was."""
    trial = _Trial(plan, _carried(sent.get(ANSWERS, "")), today)
    here, to = trial.stop(sent.get(AT, "")), sent.get(TO, "")
    if here is None or to:
        return trial.shown(trial.before(here) if to == BACK else trial.stop(to) or trial.before(None))
    form = PageForm(trial.questions(here), trial.raw, today, sent)
    if form.rearranged():
        return trial.shown(here, form)
    form.validate()
    trial.refuse_failed_checks(form)
    if form.problems():
        return trial.shown(here, form, form.problems())
    return _Trial(plan, trial.with_answers(form), today).after(here, trial.alarms())


class _Trial:
    """What the answers so far lead to."""

    def __init__(self, plan: Plan, raw: dict[str, object], today: dt.date) -> None:
        self.plan, self.today = plan, today
        self.questionnaire = plan.questionnaire(plan.id)
        self.program = program_for(plan)
        self.raw = self._fitting(raw)
        self.stops = way(self.program, self.questionnaire, self._read(self.raw), today)
        self.order = [screen.path for screen in screens(self.questionnaire)]

    def stop(self, path: str) -> Stop | None:
        """The stop of that path, if it is on the way."""
        return next((stop for stop in self.stops if stop.screen.path == path), None)

    def before(self, here: Stop | None) -> Stop | None:
        """The stop before; the first one where there is none."""
        index = self.stops.index(here) if here else 0
        return self.stops[max(index - 1, 0)] if self.stops else None

    def after(self, here: Stop, alarms: frozenset[str]) -> Rehearsal:
        """The screen after the one that was just answered; `alarms` had been raised before that."""
        done = self.order.index(here.screen.path)
        rest = [stop for stop in self.stops if self.order.index(stop.screen.path) > done]
        return replace(self.shown(rest[0] if rest else None), alarms=tuple(sorted(self.alarms() - alarms)))

    def alarms(self) -> frozenset[str]:
        """The titles of the emergency flags that are raised."""
        states = self.program.states(self._read(self.raw), self.today)
        grave = (flag for flag in self.plan.flags if flag.tier is Tier.EMERGENCY and states[flag.id] is State.RAISED)
        return frozenset(flag.flag.title for flag in grave)

    def questions(self, stop: Stop) -> tuple[Question, ...]:
        """The questions of a stop with the options that the answers so far leave."""
        return tuple(self._offered(question) for question in stop.questions)

    def _offered(self, question: Question) -> Question:
        if not any(option.when for option in question.options):
            return question
        key = f"{self.plan.id}.{question.id}"
        offered = self.program.options_asked(key, self._read(self.raw), self.today)
        return replace(question, options=tuple(option for option in question.options if option.id in offered))

    def with_answers(self, form: PageForm) -> dict[str, object]:
        """The answers with those of a form; what was cleared is gone."""
        return {key: answer for key, answer in {**self.raw, **form.raw}.items() if answer is not None}

    def refuse_failed_checks(self, form: PageForm) -> None:
        """Mark the answers of a form that a check of the definition refuses."""
        merged = self._fitting(self.with_answers(form))
        asked = {field.question.id for field in form.fields}
        for key, message in self.program.failed_checks(self._read(merged), self.today):
            questionnaire, _, question = key.partition(".")
            if questionnaire == self.plan.id and question in asked:
                form.refuse(question, message)

    def shown(
        self,
        stop: Stop | None,
        form: PageForm | None = None,
        problems: tuple[tuple[AnswerField, Problem], ...] = (),
    ) -> Rehearsal:
        """The screen of a stop, filled from the answers so far unless a form is given."""
        filled = form or (PageForm(self.questions(stop), self.raw, self.today) if stop else None)
        carried = json.dumps(self.raw, ensure_ascii=False)
        return Rehearsal(self.questionnaire, self.stops, stop, filled, problems, carried, minutes_left(self.stops))

    def _read(self, raw: dict[str, object]) -> Answers:
        return read_answers(self.plan, {self.plan.id: raw}, self.today)

    def _fitting(self, raw: dict[str, object]) -> dict[str, object]:
        """Those of the answers that fit; the draft may have changed since they were given."""
        try:
            self._read(raw)
        except AnswersError as error:
            wrong = {problem.key.partition(".")[2] for problem in error.problems}
            return {key: answer for key, answer in raw.items() if key not in wrong}
        return raw


def _carried(text: str) -> dict[str, object]:
    """The answers that came with the form; none where it is no JSON of ours."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
