"""The one way to save a page: checked, merged, and looked at for emergencies, in one transaction."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from screening.assessment.answers import AnswerProblem, Answers, AnswersError, Unknown, narrowed, read_answers
from screening.assessment.program import Program, program_for
from screening.definition.model import Audience, Plan, Tier
from screening.records import audit
from screening.records.actors import Actor
from screening.records.alerts import alert, emergencies
from screening.records.context import today
from screening.records.definitions import plan_of
from screening.records.errors import NotFoundError, StateError
from screening.records.identification import carried
from screening.records.information_requests import answerable
from screening.records.invitations import begin
from screening.records.responses import AllRaw, Entry, Responses, difference, merged, wording
from screening.records.states import ANSWERING, ENDED, lock, refusal, state_of
from screening.records.tables import Intake

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did. `emergencies` are the emergency flags for which the patient is shown the crisis page now."""

    emergencies: tuple[str, ...]
    changed: bool
    revision: int


def save_page(  # noqa: PLR0913, PLR0917  # what, where, in which language, by whom, when
    db: Session,
    intake: Intake,
    questionnaire: str,
    page: str,
    given: Mapping[str, Any],
    language: str,
    actor: Actor,
    now: dt.datetime,
) -> Saved:
    """Merge the answers of one page into the intake, and call staff where they tell of an emergency.

    `given` maps questions of the page to raw answers, or to None where one was left blank; questions that it does not
    name stay as they are. The same page again changes nothing.

    Raises: StateError where the intake does not take these answers now; NotFoundError for an unknown page or question;
    AnswersError for answers that do not fit or fail a check.
    """
    lock(db, intake)
    plan = plan_of(db, intake)
    kept = {question: _kept(raw) for question, raw in given.items()}
    _refuse_foreign(plan, questionnaire, page, kept, language)
    responses = Responses.of(db, intake)
    before = dict(responses.answers)
    if actor.kind == "patient":
        known = before.get(questionnaire, {})
        kept = {question: carried(known.get(question), raw) for question, raw in kept.items()}
    delta = difference(before.get(questionnaire, {}), kept)
    _refuse_closed(db, intake, plan, questionnaire, delta, actor)
    after = {**before, questionnaire: merged(before.get(questionnaire, {}), kept)}
    touched = frozenset(f"{questionnaire}.{question}" for question in kept)
    news, shown = _checked(program_for(plan), before, after, touched, today(db, now))
    if not delta:
        return Saved(shown, changed=False, revision=responses.revisions.get(questionnaire, 0))
    begin(db, intake, actor, now)
    entry = Entry(questionnaire, page, delta, language, wording(db, intake, questionnaire, page, language))
    revision = responses.write(entry, actor, now)
    what = f"{questionnaire}/{page}"
    audit.record(
        db, actor, "answers.saved", f"intake:{intake.id}", now, page=what, revision=revision, answers=len(delta)
    )
    alert(db, intake, news, actor, now)
    return Saved(shown, changed=True, revision=revision)


def _kept(raw: Any) -> Any:  # noqa: ANN401  # JSON
    """The answer as it is kept: leaving a question blank is the same as never having answered it."""
    return None if raw == {"unknown": Unknown.UNANSWERED.value} else raw


def _refuse_foreign(plan: Plan, questionnaire: str, page: str, given: Mapping[str, Any], language: str) -> None:
    try:
        shown = plan.questionnaire(questionnaire).page(page)
    except KeyError:
        raise NotFoundError(f"This screening has no page {questionnaire}/{page}.") from None
    foreign = set(given) - {question.id for question in shown.questions if question.has_answer}
    if foreign:
        raise NotFoundError(f"The page {questionnaire}/{page} does not ask {', '.join(sorted(foreign))}.")
    if not _LANGUAGE.fullmatch(language):
        raise NotFoundError("There is no such language.")


def _refuse_closed(  # who changes what of which intake
    db: Session, intake: Intake, plan: Plan, questionnaire: str, delta: Mapping[str, Any], actor: Actor
) -> None:
    """Patients answer until they submit, and then what they are asked; staff fill in their own forms until the end."""
    state = state_of(intake)
    if plan.questionnaire(questionnaire).audience is not Audience.PATIENT:
        if actor.kind == "patient":
            raise StateError("This form is filled in by the clinic.")
        if state in ENDED:
            raise refusal(intake)
        return
    if state not in ANSWERING:
        raise refusal(intake)
    allowed = answerable(db, intake)
    if allowed is not None and any(f"{questionnaire}.{question}" not in allowed for question in delta):
        raise StateError("Only the questions that the clinic has asked about can be answered now.")


def _checked(
    program: Program, before: AllRaw, after: AllRaw, touched: frozenset[str], day: dt.date
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The emergency flags that are raised by this save, and those that the patient is told of.

    They are told again where the answers just given raise a flag that was raised before: a page that is sent twice,
    because its answer got lost on the way, must lead to the crisis page like the first.
    """
    deciding = [program.cones[flag.id] for flag in program.plan.flags if flag.tier is Tier.EMERGENCY]
    keys = _checked_by(program, touched).union(*(cone for cone in deciding if touched & cone))
    read = read_answers(program.plan, narrowed(after, keys), day)
    failed = [AnswerProblem(key, message) for key, message in program.failed_checks(read, day) if key in touched]
    if failed:
        raise AnswersError(failed)
    raised = emergencies(program, read, day) if any(touched & cone for cone in deciding) else ()
    if not raised:
        return (), ()
    earlier = emergencies(program, read_answers(program.plan, narrowed(before, keys), day), day)
    others = Answers({key: value for key, value in read.known.items() if key not in touched}, read.reasons)
    without = emergencies(program, others, day)
    news = tuple(flag for flag in raised if flag not in earlier)
    return news, tuple(flag for flag in raised if flag in news or flag not in without)


def _checked_by(program: Program, touched: frozenset[str]) -> frozenset[str]:
    """The questions just answered, and those on which checks on them rest."""
    checked = {key: check.that.tree for key in touched if (check := program.slots[key].question.check)}
    trees = (tree for key, that in checked.items() for tree in (that, *program.trees[key]))
    return touched.union(program.cone(trees))
