"""Made-up people: answers to any plan by chance, with gaps, and ways in which the gaps may be filled."""

import calendar
import datetime as dt
from collections.abc import Mapping
from random import Random

from screening.assessment.answers import EARLIEST, LATEST
from screening.definition.expression import Number, walk
from screening.definition.model import Plan, Question, QuestionType
from screening.definition.scope import HOW_OFTEN
from tests.assessment.worlds import sets

Raw = object
RawAnswers = dict[str, dict[str, Raw]]
REASONS = ("unanswered", "unsure", "declined")
NOT_RECOGNISED = ("blue pills for the stomach", "Norvsc", "my aunt's tea", "x")


class Person:
    """Someone who answers a plan by chance; the same chance, the same answers."""

    def __init__(self, plan: Plan, random: Random, today: dt.date) -> None:
        self.plan = plan
        self.random = random
        self.today = today
        self.numbers = numbers_of(plan)
        self.names = sorted(
            name for medicine in plan.formulary.medicines for name in (medicine.generic, *medicine.brands)
        )

    def partial(self, known: float) -> RawAnswers:
        """Answers in which each question is definite with that probability, else unknown, vague or left out."""
        return {
            form.id: {
                question.id: answer
                for question in form.questions()
                if question.has_answer and (answer := self._maybe(question, known)) is not None
            }
            for form in self.plan.questionnaires
        }

    def completed(self, raw: Mapping[str, Mapping[str, Raw]], share: float = 1.0) -> RawAnswers:
        """The same answers with that share of what is unknown or vague made definite."""
        return {
            form.id: {
                question.id: filled
                for question in form.questions()
                if question.has_answer
                and (filled := self._filled(question, raw.get(form.id, {}).get(question.id), share)) is not None
            }
            for form in self.plan.questionnaires
        }

    def _maybe(self, question: Question, known: float) -> Raw:
        if self.random.random() < known:
            return self.definite(question)
        vague = self.vague(question) if self.random.random() < 0.5 else None
        unknown = {"unknown": self.random.choice(REASONS)} if self.random.random() < 0.5 else None
        return vague if vague is not None else unknown

    def _filled(self, question: Question, raw: Raw, share: float) -> Raw:
        if self.random.random() >= share:
            return raw
        if raw is None or isinstance(raw, dict):
            return self.definite(question)
        match question.type:
            case QuestionType.DATE:
                return self._day_within(question, str(raw))
            case QuestionType.MEDICINES if isinstance(raw, list):
                return [self._medicine_filled(row) for row in raw]
            case QuestionType.LIST if isinstance(raw, list):
                return [
                    {field.id: self._filled(field, row.get(field.id), 1.0) for field in question.questions}
                    for row in raw
                ]
            case _:
                return raw

    def definite(self, question: Question) -> Raw:
        """An answer that leaves nothing open."""
        match question.type:
            case QuestionType.YES_NO:
                return self.random.choice(("yes", "no"))
            case QuestionType.CHOICE | QuestionType.SCALE:
                return self.random.choice(question.options).id
            case QuestionType.CHOICES:
                return self._some(question)
            case QuestionType.INTEGER:
                return int(self._amount(question, 1))
            case QuestionType.DECIMAL | QuestionType.WEIGHT | QuestionType.HEIGHT:
                return self._amount(question, 0.1)
            case QuestionType.DATE:
                return self._day(question).isoformat()
            case QuestionType.MEDICINES:
                return [self._medicine(self.names) for _ in range(self.random.randint(0, min(3, question.max)))]
            case QuestionType.LIST:
                return [
                    {field.id: self.definite(field) for field in question.questions}
                    for _ in range(self.random.randint(0, min(3, question.max)))
                ]
            case QuestionType.TEXT | QuestionType.ATTESTATION:
                return self.random.choice(("Alex Sample", "Zoë", "no"))
            case QuestionType.STATEMENT:
                raise AssertionError(question)

    def vague(self, question: Question) -> Raw:
        """An answer that leaves something open, or None where its type has none."""
        match question.type:
            case QuestionType.DATE:
                return self._day(question).isoformat()[: self.random.choice((4, 7))]
            case QuestionType.MEDICINES:
                rows = [self._medicine(self.names) for _ in range(self.random.randint(0, min(2, question.max - 1)))]
                return [*rows, self._medicine(NOT_RECOGNISED)]
            case QuestionType.LIST:
                return [
                    {f.id: made for f in question.questions if (made := self._maybe(f, 0.5)) is not None}
                    for _ in range(self.random.randint(1, min(3, question.max)))
                ]
            case _:
                return None

    def _some(self, question: Question) -> list[str]:
        alone = [option.id for option in question.options if option.exclusive]
        others = [option.id for option in question.options if not option.exclusive]
        if alone and self.random.random() < 0.3:
            return [self.random.choice(alone)]
        if len(others) <= 3:
            return sorted(self.random.choice(list(sets(question))))
        return self.random.sample(others, self.random.randint(1, 3))

    def _amount(self, question: Question, step: float) -> float:
        low, high = question.lowest or 0, question.highest or 0
        near = [
            number + shift for number in self.numbers for shift in (-step, 0, step) if low <= number + shift <= high
        ]
        if near and self.random.random() < 0.6:
            return self.random.choice(near)
        drawn = self.random.uniform(low, high) if step < 1 else self.random.randint(int(low), int(high))
        return min(max(round(drawn, 2), low), high)

    def _day(self, question: Question) -> dt.date:
        unit = self.random.choice((1, 1, 30.4375, 365.25))
        back = int(self.random.choice(self.numbers) * unit) + self.random.randint(-2, 2)
        if self.random.random() < 0.3:
            back = self.random.randint(0, 30_000)
        if question.future and self.random.random() < 0.5:
            back = -back
        first, last = EARLIEST.toordinal(), (LATEST if question.future else self.today).toordinal()
        return dt.date.fromordinal(min(max(self.today.toordinal() - back, first), last))

    def _day_within(self, question: Question, written: str) -> str:
        year, month, day = ([int(part) for part in written.split("-")] + [0, 0])[:3]
        first = dt.date(year, month or 1, day or 1)
        last = dt.date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
        last = last if question.future else min(last, self.today)
        return dt.date.fromordinal(self.random.randint(first.toordinal(), last.toordinal())).isoformat()

    def _medicine(self, names: tuple[str, ...] | list[str]) -> dict[str, str]:
        name = self.random.choice(names or ["anything"])
        often = self.random.choice((*HOW_OFTEN, "As needed", "now and then", ""))
        return {"name": self.random.choice((name, name.upper())), "how_often": often}

    def _medicine_filled(self, row: Mapping[str, str]) -> dict[str, str]:
        recognised = self.plan.formulary.find(row["name"]) or not self.names
        often = row["how_often"].casefold().replace(" ", "_")
        return {
            "name": row["name"] if recognised else self.random.choice(self.names),
            "how_often": often if often in HOW_OFTEN else self.random.choice(HOW_OFTEN),
        }


def numbers_of(plan: Plan) -> list[float]:
    """The numbers that the plan's conditions and scores name, among which things change."""
    trees = [flag.flag.when.tree for flag in plan.flags]
    trees += [score.value.tree for form in plan.questionnaires for score in form.scores]
    trees += [q.when.tree for form in plan.questionnaires for q in form.questions() if q.when]
    found = {node.value for tree in trees for node in walk(tree) if isinstance(node, Number)}
    return sorted(number for number in found | {0, 1} if number < 10_000)
