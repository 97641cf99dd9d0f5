"""Why a flag is raised and what would settle an open one, found by asking the evaluator again.

`because` forgets answers one by one as long as the flag stays raised; the evaluator is monotone (the law), so what is
left is minimal. `settled_by` looks for answers without which the flag stays open though all others are definite.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from screening.assessment.answers import Answers, Value
from screening.assessment.completion import Named, completions, is_exact, named
from screening.assessment.distinctions import Tests, tests_of, told_apart
from screening.assessment.program import PLANS_KEPT, Evaluate, Program, Wanted
from screening.definition.expression import references
from screening.definition.model import PlannedFlag

RULED_OUT, OPEN, RAISED = 0, 1, 2
MOST_TRIES = 3_000
UNANSWERED_KEPT, VALUES_KEPT = 4_096, 1_024

Known = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Grounds:
    """What one flag rests on, whatever the answers: its evaluation, and the questions of its cone in order.

    `direct` are the questions that its condition names itself; `wanted` is what all conditions of the cone name, and
    `tests` are those on each question.
    """

    flag: str
    evaluate: Evaluate
    questions: tuple[str, ...]
    direct: tuple[str, ...]
    wanted: Named
    tests: Tests


@lru_cache(maxsize=PLANS_KEPT)
def _kept(_program: Program) -> dict[str, Grounds]:
    """The grounds of a program's flags, as far as they were asked for."""
    return {}


def _grounds(program: Program, planned: PlannedFlag) -> Grounds:
    kept = _kept(program)
    if planned.id not in kept:
        tree = planned.flag.when.tree
        cone = program.cone((tree,))
        trees = (tree, *(each for key in cone for each in program.trees[key]))
        kept[planned.id] = Grounds(
            planned.id,
            program.compiled(Wanted((tree,))),
            tuple(key for key in cone if key in program.slots),
            tuple(reference.key for reference in references(tree)),
            named(trees),
            tests_of(program, trees),
        )
    return kept[planned.id]


def _in_order(program: Program, keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(keys, key=lambda key: program.slots[key].number))


class Explanation:
    """The reasons of one plan's findings on one set of answers; `unasked` questions are certainly not asked."""

    def __init__(self, program: Program, answers: Answers, today: date, unasked: frozenset[str]) -> None:
        self.program = program
        self.known = dict(answers.known)
        self.today = today
        self.unasked = unasked

    def because(self, planned: PlannedFlag) -> tuple[str, ...]:
        """A smallest set of answers that raise the flag whatever all others are, in the order of the form."""
        grounds, day = _grounds(self.program, planned), self.today.toordinal()
        kept = {key: self.known[key] for key in grounds.questions if key in self.known}
        place = {key: index for index, key in enumerate(grounds.direct)}
        for key in sorted(kept, key=lambda key: place.get(key, -1)):
            value = kept.pop(key)
            if grounds.evaluate(kept.get, day).conditions[0] != RAISED:
                kept[key] = value
        return _in_order(self.program, kept)

    def settled_by(self, planned: PlannedFlag) -> tuple[str, ...]:
        """The answers, missing or imprecise, on which the open flag still turns, in the order of the form.

        None where no answer would settle it: what it reads is not asked, and nothing says what that implies.
        """
        grounds = _grounds(self.program, planned)
        unasked = self.unasked.intersection(grounds.questions)
        if self.known.keys().isdisjoint(grounds.questions):
            return _unanswered(self.program, planned.id, unasked, self.today)
        return _Search(self.program, grounds, self.known, unasked, self.today).turning()


@lru_cache(maxsize=UNANSWERED_KEPT)
def _unanswered(program: Program, flag: str, unasked: frozenset[str], today: date) -> tuple[str, ...]:
    """What settles a flag of which nothing is answered: the same for everyone, as before the day of treatment."""
    return _Search(program, _kept(program)[flag], {}, unasked, today).turning()


@lru_cache(maxsize=VALUES_KEPT)
def _values(program: Program, flag: str, key: str, today: date) -> tuple[Value, ...]:
    """The values to try of an answer of which nothing is known: the same for everyone."""
    grounds = _kept(program)[flag]
    every = completions(program.slots[key].question, None, today, grounds.wanted)
    return told_apart(program, key, grounds.tests, every, today)


class _Search:
    """Looks for definite values of the other answers under which a flag waits for one."""

    def __init__(self, program: Program, grounds: Grounds, known: Known, unasked: frozenset[str], today: date) -> None:
        self.program = program
        self.known = known
        self.day = today.toordinal()
        self.evaluate = grounds.evaluate
        self.values: dict[str, tuple[Value, ...]] = {}
        for key in grounds.questions:
            if key in unasked:
                continue
            question, value = program.slots[key].question, known.get(key)
            if value is None:
                self.values[key] = _values(program, grounds.flag, key, today)
            elif not is_exact(question, value, grounds.wanted):
                values = completions(question, value, today, grounds.wanted)
                self.values[key] = told_apart(program, key, grounds.tests, values, today)
        self.tries = MOST_TRIES

    def turning(self) -> tuple[str, ...]:
        """The answers on which the flag turns, in the order of the form."""
        return _in_order(self.program, (key for key in self.values if self.turns_on(key)))

    def turns_on(self, key: str) -> bool:
        """Whether the flag is open for want of this answer where all others are definite, and some value settles it.

        A search that grows too long says yes: to name an answer too many is safe, to leave one out is not.
        """
        return self._waits(key, self.known, [other for other in self.values if other != key])

    def _waits(self, key: str, known: Known, others: list[str]) -> bool:
        if self._state(known) != OPEN:
            return False
        states = {self._state({**known, key: value}) for value in self.values[key]}
        if not others:
            return states != {OPEN}
        if {RULED_OUT, RAISED} <= states or self.tries <= 0:
            return True
        first, *rest = others
        return any(self._waits(key, {**known, first: value}, rest) for value in self.values[first])

    def _state(self, known: Known) -> int:
        self.tries -= 1
        return self.evaluate(known.get, self.day).conditions[0]
