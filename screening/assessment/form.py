"""The way through a questionnaire: which screens there are, which are asked, and what is still to do.

A page of the definition becomes one screen of the questions that stand on their own, and a follow-up screen for those
that are asked because of an answer on the same page. So branching needs a save, and no script.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from screening.assessment.answers import Answers, Unknown
from screening.assessment.program import Program
from screening.assessment.truth import Truth
from screening.definition.model import Page, Question, Questionnaire, QuestionType
from screening.definition.order import needs

QUESTIONNAIRES_KEPT = 512
_SECONDS = {
    QuestionType.YES_NO: 9,
    QuestionType.CHOICE: 11,
    QuestionType.CHOICES: 18,
    QuestionType.SCALE: 7,
    QuestionType.INTEGER: 12,
    QuestionType.DECIMAL: 12,
    QuestionType.DATE: 15,
    QuestionType.TEXT: 20,
    QuestionType.WEIGHT: 12,
    QuestionType.HEIGHT: 12,
    QuestionType.MEDICINES: 90,
    QuestionType.LIST: 60,
    QuestionType.STATEMENT: 6,
    QuestionType.ATTESTATION: 20,
}


@dataclass(frozen=True, slots=True)
class Screen:
    """Questions of one page that are shown together; part 0 is the page itself, 1 and on its follow-ups."""

    questionnaire: str
    page: Page
    part: int
    questions: tuple[Question, ...]

    @property
    def path(self) -> str:
        """The screen's name within its questionnaire: `blood_pressure`, or `blood_pressure.1`."""
        return f"{self.page.id}.{self.part}" if self.part else self.page.id


@dataclass(frozen=True, slots=True)
class Stop:
    """A screen on a person's way: the questions asked there, and whether all that must be answered is.

    `number` counts the pages that are asked, so that a follow-up belongs to the step of its page.
    """

    screen: Screen
    questions: tuple[Question, ...]
    done: bool
    touched: bool
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A questionnaire as a key: the very same one, in its language, without comparing all that is in it."""

    questionnaire: Questionnaire

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.questionnaire is self.questionnaire

    def __hash__(self) -> int:
        return id(self.questionnaire)


def screens(questionnaire: Questionnaire) -> tuple[Screen, ...]:
    """Every screen that the questionnaire can have, in order."""
    return _screens(_Same(questionnaire))


@lru_cache(maxsize=QUESTIONNAIRES_KEPT)
def _screens(same: _Same) -> tuple[Screen, ...]:
    questionnaire = same.questionnaire
    found: list[Screen] = []
    needed = needs((questionnaire,))
    for page in questionnaire.pages:
        depths = _depths(questionnaire, page, needed)
        for part in range(max(depths.values()) + 1):
            questions = tuple(question for question in page.questions if depths[question.id] == part)
            found.append(Screen(questionnaire.id, page, part, questions))
    return tuple(found)


def _depths(questionnaire: Questionnaire, page: Page, needed: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """How many answers of the same page each question waits for, one after the other."""
    on_page = {question.id: question for question in page.questions}
    depths: dict[str, int] = {}

    def depth(question: Question) -> int:
        if question.id not in depths:
            depths[question.id] = max((depth(on_page[name]) + 1 for name in _waits_for(question)), default=0)
        return depths[question.id]

    def _waits_for(question: Question) -> list[str]:
        """The questions of the page on which this one rests, directly or by way of scores and other pages."""
        found: dict[str, None] = {}
        waiting = list(needed[f"{questionnaire.id}.{question.id}"])
        while waiting:
            key = waiting.pop()
            if key not in found:
                found[key] = None
                waiting.extend(needed.get(key, ()))
        ids = (key.removeprefix(f"{questionnaire.id}.") for key in found)
        return [name for name in ids if name in on_page]

    for question in page.questions:
        depth(question)
    return depths


def way(program: Program, questionnaire: Questionnaire, answers: Answers, today: date) -> tuple[Stop, ...]:
    """The screens that are asked as far as the answers tell, in order; a screen on which nothing is asked is left out.

    `questionnaire` may be the translated one; its ids are the plan's.
    """
    asked = program.asked(answers, today)
    stale = program.stale(answers, today)
    stops: list[Stop] = []
    pages: list[str] = []
    for screen in screens(questionnaire):
        shown = _shown(screen, asked, answers)
        if not any(question.has_answer for question in shown) and screen.part:
            continue
        if not shown:
            continue
        if screen.page.id not in pages:
            pages.append(screen.page.id)
        keys = {key_of(screen, question): question for question in shown}
        done = all(is_settled(question, key, answers) and key not in stale for key, question in keys.items())
        touched = any(_touched(key, answers) for key in keys)
        stops.append(Stop(screen, shown, done, touched, len(pages)))
    return tuple(stops)


def _shown(screen: Screen, asked: Mapping[str, Truth], answers: Answers) -> tuple[Question, ...]:
    """The questions of a screen that are not certainly unasked.

    A follow-up waits until its page was saved once: before, its condition is unknown for want of the page's answers.
    """
    if screen.part and not any(
        _touched(f"{screen.questionnaire}.{question.id}", answers) for question in screen.page.questions
    ):
        return ()
    return tuple(q for q in screen.questions if asked[f"{screen.questionnaire}.{q.id}"] is not Truth.FALSE)


def key_of(screen: Screen, question: Question) -> str:
    """The key of a question of a screen: `questionnaire.question`."""
    return f"{screen.questionnaire}.{question.id}"


def is_settled(question: Question, key: str, answers: Answers) -> bool:
    """Whether nothing more needs to be given here: it is answered, said to be unknown, or need not be answered."""
    if not question.has_answer or not question.required:
        return True
    return key in answers.known or answers.reason(key) in (Unknown.UNSURE, Unknown.DECLINED)


def _touched(key: str, answers: Answers) -> bool:
    return key in answers.known or key in answers.reasons


def seconds(questions: tuple[Question, ...]) -> int:
    """About how long the questions take to answer."""
    return sum(_SECONDS[question.type] for question in questions)


def minutes_left(stops: tuple[Stop, ...]) -> int:
    """About how many minutes the stops that are not done will take, rounded up; 0 where nothing is left."""
    left = sum(seconds(stop.questions) for stop in stops if not stop.done)
    return -(-left // 60)
